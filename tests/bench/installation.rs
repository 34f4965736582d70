//! The built program as an operator has it: a configuration, a roster, a store.

use super::mails::CONTACT;
use super::past::Past;
use super::people;
use super::usage::{self, Usage};
use crate::servers::PASSWORD;
use std::fs::{self, File};
use std::io::BufWriter;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Letters leave over so many connections, of ours and of the bare pipeline's.
pub const CONNECTIONS: usize = 4;

/// Before any mail of a run.
const PAST_ENDS: &str = "2026-11-02T06:00:00Z";

/// One store, one mailbox.
pub struct Installation {
    binary: PathBuf,
    dir: TempDir,
}

impl Installation {
    /// With the roster of [`people`], whose welcomes still wait for the first run.
    pub fn new(binary: &Path, user: &str, imap: u16, smtp: u16) -> Self {
        let installation = Self::empty(binary, user, imap, smtp);
        installation.enroll();
        installation
    }

    /// The same, after so many requests.
    pub fn with_past(binary: &Path, user: &str, imap: u16, smtp: u16, requests: usize) -> Self {
        let installation = Self::empty(binary, user, imap, smtp);
        let export = installation.path("past.jsonl");
        let out = BufWriter::new(File::create(&export).expect("a file"));
        let now = PAST_ENDS.parse().expect("a time");
        Past { seed: 1, requests: requests as u64, now }.write(out).expect("an export");
        installation.ask(&["import", "records", &export.display().to_string()]);
        fs::remove_file(&export).expect("a file of ours");
        installation.enroll();
        installation
    }

    fn empty(binary: &Path, user: &str, imap: u16, smtp: u16) -> Self {
        let dir = tempfile::Builder::new().prefix("daemon").tempdir().expect("a temporary folder");
        let installation = Self { binary: binary.to_owned(), dir };
        let write = |name: &str, text: &str| fs::write(installation.path(name), text).expect("a file");
        write("password", &format!("{PASSWORD}\n"));
        let owner_alone = fs::Permissions::from_mode(0o600);
        fs::set_permissions(installation.path("password"), owner_alone).expect("chmod");
        write("soundingboard.toml", &configuration(user, imap, smtp));
        write("roster.csv", &people::roster());
        installation
    }

    fn enroll(&self) {
        self.ask(&["import", "roster", &self.path("roster.csv").display().to_string()]);
        self.ask(&["announce"]);
    }

    /// What the store takes on the disk.
    pub fn store_bytes(&self) -> u64 {
        bytes_in(&self.path("store"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command that ends by itself; it must end well.
    pub fn ask(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().expect("the program");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {}", last_lines(&said));
        output
    }

    /// `run`, until it is told to stop.
    pub fn serve(&self) -> Serving {
        let log = self.path("journal");
        let before = now();
        let stderr = File::create(&log).expect("a file");
        let mut command = self.command(&["run"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        let child = command.spawn().expect("the program");
        Serving { child, log, before }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--config").arg(self.path("soundingboard.toml"));
        command.env_remove("SOUNDINGBOARD_LOG").env_remove("CREDENTIALS_DIRECTORY");
        command
    }
}

fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let bytes = |entry: fs::DirEntry| match entry.metadata().expect("a file") {
        meta if meta.is_dir() => bytes_in(&entry.path()),
        meta => meta.len(),
    };
    entries.map(bytes).sum()
}

fn configuration(user: &str, imap: u16, smtp: u16) -> String {
    format!(
        r#"[network]
name = "Peer Advising Network"
address = "{CONTACT}"
time_zone = "Europe/Paris"
languages = ["en", "fr"]
members = ["campus.example", "auc.example"]
staff = ["staff@network.example"]

[imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{user}"
password_file = "password"
first = "all"
after_handling = "move"
authserv_id = "mail.network.example"

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
per_minute = 1000000
connections = {CONNECTIONS}

[store]
path = "store"
disk_alarm = false
"#
    )
}

/// A run under way. It is killed if nobody ended it.
pub struct Serving {
    child: Child,
    log: PathBuf,
    before: Instant,
}

impl Serving {
    /// How long it took until its journal began: configuration and letters are checked, the store is open.
    pub fn started(&mut self) -> Duration {
        while fs::metadata(&self.log).map_or(0, |meta| meta.len()) == 0 {
            assert!(
                self.child.try_wait().expect("a child of ours").is_none(),
                "it has ended:\n{}",
                self.said()
            );
            nap(Duration::from_millis(1));
        }
        self.before.elapsed()
    }

    pub fn usage(&mut self) -> Usage {
        usage::of(self.child.id()).unwrap_or_else(|| panic!("it has ended:\n{}", self.said()))
    }

    /// All that it has written so far.
    pub fn journal(&self) -> String {
        fs::read_to_string(&self.log).expect("its journal")
    }

    fn said(&self) -> String {
        last_lines(&self.journal())
    }

    /// SIGTERM, and its end.
    pub fn terminate(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(told.success(), "it had ended by itself:\n{}", self.said());
        let status = self.child.wait().expect("a child of ours");
        assert!(status.success(), "{status}:\n{}", self.said());
    }

    /// SIGKILL, whatever it is doing.
    pub fn kill(mut self) {
        self.child.kill().expect("a child of ours");
        self.child.wait().expect("a child of ours");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Fails where it has ended, which is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "it polls a process")]
pub fn nap(time: Duration) {
    sleep(time);
}
