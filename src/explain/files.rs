//! Mail files, as bytes on their way.

use super::ExplainError;
use crate::read;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Standard input, where a file is named.
const STANDARD_INPUT: &str = "-";

/// The files under a path, a folder's in the order of their names.
pub fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), ExplainError> {
    if path.is_dir() && !path.is_symlink() {
        let unreadable = |source| ExplainError::Unreadable { file: path.to_owned(), source };
        let entries = read::sorted_entries(path).map_err(unreadable)?;
        return entries.iter().try_for_each(|entry| walk(entry, files));
    }
    files.push(path.to_owned());
    Ok(())
}

/// What is in one, with the line ends of RFC 5322, which files seldom have: the first 16 KiB of a body are its
/// fingerprint.
pub fn bytes_of(file: &Path) -> Result<Vec<u8>, ExplainError> {
    let read = if file == Path::new(STANDARD_INPUT) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    read.map(with_crlf).map_err(|source| ExplainError::Unreadable { file: file.to_owned(), source })
}

fn with_crlf(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.windows(2).any(|two| two == b"\r\n") {
        return bytes;
    }
    bytes.split_inclusive(|byte| *byte == b'\n').fold(Vec::new(), |mut lines, line| {
        match line.strip_suffix(b"\n") {
            Some(line) => lines.extend([line, b"\r\n"].concat()),
            None => lines.extend(line),
        }
        lines
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gets_the_line_ends_it_had_on_its_way() {
        for (file, mail) in [("a\nb\n\nc", "a\r\nb\r\n\r\nc"), ("a\r\nb\n", "a\r\nb\n"), ("", "")] {
            assert_eq!(with_crlf(file.as_bytes().to_vec()), mail.as_bytes(), "{file:?}");
        }
    }
}
