//! What operators order: letters tried now or taken out, a standstill, words of the staff.

use super::Bench;
use chrono::TimeDelta;
use soundingboard::mail::address::AddrSpec;
use soundingboard::mail::delivery::Outcome;
use soundingboard::program::batch::Outgoing;
use soundingboard::program::input::{Delivery, Input};
use soundingboard::program::order::Order;
use soundingboard::program::outbox::{self, Patience};
use soundingboard::program::record::Hold;
use soundingboard::program::standstill;
use soundingboard::program::undelivered::{End, Undelivered};

const AMINA: &str = "Amina Haddad <amina@campus.example>";
const EVE: &str = "Eve Aoun <eve@elsewhere.example>";
const SIGN_UP: &str = "Name: Amina Haddad\r\nInstitution: Campus Library\r\nAreas: Koha reports\r\n";

/// One letter is queued.
fn with_a_letter() -> (Bench, String) {
    let mut bench = Bench::at_nine();
    bench.writes(AMINA, "Advisor sign-up", SIGN_UP);
    let id = bench.all::<Outgoing>().remove(0).id;
    (bench, id)
}

fn ordered(bench: &Bench, order: Order) -> &'static str {
    bench.happens(Input::Ordered(order))
}

fn queued(bench: &Bench) -> usize {
    outbox::next(&bench.view(), bench.now(), Patience::Due, 10).len()
}

/// How many places in the queue there are, of whatever time.
fn places(bench: &Bench) -> usize {
    bench.rows().iter().filter(|(key, _)| key.starts_with("queue/")).count()
}

fn offered(bench: &Bench, id: &str, outcome: Outcome) -> &'static str {
    bench.happens(Input::Offered(vec![id.to_owned()]));
    let attempt = bench.all::<Outgoing>()[0].attempts;
    bench.happens(Input::Delivery(Delivery { id: id.to_owned(), attempt, outcome }))
}

fn busy() -> Outcome {
    Outcome::Transient("451 4.3.2 try again later".to_owned())
}

#[test]
fn a_letter_that_waits_for_a_later_attempt_is_due_now_when_it_is_ordered_and_once() {
    let (bench, id) = with_a_letter();
    assert_eq!(ordered(&bench, Order::Retry(None)), "nothing", "it is due");
    for order in [Order::Retry(None), Order::Retry(Some(id.clone()))] {
        offered(&bench, &id, busy());
        assert_eq!((queued(&bench), places(&bench)), (0, 1));
        assert_eq!(bench.all::<Outgoing>()[0].last_answer.as_deref(), Some("451 4.3.2 try again later"));
        assert_eq!(ordered(&bench, order.clone()), "retried");
        assert_eq!((queued(&bench), places(&bench)), (1, 1), "it has one place in the queue");
        assert_eq!(ordered(&bench, order), "nothing");
    }
    assert_eq!(ordered(&bench, Order::Retry(Some("no-such-0".to_owned()))), "nothing");
}

#[test]
fn a_letter_that_may_have_arrived_is_tried_once_more_only_where_it_is_named() {
    let (bench, id) = with_a_letter();
    let doubt = || Outcome::Uncertain("the connection ended".to_owned());
    offered(&bench, &id, doubt());
    assert_eq!(ordered(&bench, Order::Retry(None)), "nothing", "it waits out its half hour");
    bench.pass(TimeDelta::minutes(30));
    assert_eq!(offered(&bench, &id, doubt()), "uncertain-held");
    assert_eq!(ordered(&bench, Order::Retry(None)), "nothing");
    assert_eq!(ordered(&bench, Order::Retry(Some(id.clone()))), "retried");
    assert_eq!(queued(&bench), 1);
    assert_eq!(offered(&bench, &id, Outcome::Accepted), "delivered");
    assert!(bench.all::<Outgoing>().is_empty() && places(&bench) == 0);
}

#[test]
fn a_letter_that_is_taken_out_leaves_nothing_but_a_note_and_one_under_way_stays() {
    let (bench, id) = with_a_letter();
    bench.happens(Input::Offered(vec![id.clone()]));
    let before = bench.rows();
    assert_eq!(ordered(&bench, Order::Drop(id.clone())), "nothing", "it may have left");
    assert_eq!(bench.rows(), before);
    bench.happens(Input::Delivery(Delivery { id: id.clone(), attempt: 1, outcome: busy() }));
    assert_eq!(ordered(&bench, Order::Drop(id.clone())), "letter-dropped");
    let rows = bench.rows();
    assert!(rows.iter().all(|(key, _)| !["outbox/", "bytes/", "queue/"].iter().any(|t| key.starts_with(t))));
    let [note] = &bench.all::<Undelivered>()[..] else { panic!("one note") };
    assert_eq!((&note.id, note.end), (&id, End::Dropped));
    assert_eq!(ordered(&bench, Order::Drop(id)), "nothing");
    assert_eq!(bench.rows(), rows);
}

#[test]
fn while_everything_stands_still_no_letter_leaves_and_then_it_does() {
    let (bench, id) = with_a_letter();
    assert_eq!(ordered(&bench, Order::GoOn), "nothing");
    assert_eq!(ordered(&bench, Order::Pause), "paused-by-operator");
    assert_eq!(standstill::since(&bench.view()), Some(bench.now()));
    bench.pass(TimeDelta::hours(1));
    assert_eq!(ordered(&bench, Order::Pause), "nothing", "the first one counts");
    assert_eq!(queued(&bench), 0);
    assert_eq!(outbox::next_due(&bench.view()), None);
    bench.happens(Input::Offered(vec![id]));
    assert!(!bench.all::<Outgoing>()[0].under_way);
    assert_eq!(ordered(&bench, Order::GoOn), "resumed-by-operator");
    assert_eq!((queued(&bench), standstill::since(&bench.view())), (1, None));
}

#[test]
fn words_of_the_staff_decide_as_in_a_mail_and_once_a_second() {
    let mut bench = Bench::at_nine();
    bench.writes(EVE, "Advisor sign-up", "Name: Eve Aoun\r\nInstitution: Archive\r\nAreas: Koha\r\n");
    let hold = bench.all::<Hold>().remove(0);
    let staff = bench.decider.rules.staff[0].mailbox.address.clone();
    let says = |by: &AddrSpec, words: &str| {
        let about = Some(hold.reference.clone());
        ordered(&bench, Order::Staff { by: by.clone(), words: words.to_owned(), about })
    };
    let eve = hold.from.as_ref().expect("somebody").address.clone();
    assert_eq!(says(&eve, "APPROVE"), "not-of-the-staff");
    assert_eq!(says(&staff, "what about her?"), "no-effect");
    assert_eq!(bench.all::<Hold>().len(), 1);
    assert_eq!(says(&staff, "approve, please"), "staff-word");
    assert!(bench.all::<Hold>().is_empty());
    let letters = bench.all::<Outgoing>().len();
    assert_eq!(says(&staff, "approve, please"), "nothing", "the same within one second is one order");
    bench.pass(TimeDelta::seconds(1));
    assert_eq!(says(&staff, "approve, please"), "no-effect", "later it is said that it was done");
    assert_eq!(bench.all::<Outgoing>().len(), letters + 1);
}
