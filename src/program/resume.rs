//! The end of a pause: everything goes on where it stopped, later by as long as it stood still,
//! and for whoever went away meanwhile from the return on.

use super::appointment::Appointment;
use super::complaint::who_waits;
use super::letter::Letter;
use super::record::{Case, Party, Pause, Person, Stage, Timestamp};
use super::request::day_of;
use super::schedule::{self, Timer, TimerKind};
use super::turn::Turn;
use super::{absence, brake, case_reply, leave, offer, ranked};
use chrono::NaiveDate;

/// The staff end the pause.
pub fn resume(turn: &mut Turn, case: &mut Case) {
    let Some(pause) = case.paused.take() else { return };
    turn.unmark(format!("paused/{}", case.reference));
    turn.cancel_timer(TimerKind::Paused { case: case.reference.clone() }.id());
    turn.put(case);
    for party in &pause.told {
        brake::forget_thread(turn, &case.reference, &case.mailbox_of(*party).address);
    }
    let waits = who_waits(case);
    for party in pause.told.iter().filter(|party| !waits.contains(party)) {
        say_resumed(turn, case, *party, None);
    }
    if !case.stage.is_open() {
        return;
    }
    if has_left(turn, case) {
        return leave::hand_back(turn, case);
    }
    let away = away_since(turn, case);
    if away.is_some_and(|(until, _)| ranked::passes_absence(turn, case, until)) {
        return;
    }
    let next = set_again(turn, case, &pause, away.map(|(_, returns)| returns));
    for party in waits {
        say_resumed(turn, case, party, next);
    }
    if let Some((until, returns)) = away {
        advisor_is_away(turn, case, until, returns, next);
    }
}

/// The advisor who is asked went away while it stood still: until when, and when her clock
/// goes on. An absence from before the pause is in the timers that stood.
fn away_since(turn: &Turn, case: &Case) -> Option<(NaiveDate, Timestamp)> {
    let attempt = case.attempt().filter(|_| case.stage == Stage::Asked)?;
    let away = absence::away_now(turn, &turn.person(attempt.person())?)?;
    (attempt.away_until != Some(away.0)).then_some(away)
}

/// The advisee hears until when, and may choose somebody else.
fn advisor_is_away(
    turn: &mut Turn,
    case: &mut Case,
    until: NaiveDate,
    returns: Timestamp,
    next: Option<NaiveDate>,
) {
    let current = case.current;
    if let Some(attempt) = case.attempts.get_mut(current) {
        (attempt.away_until, attempt.stands_until) = (Some(until), Some(returns));
    }
    let answer_by = next.unwrap_or_else(|| day_of(turn, returns));
    offer::meanwhile(turn, case, Some(until), answer_by);
}

/// The timers that stood; the day of the first that decides something.
fn set_again(turn: &mut Turn, case: &Case, pause: &Pause, advisor: Option<Timestamp>) -> Option<NaiveDate> {
    let mut timers: Vec<Timer> = pause.timers.clone();
    for timer in &mut timers {
        if is_of_a_meeting(turn, case, timer) {
            timer.due = timer.due.max(turn.now);
            continue;
        }
        let goes_on = goes_on(turn, case, timer, advisor);
        timer.due = by_day(turn, case, timer, timer.due + (goes_on - pause.since));
    }
    let reminders: Vec<Timer> = timers.iter().filter(|t| is_reminder(t)).cloned().collect();
    for timer in timers.iter_mut().filter(|t| matches!(t.what, TimerKind::Expiry { .. })) {
        timer.due = reminders.iter().fold(timer.due, |ends, reminder| after(turn, case, reminder, ends));
    }
    let next = timers.iter().filter(|t| !is_reminder(t)).map(|t| t.due).min();
    for timer in timers {
        turn.set_timer(timer.due, timer.what);
    }
    next.map(|due| day_of(turn, due))
}

/// The time of a meeting does not move because contact stood still.
fn is_of_a_meeting(turn: &Turn, case: &Case, timer: &Timer) -> bool {
    let asks = matches!(timer.what, TimerKind::Confirmation { .. });
    asks && Appointment::of(turn, case).agreed.is_some()
}

fn is_reminder(timer: &Timer) -> bool {
    matches!(timer.what, TimerKind::Reminder { .. })
}

/// A reminder that had to wait for a working day is not overtaken by the end.
fn after(turn: &Turn, case: &Case, reminder: &Timer, ends: Timestamp) -> Timestamp {
    let advisor = &case.mailbox_of(Party::Advisor(case.current)).address;
    let (zone, weekend) = (turn.zone_of(advisor), turn.weekend_of(advisor));
    let closures = &turn.rules.closures;
    schedule::at_least_a_working_day_between(reminder.due, ends, zone, &weekend, closures)
}

/// When the clock of a timer goes on: now, or with the return of whoever it waits for.
fn goes_on(turn: &Turn, case: &Case, timer: &Timer, advisor: Option<Timestamp>) -> Timestamp {
    let of = |person: Option<Person>| absence::away_now(turn, &person?).map(|(_, returns)| returns);
    let advisee = || of(turn.person_called(&case.advisee));
    let returns = match timer.what {
        TimerKind::Reminder { .. } | TimerKind::Expiry { .. } => advisor,
        TimerKind::OfferEnds { .. } => advisee(),
        TimerKind::Settled { .. } | TimerKind::Times { .. } => {
            advisee().max(of(case.attempt().and_then(|a| turn.person(a.person()))))
        }
        _ => None,
    };
    // What was due only after the return waits for nobody.
    let waits = |at: &Timestamp| advisor == Some(*at) || timer.due <= *at;
    returns.filter(waits).map_or(turn.now, |at| at.max(turn.now))
}

/// Reminders and questions keep to the hours of a working day; deadlines need not.
fn by_day(turn: &Turn, case: &Case, timer: &Timer, due: Timestamp) -> Timestamp {
    let rules = turn.rules;
    let (zone, weekend) = match &timer.what {
        TimerKind::Reminder { attempt, .. } => {
            let advisor = &case.mailbox_of(Party::Advisor(*attempt)).address;
            (turn.zone_of(advisor), turn.weekend_of(advisor))
        }
        TimerKind::Settled { .. } | TimerKind::Times { .. } | TimerKind::Confirmation { .. } => {
            (rules.zone, rules.weekend.clone())
        }
        _ => return due,
    };
    schedule::in_reminder_hours(due, zone, &weekend, &rules.closures)
}

/// Whether the advisor left the roster while it stood still, with her answer still open.
fn has_left(turn: &Turn, case: &Case) -> bool {
    let undecided = matches!(case.stage, Stage::Asked | Stage::InContact);
    let advisor = case.attempt().and_then(|a| turn.person(a.person()));
    undecided && advisor.is_none_or(|p| offer::is_off_the_roster(&p))
}

fn say_resumed(turn: &mut Turn, case: &Case, party: Party, when: Option<NaiveDate>) {
    let next = case_reply::next_for(case, party);
    let letter = Letter::Resumed {
        name: case.mailbox_of(party).called().to_owned(),
        other: case_reply::reader(case, party).map(|p| case.mailbox_of(p).called().to_owned()),
        next,
        when,
        to_advisor: party != Party::Advisee,
    };
    turn.tell_party(case, party, None, letter);
}
