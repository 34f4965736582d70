//! How the index comes level with the ledger: by its tail if it can be trusted, from the start if not.

use super::index::{Damage, Index, Rows};
use super::ledger::Ledger;
use super::segment::unusable;
use super::{StoreError, line::Sealed};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Enough to make a rebuild fast; a row may be a letter, so this many are held in memory at a time.
const ROWS_AT_ONCE: usize = 500;
const DIR: &str = "index";
const SET_ASIDE: &str = "index.damaged-";

/// An index that is level with the ledger.
pub(super) struct Recovered {
    pub index: Index,
    /// Groups it had still to take over.
    pub replayed: u64,
    pub warning: Option<String>,
}

/// Opens the index at start.
pub(super) fn open(dir: &Path, ledger: &Ledger) -> Result<Recovered, StoreError> {
    let was_there = dir.join(DIR).exists();
    match level(dir, ledger) {
        Ok((index, replayed)) if was_there || replayed == 0 => {
            Ok(Recovered { index, replayed, warning: None })
        }
        Ok((index, replayed)) => {
            let warning =
                format!("there was no index; it has been built from the ledger's {replayed} groups");
            Ok(Recovered { index, replayed, warning: Some(warning) })
        }
        Err(Trouble::Index(Damage(why))) => {
            let mut recovered = rebuild(dir, ledger)?;
            let aside = recovered.warning.unwrap_or_default();
            recovered.warning = Some(format!("the index could not be used ({why}); {aside}"));
            Ok(recovered)
        }
        Err(Trouble::Ledger(error)) => Err(error),
    }
}

/// Sets the index aside and makes a new one from the whole ledger.
pub(super) fn rebuild(dir: &Path, ledger: &Ledger) -> Result<Recovered, StoreError> {
    // Asked before the old one is gone from its place.
    ledger.leaves_room_for_an_index(dir)?;
    let aside = set_aside(dir, ledger.newest().map_or(0, |newest| newest.seq))
        .map_err(|why| unusable(&dir.join(DIR), "be set aside", &why))?;
    match level(dir, ledger) {
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

fn level(dir: &Path, ledger: &Ledger) -> Result<(Index, u64), Trouble> {
    let mut index = Index::open(&dir.join(DIR))?;
    match catch_up(&mut index, dir, ledger) {
        Ok(replayed) => Ok((index, replayed)),
        Err(trouble) => {
            // It is given up already; sled only has to let go of its files.
            let _ = index.close();
            Err(trouble)
        }
    }
}

/// Takes over what the ledger has and the index has not; says how many groups that was.
fn catch_up(index: &mut Index, dir: &Path, ledger: &Ledger) -> Result<u64, Trouble> {
    let has = index.mark().clone();
    let (newest, sum) = ledger.newest().map_or((0, 0), |newest| (newest.seq, newest.sum));
    let behind = newest.checked_sub(has.seq).ok_or_else(|| ahead(has.seq, newest))?;
    if behind == 0 {
        return same_group(sum, has.sum).map(|()| 0);
    }
    if has.seq == 0 {
        ledger.leaves_room_for_an_index(dir)?;
    }
    let mut rows = Rows::new();
    ledger.replay(has.seq, |place, sealed| {
        if place.seq == has.seq {
            return same_group(sealed.sum, has.sum);
        }
        take(&sealed, &mut rows)?;
        if rows.len() >= ROWS_AT_ONCE || place.seq == newest {
            index.apply(&std::mem::take(&mut rows), place.seq, sealed.sum)?;
        }
        Ok(())
    })?;
    Ok(behind)
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

fn take(sealed: &Sealed<'_>, rows: &mut Rows) -> Result<(), StoreError> {
    let inbound = sealed.inbound().map_err(|why| {
        StoreError::Unusable(format!(
            "a group in the ledger is not understood ({why}): was it written by a newer soundingboard?"
        ))
    })?;
    rows.extend(inbound.changes.into_iter().map(|(key, value)| (key, value.map(|raw| raw.get().to_owned()))));
    Ok(())
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

fn is_set_aside(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(SET_ASIDE))
}
