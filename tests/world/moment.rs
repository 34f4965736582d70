//! A moment of the world: what it takes to go back there, and to tell whether it is reached.

use super::power::Power;
use super::wires::{Lying, Post};
use super::{Ground, World};
use soundingboard::clock::Clock;
use soundingboard::config::First;
use soundingboard::program::input::Purpose;
use soundingboard::program::record::Timestamp;
use soundingboard::program::rules::Rules;
use std::path::Path;
use std::sync::Arc;

/// The world on the disk between two steps of a story.
pub struct Moment {
    /// How many effects there were before it.
    pub effects: usize,
    disk: tempfile::TempDir,
    rows: Vec<(String, String)>,
    now: Timestamp,
    lying: Lying,
    rules: Rules,
    folders: Vec<(String, Purpose)>,
    first: First,
    running: bool,
    backup: Option<super::Backup>,
}

impl World {
    /// This moment. The store is closed for it, and opens again when it is needed.
    pub fn moment(&mut self) -> Moment {
        let rows = self.rows();
        self.open = None;
        let Ground::Disk(disk) = &self.ground else { panic!("only a world on the disk has moments") };
        Moment {
            effects: self.power.effects(),
            disk: copied(disk.path()),
            rows,
            now: self.clock.now(),
            lying: self.post.lying(),
            rules: self.rules.clone(),
            folders: self.folders.clone(),
            first: self.first,
            running: self.running,
            backup: self.backup.clone(),
        }
    }

    /// The world as it was then, on a disk of its own.
    pub fn at(moment: &Moment, power: Power) -> Self {
        let (clock, hands) = Clock::manual(moment.now);
        Self {
            clock,
            hands,
            post: Post::of(&moment.lying),
            power: Arc::new(power),
            ground: Ground::Disk(copied(moment.disk.path())),
            rules: moment.rules.clone(),
            folders: moment.folders.clone(),
            first: moment.first,
            running: moment.running,
            backup: moment.backup.clone(),
            restarts: 0,
            open: None,
        }
    }

    /// Whether time, mail and every record are what they were then: decisions follow from
    /// nothing else.
    pub fn is_at(&mut self, moment: &Moment) -> bool {
        self.clock.now() == moment.now
            && self.running == moment.running
            && self.post.lying() == moment.lying
            && self.rows() == moment.rows
    }

    fn rows(&mut self) -> Vec<(String, String)> {
        self.store().range("", usize::MAX).expect("a store that can be read")
    }
}

/// In memory where the system has such a place: these tests sync thousands of times.
pub fn scratch() -> tempfile::TempDir {
    let shm = Path::new("/dev/shm");
    let place = if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() };
    tempfile::tempdir_in(place).expect("a temporary folder")
}

fn copied(folder: &Path) -> tempfile::TempDir {
    let copy = scratch();
    copy_into(folder, copy.path()).expect("a copy of the store");
    copy
}

fn copy_into(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            copy_into(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
