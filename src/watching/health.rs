//! Whether all is well, in one line.

use super::Seen;
use crate::journal::Discreet;
use crate::program::alarm::UNREAD;

/// What is wrong, the gravest first; None where all is well. It names nobody.
pub fn complaint(seen: &Seen) -> Option<String> {
    let of_servers = login(seen).or_else(|| mailbox(seen));
    of_servers.or_else(|| standstill(seen)).or_else(|| sending(seen)).or_else(|| disk(seen))
}

fn login(seen: &Seen) -> Option<String> {
    let reading = seen.lived.hindrance.as_ref().filter(|hindrance| hindrance.login_refused);
    let reading = reading.map(|hindrance| ("IMAP", hindrance.words.as_str()));
    let sending = seen.lived.login_refused.as_ref().map(|(_, words)| ("SMTP", words.as_str()));
    let (which, words) = reading.or(sending)?;
    Some(format!("the {which} login is refused: {}", Discreet(words)))
}

fn mailbox(seen: &Seen) -> Option<String> {
    let unread = seen.now - seen.lived.unread_since();
    let why = seen.lived.hindrance.as_ref().map_or("", |hindrance| &hindrance.words);
    let colon = if why.is_empty() { "" } else { ": " };
    (unread >= UNREAD).then(|| {
        format!("the mailbox is unread since {} minutes{colon}{}", unread.num_minutes(), Discreet(why))
    })
}

/// A pause that was forgotten leaves people in silence.
fn standstill(seen: &Seen) -> Option<String> {
    let minutes = (seen.now - seen.standing.stands_still?).num_minutes();
    let is_long = minutes >= UNREAD.num_minutes();
    is_long.then(|| format!("an operator has paused it {minutes} minutes ago; soundingboard resume"))
}

fn sending(seen: &Seen) -> Option<String> {
    let until = seen.standing.paused_until?;
    Some(format!("sending stands still until {}", until.format("%H:%M UTC")))
}

fn disk(seen: &Seen) -> Option<String> {
    seen.standing.is_disk_low.then(|| "the disk of the store is almost full".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::Lived;
    use crate::program::alarm::Hindrance;
    use crate::program::record::Timestamp;
    use crate::program::standing::Standing;

    fn time(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    fn well() -> Seen {
        let standing = Standing {
            letters_waiting: 0,
            oldest_letter: None,
            timers_late: 0,
            open_requests: 0,
            exceptions: 0,
            paused_until: None,
            stands_still: None,
            is_disk_low: false,
        };
        let (started, read) = (time("2026-11-03T08:00:00Z"), Some(time("2026-11-03T09:58:00Z")));
        let lived = Lived { started, read, ..Lived::default() };
        Seen { now: time("2026-11-03T10:00:00Z"), standing, lived }
    }

    #[test]
    fn nothing_is_said_where_all_is_well_or_has_just_begun() {
        assert_eq!(complaint(&well()), None);
        let lived = Lived { started: time("2026-11-03T09:30:00Z"), ..Lived::default() };
        let begun = Seen { lived, ..well() };
        assert_eq!(complaint(&begun), None);
    }

    #[test]
    fn each_trouble_is_one_line_without_an_address() {
        let hindrance = |login_refused| {
            let words = "no way for contact@network.example:\nclosed".to_owned();
            let started = time("2026-11-03T08:00:00Z");
            Lived { started, hindrance: Some(Hindrance { words, login_refused }), ..Lived::default() }
        };
        let paused = Standing { paused_until: Some(time("2026-11-03T10:20:00Z")), ..well().standing };
        let forgotten = Standing { stands_still: Some(time("2026-11-03T08:30:00Z")), ..well().standing };
        let full = Standing { is_disk_low: true, ..well().standing };
        let refused = Some((time("2026-11-03T09:59:00Z"), "535 contact@network.example".to_owned()));
        for (seen, expected) in [
            (Seen { lived: hindrance(true), ..well() }, "the IMAP login is refused: no way for … closed"),
            (
                Seen { lived: Lived { login_refused: refused, ..well().lived }, ..well() },
                "the SMTP login is refused: 535 …",
            ),
            (
                Seen { lived: hindrance(false), ..well() },
                "the mailbox is unread since 120 minutes: no way for … closed",
            ),
            (Seen { standing: paused, ..well() }, "sending stands still until 10:20 UTC"),
            (
                Seen { standing: forgotten, ..well() },
                "an operator has paused it 90 minutes ago; soundingboard resume",
            ),
            (Seen { standing: full, ..well() }, "the disk of the store is almost full"),
        ] {
            assert_eq!(complaint(&seen).as_deref(), Some(expected));
        }
    }
}
