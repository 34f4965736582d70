//! Opponents: machines that nothing tells from people, and whoever sets them upon us.

use super::world::people::{Got, MailProgram};
use super::world::{STAFF, World};
use chrono::TimeDelta;
use soundingboard::program::batch::Change;
use soundingboard::program::kept_back::KeptBack;
use soundingboard::program::kept_mail::KeptMail;
use soundingboard::program::record::{Hold, Record, Timestamp};
use soundingboard::store::Group;
use std::collections::BTreeMap;

pub const AMINA: &str = "Amina Haddad <amina@campus.example>";
pub const LEILA: &str = "Leila Aziz <leila@auc.example>";
pub const SIGN_UP: &str = "Name: Amina Haddad\r\nInstitution: Campus Library\r\nAreas: Koha reports\r\n";
pub const REQUEST: &str = "Advisor: Amina Haddad\r\nIssue: How do you count renewals?\r\n";

/// A world in which letters are counted by who gets them.
pub struct Town {
    pub world: World,
    pub people: MailProgram,
    pub got: BTreeMap<String, Vec<Got>>,
}

impl Town {
    pub fn with(changes: &str) -> Self {
        let start: Timestamp = "2026-11-03T09:00:00Z".parse().expect("a time");
        let mut world = World::in_memory(start);
        world.configure(changes).expect("a configuration");
        world.run();
        Self { world, people: MailProgram::default(), got: BTreeMap::new() }
    }

    pub fn with_a_request() -> Self {
        let mut town = Self::with("");
        town.writes(AMINA, "Advisor sign-up", SIGN_UP);
        town.writes(LEILA, "Request meeting", REQUEST);
        town
    }

    pub fn writes(&mut self, from: &str, subject: &str, body: &str) -> Vec<Got> {
        let mail = self.people.mail(from, subject, body, self.world.clock.now());
        self.arrives(mail)
    }

    pub fn arrives(&mut self, mail: Vec<u8>) -> Vec<Got> {
        self.world.post.deliver(mail);
        self.world.run();
        self.collect()
    }

    fn collect(&mut self) -> Vec<Got> {
        let new: Vec<Got> = self.world.post.take_sent().iter().map(Got::read).collect();
        for got in &new {
            self.got.entry(got.to.clone()).or_default().push(got.clone());
        }
        new
    }

    pub fn passes(&mut self, time: TimeDelta) -> Vec<Got> {
        let until = self.world.clock.now() + time;
        self.world.pass(until);
        self.collect()
    }

    pub fn letters_to(&self, address: &str) -> usize {
        self.got.get(address).map_or(0, Vec::len)
    }

    pub fn all<R: Record>(&mut self) -> Vec<R> {
        let store = self.world.store();
        let rows = store.range(&format!("{}/", R::TABLE), usize::MAX).expect("rows");
        rows.iter().map(|(_, text)| serde_json::from_str(text).expect("a record")).collect()
    }

    /// What is kept under a key that begins so.
    pub fn kept(&mut self, key: &str) -> KeptBack {
        let all: Vec<KeptBack> = self.all();
        let found: Vec<&KeptBack> = all.iter().filter(|kept| kept.key.starts_with(key)).collect();
        let [one] = found[..] else { panic!("{} of {key}: {all:#?}", found.len()) };
        one.clone()
    }

    pub fn commit(&mut self, changes: Vec<Change>) {
        let at = self.world.clock.now();
        self.world.store().commit(&Group { at, notes: vec![], changes }).expect("a commit");
    }

    /// Somebody replies to the last letter of this template that they got, token and all.
    pub fn replies(&mut self, from: &str, to: &str, template: &str, words: &str) -> Vec<Got> {
        let got = self.got[to].iter().rev().find(|g| g.template == template).cloned();
        let got = got.unwrap_or_else(|| panic!("{to} got no {template}"));
        let mail = self.people.reply(from, &got, words, true, self.world.clock.now());
        self.arrives(mail)
    }

    pub fn got(&self, address: &str, template: &str) -> usize {
        self.got.get(address).map_or(0, |got| got.iter().filter(|g| g.template == template).count())
    }

    /// Each of these answers every letter at once, as long as there is one, for `hours`.
    /// How many letters they got meanwhile.
    fn machines(
        &mut self,
        mut answer: impl FnMut(&Got, usize) -> Option<(&'static str, String)>,
        hours: i64,
    ) -> usize {
        let mut pending: Vec<Got> = self.got.values().filter_map(|got| got.last().cloned()).collect();
        let (mut written, mut letters) = (0, 0);
        let end = self.world.clock.now() + TimeDelta::hours(hours);
        while self.world.clock.now() < end {
            for got in std::mem::take(&mut pending) {
                written += 1;
                if let Some((from, words)) = answer(&got, written) {
                    let now = self.world.clock.now();
                    let mail = self.people.reply(from, &got, &words, true, now);
                    pending.extend(self.arrives(mail));
                }
            }
            pending.extend(self.passes(TimeDelta::minutes(10)));
            letters += pending.len();
        }
        letters
    }
}

fn is_of(got: &Got, address: &str) -> bool {
    got.to == address
}

#[test]
fn a_machine_that_says_the_same_to_every_letter_ends_the_exchange() {
    let mut town = Town::with_a_request();
    let answer = |got: &Got, _| {
        is_of(got, "amina@campus.example")
            .then(|| (AMINA, "Your mail has arrived. We will look at it.".into()))
    };
    let letters = town.machines(answer, 48);
    assert!((2..=6).contains(&letters), "{letters} letters in two days");
    let to_leila = town.letters_to("leila@auc.example");
    assert!((1..=3).contains(&to_leila), "{to_leila} letters to Leila");
}

#[test]
fn two_absence_notes_with_a_counter_do_not_talk_to_each_other_for_ever() {
    let mut town = Town::with_a_request();
    let answer = |got: &Got, n| match got.to.as_str() {
        "amina@campus.example" => Some((AMINA, format!("I am out. Your mail is number {n} in my list."))),
        "leila@auc.example" => Some((LEILA, format!("Ticket #{n} has been opened. We will write again."))),
        _ => None,
    };
    let first = town.machines(answer, 24);
    assert!((6..=14).contains(&first), "{first} letters in the first day");
    let second = town.machines(answer, 24);
    assert!((2..=10).contains(&second), "{second} letters in the second day");
}

#[test]
fn machines_of_ever_new_words_get_a_bounded_number_a_day() {
    let mut town = Town::with_a_request();
    let words = |n: usize| {
        let all = ["green", "blue", "paper", "stone", "river", "cloud", "table", "glass", "wheel"];
        format!("We read {} {} {} and think.", all[n % 9], all[n / 9 % 9], all[n / 81 % 9])
    };
    let answer = |got: &Got, n| match got.to.as_str() {
        "amina@campus.example" => Some((AMINA, words(n))),
        "leila@auc.example" => Some((LEILA, words(n))),
        _ => None,
    };
    let first = town.machines(answer, 24);
    assert!((12..=32).contains(&first), "{first} letters in the first day");
    let second = town.machines(answer, 24);
    assert!((12..=32).contains(&second), "{second} letters in the second day");
}

#[test]
fn a_machine_is_not_asked_for_the_same_field_for_ever() {
    let mut town = Town::with_a_request();
    town.writes(LEILA, "Request meeting", "Institution: AUC\r\n");
    let answer =
        |got: &Got, n| is_of(got, "leila@auc.example").then(|| (LEILA, format!("Ticket {n} is open.")));
    let letters = town.machines(answer, 24);
    assert!((2..=12).contains(&letters), "{letters} letters in a day");
}

#[test]
fn a_machine_of_the_staff_is_not_answered_for_ever() {
    let mut town = Town::with_a_request();
    town.passes(TimeDelta::days(7));
    let answer = |got: &Got, n| {
        is_of(got, STAFF)
            .then(|| ("Staff <staff@network.example>", format!("Case {n}: thank you for your mail.")))
    };
    let letters = town.machines(answer, 24);
    assert!((2..=12).contains(&letters), "{letters} letters in a day");
}

#[test]
fn somebody_who_writes_a_word_is_answered_however_often() {
    let mut town = Town::with_a_request();
    for n in 0..40 {
        let got = town.writes(LEILA, "STATUS", "STATUS");
        assert_eq!(got.len(), 1, "mail {n}");
    }
}

#[test]
fn words_that_are_passed_on_are_not_delayed_while_two_people_talk() {
    let mut town = Town::with_a_request();
    let mut letter = town.got["amina@campus.example"].last().cloned().expect("a request");
    let (mut from, mut other) = (AMINA, LEILA);
    for n in 0..16 {
        let words = format!("On {} I could, but how about the week after, {} hours later?", "x".repeat(n), n);
        let mail = town.people.reply(from, &letter, &words, true, town.world.clock.now());
        let got = town.arrives(mail);
        letter = got.iter().find(|g| g.template == "passed-on").unwrap_or_else(|| panic!("mail {n}")).clone();
        std::mem::swap(&mut from, &mut other);
        town.passes(TimeDelta::minutes(25));
    }
}

#[test]
fn what_waits_goes_on_in_one_letter_a_day_later_and_is_listed_until_then() {
    let mut town = Town::with_a_request();
    let request = town.got["amina@campus.example"].last().cloned().expect("a request");
    for n in 0..20 {
        let mail =
            town.people.reply(AMINA, &request, &format!("Ticket {n} is open."), true, town.world.clock.now());
        town.arrives(mail);
    }
    let passed = town.got["leila@auc.example"].iter().filter(|g| g.template == "passed-on").count();
    assert_eq!(passed, 3);
    let holds: Vec<String> = town.all::<Hold>().iter().map(|h| format!("{:?} {}", h.kind, h.who)).collect();
    assert_eq!(holds, ["KeptBack amina@campus.example"]);
    let later = town.passes(TimeDelta::hours(25));
    let passed: Vec<&Got> = later.iter().filter(|g| g.template == "passed-on").collect();
    let [one] = passed[..] else { panic!("{} letters", passed.len()) };
    for n in 3..20 {
        assert!(one.text.contains(&format!("Ticket {n} is open.")), "number {n} is lost");
    }
    assert!(later.iter().any(|g| g.to == STAFF && g.text.contains("17 mails wait")), "listed in the morning");
    assert!(town.all::<Hold>().is_empty(), "nothing waits any more");
}

/// Ten thousand mails of one sender, in one minute.
fn flood(town: &mut Town, mail: impl Fn(usize) -> (String, String)) {
    for n in 0..10_000 {
        let (subject, body) = mail(n);
        let bytes = town.people.mail(LEILA, &subject, &body, town.world.clock.now());
        town.world.post.deliver(bytes);
    }
    town.world.run();
    town.collect();
}

#[test]
fn ten_thousand_mails_in_a_minute_bring_few_letters_and_none_is_dropped() {
    for (what, letters_to_her, mail) in [
        ("a word", 1..=60, (|_| ("HELP".into(), "HELP".into())) as fn(usize) -> (String, String)),
        ("words", 1..=60, |n| ("ROSTER".into(), format!("ROSTER number{n}"))),
        // No robot answers a question.
        ("prose", 0..=0, |n| ("Hello".into(), format!("What about number {n}?"))),
    ] {
        let mut town = Town::with_a_request();
        let before = town.letters_to("leila@auc.example");
        flood(&mut town, mail);
        let letters = town.letters_to("leila@auc.example") - before;
        assert!(letters_to_her.contains(&letters), "{what}: {letters} letters");
        let kept = town.kept("claimed/leila@auc.example");
        assert_eq!(kept.mails + kept.repeats, 10_000 + 1 - 60, "{what}: what is not answered waits");
        assert_eq!(town.letters_to(STAFF), 1, "{what}: the staff know");
    }
}

const RELAY: &str = "[forms]\nrelays = [\"forms@network.example\"]\n";

/// A sign-up as the website's form mailer brings it.
fn of_website(email: &str, n: usize) -> String {
    format!("Name: V\r\nEmail: {email}\r\nInstitution: C\r\nAreas: a{n}\r\n")
}

#[test]
fn the_website_cannot_be_made_to_write_to_a_victim() {
    let mut town = Town::with(RELAY);
    for n in 0..20 {
        let form = of_website("victim@campus.example", n);
        town.writes("forms@network.example", "Advisor sign-up", &form);
    }
    assert_eq!(town.letters_to("victim@campus.example"), 5);
    assert_eq!(town.kept("named/").mails, 15);
}

#[test]
fn the_website_cannot_be_made_to_write_to_many_at_once() {
    let mut town = Town::with(RELAY);
    for n in 0..150 {
        let form = of_website(&format!("v{n}@campus.example"), n);
        town.writes("forms@network.example", "Advisor sign-up", &form);
    }
    let victims = |town: &Town| town.got.keys().filter(|k| k.starts_with('v')).count();
    assert_eq!(victims(&town), 60);
    town.passes(TimeDelta::minutes(61));
    assert_eq!(victims(&town), 120);
    town.passes(TimeDelta::hours(1));
    assert_eq!(victims(&town), 150, "nothing is dropped");
}

#[test]
fn what_waits_for_the_website_and_in_one_name_is_kept_apart() {
    let mut town = Town::with(RELAY);
    for n in 0..20 {
        let form = of_website("victim@campus.example", n);
        town.writes("forms@network.example", "Advisor sign-up", &form);
    }
    for n in 0..90 {
        let form = of_website(&format!("w{n}@campus.example"), n);
        town.writes("forms@network.example", "Advisor sign-up", &form);
    }
    let (named, website) = (town.kept("named/").mails, town.kept("website").mails);
    assert_eq!((named, website), (15, 50));
    town.passes(TimeDelta::hours(2));
    let people = town.got.keys().filter(|k| k.starts_with('w')).count();
    assert_eq!(people, 90);
    let waiting: Vec<KeptMail> = town.all();
    assert_eq!(waiting.len(), 15, "the others still wait");
    assert_eq!(town.kept("named/").mails, 15);
}

#[test]
fn the_same_words_of_two_people_are_two_forms() {
    let mut town = Town::with(RELAY);
    for n in 0..60 {
        let form = of_website(&format!("v{n}@campus.example"), n);
        town.writes("forms@network.example", "Advisor sign-up", &form);
    }
    for who in ["nour@campus.example", "omar@campus.example"] {
        let head = format!("Advisor sign-up\r\nReply-To: {who}");
        let form = "Name: N\r\nInstitution: C\r\nAreas: open access\r\n";
        town.writes("forms@network.example", &head, form);
    }
    let kept = town.kept("website");
    assert_eq!((kept.mails, kept.repeats), (2, 0));
    town.passes(TimeDelta::minutes(61));
    assert_eq!((town.letters_to("nour@campus.example"), town.letters_to("omar@campus.example")), (1, 1));
}

#[test]
fn what_has_gone_on_may_come_again() {
    let mut town = Town::with("");
    for n in 0..60 {
        town.writes("eve@elsewhere.example", "ROSTER", &format!("ROSTER {n}"));
    }
    // The first sixty of these go on after an hour, the rest still wait.
    for n in 60..150 {
        town.writes("eve@elsewhere.example", "ROSTER", &format!("ROSTER {n}"));
    }
    town.passes(TimeDelta::minutes(61));
    let before = town.kept("claimed/eve");
    assert_eq!((before.mails, before.repeats), (30, 0));
    town.writes("eve@elsewhere.example", "ROSTER", "ROSTER 60");
    let after = town.kept("claimed/eve");
    assert_eq!((after.mails, after.repeats), (31, 0), "it waits for an answer of its own");
}

#[test]
fn where_more_leaves_than_people_explain_sending_stands_still_for_half_an_hour() {
    let mut town = Town::with_a_request();
    let before = town.letters_to("leila@auc.example");
    for _ in 0..250 {
        town.replies(LEILA, "leila@auc.example", "request-receipt", "STATUS");
    }
    let letters = |town: &Town| town.letters_to("leila@auc.example") - before;
    let first = letters(&town);
    assert!((120..200).contains(&first), "{first} letters");
    let alarm = town.got[STAFF].last().expect("an alarm");
    assert_eq!(alarm.subject, "Sending stands still for half an hour");
    town.passes(TimeDelta::minutes(29));
    assert_eq!(letters(&town), first);
    town.passes(TimeDelta::minutes(2));
    assert_eq!(letters(&town), 250, "nothing is dropped");
}

#[test]
fn strangers_cannot_stop_the_letters_to_those_we_know() {
    let mut town = Town::with("");
    town.writes(AMINA, "Advisor sign-up", SIGN_UP);
    for n in 0..1_000 {
        let mail =
            town.people.mail(&format!("s{n}@elsewhere.example"), "HELP", "HELP", town.world.clock.now());
        town.world.post.deliver(mail);
    }
    town.world.run();
    town.collect();
    let strangers = |town: &Town| town.got.keys().filter(|k| k.starts_with('s') && *k != STAFF).count();
    assert_eq!(strangers(&town), 60);
    assert_eq!(town.writes(LEILA, "Request meeting", REQUEST).len(), 2, "hers is answered at once");
    town.writes("news@elsewhere.example", "Our news", "A circular of this month.");
    let kept = town.kept("strangers");
    assert_eq!((kept.mails, kept.goes.is_some()), (940, true), "a circular is no part of it");
    town.passes(TimeDelta::hours(1));
    assert_eq!(strangers(&town), 120);
    town.passes(TimeDelta::hours(16));
    assert_eq!(strangers(&town), 1_000, "nothing is dropped");
    assert!(!town.got[STAFF].iter().any(|g| g.template == "sending-paused"), "the breaker has not tripped");
}

#[test]
fn nobody_locks_the_staff_out_by_writing_in_their_name() {
    let mut town = Town::with("");
    for n in 0..500 {
        town.writes("Staff <staff@network.example>", "ROSTER", &format!("ROSTER number {n}"));
    }
    assert!(town.kept("claimed/staff@").mails > 0);
    town.writes("eve@elsewhere.example", "Advisor sign-up", SIGN_UP);
    let got = town.replies("Staff <staff@network.example>", STAFF, "hold-to-staff", "APPROVE");
    assert!(got.iter().any(|g| g.template == "staff-answer"), "{got:?}");
}

#[test]
fn nobody_locks_an_advisor_out_by_a_token_of_their_own() {
    let mut town = Town::with_a_request();
    for n in 0..301 {
        town.replies(AMINA, "leila@auc.example", "request-receipt", &format!("LANGUAGE en. Number {n}."));
    }
    let got = town.replies(AMINA, "amina@campus.example", "request-to-advisor", "ACCEPT");
    assert!(got.iter().any(|g| g.template == "introduction"), "{got:?}");
}

#[test]
fn a_gateway_that_encrypts_its_answers_is_not_asked_for_ever() {
    let mut town = Town::with_a_request();
    let request = town.got["amina@campus.example"].last().cloned().expect("a request");
    for n in 0..24 {
        let words = format!("-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA{n}\r\n-----END PGP MESSAGE-----\r\n");
        let subject = format!("ACCEPT {n} [{}]", request.subject.rsplit_once('[').map_or("", |(_, r)| r));
        town.writes(AMINA, subject.trim_end_matches("]]"), &words);
        town.passes(TimeDelta::minutes(20));
    }
    let asked = town.got("amina@campus.example", "could-not-read");
    assert_eq!(asked, 3);
    let holds: Vec<Hold> = town.all();
    assert_eq!(holds.len(), 4, "three mails, and a line for all that wait");
}

#[test]
fn an_answer_that_waits_is_no_silence() {
    let mut town = Town::with_a_request();
    town.passes(TimeDelta::days(6) + TimeDelta::hours(20));
    let words = |n: usize| format!("{} is what I would ask first.", ["Paper", "Stone", "River", "Cloud"][n]);
    // Bare, so that the address on file is asked about each; the fourth waits.
    let subject = town.got["amina@campus.example"][1].subject.clone();
    for n in 0..4 {
        town.writes(AMINA, &format!("Re: {subject}"), &words(n));
    }
    assert_eq!(town.kept("unproven/").mails, 1);
    let later = town.passes(TimeDelta::hours(20));
    let expired = later.iter().filter(|g| g.template == "expired-to-advisor");
    assert_eq!(expired.count(), 0, "{later:?}");
    let later = town.passes(TimeDelta::days(3));
    assert!(
        later.iter().any(|g| g.template == "expired-to-advisor"),
        "it is only put off: {:?}",
        later.iter().map(|g| (&g.to, &g.template)).collect::<Vec<_>>()
    );
}

#[test]
fn times_alone_are_words_of_their_own() {
    let mut town = Town::with_a_request();
    let said = ["10:30?", "14h", "١٥:٠٠؟", "Monday 16:15", "17:00", "9h30 ?"];
    for words in said {
        let got = town.replies(AMINA, "amina@campus.example", "request-to-advisor", words);
        assert!(got.iter().any(|g| g.template == "passed-on"), "{words}: {got:?}");
    }
}

#[test]
fn people_whom_we_know_explain_their_letters() {
    let mut town = Town::with("");
    for n in 0..200 {
        town.writes(&format!("m{n}@campus.example"), "HELP", "HELP");
    }
    assert_eq!(town.got.len(), 200);
}

#[test]
fn two_boards_set_upon_each_other_fall_silent() {
    // Each is a member of the other's network, and answers from its contact address.
    let mut one = Town::with(
        "[network]\naddress = \"contact@one.example\"\nmembers = [\"two.example\", \"campus.example\"]\n",
    );
    let mut two = Town::with(
        "[network]\naddress = \"contact@two.example\"\nmembers = [\"one.example\", \"campus.example\"]\n",
    );
    for (town, other) in [(&mut one, "contact@two.example"), (&mut two, "contact@one.example")] {
        let sign_up =
            town.people.mail(&format!("Board <{other}>"), "Advisor sign-up", SIGN_UP, town.world.clock.now());
        let leila = "Leila <leila@campus.example>";
        let request = town.people.mail(leila, "Request meeting", REQUEST, town.world.clock.now());
        town.world.post.deliver(sign_up);
        town.world.post.deliver(request);
        town.world.run();
    }
    let posts = (one.world.post.clone(), two.world.post.clone());
    let mut exchanged = 0;
    for _ in 0..40 {
        for (town, other) in [(&mut one, posts.1.clone()), (&mut two, posts.0.clone())] {
            let letters = town.world.post.take_sent().into_iter().filter(|l| l.to.local() == "contact");
            for letter in letters {
                exchanged += 1;
                other.deliver(letter.bytes);
            }
            let until = town.world.clock.now() + TimeDelta::hours(6);
            town.world.pass(until);
        }
    }
    assert!((4..=20).contains(&exchanged), "{exchanged} letters between them in ten days");
}

#[test]
fn an_address_of_the_staff_that_is_dead_is_not_written_to_in_a_circle() {
    let mut town = Town::with("");
    let mut letters = 0;
    for _ in 0..(4 * 28) {
        for got in town.passes(TimeDelta::hours(6)) {
            letters += 1;
            let report = town.people.report(&got);
            let back = town.arrives(report);
            assert!(back.is_empty(), "a report brought {} letters", back.len());
        }
    }
    assert!((4..=24).contains(&letters), "{letters} letters in four weeks");
}
