//! How much was fetched, as Dovecot says at the end of each connection.

use std::ops::{Add, Sub};

/// Counts of mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetches {
    /// Of which fields of the header were fetched alone.
    pub headers: usize,
    pub bodies: usize,
}

impl Fetches {
    /// One line: `… hdr_count=0 hdr_bytes=0 body_count=3 body_bytes=512`.
    pub fn logged(line: &str) -> Self {
        let count = |name: &str| {
            let value = line.split_once(&format!(" {name}=")).map(|(_, rest)| rest);
            let digits = value.and_then(|value| value.split(' ').next());
            digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
        };
        Self { headers: count("hdr_count"), bodies: count("body_count") }
    }
}

impl Add for Fetches {
    type Output = Self;
    fn add(self, more: Self) -> Self {
        Self { headers: self.headers + more.headers, bodies: self.bodies + more.bodies }
    }
}

impl Sub for Fetches {
    type Output = Self;
    fn sub(self, before: Self) -> Self {
        Self { headers: self.headers - before.headers, bodies: self.bodies - before.bodies }
    }
}
