//! What the receiver says of who sent a mail (RFC 8601), and under which name.

use super::inbox::Inbox;
use super::report::Report;
use crate::config::Config;
use crate::mail::test_letter::{Arrived, Vouched};
use crate::mailbox::MailboxError;

/// How many of the newest mails are looked at where the test letter has no such field.
const NEWEST: u32 = 50;

/// Its line: the letter's own field, else what the newest mails show. Many receivers write none for
/// what comes from themselves.
pub async fn tell(
    what: &'static str,
    config: &Config,
    inbox: &mut Inbox,
    vouched: Option<Vouched>,
    report: &mut Report<'_>,
) {
    let domain = config.network.address.domain();
    let own = vouched.is_some();
    let vouched = match vouched {
        Some(vouched) => Some(vouched),
        None => match of_newest(config, inbox).await {
            Ok(vouched) => vouched,
            Err(error) => {
                let said = format!(
                    "the test letter has no Authentication-Results, and recent mail cannot be looked at ({error})"
                );
                return report.warning(what, said, "look at a mail from outside");
            }
        },
    };
    let Some(vouched) = vouched else {
        let said = "neither the test letter nor recent mail has Authentication-Results, so no sender can be told genuine";
        return match config.imap.authserv_id.as_str() {
            "" => report.ok(what, said),
            id => report.warning(
                what,
                format!("{said}; authserv_id = \"{id}\" has nothing to read"),
                "look at a mail from outside",
            ),
        };
    };
    let results: Vec<String> =
        vouched.results.iter().map(|(method, result)| format!("{method}={result}")).collect();
    let seen = match own {
        true => format!("of {domain} it says {}", or_nothing(&results)),
        false => "the test letter has no Authentication-Results, recent mail has".to_owned(),
    };
    let (said, remedy) = name(&vouched, &config.imap.authserv_id);
    let failed = own && vouched.results.iter().any(|(_, result)| result == "fail" || result == "hardfail");
    let said = format!("{seen}; {said}");
    match (remedy, failed) {
        (_, true) => report.warning(
            what,
            said,
            format!("let SPF and DKIM of {domain} cover this server, or others will refuse letters"),
        ),
        (Some(remedy), false) => report.warning(what, said, remedy),
        (None, false) => report.ok(what, said),
    }
}

fn or_nothing(results: &[String]) -> String {
    if results.is_empty() { "nothing".to_owned() } else { results.join(" ") }
}

/// Who wrote it, and what to configure.
fn name(vouched: &Vouched, configured: &str) -> (String, Option<String>) {
    match (&vouched.authserv_id, configured) {
        (Some(id), configured) if id.eq_ignore_ascii_case(configured) => {
            (format!("written by \"{id}\", which is trusted"), None)
        }
        (Some(id), "") => (
            format!("written by \"{id}\", and nobody is trusted"),
            Some(format!("set [imap] authserv_id = \"{id}\", if that is your receiver")),
        ),
        (Some(id), configured) => (
            format!("written by \"{id}\", and \"{configured}\" is trusted"),
            Some(format!("set [imap] authserv_id = \"{id}\", if that is your receiver")),
        ),
        (None, "") => ("the receiver gives no name, so none can be trusted".to_owned(), None),
        (None, configured) => (
            format!("the receiver gives no name, and \"{configured}\" is trusted"),
            Some("set [imap] authserv_id = \"\"".to_owned()),
        ),
    }
}

/// The topmost field of the newest mail that has one: further down stands what a mail brought along.
async fn of_newest(config: &Config, inbox: &mut Inbox) -> Result<Option<Vouched>, MailboxError> {
    let looked = inbox.connection.look_into(&config.imap.mailbox).await?;
    if looked.exists == 0 {
        return Ok(None);
    }
    let listed = inbox.connection.list(looked.next.saturating_sub(NEWEST)).await?;
    let uids: Vec<u32> = listed.iter().map(|mail| mail.uid).collect();
    if uids.is_empty() {
        return Ok(None);
    }
    let mails = inbox.connection.headers(&uids, "From Authentication-Results").await?;
    Ok(mails.iter().rev().find_map(|mail| Arrived::parse(&mail.bytes).vouched))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_is_configured_is_compared_with_the_one_that_writes() {
        let of = |id: Option<&str>, configured| {
            let vouched = Vouched { authserv_id: id.map(str::to_owned), results: Vec::new() };
            name(&vouched, configured).1
        };
        let set = "set [imap] authserv_id = \"mx.network.example\", if that is your receiver";
        assert_eq!(of(Some("mx.network.example"), "MX.network.example"), None);
        assert_eq!(of(Some("mx.network.example"), "").as_deref(), Some(set));
        assert_eq!(of(Some("mx.network.example"), "mx.google.com").as_deref(), Some(set));
        assert_eq!(of(None, ""), None);
        assert_eq!(of(None, "mx.google.com").as_deref(), Some("set [imap] authserv_id = \"\""));
    }
}
