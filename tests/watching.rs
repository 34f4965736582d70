//! What may be seen of the daemon from outside: the two pages, and what is made of them.

#[path = "world/mod.rs"]
mod world;

use chrono::TimeDelta;
use soundingboard::clock::{Clock, Setter};
use soundingboard::daemon::{Desk, Lived};
use soundingboard::decider::{Decider, Fetched, Work};
use soundingboard::program::disk::Disk;
use soundingboard::program::input::{Input, Purpose};
use soundingboard::program::record::Reading;
use soundingboard::program::standing::Standing;
use soundingboard::store::memory::Memory;
use soundingboard::watching::{Seen, Watch, metrics};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use world::people::MailProgram;

/// A desk, and its pages on a port.
struct Watched {
    desk: Desk,
    clock: Clock,
    hands: Setter,
    port: u16,
    watch: Watch,
}

fn watched() -> Watched {
    let (clock, hands) = Clock::manual("2026-11-03T09:00:00Z".parse().expect("a time"));
    let rules = world::rules();
    let wording = world::templates(&rules);
    let failures = wording.failures();
    let decider = Decider { rules, wording, store: Arc::new(Memory::new()), clock: clock.clone() };
    let desk = Desk::open(decider).expect("a thread");
    let (port, config) = with_port();
    let watch = Watch::prepare(&config, failures).unwrap_or_else(|why| panic!("{why}"));
    Watched { desk, clock, hands, port, watch }
}

/// A port that was free just now.
fn with_port() -> (u16, soundingboard::config::Config) {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a port").port();
    let path = std::env::temp_dir().display().to_string();
    let config = world::config(&format!("[watch]\nport = {port}\n[store]\npath = \"{path}\""));
    (port, config.expect("a configuration"))
}

/// Status line, header and body.
async fn ask(port: u16, question: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    stream.write_all(question.as_bytes()).await.expect("it hears");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    answer
}

async fn get(port: u16, path: &str) -> String {
    ask(port, &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).await
}

/// Asks while the pages are served.
async fn while_served(watched: Watched, story: impl AsyncFnOnce(&Desk, &Setter, u16)) {
    let Watched { desk, clock, hands, port, watch } = watched;
    tokio::select! {
        () = watch.keep(&desk, &clock) => panic!("it stopped"),
        () = story(&desk, &hands, port) => (),
    }
}

async fn somebody_signs_up(desk: &Desk) {
    let body = "Name: Amina Haddad\nInstitution: Campus University Library\nAreas: Koha";
    let at = "2026-11-03T09:00:00Z".parse().expect("a time");
    let bytes = MailProgram::default().mail("Amina <amina@campus.example>", "Advisor sign-up", body, at);
    let reading = Reading {
        folder: "INBOX".to_owned(),
        purpose: Purpose::Contact,
        uid_validity: 1,
        last_uid: 1,
        old_up_to: 0,
        since: None,
        older: 0,
        again_up_to: 0,
        vanished: 0,
    };
    let mails = vec![Fetched { uid: 1, bytes, complete: true, received: None, was_handled: false }];
    let work = Work::Mails { mails, reading, mark_handled: false, rows: Vec::new() };
    desk.decide(work).await.expect("a decision");
}

#[tokio::test]
async fn the_metrics_count_and_name_nobody() {
    while_served(watched(), async |desk, hands, port| {
        somebody_signs_up(desk).await;
        hands.set("2026-11-03T09:05:00Z".parse().expect("a time"));
        let page = get(port, "/metrics").await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        assert!(page.contains("application/openmetrics-text; version=1.0.0"), "{page}");
        for line in [
            concat!("soundingboard_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1\n"),
            "soundingboard_mails_total{verdict=\"sign-up\"} 1\n",
            "soundingboard_letters_waiting 1\n",
            "soundingboard_oldest_letter_seconds 300\n",
            "soundingboard_mailbox_unread_seconds 300\n",
            "soundingboard_login_refused{server=\"imap\"} 0\n",
            "soundingboard_open_requests 0\n",
            "soundingboard_exceptions_waiting 0\n",
            "soundingboard_store_faults_total 0\n",
            "soundingboard_timers_late 0\n",
        ] {
            assert!(page.contains(line), "no {line} in {page}");
        }
        assert!(page.contains("\nsoundingboard_disk_free_bytes ") && page.ends_with("# EOF\n"), "{page}");
        for word in ["@", "Amina", "campus", "INBOX"] {
            assert!(!page.contains(word), "{word} stands in {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn healthz_says_what_is_wrong_in_one_line() {
    while_served(watched(), async |desk, hands, port| {
        let well = get(port, "/healthz").await;
        assert!(well.starts_with("HTTP/1.1 200 OK\r\n") && well.ends_with("\r\n\r\nok\n"), "{well}");
        let disk = Disk { path: "/var/lib/soundingboard".into(), free: 1, size: 1 << 40 };
        desk.decide(Work::Inputs(vec![Input::Disk(disk)])).await.expect("a decision");
        let full = get(port, "/healthz").await;
        assert!(full.starts_with("HTTP/1.1 503 "), "{full}");
        assert!(full.ends_with("\r\n\r\nthe disk of the store is almost full\n"), "{full}");
        hands.set("2026-11-03T10:30:00Z".parse().expect("a time"));
        let unread = get(port, "/healthz").await;
        assert!(unread.ends_with("\r\n\r\nthe mailbox is unread since 90 minutes\n"), "{unread}");
    })
    .await;
}

#[tokio::test]
async fn other_questions_are_refused_and_who_says_nothing_holds_up_nobody() {
    while_served(watched(), async |_, _, port| {
        let silent = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
        assert!(get(port, "/").await.starts_with("HTTP/1.1 404 "));
        assert!(get(port, "/metrics/..").await.starts_with("HTTP/1.1 404 "));
        let put = "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
        assert!(ask(port, put).await.starts_with("HTTP/1.1 405 "));
        assert!(ask(port, "nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
        assert!(ask(port, "GET /healthz HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 200 "));
        drop(silent);
    })
    .await;
}

#[test]
fn a_port_that_is_taken_is_said_with_its_number_and_the_remedy() {
    let (port, config) = with_port();
    let _taken = TcpListener::bind(("127.0.0.1", port)).expect("it is free");
    let failures = world::templates(&world::rules()).failures();
    let Err(why) = Watch::prepare(&config, failures) else { panic!("it was taken twice") };
    let why = why.to_string();
    assert!(why.contains(&port.to_string()) && why.contains("choose another in [watch]"), "{why}");
}

// ---- what is made of them

/// All that the page can hold.
fn names() -> BTreeSet<String> {
    let now = "2026-11-03T09:00:00Z".parse().expect("a time");
    let standing = Standing {
        letters_waiting: 1,
        oldest_letter: Some(now - TimeDelta::hours(1)),
        timers_late: 1,
        open_requests: 1,
        exceptions: 1,
        paused_until: Some(now),
        stands_still: Some(now),
        is_disk_low: true,
    };
    let counts = || [("accepted", 1)].into();
    let lived = Lived { mails: counts(), letters: counts(), ..Lived::default() };
    let text = metrics::text(&Seen { now, standing, lived }, Some(1));
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(['{', ' ']).next().unwrap_or_default().to_owned()).collect()
}

/// Whatever in a text looks like a name of ours.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("soundingboard_")).map(str::to_owned).collect()
}

#[test]
fn rules_and_dashboard_name_only_what_there_is_and_the_dashboard_all_of_it() {
    let there = names();
    assert!(there.len() >= 14, "{there:?}");
    let rules = named(include_str!("../deploy/alerts.yml"));
    let dashboard = named(include_str!("../deploy/grafana-dashboard.json"));
    for (file, names) in [("alerts.yml", &rules), ("grafana-dashboard.json", &dashboard)] {
        assert!(names.len() > 5, "{file} is not read right: {names:?}");
        let unknown: Vec<_> = names.difference(&there).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}; there are {there:?}");
    }
    let unseen: Vec<_> = there.difference(&dashboard).filter(|name| !rules.contains(*name)).collect();
    assert!(unseen.is_empty(), "nobody looks at {unseen:?}");
}

#[test]
fn every_alert_is_explained_in_the_manual() {
    let rules = include_str!("../deploy/alerts.yml");
    let manual = include_str!("../deploy/operating.md");
    let alerts: Vec<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: SoundingBoard")).collect();
    assert!(alerts.len() > 5, "{alerts:?}");
    for alert in alerts {
        let row = [format!("| `…{alert}` |"), format!("| `SoundingBoard{alert}` |")];
        assert!(row.iter().any(|row| manual.contains(row)), "operating.md does not explain {alert}");
    }
}

#[test]
fn the_dashboard_is_json_with_a_question_in_every_panel() {
    let board: serde_json::Value =
        serde_json::from_str(include_str!("../deploy/grafana-dashboard.json")).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    assert!(panels.len() > 5);
    for panel in panels {
        let question = panel["targets"][0]["expr"].as_str().unwrap_or_default();
        assert!(question.contains("soundingboard_"), "{}", panel["title"]);
    }
}
