//! What stands under a mail without being part of it: signatures and visiting cards.

use super::banner::after_banners;
use super::caseless_words::{CaselessWords, from_word, has_no_word};
use super::character::is_word;
use super::device_line::is_device_line;
use super::footer::{Strength, footer, only_footers_follow};
use super::html::CELL;
use super::signature_words::{CLOSINGS, INTRODUCES};
use super::speech_words::is_spoken;
use super::visible::visible;
use regex::Regex;
use std::sync::LazyLock;

/// Longer lines are paragraphs that somebody wrote.
pub(super) const LONGEST: usize = 400;

/// Where in a mail a stretch of the person's own text stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Only the first has a banner above it.
    pub first: bool,
    /// It comes from plain text, whose long lines are wrapped.
    pub wrapped: bool,
}

/// The lines of one stretch of the person's own text that are neither banner, signature
/// nor footer.
pub(super) fn without_footers<'a>(lines: &[&'a str], place: Place) -> Vec<&'a str> {
    let start = if place.first { after_banners(lines, place.wrapped) } else { 0 };
    let end = end_of_text(&lines[start..], place.first);
    lines[start..start + end].iter().copied().filter(|line| !is_device_line(line)).collect()
}

/// The same, less strictly, for a mail of which nothing else would be left: only what no
/// person writes goes.
pub(super) fn without_certain_footers<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let starts_paragraph = |at: usize| at == 0 || lines[at - 1].trim().is_empty();
    let ends = |at: &usize| {
        is_strict_delimiter(lines[*at])
            || footer(&lines[*at..], starts_paragraph(*at)) == Some(Strength::Strong)
    };
    let end = (0..lines.len()).find(ends).unwrap_or(lines.len());
    let is_own =
        |(at, line): (usize, &&str)| !is_device_line(line) && after_banners(&lines[at..=at], false) == 0;
    let own =
        lines[..end].iter().enumerate().filter(|(at, line)| line.trim().is_empty() || is_own((*at, line)));
    own.map(|(_, line)| *line).collect()
}

/// RFC 3676 §4.3: `-- ` alone on a line; without the space it is one too.
fn is_strict_delimiter(line: &str) -> bool {
    line.trim() == "--"
}

/// What people make of the delimiter: rules of any length and stroke.
pub(super) fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    let strokes = line.chars().filter(|c| !c.is_whitespace());
    !line.is_empty()
        && line != "-"
        && line.chars().all(|c| matches!(c, '-' | '‐' | '–' | '—' | '_' | '=' | '*' | ' '))
        && (strokes.count() >= 2 || line == "—")
}

/// How many of `lines` come before the signature and the footers under it. Only a mail's
/// first stretch must have words before them: a program may put them under the quotation.
fn end_of_text(lines: &[&str], first: bool) -> usize {
    let ends = |at: &usize| {
        let (line, rest) = (lines[*at], &lines[at + 1..]);
        let starts_paragraph = *at == 0 || lines[at - 1].trim().is_empty();
        let below_words = *at > 0 || !first;
        is_strict_delimiter(line) && filled(rest).take(31).count() <= 30
            || is_delimiter(line) && below_words && looks_signed(rest) && !announced(&lines[..*at])
            || ends_in_footer(&lines[*at..], starts_paragraph)
            || starts_paragraph && below_words && is_card(&lines[*at..]) && !announced(&lines[..*at])
    };
    let end = (0..lines.len()).find(ends).unwrap_or(lines.len());
    end_of_name(&lines[..end])
}

/// Whether a footer begins here and nothing of the person's follows it.
fn ends_in_footer(lines: &[&str], starts_paragraph: bool) -> bool {
    match footer(lines, starts_paragraph) {
        Some(Strength::Strong) => true,
        Some(Strength::Weak) => only_footers_follow(lines),
        None => false,
    }
}

/// A closing and a name may end a person's text; what stands below them by which to reach
/// somebody is a visiting card.
fn end_of_name(lines: &[&str]) -> usize {
    let from = lines.len().saturating_sub(24);
    let found = (from..lines.len()).rev().find(|at| is_closing(lines[*at]));
    let Some(closing) = found.filter(|at| *at > 0) else { return lines.len() };
    let below: Vec<usize> = (closing + 1..lines.len()).filter(|at| !lines[*at].trim().is_empty()).collect();
    let named = below.first().is_some_and(|at| is_name(lines[*at].trim()));
    let card: Vec<&str> = below.iter().skip(usize::from(named)).map(|at| lines[*at].trim()).collect();
    let is_card = (1..=16).contains(&card.len())
        && card.iter().all(|l| l.chars().count() <= 120 && !is_postscript(l) && !is_spoken(l))
        && card
            .iter()
            .rposition(|l| is_contact(l))
            .is_some_and(|last| !card[..=last].iter().any(|l| is_sentence(l)));
    match (is_card, named) {
        (true, true) => below[0] + 1,
        (true, false) => closing + 1,
        _ => lines.len(),
    }
}

/// Four words or more and a full stop: on a visiting card only a motto, below all else.
fn is_sentence(line: &str) -> bool {
    line.ends_with(['.', '?', '!', '؟', '。']) && line.split_whitespace().count() >= 4
}

fn is_postscript(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["ps", "p.s", "p. s", "n.b", "nb:", "ps:", "p-s"].iter().any(|ps| lower.starts_with(ps))
}

/// Whether a line ends a letter: "Best regards,", in many languages.
pub(super) fn is_closing(line: &str) -> bool {
    static CLOSES: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(CLOSINGS.iter().copied()));
    let closes = |line: &str| CLOSES.ends(line).any(|end| has_no_word(&line[end..]));
    line.len() <= 120 && closes(from_word(&visible(line)))
}

pub(super) fn filled<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty())
}

/// What follows a rule is a signature if it is short and either says how to reach
/// somebody or is no more than a name and a title. A person's own words may follow too.
fn looks_signed(rest: &[&str]) -> bool {
    let lines: Vec<&str> = filled(rest).take(13).collect();
    let short = lines.len() <= 12 && lines.iter().all(|l| l.chars().count() <= 80 && !is_spoken(l));
    let reachable = lines.iter().any(|l| is_contact(l));
    let named = lines.len() <= 4
        && lines.iter().all(|l| l.split_whitespace().count() <= 5 && !l.ends_with(['.', '?', ':']))
        && lines.iter().any(|l| is_name(l));
    short && (reachable || named || lines.is_empty() || lines.iter().all(|l| is_delimiter(l)))
}

/// A visiting card as the last paragraph: a full name, then at least two lines by which
/// to reach its owner. Rows of a table are none: forms look like that.
fn is_card(lines: &[&str]) -> bool {
    let card: Vec<&str> = lines.iter().map(|l| l.trim()).take_while(|l| !l.is_empty()).take(9).collect();
    let last = lines[card.len()..].iter().all(|l| l.trim().is_empty());
    let words: Vec<&str> = card.first().map(|l| l.split_whitespace().collect()).unwrap_or_default();
    last && (3..=8).contains(&card.len())
        && words.len() >= 2
        && is_name(card[0])
        && words.iter().all(|w| w.starts_with(|c: char| !c.is_lowercase()))
        && card.iter().all(|l| l.chars().count() <= 70 && !l.contains(CELL))
        && card[1..].iter().filter(|l| is_contact(l)).count() >= 2
}

/// "You can reach her here:" makes what follows a part of the mail; so does a sentence
/// about somebody to ask.
fn announced(before: &[&str]) -> bool {
    let last = before.iter().rev().find(|l| !l.trim().is_empty()).map(|l| l.trim_end());
    last.is_some_and(|l| l.ends_with([':', '：']) || (l.len() <= LONGEST && introduces(&visible(l))))
}

fn introduces(line: &str) -> bool {
    static ASKS: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(INTRODUCES.iter().copied()));
    let behind = line.match_indices(|c| !is_word(c)).map(|(at, mark)| at + mark.len());
    behind.chain([0]).any(|at| ASKS.ends(&line[at..]).next().is_some())
}

/// Two to four words that begin with capital letters, or one after a rule.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && words.iter().all(|w| w.starts_with(|c: char| c.is_alphabetic()) && !w.ends_with([':', '?', '!']))
        && words.iter().filter(|w| w.starts_with(|c: char| !c.is_lowercase())).count() * 2 >= words.len()
}

/// An address, a link or a telephone number.
pub(super) fn is_contact(line: &str) -> bool {
    static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\S{0,20}\s?\S+@\S+\.\S+$|www\.|https?://|\+?\(?\d[\d\s().-]{6,}\d")
            .expect("the pattern is a constant that the tests compile")
    });
    line.chars().count() <= 100 && CONTACT.is_match(line)
}
