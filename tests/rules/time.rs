//! Time that is not as it should be: nights on which clocks change, months asleep, clocks that jump.

use super::Bench;
use super::brakes::{AMINA, LEILA, REQUEST, SIGN_UP, Town};
use super::world::people::Got;
use super::world::{self, STAFF};
use chrono::TimeDelta;
use proptest::prelude::*;
use soundingboard::clock::Clock;
use soundingboard::program::input::InputId;
use soundingboard::program::record::{Reference, Timestamp};
use soundingboard::program::schedule::TimerKind;
use soundingboard::program::timer;
use soundingboard::program::turn::Turn;
use soundingboard::program::verdict::{Verdict, What};
use std::collections::{BTreeMap, BTreeSet};

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

impl Town {
    /// The machine's clock shows this from one moment to the next.
    fn jumps_to(&mut self, at: Timestamp) -> Vec<Got> {
        self.world.hands.set(at);
        self.passes(TimeDelta::zero())
    }

    /// The daemon ends, and starts on a machine whose clock shows this.
    fn restarts_at(&mut self, at: Timestamp) -> Vec<Got> {
        let (clock, hands) = Clock::manual(at);
        let latest = self.world.store().latest().expect("it has lived");
        clock.raise_floor(latest).expect("the machine's own clock is never refused");
        (self.world.clock, self.world.hands) = (clock, hands);
        self.passes(TimeDelta::zero())
    }
}

/// At the same moment nobody gets two letters about one case, and nobody the same letter twice.
fn assert_no_burst(got: &[Got]) {
    let mut seen = BTreeSet::new();
    for letter in got {
        let reference = letter.subject.rsplit_once('[').map_or("", |(_, reference)| reference);
        assert!(
            seen.insert((&letter.to, reference)),
            "{} gets several at once: {}",
            letter.to,
            letter.subject
        );
    }
}

// ---- nights on which clocks change

/// Digests at an hour that one night lacks and another has twice, in zones that do so in spring and
/// autumn, by an hour or by half an hour, on both halves of the earth; and in one that never does.
#[test]
fn each_week_has_its_digest_once_whatever_the_night_does_to_its_hour() {
    let nights = [
        ("Europe/Paris", "2027-03-28", "2027-10-31", "30 2 * * Sun"),
        ("America/New_York", "2027-03-14", "2027-11-07", "30 1 * * Sun"),
        ("America/New_York", "2027-03-14", "2027-11-07", "30 2 * * Sun"),
        ("Australia/Lord_Howe", "2027-10-03", "2027-04-04", "15 2 * * Sun"),
        ("Australia/Lord_Howe", "2027-10-03", "2027-04-04", "45 1 * * Sun"),
        ("Asia/Tokyo", "2027-03-28", "2027-10-31", "30 2 * * Sun"),
    ];
    for (zone, spring, autumn, schedule) in nights {
        for night in [spring, autumn] {
            let network = format!("network.time_zone = \"{zone}\"\nschedule.digest = \"{schedule}\"");
            let mut town = Town::with(&network);
            let noon = time(&format!("{night}T00:00:00Z"));
            // The digest that catches up counts for its own week.
            town.jumps_to(noon - TimeDelta::days(15));
            town.passes(TimeDelta::days(7));
            let before = town.got(STAFF, "digest");
            let mut days = Vec::new();
            while town.world.clock.now() < noon + TimeDelta::days(11) {
                // A digest sent in the first pass of an hour must not come in the second.
                if town.passes(TimeDelta::hours(1)).iter().any(|got| got.template == "digest") {
                    days.push(town.world.clock.now());
                }
            }
            assert_eq!(town.got(STAFF, "digest") - before, 3, "{zone}, {schedule}, {night}: {days:?}");
            let weeks = days.windows(2).map(|pair| (pair[1] - pair[0]).num_hours());
            assert!(weeks.into_iter().all(|hours| (166..=170).contains(&hours)), "{zone} {night}: {days:?}");
        }
    }
}

// ---- asleep

/// The third day, the sixth and the end of a request all pass while the machine is suspended.
#[test]
fn after_a_month_asleep_nobody_is_reminded_and_given_up_at_once() {
    let mut town = Town::with("");
    town.writes(AMINA, "Advisor sign-up", SIGN_UP);
    for n in 0..6 {
        town.passes(TimeDelta::hours(20));
        let body = format!("Advisor: Amina Haddad\r\nIssue: How do you count renewals of kind {n}?\r\n");
        town.writes(&format!("Asker {n} <asker{n}@auc.example>"), "Request meeting", &body);
    }
    let until = town.world.clock.now() + TimeDelta::days(30);
    let woken = town.jumps_to(until);
    assert_no_burst(&woken);
    let of = |template: &str| woken.iter().filter(|got| got.template == template).count();
    assert_eq!((of("digest"), of("reminder")), (1, 0), "what is over is not asked for any more");
    assert!(woken.len() <= 2 + 2 * 6, "a burst: {:?}", woken.iter().map(|g| &g.template).collect::<Vec<_>>());
    // Whoever reads now what waits for her has time again.
    let next = town.passes(TimeDelta::hours(20));
    assert!(next.iter().all(|got| got.to == STAFF), "and on: {next:?}", next = next.len());
}

/// A reminder that is due at the waking leaves a working day to answer it.
#[test]
fn a_request_that_slept_over_its_reminder_alone_is_reminded_and_not_ended_on_the_same_day() {
    let mut town = Town::with_a_request();
    let woken = town.jumps_to(town.world.clock.now() + TimeDelta::days(6) + TimeDelta::hours(3));
    assert_no_burst(&woken);
    assert_eq!(woken.iter().filter(|got| got.to == "amina@campus.example").count(), 1);
    let day = town.passes(TimeDelta::hours(20));
    assert!(day.iter().all(|got| got.template != "no-answer" && got.template != "moved-on"), "{}", day.len());
}

// ---- clocks that jump

#[test]
fn a_clock_set_back_is_waited_out_and_mail_is_answered_meanwhile() {
    for back in [TimeDelta::hours(1), TimeDelta::days(1), TimeDelta::days(365)] {
        for restarts in [false, true] {
            let mut town = Town::with_a_request();
            town.passes(TimeDelta::days(1));
            let stood = town.world.clock.now();
            let real = stood - back;
            let got = if restarts { town.restarts_at(real) } else { town.jumps_to(real) };
            assert!(got.is_empty() && town.world.clock.now() == stood, "time does not run backwards");
            let answer = town.replies(AMINA, "amina@campus.example", "request-to-advisor", "ACCEPT");
            assert_eq!(answer.iter().filter(|got| got.template == "introduction").count(), 2, "after {back}");
            let later = town.jumps_to(stood + TimeDelta::minutes(5));
            assert!(later.is_empty() && town.world.clock.now() > stood, "and goes on from where it stood");
        }
    }
}

#[test]
fn a_clock_set_forward_fires_what_is_due_then_once_and_nothing_again_when_it_is_set_back() {
    for forward in [TimeDelta::hours(1), TimeDelta::days(1), TimeDelta::days(365)] {
        for restarts in [false, true] {
            let mut town = Town::with_a_request();
            let real = town.world.clock.now();
            let got = if restarts { town.restarts_at(real + forward) } else { town.jumps_to(real + forward) };
            assert_no_burst(&got);
            assert!(got.len() <= 4, "a burst of {} after {forward}", got.len());
            assert_eq!(got.iter().any(|got| got.template == "digest"), forward > TimeDelta::days(6));
            let back = if restarts { town.restarts_at(real) } else { town.jumps_to(real) };
            assert!(back.is_empty(), "said twice after {forward}");
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// The daemon runs on, waking whenever something is due.
    Passes(i64),
    /// The machine sleeps, or its clock is set.
    Jumps(i64),
    Restarts(i64),
    /// Somebody asks Amina.
    Asks,
}

fn step() -> impl Strategy<Value = Step> {
    let hours = prop_oneof![4 => -30..60i64, 2 => 60..24 * 40i64, 1 => -24 * 40..-30i64, 1 => Just(24 * 365)];
    prop_oneof![
        3 => (1..90i64).prop_map(Step::Passes),
        3 => hours.clone().prop_map(Step::Jumps),
        2 => hours.prop_map(Step::Restarts),
        2 => Just(Step::Asks),
    ]
}

fn lives(steps: &[Step]) {
    let mut town = Town::with("");
    town.writes(AMINA, "Advisor sign-up", SIGN_UP);
    let mut digests: BTreeMap<String, usize> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut last = town.world.clock.now();
    for (n, step) in steps.iter().enumerate() {
        let now = town.world.clock.now();
        let got = match step {
            Step::Passes(hours) => town.passes(TimeDelta::hours(*hours)),
            Step::Jumps(hours) => town.jumps_to(now + TimeDelta::hours(*hours)),
            Step::Restarts(hours) => town.restarts_at(now + TimeDelta::hours(*hours)),
            Step::Asks => {
                town.writes(&LEILA.replace("leila", &format!("leila{n}")), "Request meeting", REQUEST)
            }
        };
        // Across a restart what counts is what was written down.
        let lived = town.world.store().latest().expect("it has lived");
        let since = if matches!(step, Step::Restarts(_)) { lived } else { last };
        assert!(town.world.clock.now() >= since, "time ran backwards");
        last = town.world.clock.now();
        if matches!(step, Step::Jumps(_) | Step::Restarts(_)) {
            assert_no_burst(&got);
        }
        for letter in got {
            assert!(ids.insert((letter.to.clone(), letter.message_id.clone())), "twice: {}", letter.subject);
            if letter.template == "digest" {
                let week = letter.text.lines().find(|line| line.starts_with("This is the week"));
                *digests.entry(week.expect("a week").to_owned()).or_default() += 1;
            }
        }
    }
    assert!(digests.values().all(|times| *times == 1), "{digests:?}");
}

#[test]
fn whatever_the_clock_does_nothing_is_said_twice_and_each_week_has_one_digest() {
    let cases = std::env::var("WEEKS").ok().and_then(|n| n.parse().ok()).unwrap_or(48);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 4..16))| lives(&steps));
}

#[test]
fn a_timer_that_is_set_and_taken_back_in_one_decision_leaves_nothing() {
    let bench = Bench::at_nine();
    let (rules, view) = (world::rules(), bench.view());
    let mut turn = Turn::new(&rules, &view, InputId("one".into()), bench.now());
    let asked = TimerKind::Confirmation { case: Reference("K7Q2M".into()) };
    turn.set_timer(bench.now() + TimeDelta::days(10), asked.clone());
    turn.cancel_timer(asked.id());
    let batch = turn.finish(Verdict::new(What::Done("test"), None));
    let rows: Vec<String> =
        batch.timers.iter().flat_map(|change| timer::rows(change, &view)).map(|row| row.key).collect();
    assert_eq!(rows, [format!("timer/{}", asked.id().0)]);
}
