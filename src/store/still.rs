//! The rows as they were at one time, read in portions while others go on writing.
//!
//! Whoever changes a row hands in what it was before: so nobody waits for a reader of everything, and the
//! reader holds nothing open.

use super::index::{Damage, Mark};
use super::snapshot::Sums;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows read at a time.
pub(super) const PORTION: usize = 500;

type Row = (String, String);

/// The rows as they were, to be read once. Writers stop keeping what they change when nobody else has a
/// clone.
#[derive(Clone)]
pub(super) struct Still {
    mark: Mark,
    before: Arc<Mutex<Before>>,
}

/// What has changed of the rows that are still to be read.
#[derive(Default)]
struct Before {
    /// What they were, None for those that were not there.
    rows: BTreeMap<String, Option<String>>,
    /// The rows up to this key have been read: what becomes of them is nobody's matter any more.
    read: Option<String>,
}

impl Still {
    pub fn of(mark: Mark) -> Self {
        Self { mark, before: Arc::default() }
    }

    /// Whether anybody but the writer has it.
    pub fn is_read(&self) -> bool {
        Arc::strong_count(&self.before) > 1
    }

    fn before(&self) -> MutexGuard<'_, Before> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row is about to be changed for the first, or another, time.
    pub fn keep(&self, key: &str, old: Option<&str>) {
        let mut before = self.before();
        let is_read = before.read.as_deref().is_some_and(|read| key <= read);
        if !is_read && !before.rows.contains_key(key) {
            before.rows.insert(key.to_owned(), old.map(str::to_owned));
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
            for (key, value) in self.as_they_were(now, last.as_deref()) {
                sums.add(key.as_bytes(), value.as_bytes());
                show(&key, &value)?;
            }
            if last.is_none() {
                return Ok(sums.compare(self.sums())?);
            }
            behind = last;
        }
    }

    /// These rows, up to `last` or to the end, as they were. From now on they have been read.
    fn as_they_were(&self, now: Vec<Row>, last: Option<&str>) -> BTreeMap<String, String> {
        let mut rows: BTreeMap<String, String> = now.into_iter().collect();
        let mut before = self.before();
        let later = last.map_or_else(BTreeMap::new, |last| before.rows.split_off(&format!("{last}\0")));
        for (key, old) in std::mem::replace(&mut before.rows, later) {
            match old {
                Some(old) => drop(rows.insert(key, old)),
                None => drop(rows.remove(&key)),
            }
        }
        before.read = last.map(str::to_owned).or(before.read.take());
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_shown_as_they_were_and_what_has_been_read_is_kept_no_longer() {
        let still = Still::of(Mark::default());
        let now = |rows: &[&str]| rows.iter().map(|key| ((*key).to_owned(), "now".to_owned())).collect();
        still.keep("a/1", Some("then"));
        still.keep("b/9", Some("then"));
        let first = still.as_they_were(now(&["a/1", "a/2"]), Some("a/2"));
        assert_eq!(Vec::from_iter(first), [("a/1".into(), "then".into()), ("a/2".into(), "now".into())]);
        still.keep("a/2", Some("changed after it was read"));
        still.keep("b/1", None);
        assert_eq!(Vec::from_iter(still.before().rows.keys()), ["b/1", "b/9"]);
        let rest = still.as_they_were(now(&["b/1", "b/2"]), None);
        assert_eq!(Vec::from_iter(rest), [("b/2".into(), "now".into()), ("b/9".into(), "then".into())]);
        assert!(still.before().rows.is_empty());
    }
}
