//! An SMTP server that takes everything as fast as it can, and notes when and how much.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// A mail that was taken.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// When the 250 was written.
    pub at: Instant,
    pub bytes: usize,
}

/// A server on a port of its own; its threads end with the program.
#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Sink {
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let sink = Self { port, taken: Arc::default() };
        let here = sink.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sink = here.clone();
                // A client that hangs up in the middle has ended its dialogue.
                thread::spawn(move || sink.serve(stream).unwrap_or_default());
            }
        });
        sink
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// What was taken since the first `from` of them.
    pub fn since(&self, from: usize) -> Vec<Taken> {
        self.lock()[from..].to_vec()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut lines = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
        let mut replies = b"220 sink\r\n".to_vec();
        let mut line = Vec::new();
        loop {
            // Replies to commands that came together go back together (RFC 2920 §3.2).
            if lines.buffer().is_empty() {
                stream.write_all(&replies)?;
                replies.clear();
            }
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            match line.get(..4).unwrap_or(&line).to_ascii_uppercase().as_slice() {
                b"EHLO" => replies.extend(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 0\r\n"),
                b"DATA" => {
                    replies.extend(b"354 go on\r\n");
                    stream.write_all(&replies)?;
                    let bytes = content(&mut lines)?;
                    replies = b"250 taken\r\n".to_vec();
                    stream.write_all(&replies)?;
                    replies.clear();
                    self.lock().push(Taken { at: now(), bytes });
                }
                b"QUIT" => {
                    replies.extend(b"221 bye\r\n");
                    return stream.write_all(&replies);
                }
                _ => replies.extend(b"250 ok\r\n"),
            }
        }
    }
}

/// How many bytes come before the final dot (RFC 5321 §4.1.1.4).
fn content(lines: &mut impl BufRead) -> std::io::Result<usize> {
    let (mut bytes, mut line) = (0, Vec::new());
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(bytes);
        }
        bytes += line.len();
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub fn now() -> Instant {
    Instant::now()
}
