//! Mails that a brake holds: queued in their order, listed for the staff, released.
//!
//! They go their way by themselves when the brake's time is over, a portion at a time, and
//! the talk of one thread in one piece. Where there are more than any person writes, they wait
//! for the staff, who let them go (APPROVE) or leave them (HANDLED, REFUSE) with a word.

use super::flood::{self, Limit};
use super::letter::{ExceptionKind, KeptLine, StaffLine, StaffOutcome};
use super::record::{Hold, Record, Reference, Timestamp};
use super::rules::Staff;
use super::schedule::{TimerId, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::word::Word;
use super::{arrival, brake, staff, staff_mail, token};
use crate::mail::address::Mailbox;
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// More mails of different texts than this at once are no person's: the staff decide.
const MANY: u64 = 100;
/// How much of the words of one thread goes on in one letter.
const IN_ONE: usize = 64 * 1024;
/// What is left of talk goes on after this.
const NEXT_PORTION: TimeDelta = TimeDelta::hours(24);
/// Where only texts came again that were answered before, nobody waits: the list forgets it.
const LISTED: TimeDelta = TimeDelta::days(14);

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
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptMail {
    pub key: String,
    pub number: u64,
    pub mail: Box<Inbound>,
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

impl Record for KeptMail {
    const TABLE: &'static str = "kept-mail";
    fn key(&self) -> String {
        format!("{}/{:010}", self.key, self.number)
    }
}

impl Record for KeptUnder {
    const TABLE: &'static str = "kept-under";
    fn key(&self) -> String {
        self.reference.0.clone()
    }
}

// ---- keeping

/// Whether mails of this key wait: a later one waits behind them.
pub fn waits(turn: &Turn, key: &str) -> bool {
    turn.read::<KeptBack>(key).is_some_and(|kept| kept.mails > 0)
}

/// Keeps a mail until `until`, or longer where others wait before it.
pub fn keep(turn: &mut Turn, key: &str, why: Why, from: &Mailbox, mail: &Inbound, until: Timestamp) {
    let mut kept = of(turn, key, why, from, mail);
    if is_known_text(turn, key, mail) {
        kept.repeats += 1;
        turn.put(&kept);
        return;
    }
    let number = kept.next;
    turn.put(&KeptMail { key: key.to_owned(), number, mail: Box::new(mail.clone()) });
    kept.next += 1;
    kept.mails += 1;
    if kept.mails == 1 {
        kept.goes = Some(until.max(turn.now));
    }
    if kept.mails > MANY && !kept.approved {
        kept.goes = None;
    }
    set_timer(turn, &kept);
    turn.put(&kept);
}

/// A text has come again that was answered the first time: nobody waits for another answer.
pub fn repeated(turn: &mut Turn, key: &str, from: &Mailbox, mail: &Inbound) {
    let mut kept = of(turn, key, Why::Talk, from, mail);
    kept.repeats += 1;
    set_timer(turn, &kept);
    turn.put(&kept);
}

/// What is kept under this key; listed for the staff when it is the first.
fn of(turn: &mut Turn, key: &str, why: Why, from: &Mailbox, mail: &Inbound) -> KeptBack {
    if let Some(kept) = turn.read::<KeptBack>(key) {
        return kept;
    }
    let kept = KeptBack {
        key: key.to_owned(),
        reference: turn.new_reference(),
        why,
        from: from.clone(),
        since: turn.now,
        mails: 0,
        repeats: 0,
        next: 0,
        goes: None,
        approved: false,
    };
    turn.put(&kept);
    turn.put(&KeptUnder { reference: kept.reference.clone(), key: key.to_owned() });
    list(turn, &kept, mail);
    kept
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
    if kept.why != Why::Talk {
        staff_mail::tell_at_once(turn, &mut hold, Vec::new());
    }
    staff::restore(turn, &hold);
}

/// Whether a mail of the same words waits already: then it goes on for both.
fn is_known_text(turn: &mut Turn, key: &str, mail: &Inbound) -> bool {
    let subject = mail.subject.as_deref().unwrap_or_default();
    let text = turn.rules.secret.uuid(&["kept", subject, &mail.new_text]);
    let row = format!("{}{text}", texts(key));
    let known = turn.is_marked(&row);
    turn.mark(row);
    known
}

fn texts(key: &str) -> String {
    format!("kept-text/{key}/")
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
    let prefix = format!("{}/", kept.key);
    let waiting: Vec<KeptMail> = turn.all(&prefix).into_iter().take(portion(&kept)).collect();
    let (together, goes_on) = match kept.why {
        Why::Talk => in_one(&waiting),
        _ => (waiting.len(), waiting.iter().map(|w| (*w.mail).clone()).collect()),
    };
    for row in &waiting[..together] {
        turn.delete::<KeptMail>(&row.key());
    }
    kept.mails = kept.mails.saturating_sub(together as u64);
    if kept.mails == 0 {
        forget(turn, &kept);
    } else {
        kept.goes = Some(turn.now + flood::limit(kept.why).map_or(NEXT_PORTION, |l| l.within));
        set_timer(turn, &kept);
        turn.put(&kept);
    }
    let before = turn.releasing.replace(kept.why);
    for mail in &goes_on {
        arrival::decided(turn, mail);
    }
    turn.releasing = before;
}

fn portion(kept: &KeptBack) -> usize {
    flood::limit(kept.why).map_or(usize::MAX, |Limit { mails, .. }| mails as usize)
}

/// As many mails as fit into one, as if their words had been written together.
fn in_one(waiting: &[KeptMail]) -> (usize, Vec<Inbound>) {
    let mut size = 0;
    let fits = |w: &&KeptMail| {
        size += w.mail.new_text.len();
        size <= IN_ONE
    };
    let together = waiting.iter().take_while(fits).count().max(1).min(waiting.len());
    let mails = &waiting[..together];
    let Some(last) = mails.last() else { return (0, Vec::new()) };
    let joined =
        |part: fn(&Inbound) -> &str| mails.iter().map(|w| part(&w.mail)).collect::<Vec<_>>().join("\n\n");
    let new_text = joined(|m| m.new_text.trim());
    let one =
        Inbound { text: joined(|m| &m.text), form_text: new_text.clone(), new_text, ..(*last.mail).clone() };
    (together, vec![one])
}

fn forget(turn: &mut Turn, kept: &KeptBack) {
    for text in turn.marked(&texts(&kept.key)) {
        turn.unmark(format!("{}{text}", texts(&kept.key)));
    }
    turn.delete::<KeptBack>(&kept.key);
    turn.delete::<KeptUnder>(&kept.reference.0);
    turn.delete::<Hold>(&kept.reference.0);
    turn.cancel_timer(TimerKind::KeptBack { key: kept.key.clone() }.id());
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
            for row in turn.all::<KeptMail>(&format!("{}/", kept.key)) {
                turn.delete::<KeptMail>(&row.key());
            }
            forget(turn, &kept);
            StaffOutcome::KeptLeft
        }
        _ => return None,
    };
    let by = staff.mailbox.called().to_owned();
    Some(StaffLine { who, by: Some(by), ..line.clone().with(outcome) })
}
