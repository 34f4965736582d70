//! The built program, its configuration in a folder of its own, and its runs.

use crate::servers::{CONTACT, PASSWORD, Servers};
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine, and shorter than the daemon's own
/// poll of five minutes: what comes in this time was not merely polled.
const PATIENCE: Duration = Duration::from_secs(90);

/// The daemon as an operator has it: a configuration, a password file, a store.
pub struct Installation {
    binary: PathBuf,
    dir: TempDir,
    after_handling: &'static str,
}

impl Installation {
    pub fn new(binary: &Path, servers: &Servers) -> Self {
        let dir = tempfile::Builder::new().prefix("daemon").tempdir().expect("a temporary folder");
        let installation = Self { binary: binary.to_owned(), dir, after_handling: "move" };
        installation.set_password(PASSWORD);
        installation.configure(servers);
        installation
    }

    /// The same, for an operator who leaves handled mail where it is.
    pub fn leaving_mail(binary: &Path, servers: &Servers) -> Self {
        let installation = Self { after_handling: "leave", ..Self::new(binary, servers) };
        installation.configure(servers);
        installation
    }

    fn configure(&self, servers: &Servers) {
        let (imap, smtp) = (servers.imap_port(), servers.smtp_port());
        let after_handling = self.after_handling;
        let text = format!(
            r#"[network]
name = "Peer Advising Network"
address = "{CONTACT}"
time_zone = "Europe/Paris"
members = ["campus.example", "auc.example"]
staff = ["staff@network.example"]

[imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{CONTACT}"
password_file = "password"
after_handling = "{after_handling}"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
per_minute = 600

[store]
path = "store"
"#
        );
        fs::write(self.config(), text).expect("a configuration");
    }

    pub fn set_password(&self, password: &str) {
        fs::write(self.dir.path().join("password"), format!("{password}\n")).expect("a password file");
    }

    pub fn config(&self) -> PathBuf {
        self.dir.path().join("soundingboard.toml")
    }

    /// `run --once`, at this instant (RFC 3339).
    pub fn run_once(&self, now: &str) -> Ran {
        self.start(&["--once", "--now", now]).wait()
    }

    /// `run`, its clock starting at this instant.
    pub fn serve(&self, now: &str) -> Serving {
        self.start(&["--now", now])
    }

    fn start(&self, arguments: &[&str]) -> Serving {
        let log = tempfile::NamedTempFile::new_in(self.dir.path()).expect("a file").into_temp_path();
        let stderr = File::create(&log).expect("a file");
        let mut command = Command::new(&self.binary);
        command.args(["run", "--config"]).arg(self.config()).args(arguments);
        command.env("SOUNDINGBOARD_LOG", "info").env_remove("CREDENTIALS_DIRECTORY");
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
    /// All it has written so far.
    pub fn stderr(&self) -> String {
        fs::read_to_string(&self.log).expect("its standard error")
    }

    /// Returns as soon as its journal holds `count` lines with this `message`.
    pub fn wait_for(&mut self, message: &str, count: usize) {
        let begin = Instant::now();
        let line = format!("\"message\":\"{message}\"");
        while self.stderr().matches(&line).count() < count {
            let ended = self.child.try_wait().expect("a child of ours");
            let late = begin.elapsed() > PATIENCE;
            assert!(ended.is_none() && !late, "no {count} × {message} ({ended:?}):\n{}", self.stderr());
            sleep(Duration::from_millis(2));
        }
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

    fn wait(mut self) -> Ran {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return Ran { code: status.code(), stderr: self.stderr() };
            }
            assert!(begin.elapsed() < PATIENCE, "it does not end:\n{}", self.stderr());
            sleep(Duration::from_millis(2));
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
