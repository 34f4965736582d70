//! The IMAP server: connection, TLS, login, what it can do, its folders, its room.

use super::report::Report;
use super::{PATIENCE, certificate};
use crate::clock::Clock;
use crate::config::{AfterHandling, Config};
use crate::exit::Exit;
use crate::mailbox::{FolderUse, ImapSettings, Inspection, MailboxError, There, Waits};
use crate::program::input::Purpose;
use crate::run;
use crate::tls::ConnectError;
use crate::wires::Wires;

const CONNECTION: &str = "IMAP connection";
const TLS: &str = "IMAP TLS";
const LOGIN: &str = "IMAP login";
const ABILITIES: &str = "IMAP abilities";
const FOLDERS: &str = "IMAP folders";
const SPACE: &str = "IMAP space";

/// The mailbox, logged in.
pub struct Inbox {
    pub connection: Inspection,
    pub there: Vec<There>,
}

impl Inbox {
    /// The folder that the server says is for this.
    pub fn folder_for(&self, purpose: FolderUse) -> Option<&str> {
        self.there.iter().find(|folder| folder.purpose == Some(purpose)).map(|folder| folder.name.as_str())
    }

    /// What filters doubt: as the server says, else by the names that providers use.
    pub fn junk(&self) -> Option<&str> {
        let usual = ["Junk", "Spam", "Junk Email", "Junk E-mail", "Bulk Mail", "INBOX.Junk", "INBOX.Spam"];
        let by_name =
            || self.there.iter().map(|folder| folder.name.as_str()).find(|name| usual.contains(name));
        self.folder_for(FolderUse::Junk).or_else(by_name)
    }
}

pub async fn examine(config: &Config, wires: &Wires<'_>, report: &mut Report<'_>) -> Option<Inbox> {
    let settings = ImapSettings { waits: waits(), ..wires.imap(&config.imap.mailbox, Purpose::Contact) };
    let peer = settings.peer.clone();
    let mut connection = match Inspection::connect(settings).await {
        Ok(connection) => connection,
        Err(error) => {
            not_connected(&error, &peer.name(), report);
            return None;
        }
    };
    report.ok(CONNECTION, format!("{} answers", peer.name()));
    let certificate = connection.certificate();
    certificate::tell(TLS, peer.security, certificate.as_deref(), Clock::real().wall(), report);
    if let Err(error) = connection.log_in().await {
        report.fault(LOGIN, run::mailbox_exit(&error), &error.to_string());
        [ABILITIES, FOLDERS, SPACE].into_iter().for_each(|what| report.not_tried(what, "no login"));
        return None;
    }
    report.ok(LOGIN, format!("as {}", config.imap.user));
    let there = connection.folders().await;
    let mut inbox = Inbox { connection, there };
    abilities(config, &mut inbox, report).await;
    folders(config, &mut inbox, report).await;
    space(&mut inbox, report).await;
    Some(inbox)
}

fn waits() -> Waits {
    Waits { silence: PATIENCE, answer: 2 * PATIENCE, ..Waits::default() }
}

fn not_connected(error: &MailboxError, peer: &str, report: &mut Report<'_>) {
    match error {
        MailboxError::Unreachable(ConnectError::Tls { .. }) | MailboxError::Unsupported { .. } => {
            report.ok(CONNECTION, format!("{peer} answers"));
            report.fault(TLS, run::mailbox_exit(error), &error.to_string());
        }
        _ => {
            report.fault(CONNECTION, run::mailbox_exit(error), &error.to_string());
            report.not_tried(TLS, "no connection");
        }
    }
    [LOGIN, ABILITIES, FOLDERS, SPACE].into_iter().for_each(|what| report.not_tried(what, "no connection"));
}

/// What `run` refuses at its start is a fault; without IDLE mail is read every five minutes.
async fn abilities(config: &Config, inbox: &mut Inbox, report: &mut Report<'_>) {
    // Of a folder that is missing the folders' own line tells.
    if let Err(error @ MailboxError::Unsupported { .. }) = inbox.connection.select().await {
        return report.fault(ABILITIES, Exit::Config, &error.to_string());
    }
    let able: Vec<&str> =
        ["IDLE", "MOVE", "UIDPLUS"].into_iter().filter(|name| inbox.connection.is_able(name)).collect();
    let handled = match config.imap.after_handling {
        AfterHandling::Leave => "handled mail is left",
        AfterHandling::Flag => "handled mail can be flagged",
        AfterHandling::Move => "handled mail can be moved",
    };
    match able.contains(&"IDLE") {
        true => report.ok(ABILITIES, format!("{}; {handled}", able.join(", "))),
        false => {
            let said = format!("no IDLE, so mail is seen within five minutes; {handled}");
            report.warning(ABILITIES, said, "it works all the same");
        }
    }
}

/// Each folder that is named; what handled mail is moved to is made when it is needed.
async fn folders(config: &Config, inbox: &mut Inbox, report: &mut Report<'_>) {
    let imap = &config.imap;
    let named: Vec<&str> = std::iter::once(imap.mailbox.as_str())
        .chain(imap.other_folders().map(|(folder, _)| folder))
        .collect();
    let mut are_there = true;
    for folder in &named {
        if let Err(error) = inbox.connection.look_into(folder).await {
            are_there = false;
            report.fault(FOLDERS, run::mailbox_exit(&error), &with_others(error, &inbox.there).to_string());
        }
    }
    if !are_there {
        return;
    }
    let hint = match inbox.folder_for(FolderUse::Sent).filter(|_| imap.sent.is_empty()) {
        Some(sent) => format!("; with sent = \"{sent}\" what staff answer by hand is seen"),
        None => String::new(),
    };
    let mut names: Vec<String> = named.iter().map(|name| format!("\"{name}\"")).collect();
    if imap.after_handling == AfterHandling::Move {
        let is_there = inbox.there.iter().any(|folder| folder.name == imap.folder);
        let when = if is_there { "" } else { " (made at the first handled mail)" };
        names.push(format!("\"{}\"{when}", imap.folder));
    }
    report.ok(FOLDERS, format!("{}{hint}", names.join(", ")));
}

fn with_others(error: MailboxError, there: &[There]) -> MailboxError {
    match error {
        MailboxError::Folder { server, folder, words, .. } => MailboxError::Folder {
            server,
            folder,
            words,
            others: there.iter().map(There::shown).take(20).collect(),
        },
        other => other,
    }
}

/// A full mailbox bounces what people write.
async fn space(inbox: &mut Inbox, report: &mut Report<'_>) {
    const MIB: u64 = 1024 * 1024;
    match inbox.connection.space().await {
        Ok(None) => report.ok(SPACE, "the server names no limit"),
        Ok(Some((used, limit))) => {
            let said = format!("{} MiB of {} MiB are used", used / MIB, limit / MIB);
            match used >= limit / 10 * 9 {
                true => report.warning(
                    SPACE,
                    said,
                    "delete old mail or have the limit raised, before mail is refused",
                ),
                false => report.ok(SPACE, said),
            }
        }
        Err(error) => report.warning(SPACE, error.to_string(), "look at it by hand"),
    }
}
