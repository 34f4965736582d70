//! What people write around a word: greetings, thanks, regrets, automatic signatures.
//!
//! People greet and thank in their own language, whatever languages a network speaks:
//! these lists are therefore the same everywhere, and folded as spellings are.

use super::sentence::is_mark;
use super::words::{Piece, Words, each_piece, joined, pieces};
use crate::mail::subject::Prefix;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How letters end; what follows is a name.
#[rustfmt::skip]
const CLOSINGS: &[&str] = &[
    "best", "all best", "all the best", "best regards", "best wishes", "regards", "kind regards", "warm regards",
    "many regards", "sincerely", "yours", "yours sincerely", "cordially", "warmly", "have a nice day",
    "cordialement", "bien cordialement", "bien a vous", "amities", "amicalement", "salutations", "bonne journee",
    "mit freundlichen grussen", "viele grusse", "liebe grusse", "saludos", "un saludo", "مع التحيه", "مع تحياتي",
    "مع خالص التحيه", "مع خالص تحياتي", "مع اطيب التحيات", "مع اطيب تحياتي", "مع فايق التقدير", "مع فايق الاحترام",
    "مع فايق الاحترام والتقدير", "مع الاحترام", "مع التقدير", "مع الشكر", "مع جزيل الشكر", "مع الشكر والتقدير",
    "مع خالص الشكر", "مع الشكر والتحيه", "تحياتي", "خالص تحياتي", "اطيب تحياتي", "تحياتي الخالصه", "اطيب التحيات", "خالص التحيه",
    "بكل احترام", "وتفضلوا بقبول فايق الاحترام", "تفضلوا بقبول فايق الاحترام", "وتفضلوا بقبول فايق التقدير",
    "وتفضلوا بقبول فايق الاحترام والتقدير", "وتقبلوا تحياتي", "وتقبلوا فايق التقدير", "ودمتم", "دمتم", "والسلام",
    "والسلام عليكم", "والسلام عليكم ورحمه الله", "والسلام عليكم ورحمه الله وبركاته", "المخلص", "المخلصه",
];

/// How a greeting line begins.
#[rustfmt::skip]
static GREETINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "hi", "hello", "hey", "dear", "hiya", "greetings", "good morning", "good afternoon", "good evening",
    "good day", "bonjour", "bonsoir", "salut", "coucou", "cher", "chere", "chers", "cheres", "madame",
    "monsieur", "hallo", "guten tag", "guten morgen", "liebe", "lieber", "sehr geehrte", "sehr geehrter",
    "servus", "moin", "hola", "buenos dias", "buenas tardes", "estimada", "estimado", "querida", "querido",
    "ciao", "buongiorno", "buonasera", "gentile", "cara", "caro", "ola", "bom dia", "boa tarde", "prezada",
    "prezado", "beste", "hej", "kara", "merhaba", "selam", "sayin", "مرحبا", "مرحبا بكم", "اهلا",
    "اهلا بكم", "اهلا وسهلا", "السلام عليكم", "السلام عليكم ورحمه الله", "السلام عليكم ورحمه الله وبركاته",
    "السلام عليكم ورحمه الله تعالي وبركاته", "وعليكم السلام", "وعليكم السلام ورحمه الله",
    "وعليكم السلام ورحمه الله وبركاته", "سلام", "سلام عليكم", "سلام الله عليكم", "بسم الله الرحمن الرحيم", "عزيزتي", "عزيزي",
    "اعزايي", "الاعزاء", "زميلتي", "زميلي", "زميلتي العزيزه", "زميلي العزيز", "زملايي", "الزميل", "الزميله", "الزميل العزيز",
    "الزميله العزيزه", "الزملاء", "الزملاء الاعزاء", "السيد", "السيده", "الساده", "حضره", "حضرات", "سيدي", "سيدتي", "الاستاذ",
    "الاستاذه", "استاذي", "استاذتي", "الدكتور", "الدكتوره", "تحيه", "تحيه طيبه", "تحيه طيبه وبعد", "تحيه طيبه لكم", "تحيه وبعد",
    "تحيات طيبه", "بعد التحيه", "بعد التحيه والسلام", "صباح الخير", "صباح النور", "مساء الخير", "مساء النور", "طاب يومكم",
    "طاب صباحكم", "طاب مساوكم", "اسعد الله اوقاتكم", "اسعد الله صباحكم", "اسعد الله مساءكم", "نهاركم سعيد", "وبعد", "здравствуйте", "привет", "добрый день", "γεια σας", "καλημερα",
]));

/// Their full stop does not end a greeting.
const TITLES: &[&str] =
    &["dr", "mr", "mrs", "ms", "mx", "prof", "pr", "m", "mme", "mlle", "st", "sr", "sra", "eng"];

/// Thanks, and agreeing noises that agree to nothing.
#[rustfmt::skip]
static THANKS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "thanks", "thank you", "thank u", "thx", "ty", "many thanks", "cheers", "much appreciated", "merci", "un grand merci", "mille mercis", "je vous remercie", "je te remercie",
    "danke", "vielen dank", "gracias", "obrigado", "obrigada", "grazie", "bedankt", "dank u", "tack",
    "takk", "tak", "tesekkurler", "شكرا", "شكرا جزيلا", "شكرا لك", "شكرا لكم",
    "والشكر لكم", "مع الشكر", "مع جزيل الشكر", "مع الشكر الجزيل", "وشكرا", "جزيل الشكر", "الشكر الجزيل", "لكم الشكر", "لك الشكر",
    "اشكركم", "اشكرك", "نشكركم", "اشكركم جزيل الشكر", "كل الشكر", "مشكورين", "مشكور", "مشكوره", "ممنون", "ممنونه", "متشكر", "متشكره",
    "بارك الله فيكم", "بارك الله فيك", "جزاكم الله خيرا", "جزاك الله خيرا", "يسلمو", "تسلم", "تسلمي", "الف شكر", "يعطيكم العافيه",
    "يعطيك العافيه", "спасибо", "ευχαριστω",
]));
#[rustfmt::skip]
static NODS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "ok", "okay", "okey", "k", "noted", "got it", "great", "perfect", "super", "parfait", "tres bien",
    "bien recu", "bien note", "c'est note", "note", "genial", "formidable", "c'est parfait", "tres bien merci", "well received", "received", "wonderful", "excellent", "fine", "nice", "cool",
    "good", "understood", "entendu", "compris", "alles klar", "gut", "vale", "de acuerdo", "bene", "تمام",
    "حسنا", "تم", "طيب", "اوكي", "اوك", "ممتاز", "رايع", "جيد", "جيد جدا", "جميل", "عظيم", "وصل", "وصلت", "وصلتني", "وصلت الرساله",
    "وصلتني الرساله", "وصلتني رسالتكم", "تم الاستلام", "تم الاطلاع", "تم العلم", "اخذت علما", "احطت علما", "علم", "مفهوم", "فهمت",
    "لا باس", "хорошо",
]));
/// What goes with thanks and says nothing more.
#[rustfmt::skip]
static FILLERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "so", "very", "much", "a lot", "again", "indeed", "for this", "for that", "for your help",
    "for your message", "for your email", "for your mail", "for your reply", "for the reminder",
    "for letting me know", "for the information", "for the info", "to you", "and", "all", "beaucoup",
    "bien", "infiniment", "vivement", "pour votre message", "pour votre reponse", "pour votre aide",
    "pour votre retour", "pour le rappel", "pour l'information", "pour l'info", "d'avance", "par avance", "encore",
    "a vous", "a toi", "et", "a tous", "bonne journee", "bonne soiree", "bonne semaine", "bon week end",
    "belle journee", "bonne continuation", "sehr", "schon", "mucho", "muchas", "mille", "y", "und", "e", "you",
    "جزيلا", "كثيرا", "جدا", "لكم", "لك", "لكي", "لكما", "جميعا", "يا", "علي الرد", "علي ردكم", "علي ردك", "علي الرد السريع",
    "علي سرعه الرد", "علي المساعده", "علي مساعدتكم", "علي مساعدتك", "علي رسالتكم", "علي رسالتك", "علي الرساله",
    "علي التذكير", "علي المعلومات", "علي المعلومه", "علي الافاده", "علي اهتمامكم", "علي اهتمامك", "علي تعاونكم",
    "علي تعاونك", "علي جهودكم", "علي المتابعه", "علي كل شيء", "علي تفهمكم", "مسبقا", "سلفا", "مقدما", "مره اخري", "من جديد",
    "مجددا", "من القلب", "يومكم سعيد", "نهاركم سعيد", "طاب يومكم", "و", "وتحياتي", "تحياتي", "مع التحيه", "بالتوفيق",
]));
/// After a word these do not make the line run on.
#[rustfmt::skip]
static POLITE: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "please", "pls", "plz", "thanks", "thank you", "many thanks", "thx", "with pleasure", "gladly",
    "of course", "very much", "merci", "merci beaucoup", "svp", "s'il vous plait", "s'il te plait",
    "merci bien", "merci d'avance", "avec plaisir", "avec grand plaisir", "avec joie", "volontiers", "bien volontiers",
    "bien sur", "bien entendu", "evidemment", "sans probleme", "sans souci", "bitte", "danke", "gerne", "por favor", "gracias", "per favore", "grazie",
    "con piacere", "con gusto", "obrigada", "obrigado",
    "من فضلك", "من فضلكم", "لو سمحت", "لو سمحتم", "اذا سمحت", "اذا سمحتم", "ان سمحتم", "لو تكرمتم", "رجاء", "الرجاء", "ارجوكم",
    "شكرا", "شكرا لك", "شكرا لكم", "شكرا جزيلا", "شكرا جزيلا لكم", "وشكرا", "وشكرا لكم", "وشكرا جزيلا", "مع الشكر",
    "مع جزيل الشكر", "مع الشكر الجزيل", "مع التحيه", "بكل سرور", "بكل ممنونيه", "بكل ترحاب", "بكل محبه", "بكل امتنان", "بسرور",
    "بكل تاكيد", "بالتاكيد", "بالطبع", "طبعا", "اكيد", "حتما", "ان شاء الله", "باذن الله", "بعون الله", "بلا تردد", "دون تردد",
    "بدون تردد", "بلا شك",
]));
/// Nods that may come before an answer.
#[rustfmt::skip]
static BEFORE_AN_ANSWER: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "ok", "okay", "okey", "sure", "alright", "all right", "great", "perfect", "super", "fine", "good", "wonderful",
    "of course", "parfait", "tres bien", "entendu", "bien sur", "volontiers", "gut", "vale", "تمام", "حسنا", "طيب", "اوكي", "ممتاز", "جيد",
    "بالتاكيد", "بالطبع", "طبعا", "اكيد", "بكل سرور",
]));
/// Regret before a refusal.
#[rustfmt::skip]
static REGRETS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "sorry", "i'm sorry", "i am sorry", "so sorry", "very sorry", "i am very sorry", "i regret", "unfortunately",
    "regretfully", "sadly", "desole", "desolee", "je suis desole", "je suis desolee", "je suis vraiment desole",
    "je suis vraiment desolee", "navre", "navree", "je suis navre", "je suis navree", "je regrette",
    "a regret", "a mon grand regret", "pardon", "malheureusement", "helas",
    "leider", "lamentablemente", "desgraciadamente", "purtroppo", "infelizmente", "للاسف",
    "للاسف الشديد", "مع الاسف", "مع الاسف الشديد", "يوسفني", "يوسفني انني", "يوسفني اني", "اسف", "اسفه", "انا اسف", "انا اسفه",
    "اسف جدا", "اسفه جدا", "انا اسف جدا", "انا اسفه جدا", "عذرا", "معذره", "المعذره", "ارجو المعذره", "اعذروني", "اعذرني",
    "اعذريني", "سامحوني", "لسوء الحظ",
]));
/// Negations that do not negate.
#[rustfmt::skip]
static HARMLESS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "no problem", "no problems", "no worries", "no doubt", "not a problem", "why not", "can't wait",
    "cannot wait", "not at all", "no need to thank me", "not only", "if you like", "if you wish",
    "if you want", "pas de probleme", "pas de souci", "aucun probleme", "pourquoi pas", "si vous voulez",
    "si tu veux", "pas de soucis", "aucun souci", "aucun soucis", "sans aucun probleme", "sans aucun souci",
    "n'hesitez pas", "n'hesite pas", "ne vous inquietez pas", "ne t'inquiete pas", "si vous le souhaitez",
    "si vous le voulez", "si cela vous convient", "si ca vous convient", "si cela vous va", "si ca vous va",
    "don't hesitate", "do not hesitate", "don't worry", "do not worry", "لا مانع", "لا باس", "لا مشكله", "لا مشكل", "لا اشكال",
    "لا شك", "ولا شك", "لا ريب", "لا داعي للشكر", "لا شكر علي واجب", "لا تتردد", "لا تترددوا", "لا تترددي", "لا تقلق", "لا تقلقي",
    "لا تقلقوا", "لا عليكم", "لا عليك", "ولم لا", "لم لا", "ولما لا", "لما لا", "بدون شك", "دون شك", "بدون تردد", "دون تردد", "من دون تردد",
    "بدون اي تردد", "بدون مشكله", "دون مشكله", "دون اي مشكله", "لو سمحت", "لو سمحتم", "لو تكرمت", "لو تكرمتم", "اذا سمحتم", "اذا سمحت",
    "اذا اردت", "اذا اردتم", "اذا احببتم", "اذا احببت", "اذا شيتم", "لو احببتم", "اذا رغبتم", "ليس فقط", "ولا مانع", "حسب الاصول",
    "اذا كان ذلك يناسبكم", "اذا كان يناسبكم", "اذا ناسبكم", "اذا ناسبكم ذلك", "اذا كان هذا يناسبكم", "في اقرب وقت ممكن",
]));
/// A line that begins so (in lower case) goes on with the sentence of the line above.
#[rustfmt::skip]
static CONDITIONS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "but", "if", "unless", "only", "except", "provided", "as long as", "on condition", "when", "once",
    "mais", "si", "sauf", "seulement", "a condition", "aber", "wenn", "falls", "pero", "solo", "ma", "se",
    "لكن", "ولكن", "لكنني", "لكني", "ولكنني", "ولكني", "اذا", "واذا", "بشرط", "شريطه", "شرط", "الا", "غير ان", "ما لم", "فقط", "عندما",
    "ليس", "وليس", "علي ان",
]));
/// Negations and conditions of languages whose `words.toml` may not be there: an English
/// network gets French answers too, and none may be an acceptance by guess.
#[rustfmt::skip]
static DOUBTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "mais", "si", "pas", "sauf", "jamais", "seulement", "aber", "nicht", "wenn", "falls", "nur", "kein",
    "keine", "pero", "siempre que", "nunca", "لكن", "ولكن", "لكني", "ولكني", "لكنني", "ولكنني", "اذا", "بشرط", "شريطه", "ليس", "وليس", "لا", "ولا", "لم", "ولم", "لن",
    "ولن", "لست", "الا", "فقط",
]));
/// Lines that mail programs add.
#[rustfmt::skip]
static AUTOMATIC: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[
    "sent from my", "sent from outlook", "sent from yahoo", "sent from mail", "sent from proton",
    "sent via", "sent with", "get outlook for", "download outlook", "envoye de mon", "envoye depuis",
    "envoye a partir", "telechargez outlook", "obtenir outlook", "provenance", "von meinem", "gesendet von",
    "gesendet mit", "enviado desde", "enviado de mi", "enviado do meu", "inviato da", "verzonden vanaf",
    "skickat fran", "obtener outlook", "ارسلت من", "مرسل من", "أرسل من", "مرسله من",
    "تم الارسال من", "تم ارساله من", "تم الارسال بواسطه", "تم الارسال باستخدام", "احصل علي outlook", "تنزيل outlook", "отправлено с",
]));
/// Whether what stands before a colon is a reply's or forward's prefix: `Re`, `AW`, `Re[2]`.
pub(super) fn is_reply_prefix(prefix: &str) -> bool {
    Prefix::of(prefix).is_some()
}

/// The text up to a signature delimiter, without the lines that mail programs add.
pub(super) fn without_automatic_signature(text: &str) -> String {
    let own = text.lines().take_while(|line| line.trim_end_matches('\r') != "-- ");
    let kept: Vec<&str> = own.filter(|line| !is_automatic(line)).collect();
    let kept = kept.join("\n");
    kept.trim_end().trim_end_matches("\n--").trim().to_owned()
}

fn is_automatic(line: &str) -> bool {
    // Most lines end here: no such line begins with a longer word.
    let first = each_piece(&line[..line.floor_char_boundary(100)]).next();
    if first.is_none_or(|first| !AUTOMATIC.0.contains_key(&first.folded)) {
        return false;
    }
    let found = pieces(line);
    found.len() <= 12 && longest(&found, &AUTOMATIC).is_some()
}

/// The text from its first line that is no greeting.
pub(super) fn after_greeting<'a>(text: &'a str, words: &Words) -> &'a str {
    let mut rest = text.trim();
    for _ in 0..3 {
        let Some(end) = greeting_end(rest, words) else { break };
        let below = rest[end..].trim_start();
        if !below.chars().any(char::is_alphanumeric) {
            break;
        }
        rest = below;
    }
    rest
}

/// Where the greeting ends that the text begins with: `Hi Leila,`, `Dear Dr. Haddad`, `Leila,`.
fn greeting_end(text: &str, words: &Words) -> Option<usize> {
    let line = text.lines().next().unwrap_or_default();
    salutation_end(text).or_else(|| is_name_line(line, &pieces(line), words).then_some(line.len()))
}

/// As [`greeting_end`], where the greeting begins with a word that greets.
fn salutation_end(text: &str) -> Option<usize> {
    let line = text.lines().next().unwrap_or_default();
    let found = pieces(line);
    let from = longest(&found, &GREETINGS)?;
    for (i, piece) in found.iter().enumerate().skip(from - 1).take(7) {
        let next = found.get(i + 1).map_or(line.len(), |p| p.start);
        let gap = &line[piece.end..next];
        let title = TITLES.contains(&piece.folded.as_str()) && gap.starts_with('.');
        let stop = gap.find([',', '!', ':', '.', ';', '–', '—', '،', '؛', '(']).or_else(|| gap.find(" - "));
        if let Some(stop) = stop.filter(|_| !title) {
            let sign = gap[stop..].chars().next().map_or(0, |c| if c == ' ' { 2 } else { c.len_utf8() });
            return Some(piece.end + stop + sign);
        }
    }
    (found.len() <= from + 5).then_some(line.len())
}

/// `Leila,`: one to three capitalised names, a comma, and no word of ours.
fn is_name_line(line: &str, found: &[Piece], words: &Words) -> bool {
    let comma = line.trim_end_matches(|c: char| c.is_whitespace() || is_mark(c)).ends_with([',', '،']);
    let longest = if has_case(line) { 3 } else { 2 };
    comma && are_names(line, found) && (1..=longest).contains(&found.len()) && !words.begins(found)
}

/// Whether no word begins with a small letter.
fn are_names(line: &str, found: &[Piece]) -> bool {
    found.iter().all(|p| line[p.start..p.end].chars().next().is_some_and(|c| !c.is_lowercase()))
}

/// Whether a line is written with letters that can be capitals: elsewhere, as in Arabic, a
/// name looks like any word.
fn has_case(line: &str) -> bool {
    line.chars().any(|c| c.is_lowercase() || c.is_uppercase())
}

/// Phrases as they compare, under their first words: a text is asked for many of them.
struct Phrases(BTreeMap<String, Vec<Vec<String>>>);

impl Phrases {
    fn of(written: &[&str]) -> Self {
        let mut by_first: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for phrase in written {
            let mut words = pieces(phrase).into_iter().map(|piece| piece.folded);
            if let Some(first) = words.next() {
                by_first.entry(first).or_default().push(words.collect());
            }
        }
        Self(by_first)
    }
}

/// How many of the first pieces spell a phrase, the longest there is.
fn longest(found: &[Piece], phrases: &Phrases) -> Option<usize> {
    let (first, rest) = found.split_first()?;
    let goes_on = |more: &&Vec<String>| {
        more.len() <= rest.len() && more.iter().zip(rest).all(|(word, piece)| *word == piece.folded)
    };
    phrases.0.get(&first.folded)?.iter().filter(goes_on).map(|more| more.len() + 1).max()
}

/// How many of the first pieces are mere courtesy.
pub(super) fn politeness(found: &[Piece]) -> Option<usize> {
    longest(found, &POLITE)
}

/// Whether a text is nothing but `please` and its kin.
pub(super) fn is_politeness(text: &str) -> bool {
    let found = pieces(text);
    politeness(&found) == Some(found.len())
}

/// The pieces before a courtesy at the end; at least one.
pub(super) fn without_politeness(found: &[Piece]) -> &[Piece] {
    let polite = |from: &usize| politeness(&found[*from..]) == Some(found.len() - from);
    let end = (1..found.len()).find(polite).unwrap_or(found.len());
    &found[..end]
}

/// How many of the first pieces are regret.
pub(super) fn regret(found: &[Piece]) -> Option<usize> {
    longest(found, &REGRETS)
}

/// How many of the first pieces are a nod.
pub(super) fn nod(found: &[Piece]) -> Option<usize> {
    longest(found, &BEFORE_AN_ANSWER)
}

/// Whether piece `i` stands inside a phrase such as `no problem`.
pub(super) fn is_harmless_negation(found: &[Piece], i: usize) -> bool {
    let earliest = i.saturating_sub(3);
    (earliest..=i).any(|from| longest(&found[from..], &HARMLESS).is_some_and(|n| from + n > i))
}

/// Whether a negation or condition of another language begins here.
pub(super) fn opens_a_doubt(found: &[Piece]) -> bool {
    longest(found, &DOUBTS).is_some()
}

/// Whether a line goes on with a condition on the line above it.
pub(super) fn opens_a_condition(line: &str) -> bool {
    let first = line.char_indices().nth(60).map_or(line, |(i, _)| &line[..i]);
    longest(&pieces(first), &CONDITIONS).is_some()
}

/// Minutes from `45`, `45 min`, `45min`, `1h30`, `1 h`: with the pieces used, and whether a unit was given.
pub(super) fn minutes(first: &str, unit: &str) -> Option<(u32, usize, bool)> {
    let split = first.find(|c: char| !c.is_ascii_digit()).unwrap_or(first.len());
    let count: u32 = first[..split].parse().ok().filter(|n| (1..=999).contains(n))?;
    let (unit, used) = if split < first.len() { (&first[split..], 1) } else { (unit, 2) };
    let hours = |rest: &str| count.checked_mul(60)?.checked_add(rest.parse::<u32>().unwrap_or(0));
    match unit {
        "m" | "mn" | "min" | "mins" | "minute" | "minutes" | "minuten" | "minutos" | "minuti" | "دقيقه"
        | "دقايق" | "دقيقتان" | "دقيقتين" | "د" => Some((count, used, true)),
        "h" | "hr" | "hrs" | "hour" | "hours" | "heure" | "heures" | "stunde" | "stunden" | "hora"
        | "horas" | "ساعه" | "ساعات" => hours("").filter(|_| count <= 24).map(|m| (m, used, true)),
        _ if used == 1 && unit.starts_with('h') && unit[1..].bytes().all(|b| b.is_ascii_digit()) => {
            hours(&unit[1..]).filter(|_| count <= 24).map(|m| (m, 1, true))
        }
        _ if used == 2 => Some((count, 1, false)),
        _ => None,
    }
}

/// Whether a text is nothing but thanks, a nod, a gesture: a name may follow thanks or sign below.
pub(super) fn is_mere_thanks(text: &str) -> bool {
    let text = without_automatic_signature(text);
    let below = &text[salutation_end(&text).unwrap_or(0)..];
    let mut lines: Vec<&str> = below.lines().filter(|l| l.chars().any(char::is_alphanumeric)).collect();
    if lines.is_empty() {
        // A gesture; a greeting alone is none.
        return !text.is_empty() && below.len() == text.len();
    }
    if lines.len() > 1 && lines.last().is_some_and(|l| is_signing(l)) {
        lines.pop();
    }
    if lines.len() > 1 && lines.last().is_some_and(|l| is_closing(l)) {
        lines.pop();
    }
    lines.len() <= 3 && lines.iter().all(|line| line_thanks(line))
}

/// A name under a text: at most three capitalised words. Where there are no capitals one
/// word: two may be what somebody wants to say.
fn is_signing(line: &str) -> bool {
    let found = pieces(line);
    let longest = if has_case(line) { 3 } else { 1 };
    found.len() <= longest && are_names(line, &found)
}

fn line_thanks(line: &str) -> bool {
    let found = pieces(line);
    let (mut i, mut thanked) = (0, false);
    while i < found.len() {
        let here = &found[i..];
        if let Some(n) = longest(here, &THANKS) {
            (i, thanked) = (i + n, true);
        } else if let Some(n) = longest(here, &NODS).max(longest(here, &FILLERS)) {
            i += n;
        } else {
            let rest = &line[here[0].start..];
            return thanked && !line.contains(['?', '؟']) && is_signing(rest);
        }
    }
    !line.contains(['?', '؟']) && !joined(&found).is_empty()
}

/// Whether a line ends a letter: a name follows.
pub(super) fn is_closing(line: &str) -> bool {
    CLOSINGS.contains(&joined(&pieces(line)).as_str())
}

/// Thanks, or the writer's own name.
pub(super) fn is_name_or_thanks(line: &str, name: &str) -> bool {
    is_name(line, name) || is_mere_thanks(line)
}

/// The writer's own name, or part of it.
pub(super) fn is_name(line: &str, name: &str) -> bool {
    let own: Vec<String> = pieces(name).into_iter().map(|p| p.folded).collect();
    let found = pieces(line);
    !found.is_empty() && found.iter().all(|p| own.contains(&p.folded))
}

/// Whether a text says nothing but how letters end, and who wrote it.
pub(super) fn is_signature(text: &str, name: &str) -> bool {
    let mut lines = text.lines().filter(|line| line.chars().any(char::is_alphanumeric));
    lines.all(|line| is_closing(line) || is_name_or_thanks(line, name))
}
