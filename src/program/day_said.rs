//! The day that a line names: a date, a weekday, tomorrow.

use super::date_said::{self, DateSaid};
use super::time_of_day::{self, DayPart};
use super::time_piece::{Kind, Pieces};
use super::time_words::{
    NEXT, NEXT_WEEK, RELATIVE, RELATIVE_PARTS, THIS_WEEK, WEEKDAYS, WEEKDAYS_ALSO_WORDS,
};
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Which week a weekday is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Week {
    This,
    Next,
    /// `next Tuesday`
    NextDay,
}

/// All that is said about the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DaySaid {
    date: Option<DateSaid>,
    weekday: Option<Weekday>,
    /// `Tuesday the 8th`
    day_of_month: Option<u32>,
    after_today: Option<u64>,
    week: Option<Week>,
}

/// The days that can be meant, of which there are few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    pub days: Vec<NaiveDate>,
    /// A weekday alone: when its hour is over, the one of the week after.
    pub coming: bool,
}

impl DaySaid {
    pub(super) fn is_said(&self) -> bool {
        self.date.is_some() || self.weekday.is_some() || self.after_today.is_some()
    }

    /// Whether this is a day even where no hour stands with it.
    pub(super) fn is_sure(&self) -> bool {
        let date = self.date.as_ref().is_some_and(DateSaid::is_sure);
        date || self.weekday.is_some() || self.after_today.is_some()
    }

    /// Takes what stands here and says of how many pieces it is, and which part of the day it
    /// names too (`ce soir`). `Err`: it contradicts what was said before.
    pub(super) fn take(
        &mut self,
        pieces: &Pieces,
        at: usize,
    ) -> Result<Option<(usize, Option<DayPart>)>, Contradiction> {
        if let Some((date, used)) = date_said::at(pieces, at) {
            set(&mut self.date, date)?;
            return Ok(Some((used, None)));
        }
        if let Some((week, used)) = week_at(pieces, at) {
            set(&mut self.week, week)?;
            return Ok(Some((used, None)));
        }
        if let Some((days, phrase, used)) = relative_at(pieces, at) {
            set(&mut self.after_today, days)?;
            return Ok(Some((used, time_of_day::said_by(RELATIVE_PARTS, phrase))));
        }
        Ok(self.take_weekday(pieces, at)?.map(|used| (used, None)))
    }

    fn take_weekday(&mut self, pieces: &Pieces, at: usize) -> Result<Option<usize>, Contradiction> {
        let Some((weekday, used)) = weekday_at(pieces, at) else { return Ok(None) };
        set(&mut self.weekday, weekday)?;
        let Some((day, more)) = day_of_month_after(pieces, at + used) else { return Ok(Some(used)) };
        set(&mut self.day_of_month, day)?;
        Ok(Some(used + more))
    }

    /// The days that this can be, seen from `today`.
    pub(super) fn meant(&self, today: NaiveDate) -> Option<Meant> {
        let on = |days: Vec<NaiveDate>| Meant { days, coming: false };
        let days = match (&self.date, self.after_today, self.weekday) {
            (Some(date), _, _) => on(self.as_weekday(date.days(today))),
            (None, Some(days), _) => {
                on(self.as_weekday(today.checked_add_days(Days::new(days)).into_iter().collect()))
            }
            (None, None, Some(weekday)) => self.weekday(weekday, today)?,
            (None, None, None) => return None,
        };
        let relative = self.after_today.and_then(|days| today.checked_add_days(Days::new(days)));
        let agrees = relative.is_none_or(|day| self.date.is_none() || days.days.contains(&day));
        Some(days).filter(|meant| agrees && !meant.days.is_empty())
    }

    /// Those on the weekday that is said. Where none is, one of both is wrong: the days, and the
    /// weekday nearest to each.
    fn as_weekday(&self, days: Vec<NaiveDate>) -> Vec<NaiveDate> {
        let Some(weekday) = self.weekday else { return days };
        let fitting: Vec<NaiveDate> = days.iter().copied().filter(|d| d.weekday() == weekday).collect();
        if !fitting.is_empty() {
            return fitting;
        }
        let week = |day: &NaiveDate| day.checked_sub_days(Days::new(3)).map(|first| (first, *day));
        let near = days
            .iter()
            .filter_map(week)
            .filter_map(|(first, _)| first.iter_days().take(7).find(|d| d.weekday() == weekday));
        let near: Vec<NaiveDate> = near.collect();
        days.into_iter().chain(near).collect()
    }

    fn weekday(&self, weekday: Weekday, today: NaiveDate) -> Option<Meant> {
        let alone = |days| Some(Meant { days, coming: false });
        if let Some(day) = self.day_of_month {
            let fits = |d: &NaiveDate| d.weekday() == weekday && d.day() == day;
            return alone(today.iter_days().take(45).find(fits).into_iter().collect());
        }
        let first = today.iter_days().take(7).find(|d| d.weekday() == weekday)?;
        let after = first.checked_add_days(Days::new(7))?;
        let this_week = first.iso_week() == today.iso_week();
        match self.week {
            None => Some(Meant { days: vec![first], coming: true }),
            Some(Week::This) if this_week => alone(vec![first]),
            Some(Week::This) => alone(first.checked_sub_days(Days::new(7)).into_iter().collect()),
            Some(Week::Next) => alone(vec![if this_week { after } else { first }]),
            Some(Week::NextDay) if first == today => alone(vec![after]),
            Some(Week::NextDay) => alone(if this_week { vec![first, after] } else { vec![first] }),
        }
    }
}

/// A line that says two things of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Contradiction;

fn set<T: PartialEq>(place: &mut Option<T>, said: T) -> Result<(), Contradiction> {
    match place {
        Some(before) if *before != said => Err(Contradiction),
        _ => {
            *place = Some(said);
            Ok(())
        }
    }
}

fn week_at(pieces: &Pieces, at: usize) -> Option<(Week, usize)> {
    let weeks = [(NEXT_WEEK, Week::Next), (THIS_WEEK, Week::This)];
    let week = weeks.into_iter().find_map(|(words, week)| Some((week, pieces.one_of(at, words)?)));
    let next = || {
        let used = pieces.one_of(at, NEXT)?;
        weekday_at(pieces, at + used).map(|_| (Week::NextDay, used))
    };
    week.or_else(next)
}

fn relative_at(pieces: &Pieces, at: usize) -> Option<(u64, &'static str, usize)> {
    let days = (0..).zip(RELATIVE).filter_map(|(days, words)| {
        let (phrase, used) = pieces.phrase(at, words)?;
        Some((days, phrase, used))
    });
    days.max_by_key(|(_, _, used)| *used)
}

fn weekday_at(pieces: &Pieces, at: usize) -> Option<(Weekday, usize)> {
    let (number, used) = (0..7_u8).find_map(|n| Some((n, pieces.one_of(at, WEEKDAYS[usize::from(n)])?)))?;
    let doubtful = pieces.word(at).is_some_and(|w| used == 1 && WEEKDAYS_ALSO_WORDS.contains(&w));
    let weekday = Weekday::try_from(number).ok()?;
    (!doubtful || goes_on_as_weekday(pieces, at)).then_some((weekday, used))
}

/// `mon 14h`, `14h mon`, `sat at noon`; not `mon bureau`, `they sat down`, and `Sam` is a name.
fn goes_on_as_weekday(pieces: &Pieces, at: usize) -> bool {
    let next = pieces.skip_signs(at + 1);
    match pieces.kind(next) {
        None => (0..at).any(|before| pieces.number(before).is_some()),
        Some(Kind::Number { .. } | Kind::Zone(_)) => true,
        _ => {
            WEEKDAYS.iter().any(|names| pieces.one_of(next, names).is_some())
                || time_of_day::at(pieces, next, true).is_some()
                || time_of_day::part_at(pieces, next).is_some()
                || date_said::month_first(pieces, next).is_some()
                || pieces
                    .one_of(next, &["at", "a", "the", "le", "and", "or", "et", "ou", "from", "de"])
                    .is_some()
        }
    }
}

/// After a weekday: `8`, `le 8`, `the 8th`, if no month follows and it is no hour.
fn day_of_month_after(pieces: &Pieces, at: usize) -> Option<(u32, usize)> {
    let comma = usize::from(pieces.sign(at, ',') || pieces.sign(at, '.'));
    let day_at =
        at + comma + pieces.one_of(at + comma, &["the", "le", "den", "der", "el", "il", "dia"]).unwrap_or(0);
    let (day, _) = pieces.number(day_at).filter(|(day, digits)| (1..=31).contains(day) && *digits <= 2)?;
    let end = day_at + 1 + date_said::ordinal(pieces, day_at + 1);
    let goes_on = ['-', '/', '.', ':'].into_iter().any(|sign| pieces.sign_and_number(end, sign).is_some());
    let is_time = time_of_day::at(pieces, day_at, true).is_some() || date_said::marks_time(pieces, end);
    (!goes_on && !is_time && date_said::at(pieces, day_at).is_none()).then_some((day, end - at))
}
