//! Which language a person reads: LANGUAGE, and the name of a language in a form.

use super::letter::{LanguageAnswer, Letter, Tongue};
use super::oneself::Speaker;
use super::record::Person;
use super::rules::Rules;
use super::turn::Turn;
use super::words::fold;

/// Tag, own name, and what others call it (folded).
#[rustfmt::skip]
const NAMES: &[(&str, &str, &[&str])] = &[
    ("en", "English", &["anglais", "englisch", "ingles", "inglese", "الانجليزيه", "انجليزي", "انجليزيه", "الانكليزيه", "انكليزي", "انكليزيه", "بالانجليزيه", "بالانكليزيه"]),
    ("fr", "français", &["french", "franzosisch", "frances", "francese", "الفرنسيه", "فرنسي", "فرنسيه", "بالفرنسيه"]),
    ("ar", "العربية", &["arabic", "arabe", "arabisch", "عربي", "عربيه", "بالعربيه", "بالعربي"]),
    ("bg", "български", &["bulgarian", "bulgare"]),
    ("de", "Deutsch", &["german", "allemand"]),
    ("el", "ελληνικά", &["greek", "grec"]),
    ("es", "español", &["spanish", "espagnol", "spanisch", "castellano"]),
    ("he", "עברית", &["hebrew", "hebreu"]),
    ("hy", "հայերեն", &["armenian", "armenien"]),
    ("it", "italiano", &["italian", "italien", "italienisch"]),
    ("ja", "日本語", &["japanese", "japonais"]),
    ("ka", "ქართული", &["georgian", "georgien"]),
    ("ky", "кыргызча", &["kyrgyz", "kirghize"]),
    ("nl", "Nederlands", &["dutch", "neerlandais"]),
    ("pl", "polski", &["polish", "polonais"]),
    ("pt", "português", &["portuguese", "portugais"]),
    ("ro", "română", &["romanian", "roumain"]),
    ("ru", "русский", &["russian", "russe"]),
    ("sq", "shqip", &["albanian", "albanais"]),
    ("tr", "Türkçe", &["turkish", "turc"]),
    ("uk", "українська", &["ukrainian", "ukrainien"]),
    ("ur", "اردو", &["urdu", "ourdou"]),
    ("zh", "中文", &["chinese", "chinois"]),
];

/// What the readers of a language call it; its tag where we do not know.
pub fn own_name(tag: &str) -> String {
    let named = NAMES.iter().find(|(known, _, _)| *known == tag || *known == primary(tag));
    named.map_or(tag, |(_, own, _)| own).to_owned()
}

/// `fr-CA` is French.
fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// The first of the network's languages that a text names: `fr`, `French`, `français`.
pub fn meant(rules: &Rules, text: &str) -> Option<String> {
    let named = |word: &str| rules.languages.iter().find(|tag| is_called(tag, word)).cloned();
    let whole = named(text.trim());
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty());
    whole.or_else(|| words.find_map(named))
}

fn is_called(tag: &str, word: &str) -> bool {
    let wanted = fold(word);
    let same_tag = word.eq_ignore_ascii_case(tag) || word.eq_ignore_ascii_case(primary(tag));
    let names = NAMES.iter().filter(|(known, _, _)| *known == primary(tag));
    same_tag || names.into_iter().any(|(_, own, others)| fold(own) == wanted || others.contains(&&*wanted))
}

/// The network's languages, as a letter names them.
pub fn offered(rules: &Rules) -> Vec<Tongue> {
    rules.languages.iter().map(|tag| Tongue { tag: tag.clone(), name: own_name(tag) }).collect()
}

/// `LANGUAGE fr`: the answer speaks it already.
pub fn asked(turn: &mut Turn, speaker: &Speaker, wanted: Option<&str>) -> &'static str {
    let tag = wanted.and_then(|text| meant(turn.rules, text));
    let answer = match (&tag, wanted) {
        (Some(_), _) if !speaker.is_known(turn) => LanguageAnswer::Stranger,
        (Some(tag), _) => {
            keep(turn, speaker, tag);
            LanguageAnswer::Set
        }
        (None, Some(_)) => LanguageAnswer::Unknown,
        (None, None) => LanguageAnswer::Which,
    };
    let letter = Letter::Language {
        name: speaker.name(turn),
        answer,
        wanted: tag.as_deref().map(own_name).or(wanted.map(str::to_owned)),
        offered: offered(turn.rules),
    };
    speaker.tell(turn, letter);
    "language"
}

fn keep(turn: &mut Turn, speaker: &Speaker, tag: &str) {
    let known = speaker.person(turn);
    let mut person = known.unwrap_or_else(|| Person::new(speaker.who, turn.now));
    person.language = Some(tag.to_owned());
    turn.put(&person);
}
