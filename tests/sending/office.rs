//! A daemon that serves in virtual time: letters in its outbox, a mail server that says what a test
//! wants, and a store that looks after the law of the one window.

use crate::world::people::{Got, MailProgram};
use crate::world::{rules, templates};
use soundingboard::clock::{Clock, Setter};
use soundingboard::config::First;
use soundingboard::daemon::{Daemon, Desk, Folder, Reader, alarms, no_trial};
use soundingboard::decider::{Decider, Fetched as Mail, Work};
use soundingboard::mail::delivery::Outcome;
use soundingboard::mailbox::{ContactMailbox, Fetched, Listed, MailboxError, Selected, Survey};
use soundingboard::program::batch::Outgoing;
use soundingboard::program::input::{Input, Purpose};
use soundingboard::program::record::{Hold, Reading, Record, Timestamp};
use soundingboard::store::memory::Memory;
use soundingboard::store::{Group, Store, StoreError};
use soundingboard::submission::{MailObject, Submission, SubmissionError};
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, LocalSet, yield_now};

/// More letters than this must never be in doubt at once.
const CONNECTIONS: usize = 2;
/// How fast virtual time goes.
const STEP: Duration = Duration::from_secs(10);

pub const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// A letter that was offered, and what the server said to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Since the beginning.
    pub at: Duration,
    pub to: String,
    pub message_id: String,
    pub template: String,
    pub bytes: Vec<u8>,
    pub outcome: Outcome,
}

// ---- the mail server

type Mood = Box<dyn FnMut(&Said) -> Outcome>;

struct Server {
    clock: Clock,
    begin: Timestamp,
    mood: RefCell<Mood>,
    said: Rc<RefCell<Vec<Said>>>,
    /// How long it takes over each letter.
    takes: Duration,
    refuses_login: Rc<Cell<bool>>,
}

impl Submission for Server {
    async fn ready(&self) -> usize {
        usize::MAX
    }

    async fn submit(&self, mail: MailObject<'_>) -> Result<Outcome, SubmissionError> {
        if self.refuses_login.get() {
            let (server, user) = ("mail.network.example".to_owned(), "contact@network.example".to_owned());
            return Err(SubmissionError::Authentication { server, user, words: "535 5.7.8 no".to_owned() });
        }
        let got = Got::of(mail.recipient.as_str(), mail.content);
        let mut said = Said {
            at: since(self.begin, &self.clock),
            to: mail.recipient.to_string(),
            message_id: got.message_id,
            template: got.template,
            bytes: mail.content.to_vec(),
            outcome: Outcome::Accepted,
        };
        said.outcome = (self.mood.borrow_mut())(&said);
        if !self.takes.is_zero() {
            self.clock.sleep(self.takes).await;
        }
        let outcome = said.outcome.clone();
        self.said.borrow_mut().push(said);
        Ok(outcome)
    }

    fn connections(&self) -> usize {
        CONNECTIONS
    }

    fn per_minute(&self) -> u32 {
        u32::MAX
    }
}

fn since(begin: Timestamp, clock: &Clock) -> Duration {
    (clock.now() - begin).to_std().expect("time runs forward")
}

/// What keeps the contact mailbox from being read.
#[derive(Clone, Copy)]
pub enum Obstacle {
    Away,
    LoginRefused,
}

impl Obstacle {
    fn error(self) -> MailboxError {
        let server = "mail.network.example".to_owned();
        match self {
            Obstacle::Away => MailboxError::Lost {
                server,
                command: "SELECT".to_owned(),
                cause: "no answer within 60 s".to_owned(),
            },
            Obstacle::LoginRefused => MailboxError::Authentication {
                server,
                user: "contact@network.example".to_owned(),
                words: "[AUTHENTICATIONFAILED] no".to_owned(),
            },
        }
    }
}

/// A contact mailbox in which nothing lies.
struct Quiet {
    clock: Clock,
    obstacle: Rc<Cell<Option<Obstacle>>>,
}

impl ContactMailbox for Quiet {
    async fn select(&mut self) -> Result<Selected, MailboxError> {
        match self.obstacle.get() {
            None => Ok(Selected { uid_validity: 1, exists: 0, uid_next: None }),
            Some(obstacle) => Err(obstacle.error()),
        }
    }
    async fn list(&mut self, _: u32) -> Result<Vec<Listed>, MailboxError> {
        Ok(Vec::new())
    }
    async fn survey(&mut self) -> Result<Survey, MailboxError> {
        Ok(Survey::default())
    }
    async fn headers(&mut self, _: &[u32], _: &str) -> Result<Vec<Fetched>, MailboxError> {
        Ok(Vec::new())
    }
    async fn fetch(&mut self, _: &[Listed]) -> Result<Vec<Fetched>, MailboxError> {
        Ok(Vec::new())
    }
    fn has_news(&self) -> bool {
        false
    }
    async fn mark_handled(&mut self, _: &[u32]) -> Result<(), MailboxError> {
        Ok(())
    }
    async fn wait(&mut self, at_most: Duration) -> Result<(), MailboxError> {
        self.clock.sleep(at_most).await;
        Ok(())
    }
}

// ---- the store

#[derive(Default)]
struct Ledger {
    inner: Memory,
    commits: AtomicUsize,
    /// After how many commits more the disk is full.
    room: AtomicUsize,
    is_full: AtomicBool,
}

impl Store for Ledger {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.inner.get(key)
    }

    fn range(&self, prefix: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        self.inner.range(prefix, limit)
    }

    fn commit(&self, group: &Group) -> Result<(), StoreError> {
        if self.is_full.load(SeqCst) && self.room.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1)).is_err()
        {
            let source = std::io::ErrorKind::StorageFull.into();
            return Err(StoreError::NotCommitted { path: "ledger".to_owned(), source });
        }
        self.commits.fetch_add(1, SeqCst);
        self.inner.commit(group)?;
        let in_doubt = all::<Outgoing>(&self.inner).iter().filter(|copy| copy.under_way).count();
        assert!(in_doubt <= CONNECTIONS, "a kill now would leave {in_doubt} letters in doubt");
        Ok(())
    }

    fn latest(&self) -> Option<Timestamp> {
        self.inner.latest()
    }
}

fn all<R: Record>(store: &dyn Store) -> Vec<R> {
    let rows = store.range(&format!("{}/", R::TABLE), usize::MAX).expect("a store in memory");
    rows.iter().map(|(_, text)| serde_json::from_str(text).expect("a record")).collect()
}

// ---- the daemon

pub struct Office {
    tasks: LocalSet,
    serving: JoinHandle<()>,
    store: Arc<Ledger>,
    desk: Desk,
    clock: Clock,
    hands: Setter,
    said: Rc<RefCell<Vec<Said>>>,
    obstacle: Rc<Cell<Option<Obstacle>>>,
    refuses_login: Rc<Cell<bool>>,
    people: MailProgram,
    written: u32,
    _stop: watch::Sender<bool>,
}

impl Office {
    /// So many letters wait, to as many people, and a server of this mood.
    pub async fn open(letters: usize, mood: impl FnMut(&Said) -> Outcome + 'static) -> Self {
        Self::with(letters, Box::new(mood), Duration::ZERO).await
    }

    /// A server that takes all, and its time.
    pub async fn slow(letters: usize, takes: Duration) -> Self {
        Self::with(letters, Box::new(|_| Outcome::Accepted), takes).await
    }

    async fn with(letters: usize, mood: Mood, takes: Duration) -> Self {
        let begin: Timestamp = "2026-11-03T09:00:00Z".parse().expect("a time");
        let (clock, hands) = Clock::manual(begin);
        let store = Arc::new(Ledger::default());
        let rules = rules();
        let wording = templates(&rules);
        let failures = wording.failures();
        let decider = Decider { rules, wording, store: store.clone(), clock: clock.clone() };
        write_letters(&decider, letters);
        let desk = Desk::open(decider).expect("a thread");
        let said = Rc::default();
        let refuses_login = Rc::default();
        let server = Server {
            clock: clock.clone(),
            begin,
            mood: RefCell::new(mood),
            said: Rc::clone(&said),
            takes,
            refuses_login: Rc::clone(&refuses_login),
        };
        let (stop, stopped) = watch::channel(false);
        let obstacle = Rc::default();
        let mailbox = Quiet { clock: clock.clone(), obstacle: Rc::clone(&obstacle) };
        let reader = reader(mailbox, &desk, &clock);
        let daemon = Daemon { reader, also: Vec::new(), handled: None, submission: server };
        let tasks = LocalSet::new();
        let (watched, time) = (desk.clone(), clock.clone());
        tasks.spawn_local(async move { alarms::keep(&watched, &time, &failures).await });
        let serving = tasks.spawn_local(async move { daemon.serve(stopped).await.expect("it serves") });
        let people = MailProgram::default();
        Self {
            tasks,
            serving,
            store,
            desk,
            clock,
            hands,
            said,
            obstacle,
            refuses_login,
            people,
            written: 0,
            _stop: stop,
        }
    }

    /// Lets virtual time pass.
    pub async fn passes(&mut self, time: Duration) {
        let end = self.clock.now() + time;
        self.settles().await;
        while self.clock.now() < end {
            self.hands.set(self.clock.now() + STEP);
            self.settles().await;
        }
    }

    /// Returns when nothing happens any more at this moment.
    async fn settles(&self) {
        let mut quiet = 0;
        while quiet < 3 {
            let before = (self.commits(), self.said.borrow().len());
            self.tasks
                .run_until(async {
                    // It comes after whatever the daemon has handed in.
                    self.desk.decide(Work::Rows(Vec::new())).await.expect("a desk");
                    for _ in 0..16 {
                        yield_now().await;
                    }
                })
                .await;
            assert!(!self.serving.is_finished(), "it stopped serving");
            let same = before == (self.commits(), self.said.borrow().len());
            quiet = if same { quiet + 1 } else { 0 };
        }
    }

    /// Somebody writes and waits for an answer.
    pub async fn somebody_asks(&mut self, subject: &str) {
        self.written += 1;
        let bytes = self.people.mail("Person <person1@campus.example>", subject, "", self.clock.now());
        let reading = Reading {
            folder: "elsewhere".to_owned(),
            purpose: Purpose::Contact,
            uid_validity: 1,
            last_uid: self.written,
            old_up_to: 0,
            since: None,
            older: 0,
            again_up_to: 0,
            vanished: 0,
        };
        let mails =
            vec![Mail { uid: self.written, bytes, complete: true, received: None, was_handled: false }];
        let work = Work::Mails { mails, reading, mark_handled: false, rows: Vec::new() };
        self.tasks.run_until(self.desk.decide(work)).await.expect("a decision");
    }

    /// From now on the mail server refuses our login; or does not.
    pub fn server_refuses_login(&self, refuses: bool) {
        self.refuses_login.set(refuses);
    }

    /// From now on the mailbox cannot be read; or can.
    pub fn mailbox_is(&self, obstacle: Option<Obstacle>) {
        self.obstacle.set(obstacle);
    }

    /// The letters of these kinds that were offered: of each its kind, and its text on one line.
    pub fn told_of(&self, templates: &[&str]) -> Vec<String> {
        let said = self.said.borrow();
        let of = said.iter().filter(|said| templates.contains(&said.template.as_str()));
        let line =
            |text: &str| text.split_whitespace().filter(|word| *word != ">").collect::<Vec<_>>().join(" ");
        of.map(|said| format!("{} {}", said.template, line(&Got::of(&said.to, &said.bytes).text))).collect()
    }

    pub fn disk_is_full_after(&self, commits: usize) {
        self.store.room.store(commits, SeqCst);
        self.store.is_full.store(true, SeqCst);
    }

    pub fn disk_has_room(&self) {
        self.store.is_full.store(false, SeqCst);
    }

    pub fn commits(&self) -> usize {
        self.store.commits.load(SeqCst)
    }

    /// Every letter that was offered so far.
    pub fn said(&self) -> Vec<Said> {
        self.said.borrow().clone()
    }

    pub fn told_to_staff(&self) -> Vec<String> {
        all::<Hold>(&*self.store).iter().map(|hold| format!("{:?} {}", hold.kind, hold.who)).collect()
    }
}

fn reader(mailbox: Quiet, desk: &Desk, clock: &Clock) -> Reader<Quiet> {
    let folder = Folder {
        name: "INBOX".to_owned(),
        purpose: Purpose::Contact,
        first: First::New,
        marks: false,
        holds_handled: false,
        trial: no_trial(),
    };
    Reader::new(mailbox, desk.clone(), clock.clone(), folder)
}

/// A roster is announced: one letter to each on it.
fn write_letters(decider: &Decider<soundingboard::templates::Templates>, letters: usize) {
    let line = |n: usize| format!("Person {n},person{n}@campus.example,Campus Library,Koha\n");
    let csv: String =
        std::iter::once("Name,Email,Institution,Areas\n".to_owned()).chain((0..letters).map(line)).collect();
    let read = soundingboard::import::entries(Path::new("roster.csv"), csv.as_bytes(), &decider.rules);
    let (entries, _) = read.expect("a roster");
    decider.work(&Work::Inputs(vec![Input::Imported(entries)])).expect("an import");
    soundingboard::import::announce_all(decider).expect("an announcement");
    assert_eq!(all::<Outgoing>(&*decider.store).len(), letters);
}
