//! Proves from the log of what was sent in, and from the people's mailboxes alone, that every
//! request had exactly one life. It knows nothing of the daemon but its letters.

use crate::crowd::{Answer, Log, matter_of};
use crate::people::letter::Letter;
use crate::servers::Servers;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a letter is, by its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Receipt,
    Request,
    Introduction,
    Declined,
    NotReached,
    Reminder,
    NoAnswer,
}

impl Kind {
    fn of(subject: &str) -> Option<Self> {
        let known = [
            ("Your request is with ", Kind::Receipt),
            (" asks for your advice", Kind::Request),
            (", please meet", Kind::Introduction),
            (" cannot help this time", Kind::Declined),
            ("Your request did not reach ", Kind::NotReached),
            (" hopes for your answer", Kind::Reminder),
            (" has not answered", Kind::NoAnswer),
        ];
        known.into_iter().find(|(words, _)| subject.contains(words)).map(|(_, kind)| kind)
    }
}

/// Who got what about which request: the different letters by their Message-ID.
type Received = BTreeMap<(&'static str, usize, Kind), BTreeSet<String>>;

pub struct Checker<'a> {
    log: &'a Log,
    letters: usize,
    copies: usize,
}

impl<'a> Checker<'a> {
    pub fn new(log: &'a Log) -> Self {
        assert!(!log.is_empty(), "nothing was asked");
        Self { log, letters: 0, copies: 0 }
    }

    /// After the storm: every letter due was received, each once, and `windows` at most came a
    /// second time, under the same Message-ID.
    pub fn storm(&mut self, servers: &Servers, windows: usize) {
        let received = self.received(servers);
        let mut due: BTreeSet<(&'static str, usize, Kind)> = BTreeSet::new();
        for (number, request) in self.log {
            due.insert((request.advisee, *number, Kind::Receipt));
            due.insert((request.advisor, *number, Kind::Request));
            match request.answer {
                Answer::Accepts => {
                    due.insert((request.advisee, *number, Kind::Introduction));
                    due.insert((request.advisor, *number, Kind::Introduction));
                }
                Answer::Declines => drop(due.insert((request.advisee, *number, Kind::Declined))),
                Answer::Gone => drop(due.insert((request.advisee, *number, Kind::NotReached))),
                Answer::Silent => (),
            }
        }
        let got: BTreeSet<_> = received.keys().copied().collect();
        let lost: Vec<_> = due.difference(&got).collect();
        let not_due: Vec<_> = got.difference(&due).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
        assert!(not_due.is_empty(), "not due: {not_due:?}");
        let twice: Vec<_> = received.iter().filter(|(_, ids)| ids.len() > 1).collect();
        assert!(twice.is_empty(), "acted on twice: {twice:?}");
        assert!(self.copies <= windows, "{} copies, and {windows} windows", self.copies);
    }

    /// Three days later: whoever stayed silent is reminded.
    pub fn reminded(&mut self, servers: &Servers) {
        self.each_once(servers, Kind::Reminder, |request| request.advisor);
    }

    /// Eight days later: whoever waited reads that there was no answer.
    pub fn expired(&mut self, servers: &Servers) {
        self.each_once(servers, Kind::NoAnswer, |request| request.advisee);
    }

    fn each_once(
        &mut self,
        servers: &Servers,
        kind: Kind,
        reader: impl Fn(&crate::crowd::Request) -> &'static str,
    ) {
        let received = self.received(servers);
        let silent = self.log.iter().filter(|(_, request)| request.answer == Answer::Silent);
        let due: BTreeSet<_> = silent.map(|(number, request)| (reader(request), *number, kind)).collect();
        let got: BTreeSet<_> = received.keys().copied().filter(|(_, _, of)| *of == kind).collect();
        let (lost, not_due): (Vec<_>, Vec<_>) =
            (due.difference(&got).collect(), got.difference(&due).collect());
        let lives = lost.iter().chain(&not_due).map(|(_, number, _)| life_of(&received, *number));
        let lives: Vec<String> = lives.collect();
        assert!(lives.is_empty(), "{kind:?}: lost {lost:?}, not due {not_due:?}:\n{}", lives.join("\n"));
        let once = |key| received[key].len() == 1;
        assert!(due.iter().all(once), "{kind:?} twice: {received:?}");
    }

    fn received(&mut self, servers: &Servers) -> Received {
        let readers: BTreeSet<&'static str> =
            self.log.values().flat_map(|r| [r.advisee, r.advisor]).collect();
        let (mut letters, mut copies) = (Vec::new(), 0);
        for reader in readers {
            let mut ids = BTreeSet::new();
            for mail in servers.mail_of(reader) {
                let letter = Letter::read(&mail).unwrap_or_else(|why| panic!("{reader}: {why}"));
                copies += usize::from(!ids.insert(letter.message_id.clone()));
                letters.push((reader, letter));
            }
        }
        (self.letters, self.copies) = (letters.len(), copies);
        let numbers = numbers(&letters);
        let mut received = Received::new();
        for (reader, letter) in letters {
            let Some(kind) = Kind::of(&letter.subject) else { continue };
            let number = reference(&letter).and_then(|reference| numbers.get(&reference));
            let number =
                *number.unwrap_or_else(|| panic!("{reader}: \"{}\" is about nothing asked", letter.subject));
            received.entry((reader, number, kind)).or_default().insert(letter.message_id);
        }
        received
    }
}

/// Who received what about it.
fn life_of(received: &Received, number: usize) -> String {
    let of_it = received.iter().filter(|((_, of, _), _)| *of == number);
    let letters = of_it.map(|((reader, _, kind), ids)| format!("{kind:?} to {reader} {ids:?}"));
    letters.collect::<Vec<_>>().join("\n")
}

/// Which reference is whose: each request has one, and none has two.
fn numbers(letters: &[(&'static str, Letter)]) -> BTreeMap<String, usize> {
    let mut numbers = BTreeMap::new();
    let mut references = BTreeMap::new();
    for (_, letter) in letters {
        let (Some(reference), Some(number)) = (reference(letter), matter_of(letter)) else { continue };
        let known = *numbers.entry(reference.clone()).or_insert(number);
        assert_eq!(known, number, "{reference} stands for two requests");
        let known = references.entry(number).or_insert(reference.clone());
        assert_eq!(*known, reference, "request {number} was taken twice");
    }
    numbers
}

/// `[K7Q2M]` in the subject.
fn reference(letter: &Letter) -> Option<String> {
    let (_, rest) = letter.subject.rsplit_once('[')?;
    rest.split_once(']').map(|(reference, _)| reference.to_owned())
}

impl fmt::Display for Checker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { log, letters, copies } = self;
        write!(
            f,
            "{} requests, {letters} letters received, 0 lost, 0 acted on twice, {copies} came twice under one Message-ID",
            log.len()
        )
    }
}
