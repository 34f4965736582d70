//! The network: servers, people, the daemon, and a calendar that is turned by hand.

use super::daemon::{Choices, Installation, Ran};
use super::letter::Letter;
use super::{PEOPLE, Person, Written, patience};
use crate::servers::{Brand, CONTACT, Mta, Servers};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::{Europe::Paris, Tz};
use std::collections::BTreeMap;
use std::path::Path;

/// Somebody who watches what happens.
pub trait Narrator {
    fn time(&mut self, now: DateTime<Tz>);
    fn written(&mut self, mail: &Written);
    fn ran(&mut self, ran: &Ran);
    fn received(&mut self, reader: Person, letter: &Letter);
    /// A remark of the story.
    fn remark(&mut self, text: &str);
}

/// One who says nothing.
pub struct Silent;

impl Narrator for Silent {
    fn time(&mut self, _: DateTime<Tz>) {}
    fn written(&mut self, _: &Written) {}
    fn ran(&mut self, _: &Ran) {}
    fn received(&mut self, _: Person, _: &Letter) {}
    fn remark(&mut self, _: &str) {}
}

/// What was expected and did not happen: a sentence.
pub type Told<T = ()> = Result<T, String>;

pub struct Network {
    pub servers: Servers,
    pub installation: Installation,
    narrator: Box<dyn Narrator>,
    now: DateTime<Tz>,
    /// How many mails each person has read.
    read: BTreeMap<Person, usize>,
    /// Letters that arrived and were not asked for yet.
    unasked: Vec<(Person, Letter)>,
    written: usize,
}

impl Network {
    /// Empty mailboxes, and a daemon that has never run.
    pub fn new(binary: &Path, narrator: Box<dyn Narrator>) -> Self {
        Self::with(binary, narrator, |_| Choices::default())
    }

    /// The same, with an operator's own choices.
    pub fn with(
        binary: &Path,
        narrator: Box<dyn Narrator>,
        choices: impl FnOnce(&Servers) -> Choices,
    ) -> Self {
        Self::on(Mta::chosen(), binary, narrator, choices)
    }

    /// The same, with this program for SMTP.
    pub fn on(
        mta: Mta,
        binary: &Path,
        narrator: Box<dyn Narrator>,
        choices: impl FnOnce(&Servers) -> Choices,
    ) -> Self {
        Self::between(Brand::beside(mta), mta, binary, narrator, choices)
    }

    /// The same, with these two.
    pub fn between(
        brand: Brand,
        mta: Mta,
        binary: &Path,
        narrator: Box<dyn Narrator>,
        choices: impl FnOnce(&Servers) -> Choices,
    ) -> Self {
        let people = PEOPLE.map(|person| person.address);
        let servers = Servers::start_between(brand, mta, &[&[CONTACT], people.as_slice()].concat());
        let installation = Installation::new(binary, &servers, choices(&servers));
        let begin = NaiveDateTime::default();
        Self {
            servers,
            installation,
            narrator,
            now: Paris.from_utc_datetime(&begin),
            read: BTreeMap::new(),
            unasked: Vec::new(),
            written: 0,
        }
    }

    // ---- time

    /// The daemon runs once at this time of the network's zone.
    pub fn at(&mut self, time: &str) -> Told {
        self.set_time(time)?;
        self.run()
    }

    /// It is this time; nothing runs.
    pub fn set_time(&mut self, time: &str) -> Told {
        self.nothing_else()?;
        let naive = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M").map_err(|e| e.to_string())?;
        self.now = Paris.from_local_datetime(&naive).earliest().ok_or("no such time")?;
        self.narrator.time(self.now);
        Ok(())
    }

    /// The present, as `--now` takes it.
    pub fn now(&self) -> String {
        self.now.to_rfc3339()
    }

    /// A little later, where nothing is due.
    pub fn pass(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
    }

    /// The daemon runs once and ends well; its letters arrive.
    pub fn run(&mut self) -> Told {
        let ran = self.installation.run_once(&self.now());
        self.narrator.ran(&ran);
        if ran.code != Some(0) {
            return Err(format!("the daemon should end with 0, not {:?}:\n{}", ran.code, ran.stderr));
        }
        self.collect(ran.accepted())
    }

    // ---- writing

    /// A new mail to the contact address, and a run of the daemon.
    pub fn writes(&mut self, from: Person, subject: &str, words: &str) -> Told {
        let mail = self.new_mail(from, subject, words);
        self.send(&mail)?;
        self.run()
    }

    /// A reply to a letter she got, and a run of the daemon.
    pub fn replies(&mut self, from: Person, letter: &Letter, words: &str) -> Told {
        let (date, id) = self.next_date_and_id();
        self.send(&from.reply(letter, words, &date, &id))?;
        self.run()
    }

    /// Her server says that she is away, and a run of the daemon.
    pub fn is_out_of_office(&mut self, from: Person, letter: &Letter, words: &str) -> Told {
        let (date, id) = self.next_date_and_id();
        self.send(&from.out_of_office(letter, words, &date, &id))?;
        self.run()
    }

    /// A mail that is not sent yet.
    pub fn new_mail(&mut self, from: Person, subject: &str, words: &str) -> Written {
        let (date, id) = self.next_date_and_id();
        from.write(subject, words, &date, &id)
    }

    /// Sends a mail by SMTP, and returns when it lies in the contact mailbox.
    pub fn send(&mut self, mail: &Written) -> Told {
        self.nothing_else()?;
        self.narrator.written(mail);
        let before = self.servers.contact_flags().len();
        // RFC 5321 §4.1.1.3: to the first address; an introduction's reply has more.
        let to = mail.to.split(", ").find(|address| address.ends_with("@network.example"));
        let to = to.ok_or(format!("\"{}\" goes to {}, not to us", mail.subject, mail.to))?;
        self.servers.send(mail.from.address, to, &mail.bytes);
        eventually("the contact mailbox has the mail", || self.servers.contact_flags().len() > before)
    }

    pub fn remark(&mut self, text: &str) {
        self.narrator.remark(text);
    }

    fn next_date_and_id(&mut self) -> (String, String) {
        self.written += 1;
        (self.now.to_rfc2822(), format!("mail{}.{}", self.written, self.now.timestamp()))
    }

    // ---- getting

    /// Takes in `count` letters that the mail server has promised to file.
    pub fn collect(&mut self, count: usize) -> Told {
        let known: usize = self.read.values().sum();
        let arrived =
            || PEOPLE.iter().map(|person| self.servers.mail_of(person.address).len()).sum::<usize>();
        eventually(&format!("{count} letters arrive"), || arrived() >= known + count)?;
        for person in PEOPLE {
            let mails = self.servers.mail_of(person.address);
            let read = self.read.insert(person, mails.len()).unwrap_or_default();
            for mail in &mails[read..] {
                let letter = Letter::read(mail)?;
                self.narrator.received(person, &letter);
                self.unasked.push((person, letter));
            }
        }
        match self.read.values().sum::<usize>() {
            all if all == known + count => Ok(()),
            all => Err(format!("{count} letters were sent, and {} arrived", all - known)),
        }
    }

    /// The letter with this in its subject, which says all this.
    pub fn gets(&mut self, reader: Person, subject: &str, words: &[&str]) -> Told<Letter> {
        let fits = |(who, letter): &(Person, Letter)| *who == reader && letter.subject.contains(subject);
        let Some(at) = self.unasked.iter().position(fits) else {
            return Err(format!("{} should get \"{subject}\"; there is {}", reader.address, self.list()));
        };
        let (_, letter) = self.unasked.remove(at);
        match words.iter().find(|words| !letter.says(words)) {
            Some(words) => Err(format!("\"{}\" should say \"{words}\":\n{}", letter.subject, letter.text)),
            None => Ok(letter),
        }
    }

    /// Everything that arrived was asked for.
    pub fn nothing_else(&self) -> Told {
        match self.unasked.is_empty() {
            true => Ok(()),
            false => Err(format!("nothing else should come; there is {}", self.list())),
        }
    }

    fn list(&self) -> String {
        let list =
            self.unasked.iter().map(|(who, letter)| format!("\"{}\" to {}", letter.subject, who.address));
        if self.unasked.is_empty() { "nothing".to_owned() } else { list.collect::<Vec<_>>().join(", ") }
    }
}

/// Waits until it is so: servers take a mail first and file it then.
fn eventually(what: &str, so: impl Fn() -> bool) -> Told {
    let answer = patience::until(20, || so().then_some(()));
    answer.ok_or(format!("after 20 seconds it is not so that {what}"))
}
