//! What is in the temporary folder when the servers start: configuration, users,
//! certificates, Maildirs, and the script that files mail.

use super::process::{self, Owner};
use super::{Brand, PASSWORD, Ports, Servers};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

impl Servers {
    pub(super) fn lay_out(&self) {
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
        if self.brand == Brand::Cyrus {
            self.lay_out_cyrus();
        }
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
        let cyrus = if self.brand == Brand::Cyrus { self.deliver_to_cyrus() } else { String::new() };
        format!(
            r#"#!/bin/sh
set -eu
{cyrus}box="{root}/mail/${{2%%+*}}@$3/Maildir"
from="${{1#<}}"  # chasquid writes the null reverse-path as <>
name="$(date +%s.%N).$$.smtp"
{{ printf 'Return-Path: <%s>\nDelivered-To: %s@%s\n' "${{from%>}}" "$2" "$3"; cat; }} > "$box/tmp/$name"
mv "$box/tmp/$name" "$box/new/$name"
"#
        )
    }

    pub(super) fn dovecot_conf(&self) -> String {
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
service auth {{
  unix_listener smtp-login {{
    mode = 0666
  }}
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

    pub(super) fn folder(&self, path: &Path) {
        fs::create_dir_all(path).expect("a folder");
    }

    pub(super) fn write(&self, path: &Path, text: &str) {
        self.folder(path.parent().expect("a path below the temporary folder"));
        fs::write(path, text).expect("a file");
        chown(path, Some(self.owner.uid), Some(self.owner.gid)).expect("chown");
    }
}
