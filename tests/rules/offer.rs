//! Who may be asked, and in which order others are offered.

use super::Bench;
use soundingboard::mail::address::{AddrSpec, Mailbox};
use soundingboard::program::input::InputId;
use soundingboard::program::letter::Unavailable;
use soundingboard::program::offer;
use soundingboard::program::record::{
    Advisor, Attempt, Case, Listed, Outcome, Person, PersonKey, Reference, Stage,
};
use soundingboard::program::turn::Turn;

fn address(name: &str) -> AddrSpec {
    AddrSpec::parse(&format!("{}@campus.example", name.to_lowercase())).expect("an address")
}

fn key(name: &str) -> PersonKey {
    PersonKey::from(&address(name))
}

fn advisor(name: &str, areas: &str) -> Person {
    Person {
        address: address(name),
        nth: 0,
        name: name.to_owned(),
        institution: Some("Campus Library".to_owned()),
        language: None,
        zone: None,
        advisor: Some(Advisor {
            areas: vec![areas.to_owned()],
            languages: Vec::new(),
            at_a_time: None,
            about: None,
            listed: Listed::Yes,
            away_until: None,
            away_until_back: false,
            expiries: 0,
        }),
        absent_until: None,
        noted_until: None,
        approved: None,
        since: "2026-01-01T00:00:00Z".parse().expect("a time"),
    }
}

fn with(person: &Person, change: impl FnOnce(&mut Advisor)) -> Person {
    let mut changed = person.clone();
    change(changed.advisor.as_mut().expect("an advisor"));
    changed
}

/// On the roster, with so many requests already.
fn list(bench: &Bench, person: &Person, busy_with: usize) {
    let key = person.address.key();
    let mut marks = vec![format!("advisor/{key}")];
    marks.extend((0..busy_with).map(|n| format!("load/{key}/CASE{n}")));
    bench.put(person, &marks);
}

fn case(issue: &str) -> Case {
    Case {
        reference: Reference("K7Q2M".to_owned()),
        advisee: Mailbox::new("Leila".to_owned(), address("Leila")),
        institution: None,
        issue: issue.to_owned(),
        preferred_times: None,
        other_fields: Vec::new(),
        opened: "2026-11-03T09:00:00Z".parse().expect("a time"),
        stage: Stage::Choosing,
        attempts: Vec::new(),
        current: 0,
        also_wanted: Vec::new(),
        ranked: Vec::new(),
        offered: Vec::new(),
        asked_by: None,
        told: false,
        suggested: false,
        questions: 0,
        claimed: false,
        paused: None,
    }
}

fn hindrance(bench: &Bench, person: &Person) -> Option<Unavailable> {
    let view = bench.view();
    let turn = Turn::new(&bench.decider.rules, &view, InputId("test".to_owned()), bench.now());
    offer::hindrance(&turn, person)
}

fn offered(bench: &Bench, case: &Case) -> Vec<String> {
    let view = bench.view();
    let turn = Turn::new(&bench.decider.rules, &view, InputId("test".to_owned()), bench.now());
    let found = offer::alternatives(&turn, case);
    assert!(found.iter().enumerate().all(|(n, (_, other))| other.number == n + 1));
    found.into_iter().map(|(_, other)| other.name).collect()
}

#[test]
fn an_advisor_is_hindered_by_leaving_by_being_away_and_by_having_no_room() {
    let bench = Bench::at_nine();
    let day = |text: &str| Some(text.parse().expect("a day"));
    let amina = advisor("Amina", "Koha");
    list(&bench, &amina, 2);
    let none = Person { advisor: None, ..amina.clone() };
    for (person, why) in [
        (amina.clone(), None),
        (with(&amina, |a| a.at_a_time = Some(3)), None),
        (with(&amina, |a| a.at_a_time = Some(2)), Some(Unavailable::Full)),
        (with(&amina, |a| a.at_a_time = Some(0)), Some(Unavailable::Full)),
        (with(&amina, |a| a.away_until = day("2026-11-02")), None),
        (with(&amina, |a| a.away_until = day("2026-11-03")), Some(Unavailable::Away)),
        (with(&amina, |a| a.listed = Listed::Removed), Some(Unavailable::Unlisted)),
        (with(&amina, |a| a.listed = Listed::Unreachable), Some(Unavailable::Unlisted)),
        (none, Some(Unavailable::Unlisted)),
    ] {
        assert_eq!(hindrance(&bench, &person), why, "{:?}", person.advisor);
    }
}

#[test]
fn away_until_is_read_where_the_advisor_is() {
    let bench = Bench::at_nine();
    // 23:30 in Paris on the 3rd is the 4th already in Beirut.
    bench.pass(chrono::TimeDelta::hours(13) + chrono::TimeDelta::minutes(30));
    let amina = with(&advisor("Amina", "Koha"), |a| a.away_until = "2026-11-03".parse().ok());
    let there = Person { zone: Some(chrono_tz::Asia::Beirut), ..amina.clone() };
    list(&bench, &amina, 0);
    assert_eq!(hindrance(&bench, &amina), Some(Unavailable::Away));
    list(&bench, &there, 0);
    assert_eq!(hindrance(&bench, &there), None);
}

#[test]
fn those_the_advisee_named_come_first_then_those_who_know_most_and_no_more_than_three() {
    let bench = Bench::at_nine();
    for (name, areas) in [
        ("Amina", "Koha reports and Koha circulation"),
        ("Karim", "open access"),
        ("Joao", "metadata"),
        ("Samira", "Koha"),
        ("Nadia", "archives"),
    ] {
        list(&bench, &advisor(name, areas), 0);
    }
    let asked = case("Our Koha reports count renewals twice");
    assert_eq!(offered(&bench, &asked)[..2], ["Amina", "Samira"]);
    let named = Case { also_wanted: vec![key("Nadia"), key("Joao")], ..asked };
    assert_eq!(offered(&bench, &named), ["Nadia", "Joao", "Amina"]);
}

#[test]
fn nobody_is_offered_who_was_asked_is_the_advisee_or_cannot_be_asked() {
    let bench = Bench::at_nine();
    for name in ["Amina", "Karim", "Leila"] {
        list(&bench, &advisor(name, "Koha"), 0);
    }
    list(&bench, &with(&advisor("Samira", "Koha"), |a| a.at_a_time = Some(1)), 1);
    let attempt = Attempt {
        advisor: advisor("Amina", "").mailbox(),
        entry: None,
        asked: bench.now(),
        handed_over: None,
        outcome: Outcome::Declined,
        letter: None,
        told: false,
        out_of_office: None,
        away_until: None,
        stands_until: None,
        others_offered: false,
        full_week: false,
        delayed: None,
        asked_for_room: false,
        note_kept: None,
    };
    let asked = Case { attempts: vec![attempt], also_wanted: vec![key("Samira")], ..case("Koha") };
    assert_eq!(offered(&bench, &asked), ["Karim"]);
}

#[test]
fn whoever_is_free_among_all_is_free_alone() {
    let bench = Bench::at_nine();
    let mut roster = Vec::new();
    for n in 0..24_u32 {
        // Two share each address.
        let mut person = advisor(&"a".repeat(n as usize / 2 + 1), "Koha");
        person.nth = if n % 2 == 0 { 0 } else { 2 };
        person.name = format!("Advisor {n}");
        let limited = with(&person, |a| a.at_a_time = (n % 3 > 0).then_some(n % 4));
        let person = with(&limited, |a| a.away_until_back = n % 11 == 10);
        let key = PersonKey::from(&person).0;
        let mut marks = vec![format!("advisor/{key}")];
        marks.extend((0..n % 5).map(|case| format!("load/{key}/CASE{case}")));
        bench.put(&person, &marks);
        roster.push(person);
    }
    let view = bench.view();
    let turn = Turn::new(&bench.decider.rules, &view, InputId("test".to_owned()), bench.now());
    let (alone, others): (Vec<&Person>, Vec<&Person>) =
        roster.iter().partition(|person| offer::hindrance(&turn, person).is_none());
    assert!(alone.len() > 5 && others.len() > 5, "{} and {}", alone.len(), others.len());
    let free = offer::free(&turn, roster.clone());
    assert_eq!(free.iter().map(|free| &free.person).collect::<Vec<_>>(), alone);
}
