//! Letters about what staff do by hand, and before others go out.

use super::{day, evening};
use crate::mail::inbound::Unreadable;
use crate::program::letter::{GapLetter, Letter, LetterToApprove};
use crate::program::record::Reference;

pub fn letters() -> Vec<Letter> {
    vec![
        Letter::QuestionWithStaff {
            name: Some("Nour Khalil".into()),
            subject: "How do I become an advisor?".into(),
            since: evening(day(11, 27)),
        },
        Letter::QuestionWithStaff { name: None, subject: String::new(), since: evening(day(11, 27)) },
        Letter::CouldNotRead {
            name: Some("Leila Mansour".into()),
            subject: "Re: Your request is with Amina Haddad".into(),
            why: Unreadable::Encrypted,
        },
        Letter::CouldNotRead { name: None, subject: String::new(), why: Unreadable::Winmail },
        Letter::LettersToApprove {
            letters: vec![
                letter("K7Q2M", "Leila Mansour <leila@campus.example>", "Your request is with Amina Haddad"),
                letter("M3X9T", "Amina Haddad <amina@campus.example>", "Leila Mansour asks for your advice"),
            ],
            more: 4,
            again: true,
        },
        Letter::LettersToApprove {
            letters: vec![letter("K7Q2M", "leila@campus.example", "The roster of advisors")],
            more: 0,
            again: false,
        },
        Letter::LettersOfTheGap {
            from: evening(day(11, 20)),
            until: evening(day(11, 27)),
            alive: Some(evening(day(11, 24))),
            sent: vec![
                gap_letter("K7Q2M", "leila@campus.example", "Your request is with Amina Haddad"),
                gap_letter("M3X9T", "amina@campus.example, leila@campus.example", "Please meet"),
            ],
            unknown: vec![gap_letter("Q4R8W", "karim@auc.example", "Leila Mansour asks for your advice")],
            sent_as: Some(Reference("T6Y2N".into())),
            unknown_as: Some(Reference("W5Z7P".into())),
            more: 3,
            again: false,
        },
        Letter::LettersOfTheGap {
            from: evening(day(11, 20)),
            until: evening(day(11, 27)),
            alive: None,
            sent: vec![],
            unknown: vec![gap_letter("K7Q2M", "leila@campus.example", "The roster of advisors")],
            sent_as: None,
            unknown_as: None,
            more: 0,
            again: true,
        },
    ]
}

fn gap_letter(reference: &str, to: &str, subject: &str) -> GapLetter {
    GapLetter {
        reference: Reference(reference.into()),
        to: to.into(),
        subject: format!("{subject} [HZZH4]"),
        since: evening(day(11, 23)),
    }
}

fn letter(reference: &str, to: &str, subject: &str) -> LetterToApprove {
    LetterToApprove {
        reference: Reference(reference.into()),
        to: to.into(),
        subject: format!("{subject} [HZZH4]"),
        text: "Hello,\n\nWe have passed it on. You need do nothing more.\n\nPeer Advising Network\n".into(),
        since: evening(day(11, 27)),
    }
}
