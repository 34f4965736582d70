//! The records that a decision changes, field by field. Nobody's token is shown.

use crate::program::View;
use crate::program::batch::Change;
use crate::program::record::{FirstSeen, Handled, Record, Tally, TokenOwner};
use crate::program::token::without_tokens;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// In the place of a secret.
const SECRET: &str = "…";
/// The value of a row whose key says all.
const MARK: &str = "true";
/// What every mail leaves behind, beside what is decided about it.
const BOOKS: [&str; 9] = [
    Handled::TABLE,
    FirstSeen::TABLE,
    Tally::TABLE,
    TokenOwner::TABLE,
    "known",
    "reference",
    "breaker",
    "flow",
    "request-week",
];

/// A row, and what becomes of it.
#[derive(Debug, Serialize)]
pub struct Row {
    pub key: String,
    pub change: Kind,
    /// Of a changed record, what differs.
    pub fields: Vec<Difference>,
    /// Its key says all: it is there to find others by.
    #[serde(skip)]
    is_mark: bool,
}

/// How a row changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    New,
    Changed,
    Deleted,
}

/// A field before and after, `a.0.b` being `b` of the first of `a`; null where there is none.
#[derive(Debug, PartialEq, Serialize)]
pub struct Difference {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// What these changes come to, in their order.
pub fn changed(view: &dyn View, changes: &[Change]) -> Vec<Row> {
    changes.iter().filter_map(|change| Row::of(view.get(&change.key).as_deref(), change)).collect()
}

impl Row {
    /// None where the row stays as it is.
    fn of(before: Option<&str>, change: &Change) -> Option<Self> {
        let (kind, fields) = match (before, change.value.as_deref()) {
            (None, None) => return None,
            (None, Some(_)) => (Kind::New, Vec::new()),
            (Some(_), None) => (Kind::Deleted, Vec::new()),
            (Some(before), Some(after)) => (Kind::Changed, differences(before, after)),
        };
        let stays = kind == Kind::Changed && fields.is_empty();
        let is_mark = [before, change.value.as_deref()].into_iter().flatten().all(|value| value == MARK);
        (!stays).then(|| Self { key: plain_key(&change.key), change: kind, fields, is_mark })
    }

    /// The part of its key before the first stroke.
    pub fn table(&self) -> &str {
        self.key.split('/').next().unwrap_or_default()
    }

    /// Whether it only keeps the books, and says nothing of what was decided.
    pub fn keeps_books(&self) -> bool {
        self.is_mark || BOOKS.contains(&self.table())
    }
}

/// The key of a token is the token.
fn plain_key(key: &str) -> String {
    match key.split_once('/') {
        Some((TokenOwner::TABLE, _)) => format!("{}/{SECRET}", TokenOwner::TABLE),
        _ => without_tokens(key),
    }
}

fn differences(before: &str, after: &str) -> Vec<Difference> {
    let read = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let mut found = Vec::new();
    compare("", &plain(read(before)), &plain(read(after)), &mut found);
    found
}

fn compare(field: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    match (before, after) {
        (same, other) if same == other => (),
        (Value::Object(before), Value::Object(after)) => {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            let of = |fields: &Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
            for name in names {
                compare(&below(field, name), &of(before, name), &of(after, name), found);
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let of = |values: &[Value], n: usize| values.get(n).cloned().unwrap_or_default();
            for n in 0..before.len().max(after.len()) {
                compare(&below(field, &n.to_string()), &of(before, n), &of(after, n), found);
            }
        }
        _ => found.push(Difference { field: field.to_owned(), before: before.clone(), after: after.clone() }),
    }
}

fn below(field: &str, name: &str) -> String {
    if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") }
}

fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_tokens(&text)),
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(fields) => {
            let plain_field = |(name, value): (String, Value)| match name.as_str() {
                "token" => (name, Value::from(SECRET)),
                _ => (name, plain(value)),
            };
            Value::Object(fields.into_iter().map(plain_field).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn between(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
        let found = differences(&before.to_string(), &after.to_string());
        found.into_iter().map(|found| (found.field, found.before, found.after)).collect()
    }

    #[test]
    fn only_what_differs_is_told_however_deep_it_lies() {
        let before = json!({"v": 1, "stage": "asked", "attempts": [{"outcome": "waiting", "told": false}]});
        let after =
            json!({"v": 1, "stage": "accepted", "attempts": [{"outcome": "accepted", "told": false}, 2]});
        let expected = [
            ("attempts.0.outcome", json!("waiting"), json!("accepted")),
            ("attempts.1", Value::Null, json!(2)),
            ("stage", json!("asked"), json!("accepted")),
        ];
        assert_eq!(between(&before, &after), expected.map(|(field, b, a)| (field.to_owned(), b, a)));
        assert!(between(&before, &before).is_empty());
    }

    #[test]
    fn no_token_is_told() {
        let carrier = "K7Q2M-0123456789ABCDEF";
        let after = json!({"token": "0123456789ABCDEF", "words": format!("see {carrier}")});
        let told = format!("{:?}", between(&json!({}), &after));
        assert!(!told.contains("0123456789"), "{told}");
        assert_eq!(plain_key("token/0123456789ABCDEF"), "token/…");
        assert!(!plain_key(&format!("kept-mail/{carrier}/1")).contains("0123456789"));
    }
}
