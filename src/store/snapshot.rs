//! A snapshot: the rows that all groups up to one have come to, in ledger lines, in the order of keys.
//!
//! It stands where those groups stood: `ledger/000003.snapshot.jsonl` and the segments behind it are the
//! whole ledger. Its last line says how many rows there should be and what they add up to; without that
//! line it is none. So the same lines serve as ledger, backup and export.

use super::index::Damage;
use super::line::{self, End, Part};
use super::long::is_long;
use super::segment::{Lines, unusable};
use super::survey::Survey;
use super::{Group, Newest, StoreError};
use crate::program::batch::Change;
use serde_json::value::RawValue;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// A line ends after so many bytes of rows: one that is read is held in memory.
const LINE_BYTES: usize = 64 * 1024;

/// How many rows there are, and the sum of their checksums: the same in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub rows: u64,
    pub total: u64,
}

impl Sums {
    pub fn add(&mut self, key: &[u8], value: &[u8]) {
        self.add_row(row_sum(key, value));
    }

    /// A row with this checksum.
    pub(super) fn add_row(&mut self, sum: u32) {
        self.rows = self.rows.wrapping_add(1);
        self.total = self.total.wrapping_add(sum.into());
    }

    pub(super) fn subtract_row(&mut self, sum: u32) {
        self.rows = self.rows.wrapping_sub(1);
        self.total = self.total.wrapping_sub(sum.into());
    }

    /// Whether rows that come to this are what they should be.
    pub(super) fn compare(self, should: Sums) -> Result<(), Damage> {
        if self == should {
            return Ok(());
        }
        let (has, should) = (self.rows, should.rows);
        Err(Damage(format!("it has {has} rows and should have {should}, or other contents")))
    }
}

pub(super) fn row_sum(key: &[u8], value: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(key);
    sum.update(value);
    sum.finalize()
}

/// Writes a snapshot, row by row.
pub struct Writer<W> {
    out: W,
    stands_for: Newest,
    rows: Vec<Change>,
    bytes: usize,
    part: u64,
    sums: Sums,
}

impl<W: Write> Writer<W> {
    /// A snapshot of the rows as `stands_for` has left them.
    pub fn new(out: W, stands_for: Newest) -> Self {
        Self { out, stands_for, rows: Vec::new(), bytes: 0, part: 1, sums: Sums::default() }
    }

    /// Rows come in the order of their keys, each once.
    pub fn row(&mut self, key: &str, value: &str) -> io::Result<()> {
        self.sums.add(key.as_bytes(), value.as_bytes());
        self.bytes += key.len() + value.len();
        self.rows.push(Change { key: key.to_owned(), value: Some(value.to_owned()) });
        if self.bytes < LINE_BYTES { Ok(()) } else { self.line(None) }
    }

    /// Closes it. What it was written to is flushed, not synced.
    pub fn finish(mut self) -> io::Result<(W, Sums)> {
        let Sums { rows, total } = self.sums;
        self.line(Some(End { sum: self.stands_for.sum, rows, total }))?;
        self.out.flush()?;
        Ok((self.out, self.sums))
    }

    fn line(&mut self, end: Option<End>) -> io::Result<()> {
        let part = Part { part: self.part, end };
        let changes = std::mem::take(&mut self.rows);
        let group = Group { at: self.stands_for.at, notes: vec![said(part)], changes };
        let line = line::write_part(self.stands_for.seq, &group, Some(part)).map_err(io::Error::other)?;
        self.out.write_all(line.text.as_bytes())?;
        self.bytes = 0;
        self.part += 1;
        Ok(())
    }
}

fn said(Part { part, end }: Part) -> String {
    match end {
        None => format!("snapshot, part {part}"),
        Some(end) => format!("snapshot, part {part}, the last: {} rows", end.rows),
    }
}

/// A snapshot that was read to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Read {
    pub stands_for: Newest,
    pub sums: Sums,
}

/// Reads a snapshot and shows its rows; an error if it is not whole, or not what it says it is.
pub fn read(
    path: &Path,
    visit: impl FnMut(&str, &str) -> Result<(), StoreError>,
) -> Result<Read, StoreError> {
    let file = File::open(path).map_err(|why| unusable(path, "be opened", &why))?;
    read_file(path, file, visit)
}

/// As [`read`]; tells of every long value its key and the offset at which it stands.
pub(super) fn read_longs(path: &Path) -> Result<(Read, Vec<(String, u64)>), StoreError> {
    let file = File::open(path).map_err(|why| unusable(path, "be opened", &why))?;
    let mut longs = Vec::new();
    let read = read_placed(path, file, |key, value, offset| {
        if is_long(value) {
            longs.push((key.to_owned(), offset));
        }
        Ok(())
    })?;
    Ok((read, longs))
}

/// As [`read`], of a file that is called `path` in what is said of it.
pub fn read_file(
    path: &Path,
    file: File,
    mut visit: impl FnMut(&str, &str) -> Result<(), StoreError>,
) -> Result<Read, StoreError> {
    read_placed(path, file, |key, value, _| visit(key, value))
}

fn read_placed(
    path: &Path,
    file: File,
    mut visit: impl FnMut(&str, &str, u64) -> Result<(), StoreError>,
) -> Result<Read, StoreError> {
    let (mut survey, mut sums, mut end) = (Survey::default(), Sums::default(), None);
    survey.snapshot(path, &mut Lines::of_file(path, file), |found, place, sealed| {
        let inbound = sealed.inbound().map_err(|why| not_understood(path, &why))?;
        for (key, value) in &inbound.changes {
            let value = value.map(RawValue::get).ok_or_else(|| deletes(path, key))?;
            sums.add(key.as_bytes(), value.as_bytes());
            visit(key, value, found.offset + sealed.offset_of(value))?;
        }
        end = place.snapshot.and_then(|part| part.end);
        Ok::<_, StoreError>(())
    })?;
    let End { rows, total, .. } = end.unwrap_or_default();
    match survey.newest {
        Some(stands_for) if sums == (Sums { rows, total }) => Ok(Read { stands_for, sums }),
        _ => Err(StoreError::Unusable(format!(
            "{}: the snapshot has {} rows and should have {rows}, or other contents: restore a backup",
            path.display(),
            sums.rows
        ))),
    }
}

fn deletes(path: &Path, key: &str) -> StoreError {
    StoreError::Unusable(format!("{}: a snapshot holds rows, and {key} is none", path.display()))
}

pub(super) fn not_understood(path: &Path, why: &serde_json::Error) -> StoreError {
    StoreError::Unusable(format!(
        "{}: a group is not understood ({why}): was it written by a newer soundingboard?",
        path.display()
    ))
}
