//! Reading a note of absence: the last day on which its writer is away, where it says one.
//!
//! A note is a text of a machine with a person's words in it. What it says is believed only
//! where it can be read in one way: a date that may be two, a month without a day, a day long
//! past or years away count as no date, and the clock runs on.

use super::absence_date::{self, Dating};
use super::absence_words::{AGAIN, ASKED, AWAY, FROM, Kind, NOT, ON_THE_WAY, PERSON, PHRASES, Tongue, WILL};
use super::months;
use chrono::{Days, NaiveDate};

/// Nobody's wait is stretched further by a machine.
const LONGEST_DAYS: i64 = 366;
/// How many words may stand between "until" and its date: `until the evening of Friday, 4 May`.
const GAP: usize = 4;
/// `away until Friday, back on Monday`: two dates with a weekend between are one absence.
const WEEKEND_DAYS: i64 = 4;
/// So much of a note is read: people say when they are back before they say anything else.
const READ: usize = 16 * 1024;

/// The last day of an absence as a note gives it, judged on `today` where its writer is.
pub fn last_day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let text = &text[..text.floor_char_boundary(READ)];
    let words = words(&absence_date::in_one_order(text));
    let dating = Dating::of(words.iter().map(|w| w.folded.as_str()), today);
    let mut found: Vec<NaiveDate> = (0..words.len())
        .filter_map(|at| day_at(&words, at, dating))
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
        let mut words: Vec<Word> = line.split_whitespace().flat_map(apart).filter_map(word).collect();
        // A wrapped sentence goes on in the next line; a blank one ends it.
        if line.trim().is_empty() {
            words.push(Word { folded: String::new(), ends: true });
        }
        words
    });
    lines.fold(Vec::new(), with_month)
}

/// The months of Beirut have two words, and may be followed by their other name
/// (`كانون الأول/ديسمبر`): one word.
fn with_month(mut words: Vec<Word>, word: Word) -> Vec<Word> {
    if let Some(last) = words.last_mut().filter(|last| !last.ends) {
        if let Some(month) = months::of_two_words(&last.folded, &word.folded) {
            *last = Word { folded: month, ends: word.ends };
            return words;
        }
        if months::number(&last.folded).is_some_and(|month| months::number(&word.folded) == Some(month)) {
            last.ends = word.ends;
            return words;
        }
    }
    words.push(word);
    words
}

/// `20.12.2026–3.1.2027` and `كانون/يناير`: two words that are written as one.
fn apart(raw: &str) -> Vec<&str> {
    let written = |sign: &[char]| raw.split_once(sign).filter(|(a, b)| !a.is_empty() && !b.is_empty());
    if let Some((from, to)) = written(&['–', '—']) {
        return vec![from, "-", to];
    }
    let is_name = |part: &str| part.chars().count() > 2 && part.chars().all(char::is_alphabetic);
    match written(&['/']) {
        Some((one, other)) if is_name(one) && is_name(other) => vec![one, other],
        _ => vec![raw],
    }
}

fn word(raw: &str) -> Option<Word> {
    if matches!(raw, "-" | "–" | "—") {
        return Some(Word { folded: "-".to_owned(), ends: false });
    }
    let bare = absence_date::bare(raw);
    let number = bare.starts_with(|c: char| c.is_ascii_digit());
    let ends = raw.ends_with(['!', '?', ';', '。', '؟']) || (raw.ends_with('.') && !number);
    let stop = raw == ".";
    (stop || !bare.is_empty()).then_some(Word { folded: bare, ends })
}

/// The last day away by the phrase that begins at this word.
fn day_at(words: &[Word], at: usize, dating: Dating) -> Option<NaiveDate> {
    let sentence = sentence_before(words, at);
    let has = |list: &[&str]| sentence.iter().any(|w| list.contains(&w.folded.as_str()));
    phrases_at(words, at)
        .find_map(|(phrase, kind, tongue)| {
            let (day, end) = date_after(words, at + phrase, dating, tongue)?;
            let after = until_sentence_end(words, end);
            let own = |words: &[Word]| words.iter().any(|w| AWAY.contains(&&*w.folded));
            let says = |list: &[&str]| has(list) || after.iter().any(|w| list.contains(&&*w.folded));
            match kind {
                Kind::Back => day.checked_sub_days(Days::new(1)),
                Kind::Return if is_own_return(sentence, between(words, at + phrase, tongue)) => {
                    day.checked_sub_days(Days::new(1))
                }
                Kind::Again if says(AGAIN) && (whose(sentence) != Some(false) || own(after)) => {
                    day.checked_sub_days(Days::new(1))
                }
                Kind::Until if has(NOT) => day.checked_sub_days(Days::new(1)),
                Kind::Until if says(AWAY) => Some(day),
                Kind::To if (has(FROM) || follows_a_date(sentence)) && says(AWAY) => Some(day),
                Kind::Return | Kind::Until | Kind::To | Kind::Again => None,
            }
        })
        .or_else(|| days_of_one_month(words, at, dating))
}

/// Whether somebody says that they return, and not "Please return all loans by 15 December":
/// it is their return by the nearest word before that says whose, or first in its sentence.
fn is_own_return(before: &[Word], between: &[Word]) -> bool {
    let says = |word: &Word, list: &[&str]| list.contains(&&*word.folded);
    let will = before.last().is_none_or(|w| says(w, WILL));
    whose(before).unwrap_or(will) && between.iter().all(|w| says(w, ON_THE_WAY) || says(w, AWAY))
}

/// Whether the nearest word that says of whom a sentence speaks names a person who is away.
fn whose(before: &[Word]) -> Option<bool> {
    let says = |word: &Word, list: &[&str]| list.contains(&&*word.folded);
    let is_own = |word: &Word| says(word, AWAY) || says(word, PERSON);
    before.iter().rev().find(|w| is_own(w) || says(w, ASKED)).map(is_own)
}

/// What stands between a phrase and its date, where the language has no word for the day there.
fn between(words: &[Word], from: usize, tongue: Tongue) -> &[Word] {
    let rest = &words[from..(from + GAP).min(words.len())];
    let end = rest.iter().position(|w| {
        w.folded.starts_with(|c: char| c.is_ascii_digit()) || months::number(&w.folded).is_some()
    });
    if tongue == Tongue::English { &rest[..end.unwrap_or(rest.len())] } else { &[] }
}

/// `20-31 December`.
fn days_of_one_month(words: &[Word], at: usize, dating: Dating) -> Option<NaiveDate> {
    let (first, last) = words.get(at)?.folded.split_once('-')?;
    let both: Option<(u32, u32)> = first.parse().ok().zip(last.parse().ok());
    both.filter(|(first, last)| first < last && *last <= 31)?;
    let (day, used) = absence_date::at(&spelled(&words[at..]), dating, Tongue::English)?;
    let around = sentence_before(words, at).iter().chain(until_sentence_end(words, at + used));
    (used > 1 && around.into_iter().any(|w| AWAY.contains(&&*w.folded))).then_some(day)
}

fn follows_a_date(sentence: &[Word]) -> bool {
    sentence.iter().rev().take(3).any(|w| w.folded.starts_with(|c: char| c.is_ascii_digit()))
}

/// The phrases that begin here, the longest first, each with its length in words.
fn phrases_at(words: &[Word], at: usize) -> impl Iterator<Item = (usize, Kind, Tongue)> {
    let all = PHRASES.iter().flat_map(|(kind, tongue, list)| list.iter().map(move |p| (*p, *kind, *tongue)));
    let mut here: Vec<(usize, Kind, Tongue)> = all
        .filter_map(|(phrase, kind, tongue)| Some((length_at(words, at, phrase)?, kind, tongue)))
        .collect();
    // The sort is stable: of equal ones, the table's order.
    here.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
    here.into_iter()
}

fn length_at(words: &[Word], at: usize, phrase: &str) -> Option<usize> {
    let mut length = 0;
    for part in phrase.split(' ') {
        if words.get(at + length)?.folded != part {
            return None;
        }
        length += 1;
    }
    Some(length)
}

fn sentence_before(words: &[Word], at: usize) -> &[Word] {
    let start = words[..at].iter().rposition(|w| w.ends).map_or(0, |i| i + 1);
    &words[start.max(at.saturating_sub(LONGEST_SENTENCE))..at]
}

fn until_sentence_end(words: &[Word], from: usize) -> &[Word] {
    let rest = &words[from.min(words.len())..];
    let end = rest.iter().take(LONGEST_SENTENCE).position(|w| w.ends);
    &rest[..end.map_or(rest.len().min(LONGEST_SENTENCE), |i| i + 1)]
}

/// More words than this are no sentence.
const LONGEST_SENTENCE: usize = 60;

/// The date that begins within a few words, and the word after it.
fn date_after(words: &[Word], from: usize, dating: Dating, tongue: Tongue) -> Option<(NaiveDate, usize)> {
    for at in from..(from + GAP).min(words.len()) {
        if let Some((day, used)) = absence_date::at(&spelled(&words[at..]), dating, tongue) {
            return Some((day, at + used));
        }
        if words[at].ends || words[at].folded.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
    }
    None
}

/// As many words as the longest date has.
fn spelled(words: &[Word]) -> Vec<&str> {
    words.iter().take(5).map(|w| w.folded.as_str()).collect()
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
            "I am on leave 1-15 December.",
            "I am on leave 1 December – 15 December 2026.",
            "Out of office: 1.12.2026–15.12.2026, I read mail afterwards.",
            "I am out of the office from 20/11 to 15/12.",
            "Je serai absente du 20/11 au 15/12.",
            "Ich bin bis einschl. 15.12. im Urlaub",
            "Estou de férias até dia 15 de dezembro.",
            "Jestem na urlopie do 15 grudnia.",
            "Я в отпуске до 15 декабря.",
            "أنا في إجازة حتى ١٥ ديسمبر ٢٠٢٦.",
            "أنا خارج المكتب حتى يوم 15 كانون الأول",
            "أنا في إجازة حتى 15 كانون الأوّل 2026.",
            "أنا في إجازة حتى 15 كانون الأول/ديسمبر 2026",
            "أنا في إجازة حتى 15 دجنبر",
            "אני בחופשה עד 15 בדצמבר",
            "12月15日(火)まで不在にしております。",
            "我将休假至12月15日，期间无法回复邮件。",
            "12월 15일까지 휴가입니다.",
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
            "Out of office, back 7 December.",
            "Please contact the desk until I return on 7 December.",
            "My return date is 7 December 2026.",
            "Dr Haddad will be back on Monday, 7 December.",
            "She returns soon; she is back on 7 December.",
            "I answer your mail when back on 7 December",
            "Back to work on Monday 7 December",
            "De retour le 7 décembre.",
            "Je vous répondrai dès mon retour le 7 décembre.",
            "Ich bin zurück am 7.12.2026.",
            "Estaré de vuelta el 7 de diciembre.",
            "Estarei de volta no dia 7 de dezembro.",
            "Ik ben terug op 7 december.",
            "Jag är tillbaka den 7 december.",
            "Jeg er tilbage den 7. december.",
            "موعد عودتي: سأعود يوم 7 ديسمبر",
            "I will not return until 7 December",
            "I won't be back until Monday, 7 December.",
            "Je serai de retour le lundi 7 décembre",
            "Ab dem 7. Dezember bin ich wieder da.",
            "Ich bin am Montag, 7.12. zurück, also wieder ab 7.12.",
            "Hej, jag har semester och kommer tillbaka den 7 december.",
            "From 7 December I will be available again.",
            "I will be in the office again on Monday, December 7th.",
            "Am Montag, den 7.12., bin ich wieder da.",
            "Rientrerò in ufficio il 7 dicembre.",
            "Me reincorporo el lunes 7 de diciembre de 2026.",
            "Voltarei no dia 7 de dezembro.",
            "Vanaf 7 december ben ik weer bereikbaar.",
            "Wracam 7 grudnia.",
            "Вернусь 7 декабря.",
            "سأعود يوم الاثنين 7 ديسمبر.",
            "Je serai de retour le 07/12.",
            "12月7日から出社いたします。",
            "我将于12月7日返回。",
            "12월 7일 복귀 예정입니다.",
        ] {
            assert_eq!(read(text), Some(day(2026, 12, 6)), "{text}");
        }
        assert_eq!(read("أنا في إجازة حتى ٣ كانون الثاني."), Some(day(2027, 1, 3)));
        assert_eq!(read("أنا في إجازة حتى 3 يوليوز 2027"), Some(day(2027, 7, 3)));
        assert_eq!(read("de retour le 5 janvier"), Some(day(2027, 1, 4)));
        assert_eq!(read("Ich bin bis 3.1. im Urlaub."), Some(day(2027, 1, 3)));
        assert_eq!(read("I am away from 20/12 to 3/1."), Some(day(2027, 1, 3)));
        assert_eq!(read("Je suis absente jusqu'au 03/01 inclus."), Some(day(2027, 1, 3)));
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
            "Ich bin ab dem 20.12. im Urlaub.",
            "From 20 December I am away.",
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
            "Thank you. Please return all loans by 15 December.",
            "We ask you to return the books by 15 December.",
            "We want the books back by 15 December.",
            "Please get back to us by 15 December.",
            "We will get back to you by 15 December.",
            "You will have to return by 15 December.",
            "All loans are due back on 15 December.",
            "You must return the loan on 15 December.",
            "Merci de rapporter vos livres : retour le 15 décembre.",
            "Bitte geben Sie die Bücher zurück am 15.12.2026.",
            "Por favor devuelva los libros: regreso el 15 de diciembre.",
            "Gelieve de boeken terug op 15 december te brengen.",
            "Lämna böckerna tillbaka den 15 december.",
            "يرجى إعادة الكتب والعودة في 15 ديسمبر.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
