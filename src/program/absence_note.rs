//! Reading a note of absence: the last day on which its writer is away, where it says one.
//!
//! A note is a text of a machine with a person's words in it. What it says is believed only
//! where it can be read in one way: a date that may be two, a month without a day, a day long
//! past or years away count as no date, and the clock runs on.

use super::words::fold;
use chrono::{Datelike, Days, NaiveDate};

/// Nobody's wait is stretched further by a machine.
const LONGEST_DAYS: i64 = 366;
/// How many words may stand between "until" and its date: `until the evening of Friday, 4 May`.
const GAP: usize = 4;
/// `away until Friday, back on Monday`: two dates with a weekend between are one absence.
const WEEKEND_DAYS: i64 = 4;

/// Up to and including the day that follows.
#[rustfmt::skip]
const UNTIL: &[&str] = &[
    "until", "till", "through", "thru", "to and including", "jusquau", "jusqua", "jusquau soir du", "bis",
    "bis zum", "bis einschliesslich", "fino al", "fino all", "sino al", "hasta el", "hasta", "ate", "ate ao",
    "tot en met", "t/m", "tot", "till och med", "t.o.m", "til og med", "حتي", "لغايه",
];
/// The day that follows is the first one back.
#[rustfmt::skip]
const BACK: &[&str] = &[
    "back on", "back in the office on", "back at work on", "back at my desk on", "back from", "back by",
    "back", "return on", "returning on", "returning", "return to the office on", "return to work on",
    "returning to the office on", "return", "available again on", "available again from", "de retour le",
    "de retour a partir du", "de retour au bureau le", "retour le", "reviens le", "reviendrai le",
    "rentre le", "rentrerai le", "reprendrai le", "reprends le", "wieder ab", "wieder ab dem", "wieder am",
    "zuruck am", "zuruck ab", "ab dem", "rientro il", "rientrero il", "rientrero", "tornero il", "torno il",
    "di ritorno il", "vuelvo el", "volvere el", "regreso el", "regresare el", "de vuelta el",
    "de regreso el", "de volta em", "de volta no dia", "regresso em", "terug op", "weer terug op",
    "weer bereikbaar vanaf", "tillbaka den", "ater den", "tilbake den", "tilbage den",
];
/// Between the two ends of a stay: only after one of [`FROM`] in the same sentence.
const TO: &[&str] = &["to", "au", "al", "a", "and"];
const FROM: &[&str] = &["from", "between", "du", "dal", "del", "starting"];
/// What a sentence about one's absence has, and a sentence about an application's closing has not.
#[rustfmt::skip]
const AWAY: &[&str] = &[
    "i", "im", "my", "away", "absent", "absence", "office", "leave", "holiday", "holidays", "vacation",
    "closed", "travelling", "traveling", "unavailable", "ooo", "je", "conge", "conges", "absente", "ferme",
    "vacances", "mission", "ich", "urlaub", "abwesend", "geschlossen", "buro", "haus", "sono", "saro",
    "fuori", "ferie", "assente", "chiuso", "estoy", "estare", "fuera", "vacaciones", "ausente", "cerrado",
    "fora", "ferias", "estou", "estarei", "ik", "vakantie", "afwezig", "jag", "semester", "jeg", "we", "nous",
    "wir", "اجازه", "خارج",
];
/// Before "until" these turn the day into the first one back: `I will not return until Monday`.
const NOT: &[&str] = &["not", "wont", "cannot", "cant"];

/// The last day of an absence as a note gives it, judged on `today` where its writer is.
pub fn last_day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let words = words(text);
    let mut found: Vec<NaiveDate> = (0..words.len())
        .filter_map(|at| day_at(&words, at, today))
        .filter(|day| is_near(*day, today))
        .collect();
    found.sort_unstable();
    let (first, last) = (*found.first()?, *found.last()?);
    ((last - first).num_days() <= WEEKEND_DAYS).then_some(last)
}

/// Not over yet, and not years away.
fn is_near(day: NaiveDate, today: NaiveDate) -> bool {
    day >= today && (day - today).num_days() <= LONGEST_DAYS
}

/// A word as spellings are compared, and whether a sentence ends with it.
#[derive(Debug)]
struct Word {
    folded: String,
    ends: bool,
}

fn words(text: &str) -> Vec<Word> {
    let lines = text.lines().flat_map(|line| {
        let mut words: Vec<Word> = line.split_whitespace().filter_map(word).collect();
        // A wrapped sentence goes on in the next line; a blank one ends it.
        if line.trim().is_empty() {
            words.push(Word { folded: String::new(), ends: true });
        }
        words
    });
    lines.collect()
}

fn word(raw: &str) -> Option<Word> {
    let folded = fold(&raw.replace('’', "'"));
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let number = bare.starts_with(|c: char| c.is_ascii_digit());
    let ends = raw.ends_with(['!', '?', ';']) || (raw.ends_with('.') && !number);
    (!bare.is_empty()).then(|| Word { folded: bare.to_owned(), ends })
}

/// The last day away by the phrase that begins at this word.
fn day_at(words: &[Word], at: usize, today: NaiveDate) -> Option<NaiveDate> {
    let sentence = sentence_before(words, at);
    let has = |list: &[&str]| sentence.iter().any(|w| list.contains(&w.folded.as_str()));
    let (phrase, kind) = phrase_at(words, at)?;
    let (day, end) = date_after(words, at + phrase, today)?;
    let about_absence =
        || has(AWAY) || until_sentence_end(words, end).iter().any(|w| AWAY.contains(&&*w.folded));
    match kind {
        Kind::Back => day.checked_sub_days(Days::new(1)),
        Kind::Until if has(NOT) => day.checked_sub_days(Days::new(1)),
        Kind::Until if about_absence() => Some(day),
        Kind::To if has(FROM) && about_absence() => Some(day),
        Kind::Until | Kind::To => None,
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Until,
    Back,
    To,
}

/// The longest phrase that begins here, in words.
fn phrase_at(words: &[Word], at: usize) -> Option<(usize, Kind)> {
    let kinds = [(UNTIL, Kind::Until), (BACK, Kind::Back), (TO, Kind::To)];
    let phrases = kinds.iter().flat_map(|(list, kind)| list.iter().map(move |phrase| (*phrase, *kind)));
    phrases.filter_map(|(phrase, kind)| Some((length_at(words, at, phrase)?, kind))).max_by_key(|(n, _)| *n)
}

fn length_at(words: &[Word], at: usize, phrase: &str) -> Option<usize> {
    let parts: Vec<&str> = phrase.split(' ').collect();
    let here = words.get(at..at + parts.len())?;
    here.iter().zip(&parts).all(|(word, part)| word.folded == *part).then_some(parts.len())
}

fn sentence_before(words: &[Word], at: usize) -> &[Word] {
    let start = words[..at].iter().rposition(|w| w.ends).map_or(0, |i| i + 1);
    &words[start..at]
}

fn until_sentence_end(words: &[Word], from: usize) -> &[Word] {
    let rest = &words[from.min(words.len())..];
    let end = rest.iter().position(|w| w.ends).map_or(rest.len(), |i| i + 1);
    &rest[..end]
}

// ---- dates

/// The date that begins within a few words, and the word after it.
fn date_after(words: &[Word], from: usize, today: NaiveDate) -> Option<(NaiveDate, usize)> {
    for at in from..(from + GAP).min(words.len()) {
        if let Some((day, used)) = date_at(&words[at..], today) {
            return Some((day, at + used));
        }
        if words[at].ends || words[at].folded.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
    }
    None
}

/// A date at the beginning: `4 January 2027`, `January 4`, `4/1/2027`, `2027-01-04`, `3.1`.
fn date_at(words: &[Word], today: NaiveDate) -> Option<(NaiveDate, usize)> {
    let first = words.first()?.folded.as_str();
    if let Some(day) = numeric(first, today) {
        return Some((day, 1));
    }
    let skip = usize::from(words.get(1).is_some_and(|w| matches!(w.folded.as_str(), "of" | "de" | "di")));
    let named = |day: &str, month: &str| Some((day_number(day)?, month_number(month)?));
    let second = words.get(1 + skip)?.folded.as_str();
    let (day, month) = named(first, second).or_else(|| named(second, first).filter(|_| skip == 0))?;
    let year_at = 2 + skip;
    let filler = words.get(year_at).is_some_and(|w| matches!(w.folded.as_str(), "de" | "of"));
    let year = words.get(year_at + usize::from(filler)).and_then(|w| year_number(&w.folded));
    match year {
        Some(year) => Some((NaiveDate::from_ymd_opt(year, month, day)?, year_at + 1 + usize::from(filler))),
        None => Some((nearest(day, month, today)?, year_at)),
    }
}

/// Digits with `-`, `/` or `.` between: two readings are none. A full stop stands between
/// day and month, in that order, wherever dates are written so.
fn numeric(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    let sign = word.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<u32> =
        word.split(sign).filter(|p| !p.is_empty()).map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let year = |n: u32| i32::try_from(if n < 100 { 2000 + n } else { n }).ok();
    match (parts.as_slice(), sign) {
        ([y, m, d], _) if *y >= 1000 => NaiveDate::from_ymd_opt(year(*y)?, *m, *d),
        ([d, m, y], '.') => NaiveDate::from_ymd_opt(year(*y)?, *m, *d),
        ([d, m], '.') => nearest(*d, *m, today),
        ([a, b, y], _) => {
            only(NaiveDate::from_ymd_opt(year(*y)?, *b, *a), NaiveDate::from_ymd_opt(year(*y)?, *a, *b))
        }
        ([a, b], '/') => only(nearest(*a, *b, today), nearest(*b, *a, today)),
        _ => None,
    }
}

/// The one reading there is, or that both give.
fn only(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    match (a, b) {
        (Some(a), Some(b)) => (a == b).then_some(a),
        (one, other) => one.or(other),
    }
}

/// Without a year the nearest one: a note of last summer is not about the next.
fn nearest(day: u32, month: u32, today: NaiveDate) -> Option<NaiveDate> {
    let years = [today.year() - 1, today.year(), today.year() + 1];
    let days = years.iter().filter_map(|year| NaiveDate::from_ymd_opt(*year, month, day));
    days.min_by_key(|d| (*d - today).num_days().abs())
}

fn day_number(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let suffix = &word[digits.len()..];
    let ordinal = ["", "st", "nd", "rd", "th", "er", "º", "o", ".", "e"].contains(&suffix);
    digits.parse().ok().filter(|n| ordinal && (1..=31).contains(n))
}

fn year_number(word: &str) -> Option<i32> {
    word.parse().ok().filter(|year| (2000..2200).contains(year))
}

/// How months begin in the languages of [`UNTIL`], folded.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["jan", "janv", "january", "janvier", "januar", "janner", "januari", "gennaio", "gen", "enero", "ene", "janeiro", "يناير"],
    &["feb", "fev", "fevr", "february", "fevrier", "februar", "februari", "febbraio", "febrero", "fevereiro", "فبراير"],
    &["mar", "march", "mars", "marz", "maerz", "marzo", "maart", "mrt", "marco", "marts", "مارس"],
    &["apr", "april", "avr", "avril", "aprile", "abril", "abr", "ابريل"],
    &["may", "mai", "maggio", "mag", "mayo", "maio", "mei", "maj", "مايو"],
    &["jun", "june", "juin", "juni", "giugno", "giu", "junio", "junho", "يونيو"],
    &["jul", "july", "juil", "juillet", "juli", "luglio", "lug", "julio", "julho", "يوليو"],
    &["aug", "august", "aout", "agosto", "ago", "augustus", "augusti", "اغسطس"],
    &["sep", "sept", "september", "septembre", "settembre", "set", "septiembre", "setembro", "سبتمبر"],
    &["oct", "october", "octobre", "okt", "oktober", "ottobre", "ott", "octubre", "outubro", "out", "اكتوبر"],
    &["nov", "november", "novembre", "noviembre", "novembro", "نوفمبر"],
    &["dec", "december", "decembre", "dez", "dezember", "dicembre", "dic", "diciembre", "dezembro", "ديسمبر"],
];

fn month_number(word: &str) -> Option<u32> {
    let place = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    fn read(text: &str) -> Option<NaiveDate> {
        last_day(text, day(2026, 11, 20))
    }

    #[test]
    fn until_a_day_is_away_on_that_day_too() {
        for text in [
            "I am away until 15 December 2026.",
            "I am out of the office until 2026-12-15 and will read your mail then.",
            "I will be on annual leave until Tuesday, 15 December. For urgent matters call the desk.",
            "Out of office until December 15th, 2026",
            "Until 15 December I am travelling.",
            "I'm out through Dec 15.",
            "I'm away up to and including 15/12/2026",
            "I am out of the office from 1 December to 15 December.",
            "I am on leave from 1 to 15 December 2026",
            "Je suis absente jusqu'au 15 décembre.",
            "Je suis absente du bureau jusqu’au mardi 15 décembre inclus. En cas d'urgence…",
            "Je serai en congé du 1er au 15 décembre 2026",
            "Ich bin bis einschließlich 15.12. nicht im Haus.",
            "ich bin bis zum 15. Dezember im Urlaub",
            "Ich bin bis Dienstag, den 15.12.2026 abwesend.",
            "Buongiorno, saro' fuori ufficio fino al 15 dicembre. Per urgenze scrivere a …",
            "Estoy fuera de la oficina hasta el 15 de diciembre de 2026.",
            "Ik ben met vakantie tot en met 15 december. Uw bericht lees ik daarna.",
        ] {
            assert_eq!(read(text), Some(day(2026, 12, 15)), "{text}");
        }
    }

    #[test]
    fn back_on_a_day_is_away_through_the_day_before() {
        for text in [
            "I will be back on Monday 7 December.",
            "I am out of the office and will return on December 7, 2026",
            "Returning 2026-12-07.",
            "I will not return until 7 December",
            "I won't be back until Monday, 7 December.",
            "Je serai de retour le lundi 7 décembre",
            "Ab dem 7. Dezember bin ich wieder da.",
            "Ich bin am Montag, 7.12. zurück, also wieder ab 7.12.",
            "Hej, jag har semester och kommer tillbaka den 7 december.",
        ] {
            assert_eq!(read(text), Some(day(2026, 12, 6)), "{text}");
        }
        assert_eq!(read("de retour le 5 janvier"), Some(day(2027, 1, 4)));
        assert_eq!(read("Ich bin bis 3.1. im Urlaub."), Some(day(2027, 1, 3)));
        assert_eq!(read("Away until Friday 4 December, back on Monday 7 December."), Some(day(2026, 12, 6)));
    }

    #[test]
    fn a_date_with_two_readings_or_none_is_no_date() {
        for text in [
            "",
            "I am away.",
            "I am away until next week",
            "I am away until December",
            "I am away until 03/04/2027.",
            "I am away until 31 February 2027",
            "Back on Monday.",
            "I will be out of the office starting 05/10/2026 and will not return until 12/10/2026.",
            "I am away until 12 December and again until 30 January.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_that_is_past_or_years_away_is_no_date() {
        for text in [
            "I am away until 15 November 2026.",
            "I am away until 10 November",
            "I am away until 15 July",
            "I am away until 1 January 2029",
            "I am back on 20 November",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("I am away until 20 November"), Some(day(2026, 11, 20)), "today is not over");
    }

    #[test]
    fn a_sentence_about_something_else_is_none_about_its_writer() {
        for text in [
            "Thank you, your ticket is open. Applications can be sent until 15 December.",
            "Send proposals by 15 December.",
            "The offer runs from 1 December to 15 December.",
            "Your message of 15 December was read.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
