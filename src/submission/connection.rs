//! One SMTP connection that is ready for mail: greeted, secured, logged in.

use super::dialogue::{Dialogue, Reply};
use super::error::SubmissionError;
use super::refusal::{Refusal, expect, within};
use super::{Credentials, Secret, Timeouts};
use crate::oauth2::Tokens;
use crate::sasl::{self, Bearer, Mechanism};
use crate::tls::{ConnectError, Peer, Security, Wire};
use data_encoding::BASE64;
use std::time::Duration;

/// A connection that is ready for mail.
pub struct Connection {
    pub(super) dialogue: Dialogue,
    pub(super) server: String,
    /// Whom we are logged in as, for errors.
    pub(super) user: String,
    pub(super) timeouts: Timeouts,
    pub(super) offers: Extensions,
    /// A mail was begun on it and refused: the next begins with RSET (RFC 5321 §4.1.1.5).
    pub(super) begun: bool,
    /// It has carried a mail before, and may have ended since.
    pub(super) kept: bool,
}

/// What the server can do (RFC 5321 §2.2.1), as far as we ask.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// RFC 6152.
    pub eight_bit: bool,
    /// RFC 6531.
    pub utf8: bool,
    /// RFC 2920.
    pub pipelining: bool,
    /// RFC 1870: the largest mail it takes, in octets, if it says so.
    pub size: Option<u64>,
    /// RFC 4954: the mechanisms among those that take a password, and those that take a token.
    plain: bool,
    login: bool,
    xoauth2: bool,
    oauthbearer: bool,
}

impl Extensions {
    fn of(reply: &Reply) -> Self {
        let mut offers = Self::default();
        for line in reply.lines.iter().skip(1) {
            // Some old servers write "AUTH=PLAIN".
            let line = line.to_ascii_uppercase().replace('=', " ");
            let mut words = line.split_whitespace();
            match words.next() {
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("PIPELINING") => offers.pipelining = true,
                // §4: 0 is "no fixed limit".
                Some("SIZE") => offers.size = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0),
                Some("AUTH") => words.for_each(|mechanism| {
                    offers.plain |= mechanism == "PLAIN";
                    offers.login |= mechanism == "LOGIN";
                    offers.xoauth2 |= mechanism == "XOAUTH2";
                    offers.oauthbearer |= mechanism == "OAUTHBEARER";
                }),
                _ => {}
            }
        }
        offers
    }
}

impl Connection {
    /// Connects, greets, and says who we are.
    pub async fn open(
        peer: &Peer,
        credentials: Option<&Credentials>,
        timeouts: Timeouts,
    ) -> Result<Self, SubmissionError> {
        let wire = peer.connect(timeouts.connect).await?;
        let (dialogue, hello) = match peer.security {
            Security::StartTls => after_starttls(wire, peer, timeouts).await?,
            Security::Tls | Security::None => greeted(Dialogue::new(wire), peer, timeouts).await?,
        };
        let offers = Extensions::of(&hello);
        let (server, user) = (peer.name(), "nobody".to_owned());
        let mut connection = Self { dialogue, server, user, timeouts, offers, begun: false, kept: false };
        if let Some(credentials) = credentials {
            connection.log_in(credentials, peer).await?;
        }
        Ok(connection)
    }

    async fn log_in(&mut self, credentials: &Credentials, peer: &Peer) -> Result<(), SubmissionError> {
        self.user.clone_from(&credentials.user);
        match &credentials.secret {
            Secret::Password(password) => self.log_in_by_password(&credentials.user, password).await,
            Secret::Token(tokens) => self.log_in_by_token(&credentials.user, peer, tokens).await,
        }
    }

    fn refuses(&self, words: impl Into<String>) -> SubmissionError {
        let (server, user) = (self.server.clone(), self.user.clone());
        SubmissionError::Authentication { server, user, words: words.into() }
    }

    async fn log_in_by_token(
        &mut self,
        user: &str,
        peer: &Peer,
        tokens: &Tokens,
    ) -> Result<(), SubmissionError> {
        let Some(mechanism) = Mechanism::among(self.offers.xoauth2, self.offers.oauthbearer) else {
            return Err(self.refuses("it offers neither XOAUTH2 nor OAUTHBEARER here"));
        };
        let Peer { host, port, .. } = peer;
        let tell =
            async |token: &str| self.tell_token(mechanism, Bearer { user, host, port: *port, token }).await;
        tokens.tell(tell, SubmissionError::is_refused_login).await
    }

    /// The response goes out when it is asked for: with the command, the line would be longer than
    /// the 512 octets that some servers take (RFC 4954 §4).
    async fn tell_token(&mut self, mechanism: Mechanism, who: Bearer<'_>) -> Result<(), SubmissionError> {
        self.line_of_login(format!("AUTH {}\r\n", mechanism.name()), 3).await?;
        let reply = within(self.timeouts.command, self.dialogue.ask(mechanism.response(who) + "\r\n")).await;
        match reply {
            // RFC 7628 §3.2.2: why it is refused; then it is.
            Ok(reply) if reply.code == 334 => {
                let reason = sasl::reason(&reply.words()).unwrap_or_default();
                let concession = format!("{}\r\n", mechanism.concession());
                match self.line_of_login(concession, 2).await {
                    Err(SubmissionError::Authentication { server, user, words }) => {
                        let words = format!("{words} ({reason})");
                        Err(SubmissionError::Authentication { server, user, words })
                    }
                    concluded => concluded,
                }
            }
            reply => self.concluded(reply.and_then(|reply| expect(reply, 2))),
        }
    }

    async fn line_of_login(&mut self, line: String, wanted: u16) -> Result<(), SubmissionError> {
        let reply = within(self.timeouts.command, self.dialogue.ask(line)).await;
        self.concluded(reply.and_then(|reply| expect(reply, wanted)))
    }

    fn concluded(&self, reply: Result<Reply, Refusal>) -> Result<(), SubmissionError> {
        match reply {
            Ok(_) => Ok(()),
            // RFC 4954 §6: 454 is a temporary failure, all 5xx are ours to mend.
            Err(Refusal::Reply(500.., words)) => Err(self.refuses(words)),
            Err(refusal) => Err(refused(self.server.clone(), refusal)),
        }
    }

    async fn log_in_by_password(&mut self, user: &str, password: &str) -> Result<(), SubmissionError> {
        let Some(lines) = self.login_lines(user, password) else {
            return Err(self.refuses("it offers no login by password here"));
        };
        let last = lines.len() - 1;
        for (n, line) in lines.into_iter().enumerate() {
            // RFC 4954 §4: 334 asks for what comes next.
            self.line_of_login(line, if n < last { 3 } else { 2 }).await?;
        }
        Ok(())
    }

    fn login_lines(&self, user: &str, password: &str) -> Option<Vec<String>> {
        let encoded = |text: &str| BASE64.encode(text.as_bytes());
        if self.offers.plain {
            // RFC 4616 §2, with the initial response of RFC 4954 §4.
            return Some(vec![format!("AUTH PLAIN {}\r\n", encoded(&format!("\0{user}\0{password}")))]);
        }
        let lines = || ["AUTH LOGIN".to_owned(), encoded(user), encoded(password)];
        self.offers.login.then(|| lines().into_iter().map(|line| line + "\r\n").collect())
    }

    /// Takes leave (RFC 5321 §4.1.1.10). The connection is given up whatever is answered.
    pub async fn quit(mut self) {
        let _ = within(Duration::from_secs(2), self.dialogue.ask("QUIT\r\n")).await;
    }
}

/// Greeting and EHLO; the reply says what the server can do.
async fn greeted(
    mut dialogue: Dialogue,
    peer: &Peer,
    timeouts: Timeouts,
) -> Result<(Dialogue, Reply), SubmissionError> {
    let greeting = within(timeouts.command, dialogue.reply()).await.and_then(|reply| expect(reply, 2));
    match greeting {
        Ok(_) => hello(dialogue, peer, timeouts).await,
        Err(refusal) => Err(refused(peer.name(), refusal)),
    }
}

async fn hello(
    mut dialogue: Dialogue,
    peer: &Peer,
    timeouts: Timeouts,
) -> Result<(Dialogue, Reply), SubmissionError> {
    let ehlo = dialogue.ehlo();
    let reply = within(timeouts.command, dialogue.ask(ehlo)).await.and_then(|reply| expect(reply, 2));
    match reply {
        Ok(reply) => Ok((dialogue, reply)),
        Err(refusal) => Err(refused(peer.name(), refusal)),
    }
}

/// Asks for TLS, puts it on the connection, and says again who we are (RFC 3207 §4.2).
async fn after_starttls(
    wire: Wire,
    peer: &Peer,
    timeouts: Timeouts,
) -> Result<(Dialogue, Reply), SubmissionError> {
    let (mut dialogue, _) = greeted(Dialogue::new(wire), peer, timeouts).await?;
    let no_starttls = |cause: String| {
        let cause = format!("STARTTLS: {cause}");
        ConnectError::Tls { peer: peer.name(), table: peer.table, cause }
    };
    let reply = within(timeouts.command, dialogue.ask("STARTTLS\r\n")).await;
    if let Err(Refusal::Reply(_, words) | Refusal::Lost(words)) = reply.and_then(|reply| expect(reply, 2)) {
        return Err(no_starttls(words).into());
    }
    // §6: what came in the clear after that reply is nobody's word.
    let wire = dialogue.into_wire().map_err(|error| no_starttls(error.to_string()))?;
    let wire = wire.secure(peer, timeouts.connect).await?;
    hello(Dialogue::new(wire), peer, timeouts).await
}

fn refused(server: String, refusal: Refusal) -> SubmissionError {
    let (Refusal::Reply(_, words) | Refusal::Lost(words)) = refusal;
    SubmissionError::Refused { server, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_offers_is_read_in_any_case() {
        let lines = ["mail.example greets you", "8bitmime", "PIPELINING", "AUTH=login XOAUTH2", "SIZE 10"];
        let offers = Extensions::of(&Reply { code: 250, lines: lines.map(str::to_owned).into() });
        let expected = Extensions {
            eight_bit: true,
            pipelining: true,
            login: true,
            xoauth2: true,
            size: Some(10),
            ..Default::default()
        };
        assert_eq!(offers, expected);
        // The first line is its name, whatever it is called.
        let named = Reply { code: 250, lines: vec!["PIPELINING".to_owned()] };
        assert_eq!(Extensions::of(&named), Extensions::default());
    }
}
