//! What calendar programs are told of meetings, as a reader that is not ours understands it:
//! Python's `icalendar` (Debian's `python3-icalendar`, which `tests/servers/prepare.sh` installs).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use soundingboard::mail::address::{AddrSpec, Mailbox};
use soundingboard::mail::invitation::{Invitation, Method, publish};
use std::io::Write;
use std::process::{Command, Stdio};

const READER: &str = include_str!("calendar/read.py");
const UID: &str = "0f8fad5b-d9cb-869f-a165-70867728950e@network.example";

/// The Python that has it; the first of the PATH may be another than Debian's.
fn python() -> &'static str {
    let has_it = |python: &&str| {
        let asked = Command::new(python).args(["-c", "import icalendar"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has_it);
    found.expect("python3-icalendar is missing: apt-get install python3-icalendar, or make prepare as root")
}

/// What that reader makes of it.
fn understood(python: &str, text: &str) -> Value {
    let mut reader = Command::new(python)
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it answered before");
    reader.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = reader.wait_with_output().expect("it ends");
    assert!(output.status.success(), "it refused:\n{text}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn person(name: &str, address: &str) -> Mailbox {
    Mailbox::new(name, AddrSpec::parse(address).expect(address))
}

fn network() -> Mailbox {
    person("Peer Advising Network", "contact@network.example")
}

fn amina_and_leila() -> [Mailbox; 2] {
    [person("Haddad, Amina", "amina@campus.example"), person("ليلى", "leila+books@lib.campus.example")]
}

fn invitation<'a>(organizer: &'a Mailbox, attendees: &'a [Mailbox]) -> Invitation<'a> {
    Invitation {
        method: Method::Request,
        uid: UID,
        sequence: 3,
        stamp: at("2026-10-01T12:00:00Z"),
        start: at("2026-10-05T08:00:00Z"),
        minutes: 45,
        summary: "Koha: reports, and how to write them",
        description: "You wanted to talk.\nhttps://meet.example/K7Q2M; until then",
        location: Some("https://meet.example/K7Q2M"),
        organizer,
        attendees,
        language: "en",
    }
}

/// RFC 5545 §3.1, which other readers do not insist on.
fn assert_lines(text: &str) {
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    let lines: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
    assert!(
        lines.iter().all(|line| !line.is_empty() && line.len() <= 75),
        "a line too long, or none:\n{text}"
    );
    assert!(!text.replace("\r\n", "").contains(|c: char| c.is_control()), "a control character:\n{text}");
}

#[test]
fn an_invitation_says_when_who_and_where_and_asks_the_reader_alone() {
    let python = python();
    let (network, people) = (network(), amina_and_leila());
    let text = invitation(&network, &people).text();
    assert_lines(&text);
    let read = understood(python, &text);
    assert_eq!((&read["METHOD"], &read["VERSION"]), (&json!("REQUEST"), &json!("2.0")));
    assert_eq!((&read["components"], &read["errors"]), (&json!(["VEVENT"]), &json!([])));
    let event = &read["events"][0];
    for (name, wanted) in [
        ("UID", UID),
        ("SEQUENCE", "3"),
        ("DTSTAMP", "2026-10-01T12:00:00+00:00"),
        ("DTSTART", "2026-10-05T08:00:00+00:00"),
        ("DTEND", "2026-10-05T08:45:00+00:00"),
        ("STATUS", "CONFIRMED"),
        ("TRANSP", "OPAQUE"),
        ("SUMMARY", "Koha: reports, and how to write them"),
        ("DESCRIPTION", "You wanted to talk.\nhttps://meet.example/K7Q2M; until then"),
        ("LOCATION", "https://meet.example/K7Q2M"),
    ] {
        assert_eq!(event[name], wanted, "{name}");
    }
    let network = json!([{"address": "mailto:contact@network.example", "CN": "Peer Advising Network"}]);
    assert_eq!(event["organizer"], network);
    let asked = json!({"address": "mailto:amina@campus.example", "CN": "Haddad, Amina", "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"});
    let other = json!({"address": "mailto:leila+books@lib.campus.example", "CN": "ليلى", "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"});
    assert_eq!(event["attendees"], json!([asked, other]));
    let alarm = json!([{"action": "DISPLAY", "description": "Koha: reports, and how to write them", "minutes": -15.0}]);
    assert_eq!(event["alarms"], alarm);
}

#[test]
fn a_cancellation_names_the_same_meeting_and_rings_for_nobody() {
    let python = python();
    let (network, people) = (network(), amina_and_leila());
    let text = Invitation { method: Method::Cancel, sequence: 4, ..invitation(&network, &people) }.text();
    assert_lines(&text);
    let read = understood(python, &text);
    let event = &read["events"][0];
    assert_eq!((&read["METHOD"], &event["STATUS"]), (&json!("CANCEL"), &json!("CANCELLED")));
    assert_eq!((&event["UID"], &event["SEQUENCE"]), (&json!(UID), &json!("4")));
    assert_eq!(event["alarms"], json!([]));
    assert_eq!(event["attendees"].as_array().map(Vec::len), Some(2));
    assert!(!text.contains("RSVP"), "nobody is asked:\n{text}");
}

#[test]
fn a_room_s_calendar_has_each_booking_and_nobody_s_name() {
    let python = python();
    let (network, people) = (network(), amina_and_leila());
    let first = invitation(&network, &people);
    let second = Invitation { uid: "second@network.example", method: Method::Cancel, ..first.clone() };
    let text = publish("Room 4 on the second floor", &[first, second]);
    assert_lines(&text);
    let read = understood(python, &text);
    assert_eq!((&read["METHOD"], &read["NAME"]), (&json!("PUBLISH"), &json!("Room 4 on the second floor")));
    let events = read["events"].as_array().expect("a list");
    let shown: Vec<_> = events.iter().map(|event| (&event["UID"], &event["STATUS"])).collect();
    assert_eq!(
        shown,
        [(&json!(UID), &json!("CONFIRMED")), (&json!("second@network.example"), &json!("CANCELLED"))]
    );
    assert!(events.iter().all(|event| event["attendees"] == json!([]) && event["alarms"] == json!([])));
    assert!(!text.contains("amina"), "{text}");
}

#[test]
fn nothing_that_people_write_begins_a_property() {
    let python = python();
    let network = network();
    let names =
        understood(python, &invitation(&network, &amina_and_leila()).text())["events"][0]["names"].clone();
    for hostile in [
        "a;b,c\nATTENDEE:mailto:x@y",
        "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x",
        "a\rATTENDEE:mailto:x@y",
        "a\u{2028}ATTENDEE:mailto:x@y\u{2029}b\u{85}c\u{b}d\u{c}e\u{1c}f",
        "a\\nATTENDEE:mailto:x@y\\",
        "\";ROLE=CHAIR:mailto:x@y\"^'",
        "\0\u{7}\u{1b}[31m\t\u{7f}",
        &"\r\n ATTENDEE:mailto:x@y".repeat(200),
    ] {
        let people = [person(hostile, "amina@campus.example"), amina_and_leila()[1].clone()];
        let organizer = person(hostile, "contact@network.example");
        let meeting = invitation(&organizer, &people);
        let place = format!("Room 4, {hostile}");
        let meeting = Invitation {
            summary: hostile,
            description: &place,
            location: Some(&place),
            uid: hostile,
            language: hostile,
            ..meeting
        };
        let text = meeting.text();
        assert_lines(&text);
        let read = understood(python, &text);
        assert_eq!(read["events"][0]["names"], names, "{text}");
        assert_eq!((&read["components"], &read["errors"]), (&json!(["VEVENT"]), &json!([])), "{text}");
        assert_eq!(read["events"][0]["attendees"].as_array().map(Vec::len), Some(2), "{text}");
        assert_eq!(read["events"][0]["attendees"][0]["address"], "mailto:amina@campus.example");
        assert_eq!(read["events"][0]["attendees"][0]["ROLE"], "REQ-PARTICIPANT");
    }
}

#[test]
fn long_and_arabic_texts_arrive_as_they_were() {
    let python = python();
    let network = network();
    let people = [person("أمينة حداد", "amina@campus.example")];
    let long = "Reports, statistics; and \\ what else?  Two spaces.\n\n".repeat(200);
    let arabic = "طلب مشورة من ليلى حول تقارير كوها، والفهرسة الآلية في المكتبة؛ متى؟\n".repeat(60);
    let smileys = "\u{1f469}\u{200d}\u{1f4bb}e\u{301} ".repeat(100);
    for description in [&long, &arabic, &smileys] {
        let summary = description.lines().next().unwrap_or_default().trim();
        let summary = &summary.split_whitespace().collect::<Vec<_>>().join(" ");
        let text =
            Invitation { description, summary, language: "ar", ..invitation(&network, &people) }.text();
        assert_lines(&text);
        let read = understood(python, &text);
        assert_eq!(read["events"][0]["DESCRIPTION"].as_str(), Some(description.as_str()));
        assert_eq!(read["events"][0]["SUMMARY"].as_str(), Some(summary.as_str()));
        assert_eq!(read["events"][0]["attendees"][0]["CN"], "أمينة حداد");
    }
}
