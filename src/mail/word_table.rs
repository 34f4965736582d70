//! Words and phrases of many languages, looked for all at once.
//!
//! An automaton of plain words: as regular expressions the same tables took tens of megabytes and
//! half a second to build.

use super::fold;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, StartKind};
use std::borrow::Cow;

/// A table of phrases, compared in the spelling of [`fold::letters`].
pub(super) struct WordTable {
    phrases: AhoCorasick,
}

impl WordTable {
    pub(super) fn of(phrases: &[&str]) -> Self {
        let folded = phrases.iter().map(|phrase| with_one_sigma(&fold::letters(phrase)).into_owned());
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).start_kind(StartKind::Both);
        let phrases = builder.build(folded).expect("a table of the program's own is not too large");
        Self { phrases }
    }

    /// Whether one of them stands anywhere in a folded text.
    pub(super) fn is_in(&self, folded: &str) -> bool {
        self.phrases.is_match(&*with_one_sigma(folded))
    }

    /// Whether a line of a folded text begins with one of them.
    pub(super) fn begins_a_line(&self, folded: &str) -> bool {
        let folded = with_one_sigma(folded);
        let begins =
            |line: &str| self.phrases.is_match(Input::new(line.trim_start()).anchored(Anchored::Yes));
        folded.split('\n').any(begins)
    }
}

/// Capitals do not tell whether a sigma ends its word.
fn with_one_sigma(text: &str) -> Cow<'_, str> {
    if text.contains('ς') { Cow::Owned(text.replace('ς', "σ")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_in_any_dress() {
        let table = WordTable::of(&["non remis", "εκτός γραφείου", "배달 실패"]);
        for text in ["Courrier NON REMIS hier", "ΕΚΤΟΣ ΓΡΑΦΕΙΟΥ", "배달 실패"] {
            assert!(table.is_in(&fold::letters(text)), "{text}");
        }
        assert!(!table.is_in("remis non"));
    }

    #[test]
    fn a_line_begins_with_them_or_does_not() {
        let table = WordTable::of(&["your message to", "votre message a"]);
        assert!(table.begins_a_line("hello,\r\n  your message to amina"));
        assert!(table.begins_a_line("votre message a"));
        assert!(!table.begins_a_line("about your message to amina"));
        assert!(!table.begins_a_line(""));
    }
}
