//! Mail programs of people who have them in French, in the charset of old French Windows.

use super::letter::Letter;

/// Text alone, quoted after `Le … a écrit :`, as French Thunderbird sends it.
pub fn thunderbird(letter: &Letter, words: &str) -> String {
    let quoted: String = letter.text.lines().map(|line| format!("> {line}\n")).collect();
    let day = letter.date.split('T').next().unwrap_or_default();
    text(&format!("{words}\n\nLe {day} à 09:00, {} a écrit\u{a0}:\n{quoted}", letter.from))
}

/// HTML alone, the letter under a rule with its De, Envoyé, À and Objet, as French Outlook
/// sends it.
pub fn outlook(letter: &Letter, words: &str) -> String {
    let own: String =
        words.lines().map(|line| format!("<p class=\"MsoNormal\">{}</p>\n", escaped(line))).collect();
    let body = format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\"></head>\n\
         <body lang=\"FR\"><div class=\"WordSection1\">{own}<p class=\"MsoNormal\">&nbsp;</p>\n\
         <div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">\n\
         <p class=\"MsoNormal\"><b>De&nbsp;:</b> {}<br>\n<b>Envoyé&nbsp;:</b> mercredi 11 novembre 2026 09:00<br>\n\
         <b>À&nbsp;:</b> {}<br>\n<b>Objet&nbsp;:</b> {}</p></div>\n{}</div></body></html>\n",
        letter.from,
        letter.to,
        escaped(&letter.subject),
        letter
            .html
            .split_once("<body")
            .and_then(|(_, rest)| rest.split_once('>'))
            .map_or("", |(_, body)| body),
    );
    format!(
        "Content-Type: text/html; charset=\"windows-1252\"\r\nContent-Language: fr-FR\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(&entities(&body))
    )
}

/// A body of plain text.
pub fn text(words: &str) -> String {
    format!(
        "Content-Type: text/plain; charset=\"iso-8859-1\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(words)
    )
}

/// A header's text as an encoded word (RFC 2047 §4.2).
pub fn header(text: &str) -> String {
    let encoded: String = latin(text).iter().map(|byte| q(*byte)).collect();
    if text.is_ascii() { text.to_owned() } else { format!("=?iso-8859-1?Q?{encoded}?=") }
}

fn q(byte: u8) -> String {
    match byte {
        b' ' => "_".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("={byte:02X}"),
    }
}

/// RFC 2045 §6.7, with soft line breaks at 76.
fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width = 0;
        for byte in latin(line) {
            let shown = match byte {
                b'=' | 0..=31 | 127..=255 => format!("={byte:02X}"),
                byte => char::from(byte).to_string(),
            };
            if width + shown.len() > 75 {
                out += "=\r\n";
                width = 0;
            }
            width += shown.len();
            out += &shown;
        }
        out += "\r\n";
    }
    out
}

/// ISO 8859-1; what it lacks is written as such programs write it.
fn latin(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '\u{2019}' => b'\'',
            '\u{2014}' => b'-',
            c => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        })
        .collect()
}

fn entities(html: &str) -> String {
    html.chars()
        .map(|c| if u32::from(c) > 255 { format!("&#{};", u32::from(c)) } else { c.to_string() })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
