//! The journal of the whole program, started as `main` starts it: a real IMAP login in
//! front of it, and its password nowhere. In a process of its own, as the journal is global.

use soundingboard::journal::{self, Format};
use std::io;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("one writer").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Greets, reads one LOGIN and grants it; returns what it read.
async fn server(stream: tokio::io::DuplexStream) -> String {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK ready\r\n").await.expect("greeted");
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("a command");
    let tag = line.split(' ').next().expect("a tag").to_owned();
    stream.write_all(format!("{tag} OK done\r\n").as_bytes()).await.expect("granted");
    line
}

#[test]
fn a_login_never_shows_its_password_whatever_the_filter_says() {
    let page = Page::default();
    let copy = page.clone();
    let directives = "trace,async_imap=trace,imap_proto=trace,log=trace";
    journal::init_to(move || copy.clone(), directives, Format::Pretty).expect("started");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let login = runtime.block_on(async {
        let (ours, theirs) = tokio::io::duplex(4096);
        let client = async {
            let mut client = async_imap::Client::new(ours);
            client.read_response().await.expect("read").expect("a greeting");
            client.login("contact", "s3cret").await.map_err(|(why, _)| why).map(drop)
        };
        let (granted, login) = tokio::join!(client, server(theirs));
        granted.expect("granted");
        login
    });
    assert!(login.contains("s3cret"), "the server did read the password: {login}");
    journal::stopped();
    let text = String::from_utf8(page.0.lock().expect("done").clone()).expect("UTF-8");
    assert!(text.contains("stopped"), "the journal is on: {text}");
    assert!(!text.contains("s3cret"), "{text}");
}
