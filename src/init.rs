//! `init`: a first configuration, from answers.

mod answers;
mod document;
mod files;
mod interview;
mod preset;
mod questions;
mod steps;

use crate::args::{self, Flow};
use crate::exit::Exit;
use crate::run::{self, Trouble};
use answers::{Answers, Login};
use interview::{Interview, Person, Terminal};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Why there is no configuration, or none that is sound: one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error(
        "{path} is there already and is left as it is: edit it, see whether it is sound with \"soundingboard check\", \
         or name another with --config"
    )]
    There { path: PathBuf },
    #[error(
        "{path} is there already and is left as it is: move it away, or let --config name a file in another folder"
    )]
    SecretThere { path: PathBuf },
    #[error("nothing was written; without a terminal to ask on, and with --yes, {} needed: {}", are(.0), .0.join(", "))]
    Missing(Vec<&'static str>),
    #[error("nothing was written: {}", .0.join("\n"))]
    Wrong(Vec<String>),
    #[error("the answers ended before the last question; nothing was written")]
    Stopped,
    #[error("the terminal cannot be read: {0}; nothing was written")]
    Terminal(io::Error),
    #[error("{path} cannot be written: {source}; nothing was left there")]
    Unwritten { path: PathBuf, source: io::Error },
    #[error("{path} was written, and is not sound yet:\n{trouble}")]
    Unsound { path: PathBuf, trouble: Trouble },
    #[error("the answer could not be written: {0}")]
    Out(io::Error),
}

fn are(missing: &[&str]) -> &'static str {
    if missing.len() == 1 { "one more option is" } else { "more options are" }
}

impl InitError {
    /// The code of sysexits.h.
    pub fn exit(&self) -> Exit {
        match self {
            InitError::There { .. } | InitError::SecretThere { .. } | InitError::Unwritten { .. } => {
                Exit::CantCreate
            }
            InitError::Missing(_) | InitError::Wrong(_) | InitError::Stopped => Exit::Usage,
            InitError::Terminal(_) | InitError::Out(_) => Exit::IoErr,
            InitError::Unsound { trouble, .. } => trouble.exit(),
        }
    }
}

/// Asks, writes, verifies, and says what comes next.
pub fn init(arguments: &args::Init, out: &mut dyn Write) -> Result<(), InitError> {
    let asks = !arguments.yes && io::stdin().is_terminal();
    let mut terminal = Terminal;
    let person: Option<&mut dyn Person> = if asks { Some(&mut terminal) } else { None };
    let answers = answered(arguments, person)?;
    files::write(&arguments.config, &answers)?;
    say(out, &steps::text(&answers, &arguments.config))?;
    verify(&arguments.config, out)?;
    say(out, &next(&arguments.config, &answers))
}

/// What is there already is said before anything is asked.
fn answered(arguments: &args::Init, person: Option<&mut dyn Person>) -> Result<Answers, InitError> {
    files::refuse_to_overwrite(&arguments.config)?;
    let mut interview = Interview::with(person);
    let answers = answers::gather(arguments, &mut interview)?;
    interview.end(answers)
}

fn verify(path: &Path, out: &mut dyn Write) -> Result<(), InitError> {
    let warnings =
        run::check(path).map_err(|trouble| InitError::Unsound { path: path.to_owned(), trouble })?;
    let warnings: String = warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
    say(out, &format!("{warnings}{}: configuration and letters are sound\n", path.display()))
}

/// A person has to sign in once where there is no secret that stands for them.
fn next(path: &Path, answers: &Answers) -> String {
    let path = path.display().to_string();
    let signs_in = match &answers.login {
        Login::OAuth2(oauth2) => matches!(oauth2.flow, Flow::DeviceCode | Flow::AuthorizationCode),
        Login::Password { .. } => false,
    };
    if path.starts_with("/etc/") {
        return as_a_service(&path, signs_in);
    }
    let login = if signs_in { format!("  soundingboard login --config {path}\n") } else { String::new() };
    format!(
        "\nNext, once that is done:\n\n{login}  soundingboard doctor --config {path}\n  soundingboard run --config {path}\n"
    )
}

/// What opens the store runs as the service's user: root's files in it would shut that user out.
fn as_a_service(path: &str, signs_in: bool) -> String {
    let folder = path.rsplit_once('/').map_or("/etc", |(folder, _)| folder);
    let command =
        |word: &str| format!("  runuser -u soundingboard -- soundingboard {word} --config {path}\n");
    let login = if signs_in { command("login") } else { String::new() };
    let secrets =
        format!("  chown soundingboard {folder}/*password {folder}/oauth2-*     # those that are there\n");
    format!(
        "\nNext, once that is done, as root:\n\n{secrets}{login}{}  systemctl enable --now soundingboard\n",
        command("doctor")
    )
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), InitError> {
    out.write_all(text.as_bytes()).map_err(InitError::Out)
}

#[cfg(test)]
#[path = "init/tests.rs"]
mod tests;
