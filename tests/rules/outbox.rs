//! Letters on their way: retries, giving up, doubt, and what overtakes what.

use super::Bench;
use chrono::TimeDelta;
use soundingboard::mail::delivery::Outcome;
use soundingboard::program::batch::Outgoing;
use soundingboard::program::input::{Delivery, Input};
use soundingboard::program::outbox::{self, Patience};
use soundingboard::program::record::{Case, Listed, Outcome as Came, Person, Stage};
use soundingboard::program::schedule::TimerKind;
use soundingboard::program::timer;

const AMINA: &str = "Amina Haddad <amina@campus.example>";
const LEILA: &str = "Leila Aziz <leila@auc.example>";
const SIGN_UP: &str = "Name: Amina Haddad\r\nInstitution: Campus Library\r\nAreas: Koha reports\r\n";

/// One letter, a welcome, is queued.
fn with_a_letter() -> Bench {
    let mut bench = Bench::at_nine();
    bench.writes(AMINA, "Advisor sign-up", SIGN_UP);
    bench
}

fn letter(bench: &Bench) -> Outgoing {
    let mut letters = bench.all::<Outgoing>();
    assert_eq!(letters.len(), 1);
    letters.remove(0)
}

/// Offers a letter and concludes with this.
fn try_with(bench: &Bench, letter: &Outgoing, outcome: Outcome) -> &'static str {
    bench.happens(Input::Offered(vec![letter.id.clone()]));
    let delivery = Delivery { id: letter.id.clone(), attempt: letter.attempts + 1, outcome };
    bench.happens(Input::Delivery(delivery))
}

fn queued(bench: &Bench) -> Vec<String> {
    let next = outbox::next(&bench.view(), bench.now(), Patience::Due, 10);
    next.into_iter().map(|copy| copy.template).collect()
}

fn busy() -> Outcome {
    Outcome::Transient("451 4.3.2 try again later".to_owned())
}

#[test]
fn a_letter_is_tried_twice_in_the_first_hour_and_then_every_two_hours_for_five_days() {
    let bench = with_a_letter();
    let mut waits = Vec::new();
    while let Some(standing) = bench.all::<Outgoing>().first() {
        let word = try_with(&bench, standing, busy());
        if word == "given-up" {
            break;
        }
        assert_eq!(word, "deferred");
        let wait = letter(&bench).due - bench.now();
        assert_eq!(queued(&bench), Vec::<String>::new(), "not before its time");
        waits.push(wait.num_minutes());
        bench.pass(wait);
        assert_eq!(queued(&bench), ["welcome-advisor"]);
    }
    assert_eq!(waits[..5], [30, 30, 60, 120, 120]);
    assert!(waits[3..].iter().all(|wait| *wait == 120));
    assert_eq!(waits.iter().sum::<i64>() / 60, 5 * 24);
    assert!(bench.rows().iter().all(|(key, _)| !key.starts_with("bytes/") && !key.starts_with("queue/")));
    assert_eq!(bench.told_to_staff(), ["NotSent amina@campus.example"]);
}

#[test]
fn what_was_never_offered_costs_no_attempt_no_place_and_is_never_given_up() {
    let bench = with_a_letter();
    let before = letter(&bench);
    for _ in 0..20 {
        bench.pass(TimeDelta::days(1));
        assert_eq!(
            try_with(&bench, &letter(&bench), Outcome::NotOffered("no route".to_owned())),
            "not-offered"
        );
        // But why it was not offered is known.
        assert_eq!(Outgoing { last_answer: None, ..letter(&bench) }, before);
    }
    // The five days begin with the first offer to a server that is there.
    assert_eq!(try_with(&bench, &before, busy()), "deferred");
    assert!(bench.told_to_staff().is_empty());
    bench.pass(TimeDelta::days(5));
    assert_eq!(try_with(&bench, &letter(&bench), busy()), "given-up");
}

#[test]
fn a_doubtful_letter_is_offered_once_more_after_half_an_hour_and_then_held_for_staff() {
    let bench = with_a_letter();
    let doubt = || Outcome::Uncertain("the connection ended".to_owned());
    assert_eq!(try_with(&bench, &letter(&bench), doubt()), "uncertain");
    assert_eq!(letter(&bench).due - bench.now(), TimeDelta::minutes(30));
    assert!(outbox::next(&bench.view(), bench.now(), Patience::All, 10).is_empty(), "a single run waits too");
    bench.pass(TimeDelta::minutes(30));
    assert_eq!(try_with(&bench, &letter(&bench), doubt()), "uncertain-held");
    bench.pass(TimeDelta::days(30));
    assert!(outbox::next(&bench.view(), bench.now(), Patience::All, 10).is_empty());
    assert!(outbox::bytes(&bench.view(), &letter(&bench).id).is_some(), "staff may still release it");
    assert_eq!(bench.told_to_staff(), ["UncertainDelivery amina@campus.example"]);
}

#[test]
fn an_attempt_without_an_end_is_a_doubt_at_the_next_start() {
    let bench = with_a_letter();
    bench.happens(Input::Offered(vec![letter(&bench).id]));
    assert!(letter(&bench).under_way && queued(&bench).is_empty());
    bench.happens(Input::Started);
    let standing = letter(&bench);
    assert!(!standing.under_way && standing.uncertain == 1);
    bench.happens(Input::Started);
    assert_eq!(letter(&bench).uncertain, 1, "a second start finds nothing under way");
}

#[test]
fn a_conclusion_that_comes_again_or_is_of_another_attempt_changes_nothing() {
    let bench = with_a_letter();
    let first = letter(&bench);
    let of = |attempt, outcome| Input::Delivery(Delivery { id: first.id.clone(), attempt, outcome });
    let nothing = |input: Input| {
        let before = bench.rows();
        assert_eq!(bench.happens(input), "nothing");
        assert_eq!(bench.rows(), before);
    };
    nothing(of(1, Outcome::Accepted));
    assert_eq!(try_with(&bench, &first, busy()), "deferred");
    nothing(of(1, busy()));
    nothing(of(1, Outcome::Accepted));
    bench.happens(Input::Offered(vec![first.id.clone()]));
    nothing(of(1, Outcome::Permanent("550 5.1.1 who?".to_owned())));
    assert_eq!(bench.happens(of(2, Outcome::Accepted)), "delivered");
    nothing(of(2, Outcome::Accepted));
    nothing(of(2, Outcome::Permanent("550 5.1.1 who?".to_owned())));
}

#[test]
fn answers_go_before_bulk_and_earlier_ones_before_later() {
    let mut bench = Bench::at_nine();
    bench.happens(Input::Started);
    let digest = timer::due(&bench.view(), bench.now() + TimeDelta::days(7), 10);
    let digest = digest.into_iter().find(|d| d.id == TimerKind::Digest.id()).expect("a digest is due");
    bench.pass(TimeDelta::days(7));
    bench.happens(Input::Timer { id: digest.id, due: digest.due });
    bench.pass(TimeDelta::hours(1));
    bench.writes(AMINA, "Advisor sign-up", SIGN_UP);
    bench.pass(TimeDelta::hours(1));
    bench.writes(LEILA, "ROSTER", "");
    assert_eq!(queued(&bench), ["welcome-advisor", "roster", "digest"]);
}

#[test]
fn letters_decided_in_one_second_leave_in_the_order_of_their_decisions() {
    let mut bench = Bench::at_nine();
    let askers: Vec<String> = (0..8).map(|n| format!("asker{n}@campus.example")).collect();
    for asker in &askers {
        bench.writes(asker, "ROSTER", "");
    }
    let next = outbox::next(&bench.view(), bench.now(), Patience::Due, 10);
    let readers: Vec<String> = next.iter().map(|copy| copy.recipient.to_string()).collect();
    assert_eq!(readers, askers);
}

fn with_a_refused_request(words: &str) -> Bench {
    let mut bench = Bench::at_nine();
    bench.writes(AMINA, "Advisor sign-up", SIGN_UP);
    bench.writes(
        "Karim Nasr <karim@auc.example>",
        "Advisor sign-up",
        "Name: Karim Nasr\r\nInstitution: AUC\r\nAreas: Koha\r\n",
    );
    bench.writes(LEILA, "Request meeting", "Advisor: Amina Haddad\r\nIssue: Koha reports\r\n");
    let letters = bench.all::<Outgoing>();
    let request = letters.iter().find(|l| l.template == "request-to-advisor").expect("a request");
    assert_eq!(try_with(&bench, request, Outcome::Permanent(words.to_owned())), "refused");
    bench
}

#[test]
fn a_refused_request_goes_back_to_the_advisee_and_only_a_dead_address_leaves_the_roster() {
    for (words, listed) in [
        ("550 5.1.1 no such user", Listed::Unreachable),
        ("550 no such user", Listed::Unreachable),
        ("554 5.7.1 we do not like your network", Listed::Yes),
        ("552 5.2.2 mailbox full", Listed::Yes),
    ] {
        let bench = with_a_refused_request(words);
        let case = bench.all::<Case>().remove(0);
        assert_eq!((case.stage, case.attempts[0].outcome), (Stage::Choosing, Came::Unreachable), "{words}");
        assert_eq!(case.offered.len(), 1);
        let people = bench.all::<Person>();
        let amina = people.iter().find(|p| p.name == "Amina Haddad").expect("Amina");
        assert_eq!(amina.advisor.as_ref().map(|a| a.listed), Some(listed), "{words}");
    }
}
