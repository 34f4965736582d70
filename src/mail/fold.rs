//! Comparing what people type: the same word in any dress.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Lower case, without accents, extra spaces, markdown marks, a bullet before, or a
/// colon, full stop or question mark at the end; letters as [`letters`] has them.
pub fn fold(text: &str) -> String {
    let plain: String = letters(text).chars().filter(|c| !is_markdown(*c)).collect();
    let out = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    without_bullet(&out).trim_end_matches([':', '.', '。', '?', '؟', ' ']).to_owned()
}

/// Letters alone, all else left as it is: lower case, without accents and without what is
/// not seen; quotation marks, hyphens and figures of one kind. Arabic without vowel marks
/// and tatweel, hamza forms, ى/ي/ی, ة/ه and ک/ك equal.
pub fn letters(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii() {
            true => out.push(c.to_ascii_lowercase()),
            false => push_letters(&mut out, c),
        }
    }
    out
}

/// What is left of one character (NFKD). Those that it would change places with are marks, and dropped.
fn push_letters(out: &mut String, c: char) {
    let push = |c: char| {
        if !is_dropped(c) {
            // Lower case may bring marks of its own: `İ` is `i` and a dot.
            c.to_lowercase().for_each(|c| {
                decompose_compatible(c, |c| {
                    if !is_dropped(c) {
                        push_folded(out, c)
                    }
                });
            });
        }
    };
    decompose_compatible(c, push);
}

fn is_markdown(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '#' | '~')
}

/// Accents, the tatweel, and characters that are not seen.
fn is_dropped(c: char) -> bool {
    !c.is_ascii() && (is_combining_mark(c) || c == '\u{640}' || is_unseen(c))
}

/// Joiners, soft hyphens, and the marks of the writing direction (UAX #9 §2) that programs put
/// around what is written the other way.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

fn push_folded(out: &mut String, c: char) {
    match c {
        'ß' => out.push_str("ss"),
        'œ' => out.push_str("oe"),
        'æ' => out.push_str("ae"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' | 'ð' => out.push('d'),
        'ı' => out.push('i'),
        '’' | '‘' | '´' | 'ʼ' => out.push('\''),
        '“' | '”' | '«' | '»' | '„' => out.push('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '−' => out.push('-'),
        'ى' | 'ی' => out.push('ي'),
        'ک' => out.push('ك'),
        'ة' => out.push('ه'),
        'ٱ' => out.push('ا'),
        '\u{660}'..='\u{669}' => out.push(figure(c, 0x660)),
        '\u{6f0}'..='\u{6f9}' => out.push(figure(c, 0x6f0)),
        _ => out.push(c),
    }
}

fn figure(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

fn without_bullet(text: &str) -> &str {
    let rest = text.trim_start_matches(['•', '·', '‣', '◦', '▪', '●', '○', '>', '+']);
    rest.strip_prefix("- ").unwrap_or(rest).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn characters_are_folded_one_by_one_as_they_would_be_together(
            text in r"[a-zA-ZÀ-ÿĀ-ſͰ-Ͽᾀ-ῼא-٩ﬀ-ﻼ각-힣\u{300}-\u{36f}\u{64b}-\u{655}\u{591}-\u{5c7} .,\PC]{0,40}",
        ) {
            use unicode_normalization::UnicodeNormalization;
            let plain: String = text.nfkd().filter(|c| !is_dropped(*c)).flat_map(char::to_lowercase).collect();
            let mut together = String::new();
            plain.nfkd().filter(|c| !is_dropped(*c)).for_each(|c| push_folded(&mut together, c));
            proptest::prop_assert_eq!(letters(&text), together);
        }
    }

    #[test]
    fn ascii_is_folded_as_it_would_be_among_other_letters() {
        let ascii: String = (0..128_u8).map(char::from).collect();
        assert_eq!(letters(&format!("{ascii}é")), format!("{}e", letters(&ascii)));
    }

    #[test]
    fn dress_does_not_tell_words_apart() {
        for (written, wanted) in [
            ("J’ACCEPTE", "j'accepte"),
            ("  **Établissement  :**", "etablissement"),
            ("- Time   zone:", "time zone"),
            ("_Accept_.", "accept"),
            ("• Préférés", "preferes"),
            ("Straße", "strasse"),
            ("TÜRKİYE", "turkiye"),
        ] {
            assert_eq!(fold(written), wanted, "{written:?}");
        }
    }

    #[test]
    fn arabic_is_compared_without_vowel_marks_tatweel_and_hamza_forms() {
        assert_eq!(fold("مُوَافِقَة"), fold("موافقه"));
        assert_eq!(fold("أوافـــق"), fold("اوافق"));
        assert_eq!(fold("على"), fold("علي"));
        assert_eq!(fold("مسؤول الإعارة"), fold("مسوول الاعاره"));
        assert_eq!(fold("ﻻ"), fold("لا"), "a presentation form");
        assert_eq!(fold("هل تم اللقاء؟ :"), fold("هل تمّ اللقاء"));
        assert_eq!((fold("٢").as_str(), fold("۲").as_str()), ("2", "2"));
    }

    #[test]
    fn marks_of_the_writing_direction_are_not_there() {
        for mark in
            ['\u{200e}', '\u{200f}', '\u{61c}', '\u{202b}', '\u{202c}', '\u{2067}', '\u{2069}', '\u{200c}']
        {
            assert_eq!(fold(&format!("{mark}أق{mark}بل{mark}")), "اقبل", "{mark:?}");
        }
    }
}
