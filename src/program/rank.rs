//! Which advisors fit an issue best, and whose name was nearly written.

use super::words::fold;
use rust_stemmers::{Algorithm, Stemmer};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub key: String,
    pub name: String,
    pub areas: Vec<String>,
    /// Open requests: of two who fit equally, the less busy one comes first.
    pub load: u64,
}

/// A candidate with a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// Into the candidates.
    pub index: usize,
    pub score: f64,
    /// The areas that matched, best first, three at most; her first ones where none did.
    pub areas: Vec<String>,
}

/// BM25 (Robertson and Zaragoza 2009, §3.2) with the customary constants: how fast a
/// repeated word stops counting, and how much a long area is discounted.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// An advisor is as good as the mean of her best areas: one lucky word is not enough.
const BEST_AREAS: usize = 3;

/// The `n` candidates that fit the issue best. All are ranked: without a matching word by load.
pub fn best(issue: &str, candidates: &[Candidate], n: usize) -> Vec<Ranked> {
    let index = Index::new(candidates);
    let wanted: BTreeSet<String> = terms(issue).into_iter().collect();
    let score = |(index_of, candidate): (usize, &Candidate)| index.ranked(index_of, candidate, &wanted);
    let mut ranked: Vec<Ranked> = candidates.iter().enumerate().map(score).collect();
    ranked.sort_by(|a, b| before(a, b, candidates));
    ranked.truncate(n);
    ranked
}

fn before(a: &Ranked, b: &Ranked, candidates: &[Candidate]) -> Ordering {
    let (x, y) = (&candidates[a.index], &candidates[b.index]);
    let by_score = b.score.total_cmp(&a.score);
    by_score.then(x.load.cmp(&y.load)).then_with(|| fold(&x.name).cmp(&fold(&y.name))).then(x.key.cmp(&y.key))
}

/// Every single area of every candidate is a document.
struct Index {
    /// Of each candidate, of each area: its terms.
    areas: Vec<Vec<Vec<String>>>,
    /// In how many areas a term stands.
    frequency: BTreeMap<String, f64>,
    count: f64,
    mean_length: f64,
}

impl Index {
    fn new(candidates: &[Candidate]) -> Self {
        let areas: Vec<Vec<Vec<String>>> =
            candidates.iter().map(|c| c.areas.iter().map(|area| terms(area)).collect()).collect();
        let mut frequency = BTreeMap::new();
        let (mut count, mut length) = (0.0, 0.0);
        for area in areas.iter().flatten() {
            count += 1.0;
            length += as_f64(area.len());
            for term in area.iter().collect::<BTreeSet<_>>() {
                *frequency.entry(term.clone()).or_insert(0.0) += 1.0;
            }
        }
        Self { areas, frequency, count, mean_length: if length > 0.0 { length / count } else { 1.0 } }
    }

    fn ranked(&self, index: usize, candidate: &Candidate, wanted: &BTreeSet<String>) -> Ranked {
        let areas = self.areas[index].iter().enumerate();
        let mut scored: Vec<(f64, usize)> = areas.map(|(i, area)| (self.score(area, wanted), i)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.truncate(BEST_AREAS);
        let score = scored.iter().map(|(score, _)| score).sum::<f64>() / as_f64(BEST_AREAS);
        let any = score > 0.0;
        let shown = scored.iter().filter(|(score, _)| !any || *score > 0.0);
        let areas = shown.map(|(_, i)| candidate.areas[*i].clone()).collect();
        Ranked { index, score, areas }
    }

    fn score(&self, area: &[String], wanted: &BTreeSet<String>) -> f64 {
        wanted.iter().map(|term| self.term_score(area, term)).sum()
    }

    fn term_score(&self, area: &[String], term: &str) -> f64 {
        let times = as_f64(area.iter().filter(|t| *t == term).count());
        let with = self.frequency.get(term).copied().unwrap_or(0.0);
        let rarity = (1.0 + (self.count - with + 0.5) / (with + 0.5)).ln();
        let discount = 1.0 - B + B * as_f64(area.len()) / self.mean_length;
        rarity * times * (K1 + 1.0) / (times + K1 * discount)
    }
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

/// The stems of a text's words. One stemmer for all its languages: a French or Arabic
/// word stems to the same thing on both sides, and that is all that counts.
fn terms(text: &str) -> Vec<String> {
    let english = Stemmer::create(Algorithm::English);
    let arabic = Stemmer::create(Algorithm::Arabic);
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && !STOP.contains(w));
    words
        .map(|word| match word.starts_with(|c: char| ('\u{600}'..='\u{6ff}').contains(&c)) {
            true => arabic.stem(word).into_owned(),
            false => english.stem(word).into_owned(),
        })
        .collect()
}

/// The name that was nearly written: a few slips of the keyboard, a missing first name or
/// an initial, if only one name fits. `Haddad`, `A. Haddad`, `Haddad, Amina`, `Amina Hadad`.
pub fn nearest_names(wanted: &str, names: &[&str]) -> Option<usize> {
    let wanted = parts(wanted);
    if wanted.is_empty() {
        return None;
    }
    let names: Vec<Vec<String>> = names.iter().map(|name| parts(name)).collect();
    let same = those(&names, |name| sorted(name) == sorted(&wanted));
    let shorter = those(&names, |name| abbreviates(&wanted, name));
    let near = those(&names, |name| nearly(&wanted, name));
    let found = [same, shorter, near].into_iter().find(|found| !found.is_empty())?;
    if let [only] = found[..] { Some(only) } else { None }
}

/// The indices of the names that fit.
fn those(names: &[Vec<String>], fits: impl Fn(&[String]) -> bool) -> Vec<usize> {
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
fn nearly(wanted: &[String], name: &[String]) -> bool {
    let near = |a: &str, b: &str| {
        let slips = strsim::damerau_levenshtein(a, b);
        slips <= 1.max(a.chars().count() / 5) && slips * 3 <= a.chars().count()
    };
    let whole = near(&wanted.concat(), &name.concat());
    let joined = |parts: &[String]| sorted(parts).into_iter().map(String::as_str).collect::<String>();
    let turned = near(&joined(wanted), &joined(name));
    let each = wanted.iter().all(|p| name.iter().any(|part| near(p, part)));
    whole || turned || each
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(name: &str, load: u64, areas: &[&str]) -> Candidate {
        Candidate {
            key: name.to_lowercase(),
            name: name.into(),
            areas: areas.iter().map(|a| (*a).into()).collect(),
            load,
        }
    }

    fn roster() -> Vec<Candidate> {
        vec![
            candidate("Amina", 2, &["Koha reports", "Metadata and cataloguing", "Open access"]),
            candidate("Karim", 0, &["Information literacy", "Instruction design"]),
            candidate("Rana", 1, &["Cataloging with RDA", "Koha", "Arabic manuscripts", "Digitisation"]),
            candidate("Zeina", 0, &["Leadership"]),
        ]
    }

    fn order(issue: &str, n: usize) -> Vec<String> {
        let roster = roster();
        best(issue, &roster, n).iter().map(|r| roster[r.index].name.clone()).collect()
    }

    #[test]
    fn the_words_of_the_issue_find_their_advisors() {
        assert_eq!(order("How do we write SQL reports in Koha?", 2), ["Amina", "Rana"]);
        assert_eq!(order("digitising Arabic manuscript collections", 1), ["Rana"]);
        assert_eq!(order("instructional design", 1), ["Karim"]);
    }

    #[test]
    fn who_fits_equally_comes_by_load_and_then_by_name() {
        assert_eq!(order("volcanoes", 4), ["Karim", "Zeina", "Rana", "Amina"]);
        assert_eq!(order("", 2), ["Karim", "Zeina"]);
    }

    #[test]
    fn the_areas_that_matched_are_shown_best_first() {
        let roster = roster();
        let ranked = best("Koha reports and metadata", &roster, 1);
        assert_eq!(ranked[0].areas, ["Koha reports", "Metadata and cataloguing"]);
        let unmatched = best("volcanoes", &roster, 1);
        assert_eq!(unmatched[0].areas, ["Information literacy", "Instruction design"]);
        assert_eq!(unmatched[0].score, 0.0);
    }

    #[test]
    fn one_area_of_many_counts_no_less_than_an_only_one() {
        let many = candidate("Many", 5, &["Koha", "Budget", "Leadership", "Rooms", "Signs", "Chairs"]);
        let none = candidate("None", 0, &["Budget", "Rooms"]);
        assert_eq!(best("Koha", &[none, many], 1)[0].index, 1);
    }

    #[test]
    fn accents_and_arabic_letter_forms_match() {
        let both = [candidate("A", 0, &["Numérisation"]), candidate("B", 0, &["فهرسة المخطوطات"])];
        assert_eq!(best("numerisation", &both, 1)[0].index, 0);
        assert_eq!(best("فهرسه", &both, 1)[0].index, 1);
    }

    #[test]
    fn nobody_and_no_areas_are_no_trouble() {
        assert!(best("Koha", &[], 3).is_empty());
        let bare = [candidate("A", 0, &[])];
        assert_eq!(best("Koha", &bare, 3), [Ranked { index: 0, score: 0.0, areas: vec![] }]);
    }

    #[test]
    fn a_near_miss_of_a_name_is_found_if_only_one_is_near() {
        let names = ["Amina Haddad", "Karim Nassar", "Rana El Khoury", "Leila Haddad", "Noémie Dupont"];
        let near = |wanted| nearest_names(wanted, &names).map(|i| names[i]);
        assert_eq!(near("amina hadad"), Some("Amina Haddad"));
        assert_eq!(near("Amina"), Some("Amina Haddad"));
        assert_eq!(near("Haddad, Amina"), Some("Amina Haddad"));
        assert_eq!(near("A. Haddad"), Some("Amina Haddad"));
        assert_eq!(near("Dr Nassar"), Some("Karim Nassar"));
        assert_eq!(near("Noemie Dupond"), Some("Noémie Dupont"));
        assert_eq!(near("Rana Khoury"), Some("Rana El Khoury"));
        assert_eq!(near("Kareem Nassar"), Some("Karim Nassar"));
        for unclear in ["Haddad", "", "Bob", "R", "Samir Geagea", "H"] {
            assert_eq!(near(unclear), None, "{unclear}");
        }
    }

    proptest! {
        #[test]
        fn any_issue_ranks_everybody_once(issue in "\\PC{0,60}", areas in proptest::collection::vec("\\PC{0,20}", 0..6)) {
            let people = [candidate("A", 1, &["Koha"]), Candidate { areas, ..candidate("B", 0, &[]) }];
            let ranked = best(&issue, &people, 9);
            prop_assert_eq!(ranked.len(), 2);
            prop_assert!(ranked.iter().all(|r| r.score.is_finite() && r.score >= 0.0));
            prop_assert_eq!(&ranked, &best(&issue, &people, 9));
            let _ = nearest_names(&issue, &["Amina Haddad"]);
        }
    }
}
