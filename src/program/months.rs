//! The names of months, in the languages that people write dates in.
//!
//! People write them in their own, whatever languages a network speaks. Names are folded; to
//! teach a language, add its names to the twelve lines.

/// Each month as it is named, and cut short. Of Arabic the names of Cairo and the Gulf, of
/// Beirut and Baghdad, of Tunis and Algiers, of Rabat.
#[rustfmt::skip]
const NAMES: [&[&str]; 12] = [
    &["jan", "janv", "january", "janvier", "januar", "janner", "januari", "gennaio", "gen", "enero", "ene", "janeiro", "tammikuuta", "stycznia", "styczen", "ledna", "januara", "ianuarie", "января", "январь", "січня", "ιανουαριου", "ocak", "يناير", "كانون الثاني", "كانون ثاني", "جانفي", "ינואר", "בינואר", "янв", "sty", "leden", "tammi"],
    &["feb", "fev", "fevr", "february", "fevrier", "februar", "februari", "febbraio", "febrero", "fevereiro", "helmikuuta", "lutego", "unora", "februara", "februarie", "февраля", "лютого", "φεβρουαριου", "subat", "فبراير", "شباط", "فيفري", "פברואר", "בפברואר", "февраль", "фев", "лютии", "lut", "luty", "unor"],
    &["mar", "march", "mars", "marz", "maerz", "marzo", "maart", "mrt", "marco", "marts", "maaliskuuta", "marca", "brezna", "martie", "марта", "березня", "μαρτιου", "mart", "مارس", "اذار", "מרץ", "במרץ", "март", "мар", "березень", "marzec", "brezen"],
    &["apr", "april", "avr", "avril", "aprile", "abril", "abr", "huhtikuuta", "kwietnia", "dubna", "aprila", "aprilie", "апреля", "квітня", "απριλιου", "nisan", "ابريل", "نيسان", "افريل", "אפריל", "באפריל", "апрель", "апр", "квітень", "kwi", "kwiecien", "duben"],
    &["may", "mai", "maggio", "mag", "mayo", "maio", "mei", "maj", "toukokuuta", "maja", "kvetna", "мая", "травня", "μαιου", "mayis", "مايو", "ايار", "ماي", "מאי", "במאי", "маи", "травень", "kveten"],
    &["jun", "june", "juin", "juni", "giugno", "giu", "junio", "junho", "kesakuuta", "czerwca", "cervna", "juna", "iunie", "июня", "червня", "ιουνιου", "haziran", "يونيو", "يونيه", "حزيران", "جوان", "יוני", "ביוני", "июнь", "июн", "червень", "cze", "czerwiec", "cerven"],
    &["jul", "july", "juil", "juillet", "juli", "luglio", "lug", "julio", "julho", "heinakuuta", "lipca", "cervence", "jula", "iulie", "июля", "липня", "ιουλιου", "temmuz", "يوليو", "يوليه", "يوليوز", "تموز", "جويليه", "יולי", "ביולי", "июль", "июл", "липень", "lipiec", "cervenec"],
    &["aug", "august", "aout", "agosto", "ago", "augustus", "augusti", "elokuuta", "sierpnia", "srpna", "augusta", "августа", "серпня", "αυγουστου", "agustos", "اغسطس", "غشت", "اغشت", "اب", "اوت", "אוגוסט", "באוגוסט", "август", "авг", "серпень", "sierpien", "srpen"],
    &["sep", "sept", "september", "septembre", "settembre", "set", "septiembre", "setembro", "syyskuuta", "wrzesnia", "zari", "septembra", "septembrie", "сентября", "вересня", "σεπτεμβριου", "eylul", "سبتمبر", "شتنبر", "ايلول", "ספטמבר", "בספטמבר", "сентябрь", "сен", "сент", "вересень", "wrz", "wrzesien"],
    &["oct", "october", "octobre", "okt", "oktober", "ottobre", "ott", "octubre", "outubro", "out", "lokakuuta", "pazdziernika", "rijna", "oktobra", "octombrie", "октября", "жовтня", "οκτωβριου", "ekim", "اكتوبر", "تشرين الاول", "تشرين اول", "אוקטובר", "באוקטובר", "октябрь", "окт", "жовтень", "pazdziernik", "rijen"],
    &["nov", "november", "novembre", "noviembre", "novembro", "marraskuuta", "listopada", "listopadu", "novembra", "noiembrie", "ноября", "листопада", "νοεμβριου", "kasim", "نوفمبر", "تشرين الثاني", "تشرين ثاني", "نونبر", "נובמבר", "בנובמבר", "ноябрь", "ноя", "листопад", "listopad"],
    &["dec", "december", "decembre", "dez", "dezember", "dicembre", "dic", "diciembre", "dezembro", "desember", "joulukuuta", "grudnia", "prosince", "decembra", "decembrie", "декабря", "грудня", "δεκεμβριου", "aralik", "ديسمبر", "كانون الاول", "كانون اول", "دجنبر", "دجمبر", "דצמבר", "בדצמבר", "декабрь", "дек", "грудень", "gru", "grudzien", "prosinec"],
];

/// The month of that name, as it stands in the table; one of two words is written with `_`.
pub(super) fn number(word: &str) -> Option<u32> {
    let is_named = |names: &&[&str]| names.iter().any(|name| *name == word || is_joined(name, word));
    (1..).zip(&NAMES).find(|(_, names)| is_named(names)).map(|(number, _)| number)
}

/// The month whose names alone begin so: three letters or more, in a script that has capitals.
/// Others, as Arabic, do not cut names short.
pub(super) fn begun(word: &str) -> Option<u32> {
    let long = word.chars().count() >= 3 && word.starts_with(char::is_lowercase);
    let begins = |names: &&[&str]| names.iter().any(|name| name.starts_with(word));
    let mut found = (1..).zip(&NAMES).filter(|(_, names)| long && begins(names)).map(|(number, _)| number);
    found.next().filter(|_| found.next().is_none())
}

/// Names of months, or months cut short, that are words as well: "set for 15 December", `mar.` for
/// mardi and martes.
pub(super) const ALSO_WORDS: [&str; 5] = ["mar", "set", "out", "ago", "may"];

/// A name of that month.
pub(super) fn name(number: u32) -> Option<&'static str> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    NAMES.get(place)?.first().copied()
}

/// Both words of a month's name as one: `كانون_الثاني`; `None` if they are none.
pub(super) fn of_two_words(first: &str, second: &str) -> Option<String> {
    let joined = format!("{first}_{second}");
    let mut names = NAMES.iter().flat_map(|names| names.iter());
    names.any(|name| is_joined(name, &joined)).then_some(joined)
}

fn is_joined(name: &str, word: &str) -> bool {
    name.split_once(' ').is_some_and(|both| word.split_once('_') == Some(both))
}

/// Folded text in which months of two words are one; `the first of` is its number.
pub(super) fn with_one_word_months(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for name in NAMES.iter().flat_map(|names| names.iter()).filter(|name| name.contains(' ')) {
        text = text.replace(name, &name.replace(' ', "_"));
    }
    text.replace("الاول من ", "1 ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::fold::fold;

    #[test]
    fn no_name_is_of_two_months_and_all_are_folded() {
        for (month, names) in (1..).zip(&NAMES) {
            for name in *names {
                assert_eq!(number(&name.replace(' ', "_")), Some(month), "{name}");
                assert_eq!(fold(name), *name);
            }
        }
    }

    #[test]
    fn english_and_french_names_may_be_cut_short() {
        for (month, all) in (1..).zip([
            ["january", "janvier"],
            ["february", "fevrier"],
            ["march", "mars"],
            ["april", "avril"],
            ["may", "mai"],
            ["june", "juin"],
            ["july", "juillet"],
            ["august", "aout"],
            ["september", "septembre"],
            ["october", "octobre"],
            ["november", "novembre"],
            ["december", "decembre"],
        ]) {
            for name in all {
                let shortest = if name.starts_with("jui") { 4 } else { 3 };
                for end in shortest..=name.len() {
                    let short = &name[..end];
                    assert_eq!(number(short).or_else(|| begun(short)), Some(month), "{short}");
                }
            }
        }
        for none in ["jui", "ja", "cerv", "اكت", ""] {
            assert_eq!(number(none).or_else(|| begun(none)), None, "{none}");
        }
    }

    #[test]
    fn the_months_of_beirut_have_two_words() {
        assert_eq!(of_two_words("كانون", "الاول").as_deref().and_then(number), Some(12));
        assert_eq!(of_two_words("كانون", "2026"), None);
        assert_eq!(with_one_word_months("15  كانون الثاني 2027"), "15 كانون_الثاني 2027");
    }
}
