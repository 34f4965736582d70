//! Machines' mail about our letters: what did not arrive.

use super::letter::ExceptionKind;
use super::record::{Case, LetterSent, Listed, Outcome, Reference, Stage};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{clock, offer, staff, token};
use crate::mail::address::AddrSpec;
use crate::mail::inbound::Inbound;
use crate::mail::report::{Action, ReportedRecipient};

/// One of our letters did not reach one of its recipients.
pub struct NonDelivery {
    pub recipient: AddrSpec,
    /// The address should be given up, not only this letter.
    pub address_is_dead: bool,
}

/// A delivery report (RFC 3464). It is believed only about a letter that we sent to that
/// recipient: its Message-ID cannot be guessed.
pub fn reported(turn: &mut Turn, mail: &Inbound) -> Verdict {
    let Some(letter) = letter_reported_on(turn, mail) else {
        return Verdict::new(What::NotForUs, None);
    };
    let failures: Vec<NonDelivery> = failures(mail, &letter);
    for failure in &failures {
        not_delivered(turn, letter.case.as_ref(), failure);
    }
    let says = |actions: &[Action]| {
        let recipients = mail.report.iter().flat_map(|r| &r.recipients);
        failures.is_empty() && recipients.into_iter().any(|r| actions.contains(&r.action))
    };
    if says(&[Action::Delayed]) {
        clock::delayed(turn, &letter);
    } else if says(&[Action::Delivered]) {
        clock::arrived(turn, &letter);
    }
    let word = if failures.is_empty() { "delayed" } else { "bounce" };
    Verdict::new(What::Done(word), letter.case)
}

/// Whether a delivery report is about a letter of ours.
pub fn is_about_us(turn: &Turn, mail: &Inbound) -> bool {
    letter_reported_on(turn, mail).is_some()
}

fn letter_reported_on(turn: &Turn, mail: &Inbound) -> Option<LetterSent> {
    let about = mail.report.as_ref().and_then(|r| r.about.clone());
    let named = about.into_iter().chain(mail.in_reply_to.clone()).chain(mail.references.clone());
    let by_detail = token::letter_in_detail(mail, &turn.rules.address, &turn.rules.subaddress);
    named.chain(by_detail).find_map(|id| turn.read::<LetterSent>(id.inner()))
}

fn failures(mail: &Inbound, letter: &LetterSent) -> Vec<NonDelivery> {
    let reported = mail.report.iter().flat_map(|r| &r.recipients).filter(|r| r.action == Action::Failed);
    let failure = |r: &ReportedRecipient| {
        // A forwarded address comes back under its new name: with one recipient there is no doubt.
        let named = r.address.clone().filter(|a| letter.to.contains(a));
        let only = (letter.to.len() == 1).then(|| letter.to[0].clone());
        let recipient = named.or(only)?;
        Some(NonDelivery { recipient, address_is_dead: r.permanent })
    };
    reported.filter_map(failure).collect()
}

/// A letter came back, or was refused at once.
pub fn not_delivered(turn: &mut Turn, case: Option<&Reference>, failure: &NonDelivery) {
    if failure.address_is_dead {
        unlist(turn, &failure.recipient);
    }
    let Some(mut case) = case.and_then(|r| turn.read::<Case>(&r.0)) else { return };
    let waiting = matches!(case.stage, Stage::Asked)
        && case.attempt().is_some_and(|a| {
            a.outcome == Outcome::Waiting && turn.is_same_person(&a.advisor.address, &failure.recipient)
        });
    if waiting && case.paused.is_none() {
        offer::not_reached(turn, &mut case);
    } else if case.stage.is_open() {
        tell_staff(turn, &case, failure);
    }
}

fn tell_staff(turn: &mut Turn, case: &Case, failure: &NonDelivery) {
    let kind = match turn.is_same_person(&failure.recipient, &case.advisee.address) {
        true => ExceptionKind::AdviseeUnreachable,
        false => ExceptionKind::AdvisorUnreachable,
    };
    let who = failure.recipient.to_string();
    staff::note_exception(turn, kind, &who, &case.issue, Some(case.reference.clone()));
}

/// Takes an advisor off the roster until she writes or staff act.
fn unlist(turn: &mut Turn, address: &AddrSpec) {
    for mut person in turn.people_at(address) {
        let Some(advisor) = person.advisor.as_mut().filter(|a| a.listed == Listed::Yes) else { continue };
        advisor.listed = Listed::Unreachable;
        turn.put(&person);
        let name = person.name.clone();
        staff::note_exception(turn, ExceptionKind::AdvisorUnreachable, &name, &address.to_string(), None);
    }
}
