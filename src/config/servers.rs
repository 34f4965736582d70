//! The two servers: the contact mailbox and the outbox.

use super::oauth2::oauth2;
use super::password::{Password, Surroundings, is_named, password};
use super::reader::{At, Table, or};
use super::values::{self, AfterHandling, First, Security};
use crate::oauth2;
use crate::program::input::Purpose;
use std::path::Path;

/// How we say who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    Password(Password),
    OAuth2(oauth2::Settings),
}

/// `[imap]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imap {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    pub login: Login,
    pub mailbox: String,
    /// Where filters put what they doubt.
    pub also_read: Vec<String>,
    /// The folder of sent mail; empty: it is not read.
    pub sent: String,
    pub first: First,
    pub after_handling: AfterHandling,
    pub folder: String,
    pub authserv_id: String,
    pub max_bytes: u64,
}

/// `[smtp]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// None: no authentication.
    pub login: Option<(String, Login)>,
    pub per_minute: u32,
    pub connections: usize,
}

const SECURITIES: &[(&str, Security)] =
    &[("tls", Security::Tls), ("starttls", Security::StartTls), ("none", Security::None)];

/// `store`: the folder where a login is kept.
pub(super) fn imap(root: &Table<'_, '_>, around: &Surroundings<'_>, store: &Path) -> Option<Imap> {
    let table = root.table("imap");
    let (host, security) = server(&table, "mail.network.example");
    let port = table.number("port", default_port(security, 993, 143, 143), 1..=65_535);
    let user = table.needed("user", "contact@network.example");
    let login = imap_login(&table, around, user.as_ref().map_or("", |user| user.value.as_str()), store);
    let mailbox = table.text("mailbox").filter(|text| !text.value.is_empty());
    let first = or(table.read("first", values::first), First::New);
    let after_handling = after_handling(&table);
    let folder = or(table.text("folder"), "Handled".into());
    if after_handling == AfterHandling::Move && folder.is_empty() {
        table.fault(None, "after_handling = \"move\" needs a folder; add folder = \"Handled\"");
    }
    let mailbox = or(mailbox, "INBOX".into());
    let also_read: Vec<At<String>> = table.list("also_read").unwrap_or_default();
    let sent = table.text("sent").filter(|text| !text.value.is_empty());
    folders_differ(&table, &mailbox, &folder, also_read.iter().chain(&sent));
    let authserv_id = or(table.text("authserv_id"), String::new());
    let max_bytes = table.number("max_bytes", 10 * 1024 * 1024, 16_384..=1_073_741_824);
    table.finish();
    Some(Imap {
        host: host?,
        port,
        security,
        user: user?.value,
        login: login?,
        mailbox,
        also_read: also_read.into_iter().map(|at| at.value).collect(),
        sent: or(sent, String::new()),
        first,
        after_handling,
        folder,
        authserv_id,
        max_bytes,
    })
}

/// A password or `[imap.oauth2]`, and not both.
fn imap_login(table: &Table<'_, '_>, around: &Surroundings<'_>, user: &str, store: &Path) -> Option<Login> {
    let token = oauth2(table, around, user, store);
    match (is_named(table), table.has("oauth2")) {
        (true, true) => {
            table.fault(
                None,
                "password_file or password_env and [imap.oauth2] are both there; remove one of them",
            );
            None
        }
        (true, false) => password(table, around).map(Login::Password),
        (false, true) => token.map(Login::OAuth2),
        (false, false) => {
            let remedy = "add password_file = \"imap-password\", or [imap.oauth2]";
            table.fault(None, format!("[imap] has no password; {remedy}"));
            None
        }
    }
}

fn after_handling(table: &Table<'_, '_>) -> AfterHandling {
    let choices =
        [("leave", AfterHandling::Leave), ("flag", AfterHandling::Flag), ("move", AfterHandling::Move)];
    or(table.read("after_handling", |text| values::one_of(text, &choices)), AfterHandling::Leave)
}

/// A folder has one purpose: two readers of one would each do half of it.
fn folders_differ<'a>(
    table: &Table<'_, '_>,
    mailbox: &str,
    handled: &str,
    others: impl Iterator<Item = &'a At<String>>,
) {
    let mut taken = vec![mailbox.to_lowercase(), handled.to_lowercase()];
    for other in others {
        let name = other.value.to_lowercase();
        if taken.contains(&name) {
            let sentence = format!(
                "\"{}\" is named twice; mailbox, folder, also_read and sent are different folders",
                other.value
            );
            table.fault(other.span.clone(), sentence);
        }
        taken.push(name);
    }
}

impl Imap {
    /// The folders that are read besides the mailbox.
    pub fn other_folders(&self) -> impl Iterator<Item = (&str, Purpose)> {
        let aside = self.also_read.iter().map(|folder| (folder.as_str(), Purpose::Aside));
        let sent = Some((self.sent.as_str(), Purpose::Sent)).filter(|(folder, _)| !folder.is_empty());
        aside.chain(sent)
    }
}

/// `imap`: who logs in there with a token does so here, unless there is a password.
pub(super) fn smtp(root: &Table<'_, '_>, around: &Surroundings<'_>, imap: Option<&Imap>) -> Option<Smtp> {
    let table = root.table("smtp");
    let (host, security) = server(&table, "mail.network.example");
    let port = table.number("port", default_port(security, 465, 587, 25), 1..=65_535);
    let user = table.text("user").filter(|text| !text.value.is_empty());
    let token = imap.and_then(|imap| match &imap.login {
        Login::OAuth2(settings) if !is_named(&table) => Some(settings.clone()),
        _ => None,
    });
    let login = token.map(Login::OAuth2).or_else(|| password(&table, around).map(Login::Password));
    match (&user, is_named(&table)) {
        (Some(user), false) if !root.table("imap").has("oauth2") => {
            table.fault(
                user.span.clone(),
                "[smtp] has a user and no password; add password_file = \"smtp-password\"",
            );
        }
        (None, true) => {
            table.fault(None, "[smtp] has a password and no user; add user, or remove the password")
        }
        _ => {}
    }
    let per_minute = table.number("per_minute", 25, 1..=1_000_000);
    let connections = table.number("connections", 2, 1..=20);
    table.finish();
    let login = match user {
        Some(user) => Some((user.value, login?)),
        None => None,
    };
    Some(Smtp { host: host?, port, security, login, per_minute, connections })
}

/// Host and security of a server: without TLS nothing leaves this machine.
fn server(table: &Table<'_, '_>, example: &str) -> (Option<String>, Security) {
    let host = table.needed("host", example);
    let host = host.and_then(|text| table.understood("host", &text, values::host));
    let security = table.read("security", |text| values::one_of(text, SECURITIES));
    if let (Some(host), Some(At { value: Security::None, span })) = (&host, &security)
        && !values::is_loopback(&host.value)
    {
        let remedy = "security = \"none\" is for this machine only (localhost, 127.0.0.1, ::1)";
        table.fault(span.clone(), format!("{remedy}; write \"tls\" or \"starttls\" for {}", host.value));
    }
    (host.map(|at| at.value), or(security, Security::Tls))
}

/// Implicit TLS as RFC 8314 §7 wants it; else the older ports, and a relay's own on loopback.
fn default_port(security: Security, tls: u16, starttls: u16, none: u16) -> u16 {
    match security {
        Security::Tls => tls,
        Security::StartTls => starttls,
        Security::None => none,
    }
}
