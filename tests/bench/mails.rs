//! The mixture: what lies in the contact mailbox, the same in every run.
//!
//! Of a hundred mails 70 are forms of 2 KiB (more than six in ten of them open a request), 15 are
//! replies with 8–20 KiB of HTML, 5 are delivery reports, 5 are out-of-office, 5 carry 200 KiB.

use super::dice::Dice;
use super::people::{self, ADVISORS};
use super::prose;
use data_encoding::BASE64;

/// The contact address, and the mailbox of its own that each run reads.
pub const CONTACT: &str = "contact@network.example";
/// How long a form is, with its header.
const FORM: usize = 2 * 1024;
const ATTACHED: usize = 200 * 1024;

/// Mail number `n`: its sender is nobody else's, so that no brake has a reason.
pub fn mail(n: usize) -> Vec<u8> {
    let mut dice = Dice::new(0x5eed + n as u64 * 2_654_435_761);
    dice.below(2);
    match n * 37 % 100 {
        0..=69 => form(n, &mut dice),
        70..=84 => reply(n, &mut dice),
        85..=89 => report(n, &mut dice),
        90..=94 => absence(n, &mut dice),
        _ => with_attachment(n, &mut dice),
    }
}

/// A request form, for who wants one and nothing else.
pub fn request(n: usize) -> Vec<u8> {
    let mut dice = Dice::new(0xa5c + n as u64 * 2_654_435_761);
    asks(n, &mut dice, false)
}

// ---- forms

fn form(n: usize, dice: &mut Dice) -> Vec<u8> {
    match dice.below(100) {
        0..=74 => {
            let french = dice.below(100) < 15;
            asks(n, dice, french)
        }
        75..=84 => signs_up(n, dice),
        85..=91 => confirms(n, dice),
        // The advisor is missing: asked back.
        _ => {
            let issue = prose::paragraph(dice, 900, false);
            padded(n, dice, "Request meeting", &[("Advisor", String::new()), ("Issue", issue)])
        }
    }
}

fn asks(n: usize, dice: &mut Dice, french: bool) -> Vec<u8> {
    let advisor = wanted(dice);
    let issue = prose::paragraph(dice, 300, french);
    let (name, institution) = (people::advisee(n), format!("Library {}", n % 40));
    let (subject, labels) = match french {
        false => ("Request meeting", ["Advisor", "Name", "Institution", "Preferred times", "Issue"]),
        true => {
            ("Demande de rencontre", ["Conseiller", "Nom", "Établissement", "Moments préférés", "Question"])
        }
    };
    let values = [advisor, name, institution, "Tuesday or Thursday, 10-12".to_owned(), issue];
    let fields: Vec<(&str, String)> = labels.into_iter().zip(values).collect();
    padded(n, dice, subject, &fields)
}

/// Most people write the name, some the address, some several names, a few a name that is not there.
fn wanted(dice: &mut Dice) -> String {
    let one = dice.below(ADVISORS);
    match dice.below(100) {
        0..=64 => people::advisor(one),
        65..=84 => format!("{} <{}>", people::advisor(one), people::advisor_address(one)),
        85..=94 => format!("{}; {}", people::advisor(one), people::advisor(dice.below(ADVISORS))),
        95..=97 => people::advisor(one).replace('a', "e"),
        _ => "the one who knows about catalogues".to_owned(),
    }
}

/// Advisors bring their entries up to date; one form in ten is of somebody new.
fn signs_up(n: usize, dice: &mut Dice) -> Vec<u8> {
    let about = ("About", prose::paragraph(dice, 300, false));
    if dice.below(10) > 0 {
        let one = n % ADVISORS;
        let fields = [("Areas", "Open access; Copyright".to_owned()), about];
        let form = String::from_utf8(padded(n, dice, "Advisor update", &fields)).expect("text");
        let form = form.replace(&people::advisee_address(n), &people::advisor_address(one));
        return form.into_bytes();
    }
    let fields = [
        ("Name", people::advisee(n)),
        ("Institution", format!("Library {}", n % 40)),
        ("Areas", "Open access; Copyright".to_owned()),
        ("Time zone", "Africa/Cairo".to_owned()),
        ("Requests at a time", "1".to_owned()),
        about,
    ];
    padded(n, dice, "Advisor sign-up", &fields)
}

fn confirms(n: usize, dice: &mut Dice) -> Vec<u8> {
    let fields = [
        ("Advisor", people::advisor(dice.below(ADVISORS))),
        ("Advisee", people::advisee(n)),
        ("Date", "2026-11-03".to_owned()),
        ("Held", "yes".to_owned()),
        ("Minutes", "45".to_owned()),
        ("Comments", prose::paragraph(dice, 300, false)),
    ];
    padded(n, dice, "Meeting confirmation", &fields)
}

/// A form whose last field is as long as makes 2 KiB of the mail.
fn padded(n: usize, dice: &mut Dice, subject: &str, fields: &[(&str, String)]) -> Vec<u8> {
    let body: String =
        fields.iter().map(|(label, value)| format!("{label}: {}", prose::wrapped(value))).collect();
    let head =
        header(n, subject, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n");
    let more = prose::lines(dice, FORM.saturating_sub(head.len() + body.len()), false);
    format!("{head}\r\n{body}{more}").into_bytes()
}

// ---- replies

/// Gmail's way or Outlook's, with what it answers quoted below. In answer to somebody's mail, an
/// ordinary question, or a word that is answered.
fn reply(n: usize, dice: &mut Dice) -> Vec<u8> {
    let words = match dice.below(4) {
        0 => "STATUS".to_owned(),
        1 => "HELP".to_owned(),
        _ => prose::paragraph(dice, 250, false),
    };
    let quoted = prose::paragraph(dice, 500, false);
    let size = 8 * 1024 + dice.below(12 * 1024);
    let html = if dice.below(2) == 0 { gmail(&words, &quoted, size) } else { outlook(&words, &quoted, size) };
    let plain = format!(
        "{}\r\nOn Mon, 2 Nov 2026 at 09:12, Peer Advising Network <{CONTACT}> wrote:\r\n\r\n{}",
        prose::wrapped(&words),
        quoted_lines(&quoted)
    );
    let answers = match dice.below(4) {
        0 => format!("In-Reply-To: <other{n}@mail.example>\r\nReferences: <other{n}@mail.example>\r\n"),
        _ => String::new(),
    };
    let more = format!("{answers}Content-Type: multipart/alternative; boundary=\"b{n}\"\r\n");
    format!(
        "{}\r\n--b{n}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{plain}\r\n\
         --b{n}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b{n}--\r\n",
        header(n, "Re: A question about our catalogue", &more),
        quoted_printable(&html)
    )
    .into_bytes()
}

fn quoted_lines(text: &str) -> String {
    prose::wrapped(text).lines().map(|line| format!("> {line}\r\n")).collect()
}

fn gmail(words: &str, quoted: &str, size: usize) -> String {
    let mut html = format!(
        "<div dir=\"ltr\"><div>{words}</div></div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">\
         On Mon, 2 Nov 2026 at 09:12, Peer Advising Network &lt;<a href=\"mailto:{CONTACT}\">{CONTACT}</a>&gt; wrote:<br></div>\
         <blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">"
    );
    while html.len() < size {
        html.push_str("<div style=\"font-family:arial,sans-serif;font-size:small;color:rgb(34,34,34)\">");
        html.push_str(quoted);
        html.push_str("</div>");
    }
    html.push_str("</blockquote></div>");
    html
}

fn outlook(words: &str, quoted: &str, size: usize) -> String {
    let mut html = format!(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta http-equiv=\"Content-Type\" content=\"text/html; \
         charset=utf-8\"><style><!-- p.MsoNormal {{margin:0in;font-size:11.0pt;font-family:\"Calibri\",sans-serif;}} --></style></head>\
         <body lang=\"EN-US\"><div class=\"WordSection1\"><p class=\"MsoNormal\">{words}<o:p></o:p></p>\
         <div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in\"><p class=\"MsoNormal\"><b>From:</b> \
         Peer Advising Network &lt;{CONTACT}&gt; <br><b>Sent:</b> Monday, November 2, 2026 9:12 AM<br><b>To:</b> You<br>\
         <b>Subject:</b> A question about our catalogue<o:p></o:p></p></div>"
    );
    while html.len() < size {
        html.push_str("<p class=\"MsoNormal\" style=\"mso-margin-top-alt:auto;mso-margin-bottom-alt:auto\"><span style=\"font-size:10.0pt\">");
        html.push_str(quoted);
        html.push_str("<o:p></o:p></span></p>");
    }
    html.push_str("</div></body></html>");
    html
}

/// RFC 2045 §6.7.
fn quoted_printable(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + text.len() / 8);
    let mut column = 0;
    for byte in text.bytes() {
        let plain = (byte.is_ascii_graphic() && byte != b'=') || byte == b' ';
        let width = if plain { 1 } else { 3 };
        if column + width > 75 {
            encoded.push_str("=\r\n");
            column = 0;
        }
        match plain {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("={byte:02X}")),
        }
        column += width;
    }
    encoded
}

// ---- machines

/// A delivery report (RFC 3464) about a letter of long ago.
fn report(n: usize, dice: &mut Dice) -> Vec<u8> {
    let who = people::advisee_address(n + 1);
    let original = prose::lines(dice, 900, false);
    format!(
        "Return-Path: <>\r\nReceived: from mx.auc.example (mx.auc.example [192.0.2.7]) by mail.network.example; Tue, 3 Nov 2026 08:01:02 +0100\r\n\
         Date: Tue, 3 Nov 2026 08:01:02 +0100 (CET)\r\nFrom: MAILER-DAEMON@mx.auc.example (Mail Delivery System)\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nTo: {CONTACT}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Message-ID: <report{n}@mx.auc.example>\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"r{n}\"\r\n\r\n\
         --r{n}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system at host mx.auc.example.\r\n\r\n\
         I'm sorry to have to inform you that your message could not\r\nbe delivered to one or more recipients.\r\n\r\n\
         <{who}>: host mx.auc.example[192.0.2.7] said: 550 5.1.1 <{who}>: Recipient address rejected\r\n\r\n\
         --r{n}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.auc.example\r\n\r\n\
         Final-Recipient: rfc822; {who}\r\nOriginal-Recipient: rfc822;{who}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n\
         --r{n}\r\nContent-Type: message/rfc822\r\n\r\nFrom: Peer Advising Network <{CONTACT}>\r\nTo: {who}\r\n\
         Subject: Your request\r\nMessage-ID: <old{n}@network.example>\r\nDate: Tue, 3 Nov 2026 08:01:00 +0100\r\n\r\n{original}\r\n--r{n}--\r\n"
    )
    .into_bytes()
}

fn absence(n: usize, dice: &mut Dice) -> Vec<u8> {
    let more = "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nContent-Type: text/plain; charset=utf-8\r\n\
                Content-Transfer-Encoding: 8bit\r\n";
    let text = format!(
        "I am out of the office until 30 November 2026 and read no mail until then.\r\n\r\n{}",
        prose::lines(dice, 800, false)
    );
    format!("{}\r\n{text}", header(n, "Automatic reply: Your request", more)).into_bytes()
}

// ---- attachments

/// Half of them are forms with a file beside, half are questions to the staff.
fn with_attachment(n: usize, dice: &mut Dice) -> Vec<u8> {
    let (subject, text) = match dice.below(2) {
        0 => {
            let advisor = people::advisor(dice.below(ADVISORS));
            let issue = prose::lines(dice, 400, false);
            ("Request meeting", format!("Advisor: {advisor}\r\nIssue: {issue}"))
        }
        _ => ("Our plan", prose::lines(dice, 600, false)),
    };
    let bytes: Vec<u8> =
        (0..ATTACHED * 3 / 4).map(|_| u8::try_from(dice.below(256)).expect("a byte")).collect();
    let encoded = BASE64.encode(&bytes);
    let lines = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("base64 is ASCII"));
    let lines: Vec<&str> = lines.collect();
    let more = format!("Content-Type: multipart/mixed; boundary=\"a{n}\"\r\n");
    format!(
        "{}\r\n--a{n}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n\
         --a{n}\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename=\"plan.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--a{n}--\r\n",
        header(n, subject, &more),
        lines.join("\r\n")
    )
    .into_bytes()
}

/// What a mail carries by the time it is in a mailbox.
fn header(n: usize, subject: &str, more: &str) -> String {
    let (name, address) = (people::advisee(n), people::advisee_address(n));
    let name = format!("=?utf-8?B?{}?=", BASE64.encode(name.as_bytes()));
    let (second, minute) = (n % 60, n / 60 % 60);
    format!(
        "Return-Path: <{address}>\r\nDelivered-To: {CONTACT}\r\n\
         Received: from mail.auc.example (mail.auc.example [192.0.2.25])\r\n\tby mail.network.example (Postfix) with ESMTPS id 4Xy{n:06}\r\n\
         \tfor <{CONTACT}>; Tue, 3 Nov 2026 09:{minute:02}:{second:02} +0100 (CET)\r\n\
         Authentication-Results: mail.network.example; dkim=pass header.d=auc.example; spf=pass smtp.mailfrom=auc.example; dmarc=pass header.from=auc.example\r\n\
         Date: Tue, 3 Nov 2026 09:{minute:02}:{second:02} +0100\r\nFrom: {name} <{address}>\r\nTo: {CONTACT}\r\nSubject: {subject}\r\n\
         Message-ID: <mail{n}@auc.example>\r\nMIME-Version: 1.0\r\n{more}"
    )
}
