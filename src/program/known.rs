//! Mails that were decided, as their headers show them: so that a mailbox read anew (numbered
//! anew by its server, or moved to another provider) costs a header for each of them, no body.

use super::View;
use super::letter::ExceptionKind;
use super::record::{Counted, FirstSeen, Handled, Record, Timestamp};
use super::staff;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use crate::mail::heading::Heading;
use crate::mail::inbound::Inbound;
use crate::mail::message_id::{MessageId, Secret};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// The word for a mail that is held because it is not as it was when it was decided.
pub const CHANGED: &str = "changed-on-its-way";

/// The first mail of a Message-ID that was decided. Hashes, keyed by the install secret: from
/// them nobody learns who wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Of the Message-ID.
    #[serde(skip)]
    id: String,
    /// It may be forgotten together with the [`Handled`] of its time.
    pub at: Timestamp,
    /// Of the other fields.
    header: String,
    /// False: it was left as it was found.
    for_us: bool,
}

impl Record for Known {
    const TABLE: &'static str = "known";
    fn key(&self) -> String {
        self.id.clone()
    }
}

/// What a header says of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// All of it is to be read.
    No,
    /// It was decided; whether it was for us.
    Decided { for_us: bool },
}

fn id(secret: &Secret, message_id: &MessageId) -> String {
    HEXLOWER.encode(&secret.digest(&["known", message_id.inner()])[..16])
}

fn header(secret: &Secret, heading: &Heading) -> String {
    let [from, date, subject] = heading.fields();
    HEXLOWER.encode(&secret.digest(&["known header", from, date, subject])[..16])
}

/// Whether the mail with this header was decided.
pub fn recognise(view: &dyn View, secret: &Secret, heading: &Heading) -> Recognised {
    let key = format!("{}/{}", Known::TABLE, id(secret, &heading.message_id));
    let Some(text) = view.get(&key) else { return Recognised::No };
    match serde_json::from_str::<Known>(&text) {
        Ok(known) if known.header == header(secret, heading) => Recognised::Decided { for_us: known.for_us },
        Ok(_) => Recognised::No,
        Err(why) => {
            view.fault(&key, &why.to_string());
            Recognised::No
        }
    }
}

/// Remembers a mail that has just been decided. The first of a Message-ID stays: its sender
/// chooses that, and what came second must not pass for what came first.
pub fn remember(turn: &mut Turn, mail: &Inbound, for_us: bool) {
    let Some(heading) = Heading::of(mail) else { return };
    let secret = &turn.rules.secret;
    let id = id(secret, &heading.message_id);
    if turn.read::<Known>(&id).is_none() {
        let known = Known { header: header(secret, &heading), id, at: turn.now, for_us };
        turn.put(&known);
    }
}

/// A mail found in a mailbox read anew, of a Message-ID that was decided with other content: it
/// was changed on its way by a new provider (a footer, a body encoded anew), or says something
/// else. Held for the staff rather than answered a second time.
pub fn held(turn: &mut Turn, mail: &Inbound) -> Option<Verdict> {
    let message_id = mail.message_id.as_ref()?;
    let known = turn.read::<Known>(&id(&turn.rules.secret, message_id)).map(|known| known.for_us);
    // Stores of before kept no header, and a Message-ID only of what was for us.
    let for_us = known.or_else(|| turn.read::<FirstSeen>(message_id.inner()).map(|_| true))?;
    // What was left as it was found is left again.
    let verdict = Verdict::new(if for_us { What::Done(CHANGED) } else { What::NotForUs }, None);
    turn.put(&Handled { input: turn.input().0.clone(), at: turn.now, verdict: verdict.to_string() });
    if for_us {
        let who = mail.from.as_ref().map_or("?", |m| m.called()).to_owned();
        let subject = mail.subject.clone().unwrap_or_default();
        staff::note_exception(turn, ExceptionKind::ChangedOnItsWay, &who, &subject, None);
        turn.count(Counted::MailReceived);
    }
    Some(verdict)
}
