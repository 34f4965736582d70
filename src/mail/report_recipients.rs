//! Delivery reports in words: whom they name.

use super::address::AddrSpec;
use super::fold;
use super::header::Header;
use super::report::{Action, ReportedRecipient, Said, judged};
use super::report_text::{address_pattern, regex, said, set};
use super::report_words;
use mail_parser::{Message, PartType};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// The recipients that a report names in its words.
pub(super) fn recipients(mail: &Message<'_>, header: &Header, text: &str) -> Vec<ReportedRecipient> {
    let words = said(text);
    let whole = Said::of(words);
    let action = action(header, words, &whole);
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
        .map(|(address, about)| match about {
            Some(about) => judged(Some(address), action, None, &Said::of(&about)),
            None => judged(Some(address), action, None, &whole),
        })
        .collect()
}

/// What became of the mail, by the words. One that arrived is told of without any complaint.
fn action(header: &Header, words: &str, said: &Said) -> Action {
    let folded = fold::letters(words);
    match report_words::amazon_tells(words) {
        Some("Delivery") => Action::Delivered,
        Some("DeliveryDelay") => Action::Delayed,
        Some(_) => Action::Failed,
        None if is_delayed(header, words) => Action::Delayed,
        None if said.complains() => Action::Failed,
        None if report_words::says_relayed(&folded) => Action::Relayed,
        None if report_words::says_delivered(&folded) => Action::Delivered,
        None => Action::Failed,
    }
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
    fn a_success_is_no_failure() {
        for text in [
            "Your message was delivered to the following recipients:\n\namina@campus.example\n",
            "This is the mail system at host mx.example.\n\nYour message was successfully delivered to the destination(s)\nlisted below.\n\n<amina@campus.example>: delivery via local: delivered to mailbox\n",
            "Remis : Demande\n\nVotre message a été remis aux destinataires suivants :\n\namina@campus.example\n",
            "Ihre Nachricht wurde den folgenden Empfängern zugestellt:\n\namina@campus.example\n",
            "Su mensaje ha sido entregado a los siguientes destinatarios:\n\namina@campus.example\n",
            "Il messaggio è stato recapitato ai seguenti destinatari:\n\namina@campus.example\n",
            "A sua mensagem foi entregue aos seguintes destinatários:\n\namina@campus.example\n",
            "Uw bericht is bezorgd bij de volgende ontvangers:\n\namina@campus.example\n",
        ] {
            let header = DAEMON.replace("Undeliverable mail", "Delivery report");
            assert_eq!(
                recipients(&header, text),
                [("amina@campus.example".to_owned(), Action::Delivered, false)],
                "{text}"
            );
        }
        let relayed = "Delivery to these recipients or groups is complete, but no delivery notification was sent by the destination server:\n\namina@campus.example\n";
        assert_eq!(recipients(DAEMON, relayed)[0].1, Action::Relayed);
    }

    #[test]
    fn what_was_not_delivered_failed_in_every_language() {
        for text in [
            "Your message was not successfully delivered to the following recipients:\n\namina@campus.example\n",
            "Votre message n'a pas été remis aux destinataires suivants :\n\namina@campus.example\n",
            "Su mensaje no ha sido entregado a los siguientes destinatarios:\n\namina@campus.example\n",
            "Il messaggio non è stato recapitato ai seguenti destinatari:\n\namina@campus.example\n",
            "A sua mensagem não foi entregue aos seguintes destinatários:\n\namina@campus.example\n",
            "Uw bericht is niet bezorgd bij de volgende ontvangers:\n\namina@campus.example\n",
            "لم يتم تسليم رسالتك إلى المستلمين التاليين:\n\namina@campus.example\n",
            "Your message was delivered to some recipients, but not to:\n\namina@campus.example: 550 5.1.1 user unknown\n",
        ] {
            let found = recipients(DAEMON, text);
            assert_eq!((found[0].0.as_str(), found[0].1), ("amina@campus.example", Action::Failed), "{text}");
        }
    }

    #[test]
    fn amazon_tells_in_json_what_became_of_a_mail() {
        let header =
            "From: AWS Notifications <no-reply@sns.amazonaws.example>\nSubject: AWS Notification Message";
        for (kind, wanted) in [("Delivery", Action::Delivered), ("Bounce", Action::Failed)] {
            for key in ["notificationType", "eventType"] {
                let text = format!(
                    r#"{{"{key}":"{kind}","mail":{{"source":"contact@net.example","messageId":"0102","headers":[{{"name":"Content-Type","value":"text/plain"}},{{"name":"Message-ID","value":"<letter@net.example>"}}]}},"x":{{"recipients":["amina@campus.example"],"smtpResponse":"250 2.6.0 Message received"}}}}"#
                );
                let text = if kind == "Bounce" {
                    text.replace("250 2.6.0 Message received", "550 5.1.1 user unknown")
                } else {
                    text
                };
                let report = read(header, &text).report.expect("it is a report");
                let amina = &report.recipients[0];
                assert_eq!(
                    (amina.address.as_ref().map(ToString::to_string).as_deref(), amina.action),
                    (Some("amina@campus.example"), wanted),
                    "{text}"
                );
                assert_eq!(report.about.as_ref().map(|id| id.as_str()), Some("<letter@net.example>"));
            }
        }
    }

    #[test]
    fn a_postmaster_who_writes_about_a_failure_is_a_person() {
        let header = "From: Nils <postmaster@club.example>\nSubject: Question";
        let mail =
            read(header, "My mail to amina@campus.example was not delivered: user unknown. Can you help?");
        assert_eq!(mail.origin, Origin::Human);
    }
}
