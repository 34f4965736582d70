//! What people's own mail programs say to the servers, in plain dialogue.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

struct Dialogue {
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

/// Logs in, selects the Inbox, gives the commands, logs out. Returns all that was heard;
/// panics at an answer other than OK.
pub fn imap(port: u16, login: &str, commands: &[&str]) -> String {
    let mut server = Dialogue::with(port);
    server.hear();
    let login = format!("AUTHENTICATE PLAIN {login}");
    for command in [&[login.as_str(), "SELECT INBOX"], commands, &["LOGOUT"]].concat() {
        server.say(&format!("h {command}"));
        let answer = server.hear_until(|line| line.starts_with("h "));
        assert!(answer.starts_with("h OK"), "{command}: {answer}");
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
