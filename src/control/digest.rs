//! `digest --print`: the digest as it would go out now.

use super::Said;
use super::office::Look;
use crate::exit::Exit;
use crate::mail::inbound::Inbound;
use crate::program::token::without_tokens;
use crate::program::verdict::{Verdict, What};
use serde_json::json;

/// Its text, for one of the staff. The decision that it would be is thrown away.
pub fn said(look: &Look, by: Option<&str>) -> Said {
    let staff = match look.staff(by) {
        Ok(staff) => staff,
        Err(wrong) => return wrong,
    };
    let mut turn = look.turn();
    crate::program::digest::preview(&mut turn, staff);
    let batch = turn.finish(Verdict::new(What::Done("digest"), None));
    let mail = match batch.compose(&look.office.wording, look.now) {
        Ok(mut batch) => batch.outbox.pop(),
        Err(why) => return Said::wrong(format!("the digest cannot be worded: {why}"), Exit::Config),
    };
    let Some(mail) = mail else {
        return Said::wrong("there is no digest; please report it".to_owned(), Exit::Software);
    };
    let subject = without_tokens(&mail.subject);
    let text = without_tokens(&Inbound::parse(mail.bytes.as_bytes()).text);
    let to = staff.mailbox.address.to_string();
    let page = format!("To: {to}\nSubject: {subject}\n\n{}\n", text.trim_end());
    Said::well(page, json!({"to": to, "subject": subject, "text": text.trim_end()}))
}
