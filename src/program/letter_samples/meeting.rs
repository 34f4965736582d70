//! Letters by which two people find a time to meet.

use super::{day, mailbox};
use crate::program::booking::NoRoom;
use crate::program::letter::{AgreedOn, Alternative, FreeTime, Letter, RoomShown, RoomWish};
use crate::program::moment::{MeetingTime, Moment};
use crate::program::proposals::{Unclear, UnclearTime};
use crate::program::record::Reference;

pub fn letters() -> Vec<Letter> {
    let mut letters = proposed();
    letters.extend(noted());
    letters.extend(agreed());
    letters.extend(room());
    letters.extend(others());
    letters
}

fn leila() -> String {
    mailbox("Leila Mansour", "leila@auk.example").called().to_owned()
}

fn amina() -> String {
    mailbox("Amina Haddad", "amina@campus.example").called().to_owned()
}

fn moment(day_of_month: u32, from: &str, to: &str, zone: &str) -> Moment {
    Moment {
        date: day(12, day_of_month),
        from: from.into(),
        to: to.into(),
        zone: zone.into(),
        assumed: zone == "Paris",
    }
}

/// The same day for both.
pub fn tuesday(number: Option<usize>) -> MeetingTime {
    let theirs = Some(moment(8, "15:00", "15:30", "Beirut"));
    MeetingTime { number, yours: moment(8, "14:00", "14:30", "Paris"), theirs, other: amina() }
}

/// Night for one of them.
fn wednesday(number: usize) -> MeetingTime {
    let theirs = Some(moment(10, "00:30", "01:15", "Beirut"));
    MeetingTime { number: Some(number), yours: moment(9, "23:30", "00:15", "Paris"), theirs, other: amina() }
}

fn on_one_clock() -> MeetingTime {
    let yours = Moment { assumed: false, ..moment(8, "14:00", "14:30", "Paris") };
    MeetingTime { number: Some(1), yours, theirs: None, other: amina() }
}

fn proposed() -> Vec<Letter> {
    let letter = |times, note: Option<&str>, stands, again| Letter::TimesProposed {
        name: leila(),
        other: amina(),
        times,
        note: note.map(str::to_owned),
        stands,
        again,
    };
    let two = || vec![tuesday(Some(1)), wednesday(2)];
    vec![
        letter(two(), Some("My mornings are free as well."), Some(tuesday(None)), false),
        letter(vec![on_one_clock()], None, None, false),
        letter(two(), None, None, true),
        letter(vec![], None, None, true),
        letter(two(), None, Some(tuesday(None)), true),
    ]
}

fn noted() -> Vec<Letter> {
    let unclear = |line: &str, why, readings| UnclearTime { line: line.into(), why, readings };
    let all = vec![
        unclear(
            "03/04/2027 2 pm",
            Unclear::Several,
            vec![moment(3, "14:00", "14:30", "Paris"), moment(4, "14:00", "14:30", "Paris")],
        ),
        unclear("2 November 10:00", Unclear::Past, vec![moment(2, "10:00", "10:30", "Paris")]),
        unclear("15 December", Unclear::NoHour, vec![]),
        unclear("18 December 9:00", Unclear::TooMany, vec![moment(18, "09:00", "09:30", "Paris")]),
    ];
    let letter = |times, unclear, stands, room| Letter::TimesNoted {
        name: leila(),
        other: amina(),
        times,
        unclear,
        stands,
        room,
    };
    let wish = |not_at, free| Some(RoomWish { name: ROOM.into(), not_at, free });
    vec![
        letter(
            vec![tuesday(Some(1)), wednesday(2)],
            all.clone(),
            Some(tuesday(None)),
            wish(vec![1, 2], free()),
        ),
        letter(vec![on_one_clock()], vec![], None, None),
        letter(vec![on_one_clock()], vec![], None, wish(vec![], vec![])),
        letter(vec![], all, None, None),
        letter(vec![], vec![], Some(tuesday(None)), wish(vec![], vec![])),
    ]
}

fn agreed() -> Vec<Letter> {
    let agreed = |at, minutes, what, room: Option<RoomShown>| Letter::MeetingAgreed {
        name: leila(),
        other: amina(),
        at,
        minutes,
        what,
        room_offered: room.is_none().then(|| ROOM.into()),
        room,
    };
    let off = |by_you, by_other, goes_on| Letter::MeetingOff {
        name: leila(),
        other: amina(),
        at: tuesday(None),
        by_you,
        by_other,
        goes_on,
    };
    vec![
        agreed(tuesday(None), 30, AgreedOn::Time, None),
        agreed(tuesday(None), 30, AgreedOn::Room, Some(shown(true, true))),
        agreed(on_one_clock(), 45, AgreedOn::OtherTime, Some(shown(true, false))),
        agreed(on_one_clock(), 45, AgreedOn::NoRoom, None),
        agreed(on_one_clock(), 45, AgreedOn::Time, Some(shown(false, true))),
        off(true, false, true),
        off(false, true, true),
        off(false, false, false),
        Letter::PerhapsThere { name: leila(), other: amina(), at: tuesday(None) },
        Letter::PerhapsThere { name: leila(), other: amina(), at: on_one_clock() },
    ]
}

const ROOM: &str = "Zoom";

fn shown(join: bool, staff_opens: bool) -> RoomShown {
    let join = join.then(|| "https://zoom.example/j/4711\nPasscode: koha".into());
    RoomShown { name: ROOM.into(), join, staff_opens }
}

fn free() -> Vec<FreeTime> {
    let time = |number, from: &str, to: &str| FreeTime {
        number,
        at: moment(8, from, to, "Paris"),
        reply: format!("2026-12-08 {from}"),
    };
    vec![time(1, "13:30", "14:00"), time(2, "14:30", "15:00"), time(3, "15:00", "15:30")]
}

fn room() -> Vec<Letter> {
    let at = || moment(8, "14:00", "14:30", "Paris");
    let not_booked = |why, wanted, stands, free, other| Letter::RoomNotBooked {
        name: Some(leila()),
        room: ROOM.into(),
        why,
        wanted,
        stands,
        free,
        other,
    };
    let booked = |name, room, moved| Letter::RoomBooked { name, room, at: at(), minutes: 30, moved };
    let to_open = |name: Option<String>, off| Letter::RoomToOpen {
        off,
        told: name.is_some(),
        name,
        room: ROOM.into(),
        who: format!("{}, {}", leila(), amina()),
        at: at(),
        hold: Reference("R4NMA".into()),
    };
    vec![
        Letter::RoomNoted { name: leila(), other: amina(), room: ROOM.into() },
        Letter::RoomNoted { name: leila(), other: amina(), room: ROOM.into() },
        not_booked(NoRoom::Taken, Some(at()), Some(at()), free(), None),
        not_booked(NoRoom::Taken, Some(at()), None, free(), Some(amina())),
        not_booked(NoRoom::Yours, Some(at()), Some(at()), vec![], None),
        not_booked(NoRoom::Closed, Some(at()), None, free(), None),
        not_booked(NoRoom::Several, None, None, free(), None),
        not_booked(NoRoom::Past, None, None, vec![], None),
        not_booked(NoRoom::TooLong, None, None, vec![], None),
        not_booked(NoRoom::TooFar, None, None, vec![], Some(amina())),
        not_booked(NoRoom::NoHour, None, None, vec![], None),
        Letter::RoomNotBooked {
            name: None,
            room: ROOM.into(),
            why: NoRoom::NoTime,
            wanted: None,
            stands: None,
            free: vec![],
            other: None,
        },
        booked(Some(leila()), shown(true, true), true),
        booked(None, shown(true, false), false),
        booked(None, shown(false, true), false),
        Letter::RoomFreed { name: Some(leila()), room: ROOM.into(), at: Some(at()) },
        Letter::RoomFreed { name: None, room: ROOM.into(), at: None },
        to_open(Some("Rana Aziz".into()), false),
        to_open(None, false),
        to_open(None, true),
    ]
}

fn others() -> Vec<Letter> {
    let ines = Alternative {
        number: 1,
        name: "Inès Durand".into(),
        institution: "Campus University Library".into(),
        areas: vec!["Koha".into()],
    };
    let wanted = |alternatives| Letter::OthersWanted { name: leila(), alternatives, closes: day(12, 22) };
    vec![wanted(vec![ines]), wanted(vec![])]
}
