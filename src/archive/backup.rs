//! `backup`: the whole store in one file, while the daemon runs.

use super::file;
use super::{ArchiveError, Contents, config, ledger_of};
use crate::args;
use crate::clock::Clock;
use crate::place;
use crate::store::rows::Rows;
use serde_json::json;
use std::path::Path;

/// `backup TO`: what it prints.
pub fn backup(arguments: &args::Backup) -> Result<String, ArchiveError> {
    let store = config(&arguments.config.path)?.store.path;
    let to = file::place(&arguments.to, "backup", Clock::real().now());
    let (contents, has_secret) = write(&store, &to)?;
    if arguments.json {
        let mut json = contents.json();
        json["has_secret"] = json!(has_secret);
        return Ok(format!("{json}\n"));
    }
    let secret = if has_secret {
        "It holds the install secret and what people wrote in confidence: keep it as you keep the store."
    } else {
        "It holds no install secret: no daemon has run on this store yet."
    };
    Ok(format!("{}; read back and found whole.\n{secret}\n", contents.text()))
}

/// Backs the store up into a file that is not there yet.
pub fn write(store: &Path, to: &Path) -> Result<(Contents, bool), ArchiveError> {
    ledger_of(store)?;
    file::refuse_to_overwrite(to)?;
    file::refuse_within(to, store)?;
    let scratch = place::beside(to, "rows");
    let rows = Rows::gather(store, &scratch)?;
    let rows = rows.ok_or_else(|| ArchiveError::NoStore { path: store.to_owned() })?;
    let has_secret = std::cell::Cell::new(false);
    let contents = file::write(to, &rows, |key| {
        has_secret.set(has_secret.get() || key == super::SECRET);
        true
    })?;
    Ok((contents, has_secret.get()))
}
