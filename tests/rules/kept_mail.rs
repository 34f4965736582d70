//! Mails that wait: what goes on as one, and what goes on at all.

use super::brakes::{AMINA, LEILA, REQUEST, SIGN_UP, Town};
use super::world::STAFF;
use chrono::TimeDelta;
use soundingboard::mail::inbound::Inbound;
use soundingboard::program::batch::Change;
use soundingboard::program::breaker::Cause;
use soundingboard::program::input::InputId;
use soundingboard::program::kept_back::{self, KeptBack};
use soundingboard::program::kept_mail::{self, KeptMail};
use soundingboard::program::schedule::{Timer, TimerId, TimerKind};
use soundingboard::program::turn::Turn;
use soundingboard::store::overlay::GroupView;

/// Mails as they wait under this key.
fn waiting(key: &str, mails: &[Vec<u8>]) -> Vec<KeptMail> {
    let read = |(number, mail): (usize, &Vec<u8>)| {
        let mail = Box::new(Inbound::parse(mail));
        KeptMail { key: key.to_owned(), number: number as u64, mail }
    };
    mails.iter().enumerate().map(read).collect()
}

/// What is kept under this key, as it was written down before there was more to say.
fn kept(key: &str, why: &str, mails: usize) -> KeptBack {
    let row = format!(
        r#"{{"key":"{key}","reference":"K7Q2N","why":"{why}","from":{{"address":"leila@auc.example"}},
            "since":"2026-11-03T09:00:00Z","mails":{mails},"next":{mails},"goes":"2026-11-03T10:00:00Z"}}"#
    );
    serde_json::from_str(&row).expect("a row of before")
}

#[test]
fn rows_kept_before_never_lend_anybody_a_token() {
    let mut town = Town::with_a_request();
    let receipt = town.got["leila@auc.example"].last().cloned().expect("a receipt");
    let now = town.world.clock.now();
    let forged = town.people.mail(LEILA, &format!("Re: {}", receipt.subject), "CANCEL", now);
    let hers = town.people.reply(LEILA, &receipt, "Could we do Monday?", true, now);
    // As they were kept when all mail of an address waited in one row of a case.
    let key = "K7Q2M/leila@auc.example".to_owned();
    let mut changes: Vec<Change> = waiting(&key, &[forged, hers]).iter().map(Change::put).collect();
    changes.push(Change::put(&kept(&key, "talk", 2)));
    let timer = Timer {
        id: TimerId(format!("kept-back/{key}")),
        due: "2026-11-03T10:00:00Z".parse().expect("a time"),
        what: TimerKind::KeptBack { key },
        waits_since: None,
    };
    changes.push(Change::put(&timer));
    changes.push(Change::mark(format!("due/2026-11-03T10:00:00Z/{}", timer.id.0)));
    town.commit(changes);
    let later = town.passes(TimeDelta::hours(2));
    let to =
        |address: &str| later.iter().filter(|g| g.to == address).map(|g| &*g.template).collect::<Vec<_>>();
    assert_eq!(to("amina@campus.example"), ["passed-on"], "nothing was cancelled");
    let asked = to("leila@auc.example");
    assert!(asked.contains(&"did-you-write"), "she is asked about the other: {asked:?}");
}

/// Does something within a decision about this town.
fn within<R>(town: &mut Town, what: impl FnOnce(&mut Turn) -> R) -> R {
    let (store, now) = (town.world.store(), town.world.clock.now());
    let view = GroupView::new(&*store);
    what(&mut Turn::new(&town.world.rules, &view, InputId("a test".to_owned()), now))
}

#[test]
fn words_go_on_together_with_all_that_was_attached_and_without_a_calendars() {
    let mut town = Town::with_a_request();
    let receipt = town.got["leila@auc.example"].last().cloned().expect("a receipt");
    let now = town.world.clock.now();
    let mut reply = |words: &str| town.people.reply(LEILA, &receipt, words, true, now);
    let mails: Vec<Vec<u8>> =
        ["One of them.", "And another.", "See the calendar.", "That was all."].map(&mut reply).into();
    let mut waiting = waiting("by-token/K7Q2M/leila@auc.example", &mails);
    for (n, kept) in waiting.iter_mut().enumerate() {
        let attachment = format!(r#"{{"name":"{n}.pdf","type":"application/pdf","bytes":{n}}}"#);
        kept.mail.attachments = vec![serde_json::from_str(&attachment).expect("an attachment")];
    }
    let event = Inbound::parse(
        b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u@x\r\n\
          DTSTART:20261110T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    waiting[2].mail.calendar = Some(event.calendar.expect("a calendar"));
    let (mails, goes_on) = within(&mut town, |turn| kept_mail::joined(turn, &waiting));
    assert_eq!(mails, 4);
    let words: Vec<&str> = goes_on.iter().map(|m| &*m.new_text).collect();
    assert_eq!(words, ["One of them.\n\nAnd another.", "See the calendar.", "That was all."]);
    let names = |mail: &Inbound| mail.attachments.iter().filter_map(|a| a.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&goes_on[0]), ["0.pdf", "1.pdf"]);
}

#[test]
fn what_one_mail_was_taken_for_says_nothing_of_the_next() {
    let mut town = Town::with("");
    town.writes("eve@elsewhere.example", "Advisor sign-up", "Name: Eve\r\nInstitution: E\r\nAreas: x\r\n");
    let hold = town.got[STAFF].last().cloned().expect("a hold");
    let now = town.world.clock.now();
    let mails = [
        town.people.reply("Staff <staff@network.example>", &hold, "APPROVE", true, now),
        town.people.mail(LEILA, "HELP", "HELP", now),
    ];
    let key = "from/leila@auc.example";
    let rows =
        waiting(key, &mails).iter().map(Change::put).chain([Change::put(&kept(key, "flood", 2))]).collect();
    town.commit(rows);
    let causes = within(&mut town, |turn| {
        kept_back::due(turn, key);
        let letters = turn.letters().iter();
        letters.map(|l| (l.letter.to[0].address.key(), l.cause)).collect::<Vec<_>>()
    });
    assert!(causes.contains(&(STAFF.to_owned(), Cause::Asked)), "{causes:?}");
    assert!(causes.contains(&("leila@auc.example".to_owned(), Cause::Mail)), "{causes:?}");
}

#[test]
fn a_decision_taken_back_leaves_no_cause_behind() {
    let cause = within(&mut Town::with(""), |turn| {
        let before = turn.checkpoint();
        turn.cause = Cause::Asked;
        turn.rewind(before);
        turn.cause
    });
    assert_eq!(cause, Cause::Mail);
}

#[test]
fn what_the_staff_let_go_goes_on_a_portion_an_hour() {
    let mut town = Town::with("");
    for n in 0..260 {
        town.writes(AMINA, "ROSTER", &format!("ROSTER {n}"));
    }
    assert_eq!(town.got("amina@campus.example", "roster"), 60);
    assert_eq!((town.kept("claimed/").mails, town.kept("claimed/").goes), (200, None));
    town.passes(TimeDelta::hours(3));
    assert_eq!(town.got("amina@campus.example", "roster"), 60, "it waits for the staff");
    town.replies("Staff <staff@network.example>", STAFF, "hold-to-staff", "APPROVE");
    for letters in [120, 180, 240, 260] {
        assert_eq!(town.got("amina@campus.example", "roster"), letters);
        town.passes(TimeDelta::minutes(61));
    }
    assert!(town.all::<KeptMail>().is_empty() && town.all::<KeptBack>().is_empty());
}

#[test]
fn what_the_staff_leave_is_gone_and_nothing_beside_it() {
    let mut town = Town::with("");
    // One key begins as the other does.
    for (key, mails) in [("claimed/a@x.example", 2), ("claimed/a@x.example/b.example", 1)] {
        let mails = vec![town.people.mail(AMINA, "HELP", "HELP", town.world.clock.now()); mails];
        let mut rows: Vec<Change> = waiting(key, &mails).iter().map(Change::put).collect();
        rows.push(Change::put(&kept(key, "flood", mails.len())));
        town.commit(rows);
    }
    within(&mut town, |turn| {
        let mut first: KeptBack = turn.read("claimed/a@x.example").expect("a row");
        kept_mail::take_all(turn, &mut first);
        let left: Vec<KeptMail> = turn.all("");
        assert_eq!(left.iter().map(|m| &*m.key).collect::<Vec<_>>(), ["claimed/a@x.example/b.example"]);
    });
}

/// Days after which Amina is reminded and Leila reads that there was no answer, where somebody
/// sends more mail in Amina's name than is let through, and the staff say nothing to it.
fn days_of_silence(network: &str) -> (i64, i64) {
    let mut town = Town::with(network);
    town.writes(AMINA, "Advisor sign-up", SIGN_UP);
    town.writes(LEILA, "Request meeting", REQUEST);
    for n in 0..170 {
        town.writes(AMINA, "ROSTER", &format!("ROSTER {n}"));
    }
    assert_eq!(town.kept("claimed/").goes, None, "they wait for the staff");
    let (hers, leilas) = (town.got("amina@campus.example", "reminder"), town.letters_to("leila@auc.example"));
    let mut days = 1..40;
    let reminded = days.find(|_| {
        town.passes(TimeDelta::days(1));
        town.got("amina@campus.example", "reminder") > hers
    });
    let ended = days.find(|_| {
        town.passes(TimeDelta::days(1));
        town.letters_to("leila@auc.example") > leilas
    });
    (reminded.expect("a reminder"), ended.expect("an end"))
}

#[test]
fn whoever_writes_in_her_name_puts_off_her_silence_for_three_days_at_most() {
    // Tuesday; the third day is a Friday, and reminders come on working days.
    let (reminded, ended) = days_of_silence("");
    assert!((6..=7).contains(&reminded), "after {reminded} days, not on the third, nor never");
    assert!((8..=14).contains(&ended), "after {ended} days");
    // Where a receiver vouches for senders, these mails are nobody's.
    let vouched = "imap.authserv_id = \"mx.network.example\"";
    let (reminded, ended) = days_of_silence(vouched);
    assert!((3..=4).contains(&reminded), "after {reminded} days");
    assert!((7..=8).contains(&ended), "after {ended} days");
}
