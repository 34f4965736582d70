//! What operators order by the command line, beside the mail: letters on their way, a standstill, a word of the staff.
//!
//! An order is an input like any other: decided alone, committed whole, noted in the ledger. The same order given
//! twice finds nothing left to do.

use super::record::{Handled, Reference};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{outbox, staff_reply, standstill};
use crate::mail::address::AddrSpec;
use serde::{Deserialize, Serialize};

/// One order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Letters that wait for a later attempt are due now: this one, or all.
    Retry(Option<String>),
    /// This letter never goes out.
    Drop(String),
    /// Nothing is read, sent or judged until [`Order::GoOn`].
    Pause,
    GoOn,
    /// One of the staff says this; a word without a reference is about `about`.
    Staff {
        by: AddrSpec,
        words: String,
        about: Option<Reference>,
    },
}

/// The daemon does as it is told.
pub fn obey(turn: &mut Turn, order: &Order) -> Verdict {
    match order {
        Order::Retry(letter) => outbox::retry(turn, letter.as_deref()),
        Order::Drop(letter) => outbox::take_out(turn, letter),
        Order::Pause => standstill::begin(turn),
        Order::GoOn => standstill::end(turn),
        Order::Staff { by, words, about } => {
            once(turn, |turn| staff_reply::ordered(turn, by, words, about.as_ref()))
        }
    }
}

/// The same words within one second are one order: their letters would have one Message-ID.
fn once(turn: &mut Turn, obey: impl FnOnce(&mut Turn) -> Verdict) -> Verdict {
    let input = turn.input().0.clone();
    if turn.read::<Handled>(&input).is_some() {
        return Verdict::new(What::AlreadyHandled, None);
    }
    let verdict = obey(turn);
    turn.put(&Handled { input, at: turn.now, verdict: verdict.to_string() });
    verdict
}
