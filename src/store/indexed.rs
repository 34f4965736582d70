//! The store of a running daemon: the ledger, and sled as its index.

use super::faults::{Faultless, Faults, Step};
use super::index::{Damage, Index, Rows};
use super::ledger::Ledger;
use super::recovery::{self, Recovered};
use super::{Group, Store, StoreError, room, segment};
use crate::program::record::Timestamp;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
use tracing::warn;

/// One directory, one process:
///
/// ```text
/// lock                   held while the store is open
/// ledger/NNNNNN.jsonl    the truth
/// ledger/NNNNNN.torn     the last line that was cut off, if ever
/// index/                 sled: may be deleted while nothing runs
/// index.damaged-N/       the newest index that was set aside, at group N
/// ```
pub struct IndexedStore {
    dir: PathBuf,
    /// Always locked before `current`. Its holder is the only writer.
    ledger: Mutex<Ledger>,
    current: RwLock<Current>,
    /// The kernel unlocks it however we end.
    _lock: File,
}

/// The index in use.
struct Current {
    /// None while it is being rebuilt, or if that failed.
    index: Option<Index>,
    /// sled did not end, so this process cannot have another index.
    is_stuck: bool,
    /// How many indexes there were before it: of several readers that find one damaged, one rebuilds it.
    generation: u64,
}

/// A store that is open, and what the operator should know.
pub struct Opened {
    pub store: IndexedStore,
    /// What was found damaged and was repaired: a sentence each.
    pub warnings: Vec<String>,
    /// Groups of the ledger that the index had still to take over: more than none after a kill.
    pub replayed: u64,
}

impl std::fmt::Debug for IndexedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexedStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { store, warnings, replayed } = self;
        f.debug_struct("Opened")
            .field("store", store)
            .field("warnings", warnings)
            .field("replayed", replayed)
            .finish()
    }
}

impl IndexedStore {
    /// Opens the store in `dir`, which is created if it is missing.
    pub fn open(dir: &Path) -> Result<Opened, StoreError> {
        Self::open_with(dir, Arc::new(Faultless))
    }

    /// As [`IndexedStore::open`], with faults on purpose.
    pub fn open_with(dir: &Path, faults: Arc<dyn Faults>) -> Result<Opened, StoreError> {
        segment::create_dir(dir)?;
        let lock = lock(&dir.join("lock"))?;
        room::to_start(&*faults, dir)?;
        let (ledger, torn) = Ledger::open(&dir.join("ledger"), faults)?;
        let Recovered { index, replayed, warning } = recovery::open(dir, &ledger)?;
        let current = RwLock::new(Current { index: Some(index), is_stuck: false, generation: 0 });
        let store = Self { dir: dir.to_owned(), ledger: Mutex::new(ledger), current, _lock: lock };
        Ok(Opened { store, warnings: torn.into_iter().chain(warning).collect(), replayed })
    }

    // A panic while a lock is held leaves the ledger as a failed append would, and sled's own panics are
    // caught where they happen: what is behind a poisoned lock can be used.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn look<T>(&self, look: impl FnOnce(&Index) -> Result<T, Damage>) -> Result<T, StoreError> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let generation = current.generation;
        let found = current.index.as_ref().ok_or_else(missing).and_then(look);
        drop(current);
        found.or_else(|damage| self.replace(generation, damage))
    }

    /// A reader found the index damaged: whoever comes first rebuilds it.
    fn replace<T>(&self, generation: u64, Damage(why): Damage) -> Result<T, StoreError> {
        let ledger = self.ledger();
        let mut current = self.current();
        if current.generation == generation {
            self.rebuild(&ledger, &mut current)?;
        }
        Err(StoreError::IndexRebuilt { why })
    }

    fn rebuild(&self, ledger: &Ledger, current: &mut Current) -> Result<(), StoreError> {
        // sled writes files by path while it ends, so its place is taken only after that. Where it does not
        // end, as after a failed write, another sled in the same process would hang like it.
        current.is_stuck |= !close(current.index.take());
        if current.is_stuck {
            let dir = self.dir.display();
            return Err(StoreError::Unusable(format!(
                "the index in {dir} cannot be rebuilt while this process runs: \
                 check the disk, then restart; the ledger is whole"
            )));
        }
        current.index = Some(recovery::rebuild(&self.dir, ledger)?.index);
        current.generation += 1;
        Ok(())
    }
}

impl Store for IndexedStore {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.look(|index| index.get(key))
    }

    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        self.look(|index| index.range(prefix, limit))
    }

    fn commit(&self, group: &Group) -> Result<(), StoreError> {
        let mut ledger = self.ledger();
        let newest = ledger.append(group)?;
        stop_at(&mut ledger, Step::Index)?;
        let changes = group.changes.iter().cloned();
        let rows: Rows = changes.map(|change| (change.key, change.value)).collect();
        let mut current = self.current();
        let index = current.index.as_mut().ok_or_else(missing);
        if let Err(Damage(why)) = index.and_then(|index| index.apply(&rows, newest.seq, newest.sum)) {
            // The group is in the ledger, so the new index has it too: this commit has succeeded.
            warn!(%why, "the index was damaged and is rebuilt from the ledger");
            self.rebuild(&ledger, &mut current).inspect_err(|error| ledger.stop(error.to_string()))?;
        }
        stop_at(&mut ledger, Step::Done)
    }

    fn latest(&self) -> Option<Timestamp> {
        self.ledger().newest().map(|newest| newest.at)
    }
}

impl Drop for IndexedStore {
    fn drop(&mut self) {
        close(self.current().index.take());
    }
}

/// Whether it ended as it should.
fn close(index: Option<Index>) -> bool {
    let Some(Err(Damage(why))) = index.map(Index::close) else { return true };
    warn!(%why, "the index could not be closed properly; the ledger will make it good");
    false
}

fn missing() -> Damage {
    Damage("it could not be rebuilt before".to_owned())
}

/// A fault here is the end of the program as far as the store can tell.
fn stop_at(ledger: &mut Ledger, step: Step) -> Result<(), StoreError> {
    ledger.before(step).map_err(|why| {
        ledger.stop(why.to_string());
        StoreError::Unusable(format!("the store was stopped ({why}); the group is committed: restart"))
    })
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let file = File::options().write(true).create(true).truncate(false).open(path);
    let file = file.map_err(|why| segment::unusable(path, "be opened", &why))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unusable(format!(
            "{} is locked: another soundingboard is running on this store; stop that one first",
            path.display()
        ))),
        Err(TryLockError::Error(why)) => Err(segment::unusable(path, "be locked", &why)),
    }
}
