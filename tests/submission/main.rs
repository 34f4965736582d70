//! Submission to a real SMTP server, and to scripted ones for what a sound one seldom says.

mod connections;
mod scripted;
#[path = "../servers/mod.rs"]
mod servers;
mod stages;

use scripted::{Act, Rule, Scripted};
use servers::{CONTACT, PASSWORD, Servers};
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::delivery::Outcome;
use soundingboard::submission::{
    Credentials, MailObject, Secret, Smtp, SmtpSettings, Submission, SubmissionError, Timeouts,
};
use soundingboard::tls::{Peer, Security};
use std::time::Duration;

const MAIL: &[u8] = b"From: contact@network.example\r\nSubject: Hello\r\n\r\nHello\r\n";

fn settings(port: u16) -> SmtpSettings {
    let long = Duration::from_secs(20);
    let host = "localhost".to_owned();
    SmtpSettings {
        peer: Peer { table: "smtp", host, port, security: Security::None, ca_file: None },
        credentials: None,
        per_minute: 1000,
        connections: 2,
        timeouts: Timeouts { connect: long, command: long, data: long, content: long, idle: long },
    }
}

fn credentials(password: &str) -> Option<Credentials> {
    Some(Credentials { user: CONTACT.to_owned(), secret: Secret::Password(password.to_owned()) })
}

fn address(text: &str) -> AddrSpec {
    AddrSpec::parse(text).unwrap()
}

async fn offer(smtp: &Smtp, recipient: &str, content: &[u8]) -> Result<Outcome, SubmissionError> {
    let (from, recipient) = (address(CONTACT), address(recipient));
    smtp.submit(MailObject { reverse_path: Some(&from), recipient: &recipient, content }).await
}

async fn outcome(smtp: &Smtp, recipient: &str) -> Outcome {
    offer(smtp, recipient, MAIL).await.unwrap_or_else(Outcome::from)
}

#[tokio::test]
async fn accepted_mail_arrives_byte_for_byte() {
    let servers = Servers::start();
    let smtp = Smtp::new(settings(servers.smtp_port()));
    let mails = [
        MAIL.to_vec(),
        [MAIL, b".\r\n..\r\n.a\r\n \r\n", &[b'x'; 990], b"\r\n.\r\nend\r\n\r\n\r\n"].concat(),
        [MAIL, &b"0123456789\r\n".repeat(50_000)].concat(),
    ];
    for mail in &mails {
        assert_eq!(offer(&smtp, "amina@campus.example", mail).await.unwrap(), Outcome::Accepted);
    }
    let arrived = servers.wait_for_mail("amina@campus.example", mails.len()).await;
    for mail in &mails {
        assert!(arrived.iter().any(|arrived| arrived.ends_with(mail)), "{} bytes got changed", mail.len());
    }
    let traces = String::from_utf8_lossy(&arrived[0]).into_owned();
    assert!(traces.starts_with("Return-Path: <contact@network.example>"), "{traces}");
}

#[tokio::test]
async fn mail_that_nothing_may_come_back_to_has_the_null_reverse_path() {
    let servers = Servers::start();
    let smtp = Smtp::new(settings(servers.smtp_port()));
    let recipient = address("amina@campus.example");
    let mail = MailObject { reverse_path: None, recipient: &recipient, content: MAIL };
    assert_eq!(smtp.submit(mail).await.unwrap(), Outcome::Accepted);
    assert!(servers.wait_for_mail("amina@campus.example", 1).await[0].starts_with(b"Return-Path: <>"));
}

#[tokio::test]
async fn an_unknown_recipient_is_permanent_and_the_next_mail_goes_out() {
    let servers = Servers::start();
    let smtp = Smtp::new(settings(servers.smtp_port()));
    let Outcome::Permanent(words) = outcome(&smtp, "nobody@campus.example").await else { panic!() };
    assert!(words.starts_with("550 5.1.1"), "{words}");
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
}

#[tokio::test]
async fn a_server_that_is_down_is_transient_and_found_again() {
    let mut servers = Servers::start();
    let smtp = Smtp::new(settings(servers.smtp_port()));
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    servers.stop_smtp();
    let error = offer(&smtp, "amina@campus.example", MAIL).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains(&format!("localhost:{}", servers.smtp_port())), "{error}");
    assert!(matches!(Outcome::from(error), Outcome::Transient(_)));
    servers.start_smtp();
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
}

#[tokio::test]
async fn with_tls_or_starttls_we_log_in_and_only_where_the_certificate_is_trusted() {
    let servers = Servers::start();
    for (security, port) in
        [(Security::Tls, servers.submissions_port()), (Security::StartTls, servers.submission_port())]
    {
        let mut trusting = settings(port);
        trusting.peer = Peer { security, ca_file: Some(servers.ca_file()), ..trusting.peer };
        trusting.credentials = credentials(PASSWORD);
        let mut strange = trusting.clone();
        strange.peer.ca_file = None;
        let mut wrong = trusting.clone();
        wrong.credentials = credentials("Hochgeheim");

        assert_eq!(
            outcome(&Smtp::new(trusting), "omar@auc.example").await,
            Outcome::Accepted,
            "{security:?}"
        );
        let error = Smtp::new(strange).check().await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{security:?}: {error}");
        let error = Smtp::new(wrong).check().await.unwrap_err();
        assert!(
            matches!(&error, SubmissionError::Authentication { user, .. } if user == CONTACT),
            "{error:?}"
        );
        let text = format!("{error} {error:?}");
        assert!(text.contains(&format!("localhost:{port}")) && !text.contains("Hochgeheim"), "{text}");
    }
    assert_eq!(servers.wait_for_mail("omar@auc.example", 2).await.len(), 2);
}

#[tokio::test]
async fn mail_that_could_pass_for_commands_is_never_offered() {
    let smtp = Smtp::new(settings(1));
    for content in [&b"A: b\r\n\r\n\n.\r\nRCPT TO:<x@y.example>\r\n"[..], b"A: b\n\nc", b"A: b\r\n\r\n\r.\r"]
    {
        let refused = offer(&smtp, "amina@campus.example", content).await.unwrap();
        assert!(matches!(&refused, Outcome::Permanent(words) if words.contains("CRLF")), "{refused:?}");
    }
}

#[tokio::test]
async fn a_server_that_sends_us_away_is_no_word_about_the_mail() {
    for greeting in ["554 not you\r\n", "421 later\r\n"] {
        let server = Scripted::with(greeting, &[]).await;
        let error = offer(&Smtp::new(settings(server.port)), "amina@campus.example", MAIL).await.unwrap_err();
        assert!(matches!(error, SubmissionError::Refused { .. }), "{error:?}");
        assert!(error.to_string().contains(greeting.trim()), "{error}");
    }
}

#[tokio::test]
async fn a_login_that_is_not_possible_is_said_before_any_mail() {
    let server = Scripted::with("220 here\r\n", &[]).await;
    let smtp = Smtp::new(SmtpSettings { credentials: credentials("x"), ..settings(server.port) });
    let error = offer(&smtp, "amina@campus.example", MAIL).await.unwrap_err();
    assert!(matches!(error, SubmissionError::Authentication { .. }), "{error:?}");
    let auth = Rule("EHLO", Act::Say("250-here\r\n250 AUTH PLAIN\r\n"));
    for (answer, is_ours) in [("454 4.7.0 later\r\n", false), ("535 5.7.8 no\r\n", true)] {
        let server = Scripted::with("220 here\r\n", &[auth, Rule("AUTH", Act::Say(answer))]).await;
        let smtp = Smtp::new(SmtpSettings { credentials: credentials("x"), ..settings(server.port) });
        let error = offer(&smtp, "amina@campus.example", MAIL).await.unwrap_err();
        assert_eq!(matches!(error, SubmissionError::Authentication { .. }), is_ours, "{error:?}");
        assert_eq!(server.heard("MAIL"), 0);
    }
}

#[tokio::test]
async fn odd_but_real_addresses_are_written_as_they_are() {
    let server = Scripted::with("220 here\r\n", &[]).await;
    let smtp = Smtp::new(settings(server.port));
    assert_eq!(outcome(&smtp, "a..b.@docomo.ne.jp").await, Outcome::Accepted);
    assert_eq!(server.heard("RCPT TO:<a..b.@docomo.ne.jp>"), 1);
}

#[tokio::test]
async fn an_address_beyond_ascii_needs_a_server_that_can() {
    let plain = Scripted::with("220 here\r\n", &[]).await;
    let refused = outcome(&Smtp::new(settings(plain.port)), "zoë@campus.example").await;
    assert!(matches!(&refused, Outcome::Permanent(words) if words.contains("SMTPUTF8")), "{refused:?}");
    let utf8 = Rule("EHLO", Act::Say("250-here\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"));
    let able = Scripted::with("220 here\r\n", &[utf8]).await;
    assert_eq!(outcome(&Smtp::new(settings(able.port)), "zoë@campus.example").await, Outcome::Accepted);
    assert_eq!(able.heard("MAIL FROM:<contact@network.example> SMTPUTF8 BODY=8BITMIME"), 1);
    assert_eq!(able.heard("RCPT TO:<zoë@campus.example>"), 1);
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    // The second slips its own words in before TLS: they must not pass for the server's.
    for answer in ["502 no\r\n", "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n"] {
        let server = Scripted::with("220 here\r\n", &[Rule("STARTTLS", Act::Say(answer))]).await;
        let mut settings = SmtpSettings { credentials: credentials("x"), ..settings(server.port) };
        settings.peer.security = Security::StartTls;
        let error = offer(&Smtp::new(settings), "amina@campus.example", MAIL).await.unwrap_err();
        assert!(matches!(&error, SubmissionError::Unreachable(_)), "{error:?}");
        assert!(error.to_string().contains("[smtp] host and security"), "{error}");
        assert_eq!(server.heard("AUTH") + server.heard("MAIL"), 0);
    }
}
