//! Hours as people write them: `14:00`, `2pm`, `14 h 30`, `at 3`, `from 2 to 3pm`.
//!
//! Nobody meets at three in the morning. An hour from 1 to 6 that nothing says more of (`at 3`,
//! `3h`, `3:30`) is one of the afternoon; 7 may be of the morning or of the evening; from 8 on an
//! hour is what it says. Two figures (`03:00`) are a clock of 24 hours. Beside an offset (`UTC`)
//! the hour is one of somewhere else, where it may be a good one: there 1 to 6 are both.

use super::time_piece::Pieces;
use super::time_words::{
    AT, FROM, HALVES, HOUR, LASTING, LASTING_HOURS, LASTS, MINUTES, NOON, O_CLOCK, ONLY_TO, PARTS, PAST_SAID,
    PAST_TO_COME, TO,
};

const DAY: u32 = 24 * 60;
/// Nothing that lasts longer is a meeting.
const LONGEST: u32 = 12 * 60;

/// Which hours of the day are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayPart {
    Am,
    /// Afternoon or evening.
    Pm,
    /// `ظهرا`: the hours around noon.
    Noon,
    Night,
}

impl DayPart {
    /// The hour of 24 that is meant; `None` where it is none of this part: `14:00 am`.
    fn hour(self, hour: u32) -> Option<u32> {
        match (self, hour) {
            (Self::Am, 12) => Some(0),
            (Self::Am, 13..) => None,
            (Self::Pm, 0..=11) | (Self::Noon, 1..=3) | (Self::Night, 5..=12) => Some(hour + 12),
            _ => Some(hour),
        }
    }
}

/// One time as a clock shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    hour: u32,
    minute: u32,
    /// Past the hour, or to it.
    shift: i32,
    part: Option<DayPart>,
    /// Of 24 hours, beyond doubt.
    exact: bool,
}

impl Clock {
    const fn plain(hour: u32) -> Self {
        Self { hour, minute: 0, shift: 0, part: None, exact: false }
    }

    /// In minutes from midnight, with the hour taken so.
    fn minutes(self, hour: u32) -> u32 {
        (hour * 60 + self.minute).saturating_add_signed(self.shift)
    }

    fn as_part(self, part: DayPart) -> Option<u32> {
        part.hour(self.hour).map(|hour| self.minutes(hour))
    }

    /// All that it can be, if what stands around it says nothing.
    fn is_at(self, part: Option<DayPart>, elsewhere: bool) -> Vec<u32> {
        let hours = match (self.part.or(part), self.hour) {
            (Some(part), _) => return self.as_part(part).into_iter().collect(),
            (None, 1..=6) if !self.exact && !elsewhere => vec![self.hour + 12],
            (None, 1..=7) if !self.exact => vec![self.hour, self.hour + 12],
            _ => vec![self.hour],
        };
        hours.into_iter().map(|hour| self.minutes(hour)).collect()
    }

    /// How long after `start` it is, where it ends something.
    fn after(self, start: u32) -> Option<u32> {
        let both = || [self.minutes(self.hour), self.minutes(self.hour + 12)];
        let ends: Vec<u32> = match self.part {
            Some(part) => self.as_part(part).into_iter().collect(),
            None if self.exact || self.hour > 12 => vec![self.minutes(self.hour)],
            None => both().to_vec(),
        };
        let lasting = ends.into_iter().map(|end| if end > start { end - start } else { end + DAY - start });
        lasting.min().filter(|minutes| *minutes <= LONGEST)
    }
}

/// A time of day, and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    start: Clock,
    end: Option<Clock>,
}

impl TimeOfDay {
    /// Starts in minutes from midnight and how many minutes it lasts, for each way to read it.
    /// `part` is said elsewhere in the line; `elsewhere`: the zone is an offset.
    pub(super) fn spans(self, part: Option<DayPart>, elsewhere: bool) -> Vec<(u32, Option<u32>)> {
        let Some(end) = self.end else {
            return self.start.is_at(part, elsewhere).into_iter().map(|start| (start, None)).collect();
        };
        let lasting = |start: u32| Some((start, Some(end.after(start)?)));
        match end.part.filter(|_| self.start.part.is_none()) {
            // `2-3pm` both are pm; `11-1pm` only the second.
            Some(part) if !self.start.exact => {
                let twelve = self.start.hour % 12;
                let starts = [twelve, twelve + 12].map(|hour| self.start.minutes(hour));
                let spans = starts.into_iter().filter_map(lasting);
                let nearest = spans.min_by_key(|(_, minutes)| *minutes);
                nearest.into_iter().filter(|_| part != DayPart::Night).collect()
            }
            _ => self.start.is_at(part, elsewhere).into_iter().filter_map(lasting).collect(),
        }
    }
}

/// What stands before a number that may be an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// `at`, `from`: needs no other sign.
    Enough,
    None,
}

/// A time that begins here, with the word before it, and of how many pieces it is. `after_day`:
/// a day stands before it, so that two numbers are hours: `Tue 8 Dec 10-11`.
pub(super) fn at(pieces: &Pieces, at: usize, after_day: bool) -> Option<(TimeOfDay, usize)> {
    let from =
        pieces.one_of(at, FROM).and_then(|words| Some((range(pieces, at + words, Sign::Enough, TO)?, words)));
    // `version 2.1a3`
    let apart = |words: &usize| !pieces.is_tight(at + words);
    let said = || pieces.one_of(at, AT).filter(apart).map_or((Sign::None, 0), |words| (Sign::Enough, words));
    let (found, words) = from.or_else(|| {
        let (sign, words) = said();
        let first = at + words;
        // An instant with its offset is no range: `14:00-05:00`.
        let instant = first > 0 && pieces.word(first - 1) == Some("t") && pieces.is_tight(first);
        let range = || range(pieces, first, sign, ONLY_TO).filter(|_| !instant);
        let days = || range_after_day(pieces, first).filter(|_| after_day);
        let single = || clock(pieces, first, sign).map(|(start, n)| (TimeOfDay { start, end: None }, n));
        Some((range().or_else(days).or_else(single)?, words))
    })?;
    let (time, used) = found;
    Some((time, words + used))
}

/// `14:00-15:00`, `2 to 3pm`: one of both must show that it is an hour, or a word before.
fn range(pieces: &Pieces, at: usize, sign: Sign, to: &[&str]) -> Option<(TimeOfDay, usize)> {
    let start = clock(pieces, at, sign);
    let (first, used) = start.or_else(|| bare(pieces, at))?;
    let between = at + used;
    // `mardi 8 à 14h` is a day and an hour.
    let is_at = start.is_none() && sign == Sign::None && pieces.one_of(between, AT).is_some();
    let to = to_at(pieces, between, to).filter(|_| !is_at)?;
    let last_at = between + to + pieces.one_of(between + to, AT).unwrap_or(0);
    let (last, more) =
        clock(pieces, last_at, Sign::None).or_else(|| bare(pieces, last_at).filter(|_| start.is_some()))?;
    let time = TimeOfDay { start: first, end: Some(last) };
    (!time.spans(None, false).is_empty()).then_some((time, last_at + more - at))
}

fn to_at(pieces: &Pieces, at: usize, words: &[&str]) -> Option<usize> {
    let hyphens = (at..).take_while(|n| pieces.sign(*n, '-') || pieces.sign(*n, '>')).count();
    // The hyphen of `10am-noon` joins two words, and is no piece.
    let joined = pieces.is_tight(at) && pieces.one_of(at, NOON).is_some();
    if hyphens > 0 || joined { Some(hyphens) } else { pieces.one_of(at, words) }
}

/// `10-11`, `10 to 11`
fn range_after_day(pieces: &Pieces, at: usize) -> Option<(TimeOfDay, usize)> {
    let (first, _) = bare(pieces, at)?;
    let to = to_at(pieces, at + 1, ONLY_TO).filter(|_| pieces.one_of(at + 1, AT).is_none())?;
    let (last, _) = bare(pieces, at + 1 + to)?;
    let time = TimeOfDay { start: first, end: Some(last) };
    (!time.spans(None, false).is_empty()).then_some((time, to + 2))
}

/// A number that can be an hour and shows nothing else.
fn bare(pieces: &Pieces, at: usize) -> Option<(Clock, usize)> {
    let (hour, digits) = pieces.number(at).filter(|(hour, digits)| *hour <= 24 && *digits <= 2)?;
    let goes_on = ['/', '.', ':'].into_iter().any(|sign| pieces.sign_and_number(at + 1, sign).is_some());
    let is_other = goes_on
        || pieces.one_of(at + 1, MINUTES).is_some()
        || pieces.one_of(at + 1, LASTING_HOURS).is_some()
        || super::date_said::is_day_of_month(pieces, at)
        || pieces.sign(at + 1, '%');
    let exact = digits == 2 && hour < 10 || hour == 0 || hour > 12;
    (!is_other).then_some((Clock { exact, ..Clock::plain(hour) }, 1))
}

/// One time, and of how many pieces it is.
fn clock(pieces: &Pieces, at: usize, sign: Sign) -> Option<(Clock, usize)> {
    if let Some(words) = pieces.one_of(at, NOON) {
        let noon = Clock { exact: true, ..Clock::plain(12) };
        return Some(with_part(pieces, at, noon, words));
    }
    if let Some((phrase, words)) = pieces.phrase(at, &phrases(PAST_TO_COME)) {
        let (clock, used) = bare(pieces, at + words)?;
        let shifted = Clock { shift: said_by(PAST_TO_COME, phrase)?, ..clock };
        return Some(with_part(pieces, at, shifted, words + used));
    }
    let (hour, digits) = pieces.number(at).filter(|(hour, digits)| *hour <= 24 && *digits <= 2)?;
    let (minute, after, by_h) = minutes_at(pieces, at, sign)
        .or_else(|| pieces.one_of(at + 1, O_CLOCK).map(|words| (0, 1 + words, false)))
        .or_else(|| half_at(pieces, at + 1).map(|_| (0, 1, false)))
        .or_else(|| bare(pieces, at).filter(|_| sign == Sign::Enough).map(|(_, used)| (0, used, false)))?;
    let exact = digits == 2 && hour < 10 || hour == 0 || hour > 12 || by_h && hour >= 7;
    let clock = Clock { minute, exact, ..Clock::plain(hour) };
    (hour < 24 || minute == 0).then(|| with_part(pieces, at, clock, after))
}

/// What follows the hour at `at` and shows that it is one: the minutes, how many pieces with the
/// hour, and whether an `h` says so.
fn minutes_at(pieces: &Pieces, at: usize, sign: Sign) -> Option<(u32, usize, bool)> {
    let two =
        |found: Option<(u32, usize)>| found.filter(|(m, digits)| *digits == 2 && *m < 60).map(|(m, _)| m);
    if let Some(minute) = two(pieces.sign_and_number(at + 1, ':')) {
        let seconds = two(pieces.sign_and_number(at + 3, ':')).map_or(0, |_| 2);
        let fraction = pieces.sign_and_number(at + 5, '.').filter(|_| seconds > 0).map_or(0, |_| 2);
        let used = 3 + seconds + fraction;
        return Some((minute, used + pieces.one_of(at + used, HOUR).unwrap_or(0), false));
    }
    if let Some(minute) = two(pieces.sign_and_number(at + 1, '.')) {
        let hour = pieces.one_of(at + 3, HOUR);
        let sure = hour.is_some()
            || half_at(pieces, at + 3).is_some()
            || sign == Sign::Enough
            || minute == 0
            || minute > 12;
        let date = pieces.sign_and_number(at + 3, '.').is_some();
        return (sure && !date).then(|| (minute, 3 + hour.unwrap_or(0), false));
    }
    let words = pieces.one_of(at + 1, HOUR)?;
    let next = at + 1 + words + usize::from(pieces.sign(at + 1 + words, '.'));
    let minute = two(pieces.number(next)).filter(|_| is_minutes(pieces, next));
    let used = minute.map(|_| next + 1 + pieces.one_of(next + 1, MINUTES).unwrap_or(0) - at);
    Some((minute.unwrap_or(0), used.unwrap_or(1 + words), true))
}

/// `14h30`, `14 h 30`; in `14h 15 décembre` and `14h 08/12` a date follows.
fn is_minutes(pieces: &Pieces, at: usize) -> bool {
    let goes_on = ['/', '.', '-', ':'].into_iter().any(|sign| pieces.sign_and_number(at + 1, sign).is_some());
    let is_range = pieces.sign(at + 1, '-');
    (pieces.is_tight(at) || !super::date_said::is_day_of_month(pieces, at)) && (!goes_on || is_range)
}

fn half_at(pieces: &Pieces, at: usize) -> Option<(DayPart, usize)> {
    let all: Vec<(&str, DayPart)> = HALVES.iter().chain(PARTS).copied().collect();
    let (phrase, words) = pieces.phrase(at, &phrases(&all))?;
    Some((said_by(&all, phrase)?, words))
}

/// With what is said right after it: `et demie`, `pm`, `du soir`, `o'clock`.
fn with_part(pieces: &Pieces, at: usize, clock: Clock, used: usize) -> (Clock, usize) {
    let (mut clock, mut used) = (clock, used);
    if let Some((phrase, words)) = pieces.phrase(at + used, &phrases(PAST_SAID)) {
        clock.shift = said_by(PAST_SAID, phrase).unwrap_or(clock.shift);
        used += words;
    }
    used += pieces.one_of(at + used, O_CLOCK).unwrap_or(0);
    if let Some((part, words)) =
        half_at(pieces, at + used).filter(|(part, _)| part.hour(clock.hour).is_some())
    {
        clock.part = Some(part);
        used += words;
    }
    (clock, used)
}

/// A part of the day that stands by itself.
pub(super) fn part_at(pieces: &Pieces, at: usize) -> Option<(DayPart, usize)> {
    let (phrase, words) = pieces.phrase(at, &phrases(PARTS))?;
    Some((said_by(PARTS, phrase)?, words))
}

/// How long it lasts, in minutes: `45 min`, `for 1 hour`, `(1h)` after an hour.
pub(super) fn lasting_at(pieces: &Pieces, at: usize, after_time: bool) -> Option<(u32, usize)> {
    let said = pieces.one_of(at, LASTING).unwrap_or(0);
    let colon = usize::from(said > 0 && pieces.sign(at + said, ':'));
    let first = at + said + colon;
    let lasts =
        |from: usize| pieces.phrase(from, &phrases(LASTS)).map(|(phrase, words)| (phrase, from + words - at));
    if let Some((phrase, used)) = lasts(at).or_else(|| lasts(first)) {
        return Some((said_by(LASTS, phrase)?, used));
    }
    let (number, _) = pieces.number(first)?;
    let unit = |words: &[&str]| pieces.one_of(first + 1, words);
    let (minutes, used) = if let Some(words) = unit(MINUTES) {
        (number, 1 + words)
    } else if let Some(words) = unit(LASTING_HOURS) {
        (number.checked_mul(60)?, 1 + words)
    } else {
        let hours = (said > 0 || after_time) && (1..=4).contains(&number);
        let (minute, used, by_h) = minutes_at(pieces, first, Sign::None).filter(|_| hours)?;
        by_h.then_some((number * 60 + minute, used))?
    };
    (5..=LONGEST).contains(&minutes).then_some((minutes, first + used - at))
}

/// Whether the number before is an hour, by what stands here.
pub(super) fn marks_hour(pieces: &Pieces, at: usize) -> bool {
    pieces.sign_and_number(at, ':').is_some()
        || pieces.one_of(at, HOUR).is_some()
        || pieces.one_of(at, O_CLOCK).is_some()
        || pieces.one_of(at, &phrases(HALVES)).is_some()
}

fn phrases<'p, T>(table: &[(&'p str, T)]) -> Vec<&'p str> {
    table.iter().map(|(phrase, _)| *phrase).collect()
}

pub(super) fn said_by<T: Copy>(table: &[(&str, T)], phrase: &str) -> Option<T> {
    table.iter().find(|(said, _)| *said == phrase).map(|(_, means)| *means)
}
