//! The SMTP server: connection, TLS, login, how much it takes.

use super::report::Report;
use super::{PATIENCE, certificate};
use crate::clock::Clock;
use crate::config::Config;
use crate::exit::Exit;
use crate::submission::{Smtp, SmtpSettings, SubmissionError, Timeouts};
use crate::tls::ConnectError;
use crate::wires::Wires;

const CONNECTION: &str = "SMTP connection";
const TLS: &str = "SMTP TLS";
const LOGIN: &str = "SMTP login";
const SIZE: &str = "SMTP size";

/// A digest with its picture, and what people pass on, is well below.
const LARGE: u64 = 1024 * 1024;

/// The way out, if letters can be offered on it.
pub async fn examine(config: &Config, wires: &Wires<'_>, report: &mut Report<'_>) -> Option<Smtp> {
    let settings = wires.smtp();
    // A greeting may be held back for half a minute, to see who is impatient.
    let timeouts = Timeouts {
        connect: PATIENCE,
        command: 2 * PATIENCE,
        data: 2 * PATIENCE,
        content: 4 * PATIENCE,
        ..settings.timeouts
    };
    let peer = settings.peer.clone();
    let smtp = Smtp::new(SmtpSettings { timeouts, ..settings });
    let greeting = match smtp.greet().await {
        Ok(greeting) => greeting,
        Err(error) => {
            not_connected(&error, &peer.name(), report);
            return None;
        }
    };
    report.ok(CONNECTION, format!("{} answers", peer.name()));
    certificate::tell(TLS, peer.security, greeting.certificate.as_deref(), Clock::real().wall(), report);
    if let Err(error) = smtp.check().await {
        report.fault(LOGIN, exit(&error), &error.to_string());
        report.not_tried(SIZE, "no login");
        return None;
    }
    match &config.smtp.login {
        Some((user, _)) => report.ok(LOGIN, format!("as {user}")),
        None => report.ok(LOGIN, "none is wanted: [smtp] has no user"),
    }
    tell_size(greeting.size, report);
    Some(smtp)
}

fn not_connected(error: &SubmissionError, peer: &str, report: &mut Report<'_>) {
    match error {
        SubmissionError::Unreachable(ConnectError::Tls { .. }) => {
            report.ok(CONNECTION, format!("{peer} answers"));
            report.fault(TLS, exit(error), &error.to_string());
        }
        _ => {
            report.fault(CONNECTION, exit(error), &error.to_string());
            report.not_tried(TLS, "no connection");
        }
    }
    report.not_tried(LOGIN, "no connection");
    report.not_tried(SIZE, "no connection");
}

fn tell_size(size: Option<u64>, report: &mut Report<'_>) {
    match size {
        None => report.ok(SIZE, "it names no limit"),
        Some(size) if size < LARGE => {
            let said = format!("it takes no mail above {} KiB", size / 1024);
            report.warning(SIZE, said, "raise the limit on the server, or long letters will be refused");
        }
        Some(size) => report.ok(SIZE, format!("it takes mails of up to {} MiB", size / LARGE)),
    }
}

pub fn exit(error: &SubmissionError) -> Exit {
    match error {
        error if error.is_refused_login() => Exit::NoPerm,
        error if error.is_transient() => Exit::Unavailable,
        _ => Exit::Config,
    }
}
