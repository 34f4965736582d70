//! What people wrote, as data: words that no template, tag, link or header can come of.
//!
//! Two escapes with one aim. In HTML every ASCII punctuation mark becomes a numeric
//! entity: CommonMark §2.5 lets no entity stand for structure, and neither does HTML.
//! In text there is nothing to decode an entity, so a mark becomes its *shadow* in a
//! private-use plane while the text is laid out, and is itself again afterwards.

const SHADOWS: u32 = 0xF0000;

/// One line; no control characters, no invisible reordering; runs of spaces are one.
pub fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines as written, without blank ones at either end or two in a row.
pub fn lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in text.replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{c}']) {
        let line = clean(&line.replace('\t', "    ")).trim_end().to_owned();
        if !line.is_empty() || out.last().is_some_and(|last| !last.is_empty()) {
            out.push(line);
        }
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out
}

/// For HTML and the Markdown it is made from. Leading spaces stay, as no-break ones:
/// four plain ones would start a code block.
pub fn entities(text: &str) -> String {
    let body = text.trim_start_matches(' ');
    let mut out = "\u{a0}".repeat(text.len() - body.len());
    for c in body.chars() {
        if c.is_ascii_punctuation() {
            out += &format!("&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// For the text part: see the head of this file.
pub fn shadow(text: &str) -> String {
    text.chars()
        .map(|c| {
            let shade = char::from_u32(SHADOWS + u32::from(c)).unwrap_or(c);
            if c.is_ascii_punctuation() { shade } else { c }
        })
        .collect()
}

/// Takes the shadows away again.
pub fn reveal(text: &str) -> String {
    text.chars()
        .map(|c| match u32::from(c).checked_sub(SHADOWS).and_then(char::from_u32) {
            Some(mark) if mark.is_ascii_punctuation() => mark,
            _ => c,
        })
        .collect()
}

/// Drops what could only hide something: control characters, overrides of the writing
/// direction (U+202A–202E, U+2066–2069), and the plane that we keep for shadows.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(
            |c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{f0000}'..='\u{f00ff}'),
        )
        .collect()
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
    fn no_punctuation_is_left_to_mean_something() {
        assert_eq!(entities("  <a>"), "\u{a0}\u{a0}&#60;a&#62;");
        assert_eq!(percent("a b@é"), "a%20b%40%C3%A9");
    }
}
