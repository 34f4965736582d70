//! Words by which a person speaks of themselves or to somebody: programs and visiting cards have none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// "I", "my" and what people say of themselves, language by language; lower case. Words
/// that mean something else in another language of notices (`am`, `mit`, `eu`) are left out.
#[rustfmt::skip]
const FIRST_PERSON: &[(&str, &[&str])] = &[
    ("en", &["my", "me", "mine", "myself"]),
    ("fr", &["je", "j", "mon", "mes", "moi"]),
    ("de", &["ich", "mein", "meine", "meinem", "meinen", "meiner", "meines", "mir", "mich"]),
    ("es", &["yo", "mi", "mis", "conmigo", "tengo", "puedo", "quiero", "estoy", "soy", "conozco"]),
    ("pt", &["meu", "minha", "meus", "minhas", "mim", "tenho", "posso", "quero", "estou", "sou", "conheço"]),
    ("it", &["io", "mio", "mia", "miei", "ho", "vorrei", "conosco"]),
    ("nl", &["ik", "mijn", "mij"]),
    ("sv", &["jag", "mitt", "mina", "mig"]),
    ("da, nb", &["jeg", "meg", "mitt"]),
    ("fi", &["minä", "minun", "minulla", "minulle", "olen", "voin"]),
    ("pl", &["mój", "moja", "moje", "mnie", "jestem", "mogę", "znam"]),
    ("cs, sk", &["já", "můj", "moje", "mám", "jsem", "mohu", "môj", "poznám"]),
    ("hu", &["én", "vagyok", "nekem", "tudok"]),
    ("ro", &["mea", "mele", "pot", "vreau"]),
    ("ru, uk, bg, sr", &["я", "мой", "моя", "мои", "мне", "меня", "мій", "мені", "мене", "аз", "съм", "ја", "мој", "сам"]),
    ("el", &["εγώ", "μου", "είμαι", "έχω"]),
    ("tr", &["benim", "bana", "beni", "biliyorum"]),
    ("he", &["אני", "שלי", "לי"]),
    ("ar", &["أنا", "انا", "لي", "عندي", "لدي", "اسمي", "أكون", "اكون", "أريد", "أود", "أعرف", "أستطيع", "أحتاج", "أعمل", "إنني", "إني", "لست", "كنت", "يمكنني", "أرجو", "يناسبني", "أخبرني", "أكتب", "رقمي", "هاتفي"]),
    ("fa", &["هستم", "دارم", "نیستم"]),
    ("ko", &["저는", "제가", "저의", "나는", "내가"]),
    ("hi", &["मैं", "मेरा", "मेरी", "मुझे"]),
    ("id, ms", &["saya", "aku"]),
    ("vi", &["tôi"]),
    ("sw", &["mimi", "yangu", "wangu", "nina"]),
];

/// How people speak to somebody, and verbs that no title on a visiting card has.
#[rustfmt::skip]
const TO_SOMEBODY: &[(&str, &[&str])] = &[
    ("en", &["you", "please", "if", "is", "are", "was", "will", "can", "cannot", "not", "would", "could", "should", "we", "it", "that", "because", "when", "have", "has", "does", "don", "ask"]),
    ("fr", &["vous", "nous", "veuillez", "pouvez", "peux", "ne", "pas", "c", "voici", "suis", "êtes", "appelez", "svp"]),
    ("de", &["bitte", "wenn", "ist", "kann", "können", "nicht", "rufen", "bin", "sind"]),
    ("es", &["usted", "favor", "puede", "está", "llame", "llámeme", "cuando"]),
    ("pt", &["você", "pode", "não", "ligue", "quando"]),
    ("it", &["prego", "può", "non", "chiami", "chiamatemi", "quando"]),
    ("nl", &["alstublieft", "kunt", "kan", "niet", "wanneer"]),
    ("sv, da, nb", &["kan", "inte", "ikke", "när", "når", "ring"]),
    ("pl", &["proszę", "jeśli", "nie", "można"]),
    ("ru", &["вы", "пожалуйста", "если", "не", "можно", "звоните"]),
    ("tr", &["lütfen", "eğer", "değil"]),
    ("ar", &["إذا", "لا", "فضلك", "اتصل", "اتصلي", "اتصلوا", "يمكن", "يمكنك", "هل", "ليس", "الاتصال"]),
];

/// The writing has no spaces between its words: these are looked for anywhere.
const UNSPACED: &[&str] = &["私", "僕"];

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || is_mark(c))).filter(|word| !word.is_empty())
}

/// Vowel signs of Indian scripts belong to their words.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}')
}

fn has(line: &str, table: &'static LazyLock<BTreeSet<&'static str>>) -> bool {
    words(line).any(|word| table.contains(word.to_lowercase().as_str()))
}

fn set(table: &[(&str, &'static [&'static str])]) -> BTreeSet<&'static str> {
    table.iter().flat_map(|(_, words)| words.iter().copied()).collect()
}

/// Whether somebody says "I" or "my" in it.
pub(super) fn speaks_of_self(line: &str) -> bool {
    static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| set(FIRST_PERSON));
    has(line, &WORDS) || says_i(line) || UNSPACED.iter().any(|w| line.contains(w)) || {
        // 我们 is "we".
        line.match_indices('我').any(|(at, me)| !line[at + me.len()..].starts_with(['们', '們']))
    }
}

/// The English "I". In Italian it stands before a noun in the plural: "I dati".
fn says_i(line: &str) -> bool {
    let mut all = words(line).peekable();
    while let Some(word) = all.next() {
        if word == "I"
            && all.peek().is_some_and(|next| !next.ends_with('i') && next.starts_with(char::is_lowercase))
        {
            return true;
        }
    }
    false
}

/// Whether a line says something to somebody, rather than who its writer is and where.
/// Names and titles have capital letters: "Me John Doe" is a lawyer.
pub(super) fn is_spoken(line: &str) -> bool {
    static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| set(TO_SOMEBODY));
    let sentence = words(line).any(|word| !word.starts_with(|c: char| c.is_uppercase() || c.is_numeric()));
    sentence && words(line).count() >= 3 && (speaks_of_self(line) || has(line, &WORDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_i_speaks_and_a_notice_does_not() {
        for line in [
            "Disclaimer: I only know Koha 20.",
            "I'm not sure",
            "Avertissement : je ne connais que Koha 20.",
            "j’ai un doute",
            "am Dienstag bin ich nicht da",
            "أنا باحثة من خارج الجامعة",
            "我不在",
            "मुझे नहीं पता",
        ] {
            assert!(speaks_of_self(line), "{line}");
        }
        for line in [
            "This email is confidential.",
            "I dati contenuti",
            "I messaggi",
            "我们的邮件",
            "Ce message est confidentiel.",
        ] {
            assert!(!speaks_of_self(line), "{line}");
        }
    }

    #[test]
    fn a_visiting_cards_lines_are_not_spoken() {
        for line in [
            "Amina Haddad",
            "Responsable du service des acquisitions",
            "Tel. +33 1 23 45 67 89",
            "Library of the University",
        ] {
            assert!(!is_spoken(line), "{line}");
        }
        for line in ["Please call before ten", "Call me at 0123456789", "Appelez le 01 23 45 67 89"] {
            assert!(is_spoken(line), "{line}");
        }
    }
}
