//! The command's side: the running daemon is asked; where none runs, the store is read or taken.

use super::office::Office;
use super::orders::Ordered;
use super::{Asked, Said, socket, wire};
use crate::config::Config;
use crate::decider::{DecideError, Watch, Work};
use crate::exit::Exit;
use crate::program::input::Input;
use crate::run::{Bench, Trouble};
use crate::store::memory::Memory;
use crate::store::overlay::GroupView;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The decider may have a full group before ours, and a disk that is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there is no answer: one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error(
        "no daemon runs on the store in {path}, and there is no store yet: start one with \"soundingboard run\"; is [store] path right?"
    )]
    NothingThere { path: PathBuf },
    #[error(
        "the daemon's socket {path} may not be opened ({source}): run this as root, or as the user the service runs as"
    )]
    NotAllowed { path: PathBuf, source: io::Error },
    #[error(
        "the daemon behind {path} gave no answer ({source}): it may be busy or have just ended, and may have done it all the same; ask again"
    )]
    NoAnswer { path: PathBuf, source: io::Error },
    #[error(
        "the daemon behind {path} gave an answer that is none ({why}): is it of another version? Restart it"
    )]
    Unreadable { path: PathBuf, why: String },
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl ControlError {
    /// The code of sysexits.h.
    pub fn exit(&self) -> Exit {
        match self {
            ControlError::NothingThere { .. } | ControlError::Unreadable { .. } => Exit::Unavailable,
            ControlError::NotAllowed { .. } => Exit::NoPerm,
            ControlError::NoAnswer { .. } => Exit::TempFail,
            ControlError::Trouble(trouble) => trouble.exit(),
        }
    }
}

impl From<DecideError> for ControlError {
    fn from(error: DecideError) -> Self {
        Trouble::Decide(error).into()
    }
}

/// What a command prints, and how it ends.
pub struct Answered {
    pub text: String,
    pub exit: Exit,
}

/// Asks, by the configuration in this file.
pub fn obey(path: &Path, asked: &Asked, as_json: bool) -> Result<Answered, ControlError> {
    let store = Config::store_of(path).map_err(Trouble::Config)?;
    let said = match talk(&store, asked)? {
        Some(said) => said,
        None => at_rest(path, &Config::load(path).map_err(Trouble::Config)?, asked)?,
    };
    let text = if as_json { wire::line(&said.json) } else { said.text };
    Ok(Answered { text, exit: Exit::of(said.exit) })
}

/// What the running daemon says; None where none runs.
pub fn talk(store: &Path, asked: &Asked) -> Result<Option<Said>, ControlError> {
    let path = socket::path(store);
    let stream = match UnixStream::connect(&path) {
        Ok(stream) => stream,
        Err(source) if source.kind() == ErrorKind::PermissionDenied => {
            return Err(ControlError::NotAllowed { path, source });
        }
        // None, one of a daemon that was killed, or a path that is too long for any.
        Err(_) => return Ok(None),
    };
    let said =
        converse(stream, asked).map_err(|source| ControlError::NoAnswer { path: path.clone(), source })?;
    wire::read(&said).map(Some).map_err(|why| ControlError::Unreadable { path, why })
}

fn converse(mut stream: UnixStream, asked: &Asked) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(wire::line(asked).as_bytes())?;
    let mut line = Vec::new();
    BufReader::new(stream).read_until(b'\n', &mut line)?;
    match line.pop() {
        Some(b'\n') => Ok(line),
        _ => Err(io::Error::new(ErrorKind::UnexpectedEof, "it closed the connection")),
    }
}

/// What the store itself says. What is only asked is read from the ledger's files: whoever starts a daemon meanwhile
/// finds the store free.
fn at_rest(path: &Path, config: &Config, asked: &Asked) -> Result<Said, ControlError> {
    let copy = match asked.is_order() {
        true => None,
        false => Memory::copy_of(&config.store.path).map_err(Trouble::from)?,
    };
    let bench = match (copy, asked.is_order()) {
        (Some(copy), _) => Bench::on_a_copy(config, copy, None)?,
        (None, true) if config.store.path.join("ledger").exists() => Bench::open(path, true)?,
        (None, _) => return Err(ControlError::NothingThere { path: config.store.path.clone() }),
    };
    let decider = &bench.decider;
    let office = Office::at_rest(decider.rules.clone(), decider.wording.clone(), &bench.store);
    let seen = |view: &GroupView| view.take_fault().map_or(Ok(()), |fault| Err(Trouble::Store(fault)));
    let view = GroupView::new(&*decider.store);
    let ordered = office.order(&view, asked, decider.clock.now());
    seen(&view)?;
    let (order, before) = match ordered {
        Ordered::Said(said) => return Ok(said),
        Ordered::Order(order, before) => (order, before),
    };
    let watch = Watch::default();
    decider.work(&Work::Watched(Input::Ordered(order.clone()), watch.clone()))?;
    let view = GroupView::new(&*decider.store);
    let said = office.obeyed(&view, &order, &before, watch.take().as_ref(), decider.clock.now());
    seen(&view)?;
    Ok(said)
}
