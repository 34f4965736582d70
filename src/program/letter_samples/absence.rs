//! Letters about absence, and about moving down a list of advisors.

use super::{alternatives, day};
use crate::program::letter::Letter;

pub fn letters() -> Vec<Letter> {
    let mut letters = meanwhile();
    letters.extend(contact());
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
