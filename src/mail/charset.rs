//! The bytes of a text and the charset somebody says they are in → the text.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use mail_parser::decoders::charsets::map::charset_decoder;
use std::borrow::Cow;

/// A text, and whether its charset was one that nobody knows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    pub unknown: bool,
}

/// How a name of a charset is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Charset {
    /// Those of the web's standard, in which latin-1 is windows-1252 as everybody means it.
    Web(&'static Encoding),
    /// Seven bits with shifts between ASCII and a set of two bytes, without the eighth bit.
    Shifted(&'static Encoding),
    Utf16,
    /// Older ones that the web does without: UTF-7, DOS code pages.
    Old(fn(&[u8]) -> String),
}

/// Decodes `bytes`. What the bytes cannot deny wins over what is said of them: escapes of
/// ISO 2022, and UTF-8, which no other text looks like. Undeclared bytes that are no UTF-8
/// are windows-1252. Never fails: what has no meaning becomes U+FFFD.
pub(super) fn decode<'b>(bytes: &'b [u8], label: Option<&str>) -> Decoded<'b> {
    let label = label.map(tidy).filter(|label| !says_nothing(label));
    let charset = label.as_deref().and_then(named);
    let unknown = label.is_some() && charset.is_none();
    Decoded { text: text(bytes, charset), unknown }
}

/// The charset of that name, for those who decode many pieces in it.
pub(super) fn of(label: Option<&str>) -> Option<Charset> {
    label.map(tidy).as_deref().and_then(named)
}

/// The charset of that name, where nothing can follow the name by mistake.
pub(super) fn exactly(label: &str) -> Option<Charset> {
    known(&tidy(label))
}

/// Decodes `bytes` as [`decode`] does.
pub(super) fn text(bytes: &[u8], charset: Option<Charset>) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(text) = escapes(bytes) {
        return text;
    }
    match charset {
        Some(Charset::Utf16) if is_of_single_bytes(bytes) => of_the_west(bytes),
        Some(Charset::Utf16) => utf_16(bytes),
        Some(Charset::Shifted(encoding)) => shifted(bytes, encoding).into(),
        Some(Charset::Old(decode)) => decode(bytes).into(),
        Some(Charset::Web(encoding)) if encoding == UTF_8 || encoding == WINDOWS_1252 => of_the_west(bytes),
        Some(Charset::Web(encoding)) => {
            let (text, _, broken) = encoding.decode(bytes);
            match std::str::from_utf8(bytes) {
                Ok(utf_8) if broken || is_surely_utf_8(utf_8) => utf_8.into(),
                _ => text,
            }
        }
        None => of_the_west(bytes),
    }
}

/// UTF-8 if it is, else windows-1252; a few broken bytes do not make UTF-8 anything else.
fn of_the_west(bytes: &[u8]) -> Cow<'_, str> {
    let lossy = String::from_utf8_lossy(bytes);
    let odd = lossy.chars().filter(|c| !c.is_ascii());
    let (broken, sound): (Vec<char>, Vec<char>) = odd.partition(|c| *c == char::REPLACEMENT_CHARACTER);
    match lossy {
        // A letter with a mark and a no-break space look like one letter of UTF-8 by chance.
        Cow::Owned(_) if sound.len() < broken.len() => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        lossy => lossy,
    }
}

/// Two letters of another charset can look like one of UTF-8 by chance, three or a longer one not.
fn is_surely_utf_8(text: &str) -> bool {
    let odd = || text.chars().filter(|c| !c.is_ascii());
    odd().any(|c| c.len_utf8() > 2) || odd().take(3).count() == 3
}

/// Text that says by its escapes what it is (ISO 2022; RFC 1468, RFC 1557, RFC 1922), whatever
/// its label: old Japanese and Korean mail often names none.
fn escapes(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let at = bytes.iter().position(|b| *b == 0x1b)?;
    let has = |escapes: &[&[u8]]| {
        bytes[at..].windows(4).any(|w| w[0] == 0x1b && escapes.iter().any(|e| w[1..].starts_with(e)))
    };
    if has(&[b"$)C"]) {
        return Some(shifted(bytes, EUC_KR).into());
    }
    if has(&[b"$)A"]) {
        return Some(shifted(bytes, GBK).into());
    }
    let japanese = has(&[b"$B", b"$@", b"(J", b"(I", b"$(D"]) && bytes.is_ascii();
    japanese
        .then(|| ISO_2022_JP.decode_without_bom_handling(&without_empty_runs(bytes)).0.into_owned().into())
}

/// An escape right after another: the standard takes it for an attack, old programs write it
/// between two pieces that they encoded apart.
fn without_empty_runs(bytes: &[u8]) -> Vec<u8> {
    let ascii = |at: usize| bytes[at..].starts_with(b"\x1b(B\x1b");
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if ascii(at) {
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// ISO-2022-KR and -CN shift with SO and SI, HZ (RFC 1843) with `~{` and `~}`: what is between
/// is the set of two bytes with the eighth bit taken off.
fn shifted(bytes: &[u8], encoding: &'static Encoding) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut wide, mut at) = (false, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        match rest {
            [0x1b, b'$', b')' | b'*', _, ..] => at += 4,
            [0x0e, ..] | [0x0f, ..] => (wide, at) = (rest[0] == 0x0e, at + 1),
            [b'~', b'{' | b'}', ..] if encoding == GBK => (wide, at) = (rest[1] == b'{', at + 2),
            [b'~', b'~', ..] if encoding == GBK && !wide => {
                out.push(b'~');
                at += 2;
            }
            [b, ..] => {
                // A line end takes the shift back.
                wide &= *b != b'\n';
                out.push(if wide && b.is_ascii_graphic() { b | 0x80 } else { *b });
                at += 1;
            }
            [] => break,
        }
    }
    encoding.decode_without_bom_handling(&out).0.into_owned()
}

/// Programs call text UTF-16 that is none: printable ASCII with a space or a line end, and hardly
/// anything else. Of two bytes each, such a text would have zeros in the one or the other.
fn is_of_single_bytes(bytes: &[u8]) -> bool {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let printable = bytes.iter().filter(|b| b.is_ascii_graphic() || is_space(b)).count();
    let control = bytes.iter().any(|b| b.is_ascii_control() && !is_space(b));
    !control && bytes.iter().any(is_space) && printable * 5 >= bytes.len() * 4
}

/// RFC 2781 §4.3 wants big endian where nothing says which; the zeros of Latin letters say it.
fn utf_16(bytes: &[u8]) -> Cow<'_, str> {
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).take(500).filter(|b| **b == 0).count();
    let encoding = if zeros(1) > zeros(0) { UTF_16LE } else { UTF_16BE };
    encoding.decode_without_bom_handling(bytes).0
}

/// The registered names have at most 45 letters.
const LONGEST_NAME: usize = 60;

/// A label as people and programs write it, in the form in which it is looked up.
fn tidy(label: &str) -> String {
    let label = label.trim_start();
    let label = label[..label.floor_char_boundary(LONGEST_NAME)]
        .trim_end()
        .trim_matches(|c: char| "\"';,<>".contains(c) || c.is_whitespace());
    let lower = label.to_ascii_lowercase();
    lower.strip_prefix("charset=").map(str::to_owned).unwrap_or(lower)
}

/// Programs that do not know, and say so in the place of a name.
fn says_nothing(label: &str) -> bool {
    let label = label.trim_start_matches("x-");
    matches!(
        label,
        "" | "default"
            | "unknown"
            | "unknown-8bit"
            | "user-defined"
            | "_autodetect"
            | "none"
            | "null"
            | "8bit"
            | "binary"
    )
}

fn known(name: &str) -> Option<Charset> {
    looked_up(name).or_else(|| looked_up(&spelled_right(name)?))
}

fn named(label: &str) -> Option<Charset> {
    known(label).or_else(|| {
        // What follows a name by mistake: `windows-1252http-equiv`, `utf-8 (Unicode)`.
        (5..label.len())
            .rev()
            .filter(|end| label.is_char_boundary(*end) && *end < 40)
            .find_map(|end| known(&label[..end]))
    })
}

fn looked_up(name: &str) -> Option<Charset> {
    match name {
        "utf-16" | "utf16" | "ucs-2" | "iso-10646-ucs-2" | "unicode" => return Some(Charset::Utf16),
        "iso-2022-kr" | "csiso2022kr" => return Some(Charset::Shifted(EUC_KR)),
        "iso-2022-cn" | "iso-2022-cn-ext" | "hz-gb-2312" | "hz" => return Some(Charset::Shifted(GBK)),
        "utf-7" => return charset_decoder(b"utf-7").map(Charset::Old),
        _ => {}
    }
    match Encoding::for_label_no_replacement(name.as_bytes()) {
        Some(encoding) => Some(Charset::Web(encoding)),
        None => charset_decoder(name.as_bytes()).map(Charset::Old),
    }
}

/// Names that differ from the registered one in hyphens, prefixes or numbering.
fn spelled_right(label: &str) -> Option<String> {
    let plain: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.strip_prefix('x').unwrap_or(&plain);
    let number = |prefixes: &[&str]| {
        let digits = prefixes.iter().find_map(|p| plain.strip_prefix(p))?;
        let digits = digits.trim_end_matches(['i', 'e']);
        digits.parse::<u32>().ok()
    };
    if plain.starts_with("utf8") || plain == "unicode11utf8" {
        return Some("utf-8".to_owned());
    }
    if plain.contains("utf7") {
        return Some("utf-7".to_owned());
    }
    if let Some(n) = number(&["iso8859", "8859", "iso88590"]).filter(|n| (1..=16).contains(n)) {
        return Some(format!("iso-8859-{n}"));
    }
    // ISO 8859 numbers its Latin alphabets in another order than its parts.
    let latin = [1, 2, 3, 4, 9, 10, 13, 14, 15, 16];
    if let Some(part) = number(&["latin"]).and_then(|n| latin.get(n.checked_sub(1)? as usize)) {
        return Some(format!("iso-8859-{part}"));
    }
    let page = number(&["windows", "win", "cp", "ms", "ansi", "ibm", "dos", "codepage", ""])?;
    code_page(page)
}

/// Microsoft's and IBM's numbers.
fn code_page(page: u32) -> Option<String> {
    let name = match page {
        1250..=1258 | 874 => return Some(format!("windows-{page}")),
        28591..=28606 => return Some(format!("iso-8859-{}", page - 28590)),
        646 | 819 | 20127 => "windows-1252",
        932 | 943 => SHIFT_JIS.name(),
        936 | 54936 | 1386 => "gb18030",
        949 | 51949 | 1363 => EUC_KR.name(),
        950 => BIG5.name(),
        437 | 850 | 858 => "ibm850",
        866 => "ibm866",
        10000 => "macintosh",
        20866 => "koi8-r",
        21866 => "koi8-u",
        50220..=50222 => ISO_2022_JP.name(),
        50225 => "iso-2022-kr",
        51932 => "euc-jp",
        65000 => "utf-7",
        65001 => "utf-8",
        _ => return None,
    };
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], label: &str) -> String {
        decode(bytes, Some(label)).text.into_owned()
    }

    #[test]
    fn a_charset_is_known_by_whatever_name_people_give_it() {
        for label in [
            "cp1252",
            "CP-1252",
            "win-1252",
            "windows1252",
            "x-cp1252",
            "latin-1",
            "ISO 8859-1",
            "8859-1",
            "iso88591",
            "iso-8859-1",
        ] {
            assert_eq!(read(b"\x93R\xe9union\x94", label), "“Réunion”", "{label}");
        }
        assert_eq!(read(b"\xe3\xd1\xcd\xc8\xc7", "CP1256"), "مرحبا");
        assert_eq!(read(b"\xc4\xe3\xba\xc3", "x-gbk"), "你好");
        assert_eq!(read(b"\xbe\xc8\xb3\xe7", "ks_c_5601-1987"), "안녕");
        assert_eq!(read(b"\xf9\xec\xe5\xed", "iso-8859-8-i"), "שלום");
        assert_eq!(read(b"\xa4", "latin9"), "€");
        assert_eq!(read(b"R+AOk-union", "unicode-1-1-utf-7"), "Réunion");
        assert_eq!(read(b"\x87\x40", "cp932"), "①");
        assert_eq!(read("Réunion".as_bytes(), "utf8mb4"), "Réunion");
        assert_eq!(read(b"\xe9", "windows-1252http-equivContent-Type"), "é");
    }

    #[test]
    fn bytes_that_say_what_they_are_win_over_their_label() {
        for label in ["iso-8859-1", "us-ascii", "windows-1252", "", "default", "x-unknown", "nonsense"] {
            assert_eq!(read("Réunion à 10 h".as_bytes(), label), "Réunion à 10 h", "{label}");
            assert_eq!(read(b"R\xe9union \x80", label), "Réunion €", "{label}");
        }
        assert_eq!(read(b"R\xe9union \xe0 Paris", "utf-8"), "Réunion à Paris");
        assert_eq!(read("Ежи и ёлки".as_bytes(), "windows-1251"), "Ежи и ёлки");
        assert_eq!(read(b"\x1b$B$O$$\x1b(B", "us-ascii"), "はい");
        assert_eq!(read(b"\x1b$B$O\x1b(B\x1b$B$$\x1b(B", "iso-2022-jp"), "はい");
        assert_eq!(decode(b"\x1b$)C\x0e>H3g\x0f!", None).text, "안녕!");
    }

    #[test]
    fn a_broken_letter_does_not_break_the_others() {
        assert_eq!(read(b"R\xc3\xa9union d\x92abord", "utf-8"), "Réunion d\u{fffd}abord");
    }

    #[test]
    fn only_a_name_that_nobody_knows_is_told() {
        assert!(decode(b"x", Some("nonsense")).unknown);
        for label in ["", "default", "x-unknown", "unknown-8bit", "utf-8", "hz-gb-2312"] {
            assert!(!decode(b"x", Some(label)).unknown, "{label}");
        }
    }

    #[test]
    fn two_bytes_a_letter_without_the_eighth_bit() {
        assert_eq!(read(b"~{Dc:C~} ~~", "hz-gb-2312"), "你好 ~");
        assert_eq!(read(b"\xff\xfeR\0\xe9\0", "utf-16"), "Ré");
        assert_eq!(read(b"\0R\0\xe9", "utf-16"), "Ré");
        assert_eq!(read(b"\x4e\x0a\x4e\x0b\x6d\x77", "utf-16"), "上下海");
    }

    #[test]
    fn what_is_called_utf_16_and_has_one_byte_a_letter_is_read_as_it_is() {
        for label in ["utf-16", "unicode"] {
            assert_eq!(read(b"ACCEPT\nThank you\n", label), "ACCEPT\nThank you\n");
            assert_eq!(read(b"ACCEPT\n", label), "ACCEPT\n");
            assert_eq!(read(b"ACCEPT\nMerci, Ren\xe9\n", label), "ACCEPT\nMerci, René\n");
        }
    }

    #[test]
    fn of_a_long_name_only_its_beginning_counts() {
        assert_eq!(read(b"\xe3\xd1\xcd\xc8\xc7", &format!("windows-1256;{}", "1".repeat(1 << 20))), "مرحبا");
        assert!(decode(b"x", Some(&"1".repeat(1 << 20))).unknown);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_and_no_name_stop_it(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60), label in ".{0,20}") {
            decode(&bytes, Some(&label));
        }
    }
}
