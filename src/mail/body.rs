//! What a mail shows its reader: which parts are text, and which are attached.

use super::address::AddrSpec;
use super::entity::{Entities, Entity};
use super::event::Event;
use super::flowed::unflowed;
use super::inbound::{Attachment, Unreadable};
use super::{armour, charset, html, pkcs7, transfer};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Text longer than this is cut: nobody writes it, and nothing may take long to read.
const LONGEST_TEXT: usize = 1 << 20;
/// Of an encoded text so much is decoded for that.
const LONGEST_ENCODED: usize = 4 * LONGEST_TEXT;
/// Signed in signed in signed.
const DEEPEST_SIGNED: usize = 3;

/// What is read of a mail's parts.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The text for those who read no HTML; `None` where there is only HTML.
    pub plain: Option<String>,
    /// The HTML as text with marks (`html`); `None` where there is only plain text.
    pub marked: Option<String>,
    pub attachments: Vec<Attachment>,
    pub calendar: Option<Event>,
    pub unreadable: Option<Unreadable>,
    /// Some of the text was encrypted, and is left out.
    pub sealed: bool,
    pub problems: Vec<String>,
}

/// The parts to show, in order: for those who read plain text, and for those who read HTML.
#[derive(Clone, Debug, Default)]
struct Shown {
    plain: Vec<usize>,
    html: Vec<usize>,
}

impl Shown {
    fn all(&self) -> BTreeSet<usize> {
        self.plain.iter().chain(&self.html).copied().collect()
    }
}

impl Body {
    /// Reads the parts of a mail that `from` sent.
    pub(super) fn of(entities: &Entities<'_>, from: Option<&AddrSpec>) -> Self {
        Self::within(entities, from, 0)
    }

    fn within(entities: &Entities<'_>, from: Option<&AddrSpec>, depth: usize) -> Self {
        let tree = Tree { all: &entities.all, named_too: false };
        let mut shown = tree.shown(0);
        if shown.plain.is_empty() {
            shown = Tree { named_too: true, ..tree }.shown(0);
        }
        let mut body = Self { problems: entities.problems.clone(), ..Self::default() };
        body.read_texts(entities, &shown);
        body.attachments.extend(tree.attachments(&shown));
        body.read_calendar(entities, from);
        if body.is_blank() {
            body.read_opaque(entities, from, depth);
        }
        body
    }

    fn read_texts(&mut self, entities: &Entities<'_>, shown: &Shown) {
        let is_html = |at: &usize| entities.all[*at].content_type.value == "text/html";
        let texts = self.texts(entities, shown);
        let text = |at: &usize| texts.get(at).map_or("", String::as_str);
        if shown.plain.iter().any(|at| !is_html(at)) {
            let plain = |at: &usize| match is_html(at) {
                true => html::to_marked_text(text(at)).into(),
                false => Cow::Borrowed(text(at)),
            };
            let joined = self.joined(shown.plain.iter().map(plain));
            self.plain = Some(joined).filter(|t| !t.trim().is_empty());
        }
        if shown.html.iter().any(is_html) {
            let html = |at: &usize| match is_html(at) {
                true => Cow::Borrowed(text(at)),
                false => as_html(text(at)).into(),
            };
            let joined = self.joined(shown.html.iter().map(html));
            self.marked = Some(joined).filter(|t| !t.trim().is_empty()).map(|t| html::to_marked_text(&t));
        }
    }

    /// The text of each part to show, as long as there is not more than anybody reads.
    fn texts(&mut self, entities: &Entities<'_>, shown: &Shown) -> BTreeMap<usize, String> {
        let mut texts = BTreeMap::new();
        let mut length = 0;
        for at in shown.all() {
            if length <= 2 * LONGEST_TEXT {
                let text = self.decoded(&entities.all[at]);
                length += text.len();
                texts.insert(at, text);
            }
        }
        texts
    }

    fn joined<'t>(&mut self, texts: impl Iterator<Item = Cow<'t, str>>) -> String {
        let mut out = String::new();
        for text in texts {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&text);
        }
        if out.len() > LONGEST_TEXT {
            self.problem(format!("only the first {LONGEST_TEXT} bytes of the text were read"));
            out.truncate(out.floor_char_boundary(LONGEST_TEXT));
        }
        out
    }

    fn problem(&mut self, problem: String) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The text of a part, without armour and the files some old programs put in it.
    fn decoded(&mut self, part: &Entity<'_>) -> String {
        let encoded = &part.body[..part.body.len().min(LONGEST_ENCODED)];
        let bytes = transfer::decode(encoded, &part.encoding);
        if encoded.len() < part.body.len() {
            self.problem(format!("only the first {LONGEST_TEXT} bytes of the text were read"));
        }
        let is_html = part.content_type.value == "text/html";
        let declared = part.charset().map(str::to_owned);
        let label =
            declared.filter(|l| !l.is_empty()).or_else(|| is_html.then(|| html_charset(&bytes)).flatten());
        let decoded = charset::decode(&bytes, label.as_deref());
        if decoded.unknown {
            let label: String = label.unwrap_or_default().chars().take(60).collect();
            self.problem(format!("unknown charset \"{}\"", label.escape_debug()));
        }
        let text = cleaned(&decoded.text);
        if is_html {
            return text;
        }
        let read = armour::without(&text);
        self.attachments.extend(read.attachments);
        self.sealed |= read.sealed;
        match part.content_type.get("format").is_some_and(|f| f.trim().eq_ignore_ascii_case("flowed")) {
            true => unflowed(&read.text, is_yes(part.content_type.get("delsp"))),
            false => read.text,
        }
    }

    fn is_blank(&self) -> bool {
        self.plain.is_none() && self.marked.as_deref().is_none_or(|marked| marked.trim().is_empty())
    }

    fn read_calendar(&mut self, entities: &Entities<'_>, from: Option<&AddrSpec>) {
        let own = || entities.all.iter().filter(|part| !part.attached);
        let Some(part) = own()
            .find(|p| is_calendar(p) && p.content_type.value == "text/calendar")
            .or_else(|| own().find(|p| is_calendar(p)))
        else {
            return;
        };
        let encoded = &part.body[..part.body.len().min(LONGEST_ENCODED)];
        let bytes = transfer::decode(encoded, &part.encoding);
        let text = charset::decode(&bytes, part.charset().or(Some("utf-8"))).text;
        self.calendar = Event::read(&text, part.content_type.get("method"), from);
        if self.calendar.is_none() {
            self.problem("a calendar part could not be read".to_owned());
        }
    }

    /// There is nothing to read as it is: perhaps it is signed as a whole, encrypted, or
    /// in Outlook's own format.
    fn read_opaque(&mut self, entities: &Entities<'_>, from: Option<&AddrSpec>, depth: usize) {
        for part in entities.all.iter().filter(|part| !part.attached) {
            let kind = part.content_type.value.as_str();
            let name = part.name().unwrap_or_default().to_lowercase();
            if kind == "multipart/encrypted"
                || kind == "application/x-microsoft-rpmsg-message"
                || name == "message.rpmsg"
            {
                self.unreadable = Some(Unreadable::Encrypted);
            } else if matches!(kind, "application/ms-tnef" | "application/vnd.ms-tnef")
                || name == "winmail.dat"
            {
                self.unreadable.get_or_insert(Unreadable::Winmail);
            } else if matches!(kind, "application/pkcs7-mime" | "application/x-pkcs7-mime")
                || name == "smime.p7m"
            {
                self.read_pkcs7(part, from, depth);
            }
        }
    }

    fn read_pkcs7(&mut self, part: &Entity<'_>, from: Option<&AddrSpec>, depth: usize) {
        let encoded = &part.body[..part.body.len().min(LONGEST_ENCODED)];
        let bytes = transfer::decode(encoded, &part.encoding);
        match pkcs7::content(&bytes).filter(|_| depth < DEEPEST_SIGNED) {
            Some(content) => {
                let inner = Entities::of(&content);
                let signed = Self::within(&inner, from, depth + 1);
                let attachments = std::mem::take(&mut self.attachments);
                *self = Self {
                    attachments: attachments.into_iter().chain(signed.attachments).collect(),
                    ..signed
                };
            }
            None => self.unreadable = Some(Unreadable::Encrypted),
        }
    }
}

/// The parts, and how they are chosen.
#[derive(Clone, Copy)]
struct Tree<'t, 'b> {
    all: &'t [Entity<'b>],
    /// A text with a file name is shown as well: there is no other.
    named_too: bool,
}

impl Tree<'_, '_> {
    fn shown(&self, at: usize) -> Shown {
        let part = &self.all[at];
        if !part.is_multipart() || part.children.is_empty() {
            let only = if self.is_text(at) { vec![at] } else { Vec::new() };
            return Shown { plain: only.clone(), html: only };
        }
        let mut children =
            part.children.iter().map(|child| self.shown(*child)).filter(|c| !c.plain.is_empty());
        match part.content_type.value.as_str() {
            "multipart/alternative" => self.alternative(&children.collect::<Vec<_>>()),
            // RFC 2387: the others are shown within the first; RFC 1847: the second signs it.
            "multipart/related" | "multipart/signed" => children.next().unwrap_or_default(),
            _ => children.fold(Shown::default(), |mut all, child| {
                all.plain.extend(child.plain);
                all.html.extend(child.html);
                all
            }),
        }
    }

    /// RFC 2046 §5.1.4: the same in several forms, the best one last. A text part without
    /// text is none.
    fn alternative(&self, children: &[Shown]) -> Shown {
        let has = |parts: &[usize], html: bool| {
            parts.iter().any(|at| self.is_html(*at) == html && !self.all[*at].body.trim_ascii().is_empty())
        };
        let plain = children.iter().find(|c| has(&c.plain, false)).or(children.last());
        let html = children.iter().rfind(|c| has(&c.html, true)).or(children.last());
        Shown {
            plain: plain.map(|c| c.plain.clone()).unwrap_or_default(),
            html: html.map(|c| c.html.clone()).unwrap_or_default(),
        }
    }

    fn is_html(&self, at: usize) -> bool {
        self.all[at].content_type.value == "text/html"
    }

    /// A text to read, not one to keep.
    fn is_text(&self, at: usize) -> bool {
        let part = &self.all[at];
        let kept = [
            "text/calendar",
            "text/csv",
            "text/vcard",
            "text/x-vcard",
            "text/directory",
            "text/rfc822-headers",
            "text/rtf",
            "text/xml",
            "text/css",
            "text/javascript",
            "text/x-amp-html",
            "text/watch-html",
            "text/html-sandboxed",
        ];
        let text =
            part.content_type.value.starts_with("text/") && !kept.contains(&part.content_type.value.as_str());
        let attachment = part.disposition.value == "attachment" && !(self.named_too && at == 0);
        text && !part.attached && !attachment && (self.named_too || part.name().is_none())
    }

    /// Every part that is not shown. Of attached messages only what has a name.
    fn attachments(&self, shown: &Shown) -> impl Iterator<Item = Attachment> {
        let all = shown.all();
        let is_attached = move |at: &usize| {
            let part = &self.all[*at];
            let holds_others = part.is_multipart() && !part.children.is_empty();
            let is_shown = all.contains(at);
            let blank = part.content_type.value == "text/plain"
                && part.name().is_none()
                && part.body.trim_ascii().is_empty();
            !holds_others && !is_shown && !blank && (!part.attached || part.name().is_some())
        };
        (0..self.all.len()).filter(is_attached).map(|at| attachment(&self.all[at]))
    }
}

/// Plain text beside HTML, for those who read HTML.
fn as_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>{escaped}</pre>")
}

fn attachment(part: &Entity<'_>) -> Attachment {
    let name = part.name().map(|n| n.chars().filter(|c| !c.is_control()).collect());
    Attachment { name, media_type: part.content_type.value.clone(), bytes: decoded_length(part) }
}

/// How many bytes a part has, without decoding all of it.
fn decoded_length(part: &Entity<'_>) -> usize {
    match part.encoding.as_str() {
        "base64" => transfer::base64_length(part.body),
        "quoted-printable" if part.body.len() <= LONGEST_ENCODED => {
            transfer::quoted_printable(part.body).len()
        }
        _ => part.body.len(),
    }
}

/// RFC 6047 §2.4; others send the file alone.
fn is_calendar(part: &Entity<'_>) -> bool {
    let kind = part.content_type.value.as_str();
    matches!(kind, "text/calendar" | "application/ics" | "text/x-vcalendar" | "application/calendar")
        || (!kind.starts_with("multipart/")
            && part.name().is_some_and(|n| n.to_lowercase().ends_with(".ics")))
}

/// `<meta charset=…>` in the first lines of HTML that came without a charset.
fn html_charset(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_lowercase();
    let meta = &start[start.find("<meta")?..];
    let name = meta[meta.find("charset")? + "charset".len()..].trim_start().strip_prefix('=')?.trim_start();
    let name = name.trim_start_matches(['"', '\'']);
    let end = name.find(['"', '\'', '>', '/', ';', ' '])?;
    Some(name[..end].to_owned())
}

/// RFC 3676 §4.1: DelSp=yes.
fn is_yes(parameter: Option<&str>) -> bool {
    parameter.is_some_and(|p| p.trim().eq_ignore_ascii_case("yes"))
}

/// Line ends as `\n`; no NUL or other control characters; none of the private
/// characters by which the HTML reader marks places.
fn cleaned(text: &str) -> String {
    let keep =
        |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || html::is_mark(*c) || *c == '\u{feff}');
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(keep).collect()
}
