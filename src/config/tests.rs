use super::*;
use crate::mail::address::AddrSpec;
use crate::program::input::Purpose;
use crate::program::rules::ShowAddresses;
use chrono::Weekday;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

const SAMPLE: &str = include_str!("../../deploy/soundingboard.toml");

const SMALLEST: &str = r#"
[network]
name = "Peer Advising Network"
address = "contact@network.example"
staff = ["staff@network.example"]
[imap]
host = "mail.network.example"
user = "contact@network.example"
password_file = "imap-password"
[smtp]
host = "mail.network.example"
user = "contact@network.example"
password_file = "smtp-password"
"#;

/// A folder with both passwords in it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["imap-password", "smtp-password"] {
        write(&folder, name, "s3cret\n");
    }
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
    path
}

fn no_variables(_: &str) -> Option<OsString> {
    None
}

fn load_in(folder: &TempDir, text: &str) -> Result<Config, Faults> {
    Config::load_with(&write(folder, "soundingboard.toml", text), &no_variables)
}

fn load(text: &str) -> Result<Config, Faults> {
    load_in(&folder(), text)
}

/// The sentences, each without its file: `line 3: …`.
fn faults(text: &str) -> Vec<String> {
    let faults = load(text).expect_err("it has faults").0;
    let line = |fault: &Fault| fault.line.map_or(String::new(), |line| format!("line {line}: "));
    faults.iter().map(|fault| format!("{}{}", line(fault), fault.sentence)).collect()
}

/// The faults of the smallest configuration with one line put after another.
fn with_line(after: &str, line: &str) -> Vec<String> {
    assert!(SMALLEST.contains(after), "{after} is not in the smallest configuration");
    faults(&SMALLEST.replacen(after, &format!("{after}\n{line}"), 1))
}

fn instead(line: &str, other: &str) -> Vec<String> {
    assert!(SMALLEST.contains(line), "{line} is not in the smallest configuration");
    faults(&SMALLEST.replacen(line, other, 1))
}

/// The sample with the keys that have no default: a comment's `#` has a space behind it.
fn sample_uncommented() -> String {
    fn uncommented(line: &str) -> &str {
        let shown = line.strip_prefix('#');
        shown.filter(|rest| rest.starts_with(|c: char| c == '[' || c.is_alphabetic())).unwrap_or(line)
    }
    SAMPLE.lines().map(uncommented).collect::<Vec<_>>().join("\n")
}

/// Every key of a table and of those in it, as `table.key`.
fn keys(before: &str, table: &toml::Table, found: &mut BTreeSet<String>) {
    for (name, value) in table {
        let path = format!("{before}{name}");
        let tables = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for table in tables.iter().filter_map(toml::Value::as_table) {
            keys(&format!("{path}."), table, found);
        }
        found.insert(path);
    }
}

#[test]
fn the_shipped_sample_loads_and_says_every_default() {
    let folder = folder();
    let sample = load_in(&folder, SAMPLE).unwrap_or_else(|faults| panic!("{faults}"));
    let smallest = load_in(&folder, SMALLEST).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(Config { warnings: vec![], ..sample.clone() }, Config { warnings: vec![], ..smallest });
    let texts: Vec<&String> = sample.warnings().iter().collect();
    assert!(matches!(texts[..], [only] if only.contains("no members")), "{texts:?}");
}

#[test]
fn the_sample_has_every_key_and_no_other() {
    let text = sample_uncommented();
    let document = Document::new("sample".into(), &text);
    let around = Surroundings { folder: folder().path().into(), variable: &no_variables };
    let loaded =
        Config::read(&document, &around).expect_err("password_file and password_env exclude each other");
    let strange: Vec<&Fault> = loaded.0.iter().filter(|f| !f.sentence.contains("are both there")).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let parsed: toml::Table = text.parse().expect("TOML");
    let mut written = BTreeSet::new();
    keys("", &parsed, &mut written);
    assert_eq!(document.take_asked(), written);
    assert!(written.len() > 50, "only {} keys", written.len());
}

#[test]
fn all_that_is_given_is_read() {
    let folder = folder();
    let text = r#"
        [network]
        name = "Réseau"
        address = "contact@network.example"
        subaddress = "-"
        return_path = "detail"
        time_zone = "Europe/Paris"
        languages = ["fr", "en"]
        members = ["Campus.example"]
        weekend = ["Fri", "saturday"]
        [[staff]]
        name = "Rana"
        address = "rana@network.example"
        also = ["rana@home.example"]
        language = "fr"
        [[institution]]
        domain = "auc.example"
        weekend = ["Fri", "Sat"]
        time_zone = "Africa/Cairo"
        [imap]
        host = "127.0.0.1"
        port = 1143
        security = "none"
        user = "contact"
        password_env = "IMAP_PASSWORD"
        first = "7d"
        after_handling = "move"
        folder = "Done"
        max_bytes = 1_000_000
        [smtp]
        host = "::1"
        security = "none"
        [store]
        path = "store"
        [requests]
        remind_after_days = [2]
        expire_after_days = 5
        show_addresses = "after-acceptance"
        [[closure]]
        from = "2026-12-24"
        to = "2027-01-03"
        note = "closed"
    "#;
    let path = write(&folder, "a.toml", text);
    let variable = |name: &str| (name == "IMAP_PASSWORD").then(|| OsString::from("from the environment"));
    let config = Config::load_with(&path, &variable).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.warnings(), [] as [String; 0]);
    assert_eq!(config.network.members, ["campus.example"]);
    assert_eq!(config.network.weekend, [Weekday::Fri, Weekday::Sat]);
    assert_eq!(config.network.return_path, ReturnPath::Detail);
    assert_eq!(config.network.staff[0].mailbox.name.as_deref(), Some("Rana"));
    assert_eq!(config.network.staff[0].also, [AddrSpec::parse("rana@home.example").expect("an address")]);
    assert_eq!(config.institutions[0].zone, Some(chrono_tz::Africa::Cairo));
    assert_eq!(password_of(&config), "from the environment");
    assert_eq!((config.imap.port, config.imap.first), (1143, First::Days(7)));
    assert_eq!((config.imap.after_handling, config.imap.max_bytes), (AfterHandling::Move, 1_000_000));
    assert_eq!((config.smtp.host.as_str(), config.smtp.port, &config.smtp.login), ("::1", 25, &None));
    assert_eq!(config.store.path, folder.path().join("store"));
    assert_eq!(config.requests.show_addresses, ShowAddresses::AfterAcceptance);
    assert_eq!(config.closures[0].note, "closed");
    let rules = config.rules(Secret::new("s"), FormWords::default(), Words::default(), vec!["fr".into()]);
    assert_eq!(
        (rules.network.as_str(), rules.languages.as_slice()),
        ("Réseau", ["fr".to_owned()].as_slice())
    );
    assert_eq!(rules.staff, config.network.staff);
}

#[test]
fn every_fault_is_said_at_once_in_the_order_of_lines() {
    let found = faults(
        "[network]\nname = \"N\"\naddress = \"nobody\"\ntime_zone = \"Europe/Pariss\"\nlanguage = \"en\"\n\
         [imap]\nhost = \"mail.network.example\"\nport = 70000\npasword_file = \"x\"\n[smpt]\n",
    );
    let expected = [
        "line 1: [network] has no staff; add staff = [\"staff@network.example\"], who get the digest",
        "line 3: address = \"nobody\": this is no email address; write name@domain",
        "line 4: time_zone = \"Europe/Pariss\": there is no such time zone; did you mean \"Europe/Paris\"?",
        "line 5: no key \"language\" in [network]; did you mean languages?",
        "line 6: [imap] has no user; add user = \"contact@network.example\"",
        "line 6: [imap] has no password; add password_file = \"imap-password\", or [imap.oauth2]",
        "line 8: port = 70000 is out of reach; it goes from 1 to 65535",
        "line 9: no key \"pasword_file\" in [imap]; did you mean password_file?",
        "line 10: there is no table [smpt]; did you mean smtp?",
        "[smtp] has no host; add host = \"mail.network.example\"",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_fault_names_its_file_and_line() {
    let folder = folder();
    let faults = load_in(&folder, &SMALLEST.replace("host", "hots")).expect_err("a typing error");
    let first = faults.to_string().lines().next().map(str::to_owned).expect("a line");
    assert!(
        first.ends_with("soundingboard.toml line 6: [imap] has no host; add host = \"mail.network.example\""),
        "{first}"
    );
    assert!(faults.to_string().contains("line 7: no key \"hots\" in [imap]; did you mean host?"), "{faults}");
}

#[test]
fn what_is_no_toml_is_said_with_its_line() {
    let found = faults("[network]\nname = \"N\"\naddress = contact@network.example\n");
    assert!(found[0].starts_with("line 3: this is no TOML: "), "{found:?}");
    let missing = Config::load(Path::new("/nowhere/soundingboard.toml")).expect_err("no file");
    assert!(
        missing.to_string().contains("/nowhere/soundingboard.toml: the configuration cannot be read"),
        "{missing}"
    );
}

/// The password of `[imap]`.
fn password_of(config: &Config) -> &str {
    match &config.imap.login {
        Login::Password(password) => password.reveal(),
        Login::OAuth2(settings) => panic!("no password but {settings:?}"),
    }
}

#[test]
fn every_folder_has_one_purpose() {
    let imap = "host = \"mail.network.example\"";
    let with = |lines: &str| SMALLEST.replacen(imap, &format!("{imap}\n{lines}"), 1);
    let loaded = load(&with("also_read = [\"Junk\"]\nsent = \"Sent\"")).expect("two other folders");
    let others: Vec<_> = loaded.imap.other_folders().collect();
    assert_eq!(others, [("Junk", Purpose::Aside), ("Sent", Purpose::Sent)]);
    for twice in ["sent = \"inbox\"", "sent = \"Handled\"", "also_read = [\"Junk\"]\nsent = \"junk\""] {
        let found = faults(&with(twice));
        assert!(matches!(&found[..], [only] if only.contains("is named twice")), "{twice}: {found:?}");
    }
}

#[test]
fn a_websites_form_mailer_and_its_labels_are_taken_over() {
    let forms = "[forms]\nrelays = [\"Forms@Network.example\"]\n[forms.labels]\n\"Votre question\" = \"issue\"\n\
                 \"Besoin\" = \"Your question\"\n";
    let config = load(&format!("{SMALLEST}{forms}")).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.forms.relays[0].as_str(), "Forms@Network.example");
    let labels: Vec<_> = config.forms.labels.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(labels, [("Besoin", "Issue"), ("Votre question", "Issue")]);
    let rules = config.rules(Secret::new("s"), FormWords::default(), Words::default(), vec!["en".into()]);
    assert_eq!(rules.forms.label("VOTRE  QUESTION"), Some("Issue"));
    assert_eq!(rules.relays, config.forms.relays);
    let label = faults(&format!("{SMALLEST}[forms.labels]\n\"Votre question\" = \"Isue\"\n"));
    let wanted = "\"Votre question\" = \"Isue\": we have no label \"Isue\"; did you mean \"Issue\"?";
    assert!(matches!(&label[..], [only] if only.ends_with(wanted)), "{label:?}");
    let relay = faults(&format!("{SMALLEST}[forms]\nrelays = [\"the website\"]\n"));
    assert!(matches!(&relay[..], [only] if only.contains("no email address")), "{relay:?}");
}

#[test]
fn a_value_without_effect_is_a_warning() {
    let text = SMALLEST
        .replace("staff = [", "complaints = \"boss@network.example\"\nmembers = [\"a.example\"]\nstaff = [");
    let config = load(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let warnings = config.warnings().join("\n");
    assert!(!warnings.contains("complaints"), "{warnings}");
    assert_eq!(config.network.complaints, AddrSpec::parse("boss@network.example").ok());
}

#[test]
fn a_number_or_time_without_effect_is_a_warning_once_it_is_changed() {
    let with = |handled, text, exceptions| {
        format!(
            "{SMALLEST}[store]\nkeep_handled_days = {handled}\nkeep_request_text_days = {text}\n\
             [schedule]\nexceptions = \"{exceptions}\"\n"
        )
    };
    let warnings = |text: &str| load(text).unwrap_or_else(|faults| panic!("{faults}")).warnings().join("\n");
    let changed = warnings(&with(500, 90, "0 9 * * Mon"));
    assert!(changed.contains("line 16: keep_request_text_days has no effect yet"), "{changed}");
    assert!(!changed.contains("keep_handled_days"), "{changed}");
    assert!(!warnings(&with(400, 365, "0 8 * * Mon-Fri")).contains("no effect"));
}

#[test]
fn nothing_unprotected_leaves_this_machine() {
    let none = |host: &str| {
        SMALLEST.replace("mail.network.example", host).replace("user =", "security = \"none\"\nuser =")
    };
    for host in ["mail.network.example", "192.168.0.3", "128.0.0.1", "localhost.network.example"] {
        let found = faults(&none(host));
        assert!(found.len() == 2 && found[0].contains("for this machine only"), "{host}: {found:?}");
    }
    for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
        assert!(load(&none(host)).is_ok(), "{host}");
    }
}

#[test]
fn ports_follow_security_unless_given() {
    let text = SMALLEST.replace("user =", "security = \"starttls\"\nuser =");
    let config = load(&text).expect("sound");
    assert_eq!((config.imap.port, config.smtp.port), (143, 587));
}

#[test]
fn schedules_have_five_fields_and_days_by_name() {
    let digest = |text: &str| faults(&format!("{SMALLEST}\n[schedule]\ndigest = \"{text}\"\n")).join("|");
    assert!(digest("0 0 8 * * Mon").contains("this one has 6"));
    assert!(digest("0 8 * * 1").contains("by name"));
    assert!(digest("0 8 * * Mom").contains("this is no schedule"));
    assert!(digest("0 8 30 2 *").contains("never comes"));
    assert!(digest("0 25 * * Mon").contains("this is no schedule"));
    assert!(load(&format!("{SMALLEST}\n[schedule]\ndigest = \"30 7 * * Mon,Thu\"\n")).is_ok());
}

#[test]
fn closures_and_reminders_that_cannot_be_are_faults() {
    let closure =
        |from, to| faults(&format!("{SMALLEST}\n[[closure]]\nfrom = \"{from}\"\nto = \"{to}\"\n")).join("|");
    assert!(closure("2027-01-03", "2026-12-24").contains("exchange from and to"));
    assert!(closure("24/12/2026", "2027-01-03").contains("year-month-day"));
    assert!(closure("2026-12-24", "").contains("has no to"));
    let requests = |line: &str| faults(&format!("{SMALLEST}\n[requests]\n{line}\n")).join("|");
    assert!(requests("remind_after_days = [6, 3]").contains("must rise"));
    assert!(requests("remind_after_days = [3, 7]").contains("too late"));
    assert!(requests("remind_after_days = 3").contains("is a list of whole numbers, not an integer"));
    assert!(requests("expire_after_days = 0").contains("from 1 to 90"));
    assert!(requests("expire_after_days = \"7\"").contains("is a whole number, not a string"));
}

#[test]
fn a_short_week_drops_the_default_reminders_that_come_too_late() {
    let config = load(&format!("{SMALLEST}\n[requests]\nexpire_after_days = 5\n")).expect("sound");
    assert_eq!(config.requests.remind_after_days, [3]);
}

#[test]
fn zones_languages_days_and_domains_are_helped() {
    let network = |line: &str| with_line("staff = [\"staff@network.example\"]", line).join("|");
    assert!(network("time_zone = \"Paris\"").contains("did you mean \"Europe/Paris\"?"));
    assert!(network("time_zone = \"xyzzy plugh\"").contains("IANA"));
    assert!(network("languages = [\"English\"]").contains("as its tag"));
    assert!(network("languages = []").contains("languages is empty"));
    assert!(network("weekend = [\"Sonntag\"]").contains("write days as Mon"));
    assert!(
        network("weekend = [\"Mon\",\"Tue\",\"Wed\",\"Thu\",\"Fri\",\"Sat\",\"Sun\"]")
            .contains("leave at least one")
    );
    assert!(network("members = [\"@campus.example\"]").contains("write the domain alone"));
    assert!(network("subaddress = \"++\"").contains("one character"));
    assert!(network("return_path = \"details\"").contains("\"plain\", \"detail\""));
    assert!(
        instead("staff = [\"staff@network.example\"]", "staff = \"staff@network.example\"")
            .join("|")
            .contains("list of texts")
    );
}

#[test]
fn passwords_come_from_files_or_the_environment_and_never_show() {
    let folder = folder();
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).expect("a folder");
    fs::write(credentials.join("imap-password"), "of the service\n").expect("written");
    let path = write(&folder, "a.toml", SMALLEST);
    let variable =
        |name: &str| (name == "CREDENTIALS_DIRECTORY").then(|| credentials.clone().into_os_string());
    let config = Config::load_with(&path, &variable).expect("sound");
    assert_eq!(password_of(&config), "of the service");
    assert_eq!(
        config.smtp.login,
        Some(("contact@network.example".into(), Login::Password(Password::new("s3cret"))))
    );
    assert!(!format!("{config:?}").contains("s3cret") && !format!("{config:?}").contains("of the service"));
}

#[test]
fn a_password_that_is_missing_empty_or_doubly_named_is_a_fault() {
    let imap = "password_file = \"imap-password\"";
    assert!(instead(imap, "password_file = \"none\"").join("|").contains("cannot be read"));
    assert!(instead(imap, "password_env = \"NOT_SET\"").join("|").contains("the environment has no NOT_SET"));
    assert!(with_line(imap, "password_env = \"A\"").join("|").contains("both there"));
    assert!(instead("password_file = \"smtp-password\"", "").join("|").contains("a user and no password"));
    let folder = folder();
    write(&folder, "imap-password", "\n");
    assert!(load_in(&folder, SMALLEST).expect_err("empty").to_string().contains("is empty"));
}

#[test]
fn a_password_file_that_others_can_read_is_a_warning() {
    let folder = folder();
    let path = folder.path().join("smtp-password");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("permissions");
    let config = load_in(&folder, SMALLEST).expect("sound");
    assert!(config.warnings().iter().any(|w| w.contains("chmod 600")), "{:?}", config.warnings());
}

#[test]
fn a_shared_room_is_read_with_its_hours_and_its_file() {
    let folder = folder();
    let room = "[room]\nname = \"Zoom\"\njoin = \"https://zoom.example/j/1\"\nhours = [\"Mon-Fri 08:00-18:00\"]\n\
        staff_opens = true\ncalendar = \"room.ics\"\n";
    let config = load_in(&folder, &format!("{SMALLEST}{room}")).unwrap_or_else(|faults| panic!("{faults}"));
    let shared = config.room.expect("a room");
    assert_eq!(shared.calendar, Some(folder.path().join("room.ics")));
    assert_eq!(
        (shared.room.name.as_str(), shared.room.hours.len(), shared.room.staff_opens),
        ("Zoom", 1, true)
    );
    assert_eq!(load(SMALLEST).expect("no room").room, None);
}

#[test]
fn what_is_wrong_with_a_room_is_said_with_its_remedy() {
    for (line, expected) in [
        (
            "join = \"https://zoom.example\"",
            "[room] has no name, so there is no shared room; add name = \"Zoom\", or remove the table",
        ),
        ("name = \"Zoom\"\nhours = [\"always\"]", "write days and hours like \"Mon-Fri 08:00-18:00\""),
        ("name = \"Zoom\"\nhours = [\"Mon 18:00-08:00\"]", "the room would close before it opens"),
        (
            "name = \"Zoom\"\ncalendar = \"nowhere/room.ics\"",
            "cannot be written: name a file in a folder that is there",
        ),
        ("name = \"Zoom\"\ncalender = \"room.ics\"", "calendar"),
    ] {
        let faults = faults(&format!("{SMALLEST}[room]\n{line}\n"));
        assert!(faults.len() == 1 && faults[0].contains(expected), "{line}: {faults:?}");
    }
}
