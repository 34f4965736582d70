//! Delivery reports (RFC 3464, status codes of RFC 3463).

use super::address::AddrSpec;
use super::header::Header;
use super::inbound::Inbound;
use super::message_id::MessageId;
use super::report_text::{self, Machine, regex};
use super::{charset, dead_address, report_recipients, typed_address};
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::cell::LazyCell;
use std::sync::LazyLock;

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

/// More recipients than this in one report are not read: ours have one.
const MOST_RECIPIENTS: usize = 100;
/// Nor more groups of fields than theirs and those about the mails.
const MOST_GROUPS: usize = 2 * MOST_RECIPIENTS;
/// Of one group so much is read.
const LONGEST_GROUP: usize = 64 * 1024;

/// So much of what is said of one recipient is read: servers say why at once.
const WORDS_READ: usize = 16 * 1024;

/// The kind of a report (RFC 6522 §3) in lower case, empty where it names none; `None` where a
/// mail is no report by its own type.
pub(super) fn kind(mail: &Message<'_>) -> Option<String> {
    let named = mail.content_type().and_then(|t| t.attribute("report-type"));
    let is_report = || media_type(mail.root_part()) == "multipart/report";
    named.map(|kind| kind.trim().to_lowercase()).or_else(|| is_report().then(String::new))
}

/// Whether a mail reports on the delivery of another. A person who forwards or
/// attaches a report is none: the report is then not the mail's own part.
pub(super) fn is_report(inbound: &Inbound, header: &Header, mail: &Message<'_>, machine: Machine) -> bool {
    let kind = kind(mail);
    if kind.as_deref() == Some("delivery-status") {
        return true;
    }
    let is_status = |p: &MessagePart<'_>| is_status_part(p);
    let unnamed = kind.is_some_and(|kind| kind.is_empty());
    if mail.parts.iter().any(is_status) && (machine != Machine::No || unnamed) {
        return true;
    }
    report_text::is_report(inbound, header, machine, returns_a_mail(mail))
}

/// Whether a mail, or the header of one, that is no report itself is among the parts.
fn returns_a_mail(mail: &Message<'_>) -> bool {
    mail.parts.iter().any(|part| match &part.body {
        PartType::Message(inner) => media_type(inner.root_part()) != "multipart/report",
        _ => is_header_part(part),
    })
}

/// The header of a mail alone (RFC 6522 §4, RFC 6533 §4).
fn is_header_part(part: &MessagePart<'_>) -> bool {
    let known = ["text/rfc822-headers", "message/rfc822-headers", "message/global-headers"];
    known.contains(&media_type(part).as_str())
}

/// Reads a mail that `is_report`.
pub(super) fn read(mail: &Message<'_>, header: &Header, text: &str) -> Report {
    let parts = status_parts(mail);
    let mut recipients = delivery_status(parts.iter().flat_map(|status| groups(status)), text);
    if recipients.iter().all(|r| r.address.is_none()) {
        let pasted = delivery_status(groups(text), text);
        let named =
            if pasted.is_empty() { report_recipients::recipients(mail, header, text) } else { pasted };
        if !named.is_empty() {
            recipients = named;
        }
    }
    recipients.truncate(MOST_RECIPIENTS);
    Report { recipients, about: about(mail, header, text) }
}

/// The machine-readable parts: the mail's own, else those of a report inside it
/// (virus scanners wrap them).
fn status_parts(mail: &Message<'_>) -> Vec<String> {
    let own = |mail: &Message<'_>| -> Vec<String> {
        let status = mail.parts.iter().filter(|p| is_status_part(p));
        // Domino writes Japanese into it, which is 7-bit.
        status.map(|p| charset::decode(p.contents(), None).text.into_owned()).collect()
    };
    let found = own(mail);
    if !found.is_empty() {
        return found;
    }
    let inner = mail.parts.iter().filter_map(|p| match &p.body {
        PartType::Message(inner) => Some(own(inner)),
        _ => None,
    });
    inner.flatten().collect()
}

/// RFC 3464 §2, and RFC 6533 §3 for addresses in UTF-8.
fn is_status_part(part: &MessagePart<'_>) -> bool {
    matches!(media_type(part).as_str(), "message/delivery-status" | "message/global-delivery-status")
}

fn media_type(part: &MessagePart<'_>) -> String {
    part.content_type()
        .map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default()).to_lowercase())
        .unwrap_or_default()
}

/// RFC 3464 §2.1: a group about the mail, then one for each recipient.
fn delivery_status(groups: impl Iterator<Item = String>, text: &str) -> Vec<ReportedRecipient> {
    let mut found: Vec<ReportedRecipient> = Vec::new();
    let text = LazyCell::new(|| Said::of(text));
    for group in groups.take(MOST_GROUPS) {
        let fields = Header::parse(&group);
        if ["final-recipient", "original-recipient", "x-actual-recipient"].iter().any(|f| fields.has(f)) {
            let recipient = one_recipient(&fields, &text);
            if !found.contains(&recipient) {
                found.push(recipient);
            }
        }
    }
    found
}

/// Lines with empty lines around them.
fn groups(status: &str) -> impl Iterator<Item = String> {
    let mut lines = status.lines();
    std::iter::from_fn(move || {
        let mut group = String::new();
        for line in lines.by_ref().skip_while(|line| line.trim().is_empty()) {
            if line.trim().is_empty() {
                break;
            }
            if group.len() < LONGEST_GROUP {
                group.push_str(line);
                group.push('\n');
            }
        }
        (!group.is_empty()).then_some(group)
    })
}

fn one_recipient(fields: &Header, text: &Said) -> ReportedRecipient {
    // RFC 3464 §2.3.1: the original recipient is the one the sender used.
    let names = ["original-recipient", "final-recipient", "x-actual-recipient"];
    let address = names.iter().filter_map(|name| fields.get(name)).find_map(typed_address::read);
    let status = enhanced_status(fields.get("status").unwrap_or_default());
    let action = match fields.lower("action").split([' ', ';', '(']).next().unwrap_or_default() {
        "delayed" => Action::Delayed,
        "delivered" => Action::Delivered,
        "relayed" => Action::Relayed,
        "expanded" => Action::Expanded,
        _ => Action::Failed,
    };
    match fields.get("diagnostic-code").filter(|code| !code.is_empty()) {
        Some(diagnostic) => judged(address, action, status, &Said::of(diagnostic)),
        None => judged(address, action, status, text),
    }
}

/// What a server said of a recipient, as understood.
pub(super) struct Said {
    status: Option<String>,
    words: dead_address::Words,
}

impl Said {
    pub(super) fn of(said: &str) -> Self {
        let said = &said[..said.floor_char_boundary(WORDS_READ)];
        Self { status: enhanced_status(said), words: dead_address::Words::of(said) }
    }

    /// Whether it is why a mail did not arrive, or not yet.
    pub(super) fn complains(&self) -> bool {
        self.words.complain() || self.status.as_ref().is_some_and(|code| !code.starts_with('2'))
    }
}

/// Puts together what is known of one recipient.
pub(super) fn judged(
    address: Option<AddrSpec>,
    action: Action,
    status: Option<String>,
    said: &Said,
) -> ReportedRecipient {
    let status = match (status, said.status.clone()) {
        // RFC 3463 §3.1: x.0.0 says nothing; the server's own words often do. Some systems
        // fill in 5.1.1 for every refusal.
        (Some(vague), Some(exact)) if vague.ends_with(".0.0") || vague == "5.1.1" => Some(exact),
        (None, exact) => exact,
        (status, _) => status,
    };
    // RFC 3463 §2: class 2 is success.
    let succeeded = status.as_ref().is_some_and(|code| code.starts_with('2')) && !said.words.complain();
    let action = if action == Action::Failed && succeeded { Action::Delivered } else { action };
    let permanent = action == Action::Failed && said.words.are_of_the_dead(status.as_deref());
    ReportedRecipient { address, action, status, permanent }
}

/// The first status code of RFC 3463 in a text.
pub(super) fn enhanced_status(text: &str) -> Option<String> {
    static CODE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)"));
    CODE.captures(text).map(|c| c[1].to_owned())
}

/// The Message-ID of the mail reported on: from the returned mail or its header, else
/// from the report's text, else what the report answers.
fn about(mail: &Message<'_>, header: &Header, text: &str) -> Option<MessageId> {
    let returned = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Message(original) => original.message_id().map(MessageId::new),
        _ if is_header_part(part) => quoted_id(&String::from_utf8_lossy(part.contents())),
        _ => None,
    });
    let answered = || {
        let value = header.get("in-reply-to").or_else(|| header.get("references"))?;
        value.split_whitespace().last().map(MessageId::new)
    };
    returned.or_else(|| quoted_id(text)).or_else(answered)
}

/// A field of the mail itself, or what Amazon writes of it in JSON.
fn quoted_id(text: &str) -> Option<MessageId> {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r#"(?im)(?:^[\s>]*(?:original-)?message[- ]id\s*:|"name"\s*:\s*"message-id"\s*,\s*"value"\s*:\s*"|"messageid"\s*:\s*")\s*<([^<>\s]{3,250})>"#,
        )
    });
    FIELD.captures(text).map(|c| MessageId::new(&c[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.campus.example\r\nSubject: Undelivered\r\n\
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n\
--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.campus.example\r\n\r\n\
Final-Recipient: rfc822; amina@campus.example\r\nAction: failed\r\nStatus: STATUS\r\n\
Diagnostic-Code: smtp; WORDS\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
Message-ID: <letter@network.example>\r\n--b--\r\n";

    fn report(status: &str, words: &str) -> Report {
        let mail = REPORT.replace("STATUS", status).replace("WORDS", words);
        Inbound::parse(mail.as_bytes()).report.expect("it is a report")
    }

    #[test]
    fn an_unknown_user_is_given_up_and_the_letter_is_found() {
        let report = report("5.1.1", "550 5.1.1 user unknown");
        assert_eq!(report.about, Some(MessageId::new("letter@network.example")));
        assert_eq!(report.recipients.len(), 1);
        let amina = &report.recipients[0];
        assert_eq!(amina.address, AddrSpec::parse("amina@campus.example").ok());
        assert_eq!(
            (amina.action, amina.status.as_deref(), amina.permanent),
            (Action::Failed, Some("5.1.1"), true)
        );
    }

    #[test]
    fn the_letter_is_found_in_the_header_alone_whatever_its_part_is_called() {
        for name in ["text/rfc822-headers", "message/rfc822-headers", "message/global-headers"] {
            let mail = REPORT.replace("text/rfc822-headers", name);
            let report = Inbound::parse(mail.as_bytes()).report.expect("it is a report");
            assert_eq!(report.about, Some(MessageId::new("letter@network.example")), "{name}");
        }
    }

    #[test]
    fn what_a_server_took_has_not_failed() {
        let recipient = report("2.6.0", "250 2.6.0 message accepted").recipients.remove(0);
        assert_eq!((recipient.action, recipient.permanent), (Action::Delivered, false));
        let recipient = report("2.0.0", "550 user unknown").recipients.remove(0);
        assert_eq!(recipient.action, Action::Failed);
    }

    #[test]
    fn of_many_parts_with_many_recipients_some_are_read() {
        let (start, status) =
            REPORT.split_at(REPORT.find("--b\r\nContent-Type: message/delivery").expect("there"));
        let part = format!(
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n{}",
            "Final-Recipient: rfc822;a@b.example\r\n\r\n".repeat(199)
        );
        let mail = format!("{start}{}{}{status}", "user unknown ".repeat(2_000), part.repeat(600));
        let report = Inbound::parse(mail.as_bytes()).report.expect("it is a report");
        assert_eq!(report.recipients.len(), 1);
    }

    #[test]
    fn a_full_mailbox_is_not_given_up_whatever_its_status() {
        assert!(!report("5.2.2", "552 mailbox full").recipients[0].permanent);
        assert!(!report("5.0.0", "554 5.2.2 over quota").recipients[0].permanent);
    }

    #[test]
    fn japanese_words_in_their_escapes_are_read() {
        // "… was not found in the directory", as Domino writes it (RFC 1468).
        let words = "(amina@campus.example) \x1b$B$O8+$D$+$j$^$;$s\x1b(B";
        assert!(report("5.0.0", words).recipients[0].permanent);
    }
}
