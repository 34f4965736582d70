//! What a login has brought, in a file that nobody else may read.

use super::TokenError;
use fs2::FileExt;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

/// The file, as JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The account that it was granted to, as far as the client is concerned.
    pub client_id: String,
    pub refresh_token: String,
    /// When a person logged in, or the server last changed it: RFC 3339.
    pub since: String,
}

const NOT_OURS: &str = "it is not what a login wrote; take it away and log in again";

/// Reads the file, if there is one.
pub fn read(path: &Path) -> Result<Option<Kept>, TokenError> {
    match fs::read_to_string(path) {
        // The parser's error may quote what it read, and that is a secret.
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| fault(path, "read", &NOT_OURS)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(path, "read", &error)),
    }
}

/// Holds off whoever else would use the same refresh token up: it may be good for one time only. Until what
/// is returned is dropped.
pub async fn alone(path: &Path) -> Result<File, TokenError> {
    let (path, lock) = (path.to_path_buf(), beside(path, ".lock"));
    let waited = tokio::task::spawn_blocking(move || {
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(lock)?;
        FileExt::lock_exclusive(&file).map(|()| file)
    });
    let locked = waited.await.unwrap_or_else(|ended| Err(io::Error::other(ended)));
    locked.map_err(|error| fault(&path, "locked", &error))
}

/// Writes the file whole, or leaves the old one: written beside it, synced, renamed.
pub fn write(path: &Path, kept: &Kept) -> Result<(), TokenError> {
    written(path, kept).map_err(|error| fault(path, "written", &error))
}

fn written(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft = beside(path, ".new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(serde_json::to_string(kept)?.as_bytes())?;
    file.sync_all()?;
    belongs_with(folder, &draft)?;
    fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Root logs in for the service, and the service has to read it: the file belongs to whom its folder
/// belongs to.
fn belongs_with(folder: &Path, file: &Path) -> io::Result<()> {
    let (of_folder, of_file) = (fs::metadata(folder)?, fs::metadata(file)?);
    if of_folder.uid() == of_file.uid() {
        return Ok(());
    }
    match chown(file, Some(of_folder.uid()), Some(of_folder.gid())) {
        // Only root may give a file away; anybody else keeps it, and reads it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

fn fault(path: &Path, what: &'static str, cause: &dyn std::fmt::Display) -> TokenError {
    TokenError::File { file: path.to_path_buf(), what, cause: cause.to_string() }
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
        fs::write(beside(&path, ".new"), "half").unwrap();
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
