//! What stands under a mail without being part of it: signatures and footers.

use super::attribution::{any_of, regex};
use super::html::CELL;
use super::signature_words::{
    ANTIVIRUS, APOLOGIES, BANNERS, CLOSINGS, DEVICES, EXTERNAL, LIST_FOOTERS, NOTICE_BEGINS, NOTICE_HEADS,
    NOTICE_WORDS, PRINTING, SENT_FROM, SENT_FROM_ENDS,
};
use super::visible::visible;
use regex::Regex;
use std::sync::LazyLock;

/// Longer lines are paragraphs that somebody wrote.
const LONGEST: usize = 400;

/// The lines of one stretch of the person's own text that are neither banner, signature
/// nor footer. Only the first stretch of a mail has a banner above it.
pub(super) fn without_footers<'a>(lines: &[&'a str], first: bool) -> Vec<&'a str> {
    let start = if first { after_banners(lines) } else { 0 };
    let end = end_of_text(&lines[start..], first);
    lines[start..start + end].iter().copied().filter(|line| !is_mobile(line)).collect()
}

/// A line that a mail program adds by itself: "Sent from my …".
pub(super) fn is_mobile(line: &str) -> bool {
    static STARTS: LazyLock<Regex> = LazyLock::new(|| {
        let starts = any_of(SENT_FROM.iter().flat_map(|(_, starts)| starts.iter().copied()));
        regex(&format!(r"(?i)^[\s*_>\[(\x22“«|~-]*(?:{starts})"))
    });
    static ENDS: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"(?i)(?:{})\W*$", any_of(SENT_FROM_ENDS.iter().copied()))));
    if line.len() > LONGEST || line.trim().len() < 6 {
        return false;
    }
    let line = visible(line);
    let line = if line.contains("http") { without_links(&line) } else { line };
    let words = line.split(' ').count();
    if words > 16 {
        return false;
    }
    let marked = STARTS.is_match(&line) || ENDS.is_match(&line);
    marked && line.chars().count() <= 140 && !is_sentence(&line, words)
}

/// "Sent from my desk, it is much easier than my phone." is a person's sentence.
fn is_sentence(line: &str, words: usize) -> bool {
    let lower = line.to_lowercase();
    let apologises = APOLOGIES.iter().any(|word| lower.contains(word));
    let device = names_a_device(&lower);
    let possessive = lower.contains("from my ") || lower.contains("de mon ") || lower.contains("von meinem ");
    let brand =
        line.split(' ').next_back().is_some_and(|word| word.starts_with(char::is_uppercase)) && words <= 6;
    let bare = !(device || brand || (possessive && words <= 8));
    let runs_on = (lower.contains(", ") && !apologises) || lower.ends_with(['?', ',']);
    bare || runs_on || (lower.ends_with('.') && words > 5 && !device)
}

fn names_a_device(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.any(|word| DEVICES.iter().any(|d| word == *d || (d.len() > 3 && word.starts_with(d))))
        || DEVICES.iter().any(|d| (!d.is_ascii() || *d == "phone") && line.contains(d))
        || line.contains("mobil")
}

fn without_links(line: &str) -> String {
    static LINK: LazyLock<Regex> = LazyLock::new(|| regex(r"[<(\[]?https?://[^\s>)\]]+[>)\]]?"));
    LINK.replace_all(line, "").trim().to_owned()
}

/// RFC 3676 §4.3: `-- ` alone on a line; without the space it is one too.
fn is_strict_delimiter(line: &str) -> bool {
    line.trim() == "--"
}

/// What people make of the delimiter: rules of any length and stroke.
fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    let strokes = line.chars().filter(|c| !c.is_whitespace());
    !line.is_empty()
        && line != "-"
        && line.chars().all(|c| matches!(c, '-' | '–' | '—' | '_' | '=' | '*' | ' '))
        && (strokes.count() >= 2 || line == "—")
}

/// How many of the first lines a receiving system put there, because the mail came from
/// elsewhere. A long banner is wrapped: it goes on to the next blank line.
fn after_banners(lines: &[&str]) -> usize {
    let mut at = 0;
    let mut wrapped = false;
    for (number, line) in lines.iter().enumerate().take(24) {
        let banner = is_banner(line);
        if !banner && !line.trim().is_empty() && !wrapped && !is_delimiter(line) {
            break;
        }
        wrapped = !line.trim().is_empty() && (wrapped || banner) && line.chars().count() >= 50 && !ends(line);
        at = if is_delimiter(line) && at == 0 { 0 } else { number + 1 };
    }
    at
}

fn ends(line: &str) -> bool {
    line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | ']' | CELL))
        .ends_with(['.', '!', '。'])
}

/// A line that a receiving system puts above mail from elsewhere.
fn is_banner(line: &str) -> bool {
    static EXTERNAL_LINE: LazyLock<Regex> = LazyLock::new(|| {
        let caution = r"(?:caution|warning|attention|achtung|warnung|hinweis|precaución|atención|advertencia|atenção|attenzione|avviso|let op|waarschuwing|varning|obs|advarsel|varoitus|uwaga|upozornění|pozor|внимание|увага|προσοχή|dikkat|זהירות|تنبيه|تحذير|注意|警告|주의)";
        regex(&format!(
            r"(?i)^\W*(?:{caution}\W+)?(?:{})\W*$|^\W*{caution}\W+(?:{})\b.{{0,300}}$",
            any_of(EXTERNAL.iter().copied()),
            any_of(EXTERNAL.iter().copied())
        ))
    });
    if line.len() > 2 * LONGEST || line.trim().is_empty() {
        return false;
    }
    static SAYS: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!("(?i){}", any_of(BANNERS.iter().copied()))));
    let line = visible(line);
    let says = SAYS.is_match(&line);
    // "EXT" and the like are systems' only between brackets or rules, or in capital letters.
    says || (EXTERNAL_LINE.is_match(&line) && line.chars().count() >= 3)
}

/// How many of `lines` come before the signature and the footers under it. Only a mail's
/// first stretch must have words before them: a program may put them under the quotation.
fn end_of_text(lines: &[&str], first: bool) -> usize {
    let ends = |at: &usize| {
        let (line, rest) = (lines[*at], &lines[at + 1..]);
        let starts_paragraph = *at == 0 || lines[at - 1].trim().is_empty();
        is_strict_delimiter(line) && filled(rest).take(31).count() <= 30
            || is_delimiter(line) && (*at > 0 || !first) && looks_signed(rest)
            || is_footer(&lines[*at..], starts_paragraph)
            || starts_paragraph && (*at > 0 || !first) && is_card(&lines[*at..]) && !announced(&lines[..*at])
    };
    let end = (0..lines.len()).find(ends).unwrap_or(lines.len());
    end_of_name(&lines[..end])
}

/// Whether what begins here was put under the mail by its sender's system or by a list.
fn is_footer(lines: &[&str], starts_paragraph: bool) -> bool {
    let line = lines[0];
    if is_footer_rule(line) {
        return lines[1..].iter().take(4).any(|l| is_list_footer(l) || names_list(l))
            || filled(&lines[1..]).next().is_some_and(is_list_footer);
    }
    if line.trim().is_empty() {
        return false;
    }
    (starts_paragraph && (is_notice(lines) || is_list_footer(line))) || is_service_line(line)
}

fn is_list_footer(line: &str) -> bool {
    static FOOTERS: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!("(?i){}", any_of(LIST_FOOTERS.iter().copied()))));
    line.len() <= 2 * LONGEST && line.len() >= 8 && FOOTERS.is_match(&visible(line))
}

/// "discuss mailing list", alone under a rule.
fn names_list(line: &str) -> bool {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?i)(?:mailing list|liste de diffusion|mailingliste|lista de correo|mailing-?lista)$|abuse@")
    });
    line.len() <= LONGEST && NAMES.is_match(line.trim())
}

/// Who looked for viruses, and who asks to spare paper.
fn is_service_line(line: &str) -> bool {
    static VIRUSES: LazyLock<Regex> = LazyLock::new(|| {
        let names = any_of(ANTIVIRUS.iter().copied());
        let virus = "vir|вирус|vír|ιό|فيروس|病毒|ウイルス|바이러스";
        regex(&format!(
            "(?i)(?:{names}).*(?:{virus})|(?:{virus}).*(?:{names})|mail has been (?:scanned|checked)|message has been (?:scanned|checked)|no virus found|virus-free|virenfrei|^_{{10}} information from eset"
        ))
    });
    static PRINTED: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!("(?i){}", any_of(PRINTING.iter().copied()))));
    if line.len() > LONGEST || line.len() < 8 {
        return false;
    }
    let line = visible(line);
    VIRUSES.is_match(&line) || PRINTED.is_match(&line)
}

/// A notice of confidentiality: a paragraph that begins as such notices do and has two of
/// their words.
fn is_notice(lines: &[&str]) -> bool {
    static HEADS: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"(?i)^\W*(?:{})", any_of(NOTICE_HEADS.iter().copied()))));
    static BEGINS: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"(?i)^\W*(?:{})", any_of(NOTICE_BEGINS.iter().copied()))));
    let first = lines[0].get(..lines[0].floor_char_boundary(LONGEST)).map(visible).unwrap_or_default();
    let headed = HEADS.is_match(&first);
    if !headed && !BEGINS.is_match(&first) {
        return false;
    }
    let paragraph = lines.iter().take_while(|l| !l.trim().is_empty()).take(if headed { 12 } else { 8 });
    let text: String = paragraph.flat_map(|l| [&l[..l.floor_char_boundary(1_000)], " "]).collect();
    let lower = visible(&text).to_lowercase();
    headed || (lower.len() >= 40 && NOTICE_WORDS.iter().filter(|w| lower.contains(*w)).take(2).count() == 2)
}

/// A closing and a name may end a person's text; what stands below them by which to reach
/// somebody is a visiting card.
fn end_of_name(lines: &[&str]) -> usize {
    let from = lines.len().saturating_sub(24);
    let found = (from..lines.len()).rev().find(|at| is_closing(lines[*at]));
    let Some(closing) = found.filter(|at| *at > 0) else { return lines.len() };
    let below: Vec<usize> = (closing + 1..lines.len()).filter(|at| !lines[*at].trim().is_empty()).collect();
    let named = below.first().is_some_and(|at| is_name(lines[*at].trim()));
    let card: Vec<&str> = below.iter().skip(usize::from(named)).map(|at| lines[*at].trim()).collect();
    let is_card = (1..=16).contains(&card.len())
        && card.iter().all(|l| l.chars().count() <= 120 && !is_postscript(l))
        && card.iter().any(|l| is_contact(l));
    match (is_card, named) {
        (true, true) => below[0] + 1,
        (true, false) => closing + 1,
        _ => lines.len(),
    }
}

fn is_postscript(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["ps", "p.s", "p. s", "n.b", "nb:", "ps:", "p-s"].iter().any(|ps| lower.starts_with(ps))
}

/// Whether a line ends a letter: "Best regards,", in many languages.
pub(super) fn is_closing(line: &str) -> bool {
    static CLOSES: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"(?i)^\W*(?:{})\W*$", any_of(CLOSINGS.iter().copied()))));
    line.len() <= 120 && CLOSES.is_match(&visible(line))
}

fn filled<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty())
}

fn is_footer_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 8 && line.chars().all(|c| matches!(c, '_' | '-' | '='))
}

/// What follows a rule is a signature if it is short and either says how to reach
/// somebody or is no more than a name and a title. A person's own words may follow too.
fn looks_signed(rest: &[&str]) -> bool {
    let lines: Vec<&str> = filled(rest).take(13).collect();
    let short = lines.len() <= 12 && lines.iter().all(|l| l.chars().count() <= 80);
    let reachable = lines.iter().any(|l| is_contact(l));
    let named = lines.len() <= 4
        && lines.iter().all(|l| l.split_whitespace().count() <= 5 && !l.ends_with(['.', '?', ':']))
        && lines.iter().any(|l| is_name(l));
    short && (reachable || named || lines.is_empty() || lines.iter().all(|l| is_delimiter(l)))
}

/// A visiting card as the last paragraph: a full name, then at least two lines by which
/// to reach its owner. Rows of a table are none: forms look like that.
fn is_card(lines: &[&str]) -> bool {
    let card: Vec<&str> = lines.iter().map(|l| l.trim()).take_while(|l| !l.is_empty()).take(9).collect();
    let last = lines[card.len()..].iter().all(|l| l.trim().is_empty());
    let words: Vec<&str> = card.first().map(|l| l.split_whitespace().collect()).unwrap_or_default();
    last && (3..=8).contains(&card.len())
        && words.len() >= 2
        && is_name(card[0])
        && words.iter().all(|w| w.starts_with(|c: char| !c.is_lowercase()))
        && card.iter().all(|l| l.chars().count() <= 70 && !l.contains(CELL))
        && card[1..].iter().filter(|l| is_contact(l)).count() >= 2
}

/// "You can reach her here:" makes what follows a part of the mail.
fn announced(before: &[&str]) -> bool {
    before.iter().rev().find(|l| !l.trim().is_empty()).is_some_and(|l| l.trim_end().ends_with([':', '：']))
}

/// Two to four words that begin with capital letters, or one after a rule.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && words.iter().all(|w| w.starts_with(|c: char| c.is_alphabetic()) && !w.ends_with([':', '?', '!']))
        && words.iter().filter(|w| w.starts_with(|c: char| !c.is_lowercase())).count() * 2 >= words.len()
}

/// An address, a link or a telephone number.
fn is_contact(line: &str) -> bool {
    static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\S{0,20}\s?\S+@\S+\.\S+$|www\.|https?://|\+?\(?\d[\d\s().-]{6,}\d")
            .expect("the pattern is a constant that the tests compile")
    });
    line.chars().count() <= 100 && CONTACT.is_match(line)
}
