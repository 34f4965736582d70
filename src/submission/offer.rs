//! One mail on one connection, command by command, each in bounded time.

use super::MailObject;
use super::connection::Connection;
use super::dialogue;
use super::error::SubmissionError;
use super::refusal::{Refusal, Stage, expect, within};
use crate::mail::delivery::Outcome;
use std::time::Duration;

/// What became of a mail, and of the connection.
pub struct Offered {
    pub outcome: Outcome,
    pub after: After,
}

/// What a connection is good for after a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Reusable,
    Spoilt,
    /// It had ended while it was kept, before this mail was offered on it: that was no attempt.
    HadEnded,
}

/// A command, and the first digit of the reply that lets a mail go on.
struct Line {
    stage: Stage,
    text: String,
    wanted: u16,
}

/// At which command a mail stopped, why, and whether the connection is still in step.
struct Stop {
    stage: Stage,
    refusal: Refusal,
    in_step: bool,
}

impl Connection {
    /// Offers one mail.
    pub async fn offer(&mut self, mail: &MailObject<'_>) -> Result<Offered, SubmissionError> {
        let lines = match self.lines(mail) {
            Ok(lines) => lines,
            Err(reason) => {
                return Ok(Offered { outcome: Outcome::Permanent(reason), after: After::Reusable });
            }
        };
        let was_kept = std::mem::replace(&mut self.kept, true);
        self.begun = true;
        let begin = match self.offers.pipelining {
            true => self.say_together(&lines).await,
            false => self.say_one_by_one(&lines).await,
        };
        match begin {
            Ok(()) => Ok(self.content(mail.content).await),
            Err(Stop { refusal: Refusal::Reply(530 | 534 | 535 | 538, words), .. }) => {
                Err(self.wants_login(words))
            }
            Err(stop) => Ok(stop.offered(was_kept)),
        }
    }

    async fn say_one_by_one(&mut self, lines: &[Line]) -> Result<(), Stop> {
        for Line { stage, text, wanted } in lines {
            let reply = within(self.limit(*stage), self.dialogue.ask(text)).await;
            reply.and_then(|reply| expect(reply, *wanted)).map_err(|refusal| Stop::at(*stage, refusal))?;
        }
        Ok(())
    }

    /// RFC 2920: all in one packet; then each reply has to be read, and the first refusal counts.
    async fn say_together(&mut self, lines: &[Line]) -> Result<(), Stop> {
        let text: String = lines.iter().map(|line| line.text.as_str()).collect();
        if let Err(error) = self.dialogue.say(text.as_bytes()).await {
            return Err(Stop::at(Stage::Sender, Refusal::Lost(error.to_string())));
        }
        let mut first: Result<(), Stop> = Ok(());
        for Line { stage, wanted, .. } in lines {
            let reply = within(self.limit(*stage), self.dialogue.reply()).await;
            let reply = reply.and_then(|reply| expect(reply, *wanted));
            match (&mut first, reply) {
                (Ok(()), Ok(_)) => {}
                (Ok(()), Err(refusal)) => {
                    let stop = Stop::at(*stage, refusal);
                    if !stop.in_step {
                        return Err(stop);
                    }
                    first = Err(stop);
                }
                // §3.1: a server may wait for the content of a mail that it has refused. Said
                // nothing, it has nothing to take.
                (Err(stop), Ok(_)) if *stage == Stage::Data => stop.in_step = false,
                (Err(stop), Err(refusal)) if refusal.breaks_step() => {
                    stop.in_step = false;
                    break;
                }
                (Err(_), _) => {}
            }
        }
        first
    }

    async fn content(&mut self, content: &[u8]) -> Offered {
        let reply = within(self.timeouts.content, self.dialogue.ask(dialogue::content(content))).await;
        match reply.and_then(|reply| expect(reply, 2)) {
            Ok(_) => {
                self.begun = false;
                Offered { outcome: Outcome::Accepted, after: After::Reusable }
            }
            Err(refusal) => Stop::at(Stage::Content, refusal).offered(false),
        }
    }

    fn limit(&self, stage: Stage) -> Duration {
        match stage {
            Stage::Sender | Stage::Recipient => self.timeouts.command,
            Stage::Data => self.timeouts.data,
            Stage::Content => self.timeouts.content,
        }
    }

    /// RFC 4954 §6: these replies are about the login that is missing, not about the mail.
    fn wants_login(&self, words: String) -> SubmissionError {
        SubmissionError::Authentication { server: self.server.clone(), user: self.user.clone(), words }
    }

    /// The commands before the content, or why this server cannot take this mail.
    fn lines(&self, mail: &MailObject<'_>) -> Result<Vec<Line>, String> {
        let parameters = self.parameters(mail)?;
        let reverse_path = mail.reverse_path.map_or("", |path| path.as_str());
        let line = |stage, text, wanted| Line { stage, text, wanted };
        let reset = self.begun.then(|| line(Stage::Sender, "RSET\r\n".to_owned(), 2));
        let mail = [
            line(Stage::Sender, format!("MAIL FROM:<{reverse_path}>{parameters}\r\n"), 2),
            line(Stage::Recipient, format!("RCPT TO:<{}>\r\n", mail.recipient), 2),
            line(Stage::Data, "DATA\r\n".to_owned(), 3),
        ];
        Ok(reset.into_iter().chain(mail).collect())
    }

    /// The parameters of `MAIL FROM`, or why this server cannot take this mail.
    fn parameters(&self, mail: &MailObject<'_>) -> Result<&'static str, String> {
        let ascii = |path: &str| path.is_ascii();
        let paths_ascii =
            ascii(mail.recipient.as_str()) && mail.reverse_path.is_none_or(|path| ascii(path.as_str()));
        match (paths_ascii, mail.content.is_ascii()) {
            (true, true) => Ok(""),
            (true, false) if self.offers.eight_bit => Ok(" BODY=8BITMIME"),
            (true, false) => Err(format!("{} takes no 8-bit mail (8BITMIME)", self.server)),
            // RFC 6531 §3.4: a server with SMTPUTF8 has 8BITMIME too.
            (false, _) if self.offers.utf8 => Ok(" SMTPUTF8 BODY=8BITMIME"),
            (false, _) => Err(format!(
                "{} takes no address with letters beyond ASCII such as {} (SMTPUTF8)",
                self.server, mail.recipient
            )),
        }
    }
}

impl Stop {
    fn at(stage: Stage, refusal: Refusal) -> Self {
        Self { stage, in_step: !refusal.breaks_step(), refusal }
    }

    /// `was_kept`: the connection had carried mail before, and had stood idle.
    fn offered(self, was_kept: bool) -> Offered {
        let had_ended = match (&self.refusal, self.stage) {
            (Refusal::Lost(_), Stage::Sender | Stage::Recipient | Stage::Data) => was_kept,
            // A server that closed meanwhile says so to the first command that comes.
            (Refusal::Reply(421, _), Stage::Sender) => was_kept,
            _ => false,
        };
        let after = match self.in_step {
            _ if had_ended => After::HadEnded,
            true => After::Reusable,
            false => After::Spoilt,
        };
        Offered { outcome: self.stage.outcome(self.refusal), after }
    }
}
