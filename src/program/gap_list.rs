//! The letters of a gap, listed for the staff: one line each, and one word decides them all.
//!
//! A lost week may be hundreds of letters, of which most had gone out: nobody reads them whole a
//! second time. What somebody complained of is listed for the complaints person alone.

use super::complaints_person;
use super::gap;
use super::letter::{GapLetter, Letter, Thread};
use super::record::{LetterSent, Owner, Reference};
use super::shadow::{ShadowMail, Shadowed};
use super::turn::Turn;
use crate::mail::address::Mailbox;

/// How many lines one mail has; the next comes when these are decided.
const LINES: usize = 1_000;

/// Shows what is new; where nothing is, what still waits. Whether there was anything.
pub fn show(turn: &mut Turn, waiting: Vec<Shadowed>) -> bool {
    let any = !waiting.is_empty();
    let (confidential, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|s| s.confidential);
    let staff: Vec<Mailbox> = turn.rules.staff.iter().map(|s| s.mailbox.clone()).collect();
    list(turn, others, &staff);
    let person: Vec<Mailbox> = complaints_person::who(turn).into_iter().collect();
    list(turn, confidential, &person);
    any
}

fn list(turn: &mut Turn, waiting: Vec<Shadowed>, readers: &[Mailbox]) {
    let again = waiting.iter().all(|s| s.shown.is_some());
    let mut letters: Vec<Shadowed> = waiting.into_iter().filter(|s| again || s.shown.is_none()).collect();
    let Some(restored) = gap::last(turn).filter(|_| !letters.is_empty()) else { return };
    let more = letters.len().saturating_sub(LINES);
    letters.truncate(LINES);
    let (sent, unknown): (Vec<Shadowed>, Vec<Shadowed>) =
        letters.iter().cloned().partition(|s| restored.alive.is_some_and(|alive| s.since <= alive));
    let all = together(turn, &letters);
    let both = !sent.is_empty() && !unknown.is_empty();
    let letter = Letter::LettersOfTheGap {
        from: restored.backup,
        until: restored.resumed.unwrap_or(restored.restored),
        alive: restored.alive,
        sent_as: both.then(|| together(turn, &sent)),
        unknown_as: both.then(|| together(turn, &unknown)),
        sent: sent.iter().filter_map(|s| line(turn, s)).collect(),
        unknown: unknown.iter().filter_map(|s| line(turn, s)).collect(),
        more,
        again,
    };
    for reader in readers {
        let token = turn.token(&all, &Owner::Staff(reader.address.clone()));
        let thread = Thread { reference: all.clone(), token: Some(token) };
        turn.tell_with(reader, thread, None, letter.clone());
    }
    for shadowed in letters {
        let shown = shadowed.shown.or(Some(turn.now));
        turn.put(&Shadowed { shown, ..shadowed });
    }
}

/// What one word decides.
fn together(turn: &mut Turn, letters: &[Shadowed]) -> Reference {
    let reference = turn.new_reference();
    let letters = letters.iter().map(|s| s.reference.clone()).collect();
    turn.put(&ShadowMail { reference: reference.clone(), letters, at: turn.now });
    reference
}

fn line(turn: &Turn, shadowed: &Shadowed) -> Option<GapLetter> {
    let sent: LetterSent = turn.read(shadowed.letter.inner())?;
    let names: Vec<String> = sent.to.iter().map(|to| to.to_string()).collect();
    let copy = super::outbox::copies(turn, &shadowed.letter).into_iter().next()?;
    Some(GapLetter {
        reference: shadowed.reference.clone(),
        to: names.join(", "),
        subject: copy.subject,
        since: shadowed.since,
    })
}
