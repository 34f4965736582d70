//! A table for a terminal: columns as wide as what stands in them.

use crate::mail::compose::one_line;

/// So wide a cell is at most; the last of a line is as long as it likes.
const WIDEST: usize = 36;

/// The lines of a table, its head first; nothing where there are no rows.
pub fn lines(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    // People's words and a server's reach a terminal: nothing in them may steer it.
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect()).collect();
    let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
    let width = |column: usize| {
        let cells = std::iter::once(&head).chain(&rows).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    std::iter::once(&head).chain(&rows).map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_names() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["a", "Zoë", "1"]), row(["long one", "b", ""])];
        assert_eq!(
            lines(&["ID", "WHO", "N"], &rows),
            ["ID        WHO  N", "a         Zoë  1", "long one  b"]
        );
        assert!(lines(&["ID"], &[]).is_empty());
        let steering = vec![row(["\u{1b}[2J", "two\nlines", "3"])];
        assert_eq!(lines(&["ID", "WHO", "N"], &steering)[1], "[2J  two lines  3");
    }
}
