//! The lines of SMTP on a wire: commands out, replies in (RFC 5321 §4.1.1, §4.2), none without end.
//!
//! By hand, because what decides between "try again" and "it may have arrived" is the command at
//! which a server failed, because several commands may go in one packet (RFC 2920), and because
//! nothing that came in the clear may pass for words under TLS (RFC 3207 §6).

use crate::tls::Wire;
use std::io;
use std::net::IpAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A reply, all its lines. §4.5.3.1.5 allows lines of 512 bytes, and servers say more.
const LONGEST: usize = 64 * 1024;

/// A connection on which lines go back and forth.
pub struct Dialogue {
    wire: Wire,
    /// What was read and is not yet a reply's.
    read: Vec<u8>,
}

/// What the server says to one command.
#[derive(Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    /// The text of each line, without its code.
    pub lines: Vec<String>,
}

impl Dialogue {
    pub fn new(wire: Wire) -> Self {
        Self { wire, read: Vec::new() }
    }

    pub async fn say(&mut self, text: &[u8]) -> io::Result<()> {
        self.wire.write_all(text).await?;
        self.wire.flush().await
    }

    /// Says one line, or several in one packet, and reads the first reply.
    pub async fn ask(&mut self, text: impl AsRef<[u8]>) -> io::Result<Reply> {
        self.say(text.as_ref()).await?;
        self.reply().await
    }

    /// The next reply.
    pub async fn reply(&mut self) -> io::Result<Reply> {
        let (mut lines, mut total) = (Vec::new(), 0);
        loop {
            let line = self.line(LONGEST - total).await?;
            total += line.len();
            let (code, goes_on, text) = read_line(&line)?;
            lines.push(text.to_owned());
            if !goes_on {
                return Ok(Reply { code, lines });
            }
        }
    }

    async fn line(&mut self, most: usize) -> io::Result<String> {
        let mut looked_at = 0;
        loop {
            if let Some(end) = self.read[looked_at..].iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=looked_at + end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            looked_at = self.read.len();
            if looked_at >= most {
                return Err(io::Error::other("a reply that does not end"));
            }
            self.read.reserve(1024);
            if self.wire.read_buf(&mut self.read).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended"));
            }
        }
    }

    /// The server's certificate (DER), where there is TLS.
    pub fn certificate(&self) -> Option<Vec<u8>> {
        self.wire.certificate()
    }

    /// The wire, if all that came over it has been read.
    pub fn into_wire(self) -> io::Result<Wire> {
        match self.read.is_empty() {
            true => Ok(self.wire),
            false => Err(io::Error::other("the server said more than it was asked")),
        }
    }

    /// The address literal of §4.1.4: always true, where a host name may not be.
    pub fn ehlo(&self) -> String {
        match self.wire.local_addr().map(|address| address.ip()) {
            Ok(IpAddr::V4(ip)) => format!("EHLO [{ip}]\r\n"),
            Ok(IpAddr::V6(ip)) => format!("EHLO [IPv6:{ip}]\r\n"),
            Err(_) => "EHLO [127.0.0.1]\r\n".to_owned(),
        }
    }
}

/// Code, whether another line follows, and text.
fn read_line(line: &str) -> io::Result<(u16, bool, &str)> {
    let garbage = || io::Error::other(format!("no reply of SMTP: {}", one_line(line)));
    let (code, rest) = line.split_at_checked(3).ok_or_else(garbage)?;
    let digits = code.bytes().all(|byte| byte.is_ascii_digit()) && matches!(code.as_bytes()[0], b'2'..=b'5');
    let (mark, text) = rest.split_at_checked(1).unwrap_or((" ", ""));
    if !digits || !matches!(mark, " " | "-") {
        return Err(garbage());
    }
    Ok((code.parse().map_err(|_| garbage())?, mark == "-", text))
}

impl Reply {
    /// Code and text in one line: an enhanced code (RFC 2034 §4) that begins each is said once.
    pub fn words(&self) -> String {
        let mut lines = self.lines.iter().map(String::as_str);
        let first = lines.next().unwrap_or_default();
        let enhanced = first.split_once(' ').map(|(code, _)| code).filter(|code| code.contains('.'));
        let rest = lines.map(|line| enhanced.and_then(|code| line.strip_prefix(code)).unwrap_or(line).trim());
        let text: Vec<&str> = std::iter::once(first).chain(rest).collect();
        one_line(&format!("{} {}", self.code, text.join(" ")))
    }
}

/// A server's words go into records and letters: one line, and not a novel.
pub fn one_line(words: &str) -> String {
    let words: String = words.chars().take(500).map(|c| if c.is_control() { ' ' } else { c }).collect();
    words.trim().to_owned()
}

/// A mail's content as it is said after DATA: the dots of §4.5.2, and the one that ends it.
pub fn content(mail: &[u8]) -> Vec<u8> {
    let mut said = Vec::with_capacity(mail.len() + mail.len() / 64 + 5);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            said.push(b'.');
        }
        said.extend_from_slice(line);
    }
    if !said.is_empty() && !said.ends_with(b"\r\n") {
        said.extend_from_slice(b"\r\n");
    }
    said.extend_from_slice(b".\r\n");
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_three_digits_a_mark_and_text() {
        assert_eq!(read_line("250-8BITMIME").ok(), Some((250, true, "8BITMIME")));
        assert_eq!(read_line("354").ok(), Some((354, false, "")));
        for line in ["", "25", "250ok", "650 no", "éé 1", "gibberish", "\u{0}\u{0}\u{0} "] {
            assert!(read_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_enhanced_code_is_said_once_and_a_line_is_one() {
        let lines = ["5.1.1 No such".to_owned(), "5.1.1 user\there".to_owned()].into();
        assert_eq!(Reply { code: 550, lines }.words(), "550 5.1.1 No such user here");
        assert_eq!(Reply { code: 421, lines: vec![String::new()] }.words(), "421");
    }

    #[test]
    fn a_dot_that_begins_a_line_is_doubled_and_one_ends_the_mail() {
        assert_eq!(content(b"a\r\n.\r\n..b\r\n"), b"a\r\n..\r\n...b\r\n.\r\n");
        assert_eq!(content(b"a"), b"a\r\n.\r\n");
        assert_eq!(content(b""), b".\r\n");
    }
}
