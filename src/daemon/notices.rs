//! What the wires have met since the start, for whoever asks how the daemon is: in memory alone.

use crate::program::record::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One board for all tasks.
#[derive(Clone, Debug, Default)]
pub struct Notices(Arc<Mutex<Board>>);

/// What stands on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// When the mailbox was last read to its end.
    pub read_to_end: Option<Timestamp>,
    /// The latest failure of each kind.
    pub failures: BTreeMap<Kind, Failure>,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The mailbox could not be reached or read.
    Mailbox,
    /// The mail server was left alone for a while.
    MailServer,
    /// The store could not be written.
    Store,
}

/// When, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub at: Timestamp,
    pub why: String,
}

impl Notices {
    /// The mailbox has been read to its end.
    pub fn read_to_end(&self, at: Timestamp) {
        self.board().read_to_end = Some(at);
    }

    /// Something failed; it is tried again.
    pub fn failed(&self, kind: Kind, at: Timestamp, why: String) {
        self.board().failures.insert(kind, Failure { at, why });
    }

    /// As it stands.
    pub fn now(&self) -> Board {
        self.board().clone()
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_kind_the_latest_failure_stands_on_the_board_for_all_who_share_it() {
        let (notices, at) = (Notices::default(), Timestamp::UNIX_EPOCH);
        let other = notices.clone();
        notices.failed(Kind::Mailbox, at, "no route".to_owned());
        notices.failed(Kind::MailServer, at, "421 busy".to_owned());
        notices.failed(Kind::Mailbox, at, "connection refused".to_owned());
        let board = other.now();
        assert_eq!(board.failures.len(), 2);
        assert_eq!(board.failures[&Kind::Mailbox].why, "connection refused");
        assert_eq!(board.read_to_end, None);
    }
}
