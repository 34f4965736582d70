//! A person's open cases, on either side.

use super::load;
use super::lookup;
use super::record::{Case, Party, Person, PersonKey, Stage};
use super::token;
use super::turn::Turn;
use crate::mail::address::{AddrSpec, Mailbox};

/// The open cases in which somebody is the advisee, or the advisor who matters now; oldest first.
pub fn open(turn: &Turn, address: &AddrSpec) -> Vec<(Case, Party)> {
    let references = lookup::with(turn, address);
    let open = references.iter().filter(|r| turn.is_marked(&format!("open/{r}")));
    let cases = open.filter_map(|r| turn.read::<Case>(&r.0));
    let mut found: Vec<(Case, Party)> =
        cases.filter_map(|case| side_of(turn, &case, address).map(|party| (case, party))).collect();
    found.sort_by(|(a, _), (b, _)| (a.opened, &a.reference).cmp(&(b.opened, &b.reference)));
    found
}

/// Cases whose meeting is over: what one side writes there still goes to the other.
pub fn after_meeting(turn: &Turn, address: &AddrSpec) -> Vec<(Case, Party)> {
    let own: Vec<String> = lookup::addresses(turn, address).iter().map(AddrSpec::key).collect();
    // Of all requests ever made these are few: so many as begin alike are looked through at once.
    let theirs = token::beginnings().flat_map(|first| turn.all_with_one_of::<Case>(&first, &own));
    let over = theirs.filter(|case| matches!(case.stage, Stage::Held | Stage::NotHeld));
    over.filter_map(|case| side_of(turn, &case, address).map(|party| (case, party))).collect()
}

fn side_of(turn: &Turn, case: &Case, address: &AddrSpec) -> Option<Party> {
    let at_it = !matches!(case.stage, Stage::Choosing | Stage::WithStaff | Stage::Cancelled | Stage::Ended);
    let same = |mailbox: &Mailbox| turn.is_same_person(&mailbox.address, address);
    let is_advisor = at_it && case.attempt().is_some_and(|a| same(&a.advisor));
    let advisee = same(&case.advisee).then_some(Party::Advisee);
    advisee.or(is_advisor.then_some(Party::Advisor(case.current)))
}

/// Whether a side of a case is this person: where an address is shared, the name tells.
pub fn is_of(turn: &Turn, side: &Mailbox, person: &Person) -> bool {
    turn.person_called(side).is_some_and(|p| PersonKey::from(&p) == PersonKey::from(person))
}

/// The same of one person only, where several share the address.
pub fn open_of(turn: &Turn, person: &Person) -> Vec<(Case, Party)> {
    let mut cases = open(turn, &person.address);
    let own = |(case, party): &(Case, Party)| match party {
        Party::Advisee => is_of(turn, &case.advisee, person),
        Party::Advisor(n) => case.attempts.get(*n).is_some_and(|a| a.person() == PersonKey::from(person)),
    };
    if turn.people_at(&person.address).len() > 1 {
        cases.retain(own);
    }
    cases
}

/// The cases that an advisor is at.
pub fn as_advisor(turn: &Turn, person: &Person) -> Vec<Case> {
    let references = turn.marked(&load::rows_of(PersonKey::from(person)));
    references.iter().filter_map(|r| turn.read::<Case>(r)).collect()
}
