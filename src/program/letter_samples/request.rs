//! Letters about a request, to the one who asks and to the one who is asked.

use super::{ISSUE, alternatives, day, evening, line};
use crate::program::letter::{Letter, Suggestion, Tried, Unavailable};

pub fn letters() -> Vec<Letter> {
    let mut letters = receipts();
    letters.extend(cannot_ask());
    letters.extend(offers());
    letters.extend(request_to_advisor());
    letters.extend(other_letters_to_advisor());
    letters
}

const CLOSURE: &str = "The network's office is closed from 24 December to 3 January.";

fn leila() -> String {
    "Leila Mansour".into()
}

fn amina() -> String {
    "Amina Haddad".into()
}

fn receipts() -> Vec<Letter> {
    let (name, advisor) = (leila(), amina());
    vec![
        Letter::RequestReceipt {
            name: leila(),
            advisor: amina(),
            issue: ISSUE.into(),
            understood: vec![
                line("Advisor", "Amina Haddad"),
                line("Preferred times", "Tuesdays after 14:00"),
            ],
            not_understood: vec![line("Favourite colour", "green")],
            answer_by: day(12, 11),
            closure: Some(CLOSURE.into()),
            address: Some("amina@campus.example".into()),
            then: vec!["Karim Nasser".into(), "Tamar Kapanadze".into()],
            skipped: super::absence::skipped(),
        },
        Letter::RequestReceipt {
            name: leila(),
            advisor: amina(),
            issue: "How do you count loans?".into(),
            understood: vec![],
            not_understood: vec![],
            answer_by: day(12, 11),
            closure: None,
            address: None,
            then: vec![],
            skipped: vec![],
        },
        Letter::AlreadyOpen { name: leila(), advisor: amina(), since: evening(day(12, 2)) },
        Letter::AlreadyOpen { name: leila(), advisor: amina(), since: evening(day(12, 3)) },
        Letter::SentOn {
            name: leila(),
            advisor: "Karim Nasser".into(),
            address: Some("karim@auc.example".into()),
            answer_by: day(12, 18),
            closure: Some(CLOSURE.into()),
        },
        Letter::SentOn { name, advisor, address: None, answer_by: day(12, 18), closure: None },
        Letter::CancelledReceipt { name: leila(), advisor: Some(amina()) },
        Letter::CancelledReceipt { name: leila(), advisor: None },
        Letter::HeardNoted { name: leila(), advisor: amina(), asked_again: day(12, 16) },
        Letter::HeardNoted { name: leila(), advisor: amina(), asked_again: day(12, 21) },
        Letter::WordsForwarded { name: leila(), advisor: amina(), introduced: false },
        Letter::WordsForwarded { name: leila(), advisor: "Karim Nasr".into(), introduced: true },
    ]
}

fn cannot_ask() -> Vec<Letter> {
    use Unavailable::*;
    let letter = |why, away_until, alternatives| Letter::CannotAsk {
        name: leila(),
        wanted: "Amina Hadad".into(),
        why,
        away_until,
        meant: None,
        alternatives,
        closes: day(12, 18),
    };
    let mut meant = alternatives()[0].clone();
    meant.name = amina();
    let mut letters =
        vec![letter(Away, Some(day(12, 15)), alternatives()), letter(NearMiss, None, vec![meant])];
    for (why, away_until) in [(Away, Some(day(12, 15))), (Away, None), (Full, None)] {
        letters.push(Letter::CannotAsk {
            name: leila(),
            wanted: "Amina Hadad".into(),
            why,
            away_until,
            meant: Some(amina()),
            alternatives: alternatives()[1..].to_vec(),
            closes: day(12, 18),
        });
    }
    for why in [Unknown, NearMiss, Away, Unlisted, Full, Oneself, Paused] {
        letters.push(letter(why, None, alternatives()[..1].to_vec()));
        letters.push(letter(why, None, vec![]));
    }
    letters
}

fn offers() -> Vec<Letter> {
    let note = "I am moving house until the new year.\n\nKarim knows the SQL side much better than I do!";
    let mut letters = Vec::new();
    for (alternatives, note) in
        [(alternatives(), Some(note.to_owned())), (alternatives()[..1].to_vec(), None), (vec![], None)]
    {
        let offered = || alternatives.clone();
        let (name, advisor, closes) = (leila, amina, day(12, 25));
        let suggested = note.as_ref().map(|_| alternatives[0].name.clone());
        letters.extend([
            Letter::Declined {
                name: name(),
                advisor: advisor(),
                note,
                suggested,
                alternatives: offered(),
                closes,
            },
            Letter::NoAnswer { name: name(), advisor: advisor(), alternatives: offered(), closes },
            Letter::NotReached { name: name(), advisor: advisor(), alternatives: offered(), closes },
        ]);
    }
    letters
}

fn request_to_advisor() -> Vec<Letter> {
    vec![
        Letter::RequestToAdvisor {
            name: amina(),
            advisee: leila(),
            institution: Some("American University of Kuwait".into()),
            issue: ISSUE.into(),
            preferred_times: Some("Tuesdays after 14:00, or any morning\nnot on 8 December".into()),
            other_fields: vec![line("Koha version", "23.11")],
            answer_by: day(12, 11),
            address: Some("leila@auk.example".into()),
        },
        Letter::RequestToAdvisor {
            name: amina(),
            advisee: leila(),
            institution: None,
            issue: "How do you count loans?".into(),
            preferred_times: None,
            other_fields: vec![],
            answer_by: day(12, 11),
            address: None,
        },
    ]
}

fn other_letters_to_advisor() -> Vec<Letter> {
    let (name, advisee) = (amina, leila);
    let reminder = |issue: &str, last| Letter::Reminder {
        name: name(),
        advisee: advisee(),
        issue: issue.into(),
        answer_by: day(12, 11),
        last,
    };
    let mut letters = vec![reminder(ISSUE, true), reminder("How do you count loans?", false)];
    letters.extend(declines());
    // These have nothing optional: twice the same, with and without a thread.
    for passed_on in [false, true] {
        letters.extend([
            Letter::ExpiredToAdvisor { name: name(), advisee: advisee(), passed_on },
            Letter::WrittenNoted { name: name(), advisee: advisee() },
            Letter::WordsSentOn { name: name(), advisee: advisee() },
            Letter::LateThanks { name: name(), advisee: advisee(), found: true },
            Letter::LateThanks { name: name(), advisee: advisee(), found: false },
            Letter::CancelledToAdvisor { name: name(), advisee: advisee() },
        ]);
    }
    letters
}

fn declines() -> Vec<Letter> {
    use Tried::*;
    let receipt = |suggestion, away_until| Letter::DeclineReceipt {
        name: amina(),
        advisee: leila(),
        suggestion,
        away_until,
    };
    let mut letters = vec![receipt(None, Some(day(12, 15))), receipt(None, None)];
    for tried in [First, NotFree, Asked, Advisee, Invited, InvitedBefore, Unknown] {
        letters.push(receipt(Some(Suggestion { name: "Karim Nasser".into(), tried }), None));
    }
    letters
}
