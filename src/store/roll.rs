//! The ledger rolls: a snapshot takes the place of all groups before it, and their history goes.
//!
//! The writer is held up only while a new segment is begun, not while the snapshot is written: that is
//! made of the rows as they were then (`Still`). Old segments are deleted after the snapshot was
//! synced, read back, found to be what the rows should add up to, and given its name. A kill at any instant
//! leaves the old files or the new ones, or both; then the new ones count.

use super::faults::{Step, Tail};
use super::index::Damage;
use super::indexed::IndexedStore;
use super::segment::{self, sync_dir, unusable};
use super::snapshot::{self, Sums, Writer};
use super::still::Still;
use super::{Newest, StoreError, recovery};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tracing::warn;

const ERASING: &str = "erasing";

/// A snapshot in the making.
struct Begun {
    stands_for: Newest,
    rows: Still,
    generation: u64,
    part: PathBuf,
    path: PathBuf,
}

/// Why a snapshot was not made. The old files are whole.
enum Trouble {
    Index(Damage),
    Other(StoreError),
}

impl From<Damage> for Trouble {
    fn from(damage: Damage) -> Self {
        Self::Index(damage)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Other(error)
    }
}

impl IndexedStore {
    /// Rolls the ledger; false if there was nothing to roll, or it was given up since `stop` became true.
    /// An error leaves the ledger as it was; it can be tried again.
    pub fn roll(&self, stop: &AtomicBool) -> Result<bool, StoreError> {
        let _rolling = self.rolling.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(begun) = self.begin_roll()? else { return Ok(false) };
        match self.write(&begun, stop) {
            Ok(longs) => self.end_roll(&begun, &longs).map(|()| true),
            Err(trouble) => {
                // Whatever is left of it is nobody's, and goes at the next start too.
                let _ = fs::remove_file(&begun.part);
                match trouble {
                    Trouble::Other(_) if stop.load(Relaxed) => Ok(false),
                    Trouble::Other(error) => Err(error),
                    Trouble::Index(damage) => self.replace(begun.generation, damage),
                }
            }
        }
    }

    fn begin_roll(&self) -> Result<Option<Begun>, StoreError> {
        let mut ledger = self.ledger();
        let Some(stands_for) = ledger.newest() else { return Ok(None) };
        ledger.refuse_if_stopped()?;
        ledger.leaves_room_for_a_snapshot()?;
        let (part, path) = ledger.begin_roll()?;
        let mut current = self.current();
        let generation = current.generation;
        let index = current.index.as_mut().ok_or_else(|| missing(&self.dir))?;
        let rows = index.still();
        Ok(Some(Begun { stands_for, rows, generation, part, path }))
    }

    /// Gives the places of the long values.
    fn write(&self, begun: &Begun, stop: &AtomicBool) -> Result<Vec<(String, u64)>, Trouble> {
        let Begun { stands_for, rows, generation, part, path } = begun;
        let failed = |why: io::Error| unusable(part, "be written", &why);
        self.ask(Step::Snapshot, part, 0)?;
        let file = segment::create_private(part).map_err(failed)?;
        let mut writer = Writer::new(BufWriter::new(file), *stands_for);
        let portion = |behind: Option<&str>| Ok(self.portion(*generation, behind)?);
        rows.walk(portion, |key, value| {
            if stop.load(Relaxed) {
                return Err(StoreError::Unusable("the daemon stops".to_owned()).into());
            }
            Ok::<_, Trouble>(writer.row(key, value).map_err(failed)?)
        })?;
        let (out, _) = writer.finish().map_err(failed)?;
        let file = out.into_inner().map_err(|why| failed(why.into_error()))?;
        self.ask(Step::SnapshotSync, part, 0)?;
        file.sync_all().map_err(failed)?;
        let longs = read_back(part, *stands_for, rows.sums())?;
        self.ask(Step::SnapshotName, part, segment::length(part)?)?;
        fs::rename(part, path).map_err(failed)?;
        path.parent().map_or(Ok(()), sync_dir)?;
        Ok(longs)
    }

    /// From here on both wholes are there, and the new one counts.
    fn end_roll(&self, begun: &Begun, longs: &[(String, u64)]) -> Result<(), StoreError> {
        let mut ledger = self.ledger();
        let old = ledger.end_roll(&begun.path)?;
        self.measure(&ledger);
        let mut current = self.current();
        let index = current.index.as_mut().ok_or_else(|| missing(&self.dir))?;
        // The index must not speak of files that are gone.
        let snapshot = segment::number(&begun.path);
        if let Err(Damage(why)) = index.point(snapshot, longs).and_then(|()| index.note(ledger.known())) {
            warn!(%why, "the index was damaged and is rebuilt from the snapshot");
            self.rebuild(&ledger, &mut current)?;
        }
        drop((current, ledger));
        for path in old {
            self.ask(Step::Forget, &begun.path, segment::length(&begun.path)?)?;
            segment::remove(&path)?;
        }
        sync_dir(&self.dir.join("ledger"))?;
        self.ask(Step::Rolled, &begun.path, segment::length(&begun.path)?)
    }

    fn ask(&self, step: Step, path: &Path, synced: u64) -> Result<(), StoreError> {
        let faults = self.ledger().faults.clone();
        faults.before(step, Tail { segment: path, synced }).map_err(|why| unusable(path, "be written", &why))
    }

    /// What has been deleted is gone from the disk when this returns, as far as files can be: the ledger
    /// rolls, the index is made anew, and everything kept for an inquiry is deleted. Everybody waits while the
    /// index is made. An erasure that is interrupted goes on at the next start.
    pub fn erase(&self) -> Result<(), StoreError> {
        let erasing = self.dir.join(ERASING);
        let begun = File::create(&erasing).and_then(|file| file.sync_all());
        begun.map_err(|why| unusable(&erasing, "be written", &why))?;
        sync_dir(&self.dir)?;
        let never = AtomicBool::new(false);
        match self.roll(&never) {
            Err(StoreError::IndexRebuilt { .. }) => self.roll(&never)?,
            rolled => rolled?,
        };
        let ledger = self.ledger();
        self.rebuild(&ledger, &mut self.current())?;
        let forgotten = recovery::forget_set_aside(&self.dir).and_then(|()| self.forget_torn());
        forgotten.map_err(|why| unusable(&self.dir, "be cleared", &why))?;
        sync_dir(&self.dir.join("ledger"))?;
        segment::remove(&erasing)?;
        sync_dir(&self.dir)
    }

    fn forget_torn(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.dir.join("ledger"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "torn") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// At start: a sentence for the operator if there was one to finish.
    pub(super) fn finish_erasure(&self) -> Result<Option<String>, StoreError> {
        if !self.dir.join(ERASING).exists() {
            return Ok(None);
        }
        self.erase()?;
        Ok(Some("an erasure was interrupted and has been finished".to_owned()))
    }
}

fn read_back(part: &Path, stands_for: Newest, sums: Sums) -> Result<Vec<(String, u64)>, StoreError> {
    let (read, longs) = snapshot::read_longs(part)?;
    if read == (snapshot::Read { stands_for, sums }) {
        return Ok(longs);
    }
    Err(StoreError::Unusable(format!(
        "{} does not hold what was written to it: check the disk; the ledger is as it was",
        part.display()
    )))
}

fn missing(dir: &Path) -> StoreError {
    StoreError::Unusable(format!("the index in {} could not be rebuilt before", dir.display()))
}
