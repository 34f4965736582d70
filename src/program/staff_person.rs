//! What the staff decide about an advisor: REMOVE and AWAY, by name or address.

use super::date::{self, Reading};
use super::letter::{ExceptionKind, Letter, StaffDid, StaffLine, StaffOutcome};
use super::question::Question;
use super::record::{Before, Case, Hold, Listed, Party, Person, PersonKey, Reference};
use super::request::day_of;
use super::rules::Staff;
use super::turn::Turn;
use super::word::Word;
use super::{absence, asking, leave, staff, staff_act, staff_words};
use chrono::NaiveDate;

/// Takes an advisor off the roster; open requests go back to the advisees with alternatives.
pub fn remove(
    turn: &mut Turn,
    staff: &Staff,
    line: StaffLine,
    reference: Option<&Reference>,
    name: &str,
) -> StaffLine {
    let named = staff_words::name_in(name);
    let meant =
        if named.is_empty() { reference.and_then(|r| of_hold(turn, r)) } else { asking::find(turn, named) };
    let Some(person) = meant else { return unknown(turn, line, named) };
    if person.advisor.as_ref().is_none_or(|a| a.listed == Listed::Removed) {
        return StaffLine { other: Some(person.name), ..line.with(StaffOutcome::AdvisorUnlisted) };
    }
    let mut before = Before { person: Some(person.clone()), ..Before::default() };
    settle(turn, &person, &mut before);
    let left = leave::take_off(turn, &person);
    leave::tell_removed(turn, &person, None, left, true);
    done(turn, staff, line, Word::RemoveName, StaffOutcome::Removed, &person, before)
}

/// `AWAY Amina Haddad UNTIL date`
pub fn send_away(turn: &mut Turn, staff: &Staff, line: StaffLine, rest: &str) -> StaffLine {
    let Some((name, date)) = staff_words::until(rest, &turn.rules.words) else {
        return line.with(StaffOutcome::WhichDate);
    };
    let Some(person) = asking::find(turn, &name) else { return unknown(turn, line, &name) };
    let today = day_of(turn, turn.now);
    let until = match date::read(&date, today) {
        Reading::One(until) if until >= today => until,
        _ => return StaffLine { who: person.name, ..line.with(StaffOutcome::WhichDate) },
    };
    let mut before = Before { person: Some(person.clone()), ..Before::default() };
    settle(turn, &person, &mut before);
    absence::away_until(turn, &PersonKey::from(&person), until);
    tell(turn, &person, StaffDid::Away, Some(until));
    let line = StaffLine { until: Some(until), ..line };
    done(turn, staff, line, Word::AwayName, StaffOutcome::SentAway, &person, before)
}

/// The advisor whom a hold is about.
fn of_hold(turn: &Turn, reference: &Reference) -> Option<Person> {
    let hold = staff::waiting_under(turn, reference).into_iter().next()?;
    let by_address = hold.from.as_ref().and_then(|f| turn.person(&f.address)).filter(|p| p.advisor.is_some());
    by_address.or_else(|| asking::find(turn, &hold.who)).or_else(|| asking::find(turn, &hold.about))
}

fn unknown(turn: &Turn, line: StaffLine, name: &str) -> StaffLine {
    let outcome = if name.is_empty() { StaffOutcome::WhichAdvisor } else { StaffOutcome::UnknownAdvisor };
    StaffLine { other: staff_act::nearly(turn, name), ..line.with(outcome) }
}

fn done(
    turn: &mut Turn,
    staff: &Staff,
    line: StaffLine,
    word: Word,
    outcome: StaffOutcome,
    person: &Person,
    before: Before,
) -> StaffLine {
    let reference = turn.new_reference();
    staff_act::remember(turn, staff, word, &reference, &person.name, before);
    line.about(&reference).done(outcome, &person.name)
}

/// What was held about her mail coming back, or what she asked for in prose, is settled.
fn settle(turn: &mut Turn, person: &Person, before: &mut Before) {
    let address = person.address.to_string();
    let wrote =
        |h: &Hold| turn.read::<Question>(&h.reference.0).is_some_and(|q| q.from.address == person.address);
    let hers = |h: &Hold| match h.kind {
        ExceptionKind::AdvisorUnreachable => h.about == address || h.who == address,
        ExceptionKind::Prose => wrote(h),
        _ => false,
    };
    let waiting: Vec<Hold> = staff::waiting_now(turn).into_iter().filter(hers).collect();
    for hold in waiting {
        before.questions.extend(turn.read::<Question>(&hold.reference.0));
        staff::release(turn, &hold);
        before.holds.push(hold);
    }
}

/// The advisor reads what the staff did.
pub fn tell(turn: &mut Turn, person: &Person, did: StaffDid, until: Option<NaiveDate>) {
    let letter = Letter::ByStaff { name: person.name.clone(), did, other: None, until };
    turn.tell(&person.mailbox(), None, letter);
}

/// An advisor of a case reads what became of the request.
pub fn tell_advisor(turn: &mut Turn, case: &Case, did: StaffDid) {
    let party = Party::Advisor(case.current);
    let letter = Letter::ByStaff {
        name: case.mailbox_of(party).called().to_owned(),
        did,
        other: Some(case.advisee.called().to_owned()),
        until: None,
    };
    turn.tell_party(case, party, None, letter);
}
