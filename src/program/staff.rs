//! What waits for a person of the staff.

use super::by_hand;
use super::form_mail::FormMail;
use super::letter::{Answered, Exception, ExceptionKind, Letter, Line, WithStaff};
use super::question::{self, Question};
use super::record::{Case, Hold, Reference, StaffNote, Timestamp};
use super::rules::Staff;
use super::schedule::{self, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{complaints_person, kept_back, staff_guess, staff_mail};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;

/// After how many days somebody whose mail is with the staff hears again, and how often.
const AGAIN_AFTER_DAYS: u32 = 7;
const TIMES: i64 = 3;

/// Something the next digest must show, and what names it there.
pub fn note_exception(
    turn: &mut Turn,
    kind: ExceptionKind,
    who: &str,
    about: &str,
    case: Option<Reference>,
) -> Reference {
    let hold = Hold {
        reference: turn.new_reference(),
        since: turn.now,
        kind,
        from: None,
        who: who.to_owned(),
        about: first_line(about),
        form: None,
        words: None,
        answers: None,
        mailed: false,
        language: None,
        case,
    };
    turn.put(&hold);
    staff_mail::keep_timer(turn);
    hold.reference
}

/// Somebody we know wrote in words of their own: listed under the question's reference, with
/// what they may mean. Nobody is told but the staff, in the morning.
pub fn list_prose(turn: &mut Turn, question: &Question) {
    let from = &question.from;
    let known = turn.person_called(from).map(|p| p.name);
    if !turn.is_member(&from.address) && known.is_none() {
        return;
    }
    let hold = Hold {
        reference: question.reference.clone(),
        since: turn.now,
        kind: ExceptionKind::Prose,
        from: None,
        who: known.unwrap_or_else(|| from.called().to_owned()),
        about: first_line(&format!("{}: {}", question.subject, question.words.replace('\n', " "))),
        form: None,
        words: None,
        answers: None,
        mailed: false,
        language: None,
        case: None,
    };
    restore(turn, &hold);
}

/// What a mail is held as, and what its writer reads.
pub struct Held {
    pub kind: ExceptionKind,
    pub what: WithStaff,
    /// What it is about: a subject.
    pub about: String,
    pub form: Option<FormMail>,
    pub understood: Vec<Line>,
    pub case: Option<Reference>,
}

impl Held {
    /// A mail in words, about what its subject says, that belongs to no case.
    pub fn of(mail: &Inbound, kind: ExceptionKind, what: WithStaff) -> Self {
        let about = mail.subject.clone().unwrap_or_default();
        Self { kind, what, about, form: None, understood: Vec::new(), case: None }
    }
}

/// Keeps what somebody wrote for the staff to decide, and tells the writer and the staff.
pub fn hold(turn: &mut Turn, from: &Mailbox, answers: Option<Answered>, held: Held) -> Reference {
    hold_with(turn, from, answers, held, None)
}

/// The same, with all that was written, for the staff to read.
pub fn hold_with(
    turn: &mut Turn,
    from: &Mailbox,
    answers: Option<Answered>,
    held: Held,
    words: Option<String>,
) -> Reference {
    let letter =
        Letter::WithStaff { name: from.name.clone(), what: held.what, understood: held.understood.clone() };
    turn.tell(from, answers.clone(), letter);
    hold_told(turn, from, answers, held, words)
}

/// The same for a writer who has been told.
pub fn hold_told(
    turn: &mut Turn,
    from: &Mailbox,
    answers: Option<Answered>,
    held: Held,
    words: Option<String>,
) -> Reference {
    let understood = held.understood.clone();
    let mut hold = waiting(turn, from, held);
    (hold.answers, hold.words) = (answers, words);
    staff_mail::tell_at_once(turn, &mut hold, understood);
    keep_hold(turn, &hold)
}

/// Keeps it without a word to its writer, who is told in another way.
pub fn keep(turn: &mut Turn, from: &Mailbox, held: Held, words: Option<String>) -> Reference {
    let hold = Hold { words, ..waiting(turn, from, held) };
    keep_hold(turn, &hold)
}

fn waiting(turn: &mut Turn, from: &Mailbox, held: Held) -> Hold {
    Hold {
        reference: turn.new_reference(),
        since: turn.now,
        kind: held.kind,
        from: Some(from.clone()),
        who: from.called().to_owned(),
        about: first_line(&held.about),
        form: held.form,
        words: None,
        answers: None,
        mailed: false,
        language: turn.heard(&from.address),
        case: held.case,
    }
}

fn keep_hold(turn: &mut Turn, hold: &Hold) -> Reference {
    restore(turn, hold);
    hold.reference.clone()
}

/// Puts a hold, new or again: its writer hears of it in a week.
pub fn restore(turn: &mut Turn, hold: &Hold) {
    turn.put(hold);
    if hold.from.is_some() {
        ask_again_later(turn, &hold.reference);
    }
    staff_mail::keep_timer(turn);
}

/// Staff have decided: it waits no longer.
pub fn release(turn: &mut Turn, hold: &Hold) {
    if let Some(from) = &hold.from {
        turn.hears(&from.address, hold.language.as_deref());
    }
    turn.delete::<Hold>(&hold.reference.0);
    if hold.kind == ExceptionKind::Prose {
        question::touch(turn, &hold.reference);
    }
    turn.cancel_timer(TimerKind::StaffDecision { hold: hold.reference.clone() }.id());
}

/// Everything that waits, the oldest first.
pub fn waiting_now(turn: &Turn) -> Vec<Hold> {
    oldest_first(turn.all(""))
}

fn oldest_first(mut holds: Vec<Hold>) -> Vec<Hold> {
    holds.sort_by(|a, b| (a.since, &a.reference).cmp(&(b.since, &b.reference)));
    holds
}

/// What of it one of the staff may know.
pub fn waiting_for(turn: &Turn, staff: &Staff) -> Vec<Hold> {
    waiting_now(turn).into_iter().filter(|hold| complaints_person::may_read(turn, staff, hold)).collect()
}

/// What waits under a reference: a hold by its own, and all of a case by the case's.
pub fn waiting_under(turn: &Turn, reference: &Reference) -> Vec<Hold> {
    if let Some(hold) = turn.read::<Hold>(&reference.0) {
        return vec![hold];
    }
    let mut of_case: Vec<Hold> = turn.all_with(&reference.0.to_lowercase());
    of_case.retain(|hold| hold.case.as_ref() == Some(reference));
    oldest_first(of_case)
}

/// A request has an advisor again, or is closed: nobody need look any more.
pub fn search_is_over(turn: &mut Turn, case: &Case) {
    for hold in waiting_under(turn, &case.reference) {
        if hold.kind == ExceptionKind::NoAdvisorLeft {
            release(turn, &hold);
        }
    }
}

/// A hold as letters to the staff show it, with what the staff have noted of it.
pub fn exception(turn: &Turn, hold: &Hold) -> Exception {
    let reference = hold.shown_reference().clone();
    let notes: Vec<StaffNote> = turn.all_with(&reference.0.to_lowercase());
    let notes = notes.into_iter().filter(|n| n.about.as_ref() == Some(&reference));
    let notes = notes.filter(|n| !n.confidential || hold.kind == ExceptionKind::Reported).map(|n| n.shown());
    Exception {
        since: hold.since,
        kind: hold.kind,
        who: hold.who.clone(),
        // A subject of ours ends with the reference, which stands beside it anyway.
        about: hold.about.replace(&format!("[{}]", reference.0), "").trim_end().to_owned(),
        guesses: staff_guess::of_hold(turn, hold),
        on_it: on_it_since(turn, hold),
        kept: kept_back::line(turn, &hold.reference),
        notes: notes.collect(),
        reference,
    }
}

/// Whether staff write by hand about it: it stands in the digest, and no morning's mail names it.
pub fn is_in_hand(turn: &Turn, hold: &Hold) -> bool {
    on_it_since(turn, hold).is_some()
}

/// Since when staff write by hand about what is held, or about its case.
fn on_it_since(turn: &Turn, hold: &Hold) -> Option<Timestamp> {
    let case = hold.case.as_ref().and_then(|case| by_hand::on_it_since(turn, case));
    by_hand::on_it_since(turn, &hold.reference).or(case)
}

fn ask_again_later(turn: &mut Turn, hold: &Reference) {
    let (zone, closures) = (turn.rules.zone, &turn.rules.closures);
    let due = schedule::add_days_with_closures(turn.now, AGAIN_AFTER_DAYS, zone, closures);
    turn.set_timer(due, TimerKind::StaffDecision { hold: hold.clone() });
}

/// Staff have not decided: the writer hears that nothing was lost. The hold itself stays.
pub fn still_undecided(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = Verdict::new(What::Done("still-with-staff"), None);
    let Some(hold) = turn.read::<Hold>(&reference.0) else { return verdict };
    let Some(from) = &hold.from else { return verdict };
    turn.hears(&from.address, hold.language.as_deref());
    if turn.now - hold.since < TimeDelta::days(TIMES * i64::from(AGAIN_AFTER_DAYS)) {
        ask_again_later(turn, reference);
    }
    let what = what_waits(hold.kind);
    let letter = Letter::StillWithStaff { name: from.name.clone(), what, since: hold.since };
    turn.tell(from, None, letter);
    verdict
}

/// What somebody whose mail is held waits for.
pub fn what_waits(kind: ExceptionKind) -> WithStaff {
    match kind {
        ExceptionKind::SignUpHeld => WithStaff::SignUp,
        ExceptionKind::RequestHeld => WithStaff::Request,
        ExceptionKind::RosterHeld => WithStaff::Roster,
        ExceptionKind::ConfirmationHeld => WithStaff::Confirmation,
        ExceptionKind::ToStaff => WithStaff::ToStaff,
        ExceptionKind::DataAsked => WithStaff::Data,
        ExceptionKind::ErasureAsked => WithStaff::Erasure,
        ExceptionKind::Reported => WithStaff::Report,
        _ => WithStaff::Words,
    }
}

/// One line of at most 120 characters, for a list.
pub fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    match line.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}
