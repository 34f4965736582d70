//! Addresses as RFC 5322 §3.4 and RFC 5233 (subaddress) name their parts.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// An addr-spec (RFC 5322 §3.4.1), kept exactly as its owner writes it.
///
/// Two addr-specs that differ only in case are equal. RFC 5321 §2.4 would let a
/// local part be case-sensitive; no provider dares, and people type as they like.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddrSpec(String);

/// Why a text is no addr-spec.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not an email address (name@domain)")]
pub struct NotAnAddress(pub String);

impl AddrSpec {
    /// Reads one bare addr-spec. Generous about the local part (`a.@docomo.ne.jp` is
    /// real), strict about what could break a header or an SMTP command.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let refuse = || NotAnAddress(text.to_owned());
        let (local, domain) = text.rsplit_once('@').ok_or_else(refuse)?;
        let unsafe_char = |c: char| {
            c.is_control()
                || c.is_whitespace()
                || matches!(c, '<' | '>' | ',' | ';' | '\\' | '"' | '(' | ')' | '[' | ']' | ':')
        };
        let plain = |part: &str| !part.is_empty() && !part.contains(unsafe_char);
        let sound = plain(local) && plain(domain) && !local.contains('@') && text.len() <= 254;
        let dots = !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..");
        if sound && dots { Ok(Self(text.to_owned())) } else { Err(refuse()) }
    }

    /// The whole addr-spec as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form used as a key and for comparing: all in lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the `@`, in lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit_once('@').map_or(String::new(), |(_, domain)| domain.to_lowercase())
    }

    /// Whether the address belongs to `domain` or one of its subdomains.
    pub fn is_within(&self, domain: &str) -> bool {
        let (own, domain) = (self.domain(), domain.to_lowercase());
        own == domain || own.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
    }

    /// The address with a subaddress *detail* (RFC 5233): `contact+detail@…`.
    pub fn with_detail(&self, separator: &str, detail: &str) -> Self {
        Self(format!(
            "{}{separator}{detail}@{}",
            self.local(),
            self.0.rsplit_once('@').map_or("", |(_, d)| d)
        ))
    }

    /// The subaddress detail, if `self` is `base` with one.
    pub fn detail_of(&self, base: &AddrSpec, separator: &str) -> Option<&str> {
        if separator.is_empty() || self.domain() != base.domain() {
            return None;
        }
        let (user, detail) = self.local().split_once(separator)?;
        user.eq_ignore_ascii_case(base.local()).then_some(detail)
    }
}

impl PartialEq for AddrSpec {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for AddrSpec {}
impl PartialOrd for AddrSpec {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for AddrSpec {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
impl fmt::Display for AddrSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl TryFrom<String> for AddrSpec {
    type Error = NotAnAddress;
    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        Self::parse(&text)
    }
}
impl From<AddrSpec> for String {
    fn from(address: AddrSpec) -> String {
        address.0
    }
}

/// A mailbox of RFC 5322 §3.4: an addr-spec, perhaps with a display name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mailbox {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub address: AddrSpec,
}

impl Mailbox {
    pub fn new(name: impl Into<String>, address: AddrSpec) -> Self {
        Self { name: Some(name.into()).filter(|n| !n.trim().is_empty()), address }
    }

    pub fn bare(address: AddrSpec) -> Self {
        Self { name: None, address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> AddrSpec {
        AddrSpec::parse(text).expect(text)
    }

    #[test]
    fn case_does_not_tell_people_apart_but_is_kept() {
        assert_eq!(addr("Amina@Campus.Example"), addr("amina@campus.example"));
        assert_eq!(addr("Amina@Campus.Example").as_str(), "Amina@Campus.Example");
    }

    #[test]
    fn odd_but_real_addresses_are_kept_and_dangerous_ones_refused() {
        assert_eq!(addr("a.@docomo.ne.jp").local(), "a.");
        for bad in [
            "",
            "amina",
            "@x.example",
            "a@",
            "a b@x.example",
            "a@x.example\r\nBcc: b@y.example",
            "<a@x.example>",
            "a@b@c",
            "a@.x",
            "a@x..y",
        ] {
            assert!(AddrSpec::parse(bad).is_err(), "{bad:?} was taken for an address");
        }
    }

    #[test]
    fn subdomains_of_a_member_count_and_lookalikes_do_not() {
        assert!(addr("leila@lib.campus.example").is_within("Campus.example"));
        assert!(!addr("leila@evilcampus.example").is_within("campus.example"));
    }

    #[test]
    fn a_detail_is_found_only_on_our_own_address() {
        let base = addr("contact@network.example");
        let with = base.with_detail("+", "K7Q2M-abc");
        assert_eq!(with.as_str(), "contact+K7Q2M-abc@network.example");
        assert_eq!(with.detail_of(&base, "+"), Some("K7Q2M-abc"));
        assert_eq!(addr("contact+x@other.example").detail_of(&base, "+"), None);
        assert_eq!(with.detail_of(&base, ""), None);
    }
}
