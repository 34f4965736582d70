//! A standstill that operators order: mail stays unread, nothing is sent, no timer speaks, until they say so.
//!
//! It is a row, so that a restart does not end it. What fell due meanwhile is judged after the mailbox has
//! been read to its end, as after any other time in which the daemon did not run.

use super::View;
use super::record::{Record, Timestamp};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use serde::{Deserialize, Serialize};

/// It lasts as long as the row is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Standstill {
    since: Timestamp,
}

impl Record for Standstill {
    const TABLE: &'static str = "standstill";
    fn key(&self) -> String {
        KEY.to_owned()
    }
}

const KEY: &str = "daemon";

/// Since when everything stands still; None while it does not.
pub fn since(view: &dyn View) -> Option<Timestamp> {
    Standstill::stored(view, KEY).map(|standstill| standstill.since)
}

/// The same for a decision under way.
pub fn is_on(turn: &Turn) -> bool {
    turn.read::<Standstill>(KEY).is_some()
}

/// From now on everything stands still.
pub fn begin(turn: &mut Turn) -> Verdict {
    if is_on(turn) {
        return Verdict::new(What::AlreadyHandled, None);
    }
    turn.put(&Standstill { since: turn.now });
    Verdict::new(What::Done("paused-by-operator"), None)
}

/// Everything goes on.
pub fn end(turn: &mut Turn) -> Verdict {
    if !is_on(turn) {
        return Verdict::new(What::AlreadyHandled, None);
    }
    turn.delete::<Standstill>(KEY);
    Verdict::new(What::Done("resumed-by-operator"), None)
}
