//! What form programs write about the mail itself, under the answers.
//!
//! People ask about copyright and quote what machines told them: a note counts only where it is
//! worded as programs word it, and nobody asks anything below it.

use super::attribution::regex;
use regex::Regex;
use std::sync::LazyLock;

/// What is below a line.
#[derive(Debug, Default)]
pub(super) struct Below {
    /// How many lines that are not blank.
    pub filled: usize,
    /// Some speak of the mail itself.
    pub told: bool,
    /// Somebody asks something.
    pub asked: bool,
}

/// Whether the answers end above this line.
pub(super) fn begins(lines: &[String], at: usize, below: &Below) -> bool {
    let line = lines[at].as_str();
    let apart = at == 0 || lines[at - 1].trim().is_empty() || is_rule(&lines[at - 1]);
    is_about_the_mail(line) || (apart && !below.asked && is_note(line)) || (below.told && is_rule(line))
}

pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 2 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '—'))
}

/// A person's question; programs ask whether theirs is spam.
pub(super) fn is_question(line: &str) -> bool {
    line.trim_end().ends_with(['?', '؟', '？']) && !is_note(line)
}

/// Fields of the mail's own, each with its colon: nobody writes them in an answer.
pub(super) fn is_about_the_mail(line: &str) -> bool {
    static FIELDS: LazyLock<Regex> = LazyLock::new(|| {
        let names = [
            // English
            r"page (?:url|title)|referr?er(?: url)?|user[ -]agent(?: \([^)]*\))?|submitted (?:at|on|by|from)|powered by",
            r"(?:submission|entry) (?:id|date|time|url|number)",
            // français
            r"url de la page|agent utilisateur|soumis (?:le|par|depuis)|propulsé par|(?:date|numéro) de (?:la )?soumission",
            // Deutsch
            r"seiten-?url|eingereicht (?:am|von|über)|übermittelt (?:am|von|über)",
            // español, português, italiano, Nederlands
            r"url de la página|url da página|agente de usuario|enviado (?:el|em)|inviato il|verzonden op|pagina-?url",
            // العربية
            r"رابط الصفحة|تاريخ الإرسال|وقت الإرسال",
        ];
        regex(&format!(r"(?i)^\W{{0,3}}(?:{})\s*(?:[:：\t]|$)", names.join("|")))
    });
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        let names = "(?:(?:remote|user|sender)(?:'s)? )?ip(?: address)?|adresse ip|ip-adress?e?|dirección ip|indirizzo ip|endereço ip|عنوان ip";
        regex(&format!(
            r"(?i)^\W{{0,3}}(?:{names})\s*[:：\t]\s*(?:\W?(?:[0-9]{{1,3}}\.|[0-9a-f]{{0,4}}:)\S*\W*(?:\(.*\))?|unknown|)$"
        ))
    });
    let line = line.trim();
    !line.ends_with(['?', '؟']) && (FIELDS.is_match(line) || ADDRESS.is_match(line))
}

/// What a program says of the mail in a paragraph of its own, by language.
fn is_note(line: &str) -> bool {
    static SAID: LazyLock<Regex> = LazyLock::new(|| {
        let languages = [
            // English
            r"\(?sent (?:from|via)\b|this is an? (?:automatic |automated )?notification\b|powered by\b|submitted (?:at|on|by|from)\b",
            r"this (?:e-?mail|message|form|notification|submission) (?:was|has been|is)?\s*(?:automatically )?(?:sent|submitted|generated|created|delivered)\s+(?:to you|from|via|by|through|using|at|on|automatically|because)\b",
            r"the (?:e-?mail|message|form|notification) (?:was|has been) (?:sent|submitted|generated) (?:from|via|by|through|using)\b.*(?:form|site|https?:)",
            r"view (?:all|this|the|your)\b.*(?:submission|entry|entries|response)|the results of this submission|log ?in to view",
            r"if you think this submission|does this submission|manage submissions|to edit your email|you can edit this (?:submission|entry|response|form)|user information$",
            // français
            r"\(?envoyé (?:depuis|via|par le)\b|soumis (?:le|par|depuis)\b|propulsé par\b|les résultats de cette soumission|voir les (?:réponses|soumissions)",
            r"cet? (?:e-?mail|message|courriel|formulaire) (?:provient (?:de|du)\b|(?:vous )?a été (?:automatiquement )?(?:envoyé|généré|transmis|soumis|adressé)\s+(?:automatiquement|depuis|via|par|à partir|grâce|le)\b)",
            // Deutsch
            r"\(?gesendet (?:von|über|durch)\b|diese (?:e-?mail|nachricht|mitteilung) (?:wurde|ist)\b.*(?:gesendet|gesandt|versandt|versendet|verschickt|generiert|erzeugt|erstellt)",
            // español
            r"\(?enviado (?:desde|por)\b|este (?:correo|mensaje|e-?mail|formulario) (?:se|fue|ha)\b.*(?:enviad|envió|generad|generó)",
            // italiano, português, Nederlands
            r"\(?inviato (?:da|dal|tramite)\b|quest[oa] (?:e-?mail|messaggio|modulo) è stat[oa] (?:inviat|generat)",
            r"\(?enviado (?:de|através)\b|est[ae] (?:e-?mail|mensagem|formulário) foi (?:enviad|gerad)",
            r"\(?verzonden (?:vanaf|via|vanuit)\b|(?:deze|dit) (?:e-?mail|bericht|formulier) (?:is|werd)\b.*(?:verzonden|verstuurd|gegenereerd|verstuurd)",
            // العربية
            r"\(?(?:أُ?رسلت|ارسلت|تم إرسال|تم ارسال) (?:هذه|هذا|من|عبر)\b",
        ];
        let copyright = r"©|copyright\s*(?:©|\(c\)|\d{4})";
        regex(&format!(r"(?i)^\W{{0,3}}(?:{}|{copyright})", languages.join("|")))
    });
    SAID.is_match(line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> String {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut below = Below::default();
        let mut end = lines.len();
        for at in (0..lines.len()).rev().filter(|at| !lines[*at].is_empty()) {
            if begins(&lines, at, &below) {
                (end, below.told) = (at, true);
            }
            below.asked |= is_question(&lines[at]);
        }
        lines[..end].join("\n").trim_end().to_owned()
    }

    #[test]
    fn people_do_not_speak_of_the_mail_as_programs_do() {
        for text in [
            "We sent it from Cairo",
            "x\n\nThe message is short",
            "IP telephony is new here",
            "I viewed all entries",
            "Copyright: who owns digitised newspapers?",
            "x\n\nCopyright of theses\nIP address restrictions",
            "x\n\nThe message was shown twice.\nWhat can I do?",
            "x\n\nThis message was sent by Koha at night.\nDo you know why?",
            "x\n\nThis form was new to us.",
            "x\n\nThe form has been translated",
            "two systems\nsent via e-mail",
            "IP address: how do we restrict it?",
            "Adresse IP des lecteurs",
            "IP-Adressen der Leser",
            "x\n\nCe message a été perdu",
            "x\n\nDiese Nachricht wurde gelöscht.",
        ] {
            assert_eq!(cut(text), text);
        }
    }

    #[test]
    fn a_programs_words_under_the_answers_are_left_out() {
        for note in [
            "Sent from Network",
            "IP Address: 192.0.2.1",
            "Remote IP\t2001:db8::1",
            "Envoyé depuis Réseau",
            "© Network.",
            "Copyright 2026 Network",
            "(Sent via Network)",
            "This e-mail was sent from a contact form on Network (https://network.example)",
            "The form was submitted from https://network.example",
            "Cet e-mail a été envoyé via le formulaire de contact",
            "Diese E-Mail wurde über das Kontaktformular gesendet.",
            "Este mensaje se ha enviado desde el formulario",
            "Questa e-mail è stata inviata dal modulo",
            "Deze e-mail is verzonden via het formulier",
            "تم إرسال هذه الرسالة من نموذج الموقع",
            "Submission Date\t2026-11-03",
            "Does this submission look like spam? Report it here.",
        ] {
            assert_eq!(cut(&format!("Koha\n\n---\n{note}\n")), "Koha", "{note}");
            assert_eq!(cut(&format!("Koha\n\n{note}\n\nhttps://network.example/1\n")), "Koha", "{note}");
        }
    }
}
