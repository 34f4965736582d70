//! What was read out of a mail in this decision. Many rules ask for it, one after the other, and
//! reading takes longer than all else that is decided.
//!
//! Kept by what was read and not by the mail: some rules ask of a mail in which they changed something.

use super::command::{self, Command};
use super::words::Words;
use crate::mail::form::{self, Form, FormWords};
use crate::mail::inbound::{Inbound, Origin};
use std::cell::RefCell;

/// The last answer of each kind.
#[derive(Default)]
pub struct Readings {
    form: RefCell<Option<(FormText, Option<Form>)>>,
    said: RefCell<Option<(NewText, Option<Command>)>>,
}

/// All that a form is read from.
struct FormText {
    origin: Origin,
    answers: bool,
    subject: Option<String>,
    text: String,
    form_text: String,
}

/// All that a word is read from.
struct NewText {
    new_text: String,
    subject: Option<String>,
}

impl FormText {
    fn is_of(&self, mail: &Inbound) -> bool {
        self.origin == mail.origin
            && self.answers != mail.in_reply_to.is_empty()
            && self.subject == mail.subject
            && self.form_text == mail.form_text
            && self.text == mail.text
    }

    fn of(mail: &Inbound) -> Self {
        Self {
            origin: mail.origin,
            answers: !mail.in_reply_to.is_empty(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            form_text: mail.form_text.clone(),
        }
    }
}

impl Readings {
    /// The form in a mail.
    pub fn form(&self, mail: &Inbound, words: &FormWords) -> Option<Form> {
        let read = || (FormText::of(mail), form::read(mail, words));
        known_or(&self.form, |text| text.is_of(mail), read)
    }

    /// The deciding word of a mail.
    pub fn said(&self, new_text: &str, subject: Option<&str>, words: &Words) -> Option<Command> {
        let is_of = |text: &NewText| text.new_text == new_text && text.subject.as_deref() == subject;
        let text = || NewText { new_text: new_text.to_owned(), subject: subject.map(str::to_owned) };
        known_or(&self.said, is_of, || (text(), command::read(new_text, subject, words)))
    }
}

fn known_or<K, V: Clone>(
    last: &RefCell<Option<(K, V)>>,
    is_it: impl FnOnce(&K) -> bool,
    read: impl FnOnce() -> (K, V),
) -> V {
    if let Some((_, value)) = last.borrow().as_ref().filter(|(key, _)| is_it(key)) {
        return value.clone();
    }
    let (key, value) = read();
    *last.borrow_mut() = Some((key, value.clone()));
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_is_read_again() {
        let english = toml::from_str(include_str!("../../templates/en/words.toml")).expect("words are TOML");
        let forms = FormWords::from_files(&[english]).expect("kinds and labels that do not collide");
        let (readings, words) = (Readings::default(), Words::default());
        let mut mail =
            Inbound::parse(b"From: a@b.example\r\nSubject: Request meeting\r\n\r\nAdvisor: Amina\r\n");
        assert_eq!(readings.form(&mail, &forms).map(|form| form.kind).as_deref(), Some("Request meeting"));
        mail.subject = Some("Something else".to_owned());
        mail.form_text = "Nothing".to_owned();
        mail.text = "Nothing".to_owned();
        assert_eq!(readings.form(&mail, &forms), None);
        assert!(readings.said("ACCEPT", None, &words).is_some());
        assert!(readings.said("Nothing", None, &words).is_none());
        assert!(readings.said("", Some("ACCEPT"), &words).is_some());
    }
}
