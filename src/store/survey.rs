//! The look over the ledger's lines in their order: is every line good, and does none miss?

use super::known::name_of;
use super::line::{self, End, Part, Place, Sealed};
use super::segment::{Behind, Found, Lines, is_snapshot};
use super::{Newest, StoreError};
use std::path::{Path, PathBuf};

/// What was found so far.
#[derive(Default)]
pub(super) struct Survey {
    pub newest: Option<Newest>,
    /// The first bad line of the file in hand, with nothing good after it so far.
    pub torn: Option<Torn>,
    /// The good lines of the file in hand.
    pub behind: Behind,
    /// In which file the line of `newest` begins, and how much of it is before; None if that was not seen.
    pub line: Option<(String, Behind)>,
    /// The last line of the snapshot in hand.
    part: Option<Part>,
}

/// A line that was not finished.
#[derive(Clone, Debug)]
pub(super) struct Torn {
    pub path: PathBuf,
    pub line: usize,
    pub offset: u64,
    pub why: &'static str,
}

impl Survey {
    /// As if everything up to this group had been seen.
    pub fn behind(newest: Newest) -> Self {
        Self { newest: Some(newest), ..Self::default() }
    }

    /// Looks over the file that comes next, or what is left of it, and shows each of its good lines.
    pub fn file<E: From<StoreError>>(
        &mut self,
        path: &Path,
        lines: &mut Lines,
        show: impl FnMut(&Found<'_>, Place, Sealed<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if is_snapshot(path) {
            self.snapshot(path, lines, show)
        } else {
            self.lines(path, false, lines, show)
        }
    }

    /// Looks over a whole snapshot, whatever the file's name.
    pub fn snapshot<E: From<StoreError>>(
        &mut self,
        path: &Path,
        lines: &mut Lines,
        show: impl FnMut(&Found<'_>, Place, Sealed<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.part = None;
        self.lines(path, true, lines, show)?;
        Ok(self.closed(path)?)
    }

    fn lines<E: From<StoreError>>(
        &mut self,
        path: &Path,
        whole: bool,
        lines: &mut Lines,
        mut show: impl FnMut(&Found<'_>, Place, Sealed<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(torn) = &self.torn {
            // A new segment is begun only after the last line of the old one was synced.
            return Err(damaged(torn).into());
        }
        self.behind = lines.behind();
        while let Some(found) = lines.next()? {
            match line::read(found.bytes) {
                Ok(sealed) => {
                    let place = self.good(path, whole, &found, &sealed)?;
                    self.behind.offset += found.bytes.len() as u64;
                    self.behind.lines = found.number;
                    show(&found, place, sealed)?;
                }
                Err(why) => self.bad(path, &found, why)?,
            }
        }
        Ok(())
    }

    fn good(
        &mut self,
        path: &Path,
        whole: bool,
        found: &Found<'_>,
        sealed: &Sealed<'_>,
    ) -> Result<Place, StoreError> {
        if let Some(torn) = &self.torn {
            return Err(damaged(torn));
        }
        let place = sealed.place().map_err(|why| not_ours(path, found, &why.to_string()))?;
        match (whole, place.snapshot) {
            (true, Some(part)) => self.row(path, found, &place, part)?,
            (false, None) => self.group(path, found, &place, sealed.sum)?,
            _ => return Err(not_ours(path, found, "it belongs to another kind of file")),
        }
        Ok(place)
    }

    fn group(&mut self, path: &Path, found: &Found<'_>, place: &Place, sum: u32) -> Result<(), StoreError> {
        let expected = self.newest.map_or(1, |newest| newest.seq + 1);
        if place.seq != expected {
            let why = format!("it is group {} where {expected} should follow", place.seq);
            return Err(not_ours(path, found, &why));
        }
        self.newest = Some(Newest { seq: place.seq, sum, at: place.at });
        self.line = Some((name_of(path), self.behind));
        Ok(())
    }

    fn row(&mut self, path: &Path, found: &Found<'_>, place: &Place, part: Part) -> Result<(), StoreError> {
        let expected = self.part.map_or(1, |before| before.part + 1);
        let closed = self.part.is_some_and(|before| before.end.is_some());
        if closed || part.part != expected {
            return Err(not_ours(path, found, &format!("it is part {} of a snapshot", part.part)));
        }
        self.part = Some(part);
        if let Some(End { sum, .. }) = part.end {
            self.newest = Some(Newest { seq: place.seq, sum, at: place.at });
            self.line = None;
        }
        Ok(())
    }

    /// It was whole when it got its name, so it has been cut since.
    fn closed(&mut self, path: &Path) -> Result<(), StoreError> {
        if let Some(torn) = &self.torn {
            return Err(damaged(torn));
        }
        if self.part.is_some_and(|last| last.end.is_some()) {
            return Ok(());
        }
        let line = self.behind.lines + 1;
        let why = "the end of the snapshot is missing".to_owned();
        Err(StoreError::Damaged { path: path.display().to_string(), line, why })
    }

    fn bad(&mut self, path: &Path, found: &Found<'_>, why: &'static str) -> Result<(), StoreError> {
        let torn = Torn { path: path.to_owned(), line: found.number, offset: found.offset, why };
        let torn = self.torn.get_or_insert(torn);
        if line::hides_a_good_line(found.bytes) { Err(damaged(torn)) } else { Ok(()) }
    }
}

fn damaged(torn: &Torn) -> StoreError {
    StoreError::Damaged { path: torn.path.display().to_string(), line: torn.line, why: torn.why.to_owned() }
}

/// Its checksum is right, so it is what somebody wrote.
fn not_ours(path: &Path, found: &Found<'_>, why: &str) -> StoreError {
    StoreError::Unusable(format!(
        "{} line {} cannot follow what is before it ({why}): \
         put back the missing or changed segment from a backup",
        path.display(),
        found.number
    ))
}
