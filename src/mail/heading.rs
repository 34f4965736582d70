//! What a mail is known by again when only its header is fetched.

use super::date_time;
use super::entity::Entities;
use super::header::Header;
use super::inbound::Inbound;
use super::message_id::MessageId;
use super::{sent, source};
use chrono::{DateTime, FixedOffset};

/// The fields that are asked for. Content-Type says in which charset raw bytes of the others are.
pub const FIELDS: &str = "Message-ID From Date Subject Received Content-Type";

/// A mail as its header shows it, in what a provider leaves as it is: not how a field is folded or
/// encoded, but what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    pub message_id: MessageId,
    from: String,
    date: String,
    subject: String,
}

impl Heading {
    /// None without a Message-ID: such a mail is known by all of it alone.
    pub fn of(mail: &Inbound) -> Option<Self> {
        let subject = mail.subject.as_deref().unwrap_or_default();
        Some(Self {
            message_id: mail.message_id.clone()?,
            from: mail.from.as_ref().map_or(String::new(), |from| from.address.key()),
            date: mail.date.map_or(String::new(), |date| date.timestamp().to_string()),
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        })
    }

    /// Reads a header, or as much as there is of one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        Self::of(&Inbound::parse(sent::header_of(bytes)))
    }

    /// All of it but the Message-ID.
    pub fn fields(&self) -> [&str; 3] {
        [&self.from, &self.date, &self.subject]
    }
}

/// The latest time that a mail's header names: its own, or that of a server it has passed
/// (RFC 5321 §4.4). A mail is as old as that, whenever it was put where it lies.
pub fn latest_time(bytes: &[u8]) -> Option<DateTime<FixedOffset>> {
    let lines = source::lines(sent::header_of(bytes));
    let header = Header::of(&Entities::of(&lines));
    let passed = header.all("received").filter_map(|trace| date_time::read(trace.rsplit_once(';')?.1));
    passed.chain(header.get("date").and_then(date_time::read)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Received: from a by b; Tue, 6 Oct 2026 09:00:00 +0000\r\n\
        From: \"Haddad, Amina\" <Amina@campus.example>\r\nSubject: =?utf-8?Q?R=C3=A9union?= on Friday\r\n\
        Message-ID: <m@campus.example>\r\nDate: Mon, 5 Oct 2026 10:00:00 +0200\r\n\r\nYes.\r\n";

    #[test]
    fn a_mail_folded_and_encoded_anew_is_the_same_and_another_subject_is_not() {
        let heading = Heading::read(MAIL.as_bytes()).expect("it has a Message-ID");
        assert_eq!(heading.fields(), ["amina@campus.example", "1791187200", "Réunion on Friday"]);
        let anew = MAIL.replace("=?utf-8?Q?R=C3=A9union?= on", "=?UTF-8?B?UsOpdW5pb24=?=\r\n on");
        assert_eq!(Heading::read(anew.as_bytes()), Some(heading.clone()));
        let other = MAIL.replace("Subject: ", "Subject: [EXTERNAL] ");
        assert_ne!(Heading::read(other.as_bytes()), Some(heading));
        assert_eq!(Heading::read(MAIL.replace("Message-ID", "X-Message-ID").as_bytes()), None);
    }

    #[test]
    fn a_mail_is_as_old_as_the_last_server_it_passed_says() {
        let latest = |mail: &str| latest_time(mail.as_bytes()).map(|at| at.to_rfc3339());
        assert_eq!(latest(MAIL).as_deref(), Some("2026-10-06T09:00:00+00:00"));
        assert_eq!(latest(&MAIL.replace("Received", "X")).as_deref(), Some("2026-10-05T10:00:00+02:00"));
        assert_eq!(latest("Subject: Date: today\r\n\r\nDate: Mon, 5 Oct 2026 10:00:00 +0200\r\n"), None);
    }
}
