//! What a person newly wrote: a mail's text without quotation, attribution, signature, footer.

use super::html::{QUOTED_FROM_HERE, RULE, SIGNATURE_ENDS, SIGNATURE_STARTS, is_mark};
use super::quotation::{Sureness, attribution, is_header_block, is_separator, names_sender, shared_line};
use super::signature;

/// The new part of a text, and whether it stood beside quoted lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NewText {
    pub text: String,
    /// Something was quoted and has been left out.
    pub quoted: bool,
}

/// Reads plain text, or HTML rendered with marks. The cell mark stays in the result.
pub(super) fn new_text(text: &str) -> NewText {
    let split = with_attributions_apart(text);
    let lines: Vec<&str> = split.lines().collect();
    let (mut kept, quoted) = unquoted(&lines);
    kept.dedup_by(|line, before| line.trim().is_empty() && before.trim().is_empty());
    let end = signature::end_of_text(&kept);
    let start = kept[..end].iter().take_while(|l| l.trim().is_empty() || signature::is_banner(l)).count();
    let own: Vec<&str> = kept[start..end].iter().copied().filter(|l| !signature::is_mobile(l)).collect();
    NewText { text: tidied(&own), quoted }
}

/// Some programs put the attribution at the end of the reply's last line.
fn with_attributions_apart(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        match shared_line(line) {
            Some((own, attribution)) => out.extend([own, "\n", attribution, "\n"]),
            None => out.extend([line, "\n"]),
        }
    }
    out
}

/// The lines that are not quoted.
fn unquoted<'a>(lines: &[&'a str]) -> (Vec<&'a str>, bool) {
    let mut kept = Vec::new();
    let mut quoted = false;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let rest = &lines[at..];
        if ends_all(rest) {
            drop_rule(&mut kept);
            return (kept, true);
        }
        if let Some(length) = marked_signature(rest) {
            at += length;
        } else if let Some((length, sureness)) = attribution(rest) {
            let marked = quoted_follows(&lines[at + length..]);
            if !marked && sureness == Sureness::Sure {
                return (kept, true);
            }
            if !marked {
                kept.push(line);
                at += 1;
                continue;
            }
            quoted = true;
            at += length;
        } else if is_quoted(line) {
            quoted = true;
            at += 1 + usize::from(is_wrapped(rest));
        } else {
            kept.extend((!line.trim().chars().all(is_mark) || line.trim().is_empty()).then_some(line));
            at += 1;
        }
    }
    (kept, quoted)
}

/// Whether everything from the first of `lines` on is quoted.
fn ends_all(lines: &[&str]) -> bool {
    let line = lines[0];
    line.contains(QUOTED_FROM_HERE)
        || is_separator(line)
        || is_header_block(lines)
        || (line.contains(RULE) && next_names_sender(&lines[1..]))
}

/// Under a rule that mail programs draw, a line with the sender's address is enough.
fn next_names_sender(lines: &[&str]) -> bool {
    let next = lines.iter().take(8).find(|l| !l.trim().chars().all(|c| c.is_whitespace() || is_mark(c)));
    next.is_some_and(|line| names_sender(line))
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 4 && line.chars().all(|c| matches!(c, '_' | '-' | '='))
}

/// A rule right above a quotation belongs to the quotation.
fn drop_rule(kept: &mut Vec<&str>) {
    while kept.last().is_some_and(|l| l.trim().is_empty() || is_rule(l)) {
        kept.pop();
    }
}

/// How many lines a signature takes that the HTML marked as one.
fn marked_signature(lines: &[&str]) -> Option<usize> {
    lines[0].contains(SIGNATURE_STARTS).then(|| {
        let end = lines.iter().position(|l| l.contains(SIGNATURE_ENDS));
        end.map_or(lines.len(), |end| end + 1)
    })
}

/// `>` begins a quoted line; `>>> look here <<<` and `-->` do not.
fn is_quoted(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>') && !line.trim_end().ends_with("<<<")
}

/// Whether the second of `lines` is the rest of the quoted first, which a mail program
/// wrapped without a mark. People who answer between quoted lines leave an empty one,
/// or begin with a capital letter.
fn is_wrapped(lines: &[&str]) -> bool {
    let [first, second, third, ..] = lines else { return false };
    let first = first.trim_end();
    let ended = first.ends_with(['.', '?', '!', ':', '>']);
    let goes_on = match second.chars().next() {
        Some(c) if c.is_lowercase() => first.chars().count() >= 50,
        Some(c) => matches!(c, '_' | '&' | '='),
        None => false,
    };
    !ended && goes_on && is_quoted(third)
}

/// Whether the next line with something in it is quoted.
fn quoted_follows(lines: &[&str]) -> bool {
    lines.iter().find(|l| !l.trim().is_empty()).is_some_and(|l| is_quoted(l))
}

/// Without empty lines at both ends and with at most one between paragraphs.
fn tidied(lines: &[&str]) -> String {
    let mut out = String::new();
    for line in lines {
        let line = line.trim_end();
        if line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> String {
        new_text(text).text
    }

    #[test]
    fn what_stands_under_an_attribution_is_quoted() {
        for attribution in [
            "On Mon, 5 Oct 2026 at 10:00, Board <board@net.example> wrote:",
            "On Mon, 5 Oct 2026 at 10:00, Board\n<board@net.example> wrote:",
            "Le lun. 5 oct. 2026 à 10:00, Board <board@net.example> a écrit :",
            "Am 05.10.2026 um 10:00 schrieb Board <board@net.example>:",
            "El lun, 5 oct 2026 a las 10:00, Board (<board@net.example>) escribió:",
            "Il giorno lun 5 ott 2026 alle ore 10:00 Board <board@net.example> ha scritto:",
            "Op ma 5 okt. 2026 om 10:00 schreef Board <board@net.example>:",
            "في الاثنين، 5 أكتوبر 2026 في 10:00 Board <board@net.example> كتب:",
            "-----Original Message-----",
            "-------- Message d'origine --------",
            "From: Board <board@net.example>\nSent: Monday\nTo: Leila\nSubject: A request",
            "________________________________\nDe : Board <board@net.example>\nEnvoyé : lundi\nÀ : Leila\nObjet : x",
        ] {
            let text = format!("ACCEPT\n\n{attribution}\n\nCan you help Omar?\n");
            assert_eq!(new_text(&text), NewText { text: "ACCEPT".into(), quoted: true }, "{attribution}");
        }
    }

    #[test]
    fn a_date_above_an_attribution_is_an_answer() {
        let text = "3 April 2026\n\nOn Monday, the network wrote:\n> Which day was it?\n";
        assert_eq!(own(text), "3 April 2026");
    }

    #[test]
    fn answers_between_and_below_quoted_lines_are_kept() {
        let text = "Board wrote:\n> Can you help Omar?\nYes.\n\n> When?\nTuesday at 3.\n";
        assert_eq!(own(text), "Yes.\n\nTuesday at 3.");
    }

    #[test]
    fn a_signature_is_not_what_somebody_wrote() {
        for signature in
            ["-- \nLeila Haddad\nCairo", "Sent from my iPhone", "Envoyé de mon iPhone", "Get Outlook for iOS"]
        {
            assert_eq!(own(&format!("ACCEPT\n\n{signature}\n")), "ACCEPT", "{signature}");
        }
        assert_eq!(own("Sent from my desk, which is easier."), "Sent from my desk, which is easier.");
    }

    #[test]
    fn a_banner_of_the_receiving_system_is_not_what_somebody_wrote() {
        for banner in [
            "You don't often get email from amina@campus.example. Learn why this is important",
            "[EXTERNAL]",
            "CAUTION: This email originated from outside of the organization. Do not click links unless you know the sender.",
        ] {
            assert_eq!(own(&format!("{banner}\n\nACCEPT\n")), "ACCEPT", "{banner}");
        }
        assert_eq!(own("ACCEPT, from an external library"), "ACCEPT, from an external library");
    }

    #[test]
    fn a_line_that_a_program_wrapped_without_a_mark_is_still_quoted() {
        let text = "Yes.\n\n> a long line of our letter that the program of the reader has wrapped\nhere\n> and on\n";
        assert_eq!(own(text), "Yes.");
        assert_eq!(
            own("> Can you come on Tuesday to the library in the afternoon, please?\nyes\n> Bye\n"),
            "yes"
        );
    }

    #[test]
    fn a_visiting_card_is_a_signature_but_an_answer_under_a_rule_is_not() {
        assert_eq!(
            own("ACCEPT\n\nAmina Haddad\nCataloguing\n+33 1 23 45 67 89\namina@campus.example"),
            "ACCEPT"
        );
        assert_eq!(
            own("Two things.\n-----\nWill it be on Tuesday? I hope so."),
            "Two things.\n-----\nWill it be on Tuesday? I hope so."
        );
    }

    #[test]
    fn a_persons_own_sentences_are_not_taken_for_marks() {
        for text in [
            "On Monday we met.\nIt went well.",
            "On Tuesday at 10:30 I met Karim.\nHe said that Amina wrote:\nplease come",
            "On Monday at 10:00 I wrote:\nplease help",
            "Do you remember what Amina wrote in 2019 at 10:30:\nplease help",
            "On 5 May at 10:30 the invitation was sent\nand nobody came.",
            "Am Montag um 10:00 schrieb ich Folgendes:\nbitte helfen",
            "Date: Tuesday\nTopic: Koha\nComments: none",
            "My colleague wrote:\nplease call me",
            "One thing: look at this\n--> here\nthanks",
        ] {
            assert_eq!(own(text), text);
        }
    }
}
