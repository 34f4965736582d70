//! Letters that left the outbox without having been taken, for whoever asks what became of them.

use super::batch::Outgoing;
use super::record::{Record, Timestamp};
use super::turn::Turn;
use crate::mail::address::AddrSpec;
use serde::{Deserialize, Serialize};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The mail server would never have it.
    Refused,
    /// Days of trying.
    GivenUp,
    /// An operator took it out.
    Dropped,
}

/// One recipient's copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undelivered {
    /// That it had in the outbox.
    pub id: String,
    pub recipient: AddrSpec,
    pub end: End,
    pub at: Timestamp,
}

impl Record for Undelivered {
    const TABLE: &'static str = "undelivered";
    fn key(&self) -> String {
        self.id.clone()
    }
}

/// Notes that a letter will not arrive.
pub fn note(turn: &mut Turn, copy: &Outgoing, end: End) {
    let (id, recipient) = (copy.id.clone(), copy.recipient.clone());
    turn.put(&Undelivered { id, recipient, end, at: turn.now });
}
