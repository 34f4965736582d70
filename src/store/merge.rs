//! Several runs as one: of a row that stands in more than one, the newest counts.

use super::index::Damage;
use super::run::{Cursor, Run, Writer};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

/// A walk over all runs at once, upwards.
pub(super) struct Merged<'a> {
    /// The newest first.
    cursors: Vec<Cursor<'a>>,
    /// Which of them stands on the row in hand.
    chosen: Option<usize>,
}

impl<'a> Merged<'a> {
    /// Stands on the first row at or behind `from`. The runs come oldest first.
    pub fn at(runs: impl DoubleEndedIterator<Item = &'a Arc<Run>>, from: &[u8]) -> Result<Self, Damage> {
        let cursors = runs.rev().map(|run| Cursor::at(run, from)).collect::<Result<_, _>>()?;
        let mut merged = Self { cursors, chosen: None };
        merged.choose();
        Ok(merged)
    }

    /// The row in hand; a value that is None says that it is deleted.
    pub fn row(&self) -> Option<(&[u8], Option<&[u8]>)> {
        let cursor = &self.cursors[self.chosen?];
        Some((cursor.key()?, cursor.value()))
    }

    pub fn advance(&mut self) -> Result<(), Damage> {
        let Some(chosen) = self.chosen else { return Ok(()) };
        // What is older of the same row is passed over.
        for other in chosen + 1..self.cursors.len() {
            if self.cursors[other].key() == self.cursors[chosen].key() {
                self.cursors[other].advance()?;
            }
        }
        self.cursors[chosen].advance()?;
        self.choose();
        Ok(())
    }

    fn choose(&mut self) {
        let standing = self.cursors.iter().enumerate().filter_map(|(n, cursor)| Some((cursor.key()?, n)));
        self.chosen = standing.min().map(|(_, n)| n);
    }
}

/// How a merge can fail.
#[derive(Debug)]
pub(super) enum MergeError {
    Damage(Damage),
    /// The disk's; the runs stay as they are.
    Disk(std::io::Error),
}

impl From<Damage> for MergeError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<std::io::Error> for MergeError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Runs that are being made one, on a thread of their own.
pub(super) struct Merging {
    /// Oldest first, and next to each other in the index.
    pub runs: Vec<Arc<Run>>,
    is_given_up: Arc<AtomicBool>,
    thread: JoinHandle<Result<Run, MergeError>>,
}

impl Merging {
    /// Begins. Where nothing older is below, deleted rows need no more mention.
    pub fn begin(runs: Vec<Arc<Run>>, path: &Path, is_bottom: bool) -> std::io::Result<Self> {
        let is_given_up = Arc::new(AtomicBool::new(false));
        let (given_up, from, path) = (is_given_up.clone(), runs.clone(), path.to_owned());
        let write = move || write(&from, &path, is_bottom, &given_up);
        let thread = thread::Builder::new().name("index-merge".to_owned()).spawn(write)?;
        Ok(Self { runs, is_given_up, thread })
    }

    pub fn is_done(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for it.
    pub fn end(self) -> Result<Run, MergeError> {
        let panicked = |_| Err(MergeError::Damage(Damage("merging it panicked".to_owned())));
        self.thread.join().unwrap_or_else(panicked)
    }

    /// It is not wanted any more. What is half written is nobody's, and goes at the next start.
    pub fn give_up(self) {
        self.is_given_up.store(true, Relaxed);
        // Only when it has ended does nothing write there any more.
        let _ = self.end();
    }
}

fn write(
    runs: &[Arc<Run>],
    path: &Path,
    is_bottom: bool,
    is_given_up: &AtomicBool,
) -> Result<Run, MergeError> {
    let at_most = runs.iter().map(|run| run.entries).sum();
    let mut writer = Writer::create(path, at_most)?;
    let mut merged = Merged::at(runs.iter(), b"")?;
    while let Some((key, value)) = merged.row() {
        if is_given_up.load(Relaxed) {
            return Err(std::io::Error::other("it is not wanted any more").into());
        }
        if value.is_some() || !is_bottom {
            writer.row(key, value)?;
        }
        merged.advance()?;
    }
    Ok(writer.finish()?)
}
