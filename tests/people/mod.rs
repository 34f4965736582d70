//! People with mailboxes on real servers, the built daemon between them, and their story.
//!
//! Used with `mod servers;` beside it, by the end-to-end tests and by the demo:
//!
//! ```text
//! let mut network = Network::open(binary, servers, Box::new(Silent));
//! network.at("2026-11-02 09:00")?;                        // the daemon runs once at that time
//! network.writes(AMINA, "Advisor sign-up", "Name: …")?;    // by SMTP, and the daemon runs again
//! let letter = network.gets(AMINA, "Welcome", &["…"])?;   // from her Maildir
//! network.replies(AMINA, &letter, "REMOVE")?;             // as her mail program does it
//! network.nothing_else()?;
//! ```

#![allow(dead_code, reason = "each program uses its own part")]

pub mod daemon;
mod french;
pub mod in_french;
pub mod letter;
pub mod network;
mod patience;
pub mod program;
pub mod staff_fortnight;
pub mod three_weeks;

use letter::Letter;
use program::MailProgram;

/// Somebody with an address and a mail program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    pub name: &'static str,
    pub address: &'static str,
    pub program: MailProgram,
}

pub const AMINA: Person =
    Person { name: "Amina Haddad", address: "amina@campus.example", program: MailProgram::Thunderbird };
pub const KARIM: Person =
    Person { name: "Karim Nasr", address: "karim@auc.example", program: MailProgram::Gmail };
pub const LEILA: Person =
    Person { name: "Leila Mansour", address: "leila@campus.example", program: MailProgram::Outlook };
pub const STAFF: Person =
    Person { name: "Rana Nassar", address: "staff@network.example", program: MailProgram::Thunderbird };

/// Of no member institution.
pub const EVE: Person =
    Person { name: "Eve Aoun", address: "eve@elsewhere.example", program: MailProgram::Gmail };
/// Whoever of the staff has the contact mailbox open.
pub const MAILBOX: Person =
    Person { name: "Peer Advising Network", address: super::servers::CONTACT, program: MailProgram::Outlook };

/// Everybody who gets letters.
pub const PEOPLE: [Person; 5] = [AMINA, KARIM, LEILA, STAFF, EVE];

/// The same people, with mail programs in French.
pub const AMINA_EN_FRANCAIS: Person = Person { program: MailProgram::OutlookInFrench, ..AMINA };
pub const LEILA_EN_FRANCAIS: Person = Person { program: MailProgram::ThunderbirdInFrench, ..LEILA };
pub const KARIM_EN_FRANCAIS: Person = Person { program: MailProgram::OutlookInFrench, ..KARIM };

/// A mail on its way to the contact mailbox.
#[derive(Clone, Debug)]
pub struct Written {
    pub from: Person,
    /// The address it goes to, with its detail if it answers a letter.
    pub to: String,
    pub subject: String,
    /// What the person typed.
    pub words: String,
    /// The mail as her program sends it.
    pub bytes: Vec<u8>,
}

impl Person {
    /// A new mail. `date` is as RFC 5322 writes it, `id` the left side of its Message-ID.
    pub fn write(self, subject: &str, words: &str, date: &str, id: &str) -> Written {
        let bytes = self.head(super::servers::CONTACT, subject, date, id) + &self.program.new_mail(words);
        self.written(super::servers::CONTACT, subject, words, bytes)
    }

    /// A reply to a letter she got, as her mail program makes it.
    pub fn reply(self, letter: &Letter, words: &str, date: &str, id: &str) -> Written {
        let subject = match letter.subject.starts_with("Re:") {
            true => letter.subject.clone(),
            false => format!("Re: {}", letter.subject),
        };
        let head = self.head(&letter.reply_to, &subject, date, id) + &letter.threading();
        let bytes = head + &self.program.reply(letter, words);
        self.written(&letter.reply_to, &subject, words, bytes)
    }

    /// What her server answers while she is away (RFC 3834).
    pub fn out_of_office(self, letter: &Letter, words: &str, date: &str, id: &str) -> Written {
        let subject = format!("Automatic reply: {}", letter.subject);
        let head = self.head(super::servers::CONTACT, &subject, date, id) + &letter.threading();
        let bytes = format!(
            "{head}Auto-Submitted: auto-replied\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{}\r\n",
            program::with_crlf(words)
        );
        self.written(super::servers::CONTACT, &subject, words, bytes)
    }

    fn head(self, to: &str, subject: &str, date: &str, id: &str) -> String {
        let Self { address, program, .. } = self;
        let (name, subject) = (program.header(self.name), program.header(subject));
        let domain = address.split_once('@').map_or(address, |(_, domain)| domain);
        format!(
            "From: {name} <{address}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n\
             Message-ID: <{id}@{domain}>\r\nMIME-Version: 1.0\r\n"
        )
    }

    fn written(self, to: &str, subject: &str, words: &str, bytes: String) -> Written {
        Written {
            from: self,
            to: to.to_owned(),
            subject: subject.to_owned(),
            words: words.to_owned(),
            bytes: bytes.into_bytes(),
        }
    }
}
