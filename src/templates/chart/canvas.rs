//! A white sheet of pixels: rectangles, lines with round ends, and the sheet as PNG.
//!
//! All is whole numbers, so that a picture is the same on every machine.

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// How a rectangle is covered; all but the filled one have a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    Filled,
    Slanted,
    Dotted,
    Level,
}

/// In pixels, from the upper left corner of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// A point in sixteenths of a pixel.
pub type Point = (i64, i64);

/// Sixteenths in a pixel.
pub const FINE: i64 = 16;
const BORDER: u32 = 3;
/// Points of a pixel that are looked at for its coverage, along each side.
const SAMPLES: i64 = 4;

/// The sheet.
pub struct Canvas {
    width: u32,
    height: u32,
    /// Three bytes a pixel.
    pixels: Vec<u8>,
}

impl Canvas {
    pub fn white(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![255; width as usize * height as usize * 3] }
    }

    /// Covers a rectangle; what lies outside the sheet is left out.
    pub fn fill(&mut self, rect: Rect, colour: Colour, pattern: Pattern) {
        for y in 0..rect.height {
            for x in 0..rect.width {
                let at_edge = x.min(y).min(rect.width - 1 - x).min(rect.height - 1 - y) < BORDER;
                if at_edge || pattern.covers(x, y) {
                    self.mix(rect.x + x, rect.y + y, colour, 1, 1);
                }
            }
        }
    }

    /// A line with round ends, smooth at its edges.
    pub fn line(&mut self, from: Point, to: Point, thickness: i64, colour: Colour) {
        let reach = thickness / 2 + FINE;
        let span = |a: i64, b: i64| ((a.min(b) - reach) / FINE).max(0)..=(a.max(b) + reach) / FINE;
        for y in span(from.1, to.1) {
            for x in span(from.0, to.0) {
                let samples = (0..SAMPLES * SAMPLES).map(|n| {
                    let inside = |n: i64| n * FINE / SAMPLES + FINE / SAMPLES / 2;
                    (x * FINE + inside(n % SAMPLES), y * FINE + inside(n / SAMPLES))
                });
                let covered = samples.filter(|point| is_near(*point, from, to, thickness)).count();
                let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { continue };
                self.mix(x, y, colour, covered as u32, (SAMPLES * SAMPLES) as u32);
            }
        }
    }

    /// Lays `part` of `whole` of a colour over a pixel. Where lines meet, the darker wins.
    fn mix(&mut self, x: u32, y: u32, Colour(r, g, b): Colour, part: u32, whole: u32) {
        if x >= self.width || y >= self.height || part == 0 {
            return;
        }
        let start = (y as usize * self.width as usize + x as usize) * 3;
        for (pixel, colour) in self.pixels[start..start + 3].iter_mut().zip([r, g, b]) {
            let mixed = (255 * (whole - part) + u32::from(colour) * part) / whole;
            *pixel = (*pixel).min(u8::try_from(mixed).unwrap_or(u8::MAX));
        }
    }

    /// PNG (RFC 2083), eight bits a colour, no time in it.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // Flat colours compress best as they are, and three times as quickly.
        encoder.set_compression(png::Compression::Balanced);
        encoder.set_filter(png::Filter::NoFilter);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.pixels));
        written.expect("a vector takes every byte, and the sheet has as many as its size says");
        bytes
    }
}

impl Pattern {
    /// Lines two and a half times as far apart as they are wide.
    fn covers(self, x: u32, y: u32) -> bool {
        match self {
            Pattern::Filled => true,
            Pattern::Slanted => (x + y) % 14 < 5,
            Pattern::Dotted => x % 12 / 5 == 1 && y % 12 / 5 == 1,
            Pattern::Level => y % 10 < 5,
        }
    }
}

/// Whether a point is within half the thickness of a line.
fn is_near(point: Point, from: Point, to: Point, thickness: i64) -> bool {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let length = dx * dx + dy * dy;
    // How far along the line the nearest point is, between 0 and `length`.
    let along = (px * dx + py * dy).clamp(0, length);
    let (ex, ey) = (px * length - along * dx, py * length - along * dy);
    let (ex, ey) = (ex / length.max(1), ey / length.max(1));
    let (ex, ey) = if length == 0 { (px, py) } else { (ex, ey) };
    4 * (ex * ex + ey * ey) <= thickness * thickness
}
