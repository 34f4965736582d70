//! Letters about what people say about themselves.

use super::{alternatives, day, evening, mailbox};
use crate::program::letter::{
    CaseWord, Choice, Dealing, Entry, LanguageAnswer, Letter, Next, OnRoster, OpenCase, OpenForm, Tongue,
    UntilWhen, Waiting, WithStaff,
};
use crate::program::record::Reference;

pub fn letters() -> Vec<Letter> {
    let mut letters = helps();
    letters.extend(statuses());
    letters.extend(languages());
    letters.extend(leaves());
    letters.extend(invitations());
    letters.extend(complaints());
    letters
}

fn amina() -> String {
    "Amina Haddad".into()
}

fn leila() -> String {
    "Leila Mansour".into()
}

fn dealing(other: Option<&str>) -> Dealing {
    Dealing { reference: Reference("K7Q2M".into()), other: other.map(str::to_owned) }
}

fn tongues() -> Vec<Tongue> {
    let tongue = |tag: &str, name: &str| Tongue { tag: tag.into(), name: name.into() };
    vec![tongue("en", "English"), tongue("fr", "français")]
}

fn helps() -> Vec<Letter> {
    use CaseWord::*;
    let help = |case: Option<Dealing>, words: &[CaseWord], roster, known| Letter::Help {
        name: case.as_ref().map(|_| amina()),
        case,
        choices: vec![],
        words: words.to_vec(),
        roster,
        known,
        staff: known && roster == OnRoster::Left,
        room: (known && roster != OnRoster::Away).then(|| "Zoom".into()),
        languages: if known { tongues() } else { vec![] },
    };
    let with_leila = || Some(dealing(Some("Leila Mansour")));
    let numbers = Letter::Help {
        name: Some(leila()),
        case: Some(dealing(None)),
        choices: (1..=3).zip(["Karim Nasser", "Ségolène Dupré", "Tamar Kapanadze"]).map(choice).collect(),
        words: vec![Heard, Cancel],
        roster: OnRoster::Never,
        known: true,
        staff: false,
        room: None,
        languages: tongues()[..1].to_vec(),
    };
    let asked = [Accept, Decline, DeclineAway, DeclineTry, Ask, Written];
    vec![
        help(with_leila(), &asked, OnRoster::Listed, true),
        help(with_leila(), &[Accept, NotYet, Decline], OnRoster::Away, true),
        help(with_leila(), &[Held, StillGoing, NotHeld, Decline, Room], OnRoster::Unreachable, true),
        help(Some(dealing(Some("Amina Haddad"))), &[Settled, NotYet, Another, Cancel], OnRoster::Never, true),
        help(Some(dealing(Some("Amina Haddad"))), &[Next, Wait, Heard, Cancel], OnRoster::Never, true),
        numbers,
        help(Some(dealing(None)), &[], OnRoster::Left, true),
        help(None, &[], OnRoster::Listed, true),
        help(None, &[], OnRoster::Never, true),
        help(None, &[], OnRoster::Never, false),
    ]
}

fn choice((number, name): (usize, &str)) -> Choice {
    Choice { number, name: name.into() }
}

fn statuses() -> Vec<Letter> {
    let empty = |name: Option<String>, roster| Letter::Status {
        name,
        entry: None,
        roster,
        own: vec![],
        asked: vec![],
        waiting: vec![],
        forms: vec![],
    };
    let mut letters = vec![full_status()];
    letters.extend([OnRoster::Listed, OnRoster::Unreachable].map(|roster| Letter::Status {
        name: Some(amina()),
        entry: Some(entry(false)),
        roster,
        own: vec![],
        asked: vec![],
        waiting: vec![],
        forms: vec![],
    }));
    letters.push(empty(Some(leila()), OnRoster::Left));
    letters.push(empty(None, OnRoster::Never));
    letters
}

fn entry(full: bool) -> Entry {
    Entry {
        institution: full.then(|| "American University of Beirut".into()),
        areas: vec!["Koha".into(), "reports and statistics".into()],
        languages: if full { vec!["Arabic".into(), "English".into()] } else { vec![] },
        at_a_time: full.then_some(2),
        zone: full.then(|| "Asia/Beirut".into()),
        away_until: full.then(|| day(12, 15)),
    }
}

fn full_status() -> Letter {
    use Next::*;
    let open = |next, other: Option<&str>, when: bool, paused| OpenCase {
        reference: Reference("K7Q2M".into()),
        other: other.map(str::to_owned),
        about: "How do you count loans?".into(),
        since: evening(day(11, 27)),
        next,
        when: when.then(|| day(12, 11)),
        paused,
    };
    let karim = Some("Karim Nasser");
    let stages = [Answer, Settled, Choice, Search, Confirmation, Nothing];
    let waiting = [WithStaff::SignUp, WithStaff::Request, WithStaff::Roster, WithStaff::Confirmation]
        .into_iter()
        .chain([WithStaff::Words, WithStaff::ToStaff, WithStaff::Data, WithStaff::Erasure, WithStaff::Report])
        .map(|what| Waiting { what, since: evening(day(11, 27)) });
    Letter::Status {
        name: Some(amina()),
        entry: Some(entry(true)),
        roster: OnRoster::Away,
        own: stages
            .into_iter()
            .map(|next| open(next, karim, true, false))
            .chain([
                open(Answer, karim, false, false),
                open(Choice, None, false, false),
                open(Answer, karim, false, true),
            ])
            .collect(),
        asked: [Answer, Settled, Confirmation]
            .into_iter()
            .map(|next| open(next, Some("Leila Mansour"), next != Settled, false))
            .chain([open(Answer, Some("Omar Said"), false, true)])
            .collect(),
        waiting: waiting.collect(),
        forms: vec![OpenForm {
            kind: "Request meeting".into(),
            missing: vec!["Issue".into()],
            until: day(12, 18),
        }],
    }
}

fn languages() -> Vec<Letter> {
    use LanguageAnswer::*;
    let mut letters = Vec::new();
    for (answer, wanted) in
        [(Unknown, Some("Klingon")), (Set, Some("français")), (Which, None), (Stranger, Some("français"))]
    {
        for name in [Some(amina()), None] {
            let wanted = wanted.map(str::to_owned);
            letters.push(Letter::Language { name, answer, wanted, offered: tongues() });
        }
    }
    letters.push(Letter::Language {
        name: None,
        answer: Unknown,
        wanted: Some("Klingon".into()),
        offered: tongues()[..1].to_vec(),
    });
    letters.extend([Some(amina()), None].map(|name| Letter::FirstLineOnly {
        name,
        word: "BACK".into(),
        rest: "LANGUAGE fr\nand thank you for all you do for us".into(),
    }));
    letters
}

fn leaves() -> Vec<Letter> {
    let (name, until) = (amina, day(12, 15));
    let both = || vec![leila(), "Omar Said".to_owned()];
    let removed =
        |handed_back, agreed, by_staff| Letter::RemovedNoted { name: name(), handed_back, agreed, by_staff };
    let mut letters = vec![
        Letter::AwayNoted { name: name(), until, requests: both() },
        Letter::AwayNoted { name: name(), until, requests: vec![] },
        Letter::BackNoted { name: name(), was_away: true },
        Letter::BackNoted { name: name(), was_away: false },
        removed(both(), both(), false),
        removed(both()[..1].to_vec(), vec![], true),
        removed(vec![], both()[..1].to_vec(), true),
        removed(vec![], vec![], false),
    ];
    for (said, why) in [
        (Some("03/04/2027"), UntilWhen::TwoReadings),
        (Some("the thaw"), UntilWhen::NoDate),
        (Some("1 November 2026"), UntilWhen::Past),
        (None, UntilWhen::NotSaid),
    ] {
        letters.push(Letter::AwayUntilWhen { name: name(), said: said.map(str::to_owned), why });
    }
    for (word, was) in [("REMOVE", true), ("BACK", true), ("AWAY", false), ("REMOVE", false)] {
        let name = was.then(name);
        letters.push(Letter::NotOnRoster { name, word: word.into(), was });
    }
    for alternatives in [alternatives(), vec![]] {
        letters.push(Letter::AdvisorLeft {
            name: leila(),
            advisor: amina(),
            alternatives,
            closes: day(12, 25),
        });
    }
    letters
}

fn invitations() -> Vec<Letter> {
    [Some("Karim Nasser".to_owned()), None].map(|name| Letter::Invitation { name, by: amina() }).into()
}

fn complaints() -> Vec<Letter> {
    use Next::*;
    let reporter = mailbox("Leila Mansour", "leila@auk.example");
    let complaint = |subject: &str, words: &str, cases: Vec<Dealing>| Letter::Complaint {
        reporter: reporter.clone(),
        subject: subject.into(),
        words: words.into(),
        cases,
    };
    let with_amina = || vec![dealing(Some("Amina Haddad")), dealing(None)];
    let since = evening(day(11, 27));
    let mut letters = vec![
        Letter::ReportReceipt { name: Some(leila()), paused: with_amina() },
        Letter::ReportReceipt { name: Some(leila()), paused: with_amina()[..1].to_vec() },
        Letter::ReportReceipt { name: None, paused: vec![] },
        complaint("Re: Amina Haddad can help", "REPORT\n\nThese letters are not about Koha.", with_amina()),
        complaint("", "", vec![]),
        Letter::StillPaused {
            advisee: leila(),
            advisor: Some(amina()),
            reported: Reference("K7Q2M".into()),
            since,
        },
        Letter::StillPaused { advisee: leila(), advisor: None, reported: Reference("K7Q2M".into()), since },
        Letter::Paused { name: amina(), other: Some(leila()), wrote: true },
        Letter::Paused { name: leila(), other: None, wrote: false },
    ];
    for (next, to_advisor) in [
        (Answer, true),
        (Answer, false),
        (Settled, false),
        (Choice, false),
        (Search, false),
        (Confirmation, true),
    ] {
        let (name, other) = if to_advisor { (amina(), leila()) } else { (leila(), amina()) };
        let with = matches!(next, Answer | Settled | Confirmation);
        let (other, when) = (with.then_some(other), with.then(|| day(12, 14)));
        letters.push(Letter::Resumed { name, other, next, when, to_advisor });
    }
    for other in [Some(amina()), None] {
        letters.push(Letter::Resumed {
            name: leila(),
            other,
            next: Next::Nothing,
            when: None,
            to_advisor: false,
        });
    }
    letters
}
