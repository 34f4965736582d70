//! Real mail servers for tests and the demo: Dovecot or Cyrus (IMAP), chasquid or Postfix (SMTP).
//!
//! Needs Dovecot 2.3 and chasquid: `apt-get install dovecot-imapd chasquid`; Cyrus and Postfix are told on where
//! `prepare.sh` has unpacked them. No system service is touched: they run from a temporary folder, on free loopback ports, as the
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
//! the recipient's Maildir. A subaddress (`contact+detail@…`) reaches its base address; the
//! detail is then only in the mail's own header, for chasquid keeps it from the script.
//!
//! Used by `mod servers;` in a test, or by `#[path = "../tests/servers/mod.rs"] mod servers;`.

#![allow(dead_code, reason = "each test file uses its own part")]

pub mod authority;
pub mod cyrus;
mod fetches;
mod human;
mod layout;
mod maildir;
pub mod postfix;
mod process;

use process::{Guarded, Owner, find};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

pub use fetches::Fetches;
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

/// Which program takes and files mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mta {
    Chasquid,
    Postfix,
}

impl Mta {
    /// As `SMTP_SERVER=postfix` has it, for all tests at once.
    pub fn chosen() -> Self {
        match std::env::var("SMTP_SERVER").as_deref() {
            Err(_) | Ok("chasquid") => Mta::Chasquid,
            Ok("postfix") => Mta::Postfix,
            Ok(other) => panic!("SMTP_SERVER={other}: it is chasquid or postfix"),
        }
    }

    /// The same, of those that go with this IMAP server.
    pub fn beside(brand: Brand) -> Self {
        if brand == Brand::Cyrus { Mta::Chasquid } else { Mta::chosen() }
    }
}

/// Which IMAP server holds the contact mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brand {
    Dovecot,
    Cyrus,
}

impl Brand {
    /// `IMAP_SERVER=cyrus` runs everything on Cyrus that can be.
    pub fn chosen() -> Self {
        match std::env::var("IMAP_SERVER").as_deref() {
            Ok("cyrus") => Brand::Cyrus,
            Ok("dovecot") | Err(_) => Brand::Dovecot,
            Ok(other) => panic!("IMAP_SERVER={other} should be dovecot or cyrus"),
        }
    }

    /// The same, of those that go with this program for SMTP: Postfix files mail, and asks who may
    /// log in, where Dovecot does.
    pub fn beside(mta: Mta) -> Self {
        if mta == Mta::Postfix { Brand::Dovecot } else { Brand::chosen() }
    }
}

/// Both servers, and what they hold.
pub struct Servers {
    brand: Brand,
    mta: Mta,
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
        Self::start_on(Mta::chosen(), people)
    }

    /// The same, with this program for SMTP.
    pub fn start_on(mta: Mta, people: &[&str]) -> Self {
        Self::start_between(Brand::beside(mta), mta, people)
    }

    /// The same, with the contact mailbox on this server, and this program for SMTP.
    pub fn start_between(brand: Brand, mta: Mta, people: &[&str]) -> Self {
        let mut servers = Self::laid_out(brand, mta, people);
        servers.start_imap();
        servers.start_smtp();
        servers
    }

    /// Starts Dovecot alone, with more lines of configuration.
    pub fn start_imap_alone(people: &[&str], more: &str) -> Self {
        let mut servers = Self::laid_out(Brand::Dovecot, Mta::chosen(), people);
        servers.start_imap_with(more);
        servers
    }

    fn laid_out(brand: Brand, mta: Mta, people: &[&str]) -> Self {
        let [imap, imaps, smtp, submission, submissions] = process::free_ports();
        let servers = Self {
            brand,
            mta,
            imap: None,
            smtp: None,
            ports: Ports { imap, imaps, smtp, submission, submissions },
            owner: Owner::of_servers(),
            people: people.iter().map(|person| person.to_lowercase()).collect(),
            dir: tempfile::Builder::new().prefix("mail").tempdir().expect("a temporary folder"),
        };
        servers.lay_out();
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

    /// Starts Dovecot with more lines of configuration, until it is stopped. Cyrus has none.
    pub fn start_imap_with(&mut self, more: &str) {
        self.stop_imap();
        if self.brand == Brand::Cyrus {
            return self.start_cyrus();
        }
        let conf = self.dir.path().join("dovecot.conf");
        self.write(&conf, &format!("{}\n{more}\n", self.dovecot_conf()));
        let arguments = ["-F", "-c", &conf.to_string_lossy()];
        self.imap = Some(Guarded::start(&find("dovecot"), &arguments, self.dir.path(), &self.owner));
        process::wait_for_greeting(self.ports.imap, "* OK", self.dir.path());
    }

    pub fn stop_imap(&mut self) {
        self.imap = None;
        process::wait_for_silence(self.ports.imap);
        // It was not given the time to clear this away, and would not start beside it.
        let _ = fs::remove_file(self.dir.path().join("dovecot/master.pid"));
    }

    pub fn start_smtp(&mut self) {
        self.stop_smtp();
        self.smtp = Some(match self.mta {
            Mta::Chasquid => self.start_chasquid(),
            Mta::Postfix => self.start_postfix(),
        });
        // It opens one port after another, and greets on the last only under TLS.
        let Ports { smtp, submission, submissions, .. } = self.ports;
        for (port, greeting) in [(smtp, "220"), (submission, "220"), (submissions, "")] {
            process::wait_for_greeting(port, greeting, self.dir.path());
        }
    }

    fn start_chasquid(&self) -> Guarded {
        let config = format!("--config_dir={}", self.dir.path().join("chasquid").display());
        let arguments = [config.as_str(), "-alsologtostderr"];
        Guarded::start(&find("chasquid"), &arguments, self.dir.path(), &self.owner)
    }

    pub fn stop_smtp(&mut self) {
        self.smtp = None;
        process::wait_for_silence(self.ports.smtp);
    }

    /// Puts a mail into a person's Inbox, exactly as it is.
    pub fn deliver(&self, address: &str, mail: &[u8]) {
        match self.is_in_cyrus(address) {
            true => self.append_to_cyrus("", mail),
            false => maildir::file(&self.maildir(address), "new", "", mail, &self.owner),
        }
    }

    /// The same, for a mail that somebody has already opened.
    pub fn deliver_opened(&self, address: &str, mail: &[u8]) {
        match self.is_in_cyrus(address) {
            true => self.append_to_cyrus("\\Seen", mail),
            false => maildir::file(&self.maildir(address), "cur", ":2,S", mail, &self.owner),
        }
    }

    /// Sends a mail by SMTP, as a person's own provider would. Panics if it is refused.
    pub fn send(&self, from: &str, to: &str, mail: &[u8]) {
        human::send(self.ports.smtp, from, to, mail);
    }

    /// The mails of the Inbox whose files are not named in `read` yet; they are from now on.
    pub fn unread_of(&self, address: &str, read: &mut BTreeSet<String>) -> Vec<Vec<u8>> {
        maildir::unread(&self.maildir(address), read)
    }

    /// What a person's mail program would do: IMAP commands (without tags) in the Inbox.
    /// Returns all that the server said.
    pub fn human_does(&self, address: &str, commands: &[&str]) -> String {
        human::imap(self.ports.imap, &human::login(address), commands)
    }

    /// All mails in a person's Inbox, in the order of their delivery, lines ended by CRLF.
    pub fn mail_of(&self, address: &str) -> Vec<Vec<u8>> {
        match self.is_in_cyrus(address) {
            true => self.mails_in_cyrus(),
            false => maildir::mails(&self.maildir(address)),
        }
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
        match self.brand {
            Brand::Cyrus => self.kept_in_cyrus(),
            Brand::Dovecot => maildir::kept(&self.maildir(CONTACT)),
        }
    }

    /// How often a person (or a program in their name) has logged in by IMAP.
    pub fn logins(&self, address: &str) -> usize {
        let log = fs::read_to_string(self.dir.path().join("dovecot.log")).expect("Dovecot's log");
        log.matches(&format!("Info: Login: user=<{address}>")).count()
    }

    /// What has been fetched of a person's mails, in connections that have ended.
    pub fn fetches(&self, address: &str) -> Fetches {
        let log = fs::read_to_string(self.dir.path().join("dovecot.log")).expect("Dovecot's log");
        let ends = log.lines().filter(|line| line.contains(&format!("imap({address})")));
        ends.map(Fetches::logged).fold(Fetches::default(), std::ops::Add::add)
    }

    /// Makes the IMAP server number a person's mails anew, under another UIDVALIDITY.
    /// Only while it is stopped.
    pub fn forget_uids(&self, address: &str) {
        assert!(self.imap.is_none(), "stop_imap() comes first");
        maildir::forget_uids(&self.maildir(address), &self.owner);
    }

    fn is_in_cyrus(&self, address: &str) -> bool {
        self.brand == Brand::Cyrus && address == CONTACT
    }

    /// Where a person's mail is, as long as it is kept as Maildir.
    pub fn maildir(&self, address: &str) -> PathBuf {
        let (user, domain) = address.split_once('@').expect("an address");
        let base = format!("{}@{domain}", user.split('+').next().unwrap_or(user)).to_lowercase();
        assert!(self.people.contains(&base), "{address} is nobody here; start_with() adds people");
        self.dir.path().join("mail").join(base).join("Maildir")
    }
}

/// Whether the servers are installed; else a sentence with the remedy.
pub fn needed() -> Result<(), String> {
    let missed =
        ["dovecot", "chasquid", "chasquid-util"].into_iter().find(|name| process::found(name).is_none());
    missed.map_or(Ok(()), |program| Err(process::missing(program)))
}

/// What a program says, or a panic with its name and words.
fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}
