//! How full the disk of the store is: measured now and then, and told to the program.

use super::Desk;
use crate::clock::Clock;
use crate::decider::{DecideError, Work};
use crate::journal;
use crate::program::disk::{self, Disk};
use crate::program::input::Input;
use std::io;
use std::path::Path;
use std::time::Duration;

/// At a gigabyte a minute a tenth of a usual disk lasts as long.
const EVERY: Duration = Duration::from_secs(5 * 60);

/// Measures as long as it is polled. What cannot be committed is tried again: whoever else commits then
/// meets the same, and says so.
pub async fn watch(path: &Path, desk: &Desk, clock: &Clock) {
    loop {
        look(path, desk, clock).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// Measures once.
pub async fn look(path: &Path, desk: &Desk, clock: &Clock) {
    let told = match measure(path) {
        Ok(disk) => tell(disk, path, desk, clock).await.map_err(|fault| fault.to_string()),
        Err(why) => Err(why.to_string()),
    };
    if let Err(why) = told {
        journal::disk_not_told(&why);
    }
}

async fn tell(disk: Disk, path: &Path, desk: &Desk, clock: &Clock) -> Result<(), DecideError> {
    if desk.read(|view| disk::is_news(view, &disk, clock.now()))? {
        if disk.is_low() {
            journal::disk_low(path, disk.free, disk.size);
        }
        desk.decide(Work::Inputs(vec![Input::Disk(disk)])).await?;
    }
    Ok(())
}

/// How many bytes may still be written where this is.
pub fn free(path: &Path) -> io::Result<u64> {
    fs2::available_space(path)
}

/// What is free, and how large the disk is.
pub fn measure(path: &Path) -> io::Result<Disk> {
    let (free, size) = (free(path)?, fs2::total_space(path)?);
    Ok(Disk { path: path.display().to_string(), free, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_is_measured_in_bytes_and_by_the_path_of_the_store() {
        let dir = tempfile::tempdir().expect("a directory");
        let disk = measure(dir.path()).expect("a disk");
        assert_eq!(disk.path, dir.path().display().to_string());
        assert!(disk.free <= disk.size && disk.size > 1 << 20, "{disk:?}");
        assert!(measure(&dir.path().join("nowhere")).is_err());
    }
}
