//! Letters on their way to mail servers in bad moods, in virtual time: who gets what and when, how
//! often the server is asked, and what is in doubt whenever we might be killed.

mod office;
#[path = "../world/mod.rs"]
mod world;

use office::{Obstacle, Office, Said, minutes};
use soundingboard::mail::delivery::Outcome;
use std::collections::BTreeMap;

fn accepted(_: &Said) -> Outcome {
    Outcome::Accepted
}

fn not_yet(words: &str) -> Outcome {
    Outcome::Transient(words.to_owned())
}

/// How often each recipient's letter was offered.
fn offers_by_recipient(said: &[Said]) -> BTreeMap<&str, usize> {
    let mut offers = BTreeMap::new();
    for said in said {
        *offers.entry(said.to.as_str()).or_default() += 1;
    }
    offers
}

/// Each was taken once, and none was offered again before half an hour.
fn assert_each_taken_once(said: &[Said], letters: usize) {
    let mut taken = BTreeMap::new();
    let mut last = BTreeMap::new();
    for said in said {
        let id = (said.to.as_str(), said.message_id.as_str());
        if let Some(before) = last.insert(id, said.at) {
            assert!(said.at >= before + minutes(30), "{} again after {:?}", said.to, said.at - before);
        }
        *taken.entry(id).or_insert(0) += usize::from(said.outcome == Outcome::Accepted);
    }
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
    assert_eq!(taken.len(), letters);
}

/// Takes a hundred, and then refuses everybody for an hour in these words.
async fn refuses_after_a_hundred(refusal: impl Fn() -> Outcome + 'static) {
    let mut taken = 0;
    let mut office = Office::open(250, move |said| {
        let refuses = taken >= 100 && said.at < minutes(60);
        if refuses {
            return refusal();
        }
        taken += 1;
        Outcome::Accepted
    })
    .await;
    office.passes(minutes(30)).await;
    office.somebody_asks("HELP").await;
    office.passes(minutes(29)).await;
    let said = office.said();
    assert_eq!(said.iter().filter(|said| said.outcome == Outcome::Accepted).count(), 100);
    let refused = said.len() - 100;
    assert!(refused <= 30, "{refused} of 151 letters were offered to a server that refuses all");

    office.passes(minutes(60)).await;
    let said = office.said();
    assert_each_taken_once(&said, 251);
    // Whoever waits for an answer gets it before the rest of the bulk.
    let after = said.iter().filter(|said| said.outcome == Outcome::Accepted).skip(100);
    let answers: Vec<usize> =
        after.enumerate().filter(|(_, s)| s.template == "help").map(|(n, _)| n).collect();
    assert!(answers[0] <= 2, "the answer was the {}th letter after the hour", answers[0]);
    let last = said.last().expect("letters").at;
    assert!(last <= minutes(60 + 8 + 31), "all is there {last:?} after the beginning");
}

#[tokio::test]
async fn a_server_that_takes_a_hundred_and_then_refuses_for_an_hour_is_left_alone_meanwhile() {
    refuses_after_a_hundred(|| not_yet("450 4.7.1 too many messages, try later")).await;
}

#[tokio::test]
async fn so_is_one_that_turns_us_away() {
    refuses_after_a_hundred(|| Outcome::TurnedAway("421 4.7.0 too many messages".to_owned())).await;
}

#[tokio::test]
async fn a_server_that_is_away_for_three_hours_is_looked_for_now_and_then() {
    let mut office = Office::open(10, |said| match said.at < minutes(180) {
        true => Outcome::NotOffered("no route".to_owned()),
        false => Outcome::Accepted,
    })
    .await;
    office.passes(minutes(180)).await;
    let looked = office.said().len();
    assert!((20..=2 * 30).contains(&looked), "{looked} letters were brought to no server");
    office.passes(minutes(9)).await;
    let said = office.said();
    let taken: Vec<&Said> = said.iter().filter(|said| said.outcome == Outcome::Accepted).collect();
    assert_eq!(taken.len(), 10, "a server that is back is found within minutes");
}

#[tokio::test]
async fn greylisting_holds_up_each_recipient_for_half_an_hour_and_nobody_else() {
    let mut first = BTreeMap::new();
    let mut office = Office::open(40, move |said| {
        // Those of one domain are greylisted, until five minutes after they were first named.
        let begin = *first.entry(said.to.clone()).or_insert(said.at);
        let known = !said.to.starts_with("person1") || said.at >= begin + minutes(5);
        if known { Outcome::Accepted } else { not_yet("451 4.7.1 greylisted, try in 5 minutes") }
    })
    .await;
    office.passes(minutes(5)).await;
    let taken = |said: &[Said]| said.iter().filter(|said| said.outcome == Outcome::Accepted).count();
    assert_eq!(taken(&office.said()), 29, "who is known, before anybody waits");
    office.passes(minutes(30)).await;
    let said = office.said();
    assert_each_taken_once(&said, 40);
    assert!(offers_by_recipient(&said).values().all(|offers| *offers <= 2));
}

#[tokio::test]
async fn where_everybody_is_greylisted_all_are_there_within_three_hours() {
    let mut first = BTreeMap::new();
    let mut office = Office::open(40, move |said| {
        let begin = *first.entry(said.to.clone()).or_insert(said.at);
        if said.at >= begin + minutes(5) { Outcome::Accepted } else { not_yet("450 4.2.0 greylisted") }
    })
    .await;
    office.passes(minutes(180)).await;
    let said = office.said();
    assert_each_taken_once(&said, 40);
    assert!(offers_by_recipient(&said).values().all(|offers| *offers == 2));
}

#[tokio::test]
async fn a_server_with_a_limit_a_minute_takes_all_without_a_storm() {
    let mut starts: Vec<std::time::Duration> = Vec::new();
    let mut office = Office::open(120, move |said| {
        starts.retain(|start| *start + minutes(1) > said.at);
        if starts.len() >= 30 {
            return not_yet("450 4.7.1 rate limit exceeded");
        }
        starts.push(said.at);
        Outcome::Accepted
    })
    .await;
    office.passes(minutes(150)).await;
    let said = office.said();
    assert_each_taken_once(&said, 120);
    assert!(said.len() <= 180, "{} offers for 120 letters", said.len());
}

#[tokio::test]
async fn a_letter_whose_end_nobody_knows_comes_once_more_and_never_a_third_time() {
    // It is cut off after the final dot, whether it had taken the letter or not.
    let mut office = Office::open(6, |_| Outcome::Uncertain("the connection ended".to_owned())).await;
    office.passes(minutes(24 * 60)).await;
    let said = office.said();
    let offers = offers_by_recipient(&said);
    assert!(offers.len() >= 6 && offers.values().all(|offers| *offers == 2), "{offers:?}");
    let mut seen = BTreeMap::new();
    for said in &said {
        let first = seen.entry(said.to.clone()).or_insert_with(|| said.clone());
        assert_eq!(
            (&first.message_id, &first.bytes),
            (&said.message_id, &said.bytes),
            "to the byte the same"
        );
        assert!(said.at == first.at || said.at >= first.at + minutes(30));
    }
    assert_eq!(office.told_to_staff().iter().filter(|told| told.starts_with("UncertainDelivery")).count(), 6);
}

#[tokio::test]
async fn a_slow_server_has_no_more_letters_at_once_and_an_answer_goes_next() {
    let mut office = Office::slow(20, minutes(4)).await;
    office.passes(minutes(10)).await;
    office.somebody_asks("HELP").await;
    office.passes(minutes(60)).await;
    let said = office.said();
    assert_each_taken_once(&said, 21);
    let answer = said.iter().find(|said| said.template == "help").expect("an answer");
    assert!(answer.at <= minutes(12), "it was offered {:?} after the beginning", answer.at);
}

#[tokio::test]
async fn what_was_taken_while_the_disk_was_full_is_written_down_later_and_not_offered_again() {
    let mut office = Office::open(12, accepted).await;
    office.disk_is_full_after(4);
    office.passes(minutes(3)).await;
    let before = office.said().len();
    assert!(before < 12, "nothing is offered whose attempt is not written down");
    office.disk_has_room();
    office.passes(minutes(3)).await;
    // One more tells the staff what has happened.
    assert_each_taken_once(&office.said(), 12 + 1);
    assert!(office.told_to_staff().is_empty());
}

#[tokio::test]
async fn a_set_costs_one_commit() {
    let mut office = Office::open(40, accepted).await;
    let before = office.commits();
    office.passes(minutes(1)).await;
    assert_each_taken_once(&office.said(), 40);
    let commits = office.commits() - before;
    // Beside them what belongs to a start.
    assert!(commits <= 20 + 5, "{commits} commits for 20 sets");
}

const ALARMS: &[&str] = &["mailbox-unread", "mailbox-read-again"];

#[tokio::test]
async fn a_mailbox_that_cannot_be_read_for_an_hour_is_told_to_the_staff_and_so_is_its_end() {
    let mut office = Office::open(1, accepted).await;
    office.passes(minutes(30)).await;
    office.mailbox_is(Some(Obstacle::Away));
    office.passes(minutes(58)).await;
    assert_eq!(office.told_of(ALARMS), [""; 0], "servers are restarted now and then");
    office.passes(minutes(12)).await;
    let told = office.told_of(ALARMS);
    assert_eq!(told.len(), 1, "{told:?}");
    for words in
        ["mailbox-unread", "no answer within 60 s", "(Paris)", "As a rule the trouble is the provider's"]
    {
        assert!(told[0].contains(words), "no \"{words}\" in {}", told[0]);
    }
    office.passes(minutes(3 * 60)).await;
    assert_eq!(office.told_of(ALARMS).len(), 1, "once");
    office.mailbox_is(None);
    office.passes(minutes(10)).await;
    let told = office.told_of(ALARMS);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with("mailbox-read-again"), "{}", told[1]);
    office.mailbox_is(Some(Obstacle::Away));
    office.passes(minutes(2 * 60)).await;
    assert_eq!(office.told_of(ALARMS).len(), 2, "not twice a day");
}

#[tokio::test]
async fn a_login_that_is_refused_while_serving_is_told_after_a_quarter_of_an_hour() {
    let mut office = Office::open(1, accepted).await;
    office.passes(minutes(6)).await;
    office.mailbox_is(Some(Obstacle::LoginRefused));
    office.passes(minutes(24)).await;
    let told = office.told_of(ALARMS);
    assert_eq!(told.len(), 1, "{told:?}");
    for words in ["refuses the login", "[AUTHENTICATIONFAILED]", "the password was changed"] {
        assert!(told[0].contains(words), "no \"{words}\" in {}", told[0]);
    }
    office.passes(minutes(2 * 60)).await;
    assert_eq!(office.told_of(ALARMS).len(), 1, "the hour is no second alarm");
}

#[tokio::test]
async fn a_store_that_could_not_be_written_is_told_once_it_can_be_again() {
    let mut office = Office::open(12, accepted).await;
    office.disk_is_full_after(4);
    office.passes(minutes(5)).await;
    assert_eq!(office.told_of(&["store-fault"]), [""; 0]);
    office.disk_has_room();
    office.passes(minutes(10)).await;
    let told = office.told_of(&["store-fault"]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("could not be written"), "{}", told[0]);
}

#[tokio::test]
async fn a_mail_server_that_refuses_our_login_is_told_when_letters_leave_again() {
    let mut office = Office::open(3, accepted).await;
    office.server_refuses_login(true);
    office.passes(minutes(60)).await;
    assert_eq!(office.said().len(), 0);
    office.server_refuses_login(false);
    office.passes(minutes(10)).await;
    assert_each_taken_once(&office.said(), 3 + 1);
    let told = office.told_of(&["login-refused"]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("535 5.7.8 no"), "{}", told[0]);
}
