//! A mail as it was received: bytes in, one value out, whatever the bytes are.

use super::address::{AddrSpec, Mailbox};
use super::authentication::{self, Trusted};
use super::body::Body;
use super::entity::Entities;
use super::event::Event;
use super::header::Header;
use super::html::{self, CELL};
use super::message_id::MessageId;
use super::report::Report;
use super::{automatic, date_time, encoded_word, mailboxes, reply, report, source};
use chrono::{DateTime, FixedOffset};
use mail_parser::{Message, MessageParser, MessagePart};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Who or what speaks in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Human,
    /// RFC 3834, and the many that never heard of it.
    AutoReply,
    /// RFC 3464, and the many that follow none.
    DeliveryReport,
    /// RFC 5965.
    FeedbackReport,
    MailingList,
    /// Carries our own header field and a Message-ID that we could have made.
    Own,
}

/// What a receiver's `Authentication-Results` (RFC 8601) say of the From domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authentication {
    Pass,
    Fail,
    None,
}

/// A part that is not the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub media_type: String,
    pub bytes: usize,
}

/// Why there is nothing to read in a mail that somebody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// For keys that we do not have.
    Encrypted,
    /// Outlook's own format, and no text beside it.
    Winmail,
}

/// SHA-256 (in hex) over Message-ID, From, Date, Subject and body, without trace
/// fields: the same for two copies of a mail, different for any other mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

/// One received mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    pub fingerprint: Fingerprint,
    pub origin: Origin,
    pub from: Option<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    /// To and Cc.
    pub to: Vec<Mailbox>,
    /// Delivered-To, X-Original-To, Envelope-To: where the transport put it.
    pub delivered_to: Vec<AddrSpec>,
    pub subject: Option<String>,
    pub message_id: Option<MessageId>,
    pub in_reply_to: Vec<MessageId>,
    pub references: Vec<MessageId>,
    pub date: Option<DateTime<FixedOffset>>,
    /// Present for delivery reports only.
    pub report: Option<Report>,
    /// The whole text body, decoded; made from the HTML where there is no text part.
    pub text: String,
    /// What the person newly wrote: no quotation, attribution, signature or footer.
    pub new_text: String,
    /// The text a form is read from: rows of an HTML table as `label<TAB>value`.
    pub form_text: String,
    /// What a calendar program says in it (RFC 6047).
    #[serde(default)]
    pub calendar: Option<Event>,
    /// There is a text, but not for us.
    #[serde(default)]
    pub unreadable: Option<Unreadable>,
    pub authentication: Authentication,
    pub attachments: Vec<Attachment>,
    /// It may be a circular's, a list's, a machine's or nobody's: only a person may answer it,
    /// unless its writer has said a word that we know.
    #[serde(default, alias = "bulk")]
    pub wants_silence: bool,
    /// What was wrong with the mail, in words for an operator.
    pub problems: Vec<String>,
}

/// Our own header field: present in every letter, with the letter's name as value.
pub const OWN_HEADER: &str = "X-Sounding-Board";

/// How much of a body the fingerprint covers: what is fetched of a mail that is too big.
const FINGERPRINTED: usize = 16 * 1024;

impl Inbound {
    /// The mail that it answers (RFC 5322 §3.6.4): In-Reply-To, else the last of References.
    pub fn parent(&self) -> Option<&MessageId> {
        self.in_reply_to.first().or(self.references.last())
    }

    /// Reads a whole mail. Total: whatever the bytes are, there is an answer.
    pub fn parse(bytes: &[u8]) -> Self {
        Self::parse_trusting(bytes, true, &Trusted::Nobody)
    }

    /// Reads a mail of which, unless it is `complete`, only the header and the first
    /// 16 KiB of text were fetched. Both give the same fingerprint. Who sent it is believed
    /// as far as a receiver that is `trusted` vouches for it.
    pub fn parse_trusting(bytes: &[u8], complete: bool, trusted: &Trusted) -> Self {
        let lines = source::lines(bytes);
        let entities = Entities::of(&lines);
        let header = Header::of(&entities);
        let mut inbound = Self::from_header(&header);
        let authors: Vec<AddrSpec> =
            header.all("from").flat_map(mailboxes::read).map(|m| m.address).collect();
        inbound.authentication = authentication::judge(&header, &authors, trusted);
        inbound.fingerprint = fingerprint(&header, bytes);
        if header.is_empty() {
            inbound.problems.push("it has no header".to_owned());
        }
        if !complete {
            inbound.problems.push("it is too big: only the header and the first text were read".to_owned());
        }
        let from = inbound.from.as_ref().map(|m| m.address.clone());
        inbound.read_body(Body::of(&entities, from.as_ref()));
        inbound.judge_origin(&header, &lines, &entities);
        inbound
    }

    /// Reports are taken apart by mail-parser. What has no part that reports or returns anything is
    /// one only by its words, and is not parsed a second time to find that out.
    fn judge_origin(&mut self, header: &Header, lines: &[u8], entities: &Entities<'_>) {
        let mended = entities.may_report().then(|| source::mended(lines, entities));
        self.origin = whole(mended.as_deref(), |mail| automatic::origin(self, header, mail));
        self.wants_silence = !automatic::may_answer(self, header);
        if self.origin == Origin::DeliveryReport {
            let mended = mended.unwrap_or_else(|| source::mended(lines, entities));
            self.report = Some(whole(Some(&mended), |mail| report::read(mail, header, &self.text)));
        }
    }

    fn from_header(header: &Header) -> Self {
        let of = |name: &str| header.get(name).map(mailboxes::read).unwrap_or_default();
        let all = |name: &str| -> Vec<Mailbox> { header.all(name).flat_map(mailboxes::read).collect() };
        let ids = |name: &str| header.get(name).map(MessageId::list).unwrap_or_default();
        let mut problems = Vec::new();
        let mut from = of("from");
        if from.is_empty() && !header.is_empty() {
            problems.push("it names no sender we could write to".to_owned());
        }
        Self {
            fingerprint: Fingerprint(String::new()),
            origin: Origin::Human,
            from: (!from.is_empty()).then(|| from.swap_remove(0)),
            reply_to: of("reply-to"),
            to: all("to").into_iter().chain(all("cc")).collect(),
            delivered_to: delivered_to(header),
            subject: header.get("subject").map(|s| one_line(&encoded_word::decode(s))),
            message_id: header.get("message-id").and_then(MessageId::first),
            in_reply_to: ids("in-reply-to"),
            references: ids("references"),
            date: header.get("date").and_then(date_time::read),
            report: None,
            text: String::new(),
            new_text: String::new(),
            form_text: String::new(),
            calendar: None,
            unreadable: None,
            authentication: Authentication::None,
            attachments: Vec::new(),
            wants_silence: false,
            problems,
        }
    }

    fn read_body(&mut self, body: Body) {
        let marked = body.marked;
        let shown = marked.as_deref().map(|m| html::without_marks(m, ' ')).unwrap_or_default();
        let from_html = marked.as_deref().map(reply::new_text_of_html);
        let from_plain = body.plain.as_deref().map(reply::new_text);
        let own = reply::chosen(from_plain, from_html.clone(), &shown);
        self.text = body.plain.as_deref().map(|plain| html::without_marks(plain, ' ')).unwrap_or(shown);
        let table = from_html.filter(|html| html.text.contains(CELL)).unwrap_or_else(|| own.clone());
        self.new_text = html::without_marks(&own.text, ' ');
        self.form_text = html::without_marks(&table.text, '\t');
        self.calendar = body.calendar;
        let only_sealed = body.sealed && self.new_text.trim().is_empty();
        self.unreadable = if only_sealed { Some(Unreadable::Encrypted) } else { body.unreadable };
        self.attachments = body.attachments;
        self.problems.extend(body.problems);
    }
}

/// What is made of a mail as mail-parser has it; of a mail without anything, where it has none.
fn whole<T>(bytes: Option<&[u8]>, read: impl FnOnce(&Message<'_>) -> T) -> T {
    let none = Message { parts: vec![MessagePart::default()], ..Message::default() };
    let parsed = bytes.and_then(|bytes| MessageParser::default().parse(bytes));
    read(parsed.as_ref().filter(|mail| !mail.parts.is_empty()).unwrap_or(&none))
}

/// Header fields and at most the first 16 KiB of the body, so that a full and a
/// partial fetch agree; line ends and space at the end are the transport's.
fn fingerprint(header: &Header, bytes: &[u8]) -> Fingerprint {
    let mut hash = Sha256::new();
    for name in ["message-id", "from", "date", "subject"] {
        hash.update(header.get(name).unwrap_or_default().as_bytes());
        hash.update([0]);
    }
    let (_, body) = source::split(source::without_mbox_line(bytes));
    let body = &body[..body.len().min(FINGERPRINTED)];
    let plain: Vec<u8> = body.iter().copied().filter(|b| *b != b'\r').collect();
    hash.update(plain.trim_ascii_end());
    Fingerprint(data_encoding::HEXLOWER.encode(&hash.finalize()))
}

/// The transport's own words about where the mail was put (no RFC; everybody has them).
fn delivered_to(header: &Header) -> Vec<AddrSpec> {
    let names = ["delivered-to", "x-original-to", "envelope-to"];
    let values = names.iter().flat_map(|name| header.all(name));
    values
        .flat_map(|v| v.split(','))
        .filter_map(|v| AddrSpec::parse(v.trim().trim_matches(['<', '>'])).ok())
        .collect()
}

/// A header value can hold line ends and controls in its encoded words (RFC 2047).
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Received: from a\r\nFrom: \"Haddad, Amina\" <Amina@campus.example>\r\nTo: contact@net.example\r\n\
Subject: =?utf-8?Q?R=C3=A9union?=\r\nMessage-ID: <m@campus.example>\r\nReferences: <a@net.example>\r\n <b@net.example>\r\n\
Date: Mon, 5 Oct 2026 10:00:00 +0200\r\n\r\nYes.\r\n";

    #[test]
    fn the_header_is_read_into_values() {
        let mail = Inbound::parse(MAIL.as_bytes());
        let from = mail.from.expect("it has a sender");
        assert_eq!(
            (from.name.as_deref(), from.address.as_str()),
            (Some("Haddad, Amina"), "Amina@campus.example")
        );
        assert_eq!(mail.subject.as_deref(), Some("Réunion"));
        assert_eq!(mail.references, [MessageId::new("a@net.example"), MessageId::new("b@net.example")]);
        assert_eq!(mail.date.map(|d| d.to_rfc3339()).as_deref(), Some("2026-10-05T10:00:00+02:00"));
        assert_eq!((mail.text.trim(), mail.new_text.as_str()), ("Yes.", "Yes."));
        assert!(mail.problems.is_empty());
    }

    #[test]
    fn two_copies_have_one_fingerprint_and_other_mails_have_others() {
        let print = |mail: &str| Inbound::parse(mail.as_bytes()).fingerprint;
        let copy = MAIL.replace("Received: from a", "Received: from b\r\nX-Spam: no").replace("\r\n", "\n");
        assert_eq!(print(MAIL), print(&copy));
        assert_ne!(print(MAIL), print(&MAIL.replace("Yes.", "No.")));
        assert_ne!(print(MAIL), print(&MAIL.replace("<m@", "<n@")));
    }

    #[test]
    fn a_mail_too_big_to_fetch_whole_keeps_its_fingerprint_and_says_so() {
        let header = MAIL.replace("Yes.\r\n", "");
        let body = "a line of a long letter\r\n".repeat(10_000);
        let whole = Inbound::parse(format!("{header}{body}").as_bytes());
        let part = Inbound::parse_trusting(
            format!("{header}{}", &body[..FINGERPRINTED]).as_bytes(),
            false,
            &Trusted::Nobody,
        );
        assert_eq!(whole.fingerprint, part.fingerprint);
        assert!(part.problems[0].contains("too big"), "{:?}", part.problems);
    }

    #[test]
    fn more_parts_and_lines_than_anybody_sends_are_not_read() {
        let part = "--b\nContent-Type: text/plain\n\nx\n";
        let mail = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", part.repeat(20_000));
        let read = Inbound::parse(mail.as_bytes());
        // The mail itself is one of ten thousand.
        assert_eq!(read.text.lines().count(), 9_999);
        assert!(read.problems.iter().any(|p| p.contains("more than 10000 parts")), "{:?}", read.problems);
        let read = Inbound::parse(format!("Subject: x\n\nYes.\n{}No.", "> x\n".repeat(20_000)).as_bytes());
        assert_eq!((read.new_text.as_str(), read.text.lines().count()), ("Yes.", 20_002));
    }

    #[test]
    fn garbage_has_an_answer() {
        for bytes in [
            &b""[..],
            b"\r\n\r\n",
            b"\0\xff\xfe",
            b"From:",
            b":::\n\n:",
            b"Content-Type: multipart/mixed; boundary=\n\n--\n--",
        ] {
            let mail = Inbound::parse(bytes);
            assert_eq!(mail.origin, Origin::Human, "{bytes:?}");
        }
    }

    #[test]
    fn the_html_says_what_is_quoted_where_the_text_part_does_not() {
        let mail = Inbound::parse(
            b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
ACCEPT\r\n\r\nCan you help Omar?\r\n--b\r\nContent-Type: text/html\r\n\r\n\
<p>ACCEPT</p><blockquote type=cite>Can you help Omar?</blockquote>\r\n--b--\r\n",
        );
        assert_eq!(mail.text.trim(), "ACCEPT\n\nCan you help Omar?");
        assert_eq!(mail.new_text, "ACCEPT");
    }

    #[test]
    fn japanese_without_a_charset_is_read_by_its_escapes() {
        let mail = Inbound::parse(b"Subject: x\r\n\r\n\x1b$B$O$$\x1b(B\r\n");
        assert_eq!(mail.new_text, "はい");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            Inbound::parse(&bytes);
            Inbound::parse(&[b"Content-Type: text/html\n\n<td>", &bytes[..]].concat());
        }

        #[test]
        fn no_text_stops_the_reader(text in "[<>/a-zA-Z=\"' \n:@.,&;#0-9*_>–-]{0,300}") {
            let mail = format!("Content-Type: text/html\nSubject: Request meeting\n\n{text}");
            let inbound = Inbound::parse(mail.as_bytes());
            super::super::form::read(&inbound, &super::super::form::FormWords::default());
        }
    }
}
