//! Logging in with OAuth2: an authorization server of ours, real servers that ask it whose a token is.

mod program;
#[path = "../submission/scripted.rs"]
#[allow(dead_code, reason = "not all that it can is needed here")]
mod scripted;
#[path = "../servers/mod.rs"]
mod servers;

use scripted::{Act, Rule, Scripted};
use servers::authority::{Authority, CLIENT_SECRET};
use servers::{CONTACT, Mta, Servers, postfix};
use soundingboard::clock::Clock;
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::delivery::Outcome;
use soundingboard::mailbox::{
    AfterHandling, Authentication, ContactMailbox, Imap, ImapSettings, MailboxError, Reads, Waits,
};
use soundingboard::oauth2::keeping::{self, Kept};
use soundingboard::oauth2::{Flow, Settings, TokenError, Tokens};
use soundingboard::submission::{
    Credentials, MailObject, Secret, Smtp, SmtpSettings, Submission, SubmissionError, Timeouts,
};
use soundingboard::tls::{Peer, Security};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Dovecot that takes tokens of this authority by these mechanisms.
fn servers(authority: &Authority, mta: Mta, mechanisms: &str) -> Servers {
    let mut servers = Servers::start_between(servers::Brand::Dovecot, mta, &servers::PEOPLE);
    let file = servers.ca_file().with_file_name("oauth2.conf");
    servers.start_imap_with(&authority.dovecot(&file, mechanisms));
    servers
}

fn settings(authority: &Authority, flow: Flow) -> Settings {
    Settings {
        table: "imap.oauth2",
        flow,
        client_id: "client".to_owned(),
        client_secret: Some(CLIENT_SECRET.to_owned()),
        token_url: authority.url("token"),
        scopes: vec!["mail".to_owned()],
    }
}

fn tokens(authority: &Authority) -> Tokens {
    Tokens::new(settings(authority, Flow::ClientCredentials), Clock::real())
}

fn imap(servers: &Servers, tokens: &Tokens) -> Imap {
    Imap::new(ImapSettings {
        peer: peer("imap", servers.imap_port()),
        user: CONTACT.to_owned(),
        authentication: Authentication::Token(tokens.clone()),
        mailbox: "INBOX".to_owned(),
        after_handling: AfterHandling::Leave,
        reads: Reads::Whole,
        max_bytes: 1_000_000,
        waits: Waits::default(),
    })
}

fn peer(table: &'static str, port: u16) -> Peer {
    Peer { table, host: "localhost".to_owned(), port, security: Security::None, ca_file: None }
}

#[tokio::test]
async fn one_token_opens_the_mailbox_as_often_as_it_is_opened() {
    let authority = Authority::start();
    for mechanisms in ["xoauth2", "oauthbearer"] {
        let servers = servers(&authority, Mta::Chasquid, mechanisms);
        servers.deliver(CONTACT, b"From: amina@campus.example\r\nSubject: Hello\r\n\r\nHello\r\n");
        authority.state().asked.clear();
        let tokens = tokens(&authority);
        for _ in 0..3 {
            assert_eq!(imap(&servers, &tokens).select().await.unwrap().exists, 1, "{mechanisms}");
        }
        let asked = authority.state().asked.clone();
        assert_eq!(asked.len(), 1, "{mechanisms}: {asked:?}");
        assert_eq!(
            (asked[0]["grant_type"].as_str(), asked[0]["scope"].as_str()),
            ("client_credentials", "mail")
        );
    }
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_replaced_at_once() {
    let authority = Authority::start();
    let servers = servers(&authority, Mta::Chasquid, "xoauth2 oauthbearer");
    let tokens = tokens(&authority);
    imap(&servers, &tokens).select().await.unwrap();
    authority.state().valid.clear();
    imap(&servers, &tokens).select().await.unwrap();
    assert_eq!(authority.state().asked.len(), 2);
}

#[tokio::test]
async fn a_token_of_somebody_else_is_a_refused_login_and_no_token_is_told() {
    let authority = Authority::start();
    let servers = servers(&authority, Mta::Chasquid, "xoauth2");
    authority.state().owner = "amina@campus.example".to_owned();
    let error = imap(&servers, &tokens(&authority)).select().await.unwrap_err();
    assert!(matches!(&error, MailboxError::Authentication { user, .. } if user == CONTACT), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("[imap.oauth2]") && !text.contains("token-"), "{text}");
    // Twice: the first might have been taken back meanwhile. Not for ever.
    assert_eq!(authority.state().asked.len(), 2);
}

#[tokio::test]
async fn a_server_without_tokens_is_told_by_name() {
    let authority = Authority::start();
    let servers = Servers::start_on(Mta::Chasquid, &servers::PEOPLE);
    let error = imap(&servers, &tokens(&authority)).select().await.unwrap_err();
    assert!(error.to_string().contains("lacks XOAUTH2 and OAUTHBEARER"), "{error}");
    assert_eq!(authority.state().asked.len(), 0);
}

#[tokio::test]
async fn what_passes_is_waited_for_and_what_does_not_names_its_remedy() {
    let authority = Authority::start();
    let wrong = Settings {
        client_secret: Some("another".to_owned()),
        ..settings(&authority, Flow::ClientCredentials)
    };
    let error = Tokens::new(wrong, Clock::real()).access_token().await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(matches!(error, TokenError::Refused { .. }) && !error.is_transient(), "{text}");
    for part in ["/token", "invalid_client, AADSTS1: no.", "client secret in [imap.oauth2]"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains("another") && !text.contains("Trace"), "{text}");

    let later = serde_json::json!({"error": "temporarily_unavailable"});
    for (status, body) in
        [(503, later), (502, serde_json::json!("a gateway")), (200, serde_json::json!({"ok": 1}))]
    {
        authority.state().instead = Some((status, body));
        let error = tokens(&authority).access_token().await.unwrap_err();
        assert!(error.is_transient(), "{status}: {error}");
    }
    let nowhere = Settings {
        token_url: "http://127.0.0.1:1/token".to_owned(),
        ..settings(&authority, Flow::ClientCredentials)
    };
    let error = Tokens::new(nowhere, Clock::real()).access_token().await.unwrap_err();
    assert!(matches!(error, TokenError::Unreachable { .. }) && error.is_transient(), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
}

/// A file with a refresh token, as a login leaves it.
fn logged_in(folder: &tempfile::TempDir, refresh_token: &str) -> PathBuf {
    let file = folder.path().join("oauth2-token");
    let kept = Kept {
        client_id: "client".to_owned(),
        refresh_token: refresh_token.to_owned(),
        since: "2026-11-23T08:00:00Z".to_owned(),
    };
    keeping::write(&file, &kept).unwrap();
    file
}

#[tokio::test]
async fn a_refresh_token_is_kept_anew_whenever_it_changes() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let file = logged_in(&folder, "refresh-0");
    let flow = Flow::DeviceCode { device_url: authority.url("device"), token_file: file.clone() };
    for n in 1..=3 {
        let fresh = Tokens::new(settings(&authority, flow.clone()), Clock::real());
        fresh.access_token().await.unwrap();
        let kept = keeping::read(&file).unwrap().unwrap();
        assert_eq!(kept.refresh_token, format!("refresh-{n}"));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Access that was taken back needs a person.
    let file = logged_in(&folder, "of last year");
    let error = Tokens::new(settings(&authority, flow), Clock::real()).access_token().await.unwrap_err();
    assert!(error.to_string().contains("run soundingboard login"), "{error}");
    assert_eq!(keeping::read(&file).unwrap().unwrap().refresh_token, "of last year");
}

#[tokio::test]
async fn without_a_login_the_command_for_it_is_named() {
    let (authority, folder) = (Authority::start(), tempfile::tempdir().unwrap());
    let token_file = folder.path().join("oauth2-token");
    let flow = Flow::DeviceCode { device_url: authority.url("device"), token_file };
    let error = Tokens::new(settings(&authority, flow), Clock::real()).access_token().await.unwrap_err();
    assert!(matches!(error, TokenError::NotLoggedIn { .. }), "{error:?}");
    assert!(error.to_string().contains("run: soundingboard login"), "{error}");
    assert_eq!(authority.state().asked.len(), 0);
}

#[tokio::test]
async fn a_service_account_signs_for_the_mailbox() {
    let authority = Authority::start();
    let key: serde_json::Value = serde_json::from_str(include_str!("service-account.json")).unwrap();
    let flow = Flow::ServiceAccount {
        issuer: "mail@project.example".to_owned(),
        key: key["private_key"].as_str().unwrap().to_owned(),
        key_id: Some("key-1".to_owned()),
        subject: CONTACT.to_owned(),
    };
    let (clock, _setter) = Clock::manual("2026-11-23T08:00:00Z".parse().unwrap());
    Tokens::new(settings(&authority, flow), clock).access_token().await.unwrap();
    let asked = authority.state().asked[0].clone();
    let public = jsonwebtoken::DecodingKey::from_rsa_pem(include_bytes!("service-account.pub.pem")).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    rules.set_audience(&[authority.url("token")]);
    rules.validate_exp = false;
    let signed = jsonwebtoken::decode::<serde_json::Value>(&asked["assertion"], &public, &rules).unwrap();
    assert_eq!(signed.header.kid.as_deref(), Some("key-1"));
    assert_eq!(
        (&signed.claims["iss"], &signed.claims["sub"]),
        (&"mail@project.example".into(), &CONTACT.into())
    );
    assert_eq!(signed.claims["exp"].as_i64().unwrap() - signed.claims["iat"].as_i64().unwrap(), 3600);
}

fn smtp(peer: Peer, tokens: &Tokens) -> Smtp {
    Smtp::new(SmtpSettings {
        peer,
        credentials: Some(Credentials { user: CONTACT.to_owned(), secret: Secret::Token(tokens.clone()) }),
        per_minute: 1000,
        connections: 1,
        timeouts: Timeouts::default(),
    })
}

async fn offer(smtp: &Smtp) -> Result<Outcome, SubmissionError> {
    let [from, recipient] = [CONTACT, "amina@campus.example"].map(|a| AddrSpec::parse(a).unwrap());
    let content = b"From: contact@network.example\r\nSubject: Hello\r\n\r\nHello\r\n";
    smtp.submit(MailObject { reverse_path: Some(&from), recipient: &recipient, content }).await
}

/// Postfix asks Dovecot who may log in, and Dovecot asks the authority.
#[tokio::test]
async fn letters_are_submitted_with_a_token_longer_than_a_line_of_smtp() {
    if let Some(why) = postfix::missing() {
        println!("not told: {why}");
        return;
    }
    let authority = Authority::start();
    for mechanisms in ["xoauth2", "oauthbearer"] {
        let servers = servers(&authority, Mta::Postfix, mechanisms);
        let tokens = tokens(&authority);
        let submissions = || Peer {
            security: Security::Tls,
            ca_file: Some(servers.ca_file()),
            ..peer("smtp", servers.submissions_port())
        };
        assert_eq!(offer(&smtp(submissions(), &tokens)).await.unwrap(), Outcome::Accepted, "{mechanisms}");
        assert_eq!(servers.wait_for_mail("amina@campus.example", 1).await.len(), 1);
        authority.state().owner = "amina@campus.example".to_owned();
        let error = smtp(submissions(), &tokens).check().await.unwrap_err();
        assert!(matches!(error, SubmissionError::Authentication { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("token-"), "{error:?}");
        authority.state().owner = CONTACT.to_owned();
    }
}

#[tokio::test]
async fn a_token_that_expires_in_mid_session_costs_a_connection_and_no_letter() {
    let authority = Authority::start();
    let rules = [
        Rule("EHLO", Act::Say("250-here\r\n250 AUTH XOAUTH2\r\n")),
        Rule("AUTH XOAUTH2", Act::Say("334 \r\n")),
        // "user=", in base64.
        Rule("dXNlcj1", Act::Say("235 welcome\r\n")),
        Rule("MAIL", Act::Once("530 5.7.0 the token has expired\r\n")),
    ];
    let server = Scripted::with("220 here\r\n", &rules).await;
    let smtp = smtp(peer("smtp", server.port), &tokens(&authority));
    assert_eq!(offer(&smtp).await.unwrap(), Outcome::Accepted);
    assert_eq!((server.heard("AUTH"), server.heard("MAIL")), (2, 2));
    assert_eq!(offer(&smtp).await.unwrap(), Outcome::Accepted);
    assert_eq!((server.heard("AUTH"), server.heard("MAIL")), (2, 3));
}
