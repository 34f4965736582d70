//! A line as its reader sees it: what cannot be seen is taken out before anything is compared.

use super::fold::is_unseen;
use unicode_normalization::UnicodeNormalization;

/// What is not seen when words are compared, and two characters without width that
/// programs put between words.
pub(super) fn is_invisible(c: char) -> bool {
    is_unseen(c) || matches!(c, '\u{180e}' | '\u{34f}')
}

/// The line with one kind of space and of full stop, colon and figure (NFKC makes the
/// full-width ones and the no-break space plain), without what is not seen.
pub(super) fn visible(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    if line.is_ascii() {
        line.split_ascii_whitespace().for_each(|word| push_word(&mut out, word));
        return out;
    }
    let seen: String = line.nfkc().filter(|c| !is_invisible(*c)).collect();
    seen.split_whitespace().for_each(|word| push_word(&mut out, word));
    out
}

fn push_word(out: &mut String, word: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

/// The line as it is kept: plain spaces, and nothing unseen at its ends, where it would
/// stand between a word and whoever looks for it. Inside, joiners and direction marks
/// belong to the writing.
pub(super) fn kept(line: &str) -> String {
    let unseen = |c: char| is_invisible(c) || c.is_whitespace();
    let end = line.trim_end_matches(unseen);
    let start = end.trim_start_matches(is_invisible);
    let spaced = start.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{ad}'));
    spaced.map(|c| if is_wide_space(c) { ' ' } else { c }).collect()
}

fn is_wide_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}' | '\u{3000}') || matches!(c, '\u{2000}'..='\u{200a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_does_not_tell_lines_apart() {
        assert_eq!(
            visible("\u{202b}Le lundi\u{a0}5,  Amina a écrit\u{a0}: \u{200f}"),
            "Le lundi 5, Amina a écrit :"
        );
        assert_eq!(visible("＞ 発件人："), "> 発件人:");
        assert_eq!(visible("e\u{301}crit"), "écrit");
    }

    #[test]
    fn a_kept_line_has_its_words_at_its_ends_and_its_joiners_inside() {
        assert_eq!(kept("\u{feff}\u{200f}أوافق\u{202c}\u{a0}"), "أوافق");
        assert_eq!(kept("می\u{200c}خواهم 👩\u{200d}🏫"), "می\u{200c}خواهم 👩\u{200d}🏫");
        assert_eq!(kept("OUI\u{a0}!\u{200b}"), "OUI !");
        assert_eq!(kept("  - indented"), "  - indented");
    }
}
