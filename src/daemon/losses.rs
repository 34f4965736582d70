//! Connections lost over mail: a mail that its server cannot hand out (it announces a literal
//! longer than it has, or ends) must not hold up the others for ever.

use crate::mailbox::{Listed, MailboxError};

/// A mail by itself, over which the connection was lost so often in a row, is given up. Before
/// each FETCH the same server has let us in and has listed it, so it is no outage.
const TIMES: u32 = 5;

/// What has been lost since the last mail that was fetched.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// Up to this UID, mails are taken one by one.
    alone_up_to: u32,
    /// The mail that was alone, and how often.
    over: Option<(u32, u32)>,
}

impl Losses {
    /// Whether this mail is to be taken by itself.
    pub fn is_alone(&self, uid: u32) -> bool {
        uid <= self.alone_up_to
    }

    /// These mails were asked for in vain. Says whether a mail by itself is given up.
    pub fn note(&mut self, asked: &[Listed], why: &MailboxError) -> bool {
        if !matches!(why, MailboxError::Lost { command, .. } if command == "UID FETCH") {
            return false;
        }
        if let [mail] = asked {
            let before = self.over.filter(|(uid, _)| *uid == mail.uid).map_or(0, |(_, times)| times);
            self.over = Some((mail.uid, before + 1));
        }
        self.alone_up_to = asked.last().map_or(0, |mail| mail.uid).max(self.alone_up_to);
        self.over.is_some_and(|(_, times)| times >= TIMES)
    }

    /// The folder was numbered anew.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> MailboxError {
        let (server, cause) = ("mail.network.example:993".to_owned(), "it was silent".to_owned());
        MailboxError::Lost { server, command: "UID FETCH".to_owned(), cause }
    }

    fn mails(uids: &[u32]) -> Vec<Listed> {
        uids.iter().map(|uid| Listed { uid: *uid, size: 1, received: None }).collect()
    }

    #[test]
    fn a_lost_batch_comes_one_by_one_and_a_mail_lost_again_and_again_is_given_up() {
        let mut losses = Losses::default();
        assert!(!losses.note(&mails(&[3, 4]), &lost()));
        assert!(losses.is_alone(4) && !losses.is_alone(5));
        for _ in 1..TIMES {
            assert!(!losses.note(&mails(&[4]), &lost()));
        }
        assert!(losses.note(&mails(&[4]), &lost()));
        assert!(!losses.note(&mails(&[5]), &lost()), "another mail");
    }
}
