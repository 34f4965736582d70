//! Letters to the staff.

use super::{day, evening};
use crate::program::feedback::{Answers, Given, WeekOfFeedback};
use crate::program::kept_back::Why;
use crate::program::letter::{
    ChangeKind, Exception, ExceptionKind, Figure, InHand, KeptLine, Letter, NoteLine, RoomLine, RoomLines,
    RosterChange, Week,
};
use crate::program::moment::Moment;
use crate::program::record::{Counted, Reference};

pub fn letters() -> Vec<Letter> {
    vec![busy_week(), quiet_week(), second_week()]
}

fn busy_week() -> Letter {
    Letter::Digest {
        from: day(11, 30),
        to: day(12, 6),
        exceptions: exceptions(),
        more_exceptions: 4,
        figures: figures(|n| (n + 3, n)),
        open_requests: 14,
        listed_advisors: 61,
        in_hand: in_hand(),
        letters_waiting: 3,
        weeks: twelve_weeks(),
        in_all: Some(Week {
            requests: 63,
            accepted: 44,
            open: 9,
            withdrawn: 3,
            ended: 7,
            ..twelve_weeks()[0]
        }),
        changes: changes(),
        more_changes: 3,
        feedback: Some(week_of_feedback()),
        erased: 1,
        older_mail: 212,
        vanished_mail: 1,
        notes: notes(),
        rooms: Some(RoomLines { name: "Zoom".into(), lines: room_lines() }),
    }
}

fn quiet_week() -> Letter {
    Letter::Digest {
        from: day(11, 30),
        to: day(12, 6),
        exceptions: vec![],
        more_exceptions: 0,
        figures: vec![],
        open_requests: 0,
        listed_advisors: 0,
        in_hand: vec![],
        letters_waiting: 0,
        weeks: vec![],
        in_all: None,
        changes: vec![],
        more_changes: 0,
        feedback: None,
        erased: 0,
        older_mail: 0,
        vanished_mail: 0,
        notes: vec![],
        rooms: None,
    }
}

fn room_lines() -> Vec<RoomLine> {
    let line = |from: &str, to: &str, who: &str| RoomLine {
        at: Moment {
            date: day(12, 8),
            from: from.into(),
            to: to.into(),
            zone: "Paris".into(),
            assumed: false,
        },
        who: who.into(),
    };
    vec![line("10:00", "11:30", "Karim Nasser"), line("14:00", "14:30", "Leila Mansour, Amina Haddad")]
}

fn week_of_feedback() -> WeekOfFeedback {
    let given = |mark, times| Given { mark, times };
    WeekOfFeedback {
        useful: Answers { count: 4, marks: vec![given(5, 3), given(3, 1)] },
        easy: Answers { count: 1, marks: vec![given(4, 1)] },
    }
}

fn in_hand() -> Vec<InHand> {
    let one = |reference: &str, advisor: Option<&str>| InHand {
        reference: Reference(reference.into()),
        advisee: "Leila Mansour".into(),
        advisor: advisor.map(str::to_owned),
        since: evening(day(12, 4)),
    };
    vec![one("HZZH4", Some("Amina Haddad")), one("M3X9T", None)]
}

/// A young network: two weeks, one request that waits.
fn second_week() -> Letter {
    let Letter::Digest { from, to, figures, .. } = busy_week() else { return quiet_week() };
    let week = |from, open| Week { from, requests: open, accepted: 0, open, withdrawn: 0, ended: 0 };
    Letter::Digest {
        from,
        to,
        exceptions: vec![],
        more_exceptions: 0,
        figures,
        in_hand: vec![],
        letters_waiting: 0,
        open_requests: 1,
        listed_advisors: 1,
        weeks: vec![week(day(11, 23), 0), week(day(11, 30), 1)],
        in_all: Some(week(day(11, 23), 1)),
        changes: changes()[..1].to_vec(),
        more_changes: 0,
        feedback: None,
        erased: 0,
        older_mail: 0,
        vanished_mail: 0,
        notes: vec![],
        rooms: Some(RoomLines { name: "Zoom".into(), lines: vec![] }),
    }
}

fn twelve_weeks() -> Vec<Week> {
    let counts: [[u64; 4]; 12] = [
        [3, 0, 0, 1],
        [5, 0, 0, 0],
        [2, 0, 1, 0],
        [0, 0, 0, 0],
        [4, 0, 0, 2],
        [6, 0, 0, 1],
        [7, 0, 1, 1],
        [3, 0, 0, 1],
        [5, 0, 0, 0],
        [4, 1, 0, 1],
        [4, 3, 1, 0],
        [1, 5, 0, 0],
    ];
    let week = |(n, [accepted, open, withdrawn, ended]): (usize, [u64; 4])| Week {
        from: day(9, 14) + chrono::Days::new(7 * n as u64),
        requests: accepted + open + withdrawn + ended,
        accepted,
        open,
        withdrawn,
        ended,
    };
    counts.into_iter().enumerate().map(week).collect()
}

/// A change of every kind.
fn changes() -> Vec<RosterChange> {
    let names = ["Tamar Kapanadze", "Karim Nasser", "Amina Haddad", "Ségolène Dupré", "Nour Khalil"];
    let change = |(what, name): (ChangeKind, &str)| RosterChange {
        name: name.into(),
        institution: (what != ChangeKind::Left).then(|| "American University of Beirut".into()),
        what,
        until: (what == ChangeKind::Away).then(|| day(12, 15)),
    };
    ChangeKind::ALL.into_iter().zip(names).map(change).collect()
}

pub fn exceptions() -> Vec<Exception> {
    let kinds = ExceptionKind::ALL.map(|kind| {
        let (who, about) = concerning(kind);
        (kind, who, about)
    });
    let one = |(n, (kind, who, about)): (usize, (ExceptionKind, &str, &str))| Exception {
        since: evening(day(12, 1) + chrono::Days::new(n as u64 / 2)),
        kind,
        who: who.into(),
        about: about.into(),
        guesses: if kind == ExceptionKind::Prose { guesses() } else { vec![] },
        on_it: (n == 1).then(|| evening(day(12, 3))),
        kept: (kind == ExceptionKind::KeptBack).then(kept),
        notes: if n == 0 { notes() } else { vec![] },
        reference: Reference(format!("K7Q{n:02}")),
    };
    kinds.into_iter().enumerate().map(one).collect()
}

fn kept() -> KeptLine {
    KeptLine { why: Why::Talk, mails: 4, repeats: 2, goes: Some(evening(day(12, 14))) }
}

fn guesses() -> Vec<String> {
    let ready = ["REMOVE Karim Nasser", "AWAY Karim Nasser UNTIL 2026-12-15", "ASSIGN K7Q14 Amina Haddad"];
    ready.map(str::to_owned).to_vec()
}

pub fn notes() -> Vec<NoteLine> {
    let note = |about: Option<&str>, text: &str| NoteLine {
        about: about.map(|r| Reference(r.into())),
        text: text.into(),
        by: "Rana Nassar".into(),
    };
    vec![note(None, "The office moves in January."), note(Some("K7Q2M"), "She is new at the AUB.")]
}

/// Who and what a kind of exception is about.
fn concerning(kind: ExceptionKind) -> (&'static str, &'static str) {
    use ExceptionKind::*;
    match kind {
        SignUpHeld => ("Nour Khalil", "Advisor sign-up"),
        RequestHeld => ("jo@elsewhere.example", "Request meeting"),
        RosterHeld => ("jo@elsewhere.example", ""),
        ConfirmationHeld => ("someone@elsewhere.example", "Meeting confirmation"),
        Stranger => ("leila.m@mail.example", "Re: Amina Haddad can help"),
        Words => ("Karim Nasser", "Re: Leila Mansour asks for your advice"),
        NoAdvisorLeft => ("Leila Mansour", "We moved to Koha in the summer"),
        AdvisorUnreachable => ("Karim Nasser", ""),
        AdviseeUnreachable => ("Leila Mansour", ""),
        UncertainDelivery => ("amina@campus.example", "Leila Mansour asks for your advice"),
        NotSent => ("amina@campus.example", "Leila Mansour asks for your advice"),
        Stuck => ("case/K7Q2M/reminder/1/1", "index out of bounds"),
        Quarantined => ("INBOX, message 4711", ""),
        ToStaff => ("Leila Mansour", "Could you call me tomorrow?"),
        DataAsked => ("Leila Mansour", "MY DATA"),
        ErasureAsked => ("Leila Mansour", "FORGET ME"),
        Reported => ("Rana Aziz", ""),
        AdvisorLeft => ("Amina Haddad", "Leila Mansour, Omar Said"),
        RoomHeld => ("jo@elsewhere.example", "Zoom room"),
        OftenNotHeld => ("Leila Mansour", ""),
        RoomToOpen => ("Leila Mansour, Amina Haddad", "2026-12-08 14:00–14:30 Paris"),
        UnknownAdvisor => ("Amina Haddad", "Hind"),
        KeptBack => ("tickets@campus.example", "Your request has been received"),
        SameIdOtherContent => ("offers@shop.example", "Your library deserves better"),
        ChangedOnItsWay => ("Leila Mansour", "Request meeting"),
        Prose => ("Karim Nasser", "The roster: please take me off it, I retire in June"),
        StaffStranger => ("rana@elsewhere.example", "Re: Weekly digest: 2 need you"),
        NotTheirs => ("someone@elsewhere.example", "Re: Leila Mansour asks for your advice"),
        HandedOver => ("Amina Haddad", "Amina Haddad → karim@home.example"),
        FormWithoutPerson => ("forms@network.example", "Request meeting"),
        Unreadable => ("Leila Mansour", "Re: Your request is with Amina Haddad"),
        FormWithoutAnswers => ("forms@network.example", "Request meeting: new response"),
    }
}

pub fn figures(count: impl Fn(u64) -> (u64, u64)) -> Vec<Figure> {
    use Counted::*;
    let all = [
        Requests,
        Accepted,
        Declined,
        NoAnswer,
        NotReached,
        MeetingsHeld,
        MeetingsNotHeld,
        Unconfirmed,
        NewAdvisors,
        MailReceived,
        NotForUs,
    ];
    let figure = |(n, what)| {
        let (count, before) = count(n as u64);
        Figure { what, count, before }
    };
    all.into_iter().enumerate().map(figure).collect()
}
