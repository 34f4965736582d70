//! The chart of weeks: stacked bars, drawn the same on every machine.
//!
//! A template calls `{{chart weeks "what it shows, in words"}}`. The numbers travel through
//! the Markdown in the address of an image ([`address`]); the HTML writer draws them
//! ([`weeks_in`], [`picture`]) and puts the picture into the mail. Figures in the picture are
//! digits alone, so it speaks every language: over a bar its sum, under it the Monday's day.
//! Each part has a pattern besides its colour, from the ground up: filled, slanted lines,
//! dots, level lines. All are 3:1 or more against the white ground (WCAG 2.2, 1.4.11).

mod canvas;
mod digits;

use canvas::{Canvas, Colour, Pattern, Rect};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// The title by which a Markdown image says that it is a chart.
pub const CHART: &str = "chart";

/// In CSS pixels; the picture has twice as many, for dense screens.
pub const WIDTH: u32 = 480;
pub const HEIGHT: u32 = 224;
const DENSITY: u32 = 2;

/// A bar has at least the place of one in twelve, however few there are.
const SLOTS: u32 = 12;
const MARGIN: u32 = 24;
const BAR: u32 = 48;
/// Where bars stand, and the height of the tallest.
const GROUND: u32 = 388;
const TALLEST: u32 = 320;
/// A part that is not nothing is never too thin to be seen.
const THINNEST: u32 = 8;
const GAP: u32 = 2;

const SCHEME: &str = "weeks:";
/// The parts of a bar, from the ground up, as a week's fields are called.
const PARTS: [(&str, Colour, Pattern); 4] = [
    ("accepted", Colour(0x0b, 0x4f, 0x8a), Pattern::Filled),
    ("open", Colour(0x2f, 0x7f, 0xc1), Pattern::Slanted),
    ("withdrawn", Colour(0x5f, 0x6b, 0x7a), Pattern::Dotted),
    ("ended", Colour(0xb4, 0x47, 0x09), Pattern::Level),
];
const INK: Colour = Colour(0x1c, 0x25, 0x30);
const FAINT: Colour = Colour(0x4a, 0x57, 0x65);

/// One bar: the day under it and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub day: u64,
    pub parts: [u64; 4],
}

/// The numbers as an image's address: `weeks:14.3.0.0.1,21.5.0.0.0`.
pub fn address(weeks: &Value) -> Option<String> {
    let bars = weeks.as_array()?.iter().map(|week| {
        let day = week["from"].as_str()?.rsplit('-').next()?.parse::<u64>().ok()?;
        let parts: Option<Vec<u64>> = PARTS.iter().map(|(field, ..)| week[*field].as_u64()).collect();
        let numbers = std::iter::once(day).chain(parts?).map(|n| n.to_string());
        Some(numbers.collect::<Vec<_>>().join("."))
    });
    Some(format!("{SCHEME}{}", bars.collect::<Option<Vec<_>>>()?.join(",")))
}

/// The numbers in such an address.
pub fn weeks_in(address: &str) -> Option<Vec<Bar>> {
    let bar = |text: &str| {
        let numbers: Option<Vec<u64>> = text.split('.').map(|n| n.parse().ok()).collect();
        match numbers?.as_slice() {
            [day, parts @ ..] => Some(Bar { day: *day, parts: parts.try_into().ok()? }),
            [] => None,
        }
    };
    address.strip_prefix(SCHEME)?.split(',').map(bar).collect()
}

/// How many pictures are kept for the next letter with the same numbers.
const KEPT: usize = 8;

/// The picture as PNG. Each of the staff gets the same one: it is drawn once.
pub fn picture(bars: &[Bar]) -> Vec<u8> {
    static DRAWN: Mutex<Vec<(Vec<Bar>, Vec<u8>)>> = Mutex::new(Vec::new());
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, png)) = drawn.iter().find(|(same, _)| same == bars) {
        return png.clone();
    }
    let png = draw(bars);
    drawn.truncate(KEPT - 1);
    drawn.insert(0, (bars.to_vec(), png.clone()));
    png
}

fn draw(bars: &[Bar]) -> Vec<u8> {
    let mut canvas = Canvas::white(WIDTH * DENSITY, HEIGHT * DENSITY);
    let most = bars.iter().map(Bar::sum).max().unwrap_or_default().max(1);
    let slots = SLOTS.max(u32::try_from(bars.len()).unwrap_or(u32::MAX));
    let slot = (WIDTH * DENSITY - 2 * MARGIN) / slots;
    canvas.fill(Rect { x: MARGIN, y: GROUND, width: slot * slots, height: 2 }, FAINT, Pattern::Filled);
    for (n, bar) in (0..).zip(bars) {
        let middle = MARGIN + slot * n + slot / 2;
        let top = stack(&mut canvas, bar, middle, slot.min(BAR), most);
        if bar.sum() > 0 {
            digits::write(&mut canvas, bar.sum(), middle, top - 36, INK);
        }
        digits::write(&mut canvas, bar.day, middle, GROUND + 16, FAINT);
    }
    canvas.png()
}

/// Draws a bar's parts; says where it ends.
fn stack(canvas: &mut Canvas, bar: &Bar, middle: u32, width: u32, most: u64) -> u32 {
    let mut top = GROUND;
    for (count, (_, colour, pattern)) in bar.parts.into_iter().zip(PARTS) {
        if count > 0 {
            let height = scaled(count, most).max(THINNEST);
            top = top.saturating_sub(height).max(GROUND - TALLEST - PARTS.len() as u32 * THINNEST);
            let drawn = Rect { x: middle - width / 2, y: top + GAP, width, height: height - GAP };
            canvas.fill(drawn, colour, pattern);
        }
    }
    top
}

/// A count's share of the tallest bar. 128 bits: a forged number may be any.
fn scaled(count: u64, most: u64) -> u32 {
    let height = u128::from(count) * u128::from(TALLEST) / u128::from(most.max(count));
    u32::try_from(height).unwrap_or(TALLEST)
}

impl Bar {
    fn sum(&self) -> u64 {
        self.parts.iter().fold(0, |sum: u64, part| sum.saturating_add(*part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bar(day: u64, parts: [u64; 4]) -> Bar {
        Bar { day, parts }
    }

    /// Width, height and the pixels' colours, row by row.
    fn pixels(bars: &[Bar]) -> (u32, u32, Vec<Colour>) {
        let png = draw(bars);
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut bytes).expect("a frame");
        let pixels = bytes.chunks_exact(3).map(|p| Colour(p[0], p[1], p[2])).collect();
        (info.width, info.height, pixels)
    }

    fn area(bars: &[Bar], colour: Colour) -> usize {
        pixels(bars).2.iter().filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn numbers_travel_in_an_address() {
        let weeks = json!([
            {"from": "2026-11-02", "requests": 4, "accepted": 3, "open": 0, "withdrawn": 0, "ended": 1},
            {"from": "2026-11-30", "requests": 0, "accepted": 0, "open": 0, "withdrawn": 0, "ended": 0},
        ]);
        let address = address(&weeks).expect("weeks");
        assert_eq!(address, "weeks:2.3.0.0.1,30.0.0.0.0");
        assert_eq!(weeks_in(&address), Some(vec![bar(2, [3, 0, 0, 1]), bar(30, [0; 4])]));
        for wrong in ["", "weeks:", "weeks:1.2", "weeks:a.0.0.0.0", "weeks:1.2.3.4.5.6", "https://x.example"]
        {
            assert_eq!(weeks_in(wrong), None, "{wrong}");
        }
        assert_eq!(super::address(&json!([{"from": "2026-11-02"}])), None);
    }

    #[test]
    fn it_has_twice_the_pixels_that_it_is_shown_in_and_is_small() {
        let twelve: Vec<Bar> = (1..=12).map(|n| bar(n, [n, 3, n % 2, 1])).collect();
        let (width, height, _) = pixels(&twelve);
        assert_eq!((width, height), (2 * WIDTH, 2 * HEIGHT));
        assert!(draw(&twelve).len() < 20_000, "{} bytes", draw(&twelve).len());
    }

    #[test]
    fn a_bar_is_as_tall_as_its_number_and_one_in_a_thousand_is_still_seen() {
        let blue = PARTS[0].1;
        let (one, two) =
            (area(&[bar(2, [5, 0, 0, 0]), bar(9, [5, 0, 0, 0])], blue), area(&[bar(2, [5, 0, 0, 0])], blue));
        assert_eq!(one, 2 * two);
        let half = area(&[bar(2, [5, 0, 0, 0]), bar(9, [0, 0, 0, 10])], blue);
        assert!(half.abs_diff(two / 2) < 200, "{half} is not half of {two}");
        assert!(area(&[bar(2, [1000, 0, 0, 1])], PARTS[3].1) > 40);
    }

    #[test]
    fn every_part_differs_in_pattern_and_stands_out_from_the_ground() {
        for (_, colour, _) in PARTS {
            let luminance = |Colour(r, g, b): Colour| {
                let part = |value: u8| {
                    let value = f64::from(value) / 255.0;
                    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
                };
                0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
            };
            assert!(1.05 / (luminance(colour) + 0.05) >= 3.0, "{colour:?}");
        }
        let filled = |n: usize| {
            let mut parts = [0; 4];
            parts[n] = 7;
            area(&[bar(2, parts)], PARTS[n].1)
        };
        let mut areas: Vec<usize> = (0..4).map(filled).collect();
        areas.sort_unstable();
        areas.dedup();
        assert_eq!(areas.len(), 4, "two patterns cover the same: {areas:?}");
    }

    #[test]
    fn odd_numbers_are_drawn_too() {
        for bars in [
            vec![],
            vec![bar(0, [0; 4])],
            vec![bar(u64::MAX, [u64::MAX; 4])],
            (0..200).map(|n| bar(n, [n, n, n, n])).collect(),
        ] {
            assert!(!draw(&bars).is_empty());
        }
    }
}
