//! `ALSO ME address`: a second address of somebody, once that address has said yes.

use super::asking;
use super::command::Word;
use super::inquiry::{self, Asked, Inquiry, is_no, is_yes};
use super::letter::{Answered, ExceptionKind, Letter, SecondAddress};
use super::rank;
use super::record::Alias;
use super::staff;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;
use chrono::NaiveDate;

/// The word. The letter that asks goes to the other address.
pub fn said(turn: &mut Turn, mail: &Inbound, from: &Mailbox, argument: Option<&str>) {
    let written = argument.unwrap_or_default().trim();
    let Some(address) = address_of(written) else {
        return say(turn, from, answering(mail), written, SecondAddress::NoAddress);
    };
    let what = match hindrance(turn, from, &address) {
        Some(hindrance) => hindrance,
        None => {
            close_older(turn, from, &address);
            inquiry::ask(turn, &Mailbox::bare(address.clone()), Asked::AlsoMe { of: from.clone() }, None);
            SecondAddress::Asked
        }
    };
    say(turn, from, answering(mail), address.as_str(), what);
}

/// `amina@home.example.`, `<amina@home.example>`, `mailto:amina@home.example`.
fn address_of(written: &str) -> Option<AddrSpec> {
    let bare = written.trim_start_matches(['<', '(', '"', '*']).trim_start_matches("mailto:");
    let bare = bare.trim_end_matches(['>', ')', '"', '.', ',', ';', '!', '*']);
    asking::address_in(bare)
}

/// Said twice, it is asked once more, and the newer letter counts.
fn close_older(turn: &mut Turn, from: &Mailbox, address: &AddrSpec) {
    let same = |q: &&Inquiry| {
        q.to.address == *address && matches!(&q.what, Asked::AlsoMe { of } if of.address == from.address)
    };
    for older in turn.all_with::<Inquiry>(&address.key()).iter().filter(same) {
        inquiry::close(turn, older);
    }
}

/// Why an address cannot be somebody's second one.
fn hindrance(turn: &Turn, of: &Mailbox, address: &AddrSpec) -> Option<SecondAddress> {
    let rules = turn.rules;
    let ours = *address == rules.address
        || address.detail_of(&rules.address, &rules.subaddress).is_some()
        || rules.relays.contains(address)
        || rules.staff.iter().any(|s| s.mailbox.address == *address);
    if turn.is_same_person(address, &of.address) {
        return Some(SecondAddress::Already);
    }
    (ours || is_anothers(turn, of, address)).then_some(SecondAddress::Taken)
}

/// An address belongs to somebody once they are on the roster with it, have another one, or
/// have another name than the writer.
fn is_anothers(turn: &Turn, of: &Mailbox, address: &AddrSpec) -> bool {
    let is_alias = turn.first_address(address) != *address;
    let has_alias = !turn.second_addresses(address).is_empty();
    let own = turn.person_called(of).map_or_else(|| of.called().to_owned(), |p| p.name);
    let other = |p: &super::record::Person| p.advisor.is_some() || !rank::is_same_name(&p.name, &own);
    is_alias || has_alias || turn.people_at(address).iter().any(other)
}

/// Says what became of it. A From address is easily forged: whoever did not write this says NO.
fn say(turn: &mut Turn, to: &Mailbox, answers: Option<Answered>, written: &str, what: SecondAddress) {
    let address = asking::address_in(written);
    match address.filter(|_| matches!(what, SecondAddress::Asked | SecondAddress::Done)) {
        Some(address) => inquiry::ask(turn, to, Asked::NotMe { address, said: what }, answers),
        None => {
            let (name, address) = (to.called().to_owned(), written.to_owned());
            turn.tell(to, answers, Letter::SecondAddress { name, address, what });
        }
    }
}

/// NO from the first address: what was asked is closed, what was done is undone.
pub fn taken_back(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    address: &AddrSpec,
    word: Word,
) -> Option<Verdict> {
    if !is_no(word) {
        return None;
    }
    inquiry::close(turn, inquiry);
    close_older(turn, &inquiry.to, address);
    let alias = turn.read::<Alias>(&address.key());
    if alias.is_some_and(|alias| turn.is_same_person(&alias.of, &inquiry.to.address)) {
        turn.delete::<Alias>(&address.key());
    }
    say(turn, &inquiry.to, answering(mail), address.as_str(), SecondAddress::TakenBack);
    staff::note_exception(turn, ExceptionKind::NotTheirs, inquiry.to.called(), address.as_str(), None);
    Some(Verdict::new(What::Done("also-me-taken-back"), None))
}

/// The question, to the other address.
pub fn letter(of: &Mailbox, until: NaiveDate) -> Letter {
    Letter::AlsoYou { owner: of.called().to_owned(), address: of.address.to_string(), until }
}

/// YES from there makes it so; the first address hears of it.
pub fn answered(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    of: &Mailbox,
    word: Word,
) -> Option<Verdict> {
    let address = &inquiry.to.address;
    let done = Verdict::new(What::Done("also-me"), None);
    if is_yes(word) || word == Word::Mine {
        inquiry::close(turn, inquiry);
        remember(turn, of, address, None);
        return Some(done);
    }
    if is_no(word) {
        inquiry::close(turn, inquiry);
        say(turn, of, None, address.as_str(), SecondAddress::Refused);
        let closed = super::letter::Closed::Refused;
        inquiry::say_closed(turn, inquiry, answering(mail), closed);
        staff::note_exception(turn, ExceptionKind::NotTheirs, of.called(), address.as_str(), None);
        return Some(done);
    }
    None
}

/// From now on mail from this address is its owner's, unless it is somebody else's after all.
pub fn remember(turn: &mut Turn, of: &Mailbox, address: &AddrSpec, answers: Option<Answered>) {
    let first = turn.first_address(&of.address);
    let what = hindrance(turn, of, address).unwrap_or(SecondAddress::Done);
    if what == SecondAddress::Done {
        turn.put(&Alias { address: address.clone(), of: first.clone() });
    }
    let owner = Mailbox { name: of.name.clone(), address: first };
    say(turn, &owner, answers, address.as_str(), what);
}

/// The other address has said nothing.
pub fn lapsed(turn: &mut Turn, of: &Mailbox, address: &AddrSpec) {
    say(turn, of, None, address.as_str(), SecondAddress::Unanswered);
}
