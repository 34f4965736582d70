//! What a person says about themselves, in a mail of its own or within a case.

use super::also_me;
use super::command::{Command, Word};
use super::roster;
use super::turn::Turn;
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;

/// Whether a word is about its writer, whatever it answers.
pub fn is_about_oneself(word: Word) -> bool {
    matches!(word, Word::Roster | Word::AlsoMe)
}

/// Acts on such a word; the word for the journal, None where it is none of these.
pub fn said(turn: &mut Turn, mail: &Inbound, from: &Mailbox, said: &Command) -> Option<&'static str> {
    match said.word {
        Word::Roster => {
            roster::asked(turn, mail, from, said.argument.as_deref());
            Some("roster")
        }
        Word::AlsoMe => {
            also_me::said(turn, mail, from, said.argument.as_deref());
            Some("also-me")
        }
        _ => None,
    }
}
