//! The control socket: how an operator's command asks the running daemon, and what it answers.
//!
//! The store is one process's, so commands talk to the daemon through `control.sock` in the store's folder, and take
//! the store themselves only where no daemon runs. One request a connection, a line of JSON each way, bounded in
//! size and time. Who may open the socket's file (0660) may ask: nothing listens on a network.
//!
//! What is only asked is read from committed rows, as every wire reads them, on a thread of its own. An order
//! ([`crate::program::order`]) goes through the decider and is committed like a mail: a kill at any instant harms
//! nothing. [`Office`] words both the same way, in the daemon and in the command.

mod case;
pub mod client;
mod digest;
mod holds;
mod letters;
mod office;
mod orders;
mod people;
mod server;
mod socket;
mod status;
mod table;
mod wire;

pub use client::{Answered, ControlError, obey};
pub use office::Office;
pub use server::{Counter, serve};

use crate::exit::Exit;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    Status,
    /// A case, by its reference as somebody wrote it.
    Show(String),
    /// People in whom this stands.
    People(String),
    Outbox,
    /// What waits for the staff, as this one of them may read it; None: the first.
    Holds(Option<String>),
    /// The digest as it would go to this one of the staff now; None: the first.
    Digest(Option<String>),
    /// Letters, by their id or a part of it, are tried now; None: all.
    Retry(Option<String>),
    /// A letter never goes out.
    Drop(String),
    Pause,
    Resume {
        dry_run: bool,
    },
    /// One of the staff (None: the first) says these words, about this reference where they name none.
    Staff {
        by: Option<String>,
        words: String,
        about: Option<String>,
    },
}

/// An answer, for people and for programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    pub json: Value,
    /// The code of sysexits.h with which the command ends.
    pub exit: u8,
}

impl Said {
    /// It was done, or is so.
    fn well(text: String, json: Value) -> Self {
        Self { text, json, exit: Exit::Ok.code() }
    }

    /// It was not done: a sentence.
    fn wrong(sentence: String, exit: Exit) -> Self {
        let json = serde_json::json!({"error": sentence});
        Self { text: sentence + "\n", json, exit: exit.code() }
    }
}
