//! `soundingboard explain`: what would be decided about mails, and what was.
//!
//! It decides on a copy of the rows, read from the ledger's files alone: nothing is changed or sent, no server is
//! asked, and the daemon may run meanwhile.

mod decided;
mod files;
mod letters;
pub(crate) mod meeting;
pub(crate) mod page;
pub(crate) mod phrases;
mod rows;
pub(crate) mod timers;
mod understood;

use crate::args;
use crate::config::Config;
use crate::daemon::STACK;
use crate::decider::{DecideError, Decider, Fetched};
use crate::exit::Exit;
use crate::mail::inbound::Inbound;
use crate::mailbox;
use crate::program::input::{Input, InputId, Purpose};
use crate::program::record::{Handled, Reading, Record, Timestamp};
use crate::program::turn::Turn;
use crate::program::{gap, outbox};
use crate::run::{Bench, Trouble};
use crate::store::memory::Memory;
use crate::store::overlay::GroupView;
use crate::store::{Store, StoreError};
use crate::templates::Templates;
use chrono::DateTime;
use chrono_tz::Tz;
use decided::Decided;
use letters::Letter;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use understood::Understood;

/// Why nothing could be explained: one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error("{file} cannot be read: {source}")]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("the answer could not be written: {0}")]
    Unwritten(#[from] io::Error),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl ExplainError {
    /// The code of sysexits.h.
    pub fn exit(&self) -> Exit {
        match self {
            ExplainError::Unreadable { .. } => Exit::NoInput,
            ExplainError::Unwritten(_) => Exit::IoErr,
            ExplainError::Trouble(trouble) => trouble.exit(),
        }
    }
}

impl From<StoreError> for ExplainError {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error).into()
    }
}

impl From<DecideError> for ExplainError {
    fn from(error: DecideError) -> Self {
        Trouble::Decide(error).into()
    }
}

/// What is said of one mail, and what `--json` prints of it, one object a line. The names are a promise to other
/// programs; times are RFC 3339 in the network's zone, and what is not there is null.
///
/// ```text
/// {"file": path,
///  "store": {"path", "until": time of its newest decision, "held": a restored store that waits for `resume`},
///  "understood": {"from", "name", "subject", "message_id", "origin", "authentication", "tokens": [whose],
///                 "word": {"word", "argument", "also", "note"}, "form": {"kind", "fields": [{"label", "value", "known"}]},
///                 "calendar": {"method", "ours", "sequence", "partstat", "start", "minutes", "comment"},
///                 "report": [{"address", "action", "status", "permanent"}], "new_text", "problems": [text]},
///  "handled": {"at", "verdict", "meaning", "reaches_back": false where --again found the time before it no more},
///  "decided": {"at", "verdict", "meaning", "handled": whether it may be put away,
///              "case": {"reference", "advisee", "advisor", "stage": {"before", "after"}, "party"},
///              "meeting": {"before": …, "after": {"proposed": [{"start", "minutes"}], "proposed_by", "agreed",
///                          "invitation": its number, "own_calendar", "room": {"start", "minutes"}, "asked_about": when they are asked about it}},
///              "records": [{"key", "change": "new" | "changed" | "deleted", "fields": [{"field", "before", "after"}]}],
///              "timers": [{"id", "change": "set" | "moved" | "cancelled", "due", "what"}],
///              "letters": [{"to": [address], "subject", "template", "held", "waits": how often it was
///                           tried, if it still lies in the outbox, "calendar": {"method", "sequence"}, "text"}]}}
/// ```
///
/// `decided` is null for a mail that was handled before, unless `--again` was given.
#[derive(Debug, Serialize)]
struct Explanation {
    file: String,
    store: Copied,
    understood: Understood,
    handled: Option<Before>,
    decided: Option<Decided>,
}

/// What it was decided on.
#[derive(Clone, Debug, Serialize)]
struct Copied {
    path: String,
    until: Option<DateTime<Tz>>,
    held: bool,
}

/// What was decided before.
#[derive(Debug, Serialize)]
struct Before {
    at: DateTime<Tz>,
    verdict: String,
    meaning: String,
    reaches_back: bool,
}

/// Explains every mail of `arguments`, in their order; the first that cannot be read ends it.
pub fn explain(arguments: &args::Explain, out: &mut (dyn Write + Send)) -> Result<(), ExplainError> {
    let explainer = Explainer::open(arguments)?;
    let refused = |source| Trouble::System { what: "a thread", source };
    std::thread::scope(|scope| {
        // On as much stack as the daemon has: what comes through there comes through here.
        let thread = std::thread::Builder::new().stack_size(STACK);
        let reader = thread.spawn_scoped(scope, move || explainer.explain_all(arguments, out));
        reader.map_err(refused)?.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// All that the explanations are made from.
struct Explainer {
    config: Config,
    decider: Decider<Arc<Templates>>,
    copied: Copied,
}

impl Explainer {
    fn open(arguments: &args::Explain) -> Result<Self, ExplainError> {
        let config = Config::load(&arguments.config.path).map_err(Trouble::Config)?;
        let copy = Memory::copy_of(&config.store.path)?.unwrap_or_default();
        let until = copy.latest();
        let Bench { decider, store, .. } = Bench::on_a_copy(&config, copy, arguments.now)?;
        let view = GroupView::new(&*decider.store);
        let held = gap::is_held(&view);
        if let Some(fault) = view.take_fault() {
            return Err(fault.into());
        }
        let until = until.map(|at| at.with_timezone(&decider.rules.zone));
        let copied = Copied { path: store.display().to_string(), until, held };
        Ok(Self { config, decider, copied })
    }

    fn explain_all(&self, arguments: &args::Explain, out: &mut dyn Write) -> Result<(), ExplainError> {
        let mut found = Vec::new();
        arguments.files.iter().try_for_each(|path| files::walk(path, &mut found))?;
        if !arguments.json {
            out.write_all(page::head(&self.copied, self.decider.rules.zone).as_bytes())?;
        }
        for file in &found {
            let explained = self.explained(file, arguments.again)?;
            let text = match arguments.json {
                true => serde_json::to_string(&explained).map_err(io::Error::from)? + "\n",
                false => page::text(&explained),
            };
            out.write_all(text.as_bytes())?;
        }
        Ok(out.flush()?)
    }

    fn explained(&self, file: &Path, again: bool) -> Result<Explanation, ExplainError> {
        let fetched = self.fetched(files::bytes_of(file)?);
        let now = self.decider.clock.now();
        let input = Purpose::Contact.read(&fetched.bytes, fetched.complete, &self.decider.rules.trusted);
        let id = input.id(now);
        let Input::Mail(mail) = input else { unreachable!("people write to the contact mailbox") };
        let handled = self.handled(&id)?;
        let (rows, at) = match &handled {
            None => (Some(self.decider.store.clone()), now),
            Some(handled) if again => (self.before(handled)?, handled.at),
            Some(handled) => (None, handled.at),
        };
        let mut decided = rows.map(|rows| self.decided(&*rows, &fetched, &mail, at)).transpose()?;
        if let Some(decided) = decided.as_mut().filter(|_| handled.is_some()) {
            self.look_for(&mut decided.letters)?;
        }
        Ok(Explanation {
            file: file.display().to_string(),
            store: self.copied.clone(),
            understood: self.understood(&mail, id, at)?,
            handled: handled.map(|handled| self.told(&handled, decided.is_some() || !again)),
            decided,
        })
    }

    /// As the daemon has it from the server: of a mail that is too big only the beginning.
    fn fetched(&self, bytes: Vec<u8>) -> Fetched {
        let complete = bytes.len() as u64 <= self.config.imap.max_bytes;
        let bytes = if complete { bytes } else { mailbox::beginning(&bytes) };
        Fetched { uid: 1, bytes, complete, received: None, was_handled: false }
    }

    fn handled(&self, id: &InputId) -> Result<Option<Handled>, ExplainError> {
        let key = format!("{}/{id}", Handled::TABLE);
        let Some(row) = self.decider.store.get(&key)? else { return Ok(None) };
        let damaged = |why| StoreError::Unusable(format!("the row {key} cannot be understood ({why})"));
        Ok(Some(serde_json::from_str(&row).map_err(damaged)?))
    }

    /// The rows as they were just before it was handled; None where the ledger does not reach back so far.
    fn before(&self, handled: &Handled) -> Result<Option<Arc<dyn Store>>, ExplainError> {
        let key = format!("{}/{}", Handled::TABLE, handled.input);
        let rows = Memory::copy_before(&self.config.store.path, &key)?;
        Ok(rows.map(|rows| Arc::new(rows) as Arc<dyn Store>))
    }

    fn told(&self, handled: &Handled, reaches_back: bool) -> Before {
        Before {
            at: handled.at.with_timezone(&self.decider.rules.zone),
            verdict: handled.verdict.clone(),
            meaning: decided::meaning(&handled.verdict, &self.config.imap),
            reaches_back,
        }
    }

    fn understood(&self, mail: &Inbound, id: InputId, at: Timestamp) -> Result<Understood, ExplainError> {
        let view = GroupView::new(&*self.decider.store);
        let understood = Understood::of(&Turn::new(&self.decider.rules, &view, id, at), mail);
        view.take_fault().map_or(Ok(understood), |fault| Err(fault.into()))
    }

    /// Letters of a mail that was handled may still lie in the outbox.
    fn look_for(&self, letters: &mut [Letter]) -> Result<(), ExplainError> {
        let view = GroupView::new(&*self.decider.store);
        for letter in letters {
            letter.waits = outbox::attempts(&view, &letter.id);
        }
        view.take_fault().map_or(Ok(()), |fault| Err(fault.into()))
    }

    fn decided(
        &self,
        rows: &dyn Store,
        fetched: &Fetched,
        mail: &Inbound,
        at: Timestamp,
    ) -> Result<Decided, ExplainError> {
        let batch = self.decider.foresee(rows, fetched, &self.inbox(), at)?;
        Ok(Decided::of(&self.decider.rules, &self.config.imap, rows, &batch, mail, at)?)
    }

    /// The contact mailbox, of which nothing has been read.
    fn inbox(&self) -> Reading {
        Reading {
            folder: self.config.imap.mailbox.clone(),
            purpose: Purpose::Contact,
            uid_validity: 1,
            last_uid: 0,
            old_up_to: 0,
            since: None,
            again_up_to: 0,
            older: 0,
            vanished: 0,
        }
    }
}
