//! A calendar program's word about a meeting (RFC 5545, RFC 5546, RFC 6047), read.
//!
//! Read by hand rather than with a crate: five properties of one component are wanted of
//! text that is often broken, and crates for iCalendar refuse the whole of it for one bad line.

use super::address::AddrSpec;
use serde::{Deserialize, Serialize};

/// More properties than any meeting has.
const MOST_LINES: usize = 100_000;
/// And more people.
const MOST_ATTENDEES: usize = 10_000;

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
}

/// One content line (RFC 5545 §3.1).
struct Property {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

/// An ATTENDEE of the meeting.
#[derive(Clone)]
struct Attendee {
    address: Option<AddrSpec>,
    sent_by: Option<AddrSpec>,
    partstat: Option<String>,
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
        Some(Self {
            method,
            uid: read.uid.filter(|uid| !uid.trim().is_empty())?,
            sequence: read.sequence.unwrap_or(0),
            partstat: attendee.and_then(|a| a.partstat.clone()),
            attendee: attendee.and_then(|a| a.address.clone()),
            recurrence_id: read.recurrence_id,
        })
    }
}

/// RFC 5546 §3.2.3: a reply has one attendee; programs that write all of them mean the sender.
fn answering<'a>(attendees: &'a [Attendee], from: Option<&AddrSpec>) -> Option<&'a Attendee> {
    let is_sender = |address: &Option<AddrSpec>| from.is_some() && address.as_ref() == from;
    let own = attendees.iter().find(|a| is_sender(&a.address));
    own.or_else(|| attendees.iter().find(|a| is_sender(&a.sent_by))).or(attendees.first())
}

/// The properties of the calendar and of its first meeting.
#[derive(Default)]
struct Reader {
    method: Option<String>,
    uid: Option<String>,
    sequence: Option<u64>,
    recurrence_id: Option<String>,
    attendees: Vec<Attendee>,
}

impl Reader {
    fn read(text: &str) -> Self {
        let mut reader = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut done = false;
        for property in unfolded(text).iter().take(MOST_LINES).filter_map(|line| Property::read(line)) {
            let component = property.value.trim().to_ascii_uppercase();
            match property.name.as_str() {
                "BEGIN" => open.push(component),
                "END" => {
                    done |= open.pop().as_deref().is_some_and(is_meeting);
                }
                "METHOD" if open.len() <= 1 && reader.method.is_none() => {
                    reader.method = Some(property.value).filter(|method| !method.trim().is_empty())
                }
                // An alarm within a meeting has attendees of its own.
                _ if !done && open.last().map(String::as_str).is_some_and(is_meeting) => {
                    reader.property(property)
                }
                _ => {}
            }
        }
        reader
    }

    fn property(&mut self, property: Property) {
        let value = property.value.trim();
        match property.name.as_str() {
            "UID" if self.uid.is_none() && !value.is_empty() => self.uid = Some(unescaped(value)),
            "SEQUENCE" if self.sequence.is_none() => self.sequence = value.parse().ok(),
            "RECURRENCE-ID" if self.recurrence_id.is_none() => self.recurrence_id = Some(value.to_owned()),
            "ATTENDEE" if self.attendees.len() < MOST_ATTENDEES => {
                self.attendees.push(Attendee::of(&property))
            }
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
        }
    }
}

/// RFC 5545 §3.3.3: a `mailto:` URI; some programs leave the scheme out.
fn cal_address(value: &str) -> Option<AddrSpec> {
    let value = value.trim().trim_matches(['"', '<', '>']);
    let scheme = value.get(..7).is_some_and(|s| s.eq_ignore_ascii_case("mailto:"));
    let address = if scheme { &value[7..] } else { value };
    let address = address.split('?').next().unwrap_or(address).trim().trim_matches(['<', '>']);
    AddrSpec::parse(&address.replace("%40", "@").replace("%2B", "+").replace("%2b", "+")).ok()
}

impl Property {
    fn read(line: &str) -> Option<Self> {
        let mut quoted = false;
        let ends: Vec<usize> = line
            .char_indices()
            .filter(|(_, c)| {
                quoted ^= *c == '"';
                !quoted && matches!(c, ';' | ':')
            })
            .map(|(at, _)| at)
            .take(200)
            .collect();
        // The first colon outside quotes ends the parameters; a quote that is never closed hides it.
        let colon =
            ends.iter().copied().find(|at| line[*at..].starts_with(':')).or_else(|| line.find(':'))?;
        let mut pieces = ends.iter().copied().filter(|at| *at < colon).chain([colon]);
        let name_end = pieces.next()?;
        let mut from = name_end;
        let mut parameters = Vec::new();
        for to in pieces {
            parameters.extend(parameter(&line[from + 1..to]));
            from = to;
        }
        let name = line[..name_end].trim();
        // `item1.ATTENDEE`, from vCard's grouping.
        let name = name.rsplit('.').next().unwrap_or(name).to_ascii_uppercase();
        Some(Self { name, parameters, value: line[colon + 1..].to_owned() })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
}

/// RFC 5545 §3.1: a line that begins with white space goes on with the one before.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest.trim_end_matches('\r')),
            _ => lines.push(line.trim_end_matches('\r').to_owned()),
        }
    }
    lines
}

/// RFC 5545 §3.3.11.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|c| if matches!(c, 'n' | 'N') { ' ' } else { c })),
            c => out.push(c),
        }
    }
    out
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

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(text in "[A-Z;:=\"\n \\\\,a@.é]{0,120}") {
            Event::read(&reply(&text), None, None);
            Event::read(&text, Some(&text), None);
        }
    }
}
