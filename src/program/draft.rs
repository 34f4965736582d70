//! Incomplete forms: asked back by field, kept for 14 days, completed by a reply.

use super::command::{self, Word};
use super::form_kind::Faults;
use super::form_mail::{FormMail, Vouched};
use super::letter::{Letter, Line, OpenForm, Thread};
use super::oneself::{self, Speaker};
use super::record::{Draft, Owner, Reference};
use super::schedule::TimerKind;
use super::turn::{Turn, answering};
use super::verdict::{Verdict, What};
use super::{arrival, form_mail, token};
use crate::mail::address::Mailbox;
use crate::mail::form::{self, Field, Form};
use crate::mail::inbound::Inbound;
use chrono::TimeDelta;

/// How long the rest of a form is kept.
const KEPT_DAYS: i64 = 14;

/// Keeps what there is of a form and asks for the rest, by field.
pub fn keep(turn: &mut Turn, sent: &FormMail, faults: Faults) -> Verdict {
    let draft = Draft {
        reference: turn.new_reference(),
        sent: FormMail { from: sent.named(), ..sent.clone() },
        missing: faults.missing.clone(),
        unclear: faults.ambiguous.iter().map(|l| l.label.clone()).collect(),
        until: turn.now + TimeDelta::days(KEPT_DAYS),
    };
    turn.set_timer(draft.until, TimerKind::DraftEnds { draft: draft.reference.clone() });
    turn.put(&draft);
    let said = form_mail::said_back(&sent.form);
    let is_clear = |line: &Line| !faults.ambiguous.contains(line);
    let letter = Letter::FormIncomplete {
        name: draft.sent.from.name.clone(),
        kind: sent.form.kind.clone(),
        understood: said.understood.into_iter().chain(said.not_understood).filter(is_clear).collect(),
        missing: faults.missing.clone(),
        ambiguous: faults.ambiguous.clone(),
        until: draft.until.with_timezone(&turn.rules.zone).date_naive(),
    };
    let token = turn.token(&draft.reference, &Owner::Draft(draft.reference.clone()));
    let thread = Thread { reference: draft.reference.clone(), token: Some(token) };
    turn.tell_with(&draft.sent.from, thread, sent.answers.clone(), letter);
    Verdict::new(What::Done("asked-back"), None)
}

/// A reply that supplies what was missing, with or without its label.
pub fn answered(turn: &mut Turn, mail: &Inbound, from: &Mailbox, reference: &Reference) -> Verdict {
    let Some(draft) = turn.read::<Draft>(&reference.0) else {
        return late(turn, mail, from);
    };
    if !turn.is_same_person(&draft.sent.from.address, &from.address) {
        return arrival::hold_words(turn, mail, from, None);
    }
    if let Some(word) = said_besides(turn, mail, from, &draft) {
        return Verdict::new(What::Done(word), None);
    }
    close(turn, reference);
    let form = completed(turn, mail, &draft);
    // Whoever answers with the token has had our letter: it is no mere claim any more.
    let vouched = match draft.sent.vouched {
        Vouched::ByRelay => Vouched::ByWriter,
        vouched => vouched,
    };
    form_mail::received(turn, &FormMail { answers: answering(mail), form, vouched, ..draft.sent })
}

fn close(turn: &mut Turn, reference: &Reference) {
    turn.delete::<Draft>(&reference.0);
    turn.cancel_timer(TimerKind::DraftEnds { draft: reference.clone() }.id());
}

/// A word is never the missing value, and the form goes on waiting: HELP, STATUS, REMOVE …
/// CANCEL puts the form aside, and thanks are only thanks. A value may begin with the same
/// letters (`Staff training`, `Report: which one counts?`), so the word stands alone on its
/// line or is written as letters show it, in capitals.
fn said_besides(turn: &mut Turn, mail: &Inbound, from: &Mailbox, draft: &Draft) -> Option<&'static str> {
    if command::is_mere_thanks(&mail.new_text) {
        return Some("thanks");
    }
    let said = command::read(&mail.new_text, None, &turn.rules.words)?;
    let text = command::without_automatic_signature(&mail.new_text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let alone = command::read(line, None, &turn.rules.words)
        .is_some_and(|c| c.note.is_none() && c.argument.is_none());
    let first = line.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())?;
    let in_capitals = first.chars().count() > 1 && !first.chars().any(char::is_lowercase);
    if !alone && !in_capitals {
        return None;
    }
    if said.word == Word::Cancel {
        close(turn, &draft.reference);
        let kind = draft.sent.form.kind.clone();
        let letter = Letter::FormLapsed { name: draft.sent.from.name.clone(), kind, cancelled: true };
        turn.tell(&draft.sent.from, answering(mail), letter);
        return Some("form-cancelled");
    }
    oneself::said(turn, &Speaker { mail, who: from, within: None }, &said)
}

/// The form has lapsed or was completed by an earlier reply: a whole new one is read as
/// such, anything else is left for the staff.
fn late(turn: &mut Turn, mail: &Inbound, from: &Mailbox) -> Verdict {
    match turn.form(mail) {
        Some(form) => form_mail::received(turn, &FormMail::written(mail, from, form)),
        None => Verdict::new(What::NotForUs, None),
    }
}

fn completed(turn: &Turn, mail: &Inbound, draft: &Draft) -> Form {
    let text = token::without_tokens(&mail.new_text);
    let supplied = form::read_fields_of(&draft.sent.form.kind, &text, &turn.rules.forms);
    let supplied = if supplied.iter().any(|f| f.known) { supplied } else { unlabelled(&text, draft) };
    let replaced = |field: &Field| supplied.iter().any(|s| s.label == field.label);
    let mut fields: Vec<Field> = draft.sent.form.fields.iter().filter(|f| !replaced(f)).cloned().collect();
    fields.extend(supplied);
    let earlier = &draft.sent.form;
    Form { kind: earlier.kind.clone(), fields, language: earlier.language.clone() }
}

/// Where only one thing was asked for, the whole reply is the answer.
fn unlabelled(text: &str, draft: &Draft) -> Vec<Field> {
    let asked: Vec<&String> = draft.missing.iter().chain(&draft.unclear).collect();
    match (asked.as_slice(), text.trim()) {
        ([_], "") => Vec::new(),
        ([label], value) => vec![Field { label: (*label).clone(), value: value.to_owned(), known: true }],
        _ => Vec::new(),
    }
}

/// The form as its writer may be reminded of it.
pub fn as_open(turn: &Turn, draft: &Draft) -> OpenForm {
    OpenForm {
        kind: draft.sent.form.kind.clone(),
        missing: draft.missing.iter().chain(&draft.unclear).cloned().collect(),
        until: draft.until.with_timezone(&turn.rules.zone).date_naive(),
    }
}

/// Fourteen days without the rest: its writer hears that nothing was sent.
pub fn lapse(turn: &mut Turn, reference: &Reference) -> Verdict {
    if let Some(draft) = turn.read::<Draft>(&reference.0) {
        turn.delete::<Draft>(&reference.0);
        let FormMail { from, form, .. } = draft.sent;
        turn.hears(&from.address, form.language.as_deref());
        let letter = Letter::FormLapsed { name: from.name.clone(), kind: form.kind, cancelled: false };
        turn.tell(&from, None, letter);
    }
    Verdict::new(What::Done("form-lapsed"), None)
}
