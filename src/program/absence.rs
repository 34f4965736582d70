//! Somebody is away: what that means in every request of theirs, and what the others are told.

use super::absence_note;
use super::clock;
use super::letter::Letter;
use super::record::{Case, LetterSent, Outcome, Party, Person, PersonKey, Stage, Timestamp};
use super::request::day_of;
use super::schedule::{self, TimerKind};
use super::token;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{dealings, load, lookup, offer, presence, ranked, which_of};
use crate::mail::inbound::{Authentication, Inbound};
use chrono::{Days, NaiveDate, NaiveTime};

// ---- by a machine's note

/// A machine answered one of our letters: never an answer of its owner. A note of absence
/// with a date counts for the person, in all requests; one without lets the clock run on.
pub fn noted(turn: &mut Turn, mail: &Inbound) -> Verdict {
    let letter = letter_answered(turn, mail);
    let case = case_answered(turn, mail, letter.as_ref());
    if letter.is_none() && case.is_none() {
        return Verdict::new(What::NotForUs, None);
    }
    if let Some(person) = known_sender(turn, mail, letter.as_ref(), case.as_ref()) {
        note_on_attempt(turn, case.as_ref(), &PersonKey::from(&person));
        count_note(turn, mail, person);
    }
    Verdict::new(What::Done("automatic-reply"), case.map(|c| c.reference))
}

fn letter_answered(turn: &Turn, mail: &Inbound) -> Option<LetterSent> {
    mail.in_reply_to.iter().chain(&mail.references).find_map(|id| turn.read::<LetterSent>(id.inner()))
}

/// By the letter, by a token, or by the reference in a subject whose sender is vouched for.
fn case_answered(turn: &Turn, mail: &Inbound, letter: Option<&LetterSent>) -> Option<Case> {
    let by_letter = letter.and_then(|l| l.case.clone());
    let by_token = || token::find_in(mail, &turn.rules.address, &turn.rules.subaddress).into_iter().next();
    let named = || token::reference_in_subject(mail.subject.as_deref()?);
    let vouched = mail.authentication == Authentication::Pass;
    let reference =
        by_letter.or_else(|| by_token().map(|(r, _)| r)).or_else(|| named().filter(|_| vouched))?;
    turn.read(&reference.0)
}

/// The note's sender, if the letter went there or the case is theirs: a colleague's
/// machine, to whom a letter was forwarded, says nothing of the one we wrote to.
fn known_sender(
    turn: &Turn,
    mail: &Inbound,
    letter: Option<&LetterSent>,
    case: Option<&Case>,
) -> Option<Person> {
    let from = &mail.from.as_ref()?.address;
    let got_it = letter.is_some_and(|l| l.to.contains(from));
    let is_party = case.is_some_and(|c| c.party_of(from).is_some());
    let believed = (got_it || is_party) && mail.authentication != Authentication::Fail;
    which_of::addressee(turn, from, letter, case).filter(|_| believed)
}

fn note_on_attempt(turn: &mut Turn, case: Option<&Case>, person: &PersonKey) {
    let Some(mut case) = case.cloned() else { return };
    let now = turn.now;
    let attempt = case.attempts.iter_mut().rev().find(|a| a.person() == *person);
    if let Some(attempt) = attempt.filter(|a| a.out_of_office.is_none()) {
        attempt.out_of_office = Some(now);
        turn.put(&case);
    }
}

/// What a note says is taken once: its machine repeats it with every letter, and a person
/// who is BACK may forget to switch it off.
fn count_note(turn: &mut Turn, mail: &Inbound, mut person: Person) {
    let today = turn.today_of(&person);
    // Never the quoted letter: it has dates of its own.
    let in_subject = || absence_note::last_day(mail.subject.as_deref()?, today);
    let Some(until) = absence_note::last_day(&mail.new_text, today).or_else(in_subject) else { return };
    if person.noted_until == Some(until) {
        return;
    }
    person.noted_until = Some(until);
    turn.put(&person);
    // Her own word for a longer absence stands.
    let own = person.advisor.as_ref().and_then(|a| a.away_until).filter(|own| *own > until);
    is_away(turn, &PersonKey::from(&person), own.unwrap_or(until));
}

// ---- by their own word

/// The person is away up to and including that day: is not offered meanwhile, every advisee
/// who waits for an answer is told and may choose somebody else, and clocks wait.
pub fn away_until(turn: &mut Turn, person: &PersonKey, until: NaiveDate) {
    ends_silence(turn, person);
    is_away(turn, person, until);
}

/// The person is back before time: clocks go on, each with a reminder of what waits.
/// True if there was an absence to end.
pub fn back(turn: &mut Turn, key: &PersonKey) -> bool {
    let Some(mut person) = turn.person(key) else { return false };
    let away = person.advisor.as_mut().and_then(|a| a.away_until.take());
    let was_silent = person.advisor.as_mut().is_some_and(presence::is_back);
    let absent = person.absent_until.take();
    turn.put(&person);
    let now = turn.now;
    for mut case in requests_to(turn, key) {
        let stands = case.attempt().and_then(|a| a.stands_until).is_some_and(|until| until > now);
        if waits_for(&case, key) && stands {
            clock::stand_still(turn, &mut case, now);
        }
    }
    was_silent || away.into_iter().chain(absent).any(|until| until >= turn.today_of(&person))
}

/// Whoever says until when she is away is back after that, without a word more.
fn ends_silence(turn: &mut Turn, key: &PersonKey) {
    let Some(mut person) = turn.person(key) else { return };
    if person.advisor.as_mut().is_some_and(presence::is_back) {
        turn.put(&person);
    }
}

// ---- what follows

/// Until when somebody is away now, and when the clocks that run against them go on.
pub fn away_now(turn: &Turn, person: &Person) -> Option<(NaiveDate, Timestamp)> {
    let own = person.advisor.as_ref().and_then(|a| a.away_until);
    let until = own.max(person.absent_until).filter(|until| *until >= turn.today_of(person))?;
    Some((until, returns(turn, person, until)))
}

fn is_away(turn: &mut Turn, key: &PersonKey, until: NaiveDate) {
    let Some(mut person) = turn.person(key) else { return };
    let before = person.absent_until.replace(until);
    if let Some(advisor) = person.advisor.as_mut() {
        advisor.away_until = Some(until);
    }
    turn.put(&person);
    let (since, returns) = (clock_stands_since(turn, &person, before), returns(turn, &person, until));
    for case in requests_to(turn, key) {
        match case.stage {
            Stage::Asked if waits_for(&case, key) => request_waits(turn, case, until, returns),
            Stage::InContact => contact_waits(turn, &case, until, since, returns),
            _ => (),
        }
    }
    for case in requests_of(turn, &person) {
        let kind = match case.stage {
            Stage::Choosing => TimerKind::OfferEnds { case: case.reference },
            Stage::InContact => TimerKind::Settled { case: case.reference },
            _ => continue,
        };
        clock::put_off(turn, kind, since, returns);
    }
}

/// What remains is counted from the return that was expected before, if there was one.
fn clock_stands_since(turn: &Turn, person: &Person, before: Option<NaiveDate>) -> Timestamp {
    before.map_or(turn.now, |day| returns(turn, person, day).max(turn.now))
}

/// The first working hour after the last day of an absence.
fn returns(turn: &Turn, person: &Person, until: NaiveDate) -> Timestamp {
    let zone = turn.zone_of(&person.address);
    let next = until.checked_add_days(Days::new(1)).unwrap_or(until);
    let morning = schedule::instant(next.and_time(NaiveTime::MIN), zone);
    schedule::in_reminder_hours(morning, zone, &turn.weekend_of(&person.address), &turn.rules.closures)
}

/// Cases that wait for this advisor or occupy her.
fn requests_to(turn: &Turn, advisor: &PersonKey) -> Vec<Case> {
    let references = turn.marked(&load::rows_of(advisor));
    let cases = references.iter().filter_map(|r| turn.read::<Case>(r));
    // What a report has paused stands still already.
    cases.filter(|case| case.paused.is_none()).collect()
}

/// Open cases of this advisee.
fn requests_of(turn: &Turn, advisee: &Person) -> Vec<Case> {
    let references = lookup::with_advisee(turn, &advisee.address);
    let open = references.iter().filter(|r| turn.is_marked(&format!("open/{r}")));
    let cases = open.filter_map(|r| turn.read::<Case>(&r.0));
    cases.filter(|case| dealings::is_of(turn, &case.advisee, advisee) && case.paused.is_none()).collect()
}

fn waits_for(case: &Case, advisor: &PersonKey) -> bool {
    let current = case.attempt().filter(|a| a.outcome == Outcome::Waiting && a.person() == *advisor);
    case.stage == Stage::Asked && current.is_some()
}

/// Where the advisee has named others too, they are asked now. Else she is told the date, once
/// for each, and offered others; the clock waits.
fn request_waits(turn: &mut Turn, mut case: Case, until: NaiveDate, returns: Timestamp) {
    if ranked::passes_absence(turn, &mut case, until) {
        return;
    }
    let ends = clock::stand_still(turn, &mut case, returns);
    let current = case.current;
    let Some(attempt) = case.attempts.get_mut(current) else { return };
    if attempt.away_until.replace(until) == Some(until) {
        turn.put(&case);
        return;
    }
    let answer_by = day_of(turn, ends);
    offer::meanwhile(turn, &mut case, Some(until), answer_by);
}

/// They are in contact: the question whether it is settled waits, and the advisee knows why.
fn contact_waits(turn: &mut Turn, case: &Case, until: NaiveDate, since: Timestamp, returns: Timestamp) {
    let kind = TimerKind::Settled { case: case.reference.clone() };
    let Some(asked) = clock::put_off(turn, kind, since, returns) else { return };
    let letter = Letter::ContactAway {
        name: case.advisee.called().to_owned(),
        advisor: case.mailbox_of(Party::Advisor(case.current)).called().to_owned(),
        until,
        asked_on: day_of(turn, asked),
    };
    turn.tell_party(case, Party::Advisee, None, letter);
}
