//! One mail that a brake holds, and how several go on as one.

use super::brake;
use super::kept_back::{KeptBack, Why};
use super::proof::Proof;
use super::record::{Record, Reference};
use super::turn::Turn;
use crate::mail::address::Mailbox;
use crate::mail::inbound::{Inbound, Unreadable};
use serde::{Deserialize, Serialize};

/// How much of the words of one thread goes on at once, and of how many mails.
const WORDS: usize = 64 * 1024;
const MAILS: usize = 1_000;
/// What cannot go on as one mail goes on as so many, like talk that nothing holds.
const AT_ONCE: usize = brake::ANSWERS;

/// A mail that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptMail {
    /// What the brake counts by.
    pub key: String,
    pub number: u64,
    pub mail: Box<Inbound>,
}

impl Record for KeptMail {
    const TABLE: &'static str = "kept-mail";
    fn key(&self) -> String {
        row(&self.key, self.number)
    }
}

fn row(key: &str, number: u64) -> String {
    format!("{key}/{number:010}")
}

/// The numbers of those that wait. Each row is read by its own: one sender's key may begin
/// as another's does.
fn numbers(kept: &KeptBack) -> std::ops::Range<u64> {
    kept.next.saturating_sub(kept.mails)..kept.next
}

/// Keeps a mail, unless one of the same words waits already: that one goes on for both.
pub fn put(turn: &mut Turn, kept: &mut KeptBack, mail: &Inbound) -> bool {
    let mark = mark(turn, kept, mail);
    if turn.is_marked(&mark) {
        return false;
    }
    turn.mark(mark);
    turn.put(&KeptMail { key: kept.key.clone(), number: kept.next, mail: Box::new(mail.clone()) });
    kept.next += 1;
    kept.mails += 1;
    true
}

/// The mails of the next portion, the oldest first; `limit` of them where it has one.
pub fn first(turn: &Turn, kept: &KeptBack, limit: Option<u64>) -> Vec<KeptMail> {
    let limit = limit.map_or(MAILS, |limit| usize::try_from(limit).unwrap_or(MAILS));
    numbers(kept).filter_map(|number| turn.read(&row(&kept.key, number))).take(limit).collect()
}

/// They wait no longer.
pub fn take(turn: &mut Turn, kept: &mut KeptBack, mails: &[KeptMail]) {
    for waiting in mails {
        turn.delete::<KeptMail>(&waiting.key());
        turn.unmark(mark(turn, kept, &waiting.mail));
    }
    kept.mails = mails.last().map_or(0, |last| kept.next - last.number - 1);
}

/// None of them waits any longer, and none goes on.
pub fn take_all(turn: &mut Turn, kept: &mut KeptBack) {
    for number in numbers(kept) {
        turn.delete::<KeptMail>(&row(&kept.key, number));
    }
    let texts = texts(kept);
    for text in turn.marked(&texts).into_iter().filter(|text| !text.contains('/')) {
        turn.unmark(format!("{texts}{text}"));
    }
    kept.mails = 0;
}

/// Two mails with one mark say the same. Where many people may write under one key, they say
/// it only if it is by the same person, about the same, in the whole text.
fn mark(turn: &Turn, kept: &KeptBack, mail: &Inbound) -> String {
    let subject = mail.subject.as_deref().unwrap_or_default();
    let hash = |parts: &[&str]| turn.rules.secret.uuid(parts);
    let text = match kept.why {
        Why::Talk | Why::Again => hash(&["kept", subject, &mail.new_text]),
        Why::Flood | Why::Website | Why::Named | Why::Strangers => {
            let address = |m: Option<&Mailbox>| m.map_or_else(String::new, |m| m.address.key());
            let (from, reply_to) = (address(mail.from.as_ref()), address(mail.reply_to.first()));
            hash(&["kept-whole", subject, &mail.text, &from, &reply_to])
        }
    };
    format!("{}{text}", texts(kept))
}

fn texts(kept: &KeptBack) -> String {
    format!("kept-text/{}/", kept.key)
}

// ---- as one

/// What must be the same in two mails whose words go on as one.
#[derive(PartialEq)]
struct Standing {
    proof: Proof,
    thread: Option<Reference>,
    unreadable: Option<Unreadable>,
    /// A word decides for its own mail, and a calendar's entry is its own mail's.
    alone: bool,
}

impl Standing {
    fn of(turn: &Turn, mail: &Inbound) -> Self {
        let proof = Proof::of(turn, mail);
        let alone = mail.calendar.is_some() || brake::says_a_word(turn, mail, &proof.owners);
        let thread = brake::thread(turn, mail, &proof.owners);
        Self { proof, thread, unreadable: mail.unreadable, alone }
    }

    fn goes_with(&self, next: &Self) -> bool {
        !self.alone && self == next
    }
}

/// The words of these mails as if they had been written together, as far as the same stands
/// behind them; of how many mails that is.
pub fn joined(turn: &Turn, waiting: &[KeptMail]) -> (usize, Vec<Inbound>) {
    let mut size = 0;
    let fits = |w: &&KeptMail| {
        size += w.mail.new_text.len();
        size <= WORDS
    };
    let together = waiting.iter().take_while(fits).count().max(1).min(waiting.len());
    let mut runs: Vec<(Standing, Vec<&Inbound>)> = Vec::new();
    for waiting in &waiting[..together] {
        let standing = Standing::of(turn, &waiting.mail);
        let full = runs.len() == AT_ONCE;
        match runs.last_mut() {
            Some((before, run)) if before.goes_with(&standing) => run.push(&waiting.mail),
            _ if full => break,
            _ => runs.push((standing, vec![&waiting.mail])),
        }
    }
    let mails = runs.iter().map(|(_, run)| run.len()).sum();
    (mails, runs.iter().filter_map(|(_, run)| in_one(run)).collect())
}

fn in_one(run: &[&Inbound]) -> Option<Inbound> {
    let last = run.last()?;
    let joined = |part: fn(&Inbound) -> &str| run.iter().map(|m| part(m)).collect::<Vec<_>>().join("\n\n");
    let new_text = joined(|m| m.new_text.trim());
    Some(Inbound {
        text: joined(|m| &m.text),
        form_text: new_text.clone(),
        new_text,
        attachments: run.iter().flat_map(|m| m.attachments.iter().cloned()).collect(),
        ..(*last).clone()
    })
}
