//! The people of the storm: what they write, how they react to letters, and the log of all of it.

use crate::people::letter::Letter;
use crate::people::program::MailProgram;
use crate::people::{Person, STAFF};
use crate::servers::{CONTACT, Servers};
use std::collections::{BTreeMap, BTreeSet};

const FIRST: [&str; 30] = [
    "Amina", "Karim", "Leila", "Omar", "Nour", "Tomas", "Ines", "Chen", "Ravi", "Salma", "Youssef", "Marta",
    "Hugo", "Dalia", "Pavel", "Rosa", "Emil", "Farah", "Jonas", "Lina", "Bilal", "Olga", "Samir", "Greta",
    "Idris", "Carla", "Anton", "Zeina", "Felix", "Mona",
];
const LAST: [&str; 30] = [
    "Haddad", "Nasr", "Mansour", "Weber", "Silva", "Novak", "Okafor", "Lindgren", "Moreau", "Tanaka",
    "Khoury", "Ferrari", "Larsen", "Popescu", "Aziz", "Brandt", "Costa", "Dvorak", "Eriksen", "Fontaine",
    "Gallo", "Hassan", "Ivanov", "Janssen", "Kowalski", "Lopez", "Meyer", "Nakamura", "Oliveira", "Petrov",
];
const MIDDLE: [&str; 8] = ["Maria", "Jamal", "Noor", "Anne", "Viktor", "Lucia", "Hadi", "Sofia"];
/// So many requests has each advisor who answers, more or less.
const REQUESTS_OF_AN_ADVISOR: usize = 24;
/// After three requests without an answer an advisor is away, and the staff have to look for others.
const REQUESTS_OF_A_SILENT_ADVISOR: usize = 2;

/// What is known of a request from outside.
#[derive(Clone, Debug)]
pub struct Request {
    pub advisee: &'static str,
    pub advisor: &'static str,
    pub answer: Answer,
}

/// What the advisor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accepts,
    Declines,
    /// Says nothing.
    Silent,
    /// Is not there any more: the letter comes back.
    Gone,
}

/// What was sent in: the requests by their number.
pub type Log = BTreeMap<usize, Request>;

/// Everybody.
pub struct Crowd {
    advisors: Vec<Person>,
    silent: Vec<Person>,
    /// Whose addresses have died, one for each request that will come back.
    gone: Vec<Person>,
    advisees: Vec<Person>,
    /// How many mails were written of the plan.
    written: usize,
    noise: usize,
    ids: usize,
    dice: u64,
    /// The files of people's mailboxes that were looked at.
    read: BTreeSet<String>,
    reacted: BTreeSet<usize>,
    pub log: Log,
}

impl Crowd {
    /// As many people as so many mails need.
    pub fn of(mails: usize) -> Self {
        let answering = (mails / REQUESTS_OF_AN_ADVISOR).max(6);
        let gone = (mails / 20).max(2);
        let silent = (mails / 3 / REQUESTS_OF_A_SILENT_ADVISOR).max(2);
        let mut names = names();
        let mut advisor = |n: usize| {
            let name = names.next().unwrap_or_else(|| panic!("{mails} mails need more names"));
            person(name, format!("advisor{n:04}@campus.example"), MailProgram::Thunderbird)
        };
        let advisee = |n: usize| {
            person(format!("Advisee {n:04}"), format!("advisee{n:04}@auc.example"), MailProgram::Gmail)
        };
        Self {
            advisors: (0..answering).map(&mut advisor).collect(),
            gone: (answering..answering + gone).map(&mut advisor).collect(),
            silent: (answering + gone..answering + gone + silent).map(&mut advisor).collect(),
            advisees: (0..(mails / 3).max(8)).map(advisee).collect(),
            written: 0,
            noise: 0,
            ids: 0,
            dice: 47,
            read: BTreeSet::new(),
            reacted: BTreeSet::new(),
            log: Log::new(),
        }
    }

    pub fn addresses(&self) -> Vec<&'static str> {
        let people = [&self.advisors, &self.silent, &self.gone, &self.advisees].into_iter().flatten();
        [CONTACT, STAFF.address].into_iter().chain(people.map(|person| person.address)).collect()
    }

    /// A number below `limit`; the same ones in every storm.
    pub fn chance(&mut self, limit: u32) -> u32 {
        // Knuth, TAOCP 2, §3.3.4, line 26 of table 1.
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        u32::try_from((self.dice >> 33) % u64::from(limit)).expect("below a u32")
    }

    pub fn left_in_the_inbox(&self) -> usize {
        self.noise
    }

    pub fn sign_up(&mut self, servers: &Servers) {
        for person in [&self.advisors[..], &self.silent, &self.gone].concat() {
            let form = format!("Name: {}\nInstitution: Campus Library\nAreas: Koha", person.name);
            self.deliver(servers, person, "Advisor sign-up", &form);
        }
    }

    /// The plan, up to its mail number `until`.
    pub fn write(&mut self, servers: &Servers, until: usize) {
        while self.written < until {
            self.written += 1;
            match self.written % 20 {
                7 => self.newsletter(servers),
                13 => self.absence(servers),
                n => self.request(servers, n == 1),
            }
        }
    }

    fn request(&mut self, servers: &Servers, to_nobody: bool) {
        let number = self.log.len() + 1;
        let gone = if to_nobody { self.gone.pop() } else { None };
        let dice = self.chance(10);
        let answer = match dice {
            _ if gone.is_some() => Answer::Gone,
            0..=4 => Answer::Accepts,
            5..=6 => Answer::Declines,
            _ => Answer::Silent,
        };
        let advisee = self.advisees[number % self.advisees.len()];
        let advisor = gone.unwrap_or_else(|| self.advisor(number, answer));
        self.log.insert(number, Request { advisee: advisee.address, advisor: advisor.address, answer });
        let form =
            format!("Advisor: {}\nIssue: How do others do it? This is {}.", advisor.name, matter(number));
        self.deliver(servers, advisee, "Request meeting", &form);
    }

    /// Everybody asks everybody, and nobody the same advisor twice: in each round the next one.
    fn advisor(&mut self, number: usize, answer: Answer) -> Person {
        if answer == Answer::Silent {
            let before = self.log.values().filter(|request| request.answer == Answer::Silent).count();
            return self.silent[before / REQUESTS_OF_A_SILENT_ADVISOR];
        }
        let (round, advisee) = (number / self.advisees.len(), number % self.advisees.len());
        self.advisors[(advisee + round) % self.advisors.len()]
    }

    fn newsletter(&mut self, servers: &Servers) {
        self.noise += 1;
        let mail = format!(
            "From: News <news@publisher.example>\r\nTo: {CONTACT}\r\nSubject: Ten new titles\r\nMessage-ID: <news{}@publisher.example>\r\n\
             List-Id: <news.publisher.example>\r\nPrecedence: bulk\r\n\r\nThis month's titles ...\r\n",
            self.noise
        );
        servers.deliver(CONTACT, mail.as_bytes());
    }

    /// Each of another sender: many of one would be kept back, and so put away.
    fn absence(&mut self, servers: &Servers) {
        self.noise += 1;
        let mail = format!(
            "From: Eve <eve{n}@elsewhere.example>\r\nTo: {CONTACT}\r\nSubject: Automatic reply: your letter\r\n\
             Message-ID: <away{n}@elsewhere.example>\r\nAuto-Submitted: auto-replied\r\n\r\nI am travelling.\r\n",
            n = self.noise
        );
        servers.deliver(CONTACT, mail.as_bytes());
    }

    /// Reads the letters that have come, and answers them as the plan says.
    pub fn react(&mut self, servers: &Servers) {
        let people = [self.advisors.clone(), self.gone_people()].concat();
        for person in people {
            for mail in servers.unread_of(person.address, &mut self.read) {
                let letter = Letter::read(&mail).unwrap_or_else(|why| panic!("{}: {why}", person.address));
                let Some(number) = matter_of(&letter) else { continue };
                // A letter that comes a second time is not answered a second time.
                if self.log[&number].advisor == person.address && self.reacted.insert(number) {
                    self.answer(servers, person, &letter, self.log[&number].answer);
                }
            }
        }
    }

    /// All that the plan still holds is done.
    pub fn finish(&mut self, servers: &Servers) {
        self.react(servers);
    }

    fn gone_people(&self) -> Vec<Person> {
        let gone = self.log.values().filter(|request| request.answer == Answer::Gone);
        gone.map(|request| person(String::new(), request.advisor.to_owned(), MailProgram::Thunderbird))
            .collect()
    }

    fn answer(&mut self, servers: &Servers, person: Person, letter: &Letter, answer: Answer) {
        let words = match answer {
            Answer::Accepts => "ACCEPT",
            Answer::Declines => "DECLINE",
            Answer::Silent => return,
            Answer::Gone => return servers.deliver(CONTACT, &report(person, letter)),
        };
        let id = self.id();
        servers.deliver(CONTACT, &person.reply(letter, words, DATE, &id).bytes);
    }

    fn deliver(&mut self, servers: &Servers, from: Person, subject: &str, words: &str) {
        let id = self.id();
        servers.deliver(CONTACT, &from.write(subject, words, DATE, &id).bytes);
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        format!("mail{}", self.ids)
    }
}

const DATE: &str = "Mon, 02 Nov 2026 09:00:00 +0100";

/// Different names: no two of them are the same words in another order.
fn names() -> impl Iterator<Item = String> {
    let pairs = LAST.iter().flat_map(|last| FIRST.iter().map(move |first| format!("{first} {last}")));
    let middle = |middle: &'static &str| {
        let pairs = LAST.iter().flat_map(|last| FIRST.iter().map(move |first| (first, last)));
        pairs.map(move |(first, last)| format!("{first} {middle} {last}"))
    };
    pairs.chain(MIDDLE.iter().flat_map(middle))
}

/// People live as long as the storm.
fn person(name: String, address: String, program: MailProgram) -> Person {
    Person { name: name.leak(), address: address.leak(), program }
}

fn matter(number: usize) -> String {
    format!("matter-{number:06}")
}

/// The number of the request that a letter is about.
pub fn matter_of(letter: &Letter) -> Option<usize> {
    letter.text.split_once("matter-").and_then(|(_, rest)| rest.get(..6)?.parse().ok())
}

/// What a mail server says when an address is no more (RFC 3464).
fn report(person: Person, letter: &Letter) -> Vec<u8> {
    let original = String::from_utf8_lossy(letter.composed()).into_owned();
    let header = original.split("\r\n\r\n").next().unwrap_or_default();
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@campus.example>\r\nTo: {CONTACT}\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <report-{address}>\r\nAuto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThe address is not known.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.campus.example\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n\r\n--b--\r\n",
        address = person.address
    )
    .into_bytes()
}
