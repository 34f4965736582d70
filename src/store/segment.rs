//! The files of a ledger, `NNNNNN.jsonl`: which there are, and their lines one by one.

use super::StoreError;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const SUFFIX: &str = ".jsonl";
const DIGITS: usize = 6;

/// The segments in this directory, in their order. Other files are none of ours and stay.
pub(super) fn list(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(|why| unusable(dir, "be listed", &why))?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).filter(|p| is_segment(p)).collect();
    paths.sort();
    Ok(paths)
}

fn is_segment(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let number = name.and_then(|name| name.strip_suffix(SUFFIX));
    number.is_some_and(|n| n.len() == DIGITS && n.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The path of segment `number`.
pub(super) fn path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:0DIGITS$}{SUFFIX}"))
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

/// A directory only we may read: it holds what people wrote in confidence.
pub(super) fn create_dir(dir: &Path) -> Result<(), StoreError> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    created.map_err(|why| unusable(dir, "be created", &why))?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => Ok(()),
    }
}

fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(|why| unusable(dir, "be synced", &why))
}

pub(super) fn unusable(path: &Path, cannot: &str, why: &io::Error) -> StoreError {
    let path = path.display();
    StoreError::Unusable(format!(
        "{path} cannot {cannot} ({why}): check that the path is right, that this user owns it, and the disk"
    ))
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
        let reader = BufReader::with_capacity(256 * 1024, file);
        Ok(Self { path: path.to_owned(), reader, line: Vec::new(), number: 0, end: 0 })
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
