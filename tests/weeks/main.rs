//! Random weeks of mail: several advisors and advisees, machines, outages; and promises
//! that hold after every step, whatever anybody does.
//!
//! A failure prints the weeks that led to it, shrunk. `WEEKS=500` tells that many.

mod life;
mod promises;
mod said;
#[path = "../world/mod.rs"]
mod world;

use life::{Act, Life, acts};
use promises::Promises;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

/// How many weeks' worth of lives are lived.
fn cases() -> u32 {
    std::env::var("WEEKS").ok().and_then(|n| n.parse().ok()).unwrap_or(128)
}

fn live(acts: &[(u32, Act)]) -> Result<(), TestCaseError> {
    let (mut life, mut promises) = (Life::begin(), Promises::default());
    for (hours, act) in acts {
        if life.is_over(*hours) {
            break;
        }
        let arrived = life.live(*hours, act);
        promises.hold(&mut life.world, arrived).map_err(|why| life.fail(&why))?;
    }
    let arrived = life.stay_silent();
    promises.hold(&mut life.world, arrived).map_err(|why| life.fail(&why))?;
    promises.everything_ended(&mut life.world).map_err(|why| life.fail(&why))
}

/// Tried against an offer without a timer, bytes and due rows that outlive their letter and
/// timer, a confirmation that the advisee never hears of, an address in a request, and a
/// mail that is handled twice: each was found.
#[test]
fn promises_hold_through_any_weeks_of_mail() {
    let config =
        Config { cases: cases(), failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&acts(), |acts| {
        live(&acts)?;
        Ok(())
    });
    match outcome {
        Ok(()) => (),
        // What was lived is told in the reason, shorter than as a value.
        Err(TestError::Fail(why, _)) => panic!("{why}"),
        Err(TestError::Abort(why)) => panic!("not lived: {why}"),
    }
}
