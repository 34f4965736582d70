//! A text with proposed times in it: the lines that are times, and the others.

use super::proposed_time::{Reader, Reading, Said};
use super::record::Timestamp;
use chrono_tz::Tz;
use regex::Regex;
use std::sync::LazyLock;

/// A longer line is prose whatever it is divided by, in characters.
const LONGEST: usize = 400;
/// Nobody proposes times so far down; a mail may have any number of lines.
const READ: usize = 300;

/// The times of a text, each as it was written with what it means, and the lines that are none or
/// say something besides, as they were. Several in one line are divided by `;`, ` / `, ` or ` and the like, or by commas and
/// ` and ` where that makes a time of each; one without a day is on the day before it, a day
/// without an hour has the hour after it.
pub fn read_lines(text: &str, zone: Tz, now: Timestamp) -> (Vec<(String, Reading)>, String) {
    let (mut times, mut rest) = (Vec::new(), Vec::new());
    for (n, line) in text.lines().enumerate() {
        let found = if n < READ { times_in(line, zone, now) } else { Found::default() };
        if found.times.is_empty() || found.says_more {
            rest.push(line);
        }
        times.extend(found.times);
    }
    (times, rest.join("\n"))
}

/// What a line proposes, and whether it says something besides: that is for the other to read.
#[derive(Default)]
struct Found {
    times: Vec<(String, Reading)>,
    says_more: bool,
}

fn times_in(line: &str, zone: Tz, now: Timestamp) -> Found {
    let reader = Reader { home: zone, now };
    if let Some(said) = reader.said(line, false) {
        let whole = reader.reading(&said);
        if whole != Reading::None {
            return Found { times: vec![(line.trim().to_owned(), whole)], says_more: said.says_more() };
        }
    }
    static OR: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?i)[;؛]|\s[/|]\s|[\s,،](?:or|ou|oder|of|o|أو|او|или)\s"));
    static AND: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?i)[;؛,،&]|\s[/|]\s|[\s,،](?:or|ou|oder|of|o|أو|او|или|and|et|und|y|e|en|و|и)\s")
    });
    let divided = [&OR, &AND].into_iter().find_map(|between| several(reader, line, between));
    divided.unwrap_or_default()
}

/// The times that a line is divided into: two or more, and each part either is one or says nothing
/// of times.
fn several(reader: Reader, line: &str, between: &Regex) -> Option<Found> {
    if line.chars().count() > LONGEST {
        return None;
    }
    let parts: Vec<&str> = between.split(line).map(str::trim).filter(|part| !part.is_empty()).collect();
    let said = parts.iter().enumerate().map(|(n, part)| reader.said(part, n > 0));
    let said = said.collect::<Option<Vec<Said>>>()?;
    let says_more = said.iter().any(Said::says_more);
    let parts: Vec<(&str, Said)> =
        parts.into_iter().zip(said).filter(|(_, said)| said.has_day() || said.has_time()).collect();
    let said = completed(parts.iter().map(|(_, said)| said.clone()).collect());
    let mut times: Vec<(String, Reading)> = Vec::new();
    for ((part, _), said) in parts.iter().zip(said) {
        let reading = reader.reading(&said);
        if reading == Reading::None {
            return None;
        }
        if times.iter().all(|(_, before)| !is_same(before, &reading)) {
            times.push(((*part).to_owned(), reading));
        }
    }
    (parts.len() > 1).then_some(Found { times, says_more })
}

/// Each with the day, the hour or the zone that it shares with its neighbours.
fn completed(mut said: Vec<Said>) -> Vec<Said> {
    for at in 0..said.len() {
        if !said[at].has_day() {
            let other = said[..at].iter().rev().chain(&said[at..]).find(|other| other.has_day()).cloned();
            other.into_iter().for_each(|other| said[at].on_day_of(&other));
        }
    }
    for at in (0..said.len()).rev() {
        if !said[at].has_time() {
            let other = said.get(at + 1).filter(|after| after.has_time()).cloned();
            other.into_iter().for_each(|other| said[at].at_time_of(&other));
        }
    }
    for at in 0..said.len() {
        if said[at].zones().is_empty() {
            let mut others = said[at..].iter().chain(said[..at].iter().rev());
            let other = others.find(|other| !other.zones().is_empty()).cloned();
            other.into_iter().for_each(|other| said[at].in_zone_of(&other));
        }
    }
    said
}

/// `14:00 Paris / 15:00 Beirut` is one time.
fn is_same(one: &Reading, other: &Reading) -> bool {
    match (one, other) {
        (Reading::One(one), Reading::One(other)) => one.start == other.start,
        _ => one == other,
    }
}

/// A line without its bullet and number: `1. `, `- `, `a) `, `Option 2: `; `None` if it has none.
pub(super) fn without_number(line: &str) -> Option<&str> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        regex(concat!(
            r"(?i)^[\s\p{Cf}>*•·+–—-]*(?:",
            r"(?:option|choice|choix|proposition|proposal|slot|time|créneau|creneau|date|n°|no\.?|nr\.?|#|الخيار|خيار|موعد)\s*",
            r"(?:n°\s*)?(?:\d{1,2}|[a-h])\s*[.):–—-]*",
            r"|(?:1st|2nd|3rd|4th|1er|1ère|1re|2e|2de|2ème|3e|3ème)\s+(?:choice|choix|option|slot)\s*[.):–—-]*",
            r"|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})(?:\u{fe0f}?\u{20e3}|\s?[.):]+|\s?[/–—-](?:\s|$))",
            r")\s*",
        ))
    });
    let number = NUMBER.find(line)?;
    let rest = &line[number.end()..];
    (!rest.is_empty()).then_some(rest)
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests compile")
}
