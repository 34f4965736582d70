//! The deciding words, each with its canonical English spelling.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A deciding word, in its canonical English spelling (`mail.md`, "Words").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Word {
    // ---- anyone
    Help,
    Roster,
    Status,
    Language,
    MyData,
    ForgetMe,
    Report,
    Staff,
    AlsoMe,
    // ---- advisor
    Away,
    Back,
    Remove,
    Accept,
    Decline,
    Ask,
    Yes,
    No,
    Written,
    Same,
    SecondPerson,
    // ---- advisee
    Cancel,
    Heard,
    Next,
    Wait,
    /// `1`, `n° 2`, `le 2`
    Number(u8),
    // ---- after a meeting, and for arranging one
    Held,
    NotYet,
    NotHeld,
    Moved,
    NewTimes,
    AnotherAdvisor,
    Move,
    Room,
    /// The meeting stands, without the shared room.
    NoRoom,
    // ---- whose address is it?
    Mine,
    He,
    // ---- staff
    Approve,
    Refuse,
    Assign,
    /// `REMOVE name`: never the same as [`Word::Remove`], which is about oneself.
    RemoveName,
    /// `AWAY name UNTIL date`
    AwayName,
    Note,
    Handled,
    Undo,
    Figures,
}

/// Every word but the numbers, with its canonical spelling.
const NAMES: &[(Word, &str)] = &[
    (Word::Help, "HELP"),
    (Word::Roster, "ROSTER"),
    (Word::Status, "STATUS"),
    (Word::Language, "LANGUAGE"),
    (Word::MyData, "MY DATA"),
    (Word::ForgetMe, "FORGET ME"),
    (Word::Report, "REPORT"),
    (Word::Staff, "STAFF"),
    (Word::AlsoMe, "ALSO ME"),
    (Word::Away, "AWAY"),
    (Word::Back, "BACK"),
    (Word::Remove, "REMOVE"),
    (Word::Accept, "ACCEPT"),
    (Word::Decline, "DECLINE"),
    (Word::Ask, "ASK"),
    (Word::Yes, "YES"),
    (Word::No, "NO"),
    (Word::Written, "WRITTEN"),
    (Word::Same, "SAME"),
    (Word::SecondPerson, "SECOND PERSON"),
    (Word::Cancel, "CANCEL"),
    (Word::Heard, "HEARD"),
    (Word::Next, "NEXT"),
    (Word::Wait, "WAIT"),
    (Word::Held, "HELD"),
    (Word::NotYet, "NOT YET"),
    (Word::NotHeld, "NOT HELD"),
    (Word::Moved, "MOVED"),
    (Word::NewTimes, "NEW TIMES"),
    (Word::AnotherAdvisor, "ANOTHER ADVISOR"),
    (Word::Move, "MOVE"),
    (Word::Room, "ROOM"),
    (Word::NoRoom, "NO ROOM"),
    (Word::Mine, "MINE"),
    (Word::He, "HE"),
    (Word::Approve, "APPROVE"),
    (Word::Refuse, "REFUSE"),
    (Word::Assign, "ASSIGN"),
    (Word::Note, "NOTE"),
    (Word::Handled, "HANDLED"),
    (Word::Undo, "UNDO"),
    (Word::Figures, "FIGURES"),
];

/// What may follow a word on its line without punctuation before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// All the rest of the text.
    Text,
    /// The rest of the line.
    Line,
    /// One word: a language tag, an address.
    One,
    /// A reference, `[K7Q2M]` or `K7Q2M`.
    Reference,
    /// Minutes.
    Minutes,
    /// `UNTIL date`, or a name before that.
    Until,
    /// Capitalised names.
    Name,
}

impl Word {
    /// The word with this canonical spelling; `2` is a number.
    pub fn from_name(name: &str) -> Option<Self> {
        let number = || name.parse().ok().filter(|n| (1..100).contains(n)).map(Word::Number);
        NAMES.iter().find(|(_, n)| *n == name).map(|(w, _)| *w).or_else(number)
    }

    /// The canonical spellings of all words but the numbers.
    pub fn names() -> impl Iterator<Item = (Word, &'static str)> {
        NAMES.iter().copied()
    }

    /// Whether only staff may say it: from anybody else it is prose (`Note that …`).
    pub fn is_for_staff(self) -> bool {
        use Word::*;
        matches!(self, Approve | Refuse | Assign | RemoveName | AwayName | Note | Handled | Undo | Figures)
    }

    /// Whether a negation or a condition in the same sentence turns it into talk.
    /// Not so for a refusal, for a fact that was already reported, or for a question.
    pub(super) fn is_undone_by_a_condition(self) -> bool {
        use Word::*;
        matches!(
            self,
            Accept
                | Yes
                | Number(_)
                | Cancel
                | Remove
                | ForgetMe
                | Back
                | Same
                | SecondPerson
                | Mine
                | He
                | Approve
                | Next
                | Wait
                | NewTimes
                | AnotherAdvisor
        )
    }

    pub(super) fn refuses(self) -> bool {
        matches!(self, Word::Decline | Word::No)
    }

    pub(super) fn takes(self) -> Takes {
        match self {
            Word::Ask | Word::Staff | Word::Note => Takes::Text,
            Word::Roster | Word::Assign | Word::Move | Word::Room => Takes::Line,
            Word::Language | Word::AlsoMe => Takes::One,
            Word::Report | Word::Approve | Word::Refuse | Word::Handled | Word::Undo => Takes::Reference,
            Word::Held => Takes::Minutes,
            Word::Away => Takes::Until,
            Word::Remove => Takes::Name,
            _ => Takes::Nothing,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Number(n) => write!(f, "{n}"),
            Word::RemoveName => f.write_str("REMOVE"),
            Word::AwayName => f.write_str("AWAY"),
            word => f.write_str(NAMES.iter().find(|(w, _)| w == word).map_or("", |(_, name)| name)),
        }
    }
}
