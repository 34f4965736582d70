//! Which of the people who share an address is meant: never a guess.
//!
//! The letter that a mail answers was written to one of them; else the name in From tells;
//! else they are asked, and nothing happens before one of them is named.

use super::command::{self, Command, Word};
use super::form_mail::FormMail;
use super::inquiry::{self, Asked, Inquiry};
use super::letter::{Choice, Letter};
use super::oneself::Speaker;
use super::rank;
use super::record::{Case, LetterSent, Person, PersonKey};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{arrival, roster, token};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;
use serde::{Deserialize, Serialize};

/// What waits until it is known whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unattributed {
    /// A word about its writer.
    Mail(Box<Inbound>),
    /// Changes to an entry, without the name of one.
    Update(FormMail),
}

/// Who wrote.
pub enum Writer {
    Known(Mailbox),
    /// One of these.
    OneOf(Vec<Person>),
}

// ---- by the letter, or by name

/// Whoever says something about themselves.
pub fn writer(turn: &Turn, speaker: &Speaker, word: Word) -> Writer {
    let people = turn.people_at(&speaker.who.address);
    if people.len() < 2 || !tells_them_apart(word) {
        return Writer::Known(speaker.who.clone());
    }
    let by_letter = || letter_answered(turn, speaker.mail).and_then(|l| greeted(&people, &l));
    match by_letter().or_else(|| named(&people, speaker.who)) {
        Some(person) => Writer::Known(person.mailbox()),
        None => one_of(people, word),
    }
}

/// Words that do something to one person, or show what is hers. REPORT and STAFF wait for nobody.
fn tells_them_apart(word: Word) -> bool {
    use Word::*;
    matches!(word, Away | Back | Remove | Status | Language | MyData | ForgetMe)
}

/// Whoever has left the roster can neither be away nor leave it again.
fn one_of(people: Vec<Person>, word: Word) -> Writer {
    let about_roster = matches!(word, Word::Away | Word::Back | Word::Remove);
    let listed: Vec<&Person> = people.iter().filter(|p| p.is_on_roster()).collect();
    match listed.as_slice() {
        [one] if about_roster => Writer::Known(one.mailbox()),
        _ => Writer::OneOf(people),
    }
}

fn named(people: &[Person], who: &Mailbox) -> Option<Person> {
    let name = who.name.as_deref()?;
    people.iter().find(|p| rank::is_same_name(name, &p.name)).cloned()
}

/// Whom a letter greets.
fn greeted(people: &[Person], letter: &LetterSent) -> Option<Person> {
    let greeted =
        letter.to.iter().zip(&letter.names).filter(|(to, _)| people.iter().any(|p| p.address == **to));
    let mut found = greeted.filter_map(|(_, name)| people.iter().find(|p| rank::is_same_name(name, &p.name)));
    found.next().cloned()
}

/// The letter of ours that a mail answers: of several the one named last.
fn letter_answered(turn: &Turn, mail: &Inbound) -> Option<LetterSent> {
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    ids.filter_map(|id| turn.read::<LetterSent>(id.inner())).next()
}

/// Whom a letter to this address, or a case of somebody there, was for; whoever has the
/// address alone in any case.
pub fn addressee(
    turn: &Turn,
    address: &AddrSpec,
    letter: Option<&LetterSent>,
    case: Option<&Case>,
) -> Option<Person> {
    let people = turn.people_at(address);
    if people.len() < 2 {
        return people.into_iter().next();
    }
    let party = case.and_then(|case| Some((case, turn.party_of(case, address)?)));
    let in_case = || party.and_then(|(case, party)| named(&people, case.mailbox_of(party)));
    letter.and_then(|letter| greeted(&people, letter)).or_else(in_case)
}

// ---- asking

/// A word of one of them.
pub fn ask(turn: &mut Turn, speaker: &Speaker, people: &[Person]) -> &'static str {
    put(
        turn,
        speaker.who,
        Unattributed::Mail(Box::new(speaker.mail.clone())),
        people,
        answering(speaker.mail),
    );
    "which-person"
}

/// An update that names none of them.
pub fn ask_of_update(turn: &mut Turn, sent: &FormMail, people: &[Person]) -> Verdict {
    put(turn, &sent.from, Unattributed::Update(sent.clone()), people, sent.answers.clone());
    Verdict::new(What::Done("which-person"), None)
}

fn put(
    turn: &mut Turn,
    to: &Mailbox,
    what: Unattributed,
    people: &[Person],
    answers: Option<super::letter::Answered>,
) {
    let people = people.iter().map(PersonKey::from).collect();
    inquiry::ask(turn, to, Asked::WhichOf { what, people }, answers);
}

/// The question: a number or a name answers it.
pub fn letter(turn: &Turn, what: &Unattributed, people: &[PersonKey], again: bool) -> Letter {
    let names = people.iter().filter_map(|key| turn.person(key)).map(|p| p.name);
    let people = names.enumerate().map(|(n, name)| Choice { number: n + 1, name }).collect();
    let words = match what {
        Unattributed::Mail(mail) => said(mail),
        Unattributed::Update(sent) => sent.subject.clone(),
    };
    Letter::WhichOfYou { people, words: token::without_tokens(&words), again }
}

/// What was written; where a mail has no text, its subject.
fn said(mail: &Inbound) -> String {
    let subject = || mail.subject.clone().unwrap_or_default();
    Some(mail.new_text.clone()).filter(|text| !text.trim().is_empty()).unwrap_or_else(subject)
}

/// A number, or a name: what was written is that person's.
pub fn answered(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    (what, people): (&Unattributed, &[PersonKey]),
    word: Option<&Command>,
) -> Option<Verdict> {
    let people: Vec<Person> = people.iter().filter_map(|key| turn.person(key)).collect();
    let person = match word.map(|said| said.word) {
        Some(Word::Number(n)) => people.get(usize::from(n).checked_sub(1)?).cloned(),
        Some(_) => None,
        None => named_in(&people, &mail.new_text),
    }?;
    inquiry::close(turn, inquiry);
    Some(match what {
        Unattributed::Mail(first) => arrival::of_oneself(turn, first, &person.mailbox()),
        Unattributed::Update(sent) => {
            let sent = FormMail { answers: answering(mail), ..sent.clone() };
            roster::update(turn, &sent, person)
        }
    })
}

fn named_in(people: &[Person], text: &str) -> Option<Person> {
    let text = command::without_automatic_signature(text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let names: Vec<&str> = people.iter().map(|p| p.name.as_str()).collect();
    rank::nearest_names(line, &names).map(|n| people[n].clone())
}
