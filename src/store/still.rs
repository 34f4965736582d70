//! The rows as they were at one time, read in portions while others go on writing.
//!
//! Whoever changes a row hands in what it was before: so nobody waits for a reader of everything, and the
//! reader holds nothing open.

use super::index::{Damage, Mark};
use super::snapshot::Sums;
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows read at a time.
pub(super) const PORTION: usize = 500;

type Row = (String, String);

/// The rows as they were. Writers stop keeping what they change when nobody else has a clone.
#[derive(Clone)]
pub(super) struct Still {
    mark: Mark,
    /// Of the rows changed since: what they were, None for those that were not there.
    before: Arc<Mutex<BTreeMap<String, Option<String>>>>,
}

impl Still {
    pub fn of(mark: Mark) -> Self {
        Self { mark, before: Arc::default() }
    }

    /// Whether anybody but the writer has it.
    pub fn is_read(&self) -> bool {
        Arc::strong_count(&self.before) > 1
    }

    fn before(&self) -> MutexGuard<'_, BTreeMap<String, Option<String>>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row is about to be changed for the first, or another, time.
    pub fn keep(&self, key: &str, old: Option<&str>) {
        let mut before = self.before();
        if !before.contains_key(key) {
            before.insert(key.to_owned(), old.map(str::to_owned));
        }
    }

    /// What the rows come to.
    pub fn sums(&self) -> Sums {
        self.mark.sums()
    }

    /// Shows every row in order; then what they came to is what they should. `portion` reads the next
    /// [`PORTION`] rows behind a key, as they are now.
    pub fn walk<E: From<Damage>>(
        &self,
        portion: impl Fn(Option<&str>) -> Result<Vec<Row>, E>,
        mut show: impl FnMut(&str, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut sums, mut behind) = (Sums::default(), None::<String>);
        loop {
            let now = portion(behind.as_deref())?;
            let last = now.last().filter(|_| now.len() == PORTION).map(|(key, _)| key.clone());
            for (key, value) in self.as_they_were(now, behind.as_deref(), last.as_deref()) {
                sums.add(key.as_bytes(), value.as_bytes());
                show(&key, &value)?;
            }
            if last.is_none() {
                return Ok(sums.compare(self.sums())?);
            }
            behind = last;
        }
    }

    fn as_they_were(
        &self,
        now: Vec<Row>,
        behind: Option<&str>,
        last: Option<&str>,
    ) -> BTreeMap<String, String> {
        let mut rows: BTreeMap<String, String> = now.into_iter().collect();
        let span = (behind.map_or(Unbounded, Excluded), last.map_or(Unbounded, Included));
        for (key, old) in self.before().range::<str, _>(span) {
            match old {
                Some(old) => drop(rows.insert(key.clone(), old.clone())),
                None => drop(rows.remove(key)),
            }
        }
        rows
    }
}
