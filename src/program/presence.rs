//! What an advisor's silence or her writing says of her: three expiries make her away, any
//! mail of hers shows that she is there.

use super::letter::Letter;
use super::record::{Advisor, Listed, Person, PersonKey};
use super::turn::Turn;
use crate::mail::inbound::{Authentication, Inbound};

/// So many requests in a row without an answer, and she is not offered any more.
const EXPIRIES: u32 = 3;

/// Her time was over without a word of hers.
pub fn has_not_answered(turn: &mut Turn, advisor: &PersonKey) {
    let Some(mut person) = turn.person(advisor) else { return };
    let Some(advisor) = person.advisor.as_mut() else { return };
    advisor.expiries += 1;
    let silent = advisor.expiries >= EXPIRIES && !advisor.away_until_back;
    advisor.away_until_back |= silent;
    let times = advisor.expiries;
    turn.put(&person);
    if silent {
        let letter = Letter::AwayAfterSilence { name: person.name.clone(), times };
        turn.tell(&person.mailbox(), None, letter);
    }
}

/// Somebody wrote, whatever it was: her silence is over, and her address is good. So it is
/// for all who share the address: somebody reads there.
pub fn has_written(turn: &mut Turn, mail: &Inbound) {
    let Some(from) = mail.from.as_ref().filter(|_| mail.authentication != Authentication::Fail) else {
        return;
    };
    for person in turn.people_at(&from.address) {
        is_there(turn, person);
    }
}

fn is_there(turn: &mut Turn, mut person: Person) {
    let Some(advisor) = person.advisor.as_mut() else { return };
    let was_silent = std::mem::take(&mut advisor.expiries) > 0;
    let relisted = advisor.listed == Listed::Unreachable;
    if relisted {
        advisor.listed = Listed::Yes;
    }
    if was_silent || relisted {
        turn.put(&person);
    }
    if relisted {
        tell_relisted(turn, &person);
    }
}

fn tell_relisted(turn: &mut Turn, person: &Person) {
    let letter = Letter::Relisted { name: person.name.clone() };
    turn.tell(&person.mailbox(), None, letter);
}

/// She is there again by her own word: asked like anybody else.
pub fn is_back(advisor: &mut Advisor) -> bool {
    advisor.expiries = 0;
    std::mem::take(&mut advisor.away_until_back)
}
