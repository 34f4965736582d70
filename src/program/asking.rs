//! A "Request meeting" form: whom it asks, and what stands in the way.

use super::form_kind::several;
use super::form_mail::{self, FormMail, Said, Vouched};
use super::letter::{Letter, Skipped, Unavailable};
use super::offer::{self, Why};
use super::rank;
use super::record::{Case, Outcome, Party, Person, PersonKey, Stage};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{complaint, load, lookup, ranked, request, token, tongue};
use crate::mail::address::{AddrSpec, Mailbox};
use chrono::NaiveDate;
use regex::Regex;
use std::sync::LazyLock;

static BETWEEN_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    // Arabic writes "and" onto the name.
    Regex::new(r"(?i)\s*[,،&/]\s*(?:(?:and|or|then|et|ou|puis|أو|ثم|و)\s+)?|\s+(?:and|or|then|et|ou|puis|أو|ثم|و)\s+|\s+و")
        .expect("a pattern")
});

/// Decides a request that is whole and may be made.
pub fn requested(turn: &mut Turn, sent: &FormMail) -> Verdict {
    let advisee = sent.named();
    remember_advisee(turn, &advisee, sent);
    let wanted = wanted(turn, sent.form.get("Advisor").unwrap_or_default());
    let found = wanted.first().and_then(|first| first.found.clone());
    let only = found.as_ref().filter(|_| wanted.len() == 1);
    let apart = only.and_then(|p| complaint::paused_between(turn, &advisee.address, &p.address));
    if let Some(case) = apart {
        return still_apart(turn, sent, case);
    }
    if let Some(open) = found.as_ref().and_then(|p| open_case(turn, &advisee, p)) {
        return already_open(turn, sent, &open);
    }
    let mut case = new_case(turn, sent, advisee);
    case.also_wanted = wanted.iter().skip(1).filter_map(|w| w.found.as_ref()).map(PersonKey::from).collect();
    let mut list = ranked::read(turn, &case, &wanted);
    if !list.free.is_empty() {
        let advisor = list.free.remove(0);
        case.ranked = list.free.iter().map(PersonKey::from).collect();
        ask(turn, sent, &mut case, &advisor, list.skipped);
        return Verdict::new(What::Done("request"), Some(case.reference));
    }
    match found.as_ref().and_then(|p| Some((p, obstacle(turn, &case, p)?))) {
        Some((advisor, why)) => {
            let away_until = advisor.advisor.as_ref().and_then(|a| a.away_until);
            let away_until = away_until.filter(|_| why == Unavailable::Away);
            let wanted = advisor.name.clone();
            offer::others(turn, &mut case, Why::CannotAsk { wanted, why, away_until, meant: None });
        }
        None => {
            let first = wanted.into_iter().next().map_or_else(String::new, |first| first.written);
            unknown(turn, &mut case, first);
        }
    }
    Verdict::new(What::Done("request"), Some(case.reference))
}

/// A name in a request, and who has it.
pub struct Wanted {
    pub written: String,
    pub found: Option<Person>,
}

impl Wanted {
    fn of(turn: &Turn, written: &str) -> Self {
        Self { written: written.to_owned(), found: find(turn, written) }
    }
}

/// The names in the field: one a line or `;`. People also write `1. Amina Haddad`, and
/// `Amina Haddad, Karim Nasr or Nour Saad`, which `Haddad, Amina` is not.
fn wanted(turn: &Turn, field: &str) -> Vec<Wanted> {
    let apart = |entry: String| {
        let entry = without_number(&entry);
        let whole = Wanted::of(turn, entry);
        let parts: Vec<&str> = BETWEEN_NAMES.split(entry).map(without_number).collect();
        if whole.found.is_some() || parts.len() == 1 {
            return vec![whole];
        }
        let mut parts: Vec<Wanted> = parts.into_iter().map(|part| Wanted::of(turn, part)).collect();
        if parts.iter().all(|part| part.found.is_none()) {
            return vec![whole];
        }
        parts.retain(|part| !part.written.is_empty());
        parts
    };
    several(field).into_iter().flat_map(apart).collect()
}

/// `1. Amina Haddad`, `2) Karim Nasr`
fn without_number(entry: &str) -> &str {
    let bare = entry.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = bare.len() < entry.len() && bare.starts_with(['.', ')', ':', ' ', '-']);
    let name = if numbered { bare.trim_start_matches(['.', ')', ':', '-', ' ']) } else { entry };
    name.trim()
}

fn remember_advisee(turn: &mut Turn, advisee: &Mailbox, sent: &FormMail) {
    let known = turn.person_called(advisee);
    let mut person = known.unwrap_or_else(|| Person::new(advisee, turn.now));
    if let Some(institution) = sent.form.get("Institution") {
        person.institution = Some(institution.to_owned());
    }
    if let Some(tag) = sent.form.get("Language").and_then(|named| tongue::meant(turn.rules, named)) {
        person.language = Some(tag);
    }
    turn.put(&person);
}

/// Somebody by address or by name, whether free or not.
pub fn find(turn: &Turn, wanted: &str) -> Option<Person> {
    if let Some(address) = address_in(wanted) {
        let name = wanted.split('<').next().unwrap_or_default().trim();
        return turn.person_called(&Mailbox::new(name, address)).filter(|p| p.advisor.is_some());
    }
    let mut same = lookup::named(turn, wanted);
    same.pop().filter(|_| same.is_empty())
}

/// `Amina Haddad <amina@campus.example>` and the bare address.
pub fn address_in(text: &str) -> Option<AddrSpec> {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text, |(a, _)| a);
    AddrSpec::parse(inner).ok()
}

pub fn open_case(turn: &Turn, advisee: &Mailbox, advisor: &Person) -> Option<Case> {
    let load = load::rows_of(advisor);
    let references = lookup::with_advisee(turn, &advisee.address);
    let hers = references.iter().filter(|r| turn.is_marked(&format!("{load}{r}")));
    let mut cases = hers.filter_map(|r| turn.read::<Case>(&r.0));
    let shared = turn.people_at(&advisee.address).len() > 1;
    let same_name = |c: &Case| !shared || rank::is_same_name(c.advisee.called(), advisee.called());
    cases.find(|c| turn.is_same_person(&c.advisee.address, &advisee.address) && same_name(c))
}

fn already_open(turn: &mut Turn, sent: &FormMail, case: &Case) -> Verdict {
    let advisor = case.mailbox_of(Party::Advisor(case.current)).called().to_owned();
    let letter = Letter::AlreadyOpen { name: case.advisee.called().to_owned(), advisor, since: case.opened };
    turn.tell_party(case, Party::Advisee, sent.answers.clone(), letter);
    Verdict::new(What::Done("already-open"), Some(case.reference.clone()))
}

/// A report stands between the two: no new request joins them meanwhile.
fn still_apart(turn: &mut Turn, sent: &FormMail, mut case: Case) -> Verdict {
    if let Some(party) = turn.party_of(&case, &sent.from.address) {
        complaint::say_paused(turn, &mut case, party, sent.answers.clone(), true);
    }
    Verdict::new(What::Done("paused"), Some(case.reference))
}

fn new_case(turn: &mut Turn, sent: &FormMail, advisee: Mailbox) -> Case {
    let form = &sent.form;
    let institution = form.get("Institution").map(str::to_owned);
    let known = turn.person_called(&advisee).and_then(|p| p.institution);
    turn.count(super::record::Counted::Requests);
    Case {
        reference: turn.new_reference(),
        advisee,
        institution: institution.or(known),
        issue: token::without_tokens(form.get("Issue").unwrap_or_default()),
        preferred_times: form.get("Preferred times").map(str::to_owned),
        other_fields: form_mail::said_back(form).not_understood,
        opened: turn.now,
        stage: Stage::Choosing,
        attempts: Vec::new(),
        current: 0,
        also_wanted: Vec::new(),
        ranked: Vec::new(),
        offered: Vec::new(),
        asked_by: sent.answers.as_ref().map(|a| a.message_id.clone()),
        told: false,
        suggested: false,
        questions: 0,
        claimed: sent.vouched == Vouched::ByRelay,
        paused: None,
    }
}

pub fn obstacle(turn: &Turn, case: &Case, advisor: &Person) -> Option<Unavailable> {
    if turn.person_called(&case.advisee).is_some_and(|p| PersonKey::from(&p) == PersonKey::from(advisor)) {
        return Some(Unavailable::Oneself);
    }
    if complaint::is_between(turn, &advisor.address, &case.advisee.address) {
        return Some(Unavailable::Paused);
    }
    offer::hindrance(turn, advisor)
}

fn ask(turn: &mut Turn, sent: &FormMail, case: &mut Case, advisor: &Person, skipped: Vec<Skipped>) {
    request::ask(turn, case, advisor);
    let Said { understood, not_understood } = form_mail::said_back(&sent.form);
    let (answer_by, closure) = request::promise(turn, case);
    let receipt = Letter::RequestReceipt {
        name: case.advisee.called().to_owned(),
        advisor: advisor.name.clone(),
        address: request::shown(turn, &advisor.mailbox()),
        issue: case.issue.clone(),
        understood,
        not_understood,
        answer_by,
        closure,
        then: ranked::still_to_come(turn, case),
        skipped,
    };
    turn.tell_party(case, Party::Advisee, sent.answers.clone(), receipt);
}

/// Nobody of that name: somebody of nearly that name comes first among the alternatives.
fn unknown(turn: &mut Turn, case: &mut Case, wanted: String) {
    let roster = offer::advisors(turn);
    let near = nearly(turn, case, &wanted, &roster);
    if let Some(person) = &near {
        case.also_wanted.insert(0, PersonKey::from(person));
    }
    let others = offer::alternatives_among(turn, case, roster);
    let first = others.first().map(|(key, _)| key);
    let is_first = near.as_ref().is_some_and(|p| Some(&PersonKey::from(p)) == first);
    let why = match near.as_ref().and_then(|p| not_now(turn, p)) {
        _ if is_first => Why::CannotAsk { wanted, why: Unavailable::NearMiss, away_until: None, meant: None },
        Some((why, away_until)) => Why::CannotAsk { wanted, why, away_until, meant: near.map(|p| p.name) },
        None => Why::CannotAsk { wanted, why: Unavailable::Unknown, away_until: None, meant: None },
    };
    offer::these(turn, case, why, others);
}

/// Somebody else on the roster who has nearly this name.
pub fn nearly(turn: &Turn, case: &Case, wanted: &str, roster: &[Person]) -> Option<Person> {
    let listed: Vec<&Person> = roster.iter().filter(|p| !offer::is_off_the_roster(p)).collect();
    let names: Vec<&str> = listed.iter().map(|p| p.name.as_str()).collect();
    let near = rank::nearest_names(wanted, &names).map(|n| listed[n])?;
    let oneself = turn.person_called(&case.advisee).map(|p| PersonKey::from(&p));
    (Some(PersonKey::from(near)) != oneself).then(|| near.clone())
}

/// Away, until when if she has said so, or full.
pub fn not_now(turn: &Turn, person: &Person) -> Option<(Unavailable, Option<NaiveDate>)> {
    let why = offer::hindrance(turn, person)?;
    let away_until = person.advisor.as_ref().and_then(|a| a.away_until);
    Some((why, away_until.filter(|_| why == Unavailable::Away)))
}

/// A case in which these two have agreed to meet, for a confirmation that names them.
pub fn accepted_between(turn: &Turn, advisor: &Person, advisee: &str) -> Option<Case> {
    let references = turn.marked(&load::rows_of(advisor));
    let cases = references.iter().filter_map(|r| turn.read::<Case>(r));
    let is_hers = |case: &Case| {
        let agreed = case.attempt().is_some_and(|a| a.outcome == Outcome::Accepted);
        let by_address = address_in(advisee).is_some_and(|a| turn.is_same_person(&a, &case.advisee.address));
        agreed && (by_address || rank::is_same_name(advisee, case.advisee.called()))
    };
    cases.into_iter().find(is_hers)
}
