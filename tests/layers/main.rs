//! The layers stay apart: `daemon → {mailbox, submission, store, templates} → program → mail`.
//!
//! Every file under `src/` is read for the paths it names; what its layer may not name is
//! a fault. Tests inside the files obey too: they are the first examples people copy.

mod lexer;
mod paths;

use std::path::{Path, PathBuf};

/// A rule about the files under some paths.
struct Rule {
    /// `src/program/` or `src/clock.rs`.
    files: &'static [&'static str],
    /// Files under these paths are not meant.
    but: &'static [&'static str],
    /// Paths (or beginnings of paths, or single words) that they must not name.
    never: &'static [&'static str],
    /// The only modules of ours that they may name; empty where any may be named.
    ours: &'static [&'static str],
    why: &'static str,
}

const PURE: &[&str] = &[
    "tokio",
    "futures_util",
    "async",
    "await",
    "async_imap",
    "lettre::transport",
    "handlebars",
    "sled",
    "tracing",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::collections::HashMap",
    "std::collections::HashSet",
    "HashMap",
    "HashSet",
    "getrandom",
    "rand",
    "println",
    "eprintln",
];

const RULES: &[Rule] = &[
    Rule {
        files: &["src/mail/"],
        but: &[],
        never: PURE,
        ours: &["crate::mail"],
        why: "mail knows headers, and nothing of ours: no I/O, no clock, no chance, no templates",
    },
    Rule {
        files: &["src/program/"],
        but: &[],
        never: PURE,
        ours: &["crate::program", "crate::mail"],
        why: "program is records + input + now → one batch: it may import mail, and no effect of any kind",
    },
    Rule {
        files: &["src/mailbox.rs", "src/mailbox/"],
        but: &[],
        never: &["crate::program", "crate::submission", "crate::decider", "crate::daemon", "crate::store"],
        ours: &[],
        why: "the contact mailbox carries mail and decides nothing",
    },
    Rule {
        files: &["src/submission.rs", "src/submission/"],
        but: &[],
        never: &["crate::program", "crate::mailbox", "crate::decider", "crate::daemon", "crate::store"],
        ours: &[],
        why: "submission carries letters and decides nothing",
    },
    Rule {
        files: &["src/store/", "src/templates.rs", "src/templates/"],
        but: &[],
        never: &["crate::mailbox", "crate::submission", "crate::decider", "crate::daemon", "tokio", "async"],
        ours: &[],
        why: "the store keeps rows and the templates word letters: neither knows a wire or the daemon",
    },
    Rule {
        files: &["src/"],
        but: &["src/clock.rs"],
        never: &[
            "Utc::now",
            "chrono::Utc::now",
            "Local",
            "chrono::Local",
            "SystemTime",
            "std::time::SystemTime",
        ],
        ours: &[],
        why: "only clock.rs reads the wall clock",
    },
    Rule {
        files: &["src/"],
        but: &[
            "src/config.rs",
            "src/config/",
            "src/journal.rs",
            "src/main.rs",
            "src/args.rs",
            "src/trial.rs",
        ],
        never: &["std::env", "env"],
        ours: &[],
        why: "the environment is read once, at the edge",
    },
    Rule { files: &["src/"], but: &[], never: &["unsafe"], ours: &[], why: "no unsafe code" },
];

/// What a file names and should not, in words.
fn faults(path: &str, text: &str) -> Vec<String> {
    let under = |places: &[&str]| places.iter().any(|place| path.starts_with(place));
    let named = paths::paths(&paths::module_of(path), text);
    let rules = RULES.iter().filter(|rule| under(rule.files) && !under(rule.but));
    let broken = |rule: &Rule| -> Vec<String> {
        let wrong = named.iter().filter(|name| is_wrong(rule, name));
        wrong.map(|name| format!("{path} names {name}: {}", rule.why)).collect()
    };
    rules.flat_map(broken).collect()
}

fn is_wrong(rule: &Rule, name: &str) -> bool {
    let ours = name == "crate" || name.starts_with("crate::");
    let stranger = ours && !rule.ours.is_empty() && !rule.ours.iter().any(|place| is_within(name, place));
    stranger || rule.never.iter().any(|never| is_within(name, never))
}

/// `crate::mail` and `crate::mail::address`, but not `crate::mailbox`.
fn is_within(name: &str, place: &str) -> bool {
    name.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_layers_stay_apart() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    let (mut all, mut counted) = (Vec::new(), [0; 3]);
    for file in &files {
        let path = file.strip_prefix(root).expect("under the root").to_str().expect("a path in UTF-8");
        counted[0] += 1;
        counted[1] += usize::from(path.starts_with("src/mail/"));
        counted[2] += usize::from(path.starts_with("src/program/"));
        all.extend(faults(path, &std::fs::read_to_string(file).expect("a source in UTF-8")));
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
    let [whole, mail, program] = counted;
    assert!(whole > 80 && mail > 15 && program > 30, "only {whole} files ({mail} mail, {program} program)");
}

/// Planted, one by one: each of these would break a layer.
#[test]
fn a_wrong_import_is_found_wherever_it_hides() {
    let wrong = [
        ("src/mail/x.rs", "use crate::program::record::Case;"),
        ("src/mail/x.rs", "use super::super::program::record;"),
        ("src/mail/x.rs", "use tokio::io;"),
        ("src/mail/x.rs", "use std::{fmt, fs::{self, File}};"),
        ("src/mail/x.rs", "use lettre::transport::smtp;"),
        ("src/mail/x.rs", "fn f() { tracing::info!(\"x\") }"),
        ("src/mail/x.rs", "mod tests { use super::super::super::store; }"),
        ("src/program/x.rs", "use crate::store::Store;"),
        ("src/program/x.rs", "use {crate::mail::form, crate::clock::Clock};"),
        ("src/program/x.rs", "use std::collections::{BTreeMap, HashMap as Map};"),
        ("src/program/x.rs", "fn f() -> std::collections::HashMap<u8, u8> { todo!() }"),
        ("src/program/x.rs", "fn f() { let a = '\"'; std::env::var(\"A\"); }"),
        ("src/program/x.rs", "async fn f() {}"),
        ("src/program/x.rs", "fn f() { chrono::Utc::now(); }"),
        ("src/program/x.rs", "use chrono::Utc; fn f() { Utc::now(); }"),
        ("src/program/x/y.rs", "use super::super::super::decider;"),
        ("src/mailbox.rs", "use crate::program::batch::Mail;"),
        ("src/mailbox/imap.rs", "use super::super::submission;"),
        ("src/submission/smtp.rs", "fn f() { crate::mailbox::batch(&[]); }"),
        ("src/store/x.rs", "use crate::daemon::Daemon;"),
        ("src/daemon.rs", "fn f() { std::time::SystemTime::now(); }"),
        ("src/decider.rs", "use std::time::SystemTime as Wall;"),
        ("src/read.rs", "use std::env;"),
        ("src/main.rs", "fn f() { unsafe { g() } }"),
    ];
    for (path, text) in wrong {
        assert!(!faults(path, text).is_empty(), "not found in {path}: {text}");
    }
}

#[test]
fn a_right_import_is_no_fault() {
    let right = [
        (
            "src/mail/x.rs",
            "use super::address; use crate::mail::{form, header::Header}; use lettre::message;",
        ),
        ("src/mail/x.rs", "mod tests { mod inner { use super::super::super::address; } } use super::form;"),
        ("src/mail/x.rs", "// use tokio::io;\n/* use sled; */ const A: &str = \"use std::fs;\";"),
        ("src/mail/x.rs", "const A: &str = r#\"use \"std::fs\";\"#; const B: char = '\\'';"),
        (
            "src/program/x.rs",
            "use crate::mail::form::Form; use std::collections::BTreeMap; fn f<'a>(now: &'a u8) {}",
        ),
        ("src/program/mod.rs", "pub mod batch; use batch::Batch; use self::record::Case;"),
        ("src/program/x.rs", "fn tokio_is_a_word() { letter.environs(); }"),
        ("src/clock.rs", "use chrono::Utc; fn f() { Utc::now(); }"),
        ("src/store/x.rs", "use crate::program::batch::Change; use std::fs;"),
        ("src/mailbox.rs", "use crate::mail::inbound::Inbound; use tokio::time;"),
        ("src/read.rs", "fn f(a: &u8) -> impl Fn() + use<> { let b = a.c; move || {} }"),
    ];
    for (path, text) in right {
        assert_eq!(faults(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}
