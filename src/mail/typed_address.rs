//! The address-type and address of a report's recipient fields (RFC 3464 §2.3.1, RFC 6533 §3).

use super::address::AddrSpec;
use super::report_text::{address_pattern, regex};
use regex::Regex;
use std::sync::LazyLock;

/// `rfc822; amina@campus.example`, `utf-8; …`, sometimes with brackets or a comment, and
/// in X.400 dress with the address as one of its attributes.
pub(super) fn read(value: &str) -> Option<AddrSpec> {
    let (kind, rest) = value.split_once(';').unwrap_or(("rfc822", value));
    let plain = match kind.trim().to_lowercase().as_str() {
        "utf-8" => unicode_escapes_read(rest),
        "x400" | "x.400" => return in_attributes(rest),
        _ => xtext_read(rest),
    };
    let spec = plain.rsplit_once(';').map_or(plain.as_str(), |(_, spec)| spec);
    let spec = spec.trim().trim_matches(['<', '>', '"', '\'', ' ']);
    let spec = spec.split([' ', '(']).next().unwrap_or_default();
    AddrSpec::parse(spec.trim_matches(['<', '>'])).ok().or_else(|| in_attributes(rest))
}

/// `dda:SMTP=amina@campus.example;` and the like.
fn in_attributes(text: &str) -> Option<AddrSpec> {
    let found = address_pattern().find(text)?.as_str();
    let bare = found.rsplit_once('=').map_or(found, |(_, rest)| rest);
    AddrSpec::parse(bare).ok()
}

/// RFC 3461 §4: some hand the sender's `+2B` and `+3D` on as they came.
fn xtext_read(text: &str) -> String {
    text.replace("+2B", "+").replace("+2b", "+").replace("+3D", "=").replace("+3d", "=")
}

/// RFC 6533 §3: `\x{E9}` is a character that its transport could not carry.
fn unicode_escapes_read(text: &str) -> String {
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| regex(r"\\x\{([0-9A-Fa-f]{1,6})\}"));
    let character = |c: &regex::Captures<'_>| {
        let code = u32::from_str_radix(&c[1], 16).ok().and_then(char::from_u32);
        code.map_or_else(|| c[0].to_owned(), String::from)
    };
    ESCAPE.replace_all(text, character).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_every_dress() {
        for (value, wanted) in [
            ("rfc822; amina@campus.example", "amina@campus.example"),
            ("RFC822;<amina@campus.example>", "amina@campus.example"),
            ("amina@campus.example", "amina@campus.example"),
            ("rfc822; amina@campus.example (Amina Haddad)", "amina@campus.example"),
            ("rfc822;amina+2Bpeer@campus.example", "amina+peer@campus.example"),
            ("utf-8; am\u{ed}na@campus.example", "am\u{ed}na@campus.example"),
            (r"utf-8; am\x{ED}na@campus.example", "am\u{ed}na@campus.example"),
            ("x400; c=FR;a= ;p=Campus;dda:SMTP=amina@campus.example;", "amina@campus.example"),
            ("X-LOCAL; rfc822;amina@campus.example", "amina@campus.example"),
        ] {
            assert_eq!(read(value).map(|a| a.to_string()).as_deref(), Some(wanted), "{value}");
        }
        assert_eq!(read("rfc822; an undisclosed address"), None);
    }
}
