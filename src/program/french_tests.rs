//! How French people answer, and what must never be taken from it.

use super::{Also, Command, Words, is_mere_thanks, read};
use crate::mail::form::WordsFile;

fn words() -> Words {
    let french: WordsFile =
        toml::from_str(include_str!("../../templates/fr/words.toml")).expect("the shipped French words");
    Words::from_files(&[french]).expect("French and English words do not collide")
}

/// The command, in one line: `WORD(argument) +also: note`.
pub(super) fn shown(command: Option<Command>) -> String {
    let Some(c) = command else { return "nothing".into() };
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
    let words = words();
    let wrong: Vec<String> = table
        .iter()
        .map(|(line, expected)| (line, expected, shown(read(line, None, &words))))
        .filter(|(_, expected, got)| *expected != got)
        .map(|(line, expected, got)| format!("{line:?}: {got} instead of {expected}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_words_of_the_manual_are_read() {
    assert_all(&[
        ("J'ACCEPTE", "ACCEPT"),
        ("D'ACCORD", "ACCEPT"),
        ("OUI", "YES"),
        ("JE DÉCLINE", "DECLINE"),
        ("NON", "NO"),
        ("JE NE PEUX PAS", "DECLINE"),
        ("QUESTION quelle version de Koha ?", "ASK(quelle version de Koha ?)"),
        ("ABSENT JUSQU'AU 15 décembre 2026", "AWAY(15 décembre 2026)"),
        ("DE RETOUR", "BACK"),
        ("RETIRER", "REMOVE"),
        ("LISTE", "ROSTER"),
        ("LISTE métadonnées, arabe", "ROSTER(métadonnées, arabe)"),
        ("AIDE", "HELP"),
        ("ÉTAT", "STATUS"),
        ("ANNULER", "CANCEL"),
        ("DÉJÀ ÉCRIT", "WRITTEN"),
        ("DES NOUVELLES", "HEARD"),
        ("SUIVANT", "NEXT"),
        ("ATTENDRE", "WAIT"),
        ("EU LIEU", "HELD"),
        ("EU LIEU 45", "HELD(45)"),
        ("PAS ENCORE", "NOT YET"),
        ("PAS EU LIEU", "NOT HELD"),
        ("LANGUE fr", "LANGUAGE(fr)"),
        ("MES DONNÉES", "MY DATA"),
        ("OUBLIEZ-MOI", "FORGET ME"),
        ("SIGNALER", "REPORT"),
        ("SIGNALER K7Q2M", "REPORT(K7Q2M)"),
        ("ÉQUIPE pouvez-vous m'appeler ?", "STAFF(pouvez-vous m'appeler ?)"),
    ]);
}

#[test]
fn the_words_are_read_without_accents_with_any_apostrophe_and_any_space() {
    assert_all(&[
        ("j\u{2019}accepte", "ACCEPT"),
        ("J\u{b4}accepte", "ACCEPT"),
        ("j`accepte", "ACCEPT"),
        ("J' accepte", "ACCEPT"),
        ("jaccepte", "ACCEPT"),
        ("J'accepte\u{a0}!", "ACCEPT"),
        ("Oui\u{202f}!", "YES"),
        ("« Oui »", "YES"),
        ("dejà écrit", "WRITTEN"),
        ("ETAT", "STATUS"),
        ("Etat ?", "STATUS"),
        ("Equipe : rappelez-moi", "STAFF(rappelez-moi)"),
        ("Oubliez moi", "FORGET ME"),
        ("**D'accord**", "ACCEPT"),
    ]);
}

#[test]
fn a_yes_is_read_in_the_ways_people_say_it() {
    assert_all(&[
        ("J'accepte volontiers.", "ACCEPT"),
        ("J'accepte avec plaisir !", "ACCEPT"),
        ("J'accepte, bien sûr.", "ACCEPT: bien sûr."),
        ("J'accepte bien volontiers", "ACCEPT"),
        ("Je suis d'accord", "ACCEPT"),
        ("D'accord, mardi à 15 h", "ACCEPT: mardi à 15 h"),
        ("D'accord !\nMardi à 15 h ?", "ACCEPT: Mardi à 15 h ?"),
        ("D'accord pour moi.", "ACCEPT"),
        ("Oui volontiers !", "YES"),
        ("Oui, avec plaisir !", "YES: avec plaisir !"),
        ("Oui bien sûr", "YES"),
        ("Oui, je veux bien.", "YES: je veux bien."),
        ("Oui, mardi ou jeudi", "YES: mardi ou jeudi"),
        ("Oui, pas de souci !", "YES: pas de souci !"),
        ("Oui, sans aucun problème", "YES: sans aucun problème"),
        ("J'accepte. Je ne suis pas là le lundi.", "ACCEPT: Je ne suis pas là le lundi."),
        ("J'accepte, n'hésitez pas à m'appeler !", "ACCEPT: n'hésitez pas à m'appeler !"),
        ("Bonjour Leila,\n\nJ'accepte.\n\nBien cordialement,\nAmina", "ACCEPT: Bien cordialement,|Amina"),
        ("Bonjour Madame, j'accepte", "ACCEPT"),
        ("Chère Leila,\noui", "YES"),
        ("Bonjour à toutes et à tous,\nd'accord", "ACCEPT"),
        ("Je veux bien.", "ACCEPT"),
    ]);
}

#[test]
fn what_only_sounds_like_a_yes_is_none() {
    assert_all(&[
        ("Oui, mais pas avant mai", "nothing"),
        ("Oui mais pas avant mai", "nothing"),
        ("D'accord, si vous pouvez attendre jusqu'en mai", "nothing"),
        ("D'accord, à condition que ce soit court", "nothing"),
        ("Oui, s'il y a encore de la place", "nothing"),
        ("Oui, sauf le lundi", "nothing"),
        ("J'accepte, sous réserve de mon planning", "nothing"),
        ("J'accepte en principe", "nothing"),
        ("Oui, en principe", "nothing"),
        ("Oui, peut-être", "nothing"),
        ("Oui, dès que possible", "nothing"),
        ("Je n'accepte pas", "nothing"),
        ("Je ne suis pas d'accord", "nothing"),
        ("Pas d'accord", "nothing"),
        ("Je ne peux pas accepter", "nothing"),
        ("J'accepte pas", "nothing"),
        ("J'accepterais volontiers en mai", "nothing"),
        ("Oui ?", "nothing"),
        ("Avec plaisir !", "nothing"),
        ("Pas de souci", "nothing"),
        ("Volontiers, mardi à 15 h ?", "nothing"),
        ("Oui\nmais pas avant mai", "nothing"),
        ("Accept, mais seulement en mai", "nothing"),
        ("J'ACCEPTE ou JE DÉCLINE", "nothing"),
    ]);
}

#[test]
fn a_no_is_read_with_the_regret_that_comes_with_it() {
    assert_all(&[
        ("Non, désolée", "NO: désolée"),
        ("Non merci", "NO"),
        ("Non, pas cette fois.", "NO: pas cette fois."),
        ("Désolé, je ne peux pas.", "DECLINE"),
        ("Désolée, non.", "NO"),
        ("Malheureusement, je ne peux pas.", "DECLINE"),
        ("Malheureusement je ne peux pas.", "DECLINE"),
        ("Je suis désolée, je ne peux pas.", "DECLINE"),
        ("Je suis désolé mais je ne peux pas", "DECLINE"),
        ("Navrée, je dois décliner.", "DECLINE"),
        ("Je regrette, je ne peux pas.", "DECLINE"),
        ("Je suis désolée, j'accepte.", "nothing"),
        ("I am sorry, I decline.", "DECLINE"),
        ("I'm sorry but I can't", "DECLINE"),
        ("Je ne peux pas, désolée", "DECLINE: désolée"),
        ("Je ne peux pas cette semaine, mais la suivante oui", "nothing"),
        ("Je décline - trop de travail", "DECLINE: trop de travail"),
        ("Je dois décliner.\nTrop de travail jusqu'en mai.", "DECLINE: Trop de travail jusqu'en mai."),
        ("Je décline, essayez Karim", "DECLINE +try Karim: essayez Karim"),
        (
            "Je décline, voyez plutôt avec Karim Nasr.",
            "DECLINE +try Karim Nasr: voyez plutôt avec Karim Nasr.",
        ),
        (
            "Je décline et absente jusqu'au 15 décembre",
            "DECLINE +away 15 décembre: et absente jusqu'au 15 décembre",
        ),
        (
            "Je décline, je suis absent jusqu'au 1er janvier.",
            "DECLINE +away 1er janvier: je suis absent jusqu'au 1er janvier.",
        ),
        (
            "JE DÉCLINE ET ABSENT JUSQU'AU 2026-12-15",
            "DECLINE +away 2026-12-15: ET ABSENT JUSQU'AU 2026-12-15",
        ),
    ]);
}

#[test]
fn a_postponement_is_no_complaint() {
    assert_all(&[
        ("Report : je ne peux pas mardi", "nothing"),
        ("Report, s'il vous plaît", "nothing"),
        ("Report au 15 décembre", "nothing"),
        ("Report s'il vous plaît", "nothing"),
        ("SIGNALER il est grossier", "REPORT: il est grossier"),
        ("Signaler elle m'écrit la nuit", "REPORT: elle m'écrit la nuit"),
        ("REPORT he is rude", "REPORT: he is rude"),
        ("Signaler un problème à Koha prend une minute.", "nothing"),
        ("Report de notre rencontre", "nothing"),
        ("REPORT", "REPORT"),
        ("REPORT K7Q2M", "REPORT(K7Q2M)"),
        ("REPORT\nHe was rude.", "REPORT: He was rude."),
        ("Signaler : il a été impoli.", "REPORT: il a été impoli."),
    ]);
}

#[test]
fn absence_return_and_leaving_are_read() {
    assert_all(&[
        ("Absente jusqu'au 15/12/2026", "AWAY(15/12/2026)"),
        (
            "Je suis absente jusqu'au 1er janvier 2027. Bonnes fêtes !",
            "AWAY(1er janvier 2027): Bonnes fêtes !",
        ),
        ("Je serai absent jusqu'à lundi 5 janvier", "AWAY(lundi 5 janvier)"),
        ("En congé jusqu'au 15 décembre", "AWAY(15 décembre)"),
        ("Je suis de retour !", "BACK"),
        ("De retour à la question", "nothing"),
        ("Retirez-moi de la liste, s'il vous plaît", "REMOVE: s'il vous plaît"),
        ("RETIRER Amina Haddad", "REMOVE(Amina Haddad)"),
        ("Retirer Koha de mes domaines", "nothing"),
        ("Annulez ma demande, merci", "CANCEL: merci"),
        ("J'annule.", "CANCEL"),
    ]);
}

#[test]
fn meetings_and_numbers_are_read() {
    assert_all(&[
        ("Eu lieu, 45 minutes", "HELD(45)"),
        ("Elle a eu lieu (1 h 30)", "HELD(90)"),
        ("A eu lieu 1h", "HELD(60)"),
        ("A eu lieu, 3/4 d'heure", "HELD: 3/4 d'heure"),
        ("Pas encore, mardi prochain", "NOT YET: mardi prochain"),
        ("La rencontre n'a pas eu lieu.", "NOT HELD"),
        ("n° 2", "2"),
        ("N°2", "2"),
        ("le 2", "2"),
        ("Le 2, s'il vous plaît", "2: s'il vous plaît"),
        ("Je choisis le n° 2.", "2"),
        ("la deuxième", "2"),
        ("Le 2 décembre me convient", "nothing"),
        ("Le 2/12", "nothing"),
        ("2 h me suffisent", "nothing"),
        ("le 2 ou le 3", "nothing"),
        ("des nouvelles !", "HEARD"),
        ("Pas de nouvelles", "nothing"),
        ("Des nouvelles de Koha", "nothing"),
    ]);
}

#[test]
fn french_thanks_say_nothing_and_french_words_do() {
    for mere in [
        "Merci",
        "Merci beaucoup !",
        "Merci bien.",
        "Merci d'avance",
        "Merci à vous",
        "Un grand merci !",
        "Mille mercis",
        "Je vous remercie.",
        "Je vous remercie beaucoup",
        "Bien reçu, merci",
        "C'est noté, merci !",
        "Bien noté.",
        "Bonjour Leila,\nmerci pour votre message.\nAmina",
        "Merci\n\nEnvoyé de mon iPhone",
        "Parfait, merci",
        "Merci, bonne journée !",
        "Merci et bonne journée",
        "Très bien",
    ] {
        assert!(is_mere_thanks(mere), "{mere:?} says nothing");
        assert_eq!(read(mere, None, &words()), None, "{mere:?}");
    }
    for said in [
        "Merci, mardi à 15 h ?",
        "Merci mais il me faut plus de temps",
        "Pas de souci",
        "Oui",
        "Avec plaisir",
        "D'accord",
        "Merci. Je lui écris demain.",
        "Bonne idée",
    ] {
        assert!(!is_mere_thanks(said), "{said:?} says something");
    }
}
