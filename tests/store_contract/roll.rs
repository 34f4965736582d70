//! The ledger rolls: what it means is the same before, after, and at every instant between.

use super::damage::falsify;
use super::*;
use soundingboard::store::StoreError;
use soundingboard::store::faults::{PowerCut, Step};
use soundingboard::store::files::Files;
use soundingboard::store::snapshot;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

static GO_ON: AtomicBool = AtomicBool::new(false);

fn ledger(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir.join("ledger")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What the ledger's files alone say, read beside whoever writes them.
fn as_files_say(dir: &Path) -> Vec<Row> {
    let mut rows = BTreeMap::new();
    let read = Files::open(dir).unwrap().read(|line| {
        for (key, value) in &line.changes {
            match value {
                Some(value) => rows.insert(key.clone(), value.get().to_owned()),
                None => rows.remove(key),
            };
        }
        Ok::<_, StoreError>(())
    });
    read.unwrap();
    rows.into_iter().collect()
}

/// The index is made anew of the ledger.
fn from_the_ledger_alone(dir: &Path) -> Vec<Row> {
    fs::remove_dir_all(dir.join("index")).unwrap();
    let Opened { store, .. } = IndexedStore::open(dir).unwrap();
    all(&store)
}

#[test]
fn a_roll_changes_nothing_but_the_files() {
    let dir = closed_store();
    let store = open(dir.path());
    assert!(store.roll(&GO_ON).unwrap());
    assert_eq!(ledger(dir.path()), ["000002.snapshot.jsonl", "000003.jsonl"]);
    assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))));
    assert_eq!(as_files_say(dir.path()), after_three());
    drop(store);
    let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!((warnings, replayed), (vec![], 0));
    assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))));
    store.commit(&group(4, &[put("person/dan", 4), delete("person/ana")])).unwrap();
    assert!(store.roll(&GO_ON).unwrap());
    assert!(store.roll(&GO_ON).unwrap(), "nothing new, and no harm");
    assert_eq!(ledger(dir.path()), ["000006.snapshot.jsonl", "000007.jsonl"]);
    store.commit(&group(5, &[put("person/eve", 5)])).unwrap();
    drop(store);
    let expected = [row("person/ben", 3), row("person/dan", 4), row("person/eve", 5)];
    assert_eq!(all(&open(dir.path())), expected);
    assert_eq!(from_the_ledger_alone(dir.path()), expected);
    let lines = fs::read_to_string(dir.path().join("ledger/000007.jsonl")).unwrap();
    assert!(lines.contains("\"seq\":5"), "groups are counted on: {lines}");
}

#[test]
fn an_empty_ledger_does_not_roll_and_one_without_rows_does() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert!(!store.roll(&GO_ON).unwrap());
    assert_eq!(ledger(dir.path()), ["000001.jsonl"]);
    store.commit(&group(1, &[put("person/ana", 1)])).unwrap();
    store.commit(&group(2, &[delete("person/ana")])).unwrap();
    assert!(store.roll(&GO_ON).unwrap());
    drop(store);
    let store = open(dir.path());
    assert_eq!((all(&store), store.latest()), (vec![], Some(at(2))));
}

#[test]
fn a_snapshot_is_ledger_lines_that_say_what_they_are() {
    let dir = closed_store();
    assert!(open(dir.path()).roll(&GO_ON).unwrap());
    let path = dir.path().join("ledger/000002.snapshot.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(line["group"]["seq"], 3);
    assert_eq!(line["group"]["notes"][0], "snapshot, part 1, the last: 2 rows");
    assert_eq!(line["group"]["changes"][1], serde_json::json!(["person/ben", {"v": 3}]));
    let mut rows = Vec::new();
    let read = snapshot::read(&path, |key, value| {
        rows.push((key.to_owned(), value.to_owned()));
        Ok(())
    });
    assert_eq!((read.unwrap().stands_for.seq, rows), (3, after_three()));
}

#[test]
fn the_power_may_go_at_any_step_of_a_roll() {
    for step in Step::ROLL {
        // So many files are deleted one by one: snapshot and two segments.
        for spared in 0..if step == Step::Forget { 3 } else { 1 } {
            let dir = closed_store();
            let store = open(dir.path());
            assert!(store.roll(&GO_ON).unwrap());
            store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
            drop(store);
            let expected = [after_three(), vec![row("person/dan", 4)]].concat();

            let power = Arc::new(PowerCut::before(step, spared));
            let store = IndexedStore::open_with(dir.path(), power.clone()).unwrap().store;
            let rolled = store.roll(&GO_ON);
            // Of the old files there are two: the last `spared` of `Forget` is beyond them.
            assert_eq!(rolled.is_err(), power.is_off(), "{step:?} {spared}");
            assert!(step == Step::Forget || power.is_off(), "{step:?} was never asked");
            assert_eq!(all(&store), expected, "{step:?} {spared}");
            drop(store);

            let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
            assert_eq!((warnings, replayed), (vec![], 0), "{step:?} {spared}");
            assert_eq!(all(&store), expected, "{step:?} {spared}");
            assert_eq!(as_files_say(dir.path()), expected, "{step:?} {spared}");
            store.commit(&group(5, &[put("person/eve", 5)])).unwrap();
            assert!(store.roll(&GO_ON).unwrap());
            assert_eq!(ledger(dir.path()).len(), 2, "{:?}", ledger(dir.path()));
            drop(store);
            let expected = [expected, vec![row("person/eve", 5)]].concat();
            assert_eq!(from_the_ledger_alone(dir.path()), expected, "{step:?} {spared}");
        }
    }
}

/// sled may lose what it was told last. The files to which it points are gone then.
#[test]
fn an_index_of_before_a_roll_finds_long_values_in_the_snapshot() {
    let (dir, before) = (closed_store(), tempfile::tempdir().unwrap());
    copy(&dir.path().join("index"), before.path());
    let store = open(dir.path());
    assert!(store.roll(&GO_ON).unwrap());
    assert_eq!(all(&store), after_three());
    drop(store);
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    copy(before.path(), &dir.path().join("index"));
    assert_eq!(all(&open(dir.path())), after_three());
    assert_eq!(set_aside(dir.path()), Vec::<String>::new());
}

/// What a kill leaves, unlike a power cut: every byte that was written, at every instant of the roll.
#[test]
fn a_kill_at_any_instant_of_a_roll_leaves_the_old_or_the_new() {
    use soundingboard::store::faults::{Faults, Tail};
    struct Images {
        of: PathBuf,
        to: PathBuf,
    }
    impl Faults for Images {
        fn before(&self, step: Step, _: Tail<'_>) -> std::io::Result<()> {
            if Step::ROLL.contains(&step) {
                let count = fs::read_dir(&self.to).unwrap().count();
                copy(&self.of, &self.to.join(count.to_string()));
            }
            Ok(())
        }
    }
    let (dir, images) = (closed_store(), tempfile::tempdir().unwrap());
    let faults = Arc::new(Images { of: dir.path().to_owned(), to: images.path().to_owned() });
    let store = IndexedStore::open_with(dir.path(), faults).unwrap().store;
    assert!(store.roll(&GO_ON).unwrap());
    let images: Vec<_> = fs::read_dir(images.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(images.len(), Step::ROLL.len());
    for image in images {
        assert_eq!(as_files_say(&image), after_three(), "{:?}", ledger(&image));
        let store = open(&image);
        assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))));
        store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
        drop(store);
        assert_eq!(from_the_ledger_alone(&image).len(), 3);
    }
}

#[test]
fn the_writer_goes_on_while_the_ledger_rolls_and_readers_see_whole_groups() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let about = "x".repeat(500);
    let person = |n: u32| Change { key: format!("person/{n:05}"), value: Some(format!("\"{about}\"")) };
    let people: Vec<_> = (0..4000).map(person).collect();
    store.commit(&group(0, &people)).unwrap();
    store.commit(&group(0, &[put("a/1", 0), put("z/1", 0)])).unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            (0..3).for_each(|_| assert!(store.roll(&GO_ON).unwrap()));
            over.store(true, SeqCst);
        });
        threads.spawn(|| {
            while !over.load(SeqCst) {
                let rows = as_files_say(dir.path());
                assert_eq!((rows.len(), &rows[0].1), (4002, &rows[4001].1));
            }
        });
        let mut n = 1;
        while !over.load(SeqCst) || n < 20 {
            store.commit(&group(n, &[put("a/1", n), put("z/1", n)])).unwrap();
            n += 1;
        }
    });
    let expected = all(&store);
    assert_eq!(as_files_say(dir.path()), expected);
    drop(store);
    assert_eq!(all(&open(dir.path())), expected);
    assert_eq!(from_the_ledger_alone(dir.path()), expected);
}

#[test]
fn a_roll_that_is_given_up_leaves_everything_as_it_was() {
    let dir = closed_store();
    let store = open(dir.path());
    assert!(!store.roll(&AtomicBool::new(true)).unwrap());
    assert_eq!(ledger(dir.path()), ["000001.jsonl", "000003.jsonl"]);
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(all(&store).len(), 3);
    assert!(store.roll(&GO_ON).unwrap());
    assert_eq!(ledger(dir.path()), ["000004.snapshot.jsonl", "000005.jsonl"]);
    assert_eq!(as_files_say(dir.path()), all(&store));
}

/// More rows than are read at every start, one of them then lost behind the store's back.
fn store_with_a_lost_row() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let many: Vec<_> = (0..50_001).map(|n| put(&format!("person/{n:05}"), 1)).collect();
    store.commit(&group(1, &many)).unwrap();
    drop(store);
    let index = dir.path().join("index");
    let closed = fs::read_to_string(index.join("closed")).unwrap();
    let length = || fs::metadata(index.join("db")).unwrap().len().to_string();
    let before = length();
    let db = sled::open(&index).unwrap();
    db.remove("person/00007").unwrap().unwrap();
    drop(db);
    // sled's threads hold its lock for a moment longer; whoever opens the index waits for that.
    fs::write(index.join("closed"), closed.replace(&before, &length())).unwrap();
    dir
}

#[test]
fn an_index_that_has_lost_rows_makes_no_snapshot() {
    let dir = store_with_a_lost_row();
    let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!(warnings, [""; 0], "it ended well, and is not read whole");
    let error = store.roll(&GO_ON).unwrap_err();
    assert!(matches!(error, StoreError::IndexRebuilt { .. }), "{error}");
    assert_eq!(as_files_say(dir.path()).len(), 50_001);
    assert!(store.roll(&GO_ON).unwrap(), "the new index is whole");
    assert_eq!(as_files_say(dir.path()).len(), 50_001);
}

#[test]
fn a_row_that_the_index_has_lost_is_named_where_it_is_compared_with_the_ledger() {
    let dir = store_with_a_lost_row();
    let found = open(dir.path()).compare(dir.path(), &dir.path().join("comparing")).unwrap();
    assert_eq!((found.rows, found.differences), (50_001, 1));
    assert_eq!(found.named, ["person/00007: the ledger has it and the index has not"]);
}

#[test]
fn an_index_that_has_lost_rows_is_found_by_the_look_over_everything() {
    let dir = store_with_a_lost_row();
    let store = open(dir.path());
    assert_eq!(store.get("person/00007").unwrap(), None, "nobody has looked");
    assert!(!store.check(&GO_ON));
    assert!(store.get("person/00007").unwrap().is_some());
    assert!(store.check(&GO_ON), "the new index is whole");
}

#[test]
fn damage_to_a_snapshot_stops_with_its_place() {
    let dir = closed_store();
    let store = open(dir.path());
    let about = "x".repeat(9000);
    let person = |n: u32| Change { key: format!("person/{n:05}"), value: Some(format!("\"{about}\"")) };
    store.commit(&group(4, &(0..20).map(person).collect::<Vec<_>>())).unwrap();
    assert!(store.roll(&GO_ON).unwrap());
    store.commit(&group(5, &[put("person/eve", 5)])).unwrap();
    drop(store);
    let path = dir.path().join("ledger/000002.snapshot.jsonl");
    let whole = fs::read(&path).unwrap();
    let lines: Vec<_> = whole.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    assert!(lines.len() > 2);
    let opened = |bytes: Vec<u8>| {
        fs::write(&path, bytes).unwrap();
        IndexedStore::open(dir.path()).map(|_| ()).unwrap_err()
    };
    for byte in (0..whole.len()).step_by(whole.len() / 40) {
        let mut flipped = whole.clone();
        flipped[byte] ^= 4;
        let error = opened(flipped);
        assert!(
            matches!(&error, StoreError::Damaged { path: at, .. } if *at == path.display().to_string()),
            "{error}"
        );
    }
    let torn = opened(whole[..whole.len() - 9].to_vec());
    assert!(matches!(torn, StoreError::Damaged { .. }), "{torn}");
    let endless = opened(lines[..lines.len() - 1].concat());
    assert!(endless.to_string().contains("the end of the snapshot is missing"), "{endless}");
    let gap = opened([&lines[0][..], &lines[2]].concat());
    assert!(gap.to_string().contains("part 3 of a snapshot"), "{gap}");
    fs::write(&path, whole).unwrap();
    assert_eq!(all(&open(dir.path())).len(), 23);
}

/// Whether a text stands in any file of the store.
fn is_anywhere(dir: &Path, text: &str) -> bool {
    let mut entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.any(|path| match path.is_dir() {
        true => is_anywhere(&path, text),
        false => fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()),
    })
}

/// Ana is in the ledger, in a torn line, in the index and in one that was set aside; then deleted.
fn ana_is_deleted(dir: &Path) {
    let store = open(dir);
    three_groups(&store);
    drop(store);
    let segment = segment(dir);
    let torn = [fs::read(&segment).unwrap(), b"{\"sum\":\"00000000\",\"group\":ana".to_vec()].concat();
    fs::write(&segment, torn).unwrap();
    falsify(dir);
    let Opened { store, warnings, .. } = IndexedStore::open(dir).unwrap();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    store.commit(&group(4, &[delete("person/ana")])).unwrap();
}

#[test]
fn an_erasure_leaves_no_trace_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    ana_is_deleted(dir.path());
    assert!(is_anywhere(dir.path(), "ana"));
    let store = open(dir.path());
    store.erase().unwrap();
    assert!(!is_anywhere(dir.path(), "ana"), "{:?}", ledger(dir.path()));
    assert_eq!(all(&store), [row("person/ben", 3)]);
    store.commit(&group(5, &[put("person/dan", 5)])).unwrap();
    drop(store);
    assert_eq!(all(&open(dir.path())).len(), 2);
}

#[test]
fn an_interrupted_erasure_is_finished_at_the_next_start() {
    for step in Step::ROLL {
        let dir = tempfile::tempdir().unwrap();
        ana_is_deleted(dir.path());
        let power = Arc::new(PowerCut::before(step, 0));
        let store = IndexedStore::open_with(dir.path(), power.clone()).unwrap().store;
        assert!(store.erase().is_err(), "{step:?}");
        drop(store);
        let Opened { store, warnings, .. } = IndexedStore::open(dir.path()).unwrap();
        assert_eq!(warnings, ["an erasure was interrupted and has been finished"], "{step:?}");
        assert!(!is_anywhere(dir.path(), "ana"), "{step:?} {:?}", ledger(dir.path()));
        assert_eq!(all(&store), [row("person/ben", 3)]);
        drop(store);
        open(dir.path());
    }
}
