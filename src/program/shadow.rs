//! `shadow = true`: for the first weeks letters wait until the staff have approved them.
//!
//! What goes to the staff leaves as ever. Every other letter is composed, committed and kept;
//! the staff read it whole, and its own bytes go out when they APPROVE it. Whoever was to get
//! it has not been written to yet: no silence in its case is judged meanwhile.

use super::batch::Posting;
use super::letter::{Letter, LetterToApprove, StaffLine, StaffOutcome, Thread};
use super::record::{Case, LetterSent, Outcome, Owner, Record, Reference, Stage, Timestamp};
use super::rules::Staff;
use super::schedule::{self, Timer, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::word::Word;
use super::{gap, gap_list, offer, outbox, token};
use crate::mail::inbound::Inbound;
use crate::mail::message_id::MessageId;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// So many readers of letters are named in an answer to the staff.
const NAMED: usize = 8;
/// How many letters one mail shows whole.
const SHOWN: usize = 20;
/// New letters are gathered for so long after a mail about others.
const GATHERED: TimeDelta = TimeDelta::hours(1);

/// How long it is known what was shown together.
const KEPT: TimeDelta = TimeDelta::days(60);

/// A letter that waits for the staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shadowed {
    /// What a word of the staff names it by.
    pub reference: Reference,
    pub letter: MessageId,
    #[serde(default)]
    pub case: Option<Reference>,
    pub since: Timestamp,
    /// When the staff read it first.
    #[serde(default)]
    pub shown: Option<Timestamp>,
    /// It may have gone out before the store was put back from a backup.
    #[serde(default)]
    pub restored: bool,
    /// It is about a complaint.
    #[serde(default)]
    pub confidential: bool,
}

impl Record for Shadowed {
    const TABLE: &'static str = "shadowed";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

/// Letters shown together: one word may decide them all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShadowMail {
    pub reference: Reference,
    pub letters: Vec<Reference>,
    pub at: Timestamp,
}

impl Record for ShadowMail {
    const TABLE: &'static str = "shadow-mail";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

/// What one of the staff has decided about a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShadowDecided {
    pub reference: Reference,
    pub approved: bool,
    /// Who, as colleagues call her.
    pub by: String,
    pub at: Timestamp,
}

impl Record for ShadowDecided {
    const TABLE: &'static str = "shadow-decided";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

// ---- keeping back

/// Keeps the letters of this decision back, but for those to the staff.
pub fn keep_back(turn: &mut Turn) {
    if gap::is_within(turn) {
        return keep_back_whole(turn);
    }
    if !turn.rules.shadow {
        return;
    }
    let mut letters = turn.take_letters();
    let mut any = false;
    for posting in &mut letters {
        if is_of_a_complaint(&posting.letter.letter) || is_to_staff(turn, posting) {
            continue;
        }
        any = true;
        keep(turn, posting, Shadowed::new(posting, turn.now));
    }
    turn.put_back_letters(letters);
    if any {
        let due = last_mail(turn).map_or(turn.now, |at| (at + GATHERED).max(turn.now));
        turn.set_timer(due, TimerKind::Shadow);
    }
}

/// In a gap every letter waits until its end, also of a complaint. What was to tell the staff what waits
/// is not written again: their lists are.
fn keep_back_whole(turn: &mut Turn) {
    let mut kept = Vec::new();
    for mut posting in turn.take_letters() {
        let confidential = is_of_a_complaint(&posting.letter.letter);
        if !confidential && is_to_staff(turn, &posting) {
            // It is known all the same if one of them answers it.
            turn.put(&as_sent(&posting, turn.now));
            continue;
        }
        let shadowed = Shadowed { restored: true, confidential, ..Shadowed::new(&posting, turn.now) };
        keep(turn, &mut posting, shadowed);
        kept.push(posting);
    }
    turn.put_back_letters(kept);
}

fn keep(turn: &mut Turn, posting: &mut Posting, shadowed: Shadowed) {
    posting.held = true;
    let reference = turn.new_reference();
    turn.put(&Shadowed { reference, ..shadowed });
}

impl Shadowed {
    /// Without a reference yet.
    fn new(posting: &Posting, now: Timestamp) -> Self {
        Self {
            reference: Reference(String::new()),
            letter: posting.id.clone(),
            case: posting.letter.thread.as_ref().map(|t| t.reference.clone()),
            since: now,
            shown: None,
            restored: false,
            confidential: false,
        }
    }
}

fn as_sent(posting: &Posting, at: Timestamp) -> LetterSent {
    let letter = &posting.letter;
    LetterSent {
        message_id: posting.id.clone(),
        template: letter.letter.template().to_owned(),
        to: letter.to.iter().map(|m| m.address.clone()).collect(),
        names: letter.to.iter().map(|m| m.called().to_owned()).collect(),
        case: letter.thread.as_ref().map(|t| t.reference.clone()),
        at,
    }
}

fn is_to_staff(turn: &Turn, posting: &Posting) -> bool {
    posting.letter.to.iter().all(|m| turn.is_staff(&m.address))
}

/// As `is_of_a_complaint`, of a letter that is composed already.
pub fn is_template_of_a_complaint(template: &str) -> bool {
    matches!(template, "complaint" | "still-paused" | "report-receipt")
}

/// Of a complaint only one person reads, at once; nor do the others read its receipt, which
/// names the reporter.
fn is_of_a_complaint(letter: &Letter) -> bool {
    matches!(letter, Letter::Complaint { .. } | Letter::StillPaused { .. } | Letter::ReportReceipt { .. })
}

fn last_mail(turn: &Turn) -> Option<Timestamp> {
    turn.all::<ShadowMail>("").iter().map(|mail| mail.at).max()
}

/// Every letter that waits, in the order of their decisions.
pub fn waiting(turn: &Turn) -> Vec<Shadowed> {
    let number = |s: &Shadowed| outbox::copies(turn, &s.letter).first().map_or(0, |copy| copy.number);
    let mut waiting: Vec<(u64, Shadowed)> =
        turn.all::<Shadowed>("").into_iter().map(|s| (number(&s), s)).collect();
    waiting.sort_by(|a, b| (a.0, &a.1.reference).cmp(&(b.0, &b.1.reference)));
    waiting.into_iter().map(|(_, shadowed)| shadowed).collect()
}

/// Nobody's silence is judged while a letter of the case waits: it is looked at a day later.
pub fn puts_off(turn: &mut Turn, timer: &Timer, case: &Reference) -> bool {
    let waits = || turn.all::<Shadowed>("").iter().any(|s| s.case.as_ref() == Some(case));
    // In a gap what waits is taken to have gone out, as most of it had.
    if !timer.what.judges_silence() || gap::is_within(turn) || !waits() {
        return false;
    }
    turn.set_timer(turn.now + TimeDelta::days(1), timer.what.clone());
    true
}

// ---- showing

/// Shows the staff what is new; where nothing is, on every working morning what still waits.
pub fn show(turn: &mut Turn) -> Verdict {
    forget_old_mails(turn);
    let (restored, waiting): (Vec<_>, Vec<_>) = waiting(turn).into_iter().partition(|s| s.restored);
    let listed = gap_list::show(turn, restored).then(|| next_morning(turn));
    let Some(next) = listed.into_iter().chain(show_whole(turn, waiting)).min() else {
        return Verdict::new(What::Done("moot"), None);
    };
    turn.set_timer(next, TimerKind::Shadow);
    Verdict::new(What::Done("shadow-mail"), None)
}

/// When they are looked at again, if any wait.
fn show_whole(turn: &mut Turn, waiting: Vec<Shadowed>) -> Option<Timestamp> {
    let new: Vec<Shadowed> = waiting.iter().filter(|s| s.shown.is_none()).cloned().collect();
    let (again, mut letters) = if new.is_empty() { (true, waiting) } else { (false, new) };
    if letters.is_empty() {
        return None;
    }
    let more = letters.len().saturating_sub(SHOWN);
    letters.truncate(SHOWN);
    tell_staff(turn, &letters, more, again);
    for shadowed in letters {
        let shown = shadowed.shown.or(Some(turn.now));
        turn.put(&Shadowed { shown, ..shadowed });
    }
    Some(if more > 0 && !again { turn.now + GATHERED } else { next_morning(turn) })
}

/// A word in answer to a mail of last season names its letters one by one.
fn forget_old_mails(turn: &mut Turn) {
    let (now, mails) = (turn.now, turn.all::<ShadowMail>(""));
    for mail in mails.into_iter().filter(|mail| now - mail.at > KEPT) {
        turn.delete::<ShadowMail>(&mail.reference.0);
    }
}

fn next_morning(turn: &Turn) -> Timestamp {
    let rules = turn.rules;
    let next = schedule::add_working_days(turn.now, 1, rules.zone, &rules.weekend, &rules.closures);
    let local = next.with_timezone(&rules.zone).date_naive();
    let midnight = schedule::instant(local.and_time(chrono::NaiveTime::MIN), rules.zone);
    schedule::in_reminder_hours(midnight, rules.zone, &rules.weekend, &rules.closures)
}

/// One mail to each of the staff, with a token of their own.
fn tell_staff(turn: &mut Turn, letters: &[Shadowed], more: usize, again: bool) {
    let shown: Vec<LetterToApprove> = letters.iter().filter_map(|s| as_shown(turn, s)).collect();
    let reference = match letters {
        [only] => only.reference.clone(),
        _ => turn.new_reference(),
    };
    let letters = letters.iter().map(|s| s.reference.clone()).collect();
    turn.put(&ShadowMail { reference: reference.clone(), letters, at: turn.now });
    for staff in turn.rules.staff.clone() {
        let owner = Owner::Staff(staff.mailbox.address.clone());
        let token = turn.token(&reference, &owner);
        let thread = Thread { reference: reference.clone(), token: Some(token) };
        let letter = Letter::LettersToApprove { letters: shown.clone(), more, again };
        turn.tell_with(&staff.mailbox, thread, None, letter);
    }
}

/// The letter as its reader would get it. Nobody's token is shown to the staff: their reply
/// would carry it.
fn as_shown(turn: &Turn, shadowed: &Shadowed) -> Option<LetterToApprove> {
    let copy = outbox::copies(turn, &shadowed.letter).into_iter().next()?;
    let mail = Inbound::parse(turn.bytes_of(&copy.id)?.as_bytes());
    let names: Vec<String> = mail
        .to
        .iter()
        .map(|m| match &m.name {
            Some(name) => format!("{name} <{}>", m.address),
            None => m.address.to_string(),
        })
        .collect();
    Some(LetterToApprove {
        reference: shadowed.reference.clone(),
        to: names.join(", "),
        subject: copy.subject,
        text: token::without_tokens(&mail.text),
        since: shadowed.since,
    })
}

// ---- deciding

/// What came of a word of the staff.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    Done,
    /// Somebody was quicker.
    Before(ShadowDecided),
}

/// Whether a reference names letters that wait, or waited, for the staff.
pub fn is_named_by(turn: &Turn, reference: &Reference) -> bool {
    let read =
        |r: &Reference| turn.read::<Shadowed>(&r.0).is_some() || turn.read::<ShadowDecided>(&r.0).is_some();
    read(reference) || turn.read::<ShadowMail>(&reference.0).is_some()
}

/// APPROVE: these very letters go out. None where the reference names no letter.
pub fn approve(turn: &mut Turn, reference: &Reference, by: &str) -> Option<Decided> {
    decide(turn, reference, by, Word::Approve)
}

/// REFUSE: they never do.
pub fn refuse(turn: &mut Turn, reference: &Reference, by: &str) -> Option<Decided> {
    decide(turn, reference, by, Word::Refuse)
}

/// A word of the staff about letters that wait.
pub fn said(turn: &mut Turn, staff: &Staff, word: Word, line: StaffLine, reference: &Reference) -> StaffLine {
    let (who, by) = (readers(turn, reference), staff.mailbox.called());
    let (decided, outcome) = match word {
        Word::Approve => (approve(turn, reference, by), StaffOutcome::LetterSent),
        Word::Handled if of_a_gap(turn, reference) => {
            (decide(turn, reference, by, Word::Handled), StaffOutcome::LetterWasSent)
        }
        // Whoever has taken care of it has no use for the letter.
        Word::Refuse | Word::Handled => (refuse(turn, reference, by), StaffOutcome::LetterDropped),
        Word::Undo => return line.with(cannot_undo(turn, reference)),
        _ => return line.with(StaffOutcome::NothingWaits),
    };
    match decided {
        Some(Decided::Done) => StaffLine { who, ..line.with(outcome) },
        Some(Decided::Before(before)) => StaffLine {
            word: Some(if before.approved { Word::Approve } else { Word::Refuse }),
            by: Some(before.by),
            at: Some(before.at),
            ..line.with(StaffOutcome::AlreadyDone)
        },
        None => line.with(StaffOutcome::NothingWaits),
    }
}

/// Whether it names letters that may have gone out before.
fn of_a_gap(turn: &Turn, reference: &Reference) -> bool {
    let named = named(turn, reference).into_iter();
    named.filter_map(|r| turn.read::<Shadowed>(&r.0)).any(|shadowed| shadowed.restored)
}

/// What was sent cannot be called back, and what was dropped is gone.
fn cannot_undo(turn: &Turn, reference: &Reference) -> StaffOutcome {
    let decided = named(turn, reference).into_iter().filter_map(|r| turn.read::<ShadowDecided>(&r.0));
    match decided.into_iter().any(|d| d.approved) {
        true => StaffOutcome::Sent,
        false => StaffOutcome::NothingToUndo,
    }
}

/// Whom the letters that a reference names are for.
fn readers(turn: &Turn, reference: &Reference) -> String {
    let waiting = named(turn, reference).into_iter().filter_map(|r| turn.read::<Shadowed>(&r.0));
    let copies = waiting.flat_map(|s| outbox::copies(turn, &s.letter));
    let mut readers: Vec<String> = Vec::new();
    for address in copies.map(|copy| copy.recipient) {
        let name = turn.person(&address).map_or_else(|| address.to_string(), |p| p.name);
        if readers.len() == NAMED {
            readers.push("…".to_owned());
            break;
        }
        if !readers.contains(&name) {
            readers.push(name);
        }
    }
    readers.join(", ")
}

/// The letters shown together under a reference, or the one it is of.
fn named(turn: &Turn, reference: &Reference) -> Vec<Reference> {
    let together = turn.read::<ShadowMail>(&reference.0).map(|mail| mail.letters);
    together.unwrap_or_else(|| vec![reference.clone()])
}

fn decide(turn: &mut Turn, reference: &Reference, by: &str, word: Word) -> Option<Decided> {
    let approved = word == Word::Approve;
    let named = named(turn, reference);
    let waiting: Vec<Shadowed> = named.iter().filter_map(|r| turn.read(&r.0)).collect();
    if waiting.is_empty() {
        let before = named.iter().find_map(|r| turn.read::<ShadowDecided>(&r.0));
        return before.map(Decided::Before);
    }
    if approved && gap::is_within(turn) {
        // It was approved before the store was lost, and went out: now it waits in the list.
        return Some(Decided::Done);
    }
    for shadowed in &waiting {
        turn.delete::<Shadowed>(&shadowed.reference.0);
        let (reference, by) = (shadowed.reference.clone(), by.to_owned());
        turn.put(&ShadowDecided { reference, approved, by, at: turn.now });
        match word {
            Word::Approve if shadowed.restored => outbox::release_as_asked(turn, &shadowed.letter),
            Word::Approve => outbox::release(turn, &shadowed.letter),
            Word::Handled if shadowed.restored => outbox::was_sent(turn, &shadowed.letter, shadowed.since),
            _ => drop_letter(turn, shadowed),
        }
    }
    Some(Decided::Done)
}

/// A letter that never leaves. If it was to ask an advisor, the request is with the staff.
fn drop_letter(turn: &mut Turn, shadowed: &Shadowed) {
    outbox::withdraw(turn, &shadowed.letter);
    let case = shadowed.case.as_ref().and_then(|r| turn.read::<Case>(&r.0));
    let asks = |case: &Case| {
        let attempt = case.attempt().filter(|a| a.outcome == Outcome::Waiting);
        case.stage == Stage::Asked && attempt.is_some_and(|a| a.letter.as_ref() == Some(&shadowed.letter))
    };
    if let Some(mut case) = case.filter(asks) {
        offer::not_sent(turn, &mut case);
    }
}
