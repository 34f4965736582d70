//! A letter as it lies in a person's Maildir, and what a reply needs of it.

use mail_parser::{Address, MessageParser};

/// A letter somebody got.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The file, with what the servers on its way put on top.
    pub bytes: Vec<u8>,
    pub from: String,
    pub to: String,
    /// Where a reply goes: Reply-To, else From.
    pub reply_to: String,
    pub subject: String,
    pub date: String,
    /// Without angle brackets.
    pub message_id: String,
    references: Vec<String>,
    pub text: String,
    pub html: String,
}

impl Letter {
    /// Reads a mail. The error is a sentence.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mail = MessageParser::new().parse(bytes).ok_or("a letter is no mail")?;
        let message_id = mail.message_id().ok_or("a letter has no Message-ID")?.to_owned();
        let references = mail.references().as_text_list().unwrap_or_default();
        Ok(Self {
            bytes: bytes.to_vec(),
            from: addresses(mail.from()),
            to: addresses(mail.to()),
            reply_to: addresses(mail.reply_to().or(mail.from())),
            subject: mail.subject().unwrap_or_default().to_owned(),
            date: mail.date().map(|date| date.to_rfc3339()).unwrap_or_default(),
            message_id,
            references: references.iter().map(|id| id.to_string()).collect(),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
        })
    }

    /// What was composed: without what each server on its way put on top.
    pub fn composed(&self) -> &[u8] {
        let from = self.bytes.windows(7).position(|window| window == b"\nFrom: ");
        from.map_or(&self.bytes, |at| &self.bytes[at + 1..])
    }

    /// The header fields of a reply that name this letter (RFC 5322 §3.6.4).
    pub fn threading(&self) -> String {
        let earlier: String = self.references.iter().map(|id| format!("<{id}>\r\n ")).collect();
        format!("In-Reply-To: <{id}>\r\nReferences: {earlier}<{id}>\r\n", id = self.message_id)
    }

    /// Whether the text holds these words, wherever its lines break.
    pub fn says(&self, words: &str) -> bool {
        squeeze(&self.text).contains(&squeeze(words))
    }
}

fn addresses(field: Option<&Address>) -> String {
    let addresses = field.into_iter().flat_map(|field| field.iter());
    addresses.filter_map(|address| address.address()).collect::<Vec<_>>().join(", ")
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != ">").collect::<Vec<_>>().join(" ")
}
