//! What has come of the requests of a week: a row a week, each request counted once.
//!
//! A request belongs to the week in which it was made, and stands there under what has come
//! of it *so far*: whoever is refused by one advisor and helped by the next has found one. So
//! the numbers of a week always add up to its requests, and a week may still change after it.
//! What happened in a week (how many refusals, how many silences) is what
//! [`Counted`](super::record::Counted) counts; there one request may occur several times.

use super::record::{Case, Record, Stage};
use super::schedule;
use super::turn::Turn;
use serde::{Deserialize, Serialize};

/// How many weeks a digest looks back.
const SHOWN: usize = 12;

/// The requests made in one week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestWeek {
    /// `2026-W48`
    pub week: String,
    /// An advisor said yes.
    pub accepted: u64,
    /// Somebody still owes somebody a word.
    pub open: u64,
    /// The advisee took it back.
    pub withdrawn: u64,
    /// Closed without an advisor's yes.
    pub ended: u64,
}

impl Record for RequestWeek {
    const TABLE: &'static str = "request-week";
    fn key(&self) -> String {
        self.week.clone()
    }
}

impl RequestWeek {
    fn empty(week: &str) -> Self {
        Self { week: week.to_owned(), ..Self::default() }
    }

    /// All of them.
    pub fn requests(&self) -> u64 {
        self.accepted + self.open + self.withdrawn + self.ended
    }

    /// Where a request at this stage is counted.
    fn place(&mut self, stage: Stage) -> &mut u64 {
        match stage {
            Stage::Accepted | Stage::Held | Stage::NotHeld | Stage::Unconfirmed => &mut self.accepted,
            Stage::Asked | Stage::InContact | Stage::Choosing | Stage::WithStaff => &mut self.open,
            Stage::Cancelled => &mut self.withdrawn,
            Stage::Ended => &mut self.ended,
        }
    }
}

/// A request has come to another stage; `before` is None where it has just been made.
pub fn moved(turn: &mut Turn, case: &Case, before: Option<Stage>) {
    let key = schedule::period_key(case.opened, turn.rules.zone);
    let mut week: RequestWeek = turn.read(&key).unwrap_or_else(|| RequestWeek::empty(&key));
    if let Some(before) = before {
        let count = week.place(before);
        *count = count.saturating_sub(1);
    }
    *week.place(case.stage) += 1;
    turn.put(&week);
}

/// The twelve weeks up to this one, or as many as there are since the first request.
pub fn up_to(turn: &Turn, last: &str) -> Vec<RequestWeek> {
    let known: Vec<RequestWeek> = turn.all("");
    let Some(first) = known.first().map(|week| week.week.as_str()).filter(|first| *first <= last) else {
        return Vec::new();
    };
    let mut weeks = Vec::new();
    let mut key = last.to_owned();
    while weeks.len() < SHOWN && key.as_str() >= first {
        weeks.push(turn.read(&key).unwrap_or_else(|| RequestWeek::empty(&key)));
        let Some(before) = schedule::previous_period(&key) else { break };
        key = before;
    }
    weeks.reverse();
    weeks
}
