//! How people say until when they are away, and when they are back, language by language.
//!
//! Spellings are those of [`fold`](super::words::fold). To teach a language, add its words to
//! each table; no other code changes.

/// What a phrase says of the date that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Away up to and including that day.
    Until,
    /// That day is the first one back.
    Back,
    /// The same, if the sentence is about its writer and asks nobody else to bring something back.
    Return,
    /// The end of a stay, if its beginning stands before; in one sentence with [`FROM`].
    To,
    /// The first day back, if the sentence speaks of being there [`AGAIN`].
    Again,
}

/// Who writes `3/1`, and means what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    /// The day first or the month first: it has two readings.
    English,
    /// The day first, wherever the language is spoken.
    DayFirst,
}

use Kind::{Again, Back, Return, To, Until};
use Tongue::{DayFirst, English};

#[rustfmt::skip]
pub(super) const PHRASES: &[(Kind, Tongue, &[&str])] = &[
    (Until, English, &["until", "till", "through", "thru", "to and including", "up to and including", "until and including", "through to", "up until"]),
    (Until, DayFirst, &[
        "jusquau", "jusqua", "jusqu'au", "jusqu'a", "jusquau soir du", "jusqu'au soir du", "jusques au",
        "bis", "bis zum", "bis einschliesslich", "bis zum einschliesslich", "bis inkl", "bis inklusive", "bis einschl", "bis und mit",
        "fino al", "fino all", "fino a", "sino al", "fino al giorno", "hasta el", "hasta", "hasta el dia", "ate", "ate ao", "ate o", "ate dia", "ate o dia", "ate ao dia",
        "tot en met", "t/m", "tot", "t.e.m", "till och med", "t.o.m", "tom", "fram till", "til og med", "t.o.m.", "frem til", "asti", "saakka",
        "do", "do dnia", "az do", "pana la", "pana pe", "pana in", "до", "по", "до конца", "до включително", "μεχρι", "μεχρι τις", "εως", "εως τις",
        "حتي", "حتي يوم", "حتي تاريخ", "لغايه", "الي غايه", "لغايه يوم", "עד", "עד ל", "עד לתאריך", "עד ה",
    ]),
    (Back, English, &[
        "back in the office on", "back in office on", "back at work on", "back at my desk on", "back in on",
        "return to the office on", "return to work on", "returning to the office on", "returning to work on",
        "resume work on", "resuming on", "available again on", "available again from", "available again as of", "in the office again on",
        "in the office again from",
    ]),
    (Return, English, &["back on", "back from", "back by", "back", "back as of", "back starting", "return on", "returning on", "returning", "return"]),
    (Return, DayFirst, &[
        "retour le", "de retour le", "zuruck am", "zuruck ab", "rientro il", "di ritorno il", "regreso el", "de vuelta el", "de regreso el", "regresso em", "regresso no dia",
        "de volta em", "de volta no dia", "de volta dia", "retorno em", "retorno no dia", "retorno dia", "terug op", "tillbaka den", "tillbaka", "tilbake den", "tilbake",
        "tilbage den", "tilbage", "takaisin", "powrot", "z powrotem", "zpet", "العوده يوم", "العوده في",
    ]),
    (Back, DayFirst, &[
        "de retour a partir du", "de retour au bureau le", "de retour a mon poste le", "retour au bureau le", "mon retour le",
        "reviens le", "reviendrai le", "serai de nouveau disponible le", "rentre le", "rentrerai le", "reprendrai le", "reprends le", "de nouveau joignable le",
        "a nouveau joignable le", "a nouveau disponible le", "a nouveau disponible a partir du", "de nouveau disponible a partir du",
        "wieder ab", "wieder ab dem", "wieder am", "wieder im buro ab", "wieder im buro am", "wieder im haus ab", "wieder da ab",
        "wieder erreichbar ab", "wieder erreichbar am", "erst wieder ab", "erst wieder am", "erst am", "erst ab",
        "rientro in ufficio il", "rientrero il", "rientrero in ufficio il", "rientrero", "tornero il", "tornero in ufficio il", "torno il",
        "di nuovo in ufficio il", "di nuovo in ufficio dal", "nuovamente disponibile dal", "di nuovo disponibile dal",
        "vuelvo el", "volvere el", "volvere a la oficina el", "regresare el", "regresare a la oficina el",
        "me reincorporo el", "me reincorporare el", "reincorporacion el", "estare de vuelta el", "de nuevo disponible el",
        "de volta a", "regresso a", "regressarei em", "regressarei no dia",
        "retornarei em", "retornarei no dia", "voltarei em", "voltarei no dia", "voltarei a", "volto em", "volto dia", "volto no dia",
        "weer terug op", "weer bereikbaar vanaf", "weer aanwezig op", "weer aanwezig vanaf", "weer op kantoor op", "weer beschikbaar vanaf",
        "ater den", "ater pa kontoret den", "igen den", "palaan",
        "wracam", "wracam dnia", "wroce", "vratim se", "budu zpet", "visszaterek", "ma intorc pe", "revin pe", "revin in data de",
        "вернусь", "выйду на работу", "выхожу", "буду на месте", "буду в офисе", "повернусь", "επιστρεφω στις", "επιστρεφω", "θα επιστρεψω στις", "donecegim",
        "ساعود يوم", "ساعود في", "ساعود بتاريخ", "ساعود", "اعود يوم", "اعود في", "אחזור ב", "אחזור", "חוזר ב", "חוזרת ב", "אשוב ב",
    ]),
    (To, English, &["to", "-", "and"]),
    (To, DayFirst, &["au", "al", "a", "ao", "y el", "e il", "en", "til", "till", "to den", "الي", "עד"]),
    (Again, English, &["from", "on", "as of"]),
    (Again, DayFirst, &[
        "ab dem", "ab", "am", "a partir du", "des le", "le", "dal", "a partire dal", "il", "a partir del", "desde el", "el", "a partir de", "em", "no dia", "dia",
        "vanaf", "op", "fran", "fran den", "den", "fra", "fra den", "od", "od dnia", "с", "от", "απο", "من", "من يوم", "ابتداء من", "יום",
    ]),
];

/// Before one of these with a beginning, the day after [`Kind::To`] is the end.
#[rustfmt::skip]
pub(super) const FROM: &[&str] = &[
    "from", "between", "starting", "since", "du", "depuis", "entre", "dal", "dall", "tra", "del", "desde", "de", "von", "vom", "zwischen", "van", "vanaf",
    "tussen", "fran", "mellan", "fra", "mellem", "mellom", "od", "z", "с", "от", "между", "από", "απο", "من", "بين", "מ",
];

/// What a sentence about one's absence has, and a sentence about an application's closing has not.
#[rustfmt::skip]
pub(super) const AWAY: &[&str] = &[
    "i", "im", "i'm", "my", "away", "absent", "absence", "office", "leave", "holiday", "holidays", "vacation", "closed", "travelling", "traveling",
    "unavailable", "ooo", "sabbatical", "conference", "we", "je", "j'ai", "conge", "conges", "absente", "ferme", "fermee", "vacances", "mission", "deplacement",
    "nous", "bureau", "ich", "urlaub", "abwesend", "abwesenheit", "geschlossen", "buro", "haus", "dienstreise", "elternzeit", "wir", "sono", "saro", "saro'", "fuori",
    "ferie", "assente", "assenza", "chiuso", "ufficio", "estoy", "estare", "fuera", "vacaciones", "ausente", "ausencia", "cerrado", "oficina", "fora", "ferias", "estou", "estarei",
    "licenca", "escritorio", "ik", "vakantie", "verlof", "afwezig", "gesloten", "kantoor", "jag", "semester", "ledig", "borta", "jeg", "ferie", "fravaerende", "bortreist",
    "kontoret", "olen", "lomalla", "poissa", "jestem", "bede", "urlop", "urlopie", "nieobecna", "nieobecny", "biurem", "jsem", "budu", "dovolene", "kancelar",
    "szabadsagon", "sunt", "concediu", "я", "отпуске", "отпуск", "отсутствую", "офисе", "командировке", "нахожусь", "буду", "відпустці", "αδεια", "γραφειου", "ειμαι",
    "izindeyim", "izinliyim", "ofiste", "tatilde", "انا", "اجازه", "خارج", "المكتب", "ساكون", "غير", "متواجد", "אני", "בחופשה", "חופשה", "במשרד", "אהיה", "אעדר",
];

/// Before "until" these turn the day into the first one back: `I will not return until Monday`.
#[rustfmt::skip]
pub(super) const NOT: &[&str] = &["not", "wont", "won't", "cannot", "cant", "can't"];

/// What a sentence about one's being there again has.
#[rustfmt::skip]
pub(super) const AGAIN: &[&str] = &[
    "again", "back", "return", "returning", "resume", "nouveau", "retour", "reviens", "reviendrai", "reprends", "reprendrai", "rentre", "rentrerai", "wieder", "zuruck",
    "erreichbar", "nuovo", "nuovamente", "rientro", "rientrero", "ritorno", "tornero", "nuevo", "nuevamente", "vuelta", "vuelvo", "volvere", "regreso", "regresare", "incorporo",
    "reincorporo", "reincorporare", "novamente", "volta", "voltarei", "regresso", "regressarei", "retorno", "retornarei", "weer", "terug", "ater", "tillbaka", "igen", "igjen",
    "tilbage", "tilbake", "ponownie", "wracam", "wroce", "znovu", "zpet", "снова", "вернусь", "вновь", "ξανα", "اعود", "ساعود", "مجددا", "שוב",
];

/// Who is somebody else, or asked, and what is brought back: the nearest of these and of [`AWAY`] before [`Kind::Return`] says
/// whose return it is.
#[rustfmt::skip]
pub(super) const ASKED: &[&str] = &[
    "please", "kindly", "want", "wants", "bring", "book", "books", "loan", "loans", "item", "items", "livres", "bucher", "libros", "livros", "libri", "boeken", "bocker", "bockerna", "boger", "bogerne", "boker", "bokene", "كتب", "الكتب", "you", "your", "must", "asked", "remember", "due", "merci", "priere", "veuillez", "svp", "vous", "votre", "vos", "bitte", "bitten", "sie", "ihre",
    "favor", "usted", "ustedes", "su", "sus", "prego", "prega", "favore", "lei", "voi", "vostro", "alstublieft", "gelieve", "graag", "u", "uw", "vanligen", "venligst", "vennligst",
    "prosze", "prosimy", "prosim", "пожалуйста", "просим", "вы", "يرجي", "الرجاء", "رجاء", "نرجو", "برجاء", "عليكم", "بكم", "منكم",
];

/// Who, without any word of [`AWAY`], is the writer or another person who is away.
#[rustfmt::skip]
pub(super) const PERSON: &[&str] = &[
    "when", "until", "till", "he", "she", "they", "i'll", "ill", "we'll", "she'll", "he'll", "il", "elle", "quand", "wenn", "er", "quando", "cuando", "als", "nar",
    "kommer", "kommt", "komme", "torno", "estara", "ben", "was", "mon", "serai", "sera", "bin", "ist", "wieder", "ritorno", "date", "expected",
];

/// Before [`Kind::Return`] itself: whoever will be back is a person.
#[rustfmt::skip]
pub(super) const WILL: &[&str] = &["will", "be", "am", "is", "are", "serai", "sera", "bin", "ist", "werde", "saro", "sara", "estare", "estara", "ben", "er", "ar", "jsem", "jestem"];

/// What stands between [`Kind::Return`] and its date, in English: what is brought back does not.
#[rustfmt::skip]
pub(super) const ON_THE_WAY: &[&str] = &[
    "on", "at", "in", "the", "my", "our", "to", "by", "from", "as", "of", "around", "about", "after", "date", "is", "desk", "work", "campus", "library", "school", "home", "town", "normal", "hours",
    "first", "next", "week", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "morning", "afternoon",
];
