//! The main stories of sending once more on Postfix, which says PIPELINING and has ways of its own.

use crate::binary;
use crate::people::daemon::{Choices, Security};
use crate::people::network::{Network, Silent};
use crate::people::{AMINA, three_weeks};
use crate::servers::{CONTACT, Mta, Servers, postfix};

/// Says why the stories are not told, where they cannot be.
fn network_with(choices: impl FnOnce(&Servers) -> Choices) -> Option<Network> {
    if let Some(why) = postfix::missing() {
        println!("not told: {why}");
        return None;
    }
    Some(Network::on(Mta::Postfix, binary(), Box::new(Silent), choices))
}

const SIGN_UP: &str = "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha";

#[test]
fn three_weeks_of_one_request_on_postfix() {
    let Some(mut network) = network_with(|_| Choices::default()) else { return };
    three_weeks::tell(&mut network).unwrap_or_else(|why| panic!("on {}: {why}", network.now()));
}

#[test]
fn with_a_login_over_tls_and_after_an_outage_mail_is_sent_once_by_postfix() {
    let over_tls = |servers: &Servers| Choices {
        security: Security::Tls { authorities: servers.ca_file() },
        ..Choices::default()
    };
    let Some(mut network) = network_with(over_tls) else { return };
    network.at("2026-11-02 09:00").unwrap();
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.servers.deliver(CONTACT, &mail.bytes);
    network.servers.stop_smtp();
    let ran = network.installation.run_once(&network.now());
    assert_eq!((ran.code, ran.accepted()), (Some(75), 0), "{}", ran.stderr);
    network.servers.start_smtp();
    network.run().unwrap();
    let letter = network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    let traces = String::from_utf8_lossy(&letter.bytes);
    assert!(traces.contains("with ESMTPSA"), "it was not submitted with TLS and a login: {traces}");
    network.run().unwrap();
    network.nothing_else().unwrap();
}
