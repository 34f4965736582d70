//! The ledger's files as they are at one instant, opened to be read beside a running daemon.
//!
//! It takes neither the store's lock nor its index: whole lines are only ever added at the end, and a file
//! that is open stays readable after a roll has deleted it. So another process sees a whole ledger up to
//! the last group that was committed when it looked, or one before it.

use super::segment::{Lines, Shelf, unusable};
use super::snapshot::not_understood;
use super::survey::Survey;
use super::{Newest, StoreError};
use serde_json::value::RawValue;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A roll under our hands means to begin again; it does not happen twice in a minute.
const ATTEMPTS: usize = 10;

/// The files, in their order.
#[derive(Debug)]
pub struct Files {
    files: Vec<(PathBuf, File)>,
}

/// What one line of the ledger changes.
#[derive(Debug)]
pub struct Line<'a> {
    /// Key and value as JSON text; None deletes the row.
    pub changes: Vec<(String, Option<&'a RawValue>)>,
    /// It stands for all that was before it.
    pub is_snapshot: bool,
}

impl Files {
    /// Opens the ledger of the store in `dir`, which may be in use.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let ledger = dir.join("ledger");
        for _ in 0..ATTEMPTS {
            let shelf = Shelf::of(&ledger)?;
            let opened = shelf.in_order().map(|path| Ok((path.clone(), File::open(path)?)));
            match opened.collect::<io::Result<Vec<_>>>() {
                // A list is no snapshot either: it may have been made while files came and went.
                Ok(files) if Shelf::of(&ledger)?.in_order().eq(shelf.in_order()) => {
                    return Ok(Self { files });
                }
                Ok(_) => (),
                Err(why) if why.kind() == io::ErrorKind::NotFound => (),
                Err(why) => return Err(unusable(&ledger, "be read", &why)),
            }
        }
        Err(unusable(&ledger, "be read", &io::Error::other("its files change all the time")))
    }

    /// Looks over every line, without reading what is in it, until `stop` becomes true.
    pub fn check(self, stop: &AtomicBool) -> Result<(), StoreError> {
        let mut survey = Survey::default();
        for (path, file) in self.files {
            if !stop.load(Relaxed) {
                survey.file(&path, &mut Lines::of_file(&path, file), |_, _, _| Ok::<_, StoreError>(()))?;
            }
        }
        Ok(())
    }

    /// Shows every line in order, and says which group was the last, None in an empty ledger. An end that
    /// is not finished is being written, or was never committed: it is passed over.
    pub fn read<E: From<StoreError>>(
        self,
        mut visit: impl FnMut(&Line<'_>) -> Result<(), E>,
    ) -> Result<Option<Newest>, E> {
        let mut survey = Survey::default();
        for (path, file) in self.files {
            let mut lines = Lines::of_file(&path, file);
            survey.file(&path, &mut lines, |_, place, sealed| {
                let inbound = sealed.inbound().map_err(|why| not_understood(&path, &why))?;
                visit(&Line { changes: inbound.changes, is_snapshot: place.snapshot.is_some() })
            })?;
        }
        Ok(survey.newest)
    }
}
