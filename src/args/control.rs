//! The command line of what talks to the running daemon.

use super::ConfigFile;
use crate::control::Asked;
use clap::{Args, Subcommand};

/// Commands that ask the daemon, or read the store where none runs.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Control {
    /// Say how the daemon is, what waits, and what comes next
    #[command(
        long_about = "Says whether a daemon runs, when it last read the mailbox to its end, what mail and which letters wait and \
            why, the next timers, what needs the staff, whether it is paused or held, and the latest error of each kind. \
            Where no daemon runs it says what the store knows, and changes nothing. 69 where there is neither a daemon nor a \
            store, 77 if you may not ask: the socket control.sock in the store's folder is its owner's and its group's.",
        after_help = "Example:\n  soundingboard status --config my.toml"
    )]
    Status(Status),
    /// Tell the life of a case: who asked whom, letters, timers, the meeting
    #[command(
        long_about = "Tells the life of a case by its reference, as it stands in subjects: who asked whom, what and when; each \
            advisor asked and what came of it; each letter, to whom, and whether the mail server has taken it; what is arranged; \
            what falls due; what waits for the staff. No token is shown, but people's words and addresses are. 65 where there is \
            no such case.",
        after_help = "Example:\n  soundingboard show K7Q2M --config my.toml"
    )]
    Show(Show),
    /// Find people by name, address, institution or area
    #[command(subcommand)]
    People(People),
    /// Letters that have not left: list them, try them now, take one out
    #[command(subcommand)]
    Outbox(Outbox),
    /// What waits for the staff: list it, give it to an advisor, take it off the list
    #[command(subcommand)]
    Hold(Hold),
    /// Say a word of the staff, as if one of them had replied
    #[command(
        long_about = "Says words of the staff (APPROVE, REFUSE, ASSIGN, HANDLED, NOTE, UNDO, REMOVE, AWAY, FIGURES) as if one of them \
            had replied with them, and prints what came of it. They are read as in a mail; a word without a reference is about \
            REFERENCE. The one in whose name it is said gets the answer by mail as well. 65 where nothing came of it.",
        after_help = "Example:\n  soundingboard staff \"REFUSE Not this year\" K7Q2M --as staff@network.example --config my.toml"
    )]
    Staff(Staff),
    /// Print the digest as it would go out now, and send nothing
    #[command(
        long_about = "Prints the staff's digest as it would go out now, with what needs whoever is named by --as (else the first of \
            the staff). Nothing is sent or changed.",
        after_help = "Example:\n  soundingboard digest --print --config my.toml"
    )]
    Digest(Digest),
    /// Let mail lie unread, send nothing and let no timer speak, until `resume`
    #[command(
        long_about = "From now on mail stays unread in the mailbox, nothing is sent, and nothing that falls due speaks, until \
            \"resume\". It is kept in the store: a restart changes nothing about it. Orders of this command line are \
            still obeyed, and the letters they bring wait.",
        after_help = "Example:\n  soundingboard pause --config my.toml"
    )]
    Pause(Pause),
}

/// `status`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Status {
    #[command(flatten)]
    pub plain: Plain,
}

/// `show`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Show {
    /// The five characters in brackets that end the subjects of its letters
    #[arg(value_name = "REFERENCE")]
    pub reference: String,
    #[command(flatten)]
    pub plain: Plain,
}

/// `people …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum People {
    /// Those in whose name, addresses, institution or areas TEXT stands
    #[command(
        long_about = "Prints everybody who is known, on the roster or not, in whose name, addresses, institution or areas TEXT \
            stands; capitals and accents make no difference.",
        after_help = "Example:\n  soundingboard people find koha --config my.toml"
    )]
    Find(Find),
}

/// `people find`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Find {
    /// A part of a name, an address, an institution or an area
    #[arg(value_name = "TEXT")]
    pub text: String,
    #[command(flatten)]
    pub plain: Plain,
}

/// `outbox …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Outbox {
    /// Letters that have not left, and why
    #[command(after_help = "Example:\n  soundingboard outbox list --config my.toml")]
    List(List),
    /// Try a letter now, or all that wait for a later attempt
    #[command(
        long_about = "Makes a letter due now, or without ID all that wait for a later attempt. One that may have arrived \
            is tried only where it is named: its reader may get it twice.",
        after_help = "Example:\n  soundingboard outbox retry 3f2a9c01-0 --config my.toml"
    )]
    Retry(Retry),
    /// Take a letter out: its reader will not get it
    #[command(
        long_about = "Takes a letter out of the outbox for ever. Its reader will not get it and is not told; the ledger notes it, and \
            the request it belongs to goes on by its deadlines. Letters that wait for the staff's approval are theirs to refuse.",
        after_help = "Example:\n  soundingboard outbox drop 3f2a9c01-0 --config my.toml"
    )]
    Drop(Drop),
}

/// `outbox list`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct List {
    #[command(flatten)]
    pub plain: Plain,
}

/// `outbox retry`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Retry {
    /// As `outbox list` shows it, or the beginning of the whole one; without it all
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    #[command(flatten)]
    pub plain: Plain,
}

/// `outbox drop`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Drop {
    /// As `outbox list` shows it, or the beginning of the whole one
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub plain: Plain,
}

/// `hold …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Hold {
    /// What waits for the staff, the oldest first, as the digest lists it
    #[command(after_help = "Example:\n  soundingboard hold list --config my.toml")]
    List(HoldList),
    /// Give the request to an advisor: the staff's ASSIGN
    #[command(
        after_help = "Example:\n  soundingboard hold assign K7Q2M \"Karim Nasr\" --as staff@network.example --config my.toml"
    )]
    Assign(Assign),
    /// Take it off the list, as dealt with: the staff's HANDLED
    #[command(
        after_help = "Example:\n  soundingboard hold drop K7Q2M \"Answered by telephone\" --config my.toml"
    )]
    Drop(HoldDrop),
}

/// `hold list`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct HoldList {
    #[command(flatten)]
    pub name: InTheNameOf,
    #[command(flatten)]
    pub plain: Plain,
}

/// `hold assign`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Assign {
    #[arg(value_name = "REFERENCE")]
    pub reference: String,
    /// Her name or address
    #[arg(value_name = "ADVISOR")]
    pub advisor: String,
    #[command(flatten)]
    pub name: InTheNameOf,
    #[command(flatten)]
    pub plain: Plain,
}

/// `hold drop`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct HoldDrop {
    #[arg(value_name = "REFERENCE")]
    pub reference: String,
    /// What was done about it, for the others of the staff to read
    #[arg(value_name = "NOTE")]
    pub note: Option<String>,
    #[command(flatten)]
    pub name: InTheNameOf,
    #[command(flatten)]
    pub plain: Plain,
}

/// `staff`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Staff {
    /// What they would write, such as "APPROVE"
    #[arg(value_name = "WORDS")]
    pub words: String,
    /// What a word without a reference is about
    #[arg(value_name = "REFERENCE")]
    pub about: Option<String>,
    #[command(flatten)]
    pub name: InTheNameOf,
    #[command(flatten)]
    pub plain: Plain,
}

/// `digest`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Digest {
    /// Print it: there is nothing else to do with it
    #[arg(long, required = true)]
    pub print: bool,
    #[command(flatten)]
    pub name: InTheNameOf,
    #[command(flatten)]
    pub plain: Plain,
}

/// `pause`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Pause {
    #[command(flatten)]
    pub plain: Plain,
}

/// `--as`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct InTheNameOf {
    /// One of the staff in the configuration, by address; without it the first
    #[arg(long = "as", value_name = "ADDRESS")]
    pub staff: Option<String>,
}

/// What all of them take.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Plain {
    #[command(flatten)]
    pub config: ConfigFile,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

impl Control {
    /// What it asks of the daemon, and how the answer is wanted.
    pub fn asks(&self) -> (Asked, &Plain) {
        match self {
            Control::Status(Status { plain }) => (Asked::Status, plain),
            Control::Show(Show { reference, plain }) => (Asked::Show(reference.clone()), plain),
            Control::People(People::Find(Find { text, plain })) => (Asked::People(text.clone()), plain),
            Control::Outbox(Outbox::List(List { plain })) => (Asked::Outbox, plain),
            Control::Outbox(Outbox::Retry(Retry { id, plain })) => (Asked::Retry(id.clone()), plain),
            Control::Outbox(Outbox::Drop(Drop { id, plain })) => (Asked::Drop(id.clone()), plain),
            Control::Hold(Hold::List(HoldList { name, plain })) => (Asked::Holds(name.staff.clone()), plain),
            Control::Hold(Hold::Assign(Assign { reference, advisor, name, plain })) => {
                (name.says(format!("ASSIGN {reference} {advisor}"), None), plain)
            }
            Control::Hold(Hold::Drop(HoldDrop { reference, note, name, plain })) => {
                let note = note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
                (name.says(format!("HANDLED {reference}{note}"), None), plain)
            }
            Control::Staff(Staff { words, about, name, plain }) => {
                (name.says(words.clone(), about.clone()), plain)
            }
            Control::Digest(Digest { name, plain, .. }) => (Asked::Digest(name.staff.clone()), plain),
            Control::Pause(Pause { plain }) => (Asked::Pause, plain),
        }
    }
}

impl InTheNameOf {
    fn says(&self, words: String, about: Option<String>) -> Asked {
        Asked::Staff { by: self.staff.clone(), words, about }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Arguments, Command};
    use super::*;

    fn asked(words: &[&str]) -> Asked {
        let all = ["soundingboard"].iter().chain(words).chain(&["--config", "a.toml"]).copied();
        let Ok(Arguments { command: Command::Control(control), .. }) = Arguments::read(all) else {
            panic!("{words:?} was not understood")
        };
        control.asks().0
    }

    #[test]
    fn each_command_asks_what_it_says() {
        assert_eq!(asked(&["status"]), Asked::Status);
        assert_eq!(asked(&["show", "k7q2m"]), Asked::Show("k7q2m".into()));
        assert_eq!(asked(&["people", "find", "koha"]), Asked::People("koha".into()));
        assert_eq!(asked(&["outbox", "retry"]), Asked::Retry(None));
        assert_eq!(asked(&["outbox", "drop", "3f-0"]), Asked::Drop("3f-0".into()));
        assert_eq!(asked(&["digest", "--print"]), Asked::Digest(None));
        assert_eq!(asked(&["pause"]), Asked::Pause);
    }

    #[test]
    fn what_is_held_is_decided_by_words_of_the_staff() {
        let said = |by: Option<&str>, words: &str, about: Option<&str>| Asked::Staff {
            by: by.map(str::to_owned),
            words: words.to_owned(),
            about: about.map(str::to_owned),
        };
        assert_eq!(
            asked(&["hold", "assign", "K7Q2M", "Karim Nasr"]),
            said(None, "ASSIGN K7Q2M Karim Nasr", None)
        );
        assert_eq!(asked(&["hold", "drop", "K7Q2M", "By phone"]), said(None, "HANDLED K7Q2M By phone", None));
        let staff = ["staff", "APPROVE", "K7Q2M", "--as", "rana@network.example"];
        assert_eq!(asked(&staff), said(Some("rana@network.example"), "APPROVE", Some("K7Q2M")));
    }
}
