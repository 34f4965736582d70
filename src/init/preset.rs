//! What is known of a provider: its servers, its folders, the ways it lets programs in.

use crate::args::{Flow, Provider};

/// A provider, as far as the configuration is concerned.
pub struct Preset {
    pub called: &'static str,
    pub imap: Option<Known>,
    pub smtp: Option<Known>,
    /// The folders of sent mail and of what filters doubt, as English accounts have them.
    pub sent: Option<&'static str>,
    pub junk: Option<&'static str>,
    /// With what its receiver begins Authentication-Results (RFC 8601).
    pub authserv_id: Option<&'static str>,
    pub takes_passwords: bool,
    pub flows: &'static [Flow],
}

/// A server that needs no asking.
pub struct Known {
    pub host: &'static str,
    pub port: u16,
    pub security: &'static str,
}

const fn tls(host: &'static str, port: u16) -> Option<Known> {
    Some(Known { host, port, security: "tls" })
}

impl Preset {
    pub fn of(provider: Provider) -> Self {
        match provider {
            Provider::Microsoft365 => Self {
                called: "Microsoft 365",
                imap: tls("outlook.office365.com", 993),
                smtp: Some(Known { host: "smtp.office365.com", port: 587, security: "starttls" }),
                sent: Some("Sent Items"),
                junk: Some("Junk Email"),
                // Exchange Online writes the field without a name.
                authserv_id: None,
                takes_passwords: false,
                flows: &[Flow::ClientCredentials, Flow::DeviceCode, Flow::AuthorizationCode],
            },
            Provider::Gmail => Self {
                called: "Gmail",
                imap: tls("imap.gmail.com", 993),
                smtp: tls("smtp.gmail.com", 465),
                sent: Some("[Gmail]/Sent Mail"),
                junk: Some("[Gmail]/Spam"),
                authserv_id: Some("mx.google.com"),
                takes_passwords: true,
                // Google's device flow does not give out the scope that mail needs.
                flows: &[Flow::AuthorizationCode, Flow::ServiceAccount],
            },
            Provider::Fastmail => Self {
                called: "Fastmail",
                imap: tls("imap.fastmail.com", 993),
                smtp: tls("smtp.fastmail.com", 465),
                sent: Some("Sent"),
                junk: Some("Spam"),
                // Each of its receiving machines has a name of its own.
                authserv_id: None,
                takes_passwords: true,
                flows: &[],
            },
            Provider::Generic => Self {
                called: "this provider",
                imap: None,
                smtp: None,
                sent: None,
                junk: None,
                authserv_id: None,
                takes_passwords: true,
                flows: &[],
            },
        }
    }
}
