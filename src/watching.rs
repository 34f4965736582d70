//! What others see of the daemon while it serves: the service manager, a monitoring system, and the
//! staff, who are told by mail.
//!
//! Nothing is decided here. It reads what is committed, and what the daemon's pulse has counted.

pub mod health;
pub mod metrics;
mod page;
mod service_manager;

use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Desk, Lived, alarms};
use crate::decider::DecideError;
use crate::program::record::Timestamp;
use crate::program::standing::{self, Standing};
use crate::templates::Failures;
use chrono_tz::Tz;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

pub use service_manager::stopping;

/// What watching needs, made before anything is served.
pub struct Watch {
    listener: Option<TcpListener>,
    zone: Tz,
    store: PathBuf,
    failures: Failures,
}

/// The port of `[watch]` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("port {port} of 127.0.0.1 cannot be used ({source}); choose another in [watch], or 0 for none")]
pub struct PortTaken {
    port: u16,
    source: std::io::Error,
}

/// How things stand, and what has been since the start.
#[derive(Clone, Debug)]
pub struct Seen {
    pub now: Timestamp,
    pub standing: Standing,
    pub lived: Lived,
}

impl Watch {
    /// Takes the port. It is our own machine's alone, whatever is configured: nothing on it asks who asks.
    pub fn prepare(config: &Config, failures: Failures) -> Result<Self, PortTaken> {
        let listen = |port| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
            let quiet = listener.and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
            quiet.map_err(|source| PortTaken { port, source })
        };
        let listener = config.watch.port.map(listen).transpose()?;
        Ok(Self { listener, zone: config.network.zone, store: config.store.path.clone(), failures })
    }

    /// Tells whoever watches, as long as it is polled.
    pub async fn keep(self, desk: &Desk, clock: &Clock) {
        let Self { listener, zone, store, failures } = self;
        tokio::join!(
            service_manager::keep(desk, zone),
            alarms::keep(desk, clock, &failures),
            page::serve(listener, desk, clock, &store),
        );
    }
}

/// Looks once.
pub fn look(desk: &Desk, clock: &Clock) -> Result<Seen, DecideError> {
    let now = clock.now();
    let standing = desk.read(|view| standing::standing(view, now))?;
    Ok(Seen { now, standing, lived: desk.pulse.lived() })
}
