//! The control socket as an operator meets it: the built program's commands, beside a running daemon on real servers
//! and on a store at rest.

#[path = "people/mod.rs"]
mod people;
#[path = "servers/mod.rs"]
mod servers;

use people::daemon::{Choices, Serving};
use people::letter::Letter;
use people::network::{Network, Silent};
use people::{AMINA, EVE, KARIM, LEILA, Person, STAFF};
use serde_json::Value;
use servers::CONTACT;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

const AWAY: &str = "not offered, the mail server is away";

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_soundingboard"))
}

/// A network whose daemon has never run. Its journal says when all is read.
fn new_network() -> Network {
    Network::with(binary(), Box::new(Silent), |_| Choices { log: "debug", ..Choices::default() })
}

/// The same on the morning of 2 November 2026, the first start behind it.
fn network() -> Network {
    let mut network = new_network();
    network.at("2026-11-02 09:00").expect("a first start");
    network
}

/// The same, in which Leila has asked Amina; and the reference of that.
fn asked() -> (Network, String) {
    let mut network = network();
    for person in [AMINA, KARIM] {
        network.writes(person, "Advisor sign-up", &sign_up(person)).expect("a sign-up");
        network.gets(person, "Welcome", &[]).expect("a welcome");
    }
    let form = "Advisor: Amina Haddad\nIssue: Our reports count renewals twice.";
    network.writes(LEILA, "Request meeting", form).expect("a request");
    let receipt = network.gets(LEILA, "Amina Haddad", &[]).expect("a receipt");
    network.gets(AMINA, "Leila Mansour asks", &[]).expect("a request");
    let reference = receipt.subject.rsplit_once('[').expect("a reference").1.trim_end_matches(']').to_owned();
    (network, reference)
}

fn sign_up(person: Person) -> String {
    format!("Name: {}\nInstitution: Campus University Library\nAreas: Koha reports", person.name)
}

/// It runs, and all that lies in the mailbox is read.
fn serve(network: &Network) -> Serving {
    let mut serving = network.installation.serve(&network.now());
    serving.wait_for("waiting for mail", 1);
    serving
}

/// What a command says, which must go well.
fn says(network: &Network, words: &[&str]) -> String {
    let (code, said) = network.installation.obeys(words);
    assert_eq!(code, Some(0), "{words:?}: {said}");
    said
}

/// What it refuses, and with which code.
fn refuses(network: &Network, words: &[&str], code: i32) -> String {
    let (ended, said) = network.installation.obeys(words);
    assert_eq!(ended, Some(code), "{words:?}: {said}");
    said
}

fn json(network: &Network, words: &[&str]) -> Value {
    let said = says(network, &[words, &["--json"]].concat());
    serde_json::from_str(&said).unwrap_or_else(|why| panic!("{words:?}: {why}: {said}"))
}

fn holds_all(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "no \"{word}\" in:\n{text}");
    }
}

// ---- status

#[test]
fn the_daemon_says_how_it_is_and_at_rest_the_store_does() {
    let (network, reference) = asked();
    let at_rest = says(&network, &["status"]);
    holds_all(&at_rest, &["No daemon runs", "INBOX up to UID", "Outbox        empty", "nothing needs them"]);
    assert_eq!(json(&network, &["status"])["daemon"], Value::Null);
    let serving = serve(&network);
    let running = says(&network, &["status"]);
    let case = format!("the advisor is reminded [{reference}]");
    holds_all(&running, &["The daemon runs", "read to its end Mon 2 Nov 2026, 09:", &case]);
    let status = json(&network, &["status"]);
    assert!(status["daemon"]["read_to_end"].as_str().is_some_and(|at| at.starts_with("2026-11-02T09:")));
    assert_eq!((&status["paused"], &status["outbox"]["letters"]), (&Value::Null, &0.into()));
    let timers = status["timers"]["next"].as_array().expect("timers");
    assert!(timers.iter().any(|timer| timer["case"] == reference.as_str()), "{status}");
    assert_eq!(status["errors"], Value::Array(Vec::new()));
    let mode =
        fs::metadata(network.installation.store().join("control.sock")).expect("a socket").permissions();
    assert_eq!(mode.mode() & 0o777, 0o660);
    assert_eq!(serving.terminate().code, Some(0));
    assert!(!network.installation.store().join("control.sock").exists(), "the socket goes with its daemon");
}

#[test]
fn where_there_is_neither_a_daemon_nor_a_store_that_is_said_with_69() {
    let network = new_network();
    for words in [&["status"][..], &["pause"], &["outbox", "list"], &["digest", "--print"]] {
        let said = refuses(&network, words, 69);
        holds_all(&said, &["no daemon runs", "no store yet", "[store] path"]);
    }
    assert!(!network.installation.store().exists(), "nobody has made one");
}

#[test]
fn a_socket_left_by_a_killed_daemon_misleads_nobody() {
    let (network, reference) = asked();
    let ran = serve(&network).kill();
    assert_eq!(ran.code, None, "{}", ran.stderr);
    assert!(network.installation.store().join("control.sock").exists(), "it was killed");
    holds_all(&says(&network, &["status"]), &["No daemon runs"]);
    holds_all(&says(&network, &["show", &reference]), &["Leila Mansour asks Amina Haddad"]);
    let serving = serve(&network);
    holds_all(&says(&network, &["status"]), &["The daemon runs"]);
    assert_eq!(serving.terminate().code, Some(0));
}

#[test]
fn a_store_that_was_put_back_is_said_to_be_held_and_takes_no_order_before_resume() {
    let (network, reference) = asked();
    let saved = network.installation.file("saved.backup").display().to_string();
    says(&network, &["backup", &saved]);
    says(&network, &["restore", &saved, "--replace"]);
    holds_all(&says(&network, &["status"]), &["No daemon runs", "held: nothing is done before"]);
    assert_eq!(json(&network, &["status"])["restored"]["held"], true);
    holds_all(&says(&network, &["show", &reference]), &["Leila Mansour asks Amina Haddad"]);
    holds_all(&refuses(&network, &["pause"], 78), &["is held", "soundingboard resume"]);
}

#[test]
fn whoever_is_slow_or_writes_nonsense_holds_up_neither_the_mail_nor_others() {
    let mut network = network();
    let mut serving = serve(&network);
    let socket = network.installation.store().join("control.sock");
    let connect = || UnixStream::connect(&socket).expect("a daemon");
    let idle: Vec<UnixStream> = (0..12).map(|_| connect()).collect();
    let mail = network.new_mail(AMINA, "Advisor sign-up", &sign_up(AMINA));
    network.servers.send(AMINA.address, CONTACT, &mail.bytes);
    serving.wait_for("accepted", 1);
    holds_all(&says(&network, &["status"]), &["The daemon runs"]);
    drop(idle);
    for nonsense in ["{\"dance\":1}\n", "\n", "\u{0}\n", "[]\n"] {
        let mut stream = connect();
        stream.write_all(nonsense.as_bytes()).expect("written");
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).expect("an answer");
        holds_all(&answer, &["does not understand", "\"exit\":69"]);
    }
    let mut endless = connect();
    // The daemon may hang up amid it.
    let _ = endless.write_all(&vec![b'x'; 100_000]);
    drop(endless);
    holds_all(&says(&network, &["status"]), &["The daemon runs"]);
    assert_eq!(serving.terminate().code, Some(0));
}

// ---- show, people

#[test]
fn a_case_is_told_as_a_story_and_without_any_token() {
    let (network, reference) = asked();
    let story = |network: &Network| says(network, &["show", &reference.to_lowercase()]);
    let told = story(&network);
    let head = format!("{reference}: Leila Mansour asks Amina Haddad");
    holds_all(&told, &[&head, "Our reports count renewals twice.", "the advisor's answer is awaited"]);
    holds_all(&told, &["1. Amina Haddad <amina@campus.example>", "no answer yet", "handed over"]);
    holds_all(&told, &["request-to-advisor to amina@campus.example: accepted", "the advisor is reminded"]);
    assert_eq!(soundingboard::program::token::without_tokens(&told), told, "no token is shown");
    let case = json(&network, &["show", &reference]);
    assert_eq!(case["advisee"]["address"], LEILA.address);
    assert_eq!((&case["stage"], &case["attempts"][0]["outcome"]), (&"asked".into(), &"waiting".into()));
    let serving = serve(&network);
    assert_eq!(story(&network), told, "the daemon tells the same");
    assert_eq!(serving.terminate().code, Some(0));
}

#[test]
fn the_meeting_and_the_staffs_notes_stand_in_the_story() {
    let (mut network, reference) = asked();
    let asked = json(&network, &["show", &reference]);
    assert_eq!((&asked["meeting"], asked["notes"].as_array().map(Vec::len)), (&Value::Null, Some(0)));
    let letters = network.servers.mail_of(AMINA.address);
    let request = Letter::read(letters.last().expect("a request")).expect("a letter");
    network.set_time("2026-11-02 10:00").unwrap();
    network.replies(AMINA, &request, "ACCEPT\nTue 10 Nov 14:00\nWed 11 Nov 10:00").unwrap();
    let mut serving = serve(&network);
    holds_all(&says(&network, &["staff", "NOTE Both know each other.", &reference]), &["Noted."]);
    let story = says(&network, &["show", &reference]);
    holds_all(&story, &["accepted", "Amina Haddad proposes", "1. Tue 10 Nov 2026, 14:00", "no time agreed"]);
    holds_all(&story, &["Both know each other."]);
    serving.wait_for("accepted", 1);
    assert_eq!(serving.terminate().code, Some(0));
}

#[test]
fn an_unknown_reference_is_said_with_the_nearest() {
    let (network, reference) = asked();
    let other = format!("{}{}", &reference[..4], if reference.ends_with('2') { '3' } else { '2' });
    let said = refuses(&network, &["show", &other], 65);
    holds_all(&said, &[&format!("there is no case {other}"), &format!("did you mean {reference}?")]);
    holds_all(&refuses(&network, &["show", "what"], 65), &["\"what\" is no reference", "K7Q2M"]);
}

#[test]
fn people_are_found_by_whatever_is_known_of_them_in_any_dress() {
    let (network, _) = asked();
    let serving = serve(&network);
    for (text, found) in [("KOHA", 2), ("nàsr", 1), ("leila@", 1), ("university", 2), ("nobody", 0)] {
        let answer = json(&network, &["people", "find", text]);
        assert_eq!(answer["count"], found, "{text}: {answer}");
    }
    holds_all(
        &says(&network, &["people", "find", "haddad"]),
        &["NAME", "Amina Haddad", "listed", "Koha reports"],
    );
    assert_eq!(serving.terminate().code, Some(0));
    holds_all(&says(&network, &["people", "find", "nobody"]), &["Nobody is known"]);
}

// ---- outbox

/// A mail of theirs lies in the mailbox, and no letter can leave.
fn unsent(network: &mut Network, person: Person) -> Serving {
    network.servers.stop_smtp();
    let mail = network.new_mail(person, "Advisor sign-up", &sign_up(person));
    network.servers.deliver(CONTACT, &mail.bytes);
    let mut serving = network.installation.serve(&network.now());
    serving.wait_for(AWAY, 1);
    serving
}

#[test]
fn a_letter_that_does_not_leave_is_listed_with_the_reason_and_goes_when_it_is_told_to() {
    let mut network = network();
    let mut serving = unsent(&mut network, AMINA);
    serving.wait_for("mail server left alone", 1);
    let list = says(&network, &["outbox", "list"]);
    holds_all(&list, &["amina@campus.example", "welcome-advisor", "[smtp] host and port"]);
    let status = json(&network, &["status"]);
    assert_eq!(
        (&status["outbox"]["letters"], &status["errors"][0]["kind"]),
        (&1.into(), &"mail server".into())
    );
    network.servers.start_smtp();
    holds_all(&says(&network, &["outbox", "retry"]), &["1 letter is tried now"]);
    serving.wait_for("accepted", 1);
    network.collect(1).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    assert_eq!(serving.terminate().code, Some(0));
    holds_all(&says(&network, &["outbox", "list"]), &["The outbox is empty"]);
}

#[test]
fn a_letter_that_is_taken_out_never_comes_and_the_ledger_notes_it() {
    let mut network = network();
    let mut serving = unsent(&mut network, AMINA);
    serving.wait_for("mail server left alone", 1);
    let id = json(&network, &["outbox", "list"])["letters"][0]["id"].as_str().expect("an id").to_owned();
    holds_all(
        &refuses(&network, &["outbox", "drop", "no-such"], 65),
        &["no letter in the outbox", "no-such"],
    );
    let said = says(&network, &["outbox", "drop", &id[..12]]);
    holds_all(&said, &["amina@campus.example will not get it", "ledger notes it"]);
    refuses(&network, &["outbox", "drop", &id], 65);
    serving.wait_for("decided", 1);
    let ran = serving.terminate();
    assert!(ran.lines("decided").iter().any(|line| line["verdict"] == "letter-dropped"), "{}", ran.stderr);
    network.servers.start_smtp();
    network.run().unwrap();
    network.nothing_else().unwrap();
}

// ---- the staff

#[test]
fn words_of_the_staff_are_obeyed_once_answered_and_mailed_to_the_one_they_are_said_for() {
    let mut network = network();
    network.writes(EVE, "Advisor sign-up", &sign_up(EVE)).unwrap();
    network.gets(EVE, "Your sign-up is with our staff", &[]).unwrap();
    network.gets(STAFF, "Eve Aoun would like to advise", &[]).unwrap();
    let mut serving = serve(&network);
    let holds = json(&network, &["hold", "list"]);
    assert_eq!(
        (&holds["holds"][0]["kind"], &holds["holds"][0]["who"]),
        (&"sign_up_held".into(), &"Eve Aoun".into())
    );
    let reference = holds["holds"][0]["reference"].as_str().expect("a reference").to_owned();
    holds_all(&says(&network, &["hold", "list"]), &["sign up held", "Eve Aoun", &reference]);
    let approve = ["staff", "APPROVE", &reference, "--as", "staff@network.example"];
    holds_all(
        &says(&network, &approve),
        &["Done. Eve Aoun has been answered", "goes to staff@network.example"],
    );
    let again = refuses(&network, &["staff", "approve, please", &reference], 65);
    assert!(again.contains("approved this"), "{again}");
    serving.wait_for("accepted", 3);
    network.collect(3).unwrap();
    network.gets(EVE, "Welcome", &[]).unwrap();
    network.gets(STAFF, "Eve Aoun is approved", &["UNDO"]).unwrap();
    network.gets(STAFF, "Eve Aoun is decided already", &[]).unwrap();
    network.nothing_else().unwrap();
    holds_all(
        &refuses(&network, &["staff", "APPROVE", &reference, "--as", "eve@elsewhere.example"], 65),
        &["staff@network.example"],
    );
    let none = refuses(&network, &["staff", "APPROVE"], 65);
    assert!(!none.contains("Done"), "{none}");
    holds_all(&says(&network, &["hold", "list"]), &["Nothing waits for the staff"]);
    assert_eq!(serving.terminate().code, Some(0));
}

#[test]
fn a_request_is_given_to_an_advisor_and_what_is_dealt_with_leaves_the_list() {
    let (mut network, reference) = asked();
    network.writes(LEILA, "A question", "STAFF\nPlease call me.").unwrap();
    network.gets(LEILA, "", &[]).unwrap();
    network.gets(STAFF, "Leila Mansour", &[]).unwrap();
    let mut serving = serve(&network);
    let given = says(&network, &["hold", "assign", &reference, "Karim Nasr"]);
    holds_all(&given, &["Karim Nasr has the request of Leila Mansour now"]);
    let story = says(&network, &["show", &reference]);
    holds_all(&story, &["1. Amina Haddad", "taken back", "2. Karim Nasr"]);
    let held = json(&network, &["hold", "list"])["holds"][0]["reference"].as_str().expect("one").to_owned();
    holds_all(&says(&network, &["hold", "drop", &held, "Called her."]), &["Done. It is off the list."]);
    holds_all(&says(&network, &["hold", "list"]), &["Nothing waits for the staff"]);
    // Amina, Karim and Leila read of the new advisor, the staff of both acts.
    serving.wait_for("accepted", 5);
    network.collect(5).unwrap();
    network.gets(KARIM, "Leila Mansour asks for your advice", &[]).unwrap();
    network.gets(LEILA, "Your request is with Karim Nasr now", &[]).unwrap();
    assert_eq!(serving.terminate().code, Some(0));
}

#[test]
fn the_digest_is_printed_as_it_would_go_out_and_nothing_changes() {
    let (network, _) = asked();
    let ledger = || -> u64 {
        let files = fs::read_dir(network.installation.store().join("ledger")).expect("a ledger");
        files.map(|file| file.expect("a file").metadata().expect("its size").len()).sum()
    };
    let before = ledger();
    let digest = says(&network, &["digest", "--print"]);
    holds_all(
        &digest,
        &["To: staff@network.example", "Subject: Weekly digest: nothing needs you", "Open requests now: 1"],
    );
    assert_eq!(ledger(), before);
    let serving = serve(&network);
    holds_all(&json(&network, &["digest", "--print"])["text"].to_string(), &["Open requests now: 1"]);
    assert_eq!(serving.terminate().code, Some(0));
}

// ---- pause

#[test]
fn while_it_is_paused_mail_stays_unread_also_after_a_restart_until_resume() {
    let mut network = network();
    let serving = serve(&network);
    holds_all(&says(&network, &["pause"]), &["Paused from Mon 2 Nov 2026", "soundingboard resume"]);
    holds_all(&says(&network, &["pause"]), &["paused already"]);
    let mail = network.new_mail(AMINA, "Advisor sign-up", &sign_up(AMINA));
    network.servers.deliver(CONTACT, &mail.bytes);
    let ran = serving.kill();
    assert!(ran.lines("mailbox read").is_empty(), "{}", ran.stderr);
    let once = network.installation.run_once(&network.now());
    assert_eq!((once.code, once.lines("mailbox read").len()), (Some(75), 0), "{}", once.stderr);
    assert_eq!(once.lines("paused: nothing is read or sent until resume").len(), 1, "{}", once.stderr);
    let mut serving = network.installation.serve(&network.now());
    serving.wait_for("paused: nothing is read or sent until resume", 1);
    holds_all(&says(&network, &["status"]), &["runs and is paused", "Paused        since Mon 2 Nov 2026"]);
    holds_all(&says(&network, &["resume", "--dry-run"]), &["Paused since", "dry run"]);
    holds_all(&says(&network, &["resume"]), &["The pause that began Mon 2 Nov 2026", "is over"]);
    serving.wait_for("accepted", 1);
    holds_all(&says(&network, &["resume"]), &["is not paused", "nothing to resume"]);
    let ran = serving.terminate();
    let place = |word: &str| ran.stderr.find(word).unwrap_or_else(|| panic!("no {word}: {}", ran.stderr));
    assert!(place("resumed-by-operator") < place("\"message\":\"mailbox read\""), "{}", ran.stderr);
    network.collect(1).unwrap();
    network.gets(AMINA, "Welcome", &[]).unwrap();
    network.nothing_else().unwrap();
}

#[test]
fn a_store_at_rest_is_paused_and_let_go_on_as_well_and_nothing_is_sent_meanwhile() {
    let mut network = network();
    let mut serving = unsent(&mut network, AMINA);
    serving.wait_for("mail server left alone", 1);
    holds_all(&says(&network, &["pause"]), &["Paused from"]);
    assert_eq!(serving.terminate().code, Some(0));
    network.servers.start_smtp();
    let once = network.installation.run_once(&network.now());
    assert_eq!((once.code, once.accepted()), (Some(75), 0), "{}", once.stderr);
    assert!(once.sentences()[0].contains("it is paused, until"), "{}", once.stderr);
    holds_all(&says(&network, &["outbox", "list"]), &["amina@campus.example", "it is paused"]);
    let resumed = json(&network, &["resume"]);
    assert_eq!((&resumed["pause_ended"], &resumed["resumed"]), (&true.into(), &false.into()));
    holds_all(&says(&network, &["status"]), &["No daemon runs."]);
}
