//! Words written the other way than the letter: a Latin name in an Arabic sentence.
//!
//! Beside Arabic, the marks and figures around such words would be shown in the wrong order. So
//! they stand in a *first strong isolate* (UAX #9 §2.4.2): by two characters that are not seen in
//! the text part and in the subject, by `<bdi>` in HTML. People's own words cannot hold
//! either character: they are dropped with what else could hide something.

/// Begins an isolate, FSI.
pub const OPENS: char = '\u{2068}';
/// Ends it, PDI.
pub const CLOSES: char = '\u{2069}';

/// The way a language is written, as HTML's `dir` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    /// `rtl`; all else is `ltr`.
    pub fn named(name: &str) -> Self {
        if name == "rtl" { Self::RightToLeft } else { Self::LeftToRight }
    }

    /// The text isolated, if it holds words that are written the other way.
    pub fn isolate(self, text: &str) -> String {
        match self.holds_other(text) {
            true => format!("{OPENS}{text}{CLOSES}"),
            false => text.to_owned(),
        }
    }

    /// The words from the first to the last that are written the other way, isolated, with
    /// what stands beside them and has no letters: `عولج K7Q2M`.
    pub fn isolate_within(self, text: &str) -> String {
        if !self.holds_other(text) {
            return text.to_owned();
        }
        let words: Vec<&str> = text.split(' ').collect();
        let other = |word: &&str| word.chars().any(|c| self.is_other(c));
        let own = |word: &&str| word.chars().any(|c| c.is_alphabetic() && !self.is_other(c));
        let ends = words.iter().position(other).zip(words.iter().rposition(other));
        let Some((first, last)) = ends else { return text.to_owned() };
        let first = words[..first].iter().rposition(own).map_or(0, |at| at + 1);
        let last = words[last..].iter().skip(1).position(own).map_or(words.len(), |more| last + 1 + more);
        let inside = format!("{OPENS}{}{CLOSES}", words[first..last].join(" "));
        let parts =
            words[..first].iter().copied().chain([inside.as_str()]).chain(words[last..].iter().copied());
        parts.collect::<Vec<_>>().join(" ")
    }

    /// ASCII beside itself, which is most of it, is not looked at letter by letter.
    fn holds_other(self, text: &str) -> bool {
        !(self == Self::LeftToRight && text.is_ascii()) && text.chars().any(|c| self.is_other(c))
    }

    fn is_other(self, c: char) -> bool {
        c.is_alphabetic() && is_right_to_left(c) != (self == Self::RightToLeft)
    }
}

/// The letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
pub fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Lines of one text that was wrapped: an isolate that a line end cut in two becomes two.
pub fn closed_at_line_ends(lines: Vec<String>) -> Vec<String> {
    if !lines.iter().any(|line| line.contains(OPENS)) {
        return lines;
    }
    let mut open = false;
    let close = |line: String| {
        let begins = line.len() - line.trim_start().len();
        let line = if open { format!("{}{OPENS}{}", &line[..begins], &line[begins..]) } else { line };
        open = line.chars().rev().find(|c| matches!(*c, OPENS | CLOSES)) == Some(OPENS);
        if open { format!("{line}{CLOSES}") } else { line }
    };
    lines.into_iter().map(close).collect()
}

/// The text of an HTML page with its isolates as elements.
pub fn elements(html: &str) -> String {
    html.replace(OPENS, "<bdi>").replace(CLOSES, "</bdi>")
}

/// The text without the marks of isolates.
pub fn without(text: &str) -> String {
    text.replace([OPENS, CLOSES], "")
}

#[cfg(test)]
mod tests {
    use super::Direction::{LeftToRight, RightToLeft};
    use super::*;

    #[test]
    fn what_is_written_the_other_way_is_isolated() {
        assert_eq!(RightToLeft.isolate("Amina, AUC"), "\u{2068}Amina, AUC\u{2069}");
        assert_eq!(RightToLeft.isolate("أمينة حداد"), "أمينة حداد");
        assert_eq!(RightToLeft.isolate("2026-12-15"), "2026-12-15");
        assert_eq!(LeftToRight.isolate("أمينة"), "\u{2068}أمينة\u{2069}");
        assert_eq!(LeftToRight.isolate("Amina"), "Amina");
        assert_eq!(RightToLeft.isolate_within("إزالة Karim Nasr"), "إزالة \u{2068}Karim Nasr\u{2069}");
        assert_eq!(RightToLeft.isolate_within("إزالة كريم"), "إزالة كريم");
        assert_eq!(RightToLeft.isolate_within("سؤال 3 Koha ! أيضا"), "سؤال \u{2068}3 Koha !\u{2069} أيضا");
    }

    #[test]
    fn an_isolate_ends_with_its_line_and_begins_again_on_the_next() {
        let lines = ["- سؤال \u{2068}The American", "  University\u{2069} في", "  القاهرة"]
            .map(str::to_owned)
            .to_vec();
        let closed = closed_at_line_ends(lines);
        assert_eq!(
            closed,
            ["- سؤال \u{2068}The American\u{2069}", "  \u{2068}University\u{2069} في", "  القاهرة"]
        );
    }
}
