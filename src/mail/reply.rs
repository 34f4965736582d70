//! What a person newly wrote: a mail's text without quotation, attribution, signature, footer.

use super::attribution::{Sureness, attribution, shared_line};
use super::html::{
    ATTRIBUTION_ENDS, ATTRIBUTION_STARTS, OUTLOOK_RULE, QUOTED_FROM_HERE, RULE, SIGNATURE_ENDS,
    SIGNATURE_STARTS, is_mark,
};
use super::quotation::{
    header_block, is_separator, is_short_header, looks_like_header, may_announce, names_sender,
};
use super::signature::{self, Place};
use super::visible::{is_invisible, kept as kept_line};

/// The new part of a text, and whether it stood beside quoted lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NewText {
    pub text: String,
    /// Something was quoted and has been left out.
    pub quoted: bool,
    /// The person's words stand in several places, between or under what is quoted.
    interleaved: bool,
}

/// Which of a mail's two texts says what the person wrote: the plain one, unless the HTML
/// knows better, which is `shown` as a whole.
pub(super) fn chosen(plain: Option<NewText>, html: Option<NewText>, shown: &str) -> NewText {
    match (plain, html) {
        (Some(plain), Some(html)) if knows_better(&html, &plain, shown) => html,
        (Some(plain), _) => plain,
        (None, html) => html.unwrap_or_default(),
    }
}

/// A text part in which nothing looks quoted, beside HTML that says what is; one that only
/// sends its reader to the HTML; or one that has kept what the HTML shows too, but marks as
/// no part of the answer, a signature for example.
fn knows_better(html: &NewText, plain: &NewText, shown: &str) -> bool {
    if !plain.quoted && html.quoted || asks_for_html(&plain.text) && !html.text.is_empty() {
        return true;
    }
    let (marked, flat) = (squeezed(&html.text), squeezed(&plain.text));
    let kept_more =
        !plain.interleaved && !marked.is_empty() && marked.len() < flat.len() && flat.starts_with(&marked);
    kept_more && squeezed(shown).contains(&flat[marked.len()..])
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// "Your mail program cannot show HTML."
fn asks_for_html(text: &str) -> bool {
    let lower = text.to_lowercase();
    let short = text.len() <= 400 && lower.contains("html");
    short
        && ["view", "display", "client", "browser", "support", "anzeigen", "afficher", "ver este", "read"]
            .iter()
            .any(|w| lower.contains(w))
}

/// Reads plain text.
pub(super) fn new_text(text: &str) -> NewText {
    read(text, true)
}

/// Reads HTML rendered with marks: no line of it is wrapped. The cell mark stays in the
/// result.
pub(super) fn new_text_of_html(marked: &str) -> NewText {
    read(marked, false)
}

fn read(text: &str, wrapped: bool) -> NewText {
    let split = with_attributions_apart(text);
    let lines: Vec<&str> = split.lines().collect();
    let mut unquoted = Unquoted::of(&lines);
    let interleaved = unquoted.stretches.iter().filter(|s| has_words(s)).count() > 1;
    let mut own: Vec<&str> = Vec::new();
    for (at, stretch) in unquoted.stretches.iter_mut().enumerate() {
        stretch.dedup_by(|line, before| line.trim().is_empty() && before.trim().is_empty());
        own.extend(signature::without_footers(stretch, Place { first: at == 0, wrapped }));
        own.push("");
    }
    if !has_words(&own) {
        // Whoever writes two lines that sound like a notice has still written something.
        own = unquoted.stretches.first().map(|s| signature::without_certain_footers(s)).unwrap_or_default();
    }
    NewText { text: tidied(&own), quoted: unquoted.quoted, interleaved }
}

fn has_words(lines: &[&str]) -> bool {
    lines.iter().any(|line| !line.trim().is_empty())
}

/// Of a text so many lines are read: nobody writes more, and each costs a look at many words.
const MOST_LINES: usize = 5_000;

/// Some programs put the attribution at the end of the reply's last line.
fn with_attributions_apart(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().take(MOST_LINES) {
        match shared_line(line) {
            Some((own, attribution)) => out.extend([own, "\n", attribution, "\n"]),
            None => out.extend([line, "\n"]),
        }
    }
    out
}

/// The lines that are not quoted, as they are read from the first to the last.
#[derive(Default)]
struct Unquoted<'a> {
    /// The person's own lines; each stretch stood above, between or under quoted ones, and
    /// may have a signature of its own.
    stretches: Vec<Vec<&'a str>>,
    /// Whether the last stretch has words, and whether any has.
    in_words: bool,
    has_words: bool,
    quoted: bool,
    /// The stroke that the attribution's program puts before quoted lines, if not `>`.
    stroke: Option<char>,
}

/// What a place in the text begins, and over how many lines.
enum Found {
    /// The person's own line.
    Own,
    Quoted(usize),
    /// Neither the person's nor quoted: a marked signature.
    Skipped(usize),
    /// Everything from here on is quoted.
    Rest,
}

impl<'a> Unquoted<'a> {
    fn of(lines: &[&'a str]) -> Self {
        let mut this = Self::default();
        let mut at = 0;
        while at < lines.len() {
            match this.found(&lines[at..]) {
                Found::Own => {
                    this.keep(lines[at]);
                    at += 1;
                }
                Found::Quoted(length) => {
                    this.quoted = true;
                    this.end_stretch();
                    at += length;
                }
                Found::Skipped(length) => at += length,
                Found::Rest => {
                    this.quoted = true;
                    this.drop_rule();
                    break;
                }
            }
        }
        this
    }

    fn found(&mut self, lines: &[&str]) -> Found {
        if let Some(found) = marked(lines) {
            return found;
        }
        if let Some(length) = announced(lines) {
            return self.original(lines, length);
        }
        if self.has_words && is_short_header(lines) {
            return Found::Rest;
        }
        if let Some((length, sureness)) = attribution(lines) {
            return self.attributed(lines, length, sureness);
        }
        if is_quoted(lines[0]) || self.has_stroke(lines[0]) {
            return Found::Quoted(1 + usize::from(is_wrapped(lines) || is_link_of(lines)));
        }
        Found::Own
    }

    /// "Original message" and its header, over `length` lines: all that follows is quoted,
    /// unless the person wrote nothing above it and the lines below are marked one by one,
    /// so that the answers stand among them.
    fn original(&self, lines: &[&str], length: usize) -> Found {
        let marked = !self.has_words && quoted_follows(&lines[length..]) && has_own_line(&lines[length..]);
        if marked { Found::Quoted(length) } else { Found::Rest }
    }

    fn attributed(&mut self, lines: &[&str], length: usize, sureness: Sureness) -> Found {
        let below = &lines[length..];
        if quoted_follows(below) {
            return Found::Quoted(length);
        }
        if let Some(stroke) = stroke_follows(below) {
            self.stroke = Some(stroke);
            return Found::Quoted(length);
        }
        match sureness {
            Sureness::Sure => Found::Rest,
            Sureness::IfQuotedFollows => Found::Own,
        }
    }

    fn has_stroke(&self, line: &str) -> bool {
        self.stroke.is_some_and(|stroke| line.trim_start().starts_with(stroke))
    }

    fn keep(&mut self, line: &'a str) {
        if line.trim().chars().all(is_mark) && !line.trim().is_empty() {
            return;
        }
        self.in_words |= !line.trim().is_empty();
        self.has_words |= self.in_words;
        match self.stretches.last_mut() {
            Some(stretch) => stretch.push(line),
            None => self.stretches.push(vec![line]),
        }
    }

    fn end_stretch(&mut self) {
        if std::mem::take(&mut self.in_words) {
            self.stretches.push(Vec::new());
        }
    }

    /// A rule right above a quotation, and a line that announces it, belong to the quotation.
    fn drop_rule(&mut self) {
        let Some(stretch) = self.stretches.last_mut() else { return };
        while stretch.last().is_some_and(|l| l.trim().is_empty() || is_rule(l) || may_announce(l)) {
            stretch.pop();
        }
    }
}

/// What the HTML said of this place.
fn marked(lines: &[&str]) -> Option<Found> {
    let line = lines[0];
    if !line.contains(is_mark) {
        return None;
    }
    if line.contains(QUOTED_FROM_HERE) {
        return Some(Found::Rest);
    }
    if let Some(length) = region(lines, SIGNATURE_STARTS, SIGNATURE_ENDS) {
        return Some(Found::Skipped(length));
    }
    if let Some(length) = region(lines, ATTRIBUTION_STARTS, ATTRIBUTION_ENDS) {
        let forwards = (1..length).any(|at| announced(&lines[at..length]).is_some());
        let below = &lines[length..];
        let rest = forwards || !(quoted_follows(below) || is_over(below));
        return Some(if rest { Found::Rest } else { Found::Quoted(length) });
    }
    let under_rule = line.contains([RULE, OUTLOOK_RULE]) && next_names_sender(&lines[1..]);
    let under_outlooks = line.contains(OUTLOOK_RULE) && looks_like_header(&lines[1..]);
    (under_rule || under_outlooks).then_some(Found::Rest)
}

/// How many lines a region takes that begins here.
fn region(lines: &[&str], starts: char, ends: char) -> Option<usize> {
    lines[0].contains(starts).then(|| {
        let end = lines.iter().position(|l| l.contains(ends));
        end.map_or(lines.len(), |end| end + 1)
    })
}

/// How many lines announce here that an original message follows, its header among them.
fn announced(lines: &[&str]) -> Option<usize> {
    if is_quoted(lines[0]) {
        return None;
    }
    if is_separator(lines[0]) {
        let blank = lines[1..].iter().take_while(|l| l.trim().is_empty()).count();
        let header = header_block(&lines[(1 + blank).min(lines.len())..]);
        return Some(header.map_or(1, |header| 1 + blank + header));
    }
    header_block(lines)
}

/// Under a rule that mail programs draw, a line with the sender's address is enough.
fn next_names_sender(lines: &[&str]) -> bool {
    let next = lines.iter().take(8).find(|l| !l.trim().chars().all(|c| c.is_whitespace() || is_mark(c)));
    next.is_some_and(|line| names_sender(line))
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 4 && line.chars().all(|c| matches!(c, '_' | '-' | '=' | '‐' | '–' | '─' | '━' | '—'))
}

/// `>` begins a quoted line; `>>> look here <<<`, `-->` and `>= 3` do not.
fn is_quoted(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let rest = line.strip_prefix(['>', '＞']).or_else(|| line.strip_prefix("&gt;"));
    rest.is_some_and(|rest| !line.trim_end().ends_with("<<<") && !is_comparison(rest))
}

/// `>= 3`, in which nothing is quoted.
fn is_comparison(rest: &str) -> bool {
    rest.strip_prefix('=').is_some_and(|r| r.trim_start().starts_with(|c: char| c.is_ascii_digit()))
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

/// Whether the second of `lines` is a link that a mail program put between two quoted
/// lines when it made text of HTML.
fn is_link_of(lines: &[&str]) -> bool {
    let [_, second, third, ..] = lines else { return false };
    let link = second.trim().strip_prefix(['(', '<', '[']).is_some_and(|l| l.starts_with("http"));
    link && is_quoted(third) && second.trim_end().ends_with(['>', ')', ']'])
}

/// Whether the next line with something in it is quoted.
fn quoted_follows(lines: &[&str]) -> bool {
    next_filled(lines).is_some_and(is_quoted)
}

fn next_filled<'a>(lines: &[&'a str]) -> Option<&'a str> {
    lines.iter().find(|l| !l.trim().is_empty()).copied()
}

fn is_over(lines: &[&str]) -> bool {
    next_filled(lines).is_none()
}

/// Whether some line is neither blank nor quoted.
fn has_own_line(lines: &[&str]) -> bool {
    lines.iter().any(|l| !l.trim().is_empty() && !is_quoted(l))
}

/// Under an attribution, lines that all begin with the same stroke are quoted by it.
fn stroke_follows(lines: &[&str]) -> Option<char> {
    let filled: Vec<&str> = lines.iter().map(|l| l.trim_start()).filter(|l| !l.is_empty()).take(2).collect();
    let stroke =
        filled.first()?.chars().next().filter(|c| matches!(c, '|' | '¦' | '│' | '»' | ':' | '%' | '}'))?;
    filled.iter().all(|l| l.starts_with(stroke)).then_some(stroke)
}

/// Without empty lines at both ends and with at most one between paragraphs.
fn tidied(lines: &[&str]) -> String {
    let mut out = String::new();
    for line in lines {
        let line = kept_line(line);
        if line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        out.push_str(&line);
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
            "Message du : 05/10/2026 10:00\nDe : \"Board\" <board@net.example>\nA : leila@campus.example\nSujet : x",
        ] {
            let text = format!("ACCEPT\n\n{attribution}\n\nCan you help Omar?\n");
            let read = new_text(&text);
            assert_eq!((read.text.as_str(), read.quoted), ("ACCEPT", true), "{attribution}");
        }
    }

    #[test]
    fn who_and_when_above_quoted_lines_is_an_attribution_in_any_language() {
        let line = "Missatge de Board <board@net.example> del dia dl., 5 d’oct. 2026 a les 10:00:";
        assert_eq!(own(&format!("D'acord.\n\n{line}\n\n> Hola\n")), "D'acord.");
        let text = "Write to Karim <karim@campus.example> before 10:00:\nhe leaves early.";
        assert_eq!(own(text), text);
    }

    #[test]
    fn html_that_lacks_a_part_of_the_text_does_not_know_better() {
        let own = |text: &str| Some(new_text(text));
        let choice = |shown: &str| chosen(own("Yes.\n\nOn Tuesday at 3.\n"), own("Yes.\n"), shown).text;
        assert_eq!(choice("Yes."), "Yes.\n\nOn Tuesday at 3.");
        assert_eq!(choice("Yes. On Tuesday at 3."), "Yes.");
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

    #[test]
    fn people_who_write_like_footers_and_banners_lose_nothing() {
        for text in [
            "ACCEPT\n\nDisclaimer: I only know Koha 20.\n\nIs Tuesday fine?",
            "Disclaimer: I only know Koha 20.",
            "أوافق\n\nتنويه: لن أكون متاحة يوم الثلاثاء",
            "Oui.\n\nAvis important : je ne serai pas là mardi.",
            "Ja.\n\nWichtiger Hinweis: am Dienstag bin ich nicht da.",
            "Confidential: please do not disclose my name to the recipient.\n\nSee you Tuesday.",
            "Privileged access to the error log is what I need.",
            "How do we reset the test environment in Koha?\nWe tried twice.",
            "Advisor: Amina\nIssue: how to reset the environment\nLanguage: French\nName: Leila",
            "Hello, I am writing from outside your organisation.\nI need help with Koha.",
            "أنا باحثة من خارج الجامعة\nأحتاج إلى مساعدة",
            "ACCEPT\n\nThanks!\n\nPlease call me before ten on Tuesday.\nMy number is +33 1 23 45 67 89.",
            "J'accepte\n\nMerci\n\nAppelez-moi avant dix heures.\nMon numéro est le 01 23 45 67 89.",
            "Von meiner Seite passt Dienstag.",
            "Join the list here: https://lists.example/mailman/listinfo/koha\n\nSee you Tuesday.",
            "You can ask my colleague.\n\nKarim Haddad\n+33 1 23 45 67 89\nkarim@campus.example",
            "Please note that this message is not confidential.\n\nYou may pass it on.",
            "Sophos removed the virus from the page.\n\nAll is well now.",
            "The error message says: \"mail has been checked\".\n\nWhat now?",
        ] {
            assert_eq!(own(text), text);
        }
    }

    #[test]
    fn in_html_an_answer_right_below_a_banner_is_kept() {
        for (banner, answer) in [
            ("You don't often get email from leila@campus.example. Learn why this is important", "ACCEPT"),
            (
                "Vous ne recevez pas souvent de courriers de leila@campus.example. Découvrez pourquoi cela est important",
                "J'accepte",
            ),
            (
                "CAUTION: This email originated from outside of the organization. Do not click links",
                "DECLINE",
            ),
            ("لا تتلقى رسائل من leila@campus.example. تعرف على سبب أهمية ذلك", "أوافق"),
        ] {
            assert_eq!(new_text_of_html(&format!("{banner}\n{answer}")).text, answer, "{banner}");
            assert_eq!(own(&format!("{banner}\n{answer}")), answer, "{banner}");
        }
    }

    #[test]
    fn real_footers_are_no_part_of_an_answer() {
        for footer in [
            "CONFIDENTIALITY NOTICE: This e-mail is for the sole use of the intended recipient.",
            "This email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
            "Please consider the environment before printing this email.",
            "Ce message et ses pièces jointes sont confidentiels et destinés à leur destinataire.\n\nPensez à l'environnement avant d'imprimer ce message.",
            "Diese E-Mail ist vertraulich und nur für den Empfänger bestimmt.",
            "Este mensaje es confidencial y va dirigido a su destinatario.",
            "تنويه: هذه الرسالة سرية ومخصصة للشخص المقصود فقط.",
            "Thanks,\nAmina Haddad\nCataloguing\n+33 1 23 45 67 89",
            "Sent from my Verizon, Samsung Galaxy smartphone",
            "_______________________________________________\nKoha mailing list\nkoha@lists.example",
        ] {
            let text = own(&format!("ACCEPT\n\n{footer}"));
            let kept = text.trim_start_matches("ACCEPT").trim();
            assert!(kept.is_empty() || kept.starts_with("Thanks") && !kept.contains("Cataloguing"), "{text}");
        }
    }

    #[test]
    fn a_mail_that_is_nothing_but_a_long_notice_says_nothing() {
        let notice = "This e-mail and its attachments are confidential and intended solely for the addressee. If you are not the intended recipient, any disclosure is prohibited; please notify the sender and delete it.";
        assert_eq!(own(notice), "");
    }
}
