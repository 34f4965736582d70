//! The records of past requests as the program leaves them behind, made from a seed.
//!
//! They are what a request of years ago really leaves (taken from the rows of stories that were told to
//! their end): the case, its reference and tokens, the letters by which an answer would find it, for two of
//! three a meeting, and, as long as they are kept (400 days), the fingerprints of its mails. Nothing of it is
//! open: no timer, no letter. It is written as an export, in the order of keys and row by row, so that a
//! million takes no more memory than ten; `soundingboard import records` begins a store with it.

use chrono::{Datelike, TimeDelta};
use soundingboard::mail::address::{AddrSpec, Mailbox};
use soundingboard::mail::message_id::MessageId;
use soundingboard::program::batch::Change;
use soundingboard::program::record::{
    Advisor, Attempt, Case, Counted, FirstSeen, Handled, LetterSent, Meeting, Outcome, Owner, Party, Person,
    PersonKey, Record, Reference, Stage, Tally, Timestamp, Token, TokenOwner,
};
use soundingboard::program::week::RequestWeek;
use soundingboard::store::Newest;
use soundingboard::store::snapshot::{Sums, Writer};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The requests lie in so many days before the export.
const DAYS: u64 = 3_650;
/// `keep_handled_days`
const KEPT_DAYS: i64 = 400;
/// Crockford's digits, as references and tokens are written.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Of five such digits.
const REFERENCES: u64 = 32 * 32 * 32 * 32 * 32;
const AREAS: &[&str] = &[
    "Koha reports",
    "metadata in Arabic",
    "open access",
    "weeding serials",
    "teaching",
    "interlibrary loan",
];
const WORDS: &[&str] = &[
    "Our",
    "reports",
    "count",
    "renewals",
    "twice",
    "and",
    "the",
    "catalogue",
    "shows",
    "holdings",
    "that",
    "no",
    "branch",
    "has",
    "How",
    "do",
    "others",
    "move",
    "records",
    "between",
    "systems",
    "without",
    "losing",
    "their",
    "history",
];
const ADVISEES_PER: u64 = 3;

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    pub seed: u64,
    pub requests: u64,
    /// When the export is made: the newest request is a month older.
    pub now: Timestamp,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Held,
    /// Declined by one, held with another.
    HeldWithOther,
    /// Nobody answered, and the advisee chose nobody else.
    Expired,
    Cancelled,
}

/// Chance from a seed: splitmix64 (Steele, Lea, Flood 2014), whose every seed begins a good row of numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).expect("below the length of a list")]
    }
}

/// Of one request what several of its rows need.
struct Request {
    n: u64,
    opened: Timestamp,
    end: End,
    advisee: u64,
    advisors: Vec<u64>,
}

impl Past {
    /// Writes the export.
    pub fn write<W: Write>(&self, out: W) -> io::Result<(W, Sums)> {
        let newest = Newest { seq: self.requests.max(1) * 12, sum: 0, at: self.now };
        let mut rows = Rows(Writer::new(out, newest));
        self.advisor_marks(&mut rows)?;
        self.each(|r| rows.put(&self.case(r)))?;
        self.counts(&mut rows)?;
        self.recent(|r| (0..self.mails(r)).try_for_each(|m| rows.put(&self.first_seen(r, m))))?;
        self.recent(|r| (0..self.mails(r)).try_for_each(|m| rows.put(&self.handled(r, m))))?;
        self.each(|r| self.meeting(r).map_or(Ok(()), |meeting| rows.put(&meeting)))?;
        rows.row("number/letters", &(self.requests * 8).to_string())?;
        self.people(&mut rows)?;
        self.each(|r| rows.mark(&format!("reference/{}", self.reference(r.n))))?;
        self.weeks(&mut rows)?;
        self.each(|r| self.letters(r).iter().try_for_each(|letter| rows.put(letter)))?;
        self.each(|r| self.tokens(r).iter().try_for_each(|token| rows.put(token)))?;
        rows.0.finish()
    }

    fn each(&self, mut show: impl FnMut(&Request) -> io::Result<()>) -> io::Result<()> {
        (0..self.requests).try_for_each(|n| show(&self.request(n)))
    }

    /// Those whose mails are still known.
    fn recent(&self, mut show: impl FnMut(&Request) -> io::Result<()>) -> io::Result<()> {
        let since = self.now - TimeDelta::days(KEPT_DAYS);
        self.each(|r| if r.opened >= since { show(r) } else { Ok(()) })
    }

    fn dice(&self, n: u64) -> Dice {
        Dice(self.seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ n.wrapping_mul(0x2545_F491_4F6C_DD1D))
    }

    fn request(&self, n: u64) -> Request {
        let mut dice = self.dice(n);
        let end = match dice.below(20) {
            0..=10 => End::Held,
            11..=13 => End::HeldWithOther,
            14..=16 => End::Expired,
            _ => End::Cancelled,
        };
        let seconds = DAYS * 86_400;
        let before = seconds - (n * seconds / self.requests.max(1));
        let before = i64::try_from(before).expect("ten years are few seconds");
        let opened = self.now - TimeDelta::days(31) - TimeDelta::seconds(before);
        let mut advisor = || dice.below(self.advisors());
        let advisors = if end == End::HeldWithOther { vec![advisor(), advisor()] } else { vec![advisor()] };
        let advisee = dice.below(self.advisees());
        Request { n, opened, end, advisee, advisors }
    }

    fn advisors(&self) -> u64 {
        (self.requests / 200).clamp(20, 2_000)
    }

    fn advisees(&self) -> u64 {
        (self.requests / ADVISEES_PER).max(1)
    }

    // ---- names

    /// References, like all keys here, ascend with the request's number.
    fn reference(&self, n: u64) -> Reference {
        let step = (REFERENCES / self.requests.max(1)).max(1);
        let jitter = self.dice(n).below(step);
        Reference(in_digits(u128::from(n * step + jitter), 5))
    }

    /// The `k`th of 8 names that a request may have, as a number that ascends.
    fn spread(&self, n: u64, k: u64, bits: u32) -> u128 {
        let step = (1_u128 << bits) / (u128::from(self.requests.max(1)) * 8);
        u128::from(n * 8 + k) * step + u128::from(self.dice(n * 8 + k).below(1 << 30)) % step
    }

    fn letter_id(&self, n: u64, k: u64) -> MessageId {
        let h = format!("{:032x}", self.spread(n, k, 127));
        let uuid = format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..]);
        message_id(&format!("{uuid}@network.example"))
    }

    fn fingerprint(&self, n: u64, k: u64) -> String {
        format!("{:032x}{:032x}", self.spread(n, k, 127), self.spread(n, k + 1, 120))
    }
}

fn in_digits(mut value: u128, length: usize) -> String {
    let mut digits = vec![b'0'; length];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(value % 32).expect("below 32")];
        value /= 32;
    }
    String::from_utf8(digits).expect("the digits are ASCII")
}

fn message_id(inner: &str) -> MessageId {
    serde_json::from_value(format!("<{inner}>").into()).expect("a Message-ID")
}

fn advisee(n: u64) -> Mailbox {
    mailbox(format!("Leila Mansour {n}"), &format!("advisee{n:08}@campus.example"))
}

fn advisor(n: u64) -> Mailbox {
    mailbox(format!("Amina Haddad {n}"), &format!("advisor{n:05}@auc.example"))
}

fn mailbox(name: String, address: &str) -> Mailbox {
    Mailbox::new(name, AddrSpec::parse(address).expect("an address"))
}

/// Rows on their way out.
struct Rows<W: Write>(Writer<W>);

impl<W: Write> Rows<W> {
    fn row(&mut self, key: &str, value: &str) -> io::Result<()> {
        self.0.row(key, value)
    }

    fn put<R: Record>(&mut self, record: &R) -> io::Result<()> {
        let Change { key, value } = Change::put(record);
        self.row(&key, &value.expect("what is put has a value"))
    }

    fn mark(&mut self, key: &str) -> io::Result<()> {
        self.row(key, "true")
    }
}

// ---- records

impl Past {
    fn advisor_marks<W: Write>(&self, rows: &mut Rows<W>) -> io::Result<()> {
        (0..self.advisors()).try_for_each(|n| rows.mark(&format!("advisor/{}", advisor(n).address.key())))
    }

    fn case(&self, r: &Request) -> Case {
        let mut dice = self.dice(r.n + self.requests);
        let issue: Vec<&str> = (0..12 + dice.below(40)).map(|_| dice.pick(WORDS)).collect();
        let last = r.advisors.len() - 1;
        let attempt = |(nth, who): (usize, &u64)| self.attempt(r, nth, *who, nth == last);
        Case {
            reference: self.reference(r.n),
            advisee: advisee(r.advisee),
            institution: Some("Campus University Library".to_owned()),
            issue: format!("{}?", issue.join(" ")),
            preferred_times: r.n.is_multiple_of(3).then(|| "Tuesdays".to_owned()),
            other_fields: Vec::new(),
            opened: r.opened,
            stage: match r.end {
                End::Held | End::HeldWithOther => Stage::Held,
                End::Expired => Stage::Ended,
                End::Cancelled => Stage::Cancelled,
            },
            attempts: r.advisors.iter().enumerate().map(attempt).collect(),
            current: last,
            also_wanted: Vec::new(),
            ranked: Vec::new(),
            offered: Vec::new(),
            asked_by: Some(self.mail_id(r, 0)),
            told: false,
            suggested: false,
            questions: u32::from(r.end == End::Held),
            claimed: false,
            paused: None,
        }
    }

    fn attempt(&self, r: &Request, nth: usize, who: u64, is_last: bool) -> Attempt {
        let asked = r.opened + TimeDelta::days(2 * nth as i64);
        let advisor = advisor(who);
        Attempt {
            entry: Some(PersonKey::from(&advisor.address)),
            advisor,
            asked,
            handed_over: Some(asked),
            outcome: match r.end {
                _ if !is_last => Outcome::Declined,
                End::Held | End::HeldWithOther => Outcome::Accepted,
                End::Expired => Outcome::Expired,
                End::Cancelled => Outcome::Withdrawn,
            },
            letter: Some(self.letter_id(r.n, nth as u64)),
            told: false,
            out_of_office: None,
            away_until: None,
            stands_until: None,
            others_offered: false,
            full_week: false,
            delayed: None,
            asked_for_room: false,
            note_kept: None,
        }
    }

    fn is_met(r: &Request) -> bool {
        matches!(r.end, End::Held | End::HeldWithOther)
    }

    fn meeting(&self, r: &Request) -> Option<Meeting> {
        let reference = self.reference(r.n);
        Self::is_met(r).then(|| Meeting {
            case: Some(reference.clone()),
            reference,
            advisor: advisor(*r.advisors.last().expect("somebody was asked")).called().to_owned(),
            advisee: advisee(r.advisee).called().to_owned(),
            date: None,
            minutes: Some(45),
            held: true,
            topic: None,
            comments: r.n.is_multiple_of(4).then(|| "It helped a lot.".to_owned()),
            reported: r.opened + TimeDelta::days(20),
        })
    }

    fn letters(&self, r: &Request) -> Vec<LetterSent> {
        let (asks, asked) = (advisee(r.advisee), advisor(r.advisors[0]));
        let mut templates =
            vec![("request-to-advisor", &asked), ("request-receipt", &asks), ("reminder", &asked)];
        templates.extend(match r.end {
            End::Held | End::HeldWithOther => {
                vec![
                    ("introduction", &asks),
                    ("confirmation-question", &asks),
                    ("confirmation-thanks", &asks),
                ]
            }
            End::Expired => vec![("no-answer", &asks), ("case-ended", &asks)],
            End::Cancelled => vec![("cancelled-to-advisor", &asked)],
        });
        let letter = |(k, (template, to)): (usize, (&str, &Mailbox))| LetterSent {
            message_id: self.letter_id(r.n, k as u64),
            template: template.to_owned(),
            to: vec![to.address.clone()],
            names: vec![to.called().to_owned()],
            case: Some(self.reference(r.n)),
            at: r.opened + TimeDelta::days(k as i64),
        };
        templates.into_iter().enumerate().map(letter).collect()
    }

    fn tokens(&self, r: &Request) -> Vec<TokenOwner> {
        let case = self.reference(r.n);
        let advisors = (0..r.advisors.len()).map(Party::Advisor);
        let parties = std::iter::once(Party::Advisee).chain(advisors);
        let token = |(k, party): (usize, Party)| TokenOwner {
            token: Token(in_digits(self.spread(r.n, k as u64, 80), 16)),
            owner: Owner::Party { case: case.clone(), party },
        };
        parties.enumerate().map(token).collect()
    }

    // ---- mails

    fn mails(&self, r: &Request) -> u64 {
        2 + u64::from(Self::is_met(r)) + u64::from(r.end == End::HeldWithOther)
    }

    fn mail_id(&self, r: &Request, m: u64) -> MessageId {
        message_id(&format!("{:010}.{m}@mail.campus.example", r.n))
    }

    fn first_seen(&self, r: &Request, m: u64) -> FirstSeen {
        let case = Some(self.reference(r.n));
        FirstSeen { message_id: self.mail_id(r, m), input: self.fingerprint(r.n, m), case }
    }

    fn handled(&self, r: &Request, m: u64) -> Handled {
        let word = ["request", "accept", "held", "choice"][usize::try_from(m % 4).expect("below 4")];
        let verdict = format!("{word} [{}]", self.reference(r.n));
        Handled { input: self.fingerprint(r.n, m), at: r.opened + TimeDelta::days(m as i64), verdict }
    }

    // ---- people

    fn people<W: Write>(&self, rows: &mut Rows<W>) -> io::Result<()> {
        let since = self.now - TimeDelta::days(i64::try_from(DAYS).unwrap_or_default() + 60);
        let person = |mailbox: &Mailbox| Person {
            institution: Some("Campus University Library".to_owned()),
            ..Person::new(mailbox, since)
        };
        (0..self.advisees()).try_for_each(|n| rows.put(&person(&advisee(n))))?;
        (0..self.advisors()).try_for_each(|n| {
            let mut dice = self.dice(n);
            let areas = vec![dice.pick(AREAS).to_owned(), dice.pick(AREAS).to_owned()];
            let entry = Advisor { areas, at_a_time: Some(3), ..Advisor::listed() };
            rows.put(&Person { advisor: Some(entry), ..person(&advisor(n)) })
        })
    }

    // ---- figures

    fn by_week(&self) -> BTreeMap<String, BTreeMap<&'static str, u64>> {
        let mut weeks: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
        for n in 0..self.requests {
            let r = self.request(n);
            let day = r.opened.date_naive().iso_week();
            let week = weeks.entry(format!("{}-W{:02}", day.year(), day.week())).or_default();
            *week
                .entry(match r.end {
                    End::Held | End::HeldWithOther => "accepted",
                    End::Expired => "ended",
                    End::Cancelled => "withdrawn",
                })
                .or_default() += 1;
        }
        weeks
    }

    fn counts<W: Write>(&self, rows: &mut Rows<W>) -> io::Result<()> {
        for (week, ends) in self.by_week() {
            let of = |end: &str| ends.get(end).copied().unwrap_or_default();
            let all: u64 = ends.values().sum();
            // In the order of their names.
            for (what, count) in [
                (Counted::Accepted, of("accepted")),
                (Counted::MailReceived, all * 3),
                (Counted::MeetingsHeld, of("accepted")),
                (Counted::NoAnswer, of("ended")),
                (Counted::Requests, all),
            ] {
                rows.put(&Tally { week: week.clone(), what, count })?;
            }
        }
        Ok(())
    }

    fn weeks<W: Write>(&self, rows: &mut Rows<W>) -> io::Result<()> {
        for (week, ends) in self.by_week() {
            let of = |end: &str| ends.get(end).copied().unwrap_or_default();
            let (accepted, withdrawn, ended) = (of("accepted"), of("withdrawn"), of("ended"));
            rows.put(&RequestWeek { week, accepted, open: 0, withdrawn, ended })?;
        }
        Ok(())
    }
}
