//! OAuth2: access tokens for the mail servers, got and renewed (RFC 6749).
//!
//! [`Tokens`] hands them out; each is renewed before it expires, and at once if a server refuses it.
//! What was granted for long, the refresh token, is kept in a file of mode 0600 ([`keeping`]), so
//! that a person has to log in once only ([`login`]).

pub mod error;
mod grant;
mod http;
pub mod keeping;
pub mod login;

pub use error::TokenError;

use crate::clock::Clock;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A token is renewed so long before its end: a login and a SELECT have to fit in.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// What the authorization server has to know, and where it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The table of the configuration that errors point to: `imap.oauth2`.
    pub table: &'static str,
    pub flow: Flow,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub token_url: String,
    pub scopes: Vec<String>,
}

/// How a token is come by.
#[derive(Clone, PartialEq, Eq)]
pub enum Flow {
    /// The program itself is granted access (RFC 6749 §4.4).
    ClientCredentials,
    /// A person grants it once, on any device (RFC 8628).
    DeviceCode { device_url: String, token_file: PathBuf },
    /// A person grants it once, in a browser (RFC 6749 §4.1 with RFC 7636).
    AuthorizationCode { authorization_url: String, token_file: PathBuf },
    /// The program's key speaks for an account of its organization (RFC 7523).
    ServiceAccount { issuer: String, key: String, key_id: Option<String>, subject: String },
}

/// Nothing of it is shown by accident.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("client_id", &self.client_id)
            .field("token_url", &self.token_url)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Where a login is kept, for the flows in which a person grants access.
    pub fn token_file(&self) -> Option<&Path> {
        match &self.flow {
            Flow::DeviceCode { token_file, .. } | Flow::AuthorizationCode { token_file, .. } => {
                Some(token_file)
            }
            Flow::ClientCredentials | Flow::ServiceAccount { .. } => None,
        }
    }
}

/// Nor of a key.
impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flow::ClientCredentials => "ClientCredentials",
            Flow::DeviceCode { .. } => "DeviceCode",
            Flow::AuthorizationCode { .. } => "AuthorizationCode",
            Flow::ServiceAccount { .. } => "ServiceAccount",
        })
    }
}

/// Where access tokens come from; its copies share them.
#[derive(Clone)]
pub struct Tokens {
    settings: Arc<Settings>,
    clock: Clock,
    held: Arc<Mutex<Option<Held>>>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tokens").field(&self.settings).finish()
    }
}

/// An access token, until it is to be renewed.
struct Held {
    token: String,
    renewed_at: Instant,
}

/// What an authorization server grants.
pub struct Granted {
    pub access_token: String,
    /// How long the access token holds; without it, as long as a server takes it.
    pub expires_in: Option<Duration>,
    /// The next refresh token: where there is a new one, the old one may be void from now on.
    pub refresh_token: Option<String>,
}

impl Tokens {
    /// Asks nobody yet.
    pub fn new(settings: Settings, clock: Clock) -> Self {
        Self { settings: Arc::new(settings), clock, held: Arc::default() }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A token that holds for some minutes. Whoever asks meanwhile waits for the same answer.
    pub async fn access_token(&self) -> Result<String, TokenError> {
        let mut held = self.held.lock().await;
        if let Some(Held { token, .. }) = held.as_ref().filter(|held| Instant::now() < held.renewed_at) {
            return Ok(token.clone());
        }
        let granted = grant::again(&self.settings, &self.clock).await?;
        let token = granted.access_token.clone();
        *held = Some(Held { token: token.clone(), renewed_at: renewal(granted.expires_in) });
        Ok(token)
    }

    /// Tells a server a token, and if it refuses that another: what was valid may have been taken back since.
    pub async fn tell<E: From<TokenError>>(
        &self,
        mut tell: impl AsyncFnMut(&str) -> Result<(), E>,
        is_refusal: impl Fn(&E) -> bool,
    ) -> Result<(), E> {
        let first = self.access_token().await?;
        match tell(&first).await {
            Err(error) if is_refusal(&error) => self.refused(&first).await,
            told => return told,
        }
        let second = self.access_token().await?;
        tell(&second).await
    }

    /// A server has refused this token: it is not handed out again.
    async fn refused(&self, token: &str) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|held| held.token == token) {
            *held = None;
        }
    }
}

/// A token that holds shortly is used for half of its time.
fn renewal(expires_in: Option<Duration>) -> Instant {
    let holds = expires_in.unwrap_or(Duration::from_secs(60 * 60));
    Instant::now() + holds.saturating_sub(AHEAD).max(holds / 2)
}
