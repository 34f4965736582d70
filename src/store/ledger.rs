//! The ledger: every committed group in order, one line each, only ever written at its end. It is the truth.

use super::faults::{Faults, Step, Tail};
use super::index::Rows;
use super::known::{Known, name_of};
use super::line::{self, Place, Sealed, Written};
use super::long::{Spot, Value};
use super::segment::{self, Behind, Found, Lines, Shelf};
use super::survey::{Survey, Torn};
use super::{Group, Newest, StoreError, room, snapshot};
use crate::program::batch::Change;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The end of the ledger, open for writing.
pub(super) struct Ledger {
    dir: PathBuf,
    /// The files before the tail, in order, and their lengths.
    finished: Vec<(PathBuf, u64)>,
    path: PathBuf,
    file: File,
    /// Everything before this is whole lines, and synced.
    good: Behind,
    newest: Option<Newest>,
    /// In which file the line of `newest` begins, and where; None if a snapshot stands for it.
    line: Option<(String, Behind)>,
    is_read_whole: bool,
    /// Why nothing is written any more until the next start.
    stopped: Option<String>,
    pub faults: Arc<dyn Faults>,
}

/// A group that is on the disk.
pub(super) struct Appended {
    pub newest: Newest,
    /// What it changes, and where that stands.
    pub rows: Rows,
}

impl Ledger {
    /// Looks over the ledger, so that damage is found before anything is done: over all of it, or, where it
    /// is larger than `read_whole`, over what is not `known`. A torn last line is cut off; the warning says so.
    pub fn open(
        dir: &Path,
        known: Option<&Known>,
        read_whole: u64,
        faults: Arc<dyn Faults>,
    ) -> Result<(Self, Option<String>), StoreError> {
        segment::create_dir(dir)?;
        let shelf = Shelf::of(dir)?;
        let (survey, is_read_whole) = look(&shelf, known, read_whole)?;
        shelf.superseded.iter().try_for_each(|path| segment::remove(path))?;
        let next = shelf.snapshot.as_ref().map_or(1, |path| segment::number(path) + 1);
        let path = shelf.segments.last().cloned().unwrap_or_else(|| segment::path(dir, next));
        let file = segment::open(&path)?;
        let warning = survey.torn.as_ref().map(|torn| cut_off(&file, torn)).transpose()?;
        // What the last run wrote and did not sync is about to be acted on.
        file.sync_data().map_err(|why| segment::unusable(&path, "be synced", &why))?;
        let before = shelf.in_order().filter(|before| **before != path);
        let finished = before.map(|path| Ok((path.clone(), segment::length(path)?)));
        let ledger = Self {
            dir: dir.to_owned(),
            finished: finished.collect::<Result<_, StoreError>>()?,
            good: if shelf.segments.is_empty() { Behind::default() } else { survey.behind },
            path,
            file,
            newest: survey.newest,
            line: survey.line,
            is_read_whole,
            stopped: None,
            faults,
        };
        Ok((ledger, warning))
    }

    pub fn newest(&self) -> Option<Newest> {
        self.newest
    }

    /// Whether it was, at the start.
    pub fn is_read_whole(&self) -> bool {
        self.is_read_whole
    }

    /// All of it is: each line was read or written, and synced.
    pub fn known(&self) -> Option<Known> {
        let finished = self.finished.iter().map(|(path, length)| (name_of(path), *length)).collect();
        Some(Known { newest: self.newest?, line: self.line.clone(), finished })
    }

    /// How many bytes of groups there are that no snapshot stands for.
    pub fn behind_snapshot(&self) -> u64 {
        let segments = self.finished.iter().filter(|(path, _)| !segment::is_snapshot(path));
        segments.map(|(_, length)| length).sum::<u64>() + self.good.offset
    }

    /// The group is on the disk when this returns.
    pub fn append(&mut self, group: &Group) -> Result<Appended, StoreError> {
        self.refuse_if_stopped()?;
        let seq = self.newest.map_or(1, |newest| newest.seq + 1);
        let line = line::write(seq, group)?;
        self.write(line.text.as_bytes()).map_err(|source| self.not_committed(source))?;
        self.sync().map_err(|source| self.sync_failed(source))?;
        let rows = rows(group, &line, Spot { file: segment::number(&self.path), offset: self.good.offset });
        self.line = Some((name_of(&self.path), self.good));
        self.good.offset += line.text.len() as u64;
        self.good.lines += 1;
        let newest = Newest { seq, sum: line.sum, at: group.at };
        self.newest = Some(newest);
        Ok(Appended { newest, rows })
    }

    /// Written at the last good offset: what a failed attempt left behind is cut back, now or, if that
    /// fails too, by the next attempt.
    fn write(&self, line: &[u8]) -> io::Result<()> {
        room::for_line(&*self.faults, &self.path, line.len())?;
        self.file.set_len(self.good.offset)?;
        let written = self.before(Step::Append).and_then(|()| self.file.write_all_at(line, self.good.offset));
        if written.is_err() {
            self.file.set_len(self.good.offset)?;
        }
        written
    }

    fn sync(&self) -> io::Result<()> {
        self.before(Step::Sync)?;
        self.file.sync_data()
    }

    /// Whether a new index can be made.
    pub fn leaves_room_for_an_index(&self, dir: &Path) -> Result<(), StoreError> {
        room::for_an_index(&*self.faults, dir, self.bytes())
    }

    /// Whether a snapshot can be made: it is no larger than what it stands for.
    pub fn leaves_room_for_a_snapshot(&self) -> Result<(), StoreError> {
        room::for_a_snapshot(&*self.faults, &self.dir, self.bytes())
    }

    fn bytes(&self) -> u64 {
        self.finished.iter().map(|(_, length)| length).sum::<u64>() + self.good.offset
    }

    /// Asks the faults, who know the ledger's end.
    pub fn before(&self, step: Step) -> io::Result<()> {
        self.faults.before(step, Tail { segment: &self.path, synced: self.good.offset })
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

    pub fn refuse_if_stopped(&self) -> Result<(), StoreError> {
        let Some(why) = &self.stopped else { return Ok(()) };
        let source = io::Error::other(why.clone());
        Err(StoreError::SyncFailed { path: self.path.display().to_string(), source })
    }

    /// The number of the snapshot it begins with; 0 without one.
    pub fn begins(&self) -> u32 {
        self.snapshot().map_or(0, segment::number)
    }

    fn snapshot(&self) -> Option<&Path> {
        self.finished.first().map(|(path, _)| path.as_path()).filter(|path| segment::is_snapshot(path))
    }

    /// The long values of that snapshot: their keys, and where they stand.
    pub fn longs_of_snapshot(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.snapshot().map_or_else(|| Ok(Vec::new()), |path| Ok(snapshot::read_longs(path)?.1))
    }

    // ---- rolling

    /// A new tail; gives the path at which a snapshot of everything before it belongs.
    pub fn begin_roll(&mut self) -> Result<(PathBuf, PathBuf), StoreError> {
        self.refuse_if_stopped()?;
        let number = segment::number(&self.path);
        let path = segment::path(&self.dir, number + 2);
        self.before(Step::NewTail).map_err(|why| segment::unusable(&path, "be opened", &why))?;
        let file = segment::open(&path)?;
        self.finished.push((std::mem::replace(&mut self.path, path), self.good.offset));
        (self.file, self.good) = (file, Behind::default());
        Ok(segment::snapshot_paths(&self.dir, number + 1))
    }

    /// From here on the snapshot stands for what was before it. Gives what is to be deleted.
    pub fn end_roll(&mut self, snapshot: &Path) -> Result<Vec<PathBuf>, StoreError> {
        let number = segment::number(snapshot);
        let (old, kept) = std::mem::take(&mut self.finished)
            .into_iter()
            .partition::<Vec<_>, _>(|(path, _)| segment::number(path) < number);
        self.finished = [(snapshot.to_owned(), segment::length(snapshot)?)].into_iter().chain(kept).collect();
        let is_old = |name: &String| old.iter().any(|(path, _)| name_of(path) == *name);
        if self.line.as_ref().is_some_and(|(name, _)| is_old(name)) {
            self.line = None;
        }
        Ok(old.into_iter().map(|(path, _)| path).collect())
    }

    // ---- reading

    /// Shows every group from `first` on, in order, and every line of the snapshot; where `known` ends with
    /// group `first`, without reading what is before it.
    pub fn replay<E: From<StoreError>>(
        &self,
        first: u64,
        known: Option<&Known>,
        mut show: impl FnMut(Spot, Place, Sealed<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.newest.is_none_or(|newest| newest.seq < first) {
            return Ok(());
        }
        let shelf = Shelf::of(&self.dir)?;
        let known = known.filter(|known| known.newest.seq == first);
        read(&shelf, known, |line, place, sealed| {
            if place.seq >= first || place.snapshot.is_some() { show(line, place, sealed) } else { Ok(()) }
        })
        .map(|_| ())
    }
}

fn look(shelf: &Shelf, known: Option<&Known>, read_whole: u64) -> Result<(Survey, bool), StoreError> {
    let sizes = shelf.in_order().map(|path| segment::length(path));
    let is_small = sizes.sum::<Result<u64, _>>()? <= read_whole;
    // If what is known is not what is there, the look over all of it says what is wrong.
    let rest = known.filter(|_| !is_small).map(|known| (known, look_behind(shelf, known)));
    if let Some((_, Ok(Some(survey)))) = rest {
        return Ok((survey, false));
    }
    Ok((read(shelf, None, |_, _, _| Ok::<_, StoreError>(()))?, true))
}

/// None where the first line is not the one we know.
fn look_behind(shelf: &Shelf, known: &Known) -> Result<Option<Survey>, StoreError> {
    let mut first = None;
    let survey = read(shelf, Some(known), |_, place, sealed| {
        first.get_or_insert((place.seq, sealed.sum));
        Ok::<_, StoreError>(())
    })?;
    let is_there = match &known.line {
        Some(_) => first == Some((known.newest.seq, known.newest.sum)),
        None => first.is_none_or(|(seq, _)| seq == known.newest.seq + 1),
    };
    Ok(Some(survey).filter(|_| is_there))
}

/// Everything, or, if it still is what was known, only what follows that.
fn read<E: From<StoreError>>(
    shelf: &Shelf,
    known: Option<&Known>,
    mut show: impl FnMut(Spot, Place, Sealed<'_>) -> Result<(), E>,
) -> Result<Survey, E> {
    let begin = known.and_then(|known| known.begin(shelf));
    let mut survey = begin.as_ref().map_or_else(Survey::default, |begin| Survey::behind(begin.newest));
    let mut files: Vec<_> = shelf.in_order().collect();
    if let Some(begin) = begin {
        let at = files.iter().position(|path| **path == begin.path).expect("it begins in one of them");
        files.drain(..at);
        let mut rest = Lines::from(&begin.path, begin.behind)?;
        survey.file(&begin.path, &mut rest, placed(&begin.path, &mut show))?;
        files.remove(0);
    }
    for path in files {
        survey.file(path, &mut Lines::of(path)?, placed(path, &mut show))?;
    }
    Ok(survey)
}

/// Shows each line with the place where it begins.
fn placed<E>(
    path: &Path,
    show: &mut impl FnMut(Spot, Place, Sealed<'_>) -> Result<(), E>,
) -> impl FnMut(&Found<'_>, Place, Sealed<'_>) -> Result<(), E> {
    let file = segment::number(path);
    move |found, place, sealed| show(Spot { file, offset: found.offset }, place, sealed)
}

fn rows(group: &Group, line: &Written, begins: Spot) -> Rows {
    let changes = group.changes.iter().zip(&line.offsets);
    let row = |(change, offset): (&Change, &u64)| {
        let at = Spot { offset: begins.offset + offset, ..begins };
        (change.key.clone(), change.value.clone().map(|text| Value { text, at }))
    };
    changes.map(row).collect()
}

/// A torn line was never committed, unless the disk lies; the bytes are kept beside the ledger all the same.
fn cut_off(file: &File, torn: &Torn) -> Result<String, StoreError> {
    let path = &torn.path;
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
