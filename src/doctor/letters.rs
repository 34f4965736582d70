//! Letters from the contact address to itself: one to the plain address under a reverse-path with a
//! detail, one to an address with a detail. What comes of them says what the configuration may ask for.

use super::inbox::Inbox;
use super::report::Report;
use super::results;
use super::return_path::{PathSeen, RETURN_PATH};
use super::search::{Found, Search};
use super::trial::{Offer, Trial};
use crate::clock::Clock;
use crate::config::{AfterHandling, Config};
use crate::exit::Exit;
use crate::mailbox::{Deletion, MailboxError};
use crate::program::record::Timestamp;
use crate::run;
use crate::submission::Smtp;
use chrono::TimeDelta;
use std::time::Duration;
use tokio::time::Instant;

const ARRIVAL: &str = "test letter";
const SUBADDRESS: &str = "subaddress";
const AUTHENTICATION: &str = "authentication";
const CLOCK: &str = "clock";
const CLEAN_UP: &str = "clean-up";
const ALL: [&str; 6] = [ARRIVAL, SUBADDRESS, RETURN_PATH, AUTHENTICATION, CLOCK, CLEAN_UP];

/// By what people know them.
const BY_HAND: &str = "delete them by hand: their subjects begin with \"Test letter doctor-\"";

/// Two clocks that are set by the network differ by less.
const SKEW: TimeDelta = TimeDelta::minutes(2);

/// Sends them, waits for them, deletes them. Gives the connection back.
pub async fn examine(
    config: &Config,
    inbox: Option<Inbox>,
    smtp: Option<Smtp>,
    wait: Option<Duration>,
    report: &mut Report<'_>,
) -> Option<Inbox> {
    let why = match (&inbox, &smtp, wait) {
        (_, _, None) => "--no-letter",
        (None, ..) => "no IMAP login",
        (_, None, _) => "no SMTP login",
        _ => "",
    };
    let (Some(mut inbox), Some(smtp), Some(wait)) = (inbox, smtp, wait) else {
        ALL.into_iter().for_each(|what| report.not_tried(what, why));
        return None;
    };
    if let Err(error) = tried(config, &mut inbox, &smtp, wait, report).await {
        given_up(&error, report);
        // What is left on the connection is not known.
        return None;
    }
    Some(inbox)
}

/// The connection failed between sending and cleaning up.
fn given_up(error: &MailboxError, report: &mut Report<'_>) {
    report.fault(ARRIVAL, run::mailbox_exit(error), &error.to_string());
    for what in ALL.into_iter().filter(|what| *what != CLEAN_UP) {
        if !report.has(what) {
            report.not_tried(what, "the IMAP connection failed");
        }
    }
    report.warning(CLEAN_UP, "test letters may be left", BY_HAND);
}

async fn tried(
    config: &Config,
    inbox: &mut Inbox,
    smtp: &Smtp,
    wait: Duration,
    report: &mut Report<'_>,
) -> Result<(), MailboxError> {
    let mut search = Search::begin(config, inbox).await?;
    let trial = Trial::sent(config, smtp).await;
    let codes = trial.codes();
    search.wait(inbox, &trial.accepted(), Instant::now() + wait).await?;
    let seen = Seen { config, trial: &trial, search: &search, inbox, wait };
    seen.tell_arrival(report);
    seen.tell_subaddress(report);
    seen.tell_return_path(report);
    let vouched = seen.any().and_then(|found| found.arrived.vouched.clone());
    let has_come = seen.any().is_some();
    seen.tell_clock(report);
    match has_come {
        true => results::tell(AUTHENTICATION, config, inbox, vouched, report).await,
        false => report.not_tried(AUTHENTICATION, "no letter has come"),
    }
    tell_clean_up(search.clean_up(inbox, &codes).await, trial.accepted().len(), report);
    Ok(())
}

struct Seen<'a> {
    config: &'a Config,
    trial: &'a Trial,
    search: &'a Search,
    inbox: &'a Inbox,
    wait: Duration,
}

impl Seen<'_> {
    fn found(&self, offer: &Offer) -> Option<&Found> {
        self.search.found.iter().find(|found| found.code == offer.code)
    }

    fn direct(&self) -> Option<(&Offer, &Found)> {
        self.trial.direct.iter().find_map(|offer| Some((offer, self.found(offer)?)))
    }

    fn detailed(&self) -> Option<(&Offer, &Found)> {
        self.trial.detailed.iter().find_map(|offer| Some((offer, self.found(offer)?)))
    }

    fn any(&self) -> Option<&Found> {
        self.detailed().or(self.direct()).map(|(_, found)| found)
    }

    fn is_put_away(&self, found: &Found) -> bool {
        let imap = &self.config.imap;
        imap.after_handling == AfterHandling::Move && found.folder == imap.folder
    }

    fn seconds(&self) -> u64 {
        self.wait.as_secs()
    }

    fn tell_arrival(&self, report: &mut Report<'_>) {
        if let Some((offer, found)) = self.direct().or(self.detailed()) {
            let after = (found.at - offer.since).as_secs_f32();
            let by_daemon = if self.is_put_away(found) { ", where a running daemon has put it" } else { "" };
            let said = format!("it came after {after:.1} s, to \"{}\"{by_daemon}", found.folder);
            let is_junk =
                self.inbox.junk() == Some(found.folder.as_str()) && found.folder != self.config.imap.mailbox;
            return match is_junk {
                true => report.warning(
                    ARRIVAL,
                    said,
                    "tell the filter that it is none, or letters to others will fare the same",
                ),
                false => report.ok(ARRIVAL, said),
            };
        }
        let last = self.trial.direct.last();
        if let Some((exit, words)) = last.and_then(|offer| offer.refused.as_ref()) {
            let remedy = format!("let this account send as {}", self.config.network.address);
            return report.fault(ARRIVAL, *exit, &format!("the server did not take it ({words}); {remedy}"));
        }
        let came_back = last.is_some_and(|offer| self.search.returned.contains(&offer.code));
        let said = match came_back {
            true => "it was taken and came back as undeliverable".to_owned(),
            false => format!("it was taken and has not come within {} s", self.seconds()),
        };
        let remedy = "see whether it lies in a folder that is not read, or wait longer (--wait 10m)";
        report.fault(ARRIVAL, Exit::Unavailable, &format!("{said}; {remedy}"));
    }

    fn tell_subaddress(&self, report: &mut Report<'_>) {
        let Some(offer) = &self.trial.detailed else {
            return report.not_tried(SUBADDRESS, "subaddress = \"\"");
        };
        let network = &self.config.network;
        let address = network.address.with_detail(&network.subaddress, "…");
        let remedy =
            "set [network] subaddress = \"\", or have the server deliver such mail to the contact mailbox";
        let fault = |said: String| format!("mail for {address} {said}; {remedy}");
        match (self.found(offer), &offer.refused, self.direct()) {
            (Some(_), ..) => report.ok(SUBADDRESS, format!("mail for {address} arrives")),
            (None, Some((_, words)), _) => {
                report.fault(SUBADDRESS, Exit::Config, &fault(format!("is refused ({words})")));
            }
            (None, None, _) if self.search.returned.contains(&offer.code) => {
                report.fault(SUBADDRESS, Exit::Config, &fault("comes back as undeliverable".to_owned()));
            }
            (None, None, Some(_)) => {
                let said = format!(
                    "has not arrived within {} s, and mail for the plain address has",
                    self.seconds()
                );
                report.fault(SUBADDRESS, Exit::Config, &fault(said));
            }
            (None, None, None) => report.not_tried(SUBADDRESS, "no letter has come"),
        }
    }

    fn tell_return_path(&self, report: &mut Report<'_>) {
        let Some(offer) = self.trial.direct.first().filter(|_| self.trial.detailed.is_some()) else {
            return report.not_tried(RETURN_PATH, "subaddress = \"\"");
        };
        let path = PathSeen::of(offer, self.found(offer));
        if path == PathSeen::Nothing && self.any().is_none() {
            return report.not_tried(RETURN_PATH, "no letter has come");
        }
        report.add(path.line(self.config.network.return_path, self.detailed().is_some()));
    }

    /// The server's clock by INTERNALDATE: it lies between sending and finding, unless one is wrong.
    fn tell_clock(&self, report: &mut Report<'_>) {
        let Some((offer, received)) =
            self.direct().or(self.detailed()).and_then(|(offer, found)| Some((offer, found.received?)))
        else {
            return report.not_tried(CLOCK, "no letter has come");
        };
        let skew = skew(offer.at, Clock::real().wall(), received);
        match skew.abs() > SKEW {
            false => report.ok(CLOCK, "this machine and the IMAP server agree"),
            true => {
                let (seconds, which) =
                    (skew.num_seconds().abs(), if skew > TimeDelta::zero() { "ahead of" } else { "behind" });
                let said = format!("the IMAP server's clock is {seconds} s {which} this machine's");
                report.warning(CLOCK, said, "have this machine's clock set by the network (NTP)");
            }
        }
    }
}

/// How far the server's time lies outside of the time in which it must be.
fn skew(sent: Timestamp, seen: Timestamp, received: Timestamp) -> TimeDelta {
    match () {
        () if received < sent => received - sent,
        () if received > seen => received - seen,
        () => TimeDelta::zero(),
    }
}

fn tell_clean_up(deleted: Result<Vec<Deletion>, MailboxError>, accepted: usize, report: &mut Report<'_>) {
    match deleted {
        Err(error) => {
            report.warning(CLEAN_UP, format!("the test letters could not be deleted: {error}"), BY_HAND)
        }
        Ok(deleted) if deleted.contains(&Deletion::Marked) => {
            report.warning(
                CLEAN_UP,
                "the server lacks UIDPLUS: the test letters are only marked as deleted",
                BY_HAND,
            );
        }
        Ok(deleted) if deleted.len() < accepted => {
            let said =
                format!("{} of {accepted} test letters were deleted; what comes later stays", deleted.len());
            report.warning(CLEAN_UP, said, BY_HAND);
        }
        Ok(deleted) if deleted.contains(&Deletion::InTrash) => {
            report.ok(CLEAN_UP, "the test letters are in the trash")
        }
        Ok(_) => report.ok(CLEAN_UP, "the test letters are deleted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_only_outside_of_the_time_between_sending_and_seeing() {
        let at = |text: &str| format!("2026-11-23T{text}Z").parse::<Timestamp>().expect("an instant");
        let (sent, seen) = (at("10:00:00"), at("10:05:00"));
        assert_eq!(skew(sent, seen, at("10:04:00")), TimeDelta::zero());
        assert_eq!(skew(sent, seen, at("09:57:00")), TimeDelta::minutes(-3));
        assert_eq!(skew(sent, seen, at("10:06:00")), TimeDelta::minutes(1));
    }

    #[test]
    fn letters_that_were_not_found_are_told_at_the_end() {
        let told = |deleted, accepted| {
            let mut out = Vec::new();
            tell_clean_up(deleted, accepted, &mut Report::to(&mut out, false));
            String::from_utf8(out).expect("UTF-8")
        };
        use Deletion::{Gone, InTrash, Marked};
        assert_eq!(told(Ok(vec![Gone, Gone]), 2), "ok         clean-up: the test letters are deleted\n");
        assert!(
            told(Ok(vec![InTrash, InTrash]), 2)
                .starts_with("ok         clean-up: the test letters are in the trash")
        );
        assert!(
            told(Ok(vec![Gone]), 2)
                .contains("1 of 2 test letters were deleted; what comes later stays; delete them")
        );
        assert!(told(Ok(vec![Marked, Marked]), 2).starts_with("warning"));
    }
}
