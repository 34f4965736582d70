//! Writes the records of past requests, for measuring how the program does with many of them:
//!
//! ```text
//! cargo run --release --example past_requests -- --requests 100000 --seed 1 > past.jsonl
//! soundingboard import records past.jsonl --config my.toml
//! ```

mod past;

use clap::Parser;
use past::Past;
use soundingboard::program::record::Timestamp;
use std::io::BufWriter;

/// Writes the records of past requests as an export, to standard output.
#[derive(Parser)]
struct Arguments {
    /// How many
    #[arg(long)]
    requests: u64,
    /// The same seed makes the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// When the export is made; everything lies in the ten years before
    #[arg(long, default_value = "2026-11-02T06:00:00Z")]
    now: Timestamp,
}

fn main() -> std::io::Result<()> {
    let Arguments { requests, seed, now } = Arguments::parse();
    let out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let (_, sums) = Past { seed, requests, now }.write(out)?;
    eprintln!("{requests} past requests: {} rows", sums.rows);
    Ok(())
}
