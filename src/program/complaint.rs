//! REPORT: somebody complains. Contact through us stops both ways, until the staff end it.

use super::case_reply;
use super::command::{self, Command};
use super::complaints_person;
use super::dealings;
use super::leave;
use super::letter::{Answered, Dealing, ExceptionKind, Letter, Thread, WithStaff};
use super::offer;
use super::oneself::Speaker;
use super::record::{Case, Hold, Owner, Party, Pause, Reference, Stage, Timestamp};
use super::request::{day_of, in_days};
use super::schedule::{self, Timer, TimerKind};
use super::staff::{self, Held};
use super::token;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::AddrSpec;
use crate::mail::inbound::Inbound;
use chrono::NaiveDate;

/// How long before the complaints person hears again that contact still stands still.
const AGAIN_AFTER_DAYS: u32 = 7;

// ---- the report

/// `REPORT`, alone or with a reference.
pub fn reported(turn: &mut Turn, speaker: &Speaker, said: &Command) -> &'static str {
    let cases = meant(turn, speaker, said.argument.as_deref());
    let hold = keep(turn, speaker, cases.first().map(|(case, _)| case.reference.clone()));
    for (case, _) in cases.iter().skip(1) {
        // HANDLED ends each pause by its own reference.
        let who = complaints_person::who(turn).map(|p| p.called().to_owned()).unwrap_or_default();
        staff::note_exception(turn, ExceptionKind::Reported, &who, "", Some(case.reference.clone()));
    }
    let dealings: Vec<Dealing> = cases.iter().map(|(case, party)| dealing(case, *party)).collect();
    tell_complaints(turn, speaker, &hold, dealings.clone());
    for (case, party) in cases {
        stop(turn, case, party);
    }
    let letter = Letter::ReportReceipt { name: speaker.name(turn), paused: dealings };
    speaker.tell(turn, letter);
    "report"
}

/// The case it was said in or that it names; else every case the writer is in now.
fn meant(turn: &Turn, speaker: &Speaker, named: Option<&str>) -> Vec<(Case, Party)> {
    let address = &speaker.who.address;
    if let Some(named) = named.and_then(token::parse_reference) {
        let case = turn.read::<Case>(&named.0);
        let party = case.as_ref().and_then(|case| case.party_of(address));
        return case.zip(party).into_iter().collect();
    }
    match speaker.within {
        Some((case, party)) => vec![(case.clone(), party)],
        None => {
            dealings::open(turn, address).into_iter().filter(|(case, p)| case.other(*p).is_some()).collect()
        }
    }
}

fn dealing(case: &Case, party: Party) -> Dealing {
    let other = case.other(party).map(|p| case.mailbox_of(p).called().to_owned());
    Dealing { reference: case.reference.clone(), other }
}

/// The digest says that there is a complaint, not whose: only one person reads that.
fn keep(turn: &mut Turn, speaker: &Speaker, case: Option<Reference>) -> Reference {
    let held = Held {
        kind: ExceptionKind::Reported,
        what: WithStaff::Report,
        about: String::new(),
        form: None,
        understood: Vec::new(),
        case,
    };
    let reference = staff::keep(turn, speaker.who, held, None);
    if let Some(mut hold) = turn.read::<Hold>(&reference.0) {
        hold.who = complaints_person::who(turn).map(|p| p.called().to_owned()).unwrap_or_default();
        turn.put(&hold);
    }
    reference
}

fn tell_complaints(turn: &mut Turn, speaker: &Speaker, hold: &Reference, cases: Vec<Dealing>) {
    let letter = Letter::Complaint {
        reporter: speaker.who.clone(),
        subject: speaker.mail.subject.clone().unwrap_or_default(),
        words: token::without_tokens(&speaker.mail.new_text).trim().to_owned(),
        cases: cases.clone(),
    };
    let reference = cases.first().map_or(hold, |c| &c.reference);
    tell_person(turn, reference, letter);
}

/// A letter by which a reply of the complaints person acts, as on the digest.
fn tell_person(turn: &mut Turn, reference: &Reference, letter: Letter) {
    let Some(person) = complaints_person::who(turn) else { return };
    let token = turn.token(reference, &Owner::Staff(person.address.clone()));
    let thread = Thread { reference: reference.clone(), token: Some(token) };
    turn.tell_with(&person, thread, None, letter);
}

// ---- standing still

/// Stops a case, and tells the other side no more than that.
fn stop(turn: &mut Turn, mut case: Case, reporter: Party) {
    if case.paused.is_some() {
        return;
    }
    pause(turn, &mut case);
    for party in who_waits(&case).into_iter().filter(|party| *party != reporter) {
        say_paused(turn, &case, party, None, false);
    }
}

/// The sides that wait for something of an open case.
fn who_waits(case: &Case) -> Vec<Party> {
    match case.stage {
        Stage::Asked | Stage::InContact | Stage::Accepted => {
            vec![Party::Advisee, Party::Advisor(case.current)]
        }
        Stage::Choosing | Stage::WithStaff => vec![Party::Advisee],
        Stage::Held | Stage::NotHeld | Stage::Unconfirmed | Stage::Cancelled | Stage::Ended => Vec::new(),
    }
}

/// Nothing is passed on, nobody is reminded, nothing ends.
pub fn pause(turn: &mut Turn, case: &mut Case) {
    if case.paused.is_some() {
        return;
    }
    let timers: Vec<Timer> = turn.all(&TimerKind::prefix(&case.reference));
    turn.cancel_case_timers(case);
    case.paused = Some(Pause { since: turn.now, timers });
    turn.put(case);
    turn.mark(format!("paused/{}", case.reference));
    if case.stage.is_open() {
        remind_later(turn, &case.reference);
    }
}

fn remind_later(turn: &mut Turn, case: &Reference) {
    turn.set_timer(in_days(turn, AGAIN_AFTER_DAYS), TimerKind::Paused { case: case.clone() });
}

/// A week later it still stands still: whoever deals with it hears so.
pub fn still_paused(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = Verdict::new(What::Done("still-paused"), Some(reference.clone()));
    let Some(case) = turn.read::<Case>(&reference.0) else { return verdict };
    let Some(pause) = &case.paused else { return verdict };
    remind_later(turn, reference);
    let advisor = case.attempt().map(|a| a.advisor.called().to_owned());
    let (advisee, reported) = (case.advisee.called().to_owned(), reference.clone());
    let letter = Letter::StillPaused { advisee, advisor, reported, since: pause.since };
    tell_person(turn, reference, letter);
    verdict
}

/// What either side reads while contact stands still.
pub fn say_paused(turn: &mut Turn, case: &Case, party: Party, answers: Option<Answered>, wrote: bool) {
    let other = case.other(party).map(|p| case.mailbox_of(p).called().to_owned());
    let letter = Letter::Paused { name: case.mailbox_of(party).called().to_owned(), other, wrote };
    turn.tell_party(case, party, answers, letter);
}

/// A mail in a case that stands still: nothing of it is passed on or done. Where it is no
/// mere word, staff may want to read it.
pub fn refused(turn: &mut Turn, mail: &Inbound, case: &Case, party: Party, is_word: bool) -> Verdict {
    let verdict = Verdict::new(What::Done("paused"), Some(case.reference.clone()));
    if !is_word && command::is_mere_thanks(&mail.new_text) {
        return verdict;
    }
    say_paused(turn, case, party, answering(mail), true);
    if is_word {
        return verdict;
    }
    let who = case.mailbox_of(party).called().to_owned();
    let subject = mail.subject.clone().unwrap_or_default();
    staff::note_exception(turn, ExceptionKind::Words, &who, &subject, Some(case.reference.clone()));
    verdict
}

/// Whether a report stands between two people: then no new request joins them either.
pub fn is_between(turn: &Turn, one: &AddrSpec, other: &AddrSpec) -> bool {
    paused_between(turn, one, other).is_some()
}

/// The paused case between two people.
pub fn paused_between(turn: &Turn, one: &AddrSpec, other: &AddrSpec) -> Option<Case> {
    let references = turn.marked("paused/");
    let cases = references.iter().filter_map(|r| turn.read::<Case>(r));
    let joins = |case: &Case| {
        let asked = |address: &AddrSpec| case.attempts.iter().any(|a| a.advisor.address == *address);
        let advisee = &case.advisee.address;
        (advisee == one && asked(other)) || (advisee == other && asked(one))
    };
    cases.into_iter().find(joins)
}

// ---- going on

/// HANDLED was a mistake: it stands still again, and whoever waits reads so.
pub fn pause_again(turn: &mut Turn, mut case: Case) {
    if case.paused.is_some() {
        return;
    }
    pause(turn, &mut case);
    for party in who_waits(&case) {
        say_paused(turn, &case, party, None, false);
    }
}

/// The staff end the pause: everything goes on, later by as long as it stood still.
pub fn resume(turn: &mut Turn, case: &mut Case) {
    let Some(pause) = case.paused.take() else { return };
    turn.unmark(format!("paused/{}", case.reference));
    turn.cancel_timer(TimerKind::Paused { case: case.reference.clone() }.id());
    turn.put(case);
    if !case.stage.is_open() {
        return;
    }
    if has_left(turn, case) {
        return leave::hand_back(turn, case);
    }
    let next = set_again(turn, case, &pause);
    for party in who_waits(case) {
        say_resumed(turn, case, party, next);
    }
}

/// The timers that stood; the day of the first that decides something.
fn set_again(turn: &mut Turn, case: &Case, pause: &Pause) -> Option<NaiveDate> {
    let stood = turn.now - pause.since;
    let mut next: Option<Timestamp> = None;
    for timer in &pause.timers {
        let due = by_day(turn, case, timer, timer.due + stood);
        if !matches!(timer.what, TimerKind::Reminder { .. }) {
            next = Some(next.map_or(due, |n| n.min(due)));
        }
        turn.set_timer(due, timer.what.clone());
    }
    next.map(|due| day_of(turn, due))
}

/// Reminders and questions keep to the hours of a working day; deadlines need not.
fn by_day(turn: &Turn, case: &Case, timer: &Timer, due: Timestamp) -> Timestamp {
    let rules = turn.rules;
    let (zone, weekend) = match &timer.what {
        TimerKind::Reminder { attempt, .. } => {
            let advisor = &case.mailbox_of(Party::Advisor(*attempt)).address;
            (turn.zone_of(advisor), turn.weekend_of(advisor))
        }
        TimerKind::Settled { .. } | TimerKind::Confirmation { .. } => (rules.zone, rules.weekend.clone()),
        _ => return due,
    };
    schedule::in_reminder_hours(due, zone, &weekend, &rules.closures)
}

/// Whether the advisor left the roster while it stood still, with her answer still open.
fn has_left(turn: &Turn, case: &Case) -> bool {
    let undecided = matches!(case.stage, Stage::Asked | Stage::InContact);
    let advisor = case.attempt().and_then(|a| turn.person(a.person()));
    undecided && advisor.is_none_or(|p| offer::is_off_the_roster(&p))
}

fn say_resumed(turn: &mut Turn, case: &Case, party: Party, when: Option<NaiveDate>) {
    let next = case_reply::next_for(case, party);
    let letter = Letter::Resumed {
        name: case.mailbox_of(party).called().to_owned(),
        other: case.other(party).map(|p| case.mailbox_of(p).called().to_owned()),
        next,
        when,
        to_advisor: party != Party::Advisee,
    };
    turn.tell_party(case, party, None, letter);
}
