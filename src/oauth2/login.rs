//! `login`: a person grants access, once.

use super::error::TokenError;
use super::grant::{self, client, scopes};
use super::{Flow, Settings, Tokens, http, keeping};
use crate::clock::Clock;
use oauth2::{
    AuthUrl, AuthorizationCode, CsrfToken, DeviceAuthorizationUrl, PkceCodeChallenge, RedirectUrl,
    StandardDeviceAuthorizationResponse, TokenResponse,
};
use std::io::{BufRead, Write};
use std::path::Path;

/// Where the browser is sent with the code. Nobody listens there: the address itself is what is copied.
/// As it is registered, to the letter.
const REDIRECT: &str = "http://localhost";

/// A person's terminal.
pub struct Terminal<'a> {
    pub input: &'a mut dyn BufRead,
    pub output: &'a mut dyn Write,
}

impl Terminal<'_> {
    fn say(&mut self, words: &str) -> Result<(), TokenError> {
        let said = writeln!(self.output, "{words}").and_then(|()| self.output.flush());
        said.map_err(|error| TokenError::Config(format!("the terminal cannot be written to: {error}")))
    }

    fn line(&mut self) -> Result<String, TokenError> {
        let mut line = String::new();
        let read = self.input.read_line(&mut line);
        read.map_err(|error| TokenError::Config(format!("the terminal cannot be read: {error}")))?;
        Ok(line.trim().to_owned())
    }
}

/// Gets and keeps what is granted; where nobody has to grant anything, tries that a token comes.
pub async fn login(
    settings: &Settings,
    clock: &Clock,
    terminal: &mut Terminal<'_>,
) -> Result<(), TokenError> {
    match &settings.flow {
        Flow::DeviceCode { device_url, token_file } => {
            // Before anybody is asked: it can be written.
            drop(keeping::alone(token_file).await?);
            let granted = by_device(settings, device_url, terminal).await?;
            keep(settings, token_file, granted, clock, terminal).await
        }
        Flow::AuthorizationCode { authorization_url, token_file } => {
            drop(keeping::alone(token_file).await?);
            let granted = in_browser(settings, authorization_url, terminal).await?;
            keep(settings, token_file, granted, clock, terminal).await
        }
        Flow::ClientCredentials | Flow::ServiceAccount { .. } => {
            Tokens::new(settings.clone(), clock.clone()).access_token().await?;
            terminal.say("An access token came. Nobody has to log in for this flow, and nothing is kept.")
        }
    }
}

async fn keep(
    settings: &Settings,
    file: &Path,
    refresh_token: Option<String>,
    clock: &Clock,
    terminal: &mut Terminal<'_>,
) -> Result<(), TokenError> {
    let Some(refresh_token) = refresh_token else {
        return Err(TokenError::Refused {
            url: settings.token_url.clone(),
            words: "it granted access for an hour only, without a refresh token".to_owned(),
            remedy: format!("at Microsoft add \"offline_access\" to scopes in [{}]", settings.table),
        });
    };
    let _alone = keeping::alone(file).await?;
    settings.keep(file, refresh_token, clock)?;
    terminal.say(&format!("Logged in. What was granted is kept in {}.", file.display()))
}

/// RFC 8628.
async fn by_device(
    settings: &Settings,
    device_url: &str,
    terminal: &mut Terminal<'_>,
) -> Result<Option<String>, TokenError> {
    let url = DeviceAuthorizationUrl::new(device_url.to_owned());
    let url = url.map_err(|error| settings.wrong("device_url", &error))?;
    let (client, http) = (client(settings)?.set_device_authorization_url(url), http::client(settings.table)?);
    let asked = client.exchange_device_code().add_scopes(scopes(settings)).request_async(&http).await;
    let details: StandardDeviceAuthorizationResponse = asked.map_err(|error| settings.failed(error))?;
    terminal.say(&format!(
        "On any device, open {}\nand enter the code {}\nThere log in as somebody who may open the contact mailbox. Waiting…",
        details.verification_uri(),
        details.user_code().secret()
    ))?;
    let granted = client.exchange_device_access_token(&details);
    let granted = granted.request_async(&http, tokio::time::sleep, None).await;
    let granted = granted.map_err(|error| settings.not_granted(error))?;
    Ok(granted.refresh_token().map(|token| token.secret().clone()))
}

/// RFC 6749 §4.1 with a challenge of RFC 7636.
async fn in_browser(
    settings: &Settings,
    authorization_url: &str,
    terminal: &mut Terminal<'_>,
) -> Result<Option<String>, TokenError> {
    let url = AuthUrl::new(authorization_url.to_owned());
    let url = url.map_err(|error| settings.wrong("authorization_url", &error))?;
    let redirect = RedirectUrl::new(REDIRECT.to_owned()).map_err(|error| settings.wrong("flow", &error))?;
    let (client, http) =
        (client(settings)?.set_auth_uri(url).set_redirect_uri(redirect), http::client(settings.table)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scopes(scopes(settings))
        .set_pkce_challenge(challenge)
        // Google grants for long only if it is asked to, and anew only if the person is asked again.
        .add_extra_param("access_type", "offline")
        .add_extra_param("prompt", "consent")
        .url();
    terminal.say(&format!(
        "Open this in a browser, and log in as somebody who may open the contact mailbox:\n\n{url}\n\n\
         The browser then goes to a page of {REDIRECT} that it cannot show. Copy the whole address of that\n\
         page from the address bar, paste it here, and press Enter:"
    ))?;
    let answer = terminal.line()?;
    let code = code_in(&answer, state.secret()).map_err(TokenError::Config)?;
    let granted = client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
    let granted: Result<_, grant::RequestError> = granted.request_async(&http).await;
    let granted = granted.map_err(|error| settings.failed(error))?;
    Ok(granted.refresh_token().map(|token| token.secret().clone()))
}

/// The code in the address that was pasted, if it answers our question.
fn code_in(address: &str, state: &str) -> Result<String, String> {
    let again = "copy the whole address, from http:// to its end, and run this again";
    let url = reqwest::Url::parse(address).map_err(|_| format!("\"{address}\" is no address; {again}"))?;
    let value =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if let Some(error) = value("error") {
        let words = value("error_description").map_or(error.clone(), |words| format!("{error}, {words}"));
        return Err(format!("access was not granted: {words}"));
    }
    match (value("code"), value("state")) {
        (Some(code), Some(said)) if said == state => Ok(code),
        (Some(_), _) => Err(format!("this address is of another login than the one just begun; {again}")),
        (None, _) => Err(format!("there is no code in this address; {again}")),
    }
}

impl Settings {
    /// RFC 8628 §3.5.
    fn not_granted(
        &self,
        error: oauth2::RequestTokenError<
            oauth2::HttpClientError<reqwest::Error>,
            oauth2::DeviceCodeErrorResponse,
        >,
    ) -> TokenError {
        let url = self.token_url.clone();
        match error {
            oauth2::RequestTokenError::ServerResponse(refused) => TokenError::Refused {
                url,
                words: refused.to_string(),
                remedy: "run soundingboard login again, and enter the code within its time".to_owned(),
            },
            oauth2::RequestTokenError::Request(error) => {
                TokenError::Unreachable { url, table: self.table, cause: http::causes(&error) }
            }
            _ => TokenError::Trouble { url, cause: "its answer is neither a token nor a refusal".to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::code_in;

    #[test]
    fn the_code_is_taken_only_from_the_answer_to_our_question() {
        let sound = "http://localhost/?state=s1&code=4%2F0Ab&scope=https://mail.google.com/";
        assert_eq!(code_in(sound, "s1").as_deref(), Ok("4/0Ab"));
        assert!(code_in(sound, "s2").unwrap_err().contains("another login"));
        assert!(code_in("http://localhost/?state=s1", "s1").unwrap_err().contains("no code"));
        assert!(code_in("4/0Ab", "s1").unwrap_err().contains("is no address"));
        let denied = "http://localhost/?error=access_denied&error_description=the+owner+said+no&state=s1";
        assert_eq!(
            code_in(denied, "s1").unwrap_err(),
            "access was not granted: access_denied, the owner said no"
        );
    }
}
