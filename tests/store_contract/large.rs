//! A ledger too large to be read whole at the start: what is known of it is believed, and looked over later.
//!
//! `STORE_REQUESTS=1000000 cargo test --release --test store_contract large -- --nocapture` does the first
//! with as many past requests, and prints how long starts take and how much memory there is in use.

use super::*;
use soundingboard::store::StoreError;
use soundingboard::store::indexed::Opening;
use std::os::unix::fs::FileExt;
use std::sync::atomic::AtomicBool;

static GO_ON: AtomicBool = AtomicBool::new(false);
const ROWS: u32 = 6;

/// Reads nothing whole, however small.
fn open_large(dir: &Path) -> Result<Opened, StoreError> {
    IndexedStore::open_as(dir, Opening { read_whole: 0, ..Opening::default() })
}

fn well_opened(dir: &Path) -> IndexedStore {
    let Opened { store, warnings, .. } = open_large(dir).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    store
}

/// What a past request leaves, under keys without order, as fingerprints are.
fn request(n: u32) -> Vec<Change> {
    let about = "x".repeat(300);
    let scattered = |row: u32| (u64::from(n) * 10 + u64::from(row)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let key = |row: u32| match row {
        0 => format!("request/{n:08}"),
        1 | 2 => format!("handled/{:016x}", scattered(row)),
        _ => format!("letter/{:016x}", scattered(row)),
    };
    (0..ROWS).map(|row| Change { key: key(row), value: Some(format!("\"{about}\"")) }).collect()
}

fn fill(store: &IndexedStore, requests: u32) {
    for first in (0..requests).step_by(100) {
        let changes: Vec<_> = (first..requests.min(first + 100)).flat_map(request).collect();
        store.commit(&group(first / 100, &changes)).unwrap();
    }
}

fn memory(what: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find(|line| line.starts_with(what)).unwrap_or_default().to_owned()
}

#[test]
fn a_large_store_starts_without_being_read_whole() {
    let requests = std::env::var("STORE_REQUESTS").map_or(2_000, |n| n.parse().expect("a number"));
    let dir = tempfile::tempdir_in(std::env::temp_dir()).unwrap();
    let timed = |what: &str, began: std::time::SystemTime| {
        println!("{what}: {:?}, {}, {}", began.elapsed().unwrap(), memory("VmRSS"), memory("VmHWM"));
    };
    let now = || fs::metadata(dir.path().join("lock")).map_or(std::time::UNIX_EPOCH, |_| clock());
    let store = well_opened(dir.path());
    let began = now();
    fill(&store, requests);
    timed("filled", began);
    let began = now();
    assert!(store.roll(&GO_ON).unwrap());
    timed("rolled", began);
    let began = now();
    drop(store);
    timed("stopped", began);
    let began = now();
    let store = well_opened(dir.path());
    timed("started", began);
    (0..50).for_each(|n| store.commit(&group(n, &request(requests + n))).unwrap());
    let image = tempfile::tempdir().unwrap();
    let killed = image.path().join("store");
    copy(dir.path(), &killed);
    let expected = store.get("letter/").unwrap();
    drop(store);
    let began = now();
    let Opened { store, warnings, replayed } = open_large(&killed).unwrap();
    timed("started after a kill", began);
    assert_eq!((warnings, store.get("letter/").unwrap()), (vec![], expected));
    assert!(replayed > 0, "what was not written to the index");
    let last = request(requests + 49);
    assert!(last.iter().all(|change| store.get(&change.key).unwrap() == change.value));
    let began = now();
    assert!(store.check(&GO_ON));
    timed("looked over", began);
}

#[expect(clippy::disallowed_methods, reason = "a figure is printed, nothing depends on it")]
fn clock() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// Three groups that are known and one that is not, as after a kill; the last line is torn if `torn`.
fn after_a_kill(torn: bool) -> TempDir {
    let dir = closed_store();
    let image = tempfile::tempdir().unwrap();
    let store = well_opened(dir.path());
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    copy(dir.path(), image.path());
    if torn {
        let file = fs::File::options().append(true).open(segment(image.path())).unwrap();
        let end = file.metadata().unwrap().len();
        file.write_all_at(b"{\"sum\":\"00", end).unwrap();
    }
    image
}

#[test]
fn after_a_kill_only_what_is_not_known_is_read_and_its_end_cut_off() {
    let expected = [after_three(), vec![row("person/dan", 4)]].concat();
    let dir = after_a_kill(false);
    let Opened { store, warnings, replayed } = open_large(dir.path()).unwrap();
    assert_eq!((all(&store), warnings, replayed), (expected.clone(), vec![], 1));
    let dir = after_a_kill(true);
    let Opened { store, warnings, replayed } = open_large(dir.path()).unwrap();
    assert_eq!((all(&store), replayed), (expected, 1));
    assert!(
        warnings[0].contains("000001.jsonl line 5 was not finished"),
        "counted from the first: {warnings:?}"
    );
}

#[test]
fn a_bit_that_flips_in_what_is_known_is_found_later_and_made_good_from_the_index() {
    let dir = after_a_kill(false);
    let path = segment(dir.path());
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 4;
    fs::write(&path, &bytes).unwrap();
    let store = well_opened(dir.path());
    let expected = all(&store);
    assert!(!store.check(&GO_ON), "it is found");
    assert!(store.check(&GO_ON), "and put right");
    assert_eq!(all(&store), expected);
    drop(store);
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    assert_eq!(all(&IndexedStore::open(dir.path()).unwrap().store), expected);
}

type Edit = fn(&mut Vec<u8>);

#[test]
fn what_is_not_as_it_was_known_is_read_whole() {
    // The last line that was known is another; a file is shorter; it is longer, but not ours.
    let flip: Edit = |bytes| {
        let lines: Vec<usize> = (0..bytes.len()).filter(|n| bytes[*n] == b'\n').collect();
        bytes[lines[1] + 40] ^= 4;
    };
    let cut: Edit = |bytes| bytes.truncate(bytes.len() / 4);
    let stale: Edit = |bytes| *bytes = [&b"{}\n"[..], bytes].concat();
    for (what, change) in [("flip", flip), ("cut", cut), ("stale", stale)] {
        let dir = after_a_kill(false);
        let mut bytes = fs::read(segment(dir.path())).unwrap();
        change(&mut bytes);
        fs::write(segment(dir.path()), bytes).unwrap();
        let usual = tempfile::tempdir().unwrap();
        copy(dir.path(), usual.path());
        let said = |opened: Result<Opened, StoreError>| match opened {
            Ok(Opened { store, .. }) => format!("{:?}", all(&store)),
            Err(error) => error.to_string().rsplit('/').next().unwrap_or_default().to_owned(),
        };
        assert_eq!(said(open_large(dir.path())), said(IndexedStore::open(usual.path())), "{what}");
    }
}

#[test]
fn the_ledger_says_when_it_is_long_and_not_after_it_has_rolled() {
    let dir = tempfile::tempdir().unwrap();
    let opening = || Opening { tail: 2_000, ..Opening::default() };
    let store = IndexedStore::open_as(dir.path(), opening()).unwrap().store;
    store.commit(&group(1, &[put("person/ben", 1)])).unwrap();
    assert!(!store.is_long());
    store.commit(&group(2, &request(1))).unwrap();
    assert!(store.is_long());
    drop(store);
    let store = IndexedStore::open_as(dir.path(), opening()).unwrap().store;
    assert!(store.is_long(), "still");
    assert!(store.roll(&GO_ON).unwrap());
    assert!(!store.is_long());
}
