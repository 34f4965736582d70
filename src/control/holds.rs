//! What waits for the staff, and what they say about it.

use super::office::Look;
use super::{Said, table};
use crate::decider::Came;
use crate::exit::Exit;
use crate::explain::phrases::{counted, cut, shown};
use crate::mail::inbound::Inbound;
use crate::program::letter::{Exception, ExceptionKind};
use crate::program::staff;
use crate::program::token::without_tokens;
use crate::program::verdict::What;
use serde_json::{Value, json};

/// The template of the answer to words of the staff.
const ANSWER: &str = "staff-answer";
const ABOUT: usize = 60;

/// What one of the staff may read of it, the oldest first, as the digest lists it.
pub fn said(look: &Look, by: Option<&str>) -> Said {
    let staff = match look.staff(by) {
        Ok(staff) => staff,
        Err(wrong) => return wrong,
    };
    let turn = look.turn();
    let holds = staff::waiting_for(&turn, staff);
    let others = staff::waiting_now(&turn).len() - holds.len();
    let exceptions: Vec<Exception> = holds.iter().map(|hold| staff::exception(&turn, hold)).collect();
    let json = json!({
        "as": staff.mailbox.address, "confidential": others,
        "holds": exceptions.iter().map(|exception| of(look, exception)).collect::<Vec<Value>>(),
    });
    let rows: Vec<Vec<String>> = exceptions.iter().map(|exception| row(look, exception)).collect();
    let head = ["REFERENCE", "SINCE", "WHAT", "WHO", "ABOUT"];
    let mut text: String = table::lines(&head, &rows).iter().map(|line| format!("{line}\n")).collect();
    if rows.is_empty() {
        text = "Nothing waits for the staff.\n".to_owned();
    }
    if others > 0 {
        text +=
            &format!("and {} that only the complaints person reads\n", counted(others, "report", "reports"));
    }
    Said::well(text, json)
}

fn row(look: &Look, exception: &Exception) -> Vec<String> {
    let in_hand = if exception.on_it.is_some() { " (staff is on it)" } else { "" };
    vec![
        exception.reference.to_string(),
        shown(look.local(exception.since)),
        format!("{}{in_hand}", kind(exception.kind)),
        exception.who.clone(),
        without_tokens(&cut(&exception.about, ABOUT)),
    ]
}

/// `sign up held`
pub fn kind(kind: ExceptionKind) -> String {
    let name = serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned));
    name.unwrap_or_default().replace('_', " ")
}

fn of(look: &Look, exception: &Exception) -> Value {
    let notes: Vec<&str> = exception.notes.iter().map(|note| note.text.as_str()).collect();
    json!({
        "reference": exception.reference, "since": look.local(exception.since), "kind": exception.kind,
        "who": exception.who, "about": without_tokens(&exception.about), "guesses": exception.guesses,
        "staff_is_on_it": exception.on_it.map(|at| look.local(at)), "notes": notes,
    })
}

// ---- what they say

/// What came of words of the staff: the sentence of the answer that they get by mail.
pub fn spoken(words: &str, came: Option<&Came>) -> Said {
    let Some(came) = came else { return nothing(words) };
    let done = match came.verdict.what {
        What::AlreadyHandled => {
            let text = "The same words came just before, and are done.\n".to_owned();
            return Said::well(text, json!({"done": true, "again": true}));
        }
        What::Done("staff-word") => true,
        What::Done("no-effect") => false,
        _ => return nothing(words),
    };
    let Some(answer) = came.letters.iter().find(|letter| letter.template == ANSWER) else {
        return nothing(words);
    };
    let text = without_tokens(&Inbound::parse(answer.bytes.as_bytes()).text);
    let subject = without_tokens(&answer.subject);
    let sentence = sentence(&text, words).unwrap_or_else(|| format!("{subject}\n\n{}", text.trim()));
    let to: Vec<String> = answer.recipients.iter().map(ToString::to_string).collect();
    let others = came.letters.len() - 1;
    let exit = if done { Exit::Ok } else { Exit::DataErr };
    let told = match others {
        0 => String::new(),
        n => format!("{} to others go out. ", counted(n, "letter", "letters")),
    };
    let json =
        json!({"done": done, "said": sentence, "subject": subject, "letters": others, "answer_to": to});
    Said {
        text: format!("{sentence}\n{told}The same answer goes to {}.\n", to.join(", ")),
        json,
        exit: exit.code(),
    }
}

fn nothing(words: &str) -> Said {
    let sentence = format!(
        "there is no word of the staff in \"{}\": write one of APPROVE, REFUSE, ASSIGN, HANDLED, NOTE, UNDO, REMOVE, AWAY, FIGURES",
        cut(words, ABOUT)
    );
    Said::wrong(sentence, Exit::DataErr)
}

/// What stands below a line of theirs in the answer; None where it says more than that.
fn sentence(text: &str, words: &str) -> Option<String> {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrote = joined(&without_tokens(words));
    let text = text.replace('\r', "");
    let mut below = text.split("\n\n").filter_map(|paragraph| {
        let paragraph = joined(paragraph);
        paragraph.strip_prefix(&wrote).map(|rest| rest.trim().to_owned())
    });
    below.next().filter(|rest| !rest.is_empty() && !text.contains(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_an_answer_is_what_stands_below_the_words() {
        let text = "Dear Rana,\r\n\r\nAPPROVE K7Q2M\r\nDone. Nour has been\r\nanswered.\r\n\r\nWhat happens next\r\n";
        assert_eq!(sentence(text, "APPROVE K7Q2M").as_deref(), Some("Done. Nour has been answered."));
        assert_eq!(sentence(text, "REFUSE K7Q2M"), None);
    }

    #[test]
    fn words_without_a_word_are_said_to_be_none() {
        let said = spoken("what about it?", None);
        assert_eq!(said.exit, Exit::DataErr.code());
        assert!(said.text.contains("\"what about it?\"") && said.text.contains("APPROVE"), "{}", said.text);
    }

    #[test]
    fn a_kind_is_read_as_words() {
        assert_eq!(kind(ExceptionKind::SignUpHeld), "sign up held");
        assert_eq!(kind(ExceptionKind::NoAdvisorLeft), "no advisor left");
    }
}
