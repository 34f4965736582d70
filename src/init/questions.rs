//! The questions, each with its default, an example, and how its answer is read.

use super::interview::Question;
use crate::args::Provider;
use crate::config::values;
use crate::mail::address::AddrSpec;
use chrono_tz::Tz;
use clap::ValueEnum;
use std::fs;
use std::path::Path;

fn question(flag: &'static str, asks: &'static str, example: &str, default: Option<&str>) -> Question {
    Question { flag, asks, example: example.to_owned(), default: default.map(str::to_owned) }
}

pub fn provider() -> Question {
    let example = "microsoft365, gmail, fastmail, or generic for any other server with IMAP and SMTP";
    question("--provider", "Whose servers hold the contact mailbox?", example, None)
}

pub fn read_provider(text: &str) -> Result<Provider, String> {
    Provider::from_str(text, true).map_err(|_| "it can be microsoft365, gmail, fastmail, generic".to_owned())
}

pub fn address() -> Question {
    let asks = "The contact address. Take a mailbox of its own, which nothing else uses.";
    question("--address", asks, "contact@network.example", None)
}

pub fn read_address(text: &str) -> Result<AddrSpec, String> {
    values::address(text)
}

pub fn name() -> Question {
    let asks = "What letters call the network.";
    question("--name", asks, "Peer Advising Network", Some("Peer Advising Network"))
}

pub fn read_name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("write a name that people know".to_owned()),
        name if name.contains(char::is_control) => Err("write it on one line".to_owned()),
        name => Ok(name.to_owned()),
    }
}

pub fn imap_host() -> Question {
    question("--imap-host", "The IMAP server, from which mail is read.", "mail.network.example", None)
}

pub fn smtp_host() -> Question {
    question("--smtp-host", "The SMTP server, which takes letters.", "mail.network.example", None)
}

pub fn read_host(text: &str) -> Result<String, String> {
    values::host(text)
}

pub fn read_security(text: &str) -> Result<&'static str, String> {
    one_of(text, &["tls", "starttls", "none"])
}

pub fn way(names: &[String]) -> Question {
    let default = names.first().map(String::as_str);
    question("--oauth2 or --password-file", "How it logs in.", &names.join(", "), default)
}

pub fn password() -> Question {
    let asks = "The mailbox's password; where the provider has app passwords, one of those.";
    question("--password-file", asks, "", None)
}

pub fn smtp_password() -> Question {
    question("--smtp-password-file", "The password for sending.", "", None)
}

pub fn tenant() -> Question {
    let asks = "The Directory (tenant) ID of your organisation.";
    question("--tenant", asks, "0f8fad5b-d9cb-469f-a165-70867728950e, or network.example", None)
}

pub fn client_id() -> Question {
    let asks = "The Application (client) ID of the registered application.";
    question("--client-id", asks, "7c9e6679-7425-40de-944b-e07fc1f90ae7", None)
}

pub fn client_secret() -> Question {
    question("--client-secret-file", "The value of the client secret.", "", None)
}

pub fn read_word(text: &str) -> Result<String, String> {
    match text.contains(char::is_whitespace) || text.is_empty() {
        true => Err("write it as it is shown, without blanks".to_owned()),
        false => Ok(text.to_owned()),
    }
}

pub fn service_account() -> Question {
    let asks = "The key file of the service account, as Google gave it (JSON); it is copied.";
    question("--service-account-file", asks, "/root/network-1234.json", None)
}

/// What is in the file.
pub fn read_service_account(path: &str) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|why| format!("it cannot be read ({why})"))?;
    let key: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let has = |field: &str| key.as_ref().is_some_and(|key| key[field].is_string());
    match has("client_email") && has("private_key") {
        true => Ok(text),
        false => Err("it is no key of a service account: one has client_email and private_key".to_owned()),
    }
}

pub fn members(address: Option<&AddrSpec>) -> Question {
    let asks = "Domains of the member institutions, with commas between them; subdomains count. Who writes from \
                elsewhere waits for the staff. \"none\" if there are none.";
    let own = address.map(AddrSpec::domain);
    question("--members", asks, "campus.example, auc.example", own.as_deref().or(Some("none")))
}

pub fn read_members(text: &str) -> Result<Vec<String>, String> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(Vec::new());
    }
    list(text, values::domain)
}

pub fn staff() -> Question {
    let asks =
        "Addresses of the staff, with commas between them: they get the digest and decide the exceptions.";
    question("--staff", asks, "rana@network.example, staff@network.example", None)
}

pub fn read_staff(text: &str) -> Result<Vec<AddrSpec>, String> {
    list(text, values::address)
}

/// The machine's own, if it is one that we know.
pub fn zone() -> Question {
    let here = iana_time_zone::get_timezone().ok().filter(|zone| values::zone(zone).is_ok());
    let asks = "The network's time zone, for the digest and for people whose own is not known.";
    question("--time-zone", asks, "Europe/Paris", Some(here.as_deref().unwrap_or("UTC")))
}

pub fn read_zone(text: &str) -> Result<Tz, String> {
    values::zone(text)
}

pub fn languages() -> Question {
    let asks = "Languages of letters and words, the most usual first: en, fr and ar are shipped.";
    question("--languages", asks, "en, fr", Some("en"))
}

pub fn read_languages(text: &str) -> Result<Vec<String>, String> {
    list(text, values::language)
}

pub fn after_handling() -> Question {
    let asks = "What is done to handled mail: \"move\" puts it into a folder Handled, so that the Inbox is what needs a \
                person; \"flag\" gives it a keyword; \"leave\" changes nothing.";
    question("--after-handling", asks, "move", Some("move"))
}

pub fn read_after_handling(text: &str) -> Result<&'static str, String> {
    one_of(text, &["move", "flag", "leave"])
}

/// Where the service keeps it, if that is what is being set up.
pub fn store(config: &Path) -> Question {
    let default = if config.starts_with("/etc") { "/var/lib/soundingboard" } else { "store" };
    let asks = "The folder of everything it knows; a relative one begins at the configuration's folder. It holds \
                people's words: nobody else should read it.";
    question("--store", asks, "/var/lib/soundingboard", Some(default))
}

pub fn read_store(text: &str) -> Result<String, String> {
    match text.contains(char::is_control) || text.is_empty() {
        true => Err("write the path of a folder".to_owned()),
        false => Ok(text.to_owned()),
    }
}

fn one_of(text: &str, choices: &[&'static str]) -> Result<&'static str, String> {
    choices
        .iter()
        .find(|choice| **choice == text)
        .copied()
        .ok_or_else(|| format!("it can be {}", choices.join(", ")))
}

/// At least one, each as it should be.
fn list<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let pieces: Vec<&str> = text.split([',', ';', ' ']).filter(|piece| !piece.is_empty()).collect();
    if pieces.is_empty() {
        return Err("write at least one".to_owned());
    }
    let read = |piece: &&str| read(piece).map_err(|why| format!("\"{piece}\": {why}"));
    pieces.iter().map(read).collect()
}
