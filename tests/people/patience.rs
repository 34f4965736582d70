//! Waiting for what another process does: it can only be looked at again.

use std::thread::sleep;
use std::time::Duration;

/// Asks until there is an answer, for at least so many seconds.
#[expect(clippy::disallowed_methods, reason = "no event of another process reaches us; the answer ends it")]
pub fn until<T>(seconds: u32, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    const PAUSE: Duration = Duration::from_millis(4);
    for _ in 0..seconds * 250 {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        sleep(PAUSE);
    }
    None
}
