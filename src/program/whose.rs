//! A mail that may not be whose it says: the address on file decides.

use super::appointment::Appointment;
use super::command::Word;
use super::inquiry::{self, Act, Asked, Inquiry, is_no, is_yes};
use super::letter::{ExceptionKind, Letter, NewParty};
use super::record::{Case, Party, Reference};
use super::staff;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{also_me, arranging, arrival, case_reply, offer, staff_reply, token};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;

/// "Did you write this?" to the address on file: YES acts on the mail.
pub fn ask_whether_written(turn: &mut Turn, mail: &Inbound, to: &Mailbox, act: Act) {
    inquiry::ask(turn, to, Asked::Written { mail: Box::new(mail.clone()), act }, None);
}

/// The token came from another address: MINE, HE or NO.
pub fn ask_owner(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party) {
    let what = Asked::Whose { mail: Box::new(mail.clone()), case: case.reference.clone(), party };
    inquiry::ask(turn, &case.mailbox_of(party).clone(), what, None);
}

/// Subject and words of a mail, as they may be shown to somebody else.
pub fn shown(mail: &Inbound) -> (String, String) {
    let subject = mail.subject.as_deref().unwrap_or_default();
    (token::without_tokens(subject), token::without_tokens(&mail.new_text))
}

/// The question whose mail it is.
pub fn letter(mail: &Inbound, name: String, again: bool) -> Letter {
    let (subject, words) = shown(mail);
    let writer = mail.from.as_ref().map_or_else(String::new, |m| m.address.to_string());
    Letter::WhoseMail { name, writer, subject, words, again }
}

// ---- did you write this?

/// YES acts on the mail as if there had been no doubt.
pub fn written(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    (first, act): (&Inbound, &Act),
    word: Word,
) -> Option<Verdict> {
    if is_yes(word) || word == Word::Mine {
        inquiry::close(turn, inquiry);
        return Some(take(turn, first, &inquiry.to, act));
    }
    if is_no(word) {
        inquiry::close(turn, inquiry);
        nothing_done(turn, mail, &inquiry.to);
        let case = case_of(act);
        note(turn, first, case.as_ref());
        return Some(Verdict::new(What::Done("disowned"), case));
    }
    None
}

fn case_of(act: &Act) -> Option<Reference> {
    match act {
        Act::Case { case, .. } => Some(case.clone()),
        Act::Oneself | Act::Staff(_) => None,
    }
}

fn take(turn: &mut Turn, mail: &Inbound, from: &Mailbox, act: &Act) -> Verdict {
    match act {
        Act::Case { case, party } => match turn.read::<Case>(&case.0) {
            Some(case) => case_reply::act(turn, mail, case, *party),
            None => Verdict::new(What::Done("nothing-open"), None),
        },
        Act::Oneself => arrival::of_oneself(turn, mail, from),
        Act::Staff(person) => staff_reply::received(turn, mail, from, person),
    }
}

fn nothing_done(turn: &mut Turn, mail: &Inbound, to: &Mailbox) {
    let letter = Letter::NothingDone { name: to.called().to_owned(), advisor: None };
    turn.tell(to, answering(mail), letter);
}

/// Staff see that somebody wrote in another's name.
fn note(turn: &mut Turn, mail: &Inbound, case: Option<&Reference>) {
    let who = mail.from.as_ref().map_or_else(String::new, |m| m.address.to_string());
    let (subject, _) = shown(mail);
    staff::note_exception(turn, ExceptionKind::NotTheirs, &who, &subject, case.cloned());
}

/// Asked twice, and no word: staff read the mail. The address on file was told all there is.
pub fn nobody_said(turn: &mut Turn, mail: &Inbound, act: &Act) {
    let who = mail.from.as_ref().map_or_else(String::new, |m| m.called().to_owned());
    let (subject, _) = shown(mail);
    staff::note_exception(turn, ExceptionKind::Stranger, &who, &subject, case_of(act));
}

// ---- MINE, HE, NO

/// What the party says of a mail that came with its token from another address.
pub fn answered(
    turn: &mut Turn,
    mail: &Inbound,
    inquiry: &Inquiry,
    (first, reference, party): (&Inbound, &Reference, Party),
    word: Word,
) -> Option<Verdict> {
    let case = turn.read::<Case>(&reference.0)?;
    let writer = first.from.clone()?;
    let verdict = match word {
        Word::Mine => {
            inquiry::close(turn, inquiry);
            also_me::remember(turn, &inquiry.to, &writer.address, answering(mail));
            case_reply::act(turn, first, case, party)
        }
        Word::He => {
            inquiry::close(turn, inquiry);
            hand_over(turn, first, case, party, writer)
        }
        word if is_no(word) => {
            inquiry::close(turn, inquiry);
            nothing_done(turn, mail, &inquiry.to);
            note(turn, first, Some(reference));
            Verdict::new(What::Done("disowned"), Some(reference.clone()))
        }
        _ => return None,
    };
    Some(verdict)
}

/// The owner says nothing: staff read the mail, and its writer hears that.
pub fn owner_silent(turn: &mut Turn, mail: &Inbound, case: &Reference, party: Party) {
    match mail.from.clone() {
        Some(from) => drop(arrival::hold_words(turn, mail, &from, Some(case.clone()))),
        None => nobody_said(turn, mail, &Act::Case { case: case.clone(), party }),
    }
}

/// HE: the writer is the party from now on, and what he wrote counts.
fn hand_over(turn: &mut Turn, mail: &Inbound, mut case: Case, party: Party, writer: Mailbox) -> Verdict {
    let owner = case.mailbox_of(party).clone();
    offer::leave_load(turn, &case);
    match party {
        Party::Advisee => case.advisee = writer.clone(),
        Party::Advisor(n) => {
            let attempt = case.attempts.get_mut(n);
            attempt.into_iter().for_each(|a| (a.advisor, a.entry) = (writer.clone(), None));
        }
    }
    offer::keep_load(turn, &case);
    turn.put(&case);
    tell_of_hand_over(turn, mail, &case, party, &owner);
    let about = format!("{} → {}", owner.called(), writer.address);
    let reference = Some(case.reference.clone());
    staff::note_exception(turn, ExceptionKind::HandedOver, owner.called(), &about, reference);
    let arranged = |turn: &Turn| turn.read::<Appointment>(&case.reference.0);
    let before = arranged(turn);
    let verdict = case_reply::act(turn, mail, case.clone(), party);
    if before == arranged(turn)
        && let Some(case) = turn.read::<Case>(&case.reference.0)
    {
        arranging::taken_over(turn, &case, party);
    }
    verdict
}

/// The new party, the one who gave it away, and the other side all hear of it.
fn tell_of_hand_over(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, owner: &Mailbox) {
    let writer = case.mailbox_of(party).called().to_owned();
    let other = case.other(party);
    let decides = turn.said(mail).is_some();
    let letter = |name: &str, reader| Letter::HandedOver {
        name: name.to_owned(),
        owner: owner.called().to_owned(),
        writer: writer.clone(),
        other: other.map_or_else(String::new, |o| case.mailbox_of(o).called().to_owned()),
        issue: case.issue.clone(),
        reader,
        to_advisor: party != Party::Advisee,
        asked: case_reply::waits_for(case, party) && !decides,
    };
    turn.tell_party(case, party, answering(mail), letter(&writer, NewParty::Writer));
    turn.tell(owner, None, letter(owner.called(), NewParty::Owner));
    if let Some(side) = other.filter(|_| case.stage.is_open()) {
        let name = case.mailbox_of(side).called();
        turn.tell_party(case, side, None, letter(name, NewParty::Other));
    }
}
