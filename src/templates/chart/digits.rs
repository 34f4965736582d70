//! Digits as strokes of a pen: a mail's picture can count on no font.

use super::canvas::{Canvas, Colour, FINE};

/// The grid that the strokes below are drawn on.
const GRID: (i64, i64) = (12, 20);
/// A digit in pixels, and the space after it.
const HEIGHT: i64 = 24;
const WIDTH: i64 = HEIGHT * GRID.0 / GRID.1;
const SPACE: i64 = 6;
const THICKNESS: i64 = 3 * FINE;

type Stroke = &'static [(i64, i64)];

const DIGITS: [&[Stroke]; 10] = [
    &[&[
        (6, 0),
        (9, 1),
        (11, 4),
        (12, 10),
        (11, 16),
        (9, 19),
        (6, 20),
        (3, 19),
        (1, 16),
        (0, 10),
        (1, 4),
        (3, 1),
        (6, 0),
    ]],
    &[&[(2, 4), (7, 0), (7, 20)]],
    &[&[(0, 5), (1, 2), (4, 0), (8, 0), (11, 2), (12, 5), (11, 8), (0, 20), (12, 20)]],
    &[
        &[(0, 3), (3, 0), (8, 0), (11, 2), (12, 5), (11, 8), (8, 9), (4, 9)],
        &[(8, 9), (11, 11), (12, 14), (11, 18), (8, 20), (3, 20), (0, 17)],
    ],
    &[&[(9, 20), (9, 0), (0, 14), (12, 14)]],
    &[&[(11, 0), (2, 0), (1, 9), (4, 8), (8, 8), (11, 10), (12, 14), (11, 17), (8, 20), (3, 20), (0, 18)]],
    &[&[
        (10, 1),
        (7, 0),
        (4, 1),
        (1, 5),
        (0, 11),
        (0, 14),
        (1, 18),
        (4, 20),
        (8, 20),
        (11, 18),
        (12, 14),
        (11, 10),
        (8, 8),
        (4, 8),
        (1, 10),
        (0, 13),
    ]],
    &[&[(0, 0), (12, 0), (4, 20)]],
    &[&[
        (6, 9),
        (2, 8),
        (1, 5),
        (1, 3),
        (4, 0),
        (8, 0),
        (11, 3),
        (11, 5),
        (10, 8),
        (6, 9),
        (10, 10),
        (12, 13),
        (12, 16),
        (9, 20),
        (3, 20),
        (0, 16),
        (0, 13),
        (2, 10),
        (6, 9),
    ]],
    &[&[
        (2, 19),
        (5, 20),
        (8, 19),
        (11, 15),
        (12, 9),
        (12, 6),
        (11, 2),
        (8, 0),
        (4, 0),
        (1, 2),
        (0, 6),
        (1, 10),
        (4, 12),
        (8, 12),
        (11, 10),
        (12, 7),
    ]],
];

/// Writes a number centred on `middle`, its upper edge at `top`.
pub fn write(canvas: &mut Canvas, number: u64, middle: u32, top: u32, colour: Colour) {
    let digits: Vec<usize> = number.to_string().bytes().map(|b| usize::from(b - b'0')).collect();
    let width = (WIDTH + SPACE) * digits.len() as i64 - SPACE;
    let mut left = i64::from(middle) - width / 2;
    for digit in digits {
        for stroke in DIGITS[digit] {
            for ends in stroke.windows(2) {
                let place = |(x, y): (i64, i64)| {
                    (
                        left * FINE + x * WIDTH * FINE / GRID.0,
                        i64::from(top) * FINE + y * HEIGHT * FINE / GRID.1,
                    )
                };
                canvas.line(place(ends[0]), place(ends[1]), THICKNESS, colour);
            }
        }
        left += WIDTH + SPACE;
    }
}
