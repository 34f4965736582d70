//! From ACCEPT with times to the confirmed meeting, on real servers.

use crate::people::daemon::Choices;
use crate::people::letter::Letter;
use crate::people::{AMINA, LEILA, STAFF};
use crate::servers::CONTACT;
use crate::{network, network_with};
use mail_parser::{MessageParser, MimeHeaders};

/// The part for calendar programs, as they see it: its method, and its lines.
fn calendar(letter: &Letter) -> (String, String) {
    let mail = MessageParser::new().parse(&letter.bytes).expect("a mail");
    let last = mail.parts.last().expect("it has parts");
    let content_type = last.content_type().expect("a part says what it is");
    assert_eq!((content_type.ctype(), content_type.subtype()), ("text", Some("calendar")));
    let method = content_type.attribute("method").expect("a method").to_owned();
    (method, last.text_contents().expect("text").replace("\r\n ", ""))
}

fn line<'a>(calendar: &'a str, name: &str) -> &'a str {
    let found = calendar.lines().find(|line| line.starts_with(name));
    found.unwrap_or_else(|| panic!("no {name} in {calendar}"))
}

#[test]
fn a_meeting_is_agreed_moved_by_a_calendar_program_and_confirmed() {
    let mut network = network();
    let form =
        "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha\nTime zone: Africa/Cairo";
    network.writes(AMINA, "Advisor sign-up", form).unwrap();
    network.gets(AMINA, "Welcome", &["Koha"]).unwrap();
    network.writes(LEILA, "Request meeting", "Advisor: Amina Haddad\nIssue: Koha reports").unwrap();
    network.gets(LEILA, "Amina Haddad", &["Koha reports"]).unwrap();
    let asked = network.gets(AMINA, "asks for your advice", &["Koha reports"]).unwrap();
    network.replies(AMINA, &asked, "ACCEPT\nTue 10 Nov 2pm\nThu 12 Nov, 10:00-10:45").unwrap();
    network.gets(AMINA, "please meet", &["has proposed times"]).unwrap();
    network.gets(LEILA, "please meet", &["has proposed times"]).unwrap();
    network.gets(AMINA, "Your times are with", &["14:00–14:30 Cairo"]).unwrap();
    let says = ["13:00–13:30 Paris (your time?)", "14:00–14:30 Cairo", "09:00–09:45 Paris"];
    let times = network.gets(LEILA, "proposes a time to talk", &says).unwrap();
    network.replies(LEILA, &times, "2").unwrap();
    let invited = network.gets(LEILA, "meet on 12 November at 09:00", &["MOVE", "CANCEL"]).unwrap();
    network.gets(AMINA, "meet on 12 November at 10:00", &[]).unwrap();
    let (method, invitation) = calendar(&invited);
    assert_eq!((method.as_str(), line(&invitation, "METHOD")), ("REQUEST", "METHOD:REQUEST"));
    assert_eq!(line(&invitation, "DTSTART"), "DTSTART:20261112T080000Z");
    assert!(line(&invitation, "ORGANIZER").ends_with(&format!(":mailto:{CONTACT}")), "{invitation}");

    // Outlook's "propose new time" comes to the organizer, whatever Reply-To says.
    let uid = line(&invitation, "UID");
    let counter = format!(
        "From: {}\r\nTo: {CONTACT}\r\nSubject: New Time Proposed\r\nMessage-ID: <counter@auc.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; method=COUNTER\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//People//EN\r\nMETHOD:COUNTER\r\nBEGIN:VEVENT\r\n{uid}\r\nSEQUENCE:0\r\n\
         DTSTART;TZID=Romance Standard Time:20261113T110000\r\nDTEND;TZID=Romance Standard Time:20261113T113000\r\n\
         ATTENDEE;PARTSTAT=TENTATIVE:mailto:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        LEILA.address, LEILA.address
    );
    network.servers.deliver(CONTACT, counter.as_bytes());
    network.run().unwrap();
    network.gets(LEILA, "Your times are with Amina Haddad", &["11:00–11:30 Paris"]).unwrap();
    let moved = network.gets(AMINA, "proposes to move your meeting", &["12:00–12:30 Cairo"]).unwrap();
    network.replies(AMINA, &moved, "1").unwrap();
    let again = network.gets(LEILA, "Moved", &["11:00–11:30 Paris"]).unwrap();
    network.gets(AMINA, "Moved", &["12:00–12:30 Cairo"]).unwrap();
    let (_, changed) = calendar(&again);
    assert_eq!((line(&changed, "UID"), line(&changed, "SEQUENCE")), (uid, "SEQUENCE:1"));

    network.at("2026-11-13 12:30").unwrap();
    network.gets(STAFF, "Weekly digest", &[]).unwrap();
    network.gets(AMINA, "Have you and Leila Mansour met?", &["12:00–12:30 Cairo"]).unwrap();
    let question = network.gets(LEILA, "Have you and Amina Haddad met?", &["11:00–11:30 Paris"]).unwrap();
    network.replies(LEILA, &question, "HELD 25").unwrap();
    network.gets(LEILA, "Thank you: your meeting", &["25 minutes"]).unwrap();
}

const ROOM: &str = "[room]\nname = \"Zoom\"\njoin = \"https://zoom.example/j/1\"\ncalendar = \"room.ics\"";

#[test]
fn the_shared_room_is_booked_by_mail_and_stands_in_its_file() {
    let mut network = network_with(|_| Choices { tables: ROOM, ..Choices::default() });
    let file = network.installation.file("room.ics");
    let asks = "Could we have the Zoom room on Tuesday 10 November from 13:00 to 14:00, please?";
    network.writes(LEILA, "Zoom", asks).unwrap();
    let booked =
        network.gets(LEILA, "Zoom is yours on 10 November at 13:00", &["https://zoom.example/j/1"]).unwrap();
    let (method, invitation) = calendar(&booked);
    assert_eq!((method.as_str(), line(&invitation, "LOCATION")), ("REQUEST", "LOCATION;LANGUAGE=en:Zoom"));
    let published = std::fs::read_to_string(&file).expect("the calendar of the room");
    assert_eq!(line(&published, "DTSTART"), "DTSTART:20261110T120000Z");
    assert!(!published.contains("Leila") && !published.contains(LEILA.address), "{published}");

    // No in Outlook gives it back.
    let uid = line(&invitation, "UID");
    let declined = format!(
        "From: {}\r\nTo: {CONTACT}\r\nSubject: Declined: Zoom\r\nMessage-ID: <declined@auc.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//People//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n{uid}\r\nSEQUENCE:0\r\n\
         DTSTART:20261110T120000Z\r\nATTENDEE;PARTSTAT=DECLINED:mailto:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        LEILA.address, LEILA.address
    );
    network.servers.deliver(CONTACT, declined.as_bytes());
    network.run().unwrap();
    network.gets(LEILA, "The shared room is given back", &["13:00–14:00 Paris"]).unwrap();
    let published = std::fs::read_to_string(&file).expect("the calendar of the room");
    assert!(!published.contains("BEGIN:VEVENT"), "{published}");
}
