//! The bookings of the shared room as a calendar, for whoever wants to see when it is taken.
//! It says when and nothing else: who comes is nobody's business.

use super::View;
use super::booking::Booking;
use super::record::Record;
use super::room::Room;
use super::rules::Rules;
use crate::mail::address::Mailbox;
use crate::mail::invitation::{self, Invitation, Method};

/// Which room it is, and whose.
#[derive(Clone, Debug)]
pub struct RoomCalendar {
    room: Room,
    organizer: Mailbox,
    language: String,
}

impl RoomCalendar {
    /// None where there is no room.
    pub fn of(rules: &Rules) -> Option<Self> {
        Some(Self {
            room: rules.room.clone()?,
            organizer: Mailbox::new(&*rules.network, rules.address.clone()),
            language: rules.languages.first().cloned().unwrap_or_else(|| "en".to_owned()),
        })
    }

    /// All bookings that are known, the earliest first (RFC 5545).
    pub fn text(&self, view: &dyn View) -> String {
        let bookings = bookings(view);
        // Without the token of an invitation: this file is for everybody.
        let uid =
            |booking: &Booking| format!("room-{}@{}", booking.reference, self.organizer.address.domain());
        let uids: Vec<String> = bookings.iter().map(uid).collect();
        let published = bookings.iter().zip(&uids).filter_map(|(booking, uid)| self.published(booking, uid));
        invitation::publish(&self.room.name, &published.collect::<Vec<_>>())
    }

    fn published<'a>(&'a self, booking: &Booking, uid: &'a str) -> Option<Invitation<'a>> {
        Some(Invitation {
            method: Method::Publish,
            uid,
            sequence: booking.sequence.unwrap_or(0),
            stamp: booking.at,
            start: booking.slot?.start,
            minutes: booking.slot?.minutes,
            summary: &self.room.name,
            description: "",
            location: Some(&self.room.name),
            organizer: &self.organizer,
            attendees: &[],
            language: &self.language,
        })
    }
}

fn bookings(view: &dyn View) -> Vec<Booking> {
    let mut bookings = Booking::all_stored(view, "");
    bookings.retain(|booking| booking.slot.is_some());
    bookings.sort_by(|one, other| (one.slot, &one.reference).cmp(&(other.slot, &other.reference)));
    bookings
}
