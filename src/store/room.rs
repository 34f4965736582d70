//! Room on the disk: what must be left for the store to work.
//!
//! A full disk is harmless to the ledger: the line is cut back and tried again later. sled is broken by it
//! for the rest of the run, and may wait forever for a write that failed. So nothing is begun that could
//! bring it there.

use super::StoreError;
use super::faults::Faults;
use std::io;
use std::path::Path;

/// sled writes segments of 512 KiB, several at a time, and nodes with large rows as files of their own.
const RESERVE: u64 = 32 * MIB;
/// An index in sled is about twice the size of the ledger it is made from; measured.
const INDEX_TO_LEDGER: u64 = 2;
const MIB: u64 = 1024 * 1024;

/// Whether a group of this size may be appended.
pub(super) fn for_line(faults: &dyn Faults, segment: &Path, bytes: usize) -> io::Result<()> {
    let needed = RESERVE + (1 + INDEX_TO_LEDGER) * bytes as u64;
    let free = faults.room(segment)?;
    if free >= needed { Ok(()) } else { Err(io::Error::new(io::ErrorKind::StorageFull, short(free, needed))) }
}

/// Whether there is room to start.
pub(super) fn to_start(faults: &dyn Faults, dir: &Path) -> Result<(), StoreError> {
    need(faults, dir, RESERVE)
}

/// Whether there is room for a new index beside the old one.
pub(super) fn for_an_index(faults: &dyn Faults, dir: &Path, ledger: u64) -> Result<(), StoreError> {
    need(faults, dir, RESERVE + INDEX_TO_LEDGER * ledger)
}

/// Whether there is room for a snapshot beside what it stands for.
pub(super) fn for_a_snapshot(faults: &dyn Faults, dir: &Path, ledger: u64) -> Result<(), StoreError> {
    need(faults, dir, RESERVE + ledger)
}

fn need(faults: &dyn Faults, dir: &Path, needed: u64) -> Result<(), StoreError> {
    let free =
        faults.room(dir).map_err(|why| super::segment::unusable(dir, "be asked for its room", &why))?;
    if free >= needed {
        return Ok(());
    }
    let (dir, short) = (dir.display(), short(free, needed));
    Err(StoreError::Unusable(format!("{short} on the disk of {dir}: free some space; nothing is lost")))
}

fn short(free: u64, needed: u64) -> String {
    format!("{} MiB are free and {} MiB are needed", free / MIB, needed.div_ceil(MIB))
}
