//! The ledger: every committed group in order, one line each, only ever written at its end. It is the truth.

use super::faults::{Faults, Step, Tail};
use super::line::{self, Place, Sealed};
use super::segment::{self, Found, Lines};
use super::survey::{Survey, Torn};
use super::{Group, StoreError, room};
use crate::program::record::Timestamp;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The end of the ledger, open for writing.
pub(super) struct Ledger {
    segments: Vec<PathBuf>,
    path: PathBuf,
    file: File,
    /// Everything before this is whole lines, and synced.
    good: u64,
    newest: Option<Newest>,
    /// Why nothing is written any more until the next start.
    stopped: Option<String>,
    faults: Arc<dyn Faults>,
}

/// The last group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Newest {
    pub seq: u64,
    pub sum: u32,
    pub at: Timestamp,
}

impl Ledger {
    /// Reads the whole ledger once, so that damage is found before anything is done. A torn last line is
    /// cut off; the warning says so.
    pub fn open(dir: &Path, faults: Arc<dyn Faults>) -> Result<(Self, Option<String>), StoreError> {
        segment::create_dir(dir)?;
        let mut segments = segment::list(dir)?;
        let survey = Survey::of(&segments)?;
        if segments.is_empty() {
            segments.push(segment::path(dir, 1));
        }
        let path = segments.last().expect("one was pushed if there was none").clone();
        let file = segment::open(&path)?;
        let warning = survey.torn.map(|torn| cut_off(&file, &path, &torn)).transpose()?;
        // What the last run wrote and did not sync is about to be acted on.
        file.sync_data().map_err(|why| segment::unusable(&path, "be synced", &why))?;
        let good = file.metadata().map_err(|why| segment::unusable(&path, "be read", &why))?.len();
        let newest = survey.newest;
        Ok((Self { segments, path, file, good, newest, stopped: None, faults }, warning))
    }

    pub fn newest(&self) -> Option<Newest> {
        self.newest
    }

    /// The group is on the disk when this returns.
    pub fn append(&mut self, group: &Group) -> Result<Newest, StoreError> {
        self.refuse_if_stopped()?;
        let seq = self.newest.map_or(1, |newest| newest.seq + 1);
        let line = line::write(seq, group)?;
        self.write(line.text.as_bytes()).map_err(|source| self.not_committed(source))?;
        self.sync().map_err(|source| self.sync_failed(source))?;
        self.good += line.text.len() as u64;
        let newest = Newest { seq, sum: line.sum, at: group.at };
        self.newest = Some(newest);
        Ok(newest)
    }

    /// Written at the last good offset: what a failed attempt left behind is cut back, now or, if that
    /// fails too, by the next attempt.
    fn write(&self, line: &[u8]) -> io::Result<()> {
        room::for_line(&*self.faults, &self.path, line.len())?;
        self.file.set_len(self.good)?;
        let written = self.before(Step::Append).and_then(|()| self.file.write_all_at(line, self.good));
        if written.is_err() {
            self.file.set_len(self.good)?;
        }
        written
    }

    fn sync(&self) -> io::Result<()> {
        self.before(Step::Sync)?;
        self.file.sync_data()
    }

    /// Whether a new index can be made.
    pub fn leaves_room_for_an_index(&self, dir: &Path) -> Result<(), StoreError> {
        let sizes = self.segments.iter().map(|path| Ok(fs::metadata(path)?.len()));
        let size =
            sizes.sum::<io::Result<u64>>().map_err(|why| segment::unusable(dir, "be measured", &why))?;
        room::for_an_index(&*self.faults, dir, size)
    }

    /// Asks the faults, who know the ledger's end.
    pub fn before(&self, step: Step) -> io::Result<()> {
        self.faults.before(step, Tail { segment: &self.path, synced: self.good })
    }

    fn not_committed(&self, source: io::Error) -> StoreError {
        StoreError::NotCommitted { path: self.path.display().to_string(), source }
    }

    fn sync_failed(&mut self, source: io::Error) -> StoreError {
        self.stop(format!("an earlier sync failed: {source}"));
        StoreError::SyncFailed { path: self.path.display().to_string(), source }
    }

    /// Nothing is written from here on. After a failed fsync the kernel may have dropped the bytes and say
    /// "synced" the next time: only reading the file anew tells.
    pub fn stop(&mut self, why: String) {
        self.stopped = Some(why);
    }

    fn refuse_if_stopped(&self) -> Result<(), StoreError> {
        let Some(why) = &self.stopped else { return Ok(()) };
        let source = io::Error::other(why.clone());
        Err(StoreError::SyncFailed { path: self.path.display().to_string(), source })
    }

    /// Shows every group from `first` on, in order.
    pub fn replay<E: From<StoreError>>(
        &self,
        first: u64,
        mut show: impl FnMut(Place, Sealed<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.newest.is_none_or(|newest| newest.seq < first) {
            return Ok(());
        }
        for path in &self.segments {
            let mut lines = Lines::of(path)?;
            while let Some(found) = lines.next()? {
                let sealed = line::read(found.bytes).map_err(|why| changed(path, &found, why))?;
                let place = sealed.place().map_err(|why| changed(path, &found, &why.to_string()))?;
                if place.seq >= first {
                    show(place, sealed)?;
                }
            }
        }
        Ok(())
    }
}

/// The line was good when the ledger was opened.
fn changed(path: &Path, found: &Found<'_>, why: &str) -> StoreError {
    StoreError::Unusable(format!(
        "{} line {} has changed under us ({why}): check the disk and who else writes there, then restart",
        path.display(),
        found.number
    ))
}

/// A torn line was never committed, unless the disk lies; the bytes are kept beside the ledger all the same.
fn cut_off(file: &File, path: &Path, torn: &Torn) -> Result<String, StoreError> {
    let kept = path.with_extension("torn");
    let keeping = read_from(file, torn.offset).and_then(|bytes| fs::write(&kept, bytes));
    file.set_len(torn.offset).map_err(|why| segment::unusable(path, "be cut back", &why))?;
    let kept = match keeping {
        Ok(()) => format!("what was there is kept in {}", kept.display()),
        Err(why) => format!("what was there could not be kept ({why})"),
    };
    let (path, line, why) = (path.display(), torn.line, torn.why);
    Ok(format!("{path} line {line} was not finished ({why}) and has been cut off; {kept}"))
}

fn read_from(file: &File, offset: u64) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len().saturating_sub(offset);
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}
