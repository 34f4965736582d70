//! Where a file stands: its folder, what lies beside it, and whom it belongs to.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

/// The folder of a file; the one we are in where the path names none.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// `name.suffix` beside `name`.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

/// A file that was given its name keeps it when the power goes.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Gives a file to whom another, or a folder, belongs to.
pub fn own(path: &Path, like: &Path) -> io::Result<()> {
    let (has, should) = (path.symlink_metadata()?, fs::metadata(like)?);
    if (has.uid(), has.gid()) == (should.uid(), should.gid()) {
        return Ok(());
    }
    chown(path, Some(should.uid()), Some(should.gid()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_stands_in_the_folder_we_are_in() {
        assert_eq!(folder_of(Path::new("a.toml")), Path::new("."));
        assert_eq!(folder_of(Path::new("/etc/a.toml")), Path::new("/etc"));
        assert_eq!(beside(Path::new("/etc/a.toml"), "new"), Path::new("/etc/a.toml.new"));
    }
}
