//! Dates inside a sentence: words in, the day they name, if they name one alone.

use super::absence_words::Tongue;
use super::months;
use super::words::fold;
use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// How a text is dated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dating {
    /// Where its writer is.
    pub today: NaiveDate,
    /// The order of day and month in the text, where one of its dates shows it.
    pub order: Option<Order>,
}

/// Which of two numbers is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

impl Dating {
    /// `from 20/12 to 3/1`: who writes the one so writes the other so.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>, today: NaiveDate) -> Self {
        let mut orders: Vec<Order> = words.filter_map(order_shown).collect();
        orders.dedup();
        Self { today, order: if let [order] = orders.as_slice() { Some(*order) } else { None } }
    }
}

fn order_shown(word: &str) -> Option<Order> {
    match parts_of(word)?.0.as_slice() {
        [day, month] | [day, month, _] if (13..=31).contains(day) && (1..=12).contains(month) => {
            Some(Order::DayFirst)
        }
        [month, day] | [month, day, _] if (13..=31).contains(day) && (1..=12).contains(month) => {
            Some(Order::MonthFirst)
        }
        _ => None,
    }
}

/// A date at the beginning, and of how many words: `4 January 2027`, `January 4`, `4/1/2027`,
/// `2027-01-04`, `3.1`, `4 de enero de 2027`.
pub(super) fn at(words: &[&str], dating: Dating, tongue: Tongue) -> Option<(NaiveDate, usize)> {
    let first = *words.first()?;
    if let Some(day) = numeric(first, dating, tongue) {
        return Some((day, 1));
    }
    let skip = usize::from(words.get(1).is_some_and(|w| FILLERS.contains(w)));
    let named = |day: &str, month: &str| Some((day_number(day)?, months::number(month)?));
    let second = *words.get(1 + skip)?;
    let (day, month) = named(first, second).or_else(|| named(second, first).filter(|_| skip == 0))?;
    let year_at = 2 + skip;
    let filler = usize::from(words.get(year_at).is_some_and(|w| FILLERS.contains(w)));
    match words.get(year_at + filler).and_then(|w| year_number(w)) {
        Some(year) => Some((NaiveDate::from_ymd_opt(year, month, day)?, year_at + 1 + filler)),
        None => Some((nearest(day, month, dating.today)?, year_at)),
    }
}

/// Between day, month and year.
const FILLERS: &[&str] = &["of", "de", "di", "del", "den"];

fn parts_of(word: &str) -> Option<(Vec<u32>, char)> {
    let sign = word.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let parts = word.split(sign).filter(|p| !p.is_empty()).map(|p| p.parse().ok());
    Some((parts.collect::<Option<_>>()?, sign))
}

/// Digits with `-`, `/` or `.` between: two readings are none. A full stop stands between
/// day and month, in that order, wherever dates are written so.
fn numeric(word: &str, dating: Dating, tongue: Tongue) -> Option<NaiveDate> {
    let (parts, sign) = parts_of(word)?;
    let year = |n: u32| i32::try_from(if n < 100 { 2000 + n } else { n }).ok();
    let order = if tongue == Tongue::DayFirst { Some(Order::DayFirst) } else { dating.order };
    let near = |day: u32, month: u32| nearest(day, month, dating.today);
    match (parts.as_slice(), sign) {
        ([y, m, d], _) if *y >= 1000 => NaiveDate::from_ymd_opt(year(*y)?, *m, *d),
        ([d, m, y], '.') => NaiveDate::from_ymd_opt(year(*y)?, *m, *d),
        ([d, m], '.') => near(*d, *m),
        ([a, b, y], _) => {
            let (y, ymd) = (year(*y)?, NaiveDate::from_ymd_opt);
            in_order(order, ymd(y, *b, *a), ymd(y, *a, *b))
        }
        ([a, b], '/') => in_order(order, near(*a, *b), near(*b, *a)),
        _ => None,
    }
}

/// The one reading there is, or that both give, or that the order leaves.
fn in_order(
    order: Option<Order>,
    day_first: Option<NaiveDate>,
    month_first: Option<NaiveDate>,
) -> Option<NaiveDate> {
    match (day_first, month_first, order) {
        (Some(day), Some(_), Some(Order::DayFirst)) => Some(day),
        (Some(_), Some(month), Some(Order::MonthFirst)) => Some(month),
        (Some(a), Some(b), None) => (a == b).then_some(a),
        (one, other, _) => one.or(other),
    }
}

/// Without a year the nearest one: a note of last summer is not about the next.
fn nearest(day: u32, month: u32, today: NaiveDate) -> Option<NaiveDate> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let days = years.iter().filter_map(|year| NaiveDate::from_ymd_opt(*year, month, day));
    days.min_by_key(|d| (*d - today).num_days().abs())
}

/// `4`, `4th`, `1er`, `4.`; `20-31` of one month ends on its last.
fn day_number(word: &str) -> Option<u32> {
    let last = word.rsplit_once('-').filter(|(first, _)| first.parse::<u32>().is_ok()).map(|(_, last)| last);
    let word = last.unwrap_or(word);
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let suffix = &word[digits.len()..];
    let ordinal = ["", "st", "nd", "rd", "th", "er", "º", "o", ".", "e", "-го", "-е"].contains(&suffix);
    digits.parse().ok().filter(|n| ordinal && (1..=31).contains(n))
}

fn year_number(word: &str) -> Option<i32> {
    word.trim_end_matches(['г', '.']).parse().ok().filter(|year| (2000..2200).contains(year))
}

/// Chinese, Japanese and Korean write no spaces and say "until" after the date: the same in the
/// order and the words of the others.
pub(super) fn in_one_order(text: &str) -> String {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r"(?P<to>[至到]|直到)?\s?(?:(?P<year>20\d\d)\s?[年년]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号號일]\s?(?:[(（][^)）\n]{1,6}[)）])?\s?(?P<till>まで|まて|까지|为止|為止|止)?(?P<back>[^\n。、,，]{0,14}(?:出社|復帰|出勤|勤務|上班|返回|回来|回來|回到|恢复|복귀|출근|돌아))?";
        Regex::new(pattern).expect("the pattern is a constant that the tests compile")
    });
    let said = |c: &Captures<'_>| {
        let year = c.name("year").map_or(String::new(), |y| format!(" {}", y.as_str()));
        let month = c["month"].parse().ok().and_then(months::name);
        let Some(month) = month else { return c[0].to_owned() };
        let kind = match (c.name("to").or(c.name("till")), c.name("back")) {
            (_, Some(_)) => "back on",
            (Some(_), None) => "i until",
            (None, None) => ".",
        };
        format!(" . {kind} {} {month}{year} . ", &c["day"])
    };
    DATE.replace_all(text, said).into_owned()
}

/// A word as spellings are compared: no signs around it, figures of one kind.
pub(super) fn bare(raw: &str) -> String {
    let folded = fold(&raw.replace('’', "'"));
    if matches!(folded.as_str(), "-") {
        return folded;
    }
    folded.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}
