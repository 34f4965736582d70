//! How the index comes level with the ledger: by its tail if it can be trusted, from the start if not.

use super::StoreError;
use super::faults::Faults;
use super::index::{Damage, Index, Rows};
use super::ledger::Ledger;
use super::line::{Place, Sealed};
use super::long::{Spot, Value};
use super::segment::unusable;
use super::snapshot::{Sums, not_understood};
use serde_json::value::RawValue;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Enough to make a rebuild fast; a row may be a letter, so this many are held in memory at a time.
const ROWS_AT_ONCE: usize = 500;
/// After so many groups the next start shall not have to take them over again.
const MANY: u64 = 1_000;
const DIR: &str = "index";
const SET_ASIDE: &str = "index.damaged-";

/// An index that is level with the ledger.
pub(super) struct Recovered {
    pub index: Index,
    /// Groups it had still to take over.
    pub replayed: u64,
    pub warning: Option<String>,
}

/// Opens ledger and index at start; the warning is of the ledger.
pub(super) fn open(
    dir: &Path,
    read_whole: u64,
    faults: Arc<dyn Faults>,
) -> Result<(Ledger, Option<String>, Recovered), StoreError> {
    let was_there = dir.join(DIR).exists();
    let index = open_index(dir);
    let known = index.as_ref().ok().and_then(Index::known);
    let (ledger, torn) = Ledger::open(&dir.join("ledger"), known, read_whole, faults)?;
    let recovered = match index.map_err(Trouble::Index).and_then(|index| level(index, dir, &ledger)) {
        Ok((index, replayed)) if was_there || replayed == 0 => Recovered { index, replayed, warning: None },
        Ok((index, replayed)) => {
            let warning =
                format!("there was no index; it has been built from the ledger's {replayed} groups");
            Recovered { index, replayed, warning: Some(warning) }
        }
        Err(Trouble::Index(Damage(why))) => {
            let mut recovered = rebuild(dir, &ledger)?;
            let aside = recovered.warning.unwrap_or_default();
            recovered.warning = Some(format!("the index could not be used ({why}); {aside}"));
            recovered
        }
        Err(Trouble::Ledger(error)) => return Err(error),
    };
    Ok((ledger, torn, recovered))
}

/// Sets the index aside and makes a new one from the whole ledger.
pub(super) fn rebuild(dir: &Path, ledger: &Ledger) -> Result<Recovered, StoreError> {
    // Asked before the old one is gone from its place.
    ledger.leaves_room_for_an_index(dir)?;
    let aside = set_aside(dir, ledger.newest().map_or(0, |newest| newest.seq))
        .map_err(|why| unusable(&dir.join(DIR), "be set aside", &why))?;
    match open_index(dir).map_err(Trouble::Index).and_then(|index| level(index, dir, ledger)) {
        Ok((index, replayed)) => {
            let aside = aside.map(|path| format!("; the old one is kept in {}", path.display()));
            let rebuilt = format!("it has been rebuilt from the ledger's {replayed} groups");
            Ok(Recovered { index, replayed, warning: Some(rebuilt + &aside.unwrap_or_default()) })
        }
        Err(Trouble::Ledger(error)) => Err(error),
        Err(Trouble::Index(Damage(why))) => Err(StoreError::Unusable(format!(
            "a new index cannot be made in {} ({why}); \
             the ledger is whole: check the disk and its free space",
            dir.join(DIR).display()
        ))),
    }
}

enum Trouble {
    Index(Damage),
    Ledger(StoreError),
}

impl From<Damage> for Trouble {
    fn from(damage: Damage) -> Self {
        Self::Index(damage)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error)
    }
}

fn open_index(dir: &Path) -> Result<Index, Damage> {
    Index::open(&dir.join(DIR), dir.join("ledger"))
}

fn level(mut index: Index, dir: &Path, ledger: &Ledger) -> Result<(Index, u64), Trouble> {
    let is_new = index.mark().seq == 0;
    let caught_up = catch_up(&mut index, dir, ledger)
        .and_then(|replayed| point(&mut index, is_new, ledger).map(|()| replayed));
    match caught_up {
        Ok(replayed) => {
            if replayed >= MANY {
                index.note(ledger.known())?;
            }
            Ok((index, replayed))
        }
        Err(trouble) => {
            // It is given up already; sled only has to let go of its files.
            let _ = index.abandon();
            Err(trouble)
        }
    }
}

/// Where a roll was not finished, long values are looked for in files that the snapshot stands for.
fn point(index: &mut Index, is_new: bool, ledger: &Ledger) -> Result<(), Trouble> {
    let snapshot = ledger.begins();
    if index.points_from() == snapshot {
        return Ok(());
    }
    let moved = if is_new { Vec::new() } else { ledger.longs_of_snapshot()? };
    Ok(index.point(snapshot, &moved)?)
}

/// Takes over what the ledger has and the index has not; says how many groups that was.
fn catch_up(index: &mut Index, dir: &Path, ledger: &Ledger) -> Result<u64, Trouble> {
    let has = index.mark().clone();
    let (newest, sum) = ledger.newest().map_or((0, 0), |newest| (newest.seq, newest.sum));
    if has.seq == 0 && has.sums() != Sums::default() {
        return Err(Damage("it was never finished".to_owned()).into());
    }
    let behind = newest.checked_sub(has.seq).ok_or_else(|| ahead(has.seq, newest))?;
    if behind == 0 {
        return same_group(sum, has.sum).map(|()| 0);
    }
    if has.seq == 0 {
        ledger.leaves_room_for_an_index(dir)?;
    }
    let mut taken = Taken { rows: Rows::new(), upto: None };
    let known = index.known().cloned();
    ledger.replay(has.seq, known.as_ref(), |line, place, sealed| {
        if is_new(&place, &sealed, has.seq, has.sum)? {
            taken.take(line, &place, &sealed)?;
            if taken.rows.len() >= ROWS_AT_ONCE {
                taken.hand_over(index)?;
            }
        }
        Ok::<_, Trouble>(())
    })?;
    taken.hand_over(index)?;
    Ok(behind)
}

/// Whether an index that has group `seq`, with this checksum, lacks what is in the line.
fn is_new(place: &Place, sealed: &Sealed<'_>, seq: u64, sum: u32) -> Result<bool, Trouble> {
    let end = place.snapshot.and_then(|part| part.end);
    match place.snapshot {
        None if place.seq == seq => same_group(sealed.sum, sum).map(|()| false),
        Some(_) if seq == 0 => Ok(true),
        Some(_) if place.seq > seq => {
            Err(Damage(format!("it has group {seq} and the ledger begins behind {}", place.seq)).into())
        }
        Some(_) if place.seq == seq => end.map_or(Ok(()), |end| same_group(end.sum, sum)).map(|()| false),
        _ => Ok(place.seq > seq),
    }
}

/// What was read and is not yet in the index.
struct Taken {
    rows: Rows,
    /// The last group it is of.
    upto: Option<(u64, u32)>,
}

impl Taken {
    fn take(&mut self, line: Spot, place: &Place, sealed: &Sealed<'_>) -> Result<(), StoreError> {
        let inbound = sealed.inbound().map_err(|why| not_understood(Path::new("the ledger"), &why))?;
        let value = |raw: &RawValue| {
            let at = Spot { offset: line.offset + sealed.offset_of(raw.get()), ..line };
            Value { text: raw.get().to_owned(), at }
        };
        self.rows.extend(inbound.changes.into_iter().map(|(key, raw)| (key, raw.map(value))));
        self.upto = Some(match place.snapshot {
            // Until its end an index that is made of it is of no group at all.
            Some(part) => part.end.map_or((0, 0), |end| (place.seq, end.sum)),
            None => (place.seq, sealed.sum),
        });
        Ok(())
    }

    fn hand_over(&mut self, index: &mut Index) -> Result<(), Damage> {
        let Some((seq, sum)) = self.upto.take() else { return Ok(()) };
        index.apply(&std::mem::take(&mut self.rows), seq, sum)
    }
}

/// Only what is synced in the ledger goes into the index.
fn ahead(has: u64, ends: u64) -> Damage {
    Damage(format!(
        "it has group {has} and the ledger ends at {ends}: \
         a committed group is missing there, or an older ledger was put back"
    ))
}

fn same_group(ledger: u32, index: u32) -> Result<(), Trouble> {
    if ledger == index { Ok(()) } else { Err(Damage("it was made from another ledger".to_owned()).into()) }
}

/// Renames the index out of the way, never deletes it; of earlier ones only the newest is kept.
fn set_aside(dir: &Path, seq: u64) -> io::Result<Option<PathBuf>> {
    let index = dir.join(DIR);
    if !index.try_exists()? {
        return Ok(None);
    }
    let aside = dir.join(format!("{SET_ASIDE}{seq}"));
    if aside.try_exists()? {
        fs::remove_dir_all(&aside)?;
    }
    fs::rename(&index, &aside)?;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path != aside && is_set_aside(&path) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(Some(aside))
}

/// Deletes what was set aside.
pub(super) fn forget_set_aside(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if is_set_aside(&path) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

fn is_set_aside(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(SET_ASIDE))
}
