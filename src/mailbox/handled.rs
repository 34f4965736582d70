//! What is done to handled mail, in sets: a keyword, or another folder.

use super::error::MailboxError;
use super::imap::{is_temporary, missing};
use super::link::Link;
use super::name;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The keyword of handled mail. Not `$…`: those are registered names (RFC 5788).
const KEYWORD: &str = "SoundingBoard";

/// Whether a mailbox with these PERMANENTFLAGS keeps our keyword (RFC 3501 §7.1: `\*`
/// means that new ones can be made).
pub fn can_flag(permanent: &[Cow<'_, str>]) -> bool {
    permanent.iter().any(|flag| flag == "\\*" || flag.eq_ignore_ascii_case(KEYWORD))
}

/// Sets the keyword.
pub async fn flag(link: &mut Link, set: &str) -> Result<(), MailboxError> {
    link.run(&format!("UID STORE {set} +FLAGS.SILENT ({KEYWORD})"), |_| {}).await
}

/// How mails get into another folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// RFC 6851.
    Move,
    /// Its stand-in, which needs RFC 4315 to be safe.
    CopyAndExpunge,
}

impl Way {
    pub fn of(able: &BTreeSet<String>) -> Self {
        if able.contains("MOVE") { Way::Move } else { Way::CopyAndExpunge }
    }
}

/// Moves mails, and makes the folder if that is what is missing.
pub async fn relocate(link: &mut Link, way: Way, set: &str, folder: &str) -> Result<(), MailboxError> {
    match once(link, way, set, folder).await {
        Err(MailboxError::Refused { server, command, words }) if is_temporary(&words) => {
            Err(MailboxError::Refused { server, command, words })
        }
        // RFC 3501 §6.4.7 lets servers say TRYCREATE, and some do not: so it is tried.
        Err(refused @ MailboxError::Refused { .. }) => {
            create(link, folder).await.map_err(|_| missing(refused, folder))?;
            once(link, way, set, folder).await.map_err(|error| missing(error, folder))
        }
        other => other,
    }
}

async fn once(link: &mut Link, way: Way, set: &str, folder: &str) -> Result<(), MailboxError> {
    let folder = name::mailbox(folder);
    if way == Way::Move {
        return link.run(&format!("UID MOVE {set} {folder}"), |_| {}).await;
    }
    // RFC 6851 §3.3. If we are stopped before the last, staff see some mails twice in the
    // folder; none is lost. EXPUNGE by UID (RFC 4315) spares what staff marked for deletion.
    link.run(&format!("UID COPY {set} {folder}"), |_| {}).await?;
    link.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), |_| {}).await?;
    link.run(&format!("UID EXPUNGE {set}"), |_| {}).await
}

/// Subscribed as well, or most mail programs do not show it.
async fn create(link: &mut Link, folder: &str) -> Result<(), MailboxError> {
    let folder = name::mailbox(folder);
    link.run(&format!("CREATE {folder}"), |_| {}).await?;
    link.run(&format!("SUBSCRIBE {folder}"), |_| {}).await
}
