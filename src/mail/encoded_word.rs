//! Encoded words (RFC 2047) in a header's value → the words.

use super::charset;
use super::transfer::{base64_bytes, hex_pair};

/// One encoded word: bytes in a charset.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Decodes all encoded words of an unfolded value, wherever they stand: also in quoted
/// strings and without the space around them that RFC 2047 §5 asks for.
///
/// Neighbours in one charset are put together before they are decoded, because many
/// programs cut in the middle of a letter.
pub(super) fn decode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut open: Option<Word<'_>> = None;
    let mut rest = value;
    // Where no end follows, nothing begins.
    let last_end = value.rfind("?=").map_or(value.len(), |at| value.len() - at);
    while let Some(at) = rest.find("=?").filter(|at| rest.len() - at > last_end) {
        let (before, from) = rest.split_at(at);
        match word(from) {
            Some((word, after)) => {
                // §6.2: white space between encoded words is not shown.
                match &mut open {
                    Some(last)
                        if before.trim().is_empty() && last.charset.eq_ignore_ascii_case(word.charset) =>
                    {
                        last.bytes.extend(word.bytes);
                    }
                    _ => {
                        let between = open.is_some() && before.trim().is_empty();
                        close(&mut out, open.take());
                        out.push_str(if between { "" } else { before });
                        open = Some(word);
                    }
                }
                rest = after;
            }
            None => {
                close(&mut out, open.take());
                out.push_str(before);
                out.push_str("=?");
                rest = &from[2..];
            }
        }
    }
    close(&mut out, open);
    out.push_str(rest);
    // Japanese of the old school without encoded words.
    if out.contains('\u{1b}') { charset::decode(out.as_bytes(), None).text.into_owned() } else { out }
}

fn close(out: &mut String, word: Option<Word<'_>>) {
    if let Some(word) = word {
        out.push_str(&charset::text(&word.bytes, charset::exactly(word.charset)));
    }
}

/// `=?charset*language?B?text?=` at the start of `text`, and what follows.
fn word(text: &str) -> Option<(Word<'_>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?').filter(|(name, _)| is_charset(name))?;
    let (encoding, rest) = rest.split_once('?')?;
    let decode: fn(&[u8]) -> Vec<u8> = match encoding.trim() {
        "B" | "b" => base64_bytes,
        "Q" | "q" => quoted,
        _ => return None,
    };
    // Last, since the end may be far away: what is searched is then taken.
    let (encoded, after) = rest.split_once("?=")?;
    let bytes = decode(encoded.as_bytes());
    // RFC 2231 §5 puts a language after the charset.
    let charset = charset.split('*').next().unwrap_or(charset);
    Some((Word { charset, bytes }, after))
}

fn is_charset(name: &str) -> bool {
    name.len() <= 60 && name.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '=' | '"' | '<' | '>'))
}

/// The Q encoding (RFC 2047 §4.2).
fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let code = hex_pair(&text[at..]).filter(|_| text[at] == b'=');
        out.push(code.unwrap_or(if text[at] == b'_' { b' ' } else { text[at] }));
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_every_dress() {
        for (value, wanted) in [
            ("=?utf-8?Q?R=C3=A9union?= =?utf-8?q?_=c3=a0_Paris?=", "Réunion à Paris"),
            ("=?utf-8?B?UsOpdW5pb24?=", "Réunion"),
            ("=?utf-8?Q?R=C3?= =?utf-8?Q?=A9union?=", "Réunion"),
            ("=?utf-8?B?UsM=?= =?UTF-8?Q?=A9union?=", "Réunion"),
            ("Re:=?UTF-8*fr?Q?R=C3=A9union a Paris?=!", "Re:Réunion a Paris!"),
            ("=?iso-8859-1?Q?=93ok=94?= then", "“ok” then"),
            ("=?utf-8?Q?R=E9union?=", "Réunion"),
            ("=?default?Q?R=E9union?=", "Réunion"),
            ("\"=?gb2312?B?xOO6ww==?=\"", "\"你好\""),
            ("a =? b ?= c", "a =? b ?= c"),
            ("=?utf-8?Q?no end", "=?utf-8?Q?no end"),
            ("=?utf-8?Q?why=3F?=", "why?"),
            ("\u{1b}$B$O$$\u{1b}(B", "はい"),
        ] {
            assert_eq!(decode(value), wanted, "{value}");
        }
    }

    #[test]
    fn many_names_of_charsets_that_nobody_knows_are_looked_up_in_time() {
        let words: String = (0..15_000).map(|n| format!("=?{}{n:08}?q?x?= ", "q".repeat(50))).collect();
        assert_eq!(decode(&words).trim().len(), 15_000);
    }

    #[test]
    fn a_megabyte_of_beginnings_is_read_once() {
        assert_eq!(decode(&"=?a?q ".repeat(200_000)).len(), 1_200_000);
        decode(&"=?a?q?".repeat(200_000));
        decode(&format!("{}?=", "=?a?".repeat(200_000)));
        for beginning in ["=?a?x? ", "=?a?q? ", "=?a? q ? ", "=?a?xx?", "=?a\"?q?", "=?=?"] {
            decode(&beginning.repeat(200_000));
            decode(&format!("{}?= <a@b.example>", beginning.repeat(200_000)));
        }
    }
}
