//! What can go wrong under a store, for the tests that make it go wrong on purpose.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

/// The steps of a commit, and of a roll. Before each the store asks [`Faults`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The line goes to the end of the ledger.
    Append,
    /// The ledger is synced: from here on the group is committed.
    Sync,
    /// The index takes the group over.
    Index,
    /// `commit` returns.
    Done,
    /// The ledger gets a new tail.
    NewTail,
    /// The snapshot is written.
    Snapshot,
    /// The snapshot is synced.
    SnapshotSync,
    /// The snapshot, read back and found good, gets its name.
    SnapshotName,
    /// What the snapshot stands for is deleted: asked before each file.
    Forget,
    /// The roll is over.
    Rolled,
}

impl Step {
    /// Those of a commit.
    pub const ALL: [Step; 4] = [Step::Append, Step::Sync, Step::Index, Step::Done];
    /// Those of a roll.
    pub const ROLL: [Step; 6] =
        [Step::NewTail, Step::Snapshot, Step::SnapshotSync, Step::SnapshotName, Step::Forget, Step::Rolled];
}

/// The file that is being written: a segment or, while the ledger rolls, a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Tail<'a> {
    pub segment: &'a Path,
    /// How many of its bytes are on the disk for certain.
    pub synced: u64,
}

/// Asked before every step of a commit.
///
/// An error at `Append` and `Sync` is taken for the disk's own, and so are those of a roll, which leaves
/// the ledger as it was. One at `Index` and `Done` stands for the end of the program: the group is on the
/// disk, and the store does nothing any more.
pub trait Faults: Send + Sync {
    fn before(&self, step: Step, tail: Tail<'_>) -> io::Result<()>;

    /// How many bytes we may still write where `path` is.
    fn room(&self, path: &Path) -> io::Result<u64> {
        fs2::available_space(path)
    }
}

/// Life: no fault but the disk's own.
pub struct Faultless;

impl Faults for Faultless {
    fn before(&self, _: Step, _: Tail<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// The power goes once, before a given step; what was not synced is lost, and nothing works any more
/// until the store is opened anew.
pub struct PowerCut {
    step: Step,
    spared: AtomicUsize,
    off: AtomicBool,
}

impl PowerCut {
    /// Before `step` of the commit that follows `spared` others.
    pub fn before(step: Step, spared: usize) -> Self {
        Self { step, spared: AtomicUsize::new(spared), off: AtomicBool::new(false) }
    }

    /// Whether it has happened.
    pub fn is_off(&self) -> bool {
        self.off.load(SeqCst)
    }

    fn is_now(&self, step: Step) -> bool {
        let spend = |left: usize| left.checked_sub(1);
        step == self.step && self.spared.fetch_update(SeqCst, SeqCst, spend).is_err()
    }
}

impl Faults for PowerCut {
    fn before(&self, step: Step, tail: Tail<'_>) -> io::Result<()> {
        if !self.is_off() && self.is_now(step) {
            self.off.store(true, SeqCst);
            drop_unsynced(tail)?;
        }
        if self.is_off() { Err(io::Error::other("the power is off")) } else { Ok(()) }
    }
}

/// Leaves the segment as a power cut would at its worst.
pub fn drop_unsynced(tail: Tail<'_>) -> io::Result<()> {
    std::fs::OpenOptions::new().write(true).open(tail.segment)?.set_len(tail.synced)
}
