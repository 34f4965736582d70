//! A full mailbox, handled by ours and by the bare pipeline.

use super::bare::{self, Orders};
use super::installation::{CONNECTIONS, Installation, Serving, nap};
use super::mails;
use super::place::Place;
use super::sink::{Sink, Taken, now};
use super::usage::{self, Usage};
use crate::servers::PASSWORD;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime};

/// What came of a run.
pub struct Load {
    pub mails: usize,
    pub letters: usize,
    /// From the start of the process until the last letter is taken and the last mail moved.
    pub time: Duration,
    /// Until the journal began.
    pub start: Duration,
    /// Without what the start costs.
    pub cpu: Duration,
    pub peak_kib: u64,
    pub sizes: Vec<usize>,
    /// How many mails were decided how.
    pub verdicts: BTreeMap<String, usize>,
}

impl Load {
    pub fn per_second(&self) -> f64 {
        self.mails as f64 / self.time.as_secs_f64()
    }

    pub fn cpu_of_one(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / self.mails as f64
    }
}

/// Ours, end to end: serving until all is handled, sent and put away.
pub fn ours(place: &Place, sink: &Sink, installation: &Installation, user: &str, count: usize) -> Load {
    place.fill(user, count, mails::mail);
    let before = sink.count();
    let mut serving = installation.serve();
    let begin = now();
    let start = serving.started();
    let at_start = serving.usage();
    let (end, used) = settled(&mut serving, place, sink, user, before);
    let verdicts = verdicts(&serving.journal());
    serving.terminate();
    let taken = sink.since(before);
    nothing_left(installation, sink, &verdicts);
    place.clear(user);
    Load {
        mails: count,
        letters: taken.len(),
        time: end - begin,
        start,
        cpu: used.cpu - at_start.cpu,
        peak_kib: used.peak_kib,
        sizes: taken.iter().map(|taken| taken.bytes).collect(),
        verdicts,
    }
}

/// When the last letter was taken and the last mail moved: for seconds afterwards nothing more happens.
fn settled(serving: &mut Serving, place: &Place, sink: &Sink, user: &str, before: usize) -> (Instant, Usage) {
    let state = |serving: &mut Serving| (sink.count(), place.last_move(user), serving.usage().cpu);
    let mut last = state(serving);
    let mut since = now();
    while since.elapsed() < Duration::from_secs(3) {
        nap(Duration::from_millis(50));
        let seen = state(serving);
        let idle = seen.2.saturating_sub(last.2) < Duration::from_millis(20);
        if seen.0 != last.0 || seen.1 != last.1 || !idle || seen.0 == before {
            (last, since) = (seen, now());
        }
    }
    let sent = sink.since(before).last().map(|taken: &Taken| taken.at);
    let moved = last.1.and_then(ago).map(|ago| now() - ago);
    (sent.max(moved).expect("something was sent"), serving.usage())
}

/// How long ago that was, by the clock that file systems go by.
#[expect(clippy::disallowed_methods, reason = "a file system keeps wall time")]
fn ago(at: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(at).ok()
}

/// The figures would be of less work than was asked for.
fn nothing_left(installation: &Installation, sink: &Sink, verdicts: &BTreeMap<String, usize>) {
    for brake in ["kept-back", "sending stands still"] {
        assert_eq!(verdicts.get(brake), None, "a brake has triggered: {verdicts:?}");
    }
    let before = sink.count();
    installation.ask(&["run", "--once"]);
    assert_eq!(sink.count(), before, "letters were left for later");
}

/// From the journal: how each mail was decided.
fn verdicts(journal: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for line in journal.lines() {
        let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let word = match line["message"].as_str() {
            Some("decided") => line["verdict"].as_str(),
            Some("sending stands still") => Some("sending stands still"),
            _ => None,
        };
        *counted.entry(word.unwrap_or("other lines").to_owned()).or_default() += 1;
    }
    counted
}

/// The bare pipeline on the same mails, sending as many of the same sizes.
pub fn bare(place: &Place, sink: &Sink, dir: &Path, user: &str, of: &Load) -> Load {
    place.fill(user, of.mails, mails::mail);
    let (sizes, ledger) = (dir.join("sizes"), dir.join("ledger"));
    let lines: Vec<String> = of.sizes.iter().map(usize::to_string).collect();
    std::fs::write(&sizes, lines.join("\n")).expect("a file");
    let orders = Orders {
        imap: place.servers.imap_port(),
        smtp: sink.port,
        connections: CONNECTIONS,
        user: user.to_owned(),
        password: PASSWORD.to_owned(),
        sizes,
        ledger,
    };
    let before = sink.count();
    let begin = now();
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    let mut child: Child = child.arg("bare").args(orders.arguments()).spawn().expect("this program");
    let used = to_its_end(&mut child);
    let time = begin.elapsed();
    let taken = sink.since(before);
    place.clear(user);
    Load {
        mails: of.mails,
        letters: taken.len(),
        time,
        start: Duration::ZERO,
        cpu: used.cpu,
        peak_kib: used.peak_kib,
        sizes: Vec::new(),
        verdicts: BTreeMap::new(),
    }
}

fn to_its_end(child: &mut Child) -> Usage {
    let mut used = Usage::default();
    loop {
        used = usage::of(child.id()).unwrap_or(used);
        if let Some(status) = child.try_wait().expect("a child of ours") {
            assert!(status.success(), "the bare pipeline: {status}");
            return used;
        }
        nap(Duration::from_millis(5));
    }
}

/// What a child of ours is to do.
pub fn be_bare(arguments: &[String]) {
    bare::run(&Orders::read(arguments));
}
