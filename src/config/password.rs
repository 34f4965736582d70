//! Where a password comes from: a file, or a variable of the environment; never the configuration.

use super::reader::{At, Table};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A password that shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The password, for the server only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is outside the file: its folder and the environment.
pub(super) struct Surroundings<'a> {
    pub folder: PathBuf,
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Surroundings<'_> {
    /// A relative path is looked for among the credentials of the service
    /// (systemd.exec(5), LoadCredential), then beside the configuration.
    pub(super) fn password_path(&self, written: &str) -> PathBuf {
        let credentials =
            (self.variable)("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(written));
        let credential = credentials.filter(|path| Path::new(written).is_relative() && path.exists());
        credential.unwrap_or_else(|| self.folder.join(written))
    }
}

/// Reads the password that a table names; what is wrong is a fault of the table.
pub(super) fn password(table: &Table<'_, '_>, around: &Surroundings<'_>) -> Option<Password> {
    let file = table.text("password_file").filter(|text| !text.value.is_empty());
    let variable = table.text("password_env").filter(|text| !text.value.is_empty());
    match (file, variable) {
        (Some(file), None) => from_file(table, &file, around),
        (None, Some(variable)) => from_variable(table, &variable, around),
        (Some(_), Some(second)) => {
            table.fault(second.span, "password_file and password_env are both there; remove one of them");
            None
        }
        (None, None) => None,
    }
}

/// Whether the table says at all where the password is.
pub(super) fn is_named(table: &Table<'_, '_>) -> bool {
    let named = |key| table.text(key).is_some_and(|text| !text.value.is_empty());
    named("password_file") || named("password_env")
}

fn from_file(table: &Table<'_, '_>, file: &At<String>, around: &Surroundings<'_>) -> Option<Password> {
    let path = around.password_path(&file.value);
    match fs::read_to_string(&path) {
        Ok(text) if !text.trim_end_matches(['\r', '\n']).is_empty() => {
            warn_if_others_may_read(table, file, &path);
            Some(Password::new(text.trim_end_matches(['\r', '\n'])))
        }
        Ok(_) => {
            table.fault(
                file.span.clone(),
                format!("the password file {} is empty; write the password into it", path.display()),
            );
            None
        }
        Err(why) => {
            table.fault(file.span.clone(), unreadable(&path, &why));
            None
        }
    }
}

fn unreadable(path: &Path, why: &io::Error) -> String {
    let path = path.display();
    let remedy = match why.kind() {
        io::ErrorKind::NotFound => "create it with the password alone in it, or give its whole path",
        io::ErrorKind::PermissionDenied => "let the user that runs soundingboard read it",
        _ => "it must be a file with the password alone in it",
    };
    format!("the password file {path} cannot be read ({why}); {remedy}")
}

#[cfg(unix)]
fn warn_if_others_may_read(table: &Table<'_, '_>, file: &At<String>, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0, |about| about.permissions().mode());
    if mode & 0o044 != 0 {
        let path = path.display();
        table.warn(file.span.clone(), &format!("others can read the password file {path}; chmod 600 it"));
    }
}

#[cfg(not(unix))]
fn warn_if_others_may_read(_: &Table<'_, '_>, _: &At<String>, _: &Path) {}

fn from_variable(table: &Table<'_, '_>, name: &At<String>, around: &Surroundings<'_>) -> Option<Password> {
    let found = (around.variable)(&name.value).and_then(|value| value.into_string().ok());
    let password = found.filter(|text| !text.is_empty()).map(Password::new);
    if password.is_none() {
        let sentence =
            format!("the environment has no {} (or nothing in it); set it, or use password_file", name.value);
        table.fault(name.span.clone(), sentence);
    }
    password
}
