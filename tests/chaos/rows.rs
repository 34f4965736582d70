//! Whether the index says what the ledger says.

use soundingboard::store::indexed::{IndexedStore, Opened};
use std::path::Path;

/// What had to be repaired when the store was opened, and the rows in which the index differs from
/// what the lines of the ledger come to.
pub fn differences(store: &Path) -> Vec<String> {
    let Opened { store: opened, warnings, .. } = IndexedStore::open(store).expect("a store");
    let found = opened.compare(store, &store.join("comparing")).expect("both can be read");
    assert!(found.rows > 0, "an empty store proves nothing");
    [warnings, found.named].concat()
}
