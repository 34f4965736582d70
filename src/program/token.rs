//! References and tokens: making them without chance, and finding them in what people send.
//!
//! The five-character *reference* is shown in subjects and only names a case; the
//! *token* of 80 bits proves that a reply comes from a party of it. A carrier is the
//! two together, `K7Q2M-` and sixteen characters, wherever it stands. Both are written in
//! Crockford's base32: no I, L, O or U, and what people type instead is read as meant.

use super::record::{Reference, Token};
use crate::mail::address::AddrSpec;
use crate::mail::fold::is_unseen;
use crate::mail::inbound::Inbound;
use crate::mail::message_id::{MessageId, Secret};
use std::collections::BTreeSet;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const REFERENCE: usize = 5;
const TOKEN: usize = 16;

/// The reference of what `parts` name; the caller tries the next `attempt` where one is taken.
///
/// Each holds a digit from 2 to 9: so it is never a word, and still tells itself from
/// one where people read 0 and 1 as letters.
pub fn reference(secret: &Secret, parts: &[&str], attempt: u32) -> Reference {
    (0_u32..)
        .map(|round| {
            let (attempt, round) = (attempt.to_string(), round.to_string());
            let mut all = vec!["reference", attempt.as_str(), round.as_str()];
            all.extend(parts);
            encode(&secret.digest(&all), REFERENCE)
        })
        .find(|text| text.bytes().any(|b| (b'2'..=b'9').contains(&b)))
        .map(Reference)
        .expect("one hash in four has such a digit, and there are four milliards of rounds")
}

/// What references begin with, in their order.
pub fn beginnings() -> impl Iterator<Item = String> {
    ALPHABET.iter().map(|first| char::from(*first).to_string())
}

/// The token of what `parts` name: 80 bits.
pub fn token(secret: &Secret, parts: &[&str]) -> Token {
    let mut all = vec!["token"];
    all.extend(parts);
    Token(encode(&secret.digest(&all), TOKEN))
}

/// `K7Q2M-XXXXXXXXXXXXXXXX`, as an address detail and a footer carry it.
pub fn carrier(reference: &Reference, token: &Token) -> String {
    format!("{reference}-{}", token.0)
}

/// Reads a reference as somebody wrote it, if it could be one.
pub fn parse_reference(text: &str) -> Option<Reference> {
    let reference = decode(text, REFERENCE).map(Reference)?;
    text.bytes().any(|b| b.is_ascii_digit()).then_some(reference)
}

/// Every carrier in a text, in order.
pub fn carriers(text: &str) -> Vec<(Reference, Token)> {
    spans(text).into_iter().map(|(_, found)| found).collect()
}

/// Every carrier a mail has: in the detail of our address, in the left side of a quoted
/// Message-ID or of the UID of a meeting, in its text and the text it quotes, in its subject.
pub fn find_in(inbound: &Inbound, address: &AddrSpec, separator: &str) -> BTreeSet<(Reference, Token)> {
    let to = inbound.to.iter().map(|mailbox| &mailbox.address);
    let details = to.chain(&inbound.delivered_to).filter_map(|a| a.detail_of(address, separator));
    let ids = inbound.references.iter().chain(&inbound.in_reply_to);
    let uid = inbound.calendar.as_ref().map(|meeting| meeting.uid.as_str());
    let lefts = ids.map(MessageId::inner).chain(uid).filter_map(|id| id.split('@').next());
    let texts = [inbound.text.as_str(), inbound.new_text.as_str(), inbound.subject.as_deref().unwrap_or("")];
    details.chain(lefts).chain(texts).flat_map(carriers).collect()
}

/// The letter a report is about, where our reverse-path had a detail: `contact+b.<uuid>@…`.
pub fn letter_in_detail(inbound: &Inbound, address: &AddrSpec, separator: &str) -> Option<MessageId> {
    let to = inbound.delivered_to.iter().chain(inbound.to.iter().map(|m| &m.address));
    let uuid = to
        .into_iter()
        .find_map(|a| a.detail_of(address, separator)?.strip_prefix("b.").map(str::to_owned))?;
    Some(MessageId::new(&format!("{uuid}@{}", address.domain())))
}

/// The reference that a subject names: `Leila asks about Koha [K7Q2M]`. It only names.
pub fn reference_in_subject(subject: &str) -> Option<Reference> {
    references_in(subject).last()
}

/// The references in brackets, in order.
pub fn references_in(text: &str) -> impl Iterator<Item = Reference> {
    let inside = text.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    let bare = |text: &'_ str| text.trim_matches(|c: char| c.is_whitespace() || is_unseen(c)).to_owned();
    inside.map(move |(inside, _)| bare(inside)).filter_map(|inside| parse_reference(&inside))
}

/// The text without any carrier: nobody's token is passed on to anybody.
pub fn without_tokens(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for (span, _) in spans(text) {
        let start = label_start(text, &span).max(from);
        kept.push_str(&text[from..start]);
        // The mark that ended the isolate of a label gone with its carrier.
        let label_gone = start < span.start;
        from = span.end + if label_gone { isolate_end(&text[span.end..]) } else { 0 };
    }
    kept.push_str(&text[from..]);
    kept
}

/// The length of the marks of the writing direction that a text begins with.
fn isolate_end(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_unseen).len()
}

/// Where `Reference K7Q2M-…` begins, if that is all of its line: the one word before a
/// carrier, in whatever language, is ours too.
fn label_start(text: &str, span: &std::ops::Range<usize>) -> usize {
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let label = text[line..span.start].trim();
    let empty = |rest: &str| rest.chars().all(|c| c.is_whitespace() || is_unseen(c));
    let alone = text[span.end..].lines().next().is_none_or(empty);
    let label = label.trim_matches(|c: char| c.is_whitespace() || is_unseen(c));
    let one_word = !label.is_empty() && label.chars().all(char::is_alphabetic);
    if alone && one_word { line } else { span.start }
}

/// Where the carriers of a text stand. Quoting and re-wrapping may break one at its
/// separator or inside: `=\n`, a line end, a `>` and spaces within are passed over.
fn spans(text: &str) -> Vec<(std::ops::Range<usize>, (Reference, Token))> {
    let mut found = Vec::new();
    let mut from = 0;
    let separators = text.bytes().enumerate().filter(|(_, byte)| is_separator(*byte));
    for at in separators.filter_map(|(separator, _)| separator.checked_sub(REFERENCE)) {
        if at >= from
            && let Some((end, carrier)) = carrier_at(text, at)
        {
            found.push((at..end, carrier));
            from = end;
        }
    }
    found
}

/// What may stand between a reference and its token.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'.')
}

/// A carrier that begins at this byte and is no part of a longer word.
fn carrier_at(text: &str, at: usize) -> Option<(usize, (Reference, Token))> {
    let bytes = text.as_bytes();
    // `contact%2BK7Q2M-…`: the plus of a mailto link, RFC 6068 §2.
    let escaped = at >= 3 && bytes[at - 3] == b'%' && bytes[at - 2..at].iter().all(u8::is_ascii_hexdigit);
    if at > 0 && bytes[at - 1].is_ascii_alphanumeric() && !escaped {
        return None;
    }
    let mut next = at + REFERENCE;
    let reference = bytes.get(next).filter(|byte| is_separator(**byte)).and_then(|_| text.get(at..next))?;
    let reference = decode(reference, REFERENCE)?;
    next += 1;
    let mut token = String::with_capacity(TOKEN);
    while token.len() < TOKEN {
        next += broken_line(&text[next..]);
        token.push(symbol(*bytes.get(next)?)?);
        next += 1;
    }
    let ends = bytes.get(next).is_none_or(|b| !b.is_ascii_alphanumeric());
    ends.then_some((next, (Reference(reference), Token(token))))
}

/// The length of a line break with its quote marks, where a mail program wrapped here.
fn broken_line(text: &str) -> usize {
    let unsoft = text.strip_prefix('=').unwrap_or(text);
    if !unsoft.starts_with(['\r', '\n']) {
        return 0;
    }
    let rest = unsoft.trim_start_matches(['\r', '\n', ' ', '\t', '>']);
    text.len() - rest.len()
}

fn encode(hash: &[u8; 32], length: usize) -> String {
    let mut bits = hash.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
    let mut five = || bits.by_ref().take(5).fold(0_u8, |value, bit| value << 1 | bit);
    (0..length).map(|_| char::from(ALPHABET[usize::from(five())])).collect()
}

fn decode(text: &str, length: usize) -> Option<String> {
    let decoded: Option<String> = text.bytes().map(symbol).collect();
    decoded.filter(|d| d.len() == length)
}

/// One character as Crockford reads it: any case, O is 0, I and L are 1.
fn symbol(byte: u8) -> Option<char> {
    let upper = match byte.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.contains(&upper).then(|| char::from(upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::address::Mailbox;
    use crate::mail::inbound::{Authentication, Fingerprint, Origin};
    use crate::mail::message_id::MessageId;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::new("a secret for tests")
    }

    fn pair() -> (Reference, Token) {
        (Reference("K7Q2M".into()), token(&secret(), &["K7Q2M", "advisor", "0"]))
    }

    fn addr(text: &str) -> AddrSpec {
        AddrSpec::parse(text).expect(text)
    }

    fn mail(text: &str) -> Inbound {
        Inbound {
            fingerprint: Fingerprint("f".into()),
            origin: Origin::Human,
            from: None,
            reply_to: vec![],
            to: vec![],
            delivered_to: vec![],
            subject: None,
            message_id: None,
            in_reply_to: vec![],
            references: vec![],
            date: None,
            report: None,
            text: text.into(),
            new_text: String::new(),
            form_text: String::new(),
            calendar: None,
            unreadable: None,
            authentication: Authentication::None,
            attachments: vec![],
            wants_silence: false,
            problems: vec![],
        }
    }

    #[test]
    fn references_are_the_same_each_time_short_and_never_a_word() {
        let mut seen = BTreeSet::new();
        for n in 0..2000 {
            let made = reference(&secret(), &["case", &n.to_string()], 0);
            assert_eq!(made, reference(&secret(), &["case", &n.to_string()], 0));
            assert_eq!(made.0.len(), 5);
            assert!(made.0.bytes().any(|b| (b'2'..=b'9').contains(&b)), "{made}");
            assert_eq!(parse_reference(&made.0), Some(made.clone()));
            seen.insert(made);
        }
        assert!(seen.len() > 1980, "{} of 2000 differ", seen.len());
        assert_ne!(reference(&secret(), &["case", "1"], 0), reference(&secret(), &["case", "1"], 1));
    }

    #[test]
    fn a_token_has_eighty_bits_and_depends_on_the_secret() {
        let made = token(&secret(), &["a", "b"]);
        assert_eq!(made.0.len(), 16);
        assert_ne!(made, token(&Secret::new("another"), &["a", "b"]));
        assert_ne!(made, token(&secret(), &["ab", ""]));
    }

    #[test]
    fn a_carrier_is_found_however_it_is_typed() {
        let (reference, token) = pair();
        let written = carrier(&reference, &token);
        let lower = written.to_lowercase().replace('0', "o").replace('1', "l");
        for text in [
            written.clone(),
            format!("Ref: {lower}."),
            format!("<mailto:contact+{}@network.example>", written.replace('-', ".")),
            format!("<mailto:contact%2B{written}@network.example>"),
            format!("> > {}\r\n> > {}", &written[..12], &written[12..]),
            format!("{}=\r\n{}", &written[..9], &written[9..]),
        ] {
            assert_eq!(carriers(&text), [pair()], "{text}");
        }
        for text in [format!("A{written}"), format!("{written}9"), written[..20].to_owned(), "K7Q2M".into()] {
            assert!(carriers(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn every_place_of_a_mail_is_searched() {
        let base = addr("contact@network.example");
        let made = carrier(&pair().0, &pair().1);
        let found = |mail: &Inbound| find_in(mail, &base, "+").into_iter().collect::<Vec<_>>();
        let detail = base.with_detail("+", &made);
        let places = [
            Inbound { to: vec![Mailbox::bare(detail.clone())], ..mail("") },
            Inbound { delivered_to: vec![detail.clone()], ..mail("") },
            Inbound { references: vec![MessageId::new(&format!("{made}@network.example"))], ..mail("") },
            Inbound { in_reply_to: vec![MessageId::new(&format!("{made}.1@network.example"))], ..mail("") },
            mail(&format!("yes\n\n> {made}\n")),
        ];
        for place in places {
            assert_eq!(found(&place), [pair()]);
        }
        assert!(found(&mail("yes [K7Q2M]")).is_empty());
        let elsewhere = addr(&format!("contact+{made}@other.example"));
        assert!(found(&Inbound { to: vec![Mailbox::bare(elsewhere)], ..mail("") }).is_empty());
    }

    #[test]
    fn tokens_of_two_parties_are_both_found() {
        let other = (Reference("K7Q2M".into()), token(&secret(), &["K7Q2M", "advisee"]));
        let text = format!("{} and {}", carrier(&pair().0, &pair().1), carrier(&other.0, &other.1));
        assert_eq!(find_in(&mail(&text), &addr("c@n.example"), "+").len(), 2);
    }

    #[test]
    fn a_subject_names_by_its_last_reference() {
        let named = |subject| reference_in_subject(subject).map(|r| r.0);
        assert_eq!(named("Re: Leila asks about Koha [k7q2m]"), Some("K7Q2M".into()));
        assert_eq!(named("[staff] Fwd: [A3B4C] Koha [K7Q2M]"), Some("K7Q2M".into()));
        assert_eq!(named("[staff] Koha"), None);
        assert_eq!(named("K7Q2M"), None);
        assert_eq!(named("[[["), None);
    }

    #[test]
    fn no_token_is_passed_on() {
        let made = carrier(&pair().0, &pair().1);
        let text = format!("Tuesday?\nRef {made} or {}.", made.to_lowercase());
        assert_eq!(without_tokens(&text), "Tuesday?\nRef  or .");
        for label in ["Reference", "Référence", "> Reference"] {
            let button = format!("Happy to help.\n\n{label} {made}\n");
            let word = if label.starts_with('>') { "> Reference " } else { "" };
            assert_eq!(without_tokens(&button), format!("Happy to help.\n\n{word}\n"));
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_searched(text in "[\\PC\r\n>=.-]{0,80}") {
            let _ = (carriers(&text), reference_in_subject(&text));
        }

        #[test]
        fn carriers_are_found_as_if_every_byte_was_tried(
            parts in prop::collection::vec(
                prop_oneof![
                    Just(carrier(&pair().0, &pair().1)), Just("-".to_owned()), Just("%2B".to_owned()),
                    Just("K7Q2M-".to_owned()), Just("=\r\n".to_owned()), "[K7Q2Mé.>\r\n -]{0,9}",
                ],
                0..9,
            ),
        ) {
            let text = parts.concat();
            let (mut found, mut at) = (Vec::new(), 0);
            while at < text.len() {
                match carrier_at(&text, at) {
                    Some((end, carrier)) => {
                        found.push((at..end, carrier));
                        at = end;
                    }
                    None => at += 1,
                }
            }
            prop_assert_eq!(spans(&text), found);
        }

        #[test]
        fn after_removal_none_is_left(before in "[ K7Q2M.-]{0,20}", after in "[ 0-9A-Z.-]{0,30}") {
            let made = carrier(&pair().0, &pair().1);
            let text = format!("{before} {made} {after} {made}");
            prop_assert!(carriers(&without_tokens(&text)).is_empty());
        }
    }
}
