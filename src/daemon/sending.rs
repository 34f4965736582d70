//! Taking letters from the outbox to the mail server, and bringing back its answer.
//!
//! Set by set, at most one letter a connection. What became of a set and the attempts of the next
//! are one commit, so each set costs one sync; and whenever we are killed, at most one letter a
//! connection is in doubt.

use super::Fault;
use super::desk::Desk;
use super::pace::Pace;
use crate::clock::Clock;
use crate::decider::{DecideError, Work};
use crate::journal;
use crate::mail::delivery::Outcome;
use crate::program::batch::Outgoing;
use crate::program::input::{Delivery, Input};
use crate::program::outbox::{self, Patience};
use crate::submission::{MailObject, Submission};
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;
use tokio::sync::watch;

/// How a round of sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Nothing is due.
    All,
    /// The server was not there, or did not want us: no use offering more before a rest.
    Outage { why: String, rest: Duration },
}

/// Whoever takes letters to the mail server.
pub(super) struct Sender<'a, S> {
    desk: &'a Desk,
    submission: &'a S,
    clock: &'a Clock,
    patience: Patience,
    stop: watch::Receiver<bool>,
    pace: Pace,
    /// What became of letters and could not be committed yet: it is, before anything is offered.
    unconcluded: Vec<Delivery>,
    /// What waits, as it was looked up last.
    waiting: VecDeque<String>,
    /// Offered in this round: in one a letter is offered at most once.
    offered: BTreeSet<String>,
}

impl<'a, S: Submission> Sender<'a, S> {
    /// It stops when `stop` turns true.
    pub fn new(
        desk: &'a Desk,
        submission: &'a S,
        clock: &'a Clock,
        patience: Patience,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let (pace, unconcluded, waiting, offered) = Default::default();
        Self { desk, submission, clock, patience, stop, pace, unconcluded, waiting, offered }
    }

    /// One round: offers what is due, until nothing is, or the server is to be left alone.
    /// A set under way is concluded before we stop.
    pub async fn send(&mut self) -> Result<Sent, Fault> {
        self.waiting.clear();
        self.offered.clear();
        let mut set = Vec::new();
        loop {
            // Whoever has to wait for its turn does so with nothing unconcluded.
            let free = match set.is_empty() {
                true => self.turn().await,
                false => self.turn().now_or_never().flatten(),
            };
            let next = free.map_or_else(|| Ok(Vec::new()), |free| self.next(free))?;
            let had_nothing = set.is_empty() && next.is_empty();
            set = self.conclude_and_begin(next).await?;
            if had_nothing {
                return Ok(Sent::All);
            }
            if let Some(why) = self.offer(&set).await {
                self.conclude_and_begin(Vec::new()).await?;
                return Ok(Sent::Outage { why, rest: self.pace.rest() });
            }
        }
    }

    /// Waits for our turn: how many letters may be offered then. None: we are to stop.
    async fn turn(&mut self) -> Option<usize> {
        let stopped = async {
            if self.stop.wait_for(|stop| *stop).await.is_err() {
                // Nobody is there any more who could say so.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped => None,
            free = self.submission.ready() => Some(free),
        }
    }

    /// What is offered next: while serving, as it stands now, so that an answer never waits behind
    /// bulk; in a single run everything there is.
    fn next(&mut self, free: usize) -> Result<Vec<String>, DecideError> {
        let set = self.submission.connections().min(free).max(1);
        match self.patience {
            Patience::Due => self.look(set)?,
            Patience::All if self.waiting.is_empty() => self.look(usize::MAX)?,
            Patience::All => {}
        }
        let next: Vec<String> = self.waiting.drain(..set.min(self.waiting.len())).collect();
        self.offered.extend(next.iter().cloned());
        Ok(next)
    }

    fn look(&mut self, most: usize) -> Result<(), DecideError> {
        let now = self.clock.now();
        let waiting = self.desk.read(|view| outbox::next(view, now, self.patience, most))?;
        let ids = waiting.into_iter().map(|copy| copy.id);
        self.waiting = ids.filter(|id| !self.offered.contains(id)).collect();
        Ok(())
    }

    /// Commits what became of the last set, and the attempts of the next. The next as committed:
    /// after those before them, some may not leave now.
    async fn conclude_and_begin(&mut self, next: Vec<String>) -> Result<Vec<Outgoing>, Fault> {
        let mut inputs: Vec<Input> = self.unconcluded.iter().cloned().map(Input::Delivery).collect();
        if !next.is_empty() {
            inputs.push(Input::Offered(next.clone()));
        }
        if inputs.is_empty() {
            return Ok(Vec::new());
        }
        self.desk.decide(Work::Inputs(inputs)).await?;
        self.unconcluded.clear();
        Ok(self.desk.read(|view| next.iter().filter_map(|id| outbox::under_way(view, id)).collect())?)
    }

    /// Offers one set. `Some`: the server is to be left alone, for this reason.
    async fn offer(&mut self, set: &[Outgoing]) -> Option<String> {
        if set.is_empty() {
            return None;
        }
        journal::offering(set.len());
        let outcomes = join_all(set.iter().map(|copy| self.submit(copy))).await;
        let mut rests = None;
        for (copy, outcome) in set.iter().zip(outcomes) {
            journal::submitted(copy, &outcome);
            if self.pace.heard(&outcome) {
                rests = Some(outcome.words().to_owned());
            }
            self.unconcluded.push(Delivery { id: copy.id.clone(), attempt: copy.attempts, outcome });
        }
        rests
    }

    async fn submit(&self, copy: &Outgoing) -> Outcome {
        let bytes = match self.desk.read(|view| outbox::bytes(view, &copy.id)) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Outcome::Permanent("its bytes are not in the store".to_owned()),
            // The others of its set are concluded all the same; what fails next says what is wrong.
            Err(error) => return Outcome::NotOffered(error.to_string()),
        };
        let mail = MailObject {
            reverse_path: copy.reverse_path.as_ref(),
            recipient: &copy.recipient,
            content: bytes.as_bytes(),
        };
        let answer = self.submission.submit(mail).await;
        self.desk.pulse.offered(self.clock.now(), &answer);
        answer.unwrap_or_else(|fault| Outcome::NotOffered(fault.to_string()))
    }
}
