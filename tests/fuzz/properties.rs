//! What holds of every mail, whatever its bytes are: one property for each kind of input.
//!
//! The fuzzer looks for bytes that break one; the test beside runs them on the seeds.

use soundingboard::mail::form::{self, FormWords};
use soundingboard::mail::inbound::{Inbound, Origin};
use soundingboard::mail::report::Action;
use soundingboard::templates::words_files;
use std::sync::LazyLock;

/// The forms' words in all shipped languages.
static WORDS: LazyLock<FormWords> = LazyLock::new(|| {
    let languages = soundingboard::templates::languages();
    let files = words_files(&languages, None).expect("the shipped words");
    FormWords::from_files(&files).expect("words that do not collide")
});

/// The bytes are a whole mail.
pub fn inbound(bytes: &[u8]) {
    let mail = Inbound::parse(bytes);
    assert_eq!(mail, Inbound::parse(bytes), "the same bytes are read in the same way");
    sound(&mail);
    form::read(&mail, &WORDS);
}

/// The bytes are the text of a mail, or its HTML. Nothing is put into anybody's mouth.
pub fn reply(bytes: &[u8]) {
    let (kind, body) = divided(bytes);
    let subtype = if kind % 2 == 0 { "plain" } else { "html" };
    let mail = Inbound::parse(&mail_of(&format!("text/{subtype}; charset=utf-8"), "Re: A request", body));
    sound(&mail);
    let mut whole = mail.text.chars().filter(|c| !c.is_whitespace());
    let own = mail.new_text.chars().filter(|c| !c.is_whitespace());
    for c in own {
        assert!(whole.any(|w| w == c), "{c:?} of {:?} was never written in {:?}", mail.new_text, mail.text);
    }
}

/// The bytes are the parts of a `multipart/report` (RFC 6522), or a report without any.
pub fn report(bytes: &[u8]) {
    let (kind, body) = divided(bytes);
    let media_type = match kind % 4 {
        0 => "multipart/report; report-type=delivery-status; boundary=b",
        1 => "multipart/report; report-type=feedback-report; boundary=b",
        2 => "multipart/mixed; boundary=b",
        _ => "text/plain",
    };
    let head = b"Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n".to_vec();
    let mail =
        Inbound::parse(&[head, mail_of(media_type, "Undelivered Mail Returned to Sender", body)].concat());
    sound(&mail);
    for recipient in mail.report.iter().flat_map(|report| &report.recipients) {
        assert!(!recipient.permanent || recipient.action == Action::Failed, "{recipient:?}");
    }
}

/// The bytes are the fields of a form.
pub fn form(bytes: &[u8]) {
    let (kind, body) = divided(bytes);
    let (subtype, subject) = match kind % 4 {
        0 => ("plain", "Request meeting"),
        1 => ("html", "Advisor sign-up"),
        2 => ("plain", "Inscription comme conseiller"),
        _ => ("html", "Confirmation de rencontre"),
    };
    let mail = Inbound::parse(&mail_of(&format!("text/{subtype}; charset=utf-8"), subject, body));
    for field in form::read(&mail, &WORDS).into_iter().flat_map(|form| form.fields) {
        assert!(!field.value.trim().is_empty(), "{field:?} is empty, not absent");
        assert!(!field.label.contains('\n'), "{field:?}");
    }
}

/// The bytes are a calendar object (RFC 5545). What is read of it names a meeting (§3.8.4.7),
/// and speaks in capitals of answers.
pub fn event(bytes: &[u8]) {
    let mail =
        Inbound::parse(&mail_of("text/calendar; charset=utf-8; method=REPLY", "Accepted: A meeting", bytes));
    sound(&mail);
    if let Some(event) = mail.calendar {
        assert!(!event.uid.trim().is_empty() && !event.method.is_empty(), "{event:?}");
        assert!(event.partstat.is_none_or(|said| !said.is_empty() && said == said.to_ascii_uppercase()));
    }
}

/// The first byte chooses the frame, the others fill it.
fn divided(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}

fn mail_of(media_type: &str, subject: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: Leila Haddad <leila@campus.example>\r\nTo: contact@network.example\r\nSubject: {subject}\r\n\
         Message-ID: <m@campus.example>\r\nDate: Mon, 2 Nov 2026 09:00:00 +0200\r\nMIME-Version: 1.0\r\n\
         Content-Type: {media_type}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// What later layers rely on: values are one line where they become a header, texts hold no
/// controls, and only reports report.
fn sound(mail: &Inbound) {
    let in_headers = mail.subject.iter().chain(mail.from.iter().filter_map(|from| from.name.as_ref()));
    for value in in_headers {
        assert!(!value.chars().any(char::is_control), "{value:?} would break a header");
    }
    for text in [&mail.text, &mail.new_text] {
        assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{text:?}");
    }
    assert_eq!(mail.report.is_some(), mail.origin == Origin::DeliveryReport);
}
