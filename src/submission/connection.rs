//! One SMTP connection, driven command by command, each in bounded time.
//!
//! lettre's own `send` does not say at which command it failed, and that is what decides
//! between "try again" and "it may have arrived".

use super::error::SubmissionError;
use super::starttls::{Greeted, starttls};
use super::{Credentials, MailObject, Timeouts};
use crate::mail::delivery::Outcome;
use crate::tls::{Peer, Security, Wire};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{self, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::{ClientId, Extension};
use lettre::transport::smtp::response::{Response, Severity};
use std::error::Error as _;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::timeout;

/// A connection that is ready for mail.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    server: String,
    /// Whom we are logged in as, for errors.
    user: String,
    timeouts: Timeouts,
}

/// Why a step gave no positive reply.
enum Refusal {
    /// A reply of 4xx or 5xx: its code, and the whole of it.
    Reply(u16, String),
    /// No reply, or none that can be understood: the connection is out of step.
    Lost(String),
}

/// What became of a mail, and whether the connection can take another.
pub struct Offered {
    pub outcome: Outcome,
    pub reusable: bool,
}

impl Connection {
    /// Connects, greets, and says who we are.
    pub async fn open(
        peer: &Peer,
        credentials: Option<&Credentials>,
        timeouts: Timeouts,
    ) -> Result<Self, SubmissionError> {
        let stream = peer.connect(timeouts.connect).await?;
        let hello = client_id(&stream);
        let stream = match peer.security {
            Security::StartTls => starttls(stream, peer, &hello, timeouts).await?,
            Security::Tls | Security::None => Greeted::not_yet(stream),
        };
        let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
        let mut connection = match within(timeouts.command, smtp).await {
            Ok(smtp) => Self { smtp, server: peer.name(), user: "nobody".to_owned(), timeouts },
            Err(refusal) => return Err(refused(peer.name(), refusal)),
        };
        if let Some(credentials) = credentials {
            connection.log_in(credentials).await?;
        }
        Ok(connection)
    }

    async fn log_in(&mut self, credentials: &Credentials) -> Result<(), SubmissionError> {
        let refuse =
            |server, words| SubmissionError::Authentication { server, user: credentials.user.clone(), words };
        if self.smtp.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
            return Err(refuse(self.server.clone(), "it offers no login by password here".to_owned()));
        }
        let pair = authentication::Credentials::new(credentials.user.clone(), credentials.password.clone());
        match within(self.timeouts.command, self.smtp.auth(DEFAULT_MECHANISMS, &pair)).await {
            Ok(_) => {
                self.user.clone_from(&credentials.user);
                Ok(())
            }
            // RFC 4954 §6: 454 is a temporary failure, all 5xx are ours to mend.
            Err(Refusal::Reply(500.., words)) => Err(refuse(self.server.clone(), words)),
            Err(refusal) => Err(refused(self.server.clone(), refusal)),
        }
    }

    /// Whether a connection that lay idle still stands; forgets any mail begun on it.
    pub async fn still_stands(&mut self) -> bool {
        let limit = self.timeouts.connect;
        within(limit, self.smtp.command("RSET\r\n")).await.is_ok()
    }

    /// Takes leave (RFC 5321 §4.1.1.10). The connection is given up whatever is answered.
    pub async fn quit(mut self) {
        let _ = within(Duration::from_secs(2), self.smtp.command("QUIT\r\n")).await;
    }

    /// Offers one mail.
    pub async fn offer(&mut self, mail: &MailObject<'_>) -> Result<Offered, SubmissionError> {
        let parameters = match self.parameters(mail) {
            Ok(parameters) => parameters,
            Err(reason) => return Ok(Offered { outcome: Outcome::Permanent(reason), reusable: true }),
        };
        // By hand, because lettre's `Address` refuses some that are real (`a.@docomo.ne.jp`).
        let reverse_path = mail.reverse_path.map_or("", |path| path.as_str());
        let from = format!("MAIL FROM:<{reverse_path}>{parameters}\r\n");
        let to = format!("RCPT TO:<{}>\r\n", mail.recipient);
        let Timeouts { command, data, .. } = self.timeouts;
        for (limit, line, wanted) in [(command, from, 2), (command, to, 2), (data, "DATA\r\n".into(), 3)] {
            let reply = within(limit, self.smtp.command(line)).await;
            match reply.and_then(|reply| expect(reply, wanted)) {
                Ok(()) => {}
                Err(Refusal::Reply(530 | 534 | 535 | 538, words)) => return Err(self.wants_login(words)),
                Err(refusal) => return Ok(before_content(refusal)),
            }
        }
        let reply =
            within(self.timeouts.content, self.smtp.message(without_last_line_end(mail.content))).await;
        Ok(after_content(reply.and_then(|reply| expect(reply, 2))))
    }

    /// RFC 4954 §6: these replies are about the login that is missing, not about the mail.
    fn wants_login(&self, words: String) -> SubmissionError {
        SubmissionError::Authentication { server: self.server.clone(), user: self.user.clone(), words }
    }

    /// The parameters of `MAIL FROM`, or why this server cannot take this mail.
    fn parameters(&self, mail: &MailObject<'_>) -> Result<&'static str, String> {
        let can = |extension| self.smtp.server_info().supports_feature(extension);
        let ascii = |path: &str| path.is_ascii();
        let paths_ascii =
            ascii(mail.recipient.as_str()) && mail.reverse_path.is_none_or(|path| ascii(path.as_str()));
        match (paths_ascii, mail.content.is_ascii()) {
            (true, true) => Ok(""),
            (true, false) if can(Extension::EightBitMime) => Ok(" BODY=8BITMIME"),
            (true, false) => Err(format!("{} takes no 8-bit mail (8BITMIME)", self.server)),
            // RFC 6531 §3.4: a server with SMTPUTF8 has 8BITMIME too.
            (false, _) if can(Extension::SmtpUtfEight) => Ok(" SMTPUTF8 BODY=8BITMIME"),
            (false, _) => Err(format!(
                "{} takes no address with letters beyond ASCII such as {} (SMTPUTF8)",
                self.server, mail.recipient
            )),
        }
    }
}

/// Before the content was sent, nothing can have arrived.
fn before_content(refusal: Refusal) -> Offered {
    match refusal {
        Refusal::Lost(words) => Offered { outcome: Outcome::Transient(words), reusable: false },
        Refusal::Reply(code, words) => replied(code, words),
    }
}

/// In or after the content, only a reply says what became of it (RFC 1047).
fn after_content(reply: Result<(), Refusal>) -> Offered {
    match reply {
        Ok(()) => Offered { outcome: Outcome::Accepted, reusable: true },
        Err(Refusal::Lost(words)) => Offered { outcome: Outcome::Uncertain(words), reusable: false },
        Err(Refusal::Reply(code, words)) => replied(code, words),
    }
}

fn replied(code: u16, words: String) -> Offered {
    // RFC 5321 §3.8: after 421 the server closes.
    let reusable = code != 421;
    let outcome = if code < 500 { Outcome::Transient(words) } else { Outcome::Permanent(words) };
    Offered { outcome, reusable }
}

/// lettre takes any 2xx or 3xx for success, but a 250 to DATA is a server out of step.
fn expect(reply: Response, first_digit: u8) -> Result<(), Refusal> {
    let of = match reply.code().severity {
        Severity::PositiveCompletion => 2,
        Severity::PositiveIntermediate => 3,
        _ => 0,
    };
    if of == first_digit {
        return Ok(());
    }
    Err(Refusal::Lost(format!("unexpected reply {}", reply.code())))
}

/// lettre ends the content with CRLF, dot, CRLF, and would add an empty line to ours.
fn without_last_line_end(content: &[u8]) -> &[u8] {
    content.strip_suffix(b"\r\n").unwrap_or(content)
}

async fn within<T>(limit: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<T, Refusal> {
    match timeout(limit, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(refusal(&error)),
        Err(_) => Err(Refusal::Lost(format!("the server was silent for {} s", limit.as_secs_f32()))),
    }
}

fn refusal(error: &Error) -> Refusal {
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => Refusal::Reply(u16::from(code), one_line(&format!("{code} {words}"))),
        None => Refusal::Lost(one_line(&error.to_string())),
    }
}

/// A server's words go into records and letters: one line, and not a novel.
pub(super) fn one_line(words: &str) -> String {
    let words: String = words.chars().take(500).map(|c| if c.is_control() { ' ' } else { c }).collect();
    words.trim().to_owned()
}

fn refused(server: String, refusal: Refusal) -> SubmissionError {
    let (Refusal::Reply(_, words) | Refusal::Lost(words)) = refusal;
    SubmissionError::Refused { server, words }
}

/// The address literal of RFC 5321 §4.1.4: always true, where a host name may not be.
fn client_id(wire: &Wire) -> ClientId {
    match wire.local_addr().map(|address| address.ip()) {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::default(),
    }
}
