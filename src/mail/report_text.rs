//! Delivery reports in words: how they are known where RFC 3464 is not followed.

use super::caseless_words::CaselessPhrases;
use super::fold;
use super::header::Header;
use super::inbound::Inbound;
use super::report_words as words;
use super::responder;
use super::subject::{Prefix, without_list_name};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Only so much of a report is read: the returned mail comes after the words.
const READ: usize = 64 * 1024;

/// So much of a subject is read.
const SUBJECT_READ: usize = 4 * 1024;

pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests compile")
}

/// A pattern for text in the spelling of [`fold::letters`].
pub(super) fn letters_regex(pattern: &str) -> Regex {
    regex(&spelled(pattern))
}

/// Patterns for text in that spelling, whatever the case.
pub(super) fn set(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns.iter().map(|p| format!("(?i){}", spelled(p))))
        .expect("the patterns are constants that the tests compile")
}

/// A pattern with its letters folded: Korean syllables fall apart there, and Japanese ones lose
/// their marks. ASCII stays, since `\S` is not `\s`.
fn spelled(pattern: &str) -> String {
    let spelled = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => regex::escape(&fold::letters(&c.to_string())),
    };
    pattern.chars().map(spelled).collect()
}

/// How sure it is that a mail transfer agent wrote a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Machine {
    No,
    /// People write from `postmaster` too; programs that answer have a null reverse-path too.
    Perhaps,
    /// Its name is a machine's.
    Sure,
}

/// Whether a mail transfer agent wrote it, by its name and reverse-path.
pub(super) fn machine(inbound: &Inbound, header: &Header) -> Machine {
    static SURE: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?ix)mailer[-_\ .]?daemon | mail[-.\ ]deliver(?:y)?[-.\ ](?:sub)?(?:system|service)
            | mail-?daemon | (?:^|<|\s)m?daemon@ | mail-?delivery@ | \bmail\s(?:system|administrator)\b
            | microsoftexchange[0-9a-f]{20,}@ | courier\ mail\ server | (?:^|<|\s)(?:mailer|mta|mailsystem)@ | deliver(?:y)?\ subsystem",
        )
    });
    static PERHAPS: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?ix)post_?o?master | \bno[-_.]?reply | do[-_.]?not[-_.]?reply | system\s?administrator
            | administrateur\ syst | systemadministrator | amministratore\ (?:di\ )?sistema | administrador\ do\ sistema
            | administrador\ del\ sistema | systeembeheerder | systemadministrat[öo]r | администратор
            | mail(?:[-.\s]?(?:server|gateway|gate|sweeper|marshal|guard|scanner)) | anti-?virus | viruswall | smtp[-_.\s]?gateway
            | mail\ delivery | delivery\ (?:status|notification|service) | mail\ (?:service|server|program|transfer|router)
            | mta\ system | content-?filter | amavis | (?:^|<|\s)(?:root|mail|mailsystem|mdaemon|listserv|majordomo|inflex|mailsweeper)@ | bounces?[-+@] | complaints?@sns | @(?:sns|email-bounces)\.",
        )
    });
    let from = header.get("from").unwrap_or_default();
    let name = inbound.from.as_ref().and_then(|f| f.name.clone()).unwrap_or_default();
    let nobody = from.trim_end().ends_with("<>");
    if nobody || [from, &name].iter().any(|text| SURE.is_match(text)) {
        Machine::Sure
    } else if has_null_path(header)
        || header.lower("x-mailer").starts_with("<smtp32")
        || [from, &name].iter().any(|text| PERHAPS.is_match(text))
    {
        Machine::Perhaps
    } else {
        Machine::No
    }
}

/// RFC 5321 §4.5.5; some receivers write their own name for "nobody".
pub(super) fn has_null_path(header: &Header) -> bool {
    header.get("return-path").is_some_and(|path| {
        let path = path.trim().to_lowercase();
        matches!(path.as_str(), "<>" | "<#@[]>") || path.starts_with("<mailer-daemon")
    })
}

/// Whether the words of a mail are those of a delivery report. `returned`: a mail that did
/// not arrive, or its header, is a part of it.
pub(super) fn is_report(inbound: &Inbound, header: &Header, machine: Machine, returned: bool) -> bool {
    let subject = inbound.subject.as_deref().unwrap_or_default();
    let subject = &subject[..subject.floor_char_boundary(SUBJECT_READ)];
    let folded_subject = fold::letters(subject);
    if is_passed_on(&folded_subject) || responder::is_subject(subject) {
        return false;
    }
    let text = said(&inbound.text);
    let folded = fold::letters(text);
    let first = first_lines(&folded);
    let named = words::is_subject(&folded_subject);
    let opens = words::opens(&first) || has_transcript(&folded);
    if machine == Machine::No && !named && !opens {
        return false;
    }
    let signs = Signs {
        named,
        // Of a person's mail nobody asks it.
        says: machine != Machine::No && (words::says_not_delivered(&folded) || STATUS.is_match(text)),
        says_at_once: words::says_not_delivered(&first),
        opens,
        begins: words::begins(&first),
        address: address_pattern().is_match(text),
        returned: returned || text.len() < inbound.text.len(),
        answers: header.has("in-reply-to") || is_answer(&folded_subject),
        like_a_person: is_like_a_person(&first),
    };
    if has_report_field(header) && (signs.named || signs.opens || (signs.says && machine != Machine::No)) {
        return true;
    }
    match machine {
        Machine::Sure => signs.of_a_machine(),
        Machine::Perhaps => is_amazon(text) || signs.of_perhaps_a_machine(),
        Machine::No => signs.of_anybody(),
    }
}

/// What a text and its subject have of a report.
struct Signs {
    named: bool,
    says: bool,
    says_at_once: bool,
    opens: bool,
    begins: bool,
    address: bool,
    returned: bool,
    answers: bool,
    like_a_person: bool,
}

impl Signs {
    fn of_a_machine(&self) -> bool {
        let begins = self.opens || self.begins;
        begins || (self.says && self.named) || ((self.says || self.named) && self.address)
    }

    fn of_perhaps_a_machine(&self) -> bool {
        let begins = self.opens || self.begins;
        let told = (self.named && (self.says || begins)) || (begins && self.says);
        let shown = self.says_at_once && self.returned && self.address;
        (told || shown) && (self.opens || !self.like_a_person)
    }

    /// Any person may have written the subject, or return a mail that came back: so no person begins.
    fn of_anybody(&self) -> bool {
        let told =
            self.named && !self.answers && (self.opens || self.begins || self.says_at_once) && self.returned;
        let pointed = self.address || self.returned;
        let shown =
            self.opens && pointed && (self.named || (self.says_at_once && self.address && !self.answers));
        (told || shown) && !self.like_a_person
    }
}

/// The subject of an answer: whatever follows is that of the mail answered.
fn is_answer(folded_subject: &str) -> bool {
    Prefix::taken_from(folded_subject.trim_start()).is_some_and(|(prefix, _)| prefix.answers())
}

/// Somebody greets, asks, or speaks of what is theirs.
fn is_like_a_person(folded_first_lines: &str) -> bool {
    static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
        letters_regex(
            r"(?m)\?\s*$|^\s*(?:hi|hello|hey|dear|good (?:morning|day|afternoon)|bonjour|bonsoir|cher|chere|hallo|guten tag|liebe[r]?|sehr geehrte|hola|estimad[oa]|buenos dias|ola|caro|cara|ciao|buongiorno|gentile|beste|geachte|hej|hei|witam|dzien dobry|dobry den|merhaba|sayin|здравствуйте|добрый день|привет)\b[^.!:]{0,40}(?:,|!|$)|\b(?:my|mine|mein(?:e[nr]?)?|mio|mia|meu|minha|mijn|moj|moja|мое|мой|моя|mon (?:mail|message|courriel|e-mail|courrier)|mi (?:correo|mensaje)|mitt (?:mail|meddelande|brev)|(?:contact|tell|let|write|call|help|ask) (?:to )?me)\b",
        )
    });
    // The subject of the mail that did not arrive is a person's, and the report quotes it.
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
        letters_regex(
            r"(?:subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|amne|emne|temat|predmet|тема|konu|件名|主题|主旨|제목)\b.*",
        )
    });
    PERSONAL.is_match(&QUOTED.replace_all(folded_first_lines, ""))
}

/// An SMTP reply with an enhanced status code (RFC 2034), failed.
static STATUS: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b"));

/// Where mail systems of the sendmail family put what the servers said to each other.
fn has_transcript(folded: &str) -> bool {
    const HEADS: [&str; 3] =
        ["transcript of session follows", "the following addresses had", "message not delivered to"];
    static TRANSCRIPT: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"(?m)^\s*-+ ?(?:{})", HEADS.join("|"))));
    HEADS.iter().any(|head| folded.contains(head)) && TRANSCRIPT.is_match(folded)
}

/// Fields that only reports have: Exim's and Google's, MDaemon's, Exchange's.
fn has_report_field(header: &Header) -> bool {
    let automatic = header.has("auto-submitted") || has_null_path(header);
    (automatic && header.has("x-failed-recipients"))
        || ["x-mddsn-message", "x-ms-embedded-report", "x-zmail-bounce", "x-dsn-junkmail-status"]
            .iter()
            .any(|name| header.has(name))
}

/// Amazon says it in JSON through its notification service.
fn is_amazon(text: &str) -> bool {
    words::amazon_tells(text).is_some_and(|kind| matches!(kind, "Bounce" | "Delivery" | "DeliveryDelay"))
}

/// A person passes a report on, or answers one.
fn is_passed_on(folded_subject: &str) -> bool {
    static REPORT: LazyLock<Regex> =
        LazyLock::new(|| letters_regex(r"^\s*(?:undeliver|returned|delivery|failure|mail delivery)"));
    let subject = folded_subject.trim_start();
    let subject = without_list_name(subject).unwrap_or(subject);
    match Prefix::taken_from(subject) {
        Some((prefix, _)) if prefix.forwards() => true,
        Some((Prefix::Answer, rest)) => REPORT.is_match(rest),
        _ => subject.starts_with("[fwd"),
    }
}

/// The first lines that say something: banners of stars and dashes are passed over.
fn first_lines(folded: &str) -> String {
    let decoration = |line: &&str| {
        let line = line.trim();
        line.starts_with("**") || !line.contains(|c: char| c.is_alphabetic())
    };
    folded.lines().filter(|line| !decoration(line)).take(FIRST_LINES).collect::<Vec<_>>().join("\n")
}

/// So many lines may greet or name the server before a report says what it is.
const FIRST_LINES: usize = 5;

pub(super) fn address_pattern() -> &'static Regex {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        regex(r#"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"#)
    });
    &ADDRESS
}

/// The report's own words: what comes before the returned mail.
pub(super) fn said(text: &str) -> &str {
    static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?im)^[\s>]*(?:-{2,}[-\s]*(?:below (?:this line|the next line)|this is a copy|original message|unsent message|message header|the header|returned m|undelivered message|a copy of|start of|header of)|-{3,} ?(?:original|message (?:text|header|follows)|unsent|header|enclosed|the original|copy)\b.*|original message (?:follows|header|text)|(?:received|return-path):.*|\[?message header follows|received: from|--- (?:undelivered|enclosed)|message headers? follow|the attached message|the first \d+ lines of your|copy of your message|.{0,30}(?:is|are) a copy of .*)",
        )
    });
    // Each of its alternatives has one of these, which few mails of people have.
    static MAY: LazyLock<CaselessPhrases> = LazyLock::new(|| {
        CaselessPhrases::of(&[
            "below th",
            "copy",
            "original",
            "unsent",
            "header",
            "returned m",
            "undelivered",
            "start of",
            "message text",
            "message follows",
            "enclosed",
            "received:",
            "return-path:",
            "the attached message",
            "lines of your",
        ])
    });
    let text = &text[..text.floor_char_boundary(READ)];
    if !MAY.is_in(text) {
        return text;
    }
    RETURNED.find(text).filter(|m| m.start() > 20).map_or(text, |m| &text[..m.start()])
}

#[cfg(test)]
mod tests {
    use super::super::inbound::Origin;
    use super::*;

    fn origin(header: &str, text: &str) -> Origin {
        Inbound::parse(format!("{header}\nTo: contact@net.example\n\n{text}").as_bytes()).origin
    }

    #[test]
    fn reports_that_follow_no_standard_are_known_by_what_they_say() {
        for (header, text) in [
            (
                "From: MAILER-DAEMON@mx.example\nSubject: failure notice",
                "Nobody here.\n\n<amina@campus.example>:\nSorry, no mailbox here by that name.",
            ),
            (
                "From: Gateway_AntiVirus@campus.example\nSubject: Delivery failure notification",
                "Your message with Subject: What about my talk?\ncould not be delivered to the following recipients:\n\namina@campus.example\n",
            ),
            (
                "From: Info@provider.example\nSubject: RE: A request [K7Q2M] : non remis (delivery failed)",
                "******\nVotre message n'a pas pu être délivré à\namina@campus.example\n",
            ),
            (
                "From: MDaemon@campus.example\nSubject: Warning: amina@campus.example - User unknown!",
                "amina@campus.example - no such user here.\n",
            ),
            (
                "From: no-reply@mobile.example\nReturn-Path: <>\nSubject: Mail",
                "Your mail sent on: Mon, 5 Oct 2026\nCould not be delivered to: <amina@campus.example>\n\n----- Original message -----\nTo: x\n",
            ),
            (
                "From: \"Mail Provider\" <>\nSubject: Mail Error",
                "Your mail cannot be delivered to the following address(es):\n\n amina@campus.example\n",
            ),
            (
                "From: Systemadministrator <admin@campus.example>\nSubject: Unzustellbar: Anfrage",
                "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\namina@campus.example am 5.10.2026\n",
            ),
            (
                "From: postmaster@mail.example\nSubject: 退信通知",
                "很抱歉，您的邮件无法投递到以下收件人：\n\namina@campus.example\n",
            ),
        ] {
            assert_eq!(origin(header, text), Origin::DeliveryReport, "{header}");
        }
    }

    #[test]
    fn people_who_write_about_a_report_or_pass_one_on_are_people() {
        for (header, text) in [
            (
                "From: dana@campus.example\nSubject: Undelivered mail",
                "My mail to amina@campus.example could not be delivered. Do you have another address?",
            ),
            (
                "From: dana@campus.example\nSubject: Fwd: Undeliverable: A request",
                "Your message could not be delivered to the following recipients:\n\namina@campus.example",
            ),
            (
                "From: dana@campus.example\nSubject: Re: A request [K7Q2M]\nIn-Reply-To: <a@net.example>",
                "Your message to Karim was returned, he moved to karim@auc.example.\n\n-----Original Message-----\nFrom: x\n",
            ),
            (
                "From: dana@campus.example\nSubject: Message not delivered",
                "Dear colleagues,\n\nthe letter to amina@campus.example was returned to sender.\n\nReceived: from a\nSubject: x",
            ),
            (
                "From: dana@campus.example\nX-Failed-Recipients: amina@campus.example\nSubject: A question",
                "Do you know whether the book was returned to the sender?",
            ),
            (
                "From: Nils <postmaster@club.example>\nSubject: Undeliverable mail",
                "Hello Dana,\n\nyour mail to amina@campus.example was not delivered because our server was down.",
            ),
        ] {
            assert_eq!(origin(header, text), Origin::Human, "{header}");
        }
    }
}
