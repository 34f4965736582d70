//! One mail alone: from its delivery to the 250 for the letter, beside Dovecot's own notice.

use super::installation::{Installation, nap};
use super::mails;
use super::measure::Measure;
use super::place::{Format, Place};
use super::sink::{Sink, now};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// Of as many requests as were asked for, each in order of length.
pub struct Latency {
    /// Until another client in IDLE reads EXISTS.
    pub notice: Vec<Duration>,
    /// Until the first letter is taken.
    pub ours: Vec<Duration>,
}

pub fn measure(place: &Place, sink: &Sink, installation: &Installation, user: &str, count: usize) -> Latency {
    place.fill(user, 0, mails::request);
    let mut serving = installation.serve();
    serving.started();
    let (told, announced) = channel();
    // Of a mailbox by itself: ours may have put a mail away before Dovecot looks for others who watch.
    let watched = Measure::box_of("notice", 0);
    place.fill(&watched, 0, mails::request);
    let mut watcher = place.log_in(&watched);
    watcher.run("SELECT INBOX");
    watcher.idle();
    thread::spawn(move || {
        // Until the mailbox is cleared, or nobody listens any more.
        while watcher.announced() && told.send(now()).is_ok() {}
    });
    settle(sink);
    let mut latency = Latency { notice: Vec::new(), ours: Vec::new() };
    for n in 0..count {
        let mail = mails::request(n);
        let begin = put(place, &watched, &mail);
        let noticed = announced.recv_timeout(Duration::from_secs(30)).expect("Dovecot's notice");
        latency.notice.push(noticed - begin);
        let before = sink.count();
        let begin = put(place, user, &mail);
        while sink.count() == before {
            nap(Duration::from_micros(500));
        }
        latency.ours.push(sink.since(before)[0].at - begin);
        settle(sink);
        while announced.try_recv().is_ok() {}
    }
    serving.terminate();
    place.clear(user);
    place.clear(&watched);
    latency.notice.sort_unstable();
    latency.ours.sort_unstable();
    latency
}

/// Delivers a mail; since when it is there.
fn put(place: &Place, user: &str, mail: &[u8]) -> Instant {
    let begin = now();
    match place.format {
        Format::Maildir => place.servers.deliver(user, mail),
        Format::Sdbox => place.log_in(user).append(mail),
    }
    begin
}

/// The other letters of a mail leave, the mail is put away, and Dovecot has said so.
fn settle(sink: &Sink) {
    let mut count = usize::MAX;
    while count != sink.count() {
        count = sink.count();
        nap(Duration::from_millis(700));
    }
}

/// The value below which so many of a thousand lie.
pub fn of_a_thousand(sorted: &[Duration], permille: usize) -> Duration {
    let at = (sorted.len() * permille).div_ceil(1000).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}
