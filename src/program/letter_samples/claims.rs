//! Letters that ask who somebody really is.

use super::{ISSUE, day, line};
use crate::program::letter::{Choice, Closed, InquiryKind, Letter, NewParty, SecondAddress};

pub fn letters() -> Vec<Letter> {
    let mut letters = confirmations();
    letters.extend(addresses());
    letters.extend(mails());
    letters.extend(closed());
    letters
}

fn amina() -> String {
    "Amina Haddad".to_owned()
}

fn leila() -> String {
    "Leila Mansour".to_owned()
}

fn confirmations() -> Vec<Letter> {
    let letter = |update, again| Letter::PleaseConfirm {
        name: amina(),
        update,
        understood: if again { vec![] } else { vec![line("Areas", "Koha; circulation policies")] },
        not_understood: if again { vec![] } else { vec![line("Faculty", "Arts")] },
        until: day(12, 18),
        again,
    };
    vec![letter(false, false), letter(true, false), letter(false, true), letter(true, true)]
}

fn addresses() -> Vec<Letter> {
    use SecondAddress::*;
    let second = |what| Letter::SecondAddress {
        name: amina(),
        address: if what == NoAddress { String::new() } else { "amina@home.example".into() },
        what,
    };
    let mut letters: Vec<Letter> = [Asked, Done, Already, Taken, NoAddress, Refused, TakenBack, Unanswered]
        .into_iter()
        .map(second)
        .collect();
    let (name, until) = (amina(), day(12, 18));
    let (address, what) = ("at home".into(), NoAddress);
    letters.push(Letter::SecondAddress { name, address, what });
    letters.push(Letter::SameOrSecond { name: leila(), known: amina(), until });
    letters.push(Letter::SameOrSecond { name: leila(), known: "Amina Haddad; Karim Nasser".into(), until });
    let address = "amina@campus.example".into();
    letters.push(Letter::AlsoYou { owner: amina(), address, until });
    let address = "leila@campus.example".into();
    letters.push(Letter::AlsoYou { owner: leila(), address, until });
    letters
}

fn mails() -> Vec<Letter> {
    let writer = || "karim@home.example".to_owned();
    let mut letters = vec![
        Letter::WhoseMail {
            name: amina(),
            writer: writer(),
            subject: "Re: Leila Mansour asks for your advice [K7Q2M]".into(),
            words: "ACCEPT\n\nHappy to help.".into(),
            again: true,
        },
        Letter::WhoseMail {
            name: amina(),
            writer: writer(),
            subject: String::new(),
            words: String::new(),
            again: false,
        },
        which_of_you("AWAY UNTIL 15 December 2026", false),
        which_of_you("Advisor update", true),
        Letter::NothingDone { name: leila(), advisor: Some(amina()) },
        Letter::NothingDone { name: leila(), advisor: None },
        Letter::NeverAsked { name: amina(), advisee: leila() },
        Letter::NeverAsked { name: "Karim".into(), advisee: "leila.m".into() },
    ];
    for to_advisor in [true, false] {
        for reader in [NewParty::Writer, NewParty::Owner, NewParty::Other] {
            letters.push(handed_over(reader, to_advisor, leila()));
        }
    }
    letters.push(handed_over(NewParty::Writer, false, String::new()));
    letters.push(handed_over(NewParty::Owner, true, String::new()));
    letters
}

fn which_of_you(words: &str, again: bool) -> Letter {
    let people = [amina(), leila()].into_iter().enumerate();
    let people = people.map(|(n, name)| Choice { number: n + 1, name }).collect();
    Letter::WhichOfYou { people, words: words.to_owned(), again }
}

fn handed_over(reader: NewParty, to_advisor: bool, other: String) -> Letter {
    Letter::HandedOver {
        name: "Karim Nasser".into(),
        owner: amina(),
        writer: "Karim Nasser".into(),
        other,
        issue: ISSUE.into(),
        reader,
        to_advisor,
        asked: to_advisor,
    }
}

fn closed() -> Vec<Letter> {
    use InquiryKind::*;
    let letter = |what, why| Letter::QuestionClosed { name: amina(), what, why };
    let mut letters = vec![letter(Any, Closed::Before)];
    for what in [Claim, Shared, AlsoMe, Mail, Any] {
        letters.extend([letter(what, Closed::Lapsed), letter(what, Closed::Refused)]);
    }
    letters
}
