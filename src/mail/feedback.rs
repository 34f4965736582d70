//! Feedback reports: what receivers say of mail that they got from us (RFC 5965 and before it).

use super::header::Header;
use super::inbound::Inbound;
use super::report_text::{Machine, regex};
use super::{report, report_words};
use mail_parser::Message;
use regex::Regex;
use std::sync::LazyLock;

/// RFC 5965 §2 `feedback-report`, RFC 8460 §5.3 `tlsrpt`; the complaint mails of providers
/// from before them; the daily reports about our domain (RFC 7489 §7.2.1.1).
pub(super) fn is_report(inbound: &Inbound, header: &Header, mail: &Message<'_>, machine: Machine) -> bool {
    let kind = report::kind(mail);
    if matches!(kind.as_deref(), Some("feedback-report" | "tlsrpt")) {
        return true;
    }
    let is_report = kind.is_some();
    let machine = machine != Machine::No || is_scomp(header);
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
        && report_words::amazon_tells(&inbound.text) == Some("Complaint");
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
