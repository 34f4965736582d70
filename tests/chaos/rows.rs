//! Whether the index says what the ledger says.

use soundingboard::store::Store;
use soundingboard::store::indexed::IndexedStore;
use std::fs;
use std::path::Path;

/// The rows in which the index differs from one made anew of the ledger.
pub fn differences(store: &Path) -> Vec<String> {
    let index = rows(store);
    fs::remove_dir_all(store.join("index")).expect("an index");
    let ledger = rows(store);
    assert!(!ledger.is_empty(), "an empty store proves nothing");
    let only_in = |some: &[(String, String)], others: &[(String, String)]| -> Vec<String> {
        let others: std::collections::BTreeSet<_> = others.iter().collect();
        some.iter().filter(|row| !others.contains(row)).map(|(key, _)| key.clone()).collect()
    };
    [only_in(&index, &ledger), only_in(&ledger, &index)].concat()
}

fn rows(store: &Path) -> Vec<(String, String)> {
    let opened = IndexedStore::open(store).expect("a store");
    opened.store.range("", usize::MAX).expect("its rows")
}
