//! Who or what speaks, and whether it may be answered: two questions (RFC 3834 and before it).
//!
//! *Is this a person's word?* A person taken for a machine is a lost answer, so every rule of
//! `origin` needs a sign that people's mail programs do not produce. *May we answer by
//! ourselves?* A machine that is answered answers back, so `may_answer` is false wherever a
//! sign is only possible: of a circular, of a list, of an address that nobody reads.

use super::address::AddrSpec;
use super::header::Header;
use super::inbound::{Inbound, OWN_HEADER, Origin};
use super::report_text::{self, has_null_path};
use super::{acknowledgement, feedback, report, responder};
use mail_parser::Message;

/// Decides who speaks in a mail whose header and body have been read.
pub(super) fn origin(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> Origin {
    let ours = inbound.message_id.as_ref().is_some_and(|id| id.could_be_ours());
    if ours && header.has(&OWN_HEADER.to_lowercase()) {
        return Origin::Own;
    }
    let machine = report_text::machine(inbound, header);
    if feedback::is_report(inbound, header, mail, machine) {
        return Origin::FeedbackReport;
    }
    if report::is_report(inbound, header, mail, machine) {
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

// ---- may we answer?

/// Whether a mail may get an answer that no person wrote, as far as it tells. A person's
/// words may carry any of these signs, so they never decide who speaks.
pub(super) fn may_answer(inbound: &Inbound, header: &Header) -> bool {
    let from = inbound.from.as_ref();
    inbound.origin == Origin::Human
        && !is_circular(header)
        && !has_null_path(header)
        && !suppresses_answers(header)
        && from.is_some_and(|from| !is_nobodys(&from.address))
}

/// Signs of circulars and of filters (RFC 2369 §3.2, RFC 3834 §2, and what mailing services add).
fn is_circular(header: &Header) -> bool {
    #[rustfmt::skip]
    const CIRCULARS: [&str; 12] = [
        "list-unsubscribe", "list-id", "list-help", "feedback-id", "x-campaign", "x-campaignid", "x-mailgun-sid",
        "x-csa-complaints", "x-mc-user", "x-loop", "x-otrs-loop", "x-znuny-loop",
    ];
    let precedence = [header.lower("precedence"), header.lower("x-precedence")];
    let is_spam =
        ["x-spam-flag", "x-spam-status"].iter().any(|name| header.lower(name).trim().starts_with("yes"));
    CIRCULARS.iter().any(|name| header.has(name))
        || precedence.iter().any(|p| matches!(p.trim(), "bulk" | "junk" | "list" | "auto_reply"))
        || is_spam
}

/// Exchange's way to ask for silence: `All`, or the kinds of answers that are not wanted.
fn suppresses_answers(header: &Header) -> bool {
    let asked = header.lower("x-auto-response-suppress");
    asked.split([',', ' ']).any(|kind| matches!(kind.trim(), "all" | "autoreply" | "oof"))
}

/// Whether nobody reads what is sent to an address: by its own name, in many languages.
pub fn is_nobodys(address: &AddrSpec) -> bool {
    #[rustfmt::skip]
    const NOBODY: [&str; 24] = [
        "noreply", "donotreply", "dontreply", "donotrespond", "noresponse", "nepasrepondre", "nerepondezpas", "keineantwort",
        "nichtantworten", "bittenichtantworten", "noresponder", "norespuesta", "naoresponda", "naoresponder", "nonrispondere",
        "nietbeantwoorden", "nietantwoorden", "geenantwoord", "ejsvara", "svarinte", "svarikke", "ikkesvar", "eivastata",
        "nieodpowiadaj",
    ];
    let local = address.local().to_lowercase().replace(['-', '_', '.'], "");
    NOBODY.iter().any(|name| local.contains(name)) || is_daemons(address)
}

/// No person writes from there, whatever the mail says.
fn is_daemons(address: &AddrSpec) -> bool {
    let local = address.local().to_lowercase().replace(['-', '_', '.'], "");
    matches!(local.as_str(), "mailerdaemon" | "maildaemon")
}

// ---- is this a person's word?

/// RFC 3834 §5: any value but `no` (a comment or a parameter may follow).
fn is_automatic_by_rfc3834(header: &Header) -> bool {
    header.get("auto-submitted").is_some_and(|value| {
        let word = value.split([';', ' ', '(']).find(|w| !w.is_empty()).unwrap_or_default();
        !word.is_empty() && !word.eq_ignore_ascii_case("no")
    })
}

/// Fields that only responders set, whatever their value.
#[rustfmt::skip]
const RESPONDERS: [&str; 19] = [
    "x-autoreply", "x-autoreply-from", "x-autorespond", "x-autorespond-from", "x-autoresponse", "x-autoresponder",
    "x-auto-reply", "x-auto-reply-from", "x-auto-response", "x-auto-response-from", "x-mail-autoreply", "x-vacation",
    "x-vacation-reply", "x-auto-generated", "x-automatic-reply", "x-automatically-generated", "x-amazon-auto-reply",
    "x-cron-env", "delivered-by-the-graces-of",
];

fn is_auto_reply(inbound: &Inbound, header: &Header, mail: &Message<'_>) -> bool {
    let said_no = header.lower("auto-submitted").trim() == "no";
    if is_automatic_by_rfc3834(header) || has_responders_field(header) || is_receipt(inbound, mail) {
        return true;
    }
    let nobody = header.lower("from").starts_with("mailer-daemon");
    if nobody || inbound.from.as_ref().is_some_and(|from| is_daemons(&from.address)) {
        return true;
    }
    let calendar = inbound.attachments.iter().any(|a| a.media_type == "text/calendar");
    // Calendar answers have a null reverse-path too.
    if has_null_path(header) && !calendar {
        return true;
    }
    let by_subject = inbound.subject.as_deref().is_some_and(responder::is_subject);
    !said_no && (by_subject || responder::is_away(inbound, header) || acknowledgement::is_one(inbound))
}

fn has_responders_field(header: &Header) -> bool {
    let set = |name: &str| header.get(name).is_some_and(|value| !matches!(value.trim(), "" | "no" | "false"));
    if RESPONDERS.iter().any(|name| set(name)) {
        return true;
    }
    // Mailman says so of what it passes on from another list.
    if set("x-autogenerated") && !header.lower("x-autogenerated").contains("mirror") {
        return true;
    }
    // FirstClass, and Windows Live.
    if header.lower("x-fc-machinegenerated").trim() == "true"
        || header.lower("x-post-messageclass").contains("autorespon")
    {
        return true;
    }
    let precedence = [header.lower("precedence"), header.lower("x-precedence")];
    let replies = precedence.iter().any(|p| matches!(p.trim(), "auto_reply" | "auto-reply" | "autoreply"));
    // vacation(1) of old; junk alone is what its sender, or a filter, thinks of it. OTRS and its
    // heir mark what they write by themselves by both fields.
    let set_aside = matches!(precedence[0].trim(), "junk") && header.has("x-loop");
    let ticket = header.has("x-otrs-loop") || header.has("x-znuny-loop");
    replies || set_aside || (ticket && precedence[0].trim() == "bulk")
}

/// RFC 8098: a receipt is sent by the mail program, not by its reader.
fn is_receipt(inbound: &Inbound, mail: &Message<'_>) -> bool {
    let part = || inbound.attachments.iter().any(|a| a.media_type == "message/disposition-notification");
    let by_type = match report::kind(mail).as_deref() {
        Some("disposition-notification") => true,
        Some("") => part(),
        _ => false,
    };
    by_type || acknowledgement::is_receipt(inbound)
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
            "Return-Path: <MAILER-DAEMON>",
            "Precedence: bulk\r\nX-OTRS-Loop: yes",
            "Precedence: bulk\r\nX-Znuny-Loop: yes",
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
            "Subject: Out of office: what is our rule?",
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
    fn what_a_ticket_system_passes_on_is_a_persons_and_gets_no_answer() {
        for field in ["X-OTRS-Loop: yes", "X-Znuny-Loop: yes"] {
            let mail = format!("From: Amina <amina@campus.example>\r\n{field}\r\n\r\nYes.\r\n");
            let inbound = Inbound::parse(mail.as_bytes());
            assert_eq!((inbound.origin, inbound.wants_silence), (Origin::Human, true), "{field}");
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
