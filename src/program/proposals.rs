//! The times that somebody proposes, as they stand in a mail.

use super::command::{self, Command, Word};
use super::moment::{Moment, Slot};
use super::proposed_time::{self, Reading};
use super::room_said;
use super::time_lines;
use super::token;
use super::turn::Turn;
use crate::mail::address::AddrSpec;
use crate::mail::inbound::Inbound;
use serde::{Deserialize, Serialize};

/// So many times may be proposed at once.
const MOST: usize = 5;
/// How long a meeting is, where nobody says.
pub const MINUTES: u32 = 30;

/// What was read of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// In the order in which they were written, each once.
    pub slots: Vec<Slot>,
    pub unclear: Vec<UnclearTime>,
    /// What else was written.
    pub note: Option<String>,
    /// The shared room was asked for beside them.
    pub room: bool,
}

/// A line that names a time, and leaves open which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnclearTime {
    pub line: String,
    pub why: Unclear,
    /// What it can mean.
    pub readings: Vec<Moment>,
}

/// Why a time cannot be proposed as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unclear {
    /// `03/04 2 pm`
    Several,
    /// It is over.
    Past,
    /// A day without an hour.
    NoHour,
    /// More than can be proposed at once.
    TooMany,
}

impl Proposals {
    /// Whether it proposes nothing: "Tuesday would do" is talk.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.unclear.iter().all(|time| time.why == Unclear::NoHour)
    }
}

/// What stands after a word, on its line and below.
pub fn after_the_word(said: &Command) -> String {
    let parts = [said.argument.as_deref(), said.note.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Reads what somebody wrote, on their own clock where a line names none.
pub fn read(turn: &Turn, writer: &AddrSpec, text: &str) -> Proposals {
    read_lasting(turn, writer, text, MINUTES)
}

/// The same, of so many minutes where nobody says how long.
pub fn read_lasting(turn: &Turn, writer: &AddrSpec, text: &str, minutes: u32) -> Proposals {
    let (zone, assumed) = turn.clock_of(writer);
    let (room, text) = room_said::wish(turn, writer, &token::without_tokens(text));
    let (lines, rest) = time_lines::read_lines(&text, zone, turn.now);
    let slot = |time: &proposed_time::ProposedTime| Slot {
        start: time.start,
        minutes: time.minutes.unwrap_or(minutes),
    };
    let note = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
    let mut found = Proposals { note, room, ..Proposals::default() };
    for (line, reading) in lines {
        let moment = |time: &proposed_time::ProposedTime| slot(time).moment(zone, assumed && !time.zone_said);
        match reading {
            Reading::One(time) if found.slots.contains(&slot(&time)) => (),
            Reading::One(time) if found.slots.len() < MOST => found.slots.push(slot(&time)),
            Reading::One(time) => found.is_unclear(line, Unclear::TooMany, vec![moment(&time)]),
            Reading::Several(times) => {
                found.is_unclear(line, Unclear::Several, times.iter().map(moment).collect());
            }
            Reading::Past(time) => found.is_unclear(line, Unclear::Past, vec![moment(&time)]),
            Reading::DateOnly(_) => found.is_unclear(line, Unclear::NoHour, Vec::new()),
            Reading::None => (),
        }
    }
    found
}

impl Proposals {
    fn is_unclear(&mut self, line: String, why: Unclear, readings: Vec<Moment>) {
        self.unclear.push(UnclearTime { line, why, readings });
    }
}

/// `ACCEPT Tue 8 Dec 14:00`, `ACCEPT with room`: a word whose line runs on decides if it runs on with a
/// time, or with the shared room.
pub fn word_before_a_time(turn: &Turn, mail: &Inbound, writer: &AddrSpec) -> Option<Command> {
    let text = token::without_tokens(&mail.new_text);
    let (line, below) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
    let gaps = line.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    gaps.take(4).find_map(|at| {
        let said = command::read(&line[..at], None, &turn.rules.words)?;
        let about_times =
            matches!(said.word, Word::Accept | Word::Yes | Word::NewTimes | Word::Move | Word::Moved);
        let with_room = about_times || matches!(said.word, Word::Number(_));
        let read = || read(turn, writer, &line[at..]);
        let decides =
            with_room && Some(read()).is_some_and(|rest| rest.room || about_times && !rest.slots.is_empty());
        decides.then(|| Command { note: Some(format!("{}\n{below}", line[at..].trim())), ..said })
    })
}
