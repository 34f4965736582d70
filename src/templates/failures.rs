//! Templates that failed in life: each alarms once, for a thousand letters must not be a thousand alarms.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What has failed so far; its copies know the same.
#[derive(Clone, Debug, Default)]
pub struct Failures(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    all: BTreeSet<String>,
    /// Of which nobody has been told yet.
    untold: Vec<Failed>,
}

/// A template that could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its letter's name.
    pub template: String,
    /// File, line and reason, in a sentence.
    pub why: String,
}

impl Failures {
    pub(super) fn note(&self, template: &str, why: &str) {
        let mut known = self.known();
        if known.all.insert(why.to_owned()) {
            tracing::error!(error = %why, letter = template, "template failed: taking the built-in letter");
            known.untold.push(Failed { template: template.to_owned(), why: why.to_owned() });
        }
    }

    /// Those of which nobody has been told yet.
    pub fn untold(&self) -> Vec<Failed> {
        self.known().untold.clone()
    }

    /// These need not be told again.
    pub fn are_told(&self, told: &[Failed]) {
        self.known().untold.retain(|failed| !told.contains(failed));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_once_however_often_it_comes() {
        let failures = Failures::default();
        let elsewhere = failures.clone();
        for _ in 0..3 {
            failures.note("reminder", "en/reminder.md line 4: no field nmae");
        }
        let told = elsewhere.untold();
        elsewhere.are_told(&told);
        assert_eq!(told.iter().map(|failed| failed.template.as_str()).collect::<Vec<_>>(), ["reminder"]);
        failures.note("reminder", "en/reminder.md line 4: no field nmae");
        assert_eq!(elsewhere.untold(), []);
    }
}
