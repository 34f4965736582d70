//! A person's open cases, on either side.

use super::offer;
use super::record::{Case, Party, Person, PersonKey, Stage};
use super::turn::Turn;
use crate::mail::address::{AddrSpec, Mailbox};

/// The open cases in which somebody is the advisee, or the advisor who matters now; oldest first.
pub fn open(turn: &Turn, address: &AddrSpec) -> Vec<(Case, Party)> {
    let references = turn.marked("open/");
    let cases = references.iter().filter_map(|r| turn.read::<Case>(r));
    let mut found: Vec<(Case, Party)> =
        cases.filter_map(|case| side_of(turn, &case, address).map(|party| (case, party))).collect();
    found.sort_by(|(a, _), (b, _)| (a.opened, &a.reference).cmp(&(b.opened, &b.reference)));
    found
}

fn side_of(turn: &Turn, case: &Case, address: &AddrSpec) -> Option<Party> {
    let at_it = matches!(case.stage, Stage::Asked | Stage::InContact | Stage::Accepted);
    let same = |mailbox: &Mailbox| turn.is_same_person(&mailbox.address, address);
    let is_advisor = at_it && case.attempt().is_some_and(|a| same(&a.advisor));
    let advisee = same(&case.advisee).then_some(Party::Advisee);
    advisee.or(is_advisor.then_some(Party::Advisor(case.current)))
}

/// The cases that an advisor is at.
pub fn as_advisor(turn: &Turn, person: &Person) -> Vec<Case> {
    let references = turn.marked(&offer::load_of(PersonKey::from(person)));
    references.iter().filter_map(|r| turn.read::<Case>(r)).collect()
}
