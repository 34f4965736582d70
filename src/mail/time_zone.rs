//! Which zone a calendar object means by a TZID (RFC 5545 §3.2.19): anything goes as a name.

use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::collections::BTreeSet;

/// Longer names are nobody's.
const LONGEST_NAME: usize = 200;
/// More zones than any meeting has.
const MOST_ZONES: usize = 1_000;

/// A zone in which a local time is an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Named(Tz),
    /// Of a zone that nobody knows by its name, but that is always as far from UTC.
    Fixed(FixedOffset),
}

impl Zone {
    pub(super) fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self {
            Self::Named(zone) => instant(&zone, local),
            Self::Fixed(zone) => instant(&zone, local),
        }
    }
}

/// RFC 5545 §3.3.5: of a time that comes twice the first is meant; one that is left out when
/// clocks go forward is read with the offset from before.
fn instant<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let found = match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
        // No clock goes forward by more than a day.
        LocalResult::None => {
            let before =
                zone.from_local_datetime(&local.checked_sub_signed(Duration::days(1))?).earliest()?;
            before.checked_add_signed(Duration::days(1))?
        }
    };
    Some(found.with_timezone(&Utc))
}

/// The VTIMEZONEs of a calendar object (RFC 5545 §3.6.5).
#[derive(Default)]
pub(super) struct Zones(Vec<Described>);

#[derive(Default)]
struct Described {
    id: String,
    /// What many programs say besides, since their TZID has a prefix or is a sentence.
    location: Option<String>,
    offsets: BTreeSet<i32>,
}

impl Zones {
    /// A VTIMEZONE begins.
    pub(super) fn begin(&mut self) {
        if self.0.len() < MOST_ZONES {
            self.0.push(Described::default());
        }
    }

    /// A property of the latest one, or of its STANDARD and DAYLIGHT.
    pub(super) fn property(&mut self, name: &str, value: &str) {
        let Some(zone) = self.0.last_mut() else { return };
        match name {
            "TZID" => zone.id = value.trim().to_owned(),
            "X-LIC-LOCATION" => zone.location = Some(value.trim().to_owned()),
            "TZOFFSETTO" => zone.offsets.extend(utc_offset(value)),
            _ => {}
        }
    }

    /// The zone of this name. One that is described here with two offsets, and has no name that
    /// others know, is none: which of them holds on a day would be a guess.
    pub(super) fn find(&self, id: &str) -> Option<Zone> {
        let described = || self.0.iter().find(|zone| zone.id == id.trim());
        named(id)
            .or_else(|| named(described()?.location.as_deref()?))
            .map(Zone::Named)
            .or_else(|| described()?.fixed().map(Zone::Fixed))
    }
}

impl Described {
    fn fixed(&self) -> Option<FixedOffset> {
        let mut offsets = self.offsets.iter();
        let only = offsets.next().filter(|_| offsets.next().is_none())?;
        FixedOffset::east_opt(*only)
    }
}

/// RFC 5545 §3.3.14: `+0200`, in seconds.
pub(super) fn utc_offset(value: &str) -> Option<i32> {
    let value = value.trim();
    let sign = match value.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = value[1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).and_then(|d| d.parse().ok()).unwrap_or(0);
    let seconds: i32 = part(0) * 3600 + part(2) * 60 + part(4);
    Some(sign * seconds).filter(|s| s.abs() < 24 * 3600)
}

/// A zone by its name: IANA's, Outlook's, or IANA's behind a prefix that is the program's own
/// (`/freeassociation.sourceforge.net/Europe/Paris`, `tzone://Microsoft/Utc`).
fn named(id: &str) -> Option<Tz> {
    let id = id.trim().trim_matches('"');
    if id.len() > LONGEST_NAME {
        return None;
    }
    let slashes = id.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(slashes).find_map(|from| iana(&id[from..])).or_else(|| outlook(id))
}

fn iana(name: &str) -> Option<Tz> {
    TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).copied()
}

/// Those of Windows (CLDR's windowsZones), and the sentences that Outlook shows for them.
fn outlook(name: &str) -> Option<Tz> {
    match name.parse().ok()? {
        // Of a sentence about places that it does not know it takes the offset: half the year
        // that is another.
        calcard::common::timezone::Tz::Tz(zone) if !zone.name().starts_with("Etc/GMT") => Some(zone),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect(text)
    }

    #[test]
    fn a_zone_is_known_by_all_the_names_that_programs_give_it() {
        for (id, wanted) in [
            ("Europe/Paris", "Europe/Paris"),
            ("europe/paris", "Europe/Paris"),
            ("\"Europe/Paris\"", "Europe/Paris"),
            ("/freeassociation.sourceforge.net/Europe/Paris", "Europe/Paris"),
            ("/freeassociation.sourceforge.net/Tzfile/Europe/Paris", "Europe/Paris"),
            ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("/softwarestudio.org/Olson_20011030_5/America/New_York", "America/New_York"),
            ("tzone://Microsoft/Utc", "UTC"),
            ("UTC", "UTC"),
            ("Etc/UTC", "Etc/UTC"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Romance Standard Time", "Europe/Paris"),
            ("Middle East Standard Time", "Asia/Beirut"),
            ("Egypt Standard Time", "Africa/Cairo"),
            ("Arabian Standard Time", "Asia/Dubai"),
            ("GMT Standard Time", "Europe/London"),
            ("Eastern Standard Time", "America/New_York"),
            ("India Standard Time", "Asia/Calcutta"),
            ("FLE Standard Time", "Europe/Kiev"),
            ("Qyzylorda Standard Time", "Asia/Qyzylorda"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ] {
            assert_eq!(named(id).map(|zone| zone.name()), Some(wanted), "{id}");
        }
        for id in ["", "/", "Customized Time Zone", "(UTC+01:00) Somewhere, Elsewhere", &"/x".repeat(100_000)]
        {
            assert_eq!(named(id), None, "{id}");
        }
    }

    #[test]
    fn an_unknown_zone_is_what_its_description_says_where_that_is_one_thing() {
        let mut zones = Zones::default();
        let mut describe = |id: &str, properties: &[(&str, &str)]| {
            zones.begin();
            zones.property("TZID", id);
            properties.iter().for_each(|(name, value)| zones.property(name, value));
        };
        describe("Our town", &[("TZOFFSETTO", "+0530"), ("TZOFFSETTO", "+05:30")]);
        describe("Home", &[("X-LIC-LOCATION", "Europe/Paris"), ("TZOFFSETTO", "+0100")]);
        describe("Somewhere", &[("TZOFFSETTO", "+0100"), ("TZOFFSETTO", "+0200")]);
        describe("Nowhere", &[("TZOFFSETTO", "east")]);
        assert_eq!(zones.find("Our town"), FixedOffset::east_opt(19_800).map(Zone::Fixed));
        assert_eq!(zones.find("Home"), Some(Zone::Named(Tz::Europe__Paris)));
        for none in ["Somewhere", "Nowhere", "Elsewhere"] {
            assert_eq!(zones.find(none), None, "{none}");
        }
    }

    #[test]
    fn a_time_that_comes_twice_or_never_is_read_as_the_rfc_has_it() {
        let shown =
            |text: &str| Zone::Named(Tz::America__New_York).instant(local(text)).map(|at| at.to_rfc3339());
        // The examples of RFC 5545 §3.3.5.
        assert_eq!(shown("2007-11-04 01:30").as_deref(), Some("2007-11-04T05:30:00+00:00"));
        assert_eq!(shown("2007-03-11 02:30").as_deref(), Some("2007-03-11T07:30:00+00:00"));
    }
}
