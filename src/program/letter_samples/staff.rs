//! Letters to the staff.

use super::{day, evening};
use crate::program::letter::{Exception, ExceptionKind, Figure, InHand, Letter, NoteLine};
use crate::program::record::{Counted, Reference};

pub fn letters() -> Vec<Letter> {
    vec![busy_week(), quiet_week()]
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
        older_mail: 212,
        vanished_mail: 1,
        notes: notes(),
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
        older_mail: 0,
        vanished_mail: 0,
        notes: vec![],
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
        guesses: if kind == ExceptionKind::Prose { vec!["REMOVE Karim Nasser".into()] } else { vec![] },
        on_it: (n == 1).then(|| evening(day(12, 3))),
        notes: if n == 0 { notes() } else { vec![] },
        reference: Reference(format!("K7Q{n:02}")),
    };
    kinds.into_iter().enumerate().map(one).collect()
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
        SignUpHeld => ("Nour Khalil <nour@elsewhere.example>", "Advisor sign-up"),
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
        Quarantined => ("INBOX, message 4711", ""),
        SameIdOtherContent => ("offers@shop.example", "Your library deserves better"),
        Prose => ("Karim Nasser", "The roster: please take me off it, I retire in June"),
        StaffStranger => ("rana@elsewhere.example", "Re: Weekly digest: 2 need you"),
        NotTheirs => ("someone@elsewhere.example", "Re: Leila Mansour asks for your advice"),
        HandedOver => ("Amina Haddad", "Amina Haddad → karim@home.example"),
        FormWithoutPerson => ("forms@network.example", "Request meeting"),
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
