//! Ledgers of earlier versions, as they were written, are read for ever.

use super::*;

/// Before there were snapshots.
const BEFORE_SNAPSHOTS: &str = include_str!("ledgers/before_snapshots.jsonl");

#[test]
fn a_ledger_from_before_snapshots_is_read_continued_and_rolled() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("ledger")).unwrap();
    fs::write(segment(dir.path()), BEFORE_SNAPSHOTS).unwrap();
    let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!((warnings.len(), replayed), (1, 4), "{warnings:?}");
    let person = r#"{"v":1, "name":"Ana Ünal","half":1.50}"#;
    assert_eq!(store.get("person/ana@x.example").unwrap().as_deref(), Some(person));
    assert_eq!(store.get("outbox/bytes/u-1").unwrap(), None);
    let expected = all(&store);
    assert_eq!(expected.len(), 4);
    store.commit(&group(40, &[put("person/dan", 4)])).unwrap();
    store.commit(&group(41, &[delete("person/dan")])).unwrap();
    assert!(store.roll(&std::sync::atomic::AtomicBool::new(false)).unwrap());
    drop(store);
    assert_eq!(all(&open(dir.path())), expected);
}
