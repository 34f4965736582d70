//! Which advisors fit an issue best, and whose name was nearly written.

use super::words::fold;
use rust_stemmers::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub key: String,
    pub name: &'a str,
    pub areas: Vec<&'a str>,
    /// Open requests: of two who fit equally, the less busy one comes first.
    pub load: u64,
    /// Who has a lower place comes first, however well the others fit.
    pub place: usize,
}

/// A candidate with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked<'a> {
    /// Into the candidates.
    pub index: usize,
    pub score: f64,
    /// The areas that matched, best first, three at most; her first ones where none did.
    pub areas: Vec<&'a str>,
}

/// BM25 (Robertson and Zaragoza 2009, §3.2) with the customary constants: how fast a
/// repeated word stops counting, and how much a long area is discounted.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// An advisor is as good as the mean of her best areas: one lucky word is not enough.
const BEST_AREAS: usize = 3;

/// The `n` candidates that fit the issue best. All are ranked: without a matching word by load.
pub fn best<'a>(issue: &str, candidates: &[Candidate<'a>], n: usize) -> Vec<Ranked<'a>> {
    let scores = scores(issue, candidates);
    let mut scored: Vec<Scored> = candidates.iter().enumerate().map(|c| Scored::of(c, &scores)).collect();
    scored.sort_by(|a, b| a.before(b, candidates));
    scored.into_iter().take(n).map(|scored| scored.ranked(candidates)).collect()
}

/// How well a candidate fits.
struct Scored {
    index: usize,
    score: f64,
    /// The best areas with their scores, best first.
    best: Vec<(f64, usize)>,
    /// The name as names are ordered.
    name: String,
}

impl Scored {
    fn of((index, candidate): (usize, &Candidate), scores: &BTreeMap<&str, f64>) -> Self {
        let scored = candidate.areas.iter().map(|area| scores.get(area).copied().unwrap_or_default());
        let mut best: Vec<(f64, usize)> = scored.zip(0..).collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.truncate(BEST_AREAS);
        let score = best.iter().map(|(score, _)| score).sum::<f64>() / as_f64(BEST_AREAS);
        Self { index, score, best, name: fold(candidate.name) }
    }

    fn before(&self, other: &Self, candidates: &[Candidate]) -> Ordering {
        let (x, y) = (&candidates[self.index], &candidates[other.index]);
        let by_score = || other.score.total_cmp(&self.score);
        let by_name = || self.name.cmp(&other.name).then_with(|| x.key.cmp(&y.key));
        x.place.cmp(&y.place).then_with(by_score).then(x.load.cmp(&y.load)).then_with(by_name)
    }

    fn ranked<'a>(self, candidates: &[Candidate<'a>]) -> Ranked<'a> {
        let Self { index, score, best, .. } = self;
        let any = score > 0.0;
        let shown = best.into_iter().filter(|(score, _)| !any || *score > 0.0);
        let areas = shown.map(|(_, area)| candidates[index].areas[area]).collect();
        Ranked { index, score, areas }
    }
}

/// Every single area of every candidate is a document; those that read the same, one: many advisors
/// write the same. How well each fits the issue.
fn scores<'a>(issue: &str, candidates: &[Candidate<'a>]) -> BTreeMap<&'a str, f64> {
    let wanted = Wanted::of(issue);
    let mut documents: BTreeMap<&str, Document> = BTreeMap::new();
    for area in candidates.iter().flat_map(|c| &c.areas) {
        documents.entry(area).or_insert_with(|| wanted.found_in(area)).candidates += 1;
    }
    let corpus = Corpus::of(documents.values(), wanted.terms.len());
    documents.into_iter().map(|(area, document)| (area, corpus.score(&document))).collect()
}

/// What a ranking needs to know of an area.
struct Document {
    /// How many have it.
    candidates: usize,
    length: usize,
    /// Which of the wanted terms stand in it, and how often.
    found: Vec<(usize, usize)>,
}

/// The terms of an issue.
struct Wanted {
    stems: Stems,
    terms: Vec<String>,
    initials: BTreeSet<char>,
}

impl Wanted {
    fn of(issue: &str) -> Self {
        let stems = Stems::new();
        let terms: BTreeSet<String> = words(&fold(issue)).map(|word| stems.of(word).into_owned()).collect();
        let initials = terms.iter().filter_map(|term| term.chars().next()).collect();
        Self { stems, terms: terms.into_iter().collect(), initials }
    }

    fn found_in(&self, area: &str) -> Document {
        let (mut length, mut found) = (0, BTreeMap::new());
        for word in words(&fold(area)) {
            length += 1;
            if let Some(term) = self.position(word) {
                *found.entry(term).or_default() += 1;
            }
        }
        Document { candidates: 0, length, found: found.into_iter().collect() }
    }

    /// Which of the terms a word is a form of. To find a stem takes long, and most words have none
    /// of these: the English stemmer leaves a word its first letter.
    fn position(&self, word: &str) -> Option<usize> {
        let may_be = |first: char| is_arabic(first) || self.initials.contains(&first);
        word.chars().next().filter(|first| may_be(*first))?;
        let stem = self.stems.of(word);
        self.terms.binary_search_by(|term| term.as_str().cmp(&stem)).ok()
    }
}

/// What is known of all areas together.
struct Corpus {
    mean_length: f64,
    /// Of each wanted term.
    rarity: Vec<f64>,
}

impl Corpus {
    fn of<'d>(documents: impl Iterator<Item = &'d Document>, terms: usize) -> Self {
        let (mut count, mut length, mut with) = (0, 0, vec![0; terms]);
        for document in documents {
            count += document.candidates;
            length += document.candidates * document.length;
            for (term, _) in &document.found {
                with[*term] += document.candidates;
            }
        }
        let mean_length = if length > 0 { as_f64(length) / as_f64(count) } else { 1.0 };
        Self {
            mean_length,
            rarity: with.into_iter().map(|with| rarity(as_f64(count), as_f64(with))).collect(),
        }
    }

    fn score(&self, document: &Document) -> f64 {
        let discount = 1.0 - B + B * as_f64(document.length) / self.mean_length;
        let of_term = |(term, times): &(usize, usize)| {
            let times = as_f64(*times);
            self.rarity[*term] * times * (K1 + 1.0) / (times + K1 * discount)
        };
        let found: f64 = document.found.iter().map(of_term).sum();
        // The sum of nothing is -0.0, and ranks below 0.0: whoever has no areas at all comes last,
        // unless nothing was asked for.
        if self.rarity.is_empty() { found } else { found + 0.0 }
    }
}

fn rarity(count: f64, with: f64) -> f64 {
    (1.0 + (count - with + 0.5) / (with + 0.5)).ln()
}

/// A count as a number to reckon with; areas are counted in thousands, not in 2⁵³.
fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Words that say nothing about an issue, folded.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "do", "does", "for", "from", "get", "had", "has", "have", "hello", "help", "how", "i",
    "if", "in", "into", "is", "it", "its", "like", "library", "librarian", "libraries", "me", "more", "my",
    "need", "new", "no", "not", "of", "on", "or", "our", "please", "so", "some", "than", "thank", "thanks",
    "that", "the", "their", "them", "there", "they", "this", "to", "up", "us", "use", "using", "want",
    "was", "we", "what", "when", "which", "who", "will", "with", "would", "you", "your", "au", "aux",
    "avec", "ce", "ces", "comment", "dans", "de", "des", "du", "elle", "en", "est", "et", "il", "je", "la",
    "le", "les", "leur", "mais", "mes", "mon", "ne", "nos", "notre", "nous", "ou", "par", "pas", "plus",
    "pour", "que", "qui", "sa", "se", "ses", "son", "sur", "un", "une", "vos", "votre", "vous",
    "bibliotheque", "من", "في", "علي", "الي", "عن", "هل", "كيف", "و", "او", "ان", "ما", "هذا", "هذه",
];

/// One stemmer for all languages: a French or Arabic word stems to the same thing on both sides,
/// and that is all that counts.
struct Stems {
    english: Stemmer,
    arabic: Stemmer,
}

impl Stems {
    fn new() -> Self {
        Self { english: Stemmer::create(Algorithm::English), arabic: Stemmer::create(Algorithm::Arabic) }
    }

    fn of<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if word.starts_with(is_arabic) { self.arabic.stem(word) } else { self.english.stem(word) }
    }
}

fn is_arabic(c: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&c)
}

/// The words of a folded text that say something.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !STOP.contains(word))
}

/// The name that was nearly written: a few slips of the keyboard, a missing first name or
/// an initial, if only one name fits. `Haddad`, `A. Haddad`, `Haddad, Amina`, `Amina Hadad`.
pub fn nearest_names(wanted: &str, names: &[&str]) -> Option<usize> {
    let wanted = Name::of(wanted);
    if wanted.parts.is_empty() {
        return None;
    }
    let names: Vec<Name> = names.iter().map(|name| Name::of(name)).collect();
    let fits: [&dyn Fn(&Name) -> bool; 3] =
        [&|name| name.sorted == wanted.sorted, &|name| abbreviates(&wanted.parts, &name.parts), &|name| {
            nearly(&wanted, name)
        }];
    let found = fits.iter().map(|fits| those(&names, fits)).find(|found| !found.is_empty())?;
    if let [only] = found[..] { Some(only) } else { None }
}

/// A name as it is compared with many.
struct Name {
    parts: Vec<String>,
    sorted: Vec<String>,
}

impl Name {
    fn of(name: &str) -> Self {
        let parts = parts(name);
        let mut sorted = parts.clone();
        sorted.sort();
        Self { parts, sorted }
    }
}

/// The indices of the names that fit.
fn those(names: &[Name], fits: impl Fn(&Name) -> bool) -> Vec<usize> {
    (0..names.len()).filter(|&i| fits(&names[i])).collect()
}

/// The parts of a name in order, without titles: the same for all that [`is_same_name`].
pub fn sorted_name(name: &str) -> String {
    sorted(&parts(name)).into_iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Whether two texts name the same person: the same parts, in any order, without titles.
pub fn is_same_name(a: &str, b: &str) -> bool {
    let (a, b) = (parts(a), parts(b));
    !a.is_empty() && sorted(&a) == sorted(&b)
}

const TITLES: &[&str] = &[
    "dr",
    "prof",
    "mr",
    "mrs",
    "ms",
    "mme",
    "professor",
    "doctor",
    "د",
    "ا",
    "الدكتور",
    "الدكتوره",
    "الاستاذ",
    "الاستاذه",
    "السيد",
    "السيده",
];

fn parts(name: &str) -> Vec<String> {
    let folded = fold(name);
    let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty() && !TITLES.contains(p));
    parts.map(str::to_owned).collect()
}

fn sorted(parts: &[String]) -> Vec<&String> {
    let mut parts: Vec<&String> = parts.iter().collect();
    parts.sort();
    parts
}

/// Each part written is a part of the name, or the initial of one; not initials alone.
fn abbreviates(wanted: &[String], name: &[String]) -> bool {
    let mut left: Vec<&String> = name.iter().collect();
    let mut take = |fits: &dyn Fn(&String) -> bool| {
        let at = left.iter().position(|part| fits(part));
        at.map(|at| left.remove(at)).is_some()
    };
    let (initials, whole): (Vec<&String>, Vec<&String>) = wanted.iter().partition(|p| p.chars().count() == 1);
    !whole.is_empty()
        && whole.iter().all(|p| take(&|part| part == *p))
        && initials.iter().all(|p| take(&|part| part.starts_with(p.as_str())))
}

/// At most one slip in five letters, in the whole name in either order of its parts or, where
/// only one part was written, in that part.
fn nearly(wanted: &Name, name: &Name) -> bool {
    let each = || wanted.parts.iter().all(|p| name.parts.iter().any(|part| is_near(p, part)));
    is_near(&wanted.parts.concat(), &name.parts.concat())
        || is_near(&wanted.sorted.concat(), &name.sorted.concat())
        || each()
}

fn is_near(a: &str, b: &str) -> bool {
    let letters = a.chars().count();
    let slips = (letters / 5).max(1).min(letters / 3);
    // To count slips takes long, and most names have other letters.
    letters.abs_diff(b.chars().count()) <= slips
        && has_but(slips, a, b)
        && strsim::damerau_levenshtein(a, b) <= slips
}

/// Whether all letters of the one stand in the other somewhere, but for so many: a slip brings one
/// at most that does not.
fn has_but(few: usize, a: &str, b: &str) -> bool {
    let mut left: Vec<char> = b.chars().collect();
    let mut is_missing = |c: &char| left.iter().position(|l| l == c).map(|at| left.swap_remove(at)).is_none();
    a.chars().filter(|c| is_missing(c)).nth(few).is_none()
}

#[cfg(test)]
#[path = "rank_tests.rs"]
mod tests;
