//! Every letter at least twice: with everything it can say, and with as little as it may.
//!
//! Templates are rendered with these by the tests, by `check`, and at every start in a language where
//! an operator has a file; golden letters are made of them.

mod absence;
mod alarms;
mod by_hand;
mod claims;
mod exchange;
mod meeting;
mod oneself;
mod request;
mod roster;
mod staff;
mod staff_work;

use super::letter::{Addressed, Alternative, Answered, Letter, Line, Thread};
use super::record::{Reference, Timestamp, Token};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::message_id::MessageId;
use chrono::{DateTime, NaiveDate};
use std::collections::BTreeSet;

/// All samples. Of those with the same template the first is the fullest.
pub fn samples() -> Vec<Addressed> {
    let letters = [
        roster::letters(),
        request::letters(),
        exchange::letters(),
        meeting::letters(),
        oneself::letters(),
        absence::letters(),
        claims::letters(),
        staff_work::letters(),
        alarms::letters(),
        by_hand::letters(),
        staff::letters(),
    ];
    let mut known = BTreeSet::new();
    letters.into_iter().flatten().map(|letter| addressed(known.insert(letter.template()), letter)).collect()
}

fn addressed(full: bool, letter: Letter) -> Addressed {
    let both = match &letter {
        Letter::Introduction { advisor, advisee, .. } => Some(vec![advisor.clone(), advisee.clone()]),
        _ => None,
    };
    let of_a_case = full
        && !matches!(
            letter,
            Letter::Roster { .. } | Letter::WelcomeAdvisor { .. } | Letter::ImportedWelcome { .. }
        );
    Addressed {
        calendar: None,
        thread: of_a_case.then(|| Thread {
            reference: Reference("K7Q2M".into()),
            token: both.is_none().then(|| Token("7QDTX4M2ZK9FGR3N".into())),
        }),
        to: both.unwrap_or_else(|| vec![mailbox("Amina Haddad", "amina@campus.example")]),
        language: "en".into(),
        zone: chrono_tz::Europe::Paris,
        on_behalf_of: matches!(letter, Letter::RequestToAdvisor { .. } | Letter::PassedOn { .. })
            .then(|| "Leila Mansour".into()),
        claimed: !full && matches!(letter, Letter::RequestReceipt { .. }),
        answers: full.then(|| Answered {
            message_id: MessageId::new("CAF1c2@mail.campus.example"),
            references: vec![MessageId::new("CAF0a1@mail.campus.example")],
        }),
        letter,
    }
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox::new(name, AddrSpec::parse(address).expect("the samples' addresses are addresses"))
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("the samples' days are days")
}

/// Late in the evening: the next day already in Paris.
fn evening(date: NaiveDate) -> Timestamp {
    DateTime::from_naive_utc_and_offset(date.and_hms_opt(23, 30, 0).expect("a time of day"), chrono::Utc)
}

fn line(label: &str, value: &str) -> Line {
    Line { label: label.into(), value: value.into() }
}

fn alternatives() -> Vec<Alternative> {
    let one = |number, name: &str, institution: &str, areas: &[&str]| Alternative {
        number,
        name: name.into(),
        institution: institution.into(),
        areas: areas.iter().map(|area| (*area).into()).collect(),
    };
    vec![
        one(1, "Karim Nasser", "The American University in Cairo", &["Koha", "SQL reports"]),
        one(2, "Ségolène Dupré", "American University of Paris", &["library statistics"]),
        one(
            3,
            "Tamar Kapanadze",
            "Caucasus University",
            &["integrated library systems", "Koha migration", "training of staff"],
        ),
    ]
}

const ISSUE: &str = "We moved to Koha in the summer, and I cannot get the circulation \
reports out the way our director wants them: loans by faculty and month.\n\n\
What I have tried:\n- the guided reports\n- an SQL report from the Koha wiki, which counts renewals twice\n\n\
Could you look at it with me?";
