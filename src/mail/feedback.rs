//! Feedback reports: what receivers say of mail that they got from us (RFC 5965 and before it).

use super::header::Header;
use super::inbound::Inbound;
use super::report_text::{self, Machine, regex};
use mail_parser::{Message, MimeHeaders};
use regex::Regex;
use std::sync::LazyLock;

/// RFC 5965 §2 `feedback-report`, RFC 8460 §5.3 `tlsrpt`; the complaint mails of providers
/// from before them; the daily reports about our domain (RFC 7489 §7.2.1.1).
pub(super) fn is_report(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> bool {
    let kind = mail.content_type().and_then(|t| t.attribute("report-type")).unwrap_or_default();
    if ["feedback-report", "tlsrpt"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return true;
    }
    let is_report = header.lower("content-type").starts_with("multipart/report");
    let machine = report_text::machine(inbound, header) != Machine::No || is_scomp(header);
    // Who passes one on has its part too, in a mail that is no report.
    let part = inbound.attachments.iter().any(|a| a.media_type == "message/feedback-report");
    (part && (is_report || machine)) || is_before_rfc5965(inbound, header) || is_about_our_domain(inbound)
}

/// Hotmail's junk mail reporting, AOL's "terms of service" mail, Amazon's notification.
fn is_before_rfc5965(inbound: &Inbound, header: &Header) -> bool {
    static HOTMAIL: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^complaint about message from \d{1,3}(?:\.\d{1,3}){3}"));
    let subject = header.lower("subject");
    let hotmail = header.has("x-hmxmroriginalrecipient") || HOTMAIL.is_match(&subject);
    let amazon = header.lower("from").contains("amazonaws.com")
        && inbound.text.contains("\"notificationType\":\"Complaint\"");
    let aol = is_scomp(header) && subject.contains("client tos notification");
    hotmail || amazon || aol || subject.starts_with("email feedback report for ip")
}

/// AOL's complaint processor.
fn is_scomp(header: &Header) -> bool {
    header.lower("from").contains("scomp@aol") || header.lower("x-loop").trim() == "scomp"
}

fn is_about_our_domain(inbound: &Inbound) -> bool {
    static DAILY: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?i)^\s*(?:\[\w+\]\s*)?report[- ]domain:\s*\S+\s+submitter:\s*\S+"));
    inbound.subject.as_deref().is_some_and(|subject| DAILY.is_match(subject))
}
