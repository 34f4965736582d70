//! An ordinary question to the contact address: a person's mail that only people can answer.
//!
//! It gets no robot's answer and stays in the mailbox as it was found. If nobody has touched
//! it for two working days, its writer reads once that it is with the staff: true whether or
//! not we can see what staff answer by hand.

use super::command;
use super::letter::{Answered, Letter};
use super::record::{Hold, Record, Reference, Timestamp};
use super::schedule::{self, TimerKind};
use super::staff;
use super::token;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::{Authentication, Inbound};
use crate::mail::message_id::MessageId;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Working days in the network's zone that staff have before the writer hears of it.
const WORKING_DAYS: u32 = 2;
/// A person reads that letter once in so many days, however much she writes.
const ONCE_IN_DAYS: i64 = 30;
/// A flood of mail is not answered by a flood: the rest waits for the next working day.
const LETTERS_A_DAY: usize = 20;
/// A question nobody has said anything about leaves the lists after this; its mail stays.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(60);
/// What is kept of its words, for the staff's list.
const WORDS_KEPT: usize = 1000;

/// A mail that waits for a person of the staff to answer it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub reference: Reference,
    pub from: Mailbox,
    pub subject: String,
    /// The beginning of what was newly written.
    pub words: String,
    #[serde(default)]
    pub message_id: Option<MessageId>,
    /// What a letter about it answers.
    #[serde(default)]
    pub answers: Option<Answered>,
    pub since: Timestamp,
    /// Its writer has been told that it is with the staff, or was told so not long before.
    #[serde(default)]
    pub told: bool,
}

impl Record for Question {
    const TABLE: &'static str = "question";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

/// When somebody read last that a question is with the staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionTold {
    pub address: AddrSpec,
    pub at: Timestamp,
}

impl Record for QuestionTold {
    const TABLE: &'static str = "question-told";
    fn key(&self) -> String {
        self.address.key()
    }
}

/// Keeps a mail that nothing of ours understood, if a person wrote it to us and may wait for
/// an answer.
pub fn keep(turn: &mut Turn, mail: &Inbound, from: &Mailbox) {
    if !is_ordinary(turn, mail, from) {
        return;
    }
    let words = token::without_tokens(&mail.new_text);
    let question = Question {
        reference: turn.new_reference(),
        from: from.clone(),
        subject: mail.subject.clone().unwrap_or_default(),
        words: words.trim().chars().take(WORDS_KEPT).collect(),
        message_id: mail.message_id.clone(),
        answers: answering(mail),
        since: turn.now,
        told: false,
    };
    turn.put(&question);
    let due = working_days_later(turn, WORKING_DAYS);
    turn.set_timer(due, TimerKind::Question { question: question.reference.clone() });
    staff::list_prose(turn, &question);
}

/// Addressed to the contact address itself, by somebody outside the staff, and no circular:
/// "never answered automatically" goes before any courtesy.
fn is_ordinary(turn: &Turn, mail: &Inbound, from: &Mailbox) -> bool {
    let contact = &turn.rules.address;
    let is_contact = |a: &AddrSpec| a == contact || a.detail_of(contact, &turn.rules.subaddress).is_some();
    let to_us = mail.to.iter().any(|m| is_contact(&m.address));
    let forged = mail.authentication == Authentication::Fail;
    to_us
        && !turn.is_staff(&from.address)
        && !forged
        && !mail.wants_silence
        && !command::is_mere_thanks(&mail.new_text)
}

/// So many working days later at the same hour, but by day.
fn working_days_later(turn: &Turn, days: u32) -> Timestamp {
    let rules = turn.rules;
    let later = schedule::add_working_days(turn.now, days, rules.zone, &rules.weekend, &rules.closures);
    schedule::in_reminder_hours(later, rules.zone, &rules.weekend, &rules.closures)
}

/// Two working days have gone by, and nobody has touched it; much later it is forgotten.
pub fn untouched(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = |word| Verdict::new(What::Done(word), None);
    let Some(question) = turn.read::<Question>(&reference.0) else { return verdict("moot") };
    if question.told {
        turn.delete::<Question>(&reference.0);
        turn.delete::<Hold>(&reference.0);
        return verdict("question-forgotten");
    }
    let told_before = is_told_lately(turn, &question.from.address);
    if !told_before && letters_today(turn) >= LETTERS_A_DAY {
        turn.set_timer(working_days_later(turn, 1), TimerKind::Question { question: reference.clone() });
        return verdict("question-later");
    }
    turn.set_timer(question.since + FORGOTTEN_AFTER, TimerKind::Question { question: reference.clone() });
    turn.put(&Question { told: true, ..question.clone() });
    if told_before {
        return verdict("question-told-before");
    }
    tell(turn, question);
    verdict("question-with-staff")
}

fn tell(turn: &mut Turn, question: Question) {
    turn.put(&QuestionTold { address: question.from.address.clone(), at: turn.now });
    let letter = Letter::QuestionWithStaff {
        name: question.from.name.clone(),
        subject: question.subject,
        since: question.since,
    };
    turn.tell(&question.from, question.answers, letter);
}

fn is_told_lately(turn: &Turn, address: &AddrSpec) -> bool {
    let told = turn.read::<QuestionTold>(&address.key());
    told.is_some_and(|told| turn.now - told.at < TimeDelta::days(ONCE_IN_DAYS))
}

fn letters_today(turn: &Turn) -> usize {
    let day = |at: Timestamp| at.with_timezone(&turn.rules.zone).date_naive();
    let told: Vec<QuestionTold> = turn.all("");
    told.iter().filter(|told| day(told.at) == day(turn.now)).count()
}

/// Every question that waits for the staff, the oldest first.
pub fn open(turn: &Turn) -> Vec<Question> {
    let mut questions: Vec<Question> = turn.all("");
    questions.sort_by(|a, b| (a.since, &a.reference).cmp(&(b.since, &b.reference)));
    questions
}

/// What staff did about a question is taken back: it waits as before.
pub fn wait_again(turn: &mut Turn, question: &Question) {
    turn.put(question);
    let due = match question.told {
        true => question.since + FORGOTTEN_AFTER,
        false => working_days_later(turn, WORKING_DAYS),
    };
    turn.set_timer(due, TimerKind::Question { question: question.reference.clone() });
}

/// Staff have seen to a question: it waits no more, and its writer gets no letter about it.
pub fn touch(turn: &mut Turn, reference: &Reference) {
    turn.delete::<Question>(&reference.0);
    turn.delete::<Hold>(&reference.0);
    turn.cancel_timer(TimerKind::Question { question: reference.clone() }.id());
}
