//! A mail has arrived: what it is about, and which rule family answers it.

use super::command;
use super::form_mail::FormMail;
use super::inquiry::{self, Act};
use super::letter::{ExceptionKind, Letter, WithStaff};
use super::oneself::Speaker;
use super::record::{
    Case, Counted, FirstSeen, Handled, LetterSent, Owner, Party, Reference, Token, TokenOwner,
};
use super::staff::{self, Held};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{
    absence, aside, bounce, brake, breaker, by_hand, calendar_mail, case_reply, contact, dealings, draft,
    flood, form_mail, known, leave, oneself, presence, question, relay, room_mail, room_reply, roster_reply,
    staff_reply, token, unreadable, whose,
};
use crate::mail::address::Mailbox;
use crate::mail::automatic;
use crate::mail::inbound::{Authentication, Inbound, Origin};
use std::collections::BTreeSet;

/// Decides a mail, once.
pub fn arrived(turn: &mut Turn, mail: &Inbound) -> Verdict {
    if let Some(verdict) = decided_before(turn) {
        return verdict;
    }
    let verdict = decided(turn, mail);
    if mail.origin == Origin::Human {
        presence::has_written(turn, mail);
        breaker::heard(turn, mail);
    }
    remember(turn, mail, &verdict);
    verdict
}

/// What is said of a mail that was decided when it was first read.
fn decided_before(turn: &Turn) -> Option<Verdict> {
    let before = turn.read::<Handled>(&turn.input().0)?;
    // What was not for us is left as it was found, however often it is read.
    let left = before.verdict.starts_with(Verdict::new(What::NotForUs, None).what_word());
    Some(Verdict::new(if left { What::NotForUs } else { What::AlreadyHandled }, None))
}

/// Decides a mail of a folder that was numbered anew. Its header was not enough to know it by.
pub fn came_again(turn: &mut Turn, mail: &Inbound, aside: bool) -> Verdict {
    if let Some(verdict) = decided_before(turn) {
        // A store of before kept no header of it: the next time it is enough.
        known::remember(turn, mail, verdict.is_handled());
        return verdict;
    }
    let held = known::held(turn, mail);
    held.unwrap_or_else(|| if aside { aside::found(turn, mail) } else { arrived(turn, mail) })
}

/// What a mail brings, new or held until now.
pub fn decided(turn: &mut Turn, mail: &Inbound) -> Verdict {
    if relay::brought(turn, mail) {
        return flood::keeps_form(turn, mail).unwrap_or_else(|| relay::arrived(turn, mail));
    }
    if let Some(verdict) = flood::keeps(turn, mail) {
        return verdict;
    }
    match mail.origin {
        Origin::Own => Verdict::new(What::Own, None),
        Origin::DeliveryReport => bounce::reported(turn, mail),
        Origin::AutoReply if calendar_mail::answers_us(turn, mail) => by_person(turn, mail),
        Origin::AutoReply => absence::noted(turn, mail),
        Origin::FeedbackReport | Origin::MailingList => Verdict::new(What::NotForUs, None),
        Origin::Human => by_person(turn, mail),
    }
}

fn remember(turn: &mut Turn, mail: &Inbound, verdict: &Verdict) {
    let handled = Handled { input: turn.input().0.clone(), at: turn.now, verdict: verdict.to_string() };
    turn.put(&handled);
    known::remember(turn, mail, verdict.is_handled());
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
    let verdict = flood::guard(turn, mail, |turn| brake::guard(turn, mail, |turn| written(turn, mail)));
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
    // Whatever address of theirs somebody writes from, letters go to the first.
    let from = turn.on_file(&from);
    let owners = without_the_others_token(turn, mail, &from, owners);
    let rules = turn.rules;
    if mail.unreadable.is_some() && !is_reply_to_others(turn, mail) {
        let within = case_of_thread(turn, mail).map(|(case, _)| case.reference);
        if let Some(verdict) = unreadable::arrived(turn, mail, &from, &owners, within) {
            return verdict;
        }
    }
    let language = |_| command::language(&mail.new_text, mail.subject.as_deref(), &rules.words);
    turn.hears(&from.address, turn.said(mail).and_then(language));
    match owners.as_slice() {
        [] => without_token(turn, mail, &from),
        [owner] => with_token(turn, mail, &from, owner),
        _ => hold_words(turn, mail, &from, None),
    }
}

/// Never ourselves (staff write from the contact address), nor addresses nobody reads.
pub fn may_be_answered(turn: &Turn, from: &Mailbox) -> bool {
    let postmaster = from.address.local().eq_ignore_ascii_case("postmaster");
    from.address != turn.rules.address && !postmaster && !automatic::is_nobodys(&from.address)
}

/// What the tokens in a mail open: those we made, each once.
pub fn owners(turn: &Turn, mail: &Inbound) -> Vec<Owner> {
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

/// In answer to our introduction, which both have, the other party's token counts for nothing.
fn without_the_others_token(turn: &Turn, mail: &Inbound, from: &Mailbox, owners: Vec<Owner>) -> Vec<Owner> {
    let several = owners.len() > 1;
    let Some((introduced, true)) = case_of_thread(turn, mail).filter(|_| several) else { return owners };
    let others = |owner: &Owner| match owner {
        Owner::Party { case, party } if *case == introduced.reference => {
            !turn.is_same_person(&introduced.mailbox_of(*party).address, &from.address)
        }
        _ => false,
    };
    owners.into_iter().filter(|owner| !others(owner)).collect()
}

fn with_token(turn: &mut Turn, mail: &Inbound, from: &Mailbox, owner: &Owner) -> Verdict {
    match owner {
        Owner::Party { case, party } => match turn.read::<Case>(&case.0) {
            Some(case) => with_token_of(turn, mail, from, case, *party),
            None => Verdict::new(What::NotForUs, None),
        },
        // These were sent to the address on file alone: an answer comes from who reads there.
        Owner::Draft(reference) => draft::answered(turn, mail, from, reference),
        Owner::Away(person) => leave::answered(turn, mail, from, person),
        Owner::Inquiry(reference) => inquiry::answered(turn, mail, from, reference),
        Owner::Booking(reference) => room_reply::answered(turn, mail, from, reference),
        Owner::Staff(person) if is_doubtful(mail) => {
            doubt(turn, mail, &Mailbox::bare(person.clone()), Act::Staff(person.clone()))
        }
        Owner::Staff(person) => staff_reply::received(turn, mail, from, person),
    }
}

fn with_token_of(turn: &mut Turn, mail: &Inbound, from: &Mailbox, case: Case, party: Party) -> Verdict {
    let owner = case.mailbox_of(party).clone();
    let reference = case.reference.clone();
    if turn.is_same_person(&owner.address, &from.address) {
        return match is_doubtful(mail) {
            true => doubt(turn, mail, &owner, Act::Case { case: reference, party }),
            false => case_reply::act(turn, mail, case, party),
        };
    }
    if turn.party_of(&case, &from.address).is_some() {
        // One party with the token of another.
        return hold_words(turn, mail, from, Some(reference));
    }
    whose::ask_owner(turn, mail, &case, party);
    if !is_doubtful(mail) && !mail.wants_silence {
        turn.tell(from, answering(mail), Letter::AskedOwner { owner: owner.called().to_owned() });
    }
    Verdict::new(What::Done("owner-asked"), Some(reference))
}

/// The receiver says that the address in From is forged, or broken on the way.
fn is_doubtful(mail: &Inbound) -> bool {
    mail.authentication == Authentication::Fail
}

/// Nothing is done before the address on file has said "I wrote it".
fn doubt(turn: &mut Turn, mail: &Inbound, to: &Mailbox, act: Act) -> Verdict {
    let case = match &act {
        Act::Case { case, .. } => Some(case.clone()),
        Act::Oneself | Act::Staff(_) => None,
    };
    whose::ask_whether_written(turn, mail, to, act);
    Verdict::new(What::Done("writer-asked"), case)
}

fn without_token(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    if let Some(form) = roster_reply::read(turn, mail).filter(|_| !is_doubtful(mail)) {
        return form_mail::received(turn, &FormMail::written(mail, from, form));
    }
    if let Some(staff) = staff_reply::decides_without_token(turn, mail, from) {
        return doubt(turn, mail, &staff.mailbox, Act::Staff(staff.mailbox.address.clone()));
    }
    if let Some((case, introduced)) = case_of_thread(turn, mail) {
        return in_thread(turn, mail, from, case, introduced);
    }
    let form = turn.form(mail);
    if form.is_none()
        && let Some((case, party)) = contact::between(turn, mail, from)
    {
        return case_reply::between_them(turn, mail, case, party);
    }
    if is_reply_to_others(turn, mail) {
        return Verdict::new(What::NotForUs, None);
    }
    if form.is_none()
        && let Some((case, _)) = the_only_case(turn, mail, from)
    {
        return in_thread(turn, mail, from, case, false);
    }
    match is_doubtful(mail) && says_something_of_oneself(turn, mail) {
        true => doubt(turn, mail, from, Act::Oneself),
        false => of_oneself(turn, mail, from),
    }
}

/// A word for a case in a mail of its own: the one that it can be about, if there is one alone.
fn the_only_case(turn: &Turn, mail: &Inbound, from: &Mailbox) -> Option<(Case, Party)> {
    let said = turn.said(mail)?;
    if room_mail::names_a_time(turn, mail, from) {
        return None;
    }
    let mut fitting = dealings::open(turn, &from.address);
    fitting.retain(|(case, party)| case_reply::may_say(case, *party, said.word));
    fitting.pop().filter(|_| fitting.is_empty())
}

fn says_something_of_oneself(turn: &Turn, mail: &Inbound) -> bool {
    let said = turn.said(mail);
    turn.form(mail).is_some()
        || said.is_some_and(|s| oneself::is_about_oneself(s.word))
        || mail.from.as_ref().is_some_and(|from| room_mail::is_about_room(turn, mail, from))
}

/// A new form, or a word about its writer.
pub fn of_oneself(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    if let Some(form) = turn.form(mail) {
        return form_mail::received(turn, &FormMail::written(mail, from, form));
    }
    if let Some(verdict) = room_mail::asked(turn, mail, from) {
        return verdict;
    }
    let said = turn.said(mail);
    let said =
        said.or_else(|| command::for_people(&mail.new_text, mail.subject.as_deref()?, &turn.rules.words));
    let speaker = Speaker { mail, who: from, within: None };
    let done = said.and_then(|said| oneself::said(turn, &speaker, &said));
    done.map_or(Verdict::new(What::NotForUs, None), |word| Verdict::new(What::Done(word), None))
}

/// The case a mail without token speaks of: by the letter it answers, else by the
/// reference in its subject. True where that letter is the introduction.
pub(super) fn case_of_thread(turn: &Turn, mail: &Inbound) -> Option<(Case, bool)> {
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
    if let Some(verdict) = about_oneself(turn, mail, from, &case) {
        return verdict;
    }
    let Some(party) = turn.party_of(&case, &from.address) else {
        let reference = case.reference.clone();
        return hold_words(turn, mail, from, Some(reference));
    };
    let vouched = introduced || mail.authentication == Authentication::Pass;
    if vouched && !is_doubtful(mail) {
        return case_reply::act(turn, mail, case, party);
    }
    if mail.authentication != Authentication::Fail && case_reply::is_between_them(turn, mail, &case, party) {
        return case_reply::between_them(turn, mail, case, party);
    }
    let owner = case.mailbox_of(party).clone();
    doubt(turn, mail, &owner, Act::Case { case: case.reference, party })
}

/// What people say about themselves needs no token, in whatever thread they say it. The
/// answer goes to the address that wrote, and of the case only a party of it hears.
fn about_oneself(turn: &mut Turn, mail: &Inbound, from: &Mailbox, case: &Case) -> Option<Verdict> {
    let said = turn.said(mail)?;
    if mail.authentication == Authentication::Fail || !oneself::is_about_oneself(said.word) {
        return None;
    }
    let within = turn.party_of(case, &from.address).map(|party| (case, party));
    let word = oneself::said(turn, &Speaker { mail, who: from, within }, &said)?;
    Some(Verdict::new(What::Done(word), within.map(|_| case.reference.clone())))
}

/// An answer to somebody's mail that is not ours: conversation, never an act.
fn is_reply_to_others(turn: &Turn, mail: &Inbound) -> bool {
    let mut answered = mail.in_reply_to.iter().chain(&mail.references).peekable();
    answered.peek().is_some() && !answered.any(|id| turn.read::<LetterSent>(id.inner()).is_some())
}

/// Words of somebody we cannot be sure of, for the staff; the writer hears that, and no more.
pub fn hold_words(turn: &mut Turn, mail: &Inbound, from: &Mailbox, case: Option<Reference>) -> Verdict {
    if is_doubtful(mail) {
        // Whose address it is did not write this: the letter would reach the wrong one.
        let about = mail.subject.clone().unwrap_or_default();
        staff::note_exception(turn, ExceptionKind::Stranger, from.address.as_str(), &about, case.clone());
        return Verdict::new(What::Done("held"), case);
    }
    let held = Held { case: case.clone(), ..Held::of(mail, ExceptionKind::Stranger, WithStaff::Words) };
    let words = Some(mail.new_text.clone());
    match mail.wants_silence {
        true => staff::keep(turn, from, held, words),
        false => staff::hold_with(turn, from, answering(mail), held, words),
    };
    Verdict::new(What::Done("held"), case)
}
