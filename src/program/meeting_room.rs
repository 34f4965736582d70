//! The shared room for the meeting of a case: asked for with ROOM, by either of the two, before a
//! time is agreed or after. It goes where the meeting goes, and is free again where that is off.

use super::appointment::Appointment;
use super::arranging::{self, Done};
use super::booking::{self, Booking, NoRoom};
use super::command::Command;
use super::invitations;
use super::letter::{AgreedOn, FreeTime, Letter, NoEffect, RoomShown, RoomWish};
use super::moment::Slot;
use super::proposals;
use super::record::{Case, Party};
use super::room_said;
use super::turn::{Turn, answering};
use crate::mail::inbound::Inbound;

/// ROOM, with times or without. None where it begins a sentence.
pub fn said(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party, said: &Command) -> Option<Done> {
    if turn.rules.room.is_none() {
        return said.argument.is_none().then_some(Err(NoEffect::NoSharedRoom));
    }
    let proposals = room_said::beside_the_word(turn, &case.mailbox_of(party).address, said)?;
    if !proposals.slots.is_empty() || !proposals.unclear.is_empty() {
        let proposals = proposals::Proposals { room: true, ..proposals };
        return Some(Ok(arranging::propose(turn, mail, case, party, proposals)));
    }
    Some(asked(turn, mail, case, party, proposals.note.as_deref()))
}

fn asked(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, note: Option<&str>) -> Done {
    let appointment = want(turn, case, party);
    let Some(slot) = appointment.ahead(turn) else {
        say_wish_noted(turn, mail, case, party);
        arranging::pass_note(turn, mail, case, party, note);
        return Ok("room-wished");
    };
    if booked(turn, case, slot).is_some() {
        return Err(NoEffect::Already);
    }
    let done = match book(turn, case, party, slot) {
        Ok(()) => {
            invitations::invite(turn, case, appointment, AgreedOn::Room);
            "room-booked"
        }
        Err(why) => {
            say_not_booked(turn, Some(mail), case, party, slot, why);
            "room-not-booked"
        }
    };
    arranging::pass_note(turn, mail, case, party, note);
    Ok(done)
}

/// NO ROOM: the meeting stands, and the room is free for others.
pub fn given_back(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, note: Option<&str>) -> Done {
    if turn.rules.room.is_none() {
        return Err(NoEffect::NoSharedRoom);
    }
    let appointment = Appointment { room: None, ..Appointment::of(turn, case) };
    let had = booking::free(turn, &case.reference).is_some();
    turn.put(&appointment);
    if had && appointment.ahead(turn).is_some() {
        invitations::invite(turn, case, appointment, AgreedOn::NoRoom);
    } else {
        let name = Some(case.mailbox_of(party).called().to_owned());
        let letter = Letter::RoomFreed { name, room: booking::room_name(turn), at: None };
        turn.tell_party(case, party, answering(mail), letter);
    }
    arranging::pass_note(turn, mail, case, party, note);
    Ok("room-given-back")
}

/// Remembers who of the two has asked for the room.
pub fn want(turn: &mut Turn, case: &Case, party: Party) -> Appointment {
    let appointment = Appointment::of(turn, case);
    let appointment = Appointment { room: appointment.room.or(Some(party)), ..appointment };
    turn.put(&appointment);
    appointment
}

pub fn say_wish_noted(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party) {
    let letter = Letter::RoomNoted {
        name: case.mailbox_of(party).called().to_owned(),
        other: case.other(party).map(|other| case.mailbox_of(other).called().to_owned()).unwrap_or_default(),
        room: booking::room_name(turn),
    };
    turn.tell_party(case, party, answering(mail), letter);
}

// ---- with the meeting

/// What a time that is agreed means for the room.
pub enum Followed {
    /// It is as it was.
    Same,
    Booked,
    /// One of them has asked for it, and it cannot be had.
    Refused(Party, Slot, NoRoom),
}

/// A time is agreed: the room is booked for it, if one of them has asked for it.
pub fn follow(turn: &mut Turn, case: &Case, appointment: &Appointment) -> Followed {
    if appointment.agreed.is_some_and(|slot| booked(turn, case, slot).is_some()) {
        return Followed::Same;
    }
    booking::free(turn, &case.reference);
    let (Some(slot), Some(party)) = (appointment.ahead(turn), appointment.room) else {
        return Followed::Same;
    };
    match book(turn, case, party, slot) {
        Ok(()) => Followed::Booked,
        Err(why) => Followed::Refused(party, slot, why),
    }
}

fn book(turn: &mut Turn, case: &Case, party: Party, slot: Slot) -> Result<(), NoRoom> {
    let known = turn.read::<Booking>(&case.reference.0);
    let by = case.mailbox_of(party);
    let of_case = Some(case.reference.clone());
    let fresh = || Booking::new(case.reference.clone(), by, of_case, turn.now);
    let booking = known.unwrap_or_else(fresh);
    booking::book(turn, booking, slot).map(|_| ())
}

/// The room of a meeting, where it is booked for that time.
pub fn booked(turn: &Turn, case: &Case, slot: Slot) -> Option<RoomShown> {
    let room = turn.rules.room.as_ref()?;
    let booking = turn.read::<Booking>(&case.reference.0).filter(|booking| booking.slot == Some(slot));
    booking.map(|_| RoomShown::of(room))
}

/// The room that a meeting could have and has not.
pub fn offered(turn: &Turn, case: &Case, slot: Slot) -> Option<String> {
    let room = turn.rules.room.as_ref()?;
    let is_free = booking::hindrance(turn, slot, &case.reference).is_none();
    (is_free && booked(turn, case, slot).is_none()).then(|| room.name.clone())
}

// ---- told

/// What is said of the room to whoever proposes times: of which it cannot be had, and when it can.
pub fn wish(turn: &Turn, case: &Case, appointment: &Appointment, party: Party) -> Option<RoomWish> {
    appointment.room?;
    let hindered = |slot: &Slot| booking::hindrance(turn, *slot, &case.reference).is_some();
    let not_at: Vec<(usize, Slot)> =
        (1..).zip(appointment.proposed.iter().copied()).filter(|(_, slot)| hindered(slot)).collect();
    let free = not_at.first().map(|(_, slot)| free_times(turn, case, party, *slot)).unwrap_or_default();
    let not_at = not_at.into_iter().map(|(number, _)| number).collect();
    Some(RoomWish { name: booking::room_name(turn), not_at, free })
}

/// The room cannot be had then: told at once, with the nearest free times.
pub fn say_not_booked(
    turn: &mut Turn,
    mail: Option<&Inbound>,
    case: &Case,
    party: Party,
    slot: Slot,
    why: NoRoom,
) {
    let (zone, assumed) = turn.clock_of(&case.mailbox_of(party).address);
    let letter = Letter::RoomNotBooked {
        name: Some(case.mailbox_of(party).called().to_owned()),
        room: booking::room_name(turn),
        why,
        wanted: Some(slot.moment(zone, assumed)),
        stands: None,
        free: free_times(turn, case, party, slot),
        other: case.other(party).map(|other| case.mailbox_of(other).called().to_owned()),
    };
    turn.tell_party(case, party, mail.and_then(answering), letter);
}

fn free_times(turn: &Turn, case: &Case, party: Party, wanted: Slot) -> Vec<FreeTime> {
    let free = booking::nearest(turn, wanted, &case.reference);
    FreeTime::numbered(&free, turn.clock_of(&case.mailbox_of(party).address))
}
