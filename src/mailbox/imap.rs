//! The contact mailbox on an IMAP server (RFC 3501 and what RFC 9051 kept of it).

use super::error::MailboxError;
use super::link::Link;
use super::name;
use super::set::sets;
use super::{AfterHandling, Authentication, ContactMailbox, Fetched, ImapSettings, Listed, Selected};
use crate::tls::Security;
use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, MessageSection, Response, ResponseCode, SectionPath,
};
use chrono::{DateTime, FixedOffset};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A client idle for 30 minutes may be logged off, so IDLE is ended before (RFC 2177 §3).
const LONGEST_IDLE: Duration = Duration::from_secs(29 * 60);

/// What is read of an oversize mail, whatever the limit, so that what is made of it does
/// not change with the limit.
const OVERSIZE_HEADER: usize = 256 * 1024;
const OVERSIZE_TEXT: usize = 64 * 1024;

/// The contact mailbox on an IMAP server.
pub struct Imap {
    settings: ImapSettings,
    open: Option<Open>,
    /// The UIDVALIDITY that the caller's UIDs belong to.
    uid_validity: Option<u32>,
}

/// A connection with the mailbox selected.
struct Open {
    link: Link,
    able: BTreeSet<String>,
    selected: Selected,
}

impl Imap {
    /// Connects nowhere yet.
    pub fn new(settings: ImapSettings) -> Self {
        Self { settings, open: None, uid_validity: None }
    }

    /// A sound connection with the mailbox selected as the caller knows it.
    async fn open(&mut self) -> Result<&mut Open, MailboxError> {
        let open = self.connection().await?;
        let is = open.selected.uid_validity;
        let was = *self.uid_validity.get_or_insert(is);
        match &mut self.open {
            Some(open) if was == is => Ok(open),
            _ => Err(MailboxError::Renumbered {
                server: self.settings.peer.name(),
                folder: self.settings.mailbox.clone(),
                was,
                is,
            }),
        }
    }

    async fn connection(&mut self) -> Result<&mut Open, MailboxError> {
        if let Some(mut open) = self.open.take_if(|open| open.link.is_sound()) {
            open.link.leave_idle().await?;
            return Ok(self.open.insert(open));
        }
        // Drops one that is out of step.
        self.open = None;
        let open = self.connect().await?;
        Ok(self.open.insert(open))
    }

    async fn connect(&self) -> Result<Open, MailboxError> {
        let mut link = self.greeted().await?;
        self.log_in(&mut link).await?;
        let able = capabilities(&mut link).await?;
        self.check_after_handling(&able)?;
        let selected = self.select_on(&mut link).await?;
        Ok(Open { link, able, selected })
    }

    async fn greeted(&self) -> Result<Link, MailboxError> {
        let ImapSettings { peer, timeout, .. } = &self.settings;
        let wire = peer.connect(*timeout).await?;
        let mut link = Link::greet(wire, peer.name(), *timeout).await?;
        if peer.security != Security::StartTls {
            return Ok(link);
        }
        match link.run("STARTTLS", |_| {}).await {
            Ok(()) => link.secure(peer).await,
            Err(MailboxError::Refused { server, words, .. }) => Err(MailboxError::Unsupported {
                server,
                what: format!("STARTTLS ({words}); set [imap] security = \"tls\", mostly with port = 993"),
            }),
            Err(error) => Err(error),
        }
    }

    async fn log_in(&self, link: &mut Link) -> Result<(), MailboxError> {
        let able = capabilities(link).await?;
        let Authentication::Password(password) = &self.settings.authentication;
        let refused = |error| self.refused_login(error);
        // PLAIN carries every character; LOGIN is for servers that know nothing else.
        if able.contains("AUTH=PLAIN") {
            let plain = format!("\0{}\0{password}", self.settings.user);
            let plain = data_encoding::BASE64.encode(plain.as_bytes());
            return link.run_with("AUTHENTICATE PLAIN", &plain).await.map_err(refused);
        }
        if able.contains("LOGINDISABLED") {
            return Err(self.unsupported("a login by password on this connection; use security = \"tls\""));
        }
        let (user, password) = (name::quoted(&self.settings.user), name::quoted(password));
        let (Some(user), Some(password)) = (user, password) else {
            return Err(self.unsupported("AUTH=PLAIN, which a user or password beyond ASCII needs"));
        };
        link.run(&format!("LOGIN {user} {password}"), |_| {}).await.map_err(refused)
    }

    /// A `NO` to a login: ours to mend, unless the server says that it is its own fault
    /// (RFC 5530 §3: UNAVAILABLE is "a subsystem is down").
    fn refused_login(&self, error: MailboxError) -> MailboxError {
        match error {
            MailboxError::Refused { server, words, .. } if !is_temporary(&words) => {
                MailboxError::Authentication { server, user: self.settings.user.clone(), words }
            }
            other => other,
        }
    }

    /// Said at the first connection, not only when the first mail is handled.
    fn check_after_handling(&self, able: &BTreeSet<String>) -> Result<(), MailboxError> {
        let moves = matches!(self.settings.after_handling, AfterHandling::Move(_));
        if moves && !able.contains("MOVE") && !able.contains("UIDPLUS") {
            return Err(self.unsupported(
                "MOVE (RFC 6851) and UIDPLUS (RFC 4315), so handled mail cannot be moved; \
                 set [imap] after_handling = \"leave\"",
            ));
        }
        Ok(())
    }

    fn unsupported(&self, what: &str) -> MailboxError {
        MailboxError::Unsupported { server: self.settings.peer.name(), what: what.to_owned() }
    }

    async fn select_on(&self, link: &mut Link) -> Result<Selected, MailboxError> {
        let (mut exists, mut uid_validity, mut uid_next) = (0, None, None);
        let command = format!("SELECT {}", name::mailbox(&self.settings.mailbox));
        let answered = link.run(&command, |response| match response {
            Response::MailboxData(MailboxDatum::Exists(count)) => exists = *count,
            Response::Data { outcome, .. } => match outcome.code {
                Some(ResponseCode::UidValidity(value)) => uid_validity = Some(value),
                Some(ResponseCode::UidNext(value)) => uid_next = Some(value),
                _ => {}
            },
            _ => {}
        });
        answered.await.map_err(|error| missing(error, &self.settings.mailbox))?;
        // RFC 3501 §6.3.1: without it, the server has no lasting UIDs.
        let uid_validity = uid_validity.ok_or_else(|| self.unsupported("UIDVALIDITY for this mailbox"))?;
        Ok(Selected { uid_validity, exists, uid_next })
    }
}

impl ContactMailbox for Imap {
    async fn select(&mut self) -> Result<Selected, MailboxError> {
        let selected = match self.open.take_if(|open| open.link.is_sound()) {
            None => self.connection().await?.selected,
            Some(mut open) => {
                open.link.leave_idle().await?;
                open.selected = self.select_on(&mut open.link).await?;
                self.open.insert(open).selected
            }
        };
        self.uid_validity = Some(selected.uid_validity);
        Ok(selected)
    }

    async fn list(&mut self, after: u32) -> Result<Vec<Listed>, MailboxError> {
        let link = &mut self.open().await?.link;
        // So that the server shows what arrived until now (RFC 3501 §6.1.2).
        link.run("NOOP", |_| {}).await?;
        link.forget_announced();
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        // `n:*` names the last mail even where its UID is below n (RFC 3501 §6.4.8).
        let all = sizes(link, &format!("{first}:*")).await?;
        Ok(all.into_values().filter(|mail| mail.uid > after).collect())
    }

    async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, MailboxError> {
        let max_bytes = self.settings.max_bytes;
        let link = &mut self.open().await?.link;
        // So that the server forgets what vanished: it may answer NO to a FETCH of it.
        link.run("NOOP", |_| {}).await?;
        let mut there = BTreeMap::new();
        for set in sets(uids) {
            there.extend(sizes(link, &set).await?);
        }
        there.retain(|uid, _| uids.contains(uid));
        let (small, large): (Vec<_>, Vec<_>) = there.values().partition(|mail| mail.size <= max_bytes);
        let mut read = whole(link, &small).await?;
        read.extend(beginnings(link, &large).await?);
        Ok(read.into_iter().filter_map(|(uid, bytes)| fetched(there.get(&uid)?, bytes, max_bytes)).collect())
    }

    async fn mark_handled(&mut self, uids: &[u32]) -> Result<(), MailboxError> {
        let AfterHandling::Move(folder) = self.settings.after_handling.clone() else { return Ok(()) };
        let open = self.open().await?;
        for set in sets(uids) {
            match move_set(open, &set, &folder).await {
                // The usual reason is that the folder is not there: RFC 3501 §6.4.7 lets
                // servers say so with TRYCREATE, and some do not.
                Err(refused @ MailboxError::Refused { .. }) => {
                    create(&mut open.link, &folder).await.map_err(|_| missing(refused, &folder))?;
                    move_set(open, &set, &folder).await.map_err(|error| missing(error, &folder))?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    async fn wait(&mut self, at_most: Duration) -> Result<(), MailboxError> {
        let open = self.open().await?;
        if open.link.was_announced() {
            return Ok(());
        }
        if !open.able.contains("IDLE") {
            tokio::time::sleep(at_most).await;
            return Ok(());
        }
        match tokio::time::timeout(at_most.min(LONGEST_IDLE), open.link.idle()).await {
            Ok(announced) => announced,
            Err(_) => Ok(()),
        }
    }
}

async fn capabilities(link: &mut Link) -> Result<BTreeSet<String>, MailboxError> {
    let mut able = BTreeSet::new();
    let add = |response: &Response<'_>| {
        if let Response::Capabilities(all) = response {
            able.extend(all.iter().map(|capability| match capability {
                Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
                Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
                Capability::Atom(name) => name.to_ascii_uppercase(),
            }));
        }
    };
    link.run("CAPABILITY", add).await?;
    Ok(able)
}

/// RFC822.SIZE and INTERNALDATE of the mails in `set` that are there. Responses without a
/// size are the server's own news of flags and stand for nothing here.
async fn sizes(link: &mut Link, set: &str) -> Result<BTreeMap<u32, Listed>, MailboxError> {
    let mut listed = BTreeMap::new();
    let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
    let note = |response: &Response<'_>| {
        let Response::Fetch(_, attributes) = response else { return };
        let (mut uid, mut size, mut received) = (None, None, None);
        for attribute in attributes {
            match attribute {
                AttributeValue::Uid(value) => uid = Some(*value),
                AttributeValue::Rfc822Size(value) => size = Some(*value),
                AttributeValue::InternalDate(text) => received = internal_date(text),
                _ => {}
            }
        }
        if let (Some(uid), Some(size)) = (uid, size) {
            listed.insert(uid, Listed { uid, size, received });
        }
    };
    link.run(&command, note).await?;
    Ok(listed)
}

/// RFC 3501 §9, date-time: ` 7-Nov-2026 08:01:02 +0100`.
fn internal_date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok()
}

type Bodies = BTreeMap<u32, Vec<u8>>;

async fn whole(link: &mut Link, mails: &[&Listed]) -> Result<Bodies, MailboxError> {
    let mut bodies = Bodies::new();
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    for set in sets(&uids) {
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            if let (Some(uid), Some(bytes)) = (uid_of(attributes), section(attributes, None)) {
                bodies.insert(uid, bytes);
            }
        };
        link.run(&format!("UID FETCH {set} (UID BODY.PEEK[])"), note).await?;
    }
    Ok(bodies)
}

async fn beginnings(link: &mut Link, mails: &[&Listed]) -> Result<Bodies, MailboxError> {
    let mut bodies = Bodies::new();
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    for set in sets(&uids) {
        let command = format!(
            "UID FETCH {set} (UID BODY.PEEK[HEADER]<0.{OVERSIZE_HEADER}> BODY.PEEK[TEXT]<0.{OVERSIZE_TEXT}>)"
        );
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            let header = section(attributes, Some(MessageSection::Header));
            let text = section(attributes, Some(MessageSection::Text));
            if let (Some(uid), Some(header), Some(text)) = (uid_of(attributes), header, text) {
                bodies.insert(uid, joined(header, &text));
            }
        };
        link.run(&command, note).await?;
    }
    Ok(bodies)
}

/// A header that was cut off itself needs its empty line.
fn joined(mut header: Vec<u8>, text: &[u8]) -> Vec<u8> {
    if header.len() >= OVERSIZE_HEADER {
        header.extend_from_slice(b"\r\n\r\n");
    }
    header.extend_from_slice(text);
    header
}

fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn section(attributes: &[AttributeValue<'_>], wanted: Option<MessageSection>) -> Option<Vec<u8>> {
    let wanted = wanted.map(SectionPath::Full);
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { section, data, .. } if *section == wanted => {
            Some(data.as_deref().unwrap_or_default().to_vec())
        }
        _ => None,
    })
}

fn fetched(mail: &Listed, bytes: Vec<u8>, max_bytes: u32) -> Option<Fetched> {
    let Listed { uid, size, received } = *mail;
    Some(Fetched { uid, size, received, bytes, complete: size <= max_bytes })
}

async fn move_set(open: &mut Open, set: &str, folder: &str) -> Result<(), MailboxError> {
    let folder = name::mailbox(folder);
    if open.able.contains("MOVE") {
        return open.link.run(&format!("UID MOVE {set} {folder}"), |_| {}).await;
    }
    // RFC 6851 §3.3. If we are stopped before the last, staff see some mails twice in the
    // folder; none is lost. EXPUNGE by UID (RFC 4315) spares what staff marked for deletion.
    open.link.run(&format!("UID COPY {set} {folder}"), |_| {}).await?;
    open.link.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), |_| {}).await?;
    open.link.run(&format!("UID EXPUNGE {set}"), |_| {}).await
}

/// Subscribed as well, or most mail programs do not show it.
async fn create(link: &mut Link, folder: &str) -> Result<(), MailboxError> {
    let folder = name::mailbox(folder);
    link.run(&format!("CREATE {folder}"), |_| {}).await?;
    link.run(&format!("SUBSCRIBE {folder}"), |_| {}).await
}

fn missing(error: MailboxError, folder: &str) -> MailboxError {
    match error {
        MailboxError::Refused { server, words, .. } if !is_temporary(&words) => {
            MailboxError::Folder { server, folder: folder.to_owned(), words }
        }
        other => other,
    }
}

/// RFC 5530 §3, codes of a trouble that passes.
fn is_temporary(words: &str) -> bool {
    let words = words.to_ascii_uppercase();
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"].iter().any(|code| words.starts_with(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_are_read_with_a_day_of_one_digit_too() {
        let date = internal_date(" 7-Nov-2026 08:01:02 +0100").unwrap();
        assert_eq!(date.to_rfc3339(), "2026-11-07T08:01:02+01:00");
        assert!(internal_date("17-Nov-2026 08:01:02 +0100").is_some());
        assert!(internal_date("yesterday").is_none());
    }

    #[test]
    fn a_header_that_was_cut_off_still_ends() {
        assert_eq!(joined(b"A: b\r\n\r\n".to_vec(), b"text"), b"A: b\r\n\r\ntext");
        assert!(joined(vec![b'x'; OVERSIZE_HEADER], b"text").ends_with(b"x\r\n\r\ntext"));
    }
}
