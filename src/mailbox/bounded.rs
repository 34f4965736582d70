//! A connection by which a server cannot make us hold more than we asked for.
//!
//! The parser behind it makes room for a literal as soon as one is announced, however large,
//! and waits for the end of a line for ever.

use crate::tls::Wire;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The wire, and how far the response has come that is being read.
#[derive(Debug)]
pub struct Bounded {
    pub wire: Wire,
    bound: Bound,
}

/// The longest response that is read, and where in one we are.
#[derive(Debug)]
struct Bound {
    most: u64,
    read: u64,
    /// Octets of a literal that are still to come.
    literal: u64,
    mark: Mark,
}

/// How much was seen of what announces a literal at the end of a line (RFC 3501 §4.3).
#[derive(Clone, Copy, Debug)]
enum Mark {
    Nothing,
    /// `{` and digits.
    Open(u64),
    /// `{12}`
    Closed(u64),
}

impl Bounded {
    /// Responses may be `most` octets long, literals included.
    pub fn new(wire: Wire, most: u64) -> Self {
        Self { wire, bound: Bound { most, read: 0, literal: 0, mark: Mark::Nothing } }
    }
}

impl Bound {
    fn pass(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let of_literal = usize::try_from(self.literal).map_or(bytes.len(), |left| left.min(bytes.len()));
            let (literal, rest) = bytes.split_at(of_literal);
            self.literal -= literal.len() as u64;
            let line = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
            let (line, rest) = rest.split_at(line);
            self.read += (literal.len() + line.len()) as u64;
            self.check()?;
            line.iter().for_each(|&byte| self.look_at(byte));
            self.check()?;
            bytes = rest;
        }
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        if self.read.saturating_add(self.literal) > self.most { Err(self.too_long()) } else { Ok(()) }
    }

    fn look_at(&mut self, byte: u8) {
        self.mark = match (self.mark, byte) {
            (_, b'{') => Mark::Open(0),
            (Mark::Open(n), b'0'..=b'9') => {
                Mark::Open(n.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
            }
            (Mark::Open(n), b'}') => Mark::Closed(n),
            (mark @ Mark::Closed(_), b'\r') => mark,
            (Mark::Closed(n), b'\n') => {
                self.literal = n;
                Mark::Nothing
            }
            (_, b'\n') => {
                self.read = 0;
                Mark::Nothing
            }
            _ => Mark::Nothing,
        };
    }

    fn too_long(&self) -> io::Error {
        let what =
            if self.literal > 0 { format!("a literal of {}", self.literal) } else { self.read.to_string() };
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a response of {what} octets, and none may have more than {}", self.most),
        )
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.wire).poll_read(cx, buf))?;
        Poll::Ready(this.bound.pass(&buf.filled()[before..]))
    }
}

impl AsyncWrite for Bounded {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether these bytes pass, read in pieces of this length.
    fn passes(most: u64, bytes: &[u8], piece: usize) -> bool {
        let mut bound = Bound { most, read: 0, literal: 0, mark: Mark::Nothing };
        bytes.chunks(piece).all(|piece| bound.pass(piece).is_ok())
    }

    #[test]
    fn responses_pass_up_to_the_bound_however_they_are_cut_into_pieces() {
        let fetched = b"* 1 FETCH (UID 1 BODY[] {12}\r\n{9}\r\n{99}\r\nxy)\r\n";
        let many = [&fetched[..], b"* OK x\r\n"].concat().repeat(50);
        for piece in 1..60 {
            assert!(passes(fetched.len() as u64, &many, piece), "in pieces of {piece}");
            assert!(!passes(fetched.len() as u64 - 1, &many, piece), "in pieces of {piece}");
        }
    }

    #[test]
    fn a_literal_is_too_long_as_soon_as_it_is_announced() {
        let announced = b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n";
        for piece in 1..40 {
            assert!(!passes(1 << 40, announced, piece), "in pieces of {piece}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_waited_for() {
        assert!(passes(1000, &[b'x'; 1000], 7));
        assert!(!passes(1000, &[b'x'; 1001], 7));
    }
}
