//! The weekly digest: what needs a person, and what the week was like.

use super::input::Purpose;
use super::letter::{Figure, InHand, Letter, NoteLine, Week};
use super::record::{Case, Counted, DigestSent, Reading, StaffNote, Stage, Timestamp};
use super::rules::Staff;
use super::schedule::{self, TimerKind};
use super::staff_mail::{self, SHOWN};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::week::{self, RequestWeek};
use super::{booking, by_hand, changes, complaints_person, feedback, offer, shadow, staff};

const FIGURES: [Counted; 9] = [
    Counted::Requests,
    Counted::Accepted,
    Counted::Declined,
    Counted::NoAnswer,
    Counted::NotReached,
    Counted::MeetingsHeld,
    Counted::MeetingsNotHeld,
    Counted::Unconfirmed,
    Counted::NewAdvisors,
];

/// Sets the digest's timer if it is not set, or if the configuration moved it.
pub fn keep_timer(turn: &mut Turn) {
    let next = schedule::next_digest(&turn.rules.digest, turn.now, turn.rules.zone);
    let standing = turn.timer(&TimerKind::Digest.id());
    // One that is overdue was missed while we were down: it is caught up with, once.
    // One that was put off comes when it was put off to: a restart must not cost the week its digest.
    if standing.is_none_or(|t| t.due > turn.now && t.due != next && t.waits_since.is_none()) {
        turn.set_timer(next, TimerKind::Digest);
    }
}

/// Writes the digest to each of the staff, once a period.
pub fn write(turn: &mut Turn, _due: Timestamp) -> Verdict {
    let period = schedule::period_key(turn.now, turn.rules.zone);
    let next = schedule::next_digest(&turn.rules.digest, turn.now, turn.rules.zone);
    turn.set_timer(next, TimerKind::Digest);
    if turn.read::<DigestSent>(&period).is_some() {
        return Verdict::new(What::Done("digest-written-before"), None);
    }
    let letter = compile(turn, &period);
    let reference = turn.new_reference();
    for staff in turn.rules.staff.clone() {
        let thread = staff_mail::thread(turn, &reference, &staff);
        let letter = with_what_needs(turn, &staff, letter.clone());
        turn.tell_with(&staff.mailbox, thread, None, letter);
    }
    let waiting = staff::waiting_now(turn);
    staff_mail::mark_told(turn, waiting);
    turn.put(&DigestSent { period, at: turn.now });
    Verdict::new(What::Done("digest"), None)
}

/// The letter as it would go to this one of the staff now, for whoever only looks: the decision is thrown away.
pub fn preview(turn: &mut Turn, staff: &Staff) {
    let period = schedule::period_key(turn.now, turn.rules.zone);
    let letter = compile(turn, &period);
    let letter = with_what_needs(turn, staff, letter);
    turn.tell(&staff.mailbox, None, letter);
}

/// What needs this one of the staff, and what they may read of the notes.
fn with_what_needs(turn: &Turn, staff: &Staff, mut letter: Letter) -> Letter {
    if let Letter::Digest { exceptions, more_exceptions, notes, .. } = &mut letter {
        let holds = staff::waiting_for(turn, staff);
        *exceptions = holds.iter().take(SHOWN).map(|h| staff::exception(turn, h)).collect();
        *more_exceptions = holds.len().saturating_sub(SHOWN);
        let period = schedule::period_key(turn.now, turn.rules.zone);
        let last = schedule::previous_period(&period).unwrap_or_default();
        *notes = notes_since(turn, &last, complaints_person::is_that_person(turn, staff));
    }
    letter
}

/// The digest of the week before `period`, and of what waits now.
fn compile(turn: &mut Turn, period: &str) -> Letter {
    let previous = |period: &str| schedule::previous_period(period).unwrap_or_else(|| period.to_owned());
    let last = previous(period);
    let before = previous(&last);
    let today = turn.now.with_timezone(&turn.rules.zone).date_naive();
    let (from, to) = schedule::week_of(&last).unwrap_or((today, today));
    let mut readings: Vec<Reading> = turn.all("");
    readings.retain(|r| r.purpose == Purpose::Contact);
    let weeks: Vec<Week> = week::up_to(turn, &last).iter().filter_map(shown).collect();
    let changes = changes::since_last(turn);
    Letter::Digest {
        from,
        to,
        more_exceptions: 0,
        exceptions: Vec::new(),
        figures: figures(turn, &last, &before),
        open_requests: open_requests(turn),
        listed_advisors: listed_advisors(turn),
        in_hand: by_hand::cases_in_hand(turn).into_iter().map(in_hand).collect(),
        letters_waiting: shadow::waiting(turn).len(),
        in_all: in_all(&weeks),
        weeks,
        changes: changes.named,
        more_changes: changes.more,
        feedback: feedback::of_week(turn, &last),
        erased: changes.erased,
        older_mail: readings.iter().map(|r| r.older).sum(),
        vanished_mail: readings.iter().map(|r| r.vanished).sum(),
        notes: Vec::new(),
        rooms: booking::lines(turn),
    }
}

fn in_hand((case, since): (Case, Timestamp)) -> InHand {
    InHand {
        advisor: case.attempt().map(|a| a.advisor.called().to_owned()),
        advisee: case.advisee.called().to_owned(),
        reference: case.reference,
        since,
    }
}

/// What the staff have noted since the digest of `last`, of nothing that waits.
fn notes_since(turn: &Turn, last: &str, confidential: bool) -> Vec<NoteLine> {
    let before = turn.read::<DigestSent>(last).map(|sent| sent.at);
    let waits = |n: &StaffNote| n.about.as_ref().is_some_and(|r| !staff::waiting_under(turn, r).is_empty());
    let mut notes: Vec<StaffNote> = turn.all("");
    notes.retain(|n| confidential || !n.confidential);
    let mut fresh: Vec<StaffNote> =
        notes.into_iter().filter(|n| before.is_none_or(|at| n.at > at) && !waits(n)).collect();
    fresh.sort_by(|a, b| (a.at, &a.reference).cmp(&(b.at, &b.reference)));
    fresh.into_iter().map(StaffNote::shown).collect()
}

/// The week so far beside the one before, the open requests, the advisors listed.
pub fn figures_now(turn: &Turn) -> (Vec<Figure>, u64, u64) {
    let week = schedule::period_key(turn.now, turn.rules.zone);
    let before = schedule::previous_period(&week).unwrap_or_default();
    (figures(turn, &week, &before), open_requests(turn), listed_advisors(turn))
}

fn figures(turn: &Turn, week: &str, before: &str) -> Vec<Figure> {
    let figure =
        |what| Figure { what, count: turn.tally(week, what).count, before: turn.tally(before, what).count };
    FIGURES.map(figure).to_vec()
}

fn shown(week: &RequestWeek) -> Option<Week> {
    let (from, _) = schedule::week_of(&week.week)?;
    let RequestWeek { accepted, open, withdrawn, ended, .. } = *week;
    Some(Week { from, requests: week.requests(), accepted, open, withdrawn, ended })
}

fn in_all(weeks: &[Week]) -> Option<Week> {
    let sum = |one: Week, other: &Week| Week {
        from: one.from,
        requests: one.requests + other.requests,
        accepted: one.accepted + other.accepted,
        open: one.open + other.open,
        withdrawn: one.withdrawn + other.withdrawn,
        ended: one.ended + other.ended,
    };
    let (first, rest) = weeks.split_first()?;
    Some(rest.iter().fold(first.clone(), sum))
}

fn open_requests(turn: &Turn) -> u64 {
    // As in the list of weeks: a request that has found its advisor is not open any more.
    let cases = turn.marked("open/").into_iter().filter_map(|r| turn.read::<Case>(&r));
    cases.filter(|case| case.stage != Stage::Accepted).count() as u64
}

fn listed_advisors(turn: &Turn) -> u64 {
    offer::listed(turn).len() as u64
}
