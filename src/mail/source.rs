//! The bytes of a mail, put right where real mail breaks the parser.

use std::borrow::Cow;

/// What the parser is given: the same mail with its known breakages mended.
pub(super) fn mended(bytes: &[u8]) -> Cow<'_, [u8]> {
    unfold_content_type(with_line_feeds(without_mbox_line(bytes)))
}

/// Where the header of `bytes` ends and the body begins.
pub(super) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(end) = bytes[at..].iter().position(|b| *b == b'\n') {
        let line = &bytes[at..at + end];
        if line.is_empty() || line == b"\r" {
            return (&bytes[..at], &bytes[at + end + 1..]);
        }
        at += end + 1;
    }
    (bytes, &[])
}

/// mbox files put `From sender date` before the header; it is no field.
pub(super) fn without_mbox_line(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    let bytes = if start > 0 && bytes[start..].contains(&b':') { &bytes[start..] } else { bytes };
    if !bytes.starts_with(b"From ") && !bytes.starts_with(b">From ") {
        return bytes;
    }
    bytes.iter().position(|b| *b == b'\n').map_or(bytes, |end| &bytes[end + 1..])
}

/// A file whose lines end in bare CR has no lines for the parser.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

/// mail-parser 0.11 loses the whole body when a Content-Type parameter is folded
/// right after its `=` (RFC 5322 §2.2.3 allows it, Lotus Domino does it). Others put a
/// parameter on the next line without folding it.
fn unfold_content_type(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let broken = |w: &[u8]| matches!(w, b"=\r" | b"=\n" | b"\nb" | b"\nB");
    if !bytes.windows(2).any(broken) {
        return bytes;
    }
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let mut out = Vec::with_capacity(bytes.len());
    let (mut in_field, mut joining) = (false, false);
    for (at, line) in lines.iter().enumerate() {
        let parameter = in_field && starts_with(line, b"boundary=");
        in_field = starts_with(line, b"content-type:") || (in_field && (is_folded(line) || parameter));
        if parameter {
            out.push(b' ');
        }
        let line = if joining { line.trim_ascii_start() } else { line };
        let continues = lines.get(at + 1).is_some_and(|next| is_folded(next));
        joining = in_field && continues && line.trim_ascii_end().ends_with(b"=");
        out.extend_from_slice(if joining { line.trim_ascii_end() } else { line });
    }
    Cow::Owned(out)
}

fn is_folded(line: &[u8]) -> bool {
    line.first().is_some_and(|b| matches!(b, b' ' | b'\t'))
}

fn starts_with(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_folded_after_its_equals_sign_is_put_on_one_line() {
        let mail = b"Content-Type: multipart/mixed;\r\n boundary=\r\n\t\"x\"\r\nA: b=\r\n c\r\n";
        let wanted = b"Content-Type: multipart/mixed;\r\n boundary=\"x\"\r\nA: b=\r\n c\r\n";
        assert_eq!(mended(mail).as_ref(), wanted);
    }

    #[test]
    fn a_boundary_that_is_not_folded_is_found() {
        let mail = b"Content-Type: multipart/mixed;\nboundary=x\n\nboundary=y\n";
        assert_eq!(mended(mail).as_ref(), b"Content-Type: multipart/mixed;\n boundary=x\n\nboundary=y\n");
    }

    #[test]
    fn an_mbox_line_is_no_header_field() {
        assert_eq!(mended(b"From amina Mon\nSubject: x\n").as_ref(), b"Subject: x\n");
        assert_eq!(mended(b"From: amina\n").as_ref(), b"From: amina\n");
    }

    #[test]
    fn header_and_body_part_at_the_first_empty_line() {
        assert_eq!(split(b"A: b\r\n\r\nbody"), (&b"A: b\r\n"[..], &b"body"[..]));
        assert_eq!(split(b"no end"), (&b"no end"[..], &b""[..]));
    }
}
