//! A reply to a letter to the staff: what a word of theirs decides.

use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::{AddrSpec, Mailbox};
use crate::mail::inbound::Inbound;

/// Acts on a reply that carries the token of this staff person.
pub fn received(_turn: &mut Turn, _mail: &Inbound, _from: &Mailbox, _person: &AddrSpec) -> Verdict {
    Verdict::new(What::NotForUs, None)
}
