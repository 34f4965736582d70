//! How long a server's certificate lasts. That it is for this name, and from whom we trust, was decided
//! when TLS was put on.

use super::report::Report;
use crate::program::record::Timestamp;
use crate::tls::Security;
use chrono::{DateTime, TimeDelta};

/// Certificates that renew themselves do so a month before; with less than this left, something has failed.
const SHORT: TimeDelta = TimeDelta::days(14);

/// Its line, for a connection that has come about.
pub fn tell(
    what: &'static str,
    security: Security,
    certificate: Option<&[u8]>,
    now: Timestamp,
    report: &mut Report<'_>,
) {
    let ends = match (security, certificate.and_then(ends)) {
        (Security::None, _) => {
            return report.ok(what, "none is wanted: security = \"none\", on this machine");
        }
        (Security::Tls | Security::StartTls, None) => {
            return report.warning(
                what,
                "the certificate was trusted, and its end cannot be read",
                "look at it by hand",
            );
        }
        (Security::Tls | Security::StartTls, Some(ends)) => ends,
    };
    let (days, date) = ((ends - now).num_days(), ends.format("%Y-%m-%d"));
    match ends - now < SHORT {
        true => report.warning(
            what,
            format!("the certificate ends in {days} days, on {date}"),
            "renew it on the server",
        ),
        false => report.ok(what, format!("the certificate is trusted and lasts {days} days, until {date}")),
    }
}

/// RFC 5280 §4.1.2.5.
fn ends(certificate: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    fn told(now: &str) -> String {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        params.not_after = date_time_ymd(2026, 12, 24);
        let certificate = params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate");
        let now = now.parse().expect("an instant");
        let mut out = Vec::new();
        let mut report = Report::to(&mut out, false);
        tell("IMAP TLS", Security::Tls, Some(certificate.der()), now, &mut report);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn fourteen_days_before_its_end_it_is_a_warning() {
        let expected =
            "ok         IMAP TLS: the certificate is trusted and lasts 31 days, until 2026-12-24\n";
        assert_eq!(told("2026-11-23T00:00:00Z"), expected);
        let expected =
            "warning    IMAP TLS: the certificate ends in 13 days, on 2026-12-24; renew it on the server\n";
        assert_eq!(told("2026-12-10T01:00:00Z"), expected);
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        assert_eq!(ends(b"gibberish"), None);
    }
}
