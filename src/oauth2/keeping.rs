//! What a login has brought, in a file that nobody else may read.

use super::TokenError;
use crate::place::{beside, folder_of, own, sync_folder_of};
use fs2::FileExt;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// The file, as JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The account that it was granted to, as far as the client is concerned.
    pub client_id: String,
    pub refresh_token: String,
    /// When a person logged in, or the server last changed it: RFC 3339.
    pub since: String,
}

/// Whoever has the lock asks for a token, and that takes half a minute at most.
const LOOKS: u32 = 300;
const BETWEEN: Duration = Duration::from_millis(100);
const NOT_OURS: &str = "it is not what a login wrote; take it away and log in again";

/// Reads the file, if there is one.
pub fn read(path: &Path) -> Result<Option<Kept>, TokenError> {
    match fs::read_to_string(path) {
        // The parser's error may quote what it read, and that is a secret.
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| fault(path, "read", &io::Error::other(NOT_OURS))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(path, "read", &error)),
    }
}

/// Holds off whoever else would use the same refresh token up, as it may be good for one time only: until
/// what is returned is dropped. The file's folder is made if it is missing.
pub async fn alone(path: &Path) -> Result<File, TokenError> {
    let lock = beside(path, "lock");
    let file = opened(path, &lock).map_err(|error| fault(&lock, "opened", &error))?;
    for _ in 0..LOOKS {
        match FileExt::try_lock_exclusive(&file) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => tokio::time::sleep(BETWEEN).await,
            locked => return locked.map(|()| file).map_err(|error| fault(&lock, "locked", &error)),
        }
    }
    let cause = io::Error::new(ErrorKind::TimedOut, "another process has held it for half a minute");
    Err(fault(&lock, "locked", &cause))
}

fn opened(path: &Path, lock: &Path) -> io::Result<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder_of(path))?;
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(lock)?;
    give(lock)?;
    Ok(file)
}

/// Writes the file whole, or leaves the old one: written beside it, synced, renamed.
pub fn write(path: &Path, kept: &Kept) -> Result<(), TokenError> {
    written(path, kept).map_err(|error| fault(path, "written", &error))
}

fn written(path: &Path, kept: &Kept) -> io::Result<()> {
    let draft = beside(path, "new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(serde_json::to_string(kept)?.as_bytes())?;
    file.sync_all()?;
    give(&draft)?;
    fs::rename(&draft, path)?;
    sync_folder_of(path)
}

/// Root logs in for the service, and the service has to read it: the file belongs to whom its folder
/// belongs to.
fn give(file: &Path) -> io::Result<()> {
    match own(file, folder_of(file)) {
        // Only root may give a file away; anybody else keeps it, and reads it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

fn fault(path: &Path, what: &'static str, cause: &io::Error) -> TokenError {
    let passes =
        matches!(cause.kind(), ErrorKind::StorageFull | ErrorKind::TimedOut | ErrorKind::Interrupted);
    TokenError::File { file: path.to_path_buf(), what, cause: cause.to_string(), passes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_kept_is_read_again_and_others_may_not_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        assert!(read(&path).unwrap().is_none());
        let kept = |token: &str| Kept {
            client_id: "client".to_owned(),
            refresh_token: token.to_owned(),
            since: "2026-11-23T08:00:00Z".to_owned(),
        };
        write(&path, &kept("first")).unwrap();
        // A draft that an abnormal end left there is in nobody's way.
        fs::write(beside(&path, "new"), "half").unwrap();
        write(&path, &kept("second")).unwrap();
        assert!(read(&path).unwrap() == Some(kept("second")));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_none_of_ours_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "\"ya29.secret\"").unwrap();
        let Err(error) = read(&path) else { panic!("it was read") };
        assert!(error.to_string().contains("cannot be read"), "{error}");
        assert!(!error.to_string().contains("ya29"), "{error}");
    }
}
