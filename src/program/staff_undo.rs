//! UNDO: the last act under a reference is taken back, within a day.
//!
//! Letters cannot be called back: whoever has read one reads another that says so.

use super::inquiry::{self, Asked, Inquiry};
use super::letter::{Letter, StaffDid, StaffLine, StaffOutcome};
use super::offer;
use super::record::{
    Before, Case, Draft, Listed, Meeting, Outcome, Party, Person, PersonKey, Record, Reference, StaffAct,
    StaffNote, Stage,
};
use super::request::{conclude, enter, in_days};
use super::rules::Staff;
use super::schedule::TimerKind;
use super::turn::Turn;
use super::word::Word;
use super::{absence, complaint, complaints_person, leave, question, staff, staff_act, staff_person};
use crate::mail::address::Mailbox;
use chrono::TimeDelta;

/// How long an act can be taken back.
const HOURS: i64 = 24;
/// How long staff look for an advisor again before the advisee hears of it.
const SEARCH_DAYS: u32 = 7;

/// Takes back the last act under this reference.
pub fn undo(turn: &mut Turn, staff: &Staff, line: StaffLine, reference: &Reference) -> StaffLine {
    let Some(act) = turn.read::<StaffAct>(&reference.0) else {
        return line.with(StaffOutcome::NothingToUndo);
    };
    let line = StaffLine { who: act.who.clone(), ..line };
    if act.undone.is_some() {
        return StaffLine { outcome: StaffOutcome::AlreadyUndone, ..line.done_before(&act) };
    }
    if turn.now - act.at > TimeDelta::hours(HOURS) {
        return StaffLine { outcome: StaffOutcome::TooLateToUndo, ..line.done_before(&act) };
    }
    let done = match act.word {
        Word::Approve => unapprove(turn, &act),
        Word::Refuse => unrefuse(turn, &act),
        Word::Handled if act.before.resumed && !complaints_person::is_that_person(turn, staff) => {
            Err(StaffOutcome::NothingToUndo)
        }
        Word::Handled => reopen(turn, &act.before),
        Word::Assign => unassign(turn, &act),
        Word::RemoveName | Word::AwayName => relist(turn, &act),
        _ => Err(StaffOutcome::NothingToUndo),
    };
    match done {
        Ok(()) => {
            let by_name = staff.mailbox.called().to_owned();
            turn.put(&StaffAct { undone: Some(turn.now), by_name, ..act.clone() });
            StaffLine { outcome: StaffOutcome::Undone, word: Some(act.word), ..line }
        }
        Err(why) => StaffLine { outcome: why, ..line.done_before(&act) },
    }
}

type Undone = Result<(), StaffOutcome>;

/// It waits again.
fn hold_again(turn: &mut Turn, before: &Before) {
    for hold in &before.holds {
        staff::restore(turn, hold);
    }
    for question in &before.questions {
        question::wait_again(turn, question);
    }
    if let Some(note) = &before.note {
        turn.delete::<StaffNote>(&note.0);
    }
}

fn tell(turn: &mut Turn, to: &Mailbox, did: StaffDid) {
    let letter = Letter::ByStaff { name: to.called().to_owned(), did, other: None, until: None };
    turn.tell(to, None, letter);
}

// ---- approvals

/// What was approved is held again; what came of it is taken back.
fn unapprove(turn: &mut Turn, act: &StaffAct) -> Undone {
    let Some(hold) = act.before.holds.first() else { return Err(StaffOutcome::NothingToUndo) };
    let Some(from) = hold.from.clone() else { return Err(StaffOutcome::NothingToUndo) };
    if let Some(draft) = &act.before.draft {
        turn.delete::<Draft>(&draft.0);
        turn.cancel_timer(TimerKind::DraftEnds { draft: draft.clone() }.id());
    }
    close_questions(turn, &from);
    let did = match staff_act::what_of(hold.kind) {
        super::letter::WithStaff::SignUp => unlist(turn, &from, act),
        super::letter::WithStaff::Request => withdraw(turn, act)?,
        super::letter::WithStaff::Confirmation => {
            match (&act.before.meeting, &act.before.draft) {
                (Some(meeting), _) => turn.delete::<Meeting>(&meeting.0),
                (None, Some(_)) => (),
                (None, None) => return Err(StaffOutcome::Sent),
            }
            StaffDid::ConfirmationTakenBack
        }
        _ => return Err(StaffOutcome::Sent),
    };
    no_longer_let_in(turn, &from, act);
    hold_again(turn, &act.before);
    tell(turn, &from, did);
    Ok(())
}

/// What the approval made us ask is asked no more.
fn close_questions(turn: &mut Turn, from: &Mailbox) {
    let is_of = |what: &Asked| match what {
        Asked::Claim(sent) | Asked::Shared(sent) => sent.from.address == from.address,
        _ => false,
    };
    for inquiry in turn.all_with::<Inquiry>(&from.address.key()).iter().filter(|inquiry| is_of(&inquiry.what))
    {
        inquiry::close(turn, inquiry);
    }
}

/// Off the roster, or as the entry was before.
fn unlist(turn: &mut Turn, from: &Mailbox, act: &StaffAct) -> StaffDid {
    let before = act.before.person.as_ref().map(|p| &p.advisor);
    let changed = |p: &Person| before != Some(&p.advisor);
    if let Some(person) = turn.person(&from.address).filter(changed) {
        leave::take_off(turn, &person);
        let advisor = act.before.person.as_ref().and_then(|p| p.advisor.clone());
        if advisor.is_none() {
            turn.unmark(format!("advisor/{}", person.key()));
        }
        turn.put(&Person { advisor, ..person });
    }
    StaffDid::SignUpTakenBack
}

/// The request is withdrawn; an advisor who has it is told. Not where the two have agreed.
fn withdraw(turn: &mut Turn, act: &StaffAct) -> Result<StaffDid, StaffOutcome> {
    let case = act.before.case.as_ref().and_then(|r| turn.read::<Case>(&r.0));
    let Some(mut case) = case else { return Ok(StaffDid::RequestTakenBack) };
    match case.stage {
        Stage::Asked | Stage::InContact => {
            let asked = case.current;
            conclude(&mut case, asked, Outcome::Withdrawn);
            enter(turn, &mut case, Stage::Cancelled);
            staff_person::tell_advisor(turn, &case, StaffDid::GivenToAnother);
        }
        Stage::Choosing | Stage::WithStaff => {
            for hold in staff::waiting_under(turn, &case.reference) {
                staff::release(turn, &hold);
            }
            enter(turn, &mut case, Stage::Cancelled);
        }
        _ => return Err(StaffOutcome::MovedOn),
    }
    Ok(StaffDid::RequestTakenBack)
}

fn no_longer_let_in(turn: &mut Turn, from: &Mailbox, act: &StaffAct) {
    let approved = act.before.person.as_ref().and_then(|p| p.approved);
    if let Some(person) = turn.person(&from.address) {
        turn.put(&Person { approved, ..person });
    }
}

// ---- the others

/// It is looked at again, and its writer reads so.
fn unrefuse(turn: &mut Turn, act: &StaffAct) -> Undone {
    hold_again(turn, &act.before);
    for from in act.before.holds.iter().filter_map(|h| h.from.clone()) {
        tell(turn, &from, StaffDid::LookedAtAgain);
    }
    Ok(())
}

fn reopen(turn: &mut Turn, before: &Before) -> Undone {
    let case = before.case.as_ref().and_then(|r| turn.read::<Case>(&r.0));
    match case {
        Some(case) if before.resumed => complaint::pause_again(turn, case),
        Some(mut case) if case.stage == Stage::Ended => {
            search_again(turn, &mut case, StaffDid::LookedAtAgain)
        }
        Some(_) => return Err(StaffOutcome::MovedOn),
        None => (),
    }
    hold_again(turn, before);
    Ok(())
}

/// The advisor need not answer; the staff look for somebody again.
fn unassign(turn: &mut Turn, act: &StaffAct) -> Undone {
    let case = act.before.case.as_ref().and_then(|r| turn.read::<Case>(&r.0));
    let Some(mut case) = case.filter(|c| matches!(c.stage, Stage::Asked | Stage::InContact)) else {
        return Err(StaffOutcome::MovedOn);
    };
    let asked = case.current;
    conclude(&mut case, asked, Outcome::Withdrawn);
    staff_person::tell_advisor(turn, &case, StaffDid::GivenToAnother);
    search_again(turn, &mut case, StaffDid::AssignmentTakenBack);
    if act.before.holds.is_empty() {
        let who = case.advisee.called().to_owned();
        let kind = super::letter::ExceptionKind::NoAdvisorLeft;
        staff::note_exception(turn, kind, &who, &case.issue, Some(case.reference.clone()));
    }
    hold_again(turn, &act.before);
    Ok(())
}

fn search_again(turn: &mut Turn, case: &mut Case, did: StaffDid) {
    enter(turn, case, Stage::WithStaff);
    turn.set_timer(in_days(turn, SEARCH_DAYS), TimerKind::StaffSearch { case: case.reference.clone() });
    let letter = Letter::ByStaff { name: case.advisee.called().to_owned(), did, other: None, until: None };
    turn.tell_party(case, Party::Advisee, None, letter);
}

/// Back on the roster, or away no longer.
fn relist(turn: &mut Turn, act: &StaffAct) -> Undone {
    let Some(was) = &act.before.person else { return Err(StaffOutcome::NothingToUndo) };
    let Some(mut person) = turn.person(was) else { return Err(StaffOutcome::MovedOn) };
    let entry = was.advisor.clone();
    match (person.advisor.as_mut(), entry) {
        (Some(advisor), Some(entry)) => {
            advisor.listed = entry.listed;
            advisor.away_until = entry.away_until;
        }
        (None, entry) => person.advisor = entry,
        _ => (),
    }
    turn.put(&person);
    if act.word == Word::AwayName && person.advisor.as_ref().is_some_and(|a| a.away_until.is_none()) {
        absence::back(turn, &PersonKey::from(&person));
    }
    hold_again(turn, &act.before);
    if offer::hindrance(turn, &person).is_none() || person.advisor.is_some_and(|a| a.listed == Listed::Yes) {
        let person = was.mailbox();
        tell(turn, &person, StaffDid::Listed);
    }
    Ok(())
}
