//! Servers that are away: what was decided is kept, and said once.

use crate::network;
use crate::people::AMINA;
use crate::servers::CONTACT;

const SIGN_UP: &str = "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha";

#[test]
fn mail_that_cannot_be_sent_is_told_with_75_and_goes_out_once_at_the_next_run() {
    let mut network = network();
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.servers.deliver(CONTACT, &mail.bytes);
    network.servers.stop_smtp();
    for _ in 0..2 {
        let ran = network.installation.run_once(&network.now());
        assert_eq!(ran.code, Some(75), "{}", ran.stderr);
        let [sentence] = ran.sentences()[..] else { panic!("not one sentence: {}", ran.stderr) };
        assert!(
            sentence.contains("remains unsent") && sentence.contains("[smtp] host and port"),
            "{sentence}"
        );
        assert_eq!(ran.accepted(), 0, "{}", ran.stderr);
    }
    network.servers.start_smtp();
    network.run().unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    network.run().unwrap();
    network.nothing_else().unwrap();
    assert_eq!(network.servers.mail_of(AMINA.address).len(), 1);
}

#[test]
fn an_imap_server_that_is_away_is_named_and_its_mail_is_handled_later() {
    let mut network = network();
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.servers.deliver(CONTACT, &mail.bytes);
    network.servers.stop_imap();
    let ran = network.installation.run_once(&network.now());
    assert_eq!(ran.code, Some(69), "{}", ran.stderr);
    let [sentence] = ran.sentences()[..] else { panic!("not one sentence: {}", ran.stderr) };
    let place = format!("localhost:{}", network.servers.imap_port());
    assert!(sentence.contains(&place) && sentence.contains("[imap] host and port"), "{sentence}");
    network.servers.start_imap();
    network.run().unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    network.nothing_else().unwrap();
}
