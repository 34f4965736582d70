//! Strings as IMAP commands carry them: quoted, and mailbox names in modified UTF-7.

/// A quoted string (RFC 3501 §4.3). `None` if `text` cannot be one: it would need a
/// literal, and no name of a user or mailbox needs line ends or 8-bit characters here.
pub fn quoted(text: &str) -> Option<String> {
    let plain = text.chars().all(|c| c.is_ascii() && !matches!(c, '\r' | '\n' | '\0'));
    plain.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A mailbox name in modified UTF-7 (RFC 3501 §5.1.3), quoted.
pub fn mailbox(name: &str) -> String {
    let encoded = modified_utf7(name);
    format!("\"{}\"", encoded.replace('\\', "\\\\").replace('"', "\\\""))
}

fn modified_utf7(name: &str) -> String {
    let mut encoded = String::new();
    let mut shifted: Vec<u16> = Vec::new();
    for c in name.chars() {
        if !(' '..='~').contains(&c) {
            shifted.extend_from_slice(c.encode_utf16(&mut [0; 2]));
            continue;
        }
        unshift(&mut shifted, &mut encoded);
        encoded.push(c);
        if c == '&' {
            encoded.push('-');
        }
    }
    unshift(&mut shifted, &mut encoded);
    encoded
}

/// A name as the server writes it, in Unicode; one that is no modified UTF-7 as it is.
pub fn decoded(name: &str) -> String {
    let mut parts = name.split('&');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('-').and_then(|(run, rest)| Some((unicode(run)?, rest))) {
            Some((run, rest)) => text.extend([run.as_str(), rest]),
            None => return name.to_owned(),
        }
    }
    text
}

/// What stands between `&` and `-`: nothing is the `&` itself.
fn unicode(run: &str) -> Option<String> {
    if run.is_empty() {
        return Some("&".to_owned());
    }
    let bytes = data_encoding::BASE64_NOPAD.decode(run.replace(',', "/").as_bytes()).ok()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}

/// Ends a run of characters outside printable ASCII: `&`, their UTF-16 in base64 with
/// `,` for `/` and no padding, `-`.
fn unshift(shifted: &mut Vec<u16>, encoded: &mut String) {
    if shifted.is_empty() {
        return;
    }
    let bytes: Vec<u8> = shifted.drain(..).flat_map(u16::to_be_bytes).collect();
    let base64 = data_encoding::BASE64_NOPAD.encode(&bytes).replace('/', ",");
    encoded.push_str(&format!("&{base64}-"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailbox_names_are_written_as_the_rfc_shows() {
        assert_eq!(mailbox("INBOX"), "\"INBOX\"");
        assert_eq!(mailbox("~peter/mail/台北/日本語"), "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"");
        assert_eq!(mailbox("Traités & classés"), "\"Trait&AOk-s &- class&AOk-s\"");
        assert_eq!(mailbox("😀"), "\"&2D3eAA-\"");
        assert_eq!(mailbox("a\"b\\c\r\n"), "\"a\\\"b\\\\c&AA0ACg-\"");
    }

    #[test]
    fn names_come_back_as_they_were_written() {
        for name in ["INBOX", "~peter/mail/台北/日本語", "Traités & classés", "😀"] {
            assert_eq!(decoded(mailbox(name).trim_matches('"')), name);
        }
        assert_eq!(decoded("a&b"), "a&b");
        assert_eq!(decoded("&AAA-"), "\0");
    }

    #[test]
    fn a_quoted_string_cannot_end_early() {
        assert_eq!(quoted("a\"b\\").as_deref(), Some("\"a\\\"b\\\\\""));
        assert_eq!(quoted("a\r\nb LOGOUT"), None);
        assert_eq!(quoted("é"), None);
    }
}
