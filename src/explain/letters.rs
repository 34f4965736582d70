//! The letters that a decision brings, as their readers would have them.

use crate::mail::inbound::Inbound;
use crate::mail::message_id::MessageId;
use crate::program::batch::Mail;
use crate::program::token::without_tokens;
use serde::Serialize;

/// A letter.
#[derive(Debug, Serialize)]
pub struct Letter {
    pub to: Vec<String>,
    pub subject: String,
    pub template: &'static str,
    /// It waits for the staff's approval.
    pub held: bool,
    /// How often it was tried, if it was decided before and still lies in the outbox.
    pub waits: Option<u32>,
    pub calendar: Option<Invitation>,
    /// The text part, without the tokens by which its readers act.
    pub text: String,
    #[serde(skip)]
    pub id: MessageId,
}

/// What it brings for a calendar program.
#[derive(Debug, Serialize)]
pub struct Invitation {
    pub method: String,
    pub sequence: u64,
}

impl Letter {
    pub fn of(mail: &Mail) -> Self {
        let read = Inbound::parse(mail.bytes.as_bytes());
        Self {
            to: mail.recipients.iter().map(ToString::to_string).collect(),
            subject: without_tokens(&mail.subject),
            template: mail.template,
            held: mail.held,
            waits: None,
            calendar: read
                .calendar
                .map(|event| Invitation { method: event.method, sequence: event.sequence }),
            text: without_tokens(&read.text).trim_end().to_owned(),
            id: mail.message_id.clone(),
        }
    }
}
