//! Numbers for Prometheus, in the text format of OpenMetrics 1.0. No label holds a name, an address or a
//! reference: who reads them learns how much there is, and of whom nothing.

use super::Seen;
use crate::args;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;

/// What the text says it is.
pub const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All of them as they are now. The disk is left out where it could not be measured.
pub fn text(seen: &Seen, disk_free: Option<u64>) -> String {
    let mut page = Page(Registry::with_prefix("soundingboard"));
    page.since_the_start(seen);
    page.standing(seen);
    page.servers(seen);
    if let Some(free) = disk_free {
        page.gauge("disk_free_bytes", "What may still be written to the disk of the store", free);
    }
    let mut text = String::new();
    encode(&mut text, &page.0).expect("writing to a String does not fail");
    text
}

struct Page(Registry);

/// One label and its value.
type Label = [(&'static str, &'static str); 1];

impl Page {
    fn since_the_start(&mut self, seen: &Seen) {
        let version = args::version().trim_start_matches("soundingboard ");
        self.0.register("build", "The program that runs", Info::new(vec![("version", version)]));
        let started = seen.lived.started.timestamp();
        self.gauge("start_time_seconds", "When this run began, in seconds since 1970", started);
        self.counts("mails", "Mails decided since the start", "verdict", &seen.lived.mails);
        self.counts("letters", "Letters offered since the start", "outcome", &seen.lived.letters);
        let faults = Counter::<u64>::default();
        faults.inc_by(seen.lived.store_faults);
        self.0.register("store_faults", "How often the store could not do what it should", faults);
    }

    fn standing(&mut self, seen: &Seen) {
        let standing = &seen.standing;
        self.gauge("letters_waiting", "Letters that wait to be offered", standing.letters_waiting);
        let oldest = standing.oldest_letter.map_or(0, |since| (seen.now - since).num_seconds());
        self.gauge("oldest_letter_seconds", "How long the oldest of them has waited", oldest);
        self.gauge("timers_late", "Timers that should have fired ten minutes ago", standing.timers_late);
        self.gauge(
            "open_requests",
            "Requests without an end, as the digest counts them",
            standing.open_requests,
        );
        self.gauge("exceptions_waiting", "What waits for the staff", standing.exceptions);
        let paused = standing.stands_still.is_some();
        self.gauge("paused", "1 while everything stands still, by an operator's order", u8::from(paused));
        let paused = standing.paused_until.is_some();
        self.gauge("sending_paused", "1 while sending stands still", u8::from(paused));
        self.gauge(
            "disk_low",
            "1 while the disk of the store is almost full",
            u8::from(standing.is_disk_low),
        );
    }

    fn servers(&mut self, seen: &Seen) {
        let unread = (seen.now - seen.lived.unread_since()).num_seconds();
        self.gauge("mailbox_unread_seconds", "How long ago the mailbox was last read to its end", unread);
        let imap = seen.lived.hindrance.as_ref().is_some_and(|hindrance| hindrance.login_refused);
        let refused = Family::<Label, Gauge>::default();
        refused.get_or_create(&[("server", "imap")]).set(imap.into());
        refused.get_or_create(&[("server", "smtp")]).set(seen.lived.login_refused.is_some().into());
        self.0.register("login_refused", "1 while a server refuses our login", refused);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl TryInto<i64>) {
        let gauge = Gauge::<i64>::default();
        gauge.set(value.try_into().unwrap_or(i64::MAX));
        self.0.register(name, help, gauge);
    }

    fn counts(&mut self, name: &str, help: &str, label: &'static str, counts: &BTreeMap<&'static str, u64>) {
        let family = Family::<Label, Counter>::default();
        for (word, count) in counts {
            family.get_or_create(&[(label, *word)]).inc_by(*count);
        }
        self.0.register(name, help, family);
    }
}
