//! A reply to a letter to the staff: what each of its lines decides.

use super::breaker::Cause;
use super::letter::{Answered, ExceptionKind, FiguresNow, Letter, StaffLine, StaffOutcome};
use super::oneself::Speaker;
use super::record::{Case, Hold, Owner, Reference, StaffAct, StaffNote, TokenOwner};
use super::rules::Staff;
use super::staff_words::{self, Said};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::word::Word;
use super::{
    complaints_person, digest, kept_back, oneself, shadow, staff, staff_act, staff_mail, staff_person,
    staff_undo, token,
};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::{Authentication, Inbound};
use std::collections::BTreeSet;

/// How many lines without a word are said back.
const SAID_BACK: usize = 5;

/// Acts on a reply that carries the token of this staff person.
pub fn received(turn: &mut Turn, mail: &Inbound, from: &Mailbox, person: &AddrSpec) -> Verdict {
    let listed = turn.rules.staff.iter().find(|s| s.mailbox.address == *person).cloned();
    let listed = listed.or_else(|| complaints_person::outside_staff(turn, person));
    let Some(staff) = listed.filter(|s| writes_as(turn, s, mail, from)) else {
        return not_theirs(turn, mail, from, person);
    };
    let name = staff.mailbox.name.clone().unwrap_or_default();
    let said = staff_words::read(&mail.new_text, mail.subject.as_deref(), &name, &turn.rules.words);
    if said.iter().all(|s| s.word.is_none())
        && let Some(word) = about_oneself(turn, mail, &staff)
    {
        return Verdict::new(What::Done(word), None);
    }
    if said.is_empty() {
        return Verdict::new(What::Done("thanks"), None);
    }
    let only = reference_of(turn, mail, person);
    act_on(turn, &staff, &said, only, answering(mail))
}

/// The same words, said by an operator in the name of one of the staff, who gets the answer.
pub fn ordered(turn: &mut Turn, by: &AddrSpec, words: &str, about: Option<&Reference>) -> Verdict {
    let Some(staff) = turn.rules.staff.iter().find(|s| s.mailbox.address == *by).cloned() else {
        return Verdict::new(What::Done("not-of-the-staff"), None);
    };
    let name = staff.mailbox.name.clone().unwrap_or_default();
    let said = staff_words::read(words, None, &name, &turn.rules.words);
    if said.is_empty() {
        return Verdict::new(What::Done("no-word"), None);
    }
    act_on(turn, &staff, &said, about.cloned(), None)
}

/// Every line decides for itself; `only` is what those without a reference are about.
fn act_on(
    turn: &mut Turn,
    staff: &Staff,
    said: &[Said],
    only: Option<Reference>,
    answers: Option<Answered>,
) -> Verdict {
    // What staff ask for is nobody's flood.
    turn.cause = Cause::Asked;
    let reply = Reply { staff, only: only.clone() };
    let (mut lines, mut not_understood) = (Vec::new(), Vec::new());
    for said in said {
        match said.word {
            Some(word) => lines.extend(reply.decide(turn, word, said)),
            None => not_understood.push(said.wrote.clone()),
        }
    }
    if lines.iter().any(|l| l.outcome.is_done()) {
        staff_mail::acted(turn);
    }
    let word = if lines.iter().any(|l| l.outcome.is_done()) { "staff-word" } else { "no-effect" };
    let case = only.or_else(|| lines.iter().find_map(|l| l.reference.clone()));
    answer(turn, answers, staff, lines, not_understood);
    Verdict::new(What::Done(word), case)
}

/// Whether the mail comes from an address of theirs, or from the contact address: that is how
/// shared mailboxes reply.
fn writes_as(turn: &Turn, staff: &Staff, mail: &Inbound, from: &Mailbox) -> bool {
    (staff.writes_from(&from.address) || from.address == turn.rules.address)
        && mail.authentication != Authentication::Fail
}

/// Who of the staff decides something in a mail without a token. It may be anybody who knows
/// their address, so that nothing is done before they have said that they wrote it.
pub fn decides_without_token<'a>(turn: &Turn<'a>, mail: &Inbound, from: &Mailbox) -> Option<&'a Staff> {
    let staff = turn.rules.staff.iter().find(|s| s.writes_from(&from.address))?;
    let name = staff.mailbox.called();
    let said = staff_words::read(&mail.new_text, mail.subject.as_deref(), name, &turn.rules.words);
    said.iter().any(Said::names_what_it_decides).then_some(staff)
}

/// The token of one of the staff from another address: nothing changes. Another of the
/// staff reads why; nobody else reads anything.
fn not_theirs(turn: &mut Turn, mail: &Inbound, from: &Mailbox, person: &AddrSpec) -> Verdict {
    let colleague = turn.rules.staff.iter().find(|s| s.mailbox.address == from.address).cloned();
    if let Some(colleague) = colleague.filter(|_| mail.authentication != Authentication::Fail) {
        let owner = turn.rules.staff.iter().find(|s| s.mailbox.address == *person);
        let whose = owner.map_or_else(|| person.to_string(), |s| s.mailbox.called().to_owned());
        let letter = Letter::NotYourLetter { name: colleague.mailbox.name.clone(), whose };
        turn.tell(&colleague.mailbox, answering(mail), letter);
        return Verdict::new(What::Done("no-effect"), None);
    }
    let about = mail.subject.clone().unwrap_or_default();
    let who = from.address.to_string();
    staff::note_exception(turn, ExceptionKind::StaffStranger, &who, &about, None);
    Verdict::new(What::NotForUs, None)
}

/// `ROSTER` and the like, about the writer and not about what waits.
fn about_oneself(turn: &mut Turn, mail: &Inbound, staff: &Staff) -> Option<&'static str> {
    let said = turn.said(mail)?;
    let about = oneself::is_about_oneself(said.word);
    about
        .then(|| {
            let speaker = Speaker { mail, who: &staff.mailbox, within: None };
            oneself::said(turn, &speaker, &said)
        })
        .flatten()
}

/// The one thing that the letter replied to is about: what its nearest carrier names, else
/// the only thing that it lists.
fn reference_of(turn: &Turn, mail: &Inbound, person: &AddrSpec) -> Option<Reference> {
    carried(turn, mail, person).or_else(|| only_listed(turn, mail))
}

/// A digest or a morning's list that shows a single thing, as the reply quotes it.
fn only_listed(turn: &Turn, mail: &Inbound) -> Option<Reference> {
    let listed = token::references_in(&mail.text).filter(|reference| names_something(turn, reference));
    let listed: BTreeSet<Reference> = listed.collect();
    let [one] = <[Reference; 1]>::try_from(listed.into_iter().collect::<Vec<_>>()).ok()?;
    Some(one)
}

fn carried(turn: &Turn, mail: &Inbound, person: &AddrSpec) -> Option<Reference> {
    let rules = turn.rules;
    let to = mail.to.iter().map(|m| &m.address).chain(&mail.delivered_to);
    let details: String = to.filter_map(|a| a.detail_of(&rules.address, &rules.subaddress)).collect();
    let ids = mail.in_reply_to.iter().chain(&mail.references);
    let ids: Vec<&str> = ids.map(|id| id.inner()).collect();
    [details, ids.join(" "), mail.text.clone()]
        .iter()
        .find_map(|text| {
            let mut named: Vec<Reference> = token::carriers(text)
                .into_iter()
                .filter(|(_, token)| {
                    let known = turn.read::<TokenOwner>(&token.0).map(|known| known.owner);
                    known == Some(Owner::Staff(person.clone()))
                })
                .map(|(reference, _)| reference)
                .collect();
            named.dedup();
            match named.as_slice() {
                [one] => Some(one.clone()),
                _ => None,
            }
        })
        .filter(|reference| names_something(turn, reference))
}

/// A digest's own reference names nothing to act on.
fn names_something(turn: &Turn, reference: &Reference) -> bool {
    turn.read::<Hold>(&reference.0).is_some()
        || turn.read::<StaffAct>(&reference.0).is_some()
        || turn.read::<Case>(&reference.0).is_some()
        || shadow::is_named_by(turn, reference)
}

/// A reply being acted on.
struct Reply<'a> {
    staff: &'a Staff,
    /// What a word without a reference is about.
    only: Option<Reference>,
}

impl Reply<'_> {
    /// One line: an outcome for each of its references.
    fn decide(&self, turn: &mut Turn, word: Word, said: &Said) -> Vec<StaffLine> {
        let line = StaffLine::new(&said.wrote);
        let references = match said.references.as_slice() {
            [] => self.only.iter().cloned().collect(),
            several => several.to_vec(),
        };
        match word {
            Word::Figures => vec![line.with(StaffOutcome::Figures)],
            Word::Note => vec![self.note(turn, line, references.first(), &said.rest)],
            Word::Remove | Word::RemoveName => {
                vec![staff_person::remove(turn, self.staff, line, references.first(), &said.rest)]
            }
            Word::Away | Word::AwayName => {
                vec![staff_person::send_away(turn, self.staff, line, &said.rest)]
            }
            _ if references.is_empty() => vec![line.with(StaffOutcome::WhichOne)],
            _ => references
                .iter()
                .map(|reference| self.act(turn, word, line.clone().about(reference), reference, &said.rest))
                .collect(),
        }
    }

    fn act(
        &self,
        turn: &mut Turn,
        word: Word,
        line: StaffLine,
        reference: &Reference,
        rest: &str,
    ) -> StaffLine {
        let staff = self.staff;
        if shadow::is_named_by(turn, reference) {
            return shadow::said(turn, staff, word, line, reference);
        }
        if let Some(done) = kept_back::said(turn, staff, word, &line, reference) {
            return done;
        }
        match word {
            Word::Approve => staff_act::approve(turn, staff, line, reference),
            Word::Refuse => staff_act::refuse(turn, staff, line, reference, rest),
            Word::Assign => staff_act::assign(turn, staff, line, reference, staff_words::name_in(rest)),
            Word::Handled => staff_act::handled(turn, staff, line, reference, rest),
            Word::Undo => staff_undo::undo(turn, staff, line, reference),
            _ => line.with(StaffOutcome::WhichOne),
        }
    }

    fn note(&self, turn: &mut Turn, line: StaffLine, reference: Option<&Reference>, text: &str) -> StaffLine {
        if text.is_empty() {
            return line.with(StaffOutcome::EmptyNote);
        }
        keep_note(turn, self.staff, reference, text);
        StaffLine { reference: reference.cloned(), ..line.with(StaffOutcome::Noted) }
    }
}

/// Writes down what one of the staff noted.
pub fn keep_note(turn: &mut Turn, staff: &Staff, about: Option<&Reference>, text: &str) -> Reference {
    let reported = |r: &Reference| complaints_person::is_about(turn, r);
    let note = StaffNote {
        confidential: complaints_person::is_that_person(turn, staff) && about.is_some_and(reported),
        reference: turn.new_reference(),
        about: about.cloned(),
        text: token::without_tokens(text),
        by: staff.mailbox.called().to_owned(),
        at: turn.now,
    };
    turn.put(&note);
    note.reference
}

/// One answer to the reply, line by line. It goes to the one whose token it was, wherever
/// the reply came from.
fn answer(
    turn: &mut Turn,
    answers: Option<Answered>,
    staff: &Staff,
    lines: Vec<StaffLine>,
    mut not_understood: Vec<String>,
) {
    not_understood.truncate(SAID_BACK);
    let mut named: Vec<Reference> = lines.iter().filter_map(|l| l.reference.clone()).collect();
    named.dedup();
    let one = lines.len() == 1 && not_understood.is_empty();
    let reference = named.first().filter(|_| named.len() == 1).cloned();
    let reference = reference.unwrap_or_else(|| turn.new_reference());
    let asked = lines.iter().any(|l| l.outcome == StaffOutcome::Figures);
    let letter = Letter::StaffAnswer {
        name: staff.mailbox.name.clone(),
        figures: asked.then(|| figures(turn)),
        done: lines.iter().filter(|l| l.outcome.is_done()).count(),
        not_done: lines.iter().filter(|l| !l.outcome.is_done()).count() + not_understood.len(),
        lines,
        not_understood,
        waiting: staff::waiting_for(turn, staff).len(),
        one,
    };
    let thread = staff_mail::thread(turn, &reference, staff);
    turn.tell_with(&staff.mailbox, thread, answers, letter);
}

/// This week so far, beside the one before.
fn figures(turn: &Turn) -> FiguresNow {
    let (figures, open_requests, listed_advisors) = digest::figures_now(turn);
    FiguresNow { figures, open_requests, listed_advisors }
}

impl StaffLine {
    /// A line before anything came of it.
    pub fn new(wrote: &str) -> Self {
        Self {
            wrote: wrote.to_owned(),
            outcome: StaffOutcome::WhichOne,
            who: String::new(),
            reference: None,
            undo: false,
            other: None,
            by: None,
            at: None,
            word: None,
            until: None,
        }
    }

    pub fn about(self, reference: &Reference) -> Self {
        Self { reference: Some(reference.clone()), ..self }
    }

    pub fn with(self, outcome: StaffOutcome) -> Self {
        Self { outcome, ..self }
    }

    /// What was done, and can be taken back.
    pub fn done(self, outcome: StaffOutcome, who: &str) -> Self {
        Self { outcome, who: who.to_owned(), undo: true, ..self }
    }

    /// Somebody else was quicker.
    pub fn done_before(self, act: &StaffAct) -> Self {
        Self {
            outcome: StaffOutcome::AlreadyDone,
            who: act.who.clone(),
            by: Some(act.by_name.clone()),
            at: Some(act.at),
            word: Some(act.word),
            ..self
        }
    }
}

/// Whether a mail from the contact address may be looked at: it carries the token of one of
/// the staff. Everything else from there is what staff write to others.
pub fn comes_from_shared_mailbox(turn: &Turn, from: &Mailbox, owners: &[Owner]) -> bool {
    from.address == turn.rules.address && matches!(owners, [Owner::Staff(_)])
}
