//! What stands under a mail without being part of it: signatures and footers.

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
        |via\smobile$
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

/// RFC 3676 §4.3: `-- ` alone on a line, and what people make of it.
fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    matches!(line, "--" | "—" | "– –" | "---" | "__" | "-- --" | "– " | "***")
        || (line.len() >= 8 && line.chars().all(|c| c == '-'))
}

/// How many of `lines` come before the signature and the footers under it.
pub(super) fn end_of_text(lines: &[&str]) -> usize {
    let mut end = lines.len();
    for at in 0..lines.len() {
        let line = lines[at];
        let rest = &lines[at + 1..];
        let strict = line == "-- " || line.trim() == "--";
        if (strict || is_delimiter(line)) && looks_signed(rest, strict) {
            end = at;
            break;
        }
        if is_footer_rule(line) && rest.iter().take(4).any(|l| FOOTER.is_match(l)) {
            end = at;
            break;
        }
        let starts_paragraph = at > 0 && lines[at - 1].trim().is_empty();
        if starts_paragraph && line.len() < 2_000 && DISCLAIMER.is_match(line) {
            end = at;
            break;
        }
    }
    end
}

fn is_footer_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 8 && line.chars().all(|c| matches!(c, '_' | '-' | '='))
}

/// What follows a delimiter is a signature if it is short; a rule between two parts
/// of a letter has a letter's length under it.
fn looks_signed(rest: &[&str], strict: bool) -> bool {
    let lines: Vec<&str> = rest.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
    if strict {
        return lines.len() <= 30;
    }
    lines.len() <= 12
        && lines.iter().all(|l| l.chars().count() <= 80)
        && !lines.iter().any(|l| l.ends_with('?'))
}
