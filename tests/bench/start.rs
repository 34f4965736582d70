//! How long a start takes: after a clean end, and after a kill in the middle of work.

use super::installation::{Installation, nap};
use super::mails;
use super::place::Place;
use super::sink::Sink;
use std::time::Duration;

/// Clean, then after a kill.
pub fn measure(
    place: &Place,
    sink: &Sink,
    installation: &Installation,
    user: &str,
    count: usize,
) -> [Duration; 2] {
    place.fill(user, count, mails::mail);
    let mut serving = installation.serve();
    let clean = serving.started();
    let before = sink.count();
    while sink.count() < before + count / 2 {
        serving.usage();
        nap(Duration::from_millis(5));
    }
    serving.kill();
    let mut serving = installation.serve();
    let killed = serving.started();
    serving.kill();
    place.clear(user);
    [clean, killed]
}
