//! A line that may be a time, in pieces: its numbers, its words, the signs between them.

use super::time_words::{AT, FROM, HOUR, HOURS_IN_WORDS, O_CLOCK, TO};
use super::{months, zone_words};
use crate::mail::fold;
use chrono_tz::Tz;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number {
        value: u32,
        digits: usize,
    },
    /// As [`fold::letters`] has it.
    Word(String),
    Sign(char),
    /// `Europe/Paris`.
    Zone(Tz),
}

#[derive(Clone, Debug)]
struct Piece {
    kind: Kind,
    /// No space stands before it.
    tight: bool,
}

/// The pieces of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    /// The words that are written in capitals, where not all are: `EST` is a zone, `est` is French.
    capitals: BTreeSet<String>,
}

/// Stands for the first zone that is named in full, the next character for the second.
const ZONE: u32 = 0xE000;

impl Pieces {
    pub(super) fn of(line: &str) -> Self {
        let mut zones = Vec::new();
        let chunks: Vec<String> = line
            .split_whitespace()
            .filter(|c| !c.contains("://"))
            .map(|c| with_zone(c, &mut zones))
            .collect();
        let text = chunks.join(" ");
        let is_capitals = |w: &&str| w.len() > 1 && w.chars().all(|c| c.is_ascii_uppercase());
        let words = text.split(|c: char| !c.is_alphabetic()).filter(is_capitals);
        let capitals =
            words.map(str::to_ascii_lowercase).filter(|_| text.contains(char::is_lowercase)).collect();
        let folded = months::with_one_word_months(&fold::letters(&text));
        let mut all = Self { pieces: cut(&folded, &zones), capitals };
        all.join_halves();
        all.count_hours();
        all
    }

    /// `p.m.`, `p. m.` and `p m` are `pm`.
    fn join_halves(&mut self) {
        let mut at = 0;
        while at < self.pieces.len() {
            let dot = usize::from(self.sign(at + 1, '.'));
            let half = match self.word(at) {
                Some("a") => Some("am"),
                Some("p") => Some("pm"),
                _ => None,
            };
            if let Some(half) = half.filter(|_| self.word(at + 1 + dot) == Some("m")) {
                let last = at + 2 + dot + usize::from(dot > 0 && self.sign(at + 2 + dot, '.'));
                self.pieces[at].kind = Kind::Word(half.to_owned());
                self.pieces.drain(at + 1..last);
            }
            at += 1;
        }
    }

    /// `at ten`, `dix heures`, `الساعة الثالثة`: numbers.
    fn count_hours(&mut self) {
        for at in 0..self.pieces.len() {
            let counts = |(_, words): &(u32, usize)| {
                let before = at > 0 && (self.one_of(at - 1, AT).or(self.one_of(at - 1, TO)) == Some(1));
                let from = at > 0 && self.one_of(at - 1, FROM) == Some(1);
                let after = [HOUR, O_CLOCK].iter().any(|list| self.one_of(at + words, list).is_some());
                before || from || after || matches!(self.word(at + words), Some("am" | "pm"))
            };
            if let Some((value, words)) = self.hour_in_words(at).filter(counts) {
                let digits = if value < 10 { 1 } else { 2 };
                self.pieces[at].kind = Kind::Number { value, digits };
                self.pieces.drain(at + 1..at + words);
            }
        }
    }

    fn hour_in_words(&self, at: usize) -> Option<(u32, usize)> {
        let hours =
            (1..).zip(HOURS_IN_WORDS).filter_map(|(hour, names)| Some((hour, self.one_of(at, names)?)));
        hours.max_by_key(|(_, words)| *words)
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn kind(&self, at: usize) -> Option<&Kind> {
        self.pieces.get(at).map(|p| &p.kind)
    }

    pub(super) fn is_tight(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|p| p.tight)
    }

    /// A number and how many digits it is written with.
    pub(super) fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.kind(at)? {
            Kind::Number { value, digits } => Some((*value, *digits)),
            _ => None,
        }
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        match self.kind(at)? {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn sign(&self, at: usize, sign: char) -> bool {
        self.kind(at) == Some(&Kind::Sign(sign))
    }

    /// That sign with a number right behind it: the number.
    pub(super) fn sign_and_number(&self, at: usize, sign: char) -> Option<(u32, usize)> {
        let near = self.sign(at, sign) && self.is_tight(at) && self.is_tight(at + 1);
        self.number(at + 1).filter(|_| near)
    }

    pub(super) fn is_capitals(&self, word: &str) -> bool {
        self.capitals.contains(word)
    }

    /// The phrase that begins here, and of how many words it is; of several the longest.
    pub(super) fn phrase<'p>(&self, at: usize, phrases: &[&'p str]) -> Option<(&'p str, usize)> {
        let first = self.word(at)?;
        let begins = |phrase: &&&str| phrase.split(' ').next() == Some(first);
        let is_here = |phrase: &&str| {
            let here = phrase.split(' ').enumerate().all(|(n, word)| self.word(at + n) == Some(word));
            here.then(|| phrase.split(' ').count())
        };
        let found = phrases.iter().filter(begins).filter_map(|phrase| Some((*phrase, is_here(phrase)?)));
        found.max_by_key(|(_, words)| *words)
    }

    /// Whether one of the phrases begins here, and of how many words it is.
    pub(super) fn one_of(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        self.phrase(at, phrases).map(|(_, words)| words)
    }

    /// The next piece from here that is no comma, full stop or bracket.
    pub(super) fn skip_signs(&self, at: usize) -> usize {
        (at..self.len()).find(|n| !matches!(self.kind(*n), Some(Kind::Sign(_)))).unwrap_or(self.len())
    }
}

/// A zone's full name becomes one character, so that neither its letters nor its signs are read.
fn with_zone(chunk: &str, zones: &mut Vec<Tz>) -> String {
    let name =
        chunk.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '(' | ')' | '[' | ']' | '?' | '!'));
    let number = u32::try_from(zones.len()).ok().and_then(|n| char::from_u32(ZONE + n));
    match (zone_words::of_full_name(name), number) {
        (Some(zone), Some(stand_in)) => {
            zones.push(zone);
            stand_in.to_string()
        }
        _ => chunk.to_owned(),
    }
}

fn cut(text: &str, zones: &[Tz]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut rest, mut tight) = (text, false);
    while let Some(c) = rest.chars().next() {
        let length = length_of(rest, c);
        let (here, after) = rest.split_at(length);
        let before = text[..text.len() - rest.len()].chars().next_back();
        let joins = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let joint = matches!(c, '-' | '\'') && joins(before) && joins(after.chars().next());
        if !c.is_whitespace() && !joint {
            pieces.push(Piece { kind: kind(here, c, zones), tight });
        }
        tight = !c.is_whitespace();
        rest = after;
    }
    pieces
}

/// How long the piece is that begins here. `l'après-midi` is three words, `aujourd'hui` one.
fn length_of(rest: &str, first: char) -> usize {
    if first.is_ascii_digit() {
        return rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    }
    let mut end = 0;
    for (at, c) in rest.char_indices() {
        let elided = c == '\'' && rest[..at].chars().count() > 1 && is_letter_at(rest, at + 1);
        if !(c.is_alphabetic() || c == '_' && at > 0 || elided) {
            break;
        }
        end = at + c.len_utf8();
    }
    end.max(first.len_utf8())
}

fn is_letter_at(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
}

fn kind(here: &str, first: char, zones: &[Tz]) -> Kind {
    let zone = u32::from(first).checked_sub(ZONE).and_then(|n| zones.get(usize::try_from(n).ok()?));
    match zone {
        Some(zone) => Kind::Zone(*zone),
        None if first.is_ascii_digit() => {
            Kind::Number { value: here.parse().unwrap_or(u32::MAX), digits: here.len() }
        }
        None if first.is_alphabetic() => Kind::Word(here.to_owned()),
        None => Kind::Sign(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let pieces = Pieces::of(line).pieces;
        let shown = pieces.iter().map(|p| match &p.kind {
            Kind::Number { value, .. } => value.to_string(),
            Kind::Word(word) => word.clone(),
            Kind::Sign(sign) => sign.to_string(),
            Kind::Zone(zone) => zone.name().to_owned(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_line_is_cut_into_numbers_words_and_signs() {
        for (line, wanted) in [
            ("2026-12-08T14:00Z", "2026 - 12 - 8 t 14 : 0 z"),
            ("à 14h30 de l’après-midi", "a 14 h 30 de l apres midi"),
            ("2:30 p.m. EST", "2 : 30 pm est"),
            ("aujourd'hui, 3 o'clock", "aujourd'hui , 3 o clock"),
            ("14:00 (America/New_York).", "14 : 0 America/New_York"),
            ("٣ كانون الأول", "3 كانون_الاول"),
            ("14:00 https://meet.example/1/2", "14 : 0"),
        ] {
            assert_eq!(shown(line), wanted, "{line}");
        }
    }
}
