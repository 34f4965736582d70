//! The built program: a person logs in once, then it serves the mailbox with what was granted.

use super::servers::authority::{Authority, CLIENT_SECRET};
use super::servers::{CONTACT, Mta, Servers};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with a configuration whose `[imap.oauth2]` says this.
fn configured(servers: &Servers, authority: &Authority, oauth2: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let (imap, smtp, token) = (servers.imap_port(), servers.smtp_port(), authority.url("token"));
    let text = format!(
        r#"[network]
name = "Peer Advising Network"
address = "{CONTACT}"
members = ["campus.example"]
staff = ["staff@network.example"]
[imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{CONTACT}"
first = "all"
[imap.oauth2]
client_id = "client"
token_url = "{token}"
scopes = ["mail"]
{oauth2}
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
[store]
path = "store"
disk_alarm = false
"#
    );
    fs::write(folder.path().join("sb.toml"), text).expect("a file");
    let secret = folder.path().join("client-secret");
    fs::write(&secret, format!("{CLIENT_SECRET}\n")).expect("a file");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("chmod");
    folder
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soundingboard"));
    command.args(words).args(["--config", "sb.toml"]).current_dir(folder).env_remove("CREDENTIALS_DIRECTORY");
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// It answers a mail with what was granted.
fn serves(servers: &Servers, folder: &Path) {
    servers.deliver(
        CONTACT,
        b"From: Amina Haddad <amina@campus.example>\r\nTo: contact@network.example\r\nMessage-ID: <1@campus.example>\r\n\
          Date: Mon, 23 Nov 2026 08:00:00 +0000\r\nSubject: Advisor sign-up\r\n\r\n\
          Name: Amina Haddad\r\nInstitution: Campus University Library\r\nAreas: Koha\r\n",
    );
    let ran = run(folder, &["run", "--once"]);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    assert!(text(&ran.stderr).contains("accepted"), "{}", text(&ran.stderr));
    assert!(!text(&ran.stderr).contains("token-"), "a token is in the log: {}", text(&ran.stderr));
}

#[test]
fn a_code_entered_on_any_device_opens_the_mailbox() {
    let authority = Authority::start();
    let servers = super::servers(&authority, Mta::Chasquid, "xoauth2");
    let device = authority.url("device");
    let folder =
        configured(&servers, &authority, &format!("flow = \"device-code\"\ndevice_url = \"{device}\""));

    let before = run(folder.path(), &["run", "--once"]);
    assert_eq!(before.status.code(), Some(77), "{}", text(&before.stderr));
    assert!(text(&before.stderr).contains("run: soundingboard login"), "{}", text(&before.stderr));

    authority.state().pending = 2;
    let login = run(folder.path(), &["login"]);
    assert_eq!(login.status.code(), Some(0), "{}", text(&login.stderr));
    for part in ["http://localhost/device", "WDJB-MJHT", "store/oauth2-token"] {
        assert!(text(&login.stdout).contains(part), "no {part} in {}", text(&login.stdout));
    }
    let file = folder.path().join("store/oauth2-token");
    assert_eq!(fs::metadata(&file).expect("the token file").permissions().mode() & 0o777, 0o600);
    serves(&servers, folder.path());
}

/// Reads what is printed up to the address to be opened.
fn address_to_open(child: &mut Child) -> reqwest::Url {
    let lines = BufReader::new(child.stdout.as_mut().expect("a pipe")).lines();
    let line = lines.map_while(Result::ok).find(|line| line.starts_with("http")).expect("an address");
    reqwest::Url::parse(&line).expect("an address")
}

#[test]
fn an_address_pasted_from_a_browser_opens_the_mailbox() {
    let authority = Authority::start();
    let servers = super::servers(&authority, Mta::Chasquid, "xoauth2");
    let flow = format!(
        "flow = \"authorization-code\"\nauthorization_url = \"{}\"\nclient_secret_file = \"client-secret\"",
        authority.url("authorize")
    );
    let folder = configured(&servers, &authority, &flow);
    for (state, code) in [(Some("another"), 78), (None, 0)] {
        let mut login = command(folder.path(), &["login"]);
        let login = login.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut login = login.spawn().expect("the program starts");
        let asked = address_to_open(&mut login);
        let of = |name: &str| {
            asked.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        assert_eq!(of("code_challenge_method").as_deref(), Some("S256"), "{asked}");
        assert_eq!(of("access_type").as_deref(), Some("offline"), "{asked}");
        let state = state.map_or_else(|| of("state").expect("a state"), str::to_owned);
        let pasted = format!("http://localhost/?state={state}&code=code-1\n");
        login.stdin.take().expect("a pipe").write_all(pasted.as_bytes()).expect("it reads");
        let ended = login.wait_with_output().expect("it ends");
        assert_eq!(ended.status.code(), Some(code), "{}", text(&ended.stderr));
    }
    serves(&servers, folder.path());
}

#[test]
fn a_flow_without_a_person_is_tried_and_keeps_nothing() {
    let authority = Authority::start();
    let servers = super::servers(&authority, Mta::Chasquid, "xoauth2");
    let flow = "flow = \"client-credentials\"\nclient_secret_file = \"client-secret\"";
    let folder = configured(&servers, &authority, flow);
    let login = run(folder.path(), &["login"]);
    assert_eq!(login.status.code(), Some(0), "{}", text(&login.stderr));
    assert!(text(&login.stdout).contains("An access token came"), "{}", text(&login.stdout));
    assert!(!folder.path().join("store").exists());
    serves(&servers, folder.path());

    fs::write(folder.path().join("client-secret"), "expired\n").expect("a file");
    let refused = run(folder.path(), &["login"]);
    assert_eq!(refused.status.code(), Some(77), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("it may have expired"), "{}", text(&refused.stderr));
}
