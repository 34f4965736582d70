//! What must hold after every step, read from the store and from what people got.

use crate::life::is_known;
use crate::world::people::Got;
use crate::world::{STAFF, World};
use serde::de::DeserializeOwned;
use soundingboard::program::appointment::Appointment;
use soundingboard::program::batch::Outgoing;
use soundingboard::program::booking::Booking;
use soundingboard::program::letter::{ExceptionKind, Urgency};
use soundingboard::program::load::Load;
use soundingboard::program::moment::Slot;
use soundingboard::program::record::{
    Case, Hold, LetterSent, Owner, PersonKey, Record, Reference, Stage, Timestamp, TokenOwner,
};
use soundingboard::program::room::overlap;
use soundingboard::program::schedule::{Timer, TimerKind};
use soundingboard::program::timer::key_time;
use soundingboard::program::token::carriers;
use soundingboard::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The heading that every letter has whose reader waits for something.
const NEXT: &str = "What happens next";

/// Letters that may follow the end of a case and say nothing of it.
const NO_NEWS: [&str; 7] = [
    "word-did-nothing",
    "did-you-write",
    "asked-owner",
    "passed-on",
    "whose-mail",
    "words-with-staff",
    "which-of-you",
];

/// Letters that somebody asked for, and that tell nothing new of a case.
const ASKED_FOR: [&str; 3] = ["help", "status", "roster"];

/// What was promised to whom so far.
#[derive(Default)]
pub struct Promises {
    /// Message-ID and recipient of every letter delivered.
    delivered: BTreeSet<(String, String)>,
    /// By case and reader: the last letter that arrived.
    last: BTreeMap<(String, String), Got>,
    /// Cases and readers that were introduced.
    introduced: BTreeSet<(String, String)>,
    /// The same without answers to words that changed nothing.
    last_news: BTreeMap<(String, String), Got>,
}

type Held = Result<(), String>;

impl Promises {
    pub fn hold(&mut self, world: &mut World, arrived: Vec<Got>) -> Held {
        let store = world.store();
        self.strangers_stay_strangers(&*store, &arrived)?;
        self.delivered_once(&*store, arrived)?;
        let cases: Vec<Case> = all(&*store)?;
        let refused = |case: &&Case| world.post.is_refused(&case.advisee.address);
        self.the_advisee_knows(&*store, cases.iter().filter(|case| !refused(case)))?;
        nobody_is_forgotten(&*store, &cases)?;
        timers_and_their_index_agree(&*store)?;
        indexes_and_cases_agree(&*store, &cases)?;
        one_at_a_time_has_the_room(&*store, world.clock.now())?;
        outbox_agrees(&*store)?;
        if world.running { nothing_is_overdue(&store, world.clock.now()) } else { Ok(()) }
    }

    /// An advisee's address is shown to nobody but the staff before the introduction, and nobody's token
    /// to anybody else.
    fn strangers_stay_strangers(&mut self, store: &dyn Store, arrived: &[Got]) -> Held {
        for got in arrived {
            let sent: LetterSent = one(store, &got.message_id)?;
            let Some(case) = sent.case else { continue };
            let key = (case.0.clone(), got.to.clone());
            if got.template == "introduction" {
                self.introduced.insert(key.clone());
            }
            let advisee =
                one::<Case>(store, &case.0).map_or(String::new(), |case| case.advisee.address.key());
            // Staff read who waits for them.
            let may_know =
                advisee.is_empty() || advisee == got.to || got.to == STAFF || self.introduced.contains(&key);
            check(may_know || !got.text.to_lowercase().contains(&advisee), || {
                format!("{} shows {advisee} to {}:\n{}", got.template, got.to, got.text)
            })?;
            for (_, token) in carriers(&got.text) {
                let owner = one::<TokenOwner>(store, &token.0)?.owner;
                if let Owner::Party { case, party } = owner {
                    let whose = one::<Case>(store, &case.0)?.mailbox_of(party).address.key();
                    check(whose == got.to, || {
                        format!("{} gives {whose}'s token to {}", got.template, got.to)
                    })?;
                }
            }
        }
        Ok(())
    }

    fn delivered_once(&mut self, store: &dyn Store, arrived: Vec<Got>) -> Held {
        for got in arrived {
            check(is_known(&got.to), || format!("a letter went to {}", got.to))?;
            let once = self.delivered.insert((got.message_id.clone(), got.to.clone()));
            check(once, || format!("{} got \"{}\" twice", got.to, got.subject))?;
            let sent: LetterSent = one(store, &got.message_id)?;
            if let Some(case) = sent.case.filter(|_| !ASKED_FOR.contains(&got.template.as_str())) {
                let key = (case.0, got.to.clone());
                if !NO_NEWS.contains(&got.template.as_str()) {
                    self.last_news.insert(key.clone(), got.clone());
                }
                self.last.insert(key, got);
            }
        }
        Ok(())
    }

    /// Every advisee who waits has read what happens next, or the letter is on its way.
    /// Nothing reaches an address that is refused: there staff are told instead.
    fn the_advisee_knows<'a>(&self, store: &dyn Store, cases: impl Iterator<Item = &'a Case>) -> Held {
        let queued: Vec<Outgoing> = all(store)?;
        for case in cases.filter(|case| case.stage.is_open()) {
            let reader = case.advisee.address.key();
            let ours =
                |c: &&Outgoing| c.case.as_ref() == Some(&case.reference) && c.recipient.key() == reader;
            let mut waiting: Vec<&Outgoing> = queued.iter().filter(ours).collect();
            waiting.sort_by_key(|copy| copy.number);
            let letters: Result<Vec<Got>, String> =
                waiting.iter().map(|copy| Ok(Got::of(&reader, bytes(store, &copy.id)?.as_bytes()))).collect();
            let tells = |got: &Got| !ASKED_FOR.contains(&got.template.as_str());
            let last = match letters?.into_iter().rfind(tells) {
                Some(letter) => Some(letter),
                None => self.last.get(&(case.reference.0.clone(), reader.clone())).cloned(),
            };
            let last =
                last.ok_or_else(|| format!("{reader} waits for {} and read nothing", case.reference))?;
            check(last.text.contains(NEXT), || {
                format!(
                    "{reader} waits ({:?}) and last read {}, without what happens next:\n{}",
                    case.stage, last.template, last.text
                )
            })?;
        }
        Ok(())
    }

    /// After sixty silent days nothing is open but what the staff have paused, and every
    /// advisee was told how it ended.
    pub fn everything_ended(&self, world: &mut World) -> Held {
        let store = world.store();
        for case in all::<Case>(&*store)?.into_iter().filter(|case| case.paused.is_none()) {
            // What is refused is told to staff instead.
            let told = !world.post.is_refused(&case.advisee.address);
            check(!case.stage.is_open(), || format!("{} is {:?} for ever", case.reference, case.stage))?;
            let reader = case.advisee.address.key();
            let Some(last) = self.last_news.get(&(case.reference.0.clone(), reader.clone())) else {
                continue;
            };
            let says = match case.stage {
                Stage::Cancelled => &["cancelled-receipt"][..],
                Stage::Ended | Stage::Unconfirmed => &["case-ended"],
                _ => &["confirmation-thanks"],
            };
            // Who wrote into an ended case while it stood still reads of the end of the pause.
            let ended = last.template == "resumed" || says.contains(&last.template.as_str());
            check(!told || ended, || {
                format!(
                    "{} ended as {:?}, and the last that {reader} read of it is {}",
                    case.reference, case.stage, last.template
                )
            })?;
        }
        Ok(())
    }
}

/// Every open case has a timer.
fn nobody_is_forgotten(store: &dyn Store, cases: &[Case]) -> Held {
    for case in cases.iter().filter(|case| case.stage.is_open()) {
        let prefix = format!("{}/{}", Timer::TABLE, TimerKind::prefix(&case.reference));
        let timers = rows(store, &prefix);
        check(!timers.is_empty(), || format!("{} is {:?} and has no timer", case.reference, case.stage))?;
    }
    Ok(())
}

fn timers_and_their_index_agree(store: &dyn Store) -> Held {
    let timers: Vec<Timer> = all(store)?;
    let due = timers.iter().map(|t| format!("due/{}/{}", key_time(t.due), t.id.0)).collect();
    same("timers", due, keys(store, "due/"))
}

fn indexes_and_cases_agree(store: &dyn Store, cases: &[Case]) -> Held {
    let open = cases.iter().filter(|c| c.stage.is_open()).map(|c| format!("open/{}", c.reference)).collect();
    same("open cases", open, keys(store, "open/"))?;
    let busy = |case: &&Case| matches!(case.stage, Stage::Asked | Stage::InContact | Stage::Accepted);
    let load =
        |case: &Case| Some(format!("load/{}/{}", case.attempt()?.advisor.address.key(), case.reference));
    same("busy advisors", cases.iter().filter(busy).filter_map(load).collect(), keys(store, "load/"))?;
    let mut occupied: BTreeMap<PersonKey, usize> = BTreeMap::new();
    for person in cases.iter().filter(busy).filter_map(|case| Some(case.attempt()?.person())) {
        *occupied.entry(person).or_default() += 1;
    }
    let counted: Vec<Load> = all(store)?;
    let counted: BTreeMap<PersonKey, usize> = counted.into_iter().map(|l| (l.person, l.cases)).collect();
    check(counted == occupied, || format!("{counted:?} are counted where {occupied:?} are occupied"))
}

/// A case has it when its two meet, and the staff know of every booking until it is over.
fn one_at_a_time_has_the_room(store: &dyn Store, now: Timestamp) -> Held {
    let bookings: Vec<Booking> = all(store)?;
    let mut ahead: Vec<(Slot, &Booking)> =
        bookings.iter().filter_map(|booking| Some((booking.ahead(now)?, booking))).collect();
    ahead.sort_by_key(|(slot, _)| *slot);
    let meetings: Vec<Appointment> = all(store)?;
    for pair in ahead.windows(2) {
        check(!overlap(pair[0].0, pair[1].0), || format!("two have the room: {pair:?}"))?;
    }
    for (slot, booking) in &ahead {
        let meeting = || meetings.iter().find(|m| Some(&m.case) == booking.case.as_ref())?.agreed;
        check(booking.case.is_none() || meeting() == Some(*slot), || {
            format!("nobody meets there: {booking:?}")
        })?;
        let timer = format!("{}/room/{}", Timer::TABLE, booking.reference);
        check(store.get(&timer).expect("a row").is_some(), || format!("nobody will open it: {booking:?}"))?;
    }
    let opened: BTreeSet<&Reference> =
        ahead.iter().filter_map(|(_, booking)| booking.hold.as_ref()).collect();
    let holds: Vec<Hold> = all(store)?;
    let stale = holds.iter().find(|h| h.kind == ExceptionKind::RoomToOpen && !opened.contains(&h.reference));
    // It goes with the timer at the end of the booking, once the daemon runs.
    let over = |hold: &Hold| bookings.iter().any(|b| b.hold.as_ref() == Some(&hold.reference));
    check(stale.is_none_or(over), || format!("nothing to open: {stale:?}"))
}

/// Each letter on its way has its bytes, and its place in the queue unless staff must look.
fn outbox_agrees(store: &dyn Store) -> Held {
    let copies: Vec<Outgoing> = all(store)?;
    let bytes = copies.iter().map(|copy| format!("bytes/{}", copy.id)).collect();
    same("letters' bytes", bytes, keys(store, "bytes/"))?;
    let waits = copies.iter().filter(|copy| !copy.under_way && copy.uncertain < 2);
    let place = |copy: &Outgoing| {
        let lane = if copy.urgency == Urgency::Answer { 0 } else { 1 };
        format!("queue/{lane}/{}/{:010}/{}", key_time(copy.due), copy.number, copy.id)
    };
    same("the queue", waits.map(place).collect(), keys(store, "queue/"))
}

/// While the daemon runs, every timer that is due has spoken.
fn nothing_is_overdue(store: &Arc<dyn Store>, now: Timestamp) -> Held {
    let overdue = all::<Timer>(&**store)?.into_iter().find(|timer| timer.due <= now);
    check(overdue.is_none(), || format!("still there, though due: {overdue:?}"))
}

// ---- reading

fn check(holds: bool, why: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(why()) }
}

fn same(what: &str, expected: BTreeSet<String>, found: BTreeSet<String>) -> Held {
    check(expected == found, || {
        let missing: Vec<&String> = expected.difference(&found).collect();
        let dangling: Vec<&String> = found.difference(&expected).collect();
        format!("{what}: missing {missing:?}, dangling {dangling:?}")
    })
}

fn rows(store: &dyn Store, prefix: &str) -> Vec<(String, String)> {
    store.range(prefix, usize::MAX).expect("a store in memory")
}

fn keys(store: &dyn Store, prefix: &str) -> BTreeSet<String> {
    rows(store, prefix).into_iter().map(|(key, _)| key).collect()
}

fn all<R: Record>(store: &dyn Store) -> Result<Vec<R>, String> {
    rows(store, &format!("{}/", R::TABLE)).iter().map(|(key, text)| read(key, text)).collect()
}

fn one<R: Record>(store: &dyn Store, key: &str) -> Result<R, String> {
    let key = format!("{}/{key}", R::TABLE);
    let text = store.get(&key).expect("a store in memory").ok_or(format!("no row {key}"))?;
    read(&key, &text)
}

fn bytes(store: &dyn Store, id: &str) -> Result<String, String> {
    let key = format!("bytes/{id}");
    let text = store.get(&key).expect("a store in memory").ok_or(format!("no row {key}"))?;
    read(&key, &text)
}

fn read<T: DeserializeOwned>(key: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|why| format!("{key}: {why}"))
}
