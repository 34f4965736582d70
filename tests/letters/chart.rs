//! The digest's chart: a picture in the HTML part, the same numbers as text.

use super::{compose, identity, load, render, root, sample, templates};
use mail_parser::{MessageParser, MimeHeaders};
use soundingboard::program::letter::Letter;
use soundingboard::program::letter_samples::samples;
use std::fs;

/// Width, height, and the bytes of all pixels.
fn pixels(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("a frame");
    (info.width, info.height, bytes)
}

/// Pixels, not bytes: a newer compressor may pack the same picture otherwise.
#[test]
fn it_is_drawn_as_its_golden_picture() {
    let drawn = render(&sample("digest")).pictures.remove(0).png;
    let file = root().join("tests/golden/weeks.png");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &drawn).expect("tests/golden/weeks.png");
    }
    let golden = fs::read(&file).expect("tests/golden/weeks.png");
    assert!(pixels(&golden) == pixels(&drawn), "the chart differs; UPDATE_GOLDEN=1 writes it: look at both");
}

#[test]
fn it_travels_inside_the_html_part_and_is_named_there() {
    let mail = compose(templates(), &sample("digest"));
    let read = MessageParser::new().parse(mail.bytes.as_bytes()).expect("a mail");
    let kinds: Vec<String> = read
        .parts
        .iter()
        .map(|part| {
            part.content_type()
                .map_or(String::new(), |t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("?")))
        })
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]);
    let image = &read.parts[4];
    let name = image.content_id().expect("a Content-ID");
    assert!(
        read.body_html(0).is_some_and(|html| html.contains(&format!("src=\"cid:{name}\" width=\"480\"")))
    );
    assert!(image.content_disposition().is_some_and(|d| d.ctype() == "inline"));
    assert_eq!(pixels(image.contents()), pixels(&render(&sample("digest")).pictures[0].png));
    assert_eq!(mail.bytes, compose(&load(identity()), &sample("digest")).bytes);
}

/// Every number that the picture is drawn from stands in both parts, and adds up.
#[test]
fn its_numbers_stand_in_the_text_part_too() {
    let digests = samples().into_iter().filter(|s| s.letter.template() == "digest");
    let mut with_weeks = 0;
    for sample in digests {
        let worded = render(&sample);
        let Letter::Digest { weeks, in_all, .. } = &sample.letter else { continue };
        assert_eq!(worded.pictures.len(), usize::from(!weeks.is_empty()));
        assert_eq!(worded.text.contains("There has been no request yet."), weeks.is_empty());
        assert_eq!(in_all.is_some(), !weeks.is_empty());
        for week in weeks {
            let counts = [week.requests, week.accepted, week.open, week.withdrawn, week.ended];
            assert_eq!(counts[0], counts[1..].iter().sum::<u64>());
            let row = |line: &str| {
                let numbers: Vec<u64> =
                    line.split_whitespace().skip(2).filter_map(|n| n.parse().ok()).collect();
                line.starts_with(&week.from.format("%-d %B ").to_string()) && numbers == counts
            };
            assert_eq!(worded.text.lines().filter(|line| row(line)).count(), 1, "{}", worded.text);
        }
        if let Some(all) = in_all {
            with_weeks += 1;
            let gist = format!("and {} requests: {} found an advisor", all.requests, all.accepted);
            assert!(worded.html.contains(&gist), "no {gist} in the alt text");
        }
    }
    assert!(with_weeks >= 2);
}
