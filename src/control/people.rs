//! `people find`: who is known, on the roster or not.

use super::office::Look;
use super::{Said, table};
use crate::explain::phrases::cut;
use crate::mail::fold::letters;
use crate::program::record::{Alias, Listed, Person, Record, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// So many are shown; `--json` has this many times more.
const SHOWN: usize = 50;
const TOLD: usize = SHOWN * 100;

/// Those in whose name, addresses, institution or areas this text stands, by name.
pub fn said(look: &Look, text: &str) -> Said {
    let also = second_addresses(look);
    let wanted = letters(text.trim());
    let mut found: Vec<(Person, Vec<String>)> = Person::all_stored(look.view, "")
        .into_iter()
        .map(|person| {
            let others = also.get(&person.address.key()).cloned().unwrap_or_default();
            (person, others)
        })
        .filter(|(person, others)| has(person, others, &wanted))
        .collect();
    found.sort_by_cached_key(|(person, _)| (letters(&person.name), person.address.key(), person.nth));
    let json = json!({
        "people": found.iter().take(TOLD).map(|(person, also)| of(look, person, also)).collect::<Vec<Value>>(),
        "count": found.len(),
    });
    if found.is_empty() {
        return Said::well(format!("Nobody is known in whom \"{}\" stands.\n", cut(text, SHOWN)), json);
    }
    let rows: Vec<Vec<String>> = found.iter().take(SHOWN).map(|(person, _)| row(person, look.now)).collect();
    let mut page =
        table::lines(&["NAME", "ADDRESS", "INSTITUTION", "ROSTER", "AREAS"], &rows).join("\n") + "\n";
    if found.len() > SHOWN {
        page += &format!("and {} more: write more of the text, or --json\n", found.len() - SHOWN);
    }
    Said::well(page, json)
}

fn second_addresses(look: &Look) -> BTreeMap<String, Vec<String>> {
    let mut also: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for alias in Alias::all_stored(look.view, "") {
        also.entry(alias.of.key()).or_default().push(alias.address.to_string());
    }
    also
}

fn has(person: &Person, others: &[String], wanted: &str) -> bool {
    let areas = person.advisor.iter().flat_map(|advisor| &advisor.areas);
    let address = person.address.to_string();
    let texts = [&person.name, &address].into_iter().chain(&person.institution).chain(others).chain(areas);
    texts.into_iter().any(|text| letters(text).contains(wanted))
}

/// How they stand on the roster, in a word or two.
fn roster(person: &Person, now: Timestamp) -> String {
    let Some(advisor) = &person.advisor else { return "-".to_owned() };
    let today = now.date_naive();
    match (advisor.listed, advisor.away_until.filter(|until| *until >= today)) {
        (Listed::Removed, _) => "has left".to_owned(),
        (Listed::Unreachable, _) => "not reached".to_owned(),
        (Listed::Yes, _) if advisor.away_until_back => "away until BACK".to_owned(),
        (Listed::Yes, Some(until)) => format!("away until {until}"),
        (Listed::Yes, None) => "listed".to_owned(),
    }
}

fn row(person: &Person, now: Timestamp) -> Vec<String> {
    let areas = person.advisor.as_ref().map(|advisor| advisor.areas.join("; ")).unwrap_or_default();
    let address = person.address.to_string();
    let institution = person.institution.as_deref().unwrap_or("-");
    let cells = [person.name.as_str(), &address, institution, &roster(person, now), &areas];
    cells.map(|cell| cut(cell, SHOWN)).to_vec()
}

fn of(look: &Look, person: &Person, also: &[String]) -> Value {
    let advisor = person.advisor.as_ref();
    json!({
        "name": person.name, "address": person.address, "also": also, "institution": person.institution,
        "roster": advisor.map(|_| roster(person, look.now)), "areas": advisor.map(|advisor| &advisor.areas),
        "languages": advisor.map(|advisor| &advisor.languages), "language": person.language,
        "time_zone": person.zone, "since": look.local(person.since),
    })
}
