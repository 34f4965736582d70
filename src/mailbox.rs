//! The contact mailbox: what the daemon asks of it, whatever server holds it.
//!
//! Staff read the mailbox too, so mail is left as it is found: bodies are read with
//! `BODY.PEEK[]`, by UID only, and `\Seen` is neither set nor believed. What is done
//! to handled mail is configured.

mod bounded;
mod error;
mod folders;
mod handled;
mod imap;
mod inspection;
mod link;
mod name;
mod opening;
mod read;
mod set;

pub use error::MailboxError;
pub use imap::Imap;
pub use inspection::{Deletion, FolderUse, Inspection, Looked, There};
pub use read::beginning;

use crate::oauth2::Tokens;
use crate::tls::Peer;
use chrono::{DateTime, FixedOffset};
use std::fmt;
use std::time::Duration;

/// The contact mailbox. UIDs handed in belong to the UIDVALIDITY of the last `select`;
/// where that has changed since, calls fail with [`MailboxError::Renumbered`] until
/// `select` is called again, so that no call can touch another mail of the same number.
///
/// Every call connects if it must. A call whose future is dropped, or that fails with
/// [`MailboxError::Unreachable`] or [`MailboxError::Protocol`], costs the connection, not
/// the mailbox: the next call opens a new one. `wait` alone may be dropped for free.
#[expect(async_fn_in_trait, reason = "everything runs on one current-thread runtime: no Send needed")]
pub trait ContactMailbox {
    /// Selects the mailbox. While mail keeps coming by a connection, it stays selected.
    async fn select(&mut self) -> Result<Selected, MailboxError>;

    /// What is there at a time after the call began.
    async fn survey(&mut self) -> Result<Survey, MailboxError>;

    /// Mails with a UID above `after`, in ascending order; of very many the first. Where it
    /// names none, there was none at a time after the call began: ask until then.
    async fn list(&mut self, after: u32) -> Result<Vec<Listed>, MailboxError>;

    /// Some fields of the headers of these mails, named with blanks between, in ascending
    /// order; those that vanished are absent.
    async fn headers(&mut self, uids: &[u32], fields: &str) -> Result<Vec<Fetched>, MailboxError>;

    /// The mails themselves, in ascending order; those that vanished are absent. All of
    /// them are held in memory at once: ask in batches (see [`batch`]).
    async fn fetch(&mut self, mails: &[Listed]) -> Result<Vec<Fetched>, MailboxError>;

    /// Does to these mails what is configured for handled mail. Those that vanished, or
    /// were done before, are passed over.
    async fn mark_handled(&mut self, uids: &[u32]) -> Result<(), MailboxError>;

    /// Whether mail has been announced since the last `list` began.
    fn has_news(&self) -> bool;

    /// Returns when new mail is announced, or after `at_most`. Mail announced since the
    /// last `list` began counts.
    async fn wait(&mut self, at_most: Duration) -> Result<(), MailboxError>;
}

/// The mailbox as it was selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    pub uid_validity: u32,
    /// How many mails it holds.
    pub exists: u32,
    /// The server's prediction; some give none, and some take it back.
    pub uid_next: Option<u32>,
}

/// What is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    pub mails: u64,
    /// 0 if there are none.
    pub last_uid: u32,
}

/// A mail that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub uid: u32,
    /// RFC822.SIZE in bytes.
    pub size: u32,
    /// INTERNALDATE: when the server received it, on the server's clock.
    pub received: Option<DateTime<FixedOffset>>,
}

/// A mail that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    pub uid: u32,
    /// RFC822.SIZE, also where `bytes` holds less.
    pub size: u32,
    pub received: Option<DateTime<FixedOffset>>,
    pub bytes: Vec<u8>,
    /// Whether `bytes` is the whole mail, or only its header (at most 256 KiB) and the
    /// first 64 KiB of the rest.
    pub complete: bool,
}

/// Says that there are bytes, never which.
impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fetched { uid, size, complete, .. } = self;
        write!(f, "Fetched {{ uid: {uid}, size: {size}, complete: {complete}, … }}")
    }
}

/// What is done to handled mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterHandling {
    Leave,
    /// Given the keyword `SoundingBoard`.
    Flag,
    /// Moved to this folder, which is created if it is missing.
    Move(String),
}

/// How much of its mails is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Whole,
    /// Some fields of the header, named with blanks between, and nothing else.
    Fields(&'static str),
}

/// How we say who we are.
#[derive(Clone)]
pub enum Authentication {
    Password(String),
    Token(Tokens),
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Authentication::Password(_) => f.write_str("Password(…)"),
            Authentication::Token(_) => f.write_str("Token(…)"),
        }
    }
}

/// Where the contact mailbox is.
#[derive(Clone, Debug)]
pub struct ImapSettings {
    pub peer: Peer,
    pub user: String,
    pub authentication: Authentication,
    /// The folder that is read, in plain Unicode: `INBOX`.
    pub mailbox: String,
    pub after_handling: AfterHandling,
    pub reads: Reads,
    /// Larger mails are not read whole.
    pub max_bytes: u32,
    pub waits: Waits,
}

/// How long a server is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The longest silence borne, except while it has been asked to wait.
    pub silence: Duration,
    /// A client idle for 30 minutes may be logged off, so IDLE is ended before (RFC 2177 §3).
    pub idle: Duration,
    /// How long it may take to end an IDLE. Measured: one that does not end it at once is gone.
    pub done: Duration,
    /// How long it may go on answering one command: with the largest batch of mail in this
    /// time that is 18 KiB/s. One that talks for ever is as good as silent.
    pub answer: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self { silence: minutes(1), idle: minutes(29), done: Duration::from_secs(15), answer: minutes(30) }
    }
}

/// How many of `listed`, from its start, make one batch for [`ContactMailbox::fetch`]:
/// at least one, at most 200, and together at most 32 MiB unless a single mail is larger.
pub fn batch(listed: &[Listed]) -> usize {
    const MAILS: usize = 200;
    const BYTES: u64 = 32 * 1024 * 1024;
    let mut bytes = 0;
    let fits = |mail: &&Listed| {
        bytes += u64::from(mail.size);
        bytes <= BYTES
    };
    listed.iter().take(MAILS).take_while(fits).count().max(listed.len().min(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(sizes: &[u32]) -> Vec<Listed> {
        (1..).zip(sizes).map(|(uid, &size)| Listed { uid, size, received: None }).collect()
    }

    #[test]
    fn a_batch_holds_at_least_one_mail_and_at_most_its_measure() {
        const MIB: u32 = 1024 * 1024;
        assert_eq!(batch(&[]), 0);
        assert_eq!(batch(&mails(&[u32::MAX, 1])), 1);
        assert_eq!(batch(&mails(&[16 * MIB, 16 * MIB, 1])), 2);
        assert_eq!(batch(&mails(&[1; 1000])), 200);
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(format!("{:?}", Authentication::Password("geheim".into())), "Password(…)");
    }
}
