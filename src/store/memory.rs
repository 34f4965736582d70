//! A store without a disk, for tests, trials and explanations: gone with the process.

use super::files::{Files, Line};
use super::segment::unusable;
use super::{Group, Store, StoreError, line};
use crate::program::record::Timestamp;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Rows in an ordered map.
#[derive(Debug, Default)]
pub struct Memory {
    rows: RwLock<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    values: BTreeMap<String, String>,
    latest: Option<Timestamp>,
}

impl Memory {
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy of what the ledger of the store in `dir` has come to, read from its files alone: the store may be
    /// in use. None if nothing was ever committed there.
    pub fn copy_of(dir: &Path) -> Result<Option<Self>, StoreError> {
        let Some(files) = files_of(dir)? else { return Ok(None) };
        let mut values = BTreeMap::new();
        let newest = files.read(|line| {
            follow(&mut values, line);
            Ok::<_, StoreError>(())
        })?;
        Ok(newest.map(|newest| Self::of(Rows { values, latest: Some(newest.at) })))
    }

    /// The same as it was before the group that put the row `key` for the first time; None where the ledger does
    /// not reach back so far.
    pub fn copy_before(dir: &Path, key: &str) -> Result<Option<Self>, StoreError> {
        let Some(files) = files_of(dir)? else { return Ok(None) };
        let (mut values, mut put) = (BTreeMap::new(), None);
        files.read(|line| {
            let puts = |line: &Line<'_>| line.changes.iter().any(|(k, value)| k == key && value.is_some());
            if put.is_none() && puts(line) {
                put = Some(line.is_snapshot);
            }
            if put.is_none() {
                follow(&mut values, line);
            }
            Ok::<_, StoreError>(())
        })?;
        Ok((put == Some(false)).then(|| Self::of(Rows { values, latest: None })))
    }

    fn of(rows: Rows) -> Self {
        Self { rows: RwLock::new(rows) }
    }

    fn read(&self) -> RwLockReadGuard<'_, Rows> {
        // A commit is a few map calls that cannot panic half way.
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None where there is no ledger; that it may not be looked at is another thing.
fn files_of(dir: &Path) -> Result<Option<Files>, StoreError> {
    let ledger = dir.join("ledger");
    match ledger.try_exists() {
        Ok(true) => Files::open(dir).map(Some),
        Ok(false) => Ok(None),
        Err(why) => Err(unusable(&ledger, "be read", &why)),
    }
}

fn follow(values: &mut BTreeMap<String, String>, line: &Line<'_>) {
    for (key, value) in &line.changes {
        match value {
            Some(value) => values.insert(key.clone(), value.get().to_owned()),
            None => values.remove(key),
        };
    }
}

impl Store for Memory {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.read().values.get(key).cloned())
    }

    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.read();
        let from = rows.values.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let ours = from.take_while(|(key, _)| key.starts_with(prefix)).take(limit);
        Ok(ours.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&self, group: &Group) -> Result<(), StoreError> {
        line::check(&group.changes)?;
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        for change in &group.changes {
            match &change.value {
                Some(value) => rows.values.insert(change.key.clone(), value.clone()),
                None => rows.values.remove(&change.key),
            };
        }
        rows.latest = Some(group.at);
        Ok(())
    }

    fn latest(&self) -> Option<Timestamp> {
        self.read().latest
    }
}

#[cfg(test)]
mod tests {
    use super::super::indexed::IndexedStore;
    use super::*;
    use crate::program::batch::Change;

    fn put(store: &dyn Store, key: &str, value: Option<&str>) {
        let change = Change { key: key.to_owned(), value: value.map(str::to_owned) };
        let group = Group { at: Timestamp::UNIX_EPOCH, notes: vec![], changes: vec![change] };
        store.commit(&group).unwrap();
    }

    #[test]
    fn a_copy_is_taken_beside_whoever_has_the_store_and_also_of_a_time_before() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Memory::copy_of(dir.path()).unwrap().is_none(), "there is no store");
        let store = IndexedStore::open(dir.path()).unwrap().store;
        assert!(Memory::copy_of(dir.path()).unwrap().is_none(), "nothing was ever committed");
        put(&store, "a/1", Some("1"));
        put(&store, "a/2", Some("1"));
        put(&store, "a/2", Some("2"));
        put(&store, "a/1", None);
        let copy = Memory::copy_of(dir.path()).unwrap().unwrap();
        assert_eq!(copy.range("", 9).unwrap(), store.range("", 9).unwrap());
        assert_eq!(copy.latest(), store.latest());
        let before = Memory::copy_before(dir.path(), "a/2").unwrap().unwrap();
        assert_eq!(before.range("", 9).unwrap(), [("a/1".to_owned(), "1".to_owned())]);
        assert!(Memory::copy_before(dir.path(), "a/3").unwrap().is_none(), "no group has put it");
    }
}
