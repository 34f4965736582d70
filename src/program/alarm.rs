//! What the shell notices about itself and its servers, and the staff should know: a letter of each
//! kind at most once a day, and one when a mailbox that could not be read is read again.
//!
//! The shell says how things stand as often as it likes; what is worth a letter is decided here.

use super::View;
use super::letter::Letter;
use super::moment::{Moment, Slot};
use super::record::{Record, Timestamp};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Servers are restarted and cables pulled out; what lasts as long as this needs somebody.
pub const UNREAD: TimeDelta = TimeDelta::hours(1);
/// Servers refuse every login while their directory is away. What is refused for longer is a wrong
/// password, and waiting does not help.
pub const REFUSED: TimeDelta = TimeDelta::minutes(15);
const AT_MOST_EVERY: TimeDelta = TimeDelta::days(1);
/// Of a server's words no more is shown: characters.
const SHOWN: usize = 400;

/// What has been noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// The mailbox has not been read since then.
    Unread { since: Timestamp, why: Option<Hindrance> },
    /// The mailbox has been read.
    Read,
    /// The mail server refuses our login, in these words.
    LoginRefused { since: Timestamp, why: String },
    /// The store could not be written, or was damaged and has been repaired.
    StoreFault { why: String },
    /// A template could not be rendered; the letter went out in other words.
    TemplateFailed { template: String, why: String },
}

/// Why a mailbox could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// The server's words, or the system's.
    pub words: String,
    pub login_refused: bool,
}

impl Alarm {
    /// What it is counted under.
    pub fn kind(&self) -> &'static str {
        match self {
            Alarm::Unread { .. } | Alarm::Read => "mailbox",
            Alarm::LoginRefused { .. } => "login",
            Alarm::StoreFault { .. } => "store",
            Alarm::TemplateFailed { .. } => "template",
        }
    }

    /// In the words of whoever complains; empty where nobody does.
    pub fn why(&self) -> &str {
        match self {
            Alarm::Unread { why, .. } => why.as_ref().map_or("", |why| &why.words),
            Alarm::Read => "",
            Alarm::LoginRefused { why, .. }
            | Alarm::StoreFault { why }
            | Alarm::TemplateFailed { why, .. } => why,
        }
    }

    /// Whether it has lasted long enough to be one.
    fn is_due(&self, now: Timestamp) -> bool {
        match self {
            Alarm::Unread { since, why } => {
                let refused = why.as_ref().is_some_and(|why| why.login_refused);
                now - *since >= if refused { REFUSED } else { UNREAD }
            }
            Alarm::LoginRefused { since, .. } => now - *since >= REFUSED,
            Alarm::Read | Alarm::StoreFault { .. } | Alarm::TemplateFailed { .. } => true,
        }
    }
}

/// When the staff were told of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Told {
    kind: String,
    at: Timestamp,
    /// Since when what they were told of lasts; None where it is over, or has no end.
    lasts_since: Option<Timestamp>,
}

impl Record for Told {
    const TABLE: &'static str = "alarm";
    fn key(&self) -> String {
        self.kind.clone()
    }
}

/// Whether there is anything to decide; most times there is not.
pub fn is_news(view: &dyn View, alarm: &Alarm, now: Timestamp) -> bool {
    let told = Told::stored(view, alarm.kind());
    let lasts = told.as_ref().is_some_and(|told| told.lasts_since.is_some());
    match alarm {
        Alarm::Read => lasts,
        _ => !lasts && alarm.is_due(now) && told.is_none_or(|told| now - told.at >= AT_MOST_EVERY),
    }
}

/// Something has been noticed.
pub fn noticed(turn: &mut Turn, alarm: &Alarm) -> Verdict {
    let before = turn.read::<Told>(alarm.kind());
    let lasted_since = before.as_ref().and_then(|told| told.lasts_since);
    let lasts_since = match alarm {
        Alarm::Unread { since, .. } => Some(*since),
        _ => None,
    };
    // That it is over is no alarm: the next one counts from the last alarm.
    let at = before.filter(|_| *alarm == Alarm::Read).map_or(turn.now, |told| told.at);
    turn.put(&Told { kind: alarm.kind().to_owned(), at, lasts_since });
    for staff in turn.rules.staff.clone() {
        let letter = letter(turn, alarm, staff.mailbox.name.clone(), lasted_since);
        turn.tell(&staff.mailbox, None, letter);
    }
    Verdict::new(What::Done(word(alarm)), None)
}

fn word(alarm: &Alarm) -> &'static str {
    match alarm {
        Alarm::Unread { .. } => "mailbox-unread",
        Alarm::Read => "mailbox-read-again",
        Alarm::LoginRefused { .. } => "login-refused",
        Alarm::StoreFault { .. } => "store-fault",
        Alarm::TemplateFailed { .. } => "template-failed",
    }
}

fn letter(turn: &Turn, alarm: &Alarm, name: Option<String>, lasted_since: Option<Timestamp>) -> Letter {
    match alarm {
        Alarm::Unread { since, why } => Letter::MailboxUnread {
            name,
            since: moment(turn, *since),
            why: why.as_ref().map(|why| line(&why.words)),
            login_refused: why.as_ref().is_some_and(|why| why.login_refused),
        },
        Alarm::Read => Letter::MailboxReadAgain {
            name,
            since: moment(turn, lasted_since.unwrap_or(turn.now)),
            until: moment(turn, turn.now),
        },
        Alarm::LoginRefused { since, why } => {
            Letter::LoginRefused { name, since: moment(turn, *since), why: line(why) }
        }
        Alarm::StoreFault { why } => Letter::StoreFault { name, why: line(why) },
        Alarm::TemplateFailed { template, why } => {
            Letter::TemplateFailed { name, template: template.clone(), why: line(why) }
        }
    }
}

/// On one line, and not without end.
fn line(why: &str) -> String {
    let line = why.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// On the network's clock, which the log and the staff have in common.
fn moment(turn: &Turn, at: Timestamp) -> Moment {
    Slot { start: at, minutes: 0 }.moment(turn.rules.zone, false)
}
