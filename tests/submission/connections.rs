//! Connections: kept, spoilt, ended meanwhile, and never more than there may be.

use crate::scripted::{Act, PIPELINING, Rule, Scripted};
use crate::stages::kind;
use crate::{MAIL, offer, outcome, settings};
use soundingboard::mail::delivery::Outcome;
use soundingboard::submission::{Smtp, SmtpSettings, Submission};
use std::time::Duration;

#[tokio::test]
async fn one_connection_serves_many_mails_until_it_is_spoilt() {
    let server = Scripted::with("220 here\r\n", &[Rule("RCPT TO:<cut", Act::Cut)]).await;
    let smtp = Smtp::new(settings(server.port));
    for _ in 0..3 {
        assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    }
    assert_eq!((server.heard("connected"), server.heard("RSET")), (1, 0));
    // It might have ended since the last mail: so once more, on a new one.
    assert_eq!(kind(&outcome(&smtp, "cut@campus.example").await), "transient");
    assert_eq!((server.heard("connected"), server.heard("RCPT TO:<cut")), (2, 2));
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    assert_eq!(server.heard("connected"), 3);
}

#[tokio::test]
async fn after_a_refusal_the_next_mail_begins_anew_on_the_same_connection() {
    for rules in [vec![], vec![PIPELINING]] {
        let refused = [
            Rule("RCPT TO:<nobody", Act::Say("550 5.1.1 who?\r\n")),
            Rule("DATA", Act::Once("503 no recipients\r\n")),
        ];
        let server = Scripted::with("220 here\r\n", &[&refused[..], &rules].concat()).await;
        let smtp = Smtp::new(settings(server.port));
        assert_eq!(kind(&outcome(&smtp, "nobody@campus.example").await), "permanent");
        let next = outcome(&smtp, "amina@campus.example").await;
        let together = !rules.is_empty();
        // One by one, DATA comes for the first time with the second mail.
        assert_eq!(kind(&next), if together { "accepted" } else { "permanent" });
        assert_eq!((server.heard("connected"), server.heard("RSET")), (1, 1), "together: {together}");
    }
}

#[tokio::test]
async fn a_connection_that_ended_while_it_was_kept_costs_no_mail() {
    // It closes after a mail, or says first that it does, as servers do that waited long enough.
    for last in ["250 taken\r\n", "250 taken\r\n421 4.4.2 waited long enough\r\n"] {
        for rules in [vec![], vec![PIPELINING]] {
            let cut = Rule(".", Act::SayAndCut(last));
            let server = Scripted::with("220 here\r\n", &[&[cut][..], &rules].concat()).await;
            let smtp = Smtp::new(settings(server.port));
            for person in ["amina@campus.example", "leila@campus.example", "omar@auc.example"] {
                assert_eq!(outcome(&smtp, person).await, Outcome::Accepted, "{last}");
            }
            assert_eq!((server.heard("connected"), server.heard("From:")), (3, 3), "{last}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_gone_after_it_was_kept_is_no_word_about_the_mail() {
    let server = Scripted::with("220 here\r\n", &[]).await;
    let port = server.port;
    let smtp = Smtp::new(settings(port));
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    server.leave().await;
    let error = offer(&smtp, "leila@campus.example", MAIL).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("cannot reach"), "{error}");
}

#[tokio::test]
async fn commands_go_in_one_packet_where_the_server_takes_that() {
    let server = Scripted::with("220 here\r\n", &[PIPELINING]).await;
    let smtp = Smtp::new(settings(server.port));
    for _ in 0..3 {
        assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    }
    assert_eq!((server.heard("connected"), server.heard("RCPT"), server.heard("DATA")), (1, 3, 3));
    assert_eq!(server.packets(), 1 + 3 * 2, "EHLO, then two for each mail");
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
        let free = tokio::time::timeout(little, smtp.ready()).await.expect("a free turn");
        assert_eq!(free, 2 - server.heard("RCPT"));
        assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    }
    assert!(tokio::time::timeout(little, smtp.ready()).await.is_err());
    assert!(tokio::time::timeout(little, outcome(&smtp, "amina@campus.example")).await.is_err());
    assert_eq!(server.heard("RCPT"), 2);
}
