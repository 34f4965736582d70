use super::*;
use crate::args::{Arguments, Command, Init};
use std::collections::VecDeque;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Somebody who answers from a list, and remembers what was said to them.
#[derive(Default)]
struct Scripted {
    answers: VecDeque<&'static str>,
    heard: String,
}

impl Person for Scripted {
    fn answer(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.heard += prompt;
        Ok(self.answers.pop_front().map(str::to_owned))
    }

    fn secret(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.answer(prompt)
    }
}

fn given(line: &str) -> Init {
    let words = format!("soundingboard init {line}");
    match Arguments::read(words.split_whitespace()).map(|arguments| arguments.command) {
        Ok(Command::Init(init)) => *init,
        other => panic!("{line}: {other:?}"),
    }
}

fn without_a_person(line: &str) -> Result<Answers, InitError> {
    answered(&given(line), None)
}

fn document_of(line: &str) -> String {
    document::text(&without_a_person(line).unwrap_or_else(|error| panic!("{line}: {error}")))
}

/// A folder with a secret in it, to be named by an option.
fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("secret"), "s3 cret\n").expect("written");
    let secret = folder.path().join("secret").display().to_string();
    (folder, secret)
}

const USUAL: &str = "--config /nowhere/sb.toml --address contact@network.example --staff rana@network.example,staff@network.example \
                     --members campus.example,auc.example --time-zone Europe/Paris --languages en,fr --store store";

#[test]
fn each_question_is_asked_until_its_answer_is_understood() {
    let answers = [
        "hotmail",
        "generic",
        "",
        "contact at network",
        "contact@network.example",
        "",
        "https://mail.network.example/",
        "mail.network.example",
        "mail.network.example",
        "",
        "geheim",
        "campus",
        "none",
        "rana",
        "rana@network.example",
        "Paris",
        "Europe/Paris",
        "Deutsch",
        "en fr",
        "delete",
        "",
        "",
    ];
    let mut person = Scripted { answers: answers.into(), heard: String::new() };
    let answers = answered(&given("--config /nowhere/sb.toml"), Some(&mut person)).expect("answered");
    assert!(person.answers.is_empty(), "left: {:?}\n{}", person.answers, person.heard);
    for reason in [
        "it can be microsoft365, gmail, fastmail, generic",
        "this one has no default; write it like contact@network.example",
        "this is no email address; write name@domain",
        "write the host's name alone; the port has a key of its own",
        "there is nothing in it",
        "\"campus\": write the domain alone",
        "did you mean \"Europe/Paris\"?",
        "\"Deutsch\": write a language as its tag",
        "it can be move, flag, leave",
    ] {
        assert!(person.heard.contains(reason), "{reason} was not said:\n{}", person.heard);
    }
    assert!(!person.heard.contains("geheim"));
    let text = document::text(&answers);
    for line in [
        "name = \"Peer Advising Network\"",
        "members = []",
        "languages = [\"en\", \"fr\"]",
        "after_handling = \"move\"",
        "path = \"store\"",
        "authserv_id = \"\"",
    ] {
        assert!(text.lines().any(|written| written == line), "{line} is not in\n{text}");
    }
}

#[test]
fn answers_that_end_early_are_no_configuration() {
    let mut person = Scripted { answers: ["fastmail"].into(), heard: String::new() };
    let error = answered(&given("--config /nowhere/sb.toml"), Some(&mut person)).err().expect("stopped");
    assert!(matches!(error, InitError::Stopped), "{error}");
    assert_eq!(error.exit(), Exit::Usage);
}

#[test]
fn what_an_option_says_is_not_asked_and_all_wrong_ones_are_said_at_once() {
    let (_folder, secret) = folder();
    let line = format!("{USUAL} --provider fastmail --password-file {secret}");
    let mut person = Scripted::default();
    person.answers.extend(["", ""]);
    answered(&given(&line), Some(&mut person)).expect("answered");
    assert!(person.answers.is_empty(), "asked too little:\n{}", person.heard);
    assert!(
        person.heard.contains("What letters call") && !person.heard.contains("time zone"),
        "{}",
        person.heard
    );

    let wrong =
        "--config /nowhere/sb.toml --yes --provider fastmail --address x --staff y@ --time-zone Paris";
    let error = without_a_person(wrong).err().expect("refused").to_string();
    for part in ["--address x: ", "--staff y@: ", "--time-zone Paris: "] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn without_a_person_what_is_missing_is_named() {
    let error = without_a_person("--config /nowhere/sb.toml").err().expect("refused");
    assert_eq!(error.exit(), Exit::Usage);
    let text = error.to_string();
    assert!(text.ends_with("--provider, --address, --oauth2 or --password-file, --staff"), "{text}");
    let error = without_a_person("--config /nowhere/sb.toml --provider generic --address a@b.example").err();
    let text = error.expect("refused").to_string();
    assert!(text.ends_with("--imap-host, --smtp-host, --password-file, --staff"), "{text}");
}

#[test]
fn microsoft_has_an_application_and_no_password() {
    let (_folder, secret) = folder();
    let microsoft = format!("{USUAL} --provider microsoft365");
    let text = document_of(&format!(
        "{microsoft} --tenant network.example --client-id 7c9e --oauth2 client-credentials --client-secret-file {secret}"
    ));
    let expected = "\
# A token instead of a password, for IMAP and for SMTP.
[imap.oauth2]
provider = \"microsoft\"
flow = \"client-credentials\"
tenant = \"network.example\"
client_id = \"7c9e\"
client_secret_file = \"oauth2-client-secret\"

[smtp]
host = \"smtp.office365.com\"
port = 587
security = \"starttls\"
user = \"contact@network.example\"
# Without a password of its own it logs in as [imap.oauth2] says.
# Letters a minute: Microsoft 365 allows 30.
per_minute = 25
";
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("password_file") && !text.contains("s3 cret"), "{text}");
    assert!(
        text.contains("sent = \"Sent Items\"") && text.contains("also_read = [\"Junk Email\"]"),
        "{text}"
    );
    let code = document_of(&format!("{microsoft} --oauth2 device-code --tenant t --client-id c"));
    assert!(code.contains("flow = \"device-code\"\ntenant = \"t\"\nclient_id = \"c\"\n\n"), "{code}");

    let error = without_a_person(&format!("{microsoft} --password-file {secret}")).err().expect("refused");
    let text = error.to_string();
    assert!(
        text.contains("Microsoft 365 lets no program in by password; it can be client-credentials"),
        "{text}"
    );
    let error = without_a_person(&format!("{microsoft} --oauth2 service-account")).err().expect("refused");
    assert!(error.to_string().contains("no program in by service-account"), "{error}");
}

#[test]
fn gmail_is_known_by_its_name_and_takes_a_key_file_or_an_app_password() {
    let (folder, secret) = folder();
    let gmail = format!("{USUAL} --provider gmail");
    let text = document_of(&format!("{gmail} --password-file {secret}"));
    for line in [
        "authserv_id = \"mx.google.com\"",
        "password_file = \"imap-password\"",
        "password_file = \"smtp-password\"",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let key = folder.path().join("key.json");
    let with_key = format!("{gmail} --oauth2 service-account --service-account-file {}", key.display());
    fs::write(&key, "{}").expect("written");
    let error = without_a_person(&with_key).err().expect("refused").to_string();
    assert!(error.contains("it is no key of a service account"), "{error}");
    fs::write(&key, r#"{"client_email": "a@b.example", "private_key": "geheim"}"#).expect("written");
    let text = document_of(&with_key);
    let table = "[imap.oauth2]\nprovider = \"google\"\nflow = \"service-account\"\nservice_account_file = \"oauth2-service-account.json\"\n";
    assert!(text.contains(table) && !text.contains("geheim"), "{text}");
    let text = document_of(&format!(
        "{gmail} --oauth2 authorization-code --client-id c --client-secret-file {secret}"
    ));
    assert!(
        text.contains("flow = \"authorization-code\"\nclient_id = \"c\"\nclient_secret_file = "),
        "{text}"
    );
}

#[test]
fn whatever_is_answered_is_one_string_of_toml() {
    let mut given = given(&format!("{USUAL} --provider generic --imap-host a --smtp-host b"));
    let (_folder, secret) = folder();
    given.password_file = Some(secret.into());
    let name = "Réseau \"pairs\" \\ 'of' peers ]\" [imap]";
    given.name = Some(name.to_owned());
    let answers = answered(&given, None).expect("answered");
    let table: toml::Table = document::text(&answers).parse().expect("TOML");
    assert_eq!(table["network"]["name"].as_str(), Some(name));
    given.name = Some("two\nlines".to_owned());
    assert!(matches!(answered(&given, None), Err(InitError::Wrong(_))));
}

#[test]
fn secrets_are_files_of_their_own_and_nothing_is_overwritten() {
    let (folder, secret) = folder();
    let config = folder.path().join("sb.toml");
    let mut given = given(&format!("{USUAL} --provider fastmail --password-file {secret}"));
    given.config = config.clone();
    let answers = answered(&given, None).expect("answered");
    fs::write(folder.path().join("smtp-password"), "another").expect("written");
    let error = files::write(&config, &answers).expect_err("refused");
    assert_eq!(error.exit(), Exit::CantCreate);
    let names = |_: ()| {
        let names =
            fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(()), ["secret", "smtp-password"], "nothing is left of what was not finished");
    fs::remove_file(folder.path().join("smtp-password")).expect("removed");
    files::write(&config, &answers).expect("written");
    assert_eq!(names(()), ["imap-password", "sb.toml", "secret", "smtp-password"]);
    let mode = |name: &str| fs::metadata(folder.path().join(name)).expect(name).permissions().mode() & 0o777;
    assert_eq!((mode("imap-password"), mode("smtp-password"), mode("sb.toml")), (0o600, 0o600, 0o644));
    assert_eq!(fs::read_to_string(folder.path().join("imap-password")).expect("read"), "s3 cret\n");
    assert!(!fs::read_to_string(&config).expect("read").contains("s3 cret"));
    assert!(matches!(answered(&given, None), Err(InitError::There { .. })));
}

#[test]
fn the_steps_name_what_was_answered() {
    let (_folder, secret) = folder();
    let path = Path::new("sb.toml");
    for (line, expected) in [
        (
            format!(
                "microsoft365 --oauth2 client-credentials --tenant t.example --client-id 7c9e --client-secret-file {secret}"
            ),
            "New-ServicePrincipal -AppId 7c9e -ObjectId OBJECT_ID",
        ),
        (
            "microsoft365 --oauth2 device-code --tenant t.example --client-id 7c9e".to_owned(),
            "Set-CASMailbox -Identity contact@network.example -ImapEnabled $true -SmtpClientAuthenticationDisabled $false",
        ),
        (format!("gmail --password-file {secret}"), "apppasswords"),
        (format!("fastmail --password-file {secret}"), "contact+anything@network.example"),
        (format!("generic --imap-host a --smtp-host b --password-file {secret}"), "recipient_delimiter = +"),
    ] {
        let answers = without_a_person(&format!("{USUAL} --provider {line}"))
            .unwrap_or_else(|error| panic!("{line}: {error}"));
        let text = steps::text(&answers, path);
        assert!(text.contains(expected) && !text.contains(['{', '}']), "{text}");
        let signs_in = line.contains("device-code");
        assert_eq!(next(path, &answers).contains("soundingboard login --config sb.toml"), signs_in);
    }
}

#[test]
fn under_etc_the_next_commands_are_given_as_the_services_user() {
    let next = super::as_a_service("/etc/soundingboard/soundingboard.toml", true);
    for part in [
        "chown soundingboard /etc/soundingboard/*password /etc/soundingboard/oauth2-*",
        "runuser -u soundingboard -- soundingboard login --config /etc/soundingboard/soundingboard.toml",
        "runuser -u soundingboard -- soundingboard doctor",
        "systemctl enable --now soundingboard",
    ] {
        assert!(next.contains(part), "no {part} in {next}");
    }
}
