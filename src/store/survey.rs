//! The look over the whole ledger at start: is every line good, and does none miss?

use super::StoreError;
use super::ledger::Newest;
use super::line::{self, Place, Sealed};
use super::segment::{Found, Lines};
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Default)]
pub(super) struct Survey {
    pub newest: Option<Newest>,
    /// The end of the last segment, if it was not finished.
    pub torn: Option<Torn>,
}

/// The first bad line, with nothing good after it.
#[derive(Clone, Debug)]
pub(super) struct Torn {
    pub line: usize,
    pub offset: u64,
    pub why: &'static str,
}

impl Survey {
    pub fn of(segments: &[PathBuf]) -> Result<Self, StoreError> {
        let mut survey = Self::default();
        for path in segments {
            survey.segment(path)?;
            let is_last = segments.last() == Some(path);
            if let Some(torn) = survey.torn.as_ref().filter(|_| !is_last) {
                // A new segment is begun only after the last line of the old one was synced.
                return Err(damaged(path, torn));
            }
        }
        Ok(survey)
    }

    fn segment(&mut self, path: &Path) -> Result<(), StoreError> {
        let mut lines = Lines::of(path)?;
        while let Some(found) = lines.next()? {
            match line::read(found.bytes) {
                Ok(sealed) => self.good(path, &found, &sealed)?,
                Err(why) => self.bad(path, &found, why)?,
            }
        }
        Ok(())
    }

    fn good(&mut self, path: &Path, found: &Found<'_>, sealed: &Sealed<'_>) -> Result<(), StoreError> {
        if let Some(torn) = &self.torn {
            return Err(damaged(path, torn));
        }
        let Place { seq, at } = sealed.place().map_err(|why| not_ours(path, found, &why.to_string()))?;
        let expected = self.newest.map_or(1, |newest| newest.seq + 1);
        if seq != expected {
            return Err(not_ours(path, found, &format!("it is group {seq} where {expected} should follow")));
        }
        self.newest = Some(Newest { seq, sum: sealed.sum, at });
        Ok(())
    }

    fn bad(&mut self, path: &Path, found: &Found<'_>, why: &'static str) -> Result<(), StoreError> {
        let torn = Torn { line: found.number, offset: found.offset, why };
        let torn = self.torn.get_or_insert(torn);
        if line::hides_a_good_line(found.bytes) { Err(damaged(path, torn)) } else { Ok(()) }
    }
}

fn damaged(path: &Path, torn: &Torn) -> StoreError {
    StoreError::Damaged { path: path.display().to_string(), line: torn.line, why: torn.why.to_owned() }
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
