//! How fast it is, how much it costs, how long one mail waits: one table, one run.
//!
//! `make bench` is the short form. What is measured is chosen by variables:
//!
//! ```text
//! BENCH=full              all rows of the table: mailboxes of up to 100,000 mails, 200 single ones
//! BENCH_MAILS=1000,10000  mailboxes of so many mails
//! BENCH_PAST=1000,100000  stores with so many past requests, each handling 1,000 mails; empty for none
//! BENCH_ALONE=200         so many requests that come alone; 0 for none
//! BENCH_MARKS=100000      handled mails in a mailbox that are put away; 0 for none
//! BENCH_KILL=10000        of so many mails half are handled when it is killed, to see how it starts again
//! BENCH_FORMAT=sdbox      how Dovecot keeps mail; else maildir
//! BENCH_KEEP=/some/folder for the journals, which say how each mail was decided
//! ```
//!
//! Ours is the release binary beside this program, and the bare pipeline (`bare.rs`) is what it is
//! measured against. Both read a Dovecot of their own and send to an SMTP server in this program.

mod bare;
mod dice;
mod imap;
mod installation;
mod latency;
mod load;
mod mails;
mod marks;
mod measure;
mod past;
mod people;
mod place;
mod prose;
#[path = "../servers/mod.rs"]
mod servers;
mod sink;
mod start;
mod usage;

use installation::Installation;
use load::Load;
use measure::Measure;
use place::Place;
use sink::Sink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == "bare"
    {
        load::be_bare(rest);
        return ExitCode::SUCCESS;
    }
    if let Err(why) = servers::needed() {
        eprintln!("{why}");
        return ExitCode::FAILURE;
    }
    Bench::new(Measure::read()).run();
    ExitCode::SUCCESS
}

/// So many mails show what a store with a past costs.
const BESIDE_THE_PAST: usize = 1000;

/// Everything that the rows share.
struct Bench {
    measure: Measure,
    place: Place,
    sink: Sink,
    binary: PathBuf,
    dir: tempfile::TempDir,
}

impl Bench {
    fn new(measure: Measure) -> Self {
        let place = Place::start(measure.format, &measure.boxes());
        let binary = std::env::current_exe().expect("this program").with_file_name("../soundingboard");
        assert!(binary.is_file(), "{} is not there; build it with: cargo build --release", binary.display());
        let dir = tempfile::Builder::new().prefix("bench").tempdir().expect("a temporary folder");
        Self { measure, place, sink: Sink::start(), binary, dir }
    }

    fn run(&self) {
        println!("{}", usage::machine(self.dir.path()));
        println!(
            "{}; letters in text and HTML, in English and French; {} connections; {} advisors",
            self.measure.format.name(),
            installation::CONNECTIONS,
            people::ADVISORS
        );
        println!("{}", Self::mixture());
        println!();
        self.loads();
        self.pasts();
        self.starts();
        self.alone();
        self.marks();
    }

    fn mixture() -> String {
        "of 100 mails: 70 forms of 2 KiB, 15 replies with 8-20 KiB HTML, 5 reports, 5 out-of-office, 5 with 200 KiB attached"
            .to_owned()
    }

    fn install(&self, user: &str) -> Installation {
        let installation =
            Installation::new(&self.binary, user, self.place.servers.imap_port(), self.sink.port);
        // The roster is welcomed before anything is measured.
        installation.ask(&["run", "--once"]);
        installation
    }

    fn loads(&self) {
        println!(
            "{:>8} {:>8} {:>8} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9}",
            "mails",
            "requests",
            "letters",
            "bare/s",
            "ours/s",
            "ratio",
            "bare ms",
            "ours ms",
            "bare MiB",
            "ours MiB"
        );
        for (n, mails) in self.measure.mails.iter().enumerate() {
            let user = Measure::box_of("ours", n);
            let installation = self.install(&user);
            let ours = load::ours(&self.place, &self.sink, &installation, &user, *mails);
            let bare =
                load::bare(&self.place, &self.sink, self.dir.path(), &Measure::box_of("bare", n), &ours);
            print_load(&ours, &bare);
            if let Some(dir) = &self.measure.keep {
                std::fs::copy(installation.path("journal"), Path::new(dir).join(format!("journal-{mails}")))
                    .expect("a copy");
            }
        }
        println!(
            "(messages a second from the start to the last 250 and the last move; CPU ms a message without the start; peak RSS)\n"
        );
    }

    fn pasts(&self) {
        if self.measure.pasts.is_empty() {
            return;
        }
        println!(
            "{:>8} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "past", "store MiB", "start ms", "ours/s", "ours ms", "ours MiB"
        );
        for (n, requests) in self.measure.pasts.iter().enumerate() {
            let user = Measure::box_of("past", n);
            let installation = Installation::with_past(
                &self.binary,
                &user,
                self.place.servers.imap_port(),
                self.sink.port,
                *requests,
            );
            installation.ask(&["run", "--once"]);
            let store = installation.store_bytes();
            let ours = load::ours(&self.place, &self.sink, &installation, &user, BESIDE_THE_PAST);
            println!(
                "{requests:>8} {:>9.0} {:>9.0} {:>9.0} {:>9.3} {:>9.1}",
                mib(store),
                ours.start.as_secs_f64() * 1000.0,
                ours.per_second(),
                ours.cpu_of_one(),
                mib(ours.peak_kib * 1024)
            );
        }
        println!("(stores that have seen so many requests; {BESIDE_THE_PAST} mails as above)\n");
    }

    fn starts(&self) {
        let user = Measure::box_of("start", 0);
        let installation = self.install(&user);
        let [clean, killed] =
            start::measure(&self.place, &self.sink, &installation, &user, self.measure.before_kill);
        println!(
            "start: {:.0} ms clean, {:.0} ms after a kill amid {} mails",
            clean.as_secs_f64() * 1000.0,
            killed.as_secs_f64() * 1000.0,
            self.measure.before_kill
        );
    }

    fn alone(&self) {
        if self.measure.alone == 0 {
            return;
        }
        let user = Measure::box_of("alone", 0);
        let installation = self.install(&user);
        let latency = latency::measure(&self.place, &self.sink, &installation, &user, self.measure.alone);
        let ms = |sorted: &[std::time::Duration], permille| {
            latency::of_a_thousand(sorted, permille).as_secs_f64() * 1000.0
        };
        println!(
            "one mail alone, {} times: Dovecot's notice {:.0} ms median, {:.0} ms p99; to SMTP 250 {:.0} ms median, {:.0} ms p99",
            self.measure.alone,
            ms(&latency.notice, 500),
            ms(&latency.notice, 990),
            ms(&latency.ours, 500),
            ms(&latency.ours, 990)
        );
    }

    fn marks(&self) {
        if self.measure.marks == 0 {
            return;
        }
        let time = marks::of_one(&self.place, &Measure::box_of("marks", 0), self.measure.marks);
        println!(
            "put away: {:.3} ms a mail, of {} in the mailbox",
            time.as_secs_f64() * 1000.0,
            self.measure.marks
        );
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

fn print_load(ours: &Load, bare: &Load) {
    let requests = ours.verdicts.get("request").copied().unwrap_or_default();
    println!(
        "{:>8} {:>8} {:>8} {:>9.0} {:>9.0} {:>6.0}% {:>9.3} {:>9.3} {:>9.1} {:>9.1}",
        ours.mails,
        requests,
        ours.letters,
        bare.per_second(),
        ours.per_second(),
        100.0 * ours.per_second() / bare.per_second(),
        bare.cpu_of_one(),
        ours.cpu_of_one(),
        mib(bare.peak_kib * 1024),
        mib(ours.peak_kib * 1024)
    );
}
