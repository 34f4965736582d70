//! Why there is no token.

use std::path::PathBuf;

/// Why there is no access token. No secret and no token is ever in it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(
        "cannot reach {url} for an access token: {cause}; check [{table}] and that this machine may reach it"
    )]
    Unreachable { url: String, table: &'static str, cause: String },
    /// An answer that is neither a token nor a refusal, or a trouble of its own.
    #[error("{url} gives no access token now: {cause}")]
    Trouble { url: String, cause: String },
    /// RFC 6749 §5.2.
    #[error("{url} refuses an access token: {words}; {remedy}")]
    Refused { url: String, words: String, remedy: String },
    #[error(
        "nobody has logged in for [{table}] yet ({} is not there); run: soundingboard login --config FILE",
        .file.display()
    )]
    NotLoggedIn { table: &'static str, file: PathBuf },
    #[error("the token file {} cannot be {what}: {cause}; let the user that runs soundingboard read and write it", .file.display())]
    File { file: PathBuf, what: &'static str, cause: String, passes: bool },
    #[error("{0}")]
    Config(String),
}

impl TokenError {
    /// Whether it may pass without anybody's help.
    pub fn is_transient(&self) -> bool {
        match self {
            TokenError::Unreachable { .. } | TokenError::Trouble { .. } => true,
            TokenError::File { passes, .. } => *passes,
            TokenError::Refused { .. } | TokenError::NotLoggedIn { .. } | TokenError::Config(_) => false,
        }
    }

    /// Whether access is refused, or was never granted. (What is wrong with the configuration is said of that.)
    pub fn needs_a_person(&self) -> bool {
        !self.is_transient() && !matches!(self, TokenError::Config(_))
    }
}
