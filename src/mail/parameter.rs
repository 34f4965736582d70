//! Fields with parameters: `value; name=value` (RFC 2045 §5.1, RFC 2183, RFC 2231).

use super::{charset, encoded_word};
use std::collections::BTreeMap;

/// More parameters than anybody has.
const MOST: usize = 200;
const LONGEST_COMMENT: usize = 500;

/// A Content-Type or Content-Disposition.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parametrized {
    /// In lower case.
    pub value: String,
    /// By name in lower case; where one comes twice, the first.
    pub parameters: BTreeMap<String, String>,
}

/// One parameter as it stands there.
struct Written {
    name: String,
    value: String,
    quoted: bool,
}

impl Parametrized {
    /// Reads an unfolded value. Never fails: what cannot be understood is left out.
    pub(super) fn parse(text: &str) -> Self {
        let plain = without_comments(text);
        let (value, mut rest) = head(&plain);
        let mut written = Vec::new();
        while let Some((parameter, after)) = next(rest) {
            written.push(parameter);
            rest = after;
            if written.len() >= MOST {
                break;
            }
        }
        Self { value: value.trim().to_ascii_lowercase(), parameters: joined(written) }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// What stands before the parameters. Some programs forget the semicolon after it.
fn head(text: &str) -> (&str, &str) {
    let end = text.find(';').unwrap_or(text.len());
    let value = text[..end].trim_start();
    let forgotten = value.find(char::is_whitespace).filter(|at| value[*at..].contains('='));
    match forgotten {
        Some(at) => (&value[..at], &text[end - value.len() + at..]),
        None => text.split_at(end),
    }
}

/// The next `name=value` and what follows it.
fn next(text: &str) -> Option<(Written, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
    let (name, rest) = text.split_once('=')?;
    // `; flag; name=value`: a word without a value is passed over.
    let name = name.rsplit(';').next().unwrap_or(name).trim().to_ascii_lowercase();
    let rest = rest.trim_start();
    let (value, quoted, rest) = match rest.strip_prefix('"') {
        Some(inner) => {
            let (value, rest) = quoted_string(inner);
            (value, true, rest)
        }
        None => {
            let end = rest.find(';').unwrap_or(rest.len());
            let value = rest[..end].trim();
            // Quotes that are none in a header, but meant as such.
            let inner = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\''));
            (inner.unwrap_or(value).to_owned(), false, &rest[end..])
        }
    };
    Some((Written { name, value, quoted }, rest))
}

/// The text up to the closing quote. One that is never closed ends with the parameter.
fn quoted_string(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &text[at + 1..]),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => out.push(c),
                // A path of Windows, written without regard for RFC 5322.
                Some((_, c)) => out.extend(['\\', c]),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    let end = text.find(';').unwrap_or(text.len());
    (text[..end].trim_end().to_owned(), &text[end..])
}

/// Takes out `(comments)`, but not in quotes nor inside a word, where they are text.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    let mut at = 0;
    let ends = ends_of_comments(text);
    while let Some(c) = text[at..].chars().next() {
        if c == '('
            && !quoted
            && let Some(end) = ends[at]
        {
            at = end;
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        out.push(c);
        at += c.len_utf8();
    }
    out
}

/// For each bracket that opens a comment the place after it. `plan (2).pdf` has none.
fn ends_of_comments(text: &str) -> Vec<Option<usize>> {
    let mut ends = vec![None; text.len()];
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' => open.push(at),
            ')' => {
                let after = text[at + 1..].chars().next();
                let ends_here = after.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '='));
                if let Some(start) = open.pop().filter(|start| ends_here && at - start < LONGEST_COMMENT) {
                    ends[start] = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    ends
}

/// Puts RFC 2231 continuations together and decodes what is encoded.
fn joined(written: Vec<Written>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut pieces: BTreeMap<String, BTreeMap<u32, (String, bool)>> = BTreeMap::new();
    for Written { name, value, quoted } in written {
        let (base, extended) = match name.strip_suffix('*') {
            Some(base) => (base.to_owned(), true),
            None => (name.clone(), false),
        };
        let numbered = base.split_once('*').and_then(|(base, n)| Some((base.to_owned(), n.parse().ok()?)));
        match numbered {
            Some((base, n)) => {
                pieces.entry(base).or_default().entry(n).or_insert((value, extended));
            }
            None if extended => {
                pieces.entry(base).or_default().entry(0).or_insert((value, true));
            }
            None => {
                let value = if quoted || value.contains("=?") { encoded_word::decode(&value) } else { value };
                out.entry(name).or_insert(value);
            }
        }
    }
    // §4.2: where both are given, the extended form is the better one.
    out.extend(pieces.into_iter().map(|(name, pieces)| (name, extended_value(pieces.into_values()))));
    out
}

/// `charset'language'percent-encoded`, perhaps in pieces that end in the middle of a letter.
fn extended_value(pieces: impl Iterator<Item = (String, bool)>) -> String {
    let (mut bytes, mut label, mut plain) = (Vec::new(), None, true);
    for (at, (value, extended)) in pieces.enumerate() {
        let mut text = value.as_str();
        if extended
            && at == 0
            && let Some((name, rest)) = value.split_once('\'')
        {
            label = Some(name.to_owned());
            text = rest.split_once('\'').map_or(rest, |(_, text)| text);
        }
        plain &= !extended;
        match extended {
            true => percent_decoded(text.as_bytes(), &mut bytes),
            false => bytes.extend_from_slice(text.as_bytes()),
        }
    }
    let text = charset::text(&bytes, label.as_deref().and_then(charset::exactly)).into_owned();
    if plain { encoded_word::decode(&text) } else { text }
}

fn percent_decoded(text: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        let code = super::transfer::hex_pair(&text[at..]).filter(|_| text[at] == b'%');
        out.push(code.unwrap_or(text[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(text: &str) -> Option<String> {
        Parametrized::parse(text).get("filename").map(str::to_owned)
    }

    #[test]
    fn a_name_is_read_in_all_the_ways_programs_write_it() {
        for text in [
            "attachment; filename*=utf-8''R%C3%A9union.pdf",
            "attachment; filename*0*=utf-8''R%C3; filename*1*=%A9union; filename*2=\".pdf\"",
            "attachment; filename*1=\"nion.pdf\"; filename*0=\"Réu\"",
            "attachment; filename*=iso-8859-1'fr'R%E9union.pdf",
            "attachment; filename=\"=?utf-8?Q?R=C3=A9?= =?utf-8?Q?union.pdf?=\"",
            "attachment; filename==?utf-8?Q?R=C3=A9union.pdf?=",
            "attachment; filename=\"x.pdf\"; filename*=utf-8''R%C3%A9union.pdf",
            "attachment filename = Réunion.pdf",
            "attachment (a comment; filename=no); filename=Réunion.pdf (another)",
            "attachment; filename=\"Réunion.pdf",
            "attachment; filename='Réunion.pdf'; size=3",
        ] {
            assert_eq!(name_of(text).as_deref(), Some("Réunion.pdf"), "{text}");
        }
        assert_eq!(name_of("attachment; filename=my plan (2).pdf").as_deref(), Some("my plan (2).pdf"));
        assert_eq!(name_of("attachment; filename=\"a\\\"b (1).pdf\"").as_deref(), Some("a\"b (1).pdf"));
    }

    #[test]
    fn the_value_and_its_parameters_are_told_apart_however_they_are_written() {
        for text in [
            "multipart/mixed; boundary=\"b1\"",
            "Multipart/Mixed boundary=b1",
            "multipart/mixed;boundary = b1 ;",
            "multipart/mixed (x); charset; boundary=b1; boundary=b2",
        ] {
            let read = Parametrized::parse(text);
            assert_eq!(
                (read.value.as_str(), read.get("boundary")),
                ("multipart/mixed", Some("b1")),
                "{text}"
            );
        }
        assert_eq!(Parametrized::parse("").value, "");
        assert_eq!(Parametrized::parse("; = ; ==").parameters.len(), 1);
    }

    #[test]
    fn a_megabyte_of_brackets_is_read_once() {
        for brackets in
            ["(".repeat(1 << 20), "(".repeat(1 << 20) + ")", "(".repeat(1 << 19) + &")".repeat(1 << 19)]
        {
            assert_eq!(Parametrized::parse(&format!("text/plain{brackets}; a=b")).get("a"), Some("b"));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(text in "[a-z=;\"\\\\()*'%0-9 é?]{0,80}") {
            Parametrized::parse(&text);
        }
    }
}
