//! `[room]`: the network's shared room.

use super::password::Surroundings;
use super::reader::{At, Table, or};
use super::tables;
use super::values;
use crate::program::rules::{OpenHours, Room};
use chrono::Weekday;
use std::path::PathBuf;

/// The shared room, and where its calendar is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRoom {
    pub room: Room,
    /// A file of its bookings (RFC 5545); None where nobody wants one.
    pub calendar: Option<PathBuf>,
}

pub(super) fn room(root: &Table<'_, '_>, around: &Surroundings<'_>) -> Option<SharedRoom> {
    let table = root.table("room");
    let name = or(table.text("name"), String::new());
    let join = or(table.text("join"), String::new());
    let hours = tables::each(&table, "hours", open_hours).unwrap_or_default();
    let staff_opens = or(table.flag("staff_opens"), false);
    let calendar = table.text("calendar").filter(|text| !text.value.is_empty());
    let calendar = calendar.and_then(|path| file(&table, path, around));
    if name.trim().is_empty() && (!join.trim().is_empty() || !hours.is_empty() || calendar.is_some()) {
        table.fault(
            table.span(),
            "[room] has no name, so there is no shared room; add name = \"Zoom\", or remove the table",
        );
    }
    table.finish();
    let name = name.trim().to_owned();
    let room = Room { name, join: join.trim().to_owned(), hours, staff_opens };
    (!room.name.is_empty()).then_some(SharedRoom { room, calendar })
}

fn file(table: &Table<'_, '_>, path: At<String>, around: &Surroundings<'_>) -> Option<PathBuf> {
    let file = around.folder.join(&path.value);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) || file.is_dir() {
        let sentence =
            format!("calendar = \"{}\" cannot be written: name a file in a folder that is there", path.value);
        table.fault(path.span, sentence);
        return None;
    }
    Some(file)
}

/// `Mon-Fri 08:00-18:00`, `Sat 10:00-13:00`, `08:00-24:00`
fn open_hours(text: &str) -> Result<OpenHours, String> {
    let remedy = || "write days and hours like \"Mon-Fri 08:00-18:00\" or \"Sat 10:00-24:00\"".to_owned();
    let (days, hours) = text.trim().rsplit_once(' ').unwrap_or(("", text.trim()));
    let (from, to) = hours.split_once(['-', '–']).ok_or_else(remedy)?;
    let (from, to) = (minutes(from).ok_or_else(remedy)?, minutes(to).ok_or_else(remedy)?);
    let days = days_of(days.trim()).ok_or_else(remedy)?;
    if from >= to {
        return Err("the room would close before it opens; hours over midnight are two entries".into());
    }
    Ok(OpenHours { days, from, to })
}

/// `08:30` since midnight; `24:00` is the end of the day.
fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (hours <= 24 && minutes < 60 && total <= 24 * 60).then_some(total)
}

/// `Mon`, `Mon-Fri`, `Mon,Wed`; none are all.
fn days_of(text: &str) -> Option<Vec<Weekday>> {
    let day = |text: &str| values::weekday(text.trim()).ok();
    let mut days = Vec::new();
    let all = if text.is_empty() { "Mon-Sun" } else { text };
    for part in all.split(',') {
        match part.split_once(['-', '–']) {
            None => days.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                let upwards = std::iter::successors(Some(first), |day| Some(day.succ()));
                days.extend(upwards.take_while(|day| *day != last).chain([last]).take(7));
            }
        }
    }
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        for (text, days, from, to) in [
            ("Mon-Fri 08:00-18:00", vec![Mon, Tue, Wed, Thu, Fri], 480, 1080),
            ("Sat 10:00–24:00", vec![Sat], 600, 1440),
            ("Sun,Tue 9:30-10:00", vec![Sun, Tue], 570, 600),
            ("Sat-Mon 00:00-01:00", vec![Sat, Sun, Mon], 0, 60),
            ("08:00-12:00", vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun], 480, 720),
        ] {
            assert_eq!(open_hours(text), Ok(OpenHours { days, from, to }), "{text}");
        }
        for text in [
            "",
            "always",
            "Mon-Fri",
            "Mon-Fri 8-18",
            "Monday 25:00-26:00",
            "Mon 18:00-08:00",
            "Lun 08:00-09:00",
        ] {
            assert!(open_hours(text).is_err(), "{text}");
        }
    }
}
