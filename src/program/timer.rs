//! Promises to speak: how a timer is named and kept, and what happens when one is due.

use super::batch::{Change, TimerChange};
use super::letter::ExceptionKind;
use super::record::{Hold, Reference, Timestamp};
use super::schedule::{Timer, TimerId, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{
    View, answer, arranging, booking, breaker, by_hand, complaint, digest, draft, gap, inquiry, kept_back,
    meeting, offer, question, request, shadow, staff, staff_mail, sweep,
};
use chrono::TimeDelta;

impl TimerKind {
    /// One timer of a kind and a subject: setting it again moves it.
    pub fn id(&self) -> TimerId {
        TimerId(match self {
            TimerKind::Reminder { case, attempt, n } => {
                format!("{}reminder/{attempt}/{n}", Self::prefix(case))
            }
            TimerKind::Expiry { case, attempt } => format!("{}expiry/{attempt}", Self::prefix(case)),
            TimerKind::Settled { case } => format!("{}settled", Self::prefix(case)),
            TimerKind::OfferEnds { case } => format!("{}offer-ends", Self::prefix(case)),
            TimerKind::StaffSearch { case } => format!("{}staff-search", Self::prefix(case)),
            TimerKind::Confirmation { case } => format!("{}confirmation", Self::prefix(case)),
            TimerKind::Times { case } => format!("{}times", Self::prefix(case)),
            TimerKind::Paused { case } => format!("{}paused", Self::prefix(case)),
            TimerKind::Room { booking } => format!("room/{booking}"),
            TimerKind::DraftEnds { draft } => format!("draft/{draft}"),
            TimerKind::Inquiry { inquiry } => format!("inquiry/{inquiry}"),
            TimerKind::StaffDecision { hold } => format!("hold/{hold}"),
            TimerKind::Question { question } => format!("question/{question}"),
            TimerKind::Shadow => "shadow".to_owned(),
            TimerKind::KeptBack { key } => format!("{}{key}", kept_back::TIMER),
            TimerKind::Sweep => "sweep".to_owned(),
            TimerKind::Breaker => "breaker".to_owned(),
            TimerKind::Digest => "digest".to_owned(),
            TimerKind::Exceptions => "exceptions".to_owned(),
        })
    }

    /// What the ids of all timers of a case begin with.
    pub fn prefix(case: &Reference) -> String {
        format!("case/{case}/")
    }

    /// The case it is of, where it is of one.
    pub fn case(&self) -> Option<&Reference> {
        match self {
            TimerKind::Reminder { case, .. }
            | TimerKind::Expiry { case, .. }
            | TimerKind::Settled { case }
            | TimerKind::OfferEnds { case }
            | TimerKind::StaffSearch { case }
            | TimerKind::Confirmation { case }
            | TimerKind::Times { case }
            | TimerKind::Paused { case } => Some(case),
            _ => None,
        }
    }
}

/// A timer that the index says is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub id: TimerId,
    pub due: Timestamp,
}

/// The timers due at `now`, earliest first, at most `limit`.
pub fn due(view: &dyn View, now: Timestamp, limit: usize) -> Vec<Due> {
    let rows = view.first(DUE, limit);
    rows.into_iter().filter_map(|(key, _)| read_due_key(&key)).take_while(|d| d.due <= now).collect()
}

/// When the next timer is due.
pub fn next_due(view: &dyn View) -> Option<Timestamp> {
    view.first(DUE, 1).first().and_then(|(key, _)| read_due_key(key)).map(|d| d.due)
}

const DUE: &str = "due/";

fn due_key(id: &TimerId, due: Timestamp) -> String {
    format!("{DUE}{}/{}", key_time(due), id.0)
}

fn read_due_key(key: &str) -> Option<Due> {
    let (time, id) = key.strip_prefix(DUE)?.split_once('/')?;
    Some(Due { id: TimerId(id.to_owned()), due: read_key_time(time)? })
}

/// A time as part of a key: as text it sorts as it does as a time.
pub fn key_time(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time in a key.
pub fn read_key_time(text: &str) -> Option<Timestamp> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc())
}

/// The rows of a timer change: the timer itself and its place in the order of time.
pub fn rows(change: &TimerChange, view: &dyn View) -> Vec<Change> {
    let id = match change {
        TimerChange::Set(timer) => &timer.id,
        TimerChange::Cancel(id) => id,
    };
    let standing =
        view.get(&format!("timer/{}", id.0)).and_then(|text| serde_json::from_str::<Timer>(&text).ok());
    let mut rows: Vec<Change> = standing.iter().map(|t| Change::gone(due_key(&t.id, t.due))).collect();
    match change {
        TimerChange::Set(timer) => {
            rows.extend([Change::put(timer), Change::mark(due_key(&timer.id, timer.due))])
        }
        TimerChange::Cancel(id) => rows.push(Change::delete::<Timer>(&id.0)),
    }
    rows
}

/// A timer is due: whoever it belongs to speaks.
pub fn fire(turn: &mut Turn, id: &TimerId, due: Timestamp) -> Verdict {
    turn.unmark(due_key(id, due));
    let standing = turn.timer(id).filter(|t| t.due == due);
    let Some(timer) = standing else {
        return Verdict::new(What::AlreadyHandled, None);
    };
    turn.cancel_timer(timer.id.clone());
    if is_superseded(turn, &timer) {
        return Verdict::new(What::Done("superseded"), timer.what.case().cloned());
    }
    let case = timer.what.case();
    if case.is_some_and(|case| by_hand::puts_off(turn, &timer, case)) {
        return Verdict::new(What::Done("staff-on-it"), case.cloned());
    }
    if case.is_some_and(|case| shadow::puts_off(turn, &timer, case)) {
        return Verdict::new(What::Done("waits-for-approval"), case.cloned());
    }
    if case.is_some_and(|case| kept_back::puts_off(turn, &timer, case)) {
        return Verdict::new(What::Done("mail-waits"), case.cloned());
    }
    if gap::puts_off(turn, &timer) {
        return Verdict::new(What::Done("moot"), None);
    }
    match &timer.what {
        TimerKind::Reminder { case, attempt, n } => request::remind(turn, case, *attempt, *n),
        TimerKind::Expiry { case, attempt } => request::expire(turn, case, *attempt),
        TimerKind::Settled { case } => answer::ask_whether_settled(turn, case),
        TimerKind::OfferEnds { case } => offer::end_offer(turn, case),
        TimerKind::StaffSearch { case } => offer::end_search(turn, case),
        TimerKind::Confirmation { case } => meeting::ask_whether_held(turn, case),
        TimerKind::Times { case } => arranging::still_none(turn, case),
        TimerKind::Paused { case } => complaint::still_paused(turn, case),
        TimerKind::Room { booking } => booking::due(turn, booking),
        TimerKind::DraftEnds { draft } => draft::lapse(turn, draft),
        TimerKind::Inquiry { inquiry } => inquiry::due(turn, inquiry),
        TimerKind::StaffDecision { hold } => staff::still_undecided(turn, hold),
        TimerKind::Question { question } => question::untouched(turn, question),
        TimerKind::Shadow => shadow::show(turn),
        TimerKind::KeptBack { key } => kept_back::due(turn, key),
        TimerKind::Sweep => sweep::fire(turn),
        TimerKind::Breaker => breaker::resume(turn),
        TimerKind::Digest => digest::write(turn, timer.due),
        TimerKind::Exceptions => staff_mail::remind(turn),
    }
}

/// So long a timer over which we panicked is put off.
const PUT_OFF: TimeDelta = TimeDelta::hours(24);

/// The timer made us panic, and would do so again at once: it is put off, and the staff read of it.
pub fn stuck(turn: &mut Turn, id: &TimerId, due: Timestamp, why: &str) -> Verdict {
    turn.unmark(due_key(id, due));
    let Some(timer) = turn.timer(id).filter(|t| t.due == due) else {
        return Verdict::new(What::AlreadyHandled, None);
    };
    let case = timer.what.case().cloned();
    turn.set_timer(turn.now + PUT_OFF, timer.what);
    turn.waits_since(id, timer.waits_since.unwrap_or(turn.now));
    let is_told = |hold: &Hold| hold.kind == ExceptionKind::Stuck && hold.who == id.0;
    if !turn.all::<Hold>("").iter().any(is_told) {
        staff::note_exception(turn, ExceptionKind::Stuck, &id.0, why, case.clone());
    }
    Verdict::new(What::Done("stuck"), case)
}

/// Of several due timers of one case only the last speaks.
fn is_superseded(turn: &Turn, timer: &Timer) -> bool {
    let Some(case) = timer.what.case() else { return false };
    let others: Vec<Timer> = turn.all(&TimerKind::prefix(case));
    others.iter().any(|other| {
        other.id != timer.id && other.due <= turn.now && (other.due, &other.id) > (timer.due, &timer.id)
    })
}
