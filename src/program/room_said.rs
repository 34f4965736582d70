//! What people say of the shared room: ROOM beside something else, or a mail that asks for it.

use super::command::{self, Word};
use super::proposals::{self, Proposals, Unclear};
use super::proposed_time::{self, Reading};
use super::turn::Turn;
use crate::mail::address::AddrSpec;
use crate::mail::fold;
use crate::mail::inbound::Inbound;

/// A longer line is not looked through for a time in it, in words.
const LONGEST: usize = 60;
/// A time has at most so many words.
const LONGEST_TIME: usize = 14;

/// What people say when they ask for something, folded.
#[rustfmt::skip]
const WISHES: &[&str] = &[
    "book", "booking", "reserve", "reservation", "need", "use", "could", "can i", "can we", "may i", "may we", "please",
    "would like", "d like", "want", "available", "is it free", "request", "requesting", "schedule", "have the",
    "reserver", "besoin", "puis je", "peut on", "pouvons nous", "pourrais", "pourrions", "pourrait", "voudrais",
    "voudrions", "aimerais", "aimerions", "souhaite", "souhaitons", "souhaiterais", "disponible", "svp", "s il vous plait",
    "s il te plait", "merci de", "demande",
    "حجز", "احجز", "نحجز", "احتاج", "نحتاج", "اريد", "نريد", "اود", "نود", "هل يمكن", "هل يمكنني", "من فضلك", "رجاء", "متاحه", "طلب",
];
/// What turns it into something else: then people read it.
#[rustfmt::skip]
const NO_WISHES: &[&str] = &[
    "not", "no", "no longer", "never", "don t", "dont", "doesn t", "didn t", "won t", "can t", "cannot", "cancel", "cancelled",
    "canceled", "instead", "was", "were", "did", "had", "moved", "remove", "without", "free up", "release",
    "ne", "n", "pas", "plus", "annuler", "annule", "annulee", "etait", "avait", "sans", "liberer",
    "لا", "لم", "لن", "ليس", "الغاء", "الغ", "كان", "كانت", "بدون",
];

/// Whether a text wishes for the room on a line of its own, or after a time, and the rest of it.
pub fn wish(turn: &Turn, writer: &AddrSpec, text: &str) -> (bool, String) {
    if turn.rules.room.is_none() {
        return (false, text.to_owned());
    }
    let mut wished = false;
    let kept = text.lines().filter_map(|line| {
        let rest = without_wish(turn, writer, line);
        wished |= rest.is_some();
        match rest {
            Some(rest) => Some(rest.to_owned()).filter(|rest| !rest.is_empty()),
            None => Some(line.to_owned()),
        }
    });
    let kept = kept.collect::<Vec<_>>().join("\n");
    (wished, kept)
}

/// A line without the ROOM that it ends with, if all before that is a time or nothing.
fn without_wish<'a>(turn: &Turn, writer: &AddrSpec, line: &'a str) -> Option<&'a str> {
    let line = line.trim();
    let begins = std::iter::once(0).chain(line.match_indices(char::is_whitespace).map(|(at, _)| at));
    let begins: Vec<usize> = begins.collect();
    let from = begins.len().saturating_sub(5);
    begins[from..].iter().find_map(|at| {
        let (before, last) = line.split_at(*at);
        is_wish(turn, last).then(|| without_joint(before)).filter(|rest| {
            let zone = turn.clock_of(writer).0;
            rest.is_empty() || proposed_time::read(rest, zone, turn.now) != Reading::None
        })
    })
}

/// `ROOM`, `+ room`, `with the Zoom room please`
fn is_wish(turn: &Turn, text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "+&,;(-–—•*".contains(c));
    let text = text.trim_end_matches(')');
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = ["with", "and", "in", "the", "avec", "et", "dans", "la", "مع", "في", "و"];
    let skipped = words.iter().take_while(|word| joined.contains(&fold::letters(word).as_str())).count();
    let said = command::read(&words[skipped..].join(" "), None, &turn.rules.words);
    said.is_some_and(|said| said.word == Word::Room && said.argument.is_none() && said.note.is_none())
}

fn without_joint(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || "+&,;(-–—".contains(c))
}

/// A mail of its own that asks for the room, and the times in it. None where it is about something else.
pub fn request(turn: &Turn, mail: &Inbound, from: &AddrSpec) -> Option<Proposals> {
    turn.rules.room.as_ref()?;
    let Some(said) = turn.said(mail) else { return in_words(turn, mail, from) };
    if said.word != Word::Room {
        return None;
    }
    let proposals = proposals::read(turn, from, &proposals::after_the_word(&said));
    // `Room is short here on Tuesdays`: a word that begins a sentence is none.
    let names_a_time = !proposals.slots.is_empty() || !proposals.unclear.is_empty();
    match said.argument.is_none() || names_a_time {
        true => Some(proposals),
        false => in_words(turn, mail, from),
    }
}

/// In words of one's own: the room, a wish for it, and a time that is still to come.
fn in_words(turn: &Turn, mail: &Inbound, from: &AddrSpec) -> Option<Proposals> {
    let subject = mail.subject.as_deref().unwrap_or_default();
    let is_word = command::read(subject, None, &turn.rules.words).is_some_and(|said| said.word == Word::Room);
    let text = format!("{subject}\n{}", mail.new_text);
    let words = words_of(&text);
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
    let wishes = is_word || names_room(turn, &words) && has(WISHES);
    if !wishes || has(NO_WISHES) {
        return None;
    }
    let proposals = times_in(turn, from, &text);
    let to_come = proposals.unclear.iter().any(|unclear| unclear.why == Unclear::Several);
    (!proposals.slots.is_empty() || to_come || is_word).then_some(proposals)
}

/// Folded words with a space around each.
fn words_of(text: &str) -> String {
    let folded = fold::letters(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

fn names_room(turn: &Turn, words: &str) -> bool {
    let name = turn.rules.room.as_ref().map(|room| words_of(&room.name)).unwrap_or_default();
    let spellings = &turn.rules.words.spellings;
    let mut said = spellings.iter().filter(|(_, word)| **word == Word::Room).map(|(said, _)| said.as_str());
    let of_name = name.split_whitespace().filter(|part| part.chars().count() > 3);
    let has = |phrase: &str| words.contains(&format!(" {phrase} "));
    said.any(has) || of_name.into_iter().any(has)
}

/// The times of a text, also in the middle of its sentences.
pub fn times_in(turn: &Turn, from: &AddrSpec, text: &str) -> Proposals {
    let found = proposals::read(turn, from, text);
    if !found.slots.is_empty() || !found.unclear.is_empty() {
        return found;
    }
    let zone = turn.clock_of(from).0;
    let is_time = |part: &String| {
        let reading = proposed_time::read(part, zone, turn.now);
        !matches!(reading, Reading::None | Reading::DateOnly(_))
    };
    let lines: Vec<String> = text.lines().flat_map(|line| parts_of(line).find(is_time)).collect();
    proposals::read(turn, from, &lines.join("\n"))
}

/// Every run of words of a line, the longest first.
fn parts_of(line: &str) -> impl Iterator<Item = String> {
    let words: Vec<String> = line.split_whitespace().take(LONGEST).map(str::to_owned).collect();
    let longest = words.len().min(LONGEST_TIME);
    (2..=longest).rev().flat_map(move |length| {
        let words = words.clone();
        (0..=words.len() - length).map(move |at| {
            let part = words[at..at + length].join(" ");
            part.trim_matches(|c: char| ",.;:!?()".contains(c)).to_owned()
        })
    })
}
