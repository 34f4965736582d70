//! What `import` and `announce` print: for people, or as JSON for a program.

use crate::program::import::{Effect, Entry};
use serde_json::json;
use std::path::Path;

/// What became of a file.
pub struct Report<'a> {
    pub path: &'a Path,
    pub entries: &'a [Entry],
    /// Of the entry at the same place.
    pub effects: &'a [Effect],
    pub notices: &'a [String],
    /// False for a dry run.
    pub written: bool,
}

impl Report<'_> {
    pub fn text(&self) -> String {
        let mut text: String =
            self.notices.iter().map(|notice| format!("{}: {notice}\n", self.path.display())).collect();
        for (entry, effect) in self.entries.iter().zip(self.effects) {
            let name = entry.form.get("Name").unwrap_or_default();
            text += &format!("line {}: {name} <{}>: {}\n", entry.line, entry.address, said(effect));
        }
        let [new, changed, unchanged, left] = self.counts();
        text += &format!("{new} new, {changed} with changes, {unchanged} unchanged");
        text += &if left > 0 {
            format!(", {left} left out because they have left the roster.\n")
        } else {
            ".\n".to_owned()
        };
        text += if self.written {
            "Imported. Nobody is told or listed until you run \"soundingboard announce\".\n"
        } else {
            "This was a dry run: nothing was written.\n"
        };
        text
    }

    pub fn json(&self) -> String {
        let rows = self.entries.iter().zip(self.effects).map(|(entry, effect)| {
            let changed: Vec<&str> = match effect {
                Effect::Changed(lines) => lines.iter().map(|line| line.label.as_str()).collect(),
                _ => Vec::new(),
            };
            json!({
                "line": entry.line, "name": entry.form.get("Name"), "address": entry.address,
                "effect": word(effect), "changed": changed,
            })
        });
        let [new, changed, unchanged, left] = self.counts();
        let report = json!({
            "file": self.path.display().to_string(), "rows": rows.collect::<Vec<_>>(), "notices": self.notices,
            "new": new, "changed": changed, "unchanged": unchanged, "left": left, "written": self.written,
        });
        format!("{report}\n")
    }

    fn counts(&self) -> [usize; 4] {
        ["new", "changed", "unchanged", "left"].map(|w| self.effects.iter().filter(|e| word(e) == w).count())
    }
}

fn word(effect: &Effect) -> &'static str {
    match effect {
        Effect::New => "new",
        Effect::Changed(_) => "changed",
        Effect::Unchanged => "unchanged",
        Effect::HasLeft => "left",
    }
}

fn said(effect: &Effect) -> String {
    match effect {
        Effect::New => "new".to_owned(),
        Effect::Changed(lines) => {
            let labels: Vec<&str> = lines.iter().map(|line| line.label.as_str()).collect();
            format!("on the roster already; changes {}", labels.join(", "))
        }
        Effect::Unchanged => "on the roster already; unchanged".to_owned(),
        Effect::HasLeft => "left out: has left the roster, and comes back by a mail of their own".to_owned(),
    }
}

/// What `announce` prints; `count` people wait, or waited.
pub fn announced(count: usize, per_minute: u32, dry: bool, json: bool) -> String {
    if json {
        return format!("{}\n", json!({"people": count, "announced": !dry}));
    }
    let people = if count == 1 { "1 person".to_owned() } else { format!("{count} people") };
    let minutes = count.div_ceil(per_minute.max(1) as usize);
    let time = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
    match (count, dry) {
        (0, _) => "Nobody waits to be announced.\n".to_owned(),
        (_, true) => format!(
            "{people} would be announced; the letters would take about {time} to send.\n\
             This was a dry run: nothing was written.\n"
        ),
        (_, false) => format!(
            "{people} announced: on the roster from now on. Their letters lie in the outbox, and the daemon sends \
             them when it runs, in about {time}.\n"
        ),
    }
}
