//! The promises to speak that a decision makes and takes back.

use crate::program::View;
use crate::program::batch::TimerChange;
use crate::program::record::{Record, Timestamp};
use crate::program::schedule::{Timer, TimerId, TimerKind};
use chrono::DateTime;
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeMap;

/// A timer, and what becomes of it.
#[derive(Debug, Serialize)]
pub struct Promise {
    pub id: String,
    pub change: Kind,
    /// When it is due; of a cancelled one, when it was.
    pub due: DateTime<Tz>,
    pub what: &'static str,
}

/// How a timer changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Set,
    Moved,
    Cancelled,
}

/// What these changes come to: what is set first, each kind in the order of time.
pub fn changed(view: &dyn View, changes: &[TimerChange], zone: Tz) -> Vec<Promise> {
    let mut last: BTreeMap<&TimerId, Option<&Timer>> = BTreeMap::new();
    for change in changes {
        match change {
            TimerChange::Set(timer) => last.insert(&timer.id, Some(timer)),
            TimerChange::Cancel(id) => last.insert(id, None),
        };
    }
    let told =
        |(id, set): (&TimerId, Option<&Timer>)| Promise::of(Timer::stored(view, &id.0).as_ref(), set, zone);
    let mut promises: Vec<Promise> = last.into_iter().filter_map(told).collect();
    promises.sort_by_key(|promise| (promise.change, promise.due));
    promises
}

/// When a timer of this name is due, if it stands.
pub fn due(view: &dyn View, what: &TimerKind) -> Option<Timestamp> {
    Timer::stored(view, &what.id().0).map(|timer| timer.due)
}

impl Promise {
    /// None where it stays as it is.
    fn of(before: Option<&Timer>, after: Option<&Timer>, zone: Tz) -> Option<Self> {
        let (change, timer) = match (before, after) {
            (None, None) => return None,
            (Some(before), Some(after)) if before.due == after.due => return None,
            (None, Some(after)) => (Kind::Set, after),
            (Some(_), Some(after)) => (Kind::Moved, after),
            (Some(before), None) => (Kind::Cancelled, before),
        };
        let due = timer.due.with_timezone(&zone);
        Some(Self { id: timer.id.0.clone(), change, due, what: says(&timer.what) })
    }
}

/// What comes when it is due.
pub fn says(what: &TimerKind) -> &'static str {
    match what {
        TimerKind::Reminder { .. } => "the advisor is reminded",
        TimerKind::Expiry { .. } => "the advisor's time to answer is over",
        TimerKind::Settled { .. } => "both are asked whether it is settled",
        TimerKind::OfferEnds { .. } => "the offer of other advisors ends",
        TimerKind::StaffSearch { .. } => "the search of the staff ends",
        TimerKind::Confirmation { .. } => "both are asked whether they met",
        TimerKind::Times { .. } => "a reminder that no time is agreed",
        TimerKind::Paused { .. } => "the staff are reminded of the pause",
        TimerKind::Room { .. } => "the staff are told to open the shared room, or it was used",
        TimerKind::DraftEnds { .. } => "the incomplete form lapses",
        TimerKind::Inquiry { .. } => "the question to its owner is put again, or lapses",
        TimerKind::StaffDecision { .. } => "its writer hears that the staff have not decided yet",
        TimerKind::Question { .. } => "its writer hears that it is with the staff",
        TimerKind::Shadow => "the staff get the letters to approve",
        TimerKind::KeptBack { .. } => "mail that a brake holds goes on",
        TimerKind::Sweep => "what the brakes remember is looked over",
        TimerKind::Breaker => "sending goes on",
        TimerKind::Digest => "the staff get the digest",
        TimerKind::Exceptions => "the staff are told of what waits",
    }
}
