//! The weekly digest: what needs a person, and what the week was like.

use super::input::Purpose;
use super::letter::{Exception, Figure, Letter};
use super::offer;
use super::record::{Counted, DigestSent, Hold, Listed, Reading, Timestamp};
use super::schedule::{self, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};

/// How many exceptions one digest lists; the rest is counted.
const SHOWN: usize = 40;

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
    if standing.is_none_or(|t| t.due > turn.now && t.due != next) {
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
    for staff in turn.rules.staff.clone() {
        turn.tell(&staff.mailbox, None, letter.clone());
    }
    turn.put(&DigestSent { period, at: turn.now });
    Verdict::new(What::Done("digest"), None)
}

/// The digest of the week before `period`, and of what waits now.
fn compile(turn: &Turn, period: &str) -> Letter {
    let previous = |period: &str| schedule::previous_period(period).unwrap_or_else(|| period.to_owned());
    let last = previous(period);
    let before = previous(&last);
    let today = turn.now.with_timezone(&turn.rules.zone).date_naive();
    let (from, to) = schedule::week_of(&last).unwrap_or((today, today));
    let mut holds: Vec<Hold> = turn.all("");
    holds.sort_by(|a, b| (a.since, &a.reference).cmp(&(b.since, &b.reference)));
    let figures = FIGURES
        .map(|what| Figure {
            what,
            count: turn.tally(&last, what).count,
            before: turn.tally(&before, what).count,
        })
        .to_vec();
    let mut readings: Vec<Reading> = turn.all("");
    readings.retain(|r| r.purpose == Purpose::Contact);
    Letter::Digest {
        from,
        to,
        more_exceptions: holds.len().saturating_sub(SHOWN),
        exceptions: holds.into_iter().take(SHOWN).map(exception).collect(),
        figures,
        open_requests: open_requests(turn),
        listed_advisors: listed_advisors(turn),
        older_mail: readings.iter().map(|r| r.older).sum(),
        vanished_mail: readings.iter().map(|r| r.vanished).sum(),
    }
}

fn exception(hold: Hold) -> Exception {
    Exception {
        since: hold.since,
        kind: hold.kind,
        who: hold.who,
        about: hold.about,
        reference: Some(hold.case.unwrap_or(hold.reference)),
    }
}

fn open_requests(turn: &Turn) -> u64 {
    turn.marked("open/").len() as u64
}

fn listed_advisors(turn: &Turn) -> u64 {
    let listed = |a: &super::record::Advisor| a.listed == Listed::Yes;
    offer::advisors(turn).iter().filter(|p| p.advisor.as_ref().is_some_and(listed)).count() as u64
}
