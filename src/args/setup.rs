//! The command line of whoever installs it: `init`, `doctor`, and what packagers generate.

use super::ConfigFile;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// `init`
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Init {
    /// The configuration to write; the secrets are put beside it
    #[arg(long, short = 'c', value_name = "FILE", default_value = "soundingboard.toml")]
    pub config: PathBuf,
    /// Whose servers hold the mailbox
    #[arg(long, value_enum)]
    pub provider: Option<Provider>,
    /// The contact address, like contact@network.example
    #[arg(long)]
    pub address: Option<String>,
    /// What letters call the network
    #[arg(long)]
    pub name: Option<String>,
    /// The IMAP server, where the provider does not say it
    #[arg(long, value_name = "HOST")]
    pub imap_host: Option<String>,
    #[arg(long, value_name = "PORT", hide_short_help = true)]
    pub imap_port: Option<u16>,
    /// tls, starttls, or none on this machine
    #[arg(long, value_name = "HOW", hide_short_help = true)]
    pub imap_security: Option<String>,
    /// The SMTP server, where the provider does not say it
    #[arg(long, value_name = "HOST")]
    pub smtp_host: Option<String>,
    #[arg(long, value_name = "PORT", hide_short_help = true)]
    pub smtp_port: Option<u16>,
    /// tls, starttls, or none on this machine
    #[arg(long, value_name = "HOW", hide_short_help = true)]
    pub smtp_security: Option<String>,
    /// A file with the password alone in it; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "oauth2")]
    pub password_file: Option<PathBuf>,
    /// The same for the SMTP server, where its password is another
    #[arg(long, value_name = "FILE", conflicts_with = "oauth2")]
    pub smtp_password_file: Option<PathBuf>,
    /// Log in by OAuth2 instead of a password
    #[arg(long, value_enum, value_name = "FLOW")]
    pub oauth2: Option<Flow>,
    /// Microsoft's directory (tenant) id
    #[arg(long, requires = "oauth2")]
    pub tenant: Option<String>,
    /// The application (client) id
    #[arg(long, requires = "oauth2")]
    pub client_id: Option<String>,
    /// A file with the client secret alone in it; - is standard input
    #[arg(long, value_name = "FILE", requires = "oauth2")]
    pub client_secret_file: Option<PathBuf>,
    /// Google's key file of the service account
    #[arg(long, value_name = "FILE", requires = "oauth2")]
    pub service_account_file: Option<PathBuf>,
    /// Domains of member institutions, with commas between them
    #[arg(long, value_name = "DOMAINS")]
    pub members: Option<String>,
    /// Addresses of the staff, with commas between them; the first gets most
    #[arg(long, value_name = "ADDRESSES")]
    pub staff: Option<String>,
    /// The network's time zone, like Europe/Paris
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Languages, like en,fr; the first is for people whose language is not known
    #[arg(long, value_name = "TAGS")]
    pub languages: Option<String>,
    /// What is done to handled mail: move, flag or leave
    #[arg(long, value_name = "WHAT")]
    pub after_handling: Option<String>,
    /// The folder of everything Sounding Board knows
    #[arg(long, value_name = "FOLDER")]
    pub store: Option<String>,
    /// Ask nothing: take the default wherever there is one
    #[arg(long)]
    pub yes: bool,
}

/// Whose servers hold the contact mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Provider {
    #[value(name = "microsoft365")]
    Microsoft365,
    Gmail,
    Fastmail,
    /// Any other server with IMAP and SMTP
    Generic,
}

/// How an OAuth2 token is got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Flow {
    /// An application with a secret of its own, and nobody who signs in (Microsoft)
    ClientCredentials,
    /// Somebody signs in once, on any device, with a code (Microsoft)
    DeviceCode,
    /// Somebody signs in once, in a browser (Microsoft, Google)
    AuthorizationCode,
    /// A key file, for a whole Google Workspace (Google)
    ServiceAccount,
}

/// `doctor`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub config: ConfigFile,
    /// How long the test letters are waited for, like 120s or 5m
    #[arg(long, value_name = "TIME", default_value = "120s", value_parser = time)]
    pub wait: Duration,
    /// Send no test letter
    #[arg(long)]
    pub no_letter: bool,
    /// Print one JSON object instead of lines
    #[arg(long)]
    pub json: bool,
}

/// `generate …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Generate {
    /// Print the completions of a shell
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write a man page for each command into a folder that is there
    Man {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// The shells that completions are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    match number.parse::<u64>() {
        Ok(number @ 1..=3600) => Ok(Duration::from_secs(number * unit)),
        _ => Err("write seconds or minutes, like 120s or 5m".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_seconds_or_minutes() {
        assert_eq!(time("90"), Ok(Duration::from_secs(90)));
        assert_eq!(time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(time("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "0s", "-1", "2h", "1.5m", "4000"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
