//! What is known: people, cases, and the rows that keep promises to them.
//!
//! A record is stored as JSON under `table/key`, with the version of its shape.

use super::View;
use super::form_mail::FormMail;
use super::input::Purpose;
use super::inquiry::Inquiry;
use super::letter::{Answered, ExceptionKind, Line, NoteLine};
pub use super::person_key::{Alias, PersonKey};
use super::question::Question;
use super::schedule::Timer;
use super::word::Word;
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::message_id::MessageId;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt;

/// An instant; zones belong to people and are applied when a letter is worded.
pub type Timestamp = DateTime<Utc>;

/// Something kept under `TABLE/key`.
pub trait Record: Serialize + DeserializeOwned {
    const TABLE: &'static str;
    const VERSION: u32 = 1;
    /// Unique within the table; may itself contain `/`.
    fn key(&self) -> String;

    /// The record of this key; None where there is none.
    fn stored(view: &dyn View, key: &str) -> Option<Self> {
        let key = format!("{}/{key}", Self::TABLE);
        understood(view, &key, &view.get(&key)?)
    }

    /// Every record whose key begins so, in the order of keys.
    fn all_stored(view: &dyn View, prefix: &str) -> Vec<Self> {
        let rows = view.range(&format!("{}/{prefix}", Self::TABLE));
        rows.iter().filter_map(|(key, text)| understood(view, key, text)).collect()
    }
}

/// A row, read. One that is not understood makes the decision worthless.
pub fn understood<T: DeserializeOwned>(view: &dyn View, key: &str, text: &str) -> Option<T> {
    serde_json::from_str(text).inspect_err(|why| view.fault(key, &why.to_string())).ok()
}

/// The five characters people read and write: Crockford base32 in capitals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(pub String);

/// What proves that a reply comes from a party of a case: 80 bits in Crockford base32.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who has written to us and is known by an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Where letters go; mail from their other addresses counts as from here ([`Alias`]).
    pub address: AddrSpec,
    /// 0 for the first of this address; 2, 3, … for the others of a shared one.
    #[serde(default)]
    pub nth: u32,
    pub name: String,
    #[serde(default)]
    pub institution: Option<String>,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub zone: Option<Tz>,
    #[serde(default)]
    pub advisor: Option<Advisor>,
    /// The last day on which nobody's clock runs against this person.
    #[serde(default)]
    pub absent_until: Option<NaiveDate>,
    /// The last day of absence in the latest note of this person's machine.
    #[serde(default)]
    pub noted_until: Option<NaiveDate>,
    /// The staff have let somebody from outside the members in: nothing more of theirs is held.
    #[serde(default)]
    pub approved: Option<Timestamp>,
    pub since: Timestamp,
}

/// A person's entry on the roster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advisor {
    pub areas: Vec<String>,
    #[serde(default)]
    pub languages: Vec<String>,
    /// Requests at a time; None is no limit.
    #[serde(default)]
    pub at_a_time: Option<u32>,
    #[serde(default)]
    pub about: Option<String>,
    pub listed: Listed,
    /// Away up to and including this day.
    #[serde(default)]
    pub away_until: Option<NaiveDate>,
    /// Away until she says BACK: too many requests in a row were not answered.
    #[serde(default)]
    pub away_until_back: bool,
    /// Requests in a row whose time was over without a word of hers.
    #[serde(default)]
    pub expiries: u32,
}

/// Whether an advisor is shown and asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    Yes,
    /// A letter came back: off the roster until she writes or staff act.
    Unreachable,
    Removed,
}

/// One advisee's need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub reference: Reference,
    pub advisee: Mailbox,
    #[serde(default)]
    pub institution: Option<String>,
    pub issue: String,
    #[serde(default)]
    pub preferred_times: Option<String>,
    /// Fields we do not know: kept and shown, never dropped.
    #[serde(default)]
    pub other_fields: Vec<Line>,
    pub opened: Timestamp,
    pub stage: Stage,
    /// Every advisor asked, in order.
    pub attempts: Vec<Attempt>,
    /// The attempt that matters now: the latest, or the one that was accepted.
    #[serde(default)]
    pub current: usize,
    /// Advisors the advisee named besides the first, in order.
    #[serde(default)]
    pub also_wanted: Vec<PersonKey>,
    /// Of those, whom the request goes on to by itself, in order.
    #[serde(default)]
    pub ranked: Vec<PersonKey>,
    /// The latest alternatives offered; number n is the nth.
    #[serde(default)]
    pub offered: Vec<PersonKey>,
    /// The advisee's own request, to thread letters under.
    #[serde(default)]
    pub asked_by: Option<MessageId>,
    /// The advisee has been told once that her words are sent on.
    #[serde(default)]
    pub told: bool,
    /// The first of the offered is somebody of nearly the name that was asked for: YES takes her.
    #[serde(default)]
    pub suggested: bool,
    /// How often the question of the present stage was put.
    #[serde(default)]
    pub questions: u32,
    /// The website sent it in the advisee's name, and nothing has come from the advisee yet.
    #[serde(default)]
    pub claimed: bool,
    /// Contact through us is stopped by a report.
    #[serde(default)]
    pub paused: Option<Pause>,
}

/// Contact through us, stopped both ways until the staff end it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    pub since: Timestamp,
    /// The promises that stood then: they go on, later by as long as the pause lasted.
    pub timers: Vec<Timer>,
    /// Who read of the pause, and so reads of its end.
    #[serde(default)]
    pub told: Vec<Party>,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The advisor's week runs.
    Asked,
    /// They write to each other, undecided.
    InContact,
    /// The advisee has alternatives before her.
    Choosing,
    /// No advisor is left; staff look.
    WithStaff,
    Accepted,
    Held,
    NotHeld,
    Unconfirmed,
    Cancelled,
    Ended,
}

impl Stage {
    /// Whether anybody still owes anybody a word.
    pub fn is_open(self) -> bool {
        matches!(self, Stage::Asked | Stage::InContact | Stage::Choosing | Stage::WithStaff | Stage::Accepted)
    }
}

/// One advisor asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub advisor: Mailbox,
    /// Which entry of the roster; None where the request was handed over to somebody else.
    #[serde(default)]
    pub entry: Option<PersonKey>,
    pub asked: Timestamp,
    /// When the request was handed to the mail server: the week runs from here.
    #[serde(default)]
    pub handed_over: Option<Timestamp>,
    pub outcome: Outcome,
    /// The letter that carried the request.
    #[serde(default)]
    pub letter: Option<MessageId>,
    /// Has been told once that words without a decision are sent on.
    #[serde(default)]
    pub told: bool,
    /// When an automatic reply said that she is out of office.
    #[serde(default)]
    pub out_of_office: Option<Timestamp>,
    /// The last day of her absence, as the advisee was told.
    #[serde(default)]
    pub away_until: Option<NaiveDate>,
    /// Her clock stands still until then.
    #[serde(default)]
    pub stands_until: Option<Timestamp>,
    /// Others were offered while she is asked: the advisee's number moves the request on.
    #[serde(default)]
    pub others_offered: bool,
    /// WAIT: she has the full week, though others come after her on a list.
    #[serde(default)]
    pub full_week: bool,
    /// When a mail server first said that the request is late.
    #[serde(default)]
    pub delayed: Option<Timestamp>,
    /// She has accepted beyond her number of requests, and was asked whether she means it.
    #[serde(default)]
    pub asked_for_room: bool,
    /// The note of that acceptance.
    #[serde(default)]
    pub note_kept: Option<String>,
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Waiting,
    Accepted,
    Declined,
    Expired,
    Unreachable,
    /// Withdrawn, or overtaken by another advisor of the same case.
    Withdrawn,
}

/// One side of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Advisee,
    /// The advisor of the attempt with this index.
    Advisor(usize),
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenOwner {
    pub token: Token,
    pub owner: Owner,
}

/// What a token opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    Party {
        case: Reference,
        party: Party,
    },
    /// An incomplete form waiting for its missing fields.
    Draft(Reference),
    /// A question that a word of the person asked decides.
    Inquiry(Reference),
    /// A staff person, by a digest.
    Staff(AddrSpec),
    /// An advisor who was asked until when she is away.
    Away(PersonKey),
    /// A booking of the shared room without a case.
    Booking(Reference),
}

/// A letter that was decided, found again by its Message-ID when something answers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LetterSent {
    pub message_id: MessageId,
    pub template: String,
    pub to: Vec<AddrSpec>,
    /// Whom it greets at each of these addresses, in the same order.
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub case: Option<Reference>,
    pub at: Timestamp,
}

/// An incomplete form, kept for 14 days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub reference: Reference,
    /// As far as it goes.
    pub sent: FormMail,
    /// Canonical labels that were asked for because they were absent.
    pub missing: Vec<String>,
    /// Canonical labels whose value had no reading, or two.
    pub unclear: Vec<String>,
    pub until: Timestamp,
}

/// Something only staff can decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    pub reference: Reference,
    pub since: Timestamp,
    pub kind: ExceptionKind,
    /// Who waits for the decision; None where nobody does.
    #[serde(default)]
    pub from: Option<Mailbox>,
    /// Who it is about: a name or an address.
    pub who: String,
    pub about: String,
    /// What was sent: APPROVE takes it as if it had been sent by a member.
    #[serde(default)]
    pub form: Option<FormMail>,
    /// What was written to the staff, whole.
    #[serde(default)]
    pub words: Option<String>,
    /// The mail that letters to the writer answer.
    #[serde(default)]
    pub answers: Option<Answered>,
    /// The staff have had a mail about it.
    #[serde(default)]
    pub mailed: bool,
    /// The language its writer was heard in.
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub case: Option<Reference>,
}

/// What one of the staff wrote down, for the others to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffNote {
    pub reference: Reference,
    /// What it was noted of: a hold or a case.
    #[serde(default)]
    pub about: Option<Reference>,
    pub text: String,
    pub by: String,
    pub at: Timestamp,
    /// It is about a complaint: only whoever deals with those reads it.
    #[serde(default)]
    pub confidential: bool,
}

/// The last act of the staff under a reference: the second to act reads of it, and UNDO
/// takes it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffAct {
    pub reference: Reference,
    pub word: Word,
    /// Who it was about.
    pub who: String,
    pub by: AddrSpec,
    pub by_name: String,
    pub at: Timestamp,
    #[serde(default)]
    pub undone: Option<Timestamp>,
    pub before: Before,
}

/// How things stood before an act of the staff.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Before {
    #[serde(default)]
    pub holds: Vec<Hold>,
    /// The mails in prose that the holds were about.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// The person it was about, if there was one.
    #[serde(default)]
    pub person: Option<Person>,
    /// The case that an approval opened, or that was given to another advisor.
    #[serde(default)]
    pub case: Option<Reference>,
    /// The meeting that an approval noted.
    #[serde(default)]
    pub meeting: Option<Reference>,
    /// The form that an approval kept, because something was missing.
    #[serde(default)]
    pub draft: Option<Reference>,
    /// The note that was made.
    #[serde(default)]
    pub note: Option<Reference>,
    /// The case was paused after a report, and went on.
    #[serde(default)]
    pub resumed: bool,
}

/// What the staff's attention was called to, and when: so that it is not called too often.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The day of the mails counted here.
    #[serde(default)]
    pub day: Option<NaiveDate>,
    /// Mails about single holds on that day.
    #[serde(default)]
    pub mailed: u32,
    /// Reminders since somebody of the staff last did anything.
    #[serde(default)]
    pub reminders: u32,
    /// Whether the next of the staff has had one of them.
    #[serde(default)]
    pub next_told: bool,
}

/// A meeting that was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meeting {
    pub reference: Reference,
    pub advisor: String,
    pub advisee: String,
    #[serde(default)]
    pub date: Option<NaiveDate>,
    #[serde(default)]
    pub minutes: Option<u32>,
    pub held: bool,
    #[serde(default)]
    pub topic: Option<String>,
    #[serde(default)]
    pub comments: Option<String>,
    /// None where it came without a request.
    #[serde(default)]
    pub case: Option<Reference>,
    pub reported: Timestamp,
}

/// What is counted, a row a week: how often it happened in that week. A request that one
/// advisor declines and another accepts is in both; what has come of each request, once, is
/// [`RequestWeek`](super::week::RequestWeek).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    Requests,
    Accepted,
    Declined,
    NoAnswer,
    NotReached,
    MeetingsHeld,
    MeetingsNotHeld,
    Unconfirmed,
    NewAdvisors,
    MailReceived,
    NotForUs,
}

/// One input that was handled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handled {
    pub input: String,
    pub at: Timestamp,
    pub verdict: String,
}

/// A digest that was written; its key makes a second one for the period impossible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DigestSent {
    /// `2026-W48`
    pub period: String,
    pub at: Timestamp,
}

/// How many of something there were in a week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// `2026-W48`
    pub week: String,
    pub what: Counted,
    pub count: u64,
}

/// How far a folder of the contact mailbox has been read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub folder: String,
    #[serde(default)]
    pub purpose: Purpose,
    /// RFC 9051 §2.3.1.1; UIDs mean nothing without it.
    pub uid_validity: u32,
    /// Every mail up to this UID has been decided.
    pub last_uid: u32,
    /// Up to this UID, mails received before `since` are old: counted, never acted on.
    #[serde(default)]
    pub old_up_to: u32,
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Up to this UID, mails were there when the folder was numbered anew: most were decided.
    #[serde(default)]
    pub again_up_to: u32,
    /// Mails that were there before the first start, or are older than a mailbox read anew is
    /// acted on: counted, never acted on.
    pub older: u64,
    /// Mails that vanished before we could read them.
    pub vanished: u64,
}

/// Which input a Message-ID was first seen on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstSeen {
    pub message_id: MessageId,
    pub input: String,
    /// The case in which a party of it wrote this mail.
    #[serde(default)]
    pub case: Option<Reference>,
}

impl Case {
    /// The attempt that matters now.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempts.get(self.current)
    }

    /// Who a party is. An index that was never asked gives the advisee: tokens of such a
    /// party are never made.
    pub fn mailbox_of(&self, party: Party) -> &Mailbox {
        match party {
            Party::Advisee => &self.advisee,
            Party::Advisor(n) => self.attempts.get(n).map_or(&self.advisee, |a| &a.advisor),
        }
    }

    /// The other side of a party: for an advisee, the advisor asked last.
    pub fn other(&self, party: Party) -> Option<Party> {
        match party {
            Party::Advisor(_) => Some(Party::Advisee),
            Party::Advisee => self.attempt().map(|_| Party::Advisor(self.current)),
        }
    }

    /// What letters to a party are threaded under: the advisee's own request, or the
    /// letter that brought it to the advisor.
    pub fn thread_of(&self, party: Party) -> Option<Answered> {
        let message_id = match party {
            Party::Advisee => self.asked_by.clone(),
            Party::Advisor(n) => self.attempts.get(n).and_then(|a| a.letter.clone()),
        }?;
        Some(Answered { message_id, references: Vec::new() })
    }

    /// The party an address belongs to: the latest attempt wins.
    pub fn party_of(&self, address: &AddrSpec) -> Option<Party> {
        let advisor = self.attempts.iter().rposition(|a| a.advisor.address == *address);
        let advisee = (self.advisee.address == *address).then_some(Party::Advisee);
        advisee.or(advisor.map(Party::Advisor))
    }

    /// Whether this entry of the roster has been asked.
    pub fn has_asked(&self, person: &Person) -> bool {
        self.attempts.iter().any(|a| a.person() == PersonKey::from(person))
    }
}

impl Attempt {
    /// Who is asked: an address names the first who has it.
    pub fn person(&self) -> PersonKey {
        self.entry.clone().unwrap_or_else(|| PersonKey::from(&self.advisor.address))
    }
}

impl Hold {
    /// The reference the staff see and write: the case's, where there is one.
    pub fn shown_reference(&self) -> &Reference {
        self.case.as_ref().unwrap_or(&self.reference)
    }
}

impl StaffNote {
    /// As letters show it.
    pub fn shown(self) -> NoteLine {
        NoteLine { about: self.about, text: self.text, by: self.by }
    }
}

impl Advisor {
    /// On the roster from now on, with nothing said yet.
    pub fn listed() -> Self {
        Self {
            areas: Vec::new(),
            languages: Vec::new(),
            at_a_time: None,
            about: None,
            listed: Listed::Yes,
            away_until: None,
            away_until_back: false,
            expiries: 0,
        }
    }
}

impl Person {
    /// Whether they have an entry and have not left: away, or not reached, is on the roster.
    pub fn is_on_roster(&self) -> bool {
        self.advisor.as_ref().is_some_and(|a| a.listed != Listed::Removed)
    }

    /// Somebody of whom only the mail's From is known.
    pub fn new(mailbox: &Mailbox, since: Timestamp) -> Self {
        Self {
            address: mailbox.address.clone(),
            nth: 0,
            name: mailbox.called().to_owned(),
            institution: None,
            language: None,
            zone: None,
            advisor: None,
            absent_until: None,
            noted_until: None,
            approved: None,
            since,
        }
    }

    pub fn mailbox(&self) -> Mailbox {
        Mailbox::new(self.name.clone(), self.address.clone())
    }
}

impl Mailbox {
    /// How to call somebody: the display name, else what stands before the `@`.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.address.local())
    }
}

macro_rules! record {
    ($($type:ty, $table:literal, $self:ident => $key:expr;)*) => {$(
        impl Record for $type {
            const TABLE: &'static str = $table;
            fn key(&$self) -> String { $key }
        }
    )*};
}

record! {
    Person, "person", self => PersonKey::from(self).0;
    Case, "case", self => self.reference.0.clone();
    TokenOwner, "token", self => self.token.0.clone();
    LetterSent, "sent", self => self.message_id.inner().to_owned();
    Draft, "draft", self => self.reference.0.clone();
    Hold, "hold", self => self.reference.0.clone();
    StaffNote, "staff-note", self => self.reference.0.clone();
    StaffAct, "staff-act", self => self.reference.0.clone();
    Attention, "attention", self => "staff".to_owned();
    Meeting, "meeting", self => self.reference.0.clone();
    Handled, "handled", self => self.input.clone();
    DigestSent, "digest", self => self.period.clone();
    Tally, "count", self => format!("{}/{:?}", self.week, self.what);
    Reading, "reading", self => self.folder.clone();
    Inquiry, "inquiry", self => self.reference.0.clone();
    Alias, "alias", self => self.address.key();
    FirstSeen, "first-seen", self => self.message_id.inner().to_owned();
}
