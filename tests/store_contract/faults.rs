//! A disk that fails and power that goes, at every step of a commit.

use super::*;
use soundingboard::store::StoreError;
use soundingboard::store::faults::{Faults, PowerCut, Step, Tail};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

/// A disk with this much room.
struct Small(AtomicU64);

impl Faults for Small {
    fn before(&self, _: Step, _: Tail<'_>) -> io::Result<()> {
        Ok(())
    }
    fn room(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.load(SeqCst))
    }
}

#[test]
fn it_stops_short_of_a_full_disk_and_goes_on_when_there_is_room() {
    const MIB: u64 = 1024 * 1024;
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(Small(AtomicU64::new(100 * MIB)));
    let store = IndexedStore::open_with(dir.path(), disk.clone()).unwrap().store;
    three_groups(&store);
    disk.0.store(31 * MIB, SeqCst);
    let error = store.commit(&group(4, &[put("person/dan", 4)])).unwrap_err();
    assert!(matches!(error, StoreError::NotCommitted { .. }), "{error}");
    assert!(error.to_string().contains("31 MiB are free and 33 MiB are needed"), "{error}");
    assert_eq!(all(&store), after_three());
    disk.0.store(34 * MIB, SeqCst);
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    drop(store);
    disk.0.store(MIB, SeqCst);
    let error = IndexedStore::open_with(dir.path(), disk.clone()).unwrap_err().to_string();
    assert!(error.contains("1 MiB are free") && error.contains("free some space"), "{error}");
    assert_eq!(all(&open(dir.path())).len(), 3);
}

/// The disk fails at this step, leaving these bytes behind, for as long as `on`.
struct Failing {
    at: Step,
    leaves: &'static [u8],
    on: AtomicBool,
}

impl Failing {
    fn at(at: Step, leaves: &'static [u8]) -> Arc<Self> {
        Arc::new(Self { at, leaves, on: AtomicBool::new(false) })
    }
}

impl Faults for Failing {
    fn before(&self, step: Step, tail: Tail<'_>) -> io::Result<()> {
        if step != self.at || !self.on.load(SeqCst) {
            return Ok(());
        }
        fs::File::options().append(true).open(tail.segment)?.write_all(self.leaves)?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    }
}

#[test]
fn a_full_disk_costs_nothing_and_the_next_commit_works() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Failing::at(Step::Append, b"{\"sum\":\"0000");
    let store = IndexedStore::open_with(dir.path(), disk.clone()).unwrap().store;
    three_groups(&store);
    let before = fs::read(segment(dir.path())).unwrap();
    disk.on.store(true, SeqCst);
    for _ in 0..2 {
        let error = store.commit(&group(4, &[put("person/dan", 4)])).unwrap_err();
        assert!(
            matches!(&error, StoreError::NotCommitted { path, .. } if path.ends_with("000001.jsonl")),
            "{error}"
        );
        assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))));
        assert_eq!(fs::read(segment(dir.path())).unwrap(), before);
    }
    disk.on.store(false, SeqCst);
    store.commit(&group(5, &[put("person/eve", 5)])).unwrap();
    drop(store);
    let store = open(dir.path());
    assert_eq!(all(&store), [after_three(), vec![row("person/eve", 5)]].concat());
}

#[test]
fn after_a_failed_sync_nothing_is_committed_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Failing::at(Step::Sync, b"");
    let store = IndexedStore::open_with(dir.path(), disk.clone()).unwrap().store;
    three_groups(&store);
    disk.on.store(true, SeqCst);
    let error = store.commit(&group(4, &[put("person/dan", 4)])).unwrap_err();
    assert!(matches!(error, StoreError::SyncFailed { .. }), "{error}");
    disk.on.store(false, SeqCst);
    let error = store.commit(&group(5, &[put("person/eve", 5)])).unwrap_err();
    assert!(matches!(error, StoreError::SyncFailed { .. }), "{error}");
    assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))), "reading goes on");
    drop(store);
    // The line did reach the disk, nobody knew: it counts, and nothing was done about it yet.
    let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
    assert_eq!((warnings, replayed), (vec![], 1));
    assert_eq!(all(&store).len(), 3);
}

#[test]
fn a_power_cut_at_any_step_of_any_commit_leaves_whole_groups() {
    for step in Step::ALL {
        for spared in 0..3 {
            let dir = tempfile::tempdir().unwrap();
            let power = Arc::new(PowerCut::before(step, spared));
            let store = IndexedStore::open_with(dir.path(), power.clone()).unwrap().store;
            let groups = [
                group(1, &[put("person/ana", 1), put("timer/ana", 1)]),
                group(2, &[put("person/ben", 2)]),
                group(3, &[delete("timer/ana"), put("person/ben", 3)]),
            ];
            let done = groups.iter().take_while(|group| store.commit(group).is_ok()).count();
            assert!(power.is_off());
            assert_eq!(done, spared, "{step:?}");
            assert!(store.commit(&groups[2]).is_err(), "nothing works without power");
            drop(store);

            let Opened { store, warnings, replayed } = IndexedStore::open(dir.path()).unwrap();
            assert_eq!(warnings, Vec::<String>::new());
            let is_committed = matches!(step, Step::Index | Step::Done);
            assert_eq!(replayed, u64::from(step == Step::Index), "{step:?} {spared}");
            let survived = spared + usize::from(is_committed);
            assert_eq!(store.latest(), groups[..survived].last().map(|group| group.at), "{step:?} {spared}");
            groups[survived..].iter().for_each(|group| store.commit(group).unwrap());
            assert_eq!(all(&store), after_three());
        }
    }
}

/// What a kill leaves: the files as they are, with whatever the index has not written missing.
#[test]
fn a_kill_at_any_time_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for n in 0..30 {
        store
            .commit(&group(n, &[put(&format!("person/{}", n % 7), n), delete(&format!("person/{}", n % 5))]))
            .unwrap();
        let (expected, image) = (all(&store), tempfile::tempdir().unwrap());
        copy(dir.path(), image.path());
        let survivor = open(image.path());
        assert_eq!((all(&survivor), survivor.latest()), (expected, store.latest()));
    }
}
