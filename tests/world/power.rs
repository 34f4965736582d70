//! The power supply: counts effects, and goes off after a given one.

use soundingboard::store::faults::{Faults, Step, Tail, drop_unsynced};
use std::io;
use std::sync::Mutex;

/// How many effects there were, and after which the power goes.
pub struct Power {
    state: Mutex<State>,
}

struct State {
    effects: usize,
    goes_before: Option<usize>,
    off: bool,
}

impl Power {
    /// It never goes.
    pub fn always() -> Self {
        Self { state: Mutex::new(State { effects: 0, goes_before: None, off: false }) }
    }

    /// It goes once, just before the effect with this number (from 0).
    pub fn until(effect: usize) -> Self {
        Self { state: Mutex::new(State { effects: 0, goes_before: Some(effect), off: false }) }
    }

    /// How many effects there were.
    pub fn effects(&self) -> usize {
        self.state.lock().expect("power").effects
    }

    pub fn is_off(&self) -> bool {
        self.state.lock().expect("power").off
    }

    /// Whether it went at all.
    pub fn has_gone(&self) -> bool {
        let state = self.state.lock().expect("power");
        state.goes_before.is_none() && state.effects > 0
    }

    /// It comes back, and stays.
    pub fn restore(&self) {
        let mut state = self.state.lock().expect("power");
        state.off = false;
        state.goes_before = None;
    }

    /// To be asked before an effect. False: the power is off, and the effect does not happen.
    pub fn spend(&self) -> bool {
        let mut state = self.state.lock().expect("power");
        if state.goes_before == Some(state.effects) {
            state.off = true;
        }
        if !state.off {
            state.effects += 1;
        }
        !state.off
    }
}

impl Faults for Power {
    fn before(&self, step: Step, tail: Tail<'_>) -> io::Result<()> {
        let was_on = !self.is_off();
        if self.spend() {
            return Ok(());
        }
        if was_on && matches!(step, Step::Append | Step::Sync) {
            drop_unsynced(tail)?;
        }
        Err(io::Error::other("the power is off"))
    }
}
