//! An explanation as a person reads it: understood, decided, letters.

use super::decided::Decided;
use super::letters::Letter;
use super::meeting::Meeting;
use super::phrases::{
    beginning, calendar, case, form, kept, promise, record, report, sender, shown, standing, waits, word,
    writer,
};
use super::rows::Row;
use super::understood::Understood;
use super::{Before, Copied, Explanation};
use chrono_tz::Tz;

/// Where what is said begins, behind its name.
const INDENT: usize = 14;

/// What stands once above all.
pub(super) fn head(copied: &Copied, zone: Tz) -> String {
    let path = &copied.path;
    let mut head = match copied.until {
        Some(until) => format!("On a copy of the store in {path} as of {}", shown(until)),
        None => format!("There is no store in {path} yet, so on an empty one"),
    };
    head += &format!("; times are those of {zone}.\n");
    if copied.held {
        head += "The store was restored and is held: nothing is decided before \"soundingboard resume\".\n";
    }
    head
}

/// What is said of one mail.
pub(super) fn text(explained: &Explanation) -> String {
    let mut page = Page::default();
    page.title(&explained.file);
    page.understood(&explained.understood);
    if let Some(handled) = &explained.handled {
        page.handled(handled, explained.decided.as_ref());
    }
    if let Some(decided) = &explained.decided {
        page.decided(decided, explained.handled.is_some());
        page.letters(&decided.letters);
    }
    page.text
}

/// A text that grows line by line.
#[derive(Default)]
pub struct Page {
    pub text: String,
}

impl Page {
    /// Lines under one name, which stands before the first of them.
    pub fn say(&mut self, name: &str, lines: impl IntoIterator<Item = impl AsRef<str>>) {
        let mut name = name;
        for line in lines {
            self.line(&format!("  {name:INDENT$}{}", line.as_ref()));
            name = "";
        }
    }

    /// A line by itself, with an empty one before it.
    pub fn title(&mut self, title: &str) {
        self.line("");
        self.line(title);
    }

    /// People's words reach a terminal: nothing in them may steer it.
    pub fn line(&mut self, line: &str) {
        let plain = line.trim_end().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
        self.text.extend(plain);
        self.text.push('\n');
    }

    // ---- understood

    fn understood(&mut self, mail: &Understood) {
        self.say("From", [sender(mail)]);
        self.say("Subject", &mail.subject);
        self.say("Written by", [writer(mail)]);
        self.say("Token of", &mail.tokens);
        self.say("Word", mail.word.as_ref().map(word));
        self.say("Form", mail.form.iter().flat_map(form));
        self.say("Calendar", mail.calendar.as_ref().map(calendar));
        self.say("Report", report(mail));
        self.say("New text", beginning(&mail.new_text));
        self.say("Odd", &mail.problems);
    }

    // ---- decided

    fn handled(&mut self, before: &Before, now: Option<&Decided>) {
        self.title(&format!("Handled already, {}: {}", shown(before.at), before.verdict));
        self.say("", [&before.meaning]);
        let same = |now: &Decided| before.verdict.split(' ').next() == Some(now.verdict.as_str());
        match now {
            Some(now) if same(now) => {}
            Some(_) => self.say("", ["today's program and configuration decide otherwise, as follows"]),
            None if before.reaches_back => self.say("", ["what it brought is said with --again"]),
            None => self.say("", ["the ledger does not reach back to the time before it any more"]),
        }
    }

    fn decided(&mut self, decided: &Decided, again: bool) {
        let when = if again { "Decided once more as of" } else { "Would be decided" };
        self.title(&format!("{when} {}: {}", shown(decided.at), decided.verdict));
        if !again {
            self.say("", [&decided.meaning]);
        }
        self.say("Case", decided.case.as_ref().map(case));
        if let Some(meeting) = &decided.meeting {
            self.meeting(meeting);
        }
        self.records(&decided.records);
        let width = decided.timers.iter().map(|timer| timer.what.len()).max().unwrap_or(0);
        self.say("Timers", decided.timers.iter().map(|timer| promise(timer, width)));
    }

    fn meeting(&mut self, meeting: &Meeting) {
        if meeting.before == meeting.after {
            return self
                .say("Meeting", standing(&meeting.before).into_iter().chain(["which stays so".into()]));
        }
        self.say("Meeting", ["before"]);
        self.say("", standing(&meeting.before).iter().map(|line| format!("  {line}")));
        self.say("", ["after"]);
        self.say("", standing(&meeting.after).iter().map(|line| format!("  {line}")));
    }

    fn records(&mut self, rows: &[Row]) {
        let (books, told): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.keeps_books());
        let lines = told.iter().flat_map(|row| record(row));
        let books = Some(kept(&books)).filter(|books| !books.is_empty());
        self.say("Records", lines.chain(books.map(|books| format!("and for the books: {books}"))));
    }

    // ---- letters

    fn letters(&mut self, letters: &[Letter]) {
        if letters.is_empty() {
            return self.title("No letter to anybody");
        }
        for (n, letter) in (1..).zip(letters) {
            let held = if letter.held { ", held until the staff approve it" } else { "" };
            self.title(&format!(
                "Letter {n} of {}: {}{held}{}",
                letters.len(),
                letter.template,
                waits(letter)
            ));
            self.say("To", [letter.to.join(", ")]);
            self.say("Subject", [&letter.subject]);
            let invitation = letter.calendar.as_ref();
            self.say("Calendar", invitation.map(|i| format!("{}, number {}", i.method, i.sequence)));
            for line in letter.text.lines() {
                self.line(&format!("    | {line}"));
            }
        }
    }
}
