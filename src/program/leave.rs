//! Away, back, off the roster: what an advisor says about being asked.

use super::absence;
use super::command;
use super::date::{self, Reading};
use super::dealings;
use super::letter::{Answered, ExceptionKind, Letter, Thread, UntilWhen};
use super::offer::{self, Why};
use super::oneself::{self, Speaker};
use super::record::{Case, Listed, Outcome, Owner, Person, PersonKey, Stage};
use super::request::conclude;
use super::roster;
use super::staff;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;
use chrono::{Datelike, Days, NaiveDate};

/// What a text says about the last day of an absence.
pub enum LastDay {
    Day(NaiveDate),
    Not(UntilWhen),
}

// ---- away

/// `AWAY UNTIL date`, and `AWAY` alone.
pub fn away(turn: &mut Turn, speaker: &Speaker, date: Option<&str>) -> &'static str {
    let Some(person) = on_roster(turn, speaker) else { return not_on_roster(turn, speaker, "AWAY") };
    till(turn, &person, speaker.answers(), date)
}

fn till(turn: &mut Turn, person: &Person, answers: Option<Answered>, date: Option<&str>) -> &'static str {
    match last_day(turn, person, date.unwrap_or_default()) {
        LastDay::Day(until) => {
            let requests = waiting(turn, person);
            go_away(turn, person, until);
            let letter = Letter::AwayNoted { name: person.name.clone(), until, requests };
            turn.tell(&person.mailbox(), answers, letter);
            "away"
        }
        LastDay::Not(why) => {
            ask_until_when(turn, person, answers, date, why);
            "away-until-when"
        }
    }
}

/// The names of those whose requests wait for her answer.
fn waiting(turn: &Turn, advisor: &Person) -> Vec<String> {
    let cases = dealings::as_advisor(turn, advisor).into_iter().filter(|c| c.stage == Stage::Asked);
    cases.map(|case| case.advisee.called().to_owned()).collect()
}

/// A day in the writer's own calendar; one without a year lies ahead.
pub fn last_day(turn: &Turn, person: &Person, text: &str) -> LastDay {
    let today = turn.today_of(person);
    if text.trim().is_empty() {
        return LastDay::Not(UntilWhen::NotSaid);
    }
    // What lies nearest to the middle of the coming year lies in the coming year.
    match date::read(text, today + Days::new(182)) {
        Reading::One(day) if day >= today && day.year() <= today.year() + 5 => LastDay::Day(day),
        Reading::One(day) if day < today => LastDay::Not(UntilWhen::Past),
        Reading::One(_) | Reading::None => LastDay::Not(UntilWhen::NoDate),
        Reading::Several => LastDay::Not(UntilWhen::TwoReadings),
    }
}

/// Nobody asks her until then; those who wait for her hear of it.
pub fn go_away(turn: &mut Turn, person: &Person, until: NaiveDate) {
    let mut person = person.clone();
    if let Some(advisor) = person.advisor.as_mut() {
        advisor.away_until = Some(until);
        advisor.listed = Listed::Yes;
    }
    turn.put(&person);
    absence::away_until(turn, &PersonKey::from(&person), until);
}

/// The question, by which a reply with nothing but a date is understood.
pub fn ask_until_when(
    turn: &mut Turn,
    person: &Person,
    answers: Option<Answered>,
    said: Option<&str>,
    why: UntilWhen,
) {
    let reference = turn.new_reference();
    let token = turn.token(&reference, &Owner::Away(PersonKey::from(person)));
    let thread = Thread { reference, token: Some(token) };
    let letter = Letter::AwayUntilWhen { name: person.name.clone(), said: said.map(str::to_owned), why };
    turn.tell_with(&person.mailbox(), thread, answers, letter);
}

/// A reply to that question: a date, or another word about oneself.
pub fn answered(turn: &mut Turn, mail: &Inbound, from: &Mailbox, asked: &PersonKey) -> Verdict {
    let Some(asked) = turn.person(asked).filter(|p| p.address == from.address) else {
        return Verdict::new(What::NotForUs, None);
    };
    let who = asked.mailbox();
    let speaker = Speaker { mail, who: &who, within: None };
    let done = |word| Verdict::new(What::Done(word), None);
    let said = command::read(&mail.new_text, None, &turn.rules.words);
    if let Some(word) = said.and_then(|said| oneself::said(turn, &speaker, &said)) {
        return done(word);
    }
    let text = command::without_automatic_signature(&mail.new_text);
    if text.is_empty() || command::is_mere_thanks(&text) {
        return done("thanks");
    }
    let line = text.lines().map(str::trim).find(|line| line.chars().any(char::is_numeric));
    let line = line.or(text.lines().next()).map(str::to_owned);
    done(away(turn, &speaker, line.as_deref()))
}

// ---- back

/// `BACK`: from now on she is asked again.
pub fn back(turn: &mut Turn, speaker: &Speaker) -> &'static str {
    let Some(mut person) = on_roster(turn, speaker) else { return not_on_roster(turn, speaker, "BACK") };
    let Some(advisor) = person.advisor.as_mut() else { return "back" };
    let was_off = std::mem::replace(&mut advisor.listed, Listed::Yes) != Listed::Yes;
    roster::list(turn, &person);
    let was_away = absence::back(turn, &PersonKey::from(&person)) || was_off;
    let letter = Letter::BackNoted { name: person.name.clone(), was_away };
    turn.tell(&person.mailbox(), speaker.answers(), letter);
    "back"
}

// ---- off the roster

/// `REMOVE`: at once. Who waits for her answer is offered others.
pub fn remove(turn: &mut Turn, speaker: &Speaker) -> &'static str {
    let Some(person) = on_roster(turn, speaker) else {
        return not_on_roster(turn, speaker, "REMOVE");
    };
    let left = take_off(turn, &person);
    tell_removed(turn, &person, speaker.answers(), left, false);
    "remove"
}

/// Whom somebody leaves behind who leaves the roster.
pub struct Left {
    /// Whose requests go back to them.
    handed_back: Vec<String>,
    /// With whom a meeting is agreed.
    agreed: Vec<String>,
}

/// Off the roster at once, by her own word or the staff's: whoever waits for her answer is
/// offered others, and the staff see with whom she has agreed to meet.
pub fn take_off(turn: &mut Turn, person: &Person) -> Left {
    let mut person = person.clone();
    if let Some(advisor) = person.advisor.as_mut() {
        advisor.listed = Listed::Removed;
        advisor.away_until = None;
    }
    turn.put(&person);
    let cases: Vec<Case> = dealings::as_advisor(turn, &person);
    let (agreed, undecided): (Vec<Case>, Vec<Case>) =
        cases.into_iter().filter(|c| c.paused.is_none()).partition(|c| c.stage == Stage::Accepted);
    let names = |cases: &[Case]| cases.iter().map(|c| c.advisee.called().to_owned()).collect::<Vec<_>>();
    let left = Left { handed_back: names(&undecided), agreed: names(&agreed) };
    for mut case in undecided {
        hand_back(turn, &mut case);
    }
    if !left.agreed.is_empty() {
        let about = left.agreed.join(", ");
        staff::note_exception(turn, ExceptionKind::AdvisorLeft, &person.name, &about, None);
    }
    left
}

/// What she reads of it.
pub fn tell_removed(turn: &mut Turn, person: &Person, answers: Option<Answered>, left: Left, by_staff: bool) {
    let Left { handed_back, agreed } = left;
    let letter = Letter::RemovedNoted { name: person.name.clone(), handed_back, agreed, by_staff };
    turn.tell(&person.mailbox(), answers, letter);
}

/// The request goes back to the advisee, with others to choose from.
pub fn hand_back(turn: &mut Turn, case: &mut Case) {
    conclude(case, case.current, Outcome::Withdrawn);
    offer::others(turn, case, Why::Left);
}

// ---- who is on it

/// The writer's entry, if she is on the roster, away or not; one whose mail came back has
/// written, and so is reached again.
fn on_roster(turn: &Turn, speaker: &Speaker) -> Option<Person> {
    speaker.person(turn).filter(Person::is_on_roster)
}

/// Somebody whom these words are not for.
fn not_on_roster(turn: &mut Turn, speaker: &Speaker, word: &str) -> &'static str {
    let was = speaker.person(turn).is_some_and(|p| p.advisor.is_some());
    let letter = Letter::NotOnRoster { name: speaker.name(turn), word: word.to_owned(), was };
    speaker.tell(turn, letter);
    "not-on-roster"
}
