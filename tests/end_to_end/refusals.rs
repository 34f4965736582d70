//! What the program refuses: with one sentence, the code of sysexits.h, and nothing lost.

use crate::people::AMINA;
use crate::people::daemon::{Choices, Ran, Security};
use crate::people::network::{Network, Silent};
use crate::servers::{Brand, CONTACT, Mta, PASSWORD, Servers};
use crate::{binary, network, network_on};

const SIGN_UP: &str = "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha";

/// A network with a mail that waits to be handled.
fn network_with_mail() -> Network {
    // To ours of Cyrus every password is right.
    let mut network = network_on(Brand::Dovecot, |_| Choices::default());
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.servers.deliver(CONTACT, &mail.bytes);
    network
}

/// One sentence that holds all this, and this code.
fn assert_refused(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}", ran.stderr);
    let [sentence] = ran.sentences()[..] else { panic!("not one sentence: {}", ran.stderr) };
    for words in words {
        assert!(sentence.contains(words), "no \"{words}\" in: {sentence}");
    }
    assert!(!ran.stderr.contains(PASSWORD) && !ran.stderr.contains("wr0ng"), "{}", ran.stderr);
}

fn assert_nothing_was_lost(mut network: Network) {
    network.run().unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn a_wrong_password_is_told_with_server_and_user() {
    let network = network_with_mail();
    network.installation.set_password("wr0ng");
    let ran = network.installation.run_once(&network.now());
    assert_refused(&ran, 77, &["localhost", CONTACT, "check [imap] user and its password"]);
    network.installation.set_password(PASSWORD);
    assert_nothing_was_lost(network);
}

#[test]
fn a_rehearsal_more_than_a_day_before_the_store_is_refused() {
    let network = network_with_mail();
    let ran = network.installation.run_once("2026-11-01T07:00:00Z");
    assert_refused(&ran, 65, &["--now 2026-11-01T07:00:00Z", "2026-11-02T08:00:0", "or later"]);
    assert_nothing_was_lost(network);
}

#[test]
fn a_second_daemon_on_one_store_is_refused_and_the_first_goes_on() {
    let mut network = network();
    let mut first = network.installation.serve(&network.now());
    first.wait_for("started", 1);
    let second = network.installation.run_once(&network.now());
    assert_refused(&second, 74, &["another soundingboard is running", "stop that one first"]);
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.send(&mail).unwrap();
    first.wait_for("accepted", 1);
    network.collect(1).unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    assert_eq!(first.terminate().code, Some(0));
}

#[test]
fn a_certificate_that_nobody_here_trusts_is_refused_before_the_password_is_said() {
    let nobody = |_: &Servers| Choices {
        security: Security::Tls { authorities: "/dev/null".into() },
        ..Choices::default()
    };
    let network = Network::between(Brand::Dovecot, Mta::chosen(), binary(), Box::new(Silent), nobody);
    let ran = network.installation.run_once("2026-11-02T08:00:00Z");
    assert_refused(&ran, 69, &["no secure connection with localhost", "check [imap] host and security"]);
    assert_eq!(network.servers.logins(CONTACT), 0);
}

#[test]
fn a_misspelt_key_is_told_by_check_and_run_with_the_nearest_one() {
    let network = network();
    let (code, said) = network.installation.check();
    assert_eq!(code, Some(0), "{said}");
    let config = network.installation.config();
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("per_minute", "per_minit")).unwrap();
    let (code, said) = network.installation.check();
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("per_minit") && said.contains("per_minute"), "{said}");
    let ran = network.installation.run_once(&network.now());
    assert_refused(&ran, 78, &["per_minit", "per_minute"]);
}
