//! Starting and ending a server, and what it needs on the machine.

use super::output_of;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// Whom the servers run as.
pub struct Owner {
    pub uid: u32,
    pub gid: u32,
    pub user: String,
    pub group: String,
    /// Whether that is who we are.
    pub is_us: bool,
}

impl Owner {
    /// The current user, or `nobody` instead of root: Dovecot serves no mail of root's.
    pub fn of_servers() -> Self {
        let id = |options: &[&str]| output_of(Command::new("id").args(options));
        let is_us = id(&["-u"]) != "0";
        let who: &[&str] = if is_us { &[] } else { &["nobody"] };
        let ask = |option| id(&[&[option], who].concat());
        let number = |option| ask(option).parse().expect("a number");
        Self { uid: number("-u"), gid: number("-g"), user: ask("-un"), group: ask("-gn"), is_us }
    }
}

/// The number of an account.
pub fn number_of(option: &str, account: &str) -> u32 {
    output_of(Command::new("id").args([option, account])).parse().expect("a number")
}

/// The number of a group.
pub fn group_number(group: &str) -> u32 {
    let line = output_of(Command::new("getent").args(["group", group]));
    line.split(':').nth(2).and_then(|number| number.parse().ok()).expect("a group")
}

/// Gives a folder and all in it to the servers.
pub fn give(path: &Path, owner: &Owner) {
    chown(path, Some(owner.uid), Some(owner.gid)).expect("chown");
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            give(&entry.expect("an entry").path(), owner);
        }
    }
}

/// Finds a server's program; an ordinary user's PATH lacks the places of some.
pub fn find(program: &str) -> PathBuf {
    found(program).unwrap_or_else(|| panic!("{}", missing(program)))
}

pub fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/lib/dovecot"].map(PathBuf::from);
    let mut places = std::env::split_paths(&path).chain(more);
    places.find_map(|place| Some(place.join(program)).filter(|file| file.is_file()))
}

pub fn missing(program: &str) -> String {
    format!("no {program} here; install with: apt-get install dovecot-imapd chasquid")
}

/// Ports below those the system gives to outgoing connections, so that a stopped server
/// finds its own free again.
pub fn free_ports<const N: usize>() -> [u16; N] {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id().wrapping_mul(97) as u16;
    std::array::from_fn(|_| {
        let next = || 20_000 + start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let mut tries = std::iter::repeat_with(next).take(12_000);
        tries.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
    })
}

/// A server, and the shell that ends it when our end of the pipe to it closes.
pub struct Guarded {
    shell: Child,
}

impl Guarded {
    /// In a process group of its own, so that Ctrl-C reaches us first.
    pub fn start(program: &Path, arguments: &[&str], dir: &Path, owner: &Owner) -> Self {
        const GUARD: &str = r#""$@" </dev/null & server=$!; read -r _; kill $server; wait $server"#;
        let name = program.file_name().expect("a program").to_string_lossy();
        let log = File::options().create(true).append(true).open(dir.join(format!("{name}.out")));
        let log = log.expect("a log file");
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "sh"]).arg(program).args(arguments).current_dir(dir).process_group(0);
        command.stdin(Stdio::piped()).stdout(log.try_clone().expect("a log file")).stderr(log);
        if !owner.is_us {
            command.uid(owner.uid).gid(owner.gid);
        }
        Self { shell: command.spawn().expect("a shell") }
    }
}

impl Drop for Guarded {
    #[expect(clippy::disallowed_methods, reason = "it polls for a process's end")]
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let mut grace = (0..40).map(|_| sleep(Duration::from_millis(5)));
        while !matches!(self.shell.try_wait(), Ok(Some(_))) && grace.next().is_some() {}
        // Dovecot waits a second for its log process, and its children may outlive it and
        // would still answer. Only what we started: the group has the shell's number.
        let group = format!("-{}", self.shell.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.shell.wait();
    }
}

/// Returns once the server on `port` greets; panics with the servers' logs if it never does.
#[expect(clippy::disallowed_methods, reason = "it polls for a process's start")]
pub fn wait_for_greeting(port: u16, greeting: &str, dir: &Path) {
    for _ in 0..1000 {
        if greets(port, greeting) {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    let logs = ["dovecot.out", "dovecot.log", "chasquid.out", "env.out", "postfix.log"];
    let logs = logs.map(|log| fs::read_to_string(dir.join(log)).unwrap_or_default()).join("\n");
    panic!("no \"{greeting}\" on port {port} after 20 s\n{logs}");
}

/// Returns once nobody listens on `port`: a killed process holds its socket until it is gone.
#[expect(clippy::disallowed_methods, reason = "it polls for a process's end")]
pub fn wait_for_silence(port: u16) {
    for _ in 0..1000 {
        let refused = TcpStream::connect(("127.0.0.1", port)).map_err(|error| error.kind());
        if matches!(refused, Err(ErrorKind::ConnectionRefused)) {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("port {port} still answers, 20 s after its server was killed");
}

fn greets(port: u16, greeting: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout above zero");
    let mut start = vec![0; greeting.len()];
    stream.read_exact(&mut start).is_ok() && start == greeting.as_bytes()
}

/// An authority, and a certificate of its with key for `localhost` and `127.0.0.1`, in PEM.
pub fn certificates() -> (String, String, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Authority of the tests");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(names).expect("names");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    (issuer.pem(), certificate.pem(), key.serialize_pem())
}

/// An entry of chasquid's user database. It hashes slowly on purpose, so only once.
pub fn chasquid_user(user: &str, password: &str) -> String {
    static ENTRY: OnceLock<String> = OnceLock::new();
    let entry = ENTRY.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(dir.path().join("domains/x")).expect("a folder");
        output_of(
            Command::new(find("chasquid-util"))
                .arg(format!("--configdir={}", dir.path().display()))
                .args(["user-add", "somebody@x"])
                .arg(format!("--password={password}")),
        );
        fs::read_to_string(dir.path().join("domains/x/users")).expect("chasquid's user database")
    });
    entry.replace("\"somebody\"", &format!("\"{user}\""))
}
