//! The letters as people get them: golden files, and what no letter may ever do.
//!
//! `UPDATE_GOLDEN=1 cargo test --release --test letters` writes the golden files anew.

#[path = "letters/arabic.rs"]
mod arabic;
#[path = "letters/chart.rs"]
mod chart;
#[path = "letters/french.rs"]
mod french;
#[path = "letters/headers.rs"]
mod headers;
#[path = "letters/operators.rs"]
mod operators;
#[path = "letters/pages.rs"]
mod pages;
#[path = "letters/parity.rs"]
mod parity;
#[path = "letters/words.rs"]
mod words;

use mail_parser::{MessageParser, MimeHeaders};
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::form::{self, FormWords};
use soundingboard::mail::inbound::Inbound;
use soundingboard::mail::message_id::{MessageId, Secret};
use soundingboard::program::batch::{Compose, Mail};
use soundingboard::program::command::{self, Words};
use soundingboard::program::kept_back::Why;
use soundingboard::program::letter::{Addressed, Letter};
use soundingboard::program::letter_samples::samples;
use soundingboard::program::record::Timestamp;
use soundingboard::templates::{COLUMNS, Identity, Rendered, Templates, bidi, languages, words_files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use textwrap::core::display_width;

fn identity() -> Identity {
    Identity {
        network: "Peer Advising Network".into(),
        contact: addr("contact@network.example"),
        subaddress: "+".into(),
        return_path_detail: false,
        languages: vec!["en".into()],
        privacy: "How we treat your data: https://network.example/privacy".into(),
        list_id: String::new(),
    }
}

fn templates() -> &'static Templates {
    static LOADED: OnceLock<Templates> = OnceLock::new();
    LOADED.get_or_init(|| load(identity()))
}

fn load(identity: Identity) -> Templates {
    let templates = Templates::load(&languages(), None, identity).expect("the shipped templates are sound").0;
    templates.prove().expect("every letter can be worded with every sample");
    templates
}

/// Every sample in every language that letters are shipped in.
fn all_samples() -> Vec<Addressed> {
    let spoken = languages();
    assert!(["ar", "en", "fr"].iter().all(|tag| spoken.contains(&(*tag).into())), "{spoken:?}");
    spoken.iter().flat_map(|tag| samples_in(tag)).collect()
}

fn samples_in(tag: &str) -> Vec<Addressed> {
    let there = letters_in(tag);
    assert!(there.len() > 30, "{there:?}");
    let own = samples().into_iter().filter(|sample| there.contains(sample.letter.template()));
    own.map(|sample| Addressed { language: tag.into(), ..sample }).collect()
}

/// The letters that a language has a template for.
fn letters_in(tag: &str) -> BTreeSet<String> {
    let names = fs::read_dir(root().join("templates").join(tag)).expect("templates").map(|entry| {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        name.strip_suffix(".md").filter(|name| !name.starts_with('_')).map(str::to_owned)
    });
    names.flatten().collect()
}

/// The words of a network that speaks this language.
fn words_of(tag: &str) -> Words {
    let files = words_files(&[tag.to_owned()], None).expect("the shipped words");
    Words::from_files(&files).expect("words that do not collide")
}

fn addr(text: &str) -> AddrSpec {
    AddrSpec::parse(text).expect(text)
}

fn now() -> Timestamp {
    "2026-12-04T08:00:00Z".parse().expect("a time")
}

fn compose(templates: &Templates, letter: &Addressed) -> Mail {
    let id = MessageId::ours(&Secret::new("golden"), &[letter.letter.template()], "network.example");
    templates.compose(letter, &id, now()).unwrap_or_else(|e| panic!("{e}"))
}

fn render(letter: &Addressed) -> Rendered {
    templates().render(letter).unwrap_or_else(|e| panic!("{e}"))
}

/// The first sample of a letter, which is the fullest.
fn sample(name: &str) -> Addressed {
    samples().into_iter().find(|sample| sample.letter.template() == name).expect(name)
}

/// The names of all letters, as the program's source has them.
fn names() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("src/program/letter_class.rs")).expect("letter_class.rs");
    let name = |line: &str| Some(line.trim().split_once("{ .. } => \"")?.1.strip_suffix("\",")?.to_owned());
    let names: BTreeSet<String> = source.lines().filter_map(name).collect();
    assert!(names.len() > 30, "letter_class.rs is not read right: {names:?}");
    names
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

// ---- golden letters

#[test]
fn every_letter_is_worded_as_its_golden_file() {
    for tag in languages() {
        are_worded_as_their_golden_files(&tag);
    }
}

fn are_worded_as_their_golden_files(tag: &str) {
    let golden = goldens(tag);
    let folder = root().join("tests/golden").join(tag);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        write_goldens(&folder, &golden);
    }
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(&folder).expect(tag) {
        there.insert(entry.expect("an entry").file_name().to_string_lossy().into_owned());
    }
    let expected: BTreeSet<String> = golden.keys().cloned().collect();
    assert_eq!(there, expected, "golden files and letters are not the same; UPDATE_GOLDEN=1 writes them");
    for (name, text) in golden {
        let before = fs::read_to_string(folder.join(&name)).expect(&name);
        assert!(before == text, "{tag}/{name} differs; see git diff after UPDATE_GOLDEN=1. Now:\n{text}");
    }
}

/// Text of every sample; HTML of the first, which is made of the same Markdown.
fn goldens(tag: &str) -> BTreeMap<String, String> {
    let templates = templates();
    let mut golden = BTreeMap::<String, String>::new();
    for sample in samples_in(tag) {
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
    assert_eq!(letters_in("en"), names());
    let strange: Vec<String> = languages().iter().flat_map(|tag| letters_in(tag)).collect();
    assert!(strange.iter().all(|name| names().contains(name)), "{strange:?}");
}

#[test]
fn every_letter_is_worded_in_the_language_of_its_reader() {
    for sample in all_samples() {
        assert_eq!(render(&sample).language, sample.language, "{}", sample.letter.template());
    }
}

// ---- what is true of every letter

/// No sample has them all: a wording that one language lacks would stop the digest.
#[test]
fn each_reason_why_mails_wait_is_worded_in_every_language() {
    let whys = [Why::Talk, Why::Again, Why::Flood, Why::Website, Why::Named, Why::Strangers];
    for language in ["en", "fr", "ar"] {
        let said = whys.map(|why| {
            let mut letter = Addressed { language: language.into(), ..sample("digest") };
            if let Letter::Digest { exceptions, .. } = &mut letter.letter {
                exceptions.iter_mut().filter_map(|e| e.kept.as_mut()).for_each(|kept| kept.why = why);
            }
            render(&letter).text
        });
        let different: BTreeSet<&String> = said.iter().collect();
        assert_eq!(different.len(), whys.len(), "{language}");
    }
}

#[test]
fn no_line_of_a_text_part_is_wider_than_78_columns() {
    let templates = templates();
    for sample in all_samples() {
        for line in templates.render(&sample).expect("a letter").text.lines() {
            let one_word = !line.trim_start_matches(['>', '-', ' ']).contains(' ');
            assert!(display_width(line) <= COLUMNS || one_word, "{}: {line}", sample.letter.template());
        }
    }
}

#[test]
fn a_composed_letter_reads_back_as_it_was_worded() {
    let templates = templates();
    for sample in all_samples() {
        let (mail, worded) = (compose(templates, &sample), templates.render(&sample).expect("a letter"));
        assert!(mail.bytes.is_ascii(), "{}", mail.bytes);
        assert!(
            mail.bytes.split("\r\n").all(|l| l.len() <= 78 && !l.contains(['\r', '\n'])),
            "{}",
            mail.bytes
        );
        let read = MessageParser::new().parse(mail.bytes.as_bytes()).expect("a mail");
        assert_eq!(read.subject(), Some(worded.subject.as_str()));
        assert_eq!(read.body_text(0).map(|t| t.replace("\r\n", "\n")), Some(worded.text));
        assert_eq!(read.body_html(0).map(|t| t.replace("\r\n", "\n")), Some(worded.html));
        // Each picture is a part, and the first brings a multipart of its own.
        let pictures = worded.pictures.len();
        let parts = 3 + pictures + usize::from(pictures > 0);
        assert_eq!((read.parts.len(), read.attachment_count()), (parts, pictures));
        let to: Vec<_> = addresses(read.to());
        assert_eq!(to, sample.to.iter().map(|m| m.address.to_string()).collect::<Vec<_>>());
        assert_eq!(mail.recipients, sample.to.iter().map(|m| m.address.clone()).collect::<Vec<_>>());
        assert_eq!(addresses(read.from()), ["contact@network.example"]);
        assert_eq!(read.message_id(), Some(mail.message_id.inner()));
        assert_eq!(read.date().map(|d| d.to_timestamp()), Some(now().timestamp()));
        assert_eq!(read.content_language().as_text(), Some(sample.language.as_str()));
    }
}

#[test]
fn the_same_letter_has_the_same_bytes() {
    let (once, again) = (load(identity()), load(identity()));
    for sample in all_samples() {
        assert_eq!(compose(&once, &sample), compose(&again, &sample));
    }
}

#[test]
fn html_has_a_language_one_title_headings_and_tables_that_say_what_they_are() {
    for sample in all_samples() {
        let worded = render(&sample);
        let dir = if sample.language == "ar" { "rtl" } else { "ltr" };
        assert!(worded.html.contains(&format!("<html lang=\"{}\" dir=\"{dir}\">", sample.language)));
        assert_eq!(worded.html.matches("<h1").count(), 1);
        assert!(!worded.html.contains("class=") && !worded.html.contains("<script"));
        for table in worded.html.split("<table").skip(1) {
            let data = table.contains("scope=\"col\"") && !table.starts_with(" role");
            assert!(table.starts_with(" role=\"presentation\"") || data, "{}", worded.html);
        }
        let underlined = worded.text.lines().filter(|l| l.len() > 3 && l.chars().all(|c| c == '-')).count();
        assert_eq!(underlined, worded.html.matches("</h2>").count(), "{}", worded.text);
    }
}

#[test]
fn every_colour_has_a_contrast_of_at_least_four_and_a_half() {
    let html: String = all_samples().iter().map(|sample| render(sample).html).collect();
    let colours = |property: &str| -> BTreeSet<String> {
        html.split(property).skip(1).map(|rest| rest[..7].to_owned()).collect()
    };
    let (text, ground) =
        (colours(";color:#").into_iter().chain(colours("\"color:#")), colours("background-color:"));
    let text: BTreeSet<String> = text.map(|c| format!("#{}", &c[..6])).collect();
    assert!(text.len() > 3 && ground.len() > 2, "{text:?} {ground:?}");
    for (t, g) in text.iter().flat_map(|t| ground.iter().map(move |g| (t, g))) {
        assert!(contrast(t, g) >= 4.5, "{t} on {g}: {}", contrast(t, g));
    }
}

/// WCAG 2.2, "contrast ratio".
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| -> f64 {
        let part = |n: usize| {
            let value = f64::from(u8::from_str_radix(&colour[n..n + 2], 16).expect("a colour")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_action_is_a_word_we_understand_and_stands_in_both_parts() {
    let english = actions_of("en");
    assert!(english.len() >= 14, "{english:?}");
    for tag in languages() {
        assert!(actions_of(&tag).is_subset(&english), "{tag}");
    }
}

/// The words that the letters of a language offer, in canonical spelling.
fn actions_of(tag: &str) -> BTreeSet<String> {
    let words = words_of(tag);
    let files = words_files(&[tag.to_owned()], None).expect("the shipped words");
    let forms = FormWords::from_files(&files).expect("kinds and labels that do not collide");
    let mut used = BTreeSet::new();
    for sample in samples_in(tag) {
        let worded = render(&sample);
        let (filled, said): (Vec<_>, Vec<_>) =
            mailtos(&worded.html).into_iter().partition(|(_, subject, _)| !subject.starts_with("Re: "));
        for (to, subject, body) in &filled {
            assert_eq!(to, "contact@network.example");
            opens_a_request(subject, body, &forms);
        }
        for (to, subject, body) in &said {
            let read = command::read(body, None, &words).unwrap_or_else(|| panic!("{body} is no word"));
            assert_eq!(read.note, None, "{body}");
            assert_eq!(*subject, format!("Re: {}", worded.subject));
            let with_token = sample.thread.as_ref().is_some_and(|thread| thread.token.is_some());
            let detail = if with_token { "+K7Q2M.7QDTX4M2ZK9FGR3N" } else { "" };
            assert_eq!(*to, format!("contact{detail}@network.example"));
            let instruction = format!("\n- {body} \u{2014} ");
            let text = bidi::without(&worded.text);
            assert!(text.contains(&instruction), "{body} is no instruction in:\n{text}");
            used.insert(read.word.to_string());
        }
        let instructions = worded.text.lines().filter(|line| line.contains(" \u{2014} ")).count();
        assert_eq!(instructions, said.len(), "{}", worded.text);
    }
    used
}

/// A button that opens a filled-in request, but for the issue.
fn opens_a_request(subject: &str, body: &str, forms: &FormWords) {
    let mail = Inbound::parse(format!("Subject: {subject}\r\n\r\n{body}Koha\r\n").as_bytes());
    let form = form::read(&mail, forms).unwrap_or_else(|| panic!("{subject}: {body}"));
    assert_eq!(form.kind, "Request meeting");
    assert!(form.get("Advisor").is_some_and(|name| body.contains(name)), "{form:?}");
    assert_eq!(form.get("Issue"), Some("Koha"), "{form:?}");
}

/// Address, subject and body of every mailto: link.
fn mailtos(html: &str) -> Vec<(String, String, String)> {
    let links = html.split("href=\"mailto:").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    links
        .map(|link| {
            let link = link.replace("&amp;", "&");
            let (to, query) = link.split_once('?').expect("a query");
            let (subject, body) = query.split_once('&').expect("two fields");
            let decode = |text: &str| decoded(text.split_once('=').map_or(text, |(_, value)| value));
            (decoded(to), decode(subject), decode(body))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("hex"));
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn addresses(list: Option<&mail_parser::Address>) -> Vec<String> {
    list.map(|list| list.iter().filter_map(|a| a.address()).map(str::to_owned).collect()).unwrap_or_default()
}
