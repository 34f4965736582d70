//! Markdown → HTML that mail programs show as meant: every style inline, no class, no script.
//!
//! Outlook on a desk draws with Word: it knows no padding but that of table cells, no width but
//! an attribute's, and no border but a table's. So buttons and quotations are tables within.
//!
//! Only what letters need: paragraphs, headings, quotations, lists, tables, links to
//! mail and web addresses. HTML in a template is shown as the text it is.

use super::bidi::{CLOSES, Direction, OPENS, elements};
use super::chart::{self, Bar, CHART};
use crate::mail::address::AddrSpec;
use crate::mail::compose::Picture;
use data_encoding::HEXLOWER;
use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use sha2::{Digest, Sha256};

/// The title by which a Markdown link says that it is an action.
pub const ACTION: &str = "action";

const PARAGRAPH: &str = "margin:0 0 16px";
/// What people wrote has the direction that its own letters have.
const QUOTED: &str = "margin:8px 0;text-align:start";
const HEADING: &str = "margin:28px 0 12px;font-size:18px;line-height:1.3;font-weight:600;color:#14213d";
const QUOTE: &str = "margin:0 0 16px;padding:0";
const LIST: &str = "margin:0 0 16px;padding:0 24px";
const ITEM: &str = "margin:0 0 8px";
const LINK: &str = "color:#0b4f8a";
/// Word ignores the padding of the link, and has a word of its own for that of the cell.
const BUTTON_CELL: &str =
    "border:1px solid #0b4f8a;border-radius:6px;background-color:#eef4fb;mso-padding-alt:11px 18px";
const BUTTON: &str = "display:block;padding:11px 18px;color:#0b4f8a;text-decoration:none;font-size:16px";
/// A table that is no table: space between its cells is an attribute, as Word has it.
const LAID_OUT: &str = "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\"";
/// A number or a name is never broken in two, however narrow the screen.
const TABLE: &str =
    "margin:0 0 16px;border-collapse:collapse;font-size:13px;overflow-wrap:normal;word-break:normal";
/// White of its own: in a dark mail program the picture stays as it was drawn.
const IMAGE: &str = "display:block;width:100%;max-width:480px;height:auto;border:0;border-radius:4px;background-color:#ffffff";

/// HTML, and the pictures that it shows.
#[derive(Debug, Default)]
pub struct Page {
    pub html: String,
    pub pictures: Vec<Picture>,
}

/// Styles that have a side, by the direction of the letter.
struct Sides {
    quote_cell: &'static str,
    cell: &'static str,
}

impl Sides {
    fn of(direction: Direction) -> Self {
        match direction {
            Direction::LeftToRight => Self {
                quote_cell: "padding:2px 16px;border-left:4px solid #8fa3bf;background-color:#f5f7fa;color:#38434f",
                cell: "padding:5px 5px 5px 0;border-bottom:1px solid #d5dde8",
            },
            Direction::RightToLeft => Self {
                quote_cell: "padding:2px 16px;border-right:4px solid #8fa3bf;background-color:#f5f7fa;color:#38434f",
                cell: "padding:5px 0 5px 5px;border-bottom:1px solid #d5dde8",
            },
        }
    }
}

/// Renders the Markdown of a letter from `contact`.
pub fn render(markdown: &str, contact: &AddrSpec, direction: Direction) -> Page {
    let mut styled = Styled::new(direction);
    let (mut out, mut pictures) = (String::new(), Vec::new());
    let events: Vec<Event> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut rest = events.as_slice();
    while let Some(event) = rest.first() {
        if let Some((buttons, length)) = actions(rest) {
            out += &buttons;
            rest = &rest[length..];
        } else if let Some((chart, words, length)) = chart(rest) {
            let picture = picture(chart::picture(&chart), contact);
            out += &image(&picture, &words);
            pictures.push(picture);
            rest = &rest[length..];
        } else {
            styled.write(event, &mut out);
            rest = &rest[1..];
        }
    }
    Page { html: out, pictures }
}

/// An image that is a chart: its numbers, what it shows in words, and how many events it was.
/// Any other image is left out: it would be fetched from somewhere.
fn chart(events: &[Event]) -> Option<(Vec<Bar>, String, usize)> {
    let (Event::Start(Tag::Image { dest_url, title, .. }), rest) = events.split_first()? else { return None };
    let bars = chart::weeks_in(dest_url).filter(|_| **title == *CHART)?;
    let end = rest.iter().position(|e| matches!(e, Event::End(TagEnd::Image)))?;
    let words = rest[..end].iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    });
    Some((bars, words.collect(), end + 2))
}

/// The same picture has the same Content-ID (RFC 2392): it is a name for these bytes.
fn picture(png: Vec<u8>, contact: &AddrSpec) -> Picture {
    let hash = HEXLOWER.encode(&Sha256::digest(&png));
    Picture { content_id: format!("{}@{}", &hash[..32], contact.domain()), file_name: "weeks.png", png }
}

/// Outlook wants the size as attributes, a phone wants it to shrink.
fn image(picture: &Picture, words: &str) -> String {
    format!(
        "<img src=\"cid:{}\" width=\"{}\" height=\"{}\" alt=\"{}\" style=\"{IMAGE}\">",
        picture.content_id,
        chart::WIDTH,
        chart::HEIGHT,
        attribute(words)
    )
}

/// A paragraph of nothing but actions becomes a column of buttons. Returns it with the
/// number of events it was.
fn actions(events: &[Event]) -> Option<(String, usize)> {
    let (Event::Start(Tag::Paragraph), rest) = events.split_first()? else { return None };
    let end = rest.iter().position(|e| matches!(e, Event::End(TagEnd::Paragraph)))?;
    let mut rows = String::new();
    let mut inside = &rest[..end];
    while let Some((first, more)) = inside.split_first() {
        match first {
            Event::SoftBreak | Event::HardBreak => inside = more,
            Event::Start(Tag::Link { dest_url, title, .. }) if **title == *ACTION => {
                let close = more.iter().position(|e| matches!(e, Event::End(TagEnd::Link)))?;
                rows += &button(dest_url, &more[..close]);
                inside = &more[close + 1..];
            }
            _ => return None,
        }
    }
    let column = format!("{LAID_OUT} style=\"margin:0 0 12px;border-spacing:0\">\n{rows}</table>\n");
    (!rows.is_empty()).then_some((column, end + 2))
}

/// The cell paints the button, because Outlook ignores the padding of links.
fn button(address: &str, label: &[Event]) -> String {
    let mut text = String::new();
    html::push_html(&mut text, label.iter().cloned());
    let text = elements(&text);
    format!(
        "<tr><td style=\"padding:0 0 8px\">{LAID_OUT} style=\"border-spacing:0\"><tr>\
         <td style=\"{BUTTON_CELL}\"><a href=\"{}\" style=\"{BUTTON}\">{text}</a></td>\
         </tr></table></td></tr>\n",
        attribute(address)
    )
}

/// What is being written, as far as the next tag depends on it.
struct Styled {
    sides: Sides,
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    in_quote: bool,
}

impl Styled {
    fn new(direction: Direction) -> Self {
        let sides = Sides::of(direction);
        Self { sides, columns: Vec::new(), column: 0, in_head: false, in_quote: false }
    }

    fn write(&mut self, event: &Event, out: &mut String) {
        match event {
            Event::Start(tag) => self.open(tag, out),
            Event::End(tag) => self.close(*tag, out),
            Event::Html(text) | Event::InlineHtml(text) | Event::Text(text) => write_text(text, out),
            other => html::push_html(out, std::iter::once(other.clone())),
        }
    }

    fn open(&mut self, tag: &Tag, out: &mut String) {
        match tag {
            Tag::Paragraph if self.in_quote => add(out, &["<p dir=\"auto\" style=\"", QUOTED, "\">"]),
            Tag::Paragraph | Tag::HtmlBlock => add(out, &["<p style=\"", PARAGRAPH, "\">"]),
            Tag::Heading { level, .. } => *out += &format!("<{} style=\"{HEADING}\">", below_title(*level)),
            Tag::BlockQuote(_) => {
                self.in_quote = true;
                add(out, &["<blockquote style=\"", QUOTE, "\">\n", LAID_OUT, " width=\"100%\"><tr>"]);
                add(out, &["<td style=\"", self.sides.quote_cell, "\">\n"]);
            }
            Tag::List(Some(start)) => *out += &format!("<ol start=\"{start}\" style=\"{LIST}\">\n"),
            Tag::List(None) => add(out, &["<ul style=\"", LIST, "\">\n"]),
            Tag::Item => add(out, &["<li style=\"", ITEM, "\">"]),
            Tag::Link { dest_url, .. } => write_link(dest_url, out),
            Tag::Table(columns) => {
                self.columns = columns.clone();
                *out += "<table border=\"0\" cellpadding=\"0\" cellspacing=\"0\" style=\"";
                add(out, &[TABLE, "\">\n"]);
            }
            Tag::TableHead | Tag::TableRow => {
                (self.in_head, self.column) = (matches!(tag, Tag::TableHead), 0);
                *out += "<tr>";
            }
            Tag::TableCell => *out += &self.cell(),
            Tag::Image { .. } => {}
            other => html::push_html(out, std::iter::once(Event::Start(other.clone()))),
        }
    }

    fn close(&mut self, tag: TagEnd, out: &mut String) {
        match tag {
            TagEnd::Heading(level) => *out += &format!("</{}>\n", below_title(level)),
            TagEnd::Table => *out += "</table>\n",
            TagEnd::TableHead | TagEnd::TableRow => *out += "</tr>\n",
            TagEnd::TableCell if self.in_head && self.column == 1 => *out += "</td>",
            TagEnd::TableCell => *out += if self.in_head { "</th>" } else { "</td>" },
            TagEnd::HtmlBlock => *out += "</p>\n",
            TagEnd::Image => {}
            TagEnd::BlockQuote(_) => {
                self.in_quote = false;
                *out += "</td></tr></table>\n</blockquote>\n";
            }
            other => html::push_html(out, std::iter::once(Event::End(other))),
        }
    }

    /// The corner above the rows' names is empty, so it is no heading of anything.
    fn cell(&mut self) -> String {
        let side = match self.columns.get(self.column) {
            // In a letter of either direction: figures are written as everywhere.
            Some(Alignment::Right) => ";text-align:right",
            _ => "",
        };
        self.column += 1;
        let cell = self.sides.cell;
        match (self.in_head, self.column) {
            (true, 1) => format!("<td style=\"{cell}\">"),
            (true, _) => format!("<th scope=\"col\" style=\"{cell}{side}\">"),
            (false, _) => format!("<td style=\"{cell}{side}\">"),
        }
    }
}

/// The letter's title is the only h1.
fn below_title(level: HeadingLevel) -> HeadingLevel {
    level.max(HeadingLevel::H2)
}

/// Only addresses of mail and web: nothing that could run.
fn write_link(address: &str, out: &mut String) {
    let safe = ["mailto:", "https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    match safe {
        true => add(out, &["<a href=\"", &attribute(address), "\" style=\"", LINK, "\">"]),
        false => *out += "<a>",
    }
}

fn add(out: &mut String, pieces: &[&str]) {
    out.extend(pieces.iter().copied());
}

/// Text, its isolates as elements.
fn write_text(text: &str, out: &mut String) {
    let special = |c: char| matches!(c, '&' | '<' | '>' | OPENS | CLOSES);
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        *out += &rest[..at];
        let mut from = rest[at..].chars();
        *out += match from.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some(OPENS) => "<bdi>",
            _ => "</bdi>",
        };
        rest = from.as_str();
    }
    *out += rest;
}

/// Text inside a double-quoted attribute.
pub fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '"' => out += "&quot;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(markdown: &str) -> String {
        page(markdown).html
    }

    fn page(markdown: &str) -> Page {
        let contact = AddrSpec::parse("contact@network.example").expect("an address");
        super::render(markdown, &contact, Direction::LeftToRight)
    }

    #[test]
    fn a_paragraph_of_actions_is_a_column_of_buttons() {
        let html =
            render("[YES](mailto:a@b?subject=x&body=YES \"action\")\n[NO](mailto:a@b?body=NO \"action\")\n");
        assert_eq!(html.matches("role=\"presentation\"").count(), 3, "{html}");
        assert!(html.contains("href=\"mailto:a@b?subject=x&amp;body=YES\""), "{html}");
        assert!(!html.contains("<p"), "{html}");
    }

    #[test]
    fn an_action_within_a_sentence_is_a_link() {
        let html = render("Reply [ROSTER](mailto:a@b \"action\") at any time.");
        assert!(html.starts_with("<p") && html.contains("<a href=\"mailto:a@b\""), "{html}");
    }

    #[test]
    fn tags_of_a_template_are_shown_and_unsafe_links_lead_nowhere() {
        let html =
            render("<b>x</b> [y](javascript:alert) ![z](https://x.example/z.png)\n\n<div>\nw\n</div>\n");
        assert!(!html.contains("<b>") && !html.contains("<div>") && !html.contains("javascript"), "{html}");
        assert!(!html.contains("<img") && html.contains("&lt;b&gt;"), "{html}");
    }

    #[test]
    fn numbers_of_a_table_stand_to_the_right_under_headings() {
        let html = render("| | now |\n|:--|--:|\n| Requests | 12 |\n");
        assert!(html.contains("<th scope=\"col\"") && html.contains("text-align:right\">12"), "{html}");
    }

    #[test]
    fn a_chart_is_drawn_and_named_by_its_content_and_its_words_are_text() {
        let chart = |words: &str| page(&format!("![{words}](weeks:2.3.0.0.1 \"chart\")"));
        let Page { html, pictures } = chart("4 &#34;requests&#34; &#60;b&#62;");
        let [picture] = pictures.as_slice() else { panic!("{} pictures", pictures.len()) };
        assert!(
            html.contains(&format!("src=\"cid:{}\" width=\"480\" height=\"224\"", picture.content_id)),
            "{html}"
        );
        assert!(html.contains("alt=\"4 &quot;requests&quot; &lt;b&gt;\""), "{html}");
        assert_eq!(chart("other words").pictures, pictures);
        assert!(page("![x](weeks:2.3.0.0.1)").pictures.is_empty());
    }
}
