//! Arranging a meeting: one of the two proposes times, the other chooses with a number.
//!
//! A time is agreed by the one who did not propose it, and by nobody's silence. Until then they
//! are reminded once, after a week; after two they are asked whether they have met.

use super::appointment::Appointment;
use super::case_reply;
use super::command::{Command, Word};
use super::invitations;
use super::letter::{Letter, NoEffect};
use super::proposals::{self, Proposals};
use super::record::{Case, Outcome, Party, Reference, Stage};
use super::request::{enter, in_days_by_day};
use super::schedule::TimerKind;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{meeting, offer};
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;

/// How long before they are reminded that no time is agreed, and again before they are asked to
/// say how it stands.
const NUDGE_DAYS: u32 = 7;
/// How long after its end a meeting is asked about.
pub const ASKED_AFTER: TimeDelta = TimeDelta::hours(1);

// ---- what is said

/// What a party says about the time of their meeting: done, or why not. None where it is about
/// something else.
pub fn said(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    said: Option<&Command>,
) -> Option<Result<&'static str, NoEffect>> {
    if !may_arrange(case, party) {
        return None;
    }
    let appointment = Appointment::of(turn, case);
    let word = said.map(|said| said.word);
    match word {
        Some(Word::Number(number)) if appointment.lies_before(party) => {
            return Some(choose(turn, case, appointment, usize::from(number)));
        }
        Some(Word::Cancel) if case.stage == Stage::Accepted && appointment.ahead(turn).is_some() => {
            call_off(turn, case, Some(party));
            return Some(Ok("meeting-cancelled"));
        }
        _ => (),
    }
    let asks = matches!(word, Some(Word::NewTimes | Word::Move | Word::Moved));
    let names_times = matches!(word, None | Some(Word::Accept | Word::Yes));
    let text = match said {
        Some(said) if asks || names_times => proposals::after_the_word(said),
        None => mail.new_text.clone(),
        _ => return None,
    };
    let proposals = proposals::read(turn, &case.mailbox_of(party).address, &text);
    let is_about_times = asks || !proposals.is_empty();
    is_about_times.then(|| Ok(propose(turn, mail, case, party, proposals)))
}

/// Whether it is the number of a time that lies before this party: that is for us, also in a mail
/// to both.
pub fn chooses(turn: &Turn, case: &Case, party: Party, said: Option<&Command>) -> bool {
    let number = said.is_some_and(|said| matches!(said.word, Word::Number(_)));
    number && may_arrange(case, party) && Appointment::of(turn, case).lies_before(party)
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
    if !proposals.is_empty() {
        propose(turn, mail, case, party, Proposals { note: None, ..proposals });
    }
}

// ---- proposing

pub fn propose(
    turn: &mut Turn,
    mail: &Inbound,
    case: &mut Case,
    party: Party,
    proposals: Proposals,
) -> &'static str {
    let mut appointment = Appointment::of(turn, case);
    if case.stage != Stage::Accepted {
        enter(turn, case, Stage::Accepted);
        appointment.agreed = None;
    }
    if proposals.slots.is_empty() && !proposals.unclear.is_empty() && appointment.asked_back {
        // Asked once already: a person reads it better.
        turn.put(&appointment);
        wait_for_agreement(turn, case, &appointment);
        return case_reply::pass_words(turn, mail, case, party);
    }
    let done = match proposals.slots.is_empty() {
        true => "times-asked",
        false => "times-proposed",
    };
    if proposals.slots.is_empty() {
        appointment.asked_back |= !proposals.unclear.is_empty();
    } else {
        appointment.proposed = proposals.slots.clone();
        appointment.by = party;
        appointment.asked_back = false;
    }
    appointment.nudged = false;
    turn.put(&appointment);
    wait_for_agreement(turn, case, &appointment);
    say_back(turn, mail, case, party, &appointment, &proposals);
    if !proposals.slots.is_empty() {
        let note = proposals.note.as_deref();
        let note = note.and_then(|note| case_reply::as_note(note, case.mailbox_of(party)));
        put_to_the_other(turn, case, party, &appointment, note);
    }
    done
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
    let letter = Letter::TimesProposed {
        name: case.mailbox_of(reader).called().to_owned(),
        other: case.mailbox_of(party).called().to_owned(),
        times: appointment.numbered(turn, case, reader, &appointment.proposed),
        note,
        stands: appointment.stands(turn, case, reader),
        again: false,
    };
    turn.tell_party(case, reader, None, letter);
}

// ---- agreeing

fn choose(
    turn: &mut Turn,
    case: &mut Case,
    appointment: Appointment,
    number: usize,
) -> Result<&'static str, NoEffect> {
    let chosen = number.checked_sub(1).and_then(|n| appointment.proposed.get(n)).copied();
    let slot = chosen.ok_or(NoEffect::NotOffered)?;
    if slot.start <= turn.now {
        return Err(NoEffect::TimeIsOver);
    }
    let moved = appointment.ahead(turn).is_some();
    let appointment = Appointment { agreed: Some(slot), proposed: Vec::new(), own_uid: None, ..appointment };
    turn.put(&appointment);
    watch(turn, case, &appointment);
    invitations::invite(turn, case, appointment, moved);
    Ok(if moved { "meeting-moved" } else { "meeting-agreed" })
}

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

// ---- calling off

/// The meeting is off, and the request goes on.
pub fn call_off(turn: &mut Turn, case: &mut Case, by: Option<Party>) {
    let appointment = Appointment::of(turn, case);
    turn.cancel_timer(TimerKind::Confirmation { case: case.reference.clone() }.id());
    let none = Appointment { proposed: Vec::new(), nudged: false, ..appointment.clone() };
    wait_for_agreement(turn, case, &Appointment { agreed: None, ..none.clone() });
    invitations::withdraw(turn, case, none, by, true);
}

/// A time that the two had from calendars of their own is off: none is known any more.
pub fn forget_time(turn: &mut Turn, case: &Case) {
    let appointment = Appointment::of(turn, case);
    turn.cancel_timer(TimerKind::Confirmation { case: case.reference.clone() }.id());
    let none = Appointment { agreed: None, own_uid: None, nudged: false, ..appointment };
    turn.put(&none);
    wait_for_agreement(turn, case, &none);
}

/// The case leaves the stage in which its meeting was agreed: nobody comes to it.
pub fn over(turn: &mut Turn, case: &Case, next: Stage) {
    let Some(appointment) = turn.read::<Appointment>(&case.reference.0) else { return };
    let may_have_met = matches!(next, Stage::Accepted | Stage::Held | Stage::NotHeld | Stage::Unconfirmed);
    if may_have_met {
        return;
    }
    if appointment.ahead(turn).is_some() {
        invitations::withdraw(turn, case, Appointment { proposed: Vec::new(), ..appointment }, None, false);
    } else {
        turn.put(&Appointment { proposed: Vec::new(), agreed: None, ..appointment });
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
    if appointment.nudged && stands {
        // A move that nobody answered: what stood stands.
        turn.put(&Appointment { proposed: Vec::new(), ..appointment });
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
    let ahead: Vec<_> = appointment.proposed.iter().filter(|slot| slot.start > turn.now).copied().collect();
    let all_ahead = ahead.len() == appointment.proposed.len();
    for party in appointment.parties() {
        if all_ahead && !ahead.is_empty() && party == appointment.by {
            continue;
        }
        // Numbers must go on meaning what they meant.
        let times = if all_ahead { appointment.numbered(turn, case, party, &ahead) } else { Vec::new() };
        let letter = Letter::TimesProposed {
            name: case.mailbox_of(party).called().to_owned(),
            other: appointment.called_other(case, party),
            times,
            note: None,
            stands: appointment.stands(turn, case, party),
            again: true,
        };
        turn.tell_party(case, party, None, letter);
    }
}

/// ANOTHER ADVISOR, when a meeting has not come about.
pub fn another_advisor(turn: &mut Turn, case: &mut Case) -> Result<&'static str, NoEffect> {
    if !may_arrange(case, Party::Advisee) {
        return Err(NoEffect::NotNow);
    }
    offer::others(turn, case, offer::Why::Wanted);
    Ok("another-advisor")
}
