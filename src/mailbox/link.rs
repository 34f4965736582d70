//! One IMAP connection: commands out, every response read to the tagged one.
//!
//! Of async-imap it uses the framing and the parser, not the methods of `Session`:
//! those take a connection that ends in the middle of a FETCH, and a `NO` to it, for
//! the end of the list, and then mails would seem to have vanished.

use super::Waits;
use super::bounded::Bounded;
use super::error::MailboxError;
use crate::sasl;
use crate::tls::{Peer, Wire};
use async_imap::imap_proto::{MailboxDatum, Outcome, Response, ResponseCode, Status};
use std::io::ErrorKind;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// An IMAP connection.
pub struct Link {
    client: async_imap::Client<Bounded>,
    /// `host:port`, for errors.
    server: String,
    waits: Waits,
    /// The longest response, in octets.
    most: u64,
    tags: u32,
    /// What we are in the middle of; a connection left there is out of step.
    command: Option<String>,
    /// The tag of the IDLE the server is in.
    idling: Option<String>,
    /// Whether EXISTS was seen since [`Link::forget_announced`].
    announced: bool,
    /// The newest UIDVALIDITY that the server has spoken of.
    uid_validity: Option<u32>,
}

impl Link {
    /// Reads the greeting (RFC 3501 §7.1). No response may have more than `most` octets.
    pub async fn greet(
        mut wire: Wire,
        server: String,
        waits: Waits,
        most: u64,
    ) -> Result<Self, MailboxError> {
        wire.set_limit(Some(waits.silence));
        let mut link = Self::over(wire, server, waits, most);
        link.command = Some("connecting".to_owned());
        match link.next(|response| Seen::of(response, "")).await? {
            Seen::Status(Status::Ok, _) => {}
            Seen::Status(status, words) => {
                return Err(link.protocol(format!("its greeting is {status:?} {words}")));
            }
            _ => return Err(link.protocol("its greeting is not IMAP")),
        }
        link.command = None;
        Ok(link)
    }

    fn over(wire: Wire, server: String, waits: Waits, most: u64) -> Self {
        let client = async_imap::Client::new(Bounded::new(wire, most));
        let (command, idling, uid_validity) = (None, None, None);
        Self { client, server, waits, most, tags: 0, command, idling, announced: true, uid_validity }
    }

    /// Puts TLS on the connection, after `STARTTLS` was granted. What the server (or
    /// somebody between) sent before TLS is dropped with the old buffer, unread.
    pub async fn secure(self, peer: &Peer) -> Result<Self, MailboxError> {
        let mut wire = self.client.into_inner().wire.secure(peer, self.waits.silence).await?;
        wire.set_limit(Some(self.waits.silence));
        Ok(Self::over(wire, self.server, self.waits, self.most))
    }

    /// The server's certificate (DER), where there is TLS.
    pub fn certificate(&mut self) -> Option<Vec<u8>> {
        self.client.get_mut().wire.certificate()
    }

    /// Whether the next command may go out on this connection.
    pub fn is_sound(&self) -> bool {
        self.command.is_none()
    }

    /// The newest UIDVALIDITY that the server has spoken of: it must not change while a mailbox
    /// is selected (RFC 3501 §2.3.1.1), and where it does the mails have other numbers.
    pub fn uid_validity(&self) -> Option<u32> {
        self.uid_validity
    }

    pub fn was_announced(&self) -> bool {
        self.announced
    }

    pub fn forget_announced(&mut self) {
        self.announced = false;
    }

    /// Sends one command and hands each response before its tagged one to `each`.
    pub async fn run(&mut self, command: &str, each: impl FnMut(&Response<'_>)) -> Result<(), MailboxError> {
        let tag = self.send(command).await?;
        self.finish(&tag, each).await
    }

    /// A login (RFC 9051 §6.2.2). The response goes out when the server asks for it, not with the
    /// command: no server then has a line too long. If the server asks on, that is why it refuses (RFC 7628
    /// §3.2.3), and after `concession` it says so.
    pub async fn authenticate(
        &mut self,
        mechanism: &str,
        response: &str,
        concession: &str,
    ) -> Result<(), MailboxError> {
        let tag = self.send(&format!("AUTHENTICATE {mechanism}")).await?;
        self.continuation(&tag).await?;
        self.write(response).await?;
        let Some(challenge) = self.challenge(&tag).await? else { return Ok(()) };
        let reason = sasl::reason(&challenge);
        self.write(concession).await?;
        match (self.finish(&tag, |_| {}).await, reason) {
            (Err(MailboxError::Refused { server, command, words }), Some(reason)) => {
                Err(MailboxError::Refused { server, command, words: format!("{words} ({reason})") })
            }
            (concluded, _) => concluded,
        }
    }

    /// The server's next challenge; none if the command has ended well.
    async fn challenge(&mut self, tag: &str) -> Result<Option<String>, MailboxError> {
        loop {
            match self.next(|response| Seen::of(response, tag)).await? {
                Seen::Continuation(text) => return Ok(Some(text)),
                Seen::Tagged(status, words) => return self.conclude(&status, words).map(|()| None),
                Seen::Status(..) | Seen::Other => {}
            }
        }
    }

    /// IDLE (RFC 2177) until the server announces mail. May be dropped at any time: the
    /// server stays in IDLE, and [`Link::leave_idle`] ends it before the next command.
    pub async fn idle(&mut self) -> Result<(), MailboxError> {
        let tag = self.send("IDLE").await?;
        self.continuation(&tag).await?;
        self.command = None;
        self.idling = Some(tag.clone());
        self.client.get_mut().wire.set_limit(None);
        while !self.announced {
            let seen = self.next(|response| Seen::of(response, &tag)).await;
            if let Seen::Tagged(..) = seen.inspect_err(|_| self.command = Some("IDLE".to_owned()))? {
                self.idling = None;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Ends an IDLE, if the server is in one.
    pub async fn leave_idle(&mut self) -> Result<(), MailboxError> {
        self.client.get_mut().wire.set_limit(Some(self.waits.silence));
        let Some(tag) = self.idling.take() else { return Ok(()) };
        self.command = Some("DONE".to_owned());
        let ended = timeout(self.waits.done, async {
            self.write("DONE").await?;
            self.finish(&tag, |_| {}).await
        });
        match ended.await {
            Ok(ended) => ended,
            Err(_) => Err(self.lost(format!("it was silent for {} s", self.waits.done.as_secs()))),
        }
    }

    async fn send(&mut self, command: &str) -> Result<String, MailboxError> {
        // Only the verb: the rest may be a name, or a password.
        let verbs = if command.starts_with("UID ") { 2 } else { 1 };
        self.command = Some(command.split(' ').take(verbs).collect::<Vec<_>>().join(" "));
        self.tags += 1;
        let tag = format!("s{}", self.tags);
        self.write(&format!("{tag} {command}")).await?;
        Ok(tag)
    }

    async fn write(&mut self, line: &str) -> Result<(), MailboxError> {
        let wire = self.client.get_mut();
        let sent = async {
            wire.write_all(format!("{line}\r\n").as_bytes()).await?;
            wire.flush().await
        };
        sent.await.map_err(|error| self.lost(error))
    }

    async fn continuation(&mut self, tag: &str) -> Result<(), MailboxError> {
        match self.challenge(tag).await? {
            Some(_) => Ok(()),
            None => Err(self.protocol("it ended before it began")),
        }
    }

    async fn finish(&mut self, tag: &str, each: impl FnMut(&Response<'_>)) -> Result<(), MailboxError> {
        match timeout(self.waits.answer, self.answers(tag, each)).await {
            Ok(answered) => answered,
            Err(_) => Err(self.lost(format!("it went on for {} s", self.waits.answer.as_secs()))),
        }
    }

    async fn answers(&mut self, tag: &str, mut each: impl FnMut(&Response<'_>)) -> Result<(), MailboxError> {
        loop {
            let seen = self.next(|response| {
                each(response);
                Seen::of(response, tag)
            });
            if let Seen::Tagged(status, words) = seen.await? {
                return self.conclude(&status, words);
            }
        }
    }

    fn conclude(&mut self, status: &Status, words: String) -> Result<(), MailboxError> {
        match status {
            Status::Ok => {
                self.command = None;
                Ok(())
            }
            Status::No => {
                let command = self.command.take().unwrap_or_default();
                Err(MailboxError::Refused { server: self.server.clone(), command, words })
            }
            _ => Err(self.protocol(format!("{status:?} {words}"))),
        }
    }

    /// Reads one response and gives what `take` makes of it.
    async fn next<T>(&mut self, take: impl FnOnce(&Response<'_>) -> T) -> Result<T, MailboxError> {
        let response = match self.client.read_response().await {
            Ok(Some(response)) => response,
            Ok(None) => return Err(self.lost("the server closed it")),
            Err(error) if error.kind() == ErrorKind::Other => return Err(self.unreadable(&error)),
            // See `Bounded`: the connection cannot be read on.
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(self.protocol(error)),
            Err(error) => return Err(self.lost(error)),
        };
        match response.parsed() {
            Response::MailboxData(MailboxDatum::Exists(_)) => self.announced = true,
            // RFC 3501 §7.1.5: the server is about to close it; some leave us waiting for that.
            Response::Data { status: Status::Bye, outcome } => return Err(self.lost(words(outcome))),
            Response::Data {
                outcome: Outcome { code: Some(ResponseCode::UidValidity(value)), .. }, ..
            } => {
                self.uid_validity = Some(*value);
            }
            _ => {}
        }
        Ok(take(response.parsed()))
    }

    /// The parser's error quotes all it had read, and that may be mail: nothing of it is kept.
    fn unreadable(&self, error: &std::io::Error) -> MailboxError {
        let text = error.to_string();
        let parsing = text.contains(" during parsing of ");
        self.protocol(if parsing { "a response that is not IMAP" } else { &text })
    }

    fn lost(&self, cause: impl ToString) -> MailboxError {
        let command = self.command.clone().unwrap_or_else(|| "IDLE".to_owned());
        MailboxError::Lost { server: self.server.clone(), command, cause: cause.to_string() }
    }

    pub fn protocol(&self, cause: impl ToString) -> MailboxError {
        let command = self.command.clone().unwrap_or_else(|| "UID FETCH".to_owned());
        MailboxError::Protocol { server: self.server.clone(), command, cause: cause.to_string() }
    }
}

/// What a response is to the one who waits for it.
enum Seen {
    /// The end of our command.
    Tagged(Status, String),
    /// An untagged OK, NO, BAD, PREAUTH or BYE (RFC 3501 §7.1).
    Status(Status, String),
    /// The server asks for more (§7.5), with these words.
    Continuation(String),
    Other,
}

impl Seen {
    fn of(response: &Response<'_>, tag: &str) -> Self {
        match response {
            Response::Done { tag: of, status, outcome } if of.0 == tag => {
                Seen::Tagged(copy(status), words(outcome))
            }
            Response::Data { status, outcome } => Seen::Status(copy(status), words(outcome)),
            Response::Continue(outcome) => Seen::Continuation(words(outcome)),
            _ => Seen::Other,
        }
    }
}

fn copy(status: &Status) -> Status {
    match status {
        Status::Ok => Status::Ok,
        Status::No => Status::No,
        Status::Bad => Status::Bad,
        Status::PreAuth => Status::PreAuth,
        Status::Bye => Status::Bye,
    }
}

fn words(outcome: &Outcome<'_>) -> String {
    match (&outcome.information, &outcome.code) {
        (Some(words), _) => words.to_string(),
        (None, Some(code)) => format!("{code:?}"),
        (None, None) => "without a reason".to_owned(),
    }
}
