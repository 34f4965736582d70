//! What a decision comes to, for somebody who asks why.

use super::letters::Letter;
use super::meeting::Meeting;
use super::rows::{self, Row};
use super::timers::{self, Promise};
use crate::config::{AfterHandling, Imap};
use crate::mail::inbound::Inbound;
use crate::program::batch::{Batch, Mail};
use crate::program::record::{Case, Party, Reference, Stage, Timestamp};
use crate::program::rules::Rules;
use crate::program::turn::Turn;
use crate::store::overlay::GroupView;
use crate::store::{Store, StoreError};
use chrono::DateTime;
use chrono_tz::Tz;
use serde::Serialize;

/// See [`super::Explanation`].
#[derive(Debug, Serialize)]
pub struct Decided {
    pub at: DateTime<Tz>,
    pub verdict: String,
    pub meaning: String,
    pub handled: bool,
    pub case: Option<CaseTold>,
    pub meeting: Option<Meeting>,
    pub records: Vec<Row>,
    pub timers: Vec<Promise>,
    pub letters: Vec<Letter>,
}

/// The case it acts in, and as whom.
#[derive(Debug, Serialize)]
pub struct CaseTold {
    pub reference: Reference,
    pub advisee: String,
    pub advisor: Option<String>,
    pub stage: Stages,
    pub party: Option<&'static str>,
}

/// Where a case stands.
#[derive(Debug, Serialize)]
pub struct Stages {
    /// None for a case that it opens.
    pub before: Option<Stage>,
    pub after: Stage,
}

impl Decided {
    /// What `batch`, decided about `mail` on these rows, comes to.
    pub fn of(
        rules: &Rules,
        imap: &Imap,
        rows: &dyn Store,
        batch: &Batch<Mail>,
        mail: &Inbound,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let before = GroupView::new(rows);
        let mut after = GroupView::new(rows);
        after.apply(&batch.changes(&before, at));
        let turns = [&before, &after].map(|view| Turn::new(rules, view, batch.handled.clone(), at));
        let [was, is] = &turns;
        let case = batch.verdict.case.as_ref().and_then(|case| is.read::<Case>(&case.0));
        let told = Self {
            at: at.with_timezone(&rules.zone),
            verdict: batch.verdict.what_word().to_owned(),
            meaning: meaning(batch.verdict.what_word(), imap),
            handled: batch.verdict.is_handled(),
            meeting: case.as_ref().and_then(|case| Meeting::of(&before, &after, [was, is], case)),
            case: case.map(|case| CaseTold::of(was, case, mail)),
            records: rows::changed(&before, &batch.records),
            timers: timers::changed(&before, &batch.timers, rules.zone),
            letters: batch.outbox.iter().map(Letter::of).collect(),
        };
        before.take_fault().or(after.take_fault()).map_or(Ok(told), Err)
    }
}

impl CaseTold {
    fn of(was: &Turn, case: Case, mail: &Inbound) -> Self {
        let stood = was.read::<Case>(&case.reference.0);
        let (before, from) = (stood.as_ref().map(|case| case.stage), mail.from.as_ref());
        let wrote = stood.as_ref().unwrap_or(&case);
        let party = from.and_then(|from| was.party_of(wrote, &from.address)).map(|party| match party {
            Party::Advisee => "advisee",
            Party::Advisor(_) => "advisor",
        });
        Self {
            advisee: case.advisee.called().to_owned(),
            advisor: case.attempt().map(|attempt| attempt.advisor.called().to_owned()),
            stage: Stages { before, after: case.stage },
            reference: case.reference,
            party,
        }
    }
}

/// What a verdict means for the mail, in a sentence. `verdict` begins with its word.
pub fn meaning(verdict: &str, imap: &Imap) -> String {
    let away = match imap.after_handling {
        AfterHandling::Leave => "the mail stays where it lies".to_owned(),
        AfterHandling::Flag => "the mail is flagged as handled".to_owned(),
        AfterHandling::Move => format!("the mail is moved to {}", imap.folder),
    };
    let why = match verdict.split(' ').next().unwrap_or_default() {
        "not-for-us" => {
            return "not for the program; the mail is left in the mailbox as it was found".to_owned();
        }
        "already-handled" => "handled before",
        "own" => "a letter of ours that came back",
        "held" | "held-before" => "held for the staff, who decide",
        "kept-back" => "a brake holds it until it goes on by itself or the staff approve it",
        "writer-asked" => "it is not proven who wrote it: the address on file is asked",
        "owner-asked" => "it comes from another address: the one on file is asked",
        "no-effect" => "the word changes nothing at this point, and its writer reads so",
        "between-them" => "mail between the two, of which only that is noted",
        "quarantined" => "the program fails over it, and the staff read of it",
        _ => "handled",
    };
    format!("{why}; {away}")
}
