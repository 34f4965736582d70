//! The files of a first configuration: all of them or none, and none in the place of another.

use super::InitError;
use super::answers::{Answers, Login, OAuth2};
use super::document::{self, CLIENT_SECRET, IMAP_PASSWORD, SERVICE_ACCOUNT, SMTP_PASSWORD};
use crate::place::folder_of;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, PersistError};

/// No secret is in it, and the service's user has to read it.
const CONFIGURATION: u32 = 0o644;
const SECRET: u32 = 0o600;

/// A file to be.
struct Planned {
    path: PathBuf,
    text: String,
    mode: u32,
}

pub fn refuse_to_overwrite(config: &Path) -> Result<(), InitError> {
    match config.symlink_metadata() {
        Ok(_) => Err(InitError::There { path: config.to_owned() }),
        Err(_) => Ok(()),
    }
}

/// Writes the secrets, and the configuration last: where it is, they are.
pub fn write(config: &Path, answers: &Answers) -> Result<(), InitError> {
    refuse_to_overwrite(config)?;
    let folder = folder_of(config);
    let planned = planned(config, folder, answers);
    if let Some(there) = planned.iter().find(|file| file.path.symlink_metadata().is_ok()) {
        return Err(InitError::SecretThere { path: there.path.clone() });
    }
    let written: Result<Vec<_>, _> = planned.iter().map(|file| file.write(folder)).collect();
    let mut named = Vec::new();
    for (file, written) in planned.iter().zip(written?) {
        if let Err(error) = file.name(written, folder) {
            // Half of them would be in the way of the next attempt.
            named.iter().for_each(|path| drop(fs::remove_file(path)));
            return Err(error);
        }
        named.push(&file.path);
    }
    Ok(())
}

fn planned(config: &Path, folder: &Path, answers: &Answers) -> Vec<Planned> {
    let secret = |name: &str, text: &str| Planned {
        path: folder.join(name),
        text: format!("{}\n", text.trim_end_matches('\n')),
        mode: SECRET,
    };
    let mut files = match &answers.login {
        // Two files, as the unit of the service hands over two.
        Login::Password { imap, smtp } => vec![secret(IMAP_PASSWORD, imap), secret(SMTP_PASSWORD, smtp)],
        Login::OAuth2(OAuth2 { client_secret, service_account, .. }) => {
            let client = client_secret.iter().map(|text| secret(CLIENT_SECRET, text));
            client.chain(service_account.iter().map(|text| secret(SERVICE_ACCOUNT, text))).collect()
        }
    };
    files.push(Planned { path: config.to_owned(), text: document::text(answers), mode: CONFIGURATION });
    files
}

impl Planned {
    /// Beside its place, and on the disk.
    fn write(&self, folder: &Path) -> Result<NamedTempFile, InitError> {
        let written = || -> io::Result<NamedTempFile> {
            // Made for its owner alone, whatever it will be.
            let mut file = tempfile::Builder::new().prefix(".soundingboard-").tempfile_in(folder)?;
            file.as_file().set_permissions(Permissions::from_mode(self.mode))?;
            file.write_all(self.text.as_bytes())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        written().map_err(|source| InitError::Unwritten { path: self.path.clone(), source })
    }

    /// Never in the place of a file that has come meanwhile.
    fn name(&self, written: NamedTempFile, folder: &Path) -> Result<(), InitError> {
        let named = written.persist_noclobber(&self.path).map_err(|PersistError { error, .. }| error);
        let synced = named.and_then(|_| fs::File::open(folder)?.sync_all());
        synced.map_err(|source| InitError::Unwritten { path: self.path.clone(), source })
    }
}
