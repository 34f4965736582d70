//! What can go wrong with the contact mailbox, and whose it is.

use crate::oauth2::TokenError;
use crate::tls::ConnectError;

/// Why a call to the contact mailbox failed. No password is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// No connection, or it was lost.
    #[error("the connection with {server} was lost in {command}: {cause}")]
    Lost { server: String, command: String, cause: String },
    /// The world's failure or our configuration's: see [`ConnectError`].
    #[error(transparent)]
    Unreachable(ConnectError),
    #[error(
        "{server} refuses the login of {user}: {words}; check [imap] user and its password (or [imap.oauth2]), and that \
         IMAP access to this mailbox is allowed"
    )]
    Authentication { server: String, user: String, words: String },
    /// A folder cannot be selected, or the one for handled mail not created.
    #[error(
        "{server} has no folder \"{folder}\" for us: {words}; check mailbox, also_read, sent and folder in [imap]{}",
        there(.others)
    )]
    Folder { server: String, folder: String, words: String, others: Vec<String> },
    /// A `NO` to one command; the connection is sound.
    #[error("{server} refuses {command}: {words}")]
    Refused { server: String, command: String, words: String },
    /// An answer that is not IMAP, or `BAD`. If it comes again with the same mails, fetch
    /// them one by one to find the one.
    #[error("{server} answered {command} with something we cannot use: {cause}")]
    Protocol { server: String, command: String, cause: String },
    #[error("{server} lacks {what}")]
    Unsupported { server: String, what: String },
    /// UIDVALIDITY is another than at the last `select`.
    #[error("{server} has renumbered the mails of \"{folder}\": UIDVALIDITY was {was} and is {is}")]
    Renumbered { server: String, folder: String, was: u32, is: u32 },
    /// No access token to log in with.
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("{0}")]
    Config(String),
}

/// Which folders there are.
fn there(others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!("; there are {}", others.join(", ")) }
}

impl MailboxError {
    /// Whether the same call may succeed later without anybody's help.
    pub fn is_transient(&self) -> bool {
        use MailboxError::{Lost, Refused, Renumbered, Token, Unreachable};
        match self {
            Lost { .. } | Refused { .. } | Renumbered { .. } | Unreachable(_) => true,
            Token(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Whether it is about who we are: a wrong password, or access that was taken back.
    pub fn is_refused_login(&self) -> bool {
        match self {
            MailboxError::Authentication { .. } => true,
            MailboxError::Token(error) => error.needs_a_person(),
            _ => false,
        }
    }
}

impl From<ConnectError> for MailboxError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Config(text) => MailboxError::Config(text),
            other => MailboxError::Unreachable(other),
        }
    }
}
