//! Subjects that responders write: fixed words, a colon, then the subject that they answer.

use super::fold;
use super::header::Header;
use super::inbound::Inbound;
use super::report_text::{letters_regex, regex};
use super::word_table::WordTable;
use regex::Regex;
use std::sync::LazyLock;

/// So much of a text, and of a subject, is read.
const READ: usize = 16 * 1024;

/// "Automatic reply" as programs say it in their languages, in the spelling of
/// [`fold::letters`]. To teach a language, add its words.
#[rustfmt::skip]
const AUTOMATIC: &[&str] = &[
    "automatic reply", "automatic response", "automatic answer", "automated reply", "automated response", "auto reply",
    "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "auto responder", "auto-responder",
    "autoresponder", "out of office autoreply", "out of office auto-reply", "out of the office autoreply",
    "out-of-office autoreply", "out of office automatic reply", "out of office reply", "vacation reply", "vacation response",
    "vacation message", "vacation notice", "away message", "autoreply from", "auto answer",
    "reponse automatique", "reponse auto", "message d'absence", "message automatique d'absence", "reponse d'absence",
    "notification d'absence", "avis d'absence",
    "automatische antwort", "automatische ruckantwort", "automatische abwesenheitsnotiz", "automatische abwesenheit",
    "automatische ruckmeldung", "abwesenheitsnotiz", "abwesenheitsbenachrichtigung", "abwesenheitsnachricht", "abwesenheitsmeldung",
    "abwesenheitsassistent", "autom. antwort", "auto-antwort",
    "respuesta automatica", "respuesta de ausencia", "respuesta automatica de ausencia", "mensaje de ausencia",
    "resposta automatica", "resposta de ausencia", "mensagem de ausencia", "aviso de ausencia",
    "risposta automatica", "risposta automatica di assenza", "messaggio di assenza", "avviso di assenza",
    "automatisch antwoord", "automatische beantwoording", "afwezigheidsbericht", "afwezigheidsmelding",
    "autosvar", "automatiskt svar", "automatisk svar", "automatiskt svarsmeddelande", "franvaromeddelande", "fravaersmelding",
    "fravaersbesked", "ikke til stede", "automaattinen vastaus", "automaattivastaus", "poissaoloilmoitus", "sjalfvirkt svar",
    "automatyczna odpowiedz", "odpowiedz automatyczna", "automaticka odpoved", "automatikus valasz", "raspuns automat",
    "automatski odgovor", "samodejni odgovor", "automatinis atsakymas", "automatiska atbilde", "automaatne vastus",
    "автоматический ответ", "автоответ", "автоматична відповідь", "автоматичен отговор",
    "аутоматски одговор", "автоматски одговор", "automaatvastus", "автоматты жауап", "erantzun automatikoa", "αυτοματη απαντηση",
    "otomatik yanit", "otomatik cevap", "رد تلقائي", "الرد التلقائي", "رد آلي", "תשובה אוטומטית", "מענה אוטומטי",
    "הודעה אוטומטית", "پاسخ خودکار", "ตอบกลับอัตโนมัติ", "การตอบกลับอัตโนมัติ", "tra loi tu dong", "balasan otomatis", "balasan automatik",
    "स्वचालित उत्तर", "自動応答", "自動返信", "不在通知", "不在応答", "不在自動応答", "自动回复", "自動回覆", "自動答覆", "自动答复", "休假自动回复", "外出时的自动回复",
    "자동 회신", "자동회신", "자동 응답", "자동응답", "부재 중", "부재중", "부재 중 자동 회신",
];

/// Whether a subject is a responder's. A person's own begins otherwise, and a reply to
/// such a subject begins with "Re:".
pub(super) fn is_subject(subject: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let words: Vec<String> = AUTOMATIC.iter().map(|w| regex::escape(&fold::letters(w))).collect();
        let words = words.join("|").replace("\\ ", " ");
        let pattern = format!(
            // A ticket's number or a list's name may come first; then the words with a
            // colon, or in brackets; or the words alone at the end, in brackets (AOL).
            r"^\s*(?:\[[^\]]{{1,60}}\]\s*)?\[?(?:{words})\s*(?::|：|\]\s*[:：]?)|\((?:{words})\)\s*$|^\s*out of (?:the )?office (?:re|aw|tr|sv)\s*:|^.{{2,60}} is out of the office\s*\((?:returning|until) .{{4,30}}\)\s*$|^.{{2,60}} is out of the office\.?\s*\(automatic",
        );
        regex(&pattern)
    });
    static WORDS: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(AUTOMATIC));
    let folded = fold::letters(&subject[..subject.floor_char_boundary(READ)]);
    (WORDS.is_in(&folded) || folded.contains("out of ")) && PATTERN.is_match(&folded)
}

/// "Out of office" as a subject begins, with the other's subject behind a colon: people may
/// write so too.
#[rustfmt::skip]
const ABSENT: &[&str] = &[
    "out of the office", "out of office", "out-of-office", "away from the office", "away from my office", "away from office",
    "away from my mail", "away from mail", "on leave", "on vacation", "on holiday", "on annual leave", "i am away", "i'm away",
    "absence du bureau", "absent du bureau", "absente du bureau", "hors du bureau", "absence", "en conge", "en conges", "je suis absent",
    "je suis absente", "abwesend", "abwesenheit", "nicht im buro", "nicht im haus", "im urlaub", "ausser haus", "fuera de la oficina",
    "fuera de oficina", "ausente", "ausencia", "de vacaciones", "fora do escritorio", "ausencia temporaria", "ausencia do escritorio",
    "fuori sede", "fuori ufficio", "assenza dall'ufficio", "assente", "in ferie", "niet aanwezig", "afwezig", "afwezigheid",
    "niet op kantoor", "franvarande", "inte pa kontoret", "ikke pa kontoret", "fravaer", "fravaerende", "poissa", "poissa toimistosta",
    "lomalla", "nieobecnosc", "poza biurem", "nieobecny w biurze", "mimo kancelar", "mimo kancelari", "irodan kivul", "hazon kivul",
    "отсутствие на рабочем месте", "нет на месте", "в отпуске", "нет в офисе", "εκτος γραφειου", "ofis disinda", "ofis disi",
    "خارج المكتب", "في اجازه", "מחוץ למשרד", "לא במשרד", "בחופשה", "不在", "不在のお知らせ", "休暇中", "不在办公室", "外出", "休假中", "부재", "휴가",
];

/// Subjects that responders write and people may: they need a text that speaks of being away
/// besides, or Exchange's own field.
pub(super) fn is_away(inbound: &Inbound, header: &Header) -> bool {
    static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
        let words: Vec<String> = ABSENT.iter().map(|w| regex::escape(&fold::letters(w))).collect();
        regex(&format!(r"^\s*(?:{})\s*:", words.join("|")))
    });
    static AWAY: LazyLock<Regex> = LazyLock::new(|| {
        letters_regex(
            r"\b(?:i ?'? ?(?:am|m|will be) (?:currently |now |presently )?(?:out|away|absent|travell?ing|on (?:annual |parental |maternity |paternity |sick |study |research )?(?:leave|holidays?|vacation|sabbatical))|(?:out of|away from) (?:the |my )?office|je (?:suis|serai) (?:actuellement )?(?:absente?|en (?:conge|vacances|deplacement|mission))|ich bin .{0,60}(?:nicht im|nicht am|abwesend|im urlaub|ausser haus|nicht erreichbar)|bin ich .{0,40}(?:abwesend|nicht im|im urlaub)|estoy fuera|estare fuera|estoy de vacaciones|me encuentro fuera|sono fuori|saro'? fuori|sono (?:assente|in ferie)|saro'? (?:assente|in ferie)|ik ben .{0,40}(?:afwezig|niet aanwezig|met vakantie|op vakantie|niet op kantoor)|estou fora|estarei fora|estou de ferias|estarei ausente|jag ar (?:borta|ledig|pa semester|franvarande)|jeg er (?:pa ferie|bortreist|ikke til stede|fravaerende)|olen (?:lomalla|poissa)|jestem (?:nieobecn|na urlopie|poza)|przebywam na urlopie|jsem (?:mimo|na dovolene)|nejsem v|szabadsagon|в отпуске|отсутствую|нахожусь в|εκτος γραφειου|σε αδεια|izindeyim|ofiste degil|خارج المكتب|في اجازه|מחוץ למשרד|בחופשה)|不在|休暇|休假|不在办公室|휴가|부재",
        )
    });
    let subject = inbound.subject.as_deref().unwrap_or_default();
    static WORDS: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(ABSENT));
    let folded = fold::letters(&subject[..subject.floor_char_boundary(READ)]);
    if !(WORDS.begins_a_line(&folded) && SUBJECT.is_match(&folded)) {
        return false;
    }
    let text = &inbound.new_text[..inbound.new_text.floor_char_boundary(READ)];
    header.has("x-auto-response-suppress") || AWAY.is_match(&fold::letters(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_say_so_in_their_languages() {
        for subject in [
            "Automatic reply: A request",
            "Réponse automatique : Demande",
            "AUTOSVAR: A request",
            "Odpowiedź automatyczna: prośba",
            "رد تلقائي: طلب",
            "자동 회신: 요청",
            "自動返信：ご相談",
            "Αυτόματη απάντηση: αίτημα",
            "Аутоматски одговор: захтев",
            "Автоматски одговор: барање",
            "Automaatvastus: päring",
            "Автоматты жауап: өтініш",
            "Erantzun automatikoa: eskaera",
            "[Automatyczna odpowiedź] prośba",
            "[campus.example #4711] AutoReply: A request",
            "Re: A request (Automatic Response)",
            "Out of Office Re: A request",
            "Amina Haddad is out of the office (returning 12/10/2026)",
        ] {
            assert!(is_subject(subject), "{subject}");
        }
    }

    #[test]
    fn people_do_not_begin_so() {
        for subject in [
            "Re: Automatic reply: A request",
            "Automatic reply settings",
            "How do you word an automatic reply: any examples?",
            "Amina is out of the office",
            "Autosvar eller inte?",
        ] {
            assert!(!is_subject(subject), "{subject}");
        }
    }
}
