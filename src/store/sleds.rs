//! What sled needs to be watched over: it may panic where it should say, and end later than it says.

use super::index::Damage;
use std::any::Any;
use std::fs::{File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// For sled to end; milliseconds are usual.
const LET_GO: Duration = Duration::from_secs(5);
const LET_GO_PAUSE: Duration = Duration::from_millis(2);

/// sled panics on some damage: to us that is one more answer.
pub(super) fn guarded<T>(look: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
    match catch_unwind(AssertUnwindSafe(look)) {
        Ok(answer) => answer,
        Err(panic) => Err(Damage(format!("sled panicked: {}", words_of(&*panic)))),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}

/// Drops the last handle. After a failed write sled waits for ever in its drop: that must not be our wait.
pub(super) fn let_go(db: sled::Db, dir: &Path) -> Result<(), Damage> {
    let (tell, told) = mpsc::channel();
    let close = move || {
        let closed = guarded(|| {
            drop(db);
            Ok(())
        });
        // Nobody listens any more if it took too long.
        let _ = tell.send(closed);
    };
    let spawned = thread::Builder::new().name("index-close".to_owned()).spawn(close);
    spawned.map_err(|why| Damage(format!("no thread to close it ({why})")))?;
    let closed = told.recv_timeout(LET_GO).unwrap_or_else(|_| Err(Damage("sled does not end".to_owned())));
    wait_until_let_go(dir);
    closed
}

/// sled's threads may hold its lock, and write, for a moment after the last handle is dropped. Whoever
/// opened or renamed the directory then would find it locked, or changed afterwards.
pub(super) fn wait_until_let_go(dir: &Path) {
    let Ok(file) = File::open(dir.join("db")) else { return };
    // Whoever still has it after that is told by sled itself.
    drop(lock_within(&file, LET_GO));
}

/// Locks a file, as soon as it is let go within this time. A process that has just been started
/// holds what its parent has open until it becomes another program.
#[expect(clippy::disallowed_methods, reason = "the system tells nobody when a lock is let go")]
pub(super) fn lock_within(file: &File, patience: Duration) -> Result<(), TryLockError> {
    let mut pauses = patience.as_millis() / LET_GO_PAUSE.as_millis();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if pauses > 0 => thread::sleep(LET_GO_PAUSE),
            done => return done,
        }
        pauses -= 1;
    }
}

impl From<sled::Error> for Damage {
    fn from(error: sled::Error) -> Self {
        Self(error.to_string())
    }
}
