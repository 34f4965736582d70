//! A disk that is really full.

use super::*;
use soundingboard::store::StoreError;
use std::process::Command;

/// A small disk in memory; mounting one is for root alone.
struct Tmpfs(TempDir);

impl Tmpfs {
    fn of_mib(mib: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let options = format!("size={mib}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "soundingboard-test"]).arg(dir.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(dir))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// Fills the disk up to its last byte.
fn fill(path: &Path) {
    use std::io::Write;
    let mut file = fs::File::create(path).unwrap();
    for chunk in [1 << 20, 4096, 1] {
        while file.write_all(&vec![0; chunk]).is_ok() {}
    }
}

#[test]
fn a_full_disk_loses_nothing_and_the_store_goes_on_when_there_is_room_again() {
    let Some(disk) = Tmpfs::of_mib(80) else {
        println!("not root, or no tmpfs: the same is tested with a disk that is said to be full");
        return;
    };
    let (place, ballast) = (disk.0.path().join("store"), disk.0.path().join("ballast"));
    let store = open(&place);
    three_groups(&store);
    fill(&ballast);
    for _ in 0..2 {
        let error = store.commit(&group(4, &[put("person/dan", 4)])).unwrap_err();
        assert!(matches!(error, StoreError::NotCommitted { .. }), "{error}");
        assert_eq!((all(&store), store.latest()), (after_three(), Some(at(3))));
    }
    // Every read is of what is in memory or on the disk already.
    let error = store.roll(&std::sync::atomic::AtomicBool::new(false)).unwrap_err().to_string();
    assert!(error.contains("free some space"), "{error}");
    drop(store);
    let error = IndexedStore::open(&place).unwrap_err().to_string();
    assert!(error.contains("0 MiB are free") && error.contains("nothing is lost"), "{error}");
    fs::remove_file(&ballast).unwrap();

    let Opened { store, warnings, .. } = IndexedStore::open(&place).unwrap();
    assert_eq!((all(&store), warnings), (after_three(), vec![]));
    store.commit(&group(4, &[put("person/dan", 4)])).unwrap();
    assert!(store.roll(&std::sync::atomic::AtomicBool::new(false)).unwrap());
    drop(store);
    assert_eq!(all(&open(&place)).len(), 3);
}
