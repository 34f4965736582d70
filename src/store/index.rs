//! The index: the rows as the ledger has made them, in sled, for reading by key and by prefix.
//!
//! It may be lost at any time: the ledger makes it anew. sled 0.34 promises less than it seems to
//! (`flush` is not an fsync, a log cut by a kill may open with rows missing or not at all, a damaged
//! page may panic), so nothing here is believed: a count and a sum over all rows are written with
//! every change and compared at start, and whatever sled says or does wrong is [`Damage`].

use serde::{Deserialize, Serialize};
use std::any::Any;
use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// No row: a row's key has a `/`.
const MARK: &[u8] = b"mark";
/// Bounds sled's page cache only roughly; the rows of a hundred thousand past requests fit the system's.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// For sled to end; milliseconds are usual.
const LET_GO: Duration = Duration::from_secs(5);
const LET_GO_PAUSE: Duration = Duration::from_millis(2);

/// Why the index is not to be trusted any more.
#[derive(Debug)]
pub(super) struct Damage(pub String);

/// Rows changed together; None deletes.
pub(super) type Rows = BTreeMap<String, Option<String>>;

/// Up to where the ledger has been taken over, and what the rows should add up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The last group, 0 for none, and the checksum of its line: is it still the same ledger?
    pub seq: u64,
    pub sum: u32,
    rows: u64,
    /// Of the rows' checksums: the same in any order.
    total: u64,
}

pub(super) struct Index {
    db: sled::Db,
    mark: Mark,
    dir: PathBuf,
}

impl Index {
    /// Opens it, or creates it empty, and reads every row once.
    pub fn open(dir: &Path) -> Result<Self, Damage> {
        // No flushing in the background: what a kill leaves unwritten (at most a few buffers of 512 KiB)
        // is replayed from the ledger, and a disk that is idle can stay idle.
        let config = sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        wait_until_let_go(dir);
        let index = guarded(|| {
            let db = config.open()?;
            let mark = match db.get(MARK)? {
                Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| unreadable("mark"))?,
                None => Mark::default(),
            };
            Ok(Self { db, mark, dir: dir.to_owned() })
        })?;
        match guarded(|| index.add_up()) {
            Ok(()) => Ok(index),
            Err(damage) => {
                // It is given up already; sled only has to let go of its files.
                let _ = index.close();
                Err(damage)
            }
        }
    }

    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    pub fn get(&self, key: &str) -> Result<Option<String>, Damage> {
        guarded(|| match self.db.get(key)? {
            Some(value) => Ok(Some(text(&value)?)),
            None => Ok(None),
        })
    }

    pub fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, Damage> {
        guarded(|| {
            let pairs = self.db.scan_prefix(prefix);
            let rows = pairs.filter(|pair| !matches!(pair, Ok((key, _)) if key == MARK));
            rows.take(limit).map(|pair| pair.map_err(Damage::from).and_then(row)).collect()
        })
    }

    /// Takes over the rows of every group up to and including `seq`, whole or not at all.
    pub fn apply(&mut self, rows: &Rows, seq: u64, sum: u32) -> Result<(), Damage> {
        guarded(|| {
            let mut mark = Mark { seq, sum, ..self.mark.clone() };
            let mut batch = sled::Batch::default();
            for (key, value) in rows {
                if let Some(old) = self.db.get(key)? {
                    mark.subtract(key.as_bytes(), &old);
                }
                match value {
                    Some(value) => {
                        mark.add(key.as_bytes(), value.as_bytes());
                        batch.insert(key.as_bytes(), value.as_bytes());
                    }
                    None => batch.remove(key.as_bytes()),
                }
            }
            batch.insert(MARK, serde_json::to_vec(&mark).expect("four numbers always serialise"));
            self.db.apply_batch(batch)?;
            self.mark = mark;
            Ok(())
        })
    }

    fn add_up(&self) -> Result<(), Damage> {
        let mut found = Mark { seq: self.mark.seq, sum: self.mark.sum, ..Mark::default() };
        for pair in self.db.iter() {
            let (key, value) = pair?;
            if key != MARK {
                found.add(&key, &value);
            }
        }
        if found == self.mark {
            return Ok(());
        }
        let (has, should) = (found.rows, self.mark.rows);
        Err(Damage(format!("it has {has} rows and should have {should}, or other contents")))
    }

    /// Writes out what is in memory and closes it; whatever goes wrong, the ledger makes good.
    pub fn close(self) -> Result<(), Damage> {
        let dir = self.dir.clone();
        let (tell, told) = mpsc::channel();
        let close = move || {
            let closed = guarded(|| {
                drop(self);
                Ok(())
            });
            // Nobody listens any more if it took too long.
            let _ = tell.send(closed);
        };
        // After a failed write sled waits forever in its drop: that must not be our wait.
        let spawned = thread::Builder::new().name("index-close".to_owned()).spawn(close);
        spawned.map_err(|why| Damage(format!("no thread to close it ({why})")))?;
        let closed =
            told.recv_timeout(LET_GO).unwrap_or_else(|_| Err(Damage("sled does not end".to_owned())));
        wait_until_let_go(&dir);
        closed
    }
}

/// sled's threads may hold its lock, and write, for a moment after the last handle is dropped. Whoever
/// opened or renamed the directory then would find it locked, or changed afterwards.
#[expect(clippy::disallowed_methods, reason = "sled tells nobody when its threads have ended")]
fn wait_until_let_go(dir: &Path) {
    let Ok(file) = File::open(dir.join("db")) else { return };
    let mut pauses = LET_GO.as_millis() / LET_GO_PAUSE.as_millis();
    while pauses > 0 && file.try_lock().is_err() {
        thread::sleep(LET_GO_PAUSE);
        pauses -= 1;
    }
}

impl Mark {
    fn add(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.total = self.total.wrapping_add(row_sum(key, value));
    }

    fn subtract(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.total = self.total.wrapping_sub(row_sum(key, value));
    }
}

fn row_sum(key: &[u8], value: &[u8]) -> u64 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(key);
    sum.update(value);
    sum.finalize().into()
}

fn row((key, value): (sled::IVec, sled::IVec)) -> Result<(String, String), Damage> {
    Ok((text(&key)?, text(&value)?))
}

fn text(bytes: &[u8]) -> Result<String, Damage> {
    String::from_utf8(bytes.to_vec()).map_err(|_| unreadable("row"))
}

impl From<sled::Error> for Damage {
    fn from(error: sled::Error) -> Self {
        Self(error.to_string())
    }
}

fn unreadable(what: &str) -> Damage {
    Damage(format!("a {what} is unreadable"))
}

/// sled panics on some damage: to us that is one more answer.
fn guarded<T>(look: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
    match catch_unwind(AssertUnwindSafe(look)) {
        Ok(answer) => answer,
        Err(panic) => Err(Damage(format!("sled panicked: {}", words_of(&*panic)))),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}
