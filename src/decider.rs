//! The one writer: takes a group of inputs, decides each, and commits them together.
//!
//! It is synchronous and knows no socket. The daemon runs it on a thread of its own and
//! hands it groups through a bounded channel; effects never travel by that channel: the
//! wires read committed rows.

use crate::clock::Clock;
use crate::journal;
use crate::mail::delivery::Outcome;
use crate::program::batch::{Batch, Change, Compose, Mail};
use crate::program::input::{Delivery, Input, InputId, Purpose};
use crate::program::record::{Reading, Timestamp};
use crate::program::rules::Rules;
use crate::program::verdict::Verdict;
use crate::program::{self, View, gap};
use crate::store::overlay::GroupView;
use crate::store::{Group, Store, StoreError};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// A mail as it was fetched.
pub struct Fetched {
    pub uid: u32,
    pub bytes: Vec<u8>,
    /// False for a mail over the size limit: header and first text only.
    pub complete: bool,
    /// When the server received it, if it tells.
    pub received: Option<Timestamp>,
    /// It lies where handled mail is put: somebody has handled it before.
    pub was_handled: bool,
}

/// What is decided and committed together.
pub enum Work {
    /// A batch of mails, ascending, and how far the folder has been read after it.
    Mails {
        mails: Vec<Fetched>,
        reading: Reading,
        mark_handled: bool,
        /// The shell's own rows that are true once these mails are decided.
        rows: Vec<Change>,
    },
    Inputs(Vec<Input>),
    /// An input of somebody who waits for what comes of it.
    Watched(Input, Watch),
    /// Every mail of the gap has been read (see [`program::gap`]): what is left of it comes, and it closes.
    /// The shell's own rows are true from then on.
    CatchUp(Vec<Change>),
    /// The shell's own rows: no decision.
    Rows(Vec<Change>),
}

/// Where somebody waits for what comes of an input. It is worth something once the group is committed.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Option<Came>>>);

/// What came of an input.
#[derive(Clone, Debug)]
pub struct Came {
    pub verdict: Verdict,
    pub letters: Vec<Mail>,
}

impl Watch {
    /// Takes it out.
    pub fn take(&self) -> Option<Came> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, batch: &Batch<Mail>) {
        let came = Came { verdict: batch.verdict.clone(), letters: batch.outbox.clone() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(came);
    }
}

/// Why a group was not committed.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program failed over something that it cannot leave out.
    #[error("the program failed: {0}; this is a mistake in it, please report it")]
    Defect(String),
    #[error("the decider has stopped")]
    Stopped,
}

impl DecideError {
    /// Nothing was acted on, and the same work may succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(self, DecideError::Store(StoreError::NotCommitted { .. }))
    }
}

/// Asks once more where the index was damaged and has been rebuilt: nothing was done with what it said.
pub(crate) fn asked_again<T>(ask: impl Fn() -> Result<T, DecideError>) -> Result<T, DecideError> {
    match ask() {
        Err(DecideError::Store(StoreError::IndexRebuilt { why })) => {
            journal::store_warning(&format!("the index was damaged ({why}) and has been rebuilt"));
            ask()
        }
        answer => answer,
    }
}

/// The decider and all it needs.
pub struct Decider<C> {
    pub rules: Rules,
    pub wording: C,
    pub store: Arc<dyn Store>,
    pub clock: Clock,
}

impl<C> Decider<C>
where
    C: Compose,
    C::Error: Display,
{
    /// Decides and commits one group. When this returns `Ok`, it is on the disk.
    pub fn work(&self, work: &Work) -> Result<Vec<Verdict>, DecideError> {
        asked_again(|| self.group(work))
    }

    /// What would come of a mail of such a folder at this time, with these rows: decided as any other, and not
    /// committed.
    pub fn foresee(
        &self,
        rows: &dyn Store,
        mail: &Fetched,
        reading: &Reading,
        at: Timestamp,
    ) -> Result<Batch<Mail>, DecideError> {
        let view = GroupView::new(rows);
        let desk = Desk { decider: self, view, now: at, committed: at, decided: Vec::new() };
        let batch = desk.of_mail(mail, reading)?;
        desk.view.take_fault().map_or(Ok(batch), |fault| Err(fault.into()))
    }

    fn group(&self, work: &Work) -> Result<Vec<Verdict>, DecideError> {
        let now = self.clock.now();
        let view = GroupView::new(&*self.store);
        let mut desk = Desk { decider: self, view, now, committed: now, decided: Vec::new() };
        match work {
            Work::Mails { mails, reading, mark_handled, rows } => {
                desk.mails(mails, reading, *mark_handled)?;
                desk.view.apply(rows);
            }
            Work::Inputs(inputs) => inputs.iter().try_for_each(|input| desk.input(input).map(|_| ()))?,
            Work::Watched(input, watch) => desk.watched(input, watch)?,
            Work::CatchUp(rows) => {
                desk.catch_up()?;
                desk.view.apply(rows);
            }
            Work::Rows(rows) => desk.view.apply(rows),
        }
        desk.commit()
    }
}

/// One group being decided.
struct Desk<'a, C> {
    decider: &'a Decider<C>,
    view: GroupView<'a>,
    /// The time of what is decided: in a gap that of the mail, else the same as the next.
    now: Timestamp,
    /// The time of the group.
    committed: Timestamp,
    decided: Vec<Decided>,
}

/// What the journal and the ledger say of one input.
struct Decided {
    input: InputId,
    verdict: Verdict,
    letters: usize,
}

impl<C> Desk<'_, C>
where
    C: Compose,
    C::Error: Display,
{
    fn mails(&mut self, mails: &[Fetched], reading: &Reading, mark: bool) -> Result<(), DecideError> {
        for mail in mails {
            let verdict = self.in_its_time(mail, reading)?;
            if mark && verdict.is_handled() {
                self.view.apply(&[Change::mark(mark_key(reading, mail.uid))]);
            }
        }
        self.view.apply(&[Change::put(reading)]);
        Ok(())
    }

    /// A mail of a gap is decided at the time it was received, after the timers that were due before it.
    /// One that came later is decided now, after all that the gap still brings.
    fn in_its_time(&mut self, mail: &Fetched, reading: &Reading) -> Result<Verdict, DecideError> {
        let Some(gap) = gap::open(&self.view) else { return self.mail(mail, reading) };
        let Some(at) = gap.time_of(mail.received) else {
            self.live_through(gap.until, false)?;
            return self.mail(mail, reading);
        };
        self.live_through(at, mail.was_handled)?;
        self.now = at;
        let verdict = self.mail(mail, reading);
        self.now = self.committed;
        verdict
    }

    /// Fires what was due in a gap up to then, each at its time.
    fn live_through(&mut self, until: Timestamp, handled: bool) -> Result<(), DecideError> {
        let reached = gap::open(&self.view).map_or(until, |gap| gap.reached);
        while let Some(due) = gap::next_due(&self.view, until) {
            self.now = due.due.max(reached);
            self.input(&Input::Timer { id: due.id, due: due.due })?;
        }
        self.now = self.committed;
        let row = gap::reached(&self.view, until, handled);
        self.view.apply(row.as_slice());
        Ok(())
    }

    fn catch_up(&mut self) -> Result<(), DecideError> {
        if let Some(gap) = gap::open(&self.view) {
            self.live_through(gap.until, false)?;
            self.input(&Input::CaughtUp)?;
        }
        Ok(())
    }

    fn mail(&mut self, mail: &Fetched, reading: &Reading) -> Result<Verdict, DecideError> {
        let batch = self.of_mail(mail, reading)?;
        self.take(batch)
    }

    /// A failure in reading, deciding or wording is deterministic: one attempt, then quarantined.
    fn of_mail(&self, mail: &Fetched, reading: &Reading) -> Result<Batch<Mail>, DecideError> {
        let trusted = &self.decider.rules.trusted;
        let again = mail.uid <= reading.again_up_to;
        let read = if again { Purpose::read_again } else { Purpose::read };
        let input = || read(reading.purpose, &mail.bytes, mail.complete, trusted);
        let attempt = self.attempt(|| self.worded(&input()))?;
        attempt.or_else(|why| {
            journal::quarantined(mail.uid, &why);
            self.worded(&Input::Quarantined { folder: reading.folder.clone(), uid: mail.uid, why })
        })
    }

    /// What is due is no more believed than a mail: it may be mail that waited. Nor is what follows
    /// from the mail server's word. A failure at the start ends the program: there is nothing else to do.
    fn input(&mut self, input: &Input) -> Result<Verdict, DecideError> {
        let batch = self.of_input(input)?;
        self.take(batch)
    }

    fn watched(&mut self, input: &Input, watch: &Watch) -> Result<(), DecideError> {
        let batch = self.of_input(input)?;
        watch.put(&batch);
        self.take(batch).map(|_| ())
    }

    fn of_input(&self, input: &Input) -> Result<Batch<Mail>, DecideError> {
        self.attempt(|| self.worded(input))?.or_else(|why| {
            let Some(instead) = instead_of(input, &why) else { return Err(DecideError::Defect(why)) };
            self.worded(&instead)
        })
    }

    /// `Err` within is why it failed: a panic, or a letter that cannot be worded. Where the store
    /// could not be read, that is why.
    fn attempt(
        &self,
        work: impl FnOnce() -> Result<Batch<Mail>, DecideError>,
    ) -> Result<Result<Batch<Mail>, String>, DecideError> {
        let attempt = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(worded) => worded.map_err(|error| error.to_string()),
            Err(panic) => Err(panic_text(panic.as_ref())),
        };
        match self.view.take_fault() {
            Some(fault) => Err(fault.into()),
            None => Ok(attempt),
        }
    }

    fn worded(&self, input: &Input) -> Result<Batch<Mail>, DecideError> {
        let batch = program::decide(&self.decider.rules, &self.view, input, self.now);
        let worded = batch.compose(&self.decider.wording, self.now);
        worded.map_err(|error| DecideError::Defect(error.to_string()))
    }

    fn take(&mut self, batch: Batch<Mail>) -> Result<Verdict, DecideError> {
        if let Some(fault) = self.view.take_fault() {
            return Err(fault.into());
        }
        let changes = batch.changes(&self.view, self.now);
        self.view.apply(&changes);
        let verdict = batch.verdict.clone();
        self.decided.push(Decided {
            input: batch.handled,
            verdict: batch.verdict,
            letters: batch.outbox.len(),
        });
        Ok(verdict)
    }

    /// Save, then speak: the journal speaks too.
    fn commit(self) -> Result<Vec<Verdict>, DecideError> {
        let Desk { decider, view, committed: now, decided, .. } = self;
        if let Some(fault) = view.take_fault() {
            return Err(fault.into());
        }
        let notes = decided.iter().map(|d| format!("{} {}", d.input, d.verdict)).collect();
        let group = Group { at: now, notes, changes: view.into_changes() };
        if group.changes.is_empty() {
            return Ok(Vec::new());
        }
        journal::committing(group.changes.len());
        decider.store.commit(&group)?;
        journal::committed();
        for done in &decided {
            journal::decided(&done.input, &done.verdict, done.letters);
        }
        Ok(decided.into_iter().map(|d| d.verdict).collect())
    }
}

/// The row that asks the mailbox task to mark a handled mail.
pub fn mark_key(reading: &Reading, uid: u32) -> String {
    format!("{}{uid:010}", mark_prefix(&reading.folder, reading.uid_validity))
}

/// What the keys of all marks of a folder begin with.
pub fn mark_prefix(folder: &str, uid_validity: u32) -> String {
    format!("mark/{folder}/{uid_validity}/")
}

/// UIDs that wait to be marked, ascending, at most `limit`.
pub fn marks(view: &dyn View, folder: &str, uid_validity: u32, limit: usize) -> Vec<u32> {
    let rows = view.first(&mark_prefix(folder, uid_validity), limit);
    rows.iter().filter_map(|(key, _)| key.rsplit('/').next()?.parse().ok()).collect()
}

/// What is decided in place of an input over which we failed. The mail server's word is forgotten, and
/// the letter with it: it is offered once more, and the second time the staff are told.
fn instead_of(input: &Input, why: &str) -> Option<Input> {
    let why = why.to_owned();
    match input {
        Input::Timer { id, due } => {
            journal::stuck(&id.0, &why);
            Some(Input::Stuck { id: id.clone(), due: *due, why })
        }
        Input::Delivery(delivery) if !matches!(delivery.outcome, Outcome::Uncertain(_)) => {
            journal::stuck(&delivery.id, &why);
            Some(Input::Delivery(Delivery { outcome: Outcome::Uncertain(why), ..delivery.clone() }))
        }
        _ => None,
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_owned()
}
