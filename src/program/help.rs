//! HELP: what its writer can do now, and nothing else.

use super::arranging;
use super::case_reply::reader;
use super::choice;
use super::letter::{CaseWord, Dealing, Letter, OnRoster};
use super::offer;
use super::oneself::Speaker;
use super::record::{Case, Listed, Outcome, Party, Person, Stage};
use super::room_mail;
use super::tongue;
use super::turn::Turn;

/// Answers HELP, in a case with that case's words first.
pub fn asked(turn: &mut Turn, speaker: &Speaker) -> &'static str {
    let person = speaker.person(turn);
    let letter = |turn: &Turn, case, choices, words| Letter::Help {
        name: speaker.name(turn),
        case,
        choices,
        words,
        roster: standing(turn, person.as_ref()),
        known: speaker.is_known(turn),
        staff: turn.is_staff(&speaker.who.address),
        room: turn
            .rules
            .room
            .as_ref()
            .filter(|_| room_mail::may_book(turn, speaker.who))
            .map(|r| r.name.clone()),
        languages: tongue::offered(turn.rules),
    };
    match speaker.within {
        Some((case, party)) => {
            let dealing = Dealing { reference: case.reference.clone(), other: other(case, party) };
            let mut words = words(case, party);
            let may_have_room = turn.rules.room.is_some() && arranging::may_arrange(case, party);
            words.extend(may_have_room.then_some(CaseWord::Room));
            let letter = letter(turn, Some(dealing), choices(turn, case, party), words);
            turn.tell_party(case, party, speaker.answers(), letter);
        }
        None => {
            let letter = letter(turn, None, Vec::new(), Vec::new());
            speaker.tell(turn, letter);
        }
    }
    "help"
}

/// Who reads the writer's words, if anybody of the other side does.
fn other(case: &Case, party: Party) -> Option<String> {
    reader(case, party).map(|p| case.mailbox_of(p).called().to_owned())
}

/// Where somebody stands with the roster.
pub fn standing(turn: &Turn, person: Option<&Person>) -> OnRoster {
    let Some((person, advisor)) = person.and_then(|p| Some((p, p.advisor.as_ref()?))) else {
        return OnRoster::Never;
    };
    let today = turn.today_of(person);
    match advisor.listed {
        Listed::Removed => OnRoster::Left,
        Listed::Unreachable => OnRoster::Unreachable,
        Listed::Yes if advisor.away_until_back => OnRoster::Away,
        Listed::Yes if advisor.away_until.is_some_and(|until| until >= today) => OnRoster::Away,
        Listed::Yes => OnRoster::Listed,
    }
}

/// The names behind the numbers that work now.
fn choices(turn: &Turn, case: &Case, party: Party) -> Vec<super::letter::Choice> {
    let numbers_work = party == Party::Advisee && case.paused.is_none() && choice::is_possible(case);
    let offered = case.offered.iter().filter(|_| numbers_work);
    let named = offered.map(|address| turn.person(address)).enumerate();
    let free = named.filter_map(|(n, p)| Some((n, p.filter(|p| offer::hindrance(turn, p).is_none())?)));
    free.map(|(n, p)| super::letter::Choice { number: n + 1, name: p.name }).collect()
}

/// The words of a case that do something now for this side of it.
fn words(case: &Case, party: Party) -> Vec<CaseWord> {
    use CaseWord::*;
    if case.paused.is_some() {
        return Vec::new();
    }
    match (party, case.stage) {
        (Party::Advisor(n), stage) => advisors_words(case, n, stage),
        (Party::Advisee, Stage::Asked) if !case.ranked.is_empty() => vec![Next, Wait, Heard, Cancel],
        (Party::Advisee, Stage::Asked) => vec![Heard, Cancel],
        (Party::Advisee, Stage::InContact) => vec![Settled, NotYet, Another, Cancel],
        (Party::Advisee, Stage::Choosing | Stage::WithStaff) => {
            let asked = case.attempt().is_some();
            asked.then_some(Heard).into_iter().chain([Cancel]).collect()
        }
        (Party::Advisee, Stage::Accepted) => vec![Held, StillGoing, NotHeld, Cancel],
        (Party::Advisee, Stage::Unconfirmed) => vec![Held, StillGoing, NotHeld],
        (Party::Advisee, Stage::Held | Stage::NotHeld | Stage::Cancelled | Stage::Ended) => Vec::new(),
    }
}

fn advisors_words(case: &Case, n: usize, stage: Stage) -> Vec<CaseWord> {
    use CaseWord::*;
    let current = n == case.current;
    let said_no = case.attempts.get(n).is_some_and(|a| a.outcome == Outcome::Declined);
    match stage {
        Stage::Asked if current => vec![Accept, Decline, DeclineAway, DeclineTry, Ask, Written],
        Stage::InContact if current => vec![Accept, NotYet, Decline],
        Stage::Accepted if current => vec![Held, StillGoing, NotHeld, Decline],
        Stage::Unconfirmed if current => vec![Held, StillGoing, NotHeld],
        Stage::Choosing | Stage::WithStaff | Stage::Ended if !said_no => vec![Accept],
        _ => Vec::new(),
    }
}
