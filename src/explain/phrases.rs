//! Single things as a person reads them, for the page.

use super::decided::CaseTold;
use super::letters::Letter;
use super::meeting::{Standing, Time};
use super::rows::{Kind, Row};
use super::timers::{self, Promise};
use super::understood::{Begins, CalendarSaid, FormSaid, Said, Understood};
use crate::mail::inbound::{Authentication, Origin};
use crate::mail::report::ReportedRecipient;
use crate::program::record::Stage;
use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::Value;
use std::collections::BTreeMap;

/// So much of a mail's text is shown, in lines and in characters of each.
const LINES: usize = 8;
const COLUMNS: usize = 90;
/// And of the value of a field of a record.
const VALUE: usize = 60;

/// Of a letter that still lies in the outbox.
pub fn waits(letter: &Letter) -> String {
    let times = |tries: u32| counted(tries.try_into().unwrap_or(usize::MAX), "attempt", "attempts");
    let said = |tries| format!(", still in the outbox after {}", times(tries));
    letter.waits.map(said).unwrap_or_default()
}

/// `Tue 8 Dec 2026, 14:00`
pub fn shown(at: DateTime<Tz>) -> String {
    at.format("%a %-d %b %Y, %H:%M").to_string()
}

/// A text of at most so many characters.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The first lines of a text.
pub fn beginning(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.trim().lines().collect();
    let more = lines.len().saturating_sub(LINES);
    let shown = lines.iter().take(LINES).map(|line| cut(line, COLUMNS));
    let rest = (more > 0).then(|| format!("… and {}", counted(more, "line", "lines")));
    shown.chain(rest).collect()
}

/// `1 letter`, `2 letters`
pub fn counted(n: usize, one: &str, several: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {several}") }
}

// ---- understood

/// Who wrote.
pub fn sender(mail: &Understood) -> String {
    match (&mail.name, &mail.from) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, Some(address)) => address.clone(),
        (_, None) => "nobody we could write to".to_owned(),
    }
}

/// Who or what wrote, and who vouches for it.
pub fn writer(mail: &Understood) -> String {
    let who = match mail.origin {
        Origin::Human => "a person",
        Origin::AutoReply => "a machine: an automatic reply",
        Origin::DeliveryReport => "a machine: a delivery report",
        Origin::FeedbackReport => "a machine: a report of spam",
        Origin::MailingList => "a mailing list",
        Origin::Own => "ourselves",
    };
    let proof = match mail.authentication {
        Authentication::Pass => "the receiver vouches for From",
        Authentication::Fail => "the receiver says that From is false",
        Authentication::None => "no trusted receiver vouches for From",
    };
    format!("{who}; {proof}")
}

/// The deciding word.
pub fn word(said: &Said) -> String {
    let parts = [Some(&said.word), said.argument.as_ref(), said.also.as_ref()];
    let word = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    match &said.note {
        Some(note) => format!("{word}, with a note: {}", cut(&note.replace('\n', " / "), VALUE)),
        None => word,
    }
}

/// A form, a field a line.
pub fn form(form: &FormSaid) -> Vec<String> {
    let width = form.fields.iter().map(|field| field.label.chars().count()).max().unwrap_or(0);
    let fields = form.fields.iter().map(|field| {
        let unknown = if field.known { "" } else { " (a label we do not know)" };
        format!("{:width$}  {}{unknown}", field.label, cut(&field.value.replace('\n', " / "), COLUMNS))
    });
    std::iter::once(form.kind.clone()).chain(fields).collect()
}

/// What a calendar program says.
pub fn calendar(said: &CalendarSaid) -> String {
    let whose = if said.ours { "about our invitation" } else { "of a calendar of their own" };
    let start = said.start.as_ref().map(|start| match start {
        Begins::At(at) => shown(*at),
        Begins::Floating(wall) => format!("{} on the writer's clock", wall.format("%a %-d %b %Y, %H:%M")),
        Begins::Day(day) => day.format("%a %-d %b %Y").to_string(),
    });
    let minutes = said.minutes.map(|minutes| format!("{minutes} min"));
    let number = Some(format!("number {}", said.sequence));
    let comment = said.comment.as_ref().map(|comment| format!("\"{}\"", cut(comment, VALUE)));
    let parts = [Some(said.method.clone()), said.partstat.clone(), number, start, minutes, comment];
    format!("{}, {whose}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// What became of whose letter.
pub fn report(mail: &Understood) -> Vec<String> {
    let line = |recipient: &ReportedRecipient| {
        let address =
            recipient.address.as_ref().map_or("an address it does not name".to_owned(), |a| a.to_string());
        let action = format!("{:?}", recipient.action).to_lowercase();
        let status = recipient.status.as_deref().unwrap_or_default();
        let ends = if recipient.permanent { ", to be given up" } else { "" };
        format!("{address}: {action} {status}").trim_end().to_owned() + ends
    };
    mail.report.iter().map(line).collect()
}

// ---- decided

/// The case, by whom it was written, and where it stands.
pub fn case(case: &CaseTold) -> String {
    let CaseTold { reference, advisee, advisor, stage, party } = case;
    let of = match advisor {
        Some(advisor) => format!("{advisee} asks {advisor}"),
        None => format!("{advisee} asks"),
    };
    let written = party.map(|party| format!("; written by the {party}")).unwrap_or_default();
    let named = |stage: Stage| serde_json::to_value(stage).ok().and_then(|v| v.as_str().map(str::to_owned));
    let after = named(stage.after).unwrap_or_default();
    let stands = match stage.before {
        None => format!("new, then {after}"),
        Some(before) if before == stage.after => format!("{after} as before"),
        Some(before) => format!("{} before, then {after}", named(before).unwrap_or_default()),
    };
    format!("{reference}: {of}{written}; {}", stands.replace('_', " "))
}

/// What is arranged, a thing a line.
pub fn standing(standing: &Standing) -> Vec<String> {
    let mut lines = Vec::new();
    if standing.is_of_nothing() {
        return vec!["nothing arranged".to_owned()];
    }
    if let Some(proposer) = &standing.proposed_by {
        lines.push(format!("{proposer} proposes"));
        let times = (1..).zip(&standing.proposed);
        lines.extend(times.map(|(n, slot)| format!("  {n}. {}", time(slot))));
    }
    lines.push(match &standing.agreed {
        Some(slot) => format!("agreed: {}", time(slot)),
        None => "no time agreed".to_owned(),
    });
    lines.push(match standing.invitation {
        _ if standing.own_calendar => "in calendars of their own".to_owned(),
        Some(number) => format!("latest invitation: number {number}"),
        None => "no invitation sent".to_owned(),
    });
    lines.extend(standing.room.as_ref().map(|slot| format!("the shared room: {}", time(slot))));
    lines.extend(standing.asked_about.map(|at| format!("asked whether they met: {}", shown(at))));
    lines
}

fn time(time: &Time) -> String {
    let end = time.start + TimeDelta::minutes(time.minutes.into());
    format!("{}–{}", shown(time.start), end.format("%H:%M"))
}

/// A row that changes, a field a line.
pub fn record(row: &Row) -> Vec<String> {
    let kind = match row.change {
        Kind::New => "new",
        Kind::Changed => "changed",
        Kind::Deleted => "deleted",
    };
    let width = row.fields.iter().map(|field| field.field.len()).max().unwrap_or(0);
    let fields = row.fields.iter().map(|field| {
        let (before, after) = (value(&field.before), value(&field.after));
        format!("  {:width$}  {before} → {after}", field.field)
    });
    std::iter::once(format!("{} {kind}", row.key)).chain(fields).collect()
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        other => cut(&other.to_string(), VALUE),
    }
}

/// `count (2), handled`
pub fn kept(books: &[&Row]) -> String {
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    books.iter().for_each(|row| *tables.entry(row.table()).or_default() += 1);
    let tables = tables.into_iter().map(|(table, count)| match count {
        1 => table.to_owned(),
        count => format!("{table} ({count})"),
    });
    tables.collect::<Vec<_>>().join(", ")
}

/// A timer; what it is for takes `width` columns.
pub fn promise(promise: &Promise, width: usize) -> String {
    let change = match promise.change {
        timers::Kind::Set => "set",
        timers::Kind::Moved => "moved to",
        timers::Kind::Cancelled => "cancelled",
    };
    let (due, what) = (shown(promise.due), promise.what);
    format!("{change:10}{due:24}{what:width$}  {}", promise.id)
}
