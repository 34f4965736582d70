//! What every store promises, and what the one on the disk keeps of it when things break.

mod contract;
mod damage;
mod faults;
mod full_disk;
mod large;
mod old;
mod roll;

use chrono::{DateTime, Utc};
use soundingboard::program::batch::Change;
use soundingboard::store::indexed::{IndexedStore, Opened};
use soundingboard::store::{Group, Store};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub type Row = (String, String);

/// Minute `minute` of a day in March.
pub fn at(minute: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_442_000 + i64::from(minute) * 60, 0).unwrap()
}

pub fn put(key: &str, value: u32) -> Change {
    let (key, value) = row(key, value);
    Change { key, value: Some(value) }
}

pub fn delete(key: &str) -> Change {
    Change { key: key.to_owned(), value: None }
}

pub fn group(minute: u32, changes: &[Change]) -> Group {
    Group { at: at(minute), notes: vec![format!("mail {minute} accept")], changes: changes.to_vec() }
}

/// Ana has much to say: a value as long as a letter, which the index does not hold itself.
pub fn row(key: &str, value: u32) -> Row {
    let about =
        if key == "person/ana" { format!(",\"about\":\"{}\"", "x".repeat(5000)) } else { String::new() };
    (key.to_owned(), format!("{{\"v\":{value}{about}}}"))
}

pub fn all(store: &dyn Store) -> Vec<Row> {
    store.range("", usize::MAX).unwrap()
}

/// Groups 1 to 3: Ana asks, Ben is asked, Ana's timer goes and Ben answers.
pub fn three_groups(store: &dyn Store) {
    store.commit(&group(1, &[put("person/ana", 1), put("timer/ana", 1)])).unwrap();
    store.commit(&group(2, &[put("person/ben", 2)])).unwrap();
    store.commit(&group(3, &[delete("timer/ana"), put("person/ben", 3)])).unwrap();
}

pub fn after_two() -> Vec<Row> {
    vec![row("person/ana", 1), row("person/ben", 2), row("timer/ana", 1)]
}

pub fn after_three() -> Vec<Row> {
    vec![row("person/ana", 1), row("person/ben", 3)]
}

/// A store on the disk with three groups, closed.
pub fn closed_store() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    three_groups(&open(dir.path()));
    dir
}

/// Opens a store that has nothing to complain of.
pub fn open(dir: &Path) -> IndexedStore {
    let Opened { store, warnings, .. } = IndexedStore::open(dir).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    store
}

pub fn segment(dir: &Path) -> PathBuf {
    dir.join("ledger/000001.jsonl")
}

pub fn set_aside(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("index.damaged-")).collect();
    names.sort();
    names
}

/// The files as a kill at this instant would leave them.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), &to).unwrap();
        }
    }
}
