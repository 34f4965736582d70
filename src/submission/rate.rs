//! At most so many starts in any 60 seconds.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// The starts of the last minute.
///
/// A window rather than a bucket that drips: Microsoft 365 counts "30 messages per
/// minute", and a full bucket plus its drip would be twice that in the first minute.
#[derive(Debug)]
pub struct Rate {
    per_minute: usize,
    starts: VecDeque<Instant>,
}

impl Rate {
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute: per_minute.max(1) as usize, starts: VecDeque::new() }
    }

    /// Since when, or from when on, one more may start.
    pub fn next(&self, now: Instant) -> Instant {
        match self.starts.front() {
            Some(first) if self.starts.len() >= self.per_minute => *first + MINUTE,
            _ => now,
        }
    }

    /// How many may start now.
    pub fn free(&self, now: Instant) -> usize {
        let gone = self.starts.iter().take_while(|start| **start + MINUTE <= now).count();
        self.per_minute.saturating_sub(self.starts.len() - gone)
    }

    /// Counts one start, if it may be now.
    pub fn start(&mut self, now: Instant) -> bool {
        if self.next(now) > now {
            return false;
        }
        if self.starts.len() >= self.per_minute {
            self.starts.pop_front();
        }
        self.starts.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sixty_seconds_see_more_starts_than_allowed() {
        let begin = Instant::now();
        let mut rate = Rate::new(25);
        let mut starts = Vec::new();
        for tenth in 0..3000 {
            let now = begin + Duration::from_millis(100 * tenth);
            if rate.start(now) {
                starts.push(now);
            }
        }
        assert_eq!(starts.len(), 5 * 25, "five minutes hold five times the measure");
        let tight = |first: &Instant, later: &Instant| *later - *first < MINUTE;
        assert!(!starts.windows(26).any(|starts| tight(&starts[0], &starts[25])));
    }

    #[test]
    fn the_next_start_is_said_beforehand() {
        let begin = Instant::now();
        let mut rate = Rate::new(1);
        assert_eq!(rate.next(begin), begin);
        assert!(rate.start(begin));
        assert_eq!(rate.next(begin), begin + MINUTE);
        assert!(!rate.start(begin + Duration::from_secs(59)));
        assert!(rate.start(begin + MINUTE));
    }

    #[test]
    fn how_many_may_start_is_said_beforehand() {
        let begin = Instant::now();
        let mut rate = Rate::new(3);
        assert_eq!(rate.free(begin), 3);
        for second in 0..3 {
            let now = begin + Duration::from_secs(second);
            assert!(rate.start(now));
            assert_eq!(rate.free(now), 2 - second as usize);
        }
        assert_eq!(rate.free(begin + MINUTE), 1);
        assert_eq!(rate.free(begin + 2 * MINUTE), 3);
    }
}
