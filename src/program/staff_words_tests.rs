use super::*;

fn words() -> Words {
    Words::default()
}

fn said(text: &str) -> Vec<(Option<Word>, Vec<String>, String)> {
    let read = read(text, None, "Rana Nassar", &words());
    read.into_iter().map(|s| (s.word, s.references.into_iter().map(|r| r.0).collect(), s.rest)).collect()
}

fn one(text: &str) -> (Option<Word>, String, String) {
    let all = said(text);
    let [(word, references, rest)] = all.as_slice() else { panic!("{text}: {all:?}") };
    (*word, references.join(" "), rest.clone())
}

#[test]
fn each_word_is_read_with_its_reference_and_the_rest() {
    use Word::*;
    for (line, word, references, rest) in [
        ("APPROVE K7Q2M", Approve, "K7Q2M", ""),
        ("approve [k7q2m].", Approve, "K7Q2M", ""),
        ("**APPROVE** [K7Q2M] please", Approve, "K7Q2M", ""),
        ("- Approve: K7Q2M, A3B4C and Z9Y8X", Approve, "K7Q2M A3B4C Z9Y8X", ""),
        ("K7Q2M: approve", Approve, "K7Q2M", ""),
        ("Approved, she is new in Beirut", Approve, "", "she is new in Beirut"),
        ("REFUSE K7Q2M not a librarian", Refuse, "K7Q2M", "not a librarian"),
        ("Refuse [K7Q2M]: not a librarian.", Refuse, "K7Q2M", "not a librarian."),
        ("ASSIGN K7Q2M Karim Nasr", Assign, "K7Q2M", "Karim Nasr"),
        ("ASSIGN Karim Nasr [K7Q2M]", Assign, "K7Q2M", "Karim Nasr"),
        ("REMOVE Amina Haddad", Remove, "", "Amina Haddad"),
        ("remove amina@campus.example", Remove, "", "amina@campus.example"),
        ("AWAY Amina Haddad UNTIL 15 December 2026", Away, "", "Amina Haddad UNTIL 15 December 2026"),
        ("NOTE K7Q2M she phoned, but nobody was there", Note, "K7Q2M", "she phoned, but nobody was there"),
        ("HANDLED K7Q2M", Handled, "K7Q2M", ""),
        ("UNDO", Undo, "", ""),
        ("FIGURES, please", Figures, "", ""),
    ] {
        assert_eq!(one(line), (Some(word), references.into(), rest.into()), "{line}");
    }
}

#[test]
fn a_sentence_that_begins_with_a_word_decides_nothing() {
    for line in [
        "Approve only if she is a librarian",
        "APPROVE K7Q2M, but only from January",
        "Figures look good this week",
        "Undo the other one too",
        "What is this?",
        "I would approve",
        "Accept",
    ] {
        assert_eq!(one(line), (None, String::new(), line.into()), "{line}");
    }
}

#[test]
fn greeting_thanks_and_what_follows_the_name_are_passed_over() {
    let text = "Hello,\n\nAPPROVE K7Q2M\nREFUSE A3B4C not a\nlibrarian\n\nThanks!\nRana\n\nBest regards,\nRana Nassar\nHead of something";
    let read = said(text);
    assert_eq!(read.len(), 2, "{read:?}");
    assert_eq!(read[1].2, "not a librarian");
    assert_eq!(said("Thank you all\n\nRana"), []);
}

#[test]
fn a_button_adds_nothing_to_its_word() {
    let text = "HANDLED K7Q2M\n\n\nReference K7Q2M-7QDTX4M2ZK9FGR3N";
    assert_eq!(one(text), (Some(Word::Handled), "K7Q2M".into(), String::new()));
}

#[test]
fn without_text_the_subject_decides() {
    let read = read("", Some("Re: APPROVE [K7Q2M]"), "", &words());
    assert_eq!((read[0].word, read[0].references[0].0.as_str()), (Some(Word::Approve), "K7Q2M"));
    assert_eq!(super::read("", Some("Re: Weekly digest"), "", &words()), []);
}

#[test]
fn a_name_and_its_date_are_told_apart() {
    let read = until("Amina Haddad until 15 December 2026", &words());
    assert_eq!(read, Some(("Amina Haddad".into(), "15 December 2026".into())));
    assert_eq!(until("Amina Haddad", &words()), None);
    assert_eq!(name_in("to Karim Nasr."), "Karim Nasr");
    assert_eq!(name_in("Tom Karim"), "Tom Karim");
    assert_eq!(name_in("Karim Nasr, please."), "Karim Nasr");
    assert_eq!(name_in("Karim Nasr merci !"), "Karim Nasr");
    assert_eq!(name_in("Amina Haddad from the roster."), "Amina Haddad");
    assert_eq!(name_in("Merci"), "Merci");
}

#[test]
fn below_the_writers_own_name_only_words_count() {
    let read = said("approve K7Q2M\n\nRana Nassar\nCoordinator, Peer Advising Network\n+33 1 23 45");
    assert_eq!(read.len(), 1, "{read:?}");
    let read = said("approve K7Q2M\nRana\nREFUSE Z9Y8X");
    assert_eq!(read.iter().filter_map(|(word, ..)| *word).count(), 2, "{read:?}");
    assert_eq!(said("Rana\nWhy is she held?").len(), 1);
}

#[test]
fn a_sentence_after_a_name_is_none_of_it() {
    assert_eq!(name_in("to Ann Lee. She knows."), "Ann Lee");
    assert_eq!(name_in("Dr. Ann Lee."), "Dr. Ann Lee");
    assert_eq!(name_in("Ann J. Lee"), "Ann J. Lee");
}
