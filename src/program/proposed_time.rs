//! Times proposed for a meeting, as people write them: which instants a line means.
//!
//! A line is read whole or not at all: a number that is no part of a day or an hour, a "not" or a
//! "before", two days at once make it something else. What has two readings has both; of those that
//! are over already none is meant. An hour in the gap of a spring night is the end of the gap; one
//! that comes twice in an autumn night is both where the zone was said, else the first.

use super::day_said::{Contradiction, DaySaid, Meant};
use super::record::Timestamp;
use super::time_of_day::{self, DayPart, TimeOfDay};
use super::time_piece::{Kind, Pieces};
use super::time_words::{FILLERS, NO_PROPOSAL};
use super::zone::Zone;
use super::zone_words::{self, ZoneSaid};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A longer line is prose, in characters.
const LONGEST: usize = 120;
/// So many words may stand in a line that are no part of the time.
const MOST_WORDS: usize = 6;
/// And in one that names a day only.
const MOST_WORDS_BESIDE_A_DAY: usize = 2;
/// So many readings are asked about; what has more is none.
const MOST_READINGS: usize = 4;

/// What a line can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    One(ProposedTime),
    /// `03/04 2pm` is in March or in April, `at 7` in the morning or in the evening: asked back.
    Several(Vec<ProposedTime>),
    /// It is over; of several readings the last.
    Past(ProposedTime),
    /// A day without an hour, which can be asked for.
    DateOnly(NaiveDate),
    None,
}

/// A start that somebody proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedTime {
    pub start: Timestamp,
    /// `14:00–15:00`, `45 min`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// The one that was said, else the writer's.
    pub zone: Zone,
    pub zone_said: bool,
}

/// Who reads, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    /// The writer's zone.
    pub home: Tz,
    pub now: Timestamp,
}

/// Reads a line as one time. `zone` is the writer's, used where the line names none.
pub fn read(line: &str, zone: Tz, now: Timestamp) -> Reading {
    let reader = Reader { home: zone, now };
    reader.said(line, false).map_or(Reading::None, |said| reader.reading(&said))
}

/// An hour, and the zones named after it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TimeSaid {
    time: TimeOfDay,
    zones: Vec<Zone>,
}

/// All that a line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    day: DaySaid,
    times: Vec<TimeSaid>,
    /// Named before any hour.
    zones: Vec<Zone>,
    part: Option<DayPart>,
    minutes: Option<u32>,
    /// How many words are none of these.
    words: usize,
}

impl Said {
    pub(super) fn has_day(&self) -> bool {
        self.day.is_said()
    }

    /// Whether it says something besides.
    pub(super) fn says_more(&self) -> bool {
        self.words > 0
    }

    pub(super) fn has_time(&self) -> bool {
        !self.times.is_empty()
    }

    fn take_day(&mut self, pieces: &Pieces, at: usize) -> Option<Taken> {
        match self.day.take(pieces, at) {
            Ok(Some((used, part))) => {
                self.part = self.part.or(part);
                Some(Taken::Part { used, is_day: true })
            }
            Ok(None) => None,
            Err(Contradiction) => Some(Taken::NoProposal),
        }
    }

    /// A zone is the hour's before it.
    fn take_zone(&mut self, zone: ZoneSaid) -> Option<()> {
        let ZoneSaid::Here(zone) = zone else { return None };
        self.times.last_mut().map_or(&mut self.zones, |time| &mut time.zones).push(zone);
        Some(())
    }

    /// `Tuesday 14:00 or 16:00`: the second has the day of the first.
    pub(super) fn on_day_of(&mut self, other: &Self) {
        self.day = other.day.clone();
        self.part = self.part.or(other.part);
    }

    /// `Tuesday or Thursday at 2pm`: the first has the hour of the second.
    pub(super) fn at_time_of(&mut self, other: &Self) {
        self.times.clone_from(&other.times);
        self.part = self.part.or(other.part);
        self.minutes = self.minutes.or(other.minutes);
    }

    /// The zones it names.
    pub(super) fn zones(&self) -> Vec<Zone> {
        self.times.iter().flat_map(|time| &time.zones).chain(&self.zones).copied().collect()
    }

    /// `Mon 14:00 or Tue 15:00 UTC`: both are UTC.
    pub(super) fn in_zone_of(&mut self, other: &Self) {
        self.zones = other.zones();
    }
}

/// What the pieces at a place in the line are.
enum Taken {
    /// A part of a time, of so many pieces; whether it names the day.
    Part {
        used: usize,
        is_day: bool,
    },
    Nothing,
    /// They show that the line is none.
    NoProposal,
}

impl Reader {
    /// What a line says, if it is more than prose. `after_day`: a day stands before it.
    pub(super) fn said(self, line: &str, after_day: bool) -> Option<Said> {
        if line.chars().count() > LONGEST {
            return None;
        }
        let whole = self.said_by(&Pieces::of(line), after_day);
        // `1. Tue 14:00`, where `1. December` is a day.
        whole.or_else(|| self.said_by(&Pieces::of(super::time_lines::without_number(line)?), after_day))
    }

    fn said_by(self, pieces: &Pieces, after_day: bool) -> Option<Said> {
        let mut said = Said::default();
        let (mut at, mut after_day) = (0, after_day);
        while at < pieces.len() {
            match self.take(&mut said, pieces, at, after_day) {
                Taken::Part { used, is_day } => {
                    at += used.max(1);
                    after_day = is_day;
                }
                Taken::Nothing => {
                    said.words += without_meaning(pieces, at)?;
                    after_day &= matches!(pieces.kind(at), Some(Kind::Sign(_)));
                    at += 1;
                }
                Taken::NoProposal => return None,
            }
        }
        (said.words <= MOST_WORDS).then_some(said)
    }

    fn take(self, said: &mut Said, pieces: &Pieces, at: usize, after_day: bool) -> Taken {
        let part = |used: usize| Taken::Part { used, is_day: false };
        let after_time = said.has_time();
        if let Some((minutes, used)) = time_of_day::lasting_at(pieces, at, after_time) {
            said.minutes = Some(minutes);
            return part(used);
        }
        if let Some(taken) = said.take_day(pieces, at) {
            return taken;
        }
        if let Some((zone, used)) = zone_words::at(pieces, at, self.home, self.now, after_time) {
            return said.take_zone(zone).map_or(Taken::NoProposal, |()| part(used));
        }
        if let Some((time, used)) = time_of_day::at(pieces, at, after_day) {
            said.times.push(TimeSaid { time, zones: Vec::new() });
            return part(used);
        }
        let Some((day_part, used)) = time_of_day::part_at(pieces, at) else { return Taken::Nothing };
        said.part = Some(day_part);
        Taken::Part { used, is_day: after_day }
    }

    pub(super) fn reading(self, said: &Said) -> Reading {
        if !said.has_time() {
            return self.day_alone(said).map_or(Reading::None, Reading::DateOnly);
        }
        let all = self.all_readings(said);
        let to_come: Vec<ProposedTime> = all.iter().copied().filter(|time| time.start > self.now).collect();
        match (to_come.as_slice(), all.last()) {
            ([], Some(last)) => Reading::Past(*last),
            ([one], _) => Reading::One(*one),
            ([_, ..], _) if to_come.len() <= MOST_READINGS => Reading::Several(to_come),
            _ => Reading::None,
        }
    }

    fn day_alone(self, said: &Said) -> Option<NaiveDate> {
        let today = said.zones.first().copied().unwrap_or(Zone::Named(self.home)).today(self.now);
        let few = said.words <= MOST_WORDS_BESIDE_A_DAY && said.day.is_sure();
        said.day.meant(today)?.days.into_iter().find(|day| few && *day >= today)
    }

    /// Ascending. Of several hours each names its zone, and all are the same instant:
    /// `14:00 Paris (15:00 Beirut)`.
    fn all_readings(self, said: &Said) -> Vec<ProposedTime> {
        let Some((first, others)) = said.times.split_first() else { return Vec::new() };
        let zones = if first.zones.is_empty() { &said.zones } else { &first.zones };
        let mut found = self.readings_in(said, first.time, zones);
        for other in others {
            let same = self.readings_in(said, other.time, &other.zones);
            found.retain(|time| !other.zones.is_empty() && same.iter().any(|s| s.start == time.start));
        }
        found.sort_unstable_by_key(|time| (time.start, time.minutes));
        found.dedup_by_key(|time| time.start);
        found
    }

    /// Of several zones, `UTC+2 (Cairo)`, all have to agree.
    fn readings_in(self, said: &Said, time: TimeOfDay, zones: &[Zone]) -> Vec<ProposedTime> {
        let (zone, others) =
            zones.split_first().map_or((Zone::Named(self.home), zones), |(z, others)| (*z, others));
        let mut found = self.readings_at(said, time, zone, !zones.is_empty());
        for other in others {
            let same = self.readings_at(said, time, *other, true);
            found.retain(|time| same.iter().any(|s| s.start == time.start));
        }
        found
    }

    fn readings_at(self, said: &Said, time: TimeOfDay, zone: Zone, zone_said: bool) -> Vec<ProposedTime> {
        let Some(Meant { days, coming }) = said.day.meant(zone.today(self.now)) else { return Vec::new() };
        let mut found = Vec::new();
        for (start, lasting) in time.spans(said.part, matches!(zone, Zone::Offset(_))) {
            for day in &days {
                let mut instants = instants(*day, start, zone);
                if coming && instants.iter().all(|instant| *instant <= self.now) {
                    instants = instants_a_week_later(*day, start, zone);
                }
                let instants = instants.into_iter().take(if zone_said { 2 } else { 1 });
                let minutes = lasting.or(said.minutes);
                found.extend(instants.map(|start| ProposedTime { start, minutes, zone, zone_said }));
            }
        }
        found
    }
}

fn instants(day: NaiveDate, minutes: u32, zone: Zone) -> Vec<Timestamp> {
    let wall = day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::minutes(minutes.into()));
    wall.map_or_else(Vec::new, |wall| zone.instants(wall))
}

fn instants_a_week_later(day: NaiveDate, minutes: u32, zone: Zone) -> Vec<Timestamp> {
    day.checked_add_signed(TimeDelta::days(7)).map_or_else(Vec::new, |day| instants(day, minutes, zone))
}

/// One piece that is no part of a time: how many words it counts for. `None` if it shows that the
/// line is something else.
fn without_meaning(pieces: &Pieces, at: usize) -> Option<usize> {
    match pieces.kind(at)? {
        // An address, a sum.
        Kind::Sign('@') if pieces.is_tight(at) && pieces.is_tight(at + 1) => None,
        Kind::Sign('€' | '$' | '£' | '%') => None,
        Kind::Sign(_) | Kind::Zone(_) => Some(0),
        Kind::Number { .. } => None,
        // `by Tuesday 14:00`, but `by phone`.
        Kind::Word(word) if word == "by" && begins_a_time(pieces, at + 1) => None,
        Kind::Word(word) if NO_PROPOSAL.contains(&word.as_str()) => None,
        Kind::Word(word) => Some(usize::from(word.chars().count() > 1 && !FILLERS.contains(&word.as_str()))),
    }
}

fn begins_a_time(pieces: &Pieces, at: usize) -> bool {
    let is_day = DaySaid::default().take(pieces, at) != Ok(None);
    is_day || time_of_day::at(pieces, at, false).is_some()
}

#[cfg(test)]
#[path = "proposed_time_tests.rs"]
mod tests;
