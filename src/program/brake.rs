//! Loop brakes: a machine that nothing tells from a person is not answered without end.
//!
//! Only talk is braked: mail that decides nothing, because it has no word and no form, or
//! because nobody is sure who wrote it. In one thread a sender gets at most three answers to
//! it in 24 hours, and none to a text that was answered before: where it comes again on another
//! day it waits for the staff, so that nobody waits in silence. Words that are passed on
//! are not our answers, so that two people who arrange a call may write as often as people do,
//! and ask "Any news?" a second time, on another day;
//! but texts that differ in nothing but their numbers count as one, since that is how ticket
//! systems and counters write. What is not answered now waits in [`kept_back`]; what is
//! proven never waits for, or beside, what is only said in somebody's name (`Proof`).

use super::batch::Posting;
use super::kept_back::{self, Stopped, Why};
use super::letter::{Letter, WithStaff};
use super::proof::Proof;
use super::record::{Owner, Record, Reference, Timestamp};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{arrival, inquiry, staff_words, sweep};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// So many answers go back to a sender in a thread within `WINDOW`.
pub const ANSWERS: usize = 3;
/// So many mails are passed on: more than two people exchange in a day about one call, and
/// few enough where two machines have been set upon each other.
const PASSED_ON: usize = 12;
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// A text that was answered is known for so long.
const KNOWN: TimeDelta = TimeDelta::days(30);
/// How many answers are remembered of one sender in a thread: a month of the above is less
/// than this for any person, and for a machine it is the same text.
const REMEMBERED: usize = 100;
/// What is made of mail that decides nothing. Everything else is an act, and never braked.
const TALK: &[&str] = &[
    "words",
    "words-to-staff",
    "held",
    "owner-asked",
    "writer-asked",
    "nothing-open",
    "no-effect",
    "paused",
    UNREADABLE,
];
/// A question of ours is put again, because the answer has no reading: people try several
/// times, in several ways.
const TRIES: &[&str] = &["asked-back", "away-until-when"];
/// What is made of a word while nobody is sure who said it.
const UNPROVEN: &[&str] = &["owner-asked", "writer-asked"];

/// Nothing in it can be read, whatever its subject says. It is counted even where its writer
/// gets no letter: each is one more line for the staff.
const UNREADABLE: &str = "unreadable";
/// Words without many letters are what they are, numbers and all: "10:30?"
const FEW_WORDS: usize = 3;

/// What was answered lately of one sender's talk in one thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brake {
    /// `<proof>/<case or ->/<address>`
    pub key: String,
    /// The oldest first.
    pub answered: Vec<Answered>,
}

/// A mail that was answered, or passed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    pub at: Timestamp,
    /// A keyed hash of its text; None where a word stood in it that did not count.
    #[serde(default)]
    pub text: Option<String>,
    /// The same without its numbers.
    #[serde(default)]
    pub like: Option<String>,
    /// Whether its writer got a letter.
    pub back: bool,
}

impl Record for Brake {
    const TABLE: &'static str = "brake";
    fn key(&self) -> String {
        self.key.clone()
    }
}

/// Decides a mail, unless it is talk that has been answered enough: then nothing of that is
/// done, and the mail waits.
pub fn guard(turn: &mut Turn, mail: &Inbound, decide: impl FnOnce(&mut Turn) -> Verdict) -> Verdict {
    let Some(talk) = Talk::of(turn, mail) else { return decide(turn) };
    let before = turn.checkpoint();
    let verdict = decide(turn);
    let answers = turn.letters().iter().any(|l| !is_to_staff_alone(&l.letter.letter));
    if !(answers || verdict.what_word() == UNREADABLE) || !talk.is_all_there_is(turn, &verdict) {
        return verdict;
    }
    let back = talk.goes_back(turn) && !TRIES.contains(&verdict.what_word());
    let mut brake = turn.read::<Brake>(&talk.key).unwrap_or_else(|| Brake::new(&talk.key));
    brake.answered.retain(|a| turn.now - a.at < KNOWN);
    let released = matches!(turn.releasing, Some(Why::Talk | Why::Again));
    let Some(stop) = (!released).then(|| brake.stop(turn, &talk, back)).flatten() else {
        brake.note(turn, &talk, back);
        return verdict;
    };
    turn.rewind(before);
    talk.wait(turn, mail, stop);
    Verdict::new(What::Done("kept-back"), verdict.case)
}

/// The staff let the talk of somebody go on: they count from anew.
pub fn forget(turn: &mut Turn, key: &str) {
    turn.delete::<Brake>(key);
}

/// Somebody is asked to write once more what was answered with "not now": they count from anew.
pub fn forget_thread(turn: &mut Turn, case: &Reference, writer: &AddrSpec) {
    let end = format!("/{case}/{}", turn.first_address(writer).key());
    let theirs = turn.all::<Brake>("").into_iter().filter(|brake| brake.key.ends_with(&end));
    for brake in theirs.collect::<Vec<_>>() {
        forget(turn, &brake.key);
    }
}

/// What was answered long ago is forgotten. When the first of what is left will be.
pub fn sweep(turn: &mut Turn) -> Option<Timestamp> {
    let mut first = None;
    for brake in turn.all::<Brake>("") {
        let over = brake.answered.last().map_or(turn.now, |a| a.at + KNOWN);
        if over <= turn.now {
            turn.delete::<Brake>(&brake.key);
        } else {
            first = first.into_iter().chain([over]).min();
        }
    }
    first
}

/// Mails to the staff about what waits are counted elsewhere, and are five a day at most.
fn is_to_staff_alone(letter: &Letter) -> bool {
    matches!(letter, Letter::HoldToStaff { .. })
}

/// A stranger hears that the staff have his words.
fn is_receipt(posting: &Posting) -> bool {
    matches!(posting.letter.letter, Letter::WithStaff { what: WithStaff::Words, .. })
}

/// Why a mail is not answered now.
enum Stop {
    /// Its text was answered within the day.
    Repeated,
    /// It was answered on another day: an answer now is for the staff.
    Again,
    /// There were enough answers; from then on there may be others.
    Enough(Timestamp),
}

impl Brake {
    fn new(key: &str) -> Self {
        Self { key: key.to_owned(), answered: Vec::new() }
    }

    fn stop(&self, turn: &Turn, talk: &Talk, back: bool) -> Option<Stop> {
        let same = self.answered.iter().filter(|a| talk.text.is_some() && a.text == talk.text);
        if let Some(latest) = same.map(|a| a.at).max() {
            match (turn.now - latest < WINDOW, back) {
                (true, _) => return Some(Stop::Repeated),
                (false, true) => return Some(Stop::Again),
                // "Any news?" of another day is passed on again.
                (false, false) => (),
            }
        }
        let lately: Vec<&Answered> = self.answered.iter().filter(|a| turn.now - a.at < WINDOW).collect();
        let alike = lately.iter().filter(|a| a.like == talk.like).count();
        let answers = lately.iter().filter(|a| a.back).count();
        let enough = lately.len() >= PASSED_ON || alike >= ANSWERS || (back && answers >= ANSWERS);
        // What came later must not overtake what waits.
        let waits = kept_back::waits(turn, &talk.key);
        let first = lately.first().map_or(turn.now, |a| a.at);
        (enough || waits).then_some(Stop::Enough(first + WINDOW))
    }

    fn note(mut self, turn: &mut Turn, talk: &Talk, back: bool) {
        let (text, like) = (talk.text.clone(), talk.like.clone());
        self.answered.push(Answered { at: turn.now, text, like, back });
        let too_many = self.answered.len().saturating_sub(REMEMBERED);
        self.answered.drain(..too_many);
        turn.put(&self);
        sweep::keep_timer(turn);
    }
}

/// A mail that decides nothing by itself.
struct Talk {
    key: String,
    case: Option<Reference>,
    from: Mailbox,
    text: Option<String>,
    like: Option<String>,
}

impl Talk {
    /// None where nobody wrote whom we might answer, or a form.
    fn of(turn: &Turn, mail: &Inbound) -> Option<Self> {
        let from = mail.from.clone()?;
        let proof = Proof::of(turn, mail);
        let words = says_a_word(turn, mail, &proof.owners);
        if !words && mail.unreadable.is_none() && turn.form(mail).is_some() {
            return None;
        }
        let case = thread(turn, mail, &proof.owners);
        let thread = case.as_ref().map_or("-", |case| &case.0);
        let key = format!("{}/{thread}/{}", proof.word(), turn.first_address(&from.address).key());
        let said = said(mail);
        let hash = |what: &str, text: &str| turn.rules.secret.uuid(&["brake", what, text]);
        let (text, like) = match words {
            true => (None, None),
            false => (Some(hash("text", &said)), Some(hash("like", &without_numbers(&said)))),
        };
        Some(Self { key, case, from, text, like })
    }

    /// It is not answered now.
    fn wait(&self, turn: &mut Turn, mail: &Inbound, stop: Stop) {
        // Beside the others, which do not wait for the staff.
        let again = format!("{}/again", self.key);
        let (key, why) = match stop {
            Stop::Again => (&again, Why::Again),
            Stop::Repeated | Stop::Enough(_) => (&self.key, Why::Talk),
        };
        let stopped = Stopped { key, why, from: &self.from, mail, case: self.case.as_ref() };
        match stop {
            Stop::Repeated => stopped.repeated(turn),
            Stop::Again => stopped.keep(turn, None),
            Stop::Enough(until) => stopped.keep(turn, Some(until)),
        }
    }

    /// Whether nothing was decided by it.
    fn is_all_there_is(&self, turn: &Turn, verdict: &Verdict) -> bool {
        let word = verdict.what_word();
        match self.text {
            Some(_) => TALK.contains(&word) || TRIES.contains(&word),
            None => UNPROVEN.contains(&word) || (word == "held" && turn.letters().iter().any(is_receipt)),
        }
    }

    /// Whether a letter goes back to the address that wrote.
    fn goes_back(&self, turn: &Turn) -> bool {
        let own = |address: &AddrSpec| turn.is_same_person(address, &self.from.address);
        let to = |letter: &Letter| !is_to_staff_alone(letter);
        turn.letters().iter().any(|l| to(&l.letter.letter) && l.letter.to.iter().any(|m| own(&m.address)))
    }
}

/// Whether a deciding word stands in a mail. It is answered whatever it does, unless nobody
/// is sure who said it. In a mail that cannot be read there is none.
pub fn says_a_word(turn: &Turn, mail: &Inbound, owners: &[Owner]) -> bool {
    if mail.unreadable.is_some() {
        return false;
    }
    let words = &turn.rules.words;
    let by_staff = owners.iter().any(|owner| matches!(owner, Owner::Staff(_)));
    let staff = || staff_words::read(&mail.new_text, mail.subject.as_deref(), "", words);
    turn.said(mail).is_some() || (by_staff && staff().iter().any(|said| said.word.is_some()))
}

/// The case that a mail is in; all that is in none is one thread.
pub fn thread(turn: &Turn, mail: &Inbound, owners: &[Owner]) -> Option<Reference> {
    let by_token = owners.iter().find_map(|owner| match owner {
        Owner::Party { case, .. } => Some(case.clone()),
        Owner::Inquiry(reference) => inquiry::case_of(turn, reference),
        _ => None,
    });
    by_token.or_else(|| arrival::case_of_thread(turn, mail).map(|(case, _)| case.reference))
}

/// What was newly written, or else the subject: as texts are compared.
fn said(mail: &Inbound) -> String {
    let text = if mail.new_text.trim().is_empty() { mail.subject.as_deref() } else { Some(&*mail.new_text) };
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Without the words that have a digit in them (a counter, a ticket, a date), where that
/// leaves a text to compare.
fn without_numbers(said: &str) -> String {
    let words: Vec<&str> = said.split(' ').filter(|word| !word.chars().any(char::is_numeric)).collect();
    if words.len() < FEW_WORDS { said.to_owned() } else { words.join(" ") }
}
