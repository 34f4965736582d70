//! The line a mail program puts above what it quotes: "On … Amina wrote:".

use super::caseless_words::CaselessWords;
use super::character::{LETTER, MARK, is_figure, is_letter, plain};
use super::visible::{is_invisible, visible};
use super::wrote_words::{DAYS_AGO, PARTICLES, POSSESSIVES, PRONOUNS, QUOTING, TO_ME, WROTE, YOU};
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;

/// Lines longer than this are a person's paragraph, never a mail program's line.
pub(super) const LONGEST_LINE: usize = 400;
/// Over how many lines an attribution is wrapped at most, blank ones among them.
const MOST_LINES: usize = 6;

/// How sure an attribution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sureness {
    /// Names a time or an address: only a mail program writes so.
    Sure,
    /// "Amina wrote:" counts if quoted lines follow.
    IfQuotedFollows,
}

pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is made of constants, and the tests compile it")
}

/// One alternative a word, the longest first, so that "het geskryf" wins over "geskryf".
pub(super) fn any_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.map(|w| regex::escape(&visible(w))).collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.len()));
    words.dedup();
    words.join("|").replace(' ', r"\s")
}

/// Whether a language writes without spaces between words.
fn is_unspaced(word: &str) -> bool {
    word.chars().any(|c| {
        matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{e00}'..='\u{e7f}' | '\u{1780}'..='\u{17ff}')
    })
}

static SPACED: LazyLock<CaselessWords> = LazyLock::new(|| wrote(false));
static UNSPACED: LazyLock<CaselessWords> = LazyLock::new(|| wrote(true));
fn wrote(unspaced: bool) -> CaselessWords {
    let all = WROTE.iter().flat_map(|w| w.wrote.iter().copied());
    CaselessWords::of(all.filter(|word| is_unspaced(word) == unspaced))
}
static BEGINS: LazyLock<CaselessWords> =
    LazyLock::new(|| CaselessWords::of(WROTE.iter().flat_map(|w| w.begins.iter().copied())));
/// The day of the week, or the day, of a [`plain`] line.
static STARTS_WITH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)^(?:[{LETTER}{MARK}.]{{1,14}}[.,،、]{{0,2}}\s(?:(?:den|d\.|the|le|dnia|o)\s)?[0-9]|[{LETTER}{MARK}]{{3,14}},\s[{LETTER}]{{3,12}}\s[0-9]|[{LETTER}]{{3,10}}\s[{LETTER}]{{1,3}},\s[0-9]|[0-9])"
    ))
});
/// The date of a [`plain`] line.
static STARTS_WITH_DATE: LazyLock<Regex> = LazyLock::new(|| {
    let word = format!("[{LETTER}{MARK}]");
    regex(&format!(
        r"^[\s*>-]*(?:[0-9]{{4}}[-/.年]\s?[0-9]{{1,2}}[-/.月]\s?[0-9]{{1,2}}|[0-9]{{1,2}}[./-][0-9]{{1,2}}[./-][0-9]{{2,4}}|{word}{{2,14}}\.?,? [0-9]{{1,2}}\.? {word}{{3,12}}\.? [0-9]{{4}}|[0-9]{{1,2}}\.? {word}{{3,12}}\.? [0-9]{{4}}|{word}{{2,14}}\.?,? {word}{{3,12}} [0-9]{{1,2}},? [0-9]{{4}}|{word}{{2,14}},? [0-9]{{1,2}}[./-][0-9]{{1,2}}[./-][0-9]{{2,4}})"
    ))
});
static YEAR_FIRST: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[\s*>-]*[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}\s[^(]*<"));
static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[0-9]{1,2}\s?[:.hH∶時]\s?[0-9]{2}|[0-9]\s?(?:[aApP]\.?[mM]\b)"));
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(?:19|20|25|13|14)[0-9]{2}(?:\b|年)|[0-9]{1,2}[./-]\s?[0-9]{1,2}[./-]\s?[0-9]{2,4}")
});
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)[<(\[«]?\s?(?:mailto:)?[^\s<>()\[\]]+@[^\s<>()\[\]]+"));
static ENDS_WITH_ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[<(\[]\s?(?:mailto:)?[^<>\s()]+@[^<>\s()]+?\s?[>)\]][>)\]]?\s*[:;,]?\s*$"));
static QUOTES: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(QUOTING.iter().copied()));
/// GroupWise: `>>> Amina Haddad <amina@campus.example> 10/05/26 10:00 AM >>>`.
static GROUPWISE: LazyLock<Regex> = LazyLock::new(|| regex(r"^>>> ?[^>\s].{2,200}\d.{0,12}>>>$"));

/// How many of the first of `lines` are an attribution ("On … Amina wrote:").
pub(super) fn attribution(lines: &[&str]) -> Option<(usize, Sureness)> {
    let raw = lines.first()?;
    if raw.len() > 2 * LONGEST_LINE || !could_begin(raw) || !lines.iter().take(MOST_LINES).any(could_end) {
        return None;
    }
    let first = visible(raw);
    if first.starts_with(">>>") && first.ends_with(">>>") && GROUPWISE.is_match(&first) {
        return Some((1, Sureness::Sure));
    }
    if first.is_empty() || first.starts_with('>') {
        return None;
    }
    let starts = begins(&first);
    let most = if starts || names_first(&first, lines.get(1)) { MOST_LINES } else { 1 };
    let mut joined = String::new();
    let mut blank = 0;
    for (at, line) in lines.iter().take(most).enumerate() {
        let line = if at == 0 { first.clone() } else { visible(line) };
        blank += usize::from(line.is_empty());
        if blank > 1 || is_other(&joined, &line, lines[at.saturating_sub(1)]) {
            return None;
        }
        if line.is_empty() {
            continue;
        }
        let folded = joined.is_empty() || joined.ends_with('<') || line.starts_with('>');
        joined.push_str(if folded { "" } else { " " });
        joined.push_str(&line);
        if joined.len() > LONGEST_LINE {
            return None;
        }
        if could_end(&lines[at])
            && let Some(sureness) = sureness(&joined, starts)
        {
            return Some((at + 1, sureness));
        }
    }
    None
}

/// Whether a line begins as attributions do: "On", a day of the week, a figure.
fn begins(line: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || matches!(c, '>' | '*' | '_' | '"' | '\'' | '[' | '-');
    let line = line.trim_start_matches(mark);
    let goes_on = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | '،' | '\'' | '’');
    BEGINS.ends(line).any(|end| line[end..].starts_with(goes_on))
        || STARTS_WITH_DAY.is_match(&plain(line))
        || ["在", "於", "于", "เมื่อ", "वर"].iter().any(|word| line.starts_with(word))
        || line
            .strip_prefix('ב')
            .is_some_and(|day| day.strip_prefix(['-', '־']).unwrap_or(day).starts_with(is_figure))
}

/// A cheap look before the dear one: the line has a letter or figure early on.
fn could_begin(line: &str) -> bool {
    line.chars().take(40).any(char::is_alphanumeric)
}

/// So does an attribution end: with a colon, an address, a rule or bracket; or, without
/// any, with a word in a line that has an address.
fn could_end(line: &&str) -> bool {
    let line = line.trim_end_matches(|c: char| c.is_whitespace() || is_invisible(c));
    match line.chars().next_back() {
        Some(c) if c.is_alphabetic() => line.len() <= LONGEST_LINE && may_say_wrote(line),
        Some(c) => !c.is_ascii_digit() && !matches!(c, '.' | '?' | '!' | ',' | ';'),
        None => false,
    }
}

/// "Amina Haddad <amina@campus.example>" may be followed on the next line by "wrote on
/// 5 October 2026:", and "Amina Haddad" by her address.
fn names_first(line: &str, next: Option<&&str>) -> bool {
    is_name(line) && (has_address(line) || line.ends_with('<') || next.is_some_and(|n| n.starts_with('<')))
}

/// Whether `line` cannot go on with an attribution that so far is `joined`.
fn is_other(joined: &str, line: &str, before: &str) -> bool {
    // A `>` may be the end of a folded address, never the start of what is quoted.
    let quoted = line.starts_with('>') && !(line.starts_with(">:") || (line.len() < 40 && ends_wrote(line)));
    // What begins anew after a blank line is the attribution; the date above it is not.
    let begins_anew = !joined.is_empty() && before.trim().is_empty() && begins(line);
    quoted || begins_anew || ends_sentence(joined, line)
}

/// A sentence that ends is a person's; "10:00 a.m." and "5 oct." are none.
fn ends_sentence(joined: &str, line: &str) -> bool {
    let goes_on = || {
        let next = line.chars().find(|c| !matches!(c, '"' | '\'' | '(' | '*'));
        joined.ends_with("m.") || next.is_some_and(|c| c.is_numeric() || c.is_lowercase() || c == '<')
    };
    joined.ends_with(['!', '?']) || (joined.ends_with('.') && !line.is_empty() && !goes_on())
}

fn ends_wrote(line: &str) -> bool {
    may_say_wrote(line) && last_verb(line).is_some_and(|(_, after)| bare(after).is_empty())
}

/// A cheap look: the line's last word ends some language's "wrote".
fn may_say_wrote(line: &str) -> bool {
    static ENDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let words = WROTE.iter().flat_map(|w| w.wrote).filter_map(|w| w.rsplit(' ').next());
        words.map(visible).collect()
    });
    let last = line.rsplit(' ').next().unwrap_or_default();
    let bare = bare(last);
    let stem = bare.split(['(', '/']).next().unwrap_or_default();
    stem.len() <= 40 && ENDS.contains(stem.to_lowercase().as_str())
}

/// What stands before and after the last "wrote" of the text.
fn last_verb(text: &str) -> Option<(&str, &str)> {
    let mut found = None;
    let mut from = 0;
    while let Some(verb) = next_verb(text, from) {
        from = verb.end;
        found = Some((&text[..verb.start], &text[verb.end..]));
    }
    found
}

/// The next "wrote" of the text, whole.
fn next_verb(text: &str, from: usize) -> Option<Range<usize>> {
    let parts = |c: char| !(is_letter(c) || c.is_numeric() || matches!(c, '\'' | '’' | '-'));
    text[from..].char_indices().map(|(at, c)| (from + at, c)).find_map(|(at, c)| {
        let first = (at == 0).then(|| spaced_verb(text, at)).flatten();
        let behind = || parts(c).then(|| spaced_verb(text, at + c.len_utf8())).flatten();
        let unspaced = || UNSPACED.ends(&text[at..]).next().map(|length| at..at + length);
        first.or_else(behind).or_else(unspaced)
    })
}

/// "wrote" where a word begins, with the other gender's ending behind it: `napisał(a)`, `כתב/ה`.
fn spaced_verb(text: &str, at: usize) -> Option<Range<usize>> {
    let goes_on = |c: char| is_letter(c) || c.is_numeric() || is_combining_mark(c) || matches!(c, '@' | '.');
    let ends = SPACED.ends(&text[at..]).map(|length| at + length);
    let mut ends = ends.flat_map(|end| other_gender(&text[end..]).map(move |length| end + length));
    ends.find(|end| !text[*end..].starts_with(goes_on)).map(|end| at..end)
}

/// The lengths that such an ending may have, the longest first; nothing is one too.
fn other_gender(text: &str) -> impl Iterator<Item = usize> {
    let bracket = text.strip_prefix(char::is_whitespace).unwrap_or(text);
    let letters = bracket.strip_prefix(['(', '/']).unwrap_or_default();
    let belongs = |c: &char| is_letter(*c) || matches!(c, '-' | '/');
    let mut lengths = vec![0];
    let mut end = text.len() - letters.len();
    for c in letters.chars().take(4).take_while(belongs) {
        end += c.len_utf8();
        lengths.push(end);
        if text[end..].starts_with(')') {
            lengths.push(end + 1);
        }
    }
    lengths.into_iter().rev()
}

/// Without the punctuation and markdown around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

fn has_address(text: &str) -> bool {
    text.contains('@') && ADDRESS.is_match(text)
}

/// It names a time or a day.
fn is_timed(text: &str) -> bool {
    let text = plain(text);
    CLOCK.is_match(&text) || DAY.is_match(&text)
}

/// "Quoting Amina <…>:".
fn says_quoting(text: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || matches!(c, '*' | '_');
    let Some(said) = text.strip_suffix(':') else { return false };
    let said = said.trim_start_matches(mark);
    let whom = |end: usize| said[end..].strip_prefix(char::is_whitespace);
    QUOTES.ends(said).filter_map(whom).any(|whom| (1..=120).contains(&whom.chars().count()))
}

fn sureness(text: &str, starts: bool) -> Option<Sureness> {
    let end = text.trim_end_matches([' ', '*', '_', '"', '\'', '»']);
    let ruled = end.ends_with("--") && text.starts_with("--");
    let colon = ruled || end.ends_with([':', '៖']) || text.starts_with(':');
    let timed = is_timed(text);
    let address = has_address(text);
    let said = Said { text, starts, colon, ruled, timed, address };
    match last_verb(text) {
        Some((before, after)) => said.with_verb(before, after),
        None => said.without_verb(),
    }
}

/// What is seen of a line that may be an attribution.
struct Said<'a> {
    text: &'a str,
    /// It begins as attributions do: "On", a day of the week, a figure.
    starts: bool,
    colon: bool,
    /// It stands between rules: `---- Amina Haddad wrote ----`.
    ruled: bool,
    timed: bool,
    address: bool,
}

impl Said<'_> {
    fn with_verb(&self, before: &str, after: &str) -> Option<Sureness> {
        let tail = bare(after);
        if speaks_of_itself(before, tail) {
            return None;
        }
        let name_follows = !tail.is_empty() && (is_name(tail) || is_addressed(tail));
        let time_follows = is_timed(tail);
        let placed = tail.is_empty() || name_follows;
        let dated = self.starts && self.timed && placed;
        let named = self.address || name_follows || ends_in_name(after_figures(before));
        let sure = self.colon
            && ((dated && named)
                || (self.address && placed && !is_told(before))
                || (self.address && time_follows)
                || (time_follows && tail.len() < 80 && (is_name(before) || self.starts)))
            || (self.starts && self.address && tail.is_empty() && !is_told(before))
            || (self.ruled && placed);
        if sure {
            return Some(Sureness::Sure);
        }
        let by_somebody = self.starts || is_name(before) || is_nickname(before) || name_follows;
        let likely = (self.colon && placed && by_somebody) || (dated && tail.is_empty());
        (likely && self.text.len() < 160).then_some(Sureness::IfQuotedFollows)
    }

    /// Gmail in Japanese, Mail.ru and Yandex: `2026年10月5日(月) 10:00 Amina <amina@…>:`.
    fn without_verb(&self) -> Option<Sureness> {
        let plain = plain(self.text);
        let dated = STARTS_WITH_DATE.is_match(&plain);
        let ends_with_address = ENDS_WITH_ADDRESS.is_match(self.text);
        // A person's list of meetings has days and addresses, but no colon or time with each. Gmail
        // wrote "2013/9/13 Amina Haddad <amina@campus.example>" once.
        let dated_by_program = dated && (self.colon || CLOCK.is_match(&plain) || YEAR_FIRST.is_match(&plain));
        if ends_with_address && (dated_by_program || (self.colon && self.starts && self.timed)) {
            return Some(Sureness::Sure);
        }
        if says_quoting(self.text) {
            return Some(if ends_with_address { Sureness::Sure } else { Sureness::IfQuotedFollows });
        }
        // "05.10.26 10:00, Amina:" (Thunderbird in Ukrainian), "Missatge de Amina <amina@…> del dia dl.,
        // 5 d’oct. 2026 a les 10:00:" (Gmail in Catalan).
        let likely = self.colon && (dated || self.address) && self.timed && self.text.len() < 160;
        likely.then_some(Sureness::IfQuotedFollows)
    }
}

/// "Yesterday Karim (karim@auc.example) wrote:" is a person's sentence, for programs give the date,
/// and so is "Le lecteur omar@auc.example m'a écrit :".
fn is_told(before: &str) -> bool {
    let first = before.split_whitespace().next().unwrap_or_default();
    // The last two, since "has" may stand between: "m'a écrit".
    let mut last = before.rsplit([' ', '\'', '’']).filter(|word| !word.is_empty()).take(2);
    let to_me = last.any(|word| TO_ME.contains(&word.to_lowercase().as_str()));
    to_me || DAYS_AGO.contains(&bare(first).to_lowercase().as_str())
}

/// "On Monday at 10:00 I wrote:" is a person's sentence.
fn speaks_of_itself(before: &str, after: &str) -> bool {
    // Ben and Ella are names.
    let is_pronoun = |word: &str| word == "I" || PRONOUNS.contains(&word);
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let first = after.split_whitespace().next().unwrap_or_default();
    is_pronoun(bare(last)) || is_pronoun(bare(first))
}

/// What follows the last figure of a date or time, and the zone or half of day after it.
fn after_figures(before: &str) -> &str {
    let rest = before.rsplit(|c: char| c.is_ascii_digit()).next().unwrap_or(before);
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let zone = rest.split([' ', ',', ')']).next().unwrap_or_default();
    let is_zone =
        matches!(
            zone.to_lowercase().as_str(),
            "am" | "pm" | "a.m." | "p.m." | "uhr" | "h" | "год" | "г." | "р."
        ) || (zone.len() <= 5 && zone.chars().all(|c| c.is_ascii_uppercase()) && rest.len() > zone.len());
    if is_zone { &rest[zone.len()..] } else { rest }
}

/// A name, after a comma or one word that belongs to the date: "o godzinie 10:00 dnia Amina".
fn ends_in_name(text: &str) -> bool {
    let text = text.rsplit(',').next().unwrap_or(text).trim();
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let of_the_date = !PRONOUNS.contains(&first) && !POSSESSIVES.contains(&first);
    is_name(text)
        || YOU.contains(&text)
        || (of_the_date && first.starts_with(char::is_lowercase) && is_name(rest))
}

/// "bob wrote:"; "my colleague wrote:" is none.
fn is_nickname(before: &str) -> bool {
    let mut words = before.split_whitespace().map(bare);
    words.clone().count() <= 2 && words.all(|w| !POSSESSIVES.contains(&w.to_lowercase().as_str()))
}

/// Whoever has an address behind the name may write it as they like.
fn is_addressed(text: &str) -> bool {
    ENDS_WITH_ADDRESS.is_match(&format!("{text}>:")) && text.split(' ').count() <= 8
}

/// One to eight words, none of which begins with a small letter unless names have it so:
/// a name, with an address or without.
fn is_name(text: &str) -> bool {
    let without_address =
        if text.contains('@') { ADDRESS.replace_all(text, " ") } else { Cow::Borrowed(text) };
    let words: Vec<&str> = without_address.split_whitespace().map(bare).filter(|w| !w.is_empty()).collect();
    let fits = |word: &&str| {
        let small = word.chars().next().is_some_and(char::is_lowercase);
        !small || PARTICLES.contains(&word.to_lowercase().as_str())
    };
    let large = |word: &&str| word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    if words.is_empty() {
        return has_address(text);
    }
    words.len() <= 8 && words.iter().all(fits) && words.iter().any(large)
}

/// How the usual layouts of date, time and name begin, whose text runs up to the colon.
const LAYOUTS: [&str; 12] = ["On", "Le", "El", "Il", "Am", "Op", "Em", "W dniu", "Dne", "Den", "Pada", "Vào"];

/// How they go on to the first figure, in a [`plain`] line.
static DATED: LazyLock<Regex> = LazyLock::new(|| {
    let word = format!("[{LETTER}]{{2,10}}");
    regex(&format!(r"^ (?:{word}\.?,? )?(?:giorno |dem )?(?:{word}\.? )?[0-9]"))
});

/// No date is longer, in characters.
const DATE_READ: usize = 100;

/// "reply On Wed, Apr 4 … wrote:" → the reply and the attribution apart.
pub(super) fn shared_line(line: &str) -> Option<(&str, &str)> {
    if line.len() > 2 * LONGEST_LINE || !line.contains('@') && !line.ends_with(':') {
        return None;
    }
    let (own, said) = own_and_said(line)?;
    let sure = attribution(&[said]) == Some((1, Sureness::Sure));
    let own = own.trim_end_matches(['-', ' ']);
    (sure && !own.is_empty() && !own.starts_with('>')).then_some((own, said))
}

fn own_and_said(line: &str) -> Option<(&str, &str)> {
    let capitals = line.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
    let mut places = capitals.map(|(at, _)| line.split_at(at));
    places.find_map(|(before, said)| Some((own_part(before)?, said)).filter(|_| is_dated(said)))
}

/// What is left of it without the white space, and strokes, by which an attribution is set apart.
fn own_part(before: &str) -> Option<&str> {
    let own = before.trim_end_matches(|c: char| c.is_whitespace() || c == '-');
    let own = if own.is_empty() { &before[..=before.find('-')?] } else { own };
    before[own.len()..].contains(char::is_whitespace).then_some(own)
}

/// Whether it begins in one of those layouts, and goes on behind the date.
fn is_dated(said: &str) -> bool {
    let Some(said) = LAYOUTS.iter().find_map(|layout| said.strip_prefix(layout)) else { return false };
    let start = plain(said.char_indices().nth(DATE_READ).map_or(said, |(end, _)| &said[..end]));
    let Some(day) = DATED.find(&start) else { return false };
    let mut after = said.chars().count() - start[..day.end()].chars().count();
    for c in start[day.end()..].chars().take(31) {
        after -= 1;
        if (c.is_ascii_digit() || c == '.') && (6..=200).contains(&after) {
            return true;
        }
        if matches!(c, '.' | '!' | '?') {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(line: &str) -> Option<Sureness> {
        let lines: Vec<&str> = line.lines().collect();
        attribution(&lines).filter(|(length, _)| *length == lines.len()).map(|(_, sureness)| sureness)
    }

    /// Gmail's and Apple's layouts from what people receive; the others as the programs'
    /// translations have them.
    const SURE: &[&str] = &[
        "On Mon, Oct 5, 2026 at 10:00 AM Board <board@net.example> wrote:",
        "On Monday, October 5, 2026 at 10:00:00 AM GMT+2, Board <board@net.example> wrote:",
        "On 5 Oct 2026, at 10:00, Board <board@net.example> wrote:",
        "On 05/10/2026 10:00, Amina Haddad wrote:",
        "On 2026-10-05 10:00, Amina Haddad wrote:",
        "2013/9/13 Amina Haddad <amina@campus.example>",
        "On Mon, 2026-10-05 at 10:00 +0200, Amina Haddad wrote:",
        "Amina Haddad wrote on 05/10/2026 10:00:",
        "Amina Haddad <amina@campus.example> wrote:",
        "Amina Haddad <amina@campus.example> writes:",
        "At 2026-10-05 10:00:00, \"Amina\" <amina@campus.example> wrote:",
        "---- On Mon, 05 Oct 2026 10:00:00 +0200 Amina <amina@campus.example> wrote ----",
        "-----\"Amina Haddad\" <amina@campus.example> wrote: -----",
        "---- Amina Haddad wrote ----",
        "[On Monday, 5 October 2026 10:00, Amina <amina@campus.example> wrote:]",
        "Le lun. 5 oct. 2026 à 10:00, Board <board@net.example> a écrit :",
        "Le 05/10/2026 à 10:00, Amina Haddad a écrit :",
        "Le 5 oct. 2026 à 10:00, Board <board@net.example> a écrit :",
        "Le lundi 5 octobre 2026 à 10:00:00 UTC+2, Amina <amina@campus.example> a écrit :",
        "Amina Haddad a écrit le 05/10/2026 à 10:00 :",
        "Am Mo., 5. Okt. 2026 um 10:00 Uhr schrieb Board <board@net.example>:",
        "Am 05.10.2026 um 10:00 schrieb Amina Haddad:",
        "Am 05.10.26 um 10:00 schrieb Amina Haddad:",
        "Am Montag, dem 05.10.2026 um 10:00 +0200 schrieb Amina Haddad:",
        "El lun, 5 oct 2026 a las 10:00, Board (<board@net.example>) escribió:",
        "El 05/10/2026 a las 10:00, Amina Haddad escribió:",
        "Em seg., 5 de out. de 2026 às 10:00, Board <board@net.example> escreveu:",
        "Às 10:00 de 05/10/2026, Amina Haddad escreveu:",
        "A segunda, 5/10/2026, 10:00, Board <board@net.example> escreveu:",
        "Il giorno lun 5 ott 2026 alle ore 10:00 Board <board@net.example> ha scritto:",
        "Il 05/10/2026 10:00, Amina Haddad ha scritto:",
        "Op ma 5 okt 2026 om 10:00 schreef Board <board@net.example>:",
        "Op 05-10-2026 om 10:00 schreef Amina Haddad:",
        "Den mån 5 okt. 2026 kl 10:00 skrev Board <board@net.example>:",
        "5 okt. 2026 kl. 10:00 skrev Board <board@net.example>:",
        "Den 2026-10-05 kl. 10:00, skrev Amina Haddad:",
        "Den man. 5. okt. 2026 kl. 10.00 skrev Board <board@net.example>:",
        "Den 05.10.2026 kl. 10.00 skrev Amina Haddad:",
        "man. 5. okt. 2026 kl. 10:00 skrev Board <board@net.example>:",
        "ma 5. lokak. 2026 klo 10.00 Board (board@net.example) kirjoitti:",
        "Amina Haddad kirjoitti 5.10.2026 klo 10.00:",
        "Þann mán., 5. okt. 2026 kl. 10:00 skrifaði Board <board@net.example>:",
        "pon., 5 paź 2026 o 10:00 Board <board@net.example> napisał(a):",
        "W dniu 5.10.2026 o 10:00, Amina Haddad pisze:",
        "W dniu 05.10.2026 o 10:00 Amina Haddad pisze:",
        "po 5. 10. 2026 v 10:00 odesílatel Board <board@net.example> napsal:",
        "Dne 05. 10. 26 v 10:00 Amina Haddad napsal(a):",
        "po 5. 10. 2026 o 10:00 Board <board@net.example> napísal(a):",
        "Dňa 5. 10. 2026 o 10:00 Amina Haddad napísal(a):",
        "Board <board@net.example> ezt írta (időpont: 2026. okt. 5., H, 10:00):",
        "2026. 10. 05. 10:00 keltezéssel, Amina Haddad írta:",
        "lun., 5 oct. 2026 la 10:00, Board <board@net.example> a scris:",
        "Pe lun., 5 oct. 2026 la 10:00, Board <board@net.example> a scris:",
        "La 05.10.2026 10:00, Amina Haddad a scris:",
        "На пн, 5.10.2026 г. в 10:00 Board <board@net.example> написа:",
        "пн, 5 окт. 2026 г. в 10:00, Board <board@net.example>:",
        "05.10.2026 10:00, Amina Haddad пишет:",
        "Понедельник, 5 октября 2026, 10:00 +03:00 от Board <board@net.example>:",
        "05.10.2026, 10:00, \"Board\" <board@net.example>:",
        "пн, 5 жовт. 2026 р. о 10:00 Board <board@net.example> пише:",
        "пон, 5. окт 2026. у 10:00 Board <board@net.example> је написао/ла:",
        "pon, 5. lis 2026. u 10:00 Board <board@net.example> napisao je:",
        "Dana 05.10.2026. u 10:00, Amina Haddad piše:",
        "V V pon., 5. okt. 2026 ob 10:00 je oseba Board <board@net.example> napisala:",
        "Στις Δευ 5 Οκτ 2026 στις 10:00 π.μ., ο χρήστης Board <board@net.example> έγραψε:",
        "Στις 5/10/26 10:00, ο/η Amina Haddad έγραψε:",
        "Board <board@net.example>, 5 Eki 2026 Pzt, 10:00 tarihinde şunu yazdı:",
        "5.10.2026 10:00 tarihinde Amina Haddad yazdı:",
        "\u{202b}בתאריך יום ב׳, 5 באוק׳ 2026 ב-10:00 מאת \u{202a}Board\u{202c}\u{200f} <\u{202a}board@net.example\u{202c}\u{200f}>:\u{202c}",
        "ב-5 באוק׳ 2026, בשעה 10:00, \u{200f}Board <board@net.example> כתב/ה:",
        "في الاثنين، 5 أكتوبر 2026 في 10:00 ص Board <board@net.example> كتب:",
        "\u{202b}في الاثنين، 5 أكتوبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة \u{202a}Board\u{202c}\u{200f} <\u{202a}board@net.example\u{202c}\u{200f}>:\u{202c}",
        "على 5/10/2026 10:00، كتب Amina Haddad:",
        "در تاریخ دوشنبه ۵ اکتبر ۲۰۲۶، ۱۰:۰۰ Board <board@net.example> نوشت:",
        "सोम, 5 अक्तू॰ 2026 को 10:00 am बजे को Board <board@net.example> ने लिखा:",
        "সোম, ৫ অক্টোবর, ২০২৬ ১০:০০ AM টায় Board <board@net.example> লিখেছে:",
        "ในวันที่ จ. 5 ต.ค. 2026 เวลา 10:00 Board <board@net.example> เขียนว่า:",
        "เมื่อ 5/10/2026 เวลา 10:00 Amina Haddad เขียนว่า:",
        "Vào Th 2, 5 thg 10, 2026 vào lúc 10:00 Board <board@net.example> đã viết:",
        "Vào lúc 10:00 5/10/2026, Amina Haddad đã viết:",
        "Pada tanggal Sen, 5 Okt 2026 pukul 10.00 Board <board@net.example> menulis:",
        "Pada 5/10/2026 10:00, Amina Haddad menulis:",
        "Board <board@net.example> 于2026年10月5日周一 10:00写道：",
        "在 2026年10月5日，10:00，Board <board@net.example> 写道：",
        "在 2026/10/5 10:00, Amina Haddad 写道:",
        "在 2026-10-05 10:00:00，\"Amina\" <amina@campus.example> 写道：",
        "Board <board@net.example> 於 2026年10月5日 週一 上午10:00寫道：",
        "2026年10月5日(月) 10:00 Board <board@net.example>:",
        "2026/10/05 10:00、Board <board@net.example>のメール:",
        "2026-10-05 (月) の 10:00 +0900 に Amina Haddad さんは書きました:",
        "2026년 10월 5일 (월) 오전 10:00, Board <board@net.example>님이 작성:",
        "2026. 10. 5. 오전 10:00, Board <board@net.example> 작성:",
        "2026-10-05 10:00에 Amina Haddad 이(가) 쓴 글:",
        "Kuupäev E, 5. oktoober 2026 kell 10:00 kirjutas Board <board@net.example>:",
        "2026-10-05 10:00, Amina Haddad rašė:",
        "2026-10-05, pr, 10:00 Board <board@net.example> rašė:",
        "pirmd., 2026. g. 5. okt., plkst. 10:00 — lietotājs Board (<board@net.example>) rakstīja:",
        "El dl., 5 d’oct. 2026 a les 10:00, Board <board@net.example> va escriure:",
        "Board <board@net.example> igorleak idatzi du (2026 urr. 5, al. 10:00):",
        "O luns, 5 de out. de 2026 ás 10:00, Board <board@net.example> escribiu:",
        "Op Ma. 5 Okt. 2026 om 10:00 het Board <board@net.example> geskryf:",
        "Mnamo Jtt, 5 Okt 2026 saa 10:00 asubuhi Board <board@net.example> aliandika:",
        "Quoting Board <board@net.example>:",
        "Zitat von Board <board@net.example>:",
        ">>> Amina Haddad <amina@campus.example> 10/05/26 10:00 AM >>>",
    ];

    #[test]
    fn the_layouts_of_mail_programs_are_known_in_their_users_languages() {
        let missed: Vec<&&str> = SURE.iter().filter(|l| sure(l) != Some(Sureness::Sure)).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn what_a_person_says_of_somebody_with_an_address_is_no_sure_attribution() {
        for line in [
            "5 October 2026 Omar (omar@campus.example)",
            "Yesterday Karim (karim@auc.example) wrote:",
            "Hier Karim (karim@auc.example) a écrit :",
            "Selon amina@campus.example, voici comment faire :",
            "Le lecteur omar@campus.example m'a écrit :",
        ] {
            assert_ne!(sure(line), Some(Sureness::Sure), "{line}");
        }
    }

    #[test]
    fn an_attribution_is_found_however_it_is_wrapped() {
        let one_line = SURE.iter().filter(|l| l.contains(" <") && !l.starts_with('>'));
        let wrapped = one_line.flat_map(|l| [l.replacen(" <", "\n<", 1), l.replacen(" <", " <\n", 1)]);
        let missed: Vec<String> = wrapped.filter(|l| sure(l) != Some(Sureness::Sure)).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn a_name_that_wrote_counts_where_quoted_lines_follow() {
        for line in [
            "Amina wrote:",
            "Amina Haddad schrieb:",
            "Ο/Η Amina έγραψε:",
            "You wrote:",
            "Amina 写道：",
            "Zitat von Amina:",
        ] {
            assert_eq!(sure(line), Some(Sureness::IfQuotedFollows), "{line}");
        }
    }

    #[test]
    fn a_persons_sentence_is_no_attribution() {
        for line in [
            "On Monday at 10:00 I wrote:",
            "On Monday at 10:00 he wrote:",
            "Am Montag um 10:00 schrieb ich Folgendes:",
            "Le 5 mai 2026 à 10:00, j'ai écrit :",
            "Do you remember what Amina wrote in 2019 at 10:30:",
            "On 5 May at 10:30 the invitation was sent",
            "In the end what I have written is below:",
            "Please see what my colleague wrote:",
            "I am free on 5 October 2026 at 10:00:",
            "The times: 5 October 2026 at 10:00:",
        ] {
            assert_ne!(sure(line), Some(Sureness::Sure), "{line}");
        }
    }

    #[test]
    fn an_attribution_at_the_end_of_the_answers_line_is_split_off() {
        let line = "Yes, gladly. On Mon, Oct 5, 2026 at 10:00 AM Board <board@net.example> wrote:";
        assert_eq!(shared_line(line).map(|(own, _)| own), Some("Yes, gladly."));
        let line = "Oui. Le lun. 5 oct. 2026 à 10:00, Board <board@net.example> a écrit :";
        assert_eq!(shared_line(line).map(|(own, _)| own), Some("Oui."));
        assert_eq!(shared_line("We met On Monday, 5 October 2026, and it went well."), None);
    }

    /// The rules in one pattern each, as long as that took to compile.
    mod whole {
        use super::*;

        pub(super) fn begins() -> Regex {
            let words = any_of(WROTE.iter().flat_map(|w| w.begins.iter().copied()));
            regex(&format!(
                r"(?i)^[\s>*_\x22'\[-]*(?:(?:{words})[\s,:،'’]|[\p{{L}}\p{{M}}.]{{1,14}}[.,،、]{{0,2}}\s(?:(?:den|d\.|the|le|dnia|o)\s)?\d|[\p{{L}}\p{{M}}]{{3,14}},\s\p{{L}}{{3,12}}\s\d|[\p{{L}}]{{3,10}}\s\p{{L}}{{1,3}},\s\d|\d|在|於|于|ב[-־]?\d|เมื่อ|वर)"
            ))
        }

        pub(super) fn verb() -> Regex {
            let all = || WROTE.iter().flat_map(|w| w.wrote.iter().copied());
            let spaced = any_of(all().filter(|w| !is_unspaced(w)));
            let unspaced = any_of(all().filter(|w| is_unspaced(w)));
            regex(&format!(
                r"(?i)(?:^|[^\p{{L}}\p{{N}}'’-])((?:{spaced})(?:\s?[(/][-\p{{L}}/]{{1,4}}\)?)?)(?:$|[^\p{{L}}\p{{N}}\p{{M}}@.])|({unspaced})"
            ))
        }

        pub(super) fn shared_line() -> Regex {
            regex(
                r"^(.*?\S)[\s-]*?\s-*\s?((?:On|Le|El|Il|Am|Op|Em|W dniu|Dne|Den|Pada|Vào) (?:\p{L}{2,10}\.?,? )?(?:giorno |dem )?(?:\p{L}{2,10}\.? )?\d[^.!?]{0,30}[\d.].{6,200}$)",
            )
        }
    }

    /// Lines made of pieces of attributions, in any order.
    fn pieces() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        let piece = proptest::sample::select(vec![
            "On",
            "Le",
            "W dniu",
            "Vào",
            "am",
            "Mon,",
            "lun.",
            "5",
            "٥",
            "2026",
            "10:00",
            "10h30",
            "Oct",
            "déc.",
            "5.10.26",
            "Board",
            "<b@net.example>",
            "wrote",
            "WROTE",
            "napisał",
            "(a)",
            "/ה",
            "כתב",
            "a écrit",
            "écrit",
            "schrieb",
            "写道",
            "的邮件",
            "ב-5",
            "-",
            "--",
            " ",
            "  ",
            "\u{a0}",
            ",",
            ".",
            "?",
            ":",
            "’",
            "'",
            "(",
            ")",
            "/",
            "giorno",
            "dem",
            "je",
            "ſent",
            "K",
            "नि",
            "年",
        ]);
        let glued = proptest::collection::vec((piece, proptest::bool::weighted(0.6)), 1..14);
        glued.prop_map(|all| {
            all.iter().flat_map(|(piece, apart)| [*piece, if *apart { " " } else { "" }]).collect()
        })
    }

    proptest::proptest! {
        #[test]
        fn plain_rules_find_what_one_pattern_would(line in pieces()) {
            static BEGINS: LazyLock<Regex> = LazyLock::new(whole::begins);
            static VERB: LazyLock<Regex> = LazyLock::new(whole::verb);
            static SHARED: LazyLock<Regex> = LazyLock::new(whole::shared_line);
            let found = SHARED.captures(&line).map(|c| (c.get(1).unwrap().range(), c.get(2).unwrap().range()));
            let place = |part: &str| {
                let at = part.as_ptr() as usize - line.as_ptr() as usize;
                at..at + part.len()
            };
            proptest::prop_assert_eq!(own_and_said(&line).map(|(own, said)| (place(own), place(said))), found);
            let line = visible(&line);
            proptest::prop_assert_eq!(begins(&line), BEGINS.is_match(&line));
            let verb = VERB.captures(&line).map(|c| c.get(1).or(c.get(2)).unwrap().range());
            proptest::prop_assert_eq!(next_verb(&line, 0), verb);
        }
    }
}
