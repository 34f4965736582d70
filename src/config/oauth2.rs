//! `[imap.oauth2]`: how the program comes by access tokens, for both servers.

use super::password::{Surroundings, secret, warn_if_others_may_read};
use super::reader::{At, Table};
use super::values;
use crate::oauth2::{Flow, Settings};
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// What errors call the table.
const TABLE: &str = "imap.oauth2";

/// What a provider's name stands for; every part can be written instead.
struct Provider {
    token_url: String,
    device_url: String,
    authorization_url: String,
    /// What a person grants.
    scopes: &'static [&'static str],
    /// What the program is granted itself.
    own_scopes: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Microsoft,
    Google,
}

const NAMES: &[(&str, Name)] = &[("microsoft", Name::Microsoft), ("google", Name::Google)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ClientCredentials,
    DeviceCode,
    AuthorizationCode,
    ServiceAccount,
}

const WAYS: &[(&str, Way)] = &[
    ("client-credentials", Way::ClientCredentials),
    ("device-code", Way::DeviceCode),
    ("authorization-code", Way::AuthorizationCode),
    ("service-account", Way::ServiceAccount),
];

impl Provider {
    /// Microsoft: "Authenticate an IMAP, POP or SMTP connection using OAuth"; Google: "OAuth 2.0 Mechanism".
    fn of(name: Option<Name>, tenant: &str) -> Self {
        match name {
            Some(Name::Microsoft) => {
                let url = |end: &str| format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{end}");
                Self {
                    token_url: url("token"),
                    device_url: url("devicecode"),
                    authorization_url: url("authorize"),
                    scopes: &[
                        "https://outlook.office.com/IMAP.AccessAsUser.All",
                        "https://outlook.office.com/SMTP.Send",
                        "offline_access",
                    ],
                    own_scopes: &["https://outlook.office365.com/.default"],
                }
            }
            Some(Name::Google) => Self {
                token_url: "https://oauth2.googleapis.com/token".to_owned(),
                // Google's flow for devices grants no mail.
                device_url: String::new(),
                authorization_url: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
                scopes: &["https://mail.google.com/"],
                own_scopes: &["https://mail.google.com/"],
            },
            None => Self {
                token_url: String::new(),
                device_url: String::new(),
                authorization_url: String::new(),
                scopes: &[],
                own_scopes: &[],
            },
        }
    }
}

/// All that is written in the table.
struct Written {
    client_id: Option<At<String>>,
    client_secret: Option<String>,
    service_account: Option<At<String>>,
    token_file: Option<At<String>>,
    token_url: Option<At<String>>,
    device_url: Option<At<String>>,
    authorization_url: Option<At<String>>,
    scopes: Option<Vec<At<String>>>,
}

/// Reads the table of `[imap]`; `None` where there is none, or where it has a fault. `user` is the mailbox,
/// and `store` the folder where a login is kept unless another file is named.
pub(super) fn oauth2(
    imap: &Table<'_, '_>,
    around: &Surroundings<'_>,
    user: &str,
    store: &Path,
) -> Option<Settings> {
    let table = imap.table("oauth2");
    let name = table.read("provider", |text| values::one_of(text, NAMES)).map(|at| at.value);
    let way = table.read("flow", |text| values::one_of(text, WAYS)).map(|at| at.value);
    let tenant = text(&table, "tenant");
    let written = Written {
        client_id: text(&table, "client_id"),
        client_secret: secret(&table, around, "client secret", ["client_secret_file", "client_secret_env"]),
        service_account: text(&table, "service_account_file"),
        token_file: text(&table, "token_file"),
        token_url: url(&table, "token_url"),
        device_url: url(&table, "device_url"),
        authorization_url: url(&table, "authorization_url"),
        scopes: table.list("scopes").filter(|scopes| !scopes.is_empty()),
    };
    table.finish();
    table.span()?;
    let Some(way) = way else {
        let ways: Vec<String> = WAYS.iter().map(|(way, _)| format!("\"{way}\"")).collect();
        table.fault(None, format!("[{TABLE}] has no flow; write flow = {}", ways.join(" or ")));
        return None;
    };
    if name == Some(Name::Microsoft) && tenant.is_none() {
        table.fault(
            None,
            format!("[{TABLE}] has no tenant; write the directory (tenant) ID or a domain of yours"),
        );
    }
    let provider = Provider::of(name, tenant.as_ref().map_or("", |tenant| tenant.value.as_str()));
    written.settings(&table, way, &provider, around, user, store)
}

impl Written {
    fn settings(
        self,
        table: &Table<'_, '_>,
        way: Way,
        provider: &Provider,
        around: &Surroundings<'_>,
        user: &str,
        store: &Path,
    ) -> Option<Settings> {
        let needs_secret = way == Way::ClientCredentials;
        if needs_secret && !table.has("client_secret_file") && !table.has("client_secret_env") {
            table.fault(
                None,
                format!("[{TABLE}] has no client secret; add client_secret_file = \"oauth2-client-secret\""),
            );
        }
        let own = matches!(way, Way::ClientCredentials | Way::ServiceAccount);
        let presets = if own { provider.own_scopes } else { provider.scopes };
        let scopes = match &self.scopes {
            Some(scopes) => scopes.iter().map(|scope| scope.value.clone()).collect(),
            None => presets.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let token_url = needed(table, "token_url", &self.token_url, &provider.token_url);
        let token_file = match &self.token_file {
            Some(file) => around.folder.join(&file.value),
            None => store.join("oauth2-token"),
        };
        let flow = match way {
            Way::ClientCredentials => Some(Flow::ClientCredentials),
            Way::DeviceCode => needed(table, "device_url", &self.device_url, &provider.device_url)
                .map(|device_url| Flow::DeviceCode { device_url, token_file }),
            Way::AuthorizationCode => {
                needed(table, "authorization_url", &self.authorization_url, &provider.authorization_url)
                    .map(|authorization_url| Flow::AuthorizationCode { authorization_url, token_file })
            }
            Way::ServiceAccount => service_account(table, around, self.service_account.as_ref(), user),
        };
        let client_id = match (&flow, self.client_id) {
            (_, Some(id)) => Some(id.value),
            (Some(Flow::ServiceAccount { issuer, .. }), None) => Some(issuer.clone()),
            _ if way == Way::ServiceAccount => None,
            (_, None) => {
                table.fault(None, format!("[{TABLE}] has no client_id; write the application (client) ID"));
                None
            }
        };
        if needs_secret && self.client_secret.is_none() {
            return None;
        }
        Some(Settings {
            table: TABLE,
            flow: flow?,
            client_id: client_id?,
            client_secret: self.client_secret,
            token_url: token_url?,
            scopes,
        })
    }
}

fn text(table: &Table<'_, '_>, key: &'static str) -> Option<At<String>> {
    table.text(key).filter(|text| !text.value.is_empty())
}

/// A secret goes there, so nobody may read it on the way.
fn url(table: &Table<'_, '_>, key: &'static str) -> Option<At<String>> {
    let sound = |text: &str| {
        let plain = text.strip_prefix("http://").and_then(|rest| rest.split(['/', ':']).next());
        let host = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
        match host || plain.is_some_and(values::is_loopback) {
            true => Ok(text.to_owned()),
            false => Err("write an address that begins with https://".to_owned()),
        }
    };
    text(table, key)?;
    table.read(key, sound)
}

fn needed(table: &Table<'_, '_>, key: &str, written: &Option<At<String>>, preset: &str) -> Option<String> {
    let value = written.as_ref().map_or(preset, |at| at.value.as_str());
    if value.is_empty() {
        let remedy = "set it, or another flow, or provider = \"microsoft\" or \"google\"";
        table.fault(None, format!("[{TABLE}] has no {key} for this flow; {remedy}"));
        return None;
    }
    Some(value.to_owned())
}

/// The parts of Google's key file that are of use here.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    private_key_id: Option<String>,
}

fn service_account(
    table: &Table<'_, '_>,
    around: &Surroundings<'_>,
    file: Option<&At<String>>,
    user: &str,
) -> Option<Flow> {
    let Some(file) = file else {
        table.fault(
            None,
            format!("[{TABLE}] has no service_account_file; name the JSON file with the account's key"),
        );
        return None;
    };
    let path = around.password_path(&file.value);
    warn_if_others_may_read(table, "key", file, &path);
    let read = fs::read_to_string(&path).map_err(|why| why.to_string());
    // The parser's error may quote what it read, and that is a key.
    let read = read.and_then(|text| {
        serde_json::from_str::<KeyFile>(&text)
            .map_err(|_| "it is not the JSON file of a service account's key".to_owned())
    });
    match read {
        Ok(key) => Some(Flow::ServiceAccount {
            issuer: key.client_email,
            key: key.private_key,
            key_id: key.private_key_id,
            subject: user.to_owned(),
        }),
        Err(why) => {
            let remedy = "save the JSON key that Google gives out there, and let the user that runs soundingboard read it";
            let sentence =
                format!("service_account_file {} cannot be used ({why}); {remedy}", path.display());
            table.fault(file.span.clone(), sentence);
            None
        }
    }
}
