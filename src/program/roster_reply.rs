//! A reply to the roster letter: it names an advisor, or is a request already.

use super::command;
use super::courtesy;
use super::form_kind::Kind;
use super::offer;
use super::rank;
use super::record::{LetterSent, Person};
use super::token;
use super::turn::Turn;
use crate::mail::form::{self, Field, Form};
use crate::mail::inbound::Inbound;

/// A first line of more words is no name.
const LONGEST_NAME: usize = 5;
/// A text of so many words says what it is about.
const SAYS_SOMETHING: usize = 12;

/// The request that such a reply makes; what it lacks is asked for as with any form.
pub fn read(turn: &Turn, mail: &Inbound) -> Option<Form> {
    if !answers_a_roster(turn, mail) || turn.form(mail).is_some() {
        return None;
    }
    if command::read(&mail.new_text, None, &turn.rules.words).is_some() {
        return None;
    }
    let text = token::without_tokens(&mail.new_text);
    let text = courtesy::after_greeting(&text, &turn.rules.words);
    filled_in(turn, text).or_else(|| by_name(turn, text))
}

fn answers_a_roster(turn: &Turn, mail: &Inbound) -> bool {
    let letter = mail.parent().and_then(|id| turn.read::<LetterSent>(id.inner()));
    letter.is_some_and(|letter| letter.template == "roster")
}

/// `Advisor: …` and `Issue: …`, without the line that names the form.
fn filled_in(turn: &Turn, text: &str) -> Option<Form> {
    let fields = form::read_fields_of(Kind::Request.name(), text, &turn.rules.forms);
    let is_one = |field: &Field| field.known && matches!(field.label.as_str(), "Advisor" | "Issue");
    fields.iter().any(is_one).then(|| Form { kind: Kind::Request.name().to_owned(), fields, language: None })
}

/// A name first and the question after it, or a name within some sentences.
fn by_name(turn: &Turn, text: &str) -> Option<Form> {
    let listed = offer::listed(turn);
    let (advisor, issue) = named_first(&listed, text).or_else(|| named_within(&listed, text))?;
    let field = |label: &str, value: String| Field { label: label.to_owned(), value, known: true };
    let mut fields = vec![field("Advisor", advisor)];
    fields.extend(issue.map(|issue| field("Issue", issue)));
    Some(Form { kind: Kind::Request.name().to_owned(), fields, language: None })
}

/// `Amina Haddad`, `Amina: how do you count loans?`, `Amina Hadad` and the question below.
fn named_first(listed: &[Person], text: &str) -> Option<(String, Option<String>)> {
    let names: Vec<&str> = listed.iter().map(|p| p.name.as_str()).collect();
    let line_end = text.find('\n').unwrap_or(text.len());
    let part_end = text[..line_end].find([',', ':', ';', '.', '-', '–', '—', '?', '!']).unwrap_or(line_end);
    [line_end, part_end].into_iter().find_map(|end| {
        let name = text[..end].trim();
        let short = (1..=LONGEST_NAME).contains(&name.split_whitespace().count());
        let found = rank::nearest_names(name, &names).filter(|_| short)?;
        let rest = text[end..].trim_start_matches(|c: char| !c.is_alphanumeric()).trim();
        let issue = (!rest.is_empty() && !command::is_mere_thanks(rest)).then(|| rest.to_owned());
        Some((names[found].to_owned(), issue))
    })
}

/// Exactly one advisor's whole name stands in the text.
fn named_within(listed: &[Person], text: &str) -> Option<(String, Option<String>)> {
    let folded = format!(" {} ", words_of(text));
    let mut named = listed.iter().filter(|p| folded.contains(&format!(" {} ", words_of(&p.name))));
    let one = named.next().filter(|_| named.next().is_none())?;
    let says = text.contains('?') || text.split_whitespace().count() >= SAYS_SOMETHING;
    Some((one.name.clone(), says.then(|| text.trim().to_owned())))
}

fn words_of(text: &str) -> String {
    let folded = super::words::fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
