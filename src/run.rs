//! `run` and `check`: from a configuration to a daemon on its wires, and back to an exit code.

use crate::archive::{self, SECRET};
use crate::args;
use crate::clock::{Clock, TooEarly};
use crate::config::{self, AfterHandling, Config, Faults, First, Login, ReturnPath};
use crate::control::{self, Office};
use crate::daemon::{Daemon, Desk, Fault, Folder, Once, Reader, RoomFile, disk, forgetting};
use crate::decider::{DecideError, Decider};
use crate::exit::Exit;
use crate::journal;
use crate::mail::form::FormWords;
use crate::mail::message_id::Secret;
use crate::mailbox::{self, Imap, ImapSettings, MailboxError};
use crate::oauth2::{self, TokenError, login::Terminal};
use crate::program::batch::Change;
use crate::program::gap;
use crate::program::input::Purpose;
use crate::program::record::Timestamp;
use crate::program::room_calendar::RoomCalendar;
use crate::program::rules::Rules;
use crate::program::words::Words;
use crate::store::indexed::IndexedStore;
use crate::store::keeper::Keeper;
use crate::store::memory::Memory;
use crate::store::overlay::GroupView;
use crate::store::{Group, Store, StoreError};
use crate::submission::Smtp;
use crate::templates::{self, Identity, TemplateError, Templates};
use crate::trial;
use crate::watching::{self, PortTaken, Watch};
use crate::wires::Wires;
use chrono::SecondsFormat;
use rustix::process::geteuid;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Why we could not run, or stopped: one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{0}")]
    Config(Faults),
    #[error("{0}")]
    Words(String),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    TooEarly(#[from] TooEarly),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Decide(#[from] DecideError),
    #[error(transparent)]
    PortTaken(#[from] PortTaken),
    #[error(
        "a restore of the store in {path} was begun and not finished: run it again, with --replace; \
         nothing of what was there before is deleted"
    )]
    Unfinished { path: PathBuf },
    #[error(
        "the store in {path} was put back from a backup of {backup} and is held: nothing is read or sent \
         before \"soundingboard resume --config FILE\", which says what is held; then start again"
    )]
    Held { path: PathBuf, backup: String },
    #[error("nothing was done: it is paused, until \"soundingboard resume --config FILE\"")]
    StandsStill,
    #[error(
        "the store in {path} belongs to another user, and root's files in it would shut that user out: run this as \
         that user, with: runuser -u \"$(id -nu {owner})\" -- soundingboard …"
    )]
    NotOurs { path: PathBuf, owner: u32 },
    #[error("there is nothing to log in to: [imap] has a password, and no [imap.oauth2]")]
    NoLogin,
    #[error("committed mail remains unsent{0}; it is kept and goes out at the next run")]
    Unsent(String),
    #[error("the system refuses {what}: {source}")]
    System { what: &'static str, source: std::io::Error },
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Mailbox(error) => Trouble::Mailbox(error),
            Fault::Decide(error) => Trouble::Decide(error),
        }
    }
}

impl Trouble {
    /// The code of sysexits.h.
    pub fn exit(&self) -> Exit {
        match self {
            Trouble::Config(_)
            | Trouble::Words(_)
            | Trouble::Template(_)
            | Trouble::NoLogin
            | Trouble::Held { .. }
            | Trouble::Unfinished { .. } => Exit::Config,
            Trouble::TooEarly(_) => Exit::DataErr,
            Trouble::Unsent(_) | Trouble::StandsStill => Exit::TempFail,
            Trouble::NotOurs { .. } => Exit::NoPerm,
            Trouble::System { .. } | Trouble::PortTaken(_) => Exit::OsErr,
            Trouble::Mailbox(error) => mailbox_exit(error),
            Trouble::Store(error) | Trouble::Decide(DecideError::Store(error)) => store_exit(error),
            Trouble::Decide(_) => Exit::Software,
        }
    }
}

pub(crate) fn mailbox_exit(error: &MailboxError) -> Exit {
    match error {
        error if error.is_refused_login() => Exit::NoPerm,
        MailboxError::Config(_)
        | MailboxError::Token(TokenError::Config(_))
        | MailboxError::Folder { .. }
        | MailboxError::Unsupported { .. } => Exit::Config,
        _ => Exit::Unavailable,
    }
}

fn store_exit(error: &StoreError) -> Exit {
    match error {
        StoreError::Damaged { .. } => Exit::DataErr,
        StoreError::NotCommitted { .. } => Exit::TempFail,
        _ => Exit::IoErr,
    }
}

// ---- check

/// Verifies configuration, words and every letter. Returns warnings, a sentence each.
pub fn check(path: &Path) -> Result<Vec<String>, Trouble> {
    let config = Config::load(path).map_err(Trouble::Config)?;
    let language = read_language(&config)?;
    language.templates.prove()?;
    Ok(config.warnings().iter().cloned().chain(language.warnings).collect())
}

// ---- login

/// Has a person grant access to the mailbox.
pub fn login(arguments: &args::Login, terminal: &mut Terminal<'_>) -> Result<(), Trouble> {
    let config = Config::load(&arguments.config.path).map_err(Trouble::Config)?;
    let Login::OAuth2(settings) = &config.imap.login else {
        return Err(Trouble::NoLogin);
    };
    let clock = Clock::real();
    Ok(runtime()?.block_on(oauth2::login::login(settings, &clock, terminal)).map_err(MailboxError::from)?)
}

/// What is said, and by what rules.
struct Language {
    rules: Rules,
    templates: Templates,
    warnings: Vec<String>,
}

/// Needs no store: what is wrong here is said before one is opened. The rules still lack the
/// install secret.
fn read_language(config: &Config) -> Result<Language, Trouble> {
    let spoken = &config.network.languages;
    let files = templates::words_files(spoken, config.templates.as_deref())?;
    let words = Words::from_files(&files).map_err(Trouble::Words)?;
    let forms = FormWords::from_files(&files).map_err(Trouble::Words)?;
    let rules = config.rules(Secret::new("not installed"), forms, words, spoken.clone());
    let detail = config.network.return_path == ReturnPath::Detail;
    let identity = Identity::of(&rules, detail, &config.network.privacy);
    let (templates, warnings) = Templates::load(spoken, config.templates.as_deref(), identity)?;
    Ok(Language { rules, templates, warnings: warnings.into_iter().map(|w| w.to_string()).collect() })
}

// ---- run

/// Runs once or until SIGTERM.
pub fn run(arguments: &args::Run) -> Result<(), Trouble> {
    let path = &arguments.config.path;
    let config = Config::load(path).map_err(Trouble::Config)?;
    let language = read_language(&config)?;
    let clock = arguments.now.map_or_else(Clock::real, Clock::starting_at);
    let store = open_store(&config, &clock)?;
    refuse_if_held(&config, &*store)?;
    config.warnings().iter().chain(&language.warnings).for_each(|w| journal::config_warning(w));
    journal::started(args::version(), path);
    let room = room_file(&config, &language.rules);
    let failures = language.templates.failures();
    let watch = (!arguments.once).then(|| Watch::prepare(&config, failures)).transpose()?;
    let keeper =
        Keeper::start(store.clone()).map_err(|source| Trouble::System { what: "a thread", source })?;
    let decider = decider(language, store, clock.clone())?;
    let office = Office::at_rest(decider.rules.clone(), decider.wording.clone(), &config.store.path);
    let daemon = daemon(&config, path, decider, clock)?;
    let counter = control::Counter::of(office, &daemon.reader.desk, &daemon.reader.clock);
    let end = on_runtime(daemon, room, watch.map(|watch| (watch, counter)), &config.store);
    drop(keeper);
    journal::stopped();
    end
}

fn room_file(config: &Config, rules: &Rules) -> Option<RoomFile> {
    let path = config.room.as_ref()?.calendar.clone()?;
    RoomCalendar::of(rules).map(|calendar| RoomFile::new(path, calendar))
}

fn open_store(config: &Config, clock: &Clock) -> Result<Arc<IndexedStore>, Trouble> {
    refuse_if_unfinished(config)?;
    refuse_if_not_ours(&config.store.path)?;
    let opened = IndexedStore::open(&config.store.path)?;
    opened.warnings.iter().for_each(|warning| journal::store_warning(warning));
    let store = Arc::new(opened.store);
    if let Some(latest) = store.latest() {
        clock.raise_floor(latest)?;
    }
    Ok(store)
}

/// Only root could open it and would leave files behind that its owner cannot.
fn refuse_if_not_ours(store: &Path) -> Result<(), Trouble> {
    let owner = std::fs::metadata(store).map(|about| about.uid());
    match owner {
        Ok(owner) if geteuid().is_root() && owner != geteuid().as_raw() => {
            Err(Trouble::NotOurs { path: store.to_owned(), owner })
        }
        _ => Ok(()),
    }
}

/// Half a store is none.
fn refuse_if_unfinished(config: &Config) -> Result<(), Trouble> {
    match archive::is_unfinished(&config.store.path) {
        true => Err(Trouble::Unfinished { path: config.store.path.clone() }),
        false => Ok(()),
    }
}

/// A store that was restored does nothing before the operator has seen what it would do. It ends rather
/// than waits: `resume` needs the store for itself, and a service that stands there as failed is
/// seen, one that runs and does nothing is not. Starting it again would change nothing: 78.
fn refuse_if_held(config: &Config, store: &dyn Store) -> Result<(), Trouble> {
    let view = GroupView::new(store);
    let restored = gap::restored(&view);
    if let Some(fault) = view.take_fault() {
        return Err(fault.into());
    }
    match restored.filter(|restored| restored.resumed.is_none()) {
        None => Ok(()),
        Some(restored) => Err(Trouble::Held {
            path: config.store.path.clone(),
            backup: restored.backup.to_rfc3339_opts(SecondsFormat::Secs, true),
        }),
    }
}

fn decider(
    mut language: Language,
    store: Arc<dyn Store>,
    clock: Clock,
) -> Result<Decider<Arc<Templates>>, Trouble> {
    language.rules.secret = install_secret(&*store, &clock)?;
    Ok(Decider { rules: language.rules, wording: Arc::new(language.templates), store, clock })
}

/// A decider without a daemon around it, for commands that connect to nothing.
pub struct Bench {
    pub decider: Decider<Arc<Templates>>,
    /// How many letters the daemon will send in a minute.
    pub per_minute: u32,
    /// Where the store is.
    pub store: PathBuf,
}

impl Bench {
    /// Opens the store; one that is only looked at is not made where there is none.
    pub fn open(path: &Path, may_write: bool) -> Result<Self, Trouble> {
        let config = Config::load(path).map_err(Trouble::Config)?;
        let language = read_language(&config)?;
        let clock = Clock::real();
        let store: Arc<dyn Store> = match may_write || config.store.path.exists() {
            true => open_store(&config, &clock)?,
            false => Arc::new(Memory::new()),
        };
        if may_write {
            refuse_if_held(&config, &*store)?;
        }
        Self::of(&config, language, store, clock)
    }

    /// The same on a store that may be held.
    pub fn open_held(path: &Path) -> Result<Self, Trouble> {
        let config = Config::load(path).map_err(Trouble::Config)?;
        let language = read_language(&config)?;
        let clock = Clock::real();
        let store = open_store(&config, &clock)?;
        Self::of(&config, language, store, clock)
    }

    /// On a copy of the rows: what becomes of it is nobody's matter, and the daemon may run.
    pub fn on_a_copy(config: &Config, copy: Memory, now: Option<Timestamp>) -> Result<Self, Trouble> {
        let language = read_language(config)?;
        refuse_if_unfinished(config)?;
        let clock = now.map_or_else(Clock::real, Clock::starting_at);
        if let Some(latest) = copy.latest() {
            clock.raise_floor(latest)?;
        }
        Self::of(config, language, Arc::new(copy), clock)
    }

    fn of(config: &Config, language: Language, store: Arc<dyn Store>, clock: Clock) -> Result<Self, Trouble> {
        let (per_minute, path) = (config.smtp.per_minute, config.store.path.clone());
        Ok(Self { decider: decider(language, store, clock)?, per_minute, store: path })
    }
}

/// Made once, by chance; from it everything else follows without chance.
fn install_secret(store: &dyn Store, clock: &Clock) -> Result<Secret, Trouble> {
    let unreadable = |e: serde_json::Error| StoreError::Unusable(format!("the row {SECRET} is damaged: {e}"));
    if let Some(text) = store.get(SECRET)? {
        return Ok(serde_json::from_str(&text).map_err(unreadable)?);
    }
    let mut bytes = [0_u8; 32];
    let refused = |e: getrandom::Error| Trouble::System {
        what: "random bytes",
        source: std::io::Error::other(e.to_string()),
    };
    getrandom::fill(&mut bytes).map_err(refused)?;
    let secret = Secret::new(data_encoding::HEXLOWER.encode(&bytes));
    let value = serde_json::to_string(&secret).map_err(unreadable)?;
    let change = Change { key: SECRET.to_owned(), value: Some(value) };
    store.commit(&Group { at: clock.now(), notes: vec!["install".to_owned()], changes: vec![change] })?;
    Ok(secret)
}

fn daemon(
    config: &Config,
    path: &Path,
    decider: Decider<Arc<Templates>>,
    clock: Clock,
) -> Result<Daemon<Imap, Smtp>, Trouble> {
    let desk = Desk::open(decider).map_err(|source| Trouble::System { what: "a thread", source })?;
    let wires = Wires::of(config, &clock);
    let reader = |name: &str, purpose| {
        let folder = Folder {
            name: name.to_owned(),
            purpose,
            // What lies in another folder when we begin is of the past.
            first: if purpose == Purpose::Contact { config.imap.first } else { First::New },
            marks: purpose != Purpose::Sent && config.imap.after_handling != AfterHandling::Leave,
            holds_handled: false,
            trial: trial::by_another_process(path),
        };
        Reader::new(Imap::new(wires.imap(name, purpose)), desk.clone(), clock.clone(), folder)
    };
    let also = config.imap.other_folders().map(|(folder, purpose)| reader(folder, purpose)).collect();
    let reader = reader(&config.imap.mailbox, Purpose::Contact);
    let handled = handled_reader(config, path, &wires, &desk, &clock)?;
    Ok(Daemon { reader, also, submission: Smtp::new(wires.smtp()), handled })
}

/// After a restore, and where handled mail is moved away: the folder in which it lies.
fn handled_reader(
    config: &Config,
    path: &Path,
    wires: &Wires<'_>,
    desk: &Desk,
    clock: &Clock,
) -> Result<Option<Reader<Imap>>, Trouble> {
    let gap = desk.read(|view| gap::open(view))?;
    let Some(gap) = gap.filter(|_| config.imap.after_handling == AfterHandling::Move) else {
        return Ok(None);
    };
    let name = config.imap.folder.clone();
    let folder = Folder {
        first: First::Days(days_since(gap.from, clock.wall())),
        purpose: Purpose::Contact,
        marks: false,
        holds_handled: true,
        trial: trial::by_another_process(path),
        name: name.clone(),
    };
    let mailbox = Imap::new(ImapSettings {
        after_handling: mailbox::AfterHandling::Leave,
        ..wires.imap(&name, Purpose::Contact)
    });
    Ok(Some(Reader::new(mailbox, desk.clone(), clock.clone(), folder)))
}

/// Whole days, and a day more: servers search by days of their own zone.
fn days_since(from: Timestamp, now: Timestamp) -> u32 {
    u32::try_from((now - from).num_days().max(0)).unwrap_or(u32::MAX).saturating_add(2)
}

pub(crate) fn runtime() -> Result<Runtime, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|source| Trouble::System { what: "a runtime", source })
}

/// Serves, watched; or, where nobody watches, works once.
/// `outside`: who asks, and is told, while it serves; without it, it runs once.
fn on_runtime(
    mut daemon: Daemon<Imap, Smtp>,
    mut room: Option<RoomFile>,
    outside: Option<(Watch, control::Counter)>,
    store: &config::Store,
) -> Result<(), Trouble> {
    let runtime = runtime()?;
    let (desk, clock) = (daemon.reader.desk.clone(), daemon.reader.clock.clone());
    let end = runtime.block_on(async {
        let Some((watch, counter)) = outside else {
            if store.disk_alarm {
                disk::look(&store.path, &desk, &clock).await;
            }
            let once = daemon.run_once().await;
            room.iter_mut().for_each(|room| room.write(&desk));
            return ended(once?);
        };
        tokio::select! {
            end = serve(daemon) => end,
            () = forgetting::keep(&desk, &clock, store.keep_handled_days) => unreachable!("it forgets day by day"),
            () = disk::watch(&store.path, &desk, &clock), if store.disk_alarm => unreachable!("it measures for ever"),
            () = control::serve(counter, &store.path) => unreachable!("it answers whoever asks"),
            () = keep_room_file(&mut room, &desk) => unreachable!("it follows every commit"),
            () = watch.keep(&desk, &clock) => unreachable!("it tells as long as we serve"),
        }
    });
    // Tasks that still hold a desk are gone with the runtime; then the store is closed.
    drop(runtime);
    desk.close();
    end
}

async fn keep_room_file(room: &mut Option<RoomFile>, desk: &Desk) {
    match room {
        Some(room) => room.keep(desk).await,
        None => std::future::pending().await,
    }
}

fn ended(once: Once) -> Result<(), Trouble> {
    match once {
        Once { stands_still: true, .. } => Err(Trouble::StandsStill),
        Once { unsent: true, outage, unread, .. } => {
            let unread = unread.map(|error| format!(", and the mailbox could not be read ({error})"));
            let outage = outage.map(|why| format!(" ({why})"));
            Err(Trouble::Unsent(outage.unwrap_or_default() + &unread.unwrap_or_default()))
        }
        Once { unread: Some(error), .. } => Err(error.into()),
        Once { .. } => Ok(()),
    }
}

async fn serve(daemon: Daemon<Imap, Smtp>) -> Result<(), Trouble> {
    let (stop, stopped) = watch::channel(false);
    let told = |source| Trouble::System { what: "a signal handler", source };
    let mut terminate = signal(SignalKind::terminate()).map_err(told)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(told)?;
    let signals = async {
        tokio::select! {
            _ = terminate.recv() => journal::stopping("SIGTERM"),
            _ = interrupt.recv() => journal::stopping("SIGINT"),
        }
        watching::stopping();
        // Whoever serves may have ended by itself.
        let _ = stop.send(true);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        end = daemon.serve(stopped) => Ok(end?),
        () = signals => unreachable!("it waits for ever after the signal"),
    }
}
