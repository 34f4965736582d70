//! An IMAP server of ours, that does what it is told to do wrong.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does at a command instead of its duty, or before it.
pub enum Deed {
    /// These bytes before its own answer.
    Before(Vec<u8>),
    /// These bytes instead; `{tag}` is the command's tag.
    Instead(Vec<u8>),
    /// These bytes, without end.
    Endless(Vec<u8>),
    /// Nothing, and the connection stays open.
    Silence,
    /// The end of the connection.
    Close,
}

/// Asked at each command: the how-manieth connection, and the command without its tag.
pub type Fault = Box<dyn FnMut(usize, &str) -> Option<Deed> + Send>;

/// What it holds, and what it has seen.
pub struct Shelf {
    pub mails: BTreeMap<u32, Vec<u8>>,
    pub uid_validity: u32,
    /// As SELECT says it, if it does.
    pub uid_next: Option<u32>,
    /// UIDs in the order they were moved.
    pub moved: Vec<u32>,
    /// Commands of all connections.
    pub heard: Vec<String>,
    pub connections: usize,
    /// After so many bytes the first connection is cut.
    pub cut: Option<usize>,
    /// How many bytes the first connection has sent.
    pub sent: usize,
    fault: Fault,
}

/// A server under way; it ends with the runtime.
#[derive(Clone)]
pub struct Server {
    pub port: u16,
    held: Arc<Mutex<Shelf>>,
}

impl Server {
    /// Holds these mails from UID 1 on.
    pub async fn with(mails: &[Vec<u8>]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let held = Shelf {
            mails: (1..).zip(mails.iter().cloned()).collect(),
            uid_validity: 7,
            uid_next: Some(mails.len() as u32 + 1),
            moved: Vec::new(),
            heard: Vec::new(),
            connections: 0,
            cut: None,
            sent: 0,
            fault: Box::new(|_, _| None),
        };
        let server = Self { port, held: Arc::new(Mutex::new(held)) };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).expect("a socket");
                let nth = {
                    let mut held = serving.held();
                    held.connections += 1;
                    held.connections
                };
                tokio::spawn(
                    Connection { nth, stream: BufReader::new(stream), server: serving.clone() }.serve(),
                );
            }
        });
        server
    }

    pub fn held(&self) -> MutexGuard<'_, Shelf> {
        self.held.lock().expect("no test panics with it")
    }

    pub fn set_fault(&self, fault: impl FnMut(usize, &str) -> Option<Deed> + Send + 'static) {
        self.held().fault = Box::new(fault);
    }

    /// How many commands began with this.
    pub fn heard(&self, command: &str) -> usize {
        self.held().heard.iter().filter(|heard| heard.starts_with(command)).count()
    }
}

struct Connection {
    nth: usize,
    stream: BufReader<TcpStream>,
    server: Server,
}

impl Connection {
    /// Ends when the client does, or when it is cut.
    async fn serve(mut self) -> io::Result<()> {
        self.say(b"* OK ready\r\n").await?;
        while let Some(line) = self.line().await? {
            let (tag, command) = line.split_once(' ').unwrap_or(("*", &line));
            let deed = {
                let mut held = self.server.held();
                held.heard.push(command.to_owned());
                (held.fault)(self.nth, command)
            };
            let own = |answer: Vec<u8>| with_tag(&answer, tag);
            match deed {
                None => self.duty(tag, command).await?,
                Some(Deed::Before(bytes)) => {
                    self.say(&own(bytes)).await?;
                    self.duty(tag, command).await?;
                }
                Some(Deed::Instead(bytes)) => self.say(&own(bytes)).await?,
                Some(Deed::Endless(bytes)) => loop {
                    self.say(&bytes).await?;
                },
                Some(Deed::Silence) => while self.line().await?.is_some() {},
                Some(Deed::Close) => return Ok(()),
            }
        }
        Ok(())
    }

    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await?;
        Ok((read > 0).then(|| line.trim_end().to_owned()))
    }

    async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        let left = {
            let mut held = self.server.held();
            let left = held.cut.filter(|_| self.nth == 1).map_or(bytes.len(), |cut| cut - held.sent.min(cut));
            if self.nth == 1 {
                held.sent += bytes.len().min(left);
            }
            left
        };
        self.stream.write_all(&bytes[..left.min(bytes.len())]).await?;
        if left < bytes.len() { Err(io::Error::other("cut")) } else { Ok(()) }
    }

    async fn duty(&mut self, tag: &str, command: &str) -> io::Result<()> {
        let answer = match command.split(' ').next().unwrap_or_default() {
            "CAPABILITY" => b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS AUTH=PLAIN\r\n".to_vec(),
            "AUTHENTICATE" => return self.asked_more(tag).await,
            "IDLE" => {
                self.say(b"+ idling\r\n").await?;
                // DONE has no tag, and what it ends is this.
                let done = self.line().await?.unwrap_or_default();
                let deed = {
                    let mut held = self.server.held();
                    held.heard.push(done.clone());
                    (held.fault)(self.nth, &done)
                };
                if deed.is_some() {
                    while self.line().await?.is_some() {}
                }
                Vec::new()
            }
            "SELECT" => selected(&self.server.held()),
            "UID" => uid_command(&mut self.server.held(), command),
            _ => Vec::new(),
        };
        self.say(&[&answer[..], format!("{tag} OK done\r\n").as_bytes()].concat()).await
    }

    async fn asked_more(&mut self, tag: &str) -> io::Result<()> {
        self.say(b"+ \r\n").await?;
        self.line().await?;
        self.say(format!("{tag} OK you are in\r\n").as_bytes()).await
    }
}

fn with_tag(answer: &[u8], tag: &str) -> Vec<u8> {
    let at = answer.windows(5).position(|w| w == b"{tag}");
    at.map_or(answer.to_vec(), |at| [&answer[..at], tag.as_bytes(), &answer[at + 5..]].concat())
}

fn selected(held: &Shelf) -> Vec<u8> {
    let mut answer =
        format!("* {} EXISTS\r\n* OK [UIDVALIDITY {}] x\r\n", held.mails.len(), held.uid_validity);
    if let Some(next) = held.uid_next {
        answer.push_str(&format!("* OK [UIDNEXT {next}] x\r\n"));
    }
    answer.into_bytes()
}

fn uid_command(held: &mut Shelf, command: &str) -> Vec<u8> {
    let mut words = command.splitn(4, ' ').skip(1);
    let (verb, set, what) = (words.next(), words.next().unwrap_or("0"), words.next().unwrap_or_default());
    let wanted: Vec<u32> = held.mails.keys().copied().filter(|uid| is_in(set, *uid, &held.mails)).collect();
    let mut answer = Vec::new();
    for uid in wanted {
        if verb == Some("MOVE") {
            held.moved.push(uid);
            held.mails.remove(&uid);
            continue;
        }
        let mail = &held.mails[&uid];
        let nth = held.mails.keys().position(|other| *other == uid).expect("it is there") + 1;
        answer.extend(fetched(nth, uid, mail, what));
    }
    answer
}

fn fetched(nth: usize, uid: u32, mail: &[u8], what: &str) -> Vec<u8> {
    let header = mail.windows(4).position(|w| w == b"\r\n\r\n").map_or(mail.len(), |at| at + 4);
    let (name, literal): (&str, &[u8]) = match what {
        what if what.contains("HEADER.FIELDS") => ("BODY[HEADER.FIELDS (X)]<0>", &mail[..header]),
        what if what.contains("BODY.PEEK[]") => ("BODY[]", mail),
        what if what.contains("SIZE") => {
            return format!("* {nth} FETCH (UID {uid} RFC822.SIZE {})\r\n", mail.len()).into_bytes();
        }
        _ => return format!("* {nth} FETCH (UID {uid})\r\n").into_bytes(),
    };
    let start = format!("* {nth} FETCH (UID {uid} {name} {{{}}}\r\n", literal.len());
    [start.as_bytes(), literal, b")\r\n"].concat()
}

/// `n:*` means the last mail too, though it be below n (RFC 3501 §6.4.8).
fn is_in(set: &str, uid: u32, mails: &BTreeMap<u32, Vec<u8>>) -> bool {
    let last = mails.keys().next_back().copied().unwrap_or(0);
    let number = |text: &str| if text == "*" { last } else { text.parse().unwrap_or(0) };
    set.split(',').any(|range| {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let (from, to) = (number(from), number(to));
        (from.min(to)..=from.max(to)).contains(&uid)
    })
}
