//! Alternatives: who could help instead, and how that is put to the advisee.

use super::complaint;
use super::letter::{Alternative, Ended, ExceptionKind, Letter, Skipped, Unavailable, WithStaff};
use super::rank::{self, Candidate, Ranked};
use super::record::{Case, Counted, Listed, Outcome, Party, Person, PersonKey, Record, Reference, Stage};
use super::request::{conclude, day_of, end_if, enter, in_days};
use super::schedule::TimerKind;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{load, lookup, ranked, staff};
use chrono::NaiveDate;

/// How many others an advisee chooses from.
const ALTERNATIVES: usize = 3;
/// How long they lie before the advisee.
const OFFER_DAYS: u32 = 14;
/// How long staff look for an advisor before the advisee hears of it.
const SEARCH_DAYS: u32 = 7;

/// Why alternatives are offered.
pub enum Why {
    /// What the advisee wrote, or the advisor's name.
    CannotAsk {
        wanted: String,
        why: Unavailable,
        away_until: Option<NaiveDate>,
        /// Who has nearly that name.
        meant: Option<String>,
    },
    Declined {
        note: Option<String>,
        /// The first of the alternatives is the declining advisor's own.
        suggested: Option<String>,
    },
    /// The advisor has left the roster.
    Left,
    NoAnswer,
    NotReached,
    /// The advisee wants another one: they have not met.
    Wanted,
}

// ---- who

/// Every person on the roster, asked or not.
pub fn advisors(turn: &Turn) -> Vec<Person> {
    let names = turn.marked("advisor/");
    names.iter().filter_map(|key| turn.read::<Person>(key)).filter(|p| p.advisor.is_some()).collect()
}

/// Notes whom a case occupies (the advisor of its current attempt, while she is at it),
/// and whether it is open.
pub fn keep_load(turn: &mut Turn, case: &Case) {
    let is_open = matches!(case.stage, Stage::Asked | Stage::InContact | Stage::Accepted);
    let current = case.attempt().filter(|_| is_open).map(|attempt| attempt.person());
    for attempt in &case.attempts {
        let person = attempt.person();
        let is_busy = current.as_ref() == Some(&person);
        load::note(turn, &person, &case.reference, is_busy);
    }
    let open = format!("open/{}", case.reference);
    if case.stage.is_open() {
        turn.mark(open)
    } else {
        turn.unmark(open)
    }
    lookup::note_case(turn, case);
}

/// Before the people of a case change: nobody of them is occupied by it.
pub fn leave_load(turn: &mut Turn, case: &Case) {
    for attempt in &case.attempts {
        load::note(turn, &attempt.person(), &case.reference, false);
    }
    lookup::leave_case(turn, case);
}

/// Whether somebody cannot be asked at all: not for being away, nor for being full.
pub fn is_off_the_roster(person: &Person) -> bool {
    person.advisor.as_ref().is_none_or(|advisor| advisor.listed != Listed::Yes)
}

/// The advisors on the roster whom mail reaches, away and full ones too.
pub fn listed(turn: &Turn) -> Vec<Person> {
    advisors(turn).into_iter().filter(|p| !is_off_the_roster(p)).collect()
}

/// Somebody who can be asked now.
pub struct Free {
    pub person: Person,
    /// How many requests occupy her already.
    load: usize,
}

/// All of these who can be asked now.
pub fn free(turn: &Turn, advisors: Vec<Person>) -> Vec<Free> {
    let loads = load::of_all(turn);
    let load = |person: &Person| loads.get(&PersonKey::from(person)).copied().unwrap_or_default();
    let free = advisors.into_iter().map(|person| Free { load: load(&person), person });
    free.filter(|free| obstacle(turn, &free.person, || free.load).is_none()).collect()
}

/// Why somebody cannot be asked just now.
pub fn hindrance(turn: &Turn, person: &Person) -> Option<Unavailable> {
    obstacle(turn, person, || load::of(turn, &PersonKey::from(person)))
}

fn obstacle(turn: &Turn, person: &Person, load: impl Fn() -> usize) -> Option<Unavailable> {
    let Some(advisor) = &person.advisor else { return Some(Unavailable::Unlisted) };
    let is_full = |limit: u32| load() >= limit as usize;
    if advisor.listed != Listed::Yes {
        Some(Unavailable::Unlisted)
    } else if advisor.away_until_back || advisor.away_until.is_some_and(|day| day >= turn.today_of(person)) {
        Some(Unavailable::Away)
    } else if advisor.at_a_time.is_some_and(is_full) {
        Some(Unavailable::Full)
    } else {
        None
    }
}

/// The best others for a case: those the advisee named first, then by the issue's words.
pub fn alternatives(turn: &Turn, case: &Case) -> Vec<(PersonKey, Alternative)> {
    alternatives_among(turn, case, advisors(turn))
}

/// The same where the roster has been read already.
pub fn alternatives_among(
    turn: &Turn,
    case: &Case,
    mut roster: Vec<Person>,
) -> Vec<(PersonKey, Alternative)> {
    let oneself = turn.person_called(&case.advisee).map(|p| PersonKey::from(&p));
    let paused = complaint::paused(turn);
    roster.retain(|p| {
        Some(PersonKey::from(p)) != oneself
            && !case.has_asked(p)
            && !paused.iter().any(|stopped| complaint::joins(stopped, &p.address, &case.advisee.address))
    });
    best(&case.issue, &free(turn, roster), &case.also_wanted)
}

/// The best of these for an issue, numbered; those wanted come first, in their order.
fn best(issue: &str, free: &[Free], wanted: &[PersonKey]) -> Vec<(PersonKey, Alternative)> {
    let place = |p: &Person| wanted.iter().position(|w| *w == PersonKey::from(p)).unwrap_or(usize::MAX);
    let candidates: Vec<Candidate> =
        free.iter().map(|free| Candidate { place: place(&free.person), ..candidate(free) }).collect();
    let chosen = rank::best(issue, &candidates, ALTERNATIVES).into_iter().zip(1..);
    let shown = |(ranked, number): (Ranked, usize)| {
        let person = &free[ranked.index].person;
        let areas = ranked.areas.into_iter().map(str::to_owned).collect();
        (PersonKey::from(person), alternative(number, person, areas))
    };
    chosen.map(shown).collect()
}

/// Somebody as the ranking sees her.
pub fn candidate(free: &Free) -> Candidate<'_> {
    let Free { person, load } = free;
    let areas = person.advisor.iter().flat_map(|advisor| &advisor.areas);
    Candidate {
        key: person.key(),
        name: &person.name,
        areas: areas.map(String::as_str).collect(),
        load: *load as u64,
        place: usize::MAX,
    }
}

/// Those who were offered last, under their numbers.
pub fn offered(turn: &Turn, case: &Case) -> Vec<Alternative> {
    let people = case.offered.iter().enumerate().filter_map(|(n, key)| Some((n, turn.person(key)?)));
    people
        .map(|(n, p)| alternative(n + 1, &p, p.advisor.as_ref().map(|a| a.areas.clone()).unwrap_or_default()))
        .collect()
}

/// How somebody is shown among the alternatives.
pub fn alternative(number: usize, person: &Person, areas: Vec<String>) -> Alternative {
    let institution = person.institution.clone().unwrap_or_default();
    Alternative { number, name: person.name.clone(), institution, areas }
}

// ---- putting it to the advisee

/// A next step for the advisee: the next of her list, or up to three others, or the staff.
pub fn others(turn: &mut Turn, case: &mut Case, why: Why) {
    if ranked::goes_on(turn, case, &why) {
        return;
    }
    let alternatives = alternatives(turn, case);
    these(turn, case, why, alternatives);
}

/// The same with alternatives already found.
pub fn these(turn: &mut Turn, case: &mut Case, why: Why, found: Vec<(PersonKey, Alternative)>) {
    let advisor = case.attempt().map(|a| a.advisor.called().to_owned());
    if found.is_empty() {
        return leave_to_staff(turn, case, advisor, why);
    }
    let (offered, alternatives): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    case.offered = offered;
    case.suggested = matches!(why, Why::CannotAsk { why: Unavailable::NearMiss, .. });
    enter(turn, case, Stage::Choosing);
    let ends = in_days(turn, OFFER_DAYS);
    turn.set_timer(ends, TimerKind::OfferEnds { case: case.reference.clone() });
    let letter = offer_letter(case, why, advisor.unwrap_or_default(), alternatives, day_of(turn, ends));
    turn.tell_party(case, Party::Advisee, None, letter);
}

/// Others for an advisee whose request goes on waiting: a number moves it on.
pub fn meanwhile(turn: &mut Turn, case: &mut Case, away_until: Option<NaiveDate>, answer_by: NaiveDate) {
    let (offered, alternatives): (Vec<_>, Vec<_>) = alternatives(turn, case).into_iter().unzip();
    case.offered = offered;
    let current = case.current;
    if let Some(attempt) = case.attempts.get_mut(current) {
        attempt.others_offered = true;
    }
    turn.put(case);
    let letter = Letter::OthersMeanwhile {
        name: case.advisee.called().to_owned(),
        advisor: case.mailbox_of(Party::Advisor(current)).called().to_owned(),
        away_until,
        alternatives,
        answer_by,
    };
    turn.tell_party(case, Party::Advisee, None, letter);
}

fn offer_letter(
    case: &Case,
    why: Why,
    advisor: String,
    alternatives: Vec<Alternative>,
    closes: NaiveDate,
) -> Letter {
    let name = case.advisee.called().to_owned();
    match why {
        Why::CannotAsk { wanted, why, away_until, meant } => {
            Letter::CannotAsk { name, wanted, why, away_until, meant, alternatives, closes }
        }
        Why::Declined { note, suggested } => {
            // Between the suggestion and this letter she may have been asked for elsewhere.
            let is_first = |s: &String| alternatives.first().is_some_and(|a| a.name == *s);
            let suggested = suggested.filter(is_first);
            Letter::Declined { name, advisor, note, suggested, alternatives, closes }
        }
        Why::Left => Letter::AdvisorLeft { name, advisor, alternatives, closes },
        Why::NoAnswer => Letter::NoAnswer { name, advisor, alternatives, closes },
        Why::NotReached => Letter::NotReached { name, advisor, alternatives, closes },
        Why::Wanted => Letter::OthersWanted { name, alternatives, closes },
    }
}

fn leave_to_staff(turn: &mut Turn, case: &mut Case, advisor: Option<String>, why: Why) {
    let (wanted, note) = match why {
        Why::Declined { note, .. } => (None, note),
        Why::CannotAsk { wanted: name, why, away_until, meant } => {
            (Some(Skipped { name, why, away_until, meant }), None)
        }
        Why::Left | Why::NoAnswer | Why::NotReached | Why::Wanted => (None, None),
    };
    let advisor = advisor.or_else(|| wanted.as_ref().map(|w| w.name.clone()));
    case.offered = Vec::new();
    enter(turn, case, Stage::WithStaff);
    turn.set_timer(in_days(turn, SEARCH_DAYS), TimerKind::StaffSearch { case: case.reference.clone() });
    let skipped = wanted.into_iter().collect();
    let letter = Letter::NoAdvisorLeft { name: case.advisee.called().to_owned(), advisor, note, skipped };
    turn.tell_party(case, Party::Advisee, None, letter);
    let who = case.advisee.called().to_owned();
    staff::note_exception(
        turn,
        ExceptionKind::NoAdvisorLeft,
        &who,
        &case.issue,
        Some(case.reference.clone()),
    );
}

/// Nobody chose.
pub fn end_offer(turn: &mut Turn, reference: &Reference) -> Verdict {
    end_if(turn, reference, Stage::Choosing, Ended::OfferUnanswered)
}

/// Staff have found nobody: told once, then closed.
pub fn end_search(turn: &mut Turn, reference: &Reference) -> Verdict {
    let searching = |case: &Case| case.stage == Stage::WithStaff && case.questions == 0;
    let Some(mut case) = turn.read::<Case>(&reference.0).filter(searching) else {
        return end_if(turn, reference, Stage::WithStaff, Ended::NoAdvisor);
    };
    case.questions = 1;
    turn.put(&case);
    turn.set_timer(in_days(turn, SEARCH_DAYS), TimerKind::StaffSearch { case: reference.clone() });
    let letter = Letter::StillWithStaff {
        name: Some(case.advisee.called().to_owned()),
        what: WithStaff::Request,
        since: case.opened,
    };
    turn.tell_party(&case, Party::Advisee, None, letter);
    Verdict::new(What::Done("still-searching"), Some(reference.clone()))
}

/// The staff have refused to send the request: it is theirs to find somebody.
pub fn not_sent(turn: &mut Turn, case: &mut Case) {
    conclude(case, case.current, Outcome::Withdrawn);
    these(turn, case, Why::NotReached, Vec::new());
}

/// The request cannot reach the advisor.
pub fn not_reached(turn: &mut Turn, case: &mut Case) {
    conclude(case, case.current, Outcome::Unreachable);
    turn.count(Counted::NotReached);
    others(turn, case, Why::NotReached);
}
