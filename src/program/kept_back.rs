//! Mails that a brake holds: queued in their order, listed for the staff, released.
//!
//! They go their way by themselves when the brake's time is over, a portion at a time, and
//! the talk of one thread in one piece. Where there are more than any person writes, they wait
//! for the staff, who let them go (APPROVE) or leave them (HANDLED, REFUSE) with a word.

use super::flood;
use super::letter::{ExceptionKind, KeptLine, StaffLine, StaffOutcome};
use super::record::{Case, Hold, Record, Reference, Timestamp};
use super::rules::Staff;
use super::schedule::{Timer, TimerId, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::word::Word;
use super::{arrival, brake, by_hand, kept_mail, staff, staff_mail, token};
use crate::mail::address::Mailbox;
use crate::mail::authentication::Trusted;
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// More mails of different texts than this at once are no person's: the staff decide.
const MANY: u64 = 100;
/// What is left of talk goes on after this.
const NEXT_PORTION: TimeDelta = TimeDelta::hours(24);
/// Where only texts came again that were answered before, nobody waits: the list forgets it.
const LISTED: TimeDelta = TimeDelta::days(14);

/// For so long what is due waits for mail that waits.
const WAITS_AT_MOST: TimeDelta = TimeDelta::days(3);

/// What the ids of the timers begin with.
pub const TIMER: &str = "kept-back/";

/// Why mails wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Talk in one thread that was answered often enough.
    Talk,
    /// More mail of one sender than a person writes.
    Flood,
    /// More forms from the website than people fill in.
    Website,
    /// More forms from the website in the name of one person.
    Named,
    /// More mail of addresses that nobody knows than needs no explanation.
    Strangers,
    /// Talk of another day again, word for word: it is answered once.
    Again,
}

/// The mails of one sender that wait, or came again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptBack {
    /// What the brake counts by.
    pub key: String,
    /// What the staff name it by.
    pub reference: Reference,
    pub why: Why,
    pub from: Mailbox,
    pub since: Timestamp,
    /// How many wait; of several with one text the first stands for all.
    pub mails: u64,
    /// How many came with a text that was answered before, or waits already.
    #[serde(default)]
    pub repeats: u64,
    /// The number of the next one.
    pub next: u64,
    /// When the first go on by themselves; None: when the staff say so.
    #[serde(default)]
    pub goes: Option<Timestamp>,
    /// The staff have said so.
    #[serde(default)]
    pub approved: bool,
    /// The case they are in.
    #[serde(default)]
    pub case: Option<Reference>,
}

/// A mail that a brake stops, and by what.
pub struct Stopped<'a> {
    pub key: &'a str,
    pub why: Why,
    pub from: &'a Mailbox,
    pub mail: &'a Inbound,
    pub case: Option<&'a Reference>,
}

/// Which reference names which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptUnder {
    reference: Reference,
    key: String,
}

impl Record for KeptBack {
    const TABLE: &'static str = "kept-back";
    fn key(&self) -> String {
        self.key.clone()
    }
}

impl Record for KeptUnder {
    const TABLE: &'static str = "kept-under";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

impl KeptBack {
    /// Whether its mails may be of the one in From. Their key begins with what is proven of that:
    /// where a receiver vouches for senders, what it does not vouch for is anybody's.
    fn may_be_theirs(&self, turn: &Turn) -> bool {
        match self.key.split('/').next() {
            Some("forged" | "doubted") => false,
            Some("claimed" | "unproven") => turn.rules.trusted == Trusted::Nobody,
            _ => true,
        }
    }
}

impl Why {
    /// Whether what one sender says in one thread waits: it goes on in one piece.
    fn is_of_a_thread(self) -> bool {
        matches!(self, Why::Talk | Why::Again)
    }
}

// ---- keeping

/// Whether mails of this key wait: a later one waits behind them.
pub fn waits(turn: &Turn, key: &str) -> bool {
    turn.read::<KeptBack>(key).is_some_and(|kept| kept.mails > 0)
}

impl Stopped<'_> {
    /// Keeps it until then, or longer where others wait before it; None: until the staff say so.
    pub fn keep(&self, turn: &mut Turn, until: Option<Timestamp>) {
        let mut kept = self.beside(turn);
        if !kept_mail::put(turn, &mut kept, self.mail) {
            kept.repeats += 1;
            turn.put(&kept);
            return;
        }
        if kept.mails == 1 {
            kept.goes = until.map(|until| until.max(turn.now));
        }
        // Among strangers many write a mail each: theirs go on, as many an hour as ever.
        if kept.mails > MANY && !kept.approved && kept.why != Why::Strangers {
            kept.goes = None;
        }
        set_timer(turn, &kept);
        turn.put(&kept);
    }

    /// Its text was answered on the same day: nobody waits for another answer.
    pub fn repeated(&self, turn: &mut Turn) {
        let mut kept = self.beside(turn);
        kept.repeats += 1;
        set_timer(turn, &kept);
        turn.put(&kept);
    }

    /// What is kept under its key; listed for the staff when it is the first.
    fn beside(&self, turn: &mut Turn) -> KeptBack {
        if let Some(kept) = turn.read::<KeptBack>(self.key) {
            return kept;
        }
        let kept = KeptBack {
            key: self.key.to_owned(),
            reference: turn.new_reference(),
            why: self.why,
            from: self.from.clone(),
            since: turn.now,
            mails: 0,
            repeats: 0,
            next: 0,
            goes: None,
            approved: false,
            case: self.case.cloned(),
        };
        turn.put(&kept);
        turn.put(&KeptUnder { reference: kept.reference.clone(), key: kept.key.clone() });
        list(turn, &kept, self.mail);
        kept
    }
}

fn list(turn: &mut Turn, kept: &KeptBack, mail: &Inbound) {
    // Beside its own reference that of the case would be one too many.
    let subject = mail.subject.clone().unwrap_or_default();
    let named: Vec<Reference> = token::references_in(&subject).collect();
    let subject = named.iter().fold(subject, |subject, r| subject.replace(&format!("[{r}]"), ""));
    let mut hold = Hold {
        reference: kept.reference.clone(),
        since: turn.now,
        kind: ExceptionKind::KeptBack,
        from: None,
        who: kept.from.address.to_string(),
        about: staff::first_line(&subject),
        form: None,
        words: None,
        answers: None,
        mailed: false,
        language: None,
        case: None,
    };
    if !kept.why.is_of_a_thread() {
        staff_mail::tell_at_once(turn, &mut hold, Vec::new());
    }
    staff::restore(turn, &hold);
}

fn set_timer(turn: &mut Turn, kept: &KeptBack) {
    let timer = TimerKind::KeptBack { key: kept.key.clone() };
    let due = if kept.mails == 0 { Some(kept.since + LISTED) } else { kept.goes };
    match due {
        Some(due) => turn.set_timer(due.max(turn.now), timer),
        None => turn.cancel_timer(timer.id()),
    }
}

// ---- releasing

/// Whether this is the timer of mails that wait: the letters it brings answer mail.
pub fn is_timer(id: &TimerId) -> bool {
    id.0.starts_with(TIMER)
}

/// Its time has come: the next portion goes on, or what only came again is forgotten.
pub fn due(turn: &mut Turn, key: &str) -> Verdict {
    let verdict = |word| Verdict::new(What::Done(word), None);
    let Some(kept) = turn.read::<KeptBack>(key) else { return verdict("moot") };
    if kept.mails == 0 {
        forget(turn, &kept);
        return verdict("forgotten");
    }
    release(turn, kept);
    verdict("released")
}

fn release(turn: &mut Turn, mut kept: KeptBack) {
    let limit = flood::limit(kept.why);
    let waiting = kept_mail::first(turn, &kept, limit.map(|limit| limit.mails));
    let (mails, goes_on) = match kept.why.is_of_a_thread() {
        true => kept_mail::joined(turn, &waiting),
        false => (waiting.len(), waiting.iter().map(|w| (*w.mail).clone()).collect()),
    };
    kept_mail::take(turn, &mut kept, &waiting[..mails]);
    if kept.mails == 0 {
        forget(turn, &kept);
    } else {
        kept.goes = Some(turn.now + limit.map_or(NEXT_PORTION, |limit| limit.within));
        set_timer(turn, &kept);
        turn.put(&kept);
    }
    let before = turn.releasing.replace(kept.why);
    for mail in &goes_on {
        // What one of them is taken for says nothing of the next.
        let cause = turn.cause;
        arrival::decided(turn, mail);
        turn.cause = cause;
    }
    turn.releasing = before;
}

fn forget(turn: &mut Turn, kept: &KeptBack) {
    turn.delete::<KeptBack>(&kept.key);
    turn.delete::<KeptUnder>(&kept.reference.0);
    turn.delete::<Hold>(&kept.reference.0);
    turn.cancel_timer(TimerKind::KeptBack { key: kept.key.clone() }.id());
}

// ---- whose silence it is not

/// Nobody's silence is judged while a mail of theirs waits here: it is looked at a day later. For
/// three days: the staff have been told on the first, and whoever writes in another's name must not
/// keep her cases standing still. What came again word for word was heard the first time.
pub fn puts_off(turn: &mut Turn, timer: &Timer, reference: &Reference) -> bool {
    let since = timer.waits_since.unwrap_or(turn.now);
    if !timer.what.judges_silence() || turn.now - since >= WAITS_AT_MOST {
        return false;
    }
    let Some(case) = turn.read::<Case>(&reference.0) else { return false };
    let all: Vec<KeptBack> = turn.all("");
    let waits = all.iter().any(|kept| {
        let theirs = || turn.party_of(&case, &kept.from.address).is_some();
        let counts = kept.mails > 0 && kept.why != Why::Again && kept.may_be_theirs(turn);
        counts && (kept.case.as_ref() == Some(reference) || theirs())
    });
    waits && {
        by_hand::put_off(turn, timer, &case, turn.now + NEXT_PORTION);
        turn.waits_since(&timer.id, since);
        true
    }
}

// ---- what the staff read and say

/// What stands behind a line of the staff's list.
pub fn line(turn: &Turn, reference: &Reference) -> Option<KeptLine> {
    let kept = under(turn, reference)?;
    Some(KeptLine { why: kept.why, mails: kept.mails, repeats: kept.repeats, goes: kept.goes })
}

/// Whether mails wait under a reference, and not only texts that came again.
pub fn needs_somebody(turn: &Turn, reference: &Reference) -> bool {
    under(turn, reference).is_some_and(|kept| kept.mails > 0)
}

fn under(turn: &Turn, reference: &Reference) -> Option<KeptBack> {
    turn.read(&turn.read::<KeptUnder>(&reference.0)?.key)
}

/// A word of the staff about mails that wait; None where the reference names none.
pub fn said(
    turn: &mut Turn,
    staff: &Staff,
    word: Word,
    line: &StaffLine,
    reference: &Reference,
) -> Option<StaffLine> {
    let mut kept = under(turn, reference)?;
    let who = kept.from.called().to_owned();
    let outcome = match word {
        Word::Approve if kept.mails > 0 => {
            brake::forget(turn, &kept.key);
            kept.approved = true;
            release(turn, kept);
            StaffOutcome::KeptReleased
        }
        Word::Approve | Word::Refuse | Word::Handled => {
            kept_mail::take_all(turn, &mut kept);
            forget(turn, &kept);
            StaffOutcome::KeptLeft
        }
        _ => return None,
    };
    let by = staff.mailbox.called().to_owned();
    Some(StaffLine { who, by: Some(by), ..line.clone().with(outcome) })
}
