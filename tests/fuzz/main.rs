//! Every seed of the fuzzer, and every input it ever broke something with, keeps its property.

mod properties;

use std::path::Path;

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
