//! What a person says about themselves, in a mail of its own or within a case.

use super::command::{self, Command, Word};
use super::letter::{Answered, Letter};
use super::record::{Case, Party, Person};
use super::turn::{Turn, answering};
use super::which_of::{self, Writer};
use super::{also_me, complaint, help, leave, roster, status, to_staff, token, tongue};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;

/// Who says something about themselves, and where.
pub struct Speaker<'a> {
    pub mail: &'a Inbound,
    pub who: &'a Mailbox,
    /// The case it was said in, and on which side of it.
    pub within: Option<(&'a Case, Party)>,
}

impl Speaker<'_> {
    /// What is known of them.
    pub fn person(&self, turn: &Turn) -> Option<Person> {
        turn.person_called(self.who)
    }

    /// Whether they belong here: a member, somebody on record, or staff.
    pub fn is_known(&self, turn: &Turn) -> bool {
        turn.knows(&self.who.address)
    }

    /// How to greet them.
    pub fn name(&self, turn: &Turn) -> Option<String> {
        let known = self.person(turn).map(|p| p.name).or_else(|| self.who.name.clone());
        let staff = || turn.rules.staff.iter().find(|s| s.mailbox.address == self.who.address);
        known.or_else(|| staff()?.mailbox.name.clone())
    }

    pub fn answers(&self) -> Option<Answered> {
        answering(self.mail)
    }

    /// Answers them, at the address that wrote.
    pub fn tell(&self, turn: &mut Turn, letter: Letter) {
        turn.tell(self.who, self.answers(), letter);
    }
}

/// Whether a word is about its writer, whatever it answers.
pub fn is_about_oneself(word: Word) -> bool {
    use Word::*;
    matches!(
        word,
        Help | Roster
            | Status
            | Language
            | MyData
            | ForgetMe
            | Report
            | Staff
            | Away
            | Back
            | Remove
            | AlsoMe
    )
}

/// Acts on such a word; the word for the journal, None where it is none of these.
pub fn said(turn: &mut Turn, speaker: &Speaker, said: &Command) -> Option<&'static str> {
    match which_of::writer(turn, speaker, said.word) {
        Writer::Known(who) => said_by(turn, &Speaker { who: &who, ..*speaker }, said),
        Writer::OneOf(people) => Some(which_of::ask(turn, speaker, &people)),
    }
}

fn said_by(turn: &mut Turn, speaker: &Speaker, said: &Command) -> Option<&'static str> {
    let done = match said.word {
        Word::Help => help::asked(turn, speaker),
        Word::Status => status::asked(turn, speaker),
        Word::Roster => {
            roster::asked(turn, speaker.mail, speaker.who, said.argument.as_deref());
            "roster"
        }
        Word::AlsoMe => {
            also_me::said(turn, speaker.mail, speaker.who, said.argument.as_deref());
            "also-me"
        }
        Word::Language => tongue::asked(turn, speaker, said.argument.as_deref()),
        Word::Away => leave::away(turn, speaker, said.argument.as_deref()),
        Word::Back => leave::back(turn, speaker),
        Word::Remove => leave::remove(turn, speaker),
        Word::Staff => to_staff::words(turn, speaker, said),
        Word::MyData | Word::ForgetMe => to_staff::data(turn, speaker, said.word),
        Word::Report => complaint::reported(turn, speaker, said),
        _ => return None,
    };
    say_what_was_left(turn, speaker, said);
    Some(done)
}

/// One line decides. A second word below it, or a whole sentence, was not acted on: its
/// writer must know. A name and a function below the word are a signature.
fn say_what_was_left(turn: &mut Turn, speaker: &Speaker, said: &Command) {
    if matches!(said.word, Word::Staff | Word::Report) {
        return;
    }
    let Some(note) = said.note.as_deref().map(token::without_tokens) else { return };
    let note = command::without_automatic_signature(&note);
    let is_word = |line: &str| command::read(line, None, &turn.rules.words).is_some();
    let is_sentence = |line: &str| line.split_whitespace().count() >= 6;
    if !note.lines().any(|line| is_word(line) || is_sentence(line)) || command::is_mere_thanks(&note) {
        return;
    }
    let letter = Letter::FirstLineOnly { name: speaker.name(turn), word: said.word.to_string(), rest: note };
    speaker.tell(turn, letter);
}
