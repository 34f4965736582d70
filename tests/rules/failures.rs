//! What we fail over, in deciding, wording or reading the store: left out, told, and in nobody's way.

use super::world;
use chrono::TimeDelta;
use soundingboard::clock::{Clock, Setter};
use soundingboard::decider::{Decider, Fetched, Work};
use soundingboard::mail::delivery::Outcome;
use soundingboard::mail::message_id::MessageId;
use soundingboard::program::batch::{Compose, Mail, Outgoing};
use soundingboard::program::input::{Delivery, Input};
use soundingboard::program::letter::Addressed;
use soundingboard::program::record::{Hold, Reading, Record, Timestamp};
use soundingboard::program::schedule::Timer;
use soundingboard::store::memory::Memory;
use soundingboard::store::{Group, Store, StoreError};
use soundingboard::templates::Templates;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use world::people::MailProgram;

const SIGN_UP: &str = "Name: Amina Haddad\r\nInstitution: Campus Library\r\nAreas: Koha reports\r\n";
const AMINA: &str = "Amina Haddad <amina@campus.example>";
const LEILA: &str = "Leila Aziz <leila@auc.example>";

/// How the wording of a letter fails.
#[derive(Clone, Copy, Debug)]
enum How {
    Says,
    Panics,
}

/// Words every letter but some.
struct Failing {
    templates: Templates,
    over: Arc<Mutex<Vec<&'static str>>>,
    how: How,
}

impl Compose for Failing {
    type Error = String;
    fn compose(&self, letter: &Addressed, id: &MessageId, now: Timestamp) -> Result<Mail, String> {
        let name = letter.letter.template();
        let fails = self.over.lock().expect("names").contains(&name);
        match self.how {
            How::Says if fails => Err(format!("{name} has no such field")),
            How::Panics if fails => panic!("{name} cannot be worded"),
            _ => self.templates.compose(letter, id, now).map_err(|error| error.to_string()),
        }
    }
}

struct Desk {
    decider: Decider<Failing>,
    over: Arc<Mutex<Vec<&'static str>>>,
    people: MailProgram,
    hands: Setter,
    read: u32,
}

impl Desk {
    fn failing(how: How) -> Self {
        let (clock, hands) = Clock::manual("2026-11-03T09:00:00Z".parse().expect("a time"));
        let rules = world::rules();
        let over = Arc::default();
        let wording = Failing { templates: world::templates(&rules), over: Arc::clone(&over), how };
        let decider = Decider { rules, wording, store: Arc::new(Memory::new()), clock };
        Self { decider, over, people: MailProgram::default(), hands, read: 0 }
    }

    fn fails_over(&self, letters: &[&'static str]) {
        *self.over.lock().expect("names") = letters.to_vec();
    }

    fn pass(&self, time: TimeDelta) {
        self.hands.set(self.decider.clock.now() + time);
    }

    /// These mails come in one batch.
    fn arrive(&mut self, mails: &[(&str, &str, &str)]) -> Vec<String> {
        let (work, read) = batch(&mut self.people, self.decider.clock.now(), self.read, mails);
        self.read = read;
        words(self.decider.work(&work).expect("a decision"))
    }

    fn happens(&self, input: Input) -> String {
        words(self.decider.work(&Work::Inputs(vec![input])).expect("a decision")).join(" ")
    }

    fn all<R: Record>(&self) -> Vec<R> {
        let rows = self.decider.store.range(&format!("{}/", R::TABLE), usize::MAX).expect("rows");
        rows.iter().map(|(_, text)| serde_json::from_str(text).expect("a record")).collect()
    }

    fn letters(&self) -> Vec<String> {
        self.all::<Outgoing>().into_iter().map(|copy| copy.template).collect()
    }

    fn told(&self) -> Vec<String> {
        self.all::<Hold>().iter().map(|hold| format!("{:?}: {}", hold.kind, hold.about)).collect()
    }

    /// Whatever is due fires.
    fn fires(&self) -> Vec<String> {
        let now = self.decider.clock.now();
        let due = self.all::<Timer>().into_iter().filter(|timer| timer.due <= now);
        let inputs = due.map(|timer| Input::Timer { id: timer.id, due: timer.due }).collect();
        words(self.decider.work(&Work::Inputs(inputs)).expect("a decision"))
    }
}

fn words(verdicts: Vec<soundingboard::program::verdict::Verdict>) -> Vec<String> {
    verdicts.iter().map(|verdict| verdict.what_word().to_owned()).collect()
}

fn batch(people: &mut MailProgram, now: Timestamp, read: u32, mails: &[(&str, &str, &str)]) -> (Work, u32) {
    let mut last_uid = read;
    let fetched = mails.iter().map(|(from, subject, body)| {
        last_uid += 1;
        let bytes = people.mail(from, subject, body, now);
        Fetched { uid: last_uid, bytes, complete: true, received: None, was_handled: false }
    });
    let mails = fetched.collect();
    let reading = Reading {
        folder: "INBOX".to_owned(),
        purpose: Default::default(),
        uid_validity: 1,
        last_uid,
        old_up_to: 0,
        since: None,
        older: 0,
        again_up_to: 0,
        vanished: 0,
    };
    (Work::Mails { mails, reading, mark_handled: false, rows: Vec::new() }, last_uid)
}

#[test]
fn a_mail_whose_answer_cannot_be_worded_is_told_and_the_rest_is_answered() {
    for how in [How::Says, How::Panics] {
        let mut desk = Desk::failing(how);
        desk.fails_over(&["roster"]);
        let said =
            desk.arrive(&[(AMINA, "Advisor sign-up", SIGN_UP), (LEILA, "ROSTER", ""), (LEILA, "HELP", "")]);
        assert_eq!(said[1], "quarantined", "{how:?}: {said:?}");
        assert_eq!(desk.letters().len(), 2, "{how:?}: {:?}", desk.letters());
        let told = desk.told();
        assert!(
            told.len() == 1 && told[0].starts_with("Quarantined") && told[0].contains("roster"),
            "{told:?}"
        );
    }
}

#[test]
fn several_promises_that_cannot_be_kept_are_put_off_by_a_day_and_no_start_fails_over_them() {
    for how in [How::Says, How::Panics] {
        let mut desk = Desk::failing(how);
        desk.happens(Input::Started);
        let request = "Advisor: Amina Haddad\r\nIssue: How do you count renewals?\r\n";
        desk.arrive(&[(AMINA, "Advisor sign-up", SIGN_UP), (LEILA, "Request meeting", request)]);
        let letter = desk.all::<Outgoing>().into_iter().find(|l| l.template == "request-to-advisor");
        let id = letter.expect("a request").id;
        desk.happens(Input::Offered(vec![id.clone()]));
        desk.happens(Input::Delivery(Delivery { id, attempt: 1, outcome: Outcome::Accepted }));
        desk.fails_over(&["digest", "reminder"]);
        desk.pass(TimeDelta::days(6) + TimeDelta::hours(4));
        let stuck = |said: &[String]| said.iter().filter(|word| *word == "stuck").count();
        let said = desk.fires();
        assert_eq!(stuck(&said), 2, "{how:?}: {said:?}");
        assert!(desk.fires().is_empty(), "not at once again");
        assert_eq!(desk.happens(Input::Started), "", "{how:?}: a start moves none of them");
        assert_eq!(desk.told().iter().filter(|told| told.starts_with("Stuck")).count(), 2);
        desk.fails_over(&[]);
        desk.pass(TimeDelta::hours(25));
        assert_eq!(stuck(&desk.fires()), 0);
        assert!(desk.letters().contains(&"digest".to_owned()), "{:?}", desk.letters());
    }
}

#[test]
fn a_report_of_the_mail_server_over_which_we_fail_ends_with_the_staff() {
    for how in [How::Says, How::Panics] {
        let mut desk = Desk::failing(how);
        let request = "Advisor: Amina Haddad\r\nIssue: How do you count renewals?\r\n";
        desk.arrive(&[(AMINA, "Advisor sign-up", SIGN_UP), (LEILA, "Request meeting", request)]);
        desk.fails_over(&["not-reached", "no-advisor-left", "with-staff", "staff-search"]);
        let gone = || Outcome::Permanent("550 5.1.1 no such user".to_owned());
        let letter = |desk: &Desk| {
            desk.all::<Outgoing>()
                .into_iter()
                .find(|l| l.template == "request-to-advisor")
                .expect("a request")
        };
        let all = desk.letters().len();
        for (attempt, word) in [(1, "uncertain"), (2, "uncertain-held")] {
            desk.happens(Input::Offered(vec![letter(&desk).id]));
            let delivery = Delivery { id: letter(&desk).id, attempt, outcome: gone() };
            assert_eq!(desk.happens(Input::Delivery(delivery)), word, "{how:?}");
        }
        assert_eq!(desk.letters().len(), all);
        assert!(desk.told().iter().any(|told| told.starts_with("UncertainDelivery")), "{:?}", desk.told());
    }
}

/// A store whose index is found damaged by one of the reads, and is then a new one.
struct Damaged {
    inner: Memory,
    reads: AtomicUsize,
    at: usize,
    found: AtomicBool,
}

impl Damaged {
    fn read(&self, key: &str) -> Result<(), StoreError> {
        if self.reads.fetch_add(1, SeqCst) == self.at {
            self.found.store(true, SeqCst);
            return Err(StoreError::IndexRebuilt { why: format!("a bad page at {key}") });
        }
        Ok(())
    }
}

impl Store for Damaged {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read(key)?;
        self.inner.get(key)
    }
    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        self.read(prefix)?;
        self.inner.range(prefix, limit)
    }
    fn commit(&self, group: &Group) -> Result<(), StoreError> {
        self.inner.commit(group)
    }
    fn latest(&self) -> Option<Timestamp> {
        self.inner.latest()
    }
}

/// Everything after a sign-up, a request and a question, where this read finds the index damaged.
fn after_three_mails(at: usize) -> (Vec<(String, String)>, bool) {
    let store = Arc::new(Damaged { inner: Memory::new(), reads: 0.into(), at, found: false.into() });
    static WORDING: LazyLock<Arc<Templates>> = LazyLock::new(|| Arc::new(world::templates(&world::rules())));
    let (clock, _) = Clock::manual("2026-11-03T09:00:00Z".parse().expect("a time"));
    let (rules, now) = (world::rules(), clock.now());
    let decider = Decider { rules, wording: WORDING.clone(), store: store.clone() as Arc<dyn Store>, clock };
    let request = "Advisor: Amina Haddad\r\nIssue: How do you count renewals?\r\n";
    let mails =
        [(AMINA, "Advisor sign-up", SIGN_UP), (LEILA, "Request meeting", request), (LEILA, "ROSTER", "")];
    let (work, _) = batch(&mut MailProgram::default(), now, 0, &mails);
    let said = decider.work(&work).expect("a decision, the second time if not the first");
    assert!(said.iter().all(|verdict| verdict.what_word() != "quarantined"), "at read {at}");
    (store.inner.range("", usize::MAX).expect("rows"), store.found.load(SeqCst))
}

#[test]
fn a_damaged_read_inside_a_decision_changes_nothing_of_what_is_decided() {
    let (sound, found) = after_three_mails(usize::MAX);
    assert!(!found && sound.len() > 20);
    let mut at = 0;
    loop {
        let (rows, found) = after_three_mails(at);
        assert_eq!(rows, sound, "where read {at} found it");
        if !found {
            break;
        }
        // Early reads one by one; of the many later ones some.
        at += 1 + at / 20;
    }
    assert!(at > 60, "only {at} reads");
}
