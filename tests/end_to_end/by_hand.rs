//! What staff do by hand, and what waits for them, on real servers.

use crate::people::daemon::Choices;
use crate::people::network::{Network, Silent};
use crate::people::{AMINA, EVE, KARIM, LEILA, STAFF};
use crate::servers::{CONTACT, Kept};
use crate::{binary, network, network_with};

const SIGN_UP: &str = "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha";
const QUESTION: &str = "Dear colleagues, when does the library open on Fridays? Thank you";

#[test]
fn what_staff_answer_by_hand_is_seen_in_the_folder_of_sent_mail_and_left_as_it_is() {
    let mut network = network_with(|servers| {
        servers.human_does(CONTACT, &["CREATE Sent"]);
        Choices { imap: "sent = \"Sent\"", ..Choices::default() }
    });
    for person in [LEILA, KARIM] {
        let question = network.new_mail(person, "Opening hours", QUESTION);
        network.send(&question).unwrap();
    }
    network.run().unwrap();
    let answer = format!(
        "From: {CONTACT}\r\nTo: {}\r\nSubject: Re: Opening hours\r\nMessage-ID: <by.hand@network.example>\r\n\r\n\
         At nine.\r\n",
        LEILA.address
    );
    network.servers.deliver(CONTACT, answer.as_bytes());
    network.servers.human_does(CONTACT, &["UID MOVE 3 Sent"]);
    network.at("2026-11-05 12:00").unwrap();
    network.gets(KARIM, "Your mail is with the staff", &["Opening hours"]).unwrap();
    network.gets(STAFF, "1 needs you", &["Karim"]).unwrap();
    network.nothing_else().unwrap();
    let kept = network.servers.contact_flags();
    let sent: Vec<&Kept> = kept.iter().filter(|kept| kept.folder == "Sent").collect();
    assert_eq!(sent, [&Kept { folder: "Sent".to_owned(), flags: String::new() }]);
}

#[test]
fn a_folder_that_is_not_there_is_said_at_the_start_with_those_that_are() {
    let choices = |_: &_| Choices { imap: "sent = \"Gesendet\"", ..Choices::default() };
    let network = Network::with(binary(), Box::new(Silent), choices);
    let ran = network.installation.run_once("2026-11-02T08:00:00Z");
    assert_eq!(ran.code, Some(78), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("no folder \\\"Gesendet\\\"") || ran.stderr.contains("no folder \"Gesendet\""),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("there are"), "{}", ran.stderr);
}

#[test]
fn a_letter_waits_until_one_of_the_staff_approves_it_by_a_reply() {
    let mut network = network_with(|_| Choices { network: "shadow = true", ..Choices::default() });
    network.writes(AMINA, "Advisor sign-up", SIGN_UP).unwrap();
    let shown = network.gets(STAFF, "waits for your approval", &["Welcome", "Koha"]).unwrap();
    network.nothing_else().unwrap();
    network.replies(STAFF, &shown, "APPROVE").unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    network.gets(STAFF, "Amina Haddad is written to", &[]).unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn a_sign_up_from_outside_is_held_and_listed_when_the_staff_approve() {
    let mut network = network();
    let sign_up = "Name: Eve Aoun\nInstitution: City Archive\nAreas: Arabic metadata";
    network.writes(EVE, "Advisor sign-up", sign_up).unwrap();
    network.gets(EVE, "Your sign-up is with our staff", &["Arabic metadata"]).unwrap();
    let held = network.gets(STAFF, "would like to advise", &["Arabic metadata", "APPROVE"]).unwrap();
    network.nothing_else().unwrap();
    network.replies(STAFF, &held, "APPROVE").unwrap();
    network.gets(EVE, "Welcome", &["Arabic metadata"]).unwrap();
    network.gets(STAFF, "is approved", &[]).unwrap();
    network.writes(LEILA, "ROSTER", "").unwrap();
    network.gets(LEILA, "roster", &["Eve Aoun"]).unwrap();
    network.nothing_else().unwrap();
}
