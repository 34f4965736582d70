//! As little of an IMAP client as the bare pipeline needs, in plain blocking calls.

use data_encoding::BASE64;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection that is logged in.
pub struct Imap {
    stream: BufReader<TcpStream>,
}

impl Imap {
    pub fn log_in(port: u16, user: &str, password: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("an IMAP server");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(Duration::from_secs(300))).expect("a timeout above zero");
        let mut imap = Self { stream: BufReader::with_capacity(256 * 1024, stream) };
        imap.line();
        let login = BASE64.encode(format!("\0{user}\0{password}").as_bytes());
        imap.run(&format!("AUTHENTICATE PLAIN {login}"));
        imap
    }

    /// Gives a command; what is said before its end, and every literal in it.
    pub fn run(&mut self, command: &str) -> (Vec<String>, Vec<Vec<u8>>) {
        self.write(format!("b {command}\r\n").as_bytes());
        self.answer(command)
    }

    fn answer(&mut self, to: &str) -> (Vec<String>, Vec<Vec<u8>>) {
        let (mut lines, mut literals) = (Vec::new(), Vec::new());
        loop {
            let line = self.line();
            if let Some(length) = literal(&line) {
                let mut bytes = vec![0; length];
                self.stream.read_exact(&mut bytes).expect("a whole literal");
                literals.push(bytes);
            } else if line.starts_with("b ") {
                assert!(line.starts_with("b OK"), "{to}: {line}");
                return (lines, literals);
            }
            lines.push(line);
        }
    }

    /// APPEND with a literal that needs no leave (RFC 7888).
    pub fn append(&mut self, mail: &[u8]) {
        self.write(format!("b APPEND INBOX {{{}+}}\r\n", mail.len()).as_bytes());
        self.write(mail);
        self.write(b"\r\n");
        self.answer("APPEND");
    }

    /// Goes into IDLE (RFC 2177).
    pub fn idle(&mut self) {
        self.write(b"b IDLE\r\n");
        let line = self.line();
        assert!(line.starts_with('+'), "IDLE: {line}");
    }

    /// Waits until the server says EXISTS. False where it hangs up instead.
    pub fn announced(&mut self) -> bool {
        let mut line = String::new();
        while !line.trim_end().ends_with("EXISTS") {
            line.clear();
            if !self.stream.read_line(&mut line).is_ok_and(|length| length > 0) {
                return false;
            }
        }
        true
    }

    /// Every UID of the mailbox, in order.
    pub fn uids(&mut self) -> Vec<u32> {
        let (lines, _) = self.run("UID SEARCH ALL");
        let found = lines.iter().filter_map(|line| line.strip_prefix("* SEARCH"));
        let mut uids: Vec<u32> =
            found.flat_map(|uids| uids.split_whitespace()).flat_map(str::parse).collect();
        uids.sort_unstable();
        uids
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("a connection");
    }

    fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).expect("an answer");
        assert!(!line.is_empty(), "the IMAP server hung up");
        String::from_utf8_lossy(&line).into_owned()
    }
}

/// `… {123}` ends a line that a literal follows.
fn literal(line: &str) -> Option<usize> {
    line.trim_end().strip_suffix('}')?.rsplit_once('{')?.1.parse().ok()
}

/// `1:5,7`
pub fn set(uids: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &uid in uids {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == uid => *last = uid,
            _ => runs.push((uid, uid)),
        }
    }
    let runs: Vec<String> = runs.iter().map(|(first, last)| format!("{first}:{last}")).collect();
    runs.join(",")
}
