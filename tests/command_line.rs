//! The program as an operator meets it: its command line, its sentences, its exit codes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SOUND: &str = r#"[network]
name = "Peer Advising Network"
address = "contact@network.example"
staff = ["staff@network.example"]
members = ["campus.example"]
[imap]
host = "127.0.0.1"
security = "none"
user = "contact@network.example"
password_file = "imap-password"
[smtp]
host = "127.0.0.1"
security = "none"
[store]
path = "store"
# The disk of whoever runs the tests may be as full as it likes.
disk_alarm = false
"#;

/// How the program ended, and what it said.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in a folder, with its journal as quiet as it gets.
fn run(folder: &Path, words: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soundingboard"));
    command.args(words).current_dir(folder).env("SOUNDINGBOARD_LOG", "error");
    let output = command.env_remove("CREDENTIALS_DIRECTORY").output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    let code = output.status.code().expect("the program was not killed");
    Ended { code, out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with a configuration and the password it names.
fn configured(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder, "soundingboard.toml", text);
    write(&folder, "imap-password", "s3cret\n");
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
}

fn check(folder: &TempDir) -> Ended {
    run(folder.path(), &["check", "--config", "soundingboard.toml"])
}

/// `SOUND` with one line written otherwise.
fn with(line: &str, other: &str) -> String {
    assert!(SOUND.contains(line), "{line} is not in the configuration");
    SOUND.replacen(line, other, 1)
}

// ---- the command line itself

#[test]
fn it_says_its_version_and_its_help_on_standard_output() {
    let here = Path::new(".");
    for words in [&["version"], &["--version"]] {
        let ended = run(here, words);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert_eq!(ended.out, concat!("soundingboard ", env!("CARGO_PKG_VERSION"), "\n"));
    }
    let help = run(here, &["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for word in
        ["run ", "check ", "import ", "announce ", "read ", "version ", "sysexits", "SOUNDINGBOARD_LOG"]
    {
        assert!(help.out.contains(word), "no {word} in {}", help.out);
    }
}

#[test]
fn a_wrong_command_line_is_64_and_said_on_standard_error() {
    for words in [&[][..], &["runn"], &["run"], &["check", "--confg", "x"], &["read", "a.eml"]] {
        let ended = run(Path::new("."), words);
        assert_eq!((ended.code, ended.out.as_str()), (64, ""), "{words:?}");
        assert!(ended.err.starts_with("error: ") && ended.err.contains("Usage:"), "{words:?}: {}", ended.err);
    }
    let now = run(Path::new("."), &["run", "--config", "x", "--now", "yesterday"]);
    assert_eq!(now.code, 64);
    assert!(now.err.contains("2026-11-23T08:00:00Z"), "{}", now.err);
}

// ---- check

#[test]
fn a_sound_configuration_is_said_to_be_sound_and_nothing_is_made() {
    let folder = configured(SOUND);
    let ended = check(&folder);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert_eq!(ended.out, "soundingboard.toml: configuration and letters are sound\n");
    assert!(!folder.path().join("store").exists());
}

#[test]
fn the_shipped_sample_is_sound() {
    let folder = configured(include_str!("../deploy/soundingboard.toml"));
    write(&folder, "smtp-password", "s3cret\n");
    let ended = check(&folder);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(ended.out.ends_with("configuration and letters are sound\n"), "{}", ended.out);
}

#[test]
fn a_language_without_letters_is_a_warning_and_its_letters_are_english() {
    let folder = configured(&with("members", "languages = [\"en\", \"de\"]\nmembers"));
    let ended = check(&folder);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let warning = "warning: there are no letters in \"de\": its readers get them in English\n";
    assert!(ended.out.starts_with(warning), "{}", ended.out);
}

#[test]
fn a_value_without_effect_yet_is_a_warning_with_its_line() {
    let folder = configured(&format!("{SOUND}keep_request_text_days = 90\n"));
    let ended = check(&folder);
    assert_eq!(ended.code, 0);
    let warning = "warning: soundingboard.toml line 18: keep_request_text_days has no effect yet\n";
    assert!(ended.out.starts_with(warning), "{}", ended.out);
}

#[test]
fn every_fault_has_its_line_and_its_remedy_and_the_end_is_78() {
    let text = with("staff", "staf").replacen("[smtp]\nhost = \"127.0.0.1\"", "[smtp]\nport = 0", 1);
    let ended = check(&configured(&text));
    assert_eq!((ended.code, ended.out.as_str()), (78, ""));
    let expected = [
        "soundingboard.toml line 1: [network] has no staff; add staff = [\"staff@network.example\"], who get the digest",
        "soundingboard.toml line 4: no key \"staf\" in [network]; did you mean staff?",
        "soundingboard.toml line 11: [smtp] has no host; add host = \"mail.network.example\"",
        "soundingboard.toml line 12: port = 0 is out of reach; it goes from 1 to 65535",
    ];
    assert_eq!(ended.err.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_missing_password_or_configuration_is_one_sentence_and_78() {
    let folder = configured(SOUND);
    fs::remove_file(folder.path().join("imap-password")).expect("removed");
    let ended = check(&folder);
    assert_eq!((ended.code, ended.err.lines().count()), (78, 1), "{}", ended.err);
    assert!(ended.err.contains("line 10: the password file imap-password cannot be read"), "{}", ended.err);
    assert!(ended.err.contains("create it with the password alone in it"), "{}", ended.err);
    let ended = run(folder.path(), &["check", "--config", "other.toml"]);
    assert_eq!((ended.code, ended.err.lines().count()), (78, 1), "{}", ended.err);
    assert!(ended.err.starts_with("other.toml: the configuration cannot be read"), "{}", ended.err);
}

#[test]
fn a_letter_with_an_unknown_field_is_told_with_file_line_and_nearest_name() {
    let folder = configured(&format!("{SOUND}[templates]\npath = \"letters\"\n"));
    write(&folder, "letters/en/reminder.md", "---\nsubject: Hello\n---\n\nDear {{nmae}},\n");
    let ended = check(&folder);
    assert_eq!((ended.code, ended.out.as_str()), (78, ""));
    assert_eq!(ended.err, "letters/en/reminder.md line 5: no field nmae; did you mean name?\n");
}

#[test]
fn two_words_of_one_spelling_are_told_and_78() {
    let folder = configured(&format!("{SOUND}[templates]\npath = \"letters\"\n"));
    write(&folder, "letters/en/words.toml", "[words]\nDECLINE = [\"accept\"]\n");
    let ended = check(&folder);
    assert_eq!((ended.code, ended.err.lines().count()), (78, 1), "{}", ended.err);
    let expected = "\"accept\" is a word of two meanings: ACCEPT in every network, and DECLINE in letters/en/words.toml; \
                    take it out of one of them\n";
    assert_eq!(ended.err, expected);
}

#[test]
fn words_and_labels_that_collide_in_two_languages_are_told_with_both_files_and_78() {
    let french =
        with("members", "languages = [\"en\", \"fr\"]\nmembers") + "[templates]\npath = \"letters\"\n";
    for (words, expected) in [
        (
            "[words]\nMOVE = [\"Report\"]\n",
            "\"Report\" is a word of two meanings: REPORT in every network, and MOVE in letters/fr/words.toml",
        ),
        (
            "[words]\nWAIT = [\"Happy to accept\"]\n",
            "\"Happy to accept\" is a word of two meanings: ACCEPT in templates/en/words.toml, and WAIT in letters/fr/words.toml",
        ),
        (
            "[labels]\nIssue = [\"Sujet\"]\nName = [\"organization\"]\n",
            "\"organization\" is a label of two meanings: Institution in templates/en/words.toml, and Name in letters/fr/words.toml",
        ),
        (
            "[kinds]\n\"Request meeting\" = [\"Sign up\"]\n",
            "\"Sign up\" is a kind of two meanings: Advisor sign-up in templates/en/words.toml, and Request meeting in letters/fr/words.toml",
        ),
    ] {
        let folder = configured(&french);
        write(&folder, "letters/fr/words.toml", words);
        let ended = check(&folder);
        assert_eq!((ended.code, ended.out.as_str()), (78, ""), "{words}");
        assert_eq!(ended.err, format!("{expected}; take it out of one of them\n"));
        let run = run(folder.path(), &["run", "--once", "--config", "soundingboard.toml"]);
        assert_eq!((run.code, run.err), (78, ended.err));
    }
    let sound = check(&configured(&with("members", "languages = [\"fr\", \"en\"]\nmembers")));
    assert_eq!((sound.code, sound.err.as_str()), (0, ""));
}

// ---- run

#[test]
fn run_says_the_same_faults_and_leaves_the_store_untouched() {
    let wrong = configured(&with("members", "membres"));
    let ended = run(wrong.path(), &["run", "--once", "--config", "soundingboard.toml"]);
    assert_eq!((ended.code, ended.out.as_str()), (78, ""));
    assert_eq!(ended.err, check(&wrong).err);
    assert!(!wrong.path().join("store").exists());

    let misspelt = configured(&format!("{SOUND}[templates]\npath = \"letters\"\n"));
    write(&misspelt, "letters/en/reminder.md", "---\nsubject: Hello\n---\n{{nmae}}\n");
    let ended = run(misspelt.path(), &["run", "--config", "soundingboard.toml"]);
    assert_eq!(ended.code, 78);
    assert!(ended.err.contains("no field nmae; did you mean name?"), "{}", ended.err);
    assert!(!misspelt.path().join("store").exists());
}

#[test]
fn a_mail_server_that_is_not_there_is_69_and_a_rehearsal_in_the_past_65() {
    // Port 1 of this machine: nothing listens there, and only root could make it.
    let folder = configured(&SOUND.replace("security", "port = 1\nsecurity"));
    let ended = run(folder.path(), &["run", "--once", "--config", "soundingboard.toml"]);
    assert_eq!(ended.code, 69, "{}", ended.err);
    assert!(ended.err.contains("cannot reach 127.0.0.1:1: "), "{}", ended.err);
    assert!(folder.path().join("store/ledger").is_dir());
    let past = ["run", "--once", "--now", "2020-01-01T00:00:00Z", "--config", "soundingboard.toml"];
    let ended = run(folder.path(), &past);
    assert_eq!(ended.code, 65, "{}", ended.err);
    assert!(ended.err.contains("is more than a day before the store's own time"), "{}", ended.err);
}

#[test]
fn a_filter_of_the_journal_that_is_none_is_64() {
    let folder = configured(SOUND);
    let mut command = Command::new(env!("CARGO_BIN_EXE_soundingboard"));
    command.args(["run", "--once", "--config", "soundingboard.toml"]).current_dir(folder.path());
    let output = command.env("SOUNDINGBOARD_LOG", "info,=[").output().expect("the program starts");
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("write a level, like debug"));
}

// ---- import and announce

const CONFIG: [&str; 2] = ["--config", "soundingboard.toml"];

fn import(folder: &TempDir, table: &[u8], more: &[&str]) -> Ended {
    fs::write(folder.path().join("roster.csv"), table).expect("written");
    run(folder.path(), &[&["import", "roster", "roster.csv"], &CONFIG[..], more].concat())
}

fn announce(folder: &TempDir, more: &[&str]) -> Ended {
    run(folder.path(), &[&["announce"], &CONFIG[..], more].concat())
}

#[test]
fn a_dry_run_says_what_an_import_would_do_and_makes_nothing() {
    let folder = configured(SOUND);
    // As Excel writes it in Western Europe: semicolons, Windows-1252, a column of its own.
    let table = b"Name;Email;Institution;Areas;Telefon\r\nZo\xe9 Dupr\xe9;zoe@campus.example;Campus;Koha\r\n";
    let ended = import(&folder, table, &["--dry-run"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let expected = [
        "roster.csv: the column \"Telefon\" is none of ours and is left out",
        "roster.csv: the text was read as Windows-1252; look whether names with accents are right",
        "line 2: Zo\u{e9} Dupr\u{e9} <zoe@campus.example>: new",
        "1 new, 0 with changes, 0 unchanged.",
        "This was a dry run: nothing was written.",
    ];
    assert_eq!(ended.out.lines().collect::<Vec<_>>(), expected);
    assert!(!folder.path().join("store").exists());
    let waiting = announce(&folder, &["--dry-run"]);
    assert_eq!((waiting.code, waiting.out.as_str()), (0, "Nobody waits to be announced.\n"));
    assert!(!folder.path().join("store").exists());
}

#[test]
fn every_wrong_line_is_said_with_its_remedy_and_nothing_is_imported() {
    let folder = configured(SOUND);
    let table = "Name,Email,Institution,Areas,Time zone,Requests at a time,Language\n\
        ,amina@campus.example,Campus,Koha,,,\n\
        Karim,karim at auc,AUC,\"metadata\nArabic\",Asia/Bairut,many,de\n\
        Amina,AMINA@campus.example,Campus,Koha,,0,,surplus\n";
    let ended = import(&folder, table.as_bytes(), &[]);
    assert_eq!((ended.code, ended.out.as_str()), (65, ""));
    let expected = [
        "roster.csv line 2: no Name; fill it in, or take the line out",
        "roster.csv line 3: \"karim at auc\" is no email address; write one like amina@campus.example",
        "roster.csv line 3: letters are not written in \"de\"; the configured languages are en",
        "roster.csv line 3: no time zone \"Asia/Bairut\"; did you mean Asia/Beirut? Write one like Asia/Beirut, or leave it empty",
        "roster.csv line 3: Requests at a time \"many\" is not a number from 1 up; write one like 2, or leave it empty for no limit",
        "roster.csv line 5: 8 cells under 7 columns; put a text that holds a separator in quotes",
        "roster.csv line 5: Requests at a time \"0\" is not a number from 1 up; write one like 2, or leave it empty for no limit",
        "roster.csv line 5: amina@campus.example stands in line 2 already; keep one of the two",
        "Nothing was imported. Once they are put right, import the file again.",
    ];
    assert_eq!(ended.err.lines().collect::<Vec<_>>(), expected);
    let waiting = announce(&folder, &["--dry-run"]);
    assert_eq!(waiting.out, "Nobody waits to be announced.\n");
    for (table, said) in [
        ("", "roster.csv: the file is empty\n"),
        ("Name,Email\nAmina,amina@campus.example\n", "roster.csv line 1: there is no column Areas; "),
        ("Name,Email,Areas\n", "roster.csv line 1: there is no row under the header\n"),
    ] {
        let ended = import(&folder, table.as_bytes(), &[]);
        assert_eq!(ended.code, 65);
        assert!(ended.err.starts_with(said), "{}", ended.err);
    }
    let missing = run(folder.path(), &["import", "roster", "other.csv", "--config", "soundingboard.toml"]);
    assert_eq!((missing.code, missing.err.lines().count()), (66, 1), "{}", missing.err);
}

#[test]
fn people_are_announced_once_and_an_import_again_shows_what_changes() {
    let folder = configured(SOUND);
    let table = "Name,Email,Institution,Areas\nAmina,amina@campus.example,Campus,Koha\nZo\u{e9},zoe@campus.example,Campus,archives\n";
    let ended = import(&folder, table.as_bytes(), &[]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(
        ended.out.ends_with("Nobody is told or listed until you run \"soundingboard announce\".\n"),
        "{}",
        ended.out
    );
    let dry = announce(&folder, &["--dry-run"]);
    assert!(dry.out.starts_with("2 people would be announced"), "{}", dry.out);
    let told = announce(&folder, &[]);
    assert!(told.out.starts_with("2 people announced: on the roster from now on."), "{}", told.out);
    let again: serde_json::Value = serde_json::from_str(&announce(&folder, &["--json"]).out).expect("JSON");
    assert_eq!(again, serde_json::json!({"people": 0, "announced": true}));
    let ended =
        import(&folder, table.replace("archives", "archives; maps").as_bytes(), &["--json", "--dry-run"]);
    let report: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((&report["unchanged"], &report["changed"]), (&1.into(), &1.into()));
    assert_eq!(report["rows"][1]["changed"], serde_json::json!(["Areas"]));
}

#[test]
fn an_import_beside_a_running_daemon_is_refused_with_the_remedy() {
    let folder = configured(SOUND);
    let table = b"Name,Email,Institution,Areas\nAmina,amina@campus.example,Campus,Koha\n";
    assert_eq!(import(&folder, table, &[]).code, 0);
    let lock = fs::File::open(folder.path().join("store/lock")).expect("the lock");
    lock.lock().expect("locked");
    for ended in [import(&folder, table, &["--dry-run"]), announce(&folder, &[])] {
        assert_eq!((ended.code, ended.out.as_str()), (74, ""));
        assert!(
            ended.err.contains("another soundingboard is running on this store; stop that one first"),
            "{}",
            ended.err
        );
    }
}

// ---- read

#[test]
fn read_prints_one_line_a_file_in_sorted_order_whatever_is_in_them() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        &folder,
        "mails/b/form.eml",
        "From: l@campus.example\nSubject: Request meeting\n\nAdvisor: Amina\n",
    );
    write(&folder, "mails/a.eml", "From: l@campus.example\nSubject: Re: Hi\n\nACCEPT\n\n> words\n");
    write(&folder, "mails/c.eml", "");
    fs::write(folder.path().join("mails/d.eml"), [0xff, 0x00, 0x80, b'\n', 0xfe]).expect("written");
    let ended = run(folder.path(), &["read", "--json", "mails", "missing.eml"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let lines: Vec<serde_json::Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    let files: Vec<&str> = lines.iter().filter_map(|line| line["file"].as_str()).collect();
    let sorted = ["mails/a.eml", "mails/b/form.eml", "mails/c.eml", "mails/d.eml", "missing.eml"];
    assert_eq!(files, sorted);
    assert_eq!(lines[0]["new_text"], "ACCEPT");
    assert_eq!(lines[1]["form"]["fields"]["Advisor"], "Amina");
    let problem = lines[4]["problems"][0].as_str().expect("a problem");
    assert!(problem.starts_with("missing.eml cannot be read: "), "{problem}");
}
