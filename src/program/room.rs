//! The network's shared room: when it may be used, and which times of it are free.

use super::moment::Slot;
use super::record::Timestamp;
use chrono::{Datelike, TimeDelta, Timelike, Weekday};
use chrono_tz::Tz;

/// A room that one meeting at a time may have: an account for video calls, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// What people call it.
    pub name: String,
    /// How to come in, as whoever has booked it reads it; empty where the staff send it.
    pub join: String,
    /// In the network's time zone; empty where it is always open.
    pub hours: Vec<OpenHours>,
    /// Somebody of the staff has to open it each time.
    pub staff_opens: bool,
}

/// Hours of a day, the same on several days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHours {
    pub days: Vec<Weekday>,
    /// Minutes since midnight.
    pub from: u32,
    /// The same; 1440 is the end of the day.
    pub to: u32,
}

/// So many free times are told.
const TOLD: usize = 3;
/// Free times are looked for in steps of so many minutes …
const STEP: i64 = 15;
/// … so far before and after.
const REACH: TimeDelta = TimeDelta::days(14);

impl Room {
    /// Whether the staff must do something for each booking.
    pub fn needs_staff(&self) -> bool {
        self.staff_opens || self.join.is_empty()
    }

    /// Whether it may be used for the whole of this time.
    pub fn is_open(&self, slot: Slot, zone: Tz) -> bool {
        let start = slot.start.with_timezone(&zone);
        let from = start.hour() * 60 + start.minute();
        let fits = |hours: &OpenHours| {
            hours.days.contains(&start.weekday()) && hours.from <= from && from + slot.minutes <= hours.to
        };
        self.hours.is_empty() || self.hours.iter().any(fits)
    }

    /// The free times nearest to one that is wanted, as long as that, the earliest first.
    pub fn nearest(&self, taken: &[Slot], wanted: Slot, zone: Tz, now: Timestamp) -> Vec<Slot> {
        let mut found: Vec<Slot> = Vec::new();
        let steps = REACH.num_minutes() / STEP;
        // Of two as near, the later one: it leaves more time to tell the other.
        for minutes in (0..=steps).flat_map(|n| [n * STEP, -n * STEP]) {
            let slot = Slot { start: wanted.start + TimeDelta::minutes(minutes), ..wanted };
            let is_free = |others: &[Slot]| others.iter().all(|other| !overlap(*other, slot));
            if slot.start > now && self.is_open(slot, zone) && is_free(taken) && is_free(&found) {
                found.push(slot);
            }
            if found.len() == TOLD {
                break;
            }
        }
        found.sort();
        found
    }
}

/// Whether two times have a minute in common.
pub fn overlap(one: Slot, other: Slot) -> bool {
    one.start < other.end() && other.start < one.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Paris;
    use proptest::prelude::*;

    fn slot(start: &str, minutes: u32) -> Slot {
        Slot { start: start.parse().expect(start), minutes }
    }

    fn room() -> Room {
        use Weekday::{Fri, Mon, Sat, Thu, Tue, Wed};
        Room {
            name: "Zoom".into(),
            join: "https://zoom.example/j/1".into(),
            hours: vec![
                OpenHours { days: vec![Mon, Tue, Wed, Thu, Fri], from: 8 * 60, to: 18 * 60 },
                OpenHours { days: vec![Sat], from: 10 * 60, to: 24 * 60 },
            ],
            staff_opens: false,
        }
    }

    /// In Paris, by the hour.
    fn nearest(taken: &[Slot], wanted: Slot) -> Vec<String> {
        let now = "2026-12-07T08:00:00Z".parse().expect("a time");
        let free = room().nearest(taken, wanted, Paris, now);
        free.iter().map(|slot| slot.start.with_timezone(&Paris).format("%a %H:%M").to_string()).collect()
    }

    #[test]
    fn it_is_open_within_its_hours_and_nowhere_between() {
        for (start, minutes, open) in [
            ("2026-12-08T07:00:00Z", 30, true),
            ("2026-12-08T06:45:00Z", 30, false),
            ("2026-12-08T16:30:00Z", 30, true),
            ("2026-12-08T16:45:00Z", 30, false),
            ("2026-12-12T22:30:00Z", 30, true),
            ("2026-12-12T22:45:00Z", 30, false),
            ("2026-12-13T10:00:00Z", 30, false),
        ] {
            assert_eq!(room().is_open(slot(start, minutes), Paris), open, "{start}");
        }
        assert!(Room { hours: vec![], ..room() }.is_open(slot("2026-12-13T02:00:00Z", 600), Paris));
    }

    #[test]
    fn the_nearest_free_times_are_before_and_after_and_apart() {
        let wanted = slot("2026-12-08T13:00:00Z", 30);
        assert_eq!(nearest(&[wanted], wanted), ["Tue 13:30", "Tue 14:30", "Tue 15:00"]);
        let noon_to_three = slot("2026-12-08T11:00:00Z", 180);
        assert_eq!(nearest(&[noon_to_three], wanted), ["Tue 15:00", "Tue 15:30", "Tue 16:00"]);
        // Outside its hours, and with nothing left before.
        let night = slot("2026-12-07T20:00:00Z", 60);
        assert_eq!(nearest(&[], night), ["Mon 15:00", "Mon 16:00", "Mon 17:00"]);
        let now = slot("2026-12-07T08:00:00Z", 60);
        assert_eq!(nearest(&[now], now), ["Mon 10:00", "Mon 11:00", "Mon 12:00"]);
    }

    proptest! {
        #[test]
        fn what_is_told_as_free_is_free(
            taken in prop::collection::vec((0_i64..2000, 1_u32..300), 0..40),
            (at, minutes) in (0_i64..2000, 1_u32..300),
        ) {
            let now: Timestamp = "2026-12-07T08:00:00Z".parse().expect("a time");
            let slot = |(at, minutes): (i64, u32)| Slot { start: now + TimeDelta::minutes(at * 5), minutes };
            let taken: Vec<Slot> = taken.into_iter().map(slot).collect();
            let wanted = slot((at, minutes));
            let free = room().nearest(&taken, wanted, Paris, now);
            prop_assert!(free.is_sorted());
            for slot in &free {
                prop_assert!(slot.start > now && slot.minutes == wanted.minutes);
                prop_assert!(room().is_open(*slot, Paris));
                prop_assert!(taken.iter().all(|other| !overlap(*other, *slot)));
            }
        }
    }
}
