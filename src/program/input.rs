//! Everything that can happen to the program.

use super::record::Timestamp;
use super::schedule::TimerId;
use crate::mail::delivery::Outcome;
use crate::mail::inbound::Inbound;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Mail(Box<Inbound>),
    /// A timer that is due. `due` as it was when the shell saw it: a moved timer is not fired.
    Timer {
        id: TimerId,
        due: Timestamp,
    },
    /// These letters are about to be offered to the mail server (outbox ids).
    Offered(Vec<String>),
    /// What the mail server said.
    Delivery(Delivery),
    /// The daemon has started: standing timers are set, unconcluded attempts become uncertain.
    Started,
    /// A mail that made us panic: told to staff, never tried again.
    Quarantined {
        folder: String,
        uid: u32,
        why: String,
    },
}

/// The outcome of one attempt to submit one letter to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Outbox id.
    pub id: String,
    /// The attempt it concludes, counting from 1.
    pub attempt: u32,
    pub outcome: Outcome,
}

/// The identity of an input: the same input has the same id wherever it is seen again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InputId(pub String);

impl fmt::Display for InputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
