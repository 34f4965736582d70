//! What French letters owe to French: their spaces, their words, their dates.

use super::{render, root, sample, samples_in, words_of};
use soundingboard::mail::form::fold;
use soundingboard::program::command::{self, Words};
use soundingboard::program::letter::{Addressed, Letter};
use soundingboard::program::record::Timestamp;
use std::fs;

fn french(name: &str) -> Addressed {
    Addressed { language: "fr".into(), ..sample(name) }
}

#[test]
fn no_mark_stands_alone_at_the_beginning_of_a_line() {
    let mut bound = 0;
    for sample in samples_in("fr") {
        let worded = render(&sample);
        for line in worded.text.lines() {
            let rest = line.trim_start_matches(['>', ' ']);
            assert!(!rest.starts_with(['!', '?', ':', ';', '»']), "{}", worded.text);
            assert!(!line.ends_with('«'), "{}", worded.text);
        }
        bound += worded.text.matches('\u{a0}').count();
        assert!(!worded.subject.contains('\u{a0}'), "{}", worded.subject);
    }
    assert!(bound > 100, "only {bound} no-break spaces");
}

#[test]
fn what_is_said_back_has_french_labels_kinds_and_words() {
    let receipt = render(&french("request-receipt")).text;
    assert!(receipt.contains("\n- Conseiller\u{a0}: Amina Haddad\n"), "{receipt}");
    assert!(receipt.contains("\n- Moments préférés\u{a0}: Tuesdays after 14:00\n"), "{receipt}");
    assert!(render(&french("form-incomplete")).subject.contains("Confirmation de rencontre"));
    let mut nothing = french("word-did-nothing");
    for (word, said) in [("ACCEPT", "J'ACCEPTE"), ("NOT HELD", "PAS EU LIEU"), ("2", "2")] {
        if let Letter::WordDidNothing { word: received, .. } = &mut nothing.letter {
            *received = word.into();
        }
        let text = render(&nothing).text;
        assert!(text.contains(&format!("«\u{a0}{said}\u{a0}»")), "{text}");
    }
}

#[test]
fn the_first_of_a_month_is_written_as_an_ordinal() {
    let mut letter = french("already-open");
    let since: Timestamp = "2027-01-01T12:00:00Z".parse().expect("a time");
    letter.letter = Letter::AlreadyOpen { name: "Leila".into(), advisor: "Amina".into(), since };
    let text = render(&letter).text.replace('\n', " ");
    assert!(text.contains("le vendredi 1er janvier 2027, et"), "{text}");
}

/// A word in capitals is something to reply: `Répondez DÉJÀ ÉCRIT et nous nous arrêtons là.`
#[test]
fn every_word_that_a_letter_names_in_capitals_is_one_we_read() {
    let mut tried = 0;
    for tag in ["en", "fr"] {
        let words = words_of(tag);
        for entry in fs::read_dir(root().join("templates").join(tag)).expect("templates") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("a template");
            for said in in_capitals(&text).into_iter().filter(|_| path.extension().is_some_and(|e| e == "md"))
            {
                assert!(is_a_word(&said, &words), "{}: \"{said}\" is no word", path.display());
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "only {tried} words were found");
}

/// A word of ours, alone or with what goes with it: a date, a reference, a name.
fn is_a_word(said: &str, words: &Words) -> bool {
    let ends = ["", " 2026-12-15", " K7Q2M", " Karim", ", Karim"];
    let particle = words.particles.values().any(|spelled| spelled.contains(&fold(said).replace('\'', "")));
    particle || ends.iter().any(|end| command::read(&format!("{said}{end}"), None, words).is_some())
}

/// Runs of words in capitals, outside the template's own marks.
fn in_capitals(template: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for word in template.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let mixed = bare.chars().any(|c| c.is_lowercase() || c.is_ascii_digit());
        let capitals = bare.chars().filter(|c| c.is_uppercase()).count() > 1 && !mixed;
        match runs.last_mut() {
            Some(run) if capitals => *run = format!("{run} {bare}").trim().to_owned(),
            _ => runs.push(String::new()),
        }
        if !word.ends_with(|c: char| c.is_alphanumeric()) {
            runs.push(String::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}
