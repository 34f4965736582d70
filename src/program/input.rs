//! Everything that can happen to the program.

use super::alarm::Alarm;
use super::disk::Disk;
use super::gap;
use super::import::Entry;
use super::order::Order;
use super::record::Timestamp;
use super::schedule::TimerId;
use super::timer::key_time;
use crate::mail::address::AddrSpec;
use crate::mail::authentication::Trusted;
use crate::mail::delivery::Outcome;
use crate::mail::inbound::Inbound;
use crate::mail::sent::SentMail;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// What a folder of the contact mailbox is to the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Where people write to us.
    #[default]
    Contact,
    /// Where filters put what they doubt.
    Aside,
    /// Where sent mail is kept.
    Sent,
}

impl Purpose {
    /// A mail of such a folder, as it was fetched; unless it is `complete`, without the rest
    /// of its body. Who sent it is believed as far as a receiver that is `trusted` vouches.
    pub fn read(self, bytes: &[u8], complete: bool, trusted: &Trusted) -> Input {
        let inbound = || Box::new(Inbound::parse_trusting(bytes, complete, trusted));
        match self {
            Purpose::Contact => Input::Mail(inbound()),
            Purpose::Aside => Input::Aside(inbound()),
            Purpose::Sent => Input::Sent(Box::new(SentMail::parse(bytes))),
        }
    }

    /// The same of a folder that was numbered anew: it may be a copy of what was decided.
    pub fn read_again(self, bytes: &[u8], complete: bool, trusted: &Trusted) -> Input {
        match self.read(bytes, complete, trusted) {
            Input::Mail(mail) => Input::Again { mail, aside: false },
            Input::Aside(mail) => Input::Again { mail, aside: true },
            other => other,
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Mail(Box<Inbound>),
    /// A mail that a filter put aside.
    Aside(Box<Inbound>),
    /// A mail that was there when its folder was numbered anew: of `aside`, or where people
    /// write to us.
    Again {
        mail: Box<Inbound>,
        aside: bool,
    },
    /// A mail was found among the sent ones.
    Sent(Box<SentMail>),
    /// A timer that is due. `due` as it was when the shell saw it: a moved timer is not fired.
    Timer {
        id: TimerId,
        due: Timestamp,
    },
    /// These letters are about to be offered to the mail server (outbox ids).
    Offered(Vec<String>),
    /// What the mail server said.
    Delivery(Delivery),
    /// The daemon has started: standing timers are set, unconcluded attempts become uncertain.
    Started,
    /// The operator wants something done.
    Ordered(Order),
    /// The operator lets a restored store go on.
    Resumed,
    /// What happened between its backup and then has been decided again.
    CaughtUp,
    /// The operator brings in a roster: nobody is told yet.
    Imported(Vec<Entry>),
    /// The operator has these people of an imported roster told.
    Announced(Vec<AddrSpec>),
    /// How full the disk of the store is.
    Disk(Disk),
    /// What the shell has noticed, and the staff should know.
    Alarm(Alarm),
    /// A timer that made us panic, and why: told to staff, and tried again on the next day.
    Stuck {
        id: TimerId,
        due: Timestamp,
        why: String,
    },
    /// A mail that made us panic: told to staff, never tried again.
    Quarantined {
        folder: String,
        uid: u32,
        why: String,
    },
}

/// The outcome of one attempt to submit one letter to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Outbox id.
    pub id: String,
    /// The attempt it concludes, counting from 1.
    pub attempt: u32,
    pub outcome: Outcome,
}

/// The identity of an input: the same input has the same id wherever it is seen again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InputId(pub String);

impl fmt::Display for InputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Input {
    /// Its identity. A mail's is its fingerprint; anything else is named by what it is
    /// about, and by its time where it can happen again.
    pub fn id(&self, now: Timestamp) -> InputId {
        InputId(match self {
            Input::Mail(mail) | Input::Aside(mail) | Input::Again { mail, .. } => mail.fingerprint.0.clone(),
            Input::Sent(mail) => format!("sent:{}", mail.fingerprint.0),
            Input::Timer { id, due } => format!("timer:{}@{}", id.0, key_time(*due)),
            Input::Stuck { id, due, .. } => format!("stuck:{}@{}", id.0, key_time(*due)),
            Input::Offered(ids) => format!("offered:{}", ids.join(",")),
            Input::Delivery(delivery) => format!("delivery:{}#{}", delivery.id, delivery.attempt),
            Input::Disk(_) => format!("disk@{}", key_time(now)),
            Input::Alarm(alarm) => format!("alarm:{}@{}", alarm.kind(), key_time(now)),
            Input::Started => format!("started@{}", key_time(now)),
            Input::Ordered(order) => ordered(order, now),
            Input::Resumed => return gap::resumed_id(now),
            Input::CaughtUp => return gap::caught_up_id(now),
            Input::Imported(entries) => named("imported", entries.iter().map(|e| &e.address), now),
            Input::Announced(addresses) => named("announced", addresses.iter(), now),
            Input::Quarantined { folder, uid, .. } => format!("quarantined:{folder}/{uid}@{}", key_time(now)),
        })
    }
}

/// What is ordered again at another time is another order.
fn ordered(order: &Order, now: Timestamp) -> String {
    let order = serde_json::to_string(order).expect("an order is plain data");
    let hash = HEXLOWER.encode(&Sha256::digest(order));
    format!("ordered:{}@{}", &hash[..16], key_time(now))
}

/// Several people at one instant: parts of one announcement are different inputs.
fn named<'a>(what: &str, addresses: impl Iterator<Item = &'a AddrSpec>, now: Timestamp) -> String {
    let keys: Vec<String> = addresses.map(AddrSpec::key).collect();
    let hash = HEXLOWER.encode(&Sha256::digest(keys.join("\n")));
    format!("{what}:{}@{}", &hash[..16], key_time(now))
}
