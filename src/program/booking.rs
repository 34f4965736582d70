//! Who has the shared room, and when: one booking at a time.

use super::letter::{ExceptionKind, Letter, RoomLine, RoomLines};
use super::moment::Slot;
use super::record::{Case, Hold, Record, Reference, Timestamp};
use super::room::overlap;
use super::schedule::TimerKind;
use super::staff;
use super::staff_mail;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How long before a booking the staff are told that they must open the room.
const URGENT: TimeDelta = TimeDelta::hours(48);
/// Nobody has the room for longer, in minutes.
const LONGEST: u32 = 8 * 60;
/// Nobody books further ahead.
const FURTHEST: TimeDelta = TimeDelta::days(366);
/// Bookings that are over are remembered for so long: the calendar of the room shows them.
const REMEMBERED: TimeDelta = TimeDelta::days(30);
/// What the digest lists of those to come.
const LISTED: TimeDelta = TimeDelta::days(14);

/// A time of the room, or the wish for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    /// That of the case whose two meet there; without one, its own.
    pub reference: Reference,
    /// Whose it is: in a case, who asked for it.
    pub by: Mailbox,
    #[serde(default)]
    pub case: Option<Reference>,
    /// None while no time is found, and once it is given back.
    #[serde(default)]
    pub slot: Option<Slot>,
    /// Free times of which a number chooses one.
    #[serde(default)]
    pub offered: Vec<Slot>,
    /// The number of the latest invitation (RFC 5545 §3.8.7.4).
    #[serde(default)]
    pub sequence: Option<u32>,
    /// What tells the staff to open it, until they have said that it is done.
    #[serde(default)]
    pub hold: Option<Reference>,
    /// They have had their mail about it.
    #[serde(default)]
    pub told: bool,
    /// When it was last changed.
    pub at: Timestamp,
}

impl Record for Booking {
    const TABLE: &'static str = "booking";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

/// Why the room cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRoom {
    /// Somebody else has it then.
    Taken,
    /// They have it already.
    Yours,
    /// Outside its hours.
    Closed,
    Past,
    TooLong,
    TooFar,
    /// No time was named.
    NoTime,
    /// A day without an hour.
    NoHour,
    /// Several times, or one that can be read in several ways.
    Several,
}

impl Booking {
    /// A wish of somebody's.
    pub fn new(reference: Reference, by: &Mailbox, case: Option<Reference>, now: Timestamp) -> Self {
        let by = by.clone();
        let offered = Vec::new();
        Self { reference, by, case, slot: None, offered, sequence: None, hold: None, told: false, at: now }
    }

    /// Its time, until that is over.
    pub fn ahead(&self, now: Timestamp) -> Option<Slot> {
        self.slot.filter(|slot| slot.end() > now)
    }

    fn is_forgotten(&self, now: Timestamp) -> bool {
        self.slot.map_or(self.at, Slot::end) + REMEMBERED < now
    }
}

/// What people call the room; empty where there is none.
pub fn room_name(turn: &Turn) -> String {
    turn.rules.room.as_ref().map(|room| room.name.clone()).unwrap_or_default()
}

/// When others than this booking have the room.
pub fn taken(turn: &Turn, except: &Reference) -> Vec<Slot> {
    let others = turn.all::<Booking>("").into_iter().filter(|other| other.reference != *except);
    others.filter_map(|other| other.ahead(turn.now)).collect()
}

/// Why this booking cannot have the room then.
pub fn hindrance(turn: &Turn, slot: Slot, except: &Reference) -> Option<NoRoom> {
    let room = turn.rules.room.as_ref()?;
    let is_taken = || taken(turn, except).iter().any(|other| overlap(*other, slot));
    match () {
        () if slot.start <= turn.now => Some(NoRoom::Past),
        () if slot.start > turn.now + FURTHEST => Some(NoRoom::TooFar),
        () if slot.minutes > LONGEST => Some(NoRoom::TooLong),
        () if !room.is_open(slot, turn.rules.zone) => Some(NoRoom::Closed),
        () if is_taken() => Some(NoRoom::Taken),
        () => None,
    }
}

/// The free times nearest to a wanted one.
pub fn nearest(turn: &Turn, wanted: Slot, except: &Reference) -> Vec<Slot> {
    let Some(room) = &turn.rules.room else { return Vec::new() };
    let wanted = Slot { minutes: wanted.minutes.min(LONGEST), ..wanted };
    room.nearest(&taken(turn, except), wanted, turn.rules.zone, turn.now)
}

/// Gives the room to this booking then, in the place of a time that it had.
pub fn book(turn: &mut Turn, booking: Booking, slot: Slot) -> Result<Booking, NoRoom> {
    if let Some(why) = hindrance(turn, slot, &booking.reference) {
        return Err(why);
    }
    forget_old(turn);
    let booking = without_hold(turn, booking);
    let mut booking = Booking { slot: Some(slot), offered: Vec::new(), at: turn.now, ..booking };
    if turn.rules.room.as_ref().is_some_and(|room| room.needs_staff()) {
        booking.hold = Some(tell_in_digest(turn, &booking, slot));
        let due = (slot.start - URGENT).max(turn.now);
        turn.set_timer(due, TimerKind::Room { booking: booking.reference.clone() });
    }
    turn.put(&booking);
    Ok(booking)
}

/// The room is free again then: what was booked, where that is still ahead.
pub fn free(turn: &mut Turn, reference: &Reference) -> Option<(Booking, Slot)> {
    let booking = turn.read::<Booking>(&reference.0)?;
    let slot = booking.ahead(turn.now)?;
    let booking = without_hold(turn, booking);
    let booking = Booking { slot: None, at: turn.now, ..booking };
    turn.put(&booking);
    Some((booking, slot))
}

/// The staff need not open it then; who has read so much hears so.
fn without_hold(turn: &mut Turn, booking: Booking) -> Booking {
    turn.cancel_timer(TimerKind::Room { booking: booking.reference.clone() }.id());
    let hold = booking.hold.as_ref().and_then(|hold| turn.read::<Hold>(&hold.0));
    if let Some(slot) = booking.ahead(turn.now).filter(|_| booking.hold.is_some())
        && (booking.told || hold.is_none())
    {
        let (who, reference) = (called(turn, &booking), booking.reference.clone());
        tell_staff(turn, &who, &reference, slot, true);
    }
    if let Some(hold) = hold {
        staff::release(turn, &hold);
    }
    Booking { hold: None, told: false, ..booking }
}

/// What somebody has booked by mail, that is still ahead: the earliest first.
pub fn of_person(turn: &Turn, by: &Mailbox) -> Vec<Booking> {
    let hers = |booking: &Booking| {
        booking.case.is_none()
            && booking.ahead(turn.now).is_some()
            && turn.is_same_person(&booking.by.address, &by.address)
    };
    let mut all: Vec<Booking> = turn.all::<Booking>("").into_iter().filter(hers).collect();
    all.sort_by_key(|booking| booking.slot);
    all
}

fn forget_old(turn: &mut Turn) {
    for old in turn.all::<Booking>("") {
        if old.is_forgotten(turn.now) {
            turn.delete::<Booking>(&old.reference.0);
        }
    }
}

// ---- for the staff

fn tell_in_digest(turn: &mut Turn, booking: &Booking, slot: Slot) -> Reference {
    let moment = slot.moment(turn.rules.zone, false);
    let about = format!("{} {}–{} {}", moment.date, moment.from, moment.to, moment.zone);
    staff::note_exception(turn, ExceptionKind::RoomToOpen, &called(turn, booking), &about, None)
}

/// Whose booking it is, for the staff: in a case, both.
fn called(turn: &Turn, booking: &Booking) -> String {
    let case = booking.case.as_ref().and_then(|case| turn.read::<Case>(&case.0));
    let advisor = case.as_ref().and_then(|case| case.attempt()).map(|attempt| attempt.advisor.called());
    match (case.as_ref(), advisor) {
        (Some(case), Some(advisor)) => format!("{}, {advisor}", case.advisee.called()),
        _ => booking.by.called().to_owned(),
    }
}

/// Two days are left, or the booking is over.
pub fn due(turn: &mut Turn, reference: &Reference) -> Verdict {
    let booking = turn.read::<Booking>(&reference.0);
    let Some((booking, slot)) = booking.and_then(|booking| Some((booking.clone(), booking.slot?))) else {
        return Verdict::new(What::Done("moot"), None);
    };
    let hold = booking.hold.as_ref().and_then(|hold| turn.read::<Hold>(&hold.0));
    if slot.end() <= turn.now {
        hold.into_iter().for_each(|hold| staff::release(turn, &hold));
        return Verdict::new(What::Done("room-over"), None);
    }
    // Also where the staff have seen to it: they may take that back.
    turn.set_timer(slot.end(), TimerKind::Room { booking: reference.clone() });
    let Some(hold) = hold else { return Verdict::new(What::Done("room-seen-to"), None) };
    turn.put(&Booking { told: true, ..booking });
    tell_staff(turn, &hold.who, &hold.reference, slot, false);
    Verdict::new(What::Done("room-to-open"), None)
}

/// That it must be opened, or (`off`) need not be.
fn tell_staff(turn: &mut Turn, who: &str, reference: &Reference, slot: Slot, off: bool) {
    let Some(room) = turn.rules.room.clone() else { return };
    for staff in turn.rules.staff.clone() {
        let letter = Letter::RoomToOpen {
            name: staff.mailbox.name.clone(),
            room: room.name.clone(),
            who: who.to_owned(),
            at: slot.moment(turn.zone_of(&staff.mailbox.address), false),
            told: !room.join.is_empty(),
            off,
            hold: reference.clone(),
        };
        let thread = staff_mail::thread(turn, reference, &staff);
        turn.tell_with(&staff.mailbox, thread, None, letter);
    }
}

/// The bookings to come, for the digest.
pub fn lines(turn: &Turn) -> Option<RoomLines> {
    let name = turn.rules.room.as_ref()?.name.clone();
    Some(RoomLines { name, lines: to_come(turn) })
}

fn to_come(turn: &Turn) -> Vec<RoomLine> {
    let soon = |slot: &Slot| slot.start < turn.now + LISTED;
    let mut booked: Vec<(Slot, Booking)> = turn
        .all::<Booking>("")
        .into_iter()
        .filter_map(|booking| Some((booking.ahead(turn.now).filter(soon)?, booking)))
        .collect();
    booked.sort_by_key(|(slot, _)| *slot);
    let at = |slot: Slot| slot.moment(turn.rules.zone, false);
    booked.iter().map(|(slot, booking)| RoomLine { at: at(*slot), who: called(turn, booking) }).collect()
}
