//! The letters as people get them: golden files, and what no letter may ever do.
//!
//! `UPDATE_GOLDEN=1 cargo test --release --test letters` writes the golden files anew.

use mail_parser::{HeaderValue, MessageParser, MimeHeaders};
use soundingboard::mail::address::{AddrSpec, Mailbox};
use soundingboard::mail::message_id::{MessageId, Secret};
use soundingboard::program::batch::{Compose, Mail};
use soundingboard::program::letter::{Addressed, Answered, Class, Letter, Line, Thread};
use soundingboard::program::letter_samples::samples;
use soundingboard::program::record::{Reference, Timestamp, Token};
use soundingboard::templates::{COLUMNS, Identity, Rendered, TemplateError, Templates};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use textwrap::core::display_width;

fn identity() -> Identity {
    Identity {
        network: "Peer Advising Network".into(),
        contact: addr("contact@network.example"),
        subaddress: "+".into(),
        return_path_detail: false,
        privacy: "How we treat your data: https://network.example/privacy".into(),
        list_id: String::new(),
    }
}

fn templates() -> Templates {
    load(identity())
}

fn load(identity: Identity) -> Templates {
    Templates::load(&["en".into()], None, identity).expect("the shipped templates are sound").0
}

fn addr(text: &str) -> AddrSpec {
    AddrSpec::parse(text).expect(text)
}

fn now() -> Timestamp {
    "2026-12-04T08:00:00Z".parse().expect("a time")
}

fn compose(templates: &Templates, letter: &Addressed) -> Mail {
    let id = MessageId::ours(&Secret::new("golden"), &[letter.letter.template()], "network.example");
    templates.compose(letter, &id, now()).expect(letter.letter.template())
}

fn render(letter: &Addressed) -> Rendered {
    templates().render(letter).expect(letter.letter.template())
}

/// The first sample of a letter, which is the fullest.
fn sample(name: &str) -> Addressed {
    samples().into_iter().find(|sample| sample.letter.template() == name).expect(name)
}

/// The names of all letters, as the program's source has them.
fn names() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("src/program/letter.rs")).expect("letter.rs");
    let name = |line: &str| Some(line.trim().split_once("{ .. } => \"")?.1.strip_suffix("\",")?.to_owned());
    let names: BTreeSet<String> = source.lines().filter_map(name).collect();
    assert!(names.len() > 30, "letter.rs is not read right: {names:?}");
    names
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

// ---- golden letters

#[test]
fn every_letter_is_worded_as_its_golden_file() {
    let golden = goldens();
    let folder = root().join("tests/golden/en");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        write_goldens(&folder, &golden);
    }
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect("tests/golden/en") {
        there.insert(entry.expect("an entry").file_name().to_string_lossy().into_owned());
    }
    let expected: BTreeSet<String> = golden.keys().cloned().collect();
    assert_eq!(there, expected, "golden files and letters are not the same; UPDATE_GOLDEN=1 writes them");
    for (name, text) in golden {
        let before = fs::read_to_string(folder.join(&name)).expect(&name);
        assert!(before == text, "{name} differs; see git diff after UPDATE_GOLDEN=1. Now:\n{text}");
    }
}

/// Text of every sample; HTML of the first, which is made of the same Markdown.
fn goldens() -> BTreeMap<String, String> {
    let templates = templates();
    let mut golden = BTreeMap::<String, String>::new();
    for sample in samples() {
        let name = sample.letter.template();
        let letter = templates.render(&sample).expect(name);
        let text = golden.entry(format!("{name}.txt")).or_default();
        *text += &format!("Subject: {}\n\n{}\n{}\n", letter.subject, letter.text, "=".repeat(COLUMNS));
        golden.entry(format!("{name}.html")).or_insert(letter.html);
    }
    golden
}

fn write_goldens(folder: &Path, golden: &BTreeMap<String, String>) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("the folder for golden files");
    for (name, text) in golden {
        fs::write(folder.join(name), text).expect(name);
    }
}

#[test]
fn every_letter_has_samples_and_a_template() {
    let mut count = BTreeMap::<String, usize>::new();
    for sample in samples() {
        *count.entry(sample.letter.template().into()).or_default() += 1;
    }
    assert_eq!(count.keys().cloned().collect::<BTreeSet<_>>(), names());
    assert!(count.values().all(|n| *n >= 2), "{count:?}");
    for entry in fs::read_dir(root().join("templates/en")).expect("templates/en") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if let Some(letter) = name.strip_suffix(".md").filter(|name| !name.starts_with('_')) {
            assert!(names().contains(letter), "{name} is no letter's template");
        }
    }
}
