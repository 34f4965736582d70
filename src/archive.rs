//! What an operator does with the store as a whole: backup, restore and resume, export and import, rebuild.
//!
//! A backup and an export are each one snapshot in the ledger's own line format (see [`crate::store::snapshot`]):
//! what is verified is what a store starts from, and nothing has to be translated. `backup` and
//! `export` read the ledger's files beside a running daemon; the others want the store for themselves.

pub mod backup;
pub mod export;
mod file;
pub mod rebuild;
pub mod restore;
pub mod resume;
mod stage;

pub use stage::is_unfinished;

use crate::config::Config;
use crate::control::ControlError;
use crate::exit::Exit;
use crate::program::record::Timestamp;
use crate::run::Trouble;
use crate::store::{Newest, StoreError};
use chrono::SecondsFormat;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The row of the install secret: a backup holds it, an export does not.
pub(crate) const SECRET: &str = "install/secret";

/// Why it was not done: one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("{path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// What was asked for would overwrite something.
    #[error("{0}")]
    Refused(String),
    #[error("{path} cannot be written: {source}; nothing was left there, and the store is as it was")]
    Unwritten { path: PathBuf, source: std::io::Error },
    /// The file is not what it should be.
    #[error("{0}; nothing was changed")]
    Wrong(String),
    #[error("{0}")]
    Differs(String),
    #[error("there is no store in {path}: nothing was ever committed there; is [store] path right?")]
    NoStore { path: PathBuf },
    #[error(transparent)]
    Trouble(#[from] Trouble),
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl ArchiveError {
    /// The code of sysexits.h.
    pub fn exit(&self) -> Exit {
        match self {
            ArchiveError::Unreadable { .. } | ArchiveError::NoStore { .. } => Exit::NoInput,
            ArchiveError::Refused(_) => Exit::CantCreate,
            ArchiveError::Unwritten { .. } => Exit::IoErr,
            ArchiveError::Wrong(_) | ArchiveError::Differs(_) => Exit::DataErr,
            ArchiveError::Trouble(trouble) => trouble.exit(),
            ArchiveError::Control(error) => error.exit(),
        }
    }
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error).into()
    }
}

fn config(path: &Path) -> Result<Config, ArchiveError> {
    Ok(Config::load(path).map_err(Trouble::Config)?)
}

/// The ledger's directory of a store, if there is one.
fn ledger_of(store: &Path) -> Result<PathBuf, ArchiveError> {
    let ledger = store.join("ledger");
    if ledger.is_dir() { Ok(ledger) } else { Err(ArchiveError::NoStore { path: store.to_owned() }) }
}

/// An instant as operators read it.
fn shown(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What is in a file that was written or read.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    pub path: PathBuf,
    pub rows: u64,
    pub bytes: u64,
    /// The time of the newest group it holds.
    pub newest: Newest,
}

impl Contents {
    fn text(&self) -> String {
        let (path, rows, bytes) = (self.path.display(), self.rows, self.bytes);
        format!("{path}: {rows} rows, {bytes} bytes, up to {}", shown(self.newest.at))
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "file": self.path.display().to_string(), "rows": self.rows, "bytes": self.bytes,
            "until": shown(self.newest.at), "verified": true,
        })
    }
}
