//! How many requests wait for an advisor, or occupy her.
//!
//! Each is a row of its own under her key, and their number stands in another: to count the rows of the
//! whole roster would take longer the more requests are open. A store of before has no numbers
//! until the next start makes them.

use super::record::{PersonKey, Record, Reference};
use super::turn::Turn;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the keys of all cases that occupy anybody begin with.
const LOAD: &str = "load/";
/// There is a number for each advisor whom a case occupies.
const COUNTED: &str = "lookup/loads";

/// How many cases occupy somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub person: PersonKey,
    pub cases: usize,
}

impl Record for Load {
    const TABLE: &'static str = "occupied";
    fn key(&self) -> String {
        self.person.0.clone()
    }
}

/// What the keys of all cases that occupy somebody begin with.
pub fn rows_of(advisor: impl Into<PersonKey>) -> String {
    format!("{LOAD}{}/", advisor.into().0)
}

/// Notes whether a case occupies somebody.
pub fn note(turn: &mut Turn, person: &PersonKey, case: &Reference, is_busy: bool) {
    let key = format!("{}{case}", rows_of(person.clone()));
    if turn.is_marked(&key) == is_busy {
        return;
    }
    if is_busy {
        turn.mark(key)
    } else {
        turn.unmark(key)
    }
    if !turn.is_marked(COUNTED) {
        return;
    }
    let before = turn.read::<Load>(&person.0).map_or(0, |load| load.cases);
    put(turn, person.clone(), if is_busy { before + 1 } else { before.saturating_sub(1) });
}

fn put(turn: &mut Turn, person: PersonKey, cases: usize) {
    match cases {
        0 => turn.delete::<Load>(&person.0),
        _ => turn.put(&Load { person, cases }),
    }
}

/// Of one.
pub fn of(turn: &Turn, person: &PersonKey) -> usize {
    match turn.is_marked(COUNTED) {
        true => turn.read::<Load>(&person.0).map_or(0, |load| load.cases),
        false => turn.marked(&rows_of(person.clone())).len(),
    }
}

/// Of everybody whom any case occupies.
pub fn of_all(turn: &Turn) -> BTreeMap<PersonKey, usize> {
    match turn.is_marked(COUNTED) {
        true => turn.all::<Load>("").into_iter().map(|load| (load.person, load.cases)).collect(),
        false => counted(turn),
    }
}

/// From the rows themselves: `<person>/<reference>`.
fn counted(turn: &Turn) -> BTreeMap<PersonKey, usize> {
    let mut loads = BTreeMap::new();
    for row in turn.marked(LOAD) {
        if let Some((person, _)) = row.rsplit_once('/') {
            *loads.entry(PersonKey(person.to_owned())).or_default() += 1;
        }
    }
    loads
}

/// At a start: a store of before gets its numbers.
pub fn complete(turn: &mut Turn) {
    if turn.is_marked(COUNTED) {
        return;
    }
    for (person, cases) in counted(turn) {
        put(turn, person, cases);
    }
    turn.mark(COUNTED.to_owned());
}
