//! When the mail server is left alone: it is away, or says "not now" to whatever it is offered.
//!
//! RFC 5321 §4.5.4.1 asks for patience with a server, not only with each letter: of a thousand
//! letters before a server that refuses for an hour a handful are offered, not all.

use crate::mail::delivery::Outcome;
use std::time::Duration;

/// The first rest; it doubles …
const FIRST: Duration = Duration::from_secs(60);
/// … up to this: no person waits longer for a server that is back.
const LONGEST: Duration = Duration::from_secs(8 * 60);
/// So many letters in a row that a server would not have yet are no longer the letters' own doing.
/// Greylisting (RFC 6647) is of each recipient, and the next one may be known.
const IN_A_ROW: u32 = 10;
/// A 421 speaks of the service; but one letter alone may always bring it about.
const TURNED_AWAY: u32 = IN_A_ROW / 2;

/// What the server has said to the last letters.
#[derive(Debug, Default)]
pub(super) struct Pace {
    not_now: u32,
    rests: u32,
}

impl Pace {
    /// Whether the server is to be left alone after this.
    pub fn heard(&mut self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Accepted => *self = Self::default(),
            Outcome::NotOffered(_) => self.not_now = IN_A_ROW,
            Outcome::TurnedAway(_) => self.not_now += TURNED_AWAY,
            Outcome::Transient(_) => self.not_now += 1,
            // Its recipient was judged: the server works.
            Outcome::Permanent(_) => self.not_now = 0,
            Outcome::Uncertain(_) => {}
        }
        self.not_now >= IN_A_ROW
    }

    /// How long now. After it the next refusal is enough.
    pub fn rest(&mut self) -> Duration {
        let rest = LONGEST.min(FIRST * 2_u32.saturating_pow(self.rests.min(16)));
        self.rests += 1;
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_yet() -> Outcome {
        Outcome::Transient("450 4.2.0 greylisted".to_owned())
    }

    #[test]
    fn a_server_that_refuses_all_is_left_alone_for_longer_and_longer() {
        let mut pace = Pace::default();
        assert!((1..10).all(|_| !pace.heard(&not_yet())));
        let rests: Vec<u64> = (0..6)
            .map(|_| {
                assert!(pace.heard(&not_yet()), "one more is enough");
                pace.rest().as_secs() / 60
            })
            .collect();
        assert_eq!(rests, [1, 2, 4, 8, 8, 8]);
        assert!(!pace.heard(&Outcome::Accepted) && !pace.heard(&not_yet()));
        assert_eq!(pace.rest(), FIRST);
    }

    #[test]
    fn one_letter_that_is_turned_away_holds_up_no_other() {
        let mut pace = Pace::default();
        for _ in 0..100 {
            assert!(!pace.heard(&Outcome::TurnedAway("421 4.7.0 not this".to_owned())));
            assert!(!pace.heard(&Outcome::Accepted));
        }
        assert!(pace.heard(&Outcome::NotOffered("no route".to_owned())), "a server that is away is away");
    }
}
