//! Letters on their way: what is offered next, and what the mail server's answer means.

use super::View;
use super::batch::{Change, Mail, Outgoing};
use super::bounce::{self, NonDelivery};
use super::breaker::Cause;
use super::input::Delivery;
use super::letter::{ExceptionKind, Urgency};
use super::record::{LetterSent, Record, Timestamp, understood};
use super::timer::{key_time, read_key_time};
use super::turn::Turn;
use super::undelivered::{self, End};
use super::verdict::{Verdict, What};
use super::{breaker, clock, staff, standstill};
use crate::mail::delivery::Outcome;
use crate::mail::message_id::MessageId;
use chrono::TimeDelta;

/// Bytes are kept apart from the state that changes with every attempt.
const BYTES: &str = "bytes/";
const QUEUE: &str = "queue/";
/// What may leave first.
const LANES: &[&str] = &["!/", "0/", "1/"];
const ALARMS: &[&str] = &["!/"];

/// After how long it is tried again: RFC 5321 §4.5.4.1 asks for at least 30 minutes, two
/// attempts in the first hour, then one every two or three hours.
const RETRY_MINUTES: [i64; 3] = [30, 30, 60];
const RETRY_LATER: TimeDelta = TimeDelta::hours(2);
/// RFC 5321 §4.5.4.1: "the give-up time generally needs to be at least 4-5 days".
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);
/// An attempt whose end nobody knows is made once more after this.
const UNCERTAIN_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(30);

/// How many letters were ever decided: of those decided in one second, the earlier go first.
const DECIDED: &str = "number/letters";

/// The rows of mails just decided.
pub fn rows(mails: &[Mail], view: &dyn View, now: Timestamp) -> Vec<Change> {
    let before: u64 = view.get(DECIDED).and_then(|n| n.parse().ok()).unwrap_or(0);
    let numbers = before..;
    let mut rows: Vec<Change> =
        mails.iter().zip(numbers).flat_map(|(mail, number)| rows_of(mail, number, now)).collect();
    if !mails.is_empty() {
        let after = before + mails.len() as u64;
        rows.push(Change { key: DECIDED.to_owned(), value: Some(after.to_string()) });
    }
    rows
}

/// One state, one place in the queue and the bytes for each recipient, and the letter's
/// name for whoever answers it.
fn rows_of(mail: &Mail, number: u64, now: Timestamp) -> Vec<Change> {
    let sent = LetterSent {
        message_id: mail.message_id.clone(),
        template: mail.template.to_owned(),
        to: mail.recipients.clone(),
        names: mail.names.clone(),
        case: mail.case.clone(),
        at: now,
    };
    let copies = mail.recipients.iter().enumerate().flat_map(|(n, recipient)| {
        let copy = Outgoing {
            id: format!("{}-{n}", uuid(&mail.message_id)),
            message_id: mail.message_id.clone(),
            reverse_path: mail.reverse_path.clone(),
            recipient: recipient.clone(),
            subject: mail.subject.clone(),
            template: mail.template.to_owned(),
            urgency: mail.urgency,
            case: mail.case.clone(),
            cause: mail.cause,
            number,
            queued: now,
            due: now,
            attempts: 0,
            first_tried: None,
            under_way: false,
            held: mail.held,
            uncertain: 0,
            last_answer: None,
        };
        let bytes = serde_json::to_string(&mail.bytes).expect("a string is JSON");
        let bytes = Change { key: format!("{BYTES}{}", copy.id), value: Some(bytes) };
        let queued = (!copy.held).then(|| Change::mark(queue_key(&copy)));
        [Change::put(&copy), bytes].into_iter().chain(queued)
    });
    std::iter::once(Change::put(&sent)).chain(copies).collect()
}

/// How often a letter was tried that still lies here; None where nothing of it does.
pub fn attempts(view: &dyn View, letter: &MessageId) -> Option<u32> {
    let copies = Outgoing::all_stored(view, &format!("{}-", uuid(letter)));
    copies.into_iter().map(|copy| copy.attempts).max()
}

/// The copies of a letter that have not been taken by the mail server yet.
pub fn copies(turn: &Turn, letter: &MessageId) -> Vec<Outgoing> {
    turn.all(&format!("{}-", uuid(letter)))
}

/// A letter that was held goes out, as it was composed.
pub fn release(turn: &mut Turn, letter: &MessageId) {
    for copy in copies(turn, letter).into_iter().filter(|copy| copy.held) {
        requeue(turn, &Outgoing { held: false, queued: turn.now, due: turn.now, ..copy });
    }
}

/// The same, because the staff want it: however many leave, that needs no explanation.
pub fn release_as_asked(turn: &mut Turn, letter: &MessageId) {
    for copy in copies(turn, letter) {
        turn.put(&Outgoing { cause: Cause::Asked, ..copy });
    }
    release(turn, letter);
}

/// A letter that was held is taken for sent: nothing of it is left to do.
pub fn was_sent(turn: &mut Turn, letter: &MessageId, at: Timestamp) {
    for copy in copies(turn, letter).into_iter().filter(|copy| copy.held) {
        forget(turn, &copy);
        clock::was_handed_over(turn, &copy, at);
    }
}

/// Holds every letter that would be offered by itself; those that staff look at stay as they are.
pub fn hold_queued(turn: &mut Turn) -> Vec<Outgoing> {
    let all: Vec<Outgoing> = turn.all("");
    let waits = |copy: &Outgoing| !copy.held && (copy.under_way || turn.is_marked(&queue_key(copy)));
    let queued: Vec<Outgoing> = all.into_iter().filter(waits).collect();
    for copy in &queued {
        turn.unmark(queue_key(copy));
        turn.put(&Outgoing { held: true, under_way: false, ..copy.clone() });
    }
    queued
}

/// A letter that was held never goes out.
pub fn withdraw(turn: &mut Turn, letter: &MessageId) {
    for copy in copies(turn, letter).into_iter().filter(|copy| copy.held) {
        forget(turn, &copy);
    }
}

fn uuid(letter: &MessageId) -> &str {
    letter.inner().split('@').next().unwrap_or_default()
}

fn queue_key(copy: &Outgoing) -> String {
    let lane = match copy.urgency {
        Urgency::Alarm => "!",
        Urgency::Answer => "0",
        Urgency::Bulk => "1",
    };
    format!("{QUEUE}{lane}/{}/{:010}/{}", key_time(copy.due), copy.number, copy.id)
}

/// When a queued letter may be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Letters whose time has come.
    Due,
    /// Everything queued, retries before their time included: a single run has no later.
    /// A letter that may have arrived still waits out its half hour.
    All,
}

/// While sending stands still, alarms alone are offered.
fn stands_still(view: &dyn View, now: Timestamp) -> bool {
    breaker::paused_until(view).is_some_and(|until| until > now)
}

/// Letters to offer now, alarms before answers and answers before bulk, earliest first, at most `limit`.
pub fn next(view: &dyn View, now: Timestamp, patience: Patience, limit: usize) -> Vec<Outgoing> {
    if standstill::since(view).is_some() {
        return Vec::new();
    }
    let paused = stands_still(view, now);
    let lanes = if paused { ALARMS } else { LANES };
    let queued = lanes.iter().map(|lane| queued(view, &format!("{QUEUE}{lane}"), now, patience, limit));
    queued.flatten().take(limit).collect()
}

fn queued(view: &dyn View, lane: &str, now: Timestamp, patience: Patience, limit: usize) -> Vec<Outgoing> {
    let rows = match patience {
        Patience::Due => view.first(lane, limit),
        Patience::All => view.range(lane),
    };
    let copies = rows.iter().filter_map(|(key, _)| read_queue_key(key)).filter_map(|(due, id)| {
        let copy = Outgoing::stored(view, &id)?;
        let waits = due > now && (patience == Patience::Due || copy.uncertain > 0);
        (!waits).then_some(copy)
    });
    copies.take(limit).collect()
}

fn read_queue_key(key: &str) -> Option<(Timestamp, String)> {
    let mut parts = key.strip_prefix(QUEUE)?.splitn(4, '/');
    let (_lane, due, _number, id) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some((read_key_time(due)?, id.to_owned()))
}

/// When the next letter may leave.
pub fn next_due(view: &dyn View) -> Option<Timestamp> {
    if standstill::since(view).is_some() {
        return None;
    }
    let paused = breaker::paused_until(view);
    let due = |lane: &&str| {
        let (key, _) = view.first(&format!("{QUEUE}{lane}"), 1).pop()?;
        let (due, _) = read_queue_key(&key)?;
        let stands_still = paused.filter(|_| !ALARMS.contains(lane));
        Some(stands_still.map_or(due, |until| due.max(until)))
    };
    LANES.iter().filter_map(due).min()
}

/// Whether committed mail remains unsent.
pub fn is_empty(view: &dyn View) -> bool {
    view.first(QUEUE, 1).is_empty()
}

/// How many letters wait to be offered, and since when the one that was decided first does.
pub fn queue(view: &dyn View) -> (usize, Option<Timestamp>) {
    let rows = view.range(QUEUE);
    let read = |key: &str| {
        let mut parts = key.rsplit('/');
        let id = parts.next()?.to_owned();
        Some((parts.next()?.parse::<u64>().ok()?, id))
    };
    let first = rows.iter().filter_map(|(key, _)| read(key)).min();
    let since = first.and_then(|(_, id)| Outgoing::stored(view, &id)).map(|copy| copy.queued);
    (rows.len(), since)
}

/// How many letters wait to be offered.
pub fn waiting(turn: &Turn) -> usize {
    turn.marked(QUEUE).len()
}

/// A letter whose attempt is committed and not concluded.
pub fn under_way(view: &dyn View, id: &str) -> Option<Outgoing> {
    Outgoing::stored(view, id).filter(|copy| copy.under_way)
}

/// The bytes of a queued letter.
pub fn bytes(view: &dyn View, id: &str) -> Option<String> {
    let key = format!("{BYTES}{id}");
    understood(view, &key, &view.get(&key)?)
}

/// Whether a letter to one person still waits to be taken by the mail server. One that
/// staff must look at does not: nobody knows whether it has arrived.
pub fn is_on_its_way(turn: &Turn, letter: &MessageId) -> bool {
    let copy = turn.read::<Outgoing>(&format!("{}-0", uuid(letter)));
    copy.is_some_and(|copy| copy.uncertain < 2)
}

/// These letters are about to be offered: each attempt is written down before it is made. Not of
/// those that may not leave now: what was sent before them may have been one too many.
pub fn offered(turn: &mut Turn, ids: &[String]) -> Verdict {
    let stands_still = breaker::stands_still(turn);
    if standstill::is_on(turn) {
        return Verdict::new(What::Done("offered"), None);
    }
    for id in ids {
        let may_leave = |copy: &Outgoing| {
            let is_queued = !copy.held && !copy.under_way && copy.uncertain < 2;
            is_queued && (copy.urgency == Urgency::Alarm || !stands_still)
        };
        if let Some(mut copy) = turn.read::<Outgoing>(id).filter(may_leave) {
            turn.unmark(queue_key(&copy));
            copy.attempts += 1;
            copy.first_tried = copy.first_tried.or(Some(turn.now));
            copy.under_way = true;
            turn.put(&copy);
        }
    }
    Verdict::new(What::Done("offered"), None)
}

/// The server's answer, or its silence.
pub fn concluded(turn: &mut Turn, delivery: &Delivery) -> Verdict {
    let concerns = |copy: &Outgoing| copy.under_way && copy.attempts == delivery.attempt;
    let Some(mut copy) = turn.read::<Outgoing>(&delivery.id).filter(concerns) else {
        return Verdict::new(What::AlreadyHandled, None);
    };
    copy.under_way = false;
    copy.last_answer = Some(delivery.outcome.words().to_owned());
    let case = copy.case.clone();
    let word = match &delivery.outcome {
        Outcome::Accepted => accepted(turn, &copy),
        Outcome::Permanent(words) => refused(turn, &copy, words),
        Outcome::Transient(_) | Outcome::TurnedAway(_) if has_been_tried_enough(&copy, turn.now) => {
            given_up(turn, &copy)
        }
        Outcome::NotOffered(_) => not_offered(turn, copy),
        Outcome::Transient(_) | Outcome::TurnedAway(_) => try_again(turn, copy),
        Outcome::Uncertain(_) => uncertain(turn, copy),
    };
    Verdict::new(What::Done(word), case)
}

fn accepted(turn: &mut Turn, copy: &Outgoing) -> &'static str {
    forget(turn, copy);
    clock::handed_over(turn, copy);
    if breaker::sent(turn, copy) { "sending-paused" } else { "delivered" }
}

fn refused(turn: &mut Turn, copy: &Outgoing, words: &str) -> &'static str {
    forget(turn, copy);
    undelivered::note(turn, copy, End::Refused);
    let failure = NonDelivery { recipient: copy.recipient.clone(), address_is_dead: is_dead(words) };
    bounce::not_delivered(turn, copy.case.as_ref(), &failure);
    "refused"
}

/// Five days of trying: the letter has not arrived, which says nothing of the address.
fn given_up(turn: &mut Turn, copy: &Outgoing) -> &'static str {
    forget(turn, copy);
    undelivered::note(turn, copy, End::GivenUp);
    let failure = NonDelivery { recipient: copy.recipient.clone(), address_is_dead: false };
    bounce::not_delivered(turn, copy.case.as_ref(), &failure);
    let who = copy.recipient.to_string();
    staff::note_exception(turn, ExceptionKind::NotSent, &who, &copy.subject, copy.case.clone());
    "given-up"
}

fn has_been_tried_enough(copy: &Outgoing, now: Timestamp) -> bool {
    now - copy.first_tried.unwrap_or(copy.queued) >= GIVE_UP_AFTER
}

/// The attempt never began: it is taken back. However long our own server is away,
/// nothing is given up for it, and nothing overtakes what was queued before.
fn not_offered(turn: &mut Turn, mut copy: Outgoing) -> &'static str {
    copy.attempts = copy.attempts.saturating_sub(1);
    if copy.attempts == 0 {
        copy.first_tried = None;
    }
    requeue(turn, &copy);
    "not-offered"
}

/// RFC 3463 §3.2: 5.1.x speaks of the address; 550 and 553 without an enhanced code are
/// the classic "no such user". Anything else is about policy or the letter.
fn is_dead(words: &str) -> bool {
    let enhanced = words.split_whitespace().find(|w| w.starts_with("5.") && w.matches('.').count() == 2);
    match enhanced {
        Some(code) => {
            matches!(code.trim_end_matches([':', ',', ';']), "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10")
        }
        None => words.starts_with("550") || words.starts_with("553"),
    }
}

fn try_again(turn: &mut Turn, mut copy: Outgoing) -> &'static str {
    let nth = usize::try_from(copy.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = RETRY_MINUTES.get(nth).map_or(RETRY_LATER, |minutes| TimeDelta::minutes(*minutes));
    copy.due = turn.now + wait;
    requeue(turn, &copy);
    "deferred"
}

/// Once more with the same Message-ID; the second time a person must look (RFC 1047).
fn uncertain(turn: &mut Turn, mut copy: Outgoing) -> &'static str {
    copy.uncertain += 1;
    copy.due = turn.now + UNCERTAIN_AGAIN_AFTER;
    if copy.uncertain == 1 {
        requeue(turn, &copy);
        return "uncertain";
    }
    turn.put(&copy);
    let who = copy.recipient.to_string();
    staff::note_exception(turn, ExceptionKind::UncertainDelivery, &who, &copy.subject, copy.case.clone());
    "uncertain-held"
}

fn requeue(turn: &mut Turn, copy: &Outgoing) {
    turn.put(copy);
    turn.mark(queue_key(copy));
}

// ---- what operators order

/// Every letter that has not left yet, the oldest first.
pub fn unsent(view: &dyn View) -> Vec<Outgoing> {
    let mut copies = Outgoing::all_stored(view, "");
    copies.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
    copies
}

/// What waits for a later attempt is due now: this letter, or all. One that may have arrived waits out its half
/// hour, or for the staff, unless it is named.
pub fn retry(turn: &mut Turn, id: Option<&str>) -> Verdict {
    let asked: Vec<Outgoing> = match id {
        Some(id) => turn.read(id).into_iter().collect(),
        None => turn.all::<Outgoing>("").into_iter().filter(|copy| copy.uncertain == 0).collect(),
    };
    let waits =
        |copy: &Outgoing| !copy.held && !copy.under_way && (copy.due > turn.now || copy.uncertain > 1);
    let waiting: Vec<Outgoing> = asked.into_iter().filter(waits).collect();
    for copy in &waiting {
        turn.unmark(queue_key(copy));
        requeue(turn, &Outgoing { due: turn.now, uncertain: copy.uncertain.min(1), ..copy.clone() });
    }
    let case = id.and(waiting.first()).and_then(|copy| copy.case.clone());
    let what = if waiting.is_empty() { What::AlreadyHandled } else { What::Done("retried") };
    Verdict::new(what, case)
}

/// A letter never goes out. Not one that is being offered, which may have left, nor one that waits for the staff.
pub fn take_out(turn: &mut Turn, id: &str) -> Verdict {
    let Some(copy) = turn.read::<Outgoing>(id) else { return Verdict::new(What::AlreadyHandled, None) };
    let word = match (copy.under_way, copy.held) {
        (true, _) => "letter-under-way",
        (_, true) => "letter-waits-for-staff",
        _ => {
            turn.unmark(queue_key(&copy));
            forget(turn, &copy);
            undelivered::note(turn, &copy, End::Dropped);
            "letter-dropped"
        }
    };
    Verdict::new(What::Done(word), copy.case)
}

fn forget(turn: &mut Turn, copy: &Outgoing) {
    turn.delete::<Outgoing>(&copy.id);
    turn.unmark(format!("{BYTES}{}", copy.id));
}

/// At a start, attempts without an end are uncertain: the daemon may have been killed
/// between the server's 250 and our note of it.
pub fn conclude_interrupted(turn: &mut Turn) {
    let interrupted: Vec<Outgoing> = turn.all::<Outgoing>("").into_iter().filter(|c| c.under_way).collect();
    for mut copy in interrupted {
        copy.under_way = false;
        uncertain(turn, copy);
    }
}
