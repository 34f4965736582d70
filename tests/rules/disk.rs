//! The disk fills up: who is told, and how often.

use super::Bench;
use chrono::TimeDelta;
use soundingboard::program::batch::Outgoing;
use soundingboard::program::disk::Disk;
use soundingboard::program::input::Input;

const MB: u64 = 1_000_000;

fn disk(free_mb: u64) -> Input {
    Input::Disk(Disk { path: "/var/lib/soundingboard".into(), free: free_mb * MB, size: 50_000 * MB })
}

fn is_news(bench: &Bench, input: &Input) -> bool {
    let Input::Disk(disk) = input else { panic!("a disk") };
    soundingboard::program::disk::is_news(&bench.view(), disk, bench.now())
}

fn letters(bench: &Bench) -> usize {
    bench.all::<Outgoing>().iter().filter(|copy| copy.template == "disk-low").count()
}

#[test]
fn staff_are_told_once_in_a_low_spell_and_at_most_once_a_day() {
    let bench = Bench::at_nine();
    assert!(!is_news(&bench, &disk(20_000)), "nothing is written while all is well");
    assert!(is_news(&bench, &disk(4_000)));
    assert_eq!(bench.happens(disk(4_000)), "disk-low");
    assert_eq!(letters(&bench), 1);
    assert!(!is_news(&bench, &disk(3_900)), "known");
    bench.pass(TimeDelta::days(3));
    assert!(!is_news(&bench, &disk(3_000)), "the same spell");

    assert_eq!(bench.happens(disk(20_000)), "disk-well");
    assert!(is_news(&bench, &disk(4_000)), "another spell");
    assert_eq!(bench.happens(disk(4_000)), "disk-low");
    assert_eq!(letters(&bench), 2);

    assert_eq!(bench.happens(disk(20_000)), "disk-well");
    bench.pass(TimeDelta::hours(1));
    assert_eq!(bench.happens(disk(4_000)), "disk-low");
    assert_eq!(letters(&bench), 2, "not twice a day");
    assert!(!is_news(&bench, &disk(4_000)));
    bench.pass(TimeDelta::hours(23));
    assert!(is_news(&bench, &disk(4_000)), "it has lasted");
    assert_eq!(bench.happens(disk(4_000)), "disk-low");
    assert_eq!(letters(&bench), 3);
}
