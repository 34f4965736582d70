//! REPORT: somebody complains. Contact through us stops both ways, until the staff end it.

use super::command::{self, Command};
use super::complaints_person;
use super::dealings;
use super::letter::{Answered, Dealing, ExceptionKind, Letter, Thread, WithStaff};
use super::oneself::Speaker;
use super::record::{Case, Hold, Owner, Party, Pause, Reference, Stage};
use super::request::in_days;
use super::schedule::{Timer, TimerKind};
use super::staff::{self, Held};
use super::token;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::AddrSpec;
use crate::mail::inbound::Inbound;

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

/// The case it was said in or that it names; else every case in which
/// anybody could write to the writer through us.
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
            let open = dealings::open(turn, address).into_iter();
            let with_other = open.filter(|(case, party)| case.other(*party).is_some());
            with_other.chain(dealings::after_meeting(turn, address)).collect()
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
    remember_told(turn, &mut case, reporter);
    for party in who_waits(&case).into_iter().filter(|party| *party != reporter) {
        say_paused(turn, &mut case, party, None, false);
    }
}

/// The sides that wait for something of an open case.
pub fn who_waits(case: &Case) -> Vec<Party> {
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
    case.paused = Some(Pause { since: turn.now, timers, told: Vec::new() });
    turn.put(case);
    turn.mark(format!("paused/{}", case.reference));
    remind_later(turn, &case.reference);
}

/// HANDLED was a mistake: it stands still again, and whoever waits reads so.
pub fn pause_again(turn: &mut Turn, mut case: Case) {
    if case.paused.is_some() {
        return;
    }
    pause(turn, &mut case);
    for party in who_waits(&case) {
        say_paused(turn, &mut case, party, None, false);
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
pub fn say_paused(turn: &mut Turn, case: &mut Case, party: Party, answers: Option<Answered>, wrote: bool) {
    remember_told(turn, case, party);
    let other = case.other(party).map(|p| case.mailbox_of(p).called().to_owned());
    let letter = Letter::Paused { name: case.mailbox_of(party).called().to_owned(), other, wrote };
    turn.tell_party(case, party, answers, letter);
}

fn remember_told(turn: &mut Turn, case: &mut Case, party: Party) {
    let Some(pause) = case.paused.as_mut().filter(|pause| !pause.told.contains(&party)) else { return };
    pause.told.push(party);
    turn.put(case);
}

/// A mail in a case that stands still: nothing of it is passed on or done. Where it is no
/// mere word, staff may want to read it.
pub fn refused(turn: &mut Turn, mail: &Inbound, case: &mut Case, party: Party, is_word: bool) -> Verdict {
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
    paused(turn).into_iter().find(|case| joins(case, one, other))
}

/// Every case that stands still because of a report.
pub fn paused(turn: &Turn) -> Vec<Case> {
    turn.marked("paused/").iter().filter_map(|r| turn.read::<Case>(r)).collect()
}

/// Whether the one was asked by the other in a case.
pub fn joins(case: &Case, one: &AddrSpec, other: &AddrSpec) -> bool {
    let asked = |address: &AddrSpec| case.attempts.iter().any(|a| a.advisor.address == *address);
    let advisee = &case.advisee.address;
    (advisee == one && asked(other)) || (advisee == other && asked(one))
}
