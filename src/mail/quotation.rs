//! Where a quotation begins: rules that announce it, and the header that is quoted with it.

use super::attribution::{LONGEST_LINE, any_of, regex};
use super::caseless_words::{CaselessWords, from_word};
use super::header_words::{HEADER_WORDS, HeaderWords, REPLY_ABOVE};
use super::html::{CELL, is_mark};
use super::visible::visible;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a rule is drawn with.
fn is_rule_mark(c: char) -> bool {
    matches!(c, '-' | '‐' | '‒' | '–' | '—' | '―' | '_' | '=' | '*' | '~' | '━' | '─' | '═' | '•' | '#')
}

/// No label is longer, in bytes, with the marks around it.
const LONGEST_LABEL: usize = 90;

/// Words that say "the original message follows".
static ANNOUNCED: LazyLock<CaselessWords> =
    LazyLock::new(|| CaselessWords::of(HEADER_WORDS.iter().flat_map(|w| w.announced.iter().copied())));
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    let begins = r"begin|start|anfang|beginn|d[eé]but|inicio|in[ií]cio|inizio|start på|początek|začátek|začiatok|kezdete|početak|začetek|начало|початок|έναρξη|başlangıcı|תחילת|بداية|بدء|mulai|viesti alkaa|開始|开始";
    regex(&format!("(?i)^(?:{begins})[^:]*:$|^[^:]*(?:{begins}):$"))
});
static ABOVE: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(REPLY_ABOVE.iter().copied()));

/// Those words between rules, alone or with who wrote it.
fn is_between_rules(line: &str) -> bool {
    static ENDS: LazyLock<Regex> = LazyLock::new(|| {
        let by = r"(?:\s?(?:by|from|von|de|par|da|door|av)\s.{1,80}|\s?/\s?.{1,40})?";
        let marks = r"[-‐‒–—―_=*~━─═•#]";
        regex(&format!(r"(?i)^\s?{by}\s*{marks}*\s*:?[\s\]*]*$"))
    });
    let is_lead = |c: char| c.is_whitespace() || matches!(c, '>' | '*' | '[');
    let said = line.trim_start_matches(|c| is_lead(c) || is_rule_mark(c));
    let rule = line[..line.len() - said.len()].trim_end();
    let lead = rule.trim_end_matches(is_rule_mark);
    rule[lead.len()..].chars().count() >= 2
        && lead.chars().all(is_lead)
        && ANNOUNCED.ends(said).any(|end| ENDS.is_match(&said[end..]))
}

/// The same words alone on a line: Apple's "Begin forwarded message:" by itself, others
/// above a header only.
fn stands_alone(line: &str) -> bool {
    let said = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*' | '[' | '('));
    let only_marks = |rest: &str| {
        let rest = rest.trim_start_matches([']', ')', '*']);
        let rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
        rest.strip_prefix(':').unwrap_or(rest).trim_start_matches('*').is_empty()
    };
    ANNOUNCED.ends(said).any(|end| only_marks(&said[end..]))
}

/// `----- Forwarded by Amina Haddad/Library on 05/10/2026 10:00 -----` (Notes).
fn is_of_notes(line: &str) -> bool {
    static SAYS: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(FORWARDED_BY.into_iter()));
    let ruled = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*'));
    let said = ruled.trim_start_matches('-');
    let Some(body) = said.strip_suffix("--").filter(|_| ruled.starts_with("--")) else { return false };
    let whom = |body: &str| {
        let written = body.chars().count();
        written > 0 && body.trim_end_matches('-').chars().count() <= 160
    };
    let said = body.trim_start();
    SAYS.ends(said).filter_map(|end| said[end..].strip_prefix(char::is_whitespace)).any(whom)
}

const FORWARDED_BY: [&str; 8] = [
    "forwarded by",
    "weitergeleitet von",
    "transféré par",
    "réacheminé par",
    "reenviado por",
    "inoltrato da",
    "encaminhado por",
    "doorgestuurd door",
];

fn asks_to_reply_above(line: &str) -> bool {
    static PLEASE: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(["please"].into_iter()));
    let said = from_word(line);
    let asked = PLEASE.ends(said).filter_map(|end| said[end..].strip_prefix(char::is_whitespace));
    asked.chain([said]).any(|said| ABOVE.ends(said).next().is_some())
}

/// One line that says by itself that all below it is quoted.
pub(super) fn is_separator(line: &str) -> bool {
    if line.len() > LONGEST_LINE || line.trim().len() < 6 {
        return false;
    }
    let line = visible(line);
    let ruled = line.starts_with(|c: char| !c.is_alphanumeric());
    (ruled && (is_between_rules(&line) || is_of_notes(&line)))
        || asks_to_reply_above(&line)
        || (line.ends_with(':') && stands_alone(&line) && BEGINS.is_match(&line))
}

/// "Original message" without rules says so only above a header.
pub(super) fn may_announce(line: &str) -> bool {
    line.len() <= 160 && stands_alone(&visible(line))
}

/// What a line of a quoted header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    From,
    Date,
    To,
    Subject,
}

/// What each language's words mean; where two differ, the sender's label wins, then the date's.
static LABELS: LazyLock<BTreeMap<String, Label>> = LazyLock::new(|| {
    type Words = fn(&'static HeaderWords) -> &'static [&'static str];
    let of: [(Label, Words); 4] = [
        (Label::From, |w| w.from),
        (Label::Date, |w| w.date),
        (Label::To, |w| w.to),
        (Label::Subject, |w| w.subject),
    ];
    let mut labels = BTreeMap::new();
    for (label, words) in of {
        for word in HEADER_WORDS.iter().flat_map(words) {
            labels.entry(visible(word).to_lowercase()).or_insert(label);
        }
    }
    labels
});
/// A month or day of a date, or a time: what the date of a quoted header has.
static WHEN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\d{1,2}[:.h∶]\d{2}|\b(?:19|20|25|13|14)\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"));

fn label_of(line: &str) -> Option<Label> {
    let start = &line[..line.floor_char_boundary(LONGEST_LABEL)];
    let end = start.find([':', '：'])?;
    let label = visible(&start[..end].replace(CELL, " ")).to_lowercase();
    let label = label.trim_matches(|c: char| c == ' ' || matches!(c, '>' | '*' | '_' | '•' | '|' | '"'));
    // "http://" is no label.
    let link = start[end..].starts_with("://");
    LABELS.get(label).copied().filter(|_| !link)
}

/// Whether a line is `From: somebody` with an address.
pub(super) fn names_sender(line: &str) -> bool {
    line.contains('@') && matches!(label_of(line), Some(Label::From | Label::Date))
}

/// How many of the first of `lines` are a quoted header: From, Sent, To, Subject in any
/// order. It must have a sender or a date, so that no form of ours is one.
pub(super) fn header_block(lines: &[&str]) -> Option<usize> {
    let first = lines.first().filter(|line| line.contains([':', '：']))?;
    if let Some(length) = one_line_header(first) {
        return Some(length);
    }
    let first = label_of(first)?;
    let mut seen = vec![first];
    let (mut length, mut strange, mut timed) = (1, 0, false);
    for (at, line) in lines.iter().enumerate().take(20).skip(1) {
        if line.trim().is_empty() {
            continue;
        }
        match label_of(line) {
            // A header names its sender once; Cc and Bcc are To as well.
            Some(label) if label != Label::To && seen.contains(&label) => break,
            Some(label) => {
                seen.push(label);
                length = at + 1;
                timed |= label == Label::Date && WHEN.is_match(&visible(line));
            }
            // A folded To or Subject, or a value under its label.
            None => strange += 1,
        }
        if strange > 3 || seen.len() > 8 {
            break;
        }
    }
    timed |= first == Label::Date && WHEN.is_match(&visible(lines[0]));
    let near = &lines[..length.max(2).min(lines.len())];
    let address = near.iter().any(|line| line.contains('@'));
    if !address && from_when(near) {
        return None;
    }
    is_header(first, &seen, address, timed || near.iter().any(|l| has_clock(l))).then_some(length)
}

/// "From: 10:00" is when somebody has time, and nobody's name.
fn from_when(lines: &[&str]) -> bool {
    let Some(at) = lines.iter().position(|line| label_of(line) == Some(Label::From)) else { return false };
    let value = |line: &str| {
        let value = line.split_once([':', '：']).map_or("", |(_, value)| value);
        visible(value).trim_matches(['*', '_', ' ']).to_lowercase()
    };
    let here = value(lines[at]);
    // It may stand below its label.
    let said =
        if here.is_empty() { lines.get(at + 1).map_or(here, |l| visible(l).to_lowercase()) } else { here };
    let word = |word: &str| word.len() > 1 && word.chars().any(char::is_alphabetic) && !HOURS.contains(&word);
    !said.split(|c: char| !c.is_alphabetic()).any(word) && said.contains(char::is_numeric)
}

/// What stands beside the figures of a time of day.
const HOURS: &[&str] =
    &["am", "pm", "uhr", "h", "heures", "heure", "hrs", "hours", "horas", "ore", "utc", "gmt", "cet"];

/// "From: Board <board@net.example>" and a subject, without more, are a quoted header
/// where an answer stands above them; at the top of a mail they may be a form's.
pub(super) fn is_short_header(lines: &[&str]) -> bool {
    lines.first().is_some_and(|l| names_sender(l) && label_of(l) == Some(Label::From))
        && lines.iter().skip(1).take(4).any(|l| label_of(l) == Some(Label::Subject))
}

fn has_clock(line: &str) -> bool {
    line.len() <= LONGEST_LINE && WHEN.is_match(&visible(line))
}

fn is_header(first: Label, seen: &[Label], address: bool, timed: bool) -> bool {
    let has = |label| seen.contains(&label);
    (has(Label::From)
        && has(Label::Date)
        && (has(Label::To) || has(Label::Subject) || address)
        && (address || timed))
        || (has(Label::From)
            && has(Label::To)
            && has(Label::Subject)
            && (address || timed || first == Label::From))
        || (first == Label::Date && has(Label::To) && address)
}

/// All labels on one line: some programs lose the line ends.
fn one_line_header(line: &str) -> Option<usize> {
    static INNER: LazyLock<Regex> = LazyLock::new(|| {
        let words = HEADER_WORDS.iter().flat_map(|w| w.date.iter().chain(w.to).chain(w.subject).copied());
        regex(&format!(r"(?i)\s[*_]*(?:{})\s?[*_]*\s?:", any_of(words)))
    });
    if line.len() > 2 * LONGEST_LINE || label_of(line) != Some(Label::From) {
        return None;
    }
    let line = visible(line);
    // Each of the others has its colon, too.
    (line.matches(':').count() >= 2
        && INNER.find_iter(&line).count() >= 2
        && (line.contains('@') || WHEN.is_match(&line)))
    .then_some(1)
}

/// Under a line that only Outlook draws, a header is one whatever its language: the first
/// two lines are labels with values.
pub(super) fn looks_like_header(lines: &[&str]) -> bool {
    let labelled = |line: &&&str| {
        let line = visible(line).replace(CELL, " ");
        line.split_once(':').is_some_and(|(label, value)| {
            (1..=30).contains(&label.chars().count())
                && label.split(' ').count() <= 4
                && !value.trim().is_empty()
        })
    };
    let filled = lines.iter().filter(|l| !l.trim().chars().all(|c| c.is_whitespace() || is_mark(c)));
    filled.take(2).filter(labelled).count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_is_announced_between_rules_in_every_language() {
        for words in HEADER_WORDS {
            for announced in words.announced {
                let line = format!("-------- {announced} --------");
                assert!(is_separator(&line), "{}: {line}", words.language);
            }
        }
        for line in [
            "Begin forwarded message:",
            "Début du message réexpédié :",
            "Anfang der weitergeleiteten Nachricht:",
            "------------------\u{a0}原始邮件\u{a0}------------------",
            "━━━Thư gốc━━━",
            "---------------------- Forwarded by Amina Haddad/Library on 05/10/2026 10:00 ---------------------------",
            "##- Please type your reply above this line -##",
        ] {
            assert!(is_separator(line), "{line}");
        }
        for line in
            ["------", "-- original thinking --", "The original message was lost:", "Original message"]
        {
            assert!(!is_separator(line), "{line}");
        }
    }

    #[test]
    fn when_somebody_has_time_is_no_quoted_header() {
        for words in HEADER_WORDS {
            let (from, date, to) = (words.from[0], words.date[0], words.to[0]);
            for (begins, ends) in
                [("10:00", "12:00"), ("10 am", "noon"), ("14h30", "16h"), ("١٠:٠٠", "١٢:٠٠")]
            {
                let block = format!("{date}: 5/10/2026\n{from}: {begins}\n{to}: {ends}");
                let lines: Vec<&str> = block.lines().collect();
                assert_eq!(header_block(&lines), None, "{}: {block}", words.language);
            }
        }
    }

    #[test]
    fn a_quoted_header_is_known_in_every_language_and_dress() {
        for words in HEADER_WORDS {
            let (from, date, to, subject) = (words.from[0], words.date[0], words.to[0], words.subject[0]);
            for block in [
                format!(
                    "{from}: Board <board@net.example>\n{date}: 05.10.2026 10:00\n{to}: Leila\n{subject}: x"
                ),
                format!("*{from} :* Board\n*{date} :* 05.10.2026 10:00\n*{to} :* Leila\n*{subject} :* x"),
                format!(
                    "{date}\u{a0}: 2026-10-05\n{from}\u{a0}:\tBoard <board@net.example>\n{subject}\u{a0}: x"
                ),
                format!("{from}: Board <board@net.example> {date}: 05.10.2026 {to}: Leila {subject}: x"),
            ] {
                let lines: Vec<&str> = block.lines().collect();
                assert!(header_block(&lines).is_some(), "{}: {block}", words.language);
            }
        }
    }

    #[test]
    fn a_form_and_a_persons_labels_are_no_header() {
        for text in [
            "Date: Tuesday\nTopic: Koha\nComments: none",
            "Date: 2026-10-05\nMinutes: 40\nSujet : Koha\nCommentaires : aucun",
            "Name: Leila\nEmail: leila@campus.example\nInstitution: Campus\nIssue: Koha",
            "From: Cairo\nTo: Paris",
            "From: the reading room\nSubject: books",
            "التاريخ: 2026-10-05\nالموضوع: كوها",
            "To: everybody\nSubject: thanks",
        ] {
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(header_block(&lines), None, "{text}");
        }
    }
}
