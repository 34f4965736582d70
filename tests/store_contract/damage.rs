//! Files that are not as they were left.

use super::*;
use soundingboard::store::StoreError;

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Where the lines of the ledger begin, and its end.
fn starts(dir: &Path) -> Vec<usize> {
    let bytes = fs::read(segment(dir)).unwrap();
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(i, _)| i + 1);
    std::iter::once(0).chain(ends).collect()
}

#[test]
fn a_torn_last_line_is_cut_off_wherever_it_is_torn() {
    let whole = closed_store();
    let starts = starts(whole.path());
    let everywhere = (starts[2] + 1..starts[3] - 1).step_by(11);
    for end in everywhere.chain([starts[3] - 1]) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("ledger")).unwrap();
        fs::write(segment(dir.path()), &fs::read(segment(whole.path())).unwrap()[..end]).unwrap();
        let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("000001.jsonl line 3 was not finished"), "{}", warnings[0]);
        assert!(warnings[1].contains("no index"), "{}", warnings[1]);
        assert_eq!((all(&store), store.latest()), (after_two(), Some(at(2))));
        assert_eq!(fs::read(dir.path().join("ledger/000001.torn")).unwrap().len(), end - starts[2]);
        store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
        drop(store);
        assert_eq!(all(&open(dir.path())).len(), 4);
    }
}

#[test]
fn a_torn_line_in_the_middle_stops_with_its_place() {
    let dir = closed_store();
    let starts = starts(dir.path());
    edit(&segment(dir.path()), |bytes| drop(bytes.drain(starts[2] - 20..starts[2] - 1)));
    let before = fs::read(segment(dir.path())).unwrap();
    for _ in 0..2 {
        let error = IndexedStore::open(dir.path()).unwrap_err();
        let StoreError::Damaged { path, line, .. } = &error else { panic!("{error}") };
        assert_eq!((path.as_str(), *line), (segment(dir.path()).to_str().unwrap(), 2));
        assert_eq!(fs::read(segment(dir.path())).unwrap(), before, "damage is left as it was found");
    }
}

#[test]
fn a_flipped_bit_in_the_middle_stops_with_its_place() {
    let dir = closed_store();
    let starts = starts(dir.path());
    for byte in starts[1]..starts[2] {
        edit(&segment(dir.path()), |bytes| bytes[byte] ^= 1);
        let error = IndexedStore::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { line: 2, .. }), "byte {byte}: {error}");
        edit(&segment(dir.path()), |bytes| bytes[byte] ^= 1);
    }
    assert_eq!(all(&open(dir.path())), after_three());
}

#[test]
fn a_flipped_bit_in_the_last_line_is_cut_off_and_its_group_missed() {
    let dir = closed_store();
    let starts = starts(dir.path());
    edit(&segment(dir.path()), |bytes| bytes[starts[2] + 30] ^= 4);
    let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!(all(&store), after_two());
    assert!(warnings[0].contains("line 3 was not finished (its checksum does not match)"), "{warnings:?}");
    assert!(warnings[0].contains("000001.torn"), "{warnings:?}");
    assert!(warnings[1].contains("has group 3 and the ledger ends at 2"), "{warnings:?}");
    assert_eq!(set_aside(dir.path()), ["index.damaged-2"]);
}

#[test]
fn a_ledger_put_back_from_a_backup_gets_an_index_of_its_own() {
    let dir = closed_store();
    let backup = fs::read(segment(dir.path())).unwrap();
    let store = open(dir.path());
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    drop(store);
    fs::write(segment(dir.path()), backup).unwrap();
    let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!(all(&store), after_three());
    assert!(warnings[0].contains("an older ledger was put back"), "{warnings:?}");
    drop(store);
    open(dir.path());
}

#[test]
fn an_index_of_another_ledger_is_not_believed() {
    let dir = closed_store();
    for (more, minute) in [(0, 7), (1, 8)] {
        let other = tempfile::tempdir().unwrap();
        let store = open(other.path());
        for n in 0..3 + more {
            store.commit(&group(n, &[put("person/other", minute)])).unwrap();
        }
        drop(store);
        fs::copy(segment(other.path()), segment(dir.path())).unwrap();
        let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
        assert_eq!(all(&store), [row("person/other", minute)]);
        assert!(warnings[0].contains("made from another ledger"), "{warnings:?}");
    }
}

#[test]
fn a_deleted_index_is_built_from_the_ledger() {
    let dir = closed_store();
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!((all(&store), replayed), (after_three(), 3));
    assert!(warnings[0].contains("there was no index"), "{warnings:?}");
    assert_eq!(set_aside(dir.path()), Vec::<String>::new());
    drop(store);
    open(dir.path());
}

#[test]
fn an_index_full_of_garbage_is_set_aside_and_rebuilt() {
    for name in ["db", "conf"] {
        let dir = closed_store();
        edit(&dir.path().join("index").join(name), |bytes| {
            bytes.iter_mut().enumerate().for_each(|(n, byte)| *byte = (n * 131 % 251) as u8);
        });
        assert_recovers(dir.path());
        drop(IndexedStore::open(dir.path()).unwrap());
        let kept = set_aside(dir.path());
        assert!(kept.len() <= 1, "{kept:?}");
    }
}

#[test]
fn an_index_cut_short_is_made_whole() {
    let files = ["db", "conf"];
    for name in files {
        for part in [0, 1, 3, 7] {
            let dir = closed_store();
            edit(&dir.path().join("index").join(name), |bytes| bytes.truncate(bytes.len() * part / 8));
            assert_recovers(dir.path());
        }
    }
}

#[test]
fn no_byte_of_the_index_can_lie() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for n in 0..40 {
        store
            .commit(&group(n, &[put(&format!("person/{}", n % 9), n), delete(&format!("person/{}", n % 7))]))
            .unwrap();
    }
    let expected = all(&store);
    drop(store);
    let db = fs::read(dir.path().join("index/db")).unwrap();
    let used: Vec<usize> = (0..db.len()).filter(|i| db[*i] != 0).collect();
    for position in used.iter().step_by(used.len() / 60 + 1) {
        edit(&dir.path().join("index/db"), |bytes| bytes[*position] ^= 0x41);
        let Opened { store, .. } = IndexedStore::open(dir.path()).unwrap();
        assert_eq!(read_patiently(&store), expected, "byte {position}");
    }
}

/// Reads as the daemon does: once more if the index had to be rebuilt.
fn read_patiently(store: &dyn Store) -> Vec<Row> {
    match store.range("", usize::MAX) {
        Err(StoreError::IndexRebuilt { .. }) => all(store),
        rows => rows.unwrap(),
    }
}

fn assert_recovers(dir: &Path) {
    let Opened { store, .. } = IndexedStore::open(dir).unwrap();
    assert_eq!(read_patiently(&store), after_three());
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    assert_eq!(all(&store).len(), 3);
    drop(store);
    assert_eq!(all(&open(dir)).len(), 3);
}

/// Changes a row behind the store's back.
pub fn falsify(dir: &Path) {
    let db = sled::open(dir.join("index")).unwrap();
    db.insert("person/ana", "{\"v\":9}").unwrap();
}

#[test]
fn a_row_that_is_not_the_ledgers_is_found_at_start() {
    let dir = closed_store();
    falsify(dir.path());
    let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!(all(&store), after_three());
    assert!(warnings[0].contains("could not be used (it has 2 rows and should have 2"), "{warnings:?}");
    assert!(warnings[0].contains("index.damaged-3"), "{warnings:?}");
}

#[test]
fn only_the_newest_damaged_index_is_kept() {
    let dir = closed_store();
    for minute in 4..7 {
        falsify(dir.path());
        let Opened { store, .. } = IndexedStore::open(dir.path()).unwrap();
        assert_eq!(set_aside(dir.path()), [format!("index.damaged-{}", minute - 1)]);
        store.commit(&group(minute, &[put("person/dan", minute)])).unwrap();
    }
}

#[test]
fn damage_found_while_running_is_repaired_and_the_reader_told_to_ask_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    // More than sled keeps in memory, so that it has to read.
    let about = "x".repeat(4000);
    let person = |n| Change {
        key: format!("person/{n:05}"),
        value: Some(format!("{{\"v\":1,\"about\":\"{about}\"}}")),
    };
    let people: Vec<_> = (0..8_000).map(person).collect();
    store.commit(&group(1, &people)).unwrap();
    edit(&dir.path().join("index/db"), |bytes| bytes.fill(0xA5));
    let told = people.iter().find_map(|change| store.get(&change.key).err());
    assert!(matches!(&told, Some(StoreError::IndexRebuilt { .. })), "{told:?}");
    let damages = store.damages();
    assert!(damages.len() == 1 && damages[0].contains("is rebuilt from the ledger"), "{damages:?}");
    assert_eq!(store.damages(), [""; 0], "each is said once");
    let intact = people.iter().all(|change| store.get(&change.key).unwrap() == change.value);
    assert!(intact);
    assert_eq!(set_aside(dir.path()), ["index.damaged-1"]);
    store.commit(&group(2, &[put("person/ana", 2)])).unwrap();
    assert_eq!(store.get("person/ana").unwrap(), Some(row("person/ana", 2).1));
}

#[test]
fn a_long_value_that_is_damaged_in_the_ledger_is_not_given_out() {
    let dir = closed_store();
    let store = open(dir.path());
    edit(&segment(dir.path()), |bytes| bytes[4000] ^= 1);
    let told = store.get("person/ana").unwrap_err();
    assert!(matches!(&told, StoreError::Damaged { line: 1, .. }), "{told}");
    assert!(store.commit(&group(4, &[put("person/dan", 4)])).is_err(), "nothing goes on");
    drop(store);
    let told = IndexedStore::open(dir.path()).unwrap_err();
    assert!(matches!(&told, StoreError::Damaged { line: 1, .. }), "{told}");
}
