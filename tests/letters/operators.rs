//! Operators' own templates: what they replace, and what is said when one is wrong.

use super::{identity, sample};
use soundingboard::program::letter::{Addressed, Letter};
use soundingboard::templates::{TemplateError, Templates};
use std::fs;
use std::path::Path;

fn overriding(
    files: &[(&str, &str)],
    languages: &[&str],
) -> (tempfile::TempDir, Result<(Templates, Vec<String>), TemplateError>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    let languages: Vec<String> = languages.iter().map(|tag| (*tag).into()).collect();
    let loaded = Templates::load(&languages, Some(folder.path()), identity());
    (folder, loaded.map(|(t, w)| (t, w.iter().map(ToString::to_string).collect())))
}

fn complaint(path: &str, content: &str) -> String {
    let (folder, loaded) = overriding(&[(path, content)], &["en"]);
    let error = loaded.err().expect("an error").to_string();
    error.replace(&folder.path().display().to_string(), "…")
}

#[test]
fn an_unknown_field_is_told_with_file_line_and_nearest_name() {
    let head = "---\nsubject: Hi\n---\n";
    for (path, content, expected) in [
        (
            "en/reminder.md",
            format!("{head}Dear {{{{nmae}}}},\n"),
            "…/en/reminder.md line 4: no field nmae; did you mean name?",
        ),
        (
            "en/reminder.md",
            format!("{head}\n{{{{#if lst}}}}x{{{{/if}}}}\n"),
            "…/en/reminder.md line 5: no field lst; did you mean last?",
        ),
        (
            "en/reminder.md",
            format!("{head}\n\n{{{{date answer_bye}}}}\n"),
            "…/en/reminder.md line 6: no field answer_bye; did you mean answer_by?",
        ),
        (
            "en/reminder.md",
            "---\nsubject: {{advisor}}\n---\nHi\n".into(),
            "…/en/reminder.md line 2: no field advisor; did you mean advisee?",
        ),
        (
            "en/roster.md",
            format!("{head}{{{{#each advisors}}}}\n{{{{institute}}}}\n{{{{/each}}}}\n"),
            "…/en/roster.md line 5: no field institute; did you mean institution?",
        ),
        (
            "en/roster.md",
            format!("{head}{{{{#each advisers}}}}\n{{{{name}}}}\n{{{{/each}}}}\n"),
            "…/en/roster.md line 4: no field advisers; did you mean advisors?",
        ),
        (
            "en/roster.md",
            format!("{head}{{{{zzzzzzzzzzzz}}}}\n"),
            "…/en/roster.md line 4: no field zzzzzzzzzzzz",
        ),
        (
            "en/_choice.md",
            "Hello\n{{closed}}\n".into(),
            "…/en/_choice.md line 2: no field closed; did you mean closes?",
        ),
        (
            "layout.html",
            "<title>{{title}}</title>\n{{{bdy}}}\n".into(),
            "…/layout.html line 2: no field bdy; did you mean body?",
        ),
        (
            "en/reminder.md",
            format!("{head}{{{{shout name}}}}\n"),
            "…/en/reminder.md line 4: there is no helper shout",
        ),
        (
            "en/reminder.md",
            format!("{head}\n{{{{{{name}}}}}}\n"),
            "…/en/reminder.md line 5: {{{ }}} and {{& }} would show people's words as markup; write {{ }}",
        ),
        (
            "en/reminder.md",
            "Hello\n".into(),
            "…/en/reminder.md line 1: a letter begins with three lines: ---, subject: …, ---",
        ),
        (
            "en/case-ended.md",
            format!("{head}{{{{choose why no_advisor=\"x\"}}}}"),
            "…/en/case-ended.md line 4: choose has no wording for \"offer_unanswered\"",
        ),
    ] {
        assert_eq!(complaint(path, &content), expected);
    }
    assert!(
        complaint("en/reminder.md", &format!("{head}\n{{{{#if last}}}}\n")).contains("/reminder.md line ")
    );
}

#[test]
fn an_operator_s_file_takes_the_place_of_one_letter() {
    let own = "---\nsubject: Salut {{advisee}}\n---\nOurs\n";
    let (_folder, loaded) = overriding(&[("en/reminder.md", own), ("en/remindr.md", own)], &["en", "xx"]);
    let (templates, warnings) = loaded.expect("sound templates");
    let worded = templates.render(&sample("reminder")).expect("a letter");
    assert!(worded.subject.starts_with("Salut Leila") && worded.text.starts_with("Ours\n"));
    assert_eq!(
        warnings,
        [
            "there are no letters in \"xx\": its readers get them in English",
            "en/remindr.md is no letter's file; did you mean reminder?"
        ]
    );
}

#[test]
fn a_letter_that_fails_in_life_falls_back_to_the_built_in_one() {
    let own = "---\nsubject: Ours\n---\n{{#if (eq name \"Boom\")}}{{choose name a=\"b\"}}{{/if}}\n";
    let (_folder, loaded) = overriding(&[("en/late-thanks.md", own)], &["en"]);
    let templates = loaded.expect("sound templates").0;
    let mut letter = sample("late-thanks");
    assert!(templates.render(&letter).expect("a letter").subject.starts_with("Ours"));
    letter.letter = Letter::LateThanks { name: "Boom".into(), advisee: "Leila".into(), found: true };
    assert!(templates.render(&letter).expect("a letter").subject.starts_with("Leila has found someone"));
    let failed = templates.failures().untold();
    let [failed] = &failed[..] else { panic!("not one failure: {failed:?}") };
    assert_eq!(failed.template, "late-thanks");
    assert!(failed.why.contains("en/late-thanks.md line 4"), "{}", failed.why);
}

#[test]
fn a_language_of_the_operator_s_own_is_spoken_and_its_gaps_are_english() {
    let facts = "direction = \"rtl\"\ndate = \"{day} {month} {year}\"\nweekdays = [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]\n\
                 months = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"דצמבר\"]\n";
    let files = [
        ("he/language.toml", facts),
        ("he/words.toml", "[labels]\nAdvisor = [\"יועץ\"]\n"),
        ("he/_footer.md", "{{network}}\n"),
        ("he/already-open.md", "---\nsubject: הבקשה\n---\n{{date since}} {{label \"Advisor\"}}\n"),
    ];
    let (_folder, loaded) = overriding(&files, &["en", "he"]);
    let (templates, warnings) = loaded.expect("sound templates");
    assert!(warnings.len() == 1 && warnings[0].starts_with("\"he\" lacks advisor-left, "), "{warnings:?}");
    let hebrew = |name| Addressed { language: "he-IL".into(), ..sample(name) };
    let worded = templates.render(&hebrew("already-open")).expect("a letter");
    assert!(worded.text.starts_with("3 דצמבר 2026 יועץ\n"), "{}", worded.text);
    assert!(worded.html.contains("<html lang=\"he\" dir=\"rtl\">"));
    assert_eq!(templates.render(&hebrew("reminder")).expect("a letter").language, "en");
}

#[test]
fn a_letter_that_a_language_lacks_is_sent_in_the_first_of_the_network() {
    let own = "---\nsubject: רשימה\n---\nx\n";
    let files = [("he/roster.md", own), ("he/_footer.md", "{{network}}\n")];
    let (_folder, loaded) = overriding(&files, &["fr", "he", "de"]);
    let (templates, warnings) = loaded.expect("sound templates");
    let language = |tag: &str, name| {
        templates.render(&Addressed { language: tag.into(), ..sample(name) }).expect("a letter").language
    };
    assert_eq!((language("he", "roster"), language("he", "reminder")), ("he".into(), "fr".into()));
    assert_eq!((language("de", "roster"), language("fr-CA", "roster")), ("fr".into(), "fr".into()));
    let hebrew = warnings.iter().find(|w| w.starts_with("\"he\" lacks advisor-left, ")).expect("a warning");
    assert!(hebrew.ends_with(": sent in \"fr\"") && !hebrew.contains(" roster,"), "{hebrew}");
    assert!(warnings.contains(&"there are no letters in \"de\": its readers get them in \"fr\"".into()));
}

#[test]
fn a_region_s_language_reads_the_letters_and_words_of_the_language() {
    let (_folder, loaded) = overriding(&[], &["fr-CA"]);
    let templates = loaded.expect("sound templates").0;
    let letter = Addressed { language: "fr-CA".into(), ..sample("reminder") };
    assert_eq!(templates.render(&letter).expect("a letter").language, "fr");
    let words = soundingboard::templates::words_files(&["fr-CA".into()], None).expect("words");
    assert!(words.iter().any(|file| file.language == "fr-CA" && !file.words.is_empty()));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let error = Templates::load(&["en".into()], Some(Path::new("/nowhere/at/all")), identity()).err();
    assert!(error.expect("an error").to_string().starts_with("cannot read /nowhere/at/all: "));
}
