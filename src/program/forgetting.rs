//! What is forgotten after its days: that a mail was handled, and what its header was.
//!
//! It keeps a mail from being answered twice when its mailbox is read anew, and then nothing older than
//! two weeks is acted on. So after `keep_handled_days` nobody needs it any more.

use super::batch::Change;
use super::known::Known;
use super::record::{Handled, Record, Timestamp};
use serde::Deserialize;

/// What the keys of such rows begin with.
pub const TABLES: [&str; 2] = [Handled::TABLE, Known::TABLE];

/// What these rows have in common.
#[derive(Deserialize)]
struct Dated {
    at: Timestamp,
}

/// Forgets those of these rows that are older. One that is not understood stays, for whoever asks for it.
pub fn older(rows: &[(String, String)], than: Timestamp) -> Vec<Change> {
    let is_older = |text: &str| serde_json::from_str::<Dated>(text).is_ok_and(|dated| dated.at < than);
    let older = rows.iter().filter(|(_, text)| is_older(text));
    older.map(|(key, _)| Change::gone(key.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_goes_and_what_is_not_understood_stays() {
        let handled = |at: &str| {
            let handled =
                Handled { input: at.to_owned(), at: at.parse().unwrap(), verdict: "request".to_owned() };
            let Change { key, value } = Change::put(&handled);
            (key, value.unwrap())
        };
        let [old, new] = ["2025-01-01T00:00:00Z", "2025-01-01T00:00:01Z"].map(handled);
        let broken = (old.0.replace("2025", "2024"), "{}".to_owned());
        let gone = older(&[broken, old.clone(), new], "2025-01-01T00:00:01Z".parse().unwrap());
        assert_eq!(gone, [Change::gone(old.0)]);
    }
}
