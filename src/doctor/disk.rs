//! The folder of the store, and the disk it is on. The store itself is not opened.

use super::report::Report;
use crate::config::Store;
use crate::daemon::disk::measure;
use crate::exit::Exit;
use rustix::fs::{Access, access};
use std::path::Path;

const STORE: &str = "store";
const MIB: u64 = 1024 * 1024;

pub fn examine(store: &Store, report: &mut Report<'_>) {
    // What is not there yet is made in the nearest folder that is.
    let Some(folder) = store.path.ancestors().map(or_here).find(|folder| folder.exists()) else {
        return report.fault(
            STORE,
            Exit::Config,
            &format!("no part of {} is there; check [store] path", store.path.display()),
        );
    };
    let (path, there) = (store.path.display(), folder.display());
    if !folder.is_dir() {
        return report.fault(STORE, Exit::Config, &format!("{there} is no folder; check [store] path"));
    }
    let inner = [folder.to_owned(), store.path.join("ledger"), store.path.join("index")];
    for part in inner.iter().filter(|part| part.exists()) {
        if let Err(why) = access(part, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK) {
            let remedy = "run doctor as the user that runs soundingboard, or give the folder to that user";
            let sentence = format!("{} cannot be written by this user ({why}); {remedy}", part.display());
            return report.fault(STORE, Exit::NoPerm, &sentence);
        }
    }
    let disk = match measure(folder) {
        Ok(disk) => disk,
        Err(why) => {
            return report.warning(
                STORE,
                format!("the disk of {there} cannot be measured ({why})"),
                "look at it by hand",
            );
        }
    };
    let free = format!("{} MiB of {} MiB are free", disk.free / MIB, disk.size / MIB);
    match (disk.is_low(), store.disk_alarm, store.path.exists()) {
        (true, true, _) => {
            report.warning(STORE, format!("the disk of {there} is nearly full: {free}"), "make room")
        }
        (_, _, true) => report.ok(STORE, format!("{path} can be written; {free}")),
        (_, _, false) => report.ok(STORE, format!("{path} is not there yet and can be made; {free}")),
    }
}

fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn told(path: PathBuf) -> String {
        let store = Store { path, keep_handled_days: 400, keep_request_text_days: 365, disk_alarm: false };
        let mut out = Vec::new();
        examine(&store, &mut Report::to(&mut out, false));
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_store_that_is_there_is_written_and_one_that_is_not_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = folder.path().to_owned();
        assert!(
            told(there.clone())
                .starts_with(&format!("ok         store: {} can be written; ", there.display()))
        );
        let missing = told(there.join("a/b"));
        assert!(missing.contains("a/b is not there yet and can be made; "), "{missing}");
        assert!(!there.join("a").exists());
    }

    #[test]
    fn a_file_in_its_place_is_a_fault() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let said = told(file.path().join("store"));
        assert!(said.starts_with("fault") && said.ends_with("is no folder; check [store] path\n"), "{said}");
    }

    #[test]
    fn a_folder_that_nobody_may_write_is_a_fault_with_its_remedy() {
        // Not even root writes there.
        let said = told(PathBuf::from("/proc/sys/store"));
        assert!(said.starts_with("fault      store: /proc/sys cannot be written by this user"), "{said}");
        assert!(said.contains("run doctor as the user that runs soundingboard"), "{said}");
    }
}
