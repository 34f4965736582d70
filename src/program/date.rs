//! Dates as people write them: a reading, none, or more than one.

use super::months;
use crate::mail::fold;
use chrono::{Datelike, NaiveDate};

/// What a text can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    One(NaiveDate),
    /// `03/04/2026` is in March or in April: asked back.
    Several,
    None,
}

/// What follows the hour in a time of day: `14 h 30`, `3 pm`.
const HOURS: [&str; 13] =
    ["h", "hr", "heure", "heures", "hour", "hours", "am", "pm", "صباحا", "مساء", "ظهرا", "ص", "ليلا"];
/// What stands before it: `الساعة 3`.
const AT: [&str; 2] = ["الساعه", "ساعه"];
/// The years of another calendar: `1448 هـ`.
const HIJRI: [&str; 2] = ["ه", "هجري"];

/// Reads `2026-12-15`, `15 December 2026`, `December 15, 2026`, `1er janvier`, `15/12/2026`
/// and the like. A date without a year is the one nearest to `today`.
pub fn read(text: &str, today: NaiveDate) -> Reading {
    match readings(text, today).as_slice() {
        [] => Reading::None,
        [day] => Reading::One(*day),
        _ => Reading::Several,
    }
}

/// All that [`read`] makes of it: none, the one, or both.
pub(super) fn readings(text: &str, today: NaiveDate) -> Vec<NaiveDate> {
    let parts = parts(text);
    if parts.iter().any(|p| HIJRI.contains(&p.trim_start_matches(|c: char| c.is_ascii_digit()))) {
        return Vec::new();
    }
    let numbers: Vec<i32> = parts.iter().filter_map(|p| number(p)).collect();
    let month_name = month_in(&parts, numbers.len());
    match (month_name, numbers.as_slice()) {
        (Some(month), [day, year]) if *year >= 1000 => one(*year, month, *day),
        (Some(month), [year, day]) if *year >= 1000 => one(*year, month, *day),
        (Some(month), [day]) => nearest(month, *day, today).into_iter().collect(),
        (None, [year, month, day]) if *year >= 1000 => one(*year, unsigned(*month), *day),
        (None, [a, b, year]) if *year >= 1000 => day_and_month(*a, *b, *year),
        _ => Vec::new(),
    }
}

/// Words and numbers, without times of day (`14:00`, `14 h 30`) and what stands between.
fn parts(text: &str) -> Vec<String> {
    let text = months::with_one_word_months(&fold::letters(text));
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '/' | '.' | '-' | '(' | ')' | '،' | '؛');
    let words: Vec<&str> = text.split(between).filter(|w| !w.is_empty() && !w.contains(':')).collect();
    let one_of = |list: &[&str], n: usize| words.get(n).is_some_and(|w| list.contains(w));
    let is_hour = |n: usize| one_of(&HOURS, n);
    let follows = |list: &[&str], n: usize| n > 0 && one_of(list, n - 1);
    let is_time = |n: usize| is_hour(n) || is_hour(n + 1) || follows(&HOURS, n) || follows(&AT, n);
    (0..words.len()).filter(|n| !is_time(*n)).map(|n| words[n].to_owned()).collect()
}

/// The month that is named: surely by its whole name, else by one cut short or one that is a word
/// as well (`mar. 15 déc.` is a Tuesday in December). Three numbers are a date without those.
fn month_in(parts: &[String], numbers: usize) -> Option<u32> {
    let surely = |part: &str| months::number(part).filter(|_| !months::ALSO_WORDS.contains(&part));
    let perhaps = |part: &str| months::number(part).or_else(|| months::begun(part)).filter(|_| numbers < 3);
    beside_day(parts, surely).or_else(|| beside_day(parts, perhaps))
}

/// Of several months the one after the day, else the one before it, else the first.
fn beside_day(parts: &[String], month: impl Fn(&str) -> Option<u32>) -> Option<u32> {
    let is_number = |at: usize| parts.get(at).is_some_and(|part| number(part).is_some());
    let named: Vec<(usize, u32)> =
        parts.iter().enumerate().filter_map(|(at, part)| Some((at, month(part)?))).collect();
    let after = named.iter().find(|(at, _)| *at > 0 && is_number(at - 1));
    let before = || named.iter().find(|(at, _)| is_number(at + 1));
    after.or_else(before).or(named.first()).map(|(_, month)| *month)
}

fn number(word: &str) -> Option<i32> {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    let suffix = &word[digits.len()..];
    let ordinal = ["", "st", "nd", "rd", "th", "er", "م"].contains(&suffix);
    digits.parse().ok().filter(|_| ordinal && digits.len() <= 4)
}

fn unsigned(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn date(year: i32, month: u32, day: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, unsigned(day))
}

fn one(year: i32, month: u32, day: i32) -> Vec<NaiveDate> {
    date(year, month, day).into_iter().collect()
}

/// The day first, then the month first; once where both are the same.
fn day_and_month(a: i32, b: i32, year: i32) -> Vec<NaiveDate> {
    let mut days: Vec<NaiveDate> =
        date(year, unsigned(b), a).into_iter().chain(date(year, unsigned(a), b)).collect();
    days.dedup();
    days
}

fn nearest(month: u32, day: i32, today: NaiveDate) -> Option<NaiveDate> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let dates = years.iter().filter_map(|year| date(*year, month, day));
    dates.min_by_key(|d| (*d - today).num_days().abs())
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
    fn french_dates_are_read_too() {
        let today = day(2026, 11, 20);
        for text in [
            "15 décembre 2026",
            "mardi 15 décembre 2026",
            "le 15 décembre",
            "15 déc. 2026",
            "15 dec",
            "mar. 15 déc. 2026",
            "le 15/12/2026",
            "15.12.2026 à 14h30",
            "15 décembre 2026 à 14 h",
            "mardi 15 décembre à 14 h 30",
            "15 DECEMBRE 2026, 15 heures",
        ] {
            assert_eq!(read(text, today), Reading::One(day(2026, 12, 15)), "{text}");
        }
        for (text, month, number) in [
            ("1er janvier", 1, 1),
            ("1\u{1d49}\u{2b3} janvier", 1, 1),
            ("le 5 janvier", 1, 5),
            ("3 févr.", 2, 3),
            ("10 fév", 2, 10),
            ("4 mars", 3, 4),
            ("6 avr.", 4, 6),
            ("2 mai 2027", 5, 2),
            ("2 juin 2027", 6, 2),
            ("2 juil. 2027", 7, 2),
            ("2 août 2027", 8, 2),
            ("2 aout 2027", 8, 2),
        ] {
            assert_eq!(read(text, today), Reading::One(day(2027, month, number)), "{text}");
        }
        assert_eq!(read("2 jui 2027", today), Reading::None);
    }

    #[test]
    fn dates_in_other_languages_are_read_too() {
        let today = day(2026, 11, 20);
        for text in [
            "15 Dezember 2026",
            "Dienstag, 15. Dez. 2026",
            "15 de diciembre",
            "15 de diciembre de 2026",
            "15 dic 2026",
            "15 dicembre 2026",
            "15 de dezembro de 2026",
            "15 desember",
            "15 декабря 2026",
            "15 дек 2026",
            "15 Aralık 2026",
            "15 grudnia 2026",
            "set for 15 December 2026",
            "set for 15/12/2026",
            "December 15, out at 3 pm",
        ] {
            assert_eq!(read(text, today), Reading::One(day(2026, 12, 15)), "{text}");
        }
        assert_eq!(read("5 out 2026", today), Reading::One(day(2026, 10, 5)));
        assert_eq!(read("mar. 3 mar. 2026", today), Reading::One(day(2026, 3, 3)));
        assert_eq!(read("5 et 13 décembre 2026", today), Reading::None);
    }

    #[test]
    fn arabic_dates_are_read_from_rabat_to_baghdad() {
        let today = day(2026, 11, 20);
        for text in [
            "15 ديسمبر 2026",
            "١٥ ديسمبر ٢٠٢٦",
            "۱۵ ديسمبر ۲۰۲۶",
            "الثلاثاء 15 ديسمبر 2026",
            "الثلاثاء، 15 من ديسمبر 2026م",
            "15 كانون الأول 2026",
            "15 كانون الأول/ديسمبر 2026",
            "15 دجنبر 2026",
            "يوم 15 ديسمبر",
            "١٥/١٢/٢٠٢٦",
            "٢٠٢٦-١٢-١٥",
            "15 ديسمبر 2026 الساعة 10",
            "15 ديسمبر 2026 الساعة 10:00 صباحًا",
            "15 ديسمبر 2026، 3 مساءً",
            "\u{200f}15\u{200f} \u{2068}ديسمبر\u{2069} 2026",
        ] {
            assert_eq!(read(text, today), Reading::One(day(2026, 12, 15)), "{text}");
        }
        for (text, month) in [
            ("2 كانون الثاني 2027", 1),
            ("2 جانفي 2027", 1),
            ("2 شباط 2027", 2),
            ("2 فيفري 2027", 2),
            ("2 آذار 2027", 3),
            ("2 نيسان 2027", 4),
            ("2 إبريل 2027", 4),
            ("2 أفريل 2027", 4),
            ("2 أيّار 2027", 5),
            ("2 ماي 2027", 5),
            ("2 حزيران 2027", 6),
            ("2 جوان 2027", 6),
            ("2 تمّوز 2027", 7),
            ("2 جويلية 2027", 7),
            ("2 يوليوز 2027", 7),
            ("2 آب 2027", 8),
            ("2 أوت 2027", 8),
            ("2 غشت 2027", 8),
            ("2 أيلول 2027", 9),
            ("2 شتنبر 2027", 9),
            ("2 تشرين الأول 2027", 10),
            ("2 أكتوبر 2027", 10),
            ("2 تشرين الثاني 2027", 11),
            ("2 نونبر 2027", 11),
        ] {
            assert_eq!(read(text, today), Reading::One(day(2027, month, 2)), "{text}");
        }
        assert_eq!(read("الأول من يناير 2027", today), Reading::One(day(2027, 1, 1)));
        for text in ["5 رجب 1448 هـ", "15/12/1448هـ", "كانون 2026", "الأسبوع القادم"]
        {
            assert_eq!(read(text, today), Reading::None, "{text}");
        }
        assert_eq!(read("٣/٤/٢٠٢٦", today), Reading::Several);
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
