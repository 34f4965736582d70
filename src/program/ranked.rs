//! Several advisors named in order: the request goes down the list by itself, and the advisee is told each time.

use super::asking::{self, Wanted};
use super::letter::{Letter, Moved, NoEffect, Skipped, Unavailable};
use super::offer::{self, Why};
use super::record::{Case, Party, Person, PersonKey};
use super::turn::{Turn, answering};
use super::{answer, clock, request};
use crate::mail::inbound::Inbound;
use chrono::NaiveDate;
use std::cell::OnceCell;

/// Whom a request names: who can be asked, in their order, and who cannot, and why.
pub struct List {
    pub free: Vec<Person>,
    pub skipped: Vec<Skipped>,
}

impl List {
    fn has(&self, person: &Person) -> bool {
        self.free.iter().any(|other| PersonKey::from(other) == PersonKey::from(person))
    }
}

/// Reads the names of a request. A second mention of somebody counts once. Who is skipped is said
/// only where somebody can be asked.
pub fn read(turn: &Turn, case: &Case, wanted: &[Wanted]) -> List {
    let mut list = List { free: Vec::new(), skipped: Vec::new() };
    let mut names = Vec::new();
    for Wanted { written, found } in wanted {
        match found {
            Some(person) if list.has(person) => continue,
            Some(person) => match obstacle(turn, case, person) {
                None => list.free.push(person.clone()),
                Some(skipped) => names.push(Ok(skipped)),
            },
            None => names.push(Err(written)),
        }
    }
    if !list.free.is_empty() {
        let roster = OnceCell::new();
        let nobody = |name: &String| nobody(turn, case, name, roster.get_or_init(|| offer::advisors(turn)));
        list.skipped = names.into_iter().map(|name| name.unwrap_or_else(nobody)).collect();
    }
    list
}

/// Why somebody of the list cannot be asked now.
fn obstacle(turn: &Turn, case: &Case, person: &Person) -> Option<Skipped> {
    let open = || asking::open_case(turn, &case.advisee, person).map(|_| Unavailable::AlreadyAsked);
    let why = asking::obstacle(turn, case, person).or_else(open)?;
    let away_until = person.advisor.as_ref().and_then(|a| a.away_until).filter(|_| why == Unavailable::Away);
    Some(Skipped { name: person.name.clone(), why, away_until, meant: None })
}

/// A name that nobody on the roster has, with the one that is nearly the same.
fn nobody(turn: &Turn, case: &Case, name: &str, roster: &[Person]) -> Skipped {
    let near = asking::nearly(turn, case, name, roster);
    let not_now = near.as_ref().and_then(|person| asking::not_now(turn, person));
    let (why, away_until) = not_now.unwrap_or((Unavailable::Unknown, None));
    Skipped { name: name.to_owned(), why, away_until, meant: near.map(|p| p.name) }
}

/// The names of those who are still to be asked, in order.
pub fn still_to_come(turn: &Turn, case: &Case) -> Vec<String> {
    case.ranked.iter().filter_map(|key| turn.person(key)).map(|p| p.name).collect()
}

/// Whether anybody of the list could be asked now.
pub fn has_next(turn: &Turn, case: &Case) -> bool {
    let people = case.ranked.iter().filter_map(|key| turn.person(key));
    people.into_iter().any(|person| obstacle(turn, case, &person).is_none())
}

/// Goes on to the next of the list for a reason for which others would be offered. False
/// where there is no list, or nobody left on it who can be asked.
pub fn goes_on(turn: &mut Turn, case: &mut Case, why: &Why) -> bool {
    let suggested = match why {
        Why::Declined { suggested: Some(_), .. } => besides_the_list(case),
        _ => None,
    };
    let (moved, note) = match why {
        Why::Declined { note, .. } => (Moved::Declined, note.clone()),
        Why::NoAnswer => (Moved::NoAnswer, None),
        Why::Wanted => (Moved::Next, None),
        Why::NotReached => (Moved::NotReached, None),
        Why::CannotAsk { .. } | Why::Left => (Moved::Unlisted, None),
    };
    move_on(turn, case, Step { note, suggested, ..Step::because(moved) })
}

/// Whom an advisor suggests is the first of the others. If the advisee has named that one
/// too, the list goes on there; if not, the list is hers, and goes on as she made it: the
/// suggested one stands beside it, and her number asks that one instead.
fn besides_the_list(case: &mut Case) -> Option<PersonKey> {
    let suggested = case.also_wanted.first().cloned()?;
    match case.ranked.iter().position(|key| *key == suggested) {
        Some(at) => {
            case.ranked[..=at].rotate_right(1);
            None
        }
        None => Some(suggested),
    }
}

/// The advisor asked now is away: the next of the list is asked instead.
pub fn passes_absence(turn: &mut Turn, case: &mut Case, until: NaiveDate) -> bool {
    if !has_next(turn, case) {
        return false;
    }
    answer::let_go(turn, case);
    move_on(turn, case, Step { away_until: Some(until), ..Step::because(Moved::Away) })
}

/// Why the request goes on, and what comes with it.
struct Step {
    why: Moved,
    note: Option<String>,
    away_until: Option<NaiveDate>,
    /// Who can be asked instead of the next of the list.
    suggested: Option<PersonKey>,
}

impl Step {
    fn because(why: Moved) -> Self {
        Self { why, note: None, away_until: None, suggested: None }
    }
}

fn move_on(turn: &mut Turn, case: &mut Case, step: Step) -> bool {
    let before = case.attempt().map(|a| a.advisor.called().to_owned()).unwrap_or_default();
    let (next, skipped) = take_next(turn, case);
    let Some(advisor) = next else { return false };
    request::ask(turn, case, &advisor);
    let (answer_by, closure) = request::promise(turn, case);
    let suggested = step.suggested.and_then(|key| offer_besides(turn, case, key));
    let letter = Letter::MovedOn {
        name: case.advisee.called().to_owned(),
        advisor: advisor.name.clone(),
        address: request::shown(turn, &advisor.mailbox()),
        before,
        why: step.why,
        note: step.note,
        away_until: step.away_until,
        suggested,
        skipped,
        then: still_to_come(turn, case),
        answer_by,
        closure,
    };
    turn.tell_party(case, Party::Advisee, None, letter);
    true
}

/// Number 1 asks this one, while the next of the list is asked.
fn offer_besides(turn: &mut Turn, case: &mut Case, key: PersonKey) -> Option<String> {
    let name = turn.person(&key)?.name;
    case.offered = vec![key];
    let current = case.current;
    case.attempts.get_mut(current)?.others_offered = true;
    turn.put(case);
    Some(name)
}

/// Takes the list up to the next who can be asked; those before are skipped.
fn take_next(turn: &Turn, case: &mut Case) -> (Option<Person>, Vec<Skipped>) {
    let mut skipped = Vec::new();
    while !case.ranked.is_empty() {
        let key = case.ranked.remove(0);
        let Some(person) = turn.person(&key) else { continue };
        match obstacle(turn, case, &person) {
            None => return (Some(person), skipped),
            Some(why) => skipped.push(why),
        }
    }
    (None, skipped)
}

// ---- NEXT and WAIT

/// NEXT: the next of the list now; after the last, others to choose from, while the request
/// goes on waiting.
pub fn next(turn: &mut Turn, case: &mut Case) -> &'static str {
    if has_next(turn, case) {
        answer::let_go(turn, case);
        move_on(turn, case, Step::because(Moved::Next));
        return "next";
    }
    let away_until =
        case.attempt().filter(|a| is_still_away(turn, a.stands_until)).and_then(|a| a.away_until);
    let answer_by = request::next_day(turn, case).unwrap_or_else(|| request::day_in(turn, 0));
    offer::meanwhile(turn, case, away_until, answer_by);
    "next-others"
}

fn is_still_away(turn: &Turn, stands_until: Option<super::record::Timestamp>) -> bool {
    stands_until.is_some_and(|until| until > turn.now)
}

/// WAIT: this advisor has the full week, whoever comes after her.
pub fn wait(turn: &mut Turn, mail: &Inbound, case: &mut Case) -> Result<&'static str, NoEffect> {
    let current = case.current;
    let shorter = !case.ranked.is_empty();
    let attempt = case.attempts.get_mut(current).ok_or(NoEffect::NotNow)?;
    let longer = shorter && !std::mem::replace(&mut attempt.full_week, true);
    turn.put(case);
    let ends = if longer { clock::lengthen(turn, case) } else { None };
    let answer_by = ends.map(|at| request::day_of(turn, at)).or_else(|| request::next_day(turn, case));
    let letter = Letter::WaitNoted {
        name: case.advisee.called().to_owned(),
        advisor: case.mailbox_of(Party::Advisor(current)).called().to_owned(),
        then: still_to_come(turn, case),
        answer_by: answer_by.unwrap_or_else(|| request::day_in(turn, 0)),
    };
    turn.tell_party(case, Party::Advisee, answering(mail), letter);
    Ok("wait")
}
