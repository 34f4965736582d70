//! A question to one person that a word of theirs decides: kept, put again, and let go.
//!
//! Nothing changes before it is answered. Whoever is asked answers with the token of the
//! letter, so that the answer is theirs.

use super::command::{Command, Word, is_mere_thanks};
use super::form_mail::FormMail;
use super::letter::{Answered, Closed, InquiryKind, Letter, SecondAddress, Thread};
use super::oneself::Speaker;
use super::record::{Case, Owner, Party, PersonKey, Reference, Timestamp};
use super::schedule::TimerKind;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::which_of::{self, Unattributed};
use super::{also_me, arrival, case_reply, claim, oneself, request, shared_address, whose};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;
use serde::{Deserialize, Serialize};

/// One that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    pub reference: Reference,
    /// Who was asked: only their word answers it.
    pub to: Mailbox,
    pub what: Asked,
    pub since: Timestamp,
    /// When it is let go.
    pub until: Timestamp,
    #[serde(default)]
    pub again: bool,
}

/// What is asked, with all that the answer needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// YES or NO: the website sent this form in your name.
    Claim(FormMail),
    /// SAME or SECOND PERSON: this address already has an entry under another name.
    Shared(FormMail),
    /// YES or NO: somebody says that this is another address of theirs.
    AlsoMe { of: Mailbox },
    /// NO: it was not me who said that this address is mine. Silence is consent.
    NotMe { address: AddrSpec, said: SecondAddress },
    /// YES or NO: did you write this?
    Written { mail: Box<Inbound>, act: Act },
    /// Which of the people who share this address wrote it.
    WhichOf { what: Unattributed, people: Vec<PersonKey> },
    /// MINE, HE or NO: somebody else's address wrote with your token.
    Whose { mail: Box<Inbound>, case: Reference, party: Party },
}

/// What a mail does once its writer is sure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A reply within a case.
    Case { case: Reference, party: Party },
    /// A form, or a word about oneself.
    Oneself,
    /// A staff person's reply.
    Staff(AddrSpec),
}

impl Asked {
    /// After how many days it is put again, and after how many it is let go.
    fn days(&self) -> (Option<u32>, u32) {
        match self {
            Asked::Claim(_) => (Some(7), 14),
            Asked::Shared(_) | Asked::AlsoMe { .. } => (None, 14),
            Asked::NotMe { .. } => (None, 30),
            // A mail whose writer is in doubt may be an acceptance: it does not wait for long.
            Asked::Written { .. } | Asked::Whose { .. } | Asked::WhichOf { .. } => (Some(3), 7),
        }
    }

    fn kind(&self) -> InquiryKind {
        match self {
            Asked::Claim(_) => InquiryKind::Claim,
            Asked::Shared(_) => InquiryKind::Shared,
            Asked::AlsoMe { .. } | Asked::NotMe { .. } => InquiryKind::AlsoMe,
            Asked::Written { .. } | Asked::Whose { .. } | Asked::WhichOf { .. } => InquiryKind::Mail,
        }
    }

    /// The case it is about, and who is asked there.
    fn party(&self) -> Option<(&Reference, Party)> {
        match self {
            Asked::Written { act: Act::Case { case, party }, .. } | Asked::Whose { case, party, .. } => {
                Some((case, *party))
            }
            _ => None,
        }
    }
}

/// Asks.
pub fn ask(turn: &mut Turn, to: &Mailbox, what: Asked, answers: Option<Answered>) {
    let (again, end) = what.days();
    let inquiry = Inquiry {
        reference: turn.new_reference(),
        to: to.clone(),
        since: turn.now,
        until: request::in_days(turn, end),
        again: false,
        what,
    };
    let due = again.map(|days| request::in_days_by_day(turn, days)).filter(|due| *due < inquiry.until);
    set_timer(turn, &inquiry, due.unwrap_or(inquiry.until));
    put_to(turn, &inquiry, answers);
    turn.put(&inquiry);
}

fn set_timer(turn: &mut Turn, inquiry: &Inquiry, due: Timestamp) {
    turn.set_timer(due, TimerKind::Inquiry { inquiry: inquiry.reference.clone() });
}

/// The letter, with the token by which its answer counts.
fn put_to(turn: &mut Turn, inquiry: &Inquiry, answers: Option<Answered>) {
    let letter = letter(turn, inquiry);
    let reference = &inquiry.reference;
    let token = turn.token(reference, &Owner::Inquiry(reference.clone()));
    let case = inquiry.what.party().and_then(|(r, party)| Some((turn.read::<Case>(&r.0)?, party)));
    let thread = Thread {
        reference: case.as_ref().map_or_else(|| reference.clone(), |(case, _)| case.reference.clone()),
        token: Some(token),
    };
    let answers = answers.or_else(|| case.and_then(|(case, party)| case.thread_of(party)));
    turn.tell_with(&inquiry.to, thread, answers, letter);
}

fn letter(turn: &Turn, inquiry: &Inquiry) -> Letter {
    let name = inquiry.to.called().to_owned();
    let until = request::day_of(turn, inquiry.until);
    match &inquiry.what {
        Asked::Claim(sent) => claim::letter(sent, name, until, inquiry.again),
        Asked::Shared(sent) => shared_address::letter(turn, sent, until),
        Asked::AlsoMe { of } => also_me::letter(of, until),
        Asked::NotMe { address, said } => {
            Letter::SecondAddress { name, address: address.to_string(), what: *said }
        }
        Asked::Written { mail, .. } => {
            let (subject, words) = whose::shown(mail);
            Letter::DidYouWrite { name, subject, words, again: inquiry.again }
        }
        Asked::WhichOf { what, people } => which_of::letter(turn, what, people, inquiry.again),
        Asked::Whose { mail, .. } => whose::letter(mail, name, inquiry.again),
    }
}

/// Nobody has answered: it is put again, or let go with a letter.
pub fn due(turn: &mut Turn, reference: &Reference) -> Verdict {
    let Some(mut inquiry) = turn.read::<Inquiry>(&reference.0) else {
        return Verdict::new(What::Done("nothing-open"), None);
    };
    if turn.now < inquiry.until {
        inquiry.again = true;
        set_timer(turn, &inquiry, inquiry.until);
        put_to(turn, &inquiry, None);
        turn.put(&inquiry);
        return Verdict::new(What::Done("inquiry-again"), None);
    }
    close(turn, &inquiry);
    match &inquiry.what {
        Asked::Claim(_) | Asked::Shared(_) | Asked::WhichOf { .. } => {
            say_closed(turn, &inquiry, None, Closed::Lapsed);
        }
        Asked::AlsoMe { of } => also_me::lapsed(turn, of, &inquiry.to.address),
        Asked::NotMe { .. } => (),
        Asked::Written { mail, act } => whose::nobody_said(turn, mail, act),
        Asked::Whose { mail, case, party } => whose::owner_silent(turn, mail, case, *party),
    }
    Verdict::new(What::Done("inquiry-lapsed"), None)
}

/// The case that an open question is about.
pub fn case_of(turn: &Turn, reference: &Reference) -> Option<Reference> {
    let inquiry = turn.read::<Inquiry>(&reference.0)?;
    inquiry.what.party().map(|(case, _)| case.clone())
}

/// It is not open any more.
pub fn close(turn: &mut Turn, inquiry: &Inquiry) {
    turn.delete::<Inquiry>(&inquiry.reference.0);
    turn.cancel_timer(TimerKind::Inquiry { inquiry: inquiry.reference.clone() }.id());
}

/// Says to the one who was asked that it is closed, and nothing has changed.
pub fn say_closed(turn: &mut Turn, inquiry: &Inquiry, answers: Option<Answered>, why: Closed) {
    let letter =
        Letter::QuestionClosed { name: inquiry.to.called().to_owned(), what: inquiry.what.kind(), why };
    turn.tell(&inquiry.to, answers, letter);
}

/// A reply that carries the token of a question.
pub fn answered(turn: &mut Turn, mail: &Inbound, from: &Mailbox, reference: &Reference) -> Verdict {
    let Some(inquiry) = turn.read::<Inquiry>(&reference.0) else { return over(turn, mail, from) };
    let case = inquiry.what.party().map(|(case, _)| case.clone());
    if !turn.is_same_person(&inquiry.to.address, &from.address) {
        return arrival::hold_words(turn, mail, from, case);
    }
    let said = turn.said(mail);
    let is_word = said.is_some();
    let decided = decide(turn, mail, &inquiry, said.as_ref());
    if let Some(verdict) = decided {
        return verdict;
    }
    let about_oneself = said.filter(|said| oneself::is_about_oneself(said.word));
    let speaker = Speaker { mail, who: from, within: None };
    if let Some(word) = about_oneself.and_then(|said| oneself::said(turn, &speaker, &said)) {
        return Verdict::new(What::Done(word), case);
    }
    if is_mere_thanks(&mail.new_text) {
        return Verdict::new(What::Done("thanks"), case);
    }
    match within_case(turn, mail, &inquiry, is_word) {
        Some(verdict) => verdict,
        None => arrival::hold_words(turn, mail, from, case),
    }
}

/// "Did you write this?" was answered with another word of the case. This mail is certainly
/// theirs: what it says is done, and the question is over. Prose is read by the staff.
fn within_case(turn: &mut Turn, mail: &Inbound, inquiry: &Inquiry, is_word: bool) -> Option<Verdict> {
    let Asked::Written { act: Act::Case { case, party }, .. } = &inquiry.what else { return None };
    let case = turn.read::<Case>(&case.0)?;
    if !is_word {
        let word = case_reply::leave_to_staff(turn, mail, &case, *party);
        return Some(Verdict::new(What::Done(word), Some(case.reference)));
    }
    close(turn, inquiry);
    Some(case_reply::act(turn, mail, case, *party))
}

/// What the word does; None where it answers nothing here.
fn decide(turn: &mut Turn, mail: &Inbound, inquiry: &Inquiry, said: Option<&Command>) -> Option<Verdict> {
    let word = said.map(|said| said.word);
    match &inquiry.what {
        Asked::WhichOf { what, people } => which_of::answered(turn, mail, inquiry, (what, people), said),
        Asked::Claim(sent) => claim::answered(turn, mail, inquiry, sent, word?),
        Asked::Shared(sent) => shared_address::answered(turn, mail, inquiry, sent, word?),
        Asked::AlsoMe { of } => also_me::answered(turn, mail, inquiry, of, word?),
        Asked::NotMe { address, .. } => also_me::taken_back(turn, mail, inquiry, address, word?),
        Asked::Written { mail: first, act } => whose::written(turn, mail, inquiry, (first, act), word?),
        Asked::Whose { mail: first, case, party } => {
            whose::answered(turn, mail, inquiry, (first, case, *party), word?)
        }
    }
}

/// An answer that comes twice, or too late.
fn over(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    if !is_mere_thanks(&mail.new_text) {
        let letter = Letter::QuestionClosed {
            name: from.called().to_owned(),
            what: InquiryKind::Any,
            why: Closed::Before,
        };
        turn.tell(from, answering(mail), letter);
    }
    Verdict::new(What::Done("nothing-open"), None)
}

/// Whether a word says yes to a question of ours, whatever the language calls it.
pub fn is_yes(word: Word) -> bool {
    matches!(word, Word::Yes | Word::Accept)
}

/// Whether a word says no.
pub fn is_no(word: Word) -> bool {
    matches!(word, Word::No | Word::Decline)
}
