//! Rules one by one, through the decider on a store in memory, without a wire.

mod alarms;
mod brakes;
mod disk;
mod failures;
mod forgetting;
mod kept_mail;
mod lookup;
mod offer;
mod orders;
mod outbox;
mod stuck;
mod time;
#[path = "../world/mod.rs"]
mod world;

use chrono::TimeDelta;
use soundingboard::clock::{Clock, Setter};
use soundingboard::decider::{Decider, Fetched, Work};
use soundingboard::program::input::Input;
use soundingboard::program::record::{Hold, Reading, Record, Timestamp};
use soundingboard::store::Group;
use soundingboard::store::memory::Memory;
use soundingboard::store::overlay::GroupView;
use soundingboard::templates::Templates;
use std::sync::Arc;
use world::people::MailProgram;

/// A decider and its store, with a clock that is told.
pub struct Bench {
    pub decider: Decider<Templates>,
    pub people: MailProgram,
    hands: Setter,
    read: u32,
}

impl Bench {
    pub fn at_nine() -> Self {
        let (clock, hands) = Clock::manual("2026-11-03T09:00:00Z".parse().expect("a time"));
        let rules = world::rules();
        let wording = world::templates(&rules);
        let decider = Decider { rules, wording, store: Arc::new(Memory::new()), clock };
        Self { decider, people: MailProgram::default(), hands, read: 0 }
    }

    pub fn now(&self) -> Timestamp {
        self.decider.clock.now()
    }

    pub fn pass(&self, time: TimeDelta) {
        self.hands.set(self.now() + time);
    }

    pub fn view(&self) -> GroupView<'_> {
        GroupView::new(&*self.decider.store)
    }

    /// Somebody writes to the contact address.
    pub fn writes(&mut self, from: &str, subject: &str, body: &str) {
        let bytes = self.people.mail(from, subject, body, self.now());
        self.read += 1;
        let reading = Reading {
            folder: "INBOX".to_owned(),
            purpose: Default::default(),
            uid_validity: 1,
            last_uid: self.read,
            old_up_to: 0,
            since: None,
            older: 0,
            again_up_to: 0,
            vanished: 0,
        };
        let mails =
            vec![Fetched { uid: self.read, bytes, complete: true, received: None, was_handled: false }];
        self.decider
            .work(&Work::Mails { mails, reading, mark_handled: false, rows: Vec::new() })
            .expect("a decision");
    }

    /// The verdict's word; `nothing` where nothing had to be committed.
    pub fn happens(&self, input: Input) -> &'static str {
        let verdicts = self.decider.work(&Work::Inputs(vec![input])).expect("a decision");
        verdicts.first().map_or("nothing", |verdict| verdict.what_word())
    }

    /// Everything there is.
    pub fn rows(&self) -> Vec<(String, String)> {
        self.decider.store.range("", usize::MAX).expect("a store in memory")
    }

    pub fn all<R: Record>(&self) -> Vec<R> {
        let rows = self.decider.store.range(&format!("{}/", R::TABLE), usize::MAX).expect("rows");
        rows.iter().map(|(_, text)| serde_json::from_str(text).expect("a record")).collect()
    }

    /// What staff will read in the digest.
    pub fn told_to_staff(&self) -> Vec<String> {
        self.all::<Hold>().iter().map(|hold| format!("{:?} {}", hold.kind, hold.who)).collect()
    }

    pub fn put<R: Record>(&self, record: &R, marks: &[String]) {
        let mut changes = vec![soundingboard::program::batch::Change::put(record)];
        changes.extend(marks.iter().cloned().map(soundingboard::program::batch::Change::mark));
        self.decider.store.commit(&Group { at: self.now(), notes: vec![], changes }).expect("a commit");
    }
}
