//! Reading the contact mailbox to its end, and marking what was handled.

use super::Fault;
use super::desk::Desk;
use crate::clock::Clock;
use crate::config::First;
use crate::decider::{self, Fetched, Work};
use crate::journal;
use crate::mailbox::{self, ContactMailbox, Listed, MailboxError, Selected};
use crate::program::View;
use crate::program::batch::Change;
use crate::program::input::{Input, Purpose};
use crate::program::record::{Reading, Record, Timestamp};
use chrono::TimeDelta;

/// Marks made in one set. They grow with the backlog: one at a time is slow on large folders.
const MARKS: usize = 1000;
/// A mailbox read anew acts on nothing older.
const RESCAN: TimeDelta = TimeDelta::days(14);

/// The contact mailbox, and how far and by what rules it is read.
pub struct Reader<M> {
    pub mailbox: M,
    pub desk: Desk,
    pub clock: Clock,
    /// The folder that is read.
    pub folder: String,
    /// What it is to the program.
    pub purpose: Purpose,
    pub first: First,
    /// Whether handled mail is marked or moved.
    pub marks: bool,
}

impl<M: ContactMailbox> Reader<M> {
    /// Decides every mail that is there. Returns the time up to which nobody's silence is
    /// blind any more.
    pub(super) async fn read_to_end(&mut self) -> Result<Timestamp, Fault> {
        let selected = self.mailbox.select().await?;
        let mut reading = self.reading(selected).await?;
        loop {
            let began = self.clock.now();
            let listed = self.mailbox.list(reading.last_uid).await?;
            if listed.is_empty() {
                return Ok(began);
            }
            let mut rest = listed.as_slice();
            while !rest.is_empty() {
                let (batch, later) = rest.split_at(mailbox::batch(rest));
                reading = self.take_batch(reading, batch).await?;
                rest = later;
            }
        }
    }

    /// How far the folder has been read. A changed UIDVALIDITY starts anew; fingerprints
    /// recognise what was handled.
    async fn reading(&mut self, selected: Selected) -> Result<Reading, Fault> {
        let stored = self.desk.read(|view| stored_reading(view, &self.folder))?;
        match stored {
            Some(reading) if reading.uid_validity == selected.uid_validity => Ok(reading),
            Some(reading) => {
                journal::mailbox_rescan(reading.uid_validity, selected.uid_validity);
                self.start_anew(reading, selected).await
            }
            None => self.first_start(selected).await,
        }
    }

    async fn first_start(&mut self, selected: Selected) -> Result<Reading, Fault> {
        let now = self.clock.wall();
        let there = self.mailbox.list(0).await?;
        let highest = there.last().map_or(0, |l| l.uid);
        let (last_uid, older, since) = match self.first {
            First::New => (highest, there.len() as u64, Some(now)),
            First::All => (0, 0, None),
            First::Days(days) => (0, 0, Some(now - TimeDelta::days(i64::from(days)))),
        };
        let reading = Reading {
            folder: self.folder.clone(),
            purpose: self.purpose,
            uid_validity: selected.uid_validity,
            last_uid,
            old_up_to: highest,
            since,
            older,
            vanished: 0,
        };
        self.desk.decide(Work::Rows(vec![Change::put(&reading)])).await?;
        journal::first_start(older);
        Ok(reading)
    }

    async fn start_anew(&mut self, before: Reading, selected: Selected) -> Result<Reading, Fault> {
        let there = self.mailbox.list(0).await?;
        let recent = self.clock.wall() - RESCAN;
        Ok(Reading {
            uid_validity: selected.uid_validity,
            last_uid: 0,
            old_up_to: there.last().map_or(0, |l| l.uid),
            since: before.since.max(Some(recent)),
            ..before
        })
    }

    /// One batch: fetched, decided, committed together with how far it brings us.
    async fn take_batch(&mut self, before: Reading, batch: &[Listed]) -> Result<Reading, Fault> {
        let (old, new): (Vec<&Listed>, Vec<&Listed>) = batch.iter().partition(|l| is_old(&before, l));
        let uids: Vec<u32> = new.iter().map(|l| l.uid).collect();
        let mails = self.fetch(&uids).await?;
        let vanished = uids.len().saturating_sub(mails.len()) as u64;
        let reading = Reading {
            last_uid: batch.last().map_or(before.last_uid, |l| l.uid),
            older: before.older + old.len() as u64,
            vanished: before.vanished + vanished,
            ..before
        };
        journal::mailbox_read(mails.len(), old.len(), reading.last_uid);
        let work = Work::Mails { mails, reading: reading.clone(), mark_handled: self.marks };
        self.desk.decide(work).await?;
        Ok(reading)
    }

    /// The mails of a batch. One that cannot be fetched at all holds up no other: the
    /// others come one by one, and it is told to staff.
    async fn fetch(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Fault> {
        match self.mailbox.fetch(uids).await {
            Err(MailboxError::Protocol { .. }) => (),
            fetched => return Ok(fetched?.into_iter().map(taken).collect()),
        }
        let mut mails = Vec::new();
        for uid in uids {
            self.mailbox.select().await?;
            match self.mailbox.fetch(&[*uid]).await {
                // Told to staff, and counted with those that could not be read.
                Err(MailboxError::Protocol { cause, .. }) => self.quarantine(*uid, cause).await?,
                fetched => mails.extend(fetched?.into_iter().map(taken)),
            }
        }
        Ok(mails)
    }

    async fn quarantine(&self, uid: u32, why: String) -> Result<(), Fault> {
        journal::quarantined(uid, &why);
        let input = Input::Quarantined { folder: self.folder.clone(), uid, why };
        self.desk.decide(Work::Inputs(vec![input])).await?;
        Ok(())
    }

    /// Does what is configured to handled mail, in sets; may lag, and is made again after
    /// a crash.
    pub(super) async fn mark_handled(&mut self) -> Result<(), Fault> {
        while let Some((uid_validity, uids)) = next_marks(&self.desk, &self.folder)? {
            let selected = self.mailbox.select().await?;
            if selected.uid_validity == uid_validity {
                self.mailbox.mark_handled(&uids).await?;
            }
            let key = |uid: &u32| format!("{}{uid:010}", decider::mark_prefix(&self.folder, uid_validity));
            let done = uids.iter().map(|uid| Change::gone(key(uid))).collect();
            self.desk.decide(Work::Rows(done)).await?;
            journal::mailbox_marked(uids.len());
        }
        Ok(())
    }
}

fn taken(mail: mailbox::Fetched) -> Fetched {
    Fetched { uid: mail.uid, bytes: mail.bytes, complete: mail.complete }
}

/// A mail that was there before we began: counted, never acted on.
fn is_old(reading: &Reading, mail: &Listed) -> bool {
    let before = |since: Timestamp| mail.received.is_some_and(|at| at.to_utc() < since);
    mail.uid <= reading.old_up_to && reading.since.is_some_and(before)
}

fn stored_reading(view: &dyn View, folder: &str) -> Option<Reading> {
    let key = format!("{}/{folder}", Reading::TABLE);
    let text = view.get(&key)?;
    serde_json::from_str(&text).inspect_err(|e| view.fault(&key, &e.to_string())).ok()
}

/// The next set of one UIDVALIDITY.
fn next_marks(desk: &Desk, folder: &str) -> Result<Option<(u32, Vec<u32>)>, Fault> {
    let prefix = format!("mark/{folder}/");
    let found = desk.read(|view| {
        let rows = view.first(&prefix, 1);
        let uid_validity = rows.first()?.0.strip_prefix(&prefix)?.split('/').next()?.parse().ok()?;
        Some((uid_validity, decider::marks(view, folder, uid_validity, MARKS)))
    })?;
    Ok(found)
}
