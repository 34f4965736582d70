//! Invitations for the calendars of the two (RFC 6047): sent when a time is agreed or moved, and
//! taken back when it is off.
//!
//! Each has an invitation of their own, whose UID carries their token: what their calendar
//! program answers with it acts for them.

use super::appointment::Appointment;
use super::letter::{AgreedOn, Calendar, Letter};
use super::meeting_room;
use super::record::{Case, Party};
use super::turn::Turn;
use crate::mail::invitation::Method;

/// To both: when it is, and an invitation.
pub fn invite(turn: &mut Turn, case: &Case, appointment: Appointment, what: AgreedOn) {
    let sequence = appointment.sequence.map_or(0, |last| last + 1);
    let appointment = Appointment { sequence: Some(sequence), ..appointment };
    for party in appointment.parties() {
        invite_one(turn, case, &appointment, party, what);
    }
    turn.put(&appointment);
}

/// To one of the two.
pub fn invite_one(turn: &mut Turn, case: &Case, appointment: &Appointment, party: Party, what: AgreedOn) {
    let Some(slot) = appointment.agreed else { return };
    let letter = Letter::MeetingAgreed {
        name: case.mailbox_of(party).called().to_owned(),
        other: appointment.called_other(case, party),
        at: appointment.shown(turn, case, party, slot),
        minutes: slot.minutes,
        what,
        room: meeting_room::booked(turn, case, slot),
        room_offered: meeting_room::offered(turn, case, slot),
    };
    let calendar = calendar(turn, case, appointment, party, Method::Request);
    turn.invite_party(case, party, letter, calendar);
}

/// To both: it is off. `goes_on` says whether the request still stands.
pub fn withdraw(turn: &mut Turn, case: &Case, appointment: Appointment, by: Option<Party>, goes_on: bool) {
    let appointment = Appointment { sequence: appointment.sequence.map(|last| last + 1), ..appointment };
    let Some(slot) = appointment.agreed else { return };
    for party in appointment.parties() {
        let letter = Letter::MeetingOff {
            name: case.mailbox_of(party).called().to_owned(),
            other: appointment.called_other(case, party),
            at: appointment.shown(turn, case, party, slot),
            by_you: by == Some(party),
            by_other: by.is_some_and(|by| by != party),
            goes_on,
        };
        let calendar = calendar(turn, case, &appointment, party, Method::Cancel);
        turn.invite_party(case, party, letter, calendar);
    }
    turn.put(&Appointment { agreed: None, own_uid: None, ..appointment });
}

/// None where the two have it in calendars of their own.
fn calendar(
    turn: &mut Turn,
    case: &Case,
    appointment: &Appointment,
    party: Party,
    method: Method,
) -> Option<Calendar> {
    let (slot, sequence) = (appointment.agreed?, appointment.sequence?);
    let both = [party, appointment.other(party)].map(|party| turn.on_file(case.mailbox_of(party)));
    appointment.own_uid.is_none().then(|| Calendar {
        method,
        uid: turn.calendar_uid(case, party),
        sequence,
        slot,
        attendees: both.to_vec(),
        location: meeting_room::booked(turn, case, slot).map(|room| room.name),
    })
}
