//! Content-Transfer-Encoding (RFC 2045 §6), read as generously as people's programs write it.

use std::borrow::Cow;

/// Decodes `body` as its field says; anything else than the two encodings is as it is.
pub(super) fn decode<'b>(body: &'b [u8], encoding: &str) -> Cow<'b, [u8]> {
    match encoding {
        "base64" => base64(body),
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        _ => Cow::Borrowed(body),
    }
}

/// The name in a field's value, without the quotes, comments and parameters some add.
pub(super) fn name(value: &str) -> String {
    let value = value.split([';', '(']).next().unwrap_or_default();
    value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '.')).to_ascii_lowercase()
}

/// RFC 2045 §6.8: what is not of the alphabet is passed over. A list's footer under the
/// padded end is no part of it, and text that never was base64 is left as it is.
fn base64(body: &[u8]) -> Cow<'_, [u8]> {
    let mut lines = body.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let spaced = |line: &[u8]| line.iter().any(|b| *b == b' ' || *b == b'\t');
    if lines.next().is_some_and(spaced) && std::str::from_utf8(&base64_bytes(body)).is_err() {
        return Cow::Borrowed(body);
    }
    Cow::Owned(base64_bytes(footless(body)))
}

/// What stands before a footer: after a line that ends in padding, a line that is no base64;
/// where nothing had to be padded, a line of words or one without any letter.
fn footless(body: &[u8]) -> &[u8] {
    let (mut at, mut padded, mut letters, mut spaced) = (0, false, 0, false);
    for line in body.split_inclusive(|b| *b == b'\n') {
        let text = line.trim_ascii();
        let foreign = text.iter().any(|b| base64_value(*b).is_none() && *b != b'=');
        let own = text.iter().filter(|b| base64_value(**b).is_some()).count();
        let has_spaces = text.iter().any(|b| matches!(b, b' ' | b'\t'));
        spaced |= letters == 0 && has_spaces;
        let complete = letters > 0 && letters % 4 == 0;
        if foreign && (padded || (complete && (own == 0 || (has_spaces && !spaced)))) {
            return &body[..at];
        }
        padded = if text.is_empty() { padded } else { text.ends_with(b"=") };
        letters += own;
        at += line.len();
    }
    body
}

/// How many bytes [`base64_bytes`] would give.
pub(super) fn base64_length(text: &[u8]) -> usize {
    text.iter().filter(|b| base64_value(**b).is_some()).count() * 3 / 4
}

/// The bytes of base64, whatever stands between its letters; padding ends a group, not the text.
pub(super) fn base64_bytes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut letters) = (0u32, 0);
    for b in text {
        match base64_value(*b) {
            Some(value) => {
                group = group << 6 | u32::from(value);
                letters += 1;
                if letters == 4 {
                    out.extend_from_slice(&group.to_be_bytes()[1..]);
                    (group, letters) = (0, 0);
                }
            }
            None if *b == b'=' => {
                end_group(&mut out, group, letters);
                (group, letters) = (0, 0);
            }
            None => {}
        }
    }
    end_group(&mut out, group, letters);
    out
}

/// A last group of two letters is one byte, of three two.
fn end_group(out: &mut Vec<u8>, group: u32, letters: usize) {
    if letters > 1 {
        let bytes = (group << (6 * (4 - letters))).to_be_bytes();
        out.extend_from_slice(&bytes[1..letters]);
    }
}

fn base64_value(b: u8) -> Option<u8> {
    match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// RFC 2045 §6.7: an `=` that begins no code stays, as its last note recommends.
pub(super) fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|b| *b == b'\n') {
        let text = line.trim_ascii_end();
        let end: &[u8] = if line.ends_with(b"\n") { b"\n" } else { b"" };
        match text.strip_suffix(b"=") {
            Some(text) => escaped(text, &mut out),
            None => {
                escaped(text, &mut out);
                out.extend_from_slice(end);
            }
        }
    }
    out
}

fn escaped(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        match hex_pair(&text[at..]) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(text[at]);
                at += 1;
            }
        }
    }
}

/// The byte that `=E9` stands for at the start of `text`.
pub(super) fn hex_pair(text: &[u8]) -> Option<u8> {
    let [b'=' | b'%', high, low, ..] = text else { return None };
    let digit = |b: &u8| char::from(*b).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(body: &str, encoding: &str) -> String {
        String::from_utf8_lossy(&decode(body.as_bytes(), encoding)).into_owned()
    }

    #[test]
    fn base64_is_read_through_junk_missing_padding_and_padding_in_the_middle() {
        for body in ["UsOpdW5pb24=", "UsOpdW5pb24", "UsOp\r\n!!dW5p\r\nb24=\r\n", "Uk==w6lvdW5pb24="] {
            assert!(decoded(body, "base64").ends_with("union"), "{body}");
        }
        assert_eq!(decoded("aGk=\r\naG8=", "base64"), "hiho");
    }

    #[test]
    fn what_is_no_base64_is_left_and_a_footer_under_it_goes() {
        assert_eq!(decoded("Plainly, these are words.", "base64"), "Plainly, these are words.");
        let footers = ["____\nThe list of librarians\n", "\n--\nThe list\n", "The list of librarians\nx\n"];
        for footer in footers {
            for text in ["hi", "hi!", "hi!!", "Réunion à 10 h.."] {
                let body = data_encoding::BASE64.encode(text.as_bytes());
                assert_eq!(decoded(&format!("{body}\n{footer}"), "base64"), text, "{footer}");
            }
        }
        assert_eq!(decoded("aGVs bG8g\naGVs bG8h\n", "base64"), "hello hello!");
    }

    #[test]
    fn broken_escapes_of_quoted_printable_stay_as_they_are() {
        assert_eq!(decoded("R=c3=A9 = 3=ZZ =\r\non  \r\nend=", "quoted-printable"), "Ré = 3=ZZ on\nend");
    }

    #[test]
    fn the_name_of_an_encoding_may_be_dressed() {
        for value in
            ["Quoted-Printable", " \"quoted-printable\" ", "quoted-printable;", "quoted-printable (x)"]
        {
            assert_eq!(name(value), "quoted-printable");
        }
    }
}
