//! What is arranged for the meeting of a case, before a decision and after it.

use super::timers;
use crate::program::View;
use crate::program::appointment::Appointment;
use crate::program::booking::Booking;
use crate::program::moment::Slot;
use crate::program::record::Case;
use crate::program::schedule::TimerKind;
use crate::program::turn::Turn;
use chrono::DateTime;
use chrono_tz::Tz;
use serde::Serialize;

/// Before and after.
#[derive(Debug, Serialize)]
pub struct Meeting {
    pub before: Standing,
    pub after: Standing,
}

/// What is arranged.
#[derive(Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The times that lie before the other; number n is the nth.
    pub proposed: Vec<Time>,
    pub proposed_by: Option<String>,
    pub agreed: Option<Time>,
    /// The number of our latest invitation (RFC 5545 §3.8.7.4).
    pub invitation: Option<u32>,
    /// They have the time in calendars of their own.
    pub own_calendar: bool,
    /// When the shared room is booked for them.
    pub room: Option<Time>,
    /// When both are asked whether they met.
    pub asked_about: Option<DateTime<Tz>>,
}

/// From when, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Time {
    pub start: DateTime<Tz>,
    pub minutes: u32,
}

impl Meeting {
    /// None where no time was ever named.
    pub fn of(before: &dyn View, after: &dyn View, turns: [&Turn; 2], case: &Case) -> Option<Self> {
        let [was, is] = turns.map(|turn| turn.read::<Appointment>(&case.reference.0));
        if was.is_none() && is.is_none() {
            return None;
        }
        let zone = turns[0].rules.zone;
        Some(Self {
            before: Standing::of(before, turns[0], was, case, zone),
            after: Standing::of(after, turns[1], is, case, zone),
        })
    }
}

impl Standing {
    /// Whether no time was named yet.
    pub fn is_of_nothing(&self) -> bool {
        self.proposed.is_empty()
            && self.agreed.is_none()
            && self.invitation.is_none()
            && self.asked_about.is_none()
    }

    /// As it stands in these rows.
    pub fn of(view: &dyn View, turn: &Turn, appointment: Option<Appointment>, case: &Case, zone: Tz) -> Self {
        let time = |slot: Slot| Time { start: slot.start.with_timezone(&zone), minutes: slot.minutes };
        let asks = timers::due(view, &TimerKind::Confirmation { case: case.reference.clone() });
        let proposer = appointment.as_ref().filter(|appointment| !appointment.proposed.is_empty());
        Self {
            proposed_by: proposer.map(|appointment| case.mailbox_of(appointment.by).called().to_owned()),
            agreed: appointment.as_ref().and_then(|appointment| appointment.agreed).map(time),
            invitation: appointment.as_ref().and_then(|appointment| appointment.sequence),
            own_calendar: appointment.as_ref().is_some_and(|appointment| appointment.own_uid.is_some()),
            proposed: appointment.map(|a| a.proposed.into_iter().map(time).collect()).unwrap_or_default(),
            room: turn.read::<Booking>(&case.reference.0).and_then(|booking| booking.slot).map(time),
            asked_about: asks.map(|at| at.with_timezone(&zone)),
        }
    }
}
