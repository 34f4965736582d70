//! A table as people save one: CSV of Excel, LibreOffice or a database, in any of their habits.
//!
//! Columns may be parted by commas, semicolons (Excel where the comma is decimal) or tabs; the
//! text may be UTF-8 with or without its mark, UTF-16 ("Unicode text") or Windows-1252.

use csv::ReaderBuilder;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The cells as they stand, with the lines where their rows begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub header_line: u64,
    pub rows: Vec<(u64, Vec<String>)>,
    pub charset: &'static str,
}

/// Reads a table. `is_label` says of a cell whether it could head a column: so the separator
/// is found. Rows without anything in them are left out.
pub fn read(bytes: &[u8], is_label: impl Fn(&str) -> bool) -> Result<Table, String> {
    let (text, charset) = decode(bytes)?;
    let known = |rows: &[(u64, Vec<String>)]| {
        rows.first().map_or(0, |(_, header)| header.iter().filter(|cell| is_label(cell)).count())
    };
    let mut best: Option<Vec<(u64, Vec<String>)>> = None;
    for separator in *b",;\t" {
        let rows = rows(&text, separator)?;
        if best.as_ref().is_none_or(|best| known(&rows) > known(best)) {
            best = Some(rows);
        }
    }
    let mut rows = best.unwrap_or_default().into_iter();
    let (header_line, header) = rows.next().ok_or("the file is empty")?;
    Ok(Table { header, header_line, rows: rows.collect(), charset })
}

fn rows(text: &str, separator: u8) -> Result<Vec<(u64, Vec<String>)>, String> {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, |place| line_after_blank_ones(text, place));
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        // Excel's own first line, `sep=;`, is no row; nor is one of empty cells.
        let is_remark = line == 1 && cells.concat().starts_with("sep=");
        if !is_remark && cells.iter().any(|cell| !cell.is_empty()) {
            rows.push((line, cells));
        }
    }
    Ok(rows)
}

/// The reader takes blank lines before a row for its beginning.
fn line_after_blank_ones(text: &str, place: &csv::Position) -> u64 {
    let start = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
    place.line() + blank as u64
}

/// By its byte order mark, else UTF-8, else what Windows saves without saying so.
fn decode(bytes: &[u8]) -> Result<(String, &'static str), String> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err("this is a workbook, not a CSV file; save it as \"CSV UTF-8\"".to_owned());
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != UTF_8) {
        let (text, is_broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return match is_broken {
            true => Err("the file begins as UTF-16 and is not; save it as CSV UTF-8".to_owned()),
            false => Ok((text.into_owned(), "UTF-16")),
        };
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), "UTF-8")),
        Err(_) => Ok((WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), "Windows-1252")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> Table {
        read(bytes, |cell| ["Name", "Email", "Areas"].contains(&cell)).expect("a table")
    }

    #[test]
    fn every_habit_of_a_spreadsheet_gives_the_same_cells() {
        let utf16: Vec<u8> =
            "\u{feff}Name\tEmail\nZoé\tz@a.example\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, charset) in [
            ("Name,Email\nZoé,z@a.example\n".as_bytes(), "UTF-8"),
            ("\u{feff}Name;Email\r\nZoé;z@a.example\r\n;\r\n".as_bytes(), "UTF-8"),
            ("sep=;\r\n\"Name\";\"Email\"\r\n\"Zoé\"; z@a.example".as_bytes(), "UTF-8"),
            (b"Name;Email\r\nZo\xe9;z@a.example\r\n", "Windows-1252"),
            (&utf16, "UTF-16"),
        ] {
            let table = table(bytes);
            assert_eq!(table.header, ["Name", "Email"]);
            assert_eq!(
                table.rows.iter().map(|(_, cells)| cells.as_slice()).collect::<Vec<_>>(),
                [["Zoé", "z@a.example"]]
            );
            assert_eq!(table.charset, charset);
        }
    }

    #[test]
    fn a_quoted_cell_may_hold_lines_and_rows_know_where_they_begin() {
        let table = table(b"Name,Areas\n\nA,\"Koha; SQL\nmetadata, Arabic\"\nB,x\n");
        assert_eq!(table.header_line, 1);
        let lines: Vec<u64> = table.rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 5]);
        assert_eq!(table.rows[0].1[1], "Koha; SQL\nmetadata, Arabic");
    }

    #[test]
    fn what_is_no_table_is_said_to_be_none() {
        for (bytes, why) in [
            (&b""[..], "the file is empty"),
            (b"\n \n", "the file is empty"),
            (b"PK\x03\x04xl/workbook", "this is a workbook, not a CSV file; save it as \"CSV UTF-8\""),
        ] {
            assert_eq!(read(bytes, |_| false), Err(why.to_owned()));
        }
    }
}
