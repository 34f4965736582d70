//! What people write about, of a wanted length.

use super::dice::Dice;

const ENGLISH: [&str; 16] = [
    "Our library has moved to a new catalogue this year and the staff still find it hard to use.",
    "We would like to know how other libraries of our size organise this, and what it costs them.",
    "The reports count renewals twice, and nobody here remembers who set them up.",
    "Last year we tried a workshop for new students, but only a few of them came.",
    "Our director asks for figures that we cannot give with the tools that we have.",
    "There are about three thousand items without any metadata, most of them in Arabic.",
    "Could you tell us which standard you follow, and whether you would choose it again?",
    "We have two people for this, and neither of them was ever trained for it.",
    "The vendor says that it cannot be done, which we find hard to believe.",
    "A conversation of half an hour would already help us a great deal.",
    "We share a building with the archives, and that makes opening hours difficult.",
    "The faculty would like to deposit their articles, but they do not know about licences.",
    "I have read the guidelines, and I still do not see how to begin.",
    "It would be good to see an example of a policy that works in practice.",
    "We can show you what we have so far, and you may say what is missing.",
    "Our budget is small, but there is time until the summer.",
];
const FRENCH: [&str; 8] = [
    "Notre bibliothèque a changé de catalogue cette année et l'équipe peine encore à s'en servir.",
    "Nous aimerions savoir comment d'autres établissements de notre taille s'organisent.",
    "Les rapports comptent les prolongations deux fois, et personne ne sait plus pourquoi.",
    "Une conversation d'une demi-heure nous aiderait déjà beaucoup.",
    "Le budget est petit, mais nous avons du temps jusqu'à l'été.",
    "Environ trois mille documents n'ont aucune notice, la plupart en arabe.",
    "L'équipe n'a jamais été formée à cela, et la direction demande des chiffres.",
    "Pourriez-vous nous montrer un exemple de politique qui fonctionne ?",
];

/// Sentences until there are `length` bytes, all in one paragraph.
pub fn paragraph(dice: &mut Dice, length: usize, french: bool) -> String {
    let sentences: &[&str] = if french { &FRENCH } else { &ENGLISH };
    let mut text = String::new();
    while text.len() < length {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(dice.pick(sentences));
    }
    text
}

/// The same in lines of a mail.
pub fn lines(dice: &mut Dice, length: usize, french: bool) -> String {
    wrapped(&paragraph(dice, length, french))
}

/// Words in lines of at most 72 columns, ended by CRLF.
pub fn wrapped(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 32);
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 72 {
            lines.push_str("\r\n");
            column = 0;
        }
        if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    lines.push_str("\r\n");
    lines
}
