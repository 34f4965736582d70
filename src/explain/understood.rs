//! What is understood of a mail before anything is decided.

use crate::mail::event::{Event, Start};
use crate::mail::form::{Field, Form};
use crate::mail::inbound::{Authentication, Inbound, Origin};
use crate::mail::report::ReportedRecipient;
use crate::program::command::{Also, Command};
use crate::program::record::{Owner, Party};
use crate::program::token::{self, without_tokens};
use crate::program::turn::Turn;
use crate::program::{arrival, proposals};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde::Serialize;

/// See [`super::Explanation`].
#[derive(Debug, Serialize)]
pub struct Understood {
    pub from: Option<String>,
    pub name: Option<String>,
    pub subject: Option<String>,
    pub message_id: Option<String>,
    pub origin: Origin,
    pub authentication: Authentication,
    /// Whose tokens it carries.
    pub tokens: Vec<String>,
    pub word: Option<Said>,
    pub form: Option<FormSaid>,
    pub calendar: Option<CalendarSaid>,
    pub report: Vec<ReportedRecipient>,
    pub new_text: String,
    pub problems: Vec<String>,
}

/// The deciding word.
#[derive(Debug, Serialize)]
pub struct Said {
    pub word: String,
    pub argument: Option<String>,
    pub also: Option<String>,
    pub note: Option<String>,
}

/// A form as it was read.
#[derive(Debug, Serialize)]
pub struct FormSaid {
    pub kind: String,
    pub fields: Vec<Field>,
}

/// What a calendar program says.
#[derive(Debug, Serialize)]
pub struct CalendarSaid {
    pub method: String,
    /// It is about an invitation that we sent.
    pub ours: bool,
    pub sequence: u64,
    pub partstat: Option<String>,
    pub start: Option<Begins>,
    pub minutes: Option<u32>,
    pub comment: Option<String>,
}

/// When a meeting begins, as far as that is said.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Begins {
    At(DateTime<Tz>),
    /// On its writer's own clock.
    Floating(NaiveDateTime),
    Day(NaiveDate),
}

impl Understood {
    pub fn of(turn: &Turn, mail: &Inbound) -> Self {
        let from = mail.from.as_ref();
        let plain = |text: &Option<String>| text.as_deref().map(without_tokens);
        Self {
            from: from.map(|from| from.address.to_string()),
            name: from.and_then(|from| from.name.clone()),
            subject: plain(&mail.subject),
            message_id: mail.message_id.as_ref().map(|id| without_tokens(&id.to_string())),
            origin: mail.origin,
            authentication: mail.authentication,
            tokens: arrival::owners(turn, mail).iter().map(whose).collect(),
            word: said(turn, mail).map(Said::of),
            form: turn.form(mail).map(FormSaid::of),
            calendar: mail.calendar.as_ref().map(|event| CalendarSaid::of(event, turn.rules.zone)),
            report: mail.report.as_ref().map(|report| report.recipients.clone()).unwrap_or_default(),
            new_text: without_tokens(&mail.new_text),
            problems: mail.problems.clone(),
        }
    }
}

fn whose(owner: &Owner) -> String {
    match owner {
        Owner::Party { case, party: Party::Advisee } => format!("the advisee of {case}"),
        Owner::Party { case, party: Party::Advisor(_) } => format!("an advisor of {case}"),
        Owner::Draft(form) => format!("the writer of the incomplete form {form}"),
        Owner::Inquiry(question) => format!("whoever was asked the question {question}"),
        Owner::Staff(address) => format!("{address}, of the staff"),
        Owner::Booking(booking) => format!("whoever booked the shared room, {booking}"),
        Owner::Away(_) => "an advisor who was asked until when she is away".to_owned(),
    }
}

/// What machines write decides nothing.
fn said(turn: &Turn, mail: &Inbound) -> Option<Command> {
    let from = mail.from.as_ref().filter(|_| mail.origin == Origin::Human)?;
    turn.said(mail).or_else(|| proposals::word_before_a_time(turn, mail, &from.address))
}

impl Said {
    fn of(said: Command) -> Self {
        let also = said.also.map(|also| match also {
            Also::AwayUntil(date) => format!("AWAY UNTIL {date}"),
            Also::Try(name) => format!("TRY {name}"),
        });
        let plain = |text: Option<String>| text.map(|text| without_tokens(&text).trim().to_owned());
        Self { word: said.word.to_string(), argument: plain(said.argument), also, note: plain(said.note) }
    }
}

impl FormSaid {
    fn of(form: Form) -> Self {
        let plain = |field: Field| Field { value: without_tokens(&field.value), ..field };
        Self { kind: form.kind, fields: form.fields.into_iter().map(plain).collect() }
    }
}

impl CalendarSaid {
    fn of(event: &Event, zone: Tz) -> Self {
        let start = event.start.map(|start| match start {
            Start::At(at) => Begins::At(at.with_timezone(&zone)),
            Start::Floating(wall) => Begins::Floating(wall),
            Start::Day(day) => Begins::Day(day),
        });
        Self {
            method: event.method.clone(),
            ours: !token::carriers(&event.uid).is_empty(),
            sequence: event.sequence,
            partstat: event.partstat.clone(),
            start,
            minutes: event.minutes,
            comment: event.comment.as_deref().map(without_tokens),
        }
    }
}
