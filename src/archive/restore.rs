//! `restore`: a backup becomes the store, held until `resume`.

use super::file;
use super::stage::Stage;
use super::{ArchiveError, config, shown};
use crate::args;
use crate::clock::Clock;
use serde_json::json;
use std::path::Path;

/// `restore FROM`: what it prints.
pub fn restore(arguments: &args::Restore) -> Result<String, ArchiveError> {
    let store = config(&arguments.config.path)?.store.path;
    let from = &arguments.from;
    let verified = file::verify(from)?;
    if !verified.has_secret {
        return Err(ArchiveError::Wrong(format!(
            "{} holds no install secret: it is an export, not a backup; \"soundingboard import records\" reads it \
             into an empty store",
            from.display()
        )));
    }
    let now = Clock::real().now();
    let stage = Stage::open(&store)?;
    let aside = match stage.is_inhabited()? {
        true if !arguments.replace => return Err(refused(&store)),
        true => Some(stage.aside(now)),
        false => None,
    };
    stage.fill(from, &verified.contents, Some(now))?;
    stage.take_place(aside.as_deref())?;
    let contents = verified.contents;
    let aside = aside.map(|path| path.display().to_string());
    if arguments.json {
        let json = json!({
            "store": store.display().to_string(), "rows": contents.rows, "until": shown(contents.newest.at),
            "replaced": aside, "held": true,
        });
        return Ok(format!("{json}\n"));
    }
    let aside = aside.map(|path| format!("What was there before is kept in {path}.\n")).unwrap_or_default();
    Ok(format!(
        "Restored {} into {}.\n{aside}It is held: nothing is read or sent until \"soundingboard resume\", which says \
         what would go out.\n",
        file::said(&contents),
        store.display()
    ))
}

fn refused(store: &Path) -> ArchiveError {
    ArchiveError::Refused(format!(
        "there is a store in {} already: with --replace it is set aside in the same folder, and not deleted",
        store.display()
    ))
}
