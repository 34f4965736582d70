//! Mail of people we wait for, where nobody looks.

use super::inbox::Inbox;
use super::report::Report;
use crate::clock::Clock;
use crate::config::Config;
use crate::mail::address::AddrSpec;
use crate::mail::inbound::Inbound;
use crate::mailbox::MailboxError;
use chrono::TimeDelta;

const JUNK: &str = "junk";
/// The latest of a folder that may hold thousands.
const MOST: usize = 500;
const RECENT: TimeDelta = TimeDelta::days(30);

/// Looks into the folder that filters use, unless the program reads it anyway.
pub async fn examine(config: &Config, inbox: &mut Inbox, report: &mut Report<'_>) {
    let Some(junk) = inbox.junk().map(str::to_owned) else {
        return report.ok(JUNK, "no folder is known to be for it");
    };
    if config.imap.also_read.contains(&junk) {
        return report.ok(JUNK, format!("\"{junk}\" is read (also_read)"));
    }
    match expected(config, inbox, &junk).await {
        Ok(0) => report.ok(JUNK, format!("nothing of a member's domain in \"{junk}\" since 30 days")),
        Ok(count) => {
            let said = format!(
                "in \"{junk}\" lie {count} mails of the last 30 days from members' domains or the website's form mailer"
            );
            report.warning(JUNK, said, format!("look through them, and set [imap] also_read = [\"{junk}\"]"));
        }
        Err(error) => {
            report.warning(JUNK, format!("\"{junk}\" cannot be looked into: {error}"), "look at it by hand")
        }
    }
}

/// How many mails of it come from whom the network expects mail.
async fn expected(config: &Config, inbox: &mut Inbox, junk: &str) -> Result<usize, MailboxError> {
    inbox.connection.look_into(junk).await?;
    let day = (Clock::real().wall() - RECENT).date_naive();
    let mut uids = inbox.connection.since(day).await?;
    uids.sort_unstable();
    let latest = &uids[uids.len().saturating_sub(MOST)..];
    if latest.is_empty() {
        return Ok(0);
    }
    let mails = inbox.connection.headers(latest, "From").await?;
    let authors = mails.iter().filter_map(|mail| Inbound::parse(&mail.bytes).from);
    Ok(authors.filter(|from| is_expected(config, &from.address)).count())
}

fn is_expected(config: &Config, from: &AddrSpec) -> bool {
    let network = &config.network;
    network.members.iter().any(|domain| from.is_within(domain)) || config.forms.relays.contains(from)
}
