//! What a mail server says to a letter (RFC 5321 §4.2.1).

use serde::{Deserialize, Serialize};

/// The outcome of one attempt to submit one letter to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 250 after the final dot.
    Accepted,
    /// 4xx, or no connection: try again later (RFC 5321 §4.5.4.1). With the server's words.
    Transient(String),
    /// The server takes no mail from us now, whatever the letter: try again later, and the others
    /// too. With its words.
    TurnedAway(String),
    /// 5xx for this recipient or this letter. With the server's words.
    Permanent(String),
    /// The server was not there, or did not want us: nothing was offered, and nothing is
    /// known against the letter or its recipient. With the cause.
    NotOffered(String),
    /// The connection ended inside or after the letter: it may have arrived (RFC 1047).
    Uncertain(String),
}

impl Outcome {
    /// What the server said, or why it said nothing.
    pub fn words(&self) -> &str {
        match self {
            Outcome::Accepted => "accepted",
            Outcome::Transient(words)
            | Outcome::TurnedAway(words)
            | Outcome::Permanent(words)
            | Outcome::NotOffered(words)
            | Outcome::Uncertain(words) => words,
        }
    }
}
