//! Mail in work: written down before it is fetched, so that a mail over which the program ends (no
//! memory, no stack: nothing that could be caught) does not end it for ever.
//!
//! After an abnormal end the mails that were in work are taken one by one. A mail that was alone in
//! work at such an end is tried first: another process of ours reads it, and if that ends too, the
//! mail is left out and told to the staff. A kill from outside, which looks the same to the next
//! start, so costs no mail its answer.

use super::Fault;
use super::desk::Desk;
use crate::decider::Work;
use crate::program::View;
use crate::program::batch::Change;
use crate::program::record::{Reading, Record};
use serde::{Deserialize, Serialize};

/// A mail that was alone in work at so many abnormal ends is left out, whatever a trial says: it may
/// be the deciding over which the program ends, and that is not tried.
const ENDS: u32 = 8;

/// The mails of one folder that are being read and decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct InWork {
    folder: String,
    /// RFC 9051 §2.3.1.1; UIDs mean nothing without it.
    uid_validity: u32,
    uids: Vec<u32>,
    /// At how many abnormal ends this was all that was in work.
    ends: u32,
}

impl Record for InWork {
    const TABLE: &'static str = "in-work";
    fn key(&self) -> String {
        self.folder.clone()
    }
}

/// How a mail is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caution {
    /// With others.
    None,
    /// By itself, so that another end tells that it was this one.
    Alone,
    /// The same, and only if another process can read it.
    Tried,
    /// Not at all.
    LeftOut,
}

/// What the last run left in work.
#[derive(Debug, Default)]
pub(super) struct LeftBehind(Option<InWork>);

impl LeftBehind {
    /// Read once at start: what is in work later is our own.
    pub fn of(view: &dyn View, folder: &str) -> Self {
        Self(InWork::stored(view, folder))
    }

    fn row(&self, reading: &Reading) -> Option<&InWork> {
        self.0.as_ref().filter(|row| row.uid_validity == reading.uid_validity)
    }

    /// At how many abnormal ends this mail was alone in work.
    fn ends(&self, reading: &Reading, uid: u32) -> u32 {
        self.row(reading).filter(|row| row.uids == [uid]).map_or(0, |row| row.ends + 1)
    }

    pub fn caution(&self, reading: &Reading, uid: u32) -> Caution {
        match self.row(reading) {
            Some(_) if self.ends(reading, uid) >= ENDS => Caution::LeftOut,
            Some(_) if self.ends(reading, uid) > 0 => Caution::Tried,
            Some(row) if row.uids.contains(&uid) => Caution::Alone,
            _ => Caution::None,
        }
    }

    /// The row of the mails that are about to be taken together.
    pub fn in_work(&self, reading: &Reading, uids: &[u32]) -> InWork {
        let (folder, uid_validity) = (reading.folder.clone(), reading.uid_validity);
        let ends = if let [uid] = uids { self.ends(reading, *uid) } else { 0 };
        InWork { folder, uid_validity, uids: uids.to_vec(), ends }
    }
}

/// The change that says: nothing of this folder is in work. Part of the group that decides it.
pub(super) fn none(folder: &str) -> Change {
    Change::delete::<InWork>(folder)
}

/// Says so where the work ended without a decision, and without an abnormal end.
pub(super) async fn stop(desk: &Desk, folder: &str) -> Result<(), Fault> {
    let standing = desk.read(|view| view.get(&format!("{}/{folder}", InWork::TABLE)).is_some())?;
    if standing {
        desk.decide(Work::Rows(vec![none(folder)])).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::input::Purpose;

    fn reading(uid_validity: u32) -> Reading {
        Reading {
            folder: "INBOX".to_owned(),
            purpose: Purpose::Contact,
            uid_validity,
            last_uid: 0,
            old_up_to: 0,
            since: None,
            older: 0,
            again_up_to: 0,
            vanished: 0,
        }
    }

    /// What the next start finds after an abnormal end over these mails.
    fn after_an_end_over(left: &LeftBehind, uids: &[u32]) -> LeftBehind {
        LeftBehind(Some(left.in_work(&reading(7), uids)))
    }

    #[test]
    fn what_was_in_work_at_an_abnormal_end_is_taken_one_by_one() {
        let left = after_an_end_over(&LeftBehind::default(), &[3, 4]);
        let cautions: Vec<Caution> = [2, 3, 4, 5].map(|uid| left.caution(&reading(7), uid)).into();
        assert_eq!(cautions, [Caution::None, Caution::Alone, Caution::Alone, Caution::None]);
    }

    #[test]
    fn a_mail_alone_in_work_at_an_end_is_tried_and_in_the_end_left_out() {
        let mut left = after_an_end_over(&LeftBehind::default(), &[3, 4]);
        assert_eq!(left.caution(&reading(7), 3), Caution::Alone);
        for _ in 1..ENDS {
            left = after_an_end_over(&left, &[3]);
            assert_eq!(left.caution(&reading(7), 3), Caution::Tried);
        }
        left = after_an_end_over(&left, &[3]);
        assert_eq!(left.caution(&reading(7), 3), Caution::LeftOut);
        assert_eq!(left.caution(&reading(7), 4), Caution::None, "it came through");
    }

    #[test]
    fn the_same_number_in_a_renumbered_folder_is_another_mail() {
        let left = after_an_end_over(&LeftBehind::default(), &[3]);
        assert_eq!(left.caution(&reading(8), 3), Caution::None);
    }
}
