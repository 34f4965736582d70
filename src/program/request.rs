//! The advisor's week: asked, reminded, and what happens when nobody answers.

use super::clock;
use super::letter::{Ended, Letter};
use super::offer::{self, Why};
use super::record::{Attempt, Case, Counted, Outcome, Party, Person, PersonKey, Reference, Stage, Timestamp};
use super::rules::ShowAddresses;
use super::schedule::{self, Timer, TimerKind};
use super::staff;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{arranging, outbox, presence, ranked, week};
use crate::mail::address::Mailbox;
use chrono::NaiveDate;

/// The day on which something that lasts so many days from now ends, where the network is.
pub fn day_in(turn: &Turn, days: u32) -> NaiveDate {
    day_of(turn, in_days(turn, days))
}

pub fn in_days(turn: &Turn, days: u32) -> Timestamp {
    schedule::add_days_with_closures(turn.now, days, turn.rules.zone, &turn.rules.closures)
}

/// The same, but at an hour of a working day: for questions that are no deadline.
pub fn in_days_by_day(turn: &Turn, days: u32) -> Timestamp {
    let rules = turn.rules;
    schedule::in_reminder_hours(in_days(turn, days), rules.zone, &rules.weekend, &rules.closures)
}

pub fn day_of(turn: &Turn, at: Timestamp) -> NaiveDate {
    at.with_timezone(&turn.rules.zone).date_naive()
}

/// Puts a case whose stage has changed: promises of the stage before are off.
pub fn enter(turn: &mut Turn, case: &mut Case, stage: Stage) {
    turn.cancel_case_timers(case);
    let before = turn.read::<Case>(&case.reference.0).map(|known| known.stage);
    arranging::over(turn, case, stage);
    if case.stage == Stage::WithStaff && stage != Stage::WithStaff {
        staff::search_is_over(turn, case);
    }
    case.stage = stage;
    case.questions = 0;
    offer::keep_load(turn, case);
    week::moved(turn, case, before);
    turn.put(case);
}

// ---- asking

/// Asks an advisor: the letter to her, her token, the clock.
pub fn ask(turn: &mut Turn, case: &mut Case, advisor: &Person) {
    let attempt = Attempt {
        advisor: advisor.mailbox(),
        entry: Some(PersonKey::from(advisor)),
        asked: turn.now,
        handed_over: None,
        outcome: Outcome::Waiting,
        letter: None,
        told: false,
        out_of_office: None,
        away_until: None,
        stands_until: None,
        others_offered: false,
        full_week: false,
        delayed: None,
        asked_for_room: false,
        note_kept: None,
    };
    case.attempts.push(attempt);
    case.current = case.attempts.len() - 1;
    enter(turn, case, Stage::Asked);
    let letter = Letter::RequestToAdvisor {
        name: advisor.name.clone(),
        advisee: case.advisee.called().to_owned(),
        institution: case.institution.clone(),
        issue: case.issue.clone(),
        preferred_times: case.preferred_times.clone(),
        other_fields: case.other_fields.clone(),
        answer_by: day_in(turn, clock::days(turn, case)),
        address: shown(turn, &case.advisee),
    };
    let party = Party::Advisor(case.current);
    let writer = case.advisee.called().to_owned();
    let id = turn.pass_to_party(case, party, &writer, letter);
    case.attempts[case.current].letter = Some(id);
    turn.put(case);
    clock::start(turn, case);
}

// ---- silence

/// The case, if this attempt is the one waited for.
fn waiting(turn: &Turn, reference: &Reference, attempt: usize) -> Option<Case> {
    let case: Case = turn.read(&reference.0)?;
    let is_current = case.current == attempt && case.stage == Stage::Asked;
    let waits = case.attempt().is_some_and(|a| a.outcome == Outcome::Waiting);
    (is_current && waits).then_some(case)
}

/// Day 3 and day 6.
pub fn remind(turn: &mut Turn, reference: &Reference, attempt: usize, n: usize) -> Verdict {
    // A request that has not left yet is not to be reminded of: its clock begins anew when it does.
    let has_left = |case: &Case| case.attempt().is_some_and(|a| a.handed_over.is_some());
    let Some(case) = waiting(turn, reference, attempt).filter(has_left) else {
        return Verdict::new(What::Done("moot"), Some(reference.clone()));
    };
    let expiry = clock::leave_a_working_day(turn, &case, attempt);
    let letter = Letter::Reminder {
        name: case.mailbox_of(Party::Advisor(attempt)).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
        issue: case.issue.clone(),
        answer_by: day_of(turn, expiry),
        last: clock::is_last_reminder(turn, &case, n),
    };
    turn.tell_party(&case, Party::Advisor(attempt), None, letter);
    Verdict::new(What::Done("reminder"), Some(reference.clone()))
}

/// Whether the request to the advisor still waits for the mail server.
fn has_not_left(turn: &Turn, case: &Case) -> bool {
    let attempt = case.attempt().filter(|a| a.handed_over.is_none());
    attempt.and_then(|a| a.letter.as_ref()).is_some_and(|letter| outbox::is_on_its_way(turn, letter))
}

/// The week is over.
pub fn expire(turn: &mut Turn, reference: &Reference, attempt: usize) -> Verdict {
    let Some(mut case) = waiting(turn, reference, attempt) else {
        return Verdict::new(What::Done("moot"), Some(reference.clone()));
    };
    if has_not_left(turn, &case) {
        // She has not been asked yet: her week begins when the letter leaves.
        turn.set_timer(in_days(turn, 1), TimerKind::Expiry { case: reference.clone(), attempt });
        return Verdict::new(What::Done("not-asked-yet"), Some(reference.clone()));
    }
    conclude(&mut case, attempt, Outcome::Expired);
    turn.count(Counted::NoAnswer);
    let letter = Letter::ExpiredToAdvisor {
        name: case.mailbox_of(Party::Advisor(attempt)).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
        passed_on: ranked::has_next(turn, &case),
    };
    turn.tell_party(&case, Party::Advisor(attempt), None, letter);
    if let Some(attempt) = case.attempts.get(attempt) {
        presence::has_not_answered(turn, &attempt.person());
    }
    offer::others(turn, &mut case, Why::NoAnswer);
    Verdict::new(What::Done("expired"), Some(reference.clone()))
}

pub fn conclude(case: &mut Case, attempt: usize, outcome: Outcome) {
    if let Some(attempt) = case.attempts.get_mut(attempt) {
        attempt.outcome = outcome;
    }
}

/// The day on which a case goes on by itself; reminders on the way do not count.
pub fn next_day(turn: &Turn, case: &Case) -> Option<NaiveDate> {
    let timers: Vec<Timer> = turn.all(&TimerKind::prefix(&case.reference));
    let ends = timers.iter().filter(|t| !matches!(t.what, TimerKind::Reminder { .. })).map(|t| t.due);
    ends.min().map(|due| day_of(turn, due))
}

// ---- ends

/// Closes a case that is still at a stage; the advisee is told.
pub fn end_if(turn: &mut Turn, reference: &Reference, stage: Stage, why: Ended) -> Verdict {
    if let Some(mut case) = turn.read::<Case>(&reference.0).filter(|c| c.stage == stage) {
        end(turn, &mut case, Stage::Ended, why, &[Party::Advisee]);
    }
    Verdict::new(What::Done("ended"), Some(reference.clone()))
}

/// Closes a case without anybody's word; everybody concerned is told.
pub fn end(turn: &mut Turn, case: &mut Case, stage: Stage, why: Ended, told: &[Party]) {
    enter(turn, case, stage);
    for party in told {
        let other = case.other(*party).map(|p| case.mailbox_of(p).called().to_owned());
        let letter = Letter::CaseEnded {
            name: case.mailbox_of(*party).called().to_owned(),
            other,
            why,
            to_advisor: *party != Party::Advisee,
        };
        turn.tell_party(case, *party, None, letter);
    }
}

/// Somebody's address, where the network shows it before an acceptance.
pub fn shown(turn: &Turn, whose: &Mailbox) -> Option<String> {
    let always = turn.rules.requests.show_addresses == ShowAddresses::Always;
    always.then(|| whose.address.to_string())
}

/// What a receipt promises: the day by which there is an answer, and a closure on the way.
pub fn promise(turn: &Turn, case: &Case) -> (NaiveDate, Option<String>) {
    let (today, end) = (day_in(turn, 0), day_in(turn, clock::days(turn, case)));
    let closure = turn.rules.closures.iter().find(|c| c.from <= end && c.to >= today);
    (end, closure.map(|c| c.note.clone()))
}
