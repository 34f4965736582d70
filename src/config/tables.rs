//! One function per table of the configuration.

use super::country;
use super::password::Surroundings;
use super::reader::{At, Table, or};
use super::values::{self, ReturnPath};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::program::rules::{Closure, Institution, Requests, ShowAddresses, Staff};
use chrono::Weekday;
use chrono_tz::Tz;
use std::path::PathBuf;

/// `[network]`
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub name: String,
    /// The contact address.
    pub address: AddrSpec,
    /// The subaddress separator; empty where the server has none.
    pub subaddress: String,
    pub return_path: ReturnPath,
    pub zone: Tz,
    /// Language tags; the first is the default.
    pub languages: Vec<String>,
    pub members: Vec<String>,
    pub weekend: Vec<Weekday>,
    pub staff: Vec<Staff>,
    /// Every letter to others than the staff waits until one of them approves it.
    pub shadow: bool,
    /// Who gets REPORT; None is the first of staff.
    pub complaints: Option<AddrSpec>,
    pub privacy: String,
}

/// `[store]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    pub path: PathBuf,
    pub keep_handled_days: u32,
    pub keep_request_text_days: u32,
    /// Staff are told when its disk is almost full.
    pub disk_alarm: bool,
}

/// `[schedule]`, in the network's zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedules {
    pub digest: cron::Schedule,
    pub exceptions: cron::Schedule,
}

pub(super) fn network(root: &Table<'_, '_>) -> Option<Network> {
    let table = root.table("network");
    let shadow = or(table.flag("shadow"), false);
    let name = table.needed("name", "Peer Advising Network");
    let address = table.needed("address", "contact@network.example");
    let address = address.and_then(|text| table.understood("address", &text, values::address));
    let subaddress = or(table.read("subaddress", values::separator), "+".into());
    let return_path = or(table.read("return_path", return_path), ReturnPath::Plain);
    let zone = or(table.read("time_zone", values::zone), Tz::UTC);
    let languages = languages(&table);
    let members = members(&table);
    let weekend = weekend(&table).unwrap_or_else(|| vec![Weekday::Sat, Weekday::Sun]);
    let staff = staff(root, &table);
    let complaints = complaints(&table);
    let privacy = or(table.text("privacy"), String::new());
    table.finish();
    Some(Network {
        name: name?.value,
        address: address?.value,
        subaddress,
        return_path,
        zone,
        languages,
        members,
        weekend,
        staff,
        shadow,
        complaints,
        privacy,
    })
}

fn return_path(text: &str) -> Result<ReturnPath, String> {
    values::one_of(text, &[("plain", ReturnPath::Plain), ("detail", ReturnPath::Detail)])
}

fn languages(table: &Table<'_, '_>) -> Vec<String> {
    let listed = each(table, "languages", values::language).unwrap_or_else(|| vec!["en".into()]);
    if listed.is_empty() {
        table.fault(None, "languages is empty; write at least languages = [\"en\"]");
    }
    listed
}

fn members(table: &Table<'_, '_>) -> Vec<String> {
    let listed = each(table, "members", values::domain).unwrap_or_default();
    if listed.is_empty() {
        table.warn(
            table.span(),
            "[network] has no members: every sign-up and request will wait for the staff",
        );
    }
    listed
}

fn weekend(table: &Table<'_, '_>) -> Option<Vec<Weekday>> {
    let days = each(table, "weekend", values::weekday)?;
    if days.len() >= 7 {
        table.fault(None, "weekend has all seven days; leave at least one on which people may be reminded");
    }
    Some(days)
}

fn complaints(table: &Table<'_, '_>) -> Option<AddrSpec> {
    let text = table.text("complaints").filter(|text| !text.value.is_empty())?;
    table.understood("complaints", &text, values::address).map(|at| at.value)
}

/// `staff = ["…"]`, or `[[staff]]` tables, or both.
fn staff(root: &Table<'_, '_>, network: &Table<'_, '_>) -> Vec<Staff> {
    let addresses = each(network, "staff", values::address).unwrap_or_default();
    let plain = addresses.into_iter().map(|address| Staff {
        mailbox: Mailbox::bare(address),
        also: Vec::new(),
        language: None,
    });
    let tables = root.tables("staff");
    let staff: Vec<Staff> = plain.chain(tables.iter().filter_map(staff_person)).collect();
    if staff.is_empty() && tables.is_empty() {
        network.fault(
            None,
            "[network] has no staff; add staff = [\"staff@network.example\"], who get the digest",
        );
    }
    staff
}

fn staff_person(table: &Table<'_, '_>) -> Option<Staff> {
    let address = table.needed("address", "rana@network.example");
    let address = address.and_then(|text| table.understood("address", &text, values::address));
    let name = or(table.text("name"), String::new());
    let language = table.read("language", values::language).map(|at| at.value);
    let also = each(table, "also", values::address).unwrap_or_default();
    for (key, text) in [("role", table.text("role")), ("country", table.text("country"))] {
        if let Some(text) = text {
            table.no_effect(&format!("{key} of [[staff]]"), text.span);
        }
    }
    table.finish();
    Some(Staff { mailbox: Mailbox::new(name, address?.value), also, language })
}

pub(super) fn institutions(root: &Table<'_, '_>) -> Vec<Institution> {
    root.tables("institution").iter().filter_map(institution).collect()
}

fn institution(table: &Table<'_, '_>) -> Option<Institution> {
    let domain = table.needed("domain", "auc.example");
    let domain = domain.and_then(|text| table.understood("domain", &text, values::domain));
    let name = table.text("name").map(|at| at.value).filter(|name| !name.is_empty());
    let own = weekend(table);
    let country = table.text("country").filter(|text| !text.value.is_empty());
    let there = country.and_then(|text| table.understood("country", &text, country::weekend));
    let weekend = own.or(there.map(|at| at.value));
    let zone = table.read("time_zone", values::zone).map(|at| at.value);
    table.finish();
    Some(Institution { domain: domain?.value, name, weekend, zone })
}

pub(super) fn store(root: &Table<'_, '_>, around: &Surroundings<'_>) -> Store {
    let table = root.table("store");
    let path = table.text("path").filter(|text| !text.value.is_empty());
    let path = or(path, "/var/lib/soundingboard".into());
    let keep_handled_days = table.number("keep_handled_days", 400, 30..=36_500);
    let keep_request_text_days = table.number("keep_request_text_days", 365, 30..=36_500);
    let disk_alarm = or(table.flag("disk_alarm"), true);
    table.no_effect_unless_default("keep_request_text_days", &keep_request_text_days, &365);
    table.finish();
    Store { path: around.folder.join(path), keep_handled_days, keep_request_text_days, disk_alarm }
}

pub(super) fn schedules(root: &Table<'_, '_>) -> Schedules {
    let table = root.table("schedule");
    let default = |text| values::schedule(text).expect("the defaults are schedules: a test reads them");
    let digest = or(table.read("digest", values::schedule), default("0 8 * * Mon"));
    let exceptions = or(table.read("exceptions", values::schedule), default("0 8 * * Mon-Fri"));
    table.finish();
    Schedules { digest, exceptions }
}

pub(super) fn requests(root: &Table<'_, '_>) -> Requests {
    let table = root.table("requests");
    let expire_after_days = table.number("expire_after_days", 7, 1..=90);
    let remind_after_days = match table.numbers("remind_after_days", &(1..=89)) {
        Some(days) => reminders(&table, days, expire_after_days),
        None => vec![3, 6].into_iter().filter(|day| *day < expire_after_days).collect(),
    };
    let ranked_move_on_after_days = table.number("ranked_move_on_after_days", 4, 1..=90);
    let choices = [("after-acceptance", ShowAddresses::AfterAcceptance), ("always", ShowAddresses::Always)];
    let show_addresses = or(
        table.read("show_addresses", |text| values::one_of(text, &choices)),
        ShowAddresses::AfterAcceptance,
    );
    table.finish();
    Requests { remind_after_days, expire_after_days, ranked_move_on_after_days, show_addresses }
}

fn reminders(table: &Table<'_, '_>, days: At<Vec<u32>>, expiry: u32) -> Vec<u32> {
    if !days.value.is_sorted_by(|a, b| a < b) {
        table.fault(days.span.clone(), "remind_after_days must rise, like [3, 6]");
    }
    if let Some(late) = days.value.iter().find(|day| **day >= expiry) {
        let sentence = format!("a reminder after {late} days comes too late; expire_after_days is {expiry}");
        table.fault(days.span.clone(), sentence);
    }
    days.value
}

pub(super) fn closures(root: &Table<'_, '_>) -> Vec<Closure> {
    root.tables("closure").iter().filter_map(closure).collect()
}

fn closure(table: &Table<'_, '_>) -> Option<Closure> {
    let read =
        |key, example| table.needed(key, example).and_then(|text| table.understood(key, &text, values::date));
    let (from, to) = (read("from", "2026-12-24"), read("to", "2027-01-03"));
    let note = or(table.text("note"), String::new());
    table.finish();
    let (from, to) = (from?, to?);
    if from.value > to.value {
        let sentence = format!(
            "the closure ends on {} before it begins on {}; exchange from and to",
            to.value, from.value
        );
        table.fault(to.span, sentence);
    } else if (to.value - from.value).num_days() > 366 {
        table.fault(to.span, "a closure lasts a year at most; clocks stand still in it");
    }
    Some(Closure { from: from.value, to: to.value, note })
}

/// The operator's own folder of letters.
pub(super) fn templates(root: &Table<'_, '_>, around: &Surroundings<'_>) -> Option<PathBuf> {
    let table = root.table("templates");
    let path = table.text("path").filter(|text| !text.value.is_empty());
    table.finish();
    let path = path.map(|at| At { value: around.folder.join(&at.value), span: at.span })?;
    if !path.value.is_dir() {
        let sentence = format!(
            "the templates folder {} is not there; create it, or write path = \"\"",
            path.value.display()
        );
        table.fault(path.span, sentence);
    }
    Some(path.value)
}

/// Every text of a list, read; None where the key is absent.
pub(super) fn each<T>(
    table: &Table<'_, '_>,
    key: &'static str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<Vec<T>> {
    let list = table.list(key)?;
    Some(list.iter().filter_map(|text| table.understood(key, text, &read)).map(|at| at.value).collect())
}
