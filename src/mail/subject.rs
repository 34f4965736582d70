//! A subject: what mail programs and lists write before it, and the rest.

use super::fold::{fold, is_unseen};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a prefix says of its mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    Answer,
    Forward,
    /// `VS:` answers in Finnish and Estonian, and forwards in Danish and Norwegian.
    Either,
    /// `Att:` names a reader.
    Address,
}

use Prefix::{Address, Answer, Either, Forward};

/// By language. To teach a language, add its prefixes here; no other code changes.
#[rustfmt::skip]
const PREFIXES: &[(Prefix, &[&str])] = &[
    // English and international; the programs that write so in any language
    (Answer, &["re", "reply"]), (Forward, &["fw", "fwd", "forward"]), (Address, &["att", "attn"]),
    // français; Deutsch
    (Answer, &["rép", "réponse"]), (Forward, &["tr", "transf"]), (Answer, &["aw", "antwort"]), (Forward, &["wg", "weitergeleitet"]),
    // italiano; español, português
    (Answer, &["r", "rif"]), (Forward, &["i"]), (Answer, &["res", "ref", "resp"]), (Forward, &["rv", "enc", "reenv"]),
    // Nederlands, Afrikaans; svenska, dansk, norsk
    (Answer, &["antw"]), (Forward, &["doorst"]), (Answer, &["sv"]), (Forward, &["vb"]), (Either, &["vs"]),
    // suomi; eesti; polski; magyar; română
    (Forward, &["vl"]), (Forward, &["edasi"]), (Answer, &["odp"]), (Forward, &["pd"]), (Answer, &["vá"]), (Forward, &["továbbítás"]), (Answer, &["răsp"]),
    // Türkçe; Ελληνικά; русский, українська
    (Answer, &["ynt", "yanıt"]), (Forward, &["ilt", "iletilen"]), (Answer, &["απ", "σχετ"]), (Forward, &["πρθ"]), (Answer, &["ответ", "отв"]), (Forward, &["пересл"]),
    // العربية; עברית
    (Answer, &["رد", "الرد"]), (Forward, &["إعادة توجيه", "إعادة إرسال", "توجيه"]), (Answer, &["השב", "תשובה"]), (Forward, &["הועבר"]),
    // 中文; 日本語; 한국어; Tiếng Việt; bahasa Indonesia; Cymraeg
    (Answer, &["回复", "回覆", "答复", "答覆"]), (Forward, &["转发", "轉寄", "轉發"]), (Answer, &["返信"]), (Forward, &["転送"]),
    (Answer, &["답장", "회신"]), (Forward, &["전달"]), (Answer, &["trả lời"]), (Forward, &["chuyển tiếp"]), (Answer, &["bls", "balas", "atb"]), (Forward, &["trs"]),
];

/// No prefix is longer, with its count.
const LONGEST: usize = 40;

impl Prefix {
    /// What stands before a colon, if it is a prefix: `Re`, `AW`, `Re[2]`, `RE^3`.
    pub fn of(written: &str) -> Option<Self> {
        if written.trim().len() > 2 * LONGEST {
            return None;
        }
        static FOLDED: LazyLock<BTreeMap<String, Prefix>> = LazyLock::new(|| {
            let each = |(is, all): &(Prefix, &[&str])| all.iter().map(|p| (fold(p), *is)).collect::<Vec<_>>();
            PREFIXES.iter().flat_map(each).collect()
        });
        let folded = fold(written);
        let counted = |c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | ' ');
        FOLDED.get(folded.trim_end_matches(counted)).copied()
    }

    /// Takes one prefix from the beginning of a subject; `None` if there is none.
    pub fn taken_from(subject: &str) -> Option<(Self, &str)> {
        let end = subject.char_indices().take(LONGEST).find(|(_, c)| matches!(c, ':' | '：'))?.0;
        let rest = subject[end..].trim_start_matches([':', '：']);
        Self::of(&subject[..end]).map(|prefix| (prefix, rest))
    }

    pub fn answers(self) -> bool {
        matches!(self, Answer | Either)
    }

    pub fn forwards(self) -> bool {
        matches!(self, Forward | Either)
    }
}

/// A subject taken apart: what mail programs and lists put before it, and the rest.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// As it was written.
    pub whole: &'a str,
    pub answers: bool,
    pub forwards: bool,
    pub rest: &'a str,
}

impl<'a> Subject<'a> {
    pub(super) fn read(whole: &'a str) -> Self {
        let mut read = Self { whole, answers: false, forwards: false, rest: whole };
        loop {
            let rest = read.rest.trim_start_matches(|c: char| c.is_whitespace() || is_unseen(c));
            match (without_list_name(rest), Prefix::taken_from(rest)) {
                (Some(rest), _) => read.rest = rest,
                (None, Some((prefix, rest))) => {
                    read.answers |= prefix.answers();
                    read.forwards |= prefix == Prefix::Forward;
                    read.rest = rest;
                }
                (None, None) => break,
            }
        }
        // "Request meeting [K7Q2M]": a reference or a list's name at the end.
        let rest = read.rest.trim_end();
        let named = rest.strip_suffix(']').and_then(|r| r.rsplit_once('['));
        read.rest = named
            .map_or(rest, |(before, _)| before)
            .trim_matches(|c: char| c.is_whitespace() || is_unseen(c));
        read
    }
}

/// `[network] Request meeting`: what a list puts before a subject.
pub(super) fn without_list_name(subject: &str) -> Option<&str> {
    let (name, rest) = subject.strip_prefix('[')?.split_once(']')?;
    (1..=60).contains(&name.chars().take(61).count()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_subject_has_neither_prefixes_nor_names_of_lists() {
        for whole in ["Re: [net] AW: Koha", "\u{200f}رد: Koha [net]", " Fwd: Koha [K7Q2M]", "[net] Koha"] {
            assert_eq!(Subject::read(whole).rest, "Koha", "{whole}");
        }
        let read = |whole| (Subject::read(whole).answers, Subject::read(whole).forwards);
        assert_eq!(read("Fwd: Antwort: Koha"), (true, true));
        assert_eq!((read("VS: Koha"), read("Att: Koha")), ((true, false), (false, false)));
    }

    #[test]
    fn answers_and_forwards_are_told_apart_in_the_language_of_every_program() {
        for (subject, wanted) in [
            ("Re: x", Answer),
            ("RE[2] : x", Answer),
            ("Re^3: x", Answer),
            ("Antwort: x", Answer),
            ("RÉP : x", Answer),
            ("رد: x", Answer),
            ("\u{200f}رد: x", Answer),
            ("回覆：x", Answer),
            ("답장: x", Answer),
            ("Vá: x", Answer),
            ("Trả lời: x", Answer),
            ("Fwd: x", Forward),
            ("TR : x", Forward),
            ("إعادة  توجيه: x", Forward),
            ("轉寄: x", Forward),
            ("전달: x", Forward),
            ("İlt: x", Forward),
            ("Doorst: x", Forward),
            ("VS: x", Either),
            ("Att: x", Address),
        ] {
            assert_eq!(Prefix::taken_from(subject).map(|(prefix, _)| prefix), Some(wanted), "{subject}");
        }
        for subject in ["Request meeting: x", "Reports: x", "x", "", "12: x", "A request [K7Q2M]: x"] {
            assert_eq!(Prefix::taken_from(subject), None, "{subject}");
        }
    }
}
