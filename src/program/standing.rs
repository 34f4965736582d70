//! How things stand, in numbers: for whoever watches the daemon from outside.

use super::View;
use super::record::{Case, Hold, Record, Stage, Timestamp};
use super::{breaker, disk, outbox, standstill, timer};
use chrono::TimeDelta;

/// Timers fire with the next poll of the mailbox, at the latest after five minutes.
const LATE: TimeDelta = TimeDelta::minutes(10);
/// Nobody needs to know it more exactly.
const MOST: usize = 10_000;

/// Numbers without names.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Letters that wait to be offered.
    pub letters_waiting: usize,
    /// Since when the oldest of them does.
    pub oldest_letter: Option<Timestamp>,
    /// Timers that should have fired some time ago.
    pub timers_late: usize,
    /// As the digest counts them: a request that has found its advisor is not open any more.
    pub open_requests: usize,
    /// What waits for a decision of the staff.
    pub exceptions: usize,
    /// Sending stands still until then.
    pub paused_until: Option<Timestamp>,
    /// Since when everything stands still, by an operator's order.
    pub stands_still: Option<Timestamp>,
    pub is_disk_low: bool,
}

/// As it is now.
pub fn standing(view: &dyn View, now: Timestamp) -> Standing {
    let (letters_waiting, oldest_letter) = outbox::queue(view);
    let is_open = |case: &Case| case.stage != Stage::Accepted;
    let open = view.range("open/");
    let open = open.iter().filter_map(|(key, _)| Case::stored(view, key.strip_prefix("open/")?));
    Standing {
        letters_waiting,
        oldest_letter,
        timers_late: timer::due(view, now - LATE, MOST).len(),
        open_requests: open.filter(is_open).count(),
        exceptions: Hold::all_stored(view, "").len(),
        paused_until: breaker::paused_until(view).filter(|until| *until > now),
        stands_still: standstill::since(view),
        is_disk_low: disk::is_low(view),
    }
}
