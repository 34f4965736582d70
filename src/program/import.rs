//! An existing roster, brought in by the operator: checked, kept, and announced.
//!
//! What was imported is kept apart until it is announced: nobody is listed, shown or asked
//! before they have been told. Announcing a person makes the entry and writes the letter in
//! one batch, so that each gets it once, however often it is begun anew.

use super::letter::{Letter, Line};
use super::offer;
use super::record::{Advisor, Counted, Listed, Person, Record, Timestamp};
use super::roster;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::form::Form;
use serde::{Deserialize, Serialize};

/// A line of an imported roster that is not announced yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    pub address: AddrSpec,
    /// A sign-up, as far as the file had it.
    pub form: Form,
    /// The language in which she is written to: a tag.
    #[serde(default)]
    pub language: Option<String>,
    pub at: Timestamp,
}

impl Record for Imported {
    const TABLE: &'static str = "imported";
    fn key(&self) -> String {
        self.address.key()
    }
}

/// One sound line of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where it begins, counting from 1.
    pub line: u64,
    pub address: AddrSpec,
    pub form: Form,
    pub language: Option<String>,
}

/// What announcing an entry will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Somebody new on the roster.
    New,
    /// On the roster already; these labels change.
    Changed(Vec<Line>),
    Unchanged,
    /// She has left the roster, and comes back by her own mail only.
    HasLeft,
}

/// Keeps the entries until they are announced; a later import of an address takes the
/// place of the one before.
pub fn keep(turn: &mut Turn, entries: &[Entry]) -> Verdict {
    for entry in entries {
        let Entry { address, form, language, .. } = entry.clone();
        match effect(turn, entry) {
            Effect::New | Effect::Changed(_) => turn.put(&Imported { address, form, language, at: turn.now }),
            Effect::Unchanged | Effect::HasLeft => turn.delete::<Imported>(&address.key()),
        }
    }
    Verdict::new(What::Done("imported"), None)
}

/// What an entry would do to the roster as it is.
pub fn effect(turn: &Turn, entry: &Entry) -> Effect {
    let known = turn.person(&entry.address).filter(|p| p.advisor.is_some());
    let Some(before) = known else { return Effect::New };
    if before.advisor.as_ref().is_some_and(|a| a.listed == Listed::Removed) {
        return Effect::HasLeft;
    }
    let changed =
        changed(&before, &filled(before.clone(), &entry.form, entry.language.as_ref()), &entry.form);
    if changed.is_empty() { Effect::Unchanged } else { Effect::Changed(changed) }
}

fn filled(mut person: Person, form: &Form, language: Option<&String>) -> Person {
    roster::fill_in(&mut person, form);
    if let Some(language) = language {
        person.language = Some(language.clone());
    }
    person
}

/// The lines of the form that make a difference.
fn changed(before: &Person, after: &Person, form: &Form) -> Vec<Line> {
    let differs = |label: &str| value(before, label) != value(after, label);
    let lines = form.fields.iter().filter(|f| differs(&f.label));
    let mut lines: Vec<Line> =
        lines.map(|f| Line { label: f.label.clone(), value: f.value.clone() }).collect();
    if before.language != after.language {
        let value = after.language.clone().unwrap_or_default();
        lines.push(Line { label: "Language".to_owned(), value });
    }
    lines
}

/// What is on file under a label.
fn value(person: &Person, label: &str) -> Option<String> {
    let advisor = person.advisor.as_ref()?;
    match label {
        "Name" => Some(person.name.clone()),
        "Institution" => person.institution.clone(),
        "Areas" => Some(advisor.areas.join("; ")),
        "Languages" => Some(advisor.languages.join("; ")),
        "Time zone" => person.zone.map(|z| z.name().to_owned()),
        "Requests at a time" => advisor.at_a_time.map(|n| n.to_string()),
        "About" => advisor.about.clone(),
        _ => None,
    }
}

/// These people are told, and on the roster from now on.
pub fn announce(turn: &mut Turn, addresses: &[AddrSpec]) -> Verdict {
    for address in addresses {
        if let Some(imported) = turn.read::<Imported>(&address.key()) {
            turn.delete::<Imported>(&address.key());
            tell(turn, &imported);
        }
    }
    Verdict::new(What::Done("announced"), None)
}

fn tell(turn: &mut Turn, imported: &Imported) {
    let entry = Entry {
        line: 0,
        address: imported.address.clone(),
        form: imported.form.clone(),
        language: imported.language.clone(),
    };
    match effect(turn, &entry) {
        Effect::New => welcome(turn, imported),
        Effect::Changed(lines) => update(turn, imported, lines),
        Effect::Unchanged | Effect::HasLeft => (),
    }
}

fn welcome(turn: &mut Turn, imported: &Imported) {
    let known = turn.person(&imported.address);
    let name = imported.form.get("Name").unwrap_or_default();
    let blank = blank(&imported.address, name, turn.now);
    let person = match known {
        Some(known) => {
            Person { advisor: blank.advisor, approved: known.approved.or(blank.approved), ..known }
        }
        None => blank,
    };
    let person = filled(person, &imported.form, imported.language.as_ref());
    roster::list(turn, &person);
    turn.count(Counted::NewAdvisors);
    let fields = imported.form.fields.iter();
    let on_file = fields.map(|f| Line { label: f.label.clone(), value: f.value.clone() }).collect();
    let letter = Letter::ImportedWelcome { name: person.name.clone(), on_file };
    turn.tell(&person.mailbox(), None, letter);
}

fn update(turn: &mut Turn, imported: &Imported, understood: Vec<Line>) {
    let Some(person) = turn.person(&imported.address) else { return };
    let person = filled(person, &imported.form, imported.language.as_ref());
    roster::list(turn, &person);
    // Mail to an address that is given up would only come back.
    if !offer::is_off_the_roster(&person) {
        let letter = Letter::AdvisorUpdated {
            name: person.name.clone(),
            understood,
            not_understood: Vec::new(),
            relisted: false,
            unchanged: false,
        };
        turn.tell(&person.mailbox(), None, letter);
    }
}

/// Somebody listed of whom nothing is known yet.
pub fn blank(address: &AddrSpec, name: &str, now: Timestamp) -> Person {
    Person {
        advisor: Some(Advisor::listed()),
        // Whoever runs the network has brought her in: her own forms are not held.
        approved: Some(now),
        ..Person::new(&Mailbox::new(name, address.clone()), now)
    }
}
