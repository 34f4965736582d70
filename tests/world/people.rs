//! What people's and machines' mail programs send: mails, replies, notes of absence, reports.

use super::CONTACT;
use super::wires::Letter;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};
use soundingboard::program::record::Timestamp;

/// A letter somebody got, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Got {
    /// The reader's address as a key.
    pub to: String,
    pub message_id: String,
    /// The name of its template.
    pub template: String,
    pub subject: String,
    pub text: String,
    /// Its part for calendar programs, unfolded.
    pub calendar: Option<String>,
    reply_to: String,
    everybody: String,
    references: String,
}

impl Got {
    pub fn read(letter: &Letter) -> Self {
        Self::of(&letter.to.key(), &letter.bytes)
    }

    pub fn of(to: &str, bytes: &[u8]) -> Self {
        let parsed = MessageParser::new().parse(bytes).expect("a letter is a mail");
        let message_id = parsed.message_id().expect("a letter has a Message-ID").to_owned();
        let template = parsed.header_raw("X-Sounding-Board").map(|v| v.trim().to_owned());
        Self {
            to: to.to_owned(),
            template: template.expect("a letter names its template"),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            text: parsed.body_text(0).unwrap_or_default().into_owned(),
            calendar: calendar(&parsed),
            reply_to: reply_address(&parsed),
            everybody: everybody(&parsed),
            references: references(&parsed, &message_id),
            message_id,
        }
    }
}

fn calendar(letter: &Message) -> Option<String> {
    let is_calendar = |part: &&MessagePart| {
        part.content_type().is_some_and(|t| t.ctype() == "text" && t.subtype() == Some("calendar"))
    };
    let part = letter.parts.iter().find(is_calendar)?;
    Some(part.text_contents()?.replace("\r\n ", ""))
}

fn reply_address(letter: &Message) -> String {
    let whom: Option<Vec<_>> =
        letter.reply_to().or(letter.from()).map(|a| a.iter().filter_map(|a| a.address()).collect());
    whom.unwrap_or_default().join(", ")
}

/// Whom a reply to all goes to: Reply-To (or From) and everybody in To.
fn everybody(letter: &Message) -> String {
    let to = letter.to().into_iter().flat_map(|a| a.iter()).filter_map(|a| a.address());
    std::iter::once(reply_address(letter)).chain(to.map(str::to_owned)).collect::<Vec<_>>().join(", ")
}

fn references(letter: &Message, message_id: &str) -> String {
    let earlier = letter.references().as_text_list().unwrap_or_default();
    let earlier: String = earlier.iter().map(|r| format!("<{r}> ")).collect();
    format!("{earlier}<{message_id}>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A mail program: numbers the mails it writes.
#[derive(Clone, Default, PartialEq)]
pub struct MailProgram {
    written: usize,
}

impl MailProgram {
    /// A new mail to the contact address.
    pub fn mail(&mut self, from: &str, subject: &str, body: &str, now: Timestamp) -> Vec<u8> {
        self.write(&format!("From: {from}\r\nTo: {CONTACT}\r\nSubject: {subject}\r\n"), body, now)
    }

    /// Staff at the contact mailbox, to a participant; `head` is the subject, and fields after it.
    pub fn by_hand(&mut self, to: &str, head: &str, body: &str, now: Timestamp) -> Vec<u8> {
        self.write(&format!("From: {CONTACT}\r\nTo: {to}\r\nSubject: {head}\r\n"), body, now)
    }

    /// A reply; with the letter below it, token and all, if it quotes.
    pub fn reply(&mut self, from: &str, got: &Got, words: &str, quotes: bool, now: Timestamp) -> Vec<u8> {
        let (to, subject, references) = (&got.reply_to, &got.subject, &got.references);
        let head = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: Re: {subject}\r\nIn-Reply-To: <{}>\r\nReferences: {references}\r\n",
            got.message_id
        );
        let quoted: String = got.text.lines().map(|l| format!("> {l}\r\n")).collect();
        let below =
            if quotes { format!("\r\n\r\nOn Monday, the network wrote:\r\n{quoted}") } else { String::new() };
        self.write(&head, &format!("{}{below}", words.replace("\r\n", "\n").replace('\n', "\r\n")), now)
    }

    /// A reply to all recipients of a letter.
    pub fn reply_to_all(&mut self, from: &str, got: &Got, words: &str, now: Timestamp) -> Vec<u8> {
        let to_all = Got { reply_to: got.everybody.clone(), ..got.clone() };
        self.reply(from, &to_all, words, true, now)
    }

    /// A mail of two parties' own, with us in copy.
    pub fn copy_to_us(&mut self, from: &str, to: &str, subject: &str, body: &str, now: Timestamp) -> Vec<u8> {
        let head = format!("From: {from}\r\nTo: {to}\r\nCc: {CONTACT}\r\nSubject: {subject}\r\n");
        self.write(&head, body, now)
    }

    /// As Outlook on a phone replies: HTML alone, its own signature, the letter below a line.
    pub fn reply_by_phone(&mut self, from: &str, got: &Got, words: &str, now: Timestamp) -> Vec<u8> {
        self.written += 1;
        let div = |line: &str| format!("<div dir=\"ltr\">{}</div>", escaped(line));
        let new: String = words.lines().map(div).collect();
        let old: String = got.text.lines().map(|l| format!("{}<br>\r\n", escaped(l))).collect();
        let (to, subject, id) = (&got.reply_to, &got.subject, &got.message_id);
        format!(
            "From: {from}\r\nTo: {to}\r\nSubject: Re: {subject}\r\nIn-Reply-To: <{id}>\r\nReferences: {}\r\n\
             Message-ID: <mail.{}@people.example>\r\nDate: {}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/html; charset=utf-8\r\n\r\n\
             <html><body>{new}<div id=\"ms-outlook-mobile-signature\"><div></div>\
             Get <a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div><hr>\r\n\
             <div id=\"divRplyFwdMsg\" dir=\"ltr\"><b>From:</b> Peer Advising Network<br><b>Subject:</b> {}</div>\r\n\
             {old}</body></html>\r\n",
            got.references,
            self.written,
            now.to_rfc2822(),
            escaped(subject),
        )
        .into_bytes()
    }

    /// As Outlook replies in plain text: the letter below a head of its own, without any marks.
    pub fn reply_unmarked(&mut self, from: &str, got: &Got, words: &str, now: Timestamp) -> Vec<u8> {
        let below = format!(
            "________________________________\nFrom: Peer Advising Network <{CONTACT}>\n\
             Sent: Monday, November 2, 2026 9:00 AM\nTo: {from}\nSubject: {}\n\n{}",
            got.subject, got.text
        );
        self.reply(from, got, &format!("{words}\n\n{below}"), false, now)
    }

    /// A machine says that somebody is away.
    pub fn absence(&mut self, from: &str, got: &Got, words: &str, now: Timestamp) -> Vec<u8> {
        let head = format!(
            "From: {from}\r\nTo: {CONTACT}\r\nSubject: Automatic reply: {}\r\nAuto-Submitted: auto-replied\r\n\
             In-Reply-To: <{}>\r\nReferences: {}\r\n",
            got.subject, got.message_id, got.references
        );
        self.write(&head, words, now)
    }

    /// A mail program says that a letter was opened (RFC 8098 §3).
    pub fn receipt(&mut self, from: &str, got: &Got) -> Vec<u8> {
        self.written += 1;
        let (to, id, n) = (&got.to, &got.message_id, self.written);
        format!(
            "From: {from}\r\nTo: {CONTACT}\r\nSubject: Read: {}\r\nMessage-ID: <read{n}@people.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nYes, your message was displayed.\r\n\
             --b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; {to}\r\n\
             Original-Message-ID: <{id}>\r\nDisposition: manual-action/MDN-sent-automatically; displayed\r\n\r\n--b--\r\n",
            got.subject
        )
        .into_bytes()
    }

    /// A calendar program answers an invitation (RFC 6047): `how` is a method, and for a reply
    /// an answer, as in `REPLY DECLINED`. With more lines of the meeting.
    pub fn calendar_answer(&mut self, from: &str, got: &Got, how: &str, more: &[String]) -> Vec<u8> {
        let invitation = got.calendar.as_deref().expect("it came with an invitation");
        let line = |name: &str| invitation.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        let (method, answer) = how.split_once(' ').unwrap_or((how, "TENTATIVE"));
        let attendee = format!("ATTENDEE;PARTSTAT={answer}:mailto:{}", got.to);
        let own = |name: &str| more.iter().any(|line| line.starts_with(name));
        let kept = ["UID", "SEQUENCE", "DTSTART", "DTEND"].map(|n| if own(n) { "" } else { line(n) });
        let lines: Vec<&str> = kept.into_iter().chain(more.iter().map(String::as_str)).collect();
        let head = format!("From: {from}\r\nTo: {CONTACT}\r\nSubject: {answer}: {}\r\n", got.subject);
        self.calendar_mail(&head, method, &format!("{}\r\n{attendee}", lines.join("\r\n")))
    }

    /// A meeting of somebody's own calendar, sent to `to`.
    pub fn own_calendar(&mut self, from: &str, to: &str, method: &str, lines: &[String]) -> Vec<u8> {
        let head = format!("From: {from}\r\nTo: {to}\r\nSubject: Our call\r\n");
        self.calendar_mail(&head, method, &lines.join("\r\n"))
    }

    fn calendar_mail(&mut self, head: &str, method: &str, lines: &str) -> Vec<u8> {
        self.written += 1;
        format!(
            "{head}Message-ID: <calendar{}@people.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nWhen: see the calendar\r\n\
             --b\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n\
             BEGIN:VCALENDAR\r\nPRODID:-//People//EN\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n\
             {lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n",
            self.written
        )
        .into_bytes()
    }

    /// A mail server says that a letter came back.
    pub fn report(&mut self, got: &Got) -> Vec<u8> {
        self.report_of(got, "failed")
    }

    /// A mail server says what became of a letter (RFC 3464 §2.3.3).
    pub fn report_of(&mut self, got: &Got, action: &str) -> Vec<u8> {
        let status = match action {
            "failed" => "5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user",
            "delayed" => "4.4.1",
            _ => "2.0.0",
        };
        self.written += 1;
        let (to, id, n) = (&got.to, &got.message_id, self.written);
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {CONTACT}\r\nSubject: Delivery Status Notification\r\nMessage-ID: <bounce{n}@mx.example>\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nThis is about your mail.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\nTo: {to}\r\n\r\n--b--\r\n"
        )
        .into_bytes()
    }

    fn write(&mut self, head: &str, body: &str, now: Timestamp) -> Vec<u8> {
        self.written += 1;
        format!(
            "{head}Message-ID: <mail.{}@people.example>\r\nDate: {}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
            self.written,
            now.to_rfc2822()
        )
        .into_bytes()
    }
}
