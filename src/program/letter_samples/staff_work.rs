//! Letters to the staff between digests, answers to their words, and what others read of these.

use super::staff::{exceptions, figures};
use super::{ISSUE, day, evening, line};
use crate::program::letter::{FiguresNow, Letter, StaffDid, StaffLine, StaffOutcome, WithStaff};
use crate::program::record::Reference;
use crate::program::word::Word;

pub fn letters() -> Vec<Letter> {
    let groups = [holds(), waiting(), answers(), refusals(), acts()];
    groups.into_iter().flatten().collect()
}

fn rana() -> Option<String> {
    Some("Rana Nassar".into())
}

fn holds() -> Vec<Letter> {
    let understood = || vec![line("Name", "Nour Khalil"), line("Areas", "open access\nORCID")];
    let hold = |(n, exception)| Letter::HoldToStaff {
        name: (n == 0).then(rana).flatten(),
        exception,
        address: if n == 0 { "nour@elsewhere.example".into() } else { String::new() },
        understood: if n == 0 { understood() } else { vec![] },
        words: (n != 1).then(|| "Please let me in.\n\nNour".into()),
    };
    exceptions().into_iter().enumerate().map(hold).collect()
}

fn waiting() -> Vec<Letter> {
    let waiting = |name, oldest_days, n, more_exceptions| Letter::StaffWaiting {
        name,
        oldest_days,
        exceptions: exceptions().into_iter().take(n).collect(),
        more_exceptions,
    };
    vec![waiting(rana(), 3, 20, 4), waiting(None, 1, 2, 0), waiting(None, 0, 1, 0)]
}

fn answers() -> Vec<Letter> {
    let lines: Vec<StaffLine> = StaffOutcome::ALL.into_iter().map(staff_line).collect();
    let now = FiguresNow { figures: figures(|n| (n, n + 1)), open_requests: 3, listed_advisors: 61 };
    let mut letters = vec![Letter::StaffAnswer {
        name: rana(),
        lines: lines.clone(),
        not_understood: vec!["Is the roster big enough?".into()],
        figures: Some(now),
        done: 10,
        not_done: 24,
        waiting: 3,
        one: false,
    }];
    letters.extend(lines.into_iter().map(|line| Letter::StaffAnswer {
        name: None,
        not_understood: vec![],
        figures: None,
        done: usize::from(line.outcome.is_done()),
        not_done: usize::from(!line.outcome.is_done()),
        lines: vec![line],
        waiting: 1,
        one: true,
    }));
    letters.push(Letter::StaffAnswer {
        name: None,
        lines: vec![],
        not_understood: vec![ISSUE.into()],
        figures: None,
        done: 0,
        not_done: 1,
        waiting: 0,
        one: false,
    });
    letters
}

/// As the rules fill in what an outcome has to say.
fn staff_line(outcome: StaffOutcome) -> StaffLine {
    let of_before = matches!(
        outcome,
        StaffOutcome::AlreadyDone | StaffOutcome::AlreadyUndone | StaffOutcome::TooLateToUndo
    );
    StaffLine {
        who: "Nour Khalil".into(),
        undo: outcome == StaffOutcome::Approved,
        other: Some("Karim Nasser".into()),
        by: of_before.then(rana).flatten(),
        at: of_before.then(|| evening(day(12, 1))),
        word: of_before.then_some(Word::Approve),
        until: Some(day(12, 15)),
        ..StaffLine::new("APPROVE K7Q2M").about(&Reference("K7Q2M".into())).with(outcome)
    }
}

fn refusals() -> Vec<Letter> {
    use WithStaff::*;
    let refused = |name: Option<String>, what, reason: Option<&str>| Letter::Refused {
        name,
        what,
        reason: reason.map(str::to_owned),
    };
    let all = [SignUp, Request, Roster, Confirmation, Words];
    let mut letters =
        vec![refused(Some("Nour Khalil".into()), SignUp, Some("The network is for librarians."))];
    letters.extend(all.map(|what| refused(None, what, None)));
    letters
}

fn acts() -> Vec<Letter> {
    let found = |closure: Option<&str>| Letter::Assigned {
        name: "Leila Mansour".into(),
        advisor: "Karim Nasser".into(),
        answer_by: day(12, 11),
        closure: closure.map(str::to_owned),
    };
    let by = |did, other: Option<&str>, until| Letter::ByStaff {
        name: "Amina Haddad".into(),
        did,
        other: other.map(str::to_owned),
        until,
    };
    let mut letters = vec![found(Some("The network's office is closed.")), found(None)];
    letters.extend(StaffDid::ALL.map(|did| by(did, Some("Leila Mansour"), Some(day(12, 15)))));
    letters.extend(StaffDid::ALL.map(|did| by(did, None, None)));
    let paused = |name, letters| Letter::SendingPaused { name, letters, mails: 4 };
    letters.extend([paused(rana(), 121), paused(None, 1_201)]);
    let path = || "/var/lib/soundingboard/store".to_owned();
    let low = |name| Letter::DiskLow { name, path: path(), free_mb: 3_870, size_mb: 40_000 };
    letters.extend([low(rana()), low(None)]);
    letters.push(Letter::NotYourLetter { name: rana(), whose: "Nadim Saad".into() });
    letters.push(Letter::NotYourLetter { name: None, whose: "Nadim Saad".into() });
    letters
}
