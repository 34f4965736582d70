//! A departmental address that colleagues share: SAME or SECOND PERSON.

use super::command::Word;
use super::form_mail::FormMail;
use super::inquiry::{self, Asked, Inquiry};
use super::letter::Letter;
use super::record::Person;
use super::roster;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::AddrSpec;
use crate::mail::inbound::Inbound;
use chrono::NaiveDate;

/// Asks whether the new name is the same person's.
pub fn ask(turn: &mut Turn, sent: &FormMail) -> Verdict {
    inquiry::ask(turn, &sent.named(), Asked::Shared(sent.clone()), sent.answers.clone());
    Verdict::new(What::Done("same-or-second"), None)
}

/// Everybody at this address who has an entry.
pub fn entries(turn: &Turn, address: &AddrSpec) -> Vec<Person> {
    turn.people_at(address).into_iter().filter(|p| p.advisor.is_some()).collect()
}

/// The question.
pub fn letter(turn: &Turn, sent: &FormMail, until: NaiveDate) -> Letter {
    let known: Vec<String> = entries(turn, &sent.from.address).into_iter().map(|p| p.name).collect();
    Letter::SameOrSecond { name: sent.named().called().to_owned(), known: known.join("; "), until }
}

/// SAME: the entry takes the new name and all that the form says. SECOND PERSON: an entry of
/// its own. Of several entries SAME means the latest.
pub fn answered(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    sent: &FormMail,
    word: Word,
) -> Option<Verdict> {
    if !matches!(word, Word::Same | Word::SecondPerson) {
        return None;
    }
    inquiry::close(turn, inquiry);
    let sent = FormMail { answers: answering(mail), ..sent.clone() };
    let entries = entries(turn, &sent.from.address);
    Some(match entries.last() {
        Some(entry) if word == Word::Same => roster::update(turn, &sent, entry.clone()),
        _ => roster::enter(turn, &sent, None, next(turn, &sent.from.address)),
    })
}

/// The number of one more person at this address.
fn next(turn: &Turn, address: &AddrSpec) -> u32 {
    turn.people_at(address).iter().map(|p| p.nth.max(1) + 1).max().unwrap_or_default()
}
