//! The roster: who advises, and who may see them.

use super::form_kind::{Kind, several};
use super::form_mail::{self, FormMail, Said, Vouched};
use super::letter::{Answered, ExceptionKind, Letter, RosterEntry, WithStaff};
use super::lookup;
use super::offer::{self, Free};
use super::rank;
use super::record::{Advisor, Counted, Hold, Listed, Person, Record};
use super::shared_address;
use super::staff::{self, Held};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::which_of;
use super::words;
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::form::Form;
use crate::mail::inbound::Inbound;
use chrono_tz::Tz;

/// One to five, as people write them.
const NUMBERS: [&[&str]; 5] = [
    &["one", "un", "une", "واحد", "واحده"],
    &["two", "deux", "اثنان", "اثنين", "طلبان", "طلبين"],
    &["three", "trois", "ثلاثه", "ثلاث"],
    &["four", "quatre", "اربعه", "اربع"],
    &["five", "cinq", "خمسه", "خمس"],
];

/// How many advisors one letter lists.
const SHOWN: usize = 30;

// ---- signing up

/// A sign-up that is whole, from a member institution.
pub fn signed_up(turn: &mut Turn, sent: &FormMail) -> Verdict {
    let entries = shared_address::entries(turn, &sent.from.address);
    let name = sent.form.get("Name").unwrap_or_default();
    match entries.iter().find(|p| rank::is_same_name(name, &p.name)) {
        Some(entry) => update(turn, sent, entry.clone()),
        // Departmental addresses are shared: a colleague's entry is not overwritten.
        None if !entries.is_empty() => shared_address::ask(turn, sent),
        None => {
            let known = turn.person(&sent.from.address);
            enter(turn, sent, known, 0)
        }
    }
}

/// A new entry: of whoever is `known` at the address, or of the nth person there.
pub fn enter(turn: &mut Turn, sent: &FormMail, known: Option<Person>, nth: u32) -> Verdict {
    let (from, form) = (&sent.from, &sent.form);
    let mut person = Person {
        nth,
        language: known.as_ref().and_then(|p| p.language.clone()),
        advisor: Some(Advisor::listed()),
        approved: known.as_ref().and_then(|p| p.approved),
        ..Person::new(from, known.as_ref().map_or(turn.now, |p| p.since))
    };
    let said = fill_in(&mut person, form);
    list(turn, &person);
    turn.count(Counted::NewAdvisors);
    let letter = Letter::WelcomeAdvisor {
        name: person.name.clone(),
        understood: said.understood,
        not_understood: said.not_understood,
    };
    turn.tell(&person.mailbox(), sent.answers.clone(), letter);
    Verdict::new(What::Done("sign-up"), None)
}

/// Only what is given changes. Whoever writes is reachable again. A member without an entry,
/// or somebody whom the staff have let in, signs up by it.
pub fn updated(turn: &mut Turn, sent: &FormMail) -> Verdict {
    let entries = shared_address::entries(turn, &sent.from.address);
    let called = |who: &Mailbox| entries.iter().find(|p| rank::is_same_name(who.called(), &p.name));
    match called(&sent.named()).or_else(|| called(&sent.from)) {
        Some(person) => update(turn, sent, person.clone()),
        None if entries.len() > 1 => which_of::ask_of_update(turn, sent, &entries),
        None if entries.len() == 1 => update(turn, sent, entries[0].clone()),
        None if turn.is_member(&sent.from.address) || is_let_in(turn, sent) => {
            let form = Form { kind: Kind::SignUp.name().to_owned(), ..sent.form.clone() };
            form_mail::received(turn, &FormMail { form, ..sent.clone() })
        }
        None => {
            form_mail::hold_as(turn, sent, ExceptionKind::SignUpHeld, WithStaff::SignUp);
            Verdict::new(What::Done("held"), None)
        }
    }
}

/// Whether the staff have approved this, or its writer, already: it is not held again.
fn is_let_in(turn: &Turn, sent: &FormMail) -> bool {
    sent.vouched == Vouched::ByStaff || turn.person(&sent.from.address).is_some_and(|p| p.approved.is_some())
}

/// Takes over what a form says into an entry that is there.
pub fn update(turn: &mut Turn, sent: &FormMail, mut person: Person) -> Verdict {
    let before = person.clone();
    let said = fill_in(&mut person, &sent.form);
    let unchanged = person == before;
    let advisor = person.advisor.as_mut();
    let relisted = advisor.is_some_and(|a| std::mem::replace(&mut a.listed, Listed::Yes) != Listed::Yes);
    list(turn, &person);
    let letter = Letter::AdvisorUpdated {
        name: person.name.clone(),
        understood: said.understood,
        not_understood: said.not_understood,
        relisted,
        unchanged,
    };
    turn.tell(&person.mailbox(), sent.answers.clone(), letter);
    Verdict::new(What::Done("update"), None)
}

pub fn list(turn: &mut Turn, person: &Person) {
    turn.put(person);
    turn.mark(format!("advisor/{}", person.key()));
    lookup::note_name(turn, person);
}

/// Takes over what the form says. A known field whose value means nothing to us is said
/// back as not understood and changes nothing.
pub fn fill_in(person: &mut Person, form: &Form) -> Said {
    let said = form_mail::said_back(form);
    let (taken, refused): (Vec<_>, Vec<_>) =
        said.understood.into_iter().partition(|line| fill_in_field(person, &line.label, &line.value));
    Said { understood: taken, not_understood: said.not_understood.into_iter().chain(refused).collect() }
}

fn fill_in_field(person: &mut Person, label: &str, value: &str) -> bool {
    let Some(advisor) = person.advisor.as_mut() else { return false };
    match label {
        "Name" => person.name = value.split_whitespace().collect::<Vec<_>>().join(" "),
        "Institution" => person.institution = Some(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        "Areas" => advisor.areas = several(value),
        "Languages" => advisor.languages = languages(value),
        "About" => advisor.about = Some(value.to_owned()),
        "Time zone" => match zone(value) {
            Some(zone) => person.zone = Some(zone),
            None => return false,
        },
        "Requests at a time" => match count(value) {
            Some(n) => advisor.at_a_time = Some(n),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// `2`, `at most 2`, `two`; nothing is no number here.
fn count(value: &str) -> Option<u32> {
    let folded = words::fold(value);
    let digits = folded.split(|c: char| !c.is_ascii_digit()).find_map(|n| n.parse().ok());
    let word = |word: &str| NUMBERS.iter().position(|names| names.contains(&word)).map(|n| n as u32 + 1);
    digits.or_else(|| folded.split(|c: char| !c.is_alphabetic()).find_map(word)).filter(|n| *n > 0)
}

fn languages(value: &str) -> Vec<String> {
    several(&value.replace([',', '،'], ";"))
}

/// `Asia/Beirut`, `asia/beirut`, and `Beirut` where only one zone has that city.
fn zone(value: &str) -> Option<Tz> {
    let wanted = value.trim().trim_end_matches('.').replace(' ', "_");
    let same = |name: &str| name.eq_ignore_ascii_case(&wanted);
    let exact = chrono_tz::TZ_VARIANTS.iter().find(|z| same(z.name()));
    let city = |z: &&Tz| z.name().rsplit_once('/').is_some_and(|(_, city)| same(city));
    let mut cities = chrono_tz::TZ_VARIANTS.iter().filter(city);
    let only = cities.next().filter(|_| cities.next().is_none());
    exact.or(only).copied()
}

/// The zone whose name, or city, is most like what somebody wrote, if one is like it at all.
pub fn nearest_zone(value: &str) -> Option<&'static str> {
    let last = |text: &str| text.rsplit('/').next().unwrap_or(text).replace('_', " ").to_lowercase();
    let wanted = last(value);
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.contains('/'));
    let best = names.min_by_key(|name| strsim::damerau_levenshtein(&wanted, &last(name)))?;
    let likeness = strsim::damerau_levenshtein(&wanted, &last(best));
    (likeness <= 1 + wanted.chars().count() / 4).then_some(best)
}

// ---- by mail

/// `ROSTER`, or `ROSTER metadata, Arabic`.
pub fn asked(turn: &mut Turn, mail: &Inbound, from: &Mailbox, words: Option<&str>) -> Verdict {
    let known = |p: Person| p.advisor.is_some() || p.approved.is_some();
    if !turn.is_member(&from.address) && !turn.person(&from.address).is_some_and(known) {
        if questions_of(turn, &from.address).iter().any(|hold| hold.words.as_deref() == words) {
            // Asked before: the staff have it once.
            let (name, what) = (from.name.clone(), WithStaff::Roster);
            turn.tell(from, answering(mail), Letter::WithStaff { name, what, understood: Vec::new() });
            return Verdict::new(What::Done("held-before"), None);
        }
        let held = Held::of(mail, ExceptionKind::RosterHeld, WithStaff::Roster);
        staff::hold_with(turn, from, answering(mail), held, words.map(str::to_owned));
        return Verdict::new(What::Done("held"), None);
    }
    show(turn, from, answering(mail), words);
    Verdict::new(What::Done("roster"), None)
}

/// What somebody has asked about the roster and the staff have not decided.
fn questions_of(turn: &Turn, address: &AddrSpec) -> Vec<Hold> {
    let asked = |hold: &Hold| {
        let theirs = hold.from.as_ref().is_some_and(|from| from.address == *address);
        hold.kind == ExceptionKind::RosterHeld && theirs
    };
    staff::waiting_now(turn).into_iter().filter(asked).collect()
}

/// Somebody is let in: what they asked about the roster meanwhile needs no decision any more.
pub fn answer_questions(turn: &mut Turn, from: &Mailbox) {
    for hold in questions_of(turn, &from.address) {
        staff::release(turn, &hold);
        show(turn, from, hold.answers, hold.words.as_deref());
    }
}

/// The advisors who can take a request now, to somebody who may see them.
pub fn show(turn: &mut Turn, to: &Mailbox, answers: Option<Answered>, words: Option<&str>) {
    let free = offer::free(turn, offer::advisors(turn));
    let words = words.map(str::trim).filter(|w| !w.is_empty());
    let found = search(words, &free);
    let more = found.len().saturating_sub(SHOWN);
    let advisors = found.into_iter().take(SHOWN).map(entry).collect();
    turn.tell(to, answers, Letter::Roster { words: words.map(str::to_owned), advisors, more });
}

/// With words: those who match, best first. Without: all, the least busy first.
fn search<'a>(words: Option<&str>, free: &'a [Free]) -> Vec<&'a Person> {
    let candidates: Vec<_> = free
        .iter()
        .map(|free| {
            let mut candidate = offer::candidate(free);
            // Languages are searched like areas, but only here: a request is about its issue.
            let languages = free.person.advisor.iter().flat_map(|a| &a.languages);
            candidate.areas.extend(languages.map(String::as_str));
            candidate
        })
        .collect();
    let ranked = rank::best(words.unwrap_or_default(), &candidates, candidates.len());
    let matching = ranked.into_iter().filter(|r| words.is_none() || r.score > 0.0);
    matching.map(|r| &free[r.index].person).collect()
}

fn entry(person: &Person) -> RosterEntry {
    let advisor = person.advisor.as_ref();
    RosterEntry {
        name: person.name.clone(),
        institution: person.institution.clone().unwrap_or_default(),
        areas: advisor.map(|a| a.areas.clone()).unwrap_or_default(),
        languages: advisor.map(|a| a.languages.clone()).unwrap_or_default(),
        about: advisor.and_then(|a| a.about.clone()),
    }
}
