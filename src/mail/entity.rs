//! A mail as a tree of entities (RFC 2045 §2.4): header, and text or further entities.
//!
//! One pass over the lines. Delimiters are compared as whole lines; what real mail gets wrong
//! about them (a missing, wrong or duplicate boundary, no last line, no empty line after the
//! header) is settled here.

use super::charset::{self, Charset};
use super::parameter::Parametrized;
use super::transfer;
use std::cell::LazyCell;
use std::collections::BTreeMap;

/// More header fields, or parts, than any mail has; deeper than anybody nests them.
const MOST_FIELDS: usize = 40_000;
const MOST_PARTS: usize = 10_000;
const DEEPEST: usize = 200;
/// Of a header so much is read: a hundred thousand addresses.
const LONGEST_HEADER: usize = 4 << 20;
/// Of any other field than those that list people or mails so much.
const LONGEST_FIELD: usize = 64 << 10;
/// How often a boundary is looked for that the header does not name.
const MOST_SEARCHES: usize = 20;

/// One entity. Its place in the list is before those it contains.
#[derive(Debug, Default)]
pub(super) struct Entity<'b> {
    pub fields: Vec<Field<'b>>,
    pub content_type: Parametrized,
    pub disposition: Parametrized,
    /// The transfer encoding, in lower case.
    pub encoding: String,
    /// Where in the mail its header and its body begin.
    pub header_at: usize,
    pub body_at: usize,
    /// What follows the header; of an entity that contains others, all of them.
    pub body: &'b [u8],
    pub children: Vec<usize>,
    /// It stands in a message that is attached: nothing of it is the writer's word.
    pub attached: bool,
}

/// A field as it stands there.
#[derive(Debug)]
pub(super) struct Field<'b> {
    /// In lower case.
    pub name: String,
    pub raw: &'b [u8],
}

impl Entity<'_> {
    pub(super) fn is_multipart(&self) -> bool {
        self.content_type.value.starts_with("multipart/")
    }

    /// Its file name, if it has one.
    pub(super) fn name(&self) -> Option<&str> {
        let names = [
            self.disposition.get("filename"),
            self.disposition.get("name"),
            self.content_type.get("name"),
            self.content_type.get("filename"),
        ];
        names.into_iter().flatten().find(|name| !name.trim().is_empty())
    }

    /// The charset its text is said to be in.
    pub(super) fn charset(&self) -> Option<&str> {
        self.content_type.get("charset")
    }

    /// All fields of that name, unfolded, as text.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = String> {
        let charset = LazyCell::new(|| charset::of(self.charset()));
        self.fields.iter().filter(move |f| f.name == name).map(move |f| f.value(|| *charset))
    }
}

impl Field<'_> {
    /// The unfolded value. Raw bytes that are no UTF-8 are in the charset the body is in.
    pub(super) fn value(&self, charset: impl FnOnce() -> Option<Charset>) -> String {
        let charset = if self.raw.is_ascii() { None } else { charset() };
        let text = charset::text(self.raw, charset);
        unfold(text.split_once(':').map_or("", |(_, value)| value))
    }
}

/// RFC 5322 §2.2.3: a line end followed by white space is white space.
fn unfold(value: &str) -> String {
    value.split(['\r', '\n']).map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The entities of a mail, the mail itself first. There is always one.
pub(super) struct Entities<'b> {
    pub all: Vec<Entity<'b>>,
    pub problems: Vec<String>,
}

impl<'b> Entities<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        let mut walk = Walk::new(bytes);
        walk.run();
        let mut problems = Vec::new();
        if walk.full {
            problems.push(format!(
                "it has more than {MOST_PARTS} parts or {MOST_FIELDS} header fields: the rest was not read"
            ));
        }
        Self { all: walk.all, problems }
    }

    /// Whether a part reports on a mail, or is one: by its type, or as what a digest holds (RFC 2046
    /// §5.1.5).
    pub(super) fn may_report(&self) -> bool {
        self.all.iter().any(|entity| {
            let kind = &entity.content_type;
            kind.value.starts_with("message/")
                || matches!(
                    kind.value.as_str(),
                    "multipart/report" | "multipart/digest" | "text/rfc822-headers"
                )
                || kind.get("report-type").is_some()
        })
    }

    pub(super) fn root(&self) -> &Entity<'b> {
        &self.all[0]
    }

    /// The charset of the mail: a multipart names none, its first text does.
    pub(super) fn charset(&self) -> Option<&str> {
        let own = |e: &&Entity<'_>| !e.attached && e.disposition.value != "attachment";
        let within = || self.all.iter().filter(own).find_map(Entity::charset);
        self.root().charset().or_else(within)
    }
}

/// The walk through the lines.
struct Walk<'b> {
    bytes: &'b [u8],
    at: usize,
    all: Vec<Entity<'b>>,
    /// The entities that are open, the outermost first.
    open: Vec<usize>,
    /// Boundaries of open multiparts → their place in `open`.
    boundaries: BTreeMap<Vec<u8>, usize>,
    /// The last place of each line that begins with `--`.
    last_delimiter: BTreeMap<&'b [u8], usize>,
    fields: usize,
    searches: usize,
    full: bool,
}

impl<'b> Walk<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        let mut last_delimiter = BTreeMap::new();
        for (at, line) in Lines::of(bytes, 0).filter(|(_, l)| l.starts_with(b"--") && l.len() < 300) {
            if last_delimiter.len() < MOST_PARTS {
                last_delimiter.insert(line.trim_ascii_end(), at);
            }
        }
        let (open, boundaries) = (Vec::new(), BTreeMap::new());
        Self {
            bytes,
            at: 0,
            all: Vec::new(),
            open,
            boundaries,
            last_delimiter,
            fields: 0,
            searches: 0,
            full: false,
        }
    }

    fn run(&mut self) {
        self.entity();
        while self.at < self.bytes.len() {
            let line_at = self.at;
            let line = line_at_start(&self.bytes[line_at..]);
            self.at += line.len();
            let Some(name) = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end) else { continue };
            if let Some(depth) = self.boundaries.get(name).copied() {
                self.close(depth + 1, line_at);
                if self.all.len() >= MOST_PARTS || self.fields >= MOST_FIELDS {
                    self.full = true;
                    break;
                }
                self.entity();
            } else if let Some(depth) =
                name.strip_suffix(b"--").and_then(|name| self.boundaries.get(name)).copied()
            {
                self.close(depth, line_at);
            }
        }
        self.close(0, self.bytes.len());
    }

    /// Reads the header that begins here and opens its entity.
    fn entity(&mut self) {
        let digest =
            self.open.last().is_some_and(|at| self.all[*at].content_type.value == "multipart/digest");
        let attached = self.open.iter().any(|at| is_message(&self.all[*at]));
        let header_at = self.at;
        let fields = self.header();
        let mut entity = Entity { fields, header_at, body_at: self.at, attached, ..Entity::default() };
        entity.content_type = content_type(&entity);
        let first = |name| entity.values(name).next();
        let (disposition, encoding) = (first("content-disposition"), first("content-transfer-encoding"));
        entity.disposition = disposition.map(|v| Parametrized::parse(&v)).unwrap_or_default();
        entity.encoding = encoding.map(|v| transfer::name(&v)).unwrap_or_default();
        if entity.content_type.value.is_empty() {
            entity.content_type.value = if digest { "message/rfc822" } else { "text/plain" }.to_owned();
        }
        let index = self.all.len();
        if let Some(parent) = self.open.last() {
            self.all[*parent].children.push(index);
        }
        let boundary = entity.is_multipart().then(|| self.boundary(&mut entity)).flatten();
        let message = is_message(&entity);
        self.all.push(entity);
        self.open.push(index);
        if self.open.len() > DEEPEST {
            return;
        }
        if let Some(boundary) = boundary {
            // A boundary that an outer entity has already stays the outer one's.
            self.boundaries.entry(boundary.into_bytes()).or_insert(self.open.len() - 1);
        }
        if message && self.all.len() < MOST_PARTS {
            self.entity();
        }
    }

    /// The fields up to the empty line, or up to what can be no field.
    fn header(&mut self) -> Vec<Field<'b>> {
        let mut fields: Vec<Field<'b>> = Vec::new();
        let (start, mut field_at) = (self.at, self.at);
        for (at, line) in Lines::of(self.bytes, start) {
            if line.trim_ascii().is_empty() && !self.is_folded_on(line, at) {
                self.at = at + line.len();
                return self.counted(fields);
            }
            let is_delimiter = line
                .strip_prefix(b"--")
                .is_some_and(|name| self.boundaries.contains_key(name.trim_ascii_end()));
            if is_delimiter
                || (!continues(&fields, line) && field_name(line).is_none() && self.header_is_over(at))
            {
                self.at = at;
                return self.counted(fields);
            }
            let room = at - start < LONGEST_HEADER && fields.len() < MOST_FIELDS;
            match (continues(&fields, line), field_name(line)) {
                (true, _) if room => {
                    if let Some(field) = fields.last_mut() {
                        field.raw = cut(&self.bytes[field_at..at + line.len()], &field.name);
                    }
                }
                (false, Some(name)) if room => {
                    field_at = at;
                    fields.push(Field { raw: cut(line, &name), name });
                }
                _ => self.full |= !room,
            }
        }
        self.at = self.bytes.len();
        self.counted(fields)
    }

    fn counted(&mut self, fields: Vec<Field<'b>>) -> Vec<Field<'b>> {
        self.fields += fields.len();
        fields
    }

    /// A line of spaces ends the header, but not between a field and its continuation.
    fn is_folded_on(&self, line: &[u8], at: usize) -> bool {
        is_folded(line) && is_folded(&self.bytes[at + line.len()..])
    }

    /// Whether a line that is no field is already the body: no field follows before an empty line.
    fn header_is_over(&mut self, at: usize) -> bool {
        self.searches += 1;
        let mut following = Lines::of(self.bytes, at)
            .skip(1)
            .take(50)
            .map(|(_, l)| l)
            .take_while(|l| !l.trim_ascii().is_empty());
        self.searches > MOST_SEARCHES
            || !following
                .any(|l| field_name(l).is_some_and(|n| n.contains('-') || KNOWN.contains(&n.as_str())))
    }

    /// The boundary that is really there, or none: then the entity is text.
    fn boundary(&mut self, entity: &mut Entity<'_>) -> Option<String> {
        let named =
            entity.content_type.get("boundary").map(|b| b.trim_end().to_owned()).filter(|b| !b.is_empty());
        let follows = |name: &String| {
            let last = self.last_delimiter.get(format!("--{name}").as_bytes());
            last.is_some_and(|at| *at >= self.at) || self.last_delimiter.len() >= MOST_PARTS
        };
        if let Some(name) = named.filter(follows).or_else(|| self.found_boundary()) {
            return Some(name);
        }
        let html = self.bytes[self.at..]
            .trim_ascii_start()
            .get(..5)
            .is_some_and(|b| b.eq_ignore_ascii_case(b"<html"));
        entity.content_type.value = if html { "text/html" } else { "text/plain" }.to_owned();
        None
    }

    /// The first line with two dashes that is followed by a field of a part.
    fn found_boundary(&mut self) -> Option<String> {
        self.searches += 1;
        if self.searches > MOST_SEARCHES {
            return None;
        }
        Lines::of(self.bytes, self.at).find_map(|(at, line)| {
            let name = line.strip_prefix(b"--")?.trim_ascii_end();
            let next = self.bytes.get(at + line.len()..)?;
            let plausible = (1..=200).contains(&name.len()) && starts_with(next, b"content-");
            std::str::from_utf8(name).ok().filter(|_| plausible).map(str::to_owned)
        })
    }

    /// Ends the entities from that depth on; the line end before a delimiter is the delimiter's.
    fn close(&mut self, depth: usize, at: usize) {
        for index in self.open.drain(depth.min(self.open.len())..) {
            let entity = &mut self.all[index];
            let body = self.bytes.get(entity.body_at..at).unwrap_or_default();
            let body = body.strip_suffix(b"\n").map_or(body, |b| b.strip_suffix(b"\r").unwrap_or(b));
            entity.body = if at == self.bytes.len() {
                self.bytes.get(entity.body_at..).unwrap_or_default()
            } else {
                body
            };
        }
        self.boundaries.retain(|_, place| *place < depth);
    }
}

/// Fields that are a single word, to tell them from prose with a colon.
const KNOWN: [&str; 12] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "sender",
    "received",
    "references",
    "organization",
    "precedence",
    "importance",
];

/// A message in a message, not in an encoding.
fn is_message(entity: &Entity<'_>) -> bool {
    let typed =
        matches!(entity.content_type.value.as_str(), "message/rfc822" | "message/global" | "message/news");
    typed && !matches!(entity.encoding.as_str(), "base64" | "quoted-printable")
}

/// The Content-Type that counts where there are several: one that holds parts, else the first.
fn content_type(entity: &Entity<'_>) -> Parametrized {
    let mut all: Vec<Parametrized> =
        entity.values("content-type").take(9).map(|v| Parametrized::parse(&v)).collect();
    let multipart = all.iter().position(|t| t.value.starts_with("multipart/")).unwrap_or(0);
    let mut kept = if all.is_empty() { Parametrized::default() } else { all.swap_remove(multipart) };
    if kept.value == "text" || kept.value == "text/" {
        kept.value = "text/plain".to_owned();
    }
    kept
}

/// A field of a sound length.
fn cut<'b>(raw: &'b [u8], name: &str) -> &'b [u8] {
    let lists = matches!(name, "to" | "cc" | "bcc" | "references");
    &raw[..raw.len().min(if lists { LONGEST_HEADER } else { LONGEST_FIELD })]
}

/// Whether a line goes on with the field before it: folded, or a parameter that nobody folded.
fn continues(fields: &[Field<'_>], line: &[u8]) -> bool {
    let parameter =
        || ["boundary=", "charset=", "name=", "format="].iter().any(|p| starts_with(line, p.as_bytes()));
    match fields.last() {
        Some(last) => is_folded(line) || (last.name == "content-type" && parameter()),
        None => false,
    }
}

/// RFC 5322 §2.2; old programs put a space before the colon.
fn field_name(line: &[u8]) -> Option<String> {
    let colon = line.iter().take(200).position(|b| *b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let sound = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    sound.then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// Lines with their ends, and where they begin.
struct Lines<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Lines<'b> {
    fn of(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at }
    }
}

impl<'b> Iterator for Lines<'b> {
    type Item = (usize, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let line = line_at_start(self.bytes.get(at..).filter(|rest| !rest.is_empty())?);
        self.at += line.len();
        Some((at, line))
    }
}

fn line_at_start(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |end| end + 1);
    &bytes[..end]
}

fn is_folded(line: &[u8]) -> bool {
    line.first().is_some_and(|b| matches!(b, b' ' | b'\t'))
}

fn starts_with(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &str = "--b1\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b1\r\nContent-Type: image/png; name=a.png\r\n\r\nAAAA\r\n--b1--\r\nafter\r\n";

    fn bodies(mail: &str) -> Vec<(String, String)> {
        let of =
            |e: &Entity<'_>| (e.content_type.value.clone(), String::from_utf8_lossy(e.body).into_owned());
        Entities::of(mail.as_bytes()).all.iter().filter(|e| !e.is_multipart()).map(of).collect()
    }

    #[test]
    fn the_parts_are_found_whatever_is_wrong_with_the_boundary() {
        let wanted =
            [("text/plain".to_owned(), "Hello".to_owned()), ("image/png".to_owned(), "AAAA".to_owned())];
        for field in [
            "multipart/mixed; boundary=b1",
            "multipart/mixed; boundary=\"b1\"  ",
            "multipart/mixed; boundary='b1'",
            "multipart/mixed; boundary=\"b1 \"",
            "multipart/mixed;\r\n boundary=\r\n \"b1\"",
            "multipart/mixed;\r\n boundary\r\n =b1",
            "multipart/mixed;\r\nboundary=b1",
            "multipart/mixed boundary=b1",
            "multipart/mixed",
            "multipart/mixed; boundary=wrong",
            "multipart/mixed; boundary=b1; boundary=b2",
            "multipart/mixed; boundary*0=b; boundary*1=1",
            "text/plain\r\nContent-Type: multipart/mixed; boundary=b1",
        ] {
            assert_eq!(bodies(&format!("Content-Type: {field}\r\n\r\n{PARTS}")), wanted, "{field}");
        }
        let open = PARTS.split("--b1--").next().expect("it has an end");
        assert_eq!(
            bodies(&format!("Content-Type: multipart/mixed; boundary=b1\r\n\r\n{}", open.trim_end())),
            wanted
        );
    }

    #[test]
    fn a_boundary_that_begins_like_another_is_another() {
        let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none --b\n--bb\n\ntwo\n--bb--\n--b\n\nthree\n--b--\n";
        let texts: Vec<String> = bodies(mail).into_iter().map(|(_, body)| body).collect();
        assert_eq!(texts, ["one --b", "two", "three"]);
    }

    #[test]
    fn a_header_without_an_empty_line_after_it_ends_where_the_prose_begins() {
        let body = |mail: &str| bodies(mail)[0].1.clone();
        assert_eq!(body("Subject: x\nHello Amina\nit is: late\n"), "Hello Amina\nit is: late\n");
        assert_eq!(body("Subject: x\nno field\nTo: a@b.example\n\nHello\n"), "Hello\n");
        assert_eq!(body("Subject: x\n \t\nHello\n"), "Hello\n");
        assert_eq!(body("Subject : x\n\nHello"), "Hello");
    }

    #[test]
    fn an_attached_message_and_its_parts_are_marked() {
        let mail = format!(
            "Content-Type: multipart/mixed; boundary=o\n\n--o\n\nmine\n--o\nContent-Type: message/rfc822\n\nSubject: theirs\nContent-Type: multipart/mixed; boundary=b1\n\n{PARTS}--o--\n"
        );
        let entities = Entities::of(mail.as_bytes());
        let attached: Vec<&str> =
            entities.all.iter().filter(|e| e.attached).map(|e| e.content_type.value.as_str()).collect();
        assert_eq!(attached, ["multipart/mixed", "text/plain", "image/png"]);
    }

    #[test]
    fn raw_bytes_in_a_header_are_in_the_charset_of_the_body() {
        let mail = b"Content-Type: text/plain; charset=gb2312\nSubject: \xc4\xe3\xba\xc3\n\n";
        assert_eq!(Entities::of(mail).root().values("subject").next().as_deref(), Some("你好"));
        assert_eq!(
            Entities::of(b"Subject: R\xe9union\n").root().values("subject").next().as_deref(),
            Some("Réunion")
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_it(text in "[-b1\n :;=aCcont/ypeETmulripxd\"]{0,200}") {
            let mail = format!("Content-Type: multipart/mixed; boundary=b1\n\n--b1\n{text}");
            proptest::prop_assert!(!Entities::of(mail.as_bytes()).all.is_empty());
            Entities::of(text.as_bytes());
        }
    }
}
