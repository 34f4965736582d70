//! Orders: what a request comes to for the decider, and what came of it in words.

use super::holds::spoken;
use super::letters::{self, short};
use super::office::Look;
use super::{Asked, Said};
use crate::decider::Came;
use crate::exit::Exit;
use crate::explain::phrases::{counted, shown};
use crate::program::batch::Outgoing;
use crate::program::order::Order;
use crate::program::record::{Record, Reference, Timestamp};
use crate::program::verdict::What;
use crate::program::{breaker, outbox, standstill, token};
use serde_json::json;

const NOTHING_TO_RESUME: &str =
    "The daemon runs and is not paused, and its store is not held: there is nothing to resume.\n";

/// What is to be done about a request.
pub enum Ordered {
    /// Nothing any more.
    Said(Said),
    Order(Order, Box<Before>),
}

/// How things stood before an order.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The letter it is about.
    pub letter: Option<Outgoing>,
    /// How many letters are in the queue.
    pub waiting: usize,
    /// Since when everything stands still.
    pub paused: Option<Timestamp>,
}

/// The order in a request; `Err` is why there is none.
pub fn of(look: &Look, asked: &Asked) -> Result<Ordered, Said> {
    let mut before = Before { paused: standstill::since(look.view), ..Before::default() };
    let order = match asked {
        Asked::Retry(None) => {
            let unsent = outbox::unsent(look.view);
            before.waiting = unsent.iter().filter(|copy| may_leave(copy) && copy.uncertain == 0).count();
            Order::Retry(None)
        }
        Asked::Retry(Some(id)) => {
            let letter = letters::named(look, id)?;
            before.letter = Some(letter.clone());
            Order::Retry(Some(letter.id))
        }
        Asked::Drop(id) => {
            let letter = letters::named(look, id)?;
            before.letter = Some(letter.clone());
            Order::Drop(letter.id)
        }
        Asked::Pause => Order::Pause,
        Asked::Resume { dry_run: true } => return Err(foreseen(look, before.paused)),
        Asked::Staff { by, words, about } => {
            let by = look.staff(by.as_deref())?.mailbox.address.clone();
            let about = about.as_deref().map(reference).transpose()?;
            Order::Staff { by, words: words.clone(), about }
        }
        // What is only asked has been answered.
        _ => Order::GoOn,
    };
    Ok(Ordered::Order(order, Box::new(before)))
}

fn may_leave(copy: &Outgoing) -> bool {
    !copy.held && !copy.under_way && copy.uncertain < 2
}

/// A reference as somebody wrote it.
pub fn reference(text: &str) -> Result<Reference, Said> {
    token::parse_reference(text.trim().trim_matches(['[', ']'])).ok_or_else(|| {
        let sentence =
            format!("\"{text}\" is no reference: write the five characters of a subject, like K7Q2M");
        Said::wrong(sentence, Exit::DataErr)
    })
}

fn foreseen(look: &Look, paused: Option<Timestamp>) -> Said {
    let text = match paused {
        Some(since) => format!(
            "Paused since {}: \"resume\" would let it go on. This was a dry run.\n",
            shown(look.local(since))
        ),
        None => NOTHING_TO_RESUME.to_owned(),
    };
    Said::well(text, resumed(look, paused, false))
}

/// The same keys as where a store that was restored is let go on.
fn resumed(look: &Look, paused: Option<Timestamp>, ended: bool) -> serde_json::Value {
    let since = paused.map(|since| look.local(since));
    json!({
        "store": look.office.store.display().to_string(), "held": false, "resumed": false, "backup": null,
        "letters": 0, "waiting": 0, "timers": 0, "paused": since, "pause_ended": ended,
    })
}

/// What came of an order.
pub fn obeyed(look: &Look, order: &Order, before: &Before, came: Option<&Came>) -> Said {
    let word = came.map(|came| &came.verdict.what);
    let done = !matches!(word, None | Some(What::AlreadyHandled));
    match order {
        Order::Retry(None) => retried_all(look, before.waiting),
        Order::Retry(Some(_)) => retried(look, before, done),
        Order::Drop(_) => dropped(before, came.map(|came| came.verdict.what_word())),
        Order::Pause => paused(look, before, done),
        Order::GoOn => went_on(look, before, done),
        Order::Staff { words, .. } => spoken(words, came),
    }
}

/// When what was ordered comes about.
fn soon(look: &Look) -> &'static str {
    match look.office.alive {
        _ if standstill::since(look.view).is_some() => "when the pause is over",
        _ if breaker::paused_until(look.view).is_some_and(|until| until > look.now) => "when sending goes on",
        Some(_) => "now",
        None => "at the daemon's next start",
    }
}

fn retried_all(look: &Look, waiting: usize) -> Said {
    let text = match waiting {
        0 => "The outbox has no letter to try.\n".to_owned(),
        n => format!("{} tried {}.\n", counted(n, "letter is", "letters are"), soon(look)),
    };
    Said::well(text, json!({"retried": waiting}))
}

fn retried(look: &Look, before: &Before, done: bool) -> Said {
    let Some(letter) = &before.letter else { return gone() };
    let (id, to) = (short(&letter.id), &letter.recipient);
    let json = json!({"retried": 1, "id": letter.id, "to": to});
    match letter {
        Outgoing { held: true, .. } => {
            refused(format!("the letter {id} to {to} waits for the staff: say APPROVE to it"))
        }
        Outgoing { under_way: true, .. } => {
            Said::well(format!("The letter {id} to {to} is being offered at this moment.\n"), json)
        }
        _ if done || (may_leave(letter) && Outgoing::stored(look.view, &letter.id).is_some()) => {
            Said::well(format!("The letter {id} to {to} is tried {}.\n", soon(look)), json)
        }
        _ => gone(),
    }
}

fn dropped(before: &Before, word: Option<&str>) -> Said {
    let Some(letter) = &before.letter else { return gone() };
    let (id, to, subject) = (short(&letter.id), &letter.recipient, token::without_tokens(&letter.subject));
    match word {
        Some("letter-dropped") => {
            let case = letter.case.as_ref().map(|case| format!(" [{case}]")).unwrap_or_default();
            let json = json!({"dropped": true, "id": letter.id, "to": to, "case": letter.case});
            let text = format!(
                "The letter {id} (\"{subject}\") is out of the outbox: {to} will not get it, and is not told. \
                 The ledger notes it{case}.\n"
            );
            Said::well(text, json)
        }
        Some("letter-under-way") => {
            refused(format!("the letter {id} to {to} is being offered at this moment: ask again in a minute"))
        }
        Some("letter-waits-for-staff") => {
            refused(format!("the letter {id} to {to} waits for the staff: say REFUSE or HANDLED to it"))
        }
        _ => gone(),
    }
}

fn gone() -> Said {
    refused("the letter has left the outbox meanwhile".to_owned())
}

fn refused(sentence: String) -> Said {
    Said::wrong(sentence, Exit::TempFail)
}

fn paused(look: &Look, before: &Before, done: bool) -> Said {
    let since = standstill::since(look.view).or(before.paused).unwrap_or(look.now);
    let from = shown(look.local(since));
    let text = match done {
        true => format!(
            "Paused from {from} on: mail stays unread, nothing is sent and nothing that is due speaks until \"soundingboard resume\".\n"
        ),
        false => format!("It is paused already, since {from}.\n"),
    };
    Said::well(text, json!({"paused": look.local(since), "before": !done}))
}

fn went_on(look: &Look, before: &Before, done: bool) -> Said {
    match before.paused.filter(|_| done) {
        Some(since) => {
            let text = format!("The pause that began {} is over: all goes on.\n", shown(look.local(since)));
            Said::well(text, resumed(look, Some(since), true))
        }
        None => Said::well(NOTHING_TO_RESUME.to_owned(), resumed(look, None, false)),
    }
}
