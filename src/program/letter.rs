//! Everything Sounding Board can say: one variant a template, with typed fields.
//!
//! Rules choose a letter; `templates/<language>/<name>.md` words it. A field is a fact,
//! never a sentence, so that every language can say it its own way.

use super::booking::NoRoom;
use super::feedback::{Marks, WeekOfFeedback};
use super::kept_back::Why;
use super::moment::{MeetingTime, Moment, Slot};
use super::proposals::UnclearTime;
use super::record::{Reference, Timestamp, Token};
use super::room::Room;
use super::word::Word;
use crate::mail::address::Mailbox;
use crate::mail::inbound::Unreadable;
use crate::mail::invitation::Method;
use crate::mail::message_id::MessageId;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use super::letter_class::{Class, Urgency};

/// A letter with everything its composition needs besides the wording.
#[derive(Clone, Debug, PartialEq)]
pub struct Addressed {
    /// All recipients see each other; each gets the same bytes in a submission of its own.
    pub to: Vec<Mailbox>,
    /// The reader's language tag, e.g. `en`.
    pub language: String,
    /// The zone in which the reader's times are written.
    pub zone: Tz,
    /// Whose words it carries: shown as "Leila Haddad via Peer Advising Network".
    pub on_behalf_of: Option<String>,
    /// The website asked in the reader's name: NO says that it was not the reader.
    pub claimed: bool,
    /// The case it belongs to, and the token by which a reply acts in it.
    pub thread: Option<Thread>,
    /// The mail it answers.
    pub answers: Option<Answered>,
    /// What the reader's calendar program takes.
    pub calendar: Option<Calendar>,
    pub letter: Letter,
}

/// An invitation, or the end of one (RFC 6047).
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub method: Method,
    pub uid: String,
    pub sequence: u32,
    pub slot: Slot,
    /// The reader first.
    pub attendees: Vec<Mailbox>,
    /// The shared room, where it is booked.
    pub location: Option<String>,
}

/// The case a letter belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    pub reference: Reference,
    /// None in the introduction, which is the same for both parties.
    pub token: Option<Token>,
}

/// The mail a letter answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    pub message_id: MessageId,
    pub references: Vec<MessageId>,
}

/// One line said back as it was understood (or not): a form's field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Canonical English label; shown in the reader's language where it is known.
    pub label: String,
    pub value: String,
}

/// Another advisor the advisee may choose with a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// What to reply: 1, 2 or 3.
    pub number: usize,
    pub name: String,
    pub institution: String,
    /// The areas of experience that fit best; never empty for a listed advisor.
    pub areas: Vec<String>,
}

/// An advisor as the roster shows one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterEntry {
    pub name: String,
    pub institution: String,
    pub areas: Vec<String>,
    pub languages: Vec<String>,
    pub about: Option<String>,
}

/// Why the advisor an advisee asked for cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    Unknown,
    /// Unknown, but the first alternative has nearly that name.
    NearMiss,
    Away,
    Unlisted,
    Full,
    /// The advisee named himself.
    Oneself,
    /// An open request of the same advisee is with her already.
    AlreadyAsked,
    /// Contact between the two stands still after a report.
    Paused,
}

/// Somebody whom an advisee named and who cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The advisor's name, or what the advisee wrote.
    pub name: String,
    pub why: Unavailable,
    pub away_until: Option<NaiveDate>,
    /// Somebody on the roster of nearly that name.
    pub meant: Option<String>,
}

/// Why a request goes on to the next of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    NoAnswer,
    Declined,
    NotReached,
    Away,
    /// Off the roster since she was asked.
    Unlisted,
    /// The advisee said NEXT.
    Next,
}

/// What staff will decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithStaff {
    SignUp,
    Request,
    Roster,
    Confirmation,
    /// Words of somebody we could not be sure of.
    Words,
    /// STAFF: words for the staff and nobody else.
    ToStaff,
    /// MY DATA
    Data,
    /// FORGET ME
    Erasure,
    /// REPORT
    Report,
}

/// Why a case is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Alternatives were offered, and nobody chose in 14 days.
    OfferUnanswered,
    /// In contact, asked twice whether it is settled.
    NotSettled,
    /// The meeting was never confirmed.
    Unconfirmed,
    /// No advisor was left, and staff found none.
    NoAdvisor,
    /// The staff have taken care of it themselves.
    ByStaff,
}

/// Why a deciding word changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoEffect {
    /// It was done before.
    Already,
    /// The case has moved on to another advisor, or is closed.
    MovedOn,
    /// The word has no meaning at this point.
    NotNow,
    /// A number that was not on offer.
    NotOffered,
    /// NO to "have you met?": not yet, or not at all.
    WhichNo,
    /// The time that was chosen is over.
    TimeIsOver,
    /// ROOM, where the network has none.
    NoSharedRoom,
}

/// What a letter about an agreed meeting is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreedOn {
    Time,
    /// Moved.
    OtherTime,
    /// The shared room is booked for it.
    Room,
    /// The shared room was given back.
    NoRoom,
}

/// The shared room, as whoever has booked it reads of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomShown {
    pub name: String,
    /// How to come in; None where the staff send it.
    pub join: Option<String>,
    pub staff_opens: bool,
}

impl RoomShown {
    pub fn of(room: &Room) -> Self {
        let join = Some(room.join.clone()).filter(|join| !join.is_empty());
        Self { name: room.name.clone(), join, staff_opens: room.needs_staff() }
    }
}

/// The shared room, asked for beside times that are proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomWish {
    pub name: String,
    /// The numbers of the times at which it cannot be had.
    pub not_at: Vec<usize>,
    /// When it can, nearest to the first of these.
    pub free: Vec<FreeTime>,
}

/// A time at which the shared room is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeTime {
    pub number: usize,
    pub at: Moment,
    /// As it is replied, on the reader's clock: `2026-12-08 14:00`.
    pub reply: String,
}

impl FreeTime {
    /// On this clock, and whether that is only assumed to be the reader's.
    pub fn numbered(slots: &[Slot], (zone, assumed): (Tz, bool)) -> Vec<Self> {
        let moments = slots.iter().map(|slot| slot.moment(zone, assumed));
        let time =
            |(number, at): (usize, Moment)| Self { number, reply: format!("{} {}", at.date, at.from), at };
        (1..).zip(moments).map(time).collect()
    }
}

/// Who has the shared room, in the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomLines {
    pub name: String,
    pub lines: Vec<RoomLine>,
}

/// A booking to come, in the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomLine {
    pub at: Moment,
    pub who: String,
}

/// What somebody in a case can expect, and what decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// The advisor answers.
    Answer,
    /// Both are asked whether it is settled.
    Settled,
    /// The advisee chooses from the alternatives.
    Choice,
    /// Staff look for an advisor.
    Search,
    /// Both are asked whether they have met.
    Confirmation,
    /// Nothing is awaited of or for the reader.
    Nothing,
}

/// One exception in the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub since: Timestamp,
    pub kind: ExceptionKind,
    /// Who wrote, or whom it concerns: a name or an address.
    pub who: String,
    /// A subject line or a few words; empty where there are none.
    pub about: String,
    /// Words of the staff that may be what the writer wishes, the likeliest first.
    pub guesses: Vec<String>,
    /// Since when staff are on it, as they write to those concerned by hand.
    pub on_it: Option<Timestamp>,
    /// What a brake holds, where it is that.
    pub kept: Option<KeptLine>,
    /// What the staff have written down about it.
    pub notes: Vec<NoteLine>,
    /// What a word of the staff names it by.
    pub reference: Reference,
}

/// Mails that a brake holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLine {
    pub why: Why,
    pub mails: u64,
    /// More of them, whose text was answered before or waits already.
    pub repeats: u64,
    /// When they go on by themselves, if they do.
    pub goes: Option<Timestamp>,
}

/// Something that one of the staff wrote down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteLine {
    pub about: Option<Reference>,
    pub text: String,
    pub by: String,
}

/// One line of a reply of the staff, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffLine {
    pub wrote: String,
    pub outcome: StaffOutcome,
    /// Whom it was about; empty where nobody was found.
    pub who: String,
    pub reference: Option<Reference>,
    /// Whether UNDO takes it back.
    pub undo: bool,
    /// The advisor it was given to, or whom the writer may have meant.
    pub other: Option<String>,
    /// Who had acted before, when, and with which word.
    pub by: Option<String>,
    pub at: Option<Timestamp>,
    pub word: Option<Word>,
    pub until: Option<NaiveDate>,
}

/// What came of a line; from `AlreadyDone` on nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffOutcome {
    Approved,
    /// Approved, and its writer was asked for what the form lacks.
    ApprovedInPart,
    Refused,
    Assigned,
    Removed,
    SentAway,
    Noted,
    Handled,
    /// Handled: what a report had paused goes on.
    Resumed,
    Undone,
    Figures,
    /// A letter that waited goes out, or never does.
    LetterSent,
    LetterDropped,
    /// It had gone out before the store was lost, and does not go out again.
    LetterWasSent,
    /// Mails that a brake held go on, or are left as they are.
    KeptReleased,
    KeptLeft,
    AlreadyDone,
    AlreadyUndone,
    /// No such reference, or nothing waits under it.
    NothingWaits,
    /// The word needs a reference here.
    WhichOne,
    /// Nothing was asked for that could be approved or refused.
    NothingToApprove,
    NobodyToRefuse,
    /// ASSIGN where there is no request without an advisor.
    NoRequest,
    /// The two have agreed already.
    Agreed,
    WhichAdvisor,
    UnknownAdvisor,
    AdvisorAway,
    AdvisorFull,
    AdvisorUnlisted,
    AdvisorDeclined,
    AdvisorAskedNow,
    AdvisorIsAdvisee,
    WhichDate,
    EmptyNote,
    NothingToUndo,
    TooLateToUndo,
    MovedOn,
    /// It was sent and cannot be called back.
    Sent,
    /// The request stands still after a report; `other` lets it go on.
    Paused,
}

impl StaffOutcome {
    /// Every outcome: the answer must have words for each.
    pub const ALL: [StaffOutcome; 39] = {
        use StaffOutcome::*;
        [
            Approved,
            ApprovedInPart,
            Refused,
            Assigned,
            Removed,
            SentAway,
            Noted,
            Handled,
            Resumed,
            Undone,
            Figures,
            LetterSent,
            LetterDropped,
            LetterWasSent,
            KeptReleased,
            KeptLeft,
            AlreadyDone,
            AlreadyUndone,
            NothingWaits,
            WhichOne,
            NothingToApprove,
            NobodyToRefuse,
            NoRequest,
            Agreed,
            WhichAdvisor,
            UnknownAdvisor,
            AdvisorAway,
            AdvisorFull,
            AdvisorUnlisted,
            AdvisorDeclined,
            AdvisorAskedNow,
            AdvisorIsAdvisee,
            WhichDate,
            EmptyNote,
            NothingToUndo,
            TooLateToUndo,
            MovedOn,
            Sent,
            Paused,
        ]
    };

    /// Whether the line did what it said.
    pub fn is_done(self) -> bool {
        self < StaffOutcome::AlreadyDone
    }
}

/// What an act of the staff means to the one it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffDid {
    /// Away until a day.
    Away,
    /// Back on the roster: an act was taken back.
    Listed,
    /// An approval was taken back: off the roster.
    SignUpTakenBack,
    /// An approval was taken back: the request is withdrawn.
    RequestTakenBack,
    ConfirmationTakenBack,
    /// A refusal was taken back: it is looked at again.
    LookedAtAgain,
    /// A request was given to another advisor.
    GivenToAnother,
    /// A request was given to an advisor, and that was taken back.
    AssignmentTakenBack,
}

impl StaffDid {
    /// Every one: the letter must have words for each.
    pub const ALL: [StaffDid; 8] = [
        StaffDid::Away,
        StaffDid::Listed,
        StaffDid::SignUpTakenBack,
        StaffDid::RequestTakenBack,
        StaffDid::ConfirmationTakenBack,
        StaffDid::LookedAtAgain,
        StaffDid::GivenToAnother,
        StaffDid::AssignmentTakenBack,
    ];
}

/// The week so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresNow {
    pub figures: Vec<Figure>,
    pub open_requests: u64,
    pub listed_advisors: u64,
}

/// What kind of exception waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    SignUpHeld,
    RequestHeld,
    RosterHeld,
    ConfirmationHeld,
    /// Somebody whom nobody knows asks for the shared room.
    RoomHeld,
    /// Meetings of somebody have not come about three times in half a year.
    OftenNotHeld,
    /// Somebody must open the shared room.
    RoomToOpen,
    /// Someone wrote about a case with a reference or token that was not theirs.
    Stranger,
    /// A party's words that nobody else reads: the case has moved on or is over.
    Words,
    NoAdvisorLeft,
    AdvisorUnreachable,
    AdviseeUnreachable,
    /// A letter that two tries could not settle: it may or may not have arrived.
    UncertainDelivery,
    /// Five days of trying did not get a letter out.
    NotSent,
    /// A mail that made us stop; it is still in the mailbox.
    Quarantined,
    SameIdOtherContent,
    /// A mail read again in a mailbox made anew is not as it was when it was decided.
    ChangedOnItsWay,
    /// Somebody wrote with the token of one of the staff, from an address that is none of theirs.
    StaffStranger,
    /// Somebody we know wrote in words of their own.
    Prose,
    /// Somebody says that what came in their name is not theirs.
    NotTheirs,
    /// A party gave its place to somebody else.
    HandedOver,
    /// A form from the website that names nobody we can write to, or is forged.
    FormWithoutPerson,
    /// STAFF: somebody writes to the staff.
    ToStaff,
    /// MY DATA
    DataAsked,
    /// FORGET ME
    ErasureAsked,
    /// A report, which only the complaints person reads.
    Reported,
    /// An advisor left the roster, and had agreed to meetings.
    AdvisorLeft,
    /// An advisor named somebody we do not know.
    UnknownAdvisor,
    /// Mails that a brake holds.
    KeptBack,
    /// Encrypted, or in a format of Outlook's own.
    Unreadable,
    /// A note from a form service that says only where the answers are.
    FormWithoutAnswers,
    /// Something that was due made us stop; it is tried again on the next day.
    Stuck,
}

impl ExceptionKind {
    /// Every kind: the digest must have words for each.
    pub const ALL: [ExceptionKind; 31] = [
        ExceptionKind::SignUpHeld,
        ExceptionKind::RequestHeld,
        ExceptionKind::RosterHeld,
        ExceptionKind::ConfirmationHeld,
        ExceptionKind::RoomHeld,
        ExceptionKind::RoomToOpen,
        ExceptionKind::Stranger,
        ExceptionKind::Words,
        ExceptionKind::NoAdvisorLeft,
        ExceptionKind::AdvisorUnreachable,
        ExceptionKind::AdviseeUnreachable,
        ExceptionKind::UncertainDelivery,
        ExceptionKind::NotSent,
        ExceptionKind::Quarantined,
        ExceptionKind::SameIdOtherContent,
        ExceptionKind::ChangedOnItsWay,
        ExceptionKind::StaffStranger,
        ExceptionKind::Prose,
        ExceptionKind::NotTheirs,
        ExceptionKind::HandedOver,
        ExceptionKind::FormWithoutPerson,
        ExceptionKind::ToStaff,
        ExceptionKind::DataAsked,
        ExceptionKind::ErasureAsked,
        ExceptionKind::Reported,
        ExceptionKind::AdvisorLeft,
        ExceptionKind::UnknownAdvisor,
        ExceptionKind::KeptBack,
        ExceptionKind::Unreadable,
        ExceptionKind::FormWithoutAnswers,
        ExceptionKind::Stuck,
    ];
}

/// A letter that waits for the staff, as its reader would get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterToApprove {
    pub reference: Reference,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub since: Timestamp,
}

/// A letter of a gap, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapLetter {
    pub reference: Reference,
    /// Addresses.
    pub to: String,
    pub subject: String,
    pub since: Timestamp,
}

/// A request that staff are on, by writing to those concerned by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InHand {
    pub reference: Reference,
    pub advisee: String,
    pub advisor: Option<String>,
    pub since: Timestamp,
}

/// A figure of the week, with the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub what: super::record::Counted,
    pub count: u64,
    pub before: u64,
}

/// What became of a second address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondAddress {
    /// We have written there.
    Asked,
    Done,
    Already,
    /// It is somebody else's.
    Taken,
    /// What was written is no address.
    NoAddress,
    /// NO came from there.
    Refused,
    /// It was not its owner who said so: taken away again.
    TakenBack,
    /// Nothing came from there.
    Unanswered,
}

/// Who reads that a case was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewParty {
    /// Who takes it.
    Writer,
    /// Who gave it away.
    Owner,
    /// The other side of the case.
    Other,
}

/// What a question of ours was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InquiryKind {
    /// A form that came from the website.
    Claim,
    /// SAME or SECOND PERSON.
    Shared,
    AlsoMe,
    /// Whether a mail was theirs.
    Mail,
    /// We do not know any more.
    Any,
}

/// Why a question is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// The answer was no.
    Refused,
    /// There was none.
    Lapsed,
    /// It was closed before this answer came.
    Before,
}

/// The requests of one week, each once, by what has come of them so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday.
    pub from: NaiveDate,
    pub requests: u64,
    pub accepted: u64,
    pub open: u64,
    pub withdrawn: u64,
    pub ended: u64,
}

/// How an advisor's place on the roster has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Joined,
    Back,
    Away,
    Unreachable,
    Left,
}

impl ChangeKind {
    /// Every kind: the digest must have words for each.
    pub const ALL: [ChangeKind; 5] =
        [ChangeKind::Joined, ChangeKind::Back, ChangeKind::Away, ChangeKind::Unreachable, ChangeKind::Left];
}

/// A change on the roster since the last digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterChange {
    pub name: String,
    pub institution: Option<String>,
    pub what: ChangeKind,
    /// Only with `Away`, and `Joined` by somebody who is away already.
    pub until: Option<NaiveDate>,
}

/// One of the network's languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tongue {
    pub tag: String,
    /// As its readers call it.
    pub name: String,
}

/// What came of LANGUAGE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageAnswer {
    Set,
    /// The network does not speak it.
    Unknown,
    /// No language was named.
    Which,
    /// We keep nothing about the writer, so there is nothing to change.
    Stranger,
}

/// Why the last day of an absence has to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UntilWhen {
    NotSaid,
    /// What was said is no date that we can read.
    NoDate,
    /// `03/04/2027`
    TwoReadings,
    Past,
}

/// Somebody whom a declining advisor suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub name: String,
    pub tried: Tried,
}

/// What became of such a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tried {
    /// First among the alternatives.
    First,
    /// On the roster, but away, full or not to be reached.
    NotFree,
    /// Asked in this case already.
    Asked,
    /// It is the advisee.
    Advisee,
    /// Not on the roster: invited to sign up.
    Invited,
    InvitedBefore,
    /// Nobody whom we know; staff are told.
    Unknown,
}

/// Where somebody stands with the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRoster {
    Listed,
    Away,
    /// Mail came back.
    Unreachable,
    Left,
    Never,
}

/// A case, as its reader knows it: by the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dealing {
    pub reference: Reference,
    pub other: Option<String>,
}

/// A number that works now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub number: usize,
    pub name: String,
}

/// A word that does something in a case now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseWord {
    Accept,
    Decline,
    /// DECLINE AND AWAY UNTIL
    DeclineAway,
    /// DECLINE, TRY
    DeclineTry,
    Ask,
    Written,
    Heard,
    /// NEXT, and WAIT: of a list of advisors.
    Next,
    Wait,
    Cancel,
    /// YES, of the advisee: it is settled.
    Settled,
    /// NOT YET: it is not settled.
    NotYet,
    /// NO, of the advisee: another advisor.
    Another,
    Held,
    /// NOT YET: they are still going to meet.
    StillGoing,
    NotHeld,
    Room,
}

/// A reader's own entry on the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub institution: Option<String>,
    pub areas: Vec<String>,
    pub languages: Vec<String>,
    pub at_a_time: Option<u32>,
    pub zone: Option<String>,
    pub away_until: Option<NaiveDate>,
}

/// An open case, as one of its sides sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCase {
    pub reference: Reference,
    pub other: Option<String>,
    /// The first line of the issue.
    pub about: String,
    pub since: Timestamp,
    pub next: Next,
    pub when: Option<NaiveDate>,
    pub paused: bool,
}

/// Something of the reader's that is with the staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub what: WithStaff,
    pub since: Timestamp,
}

/// A form of the reader's that lacks something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenForm {
    pub kind: String,
    pub missing: Vec<String>,
    pub until: NaiveDate,
}

/// One variant a template. The doc says who reads it and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    // ---- roster
    /// To an advisor, after a sign-up from a member institution.
    WelcomeAdvisor { name: String, understood: Vec<Line>, not_understood: Vec<Line> },
    /// To an advisor who was imported, when the roster is announced: all that is on file.
    ImportedWelcome { name: String, on_file: Vec<Line> },
    /// To an advisor whose sign-up or update changed an existing entry; back on the roster if she was off it.
    AdvisorUpdated {
        name: String,
        understood: Vec<Line>,
        not_understood: Vec<Line>,
        relisted: bool,
        /// Nothing in it differs from what was on file.
        unchanged: bool,
    },
    /// To the writer of a form that lacks something. `missing` are canonical labels;
    /// `ambiguous` are fields whose value has two readings (a date). Kept for 14 days.
    FormIncomplete {
        name: Option<String>,
        kind: String,
        understood: Vec<Line>,
        missing: Vec<String>,
        ambiguous: Vec<Line>,
        until: NaiveDate,
    },
    /// To the writer of an incomplete form, when the 14 days are over, or CANCEL put it aside.
    FormLapsed { name: Option<String>, kind: String, cancelled: bool },
    /// To a member who asked for the roster; best first. `words` is what was searched for.
    Roster { words: Option<String>, advisors: Vec<RosterEntry>, more: usize },
    /// To somebody whose mail staff must decide on: not a member, or not sure who wrote.
    WithStaff { name: Option<String>, what: WithStaff, understood: Vec<Line> },
    /// To an applicant, a week later: staff have not decided yet.
    StillWithStaff { name: Option<String>, what: WithStaff, since: Timestamp },

    // ---- a request, to the advisee
    /// Sent on to the advisor. `answer_by` is the day the week ends.
    RequestReceipt {
        name: String,
        advisor: String,
        issue: String,
        understood: Vec<Line>,
        not_understood: Vec<Line>,
        answer_by: NaiveDate,
        closure: Option<String>,
        /// Where addresses are shown from the start.
        address: Option<String>,
        /// Who is asked next, in order.
        then: Vec<String>,
        skipped: Vec<Skipped>,
    },
    /// The advisee already has an open request with this advisor.
    AlreadyOpen { name: String, advisor: String, since: Timestamp },
    /// The advisor asked for cannot be asked; others are offered. `wanted` is what the
    /// advisee wrote (or the advisor's name). `away_until` only with `Away`.
    CannotAsk {
        name: String,
        wanted: String,
        why: Unavailable,
        away_until: Option<NaiveDate>,
        /// Who has nearly the name that was asked for, and is away or full.
        meant: Option<String>,
        alternatives: Vec<Alternative>,
        closes: NaiveDate,
    },
    /// The advisee chose; the same request went to the next advisor.
    SentOn {
        name: String,
        advisor: String,
        address: Option<String>,
        answer_by: NaiveDate,
        closure: Option<String>,
    },
    /// The advisor declined, perhaps with a note; others are offered.
    Declined {
        name: String,
        advisor: String,
        note: Option<String>,
        /// The name of the first of them, whom the declining advisor suggests.
        suggested: Option<String>,
        alternatives: Vec<Alternative>,
        closes: NaiveDate,
    },
    /// The week ended without a word; others are offered. HEARD says that she did write.
    NoAnswer { name: String, advisor: String, alternatives: Vec<Alternative>, closes: NaiveDate },
    /// The request did not reach the advisor; others are offered.
    NotReached { name: String, advisor: String, alternatives: Vec<Alternative>, closes: NaiveDate },
    /// ANOTHER ADVISOR, after a meeting that did not come about.
    OthersWanted { name: String, alternatives: Vec<Alternative>, closes: NaiveDate },
    /// CANCEL was done. `advisor` was told, if one had been asked.
    CancelledReceipt { name: String, advisor: Option<String> },
    /// HEARD was noted: the two are in contact.
    HeardNoted { name: String, advisor: String, asked_again: NaiveDate },

    // ---- a request, to the advisor
    /// The advisee's request, in the advisee's words.
    RequestToAdvisor {
        name: String,
        advisee: String,
        institution: Option<String>,
        issue: String,
        preferred_times: Option<String>,
        other_fields: Vec<Line>,
        answer_by: NaiveDate,
        /// Where addresses are shown from the start.
        address: Option<String>,
    },
    /// Day 3 and day 6. `last` is the second one.
    Reminder { name: String, advisee: String, issue: String, answer_by: NaiveDate, last: bool },
    /// The week ended; no blame. A late ACCEPT still counts, unless the next of a list is asked.
    ExpiredToAdvisor { name: String, advisee: String, passed_on: bool },
    /// DECLINE was done; the advisee has been told. And what was said in the same breath.
    DeclineReceipt {
        name: String,
        advisee: String,
        suggestion: Option<Suggestion>,
        away_until: Option<NaiveDate>,
    },
    /// WRITTEN was noted: reminders stop.
    WrittenNoted { name: String, advisee: String },
    /// Words without a decision went to the advisee; once a case. YES would accept.
    WordsSentOn { name: String, advisee: String },
    /// To the advisee: words went to the advisor; once a case.
    WordsForwarded {
        name: String,
        advisor: String,
        /// They have each other's addresses, and are asked whether they have met.
        introduced: bool,
    },
    /// Accepted too late: somebody else has agreed (`found`), or is asked now.
    LateThanks { name: String, advisee: String, found: bool },
    /// The advisee withdrew the request.
    CancelledToAdvisor { name: String, advisee: String },

    // ---- between the two
    /// One letter to both, after ACCEPT: addresses shown, nothing passes through us from here.
    Introduction {
        advisor: Mailbox,
        advisee: Mailbox,
        issue: String,
        preferred_times: Option<String>,
        note: Option<String>,
        /// The advisor has proposed times, which both read in a letter of their own.
        times: bool,
        confirm_on: NaiveDate,
    },
    /// Times for a meeting, to the one who chooses; `stands` is agreed so far. `again` reminds
    /// that no time is agreed: without times, of proposing some.
    TimesProposed {
        name: String,
        other: String,
        times: Vec<MeetingTime>,
        note: Option<String>,
        stands: Option<MeetingTime>,
        again: bool,
    },
    /// To the one who proposed times, as they were understood; without any, how to do it.
    TimesNoted {
        name: String,
        other: String,
        times: Vec<MeetingTime>,
        unclear: Vec<UnclearTime>,
        stands: Option<MeetingTime>,
        room: Option<RoomWish>,
    },
    /// A time is agreed, moved, or has the shared room now: to both, with an invitation.
    MeetingAgreed {
        name: String,
        other: String,
        at: MeetingTime,
        minutes: u32,
        what: AgreedOn,
        /// The shared room, where it is booked for them.
        room: Option<RoomShown>,
        /// Its name, where it could be.
        room_offered: Option<String>,
    },
    /// The meeting is off. `goes_on`: the request still stands, and they can find another time.
    MeetingOff { name: String, other: String, at: MeetingTime, by_you: bool, by_other: bool, goes_on: bool },
    /// ROOM before a time is agreed: the shared room is booked with it.
    RoomNoted { name: String, other: String, room: String },
    /// The shared room cannot be had then, or nobody has said when. `other`: for the meeting with
    /// them, which stands; else a number, or another time, is all that is needed.
    RoomNotBooked {
        name: Option<String>,
        room: String,
        why: NoRoom,
        wanted: Option<Moment>,
        /// What is booked for the reader until another time is found.
        stands: Option<Moment>,
        free: Vec<FreeTime>,
        other: Option<String>,
    },
    /// The shared room is the reader's then; without any request. With an invitation.
    RoomBooked { name: Option<String>, room: RoomShown, at: Moment, minutes: u32, moved: bool },
    /// It is free again; None where nothing was booked.
    RoomFreed { name: Option<String>, room: String, at: Option<Moment> },
    /// To the staff, two days before: somebody must open the shared room.
    RoomToOpen {
        name: Option<String>,
        room: String,
        who: String,
        at: Moment,
        /// They have read how to come in.
        told: bool,
        /// It was booked, and is not any more.
        off: bool,
        hold: Reference,
    },
    /// Somebody's calendar program has answered "perhaps".
    PerhapsThere { name: String, other: String, at: MeetingTime },
    /// Words passed on. `to_advisor` says which side reads it; the two are `introduced`
    /// once the advisor has accepted.
    PassedOn { name: String, writer: String, words: String, to_advisor: bool, introduced: bool },
    /// In contact for five days: "Is this settled?" YES / NOT YET / NO. `last` the second time.
    SettledQuestion { name: String, other: String, to_advisor: bool, last: bool },
    /// NOT YET was noted; asked again on that day.
    /// `by_other`: the reader did not say so, but the other side, after all was over.
    NotYetNoted { name: String, other: String, by_other: bool, asked_again: NaiveDate },

    // ---- after the meeting
    /// An hour after a meeting, or ten days after acceptance where no time is known: HELD /
    /// NOT YET / NOT HELD. `last` the second time.
    ConfirmationQuestion { name: String, other: String, at: Option<MeetingTime>, last: bool },
    /// To whoever answered HELD or NOT HELD, and for a form that closed its case; and to
    /// the advisee where it was the advisor (`by_other`): she waits for a question otherwise.
    ConfirmationThanks {
        name: String,
        other: String,
        held: bool,
        by_other: bool,
        to_advisor: bool,
        /// What was answered about it, as it was understood.
        marks: Option<Marks>,
        minutes: Option<u32>,
        understood: Vec<Line>,
        not_understood: Vec<Line>,
    },
    /// A confirmation form that belongs to no case.
    ConfirmationReceipt { name: Option<String>, understood: Vec<Line>, not_understood: Vec<Line> },

    // ---- any case
    /// A case ended without anybody's word; says how to reopen.
    CaseEnded { name: String, other: Option<String>, why: Ended, to_advisor: bool },
    /// No advisor is left: staff have it. `advisor` the one asked last, `declined_note` hers.
    NoAdvisorLeft { name: String, advisor: Option<String>, note: Option<String>, skipped: Vec<Skipped> },
    /// A word came that changes nothing now. `word` as understood; `other` is on the
    /// other side of the case, while there is one; `when` the day of what happens next.
    WordDidNothing {
        name: String,
        word: String,
        why: NoEffect,
        other: Option<String>,
        next: Next,
        when: Option<NaiveDate>,
        to_advisor: bool,
    },
    /// Sent to the address on file: a mail without token in this person's name. YES acts.
    /// `again` the second time.
    DidYouWrite { name: String, subject: String, words: String, again: bool },
    /// To somebody who wrote into a case with another address: thank you, we have asked.
    AskedOwner { owner: String },

    // ---- what people say about themselves
    /// HELP: what its writer can do now. Within a case, its words; `choices` are the numbers.
    Help {
        name: Option<String>,
        case: Option<Dealing>,
        choices: Vec<Choice>,
        words: Vec<CaseWord>,
        roster: OnRoster,
        /// A member, or somebody on record.
        known: bool,
        /// One of the staff: their words decide in replies to their letters.
        staff: bool,
        /// The shared room, where there is one and the reader may book it.
        room: Option<String>,
        languages: Vec<Tongue>,
    },
    /// STATUS: what is known of its writer, and what comes next.
    Status {
        name: Option<String>,
        entry: Option<Entry>,
        roster: OnRoster,
        /// The requests that its writer made.
        own: Vec<OpenCase>,
        /// Those that its writer is asked.
        asked: Vec<OpenCase>,
        waiting: Vec<Waiting>,
        forms: Vec<OpenForm>,
    },
    /// To whoever wrote more than the one line that decides.
    FirstLineOnly { name: Option<String>, word: String, rest: String },
    /// LANGUAGE. `wanted` is the language by its own name, or as it was written.
    Language { name: Option<String>, answer: LanguageAnswer, wanted: Option<String>, offered: Vec<Tongue> },
    /// AWAY was noted. `requests`: whose requests wait for the reader.
    AwayNoted { name: String, until: NaiveDate, requests: Vec<String> },
    /// AWAY without a clear last day: until when? `said` is what was written.
    AwayUntilWhen { name: String, said: Option<String>, why: UntilWhen },
    /// BACK was noted.
    BackNoted { name: String, was_away: bool },
    /// REMOVE was done. The advisees whose requests are handed back, and those whom the
    /// reader has agreed to advise.
    RemovedNoted { name: String, handed_back: Vec<String>, agreed: Vec<String>, by_staff: bool },
    /// To somebody who is not on the roster, or not any more, and wrote `word`.
    NotOnRoster { name: Option<String>, word: String, was: bool },
    /// To an advisee: the advisor has left the roster before deciding; others are offered.
    AdvisorLeft { name: String, advisor: String, alternatives: Vec<Alternative>, closes: NaiveDate },
    /// To somebody whom an advisor suggests and who is not on the roster.
    Invitation { name: Option<String>, by: String },
    /// To whoever wrote REPORT: what stands still now.
    ReportReceipt { name: Option<String>, paused: Vec<Dealing> },
    /// To the person who deals with complaints, alone.
    Complaint { reporter: Mailbox, subject: String, words: String, cases: Vec<Dealing> },
    /// To the same, each week in which a case stands still.
    StillPaused { advisee: String, advisor: Option<String>, reported: Reference, since: Timestamp },
    /// To a party of a case that stands still; in answer to what it `wrote`, or at once.
    Paused { name: String, other: Option<String>, wrote: bool },
    /// The staff have ended the pause.
    Resumed { name: String, other: Option<String>, next: Next, when: Option<NaiveDate>, to_advisor: bool },

    // ---- absence, and moving down a list
    /// To an advisee who waits for an answer: others could be asked instead, as the advisor is
    /// away, or as the advisee wanted to know (NEXT). The request goes on waiting.
    OthersMeanwhile {
        name: String,
        advisor: String,
        away_until: Option<NaiveDate>,
        alternatives: Vec<Alternative>,
        answer_by: NaiveDate,
    },
    /// To a party whose words nobody else would read now: the staff do. With the advisors
    /// offered, where a number chooses one.
    WordsWithStaff { name: String, next: Next, when: Option<NaiveDate>, alternatives: Vec<Alternative> },
    /// To an advisee in contact with an advisor who is away: when both are asked again.
    ContactAway { name: String, advisor: String, until: NaiveDate, asked_on: NaiveDate },
    /// To an advisor whose advisee has asked somebody else before she answered.
    AskedElsewhere { name: String, advisee: String },
    /// To an advisee who named several: the next one is asked now, `then` those after.
    MovedOn {
        name: String,
        advisor: String,
        address: Option<String>,
        before: String,
        why: Moved,
        note: Option<String>,
        away_until: Option<NaiveDate>,
        /// Whom the one before suggests: 1 asks that one instead.
        suggested: Option<String>,
        skipped: Vec<Skipped>,
        then: Vec<String>,
        answer_by: NaiveDate,
        closure: Option<String>,
    },
    /// WAIT was noted.
    WaitNoted { name: String, advisor: String, then: Vec<String>, answer_by: NaiveDate },
    /// To an advisor who accepts beyond her number of requests: does she mean it? `open` are
    /// the advisees whose requests came before.
    NoRoomLeft { name: String, advisee: String, limit: u32, open: Vec<String> },
    /// To an advisor who left so many requests in a row unanswered.
    AwayAfterSilence { name: String, times: u32 },
    /// To an advisor who was off the roster as a letter came back, and has written.
    Relisted { name: String },

    // ---- claims: who is it really?
    /// To whoever the website says sent a sign-up, or an `update`: YES lists or changes it,
    /// NO deletes it. `again` the second time.
    PleaseConfirm {
        name: String,
        update: bool,
        understood: Vec<Line>,
        not_understood: Vec<Line>,
        until: NaiveDate,
        again: bool,
    },
    /// To a shared address: is the writer who is `known` there? SAME or SECOND PERSON.
    SameOrSecond { name: String, known: String, until: NaiveDate },
    /// To an address that `owner` says is also theirs. YES or NO.
    AlsoYou { owner: String, address: String, until: NaiveDate },
    /// To whoever said ALSO ME or MINE: what became of that address.
    SecondAddress { name: String, address: String, what: SecondAddress },
    /// To a party whose token came from another address: MINE, HE or NO. `again` the second time.
    WhoseMail { name: String, writer: String, subject: String, words: String, again: bool },
    /// To an address that several people share: which of them wrote this? A number or a name.
    WhichOfYou { people: Vec<Choice>, words: String, again: bool },
    /// A party handed a case over: to the writer who takes it, to the owner, to the other side.
    HandedOver {
        name: String,
        owner: String,
        writer: String,
        other: String,
        issue: String,
        reader: NewParty,
        /// The party is an advisor.
        to_advisor: bool,
        /// The answer is what the case waits for.
        asked: bool,
    },
    /// To somebody who says that a mail was not theirs, or a request sent to `advisor`.
    NothingDone { name: String, advisor: Option<String> },
    /// To an advisor: the advisee never asked.
    NeverAsked { name: String, advisee: String },
    /// A question of ours is closed, and nothing has changed.
    QuestionClosed { name: String, what: InquiryKind, why: Closed },

    // ---- staff at work
    /// To each of the staff, at once: somebody waits for their decision. `words` are what
    /// was written, where it was no form.
    HoldToStaff {
        name: Option<String>,
        exception: Exception,
        address: String,
        understood: Vec<Line>,
        words: Option<String>,
    },
    /// To one of the staff, on a working morning between digests: the oldest first.
    StaffWaiting {
        name: Option<String>,
        oldest_days: u64,
        exceptions: Vec<Exception>,
        more_exceptions: usize,
    },
    /// To one of the staff: what each line of the reply did, and what was no word.
    StaffAnswer {
        name: Option<String>,
        lines: Vec<StaffLine>,
        not_understood: Vec<String>,
        figures: Option<FiguresNow>,
        /// How many lines did what they said, and how many not.
        done: usize,
        not_done: usize,
        /// How much still waits.
        waiting: usize,
        /// Whether it answers a single line, so that the subject can say what came of it.
        one: bool,
    },
    /// To one of the staff, who used a letter that another of them got.
    NotYourLetter { name: Option<String>, whose: String },
    /// To somebody whose mail the staff have refused.
    Refused { name: Option<String>, what: WithStaff, reason: Option<String> },
    /// To an advisee: the staff have found an advisor, who has the request now.
    Assigned { name: String, advisor: String, answer_by: NaiveDate, closure: Option<String> },
    /// To whoever an act of the staff was about. `other` is the advisor or advisee concerned.
    ByStaff { name: String, did: StaffDid, other: Option<String>, until: Option<NaiveDate> },

    // ---- what staff do by hand
    /// To the writer of an ordinary question that nobody touched for two working days; once.
    QuestionWithStaff { name: Option<String>, subject: String, since: Timestamp },
    /// To somebody we know whose mail we could not read.
    CouldNotRead { name: Option<String>, subject: String, why: Unreadable },
    /// To the staff, where letters wait for their approval: the letters themselves. `again`
    /// on a working morning, where they have been shown before.
    LettersToApprove { letters: Vec<LetterToApprove>, more: usize, again: bool },
    /// To the staff, after the store was put back from a backup: what was decided again, and what was
    /// unsent at the backup. Of `sent` it is likely that it went out before the loss (`alive`: a mail
    /// received then had been handled), of `unknown` nothing is known. A word under one of the
    /// two references decides those alone.
    LettersOfTheGap {
        from: Timestamp,
        until: Timestamp,
        alive: Option<Timestamp>,
        sent: Vec<GapLetter>,
        unknown: Vec<GapLetter>,
        sent_as: Option<Reference>,
        unknown_as: Option<Reference>,
        more: usize,
        again: bool,
    },
    /// To the staff: sending stands still, because more left than those who wrote explain.
    SendingPaused { name: Option<String>, letters: u64, mails: u64 },
    /// To the staff: the disk of the store, at `path`, is almost full.
    DiskLow { name: Option<String>, path: String, free_mb: u64, size_mb: u64 },
    /// To the staff: the contact mailbox has not been read since then. `why` is the server's words.
    MailboxUnread { name: Option<String>, since: Moment, why: Option<String>, login_refused: bool },
    /// To the staff, who got the one above: it is read again.
    MailboxReadAgain { name: Option<String>, since: Moment, until: Moment },
    /// To the staff: the mail server has refused our login since then. It leaves when the login is
    /// accepted again.
    LoginRefused { name: Option<String>, since: Moment, why: String },
    /// To the staff: the store could not be written, or was damaged and has been repaired.
    StoreFault { name: Option<String>, why: String },
    /// To the staff: the file of this letter could not be used, and the letter left in other words.
    TemplateFailed { name: Option<String>, template: String, why: String },

    // ---- staff
    /// The weekly digest.
    Digest {
        from: NaiveDate,
        to: NaiveDate,
        exceptions: Vec<Exception>,
        more_exceptions: usize,
        figures: Vec<Figure>,
        open_requests: u64,
        listed_advisors: u64,
        /// Requests that staff are on; their clocks stand still.
        in_hand: Vec<InHand>,
        /// Letters that wait for an approval.
        letters_waiting: usize,
        /// The twelve weeks up to this one; empty while there was no request.
        weeks: Vec<Week>,
        /// Their sum, from the first Monday on.
        in_all: Option<Week>,
        changes: Vec<RosterChange>,
        more_changes: usize,
        /// How the meetings of the week were, of those who said so.
        feedback: Option<WeekOfFeedback>,
        /// Entries that were erased whole at their owner's wish.
        erased: usize,
        older_mail: u64,
        vanished_mail: u64,
        /// What the staff have noted since the last digest, of nothing in particular.
        notes: Vec<NoteLine>,
        /// Who has the shared room in the next two weeks; None where there is no room.
        rooms: Option<RoomLines>,
    },
}
