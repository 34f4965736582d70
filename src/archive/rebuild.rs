//! `rebuild`: the index made anew from the ledger, or only compared with it.

use super::{ArchiveError, config, ledger_of};
use crate::args;
use crate::store::indexed::IndexedStore;
use crate::store::rebuild::{Comparison, Rebuilt};
use serde_json::json;
use std::path::Path;

/// `rebuild`: what it prints.
pub fn rebuild(arguments: &args::Rebuild) -> Result<String, ArchiveError> {
    let store = config(&arguments.config.path)?.store.path;
    ledger_of(&store)?;
    if arguments.check { check(&store, arguments.json) } else { anew(&store, arguments.json) }
}

fn anew(store: &Path, as_json: bool) -> Result<String, ArchiveError> {
    let opened = IndexedStore::open(store)?;
    let Rebuilt { groups, rows } = opened.store.rebuild_index()?;
    if as_json {
        let json = json!({"groups": groups, "rows": rows, "warnings": opened.warnings});
        return Ok(format!("{json}\n"));
    }
    let warnings: String = opened.warnings.iter().map(|warning| format!("{warning}\n")).collect();
    Ok(format!("{warnings}The index has been made anew from the ledger's {groups} groups: {rows} rows.\n"))
}

/// As at every start, what the index lacks at its end is taken over first; what it says wrongly is not put right.
fn check(store: &Path, as_json: bool) -> Result<String, ArchiveError> {
    let opened = IndexedStore::open(store)?;
    let found = opened.store.compare(store, &store.join("comparing"))?;
    let Comparison { groups, rows, differences, named } = &found;
    let text = if as_json {
        let warnings = &opened.warnings;
        let json = json!({
            "groups": groups, "rows": rows, "replayed": opened.replayed, "differences": differences, "named": named,
            "warnings": warnings,
        });
        format!("{json}\n")
    } else {
        let warnings = opened.warnings.iter().map(|warning| format!("{warning}\n"));
        let agree = format!("Ledger and index agree: {groups} groups, {rows} rows.\n");
        warnings.chain([agree]).collect()
    };
    if *differences == 0 {
        return Ok(text);
    }
    let list: String = named.iter().map(|sentence| format!("{sentence}\n")).collect();
    Err(ArchiveError::Differs(match as_json {
        true => text,
        false => format!(
            "{list}Ledger and index differ in {differences} of {rows} rows: \"soundingboard rebuild\" makes the index anew"
        ),
    }))
}
