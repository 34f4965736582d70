//! `show`: the life of a case, as a story.

use super::letters::state;
use super::office::Look;
use super::{Said, holds, orders};
use crate::exit::Exit;
use crate::explain::meeting::Standing;
use crate::explain::page::Page;
use crate::explain::phrases::{beginning, shown, standing};
use crate::explain::timers;
use crate::mail::address::Mailbox;
use crate::program::View;
use crate::program::appointment::Appointment;
use crate::program::batch::Outgoing;
use crate::program::letter::Exception;
use crate::program::record::{
    Attempt, Case, Hold, LetterSent, Outcome, Record, Reference, StaffNote, Stage, understood,
};
use crate::program::schedule::{Timer, TimerKind};
use crate::program::staff;
use crate::program::token::without_tokens;
use crate::program::undelivered::{End, Undelivered};
use chrono::DateTime;
use chrono_tz::Tz;
use serde::Serialize;

/// References that are no more different than this may be meant.
const NEAR: usize = 2;
/// So many of them are named.
const NAMED: usize = 5;
/// What the keys of letters begin with: so many as begin alike are read at once.
const BEGINNINGS: &str = "0123456789abcdef";

/// A case. The names are a promise to other programs; times are RFC 3339 in the network's zone.
#[derive(Debug, Serialize)]
struct Story {
    reference: Reference,
    advisee: Who,
    institution: Option<String>,
    opened: DateTime<Tz>,
    stage: Stage,
    issue: String,
    preferred_times: Option<String>,
    /// Contact through us stands still, after a report, since then.
    paused: Option<DateTime<Tz>>,
    attempts: Vec<Asked>,
    meeting: Option<Standing>,
    letters: Vec<Letter>,
    timers: Vec<Due>,
    holds: Vec<Held>,
    notes: Vec<Noted>,
}

#[derive(Debug, Serialize)]
struct Who {
    name: String,
    address: String,
}

/// An advisor who was asked.
#[derive(Debug, Serialize)]
struct Asked {
    advisor: Who,
    asked: DateTime<Tz>,
    handed_over: Option<DateTime<Tz>>,
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
struct Letter {
    at: DateTime<Tz>,
    template: String,
    to: String,
    state: String,
    last_answer: Option<String>,
}

#[derive(Debug, Serialize)]
struct Due {
    due: DateTime<Tz>,
    what: &'static str,
}

/// Something of it waits for the staff.
#[derive(Debug, Serialize)]
struct Held {
    since: DateTime<Tz>,
    what: String,
    about: String,
}

#[derive(Debug, Serialize)]
struct Noted {
    at: DateTime<Tz>,
    by: String,
    text: String,
}

/// The case of this reference, or the one that something held under it is about.
pub fn said(look: &Look, written: &str) -> Said {
    let reference = match orders::reference(written) {
        Ok(reference) => reference,
        Err(wrong) => return wrong,
    };
    let hold = Hold::stored(look.view, &reference.0);
    let of_hold = hold.as_ref().and_then(|hold| hold.case.as_ref());
    let case = Case::stored(look.view, &reference.0)
        .or_else(|| of_hold.and_then(|case| Case::stored(look.view, &case.0)));
    match (case, hold) {
        (Some(case), _) => {
            let story = Story::of(look, &case);
            let json = serde_json::to_value(&story).unwrap_or_default();
            Said::well(story.text(look), json)
        }
        (None, Some(hold)) => Said::wrong(
            format!(
                "{reference} is no case: it waits for the staff ({}, about {}); \"soundingboard hold list\" shows it",
                holds::kind(hold.kind),
                hold.who
            ),
            Exit::DataErr,
        ),
        (None, None) => Said::wrong(unknown(look.view, &reference), Exit::DataErr),
    }
}

fn unknown(view: &dyn View, wanted: &Reference) -> String {
    let rows = view.range("reference/").into_iter();
    let mut near: Vec<(usize, String)> = rows
        .filter_map(|(key, _)| {
            let known = key.strip_prefix("reference/")?.to_owned();
            let far = strsim::damerau_levenshtein(&known, &wanted.0);
            (far <= NEAR && Case::stored(view, &known).is_some()).then_some((far, known))
        })
        .collect();
    near.sort();
    let nearest: Vec<String> = near.into_iter().take(NAMED).map(|(_, reference)| reference).collect();
    match nearest.as_slice() {
        [] => format!("there is no case {wanted}, and none nearly of that name"),
        _ => format!("there is no case {wanted}; did you mean {}?", nearest.join(" or ")),
    }
}

impl Story {
    fn of(look: &Look, case: &Case) -> Self {
        let turn = look.turn();
        let appointment = turn.read::<Appointment>(&case.reference.0);
        let zone = look.office.rules.zone;
        let holds = staff::waiting_under(&turn, &case.reference).into_iter();
        // Who reported, and why, one person alone reads.
        let holds = holds.filter(|hold| hold.kind != crate::program::letter::ExceptionKind::Reported);
        Self {
            reference: case.reference.clone(),
            advisee: Who::of(&case.advisee),
            institution: case.institution.clone(),
            opened: look.local(case.opened),
            stage: case.stage,
            issue: without_tokens(&case.issue),
            preferred_times: case.preferred_times.clone(),
            paused: case.paused.as_ref().map(|pause| look.local(pause.since)),
            attempts: case.attempts.iter().map(|attempt| Asked::of(look, attempt)).collect(),
            meeting: appointment
                .map(|appointment| Standing::of(look.view, &turn, Some(appointment), case, zone)),
            letters: letters(look, &case.reference),
            timers: due(look, &case.reference),
            holds: holds.map(|hold| Held::of(look, &staff::exception(&turn, &hold))).collect(),
            notes: notes(look, &case.reference),
        }
    }
}

impl Who {
    fn of(mailbox: &Mailbox) -> Self {
        Self { name: mailbox.called().to_owned(), address: mailbox.address.to_string() }
    }
}

impl Asked {
    fn of(look: &Look, attempt: &Attempt) -> Self {
        Self {
            advisor: Who::of(&attempt.advisor),
            asked: look.local(attempt.asked),
            handed_over: attempt.handed_over.map(|at| look.local(at)),
            outcome: attempt.outcome,
        }
    }
}

impl Held {
    fn of(look: &Look, exception: &Exception) -> Self {
        Self {
            since: look.local(exception.since),
            what: holds::kind(exception.kind),
            about: without_tokens(&exception.about),
        }
    }
}

/// Every letter of it, a line for each who gets it, the oldest first.
fn letters(look: &Look, case: &Reference) -> Vec<Letter> {
    let named = format!("\"{case}\"");
    let prefixes = BEGINNINGS.chars().flat_map(|a| BEGINNINGS.chars().map(move |b| format!("{a}{b}")));
    let mut sent: Vec<LetterSent> = prefixes
        .flat_map(|prefix| look.view.range(&format!("{}/{prefix}", LetterSent::TABLE)))
        .filter(|(_, row)| row.contains(&named))
        .filter_map(|(key, row)| understood::<LetterSent>(look.view, &key, &row))
        .filter(|sent| sent.case.as_ref() == Some(case))
        .collect();
    sent.sort_by(|a, b| (a.at, &a.message_id).cmp(&(b.at, &b.message_id)));
    sent.iter().flat_map(|sent| (0..sent.to.len()).map(|nth| letter(look, sent, nth))).collect()
}

fn letter(look: &Look, sent: &LetterSent, nth: usize) -> Letter {
    let uuid = sent.message_id.inner().split('@').next().unwrap_or_default();
    let id = format!("{uuid}-{nth}");
    let waiting = Outgoing::stored(look.view, &id);
    let state = match &waiting {
        Some(copy) => format!("waits, next attempt {}", state(look, copy)),
        None => Undelivered::stored(look.view, &id).map_or("accepted", |lost| ended(lost.end)).to_owned(),
    };
    Letter {
        at: look.local(sent.at),
        template: sent.template.clone(),
        to: sent.to[nth].to_string(),
        state,
        last_answer: waiting.and_then(|copy| copy.last_answer),
    }
}

fn ended(end: End) -> &'static str {
    match end {
        End::Refused => "refused by the mail server",
        End::GivenUp => "given up after days of trying",
        End::Dropped => "taken out of the outbox",
    }
}

fn due(look: &Look, case: &Reference) -> Vec<Due> {
    let mut timers = Timer::all_stored(look.view, &TimerKind::prefix(case));
    timers.sort_by_key(|timer| timer.due);
    timers.iter().map(|timer| Due { due: look.local(timer.due), what: timers::says(&timer.what) }).collect()
}

fn notes(look: &Look, case: &Reference) -> Vec<Noted> {
    let mut notes = StaffNote::all_stored(look.view, "");
    notes.retain(|note| note.about.as_ref() == Some(case) && !note.confidential);
    notes.sort_by_key(|note| note.at);
    notes.into_iter().map(|n| Noted { at: look.local(n.at), by: n.by, text: n.text }).collect()
}

// ---- as a person reads it

impl Story {
    fn text(&self, look: &Look) -> String {
        let mut page = Page::default();
        let Who { name, address } = &self.advisee;
        page.line(&format!("{}: {}", self.reference, self.head()));
        page.say(
            "Advisee",
            [self
                .institution
                .as_ref()
                .map_or_else(|| format!("{name} <{address}>"), |i| format!("{name} <{address}>, {i}"))],
        );
        page.say("Opened", [shown(self.opened)]);
        page.say("Stands", [stands(self.stage)]);
        page.say("Paused", self.paused.map(|at| format!("since {}, after a report", shown(at))));
        page.say("About", beginning(&self.issue));
        page.say("Times", self.preferred_times.iter().flat_map(|times| beginning(times)));
        page.say("Asked", (1..).zip(&self.attempts).map(|(n, asked)| format!("{n}. {}", asked.line())));
        page.say("Meeting", self.meeting.iter().flat_map(standing));
        page.say("Letters", self.letters.iter().map(|letter| letter.line()));
        page.say("Timers", self.timers.iter().map(|due| format!("{:24}{}", shown(due.due), due.what)));
        page.say(
            "With staff",
            self.holds.iter().map(|held| format!("{:24}{}: {}", shown(held.since), held.what, held.about)),
        );
        page.say(
            "Noted",
            self.notes.iter().map(|note| format!("{:24}{}: {}", shown(note.at), note.by, note.text)),
        );
        page.line(&format!("Times are those of {}.", look.office.rules.zone));
        page.text
    }

    fn head(&self) -> String {
        match self.attempts.last() {
            Some(asked) => format!("{} asks {}", self.advisee.name, asked.advisor.name),
            None => format!("{} asks", self.advisee.name),
        }
    }
}

impl Asked {
    fn line(&self) -> String {
        let handed = match self.handed_over {
            Some(at) => format!(", handed over {}", shown(at)),
            None => ", not handed over yet".to_owned(),
        };
        let Who { name, address } = &self.advisor;
        format!("{name} <{address}>, asked {}{handed}: {}", shown(self.asked), outcome(self.outcome))
    }
}

impl Letter {
    fn line(&self) -> String {
        let answer = self.last_answer.as_ref().map(|answer| format!(" ({answer})")).unwrap_or_default();
        format!("{:24}{} to {}: {}{answer}", shown(self.at), self.template, self.to, self.state)
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Waiting => "no answer yet",
        Outcome::Accepted => "accepted",
        Outcome::Declined => "declined",
        Outcome::Expired => "did not answer in time",
        Outcome::Unreachable => "not reached",
        Outcome::Withdrawn => "taken back",
    }
}

fn stands(stage: Stage) -> &'static str {
    match stage {
        Stage::Asked => "the advisor's answer is awaited",
        Stage::InContact => "the two write to each other, undecided",
        Stage::Choosing => "the advisee has other advisors to choose from",
        Stage::WithStaff => "no advisor is left; the staff look for one",
        Stage::Accepted => "accepted: the two meet, or have met",
        Stage::Held => "over: they have met",
        Stage::NotHeld => "they have not met",
        Stage::Unconfirmed => "over: nobody has said whether they met",
        Stage::Cancelled => "over: the advisee needs no advisor any more",
        Stage::Ended => "over: ended without an advisor",
    }
}
