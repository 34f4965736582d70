//! Arranging a meeting: one of the two proposes times, the other chooses with a number.
//!
//! A time is agreed by the one who did not propose it, and by nobody's silence. Until then they
//! are reminded once, after a week; after two they are asked whether they have met.

use super::appointment::Appointment;
use super::case_reply;
use super::choosing;
use super::command::{Command, Word, is_mere_thanks};
use super::courtesy;
use super::invitations;
use super::letter::{AgreedOn, Letter, NoEffect};
use super::moment::Slot;
use super::proposals::{self, Proposals};
use super::record::{Case, Outcome, Party, Reference, Stage};
use super::request::{enter, in_days_by_day};
use super::schedule::TimerKind;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{booking, meeting, meeting_room, offer};
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;

/// How long before they are reminded that no time is agreed, and again before they are asked to
/// say how it stands.
const NUDGE_DAYS: u32 = 7;
/// How long after its end a meeting is asked about.
pub const ASKED_AFTER: TimeDelta = TimeDelta::hours(1);

// ---- what is said

/// What came of it: a word for the journal, or why nothing.
pub type Done = Result<&'static str, NoEffect>;

/// What a party says about the time of their meeting. None where it is about something else.
pub fn said(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    said: Option<&Command>,
) -> Option<Done> {
    if !may_arrange(case, party) {
        return None;
    }
    let note = said.and_then(|said| said.note.as_deref());
    match said.map(|said| said.word) {
        Some(Word::Number(n)) if !choosing::names_others(turn, mail, case, party, usize::from(n)) => {
            return choosing::by_number(turn, mail, case, party, usize::from(n), note);
        }
        Some(Word::Cancel) => return cancelled(turn, mail, case, party, note),
        Some(Word::Room) => return meeting_room::said(turn, mail, case, party, said?),
        Some(Word::NoRoom) => return Some(meeting_room::given_back(turn, mail, case, party, note)),
        _ => (),
    }
    let text = text_of_times(mail, said)?;
    let proposals = proposals::read(turn, &case.mailbox_of(party).address, &text);
    if proposals.is_empty()
        && let Some(done) = choosing::in_words(turn, mail, case, party, said, &text, &proposals)
    {
        return Some(done);
    }
    let is_about_times = asks(said) || !proposals.is_empty();
    is_about_times.then(|| Ok(propose(turn, mail, case, party, proposals)))
}

/// Whether it asks for another time, whatever stands beside it.
fn asks(said: Option<&Command>) -> bool {
    said.is_some_and(|said| matches!(said.word, Word::NewTimes | Word::Move | Word::Moved))
}

/// Where times may stand: beside words that go with them, and in a mail without any.
fn text_of_times(mail: &Inbound, said: Option<&Command>) -> Option<String> {
    match said {
        None => Some(mail.new_text.clone()),
        Some(said) if matches!(said.word, Word::Number(_)) => Some(mail.new_text.clone()),
        Some(said) if asks(Some(said)) || matches!(said.word, Word::Accept | Word::Yes) => {
            Some(proposals::after_the_word(said))
        }
        Some(_) => None,
    }
}

/// CANCEL before a meeting is about the meeting, and at any other time about the request.
fn cancelled(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    note: Option<&str>,
) -> Option<Done> {
    if case.stage != Stage::Accepted || Appointment::of(turn, case).ahead(turn).is_none() {
        return None;
    }
    call_off(turn, case, Some(party));
    pass_note(turn, mail, case, party, note);
    Some(Ok("meeting-cancelled"))
}

/// What was written beside a word that decides goes to the other, who may have that very mail.
pub fn pass_note(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, note: Option<&str>) {
    let Some(words) = note.and_then(|note| case_reply::as_note(note, case.mailbox_of(party))) else { return };
    let is_courtesy = is_mere_thanks(&words) || courtesy::is_politeness(&words);
    if !is_courtesy && !case_reply::is_between_them(turn, mail, case, party) {
        pass_words(turn, case, party, words);
    }
}

/// Words of one of the two for the other.
pub fn pass_words(turn: &mut Turn, case: &Case, party: Party, words: String) {
    let reader = Appointment::of(turn, case).other(party);
    case_reply::hand_words(turn, case, party, reader, words, true);
}

/// Either of the two, from the introduction on until they have met.
pub fn may_arrange(case: &Case, party: Party) -> bool {
    let one_of_them = party == Party::Advisee || party == Party::Advisor(case.current);
    let introduced = case.attempt().is_some_and(|attempt| attempt.outcome == Outcome::Accepted);
    let open = matches!(case.stage, Stage::Accepted | Stage::NotHeld | Stage::Unconfirmed);
    one_of_them && introduced && open
}

/// Times that came with an acceptance.
pub fn accepted_with(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party, proposals: Proposals) {
    if proposals.room {
        meeting_room::want(turn, case, party);
    }
    if proposals.is_empty() {
        if proposals.room {
            meeting_room::say_wish_noted(turn, mail, case, party);
        }
        return;
    }
    if !proposals.slots.is_empty() {
        propose(turn, mail, case, party, Proposals { note: None, ..proposals });
        return;
    }
    // The introduction says what comes next: only which time is meant is asked.
    let appointment = Appointment { asked_back: true, ..Appointment::of(turn, case) };
    turn.put(&appointment);
    say_back(turn, mail, case, party, &appointment, &proposals);
}

// ---- proposing

/// Times for the other to choose from, and said back; without any, which are meant is asked.
pub fn propose(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    proposals: Proposals,
) -> &'static str {
    let mut appointment = begun_again(turn, case);
    let none = proposals.slots.is_empty();
    if none && !proposals.unclear.is_empty() && appointment.asked_back {
        // Asked once already: a person reads it better.
        turn.put(&appointment);
        wait_for_agreement(turn, case, &appointment);
        return case_reply::pass_on(turn, mail, case, party, None);
    }
    appointment.asked_back = none && (appointment.asked_back || !proposals.unclear.is_empty());
    appointment.nudged = false;
    if !none {
        appointment.propose(party, proposals.slots.clone(), turn.now);
    }
    appointment.room = appointment.room.or(proposals.room.then_some(party));
    turn.put(&appointment);
    wait_for_agreement(turn, case, &appointment);
    say_back(turn, mail, case, party, &appointment, &proposals);
    let note = proposals.note.as_deref();
    if none {
        pass_note(turn, mail, case, party, note);
        return "times-asked";
    }
    let note = note.and_then(|note| case_reply::as_note(note, case.mailbox_of(party)));
    put_to_the_other(turn, case, party, &appointment, note);
    "times-proposed"
}

/// The meeting is still to be, and what is over is not asked about as if it stood.
fn begun_again(turn: &mut Turn, case: &mut Case) -> Appointment {
    let appointment = Appointment::of(turn, case);
    let has_ended = case.stage != Stage::Accepted;
    if has_ended {
        enter(turn, case, Stage::Accepted);
    }
    if has_ended || appointment.ahead(turn).is_none() {
        return Appointment { agreed: None, own_uid: None, ..appointment };
    }
    appointment
}

/// Nothing that was promised of a time that stands is taken back.
fn wait_for_agreement(turn: &mut Turn, case: &Case, appointment: &Appointment) {
    if appointment.ahead(turn).is_none() {
        turn.cancel_timer(TimerKind::Confirmation { case: case.reference.clone() }.id());
    }
    turn.set_timer(in_days_by_day(turn, NUDGE_DAYS), TimerKind::Times { case: case.reference.clone() });
}

/// Every line is said back as it was understood, each time on both clocks.
fn say_back(
    turn: &mut Turn,
    mail: &Inbound,
    case: &Case,
    party: Party,
    appointment: &Appointment,
    proposals: &Proposals,
) {
    let letter = Letter::TimesNoted {
        name: case.mailbox_of(party).called().to_owned(),
        other: appointment.called_other(case, party),
        times: appointment.numbered(turn, case, party, &proposals.slots),
        unclear: proposals.unclear.clone(),
        stands: appointment.stands(turn, case, party),
        room: meeting_room::wish(turn, case, appointment, party),
    };
    turn.tell_party(case, party, answering(mail), letter);
}

fn put_to_the_other(
    turn: &mut Turn,
    case: &Case,
    party: Party,
    appointment: &Appointment,
    note: Option<String>,
) {
    let reader = appointment.other(party);
    bring_times(turn, case, reader, appointment, &appointment.proposed, note, false);
}

/// Times to choose from, or none left: then only times of one's own help. `again` reminds.
fn bring_times(
    turn: &mut Turn,
    case: &Case,
    reader: Party,
    appointment: &Appointment,
    slots: &[Slot],
    note: Option<String>,
    again: bool,
) {
    let letter = Letter::TimesProposed {
        name: case.mailbox_of(reader).called().to_owned(),
        other: appointment.called_other(case, reader),
        times: appointment.numbered(turn, case, reader, slots),
        note,
        stands: appointment.stands(turn, case, reader),
        again,
    };
    turn.tell_party(case, reader, None, letter);
}

// ---- agreed

/// A time is known: they are asked about it when it is over.
pub fn watch(turn: &mut Turn, case: &mut Case, appointment: &Appointment) {
    if case.stage != Stage::Accepted {
        enter(turn, case, Stage::Accepted);
    }
    case.questions = 0;
    turn.put(case);
    turn.cancel_timer(TimerKind::Times { case: case.reference.clone() }.id());
    if let Some(slot) = appointment.agreed {
        let asks = (slot.end() + ASKED_AFTER).max(turn.now);
        turn.set_timer(asks, TimerKind::Confirmation { case: case.reference.clone() });
    }
}

// ---- going on

/// Somebody has taken over from this party: they get what the one before them had.
pub fn taken_over(turn: &mut Turn, case: &Case, party: Party) {
    if !may_arrange(case, party) {
        return;
    }
    let appointment = Appointment::of(turn, case);
    if appointment.invitation_stands(turn) {
        invitations::invite_one(turn, case, &appointment, party, AgreedOn::Time);
    }
    if appointment.by != party && !appointment.proposed.is_empty() {
        put_to_the_other(turn, case, appointment.by, &appointment, None);
    }
}

/// NOT YET: the time they had agreed on is none any more.
pub fn has_not_been(turn: &mut Turn, case: &Case) {
    let Some(appointment) = turn.read::<Appointment>(&case.reference.0) else { return };
    booking::free(turn, &case.reference);
    turn.put(&Appointment { agreed: None, own_uid: None, ..appointment });
}

// ---- calling off

/// The meeting is off, and the request goes on.
pub fn call_off(turn: &mut Turn, case: &mut Case, by: Option<Party>) {
    let appointment = Appointment::of(turn, case);
    turn.cancel_timer(TimerKind::Confirmation { case: case.reference.clone() }.id());
    booking::free(turn, &case.reference);
    let none = Appointment { nudged: false, ..appointment.without_proposals() };
    wait_for_agreement(turn, case, &Appointment { agreed: None, ..none.clone() });
    invitations::withdraw(turn, case, none, by, true);
}

/// A time that the two had from calendars of their own is off: none is known any more.
pub fn forget_time(turn: &mut Turn, case: &Case) {
    let appointment = Appointment::of(turn, case);
    turn.cancel_timer(TimerKind::Confirmation { case: case.reference.clone() }.id());
    let none = Appointment { agreed: None, own_uid: None, nudged: false, ..appointment };
    booking::free(turn, &case.reference);
    turn.put(&none);
    wait_for_agreement(turn, case, &none);
}

/// The case leaves the stage in which its meeting was agreed: nobody comes to it.
pub fn over(turn: &mut Turn, case: &Case, next: Stage) {
    let Some(appointment) = turn.read::<Appointment>(&case.reference.0) else { return };
    let may_have_met = matches!(next, Stage::Accepted | Stage::Held | Stage::NotHeld | Stage::Unconfirmed);
    if next != Stage::Accepted {
        booking::free(turn, &case.reference);
    }
    if may_have_met {
        return;
    }
    if appointment.ahead(turn).is_some() {
        invitations::withdraw(turn, case, appointment.without_proposals(), None, false);
    } else {
        turn.put(&Appointment { agreed: None, ..appointment.without_proposals() });
    }
}

// ---- silence

/// No time was agreed: a reminder, and a week later the question how it stands.
pub fn still_none(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = Verdict::new(What::Done("times-reminder"), Some(reference.clone()));
    let Some(case) = turn.read::<Case>(&reference.0).filter(|case| case.stage == Stage::Accepted) else {
        return verdict;
    };
    let appointment = Appointment::of(turn, &case);
    let stands = appointment.ahead(turn).is_some();
    let is_over = appointment.agreed.is_some() && !stands;
    if is_over || appointment.nudged && stands {
        // A move that nobody answered: what stood stands, and is asked about when it is over.
        turn.put(&appointment.without_proposals());
        return verdict;
    }
    if appointment.nudged {
        return meeting::ask_whether_held(turn, reference);
    }
    turn.set_timer(in_days_by_day(turn, NUDGE_DAYS), TimerKind::Times { case: reference.clone() });
    turn.put(&Appointment { nudged: true, ..appointment.clone() });
    nudge(turn, &case, &appointment);
    verdict
}

/// Whoever has times before them; where none is left to choose, both.
fn nudge(turn: &mut Turn, case: &Case, appointment: &Appointment) {
    // Numbers must go on meaning what they meant: all of the times, or none.
    let all_ahead = appointment.proposed.iter().all(|slot| slot.start > turn.now);
    let slots = if all_ahead { appointment.proposed.as_slice() } else { &[] };
    for party in appointment.parties() {
        if slots.is_empty() || party != appointment.by {
            bring_times(turn, case, party, appointment, slots, None, true);
        }
    }
}

/// ANOTHER ADVISOR, when a meeting has not come about.
pub fn another_advisor(turn: &mut Turn, case: &mut Case) -> Done {
    if !may_arrange(case, Party::Advisee) {
        return Err(NoEffect::NotNow);
    }
    let appointment = Appointment::of(turn, case);
    let hears_that_it_is_off = appointment.ahead(turn).is_some();
    let (before, party) = (case.clone(), appointment.other(Party::Advisee));
    offer::others(turn, case, offer::Why::Wanted);
    if !hears_that_it_is_off {
        let letter = Letter::AskedElsewhere {
            name: before.mailbox_of(party).called().to_owned(),
            advisee: before.advisee.called().to_owned(),
        };
        turn.tell_party(&before, party, None, letter);
    }
    Ok("another-advisor")
}
