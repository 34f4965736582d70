//! The built program on real servers: Dovecot or Cyrus, and chasquid or Postfix, each run a process.
//!
//! `IMAP_SERVER=cyrus` tells all stories on Cyrus, `SMTP_SERVER=postfix` on Postfix.

mod by_hand;
mod mailbox;
mod meetings;
mod outages;
#[path = "../people/mod.rs"]
mod people;
mod postfix;
mod refusals;
mod rescan;
mod restored;
#[path = "../servers/mod.rs"]
mod servers;
mod serving;
mod watching;

use people::daemon::Choices;
use people::network::{Network, Silent};
use people::{in_french, staff_fortnight, three_weeks};
use servers::{Brand, Mta, Servers};
use std::path::Path;

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_soundingboard"))
}

/// A network on the morning of 2 November 2026, the daemon's first start behind it.
fn network() -> Network {
    network_with(|_| Choices::default())
}

/// The same, with an operator's own choices.
fn network_with(choices: impl FnOnce(&Servers) -> Choices) -> Network {
    network_on(Brand::chosen(), choices)
}

/// The same on this IMAP server: some tests look into what Dovecot alone shows.
fn network_on(brand: Brand, choices: impl FnOnce(&Servers) -> Choices) -> Network {
    let mut network = Network::between(brand, Mta::beside(brand), binary(), Box::new(Silent), choices);
    network.at("2026-11-02 09:00").unwrap();
    network
}

#[test]
fn a_request_in_french_from_french_mail_programs() {
    let mut network =
        network_with(|_| Choices { network: "languages = [\"en\", \"fr\"]", ..Choices::default() });
    in_french::tell(&mut network).unwrap_or_else(|why| panic!("on {}: {why}", network.now()));
}

#[test]
fn a_fortnight_of_staff_who_share_the_mailbox() {
    let mut network = network();
    staff_fortnight::tell(&mut network).unwrap_or_else(|why| panic!("on {}: {why}", network.now()));
}

#[test]
fn three_weeks_of_one_request() {
    let mut network = Network::new(binary(), Box::new(Silent));
    three_weeks::tell(&mut network).unwrap_or_else(|why| panic!("on {}: {why}", network.now()));
    let left: Vec<_> =
        network.servers.contact_flags().into_iter().filter(|kept| kept.folder == "INBOX").collect();
    assert_eq!(left.len(), 1, "the newsletter alone is left: {left:?}");
    assert_eq!(left[0].flags, "", "and is as it was");
}
