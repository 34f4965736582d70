//! Configuration and letters, as `check` has them.

use super::report::Report;
use crate::config::Config;
use crate::exit::Exit;
use crate::run::{self, Trouble};
use std::path::Path;

const CONFIGURATION: &str = "configuration";
const LETTERS: &str = "letters";

/// The configuration, if it is sound; whatever is wrong with the letters, servers can be tried.
pub fn examine(path: &Path, report: &mut Report<'_>) -> Option<Config> {
    let config = match Config::load(path) {
        Ok(config) => config,
        Err(faults) => {
            faults.0.iter().for_each(|fault| report.fault(CONFIGURATION, Exit::Config, &fault.to_string()));
            report.not_tried(LETTERS, "the configuration has faults");
            report.not_tried("servers", "the configuration has faults");
            return None;
        }
    };
    match config.warnings() {
        [] => report.ok(CONFIGURATION, format!("{} is sound", path.display())),
        warnings => warnings.iter().for_each(|warning| {
            let (said, remedy) = warning.rsplit_once("; ").unwrap_or((warning, "it works all the same"));
            report.warning(CONFIGURATION, said, remedy);
        }),
    }
    match run::check(path) {
        Ok(_) => report.ok(LETTERS, "all are sound"),
        Err(Trouble::Config(faults)) => report.fault(LETTERS, Exit::Config, &faults.to_string()),
        Err(trouble) => report.fault(LETTERS, trouble.exit(), &trouble.to_string()),
    }
    Some(config)
}
