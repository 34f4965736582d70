//! A promise over which the program panics: put off, told, and in nobody's way.

use super::Bench;
use chrono::TimeDelta;
use soundingboard::program::input::Input;
use soundingboard::program::record::Timestamp;
use soundingboard::program::schedule::{Timer, TimerKind};
use soundingboard::store::{Group, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// A store that makes whoever reads the open cases panic, as a defect of ours would.
struct Trap {
    store: Arc<dyn Store>,
    armed: Arc<AtomicBool>,
}

impl Store for Trap {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        assert!(!self.armed.load(SeqCst) || !key.starts_with("open/"), "a defect");
        self.store.get(key)
    }

    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        assert!(!self.armed.load(SeqCst) || !prefix.starts_with("open/"), "a defect");
        self.store.range(prefix, limit)
    }

    fn commit(&self, group: &Group) -> Result<(), StoreError> {
        self.store.commit(group)
    }

    fn latest(&self) -> Option<Timestamp> {
        self.store.latest()
    }
}

#[test]
fn what_is_due_and_makes_us_panic_is_put_off_by_a_day_told_once_and_then_done() {
    let mut bench = Bench::at_nine();
    assert_eq!(bench.happens(Input::Started), "started");
    let armed = Arc::new(AtomicBool::new(true));
    bench.decider.store = Arc::new(Trap { store: bench.decider.store.clone(), armed: armed.clone() });
    let fire = |bench: &Bench| {
        let digest =
            bench.all::<Timer>().into_iter().find(|t| t.what == TimerKind::Digest).expect("a digest");
        bench.pass(digest.due - bench.now());
        bench.happens(Input::Timer { id: digest.id, due: digest.due })
    };
    let began = bench.now();
    for _ in 0..2 {
        assert_eq!(fire(&bench), "stuck");
        assert_eq!(bench.told_to_staff(), ["Stuck digest"], "once");
    }
    assert!(bench.now() - began > TimeDelta::days(1), "not at once again");
    armed.store(false, SeqCst);
    assert_eq!(fire(&bench), "digest");
}
