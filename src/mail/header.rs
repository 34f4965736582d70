//! The header of a mail as plain names and unfolded values.

use super::charset;
use super::entity::Entities;
use std::cell::LazyCell;

/// The fields of one header in the order written. Names are in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    fields: Vec<(String, String)>,
}

impl Header {
    pub(super) fn of(mail: &Entities<'_>) -> Self {
        let charset = LazyCell::new(|| charset::of(mail.charset()));
        let fields = &mail.root().fields;
        Self { fields: fields.iter().map(|f| (f.name.clone(), f.value(|| *charset))).collect() }
    }

    /// Reads `Name: value` lines, as in the groups of a delivery report (RFC 3464 §2.1).
    pub(super) fn parse(text: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            let folded = line.starts_with([' ', '\t']);
            match (folded, fields.last_mut(), line.split_once(':')) {
                (true, Some((_, value)), _) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (false, _, Some((name, value))) if !name.trim().contains(' ') => {
                    fields.push((name.trim().to_lowercase(), value.trim().to_owned()));
                }
                _ => {}
            }
        }
        Self { fields }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The topmost field of that name (lower case).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names (lower case) and values, in the order written.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The value in lower case, empty where the field is missing.
    pub(super) fn lower(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_bytes_are_in_the_charset_of_the_mail_or_of_its_first_text() {
        let text = b"Content-Type: text/plain; charset=windows-1256\n\n\xe3\xd1\xcd\xc8\xc7\n";
        let multipart =
            b"Subject: \xe3\xd1\xcd\xc8\xc7\nContent-Type: multipart/alternative; boundary=b\n\n--b\n";
        for mail in [
            [b"Subject: \xe3\xd1\xcd\xc8\xc7\n", &text[..]].concat(),
            [&multipart[..], text, b"--b--\n"].concat(),
            [&multipart[..], b"Content-Type: text/html\n\nx\n--b\n", text, b"--b--\n"].concat(),
        ] {
            assert_eq!(Header::of(&Entities::of(&mail)).get("subject"), Some("مرحبا"));
        }
        let attached =
            b"Content-Disposition: attachment\nContent-Type: text/plain; charset=windows-1251\n\nx\n--b--\n";
        let mail = [&multipart[..], attached].concat();
        assert_eq!(Header::of(&Entities::of(&mail)).get("subject"), Some("ãÑÍÈÇ"));
    }

    #[test]
    fn a_name_of_a_charset_is_looked_up_once_for_all_fields() {
        let fields = "X: \u{e9}\n".repeat(30_000);
        let mail = format!("Content-Type: text/plain; charset=\"{}\"\n{fields}\n", "1".repeat(60_000));
        assert_eq!(Header::of(&Entities::of(mail.as_bytes())).iter().count(), 30_001);
    }

    #[test]
    fn a_folded_group_of_a_report_is_read_field_by_field() {
        let group =
            Header::parse("Final-Recipient: rfc822;\n amina@campus.example\nAction: failed\nnot a field\n");
        assert_eq!(group.get("final-recipient"), Some("rfc822; amina@campus.example"));
        assert_eq!(group.lower("action"), "failed");
        assert!(!group.has("status"));
    }
}
