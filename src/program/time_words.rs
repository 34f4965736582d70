//! The words people say times with, language by language.
//!
//! Spellings are those of [`letters`](crate::mail::fold::letters), hyphens and elisions between
//! words as spaces (`l'après-midi` is `l apres midi`). To teach a language, add its words to each
//! table; no other code changes. Names of months are in [`months`](super::months).

use super::time_of_day::DayPart::{self, Am, Night, Noon, Pm};

/// Monday first.
#[rustfmt::skip]
pub(super) const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mon", "lundi", "lun", "montag", "lunes", "lunedi", "segunda feira", "segunda", "maandag", "mandag", "poniedzialek", "понедельник", "pazartesi", "الاثنين", "اثنين", "الاتنين"],
    &["tuesday", "tue", "tues", "mardi", "mar", "dienstag", "martes", "martedi", "terca feira", "terca", "dinsdag", "tisdag", "tirsdag", "wtorek", "вторник", "sali", "الثلاثاء", "ثلاثاء", "الثلاثا"],
    &["wednesday", "wed", "weds", "mercredi", "mer", "mittwoch", "miercoles", "mie", "mercoledi", "quarta feira", "quarta", "woensdag", "onsdag", "sroda", "среда", "среду", "carsamba", "الاربعاء", "اربعاء", "الاربعا"],
    &["thursday", "thu", "thur", "thurs", "jeudi", "jeu", "donnerstag", "jueves", "jue", "giovedi", "gio", "quinta feira", "quinta", "donderdag", "torsdag", "czwartek", "четверг", "persembe", "الخميس", "خميس"],
    &["friday", "fri", "vendredi", "ven", "freitag", "viernes", "vie", "venerdi", "sexta feira", "sexta", "vrijdag", "fredag", "piatek", "пятница", "пятницу", "cuma", "الجمعه", "جمعه"],
    &["saturday", "sat", "samedi", "sam", "samstag", "sonnabend", "sabado", "sabato", "sab", "zaterdag", "lordag", "sobota", "sobote", "суббота", "субботу", "cumartesi", "السبت", "سبت"],
    &["sunday", "sun", "dimanche", "dim", "sonntag", "domingo", "dom", "domenica", "zondag", "sondag", "niedziela", "niedziele", "воскресенье", "pazar", "الاحد", "احد"],
];

/// Weekdays that are other words as well: only before a number or such, or at the end.
#[rustfmt::skip]
pub(super) const WEEKDAYS_ALSO_WORDS: &[&str] = &["mon", "mar", "mer", "sam", "sat", "sun", "dim", "dom", "ven", "vie", "gio", "segunda", "terca", "quarta", "quinta", "sexta", "pazar", "احد", "سبت", "جمعه"];

/// How many days after today.
#[rustfmt::skip]
pub(super) const RELATIVE: [&[&str]; 3] = [
    &["today", "tonight", "this morning", "this afternoon", "this evening", "aujourd'hui", "ce soir", "ce matin", "cet apres midi", "cet aprem", "heute", "hoy", "oggi", "hoje", "vandaag", "idag", "сегодня", "bugun", "اليوم", "هذا اليوم", "الليله"],
    &["tomorrow", "tmrw", "tomorow", "demain", "morgen", "manana", "domani", "amanha", "imorgon", "завтра", "yarin", "غدا", "غد", "يوم غد", "بكره", "بكرا"],
    &["day after tomorrow", "the day after tomorrow", "apres demain", "ubermorgen", "pasado manana", "dopodomani", "depois de amanha", "overmorgen", "послезавтра", "بعد غد", "بعد الغد", "بعد بكره"],
];

/// Which of these says of a part of the day too.
pub(super) const RELATIVE_PARTS: &[(&str, DayPart)] = &[
    ("tonight", Night),
    ("this morning", Am),
    ("this afternoon", Pm),
    ("this evening", Pm),
    ("ce soir", Pm),
    ("ce matin", Am),
    ("cet apres midi", Pm),
    ("cet aprem", Pm),
    ("الليله", Night),
];

/// With a weekday: of the week after this one.
#[rustfmt::skip]
pub(super) const NEXT_WEEK: &[&str] = &["next week", "of next week", "la semaine prochaine", "de la semaine prochaine", "semaine prochaine", "nachste woche", "la semana que viene", "proxima semana", "la proxima semana", "prossima settimana", "الاسبوع القادم", "الاسبوع المقبل", "من الاسبوع القادم"];
#[rustfmt::skip]
pub(super) const THIS_WEEK: &[&str] = &["this week", "of this week", "cette semaine", "de cette semaine", "diese woche", "esta semana", "questa settimana", "هذا الاسبوع"];
/// `next Tuesday` is the one of next week for some, and the first to come for others. In other
/// languages (`prochain`, `القادم`) it is the first to come.
pub(super) const NEXT: &[&str] = &["next"];

/// After an hour alone: `2pm`, `3 م`.
#[rustfmt::skip]
pub(super) const HALVES: &[(&str, DayPart)] = &[("am", Am), ("pm", Pm), ("ص", Am), ("م", Pm)];

/// After an hour, or anywhere: `Tuesday afternoon at 3`.
#[rustfmt::skip]
pub(super) const PARTS: &[(&str, DayPart)] = &[
    ("morning", Am), ("in the morning", Am), ("matin", Am), ("du matin", Am), ("le matin", Am), ("au matin", Am), ("matinee", Am), ("vormittag", Am), ("vormittags", Am), ("morgens", Am),
    ("de la manana", Am), ("por la manana", Am), ("del mattino", Am), ("mattina", Am), ("da manha", Am), ("de manha", Am), ("утра", Am),
    ("صباحا", Am), ("صباح", Am), ("الصباح", Am), ("في الصباح", Am), ("فجرا", Am), ("قبل الظهر", Am),
    ("afternoon", Pm), ("in the afternoon", Pm), ("evening", Pm), ("in the evening", Pm), ("apres midi", Pm), ("de l apres midi", Pm), ("l apres midi", Pm), ("aprem", Pm), ("soir", Pm), ("du soir", Pm), ("le soir", Pm), ("nachmittag", Pm),
    ("nachmittags", Pm), ("abend", Pm), ("abends", Pm), ("de la tarde", Pm), ("por la tarde", Pm), ("del pomeriggio", Pm), ("pomeriggio", Pm), ("di sera", Pm), ("da tarde", Pm), ("a tarde", Pm), ("дня", Pm), ("вечера", Pm),
    ("مساء", Pm), ("المساء", Pm), ("في المساء", Pm), ("بعد الظهر", Pm), ("بعد ظهر", Pm), ("من بعد الظهر", Pm), ("عصرا", Pm), ("العصر", Pm),
    ("ظهرا", Noon), ("at night", Night), ("night", Night), ("nachts", Night), ("de la noche", Night), ("ليلا", Night),
];

/// Hours in words, from one on: numbers where they stand as hours do.
#[rustfmt::skip]
pub(super) const HOURS_IN_WORDS: [&[&str]; 12] = [
    &["one", "une", "eins", "ein", "una", "الواحده", "واحده"],
    &["two", "deux", "zwei", "dos", "due", "الثانيه", "ثانيه", "اثنين"],
    &["three", "trois", "drei", "tres", "tre", "الثالثه", "ثالثه", "ثلاثه"],
    &["four", "quatre", "vier", "cuatro", "quattro", "الرابعه", "رابعه", "اربعه"],
    &["five", "cinq", "funf", "cinco", "cinque", "الخامسه", "خامسه", "خمسه"],
    &["six", "sechs", "seis", "sei", "السادسه", "سادسه", "سته"],
    &["seven", "sept", "sieben", "siete", "sette", "السابعه", "سابعه", "سبعه"],
    &["eight", "huit", "acht", "ocho", "otto", "الثامنه", "ثامنه", "ثمانيه"],
    &["nine", "neuf", "neun", "nueve", "nove", "التاسعه", "تاسعه", "تسعه"],
    &["ten", "dix", "zehn", "diez", "dieci", "العاشره", "عاشره", "عشره"],
    &["eleven", "onze", "elf", "once", "undici", "الحاديه عشره", "الحاديه عشر"],
    &["twelve", "douze", "zwolf", "doce", "dodici", "الثانيه عشره", "الثانيه عشر"],
];

pub(super) const NOON: &[&str] = &[
    "noon",
    "midday",
    "noontime",
    "midi",
    "mittag",
    "mittags",
    "mediodia",
    "mezzogiorno",
    "meio dia",
    "полдень",
    "الظهر",
];

/// Between hours and minutes, or after both: `14 h 30`, `14:30 Uhr`.
#[rustfmt::skip]
pub(super) const HOUR: &[&str] = &["h", "heure", "heures", "hrs", "uhr", "uur", "horas", "hora", "ore", "ч", "часов", "godz"];
pub(super) const O_CLOCK: &[&str] =
    &["o clock", "oclock", "en punto", "sharp", "pile", "precises", "tapantes", "تماما", "بالضبط"];

/// Before an hour: `at 3`. Where one of these stands, a number needs no other sign of an hour.
#[rustfmt::skip]
pub(super) const AT: &[&str] = &["at", "around", "about", "a", "vers", "um", "gegen", "kl", "klokken", "klockan", "a las", "a la", "las", "alle", "alle ore", "as", "om", "в", "saat", "الساعه", "ساعه", "علي الساعه", "في الساعه", "بالساعه", "عند الساعه", "س"];
/// Before the first of two.
#[rustfmt::skip]
pub(super) const FROM: &[&str] = &["from", "between", "de", "entre", "von", "zwischen", "dalle", "dalle ore", "de las", "desde las", "das", "van", "с", "من", "من الساعه", "بين", "بين الساعه", "ما بين"];
/// Between two.
#[rustfmt::skip]
pub(super) const TO: &[&str] = &["to", "until", "till", "til", "and", "a", "et", "jusqu'a", "jusque", "bis", "und", "alle", "a las", "y las", "as", "tot", "en", "до", "الي", "الي الساعه", "حتي", "حتي الساعه", "و", "ل"];
/// Between two without a word before the first: `14h à 15h`, never `14h et 15h`.
#[rustfmt::skip]
pub(super) const ONLY_TO: &[&str] = &["to", "until", "till", "til", "a", "jusqu'a", "jusque", "bis", "alle", "a las", "as", "tot", "до", "الي", "الي الساعه", "حتي", "حتي الساعه"];

/// Minutes after the hour that is said before.
#[rustfmt::skip]
pub(super) const PAST_SAID: &[(&str, i32)] = &[
    ("et demie", 30), ("et demi", 30), ("et quart", 15), ("moins le quart", -15), ("moins quart", -15), ("y media", 30), ("y cuarto", 15), ("e mezza", 30), ("e meia", 30),
    ("والنصف", 30), ("و النصف", 30), ("ونصف", 30), ("و نصف", 30), ("والربع", 15), ("و الربع", 15), ("وربع", 15), ("و ربع", 15), ("الا ربعا", -15), ("الا ربع", -15), ("الا الربع", -15),
];
/// Minutes after the hour that is said then.
pub(super) const PAST_TO_COME: &[(&str, i32)] = &[
    ("half past", 30),
    ("half after", 30),
    ("quarter past", 15),
    ("a quarter past", 15),
    ("quarter to", -15),
    ("a quarter to", -15),
    ("halb", -30),
];

#[rustfmt::skip]
pub(super) const MINUTES: &[&str] = &["min", "mins", "minute", "minutes", "mn", "minuten", "minutos", "minuti", "minuter", "minutter", "минут", "dakika", "دقيقه", "دقايق", "د"];
#[rustfmt::skip]
pub(super) const LASTING_HOURS: &[&str] = &["hour", "hours", "hr", "stunde", "stunden", "std", "час", "часа", "ساعه", "ساعات"];
/// Before how long it lasts: `for 1 h`.
#[rustfmt::skip]
pub(super) const LASTING: &[&str] = &["for", "pendant", "duree", "pour", "duration", "dauer", "fur", "durante", "per", "لمده", "مده", "المده"];
/// How long, without a number.
#[rustfmt::skip]
pub(super) const LASTS: &[(&str, u32)] = &[
    ("half an hour", 30), ("an hour", 60), ("one hour", 60), ("une heure", 60), ("une demi heure", 30), ("une demie heure", 30), ("eine stunde", 60), ("eine halbe stunde", 30),
    ("una hora", 60), ("media hora", 30), ("un ora", 60), ("mezz ora", 30), ("uma hora", 60), ("meia hora", 30), ("نصف ساعه", 30), ("لمده ساعه", 60),
];

/// After the number of a day, and between day, month and year.
pub(super) const ORDINALS: &[&str] = &["st", "nd", "rd", "th", "er", "e", "eme", "o", "го"];
pub(super) const OF: &[&str] = &["of", "de", "du", "di", "del", "من", "شهر"];

/// What only connects: it says nothing and counts for nothing.
#[rustfmt::skip]
pub(super) const FILLERS: &[&str] = &["at", "on", "in", "the", "or", "le", "la", "les", "au", "du", "de", "um", "am", "im", "den", "der", "el", "il", "em", "op", "om", "um", "either", "soit", "entweder", "date", "day", "jour", "time", "when", "heure", "يوم", "في", "الساعه", "بتاريخ", "تاريخ", "الموافق"];

/// A sentence with one of these speaks about times and proposes none: what cannot be, what has
/// been, before and after, every week and counts of weeks.
#[rustfmt::skip]
pub(super) const NO_PROPOSAL: &[&str] = &[
    "not", "no", "never", "can't", "cannot", "cant", "don't", "won't", "isn't", "doesn't", "didn't", "wouldn't", "couldn't", "except", "unless", "but", "instead", "neither", "nor", "without", "unavailable", "busy",
    "had", "was", "were", "did", "wrote", "sent", "ago", "yesterday", "last", "before", "after", "until", "till", "since", "later", "earlier", "deadline", "echeance", "limite", "teach", "closed", "closes", "opens", "meetings", "class", "classes", "course", "courses", "teaching", "starts", "ends", "begins", "lands", "arrives", "leaves", "returns", "dentist", "flight", "plane", "train", "exam", "exams", "hours", "every", "each", "any", "anytime", "week", "weeks", "weekly", "days", "months", "because", "midnight", "your",
    "pas", "ne", "n", "non", "sauf", "jamais", "mais", "sinon", "aucun", "occupe", "occupee", "avant", "apres", "depuis", "dernier", "derniere", "hier", "etait", "avions", "avait", "ecrit", "envoye", "chaque", "tous", "toutes", "semaine", "semaines", "jours", "minuit", "jusqu'au", "jusqu'a", "votre", "ferme", "fermee", "cours", "reunions", "horaires", "quinzaine", "huitaine", "partir",
    "nicht", "kein", "keine", "ausser", "aber", "vor", "nach", "ab", "seit", "jeden", "gestern", "woche", "wochen", "schrieb", "ohne", "mitternacht", "nunca", "pero", "antes", "despues", "cada", "ayer", "semana", "semanas", "escribio", "prima", "dopo", "ogni", "ieri", "settimana", "tranne", "не", "кроме", "после",
    "لا", "ليس", "لن", "لم", "ما", "الا", "غير", "لست", "لكن", "ولكن", "قبل", "بعد", "منذ", "كل", "امس", "الماضي", "الماضيه", "اسبوع", "اسابيع", "الاسبوع", "مشغول", "مشغوله", "مغلق", "مغلقه", "كتب", "كتبت",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::fold::letters;

    #[test]
    fn words_are_spelled_as_they_are_compared() {
        let lists = [
            NEXT_WEEK,
            THIS_WEEK,
            NEXT,
            NOON,
            HOUR,
            O_CLOCK,
            AT,
            FROM,
            TO,
            ONLY_TO,
            MINUTES,
            LASTING_HOURS,
            LASTING,
            ORDINALS,
            OF,
            FILLERS,
            NO_PROPOSAL,
            WEEKDAYS_ALSO_WORDS,
        ];
        let parts = RELATIVE_PARTS.iter().chain(HALVES).chain(PARTS).map(|(word, _)| *word);
        let shifts = PAST_SAID.iter().chain(PAST_TO_COME).map(|(word, _)| *word);
        let lists =
            lists.into_iter().chain(WEEKDAYS).chain(RELATIVE).chain(HOURS_IN_WORDS).flatten().copied();
        for word in lists.chain(parts).chain(shifts).chain(LASTS.iter().map(|(word, _)| *word)) {
            assert_eq!(letters(word), word);
            assert!(!word.contains('-'), "{word}");
        }
    }

    #[test]
    fn no_name_is_of_two_weekdays() {
        let mut names: Vec<&str> = WEEKDAYS.concat();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
