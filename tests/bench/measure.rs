//! How much is measured, as the environment says.

use super::place::Format;

/// See the module's own page.
pub struct Measure {
    pub mails: Vec<usize>,
    pub alone: usize,
    pub marks: usize,
    pub before_kill: usize,
    /// Stores with so many past requests.
    pub pasts: Vec<usize>,
    pub format: Format,
    /// Where journals are copied to, for whoever wants to know what was decided.
    pub keep: Option<String>,
}

impl Measure {
    pub fn read() -> Self {
        let full = std::env::var("BENCH").is_ok_and(|name| name == "full");
        let or = |short: &str, long: &str| if full { long.to_owned() } else { short.to_owned() };
        let given = |name: &str, otherwise: String| std::env::var(name).unwrap_or(otherwise);
        let numbers = |name: &str, otherwise: String| -> Vec<usize> {
            let text = given(name, otherwise);
            let number = |n: &str| n.trim().parse().unwrap_or_else(|_| panic!("{name}={text} is no number"));
            text.split(',').filter(|n| !n.is_empty()).map(number).collect()
        };
        let number = |name: &str, otherwise: String| numbers(name, otherwise).first().copied().unwrap_or(0);
        Self {
            mails: numbers("BENCH_MAILS", or("1000", "1000,10000,100000")),
            alone: number("BENCH_ALONE", or("10", "200")),
            marks: number("BENCH_MARKS", or("1000", "100000")),
            before_kill: number("BENCH_KILL", or("1000", "10000")),
            pasts: numbers("BENCH_PAST", or("", "1000,100000,1000000")),
            format: match given("BENCH_FORMAT", "maildir".to_owned()).as_str() {
                "maildir" => Format::Maildir,
                "sdbox" => Format::Sdbox,
                other => panic!("BENCH_FORMAT={other}: write maildir or sdbox"),
            },
            keep: std::env::var("BENCH_KEEP").ok(),
        }
    }

    /// The mailbox of a run, so that each begins with one that nobody has touched.
    pub fn box_of(run: &str, n: usize) -> String {
        format!("{run}{n}@network.example")
    }

    pub fn boxes(&self) -> Vec<String> {
        let loads = (0..self.mails.len()).flat_map(|n| [Self::box_of("ours", n), Self::box_of("bare", n)]);
        let pasts = (0..self.pasts.len()).map(|n| Self::box_of("past", n));
        let others = ["start", "alone", "notice", "marks"].map(|run| Self::box_of(run, 0));
        loads.chain(pasts).chain(others).collect()
    }
}
