//! The line a mail program or telephone adds by itself: "Sent from my iPhone".

use super::attribution::regex;
use super::caseless_words::CaselessWords;
use super::character::is_word;
use super::signature::LONGEST;
use super::signature_words::{
    APOLOGIES, DEVICE_FILLERS, DEVICES, SENT_FROM, SENT_FROM_ENDS, SLOGANS, VAGUELY_FROM,
};
use super::speech_words::speaks_of_self;
use super::visible::visible;
use regex::Regex;
use std::sync::LazyLock;

/// A name behind "Sent with" that is no device's is a program's if the line is so short.
const LONGEST_BRAND: usize = 4;

/// Whether a mail program or a telephone added this line.
pub(super) fn is_device_line(line: &str) -> bool {
    if line.len() > LONGEST || line.trim().len() < 6 {
        return false;
    }
    let line = visible(line);
    let line = if line.contains("http") { without_links(&line) } else { line };
    let words = line.split(' ').count();
    if words > 16 || line.chars().count() > 140 {
        return false;
    }
    match vague_start(&line) {
        Some(start) => is_only_device(&line[start..]),
        None => {
            is_slogan(&line) || (starts_as_sent(&line) || ends_as_sent(&line)) && !is_sentence(&line, words)
        }
    }
}

/// A line without the marks before its words.
fn unmarked(line: &str) -> &str {
    line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '>' | '[' | '(' | '"' | '“' | '«' | '|' | '~' | '-')
    })
}

fn starts_as_sent(line: &str) -> bool {
    static STARTS: LazyLock<CaselessWords> =
        LazyLock::new(|| CaselessWords::of(SENT_FROM.iter().flat_map(|(_, starts)| starts.iter().copied())));
    STARTS.ends(unmarked(line)).next().is_some()
}

/// Some languages say last that it was sent.
fn ends_as_sent(line: &str) -> bool {
    static ENDS: LazyLock<CaselessWords> =
        LazyLock::new(|| CaselessWords::backwards(SENT_FROM_ENDS.iter().copied()));
    let line = line.trim_end_matches(|c| !is_word(c));
    let end: String = line.chars().rev().take(LONGEST_END).collect();
    ENDS.ends(&end).next().is_some()
}

/// None of their words is longer, in characters.
const LONGEST_END: usize = 40;

/// Where a start ends that people's sentences have as well: "Von meiner Seite …".
fn vague_start(line: &str) -> Option<usize> {
    static VAGUE: LazyLock<CaselessWords> = LazyLock::new(|| CaselessWords::of(VAGUELY_FROM.iter().copied()));
    let said = unmarked(line);
    let lead = line.len() - said.len();
    VAGUE.ends(said).find_map(|end| match said[end..].chars().next() {
        None => Some(lead + end),
        Some(c) => (!is_word(c)).then(|| lead + end + c.len_utf8()),
    })
}

/// "Yahoo Mail: Search, organise, conquer".
fn is_slogan(line: &str) -> bool {
    let lower = line.to_lowercase();
    let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    SLOGANS.iter().any(|slogan| lower.starts_with(slogan))
}

/// It names a device, and nothing but devices, names and what stands between them.
fn is_only_device(rest: &str) -> bool {
    names_a_device(&rest.to_lowercase()) && strange_words(rest) == 0 && !rest.ends_with(['?', '!'])
}

/// How many words are neither devices nor names nor what stands between them.
fn strange_words(text: &str) -> usize {
    let words =
        text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '&' | '-'))).filter(|w| !w.is_empty());
    let known = |word: &&str| {
        let lower = word.to_lowercase();
        word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            || names_a_device(&lower)
            || DEVICE_FILLERS.contains(&lower.as_str())
    };
    words.filter(|word| !known(word)).count()
}

/// "Sent from my desk, it is much easier than my phone." is a person's sentence.
fn is_sentence(line: &str, words: usize) -> bool {
    let lower = line.to_lowercase();
    let apologises = APOLOGIES.iter().any(|word| lower.contains(word));
    let device = names_a_device(&lower);
    let possessive = lower.contains("from my ") || lower.contains("de mon ");
    let last = line.split(' ').next_back().unwrap_or_default();
    let brand = last.starts_with(char::is_uppercase) && words <= LONGEST_BRAND;
    let bare = !(device || brand || (possessive && words <= 8));
    let comma = line.split_once(", ").is_some_and(|(_, after)| !device || strange_words(after) > 0);
    let runs_on = (comma && !apologises) || lower.ends_with(['?', ',']);
    let spoken = words > 5 && !apologises && strange_words(line) > 5 && speaks_of_self(without_my(line));
    bare || runs_on || spoken || (lower.ends_with('.') && words > 5 && !device)
}

/// What follows "Sent from my".
fn without_my(line: &str) -> &str {
    line.match_indices(' ').nth(2).map_or("", |(at, _)| &line[at..])
}

fn names_a_device(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '-');
    words.any(|word| DEVICES.iter().any(|d| word == *d || (d.len() > 3 && word.starts_with(d))))
        || DEVICES.iter().any(|d| (!d.is_ascii() || *d == "phone" || d.contains('&')) && line.contains(d))
        || line.contains("mobil")
}

fn without_links(line: &str) -> String {
    static LINK: LazyLock<Regex> = LazyLock::new(|| regex(r"[<(\[]?https?://[^\s>)\]]+[>)\]]?"));
    LINK.replace_all(line, "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_adds_is_known_in_many_languages() {
        let missed: Vec<&str> = [
            "Sent from my iPhone",
            "Sent from my Verizon, Samsung Galaxy smartphone",
            "Sent via the Samsung Galaxy S24, an AT&T 5G smartphone",
            "Sent from Outlook for Android<https://aka.ms/AAb9ysg>",
            "Sent from my phone, please excuse typos",
            "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
            "Sent from my BlackBerry 10 smartphone on the Bell network.",
            "Sent from Mailbird",
            "Sent with Shortwave",
            "Powered by Zoho Mail",
            "Get Outlook for iOS",
            "Outlook for Android",
            "Скачать Outlook для iOS",
            "Получите Outlook для iOS",
            "Envoyé à l'aide de Zoho Mail",
            "Envoyé de Gmail Mobile",
            "Envoyé de mon iPhone",
            "Envoyé par mon téléphone Samsung",
            "Yahoo Mail : recherchez, organisez, conquérez",
            "Yahoo Mail: Search, Organize, Conquer",
            "Von meinem iPhone gesendet",
            "Von meinem Samsung Galaxy Smartphone gesendet.",
            "Von meinem iPad",
            "Gesendet von Mail für Windows",
            "Enviado desde mi iPhone",
            "Enviado por correo de Yahoo en Android",
            "أرسلت من هاتفي",
            "iPhone'umdan gönderildi",
            "发自我的iPhone",
            "iPhoneから送信",
        ]
        .into_iter()
        .filter(|line| !is_device_line(line))
        .collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn a_persons_sentence_that_begins_so_is_kept() {
        let lost: Vec<&str> = [
            "Sent from my desk, it is much easier than my phone.",
            "Von meiner Seite passt Dienstag.",
            "Von meiner Seite ein klares Ja",
            "Von meinem Handy aus geht Koha nicht auf",
            "Von meinem iPhone aus kann ich das Formular nicht öffnen.",
            "From my iPhone I cannot open the form.",
            "From my phone the form does not open",
            "Sent via Amina",
            "Sent via my colleague at the Android desk",
            "Powered by Koha",
            "Outlook for Windows crashes when I open the file",
            "Outlook für Windows stürzt ab",
            "Outlook for Mac does not show the table.",
            "Enviado por Karim el martes",
            "Envoyé par Amina hier soir",
            "Sent on the 5th of May by my colleague.",
            "Sent the form yesterday",
            "Gesendet habe ich das Formular am Montag.",
            "Download Outlook again? It did not help.",
            "Secure email is what we need.",
        ]
        .into_iter()
        .filter(|line| is_device_line(line))
        .collect();
        assert!(lost.is_empty(), "{lost:#?}");
    }
}
