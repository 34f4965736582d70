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

use Kind::{Again, Back, To, Until};
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
        "back on", "back in the office on", "back in office on", "back at work on", "back at my desk on", "back in on", "back from", "back by", "back",
        "return on", "returning on", "returning", "return to the office on", "return to work on", "returning to the office on", "returning to work on",
        "return", "resume work on", "resuming on", "available again on", "available again from", "available again as of", "in the office again on",
        "in the office again from", "back as of", "back starting",
    ]),
    (Back, DayFirst, &[
        "de retour le", "de retour a partir du", "de retour au bureau le", "de retour a mon poste le", "retour le", "retour au bureau le", "mon retour le",
        "reviens le", "reviendrai le", "serai de nouveau disponible le", "rentre le", "rentrerai le", "reprendrai le", "reprends le", "de nouveau joignable le",
        "a nouveau joignable le", "a nouveau disponible le", "a nouveau disponible a partir du", "de nouveau disponible a partir du",
        "wieder ab", "wieder ab dem", "wieder am", "zuruck am", "zuruck ab", "wieder im buro ab", "wieder im buro am", "wieder im haus ab", "wieder da ab",
        "wieder erreichbar ab", "wieder erreichbar am", "erst wieder ab", "erst wieder am", "erst am", "erst ab",
        "rientro il", "rientro in ufficio il", "rientrero il", "rientrero in ufficio il", "rientrero", "tornero il", "tornero in ufficio il", "torno il",
        "di ritorno il", "di nuovo in ufficio il", "di nuovo in ufficio dal", "nuovamente disponibile dal", "di nuovo disponibile dal",
        "vuelvo el", "volvere el", "volvere a la oficina el", "regreso el", "regresare el", "regresare a la oficina el", "de vuelta el", "de regreso el",
        "me reincorporo el", "me reincorporare el", "reincorporacion el", "estare de vuelta el", "de nuevo disponible el",
        "de volta em", "de volta no dia", "de volta a", "de volta dia", "regresso em", "regresso a", "regresso no dia", "regressarei em", "regressarei no dia",
        "retorno em", "retorno no dia", "retorno dia", "retornarei em", "retornarei no dia", "voltarei em", "voltarei no dia", "voltarei a", "volto em", "volto dia", "volto no dia",
        "terug op", "weer terug op", "weer bereikbaar vanaf", "weer aanwezig op", "weer aanwezig vanaf", "weer op kantoor op", "weer beschikbaar vanaf",
        "tillbaka den", "tillbaka", "ater den", "ater pa kontoret den", "tilbake den", "tilbake", "tilbage den", "tilbage", "igen den", "takaisin", "palaan",
        "wracam", "wracam dnia", "wroce", "powrot", "z powrotem", "zpet", "vratim se", "budu zpet", "visszaterek", "ma intorc pe", "revin pe", "revin in data de",
        "вернусь", "выйду на работу", "выхожу", "буду на месте", "буду в офисе", "повернусь", "επιστρεφω στις", "επιστρεφω", "θα επιστρεψω στις", "donecegim",
        "ساعود يوم", "ساعود في", "ساعود بتاريخ", "ساعود", "اعود يوم", "العوده يوم", "العوده في", "اعود في", "אחזור ב", "אחזור", "חוזר ב", "חוזרת ב", "אשוב ב",
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
