//! The newest rows, in memory.

use super::index::Rows;
use std::ops::Bound;

/// What a row costs beside its key and value, roughly.
const ROW: usize = 120;

#[derive(Default)]
pub(super) struct Recent {
    rows: Rows,
    bytes: usize,
}

impl Recent {
    /// `Some(None)` where the row is deleted.
    pub fn get(&self, key: &str) -> Option<&Option<String>> {
        self.rows.get(key)
    }

    pub fn put(&mut self, key: &str, value: Option<String>) {
        self.bytes += size(key, &value);
        if let Some(old) = self.rows.insert(key.to_owned(), value) {
            self.bytes -= size(key, &old);
        }
    }

    pub fn forget(&mut self, key: &str) {
        if let Some(old) = self.rows.remove(key) {
            self.bytes -= size(key, &old);
        }
    }

    /// From a key on, as long as the prefix lasts.
    pub fn from<'a>(
        &'a self,
        key: &str,
        prefix: &str,
    ) -> impl Iterator<Item = (&'a String, &'a Option<String>)> + use<'a> {
        let prefix = prefix.to_owned();
        let rows = self.rows.range::<str, _>((Bound::Included(key), Bound::Unbounded));
        rows.take_while(move |(key, _)| key.starts_with(&prefix))
    }

    pub fn rows(&self) -> impl Iterator<Item = (&String, &Option<String>)> {
        self.rows.iter()
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

fn size(key: &str, value: &Option<String>) -> usize {
    ROW + key.len() + value.as_ref().map_or(0, String::len)
}
