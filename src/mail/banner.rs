//! What a receiving system puts above mail that comes from elsewhere.

use super::banner_words::{BANNERS, CAUTIONS, CERTAIN, CONTINUED, EXTERNAL, THIS_MAIL};
use super::caseless_words::{CaselessPhrases, CaselessWords, from_word, has_no_word};
use super::character::is_word;
use super::html::CELL;
use super::signature::{LONGEST, is_delimiter};
use super::speech_words::speaks_of_self;
use super::visible::visible;
use std::sync::LazyLock;

/// In so many of the first lines a banner is looked for.
const FIRST_LINES: usize = 24;
/// A line that a program wrapped has at least so many characters.
const SHORTEST_WRAPPED: usize = 50;

/// How many of the first lines a receiving system put there. A long banner in plain text
/// is `wrapped`: it goes on with lines that go on with its words.
pub(super) fn after_banners(lines: &[&str], wrapped: bool) -> usize {
    let mut at = 0;
    let mut goes_on = false;
    for (number, line) in lines.iter().enumerate().take(FIRST_LINES) {
        let blank = line.trim().is_empty();
        let banner = is_banner(&lines[number..], wrapped) || (goes_on && continues(line));
        if !banner && !blank && !is_delimiter(line) {
            break;
        }
        goes_on = wrapped && banner && line.chars().count() >= SHORTEST_WRAPPED && !ends(line);
        at = if is_delimiter(line) && at == 0 { 0 } else { number + 1 };
    }
    at
}

/// A sentence's end, or a link's, after which nothing goes on.
fn ends(line: &str) -> bool {
    line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | CELL))
        .ends_with(['.', '!', '。', '>', ']', ')'])
}

/// Whether a line goes on with a banner: it has a word of what banners warn of. An answer
/// right below a banner has none.
fn continues(line: &str) -> bool {
    static WORDS: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(CONTINUED));
    line.len() <= 2 * LONGEST && WORDS.is_in(&visible(line)) && !speaks_of_self(line)
}

/// Whether the first of `lines` is one that a receiving system puts above mail from
/// elsewhere; where it is wrapped, the next line goes on with it.
fn is_banner(lines: &[&str], wrapped: bool) -> bool {
    let line = lines[0];
    if line.len() > 2 * LONGEST || line.trim().is_empty() {
        return false;
    }
    let seen = visible(line);
    if is_labelled(&seen) || has_sign(&seen) {
        return true;
    }
    // "CAUTION" alone, above the banner.
    let next = lines[1..].iter().find(|l| !l.trim().is_empty());
    if is_caution(&seen) {
        return next.is_some_and(|next| next.len() <= 2 * LONGEST && says_outside(&visible(next)));
    }
    let next = lines.get(1).filter(|next| wrapped && !next.trim().is_empty() && next.len() <= 2 * LONGEST);
    let joined = next.map(|next| format!("{seen} {}", visible(next)));
    seen.chars().count() >= SHORTEST_WRAPPED && joined.is_some_and(|joined| has_sign(&joined))
}

/// A phrase that only systems write; or one that people write too, beside a word of
/// caution, brackets, "this message" or another such phrase.
fn has_sign(line: &str) -> bool {
    static ONLY: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(CERTAIN));
    static THIS: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(THIS_MAIL));
    let only = ONLY.places(line);
    if let Some(first) = only.first() {
        let alone = line[first.end..].trim_matches(|c: char| !c.is_alphanumeric()).len() < 2;
        return alone || line.contains(['@', '<']) || only.len() > 1;
    }
    let phrases = PHRASES.places(line).len();
    let framed = || line.starts_with(['[', '*', '#', '!', '⚠', '{', '<', '-', '=']);
    let told = phrases >= 2 || phrases == 1 && (framed() || warns(line) || THIS.is_in(line));
    told && !speaks_of_self(line)
}

fn says_outside(line: &str) -> bool {
    (PHRASES.is_in(line) || is_labelled(line) || has_sign(line)) && !speaks_of_self(line)
}

static PHRASES: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(BANNERS));
static WARNS: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(CAUTIONS.iter().copied()));

/// It begins with "Caution:".
fn warns(line: &str) -> bool {
    let line = from_word(line);
    WARNS.ends(line).any(|end| line[end..].starts_with(|c| !is_word(c)))
}

/// "CAUTION" and nothing else.
fn is_caution(line: &str) -> bool {
    let line = from_word(line);
    WARNS.ends(line).any(|end| has_no_word(&line[end..]))
}

/// "[EXTERNAL]", "EXTERNAL EMAIL", "Caution: external sender": a label and no sentence. A
/// single small word between no brackets is an answer.
fn is_labelled(line: &str) -> bool {
    static LABELS: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(EXTERNAL.iter().copied()));
    static OF_SEVERAL_WORDS: LazyLock<CaselessWords> =
        LazyLock::new(|| CaselessWords::of(EXTERNAL.iter().copied().filter(|label| label.contains(' '))));
    if line.chars().count() < 3 {
        return false;
    }
    let said = from_word(line);
    let warned = WARNS.ends(said).map(|end| &said[end..]).filter(|rest| rest.starts_with(|c| !is_word(c)));
    let labelled: Vec<&str> = warned.map(from_word).chain([said]).collect();
    let label = labelled.iter().any(|said| LABELS.ends(said).any(|end| has_no_word(&said[end..])));
    let headed = || labelled.iter().any(|said| OF_SEVERAL_WORDS.ends(said).any(|end| is_head(&said[end..])));
    let framed = || !line.starts_with(char::is_alphanumeric);
    let capitals = || line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase);
    label && (line.contains(' ') || framed() || capitals()) || headed() && !speaks_of_self(line)
}

/// What stands between a label and the sentence that it heads.
fn is_head(rest: &str) -> bool {
    let rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
    let said = rest.strip_prefix([':', '.', '!', ']', '*', '-']);
    said.is_some_and(|said| said.chars().count() <= 300)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn above(text: &str, wrapped: bool) -> usize {
        after_banners(&text.lines().collect::<Vec<_>>(), wrapped)
    }

    #[test]
    fn what_systems_put_above_mail_is_a_banner_in_many_languages() {
        for banner in [
            "You don't often get email from leila@campus.example. Learn why this is important",
            "Some people who received this message don't often get email from leila@campus.example. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>",
            "Vous ne recevez pas souvent de courriers de leila@campus.example. Découvrez pourquoi cela est important",
            "Sie erhalten nicht häufig E-Mails von leila@campus.example. Erfahren Sie, warum dies wichtig ist",
            "لا تتلقى رسائل البريد الإلكتروني من leila@campus.example كثيرًا. تعرف على سبب أهمية ذلك",
            "CAUTION: This email originated from outside of the organization. Do not click links",
            "[EXTERNAL]",
            "*** EXTERNAL EMAIL ***",
            "EXTERNAL",
            "External sender",
            "[Externe] Ce courriel provient de l'extérieur",
            "This message came from outside the organisation.",
            "Ce message vient de l'extérieur de l'université.",
            "هذه الرسالة من خارج الجامعة. لا تنقر على الروابط.",
            "WARNING\nThis email came from outside the organization.",
            "ATTENTION: external sender. Think before you click.",
        ] {
            for wrapped in [false, true] {
                let text = format!("{banner}\nACCEPT");
                assert_eq!(above(&text, wrapped), banner.lines().count(), "{banner}, wrapped: {wrapped}");
            }
        }
    }

    #[test]
    fn a_long_banner_goes_on_where_it_is_wrapped() {
        let banner = "CAUTION: This email originated from outside of the organization. Do not click\nlinks or open attachments unless you recognize the sender and know that the\ncontent is safe.";
        assert_eq!(above(&format!("{banner}\n\nACCEPT"), true), 4);
        assert_eq!(above(&format!("{banner}\nACCEPT"), true), 3);
    }

    #[test]
    fn a_persons_first_line_is_no_banner() {
        for text in [
            "Hello, I am writing from outside your organisation.\nI need help with Koha.",
            "أنا باحثة من خارج الجامعة\nأحتاج إلى مساعدة",
            "I am not from outside the organisation.",
            "External\nThe readers are not ours.",
            "Externe, bien sûr.",
            "The readers come from outside the university.",
            "Le lecteur vient de l'extérieur.",
            "Do not click on the link of yesterday: it is broken.",
            "No haga clic en Guardar antes de tiempo.",
            "Attention: external borrowers come on Tuesday.",
            "Attention : je ne serai pas là mardi.",
            "Achtung: am Dienstag ist geschlossen.",
            "Think before you click, says our poster.",
            "Ik ben van buiten de organisatie.",
        ] {
            assert_eq!(above(text, true), 0, "{text}");
        }
    }
}
