//! The bytes of a mail, put right where real mail breaks the parser of delivery reports.

use super::charset;
use super::entity::Entities;
use super::parameter::Parametrized;
use std::borrow::Cow;
use std::cell::LazyCell;
use std::fmt::Write;

/// mail-parser, which reads reports, is given so much of a mail and so many of its parts:
/// what a report says stands before the mail it returns.
const OF_ALL: usize = 4 << 20;
const OF_PARTS: usize = 1000;
/// Messages lie within each other there, and to let go of them takes a stack: so many, beside the
/// parts we know.
const OF_MESSAGES: usize = 200;
/// And so much of a field: nothing about a report is asked of a long list of people.
const OF_A_FIELD: usize = 64 << 10;
/// Larger than any mail server takes.
const MOST: usize = 1 << 31;

/// The bytes as lines: without what is no part of the mail.
pub(super) fn lines(bytes: &[u8]) -> Cow<'_, [u8]> {
    with_line_feeds(without_mbox_line(bytes))
}

/// The same mail with its header blocks written as a strict parser wants them: mail-parser
/// 0.11 loses the whole body when a parameter is folded at its `=`.
pub(super) fn mended(bytes: &[u8], entities: &Entities<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().min(OF_ALL) + 1024);
    let (mut at, mut messages) = (0, OF_MESSAGES);
    for entity in entities.all.iter().take(OF_PARTS) {
        let room = OF_ALL.saturating_sub(out.len());
        let before = bytes.get(at..entity.header_at).unwrap_or_default();
        if before.len() >= room {
            break;
        }
        if holds_more_messages(before, &mut messages) {
            return out;
        }
        out.extend_from_slice(before);
        let charset = LazyCell::new(|| charset::of(entity.charset()));
        for field in &entity.fields {
            match (field.name.as_str(), std::str::from_utf8(field.raw)) {
                ("content-type", _) => {}
                ("content-transfer-encoding", _) => {
                    write_line(&mut out, &format!("Content-Transfer-Encoding: {}", entity.encoding))
                }
                (_, Ok(_)) => out.extend_from_slice(&field.raw[..field.raw.len().min(OF_A_FIELD)]),
                _ => out.extend(charset::text(field.raw, *charset).bytes()),
            }
            if !out.is_empty() && !out.ends_with(b"\n") {
                write_line(&mut out, "");
            }
        }
        if entity.fields.iter().any(|f| f.name == "content-type") {
            write_line(&mut out, &written("Content-Type", &entity.content_type));
        }
        write_line(&mut out, "");
        at = entity.body_at;
    }
    let room = OF_ALL.saturating_sub(out.len());
    let end = entities.all.get(OF_PARTS).map_or(bytes.len(), |next| next.header_at);
    let rest = bytes.get(at..end).unwrap_or_default();
    let rest = &rest[..rest.len().min(room)];
    if !holds_more_messages(rest, &mut messages) {
        out.extend_from_slice(rest);
    }
    out
}

/// Whether what lies between the parts we know may hold more than `left` messages.
fn holds_more_messages(bytes: &[u8], left: &mut usize) -> bool {
    // Also a digest has no messages within messages without one (RFC 2046 §5.1.5).
    const FIELD: &[u8] = b"content-type";
    let held = bytes.windows(FIELD.len()).filter(|at| at.eq_ignore_ascii_case(FIELD)).count();
    *left = left.saturating_sub(held);
    *left == 0
}

fn write_line(out: &mut Vec<u8>, line: &str) {
    out.extend_from_slice(line.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn written(name: &str, value: &Parametrized) -> String {
    let mut out = format!("{name}: {}", value.value);
    for (name, value) in &value.parameters {
        let plain: String = value.chars().filter(|c| !c.is_control()).collect();
        let quoted = plain.replace('\\', "\\\\").replace('"', "\\\"");
        write!(out, "; {name}=\"{quoted}\"").expect("a String takes all");
    }
    out
}

/// Where the header of `bytes` ends and the body begins.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(end) = bytes[at..].iter().position(|b| *b == b'\n') {
        let line = &bytes[at..at + end];
        if line.is_empty() || line == b"\r" {
            return (&bytes[..at], &bytes[at + end + 1..]);
        }
        at += end + 1;
    }
    (bytes, &[])
}

/// mbox files put `From sender date` before the header, some editors a byte order mark;
/// neither is a field.
pub(super) fn without_mbox_line(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    let bytes = if start > 0 && bytes[start..].contains(&b':') { &bytes[start..] } else { bytes };
    if !bytes.starts_with(b"From ") && !bytes.starts_with(b">From ") {
        return bytes;
    }
    bytes.iter().position(|b| *b == b'\n').map_or(bytes, |end| &bytes[end + 1..])
}

/// A file whose lines end in bare CR has no lines for anybody else.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = &bytes[..bytes.len().min(MOST)];
    if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    let bytes = &bytes[..bytes.len().min(OF_ALL)];
    Cow::Owned(bytes.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended_text(mail: &[u8]) -> String {
        let lines = lines(mail);
        String::from_utf8_lossy(&mended(&lines, &Entities::of(&lines))).into_owned()
    }

    #[test]
    fn an_mbox_line_and_a_byte_order_mark_are_no_header_fields() {
        assert_eq!(mended_text(b"From amina Mon\nSubject: x\n\n"), "Subject: x\n\r\n");
        assert_eq!(mended_text(b"From: amina\n\nHello"), "From: amina\n\r\nHello");
        assert_eq!(lines(b"\xef\xbb\xbfFrom: amina\n").as_ref(), b"From: amina\n");
    }

    #[test]
    fn lines_may_end_in_bare_carriage_returns() {
        assert_eq!(lines(b"Subject: x\r\rHello\r").as_ref(), b"Subject: x\n\nHello\n");
    }

    #[test]
    fn a_boundary_folded_after_its_equals_sign_is_put_on_one_line() {
        let mail = b"Content-Type: multipart/mixed;\r\n boundary=\r\n\t\"x\"\r\nA: b=\r\n c\r\n\r\n--x\r\nA: b\r\n\r\nc";
        let wanted =
            "A: b=\r\n c\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nA: b\r\n\r\nc";
        assert_eq!(mended_text(mail), wanted);
    }

    #[test]
    fn header_and_body_part_at_the_first_empty_line() {
        assert_eq!(split(b"A: b\r\n\r\nbody"), (&b"A: b\r\n"[..], &b"body"[..]));
        assert_eq!(split(b"no end"), (&b"no end"[..], &b""[..]));
    }
}
