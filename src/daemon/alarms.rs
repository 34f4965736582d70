//! What the staff should know of the daemon and its servers: looked for every minute, told to the program.

use super::Desk;
use super::pulse::Lived;
use crate::clock::Clock;
use crate::decider::{DecideError, Work};
use crate::journal;
use crate::program::alarm::{self, Alarm};
use crate::program::input::Input;
use crate::program::record::Timestamp;
use crate::program::standstill;
use crate::templates::{Failed, Failures};
use chrono::TimeDelta;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
/// Twice as long as the mailbox is ever left unread where all is well.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// Looks as long as it is polled. What cannot be committed is told again a minute later.
pub async fn keep(desk: &Desk, clock: &Clock, failures: &Failures) {
    loop {
        clock.sleep(EVERY).await;
        if let Err(why) = look(desk, clock, failures).await {
            journal::alarm_not_told(&why.to_string());
        }
    }
}

async fn look(desk: &Desk, clock: &Clock, failures: &Failures) -> Result<(), DecideError> {
    desk.note_damages();
    if desk.read(|view| standstill::since(view).is_some())? {
        desk.pulse.stands_still(clock.now());
    }
    let lived = desk.pulse.lived();
    for alarm in servers(&lived, clock.now()) {
        tell(desk, clock, alarm).await?;
    }
    if let Some(why) = lived.complaint {
        // What is no news yet, as one was told today, is told tomorrow.
        if tell(desk, clock, Alarm::StoreFault { why }).await? {
            desk.pulse.is_told();
        }
    }
    let failed = failures.untold();
    if !failed.is_empty() && tell(desk, clock, together(&failed)).await? {
        failures.are_told(&failed);
    }
    Ok(())
}

/// Where a part of many letters is wrong, they fail together, and are told together.
fn together(failed: &[Failed]) -> Alarm {
    let templates: Vec<&str> = failed.iter().map(|failed| failed.template.as_str()).collect();
    let reasons: Vec<&str> = failed.iter().map(|failed| failed.why.as_str()).collect();
    Alarm::TemplateFailed { template: templates.join(", "), why: reasons.join("; ") }
}

/// How the mailbox and the mail server treat us.
fn servers(lived: &Lived, now: Timestamp) -> Vec<Alarm> {
    let mailbox = match (lived.read, &lived.hindrance) {
        (Some(read), None) if now - read < FRESH => Alarm::Read,
        (_, why) => Alarm::Unread { since: lived.unread_since(), why: why.clone() },
    };
    let login = lived.login_refused.clone();
    let login = login.map(|(since, why)| Alarm::LoginRefused { since, why });
    std::iter::once(mailbox).chain(login).collect()
}

/// Whether it was worth telling.
async fn tell(desk: &Desk, clock: &Clock, alarm: Alarm) -> Result<bool, DecideError> {
    let is_news = desk.read(|view| alarm::is_news(view, &alarm, clock.now()))?;
    if is_news {
        journal::alarm(&alarm);
        desk.decide(Work::Inputs(vec![Input::Alarm(alarm)])).await?;
    }
    Ok(is_news)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::alarm::Hindrance;

    fn time(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    #[test]
    fn a_mailbox_is_unread_from_the_last_reading_or_from_the_start() {
        let (started, now) = (time("2026-11-03T09:00:00Z"), time("2026-11-03T11:00:00Z"));
        let why = Some(Hindrance { words: "no route".into(), login_refused: false });
        let mailbox = |read: Option<&str>, hindrance: &Option<Hindrance>| {
            let (read, hindrance) = (read.map(time), hindrance.clone());
            servers(&Lived { started, read, hindrance, ..Lived::default() }, now).remove(0)
        };
        let unread = |since, why: &Option<Hindrance>| Alarm::Unread { since: time(since), why: why.clone() };
        assert_eq!(mailbox(None, &why), unread("2026-11-03T09:00:00Z", &why));
        assert_eq!(mailbox(Some("2026-11-03T10:30:00Z"), &why), unread("2026-11-03T10:30:00Z", &why));
        assert_eq!(mailbox(Some("2026-11-03T10:30:00Z"), &None), unread("2026-11-03T10:30:00Z", &None));
        assert_eq!(mailbox(Some("2026-11-03T10:58:00Z"), &None), Alarm::Read);
        // An operator's pause is no outage.
        let lived = Lived { started, read: Some(started), stood_still: Some(now), ..Lived::default() };
        assert_eq!(servers(&lived, now), [Alarm::Unread { since: now, why: None }]);
    }
}
