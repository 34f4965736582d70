//! `status`: how the daemon is, and what waits.

use super::Said;
use super::office::Look;
use crate::args;
use crate::daemon::Kind;
use crate::explain::page::Page;
use crate::explain::phrases::{counted, shown};
use crate::explain::timers;
use crate::program::batch::Outgoing;
use crate::program::gap::{self, Restored};
use crate::program::kept_back::KeptBack;
use crate::program::record::{Hold, Reading, Record, Timestamp};
use crate::program::schedule::Timer;
use crate::program::{breaker, outbox, staff, standstill, timer};
use chrono::DateTime;
use chrono_tz::Tz;
use serde::Serialize;
use std::fs::{File, TryLockError};
use std::path::Path;

/// So many timers are told.
const TIMERS: usize = 3;

/// All of it. The names are a promise to other programs; times are RFC 3339 in the network's zone.
#[derive(Debug, Serialize)]
struct Status {
    store: String,
    /// None: no daemon runs.
    daemon: Option<Running>,
    paused: Option<DateTime<Tz>>,
    restored: Option<PutBack>,
    mailbox: Vec<Folder>,
    mail: Mail,
    outbox: Outbox,
    timers: Timers,
    staff: Waiting,
    errors: Vec<Error>,
}

#[derive(Debug, Serialize)]
struct Running {
    version: &'static str,
    pid: u32,
    since: DateTime<Tz>,
    /// When the mailbox was last read to its end.
    read_to_end: Option<DateTime<Tz>>,
}

/// The store was put back from a backup.
#[derive(Debug, Serialize)]
struct PutBack {
    backup: DateTime<Tz>,
    /// Nothing is done before `resume`.
    held: bool,
    /// What came since the backup has not all been read again.
    catching_up: bool,
}

#[derive(Debug, Serialize)]
struct Folder {
    folder: String,
    /// Every mail up to this UID has been decided.
    last_uid: u32,
    older: u64,
    vanished: u64,
}

/// Mail that was read and waits.
#[derive(Debug, Serialize)]
struct Mail {
    /// Behind a brake.
    kept_back: u64,
    /// For a decision of the staff, with somebody who waits for it.
    held: usize,
    /// Handled, and still to be marked or moved in the mailbox.
    to_put_away: usize,
}

#[derive(Debug, Serialize)]
struct Outbox {
    letters: usize,
    oldest: Option<DateTime<Tz>>,
    next_attempt: Option<DateTime<Tz>>,
    last_answer: Option<String>,
    /// Letters that wait for the staff's approval.
    for_approval: usize,
    /// Letters that may have arrived, of which the staff were asked.
    uncertain: usize,
}

#[derive(Debug, Serialize)]
struct Timers {
    count: usize,
    next: Vec<Due>,
}

#[derive(Debug, Serialize)]
struct Due {
    due: DateTime<Tz>,
    what: &'static str,
    case: Option<String>,
}

/// What needs the staff.
#[derive(Debug, Serialize)]
struct Waiting {
    holds: usize,
    exceptions: usize,
    oldest: Option<DateTime<Tz>>,
}

/// The latest of its kind since the start.
#[derive(Debug, Serialize)]
struct Error {
    kind: &'static str,
    at: DateTime<Tz>,
    why: String,
}

/// How things stand.
pub fn said(look: &Look) -> Said {
    let status = Status::of(look);
    let json = serde_json::to_value(&status).unwrap_or_default();
    Said::well(status.text(look), json)
}

impl Status {
    fn of(look: &Look) -> Self {
        let readings = Reading::all_stored(look.view, "").into_iter();
        let mut holds = staff::waiting_now(&look.turn());
        holds.sort_by_key(|hold| hold.since);
        Self {
            store: look.office.store.display().to_string(),
            daemon: running(look),
            paused: standstill::since(look.view).map(|at| look.local(at)),
            restored: gap::restored(look.view).and_then(|restored| put_back(look, &restored)),
            mailbox: readings
                .map(|Reading { folder, last_uid, older, vanished, .. }| Folder {
                    folder,
                    last_uid,
                    older,
                    vanished,
                })
                .collect(),
            mail: Mail {
                kept_back: KeptBack::all_stored(look.view, "").iter().map(|kept| kept.mails).sum(),
                held: holds.iter().filter(|hold| hold.from.is_some()).count(),
                to_put_away: look.view.range("mark/").len(),
            },
            outbox: outbox_of(look),
            timers: timers_of(look),
            staff: waiting(look, &holds),
            errors: errors(look),
        }
    }
}

fn running(look: &Look) -> Option<Running> {
    let alive = look.office.alive.as_ref()?;
    let read_to_end = alive.pulse.lived().read;
    Some(Running {
        version: args::version(),
        pid: std::process::id(),
        since: look.local(alive.since),
        read_to_end: read_to_end.map(|at| look.local(at)),
    })
}

/// One that has long gone on is as any other.
fn put_back(look: &Look, restored: &Restored) -> Option<PutBack> {
    let held = restored.resumed.is_none();
    let catching_up = !held && restored.closed.is_none();
    (held || catching_up).then(|| PutBack { backup: look.local(restored.backup), held, catching_up })
}

fn outbox_of(look: &Look) -> Outbox {
    let (held, leaving): (Vec<Outgoing>, Vec<Outgoing>) =
        outbox::unsent(look.view).into_iter().partition(|copy| copy.held);
    let (uncertain, queued): (Vec<Outgoing>, Vec<Outgoing>) =
        leaving.into_iter().partition(|copy| copy.uncertain > 1);
    let failed = queued.iter().filter(|copy| copy.last_answer.is_some()).max_by_key(|copy| copy.due);
    let local = |at: Timestamp| look.local(at);
    Outbox {
        letters: queued.len(),
        oldest: queued.iter().map(|copy| copy.queued).min().map(local),
        next_attempt: queued.iter().map(|copy| copy.due).min().map(local),
        last_answer: failed.and_then(|copy| copy.last_answer.clone()),
        for_approval: held.len(),
        uncertain: uncertain.len(),
    }
}

fn timers_of(look: &Look) -> Timers {
    let next = timer::due(look.view, Timestamp::MAX_UTC, TIMERS).into_iter().filter_map(|due| {
        let timer = Timer::stored(look.view, &due.id.0)?;
        let case = timer.what.case().map(ToString::to_string);
        Some(Due { due: look.local(due.due), what: timers::says(&timer.what), case })
    });
    Timers { next: next.collect(), count: look.view.range("due/").len() }
}

fn waiting(look: &Look, holds: &[Hold]) -> Waiting {
    let people = holds.iter().filter(|hold| hold.from.is_some()).count();
    let oldest = holds.first().map(|hold| look.local(hold.since));
    Waiting { holds: people, exceptions: holds.len() - people, oldest }
}

fn errors(look: &Look) -> Vec<Error> {
    let Some(alive) = &look.office.alive else { return Vec::new() };
    let failures = alive.pulse.lived().failures.into_iter();
    failures
        .map(|(kind, failure)| Error {
            kind: match kind {
                Kind::Mailbox => "mailbox",
                Kind::MailServer => "mail server",
                Kind::Store => "store",
            },
            at: look.local(failure.at),
            why: failure.why,
        })
        .collect()
}

// ---- as a person reads it

impl Status {
    fn text(&self, look: &Look) -> String {
        let mut page = Page::default();
        page.line(&self.head());
        page.say("Store", [&self.store]);
        page.say(
            "Paused",
            self.paused.map(|since| format!("since {}, until \"soundingboard resume\"", shown(since))),
        );
        page.say("Restored", self.restored.as_ref().map(restored));
        page.say("Mailbox", self.mailbox_lines());
        page.say("Mail", self.mail.lines());
        page.say("Outbox", self.outbox.lines(look));
        page.say("Timers", self.timers.lines());
        page.say("Staff", [self.staff.line()]);
        page.say("Errors", self.errors.iter().map(|e| format!("{}  {}: {}", shown(e.at), e.kind, e.why)));
        page.text
    }

    fn head(&self) -> String {
        let standing = if self.paused.is_some() { " and is paused" } else { "" };
        match &self.daemon {
            Some(Running { version, pid, since, .. }) => {
                format!("The daemon runs{standing}: {version}, process {pid}, since {}.", shown(*since))
            }
            None if is_held(&self.store) => {
                "A daemon has the store and does not answer: it is starting, or could not make \
                 its socket (its log says so). This is what the store says."
                    .to_owned()
            }
            None => format!(
                "No daemon runs{}. This is what the store says.",
                standing.replace(" and is", ", and it is")
            ),
        }
    }

    fn mailbox_lines(&self) -> Vec<String> {
        let read = self.daemon.as_ref().map(|daemon| match daemon.read_to_end {
            Some(at) => format!("read to its end {}", shown(at)),
            None => "not read to its end since the start".to_owned(),
        });
        let folders = self.mailbox.iter().map(|f| format!("{} up to UID {}", f.folder, f.last_uid));
        let lines: Vec<String> = read.into_iter().chain(folders).collect();
        if lines.is_empty() { vec!["never read yet".to_owned()] } else { lines }
    }
}

/// Whether a process holds the store's lock.
fn is_held(store: &str) -> bool {
    let lock = File::open(Path::new(store).join("lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn restored(put_back: &PutBack) -> String {
    let backup = shown(put_back.backup);
    match put_back.held {
        true => {
            format!("from a backup of {backup}, and held: nothing is done before \"soundingboard resume\"")
        }
        false => format!("from a backup of {backup}; what came since is read again"),
    }
}

impl Mail {
    fn lines(&self) -> Vec<String> {
        let mails = |n: usize| counted(n, "mail", "mails");
        let kept = usize::try_from(self.kept_back).unwrap_or(usize::MAX);
        let lines = [
            (self.held, format!("{} held for the staff", mails(self.held))),
            (kept, format!("{} behind a brake", mails(kept))),
            (self.to_put_away, format!("{} handled and still to be put away", mails(self.to_put_away))),
        ];
        let lines: Vec<String> = lines.into_iter().filter(|(n, _)| *n > 0).map(|(_, line)| line).collect();
        if lines.is_empty() { vec!["none waits".to_owned()] } else { lines }
    }
}

impl Outbox {
    fn lines(&self, look: &Look) -> Vec<String> {
        let mut lines = Vec::new();
        let brake = breaker::paused_until(look.view).filter(|until| *until > look.now);
        lines.extend(brake.map(|until| format!("sending stands still until {}", shown(look.local(until)))));
        if let (Some(oldest), Some(next)) = (self.oldest, self.next_attempt) {
            let letters = counted(self.letters, "letter", "letters");
            let when = if next <= look.local(look.now) { "now".to_owned() } else { shown(next) };
            lines.push(format!("{letters}, the oldest of {}; next attempt {when}", shown(oldest)));
        }
        lines.extend(self.last_answer.as_ref().map(|answer| format!("last answer: {answer}")));
        let more = [
            (self.for_approval, "waiting for the staff's approval"),
            (self.uncertain, "that may have arrived, and stay until the staff say"),
        ];
        let more = more.into_iter().filter(|(n, _)| *n > 0);
        lines.extend(more.map(|(n, what)| format!("{} {what}", counted(n, "letter", "letters"))));
        if lines.is_empty() { vec!["empty".to_owned()] } else { lines }
    }
}

impl Timers {
    fn lines(&self) -> Vec<String> {
        let head = match self.count {
            0 => "none".to_owned(),
            n => format!("{n}; next:"),
        };
        let next = self.next.iter().map(|due| {
            let case = due.case.as_ref().map(|case| format!(" [{case}]")).unwrap_or_default();
            format!("{:24}{}{case}", shown(due.due), due.what)
        });
        std::iter::once(head).chain(next).collect()
    }
}

impl Waiting {
    fn line(&self) -> String {
        let Some(oldest) = self.oldest else { return "nothing needs them".to_owned() };
        let people = counted(self.holds, "mail waits", "mails wait");
        let others = counted(self.exceptions, "other thing needs", "other things need");
        let which = match (self.holds, self.exceptions) {
            (_, 0) => format!("{people} for them"),
            (0, _) => format!("{} them", counted(self.exceptions, "thing needs", "things need")),
            _ => format!("{people} for them and {others} them"),
        };
        format!("{which}, the oldest since {}: \"soundingboard hold list\"", shown(oldest))
    }
}
