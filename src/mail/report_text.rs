//! Delivery reports in words: those of the systems that do not follow RFC 3464.

use super::address::AddrSpec;
use super::header::Header;
use super::inbound::Inbound;
use super::report::{Action, ReportedRecipient, judged};
use mail_parser::{Message, PartType};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Only so much of a report is read: the returned mail comes after the words.
const READ: usize = 64 * 1024;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests compile")
}

fn set(patterns: &[&str]) -> RegexSet {
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
        regex(
            r"(?i)mailer[-_ ]?daemon|mail[-. ]?deliver|mail delivery (?:system|subsystem)|mail-?daemon|daemon@",
        )
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
            r"could ?n[o']t be delivered",
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

fn address_pattern() -> &'static Regex {
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

/// The recipients that a report names in its words.
pub(super) fn recipients(mail: &Message<'_>, header: &Header, text: &str) -> Vec<ReportedRecipient> {
    let words = said(text);
    let action = if is_delayed(header, words) { Action::Delayed } else { Action::Failed };
    let mut named = from_field(header);
    if named.is_empty() {
        named = from_words(words, header);
    }
    if named.is_empty() {
        named = from_original(mail, text);
    }
    named
        .into_iter()
        .map(|(address, about)| {
            let about = about.as_deref().unwrap_or(words);
            judged(Some(address), action, None, about)
        })
        .collect()
}

fn is_delayed(header: &Header, words: &str) -> bool {
    static SUBJECT: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"\(delay\)",
            r"^warning:? ",
            r"notification: warning",
            r"delayed",
            r"still being retried",
            r"temporarily",
        ])
    });
    static SAID: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"this is a warning message only",
            r"you do not need to re-?send",
            r"(?:delivery|message) .{0,40}delayed",
            r"warning message .{0,30}delay",
            r"will (?:be retried|retry|keep trying)",
        ])
    });
    SUBJECT.is_match(header.get("subject").unwrap_or_default()) || SAID.is_match(words)
}

type Named = (AddrSpec, Option<String>);

/// Exim, Google and others name them in a field.
fn from_field(header: &Header) -> Vec<Named> {
    let values = header.all("x-failed-recipients").flat_map(|v| v.split(','));
    unique(values.filter_map(|v| AddrSpec::parse(v.trim()).ok()).map(|a| (a, None)))
}

fn unique(found: impl Iterator<Item = Named>) -> Vec<Named> {
    let mut out: Vec<Named> = Vec::new();
    for (address, about) in found {
        if out.len() < 100 && !out.iter().any(|(a, _)| *a == address) {
            out.push((address, about));
        }
    }
    out
}

/// Addresses at the places where reports put recipients, in order of trust.
fn from_words(words: &str, header: &Header) -> Vec<Named> {
    static PLACES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let a = address_pattern().as_str();
        [
            format!(r"(?im)^[ \t]*<({a})>[ \t]*(?::|\.{{3}}|,|$|[ \t]\()"),
            format!(r"(?im)^[ \t]*({a})(?::|[ \t]*$|\.{{3}}|[ \t]+\()"),
            format!(r"(?im)^[ \t]*(?:(?:failed|final|original|intended)[- ])?(?:recipient|rcpt to|address|e-?mail address|to|user)(?:s|es|\(s\)|\(es\))?(?: name)?[ \t]*[:=][ \t]*(?:rfc822;[ \t]*)?<?({a})>?"),
            format!(r"(?im)^\d{{3}}[- ](?:\d\.\d\.\d )?<({a})>\.{{3}}"),
            format!(r"(?im)rcpt to:[ \t]*<({a})>"),
            format!(r"(?im)^[ \t]*({a})[ \t]+(?:\.\.\.|invalid|unknown|user|mailbox|not|rejected|on (?:mon|tue|wed|thu|fri|sat|sun))"),
            format!(r"(?im)(?:user|recipient|to|for|mailbox|address|account)[^@\n]{{0,40}}[ \t<(\[\x22']({a})"),
            format!(r"(?im)<({a})>"),
            format!(r"(?im)({a})"),
        ]
        .iter()
        .map(|p| regex(p))
        .collect()
    });
    let ours = header.lower("to");
    for (at, place) in PLACES.iter().enumerate() {
        let found = at_place(words, place);
        let (to_us, named): (Vec<Named>, Vec<Named>) =
            found.into_iter().partition(|(address, _)| ours.contains(&address.key()));
        // Somebody may write to an address of our own that is gone; elsewhere in a
        // report our address is only the sender's.
        let named = if named.is_empty() && at < SURE_PLACES { to_us } else { named };
        if !named.is_empty() {
            return named;
        }
    }
    Vec::new()
}

/// The first so many places hold nothing but recipients.
const SURE_PLACES: usize = 2;

/// Each address at one kind of place, with what is said of it: all up to the next.
fn at_place(words: &str, place: &Regex) -> Vec<Named> {
    let hits: Vec<_> = place.captures_iter(words).filter_map(|c| c.get(1)).collect();
    let named = hits.iter().enumerate().filter_map(|(n, hit)| {
        let address = AddrSpec::parse(hit.as_str()).ok()?;
        let end = hits.get(n + 1).map_or(words.len(), |next| next.start());
        let before = if n == 0 { words[..hit.start()].lines().rev().take(3).collect() } else { Vec::new() };
        let about = format!("{} {}", &words[hit.start()..end], before.join(" "));
        (address.local().to_lowercase() != "mailer-daemon").then_some((address, Some(about)))
    });
    let mut named = unique(named);
    if let [(_, about)] = named.as_mut_slice() {
        // Of a single recipient the whole report speaks.
        *about = None;
    }
    named
}

/// To whom the returned mail was addressed.
fn from_original(mail: &Message<'_>, text: &str) -> Vec<Named> {
    let parts = mail.parts.iter().filter_map(|p| match &p.body {
        PartType::Message(original) => original.to(),
        _ => None,
    });
    let specs: Vec<String> =
        parts.flat_map(|to| to.iter()).filter_map(|a| a.address.as_deref().map(str::to_owned)).collect();
    if !specs.is_empty() {
        return unique(specs.iter().filter_map(|s| AddrSpec::parse(s).ok()).map(|a| (a, None)));
    }
    static TO: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"(?im)^[ \t>]*To:[^\n@]*?<?({})", address_pattern().as_str())));
    unique(TO.captures_iter(text).filter_map(|c| AddrSpec::parse(&c[1]).ok()).map(|a| (a, None)).take(1))
}
