//! STATUS: what is known of its writer now, and what comes next.

use super::case_reply::next_for;
use super::dealings;
use super::draft;
use super::help;
use super::letter::{Entry, Letter, OpenCase, Waiting};
use super::oneself::Speaker;
use super::record::{Case, Draft, Hold, Party, Person};
use super::request;
use super::staff;
use super::turn::Turn;

/// Answers STATUS, to the address that is on file.
pub fn asked(turn: &mut Turn, speaker: &Speaker) -> &'static str {
    let person = speaker.person(turn);
    let cases = match &person {
        Some(person) => dealings::open_of(turn, person),
        None => dealings::open(turn, &speaker.who.address),
    };
    let (own, asked): (Vec<_>, Vec<_>) = cases.into_iter().partition(|(_, p)| *p == Party::Advisee);
    let shown = |turn: &Turn, cases: Vec<(Case, Party)>| -> Vec<OpenCase> {
        cases.iter().map(|(case, party)| open_case(turn, case, *party)).collect()
    };
    let letter = Letter::Status {
        name: speaker.name(turn),
        entry: person.as_ref().and_then(|p| entry(turn, p)),
        roster: help::standing(turn, person.as_ref()),
        own: shown(turn, own),
        asked: shown(turn, asked),
        waiting: waiting(turn, speaker),
        forms: drafts(turn, speaker),
    };
    speaker.tell(turn, letter);
    "status"
}

fn entry(turn: &Turn, person: &Person) -> Option<Entry> {
    let advisor = person.advisor.as_ref()?;
    let today = turn.today_of(person);
    Some(Entry {
        institution: person.institution.clone(),
        areas: advisor.areas.clone(),
        languages: advisor.languages.clone(),
        at_a_time: advisor.at_a_time,
        zone: person.zone.map(|z| z.name().to_owned()),
        away_until: advisor.away_until.filter(|until| *until >= today),
    })
}

fn open_case(turn: &Turn, case: &Case, party: Party) -> OpenCase {
    OpenCase {
        reference: case.reference.clone(),
        other: case.other(party).map(|p| case.mailbox_of(p).called().to_owned()),
        about: staff::first_line(&case.issue),
        since: case.opened,
        next: next_for(case, party),
        when: request::next_day(turn, case).filter(|_| case.paused.is_none()),
        paused: case.paused.is_some(),
    }
}

/// What of theirs is with the staff.
fn waiting(turn: &Turn, speaker: &Speaker) -> Vec<Waiting> {
    let holds: Vec<Hold> = turn.all_with(&speaker.who.address.key());
    let own = |hold: &&Hold| hold.from.as_ref().is_some_and(|from| from.address == speaker.who.address);
    let mut found: Vec<Waiting> = holds
        .iter()
        .filter(own)
        .map(|hold| Waiting { what: staff::what_waits(hold.kind), since: hold.since })
        .collect();
    found.sort_by_key(|w| w.since);
    found
}

/// Forms of theirs that lack something.
fn drafts(turn: &Turn, speaker: &Speaker) -> Vec<super::letter::OpenForm> {
    let drafts: Vec<Draft> = turn.all_with(&speaker.who.address.key());
    let own = drafts.into_iter().filter(|draft| draft.sent.from.address == speaker.who.address);
    own.map(|draft| draft::as_open(turn, &draft)).collect()
}
