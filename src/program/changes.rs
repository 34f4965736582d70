//! What has changed on the roster since the last digest.
//!
//! The digest remembers how it found each advisor, under a keyed hash and without a name:
//! what is left of somebody who was erased is that one entry is gone.

use super::letter::{ChangeKind, RosterChange};
use super::offer;
use super::record::{Listed, Person, Record};
use super::token;
use super::turn::Turn;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many changes one digest names; the rest is counted.
const SHOWN: usize = 20;

/// The roster as the last digest found it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RosterSeen {
    /// Keyed hash of the address → how it stood with her.
    pub standings: BTreeMap<String, Standing>,
}

impl Record for RosterSeen {
    const TABLE: &'static str = "roster-seen";
    fn key(&self) -> String {
        "digest".to_owned()
    }
}

/// How it stands with an advisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Listed,
    Away(NaiveDate),
    Unreachable,
    /// Not on the roster: removed.
    Off,
}

/// The changes, to be told.
#[derive(Debug, Default, PartialEq)]
pub struct Changes {
    pub named: Vec<RosterChange>,
    /// Further ones.
    pub more: usize,
    /// Entries that are gone with everything we knew of the person.
    pub erased: usize,
}

/// Compares the roster with how the last digest found it, and remembers how it is now.
pub fn since_last(turn: &mut Turn) -> Changes {
    let before: RosterSeen = turn.read(&RosterSeen::default().key()).unwrap_or_default();
    let mut now = RosterSeen::default();
    let mut named = Vec::new();
    for person in offer::advisors(turn) {
        let (key, standing) = (hash(turn, &person), standing(turn, &person));
        let kind = change(before.standings.get(&key).copied().unwrap_or(Standing::Off), standing);
        named.extend(kind.map(|kind| told(&person, kind, standing)));
        now.standings.insert(key, standing);
    }
    let gone =
        |(key, was): &(&String, &Standing)| **was != Standing::Off && !now.standings.contains_key(*key);
    let erased = before.standings.iter().filter(gone).count();
    turn.put(&now);
    named.sort_by(|a, b| (a.what, &a.name).cmp(&(b.what, &b.name)));
    let more = named.len().saturating_sub(SHOWN);
    named.truncate(SHOWN);
    Changes { named, more, erased }
}

fn hash(turn: &Turn, person: &Person) -> String {
    token::token(&turn.rules.secret, &["roster", &person.key()]).0
}

fn standing(turn: &Turn, person: &Person) -> Standing {
    let Some(advisor) = &person.advisor else { return Standing::Off };
    let today = turn.today_of(person);
    match (advisor.listed, advisor.away_until.filter(|until| *until >= today)) {
        (Listed::Yes, Some(until)) => Standing::Away(until),
        (Listed::Yes, None) => Standing::Listed,
        (Listed::Unreachable, _) => Standing::Unreachable,
        (Listed::Removed, _) => Standing::Off,
    }
}

fn change(before: Standing, now: Standing) -> Option<ChangeKind> {
    use Standing::*;
    match (before, now) {
        _ if before == now => None,
        (Off, Listed | Away(_)) => Some(ChangeKind::Joined),
        (Off, Unreachable) => None,
        (_, Off) => Some(ChangeKind::Left),
        (_, Away(_)) => Some(ChangeKind::Away),
        (_, Unreachable) => Some(ChangeKind::Unreachable),
        (_, Listed) => Some(ChangeKind::Back),
    }
}

fn told(person: &Person, what: ChangeKind, standing: Standing) -> RosterChange {
    let until = match standing {
        Standing::Away(until) => Some(until),
        _ => None,
    };
    RosterChange { name: person.name.clone(), institution: person.institution.clone(), what, until }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_and_by_what_it_means_for_the_roster() {
        use Standing::*;
        let (soon, later) = (NaiveDate::from_ymd_opt(2026, 12, 15), NaiveDate::from_ymd_opt(2026, 12, 20));
        let (soon, later) = (Away(soon.expect("a day")), Away(later.expect("a day")));
        for (before, now, expected) in [
            (Off, Listed, Some(ChangeKind::Joined)),
            (Off, soon, Some(ChangeKind::Joined)),
            (Listed, Listed, None),
            (Listed, soon, Some(ChangeKind::Away)),
            (soon, soon, None),
            (soon, later, Some(ChangeKind::Away)),
            (soon, Listed, Some(ChangeKind::Back)),
            (Listed, Unreachable, Some(ChangeKind::Unreachable)),
            (Unreachable, Listed, Some(ChangeKind::Back)),
            (Unreachable, Off, Some(ChangeKind::Left)),
            (Listed, Off, Some(ChangeKind::Left)),
            (Off, Off, None),
        ] {
            assert_eq!(change(before, now), expected, "{before:?} → {now:?}");
        }
    }
}
