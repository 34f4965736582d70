//! People's words are data in both parts and in the header.

use super::{all_samples, compose, render, sample, templates};
use mail_parser::MessageParser;
use proptest::prelude::*;
use soundingboard::mail::address::Mailbox;
use soundingboard::program::batch::Mail;
use soundingboard::program::letter::{Addressed, Letter};
use soundingboard::templates::COLUMNS;
use textwrap::core::display_width;

const EVIL: &str = "x\r\nBcc: evil@x.example\r\n\r\n<script>alert(1)</script> <img src=x onerror=y> \
[click](https://evil.example) **bold** {{network}} {{{network}}} {{#if x}} &lt; ![i](https://evil.example/i.png)\n\
# heading\n> quote\n- list\n1. one\n    code\n\tcode\n| a | b |\n|--|--|\n===\n---\n```\n<https://evil.example>\n\
</td></table>\n<!-- \n\\";

/// The same words in the same lines, without a mark that could mean something.
fn tamed(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_punctuation() { 'x' } else { c }).collect()
}

#[test]
fn no_field_can_start_a_tag_a_link_markup_a_template_or_a_header() {
    let templates = templates();
    let mut tried = 0;
    for sample in all_samples() {
        for (evil, tame) in with_words(&sample, EVIL).into_iter().zip(with_words(&sample, &tamed(EVIL))) {
            tried += 1;
            let (bad, good) =
                (templates.render(&evil).expect("evil"), templates.render(&tame).expect("tame"));
            assert_eq!(
                tamed(&without_links(&bad.text)),
                tamed(&without_links(&good.text)),
                "{:?}",
                evil.letter
            );
            assert_eq!(tags(&bad.html), tags(&good.html), "{:?}\n{}", evil.letter, bad.html);
            assert_eq!(header_names(&compose(templates, &evil)), header_names(&compose(templates, &tame)));
        }
    }
    assert!(tried > 600, "only {tried} fields were tried");
}

/// A name, an address and a link as long as they come.
const LONG: &str = "Wilhelmina Alexandra von Hohenfels-Schwarzenberg und zu Lindau-Reutin, \
wilhelmina.alexandra.von.hohenfels-schwarzenberg@zentralbibliothek.universitaet.example, \
https://catalogue.library.example/cgi-bin/koha/reports/guided_reports.pl?reports=1&phase=Run%20this%20report&limit=20 \
and so on";

#[test]
fn a_long_name_or_address_makes_no_line_wider_than_its_longest_word() {
    let templates = templates();
    let widest = LONG.split(' ').map(display_width).max().expect("words");
    for sample in all_samples() {
        let text = templates.render(&with_all_words(&sample, LONG)).expect("a letter").text;
        for line in without_links(&text).lines().filter(|line| display_width(line) > COLUMNS) {
            let bare = line.trim_start_matches(['>', '-', ' ']);
            let numbered = bare.split_once(". ").map_or(bare, |(_, rest)| rest);
            assert!(!numbered.contains(' ') && display_width(numbered) <= widest + 2, "{line}");
        }
    }
}

/// The letter with every text in it replaced.
fn with_all_words(sample: &Addressed, words: &str) -> Addressed {
    let mut value = serde_json::to_value(&sample.letter).expect("JSON");
    let mut paths = Vec::new();
    texts(&value, String::new(), &mut paths);
    for path in paths {
        let text = value.pointer_mut(&path).expect("a path");
        let before = std::mem::replace(text, words.into());
        if serde_json::from_value::<Letter>(value.clone()).is_err() {
            *value.pointer_mut(&path).expect("a path") = before;
        }
    }
    Addressed { letter: serde_json::from_value(value).expect("a letter"), ..sample.clone() }
}

/// A link is percent-encoded: what people wrote cannot leave it, but makes it longer.
fn without_links(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("mailto:contact@network.example?subject="));
    lines.collect::<Vec<_>>().join("\n")
}

/// One copy of the letter for each text in it, with that text replaced.
fn with_words(sample: &Addressed, words: &str) -> Vec<Addressed> {
    let mut value = serde_json::to_value(&sample.letter).expect("JSON");
    let mut paths = Vec::new();
    texts(&value, String::new(), &mut paths);
    let mut copies = Vec::new();
    for path in paths {
        let text = value.pointer_mut(&path).expect("a path");
        let before = std::mem::replace(text, words.into());
        // Dates, addresses and the names of facts cannot be anybody's words.
        if let Ok(letter) = serde_json::from_value(value.clone()) {
            copies.push(Addressed { letter, ..sample.clone() });
        }
        *value.pointer_mut(&path).expect("a path") = before;
    }
    let to = sample.to.iter().map(|m| Mailbox::new(words, m.address.clone())).collect();
    copies.push(Addressed { to, on_behalf_of: Some(words.into()), ..sample.clone() });
    copies
}

fn texts(value: &serde_json::Value, path: String, out: &mut Vec<String>) {
    match value {
        serde_json::Value::String(_) => out.push(path),
        serde_json::Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, item)| texts(item, format!("{path}/{n}"), out));
        }
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, item)| texts(item, format!("{path}/{key}"), out));
        }
        _ => {}
    }
}

/// Every element with its attributes; of links only where they lead at all.
fn tags(html: &str) -> Vec<String> {
    let page = scraper::Html::parse_document(html);
    let element = |node: scraper::ElementRef| {
        let attributes = node.value().attrs().map(|(name, value)| match name {
            "href" => value.split('?').next().unwrap_or_default().to_owned(),
            _ => format!("{name}={value}"),
        });
        format!("{} {}", node.value().name(), attributes.collect::<Vec<_>>().join(" "))
    };
    page.root_element().descendants().filter_map(scraper::ElementRef::wrap).map(element).collect()
}

fn header_names(mail: &Mail) -> Vec<String> {
    let read = MessageParser::new().parse(mail.bytes.as_bytes()).expect("a mail");
    read.headers().iter().map(|header| header.name().to_lowercase()).collect()
}

#[test]
fn a_subject_is_one_short_line_with_the_reference_last() {
    let mut letter = sample("did-you-write");
    letter.to[0].name = Some("x\r\nBcc: a@b.example".into());
    letter.letter = Letter::FormLapsed {
        name: None,
        kind: format!("A\r\nBcc: b@c.example {}", "long ".repeat(90)),
        cancelled: false,
    };
    let subject = render(&letter).subject;
    assert!(subject.ends_with("\u{2026} [K7Q2M]") && subject.chars().count() < 175, "{subject}");
    assert!(!subject.contains(['\r', '\n']));
}

/// Seventy columns are what a list of mail shows of a subject.
#[test]
fn no_subject_is_longer_than_a_list_of_mail_shows() {
    let mut longest = 0;
    for sample in all_samples() {
        let subject = render(&sample).subject;
        longest = longest.max(display_width(&subject));
        assert!(display_width(&subject) <= 70, "{subject}");
        assert!(!subject.contains("  ") && !subject.contains(" ,") && !subject.contains(".."), "{subject}");
    }
    assert!(longest > 60, "the longest subject has {longest} columns");
}

/// What is left out where a value is missing takes its spaces and commas along.
#[test]
fn nothing_is_left_of_a_value_that_is_missing() {
    for sample in all_samples() {
        let text = render(&sample).text;
        for line in text.lines() {
            let words = line.trim_start_matches(['>', ' ', '-']);
            let odd = ["  ,", " ,", " .", ",,", "..", "()", "\"\"", "[]", ": ."];
            let found = odd.iter().find(|odd| words.contains(**odd) && !line.starts_with('>'));
            assert_eq!(found, None, "{}: {line}", sample.letter.template());
            assert!(!words.starts_with([',', '.', ';']), "{}: {line}", sample.letter.template());
        }
    }
}

#[test]
fn quoted_words_keep_their_lines_and_their_indents() {
    let mut letter = sample("passed-on");
    let words = "SELECT *\n  FROM issues\n\n\n\nAmina\u{202e}".to_owned();
    letter.letter = Letter::PassedOn {
        name: "L".into(),
        writer: "A".into(),
        words,
        to_advisor: false,
        introduced: false,
    };
    let worded = render(&letter);
    assert!(worded.text.contains("\n> SELECT *\n>   FROM issues\n>\n> Amina\n"), "{}", worded.text);
    assert!(worded.html.contains("SELECT *<br />\n\u{a0}\u{a0}FROM issues</p>"), "{}", worded.html);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_write_stays_what_they_wrote(words in "(\\PC|[ -~]|[\\r\\n\\t#>*`\\[\\]<&{}|~-]){0,300}") {
        let letter = |words: &str| {
            let mut letter = sample("passed-on");
            let (name, writer) = (words.to_owned(), words.to_owned());
            letter.letter = Letter::PassedOn { name, writer, words: words.to_owned(), to_advisor: true, introduced: false };
            letter.on_behalf_of = Some(words.to_owned());
            letter
        };
        let (wild, tame) = (letter(&words), letter(&tamed(&words)));
        let (bad, good) = (render(&wild), render(&tame));
        prop_assert_eq!(tags(&bad.html), tags(&good.html));
        prop_assert_eq!(tamed(&bad.text), tamed(&good.text));
        let mail = compose(templates(), &wild);
        prop_assert!(mail.bytes.is_ascii());
        prop_assert!(mail.bytes.split("\r\n").all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])));
        prop_assert_eq!(header_names(&mail), header_names(&compose(templates(), &tame)));
    }
}
