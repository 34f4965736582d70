//! Conversations: plain-text stories in virtual time, told on the memory store, and again
//! on the ledger with a stop at every single effect.
//!
//! One story, with every letter printed:
//! `STORY=silence cargo test --release --test conversations -- --nocapture memory`

mod promises;
mod script;
mod teller;
#[path = "../world/mod.rs"]
mod world;

use script::Step;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use teller::{Moment, Teller};
use world::power::Power;
use world::{Ground, World};

/// Fewer stories or stops than this mean that something is not told any more.
const STORIES: usize = 138;
const STOPS: usize = 14_000;

struct Story {
    name: String,
    steps: Vec<Step>,
}

fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations/stories");
    let only = std::env::var("STORY").ok();
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the stories").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let wanted = paths.into_iter().filter(|p| only.as_ref().is_none_or(|only| *only == name(p)));
    wanted
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a story");
            let steps = script::parse(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            Story { name: name(&path), steps }
        })
        .collect()
}

/// Stories begin on the Monday before anything happens.
fn start() -> soundingboard::program::record::Timestamp {
    "2026-11-02T06:00:00Z".parse().expect("a time")
}

fn world(power: Power) -> World {
    World::new(Ground::Disk(world::moment::scratch()), start(), Arc::new(power))
}

#[test]
fn every_story_holds_on_the_memory_store() {
    let stories = stories();
    let failures: Vec<String> = stories.iter().filter_map(|story| tell(story).err()).collect();
    assert!(failures.is_empty(), "{} stories failed:\n{}", failures.len(), failures.join("\n\n"));
    println!("{} stories", stories.len());
    assert!(std::env::var("STORY").is_ok() || stories.len() >= STORIES, "only {} stories", stories.len());
}

fn tell(story: &Story) -> Result<(), String> {
    let mut teller = Teller::new(World::in_memory(start()));
    teller.aloud = std::env::var("STORY").is_ok();
    teller.tell(&story.steps).map_err(|why| format!("{}.txt {why}", story.name))?;
    match teller.duplicates {
        0 => Ok(()),
        n => Err(format!("{}.txt: {n} letters were sent twice", story.name)),
    }
}

#[test]
fn every_story_holds_on_the_ledger_with_a_stop_at_every_effect() {
    let stories = stories();
    let told: Vec<Result<usize, String>> = stories.iter().map(stop_everywhere).collect();
    let stops: usize = told.iter().flatten().sum();
    let failures: Vec<String> = told.into_iter().filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{} stories failed:\n{}", failures.len(), failures.join("\n\n"));
    println!("{} stories, {stops} stops", stories.len());
    assert!(std::env::var("STORY").is_ok() || stops >= STOPS, "only {stops} stops were enumerated");
}

/// Tells a story once undisturbed, then once for each of its effects with the power going
/// just before it, bytes that were not synced dropped, and a restart. Says how many there were.
fn stop_everywhere(story: &Story) -> Result<usize, String> {
    let moments = moments(story).map_err(|why| format!("{}.txt {why}", story.name))?;
    let effects = moments.last().map_or(0, |(_, moment)| moment.world.effects);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    // Each world waits a good part of its time, for the threads of its store and its desk.
    let threads = 4 * std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(effect) = Some(next.fetch_add(1, Relaxed)).filter(|n| *n < effects) {
                    if let Err(why) = stop_before(story, &moments, effect) {
                        failures.lock().expect("failures").push(format!("stop {effect} of {effects}: {why}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("failures");
    println!("{}: {effects} stops, {} failed", story.name, failures.len());
    match failures.first() {
        None => Ok(effects),
        Some(first) => {
            Err(format!("{}.txt: {} stops failed; the first: {first}", story.name, failures.len()))
        }
    }
}

/// A story told undisturbed: where it stood before each step in which something happens, and
/// at its end.
fn moments(story: &Story) -> Result<Vec<(usize, Moment)>, String> {
    let mut teller = Teller::new(world(Power::always()));
    let mut moments = Vec::new();
    for (at, step) in story.steps.iter().enumerate() {
        if !step.what.asks() {
            moments.push((at, teller.moment()));
        }
        teller.step(step)?;
    }
    teller.nothing_else()?;
    moments.push((story.steps.len(), teller.moment()));
    Ok(moments)
}

/// Of so many stops one tells its story to the end even where nothing is different any more.
const TO_THE_END: usize = 16;

/// The beginning of a story is the same for all stops in one step of it: it is told from there.
/// Where world and teller are then found as they were without the stop, the rest would be the
/// same again.
fn stop_before(story: &Story, moments: &[(usize, Moment)], effect: usize) -> Result<(), String> {
    let before = moments.partition_point(|(_, moment)| moment.world.effects <= effect);
    let (first, begin) = before.checked_sub(1).map(|at| &moments[at]).ok_or("no such effect")?;
    let mut later = moments[before..].iter().peekable();
    let mut teller = Teller::at(begin, Power::until(effect - begin.world.effects));
    for (at, step) in story.steps.iter().enumerate().skip(*first) {
        if let Some((_, moment)) = later.next_if(|(n, _)| *n == at)
            && teller.world.power.has_gone()
            && !effect.is_multiple_of(TO_THE_END)
            && teller.is_at(moment)
        {
            return Ok(());
        }
        teller.step(step)?;
    }
    teller.nothing_else()?;
    match teller.world.power.has_gone() {
        true => Ok(()),
        false => Err("the power never went".to_owned()),
    }
}
