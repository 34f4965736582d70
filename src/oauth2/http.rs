//! The way to an authorization server: HTTPS with the roots that the mail servers are judged by.

use super::TokenError;
use crate::args;
use crate::tls;
use std::time::Duration;

/// People may wait for the mail behind it, and a token is a small thing to ask for.
const LIMIT: Duration = Duration::from_secs(30);

/// A client that follows nobody elsewhere: the secret goes where the configuration says.
pub fn client(table: &'static str) -> Result<reqwest::Client, TokenError> {
    let wrong = |cause: String| TokenError::Config(format!("[{table}] cannot be used: {cause}"));
    let tls = tls::client_config(Vec::new()).map_err(wrong)?;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(LIMIT)
        .user_agent(args::version().replace(char::is_whitespace, "/"))
        .use_preconfigured_tls(tls);
    client.build().map_err(|error| wrong(causes(&error)))
}

/// An error with what lies behind it: "error sending request" alone helps nobody.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
        source = error.source();
    }
    words
}
