//! What the staff are told between digests: each hold at once, and what has waited too long.
//!
//! At once means at most five mails a day; what comes after waits for the morning. The
//! morning's mail goes to the first of the staff, on working days that have no digest. After
//! two of them without any act the next of the staff gets one, once; an act of anybody
//! begins the count anew.

use super::complaints_person;
use super::kept_back;
use super::letter::{ExceptionKind, Letter, Line, Thread};
use super::record::{Attention, DigestSent, Hold, Owner, Reference};
use super::request;
use super::rules::Staff;
use super::schedule::{self, TimerKind};
use super::staff;
use super::token;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// How many mails a day are about a single hold.
const A_DAY: u32 = 5;
/// So many reminders without an act, and the next of the staff is told.
const PATIENCE: u32 = 2;
/// How many exceptions one mail lists; the rest is counted.
pub const SHOWN: usize = 40;

/// The thread of a letter to one of the staff: its token proves that a reply is theirs.
pub fn thread(turn: &mut Turn, reference: &Reference, staff: &Staff) -> Thread {
    let token = turn.token(reference, &Owner::Staff(staff.mailbox.address.clone()));
    Thread { reference: reference.clone(), token: Some(token) }
}

fn attention(turn: &Turn) -> Attention {
    turn.read("staff").unwrap_or_default()
}

/// Mails a hold to each of the staff, unless the day has had its five.
pub fn tell_at_once(turn: &mut Turn, hold: &mut Hold, understood: Vec<Line>) {
    let (mut attention, today) = (attention(turn), request::day_of(turn, turn.now));
    if attention.day != Some(today) {
        (attention.day, attention.mailed) = (Some(today), 0);
    }
    if attention.mailed >= A_DAY {
        return;
    }
    attention.mailed += 1;
    hold.mailed = true;
    turn.put(&attention);
    for staff in turn.rules.staff.clone() {
        let letter = Letter::HoldToStaff {
            name: staff.mailbox.name.clone(),
            exception: staff::exception(turn, hold),
            address: hold.from.as_ref().map_or_else(|| hold.who.clone(), |f| f.address.to_string()),
            understood: understood.clone(),
            words: hold.words.as_deref().map(token::without_tokens),
        };
        let thread = thread(turn, hold.shown_reference(), &staff);
        turn.tell_with(&staff.mailbox, thread, None, letter);
    }
}

/// Sets the next morning's timer, if it is not set or if the configuration moved it.
pub fn keep_timer(turn: &mut Turn) {
    let next = schedule::next_digest(&turn.rules.exceptions, turn.now, turn.rules.zone);
    let standing = turn.timer(&TimerKind::Exceptions.id());
    if standing.is_none_or(|t| t.due > turn.now && t.due != next) {
        turn.set_timer(next, TimerKind::Exceptions);
    }
}

/// The same at a start, while something waits.
pub fn keep_timer_if_needed(turn: &mut Turn) {
    if !staff::waiting_now(turn).is_empty() {
        keep_timer(turn);
    }
}

/// A morning between digests: one mail, if something has waited over a day.
pub fn remind(turn: &mut Turn) -> Verdict {
    if staff::waiting_now(turn).is_empty() {
        // Set again when something is held.
        return Verdict::new(What::Done("nothing-waits"), None);
    }
    let next = schedule::next_digest(&turn.rules.exceptions, turn.now, turn.rules.zone);
    turn.set_timer(next, TimerKind::Exceptions);
    let first = turn.rules.staff.first().cloned();
    let mut holds = first.map_or_else(|| staff::waiting_now(turn), |first| staff::waiting_for(turn, &first));
    // That stands in the digest, and in a mail of its own when it is time.
    holds.retain(|hold| hold.kind != ExceptionKind::RoomToOpen);
    if !is_a_morning_for_it(turn) || !holds.iter().any(|h| is_due(turn, h)) {
        return Verdict::new(What::Done("nothing-due"), None);
    }
    let staff = whose_turn(turn);
    let may_read = |h: &Hold| staff.as_ref().is_none_or(|staff| complaints_person::may_read(turn, staff, h));
    let holds: Vec<Hold> =
        holds.into_iter().filter(may_read).filter(|h| !staff::is_in_hand(turn, h)).collect();
    let Some(oldest) = holds.first() else { return Verdict::new(What::Done("nothing-due"), None) };
    let letter = Letter::StaffWaiting {
        name: staff.as_ref().and_then(|s| s.mailbox.name.clone()),
        oldest_days: (turn.now - oldest.since).num_days().unsigned_abs(),
        more_exceptions: holds.len().saturating_sub(SHOWN),
        exceptions: holds.iter().take(SHOWN).map(|h| staff::exception(turn, h)).collect(),
    };
    if let Some(staff) = staff {
        let reference = turn.new_reference();
        let thread = thread(turn, &reference, &staff);
        turn.tell_with(&staff.mailbox, thread, None, letter);
    }
    mark_told(turn, holds);
    Verdict::new(What::Done("exceptions"), None)
}

/// Nobody of the staff is on it, and it has waited over a day, was one too many to be mailed at once, or is somebody's prose.
fn is_due(turn: &Turn, hold: &Hold) -> bool {
    if hold.kind == ExceptionKind::KeptBack && !kept_back::needs_somebody(turn, &hold.reference) {
        // Nobody waits: it stands in the digest.
        return false;
    }
    let fresh = hold.from.is_some() || matches!(hold.kind, ExceptionKind::Prose | ExceptionKind::KeptBack);
    let waits = turn.now - hold.since > TimeDelta::days(1) || (fresh && !hold.mailed);
    waits && !staff::is_in_hand(turn, hold)
}

/// Staff have now read of these.
pub fn mark_told(turn: &mut Turn, holds: Vec<Hold>) {
    for hold in holds.into_iter().filter(|h| !h.mailed) {
        turn.put(&Hold { mailed: true, ..hold });
    }
}

/// Not on a free day, and not where the digest tells the same.
fn is_a_morning_for_it(turn: &Turn) -> bool {
    let (rules, today) = (turn.rules, request::day_of(turn, turn.now));
    schedule::is_working_day(today, &rules.weekend, &rules.closures) && !has_a_digest(turn, today)
}

fn has_a_digest(turn: &Turn, today: NaiveDate) -> bool {
    let zone = turn.rules.zone;
    let midnight = schedule::instant(today.and_time(NaiveTime::MIN), zone);
    let next = schedule::next_digest(&turn.rules.digest, midnight - TimeDelta::seconds(1), zone);
    let overdue = turn.timer(&TimerKind::Digest.id()).is_some_and(|t| t.due <= turn.now);
    let sent: Option<DigestSent> = turn.read(&schedule::period_key(turn.now, zone));
    request::day_of(turn, next) == today
        || overdue
        || sent.is_some_and(|sent| request::day_of(turn, sent.at) == today)
}

/// The first of the staff; once, after two reminders without an act, the next.
fn whose_turn(turn: &mut Turn) -> Option<Staff> {
    let mut attention = attention(turn);
    let next = turn.rules.staff.get(1).filter(|_| attention.reminders >= PATIENCE && !attention.next_told);
    let staff = next.or(turn.rules.staff.first()).cloned();
    attention.next_told |= next.is_some();
    attention.reminders += 1;
    turn.put(&attention);
    staff
}

/// Somebody of the staff has done something.
pub fn acted(turn: &mut Turn) {
    let attention = attention(turn);
    if attention.reminders > 0 || attention.next_told {
        turn.put(&Attention { reminders: 0, next_told: false, ..attention });
    }
}
