//! Once a day the store forgets what is past its days, a portion at a time, so that nobody waits for it.

use super::Desk;
use crate::clock::Clock;
use crate::decider::{DecideError, Work};
use crate::journal;
use crate::program::forgetting::{TABLES, older};
use crate::program::record::Timestamp;
use chrono::TimeDelta;
use std::time::Duration;

/// After a start mail comes first.
const AT_FIRST: Duration = Duration::from_secs(15 * 60);
const AGAIN: Duration = Duration::from_secs(24 * 60 * 60);
/// So many rows are looked at together: some milliseconds.
const PORTION: usize = 500;

/// Forgets, day by day, as long as it is polled. What could not be committed is tried again the next day.
pub async fn keep(desk: &Desk, clock: &Clock, days: u32) {
    let mut pause = AT_FIRST;
    loop {
        tokio::time::sleep(pause).await;
        pause = AGAIN;
        let than = clock.now() - TimeDelta::days(i64::from(days));
        match forget(desk, than).await {
            Ok(rows) => journal::forgotten(rows),
            Err(why) => journal::not_forgotten(&why.to_string()),
        }
    }
}

/// Forgets what is older; how many rows that was.
pub async fn forget(desk: &Desk, than: Timestamp) -> Result<usize, DecideError> {
    let mut forgotten = 0;
    for table in TABLES {
        let prefix = format!("{table}/");
        let mut behind = prefix.clone();
        loop {
            let rows = desk.behind(&prefix, &behind, PORTION)?;
            let gone = older(&rows, than);
            if !gone.is_empty() {
                forgotten += gone.len();
                desk.decide(Work::Rows(gone)).await?;
            }
            match rows.into_iter().nth(PORTION - 1) {
                Some((last, _)) => behind = last,
                None => break,
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(forgotten)
}
