//! `doctor`: everything that the configuration names is tried, and each thing gets one line.
//!
//! It opens no store and has connections of its own, so a daemon may run beside it. What fails stops only
//! what hangs on it.

mod certificate;
mod configuration;
mod disk;
mod inbox;
mod junk;
mod letters;
mod outbox;
mod report;
mod results;
mod return_path;
mod search;
mod token;
mod trial;

use crate::args;
use crate::clock::Clock;
use crate::config::Config;
use crate::exit::Exit;
use crate::run;
use crate::wires::Wires;
use report::Report;
use std::io::Write;
use std::time::Duration;

/// Examines, and says line by line what it has found.
pub fn doctor(arguments: &args::Doctor, out: &mut dyn Write) -> Exit {
    let mut report = Report::to(out, arguments.json);
    if let Some(config) = configuration::examine(&arguments.config.path, &mut report) {
        disk::examine(&config.store, &mut report);
        match run::runtime() {
            Ok(runtime) => runtime.block_on(servers(&config, arguments, &mut report)),
            Err(trouble) => report.fault("servers", trouble.exit(), &trouble.to_string()),
        }
    }
    report.end()
}

async fn servers(config: &Config, arguments: &args::Doctor, report: &mut Report<'_>) {
    let wires = Wires::of(config, &Clock::real());
    token::examine(&wires, report).await;
    let mut inbox = inbox::examine(config, &wires, report).await;
    let outbox = outbox::examine(config, &wires, report).await;
    if let Some(inbox) = &mut inbox {
        junk::examine(config, inbox, report).await;
    }
    let wait = (!arguments.no_letter).then_some(arguments.wait);
    let inbox = letters::examine(config, inbox, outbox, wait, report).await;
    if let Some(inbox) = inbox {
        inbox.connection.log_out().await;
    }
}

/// People wait in front of it: no step may take longer.
const PATIENCE: Duration = Duration::from_secs(30);
