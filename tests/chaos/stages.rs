//! In which of its stages the daemon is, as its journal tells.

use crate::people::daemon::Serving;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::hint::spin_loop;
use std::io::Read;
use std::thread::yield_now;
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

    /// The stage that was hit least: the next aim.
    pub fn rarest(&self) -> Stage {
        Stage::ALL.into_iter().min_by_key(|stage| self.of(*stage)).expect("four stages")
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

/// The journal of a daemon that runs, as far as it has been looked at.
pub struct Watched {
    journal: File,
    /// A line whose end has not been written yet.
    begun_line: Vec<u8>,
    begun: BTreeMap<Stage, u32>,
    is_at_rest: bool,
}

/// After its rest was seen, letters may still be under way.
const REST: Duration = Duration::from_millis(300);
/// Nothing takes so long.
const HUNG: Duration = Duration::from_secs(60);

impl Watched {
    pub fn new(serving: &Serving) -> Self {
        let journal = File::open(serving.log()).expect("its journal");
        Self { journal, begun_line: Vec::new(), begun: BTreeMap::new(), is_at_rest: false }
    }

    /// Returns so long after this stage has begun so many times, or when nothing more is to be
    /// expected. It looks without a pause: a stage may be over in half a millisecond.
    #[expect(clippy::disallowed_methods, reason = "the instant of a kill is any instant")]
    pub fn wait_for(&mut self, stage: Stage, times: u32, then: Duration) {
        let began = Instant::now();
        let mut last_word = began;
        while self.begun.get(&stage).copied().unwrap_or_default() < times {
            assert!(began.elapsed() < HUNG, "it does neither {stage:?} nor anything else");
            if self.read_on() {
                last_word = Instant::now();
            }
            if self.is_at_rest && last_word.elapsed() > REST {
                return;
            }
            yield_now();
        }
        let began = Instant::now();
        while began.elapsed() < then {
            spin_loop();
        }
    }

    /// Whether there was something to read.
    fn read_on(&mut self) -> bool {
        let read = self.journal.read_to_end(&mut self.begun_line).expect("its journal");
        while let Some(end) = self.begun_line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun_line.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            self.is_at_rest |= message(&line) == Some("waiting for mail");
            let begun = Stage::ALL.into_iter().find(|stage| message(&line) == Some(stage.begins()));
            begun.into_iter().for_each(|stage| *self.begun.entry(stage).or_default() += 1);
        }
        read > 0
    }
}
