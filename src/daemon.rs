//! The daemon: take inputs → decide → commit → act; start and stop. It has no rules of its own.
//!
//! Everything an effect needs is read from committed rows, so that it can be killed at any
//! instant: what was not committed did not happen, what was committed is done again.

pub mod alarms;
mod desk;
pub mod disk;
pub mod forgetting;
mod in_work;
mod losses;
mod marking;
mod pace;
mod pulse;
mod reading;
mod rescan;
mod room_file;
mod sending;
mod standstill;

pub use desk::{Desk, STACK};
pub use pulse::{Kind, Lived, Pulse};
pub use reading::{Folder, Reader, Trial, no_trial};
pub use room_file::RoomFile;

use crate::clock::Clock;
use crate::decider::{DecideError, Work};
use crate::journal;
use crate::mailbox::{ContactMailbox, MailboxError};
use crate::program::input::Input;
use crate::program::outbox::{self, Patience};
use crate::program::record::{Record, Timestamp};
use crate::program::schedule::Timer;
use crate::program::{self, View, gap, timer};
use crate::submission::Submission;
use marking::Marked;
use sending::{Sender, Sent};
use std::time::Duration;
use tokio::sync::watch;

/// The mailbox is polled at least this often, whatever IDLE says.
const POLL: Duration = Duration::from_secs(5 * 60);
/// After a failure of the world, the first pause; it doubles up to the poll.
const PAUSE: Duration = Duration::from_secs(5);
/// Timers decided together.
const TIMERS: usize = 100;

/// Why the daemon could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Decide(#[from] DecideError),
}

impl Fault {
    /// The world's failure: tried again later.
    pub fn is_passing(&self) -> bool {
        match self {
            // An answer that is no IMAP costs the connection; the next one may be better.
            Fault::Mailbox(MailboxError::Protocol { .. }) => true,
            Fault::Mailbox(error) => error.is_transient(),
            Fault::Decide(error) => error.is_passing(),
        }
    }

    /// At the first login the configuration is wrong; later it is as a rule the provider's
    /// trouble, and passes.
    fn is_refused_login(&self) -> bool {
        matches!(self, Fault::Mailbox(error) if error.is_refused_login())
    }
}

/// The daemon on its wires.
pub struct Daemon<M, S> {
    pub reader: Reader<M>,
    /// Other folders of the mailbox, each on a connection of its own.
    pub also: Vec<Reader<M>>,
    pub submission: S,
    /// The folder that handled mail is moved to, where a store was restored: what lies there is how the
    /// store learns again what it knew. Read before the others, until the gap is closed.
    pub handled: Option<Reader<M>>,
}

/// How a single run ended.
#[derive(Debug)]
pub struct Once {
    /// An operator has said `pause`: nothing was done.
    pub stands_still: bool,
    /// Committed mail remains unsent.
    pub unsent: bool,
    /// Why the mail server took none of it, if it did not.
    pub outage: Option<String>,
    /// Why the mailbox could not be read, if it could not.
    pub unread: Option<MailboxError>,
}

impl<M: ContactMailbox, S: Submission> Daemon<M, S> {
    /// Handles what is new, fires what is due, sends what is queued.
    pub async fn run_once(&mut self) -> Result<Once, Fault> {
        start(&self.reader.desk).await?;
        if let Some(since) = self.reader.desk.read(|view| program::standstill::since(view))? {
            return self.stands_still(since);
        }
        let Daemon { reader, also, handled, .. } = self;
        let read = match read_all(reader, also, handled, Missing::IsAFault).await {
            Ok(at) => Ok(at),
            Err(Fault::Mailbox(error)) => Err(error),
            Err(fault) => return Err(fault),
        };
        let (desk, clock) = (&self.reader.desk, &self.reader.clock);
        fire_due(desk, clock, read.as_ref().ok().copied()).await?;
        let (_never, stop) = watch::channel(false);
        let sent = Sender::new(desk, &self.submission, clock, Patience::All, stop).send().await?;
        if read.is_ok() {
            mark_all(&mut self.reader, &mut self.also).await?;
        }
        let unsent = !self.reader.desk.read(|view| outbox::is_empty(view))?;
        let outage = match sent {
            Sent::All => None,
            Sent::Outage { why, .. } => Some(why),
        };
        Ok(Once { stands_still: false, unsent, outage, unread: read.err() })
    }

    /// An operator has said `pause`: nothing is read or sent.
    fn stands_still(&self, since: Timestamp) -> Result<Once, Fault> {
        journal::stands_still(since);
        Ok(Once { stands_still: true, unsent: false, outage: None, unread: None })
    }

    /// Serves until `stop` turns true. Letters under way are finished first; reading can be
    /// left at any point.
    pub async fn serve(self, mut stop: watch::Receiver<bool>) -> Result<(), Fault> {
        let Daemon { mut reader, mut also, submission, mut handled } = self;
        start(&reader.desk).await?;
        if let Some(since) = reader.desk.read(|view| program::standstill::since(view))? {
            journal::stands_still(since);
        }
        let (desk, clock) = (reader.desk.clone(), reader.clock.clone());
        let sending = send_until(&desk, &submission, &clock, stop.clone());
        let reading = async {
            tokio::select! {
                end = read_until_fault(&mut reader, &mut also, &mut handled) => return end,
                _ = stop.wait_for(|stop| *stop) => (),
            }
            for left in std::iter::once(&reader).chain(&also).chain(&handled) {
                left.stop_work().await?;
            }
            Ok(())
        };
        tokio::try_join!(reading, sending).map(|_| ())
    }
}

/// What it means that a folder beside the mailbox is not there.
#[derive(Clone, Copy)]
enum Missing {
    /// At the start the configuration names another than there is.
    IsAFault,
    /// Later somebody has renamed it: the mailbox itself is served all the same.
    IsDoneWithout,
}

/// Reads the mailbox, then its other folders. Nobody's silence is blind up to the time returned.
async fn read_all<M: ContactMailbox>(
    reader: &mut Reader<M>,
    also: &mut [Reader<M>],
    handled: &mut Option<Reader<M>>,
    missing: Missing,
) -> Result<Timestamp, Fault> {
    let gap = reader.desk.read(|view| gap::open(view))?;
    if gap.is_some() {
        read_handled(handled).await?;
    }
    let mut read_at = reader.read_to_end().await?;
    for other in also {
        match (other.read_to_end().await, missing) {
            (Ok(at), _) => read_at = read_at.min(at),
            (Err(Fault::Mailbox(error @ MailboxError::Folder { .. })), Missing::IsDoneWithout) => {
                journal::folder_missing(&error.to_string());
            }
            (Err(fault), _) => return Err(fault),
        }
    }
    if gap.is_some() {
        let rows = handled.take().map_or_else(Vec::new, |handled| handled.forgotten());
        reader.desk.decide(Work::CatchUp(rows)).await?;
    }
    Ok(read_at)
}

/// What was handled in the gap and put away. Where there is no such folder, nothing ever was.
async fn read_handled<M: ContactMailbox>(handled: &mut Option<Reader<M>>) -> Result<(), Fault> {
    let Some(reader) = handled else { return Ok(()) };
    match reader.read_to_end().await {
        Err(Fault::Mailbox(error @ MailboxError::Folder { .. })) => {
            journal::folder_missing(&error.to_string());
            Ok(())
        }
        read => read.map(|_| ()),
    }
}

async fn mark_all<M: ContactMailbox>(reader: &mut Reader<M>, also: &mut [Reader<M>]) -> Result<(), Fault> {
    reader.mark_handled().await?;
    for other in also {
        other.mark_handled().await?;
    }
    Ok(())
}

/// The same while serving: new mail is read first, in whatever folder marks are made.
async fn mark_until_news<M: ContactMailbox>(
    reader: &mut Reader<M>,
    also: &mut [Reader<M>],
) -> Result<Marked, Fault> {
    for folder in std::iter::once(reader).chain(also) {
        if folder.mark_until_news().await? == Marked::MailHasCome {
            return Ok(Marked::MailHasCome);
        }
    }
    Ok(Marked::All)
}

async fn start(desk: &Desk) -> Result<(), Fault> {
    desk.decide(Work::Inputs(vec![Input::Started])).await?;
    Ok(())
}

/// Fires what is due. A timer that judges silence waits until the mailbox has been read
/// at or after its due.
async fn fire_due(desk: &Desk, clock: &Clock, read_at: Option<Timestamp>) -> Result<(), Fault> {
    // In a gap timers fire among the mail, each in its time.
    if desk.read(|view| gap::open(view))?.is_some() {
        return Ok(());
    }
    loop {
        let due = desk.read(|view| may_fire(view, clock.now(), read_at))?;
        if due.is_empty() || standstill::is_on(desk)? {
            return Ok(());
        }
        desk.decide(Work::Inputs(due)).await?;
    }
}

// ---- serving

/// Reads, fires, marks, waits; a failure of the world is waited out.
async fn read_until_fault<M: ContactMailbox>(
    reader: &mut Reader<M>,
    also: &mut [Reader<M>],
    handled: &mut Option<Reader<M>>,
) -> Result<(), Fault> {
    let mut pause = PAUSE;
    let mut has_worked = false;
    loop {
        let missing = if has_worked { Missing::IsDoneWithout } else { Missing::IsAFault };
        match read_and_wait(reader, also, handled, missing).await {
            Ok(()) => (pause, has_worked) = (PAUSE, true),
            Err(fault) if fault.is_passing() || (has_worked && fault.is_refused_login()) => {
                if let Fault::Mailbox(error) = &fault {
                    reader.desk.pulse.hindered(error);
                }
                journal::mailbox_unreachable(&fault.to_string(), pause);
                reader.desk.pulse.is_tried_again(kind(&fault), reader.clock.now(), fault.to_string());
                fire_due(&reader.desk, &reader.clock, None).await.or_else(pass)?;
                reader.clock.sleep(pause).await;
                pause = POLL.min(pause * 2);
            }
            Err(fault) => return Err(fault),
        }
    }
}

async fn read_and_wait<M: ContactMailbox>(
    reader: &mut Reader<M>,
    also: &mut [Reader<M>],
    handled: &mut Option<Reader<M>>,
    missing: Missing,
) -> Result<(), Fault> {
    let read_at = read_all(reader, also, handled, missing).await?;
    reader.desk.pulse.read(read_at);
    fire_due(&reader.desk, &reader.clock, Some(read_at)).await?;
    if mark_until_news(reader, also).await? == Marked::MailHasCome {
        return Ok(());
    }
    let next = reader.desk.read(|view| timer::next_due(view))?;
    journal::waiting();
    reader.mailbox.wait(until(&reader.clock, next, POLL)).await?;
    Ok(())
}

/// How long until `next`, at most `most`.
fn until(clock: &Clock, next: Option<Timestamp>, most: Duration) -> Duration {
    let left = next.map(|at| (at - clock.now()).to_std().unwrap_or_default());
    // A second more: times are whole seconds, and a timer seen just before it is due would
    // be looked at again and again.
    left.map_or(most, |left| most.min(left + Duration::from_secs(1)))
}

fn kind(fault: &Fault) -> Kind {
    match fault {
        Fault::Mailbox(_) => Kind::Mailbox,
        Fault::Decide(_) => Kind::Store,
    }
}

fn pass(fault: Fault) -> Result<(), Fault> {
    if fault.is_passing() { Ok(()) } else { Err(fault) }
}

async fn send_until<S: Submission>(
    desk: &Desk,
    submission: &S,
    clock: &Clock,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Fault> {
    let mut sender = Sender::new(desk, submission, clock, Patience::Due, stop.clone());
    while !*stop.borrow() {
        let rest = match sender.send().await {
            Ok(Sent::All) => None,
            Ok(Sent::Outage { why, rest }) => {
                journal::sending_rests(&why, rest);
                desk.pulse.is_tried_again(Kind::MailServer, clock.now(), why);
                Some(rest)
            }
            Err(fault) if fault.is_passing() => {
                desk.pulse.is_tried_again(kind(&fault), clock.now(), fault.to_string());
                Some(PAUSE)
            }
            Err(fault) => return Err(fault),
        };
        let next = desk.read(|view| outbox::next_due(view))?;
        let bell = async {
            match rest {
                Some(rest) => clock.sleep(rest).await,
                None => desk.committed.notified().await,
            }
        };
        tokio::select! {
            () = bell => (),
            () = desk.hurry.notified() => (),
            () = clock.sleep(until(clock, next, POLL).max(rest.unwrap_or_default())) => (),
            _ = stop.wait_for(|stop| *stop) => (),
        }
    }
    Ok(())
}

/// Due timers that may speak now, as inputs. Those that wait for the mailbox are looked
/// past: a digest behind them is not theirs to hold up.
fn may_fire(view: &dyn View, now: Timestamp, read_at: Option<Timestamp>) -> Vec<Input> {
    let seen = |due: &timer::Due| read_at.is_some_and(|at| at >= due.due) || !judges_silence(view, due);
    let mut looked_at = TIMERS;
    loop {
        let due = timer::due(view, now, looked_at);
        let all = due.len() < looked_at;
        let may: Vec<timer::Due> = due.into_iter().filter(seen).take(TIMERS).collect();
        if all || !may.is_empty() {
            return may.into_iter().map(|d| Input::Timer { id: d.id, due: d.due }).collect();
        }
        looked_at *= 10;
    }
}

fn judges_silence(view: &dyn View, due: &timer::Due) -> bool {
    let row = view.get(&format!("{}/{}", Timer::TABLE, due.id.0));
    let timer = row.and_then(|text| serde_json::from_str::<Timer>(&text).ok());
    timer.is_some_and(|t| t.what.judges_silence())
}
