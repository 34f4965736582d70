//! The index of promises: each names the stories that hold it, and no story is left out.

use std::collections::BTreeSet;

const INDEX: &str = include_str!("promises.md");

/// A line of the index: a promise, and the stories in the brackets at its end.
struct Promise {
    text: String,
    stories: Vec<String>,
}

fn promises() -> Vec<Promise> {
    let unwrapped = INDEX.replace("\n  ", " ");
    let lines = unwrapped.lines().filter_map(|line| line.strip_prefix("- "));
    lines
        .map(|line| {
            let (text, names) =
                line.strip_suffix(')').and_then(|l| l.rsplit_once(" (")).unwrap_or((line, ""));
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            Promise { text: text.to_owned(), stories: names.map(str::to_owned).collect() }
        })
        .collect()
}

fn told() -> BTreeSet<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations/stories");
    let files = std::fs::read_dir(folder).expect("the stories").map(|entry| entry.expect("a file").path());
    files.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_promise_has_a_story_and_every_story_a_promise() {
    let (promises, told) = (promises(), told());
    assert!(promises.len() > 50, "only {} promises", promises.len());
    let bare: Vec<&str> = promises.iter().filter(|p| p.stories.is_empty()).map(|p| p.text.as_str()).collect();
    assert!(bare.is_empty(), "promises without a story: {bare:#?}");
    let named: BTreeSet<String> = promises.into_iter().flat_map(|p| p.stories).collect();
    let (unknown, left_out) = (named.difference(&told), told.difference(&named));
    let (unknown, left_out): (Vec<_>, Vec<_>) = (unknown.collect(), left_out.collect());
    assert!(unknown.is_empty(), "promises.md names stories that are not there: {unknown:?}");
    assert!(left_out.is_empty(), "stories that promises.md does not name: {left_out:?}");
}
