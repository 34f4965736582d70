//! The disk that holds the store fills up: staff are told while mail can still be sent.
//!
//! The shell measures. Once in a low spell, and at most once a day, staff get a letter.

use super::View;
use super::letter::Letter;
use super::record::{Record, Timestamp};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

const MB: u64 = 1_000_000;
/// A tenth is what administrators expect, and on a large disk this much: of ten terabytes a tenth lasts for ever.
const LOW: u64 = 10_000 * MB;
/// On a small disk a tenth may be less than what the store needs to commit a letter, 32 MiB and more.
const NEEDED: u64 = 128 * MB;
const AT_MOST_EVERY: TimeDelta = TimeDelta::days(1);

/// The disk at one time, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The store's directory.
    pub path: String,
    /// What we may still write.
    pub free: u64,
    pub size: u64,
}

impl Disk {
    /// Less than a tenth is free, or than 10 GB of a large disk; of a small one less than 128 MB.
    pub fn is_low(&self) -> bool {
        self.free < (self.size / 10).clamp(NEEDED, LOW)
    }
}

/// A low spell, or the last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Spell {
    is_low: bool,
    /// Staff have been told of this one.
    is_told: bool,
    /// When they were last told of any.
    told: Option<Timestamp>,
}

impl Record for Spell {
    const TABLE: &'static str = "disk";
    fn key(&self) -> String {
        "store".to_owned()
    }
}

impl Spell {
    fn may_be_told(&self, now: Timestamp) -> bool {
        !self.is_told && self.told.is_none_or(|told| now - told >= AT_MOST_EVERY)
    }
}

/// Whether there is anything to decide; most times there is not.
pub fn is_news(view: &dyn View, disk: &Disk, now: Timestamp) -> bool {
    let spell = Spell::stored(view, "store").unwrap_or_default();
    if disk.is_low() { !spell.is_low || spell.may_be_told(now) } else { spell.is_low }
}

/// Whether it was almost full when it was measured last.
pub fn is_low(view: &dyn View) -> bool {
    Spell::stored(view, "store").is_some_and(|spell| spell.is_low)
}

/// The disk has been measured.
pub fn measured(turn: &mut Turn, disk: &Disk) -> Verdict {
    let before = turn.read::<Spell>("store").unwrap_or_default();
    let is_same = before.is_low == disk.is_low();
    let mut spell = Spell { is_low: disk.is_low(), is_told: before.is_told && is_same, told: before.told };
    let tells = spell.is_low && spell.may_be_told(turn.now);
    if tells {
        (spell.is_told, spell.told) = (true, Some(turn.now));
        tell(turn, disk);
    }
    turn.put(&spell);
    let what = if spell.is_low { "disk-low" } else { "disk-well" };
    Verdict::new(What::Done(what), None)
}

fn tell(turn: &mut Turn, disk: &Disk) {
    for staff in turn.rules.staff.clone() {
        let letter = Letter::DiskLow {
            name: staff.mailbox.name.clone(),
            path: disk.path.clone(),
            free_mb: disk.free / MB,
            size_mb: disk.size / MB,
        };
        turn.tell(&staff.mailbox, None, letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_low_less_on_a_large_disk_and_more_on_a_small_one() {
        let is_low = |free_mb: u64, size_mb: u64| {
            Disk { path: "/var/lib".into(), free: free_mb * MB, size: size_mb * MB }.is_low()
        };
        assert!(is_low(4_999, 50_000) && !is_low(5_000, 50_000));
        assert!(is_low(9_999, 4_000_000) && !is_low(10_000, 4_000_000));
        assert!(is_low(127, 300) && !is_low(128, 300));
        assert!(is_low(0, 0));
    }
}
