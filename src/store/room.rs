//! Room on the disk: what must be left for the store to work.
//!
//! A full disk is harmless to the ledger: the line is cut back and tried again later. The index would grow
//! in memory instead, and other programs suffer. So nothing is begun that could bring it there.

use super::StoreError;
use super::faults::Faults;
use std::io;
use std::path::Path;

/// The index writes runs of 4 MiB, and several of them anew as one.
const RESERVE: u64 = 32 * MIB;
/// An index is smaller than the ledger it is made from, but for a while has everything twice.
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
