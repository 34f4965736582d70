//! The store: ordered keys, JSON values, groups committed whole.

pub mod faults;
pub mod files;
mod index;
pub mod indexed;
pub mod keeper;
mod known;
mod ledger;
pub mod line;
mod long;
pub mod memory;
pub mod overlay;
pub mod rebuild;
mod recovery;
mod roll;
mod room;
pub mod rows;
mod segment;
mod sleds;
pub mod snapshot;
mod still;
mod survey;

use crate::program::batch::Change;
use crate::program::record::Timestamp;
use serde::{Deserialize, Serialize};

/// One group of inputs: one ledger line, one checksum, one sync.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Effective time of the decision.
    pub at: Timestamp,
    /// One line an input: its id and verdict, for whoever reads the ledger.
    pub notes: Vec<String>,
    /// In order; a later change of the same key wins.
    pub changes: Vec<Change>,
}

/// A group that is in the ledger, by what tells it from any other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Newest {
    pub seq: u64,
    /// The checksum of its line.
    pub sum: u32,
    pub at: Timestamp,
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The group is not committed, the store is as before; trying later may help (a full disk).
    #[error(
        "the ledger {path} could not be written ({source}); nothing was lost, free some space on the disk"
    )]
    NotCommitted { path: String, source: std::io::Error },
    /// It is not known whether the group reached the disk: the daemon must stop.
    #[error(
        "the ledger {path} could not be synced to the disk ({source}); the disk or its file system needs attention before a restart"
    )]
    SyncFailed { path: String, source: std::io::Error },
    /// The index could not be read; it was set aside and rebuilt: ask again.
    #[error("the index was damaged ({why}) and has been rebuilt from the ledger")]
    IndexRebuilt { why: String },
    /// A ledger line is bad and is not the unfinished end.
    #[error(
        "{path} line {line} is damaged ({why}) and good lines follow it: restore a backup, or move the file away and ask for help"
    )]
    Damaged { path: String, line: usize, why: String },
    /// Anything else that needs the operator.
    #[error("{0}")]
    Unusable(String),
}

/// Ordered keys `table/key`, values JSON text.
pub trait Store: Send + Sync {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Rows whose key begins with `prefix`, ascending, at most `limit`.
    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError>;

    /// Rows whose key begins with `prefix` and comes behind `key`, ascending, at most `limit`.
    fn behind(&self, prefix: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        let mut rows = self.range(prefix, usize::MAX)?;
        rows.retain(|(other, _)| other.as_str() > key);
        rows.truncate(limit);
        Ok(rows)
    }

    /// Commits the group whole; when this returns, it is on the disk.
    fn commit(&self, group: &Group) -> Result<(), StoreError>;

    /// Effective time of the newest group; None in an empty store.
    fn latest(&self) -> Option<Timestamp>;

    /// What was found damaged since this was asked last, a sentence each; it has been repaired, or is said
    /// not to be.
    fn damages(&self) -> Vec<String> {
        Vec::new()
    }
}
