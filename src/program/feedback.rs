//! How a meeting was: two questions on a scale from 1 to 5, answered beside HELD.
//!
//! "How useful was it? How easy was it to arrange?" An answer is two figures, `5 4`, on the line
//! after the word; one alone answers the first.

use super::record::{Party, Record, Reference, Timestamp};
use super::schedule;
use super::turn::Turn;
use super::words::pieces;
use serde::{Deserialize, Serialize};

/// The highest mark.
const BEST: u8 = 5;

/// What somebody has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    pub case: Reference,
    pub by: Party,
    pub marks: Marks,
    pub at: Timestamp,
}

/// Two marks from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    pub useful: u8,
    #[serde(default)]
    pub easy: Option<u8>,
}

/// The answers of a week, without names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekOfFeedback {
    pub useful: Answers,
    pub easy: Answers,
}

/// How often each mark was given to one question: never as a share, since a share of few tells
/// who it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    pub count: u64,
    /// The best first, those given.
    pub marks: Vec<Given>,
}

/// A mark, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub mark: u8,
    pub times: u64,
}

impl Record for Feedback {
    const TABLE: &'static str = "feedback";
    fn key(&self) -> String {
        let party = match self.by {
            Party::Advisee => "advisee".to_owned(),
            Party::Advisor(n) => format!("advisor{n}"),
        };
        format!("{}/{party}", self.case)
    }
}

/// Reads the marks on the first line of a note: it has nothing but them, and their numbers.
pub fn read(note: &str) -> Option<Marks> {
    let line = note.trim_start().lines().next()?;
    let numbers: Vec<u32> = pieces(line).iter().map(|piece| piece.number()).collect::<Option<_>>()?;
    let mark = |number: u32| u8::try_from(number).ok().filter(|n| (1..=BEST).contains(n));
    match numbers.as_slice() {
        [useful] => Some(Marks { useful: mark(*useful)?, easy: None }),
        // With the numbers of the questions: `1: 5  2: 4`.
        [useful, easy] | [1, useful, 2, easy] => {
            Some(Marks { useful: mark(*useful)?, easy: Some(mark(*easy)?) })
        }
        _ => None,
    }
}

/// The note without the line of the marks.
pub fn rest(note: &str) -> Option<String> {
    let (_, rest) = note.trim_start().split_once('\n')?;
    Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty())
}

/// What was answered in a week, if anything.
pub fn of_week(turn: &Turn, week: &str) -> Option<WeekOfFeedback> {
    let zone = turn.rules.zone;
    let mut given: Vec<Feedback> = turn.all("");
    given.retain(|feedback| schedule::period_key(feedback.at, zone) == week);
    let useful = given.iter().map(|feedback| feedback.marks.useful).collect();
    let easy = given.iter().filter_map(|feedback| feedback.marks.easy).collect();
    (!given.is_empty()).then(|| WeekOfFeedback { useful: Answers::of(useful), easy: Answers::of(easy) })
}

impl Answers {
    fn of(marks: Vec<u8>) -> Self {
        let times = |mark| marks.iter().filter(|m| **m == mark).count() as u64;
        let given = (1..=BEST).rev().map(|mark| Given { mark, times: times(mark) });
        Self { count: marks.len() as u64, marks: given.filter(|given| given.times > 0).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_figures_are_two_marks_and_prose_is_none() {
        let both = |useful, easy| Some(Marks { useful, easy: Some(easy) });
        for text in ["5 4", "5, 4", "5/4", "1: 5  2: 4", "1) 5, 2) 4", "٥ ٤", "\n5 4\nThank you!"] {
            assert_eq!(read(text), both(5, 4), "{text}");
        }
        assert_eq!(read("3"), Some(Marks { useful: 3, easy: None }));
        for text in ["", "6 1", "0 3", "5 4 3", "45", "We talked for 2 hours", "5 stars", "4.5 out of 5"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_below_the_marks_is_kept() {
        assert_eq!(rest("5 4\n\nIt helped.").as_deref(), Some("It helped."));
        assert_eq!(rest("5 4"), None);
    }

    #[test]
    fn marks_are_counted_the_best_first() {
        let answers = Answers::of(vec![4, 5, 5, 1]);
        let given: Vec<(u8, u64)> = answers.marks.iter().map(|g| (g.mark, g.times)).collect();
        assert_eq!((answers.count, given), (4, vec![(5, 2), (4, 1), (1, 1)]));
    }
}
