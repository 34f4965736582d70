//! A mail that somebody wrote and that we cannot read: encrypted, or in Outlook's own format.
//!
//! Nothing of it is acted on, not even a word in its subject: what it says may take that
//! back. Somebody we know is told how to send it again; a stranger's mail is a question to
//! the staff like any other.

use super::letter::{ExceptionKind, Letter};
use super::record::{Owner, Reference};
use super::staff;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use crate::mail::address::Mailbox;
use crate::mail::inbound::{Authentication, Inbound};

/// Holds such a mail. `within` is the case whose letter it answers, `owners` what its tokens open.
pub fn arrived(
    turn: &mut Turn,
    mail: &Inbound,
    from: &Mailbox,
    owners: &[Owner],
    within: Option<Reference>,
) -> Option<Verdict> {
    let why = mail.unreadable?;
    let stranger = owners.is_empty() && within.is_none() && !turn.knows(&from.address);
    if mail.wants_silence || stranger {
        return Some(Verdict::new(What::NotForUs, None));
    }
    let case = owners.iter().find_map(case_of).or(within);
    let subject = mail.subject.clone().unwrap_or_default();
    staff::note_exception(turn, ExceptionKind::Unreadable, from.called(), &subject, case.clone());
    if mail.authentication != Authentication::Fail {
        turn.tell(from, answering(mail), Letter::CouldNotRead { name: from.name.clone(), subject, why });
    }
    Some(Verdict::new(What::Done("unreadable"), case))
}

fn case_of(owner: &Owner) -> Option<Reference> {
    match owner {
        Owner::Party { case, .. } => Some(case.clone()),
        Owner::Draft(_) | Owner::Away(_) | Owner::Inquiry(_) | Owner::Staff(_) | Owner::Booking(_) => None,
    }
}
