//! A reply of the staff, line by line: a word, the references it is about, and the rest.
//!
//! Staff decide several things in one reply, so every line is read for itself. Greetings,
//! thanks and what stands under the name are passed over; any other line without a word is
//! said back.

use super::command;
use super::courtesy;
use super::record::Reference;
use super::sentence::{is_inner_gap, is_mark, trim_note};
use super::token;
use super::word::Word;
use super::words::{Particle, Piece, Words, joined, pieces};

/// One line, or several where a reason or a note runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// As it was written.
    pub wrote: String,
    /// None: a line without a word.
    pub word: Option<Word>,
    pub references: Vec<Reference>,
    /// A reason, a name, a note.
    pub rest: String,
}

/// What people write after the name of whoever leaves, folded.
#[rustfmt::skip]
const AFTER_A_NAME: &[&str] = &[
    "from the roster", "from the list", "off the roster", "off the list", "de la liste", "من القايمه", "من قايمه المستشارين",
];

/// Reads what one of the staff newly wrote; where there is no text, the subject.
pub fn read(new_text: &str, subject: Option<&str>, name: &str, words: &Words) -> Vec<Said> {
    let text = courtesy::without_automatic_signature(new_text);
    if !text.chars().any(char::is_alphanumeric) {
        let subject = subject.map(command::without_prefixes).unwrap_or_default();
        return line(&subject, words).filter(|s| s.word.is_some()).into_iter().collect();
    }
    let mut said: Vec<Said> = Vec::new();
    let (mut runs_on, mut signed) = (false, false);
    for text in courtesy::after_greeting(&text, words).lines() {
        if courtesy::is_closing(text) {
            break;
        }
        // Below the writer's own name stand a function and a telephone number, but hardly a word.
        signed |= !said.is_empty() && courtesy::is_name(text, name);
        let counts = |s: &Said| s.word.is_some() || !(signed || courtesy::is_name_or_thanks(text, name));
        let Some(read) = line(text, words).filter(counts) else {
            runs_on = false;
            continue;
        };
        let goes_on = runs_on && spelling(&read.wrote, &pieces(&read.wrote), 0, words).is_none();
        match said.last_mut().filter(|_| goes_on && read.word.is_none()) {
            Some(before) => before.go_on(&read.wrote),
            None => {
                runs_on = read.word.is_some_and(takes_text);
                said.push(read);
            }
        }
    }
    said
}

/// Words whose text may run over several lines.
fn takes_text(word: Word) -> bool {
    matches!(word, Word::Refuse | Word::Note | Word::Handled)
}

impl Said {
    /// Whether it can be meant for nobody but us: a word with a reference, or one that needs none.
    pub fn names_what_it_decides(&self) -> bool {
        match self.word {
            None => false,
            Some(Word::Figures) => true,
            Some(Word::Remove | Word::RemoveName | Word::Away | Word::AwayName) => !self.rest.is_empty(),
            Some(_) => !self.references.is_empty(),
        }
    }

    fn go_on(&mut self, line: &str) {
        self.wrote = format!("{} {line}", self.wrote);
        self.rest = format!("{} {line}", self.rest).trim().to_owned();
    }
}

/// One line; None where nothing is written on it.
fn line(text: &str, words: &Words) -> Option<Said> {
    let wrote = without_carrier(text)?;
    let found = pieces(&wrote);
    let prose = Said { wrote: wrote.clone(), word: None, references: Vec::new(), rest: wrote.clone() };
    // `K7Q2M: approve` is as clear as the other way round.
    let (mut references, start) = references(&wrote, &found, 0, words);
    let Some((word, end)) = spelling(&wrote, &found, start, words) else { return Some(prose) };
    let (more, end) = self::references(&wrote, &found, end, words);
    references.extend(more);
    let mut rest = rest(&wrote, &found, end);
    if references.is_empty()
        && let Some((before, last)) = trailing_reference(&rest)
    {
        references.push(last);
        rest = before;
    }
    let stops =
        end == 0 || !gap(&wrote, &found, end - 1).chars().all(|c| matches!(c, ' ' | ']') || is_mark(c));
    let decides = decides(word, &rest, stops, words);
    Some(if decides { Said { wrote, word: Some(word), references, rest } } else { prose })
}

/// The line without marks around it and without the footer's line of a button.
fn without_carrier(text: &str) -> Option<String> {
    let bare = token::without_tokens(text);
    let bullet = |c: char| c.is_whitespace() || matches!(c, '-' | '*' | '•' | '·' | '_' | '–');
    let line = bare.trim_matches(bullet).to_owned();
    let carried = bare.len() != text.len() && line.split_whitespace().count() <= 1;
    (!carried && line.chars().any(char::is_alphanumeric)).then_some(line)
}

/// The longest spelling of a word of the staff at piece `from`, and the piece after it.
fn spelling(text: &str, found: &[Piece], from: usize, words: &Words) -> Option<(Word, usize)> {
    let longest = (from + Words::LONGEST).min(found.len());
    let (word, end) = (from + 1..=longest).rev().find_map(|end| {
        let near = (from..end - 1).all(|i| is_inner_gap(gap(text, found, i)));
        let word = words.spellings.get(&joined(&found[from..end])).filter(|_| near)?;
        Some((*word, end))
    })?;
    // REMOVE and AWAY are about the one who is named.
    (word.is_for_staff() || matches!(word, Word::Remove | Word::Away)).then_some((word, end))
}

/// The references that stand one after another from piece `from` on.
fn references(text: &str, found: &[Piece], from: usize, words: &Words) -> (Vec<Reference>, usize) {
    let (mut all, mut end) = (Vec::new(), from);
    loop {
        let and = words.particle(Particle::And, &found[end..]).filter(|_| !all.is_empty()).unwrap_or(0);
        let Some(piece) = found.get(end + and) else { break };
        let Some(reference) = token::parse_reference(&text[piece.start..piece.end]) else { break };
        all.push(reference);
        end += and + 1;
    }
    (all, end)
}

/// `ASSIGN Karim Nasr [K7Q2M]`
fn trailing_reference(rest: &str) -> Option<(String, Reference)> {
    let last = pieces(rest).pop()?;
    let reference = token::parse_reference(&rest[last.start..last.end])?;
    let before = rest[..last.start].trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.');
    Some((before.to_owned(), reference))
}

fn rest(text: &str, found: &[Piece], end: usize) -> String {
    let start = end.checked_sub(1).and_then(|i| found.get(i)).map_or(0, |p| p.end);
    let rest = trim_note(&text[start..]).trim_end_matches(['*', '_']);
    let inner = pieces(rest);
    let polite = courtesy::politeness(&inner) == Some(inner.len());
    if polite { String::new() } else { rest.to_owned() }
}

/// What stands between piece `i` and the next.
fn gap<'a>(text: &'a str, found: &[Piece], i: usize) -> &'a str {
    let end = found.get(i + 1).map_or(text.len(), |p| p.start);
    &text[found[i].end..end]
}

/// Whether the line is the word and not a sentence that begins with it: `Approve only if …`,
/// `Figures look good` decide nothing. `stops` says that punctuation follows the word.
fn decides(word: Word, rest: &str, stops: bool, words: &Words) -> bool {
    match word {
        _ if rest.is_empty() => true,
        Word::Refuse | Word::Note | Word::Assign | Word::Remove | Word::Away | Word::Handled => true,
        Word::Approve => stops && !is_conditional(rest, words),
        _ => stops,
    }
}

fn is_conditional(rest: &str, words: &Words) -> bool {
    let found = pieces(rest);
    (0..found.len()).any(|i| {
        !courtesy::is_harmless_negation(&found, i)
            && (words.particle(Particle::But, &found[i..]).is_some() || courtesy::opens_a_doubt(&found[i..]))
    })
}

/// `Amina Haddad UNTIL 15 December 2026`: the name, and the date as written.
pub fn until(rest: &str, words: &Words) -> Option<(String, String)> {
    let found = pieces(rest);
    let at = (0..found.len()).find(|&i| words.particle(Particle::Until, &found[i..]).is_some())?;
    let used = words.particle(Particle::Until, &found[at..])?;
    let name = rest[..found[at].start].trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    Some((name.to_owned(), rest[found[at + used - 1].end..].trim().to_owned()))
}

/// `to Karim Nasr, please` and `to Karim Nasr. He knows.` are Karim Nasr.
pub fn name_in(rest: &str) -> &str {
    let to = ["to ", "To ", "TO ", "à ", "À ", "إلى ", "الى "].iter().find_map(|to| rest.strip_prefix(to));
    let rest = to.unwrap_or(rest).trim();
    let stop = rest.match_indices(". ").map(|(at, _)| at).find(|at| ends_a_name(&rest[..*at]));
    let rest = &rest[..stop.unwrap_or(rest.len())];
    let found = pieces(rest);
    let polite = courtesy::without_politeness(&found);
    let roster = |from: &usize| AFTER_A_NAME.contains(&joined(&polite[*from..]).as_str());
    let named = (1..polite.len()).find(roster).unwrap_or(polite.len());
    let name = if named < found.len() { &rest[..found[named - 1].end] } else { rest };
    name.trim_end_matches(['.', '!', ',', '،'])
}

/// Whether a full stop after this ends a sentence, and is not that of a title or an initial.
fn ends_a_name(before: &str) -> bool {
    before.rsplit_once(' ').is_some_and(|(_, last)| last.chars().count() > 2)
}

#[cfg(test)]
#[path = "staff_words_tests.rs"]
mod tests;
