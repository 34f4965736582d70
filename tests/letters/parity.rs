//! Every language says what the English letters say, no less: an author who adds to one adds to all.

use super::{mailtos, render, root, samples_in, words_of};
use soundingboard::program::command::{self, Words};
use soundingboard::program::letter::Addressed;
use soundingboard::templates::languages;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn others() -> Vec<String> {
    let others: Vec<String> = languages().into_iter().filter(|tag| tag != "en").collect();
    assert!(!others.is_empty(), "letters are shipped in English alone");
    others
}

/// The letters and the parts of letters of a language, by file name.
fn files(tag: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(root().join("templates").join(tag)).expect("templates") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "md") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(&path).expect("a template"));
        }
    }
    assert!(files.len() > 80, "only {} files in templates/{tag}", files.len());
    files
}

#[test]
fn every_language_has_every_letter_and_every_part_of_one() {
    let english: BTreeSet<String> = files("en").into_keys().collect();
    for tag in others() {
        assert_eq!(files(&tag).into_keys().collect::<BTreeSet<_>>(), english, "{tag}");
    }
}

/// One that lacks the wording of a fact would stop the daemon at start, or a letter in life.
#[test]
fn every_language_words_every_fact_that_the_english_letter_words() {
    let mut compared = 0;
    for tag in others() {
        let own = files(&tag);
        for (name, english) in files("en") {
            let (wanted, has) = (facts(&english), facts(&own[&name]));
            assert_eq!(has, wanted, "templates/{tag}/{name} and templates/en/{name}");
            compared += wanted.len();
        }
    }
    assert!(compared > 300, "only {compared} facts were compared");
}

/// What a template tells apart (`choose why away="…"`, `eq why "away"`) and what it includes.
/// Not what it counts: one language has a wording for one and another for all else, the next
/// has six.
fn facts(template: &str) -> BTreeSet<String> {
    let calls = template.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0));
    calls.flat_map(|call| told_apart(call).into_iter().chain(included(call))).collect()
}

fn told_apart(call: &str) -> Vec<String> {
    let chosen = call.strip_prefix("choose ").and_then(|rest| rest.split_once(' '));
    let keys = chosen.into_iter().flat_map(|(field, rest)| {
        let odd = rest.split('"').step_by(2);
        odd.filter_map(move |key| Some(format!("{field} {}", key.trim().strip_suffix('=')?)))
    });
    let compared = call.split("(eq ").skip(1).filter_map(|rest| Some(rest.split_once("\")")?.0));
    let named = compared.filter(|said| !said.contains(')')).map(|said| said.replace('"', ""));
    keys.chain(named).collect()
}

fn included(call: &str) -> Option<String> {
    call.strip_prefix("> ").map(|part| format!("> {part}"))
}

#[test]
fn every_language_offers_the_same_words_and_quotes_the_same_people() {
    let in_english = words_of("en");
    for tag in others() {
        let words = words_of(&tag);
        for (own, english) in samples_in(&tag).iter().zip(samples_in("en")) {
            let name = english.letter.template();
            assert_eq!(offered(own, &words), offered(&english, &in_english), "{tag}/{name}");
            let quotes = |sample: &Addressed| render(sample).html.matches("<blockquote").count();
            assert_eq!(quotes(own), quotes(&english), "{tag}/{name}");
        }
    }
}

/// The words of a letter's buttons as the program understands them, in their order.
fn offered(letter: &Addressed, words: &Words) -> Vec<String> {
    let bodies =
        mailtos(&render(letter).html).into_iter().filter(|(_, subject, _)| subject.starts_with("Re: "));
    let read = |(_, _, body): (String, String, String)| {
        command::read(&body, None, words).map_or(body, |said| format!("{:?}", said.word))
    };
    bodies.map(read).collect()
}
