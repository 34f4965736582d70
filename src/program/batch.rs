//! A decision's outcome: everything that changes, committed whole or not at all.

use super::View;
use super::breaker::Cause;
use super::input::InputId;
use super::letter::{Addressed, Class, Urgency};
use super::record::{Record, Reference, Timestamp};
use super::schedule::{Timer, TimerId};
use super::verdict::Verdict;
use super::{outbox, timer};
use crate::mail::address::AddrSpec;
use crate::mail::message_id::MessageId;
use serde::{Deserialize, Serialize};

/// One row put (absolute value, JSON text) or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `table/key`
    pub key: String,
    /// None deletes.
    pub value: Option<String>,
}

impl Change {
    /// A row whose key says it all.
    pub fn mark(key: String) -> Self {
        Self { key, value: Some("true".to_owned()) }
    }

    /// Takes away the row at `key`, given whole.
    pub fn gone(key: String) -> Self {
        Self { key, value: None }
    }

    pub fn put<R: Record>(record: &R) -> Self {
        Self { key: format!("{}/{}", R::TABLE, record.key()), value: Some(versioned(record)) }
    }

    pub fn delete<R: Record>(key: &str) -> Self {
        Self { key: format!("{}/{key}", R::TABLE), value: None }
    }
}

/// A change of the timers.
#[derive(Clone, Debug, PartialEq)]
pub enum TimerChange {
    /// Sets it, or moves it if it is already set.
    Set(Timer),
    Cancel(TimerId),
}

/// What `decide` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<M> {
    pub handled: InputId,
    pub verdict: Verdict,
    pub records: Vec<Change>,
    pub outbox: Vec<M>,
    pub timers: Vec<TimerChange>,
}

/// A composed mail: these bytes go out, now and at every retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub message_id: MessageId,
    /// RFC 5321 §2.3.1; None is the null reverse-path.
    pub reverse_path: Option<AddrSpec>,
    /// One submission each.
    pub recipients: Vec<AddrSpec>,
    /// Whom it is for at each of these: an address may be shared.
    pub names: Vec<String>,
    /// RFC 5322, CRLF line ends, 7-bit.
    pub bytes: String,
    /// It waits for the staff before it may leave.
    pub held: bool,
    pub cause: Cause,
    pub subject: String,
    pub template: &'static str,
    pub class: Class,
    pub urgency: Urgency,
    pub case: Option<Reference>,
}

/// One recipient's copy of a mail in the outbox; the bytes are in a row of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// `<uuid>-<n>`, n counting the recipients.
    pub id: String,
    pub message_id: MessageId,
    pub reverse_path: Option<AddrSpec>,
    pub recipient: AddrSpec,
    /// As the recipient reads it, for whoever must look after the letter.
    pub subject: String,
    pub template: String,
    pub urgency: Urgency,
    pub case: Option<Reference>,
    #[serde(default)]
    pub cause: Cause,
    /// Its place among all letters ever decided.
    #[serde(default)]
    pub number: u64,
    pub queued: Timestamp,
    /// Next attempt.
    pub due: Timestamp,
    /// Attempts made, the one under way included.
    pub attempts: u32,
    /// When it was first offered to a server that was there: giving up counts from here.
    #[serde(default)]
    pub first_tried: Option<Timestamp>,
    /// An attempt was committed and its outcome is not.
    pub under_way: bool,
    /// It is in no queue: the staff have not approved it yet.
    #[serde(default)]
    pub held: bool,
    /// How many attempts ended uncertain (RFC 1047): at the second, staff are asked.
    pub uncertain: u32,
    /// Why the last attempt failed, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_answer: Option<String>,
}

impl Record for Outgoing {
    const TABLE: &'static str = "outbox";
    fn key(&self) -> String {
        self.id.clone()
    }
}

/// `{"v":1,…}`: a record with the version of its shape before its fields.
fn versioned<R: Record>(record: &R) -> String {
    let body = serde_json::to_string(record).expect("a record is plain data and has string keys");
    match body.strip_prefix('{') {
        Some("}") => format!("{{\"v\":{}}}", R::VERSION),
        Some(rest) => format!("{{\"v\":{},{rest}", R::VERSION),
        None => unreachable!("a record is a struct, and serde writes those as objects"),
    }
}

/// A letter with its identity, ready to be worded.
#[derive(Clone, Debug, PartialEq)]
pub struct Posting {
    pub id: MessageId,
    pub letter: Addressed,
    /// It waits for the staff before it may leave.
    pub held: bool,
    pub cause: Cause,
}

/// What turns letters into mails: the only step of a decision that can fail.
pub trait Compose {
    type Error;
    /// `id` is the letter's Message-ID, already made.
    fn compose(&self, letter: &Addressed, id: &MessageId, now: Timestamp) -> Result<Mail, Self::Error>;
}

impl<C: Compose> Compose for std::sync::Arc<C> {
    type Error = C::Error;
    fn compose(&self, letter: &Addressed, id: &MessageId, now: Timestamp) -> Result<Mail, Self::Error> {
        (**self).compose(letter, id, now)
    }
}

impl Batch<Posting> {
    /// Words every letter. All or nothing: one that cannot be worded fails the batch.
    pub fn compose<C: Compose>(self, wording: &C, now: Timestamp) -> Result<Batch<Mail>, C::Error> {
        let worded = self.outbox.iter().map(|p| {
            let mail = wording.compose(&p.letter, &p.id, now)?;
            Ok(Mail { held: p.held, cause: p.cause, ..mail })
        });
        let outbox = worded.collect::<Result<Vec<Mail>, _>>()?;
        Ok(Batch {
            handled: self.handled,
            verdict: self.verdict,
            records: self.records,
            outbox,
            timers: self.timers,
        })
    }
}

impl Batch<Mail> {
    /// Every row this batch changes, in order; `view` is the state it was decided on.
    pub fn changes(&self, view: &dyn View, now: Timestamp) -> Vec<Change> {
        let letters = outbox::rows(&self.outbox, view, now);
        let timers = self.timers.iter().flat_map(|change| timer::rows(change, view));
        self.records.iter().cloned().chain(letters).chain(timers).collect()
    }
}
