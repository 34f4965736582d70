//! Room: whether an advisor who accepts has any left, and what is asked of her if not.

use super::letter::Letter;
use super::load;
use super::record::{Case, Party, PersonKey};
use super::turn::{Turn, answering};
use crate::mail::inbound::Inbound;

/// An advisor who accepts beyond the number she gave is asked once whether she means it: a
/// late yes, or two at one time, may have come after other requests. True where she is
/// asked now; her note is kept until she answers.
pub fn asks_first(turn: &mut Turn, mail: &Inbound, case: &mut Case, n: usize, note: Option<&String>) -> bool {
    let Some(attempt) = case.attempts.get(n).filter(|a| !a.asked_for_room) else { return false };
    let advisor = attempt.person();
    let Some(limit) = turn.person(&advisor).and_then(|p| p.advisor?.at_a_time) else { return false };
    let open = others(turn, case, &advisor);
    if open.len() < limit as usize {
        return false;
    }
    case.attempts[n].asked_for_room = true;
    case.attempts[n].note_kept = note.cloned();
    turn.put(case);
    let letter = Letter::NoRoomLeft {
        name: case.mailbox_of(Party::Advisor(n)).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
        limit,
        open,
    };
    turn.tell_party(case, Party::Advisor(n), answering(mail), letter);
    true
}

/// The advisees of the other requests that wait for an advisor or occupy her.
fn others(turn: &Turn, case: &Case, advisor: &PersonKey) -> Vec<String> {
    let references = turn.marked(&load::rows_of(advisor));
    let cases = references.iter().filter(|r| **r != case.reference.0).filter_map(|r| turn.read::<Case>(r));
    cases.map(|other| other.advisee.called().to_owned()).collect()
}

/// The note of an acceptance: the one given now, else the one that was kept.
pub fn note_of(case: &mut Case, n: usize, note: Option<String>) -> Option<String> {
    let kept = case.attempts.get_mut(n).and_then(|attempt| attempt.note_kept.take());
    note.or(kept)
}
