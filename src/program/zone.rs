//! A zone that a time is said in: a place's, or so far from UTC.

use super::record::Timestamp;
use super::schedule;
use chrono::{LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a wall clock hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    Named(Tz),
    /// Minutes east of UTC, summer and winter: `UTC+3`, `EST`.
    Offset(i32),
}

impl Zone {
    /// What day it is there.
    pub fn today(self, now: Timestamp) -> NaiveDate {
        match self {
            Self::Named(zone) => now.with_timezone(&zone).date_naive(),
            Self::Offset(minutes) => (now.naive_utc() + TimeDelta::minutes(minutes.into())).date(),
        }
    }

    /// The instants at which a clock there shows that time: two where it is put back, and the end
    /// of the gap where it is put forward over it ([`schedule::instant`]).
    pub fn instants(self, wall: NaiveDateTime) -> Vec<Timestamp> {
        match self {
            Self::Offset(minutes) => vec![(wall - TimeDelta::minutes(minutes.into())).and_utc()],
            Self::Named(zone) => match zone.from_local_datetime(&wall) {
                LocalResult::Ambiguous(first, second) => vec![first.to_utc(), second.to_utc()],
                _ => vec![schedule::instant(wall, zone)],
            },
        }
    }
}

/// `Europe/Paris`, `UTC+3`, `UTC-3:30`, `UTC`.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(zone) => f.write_str(zone.name()),
            Self::Offset(0) => f.write_str("UTC"),
            Self::Offset(minutes) => {
                let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
                write!(f, "UTC{}{hours}", if *minutes < 0 { '-' } else { '+' })?;
                if rest > 0 { write!(f, ":{rest:02}") } else { Ok(()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_named_as_people_name_them() {
        for (zone, name) in [
            (Zone::Named(chrono_tz::Africa::Cairo), "Africa/Cairo"),
            (Zone::Offset(180), "UTC+3"),
            (Zone::Offset(-210), "UTC-3:30"),
            (Zone::Offset(0), "UTC"),
        ] {
            assert_eq!(zone.to_string(), name);
        }
    }
}
