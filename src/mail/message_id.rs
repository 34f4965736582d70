//! Message-IDs (RFC 5322 §3.6.4): reading lists of them, and making ours without chance.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// No thread is longer.
const MOST_IDS: usize = 10_000;

/// A msg-id with its angle brackets: `<left@right>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// Takes a msg-id with or without its brackets. White space and control
    /// characters are dropped: they can only come from folding or from mischief.
    pub fn new(text: &str) -> Self {
        let inner: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>'))
            .collect();
        Self(format!("<{inner}>"))
    }

    /// All ids of In-Reply-To or References. Old programs write words there as well
    /// (RFC 5322 §4.5.4): without brackets, only what looks like an id is one.
    pub fn list(value: &str) -> Vec<Self> {
        let bracketed = || value.split('<').skip(1).map(|text| text.split('>').next().unwrap_or(text));
        let of = |text: &str| Some(Self::new(text)).filter(|id| !id.inner().is_empty());
        let found: Vec<Self> = bracketed().filter_map(of).take(MOST_IDS).collect();
        if !found.is_empty() {
            return found;
        }
        let words = value.split([' ', '\t', ',', ';', '"']).filter(|w| w.contains('@'));
        words.filter_map(of).take(MOST_IDS).collect()
    }

    /// The id of a Message-ID field: the first in brackets, else its first word.
    pub fn first(value: &str) -> Option<Self> {
        let word = || value.split_whitespace().next().map(Self::new).filter(|id| !id.inner().is_empty());
        Self::list(value).into_iter().next().or_else(word)
    }

    /// Ours: a keyed hash in the form of a UUID (version 8, RFC 9562 §5.8).
    pub fn ours(secret: &Secret, parts: &[&str], domain: &str) -> Self {
        Self(format!("<{}@{domain}>", secret.uuid(parts)))
    }

    /// With brackets, as in a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without brackets, as lettre's and the store's keys want it.
    pub fn inner(&self) -> &str {
        self.0.trim_start_matches('<').trim_end_matches('>')
    }

    /// Whether we could have made it: its left side is a UUID of version 8.
    pub fn could_be_ours(&self) -> bool {
        let left = self.inner().split('@').next().unwrap_or_default().as_bytes();
        left.len() == 36
            && left[14] == b'8'
            && left.iter().enumerate().all(|(i, c)| match i {
                8 | 13 | 18 | 23 => *c == b'-',
                _ => c.is_ascii_digit() || (b'a'..=b'f').contains(c),
            })
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The install secret: the key of every hash that others must not be able to guess.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// HMAC-SHA-256 (RFC 2104) over the parts, each with its length before it, so
    /// that no two lists of parts give the same input.
    pub fn digest(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// A UUID of version 8 (RFC 9562 §5.8) over the parts.
    pub fn uuid(&self, parts: &[&str]) -> String {
        let mut b = self.digest(parts);
        b[6] = (b[6] & 0x0f) | 0x80;
        b[8] = (b[8] & 0x3f) | 0x80;
        let hex = data_encoding::HEXLOWER.encode(&b[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// Says that a secret is there, never which.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_ids_are_the_same_each_time_and_recognised() {
        let secret = Secret::new("s");
        let id = MessageId::ours(&secret, &["input", "0"], "network.example");
        assert_eq!(id, MessageId::ours(&secret, &["input", "0"], "network.example"));
        assert_ne!(id, MessageId::ours(&Secret::new("t"), &["input", "0"], "network.example"));
        assert_ne!(secret.uuid(&["ab", "c"]), secret.uuid(&["a", "bc"]));
        assert!(id.could_be_ours(), "{id}");
        assert!(!MessageId::new("CAF=abc@mail.example").could_be_ours());
        assert!(!MessageId::new("0f8fad5b-d9cb-469f-a165-70867728950e@outlook.example").could_be_ours());
    }

    #[test]
    fn ids_are_found_among_the_words_of_old_programs() {
        let list = |value: &str| MessageId::list(value).iter().map(MessageId::to_string).collect::<Vec<_>>();
        assert_eq!(list("Your message of \"Mon, 5 Oct\" <a@b.example>"), ["<a@b.example>"]);
        assert_eq!(list("Your message of Monday"), [""; 0]);
        assert_eq!(
            list("<a@b.example><c@d.example>, <e@f\r\n .example>"),
            ["<a@b.example>", "<c@d.example>", "<e@f.example>"]
        );
        assert_eq!(list("a@b.example"), ["<a@b.example>"]);
        assert_eq!(
            MessageId::first("<a@b.example> (added by <x@y.example>)"),
            Some(MessageId::new("a@b.example"))
        );
        assert_eq!(MessageId::first("no-at-sign"), Some(MessageId::new("no-at-sign")));
        assert_eq!(MessageId::first(" <> "), None);
    }

    #[test]
    fn a_folded_id_is_one_id() {
        assert_eq!(MessageId::new("<a.b\r\n @c>").as_str(), "<a.b@c>");
    }
}
