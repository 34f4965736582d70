//! What people say of the shared room: ROOM beside something else, or a mail that asks for it.

use super::command::{self, Command, Word};
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

/// What people do with a room, folded: it comes before the room in a wish.
#[rustfmt::skip]
const USES: &[&str] = &[
    "book", "booking", "reserve", "reserving", "have", "use", "need", "get", "borrow", "want",
    "reserver", "avoir", "utiliser", "besoin", "emprunter", "disposer", "reservation", "souhaite", "souhaitons", "voudrais", "voudrions",
    "حجز", "احجز", "نحجز", "احجزوا", "نحتاج", "احتاج", "استخدام", "استعمال",
];
/// So many words may stand between that and the room.
const BETWEEN: usize = 4;
/// What makes another thing of a room that it stands before, or after.
#[rustfmt::skip]
const OTHER_ROOMS: &[&str] = &[
    "reading", "class", "study", "training", "server", "waiting", "link", "webinar", "talk", "session", "chat", "how",
    "lecture", "cours", "attente", "lien", "comment", "المطالعه", "القراءه", "رابط", "كيف",
];
/// What asks for a change, in a reply about a booking, folded.
#[rustfmt::skip]
const CHANGES: &[&str] = &[
    "could", "can we", "can i", "may i", "may we", "please", "instead", "move", "change", "rather", "would like", "prefer",
    "pourrait", "pouvons nous", "puis je", "peut on", "svp", "s il vous plait", "plutot", "deplacer", "changer", "preferons", "prefere",
    "هل يمكن", "من فضلك", "بدلا", "نقل", "تغيير", "نفضل", "افضل",
];
/// What turns it into something else: then people read it.
#[rustfmt::skip]
const NO_WISHES: &[&str] = &[
    "not", "no longer", "never", "don t", "dont", "doesn t", "didn t", "won t", "can t", "cannot", "cancel", "cancelled",
    "canceled", "was", "were", "did", "had", "moved", "remove", "without", "free up", "release", "every", "each", "before", "after",
    "until", "too", "how to",
    "ne", "n", "pas", "plus", "annuler", "annule", "annulee", "etait", "avait", "sans", "liberer", "chaque", "tous les", "avant", "apres", "trop",
    "لا", "لم", "لن", "ليس", "الغاء", "الغ", "كان", "كانت", "بدون", "كل", "قبل", "بعد",
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
    beside_the_word(turn, from, &said).or_else(|| in_words(turn, mail, from))
}

/// The times beside ROOM. `Room is short here on Tuesdays`: a word that begins a sentence is none.
pub fn beside_the_word(turn: &Turn, from: &AddrSpec, said: &Command) -> Option<Proposals> {
    let proposals = proposals::read(turn, from, &proposals::after_the_word(said));
    let Some(argument) = said.argument.as_deref() else { return Some(proposals) };
    let names_a_time = !proposals.slots.is_empty() || !proposals.unclear.is_empty();
    // A line that says more than a time is kept as a note.
    let says_more =
        proposals.note.as_deref().is_some_and(|note| note.lines().any(|l| l.contains(argument.trim())));
    (names_a_time && !says_more).then_some(proposals)
}

/// In words of one's own: somebody would book the room, or have it, at a time that is still to come.
fn in_words(turn: &Turn, mail: &Inbound, from: &AddrSpec) -> Option<Proposals> {
    let subject = mail.subject.as_deref().unwrap_or_default();
    let text = format!("{subject}\n\n{}", mail.new_text);
    let is_word = command::read(subject, None, &turn.rules.words).is_some_and(|said| said.word == Word::Room);
    let name = words_of(&turn.rules.room.as_ref()?.name);
    let name = name.trim();
    let wishes = sentences(&text).iter().any(|sentence| is_wish_for_it(turn, name, &words_of(sentence)));
    if !(is_word && is_short(&mail.new_text) || wishes) || has(&words_of(&text), NO_WISHES) {
        return None;
    }
    let proposals = times_in(turn, from, &text, proposals::MINUTES);
    let to_come = proposals.unclear.iter().any(|unclear| unclear.why == Unclear::Several);
    (!proposals.slots.is_empty() || to_come || is_word).then_some(proposals)
}

/// Below a subject that says ROOM stands little else than the time.
fn is_short(text: &str) -> bool {
    text.split_whitespace().count() <= LONGEST_TIME
}

/// `could we have the Zoom room`, `réserver la salle`
fn is_wish_for_it(turn: &Turn, name: &str, words: &str) -> bool {
    let words: Vec<&str> = words.split_whitespace().collect();
    let uses = (0..words.len()).filter(|at| USES.contains(&words[*at]));
    uses.into_iter().any(|at| {
        let rest = &words[at + 1..];
        (0..rest.len().min(BETWEEN)).any(|skipped| {
            let named = room_at(turn, name, &rest[skipped..]);
            let end = (at + 1 + skipped + named + 2).min(words.len());
            named > 0 && !words[at.saturating_sub(2)..end].iter().any(|word| OTHER_ROOMS.contains(word))
        })
    })
}

/// How many of these words name the room: `zoom room`, `the room`, or what it is called. `room` alone is any.
fn room_at(turn: &Turn, name: &str, words: &[&str]) -> usize {
    let said = &turn.rules.words.spellings;
    let is_room = |phrase: &str| phrase == name || phrase != "room" && said.get(phrase) == Some(&Word::Room);
    (1..=words.len().min(4)).rev().find(|n| is_room(&words[..*n].join(" "))).unwrap_or(0)
}

/// Whether a reply about a booking asks for another time in its sentences.
pub fn asks_for_a_change(text: &str) -> bool {
    let words = words_of(text);
    has(&words, CHANGES) && !has(&words, NO_WISHES)
}

fn has(words: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| words.contains(&format!(" {phrase} ")))
}

/// Folded words with a space around each.
fn words_of(text: &str) -> String {
    let folded = fold::letters(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

/// The times of a text, also in the middle of its sentences, of so many minutes where nobody says how long.
pub fn times_in(turn: &Turn, from: &AddrSpec, text: &str, minutes: u32) -> Proposals {
    let found = proposals::read_lasting(turn, from, text, minutes);
    if !found.slots.is_empty() || !found.unclear.is_empty() {
        return found;
    }
    let zone = turn.clock_of(from).0;
    let is_time = |part: &String| {
        let reading = proposed_time::read(part, zone, turn.now);
        !matches!(reading, Reading::None | Reading::DateOnly(_))
    };
    let lines: Vec<String> =
        sentences(text).iter().flat_map(|sentence| parts_of(sentence).find(is_time)).collect();
    proposals::read_lasting(turn, from, &lines.join("\n"), minutes)
}

/// Paragraphs, whose lines a mail program may have wrapped, at their questions and full stops.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut sentence = String::new();
        for word in paragraph.split_whitespace() {
            let begins = word.chars().next().is_some_and(char::is_uppercase);
            if sentence.ends_with(['?', '!', '؟']) || sentence.ends_with('.') && begins {
                sentences.push(std::mem::take(&mut sentence));
            }
            sentence.push_str(if sentence.is_empty() { "" } else { " " });
            sentence.push_str(word);
        }
        sentences.push(sentence);
    }
    sentences
}

/// Every run of words of a sentence, the longest first.
fn parts_of(line: &str) -> impl Iterator<Item = String> {
    let words: Vec<String> = line.split_whitespace().take(LONGEST).map(str::to_owned).collect();
    let longest = words.len().min(LONGEST_TIME);
    (2..=longest).rev().flat_map(move |length| {
        let words = words.clone();
        (0..=words.len() - length).map(move |at| {
            let part = words[at..at + length].join(" ");
            part.trim_matches(|c: char| ",.;:!?()؟،".contains(c)).to_owned()
        })
    })
}
