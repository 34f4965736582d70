//! Every seed of the fuzzer, and every input it ever broke something with, keeps its property.

mod properties;

use soundingboard::mail::inbound::Inbound;
use std::path::Path;
use std::time::{Duration, Instant};

/// Holds of every input, or panics.
type Property = fn(&[u8]);

/// A folder of seeds beside this file, with what must hold of them.
const KINDS: [(&str, Property); 5] = [
    ("inbound", properties::inbound),
    ("reply", properties::reply),
    ("report", properties::report),
    ("form", properties::form),
    ("event", properties::event),
];

#[test]
fn every_seed_keeps_its_property() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    for (name, holds) in KINDS {
        let seeds =
            std::fs::read_dir(folder.join(name)).unwrap_or_else(|error| panic!("seeds/{name}: {error}"));
        let mut count = 0;
        for seed in seeds {
            let path = seed.expect("a file").path();
            println!("{}", path.display());
            holds(&std::fs::read(&path).expect("a seed"));
            count += 1;
        }
        assert!(count >= 5, "only {count} seeds of {name}");
    }
}

/// What mails have much of, where somebody means ill or a program goes wrong.
const PIECES: [&str; 22] = [
    "\n",
    "x\n",
    "Issue:\n",
    "Issue: x\n",
    "Label\nvalue\n",
    "a\tb\n",
    "---\n",
    "> x\n",
    "> x\n\n",
    "Copyright 2026\n",
    "Best regards,\n",
    "On Mon, 5 Oct 2026, Board <b@network.example> wrote:\n",
    "From: a@campus.example\n",
    "Sent from my phone\n",
    "<br>",
    "<p>",
    "<td>",
    "<td>x</td>",
    "<a b='>",
    "<blockquote>",
    "<div class=gmail_quote>",
    "&",
];

/// Half of the text is one piece, half blank lines: what one leaves open, the other may search.
#[test]
#[ignore = "it is timed: tests/fuzz/run.sh runs it"]
fn sixty_four_kilobytes_of_anything_are_read_in_seconds() {
    let half = |piece: &str| piece.repeat((32 << 10) / piece.len());
    for piece in PIECES {
        let (kind, blank) = if piece.starts_with('<') { (1_u8, "<p>") } else { (0, "\n") };
        let text = format!("Issue: x\n{}{}x", half(piece), half(blank));
        #[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
        let begin = Instant::now();
        properties::form(&[&[kind][..], text.as_bytes()].concat());
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(10), "{piece:?}: {took:?}");
    }
}

#[test]
fn whatever_lies_within_what_a_small_stack_is_enough() {
    let message = |_| "Content-Type: message/rfc822\n\n".to_owned();
    let multipart = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
    let both = |n| multipart(n) + &message(n);
    let digest = |n| format!("Content-Type: multipart/digest; boundary=b{n}\n\n--b{n}\n\n");
    let layers: [&dyn Fn(usize) -> String; 4] = [&message, &multipart, &both, &digest];
    for layer in layers {
        let nested: String = (0..60_000).map(layer).collect();
        let mail = format!("From: a@b.example\n{nested}");
        let read = std::thread::Builder::new().stack_size(1 << 20);
        let read = read.spawn(move || Inbound::parse(mail.as_bytes())).expect("a thread");
        assert_eq!(read.join().expect("a mail").new_text, "");
    }
}
