//! What a character is to Unicode, as `\p{L}`, `\p{M}`, `\d`, `\w` and `(?i)` have it.
//!
//! A regular expression has a table of all of them wherever one of these stands in it, and once
//! more for each repetition: patterns for short words of any language took hundreds of megabytes.

use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;

/// `\p{L}`: what is alphabetic, but no vowel sign, no Roman figure and no letter in a circle.
pub(super) fn is_letter(c: char) -> bool {
    let circled = || {
        matches!(c, '\u{24b6}'..='\u{24e9}')
            || matches!(c, '\u{1f130}'..='\u{1f149}' | '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}')
    };
    c.is_ascii_alphabetic()
        || !c.is_ascii() && c.is_alphabetic() && !c.is_numeric() && !is_combining_mark(c) && !circled()
}

/// `\d`: a figure of any writing.
pub(super) fn is_figure(c: char) -> bool {
    static FIGURE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\d").expect("the pattern is a constant that the tests compile"));
    c.is_ascii_digit() || !c.is_ascii() && c.is_numeric() && FIGURE.is_match(c.encode_utf8(&mut [0; 4]))
}

/// `\w`: a letter, mark, figure, or what joins them.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let joins =
        matches!(c, '\u{200c}' | '\u{200d}' | '‿' | '⁀' | '⁔' | '︳' | '︴' | '﹍' | '﹎' | '﹏' | '＿');
    c.is_alphabetic() || joins || is_combining_mark(c) || is_figure(c)
}

/// One letter for all that differ only in case: simple case folding, as `(?i)` has it.
pub(super) fn caseless(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    // The Turkish letters are not the other i.
    if matches!(c, 'İ' | 'ı') {
        return c;
    }
    let upper = only(c.to_uppercase()).unwrap_or(c);
    only(upper.to_lowercase()).unwrap_or(upper)
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    first.filter(|_| chars.next().is_none())
}

/// In patterns for [`plain`] texts: the letters that stand between brackets for `\p{L}`, …
pub(super) const LETTER: &str = "A-Za-zλ年月時";
/// … and for `\p{M}`.
pub(super) const MARK: &str = "μ";

/// A text in which one letter stands for all that are not ASCII, one for all marks and one figure
/// for all figures, besides those that stand behind figures in dates and times.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { text.chars().map(plain_char).collect() }
}

fn plain_char(c: char) -> char {
    match c {
        _ if c.is_ascii() => c,
        '年' | '년' => '年',
        '月' | '월' => '月',
        '時' | '시' | '点' | '점' => '時',
        _ if is_combining_mark(c) => 'μ',
        _ if is_letter(c) => 'λ',
        // No pattern has this figure alone.
        _ if is_figure(c) => '7',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Those that both know: one may have the newer Unicode.
    fn all() -> impl Iterator<Item = char> {
        let unknown = Regex::new(r"\p{Cn}").unwrap();
        ('\0'..=char::MAX).filter(move |c| !unknown.is_match(c.encode_utf8(&mut [0; 4])))
    }

    #[test]
    fn characters_are_what_regular_expressions_take_them_for() {
        type Is = fn(char) -> bool;
        let classes: [(&str, Is); 4] =
            [(r"\p{L}", is_letter), (r"\p{M}", is_combining_mark), (r"\d", is_figure), (r"\w", is_word)];
        for (class, is) in classes {
            let class = Regex::new(class).unwrap();
            let other: Vec<char> =
                all().filter(|c| is(*c) != class.is_match(c.encode_utf8(&mut [0; 4]))).take(9).collect();
            assert!(other.is_empty(), "{class}: {other:?}");
        }
    }

    #[test]
    fn letters_that_differ_in_case_are_one_as_in_regular_expressions() {
        let mut equal: BTreeMap<char, String> = BTreeMap::new();
        all().for_each(|c| equal.entry(caseless(c)).or_default().push(c));
        let (alone, cased): (Vec<_>, Vec<_>) =
            equal.into_values().partition(|equal| equal.chars().nth(1).is_none());
        let cased_at_all: String = cased.concat();
        let any = Regex::new(&format!("(?i)[{cased_at_all}]")).unwrap();
        assert_eq!(alone.iter().find(|c| any.is_match(c)), None);
        for equal in cased {
            let one = Regex::new(&format!("(?i){}", equal.chars().next().unwrap())).unwrap();
            let found: String = one.find_iter(&cased_at_all).map(|c| c.as_str()).collect();
            assert_eq!(found, equal);
        }
    }
}
