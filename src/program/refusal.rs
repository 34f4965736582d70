//! What an advisor says together with a no: until when she is away, and who to try instead.

use super::answer;
use super::asking;
use super::command::{Also, Command};
use super::complaint;
use super::leave::{self, LastDay};
use super::letter::{ExceptionKind, Letter, Suggestion, Tried, UntilWhen};
use super::offer::{self, Why};
use super::rank;
use super::record::{Case, Listed, Party, Person, PersonKey, Stage};
use super::request;
use super::staff;
use super::turn::{Turn, answering};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;
use chrono::NaiveDate;

/// What came of the second word, for the advisor's receipt.
#[derive(Default)]
pub struct Besides {
    /// Whom she named.
    pub suggestion: Option<Suggestion>,
    pub away_until: Option<NaiveDate>,
    /// A date that has to be asked for again, as she wrote it.
    unclear: Option<(String, UntilWhen)>,
}

impl Besides {
    /// The name of the advisor who now comes first among the alternatives.
    pub fn first(&self) -> Option<String> {
        let first = self.suggestion.as_ref().filter(|s| s.tried == Tried::First);
        first.map(|s| s.name.clone())
    }
}

/// `DECLINE`, with all that is said in the same breath.
pub fn declined(turn: &mut Turn, case: &mut Case, n: usize, said: &Command, note: Option<String>) {
    let besides = besides(turn, case, n, said.also.as_ref());
    let advisor = case.mailbox_of(Party::Advisor(n)).clone();
    answer::decline_with(turn, case, n, own_words(said, note), &besides);
    be_away(turn, &advisor, &besides);
}

/// The same words once the refusal changes nothing any more: what they add still holds.
pub fn added(turn: &mut Turn, mail: &Inbound, case: &mut Case, n: usize, said: &Command) -> bool {
    let besides = besides(turn, case, n, said.also.as_ref());
    let advisor = case.mailbox_of(Party::Advisor(n)).clone();
    if besides.suggestion.is_none() && besides.away_until.is_none() {
        be_away(turn, &advisor, &besides);
        return besides.unclear.is_some();
    }
    if let Some(name) = besides.first().filter(|_| case.stage == Stage::Choosing) {
        offer::others(turn, case, Why::Declined { note: None, suggested: Some(name) });
    }
    if besides.first().is_some() && case.stage == Stage::Asked {
        let answer_by = request::next_day(turn, case).unwrap_or_else(|| request::day_in(turn, 0));
        let away_until = case.attempt().and_then(|a| a.away_until);
        offer::meanwhile(turn, case, away_until, answer_by);
    }
    let letter = answer::decline_receipt(case, n, &besides);
    turn.tell_party(case, Party::Advisor(n), answering(mail), letter);
    be_away(turn, &advisor, &besides);
    true
}

/// The note without the second word, which is not meant for the advisee.
fn own_words(said: &Command, note: Option<String>) -> Option<String> {
    let Some(Also::Try(second) | Also::AwayUntil(second)) = &said.also else { return note };
    let note = note?;
    let rest = note.split_once(second.as_str()).map_or(note.as_str(), |(_, rest)| rest);
    let own = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(').trim();
    (!own.is_empty()).then(|| own.to_owned())
}

fn besides(turn: &mut Turn, case: &mut Case, n: usize, also: Option<&Also>) -> Besides {
    let advisor = case.mailbox_of(Party::Advisor(n)).clone();
    match also {
        None => Besides::default(),
        Some(Also::Try(name)) => {
            Besides { suggestion: Some(suggested(turn, case, &advisor, name)), ..Besides::default() }
        }
        Some(Also::AwayUntil(date)) => away(turn, &advisor, date),
    }
}

// ---- away

fn away(turn: &Turn, advisor: &Mailbox, date: &str) -> Besides {
    match turn.person_called(advisor).map(|person| leave::last_day(turn, &person, date)) {
        None => Besides::default(),
        Some(LastDay::Day(until)) => Besides { away_until: Some(until), ..Besides::default() },
        Some(LastDay::Not(why)) => Besides { unclear: Some((date.to_owned(), why)), ..Besides::default() },
    }
}

fn be_away(turn: &mut Turn, advisor: &Mailbox, besides: &Besides) {
    let Some(person) = turn.person_called(advisor).filter(|p| p.advisor.is_some()) else { return };
    if let Some(until) = besides.away_until {
        leave::go_away(turn, &person, until);
    }
    if let Some((said, why)) = &besides.unclear {
        leave::ask_until_when(turn, &person, None, Some(said), *why);
    }
}

// ---- somebody else

/// Whom she means, and what became of it.
fn suggested(turn: &mut Turn, case: &mut Case, advisor: &Mailbox, text: &str) -> Suggestion {
    let address = address_in(text);
    let person = match &address {
        Some(address) => turn.person(address),
        None => known_as(turn, text),
    };
    let name = person.as_ref().map_or_else(|| text.to_owned(), |p| p.name.clone());
    let tried = match (person, address) {
        (Some(person), _) => try_person(turn, case, advisor, &person),
        (None, Some(address)) => invite(turn, advisor, &Mailbox::bare(address)),
        (None, None) => {
            staff::note_exception(turn, ExceptionKind::UnknownAdvisor, advisor.called(), text, None);
            Tried::Unknown
        }
    };
    Suggestion { name, tried }
}

/// `Karim Nasr <karim@auc.example>`, or the address alone, with whatever stands around it.
fn address_in(text: &str) -> Option<AddrSpec> {
    let around = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';');
    text.split(around).filter(|word| word.contains('@')).find_map(|word| AddrSpec::parse(word).ok())
}

/// Somebody of that name, on the roster first; a first name is enough if only one has it.
fn known_as(turn: &Turn, name: &str) -> Option<Person> {
    let named = |mut people: Vec<Person>| {
        let names: Vec<&str> = people.iter().map(|p| p.name.as_str()).collect();
        rank::nearest_names(name, &names).map(|n| people.swap_remove(n))
    };
    let on_roster = || named(offer::advisors(turn));
    asking::find(turn, name).or_else(on_roster).or_else(|| named(turn.all("")))
}

fn try_person(turn: &mut Turn, case: &mut Case, advisor: &Mailbox, person: &Person) -> Tried {
    let address = &person.address;
    if *address == case.advisee.address {
        return Tried::Advisee;
    }
    if case.has_asked(person) {
        return Tried::Asked;
    }
    if offer::is_off_the_roster(person) {
        let unreachable = person.advisor.as_ref().is_some_and(|a| a.listed == Listed::Unreachable);
        return if unreachable { Tried::NotFree } else { invite(turn, advisor, &person.mailbox()) };
    }
    if offer::hindrance(turn, person).is_some() || complaint::is_between(turn, address, &case.advisee.address)
    {
        return Tried::NotFree;
    }
    let wanted = PersonKey::from(person);
    case.also_wanted.retain(|other| *other != wanted);
    case.also_wanted.insert(0, wanted);
    Tried::First
}

/// Asks somebody to sign up, once, without a word of the request.
fn invite(turn: &mut Turn, by: &Mailbox, whom: &Mailbox) -> Tried {
    let key = format!("invited/{}", whom.address.key());
    let before = !turn.marked(&key).is_empty();
    if before || whom.address == turn.rules.address || whom.address == by.address {
        return Tried::InvitedBefore;
    }
    turn.mark(key);
    let letter = Letter::Invitation { name: whom.name.clone(), by: by.called().to_owned() };
    turn.tell(whom, None, letter);
    Tried::Invited
}
