//! The index: the rows as the ledger has made them, in sled, for reading by key and by prefix.
//!
//! It may be lost at any time: the ledger makes it anew. sled 0.34 promises less than it seems to
//! (`flush` is not an fsync, a log cut by a kill may open with rows missing or not at all, a damaged
//! page may panic), so nothing here is believed: a count and a sum over all rows are written with
//! every change and compared (`is_checked`), and whatever sled says or does wrong is [`Damage`].

use super::known::Known;
use super::long::{Held, Longs, Spot, Value};
use super::segment::replace;
use super::sleds::{guarded, let_go, wait_until_let_go};
use super::snapshot::Sums;
use super::still::{PORTION, Still};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::ops::Bound::{Excluded, Unbounded};
use std::path::{Path, PathBuf};

/// No rows: a row's key has a `/`.
const MARK: &[u8] = b"mark";
const KNOWN: &[u8] = b"known";
const POINTS: &[u8] = b"points";
/// Written when sled has ended as it should, and taken away when it is opened.
const CLOSED: &str = "closed";
/// Bounds sled's page cache only roughly: three times as much is held. What falls out of it is in the system's.
const CACHE_BYTES: u64 = 4 * 1024 * 1024;
/// So many rows are read at every start: a quarter of a second.
const READ_ALWAYS: u64 = 50_000;
/// So many after an abnormal end: two seconds. A larger index is looked over once the daemon runs.
const READ_AFTER_A_KILL: u64 = 400_000;

/// Why the index is not to be trusted any more.
#[derive(Debug)]
pub(super) struct Damage(pub String);

/// Rows changed together; None deletes.
pub(super) type Rows = BTreeMap<String, Option<Value>>;

/// Up to where the ledger has been taken over, and what the rows should add up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The last group, 0 for none, and the checksum of its line: is it still the same ledger?
    pub seq: u64,
    pub sum: u32,
    rows: u64,
    total: u64,
}

/// How sled ended: with which rows, and how long its file was then.
#[derive(Serialize, Deserialize)]
struct Closed {
    mark: Mark,
    bytes: u64,
}

pub(super) struct Index {
    db: sled::Db,
    dir: PathBuf,
    mark: Mark,
    known: Option<Known>,
    longs: Longs,
    /// The snapshot before which nothing is looked for.
    points_from: u32,
    is_checked: bool,
    /// Whoever still reads the rows as they were once.
    stills: Vec<Still>,
}

impl Index {
    /// Opens it, or creates it empty. It is read whole where that is soon done. Long values stand in the
    /// `ledger`.
    pub fn open(dir: &Path, ledger: PathBuf) -> Result<Self, Damage> {
        // No flushing in the background: what a kill leaves unwritten (at most a few buffers of 512 KiB)
        // is replayed from the ledger, and a disk that is idle can stay idle.
        let config = sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        wait_until_let_go(dir);
        // Before sled opens its file, and may lengthen it.
        let closed = take_closed(dir).filter(|closed| closed.bytes == bytes(dir));
        let mut index = guarded(|| {
            let db = config.open()?;
            let mark = stored(&db, MARK)?.unwrap_or_default();
            let known = stored(&db, KNOWN)?;
            let points_from = stored(&db, POINTS)?.unwrap_or_default();
            let (dir, longs) = (dir.to_owned(), Longs::of(ledger));
            Ok(Self { db, dir, mark, known, longs, points_from, is_checked: true, stills: Vec::new() })
        })?;
        let ended_well = closed.is_some_and(|closed| closed.mark == index.mark);
        if index.mark.rows > if ended_well { READ_ALWAYS } else { READ_AFTER_A_KILL } {
            index.is_checked = ended_well;
            return Ok(index);
        }
        match index.add_up() {
            Ok(()) => Ok(index),
            Err(damage) => {
                // It is given up already; sled only has to let go of its files.
                let _ = index.abandon();
                Err(damage)
            }
        }
    }

    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// What of the ledger had been taken over when that was last noted.
    pub fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// Whether its rows have been counted since an abnormal end.
    pub fn is_checked(&self) -> bool {
        self.is_checked
    }

    pub fn get(&self, key: &str) -> Result<Option<String>, Damage> {
        guarded(|| self.db.get(key)?.as_deref().map(|held| self.value(key.as_bytes(), held)).transpose())
    }

    pub fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, Damage> {
        guarded(|| self.rows(self.db.scan_prefix(prefix), limit))
    }

    /// The next rows behind this key; fewer than [`PORTION`] are the last.
    pub fn portion(&self, behind: Option<&str>) -> Result<Vec<(String, String)>, Damage> {
        self.behind("", behind.unwrap_or_default(), PORTION)
    }

    /// Rows that begin with `prefix` and come behind a key.
    pub fn behind(&self, prefix: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, Damage> {
        let end = prefix_end(prefix).map_or(Unbounded, Excluded);
        guarded(|| self.rows(self.db.range::<Vec<u8>, _>((Excluded(key.as_bytes().to_vec()), end)), limit))
    }

    fn rows(&self, pairs: sled::Iter, limit: usize) -> Result<Vec<(String, String)>, Damage> {
        let row = |pair: sled::Result<(sled::IVec, sled::IVec)>| {
            let (key, held) = pair?;
            Ok((text(&key)?, self.value(&key, &held)?))
        };
        pairs.filter(is_row).take(limit).map(row).collect()
    }

    fn value(&self, key: &[u8], held: &[u8]) -> Result<String, Damage> {
        self.longs.text(key, &Held::of(held)?)
    }

    /// Takes over the rows of every group up to and including `seq`, whole or not at all.
    pub fn apply(&mut self, rows: &Rows, seq: u64, sum: u32) -> Result<(), Damage> {
        self.stills.retain(Still::is_read);
        guarded(|| {
            let mut sums = self.mark.sums();
            let mut batch = sled::Batch::default();
            for (key, value) in rows {
                let old = self.db.get(key)?;
                if let Some(old) = &old {
                    sums.subtract_row(Held::of(old)?.sum(key.as_bytes()));
                }
                self.keep_still(key, old.as_deref())?;
                match value {
                    Some(value) => {
                        let sum = value.sum(key);
                        sums.add_row(sum);
                        batch.insert(key.as_bytes(), &*value.held(sum));
                    }
                    None => batch.remove(key.as_bytes()),
                }
            }
            let mark = Mark { seq, sum, rows: sums.rows, total: sums.total };
            batch.insert(MARK, json(&mark));
            self.db.apply_batch(batch)?;
            self.mark = mark;
            Ok(())
        })
    }

    /// Whoever reads the rows as they were gets this one as it is now.
    fn keep_still(&self, key: &str, held: Option<&[u8]>) -> Result<(), Damage> {
        if self.stills.is_empty() {
            return Ok(());
        }
        let old = held.map(|held| self.value(key.as_bytes(), held)).transpose()?;
        self.stills.iter().for_each(|still| still.keep(key, old.as_deref()));
        Ok(())
    }

    /// The snapshot before which no long value is looked for; 0 if there was none.
    pub fn points_from(&self) -> u32 {
        self.points_from
    }

    /// Looks for long values in this snapshot that stood before it. What was before it may be deleted then,
    /// and a kill does not bring it back to mind.
    pub fn point(&mut self, snapshot: u32, moved: &[(String, u64)]) -> Result<(), Damage> {
        guarded(|| {
            let mut batch = sled::Batch::default();
            for (key, offset) in moved {
                let to = Spot { file: snapshot, offset: *offset };
                if let Some(held) = self.db.get(key)?
                    && let Held::Apart(pointer) = Held::of(&held)?
                    && let Some(there) = pointer.moved(to)
                {
                    batch.insert(key.as_bytes(), there);
                }
            }
            batch.insert(POINTS, json(&snapshot));
            self.db.apply_batch(batch)?;
            self.db.flush()?;
            Ok(())
        })?;
        self.points_from = snapshot;
        self.longs.close_before(snapshot);
        Ok(())
    }

    /// Notes how much of the ledger need not be read again.
    pub fn note(&mut self, known: Option<Known>) -> Result<(), Damage> {
        guarded(|| {
            match &known {
                Some(known) => self.db.insert(KNOWN, json(known))?,
                None => self.db.remove(KNOWN)?,
            };
            self.db.flush()?;
            Ok(())
        })?;
        self.known = known;
        Ok(())
    }

    /// The rows as they are, whatever is written from now on.
    pub fn still(&mut self) -> Still {
        let still = Still::of(self.mark.clone());
        self.stills.push(still.clone());
        still
    }

    /// The rows add up to what they should.
    pub fn has_been_checked(&mut self) {
        self.is_checked = true;
    }

    /// Long values are not read: whoever asks for one reads it, and compares.
    fn add_up(&self) -> Result<(), Damage> {
        guarded(|| {
            let mut sums = Sums::default();
            for pair in self.db.iter().filter(is_row) {
                let (key, held) = pair?;
                text(&key)?;
                sums.add_row(Held::of(&held)?.sum(&key));
            }
            sums.compare(self.mark.sums())
        })
    }

    /// Closes it for the next start; whatever goes wrong, the ledger makes good.
    pub fn close(mut self, known: Option<Known>) -> Result<(), Damage> {
        let noted = self.note(known);
        let (dir, mark, is_checked) = (self.dir.clone(), self.mark.clone(), self.is_checked);
        self.abandon()?;
        noted?;
        if is_checked {
            let closed = Closed { mark, bytes: bytes(&dir) };
            replace(&dir.join(CLOSED), &json(&closed)).map_err(|why| Damage(why.to_string()))?;
        }
        Ok(())
    }

    /// Ends sled, in whatever state it is; an error if it does not end.
    pub fn abandon(self) -> Result<(), Damage> {
        let Self { db, dir, .. } = self;
        let_go(db, &dir)
    }
}

impl Mark {
    pub fn sums(&self) -> Sums {
        Sums { rows: self.rows, total: self.total }
    }
}

/// The first key behind all that begin with this; UTF-8 has no byte 0xFF.
fn prefix_end(prefix: &str) -> Option<Vec<u8>> {
    let mut end = prefix.as_bytes().to_vec();
    *end.last_mut()? += 1;
    Some(end)
}

fn take_closed(dir: &Path) -> Option<Closed> {
    let path = dir.join(CLOSED);
    let closed = fs::read(&path).ok()?;
    fs::remove_file(&path).ok()?;
    serde_json::from_slice(&closed).ok()
}

fn bytes(dir: &Path) -> u64 {
    fs::metadata(dir.join("db")).map_or(0, |file| file.len())
}

fn stored<T: for<'a> Deserialize<'a>>(db: &sled::Db, key: &[u8]) -> Result<Option<T>, Damage> {
    let stored = db.get(key)?;
    stored.map(|bytes| serde_json::from_slice(&bytes).map_err(|_| unreadable("mark"))).transpose()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("names and numbers always serialise")
}

fn is_row(pair: &sled::Result<(sled::IVec, sled::IVec)>) -> bool {
    pair.as_ref().map_or(true, |(key, _)| ![MARK, KNOWN, POINTS].contains(&&**key))
}

fn text(bytes: &[u8]) -> Result<String, Damage> {
    String::from_utf8(bytes.to_vec()).map_err(|_| unreadable("row"))
}

fn unreadable(what: &str) -> Damage {
    Damage(format!("a {what} is unreadable"))
}
