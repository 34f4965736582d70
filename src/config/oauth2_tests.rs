//! `[imap.oauth2]`: what each flow needs, what a provider's name stands for, and what is said where it is missing.

use super::*;
use crate::oauth2::{Flow, Settings};

const FILE: &str = r#"[network]
name = "N"
address = "contact@network.example"
members = ["campus.example"]
staff = ["staff@network.example"]
[imap]
host = "mail.network.example"
user = "contact@network.example"
[smtp]
host = "mail.network.example"
user = "contact@network.example"
[store]
path = "store"
[imap.oauth2]
"#;

fn loaded(oauth2: &str) -> Result<Config, Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("client-secret"), "s3cret\n").expect("a file");
    let key =
        r#"{"client_email": "mail@project.example", "private_key": "-----BEGIN", "private_key_id": "1"}"#;
    std::fs::write(folder.path().join("key.json"), key).expect("a file");
    let path = folder.path().join("sb.toml");
    std::fs::write(&path, format!("{FILE}{oauth2}\n")).expect("a file");
    let loaded = Config::load_with(&path, &|_| None);
    loaded.map_err(|faults| faults.0.into_iter().map(|fault| fault.sentence).collect())
}

fn settings(oauth2: &str) -> Settings {
    let config = loaded(oauth2).unwrap_or_else(|faults| panic!("{oauth2}: {faults:?}"));
    let Login::OAuth2(settings) = config.imap.login else { panic!("a password") };
    // The other server is logged in to with the same token.
    let (user, login) = config.smtp.login.expect("a login");
    assert_eq!((user.as_str(), login), ("contact@network.example", Login::OAuth2(settings.clone())));
    settings
}

#[test]
fn microsoft_is_known_by_its_name_and_a_tenant() {
    let base = "provider = \"microsoft\"\ntenant = \"library.example\"\nclient_id = \"id\"\n";
    let own =
        settings(&format!("{base}flow = \"client-credentials\"\nclient_secret_file = \"client-secret\""));
    assert_eq!(own.flow, Flow::ClientCredentials);
    assert_eq!(own.token_url, "https://login.microsoftonline.com/library.example/oauth2/v2.0/token");
    assert_eq!(own.scopes, ["https://outlook.office365.com/.default"]);
    assert_eq!(own.client_secret.as_deref(), Some("s3cret"));

    let device = settings(&format!("{base}flow = \"device-code\""));
    let Flow::DeviceCode { device_url, token_file } = &device.flow else { panic!("another flow") };
    assert_eq!(device_url, "https://login.microsoftonline.com/library.example/oauth2/v2.0/devicecode");
    assert!(token_file.ends_with("store/oauth2-token"), "{}", token_file.display());
    assert!(device.scopes.iter().any(|scope| scope == "offline_access"), "{:?}", device.scopes);
}

#[test]
fn google_is_known_by_its_name() {
    let account =
        settings("provider = \"google\"\nflow = \"service-account\"\nservice_account_file = \"key.json\"");
    assert_eq!(account.token_url, "https://oauth2.googleapis.com/token");
    assert_eq!(account.client_id, "mail@project.example");
    let Flow::ServiceAccount { issuer, subject, key_id, .. } = account.flow else { panic!("another flow") };
    assert_eq!((issuer.as_str(), subject.as_str()), ("mail@project.example", "contact@network.example"));
    assert_eq!(key_id.as_deref(), Some("1"));

    let browser = settings(
        "provider = \"google\"\nflow = \"authorization-code\"\nclient_id = \"id\"\nclient_secret_file = \"client-secret\"",
    );
    assert_eq!(browser.scopes, ["https://mail.google.com/"]);
    assert!(matches!(browser.flow, Flow::AuthorizationCode { .. }));
}

#[test]
fn what_is_missing_or_wrong_is_named_with_its_remedy() {
    for (oauth2, part) in [
        ("client_id = \"id\"", "has no flow; write flow = \"client-credentials\" or"),
        ("flow = \"magic\"", "it can be \"client-credentials\""),
        ("provider = \"yahoo\"\nflow = \"device-code\"", "it can be \"microsoft\", \"google\""),
        ("provider = \"microsoft\"\nflow = \"device-code\"\nclient_id = \"id\"", "has no tenant"),
        (
            "provider = \"google\"\nflow = \"device-code\"\nclient_id = \"id\"",
            "has no device_url for this flow",
        ),
        ("provider = \"google\"\nflow = \"authorization-code\"", "has no client_id"),
        (
            "flow = \"client-credentials\"\nclient_id = \"id\"\nclient_secret_file = \"client-secret\"",
            "has no token_url",
        ),
        ("provider = \"google\"\nflow = \"client-credentials\"\nclient_id = \"id\"", "has no client secret"),
        ("provider = \"google\"\nflow = \"service-account\"", "has no service_account_file"),
        (
            "provider = \"google\"\nflow = \"service-account\"\nservice_account_file = \"client-secret\"",
            "it is not the JSON file of a service account's key",
        ),
        ("flow = \"device-code\"\ntoken_url = \"http://login.example/token\"", "begins with https://"),
        ("flow = \"device-code\"\nissuer = \"x\"", "no key \"issuer\""),
    ] {
        let faults = loaded(oauth2).expect_err(oauth2);
        assert!(faults.iter().any(|fault| fault.contains(part)), "{oauth2}: no {part} in {faults:?}");
        assert!(!faults.iter().any(|fault| fault.contains("s3cret")), "{faults:?}");
    }
}

#[test]
fn a_password_and_a_token_exclude_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sb.toml");
    std::fs::write(folder.path().join("pw"), "x").expect("a file");
    let text = format!("{FILE}flow = \"device-code\"\n").replace("[smtp]", "password_file = \"pw\"\n[smtp]");
    std::fs::write(&path, text).expect("a file");
    let faults = Config::load_with(&path, &|_| None).expect_err("both");
    assert!(faults.to_string().contains("and [imap.oauth2] are both there"), "{faults}");
}
