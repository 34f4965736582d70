//! The requests for a token, one for each flow.

use super::error::TokenError;
use super::http::{self, causes};
use super::keeping::{self, Kept};
use super::{Flow, Granted, Settings};
use crate::clock::Clock;
use crate::journal;
use chrono::SecondsFormat;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicRequestTokenError, BasicTokenResponse};
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpClientError, RefreshToken,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use serde::Serialize;
use std::path::Path;

/// A client whose token URL is known.
pub type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What a request can end in.
pub type RequestError = BasicRequestTokenError<HttpClientError<reqwest::Error>>;

/// A token without anybody's help: by what the program is, or by what it was granted.
pub async fn again(settings: &Settings, clock: &Clock) -> Result<Granted, TokenError> {
    match &settings.flow {
        Flow::ClientCredentials => client_credentials(settings).await,
        Flow::ServiceAccount { .. } => service_account(settings, clock).await,
        Flow::DeviceCode { token_file, .. } | Flow::AuthorizationCode { token_file, .. } => {
            refresh(settings, token_file, clock).await
        }
    }
}

/// The library's client of these settings.
pub fn client(settings: &Settings) -> Result<Client, TokenError> {
    let token_url =
        TokenUrl::new(settings.token_url.clone()).map_err(|error| settings.wrong("token_url", &error))?;
    let mut client = BasicClient::new(ClientId::new(settings.client_id.clone()));
    if let Some(secret) = &settings.client_secret {
        client = client.set_client_secret(ClientSecret::new(secret.clone()));
    }
    // Both ways of §2.3.1 are allowed; Microsoft and Google document this one.
    Ok(client.set_auth_type(AuthType::RequestBody).set_token_uri(token_url))
}

pub fn scopes(settings: &Settings) -> impl Iterator<Item = Scope> {
    settings.scopes.iter().cloned().map(Scope::new)
}

async fn client_credentials(settings: &Settings) -> Result<Granted, TokenError> {
    let (client, http) = (client(settings)?, http::client(settings.table)?);
    let asked = client.exchange_client_credentials().add_scopes(scopes(settings)).request_async(&http).await;
    asked.map(Granted::from).map_err(|error| settings.failed(error))
}

/// Reads the file anew each time: somebody may have logged in again meanwhile, or another process have
/// refreshed it.
async fn refresh(settings: &Settings, file: &Path, clock: &Clock) -> Result<Granted, TokenError> {
    let _alone = keeping::alone(file).await?;
    let none = || TokenError::NotLoggedIn { table: settings.table, file: file.to_path_buf() };
    let kept = keeping::read(file)?.filter(|kept| kept.client_id == settings.client_id).ok_or_else(none)?;
    let (client, http) = (client(settings)?, http::client(settings.table)?);
    let token = RefreshToken::new(kept.refresh_token.clone());
    let asked = client.exchange_refresh_token(&token).request_async(&http).await;
    let granted = asked.map(Granted::from).map_err(|error| settings.failed(error))?;
    // RFC 6749 §6: the old one may be void from now on.
    if let Some(next) = granted.refresh_token.clone().filter(|next| *next != kept.refresh_token)
        && let Err(error) = settings.keep(file, next, clock)
    {
        // The access token is good all the same, and the old refresh token as a rule too.
        journal::token_not_kept(&error.to_string());
    }
    Ok(granted)
}

/// RFC 7523 §3, as Google wants it for domain-wide delegation.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    scope: String,
    iat: i64,
    exp: i64,
}

/// The library knows no grant by assertion (RFC 7523 §2.1), so this request is made here.
async fn service_account(settings: &Settings, clock: &Clock) -> Result<Granted, TokenError> {
    let assertion = assertion(settings, clock)?;
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
    let http = http::client(settings.table)?;
    let answer = http.post(&settings.token_url).form(&form).send().await;
    let answer = answer.map_err(|error| settings.unreachable(&error))?;
    let granted = answer.status().is_success();
    let body = answer.bytes().await.map_err(|error| settings.unreachable(&error))?;
    if !granted {
        let refused = serde_json::from_slice::<BasicErrorResponse>(&body);
        return Err(refused.map_or_else(|_| settings.no_sense(), |refused| settings.refused(&refused)));
    }
    let token = serde_json::from_slice::<BasicTokenResponse>(&body);
    token.map(Granted::from).map_err(|_| settings.no_sense())
}

fn assertion(settings: &Settings, clock: &Clock) -> Result<String, TokenError> {
    let Flow::ServiceAccount { issuer, key, key_id, subject } = &settings.flow else {
        return Err(settings.wrong("flow", &"no service account"));
    };
    // The server's time is the world's: a rehearsal's would be refused.
    let now = clock.wall().timestamp();
    let claims = Claims {
        iss: issuer,
        sub: subject,
        aud: &settings.token_url,
        scope: settings.scopes.join(" "),
        iat: now,
        exp: now + 3600,
    };
    let header = Header { kid: key_id.clone(), ..Header::new(Algorithm::RS256) };
    let key = EncodingKey::from_rsa_pem(key.as_bytes());
    let key =
        key.map_err(|error| settings.wrong("service_account_file", &format!("its private_key: {error}")))?;
    jsonwebtoken::encode(&header, &claims, &key)
        .map_err(|error| settings.wrong("service_account_file", &format!("its private_key: {error}")))
}

impl From<BasicTokenResponse> for Granted {
    fn from(token: BasicTokenResponse) -> Self {
        Self {
            access_token: token.access_token().secret().clone(),
            expires_in: token.expires_in(),
            refresh_token: token.refresh_token().map(|token| token.secret().clone()),
        }
    }
}

impl Settings {
    /// Keeps what was granted for long.
    pub(super) fn keep(&self, file: &Path, refresh_token: String, clock: &Clock) -> Result<(), TokenError> {
        let since = clock.wall().to_rfc3339_opts(SecondsFormat::Secs, true);
        keeping::write(file, &Kept { client_id: self.client_id.clone(), refresh_token, since })
    }

    pub(super) fn wrong(&self, key: &str, cause: &dyn std::fmt::Display) -> TokenError {
        TokenError::Config(format!("{key} in [{}] cannot be used: {cause}", self.table))
    }

    fn unreachable(&self, error: &reqwest::Error) -> TokenError {
        TokenError::Unreachable { url: self.token_url.clone(), table: self.table, cause: causes(error) }
    }

    /// The answer itself is never told: it may hold a token.
    fn no_sense(&self) -> TokenError {
        let cause = "its answer is neither a token nor a refusal".to_owned();
        TokenError::Trouble { url: self.token_url.clone(), cause }
    }

    pub(super) fn failed(&self, error: RequestError) -> TokenError {
        match error {
            RequestTokenError::ServerResponse(refused) => self.refused(&refused),
            RequestTokenError::Request(HttpClientError::Reqwest(error)) => self.unreachable(&error),
            RequestTokenError::Request(error) => TokenError::Unreachable {
                url: self.token_url.clone(),
                table: self.table,
                cause: causes(&error),
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => self.no_sense(),
        }
    }

    /// RFC 6749 §5.2 and §4.1.2.1: what passes, and what a person has to mend.
    fn refused(&self, refused: &BasicErrorResponse) -> TokenError {
        let code = refused.error().to_string();
        // Microsoft goes on with trace ids, a line each.
        let described = refused.error_description().and_then(|words| words.lines().next());
        let words = described.map_or_else(|| code.clone(), |words| format!("{code}, {}", words.trim()));
        let url = self.token_url.clone();
        match code.as_str() {
            "temporarily_unavailable" | "server_error" | "slow_down" => {
                TokenError::Trouble { url, cause: words }
            }
            _ => TokenError::Refused { url, words, remedy: self.remedy(&code) },
        }
    }

    fn remedy(&self, code: &str) -> String {
        let table = self.table;
        match (code, &self.flow) {
            ("invalid_client", _) => {
                format!("check client_id and the client secret in [{table}]: it may have expired")
            }
            ("invalid_grant", Flow::DeviceCode { .. } | Flow::AuthorizationCode { .. }) => {
                "what was granted has expired or was taken back: run soundingboard login --config FILE again"
                    .to_owned()
            }
            ("invalid_grant" | "unauthorized_client", Flow::ServiceAccount { subject, .. }) => format!(
                "check that domain-wide delegation lets this service account act for {subject}, and this machine's clock"
            ),
            ("invalid_scope", _) => format!("check scopes in [{table}]"),
            _ => format!("check [{table}], and what is granted to this application at the provider"),
        }
    }
}
