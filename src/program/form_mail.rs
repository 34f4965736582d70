//! A form has come: which one it is, whether it is whole, and who may send it.

use super::form_kind::{self, Kind};
use super::letter::{ExceptionKind, Line, WithStaff};
use super::record::Reference;
use super::staff::{self, Held};
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{asking, draft, meeting, roster};
use crate::mail::address::Mailbox;
use crate::mail::form::{Field, Form};
use crate::mail::inbound::Inbound;

/// What a form says, split into what we know and what we only keep.
pub struct Said {
    pub understood: Vec<Line>,
    pub not_understood: Vec<Line>,
}

/// The lines to say back.
pub fn said_back(form: &Form) -> Said {
    let (known, unknown): (Vec<&Field>, Vec<&Field>) = form.fields.iter().partition(|f| f.known);
    Said { understood: lines(&known), not_understood: lines(&unknown) }
}

fn lines(fields: &[&Field]) -> Vec<Line> {
    fields.iter().map(|f| Line { label: f.label.clone(), value: f.value.clone() }).collect()
}

/// Decides a new form.
pub fn received(turn: &mut Turn, mail: &Inbound, from: &Mailbox, form: &Form) -> Verdict {
    let Some(kind) = Kind::of(form) else {
        return Verdict::new(What::NotForUs, None);
    };
    if !may_send(turn, from, kind) {
        return hold(turn, mail, from, form, kind);
    }
    let faults = form_kind::faults(form, kind, turn.now);
    if !faults.is_empty() {
        return draft::keep(turn, mail, from, form, faults);
    }
    match kind {
        Kind::SignUp => roster::signed_up(turn, mail, from, form),
        Kind::Update => roster::updated(turn, mail, from, form),
        Kind::Request => asking::requested(turn, mail, from, form),
        Kind::Confirmation => meeting::confirmed(turn, mail, from, form),
    }
}

/// Members, and whoever is on the roster already.
fn may_send(turn: &Turn, from: &Mailbox, kind: Kind) -> bool {
    let listed = turn.person(&from.address).is_some_and(|p| p.advisor.is_some());
    turn.is_member(&from.address) || (listed && kind != Kind::SignUp)
}

fn hold(turn: &mut Turn, mail: &Inbound, from: &Mailbox, form: &Form, kind: Kind) -> Verdict {
    let (kind, what) = match kind {
        Kind::SignUp | Kind::Update => (ExceptionKind::SignUpHeld, WithStaff::SignUp),
        Kind::Request => (ExceptionKind::RequestHeld, WithStaff::Request),
        Kind::Confirmation => (ExceptionKind::ConfirmationHeld, WithStaff::Confirmation),
    };
    hold_as(turn, mail, from, form, kind, what);
    Verdict::new(What::Done("held"), None)
}

/// Keeps a form for the staff and says so.
pub fn hold_as(
    turn: &mut Turn,
    mail: &Inbound,
    from: &Mailbox,
    form: &Form,
    kind: ExceptionKind,
    what: WithStaff,
) -> Reference {
    let said = said_back(form);
    let understood = said.understood.into_iter().chain(said.not_understood).collect();
    let from = named(from, form);
    staff::hold(turn, mail, &from, Held { kind, what, form: Some(form.clone()), understood, case: None })
}

/// The person as the form names them, else as the mail does.
pub fn named(from: &Mailbox, form: &Form) -> Mailbox {
    let name = form.get("Name").map(|n| n.split_whitespace().collect::<Vec<_>>().join(" "));
    match name {
        Some(name) => Mailbox::new(name, from.address.clone()),
        None => from.clone(),
    }
}
