//! Letters from the contact address to itself: one to the plain address under a reverse-path with a
//! detail, one to an address with a detail. What comes of them says what the configuration may ask for.

use super::inbox::Inbox;
use super::outbox;
use super::report::{Health, Line, Report};
use super::results;
use super::search::{Found, Search};
use crate::clock::Clock;
use crate::config::{AfterHandling, Config, ReturnPath};
use crate::exit::Exit;
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::delivery::Outcome;
use crate::mail::test_letter::TestLetter;
use crate::mailbox::{Deletion, MailboxError};
use crate::program::record::Timestamp;
use crate::run;
use crate::submission::{MailObject, Smtp, Submission};
use chrono::TimeDelta;
use std::time::Duration;
use tokio::time::Instant;

const ARRIVAL: &str = "test letter";
const SUBADDRESS: &str = "subaddress";
const RETURN_PATH: &str = "return path";
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

// ---- sending

/// The letters, and what the server said to them.
struct Trial {
    /// To the plain address; the last one counts where the first was refused.
    direct: Vec<Offer>,
    /// To an address with a detail; None where the network has none.
    detailed: Option<Offer>,
}

struct Offer {
    code: String,
    reverse_path: AddrSpec,
    /// Why it was not taken.
    refused: Option<(Exit, String)>,
    at: Timestamp,
    since: Instant,
}

impl Trial {
    async fn sent(config: &Config, smtp: &Smtp) -> Self {
        let (contact, separator) = (&config.network.address, config.network.subaddress.as_str());
        let detail = |code: &str| match separator {
            "" => contact.clone(),
            _ => contact.with_detail(separator, code),
        };
        let code = code();
        let mut direct = vec![Offer::made(config, smtp, &code, contact, detail(&code)).await];
        if direct[0].refused.is_some() && direct[0].reverse_path != *contact {
            direct.push(Offer::made(config, smtp, &self::code(), contact, contact.clone()).await);
        }
        let code = self::code();
        let detailed = match separator {
            "" => None,
            _ => Some(Offer::made(config, smtp, &code, &detail(&code), contact.clone()).await),
        };
        Self { direct, detailed }
    }

    fn all(&self) -> impl Iterator<Item = &Offer> {
        self.direct.iter().chain(&self.detailed)
    }

    fn codes(&self) -> Vec<String> {
        self.all().map(|offer| offer.code.clone()).collect()
    }

    fn accepted(&self) -> Vec<String> {
        self.all().filter(|offer| offer.refused.is_none()).map(|offer| offer.code.clone()).collect()
    }
}

impl Offer {
    async fn made(config: &Config, smtp: &Smtp, code: &str, to: &AddrSpec, reverse_path: AddrSpec) -> Self {
        let (at, since) = (Clock::real().wall(), Instant::now());
        let from = Mailbox::new(config.network.name.as_str(), config.network.address.clone());
        let letter = TestLetter { code: code.to_owned(), from, to: to.clone(), at };
        let content = letter.bytes();
        let object =
            MailObject { reverse_path: Some(&reverse_path), recipient: to, content: content.as_bytes() };
        let refused = match smtp.submit(object).await {
            // It may have arrived.
            Ok(Outcome::Accepted | Outcome::Uncertain(_)) => None,
            Ok(other) => Some((Exit::Unavailable, other.words().to_owned())),
            Err(error) => Some((outbox::exit(&error), error.to_string())),
        };
        Self { code: code.to_owned(), reverse_path, refused, at, since }
    }
}

/// No other letter has it.
fn code() -> String {
    let mut bytes = [0_u8; 6];
    // Without chance only two examinations at once would mistake each other's letters.
    let _ = getrandom::fill(&mut bytes);
    format!("doctor-{}", data_encoding::HEXLOWER.encode(&bytes))
}

// ---- what was seen

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

/// What became of a reverse-path with a detail.
#[derive(Debug, PartialEq, Eq)]
enum PathSeen {
    Refused(String),
    Kept,
    Rewritten(String),
    /// The letter came, and the receiver has not written it down.
    Unknown,
    /// The letter did not come.
    Nothing,
}

impl PathSeen {
    fn of(offer: &Offer, found: Option<&Found>) -> Self {
        match (&offer.refused, found.map(|found| found.arrived.return_path.as_deref())) {
            (Some((_, words)), _) => PathSeen::Refused(words.clone()),
            (None, None) => PathSeen::Nothing,
            (None, Some(None)) => PathSeen::Unknown,
            (None, Some(Some(path))) if path.eq_ignore_ascii_case(offer.reverse_path.as_str()) => {
                PathSeen::Kept
            }
            (None, Some(Some(path))) => PathSeen::Rewritten(path.to_owned()),
        }
    }

    /// `arrives`: mail for an address with a detail is delivered, and so would reports be.
    fn line(self, configured: ReturnPath, arrives: bool) -> Line {
        let line = |health, said: String, remedy: Option<&str>| Line {
            what: RETURN_PATH,
            health,
            said,
            remedy: remedy.map(str::to_owned),
        };
        let plain = Some("set [network] return_path = \"plain\"");
        match (self, configured) {
            (PathSeen::Kept, ReturnPath::Detail) if arrives => {
                line(Health::Ok, "a detail is kept".to_owned(), None)
            }
            (PathSeen::Kept, ReturnPath::Plain) if arrives => {
                let remedy =
                    "[network] return_path = \"detail\" works here: reports then find their letter by it";
                line(Health::Ok, "a detail is kept".to_owned(), Some(remedy))
            }
            (PathSeen::Kept, ReturnPath::Detail) => {
                let said =
                    "a detail is kept, and mail for such an address does not arrive, so no report would";
                line(Health::Fault(Exit::Config), said.to_owned(), plain)
            }
            (PathSeen::Refused(words), ReturnPath::Detail) => {
                line(Health::Fault(Exit::Config), format!("a detail is refused ({words})"), plain)
            }
            (PathSeen::Nothing, ReturnPath::Detail) => line(
                Health::Fault(Exit::Config),
                "a letter with a detail in it does not arrive".to_owned(),
                plain,
            ),
            (PathSeen::Rewritten(path), ReturnPath::Detail) => {
                line(Health::Warning, format!("the server makes it <{path}>"), plain)
            }
            (PathSeen::Unknown, ReturnPath::Detail) => {
                line(Health::Warning, "whether a detail is kept cannot be seen here".to_owned(), plain)
            }
            (PathSeen::Refused(words), ReturnPath::Plain) => {
                line(Health::Ok, format!("\"plain\" is right: a detail is refused ({words})"), None)
            }
            (PathSeen::Rewritten(path), ReturnPath::Plain) => {
                line(Health::Ok, format!("\"plain\" is right: the server makes a detail <{path}>"), None)
            }
            (PathSeen::Kept | PathSeen::Unknown | PathSeen::Nothing, ReturnPath::Plain) => {
                line(Health::Ok, "\"plain\" is right: it works everywhere".to_owned(), None)
            }
        }
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
    fn a_detail_in_the_return_path_is_recommended_only_where_it_is_kept_and_arrives() {
        let health = |path, configured, arrives| {
            let line = PathSeen::line(path, configured, arrives);
            (line.health, line.remedy.unwrap_or_default().contains("\"detail\" works"))
        };
        let fault = Health::Fault(Exit::Config);
        let refused = || PathSeen::Refused("553 5.7.1 not yours".to_owned());
        let rewritten = || PathSeen::Rewritten("contact@network.example".to_owned());
        for (path, configured, arrives, expected) in [
            (PathSeen::Kept, ReturnPath::Plain, true, (Health::Ok, true)),
            (PathSeen::Kept, ReturnPath::Plain, false, (Health::Ok, false)),
            (refused(), ReturnPath::Plain, true, (Health::Ok, false)),
            (rewritten(), ReturnPath::Plain, true, (Health::Ok, false)),
            (PathSeen::Kept, ReturnPath::Detail, true, (Health::Ok, false)),
            (PathSeen::Kept, ReturnPath::Detail, false, (fault, false)),
            (refused(), ReturnPath::Detail, true, (fault, false)),
            (PathSeen::Nothing, ReturnPath::Detail, true, (fault, false)),
            (rewritten(), ReturnPath::Detail, true, (Health::Warning, false)),
            (PathSeen::Unknown, ReturnPath::Detail, true, (Health::Warning, false)),
        ] {
            let said = format!("{path:?} {configured:?} {arrives}");
            assert_eq!(health(path, configured, arrives), expected, "{said}");
        }
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
