//! From the configuration to the two servers: where they are, and how we log in.

use crate::clock::Clock;
use crate::config::{AfterHandling, Config, Login};
use crate::mail::sent;
use crate::mailbox::{self, Authentication, ImapSettings};
use crate::oauth2::Tokens;
use crate::program::input::Purpose;
use crate::submission::{Credentials, Secret, SmtpSettings, Timeouts};
use crate::tls::Peer;

/// The servers of a configuration. All that is made of it shares its access tokens.
pub struct Wires<'c> {
    config: &'c Config,
    authentication: Authentication,
}

impl<'c> Wires<'c> {
    /// Connects nowhere, and asks nobody for a token yet.
    pub fn of(config: &'c Config, clock: &Clock) -> Self {
        let authentication = match &config.imap.login {
            Login::Password(password) => Authentication::Password(password.reveal().to_owned()),
            Login::OAuth2(settings) => Authentication::Token(Tokens::new(settings.clone(), clock.clone())),
        };
        Self { config, authentication }
    }

    /// Where the contact mailbox is, and a folder of it that is read for this purpose.
    pub fn imap(&self, folder: &str, purpose: Purpose) -> ImapSettings {
        let imap = &self.config.imap;
        ImapSettings {
            peer: Peer {
                table: "imap",
                host: imap.host.clone(),
                port: imap.port,
                security: imap.security,
                ca_file: None,
            },
            user: imap.user.clone(),
            authentication: self.authentication.clone(),
            mailbox: folder.to_owned(),
            reads: match purpose {
                Purpose::Sent => mailbox::Reads::Fields(sent::FIELDS),
                Purpose::Contact | Purpose::Aside => mailbox::Reads::Whole,
            },
            after_handling: match imap.after_handling {
                _ if purpose == Purpose::Sent => mailbox::AfterHandling::Leave,
                AfterHandling::Leave => mailbox::AfterHandling::Leave,
                AfterHandling::Flag => mailbox::AfterHandling::Flag,
                AfterHandling::Move => mailbox::AfterHandling::Move(imap.folder.clone()),
            },
            max_bytes: u32::try_from(imap.max_bytes).unwrap_or(u32::MAX),
            waits: mailbox::Waits::default(),
        }
    }

    /// Where access tokens come from; none where there is a password.
    pub fn tokens(&self) -> Option<&Tokens> {
        match &self.authentication {
            Authentication::Token(tokens) => Some(tokens),
            Authentication::Password(_) => None,
        }
    }

    /// Where letters are submitted.
    pub fn smtp(&self) -> SmtpSettings {
        let smtp = &self.config.smtp;
        SmtpSettings {
            peer: Peer {
                table: "smtp",
                host: smtp.host.clone(),
                port: smtp.port,
                security: smtp.security,
                ca_file: None,
            },
            credentials: smtp.login.as_ref().map(|(user, login)| self.credentials(user, login)),
            per_minute: smtp.per_minute,
            connections: smtp.connections,
            timeouts: Timeouts::default(),
        }
    }

    fn credentials(&self, user: &str, login: &Login) -> Credentials {
        let secret = match (login, &self.authentication) {
            (Login::Password(password), _) => Secret::Password(password.reveal().to_owned()),
            (Login::OAuth2(_), Authentication::Token(tokens)) => Secret::Token(tokens.clone()),
            (Login::OAuth2(_), Authentication::Password(_)) => {
                unreachable!("[smtp] logs in with a token only where [imap] does")
            }
        };
        Credentials { user: user.to_owned(), secret }
    }
}
