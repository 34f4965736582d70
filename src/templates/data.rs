//! What people wrote, as data: words that no template, tag, link or header can come of.
//!
//! Two escapes with one aim. In HTML every ASCII punctuation mark becomes a numeric
//! entity: CommonMark §2.5 lets no entity stand for structure, and neither does HTML.
//! In text there is nothing to decode an entity, so a mark becomes its *shadow* in a
//! private-use plane while the text is laid out, and is itself again afterwards.

use std::borrow::Cow;

const SHADOWS: u32 = 0xF0000;

/// One line; no control characters, no invisible reordering; runs of spaces are one.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in clean(text).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    line
}

/// The lines as written, without blank ones at either end or two in a row.
pub fn lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{c}']) {
        let line = clean(&spread(line)).trim_end().to_owned();
        if !line.is_empty() || out.last().is_some_and(|last| !last.is_empty()) {
            out.push(line);
        }
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out
}

/// Tabs as spaces.
fn spread(line: &str) -> Cow<'_, str> {
    if line.contains('\t') { line.replace('\t', "    ").into() } else { line.into() }
}

/// For HTML and the Markdown it is made from. Leading spaces stay, as no-break ones:
/// four plain ones would start a code block.
pub fn entities(text: &str) -> String {
    let mut body = text.trim_start_matches(' ');
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    out.extend(std::iter::repeat_n('\u{a0}', text.len() - body.len()));
    while let Some(at) = body.bytes().position(|b| b.is_ascii_punctuation()) {
        out += &body[..at];
        out += &format!("&#{};", body.as_bytes()[at]);
        body = &body[at + 1..];
    }
    out + body
}

/// For the text part: see the head of this file.
pub fn shadow(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b.is_ascii_punctuation()) {
        out += &rest[..at];
        out.extend(char::from_u32(SHADOWS + u32::from(rest.as_bytes()[at])));
        rest = &rest[at + 1..];
    }
    out + rest
}

/// Takes the shadows away again.
pub fn reveal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b == PLANE) {
        let shadow = rest[at..].chars().next().expect("the first byte of a character");
        out += &rest[..at];
        out.push(revealed(shadow));
        rest = &rest[at + shadow.len_utf8()..];
    }
    out + rest
}

/// The first byte of every shadow in UTF-8.
const PLANE: u8 = 0xf3;

fn revealed(shadow: char) -> char {
    let mark = u32::from(shadow).checked_sub(SHADOWS).and_then(char::from_u32);
    mark.filter(char::is_ascii_punctuation).unwrap_or(shadow)
}

/// Drops what could only hide something: control characters, overrides of the writing
/// direction (U+202A–202E, U+2066–2069), and the plane that we keep for shadows.
fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_blank(c) || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    text.chars().filter(|c| !is_hidden(*c)).map(|c| if is_blank(c) { ' ' } else { c }).collect()
}

fn is_blank(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{f0000}'..='\u{f00ff}')
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
pub fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shadows_come_back_as_what_they_were() {
        let text = "# <b>*Hi*</b> 1. {{name}} | `x` – é";
        assert!(shadow(text).chars().all(|c| !c.is_ascii_punctuation()));
        assert_eq!(reveal(&shadow(text)), text);
    }

    #[test]
    fn forged_shadows_and_direction_overrides_are_dropped() {
        assert_eq!(one_line("a\u{f0023}b\u{202e}c\u{2066}d\r\n\te"), "abcd e");
    }

    #[test]
    fn lines_keep_their_order_and_lose_needless_blanks() {
        assert_eq!(lines("\n\na\r\n  b\r\r\n\n\nc\u{2028}d\n\n"), ["a", "  b", "", "c", "d"]);
    }

    #[test]
    fn every_character_is_what_it_is_in_either_escape() {
        let all = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        for c in all.filter(|c| !is_hidden(*c)) {
            let text = format!("a{c}b");
            let marked = c.is_ascii_punctuation();
            let entity = if marked { format!("a&#{};b", u32::from(c)) } else { text.clone() };
            assert_eq!((entities(&text), reveal(&shadow(&text))), (entity, text.clone()), "{c:?}");
            assert_eq!(shadow(&text) == text, !marked, "{c:?}");
        }
    }

    #[test]
    fn no_punctuation_is_left_to_mean_something() {
        assert_eq!(entities("  <a>"), "\u{a0}\u{a0}&#60;a&#62;");
        assert_eq!(percent("a b@é"), "a%20b%40%C3%A9");
    }
}
