//! Where a quotation begins: the lines mail programs put before what they quote.

use regex::Regex;
use std::sync::LazyLock;

/// Lines longer than this are a person's paragraph, never a mail program's line.
const LONGEST_LINE: usize = 400;

/// "wrote", as mail programs say it in their users' languages.
const WROTE: &str = r"wrote|writes|sent|escreveu|escribi[oó]|va escriure|a [eé]crit|ha scritto|scrisse|schrieb|\
geschrieben|schreef|het volgende geschreven|geskryf|skrev|skreiv|skrifaði|kirjoitti|napisa[lł](?:a|\(a\))?|napísala?|\
pisze|pisal[ao]?|(?:je )?napisa(?:o|la)|(?:je )?написа[олвa]*|написал(?:\(а\)|а)?|пишет|писала?|пише|írta|írt|a scris|\
έγραψε|yazdı|yazmış|şunları yazdı|kirjutas|rašė|parašė|rakstīja|menulis|đã viết|เขียน|ने लिखा|\
كتبت?|כתבה?|נכתב|نوشت|写道|寫道|书写|書きました|のメール|님이 작성|작성";

/// Languages that put the name after the verb: "Am 5.10. um 10:00 schrieb Amina:".
const WROTE_BEFORE_NAME: &str = r"schrieb|schreef|skrev|skreiv|escribi[oó]|escreveu|ha scritto|a [eé]crit|napisa[lł](?:a|\(a\))?|\
napsala?|napsal\(a\)|написал(?:\(а\)|а)?|пишет|كتبت?|כתבה?|כתב/ה";

/// How an attribution begins: "On", "Le", "Am" …
const STARTER: &str = r"on|le|am|el|il|in data|op|em|no dia|den|dne|dnia|w dniu|på|pada|vào|vao|um|kl|pe|la|al|dana|dňa|\
v|в|у|на|στις|בתאריך|ב-?|في|dátum|at|from|os|ar";

/// Days of the week as mail programs shorten them: they count before a figure, a point or a comma.
const WEEKDAY: &str = r"mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mi[eé]|jue|vie|s[aá]b|dom|seg|ter|qua|qui|\
sex|mo|di|mi|do|fr|sa|so|ma|ti|ke|to|la|su|пн|вт|ср|чт|пт|сб|вс|pon|wt|[sś]r|czw|pt|sob|niedz|man|tir|tor|fre|lør|søn|lör|sön";

static ENDS_WROTE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)(?:^|[\s>)\]»”\x22'-])(?:{WROTE})[\s\x22'»”]*(?:[:：]|-{{2,}})?[*_\s]*$|(?:写道|寫道|작성|書きました)\s*[:：]\s*$"
    ))
});
static ENDS_SENT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\bsent[*_\s]*$"));
static WROTE_THEN_NAME: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"(?i)(?:^|[\s>])(?:{WROTE_BEFORE_NAME})\s")));
/// "On Monday at 10:00 I wrote:" is a person's sentence.
static FIRST_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)(?:^|\s)(?:i|we|ich|wir|ik|wij|jag|jeg|vi|je|j['’]ai|nous|yo|io|eu|он[аи]?)\s")
});
static STARTS: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"(?i)^[\s>*_\x22'\[-]*(?:(?:{STARTER})[\s,]|(?:{WEEKDAY})\p{{L}}{{0,8}}(?:[.,]|\s+\d)|\d{{1,4}}[\s./年-]|在|於|于)"
    ))
});
static STARTS_WITH_DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[\s*]*(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\w{2,10}\.?,? \d{1,2}\.? \p{L}{3,12}\.? \d{4})",
    )
});
static TIME: LazyLock<Regex> = LazyLock::new(|| regex(r"\d{1,2}[:.hH]\d{2}"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(?:19|20)\d{2}\b"));
static ENDS_WITH_ADDRESS: LazyLock<Regex> = LazyLock::new(|| regex(r"<[^<>\s]+@[^<>\s]+>\)?\s*:?\s*$"));
static SHARED_LINE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(.*\S)[\s-]*?\s*-*\s*(\bOn (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .{8,200}\b(?:wrote|sent):\s*)$",
    )
});

/// Words between rules, or alone on a line, that say "the original message follows".
static ORIGINAL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?ix)^[\s>*]*[-_=*]{2,}\s*(?:
        (?:the\s)?original\s?(?:message|mail|e-mail|appointment)|reply\s?(?:message|above.*)|antwort\s?nachricht
        |urspr(?:ü|ue|u)ngliche\s?(?:nachricht|e-?mail|mail)|original-?nachricht|message\s(?:original|transf[eé]r[eé]|d['’]origine|initial)
        |courriel\soriginal|mail\soriginal|e-mail\sd['’]origine|mensaje\s(?:original|reenviado)|correo\soriginal|mensagem\s(?:original|encaminhada|anterior)
        |messaggio\s(?:originale|inoltrato)|messaggio\soriginal|oorspronkelijk\s?bericht|origineel\s?bericht|doorgestuurd\sbericht
        |oprindelig\s(?:meddelelse|besked|mail)|oprindelige\smeddelelse|opprinnelig\s?melding|originalmeddelande|ursprungligt\smeddelande|ursprungligt\smail
        |alkuperäinen\sviesti|oryginalna\swiadomość|wiadomość\soryginalna|wiadomość\sprzekazana|původní\s(?:zpráva|e-mail)|pôvodná\sspráva
        |eredeti\s(?:üzenet|levél)|mesaj(?:ul)?\s(?:original|inițial)|исходное\sсообщение|пересылаемое\sсообщение|пересланное\sсообщение
        |оригинальное\sсообщение|оригінальне\sповідомлення|αρχικό\sμήνυμα|özgün\s(?:ileti|mesaj)|orijinal\s(?:mesaj|ileti)
        |الرسالة\sالأصلية|رسالة\sأصلية|ההודעה\sהמקורית|הודעה\sמקורית|pesan\s(?:asli|terusan)|tin\s?nhắn\sgốc
        |原始邮件|原始郵件|原邮件|转发邮件|元のメッセージ|원본\s?메(?:시지|일)
        |(?:begin\s)?forwarded\s(?:message|by.*)|weitergeleitete\snachricht|izvorna\sporuka|izvirno\ssporočilo|originalna\sporuka
        )\s*[-_=*]*\s*:?\s*$",
    )
});
static FORWARDED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^[\s>]*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)|d[eé]but du message (?:r[eé]exp[eé]di[eé]|transf[eé]r[eé])|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht|vidarebefordrat brev)\s*:\s*$",
    )
});
static ANDROID: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"(?i)^[\s>]*-{{2,}}\s*.{{1,120}}(?:{WROTE})\s*:?\s*-{{2,}}\s*$")));
static ABOVE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:please )?(?:type|write|enter) your (?:reply|answer|response) above this line|reply above this line|antworten sie (?:bitte )?(?:oberhalb|über) dieser zeile|répondez? au[- ]dessus de cette ligne",
    )
});

fn regex(pattern: &str) -> Regex {
    Regex::new(&pattern.replace("\\\n", "")).expect("the pattern is a constant that the tests compile")
}

/// One line that says by itself that all below it is quoted.
pub(super) fn is_separator(line: &str) -> bool {
    line.len() <= LONGEST_LINE
        && (ORIGINAL.is_match(line)
            || FORWARDED.is_match(line)
            || ANDROID.is_match(line)
            || ABOVE.is_match(line))
}

/// How sure an attribution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sureness {
    /// Names a time or an address: only a mail program writes so.
    Sure,
    /// "Amina wrote:" counts if quoted lines follow.
    IfQuotedFollows,
}

/// How many of the first of `lines` are an attribution ("On … Amina wrote:").
pub(super) fn attribution(lines: &[&str]) -> Option<(usize, Sureness)> {
    let first = lines.first()?.trim();
    if first.is_empty() || first.len() > LONGEST_LINE || first.starts_with('>') {
        return None;
    }
    let starts = STARTS.is_match(first);
    let dated = STARTS_WITH_DATE.is_match(first);
    let longest = if starts || dated { 6 } else { 1 };
    let mut joined = String::new();
    let mut blank = 0;
    for (at, line) in lines.iter().take(longest).enumerate() {
        let line = line.trim();
        blank += usize::from(line.is_empty());
        // A `>` may be the end of a folded address, never the start of what is quoted.
        let ends_address = line.starts_with(">:") || (line.len() < 40 && ENDS_WROTE.is_match(line));
        let quoted = line.starts_with('>') && !ends_address;
        // What begins anew after a blank line is the attribution; the date above it is not.
        let begins_anew = at > 0 && lines[at - 1].trim().is_empty() && STARTS.is_match(line);
        if blank > 1 || quoted || begins_anew {
            return None;
        }
        // A sentence that ends is a person's; "10:00 a.m." is none.
        if joined.ends_with(['!', '?']) || (joined.ends_with('.') && !joined.ends_with("m.")) {
            return None;
        }
        let folded = joined.ends_with('<') || line.starts_with('>');
        joined.push_str(if joined.is_empty() || folded { "" } else { " " });
        joined.push_str(line);
        if joined.len() > LONGEST_LINE {
            return None;
        }
        if let Some(sureness) = attributes(&joined, starts, dated).filter(|_| !line.is_empty()) {
            return Some((at + 1, sureness));
        }
    }
    None
}

fn attributes(text: &str, starts: bool, dated: bool) -> Option<Sureness> {
    let end = text.trim_end_matches([' ', '*', '_', '-']);
    let colon = end.ends_with([':', '：']) || text.trim_end().ends_with("--");
    let address = text.contains('@') || text.contains("<mailto:");
    let ends_wrote = ENDS_WROTE.is_match(text) && (colon || !ENDS_SENT.is_match(text));
    let wrote = ends_wrote || (colon && WROTE_THEN_NAME.is_match(text));
    let timed = TIME.is_match(text) || (ends_wrote && YEAR.is_match(text));
    let sure = (ENDS_WITH_ADDRESS.is_match(text) && (dated || (colon && timed)))
        || (address && ends_wrote && (starts || colon))
        || (starts && colon && wrote && (address || (timed && !FIRST_PERSON.is_match(text))));
    if sure {
        return Some(Sureness::Sure);
    }
    (ends_wrote && colon && text.len() < 120).then_some(Sureness::IfQuotedFollows)
}

/// "reply On Wed, Apr 4 … wrote:" → the reply and the attribution apart.
pub(super) fn shared_line(line: &str) -> Option<(&str, &str)> {
    if line.len() > LONGEST_LINE || !line.contains("On ") {
        return None;
    }
    let found = SHARED_LINE.captures(line)?;
    let own = found.get(1)?.as_str().trim_end_matches(['-', ' ']);
    (!own.is_empty() && !own.starts_with('>')).then(|| (own, found.get(2).map_or("", |m| m.as_str())))
}

/// What a line of a quoted header names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    From,
    Date,
    To,
    Subject,
}

static LABELS: LazyLock<Vec<(Label, Regex)>> = LazyLock::new(|| {
    [
        (Label::From, r"from|de|von|da|van|fra|från|frå|lähettäjä|od|nadawca|от|от кого|від|από|kimden|gönderen|من|מאת|发件人|發件人|寄件者|差出人|送信者|보낸 ?사람|từ|feladó|de la|saatja|nuo|no|dari|pošiljatelj|odosielateľ|odesílatel|expéditeur|afzender|absender|mittente|remitente"),
        (Label::Date, r"sent|date|sent at|date sent|envoy[eé](?: le)?|gesendet(?: am)?|datum|inviato(?: il)?|data|verzonden|sendt|dato|skickat|lähetetty|päiväys|päivämäärä|wys[lł]ano|отправлено|дата|надіслано|enviad[oa](?: em| el)?|fecha|fecha de env[ií]o|gönderme tarihi|gönderilme|gönderildi|tarih|message du|تاريخ(?: الإرسال)?|أرسلت|تم الإرسال|נשלח|תאריך|发送时间|發送時間|发送日期|日期|送信日時|日時|日付|보낸 ?날짜|날짜|küldve|elküldve|dátum|trimis|odesláno|odoslané|poslano|poslané|στάλθηκε|ημερομηνία|đã gửi|ngày|saadetud|išsiųsta|nosūtīts|dikirim|tanggal"),
        (Label::To, r"to|à|a|an|para|aan|til|till|vastaanottaja|do|кому|до|προς|kime|alıcı|إلى|אל|收件人|收件者|宛先|받는 ?사람|đến|címzett|către|komu|za|prima|kam|kepada|cc|kopi|kopie|копия|copie|reply-to|répondre à|destinataire"),
        (Label::Subject, r"subject|objet|sujet|betreff|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|тема|θέμα|konu|الموضوع|נושא|主题|主題|主旨|件名|제목|tárgy|subiect|předmět|predmet|zadeva|chủ đề|teema|tema|temats|subjek|perihal"),
    ]
    .into_iter()
    .map(|(label, words)| {
        (label, regex(&format!(r"(?i)^[\s>*_•|]*(?:{words})[*_]*(?:[\s\u{{a0}}]+[*_]*[:：]|[:：][*_]*(?:[\s\u{{a0}}]+\S|\S.*@|$))")))
    })
    .collect()
});

fn label_of(line: &str) -> Option<Label> {
    if line.len() > LONGEST_LINE || !line.contains([':', '：']) {
        return None;
    }
    LABELS.iter().find(|(_, pattern)| pattern.is_match(line)).map(|(label, _)| *label)
}

/// Whether a line is `From: somebody` with an address.
pub(super) fn names_sender(line: &str) -> bool {
    line.contains('@') && matches!(label_of(line), Some(Label::From | Label::Date))
}

/// Whether a quoted header (From, Sent, To, Subject in any order) begins at the
/// first of `lines`. It must have a sender or a date, so that no form of ours is one.
pub(super) fn is_header_block(lines: &[&str]) -> bool {
    let Some(first) = lines.first().and_then(|line| label_of(line)) else { return false };
    let mut seen = vec![first];
    let mut strange = 0;
    for line in lines.iter().skip(1).take(12).filter(|line| !line.trim().is_empty()) {
        match label_of(line) {
            Some(label) => seen.push(label),
            // A folded To or Subject.
            None => strange += 1,
        }
        if strange > 3 {
            break;
        }
    }
    let has = |label| seen.contains(&label);
    let address = lines.iter().take(4).any(|line| line.contains('@'));
    (has(Label::From) && has(Label::Date) && (has(Label::To) || has(Label::Subject) || address))
        || (has(Label::From) && has(Label::To) && has(Label::Subject))
        || (first == Label::From && has(Label::Subject) && address)
        || (first == Label::Date && has(Label::To) && address)
}
