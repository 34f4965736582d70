//! Words: what the first new line of a mail decides.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The words of all configured languages: folded spelling → word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    pub spellings: BTreeMap<String, Word>,
}

/// A deciding word, in its canonical English spelling (`mail.md`, "Words").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Word {
    Accept,
    Decline,
    Yes,
    No,
    Written,
    Heard,
    Cancel,
    Roster,
    Held,
    NotYet,
    NotHeld,
    /// `1`, `n° 2`, `le 2`
    Number(u8),
}
