//! The calendar of the storm, and the quiet times in which the daemon comes to rest.

use crate::people::daemon::Installation;
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::{Europe::Paris, Tz};

/// What time it is; every look is a little later.
pub struct Calendar(DateTime<Tz>);

impl Calendar {
    pub fn begin() -> Self {
        Self(at("2026-11-02 09:00"))
    }

    /// The present, as `--now` takes it. So little passes that no letter is offered again while there are
    /// kills: one that was in doubt at two of them is the staff's, as is promised.
    pub fn now(&mut self) -> String {
        self.0 += TimeDelta::seconds(1);
        self.0.to_rfc3339()
    }

    pub fn pass(&mut self, minutes: i64) {
        self.0 += TimeDelta::minutes(minutes);
    }

    pub fn to(&mut self, time: &str) {
        self.0 = self.0.max(at(time));
    }
}

fn at(time: &str) -> DateTime<Tz> {
    let naive = NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M").expect("a time");
    Paris.from_local_datetime(&naive).earliest().expect("a time that there is")
}

/// Runs until all is said: what was under way at a kill is offered again half an hour later, and
/// more letters than are promised in an hour wait for the next.
pub fn settle(installation: &Installation, calendar: &mut Calendar) {
    let mut quiet = 0;
    for _ in 0..200 {
        let ran = installation.run_once(&calendar.now());
        assert!(matches!(ran.code, Some(0 | 75)), "{}", ran.stderr);
        quiet = if ran.code == Some(0) && ran.accepted() == 0 { quiet + 1 } else { 0 };
        if quiet == 2 {
            return;
        }
        calendar.pass(31);
    }
    panic!("it does not come to rest");
}
