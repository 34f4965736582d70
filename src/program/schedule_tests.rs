use super::*;
use chrono_tz::{Africa, America, Asia, Australia, Europe, Pacific, UTC};
use proptest::prelude::*;
use std::str::FromStr;

const WEEKEND: &[Weekday] = &[Weekday::Sat, Weekday::Sun];

fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect(text).to_utc()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn christmas() -> Vec<Closure> {
    vec![Closure { from: day("2026-12-24"), to: day("2027-01-03"), note: "closed".into() }]
}

fn cron(text: &str) -> cron::Schedule {
    cron::Schedule::from_str(text).expect(text)
}

#[test]
fn a_reminder_moves_to_the_next_allowed_hour() {
    let moved = |text| in_reminder_hours(at(text), Europe::Paris, WEEKEND, &christmas());
    // Wednesday 25 November 2026; Paris is an hour ahead of UTC.
    assert_eq!(moved("2026-11-25T10:30:00Z"), at("2026-11-25T10:30:00Z"));
    assert_eq!(moved("2026-11-25T03:00:00Z"), at("2026-11-25T08:00:00Z"));
    assert_eq!(moved("2026-11-25T15:00:00Z"), at("2026-11-26T08:00:00Z"));
    assert_eq!(moved("2026-11-27T18:00:00Z"), at("2026-11-30T08:00:00Z"), "over the weekend");
    assert_eq!(moved("2026-12-24T10:00:00Z"), at("2027-01-04T08:00:00Z"), "over the closure");
}

#[test]
fn the_weekend_is_the_institutions_own() {
    let friday = at("2026-11-27T10:00:00Z");
    let cairo = in_reminder_hours(friday, Africa::Cairo, &[Weekday::Fri, Weekday::Sat], &[]);
    assert_eq!(cairo, at("2026-11-29T07:00:00Z"));
}

#[test]
fn seven_weekend_days_do_not_hang() {
    let all =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let now = at("2026-11-27T10:00:00Z");
    assert_eq!(in_reminder_hours(now, UTC, &all, &[]), now);
    assert_eq!(at_least_a_working_day_between(now, now, UTC, &all, &[]), now);
}

#[test]
fn clocks_stand_still_while_the_network_is_closed() {
    let add = |text, days| add_days_with_closures(at(text), days, Europe::Paris, &christmas());
    assert_eq!(add("2026-12-01T14:00:00Z", 7), at("2026-12-08T14:00:00Z"));
    assert_eq!(add("2026-12-23T14:00:00Z", 3), at("2027-01-06T14:00:00Z"));
    assert_eq!(add("2026-12-26T14:00:00Z", 3), at("2027-01-06T23:00:00Z"), "begins when we open");
    assert_eq!(add("2026-12-26T14:00:00Z", 0), at("2027-01-03T23:00:00Z"));
    assert_eq!(add("2026-12-01T14:00:00Z", 0), at("2026-12-01T14:00:00Z"));
}

#[test]
fn a_week_over_a_change_of_the_clock_ends_at_the_same_local_time() {
    let week = add_days_with_closures(at("2026-10-22T08:00:00Z"), 7, Europe::Paris, &[]);
    assert_eq!(week, at("2026-10-29T09:00:00Z"));
}

#[test]
fn expiry_waits_for_a_working_day_after_the_reminder() {
    let wait = |reminder, expiry| {
        at_least_a_working_day_between(at(reminder), at(expiry), Europe::Paris, WEEKEND, &[])
    };
    assert_eq!(wait("2026-11-25T08:00:00Z", "2026-11-27T08:00:00Z"), at("2026-11-27T08:00:00Z"));
    assert_eq!(wait("2026-11-25T08:00:00Z", "2026-11-25T17:00:00Z"), at("2026-11-26T08:00:00Z"));
    assert_eq!(wait("2026-11-27T08:00:00Z", "2026-11-28T08:00:00Z"), at("2026-11-30T08:00:00Z"));
}

#[test]
fn the_digest_of_the_week_of_the_spring_gap_is_not_lost() {
    // In Paris 2026-03-29 has no 02:30.
    let sunday = cron("0 30 2 * * Sun");
    let next = next_digest(&sunday, at("2026-03-28T12:00:00Z"), Europe::Paris);
    assert_eq!(next, at("2026-03-29T01:00:00Z"));
    assert_eq!(next_digest(&sunday, next, Europe::Paris), at("2026-04-05T00:30:00Z"));
}

#[test]
fn the_digest_in_the_autumn_fold_comes_once() {
    let sunday = cron("0 30 2 * * Sun");
    let first = next_digest(&sunday, at("2026-10-24T12:00:00Z"), Europe::Paris);
    assert_eq!(first, at("2026-10-25T00:30:00Z"));
    assert_eq!(next_digest(&sunday, first, Europe::Paris), at("2026-11-01T01:30:00Z"));
    let between = at("2026-10-25T01:10:00Z");
    assert_eq!(next_digest(&sunday, between, Europe::Paris), at("2026-11-01T01:30:00Z"));
}

#[test]
fn a_day_that_never_was_is_stepped_over() {
    let friday = cron("0 0 8 * * Fri");
    let next = next_digest(&friday, at("2011-12-29T20:00:00Z"), Pacific::Apia);
    assert_eq!(next, at("2011-12-30T10:00:00Z"), "Saturday 00:00 there, the end of the gap");
}

#[test]
fn a_schedule_without_a_time_left_gives_a_week_later() {
    let never = cron("0 0 8 30 2 *");
    assert_eq!(next_digest(&never, at("2026-01-01T00:00:00Z"), UTC), at("2026-01-08T00:00:00Z"));
}

#[test]
fn periods_are_iso_weeks_there() {
    assert_eq!(period_key(at("2026-11-23T08:00:00Z"), Europe::Paris), "2026-W48");
    assert_eq!(period_key(at("2026-11-22T23:30:00Z"), Europe::Paris), "2026-W48");
    assert_eq!(period_key(at("2027-01-01T08:00:00Z"), UTC), "2026-W53");
    assert_eq!(week_of("2026-W48"), Some((day("2026-11-23"), day("2026-11-29"))));
    assert_eq!(previous_period("2027-W01").as_deref(), Some("2026-W53"));
    assert_eq!(week_of("2026-48"), None);
    assert_eq!(week_of("2026-W54"), None);
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        UTC,
        Europe::Paris,
        Africa::Cairo,
        Africa::Casablanca,
        America::New_York,
        America::St_Johns,
        Asia::Beirut,
        Asia::Kathmandu,
        Australia::Lord_Howe,
        Pacific::Apia,
        Pacific::Chatham,
    ])
}

/// Instants of fifteen years, to the minute: every night of a clock change among them.
fn instants() -> impl Strategy<Value = Timestamp> {
    (0_i64..15 * 366 * 24 * 60).prop_map(|m| at("2010-01-01T00:00:00Z") + TimeDelta::minutes(m))
}

proptest! {
    #[test]
    fn a_reminder_is_always_in_working_hours_and_never_early(now in instants(), zone in zones()) {
        let moved = in_reminder_hours(now, zone, WEEKEND, &christmas());
        let local = moved.with_timezone(&zone).naive_local();
        prop_assert!(moved >= now);
        prop_assert!(is_working_day(local.date(), WEEKEND, &christmas()));
        prop_assert!((clock(9)..clock(16)).contains(&local.time()), "{local}");
        prop_assert_eq!(in_reminder_hours(moved, zone, WEEKEND, &christmas()), moved);
    }

    #[test]
    fn more_days_never_end_earlier(now in instants(), zone in zones(), days in 0_u32..30) {
        let ends = |days| add_days_with_closures(now, days, zone, &christmas());
        prop_assert!(ends(days) >= now);
        prop_assert!(ends(days + 1) >= ends(days));
        prop_assert!(ends(days) - now >= TimeDelta::days(i64::from(days)) - TimeDelta::hours(25));
    }

    #[test]
    fn every_week_has_one_digest(now in instants(), zone in zones(), hour in 0_u32..24) {
        // Not Friday: Samoa had none in the week it skipped one.
        let monday = cron(&format!("0 30 {hour} * * Mon"));
        let mut last = next_digest(&monday, now, zone);
        prop_assert!(last > now && last - now <= TimeDelta::days(8));
        for _ in 0..60 {
            let next = next_digest(&monday, last, zone);
            let days = (next.with_timezone(&zone).date_naive() - last.with_timezone(&zone).date_naive()).num_days();
            prop_assert_eq!(days, 7);
            prop_assert_ne!(period_key(next, zone), period_key(last, zone));
            last = next;
        }
    }

    #[test]
    fn a_period_follows_its_previous_one(now in instants(), zone in zones()) {
        let key = period_key(now, zone);
        let (monday, sunday) = week_of(&key).expect("a key names a week");
        let local = now.with_timezone(&zone).date_naive();
        prop_assert!(monday <= local && local <= sunday);
        let previous = previous_period(&key).expect("it has one");
        prop_assert_eq!(week_of(&previous).expect("a week").1 + Days::new(1), monday);
    }
}
