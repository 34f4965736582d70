//! The daemon on an IMAP server that fails it: whatever goes wrong there, no mail is lost, none is
//! acted on twice, and the daemon goes on.
//!
//! `IMAP_CUTS=1` cuts the connection at every single byte.

mod server;
#[path = "../world/mod.rs"]
mod world;

use server::{Deed, Server};
use soundingboard::clock::Clock;
use soundingboard::config::First;
use soundingboard::daemon::{Daemon, Desk, Folder, Reader, no_trial};
use soundingboard::decider::Decider;
use soundingboard::mailbox::{
    AfterHandling, Authentication, ContactMailbox, Imap, ImapSettings, MailboxError, Reads, Waits,
};
use soundingboard::program::input::Purpose;
use soundingboard::store::Store;
use soundingboard::store::memory::Memory;
use soundingboard::tls::{Peer, Security};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use world::power::Power;
use world::wires::{Post, WorldSubmission};

const SILENCE: Duration = Duration::from_millis(150);

fn settings(server: &Server) -> ImapSettings {
    let host = "127.0.0.1".to_owned();
    ImapSettings {
        peer: Peer { table: "imap", host, port: server.port, security: Security::None, ca_file: None },
        user: "contact".to_owned(),
        authentication: Authentication::Password("secret".to_owned()),
        mailbox: "INBOX".to_owned(),
        after_handling: AfterHandling::Move("Handled".to_owned()),
        reads: Reads::Whole,
        max_bytes: 100_000,
        waits: Waits { silence: SILENCE, done: SILENCE, ..Waits::default() },
    }
}

fn sign_up(name: &str) -> Vec<u8> {
    let local = name.to_lowercase();
    format!(
        "From: {name} <{local}@campus.example>\r\nTo: contact@network.example\r\nSubject: Advisor sign-up\r\n\
         Message-ID: <{local}@campus.example>\r\nDate: Mon, 2 Nov 2026 09:00:00 +0100\r\n\r\n\
         Name: {name}\r\nInstitution: Campus University Library\r\nAreas: Koha\r\n"
    )
    .into_bytes()
}

/// Three people sign up.
fn mails() -> Vec<Vec<u8>> {
    ["Amina", "Leila", "Karim"].map(sign_up).into()
}

/// The daemon beside a server, with a store in memory.
struct House {
    server: Server,
    desk: Desk,
    store: Arc<Memory>,
    clock: Clock,
    post: Post,
    daemon: Daemon<Imap, WorldSubmission>,
}

impl House {
    async fn beside(server: Server) -> Self {
        static WORDING: LazyLock<Arc<soundingboard::templates::Templates>> =
            LazyLock::new(|| Arc::new(world::templates(&world::rules())));
        let (clock, _) = Clock::manual("2026-11-02T09:00:00Z".parse().expect("a time"));
        let store = Arc::new(Memory::new());
        let decider = Decider {
            rules: world::rules(),
            wording: WORDING.clone(),
            store: store.clone(),
            clock: clock.clone(),
        };
        let desk = Desk::open(decider).expect("a thread");
        let post = Post::default();
        let daemon = daemon(&server, &desk, &clock, &post);
        Self { server, desk, store, clock, post, daemon }
    }

    /// The daemon runs until it has come through; says how often it has not.
    async fn comes_through(&mut self) -> usize {
        for failed in 0..12 {
            let once = self.daemon.run_once().await;
            match once {
                Ok(once) if once.unread.is_none() && !once.unsent => return failed,
                Ok(_) => {}
                Err(fault) => assert!(fault.is_passing(), "the daemon would have stopped: {fault}"),
            }
        }
        panic!("it never came through")
    }

    /// Starts the daemon anew on what is stored.
    fn restart(&mut self) {
        self.daemon = daemon(&self.server, &self.desk, &self.clock, &self.post);
    }

    /// Each of the three has one letter, and each mail was moved once.
    fn assert_all_is_well(&self, about: &str) {
        let mut readers: Vec<String> = self.post.take_sent().iter().map(|letter| letter.to.key()).collect();
        readers.sort();
        let expected = ["amina", "karim", "leila"].map(|who| format!("{who}@campus.example"));
        assert_eq!(readers, expected, "{about}");
        let mut moved = self.server.held().moved.clone();
        moved.sort_unstable();
        assert_eq!(moved, [1, 2, 3], "{about}");
    }

    fn rows(&self, prefix: &str) -> Vec<String> {
        let rows = self.store.range(prefix, usize::MAX).expect("memory");
        rows.into_iter().map(|(_, value)| value).collect()
    }
}

fn daemon(server: &Server, desk: &Desk, clock: &Clock, post: &Post) -> Daemon<Imap, WorldSubmission> {
    let folder = Folder {
        name: "INBOX".to_owned(),
        purpose: Purpose::Contact,
        first: First::All,
        marks: true,
        holds_handled: false,
        trial: no_trial(),
    };
    let reader = Reader::new(Imap::new(settings(server)), desk.clone(), clock.clone(), folder);
    let submission = WorldSubmission { post: post.clone(), power: Arc::new(Power::always()) };
    Daemon { reader, also: Vec::new(), handled: None, submission }
}

/// The daemon beside a server with this fault; it comes through and all is well.
async fn endures(about: &str, fault: impl FnMut(usize, &str) -> Option<Deed> + Send + 'static) -> House {
    let server = Server::with(&mails()).await;
    server.set_fault(fault);
    let mut house = House::beside(server).await;
    house.comes_through().await;
    house.assert_all_is_well(about);
    house
}

/// A deed at the first command that begins so.
fn once(begins: &'static str, deed: Deed) -> impl FnMut(usize, &str) -> Option<Deed> + Send {
    let mut deed = Some(deed);
    move |_, command| if command.starts_with(begins) { deed.take() } else { None }
}

fn say(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[tokio::test]
async fn a_connection_cut_at_any_byte_loses_no_mail_and_answers_none_twice() {
    let whole = endures("uncut", |_, _| None).await.server.held().sent;
    let step = std::env::var("IMAP_CUTS").map_or(23, |step| step.parse().expect("IMAP_CUTS is a number"));
    assert!(whole > 1000, "the whole dialogue has only {whole} bytes");
    for cut in (0..whole).step_by(step) {
        let server = Server::with(&mails()).await;
        server.held().cut = Some(cut);
        let mut house = House::beside(server).await;
        assert!(house.comes_through().await <= 1, "cut once after {cut} bytes, it failed more often");
        house.assert_all_is_well(&format!("cut after {cut} bytes"));
        assert!(house.server.held().connections >= 2, "it was not cut after {cut} bytes");
    }
}

const COMMANDS: [&str; 7] =
    ["CAPABILITY", "AUTHENTICATE", "SELECT", "NOOP", "UID FETCH 1:*", "UID FETCH 1:3 (UID BODY", "UID MOVE"];

#[tokio::test]
async fn a_server_that_falls_silent_at_any_command_is_left_and_asked_again() {
    for command in COMMANDS {
        endures(command, once(command, Deed::Silence)).await;
    }
}

#[tokio::test]
async fn a_server_that_says_bye_or_hangs_up_at_any_command_is_asked_again() {
    for command in COMMANDS {
        endures(command, once(command, Deed::Close)).await;
        // It stays open, and is not waited for.
        let bye = say("* BYE [UNAVAILABLE] going down for maintenance\r\n");
        endures(command, once(command, Deed::Instead(bye))).await;
    }
}

#[tokio::test]
async fn no_and_bad_between_or_instead_of_answers_are_borne() {
    for command in COMMANDS {
        let between =
            say("* NO disk is getting full\r\n* BAD what was that\r\n* OK [ALERT] maintenance at noon\r\n");
        endures(command, once(command, Deed::Before(between))).await;
        let refused = say("{tag} NO [UNAVAILABLE] try later\r\n");
        endures(command, once(command, Deed::Instead(refused))).await;
    }
    for command in ["UID FETCH 1:*", "UID FETCH 1:3 (UID BODY"] {
        endures(command, once(command, Deed::Instead(say("{tag} BAD what was that\r\n")))).await;
    }
}

#[tokio::test]
async fn a_flood_of_news_between_the_answers_is_passed_over() {
    for command in COMMANDS {
        let news = "* 2 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 1 FLAGS (\\Seen $Important))\r\n\
                    * 3 EXISTS\r\n* 9 FETCH (UID 9 BODY[] {4}\r\nlies)\r\n";
        endures(command, once(command, Deed::Before(say(&news.repeat(5000))))).await;
    }
}

#[tokio::test]
async fn uidnext_that_is_missing_or_goes_backwards_hides_no_mail() {
    for uid_next in [None, Some(1), Some(2)] {
        let server = Server::with(&mails()).await;
        server.held().uid_next = uid_next;
        let mut house = House::beside(server).await;
        house.comes_through().await;
        house.assert_all_is_well(&format!("UIDNEXT {uid_next:?}"));
    }
}

#[tokio::test]
async fn mail_that_is_expunged_while_bodies_come_is_counted_and_the_rest_is_answered() {
    let server = Server::with(&mails()).await;
    // Listed, and gone when it is asked for: the numbers of all that follows shrink by one.
    let shelf = server.clone();
    server.set_fault(once("UID FETCH 1:3 (UID BODY", Deed::Before(say("* 2 EXPUNGE\r\n"))));
    let listed = std::mem::take(shelf.held().mails.get_mut(&2).expect("it is there"));
    assert!(!listed.is_empty());
    let mut house = House::beside(server).await;
    house.comes_through().await;
    let readers: Vec<String> = house.post.take_sent().iter().map(|letter| letter.to.key()).collect();
    assert_eq!(readers.len(), 2, "{readers:?}");
    assert!(house.rows("reading/")[0].contains("\"vanished\":1"), "{:?}", house.rows("reading/"));
}

/// One mail of three cannot be had; the others are answered, and this one is told to the staff.
async fn quarantines_the_second(about: &str, second: impl Fn(&str) -> Option<Deed> + Send + 'static) {
    let server = Server::with(&mails()).await;
    server.set_fault(move |_, command| second(command));
    let mut house = House::beside(server).await;
    house.comes_through().await;
    let readers: Vec<String> = house.post.take_sent().iter().map(|letter| letter.to.key()).collect();
    assert_eq!(readers, ["amina@campus.example", "karim@campus.example"], "{about}");
    let holds = house.rows("hold/");
    assert!(holds.iter().any(|hold| hold.contains("INBOX, UID 2")), "{about}: {holds:?}");
    assert_eq!(house.server.held().moved, [1, 3], "{about}");
}

/// Whether a command asks for the body of the second mail.
fn asks_for_second(command: &str) -> bool {
    command.starts_with("UID FETCH 1:3 (UID BODY")
        || command.starts_with("UID FETCH 2:3 (UID BODY")
        || command.starts_with("UID FETCH 2 (UID BODY")
}

#[tokio::test]
async fn a_literal_that_lies_about_its_size_costs_that_mail_alone() {
    for (about, lie) in [
        ("too small", "* 2 FETCH (UID 2 BODY[] {3}\r\nFrom: x@campus.example\r\n\r\nx\r\n)\r\n{tag} OK\r\n"),
        (
            "too large",
            "* 2 FETCH (UID 2 BODY[] {3000}\r\nFrom: x@campus.example\r\n\r\nx\r\n)\r\n{tag} OK\r\n",
        ),
        ("gigabytes", "* 2 FETCH (UID 2 BODY[] {4294967295}\r\nFrom: x@campus.example\r\n"),
        ("more than any number", "* 2 FETCH (UID 2 BODY[] {99999999999999999999999999}\r\nx"),
        ("no number", "* 2 FETCH (UID 2 BODY[] {-1}\r\nx)\r\n{tag} OK\r\n"),
    ] {
        quarantines_the_second(about, move |command| {
            asks_for_second(command).then(|| Deed::Instead(say(lie)))
        })
        .await;
    }
}

#[tokio::test]
async fn a_mail_at_which_the_server_ends_or_never_ends_costs_that_mail_alone() {
    quarantines_the_second("ends", |command| asks_for_second(command).then_some(Deed::Close)).await;
    for endless in ["x", "* 2 FETCH (UID 2 BODY[] \"x", "* OK [x"] {
        quarantines_the_second(endless, move |command| {
            asks_for_second(command).then(|| Deed::Endless(say(endless).repeat(1000)))
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_that_talks_for_ever_is_as_good_as_silent() {
    let server = Server::with(&mails()).await;
    server.set_fault(once("NOOP", Deed::Endless(say(&"* 1 FETCH (FLAGS (\\Seen))\r\n".repeat(100)))));
    let waits = Waits { answer: SILENCE, ..settings(&server).waits };
    let mut imap = Imap::new(ImapSettings { waits, ..settings(&server) });
    let error = imap.survey().await.unwrap_err();
    assert!(matches!(error, MailboxError::Lost { .. }), "{error:?}");
    assert_eq!(imap.survey().await.unwrap().mails, 3);
}

#[tokio::test]
async fn an_idle_is_renewed_before_the_server_would_end_it() {
    let server = Server::with(&[]).await;
    let waits = Waits { idle: Duration::from_millis(20), ..settings(&server).waits };
    let mut imap = Imap::new(ImapSettings { waits, ..settings(&server) });
    for _ in 0..3 {
        assert!(imap.list(0).await.unwrap().is_empty());
        imap.wait(Duration::from_secs(24 * 3600)).await.unwrap();
    }
    assert!(imap.list(0).await.unwrap().is_empty());
    assert_eq!((server.heard("IDLE"), server.heard("DONE"), server.held().connections), (3, 3, 1));
    // After a wait without news, the folder may not be what it was.
    imap.select().await.unwrap();
    assert_eq!(server.heard("SELECT"), 2);
}

#[tokio::test]
async fn a_connection_that_died_in_an_idle_is_replaced_and_mail_is_not_slept_over() {
    let server = Server::with(&[]).await;
    server.set_fault(once("DONE", Deed::Silence));
    let mut imap = Imap::new(settings(&server));
    assert!(imap.list(0).await.unwrap().is_empty());
    imap.wait(Duration::from_millis(20)).await.unwrap();
    server.held().mails.insert(1, sign_up("Amina"));
    assert_eq!(imap.list(0).await.unwrap().len(), 1);
    assert_eq!(server.held().connections, 2);
}

#[tokio::test]
async fn a_folder_deleted_and_made_again_is_read_by_its_headers_alone() {
    let mut house = endures("the first time", |_, _| None).await;
    {
        let mut shelf = house.server.held();
        shelf.uid_validity = 8;
        shelf.moved.clear();
        // The copies of a backup, in another order, and one mail more.
        let mails = ["Karim", "Amina", "Nour", "Leila"].map(sign_up);
        shelf.mails = (1..).zip(mails).collect();
        shelf.heard.clear();
    }
    // The server says so on the connection that stands.
    house.server.set_fault(once("NOOP", Deed::Before(say("* OK [UIDVALIDITY 8] made again\r\n"))));
    house.comes_through().await;
    let readers: Vec<String> = house.post.take_sent().iter().map(|letter| letter.to.key()).collect();
    assert_eq!(readers, ["nour@campus.example"]);
    let bodies =
        house.server.held().heard.iter().filter(|c| c.contains("BODY.PEEK[]")).cloned().collect::<Vec<_>>();
    assert_eq!(bodies, ["UID FETCH 3 (UID BODY.PEEK[])"]);
    house.restart();
    house.comes_through().await;
    assert!(house.post.take_sent().is_empty());
}
