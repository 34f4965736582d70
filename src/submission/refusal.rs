//! Why a command had no success, and what that means for the mail (RFC 5321 §4.2, §4.3.2).

use super::dialogue::{Reply, one_line};
use crate::mail::delivery::Outcome;
use std::io;
use std::time::Duration;
use tokio::time::timeout;

/// Why a command had not the reply that lets a mail go on.
#[derive(Debug)]
pub enum Refusal {
    /// A reply of 4xx or 5xx: its code, and the whole of it.
    Reply(u16, String),
    /// No reply, or none that can be understood: the connection is out of step.
    Lost(String),
}

/// Where in a mail we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `MAIL FROM`, or the `RSET` before it: only who we are has been said.
    Sender,
    Recipient,
    /// `DATA`.
    Data,
    /// The content and its final dot: from here on it may have arrived (RFC 1047).
    Content,
}

/// Refusals of 5xx that are about our account or machine, and say nothing of the letter or of its
/// recipient: Google's and Microsoft's limits of a day.
const ABOUT_US: [&str; 6] = ["5.1.90", "5.4.5", "5.7.232", "5.7.233", "5.7.705", "5.7.708"];
/// RFC 3463 §3.3, §3.4: it is the letter that is too big.
const TOO_BIG: [&str; 2] = ["5.2.3", "5.3.4"];

/// The reply, if there is one within `limit`.
pub async fn within(
    limit: Duration,
    step: impl Future<Output = io::Result<Reply>>,
) -> Result<Reply, Refusal> {
    match timeout(limit, step).await {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(Refusal::Lost(one_line(&error.to_string()))),
        Err(_) => Err(Refusal::Lost(format!("the server was silent for {} s", limit.as_secs_f32()))),
    }
}

/// A reply that does not begin with this digit is a refusal; a 250 to DATA, or a 354 to the
/// final dot, is a server out of step.
pub fn expect(reply: Reply, first_digit: u16) -> Result<Reply, Refusal> {
    match reply.code / 100 {
        digit if digit == first_digit => Ok(reply),
        4 | 5 => Err(Refusal::Reply(reply.code, reply.words())),
        _ => Err(Refusal::Lost(format!("unexpected reply {}", reply.words()))),
    }
}

impl Refusal {
    /// Whether nothing more can be said on the connection. RFC 5321 §3.8: after 421 the server closes.
    pub fn breaks_step(&self) -> bool {
        matches!(self, Refusal::Lost(_) | Refusal::Reply(421, _))
    }
}

impl Stage {
    /// What became of a mail that goes no further.
    pub fn outcome(self, refusal: Refusal) -> Outcome {
        match (self, refusal) {
            (Stage::Content, Refusal::Lost(words)) => Outcome::Uncertain(words),
            // Before the content was sent, nothing can have arrived.
            (_, Refusal::Lost(words)) => Outcome::Transient(words),
            (_, Refusal::Reply(code, words)) => self.replied(code, words),
        }
    }

    fn replied(self, code: u16, words: String) -> Outcome {
        let is_about_us = match code {
            // RFC 5321 §3.8: the service closes, whatever the letter.
            421 => true,
            // Nobody has been named yet but ourselves: an account that may not send, a sender
            // that is not ours. It is for the operator to mend, and no reason to give up letters.
            500.. => is_one_of(&words, &ABOUT_US) || (self == Stage::Sender && !is_too_big(code, &words)),
            _ => self == Stage::Sender,
        };
        match code {
            _ if is_about_us => Outcome::TurnedAway(words),
            500.. => Outcome::Permanent(words),
            _ => Outcome::Transient(words),
        }
    }
}

fn is_too_big(code: u16, words: &str) -> bool {
    code == 552 || is_one_of(words, &TOO_BIG)
}

/// The enhanced code stands right after the code.
fn is_one_of(words: &str, codes: &[&str]) -> bool {
    words.split_whitespace().nth(1).is_some_and(|word| codes.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(stage: Stage, words: &str) -> Outcome {
        let code = words[..3].parse().expect("a code");
        stage.outcome(Refusal::Reply(code, words.to_owned()))
    }

    #[test]
    fn what_is_about_us_is_no_word_about_the_letter() {
        for (stage, words) in [
            (Stage::Sender, "450 4.7.1 too many messages"),
            (Stage::Sender, "553 5.7.1 sender address rejected: not owned by user"),
            (Stage::Recipient, "421 4.7.0 try again later"),
            (Stage::Recipient, "550 5.7.233 tenant exceeded its limit of recipients"),
            (Stage::Data, "421 4.4.5 too busy"),
            (Stage::Content, "550 5.4.5 Daily user sending limit exceeded"),
            (Stage::Content, "421 4.3.2 going down"),
        ] {
            assert_eq!(outcome(stage, words), Outcome::TurnedAway(words.to_owned()), "{stage:?}");
        }
    }

    #[test]
    fn what_is_about_the_letter_or_its_recipient_is_theirs() {
        for (stage, words) in [
            (Stage::Sender, "552 5.3.4 message too big"),
            (Stage::Recipient, "550 5.1.1 who?"),
            (Stage::Recipient, "550 we have read 5.4.5 of your mails"),
            (Stage::Content, "554 5.7.1 spam"),
        ] {
            assert_eq!(outcome(stage, words), Outcome::Permanent(words.to_owned()), "{stage:?}");
        }
        assert!(matches!(outcome(Stage::Recipient, "450 4.2.0 greylisted"), Outcome::Transient(_)));
    }
}
