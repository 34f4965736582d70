//! A time as those who meet read it: each on their own clock, with the name of the zone.

use super::record::Timestamp;
use super::turn::Turn;
use crate::mail::address::Mailbox;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// From when to when on one clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub date: NaiveDate,
    /// `14:00`
    pub from: String,
    /// `14:30`
    pub to: String,
    /// The city whose clock it is: `Beirut`.
    pub zone: String,
    /// Nobody has told us that this clock is the reader's: it is the network's.
    pub assumed: bool,
}

/// A time of a meeting as one of the two reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingTime {
    /// What to reply to choose it.
    pub number: Option<usize>,
    pub yours: Moment,
    /// On the other's clock, where that is another one.
    pub theirs: Option<Moment>,
    /// Whose clock the other one is.
    pub other: String,
}

/// When a meeting is, or could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    pub start: Timestamp,
    pub minutes: u32,
}

impl Slot {
    pub fn end(self) -> Timestamp {
        self.start + TimeDelta::minutes(i64::from(self.minutes))
    }

    /// On this clock.
    pub fn moment(self, zone: Tz, assumed: bool) -> Moment {
        let (start, end) = (self.start.with_timezone(&zone), self.end().with_timezone(&zone));
        Moment {
            date: start.date_naive(),
            from: start.format("%H:%M").to_string(),
            to: end.format("%H:%M").to_string(),
            zone: city(zone),
            assumed,
        }
    }
}

/// A time as its reader has it, and the other one whom they meet.
pub fn shown(turn: &Turn, reader: &Mailbox, other: &Mailbox, slot: Slot) -> MeetingTime {
    let (zone, assumed) = turn.clock_of(&reader.address);
    let theirs = Some(turn.clock_of(&other.address)).filter(|(theirs, _)| *theirs != zone);
    MeetingTime {
        number: None,
        yours: slot.moment(zone, assumed),
        theirs: theirs.map(|(zone, assumed)| slot.moment(zone, assumed)),
        other: other.called().to_owned(),
    }
}

/// The last part of an IANA name, as people say it: `New York`. Etc names count west of
/// Greenwich as positive, which nobody else does.
fn city(zone: Tz) -> String {
    let name = zone.name();
    let offset = name.strip_prefix("Etc/GMT").filter(|rest| rest.len() > 1);
    match offset.and_then(|rest| rest.split_at_checked(1)) {
        Some(("-", hours)) => format!("UTC+{hours}"),
        Some(("+", hours)) => format!("UTC-{hours}"),
        _ => name.rsplit('/').next().unwrap_or(name).replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveTime, TimeZone};
    use chrono_tz::TZ_VARIANTS;
    use proptest::prelude::*;

    /// The instants that a clock with this name can mean by it: two in an autumn night.
    fn meant(moment: &Moment, zone: Tz) -> Vec<Timestamp> {
        let time = NaiveTime::parse_from_str(&moment.from, "%H:%M").expect("a time of day");
        let wall = zone.from_local_datetime(&moment.date.and_time(time));
        [wall.earliest(), wall.latest()].into_iter().flatten().map(|at| at.to_utc()).collect()
    }

    proptest! {
        #[test]
        fn two_people_read_the_same_instant_wherever_they_are(
            minute in 29_000_000i64..34_000_000,
            (one, other) in (0..TZ_VARIANTS.len(), 0..TZ_VARIANTS.len()),
        ) {
            let start = DateTime::from_timestamp(minute * 60, 0).expect("an instant of these years");
            let slot = Slot { start, minutes: 30 };
            for zone in [TZ_VARIANTS[one], TZ_VARIANTS[other]] {
                let moment = slot.moment(zone, false);
                prop_assert!(meant(&moment, zone).contains(&start), "{moment:?} in {zone} is not {start}");
            }
        }
    }

    #[test]
    fn a_time_is_shown_with_the_city_of_its_clock() {
        let start = chrono::Utc.with_ymd_and_hms(2026, 12, 8, 23, 45, 0).single().expect("a time");
        let slot = Slot { start, minutes: 30 };
        let paris = slot.moment(chrono_tz::Europe::Paris, false);
        assert_eq!(
            (paris.from.as_str(), paris.to.as_str(), paris.zone.as_str()),
            ("00:45", "01:15", "Paris")
        );
        assert_eq!(paris.date.to_string(), "2026-12-09");
        assert_eq!(city(chrono_tz::America::New_York), "New York");
        assert_eq!(city(chrono_tz::Etc::GMTMinus3), "UTC+3");
        assert_eq!(city(chrono_tz::Etc::GMTPlus5), "UTC-5");
        assert_eq!(city(chrono_tz::UTC), "UTC");
    }
}
