//! Words for the staff alone: STAFF, MY DATA, FORGET ME.

use super::command::{Command, Word};
use super::letter::{ExceptionKind, WithStaff};
use super::oneself::Speaker;
use super::staff::{self, Held};
use super::token;
use super::turn::Turn;

/// `STAFF text`: the staff read it, and nobody else.
pub fn words(turn: &mut Turn, speaker: &Speaker, said: &Command) -> &'static str {
    let whole = said.argument.clone().or(said.note.clone()).unwrap_or_default();
    keep(turn, speaker, ExceptionKind::ToStaff, WithStaff::ToStaff, &whole);
    "to-staff"
}

/// `MY DATA` and `FORGET ME`: staff answer them.
pub fn data(turn: &mut Turn, speaker: &Speaker, word: Word) -> &'static str {
    let text = token::without_tokens(&speaker.mail.new_text);
    if word == Word::ForgetMe {
        keep(turn, speaker, ExceptionKind::ErasureAsked, WithStaff::Erasure, &text);
        return "erasure-asked";
    }
    keep(turn, speaker, ExceptionKind::DataAsked, WithStaff::Data, &text);
    "data-asked"
}

fn keep(turn: &mut Turn, speaker: &Speaker, kind: ExceptionKind, what: WithStaff, whole: &str) {
    let whole = token::without_tokens(whole).trim().to_owned();
    let subject = speaker.mail.subject.clone().unwrap_or_default();
    let held = Held {
        kind,
        what,
        about: if whole.is_empty() { subject } else { whole.clone() },
        form: None,
        understood: Vec::new(),
        case: speaker.within.map(|(case, _)| case.reference.clone()),
    };
    let words = Some(whole).filter(|w| !w.is_empty());
    staff::hold_with(turn, speaker.who, speaker.answers(), held, words);
}
