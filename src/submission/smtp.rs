//! The SMTP server that takes our mail: a few connections, used again while they stand.

use super::connection::Connection;
use super::error::SubmissionError;
use super::offer::{After, Offered};
use super::rate::Rate;
use super::{MailObject, Secret, SmtpSettings, Submission};
use crate::mail::address::AddrSpec;
use crate::mail::delivery::Outcome;
use std::cell::RefCell;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

/// Submission over SMTP.
pub struct Smtp {
    settings: SmtpSettings,
    slots: Semaphore,
    rate: RefCell<Rate>,
    /// Connections not in use, each since when; the last used is the last here.
    idle: RefCell<Vec<(Instant, Connection)>>,
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Its certificate (DER), where there is TLS.
    pub certificate: Option<Vec<u8>>,
    /// The largest mail it takes, in octets, if it says so.
    pub size: Option<u64>,
}

impl Smtp {
    /// Connects nowhere yet.
    pub fn new(settings: SmtpSettings) -> Self {
        Self {
            slots: Semaphore::new(settings.connections.max(1)),
            rate: RefCell::new(Rate::new(settings.per_minute)),
            idle: RefCell::default(),
            settings,
        }
    }

    /// Connects, and hears what the server says of itself before any login.
    pub async fn greet(&self) -> Result<Greeting, SubmissionError> {
        let SmtpSettings { peer, timeouts, .. } = &self.settings;
        let connection = Connection::open(peer, None, *timeouts).await?;
        let (certificate, size) = (connection.dialogue.certificate(), connection.offers.size);
        connection.quit().await;
        Ok(Greeting { certificate, size })
    }

    /// Connects and logs in, if no connection stands: for a check without a mail.
    pub async fn check(&self) -> Result<(), SubmissionError> {
        let connection = self.connection().await?;
        self.idle.borrow_mut().push((Instant::now(), connection));
        Ok(())
    }

    /// A connection that was kept, or a new one.
    async fn connection(&self) -> Result<Connection, SubmissionError> {
        loop {
            let Some((since, connection)) = self.idle.borrow_mut().pop() else { break };
            if since.elapsed() <= self.settings.timeouts.idle {
                return Ok(connection);
            }
            connection.quit().await;
        }
        self.new_connection().await
    }

    async fn new_connection(&self) -> Result<Connection, SubmissionError> {
        let SmtpSettings { peer, credentials, timeouts, .. } = &self.settings;
        Connection::open(peer, credentials.as_ref(), *timeouts).await
    }

    async fn offer(
        &self,
        mut connection: Connection,
        mail: &MailObject<'_>,
    ) -> Result<Offered, SubmissionError> {
        let offered = connection.offer(mail).await?;
        if offered.after == After::Reusable {
            self.idle.borrow_mut().push((Instant::now(), connection));
        }
        Ok(offered)
    }

    /// A connection that a token opened may be told in its midst that the token has expired; it had
    /// been let in, so that is no refused login.
    fn has_lapsed(&self, offered: &Result<Offered, SubmissionError>) -> bool {
        let secret = self.settings.credentials.as_ref().map(|credentials| &credentials.secret);
        let by_token = matches!(secret, Some(Secret::Token(_)));
        by_token && matches!(offered, Err(SubmissionError::Authentication { .. }))
    }

    async fn turn(&self) {
        while !self.rate.borrow_mut().start(Instant::now()) {
            self.ready().await;
        }
    }
}

impl Submission for Smtp {
    async fn ready(&self) -> usize {
        let now = Instant::now();
        let next = self.rate.borrow().next(now);
        // tokio's clock ticks by the millisecond: even a sleep until now would wait for the next tick.
        if next > now {
            sleep_until(next).await;
        }
        self.rate.borrow().free(Instant::now())
    }

    async fn submit(&self, mail: MailObject<'_>) -> Result<Outcome, SubmissionError> {
        if let Some(reason) = unsendable(&mail) {
            return Ok(Outcome::Permanent(reason));
        }
        // Never closed, so this only waits.
        let _slot = self.slots.acquire().await;
        self.turn().await;
        let connection = self.connection().await?;
        let first = self.offer(connection, &mail).await;
        if self.has_lapsed(&first) {
            // What it was opened with is not valid any more, nor is what the others were.
            self.idle.borrow_mut().clear();
            return Ok(self.offer(self.new_connection().await?, &mail).await?.outcome);
        }
        let mut offered = first?;
        if offered.after == After::HadEnded {
            // The others were kept as long.
            self.idle.borrow_mut().clear();
            offered = self.offer(self.new_connection().await?, &mail).await?;
        }
        Ok(offered.outcome)
    }

    fn connections(&self) -> usize {
        self.settings.connections.max(1)
    }

    fn per_minute(&self) -> u32 {
        self.settings.per_minute.max(1)
    }
}

/// What must never go into an SMTP dialogue: a path that ends its command early, and a
/// line end that is not CRLF, which lets content pass for commands on servers that read
/// it as one (RFC 5321 §2.3.8).
fn unsendable(mail: &MailObject<'_>) -> Option<String> {
    let harmful = |path: &&AddrSpec| {
        let path = path.as_str();
        path.is_empty() || path.contains(|c: char| c.is_control() || c.is_whitespace() || "<>".contains(c))
    };
    let mut paths = std::iter::once(mail.recipient).chain(mail.reverse_path);
    if let Some(path) = paths.find(harmful) {
        return Some(format!("\"{}\" cannot be written in an SMTP command", path.as_str().escape_debug()));
    }
    let at = bare_line_end(mail.content)?;
    Some(format!("the mail has a line end at byte {at} that is not CRLF"))
}

fn bare_line_end(content: &[u8]) -> Option<usize> {
    (0..content.len()).find(|&at| match content[at] {
        b'\r' => content.get(at + 1) != Some(&b'\n'),
        b'\n' => at == 0 || content[at - 1] != b'\r',
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crlf_ends_a_line() {
        assert_eq!(bare_line_end(b"a\r\n.\r\n"), None);
        assert_eq!(bare_line_end(b""), None);
        assert_eq!(bare_line_end(b"a\n.\r\n"), Some(1));
        assert_eq!(bare_line_end(b"\n"), Some(0));
        assert_eq!(bare_line_end(b"a\r\r\n"), Some(1));
        assert_eq!(bare_line_end(b"a\r"), Some(1));
    }

    #[test]
    fn a_path_cannot_bring_commands_of_its_own() {
        let amina = AddrSpec::parse("amina@campus.example").unwrap();
        let harmful = amina.with_detail("+", "x>\r\nRCPT TO:<b@evil.example");
        let mail = |path| MailObject { reverse_path: Some(path), recipient: &amina, content: b"A: b\r\n" };
        assert!(unsendable(&mail(&harmful)).is_some());
        assert_eq!(unsendable(&mail(&amina)), None);
    }
}
