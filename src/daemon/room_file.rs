//! The bookings of the shared room in a file, for calendar programs to subscribe to.

use super::Desk;
use crate::journal;
use crate::program::room_calendar::RoomCalendar;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Several decisions that come together are written once.
const REST: Duration = Duration::from_secs(1);

/// The file, and what stands in it.
pub struct RoomFile {
    path: PathBuf,
    calendar: RoomCalendar,
    written: Option<String>,
}

impl RoomFile {
    pub fn new(path: PathBuf, calendar: RoomCalendar) -> Self {
        Self { path, calendar, written: None }
    }

    /// Keeps it, commit by commit, as long as it is polled.
    pub async fn keep(&mut self, desk: &Desk) {
        loop {
            self.write(desk);
            desk.changed.notified().await;
            tokio::time::sleep(REST).await;
        }
    }

    /// Writes the bookings as they stand, if they are others than in the file. What cannot be read or
    /// written is said, and tried again with the next commit.
    pub fn write(&mut self, desk: &Desk) {
        let written = match desk.read(|view| self.calendar.text(view)) {
            Ok(text) if self.written.as_ref() == Some(&text) => return,
            Ok(text) => replace(&self.path, &text).map(|()| text).map_err(|why| why.to_string()),
            Err(why) => Err(why.to_string()),
        };
        match written {
            Ok(text) => self.written = Some(text),
            Err(why) => journal::room_file_not_written(&self.path, &why),
        }
    }
}

/// Whoever reads it meanwhile has the old one or the new one, whole.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.new"));
    let mut file = fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_left_where_it_says_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("room.ics");
        replace(&path, "one").expect("written");
        let first = fs::metadata(&path).expect("it is there").modified().expect("a time");
        replace(&path, "one").expect("nothing to do");
        assert_eq!(fs::metadata(&path).expect("it is there").modified().expect("a time"), first);
        replace(&path, "two").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "two");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        assert!(replace(&folder.path().join("missing/room.ics"), "one").is_err());
    }
}
