//! Dovecot with a mailbox for each run, in the format that was chosen.

use super::imap::Imap;
use crate::servers::{PASSWORD, Servers};
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

/// How mail is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Maildir,
    Sdbox,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Format::Maildir => "maildir",
            Format::Sdbox => "sdbox",
        }
    }
}

/// The server and the format of its mailboxes.
pub struct Place {
    pub servers: Servers,
    pub format: Format,
}

impl Place {
    /// With an empty mailbox for each of these.
    pub fn start(format: Format, boxes: &[String]) -> Self {
        let more = match format {
            Format::Maildir => "",
            Format::Sdbox => "mail_location = sdbox:~/sdbox\n",
        };
        let boxes: Vec<&str> = boxes.iter().map(String::as_str).collect();
        Self { servers: Servers::start_imap_alone(&boxes, more), format }
    }

    pub fn log_in(&self, user: &str) -> Imap {
        Imap::log_in(self.servers.imap_port(), user, PASSWORD)
    }

    /// Puts mails `0..count` into a mailbox. Dovecot has numbered them when this returns, as it has
    /// those of a mailbox in use; the folder for handled mail is there.
    pub fn fill(&self, user: &str, count: usize, mail: impl Fn(usize) -> Vec<u8>) {
        let mut imap = self.log_in(user);
        for n in 0..count {
            match self.format {
                Format::Maildir => self.servers.deliver(user, &mail(n)),
                Format::Sdbox => imap.append(&mail(n)),
            }
        }
        imap.run("CREATE Handled");
        imap.run("SELECT INBOX");
        assert_eq!(imap.uids().len(), count, "mails in the mailbox of {user}");
    }

    /// Everything of a mailbox that is not needed any more.
    pub fn clear(&self, user: &str) {
        let home = self.home(user);
        for folder in ["Maildir", "sdbox"].map(|name| home.join(name)) {
            // The one that is not there is well.
            let _ = fs::remove_dir_all(folder);
        }
    }

    /// When mail was put into the folder for handled mail last.
    pub fn last_move(&self, user: &str) -> Option<SystemTime> {
        let home = self.home(user);
        let folders = match self.format {
            Format::Maildir => ["Maildir/.Handled/cur", "Maildir/.Handled/new"],
            Format::Sdbox => ["sdbox/mailboxes/Handled/dbox-Mails"; 2],
        };
        let changed = |folder| fs::metadata(home.join(folder)).and_then(|meta| meta.modified()).ok();
        folders.into_iter().filter_map(changed).max()
    }

    fn home(&self, user: &str) -> PathBuf {
        self.servers.maildir(user).parent().expect("a folder in a home").to_owned()
    }
}
