//! The contact mailbox on a real IMAP server, beside staff who read it too.

mod servers;

use servers::{CONTACT, PASSWORD, Servers};
use soundingboard::mailbox::{
    AfterHandling, Authentication, ContactMailbox, Fetched, Imap, ImapSettings, Listed, MailboxError, Reads,
    Waits,
};
use soundingboard::tls::{Peer, Security};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(20);

fn settings(servers: &Servers) -> ImapSettings {
    ImapSettings {
        peer: Peer {
            table: "imap",
            host: "localhost".to_owned(),
            port: servers.imap_port(),
            security: Security::None,
            ca_file: None,
        },
        user: CONTACT.to_owned(),
        authentication: Authentication::Password(PASSWORD.to_owned()),
        mailbox: "INBOX".to_owned(),
        after_handling: AfterHandling::Leave,
        reads: Reads::Whole,
        max_bytes: 10 * 1024 * 1024,
        waits: Waits { silence: LONG, ..Waits::default() },
    }
}

fn moving(servers: &Servers, folder: &str) -> Imap {
    Imap::new(ImapSettings { after_handling: AfterHandling::Move(folder.to_owned()), ..settings(servers) })
}

fn mail(subject: &str) -> Vec<u8> {
    format!("From: amina@campus.example\r\nSubject: {subject}\r\n\r\n.\r\nHello\r\n").into_bytes()
}

fn deliver(servers: &Servers, subjects: &[&str]) {
    subjects.iter().for_each(|subject| servers.deliver(CONTACT, &mail(subject)));
}

/// As `list` names these UIDs.
fn of(uids: &[u32]) -> Vec<Listed> {
    uids.iter().map(|uid| Listed { uid: *uid, size: 99, received: None }).collect()
}

async fn uids(imap: &mut Imap, after: u32) -> Vec<u32> {
    imap.list(after).await.unwrap().iter().map(|mail| mail.uid).collect()
}

fn folders(servers: &Servers) -> Vec<String> {
    servers.contact_flags().into_iter().map(|kept| kept.folder).collect()
}

#[tokio::test]
async fn mail_opened_by_a_human_is_read_too_and_nothing_is_changed() {
    let servers = Servers::start();
    servers.deliver_opened(CONTACT, &mail("opened"));
    deliver(&servers, &["new"]);
    servers.human_does(CONTACT, &["UID STORE 1:* +FLAGS (\\Flagged $Important)"]);
    let before = servers.contact_flags();
    assert!(before.iter().all(|kept| kept.flags.contains('F')), "{before:?}");

    let mut imap = Imap::new(settings(&servers));
    let selected = imap.select().await.unwrap();
    assert_eq!((selected.exists, selected.uid_next), (2, Some(3)));
    assert_ne!(selected.uid_validity, 0);
    let listed = imap.list(0).await.unwrap();
    assert_eq!(listed.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(listed[0].size as usize, mail("opened").len());
    assert!(listed[0].received.is_some());

    let read = imap.fetch(&of(&[2, 1])).await.unwrap();
    let mut bodies: Vec<_> = read.iter().map(|mail| mail.bytes.clone()).collect();
    bodies.sort();
    assert_eq!(bodies, [mail("new"), mail("opened")]);
    assert!(read.iter().all(|mail| mail.complete));
    imap.mark_handled(&[1, 2]).await.unwrap();
    assert_eq!(servers.contact_flags(), before);
}

#[tokio::test]
async fn only_mail_above_the_last_uid_is_listed() {
    let servers = Servers::start();
    let mut imap = Imap::new(settings(&servers));
    assert!(imap.list(0).await.unwrap().is_empty(), "an empty mailbox lists nothing");
    deliver(&servers, &["one", "two", "three"]);
    assert_eq!(uids(&mut imap, 0).await, [1, 2, 3]);
    assert_eq!(uids(&mut imap, 2).await, [3]);
    // For `4:*` the server answers with the last mail, though it is below.
    assert!(uids(&mut imap, 3).await.is_empty());
    assert!(uids(&mut imap, u32::MAX).await.is_empty());
}

#[tokio::test]
async fn mail_that_vanished_is_absent_and_the_rest_is_read() {
    let servers = Servers::start();
    deliver(&servers, &["one", "two", "three"]);
    let mut imap = moving(&servers, "Handled");
    assert_eq!(uids(&mut imap, 0).await, [1, 2, 3]);
    servers.human_does(CONTACT, &["UID STORE 2 +FLAGS (\\Deleted)", "UID EXPUNGE 2"]);
    let read = imap.fetch(&of(&[1, 2, 3, 99])).await.unwrap();
    assert_eq!(read.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [1, 3]);
    imap.mark_handled(&[2, 3, 99]).await.unwrap();
    imap.mark_handled(&[3]).await.unwrap();
    assert_eq!(folders(&servers), ["Handled", "INBOX"]);
}

#[tokio::test]
async fn mail_that_a_human_moves_or_deletes_after_it_was_read_is_left_to_them() {
    let servers = Servers::start();
    deliver(&servers, &["one", "two", "three"]);
    servers.human_does(CONTACT, &["CREATE Mine"]);
    for mut imap in [
        moving(&servers, "Handled"),
        Imap::new(ImapSettings { after_handling: AfterHandling::Flag, ..settings(&servers) }),
    ] {
        let listed = imap.list(0).await.unwrap();
        let read = imap.fetch(&listed).await.unwrap();
        assert_eq!(read.len(), listed.len());
        let [first, .., last] = &listed[..] else { panic!("{listed:?}") };
        let (first, last) = (first.uid, last.uid);
        let delete = format!("UID STORE {last} +FLAGS (\\Deleted)");
        servers.human_does(CONTACT, &[&format!("UID MOVE {first} Mine"), &delete, "EXPUNGE"]);
        imap.mark_handled(&[first, last]).await.unwrap();
        assert_eq!(folders(&servers).iter().filter(|folder| *folder == "Handled").count(), 0);
        deliver(&servers, &["four", "five"]);
    }
    assert_eq!(folders(&servers).iter().filter(|folder| *folder == "Mine").count(), 2);
}

/// `MARKS=100000 cargo test --release --test mailbox -- --ignored --nocapture marks` measures on a
/// maildir of so many; it judges nothing.
#[tokio::test]
#[ignore = "it measures"]
#[expect(clippy::disallowed_methods, reason = "it measures")]
async fn marks_of_a_large_backlog() {
    let mails = std::env::var("MARKS").map_or(10_000, |mails| mails.parse().unwrap());
    let servers = Servers::start();
    (0..mails).for_each(|n| servers.deliver(CONTACT, &mail(&n.to_string())));
    let mut imap = moving(&servers, "Handled");
    let mut uids = Vec::new();
    loop {
        let listed = imap.list(uids.last().copied().unwrap_or(0)).await.unwrap();
        if listed.is_empty() {
            break;
        }
        uids.extend(listed.iter().map(|mail| mail.uid));
    }
    assert_eq!(uids.len(), mails);
    let begin = std::time::Instant::now();
    for set in uids.chunks(1000) {
        imap.mark_handled(set).await.unwrap();
    }
    let each = begin.elapsed().as_secs_f64() * 1000.0 / mails as f64;
    println!("{mails} mails marked in sets of 1000: {each:.3} ms each");
}

#[tokio::test]
async fn of_an_oversize_mail_the_header_and_the_first_text_are_read() {
    let servers = Servers::start();
    let large = [mail("large"), b"0123456789abcde\r\n".repeat(20_000)].concat();
    servers.deliver(CONTACT, &large);
    deliver(&servers, &["small"]);
    let mut imap = Imap::new(ImapSettings { max_bytes: 1000, ..settings(&servers) });
    let listed = imap.list(0).await.unwrap();
    let read = imap.fetch(&listed).await.unwrap();
    let [Fetched { complete: false, bytes, size, .. }, Fetched { complete: true, .. }] = &read[..] else {
        panic!("{read:?}");
    };
    assert_eq!(*size as usize, large.len());
    assert!(large.starts_with(bytes));
    assert_eq!(bytes.len(), 64 * 1024 + b"From: amina@campus.example\r\nSubject: large\r\n\r\n".len());
}

#[tokio::test]
async fn handled_mail_is_moved_in_sets_to_a_folder_that_is_made_if_missing() {
    let servers = Servers::start();
    (0..1200).for_each(|n| deliver(&servers, &[&n.to_string()]));
    let mut imap = moving(&servers, "Traités & classés");
    imap.select().await.unwrap();
    let odd: Vec<u32> = uids(&mut imap, 0).await.into_iter().filter(|uid| uid % 2 == 1).collect();
    assert_eq!(odd.len(), 600);
    imap.mark_handled(&odd).await.unwrap();
    let moved = folders(&servers).iter().filter(|folder| *folder == "Trait&AOk-s &- class&AOk-s").count();
    assert_eq!(moved, 600);
    assert!(uids(&mut imap, 0).await.iter().all(|uid| uid % 2 == 0));
    let shown = servers.human_does(CONTACT, &["LSUB \"\" *"]);
    assert!(shown.contains("Trait&AOk-s"), "mail programs show only folders subscribed to: {shown}");
}

#[tokio::test]
async fn a_server_without_move_copies_and_expunges_only_what_is_handled() {
    let mut servers = Servers::start();
    servers.start_imap_with("imap_capability = IMAP4rev1 UIDPLUS AUTH=PLAIN");
    deliver(&servers, &["one", "two", "three"]);
    let mut imap = moving(&servers, "Handled");
    imap.select().await.unwrap();
    servers.human_does(CONTACT, &["UID STORE 3 +FLAGS (\\Deleted)"]);
    imap.mark_handled(&[1]).await.unwrap();
    let kept: Vec<_> = servers.contact_flags().into_iter().map(|kept| (kept.folder, kept.flags)).collect();
    let kept: Vec<_> = kept.iter().map(|(folder, flags)| (folder.as_str(), flags.as_str())).collect();
    assert_eq!(
        kept,
        [("Handled", ""), ("INBOX", ""), ("INBOX", "T")],
        "staff's deletion is theirs to finish"
    );
}

#[tokio::test]
async fn handled_mail_can_be_flagged_and_is_else_unchanged() {
    let servers = Servers::start();
    deliver(&servers, &["one", "two", "three"]);
    let flagging = ImapSettings { after_handling: AfterHandling::Flag, ..settings(&servers) };
    let mut imap = Imap::new(flagging);
    assert_eq!(uids(&mut imap, 0).await, [1, 2, 3]);
    imap.mark_handled(&[1, 3, 7]).await.unwrap();
    let flagged = servers.human_does(CONTACT, &["UID SEARCH KEYWORD SoundingBoard UNSEEN"]);
    assert!(flagged.contains("* SEARCH 1 3\r\n"), "{flagged}");

    const FIXED: &str =
        "* 1 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen)] x\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK\r\n";
    let (peer, _) = scripted(vec![CAPABILITY, DONE, CAPABILITY, FIXED]).await;
    let flagging = ImapSettings { after_handling: AfterHandling::Flag, ..simple(peer, "simple", LONG) };
    let error = Imap::new(flagging).select().await.unwrap_err();
    assert!(
        matches!(&error, MailboxError::Unsupported { .. }) && error.to_string().contains("after_handling")
    );
}

#[tokio::test]
async fn a_server_that_cannot_move_is_refused_at_once() {
    let mut servers = Servers::start();
    servers.start_imap_with("imap_capability = IMAP4rev1 IDLE AUTH=PLAIN");
    let error = moving(&servers, "Handled").select().await.unwrap_err();
    assert!(matches!(error, MailboxError::Unsupported { .. }), "{error:?}");
    assert!(error.to_string().contains("after_handling"), "{error}");
    Imap::new(settings(&servers)).select().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_names_user_and_server_and_never_the_password() {
    let servers = Servers::start();
    let authentication = Authentication::Password("Hochgeheim".to_owned());
    let mut imap = Imap::new(ImapSettings { authentication, ..settings(&servers) });
    let error = imap.select().await.unwrap_err();
    let MailboxError::Authentication { user, .. } = &error else { panic!("{error:?}") };
    assert_eq!(user, CONTACT);
    assert!(!error.is_transient());
    let text = format!("{error} {error:?}");
    assert!(text.contains(&format!("localhost:{}", servers.imap_port())) && text.contains(CONTACT), "{text}");
    assert!(!text.contains("Hochgeheim") && !text.contains("SG9jaGdlaGVpb"), "{text}");
}

#[tokio::test]
async fn a_missing_mailbox_is_named() {
    let servers = Servers::start();
    let mut imap = Imap::new(ImapSettings { mailbox: "Kontakt".to_owned(), ..settings(&servers) });
    let error = imap.select().await.unwrap_err();
    assert!(matches!(&error, MailboxError::Folder { folder, .. } if folder == "Kontakt"), "{error:?}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn a_missing_folder_is_said_with_those_that_are_there() {
    let servers = Servers::start();
    servers.human_does(CONTACT, &["CREATE \"Gesendete Objekte\"", "CREATE \"Envoy&AOk-s\""]);
    let mut imap = Imap::new(ImapSettings { mailbox: "Sent".to_owned(), ..settings(&servers) });
    let said = imap.select().await.unwrap_err().to_string();
    assert!(said.contains("no folder \"Sent\"") && said.contains("sent"), "{said}");
    assert!(said.contains("there are \"Envoyés\", \"Gesendete Objekte\", \"INBOX\""), "{said}");
}

#[tokio::test]
async fn of_sent_mail_only_the_fields_asked_for_are_read() {
    let servers = Servers::start();
    deliver(&servers, &["one", "two"]);
    let before = servers.contact_flags();
    let reads = Reads::Fields("Subject Message-ID X-Sounding-Board");
    let mut imap = Imap::new(ImapSettings { reads, ..settings(&servers) });
    assert_eq!(uids(&mut imap, 0).await, [1, 2]);
    let read = imap.fetch(&of(&[2, 1, 99])).await.unwrap();
    let texts: Vec<_> = read.iter().map(|mail| String::from_utf8_lossy(&mail.bytes).into_owned()).collect();
    assert_eq!(texts, ["Subject: one\r\n\r\n", "Subject: two\r\n\r\n"]);
    assert_eq!(servers.contact_flags(), before);
}

#[tokio::test]
async fn a_server_that_is_down_is_found_again_when_it_is_up() {
    let mut servers = Servers::start();
    let mut imap = Imap::new(settings(&servers));
    imap.select().await.unwrap();
    servers.stop_imap();
    let first = imap.list(0).await.unwrap_err();
    let second = imap.list(0).await.unwrap_err();
    assert!(first.is_transient() && second.is_transient(), "{first} {second}");
    assert!(matches!(second, MailboxError::Unreachable(_)), "{second:?}");
    assert!(second.to_string().contains(&format!("localhost:{}", servers.imap_port())), "{second}");
    servers.start_imap();
    deliver(&servers, &["after the storm"]);
    assert_eq!(uids(&mut imap, 0).await, [1]);
}

#[tokio::test]
async fn renumbered_mail_is_never_touched_by_its_old_number() {
    let mut servers = Servers::start();
    deliver(&servers, &["one"]);
    let mut imap = moving(&servers, "Handled");
    let before = imap.select().await.unwrap();
    servers.stop_imap();
    servers.forget_uids(CONTACT);
    servers.start_imap();
    assert!(imap.list(0).await.unwrap_err().is_transient(), "the old connection is gone");
    let error = imap.mark_handled(&[1]).await.unwrap_err();
    assert!(matches!(error, MailboxError::Renumbered { was, .. } if was == before.uid_validity), "{error:?}");
    assert_eq!(folders(&servers), ["INBOX"]);
    let after = imap.select().await.unwrap();
    assert_ne!(after.uid_validity, before.uid_validity);
    imap.mark_handled(&[1]).await.unwrap();
    assert_eq!(folders(&servers), ["Handled"]);
}

#[tokio::test]
async fn waiting_ends_when_mail_arrives() {
    let servers = Servers::start();
    let mut imap = Imap::new(settings(&servers));
    assert!(imap.list(0).await.unwrap().is_empty());
    let waits =
        async { timeout(LONG, imap.wait(Duration::from_secs(3600))).await.expect("no wake").unwrap() };
    let arrives = async {
        tokio::task::yield_now().await;
        servers.send("amina@campus.example", CONTACT, &mail("wake up"));
    };
    tokio::join!(waits, arrives);
    assert_eq!(uids(&mut imap, 0).await, [1]);
}

#[tokio::test]
async fn mail_that_came_before_the_wait_is_not_slept_over() {
    let servers = Servers::start();
    deliver(&servers, &["one"]);
    let mut imap = moving(&servers, "Handled");
    assert_eq!(uids(&mut imap, 0).await, [1]);
    deliver(&servers, &["two"]);
    // The server tells of it in its answer to the move, before anybody waits.
    imap.mark_handled(&[1]).await.unwrap();
    timeout(LONG, imap.wait(Duration::from_secs(3600))).await.expect("slept over it").unwrap();
    assert_eq!(uids(&mut imap, 1).await, [2]);
}

#[tokio::test]
async fn a_wait_ends_in_its_time_and_may_be_dropped_for_free() {
    let mut servers = Servers::start();
    let mut imap = Imap::new(settings(&servers));
    assert!(imap.list(0).await.unwrap().is_empty());
    imap.wait(Duration::from_millis(50)).await.unwrap();
    for _ in 0..3 {
        assert!(timeout(Duration::from_millis(100), imap.wait(LONG)).await.is_err(), "nothing to wake for");
        assert!(imap.list(0).await.unwrap().is_empty());
    }
    assert_eq!(servers.logins(CONTACT), 1, "it is still the first connection");
    // One that dies in the wait is no failure, as long as another can be had.
    assert!(timeout(Duration::from_millis(100), imap.wait(LONG)).await.is_err());
    servers.stop_imap();
    servers.start_imap();
    assert!(imap.list(0).await.unwrap().is_empty());
    servers.stop_imap();
    assert!(imap.list(0).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn without_idle_waiting_is_only_waiting() {
    let mut servers = Servers::start();
    servers.start_imap_with("imap_capability = IMAP4rev1 AUTH=PLAIN");
    let mut imap = Imap::new(settings(&servers));
    assert!(imap.list(0).await.unwrap().is_empty());
    deliver(&servers, &["one"]);
    imap.wait(Duration::from_millis(20)).await.unwrap();
    assert_eq!(uids(&mut imap, 0).await, [1]);
}

#[tokio::test]
async fn tls_and_starttls_are_believed_only_with_a_trusted_certificate() {
    let servers = Servers::start();
    deliver(&servers, &["one"]);
    for (security, port) in [(Security::Tls, servers.imaps_port()), (Security::StartTls, servers.imap_port())]
    {
        let mut trusting = settings(&servers);
        trusting.peer = Peer { security, port, ca_file: Some(servers.ca_file()), ..trusting.peer };
        let mut strange = trusting.clone();
        strange.peer.ca_file = None;
        assert_eq!(uids(&mut Imap::new(trusting), 0).await, [1], "{security:?}");
        let error = Imap::new(strange).select().await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{security:?}: {error}");
    }
}

/// A server that says what it is told to, one answer for each line it hears. `{tag}`
/// stands for the line's tag; an answer without line end is followed by the end.
/// What it heard is kept in the second value.
async fn scripted(answers: Vec<&'static str>) -> (Peer, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = heard.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"* OK ready\r\n").await.unwrap();
        let mut tag = String::new();
        for answer in answers {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            // DONE has no tag: what it ends has one.
            let command = line.trim_end().split_once(' ').map_or("DONE", |(own, command)| {
                own.clone_into(&mut tag);
                command
            });
            hears.lock().unwrap().push(command.to_owned());
            stream.write_all(answer.replace("{tag}", &tag).as_bytes()).await.unwrap();
            if !answer.ends_with('\n') {
                return;
            }
        }
        let mut rest = String::new();
        while stream.read_line(&mut rest).await.is_ok_and(|read| read > 0) {}
    });
    let host = "127.0.0.1".to_owned();
    (Peer { table: "imap", host, port, security: Security::None, ca_file: None }, heard)
}

const CAPABILITY: &str = "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK\r\n";
const DONE: &str = "{tag} OK done\r\n";
const SELECTED: &str = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK [READ-WRITE] done\r\n";

async fn told(answers: &[&'static str], limit: Duration) -> Imap {
    let answers = [&[CAPABILITY, DONE, CAPABILITY, SELECTED], answers].concat();
    Imap::new(simple(scripted(answers).await.0, "simple", limit))
}

fn simple(peer: Peer, password: &str, limit: Duration) -> ImapSettings {
    ImapSettings {
        peer,
        user: "contact".to_owned(),
        authentication: Authentication::Password(password.to_owned()),
        mailbox: "INBOX".to_owned(),
        after_handling: AfterHandling::Leave,
        reads: Reads::Whole,
        max_bytes: 1000,
        waits: Waits { silence: limit, ..Waits::default() },
    }
}

#[tokio::test]
async fn a_server_without_sasl_plain_gets_a_quoted_password_or_a_clear_refusal() {
    let (peer, heard) = scripted(vec![CAPABILITY, DONE, CAPABILITY, SELECTED]).await;
    Imap::new(simple(peer, "a\"b\\c {5}", LONG)).select().await.unwrap();
    assert_eq!(heard.lock().unwrap()[1], r#"LOGIN "contact" "a\"b\\c {5}""#);
    let (peer, _) = scripted(vec![CAPABILITY]).await;
    let error = Imap::new(simple(peer, "sésame", LONG)).select().await.unwrap_err();
    assert!(error.to_string().contains("beyond ASCII"), "{error}");
    let (peer, _) = scripted(vec!["* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK\r\n"]).await;
    let error = Imap::new(simple(peer, "simple", LONG)).select().await.unwrap_err();
    assert!(error.to_string().contains("security"), "{error}");
}

#[tokio::test]
async fn news_of_flags_between_the_answers_is_no_mail() {
    const LIST: &str = "* 3 FETCH (FLAGS (\\Seen))\r\n* 2 EXPUNGE\r\n* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n\
                        * 2 FETCH (UID 6 FLAGS (\\Seen))\r\n* OK still here\r\n{tag} OK\r\n";
    let mut imap = told(&[LIST], LONG).await;
    let listed = imap.list(0).await.unwrap();
    assert_eq!(listed.iter().map(|mail| (mail.uid, mail.size)).collect::<Vec<_>>(), [(5, 9)]);
}

#[tokio::test]
async fn an_announcement_ends_an_idle_and_small_talk_does_not() {
    const LIST: &str = "* 4 FETCH (UID 8 RFC822.SIZE 9)\r\n{tag} OK\r\n";
    let talk = "+ idling\r\n* OK still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n";
    let (peer, heard) =
        scripted(vec![CAPABILITY, DONE, CAPABILITY, SELECTED, DONE, DONE, DONE, talk, DONE, LIST]).await;
    let mut imap = Imap::new(simple(peer, "simple", LONG));
    assert!(imap.list(0).await.unwrap().is_empty());
    timeout(LONG, imap.wait(Duration::from_secs(3600))).await.expect("no wake").unwrap();
    assert_eq!(uids(&mut imap, 0).await, [8]);
    let list = |n: u32| format!("UID FETCH {n}:* (UID RFC822.SIZE INTERNALDATE)");
    // One mail alone is seen by three waits for the server, and none of them is a SELECT.
    assert_eq!(heard.lock().unwrap()[4..], [&list(1), "NOOP", &list(1), "IDLE", "DONE", &list(1)]);
}

#[tokio::test]
async fn a_list_that_the_server_breaks_off_is_an_error_and_not_a_short_list() {
    let cut = "* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n* BYE maintenance\r\n* 2 FET";
    let error = told(&[cut], LONG).await.list(0).await.unwrap_err();
    assert!(matches!(error, MailboxError::Lost { .. }), "{error:?}");
    let no = "* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n{tag} NO [SERVERBUG] try later\r\n";
    let mut imap = told(&[no, DONE, "{tag} OK\r\n"], LONG).await;
    let error = imap.list(0).await.unwrap_err();
    assert!(matches!(error, MailboxError::Refused { .. }) && error.is_transient(), "{error:?}");
    imap.list(0).await.expect("after a NO the connection is sound");
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for() {
    let error = told(&["\r\n"], Duration::from_millis(200)).await.list(0).await.unwrap_err();
    assert!(matches!(error, MailboxError::Lost { .. } | MailboxError::Protocol { .. }), "{error:?}");
    let error = told(&["* OK wait\r\n"], Duration::from_millis(200)).await.list(0).await.unwrap_err();
    assert!(error.to_string().contains("silent"), "{error}");
}

#[tokio::test]
async fn a_parse_error_shows_nothing_of_the_mail() {
    let odd = "* 1 FETCH (UID 5 BODY[] {6}\r\nsecret BROKEN\r\n{tag} OK\r\n";
    let error = told(&[odd], LONG).await.list(0).await.unwrap_err();
    assert!(matches!(error, MailboxError::Protocol { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}
