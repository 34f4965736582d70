//! Machines' answers that only their words give away: "we have received your request", read
//! receipts in words, "confirm that you are a person".
//!
//! People thank and confirm too, so one sentence is not enough: it must say of itself that a
//! machine wrote it. The tables are in the spelling of [`fold::letters`].

use super::fold;
use super::inbound::Inbound;
use super::report_text::{letters_regex, regex, set};
use super::word_table::WordTable;
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// So much of a text is read: a machine says early what it is.
const READ: usize = 16 * 1024;
/// So many lines may greet before a machine says what it is.
const FIRST_LINES: usize = 4;
/// Whoever holds a mail back explains more.
const EXPLAINED_IN_LINES: usize = 15;

/// A machine says that it answers.
#[rustfmt::skip]
const ANSWERS: &[&str] = &[
    "this is an automatic reply", "this is an automatic response", "this is an automated reply", "this is an automated response",
    "this is an auto-reply", "this is an autoreply", "this is an auto-response", "this is an autoresponse", "this is an auto response",
    "this is an auto reply", "this is an automatically generated reply", "this is an automatically generated response",
    "this is an automatic acknowledgement", "this is an automated acknowledgement", "apologize for this automatic reply",
    "automatically generated in response to", "this automatic reply", "this automated reply", "this automated response",
    "ceci est une reponse automatique", "ceci est un accuse de reception automatique", "cette reponse est automatique",
    "il s'agit d'une reponse automatique", "dies ist eine automatische antwort", "das ist eine automatische antwort",
    "dies ist eine automatisch generierte antwort", "dies ist eine automatisch erstellte antwort", "automatische eingangsbestatigung",
    "dies ist eine automatische eingangs", "esta es una respuesta automatica", "respuesta generada automaticamente",
    "esta e uma resposta automatica", "resposta gerada automaticamente", "questa e una risposta automatica",
    "risposta generata automaticamente", "dit is een automatisch antwoord", "dit is een automatische reactie",
    "dit is een automatisch gegenereerd antwoord", "detta ar ett automatiskt svar", "det har ar ett automatiskt svar",
    "dette er et automatisk svar", "tama on automaattinen vastaus", "to jest automatyczna odpowiedz", "ta odpowiedz zostala wygenerowana",
    "toto je automaticka odpoved", "ez egy automatikus valasz", "acesta este un raspuns automat", "это автоматический ответ",
    "это автоответ", "це автоматична відповідь", "αυτη ειναι μια αυτοματη απαντηση", "bu otomatik bir yanit", "bu otomatik bir cevap",
    "هذا رد تلقائي", "هذا رد الي", "זוהי תשובה אוטומטית", "זהו מענה אוטומטי", "זוהי הודעה אוטומטית בתגובה", "これは自動返信", "このメールは自動返信",
    "このメールは自動応答", "自動返信メールです", "自動応答メールです", "这是自动回复", "这是一封自动回复", "此邮件为自动回复", "這是自動回覆", "자동 회신 메일", "자동 응답 메일",
    "자동응답 메일", "자동회신 메일",
];

/// Something of ours arrived.
#[rustfmt::skip]
const RECEIVED: &[&str] = &[
    r"(?:have|we've|has) (?:successfully )?received your (?:\w+ )?(?:message|request|e-?mail|mail|inquiry|enquiry|ticket|question|query|submission)",
    r"your (?:\w+ )?(?:message|request|e-?mail|inquiry|enquiry|ticket|question|query|submission)(?: \S+)? (?:has been|was) (?:successfully )?(?:received|registered|logged|created|opened)",
    r"thank(?:s| you) for (?:contacting|your (?:message|e-?mail|inquiry|enquiry|request)|getting in touch|reaching out|writing)",
    r"(?:a|new) (?:support )?(?:ticket|case|request) (?:has been|was) (?:created|opened|registered)",
    r"avons bien recu votre|votre (?:demande|message|courriel|e-mail) (?:a bien ete|a ete) (?:recue?|enregistree?|prise? en compte)|accusons? reception",
    r"haben ihre (?:anfrage|nachricht|e-mail|mail) (?:dankend )?erhalten|ihre (?:anfrage|nachricht|e-mail|mail) (?:ist|wurde) .{0,30}(?:eingegangen|erhalten|erfasst|registriert)|vielen dank fur ihre (?:anfrage|nachricht|e-mail|mail)",
    r"hemos recibido (?:su|tu)|su (?:solicitud|mensaje|consulta) ha sido (?:recibid|registrad)|gracias por (?:contactar|comunicarse|su mensaje)",
    r"recebemos (?:a |o )?(?:sua|seu)|(?:sua|seu) (?:solicitacao|mensagem|pedido) foi (?:recebid|registrad)|obrigado por (?:contat|entrar em contato)",
    r"abbiamo ricevuto (?:la|il) (?:sua|tua|vostra|suo|tuo|vostro)|la (?:sua|tua|vostra) richiesta e stata|grazie per averci contattat",
    r"(?:hebben|heeft) (?:uw|je) (?:bericht|e-mail|vraag|verzoek|mail) .{0,20}ontvangen|(?:uw|je) (?:bericht|e-mail|vraag|verzoek|mail) is .{0,20}ontvangen|bedankt voor (?:uw|je) (?:bericht|e-mail|mail)",
    r"har (?:mottagit|tagit emot) (?:ditt|din)|tack for (?:ditt|din) (?:meddelande|mejl|mail|fraga)|har (?:modtaget|mottatt) (?:din|dit|ditt)|tak for din (?:henvendelse|mail|besked)|olemme vastaanottaneet|kiitos (?:viestistasi|yhteydenotostasi)",
    r"otrzymalismy (?:panstwa|pana|twoj)|zgloszenie zostalo (?:przyjete|zarejestrowane|utworzone)|vase (?:zprava|zadost|pozadavek) by|dekujeme za (?:vasi|vas) (?:zpravu|dotaz)|megkaptuk|am primit (?:mesajul|solicitarea)",
    r"ваше (?:обращение|письмо|сообщение) (?:получено|зарегистрировано|принято)|ваш запрос (?:получен|зарегистрирован|принят)|мы получили ваш|спасибо за (?:обращение|ваше)|ваш запит|λαβαμε το (?:μηνυμα|αιτημα)|(?:talebiniz|mesajiniz|e-postaniz) (?:alinmistir|alindi|tarafimiza)",
    r"تم استلام|لقد استلمنا|استلمنا رسالت|קיבלנו את (?:פנייתך|הודעתך)|פנייתך התקבלה|受け付け(?:ました|いたしました)|受付(?:けました|いたしました|ました)|お問い合わせ(?:いただき|ありがとう)|已(?:经)?收到您的|您的(?:请求|邮件|问题)已|접수되었습니다|접수 ?완료",
];

/// The mail says of itself that no person wrote it.
#[rustfmt::skip]
const MACHINE_MADE: &[&str] = &[
    r"automatic(?:ally)? (?:generated|sent|created|message|e-?mail|notification|confirmation|acknowledge\w+)|automated (?:message|e-?mail|notification|confirmation|response|reply|acknowledge\w+)|auto-?generated|do(?: not|n't) (?:reply|respond) (?:to this|directly)|please do not reply|no-?reply (?:address|e-?mail)|(?:mailbox|address|inbox) is not monitored|unattended (?:mailbox|address)",
    r"(?:genere|envoye|cree)e? automatiquement|(?:message|courriel|e-mail|reponse|accuse de reception) automatique|ne pas repondre|n'y repondez pas",
    r"automatisch (?:generierte?|erstellte?|versandte?|erzeugte?|generiert|erstellt|versendet|versandt|erzeugt)|automatische (?:nachricht|e-mail|mail|bestatigung|antwort)|nicht auf diese (?:e-?mail|nachricht)|antworten sie (?:bitte )?nicht",
    r"(?:generado|enviado|creado) automaticamente|mensaje automatico|no respond(?:a|er)|(?:gerad[oa]|enviad[oa]) automaticamente|mensagem automatica|nao responda|(?:generato|inviato|creato) automaticamente|messaggio automatico|non rispondere",
    r"automatisch (?:gegenereerd|verzonden|aangemaakt)|automatisch(?:e)? (?:bericht|e-mail|bevestiging)|niet (?:op )?(?:dit bericht|deze e-?mail|deze mail) (?:te )?(?:reageren|beantwoorden|antwoorden)|automatiskt (?:genererat|skickat|meddelande)|automatisk (?:genereret|generert|besked|melding)|automaattinen viesti",
    r"wygenerowan\w* automatycznie|automatycznie wygenerowan|wiadomosc automatyczna|nie odpowiadac|automaticky (?:vygenerovan|generovan)|automatikus uzenet|generat automat|mesaj automat",
    r"автоматически|автоматичне|не отвечайте на|αυτοματο μηνυμα|otomatik (?:olarak|mesaj|ileti)|تلقائيا|رساله تلقائيه|رساله اليه|אוטומטי",
    r"自動送信|自動的に|自動配信|送信専用|自动(?:发送|生成|发出)|请勿(?:直接)?回复|自動(?:發送|產生)|請勿回覆|자동으로|자동 발송|발신 ?전용|회신하지",
];

/// A filter asks the sender to prove something before the mail is shown.
#[rustfmt::skip]
const HELD_BACK: &[&str] = &[
    r"(?:allowed|approved|safe|guest|white) ?-?(?:senders?|list)|list of (?:allowed|approved|safe) senders|waitlisted|has been (?:quarantined|held|delayed) (?:until|pending)|(?:being held|is held) (?:until|pending)|prove (?:that )?you(?:'re| are)|verify (?:that )?you(?:'re| are)|confirm (?:that )?you (?:sent|are)|not (?:yet )?(?:been )?pre-?approved|spam (?:arrest|blocker|protection|challenge)|protected by (?:a )?(?:spam|bluebottle|boxbe|challenge)|sender verification|one-time (?:verification|confirmation|inconvenience)",
    r"liste (?:blanche|des expediteurs autorises)|confirmer (?:que vous|votre envoi)|absender (?:bestatigen|verifizieren)|freigabeliste|remitentes (?:permitidos|autorizados)|mittenti (?:approvati|autorizzati)",
];

/// Whether a machine acknowledges, answers or asks back, by what its mail says.
pub(super) fn is_one(inbound: &Inbound) -> bool {
    static ANSWERING: LazyLock<WordTable> = LazyLock::new(|| WordTable::of(ANSWERS));
    let text = fold::letters(&inbound.new_text[..inbound.new_text.floor_char_boundary(READ)]);
    let first = first_lines(&text, FIRST_LINES);
    ANSWERING.is_in(&first)
        || (!speaks_for_oneself(&text)
            && (acknowledges(inbound, &text, &first) || challenges(inbound, &text)))
}

fn acknowledges(inbound: &Inbound, folded_text: &str, first_lines: &str) -> bool {
    static RECEIVES: LazyLock<RegexSet> = LazyLock::new(|| set(RECEIVED));
    static MADE: LazyLock<RegexSet> = LazyLock::new(|| set(MACHINE_MADE));
    let numbered = || {
        numbers_a_ticket(&fold::letters(inbound.subject.as_deref().unwrap_or_default()))
            && names_ticket(folded_text)
    };
    RECEIVES.is_match(first_lines) && (MADE.is_match(folded_text) || numbered())
}

fn challenges(inbound: &Inbound, folded_text: &str) -> bool {
    static HOLDS: LazyLock<RegexSet> = LazyLock::new(|| set(HELD_BACK));
    const OURS: [&str; 8] = [
        "your message",
        "your email",
        "your e-mail",
        "your mail",
        "votre message",
        "ihre nachricht",
        "su mensaje",
        "automatic",
    ];
    if !inbound.text.contains("://") {
        return false;
    }
    let explained = first_lines(folded_text, EXPLAINED_IN_LINES);
    HOLDS.is_match(&explained) && OURS.iter().any(|word| explained.contains(word))
}

/// "I" in a language, in the spelling of [`fold::letters`], and words by which its text is told from others in which the same letters
/// are another word: "and", "in", "is", "your", the European Union.
struct Oneself {
    word: &'static str,
    /// Nothing where the word is "I" wherever it stands.
    beside: &'static str,
}

#[rustfmt::skip]
const ONESELF: &[Oneself] = &[
    Oneself { word: r"\b(?:i'll|i'm|i've|i'd|j'ai|j'accepte|ich|yo|io|ik|jag|jeg|mina|аз|ја|я|εγω|ben|انا|אני|saya)\b", beside: "" },
    Oneself { word: r"\bi\b", beside: r"\b(?:you|your|yours|the|this|that|not|it|has|been|of|with)\b" },
    Oneself { word: r"\bje\b", beside: r"\b(?:vous|votre|nous|est|suis|les|une|dans|que)\b" },
    Oneself { word: r"\beu\b", beside: r"\b(?:nao|seu|voce|pela|obrigad[oa]|sunt|pentru|multumesc)\b" },
    Oneself { word: r"\bja\b", beside: r"\b(?:nie|jest|panstwa|pani|dziekuje|jsem|jsme|dekuji|hvala|sam|vam|vas)\b" },
    // Not "we", nor "our library, university, company"; not "private", nor a post-office box.
    Oneself { word: r"我(?:[^们們司校馆館行公单單院部方国國]|$)|本人", beside: "" },
    Oneself { word: r"私(?:[^どた共達立的書学]|$)|わたし(?:[^たど]|$)|僕", beside: "" },
    Oneself { word: r"저는|제가", beside: "" },
];

/// Help desks say "we"; whoever says "I" is somebody.
fn speaks_for_oneself(folded_text: &str) -> bool {
    static WORDS: LazyLock<Vec<(Regex, Regex)>> = LazyLock::new(|| {
        ONESELF.iter().map(|one| (letters_regex(one.word), letters_regex(one.beside))).collect()
    });
    WORDS.iter().any(|(word, beside)| word.is_match(folded_text) && beside.is_match(folded_text))
}

fn first_lines(folded: &str, count: usize) -> String {
    folded.lines().filter(|l| l.chars().any(char::is_alphanumeric)).take(count).collect::<Vec<_>>().join("\n")
}

/// `[#4711]`, `[Ticket#2026110410000123]`, `[SUP-381]`: what a help desk adds.
fn numbers_a_ticket(folded_subject: &str) -> bool {
    static TICKET: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"\[[^\]]{0,40}#\s?:?\s?\d{3,}\]|\[(?:ticket|case|request|incident|id|ref)[\s:#-]{1,3}[a-z0-9-]{2,20}\]|\[[a-z]{2,10}-\d{1,8}\]|\b(?:ticket|case|request|incident|anfrage|demande) ?(?:id|no|nr|number)?[ .:]*#\s?\d{3,}|\((?:ticket|case|request) ?#?\d{3,}\)|\b(?:inc|req|ritm|cs)\d{7}\b",
        )
    });
    TICKET.is_match(folded_subject)
}

fn names_ticket(folded_text: &str) -> bool {
    [
        "ticket",
        "case number",
        "request number",
        "reference number",
        "incident",
        "vorgangsnummer",
        "numero de dossier",
    ]
    .iter()
    .any(|word| folded_text.contains(word))
}

/// A read receipt of programs that follow no RFC: three lines about the mail, then when it was read.
pub(super) fn is_receipt(inbound: &Inbound) -> bool {
    static READ: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^\s*(?:your message|votre message|ihre nachricht|su mensaje|el mensaje|il messaggio|a sua mensagem|sua mensagem|uw bericht|ditt meddelande|din meddelelse|din besked|viestisi|ваше сообщение|twoja wiadomosc)\s*\n(?:[ \t]*[^\n:]{1,20}:[^\n]*\n|[ \t]*\n){2,8}[^\n]{0,30}(?:was read|was deleted without being read|a ete lu|wurde am|wurde gelesen|se leyo|fue leido|ha sido leido|e stato letto|foi lida|is gelezen|lastes|blev laest|ble lest|luettiin|прочитано|przeczytan)",
        )
    });
    READ.is_match(&fold::letters(&first_lines_kept(&inbound.text)))
}

fn first_lines_kept(text: &str) -> String {
    text[..text.floor_char_boundary(READ)].lines().take(EXPLAINED_IN_LINES).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::inbound::Origin;
    use super::*;

    fn origin(subject: &str, text: &str) -> Origin {
        let mail = format!("From: Amina <amina@campus.example>\r\nSubject: {subject}\r\n\r\n{text}\r\n");
        Inbound::parse(mail.as_bytes()).origin
    }

    #[test]
    fn a_machine_that_says_so_in_words_alone_is_none_of_us() {
        for (subject, text) in [
            ("Re: A request", "Hello,\n\nThis is an automatic reply. I read mail on Mondays."),
            (
                "A request",
                "Dear customer,\n\nwe have received your request. Please do not reply to this e-mail.",
            ),
            ("[Ticket#20261104] A request", "Thank you for your message. Your ticket number is 20261104."),
            ("Demande", "Bonjour,\n\nNous avons bien reçu votre message.\nCourriel généré automatiquement."),
            (
                "Anfrage",
                "Guten Tag,\n\nwir haben Ihre Anfrage erhalten. Diese E-Mail wurde automatisch erstellt.",
            ),
            ("ご相談", "これは自動返信メールです。"),
            ("Re: 咨询", "您好，\n我们已收到您的邮件，将尽快处理。\n本邮件由系统自动发送，请勿回复。"),
            ("Re: 咨询", "您好，\n我馆已收到您的邮件。\n本邮件由系统自动发送，请勿回复。"),
            (
                "Re: ご相談",
                "お問い合わせありがとうございます。\n内容を私どもで確認いたします。\nこのメールは送信専用です。",
            ),
            (
                "Re: Richiesta",
                "Gentile utente,\nabbiamo ricevuto la sua richiesta. Verificheremo i dati.\nMessaggio automatico.",
            ),
            (
                "Re: Prośba",
                "Szanowni Państwo,\notrzymaliśmy Państwa wiadomość i odpowiemy wkrótce.\nWiadomość wygenerowana automatycznie.",
            ),
            (
                "Re: Fråga",
                "Hej!\nVi har mottagit ditt ärende och svarar i veckan.\nDetta är ett automatiskt meddelande.",
            ),
            ("Re: Vraag", "Beste lezer,\nwij hebben je bericht ontvangen.\nDit is een automatisch bericht."),
            (
                "Re: Kysymys",
                "Hei,\nkiitos viestistäsi, luemme sen ja vastaamme pian.\nTämä on automaattinen viesti.",
            ),
            (
                "Re: Dotaz",
                "Dobrý den,\nděkujeme za Vaši zprávu, je zařazena.\nTento e-mail byl automaticky vygenerován.",
            ),
            (
                "Re: Solicitud",
                "Hemos recibido su solicitud sobre la UE (EU).\nMensaje automático, no responda.",
            ),
            (
                "Read: A request",
                "Your message\n\n   To: Amina\n   Subject: A request\n   Sent: Monday\n\nwas read on Monday",
            ),
            (
                "Re: A request",
                "Your message was received.\nPlease click the link to be added to the recipient's allowed list:\nhttps://x.example/v",
            ),
        ] {
            assert_eq!(origin(subject, text), Origin::AutoReply, "{subject}: {text}");
        }
    }

    #[test]
    fn people_who_thank_and_confirm_are_people() {
        for (subject, text) in [
            ("Re: A request", "Thank you for your message. I accept."),
            ("Re: A request", "I have received your request and will write to Leila tomorrow."),
            ("Re: A request", "We have received your email with thanks; our ticket system is another story."),
            ("Re: A request", "ACCEPT\n\nSent automatically by my phone"),
            ("Re: A request", "Thank you for your message! I accept. Please do not reply to this address."),
            ("Re: [Koha #4711] A request", "Thank you for your message. I opened a ticket with our IT."),
            (
                "Re: A request",
                "Your message was taken for spam, I put you on the approved senders: https://x.example",
            ),
            ("Question", "Our library sends an automated message to borrowers. How do you word yours?"),
            ("Re: A request", "Nous avons bien reçu votre message, merci. Je vous réponds demain."),
            ("Re: A request", "Thank you for your message! i accept. Please do not reply to this address."),
            (
                "Re: Demande",
                "Merci, nous avons bien reçu votre message et je vous réponds demain. Ne pas répondre à cette adresse.",
            ),
            ("Re: 咨询", "已收到您的邮件，我同意。请勿回复此地址。"),
            (
                "Re: ご相談",
                "受け付けました。私が対応します。この送信専用のアドレスには返信しないでください。",
            ),
            ("Re: Pedido", "Recebemos a sua mensagem e eu aceito. Não responda a este endereço."),
            (
                "Re: Prośba",
                "Otrzymaliśmy Państwa wiadomość, ja się zgadzam. Proszę nie odpowiadać na ten adres.",
            ),
            ("Re: בקשה", "קיבלנו את פנייתך ואני מסכימה, אני אענה. נשלח אוטומטית"),
            ("Read: the new statutes", "Your message\nwas read by all of us with joy."),
        ] {
            assert_eq!(origin(subject, text), Origin::Human, "{subject}: {text}");
        }
    }
}
