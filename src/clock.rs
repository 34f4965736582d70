//! placeholder
use crate::program::record::Timestamp;
use std::sync::{Arc, Mutex};
#[derive(Clone)]
pub struct Clock(Arc<Mutex<Timestamp>>);
impl Clock {
    pub fn manual(at: Timestamp) -> Self { Self(Arc::new(Mutex::new(at))) }
    pub fn set(&self, at: Timestamp) { *self.0.lock().expect("x") = at }
    pub fn now(&self) -> Timestamp { *self.0.lock().expect("x") }
    pub fn real_now(&self) -> Timestamp { self.now() }
}
