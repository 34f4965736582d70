//! What the staff decide about what waits: APPROVE, REFUSE, ASSIGN, HANDLED.

use super::form_kind::Kind;
use super::form_mail::{self, FormMail, Vouched};
use super::letter::{
    Ended, ExceptionKind, Letter, StaffDid, StaffLine, StaffOutcome, Unavailable, WithStaff,
};
use super::question::Question;
use super::record::{
    Before, Case, Draft, Hold, Meeting, Outcome, Party, Person, PersonKey, Record, Reference, StaffAct, Stage,
};
use super::request::{self, conclude, end};
use super::rules::Staff;
use super::staff_reply::keep_note;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::word::Word;
use super::{asking, complaints_person, offer, rank, resume, room_mail, roster, staff};
use crate::mail::address::Mailbox;
use crate::mail::form::{Field, Form};

/// Writes down who did what, for the second to act and for UNDO.
pub fn remember(
    turn: &mut Turn,
    staff: &Staff,
    word: Word,
    reference: &Reference,
    who: &str,
    before: Before,
) {
    let act = StaffAct {
        reference: reference.clone(),
        word,
        who: who.to_owned(),
        by: staff.mailbox.address.clone(),
        by_name: staff.mailbox.called().to_owned(),
        at: turn.now,
        undone: None,
        before,
    };
    turn.put(&act);
}

/// Nothing waits under a reference: because somebody has acted, or because there is no such.
fn nothing(turn: &Turn, staff: &Staff, line: StaffLine, reference: &Reference) -> StaffLine {
    if turn.read::<Case>(&reference.0).is_some_and(|case| case.paused.is_some()) {
        return paused(turn, line);
    }
    let acted = turn.read::<StaffAct>(&reference.0);
    let may_read =
        |act: &StaffAct| act.before.holds.iter().all(|h| complaints_person::may_read(turn, staff, h));
    match acted.filter(may_read).filter(|act| act.undone.is_none()) {
        Some(act) => line.done_before(&act),
        None => line.with(StaffOutcome::NothingWaits),
    }
}

/// Nothing is decided in a request that stands still: one person lets it go on.
fn paused(turn: &Turn, line: StaffLine) -> StaffLine {
    let other = complaints_person::who(turn).map(|person| person.called().to_owned());
    StaffLine { other, ..line.with(StaffOutcome::Paused) }
}

/// Whether APPROVE and REFUSE mean something: somebody asked for something.
fn is_asked(hold: &Hold) -> bool {
    hold.form.is_some() || matches!(hold.kind, ExceptionKind::RosterHeld | ExceptionKind::RoomHeld)
}

/// What the writer of a hold asked for.
pub fn what_of(kind: ExceptionKind) -> WithStaff {
    match staff::what_waits(kind) {
        what @ (WithStaff::SignUp | WithStaff::Request | WithStaff::Roster | WithStaff::Confirmation) => what,
        _ => WithStaff::Words,
    }
}

// ---- APPROVE

/// What was held goes its way as if a member had sent it, and its writer is answered.
pub fn approve(turn: &mut Turn, staff: &Staff, line: StaffLine, reference: &Reference) -> StaffLine {
    let waiting = under(turn, staff, reference);
    let Some(first) = waiting.first() else { return nothing(turn, staff, line, reference) };
    let Some(hold) = waiting.iter().find(|h| is_asked(h)).cloned() else {
        return StaffLine { who: first.who.clone(), ..line.with(StaffOutcome::NothingToApprove) };
    };
    let Some(from) = hold.from.clone() else { return line.with(StaffOutcome::NothingToApprove) };
    let mut before =
        Before { person: turn.person(&from.address), holds: vec![hold.clone()], ..Before::default() };
    staff::release(turn, &hold);
    let_in(turn, &from);
    let verdict = go_on(turn, &hold, &from);
    let in_part = verdict.what == What::Done("asked-back");
    roster::answer_questions(turn, &from);
    before.case = verdict.case.clone().filter(|_| hold.kind == ExceptionKind::RequestHeld);
    before.meeting = noted_meeting(turn, &hold);
    before.draft = kept_draft(turn, &from).filter(|_| in_part);
    // A roster that was sent cannot be called back, nor a meeting that closed its case; who has
    // the room gives it back.
    let undo = match hold.kind {
        ExceptionKind::RosterHeld | ExceptionKind::RoomHeld => false,
        ExceptionKind::ConfirmationHeld => in_part || before.meeting.is_some(),
        _ => true,
    };
    remember(turn, staff, Word::Approve, reference, &hold.who, before);
    let outcome = if in_part { StaffOutcome::ApprovedInPart } else { StaffOutcome::Approved };
    StaffLine { undo, ..line.done(outcome, &hold.who) }
}

fn go_on(turn: &mut Turn, hold: &Hold, from: &Mailbox) -> Verdict {
    match &hold.form {
        // What the website sent is still only claimed: the person has the last word.
        Some(form) if form.vouched == Vouched::ByRelay => form_mail::received(turn, form),
        Some(form) => form_mail::received(turn, &FormMail { vouched: Vouched::ByStaff, ..form.clone() }),
        None if hold.kind == ExceptionKind::RoomHeld => room_mail::approved(turn, hold, from),
        None => {
            roster::show(turn, from, hold.answers.clone(), hold.words.as_deref());
            Verdict::new(What::Done("roster"), None)
        }
    }
}

/// Whoever was approved once is not held again.
fn let_in(turn: &mut Turn, from: &Mailbox) {
    let known = turn.person(&from.address);
    let person = known.unwrap_or_else(|| Person::new(from, turn.now));
    turn.put(&Person { approved: Some(turn.now), ..person });
}

/// The meeting that an approved confirmation has just noted.
fn noted_meeting(turn: &Turn, hold: &Hold) -> Option<Reference> {
    let fresh = |m: &Meeting| m.reported == turn.now && m.case.is_none();
    let is_one = hold.kind == ExceptionKind::ConfirmationHeld;
    let meetings: Vec<Meeting> = if is_one { turn.put_so_far() } else { Vec::new() };
    meetings.into_iter().find(fresh).map(|m| m.reference)
}

/// The form that has just been asked back.
fn kept_draft(turn: &Turn, from: &Mailbox) -> Option<Reference> {
    let drafts: Vec<Draft> = turn.all_with(&from.address.key());
    let latest = drafts.into_iter().filter(|d| d.sent.from.address == from.address);
    latest.max_by_key(|d| d.until).map(|d| d.reference)
}

// ---- REFUSE

/// Its writer is told kindly, with the reason if one is given.
pub fn refuse(
    turn: &mut Turn,
    staff: &Staff,
    line: StaffLine,
    reference: &Reference,
    reason: &str,
) -> StaffLine {
    let waiting = under(turn, staff, reference);
    let Some(first) = waiting.first() else { return nothing(turn, staff, line, reference) };
    // A pause is ended by HANDLED, never by a refusal of the report.
    let writer = |h: &&Hold| h.from.is_some() && h.kind != ExceptionKind::Reported;
    let asked = waiting.iter().find(|h| is_asked(h)).or(waiting.iter().find(writer));
    let Some((hold, from)) = asked.cloned().and_then(|h| Some((h.clone(), h.from?))) else {
        return StaffLine { who: first.who.clone(), ..line.with(StaffOutcome::NobodyToRefuse) };
    };
    staff::release(turn, &hold);
    let letter = Letter::Refused {
        name: from.name.clone(),
        what: what_of(hold.kind),
        reason: Some(super::token::without_tokens(reason)).filter(|r| !r.is_empty()),
    };
    turn.tell(&from, hold.answers.clone(), letter);
    let before = Before { holds: vec![hold.clone()], ..Before::default() };
    remember(turn, staff, Word::Refuse, reference, &hold.who, before);
    line.done(StaffOutcome::Refused, &hold.who)
}

// ---- HANDLED

/// The staff have dealt with it themselves: it needs nobody any more.
pub fn handled(
    turn: &mut Turn,
    staff: &Staff,
    line: StaffLine,
    reference: &Reference,
    how: &str,
) -> StaffLine {
    let mut waiting = under(turn, staff, reference);
    if waiting.iter().any(|h| h.kind != ExceptionKind::NoAdvisorLeft) {
        // Something else of this case is dealt with: that must not close a search beside it.
        waiting.retain(|h| h.kind != ExceptionKind::NoAdvisorLeft);
    }
    let paused = paused_case(turn, staff, reference);
    let advisee = paused.as_ref().map(|case| case.advisee.called().to_owned());
    let Some(who) = advisee.or_else(|| waiting.first().map(|first| first.who.clone())) else {
        return nothing(turn, staff, line, reference);
    };
    let mut before = Before::default();
    if !how.is_empty() {
        before.note = Some(keep_note(turn, staff, Some(reference), how));
    }
    for hold in waiting {
        before.questions.extend(turn.read::<Question>(&hold.reference.0));
        staff::release(turn, &hold);
        close_search(turn, &hold, &mut before);
        before.holds.push(hold);
    }
    let mut outcome = StaffOutcome::Handled;
    if let Some(mut case) = paused {
        resume::resume(turn, &mut case);
        (before.resumed, outcome) = (true, StaffOutcome::Resumed);
        before.case = Some(case.reference);
    }
    remember(turn, staff, Word::Handled, reference, &who, before);
    line.done(outcome, &who)
}

/// What waits under a reference that this one of the staff may decide.
fn under(turn: &Turn, staff: &Staff, reference: &Reference) -> Vec<Hold> {
    let waiting = staff::waiting_under(turn, reference).into_iter();
    waiting.filter(|hold| complaints_person::may_read(turn, staff, hold)).collect()
}

/// The case that a report has paused, which the complaints person alone lets go on.
fn paused_case(turn: &Turn, staff: &Staff, reference: &Reference) -> Option<Case> {
    let case = case_under(turn, reference).filter(|case| case.paused.is_some());
    case.filter(|_| complaints_person::is_that_person(turn, staff))
}

/// A request without an advisor was taken care of by hand: we search no more, and say so.
fn close_search(turn: &mut Turn, hold: &Hold, before: &mut Before) {
    let searched = hold.kind == ExceptionKind::NoAdvisorLeft;
    let case = hold.case.as_ref().filter(|_| searched).and_then(|r| turn.read::<Case>(&r.0));
    if let Some(mut case) = case.filter(|c| c.stage == Stage::WithStaff) {
        before.case = Some(case.reference.clone());
        end(turn, &mut case, Stage::Ended, Ended::ByStaff, &[Party::Advisee]);
    }
}

// ---- ASSIGN

/// The request goes to the advisor whom the staff have found.
pub fn assign(
    turn: &mut Turn,
    staff: &Staff,
    line: StaffLine,
    reference: &Reference,
    wanted: &str,
) -> StaffLine {
    if let Some(question) = turn.read::<Question>(&reference.0) {
        return ask_for(turn, staff, line, &question, wanted);
    }
    let Some(mut case) = case_under(turn, reference) else {
        let known = staff::waiting_under(turn, reference).pop().is_some();
        return if known {
            line.with(StaffOutcome::NoRequest)
        } else {
            nothing(turn, staff, line, reference)
        };
    };
    let line = StaffLine { who: case.advisee.called().to_owned(), ..line };
    if matches!(case.stage, Stage::Accepted | Stage::Held | Stage::NotHeld | Stage::Unconfirmed) {
        let other = case.attempt().map(|a| a.advisor.called().to_owned());
        return StaffLine { other, ..line.with(StaffOutcome::Agreed) };
    }
    if case.stage == Stage::Cancelled {
        return line.with(StaffOutcome::MovedOn);
    }
    if case.paused.is_some() {
        return paused(turn, line);
    }
    let advisor = match advisor_for(turn, &case, wanted) {
        Ok(advisor) => advisor,
        Err((why, other)) => return not_given(line, why, other),
    };
    let before = searches(turn, &case);
    take_from_the_one_asked(turn, &mut case);
    give(turn, &mut case, &advisor);
    let who = line.who.clone();
    remember(turn, staff, Word::Assign, reference, &who, before);
    StaffLine { other: Some(advisor.name), ..line.done(StaffOutcome::Assigned, &who) }
}

/// Nobody was asked; where no advisor was found, that is what the answer is about.
fn not_given(line: StaffLine, why: StaffOutcome, other: Option<String>) -> StaffLine {
    let nobody = matches!(why, StaffOutcome::WhichAdvisor | StaffOutcome::UnknownAdvisor);
    let who = if nobody { String::new() } else { line.who.clone() };
    StaffLine { who, other, ..line.with(why) }
}

/// Somebody's prose becomes a request to the advisor whom the staff name.
fn ask_for(turn: &mut Turn, staff: &Staff, line: StaffLine, question: &Question, wanted: &str) -> StaffLine {
    let line = StaffLine { who: question.from.called().to_owned(), ..line };
    let advisor = match free_advisor(turn, wanted) {
        Ok(advisor) => advisor,
        Err((why, other)) => return not_given(line, why, other),
    };
    if advisor.address == question.from.address {
        return StaffLine { other: Some(advisor.name), ..line.with(StaffOutcome::AdvisorIsAdvisee) };
    }
    for hold in staff::waiting_under(turn, &question.reference) {
        staff::release(turn, &hold);
    }
    let verdict = form_mail::received(turn, &as_a_request(question, &advisor));
    let before = Before { case: verdict.case, ..Before::default() };
    let who = line.who.clone();
    remember(turn, staff, Word::Assign, &question.reference, &who, before);
    StaffLine { other: Some(advisor.name), ..line.done(StaffOutcome::Assigned, &who) }
}

/// A mail in prose, as if it had been the form.
fn as_a_request(question: &Question, advisor: &Person) -> FormMail {
    let field = |label: &str, value: &str| Field { label: label.into(), value: value.into(), known: true };
    let issue = if question.words.is_empty() { &question.subject } else { &question.words };
    FormMail {
        from: question.from.clone(),
        subject: question.subject.clone(),
        answers: question.answers.clone(),
        form: Form {
            kind: Kind::Request.name().to_owned(),
            fields: vec![field("Advisor", &advisor.address.to_string()), field("Issue", issue)],
            language: None,
        },
        vouched: Vouched::ByStaff,
    }
}

/// The case of this reference, or the one that a hold is about.
fn case_under(turn: &Turn, reference: &Reference) -> Option<Case> {
    let of_hold = || turn.read::<Hold>(&reference.0).and_then(|h| h.case);
    turn.read::<Case>(&reference.0).or_else(|| turn.read::<Case>(&of_hold()?.0))
}

/// Somebody on the roster who can be asked, or why not; with a name that is nearly the same.
fn advisor_for(turn: &Turn, case: &Case, wanted: &str) -> Result<Person, (StaffOutcome, Option<String>)> {
    let advisor = advisor_named(turn, wanted)?;
    let key = PersonKey::from(&advisor);
    let asked = case.attempts.iter().rev().find(|a| a.person() == key).map(|a| a.outcome);
    let why = if advisor.address == case.advisee.address {
        Some(StaffOutcome::AdvisorIsAdvisee)
    } else if asked == Some(Outcome::Declined) {
        Some(StaffOutcome::AdvisorDeclined)
    } else if asked == Some(Outcome::Waiting) && matches!(case.stage, Stage::Asked | Stage::InContact) {
        Some(StaffOutcome::AdvisorAskedNow)
    } else {
        hindrance(turn, &advisor)
    };
    match why {
        Some(why) => Err((why, Some(advisor.name))),
        None => Ok(advisor),
    }
}

fn advisor_named(turn: &Turn, wanted: &str) -> Result<Person, (StaffOutcome, Option<String>)> {
    if wanted.is_empty() {
        return Err((StaffOutcome::WhichAdvisor, None));
    }
    asking::find(turn, wanted).ok_or_else(|| (StaffOutcome::UnknownAdvisor, nearly(turn, wanted)))
}

fn free_advisor(turn: &Turn, wanted: &str) -> Result<Person, (StaffOutcome, Option<String>)> {
    let advisor = advisor_named(turn, wanted)?;
    match hindrance(turn, &advisor) {
        Some(why) => Err((why, Some(advisor.name))),
        None => Ok(advisor),
    }
}

fn hindrance(turn: &Turn, advisor: &Person) -> Option<StaffOutcome> {
    offer::hindrance(turn, advisor).map(|why| match why {
        Unavailable::Away => StaffOutcome::AdvisorAway,
        Unavailable::Full => StaffOutcome::AdvisorFull,
        _ => StaffOutcome::AdvisorUnlisted,
    })
}

/// The advisor of nearly that name.
pub fn nearly(turn: &Turn, wanted: &str) -> Option<String> {
    let advisors = offer::advisors(turn);
    let names: Vec<&str> = advisors.iter().map(|p| p.name.as_str()).collect();
    rank::nearest_names(wanted, &names).map(|n| names[n].to_owned())
}

/// What waits for an advisor in this case is settled.
fn searches(turn: &mut Turn, case: &Case) -> Before {
    let waiting = staff::waiting_under(turn, &case.reference);
    let holds: Vec<Hold> = waiting.into_iter().filter(|h| h.kind == ExceptionKind::NoAdvisorLeft).collect();
    for hold in &holds {
        staff::release(turn, hold);
    }
    Before { holds, case: Some(case.reference.clone()), ..Before::default() }
}

/// An advisor who still has the request need not answer any more.
fn take_from_the_one_asked(turn: &mut Turn, case: &mut Case) {
    if !matches!(case.stage, Stage::Asked | Stage::InContact) {
        return;
    }
    conclude(case, case.current, Outcome::Withdrawn);
    let party = Party::Advisor(case.current);
    let letter = Letter::ByStaff {
        name: case.mailbox_of(party).called().to_owned(),
        did: StaffDid::GivenToAnother,
        other: Some(case.advisee.called().to_owned()),
        until: None,
    };
    turn.tell_party(case, party, None, letter);
}

fn give(turn: &mut Turn, case: &mut Case, advisor: &Person) {
    request::ask(turn, case, advisor);
    let (answer_by, closure) = request::promise(turn, case);
    let name = case.advisee.called().to_owned();
    let letter = Letter::Assigned { name, advisor: advisor.name.clone(), answer_by, closure };
    turn.tell_party(case, Party::Advisee, None, letter);
}

/// A person's key among those on the roster.
pub fn on_the_roster(person: &Person) -> String {
    format!("advisor/{}", person.key())
}
