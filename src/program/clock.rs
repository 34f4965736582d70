//! The clock of a request: when its advisor is reminded, when her time is over, and when it stands still.

use super::batch::Outgoing;
use super::record::{Attempt, Case, LetterSent, Outcome, Party, Stage, Timestamp};
use super::schedule::{self, Timer, TimerId, TimerKind};
use super::turn::Turn;
use chrono::TimeDelta;

/// How many days the advisor who is asked now has.
/// Less than the week where others come after her, unless the advisee said WAIT.
pub fn days(turn: &Turn, case: &Case) -> u32 {
    let requests = &turn.rules.requests;
    let full_week = case.ranked.is_empty() || case.attempt().is_some_and(|a| a.full_week);
    if full_week { requests.expire_after_days } else { requests.ranked_move_on_after_days }
}

/// Whether no reminder comes after this one.
pub fn is_last_reminder(turn: &Turn, case: &Case, n: usize) -> bool {
    let days = days(turn, case);
    turn.rules.requests.remind_after_days.iter().skip(n + 1).all(|later| *later >= days)
}

/// The advisor's days, from now: the decision, and again when delivery is accepted.
pub fn start(turn: &mut Turn, case: &Case) {
    let Some(attempt) = case.attempt() else { return };
    let from = attempt.stands_until.map_or(turn.now, |until| until.max(turn.now));
    run(turn, case, from);
}

/// Sets every promise of an attempt whose days began at `from`; what would be past is left out.
fn run(turn: &mut Turn, case: &Case, from: Timestamp) -> Timestamp {
    let days = days(turn, case);
    let zone = advisors_zone(turn, case);
    let closures = &turn.rules.closures;
    let on = |days: u32| schedule::add_days_with_closures(from, days, zone, closures);
    let fitting =
        turn.rules.requests.remind_after_days.iter().copied().enumerate().filter(|(_, d)| *d < days);
    let reminders: Vec<(usize, Timestamp)> =
        fitting.map(|(n, d)| (n, on(d))).filter(|(_, at)| *at > turn.now).collect();
    let ends = schedule::add_days_with_closures(from, days, turn.rules.zone, closures);
    set(turn, case, &reminders, ends)
}

/// Her days have become more: counted from when they began, or begin again.
pub fn lengthen(turn: &mut Turn, case: &Case) -> Option<Timestamp> {
    let attempt = case.attempt()?;
    let began = attempt.handed_over.unwrap_or(attempt.asked);
    let from = attempt.stands_until.map_or(began, |until| until.max(began));
    Some(run(turn, case, from))
}

/// Reminders at an hour when people work there, and an end that leaves a working day after the last.
fn set(turn: &mut Turn, case: &Case, reminders: &[(usize, Timestamp)], ends: Timestamp) -> Timestamp {
    let Some(attempt) = case.attempt() else { return ends };
    let (zone, weekend) = (advisors_zone(turn, case), turn.weekend_of(&attempt.advisor.address));
    let closures = turn.rules.closures.clone();
    let mut ends = ends;
    for (n, at) in reminders {
        let due = schedule::in_reminder_hours(*at, zone, &weekend, &closures);
        // A reminder that had to wait for a working day is not overtaken by the end.
        ends = schedule::at_least_a_working_day_between(due, ends, zone, &weekend, &closures);
        let kind = TimerKind::Reminder { case: case.reference.clone(), attempt: case.current, n: *n };
        turn.set_timer(due, kind);
    }
    turn.set_timer(ends, TimerKind::Expiry { case: case.reference.clone(), attempt: case.current });
    ends
}

fn advisors_zone(turn: &Turn, case: &Case) -> chrono_tz::Tz {
    turn.zone_of(&case.mailbox_of(Party::Advisor(case.current)).address)
}

/// The mail server has taken a request: the advisor's days run from here.
pub fn handed_over(turn: &mut Turn, copy: &Outgoing) {
    let Some(mut case) = copy.case.as_ref().and_then(|r| turn.read::<Case>(&r.0)) else { return };
    let waits = case.stage == Stage::Asked;
    let now = turn.now;
    let Some(attempt) = case.attempts.get_mut(case.current) else { return };
    if waits && attempt.handed_over.is_none() && attempt.letter.as_ref() == Some(&copy.message_id) {
        attempt.handed_over = Some(now);
        turn.put(&case);
        if case.paused.is_none() {
            start(turn, &case);
        }
    }
}

/// A request turns out to have been handed over at that time: the advisor's days, which run from its
/// decision, stay as they are.
pub fn was_handed_over(turn: &mut Turn, copy: &Outgoing, at: Timestamp) {
    let Some(mut case) = copy.case.as_ref().and_then(|r| turn.read::<Case>(&r.0)) else { return };
    let carried = |a: &&mut Attempt| a.letter.as_ref() == Some(&copy.message_id) && a.handed_over.is_none();
    if let Some(attempt) = case.attempts.iter_mut().find(carried) {
        attempt.handed_over = Some(at);
        turn.put(&case);
    }
}

/// For so long the clock stands still when a mail server says that a request is late: within
/// these days it arrives or comes back (RFC 5321 §4.5.4.1).
const DELAYED_DAYS: i64 = 5;

/// A report says that a letter is late: if it is the request that is waited for, the clock
/// stands still, once.
pub fn delayed(turn: &mut Turn, letter: &LetterSent) {
    let Some(mut case) =
        carried_by(turn, letter).filter(|c| c.attempt().is_some_and(|a| a.delayed.is_none()))
    else {
        return;
    };
    let (now, current) = (turn.now, case.current);
    case.attempts[current].delayed = Some(now);
    shift(turn, &mut case, now, now + TimeDelta::days(DELAYED_DAYS));
}

/// A report says that it has arrived after all: the clock goes on.
pub fn arrived(turn: &mut Turn, letter: &LetterSent) {
    let Some(mut case) = carried_by(turn, letter) else { return };
    let Some(attempt) = case.attempt() else { return };
    let expected = attempt.delayed.map(|since| since + TimeDelta::days(DELAYED_DAYS));
    let stands = expected.filter(|until| *until > turn.now && attempt.stands_until == Some(*until));
    if let Some(since) = attempt.delayed.filter(|_| stands.is_some()) {
        let now = turn.now;
        shift(turn, &mut case, since, now);
    }
}

/// The clock stands still from then until then, and all that it promised moves as far.
fn shift(turn: &mut Turn, case: &mut Case, from: Timestamp, until: Timestamp) {
    let current = case.current;
    let Some(attempt) = case.attempts.get_mut(current) else { return };
    let began = attempt.handed_over.unwrap_or(attempt.asked);
    attempt.stands_until = Some(until);
    turn.put(case);
    run(turn, case, began + (until - from));
}

/// The case whose request this letter is, while its answer is waited for.
fn carried_by(turn: &Turn, letter: &LetterSent) -> Option<Case> {
    let case: Case = turn.read(&letter.case.as_ref()?.0)?;
    let attempt = case.attempt().filter(|a| a.letter.as_ref() == Some(&letter.message_id))?;
    let waits = case.stage == Stage::Asked && attempt.outcome == Outcome::Waiting;
    waits.then_some(case)
}

// ---- standing still

/// The clock of the advisor who is asked stands still until then, and then goes on with a
/// reminder, as the request lies under everything else, and the days that remained. One that stands already stands until the new time instead: what
/// remained then remains. When her time is over now.
pub fn stand_still(turn: &mut Turn, case: &mut Case, until: Timestamp) -> Timestamp {
    let ends = turn.timer(&expiry_of(case)).map_or(turn.now, |t| t.due);
    let (zone, now) = (advisors_zone(turn, case), turn.now);
    let stood = case.attempt().and_then(|a| a.stands_until).map_or(now, |stood| stood.max(now));
    let closures = turn.rules.closures.clone();
    let remaining = |due: Timestamp| schedule::open_days_between(stood, due, zone, &closures);
    let on = |days: u32| schedule::add_days_with_closures(until, days, zone, &closures);
    let standing = reminders_of(turn, case);
    let reminders = first_at_once(turn, until, standing, |due| on(remaining(due)));
    if let Some(attempt) = case.attempts.get_mut(case.current) {
        attempt.stands_until = Some(until);
    }
    turn.put(case);
    set(turn, case, &reminders, on(remaining(ends).max(1)))
}

/// The first reminder that is still to come (or the last, once more) when the clock goes
/// on; the others in their time.
fn first_at_once(
    turn: &Turn,
    until: Timestamp,
    standing: Vec<(usize, Timestamp)>,
    later: impl Fn(Timestamp) -> Timestamp,
) -> Vec<(usize, Timestamp)> {
    let last = turn.rules.requests.remind_after_days.len().saturating_sub(1);
    let mut rest = standing.into_iter();
    let (first, _) = rest.next().unwrap_or((last, until));
    std::iter::once((first, until)).chain(rest.map(|(n, due)| (n, later(due)))).collect()
}

fn expiry_of(case: &Case) -> TimerId {
    TimerKind::Expiry { case: case.reference.clone(), attempt: case.current }.id()
}

/// The reminders still to come to the advisor who is asked, the earliest first.
fn reminders_of(turn: &Turn, case: &Case) -> Vec<(usize, Timestamp)> {
    let timers: Vec<Timer> = turn.all(&TimerKind::prefix(&case.reference));
    let mut reminders: Vec<(usize, Timestamp)> = timers.iter().filter_map(|t| reminder(t, case)).collect();
    reminders.sort_unstable();
    reminders
}

fn reminder(timer: &Timer, case: &Case) -> Option<(usize, Timestamp)> {
    match timer.what {
        TimerKind::Reminder { attempt, n, .. } if attempt == case.current => Some((n, timer.due)),
        _ => None,
    }
}

/// A reminder that came late leaves at least a working day to answer it: expiry waits.
pub fn leave_a_working_day(turn: &mut Turn, case: &Case, attempt: usize) -> Timestamp {
    let kind = TimerKind::Expiry { case: case.reference.clone(), attempt };
    let standing = turn.timer(&kind.id()).map_or(turn.now, |t| t.due);
    let advisor = &case.mailbox_of(Party::Advisor(attempt)).address;
    let (zone, weekend) = (turn.zone_of(advisor), turn.weekend_of(advisor));
    let due =
        schedule::at_least_a_working_day_between(turn.now, standing, zone, &weekend, &turn.rules.closures);
    if due != standing {
        turn.set_timer(due, kind);
    }
    due
}

/// A question to somebody who is away waits: what remained of its time, from `from` on,
/// runs from her return. The time at which it is put now.
pub fn put_off(turn: &mut Turn, kind: TimerKind, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
    let standing = turn.timer(&kind.id())?;
    let rules = turn.rules;
    let remaining = schedule::open_days_between(from, standing.due, rules.zone, &rules.closures).max(1);
    let day = schedule::add_days_with_closures(until, remaining, rules.zone, &rules.closures);
    let due = schedule::in_reminder_hours(day, rules.zone, &rules.weekend, &rules.closures);
    turn.set_timer(due, kind);
    Some(due)
}
