//! The folders that are there (RFC 3501 §6.3.8), and what they are for (RFC 6154).

use super::link::Link;
use super::name;
use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};

/// How many names an error shows.
const SHOWN: usize = 12;

/// A folder that can be selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// In Unicode.
    pub name: String,
    /// Where the server says so.
    pub purpose: Option<FolderUse>,
}

/// What a folder is for, as far as we care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderUse {
    Sent,
    Junk,
    Trash,
}

impl FolderUse {
    fn of(attributes: &[NameAttribute<'_>]) -> Option<Self> {
        attributes.iter().find_map(|attribute| match attribute {
            NameAttribute::Sent => Some(FolderUse::Sent),
            NameAttribute::Junk => Some(FolderUse::Junk),
            NameAttribute::Trash => Some(FolderUse::Trash),
            _ => None,
        })
    }
}

/// The folders that can be selected, or nothing where the server does not tell.
pub async fn all(link: &mut Link) -> Vec<There> {
    let mut all = Vec::new();
    let note = |response: &Response<'_>| {
        let Response::MailboxData(MailboxDatum::List(folder)) = response else { return };
        if !folder.name_attributes.contains(&NameAttribute::NoSelect) {
            let name = name::decoded(folder.name.as_ref());
            all.push(There { name, purpose: FolderUse::of(&folder.name_attributes) });
        }
    };
    // Only the remedy would be lost.
    let _ = link.run("LIST \"\" \"*\"", note).await;
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Their names, for an error that helps.
pub async fn names(link: &mut Link) -> Vec<String> {
    all(link).await.iter().take(SHOWN).map(There::shown).collect()
}

impl There {
    /// The name, and what it is for.
    pub fn shown(&self) -> String {
        let name = &self.name;
        match self.purpose {
            Some(FolderUse::Sent) => format!("\"{name}\" (sent mail)"),
            Some(FolderUse::Junk) => format!("\"{name}\" (junk)"),
            Some(FolderUse::Trash) | None => format!("\"{name}\""),
        }
    }
}
