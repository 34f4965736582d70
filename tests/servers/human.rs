//! What people's own mail programs say to the servers, in plain dialogue.

use super::PASSWORD;
use data_encoding::BASE64;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// One connection.
pub struct Dialogue {
    lines: BufReader<TcpStream>,
    heard: String,
}

impl Dialogue {
    fn with(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a server");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout above zero");
        Self { lines: BufReader::new(stream), heard: String::new() }
    }

    fn say(&mut self, line: &str) {
        self.write(format!("{line}\r\n").as_bytes());
    }

    fn write(&mut self, bytes: &[u8]) {
        self.lines.get_mut().write_all(bytes).expect("a connection");
    }

    /// One SMTP reply, of one or more lines.
    fn hear_success(&mut self, to: &str) {
        let reply = self.hear_until(|line| line.as_bytes().get(3) != Some(&b'-'));
        assert!(reply.starts_with(['2', '3']), "{to}: {reply}");
    }

    fn hear(&mut self) -> String {
        let mut line = Vec::new();
        self.lines.read_until(b'\n', &mut line).expect("an answer");
        assert!(!line.is_empty(), "the server hung up after: {}", self.heard);
        let line = String::from_utf8_lossy(&line).into_owned();
        self.heard.push_str(&line);
        line
    }

    fn hear_until(&mut self, is_last: impl Fn(&str) -> bool) -> String {
        loop {
            let line = self.hear();
            if is_last(&line) {
                return line;
            }
        }
    }
}

/// What AUTHENTICATE PLAIN says for this person.
pub fn login(address: &str) -> String {
    BASE64.encode(format!("\0{address}\0{PASSWORD}").as_bytes())
}

impl Dialogue {
    /// An IMAP connection of somebody's.
    pub fn logged_in(port: u16, login: &str) -> Self {
        let mut server = Self::with(port);
        server.hear();
        server.does(&format!("AUTHENTICATE PLAIN {login}"));
        server
    }

    /// One IMAP command, and what the server says to it; panics at another end than OK.
    pub fn does(&mut self, command: &str) -> String {
        let before = self.heard.len();
        self.say(&format!("h {command}"));
        let answer = self.hear_until(|line| line.starts_with("h "));
        assert!(answer.starts_with("h OK"), "{command}: {answer}");
        self.heard[before..].to_owned()
    }

    /// Puts a mail into a folder.
    pub fn append(&mut self, folder: &str, flags: &str, mail: &[u8]) {
        self.say(&format!("h APPEND {folder} ({flags}) {{{}}}", mail.len()));
        self.hear_until(|line| line.starts_with('+'));
        self.write(mail);
        self.say("");
        let answer = self.hear_until(|line| line.starts_with("h "));
        assert!(answer.starts_with("h OK"), "APPEND: {answer}");
    }

    /// The literals in what the server says to a command.
    pub fn literals(&mut self, command: &str) -> Vec<Vec<u8>> {
        let mut literals = Vec::new();
        self.say(&format!("h {command}"));
        loop {
            let line = self.hear();
            let announced = line.trim_end().strip_suffix('}').and_then(|line| line.rsplit_once('{'));
            if let Some(length) = announced.and_then(|(_, length)| length.parse().ok()) {
                let mut literal = vec![0; length];
                self.lines.read_exact(&mut literal).expect("a literal");
                literals.push(literal);
            } else if line.starts_with("h ") {
                return literals;
            }
        }
    }
}

/// Logs in, selects the Inbox, gives the commands, logs out. Returns all that was heard;
/// panics at an answer other than OK.
pub fn imap(port: u16, login: &str, commands: &[&str]) -> String {
    let mut server = Dialogue::logged_in(port, login);
    for command in [&["SELECT INBOX"], commands, &["LOGOUT"]].concat() {
        server.does(command);
    }
    server.heard
}

/// Sends one mail by SMTP, whatever its bytes.
pub fn send(port: u16, from: &str, to: &str, mail: &[u8]) {
    let mut server = Dialogue::with(port);
    let (from, to) = (format!("MAIL FROM:<{from}>"), format!("RCPT TO:<{to}>"));
    server.hear_success("the greeting");
    for line in ["EHLO person.example", &from, &to, "DATA"] {
        server.say(line);
        server.hear_success(line);
    }
    server.write(&content(mail));
    server.hear_success("the mail");
    server.say("QUIT");
    server.hear_success("QUIT");
}

/// With the dots of RFC 5321 §4.5.2, and the last line that ends it.
fn content(mail: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    for line in mail.strip_suffix(b"\r\n").unwrap_or(mail).split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            content.push(b'.');
        }
        content.extend_from_slice(line);
    }
    content.extend_from_slice(b"\r\n.\r\n");
    content
}
