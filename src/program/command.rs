//! Words: what the first new line of a mail decides.

use super::courtesy;
use super::line::Line;
pub use super::word::Word;
pub use super::words::Words;
use super::words::pieces;

/// What a mail decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub word: Word,
    /// What the word is about: `45` for HELD 45, the question of ASK, the words of ROSTER,
    /// the date (as written) of AWAY UNTIL, a language tag, an address, a name.
    pub argument: Option<String>,
    /// What is said together with a refusal, or with AWAY about another person.
    pub also: Option<Also>,
    /// All that was written after the word, for passing on.
    pub note: Option<String>,
}

/// A second thing said in one breath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Also {
    /// `DECLINE AND AWAY UNTIL date`, the date as written.
    AwayUntil(String),
    /// `DECLINE, TRY name`
    Try(String),
}

/// Reads the first line of the new text; where there is no text, the subject.
pub fn read(new_text: &str, subject: Option<&str>, words: &Words) -> Option<Command> {
    read_text(&deciding_text(new_text, subject)?, words)
}

/// REPORT or STAFF alone as the subject of a mail that says the rest in its text: whatever
/// that is, it is meant for people, and must not wait until somebody looks.
pub fn for_people(new_text: &str, subject: &str, words: &Words) -> Option<Command> {
    let said = read_text(subject.trim(), words).filter(|said| said.note.is_none() && said.also.is_none())?;
    let text = Some(without_automatic_signature(new_text)).filter(|text| !text.is_empty());
    match said.word {
        Word::Report => Some(Command { note: text, ..said }),
        Word::Staff => Some(Command {
            argument: said.argument.into_iter().chain(text).reduce(|a, b| a + "\n" + &b),
            ..said
        }),
        _ => None,
    }
}

/// The language of the deciding word, where only one language has it.
pub fn language<'w>(new_text: &str, subject: Option<&str>, words: &'w Words) -> Option<&'w str> {
    let text = deciding_text(new_text, subject)?;
    read_text(&text, words)?;
    let found = pieces(courtesy::after_greeting(&text, words));
    // The word may come after a regret: `Désolée, je ne peux pas`.
    (0..found.len().min(4)).find_map(|from| words.language_at(&found[from..]))
}

/// The new text; where there is none, the subject.
fn deciding_text(new_text: &str, subject: Option<&str>) -> Option<String> {
    let text = courtesy::without_automatic_signature(new_text);
    let says = text.chars().any(char::is_alphanumeric);
    if says { Some(text) } else { Some(bare_subject(subject?)) }
}

/// Whether a text is nothing but "thanks", "ok" or a gesture: neither passed on nor answered.
pub fn is_mere_thanks(new_text: &str) -> bool {
    courtesy::is_mere_thanks(new_text)
}

/// The text up to a signature delimiter, without the lines that mail programs add.
pub fn without_automatic_signature(text: &str) -> String {
    courtesy::without_automatic_signature(text)
}

fn read_text(text: &str, words: &Words) -> Option<Command> {
    let text = courtesy::after_greeting(text, words);
    Line::that_may_decide(text, words)?.read()
}

/// The subject without `Re:` and its kin, and without `[tags]`.
fn bare_subject(subject: &str) -> String {
    let mut bare = String::new();
    let mut depth = 0_u32;
    for c in subject.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    without_prefixes(&bare)
}

/// The subject without `Re:` and its kin.
pub(super) fn without_prefixes(subject: &str) -> String {
    let mut bare = subject.trim();
    while let Some((prefix, rest)) = bare.split_once([':', '：'])
        && courtesy::is_reply_prefix(prefix)
    {
        bare = rest.trim();
    }
    bare.to_owned()
}

#[cfg(test)]
#[path = "arabic_tests.rs"]
mod arabic_tests;
#[cfg(test)]
#[path = "french_tests.rs"]
mod french_tests;
#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
