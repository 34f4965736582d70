//! The built program, its configuration in a folder of its own, and its runs.

use super::patience;
use crate::servers::{CONTACT, PASSWORD, Servers};
use serde_json::Value;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Seconds: longer than anything here takes on a busy machine, and shorter than the daemon's
/// own poll of five minutes: what comes in this time was not merely polled.
const PATIENCE: u32 = 90;

/// The daemon as an operator has it: a configuration, a password file, a store.
pub struct Installation {
    binary: PathBuf,
    dir: TempDir,
    choices: Choices,
}

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Choices {
    pub after_handling: &'static str,
    pub security: Security,
    /// A line more for `[network]`.
    pub network: &'static str,
    /// A line more for `[imap]`.
    pub imap: &'static str,
    /// Further tables.
    pub tables: &'static str,
    /// How many MiB of memory the system gives it, if that is limited.
    pub memory: Option<u32>,
    /// What the journal holds.
    pub log: &'static str,
    /// The socket on which a service manager listens (sd_notify(3)).
    pub notify: Option<PathBuf>,
}

/// How the servers are reached.
#[derive(Clone, Debug)]
pub enum Security {
    /// A relay on this machine, without a login.
    None,
    /// With a login, and this file of authorities instead of the machine's own.
    Tls { authorities: PathBuf },
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            after_handling: "move",
            security: Security::None,
            network: "",
            imap: "",
            tables: "",
            memory: None,
            log: "info",
            notify: None,
        }
    }
}

impl Installation {
    pub fn new(binary: &Path, servers: &Servers, choices: Choices) -> Self {
        let dir = tempfile::Builder::new().prefix("daemon").tempdir().expect("a temporary folder");
        let installation = Self { binary: binary.to_owned(), dir, choices };
        installation.set_password(PASSWORD);
        installation.configure(servers);
        installation
    }

    fn configure(&self, servers: &Servers) {
        let (imap, smtp) = match self.choices.security {
            Security::None => (
                format!("port = {}\nsecurity = \"none\"", servers.imap_port()),
                format!("port = {}\nsecurity = \"none\"", servers.smtp_port()),
            ),
            Security::Tls { .. } => (
                format!("port = {}", servers.imaps_port()),
                format!(
                    "port = {}\nuser = \"{CONTACT}\"\npassword_file = \"password\"",
                    servers.submissions_port()
                ),
            ),
        };
        let Choices { after_handling, network, imap: folders, tables, .. } = &self.choices;
        let text = format!(
            r#"[network]
name = "Peer Advising Network"
address = "{CONTACT}"
time_zone = "Europe/Paris"
members = ["campus.example", "auc.example"]
staff = ["staff@network.example"]
{network}

[imap]
host = "localhost"
{imap}
user = "{CONTACT}"
password_file = "password"
after_handling = "{after_handling}"
{folders}

[smtp]
host = "localhost"
{smtp}
per_minute = 600

[store]
path = "store"
# The disk of whoever runs the tests may be as full as it likes.
disk_alarm = false

{tables}
"#
        );
        fs::write(self.config(), text).expect("a configuration");
    }

    pub fn set_password(&self, password: &str) {
        let path = self.dir.path().join("password");
        fs::write(&path, format!("{password}\n")).expect("a password file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
    }

    pub fn config(&self) -> PathBuf {
        self.dir.path().join("soundingboard.toml")
    }

    /// A file beside its configuration.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where its store is.
    pub fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// `check`: its exit code, and what it said on both.
    pub fn check(&self) -> (Option<i32>, String) {
        let output = Command::new(&self.binary).args(["check", "--config"]).arg(self.config()).output();
        let output = output.unwrap_or_else(|why| panic!("{}: {why}", self.binary.display()));
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// A command of the operator: its exit code, and what it said on both.
    pub fn obeys(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(&self.binary).args(words).arg("--config").arg(self.config()).output();
        let output = output.unwrap_or_else(|why| panic!("{}: {why}", self.binary.display()));
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// `run --once`, at this instant (RFC 3339).
    pub fn run_once(&self, now: &str) -> Ran {
        self.start(&["--once", "--now", now]).wait()
    }

    /// `run`, its clock starting at this instant.
    pub fn serve(&self, now: &str) -> Serving {
        self.start(&["--now", now])
    }

    fn command(&self) -> Command {
        let Some(mib) = self.choices.memory else { return Command::new(&self.binary) };
        // Of data, not of addresses: threads reserve those generously.
        let mut command = Command::new("prlimit");
        command.arg(format!("--data={}", u64::from(mib) << 20)).arg(&self.binary);
        command
    }

    fn start(&self, arguments: &[&str]) -> Serving {
        let log = tempfile::NamedTempFile::new_in(self.dir.path()).expect("a file").into_temp_path();
        let stderr = File::create(&log).expect("a file");
        let mut command = self.command();
        command.args(["run", "--config"]).arg(self.config()).args(arguments);
        command.env("SOUNDINGBOARD_LOG", self.choices.log).env_remove("CREDENTIALS_DIRECTORY");
        if let Some(socket) = &self.choices.notify {
            // Patience as in the unit's WatchdogSec, in microseconds; half of it passes between two signs of life.
            command.env("NOTIFY_SOCKET", socket).env("WATCHDOG_USEC", "200000");
        }
        if let Security::Tls { authorities } = &self.choices.security {
            command.env("SSL_CERT_FILE", authorities);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        let child = command.spawn().unwrap_or_else(|why| panic!("{}: {why}", self.binary.display()));
        Serving { child, log }
    }
}

/// A run under way. It is killed if nobody waited for it.
pub struct Serving {
    child: Child,
    log: tempfile::TempPath,
}

impl Serving {
    /// Where it writes its journal.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// All it has written so far.
    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.log).expect("its standard error")
    }

    /// Returns as soon as its journal holds `count` lines with this `message`.
    pub fn wait_for(&mut self, message: &str, count: usize) {
        let line = format!("\"message\":\"{message}\"");
        let seen = patience::until(PATIENCE, || {
            // Asked first, so that what it wrote last is read.
            let ended = self.child.try_wait().expect("a child of ours").is_some();
            let seen = self.stderr().matches(&line).count() >= count;
            if seen || ended { Some(seen) } else { None }
        });
        assert!(seen == Some(true), "no {count} × {message}:\n{}", self.stderr());
    }

    /// SIGTERM, and its end.
    pub fn terminate(self) -> Ran {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(told.success(), "it had ended by itself:\n{}", self.stderr());
        self.wait()
    }

    /// SIGKILL, whatever it is doing.
    pub fn kill(mut self) -> Ran {
        self.child.kill().expect("a child of ours");
        self.wait()
    }

    /// However much it has to do: patience ends where its journal does not grow any more.
    fn wait(mut self) -> Ran {
        let mut said = 0;
        loop {
            let status = patience::until(PATIENCE, || self.child.try_wait().expect("a child of ours"));
            if let Some(status) = status {
                return Ran { code: status.code(), stderr: self.stderr() };
            }
            let says = fs::metadata(&self.log).expect("its standard error").len();
            assert!(says > said, "it does not end:\n{}", self.stderr());
            said = says;
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Fails where it has ended, which is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A run that has ended.
#[derive(Debug)]
pub struct Ran {
    /// None: by a signal.
    pub code: Option<i32>,
    pub stderr: String,
}

impl Ran {
    /// The lines of the journal.
    pub fn journal(&self) -> Vec<Value> {
        self.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The lines of the journal with this message.
    pub fn lines(&self, message: &str) -> Vec<Value> {
        self.journal().into_iter().filter(|line| line["message"] == message).collect()
    }

    /// What it said besides: the sentence of an error.
    pub fn sentences(&self) -> Vec<&str> {
        self.stderr.lines().filter(|line| !line.starts_with('{')).collect()
    }

    /// How many letters the mail server has taken.
    pub fn accepted(&self) -> usize {
        self.lines("accepted").len()
    }
}
