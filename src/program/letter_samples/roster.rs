//! Letters about being on the roster, and about forms.

use super::{day, evening, line};
use crate::program::letter::{Letter, Line, RosterEntry, WithStaff};

pub fn letters() -> Vec<Letter> {
    let mut letters = sign_ups();
    letters.extend(forms());
    letters.extend(rosters());
    letters.extend(with_staff());
    letters
}

fn understood() -> Vec<Line> {
    vec![
        line("Name", "Amina Haddad"),
        line("Institution", "American University of Beirut"),
        line("Areas", "Koha; circulation policies; reports and statistics; working with students"),
        line("Languages", "Arabic, English, French"),
        line("Requests at a time", "2"),
    ]
}

fn kept() -> Vec<Line> {
    vec![line("Favourite shelf mark", "Z 675 (library science)")]
}

fn sign_ups() -> Vec<Letter> {
    let name = || "Amina Haddad".to_owned();
    vec![
        Letter::WelcomeAdvisor { name: name(), understood: understood(), not_understood: kept() },
        Letter::WelcomeAdvisor { name: name(), understood: vec![], not_understood: vec![] },
        Letter::ImportedWelcome { name: name(), on_file: understood() },
        Letter::ImportedWelcome { name: name(), on_file: vec![line("Name", "Amina Haddad")] },
        Letter::AdvisorUpdated {
            name: name(),
            understood: vec![line("Requests at a time", "1")],
            not_understood: kept(),
            relisted: true,
            unchanged: false,
        },
        updated(false),
        updated(true),
    ]
}

fn updated(unchanged: bool) -> Letter {
    Letter::AdvisorUpdated {
        name: "Amina Haddad".to_owned(),
        understood: vec![],
        not_understood: vec![],
        relisted: false,
        unchanged,
    }
}

fn forms() -> Vec<Letter> {
    vec![
        Letter::FormIncomplete {
            name: Some("Amina Haddad".into()),
            kind: "Meeting confirmation".into(),
            understood: vec![line("Advisor", "Amina Haddad"), line("Minutes", "45")],
            missing: vec!["Advisee".into()],
            ambiguous: vec![line("Date", "03/12/2026")],
            until: day(12, 18),
        },
        Letter::FormIncomplete {
            name: None,
            kind: "Request meeting".into(),
            understood: vec![],
            missing: vec!["Advisor".into(), "Issue".into()],
            ambiguous: vec![],
            until: day(12, 18),
        },
        Letter::FormIncomplete {
            name: None,
            kind: "Meeting confirmation".into(),
            understood: vec![],
            missing: vec![],
            ambiguous: vec![line("Date", "03/12/2026")],
            until: day(12, 18),
        },
        lapsed(Some("Amina Haddad".into()), "Request meeting", false),
        lapsed(None, "Advisor sign-up", false),
        lapsed(Some("Amina Haddad".into()), "Request meeting", true),
    ]
}

fn rosters() -> Vec<Letter> {
    let entry = |name: &str, about: Option<&str>, languages: &[&str]| RosterEntry {
        name: name.into(),
        institution: "American University of Beirut".into(),
        areas: vec!["Koha".into(), "circulation policies".into(), "reports and statistics".into()],
        languages: languages.iter().map(|language| (*language).into()).collect(),
        about: about.map(str::to_owned),
    };
    let about = "Twelve years at the desk and behind it. I like to look at real data together.";
    vec![
        Letter::Roster {
            words: Some("koha reports".into()),
            advisors: vec![
                entry("Amina Haddad", Some(about), &["Arabic", "English"]),
                entry("Karim Nasser", None, &[]),
            ],
            more: 7,
        },
        Letter::Roster { words: None, advisors: vec![], more: 0 },
        Letter::Roster { words: Some("falconry".into()), advisors: vec![], more: 0 },
        Letter::Roster { words: None, advisors: vec![entry("Karim Nasser", None, &[])], more: 1 },
    ]
}

fn with_staff() -> Vec<Letter> {
    use WithStaff::*;
    let mut letters = vec![
        Letter::WithStaff { name: Some("Amina Haddad".into()), what: SignUp, understood: understood() },
        Letter::StillWithStaff {
            name: Some("Amina Haddad".into()),
            what: SignUp,
            since: evening(day(11, 27)),
        },
    ];
    for what in [SignUp, Request, Roster, Confirmation, Words, ToStaff, Data, Erasure, Report] {
        letters.push(Letter::WithStaff { name: None, what, understood: vec![] });
        letters.push(Letter::StillWithStaff { name: None, what, since: evening(day(11, 27)) });
    }
    letters
}

fn lapsed(name: Option<String>, kind: &str, cancelled: bool) -> Letter {
    Letter::FormLapsed { name, kind: kind.to_owned(), cancelled }
}
