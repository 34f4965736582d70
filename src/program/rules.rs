//! The checked configuration that a decision may depend on.

use super::command::Words;
pub use super::room::{OpenHours, Room};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::authentication::Trusted;
use crate::mail::form::FormWords;
use crate::mail::message_id::Secret;
use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;

/// Everything `decide` knows besides records, input and now.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The network's name, as letters show it.
    pub network: String,
    /// The contact address.
    pub address: AddrSpec,
    /// The subaddress separator; empty where the server has none.
    pub subaddress: String,
    pub zone: Tz,
    /// Language tags; the first is the default. Only languages that have templates.
    pub languages: Vec<String>,
    /// Domains of member institutions; subdomains count.
    pub members: Vec<String>,
    pub weekend: Vec<Weekday>,
    pub institutions: Vec<Institution>,
    pub staff: Vec<Staff>,
    /// Letters to others than the staff wait until they are approved.
    pub shadow: bool,
    /// Who gets REPORT; None is the first of the staff.
    pub complaints: Option<AddrSpec>,
    pub requests: Requests,
    pub closures: Vec<Closure>,
    /// The shared room, where there is one.
    pub room: Option<Room>,
    /// When the digest is due, in the network's zone.
    pub digest: cron::Schedule,
    /// When the staff are told of what has waited too long, in the network's zone.
    pub exceptions: cron::Schedule,
    pub secret: Secret,
    /// Whose Authentication-Results (RFC 8601) say who wrote a mail.
    pub trusted: Trusted,
    /// Exact From addresses of the website's form mailer.
    pub relays: Vec<AddrSpec>,
    pub forms: FormWords,
    pub words: Words,
}

/// A staff person.
#[derive(Clone, Debug, PartialEq)]
pub struct Staff {
    pub mailbox: Mailbox,
    /// Other addresses this person writes from.
    pub also: Vec<AddrSpec>,
    pub language: Option<String>,
}

impl Staff {
    /// Whether an address is one of theirs.
    pub fn writes_from(&self, address: &AddrSpec) -> bool {
        self.mailbox.address == *address || self.also.contains(address)
    }
}

/// What is known of an institution beyond its domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Institution {
    pub domain: String,
    pub name: Option<String>,
    pub weekend: Option<Vec<Weekday>>,
    pub zone: Option<Tz>,
}

/// The clock of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Requests {
    pub remind_after_days: Vec<u32>,
    pub expire_after_days: u32,
    pub ranked_move_on_after_days: u32,
    pub show_addresses: ShowAddresses,
}

/// When a party's address is shown to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowAddresses {
    AfterAcceptance,
    Always,
}

/// Days on which clocks stand still, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub note: String,
}
