//! What the shell notices: who is told, and how often.

use super::Bench;
use chrono::TimeDelta;
use soundingboard::program::alarm::{self, Alarm, Hindrance};
use soundingboard::program::batch::Outgoing;
use soundingboard::program::input::Input;

/// Unread for so many minutes.
fn unread(bench: &Bench, minutes: i64, login_refused: bool) -> Alarm {
    let words = "mail.network.example does not answer".to_owned();
    let since = bench.now() - TimeDelta::minutes(minutes);
    Alarm::Unread { since, why: Some(Hindrance { words, login_refused }) }
}

fn is_news(bench: &Bench, alarm: &Alarm) -> bool {
    alarm::is_news(&bench.view(), alarm, bench.now())
}

/// The verdict's word, or `nothing` where it was not worth deciding.
fn notices(bench: &Bench, alarm: Alarm) -> &'static str {
    if is_news(bench, &alarm) { bench.happens(Input::Alarm(alarm)) } else { "nothing" }
}

fn letters(bench: &Bench) -> Vec<String> {
    bench.all::<Outgoing>().into_iter().map(|copy| copy.template).collect()
}

#[test]
fn an_hour_unread_is_told_once_and_so_is_its_end() {
    let bench = Bench::at_nine();
    let staff = bench.decider.rules.staff.len();
    assert_eq!(notices(&bench, unread(&bench, 59, false)), "nothing");
    assert_eq!(notices(&bench, Alarm::Read), "nothing", "nobody was told of anything");
    assert_eq!(notices(&bench, unread(&bench, 60, false)), "mailbox-unread");
    assert_eq!(letters(&bench).len(), staff);
    bench.pass(TimeDelta::days(3));
    assert_eq!(notices(&bench, unread(&bench, 4_000, false)), "nothing", "the same spell");
    assert_eq!(notices(&bench, Alarm::Read), "mailbox-read-again");
    assert_eq!(notices(&bench, Alarm::Read), "nothing");
    assert_eq!(letters(&bench).len(), 2 * staff);
}

#[test]
fn a_second_spell_within_a_day_is_told_when_the_day_is_over_and_its_end_if_it_was() {
    let bench = Bench::at_nine();
    assert_eq!(notices(&bench, unread(&bench, 61, false)), "mailbox-unread");
    bench.pass(TimeDelta::hours(1));
    assert_eq!(notices(&bench, Alarm::Read), "mailbox-read-again");
    bench.pass(TimeDelta::hours(10));
    assert_eq!(notices(&bench, unread(&bench, 90, false)), "nothing", "the end does not begin a new day");
    assert_eq!(notices(&bench, Alarm::Read), "nothing");
    bench.pass(TimeDelta::hours(12));
    assert_eq!(notices(&bench, unread(&bench, 90, false)), "nothing", "23 hours after the first");
    bench.pass(TimeDelta::hours(1));
    assert_eq!(notices(&bench, unread(&bench, 150, false)), "mailbox-unread");
    assert_eq!(notices(&bench, Alarm::Read), "mailbox-read-again");
}

#[test]
fn a_refused_login_is_told_after_a_quarter_of_an_hour() {
    let bench = Bench::at_nine();
    assert_eq!(notices(&bench, unread(&bench, 14, true)), "nothing");
    assert_eq!(notices(&bench, unread(&bench, 15, true)), "mailbox-unread");
    let since = bench.now() - TimeDelta::minutes(15);
    let refused = |why: &str| Alarm::LoginRefused { since, why: why.to_owned() };
    assert_eq!(notices(&bench, refused("535 no")), "login-refused", "the other server is another kind");
    bench.pass(TimeDelta::hours(23));
    assert_eq!(notices(&bench, refused("535 no")), "nothing");
    bench.pass(TimeDelta::hours(1));
    assert_eq!(notices(&bench, refused("535 no")), "login-refused", "it lasts, day by day");
}

#[test]
fn faults_of_the_store_and_of_templates_are_told_at_once_and_once_a_day_each() {
    let bench = Bench::at_nine();
    let fault = |why: &str| Alarm::StoreFault { why: why.to_owned() };
    let failed = |template: &str| Alarm::TemplateFailed {
        template: template.to_owned(),
        why: format!("en/{template}.md line 4: no field nmae"),
    };
    for (alarm, word) in [(fault("full"), "store-fault"), (failed("reminder"), "template-failed")] {
        assert_eq!(notices(&bench, alarm), word);
    }
    for alarm in [fault("full again"), failed("digest")] {
        assert_eq!(notices(&bench, alarm), "nothing");
    }
    bench.pass(TimeDelta::days(1));
    assert_eq!(notices(&bench, fault("and again")), "store-fault");
    assert_eq!(notices(&bench, failed("digest")), "template-failed");
}

#[test]
fn what_servers_say_without_end_is_cut_and_stays_on_one_line() {
    let bench = Bench::at_nine();
    let why = format!("first line\r\n{}", "and so on ".repeat(500));
    assert_eq!(notices(&bench, Alarm::StoreFault { why }), "store-fault");
    let rows = bench.rows();
    let (_, bytes) = rows.iter().find(|(key, _)| key.starts_with("bytes/")).expect("a letter");
    assert!(bytes.contains("first line and so on") && bytes.len() < 20_000, "{} bytes", bytes.len());
}
