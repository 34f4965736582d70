//! What staff answer by hand from the contact mailbox, as the folder of sent mail shows it.
//!
//! Such a mail says that *staff are on it*: what judges somebody's silence in its case stands
//! still for five days, and whoever it was written to has heard from a person. What
//! participants answer to it is conversation, which is nobody's but the staff's.

use super::question::{self, Question};
use super::record::{Case, FirstSeen, Hold, LetterSent, Party, Record, Reference, Timestamp};
use super::request;
use super::schedule::{self, Timer, TimerKind};
use super::token;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;
use crate::mail::message_id::MessageId;
use crate::mail::sent::{Author, SentMail};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How long clocks stand still after the latest mail of the staff.
const DAYS: u32 = 5;

/// A mail that staff sent by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByHand {
    /// Its Message-ID without brackets; its fingerprint where it has none.
    pub id: String,
    pub at: Timestamp,
    #[serde(default)]
    pub case: Option<Reference>,
}

impl Record for ByHand {
    const TABLE: &'static str = "by-hand";
    fn key(&self) -> String {
        self.id.clone()
    }
}

/// Staff are on a case, or on something that is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffOnIt {
    /// The case's, or the hold's.
    pub reference: Reference,
    pub since: Timestamp,
    /// Clocks stand still until then.
    pub until: Timestamp,
}

impl Record for StaffOnIt {
    const TABLE: &'static str = "staff-on-it";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

/// A mail was found among the sent ones.
pub fn sent(turn: &mut Turn, mail: &SentMail) -> Verdict {
    let is_letter = |id: &MessageId| turn.read::<LetterSent>(id.inner()).is_some();
    if mail.author != Author::Person || mail.message_id.as_ref().is_some_and(is_letter) {
        return Verdict::new(What::Own, None);
    }
    let id = mail.message_id.as_ref().map_or(mail.fingerprint.0.clone(), |id| id.inner().to_owned());
    if turn.read::<ByHand>(&id).is_some() {
        return Verdict::new(What::AlreadyHandled, None);
    }
    let case = case_of(turn, mail);
    let reference = case.as_ref().map(|case| case.reference.clone());
    turn.put(&ByHand { id, at: turn.now, case: reference.clone() });
    let touched = touch(turn, mail);
    let open = case.filter(|case| case.stage.is_open());
    if let Some(case) = &open {
        stand_still(turn, case);
    }
    let word = if open.is_some() || touched { "staff-on-it" } else { "by-hand" };
    Verdict::new(What::Done(word), reference)
}

// ---- what it is about

/// Its case: by what it answers, else by the reference in its subject, else by whom it goes
/// to, where that leaves no choice.
fn case_of(turn: &Turn, mail: &SentMail) -> Option<Case> {
    let named = || token::reference_in_subject(mail.subject.as_deref()?);
    let reference = mail.answered().find_map(|id| case_named_by(turn, id)).or_else(named);
    reference.and_then(|r| turn.read(&r.0)).or_else(|| only_open_case_of(turn, &mail.to))
}

/// The case of a letter of ours, or of a party's mail.
fn case_named_by(turn: &Turn, id: &MessageId) -> Option<Reference> {
    let letter = turn.read::<LetterSent>(id.inner()).and_then(|letter| letter.case);
    letter.or_else(|| turn.read::<FirstSeen>(id.inner())?.case)
}

fn only_open_case_of(turn: &Turn, to: &[Mailbox]) -> Option<Case> {
    let is_theirs = |case: &Case| to.iter().any(|m| case.party_of(&m.address).is_some());
    let open = turn.marked("open/").into_iter().filter_map(|r| turn.read::<Case>(&r));
    let mut theirs = open.filter(is_theirs);
    let first = theirs.next()?;
    theirs.next().is_none().then_some(first)
}

/// Whoever staff write to has heard from a person: questions are answered, holds wait.
fn touch(turn: &mut Turn, mail: &SentMail) -> bool {
    let questions: Vec<Question> = question::open(turn);
    let about = |from: &AddrSpec, id: Option<&MessageId>| {
        let answers = id.is_some_and(|id| mail.answered().any(|a| a == id));
        answers || mail.to.iter().any(|m| m.address == *from)
    };
    let mut touched = false;
    for q in questions.iter().filter(|q| about(&q.from.address, q.message_id.as_ref())) {
        question::touch(turn, &q.reference);
        touched = true;
    }
    for hold in turn.all::<Hold>("") {
        let answers = hold.form.as_ref().and_then(|f| f.answers.as_ref()).map(|a| &a.message_id);
        if hold.from.as_ref().is_some_and(|from| about(&from.address, answers)) {
            hold_still(turn, &hold.reference);
            touched = true;
        }
    }
    touched
}

// ---- clocks

/// Since when staff are on a case or a hold, while they are.
pub fn on_it_since(turn: &Turn, reference: &Reference) -> Option<Timestamp> {
    on_it(turn, reference).map(|on| on.since)
}

fn on_it(turn: &Turn, reference: &Reference) -> Option<StaffOnIt> {
    turn.read::<StaffOnIt>(&reference.0).filter(|on| on.until > turn.now)
}

/// Notes that staff are on it from now; by how much its clocks go later.
fn note(turn: &mut Turn, reference: &Reference) -> TimeDelta {
    let before = on_it(turn, reference);
    let until = request::in_days(turn, DAYS);
    let since = before.as_ref().map_or(turn.now, |on| on.since);
    let stood_until = before.map_or(turn.now, |on| on.until);
    turn.put(&StaffOnIt { reference: reference.clone(), since, until });
    (until - stood_until).max(TimeDelta::zero())
}

/// Every promise of a case that judges silence goes later by as long as its clocks stand
/// still: nothing is dropped, and nothing comes before what came before it.
fn stand_still(turn: &mut Turn, case: &Case) {
    let by = note(turn, &case.reference);
    let standing: Vec<Timer> = turn.all(&TimerKind::prefix(&case.reference));
    for timer in standing.into_iter().filter(|t| t.what.judges_silence()) {
        turn.set_timer(timer.due.max(turn.now) + by, timer.what);
    }
}

/// A promise that is due is put off while staff are on its case, and after that until an hour
/// at which people are asked things. Says whether it was.
pub fn puts_off(turn: &mut Turn, timer: &Timer, reference: &Reference) -> bool {
    let on = turn.read::<StaffOnIt>(&reference.0).filter(|_| timer.what.judges_silence());
    let Some((on, case)) = on.zip(turn.read::<Case>(&reference.0)) else { return false };
    put_off(turn, timer, &case, on.until)
}

/// Puts a promise of a case off until then, and until people are asked things. Says whether
/// that is later than now.
pub fn put_off(turn: &mut Turn, timer: &Timer, case: &Case, until: Timestamp) -> bool {
    let due = in_hours(turn, case, &timer.what, until.max(turn.now));
    if due == turn.now {
        return false;
    }
    turn.set_timer(due, timer.what.clone());
    if let TimerKind::Reminder { attempt, .. } = timer.what {
        leave_a_working_day(turn, case, attempt, due);
    }
    true
}

/// A reminder that had to wait for a working day is not overtaken by the end.
fn leave_a_working_day(turn: &mut Turn, case: &Case, attempt: usize, reminded: Timestamp) {
    let kind = TimerKind::Expiry { case: case.reference.clone(), attempt };
    let Some(ends) = turn.timer(&kind.id()) else { return };
    let advisor = &case.mailbox_of(Party::Advisor(attempt)).address;
    let (zone, weekend) = (turn.zone_of(advisor), turn.weekend_of(advisor));
    let closures = &turn.rules.closures;
    let due = schedule::at_least_a_working_day_between(reminded, ends.due, zone, &weekend, closures);
    turn.set_timer(due, kind);
}

/// Questions to people come by day: an advisor's reminder where she is, others where we are.
fn in_hours(turn: &Turn, case: &Case, what: &TimerKind, due: Timestamp) -> Timestamp {
    let rules = turn.rules;
    match what {
        TimerKind::Reminder { attempt, .. } => {
            let advisor = &case.mailbox_of(Party::Advisor(*attempt)).address;
            let (zone, weekend) = (turn.zone_of(advisor), turn.weekend_of(advisor));
            schedule::in_reminder_hours(due, zone, &weekend, &rules.closures)
        }
        TimerKind::Settled { .. } | TimerKind::Confirmation { .. } => {
            schedule::in_reminder_hours(due, rules.zone, &rules.weekend, &rules.closures)
        }
        _ => due,
    }
}

fn hold_still(turn: &mut Turn, hold: &Reference) {
    let by = note(turn, hold);
    let kind = TimerKind::StaffDecision { hold: hold.clone() };
    if let Some(timer) = turn.timer(&kind.id()) {
        turn.set_timer(timer.due.max(turn.now) + by, kind);
    }
}

/// The open cases that staff are on, longest first.
pub fn cases_in_hand(turn: &Turn) -> Vec<(Case, Timestamp)> {
    let marks: Vec<StaffOnIt> = turn.all("");
    let mut cases: Vec<(Case, Timestamp)> = marks
        .into_iter()
        .filter(|on| on.until > turn.now)
        .filter_map(|on| Some((turn.read::<Case>(&on.reference.0)?, on.since)))
        .filter(|(case, _)| case.stage.is_open())
        .collect();
    cases.sort_by(|a, b| (a.1, &a.0.reference).cmp(&(b.1, &b.0.reference)));
    cases
}

// ---- what is answered to it

/// Whether a participant's mail answers a mail of the staff, or one unknown to us: then it is
/// conversation, never an act, and never answered.
///
/// What answers an unknown mail may act all the same in two ways. Its parent may be our
/// letter under another name, for some providers rename what they send: then it comes to the
/// address that only our letters give. And what the two write to each other with us in copy
/// is contact between them.
pub fn is_conversation(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    let Some(parent) = mail.parent().filter(|_| !turn.is_staff(&from.address)) else { return false };
    if turn.read::<ByHand>(parent.inner()).is_some() {
        return true;
    }
    !is_known(turn, parent) && !comes_by_our_letter(turn, mail) && !goes_to_others(turn, mail, from)
}

/// A letter of ours, a mail that was sent to us, or a msg-id that carries a token.
fn is_known(turn: &Turn, id: &MessageId) -> bool {
    turn.read::<LetterSent>(id.inner()).is_some()
        || turn.read::<FirstSeen>(id.inner()).is_some()
        || !token::carriers(id.inner()).is_empty()
}

/// Where the server has no subaddressing, a token anywhere must do.
fn comes_by_our_letter(turn: &Turn, mail: &Inbound) -> bool {
    let (contact, separator) = (&turn.rules.address, &turn.rules.subaddress);
    if separator.is_empty() {
        return !token::find_in(mail, contact, separator).is_empty();
    }
    let to = mail.to.iter().map(|m| &m.address).chain(&mail.delivered_to);
    to.into_iter()
        .filter_map(|a| a.detail_of(contact, separator))
        .any(|detail| !token::carriers(detail).is_empty())
}

fn goes_to_others(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    let contact = &turn.rules.address;
    let ours = |a: &AddrSpec| {
        a == contact || a.detail_of(contact, &turn.rules.subaddress).is_some() || turn.is_staff(a)
    };
    mail.to.iter().any(|m| m.address != from.address && !ours(&m.address))
}
