//! Where a sentence ends, and what of a text is only punctuation.

use super::courtesy;
use crate::mail::fold::is_unseen;

/// Where the sentence ends: a full stop, not an ellipsis or the dot of `15. Dezember`;
/// a line end, unless the next line plainly goes on (`Yes,` / `but not before May`).
pub(super) fn sentence_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    text.char_indices().find_map(|(i, c)| {
        let next = text[i + c.len_utf8()..].chars().next();
        let ends = match c {
            '!' | ';' | '?' | '؟' | '؛' | '۔' | '。' | '！' | '？' => true,
            '.' => {
                let ellipsis = next == Some('.') || i > 0 && bytes[i - 1] == b'.';
                next.is_none_or(char::is_whitespace) && !ellipsis && !is_day(&text[..i])
            }
            '\n' => !goes_on(&text[..i], &text[i + 1..]),
            _ => false,
        };
        ends.then_some(i)
    })
}

/// Whether `before` ends in the number of a day: `until 15`.
fn is_day(before: &str) -> bool {
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (1..=2).contains(&digits) && before[..before.len() - digits].ends_with(' ')
}

/// Whether a sentence runs over a line end.
fn goes_on(line: &str, below: &str) -> bool {
    let unseen = |c: char| c.is_whitespace() || is_unseen(c);
    let line = line.trim_end_matches(unseen);
    let next = below.lines().next().unwrap_or("").trim_start_matches(unseen);
    let lower = next.starts_with(char::is_lowercase);
    let caseless = next.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase());
    let wrapped = line.chars().any(char::is_alphanumeric) && lower;
    let dangling = line.ends_with([',', '،', '-', '–', '—', ':', '…', '(']);
    let conditional = (lower || caseless) && courtesy::opens_a_condition(next);
    (dangling || conditional || wrapped) && !next.is_empty()
}

/// Marks of markdown, of quotation and of the writing direction: they never count.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '~' | '`' | '"' | '“' | '”' | '«' | '»' | '‘' | '’' | '\'') || is_unseen(c)
}

/// Within a spelling of several words.
pub(super) fn is_inner_gap(gap: &str) -> bool {
    gap.chars().all(|c| is_mark(c) || c == '-' || (c.is_whitespace() && c != '\n'))
}

pub(super) fn is_capitalised(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
}

/// The text without the punctuation that parted it from the word.
pub(super) fn trim_note(text: &str) -> &str {
    let opens = |c: char| {
        c.is_alphanumeric() || matches!(c, '(' | '[' | '<' | '#' | '@' | '+' | '¿' | '¡' | '“' | '«' | '"')
    };
    let text = text.trim_start_matches(|c: char| !opens(c));
    // A bracket or quote that was closing, not opening.
    text.trim_end()
}

pub(super) fn note(text: &str) -> Option<String> {
    let text = trim_note(text.trim_start_matches(['"', '”', '»', '*', '_']));
    Some(text.to_owned()).filter(|t| t.chars().any(char::is_alphanumeric))
}
