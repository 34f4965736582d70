//! Delivery reports (RFC 3464, status codes of RFC 3463).

use super::address::AddrSpec;
use super::header::Header;
use super::inbound::Inbound;
use super::message_id::MessageId;
use super::report_text::{self, Machine};
use super::{charset, dead_address, report_recipients, typed_address};
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use regex::Regex;
use serde::{Deserialize, Serialize};
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

/// So much of what is said of one recipient is read: servers say why at once.
const WORDS_READ: usize = 16 * 1024;

/// Whether a mail reports on the delivery of another. A person who forwards or
/// attaches a report is none: the report is then not the mail's own part.
pub(super) fn is_report(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> bool {
    let kind = mail.content_type().and_then(|t| t.attribute("report-type")).unwrap_or_default();
    if kind.eq_ignore_ascii_case("delivery-status") {
        return true;
    }
    let machine = report_text::machine(inbound, header);
    let is_status = |p: &MessagePart<'_>| is_status_part(p);
    let is_multipart_report = media_type(mail.root_part()) == "multipart/report" && kind.is_empty();
    if mail.parts.iter().any(is_status) && (machine != Machine::No || is_multipart_report) {
        return true;
    }
    report_text::is_report(inbound, header, machine, returns_a_mail(mail))
}

/// Whether a mail, or the header of one, that is no report itself is among the parts.
fn returns_a_mail(mail: &Message<'_>) -> bool {
    mail.parts.iter().any(|part| match &part.body {
        PartType::Message(inner) => media_type(inner.root_part()) != "multipart/report",
        _ => matches!(
            media_type(part).as_str(),
            "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers"
        ),
    })
}

/// Reads a mail that `is_report`.
pub(super) fn read(mail: &Message<'_>, header: &Header, text: &str) -> Report {
    let mut recipients = Vec::new();
    for status in status_parts(mail) {
        recipients.extend(delivery_status(&status, text));
    }
    if recipients.iter().all(|r| r.address.is_none()) {
        let pasted = delivery_status(text, text);
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

/// RFC 3464 §2.1: a group about the mail, then one for each recipient, empty lines between.
fn delivery_status(status: &str, text: &str) -> Vec<ReportedRecipient> {
    let mut found: Vec<ReportedRecipient> = Vec::new();
    for group in groups(status) {
        let fields = Header::parse(&group);
        if ["final-recipient", "original-recipient", "x-actual-recipient"].iter().any(|f| fields.has(f)) {
            let recipient = one_recipient(&fields, text);
            if !found.contains(&recipient) {
                found.push(recipient);
            }
        }
    }
    found
}

fn groups(status: &str) -> Vec<String> {
    let mut groups = vec![String::new()];
    for line in status.lines() {
        match groups.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                last.push_str(line);
                last.push('\n');
            }
            _ => groups.push(String::new()),
        }
    }
    groups.truncate(MOST_RECIPIENTS * 2);
    groups
}

fn one_recipient(fields: &Header, text: &str) -> ReportedRecipient {
    // RFC 3464 §2.3.1: the original recipient is the one the sender used.
    let names = ["original-recipient", "final-recipient", "x-actual-recipient"];
    let address = names.iter().filter_map(|name| fields.get(name)).find_map(typed_address::read);
    let diagnostic = fields.get("diagnostic-code").unwrap_or_default();
    let status = enhanced_status(fields.get("status").unwrap_or_default());
    let action = match fields.lower("action").split([' ', ';', '(']).next().unwrap_or_default() {
        "delayed" => Action::Delayed,
        "delivered" => Action::Delivered,
        "relayed" => Action::Relayed,
        "expanded" => Action::Expanded,
        _ => Action::Failed,
    };
    let said = if diagnostic.is_empty() { text } else { diagnostic };
    judged(address, action, status, said)
}

/// Puts together what is known of one recipient. `said` are the words of the server.
pub(super) fn judged(
    address: Option<AddrSpec>,
    action: Action,
    status: Option<String>,
    said: &str,
) -> ReportedRecipient {
    let said = &said[..said.floor_char_boundary(WORDS_READ)];
    let status = match (status, enhanced_status(said)) {
        // RFC 3463 §3.1: x.0.0 says nothing; the server's own words often do. Some systems
        // fill in 5.1.1 for every refusal.
        (Some(vague), Some(exact)) if vague.ends_with(".0.0") || vague == "5.1.1" => Some(exact),
        (None, exact) => exact,
        (status, _) => status,
    };
    let permanent = action == Action::Failed && dead_address::is_dead(status.as_deref(), said);
    ReportedRecipient { address, action, status, permanent }
}

/// The first status code of RFC 3463 in a text.
pub(super) fn enhanced_status(text: &str) -> Option<String> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)")
            .expect("the pattern is a constant that the tests compile")
    });
    CODE.captures(text).map(|c| c[1].to_owned())
}

/// The Message-ID of the mail reported on: from the returned mail or its header, else
/// from the report's text, else what the report answers.
fn about(mail: &Message<'_>, header: &Header, text: &str) -> Option<MessageId> {
    let returned = mail.parts.iter().find_map(|part| match &part.body {
        PartType::Message(original) => original.message_id().map(MessageId::new),
        _ if media_type(part) == "text/rfc822-headers" => {
            quoted_id(&String::from_utf8_lossy(part.contents()))
        }
        _ => None,
    });
    let answered = || {
        let value = header.get("in-reply-to").or_else(|| header.get("references"))?;
        value.split_whitespace().last().map(MessageId::new)
    };
    returned.or_else(|| quoted_id(text)).or_else(answered)
}

fn quoted_id(text: &str) -> Option<MessageId> {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?im)^[\s>]*(?:original-)?message[- ]id\s*:\s*<([^<>\s]{3,250})>")
            .expect("the pattern is a constant that the tests compile")
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
