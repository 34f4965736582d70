//! The decider on its thread, and the bounded channel by which work reaches it.

use crate::decider::{DecideError, Decider, Work};
use crate::program::batch::Compose;
use crate::program::verdict::Verdict;
use crate::store::Store;
use crate::store::overlay::GroupView;
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};

type Done = Result<Vec<Verdict>, DecideError>;

/// How many groups may wait: each holds at most one batch of mail.
const WAITING: usize = 4;

/// Where work is handed in.
#[derive(Clone)]
pub struct Desk {
    work: mpsc::Sender<(Work, oneshot::Sender<Done>)>,
    store: Arc<dyn Store>,
    /// Rung after every commit: timers and letters may have come.
    pub committed: Arc<Notify>,
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
        let committed = Arc::new(Notify::new());
        let bell = committed.clone();
        std::thread::Builder::new().name("decider".to_owned()).spawn(move || {
            while let Some((work, answer)) = inbox.blocking_recv() {
                let done = decider.work(&work);
                bell.notify_one();
                // Whoever asked may be gone at shutdown; what was committed is committed.
                let _ = answer.send(done);
            }
        })?;
        Ok(Self { work: sender, store, committed })
    }

    /// Hands in work and waits until it is on the disk.
    pub async fn decide(&self, work: Work) -> Done {
        let (answer, done) = oneshot::channel();
        self.work.send((work, answer)).await.map_err(|_| DecideError::Stopped)?;
        done.await.map_err(|_| DecideError::Stopped)?
    }

    /// Reads committed rows.
    pub fn read<T>(&self, look: impl FnOnce(&GroupView) -> T) -> Result<T, DecideError> {
        let view = GroupView::new(&*self.store);
        let seen = look(&view);
        match view.take_fault() {
            None => Ok(seen),
            Some(fault) => Err(fault.into()),
        }
    }
}
