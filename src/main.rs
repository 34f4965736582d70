//! The program: arguments → command → exit code.

use soundingboard::args::{self, Arguments, Command};
use soundingboard::exit::Exit;
use soundingboard::{import, journal, read, run, trial};
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
        Command::Check(arguments) => check(arguments),
        Command::Import(args::Import::Roster(arguments)) => tell(import::roster(arguments)),
        Command::Announce(arguments) => tell(import::announce(arguments)),
        Command::TryMail(arguments) => end(trial::read(arguments)),
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
