//! The configuration: one TOML file, read once; every fault at once, with its line and remedy.
//!
//! The keys, their defaults and their reasons stand in `deploy/soundingboard.toml`.

mod country;
mod faults;
mod forms;
mod oauth2;
mod password;
mod reader;
mod room;
mod servers;
mod tables;
pub(crate) mod values;
mod watch;

pub use faults::{Fault, Faults};
pub use forms::Forms;
pub use password::Password;
pub use room::SharedRoom;
pub use servers::{Imap, Login, Smtp};
pub use tables::{Network, Schedules, Store};
pub use values::{AfterHandling, First, ReturnPath, Security};
pub use watch::Watch;

use crate::mail::authentication::Trusted;
use crate::mail::form::FormWords;
use crate::mail::message_id::Secret;
use crate::program::command::Words;
use crate::program::rules::{Closure, Institution, Requests, Rules};
use password::Surroundings;
use reader::{Document, Table};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The whole configuration, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub network: Network,
    pub institutions: Vec<Institution>,
    pub imap: Imap,
    pub smtp: Smtp,
    pub store: Store,
    pub schedule: Schedules,
    pub requests: Requests,
    pub closures: Vec<Closure>,
    /// None where there is no shared room.
    pub room: Option<SharedRoom>,
    /// A folder whose files replace single shipped letters.
    pub templates: Option<PathBuf>,
    pub forms: Forms,
    pub watch: Watch,
    warnings: Vec<String>,
}

impl Config {
    /// Reads a configuration file and the passwords it names.
    pub fn load(path: &Path) -> Result<Self, Faults> {
        Self::load_with(path, &|name| std::env::var_os(name))
    }

    /// As [`Config::load`], in an environment of one's own.
    pub fn load_with(path: &Path, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, Faults> {
        let (file, text) = Self::text(path)?;
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self::read(&Document::new(file, &text), &Surroundings { folder, variable })
    }

    /// The store's folder alone, for whoever may read this file and none of its secrets. What is wrong elsewhere
    /// is not looked for.
    pub fn store_of(path: &Path) -> Result<PathBuf, Faults> {
        let (file, text) = Self::text(path)?;
        let document = Document::new(file, &text);
        let parsed = document.parse()?;
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let around = Surroundings { folder, variable: &|_| None };
        Ok(tables::store(&Table::root(&document, &parsed), &around).path)
    }

    fn text(path: &Path) -> Result<(String, String), Faults> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|why| {
            let sentence = format!("the configuration cannot be read ({why}); name yours with --config FILE");
            Faults(vec![Fault { file: file.clone(), line: None, sentence }])
        })?;
        Ok((file, text))
    }

    fn read(document: &Document<'_>, around: &Surroundings<'_>) -> Result<Self, Faults> {
        let parsed = document.parse()?;
        let root = Table::root(document, &parsed);
        let network = tables::network(&root);
        let institutions = tables::institutions(&root);
        let store = tables::store(&root, around);
        let imap = servers::imap(&root, around, &store.path);
        let smtp = servers::smtp(&root, around, imap.as_ref());
        let schedule = tables::schedules(&root);
        let requests = tables::requests(&root);
        let closures = tables::closures(&root);
        let room = room::room(&root, around);
        let templates = tables::templates(&root, around);
        let forms = forms::forms(&root);
        let watch = watch::watch(&root);
        root.finish();
        let faults = document.take_faults();
        let warnings = document.take_warnings();
        match (network, imap, smtp) {
            (Some(network), Some(imap), Some(smtp)) if faults.0.is_empty() => Ok(Self {
                network,
                institutions,
                imap,
                smtp,
                store,
                schedule,
                requests,
                closures,
                room,
                templates,
                forms,
                watch,
                warnings,
            }),
            _ => Err(faults),
        }
    }

    /// What is no fault and still worth a sentence, for `check`.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What a decision may depend on. `languages` are those that have templates.
    pub fn rules(&self, secret: Secret, forms: FormWords, words: Words, languages: Vec<String>) -> Rules {
        let network = &self.network;
        Rules {
            network: network.name.clone(),
            address: network.address.clone(),
            subaddress: network.subaddress.clone(),
            zone: network.zone,
            languages,
            members: network.members.clone(),
            weekend: network.weekend.clone(),
            institutions: self.institutions.clone(),
            staff: network.staff.clone(),
            shadow: network.shadow,
            complaints: network.complaints.clone(),
            requests: self.requests.clone(),
            closures: self.closures.clone(),
            room: self.room.as_ref().map(|shared| shared.room.clone()),
            digest: self.schedule.digest.clone(),
            exceptions: self.schedule.exceptions.clone(),
            secret,
            trusted: Trusted::receiver(&self.imap.authserv_id),
            relays: self.forms.relays.clone(),
            forms: forms.with_labels(&self.forms.labels),
            words,
        }
    }
}

#[cfg(test)]
#[path = "config/tests.rs"]
mod tests;

#[cfg(test)]
#[path = "config/oauth2_tests.rs"]
mod oauth2_tests;
