//! `init` as whoever installs it meets it: options, files, refusals, and a terminal.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PASSWORD: &str = "s3 cret\"\\é";

/// All that a password needs, but for the password.
const ALL: [&str; 23] = [
    "init",
    "--config",
    "sb.toml",
    "--provider",
    "generic",
    "--address",
    "contact@network.example",
    "--name",
    "Peer \"Advising\" Network",
    "--imap-host",
    "127.0.0.1",
    "--imap-security",
    "none",
    "--smtp-host",
    "mail.network.example",
    "--members",
    "campus.example, auc.example",
    "--staff",
    "rana@network.example",
    "--time-zone",
    "Asia/Beirut",
    "--languages",
    "en,fr,ar",
];

/// How the program ended, and what it said.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in a folder, with this on its standard input, which is no terminal.
fn run(folder: &Path, words: &[&str], input: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soundingboard"));
    command.args(words).current_dir(folder).env_remove("CREDENTIALS_DIRECTORY");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It may have ended without reading.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("its end");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    let code = output.status.code().expect("the program was not killed");
    Ended { code, out: text(output.stdout), err: text(output.stderr) }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect(name)
}

/// The names and modes of what is in a folder.
fn files(folder: &TempDir) -> Vec<(String, u32)> {
    let entries = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry"));
    let mut files: Vec<(String, u32)> = entries
        .map(|entry| {
            let mode = entry.metadata().expect("its mode").permissions().mode() & 0o777;
            (entry.file_name().to_string_lossy().into_owned(), mode)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn with_all_options_it_writes_what_check_finds_sound() {
    let folder = folder();
    let ended = run(folder.path(), &[&ALL[..], &["--password-file", "-"]].concat(), &format!("{PASSWORD}\n"));
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let expected = [("imap-password", 0o600), ("sb.toml", 0o644), ("smtp-password", 0o600)];
    assert_eq!(files(&folder), expected.map(|(name, mode)| (name.to_owned(), mode)));
    for name in ["imap-password", "smtp-password"] {
        assert_eq!(read(&folder, name), format!("{PASSWORD}\n"));
    }
    let text = read(&folder, "sb.toml");
    assert!(!text.contains(PASSWORD) && !ended.out.contains(PASSWORD));
    assert!(
        text.contains("languages = [\"en\", \"fr\", \"ar\"]\n")
            && text.contains("after_handling = \"move\"\n"),
        "{text}"
    );
    assert!(ended.out.contains("recipient_delimiter = +"), "{}", ended.out);
    assert!(
        ended.out.ends_with(
            "sb.toml: configuration and letters are sound\n\nNext, once that is done:\n\n  \
             soundingboard doctor --config sb.toml\n  soundingboard run --config sb.toml\n"
        ),
        "{}",
        ended.out
    );
    let check = run(folder.path(), &["check", "--config", "sb.toml"], "");
    assert_eq!(
        (check.code, check.out.as_str()),
        (0, "sb.toml: configuration and letters are sound\n"),
        "{}",
        check.err
    );
}

#[test]
fn what_is_missing_is_named_and_nothing_hangs_or_is_written() {
    let folder = folder();
    for more in [&[][..], &["--yes"]] {
        let ended = run(folder.path(), &[&["init", "--provider", "fastmail"], more].concat(), "");
        assert_eq!((ended.code, ended.out.as_str()), (64, ""));
        let expected = "nothing was written; without a terminal to ask on, and with --yes, more options are needed: \
                        --address, --password-file, --staff\n";
        assert_eq!(ended.err, expected);
    }
    let wrong = run(
        folder.path(),
        &[&ALL[..], &["--after-handling", "delete", "--password-file", "nowhere"]].concat(),
        "",
    );
    assert_eq!((wrong.code, wrong.out.as_str()), (64, ""));
    assert!(wrong.err.contains("--password-file nowhere: it cannot be read"), "{}", wrong.err);
    assert!(wrong.err.contains("--after-handling delete: it can be move, flag, leave"), "{}", wrong.err);
    let both = run(folder.path(), &["init", "--oauth2", "device-code", "--password-file", "x"], "");
    assert_eq!(both.code, 64);
    assert_eq!(files(&folder), []);
}

#[test]
fn a_second_time_it_refuses_and_leaves_everything_as_it_is() {
    let folder = folder();
    let words = [&ALL[..], &["--password-file", "-"]].concat();
    assert_eq!(run(folder.path(), &words, "first\n").code, 0);
    let before = read(&folder, "sb.toml");
    let ended = run(folder.path(), &words, "second\n");
    assert_eq!((ended.code, ended.out.as_str()), (73, ""));
    assert!(
        ended.err.starts_with("sb.toml is there already and is left as it is: edit it, "),
        "{}",
        ended.err
    );
    // Another configuration would share its password with the first one.
    let other = [&["init", "--config", "other.toml"], &words[3..]].concat();
    let ended = run(folder.path(), &other, "second\n");
    assert_eq!((ended.code, ended.out.as_str()), (73, ""));
    assert!(ended.err.starts_with("./imap-password is there already"), "{}", ended.err);
    assert_eq!((read(&folder, "sb.toml"), read(&folder, "imap-password")), (before, "first\n".to_owned()));
    assert_eq!(files(&folder).len(), 3);
}

#[test]
fn a_configuration_for_oauth2_holds_its_table_and_its_secret_is_a_file() {
    let folder = folder();
    let words = [
        "init",
        "--config",
        "sb.toml",
        "--provider",
        "microsoft365",
        "--address",
        "contact@network.example",
        "--staff",
        "rana@network.example",
        "--oauth2",
        "client-credentials",
        "--tenant",
        "network.example",
        "--client-id",
        "7c9e6679",
        "--client-secret-file",
        "-",
        "--yes",
    ];
    // Whether this version can log in so, is not the question here.
    let ended = run(folder.path(), &words, "geheim~1\n");
    assert!(
        ended.out.contains("Set-CASMailbox -Identity contact@network.example"),
        "{}{}",
        ended.out,
        ended.err
    );
    let text = read(&folder, "sb.toml");
    let table = "[imap.oauth2]\nprovider = \"microsoft\"\nflow = \"client-credentials\"\ntenant = \"network.example\"\n\
                 client_id = \"7c9e6679\"\nclient_secret_file = \"oauth2-client-secret\"\n";
    assert!(text.contains(table), "{text}");
    assert_eq!(files(&folder), [("oauth2-client-secret".to_owned(), 0o600), ("sb.toml".to_owned(), 0o644)]);
    assert_eq!(read(&folder, "oauth2-client-secret"), "geheim~1\n");
}

/// `script` gives the program a terminal; what is typed ahead waits there until it is asked for.
#[test]
fn on_a_terminal_it_asks() {
    let folder = folder();
    let program = format!("{} init --config sb.toml", env!("CARGO_BIN_EXE_soundingboard"));
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &program, "/dev/null"]).current_dir(folder.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).env_remove("CREDENTIALS_DIRECTORY");
    let mut child = command.spawn().expect("script, of the package bsdutils");
    let answers = "fastmail\ncontact at network\ncontact@network.example\n\ns3cret\n\nrana@network.example\nEurope/Paris\n\n\n\n";
    child.stdin.as_mut().expect("its input").write_all(answers.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("its end");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.contains("this is no email address; write name@domain"), "{out}");
    assert!(out.contains("[Peer Advising Network]: ") && out.contains("[network.example]: "), "{out}");
    assert_eq!(read(&folder, "imap-password"), "s3cret\n");
    assert!(read(&folder, "sb.toml").contains("members = [\"network.example\"]\n"));
}
