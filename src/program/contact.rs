//! Mail between the two of a case with us in copy: contact, though it carries no reference of ours.

use super::load;
use super::lookup;
use super::record::{Case, Party, PersonKey, Reference, Stage};
use super::turn::Turn;
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::{Authentication, Inbound};

/// The open case of a mail's writer with somebody it is addressed to. Such a mail decides
/// nothing and is not answered, so a sender's word for who they are is enough.
pub fn between(turn: &Turn, mail: &Inbound, from: &Mailbox) -> Option<(Case, Party)> {
    if mail.authentication == Authentication::Fail {
        return None;
    }
    mail.to.iter().find_map(|to| {
        let as_advisee = || shared(turn, &to.address, &from.address).map(|case| (case, Party::Advisee));
        let as_advisor = |case: Case| (Party::Advisor(case.current), case);
        let asked =
            shared(turn, &from.address, &to.address).map(as_advisor).map(|(party, case)| (case, party));
        asked.or_else(as_advisee)
    })
}

/// The case in which the one is asked by the other, or advises them.
fn shared(turn: &Turn, advisor: &AddrSpec, advisee: &AddrSpec) -> Option<Case> {
    // Whoever a request was handed over to need not be on record.
    let people = turn.people_at(advisor);
    let keys = people.iter().map(PersonKey::from).chain([PersonKey::from(advisor)]);
    let loads: Vec<String> = keys.map(load::rows_of).collect();
    let references = lookup::with_advisee(turn, advisee);
    let hers = |r: &&Reference| loads.iter().any(|load| turn.is_marked(&format!("{load}{r}")));
    let mut cases = references.iter().filter(hers).filter_map(|r| turn.read::<Case>(&r.0));
    cases.find(|case| case.advisee.address == *advisee && case.stage != Stage::Cancelled)
}
