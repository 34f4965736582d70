//! Long values: they stand in the ledger alone, and the index says where.
//!
//! sled writes a page anew with every change of a row on it, and holds pages in memory. A letter is ten
//! kilobytes that are read once: with letters on its pages most of what sled did and held would be those.

use super::index::Damage;
use super::segment;
use super::snapshot::row_sum;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// From so many bytes on a value is long.
const LONG: usize = 4096;
/// A pointer begins with this, and no JSON does.
const POINTER: u8 = 0;

/// Where in the ledger something begins: in the file of this number, behind so many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    pub file: u32,
    pub offset: u64,
}

/// The value of a row, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub text: String,
    pub at: Spot,
}

/// Whether the value is one that stands in the ledger alone.
pub(super) fn is_long(text: &str) -> bool {
    text.len() >= LONG
}

impl Value {
    /// The checksum of the row that has it.
    pub fn sum(&self, key: &str) -> u32 {
        row_sum(key.as_bytes(), self.text.as_bytes())
    }

    /// What the index holds of it, in a row with this checksum.
    pub fn held(&self, sum: u32) -> Cow<'_, [u8]> {
        match u32::try_from(self.text.len()) {
            Ok(length) if is_long(&self.text) => Pointer { at: self.at, length, sum }.bytes().into(),
            _ => self.text.as_bytes().into(),
        }
    }
}

/// A value as the index holds it.
pub(super) enum Held<'a> {
    Text(&'a str),
    Apart(Pointer),
}

/// Where a value is, how long it is, and its checksum together with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    at: Spot,
    length: u32,
    sum: u32,
}

impl<'a> Held<'a> {
    pub fn of(bytes: &'a [u8]) -> Result<Self, Damage> {
        match bytes.split_first() {
            Some((&POINTER, pointer)) => Pointer::of(pointer).map(Held::Apart),
            _ => std::str::from_utf8(bytes).ok().map(Held::Text),
        }
        .ok_or_else(|| Damage("a row is unreadable".to_owned()))
    }

    /// The checksum of the row.
    pub fn sum(&self, key: &[u8]) -> u32 {
        match self {
            Held::Text(text) => row_sum(key, text.as_bytes()),
            Held::Apart(pointer) => pointer.sum,
        }
    }
}

impl Pointer {
    /// RFC 1700's order of bytes.
    fn bytes(self) -> Vec<u8> {
        let Spot { file, offset } = self.at;
        let mut bytes = vec![POINTER];
        bytes.extend(offset.to_be_bytes());
        [file, self.length, self.sum].iter().for_each(|number| bytes.extend(number.to_be_bytes()));
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (offset, rest) = bytes.split_first_chunk()?;
        let (file, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let sum = u32::from_be_bytes(rest.try_into().ok()?);
        let at = Spot { file: u32::from_be_bytes(*file), offset: u64::from_be_bytes(*offset) };
        Some(Self { at, length: u32::from_be_bytes(*length), sum })
    }

    /// The same value in a snapshot, for one that stood before that.
    pub fn moved(self, to: Spot) -> Option<Vec<u8>> {
        (self.at.file < to.file).then(|| Self { at: to, ..self }.bytes())
    }
}

/// The ledger's files, opened as values are read from them.
pub(super) struct Longs {
    ledger: PathBuf,
    open: Mutex<BTreeMap<u32, Arc<File>>>,
}

impl Longs {
    /// Of the ledger in this folder.
    pub fn of(ledger: PathBuf) -> Self {
        Self { ledger, open: Mutex::default() }
    }

    /// The value itself.
    pub fn text(&self, key: &[u8], held: &Held<'_>) -> Result<String, Damage> {
        let pointer = match held {
            Held::Text(text) => return Ok((*text).to_owned()),
            Held::Apart(pointer) => pointer,
        };
        let lost = |why: &str| {
            let (key, Spot { file, offset }) = (String::from_utf8_lossy(key), pointer.at);
            Damage(format!("{key} should stand in file {file} of the ledger behind {offset} bytes: {why}"))
        };
        let text = self.read(*pointer).map_err(|why| lost(&why.to_string()))?;
        if row_sum(key, text.as_bytes()) == pointer.sum { Ok(text) } else { Err(lost("something else does")) }
    }

    fn read(&self, Pointer { at, length, .. }: Pointer) -> io::Result<String> {
        let mut bytes = vec![0; length as usize];
        self.file(at.file)?.read_exact_at(&mut bytes, at.offset)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }

    fn file(&self, number: u32) -> io::Result<Arc<File>> {
        if let Some(file) = self.open().get(&number) {
            return Ok(file.clone());
        }
        let segment = File::open(segment::path(&self.ledger, number));
        let file = segment.or_else(|_| File::open(segment::snapshot_paths(&self.ledger, number).1))?;
        Ok(self.open().entry(number).or_insert(Arc::new(file)).clone())
    }

    /// The files before this one are about to be deleted: an open one would keep its room on the disk.
    pub fn close_before(&self, number: u32) {
        self.open().retain(|file, _| *file >= number);
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<File>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_read_as_it_was_written_and_cannot_be_taken_for_json() {
        let value = Value { text: "\"x\"".repeat(LONG), at: Spot { file: 7, offset: 1 << 40 } };
        let bytes = value.held(value.sum("bytes/1"));
        let Ok(Held::Apart(pointer)) = Held::of(&bytes) else { panic!("{bytes:?}") };
        assert_eq!((pointer.at, pointer.length as usize), (value.at, value.text.len()));
        assert!(serde_json::from_slice::<serde_json::Value>(&bytes).is_err());
        assert!(Held::of(&bytes[..bytes.len() - 1]).is_err());
        let short = Value { text: "\"x\"".to_owned(), ..value };
        assert!(matches!(Held::of(&short.held(0)), Ok(Held::Text("\"x\""))));
    }

    #[test]
    fn a_value_is_read_where_it_stands_and_nothing_else_is_taken_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let text = format!("\"{}\"", "é".repeat(LONG));
        std::fs::write(segment::path(dir.path(), 3), format!("before {text} behind")).unwrap();
        let longs = Longs::of(dir.path().to_owned());
        let read = |key: &str, at: Spot| {
            let value = Value { text: text.clone(), at };
            longs.text(b"bytes/1", &Held::of(&value.held(value.sum(key))).unwrap()).map_err(|Damage(why)| why)
        };
        let right = Spot { file: 3, offset: 7 };
        assert_eq!(read("bytes/1", right).as_ref(), Ok(&text));
        for (key, at) in [
            ("bytes/1", Spot { offset: 6, ..right }),
            ("bytes/1", Spot { offset: 7000, ..right }),
            ("bytes/1", Spot { file: 4, ..right }),
            ("bytes/2", right),
        ] {
            assert!(read(key, at).unwrap_err().contains("bytes/1 should stand in file"));
        }
    }
}
