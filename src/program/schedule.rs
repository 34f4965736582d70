//! Timers, and the hours at which people may be reminded.

use super::record::{Record, Reference, Timestamp};
use serde::{Deserialize, Serialize};

/// Which timer: unique, so that setting one again moves it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub String);

/// A promise to speak at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    pub id: TimerId,
    pub due: Timestamp,
    pub what: TimerKind,
}

/// What a timer is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The nth reminder (from 0) to the advisor of an attempt.
    Reminder { case: Reference, attempt: usize, n: usize },
    /// The advisor's week ends.
    Expiry { case: Reference, attempt: usize },
    /// In contact: is it settled?
    Settled { case: Reference },
    /// Alternatives lie before the advisee.
    OfferEnds { case: Reference },
    /// Staff look for an advisor.
    StaffSearch { case: Reference },
    /// Has the meeting been held?
    Confirmation { case: Reference },
    /// An incomplete form waits for its writer.
    DraftEnds { draft: Reference },
    /// Somebody waits for a decision of the staff.
    StaffDecision { hold: Reference },
    /// The weekly digest.
    Digest,
}

impl Record for Timer {
    const TABLE: &'static str = "timer";
    fn key(&self) -> String {
        self.id.0.clone()
    }
}

impl TimerKind {
    /// Whether it takes somebody's silence for an answer: then it may fire only after
    /// the mailbox has been read to its end at or after its due.
    pub fn judges_silence(&self) -> bool {
        !matches!(self, TimerKind::Digest)
    }
}
