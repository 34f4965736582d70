//! What institutions, lists and virus scanners put under people's mail.

use super::attribution::{any_of, regex};
use super::caseless_words::{CaselessPhrases, CaselessWords, from_word, has_no_word};
use super::character::is_word;
use super::footer_words::{
    ANTIVIRUS, EVERYDAY_WORDS, LIST_FOOTERS, MAIL_WORDS, NOTICE_BEGINS, NOTICE_HEADS, NOTICE_WORDS, PRINTING,
    PRINTS, SCANNED, SPARES, UNSUBSCRIBE,
};
use super::signature::{LONGEST, filled, is_contact};
use super::speech_words::speaks_of_self;
use super::visible::visible;
use regex::Regex;
use std::sync::LazyLock;

/// How sure it is that something is no person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A person might have written it: it counts where nothing but footers follows.
    Weak,
    /// Only institutions and programs write so: all below it is theirs.
    Strong,
}

/// Words of this weight make a notice; a notice of more is one even at the top of a mail.
const NOTICE_WEIGHT: i32 = 4;
const STRONG_WEIGHT: i32 = 7;
/// Who speaks of themselves writes no institution's notice.
const SPOKEN_WEIGHT: i32 = 3;
/// A headed notice so long is one in a language whose words are not known.
const LONG_NOTICE: usize = 120;
/// So many lines below a footer are looked at.
const MOST_BELOW: usize = 24;
/// No longer line is one of a list's or a scanner's.
const LONGEST_FOOTER: usize = 2 * LONGEST;

/// Whether a footer begins here that was put under the mail by its sender's system or by a
/// list, and how sure that is.
pub(super) fn footer(lines: &[&str], starts_paragraph: bool) -> Option<Strength> {
    let line = lines[0];
    if is_footer_rule(line) {
        let list = lines[1..].iter().take(4).any(|l| list_footer(l).is_some() || names_list(l))
            || filled(&lines[1..]).next().is_some_and(|l| list_footer(l).is_some());
        return list.then_some(Strength::Strong);
    }
    if line.trim().is_empty() {
        return None;
    }
    let paragraph = || starts_paragraph.then(|| notice(lines).or_else(|| list_footer(line))).flatten();
    paragraph().or_else(|| service_line(line))
}

/// Whether what stands below a footer is no person's either: more footers, links, rules.
pub(super) fn only_footers_follow(lines: &[&str]) -> bool {
    let mut theirs = false;
    let mut starts_paragraph = true;
    for (at, line) in lines.iter().enumerate().take(MOST_BELOW) {
        let blank = line.trim().is_empty();
        if !blank {
            let begins = footer(&lines[at..], starts_paragraph);
            if begins == Some(Strength::Strong) {
                return true;
            }
            theirs = begins.is_some() || (theirs && !starts_paragraph);
            if !(theirs || is_footer_rule(line) || is_contact(line) || is_product_line(line)) {
                return false;
            }
        }
        starts_paragraph = blank;
    }
    true
}

/// "Version: 2026.1 / Virus Database: …": what scanners write below their names.
fn is_product_line(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("Version:") || line.starts_with("http") || line.chars().all(|c| !c.is_alphanumeric())
}

fn is_footer_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 8 && line.chars().all(|c| matches!(c, '_' | '-' | '='))
}

/// A list's or group's line. How to unsubscribe is one only with a link or an address:
/// people explain it, too.
fn list_footer(line: &str) -> Option<Strength> {
    static SAYS: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(LIST_FOOTERS));
    static LEAVE: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(UNSUBSCRIBE));
    if line.len() > LONGEST_FOOTER || line.len() < 8 {
        return None;
    }
    let line = visible(line);
    if line.ends_with(['?', '؟']) {
        return None;
    }
    let strength = if SAYS.is_in(&line) {
        Strength::Strong
    } else {
        let reachable = line.contains(['@', '/']) || line.ends_with([':', ',']);
        let leave = if reachable { LEAVE.places(&line) } else { Vec::new() };
        let found = leave.first()?.clone();
        let announced = line[..found.start].split_whitespace().count() > 1;
        if announced && line[found].contains(['/', '@']) {
            return None;
        }
        Strength::Weak
    };
    (!speaks_of_self(&line)).then_some(strength)
}

/// "discuss mailing list", alone under a rule.
fn names_list(line: &str) -> bool {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?i)(?:mailing list|liste de diffusion|mailingliste|lista de correo|mailing-?lista)$|abuse@")
    });
    line.len() <= LONGEST && NAMES.is_match(line.trim())
}

/// Who looked for viruses, and who asks to spare paper.
fn service_line(line: &str) -> Option<Strength> {
    if line.len() > LONGEST || line.len() < 8 {
        return None;
    }
    let line = visible(line);
    let weak = || (says_scanned(&line) || spares_paper(&line)).then_some(Strength::Weak);
    let strength = if always(&line) { Some(Strength::Strong) } else { weak() };
    strength.filter(|_| !speaks_of_self(&line))
}

fn always(line: &str) -> bool {
    static ALWAYS: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)(?:mail|message) has been (?:scanned|checked) (?:for (?:virus|spam)|by mailscanner)|no virus found in (?:this|incoming|outgoing)|^_{10} information from eset|believed to be clean",
        )
    });
    // Each of them has one of these, which few lines have.
    static MAY: LazyLock<CaselessPhrases> = LazyLock::new(|| {
        CaselessPhrases::of(&[
            " has been ",
            "no virus found",
            "information from eset",
            "believed to be clean",
        ])
    });
    MAY.is_in(line) && ALWAYS.is_match(line)
}

/// A scanner's name beside viruses, and that this mail was looked at; or its link.
fn says_scanned(line: &str) -> bool {
    static BOTH: LazyLock<Regex> = LazyLock::new(|| {
        let names = format!(r"\b(?:{})", any_of(ANTIVIRUS.iter().copied()));
        let virus = r"(?:\bvir(?:us|üs|en|ov|os|ų)|\bv[ií]rus|antivir|\bwirus|вирус|вірус|ιό|ιών|فيروس|וירוס|病毒|ウイルス|바이러스)";
        regex(&format!("(?i){names}.*{virus}|{virus}.*{names}"))
    });
    // "Virus-free" is one of the names.
    static NAMED: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(ANTIVIRUS));
    static LOOKED: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(SCANNED));
    static CLEAN: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)^\W*(?:virus-free|virenfrei)\W*(?:www|$)"));
    let linked = || line.contains("www.") || line.contains("http");
    NAMED.is_in(line)
        && (CLEAN.is_match(line)
            || BOTH.is_match(line) && (linked() || LOOKED.is_in(line) && says(line, MAIL_WORDS)))
}

/// A phrase about printing, beside paper, nature or this mail. "Check it before printing
/// the labels" is a person's.
fn spares_paper(line: &str) -> bool {
    static PHRASES: LazyLock<CaselessPhrases> = LazyLock::new(|| CaselessPhrases::of(PRINTING));
    let places = PHRASES.places(line);
    let Some(phrase) = places.first() else { return false };
    let alone = line.chars().count() < line[phrase.clone()].chars().count() + 6;
    let starts = line[..phrase.start].chars().filter(|c| c.is_alphabetic()).count() <= 30;
    let prints = says(line, PRINTS);
    alone || starts && prints && (says(line, SPARES) || says(line, MAIL_WORDS))
}

fn says(line: &str, words: &[&str]) -> bool {
    let lower = line.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// A notice of confidentiality: a paragraph that begins as such notices do and has their
/// words.
fn notice(lines: &[&str]) -> Option<Strength> {
    let first = lines[0].get(..lines[0].floor_char_boundary(LONGEST)).map(visible).unwrap_or_default();
    if let Some(end) = end_of_head(&first) {
        return headed(&body_of(lines, 12)[end..], &lines[1..]);
    }
    let end = end_of_begin(&first)?;
    // "Privileged" and the like do not say it twice.
    let weight = weight_of(&body_of(lines, 8)[end..]);
    (weight >= NOTICE_WEIGHT).then(|| strength_of(weight))
}

/// Everyday words are heads only with a colon behind them, or alone.
fn heads(everyday: bool) -> CaselessWords {
    let heads = NOTICE_HEADS.iter().filter(|head| head.ends_with([':', '-']) == everyday);
    CaselessWords::of(heads.map(|head| head.trim_end_matches([':', '-', ' '])))
}

fn end_of_head(line: &str) -> Option<usize> {
    static WHOLE: LazyLock<CaselessWords> = LazyLock::new(|| heads(false));
    static STEMS: LazyLock<CaselessWords> = LazyLock::new(|| heads(true));
    let said = from_word(line);
    let whole = WHOLE.ends(said).next();
    let end = whole.or_else(|| STEMS.ends(said).find_map(|end| Some(end + end_of_stem(&said[end..])?)))?;
    Some(line.len() - said.len() + end)
}

/// How long the stroke behind such a word is, or all that follows if nothing is said there.
fn end_of_stem(rest: &str) -> Option<usize> {
    let stroke = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
    match stroke.strip_prefix([':', '–', '—', '-']) {
        Some(said) => Some(rest.len() - said.len()),
        None => has_no_word(rest).then_some(rest.len()),
    }
}

fn end_of_begin(line: &str) -> Option<usize> {
    static LEADS: LazyLock<CaselessWords> = LazyLock::new(|| {
        let leads = [
            "important",
            "notice",
            "note",
            "please note",
            "attention",
            "warning",
            "caution",
            "nb",
            "hinweis",
            "avis",
            "aviso",
        ];
        CaselessWords::of(leads.into_iter())
    });
    static BEGINS: LazyLock<CaselessWords> =
        LazyLock::new(|| CaselessWords::of(NOTICE_BEGINS.iter().copied()));
    let said = from_word(line);
    let led = LEADS.ends(said).map(|end| &said[end..]).filter(|rest| rest.starts_with(|c| !is_word(c)));
    let mut said = led.map(from_word).chain([said]);
    said.find_map(|said| Some(line.len() - said.len() + BEGINS.ends(said).next()?))
}

/// What follows a notice's head: on its line, or in the next paragraph if it stands alone.
fn headed(body: &str, below: &[&str]) -> Option<Strength> {
    let alone = body.chars().filter(|c| c.is_alphanumeric()).count() < 4;
    let next;
    let body = if alone {
        let blank = below.iter().take_while(|l| l.trim().is_empty()).count();
        next = body_of(&below[blank..], 12);
        next.as_str()
    } else {
        body
    };
    let weight = weight_of(body);
    let unknown = body.len() >= LONG_NOTICE && !is_persons(body);
    (unknown || weight >= NOTICE_WEIGHT / 2).then(|| strength_of(weight))
}

fn strength_of(weight: i32) -> Strength {
    if weight >= STRONG_WEIGHT { Strength::Strong } else { Strength::Weak }
}

/// The paragraph that begins here, over at most so many lines.
fn body_of(lines: &[&str], most: usize) -> String {
    let paragraph = lines.iter().take_while(|l| !l.trim().is_empty()).take(most);
    let text: String = paragraph.flat_map(|l| [&l[..l.floor_char_boundary(1_000)], " "]).collect();
    visible(&text)
}

/// How much a text speaks as notices do. Lawyers' words count twice; "error" and
/// "attachment" are everybody's.
fn weight_of(text: &str) -> i32 {
    let lower = text.to_lowercase();
    let said: Vec<&str> = NOTICE_WORDS.iter().copied().filter(|w| lower.contains(w)).collect();
    // "privileg" says nothing more beside "privileged".
    let twice = |word: &str| said.iter().any(|other| *other != word && other.contains(word));
    let weigh = |word: &str| if EVERYDAY_WORDS.contains(&word) { 1 } else { 2 };
    let words: i32 = said.iter().filter(|w| !twice(w)).map(|w| weigh(w)).sum();
    words - if is_persons(text) { SPOKEN_WEIGHT } else { 0 }
}

fn is_persons(text: &str) -> bool {
    text.contains(['?', '؟', '？']) || speaks_of_self(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(text: &str) -> Option<Strength> {
        footer(&text.lines().collect::<Vec<_>>(), true)
    }

    #[test]
    fn what_systems_put_under_mail_is_known_in_many_languages() {
        let missed: Vec<&str> = [
            "This email is confidential and intended for the addressee only.",
            "CONFIDENTIALITY NOTICE: This e-mail is for the sole use of the intended recipient.",
            "Disclaimer: the information in this message is confidential. Unauthorised use is prohibited.",
            "DISCLAIMER\n\nThis email may be privileged; the recipient must not disclose it.",
            "Avis important : ce courriel est confidentiel et destiné à son seul destinataire.",
            "Ce message et ses pièces jointes sont confidentiels et destinés à leur destinataire.",
            "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, vernichten Sie diese Mail.",
            "Wichtiger Hinweis: Diese E-Mail ist vertraulich und nur für den Empfänger bestimmt.",
            "Este mensaje es confidencial y va dirigido a su destinatario.",
            "Esta mensagem é confidencial e destina-se ao seu destinatário; a divulgação é proibida.",
            "Questo messaggio è riservato al destinatario.",
            "Dit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde.",
            "تنويه: هذه الرسالة سرية ومخصصة للشخص المقصود فقط.",
            "This email has been checked for viruses by Avast antivirus software.",
            "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.",
            "L'absence de virus dans ce courrier électronique a été vérifiée par le logiciel antivirus Avast.",
            "El software de antivirus Avast ha analizado este correo electrónico en busca de virus.",
            "Virus-free. www.avast.com",
            "Libre de virus. www.avast.com",
            "No virus found in this incoming message.",
            "Please consider the environment before printing this email.",
            "Pensez à l'environnement avant d'imprimer ce message.",
            "Antes de imprimir este correo, piense en el medio ambiente.",
            "You received this message because you are subscribed to the Google Groups \"Koha\" group.",
            "To unsubscribe from this group, send an email to koha+unsubscribe@groups.example.",
            "_______________________________________________\nKoha mailing list\nkoha@lists.example",
        ]
        .into_iter()
        .filter(|text| begins(text).is_none())
        .collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn a_persons_sentence_with_such_words_is_no_footer() {
        let lost: Vec<&str> = [
            "Disclaimer: I only know Koha 20.",
            "Disclaimer: Koha 20 is old.",
            "تنويه: لن أكون متاحة يوم الثلاثاء",
            "Avis important : je ne serai pas là mardi.",
            "Avertissement : je ne connais que Koha 20.",
            "Wichtiger Hinweis: am Dienstag bin ich nicht da.",
            "Important notice: the library is closed on Tuesday.",
            "Confidential: please do not disclose my name to the recipient.",
            "Confidential please.",
            "Privileged access to the error log is what I need.",
            "Legal notice periods are in our policy.",
            "This message shows an error when the attachment opens.",
            "The information in the attachment is confidential.",
            "If you have received this error, delete the attachment and try again.",
            "Si vous avez reçu une erreur, supprimez les pièces jointes.",
            "How do we reset the test environment in Koha?",
            "Environment: a Windows server with Koha",
            "Norton says there is a virus on our page.",
            "Our scanner (Sophos) blocks the virus database.",
            "The PC is virus-free now.",
            "Your mail has been checked by Omar.",
            "Vérifiez la mise en page avant d'imprimer les étiquettes.",
            "Check the label before printing this page.",
            "Please consider the environment variables of Koha.",
            "How do readers unsubscribe? To unsubscribe from the list they ask us.",
            "Pour se désabonner de la liste, que faut-il faire ?",
            "Join here: https://lists.example/mailman/listinfo/koha",
        ]
        .into_iter()
        .filter(|text| begins(text).is_some())
        .collect();
        assert!(lost.is_empty(), "{lost:#?}");
    }
}
