use super::*;
use crate::mail::form::WordsFile;
use proptest::prelude::*;

fn french() -> WordsFile {
    toml::from_str(
        r#"
        [words]
        ACCEPT = ["J'accepte", "d'accord", "je suis d'accord"]
        DECLINE = ["Je décline", "je ne peux pas"]
        YES = ["oui"]
        NO = ["non"]
        ASK = ["question"]
        AWAY = ["absent", "absente"]
        BACK = ["de retour"]
        REMOVE = ["retirer"]
        ROSTER = ["liste"]
        "FORGET ME" = ["oubliez-moi"]
        REPORT = ["signaler"]
        HELD = ["eu lieu"]
        UNTIL = ["jusqu'au", "jusqu'à"]
        TRY = ["essayez"]
        AND = ["et"]
        NUMBER = ["le", "numéro"]
        BUT = ["mais", "si", "pas", "sauf", "seulement"]
        "#,
    )
    .expect("the French sample")
}

fn arabic() -> WordsFile {
    toml::from_str("[words]\nACCEPT = [\"أقبل\"]\nHELP = [\"مساعدة\"]\nBUT = [\"لكن\", \"إذا\"]\n")
        .expect("Arabic")
}

fn words() -> Words {
    Words::from_files(&[french(), arabic()]).expect("they do not collide")
}

/// The command, in one line: `WORD(argument) +also: note`.
fn shown(text: &str, subject: Option<&str>) -> String {
    let Some(c) = read(text, subject, &words()) else { return "nothing".into() };
    let argument = c.argument.map(|a| format!("({a})")).unwrap_or_default();
    let also = match c.also {
        Some(Also::AwayUntil(date)) => format!(" +away {date}"),
        Some(Also::Try(name)) => format!(" +try {name}"),
        None => String::new(),
    };
    let note = c.note.map(|n| format!(": {n}")).unwrap_or_default();
    format!("{}{argument}{also}{note}", c.word).replace('\n', "|")
}

fn assert_all(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(line, expected)| shown(line, None) != *expected)
        .map(|(line, expected)| format!("{line:?}: {} instead of {expected}", shown(line, None)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_word_alone_or_before_punctuation_decides() {
    assert_all(&[
        ("ACCEPT", "ACCEPT"),
        ("accept", "ACCEPT"),
        ("Accept. Happy to talk.", "ACCEPT: Happy to talk."),
        ("I accept", "ACCEPT"),
        ("I accept!", "ACCEPT"),
        ("ACCEPT!", "ACCEPT"),
        ("**Accept**", "ACCEPT"),
        ("*ACCEPT*\n\nTuesday at 3?", "ACCEPT: Tuesday at 3?"),
        ("> not quoted here\nACCEPT", "nothing"),
        ("> ACCEPT", "nothing"),
        ("👍 accept", "ACCEPT"),
        ("accept 👍", "ACCEPT"),
        ("accept👍 Tuesday works", "ACCEPT: Tuesday works"),
        ("accept :-)", "ACCEPT"),
        ("\"ACCEPT\"", "ACCEPT"),
        ("- Accept", "ACCEPT"),
        ("Accept, thanks!", "ACCEPT: thanks!"),
        ("Accept thanks", "ACCEPT"),
        ("Yes please", "YES"),
        ("Yes please!", "YES"),
        ("Yes", "YES"),
        ("yes.", "YES"),
        ("No.", "NO"),
        ("no thank you", "NO"),
        ("Non merci", "NO"),
        ("Oui, avec plaisir", "YES: avec plaisir"),
        ("Oui avec plaisir !", "YES"),
        ("Decline - moving house", "DECLINE: moving house"),
        ("Decline – moving house", "DECLINE: moving house"),
        ("decline", "DECLINE"),
        ("I must decline.\nToo much work until May.", "DECLINE: Too much work until May."),
        ("Accept.Happy to talk", "ACCEPT: Happy to talk"),
        ("not yet", "NOT YET"),
        ("Not held", "NOT HELD"),
        ("written", "WRITTEN"),
        ("HEARD", "HEARD"),
        ("My data", "MY DATA"),
        ("forget me", "FORGET ME"),
        ("Help!", "HELP"),
        ("help?", "HELP"),
        ("cancel", "CANCEL"),
        ("new times", "NEW TIMES"),
        ("Another advisor.", "ANOTHER ADVISOR"),
        ("mine", "MINE"),
        ("he", "HE"),
        ("second person", "SECOND PERSON"),
    ]);
}

#[test]
fn a_line_that_runs_on_does_not_decide() {
    assert_all(&[
        ("accept but not before May", "nothing"),
        ("accept when the semester is over", "nothing"),
        ("Accept / Decline", "nothing"),
        ("ACCEPT or DECLINE", "nothing"),
        ("accept-ish", "nothing"),
        ("acceptable", "nothing"),
        ("Yes but not before May", "nothing"),
        ("yes?", "nothing"),
        ("No idea what this is about", "nothing"),
        ("not yet sure what to say", "nothing"),
        ("decline of reading in our library", "nothing"),
        ("Back to the topic of Koha", "nothing"),
        ("report on Koha reports", "nothing"),
        ("Report attached", "nothing"),
        ("Report attached, see page 2.", "nothing"),
        ("Report Karim", "nothing"),
        ("away from my desk today", "nothing"),
        ("he is on holiday", "nothing"),
        ("held on Tuesday", "nothing"),
        ("help me with Koha please", "nothing"),
        ("Happy to help! Tuesday at 3?", "nothing"),
        ("", "nothing"),
        ("Thank you for your message. I accept.", "nothing"),
    ]);
}

#[test]
fn a_negation_or_condition_in_its_own_sentence_undoes_an_agreeing_word() {
    assert_all(&[
        ("I can't accept", "nothing"),
        ("I cannot accept", "nothing"),
        ("I do not accept", "nothing"),
        ("Yes, but not before May", "nothing"),
        ("Yes if you can wait", "nothing"),
        ("Yes, if you can wait", "nothing"),
        ("Accept - if you can wait until May", "nothing"),
        ("Accept (but only in May)", "nothing"),
        ("Yes... but not before May", "nothing"),
        ("Yes,\nbut not before May", "nothing"),
        ("Yes, I would be glad to do it, and I am free from\nmay on, but only then", "nothing"),
        ("accept\nif you can wait", "nothing"),
        ("Oui, mais pas avant mai", "nothing"),
        ("D'accord, si vous pouvez attendre", "nothing"),
        ("J'accepte pas", "nothing"),
        ("2, but only on Mondays", "nothing"),
        ("أقبل، لكن ليس قبل مايو", "nothing"),
        ("Accept, maybe", "nothing"),
        ("Yes, I don't think so", "nothing"),
    ]);
}

#[test]
fn a_condition_in_a_language_that_is_not_configured_counts_too() {
    let english = Words::default();
    assert_eq!(read("Accept, mais pas avant mai", None, &english), None);
    assert_eq!(read("Yes, aber nicht vor Mai", None, &english), None);
}

#[test]
fn later_sentences_and_the_note_of_a_refusal_never_undo_the_word() {
    assert_all(&[
        ("Accept. But not on Mondays.", "ACCEPT: But not on Mondays."),
        ("ACCEPT\nI can't do Mondays.", "ACCEPT: I can't do Mondays."),
        ("Yes!\nnot on Mondays", "YES: not on Mondays"),
        ("Yes, no problem!", "YES: no problem!"),
        ("Accept, why not", "ACCEPT: why not"),
        ("No, not now, but ask again if you like", "NO: not now, but ask again if you like"),
        ("Decline, but only because I accept too much", "DECLINE: but only because I accept too much"),
        ("Not held, but we will", "NOT HELD: but we will"),
        ("Written, but no answer yet", "WRITTEN: but no answer yet"),
    ]);
}

#[test]
fn a_greeting_before_the_word_is_skipped() {
    assert_all(&[
        ("Hi Leila,\n\nACCEPT", "ACCEPT"),
        ("Bonjour,\nJ'accepte", "ACCEPT"),
        ("Dear Dr. Haddad,\n\nI accept. Tuesday?", "ACCEPT: Tuesday?"),
        ("Dear Dr Haddad,\nDecline", "DECLINE"),
        ("Hi Leila, I accept", "ACCEPT"),
        ("Hello - accept", "ACCEPT"),
        ("Good morning\nyes", "YES"),
        ("Leila,\n\nyes", "YES"),
        ("Hello!\nLeila,\nno", "NO"),
        ("مرحبا ليلى،\nأَقبَل", "ACCEPT"),
        ("Hi Leila I would love to accept", "nothing"),
        ("Hi Leila,", "nothing"),
        ("Yes,\nLeila", "YES: Leila"),
        ("Unfortunately, I must decline. Moving house.", "DECLINE: Moving house."),
        ("Sorry, no.", "NO"),
        ("Sorry, yes.", "nothing"),
    ]);
}

#[test]
fn other_languages_count_without_accents_and_with_any_apostrophe() {
    assert_all(&[
        ("J’accepte", "ACCEPT"),
        ("j'ACCEPTE.", "ACCEPT"),
        ("Je decline", "DECLINE"),
        ("JE DÉCLINE", "DECLINE"),
        ("je ne peux pas", "DECLINE"),
        ("je ne peux pas accepter", "nothing"),
        ("d'accord", "ACCEPT"),
        ("Oubliez-moi", "FORGET ME"),
        ("أَقْبَلُ", "ACCEPT"),
        ("مساعده", "HELP"),
    ]);
}

#[test]
fn a_number_chooses() {
    assert_all(&[
        ("2", "2"),
        ("2.", "2"),
        ("2)", "2"),
        ("(2)", "2"),
        ("#2", "2"),
        ("n° 2", "2"),
        ("N°2", "2"),
        ("№ 2", "2"),
        ("no. 2", "2"),
        ("le 2", "2"),
        ("number 2 please", "2"),
        ("Option 2", "2"),
        ("٢", "2"),
        ("2️⃣", "2"),
        ("2, please", "2: please"),
        ("2 - she sounds perfect", "2: she sounds perfect"),
        ("the second", "2"),
        ("One: here is what I have got", "nothing"),
        (":+1:", "nothing"),
        ("+1", "nothing"),
        ("1, 2 or 3", "nothing"),
        ("1 or 2", "nothing"),
        ("2.5", "nothing"),
        ("2/11/2026", "nothing"),
        ("14:00", "nothing"),
        ("3 pm is fine", "nothing"),
        ("2026", "nothing"),
        ("15 December", "nothing"),
        ("No. 2 people have asked me already", "NO: 2 people have asked me already"),
    ]);
}

#[test]
fn some_words_take_an_argument_that_runs_on() {
    assert_all(&[
        ("ROSTER metadata, Arabic", "ROSTER(metadata, Arabic)"),
        ("Roster: Koha\n\nThanks", "ROSTER(Koha): Thanks"),
        ("ROSTER", "ROSTER"),
        ("roster please", "ROSTER"),
        ("ASK Do you use Koha 23?", "ASK(Do you use Koha 23?)"),
        ("Ask:\nDo you use Koha?\nWhich?", "ASK(Do you use Koha?|Which?)"),
        ("Question: quelle version ?", "ASK(quelle version ?)"),
        ("STAFF please call me", "STAFF(please call me)"),
        ("staff", "STAFF"),
        ("LANGUAGE fr", "LANGUAGE(fr)"),
        ("Language: fr.", "LANGUAGE(fr)"),
        ("language is a barrier", "nothing"),
        ("AWAY UNTIL 2026-12-15", "AWAY(2026-12-15)"),
        ("Away until 15 December 2026. See you then.", "AWAY(15 December 2026): See you then."),
        ("Away until 15. December 2026", "AWAY(15. December 2026)"),
        ("Absente jusqu'au 15/12/2026", "AWAY(15/12/2026)"),
        ("I am away until May 3", "AWAY(May 3)"),
        ("AWAY", "AWAY"),
        ("HELD 45", "HELD(45)"),
        ("Held, 45 minutes", "HELD(45)"),
        ("held 45min.", "HELD(45)"),
        ("Held (1h30)", "HELD(90)"),
        ("held 1 hour via Zoom", "HELD(60): via Zoom"),
        ("Held. 2 people came.", "HELD: 2 people came."),
        ("Held", "HELD"),
        ("held ٤٥", "HELD(45)"),
        ("ALSO ME leila@home.example", "ALSO ME(leila@home.example)"),
        ("REPORT", "REPORT"),
        ("REPORT K7Q2M", "REPORT(K7Q2M)"),
        ("Report [k7q2m]. He was rude.", "REPORT(K7Q2M): He was rude."),
        ("Report: he is rude", "REPORT: he is rude"),
        ("REPORT he is rude", "REPORT: he is rude"),
        ("REPORT Karim", "REPORT: Karim"),
        ("Hello,\n**REPORT** Amina writes to me at night.", "REPORT: Amina writes to me at night."),
        ("Report he writes to me at night", "REPORT: he writes to me at night"),
        ("REPORT K7Q2M he is rude", "REPORT(K7Q2M): he is rude"),
        ("APPROVE K7Q2M", "APPROVE(K7Q2M)"),
        ("APPROVE [K7Q2M] Karim Nassar, AUC", "APPROVE(K7Q2M): Karim Nassar, AUC"),
        ("REMOVE", "REMOVE"),
        ("remove me", "REMOVE"),
        ("remove Koha from my areas", "nothing"),
        ("ASSIGN K7Q2M Karim Nassar", "ASSIGN(K7Q2M Karim Nassar)"),
        ("NOTE she called", "NOTE(she called)"),
    ]);
}

#[test]
fn removing_or_sending_away_somebody_else_is_another_word_than_oneself() {
    let name = |line: &str| read(line, None, &words()).map(|c| (c.word, c.argument, c.also));
    assert_eq!(name("REMOVE Amina Haddad"), Some((Word::RemoveName, Some("Amina Haddad".into()), None)));
    assert_eq!(name("REMOVE"), Some((Word::Remove, None, None)));
    let until = Some(Also::AwayUntil("2026-12-15".into()));
    assert_eq!(name("AWAY Amina UNTIL 2026-12-15"), Some((Word::AwayName, Some("Amina".into()), until)));
}

#[test]
fn a_refusal_may_name_a_date_or_somebody_else() {
    assert_all(&[
        ("DECLINE AND AWAY UNTIL 2026-12-15", "DECLINE +away 2026-12-15: AND AWAY UNTIL 2026-12-15"),
        ("Decline, away until 15 December", "DECLINE +away 15 December: away until 15 December"),
        ("DECLINE, TRY Karim", "DECLINE +try Karim: TRY Karim"),
        ("Decline. Please try Karim Nassar.", "DECLINE +try Karim Nassar: Please try Karim Nassar."),
        ("Je décline, essayez Karim", "DECLINE +try Karim: essayez Karim"),
        ("decline and sorry for the delay", "nothing"),
    ]);
}

#[test]
fn a_mailto_button_with_an_automatic_signature_is_a_word_alone() {
    assert_eq!(shown("ACCEPT\n\nSent from my iPhone", None), "ACCEPT");
    assert_eq!(shown("ACCEPT\n\nEnvoyé de mon iPhone", None), "ACCEPT");
    assert_eq!(shown("ACCEPT\n-- \nAmina Haddad\nAUC Library", None), "ACCEPT");
    assert_eq!(shown("Sent from my iPhone", Some("ACCEPT [K7Q2M]")), "ACCEPT");
}

#[test]
fn the_subject_decides_only_where_there_is_no_text() {
    assert_eq!(shown("", Some("Re: ACCEPT [K7Q2M]")), "ACCEPT");
    assert_eq!(shown("", Some("Antwort: ACCEPT [K7Q2M]")), "ACCEPT");
    assert_eq!(shown("", Some("VL: 답장: ACCEPT [K7Q2M]")), "ACCEPT");
    assert_eq!(shown("\n \n", Some("[Advising] AW: TR: accept")), "ACCEPT");
    assert_eq!(shown("Tuesday at 3?", Some("ACCEPT")), "nothing");
    assert_eq!(shown("", Some("Re: Leila asks about Koha reports [K7Q2M]")), "nothing");
    assert_eq!(shown("", None), "nothing");
    assert_eq!(shown("", Some("ROSTER metadata")), "ROSTER(metadata)");
}

#[test]
fn bare_thanks_are_mere_and_anything_said_is_not() {
    for mere in [
        "Thanks",
        "thanks!",
        "Thank you so much, Leila",
        "Thanks Leila!\n\nAmina",
        "Ok",
        "OK, thanks.",
        "ok 👍",
        "👍",
        "Merci beaucoup !",
        "Hi Leila,\nthank you very much!\nAmina Haddad",
        "Noted, thanks",
        "شكراً",
        "Thanks\nSent from my iPhone",
        "Many thanks for your help",
    ] {
        assert!(is_mere_thanks(mere), "{mere:?} says nothing");
    }
    for said in [
        "",
        "Thanks, Tuesday at 3?",
        "Thanks, but I need more time",
        "Hi. I am fine.\n\nThanks,\nAlex",
        "Hi Leila,",
        "ok for Tuesday",
        "OK Tuesday",
        "Yes",
        "ACCEPT",
        "Thanks. I will write to her tomorrow.",
        "Leila",
    ] {
        assert!(!is_mere_thanks(said), "{said:?} says something");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,120}", subject in proptest::option::of("\\PC{0,40}")) {
        let _ = read(&text, subject.as_deref(), &words());
        let _ = is_mere_thanks(&text);
    }

    #[test]
    fn reading_words_in_any_order_never_panics(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("accept"), Just("decline"), Just("and"), Just("away"), Just("until"), Just("try"), Just("held"),
                Just("45"), Just("min"), Just("\n"), Just(", "), Just(". "), Just(" - "), Just("**"), Just("report"),
                Just("K7Q2M"), Just("["), Just("]"), Just("é"), Just("👍"), Just("Hi"), Just("Leila"), Just("remove"),
                Just("language"), Just(" "), Just("?"), Just("٢"), Just("'"), Just("sorry"), Just("n°"), Just("but"),
            ],
            0..14,
        ),
        glue in prop_oneof![Just(" "), Just("")],
    ) {
        let text = parts.join(glue);
        let english = words();
        let _ = read(&text, None, &english);
        let _ = read("", Some(&text), &english);
        // What is not read to its end would have decided nothing.
        let whole = Line::new(courtesy::after_greeting(&text, &english), &english);
        prop_assert_eq!(read_text(&text, &english), whole.read());
    }

    #[test]
    fn a_condition_is_never_read_as_an_acceptance(
        word in prop_oneof![Just("Accept"), Just("Yes"), Just("I accept"), Just("J'accepte"), Just("2")],
        sign in prop_oneof![Just(""), Just(","), Just(" -"), Just(" –"), Just(":"), Just(" (")],
        condition in prop_oneof![Just("but not before May"), Just("if you can wait"), Just("unless it is urgent")],
    ) {
        let line = format!("{word}{sign} {condition}");
        prop_assert_eq!(read(&line, None, &words()), None);
    }
}

#[test]
fn a_nod_before_an_answer_takes_nothing_from_it() {
    assert_all(&[
        ("Ok accept 👍", "ACCEPT"),
        ("Sure, I accept. Tuesday?", "ACCEPT: Tuesday?"),
        ("OK, yes", "YES"),
        ("Great! I accept", "ACCEPT"),
        ("Ok, I decline", "DECLINE"),
        ("Sorry cant, try Karim", "DECLINE +try Karim: try Karim"),
        ("Ok accept but not before May", "nothing"),
        ("Ok, I will look at it", "nothing"),
        ("Ok\naccept", "nothing"),
        ("ok", "nothing"),
    ]);
}

#[test]
fn report_and_staff_as_a_subject_are_meant_for_people() {
    let said = |subject| for_people("They write to me every day.", subject, &words());
    assert_eq!(
        said("Report").map(|s| (s.word, s.note)),
        Some((Word::Report, Some("They write to me every day.".into())))
    );
    let staff = said("STAFF").map(|s| (s.word, s.argument));
    assert_eq!(staff, Some((Word::Staff, Some("They write to me every day.".into()))));
    assert_eq!(said("Report of the meeting"), None);
    assert_eq!(said("Remove"), None);
}
