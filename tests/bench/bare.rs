//! The bare pipeline: what any program must do that answers so much mail, and nothing else.
//!
//! FETCH in sets of 100, parse with mail-parser, one line and one `sync_data` for a set, as many
//! mails of the same sizes as ours sent over as many connections, MOVE of the set. No decision, no
//! record, no letter. It runs as a process of its own, like ours, so that it is measured like ours.

use super::imap::{self, Imap};
use mail_parser::MessageParser;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

const SET: usize = 100;

/// What it is told, on its command line.
pub struct Orders {
    pub imap: u16,
    pub smtp: u16,
    pub connections: usize,
    pub user: String,
    pub password: String,
    /// The sizes of the mails to send, one a line.
    pub sizes: PathBuf,
    pub ledger: PathBuf,
}

impl Orders {
    pub fn arguments(&self) -> Vec<String> {
        let Self { imap, smtp, connections, user, password, sizes, ledger } = self;
        let paths = [sizes, ledger].map(|path| path.display().to_string());
        let numbers = [imap.to_string(), smtp.to_string(), connections.to_string()];
        numbers.into_iter().chain([user.clone(), password.clone()]).chain(paths).collect()
    }

    pub fn read(arguments: &[String]) -> Self {
        let [imap, smtp, connections, user, password, sizes, ledger] = arguments else {
            panic!("seven arguments are needed, not {arguments:?}");
        };
        Self {
            imap: imap.parse().expect("a port"),
            smtp: smtp.parse().expect("a port"),
            connections: connections.parse().expect("a number"),
            user: user.clone(),
            password: password.clone(),
            sizes: sizes.into(),
            ledger: ledger.into(),
        }
    }
}

/// Does it all, and returns when the last mail is taken and moved.
pub fn run(orders: &Orders) {
    let sizes = std::fs::read_to_string(&orders.sizes).expect("the sizes");
    let sizes: Vec<usize> = sizes.lines().map(|line| line.parse().expect("a size")).collect();
    let senders: Vec<(Sender<usize>, JoinHandle<()>)> =
        (0..orders.connections).map(|_| sender(orders.smtp)).collect();
    let mut ledger = File::create(&orders.ledger).expect("a ledger");
    let mut imap = Imap::log_in(orders.imap, &orders.user, &orders.password);
    imap.run("SELECT INBOX");
    let uids = imap.uids();
    let mut sent = 0;
    for (n, set) in uids.chunks(SET).enumerate() {
        let named = imap::set(set);
        let (_, mails) = imap.run(&format!("UID FETCH {named} (UID BODY.PEEK[])"));
        let subjects: Vec<String> = mails.iter().map(|mail| subject(mail)).collect();
        writeln!(ledger, "{subjects:?}").expect("room on the disk");
        ledger.sync_data().expect("a disk");
        let until = sizes.len() * ((n + 1) * SET).min(uids.len()) / uids.len();
        for size in &sizes[sent..until] {
            senders[sent % senders.len()].0.send(*size).expect("a sender");
            sent += 1;
        }
        imap.run(&format!("UID MOVE {named} Handled"));
    }
    for (orders, sender) in senders {
        drop(orders);
        sender.join().expect("a sender that ended well");
    }
}

fn subject(mail: &[u8]) -> String {
    let parsed = MessageParser::default().parse(mail);
    let subject = parsed.as_ref().and_then(|mail| mail.subject()).unwrap_or_default();
    format!("{subject} {}", parsed.as_ref().and_then(|mail| mail.body_text(0)).map_or(0, |text| text.len()))
}

fn sender(port: u16) -> (Sender<usize>, JoinHandle<()>) {
    let (orders, received) = channel();
    (orders, thread::spawn(move || send_all(port, &received)))
}

/// On one kept connection; MAIL, RCPT and DATA go out together (RFC 2920).
fn send_all(port: u16, sizes: &Receiver<usize>) {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("an SMTP server");
    stream.set_nodelay(true).expect("a socket");
    let mut stream = BufReader::new(stream);
    replies(&mut stream, 1);
    write(&mut stream, b"EHLO bare.example\r\n");
    replies(&mut stream, 1);
    for size in sizes {
        write(
            &mut stream,
            b"MAIL FROM:<contact@network.example>\r\nRCPT TO:<person@auc.example>\r\nDATA\r\n",
        );
        replies(&mut stream, 3);
        write(&mut stream, &content(size));
        replies(&mut stream, 1);
    }
    write(&mut stream, b"QUIT\r\n");
}

fn content(size: usize) -> Vec<u8> {
    let line = format!("{}\r\n", "x".repeat(76));
    let mut content: Vec<u8> = line.bytes().cycle().take(size.saturating_sub(2)).collect();
    content.extend_from_slice(b"\r\n.\r\n");
    content
}

fn write(stream: &mut BufReader<TcpStream>, bytes: &[u8]) {
    stream.get_mut().write_all(bytes).expect("a connection");
}

fn replies(stream: &mut BufReader<TcpStream>, count: usize) {
    let mut left = count;
    while left > 0 {
        let mut line = Vec::new();
        stream.read_until(b'\n', &mut line).expect("a reply");
        assert!(line.starts_with(b"2") || line.starts_with(b"3"), "{}", String::from_utf8_lossy(&line));
        left -= usize::from(line.get(3) != Some(&b'-'));
    }
}
