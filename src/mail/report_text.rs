//! Delivery reports in words: how they are known where RFC 3464 is not followed.

use super::header::Header;
use super::inbound::Inbound;
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Only so much of a report is read: the returned mail comes after the words.
const READ: usize = 64 * 1024;

pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests compile")
}

pub(super) fn set(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns.iter().map(|p| format!("(?i){p}")))
        .expect("the patterns are constants that the tests compile")
}

/// How sure it is that a mail transfer agent wrote a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    /// Its name is a machine's, or nobody is to answer (RFC 5321 §4.5.5).
    Sure,
    /// People write from `postmaster` too.
    Perhaps,
    No,
}

/// Whether a mail transfer agent wrote it, by its name and reverse-path.
pub(super) fn machine(inbound: &Inbound, header: &Header) -> Machine {
    static SURE: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?i)mailer[-_ ]?daemon|mail[-. ]deliver(?:y)?[-. ](?:sub)?system|mail-?daemon|daemon@")
    });
    static PERHAPS: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?i)post_?o?master|no-?reply@|system administrator"));
    let from = header.get("from").unwrap_or_default();
    let name = inbound.from.as_ref().and_then(|f| f.name.clone()).unwrap_or_default();
    let null_path = header.get("return-path").is_some_and(|p| {
        let p = p.trim().to_lowercase();
        p == "<>" || p.starts_with("<mailer-daemon")
    });
    let sure = [from, &name].iter().any(|text| SURE.is_match(text));
    if sure || null_path || header.has("x-failed-recipients") {
        Machine::Sure
    } else if [from, &name].iter().any(|text| PERHAPS.is_match(text)) {
        Machine::Perhaps
    } else {
        Machine::No
    }
}

/// Whether the words of a machine's mail are those of a delivery report.
pub(super) fn is_report(inbound: &Inbound, header: &Header, machine: Machine) -> bool {
    static SUBJECTS: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"^(?:\S+ )?(?:mail|message|e-?mail) deliver(?:y|ed) (?:has )?fail",
            r"deliver\w* (?:status )?(?:notification|report|failure|failed|problem|error)",
            r"undeliver",
            r"returned mail",
            r"returning (?:message|mail|to) (?:to )?sender",
            r"failure (?:notice|delivery)",
            r"mail (?:could not be|not) delivered",
            r"could ?n[o']t be delivered",
            r"mail failed",
            r"^delivery status notification",
            r"^warning: (?:could not send|message)",
            r"error sending your mail",
            r"mail system error",
            r"non[- ]?deliver",
            r"delivery has failed",
            r"unzustellbar",
            r"non remis",
            r"no (?:se )?ha (?:podido|sido) entreg",
            r"mancato recapito",
            r"onbestelbaar",
            r"ваше сообщение не доставлено",
            r"недоставлен",
            r"loop alert",
        ])
    });
    static WORDS: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"could ?n[o']t (?:be )?deliver",
            r"wasn't able to deliver",
            r"was not delivered",
            r"not be delivered",
            r"undeliver",
            r"(?:delivery|deliver) .{0,60}(?:failed|failure)",
            r"fail(?:ed|ure) .{0,60}deliver",
            r"permanent(?:ly)? (?:fatal )?error",
            r"(?:user|recipient|mailbox|host) (?:is )?(?:unknown|not found)",
            r"returned to (?:the )?sender",
            r"unable to deliver",
            r"did not reach",
            r"was undeliverable",
            r"gave up",
            r"\b[45]\d\d[ -][45]\.\d\.\d",
            r#""notificationType":"(?:Bounce|Delivery)""#,
            r"mailbox (?:is )?(?:full|exceeds)",
            r"over quota",
            r"duplicated message-id",
            r"не доставлено",
            r"couldn't be sent",
            r"error (?:has )?occurred while",
            r"error delivering your mail",
            r"message is delayed",
            r"invalid user address",
            r"failure reasons",
            r"no valid recipients",
            r"following (?:address|recipient|destination)",
            r"each of the following",
            r"transcript of session",
            r"after end of data",
        ])
    });
    // What no person writes at the start of a line.
    static OPENINGS: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"(?m)^error: invalid user address",
            r"(?m)^(?:hi\. )?this is the (?:qmail-send program|mail system|mail delivery|mailer-daemon)",
            r"(?m)^\s*-+ ?transcript of session follows",
            r"(?m)^\s*-+ ?the following addresses had",
            r"(?m)^this message was created automatically by mail delivery software",
        ])
    });
    let text = said(&inbound.text);
    let subject = inbound.subject.as_deref().unwrap_or_default();
    if header.has("x-failed-recipients") || text.contains("\"notificationType\":\"") {
        return true;
    }
    let named = SUBJECTS.is_match(subject);
    match machine {
        Machine::No => false,
        Machine::Perhaps => OPENINGS.is_match(text) || (named && WORDS.is_match(text)),
        Machine::Sure => {
            OPENINGS.is_match(text) || (WORDS.is_match(text) && (named || names_an_address(text)))
        }
    }
}

fn names_an_address(text: &str) -> bool {
    address_pattern().is_match(text)
}

pub(super) fn address_pattern() -> &'static Regex {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        regex(r#"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"#)
    });
    &ADDRESS
}

/// The report's own words: what comes before the returned mail.
pub(super) fn said(text: &str) -> &str {
    static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?im)^[\s>]*(?:-{2,}[-\s]*(?:below (?:this line|the next line)|this is a copy|original message|unsent message|message header|the header|returned message|undelivered message|a copy of|start of|header of)|-{3,} ?(?:original|message|unsent|header|enclosed|the original|copy)\b.*|original message (?:follows|header|text)|(?:received|return-path):.*|\[?message header follows|received: from|--- (?:undelivered|enclosed)|message headers? follow|the attached message|copy of your message|.{0,30}(?:is|are) a copy of .*)",
        )
    });
    let text = &text[..text.floor_char_boundary(READ)];
    RETURNED.find(text).filter(|m| m.start() > 20).map_or(text, |m| &text[..m.start()])
}
