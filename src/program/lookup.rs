//! Rows that find others: an advisor by her name, the cases of an advisee by the address.
//!
//! They say nothing by themselves. There may be too many of them and never too few, so whoever
//! looks something up reads the record and sees whether it fits. A store of before has none until
//! the next start makes them: until then the whole table is read.

use super::load;
use super::offer;
use super::rank;
use super::record::{Case, Person, PersonKey, Record, Reference};
use super::turn::Turn;
use crate::mail::address::AddrSpec;
use std::collections::BTreeSet;

/// There is one for each advisor on the roster and for each case that is open.
const COMPLETE: &str = "lookup/complete";

/// At a start: a store of before gets its rows.
pub fn complete(turn: &mut Turn) {
    if is_complete(turn) {
        return;
    }
    for advisor in offer::advisors(turn) {
        note_name(turn, &advisor);
    }
    for reference in turn.marked("open/") {
        if let Some(case) = turn.read::<Case>(&reference) {
            note_case(turn, &case);
        }
    }
    turn.mark(COMPLETE.to_owned());
}

fn is_complete(turn: &Turn) -> bool {
    turn.is_marked(COMPLETE)
}

// ---- advisors

/// An entry of the roster has come, or has another name.
pub fn note_name(turn: &mut Turn, advisor: &Person) {
    turn.mark(format!("{}{}", names(&advisor.name), advisor.key()));
}

/// Who on the roster has this name, in whatever order its parts are.
pub fn named(turn: &Turn, name: &str) -> Vec<Person> {
    let advisors = match is_complete(turn) {
        true => {
            let keys = turn.marked(&names(name));
            let people = keys.iter().filter_map(|key| turn.read::<Person>(key));
            people.filter(|person| person.advisor.is_some()).collect()
        }
        false => offer::advisors(turn),
    };
    advisors.into_iter().filter(|person| rank::is_same_name(name, &person.name)).collect()
}

fn names(name: &str) -> String {
    format!("named/{}/", rank::sorted_name(name))
}

// ---- cases

/// A case is open, or is not any more.
pub fn note_case(turn: &mut Turn, case: &Case) {
    let key = format!("{}{}", cases_with(&case.advisee.address), case.reference);
    if case.stage.is_open() { turn.mark(key) } else { turn.unmark(key) }
}

/// Before the people of a case change.
pub fn leave_case(turn: &mut Turn, case: &Case) {
    turn.unmark(format!("{}{}", cases_with(&case.advisee.address), case.reference));
}

/// The open cases that may have this advisee, in the order of their references.
pub fn with_advisee(turn: &Turn, address: &AddrSpec) -> BTreeSet<Reference> {
    let found = match is_complete(turn) {
        true => addresses(turn, address).iter().flat_map(|own| turn.marked(&cases_with(own))).collect(),
        false => turn.marked("open/"),
    };
    found.into_iter().map(Reference).collect()
}

/// The open cases in which this person may be of either side.
pub fn with(turn: &Turn, address: &AddrSpec) -> BTreeSet<Reference> {
    let mut found = with_advisee(turn, address);
    for own in addresses(turn, address) {
        let people = turn.people_at(&own);
        // Whoever a request was handed over to need not be on record.
        let keys = people.iter().map(PersonKey::from).chain([PersonKey::from(&own)]);
        let loads: Vec<String> = keys.flat_map(|key| turn.marked(&load::rows_of(key))).collect();
        found.extend(loads.into_iter().map(Reference));
    }
    found
}

fn cases_with(advisee: &AddrSpec) -> String {
    format!("advisee/{}/", advisee.key())
}

/// All addresses of whoever has this one.
pub fn addresses(turn: &Turn, address: &AddrSpec) -> Vec<AddrSpec> {
    let first = turn.first_address(address);
    let mut all = turn.second_addresses(&first);
    all.push(first);
    all
}
