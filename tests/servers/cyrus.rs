//! Cyrus IMAP instead of Dovecot: it holds the contact mailbox, which it alone can look into.
//!
//! Debian's `cyrus-imapd`, installed or (by `prepare.sh`) only unpacked below `target/cyrus`: a machine
//! has one IMAP server installed, and here that is Dovecot. It is copied to the temporary folder and run
//! from there as anybody: `cyrus_user` is whoever the servers run as, its spool and sockets are below the
//! folder, and every password is right.

use super::human::{self, Dialogue};
use super::maildir::Kept;
use super::process::{self, Guarded, Owner};
use super::{CONTACT, Servers};
use std::fs;
use std::path::{Path, PathBuf};

/// Where `prepare.sh` unpacks it.
const UNPACKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/cyrus");
/// Where Debian keeps programs that nobody starts by hand.
const PROGRAMS: &str = "usr/lib/cyrus/bin";
const NEEDED: [&str; 5] = ["master", "idled", "imapd", "lmtpd", "deliver"];

/// Where its programs begin: the folder that they are unpacked in, or `/`.
fn root() -> Option<PathBuf> {
    let has_them = |root: &PathBuf| root.join(PROGRAMS).join("imapd").is_file();
    [UNPACKED, "/"].map(PathBuf::from).into_iter().find(has_them)
}

/// Why Cyrus cannot run here, if so: one sentence.
pub fn missing() -> Option<String> {
    let remedy = "no Cyrus here; tests/servers/prepare.sh unpacks it, as root";
    root().is_none().then(|| remedy.to_owned())
}

impl Servers {
    pub(super) fn lay_out_cyrus(&self) {
        let root = self.dir.path().join("cyrus");
        for folder in ["lib", "spool", "sock"] {
            self.folder(&root.join(folder));
        }
        self.copy_programs(&root);
        self.write(&root.join("imapd.conf"), &imapd_conf(&root, &self.owner));
        self.write(&root.join("cyrus.conf"), &cyrus_conf(&root, self.ports.imap));
    }

    /// Whoever runs it may not look into the folder that they are unpacked in.
    fn copy_programs(&self, to: &Path) {
        let from = root().unwrap_or_else(|| panic!("{}", missing().unwrap_or_default()));
        for folder in ["bin", "libraries"] {
            self.folder(&to.join(folder));
        }
        let copy = |file: &Path, folder: &str| {
            let name = file.file_name().expect("a file");
            fs::copy(file, to.join(folder).join(name))
                .unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        };
        NEEDED.iter().for_each(|program| copy(&from.join(PROGRAMS).join(program), "bin"));
        for place in fs::read_dir(from.join("usr/lib")).expect("libraries").flatten() {
            let files = fs::read_dir(place.path()).into_iter().flatten().flatten();
            let is_ours = |name: &str| name.starts_with("libcyrus") && name.ends_with(".so.0");
            let ours = files.filter(|file| file.file_name().to_str().is_some_and(is_ours));
            ours.for_each(|file| copy(&file.path(), "libraries"));
        }
    }

    pub(super) fn start_cyrus(&mut self) {
        let root = self.dir.path().join("cyrus");
        let path = |name: &str| root.join(name).to_string_lossy().into_owned();
        let (conf, services, pid) = (path("imapd.conf"), path("cyrus.conf"), path("master.pid"));
        let (libraries, master) = (format!("LD_LIBRARY_PATH={}", path("libraries")), path("bin/master"));
        let arguments = [&libraries, &master, "-C", &conf, "-M", &services, "-p", &pid];
        self.imap = Some(Guarded::start(&process::find("env"), &arguments, self.dir.path(), &self.owner));
        process::wait_for_greeting(self.ports.imap, "* OK", self.dir.path());
        // The first login makes the Inbox.
        self.human_does(CONTACT, &[]);
    }

    /// How the script that files mail hands it to Cyrus, by LMTP.
    pub(super) fn deliver_to_cyrus(&self) -> String {
        let root = self.dir.path().join("cyrus").display().to_string();
        let deliver = format!(
            "env LD_LIBRARY_PATH={root}/libraries {root}/bin/deliver -C {root}/imapd.conf -f \"${{from%>}}\" {CONTACT}"
        );
        format!("if [ \"${{2%%+*}}@$3\" = {CONTACT} ]; then from=\"${{1#<}}\"; exec {deliver}; fi\n")
    }

    pub(super) fn append_to_cyrus(&self, flags: &str, mail: &[u8]) {
        self.contact().append("INBOX", flags, mail);
    }

    pub(super) fn mails_in_cyrus(&self) -> Vec<Vec<u8>> {
        let mut contact = self.contact();
        contact.does("EXAMINE INBOX");
        contact.literals("UID FETCH 1:* (BODY.PEEK[])")
    }

    /// As [`super::maildir::kept`] has it.
    pub(super) fn kept_in_cyrus(&self) -> Vec<Kept> {
        let mut contact = self.contact();
        let list = contact.does("LIST \"\" *");
        let mut kept = Vec::new();
        for line in list.lines().filter(|line| line.starts_with("* LIST")) {
            let folder = line.rsplit_once("\"/\" ").expect("a folder").1.trim_matches('"');
            contact.does(&format!("EXAMINE \"{folder}\""));
            let fetched = contact.does("UID FETCH 1:* (FLAGS)");
            let flags =
                fetched.lines().filter_map(|line| Some(line.split_once("FLAGS (")?.1.split_once(')')?.0));
            kept.extend(flags.map(|flags| Kept { folder: folder.to_owned(), flags: letters(flags) }));
        }
        kept.sort();
        kept
    }

    fn contact(&self) -> Dialogue {
        Dialogue::logged_in(self.ports.imap, &human::login(CONTACT))
    }
}

/// Flags as Maildir writes them.
fn letters(flags: &str) -> String {
    let letter = |flag: &str| match flag {
        "\\Seen" => Some('S'),
        "\\Flagged" => Some('F'),
        "\\Answered" => Some('R'),
        "\\Deleted" => Some('T'),
        "\\Recent" => None,
        _ => Some('a'),
    };
    let mut letters: Vec<char> = flags.split_whitespace().filter_map(letter).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

fn imapd_conf(root: &Path, owner: &Owner) -> String {
    let (root, user) = (root.display(), &owner.user);
    format!(
        "configdirectory: {root}/lib
defaultpartition: default
partition-default: {root}/spool
cyrus_user: {user}
servername: localhost
allowplaintext: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN LOGIN
unixhierarchysep: yes
virtdomains: userid
defaultdomain: network.example
autocreate_quota: 0
autocreate_post: yes
maxlogins_per_user: 100
imapidlepoll: 1
idlesocket: {root}/sock/idle
lmtpsocket: {root}/sock/lmtp
"
    )
}

fn cyrus_conf(root: &Path, port: u16) -> String {
    let root = root.display();
    let service = |program: &str| format!("cmd=\"{root}/bin/{program} -C {root}/imapd.conf");
    format!(
        "START {{
  idled {}\"
}}
SERVICES {{
  imap {}\" listen=\"127.0.0.1:{port}\" prefork=1 maxchild=100
  lmtp {} -a\" listen=\"{root}/sock/lmtp\" prefork=0 maxchild=20
}}
EVENTS {{
}}
",
        service("idled"),
        service("imapd"),
        service("lmtpd"),
    )
}
