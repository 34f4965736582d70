//! The index made anew from the ledger, or compared with it row by row, because the operator wants it.

use super::StoreError;
use super::index::Damage;
use super::indexed::IndexedStore;
use super::rows::{Rows, Sorted};
use super::still::PORTION;
use std::path::Path;

/// So many differences are named; more are counted.
const NAMED: usize = 20;

/// What an index was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    pub groups: u64,
    pub rows: u64,
}

/// How ledger and index differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub groups: u64,
    pub rows: u64,
    pub differences: u64,
    /// The first of them, a sentence each.
    pub named: Vec<String>,
}

impl IndexedStore {
    /// Makes the index anew; what there was is set aside until the next time.
    pub fn rebuild_index(&self) -> Result<Rebuilt, StoreError> {
        let ledger = self.ledger();
        let mut current = self.current();
        self.rebuild(&ledger, &mut current)?;
        let rows = current.index.as_ref().map_or(0, |index| index.mark().sums().rows);
        Ok(Rebuilt { groups: ledger.newest().map_or(0, |newest| newest.seq), rows })
    }

    /// Compares every row of the index with what the ledger's lines come to. `scratch` is a folder that
    /// is not there yet.
    pub fn compare(&self, dir: &Path, scratch: &Path) -> Result<Comparison, StoreError> {
        let Some(ledger) = Rows::gather(dir, scratch)? else { return Ok(Comparison::default()) };
        let mut found = Comparison { groups: ledger.newest.seq, ..Comparison::default() };
        let mut of_ledger = ledger.sorted()?;
        let mut next = found.next(&mut of_ledger)?;
        let current = self.current();
        let missing = || StoreError::Unusable("the index could not be rebuilt before".to_owned());
        let index = current.index.as_ref().ok_or_else(missing)?;
        let (mut behind, mut is_last) = (None, false);
        while !is_last {
            let rows = index.portion(behind.as_deref()).map_err(unreadable)?;
            is_last = rows.len() < PORTION;
            behind = rows.last().map(|(key, _)| key.clone());
            for (key, value) in &rows {
                while let Some((lost, _)) = next.take_if(|(lost, _)| *lost < *key) {
                    found.note(&lost, "the ledger has it and the index has not");
                    next = found.next(&mut of_ledger)?;
                }
                match next.take_if(|(same, _)| *same == *key) {
                    Some((_, should)) => {
                        if should != *value {
                            found.note(key, "the index has another value than the ledger");
                        }
                        next = found.next(&mut of_ledger)?;
                    }
                    None => found.note(key, "the index has it and the ledger has not"),
                }
            }
        }
        while let Some((lost, _)) = next {
            found.note(&lost, "the ledger has it and the index has not");
            next = found.next(&mut of_ledger)?;
        }
        Ok(found)
    }
}

fn unreadable(Damage(why): Damage) -> StoreError {
    StoreError::Unusable(format!("the index cannot be read: {why}"))
}

impl Comparison {
    /// The next row of the ledger, counted.
    fn next(&mut self, ledger: &mut Sorted<'_>) -> Result<Option<(String, String)>, StoreError> {
        let next = ledger.next()?;
        self.rows += u64::from(next.is_some());
        Ok(next)
    }

    fn note(&mut self, key: &str, what: &str) {
        self.differences += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{key}: {what}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::Rows as Changes;
    use super::super::long::{Spot, Value};
    use super::super::{Group, Store};
    use super::*;
    use crate::program::batch::Change;
    use crate::program::record::Timestamp;

    #[test]
    fn every_row_in_which_ledger_and_index_differ_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let store = IndexedStore::open(dir.path()).unwrap().store;
        let put = |key: &str| Change { key: key.to_owned(), value: Some("1".to_owned()) };
        let changes = ["a/same", "a/changed", "a/lost"].map(put).to_vec();
        store.commit(&Group { at: Timestamp::UNIX_EPOCH, notes: vec![], changes }).unwrap();
        let compare = || store.compare(dir.path(), &dir.path().join("comparing")).unwrap();
        assert_eq!(compare(), Comparison { groups: 1, rows: 3, ..Comparison::default() });
        let newest = store.ledger().newest().unwrap();
        let text = |text: &str| Value { text: text.to_owned(), at: Spot::default() };
        let wrong: Changes = [("a/changed", Some("2")), ("a/lost", None), ("a/more", Some("1"))]
            .map(|(key, value)| (key.to_owned(), value.map(text)))
            .into();
        store.current().index.as_mut().unwrap().apply(&wrong, newest.seq, newest.sum).unwrap();
        let found = compare();
        assert_eq!((found.differences, found.rows), (3, 3));
        for key in ["a/changed", "a/lost", "a/more"] {
            assert!(found.named.iter().any(|said| said.starts_with(key)), "{:?}", found.named);
        }
        store.rebuild_index().unwrap();
        assert_eq!(compare().differences, 0);
        assert!(!dir.path().join("comparing").exists());
    }
}
