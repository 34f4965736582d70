//! Three weeks of a network in under a minute, on real servers, told as they happen.
//!
//! `make demo`, or `cargo build --release && cargo run --release --example demo`. Needs
//! Dovecot and chasquid: `apt-get install dovecot-imapd chasquid`.

#[path = "../people/mod.rs"]
mod people;
#[path = "../servers/mod.rs"]
mod servers;
mod transcript;

use people::network::Network;
use people::three_weeks;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use transcript::Transcript;

#[expect(clippy::disallowed_methods, reason = "how long it took is what it says at the end")]
fn main() -> ExitCode {
    let begin = Instant::now();
    // A panic (a server that does not start) has been printed, and ends with 1 as well.
    let end = std::panic::catch_unwind(demonstrate).unwrap_or_else(|_| Err("see above".to_owned()));
    match end {
        Ok(()) => {
            println!("\nThat was three weeks in {} seconds.", begin.elapsed().as_secs().max(1));
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("\nThe demo stopped: {why}");
            ExitCode::FAILURE
        }
    }
}

fn demonstrate() -> Result<(), String> {
    servers::needed()?;
    let binary = built()?;
    println!("Three weeks of a peer advising network, on real mail servers (Dovecot and chasquid).");
    println!("The daemon runs once at each date. | is mail, … stands for what was said before.");
    let mut network = Network::new(&binary, Box::new(Transcript::new()));
    three_weeks::tell(&mut network)
}

/// The daemon lies one folder above the examples.
fn built() -> Result<PathBuf, String> {
    let example = std::env::current_exe().map_err(|why| format!("where am I? {why}"))?;
    let target = example.parent().and_then(|examples| examples.parent());
    let binary = target.ok_or("this program has no folder")?.join("soundingboard");
    match binary.is_file() {
        true => Ok(binary),
        false => Err(format!("{} is not there; build it with: cargo build --release", binary.display())),
    }
}
