//! Markdown → the text part: wrapped at 78 columns, complete without any HTML.
//!
//! It stays Markdown that people read as plain text. Headings are underlined rather
//! than numbered with `#`, bold marks go, tables become columns.

use super::bidi::closed_at_line_ends;
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// RFC 5322 §2.1.1's 78, so that no mail program breaks a line again.
pub const COLUMNS: usize = 78;

/// Lays out the Markdown. Words wider than a line, such as addresses, are not broken.
pub fn layout(markdown: &str) -> String {
    let mut page = Page::default();
    for line in markdown.lines() {
        page.take(line);
    }
    page.end_table();
    page.end_paragraph();
    let text = page.out.join("\n");
    format!("{}\n", text.trim_matches('\n'))
}

#[derive(Default)]
struct Page {
    out: Vec<String>,
    paragraph: Option<Paragraph>,
    table: Vec<Vec<String>>,
}

/// Lines that are filled together.
struct Paragraph {
    /// Before the first line: a list item's marker, or nothing.
    first: String,
    /// Before the others: as wide.
    rest: String,
    /// Hard line breaks are kept as `\n`.
    words: String,
}

impl Page {
    fn take(&mut self, line: &str) {
        let trimmed = line.trim();
        if trimmed.starts_with('|') {
            self.end_paragraph();
            return self.table.push(cells(trimmed));
        }
        self.end_table();
        if trimmed.is_empty() {
            self.end_paragraph();
            self.blank();
        } else if let Some(quoted) = trimmed.strip_prefix('>') {
            self.end_paragraph();
            let quoted = quoted.strip_prefix(' ').unwrap_or(quoted);
            self.fill("> ", "> ", quoted.strip_suffix('\\').unwrap_or(quoted));
        } else if let Some(heading) = heading(trimmed) {
            self.end_paragraph();
            self.heading(heading);
        } else if let Some(marker) = marker(line) {
            self.end_paragraph();
            let (first, words) = line.split_at(marker);
            self.paragraph = Some(Paragraph::new(first, words));
        } else {
            self.paragraph.get_or_insert_with(|| Paragraph::new("", "")).add(trimmed);
        }
    }

    fn blank(&mut self) {
        if self.out.last().is_some_and(|last| !last.is_empty()) {
            self.out.push(String::new());
        }
    }

    fn heading(&mut self, heading: &str) {
        self.blank();
        let heading = plain(heading);
        self.fill("", "", &heading);
        self.out.push("-".repeat(display_width(&heading).min(COLUMNS)));
        self.blank();
    }

    fn end_paragraph(&mut self) {
        if let Some(p) = self.paragraph.take() {
            let mut first = p.first.as_str();
            for line in p.words.split('\n') {
                self.fill(first, &p.rest, &plain(line));
                first = &p.rest;
            }
        }
    }

    fn fill(&mut self, first: &str, rest: &str, words: &str) {
        if words.trim().is_empty() {
            return self.out.push(first.trim_end().to_owned());
        }
        let options = Options::new(COLUMNS)
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        let lines = textwrap::wrap(words.trim_end(), options).into_iter().map(|l| l.trim_end().to_owned());
        self.out.extend(closed_at_line_ends(lines.collect()));
    }

    /// Columns as wide as their widest cell; the first to the left, numbers to the right.
    fn end_table(&mut self) {
        let rows: Vec<Vec<String>> = std::mem::take(&mut self.table);
        let rows: Vec<&Vec<String>> = rows.iter().filter(|row| !is_rule(row)).collect();
        let columns = rows.iter().map(|row| row.len()).max().unwrap_or_default();
        let width = |n: usize| {
            rows.iter().filter_map(|row| row.get(n)).map(|cell| display_width(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in rows {
            let line: Vec<String> = row.iter().zip(&widths).enumerate().map(pad).collect();
            self.out.push(line.join("  ").trim_end().to_owned());
        }
    }
}

impl Paragraph {
    fn new(first: &str, words: &str) -> Self {
        let mut new =
            Self { first: first.to_owned(), rest: " ".repeat(display_width(first)), words: String::new() };
        new.add(words);
        new
    }

    /// A line that ends with `\` ends there (CommonMark §6.7).
    fn add(&mut self, line: &str) {
        if !self.words.is_empty() && !self.words.ends_with('\n') {
            self.words.push(' ');
        }
        match line.strip_suffix('\\') {
            Some(line) => self.words += &format!("{}\n", line.trim_end()),
            None => self.words += line.trim_end(),
        }
    }
}

/// Text without bold marks.
fn plain(text: &str) -> String {
    text.replace("**", "")
}

fn heading(line: &str) -> Option<&str> {
    line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')).map(str::trim)
}

/// The width in bytes of a list item's marker with its indent and space.
fn marker(line: &str) -> Option<usize> {
    let start = line.len() - line.trim_start().len();
    let item = &line[start..];
    let digits = item.bytes().take_while(u8::is_ascii_digit).count();
    let bullet = item.starts_with(['-', '*', '+']);
    let mark = if bullet { 1 } else { digits + usize::from(item[digits..].starts_with(['.', ')'])) };
    let is_marker = (bullet || (digits > 0 && mark > digits)) && item[mark..].starts_with(' ');
    is_marker.then_some(start + mark + 1)
}

fn cells(row: &str) -> Vec<String> {
    let row = row.trim_start_matches('|').trim_end_matches('|');
    row.split('|').map(|cell| plain(cell.trim())).collect()
}

fn is_rule(row: &[String]) -> bool {
    row.iter().all(|cell| cell.contains('-') && cell.chars().all(|c| matches!(c, '-' | ':')))
}

fn pad((n, (cell, width)): (usize, (&String, &usize))) -> String {
    let space = " ".repeat(width.saturating_sub(display_width(cell)));
    if n == 0 { format!("{cell}{space}") } else { format!("{space}{cell}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_filled_and_hard_breaks_kept() {
        let text = layout("Dear Amina,\n\nLeila asks\nfor your advice.\n\n\nOne\\\nTwo\n");
        assert_eq!(text, "Dear Amina,\n\nLeila asks for your advice.\n\nOne\nTwo\n");
    }

    #[test]
    fn lists_and_quotes_keep_their_shape_at_78_columns() {
        let long = "word ".repeat(30);
        let text = layout(&format!("1. {long}\n- {long}\n  more\n> {long}\n> short\n>\n> end"));
        for line in text.lines() {
            assert!(display_width(line) <= COLUMNS, "{line}");
        }
        assert!(text.contains("\n   word"), "{text}");
        assert!(text.contains("\n  word"), "{text}");
        assert!(text.contains("more\n> word"), "{text}");
        assert!(text.ends_with("\n> short\n>\n> end\n"), "{text}");
    }

    #[test]
    fn headings_are_underlined_and_tables_are_columns() {
        let text =
            layout("Text\n## What **next**\n| | now | before |\n|:--|--:|--:|\n| Requests | 12 | 9 |\n");
        assert_eq!(text, "Text\n\nWhat next\n---------\n\n          now  before\nRequests   12       9\n");
    }

    #[test]
    fn a_long_word_is_not_broken() {
        let url = format!("https://{}.example/", "long".repeat(30));
        assert!(layout(&format!("See {url} now")).contains(&url));
    }

    #[test]
    fn years_and_minus_signs_are_not_list_items() {
        for line in ["2026 was good", "-5 degrees", "3.5 hours", "*"] {
            assert_eq!(marker(line), None, "{line}");
        }
        assert_eq!((marker("- a"), marker("  12. a")), (Some(2), Some(6)));
    }
}
