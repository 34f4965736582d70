//! A mail signed as a whole (RFC 8551 §3.5.2, `application/pkcs7-mime`): the signed mail in it.
//!
//! Only as much of CMS (RFC 5652 §5) is read as leads to the content. Who signed it is not
//! asked: nothing is decided by that.

/// `id-data`, the type of a signed mail's content, with its tag and length.
const ID_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// `id-signedData` alike.
const ID_SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// The content's type stands after a version and a few algorithms.
const WITHIN: usize = 1024;

/// The content of signed data; `None` for anything else, encrypted data above all.
pub(super) fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = &bytes[..bytes.len().min(WITHIN)];
    let signed = find(&start[..start.len().min(64)], &ID_SIGNED_DATA)?;
    let at = signed + find(&start[signed..], &ID_DATA)? + ID_DATA.len();
    // [0] EXPLICIT, then an OCTET STRING whole or in pieces.
    let (tag, _, rest) = head(&bytes[at..])?;
    (tag == 0xa0).then_some(())?;
    octets(rest)
}

fn octets(bytes: &[u8]) -> Option<Vec<u8>> {
    let (tag, length, mut rest) = head(bytes)?;
    match tag {
        0x04 => Some(rest.get(..length?).unwrap_or(rest).to_vec()),
        // BER writes it in pieces where its length was not known (X.690 §8.7.3).
        0x24 => {
            if let Some(length) = length {
                rest = rest.get(..length).unwrap_or(rest);
            }
            let mut out = Vec::new();
            while let Some((0x04, Some(length), piece)) = head(rest) {
                out.extend_from_slice(piece.get(..length).unwrap_or(piece));
                rest = piece.get(length..).unwrap_or_default();
            }
            Some(out)
        }
        _ => None,
    }
}

/// Tag, length (`None` where it is indefinite) and what follows.
fn head(bytes: &[u8]) -> Option<(u8, Option<usize>, &[u8])> {
    let (tag, length, rest) = match bytes {
        [tag, length, rest @ ..] => (*tag, *length, rest),
        _ => return None,
    };
    match length {
        0x80 => Some((tag, None, rest)),
        0..0x80 => Some((tag, Some(usize::from(length)), rest)),
        _ => {
            let (digits, rest) =
                rest.split_at_checked(usize::from(length & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
            let length = digits.iter().fold(0usize, |n, digit| n << 8 | usize::from(*digit));
            Some((tag, Some(length), rest))
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|w| w == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEQUENCE { id-signedData, [0] { SEQUENCE { version, SET {}, SEQUENCE { id-data, [0] { content } } } } }
    fn signed(content: &[u8]) -> Vec<u8> {
        let wrap = |tag: u8, inner: &[u8]| [&[tag, inner.len() as u8], inner].concat();
        let data = wrap(0x30, &[&ID_DATA[..], &wrap(0xa0, content)].concat());
        let body = wrap(0x30, &[&[2, 1, 1, 0x31, 0][..], &data].concat());
        wrap(0x30, &[&ID_SIGNED_DATA[..], &wrap(0xa0, &body)].concat())
    }

    #[test]
    fn the_signed_mail_is_found_whole_or_in_pieces() {
        assert_eq!(content(&signed(b"\x04\x03abc")).as_deref(), Some(&b"abc"[..]));
        assert_eq!(content(&signed(b"\x24\x80\x04\x02ab\x04\x01c\0\0")).as_deref(), Some(&b"abc"[..]));
        assert_eq!(content(&signed(b"\x04\x82\0\x03abc")).as_deref(), Some(&b"abc"[..]));
    }

    #[test]
    fn other_data_has_no_content_to_read() {
        assert_eq!(content(b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"), None);
        assert_eq!(content(b""), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_it(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            content(&[&ID_SIGNED_DATA[..], &ID_DATA, &tail].concat());
            content(&signed(&tail));
        }
    }
}
