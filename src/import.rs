//! `import roster` and `announce`: an existing roster comes into the store, and its people are told.
//!
//! Both decide and commit like the daemon does, and like it hold the store alone; neither
//! connects to anything. What is announced lies in the outbox until the daemon sends it.

mod report;
mod table;

use crate::args;
use crate::decider::{Decider, Work};
use crate::exit::Exit;
use crate::mail::address::AddrSpec;
use crate::mail::form::FormWords;
use crate::program::View;
use crate::program::batch::Compose;
use crate::program::import::{self, Entry, Imported};
use crate::program::import_check::{self, Fault, Row};
use crate::program::input::{Input, InputId};
use crate::program::record::{Record, Timestamp};
use crate::program::rules::Rules;
use crate::program::turn::Turn;
use crate::run::{self, Trouble};
use crate::store::overlay::GroupView;
use report::Report;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use table::Table;

/// Announced together: a ledger line holds so many letters.
const AT_ONCE: usize = 50;

/// Why nothing was imported or announced.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{path} cannot be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}: {why}")]
    NoTable { path: PathBuf, why: String },
    #[error("{}", all(path, faults))]
    Faults { path: PathBuf, faults: Vec<Fault> },
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl ImportError {
    /// The code of sysexits.h.
    pub fn exit(&self) -> Exit {
        match self {
            ImportError::Unreadable { .. } => Exit::NoInput,
            ImportError::NoTable { .. } | ImportError::Faults { .. } => Exit::DataErr,
            ImportError::Trouble(trouble) => trouble.exit(),
        }
    }
}

fn all(path: &Path, faults: &[Fault]) -> String {
    let lines = faults.iter().map(|fault| format!("{} {fault}\n", path.display()));
    let them = if faults.len() == 1 { "it is" } else { "they are" };
    format!(
        "{}Nothing was imported. Once {them} put right, import the file again.",
        lines.collect::<String>()
    )
}

impl From<crate::decider::DecideError> for ImportError {
    fn from(error: crate::decider::DecideError) -> Self {
        Trouble::from(error).into()
    }
}

// ---- import roster

/// `import roster FILE`: what it prints.
pub fn roster(arguments: &args::ImportRoster) -> Result<String, ImportError> {
    let path = &arguments.file;
    let bytes =
        std::fs::read(path).map_err(|source| ImportError::Unreadable { path: path.clone(), source })?;
    let bench = run::Bench::open(&arguments.config.path, !arguments.dry_run)?;
    let rules = &bench.decider.rules;
    let (entries, notices) = entries(path, &bytes, rules)?;
    let now = bench.decider.clock.now();
    let view = GroupView::new(&*bench.decider.store);
    let effects = effects(rules, &view, &entries, now);
    if let Some(fault) = view.take_fault() {
        return Err(Trouble::from(fault).into());
    }
    if !arguments.dry_run {
        bench.decider.work(&Work::Inputs(vec![Input::Imported(entries.clone())]))?;
    }
    let report =
        Report { path, entries: &entries, effects: &effects, notices: &notices, written: !arguments.dry_run };
    Ok(if arguments.json { report.json() } else { report.text() })
}

fn effects(rules: &Rules, view: &dyn View, entries: &[Entry], now: Timestamp) -> Vec<import::Effect> {
    let turn = Turn::new(rules, view, InputId("preview".to_owned()), now);
    entries.iter().map(|entry| import::effect(&turn, entry)).collect()
}

/// The sound entries of a file, and what should be known about it.
pub fn entries(path: &Path, bytes: &[u8], rules: &Rules) -> Result<(Vec<Entry>, Vec<String>), ImportError> {
    let label = |cell: &str| rules.forms.label(cell).map(str::to_owned);
    let table = table::read(bytes, |cell| label(cell).is_some());
    let table = table.map_err(|why| ImportError::NoTable { path: path.to_owned(), why })?;
    let (columns, mut faults, mut notices) = columns(&table, &rules.forms);
    if table.charset == "Windows-1252" {
        notices
            .push("the text was read as Windows-1252; look whether names with accents are right".to_owned());
    }
    let rows: Vec<Row> = table.rows.iter().map(|row| cells(row, &columns, &mut faults)).collect();
    if rows.is_empty() {
        let what = "there is no row under the header".to_owned();
        faults.push(Fault { line: table.header_line, what });
    }
    let whole =
        columns.iter().flatten().any(|c| c == "Email") && columns.iter().flatten().any(|c| c == "Name");
    match import_check::check(rules, &rows) {
        Ok(entries) if faults.is_empty() => return Ok((entries, notices)),
        // Where a column is missing, every row lacks it: the header says so once.
        Err(more) if whole => faults.extend(more),
        _ => (),
    }
    faults.sort_by_key(|fault| fault.line);
    Err(ImportError::Faults { path: path.to_owned(), faults })
}

/// The canonical label of each column; None for one that is not ours.
fn columns(table: &Table, words: &FormWords) -> (Vec<Option<String>>, Vec<Fault>, Vec<String>) {
    let ours = [
        "Name",
        "Email",
        "Institution",
        "Areas",
        "Languages",
        "Time zone",
        "Requests at a time",
        "About",
        "Language",
    ];
    let mut columns: Vec<Option<String>> = Vec::new();
    let (mut faults, mut notices) = (Vec::new(), Vec::new());
    let fault = |what: String| Fault { line: table.header_line, what };
    for cell in &table.header {
        let label = words.label(cell).filter(|label| ours.contains(label)).map(str::to_owned);
        match &label {
            None if !cell.is_empty() => {
                notices.push(format!("the column \"{cell}\" is none of ours and is left out"))
            }
            Some(known) if columns.contains(&label) => {
                faults.push(fault(format!("two columns are {known}; keep one of them (\"{cell}\")")));
            }
            _ => (),
        }
        columns.push(label);
    }
    for needed in ["Name", "Email", "Areas"] {
        if !columns.iter().flatten().any(|c| c == needed) {
            faults.push(fault(format!("there is no column {needed}; the header names: {}", ours.join(", "))));
        }
    }
    (columns, faults, notices)
}

fn cells((line, cells): &(u64, Vec<String>), columns: &[Option<String>], faults: &mut Vec<Fault>) -> Row {
    if cells.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
        let what = format!(
            "{} cells under {} columns; put a text that holds a separator in quotes",
            cells.len(),
            columns.len()
        );
        faults.push(Fault { line: *line, what });
    }
    let filled = columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    let known = filled.filter_map(|(label, cell)| Some((label.clone()?, cell.clone())));
    Row { line: *line, cells: known.collect::<BTreeMap<_, _>>() }
}

// ---- announce

/// `announce`: what it prints.
pub fn announce(arguments: &args::Announce) -> Result<String, ImportError> {
    let bench = run::Bench::open(&arguments.config.path, !arguments.dry_run)?;
    let people = match arguments.dry_run {
        true => waiting(&bench.decider)?.len(),
        false => announce_all(&bench.decider)?,
    };
    Ok(report::announced(people, bench.per_minute, arguments.dry_run, arguments.json))
}

/// Announces everybody who waits; says how many there were. Stopped in between, it goes on
/// with the others when it is called again.
pub fn announce_all<C>(decider: &Decider<C>) -> Result<usize, ImportError>
where
    C: Compose,
    C::Error: Display,
{
    let waiting = waiting(decider)?;
    for addresses in waiting.chunks(AT_ONCE) {
        decider.work(&Work::Inputs(vec![Input::Announced(addresses.to_vec())]))?;
    }
    Ok(waiting.len())
}

fn waiting<C>(decider: &Decider<C>) -> Result<Vec<AddrSpec>, ImportError> {
    let rows = GroupView::new(&*decider.store).range(&format!("{}/", Imported::TABLE));
    let read = |(key, text): &(String, String)| {
        serde_json::from_str::<Imported>(text).map_err(|e| {
            Trouble::Store(crate::store::StoreError::Unusable(format!("the row {key} is damaged: {e}")))
        })
    };
    Ok(rows.iter().map(|row| read(row).map(|i| i.address)).collect::<Result<Vec<_>, _>>()?)
}
