//! The fields of a form: `Label: value` lines in the dresses people and programs give them.

use super::fold::fold;
use super::form::{Field, FormWords, field_of};
use super::form_closing::end_of_form;
use super::layout;

/// Fields whose values are a line or a few wrapped ones: an empty line, or a line that
/// looks like another label, ends them. All others run on to the next known label.
const SHORT: [&str; 11] = [
    "Name",
    "Email",
    "Institution",
    "Languages",
    "Language",
    "Time zone",
    "Requests at a time",
    "Date",
    "Minutes",
    "Held",
    "Advisee",
];

/// Fields of some lines that an empty one ends: what follows is the writer's prose.
const ONE_PARAGRAPH: [&str; 1] = ["Advisor"];

/// Fields in which a bullet is the writer's.
const PROSE: [&str; 4] = ["Issue", "About", "Topic", "Comments"];

/// No form asks for more; further lines belong to the last answer.
const MOST_FIELDS: usize = 300;

/// Reads `Label: value` lines outside a form: a reply may supply a missing field.
pub fn read_fields(text: &str, words: &FormWords) -> Vec<Field> {
    read_fields_of("", text, words)
}

/// Reads the `Label: value` lines of a form of that kind (its canonical name).
pub fn read_fields_of(kind: &str, text: &str, words: &FormWords) -> Vec<Field> {
    let written = layout::lines(text, words);
    let lines: Vec<&str> = written.iter().map(String::as_str).collect();
    let mut reader = Reader { kind, words, fields: Vec::new(), open: None, bare: false };
    for line in &lines[..end_of_form(&lines, words)] {
        if is_rule(line) {
            continue;
        }
        match markdown_row(line) {
            Some(row) => reader.line(&row),
            None => reader.line(line),
        }
    }
    reader.close();
    reader.fields
}

struct Reader<'w> {
    kind: &'w str,
    words: &'w FormWords,
    fields: Vec<Field>,
    open: Option<Open>,
    /// The last label stood alone on its line.
    bare: bool,
}

/// The field that is being read.
struct Open {
    label: String,
    known: bool,
    lines: Vec<String>,
    /// One of its lines is not blank.
    filled: bool,
    /// Its label stood alone on a line, without a colon.
    bare: bool,
}

impl Open {
    fn is_short(&self) -> bool {
        !self.known || SHORT.contains(&self.label.as_str())
    }

    /// A value that nobody writes on two lines.
    fn is_single(&self) -> bool {
        !self.known
            || ["Name", "Email", "Language", "Time zone", "Requests at a time", "Minutes", "Held"]
                .contains(&self.label.as_str())
    }

    fn ends_at_blank(&self) -> bool {
        self.filled && (self.is_short() || ONE_PARAGRAPH.contains(&self.label.as_str()))
    }

    /// Without the bullets of a list, but in prose as it was written.
    fn value(&self) -> String {
        let prose = PROSE.contains(&self.label.as_str());
        let lines = self.lines.iter().map(|l| if prose { l.as_str() } else { without_bullet(l) });
        lines.collect::<Vec<_>>().join("\n").replace('\t', " ").trim().to_owned()
    }

    fn push(&mut self, line: &str) {
        self.filled |= !line.is_empty();
        self.lines.push(line.to_owned());
    }

    fn ends_with_blank(&self) -> bool {
        self.lines.last().is_some_and(|l| l.is_empty())
    }
}

impl Reader<'_> {
    fn line(&mut self, line: &str) {
        if let Some((label, value)) = label_and_value(line) {
            // "Subject: Request meeting" says which form it is, not what it is about.
            if !value.is_empty() && self.words.names_kind(value) {
                return self.close();
            }
            if let Some(name) = self.label(label) {
                return self.start(name, true, value, false);
            }
            // The first cell of a table's row is a label wherever it stands.
            let in_table = line[label.len()..].starts_with('\t');
            let room = in_table || self.open.as_ref().is_none_or(|open| open.is_short() && open.filled);
            if room && self.fields.len() < MOST_FIELDS && looks_like_label(label, value) {
                return self.start(shown(label), false, value, false);
            }
        }
        if let Some(name) = self.bare_label(line) {
            return self.start(name, true, "", true);
        }
        if self.is_unknown_bare_label(line) {
            return self.start(shown(line), false, "", true);
        }
        let Some(open) = &mut self.open else { return };
        if line.trim().is_empty() && open.ends_at_blank() {
            return self.close();
        }
        open.push(line.trim());
    }

    fn label(&self, text: &str) -> Option<String> {
        field_of(self.kind, self.words.label(without_number(text))?).map(str::to_owned)
    }

    /// A known label alone on its line: at the start of a paragraph, or among others like it.
    fn bare_label(&self, line: &str) -> Option<String> {
        let name = self.label(line).filter(|_| !line.trim().is_empty())?;
        let placed = self
            .open
            .as_ref()
            .is_none_or(|open| open.bare || open.ends_with_blank() || (!open.known && !open.filled));
        let seen = self.fields.iter().any(|f| f.known && f.label == name);
        (placed && !seen).then_some(name)
    }

    /// Among labels that stand alone, a line like a label after a value of one line.
    fn is_unknown_bare_label(&self, line: &str) -> bool {
        let after_value = self.open.as_ref().is_none_or(|open| open.bare && open.is_single() && open.filled);
        self.bare
            && after_value
            && self.fields.len() < MOST_FIELDS
            && looks_like_label(line, "")
            && !line.trim().ends_with([')', '?'])
    }

    fn start(&mut self, label: String, known: bool, value: &str, bare: bool) {
        self.close();
        let filled = !value.is_empty();
        let lines = if filled { vec![value.to_owned()] } else { Vec::new() };
        self.bare = bare;
        self.open = Some(Open { label, known, lines, filled, bare });
    }

    /// What only looked like a label belongs to the value before it.
    fn give_back(&mut self, open: &Open) {
        if open.bare
            && !open.known
            && !open.filled
            && let Some(field) = self.fields.last_mut()
        {
            field.value.extend(["\n", &open.label]);
        }
    }

    /// A blank field is absent. A field given twice: a list goes on, else the later counts.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let value = open.value();
        if layout::is_blank(&value) {
            return self.give_back(&open);
        }
        let earlier = self.fields.iter_mut().find(|f| f.known == open.known && f.label == open.label);
        match earlier {
            Some(field) if open.is_short() => field.value = value,
            Some(field) => field.value.extend(["\n", &value]),
            None => self.fields.push(Field { label: open.label, value, known: open.known }),
        }
    }
}

/// A line drawn between rows or under a heading.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '=' | '|' | '+' | ':' | '_' | ' '))
}

/// `| Label | value |` as a row of a table.
fn markdown_row(line: &str) -> Option<String> {
    let (label, value) = line.trim().strip_prefix('|')?.split_once('|')?;
    let value = value.trim().trim_end_matches('|').replace('|', " ");
    (!label.trim().is_empty()).then(|| format!("{}\t{}", label.trim(), value.trim()))
}

/// `1. Label` and `2) Label` are labels.
fn without_number(label: &str) -> &str {
    let rest = label.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = rest.len() < label.trim_start().len() && rest.starts_with(['.', ')']);
    if numbered { rest[1..].trim_start() } else { label }
}

fn without_bullet(line: &str) -> &str {
    let bullets = ["- ", "* ", "• ", "– ", "· ", "+ "];
    bullets.iter().find_map(|b| line.strip_prefix(b)).unwrap_or(line).trim_start()
}

/// Splits `Label: value` or a row of a table. The value is without markdown marks around it.
fn label_and_value(line: &str) -> Option<(&str, &str)> {
    let at = line.find([':', '：', '\t'])?;
    let (label, rest) = line.split_at(at);
    let mut rest = rest.chars();
    rest.next();
    let value = rest.as_str().trim_start_matches([':', '：']).trim();
    // `**Label:** value` leaves the marks with the value.
    let marks = label.trim_start().starts_with(['*', '_']);
    let value = if marks { value.trim_start_matches(['*', '_']).trim() } else { value };
    (label.len() <= 120).then_some((label, value))
}

/// Whether an unknown `word: words` is a field of somebody's own, not a sentence, a time or a link.
fn looks_like_label(label: &str, value: &str) -> bool {
    let shown = shown(label);
    let words = shown.split_whitespace().count();
    (1..=5).contains(&words)
        && shown.chars().count() <= 40
        && shown.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
        && !shown.contains([',', '.', '!', '/'])
        && !value.starts_with("//")
        && !matches!(fold(&shown).as_str(), "field" | "champ")
}

/// A label as written, without the marks around it.
fn shown(label: &str) -> String {
    label.trim().trim_matches(['*', '_', '-', '•', '·', ' ', '\u{a0}', '>', '#']).to_owned()
}
