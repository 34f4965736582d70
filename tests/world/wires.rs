//! The two wires of the world: a mailbox that people deliver to, a server that takes letters.

use super::power::Power;
use chrono::{DateTime, FixedOffset};
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::delivery::Outcome;
use soundingboard::mailbox::{ContactMailbox, Fetched, Listed, MailboxError, Selected, Survey};
use soundingboard::program::record::Timestamp;
use soundingboard::submission::{MailObject, Submission, SubmissionError};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// A letter that arrived at somebody's.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub to: AddrSpec,
    pub bytes: Vec<u8>,
}

/// Where handled mail is moved to.
pub const HANDLED: &str = "Handled";

/// What lies on the wires; clones share it.
#[derive(Clone, Default)]
pub struct Post(Rc<RefCell<Lying>>);

#[derive(Clone, Default, PartialEq)]
pub struct Lying {
    uid_validity: u32,
    contact: BTreeMap<u32, Vec<u8>>,
    next_uid: u32,
    moved: BTreeSet<u32>,
    /// When mails of the contact mailbox were received, where that matters.
    received: BTreeMap<u32, Timestamp>,
    /// Other folders: what lies in them, by UID from 1, and whether it was moved away.
    others: BTreeMap<String, Vec<(Vec<u8>, bool)>>,
    sent: Vec<Letter>,
    /// What the mail server says to the next letters to an address.
    refusals: BTreeMap<String, String>,
    smtp_down: bool,
}

impl Post {
    /// A copy of what lies there now.
    pub fn lying(&self) -> Lying {
        self.0.borrow().clone()
    }

    /// Wires on which this lies.
    pub fn of(lying: &Lying) -> Self {
        Self(Rc::new(RefCell::new(lying.clone())))
    }

    /// Puts a mail into the contact mailbox, and a copy where the fuzzer looks for seeds.
    pub fn deliver(&self, bytes: Vec<u8>) -> u32 {
        if let Some(folder) = std::env::var_os("KEEP_MAILS") {
            let name = format!("{:08x}.eml", crc32fast::hash(&bytes));
            std::fs::write(Path::new(&folder).join(name), &bytes).expect("a folder for the mails");
        }
        let mut lying = self.0.borrow_mut();
        lying.next_uid += 1;
        let uid = lying.next_uid;
        lying.contact.insert(uid, bytes);
        uid
    }

    /// Puts a mail into another folder.
    pub fn put_into(&self, folder: &str, bytes: Vec<u8>) {
        self.0.borrow_mut().others.entry(folder.to_owned()).or_default().push((bytes, false));
    }

    /// Whether the last mail of another folder was moved away.
    pub fn is_last_moved_from(&self, folder: &str) -> bool {
        self.0.borrow().others.get(folder).and_then(|mails| mails.last()).is_some_and(|(_, moved)| *moved)
    }

    /// Takes the first mail out of another folder.
    pub fn take_first_of(&self, folder: &str) -> Option<Vec<u8>> {
        let mut lying = self.0.borrow_mut();
        let first = lying.others.get_mut(folder)?.iter_mut().find(|(_, moved)| !moved)?;
        first.1 = true;
        Some(first.0.clone())
    }

    /// Letters that arrived since the last call.
    pub fn take_sent(&self) -> Vec<Letter> {
        std::mem::take(&mut self.0.borrow_mut().sent)
    }

    pub fn set_smtp(&self, up: bool) {
        self.0.borrow_mut().smtp_down = !up;
    }

    pub fn is_smtp_up(&self) -> bool {
        !self.0.borrow().smtp_down
    }

    /// From now on letters to this address are refused with these words.
    pub fn refuse(&self, address: &AddrSpec, words: &str) {
        self.0.borrow_mut().refusals.insert(address.key(), words.to_owned());
    }

    pub fn is_refused(&self, address: &AddrSpec) -> bool {
        self.0.borrow().refusals.contains_key(&address.key())
    }

    /// The mailbox is made anew: same mails, new numbers.
    pub fn renumber(&self) {
        let mut lying = self.0.borrow_mut();
        lying.uid_validity += 1;
        let mails: Vec<Vec<u8>> = std::mem::take(&mut lying.contact).into_values().collect();
        lying.contact = (1u32..).zip(mails).collect();
        lying.next_uid = lying.contact.len() as u32;
        lying.moved.clear();
        lying.received.clear();
    }

    /// When a mail of the contact mailbox was received.
    pub fn stamp(&self, uid: u32, at: Timestamp) {
        self.0.borrow_mut().received.insert(uid, at);
    }

    /// UIDs that were moved out of the Inbox.
    pub fn moved(&self) -> BTreeSet<u32> {
        self.0.borrow().moved.clone()
    }
}

pub struct WorldMailbox {
    pub post: Post,
    pub power: Arc<Power>,
    /// None is the inbox.
    pub folder: Option<String>,
}

fn off() -> MailboxError {
    MailboxError::Config("the power is off".to_owned())
}

impl WorldMailbox {
    pub fn inbox(post: &Post, power: &Arc<Power>) -> Self {
        Self { post: post.clone(), power: power.clone(), folder: None }
    }

    pub fn folder(post: &Post, power: &Arc<Power>, folder: &str) -> Self {
        Self { folder: Some(folder.to_owned()), ..Self::inbox(post, power) }
    }

    /// What lies in the folder, by UID.
    fn mails(&self) -> BTreeMap<u32, Vec<u8>> {
        let lying = self.post.0.borrow();
        match &self.folder {
            None => {
                let there = lying.contact.iter().filter(|(uid, _)| !lying.moved.contains(uid));
                there.map(|(uid, bytes)| (*uid, bytes.clone())).collect()
            }
            Some(folder) if folder == HANDLED => {
                let there = lying.contact.iter().filter(|(uid, _)| lying.moved.contains(uid));
                there.map(|(uid, bytes)| (*uid, bytes.clone())).collect()
            }
            Some(folder) => {
                let mails = lying.others.get(folder).cloned().unwrap_or_default();
                let numbered = (1..).zip(mails).filter(|(_, (_, moved))| !moved);
                numbered.map(|(uid, (bytes, _))| (uid, bytes)).collect()
            }
        }
    }

    fn received(&self, uid: u32) -> Option<DateTime<FixedOffset>> {
        let is_contact = self.folder.as_deref().is_none_or(|folder| folder == HANDLED);
        let lying = self.post.0.borrow();
        lying.received.get(&uid).filter(|_| is_contact).map(|at| at.fixed_offset())
    }

    fn read(&self, uids: impl Iterator<Item = u32>) -> Result<Vec<Fetched>, MailboxError> {
        self.is_on()?;
        let mails = self.mails();
        let found = uids.filter_map(|uid| Some((uid, mails.get(&uid)?.clone())));
        let fetched = |(uid, bytes): (u32, Vec<u8>)| Fetched {
            uid,
            size: bytes.len() as u32,
            received: self.received(uid),
            bytes,
            complete: true,
        };
        Ok(found.map(fetched).collect())
    }

    fn is_on(&self) -> Result<(), MailboxError> {
        if self.power.is_off() { Err(off()) } else { Ok(()) }
    }
}

impl ContactMailbox for WorldMailbox {
    async fn select(&mut self) -> Result<Selected, MailboxError> {
        self.is_on()?;
        let lying = self.post.0.borrow();
        let exists = self.mails().len() as u32;
        Ok(Selected { uid_validity: lying.uid_validity + 1, exists, uid_next: None })
    }

    async fn list(&mut self, after: u32) -> Result<Vec<Listed>, MailboxError> {
        self.is_on()?;
        let mails = self.mails();
        let there = mails.range(after + 1..);
        let listed =
            |uid: u32, bytes: &[u8]| Listed { uid, size: bytes.len() as u32, received: self.received(uid) };
        Ok(there.map(|(uid, bytes)| listed(*uid, bytes)).collect())
    }

    async fn survey(&mut self) -> Result<Survey, MailboxError> {
        self.is_on()?;
        let mails = self.mails();
        Ok(Survey { mails: mails.len() as u64, last_uid: mails.keys().next_back().copied().unwrap_or(0) })
    }

    async fn headers(&mut self, uids: &[u32], _: &str) -> Result<Vec<Fetched>, MailboxError> {
        self.read(uids.iter().copied())
    }

    async fn fetch(&mut self, mails: &[Listed]) -> Result<Vec<Fetched>, MailboxError> {
        self.read(mails.iter().map(|mail| mail.uid))
    }

    async fn mark_handled(&mut self, uids: &[u32]) -> Result<(), MailboxError> {
        if !self.power.spend() {
            return Err(off());
        }
        let mut lying = self.post.0.borrow_mut();
        match &self.folder {
            None => lying.moved.extend(uids),
            Some(folder) => {
                let mails = lying.others.entry(folder.clone()).or_default();
                uids.iter().for_each(|uid| mails[*uid as usize - 1].1 = true);
            }
        }
        Ok(())
    }

    fn has_news(&self) -> bool {
        false
    }

    async fn wait(&mut self, _: Duration) -> Result<(), MailboxError> {
        Ok(())
    }
}

pub struct WorldSubmission {
    pub post: Post,
    pub power: Arc<Power>,
}

impl Submission for WorldSubmission {
    async fn ready(&self) -> usize {
        usize::MAX
    }

    async fn submit(&self, mail: MailObject<'_>) -> Result<Outcome, SubmissionError> {
        let mut lying = self.post.0.borrow_mut();
        if lying.smtp_down {
            return Ok(Outcome::NotOffered("the mail server is down".to_owned()));
        }
        if let Some(words) = lying.refusals.get(&mail.recipient.key()) {
            return Ok(Outcome::Permanent(words.clone()));
        }
        if !self.power.spend() {
            return Ok(Outcome::Uncertain("the power is off".to_owned()));
        }
        // As some providers do with whatever is submitted.
        lying.others.entry("Sent".to_owned()).or_default().push((mail.content.to_vec(), false));
        lying.sent.push(Letter { to: mail.recipient.clone(), bytes: mail.content.to_vec() });
        Ok(Outcome::Accepted)
    }

    fn connections(&self) -> usize {
        2
    }

    fn per_minute(&self) -> u32 {
        u32::MAX
    }
}
