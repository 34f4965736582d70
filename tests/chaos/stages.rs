//! In which of its stages the daemon is, as its journal tells.

use crate::people::daemon::Serving;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a mail and its letters go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Fetch,
    Commit,
    Send,
    Mark,
}

impl Stage {
    pub const ALL: [Stage; 4] = [Stage::Fetch, Stage::Commit, Stage::Send, Stage::Mark];

    fn begins(self) -> &'static str {
        match self {
            Stage::Fetch => "fetching",
            Stage::Commit => "committing",
            Stage::Send => "offering",
            Stage::Mark => "marking",
        }
    }

    fn ends(self, message: &str) -> bool {
        match self {
            Stage::Fetch => message == "mailbox read",
            Stage::Commit => message == "committed",
            Stage::Send => ["accepted", "refused"].contains(&message) || message.contains("accepted,"),
            Stage::Mark => message == "handled mail put away",
        }
    }
}

/// The stages that a journal leaves open.
pub fn at_the_end_of(journal: &str) -> Vec<Stage> {
    let is_open = |stage: &Stage| {
        let last = journal.lines().rev().filter_map(message).find_map(|message| {
            if message == stage.begins() { Some(true) } else { stage.ends(message).then_some(false) }
        });
        last == Some(true)
    };
    Stage::ALL.into_iter().filter(is_open).collect()
}

fn message(line: &str) -> Option<&str> {
    line.split_once("\"message\":\"")?.1.split_once('"').map(|(message, _)| message)
}

/// How many kills fell into each stage; into several at once where it worked on both sides.
#[derive(Default)]
pub struct Counts {
    of: BTreeMap<Stage, usize>,
    between: usize,
    all: usize,
}

impl Counts {
    pub fn count(&mut self, stages: &[Stage]) {
        self.all += 1;
        self.between += usize::from(stages.is_empty());
        stages.iter().for_each(|stage| *self.of.entry(*stage).or_default() += 1);
    }

    pub fn of(&self, stage: Stage) -> usize {
        self.of.get(&stage).copied().unwrap_or_default()
    }

    pub fn all(&self) -> usize {
        self.all
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |stage| self.of(stage);
        let (fetch, commit, send, mark) =
            (of(Stage::Fetch), of(Stage::Commit), of(Stage::Send), of(Stage::Mark));
        let Self { all, between, .. } = self;
        write!(
            f,
            "{all} kills: {fetch} in fetch, {commit} in commit, {send} in send, {mark} in mark, {between} between"
        )
    }
}

/// The journal of a daemon that runs.
pub struct Watched {
    journal: File,
    unread: String,
}

impl Watched {
    pub fn new(serving: &Serving) -> Self {
        Self { journal: File::open(serving.log()).expect("its journal"), unread: String::new() }
    }

    /// Returns some tenths of a millisecond after this stage has begun so many times, or after two
    /// seconds.
    #[expect(clippy::disallowed_methods, reason = "the instant of a kill is any instant")]
    pub fn wait_for(&mut self, stage: Stage, times: u32, tenths: u32) {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) && self.begun(stage) < times as usize {
            sleep(Duration::from_micros(50));
        }
        sleep(Duration::from_micros(100) * tenths);
    }

    fn begun(&mut self, stage: Stage) -> usize {
        // What is no UTF-8 yet is read whole at the next look.
        let _ = self.journal.read_to_string(&mut self.unread);
        self.unread.lines().filter_map(message).filter(|message| *message == stage.begins()).count()
    }
}
