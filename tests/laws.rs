//! The eight laws of `src/program/mod.rs`, a test each of the same name.

#[path = "world/mod.rs"]
mod world;

use proptest::prelude::*;
use soundingboard::clock::Clock;
use soundingboard::daemon::{Daemon, Desk, Folder, Reader, no_trial};
use soundingboard::decider::{Decider, Fetched, Work};
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::delivery::Outcome;
use soundingboard::mail::inbound::Inbound;
use soundingboard::program;
use soundingboard::program::batch::{Batch, Outgoing, Posting};
use soundingboard::program::input::{Delivery, Input};
use soundingboard::program::order::Order;
use soundingboard::program::record::{LetterSent, Reading, Record, Timestamp};
use soundingboard::program::schedule::{Timer, TimerId};
use soundingboard::store::indexed::IndexedStore;
use soundingboard::store::overlay::GroupView;
use soundingboard::store::{Store, StoreError};
use soundingboard::submission::{MailObject, Submission, SubmissionError};
use std::collections::BTreeMap;
use std::sync::Arc;
use world::people::{Got, MailProgram};
use world::power::Power;
use world::wires::{Post, WorldMailbox, WorldSubmission};
use world::{World, rules, templates};

const AMINA: &str = "Amina Haddad <amina@campus.example>";
const LEILA: &str = "Leila Aziz <leila@auc.example>";
const SIGN_UP: &str =
    "Name: Amina Haddad\r\nInstitution: Campus Library\r\nAreas: Koha reports\r\nShoe size: 38\r\n";
const REQUEST: &str = "Advisor: Amina Haddad\r\nIssue: How do you count renewals?\r\n";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A world in which Leila has asked Amina, and the letters they got.
struct Town {
    world: World,
    people: MailProgram,
    got: Vec<Got>,
}

impl Town {
    fn empty() -> Self {
        let mut world = World::in_memory(at("2026-11-03T09:00:00Z"));
        world.run();
        Self { world, people: MailProgram::default(), got: Vec::new() }
    }

    fn with_a_request() -> Self {
        let mut town = Self::empty();
        town.writes(AMINA, "Advisor sign-up", SIGN_UP);
        town.writes(LEILA, "Request meeting", REQUEST);
        town
    }

    fn writes(&mut self, from: &str, subject: &str, body: &str) -> Vec<Got> {
        let mail = self.people.mail(from, subject, body, self.world.clock.now());
        self.arrives(mail)
    }

    fn arrives(&mut self, mail: Vec<u8>) -> Vec<Got> {
        self.world.post.deliver(mail);
        self.world.run();
        self.collect()
    }

    fn collect(&mut self) -> Vec<Got> {
        let new: Vec<Got> = self.world.post.take_sent().iter().map(Got::read).collect();
        self.got.extend(new.clone());
        new
    }

    fn letter(&self, template: &str) -> Got {
        let found = self.got.iter().rev().find(|g| g.template == template);
        found.unwrap_or_else(|| panic!("nobody got {template}")).clone()
    }

    fn decide(&mut self, input: &Input) -> Batch<Posting> {
        let (store, now) = (self.world.store(), self.world.clock.now());
        program::decide(&self.world.rules, &GroupView::new(&*store), input, now)
    }

    /// Every row but how far the mailbox has been read.
    fn rows(&mut self) -> BTreeMap<String, String> {
        let store = self.world.store();
        rows(&*store)
    }
}

fn rows(store: &dyn Store) -> BTreeMap<String, String> {
    let all = store.range("", usize::MAX).expect("rows");
    all.into_iter().filter(|(key, _)| !key.starts_with("reading/")).collect()
}

fn mail_input(bytes: &[u8]) -> Input {
    Input::Mail(Box::new(Inbound::parse(bytes)))
}

// ---- 1

/// Pieces of mail as people and machines write them, in any combination.
fn any_mail(tokens: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let from = prop::sample::select(vec![
        AMINA,
        LEILA,
        "eve@elsewhere.example",
        "contact@network.example",
        "",
        "<>",
        "a@b@c",
    ]);
    let subject = prop::sample::select(vec![
        "Request meeting",
        "Advisor sign-up",
        "Advisor update",
        "Meeting confirmation",
        "Re: x",
        "ROSTER",
        "",
        "Roster Arabic",
    ]);
    let head = prop::sample::select(vec![
        "",
        "Auto-Submitted: auto-replied\r\n",
        "In-Reply-To: <x@y>\r\n",
        "List-Id: <l.x>\r\n",
        "Content-Type: text/html\r\n",
    ]);
    let line = prop_oneof![
        4 => prop::sample::select(vec![
            "ACCEPT", "Decline - no", "1", "9", "HEARD", "WRITTEN", "CANCEL", "HELD 45", "NOT YET", "NO", "YES", "REMOVE",
            "Advisor: Amina Haddad", "Advisor:", "Issue: {{x}} <b>", "Areas: a; b", "Date: 03/04/2026", "Date: 2026-13-40",
            "Name: N", "",
        ])
        .prop_map(str::to_owned),
        1 => prop::sample::select(tokens),
        1 => any::<String>(),
    ];
    (from, subject, head, prop::collection::vec(line, 0..8), any::<u16>()).prop_map(|(from, subject, head, lines, n)| {
        let body = lines.join("\r\n");
        format!("From: {from}\r\nTo: contact@network.example\r\nSubject: {subject}\r\nMessage-ID: <{n}@x>\r\n{head}\r\n{body}\r\n")
            .into_bytes()
    })
}

fn staff_says(words: &str) -> Order {
    let by = AddrSpec::parse("staff@network.example").expect("an address");
    Order::Staff { by, words: words.to_owned(), about: None }
}

/// Tried against a date that is expected to exist: the fortieth of a thirteenth month fails it.
#[test]
fn total() {
    let mut town = Town::with_a_request();
    let carried =
        town.got.iter().filter_map(|g| g.text.rsplit_once("Reference ")).map(|(_, t)| t.trim().to_owned());
    let carried: Vec<String> = carried.collect();
    let others = [
        Input::Started,
        Input::Timer { id: TimerId("case/00000/expiry/7".into()), due: at("2026-11-01T00:00:00Z") },
        Input::Timer { id: TimerId("".into()), due: Timestamp::MAX_UTC },
        Input::Offered(vec!["nothing-0".into(), String::new()]),
        Input::Delivery(Delivery {
            id: "nothing-0".into(),
            attempt: 0,
            outcome: Outcome::Permanent("550".into()),
        }),
        Input::Quarantined { folder: "INBOX".into(), uid: u32::MAX, why: String::new() },
        Input::Ordered(Order::Retry(Some(String::new()))),
        Input::Ordered(Order::Drop("nothing-0".into())),
        Input::Ordered(Order::Pause),
        Input::Ordered(Order::GoOn),
        Input::Ordered(staff_says("UNDO\nASSIGN 00000 nobody\n\u{0}")),
        Input::Ordered(staff_says("")),
    ];
    let (wording, store) = (templates(&town.world.rules), town.world.store());
    let now = town.world.clock.now();
    let answered = |input: &Input| {
        let batch = program::decide(&town.world.rules, &GroupView::new(&*store), input, now);
        assert_eq!(batch.handled, input.id(now));
        batch.compose(&wording, now).expect("every letter can be worded");
    };
    others.iter().for_each(answered);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&any_mail(carried), |bytes| {
        answered(&mail_input(&bytes));
        Ok(())
    });
    outcome.expect("a batch for every mail");
}

// ---- 2

/// Tried against a Message-ID made of the wall clock: the second life's bytes differ.
#[test]
fn deterministic() {
    let live = || {
        let mut town = Town::with_a_request();
        town.world.pass(at("2026-12-20T12:00:00Z"));
        town.world.post.take_sent().iter().map(|l| (l.to.key(), l.bytes.clone())).collect::<Vec<_>>()
    };
    let (one, other) = (live(), live());
    assert!(one.len() > 5, "only {} letters in seven weeks", one.len());
    assert_eq!(one, other);

    let mut town = Town::with_a_request();
    let reply =
        town.people.reply(AMINA, &town.letter("request-to-advisor"), "ACCEPT", true, town.world.clock.now());
    let input = mail_input(&reply);
    let (first, second) = (town.decide(&input), town.decide(&input));
    assert_eq!(first, second);
    let (wording, now) = (templates(&town.world.rules), town.world.clock.now());
    assert_eq!(first.compose(&wording, now).expect("worded"), second.compose(&wording, now).expect("worded"));
}

// ---- 3

/// Tried against a decider that commits each change as a group of its own: half a batch is found.
#[test]
fn all_or_nothing() {
    let whole = committed_until(usize::MAX);
    let mut outcomes = [0, 0];
    for step in 0..8 {
        let left = committed_until(step);
        let is_whole = left == whole;
        assert!(
            is_whole || left.is_empty(),
            "stopped before step {step}, part of the batch is there: {left:?}"
        );
        outcomes[usize::from(is_whole)] += 1;
    }
    assert!(outcomes.iter().all(|n| *n > 0), "the power must go before and after the sync: {outcomes:?}");
}

/// What is on the disk after a sign-up whose commit lost power before this step.
fn committed_until(step: usize) -> BTreeMap<String, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let rules = rules();
    let wording = templates(&rules);
    let (clock, _) = Clock::manual(at("2026-11-03T09:00:00Z"));
    let store = IndexedStore::open_with(dir.path(), Arc::new(Power::until(step))).expect("a store").store;
    let decider = Decider { rules, wording, store: Arc::new(store), clock };
    let bytes = MailProgram::default().mail(AMINA, "Advisor sign-up", SIGN_UP, at("2026-11-03T09:00:00Z"));
    let reading = Reading {
        folder: "INBOX".into(),
        purpose: Default::default(),
        uid_validity: 1,
        last_uid: 1,
        old_up_to: 0,
        since: None,
        older: 0,
        again_up_to: 0,
        vanished: 0,
    };
    let mails = vec![Fetched { uid: 1, bytes, complete: true, received: None, was_handled: false }];
    let done = decider.work(&Work::Mails { mails, reading, mark_handled: true, rows: Vec::new() });
    drop(decider);
    let left = rows(&IndexedStore::open(dir.path()).expect("the store opens again").store);
    // "It is on the disk when commit returns."
    assert!(done.is_err() || !left.is_empty());
    left
}

// ---- 4

/// A mail server that looks into the store whenever a letter is offered.
struct Suspicious {
    inner: WorldSubmission,
    store: Arc<dyn Store>,
}

impl Submission for Suspicious {
    async fn ready(&self) -> usize {
        usize::MAX
    }
    async fn submit(&self, mail: MailObject<'_>) -> Result<Outcome, SubmissionError> {
        let id = Inbound::parse(mail.content).message_id.expect("a letter has a Message-ID");
        let key = format!("{}/{}", LetterSent::TABLE, id.inner());
        assert!(self.store.get(&key).expect("a read").is_some(), "{id} is offered and not committed");
        let attempts: Vec<Outgoing> = self
            .store
            .range("outbox/", usize::MAX)
            .expect("rows")
            .iter()
            .map(|(_, text)| serde_json::from_str(text).expect("a letter"))
            .collect();
        let noted = |o: &&Outgoing| o.message_id == id && o.recipient == *mail.recipient && o.under_way;
        assert_eq!(attempts.iter().filter(noted).count(), 1, "the attempt for {id} is not committed");
        self.inner.submit(mail).await
    }
    fn connections(&self) -> usize {
        2
    }
    fn per_minute(&self) -> u32 {
        u32::MAX
    }
}

/// A store whose disk is full.
struct Full(Arc<dyn Store>);

impl Store for Full {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.0.get(key)
    }
    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        self.0.range(prefix, limit)
    }
    fn commit(&self, _: &soundingboard::store::Group) -> Result<(), StoreError> {
        let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
        Err(StoreError::NotCommitted { path: "ledger".into(), source })
    }
    fn latest(&self) -> Option<Timestamp> {
        self.0.latest()
    }
}

fn run_on(store: Arc<dyn Store>, post: &Post) -> Result<(), String> {
    let rules = rules();
    let (clock, _) = Clock::manual(at("2026-11-03T10:00:00Z"));
    let power = Arc::new(Power::always());
    let wording = templates(&rules);
    let decider = Decider { rules, wording, store: store.clone(), clock: clock.clone() };
    let first = soundingboard::config::First::All;
    let folder = Folder {
        name: "INBOX".into(),
        purpose: Default::default(),
        first,
        marks: true,
        holds_handled: false,
        trial: no_trial(),
    };
    let mailbox = WorldMailbox::inbox(post, &power);
    let reader = Reader::new(mailbox, Desk::open(decider).expect("a thread"), clock, folder);
    let submission = Suspicious { inner: WorldSubmission { post: post.clone(), power }, store };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut daemon = Daemon { reader, also: Vec::new(), submission, handled: None };
    runtime.block_on(daemon.run_once()).map(|_| ()).map_err(|fault| fault.to_string())
}

/// The mail server looks into the store whenever a letter is offered; and a full disk lets nothing out.
#[test]
fn save_then_speak() {
    let post = Post::default();
    post.deliver(MailProgram::default().mail(AMINA, "Advisor sign-up", SIGN_UP, at("2026-11-03T09:00:00Z")));
    let store: Arc<dyn Store> = Arc::new(soundingboard::store::memory::Memory::new());
    let refused = run_on(Arc::new(Full(store.clone())), &post).expect_err("the disk is full");
    assert!(refused.contains("nothing was lost"), "{refused}");
    assert!(
        post.take_sent().is_empty() && post.moved().is_empty(),
        "something was done that is not on the disk"
    );
    run_on(store, &post).expect("a run");
    assert_eq!((post.take_sent().len(), post.moved().len()), (1, 1));
}

// ---- 5

/// A second copy, with other trace fields too; timers that were moved; an outcome told twice.
#[test]
fn once() {
    let mut town = Town::with_a_request();
    let reply =
        town.people.reply(AMINA, &town.letter("request-to-advisor"), "ACCEPT", true, town.world.clock.now());
    assert_eq!(town.arrives(reply.clone()).len(), 2);
    let before = town.rows();
    let mut copy =
        b"Received: from elsewhere by mx.network.example; Tue, 3 Nov 2026 10:00:00 +0000\r\n".to_vec();
    copy.extend(&reply);
    for again in [reply, copy] {
        assert!(town.arrives(again).is_empty(), "a second copy was answered");
        assert_eq!(town.rows(), before);
    }

    let timers: Vec<(String, String)> =
        before.iter().filter(|(k, _)| k.starts_with("timer/")).map(|(k, v)| (k.clone(), v.clone())).collect();
    assert!(!timers.is_empty());
    for (_, text) in timers {
        let timer: Timer = serde_json::from_str(&text).expect("a timer");
        let stale = Input::Timer { id: timer.id, due: timer.due - chrono::TimeDelta::days(1) };
        assert!(town.decide(&stale).outbox.is_empty(), "a moved timer spoke");
    }
    let concluded = Input::Delivery(Delivery { id: "x-0".into(), attempt: 1, outcome: Outcome::Accepted });
    let batch = town.decide(&concluded);
    assert!(batch.records.is_empty() && batch.outbox.is_empty() && batch.timers.is_empty());
}

// ---- 6

/// Each kind of machine says each thing that would be answered if a person said it.
#[test]
fn machines_are_not_answered() {
    let mut town = Town::with_a_request();
    let request = town.letter("request-to-advisor");
    let reference = request.text.rsplit_once("Reference ").expect("a reference").1.trim().to_owned();
    assert_eq!(town.writes(AMINA, "ROSTER", "").len(), 1, "from a person it is answered");
    let heads = [
        ("amina@campus.example", "Auto-Submitted: auto-replied\r\n"),
        ("amina@campus.example", "Auto-Submitted: auto-generated\r\n"),
        ("amina@campus.example", "Return-Path: <>\r\n"),
        ("amina@campus.example", "List-Id: <all.campus.example>\r\nPrecedence: list\r\n"),
        ("amina@campus.example", "X-Autoreply: yes\r\nSubject: Out of office\r\n"),
        ("mailer-daemon@campus.example", ""),
        ("noreply@campus.example", ""),
        ("no-reply@campus.example", ""),
        ("contact@network.example", ""),
    ];
    let bodies = [
        "ROSTER".to_owned(),
        format!("Kind: x\r\n{SIGN_UP}"),
        format!("ACCEPT\r\n\r\n> Reference {reference}"),
    ];
    let subjects = ["ROSTER", "Advisor sign-up", "Re: your request"];
    let mut tried = 0;
    for (from, head) in heads {
        for body in &bodies {
            for subject in subjects {
                tried += 1;
                let mail = format!(
                    "From: {from}\r\nTo: contact@network.example\r\nMessage-ID: <m{tried}@x>\r\n{head}Subject: {subject}\r\n\r\n{body}\r\n"
                );
                let answers = town.arrives(mail.into_bytes());
                assert!(answers.is_empty(), "{from} {head} {subject} {body}: {:?}", answers[0].subject);
            }
        }
    }
    // Our own letters, come back to us.
    let mut copy = Town::with_a_request();
    let own: Vec<Vec<u8>> = own_letters();
    assert!(own.len() >= 3);
    for letter in own {
        assert!(copy.arrives(letter).is_empty(), "we answered ourselves");
    }
}

fn own_letters() -> Vec<Vec<u8>> {
    let mut world = World::in_memory(at("2026-11-03T09:00:00Z"));
    let mut people = MailProgram::default();
    world.run();
    for (from, subject, body) in [(AMINA, "Advisor sign-up", SIGN_UP), (LEILA, "Request meeting", REQUEST)] {
        world.post.deliver(people.mail(from, subject, body, world.clock.now()));
        world.run();
    }
    world.post.take_sent().into_iter().map(|letter| letter.bytes).collect()
}

// ---- 7

/// One answer for each mail, with what was understood and what was not.
#[test]
fn a_person_always_learns() {
    let mut town = Town::empty();
    let said = |town: &mut Town, from: &str, subject: &str, body: &str, words: &[&str]| {
        let reader = from.split_once('<').map_or(from, |(_, a)| a.trim_end_matches('>'));
        let answers: Vec<Got> =
            town.writes(from, subject, body).into_iter().filter(|g| g.to == reader).collect();
        assert_eq!(
            answers.len(),
            1,
            "{from} {subject}: {:?}",
            answers.iter().map(|a| &a.subject).collect::<Vec<_>>()
        );
        for word in words {
            assert!(answers[0].text.contains(word), "{subject} lacks {word}:\n{}", answers[0].text);
        }
    };
    said(&mut town, AMINA, "Advisor sign-up", SIGN_UP, &["Koha reports", "Campus Library", "Shoe size: 38"]);
    said(&mut town, AMINA, "Advisor update", "Time zone: Mars\r\n", &["Mars"]);
    said(&mut town, LEILA, "Request meeting", "Issue: x\r\n", &["Advisor"]);
    said(&mut town, LEILA, "Request meeting", "Advisor: Zebedee\r\nIssue: x\r\n", &["Zebedee"]);
    said(
        &mut town,
        LEILA,
        "Meeting confirmation",
        "Advisor: A\r\nAdvisee: B\r\nDate: 03/04/2026\r\n",
        &["03/04/2026"],
    );
    said(&mut town, LEILA, "ROSTER metadata", "", &["metadata"]);
    said(&mut town, "eve@elsewhere.example", "Advisor sign-up", SIGN_UP, &["staff", "Koha reports"]);
    said(&mut town, LEILA, "Request meeting", REQUEST, &["How do you count renewals?"]);
    // A word that has no meaning now.
    let request = town.letter("request-to-advisor");
    let reply = town.people.reply(AMINA, &request, "HELD 45", true, town.world.clock.now());
    assert_eq!(town.arrives(reply).len(), 1);
}

// ---- 8

/// The week runs from the decision, then from the delivery; silence ends in a letter.
#[test]
fn nobody_waits_in_silence() {
    let mut town = Town::empty();
    town.writes(AMINA, "Advisor sign-up", SIGN_UP);
    town.world.post.set_smtp(false);
    town.writes(LEILA, "Request meeting", REQUEST);
    let expiry = |town: &mut Town| {
        let rows = town.rows();
        let timer = rows.iter().find(|(key, _)| key.starts_with("timer/case/") && key.contains("/expiry/"));
        let timer: Timer = serde_json::from_str(timer.expect("an expiry").1).expect("a timer");
        timer.due
    };
    assert_eq!(expiry(&mut town), at("2026-11-10T09:00:00Z"), "it runs from the decision");
    town.world.pass(at("2026-11-04T08:00:00Z"));
    town.world.post.set_smtp(true);
    town.world.pass(at("2026-11-04T12:00:00Z"));
    assert!(expiry(&mut town) > at("2026-11-10T09:00:00Z"), "it is moved when delivery is accepted");

    // From here on nobody says a word; something open always has a timer, and each ends in
    // a letter to the one who waits.
    let leila = AddrSpec::parse("leila@auc.example").expect("an address").key();
    let mut days = 0;
    while town.rows().keys().any(|key| key.starts_with("open/")) {
        assert!(town.rows().keys().any(|key| key.starts_with("timer/case/")), "open, and no timer");
        days += 1;
        assert!(days < 60, "open for ever");
        let tomorrow = town.world.clock.now() + chrono::TimeDelta::days(1);
        town.world.pass(tomorrow);
        town.collect();
    }
    let last = town.got.iter().rev().find(|g| g.to == leila).expect("Leila got letters");
    assert_eq!(last.template, "case-ended");
    assert!(town.rows().keys().all(|key| !key.starts_with("timer/case/")), "a timer of a closed case");
}
