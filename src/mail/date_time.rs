//! The Date field (RFC 5322 §3.3 and §4.3), and what else programs write there.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone};

/// Reads a date. A zone that is missing or that nobody knows is UTC (§4.3).
pub(super) fn read(value: &str) -> Option<DateTime<FixedOffset>> {
    let value: String = value.chars().take(500).collect();
    let plain = without_comments(&value);
    let plain = plain.trim();
    iso_8601(plain).or_else(|| Parts::of(plain).date_time())
}

/// `2026-10-05T10:00:00+02:00`, or with a space, or without a zone.
fn iso_8601(text: &str) -> Option<DateTime<FixedOffset>> {
    let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = text[10..].trim_start_matches(['T', 't', ' ']);
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let time = clock(rest[..end].split(['.', ',']).next()?)?;
    let zone = zone(&rest[end..].trim().to_ascii_lowercase()).unwrap_or(UTC);
    offset(zone)?.from_local_datetime(&date.and_time(time)).single()
}

/// The tokens of a date, by what they must be.
#[derive(Default)]
struct Parts {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    time: Option<NaiveTime>,
    zone: Option<i32>,
    afternoon: bool,
    /// `10/5/2026`: nobody can say which is the month.
    open_to_doubt: bool,
}

const UTC: i32 = 0;

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Self::default();
        let lower = text.to_lowercase();
        for token in lower.split(|c: char| c.is_whitespace() || c == ',').filter(|t| !t.is_empty()) {
            parts.token(token);
        }
        parts
    }

    fn token(&mut self, token: &str) {
        if token.contains('/') && self.day.is_none() {
            self.open_to_doubt = true;
        } else if let Some(time) = clock(token).filter(|_| self.time.is_none() && token.len() > 4) {
            self.time = Some(time);
        } else if self.time.is_some()
            && let Some(zone) = zone(token)
        {
            // A number says more than a name beside it.
            self.zone = Some(zone).filter(|_| self.zone.is_none()).or(self.zone);
        } else if token.bytes().all(|b| b.is_ascii_digit()) {
            self.number(token);
        } else if token.split('-').count() == 3 {
            // `5-Oct-2026`
            token.split('-').for_each(|t| self.token(t));
        } else if let Some(month) = month(token) {
            self.month = Some(month);
        } else {
            self.afternoon |= token == "pm";
        }
    }

    fn number(&mut self, token: &str) {
        let Ok(number) = token.parse::<i32>() else { return };
        match token.len() {
            1 | 2 if self.day.is_none() => self.day = u32::try_from(number).ok(),
            // §4.3: two digits are of 1950 to 2049, three count from 1900.
            2 if self.year.is_none() => {
                self.year = Some(if number < 50 { 2000 + number } else { 1900 + number })
            }
            3 if self.year.is_none() => self.year = Some(1900 + number),
            4 if self.year.is_none() => self.year = Some(number),
            _ => {}
        }
    }

    fn date_time(self) -> Option<DateTime<FixedOffset>> {
        let date =
            NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?).filter(|_| !self.open_to_doubt)?;
        let time = self.time.unwrap_or_default();
        let later = self.afternoon && time < NaiveTime::from_hms_opt(12, 0, 0)?;
        let time = if later { time.overflowing_add_signed(chrono::TimeDelta::hours(12)).0 } else { time };
        offset(self.zone.unwrap_or(UTC))?.from_local_datetime(&date.and_time(time)).single()
    }
}

/// `10:00`, `10:00:00` or `10.00.00`. A leap second is the one before.
fn clock(token: &str) -> Option<NaiveTime> {
    let numbers: Vec<u32> = token.split([':', '.']).map(|n| n.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [hour, minute] if token.contains(':') => NaiveTime::from_hms_opt(hour, minute, 0),
        [hour, minute, second] => NaiveTime::from_hms_opt(hour, minute, second.min(59)),
        _ => None,
    }
}

/// English months and those of the languages whose programs write their own.
fn month(token: &str) -> Option<u32> {
    const STARTS: [(&str, u32); 28] = [
        ("jan", 1),
        ("ene", 1),
        ("gen", 1),
        ("feb", 2),
        ("fév", 2),
        ("fev", 2),
        ("mar", 3),
        ("mär", 3),
        ("mrz", 3),
        ("apr", 4),
        ("avr", 4),
        ("abr", 4),
        ("may", 5),
        ("mai", 5),
        ("jun", 6),
        ("juin", 6),
        ("jul", 7),
        ("juil", 7),
        ("aug", 8),
        ("aoû", 8),
        ("ago", 8),
        ("sep", 9),
        ("oct", 10),
        ("okt", 10),
        ("nov", 11),
        ("dec", 12),
        ("déc", 12),
        ("dez", 12),
    ];
    STARTS.iter().find(|(start, _)| token.starts_with(start)).map(|(_, month)| *month)
}

/// Minutes east of UTC: `+0200`, `+02:00`, `gmt+2`, or a name (RFC 5322 §4.3 and common ones).
fn zone(token: &str) -> Option<i32> {
    let token = token.trim_matches(['"', '\'', '(', ')']);
    let digits = token
        .strip_prefix("gmt")
        .or(token.strip_prefix("utc"))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(token);
    let sign = match digits.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return named(token),
    };
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    let number: i32 = plain.parse().ok()?;
    let minutes = if plain.len() <= 2 { number * 60 } else { number / 100 * 60 + number % 100 };
    (plain.len() <= 4 && minutes < 24 * 60).then_some(sign * minutes)
}

fn named(token: &str) -> Option<i32> {
    let hours = match token {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0,
        "est" | "cdt" => -5,
        "edt" => -4,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "bst" | "cet" | "met" | "mez" | "west" => 1,
        "cest" | "mest" | "mesz" | "eet" | "sast" => 2,
        "eest" | "msk" => 3,
        "jst" | "kst" => 9,
        "aest" => 10,
        _ => return None,
    };
    Some(hours * 60)
}

fn offset(minutes: i32) -> Option<FixedOffset> {
    FixedOffset::east_opt(minutes * 60)
}

/// RFC 5322 §3.2.2: comments stand anywhere, and one in another.
fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    let outside = |c: &char| {
        depth = if *c == '(' { depth + 1 } else { depth };
        let shown = depth == 0;
        depth = if *c == ')' { depth.saturating_sub(1) } else { depth };
        shown
    };
    text.chars().filter(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> Option<String> {
        read(value).map(|d| d.to_rfc3339())
    }

    #[test]
    fn a_date_is_read_in_every_dress() {
        for value in [
            "Mon, 5 Oct 2026 10:00:00 +0200",
            "5 Oct 26 10:00 +0200",
            "Mon 5 Oct 2026 10:00:00 +02:00 (CEST)",
            "Monday, 5 October 2026 10:00:00 CEST",
            "Mon Oct  5 10:00:00 2026 +0200",
            "Mon (x), 5 (y (z)) Oct 2026 10:00:00 GMT+0200",
            "5-Oct-2026 10.00.00 +0200",
            "lun., 5 oct. 2026 10:00:00 +0200",
            "2026-10-05T10:00:00+02:00",
            "2026-10-05 10:00:00.123 +0200",
            "Mon, 05 Oct 2026 10:00:00 AM +0200",
        ] {
            assert_eq!(shown(value).as_deref(), Some("2026-10-05T10:00:00+02:00"), "{value}");
        }
    }

    #[test]
    fn what_has_no_zone_is_utc_and_old_years_are_old() {
        assert_eq!(shown("Mon, 5 Oct 2026 10:00:00").as_deref(), Some("2026-10-05T10:00:00+00:00"));
        assert_eq!(shown("Mon, 5 Oct 2026 10:00:00 XYZ").as_deref(), Some("2026-10-05T10:00:00+00:00"));
        assert_eq!(shown("5 Oct 98 10:00:00 EST").as_deref(), Some("1998-10-05T10:00:00-05:00"));
        assert_eq!(shown("31 Dec 2016 23:59:60 +0000").as_deref(), Some("2016-12-31T23:59:59+00:00"));
    }

    #[test]
    fn what_is_no_date_or_could_be_two_is_none() {
        for value in [
            "",
            "yesterday",
            "Mon, 35 Oct 2026 10:00:00 +0200",
            "10/5/2026 10:00:00 AM",
            "2026",
            "::::",
            "5 Oct",
        ] {
            assert_eq!(shown(value), None, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(text in "[0-9:+a-zé. ,/()-]{0,60}") {
            read(&text);
        }
    }
}
