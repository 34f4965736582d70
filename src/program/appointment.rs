//! What the two of a case have arranged: the times that lie before one of them, and the one agreed.

use super::moment::{self, MeetingTime, Slot};
use super::record::{Case, Party, Record, Reference, Timestamp};
use super::turn::Turn;
use serde::{Deserialize, Serialize};

/// One for each case in which a time was ever named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Appointment {
    pub case: Reference,
    /// The advisor's attempt: another one of the same case begins anew.
    pub with: usize,
    /// Before whoever did not propose them; number n is the nth.
    #[serde(default)]
    pub proposed: Vec<Slot>,
    /// Who proposed them.
    pub by: Party,
    /// Since when they are before the other.
    #[serde(default)]
    pub proposed_at: Option<Timestamp>,
    /// What the other had proposed before that: chosen all the same, in answer to that letter.
    #[serde(default)]
    pub answered: Vec<Slot>,
    #[serde(default)]
    pub agreed: Option<Slot>,
    /// They were reminded that no time is agreed.
    #[serde(default)]
    pub nudged: bool,
    /// Somebody was asked which time is meant: once.
    #[serde(default)]
    pub asked_back: bool,
    /// The number of our latest invitation (RFC 5545 §3.8.7.4); None before the first.
    #[serde(default)]
    pub sequence: Option<u32>,
    /// The agreed time is from a calendar of theirs, and this is its UID: they need none of ours.
    #[serde(default)]
    pub own_uid: Option<String>,
    /// Who has asked for the shared room.
    #[serde(default)]
    pub room: Option<Party>,
}

impl Record for Appointment {
    const TABLE: &'static str = "appointment";
    fn key(&self) -> String {
        self.case.0.clone()
    }
}

impl Appointment {
    /// What a case has, or a new one.
    pub fn of(turn: &Turn, case: &Case) -> Self {
        let kept = turn.read::<Self>(&case.reference.0);
        let sequence = kept.as_ref().and_then(|kept| kept.sequence);
        kept.filter(|kept| kept.with == case.current).unwrap_or_else(|| Self {
            case: case.reference.clone(),
            with: case.current,
            proposed: Vec::new(),
            by: Party::Advisee,
            proposed_at: None,
            answered: Vec::new(),
            agreed: None,
            nudged: false,
            asked_back: false,
            sequence,
            own_uid: None,
            room: None,
        })
    }

    /// The two.
    pub fn parties(&self) -> [Party; 2] {
        [Party::Advisee, Party::Advisor(self.with)]
    }

    /// The one whom this party meets.
    pub fn other(&self, party: Party) -> Party {
        if party == Party::Advisee { Party::Advisor(self.with) } else { Party::Advisee }
    }

    /// A time as this party reads it.
    pub fn shown(&self, turn: &Turn, case: &Case, party: Party, slot: Slot) -> MeetingTime {
        moment::shown(turn, case.mailbox_of(party), case.mailbox_of(self.other(party)), slot)
    }

    /// The agreed time as this party reads it, until it is over.
    pub fn stands(&self, turn: &Turn, case: &Case, party: Party) -> Option<MeetingTime> {
        self.ahead(turn).map(|slot| self.shown(turn, case, party, slot))
    }

    /// Times to choose from, as this party reads them.
    pub fn numbered(&self, turn: &Turn, case: &Case, party: Party, slots: &[Slot]) -> Vec<MeetingTime> {
        let times = slots.iter().map(|slot| self.shown(turn, case, party, *slot));
        times.zip(1..).map(|(time, number)| MeetingTime { number: Some(number), ..time }).collect()
    }

    /// What the one whom this party meets is called.
    pub fn called_other(&self, case: &Case, party: Party) -> String {
        case.mailbox_of(self.other(party)).called().to_owned()
    }

    /// The agreed time, until it is over.
    pub fn ahead(&self, turn: &Turn) -> Option<Slot> {
        self.agreed.filter(|slot| slot.end() > turn.now)
    }

    /// Whether an invitation of ours for a time that is still ahead is in their calendars.
    pub fn invitation_stands(&self, turn: &Turn) -> bool {
        self.own_uid.is_none() && self.ahead(turn).is_some()
    }

    /// The times that lie before this party: a number chooses one.
    pub fn before(&self, party: Party) -> &[Slot] {
        if self.by == party { &self.answered } else { &self.proposed }
    }

    /// Times of this party's, in the place of those they proposed before.
    pub fn propose(&mut self, party: Party, slots: Vec<Slot>, now: Timestamp) {
        if self.by != party {
            self.answered = std::mem::take(&mut self.proposed);
        }
        self.proposed = slots;
        self.by = party;
        self.proposed_at = Some(now);
    }

    /// With no times to choose from.
    pub fn without_proposals(self) -> Self {
        Self { proposed: Vec::new(), answered: Vec::new(), ..self }
    }
}
