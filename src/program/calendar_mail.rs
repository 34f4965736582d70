//! What a participant's calendar program sends (RFC 5546 §3.2): an answer to our invitation, another
//! time for it, or a meeting that the two have in calendars of their own.

use super::appointment::Appointment;
use super::arranging;
use super::arrival;
use super::invitations;
use super::letter::{AgreedOn, Letter};
use super::meeting_room::{self, Followed};
use super::moment::Slot;
use super::proposals::{self, Proposals, Unclear, UnclearTime};
use super::record::{Case, Owner, Party};
use super::schedule;
use super::token;
use super::turn::Turn;
use crate::mail::address::AddrSpec;
use crate::mail::event::{Event, Start};
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;

/// Whether a mail answers an invitation of ours, whatever else it looks like: some programs mark
/// such answers as automatic.
pub fn answers_us(turn: &Turn, mail: &Inbound) -> bool {
    let is_invited = |owner: &Owner| matches!(owner, Owner::Party { .. } | Owner::Booking(_));
    mail.calendar.is_some() && arrival::owners(turn, mail).iter().any(is_invited)
}

/// What it says about the meeting of a case: what was made of it. None where that is nothing, and
/// its words count.
pub fn said(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party) -> Option<&'static str> {
    let event = mail.calendar.as_ref()?;
    if case.paused.is_some() {
        return None;
    }
    let is_ours = token::carriers(&event.uid).iter().any(|(reference, _)| *reference == case.reference);
    if !arranging::may_arrange(case, party) {
        // The meeting is over, or was with somebody else: what the program writes is nobody's words.
        return (is_ours && event.method == "REPLY").then_some("calendar-late");
    }
    let appointment = Appointment::of(turn, case);
    if is_ours && appointment.sequence.is_some_and(|latest| event.sequence < u64::from(latest)) {
        // It answers what was changed since (RFC 5546 §2.1.5): only its words count.
        if event.method == "REPLY" {
            pass_comment(turn, event, case, party);
        }
        return Some("calendar-late");
    }
    match event.method.as_str() {
        "REPLY" if is_ours => Some(answered(turn, event, case, party, &appointment)),
        "CANCEL" if is_ours => Some(off(turn, case, party, &appointment)),
        "COUNTER" | "REQUEST" | "PUBLISH" if is_ours => other_time(turn, mail, event, case, party),
        _ => own(turn, mail, event, case, party),
    }
}

/// A meeting of their own, in a mail that proves nothing: it only tells when we should ask.
pub fn their_own(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party) -> Option<&'static str> {
    let event = mail.calendar.as_ref()?;
    let may = case.paused.is_none() && arranging::may_arrange(case, party);
    if may && !Appointment::of(turn, case).invitation_stands(turn) {
        return own(turn, mail, event, case, party);
    }
    None
}

// ---- of our invitation

fn answered(
    turn: &mut Turn,
    event: &Event,
    case: &mut Case,
    party: Party,
    appointment: &Appointment,
) -> &'static str {
    let answer = event.partstat.as_deref();
    let done = match answer {
        Some("DECLINED") => off(turn, case, party, appointment),
        Some("TENTATIVE") => perhaps(turn, case, party, appointment),
        Some("ACCEPTED") => "calendar-accepted",
        _ => "calendar-answer",
    };
    pass_comment(turn, event, case, party);
    done
}

/// What was written beside the answer, in the calendar program.
fn pass_comment(turn: &mut Turn, event: &Event, case: &Case, party: Party) {
    if let Some(words) = event.comment.as_deref().map(token::without_tokens) {
        arranging::pass_words(turn, case, party, words);
    }
}

fn off(turn: &mut Turn, case: &mut Case, party: Party, appointment: &Appointment) -> &'static str {
    if appointment.ahead(turn).is_none() {
        return "calendar-late";
    }
    arranging::call_off(turn, case, Some(party));
    "meeting-cancelled"
}

fn perhaps(turn: &mut Turn, case: &Case, party: Party, appointment: &Appointment) -> &'static str {
    let reader = appointment.other(party);
    let Some(at) = appointment.stands(turn, case, reader) else { return "calendar-late" };
    let letter = Letter::PerhapsThere {
        name: case.mailbox_of(reader).called().to_owned(),
        other: case.mailbox_of(party).called().to_owned(),
        at,
    };
    turn.tell_party(case, reader, None, letter);
    "calendar-perhaps"
}

/// Another time for it: proposed to the other, who decides.
fn other_time(
    turn: &mut Turn,
    mail: &Inbound,
    event: &Event,
    case: &mut Case,
    party: Party,
) -> Option<&'static str> {
    let note = event.comment.clone();
    let Some(slot) = slot(turn, event, case, party) else {
        let unclear = vec![no_time(turn, event, case, party)?];
        let proposals = Proposals { unclear, note, ..Proposals::default() };
        return Some(arranging::propose(turn, mail, case, party, proposals));
    };
    if Appointment::of(turn, case).agreed == Some(slot) {
        return Some("calendar-same");
    }
    let proposals = Proposals { slots: vec![slot], note, ..Proposals::default() };
    Some(arranging::propose(turn, mail, case, party, proposals))
}

// ---- of calendars of their own

/// Sent to the other too, it is how they have arranged it: we only need to know. Sent to us alone,
/// it is a time for the other.
fn own(
    turn: &mut Turn,
    mail: &Inbound,
    event: &Event,
    case: &mut Case,
    party: Party,
) -> Option<&'static str> {
    let appointment = Appointment::of(turn, case);
    if event.method == "CANCEL" && appointment.own_uid.as_ref() == Some(&event.uid) {
        arranging::forget_time(turn, case);
        return Some("meeting-off-theirs");
    }
    if !matches!(event.method.as_str(), "REQUEST" | "PUBLISH") {
        return None;
    }
    let slot = slot(turn, event, case, party)?;
    let other = case.mailbox_of(appointment.other(party)).address.clone();
    let is_known_to_both = mail.to.iter().any(|to| turn.is_same_person(&to.address, &other));
    let ours_stands = appointment.invitation_stands(turn);
    if ours_stands && appointment.agreed == Some(slot) {
        return Some("calendar-same");
    }
    if !is_known_to_both || ours_stands {
        let proposals = Proposals { slots: vec![slot], ..Proposals::default() };
        return Some(arranging::propose(turn, mail, case, party, proposals));
    }
    let known = Appointment {
        agreed: Some(slot),
        own_uid: Some(event.uid.clone()),
        ..appointment.without_proposals()
    };
    turn.put(&known);
    arranging::watch(turn, case, &known);
    match meeting_room::follow(turn, case, &known) {
        Followed::Same => (),
        Followed::Booked => invitations::invite(turn, case, known, AgreedOn::Room),
        Followed::Refused(party, slot, why) => {
            meeting_room::say_not_booked(turn, None, case, party, slot, why);
        }
    }
    Some("meeting-known")
}

/// A meeting further ahead is none: whoever waits for the question about it would wait in silence.
const FURTHEST: TimeDelta = TimeDelta::days(200);

/// When it would be, if that is still ahead.
fn slot(turn: &Turn, event: &Event, case: &Case, party: Party) -> Option<Slot> {
    let slot = slot_said(turn, event, &case.mailbox_of(party).address)?;
    Some(slot).filter(|slot| slot.start > turn.now && slot.start < turn.now + FURTHEST)
}

/// A time without a zone counts on its writer's clock.
pub fn slot_said(turn: &Turn, event: &Event, writer: &AddrSpec) -> Option<Slot> {
    let start = match event.start? {
        Start::At(start) => start,
        Start::Floating(wall) => schedule::instant(wall, turn.zone_of(writer)),
        Start::Day(_) => return None,
    };
    let minutes = event.minutes.filter(|minutes| *minutes > 0).unwrap_or(proposals::MINUTES);
    Some(Slot { start, minutes })
}

/// Why it cannot be proposed, as it is said back: it is over, or a whole day.
fn no_time(turn: &Turn, event: &Event, case: &Case, party: Party) -> Option<UnclearTime> {
    if let Some(Start::Day(day)) = event.start {
        let line = day.to_string();
        return Some(UnclearTime { line, why: Unclear::NoHour, readings: Vec::new() });
    }
    let writer = &case.mailbox_of(party).address;
    let slot = slot_said(turn, event, writer).filter(|slot| slot.start <= turn.now)?;
    let (zone, assumed) = turn.clock_of(writer);
    let moment = slot.moment(zone, assumed);
    let line = format!("{} {}", moment.date, moment.from);
    Some(UnclearTime { line, why: Unclear::Past, readings: vec![moment] })
}
