//! The socket's file: where it is, how it comes and goes.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

const NAME: &str = "control.sock";
/// Its owner and its group may ask.
const MODE: u32 = 0o660;

/// Where the daemon of a store listens.
pub fn path(store: &Path) -> PathBuf {
    store.join(NAME)
}

/// A listener, and its file, which goes with it.
pub struct Socket {
    pub listener: tokio::net::UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens. Whoever has the store open is the only daemon there can be, so a file that lies there is of
    /// one that was killed. It gets its name when its mode is right.
    pub fn open(store: &Path) -> io::Result<Self> {
        let path = path(store);
        let beside = store.join(format!(".{NAME}.new"));
        gone(&beside)?;
        let listener = UnixListener::bind(&beside)?;
        fs::set_permissions(&beside, Permissions::from_mode(MODE))?;
        fs::rename(&beside, &path)?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener: tokio::net::UnixListener::from_std(listener)?, path })
    }
}

impl Drop for Socket {
    /// Where that fails, the file is one of a daemon that is gone: nobody is misled by it.
    fn drop(&mut self) {
        let _ = gone(&self.path);
    }
}

fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    #[tokio::test]
    async fn a_file_left_by_a_daemon_that_was_killed_hinders_nobody() {
        let store = tempfile::tempdir().expect("a folder");
        let path = path(store.path());
        drop(UnixListener::bind(&path).expect("a socket"));
        let refused = UnixStream::connect(&path).expect_err("nobody listens any more");
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        let socket = Socket::open(store.path()).expect("another one");
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, MODE);
        UnixStream::connect(&path).expect("somebody listens");
        drop(socket);
        assert_eq!(fs::read_dir(store.path()).expect("a folder").count(), 0);
    }
}
