//! `resume`: a pause ends; the operator sees what a restored store holds back, and lets it go on.

use super::{ArchiveError, config, ledger_of, shown};
use crate::args;
use crate::control::{self, Asked};
use crate::decider::Work;
use crate::program::batch::Outgoing;
use crate::program::gap::{self, HeldBack, Restored};
use crate::program::input::Input;
use crate::program::order::Order;
use crate::program::record::{Record, Timestamp};
use crate::program::standstill;
use crate::run::{Bench, Trouble};
use crate::store::overlay::GroupView;
use serde_json::json;
use std::path::PathBuf;

/// So many letters are named; more are counted.
const NAMED: usize = 20;

/// `resume`: what it prints.
pub fn resume(arguments: &args::Resume) -> Result<String, ArchiveError> {
    let config = config(&arguments.config.path)?;
    ledger_of(&config.store.path)?;
    let asked = Asked::Resume { dry_run: arguments.dry_run };
    // A daemon runs on no store that is held: it can only be paused.
    if let Some(said) = control::client::talk(&config.store.path, &asked)? {
        return Ok(if arguments.json { format!("{}\n", said.json) } else { said.text });
    }
    let bench = Bench::open_held(&arguments.config.path)?;
    let (decider, now) = (&bench.decider, bench.decider.clock.now());
    let view = GroupView::new(&*decider.store);
    let restored = gap::restored(&view).filter(|r| r.resumed.is_none());
    let held = Held {
        store: bench.store.clone(),
        letters: letters(&view),
        back: gap::held_back(&view, now),
        restored,
        paused: standstill::since(&view),
        now,
        done: !arguments.dry_run,
    };
    if let Some(fault) = view.take_fault() {
        return Err(Trouble::Store(fault).into());
    }
    if !arguments.dry_run {
        let resumed = held.restored.as_ref().map(|_| Input::Resumed);
        let went_on = held.paused.map(|_| Input::Ordered(Order::GoOn));
        let inputs: Vec<Input> = resumed.into_iter().chain(went_on).collect();
        decider.work(&Work::Inputs(inputs)).map_err(Trouble::from)?;
    }
    Ok(if arguments.json { held.json() } else { held.text() })
}

/// To whom, about what: the letters that would leave by themselves.
fn letters(view: &GroupView) -> Vec<String> {
    use crate::program::View;
    let rows = view.range(&format!("{}/", Outgoing::TABLE));
    let copies = rows.iter().filter_map(|(_, text)| serde_json::from_str::<Outgoing>(text).ok());
    let queued = copies.filter(|copy| !copy.held);
    queued.take(NAMED).map(|copy| format!("{}: {}", copy.recipient, copy.subject)).collect()
}

/// What is said of a held store.
struct Held {
    store: PathBuf,
    restored: Option<Restored>,
    /// Since when an operator has it paused.
    paused: Option<Timestamp>,
    back: HeldBack,
    letters: Vec<String>,
    now: Timestamp,
    done: bool,
}

impl Held {
    fn text(&self) -> String {
        match (&self.restored, self.paused) {
            (None, None) => {
                format!("The store in {} is not held: there is nothing to resume.\n", self.store.display())
            }
            (None, Some(since)) => self.pause_text(since),
            (Some(restored), None) => self.held_text(restored),
            (Some(restored), Some(since)) => self.pause_text(since) + &self.held_text(restored),
        }
    }

    fn pause_text(&self, since: Timestamp) -> String {
        let since = shown(since);
        match self.done {
            true => {
                format!("The pause that began {since} is over. No daemon runs: the next start goes on.\n")
            }
            false => format!("Paused since {since}. This was a dry run: it is still paused.\n"),
        }
    }

    fn held_text(&self, restored: &Restored) -> String {
        let HeldBack { letters, waiting, timers } = self.back;
        let (backup, age) = (shown(restored.backup), age(self.now - restored.backup));
        let mut text = format!(
            "The store in {} was put back from a backup of {backup}, {age} old. Held were:\n\
             - {letters} unsent at the time of the backup\n",
            self.store.display(),
            letters = counted(letters, "letter", "letters"),
        );
        self.letters.iter().for_each(|letter| text += &format!("    {letter}\n"));
        text += &format!(
            "- {} that waited for the staff's approval\n- {} that fell due since\n",
            counted(waiting, "letter", "letters"),
            counted(timers, "reminder or other deadline", "reminders and other deadlines")
        );
        text += if self.done {
            "It goes on with the next start of the daemon. None of these goes out by itself, nor does any answer to mail \
             that came since the backup: that mail is read again so that all requests stand where they stood, and \
             the staff get one list of what may have gone out before, to say HANDLED or APPROVE to.\n"
        } else {
            "This was a dry run: it is still held.\n"
        };
        text
    }

    fn json(&self) -> String {
        let json = json!({
            "store": self.store.display().to_string(),
            "held": self.restored.is_some() && !self.done,
            "resumed": self.restored.is_some() && self.done,
            "backup": self.restored.as_ref().map(|r| shown(r.backup)),
            "letters": self.back.letters, "waiting": self.back.waiting, "timers": self.back.timers,
            "paused": self.paused.map(shown), "pause_ended": self.paused.is_some() && self.done,
        });
        format!("{json}\n")
    }
}

fn counted(n: usize, one: &str, several: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {several}") }
}

fn age(age: chrono::TimeDelta) -> String {
    let count = |n: i64, one: &str, several: &str| counted(usize::try_from(n).unwrap_or(0), one, several);
    match (age.num_days(), age.num_hours()) {
        (0, 0) => count(age.num_minutes(), "minute", "minutes"),
        (0, hours) => count(hours, "hour", "hours"),
        (days, _) => count(days, "day", "days"),
    }
}
