//! `doctor` on real servers: what it finds, what it leaves behind, and beside a running daemon.

#[path = "people/mod.rs"]
mod people;
#[path = "servers/mod.rs"]
mod servers;

use people::daemon::{Choices, Installation, Security};
use serde_json::Value;
use servers::{Brand, CONTACT, Mta, PEOPLE, Servers};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_soundingboard"))
}

/// What it said, thing by thing.
struct Examined {
    code: i32,
    lines: Vec<Value>,
}

impl Examined {
    fn line(&self, what: &str) -> &Value {
        let line = self.lines.iter().find(|line| line["what"] == what);
        line.unwrap_or_else(|| panic!("no line about {what}: {:#?}", self.lines))
    }

    fn result(&self, what: &str) -> &str {
        self.line(what)["result"].as_str().expect("a result")
    }

    /// Words and remedy.
    fn said(&self, what: &str) -> String {
        let line = self.line(what);
        format!("{}; {}", line["said"].as_str().expect("words"), line["remedy"].as_str().unwrap_or_default())
    }

    /// The things that are not well.
    fn but(&self) -> Vec<&str> {
        let bad = |line: &&Value| line["result"] != "ok";
        self.lines.iter().filter(bad).map(|line| line["what"].as_str().expect("a thing")).collect()
    }
}

fn servers() -> Servers {
    Servers::start_between(Brand::Dovecot, Mta::Chasquid, &PEOPLE)
}

fn installation(servers: &Servers, choices: Choices) -> Installation {
    Installation::new(binary(), servers, choices)
}

fn over_tls(servers: &Servers) -> Choices {
    Choices { security: Security::Tls { authorities: servers.ca_file() }, ..Choices::default() }
}

/// Its exit code and all it printed.
fn doctor(installation: &Installation, servers: &Servers, more: &[&str]) -> (i32, String) {
    let mut command = Command::new(binary());
    command.args(["doctor", "--config"]).arg(installation.config()).args(more);
    command.env("SSL_CERT_FILE", servers.ca_file()).env_remove("CREDENTIALS_DIRECTORY").stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let code = output.status.code().expect("the program was not killed");
    (code, String::from_utf8(output.stdout).expect("the program writes UTF-8"))
}

fn examined(installation: &Installation, servers: &Servers, more: &[&str]) -> Examined {
    let (code, out) = doctor(installation, servers, &[&["--json"], more].concat());
    let read: Value = serde_json::from_str(&out).unwrap_or_else(|why| panic!("{why}: {out}"));
    assert_eq!(read["exit"], code);
    Examined { code, lines: read["lines"].as_array().expect("lines").clone() }
}

/// Longer than any letter needs here, and no test waits for it that finds its letter.
const PATIENT: [&str; 2] = ["--wait", "60s"];

#[test]
fn where_all_is_well_each_thing_is_said_to_be_and_nothing_is_left_behind() {
    let servers = servers();
    let installation = installation(&servers, over_tls(&servers));
    let examined = examined(&installation, &servers, &PATIENT);
    assert_eq!((examined.code, examined.but()), (0, vec![]), "{:#?}", examined.lines);
    let things: Vec<&str> =
        examined.lines.iter().map(|line| line["what"].as_str().expect("a thing")).collect();
    let expected = [
        "configuration",
        "letters",
        "store",
        "IMAP connection",
        "IMAP TLS",
        "IMAP login",
        "IMAP abilities",
        "IMAP folders",
        "IMAP space",
        "SMTP connection",
        "SMTP TLS",
        "SMTP login",
        "SMTP size",
        "junk",
        "test letter",
        "subaddress",
        "return path",
        "clock",
        "authentication",
        "clean-up",
    ];
    assert_eq!(things, expected);
    for what in ["IMAP TLS", "SMTP TLS"] {
        assert!(examined.said(what).contains("is trusted and lasts"), "{}", examined.said(what));
    }
    assert!(examined.said("test letter").contains("to \"INBOX\""), "{}", examined.said("test letter"));
    assert!(examined.said("subaddress").starts_with("mail for contact+…@network.example arrives"));
    assert!(
        examined.said("return path").contains("return_path = \"detail\" works here"),
        "{}",
        examined.said("return path")
    );
    assert_eq!(servers.contact_flags(), [], "the test letters are deleted");
    assert!(!installation.store().exists(), "no store is made");
}

#[test]
fn a_person_reads_a_line_each_and_no_password() {
    let servers = servers();
    let installation = installation(&servers, Choices::default());
    let (code, out) = doctor(&installation, &servers, &["--no-letter"]);
    assert_eq!(code, 0, "{out}");
    let host = format!("localhost:{}", servers.imap_port());
    assert!(out.contains(&format!("ok         IMAP connection: {host} answers\n")), "{out}");
    assert!(out.contains("not tried  test letter: --no-letter\n"), "{out}");
    assert!(out.ends_with("0 faults, 0 warnings\n"), "{out}");
    assert!(!out.contains(servers::PASSWORD));
    assert_eq!(servers.contact_flags(), []);
}

#[test]
fn a_wrong_password_is_77_and_stops_only_what_needs_it() {
    let servers = servers();
    let installation = installation(&servers, over_tls(&servers));
    installation.set_password("wrong");
    let examined = examined(&installation, &servers, &[]);
    assert_eq!(examined.code, 77);
    for what in ["IMAP login", "SMTP login"] {
        assert_eq!(examined.result(what), "fault");
        assert!(examined.said(what).contains("user and its password"), "{}", examined.said(what));
    }
    for what in ["IMAP folders", "SMTP size", "test letter", "clean-up"] {
        assert_eq!(examined.result(what), "not tried");
    }
    for what in ["configuration", "store", "IMAP TLS", "SMTP TLS"] {
        assert_eq!(examined.result(what), "ok");
    }
}

#[test]
fn a_folder_that_is_missing_is_named_with_those_that_are_there() {
    let servers = servers();
    servers.human_does(CONTACT, &["CREATE Gesendet"]);
    let installation = installation(&servers, Choices { imap: "sent = \"Sent\"", ..Choices::default() });
    let examined = examined(&installation, &servers, &PATIENT);
    assert_eq!((examined.code, examined.but()), (78, vec!["IMAP folders"]), "{:#?}", examined.lines);
    let said = examined.said("IMAP folders");
    assert!(said.contains("has no folder \"Sent\"") && said.contains("\"Gesendet\""), "{said}");
}

#[test]
fn a_server_that_cannot_move_is_told_before_the_first_mail_is_handled() {
    let mut servers = servers();
    servers.start_imap_with("imap_capability = IMAP4rev1 IDLE AUTH=PLAIN");
    let installation = installation(&servers, Choices::default());
    let examined = examined(&installation, &servers, &PATIENT);
    assert_eq!(examined.code, 78);
    let said = examined.said("IMAP abilities");
    assert!(
        said.contains("lacks MOVE (RFC 6851) and UIDPLUS") && said.contains("after_handling = \"leave\""),
        "{said}"
    );
    // Without UIDPLUS the letters could only be removed with what people have marked as deleted.
    assert_eq!((examined.result("test letter"), examined.result("clean-up")), ("ok", "warning"));
    let flags: Vec<String> = servers.contact_flags().into_iter().map(|kept| kept.flags).collect();
    assert_eq!(flags.len(), 2);
    assert!(flags.iter().all(|flags| flags.contains('T')), "{flags:?}");
}

#[test]
fn an_address_with_a_detail_that_is_refused_is_told_with_its_remedy() {
    let servers = servers();
    // chasquid parts details at + alone.
    let installation =
        installation(&servers, Choices { network: "subaddress = \"-\"", ..Choices::default() });
    let examined = examined(&installation, &servers, &PATIENT);
    assert_eq!(examined.code, 78, "{:#?}", examined.lines);
    assert_eq!((examined.result("subaddress"), examined.result("test letter")), ("fault", "ok"));
    let said = examined.said("subaddress");
    assert!(said.starts_with("mail for contact-…@network.example is refused"), "{said}");
    assert!(said.contains("set [network] subaddress = \"\""), "{said}");
    assert!(!examined.said("return path").contains("\"detail\" works"), "{}", examined.said("return path"));
    assert_eq!(servers.contact_flags(), []);
}

#[test]
fn a_server_that_is_away_is_69_and_the_other_is_tried_all_the_same() {
    let mut servers = servers();
    let installation = installation(&servers, Choices::default());
    servers.stop_smtp();
    let without_smtp = examined(&installation, &servers, &[]);
    assert_eq!((without_smtp.code, without_smtp.result("SMTP connection")), (69, "fault"));
    assert!(without_smtp.said("SMTP connection").contains("check [smtp] host and port"));
    assert_eq!(
        (without_smtp.result("IMAP folders"), without_smtp.result("test letter")),
        ("ok", "not tried")
    );
    servers.stop_imap();
    let without_both = examined(&installation, &servers, &[]);
    assert_eq!((without_both.code, without_both.result("IMAP connection")), (69, "fault"));
    assert_eq!(without_both.result("IMAP login"), "not tried");
}

#[test]
fn what_lies_in_junk_and_who_vouches_for_mail_is_seen() {
    let servers = servers();
    let mail = b"Authentication-Results: mx.network.example; dmarc=pass header.from=campus.example\r\n\
                 From: Amina <amina@campus.example>\r\nSubject: Koha\r\n\r\nHello\r\n";
    servers.deliver(CONTACT, mail);
    servers.human_does(CONTACT, &["CREATE Junk", "COPY 1 Junk"]);
    let before = servers.contact_flags();
    let installation = installation(&servers, Choices::default());
    let examined = examined(&installation, &servers, &PATIENT);
    assert_eq!((examined.code, examined.but()), (0, vec!["junk", "authentication"]), "{:#?}", examined.lines);
    assert!(
        examined.said("junk").contains("in \"Junk\" lie 1 mails")
            && examined.said("junk").contains("also_read = [\"Junk\"]")
    );
    let said = examined.said("authentication");
    assert!(said.contains("set [imap] authserv_id = \"mx.network.example\""), "{said}");
    assert_eq!(servers.contact_flags(), before, "people's mail is as it was");
}

#[test]
fn a_daemon_beside_it_answers_no_test_letter_and_none_is_left() {
    let mut servers = servers();
    let installation = installation(&servers, Choices::default());
    let mut serving = installation.serve("2026-11-02T09:00:00Z");
    serving.wait_for("started", 1);
    for _ in 0..3 {
        let examined = examined(&installation, &servers, &PATIENT);
        assert_eq!((examined.code, examined.but()), (0, vec![]), "{:#?}", examined.lines);
    }
    // It was there all the while: it answers the next mail of a person.
    let mail = b"From: Amina <amina@campus.example>\r\nTo: contact@network.example\r\nSubject: HELP\r\n\
                 Message-ID: <a@campus.example>\r\n\r\nHELP\r\n";
    servers.send("amina@campus.example", CONTACT, mail);
    serving.wait_for("handled mail put away", 1);
    serving.wait_for("accepted", 1);
    let ran = serving.terminate();
    assert_eq!((ran.code, ran.accepted()), (Some(0), 1), "{}", ran.stderr);
    let decided = ran.lines("decided");
    let verdicts: Vec<&str> =
        decided.iter().map(|line| line["verdict"].as_str().expect("a verdict")).collect();
    assert_eq!(verdicts.iter().filter(|verdict| **verdict != "own").count(), 1, "{verdicts:?}");
    servers.stop_smtp();
    let left = servers.contact_flags();
    assert_eq!(left.len(), 1, "Amina's mail alone: {left:?}");
    assert_eq!(servers.mail_of("staff@network.example").len(), 0);
}

// ---- an SMTP server that takes everything, and does with it what a test wants

/// Takes one connection after the other, and hands on recipient and content of each mail; ends
/// with the doctor.
fn take_all(listener: &TcpListener, deliver: &dyn Fn(&str, &str)) {
    for stream in listener.incoming() {
        let stream = stream.expect("a connection");
        if take(&stream, deliver).is_none() {
            return;
        }
    }
}

/// One connection; None for the one by which the test says that it is over.
fn take(mut stream: &TcpStream, deliver: &dyn Fn(&str, &str)) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut line = || lines.next().and_then(Result::ok);
    let mut say =
        |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).expect("an open connection");
    say("220 sink.example");
    let mut recipient = String::new();
    while let Some(command) = line() {
        match command.split([' ', ':']).next().unwrap_or_default() {
            "OVER" => return None,
            "QUIT" => break,
            "DATA" => {
                say("354 go on");
                let content: Vec<String> =
                    std::iter::from_fn(&mut line).take_while(|line| line != ".").collect();
                deliver(&recipient, &content.join("\r\n"));
                say("250 taken");
            }
            "RCPT" => {
                recipient = command.trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                say("250 ok");
            }
            _ => say("250 ok"),
        }
    }
    Some(())
}

/// What the doctor finds where letters go to such a server.
fn examined_with_sink(servers: &Servers, wait: &str, deliver: impl Fn(&str, &str) + Sync) -> Examined {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let installation = installation(servers, Choices::default());
    let text = fs::read_to_string(installation.config()).expect("a configuration");
    let (from, to) = (format!("port = {}\n", servers.smtp_port()), format!("port = {}\n", address.port()));
    assert!(text.contains(&from), "{text}");
    fs::write(
        installation.config(),
        text.replace(&from, &to).replace("host = \"localhost\"", "host = \"127.0.0.1\""),
    )
    .expect("written");
    std::thread::scope(|scope| {
        scope.spawn(|| take_all(&listener, &deliver));
        let _over = Over(address);
        examined(&installation, servers, &["--wait", wait])
    })
}

/// Ends the sink, in a panic too.
struct Over(SocketAddr);

impl Drop for Over {
    fn drop(&mut self) {
        let told = TcpStream::connect(self.0).and_then(|mut sink| sink.write_all(b"OVER\r\n"));
        assert!(told.is_ok() || std::thread::panicking(), "the sink has gone: {told:?}");
    }
}

#[test]
fn letters_that_are_taken_and_never_come_are_69() {
    let servers = servers();
    let examined = examined_with_sink(&servers, "1s", |_, _| {});
    assert_eq!((examined.code, examined.result("test letter")), (69, "fault"), "{:#?}", examined.lines);
    assert!(examined.said("test letter").starts_with("it was taken and has not come within 1 s"));
    for what in ["subaddress", "return path", "authentication", "clock"] {
        assert_eq!(examined.result(what), "not tried");
    }
    assert!(examined.said("clean-up").contains("0 of 2 test letters were deleted; what comes later stays"));
}

#[test]
fn a_detail_that_swallows_mail_or_brings_it_back_is_a_fault_and_its_report_is_deleted() {
    let servers = servers();
    let lost = examined_with_sink(&servers, "3s", |to, content| {
        if to == CONTACT {
            servers.deliver(CONTACT, content.as_bytes());
        }
    });
    assert_eq!((lost.code, lost.result("test letter"), lost.result("subaddress")), (78, "ok", "fault"));
    assert!(
        lost.said("subaddress").contains("has not arrived within 3 s, and mail for the plain address has")
    );
    let returned = examined_with_sink(&servers, "60s", |to, content| {
        let report = format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@network.example\r\nTo: {CONTACT}\r\nSubject: Undelivered\r\n\
             Auto-Submitted: auto-replied\r\n\r\nNo such user here: {to}\r\n\r\n{content}\r\n"
        );
        servers.deliver(CONTACT, if to == CONTACT { content.as_bytes() } else { report.as_bytes() });
    });
    assert_eq!((returned.code, returned.result("subaddress")), (78, "fault"), "{:#?}", returned.lines);
    assert!(returned.said("subaddress").contains("comes back as undeliverable"));
    assert_eq!(servers.contact_flags(), [], "neither letters nor the report are left");
}
