//! What a reader of the demo sees: who writes, what the daemon decides, what arrives.

use crate::people::daemon::Ran;
use crate::people::letter::Letter;
use crate::people::network::Narrator;
use crate::people::{PEOPLE, Person, Written};
use chrono::DateTime;
use chrono_tz::Tz;
use std::collections::BTreeSet;
use std::io::IsTerminal;

/// Tells on standard output, in colour on a terminal.
pub struct Transcript {
    colour: bool,
    /// Paragraphs shown before: again they are an ellipsis.
    shown: BTreeSet<String>,
    letters: BTreeSet<Vec<u8>>,
}

/// SGR codes (ECMA-48 §8.3.117).
const BOLD: &str = "1";
const DIM: &str = "2";
const WRITTEN: &str = "36";
const RECEIVED: &str = "32";

impl Transcript {
    pub fn new() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colour, shown: BTreeSet::new(), letters: BTreeSet::new() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A mail's own words, behind a bar.
    fn show(&self, code: &str, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            println!("{}", format!("    {} {line}", self.paint(code, "|")).trim_end());
        }
    }

    /// What is said again is an ellipsis, but for its first sentence and people's own words.
    fn abridged(&mut self, text: &str) -> Vec<String> {
        let paragraphs = paragraphs(text);
        let mut shown: Vec<&str> = Vec::new();
        for (at, paragraph) in paragraphs.iter().enumerate() {
            let quotes = |at: usize| paragraphs.get(at).is_some_and(|next| next.starts_with('>'));
            let is_new = self.shown.insert(anonymous(paragraph));
            if is_new || at == 1 || quotes(at) || quotes(at + 1) {
                shown.push(paragraph);
            } else if shown.last() != Some(&"…") {
                shown.push("…");
            }
        }
        shown.join("\n\n").lines().map(str::to_owned).collect()
    }
}

impl Narrator for Transcript {
    fn time(&mut self, now: DateTime<Tz>) {
        let time = now.format("%A %-d %B, %H:%M").to_string();
        println!("\n{}", self.paint(BOLD, &time));
        println!("{}", self.paint(BOLD, &"─".repeat(time.chars().count())));
    }

    fn remark(&mut self, text: &str) {
        println!("\n\n{}", self.paint(DIM, &format!("# {text}")));
    }

    fn written(&mut self, mail: &Written) {
        let who = self.paint(WRITTEN, &format!("{} writes", mail.from.name));
        println!("\n  {who} to {}", without_detail(&mail.to));
        println!("    Subject: {}", mail.subject);
        self.show(WRITTEN, mail.words.lines().map(str::to_owned));
    }

    fn ran(&mut self, ran: &Ran) {
        let decided = ran.lines("decided");
        let lines: Vec<String> = decided.iter().map(decision).collect();
        let lines = if lines.is_empty() { vec!["nothing to decide".to_owned()] } else { lines };
        println!();
        for line in lines {
            println!("  {} {line}", self.paint(DIM, "the daemon:"));
        }
    }

    fn received(&mut self, reader: Person, letter: &Letter) {
        let who = self.paint(RECEIVED, &format!("{} gets", reader.name));
        println!("\n  {who} from {}", letter.from);
        println!("    To: {}", letter.to);
        println!("    Subject: {}", letter.subject);
        let lines = match self.letters.insert(letter.composed().to_vec()) {
            true => self.abridged(&letter.text),
            false => vec!["(the same letter, byte for byte)".to_owned()],
        };
        self.show(RECEIVED, lines);
    }
}

/// A line of the daemon's journal, in short.
fn decision(line: &serde_json::Value) -> String {
    let word = |key: &str| line[key].as_str().unwrap_or_default();
    let case = match word("case") {
        "" => String::new(),
        case => format!(" [{case}]"),
    };
    let letters = match (word("verdict"), line["letters"].as_u64().unwrap_or_default()) {
        ("not-for-us", _) => "left as it is".to_owned(),
        (_, 0) => "no letter".to_owned(),
        (_, 1) => "1 letter".to_owned(),
        (_, more) => format!("{more} letters"),
    };
    format!("{}{case} → {letters}", word("verdict"))
}

/// `contact+…@network.example`: the token in it is nobody's business.
fn without_detail(address: &str) -> String {
    match (address.split_once('+'), address.rsplit_once('@')) {
        (Some((user, _)), Some((_, domain))) => format!("{user}+…@{domain}"),
        _ => address.to_owned(),
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n').to_owned());
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect()
}

/// The same for every reader, so that what everybody is told is known after the first.
fn anonymous(paragraph: &str) -> String {
    let mut text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    for person in PEOPLE {
        text = text.replace(person.name, "N. N.");
    }
    text
}
