//! `explain` as an administrator meets it: the built program beside stores that the real code has made.

#[path = "world/mod.rs"]
mod world;

use serde_json::Value;
use soundingboard::program::batch::Change;
use soundingboard::program::gap;
use soundingboard::program::token::without_tokens;
use soundingboard::store::Group;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use world::people::{Got, MailProgram};
use world::power::Power;
use world::{Ground, World};

const AMINA: &str = "Amina Haddad <amina@campus.example>";
const LEILA: &str = "Leila Mansour <leila@auc.example>";
const THREE_TIMES: &str = "ACCEPT. With pleasure.\nTue 10 Nov 14:00\nWed 11 Nov 10:00-11:00\nThu 12 Nov 9:30";

/// How the program ended, and what it said.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// A network with its daemon and its people, and a place for files.
struct Place {
    world: World,
    people: MailProgram,
    got: Vec<Got>,
    files: TempDir,
}

impl Place {
    /// In which nobody has written yet.
    fn new() -> Self {
        let start = "2026-11-03T09:00:00Z".parse().expect("a time");
        let ground = Ground::Disk(world::moment::scratch());
        let mut world = World::new(ground, start, Arc::new(Power::always()));
        let secret = Change { key: "install/secret".into(), value: Some("\"a secret for stories\"".into()) };
        let group = Group { at: start, notes: vec!["install".into()], changes: vec![secret] };
        world.store().commit(&group).expect("room on the disk");
        world.run();
        let files = tempfile::tempdir().expect("a folder");
        let place = Self { world, people: MailProgram::default(), got: Vec::new(), files };
        place.configure(&place.store(), "");
        place
    }

    /// In which Leila has asked Amina.
    fn asked() -> Self {
        let mut place = Self::new();
        let now = place.world.clock.now();
        let form = "Name: Amina Haddad\r\nInstitution: Campus University Library\r\nAreas: Koha reports\r\n";
        let sign_up = place.people.mail(AMINA, "Advisor sign-up", form, now);
        place.deliver(&sign_up);
        let form = "Advisor: Amina Haddad\r\nIssue: Our reports count renewals twice.\r\n";
        let request = place.people.mail(LEILA, "Request meeting", form, now);
        place.deliver(&request);
        place
    }

    /// In which she has accepted, with three times.
    fn accepted() -> Self {
        let mut place = Self::asked();
        let mail = place.reply(AMINA, "asks for your advice", THREE_TIMES);
        place.deliver(&mail);
        place
    }

    fn configure(&self, store: &Path, imap: &str) {
        let network = include_str!("world/network.toml").replace("[smtp]", &format!("{imap}\n[smtp]"));
        let store = format!("\n[store]\npath = {store:?}\ndisk_alarm = false\n");
        self.save("sb.toml", (network + &store).as_bytes());
    }

    fn store(&self) -> PathBuf {
        let Ground::Disk(dir) = &self.world.ground else { panic!("it is on the disk") };
        dir.path().to_owned()
    }

    /// A reply to the last letter of theirs with that in its subject; nobody has got it yet.
    fn reply(&mut self, from: &str, to: &str, words: &str) -> Vec<u8> {
        let letter = self.letter(from, to);
        self.people.reply(from, &letter, words, true, self.world.clock.now())
    }

    fn letter(&self, reader: &str, subject: &str) -> Got {
        let is_it = |got: &&Got| reader.contains(&got.to) && got.subject.contains(subject);
        self.got.iter().rfind(is_it).unwrap_or_else(|| panic!("{reader} has no letter {subject:?}")).clone()
    }

    /// A mail arrives, and the daemon runs: the letters that this brings.
    fn deliver(&mut self, mail: &[u8]) -> Vec<Got> {
        let uid = self.world.post.deliver(mail.to_vec());
        self.world.post.stamp(uid, self.world.clock.now());
        self.world.run();
        let got: Vec<Got> = self.world.post.take_sent().iter().map(Got::read).collect();
        self.got.extend(got.clone());
        got
    }

    fn save(&self, name: &str, bytes: &[u8]) {
        fs::write(self.files.path().join(name), bytes).expect("written");
    }

    fn run(&self, words: &str, input: &[u8]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_soundingboard"));
        command.args(words.split_whitespace()).current_dir(self.files.path());
        command.env("PASSWORD", "s3cret").env("TZ", "Asia/Tokyo");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // It may have ended without reading.
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("it was not killed");
        Ended { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// What is said of these files at the time that it is here, with nobody's token in it.
    fn explained(&mut self, words: &str) -> String {
        let now = self.world.clock.now().to_rfc3339();
        let ended = self.run(&format!("explain {words} --config sb.toml --now {now}"), b"");
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{words}: {ended:?}");
        let rows = self.world.store().range("token/", usize::MAX).expect("rows");
        assert!(rows.iter().all(|(key, _)| !ended.out.contains(&key["token/".len()..])), "{}", ended.out);
        ended.out
    }

    fn explained_mail(&mut self, mail: &[u8], more: &str) -> String {
        self.save("mail.eml", mail);
        self.explained(&format!("mail.eml {more}"))
    }

    fn explained_json(&mut self, mail: &[u8], more: &str) -> Value {
        let out = self.explained_mail(mail, &format!("--json {more}"));
        assert_eq!(out.lines().count(), 1, "{out}");
        serde_json::from_str(&out).expect("one object")
    }

    /// What is foreseen of a mail; then it comes, and every letter is the one that was foreseen.
    fn foreseen(&mut self, mail: &[u8]) -> Value {
        let foreseen = self.explained_json(mail, "");
        assert_eq!(foreseen["handled"], Value::Null);
        let told = told_letters(&foreseen["decided"]);
        let mut got = got_letters(&self.deliver(mail));
        assert!(!got.is_empty());
        got.sort();
        assert_eq!(told, got);
        foreseen["decided"].clone()
    }
}

type Letter = (String, String, String, String);

/// Reader, template, subject and text of each letter, once for each reader.
fn told_letters(decided: &Value) -> Vec<Letter> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let letters = decided["letters"].as_array().expect("letters").iter();
    let mut told: Vec<Letter> = letters
        .flat_map(|letter| {
            let rest = ["template", "subject", "text"].map(|name| text(&letter[name]));
            let [template, subject, words] = rest;
            let to = letter["to"].as_array().expect("readers").iter().map(text);
            let copy = move |to| (to, template.clone(), subject.clone(), words.clone());
            to.map(copy).collect::<Vec<_>>()
        })
        .collect();
    told.sort();
    told
}

fn got_letters(got: &[Got]) -> Vec<Letter> {
    let plain = |text: &str| without_tokens(&text.replace("\r\n", "\n")).trim_end().to_owned();
    got.iter()
        .map(|got| (got.to.clone(), got.template.clone(), got.subject.clone(), plain(&got.text)))
        .collect()
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "no {line:?} in\n{text}");
    }
}

/// Every file that counts, with its contents.
fn listing(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(listing(&path)),
            false => found.push((path.clone(), fs::read(&path).expect("a file"))),
        }
    }
    found.sort();
    found
}

// ---- what would be decided

#[test]
fn an_acceptance_with_times_is_told_as_it_then_comes() {
    let mut place = Place::asked();
    let mail = place.reply(AMINA, "asks for your advice", THREE_TIMES);
    let text = place.explained_mail(&mail, "");
    has(
        &text,
        &[
            "\nmail.eml\n  From          Amina Haddad <amina@campus.example>\n",
            "  Word          ACCEPT, with a note: With pleasure.",
            "\nWould be decided Tue 3 Nov 2026, 10:00: accept\n",
            "handled; the mail is moved to Handled",
            ": Leila Mansour asks Amina Haddad; written by the advisor; asked before, then accepted\n",
            "  Meeting       before\n                  nothing arranged\n",
            "                  Amina Haddad proposes\n                    1. Tue 10 Nov 2026, 14:00–14:30\n",
            "                    3. Thu 12 Nov 2026, 09:30–10:00\n",
            "stage               \"asked\" → \"accepted\"",
            "a reminder that no time is agreed",
            "the advisor's time to answer is over",
            "of 3: introduction\n  To            amina@campus.example, leila@auc.example\n",
            "of 3: times-proposed\n  To            leila@auc.example\n",
        ],
    );
    let decided = place.foreseen(&mail);
    assert_eq!(decided["meeting"]["before"]["proposed"], serde_json::json!([]));
    let times = decided["meeting"]["after"]["proposed"].as_array().expect("times");
    assert_eq!((times.len(), &times[1]["minutes"]), (3, &60.into()));
    assert_eq!(times[0]["start"], "2026-11-10T14:00:00+01:00");
}

#[test]
fn a_choice_by_number_is_a_meeting_with_an_invitation() {
    let mut place = Place::accepted();
    let mail = place.reply(LEILA, "proposes", "2");
    let text = place.explained_mail(&mail, "");
    has(
        &text,
        &[
            "  Word          2\n",
            "  Token of      the advisee of ",
            ": meeting-agreed\n",
            "written by the advisee; accepted as before",
            "                  agreed: Wed 11 Nov 2026, 10:00–11:00\n",
            "                  latest invitation: number 0\n",
            "                  asked whether they met: Wed 11 Nov 2026, 12:00\n",
            "  Calendar      REQUEST, number 0\n",
        ],
    );
    let decided = place.foreseen(&mail);
    let after = &decided["meeting"]["after"];
    assert_eq!((&after["invitation"], &after["proposed"]), (&0.into(), &serde_json::json!([])));
    assert_eq!(decided["letters"][0]["calendar"], serde_json::json!({"method": "REQUEST", "sequence": 0}));
    let declined = place.letter(LEILA, "meet on 11 November");
    let declined = place.people.calendar_answer(LEILA, &declined, "REPLY DECLINED", &[]);
    let text = place.explained_mail(&declined, "");
    has(
        &text,
        &["  Calendar      REPLY, DECLINED, number 0,", "about our invitation", ": meeting-cancelled\n"],
    );
    place.foreseen(&declined);
}

#[test]
fn a_mail_that_nobody_understands_is_left_where_it_is() {
    let mut place = Place::asked();
    let now = place.world.clock.now();
    let mail = place.people.mail(LEILA, "Opening hours", "When are you open?\r\n", now);
    let text = place.explained_mail(&mail, "");
    has(
        &text,
        &[
            ": not-for-us\n",
            "left in the mailbox as it was found",
            "its writer hears that it is with the staff",
            "\nNo letter to anybody\n",
        ],
    );
    let decided = place.explained_json(&mail, "")["decided"].clone();
    assert_eq!((&decided["handled"], &decided["case"]), (&false.into(), &Value::Null));
}

#[test]
fn a_mail_over_the_limit_is_read_as_the_daemon_reads_it() {
    let mut place = Place::new();
    place.configure(&place.store(), "max_bytes = 20000");
    let now = place.world.clock.now();
    let body = format!("ROSTER\r\n\r\n{}", "and so on\r\n".repeat(10_000));
    let mail = place.people.mail(AMINA, "the list", &body, now);
    has(&place.explained_mail(&mail, ""), &["only the header and the first text were read", ": roster\n"]);
}

// ---- what was decided

#[test]
fn a_mail_that_was_handled_says_when_and_with_again_what_it_brought() {
    let mut place = Place::asked();
    let mail = place.reply(AMINA, "asks for your advice", THREE_TIMES);
    let mut got = got_letters(&place.deliver(&mail));
    got.sort();
    let later = place.people.mail(AMINA, "the list", "ROSTER", place.world.clock.now());
    place.deliver(&later);
    let text = place.explained_mail(&mail, "");
    has(&text, &["\nHandled already, Tue 3 Nov 2026, 10:00: accept [", "is said with --again"]);
    assert!(!text.contains("Would be decided") && !text.contains("Letter"), "{text}");
    // As a mail program on this machine saves it.
    let unix: Vec<u8> = mail.iter().copied().filter(|byte| *byte != b'\r').collect();
    let again = place.explained_json(&unix, "--again");
    assert_eq!(again["handled"]["reaches_back"], true);
    assert_eq!(told_letters(&again["decided"]), got);
    has(
        &place.explained_mail(&unix, "--again"),
        &["Decided once more as of Tue 3 Nov 2026, 10:00: accept\n"],
    );
}

// ---- beside the daemon, and without one

#[test]
fn nothing_is_changed_and_the_daemon_may_have_the_store() {
    let mut place = Place::asked();
    let mail = place.reply(AMINA, "asks for your advice", THREE_TIMES);
    place.save("mail.eml", &mail);
    let ledger = place.store().join("ledger");
    let (before, open) = (listing(&ledger), place.world.store());
    assert_eq!(place.run("explain mail.eml --config sb.toml", b"").code, 0);
    assert_eq!(listing(&ledger), before);
    drop(open);
    // Nobody has it open for a while, so that its index rests too.
    place.world.moment();
    let before = (listing(&place.store()), listing(place.files.path()));
    for words in ["explain mail.eml --config sb.toml", "explain . --json --again --config sb.toml"] {
        assert_eq!(place.run(words, b"").code, 0);
        assert_eq!((listing(&place.store()), listing(place.files.path())), before, "{words}");
    }
}

#[test]
fn without_a_store_it_is_an_empty_one_and_none_is_made() {
    let place = Place::new();
    let store = place.files.path().join("none");
    place.configure(&store, "");
    let mail = format!(
        "From: {LEILA}\nTo: contact@network.example\nSubject: HELP\nMessage-ID: <a@b.example>\n\nHELP\n\n\x1b[2J\n"
    );
    let ended = place.run("explain - --config sb.toml", mail.as_bytes());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    assert!(ended.out.starts_with("There is no store in "), "{}", ended.out);
    has(&ended.out, &["\n-\n", ": help\n", "Letter 1 of 1: help\n"]);
    assert!(!ended.out.contains('\x1b'), "what a terminal would obey is shown, not sent");
    assert!(!store.exists());
    let json = place.run("explain - --json --config sb.toml", mail.as_bytes());
    let json: Value = serde_json::from_str(&json.out).expect("one object");
    assert_eq!((&json["store"]["until"], &json["store"]["held"]), (&Value::Null, &false.into()));
}

#[test]
fn a_store_that_is_held_says_so() {
    let mut place = Place::asked();
    let now = place.world.clock.now();
    let held = Change::put(&gap::Restored::held(now, now));
    let group = Group { at: now, notes: vec!["restored".into()], changes: vec![held] };
    place.world.store().commit(&group).expect("room on the disk");
    let mail = place.people.mail(LEILA, "help", "HELP", now);
    has(
        &place.explained_mail(&mail, ""),
        &["is held: nothing is decided before \"soundingboard resume\"", ": help\n"],
    );
}

#[test]
fn a_folder_is_a_line_for_each_file_in_the_order_of_names() {
    let mut place = Place::new();
    fs::create_dir(place.files.path().join("mails")).expect("a folder");
    for name in ["mails/b.eml", "mails/a.eml", "mails/c.eml"] {
        let mail = place.people.mail(AMINA, name, "HELP", place.world.clock.now());
        place.save(name, &mail);
    }
    let out = place.explained("mails --json");
    let subject =
        |line: &str| serde_json::from_str::<Value>(line).expect("an object")["understood"]["subject"].clone();
    let subjects: Vec<Value> = out.lines().map(subject).collect();
    assert_eq!(subjects, ["mails/a.eml", "mails/b.eml", "mails/c.eml"]);
}

#[test]
fn what_cannot_be_read_is_one_sentence_and_its_code() {
    let mut place = Place::asked();
    let refuses = |place: &Place, words: &str, code: i32, said: &str| {
        let ended = place.run(words, b"");
        assert_eq!(ended.code, code, "{words}: {ended:?}");
        assert_eq!(ended.err.trim_end().lines().count(), 1, "{words}: {}", ended.err);
        assert!(ended.err.contains(said), "{words}: no {said:?} in {}", ended.err);
        ended.err
    };
    refuses(&place, "explain none.eml --config sb.toml", 66, "none.eml cannot be read");
    refuses(&place, "explain none.eml --config none.toml", 78, "none.toml");
    place.save("mail.eml", b"From: a@b.example\n\nHELP\n");
    let early = "explain mail.eml --config sb.toml --now 2026-10-01T08:00:00Z";
    refuses(&place, early, 65, "before the store's own time");
    place.world.moment();
    let restoring = place.store().join("restoring");
    fs::create_dir(&restoring).expect("a folder");
    refuses(&place, "explain mail.eml --config sb.toml", 78, "was begun and not finished");
    fs::remove_dir(&restoring).expect("an empty folder");
    let ledger = place.store().join("ledger/000001.jsonl");
    let whole = fs::read(&ledger).expect("a ledger");
    for (byte, by) in [(40, b'#'), (whole.len() / 2, b'#')] {
        let mut bytes = whole.clone();
        bytes[byte] = by;
        fs::write(&ledger, &bytes).expect("written");
        let backup = place.run("backup saved --config sb.toml", b"");
        assert_eq!(
            refuses(&place, "explain mail.eml --config sb.toml", backup.code, "is damaged"),
            backup.err
        );
    }
    // Its checksum is right, and we do not know what it says.
    let lines = whole.split_inclusive(|byte| *byte == b'\n').count();
    let group =
        format!(r#"{{"seq":{},"at":"2026-11-04T09:00:00Z","notes":[],"changes":[["a/b"]]}}"#, lines + 1);
    let line = format!("{{\"sum\":\"{:08x}\",\"group\":{group}}}\n", crc32fast::hash(group.as_bytes()));
    fs::write(&ledger, [&whole, line.as_bytes()].concat()).expect("written");
    let backup = place.run("backup saved --config sb.toml", b"");
    let newer = refuses(&place, "explain mail.eml --config sb.toml", backup.code, "a newer soundingboard");
    assert_eq!(newer, backup.err);
}
