//! What stands under a mail without being part of it: signatures and footers.

use super::html::CELL;
use regex::Regex;
use std::sync::LazyLock;

static MOBILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^[\s*_>\[(]*(?:
        sent\s(?:wirelessly\s)?(?:from|with|via|using|on)\s(?:my|a|an|the|mailbox|samsung|outlook|yahoo|mail|windows|gmail|iphone|ipad|android|huawei|blackberry|sparrow|acompli|proton|airmail|polymail|spark|superhuman|newton|nine|bluemail|k-9|thunderbird|canary|zoho|type\sapp|typeapp|aol|hotmail|xfinity|at&t|t-mobile|verizon|nokia|htc|lg|sony|motorola|myMail)
        |sent\sfrom\s[A-Z]\w+$
        |get\soutlook\sfor|get\s\S+\sfor\s(?:ios|android)
        |t[eé]l[eé]charge[rz]\soutlook|obtener\soutlook|obt[eé]m\so?\s?outlook|obter\so\soutlook|outlook\sf(?:ü|u)r\s|scarica\soutlook|ottieni\soutlook|download\soutlook|hämta\soutlook|hent\soutlook
        |envoy[eé]\s(?:de|depuis|à\spartir|avec|sans\sfil|par|via)|provenance\s?:\s
        |gesendet\s(?:von|mit|über|aus)|von\smeinem\s.{1,40}\sgesendet|diese\snachricht\swurde\svon\smeinem
        |enviad[oa]\s(?:desde|de|do|da|a\spartir|por|con|pelo|usando|via)
        |inviato\s(?:da|dal|con|tramite)
        |verzonden\s(?:vanaf|met|via|vanuit|van)|verstuurd\s(?:vanaf|met|van|via)
        |skickat\sfrån|skickades?\sfrån|sendt\s(?:fra|via|med)|lähetetty\s|wys[lł]an[eoy]\s(?:z|za|przy)|odesláno\s(?:z|pomocí|ze)|odoslané\sz
        |отправлено\s(?:с|из|от)|послано\sс|надіслано\s(?:з|із|від)|trimis\sde\spe|küldve\s|elküldve\s|poslano\s[sz]
        |στάλθηκε\s(?:από|με)|gönderildi$|.{2,40}(?:'den|'dan|’den|’dan|'ten|dan|den)\sgönderildi
        |أرسلت\sمن|أُرسلت\sمن|تم\sالإرسال\sمن|مرسل\sمن|נשלח\sמ|发自|發自|来自我的|從我的|iphoneから送信|.{0,30}から送信|나의\s.*에서\s보냄|đã\sgửi\stừ|dikirim\sdari
        |via\smobile$|virus-free\.|this\se-?mail\shas\sbeen\s(?:checked|scanned)\s(?:for|by)|yahoo\smail:\ssearch
        )",
    )
    .expect("the pattern is a constant that the tests compile")
});
static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)mailing\slist$|/mailman/listinfo/|/listinfo/|you\sreceived\sthis\s(?:message|email|mail)\sbecause\syou\sare\s(?:subscribed|a\smember)
        |to\sunsubscribe\s(?:from\sthis\sgroup|send|visit|click)|-unsubscribe@|reply\sto\sthis\semail\sdirectly\sor\sview\sit\son
        |abuse@|liste\sde\sdiffusion$",
    )
    .expect("the pattern is a constant that the tests compile")
});
static DISCLAIMER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^[\s*_]*(?:(?:confidentiality|legal|privacy)\s(?:notice|note|statement|disclaimer)\b|disclaimer\s*[:\-]
        |(?:this|the\sinformation\sin\sthis|the\scontents?\sof\sthis)\s(?:e-?mail|message|communication|electronic\smessage)\b.{0,120}(?:confidential|privileged|intended\s(?:only|solely)|attachment)
        |(?:ce\s(?:message|courriel|mail|courrier)|cet\se-?mail)\b.{0,120}(?:confidentiel|pièces?\sjointes?|destinataire)
        |diese\se-?mail\b.{0,120}(?:vertraulich|anhänge)
        |este\s(?:mensaje|correo|e-?mail)\b.{0,120}(?:confidencial|destinatari|adjunt|anexo))",
    )
    .expect("the pattern is a constant that the tests compile")
});

/// A line that a mail program adds by itself: "Sent from my …".
pub(super) fn is_mobile(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    let short = line.len() <= 140 && words <= 16;
    // "Sent from my desk, it is much easier than my phone." is a person's sentence.
    let sentence = line.contains(", ")
        || line.ends_with(['?', ','])
        || (line.ends_with('.') && words > 5 && !names_a_device(line));
    short && !sentence && MOBILE.is_match(line)
}

fn names_a_device(line: &str) -> bool {
    let line = line.to_lowercase();
    [
        "phone",
        "ipad",
        "blackberry",
        "samsung",
        "galaxy",
        "android",
        "device",
        "mobil",
        "tablet",
        "bell",
        "network",
    ]
    .iter()
    .any(|device| line.contains(device))
}

/// RFC 3676 §4.3: `-- ` alone on a line; without the space it is one too.
fn is_strict_delimiter(line: &str) -> bool {
    line.trim() == "--"
}

/// What people make of the delimiter: rules of any length and stroke.
fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    let strokes = line.chars().filter(|c| !c.is_whitespace());
    !line.is_empty()
        && line != "-"
        && line.chars().all(|c| matches!(c, '-' | '–' | '—' | '_' | '=' | '*' | ' '))
        && (strokes.count() >= 2 || line == "—")
}

/// A line that a receiving system puts above mail from elsewhere.
pub(super) fn is_banner(line: &str) -> bool {
    static BANNER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)you\sdon['’]t\soften\sget\se-?mail\sfrom|originat(?:ed|es)\s(?:from\s)?outside|^\W*(?:external|ext)\W*$
            |^\W*(?:(?:caution|warning|attention)\W+)?(?:this\sis\san\s)?external\s(?:e-?mail|sender|message)\b
            |(?:courriel|message|mail|e-mail)\s(?:externe|provient\sde\sl['’]ext[ée]rieur|vient\sde\sl['’]ext[ée]rieur)|exp[ée]diteur\sexterne
            |^\W*externe\se-?mail|do\snot\sclick\s(?:on\s)?(?:any\s)?links?\s",
        )
        .expect("the pattern is a constant that the tests compile")
    });
    line.len() <= 400 && BANNER.is_match(line)
}

/// How many of `lines` come before the signature and the footers under it.
pub(super) fn end_of_text(lines: &[&str]) -> usize {
    let ends = |at: &usize| {
        let (line, rest) = (lines[*at], &lines[at + 1..]);
        let starts_paragraph = *at > 0 && lines[at - 1].trim().is_empty();
        is_strict_delimiter(line) && filled(rest).take(31).count() <= 30
            || is_delimiter(line) && *at > 0 && looks_signed(rest)
            || is_footer_rule(line) && rest.iter().take(4).any(|l| FOOTER.is_match(l))
            || starts_paragraph && line.len() < 2_000 && DISCLAIMER.is_match(line)
            || starts_paragraph && is_card(&lines[*at..]) && !announced(&lines[..*at])
    };
    (0..lines.len()).find(ends).unwrap_or(lines.len())
}

fn filled<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty())
}

fn is_footer_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 8 && line.chars().all(|c| matches!(c, '_' | '-' | '='))
}

/// What follows a rule is a signature if it is short and either says how to reach
/// somebody or is no more than a name and a title. A person's own words may follow too.
fn looks_signed(rest: &[&str]) -> bool {
    let lines: Vec<&str> = filled(rest).take(13).collect();
    let short = lines.len() <= 12 && lines.iter().all(|l| l.chars().count() <= 80);
    let reachable = lines.iter().any(|l| is_contact(l));
    let named = lines.len() <= 4
        && lines.iter().all(|l| l.split_whitespace().count() <= 5 && !l.ends_with(['.', '?', ':']))
        && lines.iter().any(|l| is_name(l));
    short && (reachable || named || lines.is_empty() || lines.iter().all(|l| is_delimiter(l)))
}

/// A visiting card as the last paragraph: a full name, then at least two lines by which
/// to reach its owner. Rows of a table are none: forms look like that.
fn is_card(lines: &[&str]) -> bool {
    let card: Vec<&str> = lines.iter().map(|l| l.trim()).take_while(|l| !l.is_empty()).take(9).collect();
    let last = lines[card.len()..].iter().all(|l| l.trim().is_empty());
    let words: Vec<&str> = card.first().map(|l| l.split_whitespace().collect()).unwrap_or_default();
    last && (3..=8).contains(&card.len())
        && words.len() >= 2
        && is_name(card[0])
        && words.iter().all(|w| w.starts_with(|c: char| !c.is_lowercase()))
        && card.iter().all(|l| l.chars().count() <= 70 && !l.contains(CELL))
        && card[1..].iter().filter(|l| is_contact(l)).count() >= 2
}

/// "You can reach her here:" makes what follows a part of the mail.
fn announced(before: &[&str]) -> bool {
    before.iter().rev().find(|l| !l.trim().is_empty()).is_some_and(|l| l.trim_end().ends_with([':', '：']))
}

/// Two to four words that begin with capital letters, or one after a rule.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && words.iter().all(|w| w.starts_with(|c: char| c.is_alphabetic()) && !w.ends_with([':', '?', '!']))
        && words.iter().filter(|w| w.starts_with(|c: char| !c.is_lowercase())).count() * 2 >= words.len()
}

/// An address, a link or a telephone number.
fn is_contact(line: &str) -> bool {
    static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\S{0,20}\s?\S+@\S+\.\S+$|www\.|https?://|\+?\(?\d[\d\s().-]{6,}\d")
            .expect("the pattern is a constant that the tests compile")
    });
    line.chars().count() <= 100 && CONTACT.is_match(line)
}
