//! Reading the contact mailbox to its end.

use super::Fault;
use super::desk::Desk;
use super::in_work::{self, Caution, LeftBehind};
use super::losses::Losses;
use super::rescan::Sorted;
use super::standstill;
use crate::clock::Clock;
use crate::config::First;
use crate::decider::{self, Fetched, Work};
use crate::journal;
use crate::mailbox::{self, ContactMailbox, Listed, MailboxError, Selected, Survey};
use crate::program::batch::Change;
use crate::program::gap;
use crate::program::input::{Input, Purpose};
use crate::program::record::{Reading, Record, Timestamp};
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;

/// A mailbox read anew acts on nothing older.
const RESCAN: TimeDelta = TimeDelta::days(14);

/// The contact mailbox, and how far and by what rules it is read.
pub struct Reader<M> {
    pub mailbox: M,
    pub desk: Desk,
    pub clock: Clock,
    pub(super) folder: Folder,
    /// What the last run left in work; None until that has been looked up.
    left_behind: Option<LeftBehind>,
    losses: Losses,
}

/// Which folder a reader reads, and how.
pub struct Folder {
    /// Its name.
    pub name: String,
    /// What it is to the program.
    pub purpose: Purpose,
    pub first: First,
    /// Whether handled mail is marked or moved.
    pub marks: bool,
    /// Whether it is the one that handled mail is moved to: read only after the store was restored.
    pub holds_handled: bool,
    /// Reads a mail in another process of ours; whether that process has come through.
    pub trial: Trial,
}

/// See [`Folder::trial`].
pub type Trial = Box<dyn Fn(&Reading, u32) -> LocalBoxFuture<'static, bool>>;

/// For mail that no process can end over.
pub fn no_trial() -> Trial {
    Box::new(|_, _| Box::pin(async { true }))
}

impl<M: ContactMailbox> Reader<M> {
    /// Reads nothing yet.
    pub fn new(mailbox: M, desk: Desk, clock: Clock, folder: Folder) -> Self {
        Self { mailbox, desk, clock, folder, left_behind: None, losses: Losses::default() }
    }

    /// The rows that say how far this folder has been read, taken away: it is not read any more.
    pub(super) fn forgotten(&self) -> Vec<Change> {
        vec![Change::delete::<Reading>(&self.folder.name), in_work::none(&self.folder.name)]
    }

    /// Decides every mail that is there. Returns the time up to which nobody's silence is
    /// blind any more.
    pub(super) async fn read_to_end(&mut self) -> Result<Timestamp, Fault> {
        standstill::ends(&self.desk).await?;
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
                standstill::ends(&self.desk).await?;
                let (batch, later) = rest.split_at(self.batch(&reading, rest)?);
                reading = self.take_batch(reading, batch).await?;
                rest = later;
            }
        }
    }

    /// How far the folder has been read. A changed UIDVALIDITY starts anew; fingerprints
    /// recognise what was handled.
    async fn reading(&mut self, selected: Selected) -> Result<Reading, Fault> {
        let stored = self.desk.read(|view| Reading::stored(view, &self.folder.name))?;
        match stored {
            Some(reading) if reading.uid_validity == selected.uid_validity => Ok(reading),
            Some(reading) => {
                journal::mailbox_rescan(reading.uid_validity, selected.uid_validity);
                self.losses.forget();
                self.start_anew(reading, selected).await
            }
            None => self.first_start(selected).await,
        }
    }

    async fn first_start(&mut self, selected: Selected) -> Result<Reading, Fault> {
        let now = self.clock.wall();
        let Survey { mails, last_uid: highest } = self.mailbox.survey().await?;
        let (last_uid, older, since) = match self.folder.first {
            First::New => (highest, mails, Some(now)),
            First::All => (0, 0, None),
            First::Days(days) => (0, 0, Some(now - TimeDelta::days(i64::from(days)))),
        };
        let reading = Reading {
            folder: self.folder.name.clone(),
            purpose: self.folder.purpose,
            uid_validity: selected.uid_validity,
            last_uid,
            old_up_to: highest,
            since,
            again_up_to: 0,
            older,
            vanished: 0,
        };
        self.desk.decide(Work::Rows(vec![Change::put(&reading)])).await?;
        journal::first_start(older);
        Ok(reading)
    }

    /// Nothing is written down yet: killed here, it starts anew again.
    async fn start_anew(&mut self, before: Reading, selected: Selected) -> Result<Reading, Fault> {
        let highest = self.mailbox.survey().await?.last_uid;
        // After the store was restored, whatever it does not know is of interest.
        let gap = self.desk.read(|view| gap::open(view))?;
        let recent = self.clock.wall() - RESCAN;
        let recent = gap.map_or(recent, |gap| recent.min(gap.from));
        Ok(Reading {
            uid_validity: selected.uid_validity,
            last_uid: 0,
            old_up_to: highest,
            since: before.since.max(Some(recent)),
            again_up_to: highest,
            // Those that we do not know are counted anew.
            older: 0,
            ..before
        })
    }

    /// How many of `rest` are taken together: one, if the last run may have ended over it.
    fn batch(&mut self, reading: &Reading, rest: &[Listed]) -> Result<usize, Fault> {
        self.left_behind()?;
        let left = self.left_behind.get_or_insert_default();
        let cautious = |uid| left.caution(reading, uid) != Caution::None;
        let is_alone = |mail: &Listed| self.losses.is_alone(mail.uid) || cautious(mail.uid);
        let before_it = rest.iter().position(is_alone).unwrap_or(rest.len());
        Ok(mailbox::batch(&rest[..before_it.max(1)]))
    }

    fn left_behind(&mut self) -> Result<&LeftBehind, Fault> {
        if self.left_behind.is_none() {
            self.left_behind = Some(self.desk.read(|view| LeftBehind::of(view, &self.folder.name))?);
        }
        Ok(self.left_behind.get_or_insert_default())
    }

    /// One batch: what is old or known is passed over, the rest is written down as in work,
    /// fetched, decided, committed together with how far it brings us.
    async fn take_batch(&mut self, before: Reading, batch: &[Listed]) -> Result<Reading, Fault> {
        let sorted = self.sort(&before, batch).await?;
        let uids = self.in_work(&before, sorted.new.iter().map(|l| l.uid).collect()).await?;
        let new: Vec<Listed> = sorted.new.iter().filter(|l| uids.contains(&l.uid)).copied().collect();
        let taken = self.decided(before, batch, &Sorted { new, ..sorted }).await;
        if taken.is_err() {
            self.stop_work().await?;
        }
        taken
    }

    /// Writes down what is in work. A mail over which the program has ended again and again is
    /// told to the staff instead.
    async fn in_work(&mut self, reading: &Reading, mut uids: Vec<u32>) -> Result<Vec<u32>, Fault> {
        // Whatever is to be taken with caution is taken alone.
        if let [uid] = uids[..]
            && !self.may_be_taken(reading, uid).await?
        {
            let why = "the program has ended abnormally whenever it read this mail";
            self.quarantine(uid, why.to_owned()).await?;
            uids.clear();
        }
        if !uids.is_empty() {
            let row = Change::put(&self.left_behind()?.in_work(reading, &uids));
            self.desk.decide(Work::Rows(vec![row])).await?;
        }
        Ok(uids)
    }

    async fn may_be_taken(&mut self, reading: &Reading, uid: u32) -> Result<bool, Fault> {
        match self.left_behind()?.caution(reading, uid) {
            Caution::None | Caution::Alone => Ok(true),
            Caution::LeftOut => Ok(false),
            Caution::Tried => {
                journal::trying(uid);
                Ok((self.folder.trial)(reading, uid).await)
            }
        }
    }

    /// Nothing is in work any more, though nothing was decided: for an error of the world, and
    /// where reading is left at a stop.
    pub(super) async fn stop_work(&self) -> Result<(), Fault> {
        in_work::stop(&self.desk, &self.folder.name).await
    }

    async fn decided(
        &mut self,
        before: Reading,
        batch: &[Listed],
        sorted: &Sorted,
    ) -> Result<Reading, Fault> {
        journal::fetching(sorted.new.len());
        let mut mails = self.fetch(&sorted.new).await?;
        mails.iter_mut().for_each(|mail| mail.was_handled = self.folder.holds_handled);
        let vanished = sorted.new.len().saturating_sub(mails.len()) as u64;
        let older = sorted.older + self.drop_old(&before, &mut mails);
        let reading = Reading {
            last_uid: batch.last().map_or(before.last_uid, |l| l.uid),
            older: before.older + older,
            vanished: before.vanished + vanished,
            ..before
        };
        journal::mailbox_read(mails.len(), older, sorted.known, reading.last_uid);
        let mut rows = vec![in_work::none(&self.folder.name)];
        if self.folder.marks {
            rows.extend(sorted.marks.iter().map(|uid| Change::mark(decider::mark_key(&reading, *uid))));
        }
        let work = Work::Mails { mails, reading: reading.clone(), mark_handled: self.folder.marks, rows };
        self.desk.decide(work).await?;
        Ok(reading)
    }

    /// The mails of a batch. One that cannot be fetched at all holds up no other: the
    /// others come one by one, and it is told to staff.
    async fn fetch(&mut self, listed: &[Listed]) -> Result<Vec<Fetched>, Fault> {
        match self.mailbox.fetch(listed).await {
            Err(MailboxError::Protocol { .. }) => (),
            Ok(fetched) => return Ok(fetched.into_iter().map(taken).collect()),
            Err(error) => return self.lost(listed, error).await,
        }
        let mut mails = Vec::new();
        for mail in listed {
            self.mailbox.select().await?;
            match self.mailbox.fetch(std::slice::from_ref(mail)).await {
                // Told to staff, and counted with those that could not be read.
                Err(MailboxError::Protocol { cause, .. }) => self.quarantine(mail.uid, cause).await?,
                Ok(fetched) => mails.extend(fetched.into_iter().map(taken)),
                Err(error) => mails.extend(self.lost(std::slice::from_ref(mail), error).await?),
            }
        }
        Ok(mails)
    }

    /// The connection was lost over these mails: an error, unless it was a mail by itself and is
    /// given up.
    async fn lost(&mut self, asked: &[Listed], error: MailboxError) -> Result<Vec<Fetched>, Fault> {
        match (self.losses.note(asked, &error), asked) {
            (true, [mail]) => self.quarantine(mail.uid, error.to_string()).await?,
            _ => return Err(error.into()),
        }
        Ok(Vec::new())
    }

    async fn quarantine(&self, uid: u32, why: String) -> Result<(), Fault> {
        journal::quarantined(uid, &why);
        let input = Input::Quarantined { folder: self.folder.name.clone(), uid, why };
        self.desk.decide(Work::Inputs(vec![input])).await?;
        Ok(())
    }
}

fn taken(mail: mailbox::Fetched) -> Fetched {
    let received = mail.received.map(|at| at.to_utc());
    Fetched { uid: mail.uid, bytes: mail.bytes, complete: mail.complete, received, was_handled: false }
}
