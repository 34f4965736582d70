//! Where a form ends: before "Best regards" and a name.
//!
//! A line is a closing as a whole, or with a tail that only closings have: "Best practices for
//! RDA" and "Merci de m'expliquer les rapports" are what somebody asks.

use super::attribution::regex;
use super::form::FormWords;
use super::signature::is_closing;
use regex::Regex;
use std::sync::LazyLock;

/// Closings with what goes on after them, by language.
#[rustfmt::skip]
const WITH_A_TAIL: &[(&str, &[&str])] = &[
    ("en", &[
        r"(?:(?:with|my|our) )*(?:best|kind|kindest|warm|warmest|many) (?:regards|wishes|greetings|thanks)", r"regards from", r"greetings from", r"(?:yours )?sincerely", r"yours (?:truly|faithfully)", r"all (?:the|my) best",
        r"(?:with )?(?:many )?thank(?:s| you)(?: (?:so|very) much| a lot| again)?(?:,? (?:in advance|and (?:best|kind|warm)|for (?:your|any|all (?:your|the)|the)(?: \w+)? ?(?:help|time|advice|support|attention|consideration|reply|answer|response|assistance|kindness|patience)|to (?:you )?all|everyone|everybody)| so much| very much| a lot| again)",
        r"(?:i am |i'm )?looking forward to (?:hearing|your|meeting)", r"have a (?:nice|good|great|lovely)",
    ]),
    ("fr", &[
        r"(?:bien |très )?cordialement", r"bien à (?:vous|toi)", r"(?:avec )?(?:mes |nos )?(?:sincères|meilleures|cordiales|respectueuses) salutations", r"salutations (?:distinguées|cordiales)", r"amicalement", r"respectueusement", r"cdlt", r"sincèrement",
        r"(?:très )?(?:bonne|belle|excellente) (?:journée|soirée|réception|semaine|continuation)", r"à bientôt", r"en vous (?:remerciant|souhaitant)", r"avec (?:tous )?mes remerciements", r"dans l'attente",
        r"(?:merci|(?:je|nous) vous remercie|nous vous remercions)(?: beaucoup| infiniment| bien| encore| vivement)?,? (?:d'avance|par avance|à (?:vous|toi|tous)|et (?:bonne|bien|à)|(?:de|pour) (?:votre|vos|ton|tes) (?:aide|réponse|retour|attention|temps|compréhension|accueil|intérêt|collaboration|soutien|conseils|disponibilité))",
        r"(?:je vous prie|nous vous prions|veuillez) (?:d')?(?:agréer|recevoir|croire)",
    ]),
    ("de", &[
        r"mit (?:freundlich|best|herzlich|lieb|viel|schön)\w* (?:gr(?:ü|ue)(?:ß|ss)\w*|dank)", r"(?:viele|liebe|beste|herzliche|freundliche|schöne|sonnige) gr(?:ü|ue)(?:ß|ss)e", r"gr(?:ü|ue)(?:ß|ss)e? aus", r"(?:vielen |besten |herzlichen )?dank(?:e)? (?:im voraus|vorab|für (?:ihre|deine|eure|die) (?:hilfe|mühe|antwort|unterstützung|zeit))", r"hochachtungsvoll",
    ]),
    ("es", &[r"(?:un )?(?:cordial |afectuoso )?saludos? (?:cordial|desde|a tod|de)", r"(?:muchas )?gracias (?:de antemano|por (?:su|tu|vuestra) (?:ayuda|tiempo|atención|respuesta))", r"atentamente", r"cordialmente"]),
    ("it", &[r"(?:cordiali|distinti|cari) saluti", r"un (?:caro|cordiale) saluto", r"(?:mille )?grazie (?:mille|in anticipo|per (?:il vostro|il suo|il tuo|la vostra|la sua|la tua|l'aiuto))"]),
    ("pt", &[r"atenciosamente", r"(?:com os )?(?:melhores )?cumprimentos", r"(?:muito )?obrigad[oa] (?:desde já|pela (?:sua )?(?:atenção|ajuda)|antecipadamente)"]),
    ("nl", &[r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?", r"alvast (?:hartelijk )?bedankt", r"groeten? uit"]),
    ("ar", &[
        r"مع (?:خالص|أطيب|اطيب|فائق|جزيل|كل|وافر) (?:الشكر|التحية|التحيات|تحياتي|الاحترام|التقدير|الود)", r"مع (?:الشكر|التحية|تحياتي|التحيات|الاحترام|التقدير)", r"و?(?:تحياتي|تحياتنا)", r"(?:أطيب|اطيب|خالص) (?:التحيات|التحية|تحياتي|الشكر)", r"و?(?:جزيل|كل) الشكر",
        r"و?تفضلوا بقبول", r"و?تقبلوا (?:فائق|خالص|تحيات|وافر|أطيب)\w*", r"و?دمتم", r"والسلام(?: عليكم)?", r"و?لكم (?:جزيل |خالص |كل )?الشكر",
        r"و?(?:شكرًا|شكراً|شكرا)(?: جزيلا| جزيلًا| جزيلاً)? (?:لكم|لك|جزيلا|جزيلًا|جزيلاً|مقدما|مقدمًا|مقدماً|سلفا|سلفًا|على (?:مساعدت|تعاون|وقت|اهتمام|جهود|رد|تفهم)\w+)",
    ]),
];

/// So many lines may stand below a closing: a name, what its owner does, where.
const MOST_BELOW: usize = 5;

/// How many of the lines come before a closing and the name under it.
pub(super) fn end_of_form(lines: &[&str], words: &FormWords) -> usize {
    let first = lines.len().saturating_sub(9);
    (first..lines.len()).find(|at| ends(lines, *at, words)).unwrap_or(lines.len())
}

fn ends(lines: &[&str], at: usize, words: &FormWords) -> bool {
    let below: Vec<&str> = lines[at + 1..].iter().copied().filter(|l| !l.trim().is_empty()).collect();
    let apart = at == 0 || lines[at - 1].trim().is_empty();
    closes(lines[at].trim())
        && below.len() <= MOST_BELOW
        && below.iter().all(|line| may_sign(line, words))
        && (apart || !below.is_empty())
}

/// A name, or what its owner does and where: no field, and nothing that is asked.
fn may_sign(line: &str, words: &FormWords) -> bool {
    line.chars().count() <= 60 && !line.contains([':', '?', '؟']) && words.label(line).is_none()
}

fn closes(line: &str) -> bool {
    static TAILED: LazyLock<Regex> = LazyLock::new(|| {
        let all = WITH_A_TAIL.iter().flat_map(|(_, closings)| closings.iter().copied());
        regex(&format!(r"(?i)^\W*(?:{})\b[^.?!:؟]{{0,40}}[,.!،]*$", all.collect::<Vec<_>>().join("|")))
    });
    let line = line.replace('’', "'");
    is_closing(&line) || TAILED.is_match(&line) || closes_with_name(&line)
}

/// "Best, Leila": a closing and a name on one line.
fn closes_with_name(line: &str) -> bool {
    let Some((closing, name)) = line.split_once([',', '،']) else { return false };
    let name: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &&str| word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
    (1..=3).contains(&name.len()) && name.iter().all(capital) && is_closing(closing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_asks_is_no_closing() {
        for line in [
            "Best practices for RDA",
            "Merci de m'expliquer les rapports Koha",
            "Merci de nous dire comment faire",
            "Kind of records we hold",
            "Warm storage of tapes",
            "Thank you letters for donors",
            "Thanks to Koha we have statistics",
            "Viele Titel ohne Signatur",
            "Liebe zum Buch als Thema",
            "Beste Wege zur Inventur",
            "Greetings in our catalogue",
            "Yours or ours",
            "Regards of the vendor",
            "شكرا لتوضيح كيفية إعداد التقارير",
            "مع الفهرسة الجديدة",
            "Salutations et formules de politesse",
            "Saludos y tratamiento",
            "Grazie a Koha",
        ] {
            assert!(!closes(line), "{line}");
        }
    }

    #[test]
    fn closings_are_known_in_many_languages_with_what_follows_them() {
        for line in [
            "Best regards,",
            "Best,",
            "Best, Leila",
            "Kind regards from Cairo",
            "With many thanks for your help",
            "Thanks in advance!",
            "Thank you so much for your time",
            "Merci d’avance !",
            "Merci pour votre aide précieuse",
            "Bien cordialement, Leila Haddad",
            "Bonne journée à toutes et à tous",
            "Sincères salutations",
            "Dans l'attente de votre réponse",
            "Mit freundlichen Grüßen aus Wien",
            "Vielen Dank im Voraus",
            "Un cordial saludo",
            "Cordiali saluti",
            "Met vriendelijke groet",
            "مع أطيب التحيات",
            "شكرًا جزيلًا لكم",
            "وتفضلوا بقبول فائق الاحترام،",
            "تحياتي لكم",
        ] {
            assert!(closes(line), "{line}");
        }
    }
}
