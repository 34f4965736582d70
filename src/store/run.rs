//! A run: rows in the order of their keys, in one file that never changes once it is written.
//!
//! ```text
//! blocks      rows: length of key, length of value or DELETED, key, value
//! directory   for each block: where it is, its checksum, its first key
//! filter      which keys are certainly not here (Bloom 1970)
//! trailer     where directory and filter are, how many rows, a checksum over all of this
//! ```
//!
//! Nothing of it is believed without its checksum: the directory when it is opened, a block each time it is
//! read. So no row can go missing unseen, and opening one of a gigabyte takes milliseconds.

use super::filter::Filter;
use super::index::Damage;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"sb-run-1";
/// The four numbers, their checksum and the magic.
const TRAILER: usize = 4 * 8 + 4 + MAGIC.len();
const BLOCK: usize = 16 * 1024;
const DELETED: u32 = u32::MAX;

/// A run that can be read.
#[derive(Debug)]
pub(super) struct Run {
    pub path: PathBuf,
    file: File,
    blocks: Vec<Block>,
    filter: Filter,
    pub entries: u64,
    pub bytes: u64,
    /// Over the checksums of all blocks: no other run has it.
    pub sum: u32,
}

#[derive(Debug)]
struct Block {
    first: Box<[u8]>,
    offset: u64,
    length: u32,
    sum: u32,
}

/// A run in the making.
pub(super) struct Writer {
    path: PathBuf,
    out: BufWriter<File>,
    blocks: Vec<Block>,
    filter: Filter,
    block: Vec<u8>,
    first: Option<Box<[u8]>>,
    offset: u64,
    entries: u64,
}

impl Writer {
    /// A file that is not there yet, for at most so many rows.
    pub fn create(path: &Path, at_most: u64) -> std::io::Result<Self> {
        let file = super::segment::create_private(path)?;
        Ok(Self {
            path: path.to_owned(),
            out: BufWriter::with_capacity(4 * BLOCK, file),
            blocks: Vec::new(),
            filter: Filter::for_keys(at_most),
            block: Vec::with_capacity(BLOCK + 1024),
            first: None,
            offset: 0,
            entries: 0,
        })
    }

    /// Keys ascend; a row without a value says that an older one is deleted.
    pub fn row(&mut self, key: &[u8], value: Option<&[u8]>) -> std::io::Result<()> {
        self.first.get_or_insert_with(|| key.into());
        self.filter.add(key);
        self.entries += 1;
        let value_length = value.map_or(Ok(DELETED), length)?;
        self.block.extend(length(key)?.to_le_bytes());
        self.block.extend(value_length.to_le_bytes());
        self.block.extend(key);
        self.block.extend(value.unwrap_or_default());
        if self.block.len() < BLOCK { Ok(()) } else { self.end_block() }
    }

    fn end_block(&mut self) -> std::io::Result<()> {
        let Some(first) = self.first.take() else { return Ok(()) };
        let (length, sum) = (length(&self.block)?, crc32fast::hash(&self.block));
        self.blocks.push(Block { first, offset: self.offset, length, sum });
        self.out.write_all(&self.block)?;
        self.offset += u64::from(length);
        self.block.clear();
        Ok(())
    }

    /// The run is on the disk when this returns, but for its name in the directory.
    pub fn finish(mut self) -> std::io::Result<Run> {
        self.end_block()?;
        let Self { path, mut out, blocks, filter, offset, entries, .. } = self;
        let mut tail = directory(&blocks)?;
        let directory = tail.len() as u64;
        tail.extend(filter.bytes());
        for number in [offset, directory, filter.bytes().len() as u64, entries] {
            tail.extend(number.to_le_bytes());
        }
        let sum = crc32fast::hash(&tail);
        tail.extend(sum.to_le_bytes());
        tail.extend(MAGIC);
        out.write_all(&tail)?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_data()?;
        let bytes = offset + tail.len() as u64;
        Ok(Run { path, file, blocks, filter, entries, bytes, sum })
    }
}

fn directory(blocks: &[Block]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for block in blocks {
        bytes.extend(block.offset.to_le_bytes());
        bytes.extend(block.length.to_le_bytes());
        bytes.extend(block.sum.to_le_bytes());
        bytes.extend(length(&block.first)?.to_le_bytes());
        bytes.extend(&block.first);
    }
    Ok(bytes)
}

fn length(bytes: &[u8]) -> std::io::Result<u32> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length != DELETED);
    length.ok_or_else(|| std::io::Error::other("a row of four gigabytes"))
}

impl Run {
    /// Reads directory and filter.
    pub fn open(path: &Path) -> Result<Self, Damage> {
        let file = File::open(path).map_err(|why| unreadable(path, &why))?;
        let bytes = file.metadata().map_err(|why| unreadable(path, &why))?.len();
        let at = |offset: u64, length: usize| read(&file, path, offset, length);
        let trailer_at = bytes.checked_sub(TRAILER as u64).ok_or_else(|| damaged(path, "is cut short"))?;
        let trailer = at(trailer_at, TRAILER)?;
        let mut numbers =
            trailer.chunks_exact(8).map(|eight| u64::from_le_bytes(eight.try_into().expect("eight")));
        let mut number = || numbers.next().expect("four of them stand there");
        let (offset, directory, filter, entries) = (number(), number(), number(), number());
        let fits = trailer.ends_with(MAGIC)
            && offset.checked_add(directory).and_then(|n| n.checked_add(filter)) == Some(trailer_at);
        if !fits {
            return Err(damaged(path, "has no end"));
        }
        let tail = at(offset, usize::try_from(bytes - offset).map_err(|_| damaged(path, "is too large"))?)?;
        let (summed, written) = tail.split_at(tail.len() - MAGIC.len() - 4);
        let sum = crc32fast::hash(summed);
        if !written.starts_with(&sum.to_le_bytes()) {
            return Err(damaged(path, "has a directory that does not match its checksum"));
        }
        let (directory, filter) = summed[..summed.len() - 32].split_at(directory as usize);
        let blocks = blocks(directory).ok_or_else(|| damaged(path, "has a directory that is cut short"))?;
        let filter = Filter::from_bytes(filter);
        Ok(Self { path: path.to_owned(), file, blocks, filter, entries, bytes, sum })
    }

    /// `Some(None)` where the row is deleted, None where this run does not know it.
    pub fn get(&self, key: &[u8]) -> Result<Option<Option<Vec<u8>>>, Damage> {
        if !self.filter.may_hold(key) {
            return Ok(None);
        }
        let Some(block) = self.block_of(key) else { return Ok(None) };
        let bytes = self.block(block)?;
        let mut rows = Rows { bytes: &bytes, at: 0 };
        while let Some((found, value)) = rows.next(&self.path)? {
            match found.cmp(key) {
                std::cmp::Ordering::Less => (),
                std::cmp::Ordering::Equal => return Ok(Some(value.map(<[u8]>::to_vec))),
                std::cmp::Ordering::Greater => break,
            }
        }
        Ok(None)
    }

    /// The last block that begins at or before the key.
    fn block_of(&self, key: &[u8]) -> Option<usize> {
        self.blocks.partition_point(|block| &*block.first <= key).checked_sub(1)
    }

    fn block(&self, number: usize) -> Result<Vec<u8>, Damage> {
        let Block { offset, length, sum, .. } = self.blocks[number];
        let bytes = read(&self.file, &self.path, offset, length as usize)?;
        if crc32fast::hash(&bytes) == sum {
            Ok(bytes)
        } else {
            Err(damaged(&self.path, &format!("does not match its checksum in the block at {offset}")))
        }
    }
}

fn blocks(mut directory: &[u8]) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    while !directory.is_empty() {
        let offset = u64::from_le_bytes(take(&mut directory, 8)?.try_into().ok()?);
        let length = u32::from_le_bytes(take(&mut directory, 4)?.try_into().ok()?);
        let sum = u32::from_le_bytes(take(&mut directory, 4)?.try_into().ok()?);
        let key = u32::from_le_bytes(take(&mut directory, 4)?.try_into().ok()?);
        let first = take(&mut directory, key as usize)?.into();
        blocks.push(Block { first, offset, length, sum });
    }
    Some(blocks)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

type Row<'a> = (&'a [u8], Option<&'a [u8]>);

/// The rows of one block.
struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Rows<'a> {
    fn next(&mut self, path: &Path) -> Result<Option<Row<'a>>, Damage> {
        let mut rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        let row = one(&mut rest).ok_or_else(|| damaged(path, "has a row that is cut short"))?;
        self.at = self.bytes.len() - rest.len();
        Ok(Some(row))
    }
}

fn one<'a>(rest: &mut &'a [u8]) -> Option<Row<'a>> {
    let key = u32::from_le_bytes(take(rest, 4)?.try_into().ok()?);
    let value = u32::from_le_bytes(take(rest, 4)?.try_into().ok()?);
    let key = take(rest, key as usize)?;
    let value = if value == DELETED { None } else { Some(take(rest, value as usize)?) };
    Some((key, value))
}

/// Walks a run upwards.
pub(super) struct Cursor<'a> {
    run: &'a Run,
    next_block: usize,
    bytes: Vec<u8>,
    at: usize,
    key: std::ops::Range<usize>,
    value: Option<std::ops::Range<usize>>,
    is_over: bool,
}

impl<'a> Cursor<'a> {
    /// Stands on the first row at or behind `from`.
    pub fn at(run: &'a Run, from: &[u8]) -> Result<Self, Damage> {
        let next_block = run.block_of(from).unwrap_or(0);
        let mut cursor =
            Self { run, next_block, bytes: Vec::new(), at: 0, key: 0..0, value: None, is_over: false };
        cursor.advance()?;
        while cursor.key().is_some_and(|key| key < from) {
            cursor.advance()?;
        }
        Ok(cursor)
    }

    /// None behind the last row.
    pub fn key(&self) -> Option<&[u8]> {
        (!self.is_over).then(|| &self.bytes[self.key.clone()])
    }

    /// None where the row is deleted.
    pub fn value(&self) -> Option<&[u8]> {
        self.value.clone().map(|value| &self.bytes[value])
    }

    pub fn advance(&mut self) -> Result<(), Damage> {
        if self.at == self.bytes.len() {
            if self.next_block == self.run.blocks.len() {
                self.is_over = true;
                return Ok(());
            }
            self.bytes = self.run.block(self.next_block)?;
            (self.next_block, self.at) = (self.next_block + 1, 0);
        }
        let mut rows = Rows { bytes: &self.bytes, at: self.at };
        let row = rows.next(&self.run.path)?;
        let (key, value) = row.ok_or_else(|| damaged(&self.run.path, "has an empty block"))?;
        let end = rows.at;
        let value_at = end - value.map_or(0, <[u8]>::len);
        self.value = value.map(|_| value_at..end);
        self.key = value_at - key.len()..value_at;
        self.at = end;
        Ok(())
    }
}

fn read(file: &File, path: &Path, offset: u64, length: usize) -> Result<Vec<u8>, Damage> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset).map_err(|why| unreadable(path, &why))?;
    Ok(bytes)
}

fn unreadable(path: &Path, why: &std::io::Error) -> Damage {
    Damage(format!("{} cannot be read: {why}", path.display()))
}

fn damaged(path: &Path, why: &str) -> Damage {
    Damage(format!("{} {why}", path.display()))
}
