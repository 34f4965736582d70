//! The shared room without any request: a member asks for it by a mail to the contact address, and
//! has it, or reads at once when it is free.

use super::booking::{self, Booking, NoRoom};
use super::case_reply;
use super::command::{self, Word};
use super::courtesy;
use super::letter::{Answered, Calendar, ExceptionKind, FreeTime, Letter, RoomShown, Thread, WithStaff};
use super::moment::Slot;
use super::proposals::{MINUTES, Proposals, Unclear};
use super::record::{Hold, Owner, Reference};
use super::room_said;
use super::staff::{self, Held};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;
use crate::mail::invitation::Method;

/// Whether a mail asks for the room, or gives it back.
pub fn is_about_room(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    gives_back_by_word(turn, mail) || room_said::request(turn, mail, &from.address).is_some()
}

/// NO ROOM
fn gives_back_by_word(turn: &Turn, mail: &Inbound) -> bool {
    turn.rules.room.is_some() && turn.said(mail).is_some_and(|said| said.word == Word::NoRoom)
}

/// Whether it also says for when.
pub fn names_a_time(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    let asked = room_said::request(turn, mail, &from.address);
    asked.is_some_and(|times| !times.slots.is_empty() || !times.unclear.is_empty())
}

/// A mail of its own that asks for the room, or gives it back. None where it is about something else, or
/// by somebody whom nobody knows and who did not use the word.
pub fn asked(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Option<Verdict> {
    if gives_back_by_word(turn, mail) {
        return gives_back(turn, mail, from);
    }
    let proposals = room_said::request(turn, mail, &from.address)?;
    let by_word = turn.said(mail).is_some();
    if !may_book(turn, from) {
        return by_word.then(|| hold(turn, mail, from));
    }
    let booking = Booking::new(turn.new_reference(), from, None, turn.now);
    let note = proposals.note.clone().filter(|_| by_word);
    let done = done(decide(turn, answering(mail), booking, &proposals));
    leave_to_staff(turn, mail, from, note.as_deref());
    Some(done)
}

/// NO ROOM in a mail of its own: where somebody has the room once, that is what they mean.
fn gives_back(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Option<Verdict> {
    let [booking] = <[Booking; 1]>::try_from(booking::of_person(turn, from)).ok()?;
    Some(done(give_back(turn, answering(mail), booking)))
}

/// What was written beside a time or a word is for people: the staff read it.
pub fn leave_to_staff(turn: &mut Turn, mail: &Inbound, from: &Mailbox, words: Option<&str>) {
    let Some(words) = words.and_then(|words| case_reply::as_note(words, from)) else { return };
    if command::is_mere_thanks(&words) || courtesy::is_politeness(&words) {
        return;
    }
    let held = Held::of(mail, ExceptionKind::ToStaff, WithStaff::ToStaff);
    staff::hold_with(turn, from, answering(mail), held, Some(words));
}

fn hold(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    let held = Held::of(mail, ExceptionKind::RoomHeld, WithStaff::Words);
    let words = format!("{}\n\n{}", mail.subject.as_deref().unwrap_or_default(), mail.new_text);
    staff::hold_with(turn, from, answering(mail), held, Some(words));
    done("held")
}

/// The staff have approved it: what was written counts as of the day on which it came.
pub fn approved(turn: &mut Turn, hold: &Hold, from: &Mailbox) -> Verdict {
    let now = std::mem::replace(&mut turn.now, hold.since);
    let proposals =
        room_said::times_in(turn, &from.address, hold.words.as_deref().unwrap_or_default(), MINUTES);
    turn.now = now;
    let booking = Booking::new(turn.new_reference(), from, None, turn.now);
    done(decide(turn, hold.answers.clone(), booking, &proposals))
}

pub fn done(word: &'static str) -> Verdict {
    Verdict::new(What::Done(word), None)
}

pub fn may_book(turn: &Turn, from: &Mailbox) -> bool {
    let person = turn.person(&from.address);
    turn.is_member(&from.address) || person.is_some_and(|p| p.advisor.is_some() || p.approved.is_some())
}

// ---- decided

pub fn decide(
    turn: &mut Turn,
    answers: Option<Answered>,
    booking: Booking,
    proposals: &Proposals,
) -> &'static str {
    let booking = match booking.slot.is_some() && booking.ahead(turn.now).is_none() {
        // What is over stays as it was.
        true => Booking::new(turn.new_reference(), &booking.by, None, turn.now),
        false => booking,
    };
    let had = booking.ahead(turn.now);
    let (wanted, why) = match (proposals.slots.as_slice(), proposals.unclear.first()) {
        ([one], _) if had == Some(*one) || has_it_already(turn, &booking, *one) => {
            (Some(*one), NoRoom::Yours)
        }
        ([one], _) => match booking::book(turn, booking.clone(), *one) {
            Ok(booked) => return say_booked(turn, answers, booked, had.is_some()),
            Err(why) => (Some(*one), why),
        },
        ([], Some(unclear)) => (None, why_unclear(unclear.why)),
        ([], None) => (None, NoRoom::NoTime),
        (several, _) => return say_which(turn, answers, booking, several),
    };
    let nearest = |slot| booking::nearest(turn, slot, &booking.reference);
    let offered = match why {
        NoRoom::Yours => Vec::new(),
        _ => wanted.map_or_else(|| booking.offered.clone(), nearest),
    };
    say_not_booked(turn, answers, Booking { offered, ..booking }, wanted, why)
}

/// Whether somebody asks for what they have.
fn has_it_already(turn: &Turn, booking: &Booking, slot: Slot) -> bool {
    let others = booking::of_person(turn, &booking.by).into_iter();
    others.filter(|other| other.reference != booking.reference).any(|other| other.slot == Some(slot))
}

fn why_unclear(why: Unclear) -> NoRoom {
    match why {
        Unclear::Past => NoRoom::Past,
        Unclear::NoHour => NoRoom::NoHour,
        Unclear::Several | Unclear::TooMany => NoRoom::Several,
    }
}

/// Several times were named: those at which it is free.
fn say_which(turn: &mut Turn, answers: Option<Answered>, booking: Booking, several: &[Slot]) -> &'static str {
    let is_free = |slot: &Slot| booking::hindrance(turn, *slot, &booking.reference).is_none();
    let mut offered: Vec<Slot> = several.iter().copied().filter(is_free).collect();
    let why = if offered.is_empty() { NoRoom::Taken } else { NoRoom::Several };
    if let Some(first) = several.first().filter(|_| offered.is_empty()) {
        offered = booking::nearest(turn, *first, &booking.reference);
    }
    say_not_booked(turn, answers, Booking { offered, ..booking }, None, why)
}

pub fn give_back(turn: &mut Turn, answers: Option<Answered>, booking: Booking) -> &'static str {
    let freed = booking::free(turn, &booking.reference);
    let thread = thread(turn, &booking.reference);
    let calendar = freed.as_ref().and_then(|(booking, slot)| {
        let booking = Booking { sequence: booking.sequence.map(|last| last + 1), ..booking.clone() };
        turn.put(&booking);
        calendar(turn, &booking, &thread, *slot, Method::Cancel)
    });
    let clock = turn.clock_of(&booking.by.address);
    let letter = Letter::RoomFreed {
        name: booking.by.name.clone(),
        room: booking::room_name(turn),
        at: freed.as_ref().map(|(_, slot)| slot.moment(clock.0, clock.1)),
    };
    turn.invite(&booking.by, thread, answers, letter, calendar);
    if freed.is_some() { "room-given-back" } else { "no-effect" }
}

// ---- told

fn thread(turn: &mut Turn, reference: &Reference) -> Thread {
    let token = turn.token(reference, &Owner::Booking(reference.clone()));
    Thread { reference: reference.clone(), token: Some(token) }
}

fn say_booked(turn: &mut Turn, answers: Option<Answered>, booking: Booking, moved: bool) -> &'static str {
    let (Some(slot), Some(room)) = (booking.slot, turn.rules.room.as_ref()) else { return "no-effect" };
    let clock = turn.clock_of(&booking.by.address);
    let letter = Letter::RoomBooked {
        name: booking.by.name.clone(),
        room: RoomShown::of(room),
        at: slot.moment(clock.0, clock.1),
        minutes: slot.minutes,
        moved,
    };
    let booking = Booking { sequence: Some(booking.sequence.map_or(0, |last| last + 1)), ..booking };
    turn.put(&booking);
    let thread = thread(turn, &booking.reference);
    let calendar = calendar(turn, &booking, &thread, slot, Method::Request);
    turn.invite(&booking.by, thread, answers, letter, calendar);
    "room-booked"
}

/// What was booked before stands until another time is found.
fn say_not_booked(
    turn: &mut Turn,
    answers: Option<Answered>,
    booking: Booking,
    wanted: Option<Slot>,
    why: NoRoom,
) -> &'static str {
    let clock = turn.clock_of(&booking.by.address);
    let shown = |slot: Slot| slot.moment(clock.0, clock.1);
    let letter = Letter::RoomNotBooked {
        name: booking.by.name.clone(),
        room: booking::room_name(turn),
        why,
        wanted: wanted.map(shown),
        stands: booking.ahead(turn.now).map(shown),
        free: FreeTime::numbered(&booking.offered, clock),
        other: None,
    };
    turn.put(&Booking { at: turn.now, ..booking.clone() });
    let thread = thread(turn, &booking.reference);
    turn.tell_with(&booking.by, thread, answers, letter);
    "room-not-booked"
}

fn calendar(turn: &Turn, booking: &Booking, thread: &Thread, slot: Slot, method: Method) -> Option<Calendar> {
    Some(Calendar {
        method,
        uid: turn.uid(&thread.reference, thread.token.as_ref()?),
        sequence: booking.sequence?,
        slot,
        attendees: vec![turn.on_file(&booking.by)],
        location: Some(booking::room_name(turn)),
    })
}
