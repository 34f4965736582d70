//! `outbox list`: letters that have not left.

use super::office::Look;
use super::{Said, table};
use crate::exit::Exit;
use crate::explain::phrases::{counted, shown};
use crate::program::batch::Outgoing;
use crate::program::token::without_tokens;
use crate::program::{outbox, standstill};
use serde_json::{Value, json};

/// So much of a letter's name is shown.
const SHORT: usize = 8;
/// So many rows are shown; `--json` has all.
const SHOWN: usize = 200;

/// Every one of them, the oldest first.
pub fn said(look: &Look) -> Said {
    let unsent = outbox::unsent(look.view);
    let json: Vec<Value> = unsent.iter().map(|copy| of(look, copy)).collect();
    if unsent.is_empty() {
        return Said::well("The outbox is empty.\n".to_owned(), json!({"letters": []}));
    }
    let rows: Vec<Vec<String>> = unsent.iter().take(SHOWN).map(|copy| row(look, copy)).collect();
    let head = ["ID", "TO", "LETTER", "CASE", "TRIES", "NEXT", "LAST ANSWER"];
    let mut text = table::lines(&head, &rows).join("\n") + "\n";
    if unsent.len() > SHOWN {
        text += &format!("and {} more\n", unsent.len() - SHOWN);
    }
    if standstill::since(look.view).is_some() {
        text += "Nothing is sent before \"soundingboard resume\": it is paused.\n";
    }
    Said::well(text, json!({"letters": json}))
}

fn row(look: &Look, copy: &Outgoing) -> Vec<String> {
    let case = copy.case.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let answer = copy.last_answer.clone().unwrap_or_else(|| "-".to_owned());
    vec![
        short(&copy.id),
        copy.recipient.to_string(),
        copy.template.clone(),
        case,
        copy.attempts.to_string(),
        state(look, copy),
        answer,
    ]
}

/// When it is offered next, or what it waits for.
pub fn state(look: &Look, copy: &Outgoing) -> String {
    match copy {
        Outgoing { held: true, .. } => "when the staff approve it".to_owned(),
        Outgoing { under_way: true, .. } => "being offered".to_owned(),
        // The staff have been asked.
        Outgoing { uncertain: 2.., .. } => "never by itself: it may have arrived".to_owned(),
        copy if copy.due <= look.now => "now".to_owned(),
        copy => shown(look.local(copy.due)),
    }
}

fn of(look: &Look, copy: &Outgoing) -> Value {
    json!({
        "id": copy.id, "to": copy.recipient, "template": copy.template, "case": copy.case,
        "subject": without_tokens(&copy.subject), "queued": look.local(copy.queued),
        "attempts": copy.attempts, "next": look.local(copy.due), "last_answer": copy.last_answer,
        "held": copy.held, "under_way": copy.under_way, "uncertain": copy.uncertain,
    })
}

/// As it is shown: the beginning of its name, and which recipient's copy it is.
pub fn short(id: &str) -> String {
    match id.rsplit_once('-') {
        Some((uuid, nth)) => format!("{}-{nth}", uuid.get(..SHORT).unwrap_or(uuid)),
        None => id.to_owned(),
    }
}

/// The letter that somebody means: by its whole id, as it is shown, or by how it begins.
pub fn named(look: &Look, id: &str) -> Result<Outgoing, Said> {
    let id = id.trim();
    let begins = |copy: &Outgoing| !id.is_empty() && copy.id.starts_with(id);
    let mut found = outbox::unsent(look.view);
    found.retain(|copy| copy.id == id || short(&copy.id) == id || begins(copy));
    if let Some(exact) = found.iter().find(|copy| copy.id == id) {
        return Ok(exact.clone());
    }
    let n = found.len();
    match (found.pop(), n) {
        (Some(one), 1) => Ok(one),
        (Some(_), n) => Err(wrong(format!(
            "\"{id}\" begins the ids of {}: write more of it",
            counted(n, "letter", "letters")
        ))),
        (None, _) => Err(wrong(format!(
            "no letter in the outbox has the id \"{id}\": \"soundingboard outbox list\" shows them; what has left is not there any more"
        ))),
    }
}

fn wrong(sentence: String) -> Said {
    Said::wrong(sentence, Exit::DataErr)
}
