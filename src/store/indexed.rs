//! The store of a running daemon: the ledger, and sled as its index.

use super::faults::{Faultless, Faults, Step};
use super::index::{Damage, Index};
use super::ledger::{Appended, Ledger};
use super::recovery::{self, Recovered};
use super::{Group, Store, StoreError, room, segment, sleds};
use crate::program::record::Timestamp;
use std::fs::{File, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;
use tracing::warn;

/// The ledger rolls when what no snapshot stands for is larger than this.
const TAIL: u64 = 256 * 1024 * 1024;
/// After so many groups it is noted that the next start need not read them again.
const NOTED: u64 = 1_000;
/// That takes a fifth of a second.
const READ_WHOLE: u64 = 64 * 1024 * 1024;

/// One directory, one process:
///
/// ```text
/// lock                             held while the store is open
/// ledger/NNNNNN.snapshot.jsonl     the truth, up to a group
/// ledger/NNNNNN.jsonl              the truth, group by group
/// ledger/NNNNNN.torn               the last line that was cut off, if ever
/// index/                           sled: may be deleted while nothing runs
/// index.damaged-N/                 the newest index that was set aside, at group N
/// erasing                          an erasure was begun, and goes on at the next start
/// ```
pub struct IndexedStore {
    pub(super) dir: PathBuf,
    /// Always locked before `current`. Its holder is the only writer.
    ledger: Mutex<Ledger>,
    current: RwLock<Current>,
    /// One roll at a time.
    pub(super) rolling: Mutex<()>,
    tail: u64,
    /// Rung after a commit where there is something for the keeper to do.
    bell: Mutex<Option<Bell>>,
    is_long: AtomicBool,
    /// Not yet asked for.
    damages: Mutex<Vec<String>>,
    /// The kernel unlocks it however we end.
    _lock: File,
}

type Bell = Box<dyn Fn() + Send>;

/// The index in use.
pub(super) struct Current {
    /// None while it is being rebuilt, or if that failed.
    pub index: Option<Index>,
    /// How many indexes there were before it: of several readers that find one damaged, one rebuilds it.
    pub generation: u64,
    /// sled did not end, so this process cannot have another index.
    is_stuck: bool,
}

/// How a store is opened.
pub struct Opening {
    pub faults: Arc<dyn Faults>,
    /// The ledger rolls when so many bytes are behind its snapshot.
    pub tail: u64,
    /// A ledger of at most this size is read whole at the start.
    pub read_whole: u64,
}

impl Default for Opening {
    fn default() -> Self {
        Self { faults: Arc::new(Faultless), tail: TAIL, read_whole: READ_WHOLE }
    }
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
        Self::open_as(dir, Opening { faults, ..Opening::default() })
    }

    /// As [`IndexedStore::open`], otherwise than usual.
    pub fn open_as(dir: &Path, Opening { faults, tail, read_whole }: Opening) -> Result<Opened, StoreError> {
        segment::create_dir(dir)?;
        let lock = lock(dir)?;
        room::to_start(&*faults, dir)?;
        let (ledger, torn, recovered) = recovery::open(dir, read_whole, faults)?;
        let Recovered { index, replayed, warning } = recovered;
        let store = Self {
            dir: dir.to_owned(),
            is_long: AtomicBool::new(ledger.behind_snapshot() > tail),
            ledger: Mutex::new(ledger),
            current: RwLock::new(Current { index: Some(index), generation: 0, is_stuck: false }),
            rolling: Mutex::default(),
            tail,
            bell: Mutex::default(),
            damages: Mutex::default(),
            _lock: lock,
        };
        let erased = store.finish_erasure()?;
        Ok(Opened { store, warnings: torn.into_iter().chain(warning).chain(erased).collect(), replayed })
    }

    /// Whether it is time to roll the ledger.
    pub fn is_long(&self) -> bool {
        self.is_long.load(Relaxed)
    }

    /// Whether every line of the ledger was, at the start.
    pub(super) fn is_read_whole(&self) -> bool {
        self.ledger().is_read_whole()
    }

    /// Called after a commit that has made the ledger long. It must not wait for anything.
    pub(super) fn on_long(&self, bell: Option<Bell>) {
        *self.bell.lock().unwrap_or_else(PoisonError::into_inner) = bell;
    }

    pub(super) fn measure(&self, ledger: &Ledger) {
        let is_long = ledger.behind_snapshot() > self.tail;
        self.is_long.store(is_long, Relaxed);
        let bell = self.bell.lock().unwrap_or_else(PoisonError::into_inner);
        if let (true, Some(bell)) = (is_long, &*bell) {
            bell();
        }
    }

    pub(super) fn note_damage(&self, sentence: String) {
        self.damages.lock().unwrap_or_else(PoisonError::into_inner).push(sentence);
    }

    // A panic while a lock is held leaves the ledger as a failed append would, and an index that does not
    // add up is found by its sums: what is behind a poisoned lock can be used.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn current(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn look<T>(&self, look: impl FnOnce(&Index) -> Result<T, Damage>) -> Result<T, StoreError> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let generation = current.generation;
        let found = current.index.as_ref().ok_or_else(missing).and_then(look);
        drop(current);
        found.or_else(|damage| self.replace(generation, damage))
    }

    /// The next rows behind a key, as long as it is the same index.
    pub(super) fn portion(
        &self,
        generation: u64,
        behind: Option<&str>,
    ) -> Result<Vec<(String, String)>, Damage> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        if current.generation != generation {
            return Err(Damage("another has taken its place".to_owned()));
        }
        current.index.as_ref().ok_or_else(missing)?.portion(behind)
    }

    /// A reader found the index damaged: whoever comes first rebuilds it.
    pub(super) fn replace<T>(&self, generation: u64, Damage(why): Damage) -> Result<T, StoreError> {
        let ledger = self.ledger();
        let mut current = self.current();
        if current.generation == generation {
            self.note_damage(format!("the index was damaged ({why}) and is rebuilt from the ledger"));
            self.rebuild(&ledger, &mut current)?;
        }
        Err(StoreError::IndexRebuilt { why })
    }

    pub(super) fn rebuild(&self, ledger: &Ledger, current: &mut Current) -> Result<(), StoreError> {
        current.generation += 1;
        if let Some(Err(Damage(why))) = current.index.take().map(Index::abandon) {
            warn!(%why, "the index could not be closed");
            current.is_stuck = true;
        }
        if current.is_stuck {
            let dir = self.dir.display();
            return Err(StoreError::Unusable(format!(
                "the index in {dir} cannot be rebuilt while this process runs: \
                 check the disk, then restart; the ledger is whole"
            )));
        }
        current.index = Some(recovery::rebuild(&self.dir, ledger)?.index);
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

    fn behind(&self, prefix: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        self.look(|index| index.behind(prefix, key, limit))
    }

    fn commit(&self, group: &Group) -> Result<(), StoreError> {
        let mut ledger = self.ledger();
        let Appended { newest, rows } = ledger.append(group)?;
        stop_at(&mut ledger, Step::Index)?;
        let mut current = self.current();
        let index = current.index.as_mut().ok_or_else(missing);
        if let Err(Damage(why)) = index.and_then(|index| {
            index.apply(&rows, newest.seq, newest.sum)?;
            if newest.seq % NOTED == 0 { index.note(ledger.known()) } else { Ok(()) }
        }) {
            // The group is in the ledger, so the new index has it too: this commit has succeeded.
            warn!(%why, "the index was damaged and is rebuilt from the ledger");
            self.note_damage(format!("the index was damaged ({why}) and is rebuilt from the ledger"));
            self.rebuild(&ledger, &mut current).inspect_err(|error| ledger.stop(error.to_string()))?;
        }
        self.measure(&ledger);
        stop_at(&mut ledger, Step::Done)
    }

    fn latest(&self) -> Option<Timestamp> {
        self.ledger().newest().map(|newest| newest.at)
    }

    fn damages(&self) -> Vec<String> {
        std::mem::take(&mut *self.damages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for IndexedStore {
    fn drop(&mut self) {
        let known = self.ledger().known();
        let closed = self.current().index.take().map(|index| index.close(known));
        if let Some(Err(Damage(why))) = closed {
            warn!(%why, "the index could not be written; the ledger will make it good");
        }
    }
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

/// How long another may go on having a store that it is letting go.
const PATIENCE: Duration = Duration::from_millis(500);

/// Takes the lock of the store in `dir`: whoever has it is the only one there.
pub(crate) fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = &dir.join("lock");
    let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(|why| segment::unusable(path, "be opened", &why))?;
    match sleds::lock_within(&file, PATIENCE) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unusable(format!(
            "{} is locked: another soundingboard is running on this store; stop that one first",
            path.display()
        ))),
        Err(TryLockError::Error(why)) => Err(segment::unusable(path, "be locked", &why)),
    }
}
