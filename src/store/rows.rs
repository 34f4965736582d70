//! The rows that a ledger has come to, gathered from its files alone and shown in the order of their keys.
//!
//! It needs neither the store's lock nor its index, so it works beside a running daemon. What does not fit in
//! memory is sorted in portions, each a file in a folder of its own that is deleted at the end; then all are
//! read side by side, and of a row that stands in several the newest counts.

use super::files::Files;
use super::snapshot::Sums;
use super::{Newest, StoreError};
use std::collections::{BTreeMap, btree_map};
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// So many bytes of rows are held in memory.
const PORTION: usize = 32 * 1024 * 1024;
/// What a row costs beside its bytes.
const OVERHEAD: usize = 100;
/// Instead of the length of a value: the row is deleted.
const DELETED: u32 = u32::MAX;

type Row = (String, Option<String>);

/// The rows as the newest group has left them.
pub struct Rows {
    pub newest: Newest,
    /// Of the newest groups.
    recent: BTreeMap<String, Option<String>>,
    portions: Portions,
}

impl Rows {
    /// Reads the ledger of the store in `dir`; None if nothing was ever committed there. `scratch` is a
    /// folder that is not there yet.
    pub fn gather(dir: &Path, scratch: &Path) -> Result<Option<Self>, StoreError> {
        Self::by_portions(Files::open(dir)?, scratch, PORTION)
    }

    fn by_portions(files: Files, scratch: &Path, portion: usize) -> Result<Option<Self>, StoreError> {
        let mut portions = Portions { folder: scratch.to_owned(), files: Vec::new() };
        let (mut recent, mut bytes) = (BTreeMap::new(), 0);
        let newest = files.read(|line| {
            for (key, value) in &line.changes {
                bytes += key.len() + value.map_or(0, |raw| raw.get().len()) + OVERHEAD;
                recent.insert(key.clone(), value.map(|raw| raw.get().to_owned()));
            }
            if bytes < portion {
                return Ok(());
            }
            bytes = 0;
            portions.write(std::mem::take(&mut recent)).map_err(|why| unusable(scratch, &why))
        })?;
        Ok(newest.map(|newest| Self { newest, recent, portions }))
    }

    /// Shows every row, and says what they come to.
    pub fn walk(
        &self,
        mut visit: impl FnMut(&str, &str) -> Result<(), StoreError>,
    ) -> Result<Sums, StoreError> {
        let (mut sums, mut sorted) = (Sums::default(), self.sorted()?);
        while let Some((key, value)) = sorted.next()? {
            sums.add(key.as_bytes(), value.as_bytes());
            visit(&key, &value)?;
        }
        Ok(sums)
    }

    /// The rows one by one, in the order of their keys.
    pub(super) fn sorted(&self) -> Result<Sorted<'_>, StoreError> {
        let folder = &self.portions.folder;
        let mut cursors: Vec<Cursor<'_>> = Vec::new();
        for path in &self.portions.files {
            let file = File::open(path).map_err(|why| unusable(folder, &why))?;
            cursors.push(Cursor::File(BufReader::with_capacity(256 * 1024, file)));
        }
        cursors.push(Cursor::Memory(self.recent.iter()));
        let heads = cursors.iter_mut().map(Cursor::next).collect::<io::Result<_>>();
        Ok(Sorted { heads: heads.map_err(|why| unusable(folder, &why))?, cursors, folder })
    }
}

/// Sorted files, the oldest first; deleted with this.
struct Portions {
    folder: PathBuf,
    files: Vec<PathBuf>,
}

impl Portions {
    fn write(&mut self, rows: BTreeMap<String, Option<String>>) -> io::Result<()> {
        if self.files.is_empty() {
            DirBuilder::new().mode(0o700).create(&self.folder)?;
        }
        let path = self.folder.join(format!("{:06}", self.files.len()));
        let file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        self.files.push(path);
        let mut out = BufWriter::with_capacity(256 * 1024, file);
        for (key, value) in rows {
            let value_length = value.as_ref().map_or(Ok(DELETED), |value| length(value))?;
            out.write_all(&length(&key)?.to_le_bytes())?;
            out.write_all(&value_length.to_le_bytes())?;
            out.write_all(key.as_bytes())?;
            out.write_all(value.unwrap_or_default().as_bytes())?;
        }
        out.flush()
    }
}

impl Drop for Portions {
    fn drop(&mut self) {
        // It is ours alone and of no use to anybody; there may be none, and what cannot be deleted is small.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn length(text: &str) -> io::Result<u32> {
    u32::try_from(text.len())
        .ok()
        .filter(|n| *n < DELETED)
        .ok_or_else(|| io::Error::other("a row is too long"))
}

/// One sorted portion being read.
enum Cursor<'a> {
    File(BufReader<File>),
    Memory(btree_map::Iter<'a, String, Option<String>>),
}

impl Cursor<'_> {
    fn next(&mut self) -> io::Result<Option<Row>> {
        match self {
            Cursor::Memory(rows) => Ok(rows.next().map(|(key, value)| (key.clone(), value.clone()))),
            Cursor::File(file) => read_row(file),
        }
    }
}

fn read_row(file: &mut BufReader<File>) -> io::Result<Option<Row>> {
    let mut lengths = [0; 8];
    match file.read_exact(&mut lengths) {
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let [a, b, c, d, e, f, g, h] = lengths;
    let (key, value) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    let mut text = |length: u32| {
        let mut bytes = vec![0; length as usize];
        file.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    };
    let key = text(key)?;
    Ok(Some((key, if value == DELETED { None } else { Some(text(value)?) })))
}

/// All portions side by side.
pub(super) struct Sorted<'a> {
    /// The oldest first, as their heads.
    cursors: Vec<Cursor<'a>>,
    heads: Vec<Option<Row>>,
    folder: &'a Path,
}

impl Sorted<'_> {
    pub fn next(&mut self) -> Result<Option<(String, String)>, StoreError> {
        loop {
            let Some(key) = self.heads.iter().flatten().map(|(key, _)| key).min().cloned() else {
                return Ok(None);
            };
            let mut newest = None;
            for (head, cursor) in self.heads.iter_mut().zip(&mut self.cursors) {
                if head.as_ref().is_some_and(|(other, _)| *other == key) {
                    let next = cursor.next().map_err(|why| unusable(self.folder, &why))?;
                    newest = std::mem::replace(head, next).and_then(|(_, value)| value);
                }
            }
            if let Some(value) = newest {
                return Ok(Some((key, value)));
            }
        }
    }
}

fn unusable(scratch: &Path, why: &io::Error) -> StoreError {
    StoreError::Unusable(format!(
        "{} cannot be used for sorting the rows ({why}): check that disk and its free space",
        scratch.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::super::indexed::IndexedStore;
    use super::super::{Group, Store};
    use super::*;
    use crate::program::batch::Change;
    use crate::program::record::Timestamp;

    #[test]
    fn of_a_row_in_several_portions_the_newest_counts_and_a_deleted_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let store = IndexedStore::open(dir.path()).unwrap().store;
        for n in 0..60_u32 {
            let change = |key: String, value: Option<String>| Change { key, value };
            let changes = vec![
                change(format!("a/{:02}", n % 20), Some(n.to_string())),
                change(format!("b/{:02}", n % 7), (n % 2 == 0).then(|| n.to_string())),
            ];
            store.commit(&Group { at: Timestamp::UNIX_EPOCH, notes: vec![], changes }).unwrap();
        }
        let expected = store.range("", usize::MAX).unwrap();
        let scratch = dir.path().join("scratch");
        for portion in [1, 700, PORTION] {
            let rows =
                Rows::by_portions(Files::open(dir.path()).unwrap(), &scratch, portion).unwrap().unwrap();
            assert_eq!(scratch.exists(), portion < PORTION);
            let mut found = Vec::new();
            let sums = rows.walk(|key, value| {
                found.push((key.to_owned(), value.to_owned()));
                Ok(())
            });
            assert_eq!(sums.unwrap().rows, expected.len() as u64);
            assert_eq!(found, expected, "portions of {portion} bytes");
            drop(rows);
            assert!(!scratch.exists());
        }
    }
}
