//! Serving: mail is answered as it comes, and neither SIGTERM nor SIGKILL loses any.

use crate::people::daemon::{Choices, Security};
use crate::people::letter::Letter;
use crate::people::network::Network;
use crate::people::{AMINA, KARIM, LEILA, Person};
use crate::servers::{Brand, CONTACT, Kept, Servers};
use crate::{network, network_on};
use std::collections::BTreeSet;

fn sign_up(network: &mut Network, person: Person) -> Vec<u8> {
    let form = format!("Name: {}\nInstitution: Campus University Library\nAreas: Koha", person.name);
    network.new_mail(person, "Advisor sign-up", &form).bytes
}

#[test]
fn mail_is_answered_as_it_comes_until_sigterm() {
    let mut network = network();
    let mut serving = network.installation.serve(&network.now());
    // The second comes while the daemon waits, which polls only every five minutes.
    for (count, person) in [AMINA, KARIM].into_iter().enumerate() {
        let mail = sign_up(&mut network, person);
        network.servers.send(person.address, CONTACT, &mail);
        serving.wait_for("accepted", count + 1);
        serving.wait_for("handled mail put away", count + 1);
        network.collect(1).unwrap();
        network.gets(person, "Welcome", &[]).unwrap();
    }
    let ran = serving.terminate();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.lines("stopping")[0]["why"], "SIGTERM");
    assert_eq!(ran.lines("stopped").len(), 1);
    let put_away = Kept { folder: "Handled".to_owned(), flags: String::new() };
    assert_eq!(network.servers.contact_flags(), [put_away.clone(), put_away]);
    network.run().unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn over_tls_with_a_login_mail_is_answered_too() {
    let over_tls = |servers: &Servers| Choices {
        security: Security::Tls { authorities: servers.ca_file() },
        ..Choices::default()
    };
    let mut network = network_on(Brand::Dovecot, over_tls);
    let mail = sign_up(&mut network, AMINA);
    network.servers.deliver(CONTACT, &mail);
    network.run().unwrap();
    let letter = network.gets(AMINA, "Welcome", &[]).unwrap();
    let traces = String::from_utf8_lossy(&letter.bytes);
    assert!(traces.contains("with ESMTPSA"), "it was not submitted with TLS and a login: {traces}");
}

#[test]
fn an_imap_server_that_goes_away_is_waited_for_and_its_mail_is_answered_then() {
    // Into Cyrus no mail gets while it is stopped.
    let mut network = network_on(Brand::Dovecot, |_| Choices::default());
    let mut serving = network.installation.serve(&network.now());
    serving.wait_for("started", 1);
    network.servers.stop_imap();
    serving.wait_for("mailbox unreachable", 1);
    let mail = sign_up(&mut network, AMINA);
    network.servers.deliver(CONTACT, &mail);
    network.servers.start_imap();
    serving.wait_for("accepted", 1);
    network.collect(1).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    network.servers.stop_imap();
    serving.wait_for("mailbox unreachable", 2);
    let ran = serving.terminate();
    assert_eq!(ran.code, Some(0), "SIGTERM is obeyed during an outage too: {}", ran.stderr);
}

#[test]
fn a_daemon_killed_in_the_middle_of_its_work_loses_nothing_and_says_nothing_twice() {
    let mut network = network();
    let people = [AMINA, KARIM, LEILA];
    for moment in ["started", "mailbox read", "decided", "accepted"] {
        for person in people {
            let mail = sign_up(&mut network, person);
            network.servers.deliver(CONTACT, &mail);
        }
        network.pass(60);
        let mut serving = network.installation.serve(&network.now());
        serving.wait_for(moment, 1);
        let ran = serving.kill();
        assert_eq!(ran.code, None, "it ended by itself: {}", ran.stderr);
    }
    settle(&mut network);
    for person in people {
        let letters = network.servers.mail_of(person.address);
        let ids: BTreeSet<String> =
            letters.iter().map(|letter| Letter::read(letter).unwrap().message_id).collect();
        assert_eq!(ids.len(), 4, "one letter for each of the four mails of {}", person.address);
        // SMTP cannot tell whether a mail was taken where the answer was lost: such a letter
        // comes once more, with the same Message-ID. There are at most two under way at a kill.
        assert!(letters.len() <= ids.len() + 4, "{} letters to {}", letters.len(), person.address);
    }
    assert!(network.servers.contact_flags().iter().all(|kept| kept.folder == "Handled"));
}

/// Runs until all is said: what was under way at the kill is offered again half an hour later.
fn settle(network: &mut Network) {
    for _ in 0..2 {
        network.pass(60);
        let ran = network.installation.run_once(&network.now());
        assert!(matches!(ran.code, Some(0 | 75)), "{}", ran.stderr);
    }
    let last = network.installation.run_once(&network.now());
    assert_eq!((last.code, last.accepted()), (Some(0), 0), "{}", last.stderr);
}
