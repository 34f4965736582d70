//! What was found: a line for each thing that was tried.

use crate::exit::Exit;
use serde_json::{Value, json};
use std::io::Write;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Ok,
    Warning,
    /// It keeps the program from working, or part of it.
    Fault(Exit),
    /// What it hangs on has failed, or it was not wanted.
    NotTried,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub what: &'static str,
    pub health: Health,
    pub said: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// All lines so far. Each is printed at once, for some have to be waited for.
pub struct Report<'o> {
    out: &'o mut dyn Write,
    json: bool,
    lines: Vec<Line>,
    is_unheard: bool,
}

impl Health {
    fn word(self) -> &'static str {
        match self {
            Health::Ok => "ok",
            Health::Warning => "warning",
            Health::Fault(_) => "fault",
            Health::NotTried => "not tried",
        }
    }
}

impl Line {
    fn text(&self) -> String {
        let remedy = self.remedy.as_ref().map(|remedy| format!("; {remedy}")).unwrap_or_default();
        format!("{:<9}  {}: {}{remedy}\n", self.health.word(), self.what, self.said)
    }

    fn json(&self) -> Value {
        json!({"what": self.what, "result": self.health.word(), "said": self.said, "remedy": self.remedy})
    }
}

impl<'o> Report<'o> {
    pub fn to(out: &'o mut dyn Write, json: bool) -> Self {
        Self { out, json, lines: Vec::new(), is_unheard: false }
    }

    pub fn add(&mut self, line: Line) {
        if !self.json {
            self.print(&line.text());
        }
        self.lines.push(line);
    }

    pub fn ok(&mut self, what: &'static str, said: impl Into<String>) {
        self.add(Line { what, health: Health::Ok, said: said.into(), remedy: None });
    }

    pub fn warning(&mut self, what: &'static str, said: impl Into<String>, remedy: impl Into<String>) {
        self.add(Line { what, health: Health::Warning, said: said.into(), remedy: Some(remedy.into()) });
    }

    pub fn not_tried(&mut self, what: &'static str, why: &str) {
        self.add(Line { what, health: Health::NotTried, said: why.to_owned(), remedy: None });
    }

    /// A sentence as our errors are: its last part, after a semicolon, is the remedy.
    pub fn fault(&mut self, what: &'static str, exit: Exit, sentence: &str) {
        let (said, remedy) = match sentence.rsplit_once("; ") {
            Some((said, remedy)) => (said.to_owned(), Some(remedy.to_owned())),
            None => (sentence.to_owned(), None),
        };
        self.add(Line { what, health: Health::Fault(exit), said: said.replace('\n', ", "), remedy });
    }

    /// Whether there is a line about it already.
    pub fn has(&self, what: &str) -> bool {
        self.lines.iter().any(|line| line.what == what)
    }

    fn print(&mut self, text: &str) {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        self.is_unheard |= written.is_err();
    }

    /// The code of the first fault.
    fn exit(&self) -> Exit {
        let exit = |line: &Line| match line.health {
            Health::Fault(exit) => Some(exit),
            Health::Ok | Health::Warning | Health::NotTried => None,
        };
        self.lines.iter().find_map(exit).unwrap_or(Exit::Ok)
    }

    /// The last word.
    pub fn end(mut self) -> Exit {
        let exit = self.exit();
        let count = |word: &str| self.lines.iter().filter(|line| line.health.word() == word).count();
        let text = match self.json {
            true => {
                let lines: Vec<Value> = self.lines.iter().map(Line::json).collect();
                format!("{}\n", json!({"exit": exit.code(), "lines": lines}))
            }
            false => format!("{} faults, {} warnings\n", count("fault"), count("warning")),
        };
        self.print(&text);
        if self.is_unheard { Exit::IoErr } else { exit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(json: bool) -> (String, Exit) {
        let mut out = Vec::new();
        let mut report = Report::to(&mut out, json);
        report.ok("IMAP login", "as contact@network.example");
        report.warning("clock", "3 minutes behind", "set it right");
        report.fault("SMTP login", Exit::NoPerm, "it says 535; no; check the password");
        report.fault("letters", Exit::Unavailable, "none came");
        report.not_tried("clock", "no letter came");
        let exit = report.end();
        (String::from_utf8(out).expect("UTF-8"), exit)
    }

    #[test]
    fn a_line_has_result_thing_words_and_remedy_and_the_first_fault_is_the_end() {
        let (text, exit) = reported(false);
        let expected = "ok         IMAP login: as contact@network.example\n\
                        warning    clock: 3 minutes behind; set it right\n\
                        fault      SMTP login: it says 535; no; check the password\n\
                        fault      letters: none came\n\
                        not tried  clock: no letter came\n\
                        2 faults, 1 warnings\n";
        assert_eq!((text.as_str(), exit), (expected, Exit::NoPerm));
    }

    #[test]
    fn programs_read_one_object() {
        let (text, _) = reported(true);
        let read: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["exit"], 77);
        let line = json!({"what": "SMTP login", "result": "fault", "said": "it says 535; no", "remedy": "check the password"});
        assert_eq!(read["lines"][2], line);
        assert_eq!(read["lines"][0]["remedy"], Value::Null);
    }
}
