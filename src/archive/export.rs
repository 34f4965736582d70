//! `export` and `import records`: the records as they stand, for other programs and other installations.
//!
//! An export holds every record but what belongs to this installation alone: the install secret and the
//! tokens made of it (whoever has them acts in people's names), letters under way, and how far
//! the mailbox has been read. It lets a store begin with these people, requests and figures; to move
//! an installation with its open requests, `backup` and `restore` are the way.

use super::file::{self, Trouble};
use super::stage::Stage;
use super::{ArchiveError, config, ledger_of};
use crate::args;
use crate::clock::Clock;
use crate::place;
use crate::store::rows::Rows;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The tables an export leaves out.
const LEFT_OUT: &[&str] = &[
    "install/",
    "token/",
    "outbox/",
    "bytes/",
    "queue/",
    "shadowed/",
    "shadow-mail/",
    "shadow-decided/",
    "mark/",
    "in-work/",
    "reading/",
    "restored/",
    "standstill/",
    "undelivered/",
];

fn is_exported(key: &str) -> bool {
    !LEFT_OUT.iter().any(|table| key.starts_with(table))
}

/// `export [TO]`: writes to a file, or to `out`; what it prints besides. `scratch` is where temporary files may be.
pub fn export(arguments: &args::Export, scratch: &Path, out: &mut dyn Write) -> Result<String, ArchiveError> {
    let store = config(&arguments.config.path)?.store.path;
    ledger_of(&store)?;
    let Some(to) = &arguments.to else { return to_stream(&store, scratch, out) };
    let to = file::place(to, "export", Clock::real().now());
    file::refuse_to_overwrite(&to)?;
    file::refuse_within(&to, &store)?;
    let rows = gather(&store, &place::beside(&to, "rows"))?;
    let contents = file::write(&to, &rows, is_exported)?;
    Ok(match arguments.json {
        true => format!("{}\n", contents.json()),
        false => format!("{}; read back and found whole.\n", contents.text()),
    })
}

fn gather(store: &Path, scratch: &Path) -> Result<Rows, ArchiveError> {
    Rows::gather(store, scratch)?.ok_or_else(|| ArchiveError::NoStore { path: store.to_owned() })
}

/// What does not fit in memory is sorted in a folder that only we may read.
fn to_stream(store: &Path, scratch: &Path, out: &mut dyn Write) -> Result<String, ArchiveError> {
    let scratch = scratch.join(format!("soundingboard-export-{}", std::process::id()));
    let rows = gather(store, &scratch)?;
    let failed = |source: io::Error| file::unwritten(Path::new("standard output"), source);
    let written = file::write_to(BufWriter::new(out), &rows, is_exported);
    written.map(|_| String::new()).map_err(|error| match error {
        Trouble::Out(source) => failed(source),
        Trouble::Store(error) => error.into(),
    })
}

/// `import records FILE`: what it prints.
pub fn import(arguments: &args::ImportRecords) -> Result<String, ArchiveError> {
    let store = config(&arguments.config.path)?.store.path;
    let from = &arguments.file;
    let verified = file::verify(from)?;
    if verified.has_secret {
        return Err(ArchiveError::Wrong(format!(
            "{} is a backup, with the secret of its installation: use \"soundingboard restore\"",
            from.display()
        )));
    }
    let stage = Stage::open(&store)?;
    if stage.is_inhabited()? {
        return Err(ArchiveError::Refused(format!(
            "there is a store in {} already, and an import begins one: point [store] path at an empty folder, \
             or restore a backup with --replace",
            store.display()
        )));
    }
    if arguments.dry_run {
        return Ok(format!(
            "{} would be imported; this was a dry run: nothing was written.\n",
            file::said(&verified.contents)
        ));
    }
    let contents = verified.contents;
    // What would speak by itself waits for the operator's word, as after a restore.
    let hold = verified.acts.then(|| Clock::real().now());
    stage.fill(from, &contents, hold)?;
    stage.take_place(None)?;
    Ok(said(arguments.json, &contents, hold.is_some(), &store))
}

fn said(as_json: bool, contents: &super::Contents, held: bool, store: &Path) -> String {
    if as_json {
        let mut json = contents.json();
        json["held"] = json!(held);
        return format!("{json}\n");
    }
    let next = if held {
        "There are open requests in it: it is held until \"soundingboard resume\", which says what would go out.\n"
    } else {
        ""
    };
    format!("Imported {} into {}.\n{next}", file::said(contents), store.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_one_installation_is_not_exported() {
        for key in [
            "install/secret",
            "token/ABC",
            "bytes/x-0",
            "queue/0/x",
            "mark/INBOX/1/0000000001",
            "standstill/daemon",
        ] {
            assert!(!is_exported(key), "{key}");
        }
        for key in ["person/amina@campus.example", "case/K7Q2M", "handled/abc", "timer/digest"] {
            assert!(is_exported(key), "{key}");
        }
    }
}
