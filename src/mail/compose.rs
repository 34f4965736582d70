//! A mail as it is sent: one value in, bytes out, the same each time.
//!
//! Everything is 7-bit: header words are encoded after RFC 2047, bodies are
//! quoted-printable (RFC 2045 §6.7), so that no relay on the way needs 8BITMIME.
//! No word that came from outside can start a header field: control characters,
//! line ends included, become spaces here, whoever calls.

use super::address::{AddrSpec, Mailbox};
use super::message_id::MessageId;
use chrono::{DateTime, Utc};
use data_encoding::{BASE64, HEXLOWER};
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;
use sha2::{Digest, Sha256};

/// RFC 5322 §2.1.1: lines should be no longer than this.
const FOLD_AT: usize = 78;
/// RFC 2047 §2: a line with an encoded-word is at most 76 characters. 39 bytes make 52
/// characters of base64, 12 are `=?utf-8?B?` and `?=`, the rest is for the field's name.
const ENCODED_BYTES: usize = 39;
/// A msg-id longer than this is nobody's; it would break the 998 characters of a line.
const MESSAGE_ID_MAX: usize = 250;
/// A thread's References may grow without end; the first and the latest are what clients use.
const REFERENCES_MAX: usize = 20;

/// Everything a composed mail says.
#[derive(Clone, Debug)]
pub struct Outline<'a> {
    pub from: Mailbox,
    pub to: &'a [Mailbox],
    pub reply_to: Vec<Mailbox>,
    pub subject: &'a str,
    pub date: DateTime<Utc>,
    pub message_id: &'a MessageId,
    pub in_reply_to: Option<&'a MessageId>,
    pub references: Vec<MessageId>,
    /// Further fields, with values in ASCII: `Auto-Submitted`, `List-Id`, ….
    pub fields: Vec<(&'static str, String)>,
    /// RFC 5646 tag, for `Content-Language`.
    pub language: &'a str,
    pub text: &'a str,
    pub html: &'a str,
    /// Shown within the HTML part, which names them as `cid:`.
    pub pictures: &'a [Picture],
    pub calendar: Option<&'a Calendar>,
}

/// An image that belongs to an HTML part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its Content-ID without brackets (RFC 2392), all ASCII.
    pub content_id: String,
    /// What to call it where it is saved, all ASCII.
    pub file_name: &'static str,
    pub png: Vec<u8>,
}

/// What the mail says to calendar programs (RFC 6047).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// That of the object (RFC 6047 §2.4), in capitals.
    pub method: &'static str,
    /// RFC 5545, with CRLF line ends.
    pub text: String,
}

impl Outline<'_> {
    /// RFC 5322 with CRLF line ends: multipart/alternative, the richer after the plainer
    /// (RFC 2046 §5.1.4), so that a program which knows calendars takes that part.
    pub fn bytes(&self) -> String {
        let boundary = boundary(self.message_id, "");
        let mut parts = vec![text_part("plain", self.text), self.html_part()];
        parts.extend(self.calendar.map(Calendar::part));
        self.header(&boundary) + "\r\n" + &multipart(&boundary, &parts)
    }

    /// With pictures it is a multipart/related of its own, the HTML as its root (RFC 2387 §3.4).
    fn html_part(&self) -> String {
        let html = text_part("html", self.html);
        if self.pictures.is_empty() {
            return html;
        }
        let boundary = boundary(self.message_id, "related");
        let parts: Vec<String> =
            std::iter::once(html).chain(self.pictures.iter().map(Picture::part)).collect();
        format!(
            "Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"{boundary}\"\r\n\r\n{}",
            multipart(&boundary, &parts)
        )
    }

    fn header(&self, boundary: &str) -> String {
        let mut header = Header(String::new());
        header.addresses("From", std::slice::from_ref(&self.from));
        header.addresses("To", self.to);
        header.addresses("Reply-To", &self.reply_to);
        header.words("Subject", self.subject);
        header.value("Date", &self.date.to_rfc2822());
        header.message_ids("Message-ID", std::slice::from_ref(self.message_id));
        header.message_ids("In-Reply-To", self.in_reply_to.map(std::slice::from_ref).unwrap_or_default());
        header.message_ids("References", &self.references);
        for (name, value) in &self.fields {
            header.value(name, value);
        }
        header.value("Content-Language", self.language);
        header.value("MIME-Version", "1.0");
        header.0 += &format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n");
        header.0
    }
}

impl Picture {
    fn part(&self) -> String {
        let Self { content_id, file_name, png } = self;
        format!(
            "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{content_id}>\r\n\
             Content-Disposition: inline; filename=\"{file_name}\"\r\n\r\n{}\r\n",
            base64_lines(png)
        )
    }
}

impl Calendar {
    /// In base64, as Exchange writes it: folds and line ends of the object arrive as they are,
    /// where quoted-printable would fold its folded lines once more. Without a
    /// Content-Disposition or a Content-ID, with which Thunderbird shows no invitation.
    fn part(&self) -> String {
        format!(
            "Content-Type: text/calendar; charset=utf-8; method={}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            self.method,
            base64_lines(self.text.as_bytes())
        )
    }
}

/// base64 in lines of 76 characters (RFC 2045 §6.8).
fn base64_lines(bytes: &[u8]) -> String {
    bytes.chunks(57).map(|line| BASE64.encode(line)).collect::<Vec<_>>().join("\r\n")
}

fn text_part(subtype: &str, content: &str) -> String {
    format!(
        "Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(content)
    )
}

/// Parts between their boundaries (RFC 2046 §5.1.1); each part ends its last line.
fn multipart(boundary: &str, parts: &[String]) -> String {
    let mut body: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
    body += &format!("--{boundary}--\r\n");
    body
}

/// A header that grows field by field.
struct Header(String);

impl Header {
    /// An unstructured field (RFC 5322 §2.2.1).
    fn words(&mut self, name: &str, value: &str) {
        let value = one_line(value);
        let plain = value.bytes().all(|b| (b' '..=b'~').contains(&b))
            && !value.contains("=?")
            && value.split(' ').all(|word| word.len() <= FOLD_AT - name.len() - 2);
        self.field(name, if plain { words(&value) } else { encoded_words(&value) });
    }

    /// A field whose value is ours and for machines: folded, never encoded.
    fn value(&mut self, name: &str, value: &str) {
        let value = one_line(value).replace(|c: char| !c.is_ascii(), "?");
        self.field(name, words(&value));
    }

    /// An address list (RFC 5322 §3.4); no field at all where it would be empty.
    fn addresses(&mut self, name: &str, list: &[Mailbox]) {
        // An address that is not ASCII needs SMTPUTF8 (RFC 6531); these bytes go out without.
        let mut list = list.iter().filter(|m| m.address.as_str().is_ascii()).peekable();
        let mut tokens = Vec::new();
        while let Some(mailbox) = list.next() {
            tokens.extend(name_addr(mailbox));
            if let (Some(last), Some(_)) = (tokens.last_mut(), list.peek()) {
                last.push(',');
            }
        }
        self.field(name, tokens);
    }

    fn message_ids(&mut self, name: &str, list: &[MessageId]) {
        let sound = |id: &&MessageId| {
            let id = id.as_str();
            id.len() <= MESSAGE_ID_MAX && id.bytes().all(|b| b.is_ascii_graphic())
        };
        self.field(name, list.iter().filter(sound).map(|id| id.as_str().to_owned()).collect());
    }

    /// Folds between tokens (RFC 5322 §2.2.3). Without any there is no field.
    fn field(&mut self, name: &str, tokens: Vec<String>) {
        if tokens.is_empty() {
            return;
        }
        let mut line = format!("{name}:");
        for token in tokens {
            if line.len() + 1 + token.len() > FOLD_AT && line.contains(' ') {
                self.0 += &line;
                self.0 += "\r\n";
                line.clear();
            }
            line.push(' ');
            line += &token;
        }
        self.0 += &line;
        self.0 += "\r\n";
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// A mailbox as RFC 5322 §3.4 wants it, in tokens between which it may be folded.
fn name_addr(mailbox: &Mailbox) -> Vec<String> {
    let address = addr_spec(&mailbox.address);
    match mailbox.name.as_deref().map(one_line).filter(|name| !name.is_empty()) {
        Some(name) => phrase(&name).into_iter().chain([format!("<{address}>")]).collect(),
        None => vec![address],
    }
}

/// An addr-spec as a header may carry it. A local part that is no dot-atom
/// (`a.@docomo.ne.jp`) is written as a quoted-string: RFC 5322 §3.4.1 lets them mean the same.
fn addr_spec(address: &AddrSpec) -> String {
    let (local, domain) = address.as_str().rsplit_once('@').unwrap_or((address.as_str(), ""));
    let dot_atom = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
    if dot_atom { address.to_string() } else { format!("\"{local}\"@{domain}") }
}

/// RFC 5322 §3.2.3.
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// A display name: atoms, a quoted-string, or encoded-words (RFC 2047 §5 (3)).
fn phrase(name: &str) -> Vec<String> {
    let printable = name.bytes().all(|b| (b' '..=b'~').contains(&b));
    if !printable || name.contains("=?") || name.len() > 60 {
        encoded_words(name)
    } else if name.chars().all(|c| c == ' ' || is_atext(c)) {
        words(name)
    } else {
        vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
    }
}

/// RFC 2047 §4.1, each word whole characters (§5: "a multi-octet character may not be split").
fn encoded_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > ENCODED_BYTES {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(c);
    }
    words.push(piece);
    words.iter().map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word.as_bytes()))).collect()
}

/// One line without control characters; runs of white space are one space.
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted_printable(content: &str) -> String {
    let body = Body::new_with_encoding(crlf(content).into_bytes(), ContentTransferEncoding::QuotedPrintable)
        .expect("lettre refuses only 7bit and 8bit for what does not fit them");
    String::from_utf8(body.into_vec()).expect("quoted-printable is ASCII")
}

/// Lines that end as RFC 5322 §2.3 wants them, the last one too.
fn crlf(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / 16 + 2);
    for line in content.strip_suffix('\n').unwrap_or(content).split('\n') {
        out += line.strip_suffix('\r').unwrap_or(line);
        out += "\r\n";
    }
    out
}

/// `=_` cannot occur in quoted-printable text (RFC 2045 §6.7, note under rule 5), so no
/// content can close its part early. Boundaries of one mail are of one length, so that none
/// begins with another.
fn boundary(id: &MessageId, which: &str) -> String {
    format!("=_{}", &HEXLOWER.encode(&Sha256::digest(format!("{}{which}", id.as_str())))[..32])
}

/// The parent's References, the parent, and before them what carries the thread
/// (RFC 5322 §3.6.4), without repetitions.
pub fn references(
    first: Option<MessageId>,
    ancestors: &[MessageId],
    parent: Option<&MessageId>,
) -> Vec<MessageId> {
    let mut list: Vec<MessageId> = Vec::new();
    for id in first.iter().chain(ancestors).chain(parent) {
        if Some(id) == parent && list.contains(id) {
            list.retain(|known| known != id);
        }
        if !list.contains(id) {
            list.push(id.clone());
        }
    }
    if list.len() > REFERENCES_MAX {
        list.drain(1..=list.len() - REFERENCES_MAX);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn line_ends_are_those_that_lettre_would_make(content in "([a-z =é\t]|\r|\n|[a-z]{80}){0,40}") {
            let whole = if content.ends_with('\n') { content.clone() } else { format!("{content}\n") };
            let theirs = Body::new_with_encoding(whole, ContentTransferEncoding::QuotedPrintable);
            prop_assert_eq!(quoted_printable(&content).into_bytes(), theirs.expect("an encoding for all").into_vec());
        }
    }

    fn addr(text: &str) -> AddrSpec {
        AddrSpec::parse(text).expect(text)
    }

    fn mail(name: &str, subject: &str, text: &str) -> String {
        let id = MessageId::new("0f8fad5b-d9cb-869f-a165-70867728950e@network.example");
        let to = [Mailbox::new(name, addr("amina@campus.example")), Mailbox::bare(addr("a.@docomo.example"))];
        outline(name, subject, text, &to, &id).bytes()
    }

    fn outline<'a>(
        name: &str,
        subject: &'a str,
        text: &'a str,
        to: &'a [Mailbox],
        message_id: &'a MessageId,
    ) -> Outline<'a> {
        Outline {
            from: Mailbox::new(name, addr("contact@network.example")),
            to,
            reply_to: vec![Mailbox::bare(addr("contact+K7Q2M.TOKEN@network.example"))],
            subject,
            date: DateTime::from_timestamp(1_796_000_000, 0).expect("a time of this century"),
            message_id,
            in_reply_to: None,
            references: vec![MessageId::new("a@b")],
            fields: vec![("X-Sounding-Board", "welcome\r\nBcc: evil@x.example".into())],
            language: "en",
            text,
            html: "<p>é</p>",
            pictures: &[],
            calendar: None,
        }
    }

    fn assert_sound(bytes: &str) {
        assert!(bytes.is_ascii());
        let lines: Vec<&str> = bytes.split("\r\n").collect();
        assert!(lines.iter().all(|l| !l.contains(['\r', '\n'])), "a bare CR or LF:\n{bytes}");
        assert!(lines.iter().all(|l| l.len() <= FOLD_AT), "a long line:\n{bytes}");
    }

    #[test]
    fn what_is_composed_is_read_back() {
        for (name, subject) in [
            ("Amina Haddad", "Leila Haddad asks for your advice [K7Q2M]"),
            ("Haddad, Amina \"Koha\" \\ (AUB)", "Été à Žilina: «où?» [K7Q2M]"),
            ("أمينة حداد", "طلب مشورة من ليلى حول تقارير كوها والفهرسة الآلية في المكتبة [K7Q2M]"),
            ("=?utf-8?B?ZXZpbA==?=", "=?utf-8?Q?evil?="),
            (&"long name ".repeat(30), &"long subject ".repeat(30)),
            (&"ü".repeat(300), &"x".repeat(300)),
        ] {
            let bytes = mail(name, subject, "Hello – été.\n");
            assert_sound(&bytes);
            let read = MessageParser::new().parse(bytes.as_bytes()).expect("a mail");
            assert_eq!(read.subject(), Some(subject.trim()), "{bytes}");
            let from = read.from().and_then(|a| a.first()).expect("From");
            assert_eq!(from.name(), Some(name.trim()), "{bytes}");
            assert_eq!(from.address(), Some("contact@network.example"));
            assert_eq!(read.body_text(0).as_deref(), Some("Hello – été.\r\n"));
            assert_eq!(read.body_html(0).as_deref(), Some("<p>é</p>\r\n"));
        }
    }

    #[test]
    fn a_line_end_in_a_name_or_subject_starts_no_header_field() {
        let bytes = mail("Evil\r\nBcc: x@y.example", "Hi\r\n\r\nBcc: x@y.example\n\tfolded", "Text");
        assert_sound(&bytes);
        let read = MessageParser::new().parse(bytes.as_bytes()).expect("a mail");
        assert!(read.bcc().is_none(), "{bytes}");
        assert_eq!(read.subject(), Some("Hi Bcc: x@y.example folded"));
        assert_eq!(read.header_raw("X-Sounding-Board").map(str::trim), Some("welcome Bcc: evil@x.example"));
    }

    #[test]
    fn a_text_that_holds_the_boundary_or_odd_line_ends_stays_in_its_part() {
        let id = MessageId::new("0f8fad5b-d9cb-869f-a165-70867728950e@network.example");
        let text =
            format!("From me\n.\n--{}--\r\nafter = \u{1F600}\n{}\n", boundary(&id, ""), "w".repeat(2000));
        let bytes = mail("A", "S", &text);
        assert_sound(&bytes);
        let read = MessageParser::new().parse(bytes.as_bytes()).expect("a mail");
        assert_eq!(read.body_text(0).map(|t| t.replace("\r\n", "\n")), Some(text.replace("\r\n", "\n")));
    }

    #[test]
    fn a_calendar_is_the_last_alternative_and_arrives_byte_for_byte() {
        let id = MessageId::new("0f8fad5b-d9cb-869f-a165-70867728950e@network.example");
        let text = format!("BEGIN:VCALENDAR\r\nX-A:{}\r\n  \u{645}\r\nEND:VCALENDAR\r\n", "=_ ".repeat(24));
        let calendar = Calendar { method: "REQUEST", text: text.clone() };
        let picture = Picture { content_id: "weeks@x".into(), file_name: "weeks.png", png: vec![1; 99] };
        for pictures in [&[][..], std::slice::from_ref(&picture)] {
            let to = [Mailbox::bare(addr("amina@campus.example"))];
            let mut outline = outline("Network", "Koha", "Text", &to, &id);
            (outline.pictures, outline.calendar) = (pictures, Some(&calendar));
            let bytes = outline.bytes();
            assert_sound(&bytes);
            let read = MessageParser::new().parse(bytes.as_bytes()).expect("a mail");
            let kinds = |parts: &[u32]| -> Vec<String> {
                let kind = |at: &u32| read.part(*at).and_then(|part| part.content_type());
                parts
                    .iter()
                    .filter_map(kind)
                    .map(|kind| kind.c_subtype.as_deref().unwrap_or("").into())
                    .collect()
            };
            let mail_parser::PartType::Multipart(parts) = &read.parts[0].body else { panic!("{bytes}") };
            let html = if pictures.is_empty() { "html" } else { "related" };
            assert_eq!(kinds(parts), ["plain", html, "calendar"]);
            assert!(
                bytes.contains("Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n"),
                "{bytes}"
            );
            let last = read.part(parts[2]).expect("a part");
            assert_eq!(last.contents(), text.as_bytes());
            assert_eq!(read.body_html(0).as_deref(), Some("<p>é</p>\r\n"));
        }
    }

    #[test]
    fn references_keep_the_first_and_the_latest_once() {
        let ids: Vec<MessageId> = (0..40).map(|n| MessageId::new(&format!("{n}@x"))).collect();
        let list = references(Some(MessageId::new("carrier@x")), &ids, Some(&ids[3]));
        assert_eq!(list.len(), REFERENCES_MAX);
        assert_eq!(list.first(), Some(&MessageId::new("carrier@x")));
        assert_eq!(list.last(), Some(&ids[3]));
        assert_eq!(list.iter().filter(|id| **id == ids[3]).count(), 1);
    }
}
