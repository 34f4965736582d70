//! The shared room without any request: a member asks for it by a mail to the contact address, and
//! has it, or reads at once when it is free.

use super::arrival;
use super::booking::{self, Booking, NoRoom};
use super::choice;
use super::command::{self, Command, Word};
use super::letter::{Answered, Calendar, ExceptionKind, FreeTime, Letter, RoomShown, Thread, WithStaff};
use super::moment::Slot;
use super::oneself::{self, Speaker};
use super::proposals::{self, Proposals, Unclear};
use super::record::{Hold, Owner, Reference};
use super::room_said;
use super::staff::{self, Held};
use super::token;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use crate::mail::event::Start;
use crate::mail::inbound::{Authentication, Inbound};
use crate::mail::invitation::Method;

/// Whether a mail asks for the room.
pub fn is_request(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    room_said::request(turn, mail, &from.address).is_some()
}

/// Whether it also says for when.
pub fn names_a_time(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    let asked = room_said::request(turn, mail, &from.address);
    asked.is_some_and(|times| !times.slots.is_empty() || !times.unclear.is_empty())
}

/// A mail of its own that asks for the room. None where it is about something else, or by somebody
/// whom nobody knows and who did not use the word.
pub fn asked(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Option<Verdict> {
    let proposals = room_said::request(turn, mail, &from.address)?;
    if !may_book(turn, from) {
        return turn.said(mail).is_some().then(|| hold(turn, mail, from));
    }
    let booking = Booking::new(turn.new_reference(), from, None, turn.now);
    Some(done(decide(turn, answering(mail), booking, &proposals)))
}

fn hold(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    let held = Held {
        kind: ExceptionKind::RoomHeld,
        what: WithStaff::Words,
        about: mail.subject.clone().unwrap_or_default(),
        form: None,
        understood: Vec::new(),
        case: None,
    };
    staff::hold_with(turn, from, answering(mail), held, Some(mail.new_text.clone()));
    done("held")
}

/// The staff have approved it.
pub fn approved(turn: &mut Turn, hold: &Hold, from: &Mailbox) -> Verdict {
    let proposals = room_said::times_in(turn, &from.address, hold.words.as_deref().unwrap_or_default());
    let booking = Booking::new(turn.new_reference(), from, None, turn.now);
    done(decide(turn, hold.answers.clone(), booking, &proposals))
}

fn done(word: &'static str) -> Verdict {
    Verdict::new(What::Done(word), None)
}

pub fn may_book(turn: &Turn, from: &Mailbox) -> bool {
    let person = turn.person(&from.address);
    turn.is_member(&from.address) || person.is_some_and(|p| p.advisor.is_some() || p.approved.is_some())
}

// ---- replies

/// A reply to a letter about a booking.
pub fn answered(turn: &mut Turn, mail: &Inbound, from: &Mailbox, reference: &Reference) -> Verdict {
    let booking = turn.read::<Booking>(&reference.0);
    let booking = booking.unwrap_or_else(|| Booking::new(reference.clone(), from, None, turn.now));
    if mail.authentication == Authentication::Fail
        || !turn.is_same_person(&booking.by.address, &from.address)
        || turn.rules.room.is_none()
    {
        return arrival::hold_words(turn, mail, from, None);
    }
    if let Some(word) = by_calendar(turn, mail, &booking) {
        return done(word);
    }
    let said = turn.said(mail);
    let speaker = Speaker { mail, who: from, within: None };
    if let Some(word) = said.as_ref().and_then(|said| oneself::said(turn, &speaker, said)) {
        return done(word);
    }
    let answers = answering(mail);
    match in_reply(turn, mail, from, &booking, said.as_ref()) {
        Reply::GiveBack => done(give_back(turn, answers, booking)),
        Reply::Times(proposals) => done(decide(turn, answers, booking, &proposals)),
        Reply::Thanks => done("thanks"),
        // The staff read it.
        Reply::Words => Verdict::new(What::NotForUs, None),
    }
}

/// What a reply says of a booking.
enum Reply {
    GiveBack,
    Times(Proposals),
    Thanks,
    Words,
}

fn in_reply(turn: &Turn, mail: &Inbound, from: &Mailbox, booking: &Booking, said: Option<&Command>) -> Reply {
    let offered = &booking.offered;
    let chosen = match said.map(|said| said.word) {
        Some(Word::Cancel | Word::No | Word::NoRoom | Word::Decline) => return Reply::GiveBack,
        Some(Word::Number(n)) => usize::from(n).checked_sub(1).and_then(|n| offered.get(n)),
        Some(Word::Yes | Word::Accept) if offered.len() == 1 => offered.first(),
        Some(Word::Yes | Word::Accept) => return Reply::Thanks,
        None => choice::place(turn, &mail.new_text, offered.len()).and_then(|(n, _)| offered.get(n - 1)),
        _ => None,
    };
    if let Some(slot) = chosen {
        return Reply::Times(Proposals { slots: vec![*slot], ..Proposals::default() });
    }
    let text = match said {
        Some(said) if matches!(said.word, Word::Room | Word::Move | Word::NewTimes) => {
            proposals::after_the_word(said)
        }
        _ => mail.new_text.clone(),
    };
    let proposals = room_said::times_in(turn, &from.address, &text);
    let is_asked = booking.ahead(turn.now).is_none() && !proposals.unclear.is_empty();
    let asks = said.is_some() || is_asked || !proposals.is_empty();
    match () {
        () if asks => Reply::Times(proposals),
        () if command::is_mere_thanks(&mail.new_text) => Reply::Thanks,
        () => Reply::Words,
    }
}

/// What a calendar program answers to our invitation.
fn by_calendar(turn: &mut Turn, mail: &Inbound, booking: &Booking) -> Option<&'static str> {
    let event = mail.calendar.as_ref()?;
    token::carriers(&event.uid).iter().find(|(reference, _)| *reference == booking.reference)?;
    if booking.sequence.is_some_and(|latest| event.sequence < u64::from(latest)) {
        return Some("calendar-late");
    }
    let is_off = event.method == "CANCEL" || event.partstat.as_deref() == Some("DECLINED");
    let other = match (event.method.as_str(), event.start) {
        ("COUNTER" | "REQUEST", Some(Start::At(start))) => {
            let minutes = event.minutes.filter(|minutes| *minutes > 0).unwrap_or(proposals::MINUTES);
            Some(Slot { start, minutes }).filter(|slot| Some(*slot) != booking.slot)
        }
        _ => None,
    };
    let booking = booking.clone();
    Some(match other {
        _ if is_off && booking.ahead(turn.now).is_none() => "calendar-late",
        _ if is_off => give_back(turn, None, booking),
        Some(slot) => {
            let proposals = Proposals { slots: vec![slot], ..Proposals::default() };
            decide(turn, None, booking, &proposals)
        }
        None => "calendar-answer",
    })
}

// ---- decided

fn decide(
    turn: &mut Turn,
    answers: Option<Answered>,
    booking: Booking,
    proposals: &Proposals,
) -> &'static str {
    let (wanted, why) = match (proposals.slots.as_slice(), proposals.unclear.first()) {
        ([one], _) if booking.ahead(turn.now) == Some(*one) => {
            return say_booked(turn, answers, booking, false);
        }
        ([one], _) => match booking::book(turn, booking.clone(), *one) {
            Ok(booked) => return say_booked(turn, answers, booked, booking.sequence.is_some()),
            Err(why) => (Some(*one), why),
        },
        ([], Some(unclear)) => (None, why_unclear(unclear.why)),
        ([], None) => (None, NoRoom::NoTime),
        (several, _) => return say_which(turn, answers, booking, several),
    };
    let nearest = |slot| booking::nearest(turn, slot, &booking.reference);
    let offered = wanted.map_or_else(|| booking.offered.clone(), nearest);
    say_not_booked(turn, answers, Booking { offered, ..booking }, wanted, why)
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

fn give_back(turn: &mut Turn, answers: Option<Answered>, booking: Booking) -> &'static str {
    let freed = booking::free(turn, &booking.reference);
    let calendar = freed.as_ref().and_then(|(booking, slot)| {
        let booking = Booking { sequence: booking.sequence.map(|last| last + 1), ..booking.clone() };
        turn.put(&booking);
        calendar(turn, &booking, *slot, Method::Cancel)
    });
    let clock = turn.clock_of(&booking.by.address);
    let letter = Letter::RoomFreed {
        name: booking.by.name.clone(),
        room: name(turn),
        at: freed.as_ref().map(|(_, slot)| slot.moment(clock.0, clock.1)),
    };
    let thread = thread(turn, &booking.reference);
    turn.invite(&booking.by, thread, answers, letter, calendar);
    if freed.is_some() { "room-given-back" } else { "no-effect" }
}

// ---- told

fn name(turn: &Turn) -> String {
    turn.rules.room.as_ref().map(|room| room.name.clone()).unwrap_or_default()
}

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
    let calendar = calendar(turn, &booking, slot, Method::Request);
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
        room: name(turn),
        why,
        wanted: wanted.map(shown),
        stands: booking.ahead(turn.now).map(shown),
        free: FreeTime::numbered(&booking.offered, clock),
        other: None,
    };
    turn.put(&Booking { at: turn.now, ..booking.clone() });
    let thread = thread(turn, &booking.reference);
    turn.invite(&booking.by, thread, answers, letter, None);
    "room-not-booked"
}

fn calendar(turn: &mut Turn, booking: &Booking, slot: Slot, method: Method) -> Option<Calendar> {
    let token = turn.token(&booking.reference, &Owner::Booking(booking.reference.clone()));
    Some(Calendar {
        method,
        uid: format!("{}@{}", token::carrier(&booking.reference, &token), turn.rules.address.domain()),
        sequence: booking.sequence?,
        slot,
        attendees: vec![turn.on_file(&booking.by)],
        location: Some(name(turn)),
    })
}
