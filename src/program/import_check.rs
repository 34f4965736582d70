//! What is wrong with a roster that is to be imported: every fault at once, with its line.

use super::form_kind::Kind;
use super::form_mail;
use super::import::{self, Entry};
use super::record::Person;
use super::roster;
use super::rules::Rules;
use crate::mail::address::AddrSpec;
use crate::mail::form::{Field, Form};
use chrono::DateTime;
use std::collections::BTreeMap;
use std::fmt;

/// One row of the file: canonical label → what stands there. Empty cells are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub line: u64,
    pub cells: BTreeMap<String, String>,
}

/// What is wrong with a line, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: u64,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The entries, or all that is wrong, in the order of the lines.
pub fn check(rules: &Rules, rows: &[Row]) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    for row in rows {
        let mut wrong = Vec::new();
        let entry = entry(rules, row, &mut wrong);
        if let Some(first) = entry.as_ref().and_then(|e| entries.iter().find(|x| x.address == e.address)) {
            wrong.push(format!(
                "{} stands in line {} already; keep one of the two",
                first.address, first.line
            ));
        }
        faults.extend(wrong.into_iter().map(|what| Fault { line: row.line, what }));
        entries.extend(entry);
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// None where there is no address to speak of.
fn entry(rules: &Rules, row: &Row, wrong: &mut Vec<String>) -> Option<Entry> {
    let address = address(row, wrong);
    let mut cells = row.cells.clone();
    if let Some(name) = address.as_ref().and_then(|a| institution_of(rules, a)) {
        cells.entry("Institution".to_owned()).or_insert(name);
    }
    let missing = Kind::SignUp.needed().iter().filter(|label| !cells.contains_key(**label));
    wrong.extend(missing.map(|label| format!("no {label}; fill it in, or take the line out")));
    let language = language(rules, row, wrong);
    let form = form(&cells);
    not_understood(&form, wrong);
    Some(Entry { line: row.line, address: address?, form, language })
}

fn address(row: &Row, wrong: &mut Vec<String>) -> Option<AddrSpec> {
    let Some(text) = row.cells.get("Email") else {
        wrong.push("no Email; fill it in, or take the line out".to_owned());
        return None;
    };
    // `Amina Haddad <amina@campus.example>` and `mailto:` are how people copy one.
    let inner =
        text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text.as_str(), |(a, _)| a);
    let inner = inner.trim().trim_start_matches("mailto:");
    let read = AddrSpec::parse(inner).ok().filter(|a| a.domain().contains('.') && a.as_str().is_ascii());
    if read.is_none() {
        wrong.push(format!("\"{text}\" is no email address; write one like amina@campus.example"));
    }
    read
}

/// What the configuration calls the institution of an address.
fn institution_of(rules: &Rules, address: &AddrSpec) -> Option<String> {
    rules.institutions.iter().find(|i| address.is_within(&i.domain)).and_then(|i| i.name.clone())
}

fn language(rules: &Rules, row: &Row, wrong: &mut Vec<String>) -> Option<String> {
    let text = row.cells.get("Language")?;
    let same = |tag: &&String| text.trim().eq_ignore_ascii_case(tag);
    let spoken = rules.languages.iter().find(same).cloned();
    if spoken.is_none() {
        let known = rules.languages.join(", ");
        wrong.push(format!("letters are not written in \"{text}\"; the configured languages are {known}"));
    }
    spoken
}

fn form(cells: &BTreeMap<String, String>) -> Form {
    const LABELS: [&str; 7] =
        ["Name", "Institution", "Areas", "Languages", "Time zone", "Requests at a time", "About"];
    let field = |label: &&str| {
        let value = cells.get(*label)?.clone();
        Some(Field { label: (*label).to_owned(), value, known: true })
    };
    let fields = LABELS.iter().filter_map(field).collect();
    Form { kind: Kind::SignUp.name().to_owned(), language: None, fields }
}

/// Values that a sign-up by mail would give back as not understood.
fn not_understood(form: &Form, wrong: &mut Vec<String>) {
    let nobody = AddrSpec::parse("nobody@campus.example").expect("it is an address");
    let mut person: Person = import::blank(&nobody, "", DateTime::UNIX_EPOCH);
    let form_mail::Said { not_understood, .. } = roster::fill_in(&mut person, form);
    wrong.extend(not_understood.into_iter().map(|line| match line.label.as_str() {
        "Time zone" => unknown_zone(&line.value),
        label => format!(
            "{label} \"{}\" is not a number from 1 up; write one like 2, or leave it empty for no limit",
            line.value
        ),
    }));
    if form.get("Areas").is_some() && person.advisor.is_some_and(|a| a.areas.is_empty()) {
        wrong
            .push("Areas names none; write at least one, several with a semicolon or a line each".to_owned());
    }
}

fn unknown_zone(value: &str) -> String {
    let near = roster::nearest_zone(value).map_or(String::new(), |zone| format!("did you mean {zone}? "));
    format!("no time zone \"{value}\"; {near}Write one like Asia/Beirut, or leave it empty")
}
