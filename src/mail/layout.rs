//! The layouts in which websites' form programs write what somebody filled in → `Label: value`.
//!
//! Known ones, by what they have in common: a label between dashes (WPForms), above a rule
//! (Quform), above its value in a table of one column (Gravity Forms, WPForms, Fluent Forms),
//! before `=` or `=>`, all labels in one row over all values (tables of spreadsheets); a note
//! about the mail itself under all of it.

use super::fold::fold;
use super::form::FormWords;
use super::form_footer::{self as footer, is_rule};

/// Footers are no longer than so many lines.
const LONGEST_FOOTER: usize = 14;

/// The lines of a form, one way of writing for all.
pub(super) fn lines(text: &str, words: &FormWords) -> Vec<String> {
    let plain: Vec<String> = text.lines().map(|line| undressed(line, words)).collect();
    let mut lines = upright(plain, words);
    lines.truncate(end_of_answers(&lines, words));
    lines
}

/// One line, its label made plain.
fn undressed(line: &str, words: &FormWords) -> String {
    if let Some(row) = without_number_cell(line, words) {
        return row.to_owned();
    }
    let trimmed = line.trim();
    let dashed = trimmed.trim_matches(['-', '=', '—', '–']).trim();
    let framed = ["--", "==", "—"].iter().any(|mark| trimmed.starts_with(mark) && trimmed.ends_with(mark));
    if framed && !dashed.is_empty() && dashed.len() <= 120 && !dashed.contains(':') {
        return format!("{dashed}:");
    }
    for between in [" => ", " = ", " - ", " – ", " — ", " | "] {
        if let Some((label, value)) = trimmed.split_once(between)
            && !label.contains([':', '\t'])
            && words.label(label).is_some()
        {
            return format!("{label}: {value}");
        }
    }
    line.to_owned()
}

/// `4<TAB>Advisor<TAB>Amina`: a table that numbers its rows.
fn without_number_cell<'a>(line: &'a str, words: &FormWords) -> Option<&'a str> {
    let (number, row) = line.split_once('\t')?;
    let number = number.trim().trim_end_matches(['.', ')']);
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let (label, _) = row.split_once('\t')?;
    (is_number && words.label(label).is_some()).then_some(row)
}

/// A table with all labels in its first row and all values in its second, turned.
fn upright(lines: Vec<String>, words: &FormWords) -> Vec<String> {
    let is_head = |line: &String| {
        let cells: Vec<&str> = line.split('\t').collect();
        cells.len() > 1 && cells.iter().filter(|cell| words.label(cell).is_some()).count() * 2 > cells.len()
    };
    let Some(at) = lines.iter().position(is_head) else { return lines };
    let labels: Vec<&str> = lines[at].split('\t').collect();
    let rest = lines[at + 1..].join("\n");
    let values: Vec<&str> = rest.splitn(labels.len(), '\t').collect();
    // `Name<TAB>Value` over rows of two cells is a heading.
    let is_heading = labels.len() == 2 && values.last().is_some_and(|value| value.contains('\t'));
    if values.len() < labels.len() || is_heading {
        return lines;
    }
    let field = |(label, value): (&&str, &&str)| format!("{label}:\t{}", value.trim());
    let turned = labels.iter().zip(&values).map(field).collect::<Vec<_>>().join("\n");
    lines[..at].iter().cloned().chain(turned.lines().map(str::to_owned)).collect()
}

/// Where the answers end and the program speaks of the mail itself: a rule with such words
/// under it, or the words; nothing that was asked comes after them.
fn end_of_answers(lines: &[String], words: &FormWords) -> usize {
    let asks = |line: &String| {
        let label = line.split([':', '\t']).next().unwrap_or_default();
        line.len() > label.len() && words.label(label).is_some() && !footer::is_about_the_mail(line)
    };
    let (mut end, mut below) = (lines.len(), footer::Below::default());
    for at in (0..lines.len()).rev().filter(|at| !lines[*at].trim().is_empty()) {
        below.filled += 1;
        if below.filled > LONGEST_FOOTER {
            break;
        }
        if footer::begins(lines, at, &below) {
            end = at;
            below.told = true;
        } else if asks(&lines[at]) && !under_rule(lines, at) {
            break;
        }
        below.asked |= footer::is_question(&lines[at]);
    }
    end
}

/// `Date: November 3` under the rule is the mail's own, as what follows it shows.
fn under_rule(lines: &[String], at: usize) -> bool {
    let above = lines[..at].iter().rev().take(4).find(|line| is_rule(line) || line.trim().is_empty());
    above.is_some_and(|line| is_rule(line)) || lines[..at].iter().rev().take(3).any(|line| is_rule(line))
}

/// What programs write where nothing was filled in, by language.
pub(super) fn is_blank(value: &str) -> bool {
    const SAID: [&str; 24] = [
        "n/a",
        "na",
        "n.a",
        "empty",
        "none given",
        "not provided",
        "not specified",
        "no answer",
        "no response",
        "null",
        "undefined",
        "vide",
        "s/o",
        "sans objet",
        "non renseigne",
        "pas de reponse",
        "k.a",
        "keine angabe",
        "leer",
        "sin respuesta",
        "vacio",
        "vuoto",
        "لا يوجد",
        "فارغ",
    ];
    let plain = value
        .trim()
        .trim_matches(['(', ')', '[', ']', '{', '}', '<', '>', '-', '–', '—', '_', '.', '/', ' ']);
    let bracketed = value.trim().starts_with(['(', '[', '{', '<']);
    let folded = fold(plain);
    plain.is_empty()
        || SAID.contains(&folded.as_str())
        || (bracketed && matches!(folded.as_str(), "none" | "aucun" | "aucune"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_empty_is_blank_in_every_language() {
        for value in [
            "",
            "-",
            "—",
            "N/A",
            "n.a.",
            "(empty)",
            "[vide]",
            "(none)",
            "Not provided",
            "Keine Angabe",
            "{Empty}",
        ] {
            assert!(is_blank(value), "{value}");
        }
        for value in ["none", "No", "0", "Nadia", "(a) Koha"] {
            assert!(!is_blank(value), "{value}");
        }
    }
}
