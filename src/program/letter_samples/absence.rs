//! Letters about absence, and about moving down a list of advisors.

use super::{alternatives, day};
use crate::program::letter::{Letter, Moved, Next, Skipped, Unavailable};

pub fn letters() -> Vec<Letter> {
    let mut letters = meanwhile();
    letters.extend(with_staff());
    letters.extend(contact());
    letters.extend(lists());
    letters.extend(presence());
    letters
}

fn leila() -> String {
    "Leila Mansour".into()
}

fn amina() -> String {
    "Amina Haddad".into()
}

fn meanwhile() -> Vec<Letter> {
    let letter = |away: bool, alternatives| Letter::OthersMeanwhile {
        name: leila(),
        advisor: amina(),
        away_until: away.then(|| day(12, 15)),
        alternatives,
        answer_by: day(12, 23),
    };
    vec![
        letter(true, alternatives()),
        letter(true, vec![]),
        letter(false, alternatives()[..1].to_vec()),
        letter(false, vec![]),
    ]
}

fn with_staff() -> Vec<Letter> {
    let letter =
        |next, when, alternatives| Letter::WordsWithStaff { name: leila(), next, when, alternatives };
    vec![
        letter(Next::Choice, Some(day(12, 23)), alternatives()),
        letter(Next::Nothing, None, alternatives()),
        letter(Next::Nothing, None, vec![]),
        letter(Next::Search, Some(day(12, 23)), vec![]),
    ]
}

fn contact() -> Vec<Letter> {
    // These have nothing optional: twice the same, with and without a thread.
    (0..2)
        .flat_map(|_| {
            [
                Letter::ContactAway {
                    name: leila(),
                    advisor: amina(),
                    until: day(12, 15),
                    asked_on: day(12, 21),
                },
                Letter::AskedElsewhere { name: amina(), advisee: leila() },
            ]
        })
        .collect()
}

/// Everything that may stand in the way of somebody named.
pub fn skipped() -> Vec<Skipped> {
    use Unavailable::*;
    let skipped = |name: &str, why, away: bool, meant: bool| Skipped {
        name: name.into(),
        why,
        away_until: away.then(|| day(12, 15)),
        meant: meant.then(|| "Tamar Kapanadze".into()),
    };
    vec![
        skipped("Tamar Kapanadse", Unknown, false, true),
        skipped("Somebody Else", Unknown, false, false),
        skipped("Omar Said", Away, true, false),
        skipped("Nadia Farah", Away, false, false),
        skipped("Joao Silva", Full, false, false),
        skipped("Ines Costa", Unlisted, false, false),
        skipped("Leila Mansour", Oneself, false, false),
        skipped("Samira Khoury", AlreadyAsked, false, false),
        skipped("Tamar Kapanadse", Away, true, true),
        skipped("Tamar Kapanadse", Full, false, true),
        skipped("Karim Nasser", Paused, false, false),
    ]
}

fn lists() -> Vec<Letter> {
    let letter = |why, full: bool| Letter::MovedOn {
        name: leila(),
        advisor: "Karim Nasser".into(),
        address: full.then(|| "karim@auc.example".into()),
        before: amina(),
        why,
        note: full.then(|| "I am moving house until the new year.".into()),
        away_until: full.then(|| day(12, 15)),
        suggested: full.then(|| "Nadia Farah".into()),
        skipped: if full { skipped() } else { vec![] },
        then: if full { vec!["Tamar Kapanadze".into(), "Omar Said".into()] } else { vec![] },
        answer_by: day(12, 18),
        closure: full.then(|| "The network's office is closed from 24 December to 3 January.".into()),
    };
    let mut letters = vec![letter(Moved::Declined, true)];
    for why in
        [Moved::NoAnswer, Moved::Declined, Moved::NotReached, Moved::Away, Moved::Unlisted, Moved::Next]
    {
        letters.push(letter(why, false));
    }
    letters.push(letter(Moved::Away, true));
    for then in [vec!["Karim Nasser".to_owned()], vec![]] {
        letters.push(Letter::WaitNoted { name: leila(), advisor: amina(), then, answer_by: day(12, 18) });
    }
    letters
}

fn presence() -> Vec<Letter> {
    let mut letters = Vec::new();
    for (limit, open) in
        [(2, vec!["Omar Said".to_owned(), "Nadia Farah".to_owned()]), (1, vec!["Omar Said".to_owned()])]
    {
        letters.push(Letter::NoRoomLeft { name: amina(), advisee: leila(), limit, open });
        letters.push(Letter::AwayAfterSilence { name: amina(), times: 3 });
        letters.push(Letter::Relisted { name: amina() });
    }
    letters
}
