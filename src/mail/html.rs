//! HTML as people's mail programs write it → lines of text, with quotations still marked.
//!
//! One pass over the tags, no tree: linear in its input whatever is nested in what.
//! Quoted blocks become lines that begin with `>`, as in plain text, so that one set
//! of rules (`reply`) reads both; what only HTML can say is said by marks, characters
//! of the private use area that are taken out of the result.

use super::tag::{Meaning, Tag, meaning_of, quotes};
use mail_parser::decoders::html::add_html_token;

/// A line of its own: all that follows is quoted.
pub(super) const QUOTED_FROM_HERE: char = '\u{F8F0}';
/// A line of its own: what follows is quoted if it begins with a header block.
pub(super) const RULE: char = '\u{F8F1}';
/// Lines of their own around a signature that the mail program marked.
pub(super) const SIGNATURE_STARTS: char = '\u{F8F2}';
pub(super) const SIGNATURE_ENDS: char = '\u{F8F3}';
/// Between two cells of a table's row.
pub(super) const CELL: char = '\u{F8F4}';
/// A line of its own: like [`RULE`], but drawn by Outlook alone.
pub(super) const OUTLOOK_RULE: char = '\u{F8F5}';
/// Lines of their own around what the mail program marked as an attribution.
pub(super) const ATTRIBUTION_STARTS: char = '\u{F8F6}';
pub(super) const ATTRIBUTION_ENDS: char = '\u{F8F7}';

pub(super) fn is_mark(c: char) -> bool {
    (QUOTED_FROM_HERE..=ATTRIBUTION_ENDS).contains(&c)
}

/// Takes the marks out of rendered text.
pub(super) fn without_marks(text: &str, between_cells: char) -> String {
    if text.is_ascii() || !text.contains(is_mark) {
        return text.lines().collect::<Vec<_>>().join("\n");
    }
    let lines = text.lines().filter(|l| !l.trim().chars().all(is_mark) || l.trim().is_empty());
    let joined = lines.collect::<Vec<_>>().join("\n");
    joined.chars().map(|c| if c == CELL { between_cells } else { c }).filter(|c| !is_mark(*c)).collect()
}

/// HTML → text with `>` before quoted lines and with marks.
pub(super) fn to_marked_text(html: &str) -> String {
    let mut writer = Writer::default();
    // After the last `>` no tag can end: looking for one at each `<` would be quadratic.
    let (tagged, tail) = html.split_at(html.rfind('>').map_or(0, |at| at + 1));
    let mut rest = tagged;
    while let Some(at) = rest.find('<') {
        writer.text(&rest[..at]);
        rest = writer.tag_or_text(&rest[at..]);
    }
    writer.text(rest);
    writer.text(tail);
    writer.finish()
}

#[derive(Default)]
struct Writer {
    /// Finished text of the innermost open cell, or of the whole.
    out: String,
    line: String,
    /// Cells that contain the current one: their text so far.
    outer: Vec<String>,
    quote_depth: usize,
    /// Blockquotes that only indent, by the depth of all blockquotes.
    blockquotes: Vec<bool>,
    /// Inside this element nothing is text.
    hidden: Option<&'static str>,
    preformatted: usize,
    /// The element whose contents mean something as a whole.
    region: Option<Region>,
    space_due: bool,
}

/// An element that is quoted, attributes or signs as a whole.
struct Region {
    name: String,
    /// How many elements of its name are open, itself among them.
    open: usize,
    meaning: Meaning,
}

const HIDDEN: [&str; 6] = ["style", "script", "head", "title", "template", "noscript"];
const LINES: [&str; 20] = [
    "div", "tr", "li", "section", "article", "header", "footer", "center", "address", "dt", "dd", "table",
    "tbody", "form", "body", "html", "main", "hr", "option", "fieldset",
];
const PARAGRAPHS: [&str; 12] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote"];
/// Deeper nested cells are written as running text.
const DEEPEST_CELL: usize = 24;

impl Writer {
    /// Handles the `<` at the start of `text`; gives what is left to read.
    fn tag_or_text<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some(comment) = text.strip_prefix("<!--") {
            return comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        if text.starts_with("<!") || text.starts_with("<?") {
            return text.find('>').map_or("", |end| &text[end + 1..]);
        }
        match Tag::read(text) {
            Some((tag, rest)) => {
                self.tag(&tag);
                rest
            }
            None => {
                self.text("<");
                &text[1..]
            }
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if let Some(hidden) = self.hidden {
            // A head that is never closed ends where the body begins.
            if (tag.closes && name == hidden) || (hidden == "head" && name == "body") {
                self.hidden = None;
            }
            return;
        }
        if let Some(hidden) = HIDDEN.iter().find(|h| **h == name).filter(|_| !tag.closes) {
            self.hidden = Some(hidden);
            return;
        }
        self.in_region(tag);
        match name {
            "br" => self.end_line(),
            "blockquote" => self.blockquote(tag),
            "td" | "th" => self.cell(tag.closes),
            "pre" => {
                self.paragraph();
                self.preformatted =
                    if tag.closes { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
            "p" if tag.closes => self.end_open_line(),
            "p" if ["msonormal", "msoplaintext"].iter().any(|c| tag.has_class(c)) => self.end_open_line(),
            _ if PARAGRAPHS.contains(&name) => self.paragraph(),
            _ if LINES.contains(&name) => self.end_open_line(),
            _ => {}
        }
        if !tag.closes
            && let Some(meaning) = meaning_of(tag)
        {
            self.meaning(tag, meaning);
        }
    }

    fn meaning(&mut self, tag: &Tag<'_>, meaning: Meaning) {
        match meaning {
            Meaning::QuotedFromHere => self.mark_line(QUOTED_FROM_HERE),
            Meaning::Rule => self.mark_line(RULE),
            Meaning::OutlookRule => self.mark_line(OUTLOOK_RULE),
            Meaning::Quotation | Meaning::Attribution | Meaning::Signature => self.begin_region(tag, meaning),
        }
    }

    /// What means something inside a region is part of it.
    fn begin_region(&mut self, tag: &Tag<'_>, meaning: Meaning) {
        if self.region.is_some() || self.quote_depth > 0 {
            return;
        }
        self.region = Some(Region { name: tag.name.clone(), open: 1, meaning });
        match meaning {
            Meaning::Attribution => self.mark_line(ATTRIBUTION_STARTS),
            Meaning::Signature => self.mark_line(SIGNATURE_STARTS),
            _ => {
                self.paragraph();
                self.quote_depth += 1;
            }
        }
    }

    fn end_region(&mut self) {
        match self.region.take().map(|region| region.meaning) {
            Some(Meaning::Attribution) => self.mark_line(ATTRIBUTION_ENDS),
            Some(Meaning::Signature) => self.mark_line(SIGNATURE_ENDS),
            Some(_) => {
                self.paragraph();
                self.quote_depth -= 1;
            }
            None => {}
        }
    }

    /// Inside a quotation nothing needs a mark, and its own marks would speak for what follows it.
    fn mark_line(&mut self, mark: char) {
        self.end_open_line();
        if self.quote_depth > 0 {
            return;
        }
        self.line.push(mark);
        self.end_line();
    }

    /// Counts the elements inside a region, to know where it ends. A `p` ends where the
    /// next one begins.
    fn in_region(&mut self, tag: &Tag<'_>) {
        let Some(region) = self.region.as_mut().filter(|region| region.name == tag.name) else { return };
        let ends = tag.closes || region.name == "p";
        region.open = if ends { region.open - 1 } else { region.open + 1 };
        if region.open == 0 {
            self.end_region();
        }
    }

    fn blockquote(&mut self, tag: &Tag<'_>) {
        self.paragraph();
        if !tag.closes {
            let quoting = quotes(tag);
            self.blockquotes.push(quoting);
            self.quote_depth += usize::from(quoting);
        } else if self.blockquotes.pop() == Some(true) {
            self.quote_depth -= 1;
        }
    }

    /// A cell's text is collected apart, so that it can follow its neighbour on one line.
    fn cell(&mut self, closes: bool) {
        if closes {
            self.end_open_line();
            if let Some(outer) = self.outer.pop() {
                let inner = std::mem::replace(&mut self.out, outer);
                self.add_cell(inner.trim_matches(|c: char| c.is_whitespace() && c != CELL));
            }
        } else if self.outer.len() < DEEPEST_CELL {
            // What stands in the open line belongs to the row so far.
            let line = std::mem::take(&mut self.line);
            let mut outer = std::mem::take(&mut self.out);
            outer.push_str(&line);
            self.outer.push(outer);
        }
    }

    fn add_cell(&mut self, text: &str) {
        let row_is_open = !self.out.is_empty() && !self.out.ends_with('\n');
        if row_is_open {
            self.out.push(CELL);
        }
        self.out.push_str(text);
        self.space_due = false;
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.preformatted > 0 {
            for (at, part) in text.split('\n').enumerate() {
                if at > 0 {
                    self.end_line();
                }
                add_decoded(&mut self.line, part);
            }
            return;
        }
        let mut words = text.split(|c: char| c.is_ascii_whitespace()).peekable();
        while let Some(word) = words.next() {
            if !word.is_empty() {
                if self.space_due && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.space_due = false;
                add_decoded(&mut self.line, word);
            }
            self.space_due |= words.peek().is_some();
        }
    }

    fn end_open_line(&mut self) {
        if !self.line.is_empty() || (!self.out.is_empty() && !self.out.ends_with('\n')) {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.space_due = false;
        let at_line_start = self.out.is_empty() || self.out.ends_with('\n');
        if at_line_start {
            (0..self.quote_depth.min(9)).for_each(|_| self.out.push('>'));
            if self.quote_depth > 0 {
                self.out.push(' ');
            }
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// An empty line between paragraphs, never two.
    fn paragraph(&mut self) {
        self.end_open_line();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn finish(mut self) -> String {
        self.end_open_line();
        self.end_region();
        while let Some(outer) = self.outer.pop() {
            let inner = std::mem::replace(&mut self.out, outer);
            self.add_cell(inner.trim());
        }
        self.out
    }
}

/// Adds text with its character references resolved.
fn add_decoded(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference_end(rest) {
            Some(end) => {
                let mut decoded = String::new();
                add_html_token(&mut decoded, &rest.as_bytes()[..=end], false);
                out.extend(decoded.chars().filter(|c| !is_mark(*c) && !c.is_control()));
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

/// Where the `;` of the reference at the start of `text` is. The longest names have 31 letters.
fn reference_end(text: &str) -> Option<usize> {
    let end = text.bytes().skip(1).take(32).position(|b| matches!(b, b';' | b'&' | b'<'))? + 1;
    (text.as_bytes()[end] == b';').then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        without_marks(&to_marked_text(html), '|').trim_end().to_owned()
    }

    #[test]
    fn paragraphs_lines_and_references_are_read() {
        assert_eq!(
            text("<p>Dear  Amina,</p>\n<p>caf&eacute; &amp;<br>th&#233; &lt;3 & more</p>"),
            "Dear Amina,\n\ncafé &\nthé <3 & more"
        );
        assert_eq!(text("<style>p{}</style><script>x()</script><!-- c --><div>a</div><div>b</div>"), "a\nb");
        assert_eq!(text("1 < 2 and no tag"), "1 < 2 and no tag");
    }

    #[test]
    fn quoted_blocks_become_quoted_lines() {
        let html =
            "Yes.<blockquote type=cite>When?<blockquote type=cite>Hello</blockquote></blockquote>Tuesday";
        assert_eq!(text(html), "Yes.\n\n> When?\n\n>> Hello\n\nTuesday");
    }

    #[test]
    fn cells_of_a_row_share_a_line() {
        let html = "<table><tr><td>Name</td><td><div>Leila<br>Haddad</div></td></tr><tr><td>Issue<td>Koha</table>end";
        assert!(text(html).starts_with("Name|Leila\nHaddad\nIssue|Koha"), "{}", text(html));
    }

    #[test]
    fn nesting_without_end_is_survived() {
        for part in ["<div>", "<blockquote>", "<table><tr><td>", "<a b='", "&", "<!--"] {
            to_marked_text(&part.repeat(20_000));
        }
    }
}
