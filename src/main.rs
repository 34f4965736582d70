//! `soundingboard read --json FILE|DIR… [--authserv-id ID]`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut paths, mut ids) = (Vec::new(), Vec::new());
    if arguments.next().as_deref() != Some("read") {
        eprintln!("usage: soundingboard read --json FILE|DIR… [--authserv-id ID]");
        return ExitCode::from(64);
    }
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => {}
            "--authserv-id" => ids.extend(arguments.next()),
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match soundingboard::read::read_command(&paths, &ids, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the answer could not be written: {error}");
            ExitCode::from(74)
        }
    }
}
