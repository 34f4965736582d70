//! What an answer does to a case: acceptance, refusal, contact, choice, withdrawal.

use super::complaint;
use super::letter::{Ended, Letter, NoEffect, Unavailable};
use super::offer;
use super::record::{Case, Counted, Outcome, Party, Person, PersonKey, Reference, Stage};
use super::refusal::Besides;
use super::request::{self, conclude, day_of, end, enter, in_days_by_day};
use super::schedule::TimerKind;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use chrono::NaiveDate;

/// In contact: how long before each "is this settled?".
const SETTLED_DAYS: u32 = 5;
/// After an introduction, when no time is known.
const CONFIRM_DAYS: u32 = 10;

/// ACCEPT: both are introduced.
///
/// `times` were proposed with it: those are for a letter of their own.
pub fn accept(turn: &mut Turn, case: &mut Case, attempt: usize, note: Option<String>, times: bool) {
    // Who accepts matters from here, even if somebody else was asked after her.
    case.current = attempt;
    conclude(case, attempt, Outcome::Accepted);
    enter(turn, case, Stage::Accepted);
    turn.count(Counted::Accepted);
    let asks = in_days_by_day(turn, CONFIRM_DAYS);
    turn.set_timer(asks, TimerKind::Confirmation { case: case.reference.clone() });
    introduce(turn, case, note, times, day_of(turn, asks));
}

/// One letter to both, the same bytes and Message-ID: nothing passes through us from here.
fn introduce(turn: &mut Turn, case: &Case, note: Option<String>, times: bool, confirm_on: NaiveDate) {
    let advisor = case.mailbox_of(Party::Advisor(case.current)).clone();
    let letter = Letter::Introduction {
        advisor: advisor.clone(),
        advisee: case.advisee.clone(),
        issue: case.issue.clone(),
        preferred_times: case.preferred_times.clone(),
        note,
        times,
        confirm_on,
    };
    turn.tell_both(case, &advisor, letter);
}

/// DECLINE: the note and the alternatives in one letter.
pub fn decline(turn: &mut Turn, case: &mut Case, attempt: usize, note: Option<String>) {
    decline_with(turn, case, attempt, note, &Besides::default());
}

/// The same, with what was said besides.
pub fn decline_with(
    turn: &mut Turn,
    case: &mut Case,
    attempt: usize,
    note: Option<String>,
    besides: &Besides,
) {
    conclude(case, attempt, Outcome::Declined);
    turn.count(Counted::Declined);
    let letter = decline_receipt(case, attempt, besides);
    turn.tell_party(case, Party::Advisor(attempt), None, letter);
    offer::others(turn, case, offer::Why::Declined { note, suggested: besides.first() });
}

/// What the advisor reads after a no.
pub fn decline_receipt(case: &Case, attempt: usize, besides: &Besides) -> Letter {
    Letter::DeclineReceipt {
        name: case.mailbox_of(Party::Advisor(attempt)).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
        suggestion: besides.suggestion.clone(),
        away_until: besides.away_until,
    }
}

/// They write to each other: no reminders, no expiry, and a question in five days.
pub fn in_contact(turn: &mut Turn, case: &mut Case) {
    let attempt = case.current;
    conclude(case, attempt, Outcome::Waiting);
    enter(turn, case, Stage::InContact);
    let due = in_days_by_day(turn, SETTLED_DAYS);
    turn.set_timer(due, TimerKind::Settled { case: case.reference.clone() });
}

/// The day of the next "is this settled?".
pub fn settled_asked_on(turn: &Turn) -> NaiveDate {
    day_of(turn, in_days_by_day(turn, SETTLED_DAYS))
}

/// "Is this settled?", asked twice; then closed.
pub fn ask_whether_settled(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = Verdict::new(What::Done("settled-question"), Some(reference.clone()));
    let Some(mut case) = turn.read::<Case>(&reference.0).filter(|c| c.stage == Stage::InContact) else {
        return verdict;
    };
    let parties = [Party::Advisee, Party::Advisor(case.current)];
    if case.questions >= 2 {
        end(turn, &mut case, Stage::Ended, Ended::NotSettled, &parties);
        return verdict;
    }
    case.questions += 1;
    turn.put(&case);
    let due = in_days_by_day(turn, SETTLED_DAYS);
    turn.set_timer(due, TimerKind::Settled { case: reference.clone() });
    for party in parties {
        let other = case.other(party).map(|p| case.mailbox_of(p).called().to_owned());
        let letter = Letter::SettledQuestion {
            name: case.mailbox_of(party).called().to_owned(),
            other: other.unwrap_or_default(),
            to_advisor: party != Party::Advisee,
            last: case.questions == 2,
        };
        turn.tell_party(&case, party, None, letter);
    }
    verdict
}

/// NOT YET: asked again in five days, as if for the first time.
pub fn not_settled_yet(turn: &mut Turn, case: &mut Case) {
    case.questions = 0;
    turn.put(case);
    turn.set_timer(in_days_by_day(turn, SETTLED_DAYS), TimerKind::Settled { case: case.reference.clone() });
}

/// The advisor who knows of the case and is waited for.
pub fn advisor_to_tell(case: &Case) -> Option<&Mailbox> {
    let told = matches!(case.stage, Stage::Asked | Stage::InContact | Stage::Accepted);
    case.attempt().filter(|_| told).map(|a| &a.advisor)
}

/// CANCEL: nothing more is asked; an advisor who was asked is told.
pub fn cancel(turn: &mut Turn, case: &mut Case) {
    let advisor = advisor_to_tell(case).map(|m| m.called().to_owned());
    if advisor.is_some() {
        conclude(case, case.current, Outcome::Withdrawn);
    }
    enter(turn, case, Stage::Cancelled);
    let receipt =
        Letter::CancelledReceipt { name: case.advisee.called().to_owned(), advisor: advisor.clone() };
    turn.tell_party(case, Party::Advisee, None, receipt);
    if let Some(name) = advisor {
        let letter = Letter::CancelledToAdvisor { name, advisee: case.advisee.called().to_owned() };
        turn.tell_party(case, Party::Advisor(case.current), None, letter);
    }
}

/// The advisee chose from the alternatives: the same request goes on.
pub fn choose(turn: &mut Turn, case: &mut Case, number: usize) -> Result<(), NoEffect> {
    let chosen = number.checked_sub(1).and_then(|n| case.offered.get(n)).cloned();
    let chosen = chosen.ok_or(NoEffect::NotOffered)?;
    let advisor = turn.person(&chosen);
    let apart =
        advisor.as_ref().is_some_and(|p| complaint::is_between(turn, &p.address, &case.advisee.address));
    match advisor.filter(|p| offer::hindrance(turn, p).is_none() && !apart) {
        Some(advisor) => send_on(turn, case, &advisor),
        None => no_longer_free(turn, case, &chosen, apart),
    }
    Ok(())
}

fn send_on(turn: &mut Turn, case: &mut Case, advisor: &Person) {
    let_go(turn, case);
    // She has taken the choice into her own hands.
    case.ranked.clear();
    request::ask(turn, case, advisor);
    let (answer_by, closure) = request::promise(turn, case);
    let name = case.advisee.called().to_owned();
    let address = request::shown(turn, &advisor.mailbox());
    let letter = Letter::SentOn { name, advisor: advisor.name.clone(), address, answer_by, closure };
    turn.tell_party(case, Party::Advisee, None, letter);
}

/// The one chosen is not free any more, and the request waits where it was: who else is.
fn still_waiting(turn: &mut Turn, case: &mut Case) {
    let away_until = case.attempt().and_then(|a| a.away_until);
    let answer_by = request::next_day(turn, case).unwrap_or_else(|| request::day_in(turn, 0));
    offer::meanwhile(turn, case, away_until, answer_by);
}

/// Whoever is asked now has nothing more to do.
pub fn let_go(turn: &mut Turn, case: &mut Case) {
    if case.stage != Stage::Asked {
        return;
    }
    let party = Party::Advisor(case.current);
    conclude(case, case.current, Outcome::Withdrawn);
    let letter = Letter::AskedElsewhere {
        name: case.mailbox_of(party).called().to_owned(),
        advisee: case.advisee.called().to_owned(),
    };
    turn.tell_party(case, party, None, letter);
}

/// Between the offer and the choice the advisor has filled up, gone away or left.
fn no_longer_free(turn: &mut Turn, case: &mut Case, chosen: &PersonKey, apart: bool) {
    let advisor = turn.person(chosen);
    let why = advisor.as_ref().and_then(|p| offer::hindrance(turn, p));
    let why = why.unwrap_or(if apart { Unavailable::Paused } else { Unavailable::Unlisted });
    let away_until = advisor.as_ref().and_then(|p| p.advisor.as_ref()?.away_until);
    let wanted = advisor.map_or_else(|| chosen.0.clone(), |p| p.name);
    if case.stage == Stage::Asked {
        return still_waiting(turn, case);
    }
    offer::others(turn, case, offer::Why::CannotAsk { wanted, why, away_until, meant: None });
}
