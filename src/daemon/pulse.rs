//! What this run of the daemon has lived through: counted and kept for whoever watches it, and for the
//! alarms. Nothing is decided by it, and it ends with the process.

use crate::decider::{DecideError, Work};
use crate::mail::delivery::Outcome;
use crate::mailbox::MailboxError;
use crate::program::alarm::Hindrance;
use crate::program::input::{Delivery, Input};
use crate::program::record::Timestamp;
use crate::program::verdict::Verdict;
use crate::submission::SubmissionError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Its copies beat together.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    lived: Arc<Mutex<Lived>>,
    /// Rung when the mailbox has been read, or could not be: the daemon serves.
    pub looked: Arc<Notify>,
}

/// Counts since the start, and how the servers treat us now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lived {
    /// When this run began.
    pub started: Timestamp,
    /// Mails that were decided, by the verdict's word.
    pub mails: BTreeMap<&'static str, u64>,
    /// Letters that were offered, by what the mail server made of them.
    pub letters: BTreeMap<&'static str, u64>,
    /// How often the store could not do what it should.
    pub store_faults: u64,
    /// When the mailbox was last read to its end.
    pub read: Option<Timestamp>,
    /// Until when it was not to be read, by an operator's order.
    pub stood_still: Option<Timestamp>,
    /// What keeps us from reading it now.
    pub hindrance: Option<Hindrance>,
    /// Since when the mail server refuses our login, and its words.
    pub login_refused: Option<(Timestamp, String)>,
    /// What the store complained of, not yet told.
    pub complaint: Option<String>,
    /// The latest failure of each kind, whether it has passed or not.
    pub failures: BTreeMap<Kind, Failure>,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The mailbox could not be reached or read.
    Mailbox,
    /// The mail server was left alone for a while.
    MailServer,
    /// The store could not be written.
    Store,
}

/// When, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub at: Timestamp,
    pub why: String,
}

impl Pulse {
    /// Of a run that begins now.
    pub(super) fn begun(started: Timestamp) -> Self {
        let lived = Arc::new(Mutex::new(Lived { started, ..Lived::default() }));
        Self { lived, ..Self::default() }
    }

    /// As it is now.
    pub fn lived(&self) -> Lived {
        self.get().clone()
    }

    fn get(&self) -> MutexGuard<'_, Lived> {
        self.lived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A group was decided, or was not. What falls due amid the mails of a gap is counted with them.
    pub(super) fn worked(&self, work: &Work, done: &Result<Vec<Verdict>, DecideError>) {
        let mut lived = self.get();
        match (work, done) {
            (Work::Mails { .. }, Ok(verdicts)) => {
                verdicts.iter().for_each(|verdict| count(&mut lived.mails, verdict.what_word()));
            }
            (Work::Inputs(inputs), Ok(_)) => {
                let concluded = inputs.iter().filter_map(|input| match input {
                    Input::Delivery(delivery) => Some(delivery),
                    _ => None,
                });
                concluded.for_each(|delivery| count(&mut lived.letters, word(delivery)));
            }
            (_, Err(error)) => lived.complains(error),
            (Work::CatchUp(_) | Work::Rows(_) | Work::Watched(..), Ok(_)) => (),
        }
    }

    /// The store could not be read.
    pub(super) fn failed(&self, error: &DecideError) {
        self.get().complains(error);
    }

    /// The store has found this damaged.
    pub(super) fn damaged(&self, sentence: String) {
        let mut lived = self.get();
        lived.store_faults += 1;
        lived.complaint = Some(sentence);
    }

    /// The staff know of it, or need not: it is not told again.
    pub(super) fn is_told(&self) {
        self.get().complaint = None;
    }

    /// The mailbox was read to its end.
    pub(super) fn read(&self, at: Timestamp) {
        let mut lived = self.get();
        (lived.read, lived.hindrance) = (Some(at), None);
        self.looked.notify_one();
    }

    /// It is not to be read now.
    pub(super) fn stands_still(&self, now: Timestamp) {
        self.get().stood_still = Some(now);
    }

    /// It could not be read.
    pub(super) fn hindered(&self, error: &MailboxError) {
        let hindrance = Hindrance { words: error.to_string(), login_refused: error.is_refused_login() };
        self.get().hindrance = Some(hindrance);
        self.looked.notify_one();
    }

    /// Something failed; it is tried again.
    pub(super) fn is_tried_again(&self, kind: Kind, at: Timestamp, why: String) {
        self.get().failures.insert(kind, Failure { at, why });
    }

    /// The mail server was asked to take a letter.
    pub(super) fn offered(&self, now: Timestamp, answer: &Result<Outcome, SubmissionError>) {
        let mut lived = self.get();
        match answer {
            Err(error) if error.is_refused_login() => {
                let since = lived.login_refused.as_ref().map_or(now, |(since, _)| *since);
                lived.login_refused = Some((since, error.to_string()));
            }
            // Nobody was there to accept or refuse the login.
            Err(_) | Ok(Outcome::NotOffered(_)) => (),
            Ok(_) => lived.login_refused = None,
        }
    }
}

impl Lived {
    /// When the mailbox was last read to its end, or was not to be read; where it never was, when this run
    /// began.
    pub fn unread_since(&self) -> Timestamp {
        self.read.max(self.stood_still).unwrap_or(self.started)
    }

    fn complains(&mut self, error: &DecideError) {
        if let DecideError::Store(error) = error {
            self.store_faults += 1;
            self.complaint = Some(error.to_string());
        }
    }
}

fn count(counts: &mut BTreeMap<&'static str, u64>, word: &'static str) {
    *counts.entry(word).or_default() += 1;
}

fn word(delivery: &Delivery) -> &'static str {
    match delivery.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Permanent(_) => "refused",
        Outcome::Transient(_) | Outcome::TurnedAway(_) => "deferred",
        Outcome::NotOffered(_) => "not-offered",
        Outcome::Uncertain(_) => "uncertain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::verdict::What;

    fn time(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    fn refused(words: &str) -> Result<Outcome, SubmissionError> {
        let (server, user) = ("mail.network.example".to_owned(), "contact@network.example".to_owned());
        Err(SubmissionError::Authentication { server, user, words: words.to_owned() })
    }

    #[test]
    fn a_refused_login_lasts_from_the_first_refusal_to_the_next_answer_to_a_letter() {
        let pulse = Pulse::default();
        pulse.offered(time("2026-11-03T09:00:00Z"), &refused("535 wrong"));
        pulse.offered(time("2026-11-03T09:01:00Z"), &Ok(Outcome::NotOffered("no route".into())));
        pulse.offered(time("2026-11-03T09:02:00Z"), &refused("535 still wrong"));
        let (since, words) = pulse.lived().login_refused.expect("refused");
        assert_eq!(since, time("2026-11-03T09:00:00Z"));
        assert!(words.contains("535 still wrong"), "{words}");
        pulse.offered(time("2026-11-03T09:03:00Z"), &Ok(Outcome::Transient("451 later".into())));
        assert_eq!(pulse.lived().login_refused, None);
    }

    #[test]
    fn letters_are_counted_by_what_became_of_them_once_that_is_committed() {
        let pulse = Pulse::default();
        let outcomes = [
            Outcome::Accepted,
            Outcome::Accepted,
            Outcome::Permanent("550".into()),
            Outcome::TurnedAway("421".into()),
            Outcome::Transient("451".into()),
        ];
        let inputs =
            outcomes.map(|outcome| Input::Delivery(Delivery { id: "u-1".into(), attempt: 1, outcome }));
        let work = Work::Inputs(inputs.to_vec());
        pulse.worked(&work, &Err(DecideError::Stopped));
        assert_eq!(pulse.lived().letters, BTreeMap::new());
        pulse.worked(&work, &Ok(vec![Verdict::new(What::Done("delivered"), None)]));
        assert_eq!(pulse.lived().letters, BTreeMap::from([("accepted", 2), ("deferred", 2), ("refused", 1)]));
        assert_eq!(pulse.lived().mails, BTreeMap::new());
    }
}
