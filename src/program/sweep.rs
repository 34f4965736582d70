//! What the brakes remember is looked over now and then, and what is too old is forgotten.

use super::schedule::TimerKind;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{brake, flood};
use chrono::TimeDelta;

/// Not more often than this, however many have written.
const AT_MOST_EVERY: TimeDelta = TimeDelta::days(1);

/// Something is remembered from now on that will have to be forgotten.
pub fn keep_timer(turn: &mut Turn) {
    if turn.timer(&TimerKind::Sweep.id()).is_none() {
        turn.set_timer(turn.now + AT_MOST_EVERY, TimerKind::Sweep);
    }
}

/// The timer is due; it is set again for when the first of what is left will be over.
pub fn fire(turn: &mut Turn) -> Verdict {
    let left = [brake::sweep(turn), flood::sweep(turn)];
    if let Some(over) = left.into_iter().flatten().min() {
        turn.set_timer(over.max(turn.now + AT_MOST_EVERY), TimerKind::Sweep);
    }
    Verdict::new(What::Done("swept"), None)
}
