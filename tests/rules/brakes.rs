//! Opponents: machines that nothing tells from people, and whoever sets them upon us.

use super::world::people::{Got, MailProgram};
use super::world::{STAFF, World};
use chrono::TimeDelta;
use soundingboard::program::record::{Hold, Record, Timestamp};
use soundingboard::store::overlay::GroupView;
use std::collections::BTreeMap;

const AMINA: &str = "Amina Haddad <amina@campus.example>";
const LEILA: &str = "Leila Aziz <leila@auc.example>";
const SIGN_UP: &str = "Name: Amina Haddad\r\nInstitution: Campus Library\r\nAreas: Koha reports\r\n";
const REQUEST: &str = "Advisor: Amina Haddad\r\nIssue: How do you count renewals?\r\n";

/// A world in which letters are counted by who gets them.
struct Town {
    world: World,
    people: MailProgram,
    got: BTreeMap<String, Vec<Got>>,
}

impl Town {
    fn with(changes: &str) -> Self {
        let start: Timestamp = "2026-11-03T09:00:00Z".parse().expect("a time");
        let mut world = World::in_memory(start);
        world.configure(changes).expect("a configuration");
        world.run();
        Self { world, people: MailProgram::default(), got: BTreeMap::new() }
    }

    fn with_a_request() -> Self {
        let mut town = Self::with("");
        town.writes(AMINA, "Advisor sign-up", SIGN_UP);
        town.writes(LEILA, "Request meeting", REQUEST);
        town
    }

    fn writes(&mut self, from: &str, subject: &str, body: &str) -> Vec<Got> {
        let mail = self.people.mail(from, subject, body, self.world.clock.now());
        self.arrives(mail)
    }

    fn arrives(&mut self, mail: Vec<u8>) -> Vec<Got> {
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

    fn passes(&mut self, time: TimeDelta) -> Vec<Got> {
        let until = self.world.clock.now() + time;
        self.world.pass(until);
        self.collect()
    }

    fn letters_to(&self, address: &str) -> usize {
        self.got.get(address).map_or(0, Vec::len)
    }

    fn all<R: Record>(&mut self) -> Vec<R> {
        let store = self.world.store();
        let rows = store.range(&format!("{}/", R::TABLE), usize::MAX).expect("rows");
        rows.iter().map(|(_, text)| serde_json::from_str(text).expect("a record")).collect()
    }

    fn row(&mut self, key: &str) -> Option<String> {
        let store = self.world.store();
        soundingboard::program::View::get(&GroupView::new(&*store), key)
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
    assert!(letters <= 6, "{letters} letters in two days");
    let to_leila = town.letters_to("leila@auc.example");
    assert!(to_leila <= 3, "{to_leila} letters to Leila");
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
    assert!(first <= 14, "{first} letters in the first day");
    let second = town.machines(answer, 24);
    assert!(second <= 10, "{second} letters in the second day");
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
    assert!(first <= 32, "{first} letters in the first day");
    let second = town.machines(answer, 24);
    assert!(second <= 32, "{second} letters in the second day");
}

#[test]
fn a_machine_is_not_asked_for_the_same_field_for_ever() {
    let mut town = Town::with_a_request();
    town.writes(LEILA, "Request meeting", "Institution: AUC\r\n");
    let answer =
        |got: &Got, n| is_of(got, "leila@auc.example").then(|| (LEILA, format!("Ticket {n} is open.")));
    let letters = town.machines(answer, 24);
    assert!(letters <= 12, "{letters} letters in a day");
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
    assert!(letters <= 12, "{letters} letters in a day");
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
    for (what, mail) in [
        ("a word", (|_| ("HELP".into(), "HELP".into())) as fn(usize) -> (String, String)),
        ("words", |n| ("ROSTER".into(), format!("ROSTER number{n}"))),
        ("prose", |n| ("Hello".into(), format!("What about number {n}?"))),
    ] {
        let mut town = Town::with_a_request();
        let before = town.letters_to("leila@auc.example");
        flood(&mut town, mail);
        let letters = town.letters_to("leila@auc.example") - before;
        assert!(letters <= 60, "{what}: {letters} letters");
        let kept = town.row("kept-back/from/leila@auc.example").expect("they are kept");
        let kept: serde_json::Value = serde_json::from_str(&kept).expect("a record");
        let all = kept["mails"].as_u64().zip(kept["repeats"].as_u64()).map(|(a, b)| a + b);
        assert_eq!(all, Some(10_000 + 1 - 60), "{what}: what is not answered waits");
        assert_eq!(town.letters_to(STAFF), 1, "{what}: the staff know");
    }
}

#[test]
fn the_website_cannot_be_made_to_write_to_a_victim_or_to_many() {
    let mut town = Town::with("[forms]\nrelays = [\"forms@network.example\"]\n");
    let form =
        |email: &str, n: usize| format!("Name: V\r\nEmail: {email}\r\nInstitution: C\r\nAreas: a{n}\r\n");
    for n in 0..200 {
        town.writes("forms@network.example", "Advisor sign-up", &form("victim@campus.example", n));
    }
    assert!(town.letters_to("victim@campus.example") <= 5);
    town.passes(TimeDelta::hours(3));
    town.got.clear();
    for n in 0..500 {
        town.writes("forms@network.example", "Advisor sign-up", &form(&format!("v{n}@campus.example"), n));
    }
    let victims = town.got.keys().filter(|k| k.starts_with('v')).count();
    assert!(victims <= 60, "{victims} people");
}

#[test]
fn where_more_leaves_than_people_explain_sending_stands_still_for_half_an_hour() {
    let mut town = Town::with("");
    for n in 0..200 {
        town.writes(&format!("s{n}@elsewhere.example"), "HELP", "HELP");
    }
    let strangers = |town: &Town| town.got.keys().filter(|k| k.starts_with('s') && *k != STAFF).count();
    assert_eq!(strangers(&town), 121);
    let alarm = town.got[STAFF].last().expect("an alarm");
    assert_eq!(alarm.subject, "Sending stands still for half an hour");
    town.passes(TimeDelta::minutes(29));
    assert_eq!(strangers(&town), 121);
    town.passes(TimeDelta::minutes(2));
    assert_eq!(strangers(&town), 200, "nothing is dropped");
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
    assert!(exchanged <= 20, "{exchanged} letters between them in ten days");
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
    assert!(letters <= 24, "{letters} letters in four weeks");
}
