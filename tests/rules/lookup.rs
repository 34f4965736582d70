//! Rows that only find others: a store of before has none, and nobody notices.

use super::brakes::{AMINA, LEILA, REQUEST, SIGN_UP, Town};
use soundingboard::program::batch::Change;
use soundingboard::store::Group;

const TABLES: [&str; 4] = ["lookup/", "named/", "advisee/", "occupied/"];

fn rows(town: &mut Town) -> Vec<String> {
    let store = town.world.store();
    let rows = TABLES.iter().flat_map(|table| store.range(table, usize::MAX).expect("rows"));
    rows.map(|(key, _)| key).collect()
}

/// As a program of before has left it.
fn forget(town: &mut Town) {
    let changes = rows(town).into_iter().map(Change::gone).collect();
    let at = town.world.clock.now();
    let group = Group { at, notes: vec!["forgotten".to_owned()], changes };
    town.world.store().commit(&group).expect("a store with room");
}

#[test]
fn a_store_of_before_gets_its_rows_at_the_next_start() {
    let mut town = Town::with_a_request();
    let before = rows(&mut town);
    assert_eq!(before.len(), 5, "{before:?}");
    forget(&mut town);
    assert_eq!(rows(&mut town), [] as [String; 0]);
    let got = town.writes(LEILA, "Request meeting", REQUEST);
    assert_eq!(got.iter().map(|g| g.template.as_str()).collect::<Vec<_>>(), ["already-open"]);
    assert_eq!(rows(&mut town), before);
}

#[test]
fn an_advisor_is_found_by_the_name_that_she_has_now() {
    let mut town = Town::with("");
    town.writes(AMINA, "Advisor sign-up", SIGN_UP);
    town.writes(AMINA, "Advisor update", "Name: Amina Nassar\r\n");
    let got = town.writes(LEILA, "Request meeting", "Advisor: Nassar, Amina\r\nIssue: Koha?\r\n");
    assert!(got.iter().any(|g| g.template == "request-to-advisor"), "{got:?}");
    let got = town.writes(
        "Omar Said <omar@auc.example>",
        "Request meeting",
        "Advisor: Karim Nasr\r\nIssue: Koha?\r\n",
    );
    assert!(!got.iter().any(|g| g.template == "request-to-advisor"), "{got:?}");
}
