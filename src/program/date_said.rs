//! A date as it stands in a line: which pieces are one, and the days that it can be.

use super::time_piece::Pieces;
use super::time_words::{OF, ORDINALS};
use super::{date, months, time_of_day};
use chrono::{Datelike, Days, NaiveDate};

/// How far back a date without a year may lie: who proposes one of last week has it wrong, and
/// does not mean the next year's.
const DAYS_BACK: u64 = 30;

/// A date as it is written; what it means is for [`date::readings`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DateSaid {
    /// Without its year: `8/12/`, `8 december `.
    text: String,
    year: Option<u32>,
    /// Its month too is a number.
    in_numbers: bool,
}

impl DateSaid {
    /// Whether this is a date even where no hour stands with it: `12.8` and `12/8` alone are not.
    pub(super) fn is_sure(&self) -> bool {
        self.year.is_some() || !self.in_numbers
    }

    /// The days that it can be, seen from `today`: without a year, those about to come.
    pub(super) fn days(&self, today: NaiveDate) -> Vec<NaiveDate> {
        let on = |year: i64| date::readings(&format!("{}{year}", self.text), today);
        if let Some(year) = self.year {
            return on(year.into());
        }
        let Some(first) = today.checked_sub_days(Days::new(DAYS_BACK)) else { return Vec::new() };
        let this = i64::from(today.year());
        let days = [this - 1, this, this + 1].into_iter().flat_map(on);
        // Of one year exactly, so that each reading is there once.
        let year = first..first.with_year(first.year() + 1).unwrap_or(first + Days::new(366));
        let mut days: Vec<NaiveDate> = days.filter(|day| year.contains(day)).collect();
        days.sort_unstable();
        days
    }
}

/// The date that begins here, and of how many pieces it is.
pub(super) fn at(pieces: &Pieces, at: usize) -> Option<(DateSaid, usize)> {
    in_numbers(pieces, at)
        .or_else(|| year_first(pieces, at))
        .or_else(|| day_first(pieces, at))
        .or_else(|| month_first(pieces, at))
}

/// `2026-12-08`, `8/12/2026`, `8.12.26`, `8/12`, `8. 12. 2026`.
fn in_numbers(pieces: &Pieces, at: usize) -> Option<(DateSaid, usize)> {
    let (a, digits) = pieces.number(at)?;
    let sign = ['-', '/', '.'].into_iter().find(|sign| pieces.sign(at + 1, *sign))?;
    let (b, _) = pieces.number(at + 2).filter(|(_, digits)| *digits <= 2)?;
    let third = pieces.number(at + 4).filter(|_| pieces.sign(at + 3, sign));
    let tight = (at + 1..=at + 4).all(|n| pieces.is_tight(n));
    match third {
        Some((day, _)) if digits == 4 && tight => Some((
            DateSaid { text: format!("{day} {} ", months::name(b)?), year: Some(a), in_numbers: true },
            5,
        )),
        Some((year, 4)) if digits <= 2 => Some((numbers(a, b, sign, Some(year)), 5 + of_era(pieces, at + 5))),
        Some((year, 2)) if digits <= 2 && tight => Some((numbers(a, b, sign, Some(2000 + year)), 5)),
        _ => without_year(pieces, at, sign),
    }
}

fn without_year(pieces: &Pieces, at: usize, sign: char) -> Option<(DateSaid, usize)> {
    let (a, digits) = pieces.number(at)?;
    let (b, _) = pieces.sign_and_number(at + 1, sign)?;
    let goes_on = pieces.sign_and_number(at + 3, sign).is_some();
    let is_time = pieces.sign_and_number(at + 3, ':').is_some() || time_of_day::marks_hour(pieces, at + 3);
    let is_date = sign != '-' && digits <= 2 && a <= 31 && b <= 31 && (sign == '/' || (1..=12).contains(&b));
    let dot = usize::from(sign == '.' && pieces.sign(at + 3, '.') && pieces.is_tight(at + 3));
    (is_date && !goes_on && !is_time).then(|| (numbers(a, b, sign, None), 3 + dot))
}

/// Where a full stop stands between, the day is first, wherever dates are written so.
fn numbers(a: u32, b: u32, sign: char, year: Option<u32>) -> DateSaid {
    let name = months::name(b).filter(|_| sign == '.');
    let text = name.map_or_else(|| format!("{a}/{b}/"), |month| format!("{a} {month} "));
    DateSaid { text, year, in_numbers: true }
}

/// `8 December 2026`, `8. Dez.`, `8th of December`, `8 كانون الأول/ديسمبر 2026`.
fn day_first(pieces: &Pieces, at: usize) -> Option<(DateSaid, usize)> {
    let (day, _) = pieces.number(at).filter(|(day, digits)| (1..=31).contains(day) && *digits <= 2)?;
    let month_at = after_day_number(pieces, at);
    let (month, used) = month_at_most(pieces, month_at)?;
    let end = month_at + used;
    let (year, more) = year_at(pieces, end).map_or((None, 0), |(year, more)| (Some(year), more));
    Some((named(day, month, year), end + more - at))
}

/// `December 8, 2026`, `Dec. 8th`; in `mar. 15 déc.` the month comes after.
pub(super) fn month_first(pieces: &Pieces, at: usize) -> Option<(DateSaid, usize)> {
    let (month, used) = month_at_most(pieces, at)?;
    let day_at = at + used + usize::from(pieces.word(at + used) == Some("the"));
    let (day, _) = pieces.number(day_at).filter(|(day, digits)| (1..=31).contains(day) && *digits <= 2)?;
    let end = day_at + 1 + ordinal(pieces, day_at + 1);
    if is_day_of_month(pieces, day_at)
        || marks_time(pieces, day_at + 1)
        || pieces.sign_and_number(day_at + 1, '-').is_some()
    {
        return None;
    }
    let (year, more) = year_at(pieces, end).map_or((None, 0), |(year, more)| (Some(year), more));
    Some((named(day, month, year), end + more - at))
}

/// `2026 December 8`
fn year_first(pieces: &Pieces, at: usize) -> Option<(DateSaid, usize)> {
    let (year, _) = pieces.number(at).filter(|(year, _)| (2000..2200).contains(year))?;
    let (month, used) = month_at_most(pieces, at + 1)?;
    let (day, _) =
        pieces.number(at + 1 + used).filter(|(day, digits)| (1..=31).contains(day) && *digits <= 2)?;
    (!marks_time(pieces, at + 2 + used)).then(|| (named(day, month, Some(year)), used + 2))
}

fn named(day: u32, month: &str, year: Option<u32>) -> DateSaid {
    DateSaid { text: format!("{day} {month} "), year, in_numbers: false }
}

/// Whether the number there is a day by the month after it.
pub(super) fn is_day_of_month(pieces: &Pieces, at: usize) -> bool {
    let day = pieces.number(at).is_some_and(|(day, digits)| (1..=31).contains(&day) && digits <= 2);
    day && month_at_most(pieces, after_day_number(pieces, at)).is_some()
}

/// Where the month stands after the number of a day.
fn after_day_number(pieces: &Pieces, at: usize) -> usize {
    let end = at + 1 + ordinal(pieces, at + 1);
    let dot = usize::from(pieces.sign(end, '.') || pieces.sign(end, '-') && pieces.is_tight(end + 1));
    end + dot + pieces.one_of(end + dot, OF).unwrap_or(0)
}

/// `st`, `er` right after a number: one piece.
pub(super) fn ordinal(pieces: &Pieces, at: usize) -> usize {
    pieces.one_of(at, ORDINALS).filter(|_| pieces.is_tight(at)).unwrap_or(0)
}

/// A month's name, and of how many pieces: `déc.`, `كانون الأول/ديسمبر`.
fn month_at_most(pieces: &Pieces, at: usize) -> Option<(&str, usize)> {
    let month = |at: usize| pieces.word(at).and_then(|w| months::number(w).or_else(|| months::begun(w)));
    let number = month(at)?;
    let both = pieces.sign(at + 1, '/') && month(at + 2) == Some(number);
    let used = if both { 3 } else { 1 };
    Some((pieces.word(at)?, used + usize::from(pieces.sign(at + used, '.'))))
}

/// `2026`, `, 2026`, `de 2026`, `'26`, `-2026`; two figures are a year where they can be no hour.
fn year_at(pieces: &Pieces, at: usize) -> Option<(u32, usize)> {
    let sign = usize::from([',', '-', '/', '\'', '،'].into_iter().any(|sign| pieces.sign(at, sign)));
    let words = pieces.one_of(at + sign, OF).unwrap_or(0);
    let (year, digits) = pieces.number(at + sign + words)?;
    let end = at + sign + words + 1;
    let is_full = digits == 4 && (2000..2200).contains(&year) && !marks_time(pieces, end);
    let is_short = digits == 2
        && (25..70).contains(&year)
        && !marks_time(pieces, end)
        && pieces.sign_and_number(end, '-').is_none();
    match (is_full, is_short) {
        (true, _) => Some((year, end + of_era(pieces, end) - at)),
        (_, true) => Some((2000 + year, end - at)),
        _ => None,
    }
}

/// `2026م`
fn of_era(pieces: &Pieces, at: usize) -> usize {
    usize::from(pieces.is_tight(at) && matches!(pieces.word(at), Some("م" | "г")))
}

/// Whether the number before is an hour.
pub(super) fn marks_time(pieces: &Pieces, at: usize) -> bool {
    time_of_day::marks_hour(pieces, at) || pieces.sign_and_number(at, '.').is_some()
}
