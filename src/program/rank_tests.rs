use super::*;
use proptest::prelude::*;

fn candidate<'a>(name: &'a str, load: u64, areas: &[&'a str]) -> Candidate<'a> {
    Candidate { key: name.to_lowercase(), name, areas: areas.to_vec(), load, place: 0 }
}

fn roster() -> Vec<Candidate<'static>> {
    vec![
        candidate("Amina", 2, &["Koha reports", "Metadata and cataloguing", "Open access"]),
        candidate("Karim", 0, &["Information literacy", "Instruction design"]),
        candidate("Rana", 1, &["Cataloging with RDA", "Koha", "Arabic manuscripts", "Digitisation"]),
        candidate("Zeina", 0, &["Leadership"]),
    ]
}

fn order(issue: &str, n: usize) -> Vec<String> {
    let roster = roster();
    best(issue, &roster, n).iter().map(|r| roster[r.index].name.to_owned()).collect()
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
        let areas: Vec<&str> = areas.iter().map(String::as_str).collect();
        let people = [candidate("A", 1, &["Koha"]), candidate("B", 0, &areas)];
        let ranked = best(&issue, &people, 9);
        prop_assert_eq!(ranked.len(), 2);
        prop_assert!(ranked.iter().all(|r| r.score.is_finite() && r.score >= 0.0));
        prop_assert_eq!(&ranked, &best(&issue, &people, 9));
        let _ = nearest_names(&issue, &["Amina Haddad"]);
    }
}

/// Words that meet: forms of one stem, in three scripts, and words that say nothing.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Koha",
        "reports",
        "report",
        "reporting",
        "Cataloguing",
        "catalogues",
        "the",
        "of",
        "Zoë's",
        "dying",
        "die",
        "Numérisation",
        "numerisation",
        "فهرسة",
        "الفهرسة",
        "المخطوطات",
        "مخطوط",
        "архивы",
        "архив",
        "RDA",
        "y",
        "1990",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => "\\PC{0,8}", 1 => "[a-z]{1,7}(s|ed|ing|ies|ly|al)?"]
}

fn text(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(word(), words).prop_map(|words| words.join(" "))
}

fn name() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "Amina",
        "Amnia",
        "A.",
        "Haddad",
        "Hadad",
        "Hadda",
        "Rana",
        "Khoury",
        "El",
        "Dr",
        "Nour",
        "Noor",
        "N",
        "أمينة",
        "امينه",
        "Émile",
        "Emile",
    ]);
    let part = prop_oneof![5 => part.prop_map(str::to_owned), 1 => "[a-c]{1,9}", 1 => "\\PC{0,6}"];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.join(" "))
}

type Entry = (String, u64, Vec<String>, usize);

fn entry() -> impl Strategy<Value = Entry> {
    let place = prop_oneof![4 => Just(usize::MAX), 1 => 0..3_usize];
    (name(), 0..3_u64, prop::collection::vec(text(0..4), 0..6), place)
}

proptest! {
    #[test]
    fn the_best_are_those_that_all_together_would_be(
        issue in text(0..9),
        entries in prop::collection::vec(entry(), 0..14),
        n in 0..15_usize,
    ) {
        let people = entries.iter().enumerate().map(|(key, (name, load, areas, place))| Candidate {
            key: key.to_string(),
            name,
            areas: areas.iter().map(String::as_str).collect(),
            load: *load,
            place: *place,
        });
        let people: Vec<Candidate> = people.collect();
        let mut expected = plain::best(&issue, &people);
        expected.truncate(n);
        let found = best(&issue, &people, n);
        prop_assert_eq!(&found, &expected);
        let bits = |ranked: &[Ranked]| ranked.iter().map(|r| r.score.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&found), bits(&expected));
    }

    #[test]
    fn the_nearest_name_is_the_one_that_counting_every_slip_finds(
        wanted in name(),
        names in prop::collection::vec(name(), 0..6),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        prop_assert_eq!(nearest_names(&wanted, &names), plain::nearest_names(&wanted, &names));
    }
}

/// The same decided plainly: all of everything.
mod plain {
    use super::*;

    pub fn best<'a>(issue: &str, candidates: &[Candidate<'a>]) -> Vec<Ranked<'a>> {
        let index = Index::new(candidates);
        let wanted: BTreeSet<String> = terms(issue).into_iter().collect();
        let score =
            |(index_of, candidate): (usize, &Candidate<'a>)| index.ranked(index_of, candidate, &wanted);
        let mut ranked: Vec<Ranked> = candidates.iter().enumerate().map(score).collect();
        ranked.sort_by(|a, b| before(a, b, candidates));
        ranked.sort_by_key(|r| candidates[r.index].place);
        ranked
    }

    fn before(a: &Ranked, b: &Ranked, candidates: &[Candidate]) -> Ordering {
        let (x, y) = (&candidates[a.index], &candidates[b.index]);
        let by_score = b.score.total_cmp(&a.score);
        by_score
            .then(x.load.cmp(&y.load))
            .then_with(|| fold(x.name).cmp(&fold(y.name)))
            .then(x.key.cmp(&y.key))
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

        fn ranked<'a>(
            &self,
            index: usize,
            candidate: &Candidate<'a>,
            wanted: &BTreeSet<String>,
        ) -> Ranked<'a> {
            let areas = self.areas[index].iter().enumerate();
            let mut scored: Vec<(f64, usize)> =
                areas.map(|(i, area)| (self.score(area, wanted), i)).collect();
            scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            scored.truncate(BEST_AREAS);
            let score = scored.iter().map(|(score, _)| score).sum::<f64>() / as_f64(BEST_AREAS);
            let any = score > 0.0;
            let shown = scored.iter().filter(|(score, _)| !any || *score > 0.0);
            let areas = shown.map(|(_, i)| candidate.areas[*i]).collect();
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

    fn terms(text: &str) -> Vec<String> {
        let english = Stemmer::create(Algorithm::English);
        let arabic = Stemmer::create(Algorithm::Arabic);
        let folded = fold(text);
        let words =
            folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && !STOP.contains(w));
        words
            .map(|word| match word.starts_with(|c: char| ('\u{600}'..='\u{6ff}').contains(&c)) {
                true => arabic.stem(word).into_owned(),
                false => english.stem(word).into_owned(),
            })
            .collect()
    }

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
}
