//! A connection of the operator's own, to see what there is. Folders are opened for reading alone
//! (EXAMINE); nothing is changed but a mail that is to be deleted.

use super::error::MailboxError;
use super::imap::{Imap, above, capabilities};
use super::link::Link;
use super::opening::Opening;
use super::{Fetched, ImapSettings, Listed, Reads, Selected, folders, name, read};
use async_imap::imap_proto::rfc2087::QuotaResourceName;
use async_imap::imap_proto::{MailboxDatum, Response};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

pub use super::folders::{FolderUse, There};

/// A connection, logged in or not yet.
pub struct Inspection {
    imap: Imap,
    link: Link,
    able: BTreeSet<String>,
    /// Where deleted mail has to be moved, if that is what deletes it.
    trash: Option<String>,
}

/// A folder that was opened for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    pub uid_validity: u32,
    pub exists: u32,
    /// What comes has this UID or a higher one.
    pub next: u32,
}

/// What became of a mail that was to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    Gone,
    /// In the folder of deleted mail.
    InTrash,
    /// Marked `\Deleted`: without UIDPLUS it could only be removed together with other people's.
    Marked,
}

impl Inspection {
    /// Connects, with TLS if it is wanted, and hears the greeting.
    pub async fn connect(settings: ImapSettings) -> Result<Self, MailboxError> {
        let imap = Imap::new(settings);
        let link = imap.greeted().await?;
        Ok(Self { imap, link, able: BTreeSet::new(), trash: None })
    }

    /// The server's certificate (DER), where there is TLS.
    pub fn certificate(&mut self) -> Option<Vec<u8>> {
        self.link.certificate()
    }

    /// Logs in, and asks what the server can do.
    pub async fn log_in(&mut self) -> Result<(), MailboxError> {
        self.imap.log_in(&mut self.link).await?;
        self.able = capabilities(&mut self.link).await?;
        Ok(())
    }

    /// Whether the server can do that: `IDLE`.
    pub fn is_able(&self, capability: &str) -> bool {
        self.able.contains(capability)
    }

    /// Selects the mailbox, and says what keeps handled mail from being put away as configured.
    pub async fn select(&mut self) -> Result<Selected, MailboxError> {
        self.imap.check_after_handling(&self.able)?;
        self.imap.select_on(&mut self.link).await
    }

    /// All folders, and what they are for where the server says so.
    pub async fn folders(&mut self) -> Vec<There> {
        let there = folders::all(&mut self.link).await;
        let trash = there.iter().find(|folder| folder.purpose == Some(FolderUse::Trash));
        // At Gmail EXPUNGE takes a label away, and the mail stays among "All Mail".
        self.trash = trash.filter(|_| self.able.contains("X-GM-EXT-1")).map(|folder| folder.name.clone());
        there
    }

    /// Opens a folder for reading.
    pub async fn look_into(&mut self, folder: &str) -> Result<Looked, MailboxError> {
        self.opened("EXAMINE", folder).await
    }

    async fn opened(&mut self, verb: &str, folder: &str) -> Result<Looked, MailboxError> {
        let Opening { exists, uid_validity, uid_next, .. } =
            Opening::by(verb, &mut self.link, folder).await?;
        // A server that has none numbers nothing for long; 0 is none that it could name (§2.3.1.1).
        let uid_validity = uid_validity.unwrap_or(0);
        let next = match uid_next {
            Some(next) => next,
            None => self.after_last(exists).await?,
        };
        Ok(Looked { uid_validity, exists, next })
    }

    async fn after_last(&mut self, exists: u32) -> Result<u32, MailboxError> {
        match exists {
            0 => Ok(1),
            _ => Ok(read::sizes(&mut self.link, "*", 1).await?.keys().max().map_or(1, |last| last + 1)),
        }
    }

    /// Mails of the opened folder from this UID on.
    pub async fn list(&mut self, first: u32) -> Result<Vec<Listed>, MailboxError> {
        above(&mut self.link, first.max(1)).await
    }

    /// Mails of the opened folder that came on this day or later (RFC 3501 §6.4.4).
    pub async fn since(&mut self, day: NaiveDate) -> Result<Vec<u32>, MailboxError> {
        let mut found = Vec::new();
        let command = format!("UID SEARCH SINCE {}", day.format("%-d-%b-%Y"));
        let note = |response: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend(uids);
            }
        };
        self.link.run(&command, note).await?;
        Ok(found)
    }

    /// Some fields of their headers; see [`super::ContactMailbox::headers`].
    pub async fn headers(&mut self, uids: &[u32], fields: &str) -> Result<Vec<Fetched>, MailboxError> {
        read::fields(&mut self.link, uids, fields).await
    }

    /// A whole mail, unless it is larger than any report.
    pub async fn fetch(&mut self, mail: Listed) -> Result<Vec<Fetched>, MailboxError> {
        const LARGEST: u32 = 256 * 1024;
        read::mails(&mut self.link, &[mail], Reads::Whole, LARGEST).await
    }

    /// Used and allowed octets of mail (RFC 9208), where the server counts them.
    pub async fn space(&mut self) -> Result<Option<(u64, u64)>, MailboxError> {
        if !self.is_able("QUOTA") {
            return Ok(None);
        }
        let mut space = None;
        let note = |response: &Response<'_>| {
            let Response::Quota(quota) = response else { return };
            let storage = quota.resources.iter().find(|of| of.name == QuotaResourceName::Storage);
            // In units of 1024 octets. Of several roots the tightest counts.
            let left = |(used, limit): (u64, u64)| limit.saturating_sub(used);
            let found = storage.map(|of| (of.usage * 1024, of.limit * 1024));
            space = [space, found].into_iter().flatten().min_by_key(|space| left(*space));
        };
        self.link.run("GETQUOTAROOT \"INBOX\"", note).await?;
        Ok(space)
    }

    /// Deletes one mail, if the folder still numbers its mails so.
    pub async fn delete(
        &mut self,
        folder: &str,
        uid_validity: u32,
        uid: u32,
    ) -> Result<Option<Deletion>, MailboxError> {
        if self.opened("SELECT", folder).await?.uid_validity != uid_validity {
            return Ok(None);
        }
        if let Some(trash) = &self.trash {
            let command = format!("UID MOVE {uid} {}", name::mailbox(trash));
            self.link.run(&command, |_| {}).await?;
            return Ok(Some(Deletion::InTrash));
        }
        self.link.run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"), |_| {}).await?;
        if !self.is_able("UIDPLUS") {
            return Ok(Some(Deletion::Marked));
        }
        self.link.run(&format!("UID EXPUNGE {uid}"), |_| {}).await?;
        Ok(Some(Deletion::Gone))
    }

    /// Takes leave; whatever is answered, the connection is given up.
    pub async fn log_out(mut self) {
        let _ = timeout(Duration::from_secs(2), self.link.run("LOGOUT", |_| {})).await;
    }
}
