//! The HTML part as mail programs draw it: Outlook with Word, and in the dark.

use super::{all_samples, contrast, render};
use std::collections::BTreeSet;

/// Word gives every table that does not say otherwise space between its cells, and a link
/// no padding at all.
#[test]
fn outlook_is_told_what_word_does_not_read_from_styles() {
    let (mut tables, mut buttons) = (0, 0);
    for sample in all_samples() {
        let html = render(&sample).html;
        for table in html.split("<table").skip(1).filter_map(|rest| rest.split('>').next()) {
            tables += 1;
            assert!(table.contains("cellpadding=\"0\" cellspacing=\"0\""), "{table}");
        }
        let cells = html.matches("mso-padding-alt").count();
        assert_eq!(cells, html.matches("style=\"display:block;padding").count(), "{html}");
        buttons += cells;
        for fancy in ["flex", "grid", "float:", "position:", "calc(", "var("] {
            assert!(!html.contains(fancy), "{fancy} in {}", sample.letter.template());
        }
        assert_eq!(html.matches("<!--[if mso]>").count(), html.matches("<![endif]-->").count());
    }
    assert!(tables > 1000 && buttons > 300, "{tables} tables, {buttons} buttons");
}

#[test]
fn in_the_dark_every_colour_has_a_contrast_of_at_least_four_and_a_half() {
    let html = render(&all_samples()[0]).html;
    let dark = html.split("prefers-color-scheme: dark").nth(1).and_then(|rest| rest.split("</style>").next());
    let dark = dark.expect("a style for the dark");
    let colours = |property: &str| -> BTreeSet<String> {
        dark.split(property).skip(1).map(|rest| rest[..7].to_owned()).collect()
    };
    let (text, ground) = (colours(" color: "), colours("background: "));
    assert!(text.len() == 2 && ground.len() == 1, "{text:?} {ground:?}");
    for (t, g) in text.iter().flat_map(|t| ground.iter().map(move |g| (t, g))) {
        assert!(contrast(t, g) >= 4.5, "{t} on {g}: {}", contrast(t, g));
    }
}
