//! A server on loopback that says what a test wants it to.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a scripted server does when it hears the beginning of a line.
#[derive(Clone, Copy)]
pub struct Rule(pub &'static str, pub Act);

#[derive(Clone, Copy)]
pub enum Act {
    Say(&'static str),
    /// Says so and ends the connection.
    SayAndCut(&'static str),
    Cut,
    Silence,
    /// For so many bytes, without an end of line.
    Babble(usize),
    /// The first time this, and later as if there were no rule.
    Once(&'static str),
}

/// A server that takes several commands in one packet.
pub const PIPELINING: Rule = Rule("EHLO", Act::Say("250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n"));

const GOOD: [Rule; 7] = [
    Rule("EHLO", Act::Say("250-here\r\n250 8BITMIME\r\n")),
    Rule("MAIL", Act::Say("250 ok\r\n")),
    Rule("RCPT", Act::Say("250 ok\r\n")),
    Rule("DATA", Act::Say("354 go\r\n")),
    Rule(".", Act::Say("250 taken\r\n")),
    Rule("RSET", Act::Say("250 ok\r\n")),
    Rule("QUIT", Act::Say("221 bye\r\n")),
];

/// A server on loopback that follows the first rule that fits each line.
pub struct Scripted {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    packets: Arc<AtomicUsize>,
    /// Ends all connections, and the listening.
    leave: watch::Sender<bool>,
}

impl Scripted {
    pub async fn with(greeting: &'static str, rules: &[Rule]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let packets = Arc::new(AtomicUsize::new(0));
        let (leave, mut leaves) = watch::channel(false);
        let (hears, counts, rules) = (heard.clone(), packets.clone(), [rules, &GOOD].concat());
        tokio::spawn(async move {
            loop {
                let stream = tokio::select! {
                    Ok((stream, _)) = listener.accept() => Counted { stream, packets: counts.clone() },
                    _ = leaves.wait_for(|leaves| *leaves) => return,
                };
                hears.lock().unwrap().push("connected".to_owned());
                let (mut leaves, talk) =
                    (leaves.clone(), talk(stream, greeting, rules.clone(), hears.clone()));
                tokio::spawn(async move {
                    tokio::select! {
                        () = talk => {}
                        _ = leaves.wait_for(|leaves| *leaves) => {}
                    }
                });
            }
        });
        Self { port, heard, packets, leave }
    }

    /// Ends; whoever connects from now on is refused.
    pub async fn leave(&self) {
        self.leave.send_replace(true);
        self.leave.closed().await;
    }

    /// How often something came that could be read at once.
    pub fn packets(&self) -> usize {
        self.packets.load(Relaxed)
    }

    /// How many lines began so.
    pub fn heard(&self, start: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|line| line.starts_with(start)).count()
    }
}

/// Counts what comes over a connection.
struct Counted {
    stream: TcpStream,
    packets: Arc<AtomicUsize>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() && !buf.filled().is_empty() {
            self.packets.fetch_add(1, Relaxed);
        }
        read
    }
}

async fn talk(stream: Counted, greeting: &str, rules: Vec<Rule>, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    // Whoever hears enough of us closes: that is no failure of the test.
    let _ = stream.get_mut().stream.write_all(greeting.as_bytes()).await;
    let mut in_content = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end();
        let was_heard = {
            let mut heard = heard.lock().unwrap();
            let before = heard.iter().any(|before| before == line);
            heard.push(line.to_owned());
            before
        };
        if in_content && line != "." {
            continue;
        }
        let fits = |rule: &&Rule| line.starts_with(rule.0) && !(was_heard && matches!(rule.1, Act::Once(_)));
        let said = match rules.iter().find(fits).expect("a line we know").1 {
            Act::Say(words) | Act::Once(words) => {
                let _ = stream.get_mut().stream.write_all(words.as_bytes()).await;
                words
            }
            Act::SayAndCut(words) => {
                let _ = stream.get_mut().stream.write_all(words.as_bytes()).await;
                return;
            }
            Act::Cut => return,
            Act::Silence => "",
            Act::Babble(bytes) => {
                let _ = stream.get_mut().stream.write_all(&vec![b'2'; bytes]).await;
                ""
            }
        };
        in_content = line == "DATA" && said.starts_with('3');
    }
}
