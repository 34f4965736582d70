//! The one person who reads complaints, and what of them nobody else of the staff may know.

use super::letter::ExceptionKind;
use super::record::{Case, Hold, Reference};
use super::rules::Staff;
use super::staff;
use super::turn::Turn;
use crate::mail::address::{AddrSpec, Mailbox};

/// Whether somebody of the staff may know of this: a complaint is the complaints person's alone.
pub fn may_read(turn: &Turn, staff: &Staff, hold: &Hold) -> bool {
    hold.kind != ExceptionKind::Reported || is_that_person(turn, staff)
}

pub fn is_that_person(turn: &Turn, staff: &Staff) -> bool {
    who(turn).is_some_and(|person| staff.writes_from(&person.address))
}

/// Whether a reference names a complaint, or a request that stands still after one.
pub fn is_about(turn: &Turn, reference: &Reference) -> bool {
    let paused = turn.read::<Case>(&reference.0).is_some_and(|case| case.paused.is_some());
    paused || staff::waiting_under(turn, reference).iter().any(|h| h.kind == ExceptionKind::Reported)
}

/// Who reads reports: as configured, else the first of the staff.
pub fn who(turn: &Turn) -> Option<Mailbox> {
    let staff = &turn.rules.staff;
    let named = |address: &AddrSpec| {
        let of_staff = staff.iter().find(|s| s.mailbox.address == *address);
        of_staff.map_or_else(|| Mailbox::bare(address.clone()), |s| s.mailbox.clone())
    };
    let first = || staff.first().map(|Staff { mailbox, .. }| mailbox.clone());
    turn.rules.complaints.as_ref().map(named).or_else(first)
}

/// The complaints person, where that is none of the staff: replies to reports count as theirs.
pub fn outside_staff(turn: &Turn, address: &AddrSpec) -> Option<Staff> {
    let named = turn.rules.complaints.as_ref().filter(|named| *named == address)?;
    Some(Staff { mailbox: Mailbox::bare(named.clone()), also: Vec::new(), language: None })
}
