//! One request as the form programs of websites write it, each in its own layout.

use super::form::{Form, FormWords, WordsFile, read};
use super::inbound::Inbound;

const ISSUE: &str = "Our Koha reports count renewals twice.\n\nHow do others do it?";
const ANSWERS: [(&str, &str); 6] = [
    ("Name", "Leila Mansour"),
    ("Email", "leila@campus.example"),
    ("Institution", "Campus University"),
    ("Advisor", "Amina Haddad"),
    ("Issue", ISSUE),
    ("Preferred times", "Tuesday morning"),
];

fn words() -> FormWords {
    let file = |language: &str, text: &str| {
        let read: WordsFile = toml::from_str(text).expect("words are TOML");
        WordsFile { language: language.into(), shown: format!("{language}.toml"), ..read }
    };
    let files = [
        file("en", include_str!("../../templates/en/words.toml")),
        file("fr", include_str!("../../templates/fr/words.toml")),
    ];
    FormWords::from_files(&files).expect("kinds and labels that do not collide")
}

fn form(subject: &str, kind: &str, body: &str) -> Option<Form> {
    let head = format!(
        "From: forms@network.example\r\nSubject: {subject}\r\nContent-Type: text/{kind}; charset=utf-8"
    );
    read(&Inbound::parse(format!("{head}\r\n\r\n{body}").as_bytes()), &words())
}

/// Reads the request out of a mail and compares it with the answers.
fn holds(program: &str, subject: &str, kind: &str, body: &str) {
    let form = form(subject, kind, body).unwrap_or_else(|| panic!("{program}: no form"));
    assert_eq!(form.kind, "Request meeting", "{program}");
    for (label, value) in ANSWERS {
        assert_eq!(form.get(label), Some(value), "{program}: {form:#?}");
    }
    assert_eq!(form.get("Language"), None, "{program}");
}

fn each(write: impl Fn(&str, &str) -> String) -> String {
    ANSWERS.iter().map(|(label, value)| write(label, value)).collect()
}

fn html(value: &str) -> String {
    value.replace('\n', "<br>")
}

#[test]
fn text_with_a_label_before_each_answer() {
    let plain = || each(|l, v| format!("{l}: {v}\n"));
    holds(
        "Gravity Forms",
        "New submission from Request meeting",
        "plain",
        &each(|l, v| format!("{l}: {v}\n\n")),
    );
    holds(
        "Formidable",
        "Request meeting Form submitted on Network",
        "plain",
        &(plain()
            + "\nUser Information\nIP: 192.0.2.1\nUser-Agent (Browser/OS): Firefox\nReferrer: https://network.example\n"),
    );
    holds(
        "Elementor",
        "New message from \"Network\": Request meeting",
        "plain",
        &(plain()
            + "\n---\n\nDate: November 3, 2026\nTime: 10:00 am\nPage URL: https://network.example\nRemote IP: 192.0.2.1\nPowered by: Elementor\n"),
    );
    holds(
        "Contact Form 7",
        "[Network] Request meeting",
        "plain",
        &(plain() + "\n-- \nThis e-mail was sent from a contact form on Network (https://network.example)\n"),
    );
    holds(
        "Netlify",
        "[Netlify] New form submission: Request meeting",
        "plain",
        &("You've received a new form submission from your site network.\n\n".to_owned()
            + &each(|l, v| format!("{}: {v}\n", l.to_lowercase().replace(' ', "-")))
            + "\nView all submissions: https://app.netlify.example/x\n"),
    );
    holds(
        "Squarespace",
        "Form Submission - Request meeting",
        "plain",
        &(each(|l, v| format!("{l}: {v}\n\n"))
            + "(Sent via Network)\n\n\nDoes this submission look like spam? Report it here.\n"),
    );
    holds(
        "Drupal Webform",
        "Webform submission from: Request meeting",
        "plain",
        &("Submitted on Tue, 11/03/2026 - 10:00\n\nSubmitted by: Anonymous\n\nSubmitted values are:\n\n"
            .to_owned()
            + &plain()
            + "\nThe results of this submission may be viewed at:\nhttps://network.example/node/1/submission/2\n"),
    );
    holds("Powermail", "Request meeting", "plain", &each(|l, v| format!("* {l}: {v}\n")));
    for (name, between) in
        [("=", " = "), ("=>", " => "), ("-", " - "), ("*", " *: "), ("(required)", " (required): ")]
    {
        holds(name, "Request meeting", "plain", &each(|l, v| format!("{l}{between}{v}\n")));
    }
}

#[test]
fn text_with_a_label_above_each_answer() {
    holds(
        "WPForms",
        "New Request meeting Entry",
        "plain",
        &(each(|l, v| format!("--- {l} ---\n\n{v}\n\n")) + "---\n\nSent from Network\n"),
    );
    holds(
        "Formspree",
        "New submission from Request meeting",
        "plain",
        &("Someone just submitted your form on https://network.example.\n\nHere's what they had to say:\n\n"
            .to_owned()
            + &each(|l, v| format!("{}:\n{v}\n\n", l.to_lowercase()))
            + "Submitted at 10:00 AM on 3 November 2026\n"),
    );
    holds(
        "Quform",
        "Request meeting",
        "plain",
        &each(|l, v| format!("{l}\n------------------------\n{v}\n\n")),
    );
    holds(
        "Wix",
        "Request meeting got a new submission",
        "plain",
        &("Hi,\n\nYou just got a form submission!\n\nSubmission summary:\n\n".to_owned()
            + &each(|l, v| format!("{l}:\n{v}\n"))
            + "\nIf you think this submission is spam, report it as spam.\n"),
    );
    let numbered =
        ANSWERS.iter().zip(1..).map(|((l, v), n)| format!("{n}. *{l}*\n{v}\n\n")).collect::<String>();
    holds(
        "Typeform",
        "Your typeform has a new response: Request meeting",
        "plain",
        &format!(
            "Your typeform Request meeting has a new response:\n\n{numbered}Log in to view or download your responses\n"
        ),
    );
}

#[test]
fn a_table_of_one_column() {
    let wpforms = each(|l, v| {
        format!("<table><tr><td><strong>{l}</strong></td></tr><tr><td>{}</td></tr></table>", html(v))
    });
    holds(
        "WPForms",
        "New Entry: Request meeting",
        "html",
        &format!(
            "<table><tr><td>Network</td></tr><tr><td>{wpforms}</td></tr></table><p>Sent from Network</p>"
        ),
    );
    let empty = wpforms
        + "<table><tr><td><strong>Language</strong></td></tr><tr><td><em>(empty)</em></td></tr></table>";
    holds("WPForms, a field empty", "New Entry: Request meeting", "html", &empty);
    let gravity = each(|l, v| {
        format!(
            "<tr><td colspan=2><font><strong>{l}</strong></font></td></tr><tr><td width=20>&nbsp;</td><td><font>{}</font></td></tr>",
            html(v)
        )
    });
    holds(
        "Gravity Forms",
        "New submission from Request meeting",
        "html",
        &format!("<table><tr><td><table>{gravity}</table></td></tr></table>"),
    );
    let fluent = each(|l, v| {
        format!(
            "<tr class=field-label><th><strong>{l}</strong></th></tr><tr class=field-value><td>{}</td></tr>",
            html(v)
        )
    });
    holds(
        "Fluent Forms",
        "[Network] New Form Submission: Request meeting",
        "html",
        &format!(
            "<table>{fluent}</table><p>This form submitted at: https://network.example</p><p>&copy; Network.</p>"
        ),
    );
}

#[test]
fn a_table_of_two_columns_or_one_row() {
    let rows = |end: &str| each(|l, v| format!("<tr><td>{l}{end}</td><td>{}</td></tr>", html(v)));
    holds(
        "Jotform",
        "Request meeting - Leila Mansour",
        "html",
        &format!(
            "<table><tr><td colspan=2>Request meeting</td></tr>{}<tr><td>Submission Date</td><td>2026-11-03 10:00</td></tr></table><p>You can <a href=x>edit this submission</a>.</p>",
            rows("")
        ),
    );
    holds(
        "Ninja Forms",
        "Ninja Forms Submission: Request meeting",
        "html",
        &format!("<table>{}</table>", rows(":")),
    );
    holds(
        "Formidable",
        "Request meeting Form submitted on Network",
        "html",
        &format!(
            "<table>{}</table><p>IP Address: 192.0.2.1<br>Referrer: https://network.example</p>",
            rows("").replace("<tr><td>", "<tr><th>").replacen("</td><td>", "</th><td>", 6)
        ),
    );
    holds(
        "LimeSurvey",
        "Response submission for survey Request meeting",
        "html",
        &format!(
            "<p>The following answers were given by the participant:</p><table><tr><th colspan=2>Response 12</th></tr>{}</table>",
            rows(" [Q01]")
        ),
    );
    holds(
        "Formspree",
        "New submission: Request meeting",
        "html",
        &format!(
            "<table><tr><th>Name</th><th>Value</th></tr>{}</table>",
            rows("")
                .to_lowercase()
                .replace("leila mansour", "Leila Mansour")
                .replace("campus university", "Campus University")
                .replace("amina haddad", "Amina Haddad")
                .replace("our koha", "Our Koha")
                .replace("how do", "How do")
                .replace("tuesday", "Tuesday")
        ),
    );
    let heads = each(|l, _| format!("<th>{l}</th>"));
    let cells = each(|_, v| format!("<td>{}</td>", html(v)));
    holds("one row", "Request meeting", "html", &format!("<table><tr>{heads}</tr><tr>{cells}</tr></table>"));
}

#[test]
fn html_without_a_table() {
    holds(
        "Drupal Webform",
        "Webform submission from: Request meeting",
        "html",
        &("<p>Submitted on Tue, 11/03/2026</p><p>Submitted by: Anonymous</p><p>Submitted values are:</p>"
            .to_owned()
            + &each(|l, v| format!("<div><b>{l}</b><br />{}<br /><br /></div>", html(v)))),
    );
    holds(
        "Elementor",
        "New message from \"Network\": Request meeting",
        "html",
        &(each(|l, v| format!("{l}: {}<br>", html(v)))
            + "<br>---<br><br>Date: November 3, 2026<br>Time: 10:00 am<br>Page URL: https://network.example<br>User Agent: Mozilla<br>Remote IP: 192.0.2.1<br>Powered by: Elementor<br>"),
    );
    holds(
        "Forminator",
        "New Form Entry #12 for Request meeting",
        "html",
        &format!(
            "<p>You have a new website form submission:</p><ul>{}</ul><p>---<br/>This message was sent from https://network.example.</p>",
            each(|l, v| format!("<li><b>{l}</b>: {}</li>", html(v)))
        ),
    );
    holds(
        "Basin",
        "New submission: Request meeting",
        "html",
        &format!(
            "<h3>Request meeting</h3><dl>{}</dl><p>IP: 192.0.2.1</p>",
            each(|l, v| format!("<dt>{l}</dt><dd>{}</dd>", html(v)))
        ),
    );
    holds(
        "Squarespace",
        "Form Submission - Request meeting",
        "html",
        &("<p>Sent via form submission from <a href=x>Network</a></p>".to_owned()
            + &each(|l, v| format!("<p><b>{l}:</b> {}</p>", html(v)))
            + "<p>Manage Submissions</p>"),
    );
}

#[test]
fn the_mail_of_contact_form_7_that_nobody_changed_is_read() {
    let body = "From: Leila Mansour <leila@campus.example>\nSubject: Request meeting\n\nMessage Body:\nAdvisor: Amina Haddad\nIssue: Koha\n\n-- \nThis e-mail was sent from a contact form on Network\n";
    let form = form("Request meeting", "plain", body).expect("it is a form");
    assert_eq!((form.get("Advisor"), form.get("Issue")), (Some("Amina Haddad"), Some("Koha")));
}

#[test]
fn several_choices_are_several_lines() {
    let body = "<table><tr><td colspan=2><strong>Advisor</strong></td></tr><tr><td>&nbsp;</td><td><ul><li>Amina Haddad</li><li>Karim Nasser</li></ul></td></tr><tr><td colspan=2><strong>Issue</strong></td></tr><tr><td>&nbsp;</td><td>Koha</td></tr></table>";
    let form = form("New submission from Request meeting", "html", body).expect("it is a form");
    assert_eq!(form.get("Advisor"), Some("Amina Haddad\nKarim Nasser"));
}

#[test]
fn a_label_of_the_sites_own_stays_apart_and_a_line_like_a_label_stays_in_the_answer() {
    for (kind, body) in [
        (
            "plain",
            "Name\nLeila\n\nPhone\n+20 2 2615\n\nInstitution\nCampus\n\nAdvisor\nAmina\n\nIssue\nThe vendor says: wait.\nNote: it is urgent\n",
        ),
        (
            "html",
            "<table><tr><td>Name</td></tr><tr><td>Leila</td></tr><tr><td>Phone</td></tr><tr><td>+20 2 2615</td></tr><tr><td>Institution</td></tr><tr><td>Campus</td></tr><tr><td>Advisor</td></tr><tr><td>Amina</td></tr><tr><td>Issue</td></tr><tr><td>The vendor says: wait.<br>Note: it is urgent</td></tr></table>",
        ),
    ] {
        let form = form("Request meeting", kind, body).expect("it is a form");
        assert_eq!(form.get("Name"), Some("Leila"), "{form:?}");
        assert_eq!(form.get("Issue"), Some("The vendor says: wait.\nNote: it is urgent"));
        assert!(form.fields.iter().any(|f| f.label == "Phone" && f.value == "+20 2 2615"), "{form:?}");
    }
}

#[test]
fn the_kind_stands_anywhere_in_the_subject_or_on_a_line_of_its_own() {
    let body = each(|l, v| format!("{l}: {v}\n"));
    for subject in [
        "New submission: Request meeting",
        "[Site] Request meeting",
        "Request meeting #123",
        "Request meeting (#123)",
        "New Request meeting submission",
        "Network | Request meeting",
        "Nouvelle entrée : Demande de rencontre",
        "Réponse au formulaire « Demande de rencontre »",
    ] {
        holds(subject, subject, "plain", &body);
    }
    holds("a line", "New website enquiry", "plain", &format!("Form name: Request meeting\n{body}"));
    let french = "Nom : Leila\nÉtablissement : Campus\nConseiller : Amina\nQuestion : Koha\n\n-- \nCet e-mail a été envoyé via le formulaire de contact\n";
    let form = form("Soumission de : Demande de rencontre", "plain", french).expect("it is a form");
    assert_eq!((form.get("Issue"), form.language.as_deref()), (Some("Koha"), Some("fr")));
}

#[test]
fn people_who_speak_of_a_form_send_none() {
    for (subject, body) in [
        ("Lunch", "Shall we have a request meeting at noon?\nName: x\n"),
        ("About: request meeting", "I wonder how a request meeting works.\nThanks"),
        ("Re: New submission: Request meeting", "Advisor: Amina\nIssue: Koha\n"),
        ("The meeting confirmation", "Dear all,\nEmail: see below\nName: Leila\n"),
    ] {
        assert_eq!(form(subject, "plain", body), None, "{subject}");
    }
}

#[test]
fn questions_about_copyright_and_quoted_error_messages_stay_whole() {
    for issue in [
        "Copyright: who owns digitised newspapers?",
        "two things\n\nCopyright of theses\nIP address restrictions",
        "Koha says this.\n\nThe message was shown twice.\nWhat can I do?",
        "Koha says this.\n\nAdresse IP refusée",
    ] {
        let form = form("Request meeting", "plain", &format!("Advisor: Amina\nIssue:\n{issue}\n"));
        assert_eq!(form.expect("it is a form").get("Issue"), Some(issue));
    }
}

#[test]
fn the_last_value_is_not_taken_for_a_closing() {
    for (label, issue) in [
        ("Issue", "Best practices for RDA\nMARC fields"),
        ("Question", "Merci de m'expliquer les rapports Koha\net les listes"),
        ("Issue", "Thank you letters for donors\nand their templates"),
        ("Question", "Bonne pratique\nBelle reliure"),
    ] {
        for end in ["", "\n\nBest regards,\nLeila Mansour", "\n\nCordialement\nLeila"] {
            let body = format!("Advisor: Amina\n{label} :\n{issue}{end}\n");
            let form = form("Request meeting", "plain", &body).expect("it is a form");
            assert_eq!(form.get("Issue"), Some(issue), "{body}");
        }
    }
}

#[test]
fn an_answer_with_a_prefix_of_any_program_is_no_form_by_its_subject() {
    for prefix in ["Antwort", "Rif", "答复", "답장", "Vá", "Ответ"] {
        let subject = format!(
            "=?utf-8?B?{}?=",
            data_encoding::BASE64.encode(format!("{prefix}: Request meeting").as_bytes())
        );
        assert_eq!(form(&subject, "plain", "Advisor: Amina\nIssue: Koha\n"), None, "{prefix}");
    }
    assert!(form("Att: Request meeting", "plain", "Advisor: Amina\nIssue: Koha\n").is_some());
}

#[test]
fn a_table_that_numbers_its_rows() {
    let row = |(n, (l, v)): (usize, &(&str, &str))| {
        format!("<tr><td>{}.</td><td>{l}</td><td>{}</td></tr>", n + 1, html(v))
    };
    let rows: String = ANSWERS.iter().enumerate().map(row).collect();
    let heads = "<tr><th>#</th><th>Field</th><th>Value</th></tr>";
    holds("numbered", "Request meeting", "html", &format!("<table>{heads}{rows}</table>"));
    holds("numbered, no heads", "Request meeting", "html", &format!("<table>{rows}</table>"));
}
