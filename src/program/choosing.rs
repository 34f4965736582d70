//! One of the times that lie before somebody is chosen: by its number, by its place in the list
//! ("the second one"), or by YES where there is no other.

use super::appointment::Appointment;
use super::arranging::{self, Done, may_arrange};
use super::case_reply;
use super::choice;
use super::command::{Command, Word, is_mere_thanks};
use super::invitations;
use super::letter::{AgreedOn, NoEffect};
use super::meeting_room::{self, Followed};
use super::moment::Slot;
use super::proposals::{self, Proposals};
use super::record::{Case, LetterSent, Party};
use super::room_said;
use super::turn::Turn;
use crate::mail::inbound::Inbound;

/// The letter that brings times.
const TIMES: &str = "times-proposed";
/// Those that bring advisors, whose numbers are never of times.
const OF_ADVISORS: &[&str] = &[
    "declined",
    "no-answer",
    "not-reached",
    "advisor-left",
    "cannot-ask",
    "others-meanwhile",
    "others-wanted",
];

/// What is said in answer to.
enum Answers {
    Times,
    /// Their proposer has put others in their place.
    TimesOfBefore,
    /// Advisors to choose from, or nothing.
    Others,
}

/// Whether it is the number of a time that lies before this party: that is for us, also in a mail
/// to both.
pub fn chooses(turn: &Turn, case: &Case, party: Party, said: Option<&Command>) -> bool {
    let number = said.is_some_and(|said| matches!(said.word, Word::Number(_)));
    number && may_arrange(case, party) && !Appointment::of(turn, case).before(party).is_empty()
}

/// `1. Thursday 14:00`, where another time is the first: a list of their own, or a slip.
pub fn names_others(turn: &Turn, mail: &Inbound, case: &Case, party: Party, number: usize) -> bool {
    let appointment = Appointment::of(turn, case);
    let chosen = number.checked_sub(1).and_then(|n| appointment.before(party).get(n));
    let named = proposals::read(turn, &case.mailbox_of(party).address, &mail.new_text).slots;
    let starts_then = |slot: &Slot| named.iter().any(|other| other.start == slot.start);
    !named.is_empty() && !chosen.is_some_and(starts_then)
}

/// A number. None where it is one of an advisor's.
pub fn by_number(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    number: usize,
    note: Option<&str>,
) -> Option<Done> {
    match answers(turn, mail, &Appointment::of(turn, case), party) {
        Answers::Times => Some(choose(turn, mail, case, party, number, note)),
        Answers::TimesOfBefore => Some(Err(NoEffect::NotOffered)),
        Answers::Others => None,
    }
}

/// Words in answer to the letter of the times that lie before this party: a place in the list,
/// or YES. To the reminder YES may mean that they have found a time themselves.
pub fn in_words(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    said: Option<&Command>,
    text: &str,
    proposals: &Proposals,
) -> Option<Done> {
    let appointment = Appointment::of(turn, case);
    let is_yes = said.is_some_and(|said| matches!(said.word, Word::Yes | Word::Accept));
    let is_now = matches!(answers(turn, mail, &appointment, party), Answers::Times);
    if !(is_yes || said.is_none()) || !is_now || !answers_letter_of_times(turn, mail) {
        return None;
    }
    if let Some((place, rest)) = choice::place(turn, text, appointment.before(party).len()) {
        return Some(choose(turn, mail, case, party, place, Some(&rest)));
    }
    let agrees = is_yes && !appointment.nudged;
    if agrees && proposals.room {
        meeting_room::want(turn, case, party);
    }
    agrees.then(|| said_yes(turn, mail, case, party, &appointment, proposals.note.as_deref()))
}

/// YES to the one time there is. Of several it says none: what is written with it is for the other.
fn said_yes(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    appointment: &Appointment,
    note: Option<&str>,
) -> Done {
    if appointment.before(party).len() == 1 {
        return choose(turn, mail, case, party, 1, note);
    }
    let says_more = note.and_then(|note| case_reply::as_note(note, case.mailbox_of(party)));
    match says_more.is_some_and(|note| !is_mere_thanks(&note)) {
        true => Ok(case_reply::pass_on(turn, mail, case, party, None)),
        false => Err(NoEffect::NotOffered),
    }
}

/// The time is agreed; what was written beside is for the other.
fn choose(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    number: usize,
    note: Option<&str>,
) -> Done {
    let appointment = Appointment::of(turn, case);
    let chosen = number.checked_sub(1).and_then(|n| appointment.before(party).get(n)).copied();
    let slot = chosen.ok_or(NoEffect::NotOffered)?;
    if slot.start <= turn.now {
        return Err(NoEffect::TimeIsOver);
    }
    let moved = appointment.ahead(turn).is_some();
    let (room, note) = room_said::wish(turn, &case.mailbox_of(party).address, note.unwrap_or_default());
    let room = appointment.room.or(room.then_some(party));
    let appointment =
        Appointment { agreed: Some(slot), own_uid: None, room, ..appointment.without_proposals() };
    turn.put(&appointment);
    arranging::watch(turn, case, &appointment);
    let followed = meeting_room::follow(turn, case, &appointment);
    invitations::invite(turn, case, appointment, if moved { AgreedOn::OtherTime } else { AgreedOn::Time });
    if let Followed::Refused(party, slot, why) = followed {
        meeting_room::say_not_booked(turn, None, case, party, slot, why);
    }
    arranging::pass_note(turn, mail, case, party, Some(&note));
    Ok(if moved { "meeting-moved" } else { "meeting-agreed" })
}

/// Whether it answers a letter that brought times: a number there is no advisor's.
pub fn answers_letter_of_times(turn: &Turn, mail: &Inbound) -> bool {
    answered(turn, mail).is_some_and(|letter| letter.template == TIMES)
}

/// By the letter that is answered; where there is none, whatever lies before this party.
fn answers(turn: &Turn, mail: &Inbound, appointment: &Appointment, party: Party) -> Answers {
    let letter = answered(turn, mail);
    let of_times = letter.as_ref().is_none_or(|letter| !OF_ADVISORS.contains(&letter.template.as_str()));
    if appointment.before(party).is_empty() || !of_times {
        return Answers::Others;
    }
    let is_old = |letter: &LetterSent| {
        let since = appointment.proposed_at.filter(|_| appointment.by != party);
        letter.template == TIMES && since.is_some_and(|since| letter.at < since)
    };
    if letter.as_ref().is_some_and(is_old) { Answers::TimesOfBefore } else { Answers::Times }
}

fn answered(turn: &Turn, mail: &Inbound) -> Option<LetterSent> {
    mail.parent().and_then(|id| turn.read::<LetterSent>(id.inner()))
}
