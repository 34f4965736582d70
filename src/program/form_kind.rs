//! The four forms: their fields, and what is wrong with one that was filled in.

use super::date::{self, Reading};
use super::letter::Line;
use super::record::Timestamp;
use crate::mail::form::Form;

/// Which form it is. Canonical names are those of `words.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    SignUp,
    Update,
    Request,
    Confirmation,
}

impl Kind {
    pub fn of(form: &Form) -> Option<Self> {
        let all = [Kind::SignUp, Kind::Update, Kind::Request, Kind::Confirmation];
        all.into_iter().find(|kind| kind.name() == form.kind)
    }

    /// The canonical name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::SignUp => "Advisor sign-up",
            Kind::Update => "Advisor update",
            Kind::Request => "Request meeting",
            Kind::Confirmation => "Meeting confirmation",
        }
    }

    /// Fields without which the form says too little.
    pub fn needed(self) -> &'static [&'static str] {
        match self {
            Kind::SignUp => &["Name", "Institution", "Areas"],
            Kind::Update => &[],
            Kind::Request => &["Advisor", "Issue"],
            Kind::Confirmation => &["Advisor", "Advisee", "Date"],
        }
    }
}

/// What has to be asked back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Canonical labels of needed fields that are absent.
    pub missing: Vec<String>,
    /// Fields whose value has no reading, or two.
    pub ambiguous: Vec<Line>,
}

impl Faults {
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.ambiguous.is_empty()
    }
}

/// What keeps a form from being acted on.
pub fn faults(form: &Form, kind: Kind, now: Timestamp) -> Faults {
    let absent = |label: &&&str| form.get(label).is_none();
    let missing = kind.needed().iter().filter(absent).map(|l| (*l).to_owned()).collect();
    let unclear = |label: &str| match date::read(form.get(label)?, now.date_naive()) {
        Reading::One(_) => None,
        Reading::None | Reading::Several => {
            Some(Line { label: label.to_owned(), value: form.get(label)?.to_owned() })
        }
    };
    let dates: &[&str] = if kind == Kind::Confirmation { &["Date"] } else { &[] };
    Faults { missing, ambiguous: dates.iter().filter_map(|l| unclear(l)).collect() }
}

/// The entries of a field that holds several: one a line, or `;`.
pub fn several(value: &str) -> Vec<String> {
    let entries =
        value.split(['\n', ';', '؛']).map(|e| e.trim().trim_start_matches(['-', '*', '•', '·']).trim());
    entries.filter(|e| !e.is_empty()).map(|e| e.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
