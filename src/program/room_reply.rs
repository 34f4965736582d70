//! A reply to a letter about a booking of the shared room: another time, a number, or that it is not needed.

use super::arrival;
use super::booking::Booking;
use super::calendar_mail;
use super::choice;
use super::command::{self, Command, Word};
use super::oneself::{self, Speaker};
use super::proposals::{self, Proposals};
use super::proposed_time::{self, Reading};
use super::record::{LetterSent, Reference};
use super::room_mail::{decide, done, give_back, leave_to_staff, may_book};
use super::room_said;
use super::token;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use crate::mail::inbound::{Authentication, Inbound};

/// A reply to a letter about a booking.
pub fn answered(turn: &mut Turn, mail: &Inbound, from: &Mailbox, reference: &Reference) -> Verdict {
    let booking = turn.read::<Booking>(&reference.0);
    let is_theirs = booking.as_ref().is_none_or(|b| turn.is_same_person(&b.by.address, &from.address));
    if !is_theirs && mail.calendar.as_ref().is_some_and(|event| event.method == "REPLY") {
        // Somebody whom the invitation was sent on to.
        return done("calendar-answer");
    }
    let forged = mail.authentication == Authentication::Fail;
    if forged || !is_theirs || !may_book(turn, from) || turn.rules.room.is_none() {
        return arrival::hold_words(turn, mail, from, None);
    }
    let booking = booking.unwrap_or_else(|| Booking::new(turn.new_reference(), from, None, turn.now));
    if let Some(word) = by_calendar(turn, mail, &booking) {
        let comment = mail.calendar.as_ref().and_then(|event| event.comment.clone());
        leave_to_staff(turn, mail, from, comment.as_deref());
        return done(word);
    }
    let said = turn.said(mail);
    let speaker = Speaker { mail, who: from, within: None };
    if let Some(word) = said.as_ref().and_then(|said| oneself::said(turn, &speaker, said)) {
        return done(word);
    }
    let answers = answering(mail);
    match in_reply(turn, mail, from, &booking, said.as_ref()) {
        Reply::GiveBack(note) => {
            let word = give_back(turn, answers, booking);
            leave_to_staff(turn, mail, from, note.as_deref());
            done(word)
        }
        Reply::Times(proposals) => {
            let word = decide(turn, answers, booking, &proposals);
            leave_to_staff(turn, mail, from, proposals.note.as_deref());
            done(word)
        }
        Reply::Thanks => done("thanks"),
        // The staff read it.
        Reply::Words => Verdict::new(What::NotForUs, None),
    }
}

/// What a reply says of a booking.
enum Reply {
    /// With what was written besides.
    GiveBack(Option<String>),
    Times(Proposals),
    Thanks,
    Words,
}

fn in_reply(turn: &Turn, mail: &Inbound, from: &Mailbox, booking: &Booking, said: Option<&Command>) -> Reply {
    let note = said.and_then(|said| said.note.clone());
    let times = |note: Option<&str>| times_lasting(turn, from, booking, note.unwrap_or_default());
    match said.map(|said| said.word) {
        Some(Word::Cancel | Word::NoRoom | Word::No | Word::Decline) => {
            let proposals = times(note.as_deref());
            let is_no = said.is_some_and(|said| matches!(said.word, Word::No | Word::Decline));
            match note {
                _ if !proposals.slots.is_empty() => Reply::Times(proposals),
                Some(_) if is_no => Reply::Words,
                note => Reply::GiveBack(note),
            }
        }
        Some(Word::Number(n)) => chosen(turn, mail, booking, usize::from(n), note),
        Some(Word::Yes | Word::Accept) if booking.offered.len() == 1 => chosen(turn, mail, booking, 1, note),
        Some(Word::Yes | Word::Accept) if booking.ahead(turn.now).is_none() => {
            Reply::Times(Proposals::default())
        }
        Some(Word::Yes | Word::Accept) => Reply::Thanks,
        Some(Word::Room) => {
            let found = said.and_then(|said| room_said::beside_the_word(turn, &from.address, said));
            found.map_or(Reply::Words, Reply::Times)
        }
        Some(Word::Move | Word::NewTimes) => {
            Reply::Times(times(said.map(proposals::after_the_word).as_deref()))
        }
        Some(_) => Reply::Words,
        None => in_words(turn, mail, from, booking),
    }
}

/// A number is one of the letter that it answers.
fn chosen(turn: &Turn, mail: &Inbound, booking: &Booking, number: usize, note: Option<String>) -> Reply {
    let letter = mail.parent().and_then(|id| turn.read::<LetterSent>(id.inner()));
    let is_old = letter.is_some_and(|letter| letter.at < booking.at);
    let slot = number.checked_sub(1).and_then(|n| booking.offered.get(n)).filter(|_| !is_old);
    Reply::Times(Proposals { slots: slot.copied().into_iter().collect(), note, ..Proposals::default() })
}

/// Without a word: a place in the list, or times. A sentence in which a time stands is talk, unless it
/// asks for another.
fn in_words(turn: &Turn, mail: &Inbound, from: &Mailbox, booking: &Booking) -> Reply {
    let text = &mail.new_text;
    if let Some((place, rest)) = choice::place(turn, text, booking.offered.len()) {
        return chosen(turn, mail, booking, place, Some(rest));
    }
    let plain = times_lasting(turn, from, booking, text);
    let zone = turn.clock_of(&from.address).0;
    let is_time = |line: &str| proposed_time::read(line, zone, turn.now) != Reading::None;
    let is_talk = plain.note.as_deref().is_some_and(|note| note.lines().any(is_time));
    let waits = booking.ahead(turn.now).is_none();
    let names = !plain.slots.is_empty() || waits && !plain.unclear.is_empty();
    match () {
        () if names && !is_talk => Reply::Times(plain),
        () if room_said::asks_for_a_change(text) => {
            let found = room_said::times_in(turn, &from.address, text, minutes_of(booking));
            match found.slots.is_empty() {
                true => Reply::Words,
                false => Reply::Times(Proposals { note: None, ..found }),
            }
        }
        () if command::is_mere_thanks(text) => Reply::Thanks,
        () => Reply::Words,
    }
}

/// As long as what is booked, where nobody says how long.
fn times_lasting(turn: &Turn, from: &Mailbox, booking: &Booking, text: &str) -> Proposals {
    proposals::read_lasting(turn, &from.address, text, minutes_of(booking))
}

fn minutes_of(booking: &Booking) -> u32 {
    booking.slot.map_or(proposals::MINUTES, |slot| slot.minutes)
}

/// What a calendar program answers to our invitation.
fn by_calendar(turn: &mut Turn, mail: &Inbound, booking: &Booking) -> Option<&'static str> {
    let event = mail.calendar.as_ref()?;
    token::carriers(&event.uid).iter().find(|(reference, _)| *reference == booking.reference)?;
    if booking.sequence.is_some_and(|latest| event.sequence < u64::from(latest)) {
        return Some("calendar-late");
    }
    let is_off = event.method == "CANCEL" || event.partstat.as_deref() == Some("DECLINED");
    let proposes = matches!(event.method.as_str(), "COUNTER" | "REQUEST");
    let said = calendar_mail::slot_said(turn, event, &booking.by.address).filter(|_| proposes);
    let other = said.filter(|slot| Some(*slot) != booking.slot);
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
