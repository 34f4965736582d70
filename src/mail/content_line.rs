//! Content lines of a calendar object (RFC 5545 §3.1), whole or broken.

use super::address::AddrSpec;
use super::event_time::Written;

/// One content line (RFC 5545 §3.1).
pub(super) struct Property {
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: String,
}

impl Property {
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut quoted = false;
        let ends: Vec<usize> = line
            .char_indices()
            .filter(|(_, c)| {
                quoted ^= *c == '"';
                !quoted && matches!(c, ';' | ':')
            })
            .map(|(at, _)| at)
            .take(200)
            .collect();
        // The first colon outside quotes ends the parameters; a quote that is never closed hides it.
        let colon =
            ends.iter().copied().find(|at| line[*at..].starts_with(':')).or_else(|| line.find(':'))?;
        let mut pieces = ends.iter().copied().filter(|at| *at < colon).chain([colon]);
        let name_end = pieces.next()?;
        let mut from = name_end;
        let mut parameters = Vec::new();
        for to in pieces {
            parameters.extend(parameter(&line[from + 1..to]));
            from = to;
        }
        let name = line[..name_end].trim();
        // `item1.ATTENDEE`, from vCard's grouping.
        let name = name.rsplit('.').next().unwrap_or(name).to_ascii_uppercase();
        Some(Self { name, parameters, value: line[colon + 1..].to_owned() })
    }

    /// RFC 5545 §3.3.5: a time, and the zone that it is in.
    pub(super) fn written(self) -> Written {
        Written { zone: self.parameter("TZID").map(str::to_owned), value: self.value }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
}

/// RFC 5545 §3.1: a line that begins with white space goes on with the one before.
pub(super) fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest.trim_end_matches('\r')),
            _ => lines.push(line.trim_end_matches('\r').to_owned()),
        }
    }
    lines
}

/// What ends a line to some program: those of Unicode (UAX #14) as well.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// RFC 5545 §3.3.11.
pub(super) fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|c| if matches!(c, 'n' | 'N') { ' ' } else { c })),
            c => out.push(c),
        }
    }
    out
}

/// RFC 5545 §3.3.3: a `mailto:` URI; some programs leave the scheme out.
pub(super) fn cal_address(value: &str) -> Option<AddrSpec> {
    let value = value.trim().trim_matches(['"', '<', '>']);
    let scheme = value.get(..7).is_some_and(|s| s.eq_ignore_ascii_case("mailto:"));
    let address = if scheme { &value[7..] } else { value };
    let address = address.split('?').next().unwrap_or(address).trim().trim_matches(['<', '>']);
    AddrSpec::parse(&percent_decoded(address)).ok()
}

/// RFC 3986 §2.1, of what programs encode in an address; the sign itself comes last.
fn percent_decoded(address: &str) -> String {
    const ENCODED: [(&str, &str); 9] = [
        ("%40", "@"),
        ("%2B", "+"),
        ("%2b", "+"),
        ("%3D", "="),
        ("%3d", "="),
        ("%3F", "?"),
        ("%3f", "?"),
        ("%23", "#"),
        ("%25", "%"),
    ];
    ENCODED.iter().fold(address.to_owned(), |address, (code, sign)| address.replace(code, sign))
}
