//! Meetings that do not come about. The third of one person in half a year is a line for the staff,
//! who may ask what is in the way; it never counts against anybody.

use super::letter::ExceptionKind;
use super::record::{Case, Party, Timestamp};
use super::staff;
use super::timer::{key_time, read_key_time};
use super::turn::Turn;
use chrono::TimeDelta;

const WITHIN: TimeDelta = TimeDelta::days(180);
const OFTEN: usize = 3;

/// A meeting of these two has not come about.
pub fn note(turn: &mut Turn, case: &Case) {
    for party in [Party::Advisee, Party::Advisor(case.current)] {
        let person = case.mailbox_of(party).clone();
        let prefix = format!("not-held/{}/", turn.first_address(&person.address).key());
        turn.mark(format!("{prefix}{}/{}", key_time(turn.now), case.reference));
        if lately(turn, &prefix) == OFTEN {
            let (who, case) = (person.called().to_owned(), Some(case.reference.clone()));
            staff::note_exception(turn, ExceptionKind::OftenNotHeld, &who, "", case);
        }
    }
}

/// How many there were; what is longer ago is forgotten.
fn lately(turn: &mut Turn, prefix: &str) -> usize {
    let is_lately = |at: Timestamp| turn.now - at < WITHIN;
    let at = |key: &String| key.split_once('/').and_then(|(time, _)| read_key_time(time));
    let (lately, before): (Vec<String>, Vec<String>) =
        turn.marked(prefix).into_iter().partition(|key| at(key).is_some_and(is_lately));
    for key in before {
        turn.unmark(format!("{prefix}{key}"));
    }
    lately.len()
}
