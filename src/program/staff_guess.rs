//! What somebody's prose may have meant, as words of the staff that are ready to be replied.
//!
//! Each wish is described by the phrases people use for it; the ranking that finds advisors
//! for an issue finds wishes for a mail. Nothing is ever done by a guess: the staff read it
//! beside the mail, and reply the word or not.

use super::command;
use super::date::{self, Reading};
use super::letter::ExceptionKind;
use super::offer;
use super::question::Question;
use super::rank::{self, Candidate};
use super::record::{Hold, Person, Reference};
use super::request::day_of;
use super::turn::Turn;
use crate::mail::address::AddrSpec;

/// How many guesses stand beside a mail.
const GUESSES: usize = 3;

/// What people write about in their own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Leave,
    Away,
    Advice,
}

impl Wish {
    /// By which they come where they fit equally.
    fn name(self) -> &'static str {
        match self {
            Wish::Leave => "Leave",
            Wish::Away => "Away",
            Wish::Advice => "Advice",
        }
    }
}

/// The phrases of each wish, in the languages people write in.
#[rustfmt::skip]
const PHRASES: &[(Wish, &[&str])] = &[
    (Wish::Leave, &[
        "take off the roster", "remove from the list", "remove name", "unsubscribe", "stop advising", "step down",
        "leave the network", "no longer advise", "quit", "resign", "retire", "withdraw as advisor",
        "retirer de la liste", "enlever mon nom", "desinscrire", "quitter le reseau", "arreter", "retraite",
    ]),
    (Wish::Away, &[
        "away until", "on holiday", "on vacation", "on leave", "parental leave", "maternity leave", "sabbatical",
        "travelling", "no requests until", "back in", "pause", "absent", "absente jusqu'au", "en conge", "vacances",
        "en deplacement", "de retour",
    ]),
    (Wish::Advice, &[
        "looking for advice", "looking for somebody", "question about", "problem with", "advise", "advice", "advisor",
        "recommend", "experience with", "expert", "meeting with", "request", "struggle", "stuck", "anybody knows",
        "cherche conseil", "conseil", "conseiller", "probleme avec", "besoin d'aide", "question sur", "experience",
    ]),
];

/// What the writer of a mail that is listed may wish.
pub fn of_hold(turn: &Turn, hold: &Hold) -> Vec<String> {
    let question = turn.read::<Question>(&hold.reference.0).filter(|_| hold.kind == ExceptionKind::Prose);
    let said = |q: Question| {
        // The subject of a reply is ours: it says nothing of what its writer wishes.
        let subject = if command::without_prefixes(&q.subject) == q.subject.trim() { &q.subject } else { "" };
        guesses(turn, &q.from.address, &format!("{subject}\n{}", q.words), &q.reference)
    };
    question.map(said).unwrap_or_default()
}

/// The words that may fit this mail, the likeliest first. `reference` is what the mail is
/// listed under.
fn guesses(turn: &Turn, writer: &AddrSpec, words: &str, reference: &Reference) -> Vec<String> {
    let person = turn.person(writer).filter(|p| !offer::is_off_the_roster(p));
    let wishes = likeliest(words);
    let ready =
        wishes.into_iter().filter_map(|wish| ready(turn, wish, person.as_ref(), writer, words, reference));
    ready.take(GUESSES).collect()
}

/// The wishes whose phrases the words share, the most shared first.
fn likeliest(words: &str) -> Vec<Wish> {
    let candidates: Vec<Candidate> = PHRASES.iter().map(candidate).collect();
    let ranked = rank::best(words, &candidates, candidates.len());
    ranked.into_iter().filter(|r| r.score > 0.0).map(|r| PHRASES[r.index].0).collect()
}

fn candidate((wish, phrases): &(Wish, &'static [&'static str])) -> Candidate<'static> {
    let name = wish.name();
    Candidate { key: name.to_owned(), name, areas: phrases.to_vec(), load: 0, place: 0 }
}

/// The word of the staff that grants a wish, if one does.
fn ready(
    turn: &Turn,
    wish: Wish,
    person: Option<&Person>,
    writer: &AddrSpec,
    words: &str,
    reference: &Reference,
) -> Option<String> {
    match wish {
        Wish::Leave => person.map(|p| format!("REMOVE {}", p.name)),
        Wish::Away => {
            let until = day_in(words, turn)?;
            person.map(|p| format!("AWAY {} UNTIL {until}", p.name))
        }
        Wish::Advice => best_advisor(turn, writer, words).map(|name| format!("ASSIGN {reference} {name}")),
    }
}

/// A day to come that the words name.
fn day_in(words: &str, turn: &Turn) -> Option<chrono::NaiveDate> {
    let today = day_of(turn, turn.now);
    let tokens: Vec<&str> = words.split_whitespace().collect();
    let spans = (1..=3).rev().flat_map(|n| tokens.windows(n).map(|w| w.join(" ")).collect::<Vec<_>>());
    let days = spans.filter_map(|span| match date::read(span.trim_end_matches(['.', ',', '!']), today) {
        Reading::One(day) if day > today => Some(day),
        _ => None,
    });
    days.into_iter().next()
}

/// Who could be asked: the free advisor whose areas share most with the words.
fn best_advisor(turn: &Turn, writer: &AddrSpec, words: &str) -> Option<String> {
    let others = offer::advisors(turn).into_iter().filter(|p| p.address != *writer).collect();
    let free = offer::free(turn, others);
    let candidates: Vec<Candidate> = free.iter().map(offer::candidate).collect();
    let best = rank::best(words, &candidates, 1).into_iter().next()?;
    Some(free[best.index].person.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_is_found_by_the_phrases_people_use() {
        for (words, wish) in [
            ("Please take me off the roster, I am retiring in June.", Wish::Leave),
            ("Could you unsubscribe me?", Wish::Leave),
            ("Merci de me retirer de la liste des conseillers", Wish::Leave),
            ("I am on parental leave until 15 December 2026, no requests please.", Wish::Away),
            ("I have a question about Koha reports, can somebody advise me?", Wish::Advice),
            ("We are stuck with a problem and looking for advice", Wish::Advice),
        ] {
            assert_eq!(likeliest(words).first(), Some(&wish), "{words}");
        }
        assert_eq!(likeliest("Is the office open on Friday?"), []);
    }
}
