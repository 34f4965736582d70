//! The command line.

mod control;

pub use control::Control;
mod setup;

pub use setup::{Doctor, Flow, Generate, Init, Provider, Shell};

use crate::exit::Exit;
use crate::program::record::Timestamp;
use chrono::{DateTime, SubsecRound};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// What the operator asked for.
#[derive(Clone, Debug, PartialEq, Eq, Parser)]
#[command(
    name = "soundingboard",
    version,
    about = "Runs peer-advising and mentoring programs by email alone.",
    long_about = "Sounding Board runs peer-advising and mentoring programs by email alone: it reads one \
        contact mailbox, answers the people who write to it, and tells the staff once a week what needs them.",
    after_help = "Exit codes are those of sysexits.h: 0 done, 64 wrong command line, 65 wrong data, 66 a file cannot be \
        read, 69 a server \
        cannot be reached, 70 a defect, 71 the system refuses something, 73 a file or store is there \
        already, 74 the store is in use or its disk fails, \
        75 mail remains unsent (run again later), 77 a login is refused, 78 wrong configuration.\n\
        The journal goes to standard error; SOUNDINGBOARD_LOG=debug makes it say more.",
    disable_help_subcommand = true,
    arg_required_else_help = false
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the contact mailbox until told to stop
    #[command(
        long_about = "Serves the contact mailbox until SIGTERM or SIGINT: reads what is new, answers, reminds, \
            and sends what is queued. Whatever was decided is on the disk before anything is said, so it may be \
            stopped or killed at any time."
    )]
    Run(Run),
    /// Write a first configuration, question by question
    #[command(
        long_about = "Asks what a first configuration needs (each question says its default and an example), writes it \
            with the reasons beside the keys, puts the password or secret beside it in a file of mode 600, and says \
            what to do at the provider: Microsoft 365, Gmail, Fastmail, or any server with IMAP and SMTP. Every answer \
            can be given as an option; what is given is not asked. Without a terminal, or with --yes, nothing is asked: \
            defaults are taken, and what has none is named. It connects nowhere and overwrites nothing (73).",
        after_help = "Example:\n  soundingboard init --config my.toml --provider fastmail"
    )]
    Init(Box<Init>),
    /// Try all that the configuration names: servers, logins, folders, a letter to itself
    #[command(
        long_about = "Connects to everything the configuration names and says of each in one line whether it is well, and what \
            to do if not: the configuration, both servers, their certificates, the logins, folders, the clock, the disk; \
            and two test letters to the contact address itself, which show whether subaddresses arrive, how long a letter \
            takes, and what the receiver says of SPF, DKIM and DMARC. It deletes those letters and changes nothing else; the \
            daemon may run and leaves them alone. Exits 0 where nothing is a fault, else 69, 77 or 78 by the first one.",
        after_help = "Example:\n  soundingboard doctor --config my.toml"
    )]
    Doctor(Doctor),
    /// Verify the configuration and every letter; connects nowhere
    #[command(
        long_about = "Verifies the configuration, the passwords it names and every letter of every language, and \
            says all that is wrong with the configuration at once, each with its line and its remedy, or the first \
            fault of a letter. It connects nowhere and does not touch the store. Exits 0, or 78 if anything is \
            wrong; warnings alone are 0."
    )]
    Check(Check),
    /// Log in where OAuth2 wants a person to grant access, once
    #[command(
        long_about = "Logs in where [imap.oauth2] wants a person to grant access, once: it says what to open in a browser and, with \
            flow = \"device-code\", which code to enter there. What is granted is kept in the token file with mode 600, and \
            renewed by the daemon, which may run meanwhile. As root it gives the file to whom the store belongs to. With \
            the flows that need nobody it tries that an access token comes, and keeps nothing.",
        after_help = "Example:\n  soundingboard login --config my.toml"
    )]
    Login(Login),
    /// Save the whole store in one file, while the daemon runs
    #[command(
        long_about = "Saves the whole store in one file: records, requests, unsent letters and the install secret, as of \
            the newest decision. It reads the ledger's files alone, so the daemon may run; it is written beside its \
            place, synced, read back and only then given its name, with mode 600. Nothing is overwritten (73), and the \
            file must not lie in the store. If TO is a folder, the file gets a name with the time in it. What does not \
            fit in memory is sorted beside TO: have twice the size of the ledger free there.",
        after_help = "Example:\n  soundingboard backup /mnt/backups --config my.toml"
    )]
    Backup(Backup),
    /// Put a backup in the store's place; it is held until `resume`
    #[command(
        long_about = "Verifies a backup whole (65 if it is cut short, damaged, or of a newer program) and makes it the store. \
            Where there is a store already it refuses (73), unless --replace is given: then that one is set aside in \
            the same folder, and not deleted. The daemon must not run. The restored store is held: \"run\" ends with 78 \
            until \"resume\".",
        after_help = "Example:\n  soundingboard restore /mnt/backups/soundingboard-2026-11-22T020000Z.backup --config my.toml --replace"
    )]
    Restore(Restore),
    /// End a pause; say what a restored store holds back, and let it go on
    #[command(
        long_about = "Ends what \"pause\" began, in the running daemon or in the store. Of a restored store it says what a restored store holds back (letters that were unsent at the time of the backup, what fell due \
            since) and lets it go on with the next start of the daemon. Nothing of it goes out by itself, and no mail that \
            came since the backup is answered by itself: the daemon reads it again so that every request stands where it \
            stood, and the staff get one list of the letters that may have gone out before, to say HANDLED or APPROVE to. \
            Where nothing is paused or held it says so and changes nothing. A store that is held has no daemon yet.",
        after_help = "Example:\n  soundingboard resume --config my.toml --dry-run"
    )]
    Resume(Resume),
    /// Make the index anew from the ledger, or compare the two
    #[command(
        long_about = "Makes the index anew from the ledger, which is the truth, and says of how many groups and rows. With \
            --check it compares every row of the two, names where they differ and exits 65 if they do. The daemon must \
            not run.",
        after_help = "Example:\n  soundingboard rebuild --config my.toml --check"
    )]
    Rebuild(Rebuild),
    /// Write the records as they stand, for other programs
    #[command(
        long_about = "Writes the records as they stand, in the line format of the ledger, to a file or to standard output; the \
            daemon may run. Left out is what belongs to this installation alone: the install secret, tokens, letters \
            under way, and how far the mailbox has been read. It holds what people wrote in confidence. \
            \"import records\" begins a store with it; to move an installation, use backup and restore. What does not fit \
            in memory is sorted beside TO, or in TMPDIR.",
        after_help = "Example:\n  soundingboard export records.jsonl --config my.toml"
    )]
    Export(Export),
    /// Bring in what was kept elsewhere: a roster, or the records of an export
    #[command(subcommand)]
    Import(Import),
    /// Tell the people of an imported roster, and list them
    #[command(
        long_about = "Tells the people of an imported roster that they are on it, with all that is on file, how to \
            change it and how to leave: one letter each, once, however often this is run. From then on they are \
            listed and may be asked. It connects nowhere: the letters lie in the outbox, and the daemon sends them \
            at its pace. The daemon must not run at the same time.",
        after_help = "Example:\n  soundingboard announce --config my.toml --dry-run"
    )]
    Announce(Announce),
    /// Print what is understood of mail files
    #[command(
        long_about = "Prints what is understood of mail files, one JSON object a line; a folder is walked in sorted \
            order. It needs no configuration, changes nothing, and exits 0 whatever is in the files."
    )]
    Read(Read),
    /// Say what would be decided about mail files, and what was: "why did my mail get no answer?"
    #[command(
        long_about = "Says of mail files (as mail programs save them; - is standard input; a folder is walked in sorted order) what is \
            understood, what would be decided now on a copy of the store, what that would change and which letters it \
            would bring. Nothing is changed or sent, no server is asked, and the daemon may run: the ledger's files are \
            read, not the store.\n\n\
            Of a mail that was handled already it says when, and by what word. With --again it is decided once more on \
            the store as it was just before, at the time of then: so you read what it brought. Words, letters and \
            configuration are today's; where they decide otherwise now, that is said.\n\n\
            Tokens are left out of what is printed, but people's words and addresses are not: keep it as you keep the \
            mailbox. The copy is held in memory: some 500 MB for a hundred thousand past requests.",
        after_help = "Example:\n  soundingboard explain that-mail.eml --config my.toml"
    )]
    Explain(Explain),
    #[command(flatten)]
    Control(Control),
    /// Fetch and read one mail and change nothing: so the daemon tries one over which it may have ended
    #[command(hide = true)]
    TryMail(TryMail),
    /// Make completions for shells, and man pages, for whoever packages it
    #[command(subcommand, hide = true)]
    Generate(Generate),
    /// Print the version
    Version,
}

/// `try-mail`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct TryMail {
    #[command(flatten)]
    pub config: ConfigFile,
    /// The folder it lies in
    #[arg(long)]
    pub folder: String,
    /// Its number there (RFC 9051, section 2.3.1.1)
    #[arg(long)]
    pub uid: u32,
    /// The UIDVALIDITY its number belongs to
    #[arg(long)]
    pub uid_validity: u32,
}

/// `run`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Run {
    #[command(flatten)]
    pub config: ConfigFile,
    /// Handle what is new, fire what is due, send what is queued, and exit (75 if mail remains unsent)
    #[arg(long)]
    pub once: bool,
    /// Start the clock at this instant, for rehearsals; never earlier than what the store already knows
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub now: Option<Timestamp>,
}

/// `login`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Login {
    #[command(flatten)]
    pub config: ConfigFile,
}

/// `check`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Check {
    #[command(flatten)]
    pub config: ConfigFile,
}

/// `import …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Import {
    /// Bring in an existing roster from a CSV file; nobody is told until `announce`
    #[command(
        long_about = "Brings in an existing roster from a CSV file. The first line names the columns as the sign-up \
            form names its fields, in any configured language: Name, Email, Institution, Areas, Languages, Time zone, \
            Requests at a time, About, Language; all but Name, Email, Institution and Areas may be left out or empty. \
            Commas, semicolons and tabs part columns; UTF-8 and Windows-1252 are read. Several areas stand in one \
            cell with semicolons or a line each.\n\n\
            All that is wrong is said at once, with its line, and then nothing is imported (65). Who is on the roster \
            already is shown with what would change. Nobody is listed or told until \"announce\". The daemon must \
            not run at the same time.",
        after_help = "Example:\n  soundingboard import roster advisors.csv --config my.toml --dry-run"
    )]
    Roster(ImportRoster),
    /// Begin a store with the records of an export
    #[command(
        long_about = "Begins a store with the records of an export, whatever its size. Where there is a store already it \
            refuses (73). If there are open requests among them, the store is held until \"resume\", which says what \
            would go out. The daemon must not run.",
        after_help = "Example:\n  soundingboard import records records.jsonl --config my.toml"
    )]
    Records(ImportRecords),
}

/// `import roster`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct ImportRoster {
    /// The CSV file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub config: ConfigFile,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `import records`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct ImportRecords {
    /// What `export` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub config: ConfigFile,
    /// Verify the file and say what is in it, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `backup`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Backup {
    /// The file to write, or a folder for it
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    #[command(flatten)]
    pub config: ConfigFile,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `restore`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    #[command(flatten)]
    pub config: ConfigFile,
    /// Set a store that is there already aside, in the same folder
    #[arg(long)]
    pub replace: bool,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `resume`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Resume {
    #[command(flatten)]
    pub config: ConfigFile,
    /// Say what is held, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `rebuild`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Rebuild {
    #[command(flatten)]
    pub config: ConfigFile,
    /// Only compare ledger and index
    #[arg(long)]
    pub check: bool,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `export`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Export {
    /// The file to write, or a folder for it; without it standard output
    #[arg(value_name = "TO")]
    pub to: Option<PathBuf>,
    #[command(flatten)]
    pub config: ConfigFile,
    /// Print one JSON object instead of sentences
    #[arg(long, requires = "to")]
    pub json: bool,
}

/// `announce`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Announce {
    #[command(flatten)]
    pub config: ConfigFile,
    /// Say how many would be told, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `read`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Read {
    /// Print JSON, the only format there is
    #[arg(long, required = true)]
    pub json: bool,
    /// Believe only the Authentication-Results of this receiver (RFC 8601), not the topmost ones; may be repeated
    #[arg(long, value_name = "ID")]
    pub authserv_id: Vec<String>,
    /// Mail files, or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    pub files: Vec<PathBuf>,
}

/// `explain`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Explain {
    /// Mail files, or folders of them; - is standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub config: ConfigFile,
    /// Decide a mail that was handled once more, on the store as it was just before
    #[arg(long)]
    pub again: bool,
    /// Decide as of this instant; never earlier than what the store already knows
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    pub now: Option<Timestamp>,
    /// Print one JSON object a line for each file instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// `--config FILE`
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct ConfigFile {
    /// The configuration; deploy/soundingboard.toml explains every key
    #[arg(long = "config", short = 'c', value_name = "FILE")]
    pub path: PathBuf,
}

/// Why there is nothing to run: help was asked for, or the command line is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// To standard output if `exit` is [`Exit::Ok`], else to standard error.
    pub text: String,
    pub exit: Exit,
}

impl Arguments {
    /// Reads a command line, its first word being the program's name.
    pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, Stop> {
        Self::try_parse_from(words).map_err(|error| {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            Stop { text: error.to_string(), exit: if asked { Exit::Ok } else { Exit::Usage } }
        })
    }
}

/// `soundingboard 0.1.0`
pub fn version() -> &'static str {
    concat!("soundingboard ", env!("CARGO_PKG_VERSION"))
}

fn instant(text: &str) -> Result<Timestamp, String> {
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc().trunc_subsecs(0)).map_err(|_| {
        "write an instant with its zone, like 2026-11-23T08:00:00Z or 2026-11-23T09:00:00+01:00".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, Stop> {
        Arguments::read(format!("soundingboard {line}").split_whitespace()).map(|args| args.command)
    }

    fn stop(line: &str) -> Stop {
        read(line).expect_err(line)
    }

    #[test]
    fn run_reads_all_that_it_is_given() {
        let Ok(Command::Run(run)) = read("run --config a.toml --once --now 2026-11-23T09:00:00.5+01:00")
        else {
            panic!("run was not understood");
        };
        assert_eq!((run.config.path, run.once), (PathBuf::from("a.toml"), true));
        assert_eq!(run.now.map(|t| t.to_rfc3339()), Some("2026-11-23T08:00:00+00:00".into()));
    }

    #[test]
    fn read_takes_files_and_receivers() {
        let Ok(Command::Read(read)) = read("read --json --authserv-id mx.a --authserv-id mx.b one.eml dir")
        else {
            panic!("read was not understood");
        };
        assert_eq!(read.authserv_id, ["mx.a", "mx.b"]);
        assert_eq!(read.files.len(), 2);
    }

    #[test]
    fn a_wrong_command_line_is_64_and_says_why() {
        let bad_now = stop("run --config a.toml --now yesterday");
        assert_eq!(bad_now.exit, Exit::Usage);
        assert!(
            bad_now.text.contains("'yesterday'") && bad_now.text.contains("2026-11-23T08:00:00Z"),
            "{}",
            bad_now.text
        );
        for line in
            ["", "serve", "run", "run --config", "read --json", "read a.eml", "check --config a --once"]
        {
            assert_eq!(stop(line).exit, Exit::Usage, "{line}");
        }
    }

    #[test]
    fn help_and_version_are_0() {
        for line in [
            "--help",
            "-h",
            "-V",
            "--version",
            "run --help",
            "check -h",
            "init -h",
            "doctor -h",
            "generate -h",
            "read --help",
            "explain --help",
            "import roster -h",
            "announce -h",
            "backup -h",
            "restore -h",
            "resume -h",
            "rebuild -h",
            "export -h",
            "import records -h",
            "status -h",
            "show -h",
            "people find -h",
            "outbox list -h",
            "outbox retry -h",
            "outbox drop -h",
            "hold list -h",
            "hold assign -h",
            "hold drop -h",
            "staff -h",
            "digest -h",
            "pause -h",
        ] {
            assert_eq!(stop(line).exit, Exit::Ok, "{line}");
        }
        assert_eq!(stop("-V").text.trim(), version());
        assert_eq!(read("version"), Ok(Command::Version));
        let help = stop("--help").text;
        for command in [
            "run", "check", "backup", "restore", "resume", "rebuild", "export", "import", "announce",
            "explain", "read", "version", "status", "show", "people", "outbox", "hold", "staff", "digest",
            "pause", "init", "doctor", "login",
        ] {
            assert!(help.contains(&format!("\n  {command}")), "{help}");
        }
    }
}
