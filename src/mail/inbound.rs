//! A mail as it was received: bytes in, one value out, whatever the bytes are.

use super::address::{AddrSpec, Mailbox};
use super::message_id::MessageId;
use super::report::Report;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// Who or what speaks in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Human,
    /// RFC 3834, and the many that never heard of it.
    AutoReply,
    /// RFC 3464, and the many that follow none.
    DeliveryReport,
    /// RFC 5965.
    FeedbackReport,
    MailingList,
    /// Carries our own header field and a Message-ID that we could have made.
    Own,
}

/// What a receiver's `Authentication-Results` (RFC 8601) say of the From domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authentication {
    Pass,
    Fail,
    None,
}

/// A part that is not the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub media_type: String,
    pub bytes: usize,
}

/// SHA-256 (in hex) over Message-ID, From, Date, Subject and body, without trace
/// fields: the same for two copies of a mail, different for any other mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

/// One received mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    pub fingerprint: Fingerprint,
    pub origin: Origin,
    pub from: Option<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    /// To and Cc.
    pub to: Vec<Mailbox>,
    /// Delivered-To, X-Original-To, Envelope-To: where the transport put it.
    pub delivered_to: Vec<AddrSpec>,
    pub subject: Option<String>,
    pub message_id: Option<MessageId>,
    pub in_reply_to: Vec<MessageId>,
    pub references: Vec<MessageId>,
    pub date: Option<DateTime<FixedOffset>>,
    /// Present for delivery reports only.
    pub report: Option<Report>,
    /// The whole text body, decoded; made from the HTML where there is no text part.
    pub text: String,
    /// What the person newly wrote: no quotation, attribution, signature or footer.
    pub new_text: String,
    /// The text a form is read from: rows of an HTML table as `label<TAB>value`.
    pub form_text: String,
    pub authentication: Authentication,
    pub attachments: Vec<Attachment>,
    /// What was wrong with the mail, in words for an operator.
    pub problems: Vec<String>,
}

/// Our own header field: present in every letter, with the letter's name as value.
pub const OWN_HEADER: &str = "X-Sounding-Board";
