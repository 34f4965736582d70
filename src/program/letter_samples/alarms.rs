//! What the staff read of the program's own troubles.

use crate::program::letter::Letter;
use crate::program::moment::Moment;
use chrono::NaiveDate;

pub fn letters() -> Vec<Letter> {
    let rana = || Some("Rana Nassar".to_owned());
    vec![
        unread(rana(), Some(LOGIN), true),
        unread(rana(), Some(AWAY), false),
        unread(None, None, false),
        Letter::MailboxReadAgain { name: rana(), since: at(3, "22:40"), until: at(4, "01:15") },
        Letter::MailboxReadAgain { name: None, since: at(3, "22:40"), until: at(4, "01:15") },
        Letter::LoginRefused { name: rana(), since: at(3, "22:40"), why: SMTP_LOGIN.to_owned() },
        Letter::LoginRefused { name: None, since: at(3, "22:40"), why: "535".to_owned() },
        Letter::StoreFault { name: rana(), why: FULL.to_owned() },
        Letter::StoreFault { name: None, why: "the index was damaged".to_owned() },
        failed(rana()),
        failed(None),
    ]
}

const LOGIN: &str = "mail.network.example refuses the login of contact@network.example: [AUTHENTICATIONFAILED] \
    Authentication failed.; check [imap] user and its password, and that IMAP access is allowed for this account";
const AWAY: &str = "the connection with mail.network.example was lost in SELECT: no answer within 60 s";
const SMTP_LOGIN: &str = "mail.network.example takes no mail from contact@network.example: 535 5.7.8 Error: \
    authentication failed; check [smtp] user and its password, and that this account may submit mail";
const FULL: &str = "the ledger /var/lib/soundingboard/ledger/000001.jsonl could not be written (No space left on \
    device (os error 28)); nothing was lost, free some space on the disk";

fn unread(name: Option<String>, why: Option<&str>, login_refused: bool) -> Letter {
    Letter::MailboxUnread { name, since: at(3, "22:40"), why: why.map(str::to_owned), login_refused }
}

fn failed(name: Option<String>) -> Letter {
    let why =
        "/etc/soundingboard/letters/en/reminder.md line 4: no field nmae; did you mean name?".to_owned();
    Letter::TemplateFailed { name, template: "reminder".to_owned(), why }
}

fn at(day: u32, from: &str) -> Moment {
    Moment {
        date: NaiveDate::from_ymd_opt(2026, 12, day).expect("a day"),
        from: from.to_owned(),
        to: from.to_owned(),
        zone: "Paris".to_owned(),
        assumed: false,
    }
}
