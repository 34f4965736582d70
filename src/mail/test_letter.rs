//! The letter that the contact address sends to itself for a trial: how it is written, and what its
//! header says once it has come.
//!
//! It is marked as one of ours, so that a daemon beside it leaves it alone (see
//! [`super::automatic`]), and says that it is automatic to whoever else may meet it.

use super::address::{AddrSpec, Mailbox};
use super::authentication_results::Field;
use super::compose::Outline;
use super::header::Header;
use super::inbound::{Inbound, OWN_HEADER, Origin};
use super::message_id::{MessageId, Secret};
use super::sent::header_of;
use chrono::{DateTime, Utc};

/// What is read of a header to know the letter by.
pub const FIELDS: &str = "From To Subject Date Message-ID Return-Path Auto-Submitted Content-Type X-Sounding-Board \
                          Authentication-Results";

/// One such letter.
#[derive(Clone, Debug)]
pub struct TestLetter {
    /// By chance, so that no other letter has it: `doctor-7f3a09c2`. It serves as a subaddress detail too.
    pub code: String,
    pub from: Mailbox,
    pub to: AddrSpec,
    pub at: DateTime<Utc>,
}

impl TestLetter {
    /// The same bytes each time.
    pub fn bytes(&self) -> String {
        let Self { code, from, to, at } = self;
        let id = MessageId::ours(&Secret::new(code.as_str()), &["test letter"], &from.address.domain());
        let text = format!(
            "This is a test letter of \"soundingboard doctor\" ({code}).\n\nNothing has to be done with it, and \
             it is deleted by itself. Where one was left behind, delete it.\n"
        );
        Outline {
            from: from.clone(),
            to: &[Mailbox::bare(to.clone())],
            reply_to: Vec::new(),
            subject: &format!("Test letter {code}"),
            date: *at,
            message_id: &id,
            in_reply_to: None,
            references: Vec::new(),
            fields: vec![
                (OWN_HEADER, code.clone()),
                ("Auto-Submitted", "auto-generated".to_owned()),
                ("X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply, OOF".to_owned()),
            ],
            language: "en",
            text: &text,
            html: &format!("<p>{}</p>", text.trim().replace("\n\n", "</p><p>")),
            pictures: &[],
            calendar: None,
        }
        .bytes()
    }
}

/// The header of a mail that has come, as far as it tells about the way it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// What our own field says: the code, if it is a test letter.
    pub code: Option<String>,
    /// The reverse-path as the receiver wrote it down; empty for the null path, None where it did not.
    pub return_path: Option<String>,
    pub vouched: Option<Vouched>,
    /// It may be a report about another mail: a machine wrote it, and not we.
    pub is_automatic: bool,
}

/// What the receiver says of who sent it (RFC 8601), in its topmost field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// What the receiver calls itself; Exchange Online does not.
    pub authserv_id: Option<String>,
    /// `("spf", "pass")`, of those that matter.
    pub results: Vec<(String, String)>,
}

impl Arrived {
    /// Reads a header, or as many fields as there are.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(header_of(bytes)).into_owned();
        let header = Header::parse(&text);
        let origin = Inbound::parse(text.as_bytes()).origin;
        let code = header.get(&OWN_HEADER.to_lowercase()).map(|code| code.trim().to_owned());
        Self {
            is_automatic: code.is_none() && !matches!(origin, Origin::Human | Origin::Own),
            code,
            return_path: header
                .get("return-path")
                .map(|path| path.trim().trim_matches(['<', '>']).to_owned()),
            vouched: header.get("authentication-results").and_then(vouched),
        }
    }
}

/// None where it breaks the grammar.
fn vouched(value: &str) -> Option<Vouched> {
    let Field { authserv_id, results } = Field::parse(value);
    let matters = |method: &str| matches!(method, "spf" | "dkim" | "dmarc");
    let results: Vec<(String, String)> =
        results.into_iter().filter(|r| matters(&r.method)).map(|r| (r.method, r.result)).collect();
    (authserv_id.is_some() || !results.is_empty()).then_some(Vouched { authserv_id, results })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sent::{Author, SentMail};

    fn letter() -> TestLetter {
        let contact = AddrSpec::parse("contact@network.example").expect("an address");
        TestLetter {
            code: "doctor-7f3a09c2".to_owned(),
            to: contact.with_detail("+", "doctor-7f3a09c2"),
            from: Mailbox::new("Peer Advising Network", contact),
            at: DateTime::from_timestamp(1_796_000_000, 0).expect("a time of this century"),
        }
    }

    #[test]
    fn it_is_one_of_ours_and_nobody_answers_it() {
        let bytes = letter().bytes();
        assert_eq!(bytes, letter().bytes());
        let mail = Inbound::parse(bytes.as_bytes());
        assert_eq!((mail.origin, mail.wants_silence), (Origin::Own, true));
        assert_eq!(SentMail::parse(bytes.as_bytes()).author, Author::Ourselves);
        // Where a provider gives it another Message-ID, it is still a machine's.
        let renamed: String = bytes
            .lines()
            .filter(|line| !line.starts_with("Message-ID"))
            .map(|l| format!("{l}\r\n"))
            .collect();
        assert_eq!(Inbound::parse(renamed.as_bytes()).origin, Origin::AutoReply);
    }

    #[test]
    fn what_the_receiver_wrote_is_read_back() {
        let traces = "Return-Path: <contact+doctor-7f3a09c2@network.example>\r\n\
                      Authentication-Results: mx.network.example; spf=pass smtp.mailfrom=network.example;\r\n\
                      \tdkim=none; dmarc=pass header.from=network.example; iprev=pass\r\n";
        let arrived = Arrived::parse(format!("{traces}{}", letter().bytes()).as_bytes());
        assert_eq!(arrived.code.as_deref(), Some("doctor-7f3a09c2"));
        assert_eq!(arrived.return_path.as_deref(), Some("contact+doctor-7f3a09c2@network.example"));
        let vouched = arrived.vouched.expect("vouched for");
        assert_eq!(vouched.authserv_id.as_deref(), Some("mx.network.example"));
        let results: Vec<String> =
            vouched.results.iter().map(|(method, result)| format!("{method}={result}")).collect();
        assert_eq!(results, ["spf=pass", "dkim=none", "dmarc=pass"]);
        assert!(!arrived.is_automatic);
    }

    #[test]
    fn a_report_may_be_about_it_and_a_persons_mail_is_not() {
        let of = |header: &str| Arrived::parse(format!("{header}\r\n\r\n").as_bytes());
        let report = "From: MAILER-DAEMON@network.example\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied";
        assert!(of(report).is_automatic);
        assert_eq!(of(report).return_path.as_deref(), Some(""));
        let person = of("From: Amina <amina@campus.example>\r\nSubject: Koha");
        assert_eq!((person.is_automatic, person.code, person.return_path), (false, None, None));
        let exchange = of(
            "Authentication-Results: spf=pass smtp.mailfrom=a.example; dmarc=pass action=none\r\n header.from=a.example",
        );
        assert_eq!(exchange.vouched.map(|vouched| vouched.authserv_id), Some(None));
    }
}
