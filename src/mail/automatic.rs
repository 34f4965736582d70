//! Who or what speaks: the signs by which machines give themselves away (RFC 3834 and before it).
//!
//! A person taken for a machine is a lost answer; a machine taken for a person is a
//! letter too many. So every rule here needs a sign that people's mail programs do
//! not produce, and a subject counts only in a form that people do not type.

use super::header::Header;
use super::inbound::{Inbound, OWN_HEADER, Origin};
use super::report;
use mail_parser::{Message, MimeHeaders};
use regex::Regex;
use std::sync::LazyLock;

/// Decides who speaks in a mail whose header and body have been read.
pub(super) fn origin(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> Origin {
    let ours = inbound.message_id.as_ref().is_some_and(|id| id.could_be_ours());
    if ours && header.has(&OWN_HEADER.to_lowercase()) {
        return Origin::Own;
    }
    if is_feedback_report(inbound, header, mail) {
        return Origin::FeedbackReport;
    }
    if report::is_report(inbound, header, mail) {
        return Origin::DeliveryReport;
    }
    if is_from_list(header) {
        return Origin::MailingList;
    }
    if is_auto_reply(inbound, header, mail) {
        return Origin::AutoReply;
    }
    Origin::Human
}

/// RFC 5965 §2: `multipart/report; report-type=feedback-report`; and the complaint
/// mails of providers from before it.
fn is_feedback_report(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> bool {
    let typed = mail.content_type().and_then(|t| t.attribute("report-type"));
    if typed.is_some_and(|t| t.eq_ignore_ascii_case("feedback-report")) {
        return true;
    }
    let part = inbound.attachments.iter().any(|a| a.media_type == "message/feedback-report");
    let hotmail = header.has("x-hmxmroriginalrecipient") || {
        let subject = header.lower("subject");
        subject.starts_with("complaint about message from")
    };
    // Amazon SES says it in JSON through its notification service.
    let amazon = header.lower("from").contains("amazonaws.com")
        && inbound.text.contains("\"notificationType\":\"Complaint\"");
    part || hotmail || amazon
}

/// RFC 2919 and RFC 2369. A personal mail sent through a list is the list's: what it
/// says was said to everybody.
fn is_from_list(header: &Header) -> bool {
    if is_automatic_by_rfc3834(header) {
        return false;
    }
    let listed =
        ["list-id", "list-post", "x-beenthere", "x-mailman-version", "x-mailing-list", "mailing-list"];
    listed.iter().any(|name| header.has(name))
        || (header.lower("precedence") == "list" && header.has("list-unsubscribe"))
}

/// RFC 3834 §5: any value but `no` (a comment or a parameter may follow).
fn is_automatic_by_rfc3834(header: &Header) -> bool {
    header.get("auto-submitted").is_some_and(|value| {
        let word = value.split([';', ' ', '(']).find(|w| !w.is_empty()).unwrap_or_default();
        !word.is_empty() && !word.eq_ignore_ascii_case("no")
    })
}

/// Fields that only responders set, whatever their value.
const RESPONDERS: [&str; 10] = [
    "x-autoreply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponse",
    "x-autoresponder",
    "x-auto-reply",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-ms-exchange-inbox-rules-loop",
    "x-vacation",
];

fn is_auto_reply(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> bool {
    let said_no = header.lower("auto-submitted").trim() == "no";
    if is_automatic_by_rfc3834(header) || RESPONDERS.iter().any(|name| header.has(name)) {
        return true;
    }
    if header.has("delivered-by-the-graces-of") || is_receipt(mail) {
        return true;
    }
    let precedence = [header.lower("precedence"), header.lower("x-precedence")];
    let replies = precedence.iter().any(|p| matches!(p.trim(), "auto_reply" | "auto-reply"));
    // vacation(1) of old; junk alone is what its sender, or a filter, thinks of it.
    if replies || (precedence[0].trim() == "junk" && header.has("x-loop")) {
        return true;
    }
    let calendar = inbound.attachments.iter().any(|a| a.media_type == "text/calendar");
    // RFC 5321 §4.5.5: a null reverse-path asks for silence. Calendar answers have one too.
    if header.get("return-path").is_some_and(|path| path.trim() == "<>") && !calendar {
        return true;
    }
    !said_no && inbound.subject.as_deref().is_some_and(is_responders_subject)
}

/// RFC 8098: a receipt is sent by the mail program, not by its reader.
fn is_receipt(mail: &Message<'_>) -> bool {
    let kind = mail.content_type().and_then(|t| t.attribute("report-type"));
    kind.is_some_and(|k| k.eq_ignore_ascii_case("disposition-notification"))
}

/// Subjects as Exchange, Outlook, Notes, GroupWise and others write them: the fixed
/// words, a colon, then the subject of the mail that they answer. A person's own
/// subject begins otherwise, and a reply to such a subject begins with "Re:".
fn is_responders_subject(subject: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^\s*(?:
            (?:automatic\sreply|auto(?:matic)?[-\s]?(?:reply|response|responder)|automatic\sresponse|automated\s(?:reply|response)|out\sof\s(?:the\s)?office(?:\sauto-?reply)?
              |automatische\s(?:antwort|rückantwort|abwesenheitsnotiz)|abwesenheits(?:notiz|benachrichtigung|nachricht)
              |r[ée]ponse\sautomatique|absence\sdu\sbureau|message\sd['’]absence
              |respuesta\sautom[áa]tica|fuera\sde\s(?:la\s)?oficina|resposta\sautom[áa]tica|fora\sdo\sescrit[óo]rio|ausência\stemporária
              |risposta\sautomatica|fuori\s(?:sede|ufficio)|automatisch\santwoord|afwezigheidsbericht
              |autosvar|automatiskt?\s(?:svar|svarsmeddelande)|frånvaromeddelande|fraværsmelding|automaattinen\svastaus|poissaoloilmoitus
              |automatyczna\sodpowied[źz]|odpowiedź\sautomatyczna|automatická\sodpov[ěe][dď]|automatick[áa]\sodpoveď|automatikus\sválasz|răspuns\sautomat|raspuns\sautomat
              |автоматический\sответ|автоответ|автоматична\sвідповідь|автоматичен\sотговор|αυτόματη\sαπάντηση|otomatik\s(?:yanıt|cevap)
              |رد\sتلقائي|الرد\sالتلقائي|תשובה\sאוטומטית|מענה\sאוטומטי|पाठ\sउत्तर|ตอบกลับอัตโนมัติ|trả\slời\stự\sđộng|balasan\sotomatis
              |自動応答|自動返信|不在通知|自动回复|自動回覆|自動答覆|자동\s?회신|자동\s?응답|부재\s?중)\s*[:：]\s*
            |out\sof\s(?:the\s)?office\s(?:re|aw|tr|sv)\s*:
            |.{2,60}\sis\sout\sof\sthe\soffice\s*\(returning\s.{4,20}\)\s*$
            )",
        )
        .expect("the pattern is a constant that the tests compile")
    });
    PATTERN.is_match(subject)
}
