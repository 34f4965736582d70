//! What Arabic letters owe to Arabic: their direction, their isolates, their plurals, their words.

use super::{all_samples, compose, mailtos, render, root, sample, samples_in, templates, words_of};
use mail_parser::MessageParser;
use soundingboard::mail::address::Mailbox;
use soundingboard::mail::form::{FormWords, fold};
use soundingboard::mail::inbound::Inbound;
use soundingboard::program::command;
use soundingboard::program::letter::{Addressed, Letter};
use soundingboard::program::record::{Reference, Timestamp, Token};
use soundingboard::program::token;
use soundingboard::templates::{bidi, words_files};
use std::fs;

fn arabic(name: &str) -> Addressed {
    Addressed { language: "ar".into(), ..sample(name) }
}

/// What is ours: the text without its isolates.
fn outside(text: &str) -> String {
    let parts = text.split(bidi::OPENS).enumerate();
    parts
        .map(|(n, part)| if n == 0 { part } else { part.split_once(bidi::CLOSES).map_or("", |(_, own)| own) })
        .collect()
}

/// How many Latin letters stand in no isolate.
fn bare_latin(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut bare = 0;
    for c in text.chars() {
        match c {
            bidi::OPENS => depth += 1,
            bidi::CLOSES => depth -= 1,
            c if c.is_alphabetic() && !bidi::is_right_to_left(c) && depth == 0 => bare += 1,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{text}");
    bare
}

/// Whoever is named, and where, stands in an isolate; what is not, is ours: an address in an
/// example, a link, a quotation.
#[test]
fn names_addresses_and_references_stand_in_isolates_in_each_part() {
    let mut isolates = 0;
    for sample in samples_in("ar") {
        let worded = render(&sample);
        assert_eq!(bare_latin(&worded.subject.replace("[K7Q2M]", "")), 0, "{}", worded.subject);
        for line in worded.text.lines().filter(|line| !line.starts_with('>') && !line.contains("mailto:")) {
            let said = line.replace("K7Q2M ", "").replace("name@library.example", "").replace("K7Q2M»", "");
            assert_eq!(bare_latin(&said), 0, "{}: {line}", sample.letter.template());
        }
        isolates += worded.text.matches(bidi::OPENS).count();
        let (opened, closed) = (worded.html.matches("<bdi>").count(), worded.html.matches("</bdi>").count());
        assert_eq!(opened, closed, "{}", worded.html);
        assert!(opened > 0 && worded.html.contains("<bdi>contact@network.example</bdi>"), "{}", worded.html);
    }
    assert!(isolates > 1000, "only {isolates} isolates");
}

#[test]
fn a_page_is_laid_out_from_right_to_left_and_words_of_people_as_they_wrote_them() {
    for sample in samples_in("ar") {
        let html = render(&sample).html;
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{html}");
        assert_eq!(html.matches(" dir=\"rtl\"").count(), 3, "a web mail leaves the page's own out");
        assert!(!html.contains("border-left") && !html.contains("align=\"left\""), "{html}");
        let quotes = html.matches("<blockquote").count();
        assert!(html.matches("<p dir=\"auto\"").count() >= quotes, "{html}");
    }
    let english = render(&sample("request-to-advisor")).html;
    assert!(english.contains("<p dir=\"auto\"") && english.contains("border-left"), "{english}");
}

#[test]
fn an_arabic_name_in_a_letter_of_another_language_is_isolated_too() {
    let mut letter = sample("cancelled-to-advisor");
    letter.letter =
        Letter::CancelledToAdvisor { name: "Karim".into(), advisee: "ليلى منصور".into() };
    letter.to = vec![Mailbox::bare(super::addr("karim@auc.example"))];
    let worded = render(&letter);
    assert!(worded.subject.starts_with("\u{2068}ليلى منصور\u{2069} no longer"), "{}", worded.subject);
    assert!(worded.html.contains("<bdi>ليلى منصور</bdi> has withdrawn"), "{}", worded.html);
    letter.letter =
        Letter::CancelledToAdvisor { name: "كريم".into(), advisee: "ليلى منصور".into() };
    letter.language = "ar".into();
    let text = render(&letter).text;
    assert!(text.starts_with("مرحبًا كريم،\n\nسُحب طلب ليلى منصور."), "{text}");
}

/// What a mail program quotes, or somebody copies, has the isolates with it.
#[test]
fn what_stands_in_isolates_is_found_again_when_it_is_quoted_or_sent_back() {
    let letter = arabic("request-to-advisor");
    let worded = render(&letter);
    let found = (Reference("K7Q2M".into()), Token("7QDTX4M2ZK9FGR3N".into()));
    assert_eq!(token::carriers(&worded.text), std::slice::from_ref(&found), "{}", worded.text);
    let quoted: String = worded.text.lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(token::carriers(&quoted), [found]);
    let without = token::without_tokens(&worded.text);
    assert!(!without.contains("المرجع") && !without.contains("7QDTX4M2ZK9FGR3N"), "{without}");
    assert_eq!(token::reference_in_subject(&worded.subject), Some(Reference("K7Q2M".into())));
    let isolated = worded.subject.replace("[K7Q2M]", "[\u{2068}K7Q2M\u{2069}]");
    assert_eq!(token::reference_in_subject(&isolated), Some(Reference("K7Q2M".into())));
    let isolated = worded.subject.replace("[K7Q2M]", "\u{2068}[K7Q2M]\u{2069}");
    assert_eq!(token::reference_in_subject(&isolated), Some(Reference("K7Q2M".into())));
}

/// The instruction of the text part, typed or copied as it stands, is understood like the button.
#[test]
fn a_word_copied_from_its_line_is_understood() {
    let words = words_of("ar");
    let mut copied = 0;
    for sample in samples_in("ar") {
        let text = render(&sample).text;
        for line in text.lines().filter(|line| line.starts_with("- ") && line.contains(" \u{2014} ")) {
            let word = line.trim_start_matches("- ").split(" \u{2014} ").next().expect("a word");
            assert!(command::read(word, None, &words).is_some(), "{line}");
            copied += 1;
        }
    }
    assert!(copied > 200, "only {copied} words");
}

/// Arabic has no capitals: a word to reply stands between « and ».
#[test]
fn every_word_that_a_letter_names_is_one_we_read() {
    let files = words_files(&["ar".to_owned()], None).expect("the shipped words");
    let forms = FormWords::from_files(&files).expect("kinds and labels");
    let words = words_of("ar");
    let mut tried = 0;
    for entry in fs::read_dir(root().join("templates/ar")).expect("templates") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a template");
        for said in named(&text).filter(|_| path.extension().is_some_and(|e| e == "md")) {
            let kind = forms.kinds.contains_key(&fold(said)) || forms.label(said).is_some();
            let ends = ["", " 2026-12-15", " K7Q2M", " كريم", "، كريم"];
            let read = ends.iter().any(|end| command::read(&format!("{said}{end}"), None, &words).is_some());
            assert!(kind || read, "{}: «{said}» is no word", path.display());
            tried += 1;
        }
    }
    assert!(tried > 60, "only {tried} words were found");
}

fn named(template: &str) -> impl Iterator<Item = &str> {
    let quoted = template.split('«').skip(1).filter_map(|rest| Some(rest.split_once('»')?.0));
    quoted.filter(|said| !said.contains("{{") || said.starts_with("اللغة"))
}

#[test]
fn numbers_have_the_plurals_of_arabic() {
    let subject = |minutes: u32| {
        let mut letter = arabic("confirmation-thanks");
        letter.letter = Letter::ConfirmationThanks {
            name: "ليلى".into(),
            other: "كريم".into(),
            held: true,
            to_advisor: false,
            marks: None,
            minutes: Some(minutes),
            by_other: false,
            understood: vec![],
            not_understood: vec![],
        };
        render(&letter).text.replace('\n', " ")
    };
    for (minutes, said) in [
        (1, "ومدّته دقيقة واحدة،"),
        (2, "ومدّته دقيقتان،"),
        (10, "ومدّته 10 دقائق،"),
        (45, "ومدّته 45 دقيقة،"),
        (100, "ومدّته 100 دقيقة،"),
        (103, "ومدّته 103 دقائق،"),
    ] {
        assert!(subject(minutes).contains(said), "{}", subject(minutes));
    }
}

#[test]
fn dates_and_lists_are_written_as_arabic_writes_them() {
    let mut letter = arabic("already-open");
    let since: Timestamp = "2027-01-01T12:00:00Z".parse().expect("a time");
    letter.letter = Letter::AlreadyOpen { name: "ليلى".into(), advisor: "أمينة".into(), since };
    let text = render(&letter).text.replace('\n', " ");
    assert!(text.contains("طلبتم مشورة أمينة يوم الجمعة 1 يناير 2027،"), "{text}");
    let waiting = render(&arabic("away-noted")).text.replace('\n', " ");
    assert!(waiting.contains(" و\u{2068}"), "{waiting}");
}

#[test]
fn no_mark_of_another_language_and_none_out_of_place() {
    for sample in samples_in("ar") {
        let worded = render(&sample);
        let own = worded.text.lines().filter(|line| !line.starts_with('>') && !line.contains("mailto:"));
        for line in own {
            let bare = bidi::without(line);
            for odd in [" ،", " ؛", " ؟", " .", "،،", "..", ",،", "()", "«»"] {
                assert!(!bare.contains(odd), "{}: {odd} in {line}", sample.letter.template());
            }
            assert!(!outside(line).contains([',', ';', '?']), "{}: {line}", sample.letter.template());
            assert!(!bare.trim_start_matches([' ', '-']).starts_with(['،', '؛', '؟', '.']), "{line}");
        }
    }
}

/// A button opens a mail with the subject of the letter and a word: both come back as they were.
#[test]
fn a_button_s_mail_is_read_as_its_word() {
    let letter = arabic("request-to-advisor");
    let (_, subject, body) = mailtos(&render(&letter).html).remove(0);
    let mail = format!(
        "From: amina@campus.example\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\u{200f}{body}\r\n"
    );
    let inbound = Inbound::parse(mail.as_bytes());
    let said = command::read(&inbound.new_text, inbound.subject.as_deref(), &words_of("ar")).expect("a word");
    assert_eq!(said.word.to_string(), "ACCEPT");
}

#[test]
fn a_long_name_keeps_its_isolate_on_each_line_and_in_a_subject_that_is_cut() {
    let mut letter = arabic("cancelled-to-advisor");
    letter.letter =
        Letter::CancelledToAdvisor { name: "ليلى".into(), advisee: "Wilhelmina Alexandra ".repeat(12) };
    let worded = render(&letter);
    for line in worded.text.lines().chain([worded.subject.as_str()]) {
        assert_eq!(line.matches(bidi::OPENS).count(), line.matches(bidi::CLOSES).count(), "{line}");
    }
    let mail = compose(templates(), &letter);
    let read = MessageParser::new().parse(mail.bytes.as_bytes()).expect("a mail");
    assert_eq!(read.subject(), Some(worded.subject.as_str()));
}

#[test]
fn letters_of_the_other_languages_have_no_isolates_where_nothing_is_arabic() {
    for sample in all_samples().into_iter().filter(|sample| sample.language != "ar") {
        let worded = render(&sample);
        assert!(
            !worded.text.contains(bidi::OPENS) && !worded.subject.contains(bidi::OPENS),
            "{}",
            worded.text
        );
    }
}

/// What follows a number of things agrees with it: one, two, or more of them.
#[test]
fn what_is_said_of_one_or_two_things_agrees_with_them() {
    let said = |letter: Addressed| {
        let worded = render(&letter);
        format!("{}\n{}", worded.subject, worded.text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let of_many = |letter: Letter, wordings: [&str; 3], set: fn(&mut Letter, usize)| {
        for (n, wording) in [1, 2, 3].into_iter().zip(wordings) {
            let mut letter = Addressed { letter: letter.clone(), ..arabic("staff-waiting") };
            set(&mut letter.letter, n);
            let text = said(letter);
            assert!(text.contains(wording), "{n}: {text}");
        }
    };
    of_many(
        arabic("staff-waiting").letter,
        ["في انتظاركم (منذ", "في انتظاركم (أقدمهما منذ", "في انتظاركم (أقدمها منذ"],
        |letter, n| {
            if let Letter::StaffWaiting { exceptions, more_exceptions, oldest_days, .. } = letter {
                exceptions.truncate(n);
                (*more_exceptions, *oldest_days) = (n - exceptions.len(), 2);
            }
        },
    );
    of_many(
        arabic("staff-answer").letter,
        ["؛ وتجدونه في الموجز القادم إن بقي.", "ما يبقى منهما حينئذٍ.", "ما يبقى منها حينئذٍ."],
        |letter, n| {
            if let Letter::StaffAnswer { waiting, .. } = letter {
                *waiting = n;
            }
        },
    );
    of_many(
        arabic("letters-to-approve").letter,
        ["أخرى تقرؤونها", "أخريان تقرؤونهما", "أخرى تقرؤونها"],
        |letter, n| {
            if let Letter::LettersToApprove { more, .. } = letter {
                *more = n;
            }
        },
    );
    of_many(
        arabic("digest").letter,
        ["وتأخذ طريقها من تلقاء نفسها", "وتأخذان طريقهما من تلقاء نفسيهما", "وتأخذ طريقها من تلقاء نفسها"],
        |letter, n| {
            if let Letter::Digest { exceptions, .. } = letter {
                let kept = exceptions.iter_mut().filter_map(|e| e.kept.as_mut());
                kept.for_each(|kept| kept.mails = n as u64);
            }
        },
    );
    of_many(
        arabic("digest").letter,
        ["تجدون نصّها، والكلمات التي تطلقها", "تجدون نصّيهما، والكلمات التي تطلقهما", "تجدون نصّها"],
        |letter, n| {
            if let Letter::Digest { letters_waiting, .. } = letter {
                *letters_waiting = n;
            }
        },
    );
}
