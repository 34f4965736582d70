//! The keeper: what the store does for itself while the daemon serves, on a thread of its own.
//!
//! It rolls the ledger when that has grown long, and now and then reads everything: a bit that flips at
//! rest in a file nobody looks at is found while the same rows are still whole elsewhere.

use super::StoreError;
use super::files::Files;
use super::index::Index;
use super::indexed::IndexedStore;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tracing::{error, info, warn};

/// What a start had no time to read is read when the mail that waited has been seen to.
const AT_FIRST: Duration = Duration::from_secs(15 * 60);
const AGAIN: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// A roll fails as a rule since the disk is full, and that takes people.
const AFTER_FAILURE: Duration = Duration::from_secs(60 * 60);

/// Ends with its owner.
pub struct Keeper {
    store: Arc<IndexedStore>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    rung: Mutex<bool>,
    bell: Condvar,
}

impl Keeper {
    /// Starts the thread.
    pub fn start(store: Arc<IndexedStore>) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let ringing = shared.clone();
        store.on_long(Some(Box::new(move || ringing.ring())));
        let (kept, watched) = (store.clone(), shared.clone());
        let keep = move || watched.keep(&kept);
        let thread = thread::Builder::new().name("store-keeper".to_owned()).spawn(keep)?;
        Ok(Self { store, shared, thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.store.on_long(None);
        self.shared.stop.store(true, Relaxed);
        self.shared.ring();
        if let Some(thread) = self.thread.take() {
            // Its panic has been printed, and concerns nobody else.
            let _ = thread.join();
        }
    }
}

/// Why the keeper stopped waiting.
enum Woken {
    Stopped,
    Rung,
    Over,
}

impl Shared {
    fn rung(&self) -> MutexGuard<'_, bool> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        *self.rung() = true;
        self.bell.notify_all();
    }

    fn wait(&self, most: Duration) -> Woken {
        let waits = |rung: &mut bool| !*rung && !self.stop.load(Relaxed);
        let (mut rung, over) =
            self.bell.wait_timeout_while(self.rung(), most, waits).unwrap_or_else(PoisonError::into_inner);
        *rung = false;
        match over.timed_out() {
            _ if self.stop.load(Relaxed) => Woken::Stopped,
            true => Woken::Over,
            false => Woken::Rung,
        }
    }

    fn keep(&self, store: &IndexedStore) {
        let mut until_check = store.first_check();
        loop {
            if store.is_long() && !self.roll(store) && self.rest() {
                return;
            }
            match self.wait(until_check) {
                Woken::Stopped => return,
                Woken::Rung => (),
                Woken::Over => {
                    store.check(&self.stop);
                    until_check = AGAIN;
                }
            }
        }
    }

    /// Whether it is done.
    fn roll(&self, store: &IndexedStore) -> bool {
        match store.roll(&self.stop) {
            Ok(true) => {
                info!("the ledger has rolled: a snapshot stands for what was before");
                true
            }
            Ok(false) => true,
            Err(why) => {
                warn!(%why, "the ledger could not roll, tried again in an hour");
                false
            }
        }
    }

    /// After a failure; true where it is the end.
    fn rest(&self) -> bool {
        let (rung, _) = self
            .bell
            .wait_timeout_while(self.rung(), AFTER_FAILURE, |_| !self.stop.load(Relaxed))
            .unwrap_or_else(PoisonError::into_inner);
        drop(rung);
        self.stop.load(Relaxed)
    }
}

impl IndexedStore {
    /// How long what was not read at the start may wait. An index after an abnormal end may lack rows.
    fn first_check(&self) -> Duration {
        // One lock after the other: whoever commits takes the ledger's before the index's, and a first start
        // commits its secret at this very moment.
        let is_checked = self.current().index.as_ref().is_none_or(Index::is_checked);
        match is_checked {
            false => Duration::ZERO,
            true if self.is_read_whole() => AGAIN,
            true => AT_FIRST,
        }
    }

    /// Reads every line of the ledger and every row of the index, beside whoever works with them, and
    /// repairs the one by the other; true if all was well. A damaged line cannot be made good, but the rows
    /// can be written anew: they are whole in the index, or their sums would say otherwise.
    pub fn check(&self, stop: &AtomicBool) -> bool {
        let ledger = Files::open(&self.dir).and_then(|files| files.check(stop));
        let index = self.check_index(stop);
        if let Err(why) = &index {
            warn!(%why, "found while looking over the index");
        }
        let Err(why) = ledger else { return index.is_ok() };
        error!(%why, "the ledger is damaged; a snapshot of the index is to stand for it");
        self.note_damage(why.to_string());
        match self.roll(stop) {
            Ok(_) => warn!("the damaged part of the ledger has been replaced; the disk needs attention"),
            Err(why) => error!(%why, "and that failed: make a backup, and attend to the disk"),
        }
        false
    }

    fn check_index(&self, stop: &AtomicBool) -> Result<(), StoreError> {
        let (generation, rows) = {
            let mut current = self.current();
            let Some(index) = current.index.as_mut() else { return Ok(()) };
            let rows = index.still();
            (current.generation, rows)
        };
        let portion = |behind: Option<&str>| self.portion(generation, behind).map_err(Some);
        match rows.walk(portion, |_, _| if stop.load(Relaxed) { Err(None) } else { Ok(()) }) {
            Err(Some(damage)) => self.replace(generation, damage),
            Err(None) => Ok(()),
            Ok(()) => {
                self.current().index.as_mut().into_iter().for_each(Index::has_been_checked);
                Ok(())
            }
        }
    }
}
