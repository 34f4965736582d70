//! The words of all configured languages, and how a spelling is compared.

use super::word::Word;
use crate::mail::fold::{self, is_unseen};
use crate::mail::form::WordsFile;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::char::is_combining_mark;

/// English words, which work in every network.
const ENGLISH: &str = include_str!("../../templates/en/words.toml");

/// Small words that decide nothing by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Particle {
    /// Spellings that mean something else in another language of the network: they decide
    /// only where nothing else is on their line.
    Alone,
    /// `DECLINE AND AWAY UNTIL …`
    And,
    /// Negations and conditions: they turn an agreeing word into talk.
    But,
    /// What may stand before a number: `n°`, `le`, `option`.
    Number,
    /// `DECLINE, TRY Karim`
    Try,
    /// `AWAY UNTIL …`
    Until,
}

const PARTICLES: &[(Particle, &str)] = &[
    (Particle::Alone, "ALONE"),
    (Particle::And, "AND"),
    (Particle::But, "BUT"),
    (Particle::Number, "NUMBER"),
    (Particle::Try, "TRY"),
    (Particle::Until, "UNTIL"),
];

/// The words of all configured languages: folded spelling → word.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    pub spellings: BTreeMap<String, Word>,
    pub particles: BTreeMap<Particle, BTreeSet<String>>,
    /// folded spelling → the languages that write a word so
    pub languages: BTreeMap<String, BTreeSet<String>>,
}

/// folded spelling → the file that has it, as people are told it
type Places = BTreeMap<String, String>;

/// English alone.
impl Default for Words {
    fn default() -> Self {
        Self::from_files(&[]).expect("the shipped English words do not collide: a test holds them to it")
    }
}

impl Words {
    /// A spelling has at most so many words.
    pub const LONGEST: usize = 6;

    /// The words of these files and the English ones. One spelling of two words is an error
    /// that names both and their files.
    pub fn from_files(files: &[WordsFile]) -> Result<Self, String> {
        let english: WordsFile =
            toml::from_str(ENGLISH).map_err(|e| format!("the shipped English words: {e}"))?;
        let english = WordsFile { language: "en".into(), shown: "templates/en/words.toml".into(), ..english };
        let mut words =
            Self { spellings: BTreeMap::new(), particles: BTreeMap::new(), languages: BTreeMap::new() };
        let mut places = Places::new();
        let canonical =
            WordsFile { language: "en".into(), shown: "every network".into(), ..WordsFile::default() };
        for (word, name) in Word::names() {
            words.add(word, name, &canonical, &mut places)?;
        }
        for file in std::iter::once(&english).chain(files) {
            for (name, spellings) in &file.words {
                words.add_all(name, spellings, file, &mut places)?;
            }
        }
        Ok(words)
    }

    fn add_all(
        &mut self,
        name: &str,
        spellings: &[String],
        file: &WordsFile,
        places: &mut Places,
    ) -> Result<(), String> {
        if let Some((particle, _)) = PARTICLES.iter().find(|(_, n)| *n == name) {
            let set = self.particles.entry(*particle).or_default();
            for spelling in spellings.iter().map(|s| spelled(s)) {
                set.extend(with_arabic_and(&spelling).into_iter().filter(|_| *particle == Particle::But));
                set.insert(spelling);
            }
            return Ok(());
        }
        let word = Word::from_name(name).ok_or_else(|| unknown(name, &file.shown))?;
        spellings.iter().try_for_each(|spelling| self.add(word, spelling, file, places))
    }

    fn add(
        &mut self,
        word: Word,
        spelling: &str,
        file: &WordsFile,
        places: &mut Places,
    ) -> Result<(), String> {
        let key = spelled(spelling);
        let place = &file.shown;
        if key.is_empty() || key.split(' ').count() > Self::LONGEST {
            let longest = Self::LONGEST;
            return Err(format!(
                "{place} [words]: \"{spelling}\" for {word}: a spelling has one to {longest} words"
            ));
        }
        if let Some(other) = self.spellings.insert(key.clone(), word).filter(|other| *other != word) {
            let first = places.get(&key).map_or("", String::as_str);
            return Err(format!(
                "\"{spelling}\" is a word of two meanings: {other} in {first}, and {word} in {place}; \
                 take it out of one of them"
            ));
        }
        places.entry(key.clone()).or_insert_with(|| place.clone());
        self.languages.entry(key).or_default().insert(file.language.clone());
        Ok(())
    }

    /// The only language that has the word these pieces begin with.
    pub(super) fn language_at(&self, pieces: &[Piece]) -> Option<&str> {
        let longest = pieces.len().min(Self::LONGEST);
        let mut languages =
            (1..=longest).rev().find_map(|n| self.languages.get(&joined(&pieces[..n])))?.iter();
        languages.next().filter(|_| languages.next().is_none()).map(String::as_str)
    }

    /// Whether the answer to a yes-or-no field says yes.
    pub fn agrees(&self, answer: &str) -> bool {
        let first = self.spellings.get(&spelled(answer.lines().next().unwrap_or_default()));
        matches!(first, Some(Word::Yes | Word::Accept | Word::Held))
    }

    /// How many pieces from the first on spell this particle (the longest reading).
    pub(super) fn particle(&self, particle: Particle, pieces: &[Piece]) -> Option<usize> {
        let set = self.particles.get(&particle)?;
        (1..=pieces.len().min(4)).rev().find(|&n| set.contains(&joined(&pieces[..n])))
    }

    /// Whether these pieces begin with a spelling or a particle.
    pub(super) fn begins(&self, pieces: &[Piece]) -> bool {
        (1..=pieces.len().min(Self::LONGEST)).any(|n| self.spellings.contains_key(&joined(&pieces[..n])))
            || self.particle(Particle::But, pieces).is_some()
    }
}

/// Arabic writes `and` and `so` onto the next word: `ولكن` is `لكن`.
fn with_arabic_and(spelling: &str) -> Vec<String> {
    let arabic = spelling.starts_with(|c| matches!(c, '\u{620}'..='\u{64a}'));
    if arabic { ["و", "ف"].map(|and| format!("{and}{spelling}")).to_vec() } else { Vec::new() }
}

fn unknown(name: &str, place: &str) -> String {
    let known = Word::names().map(|(_, n)| n).chain(PARTICLES.iter().map(|(_, n)| *n));
    let near = known.min_by_key(|n| strsim::damerau_levenshtein(n, &name.to_uppercase())).unwrap_or("HELP");
    format!("{place} [words]: there is no word \"{name}\"; did you mean {near}?")
}

/// One word of a text: where it stands, and how it compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: usize,
    pub end: usize,
    pub folded: String,
}

impl Piece {
    pub(super) fn number(&self) -> Option<u32> {
        let digits = !self.folded.is_empty() && self.folded.bytes().all(|b| b.is_ascii_digit());
        if digits { self.folded.parse().ok() } else { None }
    }
}

pub(super) fn joined(pieces: &[Piece]) -> String {
    pieces.iter().map(|p| p.folded.as_str()).collect::<Vec<_>>().join(" ")
}

/// The form in which spellings are kept: folded words with one space between them.
fn spelled(text: &str) -> String {
    joined(&pieces(text))
}

/// What people type for an apostrophe, accents that stand alone included: `J´accepte`.
const APOSTROPHES: [char; 7] = ['\'', '’', '‘', 'ʼ', '′', '´', '`'];

/// More of a text than this is never looked at for deciding: a first line is short.
const READ: usize = 4_000;

/// The words of a text in order. An apostrophe within a word belongs to it, and so does what
/// is not seen.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    each_piece(text).collect()
}

/// The same, for who needs but the first.
pub(super) fn each_piece(text: &str) -> impl Iterator<Item = Piece> {
    let mut chars = text.char_indices().take(READ);
    let mut start = None;
    let mut previous = ' ';
    std::iter::from_fn(move || {
        for (i, c) in chars.by_ref() {
            let inside = c.is_alphanumeric() || (!c.is_ascii() && (is_combining_mark(c) || c == '\u{640}'));
            // U+200B parts words: it is a space without width.
            let unseen = is_unseen(c) && c != '\u{200b}' && start.is_some();
            let apostrophe = APOSTROPHES.contains(&c) && previous.is_alphanumeric();
            previous = if unseen { previous } else { c };
            match start {
                None if inside && !is_combining_mark(c) => start = Some(i),
                Some(from) if !inside && !apostrophe && !unseen => {
                    start = None;
                    return Some(piece(text, from, i));
                }
                _ => {}
            }
        }
        let end = || text.char_indices().nth(READ).map_or(text.len(), |(i, _)| i);
        start.take().map(|from| piece(text, from, end()))
    })
}

/// A closing apostrophe is a quotation mark, not a part of the word.
fn piece(text: &str, start: usize, end: usize) -> Piece {
    let word = text[start..end].trim_end_matches(|c| APOSTROPHES.contains(&c) || is_unseen(c));
    Piece { start, end: start + word.len(), folded: fold(word) }
}

/// Case, accents, vowel marks, tatweel, hamza forms and apostrophes do not tell words apart.
pub(super) fn fold(text: &str) -> String {
    if !text.contains(APOSTROPHES) {
        return fold::letters(text);
    }
    fold::letters(&text.replace(APOSTROPHES, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> WordsFile {
        let read: WordsFile = toml::from_str(text).expect("a words file");
        WordsFile { language: "fr".into(), shown: "fr/words.toml".into(), ..read }
    }

    #[test]
    fn english_words_do_not_collide_and_every_word_is_there() {
        let words = Words::from_files(&[]).expect("English");
        for (word, name) in Word::names() {
            assert_eq!(words.spellings.get(&spelled(name)), Some(&word));
            assert_eq!(Word::from_name(name), Some(word));
        }
        let english: WordsFile = toml::from_str(ENGLISH).expect("the file");
        assert!(english.words.len() > 35, "the English file has lost its words");
        let of_english = |p: &Particle| *p != Particle::Alone;
        assert!(PARTICLES.iter().all(|(p, _)| !of_english(p) || words.particles.contains_key(p)));
    }

    #[test]
    fn two_words_of_one_spelling_are_an_error_that_names_both() {
        let french = file("[words]\nWAIT = [\"Report\"]\n");
        let error = Words::from_files(&[french]).expect_err("a collision");
        assert_eq!(
            error,
            "\"Report\" is a word of two meanings: REPORT in every network, and WAIT in fr/words.toml; \
             take it out of one of them"
        );
    }

    #[test]
    fn a_word_nobody_knows_is_an_error_that_names_the_nearest() {
        let error = Words::from_files(&[file("[words]\nACCPET = [\"oui\"]\n")]).expect_err("unknown");
        assert_eq!(error, "fr/words.toml [words]: there is no word \"ACCPET\"; did you mean ACCEPT?");
    }

    #[test]
    fn arabic_is_compared_without_marks_and_letter_forms() {
        assert_eq!(fold("أَقْبَلُ"), fold("اقبل"));
        assert_eq!(fold("مساعـــدة"), fold("مساعده"));
        assert_eq!(fold("إلى"), fold("الي"));
        assert_eq!(fold("٢"), "2");
        let parted: Vec<String> =
            pieces("\u{200f}أق\u{200c}بل \u{2068}K7Q2M\u{2069}.").into_iter().map(|p| p.folded).collect();
        assert_eq!(parted, ["اقبل", "k7q2m"]);
        let text = "\u{2068}K7Q2M\u{2069}";
        assert_eq!(pieces(text).first().map(|p| &text[p.start..p.end]), Some("K7Q2M"));
    }

    #[test]
    fn an_apostrophe_belongs_to_its_word_and_a_quote_does_not() {
        let found: Vec<String> = pieces("'J’accepte', d'accord").into_iter().map(|p| p.folded).collect();
        assert_eq!(found, ["jaccepte", "daccord"]);
    }
}
