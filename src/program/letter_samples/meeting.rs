//! Letters by which two people find a time to meet.

use super::{day, mailbox};
use crate::program::letter::{Alternative, Letter};
use crate::program::moment::{MeetingTime, Moment};
use crate::program::proposals::{Unclear, UnclearTime};

pub fn letters() -> Vec<Letter> {
    let mut letters = proposed();
    letters.extend(noted());
    letters.extend(agreed());
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
    let letter =
        |times, unclear, stands| Letter::TimesNoted { name: leila(), other: amina(), times, unclear, stands };
    vec![
        letter(vec![tuesday(Some(1)), wednesday(2)], all.clone(), Some(tuesday(None))),
        letter(vec![on_one_clock()], vec![], None),
        letter(vec![], all, None),
        letter(vec![], vec![], Some(tuesday(None))),
    ]
}

fn agreed() -> Vec<Letter> {
    let agreed =
        |at, minutes, moved| Letter::MeetingAgreed { name: leila(), other: amina(), at, minutes, moved };
    let off = |by_you, by_other, goes_on| Letter::MeetingOff {
        name: leila(),
        other: amina(),
        at: tuesday(None),
        by_you,
        by_other,
        goes_on,
    };
    vec![
        agreed(tuesday(None), 30, false),
        agreed(on_one_clock(), 45, true),
        off(true, false, true),
        off(false, true, true),
        off(false, false, false),
        Letter::PerhapsThere { name: leila(), other: amina(), at: tuesday(None) },
        Letter::PerhapsThere { name: leila(), other: amina(), at: on_one_clock() },
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
