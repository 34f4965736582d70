//! The program: arguments → command → exit code.

use soundingboard::args::{self, Arguments, Command};
use soundingboard::exit::Exit;
use soundingboard::oauth2::login::Terminal;
use soundingboard::{archive, control, doctor, explain, generate, import, init, journal, read, run, trial};
use std::io::BufWriter;

fn main() -> Exit {
    match Arguments::read(std::env::args_os()) {
        Ok(arguments) => obey(&arguments.command),
        Err(stop) if stop.exit == Exit::Ok => {
            print!("{}", stop.text);
            stop.exit
        }
        Err(stop) => {
            eprint!("{}", stop.text);
            stop.exit
        }
    }
}

fn obey(command: &Command) -> Exit {
    match command {
        Command::Version => {
            println!("{}", args::version());
            Exit::Ok
        }
        Command::Read(arguments) => print_mails(arguments),
        Command::Explain(arguments) => explain_mails(arguments),
        Command::Login(arguments) => login(arguments),
        Command::Init(arguments) => begin(arguments),
        Command::Doctor(arguments) => doctor::doctor(arguments, &mut std::io::stdout()),
        Command::Check(arguments) => check(arguments),
        Command::Import(args::Import::Roster(arguments)) => tell(import::roster(arguments)),
        Command::Import(args::Import::Records(arguments)) => say(archive::export::import(arguments)),
        Command::Announce(arguments) => tell(import::announce(arguments)),
        Command::Backup(arguments) => say(archive::backup::backup(arguments)),
        Command::Restore(arguments) => say(archive::restore::restore(arguments)),
        Command::Resume(arguments) => say(archive::resume::resume(arguments)),
        Command::Rebuild(arguments) => say(archive::rebuild::rebuild(arguments)),
        Command::Export(arguments) => export(arguments),
        Command::Control(command) => ask(command),
        Command::TryMail(arguments) => end(trial::read(arguments)),
        Command::Generate(what) => make(what),
        Command::Run(arguments) => match journal::init() {
            Ok(()) => end(run::run(arguments)),
            Err(sentence) => complain(&sentence, Exit::Usage),
        },
    }
}

fn print_mails(arguments: &args::Read) -> Exit {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match read::read_command(&arguments.files, &arguments.authserv_id, &mut out) {
        Ok(()) => Exit::Ok,
        Err(error) => complain(&format!("the answer could not be written: {error}"), Exit::IoErr),
    }
}

fn explain_mails(arguments: &args::Explain) -> Exit {
    let mut out = BufWriter::new(std::io::stdout());
    match explain::explain(arguments, &mut out) {
        Ok(()) => Exit::Ok,
        Err(error) => complain(&error.to_string(), error.exit()),
    }
}

fn login(arguments: &args::Login) -> Exit {
    let mut terminal =
        Terminal { input: &mut std::io::stdin().lock(), output: &mut std::io::stdout().lock() };
    end(run::login(arguments, &mut terminal))
}

fn begin(arguments: &args::Init) -> Exit {
    match init::init(arguments, &mut std::io::stdout()) {
        Ok(()) => Exit::Ok,
        Err(error) => complain(&error.to_string(), error.exit()),
    }
}

fn make(what: &args::Generate) -> Exit {
    match generate::generate(what, &mut std::io::stdout()) {
        Ok(()) => Exit::Ok,
        Err(error) => complain(&format!("it could not be written: {error}"), Exit::CantCreate),
    }
}

fn check(arguments: &args::Check) -> Exit {
    match run::check(&arguments.config.path) {
        Ok(warnings) => {
            warnings.iter().for_each(|warning| println!("warning: {warning}"));
            println!("{}: configuration and letters are sound", arguments.config.path.display());
            Exit::Ok
        }
        Err(trouble) => complain(&trouble.to_string(), trouble.exit()),
    }
}

fn tell(done: Result<String, import::ImportError>) -> Exit {
    match done {
        Ok(text) => {
            print!("{text}");
            Exit::Ok
        }
        Err(error) => complain(&error.to_string(), error.exit()),
    }
}

/// What was not done is a sentence, to standard error unless it is for a program.
fn ask(command: &args::Control) -> Exit {
    let (asked, plain) = command.asks();
    match control::obey(&plain.config.path, &asked, plain.json) {
        Ok(control::Answered { text, exit }) if exit == Exit::Ok || plain.json => {
            print!("{text}");
            exit
        }
        Ok(control::Answered { text, exit }) => complain(&text, exit),
        Err(error) => complain(&error.to_string(), error.exit()),
    }
}

/// What does not fit in memory is sorted where the environment has temporary files.
fn export(arguments: &args::Export) -> Exit {
    let mut out = std::io::stdout().lock();
    say(archive::export::export(arguments, &std::env::temp_dir(), &mut out))
}

fn say(done: Result<String, archive::ArchiveError>) -> Exit {
    match done {
        Ok(text) => {
            print!("{text}");
            Exit::Ok
        }
        Err(error) => complain(&error.to_string(), error.exit()),
    }
}

fn end(result: Result<(), run::Trouble>) -> Exit {
    match result {
        Ok(()) => Exit::Ok,
        Err(trouble) => complain(&trouble.to_string(), trouble.exit()),
    }
}

fn complain(sentence: &str, exit: Exit) -> Exit {
    eprintln!("{}", sentence.trim_end());
    exit
}
