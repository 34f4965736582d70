//! What keeps us from offering mail at all.

use crate::mail::delivery::Outcome;
use crate::oauth2::TokenError;
use crate::tls::ConnectError;

/// Why a mail was not offered. It is about us and the server, never about the mail, so
/// it is worth an alarm when it lasts. No password is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    #[error(transparent)]
    Unreachable(ConnectError),
    /// The connection was lost, or the server sent us away, before any mail was offered.
    #[error("{server} takes no mail from us now: {words}")]
    Refused { server: String, words: String },
    #[error(
        "{server} takes no mail from {user}: {words}; check [smtp] user and its password (or \
         [imap.oauth2]), and that this account may submit mail"
    )]
    Authentication { server: String, user: String, words: String },
    /// No access token to log in with.
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("{0}")]
    Config(String),
}

impl SubmissionError {
    /// Whether it may pass without anybody's help.
    pub fn is_transient(&self) -> bool {
        match self {
            SubmissionError::Unreachable(_) | SubmissionError::Refused { .. } => true,
            SubmissionError::Token(error) => error.is_transient(),
            SubmissionError::Authentication { .. } | SubmissionError::Config(_) => false,
        }
    }

    /// Whether it is about who we are: a wrong password, or access that was taken back.
    pub fn is_refused_login(&self) -> bool {
        match self {
            SubmissionError::Authentication { .. } => true,
            SubmissionError::Token(error) => error.needs_a_person(),
            _ => false,
        }
    }
}

impl From<ConnectError> for SubmissionError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Config(text) => SubmissionError::Config(text),
            other => SubmissionError::Unreachable(other),
        }
    }
}

/// What it means for the mail: to be tried again.
impl From<SubmissionError> for Outcome {
    fn from(error: SubmissionError) -> Self {
        Outcome::Transient(error.to_string())
    }
}
