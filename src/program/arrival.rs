//! A mail has arrived: what it is about, and which rule family answers it.

use super::command::{self, Word};
use super::form_mail::FormMail;
use super::letter::{ExceptionKind, Letter, WithStaff};
use super::record::{
    Case, Counted, FirstSeen, Handled, LetterSent, Owner, Party, Reference, Token, TokenOwner, Unsure,
};
use super::staff::{self, Held};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{absence, bounce, by_hand, case_reply, draft, form_mail, oneself, question, staff_reply, token};
use crate::mail::address::Mailbox;
use crate::mail::form;
use crate::mail::inbound::{Authentication, Inbound, Origin};
use std::collections::BTreeSet;

/// Decides a mail, once.
pub fn arrived(turn: &mut Turn, mail: &Inbound) -> Verdict {
    if let Some(before) = turn.read::<Handled>(&turn.input().0.clone()) {
        // What was not for us is left as it was found, however often it is read.
        let left = before.verdict.starts_with(Verdict::new(What::NotForUs, None).what_word());
        return Verdict::new(if left { What::NotForUs } else { What::AlreadyHandled }, None);
    }
    let verdict = match mail.origin {
        Origin::Own => Verdict::new(What::Own, None),
        Origin::DeliveryReport => bounce::reported(turn, mail),
        Origin::AutoReply => absence::noted(turn, mail),
        Origin::FeedbackReport | Origin::MailingList => Verdict::new(What::NotForUs, None),
        Origin::Human => by_person(turn, mail),
    };
    remember(turn, mail, &verdict);
    verdict
}

fn remember(turn: &mut Turn, mail: &Inbound, verdict: &Verdict) {
    let handled = Handled { input: turn.input().0.clone(), at: turn.now, verdict: verdict.to_string() };
    turn.put(&handled);
    turn.count(if verdict.is_handled() { Counted::MailReceived } else { Counted::NotForUs });
    if verdict.is_handled() {
        note_first_seen(turn, mail, verdict);
    }
}

/// The same Message-ID with other content is another input, and staff are told: the
/// sender chooses it, so it proves nothing.
fn note_first_seen(turn: &mut Turn, mail: &Inbound, verdict: &Verdict) {
    let Some(id) = &mail.message_id else { return };
    let who = mail.from.as_ref().map_or("?", |m| m.called()).to_owned();
    match turn.read::<FirstSeen>(id.inner()) {
        None => {
            let (input, case) = (turn.input().0.clone(), case_of_party(turn, mail, verdict));
            turn.put(&FirstSeen { message_id: id.clone(), input, case });
        }
        Some(_) => {
            let subject = mail.subject.clone().unwrap_or_default();
            staff::note_exception(turn, ExceptionKind::SameIdOtherContent, &who, &subject, None);
        }
    }
}

/// The case that a mail was decided in, if a party of it wrote.
fn case_of_party(turn: &Turn, mail: &Inbound, verdict: &Verdict) -> Option<Reference> {
    let case: Case = turn.read(&verdict.case.as_ref()?.0)?;
    let from = mail.from.as_ref()?;
    case.party_of(&from.address).map(|_| case.reference)
}

/// A person wrote; what nothing understands is a question to the staff.
fn by_person(turn: &mut Turn, mail: &Inbound) -> Verdict {
    let from = mail.from.as_ref().filter(|from| may_be_answered(turn, from));
    if from.is_some_and(|from| by_hand::is_conversation(turn, mail, from)) {
        return Verdict::new(What::NotForUs, None);
    }
    let verdict = written(turn, mail);
    if let (What::NotForUs, Some(from)) = (verdict.what, from)
        && !is_reply_to_others(turn, mail)
        && !owners(turn, mail).iter().any(|owner| matches!(owner, Owner::Staff(_)))
    {
        question::keep(turn, mail, from);
    }
    verdict
}

fn written(turn: &mut Turn, mail: &Inbound) -> Verdict {
    let not_ours = Verdict::new(What::NotForUs, None);
    let owners = owners(turn, mail);
    let by_staff = |m: &Mailbox| staff_reply::comes_from_shared_mailbox(turn, m, &owners);
    let Some(from) = mail.from.clone().filter(|m| may_be_answered(turn, m) || by_staff(m)) else {
        return not_ours;
    };
    match owners.as_slice() {
        [] => without_token(turn, mail, &from),
        [owner] => with_token(turn, mail, &from, owner),
        _ => hold_words(turn, mail, &from, None),
    }
}

/// Never ourselves (staff write from the contact address), nor addresses nobody reads.
fn may_be_answered(turn: &Turn, from: &Mailbox) -> bool {
    let local = from.address.local().to_lowercase().replace(['-', '_', '.'], "");
    let machine = ["mailerdaemon", "noreply", "donotreply", "postmaster"].contains(&local.as_str());
    from.address != turn.rules.address && !machine
}

/// What the tokens in a mail open: those we made, each once.
pub(super) fn owners(turn: &Turn, mail: &Inbound) -> Vec<Owner> {
    let carried: BTreeSet<(Reference, Token)> =
        token::find_in(mail, &turn.rules.address, &turn.rules.subaddress);
    let mut owners: Vec<Owner> = Vec::new();
    for (_, token) in carried {
        if let Some(known) = turn.read::<TokenOwner>(&token.0).filter(|k| !owners.contains(&k.owner)) {
            owners.push(known.owner);
        }
    }
    owners
}

fn with_token(turn: &mut Turn, mail: &Inbound, from: &Mailbox, owner: &Owner) -> Verdict {
    match owner {
        Owner::Party { case, party } => match turn.read::<Case>(&case.0) {
            Some(case) if case.mailbox_of(*party).address == from.address => {
                case_reply::act(turn, mail, case, *party)
            }
            Some(case) => ask_owner(turn, mail, from, &case, *party),
            None => Verdict::new(What::NotForUs, None),
        },
        Owner::Draft(reference) => draft::answered(turn, mail, from, reference),
        Owner::Unsure(reference) => sure_now(turn, mail, from, reference),
        Owner::Staff(person) => staff_reply::received(turn, mail, from, person),
    }
}

/// The token, from another address: nothing changes, and its owner is asked.
fn ask_owner(turn: &mut Turn, mail: &Inbound, from: &Mailbox, case: &Case, party: Party) -> Verdict {
    ask_whether_written(turn, mail, case, party);
    let owner = case.mailbox_of(party).called().to_owned();
    turn.tell(from, answering(mail), Letter::AskedOwner { owner });
    Verdict::new(What::Done("owner-asked"), Some(case.reference.clone()))
}

/// "Did you write this?" to the address on file. YES acts on the mail as if it had come
/// with the token.
fn ask_whether_written(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party) {
    let reference = turn.new_reference();
    let owner = Owner::Unsure(reference.clone());
    let token = turn.token(&reference, &owner);
    let letter = Letter::DidYouWrite {
        name: case.mailbox_of(party).called().to_owned(),
        subject: mail.subject.clone().unwrap_or_default(),
        words: token::without_tokens(&mail.new_text),
    };
    let unsure =
        Unsure { reference, mail: mail.clone(), case: case.reference.clone(), party, since: turn.now };
    turn.put(&unsure);
    let thread = super::letter::Thread { reference: case.reference.clone(), token: Some(token) };
    let to = case.mailbox_of(party).clone();
    turn.tell_with(&to, thread, case.thread_of(party), letter);
}

/// The answer to "did you write this?".
fn sure_now(turn: &mut Turn, mail: &Inbound, from: &Mailbox, reference: &Reference) -> Verdict {
    let Some(unsure) = turn.read::<Unsure>(&reference.0) else {
        return Verdict::new(What::Done("nothing-open"), None);
    };
    let Some(case) = turn.read::<Case>(&unsure.case.0) else {
        return Verdict::new(What::NotForUs, None);
    };
    let said = command::read(&mail.new_text, mail.subject.as_deref(), &turn.rules.words);
    if case.mailbox_of(unsure.party).address != from.address {
        return Verdict::new(What::NotForUs, Some(unsure.case));
    }
    match said.map(|c| c.word) {
        Some(Word::Yes) => {
            turn.delete::<Unsure>(&reference.0);
            case_reply::act(turn, &unsure.mail, case, unsure.party)
        }
        Some(Word::No) => {
            turn.delete::<Unsure>(&reference.0);
            let case = Some(unsure.case);
            hold_words(turn, &unsure.mail, from, case)
        }
        _ => hold_words(turn, mail, from, Some(unsure.case)),
    }
}

fn without_token(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    if let Some((case, introduced)) = case_of_thread(turn, mail) {
        return in_thread(turn, mail, from, case, introduced);
    }
    if is_reply_to_others(turn, mail) {
        return Verdict::new(What::NotForUs, None);
    }
    if let Some(form) = form::read(mail, &turn.rules.forms) {
        return form_mail::received(turn, &FormMail::written(mail, from, form));
    }
    let said = command::read(&mail.new_text, mail.subject.as_deref(), &turn.rules.words);
    let done = said.and_then(|said| oneself::said(turn, mail, from, &said));
    done.map_or(Verdict::new(What::NotForUs, None), |word| Verdict::new(What::Done(word), None))
}

/// The case a mail without token speaks of: by the letter it answers, else by the
/// reference in its subject. True where that letter is the introduction.
fn case_of_thread(turn: &Turn, mail: &Inbound) -> Option<(Case, bool)> {
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    let letters = ids.filter_map(|id| turn.read::<LetterSent>(id.inner()));
    let by_letter = letters.into_iter().find_map(|l| Some((l.case.clone()?, l.template == "introduction")));
    let by_subject = || token::reference_in_subject(mail.subject.as_deref()?).map(|r| (r, false));
    let (reference, introduced) = by_letter.or_else(by_subject)?;
    Some((turn.read(&reference.0)?, introduced))
}

/// A party without its token acts if the introduction was answered or the receiver
/// vouches for the address; otherwise the address on file is asked. Anybody else is a
/// stranger: held, and told nothing.
fn in_thread(turn: &mut Turn, mail: &Inbound, from: &Mailbox, case: Case, introduced: bool) -> Verdict {
    let Some(party) = case.party_of(&from.address) else {
        let reference = case.reference.clone();
        return hold_words(turn, mail, from, Some(reference));
    };
    let vouched = introduced || mail.authentication == Authentication::Pass;
    if vouched && mail.authentication != Authentication::Fail {
        return case_reply::act(turn, mail, case, party);
    }
    ask_whether_written(turn, mail, &case, party);
    Verdict::new(What::Done("writer-asked"), Some(case.reference))
}

/// An answer to somebody's mail that is not ours: conversation, never an act.
fn is_reply_to_others(turn: &Turn, mail: &Inbound) -> bool {
    let mut answered = mail.in_reply_to.iter().chain(&mail.references).peekable();
    answered.peek().is_some() && !answered.any(|id| turn.read::<LetterSent>(id.inner()).is_some())
}

fn hold_words(turn: &mut Turn, mail: &Inbound, from: &Mailbox, case: Option<Reference>) -> Verdict {
    let held = Held {
        kind: ExceptionKind::Stranger,
        what: WithStaff::Words,
        about: mail.subject.clone().unwrap_or_default(),
        form: None,
        understood: Vec::new(),
        case: case.clone(),
    };
    staff::hold_with(turn, from, answering(mail), held, Some(mail.new_text.clone()));
    Verdict::new(What::Done("held"), case)
}
