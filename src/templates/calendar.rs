//! What a letter says to the reader's calendar program.

use super::Identity;
use super::headers;
use super::render::Rendered;
use crate::mail::compose::{self, Calendar};
use crate::mail::invitation::Invitation;
use crate::program::letter::Addressed;
use crate::program::record::Timestamp;

/// The invitation of a letter, described by the letter's own text.
pub fn part(
    letter: &Addressed,
    rendered: &Rendered,
    identity: &Identity,
    now: Timestamp,
) -> Option<Calendar> {
    let calendar = letter.calendar.as_ref()?;
    let names: Vec<&str> = match &calendar.location {
        Some(room) if calendar.attendees.len() == 1 => vec![room],
        _ => calendar.attendees.iter().map(|person| person.called()).collect(),
    };
    let invitation = Invitation {
        method: calendar.method,
        uid: &calendar.uid,
        sequence: calendar.sequence,
        stamp: now,
        start: calendar.slot.start,
        minutes: calendar.slot.minutes,
        summary: &format!("{} ({})", compose::one_line(&names.join(" – ")), identity.network),
        description: &rendered.text,
        location: calendar.location.as_deref(),
        organizer: &headers::from(letter, identity),
        attendees: &calendar.attendees,
        language: &rendered.language,
    };
    Some(invitation.calendar())
}
