//! Postfix in the temporary folder, in chasquid's place.
//!
//! Its programs are Debian's, installed or (by `prepare.sh`) only unpacked below `target/postfix`:
//! the package itself would take the place of whatever mail server a machine has. Its master needs
//! root. It says `PIPELINING`, files mail by itself, and sends reports of what it cannot file.

use super::process::{self, Guarded, Owner};
use super::{Ports, Servers};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// Where `prepare.sh` unpacks it.
const UNPACKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/postfix");
/// Postfix wants two accounts that are neither root's nor the mailboxes' owner's; every Debian has these.
const OWNER: &str = "mail";
const GROUP: &str = "games";
const QUEUES: [&str; 11] = [
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved",
    "trace",
];

/// Where its programs begin: `/`, or the folder that they are unpacked in.
pub fn root() -> Option<PathBuf> {
    let master = |root: &Path| root.join("usr/lib/postfix/sbin/master").is_file();
    [UNPACKED, "/"].map(PathBuf::from).into_iter().find(|root| master(root))
}

/// Why Postfix cannot run here, if so: one sentence.
pub fn missing() -> Option<String> {
    if Owner::of_servers().is_us {
        return Some("Postfix is started by root alone".to_owned());
    }
    let remedy = "no Postfix here; tests/servers/prepare.sh unpacks it, as root";
    root().is_none().then(|| remedy.to_owned())
}

impl Servers {
    pub(super) fn start_postfix(&self) -> Guarded {
        let root = root().unwrap_or_else(|| panic!("{}", missing().unwrap_or_default()));
        self.lay_out_postfix(&root);
        let conf = self.dir.path().join("postfix");
        let library = format!("LD_LIBRARY_PATH={}", root.join("usr/lib/postfix").display());
        let master = root.join("usr/lib/postfix/sbin/master");
        let arguments = [library.as_str(), &master.to_string_lossy(), "-c", &conf.to_string_lossy(), "-d"];
        let us = Owner { is_us: true, ..Owner::of_servers() };
        Guarded::start(&process::find("env"), &arguments, self.dir.path(), &us)
    }

    fn lay_out_postfix(&self, root: &Path) {
        let dir = self.dir.path();
        // Its processes are of several accounts, and have to find their way.
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).expect("chmod");
        let (owner, group) = (process::number_of("-u", OWNER), process::group_number(GROUP));
        let folder = |name: &str, mode: u32, group: Option<u32>| {
            let path = dir.join("postfix-queue").join(name);
            fs::create_dir_all(&path).expect("a folder");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
            chown(&path, Some(owner), group).expect("chown");
        };
        for queue in QUEUES {
            folder(queue, 0o700, None);
        }
        folder("maildrop", 0o730, Some(group));
        folder("public", 0o710, Some(group));
        folder("data", 0o700, None);
        fs::create_dir_all(dir.join("postfix-queue/pid")).expect("a folder");
        self.write(&dir.join("postfix/main.cf"), &self.main_cf(root));
        self.write(&dir.join("postfix/master.cf"), &self.master_cf());
        let boxes = self.people.iter().map(|person| format!("{person} {person}/Maildir/\n"));
        self.write(&dir.join("postfix/boxes"), &boxes.collect::<String>());
        let domains = self.people.iter().filter_map(|person| person.split_once('@'));
        // A table that names one twice is none to Postfix.
        let domains: BTreeSet<String> = domains.map(|(_, domain)| format!("{domain} ours\n")).collect();
        self.write(&dir.join("postfix/domains"), &domains.into_iter().collect::<String>());
        // What postfix reads as root must be root's.
        chown(dir.join("postfix"), Some(0), Some(0)).expect("chown");
        for file in ["main.cf", "master.cf"] {
            chown(dir.join("postfix").join(file), Some(0), Some(0)).expect("chown");
        }
    }

    fn main_cf(&self, root: &Path) -> String {
        let (dir, programs) = (self.dir.path().display(), root.join("usr").display().to_string());
        let Owner { uid, gid, user, .. } = &self.owner;
        format!(
            r#"compatibility_level = 3.6
queue_directory = {dir}/postfix-queue
data_directory = {dir}/postfix-queue/data
command_directory = {programs}/sbin
daemon_directory = {programs}/lib/postfix/sbin
shlib_directory = {programs}/lib/postfix
mail_owner = {OWNER}
setgid_group = {GROUP}
default_privs = {user}
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = network.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
disable_dns_lookups = yes
default_transport = error
virtual_mailbox_domains = texthash:{dir}/postfix/domains
virtual_mailbox_maps = texthash:{dir}/postfix/boxes
virtual_mailbox_base = {dir}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
recipient_delimiter = +
smtpd_tls_cert_file = {dir}/chasquid/certs/network.example/fullchain.pem
smtpd_tls_key_file = {dir}/chasquid/certs/network.example/privkey.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = {dir}/dovecot/smtp-login
"#
        )
    }

    fn master_cf(&self) -> String {
        let Ports { smtp, submission, submissions, .. } = self.ports;
        let login = "-o smtpd_sasl_auth_enable=yes -o mynetworks= \
                     -o smtpd_relay_restrictions=permit_sasl_authenticated,reject";
        format!(
            "127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {login}
127.0.0.1:{submissions} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {login}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
        )
    }
}
