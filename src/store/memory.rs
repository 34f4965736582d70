//! A store without a disk, for tests and trials: gone with the process.

use super::{Group, Store, StoreError, line};
use crate::program::record::Timestamp;
use std::collections::BTreeMap;
use std::ops::Bound;
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

    fn read(&self) -> RwLockReadGuard<'_, Rows> {
        // A commit is a few map calls that cannot panic half way.
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
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
