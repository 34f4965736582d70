//! Mail programs: how each quotes the letter it answers, and in what form it sends.

use super::french;
use super::letter::Letter;
use data_encoding::BASE64;

/// Three that most people use, each with a form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailProgram {
    /// Plain text, each line of the letter after `>`.
    Thunderbird,
    /// Text and HTML, the letter in a `gmail_quote`.
    Gmail,
    /// HTML alone, the letter under a rule with its From, Sent, To and Subject.
    Outlook,
    /// French Thunderbird: `Le … a écrit :`, quoted-printable, ISO 8859-1.
    ThunderbirdInFrench,
    /// French Outlook: HTML alone in Windows-1252, under it De, Envoyé, À and Objet.
    OutlookInFrench,
}

impl MailProgram {
    /// The rest of the header, and the body, of a reply.
    pub fn reply(self, letter: &Letter, words: &str) -> String {
        match self {
            MailProgram::Thunderbird => thunderbird(letter, words),
            MailProgram::Gmail => gmail(letter, words),
            MailProgram::Outlook => outlook(letter, words),
            MailProgram::ThunderbirdInFrench => french::thunderbird(letter, words),
            MailProgram::OutlookInFrench => french::outlook(letter, words),
        }
    }

    /// The rest of the header, and the body, of a new mail.
    pub fn new_mail(self, words: &str) -> String {
        match self {
            MailProgram::Thunderbird | MailProgram::Gmail | MailProgram::Outlook => format!(
                "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
                with_crlf(words)
            ),
            MailProgram::ThunderbirdInFrench | MailProgram::OutlookInFrench => french::text(words),
        }
    }

    /// A subject or a name as it stands in the header.
    pub fn header(self, text: &str) -> String {
        match self {
            MailProgram::Thunderbird | MailProgram::Gmail | MailProgram::Outlook => text.to_owned(),
            MailProgram::ThunderbirdInFrench | MailProgram::OutlookInFrench => french::header(text),
        }
    }
}

fn thunderbird(letter: &Letter, words: &str) -> String {
    format!(
        "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         {}\r\n\r\nOn {}, {} wrote:\r\n{}",
        with_crlf(words),
        letter.date,
        letter.from,
        quoted(&letter.text)
    )
}

fn gmail(letter: &Letter, words: &str) -> String {
    let text = format!(
        "{}\r\n\r\nOn {}, <{}> wrote:\r\n\r\n{}",
        with_crlf(words),
        letter.date,
        letter.from,
        quoted(&letter.text)
    );
    let html = format!(
        "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" \
         class=\"gmail_attr\">On {}, &lt;<a href=\"mailto:{from}\">{from}</a>&gt; wrote:<br></div>\
         <blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex\">{}</blockquote></div>\r\n",
        lines(words, "<br>"),
        letter.date,
        inner(&letter.html),
        from = letter.from
    );
    format!(
        "Content-Type: multipart/alternative; boundary=\"000000000000a1b2c3\"\r\n\r\n\
         {}{}--000000000000a1b2c3--\r\n",
        gmail_part("plain", &text),
        gmail_part("html", &html)
    )
}

fn gmail_part(subtype: &str, content: &str) -> String {
    format!(
        "--000000000000a1b2c3\r\nContent-Type: text/{subtype}; charset=\"UTF-8\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        base64(content)
    )
}

fn outlook(letter: &Letter, words: &str) -> String {
    let html = format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head>\
         <body dir=\"ltr\"><div class=\"elementToProof\">{}</div>\
         <div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\">\
         <div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\"><b>From:</b> {}<br>\
         <b>Sent:</b> {}<br><b>To:</b> {}<br><b>Subject:</b> {}</font><div>&nbsp;</div></div>\
         <div>{}</div></body></html>\r\n",
        lines(words, "</div><div class=\"elementToProof\">"),
        letter.from,
        letter.date,
        letter.to,
        escaped(&letter.subject),
        inner(&letter.html)
    );
    format!(
        "Content-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64(&html)
    )
}

/// What stands in the body of an HTML document.
fn inner(html: &str) -> &str {
    let body = html.split_once("<body").and_then(|(_, rest)| rest.split_once('>'));
    let body = body.map_or(html, |(_, body)| body);
    body.split_once("</body>").map_or(body, |(body, _)| body)
}

fn lines(words: &str, between: &str) -> String {
    words.lines().map(escaped).collect::<Vec<_>>().join(between)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\r\n")).collect()
}

pub fn with_crlf(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("\r\n")
}

fn base64(text: &str) -> String {
    let encoded = BASE64.encode(text.as_bytes());
    let lines = encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n");
    lines.collect()
}
