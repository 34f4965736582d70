//! The parts of a mail: what is text, what is HTML, what is attached.

use super::inbound::Attachment;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

/// Text longer than this is cut: nobody writes it, and nothing may take long to read.
const LONGEST_TEXT: usize = 1 << 20;

/// What a mail shows its reader.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The text parts, decoded; `None` where there is only HTML.
    pub plain: Option<String>,
    pub html: Option<String>,
    pub attachments: Vec<Attachment>,
    pub problems: Vec<String>,
}

impl Body {
    pub(super) fn of(mail: &Message<'_>) -> Self {
        let mut body = Self { attachments: attachments(mail), ..Self::default() };
        let texts: Vec<&MessagePart<'_>> =
            mail.text_bodies().filter(|p| matches!(p.body, PartType::Text(_))).collect();
        let htmls: Vec<&MessagePart<'_>> =
            mail.html_bodies().filter(|p| matches!(p.body, PartType::Html(_))).collect();
        body.plain = body.joined(&texts).filter(|t| !t.trim().is_empty());
        body.html = body.joined(&htmls).filter(|t| !t.trim().is_empty());
        if body.plain.is_none() && body.html.is_none() {
            body.plain = stray_text(mail);
        }
        body
    }

    fn joined(&mut self, parts: &[&MessagePart<'_>]) -> Option<String> {
        let mut out = String::new();
        for part in parts {
            if part.is_encoding_problem {
                self.problems.push("a text part is not encoded as it says".to_owned());
            }
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&self.decoded(part));
        }
        if out.len() > LONGEST_TEXT {
            self.problems.push(format!("only the first {LONGEST_TEXT} bytes of the text were read"));
            out.truncate(out.floor_char_boundary(LONGEST_TEXT));
        }
        (!parts.is_empty()).then(|| cleaned(&out))
    }

    fn decoded(&mut self, part: &MessagePart<'_>) -> String {
        let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return String::new() };
        let charset = part.content_type().and_then(|t| t.attribute("charset"));
        if let Some(name) = charset.filter(|name| charset_decoder(name.trim().as_bytes()).is_none()) {
            self.problems.push(format!("unknown charset \"{}\"", name.escape_debug()));
        }
        // Japanese mail of the old school names no charset (RFC 1468 §"Format"): its escapes do.
        if ["\u{1b}$B", "\u{1b}$@", "\u{1b}(J"].iter().any(|escape| text.contains(escape))
            && let Some(decode) = charset_decoder(b"iso-2022-jp")
        {
            return decode(text.as_bytes());
        }
        text.to_string()
    }
}

/// Line ends as `\n`; no NUL or other control characters; none of the private
/// characters by which the HTML reader marks places.
fn cleaned(text: &str) -> String {
    let keep = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || super::html::is_mark(*c));
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(keep).collect()
}

/// A mail whose only text is in a part that calls itself something else.
fn stray_text(mail: &Message<'_>) -> Option<String> {
    let first = mail.parts.first()?;
    match &first.body {
        PartType::Text(text) => Some(cleaned(text)),
        _ => None,
    }
}

fn attachments(mail: &Message<'_>) -> Vec<Attachment> {
    mail.attachments().map(attachment).collect()
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let media_type = match part.content_type() {
        Some(t) => format!("{}/{}", t.ctype(), t.subtype().unwrap_or("plain")).to_lowercase(),
        None => "application/octet-stream".to_owned(),
    };
    let bytes = match &part.body {
        PartType::Message(m) => m.raw_message.len().min((part.offset_end - part.offset_body) as usize),
        _ => part.len(),
    };
    let name = part.attachment_name().map(|n| n.chars().filter(|c| !c.is_control()).collect());
    Attachment { name, media_type, bytes }
}
