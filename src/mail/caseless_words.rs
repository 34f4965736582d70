//! Words of many languages, found in a text whatever the case.
//!
//! As regular expressions with `(?i)` the same tables took half a second to build.

use super::character::{caseless, is_word};
use super::visible::visible;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// As it is compared: with one case, and one kind of white space.
fn spelled(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { caseless(c) }).collect()
}

/// Phrases, as a [`visible`] text has them, looked for anywhere.
pub(super) struct CaselessPhrases {
    phrases: AhoCorasick,
}

impl CaselessPhrases {
    pub(super) fn of(phrases: &[&str]) -> Self {
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest);
        let spelled = phrases.iter().map(|phrase| spelled(&visible(phrase)));
        Self { phrases: builder.build(spelled).expect("a table of the program's own is not too large") }
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.phrases.is_match(&spelled(text))
    }

    /// Where they stand, from the first to the last; the longest where several begin.
    pub(super) fn places(&self, text: &str) -> Vec<Range<usize>> {
        let spelled = spelled(text);
        // A letter of the other case may be longer.
        let place = |at: usize| match text.is_ascii() {
            true => at,
            false => text.char_indices().nth(spelled[..at].chars().count()).map_or(text.len(), |(at, _)| at),
        };
        self.phrases.find_iter(&spelled).map(|found| place(found.start())..place(found.end())).collect()
    }
}

/// A text from its first letter or figure on.
pub(super) fn from_word(text: &str) -> &str {
    text.trim_start_matches(|c| !is_word(c))
}

/// Whether neither letters nor figures stand in it.
pub(super) fn has_no_word(text: &str) -> bool {
    !text.contains(is_word)
}

/// Words, as a [`visible`] text has them, that a text may begin with.
pub(super) struct CaselessWords {
    /// By their first letter, the longest first.
    by_first: BTreeMap<char, Vec<String>>,
}

impl CaselessWords {
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        Self::spelled(words.map(|word| spelled(&visible(word))))
    }

    /// For texts whose characters stand in reverse.
    pub(super) fn backwards<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        Self::spelled(words.map(|word| spelled(&visible(word)).chars().rev().collect()))
    }

    fn spelled(words: impl Iterator<Item = String>) -> Self {
        let mut by_first: BTreeMap<char, Vec<String>> = BTreeMap::new();
        for word in words {
            if let Some(first) = word.chars().next() {
                by_first.entry(first).or_default().push(word);
            }
        }
        by_first.values_mut().for_each(|words| words.sort_by_key(|word| std::cmp::Reverse(word.len())));
        Self { by_first }
    }

    /// Where those end that the text begins with, the longest first.
    pub(super) fn ends<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> + 'a {
        let first = text.chars().next().map(caseless);
        let words = first.and_then(|first| self.by_first.get(&first));
        words.into_iter().flatten().filter_map(|word| end_of(word, text))
    }
}

fn end_of(word: &str, text: &str) -> Option<usize> {
    let mut rest = text.chars();
    let begins = word.chars().all(|letter| {
        rest.next().is_some_and(|c| caseless(c) == letter || (letter == ' ' && c.is_whitespace()))
    });
    begins.then(|| text.len() - rest.as_str().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_where_they_stand_whatever_the_length_of_capitals() {
        let phrases = CaselessPhrases::of(&["straße", "groß", "groß und klein"]);
        assert_eq!(phrases.places("GROẞ GROẞ UND\u{a0}KLEIN, STRAẞE"), [0..6, 7..24, 26..34]);
        assert!(phrases.is_in("x groß") && !phrases.is_in("gros"));
    }

    #[test]
    fn the_longest_word_is_found_first_in_any_case() {
        let words = CaselessWords::of(["sent", "Écrit", "sent from", "é"].into_iter());
        assert_eq!(words.ends("SENT\u{a0}From x").collect::<Vec<_>>(), [10, 4]);
        assert_eq!(words.ends("écrit").collect::<Vec<_>>(), [6, 2]);
        assert_eq!(words.ends("sen").chain(words.ends("")).next(), None);
    }
}
