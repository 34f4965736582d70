//! Submission: one mail to one recipient, and what the server said to it (RFC 5321, RFC 6409).

mod connection;
mod dialogue;
mod error;
mod offer;
mod rate;
mod refusal;
mod smtp;

pub use error::SubmissionError;
pub use smtp::{Greeting, Smtp};

use crate::mail::address::AddrSpec;
use crate::mail::delivery::Outcome;
use crate::oauth2::Tokens;
use crate::tls::Peer;
use std::fmt;
use std::time::Duration;

/// What is handed to the server: the mail object of RFC 5321 §2.3.1.
#[derive(Clone, Copy, Debug)]
pub struct MailObject<'a> {
    /// `None` is the null reverse-path: nothing may come back.
    pub reverse_path: Option<&'a AddrSpec>,
    pub recipient: &'a AddrSpec,
    /// Header and body, lines ended by CRLF, 7-bit.
    pub content: &'a [u8],
}

/// The way out.
#[expect(async_fn_in_trait, reason = "everything runs on one current-thread runtime: no Send needed")]
pub trait Submission {
    /// Returns when a mail offered now would go out without waiting for its turn, and says how
    /// many would. To be awaited before attempts are committed, so that none is a minute early.
    async fn ready(&self) -> usize;

    /// Offers one mail, once; waits for its turn if it must. `Ok` is what became of this
    /// mail. `Err` says that we did not get so far as to offer it: nothing is known
    /// against the mail or its recipient, and the next mail would fare the same. Where
    /// only the mail counts, `Outcome::from(error)` is `Transient`.
    async fn submit(&self, mail: MailObject<'_>) -> Result<Outcome, SubmissionError>;

    /// How many mails may be offered at the same time.
    fn connections(&self) -> usize;

    /// How many mails may be offered in any 60 seconds.
    fn per_minute(&self) -> u32;
}

/// Who we are; how it is told is settled with the server.
#[derive(Clone)]
pub struct Credentials {
    pub user: String,
    pub secret: Secret,
}

/// What proves it.
#[derive(Clone)]
pub enum Secret {
    Password(String),
    Token(Tokens),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Where mail is submitted.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub peer: Peer,
    /// `None`: no authentication.
    pub credentials: Option<Credentials>,
    pub per_minute: u32,
    pub connections: usize,
    pub timeouts: Timeouts,
}

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// TCP and TLS, each.
    pub connect: Duration,
    /// The greeting, and the answer to each command up to `RCPT TO`.
    pub command: Duration,
    /// The answer to `DATA`.
    pub data: Duration,
    /// The content and the answer to its final dot.
    pub content: Duration,
    /// How long an unused connection is kept.
    pub idle: Duration,
}

/// The minima of RFC 5321 §4.5.3.2; `connect` and `idle` are ours: people wait for no one
/// longer, and servers close after five minutes (§4.5.3.2.7).
impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(5 * 60),
            data: Duration::from_secs(2 * 60),
            content: Duration::from_secs(10 * 60),
            idle: Duration::from_secs(60),
        }
    }
}
