//! The decider on its thread, and the bounded channel by which work reaches it.

use super::pulse::Pulse;
use crate::decider::{DecideError, Decider, Work, asked_again};
use crate::mail::heading::Heading;
use crate::mail::message_id::Secret;
use crate::program::batch::Compose;
use crate::program::known::{self, Recognised};
use crate::program::verdict::Verdict;
use crate::store::Store;
use crate::store::overlay::GroupView;
use std::fmt::Display;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{Notify, mpsc, oneshot};

type Done = Result<Vec<Verdict>, DecideError>;

/// The stack on which mail is read and decided, in bytes. A process that tries a mail first gives it
/// as much, so that what comes through there comes through here.
pub const STACK: usize = 2 * 1024 * 1024;

/// How many groups may wait: each holds at most one batch of mail.
const WAITING: usize = 4;

/// Where work is handed in.
#[derive(Clone)]
pub struct Desk {
    work: mpsc::Sender<(Work, oneshot::Sender<Done>)>,
    store: Arc<dyn Store>,
    secret: Secret,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    /// Rung after every commit: timers and letters may have come.
    pub committed: Arc<Notify>,
    /// The same, for whoever keeps a file of what is in the store.
    pub changed: Arc<Notify>,
    /// Rung where an operator wants things to go on at once: whoever rests looks again.
    pub hurry: Arc<Notify>,
    /// What was lived through since the start.
    pub pulse: Pulse,
}

impl Desk {
    /// Starts the decider's thread. It ends when the last `Desk` is dropped.
    pub fn open<C>(decider: Decider<C>) -> std::io::Result<Self>
    where
        C: Compose + Send + 'static,
        C::Error: Display,
    {
        let (sender, mut inbox) = mpsc::channel::<(Work, oneshot::Sender<Done>)>(WAITING);
        let store = decider.store.clone();
        let secret = decider.rules.secret.clone();
        let committed = Arc::new(Notify::new());
        let changed = Arc::new(Notify::new());
        let bells = [committed.clone(), changed.clone()];
        let pulse = Pulse::begun(decider.clock.now());
        let counting = pulse.clone();
        let thread = std::thread::Builder::new().name("decider".to_owned()).stack_size(STACK);
        let thread = thread.spawn(move || {
            while let Some((work, answer)) = inbox.blocking_recv() {
                let done = decider.work(&work);
                counting.worked(&work, &done);
                bells.iter().for_each(|bell| bell.notify_one());
                // Whoever asked may be gone at shutdown; what was committed is committed.
                let _ = answer.send(done);
            }
        })?;
        Ok(Self {
            work: sender,
            store,
            secret,
            thread: Arc::new(Mutex::new(Some(thread))),
            committed,
            changed,
            hurry: Arc::default(),
            pulse,
        })
    }

    /// Ends the thread once it has done what was handed in, and lets go of the store. Any
    /// other `Desk` of it must have been dropped.
    pub fn close(self) {
        drop(self.work);
        let thread = self.thread.lock().map_or(None, |mut thread| thread.take());
        if let Some(thread) = thread {
            // A panic of the decider has been printed and answered as `Stopped`.
            let _ = thread.join();
        }
    }

    /// Hands in work and waits until it is on the disk.
    pub async fn decide(&self, work: Work) -> Done {
        let (answer, done) = oneshot::channel();
        self.work.send((work, answer)).await.map_err(|_| DecideError::Stopped)?;
        done.await.map_err(|_| DecideError::Stopped)?
    }

    /// Whether the mail with this header was decided.
    pub(super) fn recognise(&self, heading: &Heading) -> Result<Recognised, DecideError> {
        self.read(|view| known::recognise(view, &self.secret, heading))
    }

    /// Committed rows that begin with `prefix` and come behind `key`, at most `limit`.
    pub(super) fn behind(
        &self,
        prefix: &str,
        key: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, DecideError> {
        asked_again(|| Ok(self.store.behind(prefix, key, limit)?))
    }

    /// Reads committed rows.
    pub fn read<T>(&self, look: impl Fn(&GroupView) -> T) -> Result<T, DecideError> {
        asked_again(|| self.read_once(&look)).inspect_err(|error| self.pulse.failed(error))
    }

    /// Notes what the store has found damaged.
    pub(super) fn note_damages(&self) {
        self.store.damages().into_iter().for_each(|sentence| self.pulse.damaged(sentence));
    }

    /// Returns once the decider has done what was handed in before: it lives. Nothing is decided or written.
    pub async fn answers(&self) -> Result<(), DecideError> {
        self.decide(Work::Rows(Vec::new())).await.map(|_| ())
    }

    fn read_once<T>(&self, look: impl Fn(&GroupView) -> T) -> Result<T, DecideError> {
        let view = GroupView::new(&*self.store);
        let seen = look(&view);
        match view.take_fault() {
            None => Ok(seen),
            Some(fault) => Err(fault.into()),
        }
    }
}
