//! Mail in the contact mailbox, which people read too.

use crate::people::daemon::Choices;
use crate::people::network::{Network, Silent};
use crate::people::{AMINA, KARIM, LEILA, STAFF};
use crate::servers::{Brand, CONTACT, Kept, cyrus};
use crate::{binary, network, network_on, network_with};

const SIGN_UP: &str = "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha";
const QUESTION: &str = "Dear colleagues, when does the library open on Fridays? Thank you, Karim";

fn kept(folder: &str, flags: &str) -> Kept {
    Kept { folder: folder.to_owned(), flags: flags.to_owned() }
}

#[test]
fn mail_that_a_human_has_opened_is_handled_and_put_away_like_any_other() {
    opened(Brand::chosen());
}

#[test]
fn on_cyrus_too_mail_that_a_human_has_opened_is_handled_and_put_away() {
    if let Some(why) = cyrus::missing() {
        return println!("not told: {why}");
    }
    opened(Brand::Cyrus);
}

fn opened(brand: Brand) {
    let mut network = network_on(brand, |_| Choices::default());
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.servers.deliver_opened(CONTACT, &mail.bytes);
    network.run().unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    assert_eq!(network.servers.contact_flags(), [kept("Handled", "S")]);
    network.run().unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn mail_that_is_not_for_the_program_is_left_unseen_unflagged_and_in_place() {
    let mut network = network();
    let question = network.new_mail(KARIM, "Opening hours", QUESTION);
    network.send(&question).unwrap();
    network.writes(AMINA, "Advisor sign-up", SIGN_UP).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    assert_eq!(network.servers.contact_flags(), [kept("Handled", ""), kept("INBOX", "")]);
    let inbox = network.servers.mail_of(CONTACT);
    assert!(inbox[0].ends_with(&question.bytes), "it is changed: {}", String::from_utf8_lossy(&inbox[0]));
    network.run().unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn where_mail_is_left_handled_mail_too_stays_unseen_in_the_inbox() {
    let mut network = network_with(|_| Choices { after_handling: "leave", ..Choices::default() });
    network.writes(AMINA, "Advisor sign-up", SIGN_UP).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    assert_eq!(network.servers.contact_flags(), [kept("INBOX", "")]);
    network.run().unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn where_mail_is_flagged_it_stays_unseen_in_the_inbox_and_has_our_keyword() {
    flagged(Brand::chosen());
}

#[test]
fn on_cyrus_too_mail_that_is_flagged_stays_unseen_and_in_place() {
    if let Some(why) = cyrus::missing() {
        return println!("not told: {why}");
    }
    flagged(Brand::Cyrus);
}

fn flagged(brand: Brand) {
    let mut network = network_on(brand, |_| Choices { after_handling: "flag", ..Choices::default() });
    network.writes(AMINA, "Advisor sign-up", SIGN_UP).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    // Maildir's letter for the first keyword of a mailbox.
    assert_eq!(network.servers.contact_flags(), [kept("INBOX", "a")]);
    let found = network.servers.human_does(CONTACT, &["UID SEARCH UNSEEN KEYWORD SoundingBoard"]);
    assert!(found.contains("* SEARCH 1\r\n"), "{found}");
    network.run().unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn a_mail_over_which_the_program_ends_is_tried_by_another_process_and_holds_up_no_other() {
    let choices = || Choices { imap: "max_bytes = 104857600", memory: Some(128), ..Choices::default() };
    let mut network = network_with(|_| choices());
    let too_large = network.new_mail(KARIM, "Our whole archive", &"All of it.\r\n".repeat(8_000_000));
    network.servers.deliver(CONTACT, &too_large.bytes);
    let mail = network.new_mail(AMINA, "Advisor sign-up", SIGN_UP);
    network.servers.deliver(CONTACT, &mail.bytes);
    let ran = network.installation.run_once(&network.now());
    assert_eq!(ran.code, None, "the system should end it: {}", ran.stderr);
    assert!(ran.stderr.contains("memory allocation of"), "{}", ran.stderr);
    network.run().unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    network.at("2026-11-09 08:30").unwrap();
    network.gets(STAFF, "digest", &["INBOX, UID 1", "ended abnormally"]).unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn mail_older_than_the_first_start_is_never_acted_on() {
    let mut network = Network::new(binary(), Box::new(Silent));
    network.set_time("2026-11-02 08:00").unwrap();
    let old = network.new_mail(LEILA, "Advisor sign-up", "Name: Leila Mansour");
    network.send(&old).unwrap();
    network.at("2026-11-02 09:00").unwrap();
    network.nothing_else().unwrap();
    assert_eq!(network.servers.contact_flags(), [kept("INBOX", "")]);
}
