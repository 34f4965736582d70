//! What speaks for it that a mail is by whom its From says: a token, the receiver, or nothing.
//!
//! Anybody can write any address into From. What is counted or kept by sender is therefore
//! counted apart for what is proven and for what is only said: nobody uses up, or speaks
//! into, what is somebody else's.

use super::arrival;
use super::booking::Booking;
use super::inquiry::Inquiry;
use super::record::{Case, Draft, Owner};
use super::turn::Turn;
use crate::mail::address::AddrSpec;
use crate::mail::inbound::{Authentication, Inbound};

/// What is known of who wrote a mail, apart from its From.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// What its tokens open.
    pub owners: Vec<Owner>,
    pub authentication: Authentication,
    /// It answers our introduction, which only the two have.
    introduced: bool,
    /// The token is that of the one in From.
    own: bool,
}

impl Proof {
    pub fn of(turn: &Turn, mail: &Inbound) -> Self {
        let owners = arrival::owners(turn, mail);
        let from = mail.from.as_ref().map(|m| &m.address);
        let is_own = |owner: &Owner| {
            address_of(turn, owner).zip(from).is_some_and(|(own, from)| turn.is_same_person(&own, from))
        };
        let own = owners.iter().any(is_own);
        let introduced = arrival::case_of_thread(turn, mail).is_some_and(|(_, introduced)| introduced);
        Self { owners, authentication: mail.authentication, introduced, own }
    }

    /// One word for it, for keys.
    pub fn word(&self) -> &'static str {
        match self.authentication {
            Authentication::Fail => "doubted",
            _ if self.own => "by-token",
            _ if !self.owners.is_empty() => "by-anothers-token",
            Authentication::Pass => "vouched",
            Authentication::None if self.introduced => "introduced",
            Authentication::None => "unproven",
        }
    }
}

/// Whoever a token was given to, as text for a key: all tokens of somebody are one.
pub fn key_of(turn: &Turn, owner: &Owner) -> String {
    let plain = || {
        let text = serde_json::to_string(owner).expect("an owner is plain data");
        turn.rules.secret.uuid(&["owner", &text])
    };
    address_of(turn, owner).map_or_else(plain, |address| turn.first_address(&address).key())
}

/// The address that a token was sent to.
fn address_of(turn: &Turn, owner: &Owner) -> Option<AddrSpec> {
    match owner {
        Owner::Party { case, party } => {
            turn.read::<Case>(&case.0).map(|case| case.mailbox_of(*party).address.clone())
        }
        Owner::Draft(reference) => turn.read::<Draft>(&reference.0).map(|draft| draft.sent.from.address),
        Owner::Inquiry(reference) => turn.read::<Inquiry>(&reference.0).map(|inquiry| inquiry.to.address),
        Owner::Away(person) => turn.person(person.clone()).map(|person| person.address),
        Owner::Staff(address) => Some(address.clone()),
        Owner::Booking(reference) => turn.read::<Booking>(&reference.0).map(|booking| booking.by.address),
    }
}
