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

/// Where a password is: a file, or a variable of the environment.
const KEYS: [&str; 2] = ["password_file", "password_env"];

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
    secret(table, around, "password", KEYS).map(Password)
}

/// The same of any secret: `what` it is, and the keys of its file and its variable.
pub(super) fn secret(
    table: &Table<'_, '_>,
    around: &Surroundings<'_>,
    what: &'static str,
    [file_key, variable_key]: [&'static str; 2],
) -> Option<String> {
    let file = table.text(file_key).filter(|text| !text.value.is_empty());
    let variable = table.text(variable_key).filter(|text| !text.value.is_empty());
    match (file, variable) {
        (Some(file), None) => from_file(table, what, &file, around),
        (None, Some(variable)) => from_variable(table, file_key, &variable, around),
        (Some(_), Some(second)) => {
            table.fault(
                second.span,
                format!("{file_key} and {variable_key} are both there; remove one of them"),
            );
            None
        }
        (None, None) => None,
    }
}

/// Whether the table says at all where the password is.
pub(super) fn is_named(table: &Table<'_, '_>) -> bool {
    let [file, variable] = KEYS.map(|key| table.text(key).is_some_and(|text| !text.value.is_empty()));
    file || variable
}

fn from_file(
    table: &Table<'_, '_>,
    what: &str,
    file: &At<String>,
    around: &Surroundings<'_>,
) -> Option<String> {
    let path = around.password_path(&file.value);
    match fs::read_to_string(&path) {
        Ok(text) if !text.trim_end_matches(['\r', '\n']).is_empty() => {
            warn_if_others_may_read(table, what, file, &path);
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        Ok(_) => {
            table.fault(
                file.span.clone(),
                format!("the {what} file {} is empty; write the {what} into it", path.display()),
            );
            None
        }
        Err(why) => {
            table.fault(file.span.clone(), unreadable(what, &path, &why));
            None
        }
    }
}

fn unreadable(what: &str, path: &Path, why: &io::Error) -> String {
    let path = path.display();
    let alone = format!("with the {what} alone in it");
    let remedy = match why.kind() {
        io::ErrorKind::NotFound => format!("create it {alone}, or give its whole path"),
        io::ErrorKind::PermissionDenied => "let the user that runs soundingboard read it".to_owned(),
        _ => format!("it must be a file {alone}"),
    };
    format!("the {what} file {path} cannot be read ({why}); {remedy}")
}

#[cfg(unix)]
pub(super) fn warn_if_others_may_read(table: &Table<'_, '_>, what: &str, file: &At<String>, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0, |about| about.permissions().mode());
    if mode & 0o044 != 0 {
        let path = path.display();
        table.warn(file.span.clone(), &format!("others can read the {what} file {path}; chmod 600 it"));
    }
}

#[cfg(not(unix))]
pub(super) fn warn_if_others_may_read(_: &Table<'_, '_>, _: &str, _: &At<String>, _: &Path) {}

fn from_variable(
    table: &Table<'_, '_>,
    file_key: &str,
    name: &At<String>,
    around: &Surroundings<'_>,
) -> Option<String> {
    let found = (around.variable)(&name.value).and_then(|value| value.into_string().ok());
    let secret = found.filter(|text| !text.is_empty());
    if secret.is_none() {
        let sentence =
            format!("the environment has no {} (or nothing in it); set it, or use {file_key}", name.value);
        table.fault(name.span.clone(), sentence);
    }
    secret
}
