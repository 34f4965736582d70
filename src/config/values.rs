//! Single values of a configuration, each read from its text with a remedy in its error.

use super::faults::nearest;
use crate::mail::address::AddrSpec;
pub use crate::tls::Security;
use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::net::IpAddr;
use std::str::FromStr;

/// Which mail is new on the very first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    New,
    All,
    /// Of the last so many days, by INTERNALDATE.
    Days(u32),
}

/// What is done to handled mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterHandling {
    Leave,
    Flag,
    Move,
}

/// Whether the reverse-path has a detail by which reports find their letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnPath {
    Plain,
    Detail,
}

/// One of a few words.
pub(super) fn one_of<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        format!("it can be {}", names.join(", "))
    })
}

pub(crate) fn address(text: &str) -> Result<AddrSpec, String> {
    AddrSpec::parse(text).map_err(|_| "this is no email address; write name@domain".into())
}

/// A host name's domain: letters, digits and hyphens with dots between.
pub(crate) fn domain(text: &str) -> Result<String, String> {
    let label =
        |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-') && !l.starts_with('-');
    let sound = text.contains('.') && text.split('.').all(label);
    let remedy = "write the domain alone, like \"campus.example\"; subdomains count by themselves";
    if sound { Ok(text.to_lowercase()) } else { Err(remedy.into()) }
}

pub(crate) fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let wanted = text.to_lowercase().replace(' ', "_");
        let city = |tz: &&Tz| tz.name().rsplit('/').next().is_some_and(|c| c.to_lowercase() == wanted);
        let named = TZ_VARIANTS.iter().find(city).map(|tz| tz.name());
        match named.or_else(|| nearest(text, TZ_VARIANTS.iter().map(|tz| tz.name()))) {
            Some(near) => format!("there is no such time zone; did you mean \"{near}\"?"),
            None => "there is no such time zone; write one of the IANA names, like \"Europe/Paris\"".into(),
        }
    })
}

pub(super) fn weekday(text: &str) -> Result<Weekday, String> {
    text.parse().map_err(|_| "write days as Mon, Tue, Wed, Thu, Fri, Sat, Sun".into())
}

pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "write a date as year-month-day, like \"2026-12-24\"".into())
}

/// A language tag (RFC 5646): `en`, `fr`, `pt-BR`.
pub(crate) fn language(text: &str) -> Result<String, String> {
    let mut parts = text.split('-');
    let primary =
        parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && rest {
        Ok(text.to_owned())
    } else {
        Err("write a language as its tag, like \"en\" or \"fr\"".into())
    }
}

pub(super) fn separator(text: &str) -> Result<String, String> {
    let sound = text.len() <= 1 && text.bytes().all(|b| matches!(b, b'+' | b'-' | b'=' | b'_' | b'.' | b'#'));
    let remedy = "write the one character before the detail, mostly \"+\", or \"\" where the server has no subaddressing";
    if sound { Ok(text.to_owned()) } else { Err(remedy.into()) }
}

pub(super) fn first(text: &str) -> Result<First, String> {
    let days = || text.strip_suffix('d')?.parse().ok().filter(|d| (1..=3650).contains(d)).map(First::Days);
    match text {
        "new" => Ok(First::New),
        "all" => Ok(First::All),
        _ => days().ok_or_else(|| "it can be \"new\", \"all\", or days like \"7d\"".into()),
    }
}

/// A host that only this machine answers for.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

pub(crate) fn host(text: &str) -> Result<String, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if bare.parse::<IpAddr>().is_ok() || text.chars().all(name) {
        return Ok(bare.to_owned());
    }
    Err("write the host's name alone; the port has a key of its own".into())
}

/// Five fields of cron: minute, hour, day of month, month, day of week by name.
///
/// The crate counts Sunday as 1 where cron counts it as 0 or 7: numbers would silently
/// mean another day than the operator has known for forty years.
pub(super) fn schedule(text: &str) -> Result<cron::Schedule, String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [_, _, _, _, weekdays] = fields[..] else {
        return Err(format!(
            "a schedule has five fields, like \"0 8 * * Mon\"; this one has {}",
            fields.len()
        ));
    };
    if weekdays.contains(|c: char| c.is_ascii_digit()) {
        return Err("write the days of the week by name, like Mon or Mon-Fri; numbers mean different days to different programs".into());
    }
    let schedule = cron::Schedule::from_str(&format!("0 {}", fields.join(" "))).map_err(|why| {
        format!("this is no schedule ({why}); write minute hour day month weekday, like \"0 8 * * Mon\"")
    })?;
    let start = DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::days(20_454);
    match schedule.after(&start).next() {
        Some(_) => Ok(schedule),
        None => Err("this time never comes; write one like \"0 8 * * Mon\"".into()),
    }
}
