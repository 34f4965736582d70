//! Floods: more mail of one sender than a person writes waits, whatever it says.
//!
//! Nobody who writes by hand comes near these numbers. They are there for whoever sets a
//! program upon us, and for whom it would hurt: our answers go to the address in From, and
//! for a form of the website to whoever its `Email` field names, whether they wrote or not.
//! They are counted by what is proven of the sender, so that nobody uses up, by writing an
//! address into From, what its owner may write.

use super::kept_back::{self, Stopped, Why};
use super::proof;
use super::record::{Record, Timestamp};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{arrival, sweep};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::{Authentication, Inbound, Origin};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// So many mails within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub mails: u64,
    pub within: TimeDelta,
}

const HOUR: TimeDelta = TimeDelta::hours(1);
/// One a minute for an hour is no person's, whatever it says.
const SENDER: Limit = Limit { mails: 60, within: HOUR };
/// Who has our tokens, or is of the staff, may clear a long list in an hour, a mail for each.
const TRUSTED: Limit = Limit { mails: 300, within: HOUR };
/// Whoever forges an address does not use up what its owner may write, and is answered by a
/// question to the owner.
const FORGED: Limit = Limit { mails: 10, within: HOUR };
/// The website on the morning after a call for advisors.
const WEBSITE: Limit = Limit { mails: 60, within: HOUR };
/// All whom nobody knows, together: addresses are invented as fast as mails. With the website's
/// it is what the breaker takes for granted.
const STRANGERS: Limit = Limit { mails: 60, within: HOUR };
const STRANGERS_KEY: &str = "strangers";
/// Each such form brings a letter to whoever it names, who may have filled in nothing.
const NAMED: Limit = Limit { mails: 5, within: TimeDelta::hours(24) };

/// How much one sender has written lately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub key: String,
    pub until: Timestamp,
    pub mails: u64,
}

impl Record for Flow {
    const TABLE: &'static str = "flow";
    fn key(&self) -> String {
        self.key.clone()
    }
}

/// How many of the mails that wait go on together, and after what time the next.
pub fn limit(why: Why) -> Option<Limit> {
    match why {
        Why::Talk | Why::Again => None,
        Why::Flood => Some(SENDER),
        Why::Website => Some(WEBSITE),
        Why::Named => Some(NAMED),
        Why::Strangers => Some(STRANGERS),
    }
}

/// Counts a mail of a sender, and keeps it back if it is one too many.
pub fn keeps(turn: &mut Turn, mail: &Inbound) -> Option<Verdict> {
    let from = mail.from.clone().filter(|_| matches!(mail.origin, Origin::Human | Origin::AutoReply))?;
    let (key, limit) = of_sender(turn, mail, &from.address);
    keeps_over(turn, mail, &from, &key, limit, Why::Flood)
}

/// The same for the website's form mailer.
pub fn keeps_form(turn: &mut Turn, mail: &Inbound) -> Option<Verdict> {
    let from = mail.from.clone()?;
    keeps_over(turn, mail, &from, "website", WEBSITE, Why::Website)
}

/// The same for the person whom a form of the website names.
pub fn keeps_named(turn: &mut Turn, mail: &Inbound, person: &Mailbox) -> Option<Verdict> {
    let key = format!("named/{}", person.address.key());
    keeps_over(turn, mail, person, &key, NAMED, Why::Named)
}

/// The same for whoever we do not know, once it shows that a letter would go out: circulars
/// are nobody's flood.
pub fn guard(turn: &mut Turn, mail: &Inbound, decide: impl FnOnce(&mut Turn) -> Verdict) -> Verdict {
    let stranger = mail.from.clone().filter(|from| {
        turn.releasing.is_none() && !turn.knows(&from.address) && arrival::owners(turn, mail).is_empty()
    });
    let Some(from) = stranger else { return decide(turn) };
    let (before, letters) = (turn.checkpoint(), turn.letters().len());
    let verdict = decide(turn);
    if turn.letters().len() == letters {
        return verdict;
    }
    let flow = count(turn, STRANGERS_KEY, STRANGERS);
    if !is_over(turn, &flow, STRANGERS) {
        return verdict;
    }
    turn.rewind(before);
    put(turn, &flow);
    let stopped = Stopped { key: STRANGERS_KEY, why: Why::Strangers, from: &from, mail, case: None };
    stopped.keep(turn, Some(flow.until));
    Verdict::new(What::Done("kept-back"), verdict.case)
}

fn of_sender(turn: &Turn, mail: &Inbound, from: &AddrSpec) -> (String, Limit) {
    let key = turn.first_address(from).key();
    if mail.authentication == Authentication::Fail {
        return (format!("forged/{key}"), FORGED);
    }
    if let Some(owner) = arrival::owners(turn, mail).first() {
        return (format!("token/{}", proof::key_of(turn, owner)), TRUSTED);
    }
    match mail.authentication {
        Authentication::Pass if turn.is_staff(from) => (format!("from/{key}"), TRUSTED),
        Authentication::Pass => (format!("from/{key}"), SENDER),
        _ => (format!("claimed/{key}"), SENDER),
    }
}

/// Whether this mail is among the first few of its sender within the hour.
pub fn is_among_the_first(turn: &Turn, mail: &Inbound, few: u64) -> bool {
    let Some(from) = &mail.from else { return false };
    let (key, _) = of_sender(turn, mail, &from.address);
    turn.read::<Flow>(&key).is_none_or(|flow| flow.mails <= few)
}

fn keeps_over(
    turn: &mut Turn,
    mail: &Inbound,
    from: &Mailbox,
    key: &str,
    limit: Limit,
    why: Why,
) -> Option<Verdict> {
    // What was kept for its number goes on; that it names somebody too often is another matter.
    if turn.releasing.is_some_and(|kept| kept == Why::Named || why != Why::Named) {
        return None;
    }
    let flow = count(turn, key, limit);
    if !is_over(turn, &flow, limit) {
        return None;
    }
    Stopped { key, why, from, mail, case: None }.keep(turn, Some(flow.until));
    Some(Verdict::new(What::Done("kept-back"), None))
}

/// One more mail under this key.
fn count(turn: &mut Turn, key: &str, limit: Limit) -> Flow {
    let new = || Flow { key: key.to_owned(), until: turn.now + limit.within, mails: 0 };
    let flow = turn.read::<Flow>(key).filter(|flow| flow.until > turn.now);
    let mut flow = flow.unwrap_or_else(new);
    flow.mails += 1;
    put(turn, &flow);
    flow
}

fn put(turn: &mut Turn, flow: &Flow) {
    turn.put(flow);
    sweep::keep_timer(turn);
}

/// What comes later does not overtake what waits.
fn is_over(turn: &Turn, flow: &Flow, limit: Limit) -> bool {
    flow.mails > limit.mails || kept_back::waits(turn, &flow.key)
}

/// What is over is forgotten. When the first of what is left will be.
pub fn sweep(turn: &mut Turn) -> Option<Timestamp> {
    let (over, left): (Vec<Flow>, Vec<Flow>) =
        turn.all::<Flow>("").into_iter().partition(|flow| flow.until <= turn.now);
    for flow in over {
        turn.delete::<Flow>(&flow.key);
    }
    left.iter().map(|flow| flow.until).min()
}
