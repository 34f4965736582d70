//! How mail programs say that somebody wrote something, language by language.
//!
//! "On Monday, 5 October 2026 at 10:00, Amina wrote:" in the layouts of Gmail, Apple Mail,
//! Outlook, Thunderbird, Yahoo, Evolution, Geary, Roundcube and their like. To add a
//! language, add a line: its words for "wrote", and how such a line may begin where it
//! begins with neither a figure nor the day of the week.

/// The words of one language. Lower case; an ending in brackets or after a stroke, as in
/// `napisał(a)`, need not be given.
pub(super) struct Wrote {
    /// Its tag: for the reader, and for the tests to name whose words are missing.
    #[allow(dead_code, reason = "tells whose words these are")]
    pub language: &'static str,
    pub wrote: &'static [&'static str],
    pub begins: &'static [&'static str],
}

const fn of(
    language: &'static str,
    wrote: &'static [&'static str],
    begins: &'static [&'static str],
) -> Wrote {
    Wrote { language, wrote, begins }
}

#[rustfmt::skip]
pub(super) const WROTE: &[Wrote] = &[
    of("en", &["wrote", "writes", "has written", "sent"], &["on", "at", "in message", "in article"]),
    of("fr", &["a écrit", "a ecrit", "a envoyé", "écrit", "écrivait", "avez écrit"], &["le", "en date du", "dans son message du"]),
    of("de", &["schrieb", "schreibt", "hat geschrieben", "geschrieben"], &["am", "den"]),
    of("es", &["escribió", "escribio", "ha escrito", "escribe", "va escribir"], &["el", "en", "con fecha"]),
    of("pt", &["escreveu", "escreve", "enviou"], &["em", "no dia", "a", "às", "na", "no"]),
    of("it", &["ha scritto", "scrisse", "scrive", "scriveva"], &["il", "il giorno", "in data", "nel", "alle"]),
    of("nl", &["schreef", "schrijft", "het volgende geschreven", "heeft geschreven"], &["op", "in"]),
    of("sv", &["skrev", "skriver"], &["den", "på", "kl"]),
    of("da", &["skrev", "skriver"], &["den", "d.", "på", "kl."]),
    of("nb", &["skrev", "skreiv", "skrev følgende"], &["den", "på", "kl."]),
    of("fi", &["kirjoitti", "kirjoittaa"], &["päivänä"]),
    of("is", &["skrifaði", "skrifaði eftirfarandi"], &["þann", "hinn"]),
    of("pl", &["napisał", "napisała", "napisano", "pisze", "nadesłał"], &["dnia", "w dniu", "w"]),
    of("cs", &["napsal", "napsala", "píše", "odeslal"], &["dne", "v"]),
    of("sk", &["napísal", "napísala", "píše"], &["dňa", "dna", "v"]),
    of("hu", &["írta", "ezt írta", "a következőt írta", "írt"], &["ekkor"]),
    of("ro", &["a scris", "scrie"], &["pe", "la", "în data de", "în", "in data de"]),
    of("bg", &["написа", "писа", "пише"], &["на", "в"]),
    of("ru", &["написал", "написала", "пишет", "писал", "писала", "писали"], &["в", "от", "во"]),
    of("uk", &["написав", "написала", "пише", "писав", "писала"], &["у", "в", "на", "від", "написано"]),
    of("be", &["напісаў", "напісала", "піша"], &["у", "ў", "а"]),
    of("sr", &["је написао", "је написала", "написао", "написала", "пише", "написа", "je napisao", "je napisala", "napisao", "napisala", "piše"], &["дана", "у", "на", "dana", "u", "na"]),
    of("hr", &["je napisao", "je napisala", "napisao je", "napisala je", "piše"], &["dana", "u", "na", "dne"]),
    of("sl", &["je napisal", "je napisala", "napisal", "napisala", "je oseba", "sporoča", "piše"], &["dne", "v", "je"]),
    of("mk", &["напиша"], &["на", "во"]),
    of("sq", &["shkroi", "ka shkruar"], &["më", "ditën e", "në"]),
    of("el", &["έγραψε", "έγραψαν", "γράφει"], &["στις", "την", "τη", "το"]),
    of("tr", &["yazdı", "yazmış", "şunu yazdı", "şunları yazdı", "tarihinde şunları yazdı"], &["tarih"]),
    of("az", &["yazıb", "yazdı"], &[]),
    of("he", &["כתב", "כתבה", "נכתב על ידי", "שלח", "מאת"], &["בתאריך", "ביום", "ב", "ב-", "ב־", "נכתב"]),
    of("ar", &["كتب", "كتبت", "كتب/ت", "أرسل", "كَتب", "كتَبَ"], &["في", "فى", "على", "بتاريخ", "يوم", "كتب", "بتأريخ"]),
    of("fa", &["نوشت", "نوشته است", "نوشته بود", "نوشته"], &["در", "روز", "در تاریخ", "به تاریخ"]),
    of("ur", &["نے لکھا", "لکھا"], &["بروز"]),
    of("hi", &["ने लिखा", "लिखा", "ने लिखा है"], &["पर", "को", "दिनांक"]),
    of("mr", &["ने लिहीले", "लिहिले", "यांनी लिहिले"], &["रोजी"]),
    of("bn", &["লিখেছেন", "লিখেছিলেন", "লিখেছে", "লিখলেন"], &["তারিখে"]),
    of("ta", &["எழுதினார்", "எழுதியது"], &[]),
    of("te", &["వ్రాశారు", "ఇలా రాశారు"], &[]),
    of("th", &["เขียนว่า", "เขียน", "ได้เขียน", "ว่า"], &["เมื่อ", "ใน", "วันที่", "ในวันที่", "เมื่อวันที่"]),
    of("vi", &["đã viết", "viết"], &["vào", "vào lúc", "vào ngày", "lúc", "ngày", "on", "trong"]),
    of("id", &["menulis", "tulis", "membalas", "telah menulis"], &["pada", "pada hari", "pada tanggal", "tanggal"]),
    of("ms", &["menulis", "membalas", "telah menulis"], &["pada", "dalam"]),
    of("zh", &["写道", "写到", "写于", "寫道", "寫到", "寫下", "寫於", "提到", "撰写", "撰寫", "的邮件", "来信", "編寫", "编写", "写信"], &["在", "於", "于"]),
    of("ja", &["さんは書きました", "書きました", "は書きました", "さんが書きました", "のメール", "からのメール", "が書き込みました"], &["日付"]),
    of("ko", &["님이 작성", "작성", "쓴 글", "쓴 내용", "썼습니다", "쓰셨습니다", "님이 쓴 글", "작성한 메시지", "작성한 내용", "님이 작성하였습니다"], &["보낸 날짜"]),
    of("et", &["kirjutas", "kirjutab"], &["kuupäeval", "ühel kenal päeval"]),
    of("lv", &["rakstīja", "raksta", "uzrakstīja"], &["datums"]),
    of("lt", &["rašė", "parašė", "rašo"], &["data"]),
    of("ca", &["va escriure", "ha escrit", "escrigué"], &["el", "en", "dia", "a les"]),
    of("eu", &["idatzi du", "idatzi zuen", "idatzita", "igorleak"], &["hau"]),
    of("gl", &["escribiu", "escribía"], &["o", "en", "na"]),
    of("ast", &["escribió"], &["el"]),
    of("oc", &["escriguèt", "a escrich", "al scrivè"], &["lo"]),
    of("rm", &["ha scrit"], &["ils"]),
    of("af", &["skryf", "geskryf", "het geskryf"], &["op"]),
    of("fy", &["skreau"], &["op"]),
    of("lb", &["schreift", "huet geschriwwen"], &["den", "am"]),
    of("sw", &["aliandika", "ameandika", "aliandika hivi"], &["mnamo", "tarehe", "siku ya", "jumapili"]),
    of("cy", &["ysgrifennodd"], &["ar"]),
    of("ga", &["scríobh"], &["ar", "ar an"]),
    of("gd", &["sgrìobh", "sgrìobh na leanas"], &[]),
    of("br", &["eo bet skrivet gant", "bet skrivet"], &["d'an/ar"]),
    of("hy", &["գրեց", "գրել է"], &[]),
    of("ka", &["დაწერა", "წერს"], &["თარიღი"]),
    of("kk", &["жазған", "жазды"], &[]),
    of("uz", &["yozdi", "yozgan"], &[]),
    of("km", &["បានសរសេរ", "សរសេរ"], &["កាលពី", "នៅ"]),
    of("fil", &["sumulat", "ay sumulat", "isinulat ni"], &["noong"]),
    of("eo", &["skribis"], &["je"]),
    of("la", &["scripsit"], &["die"]),
];

/// How programs begin a line that names whom they quote and nothing else:
/// "Quoting Amina <…>:", "Zitat von Amina <…>:" (Horde, and old programs).
pub(super) const QUOTING: &[&str] = &[
    "quoting",
    "citing",
    "zitat von",
    "zitiere",
    "citando a",
    "citando",
    "citation de",
    "quotation de",
    "selon",
    "citát",
    "citat",
    "citerar",
    "citerer",
    "cytowanie",
    "cytat od",
    "idézet",
    "citaat van",
    "citeren van",
    "citat från",
    "citat fra",
    "alıntı",
    "παράθεση",
    "цитирую",
    "цитирование",
    "mensaje citado por",
    "messaggio citato da",
    "lainaus",
];

/// Who is no name: "On Monday I wrote:" is a person's own sentence.
#[rustfmt::skip]
pub(super) const PRONOUNS: &[&str] = &[
    "we", "he", "she", "they", "who", "it", "je", "j'ai", "j’ai", "nous", "il", "elle", "ils", "elles", "qui", "ich", "wir",
    "er", "sie", "man", "yo", "nosotros", "él", "ella", "ellos", "eu", "nós", "ele", "ela", "io", "noi", "lui", "lei",
    "loro", "ik", "wij", "we", "hij", "zij", "ze", "jag", "vi", "han", "hon", "hun", "jeg", "minä", "hän", "ja",
    "ona", "my", "oni", "já", "én", "ő", "я", "мы", "он", "она", "они", "який", "він", "вона", "аз", "той", "тя",
    "εγώ", "ben", "biz", "אני", "הוא", "היא", "أنا", "هو", "هي", "نحن", "او", "मैं", "saya", "kami", "dia", "tôi", "我", "他", "她", "我们",
];

/// "On 26 November you wrote:" is what programs write to whom they quote.
pub(super) const YOU: &[&str] =
    &["you", "vous", "tú", "usted", "du", "tu", "você", "ty", "вы", "ви", "jij", "u", "lei", "kamu", "anda"];

/// What makes somebody a person's own: "my colleague Karim wrote:" is a sentence.
pub(super) const POSSESSIVES: &[&str] = &[
    "my", "our", "your", "his", "her", "their", "a", "an", "the", "mon", "ma", "mes", "notre", "son", "sa",
    "un", "une", "mein", "meine", "unser", "unsere", "sein", "ihr", "mi", "nuestro", "nuestra", "su", "meu",
    "minha", "nosso", "mio", "mia", "nostro", "mijn", "onze", "min", "mitt", "vår", "minun", "mój", "moja",
    "můj", "мой", "моя", "наш", "where", "when", "that", "which", "what", "as", "and", "but",
];

/// Words inside people's names, and courtesies, that begin with a small letter.
#[rustfmt::skip]
pub(super) const PARTICLES: &[&str] = &[
    "de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "von", "van", "der", "den", "dem", "ten",
    "ter", "te", "zu", "zur", "bin", "bint", "ibn", "ben", "abu", "al", "el", "ap", "y", "e", "i", "and", "und", "et", "of", "for", "via",
    "ο/η", "ο", "η", "en/na", "użytkownik", "użytkowniczka", "pan", "pani", "igorleak", "vegne", "på", "folgendes", "følgende", "följande",
    "hende", "the", "uporabnik", "korisnik", "felhasználó", "sana", "na", "leanas",
];

/// Days as people name them, and programs do not.
pub(super) const DAYS_AGO: &[&str] = &[
    "yesterday",
    "today",
    "recently",
    "hier",
    "aujourd'hui",
    "gestern",
    "heute",
    "ayer",
    "hoy",
    "ontem",
    "hoje",
    "ieri",
    "oggi",
    "gisteren",
    "vandaag",
    "wczoraj",
    "dzisiaj",
    "včera",
    "dnes",
    "вчера",
    "сегодня",
    "dün",
    "bugün",
    "أمس",
    "اليوم",
    "昨天",
    "今天",
    "昨日",
    "今日",
];

/// To whom somebody wrote, as only people say it.
pub(super) const TO_ME: &[&str] = &["m", "nous", "me", "nos", "mi", "ci", "mir", "uns"];
