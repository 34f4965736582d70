//! Submission to a real SMTP server, and to scripted ones for what a sound one seldom says.

mod servers;

use servers::{CONTACT, PASSWORD, Servers};
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::delivery::Outcome;
use soundingboard::submission::{
    Credentials, MailObject, Smtp, SmtpSettings, Submission, SubmissionError, Timeouts,
};
use soundingboard::tls::{Peer, Security};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

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
    Some(Credentials { user: CONTACT.to_owned(), password: password.to_owned() })
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

/// What a scripted server does when it hears the beginning of a line.
#[derive(Clone, Copy)]
struct Rule(&'static str, Act);

#[derive(Clone, Copy)]
enum Act {
    Say(&'static str),
    Cut,
    Silence,
}

const GOOD: [Rule; 7] = [
    Rule("EHLO", Act::Say("250-here\r\n250 8BITMIME\r\n")),
    Rule("MAIL", Act::Say("250 ok\r\n")),
    Rule("RCPT", Act::Say("250 ok\r\n")),
    Rule("DATA", Act::Say("354 go\r\n")),
    Rule(".", Act::Say("250 taken\r\n")),
    Rule("RSET", Act::Say("250 ok\r\n")),
    Rule("QUIT", Act::Say("221 bye\r\n")),
];

/// A server on loopback that follows the first rule that fits each line.
struct Scripted {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    async fn with(greeting: &'static str, rules: &[Rule]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (hears, rules) = (heard.clone(), [rules, &GOOD].concat());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                hears.lock().unwrap().push("connected".to_owned());
                tokio::spawn(talk(stream, greeting, rules.clone(), hears.clone()));
            }
        });
        Self { port, heard }
    }

    fn heard(&self, start: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|line| line.starts_with(start)).count()
    }
}

async fn talk(stream: TcpStream, greeting: &str, rules: Vec<Rule>, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    stream.write_all(greeting.as_bytes()).await.unwrap();
    let mut in_content = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end();
        heard.lock().unwrap().push(line.to_owned());
        if in_content && line != "." {
            continue;
        }
        match rules.iter().find(|rule| line.starts_with(rule.0)).expect("a line we know").1 {
            Act::Say(words) => stream.write_all(words.as_bytes()).await.unwrap(),
            Act::Cut => return,
            Act::Silence => {}
        }
        in_content = line == "DATA";
    }
}

/// The outcome of one mail where the server does `act` at lines that begin with `at`.
async fn when(at: &'static str, act: Act) -> Outcome {
    let server = Scripted::with("220 here\r\n", &[Rule(at, act)]).await;
    let mut settings = settings(server.port);
    if let Act::Silence = act {
        let short = Duration::from_millis(100);
        settings.timeouts = Timeouts { command: short, data: short, content: short, ..settings.timeouts };
    }
    outcome(&Smtp::new(settings), "amina@campus.example").await
}

fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Transient(_) => "transient",
        Outcome::Permanent(_) => "permanent",
        Outcome::NotOffered(_) => "not-offered",
        Outcome::Uncertain(_) => "uncertain",
    }
}

#[tokio::test]
async fn what_a_failure_means_depends_on_its_stage() {
    let say = Act::Say;
    let cases = [
        ("MAIL", say("250 ok\r\n"), "accepted"),
        ("EHLO", say("500 no\r\n"), "transient"),
        ("EHLO", Act::Cut, "transient"),
        ("EHLO", Act::Silence, "transient"),
        ("MAIL", say("451 4.3.0 later\r\n"), "transient"),
        ("MAIL", say("530 5.7.0 log in first\r\n"), "transient"),
        ("MAIL", say("552 5.3.4 too big\r\n"), "permanent"),
        ("MAIL", Act::Cut, "transient"),
        ("RCPT", say("450 4.2.0 greylisted\r\n"), "transient"),
        ("RCPT", say("421 4.7.0 too many\r\n"), "transient"),
        ("RCPT", say("550 5.1.1 who?\r\n"), "permanent"),
        ("RCPT", Act::Silence, "transient"),
        ("DATA", say("451 later\r\n"), "transient"),
        ("DATA", say("554 5.5.1 no\r\n"), "permanent"),
        ("DATA", say("250 what?\r\n"), "transient"),
        ("DATA", say("gibberish\r\n"), "transient"),
        ("DATA", Act::Cut, "transient"),
        ("DATA", Act::Silence, "transient"),
        (".", say("250 2.0.0 taken\r\n"), "accepted"),
        (".", say("451 4.3.2 disk full\r\n"), "transient"),
        (".", say("421 4.3.2 going down\r\n"), "transient"),
        (".", say("554 5.7.1 spam\r\n"), "permanent"),
        (".", say("354 what?\r\n"), "uncertain"),
        (".", say("gibberish\r\n"), "uncertain"),
        (".", Act::Cut, "uncertain"),
        (".", Act::Silence, "uncertain"),
    ];
    for (at, act, meant) in cases {
        let outcome = when(at, act).await;
        let said = if let Act::Say(words) = act { words.trim() } else { "no answer" };
        assert_eq!(kind(&outcome), meant, "{at}: {said}: {outcome:?}");
    }
}

#[tokio::test]
async fn the_servers_words_are_kept() {
    let refused = when("RCPT", Act::Say("550-5.1.1 No such\r\n550 5.1.1 user here\r\n")).await;
    assert_eq!(refused, Outcome::Permanent("550 5.1.1 No such user here".to_owned()));
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
async fn one_connection_serves_many_mails_until_it_is_spoilt() {
    let server = Scripted::with("220 here\r\n", &[Rule("RCPT TO:<cut", Act::Cut)]).await;
    let smtp = Smtp::new(settings(server.port));
    for _ in 0..3 {
        assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    }
    assert_eq!((server.heard("connected"), server.heard("RSET")), (1, 2));
    assert_eq!(kind(&outcome(&smtp, "cut@campus.example").await), "transient");
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    assert_eq!(server.heard("connected"), 2);
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_costs_no_mail() {
    let server = Scripted::with("220 here\r\n", &[Rule("RSET", Act::Cut)]).await;
    let smtp = Smtp::new(settings(server.port));
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    assert_eq!(outcome(&smtp, "leila@campus.example").await, Outcome::Accepted);
    assert_eq!((server.heard("connected"), server.heard("RCPT")), (2, 2));
}

#[tokio::test]
async fn a_connection_idle_too_long_takes_its_leave() {
    let server = Scripted::with("220 here\r\n", &[]).await;
    let mut settings = settings(server.port);
    settings.timeouts.idle = Duration::ZERO;
    let smtp = Smtp::new(settings);
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    assert_eq!((server.heard("connected"), server.heard("QUIT"), server.heard("RSET")), (2, 1, 0));
}

#[tokio::test]
async fn no_more_mails_are_offered_at_once_than_there_are_connections() {
    let server = Scripted::with("220 here\r\n", &[Rule("DATA", Act::Silence)]).await;
    let mut settings = settings(server.port);
    settings.timeouts.data = Duration::from_secs(1);
    let smtp = Smtp::new(settings);
    assert_eq!(smtp.connections(), 2);
    let offers = (0..3).map(|_| offer(&smtp, "amina@campus.example", MAIL));
    let mut offers = Box::pin(futures_util::future::join_all(offers));
    while server.heard("DATA") < 2 {
        let done = tokio::time::timeout(Duration::from_millis(5), &mut offers).await;
        assert!(done.is_err(), "three mails on two connections were done too soon");
    }
    // Two wait for an answer to DATA; the third has not even connected.
    assert_eq!(server.heard("connected"), 2);
    assert!(offers.await.iter().all(|done| matches!(done, Ok(Outcome::Transient(_)))));
}

#[tokio::test]
async fn mail_beyond_the_rate_waits() {
    let server = Scripted::with("220 here\r\n", &[]).await;
    let smtp = Smtp::new(SmtpSettings { per_minute: 2, ..settings(server.port) });
    let little = Duration::from_millis(100);
    for _ in 0..2 {
        tokio::time::timeout(little, smtp.ready()).await.expect("a free turn");
        assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    }
    assert!(tokio::time::timeout(little, smtp.ready()).await.is_err());
    assert!(tokio::time::timeout(little, outcome(&smtp, "amina@campus.example")).await.is_err());
    assert_eq!(server.heard("RCPT"), 2);
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
