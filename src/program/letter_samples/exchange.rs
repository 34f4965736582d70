//! Letters between the two of a case, after their meeting, and when it ends.

use super::{ISSUE, day, line, mailbox};
use crate::mail::address::Mailbox;
use crate::program::feedback::Marks;
use crate::program::letter::{Ended, Letter, Next, NoEffect};

pub fn letters() -> Vec<Letter> {
    let mut letters = introductions();
    letters.extend(contact());
    letters.extend(after_the_meeting());
    letters.extend(endings());
    letters.extend(odd_words());
    letters
}

fn leila() -> String {
    "Leila Mansour".into()
}

fn amina() -> String {
    "Amina Haddad".into()
}

fn introductions() -> Vec<Letter> {
    let advisor = mailbox("Amina Haddad", "amina@campus.example");
    let advisee = mailbox("Leila Mansour", "leila@auk.example");
    vec![
        Letter::Introduction {
            advisor: advisor.clone(),
            advisee: advisee.clone(),
            issue: ISSUE.into(),
            preferred_times: Some("Tuesdays after 14:00".into()),
            note: Some("Happy to help! Bring the SQL along.".into()),
            times: true,
            confirm_on: day(12, 14),
        },
        Letter::Introduction {
            advisor: Mailbox::bare(advisor.address),
            advisee: Mailbox::bare(advisee.address),
            issue: "How do you count loans?".into(),
            preferred_times: None,
            note: None,
            times: false,
            confirm_on: day(12, 14),
        },
    ]
}

fn contact() -> Vec<Letter> {
    let words = "Happy to help! Would Tuesday at 3 suit you?\n\nAmina";
    let mut letters = Vec::new();
    for (to_advisor, name, other) in [(false, leila(), amina()), (true, amina(), leila())] {
        let (n, o) = (|| name.clone(), || other.clone());
        letters.extend([
            Letter::PassedOn { name: n(), writer: o(), words: words.into(), to_advisor, introduced: false },
            Letter::PassedOn { name: n(), writer: o(), words: words.into(), to_advisor, introduced: true },
            Letter::SettledQuestion { name: n(), other: o(), to_advisor, last: to_advisor },
            Letter::SettledQuestion { name: n(), other: o(), to_advisor, last: !to_advisor },
            Letter::NotYetNoted { name: n(), other: o(), by_other: to_advisor, asked_again: day(12, 16) },
        ]);
    }
    letters
}

fn after_the_meeting() -> Vec<Letter> {
    let question = |at, last| Letter::ConfirmationQuestion { name: leila(), other: amina(), at, last };
    let thanks = |held, minutes, full: bool| Letter::ConfirmationThanks {
        name: leila(),
        other: amina(),
        held,
        by_other: false,
        to_advisor: full,
        marks: None,
        minutes,
        understood: if full { report() } else { vec![] },
        not_understood: if full { vec![line("Weather", "sunny")] } else { vec![] },
    };
    let with_marks = |marks| Letter::ConfirmationThanks {
        name: leila(),
        other: amina(),
        held: true,
        by_other: false,
        to_advisor: false,
        marks: Some(marks),
        minutes: None,
        understood: vec![],
        not_understood: vec![],
    };
    let from_other = |held, minutes| Letter::ConfirmationThanks {
        name: leila(),
        other: amina(),
        held,
        by_other: true,
        to_advisor: false,
        marks: None,
        minutes,
        understood: vec![],
        not_understood: vec![],
    };
    vec![
        question(Some(super::meeting::tuesday(None)), true),
        question(None, false),
        thanks(true, Some(45), true),
        thanks(true, None, false),
        thanks(false, None, false),
        thanks(false, None, true),
        with_marks(Marks { useful: 5, easy: Some(4) }),
        with_marks(Marks { useful: 3, easy: None }),
        from_other(true, Some(45)),
        from_other(true, None),
        from_other(false, None),
        Letter::ConfirmationReceipt {
            name: Some(leila()),
            understood: report(),
            not_understood: vec![line("Weather", "sunny")],
        },
        Letter::ConfirmationReceipt { name: None, understood: vec![], not_understood: vec![] },
    ]
}

fn report() -> Vec<crate::program::letter::Line> {
    vec![
        line("Advisor", "Amina Haddad"),
        line("Advisee", "Leila Mansour"),
        line("Date", "2026-12-08"),
        line("Minutes", "45"),
        line("Comments", "We rewrote the report together.\nIt counts renewals once now."),
    ]
}

fn endings() -> Vec<Letter> {
    use Ended::*;
    let mut letters = Vec::new();
    for why in [OfferUnanswered, NotSettled, Unconfirmed, NoAdvisor, ByStaff] {
        for (other, to_advisor) in
            [(Some(amina()), false), (None, false), (Some(leila()), true), (None, true)]
        {
            let name = if to_advisor { amina() } else { leila() };
            letters.push(Letter::CaseEnded { name, other, why, to_advisor });
        }
    }
    letters.extend([
        Letter::NoAdvisorLeft {
            name: leila(),
            advisor: Some(amina()),
            note: Some("I am moving house until the new year.".into()),
            skipped: vec![],
        },
        Letter::NoAdvisorLeft { name: leila(), advisor: Some(amina()), note: None, skipped: vec![] },
        Letter::NoAdvisorLeft {
            name: leila(),
            advisor: Some(amina()),
            note: None,
            skipped: super::absence::skipped(),
        },
        Letter::NoAdvisorLeft { name: leila(), advisor: None, note: None, skipped: vec![] },
    ]);
    letters
}

fn nothing_done(why: NoEffect, next: Next, to_advisor: bool) -> Letter {
    let with = matches!(next, Next::Answer | Next::Settled | Next::Confirmation);
    Letter::WordDidNothing {
        name: if to_advisor { amina() } else { leila() },
        word: "HEARD".into(),
        why,
        other: with.then(if to_advisor { leila } else { amina }),
        next,
        when: (next != Next::Nothing).then(|| day(12, 14)),
        to_advisor,
    }
}

fn odd_words() -> Vec<Letter> {
    let mut letters = Vec::new();
    for why in [NoEffect::MovedOn, NoEffect::Already, NoEffect::NotNow, NoEffect::NotOffered] {
        letters.push(nothing_done(why, Next::Nothing, false));
    }
    for next in [Next::Answer, Next::Settled, Next::Choice, Next::Search, Next::Confirmation] {
        letters.push(nothing_done(NoEffect::NotNow, next, false));
    }
    for next in [Next::Answer, Next::Settled, Next::Confirmation, Next::Nothing] {
        letters.push(nothing_done(NoEffect::Already, next, true));
    }
    letters.push(nothing_done(NoEffect::MovedOn, Next::Answer, false));
    letters.push(nothing_done(NoEffect::WhichNo, Next::Confirmation, true));
    letters.push(nothing_done(NoEffect::TimeIsOver, Next::Confirmation, false));
    for subject in ["Re: Amina Haddad cannot help this time [K7Q2M]", ""] {
        letters.push(Letter::DidYouWrite {
            name: leila(),
            subject: subject.into(),
            words: if subject.is_empty() { "" } else { "CANCEL\n\nI found somebody in the end." }.into(),
            again: !subject.is_empty(),
        });
        letters.push(Letter::AskedOwner { owner: amina() });
    }
    letters
}
