//! A calendar program's word about a meeting (RFC 5545, RFC 5546, RFC 6047), read.
//!
//! Read by hand rather than with a crate: a few properties of one component are wanted of
//! text that is often broken, and crates for iCalendar refuse the whole of it for one bad line.

use super::address::AddrSpec;
use super::compose::one_line;
use super::content_line::{Property, cal_address, is_line_end, unescaped, unfolded};
use super::event_time::{Written, minutes};
use super::time_zone::Zones;
use serde::{Deserialize, Serialize};

pub use super::event_time::Start;

/// More properties than any meeting has.
const MOST_LINES: usize = 100_000;
/// And more people.
const MOST_ATTENDEES: usize = 10_000;
/// In characters: of a summary or a place, as it is read and written.
pub(super) const LONGEST_LINE: usize = 1_000;
/// And of what somebody says with an answer.
const LONGEST_COMMENT: usize = 4_000;

/// What a calendar object says of one meeting, and who answers in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// `REQUEST`, `REPLY`, `CANCEL` … (RFC 5546 §1.4), in capitals.
    pub method: String,
    pub uid: String,
    pub sequence: u64,
    /// In a reply, the one who answers.
    pub attendee: Option<AddrSpec>,
    /// Her answer (RFC 5545 §3.2.12): `ACCEPTED`, `DECLINED`, `TENTATIVE` …, in capitals.
    pub partstat: Option<String>,
    /// The one occurrence of a series that it is about.
    #[serde(default)]
    pub recurrence_id: Option<String>,
    /// In a COUNTER (RFC 5546 §3.2.7) the time that is proposed.
    #[serde(default)]
    pub start: Option<Start>,
    /// From its start to its end.
    #[serde(default)]
    pub minutes: Option<u32>,
    #[serde(default)]
    pub summary: Option<String>,
    /// What the one who answers says besides.
    #[serde(default)]
    pub comment: Option<String>,
    #[serde(default)]
    pub location: Option<String>,
}

/// An ATTENDEE of the meeting.
#[derive(Clone)]
struct Attendee {
    address: Option<AddrSpec>,
    sent_by: Option<AddrSpec>,
    partstat: Option<String>,
    comment: Option<String>,
}

impl Event {
    /// Reads the first meeting of an object. `method` is what the part's Content-Type says;
    /// `from` is who sent the mail. `None` for what is no calendar or names no meeting.
    pub fn read(text: &str, method: Option<&str>, from: Option<&AddrSpec>) -> Option<Self> {
        let read = Reader::read(text);
        let mut said = [read.method.as_deref(), method].into_iter().flatten().map(str::trim);
        let method = said.find(|m| !m.is_empty()).unwrap_or("PUBLISH").to_ascii_uppercase();
        let answers = matches!(method.as_str(), "REPLY" | "COUNTER" | "REFRESH");
        let attendee = answering(&read.attendees, from).filter(|_| answers || read.attendees.len() == 1);
        let at = |written: &Option<Written>| written.as_ref().and_then(|written| written.start(&read.zones));
        let start = at(&read.start);
        Some(Self {
            method,
            uid: read.uid.filter(|uid| !uid.trim().is_empty())?,
            sequence: read.sequence.unwrap_or(0),
            partstat: attendee.and_then(|a| a.partstat.clone()),
            attendee: attendee.and_then(|a| a.address.clone()),
            recurrence_id: read.recurrence_id,
            start,
            minutes: minutes(start, at(&read.end), read.duration.as_deref()),
            summary: read.summary,
            comment: read.comment.or_else(|| attendee.and_then(|a| a.comment.clone())),
            location: read.location,
        })
    }
}

/// RFC 5546 §3.2.3: a reply has one attendee; programs that write all of them mean the sender.
fn answering<'a>(attendees: &'a [Attendee], from: Option<&AddrSpec>) -> Option<&'a Attendee> {
    let is_sender = |address: &Option<AddrSpec>| from.is_some() && address.as_ref() == from;
    let own = attendees.iter().find(|a| is_sender(&a.address));
    own.or_else(|| attendees.iter().find(|a| is_sender(&a.sent_by))).or(attendees.first())
}

/// The properties of the calendar, of its zones and of its first meeting.
#[derive(Default)]
struct Reader {
    method: Option<String>,
    uid: Option<String>,
    sequence: Option<u64>,
    recurrence_id: Option<String>,
    start: Option<Written>,
    end: Option<Written>,
    duration: Option<String>,
    summary: Option<String>,
    comment: Option<String>,
    location: Option<String>,
    attendees: Vec<Attendee>,
    zones: Zones,
}

impl Reader {
    fn read(text: &str) -> Self {
        let mut reader = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut done = false;
        for property in unfolded(text).iter().take(MOST_LINES).filter_map(|line| Property::read(line)) {
            match property.name.as_str() {
                "BEGIN" => {
                    let component = property.value.trim().to_ascii_uppercase();
                    reader.begin(&component);
                    open.push(component);
                }
                "END" => done |= open.pop().as_deref().is_some_and(is_meeting),
                _ => reader.within(&open, done, property),
            }
        }
        reader
    }

    fn begin(&mut self, component: &str) {
        if component == "VTIMEZONE" {
            self.zones.begin();
        }
    }

    /// A property within the components that are open; `done` says that the first meeting is over.
    fn within(&mut self, open: &[String], done: bool, property: Property) {
        match property.name.as_str() {
            "METHOD" if open.len() <= 1 && self.method.is_none() => {
                self.method = Some(property.value).filter(|method| !method.trim().is_empty());
            }
            // An alarm within a meeting has attendees of its own.
            _ if !done && open.last().map(String::as_str).is_some_and(is_meeting) => self.property(property),
            // With those of its STANDARD and DAYLIGHT.
            name if open.iter().rev().take(2).any(|component| component == "VTIMEZONE") => {
                self.zones.property(name, &property.value);
            }
            _ => {}
        }
    }

    /// Of what may stand once the first counts.
    fn property(&mut self, property: Property) {
        let value = property.value.trim();
        match property.name.as_str() {
            "UID" if self.uid.is_none() && !value.is_empty() => self.uid = Some(unescaped(value)),
            "SEQUENCE" if self.sequence.is_none() => self.sequence = value.parse().ok(),
            "RECURRENCE-ID" if self.recurrence_id.is_none() => self.recurrence_id = Some(value.to_owned()),
            "ATTENDEE" if self.attendees.len() < MOST_ATTENDEES => {
                self.attendees.push(Attendee::of(&property))
            }
            "DTSTART" if self.start.is_none() => self.start = Some(property.written()),
            "DTEND" if self.end.is_none() => self.end = Some(property.written()),
            "DURATION" if self.duration.is_none() => self.duration = Some(value.to_owned()),
            "SUMMARY" if self.summary.is_none() => self.summary = words(&unescaped(value), LONGEST_LINE),
            "LOCATION" if self.location.is_none() => self.location = words(&unescaped(value), LONGEST_LINE),
            "COMMENT" if self.comment.is_none() => self.comment = words(&unescaped(value), LONGEST_COMMENT),
            _ => {}
        }
    }
}

fn is_meeting(component: &str) -> bool {
    matches!(component, "VEVENT" | "VTODO" | "VJOURNAL" | "VFREEBUSY")
}

impl Attendee {
    fn of(property: &Property) -> Self {
        let email = || property.parameter("EMAIL").and_then(|e| AddrSpec::parse(e).ok());
        Self {
            address: cal_address(&property.value).or_else(email),
            sent_by: property.parameter("SENT-BY").and_then(cal_address),
            // vCalendar 1.0 called it STATUS.
            partstat: property
                .parameter("PARTSTAT")
                .or(property.parameter("STATUS"))
                .map(|p| p.trim().to_ascii_uppercase())
                .filter(|p| !p.is_empty()),
            // Google's, for a note with an answer.
            comment: property
                .parameter("X-RESPONSE-COMMENT")
                .and_then(|comment| words(comment, LONGEST_COMMENT)),
        }
    }
}

/// One line of words, as they may be shown. `None` without any.
fn words(text: &str, longest: usize) -> Option<String> {
    let line = one_line(&text.replace(is_line_end, " "));
    Some(one_line(&line.chars().take(longest).collect::<String>())).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> AddrSpec {
        AddrSpec::parse(text).expect(text)
    }

    fn reply(lines: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }

    #[test]
    fn an_answer_is_read_with_folded_lines_and_quoted_parameters() {
        let text = reply(
            "UID:040000008200E00074C5B7101A82E008\r\n 0000000\r\nSEQUENCE:2\r\n\
ATTENDEE;CN=\"Haddad; Amina: library\";PARTSTAT=accep\r\n ted;X-NUM-GUESTS=0:MAILTO:amina@campus.example\r\n\
RECURRENCE-ID;TZID=Europe/Paris:20261005T100000\r\nX-ODD;A=b:c:d",
        );
        let event = Event::read(&text, None, None).expect("it is a calendar");
        assert_eq!((event.method.as_str(), event.sequence), ("REPLY", 2));
        assert_eq!(event.uid, "040000008200E00074C5B7101A82E0080000000");
        assert_eq!(
            (event.attendee, event.partstat.as_deref()),
            (Some(addr("amina@campus.example")), Some("ACCEPTED"))
        );
        assert_eq!(event.recurrence_id.as_deref(), Some("20261005T100000"));
    }

    #[test]
    fn of_several_attendees_the_sender_answers_or_whom_she_writes_for() {
        let text = reply(
            "UID:u\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:omar@campus.example\r\n\
ATTENDEE;PARTSTAT=DECLINED;SENT-BY=\"mailto:office@campus.example\":mailto:amina@campus.example",
        );
        for from in ["amina@campus.example", "Office@campus.example"] {
            let event = Event::read(&text, None, Some(&addr(from))).expect("it is a calendar");
            assert_eq!(
                (event.attendee, event.partstat.as_deref()),
                (Some(addr("amina@campus.example")), Some("DECLINED"))
            );
        }
        let stranger = Event::read(&text, None, Some(&addr("x@y.example"))).expect("it is a calendar");
        assert_eq!(stranger.attendee, Some(addr("omar@campus.example")));
    }

    #[test]
    fn the_attendees_of_an_alarm_are_nobody() {
        let text = reply(
            "UID:u\r\nBEGIN:VALARM\r\nATTENDEE:mailto:alarm@x.example\r\nUID:alarm\r\nEND:VALARM\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:a@x.example",
        );
        let event = Event::read(&text, None, None).expect("it is a calendar");
        assert_eq!((event.uid.as_str(), event.attendee), ("u", Some(addr("a@x.example"))));
    }

    #[test]
    fn the_content_type_says_the_method_where_the_object_does_not() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nATTENDEE;STATUS=ACCEPTED;EMAIL=a@x.example:urn:uuid:1\nEND:VEVENT\n";
        let event = Event::read(text, Some("reply"), None).expect("it is a calendar");
        assert_eq!(
            (event.method.as_str(), event.attendee, event.partstat.as_deref()),
            ("REPLY", Some(addr("a@x.example")), Some("ACCEPTED"))
        );
        for nothing in [None, Some(""), Some(" ")] {
            let method = Event::read(text, nothing, None).map(|e| e.method);
            assert_eq!(method.as_deref(), Some("PUBLISH"), "{nothing:?}");
        }
    }

    #[test]
    fn what_names_no_meeting_is_none() {
        for text in [
            "",
            "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n",
            "UID:u\n",
            "BEGIN:VEVENT\nUID:\n",
            "BEGIN:VEVENT\nUID:\\n\n",
            "<html>",
        ] {
            assert_eq!(Event::read(text, Some("REPLY"), None), None, "{text}");
        }
    }

    const BERLIN: &str = "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\n\
DTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n\
DTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";

    fn instant(text: &str) -> Option<Start> {
        Some(Start::At(text.parse().expect(text)))
    }

    #[test]
    fn a_new_time_that_outlook_proposes_is_read_in_its_zone() {
        let text = format!(
            "BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\n{BERLIN}\
BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=TENTATIVE;CN=Amina Haddad:MAILTO:amina@campus.example\r\n\
COMMENT;LANGUAGE=en-US:Tuesday suits me better\\, sorry.\\n\\n\r\nUID:u\r\n\
SUMMARY;LANGUAGE=en-US:New Time Proposed: Koha\\; reports\r\n\
DTSTART;TZID=W. Europe Standard Time:20261006T140000\r\nDTEND;TZID=W. Europe Standard Time:20261006T143000\r\n\
PRIORITY:5\r\nLOCATION;LANGUAGE=en-US:https://meet.example/K7Q2M\r\n\
X-MS-OLK-ORIGINALSTART;TZID=W. Europe Standard Time:20261005T100000\r\nBEGIN:VALARM\r\n\
DESCRIPTION:REMINDER\r\nTRIGGER;RELATED=START:-PT15M\r\nSUMMARY:alarm\r\nDURATION:PT5M\r\nEND:VALARM\r\n\
END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let event = Event::read(&text, None, None).expect("it is a calendar");
        assert_eq!((event.method.as_str(), event.partstat.as_deref()), ("COUNTER", Some("TENTATIVE")));
        assert_eq!((event.start, event.minutes), (instant("2026-10-06T12:00:00Z"), Some(30)));
        assert_eq!(event.comment.as_deref(), Some("Tuesday suits me better, sorry."));
        assert_eq!(event.summary.as_deref(), Some("New Time Proposed: Koha; reports"));
        assert_eq!(event.location.as_deref(), Some("https://meet.example/K7Q2M"));
    }

    #[test]
    fn a_note_that_google_sends_with_an_answer_is_read() {
        let text = reply(
            "DTSTART:20261006T120000Z\r\nDTEND:20261006T124500Z\r\nUID:u\r\n\
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=DECLINED;X-NUM-GUESTS=0;X-RESPONSE-COMMENT=\"Ill, sorry\":mailto:a@x.example",
        );
        let event = Event::read(&text, None, None).expect("it is a calendar");
        assert_eq!((event.start, event.minutes), (instant("2026-10-06T12:00:00Z"), Some(45)));
        assert_eq!(event.comment.as_deref(), Some("Ill, sorry"));
    }

    #[test]
    fn a_zone_may_be_described_below_and_may_never_end() {
        let described = "BEGIN:VTIMEZONE\nTZID:Our town\nBEGIN:STANDARD\nTZOFFSETTO:+0530\nEND:STANDARD\n";
        let meeting =
            "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=\"Our town\":20261006T173000\nDURATION:PT1H\nEND:VEVENT\n";
        for text in [
            format!("BEGIN:VCALENDAR\n{described}END:VTIMEZONE\n{meeting}"),
            format!("BEGIN:VCALENDAR\n{described}{meeting}"),
            format!("BEGIN:VCALENDAR\n{meeting}{described}"),
        ] {
            let event = Event::read(&text, None, None).expect("it is a calendar");
            assert_eq!((event.start, event.minutes), (instant("2026-10-06T12:00:00Z"), Some(60)), "{text}");
        }
    }

    #[test]
    fn words_are_one_line_without_control_characters_and_not_endless() {
        let text = reply(&format!(
            "UID:u\r\nSUMMARY:\r\nSUMMARY:a\u{7}b\\nc\u{2028}d\r\nLOCATION:{}\r\nCOMMENT: \r\nCOMMENT:two\r\nCOMMENT:three",
            "é".repeat(100_000)
        ));
        let event = Event::read(&text, None, None).expect("it is a calendar");
        assert_eq!(event.summary.as_deref(), Some("a b c d"));
        assert_eq!(event.location.map(|place| place.chars().count()), Some(LONGEST_LINE));
        assert_eq!(event.comment.as_deref(), Some("two"));
    }

    #[test]
    fn what_was_kept_before_times_were_read_is_still_understood() {
        let kept = r#"{"method":"REPLY","uid":"u","sequence":0,"attendee":null,"partstat":null}"#;
        let event: Event = serde_json::from_str(kept).expect("an older record");
        assert_eq!((event.start, event.minutes, event.summary), (None, None, None));
        let start = Start::At("2026-10-06T12:00:00Z".parse().expect("a time"));
        let json = serde_json::to_string(&start).expect("JSON");
        assert_eq!(json, r#"{"at":"2026-10-06T12:00:00Z"}"#);
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(text in "[A-Z;:=\"\n \\\\,a@.é]{0,120}") {
            Event::read(&reply(&text), None, None);
            Event::read(&text.replace(['A', ','], "\nDTSTART").replace(['B', '.'], "\nBEGIN:VTIMEZONE\nTZID"), None, None);
            Event::read(&text, Some(&text), None);
        }
    }
}
