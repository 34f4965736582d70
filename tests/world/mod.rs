//! A small world for the daemon: a contact mailbox, a mail server, people, a clock.
//!
//! The daemon in it is the real one; only its wires and its clock are ours. Every effect
//! (a step of a commit, a letter accepted, a mail marked) asks [`Power`] first, so that a
//! story can be told again with a stop after each.

#![allow(dead_code, reason = "each test uses its part of the world")]

pub mod moment;
pub mod people;
pub mod power;
pub mod wires;

use power::Power;
use soundingboard::clock::{Clock, Setter};
use soundingboard::config::{Config, First};
use soundingboard::daemon::{Daemon, Desk, Folder, Once, Reader, no_trial};
use soundingboard::decider::{Decider, Work};
use soundingboard::mail::form::FormWords;
use soundingboard::mail::message_id::Secret;
use soundingboard::program::batch::Change;
use soundingboard::program::input::Input;
use soundingboard::program::input::Purpose;
use soundingboard::program::record::Timestamp;
use soundingboard::program::rules::Rules;
use soundingboard::program::words::Words;
use soundingboard::program::{gap, outbox, timer};
use soundingboard::store::indexed::IndexedStore;
use soundingboard::store::memory::Memory;
use soundingboard::store::overlay::GroupView;
use soundingboard::store::{Group, Store};
use soundingboard::templates::{Identity, Templates};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use wires::{HANDLED, Post, WorldMailbox, WorldSubmission};

pub const CONTACT: &str = "contact@network.example";
pub const STAFF: &str = "staff@network.example";

/// Which store the daemon stands on.
pub enum Ground {
    Memory(Arc<Memory>),
    Disk(tempfile::TempDir),
}

/// Everything there is.
pub struct World {
    pub clock: Clock,
    pub hands: Setter,
    pub post: Post,
    pub power: Arc<Power>,
    pub ground: Ground,
    pub rules: Rules,
    /// Folders read besides the inbox.
    pub folders: Vec<(String, Purpose)>,
    pub first: First,
    /// While false, time passes without the daemon.
    pub running: bool,
    pub restarts: usize,
    /// What was backed up last.
    backup: Option<Backup>,
    /// Kept open until the power goes.
    open: Option<Arc<dyn Store>>,
}

/// The rows of a store, and up to when they go.
#[derive(Clone)]
pub struct Backup {
    rows: Vec<(String, String)>,
    at: Timestamp,
}

/// The network of the stories.
const NETWORK: &str = include_str!("network.toml");

/// The configuration of the stories, with what one of them adds or changes: a TOML text
/// whose keys win.
pub fn config(changes: &str) -> Result<Config, String> {
    let read = |text: &str| toml::from_str::<toml::Table>(text).map_err(|e| e.to_string());
    let merged = merged(read(NETWORK)?, read(changes)?);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("network.toml");
    std::fs::write(&file, merged.to_string()).expect("a file");
    Config::load_with(&file, &|_| Some("a password".into())).map_err(|faults| faults.to_string())
}

fn merged(mut base: toml::Table, changes: toml::Table) -> toml::Table {
    for (key, value) in changes {
        let value = match (base.remove(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merged(old, new).into(),
            (_, new) => new,
        };
        base.insert(key, value);
    }
    base
}

/// The rules that follow from a configuration.
pub fn rules_of(config: &Config) -> Rules {
    let languages = &config.network.languages;
    let words = soundingboard::templates::words_files(languages, None).expect("the shipped words");
    let read = Words::from_files(&words).expect("words that do not collide");
    let forms = FormWords::from_files(&words).expect("kinds and labels that do not collide");
    config.rules(Secret::new("a secret for stories"), forms, read, languages.clone())
}

/// The rules of the network in the stories.
pub fn rules() -> Rules {
    static RULES: LazyLock<Rules> =
        LazyLock::new(|| rules_of(&config("").expect("the network of the stories")));
    RULES.clone()
}

/// The shipped letters.
pub fn templates(rules: &Rules) -> Templates {
    let identity = Identity::of(rules, false, "");
    let (templates, _) = Templates::load(&rules.languages, None, identity).expect("the shipped templates");
    templates
}

impl World {
    pub fn new(ground: Ground, start: Timestamp, power: Arc<Power>) -> Self {
        let (clock, hands) = Clock::manual(start);
        Self {
            clock,
            hands,
            post: Post::default(),
            power,
            ground,
            rules: rules(),
            folders: Vec::new(),
            first: First::New,
            running: true,
            restarts: 0,
            backup: None,
            open: None,
        }
    }

    pub fn in_memory(start: Timestamp) -> Self {
        Self::new(Ground::Memory(Arc::new(Memory::new())), start, Arc::new(Power::always()))
    }

    pub fn store(&mut self) -> Arc<dyn Store> {
        let (ground, power) = (&self.ground, &self.power);
        let store = self.open.get_or_insert_with(|| match ground {
            Ground::Memory(memory) => memory.clone(),
            Ground::Disk(dir) => {
                let opened = IndexedStore::open_with(dir.path(), power.clone());
                Arc::new(opened.expect("a store that opens").store)
            }
        });
        store.clone()
    }

    /// Changes the configuration before anything has happened.
    pub fn configure(&mut self, changes: &str) -> Result<(), String> {
        let config = config(changes)?;
        self.rules = rules_of(&config);
        let folders = config.imap.other_folders();
        self.folders = folders.map(|(folder, purpose)| (folder.to_owned(), purpose)).collect();
        Ok(())
    }

    /// One run of the daemon; if it is stopped in the middle, it is started again until it
    /// ends well. A letter whose fate is then unknown is given its half hour.
    pub fn run(&mut self) {
        if !self.serves() {
            return;
        }
        loop {
            match self.try_once() {
                Ok(once) => {
                    assert!(once.unread.is_none(), "the mailbox could not be read: {:?}", once.unread);
                    break;
                }
                Err(why) => {
                    assert!(self.power.is_off(), "the daemon stopped by itself: {why}");
                    self.open = None;
                    self.power.restore();
                    self.restarts += 1;
                }
            }
        }
        if self.restarts > 0 && self.unsent() && self.post.is_smtp_up() {
            self.hands.set(self.clock.now() + chrono::TimeDelta::minutes(31));
            self.restarts = 0;
            self.run();
        }
    }

    /// One run, which may be stopped in the middle.
    pub fn try_once(&mut self) -> Result<Once, String> {
        let store = self.store();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let decider = Decider {
            rules: self.rules.clone(),
            wording: templates_of(&self.rules),
            store,
            clock: self.clock.clone(),
        };
        let desk = Desk::open(decider).expect("a thread");
        let other = |(name, purpose): &(String, Purpose)| {
            let mailbox = WorldMailbox::folder(&self.post, &self.power, name);
            let marks = *purpose != Purpose::Sent;
            let folder = Folder {
                name: name.clone(),
                purpose: *purpose,
                first: First::New,
                marks,
                holds_handled: false,
                trial: no_trial(),
            };
            Reader::new(mailbox, desk.clone(), self.clock.clone(), folder)
        };
        let handled = desk.read(|view| gap::open(view)).expect("a store that can be read").map(|_| {
            let folder = Folder {
                name: HANDLED.to_owned(),
                purpose: Purpose::Contact,
                first: First::All,
                marks: false,
                holds_handled: true,
                trial: no_trial(),
            };
            let mailbox = WorldMailbox::folder(&self.post, &self.power, HANDLED);
            Reader::new(mailbox, desk.clone(), self.clock.clone(), folder)
        });
        let also = self.folders.iter().map(other).collect();
        let mut daemon = Daemon {
            reader: Reader::new(
                WorldMailbox::inbox(&self.post, &self.power),
                desk,
                self.clock.clone(),
                Folder {
                    name: "INBOX".to_owned(),
                    purpose: Purpose::Contact,
                    first: self.first,
                    marks: true,
                    holds_handled: false,
                    trial: no_trial(),
                },
            ),
            also,
            handled,
            submission: WorldSubmission { post: self.post.clone(), power: self.power.clone() },
        };
        let end = runtime.block_on(daemon.run_once()).map_err(|fault| fault.to_string());
        drop((daemon.also, daemon.handled));
        daemon.reader.desk.close();
        end
    }

    /// An operator imports a roster while the daemon is stopped.
    pub fn import(&mut self, csv: &str) -> Result<(), String> {
        let path = std::path::Path::new("roster.csv");
        let read = soundingboard::import::entries(path, csv.as_bytes(), &self.rules);
        let (entries, _) = read.map_err(|error| error.to_string())?;
        let work = Work::Inputs(vec![Input::Imported(entries)]);
        self.by_hand(|decider| decider.work(&work).map(|_| ()).map_err(|error| error.to_string()));
        Ok(())
    }

    /// An operator announces it.
    pub fn announce(&mut self) {
        self.by_hand(|decider| {
            soundingboard::import::announce_all(decider).map(|_| ()).map_err(|error| error.to_string())
        });
    }

    /// The store is backed up, as it stands.
    pub fn back_up(&mut self) {
        let store = self.store();
        let rows = store.range("", usize::MAX).expect("a store that can be read");
        self.backup = Some(Backup { rows, at: store.latest().expect("something has happened") });
    }

    /// The store is lost, and the backup put back in its place.
    pub fn restore(&mut self) -> Result<(), String> {
        let Backup { rows, at } = self.backup.clone().ok_or("nothing was backed up")?;
        self.open = None;
        self.ground = match self.ground {
            Ground::Memory(_) => Ground::Memory(Arc::new(Memory::new())),
            Ground::Disk(_) => Ground::Disk(moment::scratch()),
        };
        let held = Change::put(&gap::Restored::held(at, self.clock.now()));
        let rows = rows.into_iter().map(|(key, value)| Change { key, value: Some(value) });
        let changes: Vec<Change> = rows.chain([held]).collect();
        let group = Group { at, notes: vec!["restored".to_owned()], changes };
        while let Err(why) = self.store().commit(&group) {
            assert!(self.power.is_off(), "it stopped by itself: {why}");
            self.open = None;
            self.power.restore();
            self.restarts += 1;
        }
        Ok(())
    }

    /// The operator lets it go on.
    pub fn resume(&mut self) {
        self.by_hand(|decider| {
            let work = Work::Inputs(vec![Input::Resumed]);
            decider.work(&work).map(|_| ()).map_err(|error| error.to_string())
        });
    }

    /// Whether the daemon runs: it does not on a store that is held.
    fn serves(&mut self) -> bool {
        let store = self.store();
        self.running && !gap::is_held(&GroupView::new(&*store))
    }

    /// What somebody does at the machine between two runs; done anew where the power went.
    fn by_hand(&mut self, act: impl Fn(&Decider<Arc<Templates>>) -> Result<(), String>) {
        loop {
            let wording = templates_of(&self.rules);
            let (rules, clock, store) = (self.rules.clone(), self.clock.clone(), self.store());
            let done = act(&Decider { rules, wording, store, clock });
            let Err(why) = done else { break };
            assert!(self.power.is_off(), "it stopped by itself: {why}");
            self.open = None;
            self.power.restore();
            self.restarts += 1;
        }
        self.run();
    }

    fn unsent(&mut self) -> bool {
        let store = self.store();
        !outbox::is_empty(&GroupView::new(&*store))
    }

    /// Lets time pass up to `until`, the daemon waking whenever something is due.
    pub fn pass(&mut self, until: Timestamp) {
        let serves = self.serves();
        while let Some(next) = self.next_due().filter(|next| serves && *next <= until) {
            self.hands.set(next.max(self.clock.now()));
            self.run();
        }
        self.hands.set(until.max(self.clock.now()));
        self.run();
    }

    fn next_due(&mut self) -> Option<Timestamp> {
        let store = self.store();
        let view = GroupView::new(&*store);
        let queued = outbox::next_due(&view).filter(|_| self.post.is_smtp_up());
        timer::next_due(&view).into_iter().chain(queued).min()
    }
}

/// Templates take a moment to load and check: once for all runs of a configuration.
fn templates_of(rules: &Rules) -> Arc<Templates> {
    type Loaded = Mutex<BTreeMap<String, Arc<Templates>>>;
    static LOADED: LazyLock<Loaded> = LazyLock::new(Loaded::default);
    let identity = format!("{:?}", (&rules.languages, &rules.network, &rules.address, &rules.subaddress));
    let mut loaded = LOADED.lock().expect("no test panics while it loads");
    loaded.entry(identity).or_insert_with(|| Arc::new(templates(rules))).clone()
}
