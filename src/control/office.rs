//! What answers are made from: the rules, the wording, and what the daemon knows beside its store.

use super::orders::{self, Before, Ordered};
use super::{Asked, Said, case, digest, holds, letters, people, status};
use crate::daemon::Pulse;
use crate::decider::Came;
use crate::exit::Exit;
use crate::program::View;
use crate::program::input::InputId;
use crate::program::order::Order;
use crate::program::record::Timestamp;
use crate::program::rules::{Rules, Staff};
use crate::program::turn::Turn;
use crate::templates::Templates;
use chrono::DateTime;
use chrono_tz::Tz;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where requests are answered, in the daemon or beside a store at rest.
pub struct Office {
    pub rules: Rules,
    pub wording: Arc<Templates>,
    pub store: PathBuf,
    /// None at rest.
    pub alive: Option<Alive>,
}

/// The daemon that answers.
pub struct Alive {
    pub since: Timestamp,
    pub pulse: Pulse,
}

/// One look at the rows.
pub struct Look<'a> {
    pub office: &'a Office,
    pub view: &'a dyn View,
    pub now: Timestamp,
}

impl Office {
    /// Of a store that no daemon has.
    pub fn at_rest(rules: Rules, wording: Arc<Templates>, store: &Path) -> Self {
        Self { rules, wording, store: store.to_owned(), alive: None }
    }

    /// The answer to a request, or the order that it comes to.
    pub fn order(&self, view: &dyn View, asked: &Asked, now: Timestamp) -> Ordered {
        let look = Look { office: self, view, now };
        let said = match asked {
            Asked::Status => status::said(&look),
            Asked::Show(reference) => case::said(&look, reference),
            Asked::People(text) => people::said(&look, text),
            Asked::Outbox => letters::said(&look),
            Asked::Holds(by) => holds::said(&look, by.as_deref()),
            Asked::Digest(by) => digest::said(&look, by.as_deref()),
            order => return orders::of(&look, order).unwrap_or_else(Ordered::Said),
        };
        Ordered::Said(said)
    }

    /// What came of an order, in words. `before` is how things stood.
    pub fn obeyed(
        &self,
        view: &dyn View,
        order: &Order,
        before: &Before,
        came: Option<&Came>,
        now: Timestamp,
    ) -> Said {
        orders::obeyed(&Look { office: self, view, now }, order, before, came)
    }
}

impl Look<'_> {
    /// To read as the rules read; what it decides is thrown away.
    pub fn turn(&self) -> Turn<'_> {
        Turn::new(&self.office.rules, self.view, InputId("asked".to_owned()), self.now)
    }

    /// A time on the network's clock.
    pub fn local(&self, at: Timestamp) -> DateTime<Tz> {
        at.with_timezone(&self.office.rules.zone)
    }

    /// The one of the staff who is named, else the first.
    pub fn staff(&self, named: Option<&str>) -> Result<&Staff, Said> {
        let staff = &self.office.rules.staff;
        let Some(named) = named else {
            return staff.first().ok_or_else(|| wrong("there is nobody in [network] staff".to_owned()));
        };
        let is_named = |person: &&Staff| person.mailbox.address.to_string().eq_ignore_ascii_case(named);
        staff.iter().find(is_named).ok_or_else(|| {
            let all: Vec<String> = staff.iter().map(|person| person.mailbox.address.to_string()).collect();
            wrong(format!("\"{named}\" is none of [network] staff: write one of {}", all.join(", ")))
        })
    }
}

fn wrong(sentence: String) -> Said {
    Said::wrong(sentence, Exit::DataErr)
}

impl Asked {
    /// Whether it may change something, so that the store itself is needed.
    pub fn is_order(&self) -> bool {
        match self {
            Asked::Status
            | Asked::Show(_)
            | Asked::People(_)
            | Asked::Outbox
            | Asked::Holds(_)
            | Asked::Digest(_) => false,
            Asked::Resume { dry_run } => !dry_run,
            Asked::Retry(_) | Asked::Drop(_) | Asked::Pause | Asked::Staff { .. } => true,
        }
    }
}
