//! Taking letters from the outbox to the mail server, and bringing back its answer.

use super::Fault;
use super::desk::Desk;
use crate::clock::Clock;
use crate::decider::Work;
use crate::journal;
use crate::mail::delivery::Outcome;
use crate::program::View;
use crate::program::batch::Outgoing;
use crate::program::input::{Delivery, Input};
use crate::program::outbox::{self, Patience};
use crate::submission::{MailObject, Submission};
use futures_util::future::join_all;
use std::collections::BTreeSet;

/// How a round of sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Nothing is due.
    All,
    /// The server was not there, or did not want us: no use offering more now.
    Outage(String),
}

/// Offers what is due, set by set, until nothing is, or the server is away. In one call a
/// letter is offered at most once. A set under way is concluded before we stop.
pub(super) async fn send<S: Submission>(
    desk: &Desk,
    submission: &S,
    clock: &Clock,
    patience: Patience,
    stopping: impl Fn() -> bool,
) -> Result<Sent, Fault> {
    let mut offered = BTreeSet::new();
    while !stopping() {
        submission.ready().await;
        let waiting = next(desk, clock, patience, submission.connections(), &offered)?;
        if waiting.is_empty() {
            break;
        }
        for set in waiting.chunks(submission.connections()) {
            offered.extend(set.iter().map(|copy| copy.id.clone()));
            submission.ready().await;
            let set = may_leave(desk, clock, set)?;
            if let Sent::Outage(why) = offer(desk, submission, &set).await? {
                return Ok(Sent::Outage(why));
            }
        }
    }
    Ok(Sent::All)
}

/// What is offered next: while serving one set, so that an answer never waits behind
/// bulk; in a single run everything there is.
fn next(
    desk: &Desk,
    clock: &Clock,
    patience: Patience,
    set: usize,
    offered: &BTreeSet<String>,
) -> Result<Vec<Outgoing>, Fault> {
    let limit = match patience {
        Patience::Due => set,
        Patience::All => usize::MAX,
    };
    let waiting = desk.read(|view| outbox::next(view, clock.now(), patience, limit))?;
    Ok(waiting.into_iter().filter(|copy| !offered.contains(&copy.id)).collect())
}

/// Those that may still be offered: the letters before them may have been one too many.
fn may_leave(desk: &Desk, clock: &Clock, set: &[Outgoing]) -> Result<Vec<Outgoing>, Fault> {
    let may = |view: &dyn View, copy: &&Outgoing| outbox::may_leave(view, clock.now(), copy);
    Ok(desk.read(|view| set.iter().filter(|copy| may(view, copy)).cloned().collect())?)
}

/// One set, at most one letter a connection: attempts are committed, then made, then
/// concluded.
async fn offer<S: Submission>(desk: &Desk, submission: &S, set: &[Outgoing]) -> Result<Sent, Fault> {
    if set.is_empty() {
        return Ok(Sent::All);
    }
    let ids: Vec<String> = set.iter().map(|copy| copy.id.clone()).collect();
    desk.decide(Work::Inputs(vec![Input::Offered(ids)])).await?;
    journal::offering(set.len());
    let outcomes = join_all(set.iter().map(|copy| submit(desk, submission, copy))).await;
    let mut deliveries = Vec::new();
    for (copy, outcome) in set.iter().zip(outcomes) {
        let outcome = outcome?;
        journal::submitted(copy, &outcome);
        let delivery = Delivery { id: copy.id.clone(), attempt: copy.attempts + 1, outcome };
        deliveries.push(delivery);
    }
    let outage = deliveries.iter().find_map(|d| match &d.outcome {
        Outcome::NotOffered(why) => Some(why.clone()),
        _ => None,
    });
    desk.decide(Work::Inputs(deliveries.into_iter().map(Input::Delivery).collect())).await?;
    Ok(outage.map_or(Sent::All, Sent::Outage))
}

async fn submit<S: Submission>(desk: &Desk, submission: &S, copy: &Outgoing) -> Result<Outcome, Fault> {
    let Some(bytes) = desk.read(|view| outbox::bytes(view, &copy.id))? else {
        return Ok(Outcome::Permanent("its bytes are not in the store".to_owned()));
    };
    let mail = MailObject {
        reverse_path: copy.reverse_path.as_ref(),
        recipient: &copy.recipient,
        content: bytes.as_bytes(),
    };
    Ok(submission.submit(mail).await.unwrap_or_else(|fault| Outcome::NotOffered(fault.to_string())))
}
