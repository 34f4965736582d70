//! The files of a ledger: which there are, and their lines one by one.
//!
//! ```text
//! 000001.jsonl           a segment: groups in their order
//! 000003.snapshot.jsonl  a snapshot: the rows that all groups before it have come to
//! 000004.jsonl           the segment that follows the snapshot
//! 000007.snapshot.part   a snapshot in the making
//! ```

use super::StoreError;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const SEGMENT: &str = ".jsonl";
const SNAPSHOT: &str = ".snapshot.jsonl";
const IN_THE_MAKING: &str = ".snapshot.part";
const DIGITS: usize = 6;

/// What a ledger's directory holds. Other files are none of ours and stay.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shelf {
    /// The newest.
    pub snapshot: Option<PathBuf>,
    /// What follows the snapshot, in order.
    pub segments: Vec<PathBuf>,
    /// What the snapshot has made superfluous, and snapshots that were never finished.
    pub superseded: Vec<PathBuf>,
}

impl Shelf {
    pub fn of(dir: &Path) -> Result<Self, StoreError> {
        let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|why| unusable(dir, "be listed", &why))?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.sort();
        let snapshot = paths.iter().filter_map(|path| numbered(path, SNAPSHOT)).max();
        let mut shelf = Self::default();
        for path in paths {
            let is_old = |number: u32| snapshot.is_some_and(|newest| number < newest);
            match (numbered(&path, SEGMENT), numbered(&path, SNAPSHOT), numbered(&path, IN_THE_MAKING)) {
                (Some(number), ..) if !is_old(number) => shelf.segments.push(path),
                (_, Some(number), _) if !is_old(number) => shelf.snapshot = Some(path),
                (None, None, None) => (),
                _ => shelf.superseded.push(path),
            }
        }
        Ok(shelf)
    }

    /// The snapshot, then what follows it.
    pub fn in_order(&self) -> impl Iterator<Item = &PathBuf> {
        self.snapshot.iter().chain(&self.segments)
    }
}

fn numbered(path: &Path, suffix: &str) -> Option<u32> {
    let number = path.file_name()?.to_str()?.strip_suffix(suffix)?;
    let is_number = number.len() == DIGITS && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| is_number)
}

/// The number of a segment or a snapshot.
pub(super) fn number(path: &Path) -> u32 {
    let number = numbered(path, SEGMENT).or_else(|| numbered(path, SNAPSHOT));
    number.expect("only what bears a number is taken for one")
}

pub(super) fn length(path: &Path) -> Result<u64, StoreError> {
    Ok(fs::metadata(path).map_err(|why| unusable(path, "be measured", &why))?.len())
}

pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    fs::remove_file(path).map_err(|why| unusable(path, "be deleted", &why))
}

pub(super) fn is_snapshot(path: &Path) -> bool {
    numbered(path, SNAPSHOT).is_some()
}

/// The path of segment `number`.
pub(super) fn path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:0DIGITS$}{SEGMENT}"))
}

/// Where snapshot `number` is written, and where it is put once it is whole.
pub(super) fn snapshot_paths(dir: &Path, number: u32) -> (PathBuf, PathBuf) {
    let path = |suffix: &str| dir.join(format!("{number:0DIGITS$}{suffix}"));
    (path(IN_THE_MAKING), path(SNAPSHOT))
}

/// Opens a segment for writing. A new one is in its directory for certain when this returns: without
/// that, a power cut could lose the file with every synced line in it.
pub(super) fn open(path: &Path) -> Result<File, StoreError> {
    let file = File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(|why| unusable(path, "be opened", &why))?;
    if let Some(dir) = path.parent() {
        sync_dir(dir)?;
    }
    Ok(file)
}

/// A new file only we may read; one that was left there by a kill goes.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Writes a small file whole or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = create_private(&new)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&new, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

/// A directory only we may read: it holds what people wrote in confidence.
pub(super) fn create_dir(dir: &Path) -> Result<(), StoreError> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    created.map_err(|why| unusable(dir, "be created", &why))?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => Ok(()),
    }
}

pub(super) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(|why| unusable(dir, "be synced", &why))
}

pub(super) fn unusable(path: &Path, cannot: &str, why: &io::Error) -> StoreError {
    let path = path.display();
    StoreError::Unusable(format!(
        "{path} cannot {cannot} ({why}): check that the path is right, that this user owns it, and the disk"
    ))
}

/// How much of a file is behind us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Behind {
    pub offset: u64,
    pub lines: usize,
}

/// The lines of one segment; none is held longer than it is looked at.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    line: Vec<u8>,
    number: usize,
    end: u64,
}

/// A line, good or bad, and where it stands.
pub(super) struct Found<'a> {
    /// With its line end, if it has one.
    pub bytes: &'a [u8],
    /// From 1, as editors count.
    pub number: usize,
    /// Of its first byte.
    pub offset: u64,
}

impl Lines {
    pub fn of(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|why| unusable(path, "be opened", &why))?;
        Ok(Self::of_file(path, file))
    }

    /// From where the file stands.
    pub fn of_file(path: &Path, file: File) -> Self {
        let reader = BufReader::with_capacity(256 * 1024, file);
        Self { path: path.to_owned(), reader, line: Vec::new(), number: 0, end: 0 }
    }

    /// From the line behind `place`, if anything is there.
    pub fn from(path: &Path, place: Behind) -> Result<Self, StoreError> {
        let mut lines = Self::of(path)?;
        let sought = lines.reader.seek(SeekFrom::Start(place.offset));
        lines.end = sought.map_err(|why| unusable(path, "be read", &why))?;
        lines.number = place.lines;
        Ok(lines)
    }

    pub fn behind(&self) -> Behind {
        Behind { offset: self.end, lines: self.number }
    }

    pub fn next(&mut self) -> Result<Option<Found<'_>>, StoreError> {
        self.line.clear();
        let read = self.reader.read_until(b'\n', &mut self.line);
        let read = read.map_err(|why| unusable(&self.path, "be read", &why))? as u64;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let offset = self.end;
        self.end += read;
        Ok(Some(Found { bytes: &self.line, number: self.number, offset }))
    }
}
