//! The only reader of the wall clock.
//!
//! Time never runs backwards: what the store has seen is past, and a wall clock that is set
//! back is waited out. Instants are whole seconds, so that stored ones compare simply.

use crate::journal;
use crate::program::record::Timestamp;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A rehearsal may begin this much before the newest time of its store.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// A clock; its copies tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    hands: Arc<Hands>,
}

#[derive(Debug)]
struct Hands {
    source: Source,
    /// Seconds since 1970 before which it never is.
    floor: AtomicI64,
    /// Whether it has been said that the source is behind.
    behind: AtomicBool,
}

#[derive(Debug)]
enum Source {
    Wall,
    /// Seconds since 1970 at that moment; it runs on with real time.
    Rehearsal {
        start: AtomicI64,
        since: Instant,
    },
    Manual(Arc<Told>),
}

/// A time that is told, and whoever waits for another.
#[derive(Debug)]
struct Told {
    seconds: AtomicI64,
    moved: Notify,
}

/// `--now` lies before what the store has already lived through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "--now {now} is more than a day before the store's own time {latest}; start at {latest} or later, or use a copy of the store from before"
)]
pub struct TooEarly {
    now: String,
    latest: String,
}

/// Sets a manual clock.
#[derive(Clone, Debug)]
pub struct Setter(Arc<Told>);

impl Setter {
    pub fn set(&self, at: Timestamp) {
        self.0.seconds.store(at.timestamp(), SeqCst);
        self.0.moved.notify_waiters();
    }
}

impl Clock {
    /// The wall clock.
    pub fn real() -> Self {
        Self::of(Source::Wall)
    }

    /// A clock that shows `now` at this moment and runs on with real time.
    #[expect(clippy::disallowed_methods, reason = "a rehearsal runs on from the moment it begins")]
    pub fn starting_at(now: Timestamp) -> Self {
        Self::of(Source::Rehearsal { start: AtomicI64::new(now.timestamp()), since: Instant::now() })
    }

    /// A clock that moves when it is told to.
    pub fn manual(now: Timestamp) -> (Self, Setter) {
        let time = Arc::new(Told { seconds: AtomicI64::new(now.timestamp()), moved: Notify::new() });
        (Self::of(Source::Manual(Arc::clone(&time))), Setter(time))
    }

    fn of(source: Source) -> Self {
        let hands = Hands { source, floor: AtomicI64::new(i64::MIN), behind: AtomicBool::new(false) };
        Self { hands: Arc::new(hands) }
    }

    /// Effective time: the source's, or the latest ever told where the source is behind it.
    pub fn now(&self) -> Timestamp {
        let source = self.hands.source.seconds();
        let floor = self.hands.floor.fetch_max(source, SeqCst);
        let behind = floor.saturating_sub(source);
        // A second is how far two readings may cross.
        if self.hands.behind.swap(behind > 1, SeqCst) != (behind > 1) && behind > 1 {
            journal::clock_behind(Duration::from_secs(behind.unsigned_abs()));
        }
        at(source.max(floor))
    }

    /// What the wall clock shows, whatever is rehearsed: for ages by a server's own dates.
    pub fn wall(&self) -> Timestamp {
        match &self.hands.source {
            Source::Wall | Source::Rehearsal { .. } => at(Source::Wall.seconds()),
            Source::Manual(_) => self.now(),
        }
    }

    /// From now on it is never before the newest time of the store. A rehearsal that would
    /// begin more than a day before it is refused; a lesser one begins at it.
    pub fn raise_floor(&self, latest: Timestamp) -> Result<(), TooEarly> {
        if let Source::Rehearsal { start, .. } = &self.hands.source {
            let now = at(start.load(SeqCst));
            if latest - now > GRACE {
                return Err(TooEarly { now: shown(now), latest: shown(latest) });
            }
            start.fetch_max(latest.timestamp(), SeqCst);
        }
        self.hands.floor.fetch_max(latest.timestamp(), SeqCst);
        Ok(())
    }

    /// Waits so long: on a clock that is told, until it is told so.
    pub async fn sleep(&self, duration: Duration) {
        let Source::Manual(time) = &self.hands.source else { return tokio::time::sleep(duration).await };
        let until = self.now() + TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        loop {
            let mut moved = std::pin::pin!(time.moved.notified());
            moved.as_mut().enable();
            if self.now() >= until {
                return;
            }
            moved.await;
        }
    }

    /// How long to wait for an instant.
    pub fn until(&self, due: Timestamp) -> Duration {
        (due - self.now()).to_std().unwrap_or(Duration::ZERO)
    }
}

impl Source {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
    fn seconds(&self) -> i64 {
        match self {
            Source::Wall => Utc::now().timestamp(),
            Source::Rehearsal { start, since } => start
                .load(SeqCst)
                .saturating_add(i64::try_from(since.elapsed().as_secs()).unwrap_or(i64::MAX)),
            Source::Manual(time) => time.seconds.load(SeqCst),
        }
    }
}

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().trunc_subsecs(0)
}

fn shown(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).expect(text).to_utc()
    }

    #[test]
    fn time_never_runs_backwards_and_a_step_back_is_waited_out() {
        let (clock, hands) = Clock::manual(time("2026-11-23T08:00:00Z"));
        assert_eq!(clock.now(), time("2026-11-23T08:00:00Z"));
        hands.set(time("2026-11-23T07:00:00Z"));
        assert_eq!(clock.now(), time("2026-11-23T08:00:00Z"));
        hands.set(time("2026-11-23T08:00:01Z"));
        assert_eq!(clock.clone().now(), time("2026-11-23T08:00:01Z"));
    }

    #[tokio::test]
    async fn whoever_waits_on_a_clock_that_is_told_waits_until_it_is() {
        let (clock, hands) = Clock::manual(time("2026-11-23T08:00:00Z"));
        let mut waits = Box::pin(clock.sleep(Duration::from_secs(60)));
        // It begins to wait when it is first asked.
        for (told, over) in
            [("08:00:00", false), ("08:00:59", false), ("07:00:00", false), ("08:01:00", true)]
        {
            hands.set(time(&format!("2026-11-23T{told}Z")));
            assert_eq!(futures_util::poll!(&mut waits).is_ready(), over, "{told}");
        }
    }

    #[test]
    fn it_is_never_before_the_stores_own_time() {
        let (clock, hands) = Clock::manual(time("2026-11-23T08:00:00Z"));
        clock.raise_floor(time("2026-11-24T08:00:00Z")).expect("only a rehearsal is refused");
        assert_eq!(clock.now(), time("2026-11-24T08:00:00Z"));
        assert_eq!(clock.until(time("2026-11-24T08:01:00Z")), Duration::from_secs(60));
        assert_eq!(clock.until(time("2026-11-24T07:00:00Z")), Duration::ZERO);
        hands.set(time("2026-11-25T08:00:00Z"));
        assert_eq!(clock.now(), time("2026-11-25T08:00:00Z"));
    }

    #[test]
    fn a_rehearsal_starts_where_it_is_told_or_at_the_stores_time() {
        let clock = Clock::starting_at(time("2031-03-01T08:00:00Z"));
        assert!((0..60).contains(&(clock.now() - time("2031-03-01T08:00:00Z")).num_seconds()));
        clock.raise_floor(time("2031-03-01T20:00:00Z")).expect("half a day is no matter");
        assert!((0..60).contains(&(clock.now() - time("2031-03-01T20:00:00Z")).num_seconds()));
    }

    #[test]
    fn a_rehearsal_long_before_the_store_is_refused_naming_both_instants() {
        let clock = Clock::starting_at(time("2031-03-01T08:00:00Z"));
        let refused = clock.raise_floor(time("2031-03-02T08:00:01Z")).expect_err("a day and a second");
        let text = refused.to_string();
        assert!(text.contains("2031-03-01T08:00:00Z") && text.contains("2031-03-02T08:00:01Z"), "{text}");
        clock.raise_floor(time("2031-03-02T08:00:00Z")).expect("a day exactly");
    }

    #[test]
    fn the_wall_clock_tells_whole_seconds_of_this_century() {
        let now = Clock::real().now();
        assert_eq!(now.timestamp_subsec_nanos(), 0);
        assert!(now > time("2025-01-01T00:00:00Z"), "{now}");
    }
}
