//! The store is lost, and a backup put back: nobody gets a second letter, and nobody is lost.

use crate::people::daemon::Choices;
use crate::people::network::Network;
use crate::people::{AMINA, KARIM, LEILA, STAFF};
use crate::{network, network_with};

fn sign_up(name: &str) -> String {
    format!("Name: {name}\nInstitution: Campus University Library\nAreas: Koha")
}

/// Backs up, or does something else with the store; what the program said.
fn operator(network: &Network, words: &[&str]) -> String {
    let (code, said) = network.installation.obeys(words);
    assert_eq!(code, Some(0), "{words:?}: {said}");
    said
}

/// Far enough ahead of the machine's own clock, by which mail is received and `resume` is said.
fn later(network: &mut Network) {
    network.pass(60 * 24 * 365 * 20);
}

/// A week of mail with a backup in its middle, and the way back.
fn tell(network: &mut Network) {
    let backup = network.installation.store().with_file_name("saved");
    let backup = backup.to_str().expect("a path in UTF-8");
    network.writes(AMINA, "Advisor sign-up", &sign_up("Amina Haddad")).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    network.writes(LEILA, "Request meeting", "Advisor: Amina Haddad\nIssue: Koha counts twice.").unwrap();
    network.gets(LEILA, "with Amina Haddad", &[]).unwrap();
    let asks = network.gets(AMINA, "asks for your advice", &[]).unwrap();
    assert!(operator(network, &["backup", backup]).contains("read back"));

    // What the backup does not know.
    network.writes(KARIM, "Advisor sign-up", &sign_up("Karim Nasr")).unwrap();
    network.gets(KARIM, "Welcome", &[]).unwrap();
    network.replies(AMINA, &asks, "ACCEPT").unwrap();
    for person in [AMINA, LEILA] {
        network.gets(person, "please meet", &[]).unwrap();
    }
    network.nothing_else().unwrap();

    // While it is lost, somebody writes.
    let late = network.new_mail(KARIM, "ROSTER", "");
    network.send(&late).unwrap();
    assert!(operator(network, &["restore", backup, "--replace"]).contains("replaced-"));
    let held = network.installation.run_once(&network.now());
    assert_eq!(held.code, Some(78), "{}", held.stderr);
    assert!(operator(network, &["resume"]).contains("None of these goes out by itself"));
    later(network);
    network.run().unwrap();
    let list = ["karim@auc.example: Welcome", "please meet", "karim@auc.example: The roster"];
    let list = network.gets(STAFF, "may have gone out", &list).unwrap();
    // Of all the weeks that have passed by the test's own clock.
    network.gets(STAFF, "Weekly digest", &[]).unwrap();
    network.nothing_else().unwrap();
    network.run().unwrap();
    network.nothing_else().unwrap();

    network.replies(STAFF, &list, "HANDLED").unwrap();
    network.gets(STAFF, "had been written to", &[]).unwrap();
    network.nothing_else().unwrap();
    assert!(operator(network, &["rebuild", "--check"]).contains("agree"));
}

#[test]
fn a_week_of_mail_with_a_backup_in_its_middle_where_handled_mail_is_moved() {
    tell(&mut network());
}

#[test]
fn a_week_of_mail_with_a_backup_in_its_middle_where_mail_is_left() {
    tell(&mut network_with(|_| Choices { after_handling: "leave", ..Choices::default() }));
}
