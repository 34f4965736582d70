//! What waits for a person of the staff.

use super::form_mail::FormMail;
use super::letter::{Answered, ExceptionKind, Letter, Line, WithStaff};
use super::record::{Hold, Reference};
use super::schedule::{self, TimerKind};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use chrono::TimeDelta;

/// After how many days somebody whose mail is with the staff hears again, and how often.
const AGAIN_AFTER_DAYS: u32 = 7;
const TIMES: i64 = 3;

/// Something the next digest must show.
pub fn note_exception(turn: &mut Turn, kind: ExceptionKind, who: &str, about: &str, case: Option<Reference>) {
    let hold = Hold {
        reference: turn.new_reference(),
        since: turn.now,
        kind,
        from: None,
        who: who.to_owned(),
        about: first_line(about),
        form: None,
        case,
    };
    turn.put(&hold);
}

/// What a mail is held as, and what its writer reads.
pub struct Held {
    pub kind: ExceptionKind,
    pub what: WithStaff,
    /// What it is about: a subject.
    pub about: String,
    pub form: Option<FormMail>,
    pub understood: Vec<Line>,
    pub case: Option<Reference>,
}

/// Keeps what somebody wrote for the staff to decide, and tells the writer.
pub fn hold(turn: &mut Turn, from: &Mailbox, answers: Option<Answered>, held: Held) -> Reference {
    let hold = Hold {
        reference: turn.new_reference(),
        since: turn.now,
        kind: held.kind,
        from: Some(from.clone()),
        who: from.called().to_owned(),
        about: first_line(&held.about),
        form: held.form,
        case: held.case,
    };
    turn.put(&hold);
    ask_again_later(turn, &hold.reference);
    let letter = Letter::WithStaff { name: from.name.clone(), what: held.what, understood: held.understood };
    turn.tell(from, answers, letter);
    hold.reference
}

fn ask_again_later(turn: &mut Turn, hold: &Reference) {
    let (zone, closures) = (turn.rules.zone, &turn.rules.closures);
    let due = schedule::add_days_with_closures(turn.now, AGAIN_AFTER_DAYS, zone, closures);
    turn.set_timer(due, TimerKind::StaffDecision { hold: hold.clone() });
}

/// Staff have not decided: the writer hears that nothing was lost. The hold itself stays.
pub fn still_undecided(turn: &mut Turn, reference: &Reference) -> Verdict {
    let verdict = Verdict::new(What::Done("still-with-staff"), None);
    let Some(hold) = turn.read::<Hold>(&reference.0) else { return verdict };
    let Some(from) = &hold.from else { return verdict };
    if turn.now - hold.since < TimeDelta::days(TIMES * i64::from(AGAIN_AFTER_DAYS)) {
        ask_again_later(turn, reference);
    }
    let what = match hold.kind {
        ExceptionKind::SignUpHeld => WithStaff::SignUp,
        ExceptionKind::RequestHeld => WithStaff::Request,
        ExceptionKind::RosterHeld => WithStaff::Roster,
        ExceptionKind::ConfirmationHeld => WithStaff::Confirmation,
        _ => WithStaff::Words,
    };
    let letter = Letter::StillWithStaff { name: from.name.clone(), what, since: hold.since };
    turn.tell(from, None, letter);
    verdict
}

/// One line of at most 120 characters, for a list.
fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    match line.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}
