//! The access token, where there is no password: whether one comes, and since when somebody is logged in.

use super::report::Report;
use crate::mailbox::MailboxError;
use crate::oauth2::{Settings, keeping};
use crate::run;
use crate::wires::Wires;

const TOKEN: &str = "access token";

/// Asks for one, as the daemon does.
pub async fn examine(wires: &Wires<'_>, report: &mut Report<'_>) {
    let Some(tokens) = wires.tokens() else { return };
    match tokens.access_token().await.map_err(MailboxError::from) {
        Ok(_) => report.ok(TOKEN, came(tokens.settings())),
        Err(error) => report.fault(TOKEN, run::mailbox_exit(&error), &error.to_string()),
    }
}

fn came(settings: &Settings) -> String {
    let kept = settings.token_file().and_then(|file| keeping::read(file).ok().flatten());
    match kept {
        Some(kept) => format!("one came from {}; what was granted is of {}", settings.token_url, kept.since),
        None => format!("one came from {}", settings.token_url),
    }
}
