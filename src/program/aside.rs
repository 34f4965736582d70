//! Mail in a folder where filters put what they doubt, like Junk: most of it is not for us.

use super::arrival;
use super::bounce;
use super::relay;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::address::AddrSpec;
use crate::mail::inbound::{Inbound, Origin};

/// Acts on such a mail only if it proves that it concerns us: a token, an address that we
/// know, the website's form mailer, a report on a letter of ours. Anything else leaves no
/// trace, so that it is read like any new mail if staff put it into the inbox.
pub fn found(turn: &mut Turn, mail: &Inbound) -> Verdict {
    if concerns_us(turn, mail) { arrival::arrived(turn, mail) } else { Verdict::new(What::NotForUs, None) }
}

fn concerns_us(turn: &Turn, mail: &Inbound) -> bool {
    let reports = mail.origin == Origin::DeliveryReport && bounce::is_about_us(turn, mail);
    let from = mail.from.as_ref().map(|m| &m.address);
    let known = |from: &AddrSpec| turn.person(from).is_some() || turn.is_staff(from);
    reports
        || relay::brought(turn, mail)
        || !arrival::owners(turn, mail).is_empty()
        || from.is_some_and(known)
}
