//! Dates as people write them: a reading, none, or more than one.

use chrono::{Datelike, NaiveDate};

/// What a text can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    One(NaiveDate),
    /// `03/04/2026` is in March or in April: asked back.
    Several,
    None,
}

/// English month names; a month is named by its first three letters or more.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads `2026-12-15`, `15 December 2026`, `December 15, 2026`, `15/12/2026` and the like.
/// A date without a year is the one nearest to `today`.
pub fn read(text: &str, today: NaiveDate) -> Reading {
    let parts = parts(text);
    let month_name = parts.iter().find_map(|p| month(p));
    let numbers: Vec<i32> = parts.iter().filter_map(|p| number(p)).collect();
    match (month_name, numbers.as_slice()) {
        (Some(month), [day, year]) if *year >= 1000 => one(*year, month, *day),
        (Some(month), [year, day]) if *year >= 1000 => one(*year, month, *day),
        (Some(month), [day]) => nearest(month, *day, today),
        (None, [year, month, day]) if *year >= 1000 => one(*year, unsigned(*month), *day),
        (None, [a, b, year]) if *year >= 1000 => day_and_month(*a, *b, *year),
        _ => Reading::None,
    }
}

/// Words and numbers, without times of day (`14:00`) and what stands between.
fn parts(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '.' | '-' | '(' | ')'));
    words.filter(|w| !w.is_empty() && !w.contains(':')).map(str::to_lowercase).collect()
}

fn number(word: &str) -> Option<i32> {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    let suffix = &word[digits.len()..];
    let ordinal = ["", "st", "nd", "rd", "th", "er"].contains(&suffix);
    digits.parse().ok().filter(|_| ordinal && digits.len() <= 4)
}

fn month(word: &str) -> Option<u32> {
    let place = MONTHS
        .iter()
        .position(|m| word.len() >= 3 && m.starts_with(word) || word == "sept" && *m == "september")?;
    u32::try_from(place + 1).ok()
}

fn unsigned(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn date(year: i32, month: u32, day: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, unsigned(day))
}

fn one(year: i32, month: u32, day: i32) -> Reading {
    date(year, month, day).map_or(Reading::None, Reading::One)
}

fn day_and_month(a: i32, b: i32, year: i32) -> Reading {
    match (date(year, unsigned(b), a), date(year, unsigned(a), b)) {
        (Some(x), Some(y)) if x != y => Reading::Several,
        (Some(x), _) | (None, Some(x)) => Reading::One(x),
        (None, None) => Reading::None,
    }
}

fn nearest(month: u32, day: i32, today: NaiveDate) -> Reading {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let dates = years.iter().filter_map(|year| date(*year, month, day));
    dates.min_by_key(|d| (*d - today).num_days().abs()).map_or(Reading::None, Reading::One)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    #[test]
    fn people_write_dates_in_many_ways() {
        let today = day(2026, 11, 20);
        for text in [
            "2026-12-15",
            "15 December 2026",
            "Tuesday, 15 Dec 2026",
            "December 15th, 2026",
            "15/12/2026",
            "12/15/2026",
            "15.12.2026",
            "15 Dec",
            "15 December 2026 at 14:00",
        ] {
            assert_eq!(read(text, today), Reading::One(day(2026, 12, 15)), "{text}");
        }
        assert_eq!(read("3 January", today), Reading::One(day(2027, 1, 3)));
    }

    #[test]
    fn what_has_two_readings_or_none_is_not_guessed() {
        let today = day(2026, 11, 20);
        assert_eq!(read("03/04/2026", today), Reading::Several);
        assert_eq!(read("04/04/2026", today), Reading::One(day(2026, 4, 4)));
        for text in ["", "soon", "31 February 2026", "2026-13-40", "next week", "15"] {
            assert_eq!(read(text, today), Reading::None, "{text}");
        }
    }
}
