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

#[cfg(test)]
mod tests {
    use super::*;

    /// A mail with these header lines and a short body.
    fn origin_of(header: &str) -> Origin {
        let mail = format!(
            "From: Amina <amina@campus.example>\r\nMessage-ID: <a@campus.example>\r\n{header}\r\n\r\nYes.\r\n"
        );
        Inbound::parse(mail.as_bytes()).origin
    }

    #[test]
    fn machines_give_themselves_away() {
        for header in [
            "Auto-Submitted: auto-replied (vacation)",
            "Auto-Submitted:auto-generated; x=y",
            "Return-Path: <>",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
            "Subject: Automatic reply: A request",
            "Subject: =?utf-8?Q?R=C3=A9ponse_automatique_=3A_Demande?=",
            "Subject: رد تلقائي: طلب",
            "Subject: Out of Office Re: A request",
            "Subject: Amina is out of the office (returning 12/10/2026)",
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        ] {
            assert_eq!(origin_of(header), Origin::AutoReply, "{header}");
        }
    }

    #[test]
    fn people_are_never_taken_for_machines() {
        for header in [
            "Auto-Submitted: no",
            "Subject: Re: Automatic reply: A request",
            "Subject: Out of office next week, but I accept",
            "Subject: Automatic irrigation: who knows it?",
            "Subject: Leila is out of the office",
            "Precedence: bulk",
            "Precedence: junk",
            "X-Auto-Response-Suppress: All",
            "Return-Path: <amina@campus.example>",
            "Subject: Delivery failure of the parcel",
        ] {
            assert_eq!(origin_of(header), Origin::Human, "{header}");
        }
    }

    #[test]
    fn what_came_through_a_list_is_the_lists() {
        assert_eq!(origin_of("List-Id: <advisors.lists.example>"), Origin::MailingList);
        assert_eq!(
            origin_of("Precedence: list\r\nList-Unsubscribe: <mailto:x@y.example>"),
            Origin::MailingList
        );
        let vacation = "List-Id: <advisors.lists.example>\r\nAuto-Submitted: auto-replied";
        assert_eq!(origin_of(vacation), Origin::AutoReply);
    }

    #[test]
    fn our_own_letters_are_known_by_field_and_message_id_together() {
        let id = "<0f8fad5b-d9cb-869f-a165-70867728950e@net.example>";
        let own = |header: &str| {
            let mail = format!("From: contact@net.example\r\n{header}\r\n\r\nDear Amina");
            Inbound::parse(mail.as_bytes()).origin
        };
        assert_eq!(own(&format!("X-Sounding-Board: welcome\r\nMessage-ID: {id}")), Origin::Own);
        assert_eq!(own(&format!("Message-ID: {id}")), Origin::Human, "staff write from that address too");
        assert_eq!(own("X-Sounding-Board: welcome\r\nMessage-ID: <a@b.example>"), Origin::Human);
    }

    #[test]
    fn a_complaint_is_a_feedback_report_and_a_forwarded_bounce_is_a_person() {
        let feedback = "Content-Type: multipart/report; report-type=feedback-report; boundary=b";
        assert_eq!(origin_of(feedback), Origin::FeedbackReport);
        let forwarded = "From: Dana <dana@campus.example>\r\nSubject: Fwd: Undelivered Mail Returned to Sender\r\n\r\n\
Can you check?\r\n\r\n---------- Forwarded message ----------\r\nFrom: MAILER-DAEMON@mx.campus.example\r\n\r\n\
<amina@old.example>: 550 5.1.1 User unknown\r\n";
        assert_eq!(Inbound::parse(forwarded.as_bytes()).origin, Origin::Human);
    }
}
