//! Delivery reports (RFC 3464, status codes of RFC 3463).

use super::address::AddrSpec;
use super::message_id::MessageId;
use serde::{Deserialize, Serialize};

/// What became of a mail for one recipient (RFC 3464 §2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Failed,
    Delayed,
    Delivered,
    Relayed,
    Expanded,
}

/// The per-recipient part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedRecipient {
    /// The original recipient where the report names it, else the final one.
    pub address: Option<AddrSpec>,
    pub action: Action,
    /// RFC 3463: `5.1.1`.
    pub status: Option<String>,
    /// The address should be given up. A full mailbox, a policy refusal or a size
    /// limit is not permanent, even with a 5.x.x status.
    pub permanent: bool,
}

/// One delivery report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub recipients: Vec<ReportedRecipient>,
    /// The Message-ID of the mail it reports on, where it quotes it.
    pub about: Option<MessageId>,
}
