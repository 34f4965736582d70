//! How much of the ledger is known to be good, so that a start need not read all of it again.
//!
//! It stands in the index's manifest: what the index has taken over was read, or written and synced, line
//! by line. Files that were finished then must have kept their length, and the last line its checksum;
//! whatever else may have befallen them at rest is looked for once the daemon runs (`keeper.rs`).

use super::Newest;
use super::segment::{Behind, Shelf};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Up to and with which group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    pub newest: Newest,
    /// Where its line begins, and in which file; None where a snapshot stands for it.
    pub line: Option<(String, Behind)>,
    /// The files before the tail, in order, and their lengths: none of them is written any more.
    pub finished: Vec<(String, u64)>,
}

/// Where reading begins.
pub(super) struct Begin {
    pub path: PathBuf,
    pub behind: Behind,
    /// What the first line there follows.
    pub newest: Newest,
}

impl Known {
    /// Where what follows is read from; None if the files are not those that were known.
    pub fn begin(&self, shelf: &Shelf) -> Option<Begin> {
        let files: Vec<_> = shelf.in_order().collect();
        let are_same = self.finished.iter().enumerate().all(|(n, (name, length))| {
            let path = files.get(n).filter(|path| name_of(path) == *name);
            path.and_then(|path| fs::metadata(path).ok()).is_some_and(|file| file.len() == *length)
        });
        if !are_same {
            return None;
        }
        match &self.line {
            Some((name, behind)) => {
                let path = files.into_iter().find(|path| name_of(path) == *name)?.clone();
                let before = Newest { seq: self.newest.seq.checked_sub(1)?, ..self.newest };
                Some(Begin { path, behind: *behind, newest: before })
            }
            None => {
                let path = (*files.get(self.finished.len())?).clone();
                Some(Begin { path, behind: Behind::default(), newest: self.newest })
            }
        }
    }
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
