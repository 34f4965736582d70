//! Delivery reports in words: whom they name.

use super::address::AddrSpec;
use super::header::Header;
use super::report::{Action, ReportedRecipient, judged};
use super::report_text::{address_pattern, regex, said, set};
use mail_parser::{Message, PartType};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

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

#[cfg(test)]
mod tests {
    use super::super::inbound::{Inbound, Origin};
    use super::*;

    fn read(header: &str, text: &str) -> Inbound {
        Inbound::parse(format!("{header}\nTo: contact@net.example\n\n{text}").as_bytes())
    }

    fn recipients(header: &str, text: &str) -> Vec<(String, Action, bool)> {
        let mail = read(header, text);
        assert_eq!(mail.origin, Origin::DeliveryReport, "{text}");
        let report = mail.report.unwrap_or_default();
        report
            .recipients
            .into_iter()
            .map(|r| (r.address.map(|a| a.to_string()).unwrap_or_default(), r.action, r.permanent))
            .collect()
    }

    const DAEMON: &str = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undeliverable mail";

    #[test]
    fn reports_in_words_name_their_recipients_and_not_us() {
        let amina = ("amina@campus.example".to_owned(), Action::Failed, true);
        for text in [
            "We could not deliver your mail.\n\n<amina@campus.example>:\nno such user here\n\n--- Below this line is a copy of the message.\n\nTo: other@x.example\n",
            "Your message from contact@net.example was not delivered to:\n\n  amina@campus.example\n\nbecause: User unknown\n",
            "Delivery failed.\nRecipient: amina@campus.example\nReason: mailbox not found\n",
            "----- Transcript of session follows -----\n550 <amina@campus.example>... User unknown\n",
        ] {
            assert_eq!(recipients(DAEMON, text), std::slice::from_ref(&amina), "{text}");
        }
    }

    #[test]
    fn each_recipient_is_judged_by_what_is_said_of_it() {
        let text = "Not delivered:\n\n<amina@campus.example>: user unknown\n<karim@campus.example>: mailbox is full\n";
        let found = recipients(DAEMON, text);
        assert_eq!(found.iter().map(|(_, _, permanent)| *permanent).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_delay_is_no_failure() {
        let text = "Your message is delayed. YOU DO NOT NEED TO RESEND IT.\n\n<amina@campus.example>: connection timed out\n";
        let wanted = ("amina@campus.example".to_owned(), Action::Delayed, false);
        assert_eq!(recipients(DAEMON, text), [wanted]);
    }

    #[test]
    fn a_postmaster_who_writes_about_a_failure_is_a_person() {
        let header = "From: Nils <postmaster@club.example>\nSubject: Question";
        let mail =
            read(header, "My mail to amina@campus.example was not delivered: user unknown. Can you help?");
        assert_eq!(mail.origin, Origin::Human);
    }
}
