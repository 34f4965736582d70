//! What is left to do at the provider: text files with the answers put in.

use super::answers::{Answers, Login};
use crate::args::{Flow, Provider};
use std::path::Path;

const MICROSOFT_APPLICATION: &str = include_str!("steps/microsoft-application.txt");
const MICROSOFT_SIGN_IN: &str = include_str!("steps/microsoft-sign-in.txt");
const GMAIL_PASSWORD: &str = include_str!("steps/gmail-password.txt");
const GMAIL_SIGN_IN: &str = include_str!("steps/gmail-sign-in.txt");
const GMAIL_SERVICE_ACCOUNT: &str = include_str!("steps/gmail-service-account.txt");
const FASTMAIL: &str = include_str!("steps/fastmail.txt");
const GENERIC: &str = include_str!("steps/generic.txt");

/// The steps, with this network's own names in them.
pub fn text(answers: &Answers, config: &Path) -> String {
    let (client_id, tenant) = match &answers.login {
        Login::OAuth2(oauth2) => (oauth2.client_id.as_deref(), oauth2.tenant.as_deref()),
        Login::Password { .. } => (None, None),
    };
    let address = &answers.address;
    let steps = of(answers)
        .replace("{address}", address.as_str())
        .replace("{detail}", address.with_detail("+", "anything").as_str())
        .replace("{client_id}", client_id.unwrap_or("CLIENT_ID"))
        .replace("{tenant}", tenant.unwrap_or("TENANT"));
    format!("\n{} is written. At the provider:\n\n{steps}\n", config.display())
}

fn of(answers: &Answers) -> &'static str {
    let flow = match &answers.login {
        Login::OAuth2(oauth2) => Some(oauth2.flow),
        Login::Password { .. } => None,
    };
    match (answers.provider, flow) {
        (Provider::Microsoft365, Some(Flow::DeviceCode | Flow::AuthorizationCode)) => MICROSOFT_SIGN_IN,
        (Provider::Microsoft365, _) => MICROSOFT_APPLICATION,
        (Provider::Gmail, Some(Flow::ServiceAccount)) => GMAIL_SERVICE_ACCOUNT,
        (Provider::Gmail, Some(_)) => GMAIL_SIGN_IN,
        (Provider::Gmail, None) => GMAIL_PASSWORD,
        (Provider::Fastmail, _) => FASTMAIL,
        (Provider::Generic, _) => GENERIC,
    }
}
