//! The website's form mailer: whose form it brings, and that it is never answered itself.

use super::flood;
use super::form_mail::{self, FormMail, Vouched};
use super::letter::ExceptionKind;
use super::staff;
use super::turn::Turn;
use super::verdict::{Verdict, What};
use super::{arrival, asking};
use crate::mail::address::Mailbox;
use crate::mail::form::{self, Form};
use crate::mail::inbound::{Authentication, Inbound, Origin};

/// Whether a mail is the form mailer's: by its exact From address, whatever else it looks like.
/// Such mail often says `Auto-Submitted`, or comes from a noreply address.
pub fn brought(turn: &Turn, mail: &Inbound) -> bool {
    let form_mailer = mail.from.as_ref().is_some_and(|m| turn.rules.relays.contains(&m.address));
    let report = matches!(mail.origin, Origin::Own | Origin::DeliveryReport | Origin::FeedbackReport);
    form_mailer && !report
}

/// Reads the form it brings. The person is the `Email` field, or else Reply-To.
pub fn arrived(turn: &mut Turn, mail: &Inbound) -> Verdict {
    let read = read(turn, mail);
    if is_link_only(mail) && read.as_ref().is_none_or(|form| form.fields.is_empty()) {
        return note(turn, mail, ExceptionKind::FormWithoutAnswers);
    }
    let Some(form) = read else { return Verdict::new(What::NotForUs, None) };
    let person = person(turn, mail, &form).filter(|_| mail.authentication != Authentication::Fail);
    // Nobody is named, or the mailer itself is forged.
    let Some(from) = person else { return note(turn, mail, ExceptionKind::FormWithoutPerson) };
    if let Some(verdict) = flood::keeps_named(turn, mail, &from) {
        return verdict;
    }
    let sent = FormMail { answers: None, vouched: Vouched::ByRelay, ..FormMail::written(mail, &from, form) };
    form_mail::received(turn, &sent)
}

/// The kind may stand anywhere in the subject: `[Website] New entry: Request meeting`.
fn read(turn: &Turn, mail: &Inbound) -> Option<Form> {
    let forms = &turn.rules.forms;
    let subject = mail.subject.clone().unwrap_or_default();
    let parts = subject.split([':', '–', '—', '|', '"', '“', '”', '«', '»', ']', '(']);
    let parts = parts.flat_map(|part| part.split(" - ")).map(|part| part.trim().to_owned());
    let with_subject = |part: String| form::read(&Inbound { subject: Some(part), ..mail.clone() }, forms);
    form::read(mail, forms).or_else(|| parts.filter(|p| !p.is_empty()).find_map(with_subject))
}

/// Somebody we may write to.
fn person(turn: &Turn, mail: &Inbound, form: &Form) -> Option<Mailbox> {
    let field = form.get("Email").and_then(asking::address_in).map(Mailbox::bare);
    let named = field.into_iter().chain(mail.reply_to.iter().cloned());
    let usable = |m: &Mailbox| arrival::may_be_answered(turn, m) && !turn.rules.relays.contains(&m.address);
    let found = named.into_iter().find(usable)?;
    Some(Mailbox { address: turn.first_address(&found.address), ..found })
}

/// Google and Microsoft Forms notify by themselves only of where the answers are.
fn is_link_only(mail: &Inbound) -> bool {
    let links = [
        "docs.google.com/forms",
        "forms.gle/",
        "forms.office.com",
        "forms.microsoft.com",
        "forms.cloud.microsoft",
    ];
    let services = ["google.com", "microsoft.com", "office.com", "office365.com", "cloud.microsoft"];
    let of_service = |m: &Mailbox| services.iter().any(|domain| m.address.is_within(domain));
    links.iter().any(|link| mail.text.contains(link)) || mail.from.as_ref().is_some_and(of_service)
}

/// Staff look at it, and nobody is answered.
fn note(turn: &mut Turn, mail: &Inbound, kind: ExceptionKind) -> Verdict {
    let who = mail.from.as_ref().map_or_else(String::new, |m| m.address.to_string());
    staff::note_exception(turn, kind, &who, mail.subject.as_deref().unwrap_or_default(), None);
    Verdict::new(What::Done("held"), None)
}
