//! The gap: the time between a backup and the day it was put back, lived through again without a word.
//!
//! A restored store is *held* until the operator says `resume`. What it does not know lies in the
//! contact mailbox, and most of it was answered before the loss. So from `resume` on that mail is
//! decided again, each at the time it was received, and timers fire among it at theirs: the
//! records, references and tokens come out as they were, since all follow from the same inputs and
//! the same secret. Whatever letter that brings (or lay in the outbox at the backup) waits: the staff get
//! them in one list and say which were lost (APPROVE) and which had gone out (HANDLED). A letter decided
//! again carries the Message-ID it had the first time, so even then most mail programs show it once.

use super::View;
use super::batch::{Change, Outgoing};
use super::input::InputId;
use super::record::{Record, Timestamp};
use super::schedule::{Timer, TimerKind};
use super::shadow::{self, Shadowed};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{outbox, timer};
use crate::mail::message_id::MessageId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The store was put back from a backup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restored {
    /// The time of the newest group that the backup holds.
    pub backup: Timestamp,
    pub restored: Timestamp,
    /// When the operator let it go on; None while it is held.
    #[serde(default)]
    pub resumed: Option<Timestamp>,
    /// Up to when the gap has been lived through again.
    pub reached: Timestamp,
    /// When the newest mail was received that had been handled before the loss, as far as its folder tells.
    #[serde(default)]
    pub alive: Option<Timestamp>,
    /// When all of it had been decided again.
    #[serde(default)]
    pub closed: Option<Timestamp>,
}

impl Record for Restored {
    const TABLE: &'static str = "restored";
    fn key(&self) -> String {
        KEY.to_owned()
    }
}

const KEY: &str = "store";

/// From when to when the store knows nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Timestamp,
    pub until: Timestamp,
    pub reached: Timestamp,
}

impl Gap {
    /// The time at which a mail of the gap is decided; None for one that came after it.
    pub fn time_of(&self, received: Option<Timestamp>) -> Option<Timestamp> {
        let received = received.unwrap_or(self.reached);
        (received <= self.until).then(|| received.max(self.reached))
    }
}

impl Restored {
    /// A store of which nothing is known but how far its backup goes.
    pub fn held(backup: Timestamp, restored: Timestamp) -> Self {
        Self { backup, restored, resumed: None, reached: backup, alive: None, closed: None }
    }

    fn gap(&self) -> Option<Gap> {
        let until = self.resumed.filter(|_| self.closed.is_none())?;
        Some(Gap { from: self.backup, until, reached: self.reached })
    }
}

/// How the store was put back, if it ever was.
pub fn restored(view: &dyn View) -> Option<Restored> {
    Restored::stored(view, KEY)
}

/// Whether nothing may be done before the operator says `resume`.
pub fn is_held(view: &dyn View) -> bool {
    restored(view).is_some_and(|r| r.resumed.is_none())
}

/// The gap, as long as it is not closed.
pub fn open(view: &dyn View) -> Option<Gap> {
    restored(view)?.gap()
}

/// The gap has been lived through up to then; `handled` if a mail of that time had been handled before.
pub fn reached(view: &dyn View, at: Timestamp, handled: bool) -> Option<Change> {
    let mut restored = restored(view)?;
    restored.reached = restored.reached.max(at);
    if handled {
        restored.alive = restored.alive.max(Some(at));
    }
    Some(Change::put(&restored))
}

/// Whether a decision is one of the gap: its letters wait.
pub fn is_within(turn: &Turn) -> bool {
    turn.read::<Restored>(KEY).and_then(|r| r.gap()).is_some_and(|gap| turn.now <= gap.until)
}

/// How the store was put back, for what is shown to the staff.
pub fn last(turn: &Turn) -> Option<Restored> {
    turn.read(KEY)
}

// ---- what is held

/// What a held store would have done by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldBack {
    /// Letters that were unsent at the time of the backup.
    pub letters: usize,
    /// Letters that waited for the staff already.
    pub waiting: usize,
    /// Timers that fell due since.
    pub timers: usize,
}

/// What is held at `now`.
pub fn held_back(view: &dyn View, now: Timestamp) -> HeldBack {
    let turn_rows = view.range(&format!("{}/", Outgoing::TABLE));
    let copies: Vec<Outgoing> =
        turn_rows.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect();
    let distinct = |held: bool| {
        let ids = copies.iter().filter(|c| c.held == held).map(|c| c.message_id.inner());
        ids.collect::<std::collections::BTreeSet<_>>().len()
    };
    HeldBack {
        letters: distinct(false),
        waiting: distinct(true),
        timers: timer::due(view, now, usize::MAX).len(),
    }
}

/// The operator lets the store go on: what lies in its outbox waits for the staff from now on.
pub fn resume(turn: &mut Turn) -> Verdict {
    let Some(restored) = last(turn).filter(|r| r.resumed.is_none()) else {
        return Verdict::new(What::AlreadyHandled, None);
    };
    let now = turn.now;
    turn.put(&Restored { resumed: Some(now.max(restored.backup)), ..restored });
    for waiting in turn.all::<Shadowed>("") {
        turn.put(&Shadowed { restored: true, shown: None, ..waiting });
    }
    hold_outbox(turn);
    Verdict::new(What::Done("resumed"), None)
}

fn hold_outbox(turn: &mut Turn) {
    let mut letters: BTreeMap<u64, (MessageId, Vec<Outgoing>)> = BTreeMap::new();
    for copy in outbox::hold_queued(turn) {
        let letter = letters.entry(copy.number).or_insert_with(|| (copy.message_id.clone(), Vec::new()));
        letter.1.push(copy);
    }
    for (letter, copies) in letters.into_values() {
        let confidential = shadow::is_template_of_a_complaint(&copies[0].template);
        if !confidential && copies.iter().all(|copy| turn.is_staff(&copy.recipient)) {
            // What it told stands in their lists, which are written anew.
            outbox::withdraw(turn, &letter);
            continue;
        }
        let reference = turn.new_reference();
        turn.put(&Shadowed {
            reference,
            letter,
            case: copies[0].case.clone(),
            since: copies[0].queued,
            shown: None,
            restored: true,
            confidential,
        });
    }
}

// ---- its end

/// All of the gap has been decided again: from here on life goes on, and the staff get their list.
pub fn close(turn: &mut Turn) -> Verdict {
    let Some(restored) = last(turn).filter(|r| r.gap().is_some()) else {
        return Verdict::new(What::AlreadyHandled, None);
    };
    let now = turn.now;
    turn.put(&Restored { closed: Some(now), ..restored });
    if !turn.all::<Shadowed>("").is_empty() {
        turn.set_timer(now, TimerKind::Shadow);
    }
    Verdict::new(What::Done("caught-up"), None)
}

/// Timers that are due up to `until`, the earliest first: what the gap has still to bring.
pub fn next_due(view: &dyn View, until: Timestamp) -> Option<timer::Due> {
    timer::due(view, until, 1).pop()
}

/// What the `resume` of a restored store is called.
pub fn resumed_id(now: Timestamp) -> InputId {
    InputId(format!("resumed@{}", timer::key_time(now)))
}

/// What its end is called.
pub fn caught_up_id(now: Timestamp) -> InputId {
    InputId(format!("caught-up@{}", timer::key_time(now)))
}

/// Whether a timer of the gap is the one that shows waiting letters: it does so at the end.
pub fn puts_off(turn: &mut Turn, timer: &Timer) -> bool {
    if timer.what != TimerKind::Shadow || !is_within(turn) {
        return false;
    }
    if let Some(until) = last(turn).and_then(|r| r.resumed) {
        turn.set_timer(until + chrono::TimeDelta::seconds(1), TimerKind::Shadow);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    #[test]
    fn a_mail_is_decided_when_it_was_received_and_time_never_runs_backwards() {
        let (from, until) = (at("2026-11-02T09:00:00Z"), at("2026-11-09T09:00:00Z"));
        let reached = at("2026-11-04T09:00:00Z");
        let gap = Gap { from, until, reached };
        for (received, decided) in [
            (Some("2026-11-05T10:00:00Z"), Some("2026-11-05T10:00:00Z")),
            // Brought into the folder by hand, or received before the backup and not yet read then.
            (Some("2026-11-01T10:00:00Z"), Some("2026-11-04T09:00:00Z")),
            (Some("2026-11-09T09:00:00Z"), Some("2026-11-09T09:00:00Z")),
            // After the operator said "resume": nobody can have handled it.
            (Some("2026-11-09T09:00:01Z"), None),
            (None, Some("2026-11-04T09:00:00Z")),
        ] {
            assert_eq!(gap.time_of(received.map(at)), decided.map(at), "{received:?}");
        }
    }
}
