//! Mail in Maildirs, as the servers file it.

use super::process::Owner;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where a mail is kept, and its flags as Maildir writes them: `S` seen, `F` flagged,
/// `R` answered, `T` deleted, small letters for keywords.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// `INBOX`, or the folder's name in modified UTF-7.
    pub folder: String,
    pub flags: String,
}

/// Files a mail: written aside, then renamed, so that no server sees half of it.
#[expect(clippy::disallowed_methods, reason = "a maildir's file names hold the time")]
pub fn file(maildir: &Path, sub: &str, flags: &str, mail: &[u8], owner: &Owner) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}.{:09}.{}-{count}.test", now.as_secs(), now.subsec_nanos(), std::process::id());
    let aside = maildir.join("tmp").join(&name);
    fs::write(&aside, mail).expect("a mail");
    chown(&aside, Some(owner.uid), Some(owner.gid)).expect("chown");
    fs::rename(aside, maildir.join(sub).join(format!("{name}{flags}"))).expect("rename");
}

/// The mails of the Inbox in the order of delivery.
pub fn mails(maildir: &Path) -> Vec<Vec<u8>> {
    // By time, then by name: names begin with whole seconds, and go on as each program likes.
    let mut files: Vec<(String, PathBuf)> = files(maildir);
    files.sort_by_cached_key(|(name, path)| (written(path), name.clone()));
    // A server may rename a file (its flags) while we read: then it is found in the next look.
    files.iter().filter_map(|(_, path)| fs::read(path).ok()).map(|mail| with_crlf(&mail)).collect()
}

/// The mails whose files are not named in `read`, which they are from now on. For mailboxes that no
/// server renames files in.
pub fn unread(maildir: &Path, read: &mut BTreeSet<String>) -> Vec<Vec<u8>> {
    let mut files = files(maildir);
    files.retain(|(name, _)| read.insert(name.clone()));
    files.sort();
    files.iter().map(|(_, path)| with_crlf(&fs::read(path).expect("a mail"))).collect()
}

/// Folder and flags of every mail, in order.
pub fn kept(maildir: &Path) -> Vec<Kept> {
    let mut kept = in_folder("INBOX", maildir);
    for entry in fs::read_dir(maildir).expect("a Maildir").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(folder) = name.strip_prefix('.').filter(|_| entry.path().join("cur").is_dir()) {
            kept.extend(in_folder(folder, &entry.path()));
        }
    }
    kept.sort();
    kept
}

/// A UIDVALIDITY of one is in the past of every clock.
pub fn forget_uids(maildir: &Path, owner: &Owner) {
    for entry in fs::read_dir(maildir).expect("a Maildir").flatten() {
        if entry.file_name().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(entry.path()).expect("a file of Dovecot's");
        }
    }
    let list = maildir.join("dovecot-uidlist");
    fs::write(&list, "3 V1 N1 G00000000000000000000000000000001\n").expect("a list of UIDs");
    chown(&list, Some(owner.uid), Some(owner.gid)).expect("chown");
}

fn in_folder(folder: &str, maildir: &Path) -> Vec<Kept> {
    let flags = |name: &str| name.split_once(":2,").map_or(String::new(), |(_, flags)| flags.to_owned());
    let keep = |(name, _): &(String, PathBuf)| Kept { folder: folder.to_owned(), flags: flags(name) };
    files(maildir).iter().map(keep).collect()
}

fn files(maildir: &Path) -> Vec<(String, PathBuf)> {
    let subs = ["new", "cur"].map(|sub| maildir.join(sub));
    let entries = subs.iter().flat_map(|sub| fs::read_dir(sub).expect("a Maildir").flatten());
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect()
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

fn with_crlf(mail: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(mail.len() + mail.len() / 32);
    for (at, &byte) in mail.iter().enumerate() {
        if byte == b'\n' && (at == 0 || mail[at - 1] != b'\r') {
            lines.push(b'\r');
        }
        lines.push(byte);
    }
    lines
}
