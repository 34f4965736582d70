//! What a failure means for a mail, by the command at which it came.

use crate::scripted::{Act, PIPELINING, Rule, Scripted};
use crate::{outcome, settings};
use soundingboard::mail::delivery::Outcome;
use soundingboard::submission::{Smtp, Timeouts};
use std::time::Duration;

/// The outcome of one mail where the server does `act` at lines that begin with `at`, and whether
/// the mail's content was offered to it.
async fn when(rules: &[Rule]) -> (Outcome, bool) {
    let server = Scripted::with("220 here\r\n", rules).await;
    let mut settings = settings(server.port);
    if rules.iter().any(|rule| matches!(rule.1, Act::Silence)) {
        let short = Duration::from_millis(100);
        settings.timeouts = Timeouts { command: short, data: short, content: short, ..settings.timeouts };
    }
    let outcome = outcome(&Smtp::new(settings), "amina@campus.example").await;
    (outcome, server.heard("Subject: Hello") > 0)
}

pub fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Transient(_) => "transient",
        Outcome::TurnedAway(_) => "turned-away",
        Outcome::Permanent(_) => "permanent",
        Outcome::NotOffered(_) => "not-offered",
        Outcome::Uncertain(_) => "uncertain",
    }
}

const ENDLESS: Act = Act::Babble(200_000);

fn say(words: &'static str) -> Act {
    Act::Say(words)
}

/// Each with what it means, whether the server takes commands one by one or several together.
const CASES: [(&str, Act, &str); 40] = [
    ("MAIL", Act::Say("250 ok\r\n"), "accepted"),
    ("EHLO", Act::Say("500 no\r\n"), "transient"),
    ("EHLO", Act::Say("421 later\r\n"), "transient"),
    ("EHLO", Act::Cut, "transient"),
    ("EHLO", Act::Silence, "transient"),
    ("EHLO", ENDLESS, "transient"),
    ("MAIL", Act::Say("421 4.3.2 shutting down\r\n"), "turned-away"),
    ("MAIL", Act::Say("451 4.3.0 later\r\n"), "turned-away"),
    ("MAIL", Act::Say("530 5.7.0 log in first\r\n"), "transient"),
    ("MAIL", Act::Say("552 5.3.4 too big\r\n"), "permanent"),
    ("MAIL", Act::Say("553 5.7.1 not your address\r\n"), "turned-away"),
    ("MAIL", Act::Cut, "transient"),
    ("MAIL", Act::Silence, "transient"),
    ("MAIL", ENDLESS, "transient"),
    ("MAIL", Act::SayAndCut("250 o"), "transient"),
    ("RCPT", Act::Say("450 4.2.0 greylisted\r\n"), "transient"),
    ("RCPT", Act::Say("421 4.7.0 too many\r\n"), "turned-away"),
    ("RCPT", Act::SayAndCut("421 4.7.0 too many\r\n"), "turned-away"),
    ("RCPT", Act::Say("550 5.1.1 who?\r\n"), "permanent"),
    ("RCPT", Act::Cut, "transient"),
    ("RCPT", Act::Silence, "transient"),
    ("RCPT", ENDLESS, "transient"),
    ("DATA", Act::Say("421 later\r\n"), "turned-away"),
    ("DATA", Act::Say("451 later\r\n"), "transient"),
    ("DATA", Act::Say("554 5.5.1 no\r\n"), "permanent"),
    ("DATA", Act::Say("250 what?\r\n"), "transient"),
    ("DATA", Act::Say("gibberish\r\n"), "transient"),
    ("DATA", Act::Say("\u{0}\u{1}\r\n"), "transient"),
    ("DATA", Act::Cut, "transient"),
    ("DATA", Act::Silence, "transient"),
    (".", Act::Say("250 2.0.0 taken\r\n"), "accepted"),
    (".", Act::Say("451 4.3.2 disk full\r\n"), "transient"),
    (".", Act::Say("421 4.3.2 going down\r\n"), "turned-away"),
    (".", Act::Say("554 5.7.1 spam\r\n"), "permanent"),
    (".", Act::Say("354 what?\r\n"), "uncertain"),
    (".", Act::Say("gibberish\r\n"), "uncertain"),
    (".", Act::Cut, "uncertain"),
    (".", Act::Silence, "uncertain"),
    (".", ENDLESS, "uncertain"),
    (".", Act::SayAndCut("250 tak"), "uncertain"),
];

#[tokio::test]
async fn what_a_failure_means_depends_on_its_stage() {
    for (at, act, meant) in CASES {
        let rule = Rule(at, act);
        for rules in [vec![rule], vec![rule, PIPELINING]] {
            let (outcome, content) = when(&rules).await;
            let said = if let Act::Say(words) = act { words.trim() } else { "no answer" };
            let together = rules.len() > 1;
            assert_eq!(kind(&outcome), meant, "{at}: {said} (together: {together}): {outcome:?}");
            // The law of the one window: nothing is said to be in doubt that was not offered, and
            // whatever was offered and not refused is.
            assert_eq!(content, at == "." || meant == "accepted", "{at}: {said} (together: {together})");
        }
    }
}

/// RFC 2920 §3.1: a server may ask for the content of a mail that it has refused.
#[tokio::test]
async fn a_server_that_wants_the_content_of_a_refused_mail_gets_none() {
    let rules = [PIPELINING, Rule("RCPT TO:<nobody", say("550 5.1.1 who?\r\n"))];
    let server = Scripted::with("220 here\r\n", &rules).await;
    let smtp = Smtp::new(settings(server.port));
    assert_eq!(kind(&outcome(&smtp, "nobody@campus.example").await), "permanent");
    assert_eq!(server.heard("."), 0);
    assert_eq!(outcome(&smtp, "amina@campus.example").await, Outcome::Accepted);
    assert_eq!(server.heard("connected"), 2, "the first was left in the middle of a mail");
}

#[tokio::test]
async fn the_servers_words_are_kept() {
    let (refused, _) = when(&[Rule("RCPT", Act::Say("550-5.1.1 No such\r\n550 5.1.1 user here\r\n"))]).await;
    assert_eq!(refused, Outcome::Permanent("550 5.1.1 No such user here".to_owned()));
}
