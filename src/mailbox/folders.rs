//! The names of the folders that are there (RFC 3501 §6.3.8), for an error that helps.

use super::link::Link;
use super::name;
use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};

/// How many names an error shows.
const SHOWN: usize = 12;

/// The folders that can be selected, or nothing where the server does not tell.
pub async fn names(link: &mut Link) -> Vec<String> {
    let mut names = Vec::new();
    let note = |response: &Response<'_>| {
        let Response::MailboxData(MailboxDatum::List(folder)) = response else { return };
        if !folder.name_attributes.contains(&NameAttribute::NoSelect) {
            names.push(shown(folder.name.as_ref(), &folder.name_attributes));
        }
    };
    // Only the remedy would be lost.
    let _ = link.run("LIST \"\" \"*\"", note).await;
    names.sort();
    names.truncate(SHOWN);
    names
}

/// The name in Unicode, and what it is for where the server says so (RFC 6154).
fn shown(name: &str, attributes: &[NameAttribute<'_>]) -> String {
    let name = format!("\"{}\"", name::decoded(name));
    let is = |wanted: NameAttribute<'static>| attributes.contains(&wanted);
    match () {
        () if is(NameAttribute::Sent) => format!("{name} (sent mail)"),
        () if is(NameAttribute::Junk) => format!("{name} (junk)"),
        () => name,
    }
}
