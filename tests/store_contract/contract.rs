//! The promises, put to each kind of store.

use super::*;
use soundingboard::store::StoreError;
use soundingboard::store::memory::Memory;

/// One claim, put to every store.
fn of_every_store(claim: impl Fn(&dyn Store)) {
    claim(&Memory::new());
    let dir = tempfile::tempdir().unwrap();
    claim(&open(dir.path()));
}

#[test]
fn what_is_committed_is_read() {
    of_every_store(|store| {
        assert_eq!(store.get("person/ana").unwrap(), None);
        store.commit(&group(1, &[put("person/ana", 1)])).unwrap();
        assert_eq!(store.get("person/ana").unwrap(), Some(row("person/ana", 1).1));
        assert_eq!(store.get("person/an").unwrap(), None);
    });
}

#[test]
fn values_come_back_byte_for_byte() {
    of_every_store(|store| {
        let value =
            r#"{"v":1, "name":"Ana \u00e9 é 谢","half":1.50,"big":12345678901234567890123,"nul":null}"#;
        let change = Change { key: "person/ü é@x".to_owned(), value: Some(value.to_owned()) };
        store.commit(&group(1, &[change])).unwrap();
        assert_eq!(all(store), [("person/ü é@x".to_owned(), value.to_owned())]);
    });
}

#[test]
fn a_range_is_its_prefix_in_order_up_to_its_limit() {
    of_every_store(|store| {
        let keys = ["person/b", "person/a", "personal/c", "person/a/2", "outbox/z", "person/é"];
        let changes: Vec<_> = keys.iter().map(|key| put(key, 1)).collect();
        store.commit(&group(1, &changes)).unwrap();
        let keys = |prefix, limit| -> Vec<String> {
            store.range(prefix, limit).unwrap().into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(keys("person/", usize::MAX), ["person/a", "person/a/2", "person/b", "person/é"]);
        assert_eq!(keys("person/", 2), ["person/a", "person/a/2"]);
        assert_eq!(keys("person/", 0), Vec::<String>::new());
        assert_eq!(keys("person/a", 9), ["person/a", "person/a/2"]);
        assert_eq!(keys("q", 9), Vec::<String>::new());
        assert_eq!(keys("m", 9), Vec::<String>::new(), "the store's own row is nobody's");
        assert_eq!(keys("", 1), ["outbox/z"]);
        assert_eq!(keys("", usize::MAX).len(), 6);
    });
}

#[test]
fn rows_behind_a_key_are_those_of_its_table_alone() {
    of_every_store(|store| {
        let keys = ["handled/a", "handled/b", "handled/é", "handles/a", "known/a"];
        store.commit(&group(1, &keys.map(|key| put(key, 1)))).unwrap();
        let behind = |key, limit| -> Vec<String> {
            store.behind("handled/", key, limit).unwrap().into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(behind("handled/", 9), ["handled/a", "handled/b", "handled/é"]);
        assert_eq!(behind("handled/", 1), ["handled/a"]);
        assert_eq!(behind("handled/a", 9), ["handled/b", "handled/é"]);
        assert_eq!(behind("handled/é", 9), Vec::<String>::new());
    });
}

#[test]
fn of_two_changes_of_a_row_the_later_wins() {
    of_every_store(|store| {
        let changes =
            [put("a/1", 1), put("a/1", 2), put("a/2", 1), delete("a/2"), delete("a/3"), put("a/3", 3)];
        store.commit(&group(1, &changes)).unwrap();
        assert_eq!(all(store), [row("a/1", 2), row("a/3", 3)]);
        store.commit(&group(2, &[put("a/1", 4), delete("a/3")])).unwrap();
        assert_eq!(all(store), [row("a/1", 4)]);
    });
}

#[test]
fn the_newest_group_tells_the_time() {
    of_every_store(|store| {
        assert_eq!(store.latest(), None);
        store.commit(&group(5, &[put("a/1", 1)])).unwrap();
        assert_eq!(store.latest(), Some(at(5)));
        store.commit(&group(9, &[])).unwrap();
        assert_eq!(store.latest(), Some(at(9)));
    });
}

#[test]
fn a_group_with_a_row_that_cannot_be_kept_is_refused_whole() {
    of_every_store(|store| {
        three_groups(store);
        let bad = Change { key: "person/eve".to_owned(), value: Some("{\n}".to_owned()) };
        let refused = store.commit(&group(4, &[put("person/dan", 4), bad])).unwrap_err();
        assert!(matches!(&refused, StoreError::Unusable(why) if why.contains("person/eve")), "{refused}");
        assert_eq!((all(store), store.latest()), (after_three(), Some(at(3))));
        store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
        assert_eq!(store.get("person/dan").unwrap().as_deref(), Some("{\"v\":4}"));
    });
}

#[test]
fn readers_see_a_group_whole_or_not_at_all() {
    of_every_store(|store| {
        store.commit(&group(0, &[put("a/1", 0), put("a/2", 0)])).unwrap();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                for n in 1..50 {
                    store.commit(&group(n, &[put("a/1", n), put("a/2", n)])).unwrap();
                }
            });
            while store.latest() < Some(at(49)) {
                let rows = all(store);
                assert_eq!(rows[0].1, rows[1].1);
            }
        });
    });
}

#[test]
fn everything_is_there_after_reopening() {
    let dir = closed_store();
    let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!((warnings, replayed), (vec![], 0));
    assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))));
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    drop(store);
    assert_eq!(all(&open(dir.path())).len(), 3);
}

#[test]
fn only_one_may_open_it_and_only_we_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("var/store");
    let first = open(&place);
    let second = IndexedStore::open(&place).unwrap_err().to_string();
    assert!(second.contains("another soundingboard is running"), "{second}");
    assert!(second.contains(place.join("lock").to_str().unwrap()), "{second}");
    assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(segment(&place)).unwrap().permissions().mode() & 0o777, 0o600);
    drop(first);
    open(&place);
}

#[test]
fn a_ledger_line_is_readable_by_others() {
    let dir = closed_store();
    let ledger = fs::read_to_string(segment(dir.path())).unwrap();
    let last: serde_json::Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    assert_eq!(last["group"]["seq"], 3);
    assert_eq!(last["group"]["notes"][0], "mail 3 accept");
    assert_eq!(last["group"]["changes"][0], serde_json::json!(["timer/ana", null]));
    assert_eq!(last["group"]["changes"][1], serde_json::json!(["person/ben", {"v": 3}]));
}

#[test]
fn segments_are_read_in_order_and_the_last_is_written() {
    let dir = closed_store();
    let lines = fs::read_to_string(segment(dir.path())).unwrap();
    let lines: Vec<_> = lines.split_inclusive('\n').collect();
    let second = dir.path().join("ledger/000002.jsonl");
    fs::write(segment(dir.path()), lines[..2].concat()).unwrap();
    fs::write(&second, lines[2]).unwrap();
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    let Opened { store, .. } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!(all(&store), after_three());
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    assert_eq!(fs::read_to_string(&second).unwrap().lines().count(), 2);
    drop(store);
    // A segment that is missing is noticed.
    fs::remove_file(segment(dir.path())).unwrap();
    let error = IndexedStore::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("000002.jsonl line 1") && error.contains("group 3 where 1"), "{error}");
}
