//! The store as a whole, as an operator keeps it: backup, restore, resume, export, import, rebuild.

#[path = "bench/past.rs"]
mod past;

use soundingboard::program::batch::Change;
use soundingboard::program::record::Timestamp;
use soundingboard::store::indexed::IndexedStore;
use soundingboard::store::{Group, Store};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

const SOUND: &str = r#"[network]
name = "Peer Advising Network"
address = "contact@network.example"
staff = ["staff@network.example"]
members = ["campus.example"]
[imap]
host = "127.0.0.1"
port = 1
security = "none"
user = "contact@network.example"
password_file = "imap-password"
[smtp]
host = "127.0.0.1"
port = 1
security = "none"
[store]
path = "store"
# The disk of whoever runs the tests may be as full as it likes.
disk_alarm = false
"#;

/// Between its fork and its exec a child of one test holds the lock of a store that another has open:
/// nobody opens one meanwhile. `spawn` returns after the exec.
static FORKS: Mutex<()> = Mutex::new(());

/// How the program ended, and what it said.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// An installation: a configuration, and a place for files.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [("sb.toml", SOUND), ("imap-password", "s3cret\n")] {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
        }
        Self(folder)
    }

    /// One with a store of a few groups.
    fn lived_in() -> Self {
        let place = Self::new();
        let store = place.open();
        for n in 1..=20 {
            commit(&store, n, &[(&format!("person/p{n:02}@campus.example"), Some("{\"v\":1}"))]);
        }
        commit(&store, 21, &[("install/secret", Some("\"0123\"")), ("person/p01@campus.example", None)]);
        commit(
            &store,
            22,
            &[("token/ABC", Some("{\"v\":1}")), ("case/K7Q2M", Some("{\"v\":1,\"é\":\"\\u00e9\"}"))],
        );
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self) -> IndexedStore {
        let _alone = FORKS.lock().unwrap_or_else(PoisonError::into_inner);
        IndexedStore::open(&self.path("store")).expect("a store that opens").store
    }

    fn rows(&self) -> Vec<(String, String)> {
        let rows = self.open().range("", usize::MAX).expect("rows");
        rows.into_iter().filter(|(key, _)| !key.starts_with("restored/")).collect()
    }

    fn run(&self, words: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_soundingboard"));
        command.args(words.split_whitespace());
        self.end(command.args(["--config", "sb.toml"]))
    }

    fn end(&self, command: &mut Command) -> Ended {
        command
            .current_dir(self.0.path())
            .env("SOUNDINGBOARD_LOG", "error")
            .env_remove("CREDENTIALS_DIRECTORY");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let alone = FORKS.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn().expect("the program starts");
        drop(alone);
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("it was not killed");
        Ended { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// It ends well; what it said.
    fn well(&self, words: &str) -> String {
        let ended = self.run(words);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{words}: {ended:?}");
        ended.out
    }

    /// It ends with this code, in one sentence that holds these words, and leaves everything as it was.
    fn refuses(&self, words: &str, code: i32, said: &[&str]) {
        let before = self.listing();
        let ended = self.run(words);
        assert_eq!(ended.code, code, "{words}: {ended:?}");
        assert_eq!(ended.out, "", "{words}");
        assert_eq!(ended.err.trim_end().lines().count(), 1, "{words}: {}", ended.err);
        said.iter()
            .for_each(|said| assert!(ended.err.contains(said), "{words}: no {said:?} in {}", ended.err));
        assert_eq!(self.listing(), before, "{words} has left something");
    }

    /// Every file that counts, with its contents.
    fn listing(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        walk(self.0.path(), &mut files);
        files.retain(|path| !path.ends_with("lock"));
        files.sort();
        files.into_iter().map(|path| (path.clone(), fs::read(path).expect("a file"))).collect()
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn commit(store: &dyn Store, minute: u32, changes: &[(&str, Option<&str>)]) {
    let at: Timestamp = format!("2026-11-02T09:{minute:02}:00Z").parse().expect("a time");
    let change = |(key, value): &(&str, Option<&str>)| Change {
        key: (*key).to_owned(),
        value: value.map(str::to_owned),
    };
    let changes = changes.iter().map(change).collect();
    store.commit(&Group { at, notes: vec!["a test".to_owned()], changes }).expect("room on the disk");
}

// ---- backup

#[test]
fn a_backup_beside_a_running_daemon_is_whole_and_private() {
    let place = Place::lived_in();
    let running = place.open();
    let said = place.well("backup saved");
    assert!(said.contains("saved: 22 rows, ") && said.contains("up to 2026-11-02T09:22:00Z"), "{said}");
    assert!(said.contains("read back") && said.contains("install secret"), "{said}");
    assert_eq!(fs::metadata(place.path("saved")).unwrap().permissions().mode() & 0o777, 0o600);
    drop(running);
    for left in ["saved.part", "saved.rows"] {
        assert!(!place.path(left).exists(), "{left}");
    }
    let text = fs::read_to_string(place.path("saved")).unwrap();
    assert!(text.contains("\"é\":\"\\u00e9\""), "values stand in it as they were committed");
}

#[test]
fn a_line_that_is_being_written_at_that_moment_is_no_fault() {
    let place = Place::lived_in();
    let ledger = fs::read_dir(place.path("store/ledger")).unwrap().next().unwrap().unwrap().path();
    let mut file = fs::OpenOptions::new().append(true).open(ledger).unwrap();
    file.write_all(b"{\"sum\":\"00000000\",\"group\":{\"seq\":23,\"at\":\"2026-11-").unwrap();
    assert!(place.well("backup saved").contains("22 rows"));
}

#[test]
fn a_backup_into_a_folder_is_named_by_its_time_and_nothing_is_overwritten() {
    let place = Place::lived_in();
    fs::create_dir(place.path("backups")).unwrap();
    let said: serde_json::Value = serde_json::from_str(&place.well("backup backups --json")).unwrap();
    let file = said["file"].as_str().unwrap();
    assert!(file.starts_with("backups/soundingboard-2") && file.ends_with("Z.backup"), "{file}");
    assert_eq!((&said["rows"], &said["has_secret"]), (&22.into(), &true.into()));
    fs::write(place.path("there"), "mine").unwrap();
    place.refuses("backup there", 73, &["there is there already", "another name"]);
    place.refuses("backup store/saved", 73, &["lies in the store", "another disk"]);
    place.refuses("backup nowhere/saved", 74, &["nowhere/saved", "No such file"]);
}

#[test]
fn where_there_is_no_store_there_is_nothing_to_keep() {
    let place = Place::new();
    for command in ["backup saved", "export saved", "resume", "rebuild", "rebuild --check"] {
        place.refuses(command, 66, &["no store in", "[store] path"]);
    }
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let place = Place::lived_in();
    let store = place.open();
    let long = format!("{{\"v\":1,\"text\":\"{}\"}}", "x".repeat(200_000));
    commit(&store, 30, &[("draft/long", Some(&long))]);
    drop(store);
    let before = place.listing();
    let mut command = Command::new("sh");
    // No file may grow beyond 64 KiB, and the signal that says so is ignored: writing fails.
    let script = format!(
        "trap '' XFSZ; ulimit -f 64; exec {} backup saved --config sb.toml",
        env!("CARGO_BIN_EXE_soundingboard")
    );
    let ended = place.end(command.args(["-c", &script]));
    assert_eq!(ended.code, 74, "{ended:?}");
    assert!(ended.err.contains("saved"), "{}", ended.err);
    assert_eq!(place.listing(), before);
}

// ---- restore and resume

/// A backup of a store that has lived, and an empty place to put it back.
fn backed_up() -> (Place, Place) {
    let (from, to) = (Place::lived_in(), Place::new());
    from.well("backup saved");
    fs::copy(from.path("saved"), to.path("saved")).unwrap();
    (from, to)
}

#[test]
fn a_backup_put_back_is_the_same_store_and_held_until_it_is_resumed() {
    let (from, to) = backed_up();
    let said = to.well("restore saved");
    assert!(said.contains("22 rows up to 2026-11-02T09:22:00Z") && said.contains("held"), "{said}");
    assert_eq!(to.rows(), from.rows());
    for run in ["run", "run --once"] {
        let ended = to.run(run);
        assert_eq!(ended.code, 78, "{ended:?}");
        assert!(ended.err.contains("is held") && ended.err.contains("soundingboard resume"), "{}", ended.err);
    }
    assert!(to.well("resume --dry-run").contains("still held"));
    let said = to.well("resume");
    assert!(said.contains("a backup of 2026-11-02T09:22:00Z") && said.contains("0 letters unsent"), "{said}");
    // It goes on: what is wrong now is only that no mail server is there.
    assert_eq!(to.run("run --once").code, 69);
    assert!(to.well("resume").contains("not held"), "a second time it changes nothing");
    let json: serde_json::Value = serde_json::from_str(&to.well("resume --json")).unwrap();
    assert_eq!((&json["held"], &json["resumed"]), (&false.into(), &false.into()));
}

#[test]
fn a_store_that_was_never_restored_has_nothing_to_resume() {
    let place = Place::lived_in();
    assert!(place.well("resume").contains("nothing to resume"));
    assert_eq!(place.run("run --once").code, 69);
}

#[test]
fn a_store_that_is_there_is_replaced_only_on_demand_and_never_deleted() {
    let (from, to) = backed_up();
    to.well("restore saved");
    let store = to.open();
    commit(&store, 40, &[("person/new@campus.example", Some("{\"v\":1}"))]);
    drop(store);
    to.refuses("restore saved", 73, &["there is a store", "--replace"]);
    let aside = |n: usize| {
        let entries = fs::read_dir(to.path("store")).unwrap().map(|e| e.unwrap().path());
        let aside: Vec<PathBuf> = entries.filter(|p| p.to_string_lossy().contains("replaced-")).collect();
        assert_eq!(aside.len(), n, "{aside:?}");
        aside
    };
    assert!(to.well("restore saved --replace").contains("replaced-"));
    assert_eq!(to.rows(), from.rows());
    let [old] = &aside(1)[..] else { unreachable!() };
    let old = IndexedStore::open(old).expect("the old store opens").store;
    assert!(old.get("person/new@campus.example").unwrap().is_some());
    to.well("restore saved --replace");
    aside(2);
    assert_eq!(to.rows(), from.rows());
}

#[test]
fn a_file_cut_short_or_changed_is_refused_and_the_store_left() {
    let (_, to) = backed_up();
    to.well("restore saved");
    let whole = fs::read(to.path("saved")).unwrap();
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("text", b"Dear Amina,\n".to_vec()),
        ("twice", [whole.clone(), whole.clone()].concat()),
    ] {
        fs::write(to.path(name), bytes).unwrap();
        to.refuses(&format!("restore {name} --replace"), 65, &[name, "nothing was changed"]);
        to.refuses(&format!("import records {name}"), 65, &[name, "nothing was changed"]);
    }
    for at in (0..whole.len()).step_by(97) {
        let mut flipped = whole.clone();
        flipped[at] ^= 4;
        fs::write(to.path("flipped"), flipped).unwrap();
        let ended = to.run("restore flipped --replace");
        assert_eq!(ended.code, 65, "byte {at}: {ended:?}");
    }
    to.refuses("restore nowhere", 66, &["nowhere cannot be read"]);
    to.refuses("restore store", 66, &["store cannot be read"]);
}

#[test]
fn a_backup_of_a_newer_program_is_refused() {
    let from = Place::lived_in();
    commit(&from.open(), 41, &[("case/NEWER", Some("{\"v\":2,\"what\":\"nobody knows yet\"}"))]);
    from.well("backup saved");
    let to = Place::new();
    fs::copy(from.path("saved"), to.path("saved")).unwrap();
    to.refuses("restore saved", 65, &["case/NEWER", "newer soundingboard"]);
}

#[test]
fn nothing_is_done_to_a_store_that_is_in_use() {
    let (from, _) = backed_up();
    let _running = from.open();
    for command in ["restore saved --replace", "resume", "rebuild", "rebuild --check"] {
        let ended = from.run(command);
        assert_eq!(ended.code, 74, "{command}: {ended:?}");
        assert!(ended.err.contains("is locked"), "{command}: {}", ended.err);
    }
}

#[test]
fn a_restore_that_was_interrupted_is_not_run_over() {
    let (_, to) = backed_up();
    to.well("restore saved");
    to.well("resume");
    fs::create_dir(to.path("store/restoring")).unwrap();
    let ended = to.run("run --once");
    assert_eq!(ended.code, 78, "{ended:?}");
    assert!(ended.err.contains("not finished") && ended.err.contains("--replace"), "{}", ended.err);
    to.well("restore saved --replace");
    assert!(!to.path("store/restoring").exists());
}

// ---- export and import

#[test]
fn an_export_holds_the_records_and_no_secret() {
    let from = Place::lived_in();
    let running = from.open();
    let out = from.well("export");
    assert!(!out.contains("install/secret") && !out.contains("token/"), "{out}");
    assert!(out.contains("person/p02@campus.example") && !out.contains("person/p01@"), "rows as they stand");
    from.well("export records");
    assert_eq!(fs::read_to_string(from.path("records")).unwrap(), out, "the same to a file");
    drop(running);
    let to = Place::new();
    fs::write(to.path("records"), &out).unwrap();
    to.refuses("restore records", 65, &["no install secret", "import records"]);
    assert!(to.well("import records records --dry-run").contains("20 rows"));
    assert!(!to.path("store/ledger").exists());
    let said = to.well("import records records");
    assert!(said.contains("20 rows") && !said.contains("held"), "{said}");
    let exported = |key: &str| !key.starts_with("install/") && !key.starts_with("token/");
    let expected: Vec<_> = from.rows().into_iter().filter(|(key, _)| exported(key)).collect();
    assert_eq!(to.rows(), expected);
    to.refuses("import records records", 73, &["there is a store", "empty folder"]);
    assert_eq!(to.run("run --once").code, 69, "it runs, and finds no mail server");
}

#[test]
fn a_backup_is_not_imported_and_open_requests_are_held() {
    let (_, to) = backed_up();
    to.refuses("import records saved", 65, &["is a backup", "soundingboard restore"]);
    let from = Place::lived_in();
    commit(&from.open(), 42, &[("due/2026-11-09T09:00:00Z/case/K7Q2M/settled", Some("true"))]);
    fs::write(to.path("records"), from.well("export")).unwrap();
    assert!(to.well("import records records").contains("held until"));
    assert_eq!(to.run("run --once").code, 78);
    assert!(to.well("resume").contains("1 reminder or other deadline that fell due"));
}

// ---- rebuild

#[test]
fn ledger_and_index_agree_and_the_index_is_made_anew() {
    let place = Place::lived_in();
    assert_eq!(place.well("rebuild --check"), "Ledger and index agree: 22 groups, 22 rows.\n");
    let before = place.rows();
    let said = place.well("rebuild");
    assert!(said.contains("22 groups") && said.contains("22 rows"), "{said}");
    assert_eq!(place.rows(), before);
    fs::remove_dir_all(place.path("store/index")).unwrap();
    assert!(place.well("rebuild --check").contains("agree"));
    let json: serde_json::Value = serde_json::from_str(&place.well("rebuild --check --json")).unwrap();
    assert_eq!((&json["differences"], &json["rows"]), (&0.into(), &22.into()));
}

// ---- past requests

fn past(seed: u64) -> Vec<u8> {
    let now = "2026-11-02T06:00:00Z".parse().expect("a time");
    past::Past { seed, requests: 500, now }.write(Vec::new()).expect("memory").0
}

#[test]
fn past_requests_are_the_same_for_a_seed_and_a_store_begins_with_them() {
    let place = Place::new();
    let bytes = past(1);
    assert!(bytes == past(1) && bytes != past(2), "the seed alone decides");
    fs::write(place.path("past"), bytes).unwrap();
    let said = place.well("import records past");
    assert!(!said.contains("held"), "nothing of it is open: {said}");
    assert!(place.well("rebuild --check").contains("agree"));
    let rows = place.rows();
    let of = |table: &str| rows.iter().filter(|(key, _)| key.starts_with(table)).count();
    assert_eq!((of("case/"), of("reference/")), (500, 500));
    assert!(of("handled/") > 50 && of("handled/") == of("first-seen/"), "{} handled", of("handled/"));
    assert!(of("sent/") > 2_000 && of("token/") >= 1_000 && of("meeting/") > 300);
    assert_eq!(of("due/") + of("timer/") + of("outbox/"), 0);
    assert_eq!(place.run("run --once").code, 69, "it runs, and finds no mail server");
}

#[test]
fn past_requests_come_in_the_order_of_keys_each_once() {
    let text = String::from_utf8(past(3)).expect("UTF-8");
    let mut keys: Vec<String> = Vec::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let changes = line["group"]["changes"].as_array().expect("rows");
        keys.extend(changes.iter().map(|change| change[0].as_str().expect("a key").to_owned()));
    }
    assert!(keys.len() > 5_000, "{} rows", keys.len());
    let wrong = keys.windows(2).find(|pair| pair[0] >= pair[1]);
    assert_eq!(wrong, None);
}
