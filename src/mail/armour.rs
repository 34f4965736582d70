//! What old programs put into the text itself: OpenPGP's armour (RFC 9580 §6 and §7) and
//! files in uuencode.

use super::inbound::Attachment;

/// A text without them.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub text: String,
    pub attachments: Vec<Attachment>,
    /// An encrypted message was among them.
    pub sealed: bool,
}

/// Takes armour and files out of a text.
pub(super) fn without(text: &str) -> Read {
    if !text.contains("-----BEGIN PGP ") && !text.contains("begin ") {
        return Read { text: text.to_owned(), ..Read::default() };
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let last_end = lines.iter().rposition(|line| line.trim_end() == "end").unwrap_or(0);
    let mut read = Read::default();
    let (mut at, mut signed) = (0, false);
    while let Some(line) = lines.get(at) {
        let name = line.trim_end();
        match name {
            "-----BEGIN PGP SIGNED MESSAGE-----" => {
                signed = true;
                at += armour_header(&lines[at..]);
            }
            "-----BEGIN PGP SIGNATURE-----" | "-----BEGIN PGP PUBLIC KEY BLOCK-----" => {
                signed = false;
                at += block(&lines[at..]);
            }
            "-----BEGIN PGP MESSAGE-----" => {
                read.sealed = true;
                at += block(&lines[at..]);
            }
            _ if name.starts_with("begin ") && at < last_end => match file(&lines[at..]) {
                Some((attachment, length)) => {
                    read.attachments.push(attachment);
                    at += length;
                }
                None => {
                    read.text.push_str(line);
                    at += 1;
                }
            },
            _ => {
                // RFC 9580 §7.1: a dash at the start of a signed line is escaped.
                read.text.push_str(if signed { line.strip_prefix("- ").unwrap_or(line) } else { line });
                at += 1;
            }
        }
    }
    read
}

/// The armour's own lines (`Hash: SHA256`) up to the empty one.
fn armour_header(lines: &[&str]) -> usize {
    let header = lines.iter().skip(1).take(10).take_while(|l| !l.trim().is_empty()).count();
    let ends = lines.get(1 + header).is_some_and(|l| l.trim().is_empty());
    if ends { header + 2 } else { 1 }
}

/// A block with its last line; one without is as long as its base64.
fn block(lines: &[&str]) -> usize {
    let is_last = |line: &str| line.starts_with("-----END PGP ");
    let next = lines.iter().skip(1).position(|line| is_last(line) || line.starts_with("-----BEGIN PGP "));
    match next.map(|next| next + 1).filter(|next| is_last(lines[*next])) {
        Some(end) => end + 1,
        None => {
            let header = armour_header(lines);
            header + lines[header..].iter().take_while(|line| is_base64(line)).count()
        }
    }
}

fn is_base64(line: &str) -> bool {
    let line = line.trim_end();
    !line.is_empty() && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

/// `begin 644 name`, lines of uuencode, `end`.
fn file(lines: &[&str]) -> Option<(Attachment, usize)> {
    let (mode, name) = lines.first()?.trim_end().strip_prefix("begin ")?.split_once(' ')?;
    let octal = (3..=4).contains(&mode.len()) && mode.bytes().all(|b| (b'0'..=b'7').contains(&b));
    if !octal || name.trim().is_empty() {
        return None;
    }
    let mut bytes = 0;
    for (at, line) in lines.iter().enumerate().skip(1) {
        let line = line.trim_end_matches(['\n', '\r']);
        if line == "end" {
            let attachment = Attachment {
                name: Some(name.trim().to_owned()),
                media_type: "application/octet-stream".to_owned(),
                bytes,
            };
            return Some((attachment, at + 1));
        }
        bytes += length_of(line)?;
    }
    None
}

/// How many bytes a line of uuencode holds: its first character says it, its length must fit.
fn length_of(line: &str) -> Option<usize> {
    let first = line.bytes().next().unwrap_or(b'`');
    let count = usize::from(first.checked_sub(b' ')? & 0x3f);
    let letters = count.div_ceil(3) * 4;
    // Spaces at the end, which stand for zero, may be lost on the way.
    let fits = line.len() <= letters + 3 && line.bytes().all(|b| (b' '..=b'`').contains(&b));
    fits.then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_armour_of_a_signed_text_is_taken_away_and_its_dashes_are_unescaped() {
        let read = without(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nACCEPT\n- -- \nLeila\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\nfooter\n",
        );
        assert_eq!(read.text, "ACCEPT\n-- \nLeila\nfooter\n");
        assert!(!read.sealed);
    }

    #[test]
    fn an_encrypted_message_is_taken_away_and_told() {
        let message = "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n";
        let read = without(&format!("ACCEPT\n\n{message}"));
        assert_eq!((read.text.trim(), read.sealed), ("ACCEPT", true));
    }

    #[test]
    fn what_follows_a_block_without_an_end_is_text() {
        for (kind, after) in
            [("SIGNATURE", "\nabc=\n\n"), ("SIGNATURE", "\n"), ("MESSAGE", "Version: 1\n\nabc=\n=ab12\n- ")]
        {
            let read = without(&format!("Hello\n-----BEGIN PGP {kind}-----\n{after}ACCEPT it\n"));
            assert!(read.text.starts_with("Hello\n") && read.text.ends_with("ACCEPT it\n"), "{}", read.text);
            assert!(!read.text.contains("abc"), "{}", read.text);
        }
        let next = without(
            "-----BEGIN PGP SIGNATURE-----\n\nabc=\n\nACCEPT\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
        );
        assert_eq!(next.text.trim(), "ACCEPT");
    }

    #[test]
    fn a_file_in_uuencode_is_an_attachment_and_prose_that_begins_is_none() {
        let read = without("Hello\nbegin 644 a.txt\n#0V%T\n`\nend\nbye\n");
        assert_eq!(read.text, "Hello\nbye\n");
        assert_eq!((read.attachments[0].name.as_deref(), read.attachments[0].bytes), (Some("a.txt"), 3));
        for prose in ["begin 644 days ago\nplease\nend\n", "begin again with us\nend\n", "begin 644 x\n"] {
            assert_eq!(without(prose).text, prose);
        }
    }

    #[test]
    fn many_beginnings_are_read_once() {
        without(&format!("{}end\n", "begin 644 a\n".repeat(50_000)));
        without(&"-----BEGIN PGP SIGNATURE-----\n\nabc\n\n".repeat(50_000));
        without(&format!("{}-----END PGP MESSAGE-----", "-----BEGIN PGP MESSAGE-----\n".repeat(50_000)));
    }
}
