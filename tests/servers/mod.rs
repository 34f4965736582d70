//! Real mail servers for tests and the demo: Dovecot (IMAP) and chasquid (SMTP).
//!
//! Needs Dovecot 2.3 and chasquid: `apt-get install dovecot-imapd chasquid`. No system
//! service is touched: both run from a temporary folder, on free loopback ports, as the
//! current user (as `nobody` where that is root), and end with the [`Servers`] value, in a
//! panic too, and even if this process is killed: each is held by a shell that ends it
//! when our end of a pipe closes.
//!
//! ```text
//! let servers = Servers::start();                        // with the people of PEOPLE
//! servers.deliver("contact@network.example", b"From: …"); // straight into the Inbox
//! servers.send("amina@campus.example", "contact@network.example", b"From: …"); // by SMTP
//! servers.mail_of("amina@campus.example");               // what she received so far
//! ```
//!
//! chasquid takes mail for everyone here on `smtp_port` without a login, and with a login
//! over TLS on the other two ports; it hands all of it to a small script that files it in
//! the recipient's Maildir. A subaddress (`contact+detail@…`) reaches its base address.
//!
//! Used by `mod servers;` in a test, or by `#[path = "../tests/servers/mod.rs"] mod servers;`.

#![allow(dead_code, reason = "each test file uses its own part")]

mod human;
mod maildir;
mod process;

use data_encoding::BASE64;
use process::{Guarded, Owner, find};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

pub use maildir::Kept;

/// Everyone's password, with every character that quoting can break on.
pub const PASSWORD: &str = r#"sésame "ouvre" \toi {5}"#;

/// The contact mailbox.
pub const CONTACT: &str = "contact@network.example";

/// The people of [`Servers::start`].
pub const PEOPLE: [&str; 10] = [
    CONTACT,
    "staff@network.example",
    "forms@network.example",
    "amina@campus.example",
    "leila@campus.example",
    "tomas@campus.example",
    "ines@campus.example",
    "omar@auc.example",
    "chen@auc.example",
    "ravi@auc.example",
];

/// Both servers, and what they hold.
pub struct Servers {
    imap: Option<Guarded>,
    smtp: Option<Guarded>,
    ports: Ports,
    owner: Owner,
    people: Vec<String>,
    /// Last, so that it goes when the servers are gone.
    dir: TempDir,
}

struct Ports {
    imap: u16,
    imaps: u16,
    smtp: u16,
    submission: u16,
    submissions: u16,
}

impl Servers {
    /// Starts both, with an empty mailbox for each of [`PEOPLE`].
    pub fn start() -> Self {
        Self::start_with(&PEOPLE)
    }

    /// Starts both, with an empty mailbox for each of these addresses.
    pub fn start_with(people: &[&str]) -> Self {
        let [imap, imaps, smtp, submission, submissions] = process::free_ports();
        let mut servers = Self {
            imap: None,
            smtp: None,
            ports: Ports { imap, imaps, smtp, submission, submissions },
            owner: Owner::of_servers(),
            people: people.iter().map(|person| person.to_lowercase()).collect(),
            dir: tempfile::Builder::new().prefix("mail").tempdir().expect("a temporary folder"),
        };
        servers.lay_out();
        servers.start_imap();
        servers.start_smtp();
        servers
    }

    /// The port of plain IMAP, which also offers STARTTLS.
    pub fn imap_port(&self) -> u16 {
        self.ports.imap
    }

    /// The port of IMAP over TLS.
    pub fn imaps_port(&self) -> u16 {
        self.ports.imaps
    }

    /// The port of SMTP without a login, for mail to the people here.
    pub fn smtp_port(&self) -> u16 {
        self.ports.smtp
    }

    /// The port of submission with STARTTLS and a login.
    pub fn submission_port(&self) -> u16 {
        self.ports.submission
    }

    /// The port of submission over TLS with a login.
    pub fn submissions_port(&self) -> u16 {
        self.ports.submissions
    }

    /// The PEM file of the authority behind the servers' certificate (for `localhost` and
    /// `127.0.0.1`).
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    pub fn start_imap(&mut self) {
        self.start_imap_with("");
    }

    /// Starts Dovecot with more lines of configuration, until it is stopped.
    pub fn start_imap_with(&mut self, more: &str) {
        self.stop_imap();
        let conf = self.dir.path().join("dovecot.conf");
        self.write(&conf, &format!("{}\n{more}\n", self.dovecot_conf()));
        let arguments = ["-F", "-c", &conf.to_string_lossy()];
        self.imap = Some(Guarded::start(&find("dovecot"), &arguments, self.dir.path(), &self.owner));
        process::wait_for_greeting(self.ports.imap, "* OK", self.dir.path());
    }

    pub fn stop_imap(&mut self) {
        self.imap = None;
        // It was not given the time to clear this away, and would not start beside it.
        let _ = fs::remove_file(self.dir.path().join("dovecot/master.pid"));
    }

    pub fn start_smtp(&mut self) {
        self.stop_smtp();
        let config = format!("--config_dir={}", self.dir.path().join("chasquid").display());
        let arguments = [config.as_str(), "-alsologtostderr"];
        self.smtp = Some(Guarded::start(&find("chasquid"), &arguments, self.dir.path(), &self.owner));
        process::wait_for_greeting(self.ports.smtp, "220", self.dir.path());
    }

    pub fn stop_smtp(&mut self) {
        self.smtp = None;
    }

    /// Puts a mail into a person's Inbox, exactly as it is.
    pub fn deliver(&self, address: &str, mail: &[u8]) {
        maildir::file(&self.maildir(address), "new", "", mail, &self.owner);
    }

    /// The same, for a mail that somebody has already opened.
    pub fn deliver_opened(&self, address: &str, mail: &[u8]) {
        maildir::file(&self.maildir(address), "cur", ":2,S", mail, &self.owner);
    }

    /// Sends a mail by SMTP, as a person's own provider would. Panics if it is refused.
    pub fn send(&self, from: &str, to: &str, mail: &[u8]) {
        human::send(self.ports.smtp, from, to, mail);
    }

    /// What a person's mail program would do: IMAP commands (without tags) in the Inbox.
    /// Returns all that the server said.
    pub fn human_does(&self, address: &str, commands: &[&str]) -> String {
        let login = BASE64.encode(format!("\0{address}\0{PASSWORD}").as_bytes());
        human::imap(self.ports.imap, &login, commands)
    }

    /// All mails in a person's Inbox, in the order of their delivery, lines ended by CRLF.
    pub fn mail_of(&self, address: &str) -> Vec<Vec<u8>> {
        maildir::mails(&self.maildir(address))
    }

    /// The mails of [`Servers::mail_of`] as soon as there are `count`. SMTP servers take a
    /// mail first and file it then.
    pub async fn wait_for_mail(&self, address: &str, count: usize) -> Vec<Vec<u8>> {
        for _ in 0..1000 {
            let mails = self.mail_of(address);
            if mails.len() >= count {
                return mails;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{address} has {} mails after 20 s, not {count}", self.mail_of(address).len());
    }

    /// Folder and flags of every mail of the contact mailbox.
    pub fn contact_flags(&self) -> Vec<Kept> {
        maildir::kept(&self.maildir(CONTACT))
    }

    /// How often a person (or a program in their name) has logged in by IMAP.
    pub fn logins(&self, address: &str) -> usize {
        let log = fs::read_to_string(self.dir.path().join("dovecot.log")).expect("Dovecot's log");
        log.matches(&format!("Info: Login: user=<{address}>")).count()
    }

    /// Makes the IMAP server number a person's mails anew, under another UIDVALIDITY.
    /// Only while it is stopped.
    pub fn forget_uids(&self, address: &str) {
        assert!(self.imap.is_none(), "stop_imap() comes first");
        maildir::forget_uids(&self.maildir(address), &self.owner);
    }

    fn maildir(&self, address: &str) -> PathBuf {
        let (user, domain) = address.split_once('@').expect("an address");
        let base = format!("{}@{domain}", user.split('+').next().unwrap_or(user)).to_lowercase();
        assert!(self.people.contains(&base), "{address} is nobody here; start_with() adds people");
        self.dir.path().join("mail").join(base).join("Maildir")
    }

    fn lay_out(&self) {
        let root = self.dir.path();
        for person in &self.people {
            for sub in ["tmp", "new", "cur"] {
                self.folder(&self.maildir(person).join(sub));
            }
        }
        self.lay_out_certificates();
        self.lay_out_chasquid();
        let passwords: String =
            self.people.iter().map(|person| format!("{person}:{{PLAIN}}{PASSWORD}::::::\n")).collect();
        self.write(&root.join("passwd"), &passwords);
        self.write(&root.join("file-mail"), &self.delivery_agent());
        fs::set_permissions(root.join("file-mail"), fs::Permissions::from_mode(0o755)).expect("chmod");
        process::give(root, &self.owner);
    }

    fn lay_out_certificates(&self) {
        let (authority, certificate, key) = process::certificates();
        self.write(&self.ca_file(), &authority);
        let certs = self.dir.path().join("chasquid/certs/network.example");
        self.write(&certs.join("fullchain.pem"), &certificate);
        self.write(&certs.join("privkey.pem"), &key);
    }

    fn lay_out_chasquid(&self) {
        let root = self.dir.path();
        self.write(&root.join("chasquid/chasquid.conf"), &self.chasquid_conf());
        self.folder(&root.join("chasquid-data"));
        for person in &self.people {
            let (user, domain) = person.split_once('@').expect("an address");
            let users = root.join("chasquid/domains").join(domain).join("users");
            let before = fs::read_to_string(&users).unwrap_or_default();
            self.write(&users, &format!("{before}{}", process::chasquid_user(user, PASSWORD)));
        }
    }

    fn chasquid_conf(&self) -> String {
        let Ports { smtp, submission, submissions, .. } = self.ports;
        let root = self.dir.path().display();
        format!(
            r#"hostname: "network.example"
smtp_address: "127.0.0.1:{smtp}"
submission_address: "127.0.0.1:{submission}"
submission_over_tls_address: "127.0.0.1:{submissions}"
mail_delivery_agent_bin: "{root}/file-mail"
mail_delivery_agent_args: "%from%"
mail_delivery_agent_args: "%to_user%"
mail_delivery_agent_args: "%to_domain%"
data_dir: "{root}/chasquid-data"
mail_log_path: "{root}/chasquid-mail.log"
suffix_separators: "+"
drop_characters: ""
"#
        )
    }

    /// Files a mail in a Maildir, with the header fields of a real delivery agent. The
    /// nanoseconds in the name keep the order of delivery.
    fn delivery_agent(&self) -> String {
        let root = self.dir.path().display();
        format!(
            r#"#!/bin/sh
set -eu
box="{root}/mail/${{2%%+*}}@$3/Maildir"
from="${{1#<}}"  # chasquid writes the null reverse-path as <>
name="$(date +%s.%N).$$.smtp"
{{ printf 'Return-Path: <%s>\nDelivered-To: %s@%s\n' "${{from%>}}" "$2" "$3"; cat; }} > "$box/tmp/$name"
mv "$box/tmp/$name" "$box/new/$name"
"#
        )
    }

    fn dovecot_conf(&self) -> String {
        let Owner { uid, gid, user, group, .. } = &self.owner;
        let Ports { imap, imaps, .. } = self.ports;
        let root = self.dir.path().display();
        format!(
            r#"protocols = imap
listen = 127.0.0.1
base_dir = {root}/dovecot
state_dir = {root}/dovecot
log_path = {root}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_process_limit = 100
default_client_limit = 300
ssl = yes
ssl_cert = <{root}/chasquid/certs/network.example/fullchain.pem
ssl_key = <{root}/chasquid/certs/network.example/privkey.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{root}/mail/%u/Maildir
mail_fsync = never
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = username_format=%u {root}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
"#
        )
    }

    fn folder(&self, path: &Path) {
        fs::create_dir_all(path).expect("a folder");
    }

    fn write(&self, path: &Path, text: &str) {
        self.folder(path.parent().expect("a path below the temporary folder"));
        fs::write(path, text).expect("a file");
        chown(path, Some(self.owner.uid), Some(self.owner.gid)).expect("chown");
    }
}

/// What a program says, or a panic with its name and words.
fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}
