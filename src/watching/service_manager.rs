//! What systemd is told (sd_notify(3)): that we are ready, that we live, how things stand, that we stop.
//!
//! Started by anything else, nobody listens and nothing is sent.

use crate::daemon::{Desk, Lived};
use crate::journal;
use crate::program::outbox;
use chrono_tz::Tz;
use sd_notify::NotifyState;
use std::time::Duration;

/// A mailbox that takes longer to read than this is being read: that is service already.
const READY_WITHIN: Duration = Duration::from_secs(20);
const EVERY: Duration = Duration::from_secs(60);

/// Tells as long as it is polled. Ready is who has looked into the mailbox, or at a server that is away:
/// the provider's trouble is no reason to end us.
pub(super) async fn keep(desk: &Desk, zone: Tz) {
    // Whether it was read or not; after so long it does not matter either.
    let _ = tokio::time::timeout(READY_WITHIN, desk.pulse.looked.notified()).await;
    tell(&[NotifyState::Ready]);
    // systemd.service(5), WatchdogSec: half of the time leaves room for one that is late.
    let watchdog = sd_notify::watchdog_enabled().map(|most| most / 2);
    loop {
        // That the runtime turns, our being here proves; that the decider answers is asked.
        if watchdog.is_some() && desk.answers().await.is_ok() {
            tell(&[NotifyState::Watchdog]);
        }
        if let Ok((waiting, _)) = desk.read(|view| outbox::queue(view)) {
            tell(&[NotifyState::Status(&status(&desk.pulse.lived(), waiting, zone))]);
        }
        tokio::time::sleep(watchdog.unwrap_or(EVERY).min(EVERY)).await;
    }
}

/// The daemon has been told to stop.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(why) = sd_notify::notify(states) {
        journal::service_manager_not_told(&why.to_string());
    }
}

/// One line for `systemctl status`, on the network's clock.
fn status(lived: &Lived, waiting: usize, zone: Tz) -> String {
    let read = lived.read.map(|at| at.with_timezone(&zone).format("%H:%M").to_string());
    let read = match (read, &lived.hindrance) {
        (Some(read), _) => format!("last read {read}"),
        (None, Some(_)) => "mailbox not reached yet".to_owned(),
        (None, None) => "reading".to_owned(),
    };
    let waiting = match waiting {
        1 => "1 letter waiting".to_owned(),
        n => format!("{n} letters waiting"),
    };
    format!("{read}, {waiting}")
}
