//! Which of the advisors offered an advisee means, where she writes more than a number.

use super::asking;
use super::command::Command;
use super::courtesy;
use super::rank;
use super::record::{Case, PersonKey, Stage};
use super::turn::Turn;
use super::words::{Particle, Piece, joined, pieces};

/// The first, the second, the third, as people call them; folded.
const ORDINALS: [&[&str]; 3] = [
    &["first", "first one", "the first", "the first one", "le premier", "la premiere", "premier", "premiere"],
    &[
        "second",
        "second one",
        "the second",
        "the second one",
        "le deuxieme",
        "la deuxieme",
        "deuxieme",
        "le second",
        "la seconde",
        "seconde",
    ],
    &["third", "third one", "the third", "the third one", "le troisieme", "la troisieme", "troisieme"],
];

const LAST: &[&str] = &["the last", "the last one"];

/// Numbers work while alternatives lie before the advisee, and after that too.
pub fn is_possible(case: &Case) -> bool {
    match case.stage {
        Stage::Choosing => true,
        Stage::Asked => case.attempt().is_some_and(|a| a.others_offered),
        Stage::Ended => !case.offered.is_empty(),
        _ => false,
    }
}

/// The number of the one who is named alone on the first line: `Karim Nasr`, `Ask Karim,
/// please`, `1 - ask Karim Nasr`, `The second one`. Whoever is not named clearly is not meant.
pub fn named(turn: &Turn, case: &Case, text: &str) -> Option<usize> {
    let line = courtesy::after_greeting(text, &turn.rules.words).lines().find(|l| !l.trim().is_empty())?;
    let found = pieces(line);
    let number = found.first().and_then(Piece::number).map(|n| n as usize);
    let found = whom(turn, if number.is_some() { &found[1..] } else { &found[..] });
    let meant = by_place(case.offered.len(), found).or_else(|| by_name(turn, case, found))?;
    number.is_none_or(|n| n == meant).then_some(meant)
}

/// `1 - ask Nour Saad`, where Nour is the second.
pub fn is_contradicted(turn: &Turn, case: &Case, number: u8, said: &Command) -> bool {
    let Some(note) = said.note.as_deref().filter(|_| is_possible(case)) else { return false };
    let number = usize::from(number);
    let other_place = named(turn, case, note).is_some_and(|named| named != number);
    let chosen = number.checked_sub(1).and_then(|n| case.offered.get(n));
    let somebody = asking::find(turn, &joined(whom(turn, &pieces(note)))).map(|p| PersonKey::from(&p));
    other_place || somebody.is_some_and(|somebody| Some(&somebody) != chosen)
}

/// `Ask Karim, please` is Karim.
fn whom<'a>(turn: &Turn, found: &'a [Piece]) -> &'a [Piece] {
    let ask = turn.rules.words.particle(Particle::Try, found).unwrap_or(0);
    courtesy::without_politeness(&found[ask..])
}

/// The place in a list of so many that a text begins with, and what is said after it:
/// `The second one, please. See you then.`
pub fn place(turn: &Turn, text: &str, of: usize) -> Option<(usize, String)> {
    let text = courtesy::after_greeting(text, &turn.rules.words).trim();
    let (first, rest) = text.split_once(['.', '!', '\n']).unwrap_or((text, ""));
    let place = by_place(of, courtesy::without_politeness(&pieces(first)))?;
    Some((place, rest.trim().to_owned()))
}

fn by_place(of: usize, found: &[Piece]) -> Option<usize> {
    let written = joined(found);
    let last = LAST.contains(&written.as_str()).then_some(of);
    let place = || ORDINALS.iter().position(|names| names.contains(&written.as_str())).map(|n| n + 1);
    last.or_else(place).filter(|place| (1..=of).contains(place))
}

fn by_name(turn: &Turn, case: &Case, found: &[Piece]) -> Option<usize> {
    let written = joined(found);
    let names = case.offered.iter().map(|key| turn.person(key).map(|p| p.name).unwrap_or_default());
    let fits = |name: &String| match found {
        [one] => pieces(name).iter().any(|part| part.folded == one.folded),
        _ => rank::is_same_name(&written, name),
    };
    let mut meant = names.enumerate().filter(|(_, name)| fits(name)).map(|(n, _)| n + 1);
    meant.next().filter(|_| meant.next().is_none())
}
