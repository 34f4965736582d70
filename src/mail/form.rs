//! Forms: a kind, then `Label: value` lines.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The words of one language as `templates/<lang>/words.toml` holds them:
/// canonical English name → the ways to write it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsFile {
    #[serde(default)]
    pub kinds: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub labels: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
}

/// Kinds and labels of all configured languages, folded for comparing.
#[derive(Clone, Debug, Default)]
pub struct FormWords {
    /// folded spelling → canonical kind
    pub kinds: BTreeMap<String, String>,
    /// folded spelling → canonical label
    pub labels: BTreeMap<String, String>,
}

/// One field as understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Canonical English label, or the label as written where it is unknown.
    pub label: String,
    pub value: String,
    pub known: bool,
}

/// A form as understood: never an empty value, fields in the order written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Canonical English kind.
    pub kind: String,
    pub fields: Vec<Field>,
}

impl Form {
    /// The value of a known field.
    pub fn get(&self, label: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.known && f.label == label).map(|f| f.value.as_str())
    }
}
