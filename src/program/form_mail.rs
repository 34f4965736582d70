//! A form has come: which one it is, whether it is whole, and who may send it.

use super::form_kind::{self, Kind};
use super::letter::{Answered, ExceptionKind, Line, WithStaff};
use super::record::Reference;
use super::staff::{self, Held};
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{asking, claim, draft, meeting, roster, token};
use crate::mail::address::Mailbox;
use crate::mail::form::{Field, Form};
use crate::mail::inbound::Inbound;
use serde::{Deserialize, Serialize};

/// A form, and how it came to us.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormMail {
    /// Whom it speaks for.
    pub from: Mailbox,
    /// The subject of the mail that brought it.
    pub subject: String,
    /// What letters about it answer.
    pub answers: Option<Answered>,
    pub form: Form,
    pub vouched: Vouched,
}

/// Who says that a form is really from whom it speaks for, and that it may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vouched {
    /// The person, by a mail of that address.
    ByWriter,
    /// The website's form mailer: claimed, not proven.
    ByRelay,
    /// The staff have approved it.
    ByStaff,
}

impl FormMail {
    /// A form that a person sent.
    pub fn written(mail: &Inbound, from: &Mailbox, form: Form) -> Self {
        Self {
            from: from.clone(),
            subject: mail.subject.clone().unwrap_or_default(),
            answers: answering(mail),
            form: without_tokens(form),
            vouched: Vouched::ByWriter,
        }
    }

    /// The person as the form names them, else as the mail does.
    pub fn named(&self) -> Mailbox {
        let name = self.form.get("Name").map(|n| n.split_whitespace().collect::<Vec<_>>().join(" "));
        match name {
            Some(name) => Mailbox::new(name, self.from.address.clone()),
            None => self.from.clone(),
        }
    }
}

/// What a form says is shown to others: nobody's token with it.
fn without_tokens(form: Form) -> Form {
    let clean = |field: Field| Field { value: token::without_tokens(&field.value), ..field };
    Form { fields: form.fields.into_iter().map(clean).collect(), ..form }
}

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
pub fn received(turn: &mut Turn, sent: &FormMail) -> Verdict {
    turn.hears(&sent.from.address, sent.form.language.as_deref());
    let Some(kind) = Kind::of(&sent.form) else {
        return Verdict::new(What::NotForUs, None);
    };
    if !may_send(turn, sent, kind) {
        return hold(turn, sent, kind);
    }
    let faults = form_kind::faults(&sent.form, kind, turn.now);
    if !faults.is_empty() {
        return draft::keep(turn, sent, faults);
    }
    if claim::must_be_confirmed(sent, kind) {
        return claim::ask(turn, sent);
    }
    match kind {
        Kind::SignUp => roster::signed_up(turn, sent),
        Kind::Update => roster::updated(turn, sent),
        Kind::Request => asking::requested(turn, sent),
        Kind::Confirmation => meeting::confirmed(turn, sent),
    }
}

/// Members, whoever is on the roster already, and whom the staff have approved once.
fn may_send(turn: &Turn, sent: &FormMail, kind: Kind) -> bool {
    let from = &sent.from.address;
    let person = turn.person(from);
    let listed = person.as_ref().is_some_and(|p| p.advisor.is_some());
    let approved = sent.vouched == Vouched::ByStaff || person.is_some_and(|p| p.approved.is_some());
    turn.is_member(from) || approved || (listed && kind != Kind::SignUp)
}

fn hold(turn: &mut Turn, sent: &FormMail, kind: Kind) -> Verdict {
    let (kind, what) = match kind {
        Kind::SignUp | Kind::Update => (ExceptionKind::SignUpHeld, WithStaff::SignUp),
        Kind::Request => (ExceptionKind::RequestHeld, WithStaff::Request),
        Kind::Confirmation => (ExceptionKind::ConfirmationHeld, WithStaff::Confirmation),
    };
    hold_as(turn, sent, kind, what);
    Verdict::new(What::Done("held"), None)
}

/// Keeps a form for the staff and says so.
pub fn hold_as(turn: &mut Turn, sent: &FormMail, kind: ExceptionKind, what: WithStaff) -> Reference {
    let said = said_back(&sent.form);
    let held = Held {
        kind,
        what,
        about: sent.subject.clone(),
        form: Some(sent.clone()),
        understood: said.understood.into_iter().chain(said.not_understood).collect(),
        case: None,
    };
    staff::hold(turn, &sent.named(), sent.answers.clone(), held)
}
