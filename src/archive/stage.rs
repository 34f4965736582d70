//! A store made beside the one in use, in its folder, and put in its place whole.
//!
//! ```text
//! lock                 held all the while
//! restoring/           the new ledger and index, until they are whole and synced
//! replaced-TIME/       what was there before: set aside, never deleted
//! ```
//!
//! Everything stays in the store's own folder: it may be a mount, or systemd's StateDirectory, whose parent is
//! not ours. As long as `restoring` is there nothing else uses the store, so that a kill between two renames
//! cannot leave one that begins again with nothing.

use super::{ArchiveError, Contents, file};
use crate::place::{own, sync_folder_of};
use crate::program::batch::Change;
use crate::program::gap::Restored;
use crate::program::record::Timestamp;
use crate::store::indexed::{self, IndexedStore};
use crate::store::{Group, Store};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const RESTORING: &str = "restoring";
/// What a store is made of.
const PARTS: [&str; 2] = ["ledger", "index"];
/// What is not set aside with it.
const STAYS: [&str; 2] = ["lock", RESTORING];
const REPLACED: &str = "replaced-";

/// The folder of a store that nobody uses.
pub struct Stage {
    dir: PathBuf,
    _lock: File,
}

/// Whether a restore was begun in this folder and not finished.
pub fn is_unfinished(store: &Path) -> bool {
    store.join(RESTORING).exists()
}

impl Stage {
    /// Takes the store's lock; the folder is made if it is missing.
    pub fn open(dir: &Path) -> Result<Self, ArchiveError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|source| file::unwritten(dir, source))?;
        let lock = indexed::lock(dir)?;
        // Where root restores for the service, the service has to open it.
        let path = dir.join("lock");
        own(&path, dir).map_err(|source| file::unwritten(&path, source))?;
        Ok(Self { dir: dir.to_owned(), _lock: lock })
    }

    /// Whether there is anything in it that would be lost.
    pub fn is_inhabited(&self) -> Result<bool, ArchiveError> {
        let ledger = self.dir.join("ledger");
        let entries = match fs::read_dir(&ledger) {
            Ok(entries) => entries,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(source) => return Err(ArchiveError::Unreadable { path: ledger, source }),
        };
        for entry in entries {
            let size = entry.and_then(|entry| entry.metadata());
            let size = size.map_err(|source| ArchiveError::Unreadable { path: ledger.clone(), source })?;
            if size.len() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the new store of a verified file; held from `hold` on, if it is.
    pub fn fill(
        &self,
        from: &Path,
        contents: &Contents,
        hold: Option<Timestamp>,
    ) -> Result<(), ArchiveError> {
        let new = self.new_store();
        let failed = |source| file::unwritten(&new, source);
        match fs::remove_dir_all(&new) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(failed(why)),
            _ => (),
        }
        let filled = self.fill_new(&new, from, contents, hold);
        if filled.is_err() {
            // Half a store would only be in the way of the one that is there.
            let _ = fs::remove_dir_all(&new);
        }
        filled
    }

    fn fill_new(
        &self,
        new: &Path,
        from: &Path,
        contents: &Contents,
        hold: Option<Timestamp>,
    ) -> Result<(), ArchiveError> {
        let ledger = new.join("ledger");
        let failed = |source| file::unwritten(&ledger, source);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&ledger).map_err(failed)?;
        let snapshot = ledger.join("000001.snapshot.jsonl");
        copy(from, &snapshot).map_err(failed)?;
        // The store verifies it once more, as it is on this disk.
        let opened = IndexedStore::open(new)?;
        let at = contents.newest.at;
        if let Some(now) = hold {
            let held = Change::put(&Restored::held(at, now));
            opened.store.commit(&Group { at, notes: vec!["restored".to_owned()], changes: vec![held] })?;
        }
        drop(opened);
        fs::remove_file(new.join("lock")).map_err(failed)?;
        own_like(new, &self.dir).map_err(failed)
    }

    /// What was there is set aside under the name, and the new store takes its place.
    pub fn take_place(&self, aside: Option<&Path>) -> Result<(), ArchiveError> {
        let failed = |source| file::unwritten(&self.dir, source);
        if let Some(aside) = aside {
            fs::DirBuilder::new().mode(0o700).create(aside).map_err(failed)?;
            own(aside, &self.dir).map_err(failed)?;
        }
        // With nothing in it but, perhaps, an index of nothing.
        let old = self.old().map_err(failed)?;
        for name in old {
            let path = self.dir.join(&name);
            match aside {
                Some(aside) => fs::rename(&path, aside.join(&name)).map_err(failed)?,
                None if path.is_dir() => fs::remove_dir_all(&path).map_err(failed)?,
                None => fs::remove_file(&path).map_err(failed)?,
            }
        }
        for part in PARTS {
            fs::rename(self.new_store().join(part), self.dir.join(part)).map_err(failed)?;
        }
        sync_folder_of(&self.dir.join("ledger")).map_err(failed)?;
        fs::remove_dir_all(self.new_store()).map_err(failed)?;
        sync_folder_of(&self.dir.join("ledger")).map_err(failed)
    }

    /// All that belongs to the store that was there, files for an inquiry included.
    fn old(&self) -> io::Result<Vec<OsString>> {
        let names = fs::read_dir(&self.dir)?.map(|entry| entry.map(|entry| entry.file_name()));
        let names: Vec<OsString> = names.collect::<io::Result<_>>()?;
        let is_ours = |name: &OsString| {
            let name = name.to_string_lossy();
            let begins = ["ledger", "index", "erasing"].iter().any(|part| name.starts_with(part));
            begins && !STAYS.contains(&&*name) && !name.starts_with(REPLACED)
        };
        Ok(names.into_iter().filter(is_ours).collect())
    }

    fn new_store(&self) -> PathBuf {
        self.dir.join(RESTORING)
    }

    /// A name for what is set aside, that nothing has yet.
    pub fn aside(&self, now: Timestamp) -> PathBuf {
        let name = format!("{REPLACED}{}", now.format("%Y-%m-%dT%H%M%SZ"));
        let names = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") });
        let free = names.map(|name| self.dir.join(name)).find(|path| !path.exists());
        free.expect("there are more numbers than folders")
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = File::options().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()?;
    sync_folder_of(to)
}

/// Root restores what the service's user has to read.
fn own_like(path: &Path, like: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() {
        for entry in fs::read_dir(path)? {
            own_like(&entry?.path(), like)?;
        }
    }
    own(path, like)
}
