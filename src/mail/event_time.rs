//! When a meeting is, as a calendar object says it (RFC 5545 §3.3.4, §3.3.5, §3.3.6).

use super::time_zone::{Zones, utc_offset};
use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// When a meeting begins (RFC 5545 §3.8.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// An instant: written in UTC, or in a zone that is known.
    At(DateTime<Utc>),
    /// A time on the writer's own clock: "floating", or in a zone that nobody knows.
    Floating(NaiveDateTime),
    /// A whole day.
    Day(NaiveDate),
}

/// A time as it is written, before the zones are known: they may be described below it.
pub(super) struct Written {
    pub(super) zone: Option<String>,
    pub(super) value: String,
}

impl Written {
    pub(super) fn start(&self, zones: &Zones) -> Option<Start> {
        let value = self.value.trim();
        let (date, time) = value.split_once(['T', 't', ' ']).unwrap_or((value, ""));
        let date = date_of(date)?;
        if time.is_empty() {
            return Some(Start::Day(date));
        }
        let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
        let local = date.and_time(time_of(&time[..zone_at])?);
        let instant = match &time[zone_at..] {
            "" => self.zone.as_deref().and_then(|id| zones.find(id)).and_then(|zone| zone.instant(local)),
            "Z" | "z" => Some(local.and_utc()),
            // Not in the RFC, but there is only one thing it can mean.
            offset => FixedOffset::east_opt(utc_offset(offset)?)?
                .from_local_datetime(&local)
                .single()
                .map(Into::into),
        };
        Some(instant.map_or(Start::Floating(local), Start::At))
    }
}

/// `20261005`; the hyphens of ISO 8601 are borne.
fn date_of(text: &str) -> Option<NaiveDate> {
    let digits = digits(text, '-').filter(|digits| digits.len() == 8)?;
    NaiveDate::from_ymd_opt(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?)
}

/// `100000`; colons, fractions and missing seconds are borne.
fn time_of(text: &str) -> Option<NaiveTime> {
    let whole = text.split(['.', ',']).next().unwrap_or(text);
    let digits = digits(whole, ':').filter(|digits| matches!(digits.len(), 4 | 6))?;
    let part = |at: usize| digits.get(at..at + 2).map_or(Ok(0), str::parse);
    // A leap second (§3.3.12) is no second of ours.
    NaiveTime::from_hms_opt(part(0).ok()?, part(2).ok()?, part(4).ok()?.min(59))
}

fn digits(text: &str, between: char) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != between).take(20).collect();
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

/// How long it lasts: until DTEND, or for DURATION. `None` for what is no time at all.
pub(super) fn minutes(start: Option<Start>, end: Option<Start>, duration: Option<&str>) -> Option<u32> {
    let until_end = start.zip(end).and_then(|(start, end)| between(start, end));
    let minutes = until_end.or_else(|| lasting(duration?))?.num_minutes();
    u32::try_from(minutes).ok().filter(|minutes| *minutes > 0)
}

fn between(start: Start, end: Start) -> Option<Duration> {
    match (start, end) {
        (Start::At(start), Start::At(end)) => Some(end - start),
        (Start::Floating(start), Start::Floating(end)) => Some(end - start),
        (Start::Day(start), Start::Day(end)) => Some(end - start),
        _ => None,
    }
}

/// RFC 5545 §3.3.6: `PT1H30M`, `P1D`, `P2W`.
fn lasting(value: &str) -> Option<Duration> {
    let value = value.trim().to_ascii_uppercase();
    let rest = value.strip_prefix('+').unwrap_or(&value).strip_prefix('P')?;
    let mut seconds: i64 = 0;
    let mut number = String::new();
    for c in rest.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'T' => continue,
            'W' => 7 * 24 * 3600,
            'D' => 24 * 3600,
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let count: i64 = std::mem::take(&mut number).parse().ok()?;
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
    }
    Duration::try_seconds(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(zone: Option<&str>, value: &str) -> Option<Start> {
        Written { zone: zone.map(str::to_owned), value: value.to_owned() }.start(&Zones::default())
    }

    #[test]
    fn an_instant_is_one_however_it_is_written() {
        let ten = DateTime::parse_from_rfc3339("2026-10-05T08:00:00Z").map(|at| Start::At(at.into())).ok();
        for (zone, value) in [
            (None, "20261005T080000Z"),
            (None, " 20261005t080000z "),
            (None, "20261005T0800Z"),
            (None, "2026-10-05T08:00:00.000Z"),
            (None, "2026-10-05 10:00+02:00"),
            (None, "20261005T040000-0400"),
            (Some("Europe/Paris"), "20261005T100000"),
            (Some("W. Europe Standard Time"), "20261005T100000"),
            // RFC 5545 §3.2.19 forbids a TZID with UTC; what is in UTC stays so.
            (Some("Europe/Paris"), "20261005T080000Z"),
        ] {
            assert_eq!(start(zone, value), ten, "{zone:?} {value}");
        }
    }

    #[test]
    fn a_time_without_a_known_zone_and_a_day_are_what_they_are() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 5).expect("a day");
        let local = day.and_hms_opt(10, 0, 0).map(Start::Floating);
        assert_eq!(start(None, "20261005T100000"), local);
        assert_eq!(start(Some("Customized Time Zone"), "20261005T100000"), local);
        assert_eq!(start(None, "20261005"), Some(Start::Day(day)));
        assert_eq!(start(Some("Europe/Paris"), "2026-10-05"), Some(Start::Day(day)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for value in [
            "",
            "T",
            "2026",
            "20261305",
            "20261005T",
            "20261005T250000",
            "20261005T1",
            "٢٠٢٦١٠٠٥",
            "20261005T100000+99",
        ] {
            let day = value == "20261005T";
            assert_eq!(start(None, value).is_some(), day, "{value}");
        }
    }

    #[test]
    fn it_lasts_until_its_end_or_for_its_duration() {
        let at = |value| start(None, value);
        let (ten, eleven) = (at("20261005T100000Z"), at("20261005T110000Z"));
        assert_eq!(minutes(ten, eleven, Some("PT5M")), Some(60));
        assert_eq!(minutes(eleven, ten, None), None);
        assert_eq!(minutes(at("20261005"), at("20261007"), None), Some(2 * 24 * 60));
        for (value, wanted) in [
            ("PT30M", Some(30)),
            ("+PT1H30M", Some(90)),
            ("P1DT1H", Some(25 * 60)),
            ("P1W", Some(7 * 24 * 60)),
            ("pt1800s", Some(30)),
            ("-PT30M", None),
            ("PT0M", None),
            ("PTM", None),
            ("30", None),
            ("PT99999999999999999999M", None),
            ("P9999999999999W", None),
        ] {
            assert_eq!(minutes(ten, None, Some(value)), wanted, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(value in "[0-9TZP+:. -]{0,24}|\\PC{0,24}", zone in "[A-Za-z/ .]{0,24}|\\PC{0,12}") {
            minutes(start(Some(&zone), &value), start(None, &value), Some(&value));
        }
    }
}
