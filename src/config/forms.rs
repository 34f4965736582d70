//! `[forms]`: the website's form mailer, and how it calls our labels.

use super::faults::nearest;
use super::reader::Table;
use super::{tables, values};
use crate::mail::address::AddrSpec;
use crate::mail::form::{FormWords, WordsFile};
use std::collections::BTreeMap;

/// English labels, which work in every network.
const ENGLISH: &str = include_str!("../../templates/en/words.toml");

/// `[forms]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// Exact From addresses of the website's form mailer.
    pub relays: Vec<AddrSpec>,
    /// The site's own label → the canonical one.
    pub labels: BTreeMap<String, String>,
}

pub(super) fn forms(root: &Table<'_, '_>) -> Forms {
    let table = root.table("forms");
    let relays = tables::each(&table, "relays", values::address).unwrap_or_default();
    let labels = labels(&table.table("labels"));
    table.finish();
    Forms { relays, labels }
}

fn labels(table: &Table<'_, '_>) -> BTreeMap<String, String> {
    let english: WordsFile = toml::from_str(ENGLISH).expect("the shipped words are checked by a test");
    let words = FormWords::from_files(std::slice::from_ref(&english))
        .expect("the shipped words do not collide: a test holds them to it");
    let mut labels = BTreeMap::new();
    for (theirs, ours) in table.entries() {
        match words.label(&ours.value) {
            Some(label) => drop(labels.insert(theirs, label.to_owned())),
            None => table.fault(ours.span.clone(), unknown(&theirs, &ours.value, &english)),
        }
    }
    labels
}

fn unknown(theirs: &str, ours: &str, english: &WordsFile) -> String {
    let known = || english.labels.keys().map(String::as_str);
    let meant = match nearest(ours, known()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("our labels are {}", known().collect::<Vec<_>>().join(", ")),
    };
    format!("\"{theirs}\" = \"{ours}\": we have no label \"{ours}\"; {meant}")
}
