//! Opening a folder (RFC 3501 §6.3.1 and §6.3.2), and what the server says of it then.

use super::error::MailboxError;
use super::imap::missing;
use super::link::Link;
use super::{handled, name};
use async_imap::imap_proto::{MailboxDatum, Response, ResponseCode};

/// What the server has said.
pub struct Opening {
    pub exists: u32,
    pub uid_validity: Option<u32>,
    pub uid_next: Option<u32>,
    /// Whether mails take keywords of ours; so where it says nothing of them (§7.1).
    pub keywords: bool,
}

impl Opening {
    /// Opens a folder with `SELECT`, or with `EXAMINE` for reading alone.
    pub async fn by(verb: &str, link: &mut Link, folder: &str) -> Result<Self, MailboxError> {
        let mut said = Self { exists: 0, uid_validity: None, uid_next: None, keywords: true };
        let command = format!("{verb} {}", name::mailbox(folder));
        let opened = link.run(&command, |response| match response {
            Response::MailboxData(MailboxDatum::Exists(count)) => said.exists = *count,
            Response::Data { outcome, .. } => match outcome.code {
                Some(ResponseCode::UidValidity(value)) => said.uid_validity = Some(value),
                Some(ResponseCode::UidNext(value)) => said.uid_next = Some(value),
                Some(ResponseCode::PermanentFlags(ref flags)) => said.keywords = handled::can_flag(flags),
                _ => {}
            },
            _ => {}
        });
        opened.await.map_err(|error| missing(error, folder))?;
        Ok(said)
    }
}
