//! The index: the rows as the ledger has made them, for reading by key and by prefix.
//!
//! It may be lost at any time: the ledger makes it anew. So it need not survive by itself, and only has
//! to be fast, small in memory, and never to lie. It keeps the newest rows in memory; when these are a few
//! MiB they become a run on the disk (`run.rs`), and runs that have grown alike become one (O'Neil et al.
//! 1996, "The Log-Structured Merge-Tree"). `manifest` names the runs and says up to which group they hold.
//!
//! It was sled 0.34 first. With 1,200,000 rows of 300 bytes under keys as ours are, without order, sled
//! took 2.6 GB of memory and 73 µs a row while they came, and up to 1.7 s and 58 MB to open them; and as
//! it may open with rows missing after a kill, all of them had to be read at every start, 10 s. Here what
//! is read is checked when it is read, so that nothing has to be read only to be believed.

use super::known::{Known, name_of};
use super::merge::{MergeError, Merged, Merging};
use super::recent::Recent;
use super::run::{Run, Writer};
use super::segment::{create_dir, replace};
use super::snapshot::Sums;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering::{Equal, Greater, Less};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::warn;

const MANIFEST: &str = "manifest";
const VERSION: u32 = 1;
/// So many bytes of rows are kept in memory before they become a run.
const RECENT: usize = 4 * 1024 * 1024;
/// So many runs of like size become one, four times as large.
const ALIKE: usize = 4;
/// Runs smaller than this are all alike.
const SMALL: u64 = 256 * 1024;
/// More runs than this are only there while a large merge lasts: then the writer waits for it, since
/// each of them makes every look-up dearer.
const MOST_RUNS: usize = 48;
/// Beginnings of ranges that are asked for again and again.
const HINTS: usize = 64;

/// Why the index is not to be trusted any more.
#[derive(Debug)]
pub(super) struct Damage(pub String);

/// Rows changed together; None deletes.
pub(super) type Rows = BTreeMap<String, Option<String>>;

/// Up to where the ledger has been taken over, and what the rows add up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The last group, 0 for none, and the checksum of its line: is it still the same ledger?
    pub seq: u64,
    pub sum: u32,
    rows: u64,
    total: u64,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    version: u32,
    /// The oldest first, each with the checksum by which it is known.
    runs: Vec<(String, u32)>,
    next: u64,
    mark: Mark,
    known: Option<Known>,
}

/// The rows, at one time, for as long as it is wanted: whoever writes on does not disturb it.
pub(super) struct Still {
    runs: Vec<Arc<Run>>,
    pub mark: Mark,
}

pub(super) struct Index {
    dir: PathBuf,
    recent: Recent,
    /// When `recent` is as large as this it becomes a run; usually `RECENT`, more while the disk is full.
    limit: usize,
    step: usize,
    /// The oldest first.
    runs: Vec<Arc<Run>>,
    next: u64,
    mark: Mark,
    /// The same for the runs alone, and what of the ledger they hold.
    written: Mark,
    known: Option<Known>,
    merging: Option<Merging>,
    /// For a prefix, a key below which it has no row: a queue is taken from its front, and what has been
    /// taken would be passed over at every look.
    hints: Mutex<BTreeMap<String, String>>,
}

impl Index {
    /// Opens it, or creates it empty.
    pub fn open(dir: &Path) -> Result<Self, Damage> {
        create_dir(dir).map_err(|why| Damage(why.to_string()))?;
        let manifest = match fs::read(dir.join(MANIFEST)) {
            Ok(bytes) => read_manifest(&bytes)?,
            Err(why) if why.kind() == io::ErrorKind::NotFound => empty(dir)?,
            Err(why) => return Err(why.into()),
        };
        let open = |(name, sum): &(String, u32)| match Run::open(&dir.join(name))? {
            run if run.sum == *sum => Ok(Arc::new(run)),
            _ => Err(Damage(format!("{name} is another run than there was"))),
        };
        let runs = manifest.runs.iter().map(open).collect::<Result<_, _>>()?;
        let index = Self {
            dir: dir.to_owned(),
            recent: Recent::default(),
            limit: RECENT,
            step: RECENT,
            runs,
            next: manifest.next,
            written: manifest.mark.clone(),
            mark: manifest.mark,
            known: manifest.known,
            merging: None,
            hints: Mutex::default(),
        };
        index.sweep()?;
        Ok(index)
    }

    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// What of the ledger was taken over when the runs were last written.
    pub fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    pub fn get(&self, key: &str) -> Result<Option<String>, Damage> {
        match self.recent.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.stored(key),
        }
    }

    /// As the runs have it.
    fn stored(&self, key: &str) -> Result<Option<String>, Damage> {
        for run in self.runs.iter().rev() {
            if let Some(value) = run.get(key.as_bytes())? {
                return value.map(text).transpose();
            }
        }
        Ok(None)
    }

    pub fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, Damage> {
        let from = self.hint(prefix);
        let mut stored = Merged::at(self.runs.iter(), from.as_bytes())?;
        let mut recent = self.recent.from(&from, prefix).peekable();
        let mut rows = Vec::new();
        while rows.len() < limit {
            let below = stored.row().filter(|(key, _)| key.starts_with(prefix.as_bytes()));
            let order = match (below, recent.peek()) {
                (None, None) => break,
                (Some(_), None) => Less,
                (None, Some(_)) => Greater,
                (Some((key, _)), Some((above, _))) => key.cmp(above.as_bytes()),
            };
            let row = match order {
                Less => below.and_then(|(key, value)| Some((key, value?))).map(row).transpose()?,
                Equal | Greater => recent.next().and_then(|(key, value)| Some((key.clone(), value.clone()?))),
            };
            rows.extend(row);
            if order != Greater {
                stored.advance()?;
            }
        }
        if limit > 0 && limit != usize::MAX {
            self.remember(prefix, rows.first().map(|(key, _)| key.as_str()));
        }
        Ok(rows)
    }

    fn hint(&self, prefix: &str) -> String {
        let hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        hints.get(prefix).cloned().unwrap_or_else(|| prefix.to_owned())
    }

    /// Only a look that stops early is made at the front, again and again.
    fn remember(&self, prefix: &str, first: Option<&str>) {
        let mut hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        if hints.len() >= HINTS && !hints.contains_key(prefix) {
            hints.clear();
        }
        let behind_all = || format!("{prefix}{}", char::MAX);
        hints.insert(prefix.to_owned(), first.map_or_else(behind_all, str::to_owned));
    }

    /// Takes over the rows of every group up to and including `seq`. `known` is asked if they become a run.
    pub fn apply(
        &mut self,
        rows: &Rows,
        seq: u64,
        sum: u32,
        known: impl FnOnce() -> Option<Known>,
    ) -> Result<(), Damage> {
        let mut sums = self.mark.sums();
        for (key, value) in rows {
            let stored = self.stored(key)?;
            let old = self.recent.get(key).map_or(stored.as_ref(), Option::as_ref);
            if let Some(old) = old {
                sums.subtract(key.as_bytes(), old.as_bytes());
            }
            if let Some(value) = value {
                sums.add(key.as_bytes(), value.as_bytes());
                self.lower_hints(key);
            }
            match (value, stored) {
                // It came and went while it was recent: no trace is left of it.
                (None, None) => self.recent.forget(key),
                (value, _) => self.recent.put(key, value.clone()),
            }
        }
        self.mark = Mark { seq, sum, rows: sums.rows, total: sums.total };
        self.take_merged()?;
        if self.recent.bytes() >= self.limit { self.make_room(known()) } else { Ok(()) }
    }

    fn lower_hints(&self, key: &str) {
        let mut hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
        for (prefix, hint) in hints.iter_mut() {
            if key.starts_with(prefix.as_str()) && key < hint.as_str() {
                key.clone_into(hint);
            }
        }
    }

    /// A full disk costs memory for a while, no more: the groups are in the ledger.
    fn make_room(&mut self, known: Option<Known>) -> Result<(), Damage> {
        match self.write_out(known) {
            Ok(()) => {
                self.limit = self.step;
                self.merge()
            }
            Err(why) => {
                warn!(%why, "the index could not be written; it is kept in memory and tried again");
                self.limit = self.recent.bytes() + self.step;
                Ok(())
            }
        }
    }

    /// Everything is in runs when this returns, and the manifest names them.
    pub fn write_out(&mut self, known: Option<Known>) -> io::Result<()> {
        let mut runs = self.runs.clone();
        if !self.recent.is_empty() {
            runs.push(Arc::new(self.write_run()?));
        }
        self.write_manifest(&runs, &self.mark, known.as_ref())?;
        (self.runs, self.written, self.known) = (runs, self.mark.clone(), known);
        self.recent = Recent::default();
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<Run> {
        let path = self.new_path();
        let mut writer = Writer::create(&path, self.recent.len() as u64)?;
        for (key, value) in self.recent.rows() {
            writer.row(key.as_bytes(), value.as_ref().map(String::as_bytes))?;
        }
        writer.finish()
    }

    fn new_path(&mut self) -> PathBuf {
        self.next += 1;
        self.dir.join(format!("{:08}.run", self.next))
    }

    fn write_manifest(&self, runs: &[Arc<Run>], mark: &Mark, known: Option<&Known>) -> io::Result<()> {
        let manifest = Manifest {
            version: VERSION,
            runs: runs.iter().map(|run| (name_of(&run.path), run.sum)).collect(),
            next: self.next,
            mark: mark.clone(),
            known: known.cloned(),
        };
        let text = serde_json::to_string(&manifest).expect("names and numbers always serialise");
        let sum = crc32fast::hash(text.as_bytes());
        replace(&self.dir.join(MANIFEST), format!("{sum:08x} {text}\n").as_bytes())
    }

    /// Files that no manifest names: what was merged, or never finished.
    fn sweep(&self) -> io::Result<()> {
        let named: BTreeSet<_> = self.runs.iter().map(|run| &run.path).collect();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "run") && !named.contains(&path) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    // ---- merging

    /// Begins to merge where enough runs are alike, and waits if there are far too many.
    fn merge(&mut self) -> Result<(), Damage> {
        if self.merging.is_none() {
            self.begin_merge()?;
        }
        while self.runs.len() > MOST_RUNS && self.merging.is_some() {
            self.end_merge()?;
            self.begin_merge()?;
        }
        Ok(())
    }

    fn begin_merge(&mut self) -> Result<(), Damage> {
        let Some((from, count)) = alike(&self.runs.iter().map(|run| run.bytes).collect::<Vec<_>>()) else {
            return Ok(());
        };
        let runs = self.runs[from..from + count].to_vec();
        let path = self.new_path();
        self.merging = Some(Merging::begin(runs, &path, from == 0)?);
        Ok(())
    }

    fn take_merged(&mut self) -> Result<(), Damage> {
        if self.merging.as_ref().is_some_and(Merging::is_done) {
            self.end_merge()?;
            return self.merge();
        }
        Ok(())
    }

    /// Puts the merged run in the place of those it was made of.
    fn end_merge(&mut self) -> Result<(), Damage> {
        let Some(merging) = self.merging.take() else { return Ok(()) };
        let old = merging.runs.clone();
        let mut runs = self.runs.clone();
        let from = runs.iter().position(|run| Arc::ptr_eq(run, &old[0]));
        let from = from.expect("runs that are being merged stay where they are");
        let named = match merging.end() {
            Err(MergeError::Damage(damage)) => return Err(damage),
            Err(MergeError::Disk(why)) => Err(why),
            Ok(merged) => {
                runs.splice(from..from + old.len(), [Arc::new(merged)]);
                self.write_manifest(&runs, &self.written, self.known.as_ref())
            }
        };
        match named {
            Ok(()) => {
                self.runs = runs;
                // Whoever reads them has them open. One that cannot be removed goes at the next start.
                old.iter().for_each(|run| drop(fs::remove_file(&run.path)));
            }
            Err(why) => warn!(%why, "the index could not be merged; it is tried again"),
        }
        Ok(())
    }

    // ---- as it is

    /// The rows as they are, whatever is written from now on.
    pub fn still(&mut self, known: Option<Known>) -> io::Result<Still> {
        self.write_out(known)?;
        Ok(Still { runs: self.runs.clone(), mark: self.mark.clone() })
    }

    /// Writes out what is in memory and closes it; whatever goes wrong, the ledger makes good.
    pub fn close(mut self, known: Option<Known>) -> io::Result<()> {
        if self.known == known && self.recent.is_empty() { Ok(()) } else { self.write_out(known) }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        if let Some(merging) = self.merging.take() {
            merging.give_up();
        }
    }
}

impl Still {
    /// Shows every row in order; then what they came to is what they should.
    pub fn walk<E: From<Damage>>(
        &self,
        mut show: impl FnMut(&str, &str) -> Result<(), E>,
    ) -> Result<Sums, E> {
        let mut sums = Sums::default();
        let mut rows = Merged::at(self.runs.iter(), b"")?;
        while let Some((key, value)) = rows.row() {
            if let Some(value) = value {
                sums.add(key, value);
                show(as_text(key)?, as_text(value)?)?;
            }
            rows.advance()?;
        }
        let should = self.mark.sums();
        if sums == should {
            return Ok(sums);
        }
        let (has, should) = (sums.rows, should.rows);
        Err(Damage(format!("it has {has} rows and should have {should}, or other contents")).into())
    }
}

impl Mark {
    pub fn sums(&self) -> Sums {
        Sums { rows: self.rows, total: self.total }
    }
}

/// Which runs to make one: the newest that are alike, with what is small between them.
fn alike(sizes: &[u64]) -> Option<(usize, usize)> {
    let (mut largest, mut count) = (0, 0);
    for (from, size) in sizes.iter().enumerate().rev() {
        let level = level(*size);
        if level > largest {
            (largest, count) = (level, 0);
        }
        count += usize::from(level == largest);
        if count == ALIKE {
            return Some((from, sizes.len() - from));
        }
    }
    None
}

/// Four times as large is one level up.
fn level(bytes: u64) -> u32 {
    (bytes / SMALL).checked_ilog(ALIKE as u64).map_or(0, |level| level + 1)
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, Damage> {
    let (sum, text) = bytes.split_at_checked(9).ok_or_else(|| unreadable("manifest"))?;
    let text = text.strip_suffix(b"\n").ok_or_else(|| unreadable("manifest"))?;
    if sum != format!("{:08x} ", crc32fast::hash(text)).as_bytes() {
        return Err(unreadable("manifest"));
    }
    let manifest: Manifest = serde_json::from_slice(text).map_err(|_| unreadable("manifest"))?;
    if manifest.version == VERSION {
        Ok(manifest)
    } else {
        Err(Damage("it is of another version".to_owned()))
    }
}

/// A directory without a manifest is new, or not ours to read.
fn empty(dir: &Path) -> Result<Manifest, Damage> {
    if fs::read_dir(dir)?.next().is_some() {
        return Err(Damage("it has no manifest: it is damaged, or of an older soundingboard".to_owned()));
    }
    Ok(Manifest { version: VERSION, runs: Vec::new(), next: 0, mark: Mark::default(), known: None })
}

fn text(bytes: Vec<u8>) -> Result<String, Damage> {
    String::from_utf8(bytes).map_err(|_| unreadable("row"))
}

fn row((key, value): (&[u8], &[u8])) -> Result<(String, String), Damage> {
    Ok((as_text(key)?.to_owned(), as_text(value)?.to_owned()))
}

fn as_text(bytes: &[u8]) -> Result<&str, Damage> {
    std::str::from_utf8(bytes).map_err(|_| unreadable("row"))
}

fn unreadable(what: &str) -> Damage {
    Damage(format!("its {what} is unreadable"))
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    const MIB: u64 = 1024 * 1024;

    fn tiny(dir: &Path) -> Index {
        let mut index = Index::open(dir).unwrap();
        (index.limit, index.step) = (600, 600);
        index
    }

    fn apply(index: &mut Index, model: &mut BTreeMap<String, String>, rows: &Rows, seq: u64) {
        index.apply(rows, seq, 7, || None).unwrap();
        for (key, value) in rows {
            match value {
                Some(value) => model.insert(key.clone(), value.clone()),
                None => model.remove(key),
            };
        }
    }

    fn same(index: &Index, model: &BTreeMap<String, String>) {
        for prefix in ["", "a/", "a/1", "b/", "c/"] {
            let expected: Vec<_> = model.clone().into_iter().filter(|(k, _)| k.starts_with(prefix)).collect();
            assert_eq!(index.range(prefix, usize::MAX).unwrap(), expected, "{prefix}");
            for limit in [1, 3] {
                let first: Vec<_> = expected.iter().take(limit).cloned().collect();
                assert_eq!(index.range(prefix, limit).unwrap(), first, "{prefix} {limit}");
            }
        }
        for n in 0..40 {
            let key = format!("a/{n}");
            assert_eq!(index.get(&key).unwrap(), model.get(&key).cloned());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
        #[test]
        fn runs_and_what_is_recent_are_together_one_ordered_map(
            groups in prop::collection::vec(
                prop::collection::btree_map(
                    prop::sample::select(vec!["a/", "b/", "c/"]).prop_flat_map(|table| {
                        (0..40u32).prop_map(move |n| format!("{table}{n}"))
                    }),
                    prop::option::weighted(0.6, (0..9u32).prop_map(|n| n.to_string().repeat(50))),
                    1..6,
                ),
                1..120,
            ),
            reopened in 0..120usize,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let (mut index, mut model) = (tiny(dir.path()), BTreeMap::new());
            for (n, rows) in groups.iter().enumerate() {
                apply(&mut index, &mut model, rows, n as u64 + 1);
                if n == reopened {
                    index.close(None).unwrap();
                    index = tiny(dir.path());
                }
                if n % 7 == 0 {
                    same(&index, &model);
                }
            }
            same(&index, &model);
            // Among them are the sums, which `walk` compares.
            let still = index.still(None).unwrap();
            let mut rows = BTreeMap::new();
            still.walk(|key, value| {
                rows.insert(key.to_owned(), value.to_owned());
                Ok::<_, Damage>(())
            }).unwrap();
            prop_assert_eq!(rows, model);
        }
    }

    #[test]
    fn a_queue_is_taken_from_its_front_without_passing_over_what_was_taken() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = tiny(dir.path());
        let key = |n: u32| format!("queue/{n:05}");
        let rows = |n: u32, value: Option<&str>| Rows::from([(key(n), value.map(str::to_owned))]);
        (0..100).for_each(|n| index.apply(&rows(n, Some("1")), 1, 7, || None).unwrap());
        for n in 0..100 {
            assert_eq!(index.range("queue/", 1).unwrap(), [(key(n), "1".to_owned())]);
            assert_eq!(index.hint("queue/"), key(n));
            index.apply(&rows(n, None), 1, 7, || None).unwrap();
        }
        assert_eq!(index.range("queue/", 1).unwrap(), []);
        index.apply(&rows(50, Some("2")), 1, 7, || None).unwrap();
        assert_eq!(index.range("queue/", 1).unwrap(), [(key(50), "2".to_owned())], "one that comes before");
        index.apply(&rows(20, Some("3")), 1, 7, || None).unwrap();
        assert_eq!(index.range("queue/", 9).unwrap().len(), 2);
    }

    #[test]
    fn runs_that_have_grown_alike_are_merged_the_newest_first() {
        assert_eq!(alike(&[]), None);
        assert_eq!(alike(&[4 * MIB, 4 * MIB, 4 * MIB]), None);
        assert_eq!(alike(&[4 * MIB; 4]), Some((0, 4)));
        assert_eq!(alike(&[64 * MIB, 4 * MIB, 5 * MIB, 4 * MIB, 4 * MIB]), Some((1, 4)));
        let with_small = [64 * MIB, 4 * MIB, 99, 5 * MIB, 4 * MIB, 99, 4 * MIB];
        assert_eq!(alike(&with_small), Some((1, 6)));
        assert_eq!(alike(&[9, 9, 9, 9]), Some((0, 4)));
    }
}
