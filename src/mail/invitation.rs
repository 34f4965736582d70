//! An invitation to a meeting, for calendar programs (RFC 5545, RFC 5546, RFC 6047).
//!
//! What programs need, as they showed: Gmail and Outlook give buttons to those alone whom an
//! ATTENDEE of a REQUEST names, and only where METHOD is the part's `method` as well; answers go
//! to the ORGANIZER, who is to be the mail's From. All times are in UTC: nothing has to be looked
//! up, and there is no VTIMEZONE to disagree on.

use super::address::{AddrSpec, Mailbox};
use super::compose::{Calendar, one_line};
use super::content_line::is_line_end;
use super::event::LONGEST_LINE;
use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry,
    ICalendarParameter, ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty,
    ICalendarUserTypes, ICalendarValue,
};
use chrono::{DateTime, Duration, Utc};

/// In characters: more than a letter has.
const LONGEST_TEXT: usize = 30_000;
/// Time to look for the letter with the link.
const ALARM_MINUTES: u32 = 15;
/// RFC 5545 §3.7.3.
const PRODID: &str = "-//Sounding Board//Sounding Board//EN";

/// What a calendar is to do (RFC 5546 §1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Invites, or changes what was agreed where the sequence is higher.
    Request,
    /// The meeting will not take place.
    Cancel,
    /// Tells of it, and asks nobody.
    Publish,
}

impl Method {
    /// In capitals: some programs compare it letter by letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// One meeting, as one of its attendees is told of it.
#[derive(Clone, Debug)]
pub struct Invitation<'a> {
    pub method: Method,
    /// The same in all that is written of the meeting, and given back in every reply.
    pub uid: &'a str,
    /// Higher with each change (RFC 5546 §2.1.4).
    pub sequence: u32,
    /// When this was written.
    pub stamp: DateTime<Utc>,
    pub start: DateTime<Utc>,
    pub minutes: u32,
    pub summary: &'a str,
    pub description: &'a str,
    pub location: Option<&'a str>,
    /// The mail's From. Replies of calendar programs go here, whatever Reply-To says.
    pub organizer: &'a Mailbox,
    /// The reader first: she alone is asked for an answer. PUBLISH has none (RFC 5546 §3.2.1).
    pub attendees: &'a [Mailbox],
    /// RFC 5646 tag of what people read.
    pub language: &'a str,
}

impl Invitation<'_> {
    /// The calendar object, with CRLF line ends, folded (RFC 5545 §3.1).
    pub fn text(&self) -> String {
        calendar(self.method, Vec::new(), [self.components(self.method)])
    }

    /// As a part of a mail: its `method` is that of the object (RFC 6047 §2.4).
    pub fn calendar(&self) -> Calendar {
        Calendar { method: self.method.as_str(), text: self.text() }
    }

    /// The meeting, and its alarm. `method` is the object's.
    fn components(&self, method: Method) -> (ICalendarComponent, Option<ICalendarComponent>) {
        let alarm = (method == Method::Request).then(|| self.alarm());
        (component(ICalendarComponentType::VEvent, self.meeting(method)), alarm)
    }

    /// RFC 5545 §3.6.1.
    fn meeting(&self, method: Method) -> Vec<ICalendarEntry> {
        use ICalendarProperty::{Organizer, Sequence, Status, Transp, Uid};
        let cancelled = self.method == Method::Cancel;
        let mut properties = self.times();
        properties.push(person(Organizer, self.organizer));
        properties.push(property(Uid, one_line(self.uid)));
        if method != Method::Publish {
            properties.extend(self.attendees.iter().enumerate().map(|(at, who)| self.attendee(at, who)));
        }
        properties.push(property(Sequence, i64::from(self.sequence)));
        properties.push(property(Status, if cancelled { "CANCELLED" } else { "CONFIRMED" }));
        properties.push(property(Transp, if cancelled { "TRANSPARENT" } else { "OPAQUE" }));
        properties.extend(self.words());
        properties
    }

    /// With DTEND, as programs themselves write it, rather than DURATION.
    fn times(&self) -> Vec<ICalendarEntry> {
        use ICalendarProperty::{Dtend, Dtstamp, Dtstart};
        let end = self.start.checked_add_signed(Duration::minutes(self.minutes.into())).unwrap_or(self.start);
        [(Dtstamp, self.stamp), (Dtstart, self.start), (Dtend, end)]
            .map(|(name, at)| property(name, PartialDateTime::from_utc_timestamp(at.timestamp())))
            .into()
    }

    /// RFC 5545 §3.8.4.1. Only the reader's answer is waited for.
    fn attendee(&self, at: usize, who: &Mailbox) -> ICalendarEntry {
        let asked = self.method == Method::Request;
        let partstat = || ICalendarParameter::partstat(ICalendarParticipationStatus::NeedsAction);
        person(ICalendarProperty::Attendee, who)
            .with_param(ICalendarParameter::cutype(ICalendarUserTypes::Individual))
            .with_param(ICalendarParameter::role(ICalendarParticipationRole::ReqParticipant))
            .with_param_opt(asked.then(partstat))
            .with_param_opt((asked && at == 0).then(|| ICalendarParameter::rsvp(true)))
    }

    /// RFC 5545 §3.2.10: with the language that they are in.
    fn words(&self) -> impl Iterator<Item = ICalendarEntry> {
        use ICalendarProperty::{Description, Location, Summary};
        let location = self.location.map(line).filter(|location| !location.is_empty());
        let description = Some(paragraphs(self.description)).filter(|text| !text.trim().is_empty());
        let is_tag =
            |tag: &&str| !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let language = Some(self.language).filter(is_tag).map(str::to_owned);
        [(Summary, Some(line(self.summary))), (Location, location), (Description, description)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .map(move |(name, text)| {
                property(name, text).with_param_opt(language.clone().map(ICalendarParameter::language))
            })
    }

    /// RFC 5545 §3.6.6.
    fn alarm(&self) -> ICalendarComponent {
        use ICalendarProperty::{Action, Description, Trigger};
        let before = ICalendarDuration { neg: true, minutes: ALARM_MINUTES, ..Default::default() };
        let properties = vec![
            property(Action, "DISPLAY"),
            property(Description, line(self.summary)),
            property(Trigger, before),
        ];
        component(ICalendarComponentType::VAlarm, properties)
    }
}

/// A file of meetings, for the calendar of a room that they share. Of each it is told when and
/// where it is and whether it is cancelled; who comes is not (RFC 5546 §3.2.1).
pub fn publish(name: &str, bookings: &[Invitation<'_>]) -> String {
    let name = line(name);
    let names = vec![
        property(ICalendarProperty::Name, name.clone()),
        // What RFC 7986 §5.1 calls NAME is known to most by this.
        property(ICalendarProperty::Other("X-WR-CALNAME".to_owned()), name),
    ];
    calendar(Method::Publish, names, bookings.iter().map(|booking| booking.components(Method::Publish)))
}

/// RFC 5545 §3.4, of meetings with their alarms.
fn calendar(
    method: Method,
    properties: Vec<ICalendarEntry>,
    meetings: impl IntoIterator<Item = (ICalendarComponent, Option<ICalendarComponent>)>,
) -> String {
    use ICalendarProperty::{Calscale, Method, Prodid, Version};
    let first = [(Prodid, PRODID), (Version, "2.0"), (Calscale, "GREGORIAN"), (Method, method.as_str())];
    let first = first.map(|(name, value)| property(name, value)).into_iter();
    let calendar = component(ICalendarComponentType::VCalendar, first.chain(properties).collect());
    let mut object = ICalendar { components: vec![calendar] };
    for (meeting, alarm) in meetings {
        let at = put_into(&mut object, 0, meeting);
        if let Some(alarm) = alarm {
            put_into(&mut object, at, alarm);
        }
    }
    object.to_string()
}

/// Puts a component into the one at `outer`, and says where it is.
fn put_into(object: &mut ICalendar, outer: usize, inner: ICalendarComponent) -> usize {
    let at = object.components.len();
    object.components[outer].component_ids.push(u32::try_from(at).expect("there is no memory for so many"));
    object.components.push(inner);
    at
}

fn component(kind: ICalendarComponentType, entries: Vec<ICalendarEntry>) -> ICalendarComponent {
    ICalendarComponent { entries, ..ICalendarComponent::new(kind) }
}

fn property(name: ICalendarProperty, value: impl Into<ICalendarValue>) -> ICalendarEntry {
    ICalendarEntry::new(name).with_value(value)
}

/// An ORGANIZER or ATTENDEE, with the name that is shown for it.
fn person(name: ICalendarProperty, who: &Mailbox) -> ICalendarEntry {
    // RFC 5545 §3.2: a parameter can hold no quotation mark, and a backslash stands for itself,
    // which not all know; RFC 6868 would read `^'` as a quotation mark.
    let shown = who.name.as_deref().map(|name| line(&name.replace(['"', '\\', '^'], " ")));
    property(name, cal_address(&who.address))
        .with_param_opt(shown.filter(|name| !name.is_empty()).map(ICalendarParameter::cn))
}

/// RFC 5545 §3.3.3: a URI. What RFC 6068 §2 has encoded besides, programs compare as it stands.
fn cal_address(address: &AddrSpec) -> String {
    let encoded = address.as_str().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("mailto:{encoded}")
}

/// One line of what people wrote: nothing in it can begin another.
fn line(text: &str) -> String {
    let line = one_line(&text.replace(is_line_end, " "));
    one_line(&line.chars().take(LONGEST_LINE).collect::<String>())
}

/// Several lines, between which stands `\n` alone.
fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(is_line_end, "\n").replace('\t', " ");
    text.chars().filter(|c| *c == '\n' || !c.is_control()).take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::event::{Event, Start};
    use proptest::prelude::*;

    fn person(name: &str, address: &str) -> Mailbox {
        Mailbox::new(name, AddrSpec::parse(address).expect(address))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect(text)
    }

    fn invitation<'a>(organizer: &'a Mailbox, attendees: &'a [Mailbox]) -> Invitation<'a> {
        Invitation {
            method: Method::Request,
            uid: "0f8fad5b-d9cb-869f-a165-70867728950e@network.example",
            sequence: 1,
            stamp: at("2026-10-01T12:00:00.5Z"),
            start: at("2026-10-05T08:00:00Z"),
            minutes: 30,
            summary: "Koha, with Karim",
            description: "The link:\nhttps://meet.example/K7Q2M",
            location: None,
            organizer,
            attendees,
            language: "en",
        }
    }

    #[test]
    fn an_invitation_is_the_same_each_time() {
        let organizer = person("Peer Advising Network", "contact@network.example");
        let attendees =
            [person("Haddad, \"Amina\"", "amina@campus.example"), person("", "karim@lib.campus.example")];
        let lines = [
            "BEGIN:VCALENDAR",
            "PRODID:-//Sounding Board//Sounding Board//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            "DTSTAMP:20261001T120000Z",
            "DTSTART:20261005T080000Z",
            "DTEND:20261005T083000Z",
            "ORGANIZER;CN=\"Peer Advising Network\":mailto:contact@network.example",
            "UID:0f8fad5b-d9cb-869f-a165-70867728950e@network.example",
            "ATTENDEE;CN=\"Haddad, Amina\";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT",
            " =NEEDS-ACTION;RSVP=TRUE:mailto:amina@campus.example",
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailt",
            " o:karim@lib.campus.example",
            "SEQUENCE:1",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "SUMMARY;LANGUAGE=en:Koha\\, with Karim",
            "DESCRIPTION;LANGUAGE=en:The link:\\nhttps://meet.example/K7Q2M",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:Koha\\, with Karim",
            "TRIGGER:-PT15M",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ];
        let text = invitation(&organizer, &attendees).text();
        assert_eq!(text.split("\r\n").collect::<Vec<_>>(), lines);
    }

    #[test]
    fn an_odd_address_is_the_same_when_it_comes_back() {
        let organizer = person("Network", "contact@network.example");
        for address in
            ["a.+b/c=d%40e@x.example", "what?#'&@x.example", "أمينة@x.example", "a.@docomo.example"]
        {
            let attendees = [person("Amina", address)];
            let read = Event::read(&invitation(&organizer, &attendees).text(), None, None);
            assert_eq!(read.and_then(|event| event.attendee).map(String::from).as_deref(), Some(address));
        }
    }

    #[test]
    fn what_would_fill_a_calendar_is_cut() {
        let organizer = person("Network", "contact@network.example");
        let long = "Koha; ".repeat(100_000);
        let text = Invitation { summary: &long, description: &long, ..invitation(&organizer, &[]) }.text();
        assert!(text.len() < 50_000, "{}", text.len());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            seconds in 0..4_000_000_000_i64,
            minutes in 1..100_000_u32,
            sequence: u32,
            summary in "\\PC{0,90}|([a-z;:,\\\\\" ]|\r|\n|\t|\u{85}|\u{2028}|ü|é\u{301}|ليلى){0,90}",
            name in "\\PC{0,40}|([a-z;:,\\\\\"^' ]|\r|\n|\u{2029}){0,40}",
            description in "(\\PC|\n|\r){0,300}",
            cancelled: bool,
        ) {
            let organizer = Mailbox::new(&*name, AddrSpec::parse("contact@network.example").expect("an address"));
            let attendees = [Mailbox::new(&*name, AddrSpec::parse("amina@campus.example").expect("an address"))];
            let start = DateTime::from_timestamp(seconds, 0).expect("a time of these centuries");
            let method = if cancelled { Method::Cancel } else { Method::Request };
            let written = Invitation {
                method, start, minutes, sequence,
                summary: &summary, description: &description, location: Some(&summary),
                ..invitation(&organizer, &attendees)
            };
            let text = written.text();
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(is_line_end)));
            let read = Event::read(&text, None, None).expect("it is a calendar");
            let shown = Some(line(&summary)).filter(|summary| !summary.is_empty());
            prop_assert_eq!(read.method, method.as_str());
            prop_assert_eq!(read.uid, written.uid);
            prop_assert_eq!(read.sequence, u64::from(sequence));
            prop_assert_eq!(read.start, Some(Start::At(start)));
            prop_assert_eq!(read.minutes, Some(minutes));
            prop_assert_eq!(&read.summary, &shown);
            prop_assert_eq!(&read.location, &shown);
            prop_assert_eq!(read.attendee.as_ref(), Some(&attendees[0].address));
        }
    }
}
