//! A new file, written whole or not at all: beside its place, synced, read back, and only then named.

use super::{ArchiveError, Contents, shown};
use crate::place::{beside, folder_of, sync_folder_of};
use crate::program::record::{Record, Timestamp};
use crate::store::rows::Rows;
use crate::store::snapshot::{self, Writer};
use crate::store::{Newest, StoreError};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where a file is to be: the path itself, or under a name with the time in it if that is a folder.
pub fn place(to: &Path, kind: &str, now: Timestamp) -> PathBuf {
    if to.is_dir() {
        to.join(format!("soundingboard-{}.{kind}", now.format("%Y-%m-%dT%H%M%SZ")))
    } else {
        to.to_owned()
    }
}

/// A file in the store would be lost with it.
pub fn refuse_within(to: &Path, store: &Path) -> Result<(), ArchiveError> {
    let folder = folder_of(to).canonicalize().map_err(|source| unwritten(to, source))?;
    match store.canonicalize() {
        Ok(store) if folder.starts_with(&store) => Err(ArchiveError::Refused(format!(
            "{} lies in the store {} and would be lost with it: write it elsewhere, best to another disk",
            to.display(),
            store.display()
        ))),
        _ => Ok(()),
    }
}

pub fn refuse_to_overwrite(to: &Path) -> Result<(), ArchiveError> {
    if to.symlink_metadata().is_err() {
        return Ok(());
    }
    let to = to.display();
    Err(ArchiveError::Refused(format!("{to} is there already and is left as it is: choose another name")))
}

/// Writes the rows that `keep` wants, and verifies them by reading them back.
pub fn write(to: &Path, rows: &Rows, keep: impl Fn(&str) -> bool) -> Result<Contents, ArchiveError> {
    refuse_to_overwrite(to)?;
    let part = beside(to, "part");
    let written = write_part(&part, rows, keep).and_then(|()| name(&part, to));
    if written.is_err() {
        // What is left of it is of no use.
        let _ = fs::remove_file(&part);
    }
    written?;
    let read = snapshot::read(to, |_, _| Ok(()))?;
    let bytes = fs::metadata(to).map_err(|source| unwritten(to, source))?.len();
    Ok(Contents { path: to.to_owned(), rows: read.sums.rows, bytes, newest: read.stands_for })
}

fn write_part(part: &Path, rows: &Rows, keep: impl Fn(&str) -> bool) -> Result<(), ArchiveError> {
    let failed = |source| unwritten(part, source);
    let file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(part).map_err(failed)?;
    let (out, sums) = write_to(BufWriter::new(file), rows, keep).map_err(|error| match error {
        Trouble::Out(source) => failed(source),
        Trouble::Store(error) => error.into(),
    })?;
    let file = out.into_inner().map_err(|why| failed(why.into_error()))?;
    file.sync_all().map_err(failed)?;
    let read = snapshot::read(part, |_, _| Ok(()))?;
    if read != (snapshot::Read { stands_for: rows.newest, sums }) {
        let why = io::Error::other("what was read back is not what was written: check the disk");
        return Err(failed(why));
    }
    Ok(())
}

/// Why rows were not written.
pub enum Trouble {
    Out(io::Error),
    Store(StoreError),
}

/// Writes the rows that `keep` wants as one snapshot.
pub fn write_to<W: Write>(
    out: W,
    rows: &Rows,
    keep: impl Fn(&str) -> bool,
) -> Result<(W, snapshot::Sums), Trouble> {
    let mut writer = Writer::new(out, rows.newest);
    let mut failed = None;
    let walked = rows.walk(|key, value| {
        if !keep(key) {
            return Ok(());
        }
        writer.row(key, value).map_err(|source| {
            let error = StoreError::Unusable(source.to_string());
            failed = Some(source);
            error
        })
    });
    match (walked, failed) {
        (_, Some(source)) => Err(Trouble::Out(source)),
        (Err(error), None) => Err(Trouble::Store(error)),
        (Ok(_), None) => writer.finish().map_err(Trouble::Out),
    }
}

/// A link, where the file system has them, never takes the place of a file that has come meanwhile.
fn name(part: &Path, to: &Path) -> Result<(), ArchiveError> {
    let failed = |source| unwritten(to, source);
    match fs::hard_link(part, to) {
        Ok(()) => fs::remove_file(part).map_err(failed)?,
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return refuse_to_overwrite(to),
        Err(_) => fs::rename(part, to).map_err(failed)?,
    }
    sync_folder_of(to).map_err(failed)
}

pub fn unwritten(path: &Path, source: io::Error) -> ArchiveError {
    ArchiveError::Unwritten { path: path.to_owned(), source }
}

// ---- reading

/// What a file holds that was verified to its end: the contents, and whether there is such a row.
pub struct Verified {
    pub contents: Contents,
    pub has_secret: bool,
    /// Rows that would act by themselves: letters in the queue, timers.
    pub acts: bool,
}

/// Reads a whole file and believes none of it before its end.
pub fn verify(path: &Path) -> Result<Verified, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?;
    if length.is_dir() {
        return Err(unreadable(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let (mut has_secret, mut acts, mut newer) = (false, false, None);
    let read = snapshot::read_file(path, file, |key, value| {
        has_secret |= key == super::SECRET;
        acts |= key.starts_with("due/") || key.starts_with("queue/");
        if newer.is_none() && version(value).is_some_and(|v| v > NEWEST_VERSION) {
            newer = Some(key.to_owned());
        }
        Ok(())
    });
    let read = read.map_err(|error| ArchiveError::Wrong(not_whole(path, &error)))?;
    if let Some(key) = newer {
        return Err(ArchiveError::Wrong(format!(
            "{}: the row {key} was written by a newer soundingboard than this one ({}): use that one",
            path.display(),
            crate::args::version()
        )));
    }
    let newest: Newest = read.stands_for;
    let contents = Contents { path: path.to_owned(), rows: read.sums.rows, bytes: length.len(), newest };
    Ok(Verified { contents, has_secret, acts })
}

fn not_whole(path: &Path, error: &StoreError) -> String {
    match error {
        StoreError::Damaged { line, why, .. } => format!(
            "{} line {line}: {why}; it is no whole backup or export, or was damaged since: use another one",
            path.display()
        ),
        other => other.to_string(),
    }
}

/// Of every record this program writes.
const NEWEST_VERSION: u32 = <crate::program::record::Person as Record>::VERSION;

/// `{"v":1,…}`
fn version(value: &str) -> Option<u32> {
    let rest = value.strip_prefix("{\"v\":")?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// A sentence for whoever restores.
pub fn said(contents: &Contents) -> String {
    format!("{} rows up to {}", contents.rows, shown(contents.newest.at))
}
