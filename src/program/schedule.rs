//! Timers, and the hours at which people may be reminded.

use super::record::{Record, Reference, Timestamp};
use super::rules::Closure;
use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
    Weekday,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Which timer: unique, so that setting one again moves it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub String);

/// A promise to speak at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    pub id: TimerId,
    pub due: Timestamp,
    pub what: TimerKind,
    /// Since when it is put off, day by day: mail of somebody waits, or we failed over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_since: Option<Timestamp>,
}

/// What a timer is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The nth reminder (from 0) to the advisor of an attempt.
    Reminder { case: Reference, attempt: usize, n: usize },
    /// The advisor's week ends.
    Expiry { case: Reference, attempt: usize },
    /// In contact: is it settled?
    Settled { case: Reference },
    /// Alternatives lie before the advisee.
    OfferEnds { case: Reference },
    /// Staff look for an advisor.
    StaffSearch { case: Reference },
    /// Has the meeting been held?
    Confirmation { case: Reference },
    /// No time is agreed for the meeting.
    Times { case: Reference },
    /// The staff must open the shared room soon, or it was used.
    Room { booking: Reference },
    /// Contact stands still after a report.
    Paused { case: Reference },
    /// An incomplete form waits for its writer.
    DraftEnds { draft: Reference },
    /// Somebody was asked whether a thing is theirs.
    Inquiry { inquiry: Reference },
    /// Somebody waits for a decision of the staff.
    StaffDecision { hold: Reference },
    /// An ordinary question waits for the staff.
    Question { question: Reference },
    /// Letters wait for the staff to approve them.
    Shadow,
    /// Mails that a brake holds go on.
    KeptBack { key: String },
    /// What the brakes remember is looked over.
    Sweep,
    /// Sending has stood still for long enough.
    Breaker,
    /// The weekly digest.
    Digest,
    /// A morning on which the staff may be told of what waits.
    Exceptions,
}

impl Record for Timer {
    const TABLE: &'static str = "timer";
    fn key(&self) -> String {
        self.id.0.clone()
    }
}

impl TimerKind {
    /// Whether it takes somebody's silence for an answer: then it may fire only after
    /// the mailbox has been read to its end at or after its due.
    pub fn judges_silence(&self) -> bool {
        !matches!(
            self,
            TimerKind::Shadow
                | TimerKind::Digest
                | TimerKind::Paused { .. }
                | TimerKind::Room { .. }
                | TimerKind::KeptBack { .. }
                | TimerKind::Sweep
                | TimerKind::Breaker
        )
    }
}

/// People are reminded from this hour on …
const FIRST_HOUR: u32 = 9;
/// … and before this one, in their own zone.
const LAST_HOUR: u32 = 16;
/// No run of closed days is longer; a roster of seven weekend days must not hang us.
const HORIZON_DAYS: u32 = 4_000;

/// `at`, or the next instant between 09:00 and 16:00 of a working day there.
pub fn in_reminder_hours(at: Timestamp, zone: Tz, weekend: &[Weekday], closures: &[Closure]) -> Timestamp {
    let open = |day: NaiveDate| is_working_day(day, weekend, closures);
    let mut moved = at;
    for _ in 0..HORIZON_DAYS {
        let local = moved.with_timezone(&zone).naive_local();
        let (day, hour) = (local.date(), local.time());
        let day = match open(day) {
            true if hour < clock(FIRST_HOUR) => day,
            true if hour < clock(LAST_HOUR) => return moved,
            _ => day + Days::new(1),
        };
        moved = instant(day.and_time(clock(FIRST_HOUR)), zone).max(moved + TimeDelta::seconds(1));
    }
    at
}

/// `days` days later at the same local time. Closure days do not count: clocks stand still.
pub fn add_days_with_closures(from: Timestamp, days: u32, zone: Tz, closures: &[Closure]) -> Timestamp {
    let local = from.with_timezone(&zone).naive_local();
    let started = first_open(local.date(), closures);
    if days == 0 && started == local.date() {
        return from;
    }
    // What begins while we are closed begins when we open.
    let time = if started == local.date() { local.time() } else { NaiveTime::MIN };
    let day = (0..days).fold(started, |day, _| first_open(day + Days::new(1), closures));
    instant(day.and_time(time), zone)
}

/// `days` working days later at the same local time. What begins on a free day begins with
/// the next working day.
pub fn add_working_days(
    from: Timestamp,
    days: u32,
    zone: Tz,
    weekend: &[Weekday],
    closures: &[Closure],
) -> Timestamp {
    let local = from.with_timezone(&zone).naive_local();
    let working = |day: &NaiveDate| is_working_day(*day, weekend, closures);
    let next = |day: NaiveDate| day.iter_days().take(HORIZON_DAYS as usize).find(working).unwrap_or(day);
    let started = next(local.date());
    let time = if started == local.date() { local.time() } else { clock(FIRST_HOUR) };
    let day = (0..days).fold(started, |day, _| next(day + Days::new(1)));
    instant(day.and_time(time), zone)
}

/// How many days that are not closed lie after the day of `from`, up to the day of `to`.
pub fn open_days_between(from: Timestamp, to: Timestamp, zone: Tz, closures: &[Closure]) -> u32 {
    let day = |at: Timestamp| at.with_timezone(&zone).date_naive();
    let days = day(from).iter_days().skip(1).take(HORIZON_DAYS as usize).take_while(|d| *d <= day(to));
    days.fold(0, |open, day| open + u32::from(!is_closed(day, closures)))
}

/// `expiry`, or later where less than a working day would remain after the reminder.
pub fn at_least_a_working_day_between(
    reminder: Timestamp,
    expiry: Timestamp,
    zone: Tz,
    weekend: &[Weekday],
    closures: &[Closure],
) -> Timestamp {
    let local = reminder.with_timezone(&zone).naive_local();
    let later = local.date().iter_days().skip(1).take(HORIZON_DAYS as usize);
    let next = later.into_iter().find(|day| is_working_day(*day, weekend, closures));
    next.map_or(expiry, |day| instant(day.and_time(local.time()), zone).max(expiry))
}

/// The first time after `after` that the schedule names in this zone.
///
/// cron 0.17 skips a time inside the gap of spring and gives one inside the fold of
/// autumn twice: so it is asked about wall-clock times only, a gap is mapped to its end
/// and a fold to its first pass. A schedule without any time left gives a week later.
pub fn next_digest(schedule: &cron::Schedule, after: Timestamp, zone: Tz) -> Timestamp {
    let wall = after.with_timezone(&zone).naive_local();
    // A gap may begin up to a day before the wall clock's reading after it.
    let from = (wall - TimeDelta::days(1)).and_utc();
    let times = schedule.after(&from).map(|time: DateTime<Utc>| instant(time.naive_utc(), zone));
    times.into_iter().find(|time| *time > after).unwrap_or(after + TimeDelta::days(7))
}

/// The ISO 8601 week of an instant there: `2026-W48`.
pub fn period_key(at: Timestamp, zone: Tz) -> String {
    key_of(at.with_timezone(&zone).date_naive())
}

/// Monday and Sunday of a period.
pub fn week_of(period: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (year, week) = period.split_once("-W")?;
    let monday = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
    Some((monday, monday + Days::new(6)))
}

/// The period before this one.
pub fn previous_period(period: &str) -> Option<String> {
    week_of(period).map(|(monday, _)| key_of(monday - Days::new(7)))
}

/// Whether a person may be reminded on this day.
pub fn is_working_day(day: NaiveDate, weekend: &[Weekday], closures: &[Closure]) -> bool {
    !weekend.contains(&day.weekday()) && !is_closed(day, closures)
}

/// The instant of a wall-clock time: in a fold the first, in a gap the gap's end.
pub fn instant(wall: NaiveDateTime, zone: Tz) -> Timestamp {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
        LocalResult::None => end_of_gap(wall, zone),
    }
}

/// A day is the longest gap there ever was (Samoa skipped 30 December 2011).
fn end_of_gap(wall: NaiveDateTime, zone: Tz) -> Timestamp {
    let minute = wall.date().and_time(NaiveTime::MIN)
        + TimeDelta::minutes((wall - wall.date().and_time(NaiveTime::MIN)).num_minutes());
    let later = (1..=2 * 24 * 60).map(|n| minute + TimeDelta::minutes(n));
    let found = later.filter_map(|wall| zone.from_local_datetime(&wall).earliest()).next();
    found.map_or(wall.and_utc(), |time| time.to_utc())
}

fn key_of(day: NaiveDate) -> String {
    let week = day.iso_week();
    format!("{}-W{:02}", week.year(), week.week())
}

fn is_closed(day: NaiveDate, closures: &[Closure]) -> bool {
    closures.iter().any(|closure| (closure.from..=closure.to).contains(&day))
}

fn first_open(day: NaiveDate, closures: &[Closure]) -> NaiveDate {
    let mut days = day.iter_days().take(HORIZON_DAYS as usize);
    days.find(|day| !is_closed(*day, closures)).unwrap_or(day)
}

fn clock(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).expect("the hours above are hours of a day")
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
