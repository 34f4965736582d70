//! The built program killed over and over amid its work, on real servers.
//!
//! People write (requests, answers, reports, noise), the daemon is killed with SIGKILL in each of
//! its four stages, started again, killed again. In the end an independent checker proves from
//! what was sent in and from the people's mailboxes alone that every request had exactly one life:
//! every letter due was received, none twice but for the one window that SMTP leaves open.
//!
//! `cargo test --test chaos` is the short form. `make chaos` is the long one: `CHAOS_KILLS` kills
//! and `CHAOS_MAILS` mails.

mod checker;
mod crowd;
#[path = "../people/mod.rs"]
mod people;
mod rows;
#[path = "../servers/mod.rs"]
mod servers;
mod stages;
mod weeks;

use checker::Checker;
use crowd::Crowd;
use people::daemon::{Choices, Installation};
use servers::{CONTACT, Servers};
use stages::{Counts, Stage};
use std::path::Path;
use std::time::Duration;
use weeks::Calendar;

/// How much is done.
struct Measure {
    kills: usize,
    mails: usize,
}

impl Measure {
    fn read() -> Self {
        let number = |name: &str, otherwise| {
            let given = std::env::var(name).ok();
            given.map_or(otherwise, |n| n.parse().unwrap_or_else(|_| panic!("{name}={n} is no number")))
        };
        Self { kills: number("CHAOS_KILLS", 16), mails: number("CHAOS_MAILS", 160) }
    }

    /// Of 500 kills fifty in each stage, of fewer one in ten.
    fn is_enough(&self, counts: &Counts) -> bool {
        Stage::ALL.iter().all(|stage| counts.of(*stage) >= (self.kills / 10).max(1))
    }
}

#[test]
fn killed_at_any_instant_nothing_is_lost_and_nothing_done_twice() {
    let measure = Measure::read();
    let mut crowd = Crowd::of(measure.mails);
    let servers = Servers::start_with(&crowd.addresses());
    let choices = Choices { log: "debug", ..Choices::default() };
    let installation = Installation::new(Path::new(env!("CARGO_BIN_EXE_soundingboard")), &servers, choices);
    let mut calendar = Calendar::begin();

    // The advisors sign up in peace.
    weeks::settle(&installation, &mut calendar);
    crowd.sign_up(&servers);
    weeks::settle(&installation, &mut calendar);

    let counts = storm(&measure, &mut crowd, &servers, &installation, &mut calendar);
    println!("{counts}");
    crowd.finish(&servers);
    weeks::settle(&installation, &mut calendar);
    crowd.react(&servers);
    weeks::settle(&installation, &mut calendar);

    let mut checker = Checker::new(&crowd.log);
    checker.storm(&servers, counts.all() * LETTERS_AT_A_KILL);
    // Nobody's clock was lost: those who stayed silent are reminded, then given up.
    calendar.to("2026-11-05 14:00");
    weeks::settle(&installation, &mut calendar);
    checker.reminded(&servers);
    calendar.to("2026-11-09 14:00");
    weeks::settle(&installation, &mut calendar);
    calendar.to("2026-11-12 14:00");
    weeks::settle(&installation, &mut calendar);
    checker.expired(&servers);
    assert_eq!(rows::differences(&installation.store()), [] as [String; 0], "the index and the ledger");

    println!("{checker}");
    let left = servers.contact_flags().into_iter().filter(|kept| kept.folder == "INBOX").count();
    assert_eq!(
        left,
        crowd.left_in_the_inbox(),
        "mail that is not for us stays, and nothing else of {CONTACT}"
    );
}

/// Letters that may be under way at once: one a connection.
const LETTERS_AT_A_KILL: usize = 2;

/// A stage is over in one to ten milliseconds.
const TENTHS_OF_A_MILLISECOND: u32 = 12;

/// People write, and the daemon is killed, so many times and often enough in each stage.
fn storm(
    measure: &Measure,
    crowd: &mut Crowd,
    servers: &Servers,
    installation: &Installation,
    calendar: &mut Calendar,
) -> Counts {
    let mut counts = Counts::default();
    while counts.all() < measure.kills || !measure.is_enough(&counts) {
        let life = counts.all() + 1;
        assert!(life <= measure.kills * 4, "most stages are over before a kill can reach them: {counts}");
        crowd.write(servers, measure.mails * life.min(measure.kills) / measure.kills);
        crowd.react(servers);
        let serving = installation.serve(&calendar.now());
        let (aim, times) = (counts.rarest(), 1 + crowd.chance(3));
        let then = Duration::from_micros(100) * crowd.chance(TENTHS_OF_A_MILLISECOND);
        stages::Watched::new(&serving).wait_for(aim, times, then);
        let died = serving.kill();
        assert_eq!(died.code, None, "it ended by itself:\n{}", died.stderr);
        counts.count(&stages::at_the_end_of(&died.stderr));
    }
    counts
}
