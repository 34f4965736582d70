//! What the store forgets day by day.

use super::*;
use soundingboard::daemon::Desk;
use soundingboard::daemon::forgetting::forget;
use soundingboard::program::batch::Change;
use soundingboard::program::record::Handled;

const MAILS: u32 = 1_300;

/// Mail after mail, one an hour.
fn handled(n: u32) -> Handled {
    let first: Timestamp = "2025-01-01T00:00:00Z".parse().expect("a time");
    let at = first + TimeDelta::hours(i64::from(n));
    Handled { input: format!("{:08x}", n.wrapping_mul(2_654_435_761)), at, verdict: "request".to_owned() }
}

#[test]
fn every_mail_of_before_the_day_is_forgotten_and_no_other() {
    let bench = Bench::at_nine();
    let store = bench.decider.store.clone();
    let changes: Vec<Change> = (0..MAILS).map(|n| Change::put(&handled(n))).collect();
    let person =
        Change { key: "person/a@x".to_owned(), value: Some("{\"at\":\"2020-01-01T00:00:00Z\"}".to_owned()) };
    let changes = [changes, vec![person]].concat();
    store.commit(&Group { at: handled(0).at, notes: vec![], changes }).expect("a store in memory");
    let desk = Desk::open(bench.decider).expect("a thread");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let forget = |than| runtime.block_on(forget(&desk, than)).expect("a store in memory");
    assert_eq!(forget(handled(0).at), 0);
    assert_eq!(forget(handled(1_100).at), 1_100);
    assert_eq!(forget(handled(1_100).at), 0, "once");
    let left = store.range("", usize::MAX).expect("a store in memory");
    let mut should: Vec<String> = (1_100..MAILS).map(|n| Change::put(&handled(n)).key).collect();
    should.push("person/a@x".to_owned());
    should.sort();
    assert_eq!(left.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), should);
}
