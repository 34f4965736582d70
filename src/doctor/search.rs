//! Where the test letters have come to, and taking them away again.
//!
//! A daemon beside us may move them while we look: it does so from the mailbox to the folder of
//! handled mail, so that is looked into later than the mailbox.

use super::inbox::Inbox;
use crate::config::{AfterHandling, Config};
use crate::mail::test_letter::{Arrived, FIELDS};
use crate::mailbox::{Deletion, FolderUse, Listed, MailboxError};
use crate::program::record::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The folders that are watched, and what was found there.
pub struct Search {
    places: Vec<Place>,
    pub found: Vec<Found>,
    /// Codes of letters that a delivery report came back for.
    pub returned: BTreeSet<String>,
    /// Mails that are not ours, by folder and UID: read once.
    strange: BTreeSet<(String, u32)>,
    reports: Vec<(String, u32, u32)>,
}

struct Place {
    folder: String,
    /// A copy in the folder of sent mail has not arrived anywhere.
    arrives: bool,
    /// What was there before has a lower UID.
    first: u32,
    /// None: the folder was not there.
    uid_validity: Option<u32>,
}

/// A test letter that has come.
pub struct Found {
    pub code: String,
    pub folder: String,
    pub arrived: Arrived,
    /// INTERNALDATE.
    pub received: Option<Timestamp>,
    pub at: Instant,
}

impl Search {
    /// Notes what is there already: only what comes from now on is looked at.
    pub async fn begin(config: &Config, inbox: &mut Inbox) -> Result<Self, MailboxError> {
        let mut places = Vec::new();
        for (folder, arrives) in folders(config, inbox) {
            places.push(match inbox.connection.look_into(&folder).await {
                Ok(looked) => {
                    Place { folder, arrives, first: looked.next, uid_validity: Some(looked.uid_validity) }
                }
                Err(MailboxError::Folder { .. }) => Place { folder, arrives, first: 1, uid_validity: None },
                Err(error) => return Err(error),
            });
        }
        let (found, returned, strange, reports) = Default::default();
        Ok(Self { places, found, returned, strange, reports })
    }

    /// Looks until all of these have come or come back, or the time is over.
    pub async fn wait(
        &mut self,
        inbox: &mut Inbox,
        codes: &[String],
        until: Instant,
    ) -> Result<(), MailboxError> {
        // Most come within seconds, and greylisting takes minutes.
        let mut pause = Duration::from_millis(250);
        loop {
            self.look(inbox, codes).await?;
            let is_over =
                |code: &String| self.returned.contains(code) || self.found.iter().any(|f| f.code == *code);
            if codes.iter().all(is_over) || Instant::now() + pause > until {
                return Ok(());
            }
            sleep(pause).await;
            pause = (pause * 5 / 4).min(Duration::from_secs(5));
        }
    }

    async fn look(&mut self, inbox: &mut Inbox, codes: &[String]) -> Result<(), MailboxError> {
        for at in 0..self.places.len() {
            let Some((uid_validity, listed)) = self.places[at].news(inbox).await? else { continue };
            let folder = self.places[at].folder.clone();
            let is_new = |mail: &Listed| !self.strange.contains(&(folder.clone(), mail.uid));
            let news: Vec<Listed> = listed.into_iter().filter(is_new).collect();
            for (mail, arrived) in headers(inbox, &news).await? {
                match arrived.code.clone().filter(|code| codes.contains(code)) {
                    Some(code) => self.note(at, code, arrived, mail),
                    None => {
                        self.strange.insert((folder.clone(), mail.uid));
                        if arrived.is_automatic && self.is_report(inbox, mail, codes).await? {
                            self.reports.push((folder.clone(), uid_validity, mail.uid));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, at: usize, code: String, arrived: Arrived, mail: Listed) {
        let Place { folder, arrives, .. } = &self.places[at];
        if *arrives && !self.found.iter().any(|found| found.code == code) {
            let received = mail.received.map(|received| received.to_utc());
            self.found.push(Found { code, folder: folder.clone(), arrived, received, at: Instant::now() });
        }
    }

    /// A report quotes the letter it is about, or its header.
    async fn is_report(
        &mut self,
        inbox: &mut Inbox,
        mail: Listed,
        codes: &[String],
    ) -> Result<bool, MailboxError> {
        let read = inbox.connection.fetch(mail).await?;
        let text: String =
            read.iter().map(|mail| String::from_utf8_lossy(&mail.bytes).into_owned()).collect();
        let about: Vec<&String> = codes.iter().filter(|code| text.contains(code.as_str())).collect();
        self.returned.extend(about.iter().map(|code| (*code).clone()));
        Ok(!about.is_empty())
    }

    /// Deletes every letter with one of these codes, wherever it lies by now, and the reports on them.
    pub async fn clean_up(
        mut self,
        inbox: &mut Inbox,
        codes: &[String],
    ) -> Result<Vec<Deletion>, MailboxError> {
        let mut deleted = Vec::new();
        for place in &mut self.places {
            let Some((uid_validity, listed)) = place.news(inbox).await? else { continue };
            for (mail, arrived) in headers(inbox, &listed).await? {
                if arrived.code.is_some_and(|code| codes.contains(&code)) {
                    deleted.extend(inbox.connection.delete(&place.folder, uid_validity, mail.uid).await?);
                }
            }
        }
        for (folder, uid_validity, uid) in self.reports {
            inbox.connection.delete(&folder, uid_validity, uid).await?;
        }
        Ok(deleted)
    }
}

impl Place {
    /// What has come since the beginning, and the UIDVALIDITY its UIDs belong to.
    async fn news(&mut self, inbox: &mut Inbox) -> Result<Option<(u32, Vec<Listed>)>, MailboxError> {
        let looked = match inbox.connection.look_into(&self.folder).await {
            Ok(looked) => looked,
            Err(MailboxError::Folder { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let is = looked.uid_validity;
        if *self.uid_validity.get_or_insert(is) != is {
            // Numbered anew: what is there now has come before, as far as anybody can tell.
            (self.first, self.uid_validity) = (looked.next, Some(is));
        }
        match looked.exists {
            0 => Ok(Some((is, Vec::new()))),
            _ => Ok(Some((is, inbox.connection.list(self.first).await?))),
        }
    }
}

async fn headers(inbox: &mut Inbox, mails: &[Listed]) -> Result<Vec<(Listed, Arrived)>, MailboxError> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    let read = inbox.connection.headers(&uids, FIELDS).await?;
    let of = |uid: u32| mails.iter().find(|mail| mail.uid == uid).copied();
    Ok(read.iter().filter_map(|mail| Some((of(mail.uid)?, Arrived::parse(&mail.bytes)))).collect())
}

/// Where a letter may come to or be put, each once, in the order in which it may travel; and whether
/// being there means that it has arrived.
fn folders(config: &Config, inbox: &Inbox) -> Vec<(String, bool)> {
    let imap = &config.imap;
    let handled = (imap.after_handling == AfterHandling::Move).then_some(imap.folder.as_str());
    let arrives = std::iter::once(imap.mailbox.as_str())
        .chain(imap.also_read.iter().map(String::as_str))
        .chain(inbox.junk())
        .chain(handled);
    let sent = [Some(imap.sent.as_str()), inbox.folder_for(FolderUse::Sent)].into_iter().flatten();
    let all = arrives.map(|folder| (folder, true)).chain(sent.map(|folder| (folder, false)));
    let mut folders: Vec<(String, bool)> = Vec::new();
    for (folder, arrives) in all.filter(|(folder, _)| !folder.is_empty()) {
        if !folders.iter().any(|(known, _)| known.eq_ignore_ascii_case(folder)) {
            folders.push((folder.to_owned(), arrives));
        }
    }
    folders
}
