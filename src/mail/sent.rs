//! A mail in the folder of sent mail, as far as its header says.

use super::address::Mailbox;
use super::header::Header;
use super::inbound::{Fingerprint, Inbound, OWN_HEADER, Origin};
use super::message_id::MessageId;

/// Who wrote a mail that was sent from the contact mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person at a mail program.
    Person,
    /// A rule or a responder of the mailbox.
    Machine,
    /// Sounding Board: some providers keep what is submitted. The field alone decides, for
    /// some of them give it a Message-ID of their own.
    Ourselves,
}

/// One mail that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMail {
    pub fingerprint: Fingerprint,
    pub author: Author,
    /// To and Cc.
    pub to: Vec<Mailbox>,
    pub subject: Option<String>,
    pub message_id: Option<MessageId>,
    pub in_reply_to: Vec<MessageId>,
    pub references: Vec<MessageId>,
}

/// The fields that are asked for.
pub const FIELDS: &str =
    "From To Cc Subject Date Message-ID In-Reply-To References Auto-Submitted X-Sounding-Board";

impl SentMail {
    /// Reads a header, or as much as there is of one. What follows it is not looked at.
    pub fn parse(bytes: &[u8]) -> Self {
        let mail = Inbound::parse(header_of(bytes));
        let text = String::from_utf8_lossy(header_of(bytes));
        let author = match mail.origin {
            Origin::Own => Author::Ourselves,
            _ if Header::parse(&text).has(&OWN_HEADER.to_lowercase()) => Author::Ourselves,
            Origin::Human => Author::Person,
            _ => Author::Machine,
        };
        Self {
            fingerprint: mail.fingerprint,
            author,
            to: mail.to,
            subject: mail.subject,
            message_id: mail.message_id,
            in_reply_to: mail.in_reply_to,
            references: mail.references,
        }
    }

    /// What it answers, the nearest first.
    pub fn answered(&self) -> impl Iterator<Item = &MessageId> {
        self.in_reply_to.iter().chain(self.references.iter().rev())
    }
}

/// The header with the empty line that ends it: whatever was fetched, the same is read.
pub(super) fn header_of(bytes: &[u8]) -> &[u8] {
    let ends = |mark: &[u8]| bytes.windows(mark.len()).position(|w| w == mark).map(|at| at + mark.len());
    let end = [ends(b"\r\n\r\n"), ends(b"\n\n")].into_iter().flatten().min();
    end.map_or(bytes, |end| &bytes[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(header: &str) -> Author {
        let mail =
            format!("From: contact@net.example\r\nTo: leila@campus.example\r\n{header}\r\n\r\nAUTO body\r\n");
        SentMail::parse(mail.as_bytes()).author
    }

    #[test]
    fn our_letters_are_known_even_where_the_provider_renamed_them() {
        let ours = "Message-ID: <0f8fad5b-d9cb-869f-a165-70867728950e@net.example>";
        assert_eq!(author(&format!("X-Sounding-Board: welcome\r\n{ours}")), Author::Ourselves);
        assert_eq!(
            author("x-sounding-board: welcome\r\nMessage-ID: <0100@email.amazonses.com>"),
            Author::Ourselves
        );
        assert_eq!(author("Message-ID: <a@net.example>"), Author::Person);
        assert_eq!(author("Auto-Submitted: auto-replied"), Author::Machine);
    }

    #[test]
    fn whole_mail_and_header_give_the_same() {
        let header = "From: a@b.example\r\nSubject: Re: Koha [K7Q2M]\r\nIn-Reply-To: <x@y>\r\nReferences: <w@y> <x@y>\r\n\r\n";
        let whole = format!("{header}Dear Leila,\r\n\r\nyes\r\n");
        let (one, other) = (SentMail::parse(header.as_bytes()), SentMail::parse(whole.as_bytes()));
        assert_eq!(one, other);
        assert_eq!(one.answered().map(MessageId::inner).collect::<Vec<_>>(), ["x@y", "x@y", "w@y"]);
        assert_eq!(SentMail::parse(b"").to, []);
    }
}
