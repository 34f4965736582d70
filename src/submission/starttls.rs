//! STARTTLS (RFC 3207) by hand.
//!
//! lettre's own keeps what was sent in the clear after the reply to STARTTLS, and would
//! take it for the server's words under TLS. Here not a byte more is read than the reply:
//! what follows it goes to the TLS handshake, which fails on it.

use super::Timeouts;
use super::connection::one_line;
use super::error::SubmissionError;
use crate::tls::{ConnectError, Peer, Wire};
use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::extension::ClientId;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

/// Greets, asks for TLS and puts it on the connection.
pub async fn starttls(
    mut wire: Wire,
    peer: &Peer,
    hello: &ClientId,
    timeouts: Timeouts,
) -> Result<Greeted, SubmissionError> {
    let talk = async {
        reply(&mut wire).await?;
        say(&mut wire, &format!("EHLO {hello}\r\n")).await?;
        say(&mut wire, "STARTTLS\r\n").await
    };
    match timeout(timeouts.command, talk).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(no_starttls(peer, &error)),
        Err(_) => return Err(no_starttls(peer, &io::ErrorKind::TimedOut.into())),
    }
    let wire = wire.secure(peer, timeouts.connect).await?;
    // lettre waits for a greeting, which comes only once (RFC 3207 §4.2).
    Ok(Greeted { greeting: b"220 TLS\r\n", wire })
}

fn no_starttls(peer: &Peer, error: &io::Error) -> SubmissionError {
    let cause = format!("STARTTLS: {error}");
    ConnectError::Tls { peer: peer.name(), table: peer.table, cause }.into()
}

async fn say(wire: &mut Wire, line: &str) -> io::Result<()> {
    wire.write_all(line.as_bytes()).await?;
    wire.flush().await?;
    reply(wire).await
}

/// Reads one reply and not a byte more. `Err` unless it is 2xx.
async fn reply(wire: &mut Wire) -> io::Result<()> {
    const LONGEST: usize = 64 * 1024;
    let (mut line, mut total) = (Vec::new(), 0);
    loop {
        let byte = wire.read_u8().await?;
        total += 1;
        line.push(byte);
        if byte == b'\n' && line.get(3) != Some(&b'-') {
            break;
        }
        match byte {
            b'\n' => line.clear(),
            _ if total > LONGEST => return Err(io::Error::other("the reply does not end")),
            _ => {}
        }
    }
    let words = String::from_utf8_lossy(&line);
    if words.starts_with('2') { Ok(()) } else { Err(io::Error::other(one_line(&words))) }
}

/// A connection for lettre, which begins by reading a greeting.
#[derive(Debug)]
pub struct Greeted {
    /// What is still to be read in place of a greeting that we have read ourselves.
    greeting: &'static [u8],
    wire: Wire,
}

impl Greeted {
    /// The server has yet to greet.
    pub fn not_yet(wire: Wire) -> Self {
        Self { greeting: b"", wire }
    }
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.wire.peer_addr()
    }
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.wire).poll_read(cx, buf);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
        buf.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}
