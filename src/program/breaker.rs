//! The breaker: where far more mail leaves than people who write account for, sending stands
//! still for half an hour, and the staff are told.
//!
//! It is the last of the brakes, for a fault that nobody thought of. Every mail of somebody
//! we know is a credit for letters, every letter that mail has caused and a server has taken
//! is paid from it. What we have promised by ourselves (reminders, questions, digests) has
//! an account of its own, and what staff and operators ask for, such as the welcome to a whole
//! imported roster, costs nothing.

use super::View;
use super::batch::Outgoing;
use super::flood;
use super::letter::Letter;
use super::outbox;
use super::record::{Record, Timestamp};
use super::request;
use super::schedule::TimerKind;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::inbound::{Authentication, Inbound};
use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

/// Letters an hour that need no explanation: strangers' questions, a website's forms.
const UNEXPLAINED: i64 = 120;
/// No mail that a person writes brings more letters than an acceptance of a request that
/// others wait for: both sides, the others asked, the staff.
const FOR_A_MAIL: i64 = 6;
/// Of one sender so many mails an hour count: a machine earns itself no credit.
const OF_ONE_SENDER: u64 = 10;
/// Credit that has gathered for longer than an hour is no more than this, or than what waits to
/// leave: what people wrote while the mail server was away for days may leave at once.
const MOST: i64 = 1_000;
/// Letters an hour that we have promised: one to each of the 860 people of the largest round
/// known, and the week's reminders beside them.
const PROMISED: i64 = 1_200;
const HOUR: TimeDelta = TimeDelta::hours(1);
const PAUSE: TimeDelta = TimeDelta::minutes(30);
/// Staff read of so many pauses a day; the journal says each.
const ALARMS: u32 = 4;

/// What a letter was written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody wrote.
    #[default]
    Mail,
    /// Its time had come.
    Promise,
    /// Staff or operators wanted it.
    Asked,
}

/// The accounts, and whether sending stands still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breaker {
    /// Of letters that mail has caused.
    pub credit: i64,
    /// Of letters that we have promised.
    pub promised: i64,
    /// Since when the two below are counted.
    pub since: Timestamp,
    pub letters: u64,
    pub mails: u64,
    /// Sending stands still until then.
    #[serde(default)]
    pub paused_until: Option<Timestamp>,
    /// The day of the alarms counted here.
    #[serde(default)]
    pub day: Option<NaiveDate>,
    #[serde(default)]
    pub alarms: u32,
}

impl Record for Breaker {
    const TABLE: &'static str = "breaker";
    fn key(&self) -> String {
        "sending".to_owned()
    }
}

impl Breaker {
    fn new(now: Timestamp) -> Self {
        Self {
            credit: UNEXPLAINED,
            promised: PROMISED,
            since: now,
            letters: 0,
            mails: 0,
            paused_until: None,
            day: None,
            alarms: 0,
        }
    }

    /// As it stands now: every hour begins with what needs no explanation.
    fn of(turn: &Turn) -> Self {
        let mut breaker = turn.read::<Self>("sending").unwrap_or_else(|| Self::new(turn.now));
        if turn.now - breaker.since >= HOUR {
            breaker.refill(turn);
        }
        breaker
    }

    fn refill(&mut self, turn: &Turn) {
        if self.credit > MOST {
            let waiting = i64::try_from(outbox::waiting(turn)).unwrap_or(i64::MAX);
            self.credit = self.credit.min(waiting.max(MOST));
        }
        self.credit = self.credit.max(UNEXPLAINED);
        self.promised = PROMISED;
        (self.since, self.letters, self.mails) = (turn.now, 0, 0);
    }

    /// One of those we know has written: that explains some letters, however many wrote before.
    fn earn(&mut self) {
        let of_this_hour = i64::try_from(self.mails).unwrap_or(i64::MAX).saturating_mul(FOR_A_MAIL);
        let most = MOST.max(of_this_hour).max(self.credit);
        self.credit = (self.credit + FOR_A_MAIL).min(most);
    }

    fn is_exhausted(&self) -> bool {
        self.credit < 0 || self.promised < 0
    }
}

/// Somebody has written: if we know them, that explains some letters.
pub fn heard(turn: &mut Turn, mail: &Inbound) {
    let Some(from) = mail.from.as_ref().filter(|_| mail.authentication != Authentication::Fail) else {
        return;
    };
    let known = turn.knows(&from.address);
    let mut breaker = Breaker::of(turn);
    breaker.mails += 1;
    if known && flood::is_among_the_first(turn, mail, OF_ONE_SENDER) {
        breaker.earn();
    }
    turn.put(&breaker);
}

/// A letter has been taken by the mail server. True where sending stands still from now on.
pub fn sent(turn: &mut Turn, copy: &Outgoing) -> bool {
    let mut breaker = Breaker::of(turn);
    breaker.letters += 1;
    match copy.cause {
        Cause::Mail => breaker.credit -= 1,
        Cause::Promise => breaker.promised -= 1,
        Cause::Asked => (),
    }
    let trips = breaker.is_exhausted() && breaker.paused_until.is_none();
    if trips {
        pause(turn, &mut breaker);
    }
    turn.put(&breaker);
    trips
}

fn pause(turn: &mut Turn, breaker: &mut Breaker) {
    let until = turn.now + PAUSE;
    breaker.paused_until = Some(until);
    turn.set_timer(until, TimerKind::Breaker);
    let today = request::day_of(turn, turn.now);
    if breaker.day != Some(today) {
        (breaker.day, breaker.alarms) = (Some(today), 0);
    }
    breaker.alarms += 1;
    if breaker.alarms > ALARMS {
        return;
    }
    for staff in turn.rules.staff.clone() {
        let letter = Letter::SendingPaused {
            name: staff.mailbox.name.clone(),
            letters: breaker.letters,
            mails: breaker.mails,
        };
        turn.tell(&staff.mailbox, None, letter);
    }
}

/// The half hour is over: what waits leaves, on a new account.
pub fn resume(turn: &mut Turn) -> Verdict {
    let mut breaker = Breaker::of(turn);
    breaker.paused_until = None;
    breaker.refill(turn);
    turn.put(&breaker);
    Verdict::new(What::Done("sending-resumed"), None)
}

/// Whether sending stands still now, what this decision and those before it sent counted.
pub fn stands_still(turn: &Turn) -> bool {
    let until = turn.read::<Breaker>("sending").and_then(|breaker| breaker.paused_until);
    until.is_some_and(|until| until > turn.now)
}

/// Until when sending stands still, or stood last.
pub fn paused_until(view: &dyn View) -> Option<Timestamp> {
    Breaker::stored(view, "sending")?.paused_until
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_write_in_an_hour_each_explains_some_letters() {
        let mut breaker = Breaker::new(Timestamp::UNIX_EPOCH);
        for _ in 0..10_000 {
            breaker.mails += 1;
            breaker.earn();
        }
        assert_eq!(breaker.credit, 10_000 * FOR_A_MAIL);
    }

    #[test]
    fn what_few_have_written_over_time_gathers_no_more_than_its_measure() {
        let mut breaker = Breaker::new(Timestamp::UNIX_EPOCH);
        for _ in 0..10_000 {
            breaker.mails = 1;
            breaker.earn();
        }
        assert_eq!(breaker.credit, MOST);
    }
}
