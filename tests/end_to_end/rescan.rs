//! A mailbox that its server numbers anew, or that was moved to another one.

use crate::network_on;
use crate::people::daemon::Choices;
use crate::people::network::Network;
use crate::people::{AMINA, KARIM, LEILA, STAFF};
use crate::servers::{Brand, CONTACT, Fetches};

/// How many mails lie in it: `RESCAN=20000` takes minutes.
fn mails() -> usize {
    std::env::var("RESCAN").map_or(450, |mails| mails.parse().expect("RESCAN is a number"))
}

fn leaving() -> Network {
    network_on(Brand::Dovecot, |_| Choices { after_handling: "leave", ..Choices::default() })
}

fn sign_up(name: &str) -> String {
    format!("Name: {name}\nInstitution: Campus University Library\nAreas: Koha")
}

/// A circular, which is not for us.
fn circular(network: &mut Network, n: usize) -> Vec<u8> {
    let mail =
        network.new_mail(KARIM, &format!("Circular {n}"), "Dear all, the library closes early on Friday.");
    [b"List-Id: <all.campus.example>\r\nPrecedence: list\r\n", &mail.bytes[..]].concat()
}

/// The server is stopped, and knows no UID any more when it is up again.
fn renumber(network: &mut Network) -> Fetches {
    network.servers.stop_imap();
    network.servers.forget_uids(CONTACT);
    network.servers.start_imap();
    network.servers.fetches(CONTACT)
}

#[test]
fn of_a_mailbox_numbered_anew_no_known_body_is_read_and_nothing_is_answered_twice() {
    let mut network = leaving();
    for (person, name) in [(AMINA, "Amina Haddad"), (LEILA, "Leila Mansour")] {
        network.writes(person, "Advisor sign-up", &sign_up(name)).unwrap();
        network.gets(person, "Welcome", &[]).unwrap();
    }
    for n in 0..mails() {
        let circular = circular(&mut network, n);
        network.servers.deliver(CONTACT, &circular);
    }
    network.run().unwrap();
    network.nothing_else().unwrap();
    let new = network.new_mail(KARIM, "Advisor sign-up", &sign_up("Karim Nasser"));
    let before = renumber(&mut network);
    network.servers.deliver(CONTACT, &new.bytes);
    // Killed in the middle, it goes on where it was, as sparing.
    let mut serving = network.installation.serve(&network.now());
    serving.wait_for("mailbox read", 1);
    let killed = serving.kill();
    assert_eq!(killed.code, None, "{}", killed.stderr);
    let ran = network.installation.run_once(&network.now());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    network.collect(ran.accepted() + killed.accepted()).unwrap();
    network.gets(KARIM, "Welcome", &[]).unwrap();
    network.nothing_else().unwrap();
    // The killed daemon may have been reading the new one.
    let read = network.servers.fetches(CONTACT) - before;
    assert!((1..=2).contains(&read.bodies), "bodies of known mails were read: {read:?}");
    assert!(read.headers <= mails() + 400, "most headers were read twice: {read:?}");
    network.run().unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn mail_that_a_new_provider_has_changed_is_held_and_not_answered_again() {
    let mut network = leaving();
    network.writes(AMINA, "Advisor sign-up", &sign_up("Amina Haddad")).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    let circular = circular(&mut network, 1);
    network.servers.deliver(CONTACT, &circular);
    network.run().unwrap();
    let changed = |mail: &[u8]| {
        let mail = String::from_utf8(mail.to_vec()).unwrap();
        (mail.replace("Subject: ", "Subject: [EXTERNAL] ") + "-- \r\nScanned by our new provider\r\n")
            .into_bytes()
    };
    let mails: Vec<Vec<u8>> = network.servers.mail_of(CONTACT).iter().map(|mail| changed(mail)).collect();
    network.servers.human_does(CONTACT, &["UID STORE 1:* +FLAGS (\\Deleted)", "EXPUNGE"]);
    renumber(&mut network);
    mails.iter().for_each(|mail| network.servers.deliver(CONTACT, mail));
    network.run().unwrap();
    network.nothing_else().unwrap();
    network.at("2026-11-09 08:30").unwrap();
    network.gets(STAFF, "one needs you", &["changed since it was first read", "EXTERNAL"]).unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn old_mail_that_was_copied_to_a_new_provider_today_is_counted_and_never_acted_on() {
    let mut network = leaving();
    network.set_time("2026-10-05 09:00").unwrap();
    let old = network.new_mail(LEILA, "Advisor sign-up", &sign_up("Leila Mansour"));
    network.set_time("2026-11-02 12:00").unwrap();
    renumber(&mut network);
    network.servers.deliver(CONTACT, &old.bytes);
    network.run().unwrap();
    network.at("2026-11-09 08:30").unwrap();
    network.gets(STAFF, "digest", &["left alone: 1"]).unwrap();
    network.nothing_else().unwrap();
}
