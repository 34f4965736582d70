//! Delivery reports in words: whom they name.

use super::address::AddrSpec;
use super::fold;
use super::header::Header;
use super::report::{Action, ReportedRecipient, judged};
use super::report_text::{address_pattern, regex, said, set};
use super::report_words;
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
        named = without_domain(words, header);
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
    static SUBJECT: LazyLock<RegexSet> =
        LazyLock::new(|| set(&[r"\(delay\)", r"^warning:? (?:could not|message)", r"notification: warning"]));
    let subject = header.get("subject").unwrap_or_default();
    SUBJECT.is_match(subject)
        || report_words::says_delayed(&fold::letters(subject))
        || report_words::says_delayed(&fold::letters(words))
}

type Named = (AddrSpec, Option<String>);

/// Exim, Google and others name them in a field.
fn from_field(header: &Header) -> Vec<Named> {
    let values = header.all("x-failed-recipients").flat_map(|v| v.split(','));
    unique(values.filter_map(|v| AddrSpec::parse(v.trim().trim_matches(['<', '>'])).ok()).map(|a| (a, None)))
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

/// Where reports put an address.
struct Place {
    pattern: Regex,
    /// Only after the words that introduce those who did not get the mail.
    introduced: bool,
    /// Nothing but recipients stands there.
    sure: bool,
}

/// In order of trust.
static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let a = address_pattern().as_str();
    let place =
        |pattern: String, introduced: bool, sure: bool| Place { pattern: regex(&pattern), introduced, sure };
    vec![
        place(format!(r"(?im)^[ \t]*<({a})>[ \t]*(?::|\.{{3}}|,|$|[ \t]\()"), false, true),
        // X.400 and X.500 dress of old Exchange: `c=US;a= ;o=Nexus;dda:SMTP=amina@campus.example; on Fri`.
        place(
            format!(
                r#"(?im)^[ \t]*(?:(?:[-*>\x{{2022}}]|\d{{1,2}}[.)])[ \t]*)?(?:[^\n@]{{0,200}}smtp(?:[:=]|[ \t]+<))?[<"'(\[]?({a})"#
            ),
            true,
            true,
        ),
        place(format!(r"(?im)^[ \t]*({a})(?::|[ \t]*$|\.{{3}}|[ \t]+\()"), false, true),
        place(
            format!(
                r"(?im)^[ \t]*(?:(?:failed|final|original|intended|undeliverable)[- ])?(?:error-for|recipient|rcpt to|address|e-?mail address|to|user)(?:s|es|\(s\)|\(es\))?(?: name)?[ \t]*[:=][ \t]*(?:rfc822;[ \t]*)?<?({a})>?"
            ),
            false,
            false,
        ),
        place(format!(r"(?im)^\d{{3}}[- ](?:\d\.\d\.\d )?<({a})>\.{{3}}"), false, false),
        place(format!(r"(?im)rcpt to:[ \t]*<({a})>"), false, false),
        place(
            format!(
                r"(?im)^[ \t]*({a})[ \t]+(?:\.\.\.|-|invalid|unknown|user|mailbox|not|rejected|on (?:mon|tue|wed|thu|fri|sat|sun))"
            ),
            false,
            false,
        ),
        place(
            format!(
                r"(?im)(?:user|recipient|userid|to|for|mailbox|address|account)[^@\n]{{0,40}}[ \t<(\[\x22']({a})"
            ),
            false,
            false,
        ),
        place(format!(r"(?im)\(?(?:generated|expanded) from:?[ \t]*<?({a})"), false, false),
        place(format!(r"(?im)<({a})>"), false, false),
        place(format!(r"(?im)({a})"), false, false),
    ]
});

/// Addresses at the places where reports put recipients.
fn from_words(words: &str, header: &Header) -> Vec<Named> {
    let ours = header.lower("to");
    let introduced = introduced(words);
    for place in PLACES.iter() {
        let Some(words) = (if place.introduced { introduced } else { Some(words) }) else { continue };
        let found = at_place(words, &place.pattern);
        let (to_us, named): (Vec<Named>, Vec<Named>) =
            found.into_iter().partition(|(address, _)| ours.contains(&address.key()));
        // Somebody may write to an address of our own that is gone; elsewhere in a
        // report our address is only the sender's.
        let named = if named.is_empty() && place.sure { to_us } else { named };
        if !named.is_empty() {
            return of_one_or_each(without_helpers(named));
        }
    }
    Vec::new()
}

/// What follows the line that introduces those who did not get the mail.
fn introduced(words: &str) -> Option<&str> {
    let mut end = 0;
    for line in words.split_inclusive('\n') {
        end += line.len();
        if report_words::names_whom(&fold::letters(line)) {
            return Some(&words[end..]);
        }
    }
    None
}

/// Beside those who did not get it, a report may name whom to ask.
fn without_helpers(mut named: Vec<Named>) -> Vec<Named> {
    let helps = |address: &AddrSpec| {
        let local = address.local().to_lowercase();
        ["postmaster", "abuse", "helpdesk", "support", "hostmaster"].contains(&local.as_str())
    };
    if named.iter().any(|(address, _)| !helps(address)) {
        named.retain(|(address, _)| !helps(address));
    }
    named
}

/// Of a single recipient the whole report speaks.
fn of_one_or_each(mut named: Vec<Named>) -> Vec<Named> {
    if let [(_, about)] = named.as_mut_slice() {
        *about = None;
    }
    named
}

/// Each address at one kind of place, with what is said of it: all up to the next.
fn at_place(words: &str, place: &Regex) -> Vec<Named> {
    let hits: Vec<_> = place.captures_iter(words).filter_map(|c| c.get(1)).collect();
    let named = hits.iter().enumerate().filter_map(|(n, hit)| {
        let address = address_of(hit.as_str()).filter(|_| !is_anothers(&words[..hit.start()]))?;
        let end = hits.get(n + 1).map_or(words.len(), |next| next.start());
        let before = if n == 0 { words[..hit.start()].lines().rev().take(3).collect() } else { Vec::new() };
        let about = format!("{} {}", &words[hit.start()..end], before.join(" "));
        (address.local().to_lowercase() != "mailer-daemon").then_some((address, Some(about)))
    });
    unique(named)
}

/// An address without what was set before it: quotation marks, `SMTP=`.
fn address_of(text: &str) -> Option<AddrSpec> {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let bare = match start.split_once('=') {
        Some((dress, rest)) if ["smtp", "rfc822", "mailto"].contains(&dress.to_lowercase().as_str()) => rest,
        _ => start,
    };
    AddrSpec::parse(bare).ok()
}

/// `…are not accepting mail from`, `please reply to`: the address that follows is whom they
/// do not want, or whom to ask.
fn is_anothers(before: &str) -> bool {
    static FROM: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)(?:\b(?:mail |message |e-?mail |accept(?:ing)? |sent )from|^\s*from|\n[ \t]*from|\bsender|\bvon|\bde la part de|\b(?:reply|write|e-?mail|mail|forward\w*) to|\bcontact(?:ing)?|mailto)[ \t]*:?[ \t]*[<'\x22(]?$",
        )
    });
    let start = before.floor_char_boundary(before.len().saturating_sub(40));
    FROM.is_match(&before[start..])
}

/// Providers that name their own users leave their own domain away.
fn without_domain(words: &str, header: &Header) -> Vec<Named> {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^[ \t]+([A-Za-z0-9][A-Za-z0-9._-]{1,63})[ \t]*$"));
    let domain = address_pattern().find(header.get("from").unwrap_or_default());
    let Some((_, domain)) = domain.and_then(|from| from.as_str().rsplit_once('@')) else { return Vec::new() };
    let lines = introduced(words).into_iter().flat_map(str::lines).filter(|line| !line.trim().is_empty());
    let names = lines.map_while(|line| NAME.captures(line)).map(|c| format!("{}@{domain}", &c[1]));
    unique(names.filter_map(|name| AddrSpec::parse(&name).ok()).map(|address| (address, None)))
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
            "Your message\n\n  To:      list@campus.example\n  Subject: x\n\ndid not reach the following recipient(s):\n\namina@campus.example on Fri, 20 Jul\n    The recipient name is not recognized\n",
            "did not reach the following recipient(s):\n\nc=FR;a= ;p=Campus;dda:SMTP=amina@campus.example; on Fri\n    The recipient name is not recognized\n",
            "The following addresses did NOT receive a copy of your message:\n\n> amina@campus.example\n\nuser unknown\nContact postmaster@mx.example\n",
            "The following address(es) failed:\n\n  an undisclosed address\n    (generated from amina@campus.example)\n  unknown user\n",
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
    fn a_provider_names_its_own_users_without_its_domain() {
        let header = "From: MAILER-DAEMON@provider.example\nSubject: Mail Delivery Problem";
        let text = "Your mail to the following recipients could not be delivered because they are not accepting mail from contact@net.example:\n\tamina\n";
        assert_eq!(recipients(header, text), [("amina@provider.example".to_owned(), Action::Failed, false)]);
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
